//! A row of letters cut out of the page, made level, its ink turned black on white.

use super::rows::Row;
use super::small::{COLOURED, Ink, PRINT, Small, taken};
use crate::document::{Gray, Rect};
use crate::picture::Picture;

/// Height of a row of letters, marks above and below them included, px: capitals are about 34 px high, what the
/// engine reads best.
pub(super) const HEIGHT: f32 = 52.0;
/// White kept around the row, px.
pub(super) const MARGIN: f32 = 14.0;
/// Part of the margin in which ink is still shown: boxes on the small copy are exact to about a pixel.
const SHOWN: f32 = 4.0;

/// What of the page is taken for the row's ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The row's own ink; other inks are paper.
    Own,
    /// Everything that is not paper.
    All,
}

/// The row as black letters on white.
pub(super) fn levelled(picture: &Picture<'_>, small: &Small, row: &Row, look: Look) -> Gray {
    let (length, height) = (row.size.0 / small.scale, row.size.1 / small.scale);
    let enlarged = HEIGHT / height.max(1.0);
    let (sin, cos) = row.angle.sin_cos();
    let margin = (MARGIN + 2.0) / enlarged;
    let (half_w, half_h) = (length / 2.0 + margin, height / 2.0 + margin);
    let reach = (
        half_w * cos + half_h * sin.abs(),
        half_w * sin.abs() + half_h * cos,
    );
    let centre = (row.centre.0 / small.scale, row.centre.1 / small.scale);
    let area = Rect {
        x: (centre.0 - reach.0).floor(),
        y: (centre.1 - reach.1).floor(),
        w: 2.0 * reach.0 + 2.0,
        h: 2.0 * reach.1 + 2.0,
    };
    let scale = enlarged.min(1.0);
    let patch = picture.colours(area, scale);
    let mut strengths: Vec<f32> = patch
        .pixels
        .as_chunks::<3>()
        .0
        .iter()
        .map(|pixel| strength(*pixel, small.paper, row.ink, look))
        .collect();
    if look == Look::Own {
        fill_gaps(&mut strengths, patch.width as usize);
    }
    let width = (length * enlarged + 2.0 * MARGIN).ceil() as usize;
    let rows = (HEIGHT + 2.0 * MARGIN) as usize;
    let at = |x: f32, y: f32| {
        let (dx, dy) = (
            (x - width as f32 / 2.0) / enlarged,
            (y - rows as f32 / 2.0) / enlarged,
        );
        let (px, py) = (
            (centre.0 + dx * cos - dy * sin - area.x) * scale,
            (centre.1 + dx * sin + dy * cos - area.y) * scale,
        );
        between(
            &strengths,
            (patch.width as usize, patch.height as usize),
            px - 0.5,
            py - 0.5,
        )
    };
    let mut inked = vec![0.0_f32; width * rows];
    let hidden = MARGIN - SHOWN;
    for y in 0..rows {
        for x in 0..width {
            let (fx, fy) = (x as f32 + 0.5, y as f32 + 0.5);
            let inset = fx.min(fy).min(width as f32 - fx).min(rows as f32 - fy);
            if inset >= hidden {
                inked[y * width + x] = at(fx, fy);
            }
        }
    }
    let full = full_strength(&inked);
    clear_lines(&mut inked, width, 0.45 * full);
    let pixels = inked
        .iter()
        .map(|ink| 255 - (ink / full * 255.0).clamp(0.0, 255.0) as u8);
    Gray {
        width: width as u32,
        height: rows as u32,
        pixels: pixels.collect(),
    }
}

/// Clears what is left of a frame: rows near the upper and lower edge, columns near the left and right one, that are
/// inked along most of their length. Letters have only their marks there.
fn clear_lines(inked: &mut [f32], width: usize, least: f32) {
    let height = inked.len() / width.max(1);
    let bands = |length: usize| {
        let (from, zone) = ((MARGIN - SHOWN) as usize, length / 4);
        (from..zone).chain(length.saturating_sub(zone)..length.saturating_sub(from))
    };
    let inner = (width as f32 - 2.0 * MARGIN, height as f32 - 2.0 * MARGIN);
    for y in bands(height) {
        let row = &mut inked[y * width..(y + 1) * width];
        if row.iter().filter(|ink| **ink > least).count() as f32 > 0.5 * inner.0 {
            row.fill(0.0);
        }
    }
    let side = height.min(width);
    for x in bands(side).map(|x| if x < side / 2 { x } else { width - (side - x) }) {
        let column = || (0..height).map(|y| y * width + x);
        if column().filter(|at| inked[*at] > least).count() as f32 > 0.85 * inner.1 {
            column().for_each(|at| inked[at] = 0.0);
        }
    }
}

/// How much of the row's ink a pixel has, grey levels; not a number where print hides it.
fn strength(pixel: [u8; 3], paper: [u8; 3], ink: Ink, look: Look) -> f32 {
    let [red, green, blue] = taken(pixel, paper);
    let (least, most) = (red.min(green).min(blue), red.max(green).max(blue));
    if look == Look::All {
        return most.max(0) as f32;
    }
    let own = match ink {
        Ink::Red => green.min(blue.max(green / 2)) - red,
        Ink::Blue => red.max(green) - blue.min(red),
        Ink::Pale | Ink::Dark => least,
    };
    let print = PRINT * f32::from(paper[1]);
    let hidden = match ink {
        Ink::Red | Ink::Blue => most - least < COLOURED && least as f32 > 0.5 * print,
        Ink::Pale => least as f32 > print,
        Ink::Dark => false,
    };
    if hidden { f32::NAN } else { own.max(0) as f32 }
}

/// Gives pixels that print hides the ink that lies around them.
fn fill_gaps(strengths: &mut [f32], width: usize) {
    const REACH: usize = 4;
    if width == 0 || !strengths.iter().any(|value| value.is_nan()) {
        return;
    }
    let before = strengths.to_vec();
    let height = before.len() / width;
    for at in 0..strengths.len() {
        if !before[at].is_nan() {
            continue;
        }
        let (x, y) = (at % width, at / width);
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for row in y.saturating_sub(REACH)..(y + REACH + 1).min(height) {
            let columns = x.saturating_sub(REACH)..(x + REACH + 1).min(width);
            for value in before[row * width..][columns]
                .iter()
                .filter(|value| !value.is_nan())
            {
                sum += value;
                count += 1.0;
            }
        }
        strengths[at] = if count > 0.0 { sum / count } else { 0.0 };
    }
}

fn between(values: &[f32], (width, height): (usize, usize), x: f32, y: f32) -> f32 {
    let (x, y) = (
        x.clamp(0.0, width.saturating_sub(1) as f32),
        y.clamp(0.0, height.saturating_sub(1) as f32),
    );
    let (left, top) = (x as usize, y as usize);
    let (tx, ty) = (x - left as f32, y - top as f32);
    let value = |dx: usize, dy: usize| {
        let (x, y) = ((left + dx).min(width - 1), (top + dy).min(height - 1));
        values.get(y * width + x).copied().unwrap_or(0.0)
    };
    let upper = value(0, 0) * (1.0 - tx) + value(1, 0) * tx;
    let lower = value(0, 1) * (1.0 - tx) + value(1, 1) * tx;
    upper * (1.0 - ty) + lower * ty
}

/// What counts as full ink: the strength that a twentieth of the patch reaches, so that worn stamps come out black.
fn full_strength(inked: &[f32]) -> f32 {
    let mut values = inked.to_vec();
    let at = values.len() - 1 - values.len() / 20;
    values
        .select_nth_unstable_by(at, f32::total_cmp)
        .1
        .max(30.0)
}
