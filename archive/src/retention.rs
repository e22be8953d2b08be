//! How long things are kept; what stops their disposal ([`Hold`]), and disposal itself ([`Disposal`]).
//!
//! Retention counts from the year the work ended; what is in a record stays as long as the longest in it (Law on Archives
//! 33/2024/QH15, article 15). Files of certified copies go a while after delivery. Nothing else takes a document away.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::certification::{Copy, Stage};
use crate::error::{ArchiveError, Result};
use crate::metadata::{Meta, Standard, day};
use crate::profile::{Placement, Profile};
use crate::records::{self, Document};
use crate::store::Archive;

mod disposal;
pub use disposal::{Disposal, Item};

mod hold;
pub use hold::Hold;
use hold::is_held;

/// What retention is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// A document.
    Document,
    /// The files of a certified copy; its row in the register stays for ever.
    Copy,
    /// A record, for holds.
    Record,
}

/// Something whose time has passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What it is.
    pub of: Of,
    /// Its id or look-up code.
    pub id: String,
    /// The row's id in this archive.
    #[serde(skip)]
    pub row: i64,
    /// What it is called.
    pub title: String,
    /// The last day it had to be kept.
    pub kept_until: Date,
    /// By which rule.
    pub why: String,
}

/// How long something is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Keep {
    Until(Date, String),
    ForEver,
}

impl Of {
    fn code(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Copy => "copy",
            Self::Record => "record",
        }
    }

    fn read(code: &str) -> Self {
        match code {
            "copy" => Self::Copy,
            "record" => Self::Record,
            _ => Self::Document,
        }
    }
}

impl Archive {
    /// What may be disposed of on a day: its time has passed, no hold is on it, and it is on no open list.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn due(&self, today: Date) -> Result<Vec<Due>> {
        due(self.db(), today)
    }
}

/// What is past its time, not on hold, and on no open list.
fn due(db: &Connection, today: Date) -> Result<Vec<Due>> {
    let mut all = passed(db, today)?;
    let mut listed = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM disposal_item JOIN disposal ON disposal.id = disposal
             WHERE kind = ? AND target = ? AND outcome = 'open' AND disposal.state IN ('listed', 'approved'))",
        )
        .map_err(fault)?;
    let mut error = None;
    all.retain(|one| {
        let open = listed.query_row(params![one.of.code(), one.row], |row| row.get::<_, bool>(0));
        open.map_or_else(
            |why| {
                error = Some(why);
                false
            },
            |open| !open,
        )
    });
    error.map_or(Ok(all), |why| Err(fault(why)))
}

/// What is past its time and not on hold.
fn passed(db: &Connection, today: Date) -> Result<Vec<Due>> {
    let standard = Standard::on(today)?;
    let profile = Profile::on(today)?;
    let mut all = documents(db, standard, today).map_err(fault)?;
    all.extend(copies(db, standard, &profile, today).map_err(fault)?);
    Ok(all)
}

fn documents(db: &Connection, standard: &Standard, today: Date) -> rusqlite::Result<Vec<Due>> {
    let mut known: BTreeMap<String, Keep> = BTreeMap::new();
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let some = records::select(
            db,
            "WHERE id > ? AND state = 'kept' ORDER BY id LIMIT 256",
            params![after],
        )?;
        let Some(last) = some.last() else {
            return Ok(all);
        };
        after = last.row;
        for document in some {
            if let Keep::Until(day, why) = kept(db, standard, &document, &mut known)?
                && day < today
                && !is_held(db, &document)?
            {
                all.push(Due {
                    of: Of::Document,
                    row: document.row,
                    title: document
                        .meta
                        .get("subject")
                        .or_else(|| document.meta.get("type_name"))
                        .cloned()
                        .unwrap_or_default(),
                    id: document.id,
                    kept_until: day,
                    why,
                });
            }
        }
    }
}

/// How long a document is kept: as long as the longest record it is in, or as it says itself when it is in none.
fn kept(
    db: &Connection,
    standard: &Standard,
    document: &Document,
    known: &mut BTreeMap<String, Keep>,
) -> rusqlite::Result<Keep> {
    let mut longest = None;
    for code in &document.records {
        let keep = match known.get(code) {
            Some(keep) => keep.clone(),
            None => {
                let keep = record_kept(db, standard, code)?;
                known.insert(code.clone(), keep.clone());
                keep
            }
        };
        longest = longest.max(Some(keep));
    }
    Ok(longest.unwrap_or_else(|| own(standard, &document.meta, None)))
}

/// How long a record is kept: as it says, or as the longest of its documents says.
fn record_kept(db: &Connection, standard: &Standard, code: &str) -> rusqlite::Result<Keep> {
    let Some(record) = records::record_by_code(db, code)? else {
        return Ok(Keep::ForEver);
    };
    let ended = record
        .meta
        .get("end_date")
        .and_then(|text| day(text))
        .map(Date::year);
    let mut longest = own(standard, &record.meta, ended);
    for id in &record.documents {
        if let Ok(document) = records::wanted(db, id)?
            && document.meta.contains_key("maintenance")
        {
            longest = longest.max(own(standard, &document.meta, ended));
        }
    }
    Ok(longest)
}

/// What metadata say of their own retention. What is not known to have ended is kept.
fn own(standard: &Standard, meta: &Meta, ended: Option<i16>) -> Keep {
    let Some(code) = meta.get("maintenance") else {
        return Keep::ForEver;
    };
    if let Some(years) = standard.years(code) {
        let ended = meta
            .get("ended")
            .and_then(|year| year.parse().ok())
            .or(ended);
        let last = ended.and_then(|ended| Date::new(years.saturating_add(ended), 12, 31).ok());
        return last.map_or(Keep::ForEver, |last| {
            Keep::Until(last, format!("maintenance {code}, {years} years"))
        });
    }
    let until = meta.get("keep_until").and_then(|text| day(text));
    match (code.as_str(), until) {
        ("07", Some(until)) => Keep::Until(until, format!("maintenance 07, until {until}")),
        _ => Keep::ForEver,
    }
}

fn copies(
    db: &Connection,
    standard: &Standard,
    profile: &Profile,
    today: Date,
) -> rusqlite::Result<Vec<Due>> {
    let rows: Vec<i64> = db
        .prepare_cached(
            "SELECT id FROM certification WHERE state IN ('delivered', 'cancelled')
             AND NOT EXISTS (SELECT 1 FROM disposal_item WHERE kind = 'copy' AND target = certification.id AND outcome = 'gone')
             AND NOT EXISTS (SELECT 1 FROM hold WHERE kind = 'copy' AND target = certification.id AND released_at IS NULL)
             ORDER BY id",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let keep = crate::setting::copy_days(db, standard)?;
    let days: Span = keep.days();
    let mut all = Vec::new();
    for row in rows {
        let Some(copy) = crate::certification::by_row(db, row)? else {
            continue;
        };
        // Copies that the office makes of its own documents are its documents.
        let statement = profile
            .copy(&copy.kind)
            .is_ok_and(|kind| kind.placement == Placement::Statement);
        let last = last_step(&copy).and_then(|day| day.checked_add(days).ok());
        if let (true, Some(last)) = (statement, last)
            && last < today
        {
            all.push(Due {
                of: Of::Copy,
                id: copy.code,
                row,
                title: format!("{} {}", copy.line.register, copy.line.display),
                kept_until: last,
                why: format!("certified copy, {keep} days"),
            });
        }
    }
    Ok(all)
}

/// The day a copy was delivered; of one that was given up, the day it was prepared.
fn last_step(copy: &Copy) -> Option<Date> {
    let at = match (copy.stage, &copy.delivered) {
        (Stage::Delivered, Some((_, at))) => at,
        _ => &copy.prepared_by.1,
    };
    day(at.get(..10)?)
}

/// What a row is called outside the database.
fn name(db: &Connection, of: Of, row: i64) -> rusqlite::Result<String> {
    let sql = match of {
        Of::Document => "SELECT uuid FROM document WHERE id = ?",
        Of::Record => "SELECT code FROM record WHERE id = ?",
        Of::Copy => "SELECT code FROM certification WHERE id = ?",
    };
    db.query_row(sql, [row], |row| row.get(0))
}

fn fault(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Database {
        path: "archive.sqlite3".into(),
        source,
    }
}

#[cfg(test)]
mod tests;
