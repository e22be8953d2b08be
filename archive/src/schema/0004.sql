-- Papers that were not certified, and why: the requester is told the reason (Decree 23/2015/NĐ-CP, article 9), and the
-- office can show later what it said. The log has the row's digest only.
CREATE TABLE refusal (
    id INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    kind TEXT NOT NULL,
    visit TEXT NOT NULL,
    original TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    refused_by TEXT NOT NULL,
    refused_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER refusal_is_not_deleted BEFORE DELETE ON refusal BEGIN SELECT RAISE(ABORT, 'refusals are kept'); END;
