-- Where other systems want to be told what happened.
CREATE TABLE webhook (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    url     TEXT NOT NULL,
    -- Signs what is sent; whoever has it can tell that a message is ours.
    secret  TEXT NOT NULL,
    -- Names of events with spaces between; '*' for all.
    events  TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;

-- What is to be sent, and what became of it.
CREATE TABLE delivery (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook      INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event        TEXT NOT NULL,
    body         TEXT NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    -- Unix time of the next try; NULL when it was delivered or given up.
    next_at      INTEGER,
    delivered_at TEXT,
    trouble      TEXT
) STRICT;
CREATE INDEX delivery_by_time ON delivery (next_at) WHERE next_at IS NOT NULL;

-- How far the archive's log has been turned into deliveries.
CREATE TABLE told (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;

-- Uploads that came with a key of the sender's: the same again gets the same answer.
CREATE TABLE upload (
    login   TEXT NOT NULL,
    key     TEXT NOT NULL,
    digest  TEXT NOT NULL,
    answer  TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (login, key)
) STRICT, WITHOUT ROWID;
