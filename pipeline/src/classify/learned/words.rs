//! The features of a text: hashes of folded syllables, alone and in pairs, by where they stand.

use crate::classify::fold::folded;

/// The features of a paper, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Sorted.
    pub(super) features: Vec<u32>,
}

impl Words {
    /// The features of the pages of a paper, given as their lines.
    pub fn of<P, L>(pages: impl IntoIterator<Item = P>) -> Self
    where
        P: IntoIterator<Item = L>,
        L: AsRef<str>,
    {
        let mut features = Vec::new();
        for (page, lines) in pages.into_iter().enumerate() {
            let mut number = 0;
            for line in lines.into_iter().take(LINES) {
                if line_features(
                    line.as_ref(),
                    page == 0 && number < HEAD_LINES,
                    &mut features,
                ) {
                    number += 1;
                }
            }
        }
        features.sort_unstable();
        features.dedup();
        Self { features }
    }

    /// The features of a text in which pages are parted by form feeds.
    pub fn of_text(text: &str) -> Self {
        Self::of(text.split('\u{c}').take(super::PAGES).map(str::lines))
    }
}

/// Adds the features of a line; whether it has any.
fn line_features(line: &str, head: bool, features: &mut Vec<u32>) -> bool {
    let words: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.chars().any(|c| c.is_ascii_digit()))
        .map(folded)
        .filter(|word| !word.is_empty())
        .take(LINE_WORDS)
        .collect();
    let shouted = !line.chars().any(char::is_lowercase) && words.len() > 1;
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map_or("", String::as_str);
        features.push(hash(b'a', word, ""));
        if head {
            features.push(hash(b'h', word, ""));
        }
        if !next.is_empty() {
            features.push(hash(b'a', word, next));
            if shouted {
                features.push(hash(b'c', word, next));
            }
        }
        if index == 0 {
            // How a line begins: labels of forms, titles.
            features.push(hash(b'b', word, next));
        }
    }
    !words.is_empty()
}

/// FNV-1a of 32 bits.
fn hash(place: u8, word: &str, next: &str) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let bytes = [place]
        .into_iter()
        .chain(word.bytes())
        .chain([b' '])
        .chain(next.bytes());
    for byte in bytes {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

/// Lines of a page that count; a dense page has about 60.
const LINES: usize = 120;
/// Lines of the first page that are its head.
const HEAD_LINES: usize = 10;
/// Words of a line that count.
const LINE_WORDS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_numbers_make_no_difference() {
        let a = Words::of_text("GIẤY KHAI SINH\nSố: 12/2020");
        let b = Words::of_text("GIAY KHAI SINH\nSo: 345/2021");
        assert_eq!(a, b);
        assert_ne!(a, Words::of_text("GIẤY KHAI TỬ\nSố: 12/2020"));
    }

    #[test]
    fn later_pages_do_not_count() {
        let text = "một\u{c}hai\u{c}ba";
        assert_eq!(Words::of_text(text), Words::of_text("một\u{c}hai"));
        assert!(Words::of_text("").features.is_empty());
    }
}
