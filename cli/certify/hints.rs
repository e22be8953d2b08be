//! What the machine can tell about a paper for the refusal checklist; the answer is a person's.

use std::collections::BTreeMap;

use saoy_archive::fold;
use saoy_pipeline::record::DocumentRecord;
use unicode_normalization::UnicodeNormalization;

use crate::words::Ui;

/// Below this mean confidence a page counts as hardly readable.
const READABLE: f32 = 0.6;
/// A text of fewer letters says nothing about its language.
const LETTERS: usize = 200;
/// Vietnamese has marks on about a quarter of its letters; texts in other languages that quote names have few.
const MARKED: f64 = 0.05;
/// Papers whose seal is printed with them, or that bear none.
const NO_SEAL: [&str; 7] = [
    "cccd",
    "cmnd",
    "the_can_cuoc",
    "ho_chieu",
    "gplx",
    "the_bhyt",
    "so_bhxh",
];

/// The hints by their names in the profile.
pub(super) fn hints(record: &DocumentRecord, text: &str, ui: Ui) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let pages: Vec<String> = record
        .pages
        .iter()
        .filter(|page| page.mean_confidence.is_some_and(|sure| sure < READABLE))
        .map(|page| page.number.to_string())
        .collect();
    if !pages.is_empty() {
        let said = ui.say("khó đọc ở trang", "hardly readable on page");
        all.insert(
            "unreadable".to_owned(),
            format!("{said} {}", pages.join(", ")),
        );
    }
    let plain = fold::plain(text);
    if ["khong duoc sao chup", "cam sao chup"]
        .iter()
        .any(|mark| plain.contains(mark))
    {
        let said = ui.say("có chữ cấm sao chụp", "it says that it must not be copied");
        all.insert("secret".to_owned(), said.to_owned());
    }
    if let Some(share) = marked(text).filter(|share| *share < MARKED) {
        let said = ui.say(
            "văn bản có vẻ không phải tiếng Việt",
            "the text does not look Vietnamese",
        );
        all.insert(
            "foreign".to_owned(),
            format!("{said} ({:.0} %)", share * 100.0),
        );
    }
    let kind = record
        .kind
        .as_ref()
        .map(|kind| kind.code.as_str())
        .unwrap_or_default();
    let sealed = record.flags.iter().any(|flag| flag.code == "seal_present");
    if !sealed && !NO_SEAL.contains(&kind) {
        let said = ui.say(
            "không thấy dấu trên trang nào",
            "no seal is seen on any page",
        );
        all.insert("unsealed".to_owned(), said.to_owned());
    }
    if record
        .flags
        .iter()
        .any(|flag| flag.code == "is_certified_copy")
    {
        let said = ui.say(
            "có dấu chứng thực bản sao: đây là bản sao, không phải bản chính",
            "it bears a certification stamp: a copy, not an original",
        );
        all.insert("certified".to_owned(), said.to_owned());
    }
    all
}

/// The share of letters with a mark; nothing of short texts.
fn marked(text: &str) -> Option<f64> {
    let letters: Vec<char> = text.nfc().filter(|letter| letter.is_alphabetic()).collect();
    let marked = letters.iter().filter(|letter| !letter.is_ascii()).count();
    (letters.len() >= LETTERS).then(|| marked as f64 / letters.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_their_marks() {
        let vietnamese = "Ủy ban nhân dân phường chứng thực bản sao đúng với bản chính. ".repeat(5);
        let english = "This is to certify that the holder has completed the course. ".repeat(5);
        assert!(marked(&vietnamese).unwrap() > MARKED);
        assert!(marked(&english).unwrap() < MARKED);
        assert_eq!(marked("short"), None);
    }
}
