//! Lines of words on their way to the text layer: in points, cut to the page, with a slope one can trust.

use unicode_normalization::UnicodeNormalization;

use super::super::PageSpec;
use super::super::sizing::median;
use super::super::strands::{Place, strands};
use crate::document::{Affine, Line, Point};

/// A word in points, y up.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) units: Vec<u16>,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) foot: f32,
}

/// A line in points, y up.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) pieces: Vec<Piece>,
    /// Index of the block among those of the page, in order of appearance.
    pub(super) block: usize,
    /// A point of the baseline.
    pub(super) at: Point,
    /// Rise of the baseline per point.
    pub(super) slope: f32,
    /// From the baseline to the top of the usual word.
    pub(super) up: f32,
    /// From the baseline to the foot of the usual word.
    pub(super) down: f32,
}

impl Run {
    /// Left end of its words.
    pub(super) fn left(&self) -> f32 {
        self.pieces.first().map_or(0.0, |piece| piece.left)
    }

    /// Right end of its words.
    pub(super) fn right(&self) -> f32 {
        self.pieces.last().map_or(0.0, |piece| piece.right)
    }

    /// From the foot to the top of the usual word.
    pub(super) fn height(&self) -> f32 {
        self.up + self.down
    }

    /// True when `right` goes on to the right of it, on its height and in its block.
    fn has_beside(&self, right: &Self) -> bool {
        let (from, to) = (self.right(), right.left());
        let apart = (self.base(from) - right.base(from)).abs();
        self.block == right.block && to >= from && apart < 0.6 * self.height().min(right.height())
    }

    /// Height of the baseline at `x`.
    pub(super) fn base(&self, x: f32) -> f32 {
        self.at.y + (x - self.at.x) * self.slope
    }
}

/// The lines of `page`, those of one column with one number.
pub(super) fn runs(page: &PageSpec<'_>) -> Vec<Run> {
    let map = page.point_map();
    let mut names: Vec<u32> = Vec::new();
    let mut runs = Vec::new();
    for line in page.lines {
        let block = names
            .iter()
            .position(|name| *name == line.block)
            .unwrap_or(names.len());
        if let Some(run) = run(line, block, &map, page) {
            if block == names.len() {
                names.push(line.block);
            }
            runs.push(run);
        }
    }
    share_slope(&mut runs);
    let runs = level_rows(runs);
    in_strands(runs, names.len())
}

/// Makes one run of neighbours on one height: cells of a table, whose bases differ by what OCR misjudged. Readers
/// would take the higher one first.
fn level_rows(runs: Vec<Run>) -> Vec<Run> {
    let mut levelled: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match levelled.last_mut().filter(|left| left.has_beside(&run)) {
            Some(left) => left.pieces.extend(run.pieces),
            None => levelled.push(run),
        }
    }
    levelled
}

/// Numbers the blocks of one column as one.
fn in_strands(mut runs: Vec<Run>, blocks: usize) -> Vec<Run> {
    let places: Vec<Place> = (0..blocks)
        .map(|block| place(runs.iter().filter(|run| run.block == block)))
        .collect();
    let strands = strands(&places);
    for run in &mut runs {
        run.block = strands.get(run.block).copied().unwrap_or(run.block);
    }
    runs
}

/// Where the lines of one block stand.
fn place<'a>(runs: impl Iterator<Item = &'a Run>) -> Place {
    let nowhere = Place {
        left: f32::MAX,
        right: f32::MIN,
        top: f32::MIN,
        foot: f32::MAX,
        height: 0.0,
    };
    runs.fold(nowhere, |all, run| {
        let (left, right) = (run.left(), run.right());
        let base = run.base((left + right) / 2.0);
        Place {
            left: all.left.min(left),
            right: all.right.max(right),
            top: all.top.max(base),
            foot: all.foot.min(base),
            height: all.height.max(run.height()),
        }
    })
}

fn run(line: &Line, block: usize, map: &Affine, page: &PageSpec<'_>) -> Option<Run> {
    // A box that reaches off the page is cut to it; readers ignore what lies outside and choke on large numbers.
    let cut = |point: Point| Point {
        x: point.x.clamp(0.0, page.width_pt),
        y: point.y.clamp(0.0, page.height_pt),
    };
    let mut pieces = Vec::new();
    let mut boxes = Vec::new();
    for word in &line.words {
        let units = units(&word.text);
        let low = map.apply(Point {
            x: word.bbox.x,
            y: word.bbox.y + word.bbox.h,
        });
        let high = map.apply(Point {
            x: word.bbox.x + word.bbox.w,
            y: word.bbox.y,
        });
        let finite = [low.x, low.y, high.x, high.y]
            .iter()
            .all(|value| value.is_finite());
        let (low, high) = (cut(low), cut(high));
        if !units.is_empty() && finite {
            pieces.push(Piece {
                units,
                left: low.x,
                right: high.x.max(low.x),
                top: high.y,
                foot: low.y,
            });
            boxes.push((low, high));
        }
    }
    let [start, end] = line.baseline.map(|point| map.apply(point));
    let height = median(boxes.iter().map(|(low, high)| high.y - low.y)).max(0.5);
    let foot = median(boxes.iter().map(|(low, _)| low.y));
    let x = median(boxes.iter().map(|(low, high)| (low.x + high.x) / 2.0));
    let mut slope = (end.y - start.y) / (end.x - start.x);
    let mut y = start.y + (x - start.x) * slope;
    // A baseline that is none, or stands nowhere near its words, gives way to the feet of the words.
    if !slope.is_finite() || slope.abs() > 0.2 || !y.is_finite() || (y - foot).abs() > height {
        slope = 0.0;
        y = foot;
    }
    let reach = |side: fn(&(Point, Point), f32) -> f32| {
        median(
            boxes
                .iter()
                .map(|b| side(b, y + ((b.0.x + b.1.x) / 2.0 - x) * slope)),
        )
    };
    let up = reach(|b, base| b.1.y - base).max(0.3 * height);
    let down = reach(|b, base| base - b.0.y).max(0.02 * height);
    // Readers leave out text on the very edge of the page.
    let y = y.min(page.height_pt - BRIM).max(BRIM);
    (!pieces.is_empty()).then_some(Run {
        pieces,
        block,
        at: Point { x, y },
        slope,
        up,
        down,
    })
}

/// Baselines keep this far inside the page, in pt.
const BRIM: f32 = 0.5;

/// Short lines have slopes that mean little: where a line's own does not say clearly otherwise, the page's counts.
fn share_slope(runs: &mut [Run]) {
    let mut slopes: Vec<(f32, f32)> = runs
        .iter()
        .map(|run| (run.slope, run.right() - run.left()))
        .collect();
    slopes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f32 = slopes.iter().map(|(_, width)| width).sum();
    let mut seen = 0.0;
    let middle = slopes.iter().find(|(_, width)| {
        seen += width;
        seen * 2.0 >= total
    });
    let Some(&(page, _)) = middle else { return };
    for run in runs {
        let rise = (run.slope - page).abs() * (run.right() - run.left());
        if rise < 0.6 * run.height() {
            run.slope = page;
        }
    }
}

/// The UTF-16 units of a word in NFC. Characters outside the Basic Multilingual Plane have two and cannot be one
/// code: they become U+FFFD. Controls, and what a Unicode map must not hold (ISO 19005-2, 6.2.11.7.2), go.
fn units(text: &str) -> Vec<u16> {
    let keep = |c: &char| !c.is_control() && !matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}');
    text.nfc()
        .filter(keep)
        .map(|c| u16::try_from(u32::from(c)).unwrap_or(0xFFFD))
        .collect()
}
