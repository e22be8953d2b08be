//! What is held already is not asked for again: looked up by owner and type, handed out, counted.

use jiff::civil::Date;
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::certification::Stage;
use crate::error::{ArchiveError, Result, sentence};
use crate::fold;
use crate::metadata::{Meta, day, owner};
use crate::people::holds_one;
use crate::records::{self, Document, Kind, Part, READERS, gone};
use crate::store::{Act, Archive};

/// A paper that is here already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The document's id, or the look-up code of a certified copy.
    pub id: String,
    /// `document`, `result`, or `copy` for a certified copy.
    pub kind: &'static str,
    /// Its type.
    pub type_code: Option<String>,
    /// Number and symbol.
    pub number_symbol: Option<String>,
    /// Its date.
    pub issued_date: Option<String>,
    /// Who issued it.
    pub agency: Option<String>,
    /// What it is about, or its title.
    pub title: Option<String>,
    /// Until when it holds, as far as known.
    pub valid_until: Option<Date>,
    /// SHA-256 of the file.
    pub file: String,
    /// Whether the file bears a signature, as far as known when it was taken in.
    pub signed: bool,
}

/// What is looked for, for whom, why.
#[derive(Clone, Debug)]
pub struct LookUp<'a> {
    /// The owner's identity or tax number.
    pub owner_number: &'a str,
    /// The type's code, by this program or by the circular; empty for any.
    pub type_code: &'a str,
    /// Number and symbol; empty for any.
    pub number_symbol: &'a str,
    /// What it is needed for.
    pub purpose: &'a str,
    /// How the owner agreed, such as the number of a form.
    pub consent: &'a str,
    /// The case it is for.
    pub case_code: Option<&'a str>,
    /// The unit that asks.
    pub unit: &'a str,
}

impl Archive {
    /// What is held for an owner: documents, results, and certified copies that are sealed or delivered and not annulled. An
    /// empty type or number means any; what is known to have expired is left out. Only a look: nothing is counted.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the number is none; [`ArchiveError::Database`].
    pub fn held(
        &self,
        owner_number: &str,
        type_code: &str,
        number_symbol: &str,
        today: Date,
    ) -> Result<Vec<Held>> {
        let owner = owner(owner_number).ok_or_else(no_owner)?;
        held(self.db(), &owner, type_code, number_symbol, today).map_err(self.database_error())
    }

    /// Looks for what is held, with purpose and consent on record; the log names the look-up, not the owner.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not, the number is none, or purpose or consent are missing.
    pub fn look_up(&mut self, act: &Act, wanted: &LookUp<'_>) -> Result<Vec<Held>> {
        let owner = owner(wanted.owner_number).ok_or_else(no_owner)?;
        grounds(wanted)?;
        let today = act.day();
        self.change(act, |writer| {
            holds_one(writer, &READERS)?;
            let found = held(
                writer.db(),
                &owner,
                wanted.type_code,
                wanted.number_symbol,
                today,
            )
            .map_err(writer.error())?;
            let hits = i64::try_from(found.len()).unwrap_or(i64::MAX);
            let row = writer.insert(
                "usage",
                &[
                    ("kind", &"lookup"),
                    ("owner", &owner),
                    ("type", &wanted.type_code),
                    ("number", &wanted.number_symbol),
                    ("purpose", &wanted.purpose),
                    ("consent", &wanted.consent),
                    ("case_code", &wanted.case_code),
                    ("unit", &wanted.unit),
                    ("hits", &hits),
                    ("used_by", &act.by),
                    ("used_at", &act.time()),
                ],
            )?;
            writer.log(
                "reuse.lookup",
                &format!("usage {row}"),
                &serde_json::json!({ "type": wanted.type_code, "hits": hits }),
            )?;
            Ok(found)
        })
    }

    /// Hands a held document out in place of a paper asked for again: the file as it is stored, counted as reused.
    ///
    /// # Errors
    /// As [`look_up`](Self::look_up); [`ArchiveError::Refused`] when the document is not this owner's or has expired;
    /// [`ArchiveError::Missing`], [`ArchiveError::Damaged`].
    pub fn reuse(
        &mut self,
        act: &Act,
        id: &str,
        wanted: &LookUp<'_>,
    ) -> Result<(Document, Vec<u8>)> {
        let owner = owner(wanted.owner_number).ok_or_else(no_owner)?;
        grounds(wanted)?;
        let document = self.document(id)?;
        if document.meta.get("owner_number") != Some(&owner) {
            return Err(ArchiveError::Refused(sentence!(
                "tài liệu {} không phải của chủ giấy tờ này",
                "document {} is not this owner's",
                document.id
            )));
        }
        if expired(valid_until(&document.meta), act.day()) {
            return Err(ArchiveError::Refused(sentence!(
                "tài liệu {} đã hết hiệu lực",
                "document {} is no longer valid",
                document.id
            )));
        }
        let last = document.versions.last();
        let file = last.and_then(|version| version.file(Part::Pdf));
        let (Some(file), true) = (file, document.kept) else {
            return Err(gone(id));
        };
        let bytes = self.blobs().read(file)?;
        self.change(act, |writer| {
            holds_one(writer, &READERS)?;
            writer.insert(
                "usage",
                &[
                    ("kind", &"reuse"),
                    ("document", &document.row),
                    ("owner", &owner),
                    ("purpose", &wanted.purpose),
                    ("consent", &wanted.consent),
                    ("case_code", &wanted.case_code),
                    ("unit", &wanted.unit),
                    ("hits", &1),
                    ("used_by", &act.by),
                    ("used_at", &act.time()),
                ],
            )?;
            writer.log(
                "reuse.handout",
                &document.id,
                &serde_json::json!({ "file": file.to_string() }),
            )
        })?;
        Ok((document, bytes))
    }

    /// Results of procedures held for an owner, by procedure and result code; an empty procedure means any.
    ///
    /// # Errors
    /// As [`held`](Self::held).
    pub fn results(
        &self,
        owner_number: &str,
        procedure: &str,
        result_code: &str,
        today: Date,
    ) -> Result<Vec<Held>> {
        let owner = owner(owner_number).ok_or_else(no_owner)?;
        let work = || -> rusqlite::Result<Vec<Held>> {
            let rows: Vec<i64> = self
                .db()
                .prepare_cached(
                    "SELECT id FROM findable WHERE owner = ?1 AND kind = 'result' AND result = ?2
                     AND (?3 = '' OR procedure = ?3) ORDER BY id DESC",
                )?
                .query_map(
                    params![owner, result_code.trim(), procedure.trim()],
                    |row| row.get(0),
                )?
                .collect::<rusqlite::Result<_>>()?;
            documents(self.db(), &rows, today)
        };
        work().map_err(self.database_error())
    }
}

fn grounds(wanted: &LookUp<'_>) -> Result<()> {
    if wanted.purpose.trim().is_empty() || wanted.consent.trim().is_empty() {
        return Err(ArchiveError::Refused(sentence!(
            "tra cứu giấy tờ của người dân cần có mục đích và sự đồng ý của chủ giấy tờ: --purpose, --consent",
            "looking up somebody's papers needs a purpose and the owner's consent: --purpose, --consent"
        )));
    }
    Ok(())
}

fn no_owner() -> ArchiveError {
    ArchiveError::Refused(sentence!(
        "số định danh phải có 9 hoặc 12 chữ số, mã số thuế 10 hoặc 13 chữ số",
        "an identity number has 9 or 12 digits, a tax code 10 or 13"
    ))
}

/// The day until which a paper holds, when its metadata say one.
pub(crate) fn valid_until(meta: &Meta) -> Option<Date> {
    ["valid_until", "expiry_date", "validity"]
        .iter()
        .filter_map(|key| meta.get(*key))
        .find_map(|text| day(text))
}

fn expired(until: Option<Date>, today: Date) -> bool {
    until.is_some_and(|until| until < today)
}

fn held(
    db: &Connection,
    owner: &str,
    type_code: &str,
    number_symbol: &str,
    today: Date,
) -> rusqlite::Result<Vec<Held>> {
    let number = fold::plain(number_symbol);
    let rows: Vec<i64> = db
        .prepare_cached(
            "SELECT id FROM findable WHERE owner = ?1 AND (?2 = '' OR type = ?2 OR type_code = ?2 OR result = ?2)
             AND (?3 = '' OR number = ?3) ORDER BY id DESC",
        )?
        .query_map(params![owner, type_code.trim(), number], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut all = documents(db, &rows, today)?;
    all.extend(copies(db, owner, type_code.trim(), &number)?);
    Ok(all)
}

fn documents(db: &Connection, rows: &[i64], today: Date) -> rusqlite::Result<Vec<Held>> {
    let mut all = Vec::new();
    for row in rows {
        let Some(document) = records::by_row(db, *row)?.filter(|document| document.kept) else {
            continue;
        };
        let until = valid_until(&document.meta);
        let Some(last) = document.versions.last().filter(|_| !expired(until, today)) else {
            continue;
        };
        let value = |key: &str| document.meta.get(key).cloned();
        all.push(Held {
            kind: match document.kind {
                Kind::Document => "document",
                Kind::Result => "result",
            },
            type_code: value("type").or_else(|| value("type_code")),
            number_symbol: value("number_symbol"),
            issued_date: value("issued_date"),
            agency: value("agency"),
            title: value("subject").or_else(|| value("type_name")),
            valid_until: until,
            file: last.pdf.clone(),
            signed: last.figures.signed,
            id: document.id,
        });
    }
    Ok(all)
}

/// Certified copies whose file is still here and whose value nobody took away.
fn copies(
    db: &Connection,
    owner: &str,
    type_code: &str,
    number: &str,
) -> rusqlite::Result<Vec<Held>> {
    let codes: Vec<String> = db
        .prepare_cached(
            "SELECT code FROM certification WHERE state IN ('sealed', 'delivered')
             AND json_extract(details, '$.owner_number') = ?1
             AND NOT EXISTS (SELECT 1 FROM annulment WHERE annulment.entry = certification.entry)
             AND NOT EXISTS (SELECT 1 FROM disposal_item WHERE kind = 'copy' AND target = certification.id AND outcome = 'gone')
             ORDER BY id DESC",
        )?
        .query_map([owner], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut all = Vec::new();
    for code in codes {
        let Some(copy) = crate::certification::by_code(db, &code)? else {
            continue;
        };
        let details = &copy.details;
        let fits = |wanted: &str, is: Option<String>| {
            wanted.is_empty() || is.is_some_and(|is| is == wanted)
        };
        let same = fits(type_code, details.type_code.clone())
            && fits(number, details.number_symbol.as_deref().map(fold::plain));
        if !same || !matches!(copy.stage, Stage::Sealed | Stage::Delivered) {
            continue;
        }
        all.push(Held {
            id: copy.code.clone(),
            kind: "copy",
            type_code: details.type_code.clone(),
            number_symbol: details.number_symbol.clone(),
            issued_date: Some(copy.line.day.to_string()),
            agency: None,
            title: Some(copy.title.clone()),
            valid_until: None,
            file: copy.sealed.clone().unwrap_or_default(),
            signed: true,
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
