//! Whose paper an office's paper is: the identity or tax number that it names, when it names one only
//! (circular 01/2023/TT-VPCP, article 9).

use crate::classify::evidence::Evidence;
use crate::classify::leaf::Row;
use crate::record::Field;

/// Folded words before a personal number of twelve digits, or an old one of nine.
const PERSONAL: [&str; 7] = [
    "dinhdanhcanhan",
    "sodinhdanh",
    "cancuoccongdan",
    "cancuoc",
    "cccd",
    "chungminhnhandan",
    "cmnd",
];
/// Folded words before a tax number: ten digits, for a branch with three more (circular 86/2024/TT-BTC, article 5).
const TAX: [&str; 4] = ["masothue", "mst", "masodoanhnghiep", "madoanhnghiep"];
/// A number stands so many words behind the end of its label at most: `số thẻ`, `(nếu có):`.
const REACH: usize = 4;
/// Sure values have a label and a number read whole; a misread digit shows in nothing.
const MOST: f32 = 0.95;

/// The number, when all labelled numbers on the kept pages are one and the same. A paper that names several people
/// belongs to none of them.
pub(super) fn owner(evidence: &Evidence) -> Option<Field> {
    let mut found: Option<Field> = None;
    for leaf in evidence.leaves() {
        for (index, row) in leaf.rows.iter().enumerate() {
            // A label may end the line before.
            let before = index.checked_sub(1).and_then(|at| leaf.rows.get(at));
            for (at, number) in numbers(row, before) {
                let word = row.tokens.get(at)?;
                match &found {
                    Some(field) if field.value.as_deref() != Some(number.as_str()) => return None,
                    Some(_) => {}
                    None => {
                        let mut field =
                            Field::read(number, word.confidence.min(MOST), leaf.number, word.shown);
                        field.text = Some(word.text.clone());
                        found = Some(field);
                    }
                }
            }
        }
    }
    found
}

/// The labelled numbers of a row, each with its word.
fn numbers(row: &Row, before: Option<&Row>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, token) in row.tokens.iter().enumerate() {
        let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '-');
        if !plain || !matches!(digits, 9 | 10 | 12 | 13) {
            continue;
        }
        let label = label(row, at, before);
        let after = |words: &[&str]| {
            words.iter().any(|word| {
                label
                    .rfind(word)
                    .is_some_and(|from| label.len() - from - word.len() <= REACH * 4)
            })
        };
        let personal = matches!(digits, 9 | 12) && !text.contains('-') && after(&PERSONAL);
        let tax = (digits == 10 && !text.contains('-')
            || digits == 13 && text.find('-') == Some(10))
            && after(&TAX);
        if personal || tax {
            found.push((at, text.to_owned()));
        }
    }
    found
}

/// The folded words before a word, those of the end of the line before it too.
fn label(row: &Row, at: usize, before: Option<&Row>) -> String {
    let own = row.tokens.get(..at).unwrap_or_default();
    let missing = LABEL.saturating_sub(own.len());
    let above = before.map_or(&[][..], |row| {
        let from = row.tokens.len().saturating_sub(missing);
        row.tokens.get(from..).unwrap_or_default()
    });
    above
        .iter()
        .chain(own)
        .map(|token| token.key.as_str())
        .collect()
}

/// Words that a label with what may stand behind it takes at most.
const LABEL: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::fold::folded;
    use crate::classify::leaf::Token;

    fn row(text: &str) -> Row {
        let tokens = text
            .split(' ')
            .map(|word| Token {
                text: word.to_owned(),
                key: folded(word),
                confidence: 0.9,
                shown: Default::default(),
                level: Default::default(),
            })
            .collect();
        Row { tokens }
    }

    fn said(text: &str) -> Vec<String> {
        numbers(&row(text), None)
            .into_iter()
            .map(|(_, number)| number)
            .collect()
    }

    #[test]
    fn numbers_count_behind_their_labels_only() {
        assert_eq!(
            said("Căn cước công dân số: 012345678901, cấp ngày 05/01/2021"),
            ["012345678901"]
        );
        assert_eq!(said("Số CMND 123456789"), ["123456789"]);
        assert_eq!(said("Mã số thuế: 0101234567-001"), ["0101234567-001"]);
        assert!(said("Tài khoản số 012345678901").is_empty());
        assert!(said("Điện thoại: 0243123456").is_empty());
        assert!(
            said("CCCD số do Cục Cảnh sát quản lý hành chính cấp, tài khoản 012345678901")
                .is_empty()
        );
    }

    #[test]
    fn a_label_may_end_the_line_before() {
        let before = row("ông Nguyễn Văn An, số định danh cá nhân");
        assert_eq!(
            numbers(&row("012345678901 được cử"), Some(&before)),
            [(0, "012345678901".to_owned())]
        );
    }
}
