//! Seals of offices: rings of ink, red on colour scans, grey or black on others, whatever lies over or beside them.
//!
//! Edges vote for the middles of circles along their gradient (Kimme, Ballard, Sklansky: "Finding circles by an array of
//! accumulators", CACM 1975); a middle that many voted for is a seal when ink begins all around it at one distance. On a copy of
//! 75 dpi, where means of some px make faded ink stand out of noise, and dither an even grey.

use crate::document::{Raster, Rect};

/// Resolution that is looked at: a ring of 0.5 mm is 1.5 px wide.
const DPI: f32 = 75.0;

/// Radius of seals, mm: 15 to 21 by Circular 21/2012/TT-BCA, a little less for copies that lost some of the rim.
const RADIUS_MM: (f32, f32) = (13.5, 21.5);

/// Redness of a faded seal, grey levels above that of the paper. Means of JPEG's specks stay below 12 on blank paper.
const FADED: f32 = 24.0;
/// And of a fresh one; more counts no more.
const FRESH: f32 = 90.0;
/// Darkness of a seal on scans without colour, grey levels below paper.
const GREY: f32 = 120.0;
/// A page with this much colour in its most colourful hundredth is a colour scan: its seals are not looked for in grey.
const COLOURED: f32 = 30.0;

/// Change of ink from px to px from which there is an edge.
const EDGE: f32 = 0.06;
/// Fewer votes than this are no circle: a tenth of those of a faint one.
const VOTES: u32 = 20;
/// Middles that are looked at.
const MOST: usize = 10;
/// Directions in which the rim is looked for.
const ROUND: usize = 96;
/// How much more ink the rim has than what lies around it.
const STEP: f32 = 0.15;
/// Share of directions with a rim. On samples red seals have 0.99 and more, grey ones 0.92; letters, emblems and halves of seals
/// across two pages stay below 0.75.
const RED_RIM: f32 = 0.8;
/// See [`RED_RIM`].
const GREY_RIM: f32 = 0.86;
/// Share of what lies within the rim that is ink: a ring with letters and an emblem, neither a bare circle nor a dark disc.
const WITHIN: std::ops::RangeInclusive<f32> = 0.08..=0.75;

/// The boxes of the seals on a page, px of the raster.
pub(super) fn seals(raster: &Raster, dpi: f32) -> Vec<Rect> {
    let factor = (dpi / DPI).round().max(1.0);
    let dpi = dpi / factor;
    let mut found = Vec::new();
    let mut coloured = false;
    if let Some(red) = redness(raster, factor as usize) {
        let strongest = red.share(0.998);
        coloured = red.share(0.99) > COLOURED;
        // Less than a seal that nobody sees is no seal.
        if strongest > FADED / 4.0 {
            found = rings(&red.scaled(strongest.clamp(FADED, FRESH)), dpi, RED_RIM);
        }
    }
    if found.is_empty()
        && !coloured
        && let Some(dark) = darkness(raster, factor as usize)
    {
        found = rings(&dark.scaled(GREY), dpi, GREY_RIM);
    }
    found
        .into_iter()
        .map(|(x, y, radius)| Rect {
            x: (x - radius) * factor,
            y: (y - radius) * factor,
            w: 2.0 * radius * factor,
            h: 2.0 * radius * factor,
        })
        .collect()
}

/// How much ink there is, px by px.
struct Plane {
    width: usize,
    height: usize,
    ink: Vec<f32>,
}

/// Redness above that of the paper, where there is colour.
fn redness(raster: &Raster, factor: usize) -> Option<Plane> {
    let Raster::Rgb(image) = raster else {
        return None;
    };
    means(raster.size(), factor, |row, cells| {
        let row = image.pixels.get(row.start * 3..row.end * 3);
        for (cell, some) in cells.iter_mut().zip(row?.chunks_exact(factor * 3)) {
            for [r, g, b] in some.as_chunks::<3>().0 {
                *cell += i32::from(*r) - i32::from(*g.max(b));
            }
        }
        Some(())
    })
}

/// Darkness below that of the paper.
fn darkness(raster: &Raster, factor: usize) -> Option<Plane> {
    means(raster.size(), factor, |row, cells| {
        match raster {
            Raster::Gray(image) => {
                let row = image.pixels.get(row)?;
                for (cell, some) in cells.iter_mut().zip(row.chunks_exact(factor)) {
                    *cell += some
                        .iter()
                        .map(|value| 255 - i32::from(*value))
                        .sum::<i32>();
                }
            }
            Raster::Rgb(image) => {
                let row = image.pixels.get(row.start * 3..row.end * 3)?;
                for (cell, some) in cells.iter_mut().zip(row.chunks_exact(factor * 3)) {
                    for [r, g, b] in some.as_chunks::<3>().0 {
                        let light = 77 * i32::from(*r) + 150 * i32::from(*g) + 29 * i32::from(*b);
                        *cell += 255 - light / 256;
                    }
                }
            }
        }
        Some(())
    })
}

/// What `add` adds up of the px of each row, as means of `factor` x `factor` px, above the commonest.
fn means(
    (full_width, full_height): (u32, u32),
    factor: usize,
    add: impl Fn(std::ops::Range<usize>, &mut [i32]) -> Option<()>,
) -> Option<Plane> {
    let (row, width) = (full_width as usize, full_width as usize / factor);
    let height = full_height as usize / factor;
    if width < 8 || height < 8 {
        return None;
    }
    let mut sums = vec![0; width * height];
    for y in 0..height * factor {
        let to = (y / factor) * width;
        add(y * row..(y + 1) * row, sums.get_mut(to..to + width)?)?;
    }
    let area = (factor * factor) as f32;
    let ink = sums.iter().map(|sum| *sum as f32 / area).collect();
    let mut plane = Plane { width, height, ink };
    let paper = plane.share(0.5);
    plane.ink.iter_mut().for_each(|ink| *ink -= paper);
    Some(plane)
}

impl Plane {
    /// What this share of the px does not exceed.
    fn share(&self, share: f32) -> f32 {
        let mut sorted = self.ink.clone();
        let at = ((sorted.len() - 1) as f32 * share) as usize;
        let (_, value, _) = sorted.select_nth_unstable_by(at, f32::total_cmp);
        *value
    }

    /// From none, 0, to full ink, 1, a little softened.
    fn scaled(&self, full: f32) -> Self {
        let ink: Vec<f32> = self
            .ink
            .iter()
            .map(|v| (v / full).clamp(0.0, 1.0))
            .collect();
        let mut scaled = Self { ink, ..*self };
        scaled.soften();
        scaled
    }

    /// A binomial of three px both ways.
    fn soften(&mut self) {
        let (w, h) = (self.width, self.height);
        let mut across = self.ink.clone();
        for (row, out) in self.ink.chunks_exact(w).zip(across.chunks_exact_mut(w)) {
            for (three, out) in row.windows(3).zip(out.iter_mut().skip(1)) {
                *out = (three[0] + 2.0 * three[1] + three[2]) / 4.0;
            }
        }
        for y in 1..h.saturating_sub(1) {
            for x in 0..w {
                let at = |y: usize| across[y * w + x];
                self.ink[y * w + x] = (at(y - 1) + 2.0 * at(y) + at(y + 1)) / 4.0;
            }
        }
    }

    /// The ink at the px nearest to a point; none beyond the page.
    fn at(&self, x: f32, y: f32) -> f32 {
        // Cut off, not rounded by a function: this is asked a million times.
        let (x, y) = (x + 0.5, y + 0.5);
        if x < 0.0 || y < 0.0 || x >= self.width as f32 || y >= self.height as f32 {
            return 0.0;
        }
        self.ink
            .get(y as usize * self.width + x as usize)
            .copied()
            .unwrap_or(0.0)
    }

    /// Edges: place and direction.
    fn edges(&self) -> Vec<(f32, f32, f32, f32)> {
        let (w, h) = (self.width, self.height);
        let mut edges = Vec::new();
        for y in 1..h - 1 {
            for x in 1..w - 1 {
                let at = |dx: usize, dy: usize| self.ink[(y + dy - 1) * w + x + dx - 1];
                let across =
                    at(2, 0) + 2.0 * at(2, 1) + at(2, 2) - at(0, 0) - 2.0 * at(0, 1) - at(0, 2);
                let down =
                    at(0, 2) + 2.0 * at(1, 2) + at(2, 2) - at(0, 0) - 2.0 * at(1, 0) - at(2, 0);
                let steep = across.hypot(down) / 8.0;
                if steep > EDGE {
                    let length = across.hypot(down);
                    edges.push((x as f32, y as f32, across / length, down / length));
                }
            }
        }
        edges
    }
}

/// Rings of the size of seals: middle and radius, px; none over another.
fn rings(plane: &Plane, dpi: f32, rim: f32) -> Vec<(f32, f32, f32)> {
    let px = |mm: f32| (mm / 25.4 * dpi) as usize;
    let radii = px(RADIUS_MM.0)..=px(RADIUS_MM.1);
    let mut votes = voted(plane, radii.clone());
    let mut found: Vec<(f32, f32, f32)> = Vec::new();
    for _ in 0..MOST {
        let Some((at, &most)) = votes.iter().enumerate().max_by_key(|(_, votes)| **votes) else {
            break;
        };
        if most < VOTES {
            break;
        }
        let (x, y) = (at % plane.width, at / plane.width);
        // Nothing else begins in the middle of a seal.
        let near = *radii.start() / 3;
        for row in y.saturating_sub(near)..(y + near + 1).min(plane.height) {
            let columns = x.saturating_sub(near)..(x + near + 1).min(plane.width);
            let row = row * plane.width;
            votes[row + columns.start..row + columns.end].fill(0);
        }
        if let Some((share, ring)) = best(plane, (x as f32, y as f32), radii.clone())
            && share >= rim
            && WITHIN.contains(&within(plane, ring))
            && found
                .iter()
                .all(|one| (one.0 - ring.0).hypot(one.1 - ring.1) > one.2)
        {
            found.push(ring);
        }
    }
    found
}

/// How many edges see the middle of a circle at each px, its neighbours counted with it.
fn voted(plane: &Plane, radii: std::ops::RangeInclusive<usize>) -> Vec<u32> {
    let (w, h) = (plane.width, plane.height);
    let mut votes = vec![0_u32; w * h];
    for (x, y, across, down) in plane.edges() {
        // Every other radius: votes are counted with those beside them.
        for radius in radii.clone().step_by(2) {
            for side in [radius as f32, -(radius as f32)] {
                let (cx, cy) = (x + side * across + 0.5, y + side * down + 0.5);
                if cx >= 1.0 && cy >= 1.0 && cx < w as f32 - 1.0 && cy < h as f32 - 1.0 {
                    votes[cy as usize * w + cx as usize] += 1;
                }
            }
        }
    }
    let mut sums = vec![0; w * h];
    for y in 1..h - 1 {
        for x in 1..w - 1 {
            let rows = [y - 1, y, y + 1];
            sums[y * w + x] = rows
                .iter()
                .map(|y| votes[y * w + x - 1..=y * w + x + 1].iter().sum::<u32>())
                .sum();
        }
    }
    sums
}

/// The circle around a middle, give or take two px, with the most of a rim; and how much of one it has.
fn best(
    plane: &Plane,
    (x, y): (f32, f32),
    radii: std::ops::RangeInclusive<usize>,
) -> Option<(f32, (f32, f32, f32))> {
    let directions: Vec<(f32, f32)> = (0..ROUND)
        .map(|part| (part as f32 / ROUND as f32 * std::f32::consts::TAU).sin_cos())
        .collect();
    let mut best: Option<(f32, (f32, f32, f32))> = None;
    for dy in -2_i8..=2 {
        for dx in -2_i8..=2 {
            let (x, y) = (x + f32::from(dx), y + f32::from(dy));
            for radius in radii.clone() {
                let radius = radius as f32;
                let count = directions
                    .iter()
                    .filter(|part| {
                        let (down, across) = **part;
                        let at = |r: f32| plane.at(x + r * across, y + r * down);
                        at(radius).max(at(radius - 1.0)) - at(radius + 3.0) > STEP
                    })
                    .count();
                let share = count as f32 / ROUND as f32;
                if best.is_none_or(|(most, _)| share > most) {
                    best = Some((share, (x, y, radius)));
                }
            }
        }
    }
    best
}

/// Share of what lies within a rim that is ink.
fn within(plane: &Plane, (x, y, radius): (f32, f32, f32)) -> f32 {
    let inner = radius - 3.0;
    let (mut ink, mut all) = (0_u32, 0_u32);
    let reach = inner as i32;
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            if (dx * dx + dy * dy) as f32 <= inner * inner {
                all += 1;
                ink += u32::from(plane.at(x + dx as f32, y + dy as f32) > 0.3);
            }
        }
    }
    ink as f32 / all.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Gray, Rgb};

    const SIDE: usize = 1650;

    /// A page at 200 dpi with rows of letters.
    fn page() -> Rgb {
        let mut page = Rgb {
            width: SIDE as u32,
            height: SIDE as u32,
            pixels: vec![245; SIDE * SIDE * 3],
        };
        put(&mut page, [25, 25, 30], |x, y| {
            let (x, y) = (x as usize, y as usize);
            let (letter, line) = ((x / 22) * 7 + (y / 60) * 13, y % 60);
            line < 24 && x % 22 < 15 && (x % 5 < 2 || (line + letter) % 9 < 2)
        });
        page
    }

    fn put(page: &mut Rgb, ink: [u8; 3], is: impl Fn(f32, f32) -> bool) {
        for (at, pixel) in page.pixels.chunks_exact_mut(3).enumerate() {
            if is((at % SIDE) as f32, (at / SIDE) as f32) {
                let both = pixel.iter_mut().zip(ink);
                both.for_each(|(value, ink)| {
                    *value = (u16::from(*value) * u16::from(ink) / 245) as u8;
                });
            }
        }
    }

    /// Rim, inner ring, marks between, a star: 37 mm across.
    fn stamp(page: &mut Rgb, (cx, cy): (f32, f32), ink: [u8; 3]) {
        put(page, ink, |x, y| {
            let (dx, dy) = (x - cx, y - cy);
            let (r, angle) = (dx.hypot(dy), dy.atan2(dx));
            let letters = (108.0..132.0).contains(&r) && (angle * 40.0).sin() > 0.1;
            let star = r < 45.0 && r < 22.0 + 22.0 * (angle * 5.0).cos();
            (139.0..146.0).contains(&r) || (94.0..98.0).contains(&r) || letters || star
        });
    }

    fn is_at(found: &[Rect], (cx, cy): (f32, f32)) {
        let [seal] = found else {
            panic!("{found:?}");
        };
        let (x, y) = (seal.x + seal.w / 2.0, seal.y + seal.h / 2.0);
        assert!(
            (x - cx).hypot(y - cy) < 12.0 && (seal.w - 290.0).abs() < 24.0,
            "{seal:?}"
        );
    }

    fn grey(page: &Rgb) -> Raster {
        Raster::Gray(Gray {
            width: page.width,
            height: page.height,
            pixels: page.pixels.chunks_exact(3).map(|p| p[1]).collect(),
        })
    }

    #[test]
    fn fresh_dark_and_faded_seals_are_seen_over_print() {
        for ink in [[225, 40, 60], [150, 20, 35], [240, 195, 195]] {
            let mut page = page();
            stamp(&mut page, (1100.0, 1200.0), ink);
            is_at(&seals(&Raster::Rgb(page), 200.0), (1100.0, 1200.0));
        }
    }

    #[test]
    fn a_coloured_frame_and_red_lines_through_it_hide_no_seal() {
        let mut page = page();
        put(&mut page, [235, 120, 140], |x, y| {
            let edge = x.min(y).min(SIDE as f32 - x).min(SIDE as f32 - y);
            edge < 170.0 && ((x + y) % 14.0 < 6.0)
        });
        put(&mut page, [220, 60, 70], |_, y| {
            (1180.0..1190.0).contains(&y)
        });
        stamp(&mut page, (1100.0, 1200.0), [220, 40, 60]);
        is_at(&seals(&Raster::Rgb(page), 200.0), (1100.0, 1200.0));
    }

    #[test]
    fn without_colour_its_shape_tells_in_grey_and_in_dots() {
        let mut page = page();
        stamp(&mut page, (1100.0, 1200.0), [120, 120, 120]);
        is_at(&seals(&grey(&page), 200.0), (1100.0, 1200.0));
        let Raster::Gray(mut dots) = grey(&page) else {
            unreachable!()
        };
        for (at, value) in dots.pixels.iter_mut().enumerate() {
            let (x, y) = (at % SIDE, at / SIDE);
            let limit = [[30, 150], [210, 90]][y % 2][x % 2];
            *value = if *value > limit { 255 } else { 0 };
        }
        is_at(&seals(&Raster::Gray(dots), 200.0), (1100.0, 1200.0));
    }

    #[test]
    fn print_halves_of_seals_discs_and_small_rings_are_none() {
        let bare = page();
        assert_eq!(seals(&grey(&bare), 200.0), vec![]);
        assert_eq!(seals(&Raster::Rgb(bare), 200.0), vec![]);
        let mut half = page();
        stamp(&mut half, (SIDE as f32, 900.0), [220, 40, 60]);
        assert_eq!(seals(&Raster::Rgb(half), 200.0), vec![]);
        for (radius, hole) in [(140.0, 0.0), (70.0, 60.0), (260.0, 250.0)] {
            let mut other = page();
            put(&mut other, [220, 40, 60], |x, y| {
                let r = (x - 900.0).hypot(y - 900.0);
                (hole..radius).contains(&r)
            });
            assert_eq!(seals(&Raster::Rgb(other), 200.0), vec![], "{radius}");
        }
    }

    #[test]
    fn tiny_and_huge_pages_are_looked_at_too() {
        for (width, height, dpi) in [(1, 1, 300.0), (9, 3000, 75.0), (40, 40, 10.0)] {
            let blank = Gray {
                width,
                height,
                pixels: vec![255; (width * height) as usize],
            };
            assert_eq!(seals(&Raster::Gray(blank), dpi), vec![]);
        }
    }
}
