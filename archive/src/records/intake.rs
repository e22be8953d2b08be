//! Documents on their way in: files stored, metadata in form, rows entered in one transaction.

use std::fs::File;
use std::path::Path;

use rusqlite::OptionalExtension;
use serde::Serialize;

use super::rows::{by_file, wanted, wanted_record};
use super::{Document, Figures, KEEPERS, Kind, Part, json};
use crate::blob::{BlobId, Blobs};
use crate::error::{ArchiveError, Result, sentence};
use crate::metadata::{Meta, Of, Standard, is_person};
use crate::people::holds_one;
use crate::store::{Act, Archive, Writer, uuid};

/// Bytes to be stored.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Those of a file.
    File(&'a Path),
    /// These.
    Bytes(&'a [u8]),
}

/// What is needed to take a document in.
#[derive(Clone, Debug)]
pub struct NewDocument<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its metadata, by key, tag or the name people use.
    pub meta: Meta,
    /// The PDF.
    pub pdf: Content<'a>,
    /// Its text.
    pub text: Option<Content<'a>>,
    /// What was read of it (`NAME.json`).
    pub record: Option<Content<'a>>,
    /// Pages.
    pub pages: Option<u32>,
    /// Where it came from: the file's name.
    pub origin: &'a str,
    /// Figures about it.
    pub figures: Figures,
    /// The record to put it into.
    pub into: Option<&'a str>,
    /// The document of which this is a new version, by its id.
    pub replaces: Option<&'a str>,
}

/// What became of a document that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is new here.
    Added,
    /// The same file was here; what is known about it changed.
    Revised,
    /// The same file with the same metadata was here.
    Known,
}

/// A document taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Added {
    /// Its id.
    pub id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Fields of the standard that it lacks.
    pub missing: Vec<String>,
}

impl Archive {
    /// Takes a document in. The same file again is the same document: nothing is stored twice, and what changed in its
    /// metadata becomes its next version.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not, or when the metadata do not fit the standard;
    /// [`ArchiveError::Missing`] when the record or the document to be replaced is not there.
    pub fn add(&mut self, act: &Act, new: &NewDocument<'_>) -> Result<Added> {
        let mut all = self.add_all(act, std::slice::from_ref(new))?;
        all.pop()
            .unwrap_or_else(|| Err(ArchiveError::Fault("nothing was added".to_owned())))
    }

    /// Takes many documents in, their files synced together and their rows in one transaction, which is what makes it fast.
    /// One that cannot be taken does not keep the others out.
    ///
    /// # Errors
    /// When none could be taken for want of disk or rights; each document's own are in the list, as of [`add`](Self::add).
    pub fn add_all(&mut self, act: &Act, new: &[NewDocument<'_>]) -> Result<Vec<Result<Added>>> {
        let standard = Standard::on(act.day())?;
        let mut outcomes: Vec<Option<Result<Added>>> = new.iter().map(|_| None).collect();
        let mut fit = Vec::new();
        for (one, outcome) in new.iter().zip(&mut outcomes) {
            match ready(standard, one) {
                Ok(meta) => fit.push((one, meta, outcome)),
                Err(error) => *outcome = Some(Err(error)),
            }
        }
        let files: Vec<Content<'_>> = fit
            .iter()
            .flat_map(|(one, ..)| one.files().map(|(_, content)| content))
            .collect();
        let sources = files.iter().map(|content| move || content.open()).collect();
        let mut ids = self.blobs().put_all(sources)?.into_iter();
        let mut entries = Vec::new();
        let mut places = Vec::new();
        for (new, meta, outcome) in fit {
            let mut bytes = [0; 16];
            self.random(&mut bytes)?;
            entries.push(Entry {
                stored: Stored::new(new, &mut ids)?,
                text: new.text.map(Content::words).transpose()?,
                fresh: uuid(bytes),
                new,
                meta,
            });
            places.push(outcome);
        }
        for (place, added) in places.into_iter().zip(self.enter_all(act, &entries)) {
            *place = Some(added);
        }
        let none = || Err(ArchiveError::Fault("a document was passed over".to_owned()));
        Ok(outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(none))
            .collect())
    }

    /// All in one transaction; where one cannot be entered, each in its own.
    fn enter_all(&mut self, act: &Act, entries: &[Entry<'_>]) -> Vec<Result<Added>> {
        let blobs = self.blobs().clone();
        let mut some = |entries: &[Entry<'_>]| {
            self.change(act, |writer| {
                holds_one(writer, &KEEPERS)?;
                entries
                    .iter()
                    .map(|entry| enter(writer, &blobs, entry))
                    .collect::<Result<Vec<Added>>>()
            })
        };
        match some(entries) {
            Ok(all) => all.into_iter().map(Ok).collect(),
            Err(error) if entries.len() < 2 => vec![Err(error)],
            Err(_) => entries
                .chunks(1)
                .map(|entry| {
                    let mut one = some(entry)?;
                    one.pop()
                        .ok_or_else(|| ArchiveError::Fault("nothing was entered".to_owned()))
                })
                .collect(),
        }
    }
}

/// The files of a version, stored.
struct Stored {
    pdf: BlobId,
    bytes: i64,
    text: Option<BlobId>,
    record: Option<BlobId>,
}

impl<'a> NewDocument<'a> {
    /// The files it comes with.
    fn files(&self) -> impl Iterator<Item = (Part, Content<'a>)> + use<'a> {
        [
            Some((Part::Pdf, self.pdf)),
            self.text.map(|text| (Part::Text, text)),
            self.record.map(|record| (Part::Record, record)),
        ]
        .into_iter()
        .flatten()
    }
}

impl<'a> Content<'a> {
    fn open(self) -> Result<Box<dyn std::io::Read + Send + 'a>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(bytes),
            Self::File(path) => Box::new(File::open(path).map_err(ArchiveError::file(path))?),
        })
    }

    fn length(self) -> Result<u64> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::File(path) => std::fs::metadata(path)
                .map(|file| file.len())
                .map_err(ArchiveError::file(path)),
        }
    }

    /// As text to be searched.
    fn words(self) -> Result<String> {
        let bytes = match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::File(path) => std::fs::read(path).map_err(ArchiveError::file(path))?,
        };
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Stored {
    /// Takes the ids of a document's files, in the order of [`NewDocument::files`].
    fn new(new: &NewDocument<'_>, ids: &mut impl Iterator<Item = BlobId>) -> Result<Self> {
        let mut next = || {
            ids.next().ok_or_else(|| {
                ArchiveError::Fault("fewer files were stored than handed in".to_owned())
            })
        };
        Ok(Self {
            pdf: next()?,
            bytes: i64::try_from(new.pdf.length()?).unwrap_or(i64::MAX),
            text: new.text.map(|_| next()).transpose()?,
            record: new.record.map(|_| next()).transpose()?,
        })
    }

    fn file(&self, part: Part) -> Option<BlobId> {
        match part {
            Part::Pdf => Some(self.pdf),
            Part::Text => self.text,
            Part::Record => self.record,
        }
    }
}

/// A document ready to be entered: its files are stored.
struct Entry<'a> {
    new: &'a NewDocument<'a>,
    meta: Meta,
    stored: Stored,
    /// The id it gets when it is new.
    fresh: String,
    text: Option<String>,
}

/// The metadata in form.
fn ready(standard: &Standard, new: &NewDocument<'_>) -> Result<Meta> {
    let meta = standard.checked(Of::Document, &new.meta)?;
    if new.kind == Kind::Result {
        is_result(&meta)?;
    }
    Ok(meta)
}

fn enter(writer: &mut Writer<'_>, blobs: &Blobs, entry: &Entry<'_>) -> Result<Added> {
    let Entry {
        new, meta, stored, ..
    } = entry;
    let standard = Standard::on(writer.act().day())?;
    let known = match new.replaces {
        Some(id) => Some(wanted(writer.db(), id).map_err(writer.error())??),
        None => by_file(writer.db(), stored.pdf).map_err(writer.error())?,
    };
    let (id, row, outcome) = match &known {
        Some(known) => revise(writer, known, new, meta, stored)?,
        None => insert(writer, &entry.fresh, new, meta, stored)?,
    };
    let placed = match new.into {
        Some(code) => place(writer, row, code)?,
        None => false,
    };
    if outcome != Outcome::Known || placed {
        // A disposal may have taken the file between its being stored and this moment.
        for (part, content) in new.files() {
            if let Some(blob) = stored.file(part)
                && !blobs.has(blob)?
            {
                blobs.put(&mut content.open()?)?;
            }
        }
        let older = match (&entry.text, &known) {
            (None, Some(known)) => older_text(blobs, known)?,
            _ => None,
        };
        crate::search::index(writer, row, entry.text.as_deref().or(older.as_deref()))?;
        let action = match outcome {
            Outcome::Added => "document.add",
            _ => "document.revise",
        };
        writer.log(
            action,
            &id,
            &serde_json::json!({ "pdf": stored.pdf.to_string(), "standard": standard.version }),
        )?;
    }
    let missing = standard.missing(Of::Document, meta);
    Ok(Added {
        id,
        outcome,
        missing: missing.map(|field| field.key.clone()).collect(),
    })
}

/// The text that a document had, for a version that comes without.
fn older_text(blobs: &Blobs, known: &Document) -> Result<Option<String>> {
    let last = known.versions.iter().rev();
    let file = last.filter_map(|version| version.file(Part::Text)).next();
    file.map_or(Ok(None), |file| crate::search::text_of(blobs, file))
}

/// A result is found by its owner and its code.
fn is_result(meta: &Meta) -> Result<()> {
    for key in ["owner_number", "procedure", "result_code"] {
        if !meta.contains_key(key) {
            return Err(ArchiveError::Refused(sentence!(
                "kết quả thủ tục cần có {}",
                "a procedure result needs {}",
                key
            )));
        }
    }
    Ok(())
}

/// Whether metadata are about a person: a number of one, or a paper that names one.
fn is_personal(meta: &Meta) -> bool {
    let personal_keys = ["full_name", "id_number", "birth_date", "mrz"];
    meta.get("owner_number").is_some_and(|owner| is_person(owner))
        || personal_keys.iter().any(|key| meta.contains_key(*key))
        // Types of citizens' papers are written in small letters, those of office papers are not.
        || meta.get("type").is_some_and(|code| {
            code.starts_with(|letter: char| letter.is_ascii_lowercase())
                && !matches!(code.as_str(), "khac" | "ban_ve" | "dkkd")
        })
}

fn insert(
    writer: &mut Writer<'_>,
    id: &str,
    new: &NewDocument<'_>,
    meta: &Meta,
    stored: &Stored,
) -> Result<(String, i64, Outcome)> {
    let kind = match new.kind {
        Kind::Document => "document",
        Kind::Result => "result",
    };
    let (by, at) = (writer.act().by.clone(), writer.act().time());
    let row = writer.insert(
        "document",
        &[
            ("uuid", &id),
            ("kind", &kind),
            ("state", &"kept"),
            ("personal", &is_personal(meta)),
            ("meta", &json(meta)?),
            ("added_by", &by),
            ("added_at", &at),
        ],
    )?;
    add_version(writer, row, 1, new, stored)?;
    Ok((id.to_owned(), row, Outcome::Added))
}

fn revise(
    writer: &mut Writer<'_>,
    known: &Document,
    new: &NewDocument<'_>,
    meta: &Meta,
    stored: &Stored,
) -> Result<(String, i64, Outcome)> {
    if !known.kept {
        return Err(ArchiveError::Refused(sentence!(
            "tài liệu {} đã được hủy theo quyết định; không nhận lại",
            "document {} was disposed of by a decision; it is not taken in again",
            known.id
        )));
    }
    let last = known.versions.last();
    let same_files = last.is_some_and(|version| {
        version.file(Part::Pdf) == Some(stored.pdf)
            && (stored.text.is_none() || version.file(Part::Text) == stored.text)
    });
    // What a person has set since stays, unless the same field is handed in anew.
    let mut all = known.meta.clone();
    all.extend(meta.clone());
    if same_files && all == known.meta {
        return Ok((known.id.clone(), known.row, Outcome::Known));
    }
    if all != known.meta {
        let personal = known.personal || is_personal(&all);
        writer.update(
            "document",
            known.row,
            &[("meta", &json(&all)?), ("personal", &personal)],
        )?;
    }
    let next = last.map_or(1, |version| version.number + 1);
    add_version(writer, known.row, next, new, stored)?;
    Ok((known.id.clone(), known.row, Outcome::Revised))
}

fn add_version(
    writer: &mut Writer<'_>,
    document: i64,
    number: u32,
    new: &NewDocument<'_>,
    stored: &Stored,
) -> Result<()> {
    let (by, at) = (writer.act().by.clone(), writer.act().time());
    let figures = json(&new.figures)?;
    writer.insert(
        "version",
        &[
            ("document", &document),
            ("number", &number),
            ("pdf", &stored.pdf.to_string()),
            ("text", &stored.text.map(|id| id.to_string())),
            ("record", &stored.record.map(|id| id.to_string())),
            ("bytes", &stored.bytes),
            ("pages", &new.pages),
            ("origin", &new.origin),
            ("figures", &figures),
            ("added_by", &by),
            ("added_at", &at),
        ],
    )?;
    Ok(())
}

/// Puts a document into a record, at its end; says whether it was not in it.
fn place(writer: &mut Writer<'_>, document: i64, code: &str) -> Result<bool> {
    let record = wanted_record(writer.db(), code).map_err(writer.error())??;
    let known: Option<i64> = writer
        .db()
        .query_row(
            "SELECT id FROM member WHERE record = ? AND document = ?",
            [record.row, document],
            |row| row.get(0),
        )
        .optional()
        .map_err(writer.error())?;
    if known.is_some() {
        return Ok(false);
    }
    let ordinal: i64 = writer
        .db()
        .query_row(
            "SELECT coalesce(max(ordinal), 0) + 1 FROM member WHERE record = ?",
            [record.row],
            |row| row.get(0),
        )
        .map_err(writer.error())?;
    writer.insert(
        "member",
        &[
            ("record", &record.row),
            ("document", &document),
            ("ordinal", &ordinal),
        ],
    )?;
    Ok(true)
}
