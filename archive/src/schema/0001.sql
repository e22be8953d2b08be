-- The log: one row for each change, chained by digests. Its format is described in docs/archive.md.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    rows TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- Every other table has an id and a salt; the salt keeps digests of personal data from being guessed.

-- One row: what this archive is.
CREATE TABLE archive (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BLOB NOT NULL,
    uuid TEXT NOT NULL,
    office TEXT NOT NULL,
    code TEXT NOT NULL,
    base_url TEXT NOT NULL,
    public_key TEXT NOT NULL
) STRICT;

-- People of the office, by their login.
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
) STRICT;

-- What a person may do, from one day to another, and by which paper.
CREATE TABLE appointment (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    person INTEGER NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    capacity TEXT,
    authority TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT,
    certificate TEXT
) STRICT;
CREATE INDEX appointment_by_person ON appointment (person, role);

-- Volumes of registers.
CREATE TABLE volume (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    register TEXT NOT NULL,
    year INTEGER NOT NULL,
    name TEXT NOT NULL,
    opened TEXT NOT NULL,
    closed TEXT,
    total INTEGER,
    UNIQUE (register, year, name)
) STRICT;

-- Numbers of registers: reserved, then issued or cancelled; a row is never taken away and a number never given twice.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    register TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    volume INTEGER NOT NULL REFERENCES volume (id),
    holder TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued', 'cancelled')),
    day TEXT NOT NULL,
    columns TEXT NOT NULL,
    reason TEXT,
    document TEXT,
    UNIQUE (register, year, number)
) STRICT;
CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'numbers are kept for ever'); END;
CREATE INDEX entry_by_document ON entry (document);

-- Certified copies that turned out to be wrong (Circular 01/2020/TT-BTP, article 7).
CREATE TABLE annulment (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    entry INTEGER NOT NULL UNIQUE REFERENCES entry (id),
    decision TEXT NOT NULL,
    day TEXT NOT NULL,
    reason TEXT NOT NULL,
    url TEXT
) STRICT;

-- Copies on their way from paper to the citizen.
CREATE TABLE certification (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    visit TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'signed', 'sealed', 'delivered', 'cancelled')),
    entry INTEGER UNIQUE REFERENCES entry (id),
    title TEXT NOT NULL,
    requester TEXT NOT NULL,
    pages INTEGER NOT NULL,
    details TEXT NOT NULL,
    original TEXT NOT NULL,
    prepared TEXT NOT NULL,
    signed TEXT,
    sealed TEXT,
    prepared_by TEXT NOT NULL,
    prepared_at TEXT NOT NULL,
    signed_by TEXT,
    signed_at TEXT,
    sealed_by TEXT,
    sealed_at TEXT,
    delivered_at TEXT,
    delivered_to TEXT,
    reason TEXT
) STRICT;
CREATE TRIGGER certification_is_not_deleted BEFORE DELETE ON certification BEGIN SELECT RAISE(ABORT, 'cancel it instead'); END;
CREATE INDEX certification_by_file ON certification (sealed);
