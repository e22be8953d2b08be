//! A page's pixels seen through the page as shown: patches are asked for in shown px, wherever the scan keeps them.

use crate::document::{Affine, Gray, Point, Raster, Rect, Rgb};

/// The scan behind a page, addressed in px of the page as shown.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    raster: &'a Raster,
    to_raster: Affine,
    /// Width and height of the page as shown, px.
    pub size: (u32, u32),
    /// Shown px per inch.
    pub dpi: f32,
}

impl<'a> Picture<'a> {
    /// A page of `size` shown px at `dpi`, whose pixels `to_raster` finds in `raster`.
    pub fn new(raster: &'a Raster, to_raster: Affine, size: (u32, u32), dpi: f32) -> Self {
        Self {
            raster,
            to_raster,
            size,
            dpi,
        }
    }

    /// The scan itself, as stored.
    pub fn raster(&self) -> &'a Raster {
        self.raster
    }

    /// From px of the page as shown to px of the scan.
    pub fn to_raster(&self) -> &Affine {
        &self.to_raster
    }

    /// Whether the scan has colour at all.
    pub fn in_colour(&self) -> bool {
        matches!(self.raster, Raster::Rgb(_))
    }

    /// The colours of `area` (shown px, rounded outwards) at `scale` of its size; what lies outside the scan is white.
    ///
    /// A pixel of the result is the mean of the points it covers when `scale` is below 1.
    pub fn colours(&self, area: Rect, scale: f32) -> Rgb {
        let (left, top) = (area.x.floor(), area.y.floor());
        let side = |length: f32| (length * scale).ceil().clamp(0.0, LONGEST) as u32;
        let patch = Patch {
            at: (left, top),
            scale,
            size: (side(area.x + area.w - left), side(area.y + area.h - top)),
            // As many points to a pixel as it covers, up to 4 x 4: letters stay whole when a page is made small.
            points: (1.0 / scale).ceil().clamp(1.0, 4.0) as u32,
        };
        let (width, height) = patch.size;
        let pixels = match self.offsets(&patch) {
            Some(offsets) => self.straight(&offsets, patch.points as usize),
            None => self.slanted(&patch),
        };
        Rgb {
            width,
            height,
            pixels,
        }
    }

    /// A patch through a map that slants.
    fn slanted(&self, patch: &Patch) -> Vec<u8> {
        let (width, height) = patch.size;
        let points = patch.points as f32;
        let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0.0_f32; 3];
                for part in 0..patch.points * patch.points {
                    let (px, py) = (part as f32 % points, (part as f32 / points).floor());
                    let at = Point {
                        x: patch.at.0 + (x as f32 + (px + 0.5) / points) / patch.scale,
                        y: patch.at.1 + (y as f32 + (py + 0.5) / points) / patch.scale,
                    };
                    let seen = self.colour(self.to_raster.apply(at));
                    for (sum, value) in sum.iter_mut().zip(seen) {
                        *sum += f32::from(value);
                    }
                }
                pixels.extend(sum.map(|sum| (sum / (points * points)).round() as u8));
            }
        }
        pixels
    }

    /// A patch through a map of quarter turns: three bytes for each pixel.
    fn straight(&self, offsets: &Offsets, points: usize) -> Vec<u8> {
        let count = (points * points) as u32;
        let mean = |sum: u32| ((2 * sum + count) / (2 * count)) as u8;
        let (across, down) = (&offsets.across, &offsets.down);
        let mut pixels = Vec::with_capacity(across.len() * down.len() / count as usize * 3);
        match self.raster {
            Raster::Gray(image) => {
                let seen = |at: usize| image.pixels.get(at).map_or(255, |value| u32::from(*value));
                for rows in down.chunks_exact(points) {
                    for columns in across.chunks_exact(points) {
                        let row = |row: &usize| -> u32 {
                            columns.iter().map(|column| seen(row + column)).sum()
                        };
                        pixels.extend([mean(rows.iter().map(row).sum()); 3]);
                    }
                }
            }
            Raster::Rgb(image) => {
                let seen = image.pixels.as_chunks::<3>().0;
                for rows in down.chunks_exact(points) {
                    for columns in across.chunks_exact(points) {
                        let mut sum = [0_u32; 3];
                        for row in rows {
                            for column in columns {
                                let [r, g, b] = seen.get(row + column).copied().unwrap_or([255; 3]);
                                sum[0] += u32::from(r);
                                sum[1] += u32::from(g);
                                sum[2] += u32::from(b);
                            }
                        }
                        pixels.extend(sum.map(mean));
                    }
                }
            }
        }
        pixels
    }

    /// The luma of `area`, as [`Picture::colours`] renders it.
    pub fn grey(&self, area: Rect, scale: f32) -> Gray {
        let image = self.colours(area, scale);
        let luma = |rgb: &[u8]| match rgb {
            [r, g, b] => {
                ((u32::from(*r) * 77 + u32::from(*g) * 150 + u32::from(*b) * 29) >> 8) as u8
            }
            _ => 255,
        };
        Gray {
            width: image.width,
            height: image.height,
            pixels: image.pixels.chunks(3).map(luma).collect(),
        }
    }

    /// The whole page at `scale` of its size, below 1, in grey when the scan is: what a look at all of a page begins
    /// with. Much faster than [`Picture::colours`]; a pixel is the mean of four points of those it covers.
    pub fn reduced(&self, scale: f32) -> Raster {
        let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
        let patch = Patch {
            at: (0.0, 0.0),
            scale,
            size: (side(self.size.0), side(self.size.1)),
            points: 2,
        };
        let (width, height) = patch.size;
        let Some(offsets) = self.offsets(&patch) else {
            return Raster::Rgb(self.colours(self.whole(), scale));
        };
        match self.raster {
            Raster::Gray(image) => {
                let seen = |at: usize| image.pixels.get(at).map_or(255, |value| u16::from(*value));
                let mut pixels = Vec::with_capacity(width as usize * height as usize);
                for rows in offsets.down.as_chunks::<2>().0 {
                    let columns = offsets.across.as_chunks::<2>().0;
                    pixels.extend(columns.iter().map(|columns| {
                        let of_row = |row: usize| seen(row + columns[0]) + seen(row + columns[1]);
                        ((of_row(rows[0]) + of_row(rows[1]) + 2) / 4) as u8
                    }));
                }
                Raster::Gray(Gray {
                    width,
                    height,
                    pixels,
                })
            }
            Raster::Rgb(_) => Raster::Rgb(Rgb {
                width,
                height,
                pixels: self.straight_of_two(&offsets),
            }),
        }
    }

    /// [`Picture::straight`] of a colour scan for two points a side, what a whole page is made small with.
    fn straight_of_two(&self, offsets: &Offsets) -> Vec<u8> {
        let Raster::Rgb(image) = self.raster else {
            return Vec::new();
        };
        let seen = image.pixels.as_chunks::<3>().0;
        let (columns, rows) = (
            offsets.across.as_chunks::<2>().0,
            offsets.down.as_chunks::<2>().0,
        );
        let mut pixels = vec![0; columns.len() * rows.len() * 3];
        let (lines, _) = pixels.as_chunks_mut::<3>();
        for (rows, line) in rows
            .iter()
            .zip(lines.chunks_exact_mut(columns.len().max(1)))
        {
            let [upper, lower] = rows.map(|row| seen.get(row..).unwrap_or_default());
            for (columns, out) in columns.iter().zip(line) {
                let mut sums = [2_u16; 3];
                for row in [upper, lower] {
                    for column in columns {
                        let pixel = row.get(*column).copied().unwrap_or([255; 3]);
                        for (sum, value) in sums.iter_mut().zip(pixel) {
                            *sum = sum.wrapping_add(u16::from(value));
                        }
                    }
                }
                *out = sums.map(|sum| (sum >> 2) as u8);
            }
        }
        pixels
    }

    /// Where the points for each column and each row of a patch lie in the raster. `None` when the map is not one of
    /// quarter turns.
    fn offsets(&self, patch: &Patch) -> Option<Offsets> {
        let [a, b, c, d, e, f] = self.to_raster.m;
        let (raster_width, raster_height) = self.raster.size();
        let upright = b == 0.0 && c == 0.0;
        if !upright && (a != 0.0 || d != 0.0) {
            return None;
        }
        // What is added to an offset leads out of the image wherever it is added.
        let outside = raster_width as usize * raster_height as usize;
        let points = patch.points as f32;
        let along =
            |from: f32, count: u32, (factor, shift): (f32, f32), limit: u32, stride: usize| {
                let offsets = (0..count).flat_map(|pixel| {
                    (0..patch.points).map(move |point| (pixel as f32, point as f32))
                });
                let offsets = offsets.map(|(pixel, point)| {
                    let shown = from + (pixel + (point + 0.5) / points) / patch.scale;
                    let at = factor * shown + shift;
                    if at >= 0.0 && at < limit as f32 {
                        at as usize * stride
                    } else {
                        outside
                    }
                });
                offsets.collect::<Vec<usize>>()
            };
        let row = raster_width as usize;
        let ((left, top), (width, height)) = (patch.at, patch.size);
        Some(if upright {
            Offsets {
                across: along(left, width, (a, e), raster_width, 1),
                down: along(top, height, (d, f), raster_height, row),
            }
        } else {
            Offsets {
                across: along(left, width, (b, f), raster_height, row),
                down: along(top, height, (c, e), raster_width, 1),
            }
        })
    }

    /// The whole page, shown px.
    pub fn whole(&self) -> Rect {
        Rect {
            x: 0.0,
            y: 0.0,
            w: self.size.0 as f32,
            h: self.size.1 as f32,
        }
    }

    fn colour(&self, at: Point) -> [u8; 3] {
        let (width, height) = self.raster.size();
        if at.x < 0.0 || at.y < 0.0 || at.x >= width as f32 || at.y >= height as f32 {
            return [255; 3];
        }
        let index = at.y as usize * width as usize + at.x as usize;
        match self.raster {
            Raster::Gray(image) => [image.pixels.get(index).copied().unwrap_or(255); 3],
            Raster::Rgb(image) => match image.pixels.get(index * 3..index * 3 + 3) {
                Some(&[r, g, b]) => [r, g, b],
                _ => [255; 3],
            },
        }
    }
}

/// A part of the page made small.
struct Patch {
    /// Upper left corner, shown px.
    at: (f32, f32),
    /// Its px per shown px.
    scale: f32,
    /// Its width and height, px.
    size: (u32, u32),
    /// Points a side that each pixel is the mean of.
    points: u32,
}

/// Where the points of a patch lie in the raster, in pixels from its first: that of a column and that of a row are
/// added up. What lies outside gets an offset beyond the end.
struct Offsets {
    across: Vec<usize>,
    down: Vec<usize>,
}

/// Longest side of a patch, px.
const LONGEST: f32 = 32_000.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_found_through_a_turn_and_made_smaller() {
        let mut pixels = vec![255; 40 * 20];
        // Black columns 30..34 of the stored image: after a quarter turn clockwise, rows 30..34 of the page.
        for y in 0..20 {
            pixels[y * 40 + 30..y * 40 + 34].fill(0);
        }
        let raster = Raster::Gray(Gray {
            width: 40,
            height: 20,
            pixels,
        });
        let to_raster = crate::document::Turn::Left.map(20.0, 40.0);
        let picture = Picture::new(&raster, to_raster, (20, 40), 200.0);
        let whole = picture.grey(picture.whole(), 0.5);
        assert_eq!((whole.width, whole.height), (10, 20));
        let row = |y: usize| whole.pixels[y * 10..(y + 1) * 10].to_vec();
        assert_eq!(row(15), vec![0; 10]);
        assert_eq!(row(16), vec![0; 10]);
        assert_eq!(row(14), vec![255; 10]);
        assert_eq!(row(17), vec![255; 10]);
    }

    #[test]
    fn a_reduced_page_is_the_patch_of_it_all() {
        let pixels = (0..60 * 40 * 3).map(|at| (at * 7 % 251) as u8).collect();
        let raster = Raster::Rgb(Rgb {
            width: 60,
            height: 40,
            pixels,
        });
        for turn in crate::document::Turn::ALL {
            let size = if turn.swaps_sides() {
                (40, 60)
            } else {
                (60, 40)
            };
            // A margin of 4 px all round, where there is no scan.
            let to_raster = turn.map(60.0, 40.0).inverse().unwrap();
            let shift = Affine {
                m: [1.0, 0.0, 0.0, 1.0, -4.0, -4.0],
            };
            let picture = Picture::new(
                &raster,
                shift.then(&to_raster),
                (size.0 + 8, size.1 + 8),
                100.0,
            );
            let slow = picture.colours(picture.whole(), 0.5);
            assert_eq!(picture.reduced(0.5), Raster::Rgb(slow), "{turn:?}");
        }
    }
}
