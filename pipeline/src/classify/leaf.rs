//! A page as the classifier keeps it: words with folded text and boxes made level, and the measures of the page.

use crate::classify::fold::folded;
use crate::classify::{Sheet, Sight};
use crate::document::{Line, Rect};

/// A word.
#[derive(Clone, Debug)]
pub struct Token {
    /// As read, NFC.
    pub text: String,
    /// Folded: lower-case ASCII letters and digits.
    pub key: String,
    /// 0 to 1, the engine's.
    pub confidence: f32,
    /// Where it stands, shown px.
    pub shown: Rect,
    /// Where it would stand were the lines level, px.
    pub level: Rect,
}

impl Token {
    /// The middle of the level box.
    pub fn centre(&self) -> (f32, f32) {
        (
            self.level.x + self.level.w / 2.0,
            self.level.y + self.level.h / 2.0,
        )
    }
}

/// A line of words from left to right.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Never empty in a [`Leaf`].
    pub tokens: Vec<Token>,
}

impl Row {
    /// The box around all words, level px.
    pub fn level(&self) -> Rect {
        around(self.tokens.iter().map(|token| token.level))
    }

    /// The box around all words, shown px.
    pub fn shown(&self) -> Rect {
        around(self.tokens.iter().map(|token| token.shown))
    }

    /// Height of the middle of the line, level px; the median of its words, since boxes of single words stray.
    pub fn middle(&self) -> f32 {
        let mut middles: Vec<f32> = self.tokens.iter().map(|token| token.centre().1).collect();
        median(&mut middles)
    }

    /// The words with single spaces.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self
            .tokens
            .iter()
            .map(|token| token.text.as_str())
            .collect();
        words.join(" ")
    }

    /// The folded words without spaces.
    pub fn key(&self) -> String {
        self.tokens.iter().map(|token| token.key.as_str()).collect()
    }

    /// Share of capitals among the letters, 0 without letters.
    pub fn capitals(&self) -> f32 {
        let (mut high, mut all) = (0.0_f32, 0.0_f32);
        for letter in self.tokens.iter().flat_map(|token| token.text.chars()) {
            if letter.is_alphabetic() {
                all += 1.0;
                high += f32::from(u8::from(letter.is_uppercase()));
            }
        }
        if all > 0.0 { high / all } else { 0.0 }
    }

    /// The letters of all words, one folded byte for each.
    pub fn letters(&self) -> Letters {
        let mut letters = Letters::default();
        for (index, token) in self.tokens.iter().enumerate() {
            for letter in token.text.chars() {
                letters.raw.push(letter);
                let plain = folded(letter.encode_utf8(&mut [0; 4]));
                letters
                    .key
                    .push(plain.as_bytes().first().copied().unwrap_or(b'.'));
                letters.token.push(index);
            }
        }
        letters
    }

    /// Which words hold the letters `start..end` of [`Row::key`], as a range of indices.
    pub fn span(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let (mut at, mut first, mut last) = (0, self.tokens.len(), 0);
        for (index, token) in self.tokens.iter().enumerate() {
            let next = at + token.key.len();
            if next > start && at < end {
                first = first.min(index);
                last = index + 1;
            }
            at = next;
        }
        first.min(last)..last
    }

    /// The words of a range of indices as a line of its own.
    #[must_use]
    pub fn part(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            tokens: self.tokens.get(range).unwrap_or_default().to_vec(),
        }
    }

    /// The least certain word that has letters or digits; 0 without words.
    pub fn least_confidence(&self) -> f32 {
        let sure = self
            .tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .map(|token| token.confidence)
            .fold(f32::INFINITY, f32::min);
        if sure.is_finite() { sure } else { 0.0 }
    }

    /// Mean certainty of the words that have letters or digits.
    pub fn mean_confidence(&self) -> f32 {
        let words: Vec<f32> = self
            .tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .map(|token| token.confidence)
            .collect();
        words.iter().sum::<f32>() / words.len().max(1) as f32
    }
}

/// The letters of a row without spaces; the three lists are of one length.
#[derive(Clone, Debug, Default)]
pub struct Letters {
    /// As read.
    pub raw: Vec<char>,
    /// Folded; what is neither letter nor digit is a full stop.
    pub key: Vec<u8>,
    /// Index of the word.
    pub token: Vec<usize>,
}

impl Letters {
    /// The folded letters from `at` on.
    pub fn key_from(&self, at: usize) -> &str {
        let rest = self.key.get(at..).unwrap_or_default();
        // Folded letters are ASCII.
        std::str::from_utf8(rest).unwrap_or_default()
    }

    /// The letters of a range as read.
    pub fn text(&self, range: std::ops::Range<usize>) -> String {
        self.raw.get(range).unwrap_or_default().iter().collect()
    }

    /// The words that a range of letters touches.
    pub fn words(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let tokens = self.token.get(range).unwrap_or_default();
        match (tokens.first(), tokens.last()) {
            (Some(&first), Some(&last)) => first..last + 1,
            _ => 0..0,
        }
    }
}

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Leaf {
    /// From 1.
    pub number: u32,
    /// Width and height as shown, px.
    pub size_px: (u32, u32),
    /// Shown px per inch.
    pub dpi: f32,
    /// Lines in reading order.
    pub rows: Vec<Row>,
    /// What was seen besides.
    pub sight: Sight,
    /// Median height of the words, level px: the unit of all distances.
    pub em: f32,
    /// Left and right end of most lines, level px.
    pub sides: (f32, f32),
}

/// A page of more words is no paper that a field is read from; the rest of it is passed over. The fullest page of
/// print, a newspaper's, has about 8,000.
const WORDS: usize = 20_000;

impl Leaf {
    /// Takes a page over.
    pub fn new(sheet: &Sheet<'_>) -> Self {
        let slope = slope(sheet.lines);
        let mut left = WORDS;
        let rows: Vec<Row> = sheet
            .lines
            .iter()
            .map_while(|line| {
                left = left.checked_sub(line.words.len())?;
                Some(row(line, slope))
            })
            .filter(|row| !row.tokens.is_empty())
            .collect();
        let em = em(&rows);
        let sides = sides(&rows, sheet.size_px.0 as f32);
        Self {
            number: sheet.number,
            size_px: sheet.size_px,
            dpi: sheet.dpi,
            rows,
            sight: sheet.sight.clone(),
            em,
            sides,
        }
    }

    /// Middle of the text, level px.
    pub fn centre(&self) -> f32 {
        self.sides.0.midpoint(self.sides.1)
    }

    /// Width of the text, px.
    pub fn measure(&self) -> f32 {
        (self.sides.1 - self.sides.0).max(1.0)
    }
}

/// Median slope of the baselines; long lines tell it best.
fn slope(lines: &[Line]) -> f32 {
    let mut slopes: Vec<f32> = lines
        .iter()
        .filter(|line| line.words.len() >= 4)
        .filter_map(|line| {
            let [start, end] = line.baseline;
            let slope = (end.y - start.y) / (end.x - start.x);
            (slope.is_finite() && slope.abs() < 0.5).then_some(slope)
        })
        .collect();
    median(&mut slopes)
}

fn row(line: &Line, slope: f32) -> Row {
    let tokens = line
        .words
        .iter()
        .filter(|word| !word.text.trim().is_empty())
        .map(|word| Token {
            text: word.text.clone(),
            key: folded(&word.text),
            confidence: word.confidence,
            shown: word.bbox,
            level: levelled(word.bbox, slope),
        })
        .collect();
    Row { tokens }
}

/// The box turned by the slope about the page's corner; what the slant adds to an upright box goes off again.
fn levelled(shown: Rect, slope: f32) -> Rect {
    let length = slope.hypot(1.0);
    let (cos, sin) = (1.0 / length, slope / length);
    let (x, y) = (shown.x + shown.w / 2.0, shown.y + shown.h / 2.0);
    let (u, v) = (x * cos + y * sin, y * cos - x * sin);
    let h = (shown.h - shown.w * slope.abs()).max(shown.h * 0.4);
    let w = (shown.w - h * slope.abs()).max(shown.w * 0.4);
    Rect {
        x: u - w / 2.0,
        y: v - h / 2.0,
        w,
        h,
    }
}

fn em(rows: &[Row]) -> f32 {
    let mut heights: Vec<f32> = rows
        .iter()
        .flat_map(|row| &row.tokens)
        .filter(|token| token.key.len() >= 2)
        .map(|token| token.level.h)
        .collect();
    median(&mut heights).max(1.0)
}

/// Where most lines begin and end: quantiles of the ends of lines with at least six words, the page itself without such.
fn sides(rows: &[Row], width: f32) -> (f32, f32) {
    let long: Vec<Rect> = rows
        .iter()
        .filter(|row| row.tokens.len() >= 6)
        .map(Row::level)
        .collect();
    if long.len() < 3 {
        let all = around(rows.iter().map(Row::level));
        return if all.w > width * 0.4 {
            (all.x, all.x + all.w)
        } else {
            (0.0, width)
        };
    }
    let mut starts: Vec<f32> = long.iter().map(|rect| rect.x).collect();
    let mut ends: Vec<f32> = long.iter().map(|rect| rect.x + rect.w).collect();
    (quantile(&mut starts, 0.15), quantile(&mut ends, 0.85))
}

/// The box around boxes.
pub fn around(rects: impl IntoIterator<Item = Rect>) -> Rect {
    rects.into_iter().reduce(Rect::union).unwrap_or_default()
}

/// The middle one of `values`, 0 without any.
pub fn median(values: &mut [f32]) -> f32 {
    quantile(values, 0.5)
}

fn quantile(values: &mut [f32], share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    let last = values.len().saturating_sub(1) as f32;
    values
        .get((last * share).round() as usize)
        .copied()
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Word};

    /// A line of words, each ten px a letter, at a slope.
    fn line(text: &str, x: f32, y: f32, slope: f32) -> Line {
        let mut at = x;
        let words: Vec<Word> = text
            .split(' ')
            .map(|word| {
                let w = word.chars().count() as f32 * 10.0;
                let bbox = Rect {
                    x: at,
                    y: y + at * slope,
                    w,
                    h: 20.0 + w * slope.abs(),
                };
                at += w + 10.0;
                Word {
                    text: word.to_owned(),
                    bbox,
                    confidence: 0.9,
                    ..Word::default()
                }
            })
            .collect();
        let baseline = [x, at].map(|x| Point {
            x,
            y: y + 20.0 + x * slope,
        });
        Line {
            words,
            baseline,
            block: 0,
        }
    }

    #[test]
    fn slanted_lines_are_made_level() {
        let lines: Vec<Line> = (0_u8..4)
            .map(|index| {
                line(
                    "một hai ba bốn năm sáu bảy",
                    100.0,
                    100.0 + 40.0 * f32::from(index),
                    0.05,
                )
            })
            .collect();
        let sight = Sight::default();
        let leaf = Leaf::new(&Sheet {
            number: 1,
            size_px: (600, 800),
            dpi: 100.0,
            lines: &lines,
            sight: &sight,
        });
        let tokens = &leaf.rows[0].tokens;
        let drift = tokens[0].centre().1 - tokens[6].centre().1;
        assert!(drift.abs() < 1.5, "{drift}");
        assert!((leaf.em - 20.0).abs() < 2.0, "{}", leaf.em);
    }

    #[test]
    fn letters_lead_back_to_words() {
        let sight = Sight::default();
        let leaf = Leaf::new(&Sheet {
            number: 1,
            size_px: (600, 800),
            dpi: 100.0,
            lines: &[line("THỦ TƯỚNG CỘNG HÒA", 10.0, 10.0, 0.0)],
            sight: &sight,
        });
        let row = &leaf.rows[0];
        assert_eq!(row.key(), "thutuongconghoa");
        assert_eq!(row.span(8, 15), 2..4);
        assert_eq!(row.part(2..4).text(), "CỘNG HÒA");
        assert!(row.capitals() > 0.99);
    }
}
