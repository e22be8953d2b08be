//! What waits for a person: fields that the machine did not read surely and that nobody has accepted or corrected.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::Serialize;

use super::words;
use crate::language::Language;
use crate::stations::record::{Record, Standing, TYPE};
use crate::stations::{Document, Listing};

/// Values with this confidence or more are right often enough (`low_confidence_FIELD` is given below it).
const SURE: f32 = 0.9;

/// Fields that need not stand on a paper: without a finding, null says that there is none.
const NEED_NOT_BE: [&str; 3] = ["owner_number", "validity", "scope"];
/// Fields that are counted or looked up, not read.
const DERIVED: [&str; 2] = ["page_count", "type_code"];

/// Fields that stand at the end of a paper, for when they were not found.
const AT_THE_END: [&str; 4] = [
    "signer_name",
    "signer_title",
    "signer_authority",
    "recipients",
];

/// Longer values get more than one line.
const LONG: usize = 70;

/// Why a field waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nothing was read.
    Missing,
    /// Read, but not surely.
    Unsure,
    /// The code of a finding.
    Flag(String),
}

impl Why {
    fn said(&self, l: Language) -> String {
        match self {
            Self::Missing => l
                .say("máy không đọc được", "the machine could not read it")
                .to_owned(),
            Self::Unsure => l.say("máy đọc chưa chắc", "not read surely").to_owned(),
            Self::Flag(code) => words::flag(l, code),
        }
    }
}

/// A field that waits.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) document: Arc<Document>,
    pub(crate) field: String,
    pub(crate) why: Vec<Why>,
    /// Where it stands in the order of all fields of all documents.
    place: (usize, usize),
}

/// A document's fields in the order in which an eye meets them on the paper, the type first.
pub(crate) fn in_order(record: &Record) -> Vec<String> {
    let mut names: Vec<&String> = record
        .fields
        .keys()
        .filter(|name| !DERIVED.contains(&name.as_str()))
        .collect();
    let place = |name: &String| {
        let field = record.fields.get(name);
        let [x, y, ..] = field.and_then(|field| field.bbox).unwrap_or([f32::MAX; 4]);
        (field.and_then(|field| field.page).unwrap_or(u32::MAX), y, x)
    };
    names.sort_by(|one, other| {
        place(one)
            .partial_cmp(&place(other))
            .unwrap_or(Ordering::Equal)
            .then_with(|| one.cmp(other))
    });
    std::iter::once(TYPE.to_owned())
        .chain(names.into_iter().cloned())
        .collect()
}

/// Why a person should look at a field; nothing when somebody has, or need not.
pub(crate) fn why(record: &Record, name: &str) -> Vec<Why> {
    if record.said(name).is_some() {
        return Vec::new();
    }
    if name == TYPE {
        return match &record.kind {
            None => vec![Why::Missing],
            Some(kind) if kind.confidence < SURE => vec![Why::Unsure],
            Some(_) => Vec::new(),
        };
    }
    let Some(field) = record.fields.get(name) else {
        return Vec::new();
    };
    let mut why: Vec<Why> = record
        .flags
        .iter()
        .filter(|flag| is_about(&flag.code, name))
        .map(|flag| Why::Flag(flag.code.clone()))
        .collect();
    let low = format!("low_confidence_{name}");
    let told_low = why.iter().any(|one| *one == Why::Flag(low.clone()));
    if field.value.is_none() {
        why.retain(|one| *one != Why::Flag(low.clone()));
        if told_low || !why.is_empty() || !NEED_NOT_BE.contains(&name) {
            why.insert(0, Why::Missing);
        }
    } else if NEED_NOT_BE.contains(&name) && field.page.is_none() && !told_low {
        // What the law says of such papers: nothing on the page to hold it against.
    } else if told_low || field.confidence < SURE {
        why.retain(|one| *one != Why::Flag(low.clone()));
        why.insert(0, Why::Unsure);
    }
    why
}

/// Whether a finding is about a field.
fn is_about(code: &str, field: &str) -> bool {
    let named = |prefix: &str| code.strip_prefix(prefix) == Some(field);
    named("low_confidence_")
        || named("stamp_over_")
        || match field {
            "number_symbol" => {
                matches!(
                    code,
                    "handwritten_number" | "blank_number" | "unnumbered_draft"
                )
            }
            "issued_date" => matches!(code, "handwritten_date" | "blank_date"),
            "mrz" => code == "mrz_check_failed",
            _ => false,
        }
}

/// How many fields of a document wait.
pub(crate) fn waiting(record: &Record) -> usize {
    if record.standing() != Standing::Open {
        return 0;
    }
    in_order(record)
        .iter()
        .filter(|name| !why(record, name).is_empty())
        .count()
}

/// All that waits, document by document.
pub(crate) fn all(listing: &Listing) -> Vec<Item> {
    let mut items = Vec::new();
    for (index, document) in listing.iter().enumerate() {
        if document.record.standing() != Standing::Open {
            continue;
        }
        for (number, field) in in_order(&document.record).into_iter().enumerate() {
            let why = why(&document.record, &field);
            if !why.is_empty() {
                items.push(Item {
                    document: Arc::clone(document),
                    field,
                    why,
                    place: (index, number),
                });
            }
        }
    }
    items
}

/// One field, whether it waits or not.
pub(crate) fn one(document: &Arc<Document>, field: &str) -> Option<Item> {
    let known = field == TYPE || document.record.fields.contains_key(field);
    known.then(|| Item {
        document: Arc::clone(document),
        field: field.to_owned(),
        why: why(&document.record, field),
        place: (0, 0),
    })
}

/// Where a field stands in the order of all, whether it still waits or not.
pub(crate) fn place(listing: &Listing, key: &str) -> Option<(usize, usize)> {
    let (id, field) = key.split_once('/')?;
    let (index, document) = listing
        .iter()
        .enumerate()
        .find(|(_, document)| document.id == id)?;
    let fields = in_order(&document.record);
    let number = fields.iter().position(|name| name == field)?;
    Some((index, number))
}

impl Item {
    /// By which pages name it.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.document.id, self.field)
    }

    /// Whether it comes after a place.
    pub(crate) fn is_after(&self, place: (usize, usize)) -> bool {
        self.place > place
    }

    /// Whether it comes before a place.
    pub(crate) fn is_before(&self, place: (usize, usize)) -> bool {
        self.place < place
    }
}

/// A field as a page shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    pub(crate) key: String,
    pub(crate) document: String,
    pub(crate) field: String,
    pub(crate) label: String,
    /// The name of the document.
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether one line is too short for it.
    pub(crate) long: bool,
    /// The text as it stands on the paper, where it differs.
    pub(crate) text: String,
    pub(crate) why: String,
    pub(crate) page: u32,
    pub(crate) pages: usize,
    /// Size of the page, px.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) picture: String,
    /// The part of the page that is shown enlarged, px.
    pub(crate) crop: [f32; 4],
    /// The place that was read, px.
    pub(crate) mark: Option<[f32; 4]>,
    /// What may be chosen: code and name.
    pub(crate) choices: Vec<(String, String)>,
}

impl Shown {
    pub(crate) fn new(item: &Item, l: Language) -> Self {
        let document = &item.document;
        let record = &document.record;
        let field = record.fields.get(&item.field);
        let value = record.value(&item.field).unwrap_or_default().to_owned();
        let flag = record
            .flags
            .iter()
            .find(|flag| is_about(&flag.code, &item.field) && flag.bbox.is_some());
        let number = field
            .and_then(|field| field.page)
            .or_else(|| flag.and_then(|flag| flag.page))
            .unwrap_or_else(|| guessed_page(record, &item.field));
        let mark = field
            .and_then(|field| field.bbox)
            .or_else(|| flag.and_then(|flag| flag.bbox));
        let size = record.page(number).map_or((1654, 2339), |page| {
            (page.width_px.max(1), page.height_px.max(1))
        });
        let text = field
            .and_then(|field| field.text.clone())
            .filter(|text| *text != value)
            .unwrap_or_default();
        let choices = if item.field == TYPE {
            record
                .kind
                .iter()
                .chain(&record.alternatives)
                .map(|kind| (kind.code.clone(), kind.shown(l)))
                .collect()
        } else {
            Vec::new()
        };
        let why: Vec<String> = item.why.iter().map(|why| why.said(l)).collect();
        Self {
            key: item.key(),
            document: document.id.clone(),
            field: item.field.clone(),
            label: label(record, &item.field, l),
            name: words::quiet(&document.name),
            long: value.chars().count() > LONG,
            value,
            text,
            why: why.join("; "),
            page: number,
            pages: record.pages.len(),
            width: size.0,
            height: size.1,
            picture: picture(document, number),
            crop: crop(mark, size, AT_THE_END.contains(&item.field.as_str())),
            mark,
            choices,
        }
    }
}

/// What a field is called; a type is typed by its code, and its name stands beside.
pub(crate) fn label(record: &Record, field: &str, l: Language) -> String {
    let name = words::field(l, field);
    match &record.kind {
        Some(kind) if field == TYPE => format!("{name}: {}", kind.shown(l)),
        _ => name,
    }
}

/// Where the picture of a page is; another after the page was changed.
pub(crate) fn picture(document: &Document, page: u32) -> String {
    let version: String = document.record.output.sha256.chars().take(12).collect();
    format!("/review/document/{}/page/{page}?v={version}", document.id)
}

fn guessed_page(record: &Record, field: &str) -> u32 {
    let mut written = record.pages.iter().filter(|page| !page.blank);
    let page = if AT_THE_END.contains(&field) {
        written.next_back()
    } else {
        written.min_by_key(|page| page.number)
    };
    page.map_or(1, |page| page.number)
}

/// The place that was read with what stands around it; without one the part of the page where it would stand.
#[expect(
    clippy::cast_precision_loss,
    reason = "pages have at most some ten thousand px"
)]
fn crop(mark: Option<[f32; 4]>, (width, height): (u32, u32), end: bool) -> [f32; 4] {
    let (width, height) = (width as f32, height as f32);
    let Some([x, y, w, h]) = mark else {
        let top = if end { height * 0.55 } else { 0.0 };
        return [0.0, top, width, height * 0.45].map(f32::round);
    };
    // A line above and below, and never so narrow that a single word fills the screen.
    let line = h.min(width / 40.0).max(8.0);
    let w = (w + 4.0 * line).max(width * 0.4).min(width);
    let h = (h + 3.0 * line).max(w / 5.0).min(height);
    let left = (x - 2.0 * line).clamp(0.0, width - w);
    let top = (y - 1.5 * line).clamp(0.0, height - h);
    [left, top, w, h].map(f32::round)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &serde_json::Value, flags: &[&str], said: &[(&str, &str)]) -> Record {
        let flags: Vec<_> = flags
            .iter()
            .map(|code| serde_json::json!({ "code": code }))
            .collect();
        let said: Vec<_> = said
            .iter()
            .map(|(field, value)| {
                serde_json::json!({"field": field, "value": value, "by": "lan", "at": ""})
            })
            .collect();
        serde_json::from_value(serde_json::json!({
            "schema": "", "source": {"path": ""}, "output": {"sha256": "00"},
            "type": {"code": "QĐ", "name": "Quyết định", "confidence": 0.99},
            "fields": fields, "flags": flags, "corrections": said
        }))
        .unwrap()
    }

    #[test]
    fn what_waits_is_null_flagged_or_unsure_and_seen_by_nobody() {
        let fields = serde_json::json!({
            "agency": {"value": "UBND", "confidence": 0.95, "page": 1, "box": [10, 20, 30, 40]},
            "number_symbol": {"value": "1/QĐ", "confidence": 0.95, "page": 1, "box": [10, 60, 30, 40]},
            "place": {"value": "Huế", "confidence": 0.7, "page": 1, "box": [90, 60, 30, 40]},
            "owner_number": {"value": null, "confidence": 0.0},
            "scope": {"value": "Toàn quốc", "confidence": 0.8},
            "signer_name": {"value": null, "confidence": 0.0},
            "page_count": {"value": "1", "confidence": 0.1},
        });
        let waits = |record: &Record| -> Vec<String> {
            in_order(record)
                .into_iter()
                .filter(|name| !why(record, name).is_empty())
                .collect()
        };
        let flags = ["handwritten_number", "low_confidence_signer_name"];
        let open = record(&fields, &flags, &[]);
        assert_eq!(waits(&open), ["number_symbol", "place", "signer_name"]);
        assert_eq!(why(&open, "signer_name"), [Why::Missing]);
        assert_eq!(waiting(&open), 3);
        let seen = record(&fields, &flags, &[("place", "Huế")]);
        assert_eq!(waits(&seen), ["number_symbol", "signer_name"]);
        let accepted = record(&fields, &flags, &[("status", "accepted")]);
        assert_eq!(waiting(&accepted), 0);
    }

    #[test]
    fn the_enlarged_part_stays_on_the_page_and_holds_the_word() {
        for mark in [
            [0.0, 0.0, 20.0, 10.0],
            [1600.0, 2320.0, 54.0, 19.0],
            [0.0, 0.0, 1654.0, 2339.0],
        ] {
            let [x, y, w, h] = crop(Some(mark), (1654, 2339), false);
            assert!(x >= 0.0 && y >= 0.0 && x + w <= 1654.0 && y + h <= 2339.0);
            assert!(x <= mark[0] && x + w >= mark[0] + mark[2] - 1.0, "{mark:?}");
            assert!(y <= mark[1] && y + h >= mark[1] + mark[3] - 1.0, "{mark:?}");
        }
        assert!(crop(None, (100, 200), true)[1] > 100.0);
    }
}
