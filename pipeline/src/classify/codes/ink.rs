//! What is dark on a page: a threshold for every part of it, and runs of dark and light along lines.

use crate::document::Raster;

/// Side of the squares that have a threshold of their own, px.
const CELL: usize = 64;
/// Every so many px in both directions are looked at for the thresholds.
const EVERY: usize = 4;
/// Less difference than this between the darkest and the lightest px of a square is paper, or solid ink.
const CONTRAST: u8 = 70;

/// A raster with its thresholds.
pub(super) struct Ink<'a> {
    raster: &'a Raster,
    pub(super) width: usize,
    pub(super) height: usize,
    columns: usize,
    thresholds: Vec<u8>,
}

/// Edges along a line, px: the run from edge `i` to `i + 1` is dark for even `i`.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    pub(super) edges: Vec<f32>,
}

impl<'a> Ink<'a> {
    /// Measures the raster.
    pub(super) fn new(raster: &'a Raster) -> Self {
        let (width, height) = raster.size();
        let (width, height) = (width as usize, height as usize);
        let columns = width.div_ceil(CELL).max(1);
        let rows = height.div_ceil(CELL).max(1);
        let mut ink = Self {
            raster,
            width,
            height,
            columns,
            thresholds: Vec::new(),
        };
        let cells: Vec<(u8, u8)> = (0..rows * columns)
            .map(|cell| ink.extremes(cell % columns, cell / columns))
            .collect();
        let middle = middle_of(&cells);
        ink.thresholds = cells
            .iter()
            .map(|(low, high)| {
                if high.saturating_sub(*low) < CONTRAST {
                    middle
                } else {
                    low.midpoint(*high)
                }
            })
            .collect();
        ink
    }

    fn extremes(&self, column: usize, row: usize) -> (u8, u8) {
        let (mut low, mut high) = (255, 0);
        let end_x = ((column + 1) * CELL).min(self.width);
        for y in (row * CELL..((row + 1) * CELL).min(self.height)).step_by(EVERY) {
            for x in (column * CELL..end_x).step_by(EVERY) {
                let value = self.value(x, y);
                low = low.min(value);
                high = high.max(value);
            }
        }
        (low, high)
    }

    /// The brightness of a px; of colour the green, which is most of it.
    pub(super) fn value(&self, x: usize, y: usize) -> u8 {
        let index = y * self.width + x;
        let value = match self.raster {
            Raster::Gray(image) => image.pixels.get(index),
            Raster::Rgb(image) => image.pixels.get(index * 3 + 1),
        };
        value.copied().unwrap_or(255)
    }

    fn threshold(&self, x: usize, y: usize) -> u8 {
        let cell = (y / CELL) * self.columns + x / CELL;
        self.thresholds.get(cell).copied().unwrap_or(128)
    }

    /// Whether a px is dark; outside it is light.
    pub(super) fn dark(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.height && self.value(x, y) < self.threshold(x, y)
    }

    /// The runs of row `y` into `runs`.
    pub(super) fn row(&self, y: usize, runs: &mut Runs) {
        let start = y * self.width;
        match self.raster {
            Raster::Gray(image) => {
                let row = image
                    .pixels
                    .get(start..start + self.width)
                    .unwrap_or_default();
                self.runs(row.iter().copied(), |x| self.threshold(x, y), runs);
            }
            Raster::Rgb(image) => {
                let row = image
                    .pixels
                    .get(start * 3..(start + self.width) * 3)
                    .unwrap_or_default();
                let green = row
                    .chunks_exact(3)
                    .map(|px| px.get(1).copied().unwrap_or(255));
                self.runs(green, |x| self.threshold(x, y), runs);
            }
        }
    }

    /// The runs of column `x` into `runs`.
    pub(super) fn column(&self, x: usize, runs: &mut Runs) {
        let values = (0..self.height).map(|y| self.value(x, y));
        self.runs(values, |y| self.threshold(x, y), runs);
    }

    fn runs(
        &self,
        values: impl Iterator<Item = u8>,
        threshold: impl Fn(usize) -> u8,
        runs: &mut Runs,
    ) {
        runs.edges.clear();
        let mut dark = false;
        let mut before = 255_u8;
        let mut limit = 128;
        let mut last = 0;
        for (at, value) in values.enumerate() {
            if at % CELL == 0 {
                limit = threshold(at);
            }
            if (value < limit) != dark {
                dark = !dark;
                runs.edges.push(crossing(at, before, value, limit));
            }
            before = value;
            last = at + 1;
        }
        if dark {
            runs.edges.push(last as f32);
        }
    }
}

/// Where between the middles of px `at - 1` and `at` the brightness passes `limit`; edges are at the left of a px
/// when both sides are of one piece.
fn crossing(at: usize, before: u8, here: u8, limit: u8) -> f32 {
    let (before, here, limit) = (f32::from(before), f32::from(here), f32::from(limit));
    let step = here - before;
    if at == 0 || step.abs() < 1.0 {
        return at as f32;
    }
    at as f32 - 0.5 + ((limit - before) / step).clamp(0.0, 1.0)
}

/// The brightness between the page's ink and its paper.
fn middle_of(cells: &[(u8, u8)]) -> u8 {
    let mut lows: Vec<u8> = cells.iter().map(|cell| cell.0).collect();
    let mut highs: Vec<u8> = cells.iter().map(|cell| cell.1).collect();
    lows.sort_unstable();
    highs.sort_unstable();
    let low = lows.get(lows.len() / 10).copied().unwrap_or(0);
    let high = highs.get(highs.len() * 7 / 10).copied().unwrap_or(255);
    // A page of nothing but paper, or of nothing but ink.
    if high.saturating_sub(low) < CONTRAST {
        128
    } else {
        low.midpoint(high)
    }
}
