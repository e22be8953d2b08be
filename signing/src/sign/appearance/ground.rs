//! What of a page is taken, by text or by ink, and where something new has room.

use super::{MM, Place};

/// A page in squares of two points: taken or not.
#[derive(Clone, Debug)]
pub struct Ground {
    size: (f64, f64),
    across: usize,
    down: usize,
    taken: Vec<bool>,
}

/// Side of a square, pt.
const CELL: f64 = 2.0;
/// Left free between new and old, pt.
const GAP: f64 = 3.0 * MM;
/// Not used along the page's edges, pt: most printers do not reach them, and scans have shadows there.
const EDGE: f64 = 5.0 * MM;
/// Largest page that is looked at, squares on a side: 200 inches (ISO 32000-1, annex C.2).
const MOST: f64 = 7200.0;
/// Ink is darker than the paper around it by so much: more than texture and the rings of JPEG, less than a worn stamp.
const CONTRAST: u8 = 40;
/// The paper's own grey may fall so far below that of the page (shadow of a spine, a photo's corner); darker is no paper.
const SHADE: u8 = 60;
/// Side of the patches whose paper is measured, pt.
const PATCH: f64 = 28.0;
/// Specks are smaller than this both ways, pt: dust of the scanner's glass is, the full stop of a text is not.
const SPECK: f64 = 1.3;

impl Ground {
    /// An empty page, `size` pt as readers show it.
    pub fn new(size: (f64, f64)) -> Self {
        let cells = |pt: f64| (pt / CELL).ceil().clamp(1.0, MOST) as usize;
        let (across, down) = (cells(size.0), cells(size.1));
        let mut ground = Self {
            size,
            across,
            down,
            taken: vec![false; across * down],
        };
        let (width, height) = size;
        ground.take([0.0, 0.0, width, EDGE]);
        ground.take([0.0, height - EDGE, width, EDGE]);
        ground.take([0.0, 0.0, EDGE, height]);
        ground.take([width - EDGE, 0.0, EDGE, height]);
        ground
    }

    /// Marks `place` as taken.
    pub fn take(&mut self, [left, top, width, height]: Place) {
        let at = |pt: f64, most: usize| ((pt / CELL).max(0.0) as usize).min(most);
        let (from, to) = (at(left, self.across), at(left + width, self.across - 1));
        for y in at(top, self.down)..=at(top + height, self.down - 1) {
            let row = y * self.across;
            if let Some(cells) = self.taken.get_mut(row + from..row + to + 1) {
                cells.fill(true);
            }
        }
    }

    /// Marks what is darker than the paper on a picture of the whole page: `grey` has `width` pixels in a row, 0 black.
    /// Resolutions around 100 dpi see every letter and few specks.
    pub fn ink(&mut self, grey: &[u8], width: usize) {
        let height = grey.len().checked_div(width).unwrap_or(0);
        if height == 0 {
            return;
        }
        let scale = (self.size.0 / width as f64, self.size.1 / height as f64);
        let mut dark = darker(
            grey,
            width,
            height,
            (PATCH / scale.0).ceil().max(1.0) as usize,
        );
        let mut shape = Vec::new();
        for start in 0..dark.len() {
            follow(&mut dark, width, start, &mut shape);
            let Some([left, top, right, bottom]) = bounds(&shape, width) else {
                continue;
            };
            let is_speck = (right - left + 1) as f64 * scale.0 < SPECK
                && (bottom - top + 1) as f64 * scale.1 < SPECK;
            if is_speck {
                continue;
            }
            for at in &shape {
                let (x, y) = ((at % width) as f64, (at / width) as f64);
                self.take([x * scale.0, y * scale.1, scale.0 / 2.0, scale.1 / 2.0]);
            }
        }
    }

    /// A place of `size` pt in the largest empty part of the page, at its top and in its middle; `None` where it has no
    /// room.
    pub fn place(&self, size: (f64, f64)) -> Option<Place> {
        let needed = |pt: f64| ((pt + 2.0 * GAP) / CELL).ceil() as usize;
        let [left, top, wide, _] = self.largest((needed(size.0), needed(size.1)))?;
        let (left, wide) = (left as f64 * CELL, wide as f64 * CELL);
        Some([
            left + (wide - size.0) / 2.0,
            top as f64 * CELL + GAP,
            size.0,
            size.1,
        ])
    }

    /// The empty rectangle with the most squares, of those that are at least `least` wide and high: left, top, width,
    /// height. Row by row, with the stack of columns that still rise (the largest rectangle of a histogram).
    fn largest(&self, least: (usize, usize)) -> Option<[usize; 4]> {
        let mut best: Option<[usize; 4]> = None;
        let mut heights = vec![0_usize; self.across];
        for (y, row) in self.taken.chunks(self.across).enumerate() {
            for (height, taken) in heights.iter_mut().zip(row) {
                *height = if *taken { 0 } else { *height + 1 };
            }
            let mut rising: Vec<(usize, usize)> = Vec::new();
            // A column of no height at the end closes all.
            for (x, &height) in heights.iter().chain([&0]).enumerate() {
                let mut start = x;
                while let Some(&(from, high)) = rising.last()
                    && high >= height
                {
                    rising.pop();
                    start = from;
                    let wide = x - from;
                    let is_larger = best.is_none_or(|[_, _, w, h]| wide * high > w * h);
                    if wide >= least.0 && high >= least.1 && is_larger {
                        best = Some([from, y + 1 - high, wide, high]);
                    }
                }
                rising.push((start, height));
            }
        }
        best
    }
}

/// Which pixels are ink: darker than the paper of their patch.
fn darker(grey: &[u8], width: usize, height: usize, patch: usize) -> Vec<bool> {
    let least = level(grey.iter().copied()).saturating_sub(SHADE);
    let mut dark = vec![false; grey.len()];
    for top in (0..height).step_by(patch) {
        for left in (0..width).step_by(patch) {
            let right = (left + patch).min(width);
            let rows =
                || (top..(top + patch).min(height)).map(|y| y * width + left..y * width + right);
            let pixels = rows().flat_map(|row| grey.get(row).unwrap_or_default());
            let limit = level(pixels.copied()).max(least).saturating_sub(CONTRAST);
            for row in rows() {
                let (Some(grey), Some(dark)) = (grey.get(row.clone()), dark.get_mut(row)) else {
                    continue;
                };
                for (dark, grey) in dark.iter_mut().zip(grey) {
                    *dark = *grey < limit;
                }
            }
        }
    }
    dark
}

/// The grey of paper: three quarters of the pixels are as dark or darker, which holds under dense text too.
fn level(pixels: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0_usize; 256];
    for pixel in pixels {
        if let Some(count) = counts.get_mut(usize::from(pixel)) {
            *count += 1;
        }
    }
    let quarter = counts.iter().sum::<usize>() / 4;
    let mut above = 0;
    (0..=255_u8)
        .rev()
        .zip(counts.iter().rev())
        .find_map(|(grey, count)| {
            above += count;
            (above > quarter).then_some(grey)
        })
        .unwrap_or(255)
}

/// Takes the pixels that hang together with `start`, also by their corners, out of `dark`.
fn follow(dark: &mut [bool], width: usize, start: usize, shape: &mut Vec<usize>) {
    shape.clear();
    let take = |at: usize, dark: &mut [bool], shape: &mut Vec<usize>| {
        if let Some(pixel) = dark.get_mut(at)
            && *pixel
        {
            *pixel = false;
            shape.push(at);
        }
    };
    take(start, dark, shape);
    let mut next = 0;
    while let Some(&at) = shape.get(next) {
        next += 1;
        let x = at % width;
        for row in [at.checked_sub(width), Some(at), at.checked_add(width)] {
            let Some(row) = row else { continue };
            if x > 0 {
                take(row - 1, dark, shape);
            }
            take(row, dark, shape);
            if x + 1 < width {
                take(row + 1, dark, shape);
            }
        }
    }
}

/// First and last column and row of a shape: left, top, right, bottom.
fn bounds(shape: &[usize], width: usize) -> Option<[usize; 4]> {
    let columns = || shape.iter().map(|at| at % width);
    let rows = || shape.iter().map(|at| at / width);
    Some([
        columns().min()?,
        rows().min()?,
        columns().max()?,
        rows().max()?,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    const PAGE: (f64, f64) = (595.0, 842.0);

    #[test]
    fn the_largest_room_is_found_and_nothing_taken_is_touched() {
        let mut ground = Ground::new(PAGE);
        // Text of half a page, a stamp at the right below it, a page number.
        let taken = [
            [85.0, 60.0, 440.0, 350.0],
            [400.0, 430.0, 120.0, 120.0],
            [290.0, 800.0, 15.0, 12.0],
        ];
        for place in taken {
            ground.take(place);
        }
        let [left, top, width, height] = ground.place((300.0, 150.0)).unwrap();
        assert_eq!((width, height), (300.0, 150.0));
        for [x, y, w, h] in taken {
            let apart = left >= x + w || left + width <= x || top >= y + h || top + height <= y;
            assert!(apart, "{left} {top}");
        }
        assert!((410.0..580.0).contains(&top), "{top}");
        assert!(ground.place((300.0, 500.0)).is_none());
        assert!(ground.place((590.0, 10.0)).is_none(), "the edges stay free");
    }

    /// A page at 100 dpi of `paper`, with black where `ink` says.
    fn picture(paper: impl Fn(usize, usize) -> u8, ink: &[[usize; 4]]) -> (Vec<u8>, usize) {
        let (width, height) = (827, 1169);
        let mut grey: Vec<u8> = (0..width * height)
            .map(|at| paper(at % width, at / width))
            .collect();
        for [left, top, wide, high] in ink {
            for y in *top..top + high {
                grey[y * width + left..][..*wide].fill(20);
            }
        }
        (grey, width)
    }

    #[test]
    fn ink_is_seen_on_white_and_on_shaded_paper_and_specks_are_not() {
        let rule = [[100, 600, 600, 1]];
        let dust: Vec<[usize; 4]> = (0..200)
            .map(|n| [(n * 37) % 820, (n * 53) % 1160, 1, 1])
            .collect();
        let white = |_: usize, _: usize| 255;
        // Darker towards the right, as under a spine, with texture.
        let shaded = |x: usize, y: usize| 230 - (x / 18) as u8 - ((x * 7 + y * 13) % 16) as u8;
        for paper in [&white as &dyn Fn(usize, usize) -> u8, &shaded] {
            let (grey, width) = picture(paper, &dust);
            let mut ground = Ground::new(PAGE);
            ground.ink(&grey, width);
            assert!(ground.place((500.0, 700.0)).is_some(), "dust");
            let (grey, width) = picture(paper, &rule);
            let mut ground = Ground::new(PAGE);
            ground.ink(&grey, width);
            assert!(ground.place((500.0, 700.0)).is_none());
            let [_, top, _, _] = ground.place((500.0, 300.0)).unwrap();
            assert!(!(132.0..432.0).contains(&top), "over the rule: {top}");
        }
        // A dark table or background is no paper.
        let (grey, width) = picture(white, &[[0, 0, 827, 800]]);
        let mut ground = Ground::new(PAGE);
        ground.ink(&grey, width);
        let [_, top, _, _] = ground.place((300.0, 100.0)).unwrap();
        assert!(top > 800.0 * 0.72, "{top}");
    }
}
