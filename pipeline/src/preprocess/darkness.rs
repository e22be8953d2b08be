//! How dark each pixel of a reduced page is against the paper around it.

use crate::document::Gray;

/// Resolution of the reduced copy, dpi: an x-height of 13 pt is 8 px, a tone mark 2 px.
pub(super) const REDUCED_DPI: f32 = 100.0;

/// Side of a background block, px of the reduced copy (4 mm).
pub(super) const BLOCK: usize = 16;

/// Darkness below this share of 255 is paper: texture, bleed-through, JPEG noise.
const PAPER: u16 = 40;

/// The paper's grey on a grid of blocks.
#[derive(Clone, Debug)]
pub(super) struct Paper {
    /// Blocks per row.
    pub(super) columns: usize,
    /// Rows of blocks.
    pub(super) rows: usize,
    /// Grey of each block, 0 to 255.
    pub(super) levels: Vec<u8>,
}

impl Paper {
    /// The paper of a reduced copy: the bright end of each block, mended where a block has no paper.
    pub(super) fn of(image: &Gray) -> Self {
        let (w, h) = (image.width as usize, image.height as usize);
        let (columns, rows) = (w.div_ceil(BLOCK), h.div_ceil(BLOCK));
        let mut levels = Vec::with_capacity(columns * rows);
        for band in image.pixels.chunks(w.max(1) * BLOCK) {
            levels.extend((0..columns).map(|c| block_level(band, w, c)));
        }
        let mut paper = Self {
            columns,
            rows,
            levels,
        };
        paper.mend();
        paper
    }

    /// The level that a share of the blocks stay below.
    pub(super) fn percentile(&self, share: f32) -> u8 {
        let mut sorted = self.levels.clone();
        sorted.sort_unstable();
        let at = (sorted.len() as f32 * share) as usize;
        sorted
            .get(at.min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or(255)
    }

    /// Blocks far darker than the page's paper are pictures, black margins or heavy type: they get the mean
    /// of their neighbours that are paper, then all are smoothed once.
    fn mend(&mut self) {
        let floor = (u16::from(self.percentile(0.5)) * 3 / 5) as u8;
        let usual = self.percentile(0.5);
        let mended: Vec<u8> = (0..self.levels.len())
            .map(|at| match self.levels[at] {
                level if level >= floor => level,
                _ => self.mean_around(at, 3, floor).unwrap_or(usual),
            })
            .collect();
        self.levels = mended;
        self.levels = (0..self.levels.len())
            .map(|at| self.mean_around(at, 1, 0).unwrap_or(usual))
            .collect();
    }

    fn mean_around(&self, at: usize, reach: usize, floor: u8) -> Option<u8> {
        let (x, y) = (at % self.columns, at / self.columns);
        let (mut sum, mut n) = (0u32, 0u32);
        for row in y.saturating_sub(reach)..(y + reach + 1).min(self.rows) {
            for column in x.saturating_sub(reach)..(x + reach + 1).min(self.columns) {
                let level = self.levels[row * self.columns + column];
                if level >= floor {
                    sum += u32::from(level);
                    n += 1;
                }
            }
        }
        sum.checked_div(n).map(|mean| mean as u8)
    }
}

/// The grey that a fifth of the block's pixels exceed.
fn block_level(band: &[u8], width: usize, column: usize) -> u8 {
    let mut counts = [0u16; 32];
    let mut total = 0u16;
    for row in band.chunks_exact(width) {
        let end = ((column + 1) * BLOCK).min(width);
        for &value in &row[column * BLOCK..end] {
            counts[usize::from(value >> 3)] += 1;
            total += 1;
        }
    }
    let wanted = total / 5;
    let mut seen = 0;
    for (bin, &n) in counts.iter().enumerate().rev() {
        seen += n;
        if seen > wanted {
            return (bin * 8 + 7) as u8;
        }
    }
    255
}

/// Darkness 0 to 255 of every pixel against its block's paper; [`PAPER`] and less is 0.
pub(super) fn darkness(image: &Gray, paper: &Paper) -> Gray {
    let w = (image.width as usize).max(1);
    let mut pixels = vec![0u8; image.pixels.len()];
    for (y, (out, row)) in pixels
        .chunks_exact_mut(w)
        .zip(image.pixels.chunks_exact(w))
        .enumerate()
    {
        let levels = &paper.levels[(y / BLOCK) * paper.columns..];
        for ((out, row), &level) in out.chunks_mut(BLOCK).zip(row.chunks(BLOCK)).zip(levels) {
            let gain = 65_280 / u16::from(level.max(32));
            for (out, &value) in out.iter_mut().zip(row) {
                let dark = (u16::from(level.saturating_sub(value)) * (gain >> 4)) >> 4;
                *out = if dark > PAPER { dark.min(255) as u8 } else { 0 };
            }
        }
    }
    Gray {
        width: image.width,
        height: image.height,
        pixels,
    }
}

/// Erases runs of dark pixels longer than `longest` px, along rows and along columns: rules of tables and
/// forms, which say nothing about letters.
pub(super) fn without_rules(mut dark: Gray, longest: usize) -> Gray {
    let w = (dark.width as usize).max(1);
    let original = dark.pixels.clone();
    for (out, row) in dark
        .pixels
        .chunks_exact_mut(w)
        .zip(original.chunks_exact(w))
    {
        let mut start = 0;
        for x in 0..=w {
            if x < w && row[x] > 64 {
                continue;
            }
            if x - start > longest {
                out[start..x].fill(0);
            }
            start = x + 1;
        }
    }
    let mut runs = vec![0u16; w];
    let height = dark.height as usize;
    for y in 0..=height {
        let row = original.get(y * w..(y + 1) * w);
        for x in 0..w {
            if row.is_some_and(|row| row[x] > 64) {
                runs[x] = runs[x].saturating_add(1);
            } else {
                let run = usize::from(std::mem::take(&mut runs[x]));
                if run > longest {
                    (y - run..y).for_each(|y| dark.pixels[y * w + x] = 0);
                }
            }
        }
    }
    dark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_on_uneven_paper_is_evenly_dark() {
        let mut image = Gray {
            width: 320,
            height: 320,
            pixels: vec![0; 320 * 320],
        };
        for y in 0..320 {
            for x in 0..320 {
                let paper = 250 - x as u32 / 3;
                let print = x % 8 == 0 && y % 4 == 0;
                image.pixels[y * 320 + x] = (if print { paper / 4 } else { paper }) as u8;
            }
        }
        let dark = darkness(&image, &Paper::of(&image));
        let (left, right) = (dark.pixels[160 * 320 + 16], dark.pixels[160 * 320 + 296]);
        assert!(left.abs_diff(right) < 24, "{left} {right}");
        assert_eq!(dark.pixels[161 * 320 + 17], 0);
    }

    #[test]
    fn rules_go_and_letters_stay() {
        let mut dark = Gray {
            width: 100,
            height: 100,
            pixels: vec![0; 10_000],
        };
        dark.pixels[5000..5090].fill(255);
        (0..90).for_each(|y| dark.pixels[y * 100 + 95] = 255);
        dark.pixels[2010..2020].fill(255);
        let clean = without_rules(dark, 60);
        assert_eq!(clean.pixels.iter().filter(|&&v| v > 0).count(), 10);
    }
}
