//! From the words of a value to the value: names, dates, numbers in the form that records keep.

use super::anchors::Reading;
use super::dates::{self, like_digit};
use super::identity;
use super::labels::Shape;
use crate::classify::fold::folded;
use crate::classify::leaf::Token;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    /// As the record keeps it.
    pub(super) value: String,
    /// Which of the reading's words it was made from.
    pub(super) words: (usize, usize),
    /// 0 to 1: how well the words fit what is expected.
    pub(super) fit: f32,
}

/// The value that the words of a reading make in a shape; `None` when they make none.
pub(super) fn value(reading: &Reading, shape: Shape) -> Option<Value> {
    let tokens = &reading.tokens;
    match shape {
        Shape::Name => name(tokens),
        Shape::Date => day(tokens),
        Shape::Sex => sex(tokens),
        Shape::Text => text(tokens, TEXT_WORDS),
        Shape::Place => text(tokens, PLACE_WORDS),
        Shape::Id => id(tokens),
        Shape::Code => code(tokens),
        Shape::Area => area(tokens),
        Shape::Money => money(tokens),
        Shape::Span => span(tokens),
        Shape::Stop => None,
    }
}

fn name(tokens: &[Token]) -> Option<Value> {
    let mut words: Vec<String> = Vec::new();
    let mut behind = 0;
    for token in tokens.iter().take(NAME_WORDS) {
        let word = trimmed(&token.text);
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let fine = letters > 0
            && word
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | '’'))
            && word.chars().next().is_some_and(char::is_uppercase);
        if token.key.is_empty() && words.is_empty() {
            behind += 1;
            continue;
        }
        if !fine {
            break;
        }
        words.push(word.to_owned());
        behind += 1;
        if token.text.ends_with([',', ';', ':']) {
            break;
        }
    }
    // Forms address whom they are given to.
    while words.len() > 2
        && matches!(
            folded(words.first()?).as_str(),
            "ong" | "ba" | "mr" | "ms" | "mrs" | "anh" | "chi"
        )
    {
        words.remove(0);
    }
    if words.is_empty() {
        return None;
    }
    let first = behind - words.len();
    if let Some(word) = words.first_mut()
        && let Some(family) = super::names::family(word)
    {
        *word = family;
    }
    let capitals = words
        .iter()
        .all(|word| word.chars().all(|c| !c.is_lowercase()));
    let titled = words
        .iter()
        .all(|word| word.chars().skip(1).all(|c| !c.is_uppercase()));
    let fit = match words.len() {
        3..=5 if capitals || titled => 1.0,
        // Few names have two words; more have lost one.
        2 if capitals || titled => 0.9,
        2..=6 => 0.75,
        _ => 0.5,
    };
    Some(Value {
        value: words.join(" "),
        words: (first, behind),
        fit,
    })
}

fn day(tokens: &[Token]) -> Option<Value> {
    let text = joined(tokens);
    if let Some(found) = dates::date(&text) {
        return Some(Value {
            value: found.date.iso(),
            words: found.words,
            fit: if found.mended { 0.6 } else { 1.0 },
        });
    }
    if let Some(date) = dates::date_in_words(&text) {
        return Some(Value {
            value: date.iso(),
            words: (0, tokens.len()),
            fit: 0.8,
        });
    }
    let index = tokens
        .iter()
        .take(2)
        .position(|token| dates::year(&token.text).is_some())?;
    let token = tokens.get(index)?;
    // A year alone; a day whose rest was lost has more figures around it.
    let lone = token.text.chars().filter(char::is_ascii_digit).count() == 4
        && tokens
            .get(index + 1)
            .is_none_or(|next| !next.text.contains(|c: char| c.is_ascii_digit()));
    lone.then(|| {
        Some(Value {
            value: dates::year(&token.text)?.to_string(),
            words: (index, index + 1),
            fit: 0.9,
        })
    })?
}

/// `từ ngày 2024-01-01 đến ngày 2024-12-31`.
fn span(tokens: &[Token]) -> Option<Value> {
    let dates = dates::dates(&joined(tokens));
    let first = dates.first()?;
    let (value, behind) = match dates.get(1) {
        Some(last) => (
            format!("từ ngày {} đến ngày {}", first.date.iso(), last.date.iso()),
            last.words.1,
        ),
        None => (format!("từ ngày {}", first.date.iso()), first.words.1),
    };
    Some(Value {
        value,
        words: (first.words.0, behind),
        fit: if first.mended { 0.6 } else { 1.0 },
    })
}

fn sex(tokens: &[Token]) -> Option<Value> {
    let (index, value) = tokens
        .iter()
        .take(3)
        .enumerate()
        .find_map(|(index, token)| {
            Some((
                index,
                match token.key.as_str() {
                    "nam" | "male" | "m" | "nam/m" | "namm" => "Nam",
                    "nu" | "female" | "f" | "nuf" => "Nữ",
                    _ => return None,
                },
            ))
        })?;
    Some(Value {
        value: value.to_owned(),
        words: (index, index + 1),
        fit: if index == 0 { 1.0 } else { 0.8 },
    })
}

fn text(tokens: &[Token], most: usize) -> Option<Value> {
    // What stands behind a lone stroke is the same in another language.
    let other = tokens
        .iter()
        .position(|token| token.text == "/")
        .filter(|at| *at > 0);
    let end = other.unwrap_or(tokens.len()).min(most);
    let words = tokens.get(..end)?;
    let text = joined(words);
    let text = text
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | ')' | '/' | '%'))
        .to_owned();
    let text = text.trim_start_matches(['/', ')']).trim().to_owned();
    if folded(&text).is_empty() {
        return None;
    }
    let letters = text
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_whitespace())
        .count();
    let fit = letters as f32 / text.chars().count().max(1) as f32;
    Some(Value {
        value: text,
        words: (0, end),
        fit: fit.powi(2),
    })
}

/// Twelve digits, or nine; figures may be set in groups, and a look-alike letter among many digits is a digit.
fn id(tokens: &[Token]) -> Option<Value> {
    let mut best: Option<Value> = None;
    for start in 0..tokens.len().min(ID_REACH) {
        let mut digits = String::new();
        let mut mended = 0;
        for (index, token) in tokens.iter().enumerate().skip(start) {
            let Some((more, letters)) = figures(&token.text) else {
                break;
            };
            digits += &more;
            mended += letters;
            let fine = match digits.len() {
                9 => tokens
                    .get(index + 1)
                    .is_none_or(|next| figures(&next.text).is_none()),
                12 => true,
                _ => false,
            };
            if fine {
                let fit = match (digits.len(), mended) {
                    (12, 0) if identity::plausible(&digits) => 1.0,
                    (12, 0) => 0.7,
                    (9, 0) => 0.9,
                    _ => 0.5,
                };
                if best.as_ref().is_none_or(|best| best.fit < fit) {
                    best = Some(Value {
                        value: digits.clone(),
                        words: (start, index + 1),
                        fit,
                    });
                }
            }
            if digits.len() >= 12 {
                break;
            }
        }
    }
    best
}

/// The digits of a word that is all digits but for a few look-alike letters, and how many letters there were.
fn figures(text: &str) -> Option<(String, usize)> {
    let text = trimmed(text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let mut figures = String::new();
    let mut letters = 0;
    for letter in text.chars().filter(|c| !matches!(c, '.' | ' ')) {
        figures.push(like_digit(letter)?);
        letters += usize::from(!letter.is_ascii_digit());
    }
    (digits > 0 && digits >= letters * 3).then_some((figures, letters))
}

/// A code: words that belong together without spaces. It ends where words in small letters begin.
fn code(tokens: &[Token]) -> Option<Value> {
    let mut code = String::new();
    let mut behind = 0;
    for token in tokens.iter().take(CODE_WORDS) {
        let word = token
            .text
            .trim_matches(|c: char| matches!(c, ':' | '…' | '_' | '“' | '"'));
        let small = word.chars().filter(|c| c.is_lowercase()).count();
        if word.chars().filter(|c| c.is_alphabetic()).count() > 0
            && small * 2 > word.chars().count()
        {
            break;
        }
        // `BK100599 HIỆU TRƯỞNG`: behind a number, words are those of the column beside it.
        let apart = word.chars().count() > 3 && word.chars().all(char::is_alphabetic);
        if apart && code.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        let dots = !word.is_empty() && word.chars().all(|c| c == '.');
        if dots && !code.is_empty() {
            break;
        }
        if !dots {
            // Letters and figures of one code may stand apart: `CH 00120`, `GD 4 01 0123456789`.
            if !code.is_empty()
                && !word.starts_with(['/', '-', '.'])
                && !code.ends_with(['/', '-', '.'])
            {
                code.push(' ');
            }
            code.push_str(word);
        }
        behind += 1;
        if token.text.ends_with([',', ';']) {
            break;
        }
    }
    let value = code.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    if digits == 0 && !(1..=3).contains(&letters) {
        return None;
    }
    Some(Value {
        value,
        words: (0, behind),
        fit: if digits > 0 { 1.0 } else { 0.6 },
    })
}

/// Square metres as printed, without the unit.
fn area(tokens: &[Token]) -> Option<Value> {
    let (index, token) = tokens
        .iter()
        .enumerate()
        .take(3)
        .find(|(_, token)| token.text.contains(|c: char| c.is_ascii_digit()))?;
    let number: String = token
        .text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
        .collect();
    let unit = token.text.contains('m')
        || tokens
            .get(index + 1)
            .is_some_and(|next| next.key.starts_with('m'));
    Some(Value {
        value: number.trim_end_matches([',', '.']).to_owned(),
        words: (index, index + 1),
        fit: if unit { 1.0 } else { 0.7 },
    })
}

/// A sum as printed: figures with dots, and its unit.
fn money(tokens: &[Token]) -> Option<Value> {
    let from = tokens
        .iter()
        .position(|token| token.text.contains(|c: char| c.is_ascii_digit()))?;
    let mut figures = String::new();
    let mut behind = from;
    for token in tokens.get(from..)? {
        let text = trimmed(&token.text);
        if !text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        {
            break;
        }
        figures.push_str(text);
        behind += 1;
    }
    let unit = tokens
        .get(behind)
        .map(|token| trimmed(&token.text))
        .filter(|unit| matches!(folded(unit).as_str(), "dong" | "vnd" | "usd" | "d"));
    let value = match unit {
        Some(unit) => format!("{figures} {}", unit.to_lowercase()),
        None => figures,
    };
    let fit = if unit.is_some() { 1.0 } else { 0.7 };
    (!value.is_empty()).then_some(Value {
        value,
        words: (from, behind + usize::from(unit.is_some())),
        fit,
    })
}

fn joined(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    words.join(" ")
}

/// A word without the marks around it.
fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Longest value on one line, words.
const TEXT_WORDS: usize = 14;
/// Longest place or address, words.
const PLACE_WORDS: usize = 40;
/// Longest name, words, with titles before it.
const NAME_WORDS: usize = 8;
/// Words in which an identity number must begin: `Căn cước công dân số ...`.
const ID_REACH: usize = 8;
/// Longest code, words.
const CODE_WORDS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, shape: Shape) -> Option<String> {
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
        value(&Reading { tokens }, shape).map(|value| value.value)
    }

    #[test]
    fn names_end_where_names_end() {
        assert_eq!(
            read("ĐẶNG MINH KHÔI", Shape::Name).as_deref(),
            Some("ĐẶNG MINH KHÔI")
        );
        assert_eq!(read("ông Nguyễn Văn An, sinh năm", Shape::Name), None);
        assert_eq!(
            read("Nguyễn Văn An, sinh năm 1990", Shape::Name).as_deref(),
            Some("Nguyễn Văn An")
        );
        assert_eq!(
            read("Ông Nguyễn Văn An", Shape::Name).as_deref(),
            Some("Nguyễn Văn An")
        );
        assert_eq!(read("..... 12", Shape::Name), None);
    }

    #[test]
    fn days_and_years_are_told_apart() {
        assert_eq!(
            read("25/4/2025", Shape::Date).as_deref(),
            Some("2025-04-25")
        );
        assert_eq!(read("1960", Shape::Date).as_deref(), Some("1960"));
        assert_eq!(read("1960 12", Shape::Date), None);
        assert_eq!(
            read("05 giờ 30 phút, ngày 01 tháng 02 năm 2024", Shape::Date).as_deref(),
            Some("2024-02-01")
        );
    }

    #[test]
    fn identity_numbers_have_twelve_or_nine_digits() {
        assert_eq!(
            read("040225015952", Shape::Id).as_deref(),
            Some("040225015952")
        );
        assert_eq!(
            read("Căn cước số 076089015004, cấp", Shape::Id).as_deref(),
            Some("076089015004")
        );
        assert_eq!(read("012 345 678", Shape::Id).as_deref(), Some("012345678"));
        assert_eq!(
            read("04O225015952", Shape::Id).as_deref(),
            Some("040225015952")
        );
        assert_eq!(read("0402250159", Shape::Id), None);
    }

    #[test]
    fn codes_keep_their_strokes_and_lose_their_spaces_at_them() {
        assert_eq!(read("181 /2025", Shape::Code).as_deref(), Some("181/2025"));
        assert_eq!(read("CH 00120", Shape::Code).as_deref(), Some("CH 00120"));
        assert_eq!(
            read("KT.1276/2025", Shape::Code).as_deref(),
            Some("KT.1276/2025")
        );
        assert_eq!(read("12 tờ bản đồ", Shape::Code).as_deref(), Some("12"));
        assert_eq!(read(".......", Shape::Code), None);
    }

    #[test]
    fn figures_with_units() {
        assert_eq!(
            read("630,3 m² (bằng chữ", Shape::Area).as_deref(),
            Some("630,3")
        );
        assert_eq!(
            read("1.000.000.000 đồng", Shape::Money).as_deref(),
            Some("1.000.000.000 đồng")
        );
        assert_eq!(read("Nữ", Shape::Sex).as_deref(), Some("Nữ"));
    }
}
