//! Profiles of narrow upright strips of a page, and the slope at which they fit together best.

use crate::document::Gray;

/// Width of a strip, px of the reduced copy (4 mm): within one, a slope of 7 degrees moves a line by 2 px.
const STRIP: usize = 16;

/// Steepest slope looked for, as a tangent (7 degrees): beyond it a scan is re-laid by hand.
const STEEPEST: f32 = 0.1228;

/// Step of the first search, as a tangent (a quarter degree).
const STEP: f32 = 0.00436;

/// The sums of darkness over each row of each strip.
pub(super) struct Strips {
    height: usize,
    /// Centre of each strip, px from the page's middle.
    centres: Vec<f32>,
    /// `height` sums per strip.
    sums: Vec<Vec<f32>>,
}

/// A slope and how well it fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Rise of the lines, px down per px right.
    pub(super) slope: f32,
    /// How much the best slope stands above the middle of all, 1 = not at all.
    pub(super) peak: f32,
}

impl Strips {
    /// The strips of a darkness map.
    pub(super) fn of(dark: &Gray) -> Self {
        let (w, height) = ((dark.width as usize).max(1), dark.height as usize);
        let count = w / STRIP;
        let mut sums = vec![vec![0f32; height]; count];
        for (y, row) in dark.pixels.chunks_exact(w).enumerate() {
            for (strip, cell) in sums.iter_mut().zip(row.chunks_exact(STRIP)) {
                strip[y] = cell.iter().map(|&v| u16::from(v)).sum::<u16>().into();
            }
        }
        let middle = w as f32 / 2.0;
        let centres = (0..count)
            .map(|i| (i * STRIP + STRIP / 2) as f32 - middle)
            .collect();
        Self {
            height,
            centres,
            sums,
        }
    }

    /// The profile of strips `range` laid along `slope`.
    pub(super) fn profile(&self, range: std::ops::Range<usize>, slope: f32, out: &mut Vec<f32>) {
        out.clear();
        out.resize(self.height, 0.0);
        let Some(strips) = self.sums.get(range.clone()) else {
            return;
        };
        for (sums, centre) in strips.iter().zip(&self.centres[range]) {
            add_shifted(out, sums, centre * slope);
        }
    }

    /// How many strips there are.
    pub(super) fn len(&self) -> usize {
        self.sums.len()
    }

    /// The slope at which the page's profile is most uneven (differential square sum), to a hundredth of a
    /// degree.
    pub(super) fn fit(&self) -> Fit {
        let mut profile = Vec::new();
        let mut energy = |slope| {
            self.profile(0..self.len(), slope, &mut profile);
            profile
                .windows(2)
                .map(|pair| (pair[1] - pair[0]) * (pair[1] - pair[0]))
                .sum::<f32>()
        };
        let steps = (STEEPEST / STEP) as i16;
        let coarse: Vec<(f32, f32)> = (-steps..=steps)
            .map(|i| f32::from(i) * STEP)
            .map(|slope| (slope, energy(slope)))
            .collect();
        let mut best = coarse
            .iter()
            .copied()
            .fold((0.0, -1.0), |a, b| if b.1 > a.1 { b } else { a });
        let mut all: Vec<f32> = coarse.iter().map(|&(_, energy)| energy).collect();
        all.sort_unstable_by(f32::total_cmp);
        let usual = all.get(all.len() / 2).copied().unwrap_or(0.0);
        let peak = if usual > 0.0 { best.1 / usual } else { 1.0 };
        for step in [STEP / 3.0, STEP / 9.0] {
            for side in [-2.0, -1.0, 1.0, 2.0f32] {
                let slope = best.0 + side * step;
                let value = energy(slope);
                if value > best.1 {
                    best = (slope, value);
                }
            }
        }
        let step = STEP / 9.0;
        let (before, after) = (energy(best.0 - step), energy(best.0 + step));
        let bend = before - 2.0 * best.1 + after;
        let offset = if bend < 0.0 {
            (before - after) / (2.0 * bend)
        } else {
            0.0
        };
        Fit {
            slope: best.0 + offset.clamp(-1.0, 1.0) * step,
            peak,
        }
    }
}

/// Adds `sums` moved up by `shift` rows (interpolated) to `out`.
fn add_shifted(out: &mut [f32], sums: &[f32], shift: f32) {
    let whole = shift.floor();
    let part = shift - whole;
    let whole = whole as isize;
    let (from, to) = if whole >= 0 {
        (whole.unsigned_abs(), 0)
    } else {
        (0, whole.unsigned_abs())
    };
    let (Some(source), Some(out)) = (sums.get(from..), out.get_mut(to..)) else {
        return;
    };
    for (out, pair) in out.iter_mut().zip(source.windows(2)) {
        *out += pair[0] * (1.0 - part) + pair[1] * part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of dashes at a slope.
    fn page(slope: f32) -> Gray {
        let mut dark = Gray {
            width: 800,
            height: 1100,
            pixels: vec![0; 800 * 1100],
        };
        for line in 0..30 {
            for x in 80..720usize {
                if x % 11 < 3 {
                    continue;
                }
                let y = 80.0 + line as f32 * 32.0 + (x as f32 - 400.0) * slope;
                for dy in 0..8 {
                    let at = (y.round() as usize + dy) * 800 + x;
                    dark.pixels[at] = 255;
                }
            }
        }
        dark
    }

    #[test]
    fn slopes_are_found_to_a_twentieth_of_a_degree() {
        for degrees in [-6.3f32, -2.0, -0.55, 0.0, 0.2, 1.13, 4.9] {
            let slope = degrees.to_radians().tan();
            let fit = Strips::of(&page(slope)).fit();
            let found = fit.slope.atan().to_degrees();
            assert!((found - degrees).abs() < 0.05, "{degrees} found {found}");
        }
    }

    #[test]
    fn an_empty_page_has_no_peak() {
        let fit = Strips::of(&Gray {
            width: 100,
            height: 100,
            pixels: vec![0; 10_000],
        })
        .fit();
        assert_eq!(fit.peak, 1.0);
    }
}
