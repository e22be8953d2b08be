//! What people put right: values, types, pages, and whether a document is accepted; kept as said, and applied in every run.
//!
//! A correction says what a person wants, never what the outputs shall look like; so it outlives another OCR engine,
//! other options and another run. Pages are named by their number in the source, and scans that people put in by the order
//! in which they were: no other correction shifts either.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::record::{CorrectionRecord, DocumentRecord, TypeRecord};

pub use self::pages::{
    PageOrigin, PlannedPage, cuts, cuts_of, joined, plan, plan_key, scans_put_in,
};

mod pages;

/// What one person said of one document at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What is to be otherwise.
    pub change: Change,
    /// Who said so.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
}

/// What is to be otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A field has this value, or none.
    Field {
        /// Name of the field.
        name: String,
        /// The value, NFC; `None` says that the paper has none.
        value: Option<String>,
    },
    /// A field, or the type, is what the machine read: a person looked. Kept with the value, so that another reading does
    /// not count as looked at.
    Confirmed {
        /// Name of the field, or `type`.
        name: String,
        /// The value that was looked at; `None` says that the paper has none.
        value: Option<String>,
    },
    /// The document is of this type.
    Type {
        /// Code of the type.
        code: String,
    },
    /// A page of the source is to be shown otherwise.
    Page {
        /// Its number in the source, from 1.
        page: u32,
        /// How.
        op: PageOp,
    },
    /// A scan that a person put in is to be shown otherwise.
    Scan {
        /// Which of those put in among the pages of the source, from 1, in the order in which they were.
        scan: u32,
        /// How.
        op: PageOp,
    },
    /// The pages of a document stand in this order.
    Order {
        /// All of them.
        pages: Vec<PageName>,
        /// Another document of the same source comes before it, so that it begins with the first of them, and with no other.
        begins: bool,
    },
    /// The pages of another document were taken into this one.
    TookIn {
        /// Its name.
        document: String,
    },
    /// The document's pages were taken into another; it is no more.
    WentInto {
        /// The name of that.
        document: String,
    },
    /// The document is right as it stands.
    Accepted,
    /// The document goes back to the scanner.
    SentBack {
        /// Why.
        reason: String,
    },
}

impl Change {
    /// Whether pages are made otherwise for it.
    pub fn is_of_pages(&self) -> bool {
        matches!(
            self,
            Self::Page { .. } | Self::Scan { .. } | Self::Order { .. }
        )
    }

    /// The page that it is about, and what becomes of it, when it is about one.
    pub fn of_page(&self) -> Option<(PageName, &PageOp)> {
        match self {
            Self::Page { page, op } => Some((PageName::Source(*page), op)),
            Self::Scan { scan, op } => Some((PageName::Scan(*scan), op)),
            _ => None,
        }
    }
}

/// A page by a name that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageName {
    /// A page of the source, from 1; 0 stands before the first.
    Source(u32),
    /// A scan that a person put in, from 1.
    Scan(u32),
}

impl PageName {
    /// What becomes of this page.
    pub fn change(self, op: PageOp) -> Change {
        match self {
            Self::Source(page) => Change::Page { page, op },
            Self::Scan(scan) => Change::Scan { scan, op },
        }
    }
}

impl std::fmt::Display for PageName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Source(page) => write!(f, "{page}"),
            Self::Scan(scan) => write!(f, "scan {scan}"),
        }
    }
}

/// What becomes of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageOp {
    /// The image as stored is upright when turned clockwise by so much, whatever the program thinks.
    Turn {
        /// 0, 90, 180 or 270 degrees.
        degrees: u16,
    },
    /// Another scan takes its place.
    Replace {
        /// The scan.
        scan: KeptScan,
    },
    /// A scan comes after it; page 0 means before the first.
    InsertAfter {
        /// The scan.
        scan: KeptScan,
    },
    /// A document begins with it, whatever the program thinks: the source is cut there.
    Begin,
    /// No document begins with it: it belongs to the one before.
    Join,
    /// Left out.
    Drop,
    /// As scanned again: what was said of the page before, and scans that came after it, are taken back.
    Restore,
}

/// A page of a scan that was copied into the state folder, so that the correction does not depend on where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptScan {
    /// File name in the folder of kept scans: the SHA-256 of the content and the ending.
    pub file: String,
    /// Page of that file, from 1.
    pub page: u32,
}

/// How the type is called where fields are named.
pub(crate) const TYPE: &str = "type";

/// Puts what people said into a record: their values over the machine's, and who said what when. What the record tells
/// already is not put in again, so that it still says what stood there before.
pub fn apply(record: &mut DocumentRecord, corrections: &[Correction]) {
    let told = record.corrections.len();
    for correction in corrections.iter().skip(told) {
        let was = match &correction.change {
            Change::Confirmed { name, value } if name == TYPE => {
                value.as_deref().and_then(|code| set_type(record, code))
            }
            Change::Field { name, value } | Change::Confirmed { name, value } => {
                set_field(record, name, value.as_deref())
            }
            Change::Type { code } => set_type(record, code),
            _ => None,
        };
        let (field, value) = said(&correction.change);
        record.corrections.push(CorrectionRecord {
            field,
            value,
            was,
            by: correction.by.clone(),
            at: correction.at.clone(),
        });
    }
}

/// The value that a person gave, standing where the machine had found its own; gives back what was there.
fn set_field(record: &mut DocumentRecord, name: &str, value: Option<&str>) -> Option<String> {
    let field = record.fields.entry(name.to_owned()).or_default();
    let was = field.value.take();
    field.value = value.map(|value| value.nfc().collect());
    field.confidence = 1.0;
    if field.value != was {
        // Parts are the machine's reading of its own value.
        field.parts.clear();
    }
    let blamed = format!("low_confidence_{name}");
    record.flags.retain(|flag| flag.code != blamed);
    was
}

fn set_type(record: &mut DocumentRecord, code: &str) -> Option<String> {
    let was = record.kind.take();
    let name = std::iter::once(was.as_ref())
        .flatten()
        .chain(&record.alternatives)
        .find(|known| known.code == code)
        .map(|known| known.name.clone());
    record.alternatives.retain(|other| other.code != code);
    record.kind = Some(TypeRecord {
        code: code.to_owned(),
        name: name
            .or_else(|| crate::classify::type_name(code).map(str::to_owned))
            .unwrap_or_else(|| code.to_owned()),
        confidence: 1.0,
    });
    was.map(|was| was.code)
}

/// A change as the record tells it: what it is about, and what it says.
fn said(change: &Change) -> (String, Option<String>) {
    match change {
        Change::Field { name, value } | Change::Confirmed { name, value } => {
            (name.clone(), value.clone())
        }
        Change::Type { code } => (TYPE.to_owned(), Some(code.clone())),
        Change::Page { page, op } => (format!("page {page}"), Some(done(op))),
        Change::Scan { scan, op } => (format!("scan {scan}"), Some(done(op))),
        Change::Order { pages, .. } => {
            let pages: Vec<String> = pages.iter().map(PageName::to_string).collect();
            ("order".to_owned(), Some(pages.join(", ")))
        }
        Change::TookIn { document } => ("merge".to_owned(), Some(document.clone())),
        Change::WentInto { document } => ("merged_into".to_owned(), Some(document.clone())),
        Change::Accepted => ("status".to_owned(), Some("accepted".to_owned())),
        Change::SentBack { reason } => ("status".to_owned(), Some(format!("sent_back: {reason}"))),
    }
}

/// What becomes of a page, as the record tells it.
fn done(op: &PageOp) -> String {
    match op {
        PageOp::Turn { degrees } => format!("turn {degrees}"),
        PageOp::Replace { scan } => format!("replace {} {}", scan.file, scan.page),
        PageOp::InsertAfter { scan } => format!("insert {} {}", scan.file, scan.page),
        PageOp::Begin => "begin".to_owned(),
        PageOp::Join => "join".to_owned(),
        PageOp::Drop => "drop".to_owned(),
        PageOp::Restore => "restore".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn said_by_lan(change: Change) -> Correction {
        Correction {
            change,
            by: "lan".into(),
            at: "2026-11-25T08:00:00+07:00".into(),
        }
    }

    #[test]
    fn a_persons_value_stands_where_the_machines_was_and_the_machines_is_told() {
        let mut record: DocumentRecord = serde_json::from_value(serde_json::json!({
            "schema": "saoy.document/1", "producer": "p", "language": "vie",
            "source": {"path": "a", "sha256": "", "bytes": 1, "pages": 1},
            "output": {"pdf": "a.pdf", "sha256": "", "bytes": 1, "pdfa": "2b"},
            "type": {"code": "TB", "name": "Thông báo", "confidence": 0.6},
            "fields": {"number_symbol": {"value": "12/QD-UBND", "confidence": 0.4, "page": 1, "box": [1.0, 2.0, 3.0, 4.0]}},
            "alternatives": [{"code": "QĐ", "name": "Quyết định", "confidence": 0.3}],
            "flags": [{"code": "low_confidence_number_symbol"}, {"code": "skewed"}],
            "corrections": [], "pages": []
        }))
        .unwrap();
        let corrections = [
            said_by_lan(Change::Field {
                name: "number_symbol".into(),
                value: Some("12/QĐ-UBND".into()),
            }),
            said_by_lan(Change::Type { code: "QĐ".into() }),
        ];
        apply(&mut record, &corrections);
        let field = &record.fields["number_symbol"];
        assert_eq!(field.value.as_deref(), Some("12/QĐ-UBND"));
        assert!(field.confidence >= 1.0 && field.bbox.is_some());
        let kind = record.kind.as_ref().unwrap();
        assert_eq!(
            (kind.code.as_str(), kind.name.as_str()),
            ("QĐ", "Quyết định")
        );
        assert!(record.alternatives.is_empty());
        assert_eq!(record.flags.len(), 1);
        assert_eq!(record.corrections[0].was.as_deref(), Some("12/QD-UBND"));
        assert_eq!(record.corrections[1].was.as_deref(), Some("TB"));
    }

    #[test]
    fn what_was_looked_at_is_sure_and_keeps_its_parts() {
        let mut record: DocumentRecord = serde_json::from_value(serde_json::json!({
            "schema": "saoy.document/1", "producer": "p", "language": "vie",
            "source": {"path": "a", "sha256": "", "bytes": 1, "pages": 1},
            "output": {"pdf": "a.pdf", "sha256": "", "bytes": 1, "pdfa": "2b"},
            "type": {"code": "TB", "name": "Thông báo", "confidence": 0.6},
            "fields": {"issued_date": {"value": "2026-07-22", "confidence": 0.4, "parts": {"day": "22"}}},
            "alternatives": [], "flags": [{"code": "low_confidence_issued_date"}], "corrections": [], "pages": []
        }))
        .unwrap();
        let looked = |name: &str, value: &str| {
            said_by_lan(Change::Confirmed {
                name: name.into(),
                value: Some(value.into()),
            })
        };
        apply(
            &mut record,
            &[looked("issued_date", "2026-07-22"), looked("type", "TB")],
        );
        let field = &record.fields["issued_date"];
        assert!(field.confidence >= 1.0 && field.parts["day"] == "22");
        assert!(record.flags.is_empty());
        assert_eq!(record.kind.as_ref().unwrap().name, "Thông báo");
        // Whoever counts what was wrong sees that nothing was.
        assert!(
            record
                .corrections
                .iter()
                .all(|one| one.was == one.value && one.value.is_some())
        );
    }
}
