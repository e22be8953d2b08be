//! Stops to disposal: a lawsuit, an inspection.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::{Of, fault, name};
use crate::error::{ArchiveError, Result, sentence};
use crate::people::holds_one;
use crate::records::{self, Document};
use crate::store::{Act, Archive};

/// A stop to disposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// Its number.
    pub id: i64,
    /// What it is on.
    pub of: Of,
    /// The id or code of that.
    pub target: String,
    /// Why: the lawsuit, the inspection.
    pub reason: String,
    /// Who set it, and when.
    pub set: (String, String),
    /// Who lifted it, when, and why.
    pub released: Option<(String, String, String)>,
}

impl Archive {
    /// Stops the disposal of a document, a copy or a whole record.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is neither archivist nor administrator, or gives no reason;
    /// [`ArchiveError::Missing`] when there is no such thing.
    pub fn hold(&mut self, act: &Act, of: Of, id: &str, reason: &str) -> Result<i64> {
        if reason.trim().is_empty() {
            return Err(ArchiveError::Refused(sentence!(
                "cần lý do: --reason",
                "a reason is needed: --reason"
            )));
        }
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "administrator"])?;
            let target = target(writer.db(), of, id)?;
            let (by, at) = (act.by.clone(), act.time());
            let row = writer.insert(
                "hold",
                &[
                    ("kind", &of.code()),
                    ("target", &target),
                    ("reason", &reason),
                    ("set_by", &by),
                    ("set_at", &at),
                ],
            )?;
            writer.log(
                "hold.set",
                &format!("hold {row}"),
                &serde_json::json!({ "of": of, "row": target }),
            )?;
            Ok(row)
        })
    }

    /// Lifts a hold.
    ///
    /// # Errors
    /// As [`hold`](Self::hold).
    pub fn release(&mut self, act: &Act, hold: i64, reason: &str) -> Result<()> {
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "administrator"])?;
            let open: Option<i64> = writer
                .db()
                .query_row(
                    "SELECT id FROM hold WHERE id = ? AND released_at IS NULL",
                    [hold],
                    |row| row.get(0),
                )
                .optional()
                .map_err(writer.error())?;
            if open.is_none() || reason.trim().is_empty() {
                return Err(ArchiveError::Refused(sentence!(
                    "không có lệnh giữ số {} đang hiệu lực, hoặc thiếu lý do (--reason)",
                    "there is no hold {} in force, or the reason is missing (--reason)",
                    hold
                )));
            }
            let (by, at) = (act.by.clone(), act.time());
            writer.update(
                "hold",
                hold,
                &[
                    ("released_by", &by),
                    ("released_at", &at),
                    ("release_reason", &reason),
                ],
            )?;
            writer.log(
                "hold.release",
                &format!("hold {hold}"),
                &serde_json::json!({}),
            )
        })
    }

    /// Every hold, lifted ones too.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn holds(&self) -> Result<Vec<Hold>> {
        let work = || -> rusqlite::Result<Vec<Hold>> {
            self.db()
                .prepare(
                    "SELECT id, kind, target, reason, set_by, set_at, released_by, released_at, release_reason FROM hold ORDER BY id",
                )?
                .query_map([], |row| {
                    let of = Of::read(&row.get::<_, String>(1)?);
                    let released: Option<String> = row.get(6)?;
                    Ok(Hold {
                        id: row.get(0)?,
                        of,
                        target: name(self.db(), of, row.get(2)?)?,
                        reason: row.get(3)?,
                        set: (row.get(4)?, row.get(5)?),
                        released: match released {
                            Some(by) => Some((by, row.get(7)?, row.get(8)?)),
                            None => None,
                        },
                    })
                })?
                .collect()
        };
        work().map_err(self.database_error())
    }
}

/// Whether a hold is on a document or on a record it is in.
pub(super) fn is_held(db: &Connection, document: &Document) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM hold WHERE released_at IS NULL AND
         ((kind = 'document' AND target = ?1) OR
          (kind = 'record' AND target IN (SELECT record FROM member WHERE document = ?1))))",
    )?
    .query_row([document.row], |row| row.get(0))
}

fn target(db: &Connection, of: Of, id: &str) -> Result<i64> {
    let missing = || {
        ArchiveError::Missing(sentence!(
            "không có {} trong kho",
            "there is no {} here",
            id
        ))
    };
    match of {
        Of::Document => records::wanted(db, id)
            .map_err(fault)?
            .map(|document| document.row),
        Of::Record => records::record_by_code(db, id)
            .map_err(fault)?
            .map(|record| record.row)
            .ok_or_else(missing),
        Of::Copy => crate::certification::by_code(db, id)
            .map_err(fault)?
            .map(|copy| copy.id)
            .ok_or_else(missing),
    }
}
