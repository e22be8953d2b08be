//! What a scanning station wants to know about a page: figures, and findings drawn from them.

use crate::document::Gray;

/// Figures about one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// Resolution across and down of the stored image, dpi; where the source told none or nonsense, what
    /// makes an A4 page of it.
    pub dpi: (f32, f32),
    /// True when `dpi` had to be guessed.
    pub dpi_guessed: bool,
    /// Slope of the lines, degrees clockwise; 0 where no lines were found.
    pub skew_deg: f32,
    /// Share of the page that is dark, margins left out.
    pub ink: f32,
    /// Median grey of the paper, 0 to 255.
    pub paper: u8,
    /// Difference between the lightest and the darkest part of the paper, grey levels.
    pub unevenness: u8,
    /// Difference between paper and print, grey levels.
    pub contrast: u8,
    /// Share of an edge's height that its steepest step takes: 1 for bilevel scans, 0.4 to 0.7 for good grey
    /// ones, below 0.33 blurred; `None` without print.
    pub sharpness: Option<f32>,
    /// Isolated dots of a pixel or two per square centimetre; counted on bilevel scans only.
    pub specks_per_cm2: f32,
    /// Median x-height of the lines, px of the stored image; `None` where no lines were found.
    pub x_height: Option<f32>,
    /// True when nothing is printed or written on the page; dust and bleed-through do not count.
    pub blank: bool,
    /// Sides at which print runs over the edge.
    pub cut: Vec<Side>,
    /// True when a dark margin was found.
    pub dark_margin: bool,
    /// True when there is a seal, in colour or without.
    pub seal_present: bool,
}

impl Quality {
    /// True when edges are so soft that the page should be scanned again.
    pub fn blurred(&self) -> bool {
        self.sharpness.is_some_and(|sharpness| sharpness < 0.33)
    }

    /// True when the finer axis has less than 150 dpi.
    pub fn low_resolution(&self) -> bool {
        self.dpi.0.max(self.dpi.1) < 149.0
    }
}

/// A side of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Upper.
    Top,
    /// Right-hand.
    Right,
    /// Lower.
    Bottom,
    /// Left-hand.
    Left,
}

/// Darkness from which a pixel of the reduced copy is a mark.
const MARK: u8 = 90;

/// Ink share above which a page is not blank without further look.
const CERTAINLY_INK: f32 = 0.006;

/// Share of dark pixels.
pub(super) fn ink(dark: &Gray) -> f32 {
    dark.pixels.iter().filter(|&&v| v > MARK).count() as f32 / dark.pixels.len().max(1) as f32
}

/// Whether no mark has the size of a digit or more; `dpi` is that of the reduced copy.
pub(super) fn is_blank(dark: &Gray, dpi: f32) -> bool {
    if ink(dark) > CERTAINLY_INK {
        return false;
    }
    let mm = dpi / 25.4;
    let rim = (6.0 * mm) as usize;
    let (w, h) = (dark.width as usize, dark.height as usize);
    !marks(dark).into_iter().any(|mark| {
        let (width, height) = (
            (mark.right - mark.left) as f32 / mm,
            (mark.bottom - mark.top) as f32 / mm,
        );
        // Punch holes and staples' shadows are solid and larger than letters.
        let hole = width.min(height) > 4.0 && mark.pixels as f32 > 0.6 * width * height * mm * mm;
        let inside =
            mark.left > rim && mark.top > rim && mark.right + rim < w && mark.bottom + rim < h;
        // A 10 pt digit is 2.4 mm high; dust and the dots of bleed-through stay below 1.4 mm.
        inside && !hole && width.max(height) >= 1.4
    })
}

/// A connected group of dark pixels.
struct Mark {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    pixels: usize,
}

fn marks(dark: &Gray) -> Vec<Mark> {
    let (w, h) = (dark.width as usize, dark.height as usize);
    let mut open: Vec<bool> = dark.pixels.iter().map(|&v| v > MARK).collect();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for start in 0..open.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let (x, y) = (start % w, start / w);
        let mut mark = Mark {
            left: x,
            top: y,
            right: x + 1,
            bottom: y + 1,
            pixels: 0,
        };
        stack.push(start);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % w, at / w);
            mark.pixels += 1;
            mark.left = mark.left.min(x);
            mark.right = mark.right.max(x + 1);
            mark.top = mark.top.min(y);
            mark.bottom = mark.bottom.max(y + 1);
            for ny in y.saturating_sub(1)..(y + 2).min(h) {
                for nx in x.saturating_sub(1)..(x + 2).min(w) {
                    if std::mem::take(&mut open[ny * w + nx]) {
                        stack.push(ny * w + nx);
                    }
                }
            }
        }
        found.push(mark);
    }
    found
}

/// Short dark runs along an edge from which text is taken to be cut there.
const CUT_RUNS: usize = 8;

/// The sides at which many letters touch the edge.
pub(super) fn cut_sides(dark: &Gray) -> Vec<Side> {
    let (w, h) = (dark.width as usize, dark.height as usize);
    if w < 32 || h < 32 {
        return Vec::new();
    }
    let row = |y: usize| (0..w).map(move |x| y * w + x);
    let column = |x: usize| (0..h).map(move |y| y * w + x);
    let touched = |at: usize| dark.pixels[at] > 128;
    [
        (Side::Top, short_runs(row(1).map(touched))),
        (Side::Right, short_runs(column(w - 2).map(touched))),
        (Side::Bottom, short_runs(row(h - 2).map(touched))),
        (Side::Left, short_runs(column(1).map(touched))),
    ]
    .into_iter()
    .filter_map(|(side, runs)| (runs >= CUT_RUNS).then_some(side))
    .collect()
}

/// How many runs of 1 to 16 set values there are.
fn short_runs(values: impl Iterator<Item = bool>) -> usize {
    let (mut runs, mut length) = (0, 0);
    for value in values.chain([false]) {
        if value {
            length += 1;
        } else {
            runs += usize::from((1..=16).contains(&length));
            length = 0;
        }
    }
    runs
}

/// Contrast and sharpness, from every eighth row of a page whose paper is `paper`.
pub(super) fn edges(page: &Gray, paper: u8) -> (u8, Option<f32>) {
    let w = (page.width as usize).max(1);
    let mut counts = [0u32; 256];
    let rows = || page.pixels.chunks_exact(w).step_by(8);
    rows().flatten().for_each(|&v| counts[usize::from(v)] += 1);
    let contrast = paper.saturating_sub(print_level(&counts, paper));
    let tall = (contrast / 2).max(24);
    let (mut sum, mut n) = (0.0f32, 0u32);
    for row in rows() {
        for step in row.windows(5) {
            let height = step[0].abs_diff(step[4]);
            if height >= tall {
                let steepest = step
                    .windows(2)
                    .map(|pair| pair[0].abs_diff(pair[1]))
                    .max()
                    .unwrap_or(0);
                sum += (f32::from(steepest) / f32::from(height)).min(1.0);
                n += 1;
            }
        }
    }
    (contrast, (n > 200).then(|| sum / n as f32))
}

/// The grey that the darker quarter of the print has; print is what is well below the paper.
fn print_level(counts: &[u32; 256], paper: u8) -> u8 {
    let limit = usize::from(paper) * 7 / 8;
    let print: u32 = counts[..limit].iter().sum();
    let mut seen = 0;
    for (level, &n) in counts[..limit].iter().enumerate() {
        seen += n;
        if seen * 4 > print {
            return level as u8;
        }
    }
    paper
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Gray {
        Gray {
            width: 827,
            height: 1169,
            pixels: vec![0; 827 * 1169],
        }
    }

    fn put(dark: &mut Gray, x: usize, y: usize, w: usize, h: usize, value: u8) {
        for row in y..y + h {
            dark.pixels[row * 827 + x..row * 827 + x + w].fill(value);
        }
    }

    #[test]
    fn dust_bleed_and_holes_are_blank_and_a_page_number_is_not() {
        let mut dark = empty();
        (0..200).for_each(|i| {
            put(
                &mut dark,
                40 + (i * 37) % 740,
                40 + (i * 91) % 1080,
                2,
                2,
                255,
            );
        });
        put(&mut dark, 60, 300, 24, 24, 255);
        (0..20).for_each(|i| put(&mut dark, 100, 100 + i * 20, 500, 8, 70));
        assert!(is_blank(&dark, 100.0));
        put(&mut dark, 410, 1100, 2, 9, 255);
        assert!(!is_blank(&dark, 100.0));
    }

    #[test]
    fn lines_that_run_over_the_side_are_cut() {
        let mut dark = empty();
        (0..30).for_each(|i| put(&mut dark, 700, 100 + i * 30, 127, 7, 255));
        assert_eq!(cut_sides(&dark), [Side::Right]);
    }

    #[test]
    fn soft_edges_are_less_sharp() {
        let stripes = |soft: bool| {
            let row: Vec<u8> = (0..400)
                .map(|x| match (x % 20, soft) {
                    (0..=5, _) => 20,
                    (6..=9, true) => 20 + (x % 20 - 5) as u8 * 44,
                    (16..=19, true) => 20 + (20 - x % 20) as u8 * 44,
                    _ => 250,
                })
                .collect();
            Gray {
                width: 400,
                height: 400,
                pixels: row.repeat(400),
            }
        };
        let (contrast, hard) = edges(&stripes(false), 250);
        assert_eq!(contrast, 230);
        assert_eq!(hard, Some(1.0));
        assert!(edges(&stripes(true), 250).1.expect("has edges") < 0.6);
    }
}
