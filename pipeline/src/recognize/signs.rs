//! Marks that follow from others: closing quotation marks, and the stop behind the letters of a signer's authority.

use crate::document::{Line, Word};

/// Letters before a signer's title (Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II.7), and what the engine makes of them.
const AUTHORITY: [(&str, &str); 8] = [
    ("KT", "KT."),
    ("K1", "KT."),
    ("KI", "KT."),
    ("Ki", "KT."),
    ("TM", "TM."),
    ("TL", "TL."),
    ("TUQ", "TUQ."),
    ("Q", "Q."),
];

/// Mends such marks in `lines`, which are in reading order.
pub(super) fn mended(mut lines: Vec<Line>) -> Vec<Line> {
    let mut open = false;
    for line in &mut lines {
        mend_authority(line);
        for word in &mut line.words {
            if let Some(text) = closed(&word.text, &mut open) {
                word.rewrite(text);
            }
        }
    }
    lines
}

/// `KT, GIÁM ĐỐC` and `K1: GIÁM ĐỐC` are `KT. GIÁM ĐỐC`: a short line of capitals.
fn mend_authority(line: &mut Line) {
    let Some((first, rest)) = line.words.split_first_mut() else {
        return;
    };
    let title = (2..=7).contains(&rest.len()) && rest.iter().all(is_large);
    let Some(letters) = first.text.strip_suffix([',', ':', ';', '.']) else {
        return;
    };
    let meant = AUTHORITY.iter().find(|(read, _)| *read == letters);
    if let Some((_, meant)) = meant.filter(|_| title) {
        first.rewrite(*meant);
    }
}

fn is_large(word: &Word) -> bool {
    word.text.chars().any(char::is_alphabetic) && !word.text.chars().any(char::is_lowercase)
}

/// `“Nhớ ơn Bác Hồ".`: where a curved mark opened, a straight one behind a letter is the curved one that closes.
fn closed(text: &str, open: &mut bool) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut behind = false;
    for letter in text.chars() {
        let closes = *open && behind && matches!(letter, '"' | '\'');
        match letter {
            '“' => *open = true,
            '”' => *open = false,
            _ if closes => *open = false,
            _ => {}
        }
        mended.push(if closes { '”' } else { letter });
        behind = letter.is_alphanumeric() || (behind && matches!(letter, '.' | ',' | ')'));
    }
    (mended != text).then_some(mended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    fn read(lines: &[&str]) -> Vec<String> {
        let word = |text: &str| Word {
            text: text.into(),
            ..Word::default()
        };
        let line = |text: &&str| Line {
            words: text.split(' ').map(word).collect(),
            baseline: [Point::default(); 2],
            block: 0,
        };
        let lines = mended(lines.iter().map(line).collect());
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn what_opens_curved_closes_curved() {
        assert_eq!(
            read(&["phong trào “Đời đời nhớ ơn", "Bác Hồ\". Khổ 5\""]),
            ["phong trào “Đời đời nhớ ơn", "Bác Hồ”. Khổ 5\""]
        );
        assert_eq!(read(&["“Bác Hồ'.", "d'Or"]), ["“Bác Hồ”.", "d'Or"]);
        let plain = ["\"Bác Hồ\"."];
        assert_eq!(read(&plain), plain);
    }

    #[test]
    fn a_signers_authority_has_its_stop() {
        for (read_so, meant) in [
            ("K1: GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
            ("KT, GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
            ("TM: ỦY BAN NHÂN DÂN", "TM. ỦY BAN NHÂN DÂN"),
            ("TL. BỘ TRƯỞNG", "TL. BỘ TRƯỞNG"),
            ("KI: Giám đốc", "KI: Giám đốc"),
            ("Q, R", "Q, R"),
        ] {
            assert_eq!(read(&[read_so]), [meant]);
        }
    }
}
