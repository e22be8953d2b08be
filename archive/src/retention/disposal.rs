//! Disposal: listed by one person, approved by another, carried out; and files that nothing names, tidied away.
//!
//! A disposal first changes rows, with its entry in the log, and removes files after that is committed; cut off in between, it
//! is finished by asking for it again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::{Of, due, fault, name, passed};
use crate::blob::{BlobId, Blobs, Name};
use crate::check::wanted;
use crate::error::{ArchiveError, Result, sentence};
use crate::people::holds_one;
use crate::records::{self, Part};
use crate::search;
use crate::store::{Act, Archive, Writer};

/// A file that nothing refers to may still be on its way into a row for so long.
const ON_ITS_WAY: Duration = Duration::from_secs(3600);

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

impl Archive {
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
                        for name in blobs.names(file)? {
                            blobs.remove(name)?;
                        }
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
    pub fn tidy(&mut self, act: &Act) -> Result<Vec<Name>> {
        let before = SystemTime::from(act.at) - ON_ITS_WAY;
        let blobs = self.blobs().clone();
        let mut loose = Vec::new();
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "administrator"])?;
            let kept = names_kept(writer, &blobs)?;
            for name in blobs.list()?.0 {
                if !kept.contains(&name) && blobs.is_older(name, before) {
                    loose.push(name);
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
            let kept = names_kept(writer, &blobs)?;
            loose.retain(|name| !kept.contains(name));
            loose.iter().try_for_each(|name| blobs.remove(*name))
        })?;
        blobs.sweep(Some(before))?;
        Ok(loose)
    }
}

/// What files that rows refer to are called.
fn names_kept(writer: &Writer<'_>, blobs: &Blobs) -> Result<BTreeSet<Name>> {
    let kept = wanted(writer.db()).map_err(writer.error())?;
    let ids = kept.keys().filter_map(|hex| BlobId::parse(hex));
    let names: Vec<Vec<Name>> = ids.map(|id| blobs.names(id)).collect::<Result<_>>()?;
    Ok(names.into_iter().flatten().collect())
}

/// Marks what is on the list as gone; what is protected by now is spared.
pub(super) fn strike(writer: &mut Writer<'_>, disposal: &Disposal, today: Date) -> Result<()> {
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
