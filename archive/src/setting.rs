//! What an office decides for itself within what decrees leave open, each time by a paper of its own.

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension};

use crate::error::{ArchiveError, Result, sentence};
use crate::metadata::Standard;
use crate::people::holds_one;
use crate::store::{Act, Archive};

/// Whether files are encrypted.
pub(crate) const ENCRYPTED: &str = "encrypted";

/// How long files of certified copies are kept after delivery, days.
const COPY_DAYS: &str = "copy_days";

/// The longest that files of copies may be kept: they are personal data, and the register stays without them.
const LONGEST_DAYS: i32 = 3_650;

impl Archive {
    /// How many days after delivery the files of certified copies are kept: as the office set it, else as the standard of that
    /// day has it. The register and the digests stay for ever.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn copy_days(&self, today: Date) -> Result<i32> {
        copy_days(self.db(), Standard::on(today)?).map_err(self.database_error())
    }

    /// Sets how many days after delivery the files of certified copies are kept; `authority` is the paper that says so. It holds
    /// for copies that are here already, too.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is neither administrator nor archivist, the paper is missing, or the days are
    /// none or more than ten years.
    pub fn set_copy_days(&mut self, act: &Act, days: i32, authority: &str) -> Result<()> {
        if authority.trim().is_empty() {
            return Err(ArchiveError::Refused(sentence!(
                "cần văn bản quyết định thời hạn này: --authority",
                "the paper that decides this is needed: --authority"
            )));
        }
        if !(0..=LONGEST_DAYS).contains(&days) {
            return Err(ArchiveError::Refused(sentence!(
                "số ngày giữ tệp bản sao phải từ 0 đến {}",
                "files of copies are kept between 0 and {} days",
                LONGEST_DAYS
            )));
        }
        self.change(act, |writer| {
            holds_one(writer, &["administrator", "archivist"])?;
            let known: Option<i64> = writer
                .db()
                .query_row(
                    "SELECT id FROM setting WHERE name = ?",
                    [COPY_DAYS],
                    |row| row.get(0),
                )
                .optional()
                .map_err(writer.error())?;
            let value = days.to_string();
            match known {
                Some(row) => writer.update("setting", row, &[("value", &value)])?,
                None => drop(writer.insert("setting", &[("name", &COPY_DAYS), ("value", &value)])?),
            }
            writer.log(
                "setting.put",
                COPY_DAYS,
                &serde_json::json!({ "value": value, "authority": authority }),
            )
        })
    }
}

/// As [`Archive::copy_days`].
pub(crate) fn copy_days(db: &Connection, standard: &Standard) -> rusqlite::Result<i32> {
    let own = read(db, COPY_DAYS)?.and_then(|value| value.parse().ok());
    Ok(own.unwrap_or(standard.copies.days))
}

/// A setting by its name.
pub(crate) fn read(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM setting WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()
}
