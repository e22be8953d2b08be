//! A line as letters, each with about the place where it stands: engines tell boxes of words only.

use std::ops::Range;

use crate::classify::fold::{folded, within};
use crate::document::{Line, Rect};

/// The letters of a line, spaces left out.
pub(super) struct Letters {
    raw: Vec<char>,
    /// Folded, one ASCII letter each; `.` for signs.
    key: String,
    boxes: Vec<Rect>,
    word: Vec<usize>,
    confidence: Vec<f32>,
    /// How many words it has.
    pub(super) words: usize,
}

impl Letters {
    /// The letters of `line`, and of the next where it stands to the right of it: wide gaps part lines.
    pub(super) fn of(line: &Line, next: Option<&Line>) -> Self {
        let further = next.filter(|next| line.words.len() <= 3 && goes_on(line, next));
        let words = line
            .words
            .iter()
            .chain(further.into_iter().flat_map(|next| &next.words));
        let mut letters = Self {
            raw: Vec::new(),
            key: String::new(),
            boxes: Vec::new(),
            word: Vec::new(),
            confidence: Vec::new(),
            words: 0,
        };
        for word in words {
            let whole: f32 = word.text.chars().map(breadth).sum();
            let per = word.bbox.w / whole.max(0.1);
            let mut x = word.bbox.x;
            for letter in word.text.chars() {
                let w = per * breadth(letter);
                letters.raw.push(letter);
                let plain = folded(letter.encode_utf8(&mut [0; 4]));
                letters.key.push(plain.chars().next().unwrap_or('.'));
                letters.boxes.push(Rect { x, w, ..word.bbox });
                letters.word.push(letters.words);
                letters.confidence.push(word.confidence);
                x += w;
            }
            letters.words += 1;
        }
        letters
    }

    /// How many letters there are.
    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// Which word the letter is of.
    pub(super) fn word_at(&self, letter: usize) -> usize {
        self.word.get(letter).copied().unwrap_or(self.words)
    }

    /// The box around letters; `None` around none.
    pub(super) fn around(&self, letters: Range<usize>) -> Option<Rect> {
        let boxes = self.boxes.get(letters)?.iter().copied();
        boxes.reduce(Rect::union)
    }

    /// Share of what was read among `letters` that digits of a number are not, and the least certainty; `None` when
    /// nothing was read there.
    pub(super) fn doubt(&self, letters: Range<usize>) -> Option<(f32, f32)> {
        let raw = self.raw.get(letters.clone())?;
        let read = raw.iter().filter(|c| c.is_alphanumeric()).count();
        let digits = raw.iter().filter(|c| c.is_ascii_digit()).count();
        let certain = self.confidence.get(letters)?.iter().copied();
        (read > 0).then(|| {
            (
                1.0 - digits as f32 / read as f32,
                certain.fold(1.0, f32::min),
            )
        })
    }

    /// Whether `letters` may be meant for a number: at least one, and no more than one that is neither digit nor sign.
    pub(super) fn is_number(&self, letters: Range<usize>) -> bool {
        let raw = self.raw.get(letters).unwrap_or_default();
        !raw.is_empty() && raw.iter().filter(|c| c.is_alphabetic()).count() <= 1
    }

    /// `Số:` at the beginning.
    pub(super) fn label(&self) -> Option<Range<usize>> {
        let key = self.key.as_bytes();
        let start = key.iter().position(|letter| *letter != b'.')?;
        let s = *self.raw.get(start)?;
        let o = *key.get(start + 1)?;
        if start > 2 || !matches!(s, 'S' | '5' | '$') || !matches!(o, b'o' | b'0' | b'6' | b'd') {
            return None;
        }
        let signs = |letter: &char| matches!(letter, ':' | '.' | ';' | ',');
        let end = start
            + 2
            + self
                .raw
                .get(start + 2..)?
                .iter()
                .take_while(|c| signs(c))
                .take(2)
                .count();
        // `SỞ`, `SƠN` are other words.
        let goes_on = self.raw.get(end).is_some_and(|c| c.is_alphabetic())
            && self.word_at(end) == self.word_at(start);
        (!goes_on || end > start + 2).then_some(start..end)
    }

    /// Where the stroke before a symbol stands after `from`, and the letters of the symbol from there on.
    pub(super) fn symbol(&self, from: usize) -> Option<(usize, Range<usize>)> {
        let capital = |at: usize| self.raw.get(at).is_some_and(|c| c.is_uppercase());
        let capitals = |from: usize| {
            let after = self.raw.get(from..).unwrap_or_default();
            after.iter().take(8).filter(|c| c.is_uppercase()).count()
        };
        let until = self.len().min(from + MOST);
        let stroke = (from..until).find(|at| self.raw[*at] == '/' && capitals(at + 1) >= 2);
        // Where a pen ran through the stroke, the symbol begins with its capitals.
        let bare = || {
            let run = |at: &usize| {
                capital(*at)
                    && capital(at + 1)
                    && self.raw.iter().skip(*at).take(6).any(|c| *c == '-')
            };
            (from..until).find(run)
        };
        let end = stroke.or_else(bare)?;
        Some((end, end..self.len().min(end + MOST)))
    }

    /// Where `ngày`, `tháng` and `năm` stand.
    pub(super) fn date_words(&self) -> Option<(Range<usize>, Range<usize>, Range<usize>)> {
        let find = |from: usize, word: &str| {
            let (start, end, how) = within(self.key.get(from..)?, word);
            (how > 0.72).then_some(from + start..from + end)
        };
        let day = find(0, "ngay")?;
        let month = find(day.end, "thang")?;
        let year = find(month.end, "nam")?;
        Some((day, month, year))
    }
}

/// Letters that are looked at for a symbol.
const MOST: usize = 14;

/// About how broad a letter is, digits being 1.
fn breadth(letter: char) -> f32 {
    match letter {
        '/' | '.' | ',' | ':' | ';' | 'i' | 'l' | 'í' | 'ì' | 't' | '|' | '\'' => 0.56,
        'm' | 'M' | 'W' | 'w' => 1.7,
        '-' => 0.67,
        c if c.is_uppercase() => 1.4,
        _ => 1.0,
    }
}

fn goes_on(line: &Line, next: &Line) -> bool {
    let (Some(last), Some(first)) = (line.words.last(), next.words.first()) else {
        return false;
    };
    let (a, b) = (last.bbox, first.bbox);
    let shared = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    b.x > a.x + a.w && b.x - a.x < 20.0 * a.h && shared > 0.4 * a.h.min(b.h)
}
