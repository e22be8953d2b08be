-- Who may log in. What a person may do is said by the appointments of the archive, under the same login.
CREATE TABLE account (
    login       TEXT PRIMARY KEY,
    -- argon2id as a PHC string; NULL for systems, which have tokens only.
    password    TEXT,
    made_at     TEXT NOT NULL,
    disabled_at TEXT
) STRICT, WITHOUT ROWID;

-- One for each browser that is logged in. Only digests are stored: who reads this file cannot log in with it.
CREATE TABLE session (
    digest  BLOB PRIMARY KEY,
    login   TEXT NOT NULL REFERENCES account (login),
    made_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens of other systems.
CREATE TABLE token (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    digest     BLOB NOT NULL UNIQUE,
    login      TEXT NOT NULL REFERENCES account (login),
    label      TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
