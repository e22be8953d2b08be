//! What happened to a document: who used it, what for, and what the log says of it.

use rusqlite::params;
use serde::Serialize;

use crate::audit::Entry;
use crate::error::Result;
use crate::records::Document;
use crate::store::Archive;

/// Once that somebody read, exported or reused a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use {
    /// `read`, `export`, `handout` or `reuse`.
    pub kind: String,
    /// What it was needed for.
    pub purpose: String,
    /// The case it was for.
    pub case_code: Option<String>,
    /// Who used it.
    pub by: String,
    /// When, ISO 8601.
    pub at: String,
}

impl Archive {
    /// The latest uses of a document, newest first, at most so many. Documents about nobody are read without a trace.
    ///
    /// # Errors
    /// [`ArchiveError::Database`](crate::ArchiveError::Database).
    pub fn uses_of(&self, document: &Document, most: usize) -> Result<Vec<Use>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let work = || -> rusqlite::Result<Vec<Use>> {
            self.db()
                .prepare_cached(
                    "SELECT kind, purpose, case_code, used_by, used_at FROM usage
                     WHERE document = ? ORDER BY id DESC LIMIT ?",
                )?
                .query_map(params![document.row, limit], |row| {
                    Ok(Use {
                        kind: row.get(0)?,
                        purpose: row.get(1)?,
                        case_code: row.get(2)?,
                        by: row.get(3)?,
                        at: row.get(4)?,
                    })
                })?
                .collect()
        };
        work().map_err(self.database_error())
    }

    /// The latest entries of the log about something, such as a document by its id, newest first, at most so many.
    ///
    /// # Errors
    /// [`ArchiveError::Database`](crate::ArchiveError::Database).
    pub fn log_of(&self, subject: &str, most: usize) -> Result<Vec<Entry>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let work = || -> rusqlite::Result<Vec<Entry>> {
            self.db()
                .prepare_cached(
                    "SELECT seq, at, actor, action, subject, detail, rows FROM audit
                     WHERE subject = ? ORDER BY seq DESC LIMIT ?",
                )?
                .query_map(params![subject, limit], Entry::read)?
                .collect()
        };
        work().map_err(self.database_error())
    }

    /// The latest entry of the log of one kind, such as `archive.backup`.
    ///
    /// # Errors
    /// [`ArchiveError::Database`](crate::ArchiveError::Database).
    pub fn latest(&self, action: &str) -> Result<Option<Entry>> {
        use rusqlite::OptionalExtension as _;
        self.db()
            .prepare_cached(
                "SELECT seq, at, actor, action, subject, detail, rows FROM audit
                 WHERE action = ? ORDER BY seq DESC LIMIT 1",
            )
            .and_then(|mut found| found.query_row([action], Entry::read).optional())
            .map_err(self.database_error())
    }
}

#[cfg(test)]
mod tests {
    use crate::records::Part;
    use crate::search::tests::paper;
    use crate::store::tests::{act, office};

    #[test]
    fn uses_and_entries_of_a_document_are_told_newest_first() {
        let (_folder, mut archive) = office();
        let new = paper("a", "x", &[("owner_number", "046200001234")]);
        let id = archive.add(&act("clerk"), &new).unwrap().id;
        archive.read(&act("keeper"), &id, "trích lục").unwrap();
        archive
            .export(&act("clerk"), &id, Part::Pdf, "in lại")
            .unwrap();
        let document = archive.document(&id).unwrap();
        let uses = archive.uses_of(&document, 10).unwrap();
        let told: Vec<(&str, &str, &str)> = uses
            .iter()
            .map(|one| (one.kind.as_str(), one.by.as_str(), one.purpose.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("export", "clerk", "in lại"),
                ("read", "keeper", "trích lục")
            ]
        );
        let log: Vec<String> = archive
            .log_of(&id, 2)
            .unwrap()
            .into_iter()
            .map(|entry| entry.action)
            .collect();
        assert_eq!(log, ["document.export", "document.read"]);
        assert_eq!(archive.latest("document.add").unwrap().unwrap().subject, id);
        assert!(archive.latest("archive.backup").unwrap().is_none());
    }
}
