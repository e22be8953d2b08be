-- Records and documents, their use, their retention, and the cases that the indicators count.

-- Files of an office (hồ sơ) with the metadata of annex VI and of the archive circular, as JSON by the keys of the standard.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    code TEXT NOT NULL UNIQUE,
    meta TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER record_is_not_deleted BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'records go by disposal only'); END;

-- Documents (tài liệu) and procedure results.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    uuid TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('document', 'result')),
    state TEXT NOT NULL CHECK (state IN ('kept', 'disposed')),
    personal INTEGER NOT NULL,
    meta TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER document_is_not_deleted BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'documents go by disposal only'); END;

-- The files of a document, version by version; the highest number counts.
CREATE TABLE version (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    document INTEGER NOT NULL REFERENCES document (id),
    number INTEGER NOT NULL,
    pdf TEXT NOT NULL,
    text TEXT,
    record TEXT,
    bytes INTEGER NOT NULL,
    pages INTEGER,
    origin TEXT NOT NULL,
    figures TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    UNIQUE (document, number)
) STRICT;
CREATE TRIGGER version_is_not_deleted BEFORE DELETE ON version BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
CREATE INDEX version_by_file ON version (pdf);

-- Which documents a record holds; a document may be in several.
CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    record INTEGER NOT NULL REFERENCES record (id),
    document INTEGER NOT NULL REFERENCES document (id),
    ordinal INTEGER NOT NULL,
    UNIQUE (record, document)
) STRICT;
CREATE INDEX member_by_document ON member (document);

-- Who looked for, read, handed out or reused what, what for, and by whose consent. Personal data stay in the row: the log has
-- its digest only.
CREATE TABLE usage (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('lookup', 'read', 'export', 'handout', 'reuse')),
    document INTEGER REFERENCES document (id),
    owner TEXT,
    type TEXT,
    number TEXT,
    purpose TEXT NOT NULL,
    consent TEXT,
    case_code TEXT,
    unit TEXT NOT NULL,
    hits INTEGER NOT NULL,
    used_by TEXT NOT NULL,
    used_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER usage_is_not_deleted BEFORE DELETE ON usage BEGIN SELECT RAISE(ABORT, 'who used what is kept'); END;
CREATE INDEX usage_by_day ON usage (used_at);

-- What must not be disposed of, whatever its age: a lawsuit, an inspection.
CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('record', 'document', 'copy')),
    target INTEGER NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    released_by TEXT,
    released_at TEXT,
    release_reason TEXT
) STRICT;
CREATE INDEX hold_by_target ON hold (kind, target);

-- Disposal: listed by one person, approved by another, carried out (rows first, files after the commit), done.
CREATE TABLE disposal (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('listed', 'approved', 'carried', 'done', 'dropped')),
    reason TEXT NOT NULL,
    decision TEXT,
    listed_by TEXT NOT NULL,
    listed_at TEXT NOT NULL,
    approved_by TEXT,
    approved_at TEXT,
    carried_by TEXT,
    carried_at TEXT
) STRICT;
CREATE TRIGGER disposal_is_not_deleted BEFORE DELETE ON disposal BEGIN SELECT RAISE(ABORT, 'disposals are kept'); END;
CREATE TABLE disposal_item (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    disposal INTEGER NOT NULL REFERENCES disposal (id),
    kind TEXT NOT NULL CHECK (kind IN ('document', 'copy')),
    target INTEGER NOT NULL,
    why TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('open', 'gone', 'spared')),
    UNIQUE (disposal, kind, target)
) STRICT;
CREATE INDEX disposal_item_by_target ON disposal_item (kind, target);

-- Cases of administrative procedures (hồ sơ TTHC), their components and results.
CREATE TABLE case_file (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    code TEXT NOT NULL UNIQUE,
    procedure TEXT NOT NULL,
    unit TEXT NOT NULL,
    owner TEXT,
    received TEXT NOT NULL,
    due TEXT,
    finished TEXT,
    returns_result INTEGER NOT NULL,
    resident_data INTEGER NOT NULL
) STRICT;
CREATE INDEX case_file_by_day ON case_file (received);
CREATE TABLE part (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    case_file INTEGER NOT NULL REFERENCES case_file (id),
    kind TEXT NOT NULL CHECK (kind IN ('component', 'result')),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    document INTEGER REFERENCES document (id),
    file TEXT,
    reused INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    UNIQUE (case_file, kind, code)
) STRICT;
CREATE INDEX part_by_document ON part (document);

-- From here on nothing is of its own: all of it is derived from the rows and files above, and can be made anew.

-- What a document is found by, besides its words.
CREATE TABLE findable (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    type_code TEXT NOT NULL,
    number TEXT NOT NULL,
    issued TEXT NOT NULL,
    year TEXT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    owner TEXT NOT NULL,
    procedure TEXT NOT NULL,
    result TEXT NOT NULL,
    valid_until TEXT NOT NULL
) STRICT;
CREATE INDEX findable_by_owner ON findable (owner, type) WHERE owner <> '';
CREATE INDEX findable_by_number ON findable (number);
CREATE INDEX findable_by_issued ON findable (issued);

-- Words: as written (NFC, small letters, one place for tone marks), folded to bare letters, and words of fields with their
-- field's name before them. Cut into words by the program; the tokenizer only finds the spaces.
CREATE VIRTUAL TABLE words USING fts5 (
    exact, folded, fields,
    content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 0'
);
