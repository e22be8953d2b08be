//! A copy as its row has it: how far it has come, what it is made of, what was answered.

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::plain_code;
use crate::error::{ArchiveError, Result};
use crate::register::{self, Line};

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Scanned, checked, numbered.
    Prepared,
    /// Signed by the certifying person.
    Signed,
    /// Signed by the office; entered as issued.
    Sealed,
    /// Handed out.
    Delivered,
    /// Given up, with a reason.
    Cancelled,
}

impl Stage {
    /// As rows have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Signed => "signed",
            Self::Sealed => "sealed",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A person's answer to one question of the refusal checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's code, `R1` and so on.
    pub code: String,
    /// What the machine saw, if anything speaks for refusing.
    pub hint: Option<String>,
    /// Whether the person found the paper free of it.
    pub clear: bool,
    /// What the person says about it; needed where the machine saw something.
    pub remark: Option<String>,
    /// The pages the person compared, from 1.
    pub pages: Vec<u32>,
}

/// What came with a copy; personal data, kept in its row and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Details {
    /// The requester's identity number or paper.
    pub requester_id: String,
    /// The owner's number, for finding the copy again.
    pub owner_number: Option<String>,
    /// The type of the paper.
    pub type_code: Option<String>,
    /// Number and symbol of the paper.
    pub number_symbol: Option<String>,
    /// Who turned the paper into its electronic form.
    pub converter: String,
    /// When, ISO 8601.
    pub converted: String,
    /// How many copies are asked for.
    pub copies: u32,
    /// The fee, VND.
    pub fee: u64,
    /// The checklist.
    pub answers: Vec<Answer>,
    /// What was found to be held already, and why it was not used.
    pub held: Vec<String>,
    /// The profile that was applied.
    pub profile: String,
    /// The unit that takes the paper in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Of an extract, the pages of the original that it is, from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excerpt: Vec<u32>,
}

impl Details {
    /// As rows have it.
    pub(super) fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| ArchiveError::Fault(error.to_string()))
    }
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copy {
    /// The row's id in this archive.
    #[serde(skip)]
    pub id: i64,
    /// Its look-up code.
    pub code: String,
    /// Its kind.
    pub kind: String,
    /// The visit it belongs to.
    pub visit: String,
    /// How far it has come.
    pub stage: Stage,
    /// Its number in the register.
    pub line: Line,
    /// The original's title.
    pub title: String,
    /// The requester's name.
    pub requester: String,
    /// Pages.
    pub pages: u32,
    /// What else is known.
    pub details: Details,
    /// SHA-256 of the scan as it came.
    pub original: String,
    /// SHA-256 of the PDF/A.
    pub prepared: String,
    /// SHA-256 of the file with the person's signature.
    pub signed: Option<String>,
    /// SHA-256 of the finished file.
    pub sealed: Option<String>,
    /// Who prepared it, and when.
    pub prepared_by: (String, String),
    /// Who signed it, and when.
    pub signed_by: Option<(String, String)>,
    /// Who sealed it, and when.
    pub sealed_by: Option<(String, String)>,
    /// To whom it was delivered, and when.
    pub delivered: Option<(String, String)>,
    /// Why it was cancelled.
    pub reason: Option<String>,
}

/// A stage in words, Vietnamese and English.
#[must_use]
pub fn words(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Prepared => ("chờ người chứng thực ký", "prepared"),
        Stage::Signed => ("chờ đóng dấu cơ quan", "signed, waiting for the seal"),
        Stage::Sealed => ("đã cấp, chờ trả", "sealed, not yet delivered"),
        Stage::Delivered => ("đã trả", "delivered"),
        Stage::Cancelled => ("đã hủy", "cancelled"),
    }
}

pub(crate) fn by_row(db: &Connection, id: i64) -> rusqlite::Result<Option<Copy>> {
    select(db, "WHERE id = ?1", params![id]).map(|mut found| found.pop())
}

pub(crate) fn by_code(db: &Connection, code: &str) -> rusqlite::Result<Option<Copy>> {
    select(db, "WHERE code = ?1", params![plain_code(code)]).map(|mut found| found.pop())
}

/// Copies by a condition on their rows.
pub(super) fn select(
    db: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Copy>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, code, kind, visit, state, entry, title, requester, pages, details, original, prepared, signed, sealed,
                prepared_by, prepared_at, signed_by, signed_at, sealed_by, sealed_at, delivered_to, delivered_at, reason
         FROM certification {rest}"
    ))?;
    let rows = statement.query_map(values, |row| read(db, row))?;
    rows.collect()
}

fn read(db: &Connection, row: &Row<'_>) -> rusqlite::Result<Copy> {
    let pair = |first: usize| -> rusqlite::Result<Option<(String, String)>> {
        let left: Option<String> = row.get(first)?;
        let right: Option<String> = row.get(first + 1)?;
        Ok(left.zip(right))
    };
    let state: String = row.get(4)?;
    let details: String = row.get(9)?;
    Ok(Copy {
        id: row.get(0)?,
        code: row.get(1)?,
        kind: row.get(2)?,
        visit: row.get(3)?,
        stage: match state.as_str() {
            "signed" => Stage::Signed,
            "sealed" => Stage::Sealed,
            "delivered" => Stage::Delivered,
            "cancelled" => Stage::Cancelled,
            _ => Stage::Prepared,
        },
        line: register::line(db, row.get(5)?)?,
        title: row.get(6)?,
        requester: row.get(7)?,
        pages: row.get(8)?,
        details: serde_json::from_str(&details).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(
                9,
                rusqlite::types::Type::Text,
                Box::new(error),
            )
        })?,
        original: row.get(10)?,
        prepared: row.get(11)?,
        signed: row.get(12)?,
        sealed: row.get(13)?,
        prepared_by: pair(14)?.unwrap_or_default(),
        signed_by: pair(16)?,
        sealed_by: pair(18)?,
        delivered: pair(20)?,
        reason: row.get(22)?,
    })
}
