//! Second looks: the same patch of a page rendered in other ways, for text that the first copy lost.

use crate::document::{Affine, Gray, Point, Raster, Rect};

/// How a patch is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Plain luma: coloured print stays as dark as it is to the eye.
    Plain,
    /// Only what is black: anything with colour becomes paper, for names under a seal.
    BlackOnly,
    /// Only what has colour, turned black: red and blue print, and stamps, without the black text around.
    InkOnly,
}

/// Renders `area` (prepared px) of a page from its stored pixels, with the geometry of the prepared copy:
/// pixel (x, y) of the result is prepared pixel (`area.x` + x, `area.y` + y), both rounded down.
///
/// Grey pages have no colour: all looks but [`Look::InkOnly`], which is white, are then the same.
pub fn look(raster: &Raster, to_stored: &Affine, area: Rect, look: Look) -> Gray {
    let left = area.x.floor();
    let top = area.y.floor();
    let side = |length: f32| length.ceil().clamp(0.0, LONGEST) as u32;
    let (width, height) = (side(area.x + area.w - left), side(area.y + area.h - top));
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        for x in 0..width {
            let centre = Point {
                x: left + x as f32 + 0.5,
                y: top + y as f32 + 0.5,
            };
            pixels.push(look.sample(raster, to_stored.apply(centre)));
        }
    }
    Gray {
        width,
        height,
        pixels,
    }
}

/// Longest side of a patch, px; patches are parts of pages.
const LONGEST: f32 = 32_000.0;

impl Look {
    /// The grey at a point of the stored image, interpolated between the four pixels around it.
    fn sample(self, raster: &Raster, at: Point) -> u8 {
        let (x, y) = (at.x - 0.5, at.y - 0.5);
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let grey = |dx: f32, dy: f32| f32::from(self.pixel(raster, x0 + dx, y0 + dy));
        let upper = grey(0.0, 0.0) * (1.0 - fx) + grey(1.0, 0.0) * fx;
        let lower = grey(0.0, 1.0) * (1.0 - fx) + grey(1.0, 1.0) * fx;
        (upper * (1.0 - fy) + lower * fy).round() as u8
    }

    /// The grey of one stored pixel; white outside.
    fn pixel(self, raster: &Raster, x: f32, y: f32) -> u8 {
        let (width, height) = raster.size();
        if x < 0.0 || y < 0.0 || x >= width as f32 || y >= height as f32 {
            return 255;
        }
        let at = y as usize * width as usize + x as usize;
        match raster {
            Raster::Gray(_) if self == Self::InkOnly => 255,
            Raster::Gray(image) => image.pixels.get(at).copied().unwrap_or(255),
            Raster::Rgb(image) => match image.pixels.get(at * 3..at * 3 + 3) {
                Some(&[r, g, b]) => self.grey(r, g, b),
                _ => 255,
            },
        }
    }

    fn grey(self, r: u8, g: u8, b: u8) -> u8 {
        let luma = ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8;
        let strongest = r.max(g).max(b);
        let chroma = strongest - r.min(g).min(b);
        match self {
            Self::Plain => luma,
            // Colour counts by its share of the brightness, so that dark blue goes and bleed on black stays.
            Self::BlackOnly => {
                let share = u16::from(chroma) * 255 / u16::from(strongest.max(64));
                let lift = share.saturating_sub(60) * 3;
                strongest.saturating_add(lift.min(255) as u8)
            }
            Self::InkOnly => {
                let share = u16::from(chroma.saturating_sub(24)) * 4;
                255 - share.min(255) as u8
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Rgb;

    #[test]
    fn looks_tell_black_from_colour() {
        let colors = [
            [10u8, 12, 15],
            [40, 45, 120],
            [220, 40, 50],
            [255, 255, 255],
        ];
        let seen = |look: Look| colors.map(|[r, g, b]| look.grey(r, g, b));
        let [black, blue, red, white] = seen(Look::BlackOnly);
        assert!(black < 40 && blue > 230 && red > 230 && white == 255);
        let [black, blue, red, white] = seen(Look::InkOnly);
        assert!(black > 230 && blue < 60 && red < 10 && white == 255);
        let [black, blue, red, white] = seen(Look::Plain);
        assert!(black < 20 && blue < 70 && red < 110 && white == 255);
    }

    #[test]
    fn patches_lie_where_the_prepared_copy_has_them() {
        let mut image = Rgb {
            width: 40,
            height: 30,
            pixels: vec![255; 3600],
        };
        let at = (12 * 40 + 20) * 3;
        image.pixels[at..at + 3].fill(0);
        let raster = Raster::Rgb(image);
        // A prepared copy of twice the size.
        let to_stored = Affine {
            m: [0.5, 0.0, 0.0, 0.5, 0.0, 0.0],
        };
        let area = Rect {
            x: 36.0,
            y: 20.0,
            w: 10.0,
            h: 10.0,
        };
        let patch = look(&raster, &to_stored, area, Look::Plain);
        assert_eq!((patch.width, patch.height), (10, 10));
        let darkest = (0..100)
            .min_by_key(|&i| patch.pixels[i])
            .expect("not empty");
        assert!((4..=5).contains(&(darkest % 10)) && (4..=5).contains(&(darkest / 10)));
        let outside = Rect {
            x: -20.0,
            y: -20.0,
            w: 5.0,
            h: 5.0,
        };
        assert_eq!(
            look(&raster, &to_stored, outside, Look::Plain).pixels,
            vec![255; 25]
        );
    }
}
