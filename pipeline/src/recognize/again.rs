//! A second look at lines on which the engine was unsure, or whose words stand far apart.
//!
//! The engine scales a line to a fixed height and walks along it; across a gap several letters wide, as
//! justified lines have, it loses its footing and invents letters on both sides. Closing the gaps up to an
//! ordinary space brings such lines back whole. Lines are read again one by one, all in one request.

use saoy_ocr::{GrayView, OcrError, Readers};

use super::line_of;
use crate::document::{Gray, Line, Rect};

/// Lines read with less certainty than this (mean over letters) are looked at again.
const UNSURE: f32 = 0.80;
/// So are lines with a single word below this: one bad word is what a stamp or a gap does.
const UNSURE_WORD: f32 = 0.45;
/// A gap wider than this many text heights counts as wide; an ordinary space is about a quarter.
const WIDE_GAP: f32 = 0.95;
/// What a wide gap is closed up to, in text heights.
const CLOSED_GAP: f32 = 0.45;
/// White added around a line, in text heights: the engine wants to see where letters end.
const MARGIN: f32 = 0.30;
/// The second reading replaces the first when it is surer by this much.
const SURER: f32 = 0.02;
/// At most this share of a page's lines is read again: a page that is bad all over stays so.
const MOST_LINES: f32 = 0.4;

/// Reads doubtful lines of `image` again and keeps what is surer. All coordinates are px of `image`.
///
/// # Errors
/// As [`Readers::read_lines`].
pub(super) fn look_again(
    lines: &mut [Line],
    image: &Gray,
    dpi: u32,
    readers: &Readers,
) -> Result<(), OcrError> {
    let chosen: Vec<(usize, Strip)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_doubtful(line))
        .filter_map(|(index, line)| Some((index, Strip::cut(line, image)?)))
        .collect();
    if chosen.is_empty() || chosen.len() as f32 > (MOST_LINES * lines.len() as f32).max(3.0) {
        return Ok(());
    }
    let views: Vec<GrayView<'_>> = chosen
        .iter()
        .map(|(_, strip)| {
            GrayView::new(
                strip.image.width,
                strip.image.height,
                dpi,
                &strip.image.pixels,
            )
        })
        .collect::<Result<_, _>>()?;
    let readings = readers.read_lines(&views)?;
    for ((index, strip), reading) in chosen.iter().zip(readings) {
        let Some(line) = lines.get_mut(*index) else {
            continue;
        };
        let words: Vec<_> = reading
            .lines
            .into_iter()
            .flat_map(|found| line_of(found).words)
            .collect();
        let second = Line {
            words,
            baseline: line.baseline,
            block: line.block,
        };
        if certainty(&second) > certainty(line) + SURER && !second.words.is_empty() {
            line.words = strip.put_back(second).words;
        }
    }
    Ok(())
}

fn is_doubtful(line: &Line) -> bool {
    let height = text_height(line);
    let wide = line
        .words
        .windows(2)
        .any(|pair| gap(pair[0].bbox, pair[1].bbox) > WIDE_GAP * height);
    let bad_word = line.words.iter().any(|word| word.confidence < UNSURE_WORD);
    wide || bad_word || certainty(line) < UNSURE
}

/// Mean confidence weighted by letters.
pub(super) fn certainty(line: &Line) -> f32 {
    let (mut sum, mut letters) = (0.0, 0.0);
    for word in &line.words {
        let count = word.text.chars().count() as f32;
        sum += word.confidence * count;
        letters += count;
    }
    if letters > 0.0 { sum / letters } else { 0.0 }
}

/// The tallest word's height stands for capitals with marks; small words and dashes say little.
fn text_height(line: &Line) -> f32 {
    let mut heights: Vec<f32> = line.words.iter().map(|word| word.bbox.h).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() * 3 / 4).copied().unwrap_or(0.0)
}

fn gap(left: Rect, right: Rect) -> f32 {
    right.x - (left.x + left.w)
}

/// A line cut out of the page with its wide gaps closed up.
struct Strip {
    image: Gray,
    top: f32,
    /// Pieces of the line: left edge in the strip, left edge in the page, width.
    pieces: Vec<(f32, f32, f32)>,
}

impl Strip {
    fn cut(line: &Line, page: &Gray) -> Option<Self> {
        let bounds = line
            .words
            .iter()
            .map(|word| word.bbox)
            .reduce(Rect::union)?;
        let height = text_height(line);
        let margin = (height * MARGIN).ceil();
        let top = (bounds.y - margin).max(0.0).floor();
        let bottom = (bounds.y + bounds.h + margin)
            .min(page.height as f32)
            .ceil();
        let spans = spans(line, height);
        let closed = (height * CLOSED_GAP).round();
        let mut pieces = Vec::new();
        let mut at = margin;
        for (left, right) in spans {
            let (left, right) = (left.max(0.0).floor(), right.min(page.width as f32).ceil());
            if right <= left {
                continue;
            }
            pieces.push((at, left, right - left));
            at += right - left + closed;
        }
        let width = (at - closed + margin).max(1.0);
        let mut image = Gray {
            width: width as u32,
            height: (bottom - top).max(1.0) as u32,
            pixels: Vec::new(),
        };
        image.pixels =
            vec![paper_of(page, top, bottom); image.width as usize * image.height as usize];
        for (to, from, width) in &pieces {
            copy(
                page,
                (*from as usize, top as usize),
                &mut image,
                *to as usize,
                *width as usize,
            );
        }
        Some(Self { image, top, pieces })
    }

    /// From px of the strip to px of the page.
    fn put_back(&self, mut line: Line) -> Line {
        for word in &mut line.words {
            let right = self.page_x(word.bbox.x + word.bbox.w);
            word.bbox.x = self.page_x(word.bbox.x);
            word.bbox.w = (right - word.bbox.x).max(1.0);
            word.bbox.y += self.top;
        }
        line
    }

    fn page_x(&self, x: f32) -> f32 {
        let piece = self
            .pieces
            .iter()
            .rev()
            .find(|(to, ..)| *to <= x)
            .or(self.pieces.first());
        piece.map_or(x, |(to, from, width)| from + (x - to).clamp(0.0, *width))
    }
}

/// X ranges of the line between its wide gaps, each with a little white on both sides.
fn spans(line: &Line, height: f32) -> Vec<(f32, f32)> {
    let mut spans: Vec<(f32, f32)> = Vec::new();
    for word in &line.words {
        let (left, right) = (word.bbox.x, word.bbox.x + word.bbox.w);
        match spans.last_mut() {
            Some(span) if left - span.1 <= WIDE_GAP * height => span.1 = span.1.max(right),
            _ => spans.push((left, right)),
        }
    }
    // Less than half of the closed gap, so that pieces do not show the same ink twice.
    let white = height * CLOSED_GAP * 0.4;
    spans
        .into_iter()
        .map(|(left, right)| (left - white, right + white))
        .collect()
}

/// The lightest common grey of the rows: what the strip is filled with between pieces.
fn paper_of(page: &Gray, top: f32, bottom: f32) -> u8 {
    let width = page.width as usize;
    let rows = page
        .pixels
        .get(top as usize * width..bottom as usize * width)
        .unwrap_or_default();
    let mut counts = [0_u32; 256];
    for pixel in rows.iter().step_by(7) {
        counts[usize::from(*pixel)] += 1;
    }
    let most = (128..=255_u8).max_by_key(|level| counts[usize::from(*level)]);
    most.unwrap_or(255)
}

fn copy(page: &Gray, (x, y): (usize, usize), strip: &mut Gray, to: usize, width: usize) {
    let (page_width, strip_width) = (page.width as usize, strip.width as usize);
    for row in 0..strip.height as usize {
        let from = (y + row) * page_width + x;
        let into = row * strip_width + to;
        let source = page.pixels.get(from..from + width);
        let target = strip.pixels.get_mut(into..into + width);
        if let (Some(source), Some(target)) = (source, target) {
            target.copy_from_slice(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Word};

    fn line() -> Line {
        let word = |x: f32, w: f32| Word {
            text: "chữ".to_owned(),
            bbox: Rect {
                x,
                y: 20.0,
                w,
                h: 30.0,
            },
            confidence: 0.9,
            ..Word::default()
        };
        let words = vec![word(10.0, 50.0), word(70.0, 50.0), word(300.0, 60.0)];
        Line {
            words,
            baseline: [Point { x: 10.0, y: 45.0 }, Point { x: 360.0, y: 45.0 }],
            block: 0,
        }
    }

    #[test]
    fn a_strip_closes_wide_gaps_and_finds_the_way_back() {
        let page = Gray {
            width: 400,
            height: 80,
            pixels: vec![255; 400 * 80],
        };
        let strip = Strip::cut(&line(), &page).unwrap();
        assert_eq!(strip.pieces.len(), 2);
        assert!(strip.image.width < 250, "{}", strip.image.width);
        for x in [12.0, 100.0, 310.0, 355.0] {
            let (to, from, _) = *strip
                .pieces
                .iter()
                .rev()
                .find(|(_, from, _)| *from <= x)
                .unwrap();
            assert_eq!(strip.page_x(x - from + to), x);
        }
    }

    #[test]
    fn a_sure_line_with_ordinary_gaps_is_left_alone() {
        let mut line = line();
        assert!(is_doubtful(&line));
        line.words.pop();
        assert!(!is_doubtful(&line));
        line.words[0].confidence = 0.2;
        assert!(is_doubtful(&line));
    }
}
