//! What a page tells of the document going on after it, or not.

use super::words::{bounds, capitals, plain};
use crate::classify::Sheet;
use crate::document::Line;

/// What is kept of a page until the next one comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Ending {
    /// It bears what a document ends with: recipients, a signature's authority, the end mark.
    pub(super) closes: bool,
    /// The page number printed on it.
    pub(super) number: Option<u32>,
    /// Width and height, mm.
    pub(super) size_mm: (f32, f32),
}

impl Ending {
    /// Of a page.
    pub(super) fn of(sheet: &Sheet<'_>) -> Self {
        Self {
            closes: sheet.lines.iter().any(closes),
            number: printed_number(sheet),
            size_mm: size_mm(sheet),
        }
    }
}

/// Width and height of a page, mm.
pub(super) fn size_mm(sheet: &Sheet<'_>) -> (f32, f32) {
    let mm = |px: u32| px as f32 / sheet.dpi.max(1.0) * 25.4;
    (mm(sheet.size_px.0), mm(sheet.size_px.1))
}

/// Whether a line is one that stands at the end of papers (decree 30/2020, annex I: cells 7a and 9b, `./.`; papers of the
/// Party write the marks of authority with strokes).
fn closes(line: &Line) -> bool {
    let text = line.text();
    let plain = plain(&text);
    let begins = |beginning: &str| plain.trim_start().starts_with(beginning);
    let authority = ["TM.", "KT.", "TL.", "TUQ.", "T/M", "K/T", "T/L"]
        .into_iter()
        .any(|word| plain.split_whitespace().any(|part| part == word))
        && capitals(&text) > 0.6;
    begins("NOI NHAN")
        || plain.contains("./.")
        || authority
        || plain.contains("KY, GHI RO HO TEN")
        || plain.contains("KY, DONG DAU")
        || plain.contains("KY VA GHI RO HO TEN")
}

/// The page number printed in the upper or lower margin: a line of nothing else.
pub(super) fn printed_number(sheet: &Sheet<'_>) -> Option<u32> {
    /// Share of the page's height that the margin with the number takes: 20 to 25 mm of A4's 297, and a little more.
    const MARGIN: f32 = 0.1;
    let height = sheet.size_px.1 as f32;
    let in_margin = |line: &&Line| {
        let bounds = bounds(line);
        bounds.y + bounds.h < MARGIN * height || bounds.y > (1.0 - MARGIN) * height
    };
    sheet
        .lines
        .iter()
        .filter(in_margin)
        .find_map(|line| number_in(&line.text()))
}

/// `2`, `- 2 -`, `2/5`, `Trang 2`.
fn number_in(text: &str) -> Option<u32> {
    let plain = plain(text);
    let rest = plain.trim().trim_start_matches("TRANG");
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '-' || c == '.' || c == ':');
    let (number, of) = match rest.split_once('/') {
        Some((number, of)) => (number.trim(), of.trim()),
        None => (rest, "1"),
    };
    let short = |text: &str| (1..=3).contains(&text.len());
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !short(number) || !short(of) || !numeric(number) || !numeric(of) {
        return None;
    }
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Word};

    #[test]
    fn marks_of_authority_close_a_paper() {
        let line = |text: &str| Line {
            words: text
                .split(' ')
                .map(|word| Word {
                    text: word.to_owned(),
                    ..Word::default()
                })
                .collect(),
            baseline: [Point { x: 0.0, y: 0.0 }; 2],
            block: 0,
        };
        for text in ["TM. ỦY BAN NHÂN DÂN", "T/M BAN THƯỜNG VỤ", "T/L BÍ THƯ"] {
            assert!(closes(&line(text)), "{text}");
        }
        assert!(!closes(&line("giao dịch t/m với ngân hàng")));
        assert!(!closes(&line("BAN THƯỜNG VỤ")));
    }

    #[test]
    fn page_numbers_in_their_usual_dress() {
        for (text, number) in [
            ("2", Some(2)),
            ("- 12 -", Some(12)),
            ("3/15", Some(3)),
            ("Trang 4", Some(4)),
            ("2024", None),
            ("15/QĐ", None),
            ("Điều 2", None),
            ("", None),
        ] {
            assert_eq!(number_in(text), number, "{text}");
        }
    }
}
