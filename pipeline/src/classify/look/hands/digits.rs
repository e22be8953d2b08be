//! How much a piece of ink looks like a printed digit.

/// Size of a shape, cells.
const WIDE: usize = 10;
const HIGH: usize = 14;
const CELLS: usize = WIDE * HIGH;
/// Signs of each face: the ten digits and the stroke.
const SIGNS: usize = 11;
/// Digits and the stroke in serif, italic, bold, bold italic and sans serif: width by height in hundredths, then one
/// byte a cell, 255 = ink. `cargo run -p saoy-pipeline --example hands -- shapes` draws them.
static DIGITS: &[u8] = include_bytes!("digits.bin");
/// Faces in [`DIGITS`].
pub(super) const FACES: usize = 5;

/// A picture of the size of the known ones, and its width by its height.
pub(super) struct Shape {
    cells: [f32; CELLS],
    ratio: f32,
}

impl Shape {
    /// The part of `dark` (share of full ink, rows of `width`) within left, top, right, bottom.
    pub(super) fn of(dark: &[f32], width: usize, [left, top, right, bottom]: [usize; 4]) -> Self {
        let (w, h) = ((right - left) as f32, (bottom - top) as f32);
        let mut cells = [0.0; CELLS];
        for (at, cell) in cells.iter_mut().enumerate() {
            let (column, row) = ((at % WIDE) as f32, (at / WIDE) as f32);
            let (x0, y0) = (column * w / WIDE as f32, row * h / HIGH as f32);
            let (x1, y1) = (x0 + w / WIDE as f32, y0 + h / HIGH as f32);
            *cell = mean_of(
                dark,
                width,
                [
                    x0 + left as f32,
                    y0 + top as f32,
                    x1 + left as f32,
                    y1 + top as f32,
                ],
            );
        }
        Self {
            cells: standardized(&soft(&cells)),
            ratio: w / h.max(1.0),
        }
    }

    /// The likeness to the likest sign of each face, -1 to 1.
    pub(super) fn likenesses(&self) -> [f32; FACES] {
        let mut best = [-1.0_f32; FACES];
        for (face, signs) in best.iter_mut().zip(known().chunks_exact(SIGNS)) {
            for sign in signs {
                // Scans and faces make digits a quarter broader or narrower, no more.
                let stretch = (self.ratio / sign.ratio).ln().abs();
                let value = self.correlation(sign) - 0.8 * (stretch - 0.22).max(0.0);
                *face = face.max(value);
            }
        }
        best
    }

    fn correlation(&self, other: &Self) -> f32 {
        let products = self.cells.iter().zip(&other.cells).map(|(a, b)| a * b);
        products.sum()
    }
}

/// The shapes of [`DIGITS`], face by face.
fn known() -> &'static [Shape] {
    static KNOWN: std::sync::OnceLock<Vec<Shape>> = std::sync::OnceLock::new();
    KNOWN.get_or_init(|| {
        let shape = |bytes: &[u8]| {
            let (ratio, drawn) = bytes.split_first()?;
            let mut cells = [0.0; CELLS];
            for (cell, value) in cells.iter_mut().zip(drawn) {
                *cell = f32::from(*value) / 255.0;
            }
            Some(Shape {
                cells: standardized(&soft(&cells)),
                ratio: f32::from(*ratio).max(1.0) / 100.0,
            })
        };
        DIGITS.chunks_exact(CELLS + 1).filter_map(shape).collect()
    })
}

/// The mean over a box with edges between pixels.
fn mean_of(dark: &[f32], width: usize, [x0, y0, x1, y1]: [f32; 4]) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0_f32);
    for y in y0 as usize..(y1.ceil() as usize).max(y0 as usize + 1) {
        let tall = (y1.min(y as f32 + 1.0) - y0.max(y as f32)).max(0.0);
        for x in x0 as usize..(x1.ceil() as usize).max(x0 as usize + 1) {
            let part = tall * (x1.min(x as f32 + 1.0) - x0.max(x as f32)).max(0.0);
            sum += part * dark.get(y * width + x).copied().unwrap_or(0.0);
            weight += part;
        }
    }
    sum / weight.max(1e-3)
}

/// Blurred by half a cell.
fn soft(sharp: &[f32; CELLS]) -> [f32; CELLS] {
    let mut across = [0.0; CELLS];
    for (at, to) in across.iter_mut().enumerate() {
        let x = at % WIDE;
        let left = if x > 0 { sharp[at - 1] } else { 0.0 };
        let right = if x + 1 < WIDE { sharp[at + 1] } else { 0.0 };
        *to = 0.6 * sharp[at] + 0.2 * (left + right);
    }
    let mut both = [0.0; CELLS];
    for (at, to) in both.iter_mut().enumerate() {
        let above = if at >= WIDE { across[at - WIDE] } else { 0.0 };
        let below = across.get(at + WIDE).copied().unwrap_or(0.0);
        *to = 0.6 * across[at] + 0.2 * (above + below);
    }
    both
}

/// Mean 0, length 1.
fn standardized(cells: &[f32; CELLS]) -> [f32; CELLS] {
    let mean = cells.iter().sum::<f32>() / CELLS as f32;
    let mut out = cells.map(|cell| cell - mean);
    let length = out.iter().map(|cell| cell * cell).sum::<f32>().sqrt();
    out.iter_mut().for_each(|cell| *cell /= length.max(1e-6));
    out
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A digit of the first face, `height` px high: its width and what ink each pixel has.
    pub(in super::super) fn drawn(digit: usize, height: usize) -> (usize, Vec<f32>) {
        let bytes = DIGITS.chunks_exact(CELLS + 1).nth(digit).unwrap();
        let wide = (f32::from(bytes[0]) / 100.0 * height as f32).round() as usize;
        let ink = (0..wide * height).map(|at| {
            let (x, y) = (at % wide * WIDE / wide, at / wide * HIGH / height);
            f32::from(bytes[1 + y * WIDE + x]) / 255.0
        });
        (wide, ink.collect())
    }

    #[test]
    fn digits_are_like_themselves_and_scribbles_like_none() {
        assert_eq!(DIGITS.len(), FACES * SIGNS * (CELLS + 1));
        for index in 0..FACES * SIGNS {
            let (wide, dark) = drawn(index, 42);
            let found = Shape::of(&dark, wide, [0, 0, wide, 42]).likenesses();
            assert!(found[index / SIGNS] > 0.95, "{index}: {found:?}");
        }
        // A zigzag.
        let mut dark = vec![0.0; 30 * 42];
        for y in 0..42 {
            let x = if y / 10 % 2 == 0 {
                2 * (y % 10)
            } else {
                20 - 2 * (y % 10)
            };
            dark[y * 30 + x..y * 30 + x + 4].fill(1.0);
        }
        let found = Shape::of(&dark, 30, [0, 0, 30, 42]).likenesses();
        assert!(found.iter().all(|value| *value < 0.7), "{found:?}");
    }
}
