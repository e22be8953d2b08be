//! Number and symbol: `Số: 15/QĐ-BNV`, `05/BNV-VP`, `30/2020/NĐ-CP`, the Party's `40-HD/VPTW`.
//!
//! Decree 30/2020/NĐ-CP, annex I, II.3; law on normative documents; guidance 36-HD/VPTW.

use crate::classify::fold::folded;
use crate::classify::kinds::{KINDS, Kind};
use crate::classify::leaf::{Letters, Row};
use crate::document::Rect;

use super::digits::{Number, number};

/// A symbol as it stands in its row.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The row it was read from.
    pub row: Row,
    /// `Số` stands before it.
    pub labelled: bool,
    /// What stands before the first slash.
    pub number: Numeral,
    /// The year of normative documents.
    pub year: Option<Number>,
    /// The type that the first group names, and how surely.
    pub kind: Option<(&'static Kind, f32)>,
    /// Groups of the symbol after the type, or all without one: body, drafting unit.
    pub groups: Vec<String>,
    /// The Party's `QĐi` stands for the type.
    pub small: bool,
    /// The groups are joined by slashes, as in papers of before 2005: `QĐ/UB`.
    pub slashed: bool,
    /// Number, type, slash, body: as the Party writes.
    pub party: bool,
    /// The least certain word of the symbol after the number.
    pub confidence: f32,
}

/// The number of a symbol.
#[derive(Clone, Debug, Default)]
pub struct Numeral {
    /// As read, without spaces.
    pub text: String,
    /// Its digits (with a letter after them, when there is one), as they would be printed.
    pub value: Option<String>,
    /// See [`Number::purity`].
    pub purity: f32,
    /// The least certain of its words; 0 without any.
    pub confidence: f32,
    /// Level px; the gap when nothing was read.
    pub level: Rect,
    /// Shown px; the gap when nothing was read.
    pub shown: Rect,
    /// No space between it and the symbol behind it: what comes out of one machine does.
    pub attached: bool,
}

/// The row of the left column that bears the symbol.
pub fn row_of(rows: &[Row]) -> Option<usize> {
    rows.iter()
        .enumerate()
        .map(|(index, row)| (index, weight(row)))
        .filter(|&(_, weight)| weight >= 2.0)
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        .map(|(index, _)| index)
}

fn weight(row: &Row) -> f32 {
    let letters = row.letters();
    let label = label(&letters);
    // `Số chứng thực`, `Số vào sổ`, `Số đến` are other numbers.
    if label > 0
        && ["chungthuc", "vaoso", "den", "hieu"].iter().any(|word| {
            letters
                .key_from(label)
                .trim_start_matches('.')
                .starts_with(word)
        })
    {
        return 0.0;
    }
    let Some(symbol) = parse(row) else {
        return if label > 0 && row.tokens.len() <= 4 {
            1.9
        } else {
            0.0
        };
    };
    let grammar = f32::from(u8::from(!symbol.groups.is_empty()));
    let kind = symbol.kind.map_or(0.0, |(_, how)| how);
    let short = if letters.raw.len() < 36 { 0.0 } else { -1.5 };
    1.2 * f32::from(u8::from(symbol.labelled))
        + 1.2 * grammar
        + kind
        + short
        + 0.3 * f32::from(u8::from(symbol.number.value.is_some()))
}

/// How many letters the word `Số` and what follows it take at the beginning, 0 when it is not there.
fn label(letters: &Letters) -> usize {
    let mut start = letters.key.iter().position(|&key| key != b'.').unwrap_or(0);
    if start > 2 {
        return 0;
    }
    // `Luật số: 14/2008/QH12`.
    for named in ["luatso", "phaplenhso", "nghiquyetso", "boluatso"] {
        if letters.key_from(start).starts_with(named) {
            start += named.len() - 2;
        }
    }
    let s = letters
        .key
        .get(start)
        .is_some_and(|key| matches!(key, b's' | b'5'));
    // The engine reads the vowel as what is round or has a mark.
    let o = letters
        .key
        .get(start + 1)
        .is_some_and(|key| matches!(key, b'o' | b'0' | b'6' | b'd'));
    if !(s && o) {
        return 0;
    }
    let rest = letters.raw.get(start + 2..).unwrap_or_default();
    let marks = rest
        .iter()
        .take_while(|letter| matches!(letter, ':' | '.' | ';' | ',' | '\'' | '`' | '…' | '_'))
        .count();
    start + 2 + marks
}

/// Reads a row as number and symbol; `None` when it has nothing of their form.
pub fn parse(row: &Row) -> Option<Symbol> {
    let mut letters = row.letters();
    for letter in &mut letters.raw {
        *letter = unified(*letter);
    }
    let after_label = label(&letters);
    let raw = &letters.raw;
    let slash = slash_before_letters(raw, after_label);
    let (number_end, from, party) = match (slash, dash_of_party(raw, after_label)) {
        (_, Some(dash)) => (dash, dash + 1, true),
        (Some(slash), None) => (slash, slash + 1, false),
        // `55QĐ-TTg`: the slash was lost.
        (None, None) => {
            let at = capital_after_digit(raw, after_label)?;
            (at, at, false)
        }
    };
    let mut symbol = Symbol {
        row: row.clone(),
        labelled: after_label > 0,
        number: Numeral::default(),
        year: None,
        kind: None,
        groups: Vec::new(),
        small: false,
        slashed: false,
        party,
        confidence: 0.0,
    };
    let number_end = symbol.read_year(&letters, after_label, number_end);
    symbol.number = numeral(row, &letters, after_label, number_end);
    symbol.read_groups(row, &letters, from);
    let looks = symbol.labelled || symbol.number.value.is_some();
    (looks && (symbol.kind.is_some() || !symbol.groups.is_empty())).then_some(symbol)
}

impl Symbol {
    /// Splits `02/2010` and takes the year; where the number ends.
    fn read_year(&mut self, letters: &Letters, from: usize, to: usize) -> usize {
        let inside = letters.raw.get(from..to).unwrap_or_default();
        let Some(at) = inside.iter().rposition(|&letter| letter == '/') else {
            return to;
        };
        let year = number(&letters.text(from + at + 1..to))
            .filter(|year| year.digits == 4 && (1945..2100).contains(&year.value));
        if year.is_some() {
            self.year = year;
            return from + at;
        }
        to
    }

    fn read_groups(&mut self, row: &Row, letters: &Letters, from: usize) {
        let text = letters.text(from..letters.raw.len());
        let text = text.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        let end = from + text.chars().count();
        self.confidence = row
            .part(letters.words(from..end))
            .tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .map(|token| token.confidence)
            .fold(1.0, f32::min);
        let mut groups: Vec<String> = text
            .split(['-', '/'])
            .map(|group| {
                group
                    .trim_matches(|letter: char| !letter.is_alphanumeric())
                    .to_owned()
            })
            .filter(|group| !group.is_empty())
            .collect();
        self.slashed = !self.party && !text.contains('-') && text.contains('/');
        self.small = groups.first().is_some_and(|group| folded(group) == "qdi");
        self.kind = groups.first().and_then(|group| kind_of(group));
        // A lone group is a body, unless nothing else could be one.
        if self.kind.is_some() {
            groups.remove(0);
        }
        groups.truncate(6);
        self.groups = groups;
    }
}

/// One form for each of the strokes that stand between groups.
fn unified(letter: char) -> char {
    match letter {
        '–' | '—' | '−' | '‐' | '‑' | '¬' | '~' | '=' => '-',
        '⁄' | '∕' | '\\' | '／' => '/',
        'Ð' | 'Ɖ' => 'Đ',
        other => other,
    }
}

/// The first slash with a capital behind it.
fn slash_before_letters(raw: &[char], from: usize) -> Option<usize> {
    (from..raw.len()).find(|&at| {
        let next = (at + 1..raw.len()).find_map(|next| {
            raw.get(next)
                .filter(|letter| !matches!(letter, '-' | '.' | '/'))
        });
        raw.get(at) == Some(&'/') && next.is_some_and(|letter| letter.is_uppercase())
    })
}

/// The dash of `40-HD/VPTW`: digits before it, capitals and a slash behind it.
fn dash_of_party(raw: &[char], from: usize) -> Option<usize> {
    let dash = (from..raw.len()).find(|&at| raw.get(at) == Some(&'-'))?;
    let before = raw.get(from..dash).unwrap_or_default();
    let behind = raw.get(dash + 1..).unwrap_or_default();
    let slash = behind.iter().position(|&letter| letter == '/')?;
    let name: String = behind.get(..slash).unwrap_or_default().iter().collect();
    let digits = before.iter().any(char::is_ascii_digit) || before.is_empty();
    let clean = before
        .iter()
        .all(|letter| *letter != '/' && !letter.is_alphabetic());
    (digits && clean && kind_of(&name).is_some_and(|(_, how)| how > 0.8)).then_some(dash)
}

fn capital_after_digit(raw: &[char], from: usize) -> Option<usize> {
    let at = (from + 1..raw.len()).find(|&at| {
        raw.get(at).is_some_and(|letter| letter.is_uppercase())
            && raw.get(at - 1).is_some_and(char::is_ascii_digit)
    })?;
    let name: String = raw
        .get(at..)?
        .iter()
        .take_while(|letter| letter.is_alphabetic())
        .collect();
    kind_of(&name)
        .is_some_and(|(_, how)| how > 0.8)
        .then_some(at)
}

fn numeral(row: &Row, letters: &Letters, from: usize, to: usize) -> Numeral {
    let text = letters.text(from..to.max(from));
    let trimmed =
        text.trim_matches(|letter: char| matches!(letter, '.' | ':' | '_' | '…' | '/' | ',' | '-'));
    let words = letters.words(from..to.max(from));
    let inside = row.part(words.clone());
    let behind = letters.token.get(to).copied();
    let before = from
        .checked_sub(1)
        .and_then(|at| letters.token.get(at))
        .copied();
    if trimmed.is_empty() {
        let token = |index: Option<usize>| index.and_then(|index| row.tokens.get(index));
        let (before, behind) = (token(before), token(behind));
        let gap = |pick: fn(&crate::classify::leaf::Token) -> Rect| match (
            before.map(pick),
            behind.map(pick),
        ) {
            (Some(a), Some(b)) if b.x > a.x + a.w => Rect {
                x: a.x + a.w,
                y: a.y,
                w: b.x - a.x - a.w,
                h: a.h,
            },
            (Some(a), _) => Rect {
                x: a.x + a.w * 0.5,
                w: a.w * 0.5,
                ..a
            },
            (None, Some(b)) => Rect {
                x: b.x - 3.0 * b.h,
                w: 3.0 * b.h,
                ..b
            },
            (None, None) => Rect::default(),
        };
        return Numeral {
            text,
            level: gap(|token| token.level),
            shown: gap(|token| token.shown),
            ..Numeral::default()
        };
    }
    // A letter may follow the digits: `12a/QĐ-UB`.
    // A slash before the number is a stroke of the hand that wrote it.
    let slashed: f32 = if text.trim_start_matches([':', '.', ' ']).starts_with('/') {
        1.0
    } else {
        0.0
    };
    let letter = trimmed.chars().last().filter(|c| matches!(c, 'a'..='e'));
    let digits = letter.map_or(trimmed, |letter| trimmed.trim_end_matches(letter));
    let read = number(digits).filter(|read| read.digits <= 6);
    let last = words.end.checked_sub(1);
    let attached = last.is_some() && last == behind
        || last
            .and_then(|last| row.tokens.get(last))
            .zip(behind.and_then(|behind| row.tokens.get(behind)))
            .is_some_and(|(a, b)| b.level.x - a.level.x - a.level.w < 0.18 * a.level.h);
    Numeral {
        value: read.map(|read| {
            let width = read.digits;
            format!(
                "{:0width$}{}",
                read.value,
                letter.map_or(String::new(), String::from)
            )
        }),
        purity: read.map_or(0.0, |read| (read.purity - slashed).max(0.0)),
        confidence: inside
            .tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .map(|token| token.confidence)
            .fold(1.0, f32::min),
        level: inside.level(),
        shown: inside.shown(),
        attached,
        text,
    }
}

/// The type that a group names, and how surely: 1 as written, less for marks, case and single look-alikes.
pub fn kind_of(group: &str) -> Option<(&'static Kind, f32)> {
    let kinds = || KINDS.iter().filter(|kind| !kind.symbol.is_empty());
    if let Some(kind) = kinds().find(|kind| kind.symbol == group) {
        return Some((kind, 1.0));
    }
    // `CV` is written by the Party and by some offices, though the decree gives letters no abbreviation.
    if group == "CV" {
        return KINDS
            .iter()
            .find(|kind| kind.code == "CV")
            .map(|kind| (kind, 0.9));
    }
    // The Party tells `quy định` from `quyết định` by a small letter.
    if group.chars().count() == 3
        && group.ends_with(['i', 'ị', 'í'])
        && folded(group).starts_with("qd")
    {
        return kinds()
            .find(|kind| kind.code == "QyĐ")
            .map(|kind| (kind, 0.95));
    }
    // Engines stammer over the stroke: `QĐĐ`.
    if let Some(kind) =
        kinds().find(|kind| group.contains("ĐĐ") && kind.symbol == group.replace("ĐĐ", "Đ"))
    {
        return Some((kind, 0.85));
    }
    let upper = group.to_uppercase();
    if let Some(kind) = kinds().find(|kind| kind.symbol.to_uppercase() == upper) {
        return Some((kind, 0.95));
    }
    let plain = folded(group);
    if let Some(kind) = kinds().find(|kind| folded(kind.symbol) == plain) {
        return Some((kind, 0.85));
    }
    let near = |a: char, b: char| {
        ["QOG0", "ĐDBÐP", "TI1", "CGO", "HN", "KX"]
            .iter()
            .any(|set| set.contains(a) && set.contains(b))
    };
    kinds()
        .find(|kind| {
            let (a, b): (Vec<char>, Vec<char>) =
                (kind.symbol.chars().collect(), upper.chars().collect());
            let wrong = a.iter().zip(&b).filter(|(a, b)| a != b).count();
            // `L` alone and pairs of capitals are too near each other but for a mark or a tail.
            a.len() == b.len()
                && a.len() >= 2
                && wrong == 1
                && a.iter().zip(&b).all(|(&a, &b)| a == b || near(a, b))
                && (kind.symbol.contains('Đ') || a.len() > 2)
        })
        .map(|kind| (kind, 0.6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::leaf::Token;

    /// Words ten px a letter with gaps of one letter.
    fn row(text: &str) -> Row {
        let mut x = 0.0;
        let tokens = text
            .split(' ')
            .map(|word| {
                let w = word.chars().count() as f32 * 10.0;
                let level = Rect {
                    x,
                    y: 0.0,
                    w,
                    h: 20.0,
                };
                x += w + 10.0;
                Token {
                    text: word.to_owned(),
                    key: folded(word),
                    confidence: 0.9,
                    shown: level,
                    level,
                }
            })
            .collect();
        Row { tokens }
    }

    fn read(text: &str) -> (Option<String>, Option<u32>, &'static str, String) {
        let symbol = parse(&row(text)).unwrap();
        (
            symbol.number.value.clone(),
            symbol.year.map(|year| year.value),
            symbol.kind.map_or("", |(kind, _)| kind.code),
            symbol.groups.join("-"),
        )
    }

    #[test]
    fn the_grammar_of_the_decree_is_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read("Số: 15/QĐ-BNV"),
            (some("15"), None, "QĐ", "BNV".into())
        );
        assert_eq!(
            read("Số: 05/BNV-VP"),
            (some("05"), None, "", "BNV-VP".into())
        );
        assert_eq!(
            read("Số: 30/2020/NĐ-CP"),
            (some("30"), Some(2020), "NĐ", "CP".into())
        );
        assert_eq!(
            read("Số: 12a/TTr-SNV"),
            (some("12a"), None, "TTr", "SNV".into())
        );
        assert_eq!(
            read("Số 40-HD/VPTW"),
            (some("40"), None, "HD", "VPTW".into())
        );
        assert_eq!(read("Số: 123/QĐ/UB").3, "UB");
        assert_eq!(read("Luật số: 14/2008/QH12").1, Some(2008));
    }

    #[test]
    fn slips_are_seen_through() {
        assert_eq!(read("Sô : 22 /QD - TTg").2, "QĐ");
        assert_eq!(read("Só: 55QĐ-TTg").0.as_deref(), Some("55"));
        assert_eq!(read("số: l2/2010/ND–CP").2, "NĐ");
        assert_eq!(read("Số: 5959//QĐĐ-BVT").0.as_deref(), Some("5959"));
    }

    #[test]
    fn a_gap_is_no_number() {
        let symbol = parse(&row("Số: /QĐ-UBND")).unwrap();
        assert_eq!(symbol.number.value, None);
        assert_eq!(symbol.groups, ["UBND"]);
        let dotted = parse(&row("Số: ...../QĐ-UBND")).unwrap();
        assert_eq!(dotted.number.value, None);
    }

    #[test]
    fn other_numbers_are_passed_over() {
        let rows = [
            row("Số chứng thực: 123"),
            row("SỞ NỘI VỤ"),
            row("Số: 7/BC-SNV"),
        ];
        assert_eq!(row_of(&rows), Some(2));
    }

    #[test]
    fn types_are_known_by_their_abbreviation() {
        assert_eq!(kind_of("QD").unwrap().0.code, "QĐ");
        assert_eq!(kind_of("OĐ").unwrap().0.code, "QĐ");
        assert_eq!(kind_of("TTR").unwrap().0.code, "TTr");
        assert!(kind_of("UBND").is_none());
        assert!(kind_of("BNV").is_none());
    }
}
