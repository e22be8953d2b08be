-- What is asked about one thing at a time: the log of a document, the latest entry of a kind, the uses of a document.
CREATE INDEX audit_by_subject ON audit (subject);
CREATE INDEX audit_by_action ON audit (action);
CREATE INDEX usage_by_document ON usage (document) WHERE document IS NOT NULL;
