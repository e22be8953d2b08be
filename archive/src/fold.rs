//! Letters as search compares them: one place for tone marks, or none at all; `đ` is a letter of its own.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The words of a text in small letters, NFC, tone marks where the older spelling sets them (`hòa`, not `hoà`).
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    places(text).map(|(word, _)| word)
}

/// The words of a text as [`words`] has them, each with its byte range in the text.
pub fn places(text: &str) -> impl Iterator<Item = (String, std::ops::Range<usize>)> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while rest.peek().is_some_and(|(_, letter)| !belongs(*letter)) {
            rest.next();
        }
        let (start, _) = *rest.peek()?;
        let mut end = start;
        while let Some((at, letter)) = rest.peek().copied().filter(|(_, letter)| belongs(*letter)) {
            end = at + letter.len_utf8();
            rest.next();
        }
        let word = text.get(start..end).unwrap_or_default();
        Some((one_spelling(word), start..end))
    })
}

/// A word without any mark: `đ` becomes `d`, `ế` becomes `e`.
#[must_use]
pub fn bare(word: &str) -> String {
    if word.is_ascii() {
        return word.to_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            'đ' => out.push('d'),
            letter if letter.is_ascii() => out.push(letter),
            letter => decompose_canonical(letter, |part| {
                if !is_combining_mark(part) {
                    out.push(part);
                }
            }),
        }
    }
    out
}

/// A whole text as [`bare`] words with single spaces: what names and numbers are compared by.
#[must_use]
pub fn plain(text: &str) -> String {
    let all: Vec<String> = words(text).map(|word| bare(&word)).collect();
    all.join(" ")
}

fn belongs(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// Small letters, NFC, and the tone mark of an open `oa`, `oe`, `uy` on its first vowel. Both spellings are in use; they
/// differ nowhere else, and after `q` the `u` is no vowel.
fn one_spelling(word: &str) -> String {
    if word.is_ascii() {
        return word.to_lowercase();
    }
    let word: String = match is_nfc_quick(word.chars()) {
        // Most texts are: small letters of composed letters are composed too.
        IsNormalized::Yes => word.to_lowercase(),
        _ => word.nfc().flat_map(char::to_lowercase).nfc().collect(),
    };
    let mut letters: Vec<char> = word.chars().collect();
    if let [.., before, last] = letters.as_mut_slice() {
        let moved = split(*last).and_then(|(vowel, tone)| match (*before, vowel) {
            ('o', 'a' | 'e') | ('u', 'y') => Some((vowel, tone)),
            _ => None,
        });
        if let Some((vowel, tone)) = moved {
            let with_tone = unicode_normalization::char::compose(*before, tone);
            let after_q = *before == 'u' && word.starts_with("qu") && letters.len() == 3;
            if let (Some(first), false) = (with_tone, after_q) {
                letters.pop();
                letters.pop();
                letters.push(first);
                letters.push(vowel);
                return letters.into_iter().collect();
            }
        }
    }
    word
}

/// A vowel and its tone mark, where it has one and nothing else.
fn split(letter: char) -> Option<(char, char)> {
    let mut parts = std::iter::once(letter).nfd();
    let (vowel, mark) = (parts.next()?, parts.next()?);
    let tone = matches!(
        mark,
        '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'
    );
    (tone && parts.next().is_none()).then_some((vowel, mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_places_of_a_tone_mark_are_one_word() {
        let same = [
            ("hoà", "hòa"),
            ("HOÀ", "hòa"),
            ("khoẻ", "khỏe"),
            ("Thuý", "thúy"),
            ("thuỷ", "thủy"),
        ];
        for (left, right) in same {
            assert_eq!(words(left).next(), words(right).next(), "{left}");
        }
        // Decomposed letters are the same words too.
        assert_eq!(words("Quye\u{302}\u{301}t").next().unwrap(), "quyết");
        for kept in ["quý", "hoàn", "toán", "tuyết", "loè loẹt"] {
            assert_eq!(
                words(kept).last().unwrap(),
                kept.split(' ').next_back().unwrap()
            );
        }
    }

    #[test]
    fn folding_takes_every_mark_and_the_stroke() {
        assert_eq!(
            plain("Quyết định số 15/QĐ-UBND"),
            "quyet dinh so 15 qd ubnd"
        );
        assert_eq!(plain("ĐƯỜNG Nguyễn Huệ"), "duong nguyen hue");
        assert_eq!(plain("  …  "), "");
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "Thừa Thiên—Huế, 2025";
        let cut: Vec<&str> = places(text).map(|(_, range)| &text[range]).collect();
        assert_eq!(cut, ["Thừa", "Thiên", "Huế", "2025"]);
    }
}
