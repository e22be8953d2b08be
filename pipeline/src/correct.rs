//! What people put right: values, types, pages, and whether a document is accepted; kept as said, and applied in every run.
//!
//! A correction says what a person wants, never what the outputs shall look like; so it outlives another OCR engine,
//! other options and another run. Pages are named by their number in the source, which no other correction shifts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::record::{CorrectionRecord, DocumentRecord, TypeRecord};

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
    /// The document is right as it stands.
    Accepted,
    /// The document goes back to the scanner.
    SentBack {
        /// Why.
        reason: String,
    },
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

/// A page of a document after corrections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPage {
    /// Where it comes from.
    pub from: PageOrigin,
    /// Degrees clockwise from the image as stored to upright, when a person said so.
    pub turn: Option<u16>,
}

/// Where a page comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageOrigin {
    /// A page of the source, counted from 0.
    Source(usize),
    /// A scan given by a person.
    Kept(KeptScan),
}

/// The pages of a document of `pages` source pages after `corrections`, in order.
pub fn plan(pages: usize, corrections: &[Correction]) -> Vec<PlannedPage> {
    let mut own: Vec<Option<PlannedPage>> = (0..pages)
        .map(|page| Some(PlannedPage::plain(PageOrigin::Source(page))))
        .collect();
    let mut after: BTreeMap<usize, Vec<PlannedPage>> = BTreeMap::new();
    for (page, op) in page_changes(corrections) {
        match op {
            PageOp::InsertAfter { scan } => after
                .entry(page)
                .or_default()
                .push(PlannedPage::plain(PageOrigin::Kept(scan.clone()))),
            _ => {
                if *op == PageOp::Restore {
                    after.remove(&page);
                }
                if let Some(slot) = page.checked_sub(1).and_then(|index| own.get_mut(index)) {
                    changed(slot, page - 1, op);
                }
            }
        }
    }
    let mut planned: Vec<PlannedPage> = after.remove(&0).unwrap_or_default();
    for (index, page) in own.into_iter().enumerate() {
        planned.extend(page);
        planned.extend(after.remove(&(index + 1)).into_iter().flatten());
    }
    planned
}

impl PlannedPage {
    fn plain(from: PageOrigin) -> Self {
        Self { from, turn: None }
    }
}

fn changed(slot: &mut Option<PlannedPage>, index: usize, op: &PageOp) {
    match op {
        PageOp::Drop => *slot = None,
        PageOp::Restore => *slot = Some(PlannedPage::plain(PageOrigin::Source(index))),
        PageOp::Replace { scan } => {
            *slot = Some(PlannedPage::plain(PageOrigin::Kept(scan.clone())));
        }
        PageOp::Turn { degrees } => {
            if let Some(page) = slot {
                page.turn = Some(*degrees);
            }
        }
        PageOp::InsertAfter { .. } | PageOp::Begin | PageOp::Join => {}
    }
}

/// Where people said that a document begins (`true`) or does not, by the page's number in the source.
pub fn cuts(corrections: &[Correction]) -> BTreeMap<u32, bool> {
    let mut cuts = BTreeMap::new();
    for correction in corrections {
        let Change::Page { page, op } = &correction.change else {
            continue;
        };
        match op {
            PageOp::Begin => cuts.insert(*page, true),
            PageOp::Join => cuts.insert(*page, false),
            PageOp::Restore => cuts.remove(page),
            _ => None,
        };
    }
    cuts
}

fn page_changes(corrections: &[Correction]) -> impl Iterator<Item = (usize, &PageOp)> {
    corrections
        .iter()
        .filter_map(|correction| match &correction.change {
            Change::Page { page, op } => Some((usize::try_from(*page).ok()?, op)),
            _ => None,
        })
}

/// What the pages of a document are made from, as a text that differs when they do; empty without page corrections.
pub fn plan_key(corrections: &[Correction]) -> String {
    let ops: Vec<String> = page_changes(corrections)
        .map(|(page, op)| format!("{page}:{op:?}"))
        .collect();
    ops.join(";")
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
        Change::Page { page, op } => {
            let said = match op {
                PageOp::Turn { degrees } => format!("turn {degrees}"),
                PageOp::Replace { scan } => format!("replace {} {}", scan.file, scan.page),
                PageOp::InsertAfter { scan } => format!("insert {} {}", scan.file, scan.page),
                PageOp::Begin => "begin".to_owned(),
                PageOp::Join => "join".to_owned(),
                PageOp::Drop => "drop".to_owned(),
                PageOp::Restore => "restore".to_owned(),
            };
            (format!("page {page}"), Some(said))
        }
        Change::Accepted => ("status".to_owned(), Some("accepted".to_owned())),
        Change::SentBack { reason } => ("status".to_owned(), Some(format!("sent_back: {reason}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said_by_lan(change: Change) -> Correction {
        Correction {
            change,
            by: "lan".into(),
            at: "2026-11-25T08:00:00+07:00".into(),
        }
    }

    fn page(page: u32, op: PageOp) -> Correction {
        said_by_lan(Change::Page { page, op })
    }

    fn scan(file: &str) -> KeptScan {
        KeptScan {
            file: file.into(),
            page: 1,
        }
    }

    #[test]
    fn page_numbers_stay_those_of_the_source_whatever_else_is_said() {
        let corrections = [
            page(1, PageOp::Drop),
            page(3, PageOp::Turn { degrees: 90 }),
            page(3, PageOp::Turn { degrees: 180 }),
            page(
                2,
                PageOp::Replace {
                    scan: scan("b.png"),
                },
            ),
            page(
                0,
                PageOp::InsertAfter {
                    scan: scan("a.png"),
                },
            ),
            page(
                3,
                PageOp::InsertAfter {
                    scan: scan("c.png"),
                },
            ),
            page(9, PageOp::Drop),
        ];
        let planned = plan(3, &corrections);
        let from: Vec<_> = planned.iter().map(|page| page.from.clone()).collect();
        assert_eq!(
            from,
            [
                PageOrigin::Kept(scan("a.png")),
                PageOrigin::Kept(scan("b.png")),
                PageOrigin::Source(2),
                PageOrigin::Kept(scan("c.png")),
            ]
        );
        assert_eq!(planned[2].turn, Some(180));
        let restored = plan(
            3,
            &[
                &corrections[..],
                &[page(3, PageOp::Restore), page(1, PageOp::Restore)],
            ]
            .concat(),
        );
        assert_eq!(restored.len(), 4);
        assert_eq!(restored[3], PlannedPage::plain(PageOrigin::Source(2)));
        assert_ne!(plan_key(&corrections), plan_key(&corrections[..3]));
        assert_eq!(plan_key(&[said_by_lan(Change::Accepted)]), "");
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
