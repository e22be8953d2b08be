//! What the engine says that no Vietnamese page can say: impossible letters, doubled ends, stray marks.
//!
//! Only slips of the engine are mended here, never spelling: a word that could have been printed stays.

use crate::document::{Line, Word};

/// Lines are dropped as scribble below this certainty.
const NO_LINE: f32 = 0.3;
/// Words below this are strokes of a pen or of a seal; worn print seldom falls below a fifth.
const NO_WORD: f32 = 0.12;
/// Words without a letter or digit need more: pens make many dots and dashes.
const NO_LETTERS: f32 = 0.5;
/// A short piece that stands alone is a page number or a list mark, or else a stroke.
const ALONE: f32 = 0.75;

/// Mends `lines` and drops what is no text.
pub(super) fn repaired(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        line.words.retain(|word| {
            // Rules of tables are no text however sure the engine is of them.
            word.text != "|"
                && word.confidence
                    >= if has_letters(word) {
                        NO_WORD
                    } else {
                        NO_LETTERS
                    }
        });
        for word in &mut line.words {
            mend(word);
        }
        trim(line);
    }
    lines.retain(is_text);
    lines
}

fn has_letters(word: &Word) -> bool {
    word.text.chars().any(char::is_alphanumeric)
}

fn is_text(line: &Line) -> bool {
    let letters: usize = line
        .words
        .iter()
        .map(|word| word.text.chars().filter(|c| c.is_alphanumeric()).count())
        .sum();
    let certainty = super::again::certainty(line);
    match letters {
        0 => false,
        1..=2 => certainty >= ALONE,
        _ => certainty >= NO_LINE,
    }
}

/// Letters of other alphabets that look like ours, and ends that the engine doubles.
fn mend(word: &mut Word) {
    if word.text.contains(['Ø', 'ø', 'Ð', '©', '€']) {
        let digits = word.text.chars().any(|c| c.is_ascii_digit());
        let text: String = word
            .text
            .chars()
            .map(|c| match c {
                // Ø with a digit beside it is a zero; alone it is the sign for diameters.
                'Ø' | 'ø' if digits => '0',
                // U+00D0 is Icelandic; the Vietnamese letter is U+0110.
                'Ð' => 'Đ',
                // In abbreviations such as (b/c); signs for money and rights stand by themselves.
                '©' | '€' if word.text.contains('/') => 'c',
                c => c,
            })
            .collect();
        word.rewrite(text);
    }
    if let Some(text) = without_rules(&word.text) {
        word.rewrite(text);
    }
    if let Some(text) = without_speck(&word.text) {
        word.rewrite(text);
    }
    if word.text.contains('⁄') {
        // The bar of a fraction; papers have the slash of symbols and dates.
        word.rewrite(word.text.replace('⁄', "/"));
    }
    if let Some(rest) = for_report(&word.text) {
        word.rewrite(format!("(b/c){rest}"));
    }
    let dots = word.text.trim_end_matches('.');
    if dots.ends_with("./") && word.text.len() > dots.len() + 1 {
        word.rewrite(format!("{dots}."));
    }
}

/// A word without the rules of a table that stick to it.
fn without_rules(text: &str) -> Option<String> {
    let trimmed = text.trim_matches(['|', '_']);
    (trimmed.len() < text.len() && trimmed.contains(char::is_alphanumeric))
        .then(|| trimmed.to_owned())
}

/// A word without the one mark before it that can only stand behind a word.
fn without_speck(text: &str) -> Option<String> {
    let rest = text.strip_prefix([',', '.', '„', '‚', '¡'])?;
    rest.starts_with(char::is_alphanumeric)
        .then(|| rest.to_owned())
}

/// What follows `(b/c)`, for a report, the note behind a recipient, whose slash the engine takes for a letter.
fn for_report(text: &str) -> Option<&str> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    matches!(
        inside.to_lowercase().as_str(),
        "bíc" | "bíc." | "bí/c" | "bl/c" | "bïc" | "b/e" | "bie" | "bic" | "b⁄c"
    )
    .then_some(rest)
}

/// Marks at the ends of a line that belong to no word: rims of seals, specks, ends of rules.
fn trim(line: &mut Line) {
    let stray = |word: &Word| {
        let mut chars = word.text.chars();
        let only = (chars.next(), chars.next());
        matches!(
            only,
            (
                Some(
                    '_' | '|'
                        | '`'
                        | '\''
                        | '"'
                        | '„'
                        | '“'
                        | '‘'
                        | '.'
                        | ','
                        | ':'
                        | ';'
                        | '¡'
                        | 'ˆ'
                        | '°'
                        | '~'
                        | '\\'
                        | '/'
                ),
                None
            )
        )
    };
    while line.words.len() > 1 && line.words.first().is_some_and(stray) {
        line.words.remove(0);
    }
    while line.words.len() > 1
        && line
            .words
            .last()
            .is_some_and(|word| stray(word) && word.confidence < 0.8)
    {
        line.words.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Rect};

    fn line(words: &[(&str, f32)]) -> Line {
        let word = |&(text, confidence): &(&str, f32)| Word {
            text: text.into(),
            bbox: Rect::default(),
            confidence,
            ..Word::default()
        };
        Line {
            words: words.iter().map(word).collect(),
            baseline: [Point::default(); 2],
            block: 0,
        }
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        repaired(lines.to_vec()).iter().map(Line::text).collect()
    }

    #[test]
    fn impossible_letters_are_mended_and_possible_ones_stay() {
        let read = [line(&[
            ("xây", 0.9),
            ("mới", 0.9),
            ("Ø7", 0.6),
            ("(b/€);", 0.7),
            ("ÐĐ", 0.8),
            ("500€", 0.9),
        ])];
        assert_eq!(texts(&read), ["xây mới 07 (b/c); ĐĐ 500€"]);
        assert_eq!(texts(&[line(&[("này./..", 0.9)])]), ["này./."]);
        assert_eq!(texts(&[line(&[("hợp./...", 0.9)])]), ["hợp./."]);
        let read = [line(&[
            ("|Số", 0.9),
            ("|", 0.9),
            ("2_", 0.9),
            ("02⁄2010", 0.9),
            ("(bí/c);", 0.9),
        ])];
        assert_eq!(texts(&read), ["Số 2 02/2010 (b/c);"]);
        let read = [line(&[(",Điều", 0.9), ("..../2009", 0.9)])];
        assert_eq!(texts(&read), ["Điều ..../2009"]);
        assert_eq!(
            texts(&[line(&[("(biết);", 0.9), ("____", 0.9)])]),
            ["(biết); ____"]
        );
    }

    #[test]
    fn strokes_are_dropped_and_short_print_stays() {
        let read = [
            line(&[("'", 0.9), (";", 0.9)]),
            line(&[("7.", 0.4)]),
            line(&[("2", 0.96)]),
            line(&[("_", 0.6), ("Triển", 0.9), ("khai", 0.9), (".", 0.3)]),
            line(&[("-", 0.9), ("Lưu:", 0.9), ("VT.", 0.9)]),
        ];
        assert_eq!(texts(&read), ["2", "Triển khai", "- Lưu: VT."]);
    }
}
