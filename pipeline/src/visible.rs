//! The page that people see, altered where a profile asks for it: levelled, cleaned, coded smaller.
//!
//! An archive keeps what was scanned, so nothing is altered unless asked for. Nothing is cut off: a levelled page
//! grows, its corners are white.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::document::{Affine, Gray, Point, Raster, Rgb, Turn};

/// What may be done to the visible page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Turn the picture upright and level its lines.
    pub level: bool,
    /// Even out shadows and tinted paper to white; ink keeps its colours.
    pub clean: bool,
    /// Code grey and colour pictures as JPEG of this quality, 1 to 100; without it nothing is lost.
    pub quality: Option<u8>,
}

impl Options {
    /// Whether a page may come out other than it is.
    pub fn alter(&self) -> bool {
        self.reshape() || self.quality.is_some()
    }

    /// Whether the pixels themselves may change.
    pub fn reshape(&self) -> bool {
        self.level || self.clean
    }
}

/// How a stored picture stands.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    /// The turn that shows it upright.
    pub turn: Turn,
    /// How much its lines fall to the right once it is upright: px down per px right.
    pub slope: f32,
    /// Resolution, dpi.
    pub dpi: f32,
}

/// A picture that was altered.
#[derive(Debug)]
pub struct Altered {
    /// Its pixels, upright.
    pub raster: Raster,
    /// From px of the stored picture, turned upright, to px of this one.
    pub from_upright: Affine,
    /// Degrees by which lines were levelled, clockwise; 0 when they were not.
    pub levelled_deg: f32,
    /// Whether the paper was made even.
    pub cleaned: bool,
}

/// Slopes below a thirtieth of a degree stay: a line of 17 cm then rises by 0.1 mm.
const LEVEL_ENOUGH: f32 = 0.0006;

/// Alters a picture as `options` ask; `None` when nothing about it needs to change.
pub fn altered(raster: &Raster, stand: &Stand, options: &Options) -> Option<Altered> {
    let slope = if options.level && stand.slope.abs() > LEVEL_ENOUGH {
        stand.slope
    } else {
        0.0
    };
    let turn = if options.level {
        stand.turn
    } else {
        Turn::None
    };
    let cleaned = options.clean && !is_bilevel(raster);
    if turn == Turn::None && slope == 0.0 && !cleaned {
        return None;
    }
    let (w, h) = raster.size();
    let upright = turn.map(w as f32, h as f32);
    let (uw, uh) = if turn.swaps_sides() { (h, w) } else { (w, h) };
    let (from_upright, size) = levelling(slope, (uw as f32, uh as f32));
    let mut source = Cow::Borrowed(raster);
    if cleaned {
        // Before it is turned: the white corners of a levelled page say nothing about the paper beside them.
        clean(source.to_mut(), stand.dpi);
    }
    // A picture has an area, so its map can be inverted.
    let to_stored = upright.then(&from_upright).inverse()?;
    Some(Altered {
        raster: resampled(&source, &to_stored, size),
        from_upright,
        levelled_deg: slope.atan().to_degrees(),
        cleaned,
    })
}

/// The rotation that levels lines of `slope`, onto a canvas that holds all of the picture; and the canvas's size.
fn levelling(slope: f32, (w, h): (f32, f32)) -> (Affine, (u32, u32)) {
    if slope == 0.0 {
        return (Affine::IDENTITY, (w as u32, h as u32));
    }
    let (sin, cos) = slope.atan().sin_cos();
    let turned = Affine {
        m: [cos, -sin, sin, cos, 0.0, 0.0],
    };
    let corners =
        [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)].map(|(x, y)| turned.apply(Point { x, y }));
    let least = |value: fn(&Point) -> f32| corners.iter().map(value).fold(f32::MAX, f32::min);
    let most = |value: fn(&Point) -> f32| corners.iter().map(value).fold(f32::MIN, f32::max);
    let (left, top) = (least(|p| p.x), least(|p| p.y));
    let size = (
        (most(|p| p.x) - left).ceil().max(1.0) as u32,
        (most(|p| p.y) - top).ceil().max(1.0) as u32,
    );
    let shift = Affine {
        m: [1.0, 0.0, 0.0, 1.0, -left, -top],
    };
    (turned.then(&shift), size)
}

fn is_bilevel(raster: &Raster) -> bool {
    matches!(raster, Raster::Gray(gray) if gray.pixels.iter().all(|px| *px == 0 || *px == 255))
}

/// The picture of `size` whose px come from where `to_stored` leads; white outside. Black and white stays so.
fn resampled(raster: &Raster, to_stored: &Affine, size: (u32, u32)) -> Raster {
    let bilevel = is_bilevel(raster);
    let count = size.0 as usize * size.1 as usize;
    match raster {
        Raster::Gray(gray) => {
            let mut pixels = Vec::with_capacity(count);
            walk(to_stored, size, |at| {
                let [value] = blended(&gray.pixels, (gray.width, gray.height), at);
                pixels.push(match bilevel {
                    true if value < 128 => 0,
                    true => 255,
                    false => value,
                });
            });
            Raster::Gray(Gray {
                width: size.0,
                height: size.1,
                pixels,
            })
        }
        Raster::Rgb(rgb) => {
            let mut pixels = Vec::with_capacity(count * 3);
            walk(to_stored, size, |at| {
                let value: [u8; 3] = blended(&rgb.pixels, (rgb.width, rgb.height), at);
                pixels.extend_from_slice(&value);
            });
            Raster::Rgb(Rgb {
                width: size.0,
                height: size.1,
                pixels,
            })
        }
    }
}

fn walk(to_stored: &Affine, (width, height): (u32, u32), mut put: impl FnMut(Point)) {
    for y in 0..height {
        for x in 0..width {
            put(to_stored.apply(Point {
                x: x as f32 + 0.5,
                y: y as f32 + 0.5,
            }));
        }
    }
}

/// The pixel at a point, between the four around it; white outside.
fn blended<const N: usize>(pixels: &[u8], (width, height): (u32, u32), at: Point) -> [u8; N] {
    let (x, y) = (at.x - 0.5, at.y - 0.5);
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    let pixel = |dx: f32, dy: f32| -> [f32; N] {
        let (x, y) = (x0 + dx, y0 + dy);
        if x < 0.0 || y < 0.0 || x >= width as f32 || y >= height as f32 {
            return [255.0; N];
        }
        let place = (y as usize * width as usize + x as usize) * N;
        match pixels.get(place..).and_then(|rest| rest.first_chunk::<N>()) {
            Some(pixel) => pixel.map(f32::from),
            None => [255.0; N],
        }
    };
    let (a, b, c, d) = (
        pixel(0.0, 0.0),
        pixel(1.0, 0.0),
        pixel(0.0, 1.0),
        pixel(1.0, 1.0),
    );
    std::array::from_fn(|i| {
        let upper = a[i] * (1.0 - fx) + b[i] * fx;
        let lower = c[i] * (1.0 - fx) + d[i] * fx;
        (upper * (1.0 - fy) + lower * fy).round() as u8
    })
}

/// Side of the blocks on which paper is measured, mm: a few letters wide.
const BLOCK_MM: f32 = 5.0;
/// Share of a block's pixels that are brighter than its paper's level.
const BRIGHTER: f32 = 0.25;
/// Blocks whose level is below this share of the page's are pictures or black margins, and are left as dark as they are.
const PICTURE: f32 = 0.6;
/// Paper is lifted a little past white, so that its texture goes as well.
const PAST_WHITE: f32 = 1.03;

/// Divides the picture by its paper, block by block, one gain for all channels and one balance for the page.
fn clean(raster: &mut Raster, dpi: f32) {
    let side = ((BLOCK_MM * dpi / 25.4).round() as usize).max(8);
    match raster {
        Raster::Gray(gray) => {
            let width = gray.width as usize;
            divide::<1>(&mut gray.pixels, width, side);
        }
        Raster::Rgb(rgb) => {
            let width = rgb.width as usize;
            divide::<3>(&mut rgb.pixels, width, side);
        }
    }
}

fn divide<const N: usize>(pixels: &mut [u8], width: usize, side: usize) {
    let width = width.max(1);
    let columns = width.div_ceil(side);
    let levels: Vec<[f32; N]> = pixels
        .chunks(width * N * side)
        .flat_map(|band| (0..columns).map(move |column| paper_of::<N>(band, width, column, side)))
        .collect();
    let usual: [f32; N] = std::array::from_fn(|i| median(levels.iter().map(|level| level[i])));
    let brightest = usual.iter().copied().fold(1.0, f32::max);
    // How bright each block's paper is against the page's; the page's own tint goes with the balance.
    let shades: Vec<f32> = levels
        .iter()
        .map(|level| level.iter().copied().fold(0.0, f32::max) / brightest)
        .map(|shade| if shade < PICTURE { 1.0 } else { shade })
        .collect();
    let rows = shades.len() / columns.max(1);
    let balance: [f32; N] = usual.map(|level| 255.0 * PAST_WHITE / level.max(64.0));
    for (y, line) in pixels.chunks_exact_mut(width * N).enumerate() {
        let at = ((y as f32 + 0.5) / side as f32 - 0.5).clamp(0.0, rows.saturating_sub(1) as f32);
        for (x, pixel) in line.as_chunks_mut::<N>().0.iter_mut().enumerate() {
            let across = ((x as f32 + 0.5) / side as f32 - 0.5).clamp(0.0, (columns - 1) as f32);
            let gain = 1.0 / shade_at(&shades, columns, rows, (across, at)).max(0.2);
            for (value, balance) in pixel.iter_mut().zip(balance) {
                *value = (f32::from(*value) * gain * balance).min(255.0) as u8;
            }
        }
    }
}

/// The shade between the four blocks around a point, in blocks.
fn shade_at(shades: &[f32], columns: usize, rows: usize, (x, y): (f32, f32)) -> f32 {
    let (x0, y0) = (x as usize, y as usize);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let shade = |dx: usize, dy: usize| {
        let (x, y) = (
            (x0 + dx).min(columns - 1),
            (y0 + dy).min(rows.saturating_sub(1)),
        );
        shades.get(y * columns + x).copied().unwrap_or(1.0)
    };
    let upper = shade(0, 0) * (1.0 - fx) + shade(1, 0) * fx;
    let lower = shade(0, 1) * (1.0 - fx) + shade(1, 1) * fx;
    upper * (1.0 - fy) + lower * fy
}

/// The level of each channel that a quarter of a block's pixels exceed.
fn paper_of<const N: usize>(band: &[u8], width: usize, column: usize, side: usize) -> [f32; N] {
    let mut counts = [[0u32; 256]; N];
    let mut total = 0u32;
    let (from, to) = (column * side * N, ((column + 1) * side).min(width) * N);
    for row in band.chunks_exact(width * N) {
        for pixel in row.get(from..to).unwrap_or_default().as_chunks::<N>().0 {
            total += 1;
            for (counts, value) in counts.iter_mut().zip(pixel) {
                counts[usize::from(*value)] += 1;
            }
        }
    }
    let wanted = (total as f32 * BRIGHTER) as u32;
    counts.map(|counts| {
        let mut above = 0;
        for (level, count) in counts.iter().enumerate().rev() {
            above += count;
            if above > wanted {
                return level as f32;
            }
        }
        255.0
    })
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grey paper with a dot at (x, y), 5 px on a side.
    fn dotted(width: u32, height: u32, paper: u8, (x, y): (usize, usize)) -> Gray {
        let mut pixels = vec![paper; (width * height) as usize];
        for row in y - 2..y + 3 {
            pixels[row * width as usize + x - 2..row * width as usize + x + 3].fill(10);
        }
        Gray {
            width,
            height,
            pixels,
        }
    }

    /// Centre of what is dark.
    fn centre(raster: &Raster) -> (f32, f32) {
        let Raster::Gray(gray) = raster else {
            panic!("grey stays grey")
        };
        let (mut n, mut x, mut y) = (0.0, 0.0, 0.0);
        for (i, _) in gray.pixels.iter().enumerate().filter(|(_, px)| **px < 128) {
            n += 1.0;
            x += (i % gray.width as usize) as f32 + 0.5;
            y += (i / gray.width as usize) as f32 + 0.5;
        }
        (x / n, y / n)
    }

    #[test]
    fn points_go_where_pixels_go_and_nothing_is_cut_off() {
        let options = Options {
            level: true,
            ..Options::default()
        };
        for turn in Turn::ALL {
            for slope in [0.0, 0.05, -0.08] {
                let image = Raster::Gray(dotted(300, 200, 200, (6, 190)));
                let stand = Stand {
                    turn,
                    slope,
                    dpi: 300.0,
                };
                let Some(altered) = altered(&image, &stand, &options) else {
                    assert!(turn == Turn::None && slope == 0.0);
                    continue;
                };
                let upright = turn.map(300.0, 200.0).apply(Point { x: 6.5, y: 190.5 });
                let expected = altered.from_upright.apply(upright);
                let found = centre(&altered.raster);
                assert!(
                    (found.0 - expected.x).abs() < 0.6 && (found.1 - expected.y).abs() < 0.6,
                    "{turn:?} {slope}: {found:?} {expected:?}"
                );
                // A line that fell by the slope is level now.
                let along = altered.from_upright.apply(Point {
                    x: 100.0,
                    y: 100.0 * slope,
                });
                let start = altered.from_upright.apply(Point { x: 0.0, y: 0.0 });
                assert!((along.y - start.y).abs() < 0.01);
            }
        }
    }

    #[test]
    fn turning_alone_keeps_every_pixel() {
        let pixels: Vec<u8> = (0..70 * 45).map(|i| (i % 251) as u8).collect();
        let image = Raster::Gray(Gray {
            width: 70,
            height: 45,
            pixels: pixels.clone(),
        });
        let options = Options {
            level: true,
            ..Options::default()
        };
        let stand = |turn| Stand {
            turn,
            slope: 0.0,
            dpi: 300.0,
        };
        let right = altered(&image, &stand(Turn::Right), &options).unwrap();
        let back = altered(&right.raster, &stand(Turn::Left), &options).unwrap();
        assert_eq!(back.raster, image);
    }

    #[test]
    fn shadows_go_and_ink_keeps_its_colour() {
        let (w, h) = (900usize, 600usize);
        let mut pixels = Vec::new();
        for i in 0..w * h {
            let (x, y) = (i % w, i / w);
            let shade = 1.0 - 0.35 * x as f32 / w as f32;
            let ink = y % 40 < 6 && x % 30 < 12;
            let color: [f32; 3] = if ink {
                [40.0, 60.0, 170.0]
            } else {
                [240.0, 232.0, 210.0]
            };
            pixels.extend(color.map(|c| (c * shade) as u8));
        }
        let image = Raster::Rgb(Rgb {
            width: 900,
            height: 600,
            pixels,
        });
        let options = Options {
            clean: true,
            ..Options::default()
        };
        let stand = Stand {
            turn: Turn::None,
            slope: 0.0,
            dpi: 150.0,
        };
        let altered = altered(&image, &stand, &options).unwrap();
        let Raster::Rgb(out) = &altered.raster else {
            panic!("colour stays colour")
        };
        let at = |x: usize, y: usize| {
            let place = (y * w + x) * 3;
            [
                out.pixels[place],
                out.pixels[place + 1],
                out.pixels[place + 2],
            ]
        };
        for x in [45, 435, 825] {
            let (paper, ink) = (at(x / 30 * 30 + 20, 300), at(x / 30 * 30 + 5, 282));
            assert!(paper.iter().all(|c| *c >= 245), "{x}: {paper:?}");
            assert!(
                ink[2] > ink[0].saturating_add(60) && ink[0] < 90,
                "{x}: {ink:?}"
            );
        }
    }

    #[test]
    fn black_and_white_stays_black_and_white() {
        let image = Raster::Gray(dotted(120, 90, 255, (40, 30)));
        let Raster::Gray(gray) = image else { return };
        let pixels = gray
            .pixels
            .iter()
            .map(|px| if *px < 128 { 0 } else { 255 })
            .collect();
        let image = Raster::Gray(Gray { pixels, ..gray });
        let options = Options {
            level: true,
            clean: true,
            quality: None,
        };
        let stand = Stand {
            turn: Turn::None,
            slope: 0.03,
            dpi: 200.0,
        };
        let altered = altered(&image, &stand, &options).unwrap();
        assert!(is_bilevel(&altered.raster) && !altered.cleaned);
    }
}
