//! Coverage planes: where ink of one kind lies on the page, in pixels.

use ab_glyph_rasterizer::{Point, Rasterizer, point};

use crate::{
    dice::Dice,
    face::{Family, Segment},
    page::Style,
};

/// How much of each pixel a kind of ink covers, 0 to 255, row by row.
#[derive(Debug, Clone)]
pub struct Plane {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Coverage, `width * height` bytes.
    pub cover: Vec<u8>,
}

/// Position, turning and size of something drawn: page points to pixels.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Where its origin comes to lie, in pixels.
    pub at: (f32, f32),
    /// Turning in radians, clockwise on the page.
    pub turn: f32,
    /// Pixels per point.
    pub scale: f32,
}

impl Place {
    fn apply(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (sin, cos) = (libm::sinf(self.turn), libm::cosf(self.turn));
        let (x, y) = (x * self.scale, y * self.scale);
        (self.at.0 + x * cos - y * sin, self.at.1 + x * sin + y * cos)
    }
}

impl Plane {
    /// A plane without ink.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cover: vec![0; width * height],
        }
    }

    /// Prints `text` with the start of its baseline at `place`.
    pub fn text(&mut self, text: &str, style: Style, family: &Family, place: Place) {
        family.outlines(text, style, |segments, _| self.outline(segments, place));
    }

    /// Fills an outline.
    pub fn outline(&mut self, segments: &[Segment], place: Place) {
        let flat = flatten(segments, place);
        let Some((left, top, right, bottom)) = bounds(&flat) else {
            return;
        };
        let (width, height) = ((right - left) as usize + 2, (bottom - top) as usize + 2);
        if width > self.width || height > self.height {
            return;
        }
        let mut raster = Rasterizer::new(width, height);
        let move_to = |(x, y): (f32, f32)| -> Point { point(x - left, y - top) };
        for &(from, to) in &flat {
            raster.draw_line(move_to(from), move_to(to));
        }
        raster.for_each_pixel_2d(|x, y, cover| {
            self.raise((left + x as f32) as isize, (top + y as f32) as isize, cover);
        });
    }

    /// A pen stroke through `points`: x, y and half width, in pixels.
    pub fn stroke(&mut self, points: &[(f32, f32, f32)]) {
        for pair in points.windows(2) {
            if let [from, to] = pair {
                self.capsule(*from, *to);
            }
        }
    }

    /// A filled rectangle, corners in pixels.
    pub fn rectangle(&mut self, left: f32, top: f32, right: f32, bottom: f32) {
        for y in top.floor() as isize..=bottom.ceil() as isize {
            let high = overlap(y as f32, top, bottom);
            for x in left.floor() as isize..=right.ceil() as isize {
                self.raise(x, y, high * overlap(x as f32, left, right));
            }
        }
    }

    /// A ring of half thickness `half` round `centre`, in pixels.
    pub fn ring(&mut self, centre: (f32, f32), radius: f32, half: f32) {
        let reach = (radius + half + 1.0).ceil() as isize;
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (x, y) = (
                    centre.0.round() as isize + dx,
                    centre.1.round() as isize + dy,
                );
                let (fx, fy) = (x as f32 + 0.5 - centre.0, y as f32 + 0.5 - centre.1);
                let away = ((fx * fx + fy * fy).sqrt() - radius).abs();
                self.raise(x, y, half - away + 0.5);
            }
        }
    }

    /// Takes ink away as a dry stamp or a skipping pen does: patches of about `grain` pixels, down to `least` of the ink.
    pub fn wear(&mut self, grain: f32, least: f32, dice: &mut Dice) {
        let patches = Patches::new(self.width, self.height, grain, dice);
        let specks = Patches::new(self.width, self.height, 2.5, dice);
        for y in 0..self.height {
            for x in 0..self.width {
                let cover = &mut self.cover[y * self.width + x];
                if *cover > 0 {
                    let keep = (0.35 + 1.1 * patches.at(x, y)).min(1.0)
                        * (0.55 + 0.75 * specks.at(x, y)).min(1.0);
                    *cover = (f32::from(*cover) * keep.max(least)) as u8;
                }
            }
        }
    }

    fn capsule(&mut self, from: (f32, f32, f32), to: (f32, f32, f32)) {
        let reach = from.2.max(to.2) + 1.0;
        let (left, right) = (from.0.min(to.0) - reach, from.0.max(to.0) + reach);
        let (top, bottom) = (from.1.min(to.1) - reach, from.1.max(to.1) + reach);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let square = (dx * dx + dy * dy).max(1e-6);
        for y in top.floor() as isize..=bottom.ceil() as isize {
            for x in left.floor() as isize..=right.ceil() as isize {
                let (px, py) = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
                let along = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
                let (ex, ey) = (px - along * dx, py - along * dy);
                let half = from.2 + (to.2 - from.2) * along;
                self.raise(x, y, half - (ex * ex + ey * ey).sqrt() + 0.5);
            }
        }
    }

    fn raise(&mut self, x: isize, y: isize, cover: f32) {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height || cover <= 0.0 {
            return;
        }
        let pixel = &mut self.cover[y as usize * self.width + x as usize];
        *pixel = (*pixel).max((cover.min(1.0) * 255.0 + 0.5) as u8);
    }
}

/// Smooth random patches over a plane: value noise on a lattice, 0 to 1.
#[derive(Debug, Clone)]
pub struct Patches {
    lattice: Vec<f32>,
    columns: usize,
    grain: f32,
}

impl Patches {
    /// Patches of about `grain` pixels over a plane.
    #[must_use]
    pub fn new(width: usize, height: usize, grain: f32, dice: &mut Dice) -> Self {
        let columns = (width as f32 / grain) as usize + 3;
        let rows = (height as f32 / grain) as usize + 3;
        Self {
            lattice: (0..columns * rows).map(|_| dice.unit()).collect(),
            columns,
            grain,
        }
    }

    /// The value at a pixel.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        let (fx, fy) = (x as f32 / self.grain, y as f32 / self.grain);
        let (ix, iy) = (fx as usize, fy as usize);
        let (tx, ty) = (fx - ix as f32, fy - iy as f32);
        let node = |dx: usize, dy: usize| {
            self.lattice
                .get((iy + dy) * self.columns + ix + dx)
                .copied()
                .unwrap_or(0.5)
        };
        let upper = node(0, 0) + (node(1, 0) - node(0, 0)) * tx;
        let lower = node(0, 1) + (node(1, 1) - node(0, 1)) * tx;
        upper + (lower - upper) * ty
    }
}

fn overlap(pixel: f32, low: f32, high: f32) -> f32 {
    (high.min(pixel + 1.0) - low.max(pixel)).clamp(0.0, 1.0)
}

type Edge = ((f32, f32), (f32, f32));

fn flatten(segments: &[Segment], place: Place) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(segments.len() * 4);
    for segment in segments {
        match *segment {
            Segment::Line([a, b]) => edges.push((place.apply(a), place.apply(b))),
            Segment::Quad(points) => {
                let [a, b, c] = points.map(|point| place.apply(point));
                curve(&mut edges, |t| {
                    let u = 1.0 - t;
                    let mix = |p: f32, q: f32, r: f32| u * u * p + 2.0 * u * t * q + t * t * r;
                    (mix(a.0, b.0, c.0), mix(a.1, b.1, c.1))
                });
            }
            Segment::Cubic(points) => {
                let [a, b, c, d] = points.map(|point| place.apply(point));
                curve(&mut edges, |t| bezier([a, b, c, d], t));
            }
        }
    }
    edges
}

/// A point of a cubic Bézier curve.
#[must_use]
pub fn bezier([a, b, c, d]: [(f32, f32); 4], t: f32) -> (f32, f32) {
    let u = 1.0 - t;
    let mix = |p: f32, q: f32, r: f32, s: f32| {
        u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
    };
    (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
}

/// Glyph curves at 300 dpi are some ten pixels long: six chords stay within a twentieth of a pixel.
fn curve(edges: &mut Vec<Edge>, at: impl Fn(f32) -> (f32, f32)) {
    const CHORDS: u8 = 6;
    for step in 0..CHORDS {
        let t = |step: u8| f32::from(step) / f32::from(CHORDS);
        edges.push((at(t(step)), at(t(step + 1))));
    }
}

fn bounds(edges: &[Edge]) -> Option<(f32, f32, f32, f32)> {
    let (&((x, y), _), _) = edges.split_first()?;
    let mut found = (x, y, x, y);
    for &(from, to) in edges {
        for (x, y) in [from, to] {
            found = (
                found.0.min(x),
                found.1.min(y),
                found.2.max(x),
                found.3.max(y),
            );
        }
    }
    Some((
        found.0.floor(),
        found.1.floor(),
        found.2.ceil(),
        found.3.ceil(),
    ))
}
