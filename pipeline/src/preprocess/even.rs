//! Even white paper and dark print out of shadows, tinted paper and faint print.

use crate::document::Gray;

use super::darkness::{BLOCK, Paper};

/// Paper that differs by more grey levels than this from place to place is made even: a shadow of a
/// quarter of the range is what shifts a page-wide threshold into the letters' edges.
const UNEVEN: u8 = 48;

/// Paper darker than this is made white.
const GREY_PAPER: u8 = 190;

/// Print that stands out by fewer levels than this is made darker.
const FAINT: u8 = 120;

/// Whether a page gains from being made even.
pub(super) fn needed(paper: u8, unevenness: u8, contrast: u8) -> bool {
    unevenness > UNEVEN || paper < GREY_PAPER || (24..FAINT).contains(&contrast)
}

/// Makes the paper white and the print dark, in place. `paper` lies on blocks of `BLOCK * factor` px;
/// `contrast` is the difference of paper and print at the page's median paper.
pub(super) fn make_even(page: &mut Gray, paper: &Paper, factor: usize, contrast: u8) {
    let w = page.width as usize;
    let median = f32::from(paper.percentile(0.5).max(1));
    // Print darkens with its paper under a shadow: its depth is a share of the paper's level.
    let depth = (f32::from(contrast) / median).clamp(0.25, 1.0);
    let side = BLOCK * factor;
    let rows: Vec<Vec<u16>> = (0..paper.rows)
        .map(|row| across(paper, row, w, side))
        .collect();
    let mut levels = vec![0u16; w];
    let gains: Vec<u16> = (0..256).map(|level| gain(level, depth)).collect();
    for (y, out) in page.pixels.chunks_exact_mut(w).enumerate() {
        let at = ((y as f32 + 0.5) / side as f32 - 0.5).clamp(0.0, (paper.rows - 1) as f32);
        let upper = at.floor() as usize;
        let Some((a, b)) = rows
            .get(upper)
            .zip(rows.get((upper + 1).min(paper.rows - 1)))
        else {
            return;
        };
        let share = ((at - at.floor()) * 256.0) as u32;
        for ((level, &a), &b) in levels.iter_mut().zip(a).zip(b) {
            *level = ((u32::from(a) * (256 - share) + u32::from(b) * share) >> 8) as u16;
        }
        for (value, &level) in out.iter_mut().zip(&levels) {
            let paper = level >> 8;
            let below = paper.saturating_sub(u16::from(*value));
            let dark = (u32::from(below) * u32::from(gains[usize::from(paper & 255)])) >> 7;
            *value = 255 - dark.min(255) as u8;
        }
    }
}

/// 128ths by which a difference from paper of this level is multiplied.
fn gain(level: u16, depth: f32) -> u16 {
    (128.0 * 255.0 / (f32::from(level.max(24)) * depth)).min(2560.0) as u16
}

/// A row of blocks spread over the page's width, interpolated, in 256ths of a grey level.
fn across(paper: &Paper, row: usize, width: usize, side: usize) -> Vec<u16> {
    let blocks = &paper.levels[row * paper.columns..(row + 1) * paper.columns];
    let last = blocks.len().saturating_sub(1);
    (0..width)
        .map(|x| {
            let at = ((x as f32 + 0.5) / side as f32 - 0.5).clamp(0.0, last as f32);
            let left = at.floor() as usize;
            let share = at - at.floor();
            let (a, b) = (
                f32::from(blocks[left]),
                f32::from(blocks[(left + 1).min(last)]),
            );
            ((a * (1.0 - share) + b * share) * 256.0) as u16
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reduced::reduce;

    #[test]
    fn a_shadow_goes_and_print_becomes_dark() {
        let (w, h) = (960usize, 960usize);
        let mut pixels = vec![0u8; w * h];
        for (i, pixel) in pixels.iter_mut().enumerate() {
            let (x, y) = (i % w, i / w);
            let paper = 240.0 - 120.0 * x as f32 / w as f32;
            let print = x % 24 < 4 && y % 30 < 12;
            *pixel = if print { paper * 0.6 } else { paper } as u8;
        }
        let mut page = Gray {
            width: 960,
            height: 960,
            pixels,
        };
        let paper = Paper::of(&reduce(&page, 3));
        let (median, contrast) = (paper.percentile(0.5), 72);
        assert!(needed(median, 100, contrast));
        make_even(&mut page, &paper, 3, contrast);
        for x in [60usize, 480, 900] {
            let (print, white) = (
                page.pixels[490 * w + x / 24 * 24 + 1],
                page.pixels[490 * w + x / 24 * 24 + 15],
            );
            assert!(white > 215 && print < 60, "{x}: {white} {print}");
        }
    }
}
