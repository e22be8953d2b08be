//! What a row of letters looks like as a whole, held against the words that stamps say: for ink that no engine reads.

use std::sync::LazyLock;

use super::wording::Word;
use crate::document::Gray;

/// Size of a shape, cells.
pub(super) const WIDE: usize = 48;
pub(super) const HIGH: usize = 16;
const CELLS: usize = WIDE * HIGH;
/// Pictures of each word in two bold faces, serif and sans, one below the other in the order of [`Word::ALL`]: one
/// byte a cell, 255 = ink. `cargo run -p saoy-pipeline --example marks -- shapes` draws them.
static SHAPES: &[u8] = include_bytes!("shapes.bin");
/// The same, softened and standardized once.
static FACES_SOFT: LazyLock<Vec<[f32; CELLS]>> = LazyLock::new(|| {
    let faces = SHAPES.chunks_exact(CELLS);
    let soft = faces.map(|face| standardized(&soft(face.iter().map(|v| f32::from(*v)))));
    soft.collect()
});
/// Faces of each word.
const FACES: usize = 2;

/// The pictures of a word, a byte a cell, [`WIDE`] x [`HIGH`].
pub(super) fn faces_of(word: Word) -> impl Iterator<Item = &'static [u8]> {
    let place = Word::ALL.iter().position(|known| *known == word);
    let from = place.map_or(SHAPES.len(), |place| place * FACES * CELLS);
    SHAPES.chunks_exact(CELLS).skip(from / CELLS).take(FACES)
}

/// How alike a row and a word are: -1 to 1, 1 for the same picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Likeness {
    /// The word.
    pub(super) word: Word,
    /// Correlation of the pictures.
    pub(super) value: f32,
}

/// The likeness of `row`, black on white, to every word; the likest first.
pub(super) fn likenesses(row: &Gray) -> Vec<Likeness> {
    let Some((shape, ratio)) = shape_of(row) else {
        return Vec::new();
    };
    let words = Word::ALL.iter().zip(FACES_SOFT.chunks_exact(FACES));
    let mut found: Vec<Likeness> = words
        .map(|(word, faces)| {
            let value = faces
                .iter()
                .map(|face| correlation(&shape, face))
                .fold(-1.0, f32::max);
            // Faces are narrower or wider by a third; a word of half the length is another.
            let stretch = (ratio / word.ratio()).ln().abs();
            let value = value - (stretch - 0.35).max(0.0) * 0.6;
            Likeness { word: *word, value }
        })
        .collect();
    found.sort_by(|a, b| b.value.total_cmp(&a.value));
    found
}

/// The inked part of `row` as a shape, and its width by its height; `None` without ink.
fn shape_of(row: &Gray) -> Option<([f32; CELLS], f32)> {
    let (width, height) = (row.width as usize, row.height as usize);
    let ink = |x: usize, y: usize| {
        let value = row.pixels.get(y * width + x).map_or(255, |value| *value);
        f32::from(255 - value) / 255.0
    };
    let columns: Vec<f32> = (0..width)
        .map(|x| (0..height).map(|y| ink(x, y)).sum())
        .collect();
    let rows: Vec<f32> = (0..height)
        .map(|y| (0..width).map(|x| ink(x, y)).sum())
        .collect();
    let (left, right) = inked(&columns, 0.9)?;
    let (top, bottom) = inked(&rows, 0.9)?;
    let (w, h) = ((right - left) as f32, (bottom - top) as f32);
    if w < 8.0 || h < 6.0 {
        return None;
    }
    let mut cells = [0.0_f32; CELLS];
    let mut weights = [0.0_f32; CELLS];
    for y in top..bottom {
        let cell_y = ((y - top) as f32 + 0.5) / h * HIGH as f32;
        for x in left..right {
            let cell_x = ((x - left) as f32 + 0.5) / w * WIDE as f32;
            let at = (cell_y as usize).min(HIGH - 1) * WIDE + (cell_x as usize).min(WIDE - 1);
            cells[at] += ink(x, y);
            weights[at] += 1.0;
        }
    }
    for (cell, weight) in cells.iter_mut().zip(weights) {
        *cell /= weight.max(1.0);
    }
    Some((standardized(&soft(cells.into_iter())), w / h))
}

/// First and last place with more than a trace of ink.
fn inked(sums: &[f32], trace: f32) -> Option<(usize, usize)> {
    let first = sums.iter().position(|sum| *sum > trace)?;
    let last = sums.iter().rposition(|sum| *sum > trace)?;
    Some((first, last + 1))
}

/// Blurred by a cell, so that strokes a little aside still meet.
fn soft(cells: impl Iterator<Item = f32>) -> [f32; CELLS] {
    let mut sharp = [0.0; CELLS];
    sharp
        .iter_mut()
        .zip(cells)
        .for_each(|(to, from)| *to = from);
    let mut across = [0.0; CELLS];
    for (at, to) in across.iter_mut().enumerate() {
        let x = at % WIDE;
        let left = if x > 0 { sharp[at - 1] } else { 0.0 };
        let right = if x + 1 < WIDE { sharp[at + 1] } else { 0.0 };
        *to = 0.5 * sharp[at] + 0.25 * (left + right);
    }
    let mut both = [0.0; CELLS];
    for (at, to) in both.iter_mut().enumerate() {
        let above = if at >= WIDE { across[at - WIDE] } else { 0.0 };
        let below = across.get(at + WIDE).copied().unwrap_or(0.0);
        *to = 0.5 * across[at] + 0.25 * (above + below);
    }
    both
}

/// Mean 0, length 1.
fn standardized(cells: &[f32; CELLS]) -> [f32; CELLS] {
    let mean = cells.iter().sum::<f32>() / CELLS as f32;
    let mut out = cells.map(|cell| cell - mean);
    let length = out
        .iter()
        .map(|cell| cell * cell)
        .sum::<f32>()
        .sqrt()
        .max(1e-6);
    out.iter_mut().for_each(|cell| *cell /= length);
    out
}

/// The best correlation over small shifts.
fn correlation(a: &[f32; CELLS], b: &[f32; CELLS]) -> f32 {
    let mut best = -1.0_f32;
    for dy in -1_isize..=1 {
        for dx in -2_isize..=2 {
            let mut sum = 0.0;
            for y in 0..HIGH {
                let Some(from) = y.checked_add_signed(dy).filter(|row| *row < HIGH) else {
                    continue;
                };
                let (start, end) = (dx.max(0) as usize, WIDE - (-dx).max(0) as usize);
                let shifted = (
                    start.saturating_add_signed(-dx),
                    end.saturating_add_signed(-dx),
                );
                let row_a = &a[y * WIDE + start..y * WIDE + end];
                let row_b = &b[from * WIDE + shifted.0..from * WIDE + shifted.1];
                sum += row_a.iter().zip(row_b).map(|(a, b)| a * b).sum::<f32>();
            }
            best = best.max(sum);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_likest_to_itself() {
        assert_eq!(SHAPES.len(), Word::ALL.len() * FACES * CELLS);
        for (index, shape) in SHAPES.chunks_exact(CELLS).enumerate() {
            let word = Word::ALL[index / FACES];
            // Drawn at the size that a row has, with white around.
            let width = (50.0 * word.ratio()) as u32 + 20;
            let mut row = Gray {
                width,
                height: 70,
                pixels: vec![255; width as usize * 70],
            };
            for y in 10..60 {
                for x in 10..width as usize - 10 {
                    let cell = (
                        (x - 10) * WIDE / (width as usize - 20),
                        (y - 10) * HIGH / 50,
                    );
                    row.pixels[y * width as usize + x] = 255 - shape[cell.1 * WIDE + cell.0];
                }
            }
            let found = likenesses(&row);
            assert_eq!(found[0].word, word);
            assert!(found[0].value > 0.95 && found[1].value < 0.85, "{found:?}");
        }
        let blank = Gray {
            width: 60,
            height: 40,
            pixels: vec![255; 2400],
        };
        assert!(likenesses(&blank).is_empty());
    }
}
