//! What stamps say: number and day of arrival and of certification, kept apart from the paper's own.

use std::collections::BTreeMap;

use super::evidence::Evidence;
use super::fold::folded;
use super::{Stamp, StampKind};
use crate::record::{Field, Flag};

/// Clerks fill in what arrives by hand, which engines misread: such a value is for a person to look at.
const FILLED_IN: f32 = 0.5;
/// The same of certifications, whose numbers are often set by machine.
const CERTIFIED: f32 = 0.7;

/// Files what the stamps on the kept pages say, where nothing has said it yet; what cannot be read is null.
pub(super) fn file(
    evidence: &Evidence,
    fields: &mut BTreeMap<String, Field>,
    flags: &mut Vec<Flag>,
) {
    for leaf in evidence.leaves() {
        for stamp in &leaf.sight.stamps {
            for (name, value, confidence) in said(stamp) {
                if fields.get(name).is_some_and(|field| field.value.is_some()) {
                    continue;
                }
                let found = value.is_some();
                let shown = stamp.bbox;
                let field = Field {
                    value,
                    confidence: if found { confidence } else { 0.0 },
                    page: Some(leaf.number),
                    bbox: Some([shown.x, shown.y, shown.w, shown.h].map(f32::round)),
                    text: found.then(|| stamp.text.replace('\n', " ")),
                    ..Field::default()
                };
                let code = format!("low_confidence_{name}");
                if flags.iter().all(|flag| flag.code != code) {
                    let flag = Flag::new(&code).with_value(field.confidence);
                    flags.push(flag.on_page(leaf.number).at(shown));
                }
                fields.insert(name.to_owned(), field);
            }
        }
    }
}

/// Names, values and confidence of what a stamp should say.
fn said(stamp: &Stamp) -> Vec<(&'static str, Option<String>, f32)> {
    let lines: Vec<&str> = stamp.text.lines().collect();
    match stamp.kind {
        StampKind::Incoming => vec![
            (
                "incoming_number",
                number_after(&lines, &["so", "soden"]),
                FILLED_IN,
            ),
            (
                "incoming_date",
                lines.iter().find_map(|line| date_in(line)),
                FILLED_IN,
            ),
        ],
        StampKind::Certification => vec![
            (
                "certification_number",
                number_after(&lines, &["sochungthuc", "so"]),
                CERTIFIED,
            ),
            (
                "certification_date",
                lines.iter().find_map(|line| date_in(line)),
                CERTIFIED,
            ),
            ("certification_book", book_in(&lines), CERTIFIED),
        ],
        StampKind::Urgency | StampKind::Other => Vec::new(),
    }
}

/// The first number right after one of the labels, which are tried in their order.
fn number_after(lines: &[&str], labels: &[&str]) -> Option<String> {
    labels.iter().find_map(|label| {
        lines.iter().find_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (0..words.len()).find_map(|start| {
                // A label of several words, maybe joined to its number by the colon alone.
                let mut key = String::new();
                for (index, word) in words.iter().enumerate().skip(start) {
                    let (head, tail) = word.split_once([':', '.']).unwrap_or((word, ""));
                    key.push_str(&folded(head));
                    if key == *label {
                        let next = if tail.is_empty() {
                            words.get(index + 1).copied().unwrap_or_default()
                        } else {
                            tail
                        };
                        return number(next);
                    }
                    if !label.starts_with(key.as_str()) {
                        return None;
                    }
                }
                None
            })
        })
    })
}

/// Digits alone, at most six, with what print may set around them.
fn number(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (1..=6).contains(&word.len())).then(|| word.to_owned())
}

/// `18/6/26`, `05-01-2025`, `Ngày 05 tháng 01 năm 2025`, in ISO 8601.
fn date_in(line: &str) -> Option<String> {
    let key = line.to_lowercase();
    if !folded(&key).contains("ngay") {
        return None;
    }
    let numbers: Vec<u32> = line
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| (1..=4).contains(&digits.len()))
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let [day, month, year] = *numbers.as_slice() else {
        return None;
    };
    let year = if year < 100 { year + 2000 } else { year };
    let possible =
        (1..=31).contains(&day) && (1..=12).contains(&month) && (1975..2100).contains(&year);
    possible.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// `02-SCT/BS`: the volume and the register (decree 23/2015/NĐ-CP, article 13).
fn book_in(lines: &[&str]) -> Option<String> {
    lines.iter().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.iter().position(|word| folded(word).contains("sct"))?;
        let own = words.get(at)?.trim_matches(|c: char| !c.is_alphanumeric());
        let has_volume = own.starts_with(|c: char| c.is_ascii_digit());
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let volume = before
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|word| !has_volume && word.bytes().all(|byte| byte.is_ascii_digit()));
        match volume {
            Some(volume) if !volume.is_empty() => Some(format!("{volume}-{own}")),
            _ => Some(own.to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Rect;

    fn values(kind: StampKind, text: &str) -> Vec<Option<String>> {
        let stamp = Stamp {
            kind,
            bbox: Rect::default(),
            text: text.to_owned(),
        };
        said(&stamp)
            .into_iter()
            .map(|(_, value, _)| value)
            .collect()
    }

    #[test]
    fn arrivals_say_number_and_day() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            values(
                StampKind::Incoming,
                "SỞ NỘI VỤ\nĐẾN\nSố: 1535\nNgày: 18/6/26\nChuyển:"
            ),
            [some("1535"), some("2026-06-18")]
        );
        assert_eq!(
            values(StampKind::Incoming, "CÔNG VĂN ĐẾN\nSố:73\nNgày: 31/13/26"),
            [some("73"), None]
        );
        assert_eq!(
            values(StampKind::Incoming, "ĐẾN\nSố: l5£\nNgày:"),
            [None, None]
        );
    }

    #[test]
    fn certifications_say_number_day_and_book() {
        let text = "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH\nSố chứng thực: 452 Quyển số: 02-SCT/BS\nNgày 05 tháng 01 năm 2025";
        assert_eq!(
            values(StampKind::Certification, text),
            ["452", "2025-01-05", "02-SCT/BS"].map(|value| Some(value.to_owned()))
        );
        let bare = "Chứng thực bản sao đúng với bản chính";
        assert_eq!(values(StampKind::Certification, bare), [None, None, None]);
    }
}
