//! Comparing a reading with the truth: characters in any order, characters and words in order, phrases found.

use std::{collections::BTreeSet, path::Path};

use unicode_normalization::UnicodeNormalization;

use crate::Error;

/// Errors and lengths of one or more readings; they add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Characters of the truth lines that were scored free of order.
    pub free_length: usize,
    /// Least edits of each such line against its best place anywhere in the reading.
    pub free_errors: usize,
    /// Words of the truth that were scored free of order, in pieces of about [`PIECE`] words.
    pub free_words: usize,
    /// Least word edits of each such piece against its best place anywhere in the reading.
    pub free_word_errors: usize,
    /// Words of pieces that stand nowhere in the reading, as far as can be told; they are in no other figure.
    pub absent: usize,
    /// Characters of the truth.
    pub strict_length: usize,
    /// Edits between the whole texts.
    pub strict_errors: usize,
    /// Words of the truth.
    pub words: usize,
    /// Word edits between the whole texts.
    pub word_errors: usize,
    /// Three-word phrases of the truth, none across lines.
    pub phrases: usize,
    /// Those found contiguously in the reading.
    pub found: usize,
}

impl Score {
    /// Adds another score.
    pub fn add(&mut self, other: &Self) {
        self.free_length += other.free_length;
        self.free_errors += other.free_errors;
        self.free_words += other.free_words;
        self.free_word_errors += other.free_word_errors;
        self.absent += other.absent;
        self.strict_length += other.strict_length;
        self.strict_errors += other.strict_errors;
        self.words += other.words;
        self.word_errors += other.word_errors;
        self.phrases += other.phrases;
        self.found += other.found;
    }

    fn place_letters(&mut self, text: &str, reading: &[char]) {
        let pattern: Vec<char> = text.chars().collect();
        self.free_length += pattern.len();
        self.free_errors += best_place(&pattern, reading);
    }

    /// One line of percentages: CERf, CERs, WERs, P3, WERf; and how many words stand nowhere.
    #[must_use]
    pub fn row(&self) -> String {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        format!(
            "CERf {:6.2}  CERs {:6.2}  WERs {:6.2}  P3 {:6.2}  WERf {:6.2}  absent {:4}",
            share(self.free_errors, self.free_length),
            share(self.strict_errors, self.strict_length),
            share(self.word_errors, self.words),
            share(self.found, self.phrases),
            share(self.free_word_errors, self.free_words),
            self.absent,
        )
    }
}

/// Words of a piece of the truth that is placed by itself.
pub const PIECE: usize = 12;

/// A piece that needs more word edits than this share of its words stands nowhere.
const ABSENT: f32 = 0.6;

/// Scores a reading. With `body_only`, truth lines of up to 40 characters are left out, only the order-free
/// figures and the phrases count, lines (whole paragraphs, which run across pages) are placed piece by piece, and
/// spellings that a publisher makes uniform are equal (`hoà` and `hòa`, `–` and `-`): for truth that was set anew.
#[must_use]
pub fn compare(truth: &str, reading: &str, body_only: bool) -> Score {
    let fold = if body_only { fold_uniform } else { fold };
    let reading = fold(reading);
    let letters: Vec<char> = reading.chars().collect();
    let read_words: Vec<&str> = reading.split(' ').collect();
    let padded = format!(" {reading} ");
    let lines: Vec<String> = truth
        .lines()
        .map(fold)
        .filter(|line| !line.is_empty() && (!body_only || line.chars().count() > 40))
        .collect();
    let mut score = Score::default();
    for line in &lines {
        let words: Vec<&str> = line.split(' ').collect();
        for piece in pieces(&words) {
            let errors = best_place(piece, &read_words);
            if body_only && errors as f32 > ABSENT * piece.len() as f32 {
                score.absent += piece.len();
                continue;
            }
            score.free_words += piece.len();
            score.free_word_errors += errors;
            if body_only {
                score.place_letters(&piece.join(" "), &letters);
            }
        }
        if !body_only {
            score.place_letters(line, &letters);
        }
        for phrase in words.windows(3) {
            score.phrases += 1;
            score.found += usize::from(padded.contains(&format!(" {} ", phrase.join(" "))));
        }
    }
    if !body_only {
        let whole = lines.join(" ");
        let truth_letters: Vec<char> = whole.chars().collect();
        score.strict_length = truth_letters.len();
        score.strict_errors = distance(&truth_letters, &letters);
        let truth_words: Vec<&str> = whole.split(' ').collect();
        score.words = truth_words.len();
        score.word_errors = distance(&truth_words, &read_words);
    }
    score
}

/// Scores every `NAME.txt` of `truth` for which `readings` has one, by name.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn folders(
    truth: &Path,
    readings: &Path,
    body_only: bool,
) -> Result<Vec<(String, Option<Score>)>, Error> {
    let listing = std::fs::read_dir(truth).map_err(|source| Error::Read {
        path: truth.to_path_buf(),
        source,
    })?;
    let names: BTreeSet<String> = listing
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".txt"))
        .collect();
    let mut scores = Vec::new();
    for name in names {
        let path = readings.join(&name);
        let score = if path.exists() {
            Some(compare(
                &read(&truth.join(&name))?,
                &read(&path)?,
                body_only,
            ))
        } else {
            None
        };
        scores.push((name.trim_end_matches(".txt").to_owned(), score));
    }
    Ok(scores)
}

fn read(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_path_buf(),
        source,
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// NFC, runs of white space as one space, none at the ends.
fn fold(text: &str) -> String {
    let composed: String = text.nfc().filter(|letter| *letter != '\u{feff}').collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As [`fold`], in one of the spellings that are equally right, and without the dots of lines to fill in.
fn fold_uniform(text: &str) -> String {
    let text = fold(text)
        .replace('–', "-")
        .replace('’', "'")
        .replace('…', "...");
    let words: Vec<String> = text
        .split(' ')
        .filter(|word| !word.trim_matches('.').is_empty())
        .map(|word| {
            OLD_PLACES.iter().fold(word.to_owned(), |word, (new, old)| {
                with_old_place(&word, new, old)
            })
        })
        .collect();
    words.join(" ")
}

/// The tone moved back where `word` ends in `new`, but not behind q, where the u is no vowel.
fn with_old_place(word: &str, new: &str, old: &str) -> String {
    let core = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let end = word.get(core.len()..).unwrap_or_default();
    match core.strip_suffix(new) {
        Some(start) if !start.ends_with(['q', 'Q']) => format!("{start}{old}{end}"),
        _ => word.to_owned(),
    }
}

/// Ends of syllables with the tone in the new place, and in the old.
const OLD_PLACES: [(&str, &str); 35] = [
    ("Uỳ", "Ùy"),
    ("Uý", "Úy"),
    ("Uỷ", "Ủy"),
    ("Uỹ", "Ũy"),
    ("Uỵ", "Ụy"),
    ("oà", "òa"),
    ("oá", "óa"),
    ("oả", "ỏa"),
    ("oã", "õa"),
    ("oạ", "ọa"),
    ("oè", "òe"),
    ("oé", "óe"),
    ("oẻ", "ỏe"),
    ("oẽ", "õe"),
    ("oẹ", "ọe"),
    ("uỳ", "ùy"),
    ("uý", "úy"),
    ("uỷ", "ủy"),
    ("uỹ", "ũy"),
    ("uỵ", "ụy"),
    ("OÀ", "ÒA"),
    ("OÁ", "ÓA"),
    ("OẢ", "ỎA"),
    ("OÃ", "ÕA"),
    ("OẠ", "ỌA"),
    ("OÈ", "ÒE"),
    ("OÉ", "ÓE"),
    ("OẺ", "ỎE"),
    ("OẼ", "ÕE"),
    ("OẸ", "ỌE"),
    ("UỲ", "ÙY"),
    ("UÝ", "ÚY"),
    ("UỶ", "ỦY"),
    ("UỸ", "ŨY"),
    ("UỴ", "ỤY"),
];

/// `words` in pieces of about [`PIECE`], none much shorter than the others.
fn pieces<'a, 'b>(words: &'b [&'a str]) -> impl Iterator<Item = &'b [&'a str]> {
    let count = (words.len() / PIECE).max(1);
    words.chunks(words.len().div_ceil(count).max(1))
}

/// Least edits of `pattern` against any part of `text` (Sellers 1980).
fn best_place<T: PartialEq>(pattern: &[T], text: &[T]) -> usize {
    let mut row: Vec<u32> = (0..=pattern.len() as u32).collect();
    let mut best = pattern.len() as u32;
    for letter in text {
        let mut diagonal = 0;
        for (index, expected) in pattern.iter().enumerate() {
            let above = row[index + 1];
            let value = (diagonal + u32::from(expected != letter))
                .min(above + 1)
                .min(row[index] + 1);
            diagonal = above;
            row[index + 1] = value;
        }
        best = best.min(row[pattern.len()]);
    }
    best as usize
}

/// Edit distance (Levenshtein 1966).
fn distance<T: PartialEq>(truth: &[T], reading: &[T]) -> usize {
    let mut row: Vec<u32> = (0..=truth.len() as u32).collect();
    for (column, item) in reading.iter().enumerate() {
        let mut diagonal = column as u32;
        row[0] = diagonal + 1;
        for (index, expected) in truth.iter().enumerate() {
            let above = row[index + 1];
            let value = (diagonal + u32::from(expected != item))
                .min(above + 1)
                .min(row[index] + 1);
            diagonal = above;
            row[index + 1] = value;
        }
    }
    row[truth.len()] as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_reading_has_no_errors() {
        let text = "Số: 15/QĐ-UBND\nCăn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024;\n";
        let score = compare(text, &text.replace('\n', "  \n"), false);
        assert_eq!(
            (score.free_errors, score.strict_errors, score.word_errors),
            (0, 0, 0)
        );
        assert_eq!(score.found, score.phrases);
    }

    #[test]
    fn order_counts_only_in_the_strict_figure() {
        let score = compare(
            "dòng thứ nhất\ndòng thứ hai",
            "dòng thứ hai\ndòng thứ nhất",
            false,
        );
        assert_eq!(score.free_errors, 0);
        assert!(score.strict_errors > 0);
    }

    #[test]
    fn composed_and_decomposed_letters_are_equal_and_a_lost_tone_is_one_error() {
        assert_eq!(
            compare("quyết định", "quye\u{302}\u{301}t đi\u{323}nh", false).strict_errors,
            0
        );
        assert_eq!(compare("quyết định", "quyêt định", false).free_errors, 1);
    }

    #[test]
    fn body_only_is_blind_to_places_of_tones_and_to_dots_but_not_to_tones() {
        let truth = "Uỷ ban nhân dân xã Hoà Bình quý II năm …… đã ban hành quy định này";
        let reading = "Ủy ban nhân dân xã Hòa Bình quý II năm ........... đã ban hành quy định này";
        let score = compare(truth, reading, true);
        assert_eq!(
            (score.free_errors, score.free_word_errors, score.absent),
            (0, 0, 0)
        );
        let score = compare(truth, &reading.replace("hành", "hanh"), true);
        assert_eq!((score.free_errors, score.free_word_errors), (1, 1));
        assert!(compare(truth, reading, false).free_errors > 0);
        let elsewhere = compare(truth, "một văn bản khác hẳn không có gì chung cả", true);
        assert_eq!((elsewhere.free_words, elsewhere.absent), (0, 16));
    }

    #[test]
    fn body_only_leaves_short_lines_out() {
        let long = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 02 năm 2025;";
        let score = compare(&format!("TIÊU ĐỀ KHÁC\n{long}"), long, true);
        assert_eq!((score.free_errors, score.strict_length), (0, 0));
        assert_eq!(score.free_length, long.chars().count());
    }
}
