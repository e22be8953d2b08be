//! Rotation by small angles as two shears, which are row operations and so keep pace with memory.

use crate::document::{Affine, Gray};

/// The image with lines of `slope` (px down per px right) laid level, the corners filled with white, and the
/// map from its pixels to those of `image`. The canvas grows so that nothing is cut off.
pub(super) fn levelled(image: &Gray, slope: f32) -> (Gray, Affine) {
    let (upright, rise) = sheared_down(image, slope);
    let (level, shift) = sheared_across(&upright, slope);
    // Level (u, v) comes from upright (u - shift - slope * v, v), and that from (x, y + slope * x - rise).
    let to_upright = Affine {
        m: [1.0, 0.0, -slope, 1.0, -shift, 0.0],
    };
    let to_image = Affine {
        m: [1.0, slope, 0.0, 1.0, 0.0, -rise],
    };
    (level, to_upright.then(&to_image))
}

/// Columns moved up by `slope` times x; returns how far all were moved down to stay in view.
fn sheared_down(image: &Gray, slope: f32) -> (Gray, f32) {
    let w = image.width as usize;
    let extra = (slope.abs() * image.width as f32).ceil() as usize + 1;
    let rise = if slope > 0.0 {
        (slope * image.width as f32).ceil()
    } else {
        0.0
    };
    let height = image.height as usize + extra;
    let segments = segments(w, slope, rise);
    let mut pixels = vec![255u8; w * height];
    for (v, out) in pixels.chunks_exact_mut(w).enumerate() {
        for segment in &segments {
            let top = segment.row(v, w, &image.pixels);
            let bottom = segment.row(v + 1, w, &image.pixels);
            let out = &mut out[segment.from..segment.to];
            blend(out, top, bottom, &segment.weights);
        }
    }
    (
        Gray {
            width: image.width,
            height: height as u32,
            pixels,
        },
        rise,
    )
}

/// A stretch of columns whose source rows lie the same whole number of rows away.
struct Segment {
    from: usize,
    to: usize,
    offset: isize,
    /// Share of the lower source row, of 128.
    weights: Vec<u8>,
}

impl Segment {
    /// The stretch of source row `v + offset`, if the image has it.
    fn row<'a>(&self, v: usize, width: usize, pixels: &'a [u8]) -> Option<&'a [u8]> {
        let row = v.checked_add_signed(self.offset)?;
        pixels.get(row * width + self.from..row * width + self.to)
    }
}

fn segments(width: usize, slope: f32, rise: f32) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for x in 0..width {
        // Pixel centres: the shift of column x is taken at x + 1/2.
        let shift = slope * (x as f32 + 0.5) - rise;
        let offset = shift.floor() as isize;
        let weight = ((shift - shift.floor()) * 128.0).round() as u8;
        match segments.last_mut() {
            Some(last) if last.offset == offset => {
                last.to = x + 1;
                last.weights.push(weight);
            }
            _ => segments.push(Segment {
                from: x,
                to: x + 1,
                offset,
                weights: vec![weight],
            }),
        }
    }
    segments
}

fn blend(out: &mut [u8], top: Option<&[u8]>, bottom: Option<&[u8]>, weights: &[u8]) {
    let mix = |a: u8, b: u8, weight: u8| {
        let (a, b, weight) = (u16::from(a), u16::from(b), u16::from(weight));
        ((a * (128 - weight) + b * weight + 64) >> 7) as u8
    };
    match (top, bottom) {
        (Some(top), Some(bottom)) => {
            for (((out, &a), &b), &weight) in out.iter_mut().zip(top).zip(bottom).zip(weights) {
                *out = mix(a, b, weight);
            }
        }
        (Some(top), None) => {
            out.iter_mut()
                .zip(top)
                .zip(weights)
                .for_each(|((out, &a), &w)| *out = mix(a, 255, w));
        }
        (None, Some(bottom)) => {
            out.iter_mut()
                .zip(bottom)
                .zip(weights)
                .for_each(|((out, &b), &w)| *out = mix(255, b, w));
        }
        (None, None) => {}
    }
}

/// Rows moved right by `slope` times y; returns how far all were moved right to stay in view.
fn sheared_across(image: &Gray, slope: f32) -> (Gray, f32) {
    let w = image.width as usize;
    let extra = (slope.abs() * image.height as f32).ceil() as usize + 1;
    let shift = if slope < 0.0 {
        (-slope * image.height as f32).ceil()
    } else {
        0.0
    };
    let width = w + extra;
    let mut pixels = vec![255u8; width * image.height as usize];
    for (v, (out, row)) in pixels
        .chunks_exact_mut(width)
        .zip(image.pixels.chunks_exact(w))
        .enumerate()
    {
        // Source pixel x lands at x + move.
        let moved = shift + slope * (v as f32 + 0.5);
        let whole = moved.floor().max(0.0);
        let weight = ((moved - whole) * 128.0).round().clamp(0.0, 128.0) as u16;
        let whole = whole as usize;
        let Some(out) = out.get_mut(whole..whole + w + 1) else {
            continue;
        };
        let Some((&first, &last)) = row.first().zip(row.last()) else {
            continue;
        };
        let mix = |a: u8, b: u8| {
            ((u16::from(a) * weight + u16::from(b) * (128 - weight) + 64) >> 7) as u8
        };
        for (out, pair) in out[1..].iter_mut().zip(row.windows(2)) {
            *out = mix(pair[0], pair[1]);
        }
        out[0] = mix(255, first);
        out[w] = mix(last, 255);
    }
    (
        Gray {
            width: width as u32,
            height: image.height,
            pixels,
        },
        shift,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    /// Where the dark mark of an image is, by its centre of mass.
    fn centre(image: &Gray) -> Point {
        let (mut mass, mut x, mut y) = (0.0f64, 0.0f64, 0.0f64);
        for (i, &value) in image.pixels.iter().enumerate() {
            let dark = f64::from(255 - value);
            mass += dark;
            x += dark * ((i % image.width as usize) as f64 + 0.5);
            y += dark * ((i / image.width as usize) as f64 + 0.5);
        }
        Point {
            x: (x / mass) as f32,
            y: (y / mass) as f32,
        }
    }

    #[test]
    fn marks_map_back_to_a_tenth_of_a_pixel() {
        for slope in [-0.12f32, -0.01, 0.004, 0.05, 0.12] {
            for (mx, my) in [
                (20usize, 30usize),
                (380, 40),
                (200, 250),
                (30, 460),
                (370, 470),
            ] {
                let mut image = Gray {
                    width: 400,
                    height: 500,
                    pixels: vec![255; 200_000],
                };
                for y in my - 3..my + 3 {
                    image.pixels[y * 400 + mx - 3..y * 400 + mx + 3].fill(0);
                }
                let (level, back) = levelled(&image, slope);
                let there = back.apply(centre(&level));
                let (dx, dy) = (there.x - mx as f32, there.y - my as f32);
                assert!(
                    dx.abs() < 0.1 && dy.abs() < 0.1,
                    "{slope} {mx},{my}: {dx} {dy}"
                );
            }
        }
    }

    #[test]
    fn upright_strokes_of_a_turned_page_become_upright() {
        let mut image = Gray {
            width: 300,
            height: 600,
            pixels: vec![255; 180_000],
        };
        for y in 0..600usize {
            let x = (150.0 - 0.07 * (y as f32 - 300.0)).round() as usize;
            image.pixels[y * 300 + x] = 0;
        }
        let (level, _) = levelled(&image, 0.07);
        let w = level.width as usize;
        let dark = (0..w)
            .filter(|&x| level.pixels.chunks_exact(w).any(|row| row[x] < 128))
            .count();
        assert!(dark <= 7, "{dark}");
    }

    #[test]
    fn sloping_lines_become_level() {
        let mut image = Gray {
            width: 600,
            height: 300,
            pixels: vec![255; 180_000],
        };
        for x in 0..600usize {
            let y = (150.0 + 0.07 * (x as f32 - 300.0)).round() as usize;
            image.pixels[y * 600 + x] = 0;
        }
        let (level, _) = levelled(&image, 0.07);
        let w = level.width as usize;
        let dark: Vec<usize> = level
            .pixels
            .chunks_exact(w)
            .enumerate()
            .filter(|(_, row)| row.iter().any(|&v| v < 128))
            .map(|(y, _)| y)
            .collect();
        assert!(dark.len() <= 3, "{dark:?}");
    }
}
