//! Numbers at the heads of lines, where the engine takes strokes for each other: `H.` for `II.`, `I.` for `1.`
//!
//! Administrative papers number sections I, II, III in capitals and items 1, 2, 3 (Nghị định 30/2020/NĐ-CP,
//! Phụ lục I, mục II.5). What a number must be follows from its neighbours; where it does not, it stays as read.

use crate::document::{Line, Rect, Word};

/// Mends the numbers of sections and items in `lines`, which are in reading order.
pub(super) fn mended(mut lines: Vec<Line>) -> Vec<Line> {
    part_headings(&mut lines);
    mend_sections(&mut lines);
    mend_first_items(&mut lines);
    mend_items(&mut lines);
    mend_letters(&mut lines);
    for word in lines.iter_mut().flat_map(|line| &mut line.words) {
        let numeral = after_five(&word.text).or_else(|| mixed_strokes(&word.text));
        if let Some(text) = numeral {
            word.rewrite(text);
        }
    }
    lines
}

/// `I.MỤC ĐÍCH`: between number and heading stands a space, which the engine loses.
fn part_headings(lines: &mut [Line]) {
    for line in lines {
        let large = |text: &str| {
            text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
        };
        let heading =
            line.words.len() > 1 && line.words.iter().skip(1).all(|word| large(&word.text));
        let Some((first, at)) = line.words.first().filter(|_| heading).and_then(|word| {
            let at = word.text.find('.')? + 1;
            let (number, title) = word.text.split_at_checked(at)?;
            let numbered = number
                .trim_end_matches('.')
                .chars()
                .all(|c| matches!(c, 'I' | 'V' | 'X' | '0'..='9' | 'l' | 'H'));
            let whole = title.chars().count() > 1 && title.chars().all(char::is_uppercase);
            (numbered && number.len() > 1 && whole).then_some((word.clone(), at))
        }) else {
            continue;
        };
        let (number, title) = first.text.split_at(at);
        // Letters of a heading are as wide as they are high, strokes and stops far less.
        let width =
            first.bbox.w * number.len() as f32 / (number.len() + 2 * title.chars().count()) as f32;
        let half = |text: &str, x: f32, w: f32| Word {
            text: text.to_owned(),
            bbox: Rect { x, w, ..first.bbox },
            engine: Some(first.engine.clone().unwrap_or_else(|| first.text.clone())),
            nearly: Vec::new(),
            confidence: first.confidence,
        };
        let halves = [
            half(number, first.bbox.x, width),
            half(title, first.bbox.x + width, first.bbox.w - width),
        ];
        line.words.splice(0..1, halves);
    }
}

/// `lI;` is `II;`: a numeral of large and small strokes, which no word has.
fn mixed_strokes(text: &str) -> Option<String> {
    let core = text.trim_end_matches([';', ',', '.', ':', ')']);
    let count = core.chars().count();
    let only = core.chars().all(|c| matches!(c, 'I' | 'l' | '|'));
    let mixed = core.contains('I') && core.contains(['l', '|']);
    ((2..=3).contains(&count) && only && mixed).then(|| {
        let rest = text.get(core.len()..).unwrap_or_default();
        format!("{}{rest}", "I".repeat(count))
    })
}

/// Items count up: `9,` after `8.` is `9.`, `§.` is `8.`, and `II.` after `10.` is `11.`
fn mend_items(lines: &mut [Line]) {
    let mut last = 0_u32;
    for line in lines.iter_mut() {
        let heading = is_heading(line);
        let Some(word) = line.words.first_mut().filter(|_| !heading) else {
            continue;
        };
        let next = last.saturating_add(1);
        let Some(number) = word.text.strip_suffix(['.', ',']) else {
            continue;
        };
        if number == next.to_string()
            || (number == "§" && next == 8)
            || (number == "II" && next == 11)
        {
            word.rewrite(format!("{next}."));
            last = next;
        } else if let Ok(number) = number.parse() {
            last = number;
        }
    }
}

/// Points count up through the alphabet: `đ)` after `c)` is `d)`, and `1)` after `h)` is `i)`.
fn mend_letters(lines: &mut [Line]) {
    let mut last = None;
    for line in lines.iter_mut() {
        let Some(word) = line.words.first_mut() else {
            continue;
        };
        let Some(point) = word.text.strip_suffix(')') else {
            continue;
        };
        let place = |letter: &str| POINTS.iter().position(|point| *point == letter);
        let next = last.and_then(|last: usize| POINTS.get(last + 1).copied());
        let slip = match (point, next) {
            ("đ", Some("d")) | ("d", Some("đ")) | ("1" | "l" | "ì" | "í", Some("i")) => next,
            _ => None,
        };
        last = slip.map_or_else(|| place(point), place);
        if let Some(letter) = slip {
            word.rewrite(format!("{letter})"));
        }
    }
}

/// The points of an article, in their order (Nghị định 34/2016/NĐ-CP, Điều 62).
const POINTS: [&str; 23] = [
    "a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t",
    "u", "v", "x", "y",
];

/// Sections count up from I; a stroke more or less is the engine's slip.
fn mend_sections(lines: &mut [Line]) {
    let mut last = 0;
    let lettered = lines
        .iter()
        .any(|line| line.words.first().is_some_and(|word| word.text == "K."));
    for line in lines.iter_mut().filter(|line| is_heading(line)) {
        let Some(word) = line.words.first_mut() else {
            continue;
        };
        // A single L is the first of the sections, or one of A to L.
        let read = match word.text.as_str() {
            "L." if last == 0 && !lettered => "I.",
            read => read,
        };
        let Some(strokes) = read.strip_suffix('.').and_then(strokes) else {
            continue;
        };
        let next = last + 1;
        // An H may stand for one stroke too many: IH for II, after I.
        let one_more = last > 0 && strokes == next + 1 && read.contains('H');
        let slip = next <= 3 && (strokes == next || strokes + 1 == next || one_more);
        last = if slip { next } else { strokes };
        if slip {
            word.rewrite(format!("{}.", "I".repeat(next)));
        }
    }
}

/// An `I.` before running text is the first of a list when the list goes on with `2.`
fn mend_first_items(lines: &mut [Line]) {
    let heads: Vec<usize> = (0..lines.len())
        .filter(|index| lines.get(*index).is_some_and(has_number))
        .collect();
    let mut before = 0;
    for pair in heads.windows(2) {
        let goes_on = lines
            .get(pair[1])
            .and_then(|line| line.words.first())
            .is_some_and(|word| word.text == "2.");
        let above = std::mem::take(&mut before);
        let begins = pair[0]
            .checked_sub(1)
            .and_then(|at| lines.get(at))
            .is_some_and(|line| is_heading(line) || announces(line));
        let Some(line) = lines.get_mut(pair[0]).filter(|line| !is_heading(line)) else {
            continue;
        };
        let Some(word) = line.words.first_mut() else {
            continue;
        };
        let number = word
            .text
            .strip_suffix('.')
            .and_then(|text| text.parse().ok());
        before = number.unwrap_or(0);
        // A 5 before 2 is a 1 where a list begins; elsewhere it may end a list within the list.
        let misread = match number {
            Some(number) => (3..=9).contains(&number) && above + 1 != number && begins,
            None => matches!(word.text.as_str(), "I." | "l." | "|."),
        };
        if goes_on && misread {
            word.rewrite("1.");
            before = 1;
        }
    }
}

/// A colon at the end of a line announces a list.
fn announces(line: &Line) -> bool {
    line.words
        .last()
        .is_some_and(|word| word.text.ends_with(':'))
}

/// `VIH` and the like: after V no H can stand in a Roman numeral, and no Vietnamese word is spelled so.
fn after_five(text: &str) -> Option<String> {
    let core = text.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let rest = core.strip_prefix('V')?;
    let numeral = rest.contains('H') && rest.chars().all(|c| c == 'I' || c == 'H');
    let ones = strokes(rest).filter(|ones| numeral && *ones <= 3)?;
    Some(format!(
        "V{}{}",
        "I".repeat(ones),
        text.get(core.len()..).unwrap_or_default()
    ))
}

/// How many strokes a run of I and what looks like it has.
fn strokes(text: &str) -> Option<usize> {
    let count = |c: char| match c {
        'I' | 'l' | '|' | '1' => Some(1),
        'H' => Some(2),
        _ => None,
    };
    let sum = text.chars().map(count).sum::<Option<usize>>()?;
    (1..=4).contains(&sum).then_some(sum)
}

fn has_number(line: &Line) -> bool {
    line.words.first().is_some_and(|word| {
        word.text.strip_suffix('.').is_some_and(|text| {
            !text.is_empty()
                && (text.chars().all(|c| c.is_ascii_digit()) || strokes(text).is_some())
        })
    })
}

/// A number followed by capitals only.
fn is_heading(line: &Line) -> bool {
    let mut letters = line
        .words
        .iter()
        .skip(1)
        .flat_map(|word| word.text.chars())
        .filter(|c| c.is_alphabetic())
        .peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    fn page(lines: &[&str]) -> Vec<Line> {
        let word = |text: &str| Word {
            text: text.into(),
            bbox: Rect::default(),
            confidence: 0.9,
            ..Word::default()
        };
        let line = |text: &&str| Line {
            words: text.split(' ').map(word).collect(),
            baseline: [Point::default(); 2],
            block: 0,
        };
        lines.iter().map(line).collect()
    }

    fn read(lines: &[&str]) -> Vec<String> {
        mended(page(lines)).iter().map(Line::text).collect()
    }

    #[test]
    fn sections_count_up() {
        let lines = [
            "I. MỤC ĐÍCH",
            "H. NỘI DUNG",
            "1. Cứng hóa đường trục",
            "II. TỔ CHỨC THỰC HIỆN",
        ];
        let expected = [
            "I. MỤC ĐÍCH",
            "II. NỘI DUNG",
            "1. Cứng hóa đường trục",
            "III. TỔ CHỨC THỰC HIỆN",
        ];
        assert_eq!(read(&lines), expected);
    }

    #[test]
    fn sections_that_begin_anew_and_single_letters_stay() {
        let lines = [
            "I. PHẦN MỘT",
            "II. PHẦN HAI",
            "III. PHẦN BA",
            "I. PHẦN MỘT",
            "G. HỒ SƠ",
            "V. KINH PHÍ",
        ];
        assert_eq!(read(&lines), lines);
    }

    #[test]
    fn an_item_is_first_when_a_second_follows() {
        assert_eq!(
            read(&["I. Giao Sở Nội vụ", "chủ trì;", "2. Phối hợp"])[0],
            "1. Giao Sở Nội vụ"
        );
        assert_eq!(
            read(&["I. Giao Sở Nội vụ", "II. Phối hợp"])[0],
            "I. Giao Sở Nội vụ"
        );
    }

    #[test]
    fn numbers_that_stick_to_headings_are_parted_and_first_items_mended() {
        let lines = [
            "I.MỤC ĐÍCH",
            "5. Tiếp tục",
            "2. Phối hợp",
            "II. NỘI DUNG",
            "4. Một",
            "5. Hai",
            "2. Ba",
        ];
        let expected = [
            "I. MỤC ĐÍCH",
            "1. Tiếp tục",
            "2. Phối hợp",
            "II. NỘI DUNG",
            "4. Một",
            "5. Hai",
            "2. Ba",
        ];
        assert_eq!(read(&lines), expected);
        assert_eq!(
            read(&["1.MỤC ĐÍCH", "HI. NỘI DUNG"]),
            ["I. MỤC ĐÍCH", "II. NỘI DUNG"]
        );
        let stay = ["Q.TÂN BÌNH", "1.Cứng hóa", "1.5 TRIỆU"];
        assert_eq!(read(&stay), stay);
    }

    #[test]
    fn points_and_items_count_up() {
        let lines = [
            "a) Một;",
            "b) hai;",
            "c) ba;",
            "đ) bốn;",
            "d) năm;",
            "e) sáu;",
            "g) bảy;",
            "h) tám;",
            "1) chín;",
        ];
        let read: Vec<String> = read(&lines)
            .iter()
            .map(|line| line.chars().take(2).collect())
            .collect();
        assert_eq!(read, ["a)", "b)", "c)", "d)", "đ)", "e)", "g)", "h)", "i)"]);
        assert_eq!(
            self::read(&["đ) Tiếp theo", "1) một", "7. bảy", "§. Tám", "9, Chín"]),
            ["đ) Tiếp theo", "1) một", "7. bảy", "8. Tám", "9. Chín"]
        );
        assert_eq!(
            self::read(&["L. MỤC ĐÍCH", "IH. NỘI DUNG", "HI. TỔ CHỨC"]),
            ["I. MỤC ĐÍCH", "II. NỘI DUNG", "III. TỔ CHỨC"]
        );
        let lettered = ["K. HỒ SƠ", "L. PHỤ LỤC"];
        assert_eq!(self::read(&lettered), lettered);
    }

    #[test]
    fn numerals_after_five() {
        assert_eq!(
            read(&["khu vực VIH;", "quý VH.", "vực lI;", "VHTT", "VI", "ll"]),
            ["khu vực VIII;", "quý VII.", "vực II;", "VHTT", "VI", "ll"]
        );
    }
}
