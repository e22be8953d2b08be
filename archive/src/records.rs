//! Records and documents: taken in with their metadata, put together, read under a purpose.

use rusqlite::params;
use serde::Serialize;

use crate::blob::BlobId;
use crate::error::{ArchiveError, Result, sentence};
use crate::metadata::{Meta, Of, Standard};
use crate::people::holds_one;
use crate::store::{Act, Archive};

mod intake;
pub use intake::{Added, Content, NewDocument, Outcome};

mod rows;
use rows::{by_file, select_records, wanted_record};
pub(crate) use rows::{by_row, from_json, record_by_code, select, wanted};

/// Who may put things in.
pub(crate) const KEEPERS: [&str; 4] = ["archivist", "clerk", "officer", "intake"];

/// Who may look things up and hand them out; delegated intake scans only.
pub(crate) const READERS: [&str; 5] = [
    "archivist",
    "clerk",
    "officer",
    "certifier",
    "administrator",
];

/// What a document is to the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A paper or letter that is kept.
    Document,
    /// The signed result of a procedure, kept for its owner.
    Result,
}

/// Figures about a document that the indicators of productivity are made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Mean certainty of the words read, in thousandths.
    pub confidence: Option<u32>,
    /// Pages with text that can be searched.
    pub pages_with_text: u32,
    /// Fields that a person put right.
    pub corrected: u32,
    /// Whether the file bears a signature.
    pub signed: bool,
}

/// One version of a document's files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// SHA-256 of the PDF.
    pub pdf: String,
    /// SHA-256 of the text.
    pub text: Option<String>,
    /// SHA-256 of what was read.
    pub record: Option<String>,
    /// Bytes of the PDF.
    pub bytes: i64,
    /// Pages.
    pub pages: Option<u32>,
    /// The name of the file it came from.
    pub origin: String,
    /// Figures about it.
    pub figures: Figures,
    /// Who added it, and when.
    pub added: (String, String),
}

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// The row's id in this archive.
    #[serde(skip)]
    pub row: i64,
    /// Its id: a UUID in capitals.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Whether its files are still kept.
    pub kept: bool,
    /// Whether it is about a person.
    pub personal: bool,
    /// Its metadata.
    pub meta: Meta,
    /// The codes of the records it is in.
    pub records: Vec<String>,
    /// Its versions, newest last.
    pub versions: Vec<Version>,
    /// Who added it, and when.
    pub added: (String, String),
}

/// A record (hồ sơ).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// The row's id in this archive.
    #[serde(skip)]
    pub row: i64,
    /// Its code.
    pub code: String,
    /// Its metadata.
    pub meta: Meta,
    /// Ids of its documents, in order.
    pub documents: Vec<String>,
    /// Who made it, and when.
    pub added: (String, String),
}

/// Which file of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The PDF.
    Pdf,
    /// The text.
    Text,
    /// What was read.
    Record,
}

impl Version {
    /// The digest of one of its files.
    #[must_use]
    pub fn file(&self, part: Part) -> Option<BlobId> {
        let hex = match part {
            Part::Pdf => Some(&self.pdf),
            Part::Text => self.text.as_ref(),
            Part::Record => self.record.as_ref(),
        };
        hex.and_then(|hex| BlobId::parse(hex))
    }
}

impl Archive {
    /// Opens a record, or changes the metadata of one that is there.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not, or when the metadata do not fit the standard.
    pub fn put_record(&mut self, act: &Act, meta: &Meta) -> Result<Record> {
        let standard = Standard::on(act.day())?;
        let meta = standard.checked(Of::Record, meta)?;
        let Some(code) = meta.get("code").cloned() else {
            return Err(ArchiveError::Refused(sentence!(
                "hồ sơ cần có mã: --code",
                "a record needs a code: --code"
            )));
        };
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "clerk", "officer"])?;
            let known = record_by_code(writer.db(), &code).map_err(writer.error())?;
            let row = match known {
                Some(known) if known.meta == meta => return Ok(known),
                Some(known) => {
                    let mut all = known.meta;
                    all.extend(meta);
                    writer.update("record", known.row, &[("meta", &json(&all)?)])?;
                    known.row
                }
                None => writer.insert(
                    "record",
                    &[
                        ("code", &code),
                        ("meta", &json(&meta)?),
                        ("added_by", &act.by),
                        ("added_at", &act.time()),
                    ],
                )?,
            };
            writer.log(
                "record.put",
                &code,
                &serde_json::json!({ "row": row, "standard": standard.version }),
            )?;
            wanted_record(writer.db(), &code).map_err(writer.error())?
        })
    }

    /// Whether a file is here already, by its digest; gives its document's id.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn document_of(&self, file: BlobId) -> Result<Option<String>> {
        by_file(self.db(), file)
            .map(|found| found.map(|document| document.id))
            .map_err(self.database_error())
    }

    /// What is known of a document, without reading it: for the program, not for people's eyes.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn document(&self, id: &str) -> Result<Document> {
        wanted(self.db(), id).map_err(self.database_error())?
    }

    /// A record with the ids of its documents.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`].
    pub fn record(&self, code: &str) -> Result<Record> {
        wanted_record(self.db(), code).map_err(self.database_error())?
    }

    /// Every record.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn records(&self) -> Result<Vec<Record>> {
        select_records(self.db(), "ORDER BY code", params![]).map_err(self.database_error())
    }

    /// Calls `each` with every document, oldest first.
    ///
    /// # Errors
    /// Those of `each`, and [`ArchiveError::Database`].
    pub fn each_document(&self, mut each: impl FnMut(Document) -> Result<()>) -> Result<()> {
        let mut after = 0;
        loop {
            let some = select(
                self.db(),
                "WHERE id > ? ORDER BY id LIMIT 256",
                params![after],
            )
            .map_err(self.database_error())?;
            let Some(last) = some.last() else {
                return Ok(());
            };
            after = last.row;
            for document in some {
                each(document)?;
            }
        }
    }

    /// Shows a document to a person. Of a personal one the log keeps who, which and what for.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor may not read here, or gives no purpose for a personal document.
    pub fn read(&mut self, act: &Act, id: &str, purpose: &str) -> Result<Document> {
        self.used(act, "read", id, purpose)
    }

    /// Hands a document's file out, checked against its digest, under a purpose.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`ArchiveError::Missing`] when there is no such file; [`ArchiveError::Damaged`].
    pub fn export(&mut self, act: &Act, id: &str, part: Part, purpose: &str) -> Result<Vec<u8>> {
        let document = self.document(id)?;
        let file = document
            .versions
            .last()
            .and_then(|version| version.file(part));
        let (Some(file), true) = (file, document.kept) else {
            return Err(gone(id));
        };
        let bytes = self.blobs().read(file)?;
        self.used(act, "export", id, purpose)?;
        Ok(bytes)
    }

    fn used(&mut self, act: &Act, kind: &str, id: &str, purpose: &str) -> Result<Document> {
        self.change(act, |writer| {
            let document = wanted(writer.db(), id).map_err(writer.error())??;
            holds_one(writer, &READERS)?;
            if !document.personal {
                return Ok(document);
            }
            if purpose.trim().is_empty() {
                return Err(ArchiveError::Refused(sentence!(
                    "giấy tờ của cá nhân: cần ghi mục đích sử dụng: --purpose",
                    "this is a personal document: say what it is needed for: --purpose"
                )));
            }
            let unit = document.meta.get("unit").cloned().unwrap_or_default();
            writer.insert(
                "usage",
                &[
                    ("kind", &kind),
                    ("document", &document.row),
                    ("purpose", &purpose),
                    ("unit", &unit),
                    ("hits", &1),
                    ("used_by", &act.by),
                    ("used_at", &act.time()),
                ],
            )?;
            writer.log(
                &format!("document.{kind}"),
                &document.id,
                &serde_json::json!({}),
            )?;
            Ok(document)
        })
    }
}

pub(crate) fn gone(id: &str) -> ArchiveError {
    ArchiveError::Missing(sentence!(
        "tài liệu {} không có tệp này, hoặc đã được hủy theo quyết định",
        "document {} has no such file, or was disposed of by a decision",
        id
    ))
}

pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| ArchiveError::Fault(error.to_string()))
}

#[cfg(test)]
mod tests;
