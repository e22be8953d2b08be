//! Recognise: a prepared page in, lines of words in reading order out.
//!
//! # Steps
//! 1. The engine reads the whole page.
//! 2. A doubtful foot of the page is read again, column by column and without coloured ink; doubtful lines are
//!    read again with wide word gaps closed up.
//! 3. Lines are cut at gutters and put into reading order.
//! 4. Numbers are mended by their neighbours, and Vietnamese words chosen among what the engine nearly read.
//! 5. Boxes and baselines go from prepared px to px of the page as shown.

use saoy_ocr::{GrayView, Layout, OcrError, Readers};
use serde::{Deserialize, Serialize};

use crate::document::{Affine, Gray, Line, Point, Rect, Word};
use crate::record::Flag;
use crate::speech::Spoken;

pub use foot::BlackOnly;

mod again;

mod foot;

mod repair;

mod order;

mod numbers;

mod enumerators;

mod signs;

mod symbols;

pub mod vietnamese;

/// How pages are read.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Options {
    /// How often a page is tried when it crashes its reader; a page that takes too long is tried once.
    pub tries: u32,
    /// Look again at lines on which the engine was unsure.
    pub second_look: bool,
    /// Let what is known of Vietnamese choose among what the engine nearly read, where that is the language.
    pub vietnamese: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tries: 3,
            second_look: true,
            vietnamese: true,
        }
    }
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Recognized {
    /// Lines in reading order, in the space that the given map leads to.
    pub lines: Vec<Line>,
    /// What there is to say about the reading.
    pub flags: Vec<Flag>,
}

/// Reads a prepared page; `to_page` maps prepared px to px of the page as shown, and `black_only` renders parts of
/// the prepared page without anything that has colour.
///
/// # Errors
/// What the last of the tries said; the page can then go on without text.
pub fn recognize(
    prepared: &Gray,
    dpi: f32,
    to_page: &Affine,
    black_only: &BlackOnly<'_>,
    readers: &Readers,
    options: &Options,
) -> Result<Recognized, OcrError> {
    let dpi = dpi.round().clamp(1.0, 10_000.0) as u32;
    let view = GrayView::new(prepared.width, prepared.height, dpi, &prepared.pixels)?;
    let reading = try_hard(options.tries, || readers.read(&view, Layout::Page))?;
    let mut lines: Vec<Line> = reading.lines.into_iter().map(line_of).collect();
    let mut flags = Vec::new();
    if options.second_look {
        // A second look that fails leaves the first reading as it is.
        let looked = foot::look_again(&mut lines, prepared, dpi, black_only, readers)
            .and_then(|()| again::look_again(&mut lines, prepared, dpi, readers));
        if let Err(error) = looked {
            flags.push(Flag::new("second_look_failed").saying(error.spoken()));
        }
    }
    let lines = numbers::mended(ordered(repair::repaired(lines)));
    let mut lines = signs::mended(enumerators::mended(lines));
    let language = &readers.config().language;
    if options.vietnamese && language.split('+').any(|part| part == "vie") {
        vietnamese::choose(&mut lines);
    }
    let lines = lines
        .into_iter()
        .map(|line| settled(line).mapped(to_page))
        .collect();
    Ok(Recognized { lines, flags })
}

/// A line whose words are chosen: what else they might have been is forgotten.
fn settled(mut line: Line) -> Line {
    for word in &mut line.words {
        word.nearly = Vec::new();
    }
    line
}

/// Reads a small picture as one line of print.
///
/// # Errors
/// What the engine said.
pub fn line_alone(image: &Gray, dpi: f32, readers: &Readers) -> Result<Vec<Word>, OcrError> {
    let dpi = dpi.round().clamp(1.0, 10_000.0) as u32;
    let view = GrayView::new(image.width, image.height, dpi, &image.pixels)?;
    let reading = readers.read(&view, Layout::Line)?;
    Ok(reading
        .lines
        .into_iter()
        .flat_map(|line| line_of(line).words)
        .collect())
}

/// Lines from anywhere, cut at gutters and put into reading order.
pub fn ordered(lines: Vec<Line>) -> Vec<Line> {
    order::in_reading_order(lines)
}

/// Tries again after crashes; a page on which the engine hangs would only hang it again.
fn try_hard<T>(
    tries: u32,
    mut attempt: impl FnMut() -> Result<T, OcrError>,
) -> Result<T, OcrError> {
    let mut left = tries.max(1);
    loop {
        left -= 1;
        match attempt() {
            Err(error)
                if left > 0
                    && error.is_retryable()
                    && !matches!(error, OcrError::TimedOut { .. }) => {}
            outcome => return outcome,
        }
    }
}

fn line_of(line: saoy_ocr::Line) -> Line {
    let bottom = (line.bbox.y + line.bbox.h) as f32;
    let (left, right) = (line.bbox.x as f32, (line.bbox.x + line.bbox.w) as f32);
    let baseline = match line.baseline {
        Some(points) => points.map(|point| Point {
            x: point.x as f32,
            y: point.y as f32,
        }),
        None => [
            Point { x: left, y: bottom },
            Point {
                x: right,
                y: bottom,
            },
        ],
    };
    let words = line.words.into_iter().map(|word| Word {
        text: word.text,
        bbox: Rect {
            x: word.bbox.x as f32,
            y: word.bbox.y as f32,
            w: word.bbox.w as f32,
            h: word.bbox.h as f32,
        },
        confidence: word.confidence,
        nearly: word.nearly,
        ..Word::default()
    });
    Line {
        words: words.collect(),
        baseline,
        block: line.block,
    }
}
