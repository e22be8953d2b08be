//! How long things are kept, what stops their disposal, and disposal itself: listed, approved by another, carried out.
//!
//! Retention counts from the year the work ended; what is in a record stays as long as the longest in it (Law on Archives
//! 33/2024/QH15, article 15). Nothing else takes a document away. A disposal first changes rows, with its entry in the log,
//! and removes files after that is committed; cut off in between, it is finished by asking for it again.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::blob::BlobId;
use crate::certification::{Copy, Stage};
use crate::check::wanted;
use crate::error::{ArchiveError, Result, sentence};
use crate::metadata::{Meta, Standard, day};
use crate::people::holds_one;
use crate::profile::{Placement, Profile};
use crate::records::{self, Document, Part};
use crate::search;
use crate::store::{Act, Archive, Writer};

/// A file that nothing refers to may still be on its way into a row for so long.
const ON_ITS_WAY: Duration = Duration::from_secs(3600);

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

/// A disposal and what is on its list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disposal {
    /// Its number.
    pub id: i64,
    /// `listed`, `approved`, `carried` (files may still be there), `done`, `dropped`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// The decision it rests on.
    pub decision: Option<String>,
    /// Who listed it, and when.
    pub listed: (String, String),
    /// Who approved it, and when.
    pub approved: Option<(String, String)>,
    /// Who carried it out, and when.
    pub carried: Option<(String, String)>,
    /// Its list.
    pub items: Vec<Item>,
}

/// One line of a disposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it is.
    pub of: Of,
    /// Its id or look-up code.
    pub id: String,
    /// By which rule.
    pub why: String,
    /// `open`, `gone`, or `spared` when a hold or a longer retention came up in the meantime.
    pub outcome: String,
    #[serde(skip)]
    row: i64,
    #[serde(skip)]
    target: i64,
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

    /// Puts everything that is due on a list, to be approved by somebody else. Nothing is taken away by this.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not, or when nothing is due.
    pub fn list_disposal(&mut self, act: &Act, reason: &str) -> Result<Disposal> {
        let today = act.day();
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "clerk"])?;
            let due = due(writer.db(), today)?;
            if due.is_empty() {
                return Err(ArchiveError::Refused(sentence!(
                    "chưa có gì hết thời hạn bảo quản",
                    "nothing has reached the end of its retention"
                )));
            }
            let (by, at) = (act.by.clone(), act.time());
            let id = writer.insert(
                "disposal",
                &[
                    ("state", &"listed"),
                    ("reason", &reason),
                    ("listed_by", &by),
                    ("listed_at", &at),
                ],
            )?;
            for one in &due {
                writer.insert(
                    "disposal_item",
                    &[
                        ("disposal", &id),
                        ("kind", &one.of.code()),
                        ("target", &one.row),
                        ("why", &one.why),
                        ("outcome", &"open"),
                    ],
                )?;
            }
            writer.log(
                "disposal.list",
                &format!("disposal {id}"),
                &serde_json::json!({ "items": due.len() }),
            )?;
            one(writer.db(), id)
        })
    }

    /// Approves a list by a decision, or drops it.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is no archivist, made the list, or when it is not waiting for this.
    pub fn approve_disposal(
        &mut self,
        act: &Act,
        id: i64,
        decision: Option<&str>,
    ) -> Result<Disposal> {
        self.change(act, |writer| {
            holds_one(writer, &["archivist"])?;
            let disposal = one(writer.db(), id)?;
            if disposal.state != "listed" {
                return Err(wrong_state(&disposal));
            }
            if disposal.listed.0 == act.by && decision.is_some() {
                return Err(ArchiveError::Refused(sentence!(
                    "người lập danh mục không được tự duyệt: cần lưu trữ viên khác",
                    "who made the list may not approve it: another archivist is needed"
                )));
            }
            let (by, at) = (act.by.clone(), act.time());
            let state = if decision.is_some() {
                "approved"
            } else {
                "dropped"
            };
            writer.update(
                "disposal",
                id,
                &[
                    ("state", &state),
                    ("decision", &decision),
                    ("approved_by", &by),
                    ("approved_at", &at),
                ],
            )?;
            let action = if decision.is_some() {
                "disposal.approve"
            } else {
                "disposal.drop"
            };
            writer.log(
                action,
                &format!("disposal {id}"),
                &serde_json::json!({ "decision": decision }),
            )?;
            one(writer.db(), id)
        })
    }

    /// Carries an approved disposal out: rows first, then files. Asked again after a stop, it finishes what is left. What a
    /// hold or a longer retention protects by now is spared.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is no archivist or the list is not approved; [`ArchiveError::File`] when a
    /// file cannot be removed: ask again then.
    pub fn carry_out(&mut self, act: &Act, id: i64) -> Result<Disposal> {
        let today = act.day();
        self.change(act, |writer| {
            holds_one(writer, &["archivist"])?;
            let disposal = one(writer.db(), id)?;
            match disposal.state.as_str() {
                "approved" => strike(writer, &disposal, today),
                "carried" | "done" => Ok(()),
                _ => Err(wrong_state(&disposal)),
            }
        })?;
        self.remove_files(act, id)
    }

    /// Removes files of what is struck already; under the lock of a change, so that nobody takes the same file in meanwhile.
    fn remove_files(&mut self, act: &Act, id: i64) -> Result<Disposal> {
        let blobs = self.blobs().clone();
        self.change(act, |writer| {
            let disposal = one(writer.db(), id)?;
            if disposal.state != "carried" {
                return Ok(disposal);
            }
            let kept = wanted(writer.db()).map_err(writer.error())?;
            let mut removed = 0;
            for item in disposal.items.iter().filter(|item| item.outcome == "gone") {
                for file in files_of(writer.db(), item).map_err(writer.error())? {
                    if !kept.contains_key(&file.to_string()) {
                        blobs.remove(file)?;
                        removed += 1;
                    }
                }
            }
            writer.update("disposal", id, &[("state", &"done")])?;
            writer.log(
                "disposal.done",
                &format!("disposal {id}"),
                &serde_json::json!({ "files": removed }),
            )?;
            one(writer.db(), id)
        })
    }

    /// Every disposal, oldest first.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn disposals(&self) -> Result<Vec<Disposal>> {
        let ids: Vec<i64> = self
            .db()
            .prepare("SELECT id FROM disposal ORDER BY id")
            .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect())
            .map_err(self.database_error())?;
        ids.into_iter().map(|id| one(self.db(), id)).collect()
    }

    /// Removes files that nothing refers to and that are older than an hour: left by steps that were cut off. Which ones is
    /// in the log before any of them goes.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is neither archivist nor administrator.
    pub fn tidy(&mut self, act: &Act) -> Result<Vec<BlobId>> {
        let before = SystemTime::from(act.at) - ON_ITS_WAY;
        let blobs = self.blobs().clone();
        let mut loose = Vec::new();
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "administrator"])?;
            let kept = wanted(writer.db()).map_err(writer.error())?;
            for id in blobs.list()?.0 {
                if !kept.contains_key(&id.to_string()) && blobs.is_older(id, before) {
                    loose.push(id);
                }
            }
            if loose.is_empty() {
                return Ok(());
            }
            let names: Vec<String> = loose.iter().map(ToString::to_string).collect();
            writer.log(
                "files.tidy",
                &format!("{} files", names.len()),
                &serde_json::json!({ "files": names }),
            )
        })?;
        self.change(act, |writer| {
            let kept = wanted(writer.db()).map_err(writer.error())?;
            loose.retain(|id| !kept.contains_key(&id.to_string()));
            loose.iter().try_for_each(|id| blobs.remove(*id))
        })?;
        blobs.sweep(before)?;
        Ok(loose)
    }
}

/// Marks what is on the list as gone; what is protected by now is spared.
fn strike(writer: &mut Writer<'_>, disposal: &Disposal, today: Date) -> Result<()> {
    let still: BTreeMap<(Of, i64), Date> = passed(writer.db(), today)?
        .into_iter()
        .map(|one| ((one.of, one.row), one.kept_until))
        .collect();
    let mut files = Vec::new();
    for item in &disposal.items {
        let may_go = still.contains_key(&(item.of, item.target));
        let outcome = if may_go { "gone" } else { "spared" };
        writer.update("disposal_item", item.row, &[("outcome", &outcome)])?;
        if !may_go {
            continue;
        }
        if item.of == Of::Document {
            writer.update("document", item.target, &[("state", &"disposed")])?;
            search::forget(writer, item.target)?;
        }
        let all = files_of(writer.db(), item).map_err(writer.error())?;
        files.extend(all.iter().map(ToString::to_string));
    }
    let (by, at) = (writer.act().by.clone(), writer.act().time());
    writer.update(
        "disposal",
        disposal.id,
        &[
            ("state", &"carried"),
            ("carried_by", &by),
            ("carried_at", &at),
        ],
    )?;
    writer.log(
        "disposal.carry",
        &format!("disposal {}", disposal.id),
        &serde_json::json!({ "decision": disposal.decision, "files": files }),
    )
}

fn files_of(db: &Connection, item: &Item) -> rusqlite::Result<Vec<BlobId>> {
    let names: Vec<Option<String>> = match item.of {
        Of::Copy => {
            let copy = crate::certification::by_row(db, item.target)?;
            copy.map_or_else(Vec::new, |copy| {
                vec![
                    Some(copy.original),
                    Some(copy.prepared),
                    copy.signed,
                    copy.sealed,
                ]
            })
        }
        _ => records::by_row(db, item.target)?.map_or_else(Vec::new, |document| {
            let parts = [Part::Pdf, Part::Text, Part::Record];
            document
                .versions
                .iter()
                .flat_map(|version| parts.map(|part| version.file(part).map(|id| id.to_string())))
                .collect()
        }),
    };
    Ok(names
        .iter()
        .flatten()
        .filter_map(|name| BlobId::parse(name))
        .collect())
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

fn is_held(db: &Connection, document: &Document) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM hold WHERE released_at IS NULL AND
         ((kind = 'document' AND target = ?1) OR
          (kind = 'record' AND target IN (SELECT record FROM member WHERE document = ?1))))",
    )?
    .query_row([document.row], |row| row.get(0))
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
    let days: Span = standard.copies.days.days();
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
                why: format!("certified copy, {} days", standard.copies.days),
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

/// What a row is called outside the database.
fn name(db: &Connection, of: Of, row: i64) -> rusqlite::Result<String> {
    let sql = match of {
        Of::Document => "SELECT uuid FROM document WHERE id = ?",
        Of::Record => "SELECT code FROM record WHERE id = ?",
        Of::Copy => "SELECT code FROM certification WHERE id = ?",
    };
    db.query_row(sql, [row], |row| row.get(0))
}

fn one(db: &Connection, id: i64) -> Result<Disposal> {
    let items = || -> rusqlite::Result<Vec<Item>> {
        db.prepare_cached(
            "SELECT id, kind, target, why, outcome FROM disposal_item WHERE disposal = ? ORDER BY id",
        )?
        .query_map([id], |row| {
            let of = Of::read(&row.get::<_, String>(1)?);
            let target = row.get(2)?;
            Ok(Item {
                of,
                id: name(db, of, target)?,
                why: row.get(3)?,
                outcome: row.get(4)?,
                row: row.get(0)?,
                target,
            })
        })?
        .collect()
    };
    let found = db
        .query_row(
            "SELECT state, reason, decision, listed_by, listed_at, approved_by, approved_at, carried_by, carried_at
             FROM disposal WHERE id = ?",
            [id],
            |row| {
                let pair = |first: usize| -> rusqlite::Result<Option<(String, String)>> {
                    let left: Option<String> = row.get(first)?;
                    let right: Option<String> = row.get(first + 1)?;
                    Ok(left.zip(right))
                };
                Ok(Disposal {
                    id,
                    state: row.get(0)?,
                    reason: row.get(1)?,
                    decision: row.get(2)?,
                    listed: (row.get(3)?, row.get(4)?),
                    approved: pair(5)?,
                    carried: pair(7)?,
                    items: Vec::new(),
                })
            },
        )
        .optional()
        .map_err(fault)?;
    let mut found = found.ok_or_else(|| {
        ArchiveError::Missing(sentence!(
            "không có danh mục hủy số {}",
            "there is no disposal {}",
            id
        ))
    })?;
    found.items = items().map_err(fault)?;
    Ok(found)
}

fn wrong_state(disposal: &Disposal) -> ArchiveError {
    ArchiveError::Refused(sentence!(
        "danh mục hủy số {} đang ở trạng thái \"{}\"; trình tự: listed, approved, carried, done",
        "disposal {} is \"{}\"; the order is: listed, approved, carried, done",
        disposal.id,
        disposal.state
    ))
}

fn fault(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Database {
        path: "archive.sqlite3".into(),
        source,
    }
}

#[cfg(test)]
mod tests;
