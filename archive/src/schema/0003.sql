-- What the office itself decides, by name: whether its files are encrypted, how long it keeps files of certified copies.
CREATE TABLE setting (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    name TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL
) STRICT;
CREATE TRIGGER setting_is_not_deleted BEFORE DELETE ON setting BEGIN SELECT RAISE(ABORT, 'settings are changed, not deleted'); END;

-- Words of a whole batch are gathered before they are written, bytes: fewer and longer pieces of index to be merged later.
INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);
