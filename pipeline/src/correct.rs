//! What people put right: values, types, pages, and whether a document is accepted; kept as said, and applied in every run.
//!
//! A correction says what a person wants, never what the outputs shall look like; so it outlives another OCR engine,
//! other options and another run. Pages are named by their number in the source, and scans that people put in by the order
//! in which they were: no other correction shifts either.

use std::collections::{BTreeMap, BTreeSet};

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

/// A page of a document after corrections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPage {
    /// Its name in corrections.
    pub name: PageName,
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
    let slots = slots(pages, corrections);
    slots.into_iter().filter_map(|slot| slot.page).collect()
}

/// The places of all pages after `corrections`, in order, those that were left out among them.
fn slots(pages: usize, corrections: &[Correction]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = (0..pages).map(Slot::of_source).collect();
    let mut scans = 0;
    for correction in corrections {
        if let Change::Order { pages, .. } = &correction.change {
            put_in_order(&mut slots, pages);
        }
        let Some((name, op)) = correction.change.of_page() else {
            continue;
        };
        match op {
            PageOp::InsertAfter { scan } => {
                scans += 1;
                put_in(&mut slots, name, PageName::Scan(scans), scan);
            }
            op => {
                if *op == PageOp::Restore {
                    slots.retain(|slot| slot.after != Some(name));
                }
                if let Some(slot) = slots.iter_mut().find(|slot| slot.name == name) {
                    slot.changed(op);
                }
            }
        }
    }
    slots
}

/// A place for a page: what is left out may come back to it.
#[derive(Clone, Debug)]
struct Slot {
    name: PageName,
    /// The page of the source after which it was put in.
    after: Option<PageName>,
    page: Option<PlannedPage>,
}

impl Slot {
    fn of_source(index: usize) -> Self {
        let number = u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX);
        let name = PageName::Source(number);
        Self {
            name,
            after: None,
            page: Some(PlannedPage::plain(name, PageOrigin::Source(index))),
        }
    }

    fn changed(&mut self, op: &PageOp) {
        match op {
            PageOp::Drop => self.page = None,
            PageOp::Restore => {
                if let PageName::Source(number) = self.name {
                    let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
                    self.page = Some(PlannedPage::plain(self.name, PageOrigin::Source(index)));
                }
            }
            PageOp::Replace { scan } => {
                let from = PageOrigin::Kept(scan.clone());
                self.page = Some(PlannedPage::plain(self.name, from));
            }
            PageOp::Turn { degrees } => {
                if let Some(page) = &mut self.page {
                    page.turn = Some(*degrees);
                }
            }
            PageOp::InsertAfter { .. } | PageOp::Begin | PageOp::Join => {}
        }
    }
}

impl PlannedPage {
    fn plain(name: PageName, from: PageOrigin) -> Self {
        Self {
            name,
            from,
            turn: None,
        }
    }
}

/// Puts a scan after a page; after those that were put in there before when that is a page of the source.
fn put_in(slots: &mut Vec<Slot>, place: PageName, name: PageName, scan: &KeptScan) {
    let found = slots.iter().position(|slot| slot.name == place);
    let (mut at, root) = match (found, place) {
        (Some(index), PageName::Source(_)) => (index.saturating_add(1), Some(place)),
        (Some(index), PageName::Scan(_)) => {
            let root = slots.get(index).and_then(|slot| slot.after);
            (index.saturating_add(1), root)
        }
        (None, PageName::Source(0)) => (0, Some(place)),
        // There is no such page any more.
        (None, _) => return,
    };
    if matches!(place, PageName::Source(_)) {
        let there = |slot: &Slot| slot.after == Some(place);
        at += slots.iter().skip(at).take_while(|slot| there(slot)).count();
    }
    let slot = Slot {
        name,
        after: root,
        page: Some(PlannedPage::plain(name, PageOrigin::Kept(scan.clone()))),
    };
    slots.insert(at.min(slots.len()), slot);
}

/// Puts these pages into this order, in the places that they have; what is not among them stays.
fn put_in_order(slots: &mut [Slot], pages: &[PageName]) {
    let wanted: BTreeSet<PageName> = pages.iter().copied().collect();
    let taken: Vec<Slot> = pages
        .iter()
        .filter_map(|name| slots.iter().find(|slot| slot.name == *name).cloned())
        .collect();
    let places: Vec<&mut Slot> = slots
        .iter_mut()
        .filter(|slot| wanted.contains(&slot.name))
        .collect();
    // A page that is named twice would push another out.
    if taken.len() != places.len() {
        return;
    }
    for (place, slot) in places.into_iter().zip(taken) {
        *place = slot;
    }
}

/// Where people said that a document begins (`true`) or does not.
pub fn cuts(corrections: &[Correction]) -> BTreeMap<PageName, bool> {
    let (said, mut cuts) = said_and_ordered(corrections);
    cuts.extend(said);
    cuts
}

/// The same by word of a page, and by the order that pages were put into; the first goes before the second.
fn said_and_ordered(
    corrections: &[Correction],
) -> (BTreeMap<PageName, bool>, BTreeMap<PageName, bool>) {
    let mut said = BTreeMap::new();
    let mut ordered = BTreeMap::new();
    for correction in corrections {
        if let Change::Order { pages, begins } = &correction.change {
            for (index, page) in pages.iter().enumerate() {
                said.remove(page);
                if index > 0 || *begins {
                    ordered.insert(*page, index == 0);
                } else {
                    ordered.remove(page);
                }
            }
        }
        match correction.change.of_page() {
            Some((name, PageOp::Begin)) => said.insert(name, true),
            Some((name, PageOp::Join)) => said.insert(name, false),
            // What a page looks like has no say in its place among the others.
            Some((name, PageOp::Restore)) => said.remove(&name),
            _ => None,
        };
    }
    (said, ordered)
}

/// The same as [`cuts`] of a source of `pages` pages: where a page with which a document begins was left out, it begins with the
/// next, unless that was joined to the one before.
pub fn cuts_of(pages: usize, corrections: &[Correction]) -> BTreeMap<PageName, bool> {
    let (said, ordered) = said_and_ordered(corrections);
    let mut cuts = ordered;
    cuts.extend(&said);
    let mut begins = false;
    for slot in slots(pages, corrections) {
        if slot.page.is_none() {
            begins |= cuts.get(&slot.name) == Some(&true);
        } else if std::mem::take(&mut begins) && said.get(&slot.name) != Some(&false) {
            cuts.insert(slot.name, true);
        }
    }
    cuts
}

/// The pages of the source with which a document began that people joined to the one before it.
pub fn joined(corrections: &[Correction]) -> BTreeSet<u32> {
    let mut joined = BTreeSet::new();
    for correction in corrections {
        if let Some((PageName::Source(page), op)) = correction.change.of_page() {
            match op {
                PageOp::Join => joined.insert(page),
                PageOp::Begin | PageOp::Restore => joined.remove(&page),
                _ => false,
            };
        }
    }
    joined
}

/// How many scans were put in so far.
pub fn scans_put_in(corrections: &[Correction]) -> u32 {
    let is_one = |one: &&Correction| {
        let about = one.change.of_page();
        matches!(about, Some((_, PageOp::InsertAfter { .. })))
    };
    u32::try_from(corrections.iter().filter(is_one).count()).unwrap_or(u32::MAX)
}

/// What the pages of a document are made from, as a text that differs when they do; empty without page corrections.
pub fn plan_key(corrections: &[Correction]) -> String {
    let ops: Vec<String> = corrections
        .iter()
        .filter_map(|correction| match &correction.change {
            Change::Page { page, op } => Some(format!("{page}:{op:?}")),
            change if change.is_of_pages() => Some(format!("{change:?}")),
            _ => None,
        })
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
        let third = PlannedPage::plain(PageName::Source(3), PageOrigin::Source(2));
        assert_eq!(restored[3], third);
        assert_ne!(plan_key(&corrections), plan_key(&corrections[..3]));
        assert_eq!(plan_key(&[said_by_lan(Change::Accepted)]), "");
    }

    #[test]
    fn pages_change_places_and_scans_that_were_put_in_go_along() {
        use PageName::{Scan, Source};
        let order = |pages: &[PageName], begins| {
            said_by_lan(Change::Order {
                pages: pages.to_vec(),
                begins,
            })
        };
        let insert = |after: PageName, file: &str| {
            said_by_lan(after.change(PageOp::InsertAfter { scan: scan(file) }))
        };
        let names = |said: &[Correction]| -> Vec<PageName> {
            plan(5, said).into_iter().map(|page| page.name).collect()
        };
        // The third to fifth page are a document of their own.
        let mut said = vec![
            insert(Source(4), "a.png"),
            order(&[Source(5), Source(3), Source(4), Scan(1)], true),
        ];
        let moved = [
            Source(1),
            Source(2),
            Source(5),
            Source(3),
            Source(4),
            Scan(1),
        ];
        assert_eq!(names(&said), moved);
        let at = cuts(&said);
        assert_eq!(
            (at[&Source(5)], at[&Source(3)], at[&Scan(1)]),
            (true, false, false)
        );
        assert!(joined(&said).is_empty());
        // A scan can be turned, followed by another, and left out like any page.
        said.push(insert(Scan(1), "b.png"));
        said.push(said_by_lan(Scan(1).change(PageOp::Turn { degrees: 90 })));
        assert_eq!(names(&said)[5..], [Scan(1), Scan(2)]);
        assert_eq!(plan(5, &said)[5].turn, Some(90));
        said.push(said_by_lan(Scan(1).change(PageOp::Drop)));
        assert_eq!(names(&said)[4..], [Source(4), Scan(2)]);
        // What was put in after a page goes with what was said of it.
        said.push(page(4, PageOp::Restore));
        assert_eq!(
            names(&said),
            [Source(1), Source(2), Source(5), Source(3), Source(4)]
        );
        // The last word holds; what names a page twice, or one that is not there, loses none.
        said.push(order(&[Source(3), Source(4), Source(5)], true));
        assert_eq!(names(&said), (1..=5).map(Source).collect::<Vec<_>>());
        assert!(cuts(&said)[&Source(3)] && !cuts(&said)[&Source(5)]);
        // A document whose first page is left out begins with the next.
        let left = [&said[..], &[page(3, PageOp::Drop)]].concat();
        assert!(cuts_of(5, &left)[&Source(4)] && !cuts_of(5, &said)[&Source(4)]);
        let joined = [&left[..], &[page(4, PageOp::Join)]].concat();
        assert!(!cuts_of(5, &joined)[&Source(4)]);
        said.push(order(&[Source(3), Source(3), Source(4)], true));
        said.push(order(&[Source(4), Source(9), Source(3)], true));
        assert_eq!(
            names(&said),
            [Source(1), Source(2), Source(4), Source(3), Source(5)]
        );
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
