//! Registers: one number for each original, from 01 in each year, never given twice, never missing.
//!
//! A number is *reserved* in one transaction, then *issued* with the document that bears it, or *cancelled* with a reason; its
//! row stays (Decree 23/2015/NĐ-CP, articles 13-14 and 20.3; Circular 01/2020/TT-BTP, article 4).

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::blob::BlobId;
use crate::error::{ArchiveError, Result, sentence};
use crate::fold;
use crate::people::{day, holds};
use crate::profile::Profile;
use crate::store::{Act, Archive, Writer, text};

mod annulled;
pub use annulled::{AnnulledCopy, Annulment};

/// The name of a year's first volume.
const FIRST_VOLUME: &str = "01";

/// What became of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Taken, its document not yet finished.
    Reserved,
    /// On a document.
    Issued,
    /// Given up, with a reason.
    Cancelled,
}

/// What a register says under a number.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// The row's id in this archive.
    #[serde(skip)]
    pub id: i64,
    /// The register's code.
    pub register: String,
    /// The year.
    pub year: i16,
    /// The number, from 1.
    pub number: i64,
    /// As it is written on documents.
    pub display: String,
    /// The volume's name.
    pub volume: String,
    /// What became of it.
    pub state: State,
    /// The day of the entry.
    pub day: Date,
    /// The other columns by their keys.
    pub columns: BTreeMap<String, String>,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// SHA-256 of the document that bears it.
    pub document: Option<String>,
    /// The decision that took the document's value away.
    pub annulment: Option<Annulment>,
}

/// The totals of a closed year.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Closing {
    /// Numbers given, that is, the last number.
    pub given: i64,
    /// Of them issued.
    pub issued: i64,
    /// Of them cancelled.
    pub cancelled: i64,
}

impl Archive {
    /// Enters an incoming or outgoing document: its number is given and issued at once.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is no records clerk, when the year is closed, or when the same document
    /// seems to be there already and `despite` is not set.
    pub fn enter(
        &mut self,
        act: &Act,
        register: &str,
        columns: &BTreeMap<String, String>,
        document: Option<BlobId>,
        despite: bool,
    ) -> Result<Line> {
        let profile = Profile::on(act.day())?;
        let code = profile.register(register)?.code.clone();
        let doubles = self.duplicates(&code, columns)?;
        if let (Some(double), false) = (doubles.first(), despite) {
            return Err(ArchiveError::Refused(sentence!(
                "văn bản này có thể đã được đăng ký: số {} ngày {} trong sổ {}; nếu vẫn muốn ghi, thêm --despite",
                "this document seems to be registered already: number {} of {} in {}; add --despite to enter it all the same",
                double.display,
                double.day,
                code
            )));
        }
        let mut salt = [0; 16];
        self.random(&mut salt)?;
        let holder = crate::store::uuid(salt);
        self.change(act, |writer| {
            holds(writer, "clerk")?;
            let id = take(writer, &code, &holder, columns)?;
            writer.update(
                "entry",
                id,
                &[
                    ("state", &"issued"),
                    ("document", &document.map(|id| id.to_string())),
                ],
            )?;
            let line = line(writer.db(), id).map_err(writer.error())?;
            writer.log(
                "register.enter",
                &format!("{code} {}", line.display),
                &serde_json::json!({ "despite": despite, "profile": profile.version }),
            )?;
            Ok(line)
        })
    }

    /// Entries of a register that speak of the same document: same number and symbol of the same author (Decree 30/2020, annex VI).
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn duplicates(
        &self,
        register: &str,
        columns: &BTreeMap<String, String>,
    ) -> Result<Vec<Line>> {
        let same = |key: &str, line: &Line| {
            let ours = columns
                .get(key)
                .map(|text| fold::plain(text))
                .unwrap_or_default();
            !ours.is_empty() && line.columns.get(key).map(|text| fold::plain(text)) == Some(ours)
        };
        let Some(symbol) = columns.get("symbol") else {
            return Ok(Vec::new());
        };
        // What comes before the letters is written one way only; the rest is compared as people spell it.
        let digits: String = symbol
            .trim()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let mut found = lines(
            self.db(),
            "WHERE entry.register = ?1 AND state != 'cancelled' AND json_extract(columns, '$.symbol') LIKE ?2",
            params![register, format!("{digits}%")],
        )
        .map_err(self.database_error())?;
        found.retain(|line| {
            same("symbol", line) && (!columns.contains_key("author") || same("author", line))
        });
        Ok(found)
    }

    /// Opens a further volume in a year; numbers go on.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is no records clerk or the year is closed.
    pub fn open_volume(&mut self, act: &Act, register: &str, name: &str) -> Result<()> {
        let code = Profile::on(act.day())?.register(register)?.code.clone();
        self.change(act, |writer| {
            holds(writer, "clerk")?;
            let year = act.day().year();
            open_year(writer, &code, year)?;
            current_volume(writer, &code, year)?;
            writer.insert(
                "volume",
                &[
                    ("register", &code),
                    ("year", &year),
                    ("name", &name),
                    ("opened", &act.day().to_string()),
                ],
            )?;
            writer.log(
                "register.volume",
                &format!("{code} {name}/{year}"),
                &serde_json::json!({}),
            )
        })
    }

    /// Closes a year of a register: on 31 December or after, when no number is left open.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`], naming what stands in the way.
    pub fn close(&mut self, act: &Act, register: &str, year: i16) -> Result<Closing> {
        let code = Profile::on(act.day())?.register(register)?.code.clone();
        if act.day() < date(year, 12, 31) {
            return Err(ArchiveError::Refused(sentence!(
                "sổ năm {} chỉ khóa từ ngày 31/12",
                "the register of {} is closed on 31 December, not before",
                year
            )));
        }
        self.change(act, |writer| {
            holds(writer, "clerk")?;
            open_year(writer, &code, year)?;
            let count = |state: &str| -> Result<i64> {
                writer
                    .db()
                    .query_row(
                        "SELECT count(*) FROM entry WHERE register = ? AND year = ? AND state = ?",
                        params![code, year, state],
                        |row| row.get(0),
                    )
                    .map_err(writer.error())
            };
            let open = count("reserved")?;
            if open > 0 {
                return Err(ArchiveError::Refused(sentence!(
                    "còn {} số chưa cấp xong; hãy hoàn tất hoặc hủy các bản sao đó (saoy certify list), rồi khóa sổ",
                    "{} numbers are still open; finish or cancel those copies (saoy certify list), then close",
                    open
                )));
            }
            let closing = Closing {
                given: last_number(writer, &code, year)?,
                issued: count("issued")?,
                cancelled: count("cancelled")?,
            };
            current_volume(writer, &code, year)?;
            let volumes: Vec<i64> = writer
                .db()
                .prepare_cached("SELECT id FROM volume WHERE register = ? AND year = ?")
                .and_then(|mut all| all.query_map(params![code, year], |row| row.get(0))?.collect())
                .map_err(writer.error())?;
            for volume in volumes {
                let total: i64 = writer
                    .db()
                    .query_row("SELECT count(*) FROM entry WHERE volume = ?", [volume], |row| row.get(0))
                    .map_err(writer.error())?;
                writer.update("volume", volume, &[("closed", &act.day().to_string()), ("total", &total)])?;
            }
            writer.log("register.close", &format!("{code} {year}"), &serde_json::json!(closing))?;
            Ok(closing)
        })
    }

    /// The line of a number.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn line(&self, register: &str, year: i16, number: i64) -> Result<Line> {
        let profile = Profile::on(date(year, 12, 31))?;
        let code = &profile.register(register)?.code;
        find(self.db(), code, year, number)
            .map_err(self.database_error())?
            .ok_or_else(|| no_number(code, year, number))
    }

    /// The lines of a register from one day to another, in order of their numbers.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when there is no such register.
    pub fn lines(&self, register: &str, first: Date, last: Date) -> Result<Vec<Line>> {
        let profile = Profile::on(last)?;
        let code = &profile.register(register)?.code;
        lines(
            self.db(),
            "WHERE entry.register = ?1 AND entry.day BETWEEN ?2 AND ?3 ORDER BY entry.year, number",
            params![code, first.to_string(), last.to_string()],
        )
        .map_err(self.database_error())
    }

    /// The lines whose document has this digest.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn lines_of(&self, document: BlobId) -> Result<Vec<Line>> {
        lines(
            self.db(),
            "WHERE document = ?1 ORDER BY entry.id",
            params![document.to_string()],
        )
        .map_err(self.database_error())
    }

    /// Numbers that a register lacks between 1 and its last: there are none, unless somebody took rows away.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn gaps(&self) -> Result<Vec<(String, i16, i64)>> {
        let mut statement = self
            .db()
            .prepare_cached(
                "SELECT register, year, number FROM entry ORDER BY register, year, number",
            )
            .map_err(self.database_error())?;
        let mut rows = statement.query([]).map_err(self.database_error())?;
        let mut gaps = Vec::new();
        let mut before: Option<(String, i16, i64)> = None;
        while let Some(row) = rows.next().map_err(self.database_error())? {
            let here: (String, i16, i64) = (|| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))()
                .map_err(self.database_error())?;
            let expected = match &before {
                Some((register, year, number)) if (register, *year) == (&here.0, here.1) => {
                    number + 1
                }
                _ => 1,
            };
            // A forged number may be anything: name the gap's ends, not each number in it.
            if here.2 > expected {
                gaps.push((here.0.clone(), here.1, expected));
            }
            before = Some(here);
        }
        Ok(gaps)
    }
}

/// Takes the next number for a holder, or finds the one it has. The log entry is the caller's.
pub(crate) fn take(
    writer: &mut Writer<'_>,
    code: &str,
    holder: &str,
    columns: &BTreeMap<String, String>,
) -> Result<i64> {
    let known: Option<i64> = writer
        .db()
        .query_row("SELECT id FROM entry WHERE holder = ?", [holder], |row| {
            row.get(0)
        })
        .optional()
        .map_err(writer.error())?;
    if let Some(id) = known {
        return Ok(id);
    }
    let today = writer.act().day();
    let year = today.year();
    open_year(writer, code, year)?;
    let later: Option<i16> = writer
        .db()
        .query_row(
            "SELECT max(year) FROM entry WHERE register = ? AND year > ?",
            params![code, year],
            |row| row.get(0),
        )
        .map_err(writer.error())?;
    if let Some(later) = later {
        return Err(ArchiveError::Refused(sentence!(
            "sổ {} đã sang năm {}, nhưng đồng hồ máy chỉ năm {}; hãy chỉnh đồng hồ",
            "the register {} has come to {}, but this machine's clock says {}; set the clock right",
            code,
            later,
            year
        )));
    }
    let number = last_number(writer, code, year)? + 1;
    let volume = current_volume(writer, code, year)?;
    writer.insert(
        "entry",
        &[
            ("register", &code),
            ("year", &year),
            ("number", &number),
            ("volume", &volume),
            ("holder", &holder),
            ("state", &"reserved"),
            ("day", &today.to_string()),
            ("columns", &serde_json::json!(columns).to_string()),
        ],
    )
}

/// Puts a document under a reserved number. The log entry is the caller's.
pub(crate) fn issue(
    writer: &mut Writer<'_>,
    id: i64,
    document: BlobId,
    more: &BTreeMap<String, String>,
) -> Result<Line> {
    let mut found = line(writer.db(), id).map_err(writer.error())?;
    if found.state != State::Reserved {
        return Err(ArchiveError::Refused(sentence!(
            "số {} không còn ở trạng thái chờ cấp",
            "number {} is not open any more",
            found.display
        )));
    }
    found.columns.extend(more.clone());
    writer.update(
        "entry",
        id,
        &[
            ("state", &"issued"),
            ("document", &document.to_string()),
            ("day", &writer.act().day().to_string()),
            ("columns", &serde_json::json!(found.columns).to_string()),
        ],
    )?;
    line(writer.db(), id).map_err(writer.error())
}

/// Gives a reserved number up; its row stays, and whom it was for may have another. The log entry is the caller's.
pub(crate) fn cancel(writer: &mut Writer<'_>, id: i64, reason: &str) -> Result<Line> {
    let holder: String = writer
        .db()
        .query_row("SELECT holder FROM entry WHERE id = ?", [id], |row| {
            row.get(0)
        })
        .map_err(writer.error())?;
    writer.update(
        "entry",
        id,
        &[
            ("state", &"cancelled"),
            ("reason", &text(Some(reason))),
            ("holder", &format!("{holder} cancelled {id}")),
        ],
    )?;
    line(writer.db(), id).map_err(writer.error())
}

fn no_number(code: &str, year: i16, number: i64) -> ArchiveError {
    ArchiveError::Missing(sentence!(
        "sổ {} năm {} không có số {}",
        "the register {} of {} has no number {}",
        code,
        year,
        number
    ))
}

fn open_year(writer: &Writer<'_>, code: &str, year: i16) -> Result<()> {
    let closed: bool = writer
        .db()
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM volume WHERE register = ? AND year = ? AND closed IS NOT NULL)",
            params![code, year],
            |row| row.get(0),
        )
        .map_err(writer.error())?;
    if closed {
        return Err(ArchiveError::Refused(sentence!(
            "sổ {} năm {} đã khóa",
            "the register {} of {} is closed",
            code,
            year
        )));
    }
    Ok(())
}

fn current_volume(writer: &mut Writer<'_>, code: &str, year: i16) -> Result<i64> {
    let known: Option<i64> = writer
        .db()
        .query_row(
            "SELECT max(id) FROM volume WHERE register = ? AND year = ?",
            params![code, year],
            |row| row.get(0),
        )
        .map_err(writer.error())?;
    match known {
        Some(id) => Ok(id),
        None => {
            let today = writer.act().day().to_string();
            writer.insert(
                "volume",
                &[
                    ("register", &code),
                    ("year", &year),
                    ("name", &FIRST_VOLUME),
                    ("opened", &today),
                ],
            )
        }
    }
}

fn last_number(writer: &Writer<'_>, code: &str, year: i16) -> Result<i64> {
    writer
        .db()
        .query_row(
            "SELECT coalesce(max(number), 0) FROM entry WHERE register = ? AND year = ?",
            params![code, year],
            |row| row.get(0),
        )
        .map_err(writer.error())
}

fn find(db: &Connection, code: &str, year: i16, number: i64) -> rusqlite::Result<Option<Line>> {
    lines(
        db,
        "WHERE entry.register = ?1 AND entry.year = ?2 AND number = ?3",
        params![code, year, number],
    )
    .map(|mut found| found.pop())
}

/// The line of a row.
pub(crate) fn line(db: &Connection, id: i64) -> rusqlite::Result<Line> {
    lines(db, "WHERE entry.id = ?1", params![id])?
        .pop()
        .ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn lines(
    db: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Line>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT entry.id, entry.register, entry.year, number, volume.name, state, entry.day, columns, entry.reason, document,
                decision, annulment.day, annulment.reason, url
         FROM entry JOIN volume ON volume.id = entry.volume LEFT JOIN annulment ON annulment.entry = entry.id {rest}"
    ))?;
    let rows = statement.query_map(values, read)?;
    rows.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Line> {
    let register: String = row.get(1)?;
    let year: i16 = row.get(2)?;
    let number: i64 = row.get(3)?;
    let state: String = row.get(5)?;
    let columns: String = row.get(7)?;
    let annulment = match row.get::<_, Option<String>>(10)? {
        Some(decision) => Some(Annulment {
            decision,
            day: day(&row.get::<_, String>(11)?, 11)?,
            reason: row.get(12)?,
            url: row.get(13)?,
        }),
        None => None,
    };
    Ok(Line {
        id: row.get(0)?,
        display: display(&register, year, number),
        register,
        year,
        number,
        volume: row.get(4)?,
        state: match state.as_str() {
            "issued" => State::Issued,
            "cancelled" => State::Cancelled,
            _ => State::Reserved,
        },
        day: day(&row.get::<_, String>(6)?, 6)?,
        columns: serde_json::from_str(&columns).unwrap_or_default(),
        reason: row.get(8)?,
        document: row.get(9)?,
        annulment,
    })
}

/// A number as its register writes it: at least two digits.
fn display(register: &str, year: i16, number: i64) -> String {
    let form = Profile::on(date(year, 12, 31))
        .and_then(|profile| {
            profile
                .register(register)
                .map(|register| register.display.clone())
        })
        .unwrap_or_else(|_| "{number}/{year}".to_owned());
    form.replace("{number}", &format!("{number:02}"))
        .replace("{year}", &year.to_string())
}

#[cfg(test)]
mod tests;
