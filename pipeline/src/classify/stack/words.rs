//! Words compared without marks and case, slips of reading allowed for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::document::{Line, Rect};

/// `text` in capitals without marks: `Quyết định` becomes `QUYET DINH`. Punctuation stays.
pub(super) fn plain(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_uppercase)
        .map(|c| if c == 'Đ' { 'D' } else { c })
        .collect()
}

/// The letters and digits of `text`, plain, without anything between them.
pub(super) fn bare(text: &str) -> String {
    plain(text)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// The fewest slips (letters more, fewer or other) with which `phrase` stands somewhere in `text`; both bare.
pub(super) fn slips(text: &str, phrase: &str) -> usize {
    // Sellers 1980: edit distance with a free beginning and a free end in `text`.
    let phrase = phrase.as_bytes();
    let mut column: Vec<usize> = (0..=phrase.len()).collect();
    let mut best = phrase.len();
    for letter in text.bytes() {
        let mut corner = 0;
        let mut above = 0;
        for (at, wanted) in phrase.iter().enumerate() {
            let Some(cell) = column.get_mut(at + 1) else {
                break;
            };
            let left = *cell;
            *cell = (corner + usize::from(*wanted != letter)).min(left.min(above) + 1);
            corner = left;
            above = *cell;
        }
        best = best.min(above);
    }
    best
}

/// Whether `phrase` (bare) stands in `text` (bare), one slip allowed for every eight letters.
pub(super) fn says(text: &str, phrase: &str) -> bool {
    slips(text, phrase) <= phrase.len() / 8
}

/// The share of capitals among the letters of `text`, 0 to 1.
pub(super) fn capitals(text: &str) -> f32 {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (mut all, mut upper) = (0.0_f32, 0.0_f32);
    for letter in letters {
        all += 1.0;
        upper += f32::from(u8::from(letter.is_uppercase()));
    }
    if all > 0.0 { upper / all } else { 0.0 }
}

/// The box around a line, shown px.
pub(super) fn bounds(line: &Line) -> Rect {
    let boxes = line.words.iter().map(|word| word.bbox);
    boxes.reduce(Rect::union).unwrap_or_default()
}

/// Whether the lines are those of a separator sheet of ours, whatever became of its code.
pub(super) fn names_separator(lines: &[Line]) -> bool {
    /// Words on a sheet of ours, data and instructions included, at most; a page about separators has more.
    const MOST: usize = 120;
    let count: usize = lines.iter().map(|line| line.words.len()).sum();
    let titled = |phrase: &str| {
        lines.iter().any(|line| {
            let text = line.text();
            let bare = bare(&text);
            capitals(&text) > 0.7 && bare.len() < 2 * phrase.len() && says(&bare, phrase)
        })
    };
    count <= MOST && titled("TOPHANCACHVANBAN") && titled("DOCUMENTSEPARATORSHEET")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_do_not_count() {
        assert_eq!(plain("Số: 15/QĐ-UBND"), "SO: 15/QD-UBND");
        assert_eq!(bare("Độc lập - Tự do"), "DOCLAPTUDO");
        assert_eq!(capitals("QUYẾT định"), 5.0 / 9.0);
    }

    #[test]
    fn slips_are_counted_anywhere_in_the_text() {
        assert_eq!(slips("XXQUYETDINHXX", "QUYETDINH"), 0);
        assert_eq!(slips("XXQUYE7DINHXX", "QUYETDINH"), 1);
        assert_eq!(slips("QUYEDINH", "QUYETDINH"), 1);
        assert_eq!(slips("", "QUYETDINH"), 9);
        assert!(says(
            "CONGHOAXAHOICHUNGH1AVIETNAM",
            "CONGHOAXAHOICHUNGHIAVIETNAM"
        ));
        assert!(!says("BAOCAO", "THONGBAO"));
    }
}
