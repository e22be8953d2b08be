//! Papers that were not certified: which reason of the decree, in whose words, said by whom.

use rusqlite::params;
use serde::Serialize;

use crate::blob::BlobId;
use crate::certification::PREPARERS;
use crate::error::{ArchiveError, Result, sentence};
use crate::people::holds_one;
use crate::profile::Profile;
use crate::store::{Act, Archive};

/// A refusal that is being made.
#[derive(Clone, Debug)]
pub struct NewRefusal<'a> {
    /// The kind of copy that was asked for.
    pub kind: &'a str,
    /// The visit, as in [`NewCopy`](crate::certification::NewCopy).
    pub visit: &'a str,
    /// The scan. The file itself is not kept.
    pub original: BlobId,
    /// The reason's code in the profile, `R1` and so on.
    pub code: &'a str,
    /// What the person says about it.
    pub reason: &'a str,
}

/// A refusal on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its number in this archive.
    pub id: i64,
    /// The kind of copy that was asked for.
    pub kind: String,
    /// SHA-256 of the scan.
    pub original: String,
    /// The reason's code in the profile.
    pub code: String,
    /// What the person said about it.
    pub reason: String,
    /// Who refused, and when.
    pub by: (String, String),
}

impl Archive {
    /// Puts on record that a paper is not certified. The same paper in the same visit, for the same reason, is one refusal.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not prepare copies or no reason is given; [`ArchiveError::Missing`] for a
    /// code that the profile does not have.
    pub fn refuse_copy(&mut self, act: &Act, new: &NewRefusal<'_>) -> Result<Refused> {
        let profile = Profile::on(act.day())?;
        if !profile.refusal.iter().any(|known| known.code == new.code) {
            let all: Vec<&str> = profile
                .refusal
                .iter()
                .map(|one| one.code.as_str())
                .collect();
            return Err(ArchiveError::Missing(sentence!(
                "không có trường hợp từ chối {}; có: {}",
                "there is no reason to refuse {}; there are: {}",
                new.code,
                all.join(", ")
            )));
        }
        if new.reason.trim().is_empty() {
            return Err(ArchiveError::Refused(sentence!(
                "từ chối thì phải nói rõ lý do ({} là trường hợp nào, thấy ở đâu)",
                "a refusal has to say why (what of {} was seen, and where)",
                new.code
            )));
        }
        self.change(act, |writer| {
            holds_one(writer, &PREPARERS)?;
            let original = new.original.to_string();
            let known = select(
                writer.db(),
                "WHERE kind = ?1 AND visit = ?2 AND original = ?3 AND code = ?4",
                params![new.kind, new.visit, original, new.code],
            )
            .map_err(writer.error())?
            .pop();
            if let Some(known) = known {
                return Ok(known);
            }
            let id = writer.insert(
                "refusal",
                &[
                    ("kind", &new.kind),
                    ("visit", &new.visit),
                    ("original", &original),
                    ("code", &new.code),
                    ("reason", &new.reason.trim()),
                    ("refused_by", &act.by),
                    ("refused_at", &act.time()),
                ],
            )?;
            writer.log(
                "copy.refuse",
                &format!("refusal {id}"),
                &serde_json::json!({ "kind": new.kind, "code": new.code, "profile": profile.version }),
            )?;
            select(writer.db(), "WHERE id = ?1", params![id])
                .map_err(writer.error())?
                .pop()
                .ok_or_else(|| ArchiveError::Fault(format!("no refusal {id}")))
        })
    }

    /// What was refused, oldest first.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn refusals(&self) -> Result<Vec<Refused>> {
        select(self.db(), "ORDER BY id", params![]).map_err(self.database_error())
    }
}

fn select(
    db: &rusqlite::Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Refused>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, kind, original, code, reason, refused_by, refused_at FROM refusal {rest}"
    ))?;
    let rows = statement.query_map(values, |row| {
        Ok(Refused {
            id: row.get(0)?,
            kind: row.get(1)?,
            original: row.get(2)?,
            code: row.get(3)?,
            reason: row.get(4)?,
            by: (row.get(5)?, row.get(6)?),
        })
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::store::tests::{act_on, office};

    #[test]
    fn a_refusal_is_kept_once_with_its_reason() {
        let (_folder, mut archive) = office();
        let act = act_on("officer", date(2026, 11, 25));
        let paper = NewRefusal {
            kind: "chung-thuc",
            visit: "1",
            original: BlobId::of(b"scan"),
            code: "R1",
            reason: " tẩy xóa ở dòng 3 ",
        };
        let kept = archive.refuse_copy(&act, &paper).unwrap();
        assert_eq!(
            (kept.reason.as_str(), kept.by.0.as_str()),
            ("tẩy xóa ở dòng 3", "officer")
        );
        assert_eq!(archive.refuse_copy(&act, &paper).unwrap(), kept);
        for wrong in [
            NewRefusal {
                reason: " ",
                ..paper.clone()
            },
            NewRefusal {
                code: "R99",
                ..paper.clone()
            },
        ] {
            assert!(archive.refuse_copy(&act, &wrong).is_err());
        }
        let nobody = act_on("nobody", date(2026, 11, 25));
        assert!(archive.refuse_copy(&nobody, &paper).is_err());
        assert_eq!(archive.refusals().unwrap(), vec![kept]);
        assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
    }
}
