//! Numbers: letters that the engine puts where only digits can stand, in dates, counts and symbols of papers.
//!
//! The digits of a number are never guessed at: only letters that have the shape of a digit become that digit, and
//! only where a number must stand.

use super::symbols;
use crate::document::Line;

/// Words after which a number stands.
const BEFORE_NUMBER: [&str; 8] = [
    "ngày", "tháng", "năm", "số", "khoản", "điều", "quý", "trang",
];

/// Mends numbers in `lines`.
pub(super) fn mended(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        join_split(line);
        for at in 0..line.words.len() {
            let text = |at: usize| line.words.get(at).map_or("", |word| word.text.as_str());
            let before = at.checked_sub(1).map_or("", text);
            let mended = in_date(before, text(at), text(at + 1))
                .or_else(|| counted(before, text(at)))
                .or_else(|| symbol(text(at)))
                .or_else(|| figure(text(at)));
            if let (Some(text), Some(word)) = (mended, line.words.get_mut(at)) {
                word.rewrite(text);
            }
            // After the digits are digits.
            if let Some(word) = line.words.get_mut(at)
                && let Some(text) = symbols::mended(&word.text)
            {
                word.rewrite(text);
            }
        }
    }
    lines
}

/// `số I 18/2025/NĐ-CP`: behind a one the engine sees a space. The two halves become one number.
fn join_split(line: &mut Line) {
    let joins = |at: usize| {
        let text = |at: usize| line.words.get(at).map_or("", |word| word.text.as_str());
        let one = matches!(text(at + 1), "I" | "l" | "|" | "!" | "1");
        let (number, rest) = text(at + 2).split_once('/').unwrap_or_default();
        let symbol = (1..=4).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && rest.contains(|c: char| c.is_alphanumeric());
        let counted = text(at).trim_end_matches(':').to_lowercase() == "số";
        counted && one && symbol
    };
    let Some(at) = (0..line.words.len()).find(|at| joins(*at)) else {
        return;
    };
    let rest = line.words.remove(at + 2);
    if let Some(word) = line.words.get_mut(at + 1) {
        word.bbox = word.bbox.union(rest.bbox);
        word.confidence = word.confidence.min(rest.confidence);
        word.text = format!("{} {}", word.text, rest.text);
        word.rewrite(format!("1{}", rest.text));
    }
}

/// `§.513` and `2I` among running text: a section sign stands before a space, and no capital I behind a digit.
fn figure(text: &str) -> Option<String> {
    let core = text.trim_end_matches([',', '.', ';', ':', ')']);
    let rest = text.get(core.len()..).unwrap_or_default();
    let shaped = core.contains('§') || core.ends_with('I');
    let only = core
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '§' | 'I' | '.' | ','));
    let first = core.starts_with(|c: char| c.is_ascii_digit() || c == '§');
    if !(shaped && only && first && has_digit(core)) {
        return None;
    }
    let mended: String = core.chars().map(|c| digit(c).unwrap_or(c)).collect();
    Some(format!("{mended}{rest}"))
}

/// A digit, or a letter that has the shape of one.
fn digit(letter: char) -> Option<char> {
    match letter {
        '0'..='9' => Some(letter),
        'I' | 'l' | 'Ì' | 'Í' | '|' | 'L' | '!' => Some('1'),
        'O' | 'o' | 'Ø' | 'ø' | 'Ô' | 'Ó' => Some('0'),
        '§' | 'Š' => Some('8'),
        _ => None,
    }
}

/// `text` as digits.
fn digits(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.chars().map(digit).collect())?
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

/// `ngày LI tháng 0I năm 2026` (Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II.4).
fn in_date(before: &str, text: &str, after: &str) -> Option<String> {
    let (before, after) = (before.to_lowercase(), after.to_lowercase());
    let day = before == "ngày" && after == "tháng";
    let month = before == "tháng" && after == "năm";
    (day || month)
        .then(|| digits(text).filter(|digits| digits.len() <= 2 && digits != text))
        .flatten()
}

/// A number with at least one digit after a word that is followed by numbers: `số I5`, `Điều 1O.`.
fn counted(before: &str, text: &str) -> Option<String> {
    let before = before.to_lowercase();
    let before = before.trim_end_matches(':');
    let core = text.trim_end_matches([',', '.', ';']);
    let number = digits(core).filter(|number| number != core && has_digit(core))?;
    let rest = text.get(core.len()..).unwrap_or_default();
    BEFORE_NUMBER
        .contains(&before)
        .then(|| format!("{number}{rest}"))
}

/// The number of a symbol: `I05/TTr-VP`, `1O/2020/NĐ-CP`, a date such as `I2/5/2010`.
fn symbol(text: &str) -> Option<String> {
    let (number, rest) = text.split_once('/')?;
    let mended = digits(number).filter(|mended| mended != number && has_digit(number))?;
    Some(format!("{mended}/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Word};

    fn read(text: &str) -> String {
        let word = |text: &str| Word {
            text: text.into(),
            ..Word::default()
        };
        let line = Line {
            words: text.split(' ').map(word).collect(),
            baseline: [Point::default(); 2],
            block: 0,
        };
        mended(vec![line]).iter().map(Line::text).collect()
    }

    #[test]
    fn letters_become_digits_where_only_digits_can_stand() {
        assert_eq!(
            read("Hà Nội, ngày LI tháng 0I năm 2026"),
            "Hà Nội, ngày 11 tháng 01 năm 2026"
        );
        assert_eq!(
            read("Tờ trình số I05/TTr-VP ngày"),
            "Tờ trình số 105/TTr-VP ngày"
        );
        assert_eq!(read("tại khoản 1O, Điều 2l."), "tại khoản 10, Điều 21.");
        assert_eq!(read("ngày I2/5/2010"), "ngày 12/5/2010");
    }

    #[test]
    fn halves_of_numbers_and_shapes_of_digits_are_mended() {
        assert_eq!(
            read("Nghị định số I 18/2025/NĐ-CP ngày"),
            "Nghị định số 118/2025/NĐ-CP ngày"
        );
        assert_eq!(
            read("Quyết định số l 144/QĐ-UBND"),
            "Quyết định số 1144/QĐ-UBND"
        );
        assert_eq!(read("số 27//NO-HĐND ngày"), "số 27/NQ-HĐND ngày");
        assert_eq!(
            read("cho §.513 học sinh; gồm 2I thành viên"),
            "cho 8.513 học sinh; gồm 21 thành viên"
        );
        for text in [
            "số I (18/2025)",
            "Phần I 18/2025",
            "§ 5",
            "Mục I.2",
            "loại I, số I 18",
        ] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn what_may_be_letters_stays() {
        for text in [
            "quý II năm 2026",
            "Phụ lục I",
            "Điều I của",
            "khu vực I, II",
            "khí CO2 và O2",
            "VI/2010",
            "số l",
        ] {
            assert_eq!(read(text), text);
        }
    }
}
