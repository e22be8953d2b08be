//! What a page says: the plain text in reading order, and the place of every word on the scan.

use serde::Serialize;

use crate::{
    page::{Page, Region},
    press::word_box,
    scan::Warp,
};

/// The words of one scanned page.
#[derive(Debug, Serialize)]
pub struct PageTruth {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Resolution.
    pub dpi: f32,
    /// Turning in degrees, clockwise.
    pub skew: f32,
    /// Lines in reading order.
    pub lines: Vec<LineTruth>,
    /// Seals, stamps, signatures, codes.
    pub marks: Vec<MarkTruth>,
}

/// A mark on the scan.
#[derive(Debug, Serialize)]
pub struct MarkTruth {
    /// What it is: `seal`, `signature`, `incoming`, `secrecy`, `certification`, `code` and so on.
    pub kind: &'static str,
    /// What it says; empty for signatures.
    pub text: String,
    /// Left, top, right, bottom in pixels, its own turning left out.
    pub bounds: [f32; 4],
}

/// A printed line on the scan.
#[derive(Debug, Serialize)]
pub struct LineTruth {
    /// The part of the page it belongs to.
    pub region: Region,
    /// Its text.
    pub text: String,
    /// Its words from left to right.
    pub words: Vec<WordTruth>,
}

/// A word on the scan.
#[derive(Debug, Serialize)]
pub struct WordTruth {
    /// Its text.
    pub text: String,
    /// Left, top, right, bottom in pixels.
    pub bounds: [f32; 4],
    /// Corners in pixels: upper left, upper right, lower right, lower left.
    pub quad: [[f32; 2]; 4],
}

/// The plain text of pages: one line per printed line, stamps left out.
#[must_use]
pub fn text(pages: &[Page]) -> String {
    let mut out = String::new();
    for line in pages.iter().flat_map(|page| &page.lines) {
        if line.region != Region::Stamp && !line.words.is_empty() {
            out.push_str(&line.text());
            out.push('\n');
        }
    }
    out
}

/// The words of a page with their places on its scan.
#[must_use]
pub fn words(page: &Page, warp: &Warp, dpi: f32, skew: f32) -> PageTruth {
    let scale = dpi / 72.0;
    let lines = page
        .lines
        .iter()
        .filter(|line| !line.words.is_empty())
        .map(|line| LineTruth {
            region: line.region,
            text: line.text(),
            words: line
                .words
                .iter()
                .map(|word| place(word.text(), word_box(word), warp, scale))
                .collect(),
        })
        .collect();
    PageTruth {
        width: (page.size.0 * scale).round() as usize,
        height: (page.size.1 * scale).round() as usize,
        dpi,
        skew,
        lines,
        marks: page
            .marks
            .iter()
            .map(|mark| {
                let (kind, extent, text) = mark.extent();
                let placed = place(text, extent, warp, scale);
                MarkTruth {
                    kind,
                    text: placed.text,
                    bounds: placed.bounds,
                }
            })
            .collect(),
    }
}

fn place(text: String, [left, top, right, bottom]: [f32; 4], warp: &Warp, scale: f32) -> WordTruth {
    let corner = |x: f32, y: f32| {
        let (x, y) = warp.forward((x * scale, y * scale));
        [tenth(x), tenth(y)]
    };
    let quad = [
        corner(left, top),
        corner(right, top),
        corner(right, bottom),
        corner(left, bottom),
    ];
    let least = |axis: usize| {
        quad.iter()
            .map(|point| point[axis])
            .fold(f32::MAX, f32::min)
    };
    let most = |axis: usize| {
        quad.iter()
            .map(|point| point[axis])
            .fold(f32::MIN, f32::max)
    };
    WordTruth {
        text,
        bounds: [least(0), least(1), most(0), most(1)],
        quad,
    }
}

fn tenth(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}
