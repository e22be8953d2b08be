//! Corners of QR codes: squares in squares that every line through them cuts 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004, 6.3.3).

use super::ink::{Ink, Runs};

/// A corner: its middle, and the size of a module, px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) module: f32,
    /// Rows that cut it.
    rows: u32,
}

/// Three corners of one code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Triple {
    /// The corner at the right angle.
    pub(super) middle: Corner,
    /// The two others.
    pub(super) ends: [Corner; 2],
}

/// More corners than this are print or a screen, not codes; those that most rows cut are kept.
const MOST: usize = 60;
/// And more than this are not even counted.
const MOST_SEEN: usize = 2000;
/// Rows between those that are looked through, inches: the heart of a corner, three modules of 0.25 mm, is not missed.
const EVERY: f32 = 0.0135;

/// Triples of corners that may be of one code, the best first, none sharing a corner.
pub(super) fn triples(ink: &Ink<'_>, dpi: f32) -> Vec<Triple> {
    let corners = corners(ink, dpi);
    let mut found: Vec<(f32, Triple)> = Vec::new();
    for (i, a) in corners.iter().enumerate() {
        for (j, b) in corners.iter().enumerate() {
            for (k, c) in corners.iter().enumerate() {
                if j < k && i != j && i != k {
                    found.extend(judged(*a, *b, *c));
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut taken: Vec<Corner> = Vec::new();
    let mut triples = Vec::new();
    for (_, triple) in found {
        let corners = [triple.middle, triple.ends[0], triple.ends[1]];
        if !corners.iter().any(|corner| taken.contains(corner)) {
            taken.extend(corners);
            triples.push(triple);
        }
    }
    triples
}

/// How far three corners are from a right angle with equal legs; `None` when they are no code's.
fn judged(middle: Corner, b: Corner, c: Corner) -> Option<(f32, Triple)> {
    let (bx, by) = (b.x - middle.x, b.y - middle.y);
    let (cx, cy) = (c.x - middle.x, c.y - middle.y);
    let (lb, lc) = (bx.hypot(by), cx.hypot(cy));
    let module = (middle.module + b.module + c.module) / 3.0;
    let sizes = [middle, b, c].map(|corner| (corner.module / module - 1.0).abs());
    let worst = sizes.into_iter().fold(0.0, f32::max);
    let leg = (lb + lc) / 2.0 / module;
    let unequal = (lb - lc).abs() / lb.max(lc);
    let cosine = ((bx * cx + by * cy) / (lb * lc)).abs();
    // Version 1 has 14 modules from corner to corner, version 40 has 170.
    let fits = worst < 0.35 && unequal < 0.15 && cosine < 0.2 && (11.0..190.0).contains(&leg);
    fits.then(|| {
        let triple = Triple {
            middle,
            ends: [b, c],
        };
        (worst + 2.0 * unequal + 2.0 * cosine, triple)
    })
}

fn corners(ink: &Ink<'_>, dpi: f32) -> Vec<Corner> {
    let step = ((dpi * EVERY).floor() as usize).max(1);
    let mut corners: Vec<Corner> = Vec::new();
    let mut runs = Runs::default();
    for y in (0..ink.height).step_by(step) {
        ink.row(y, &mut runs);
        for at in (0..runs.edges.len().saturating_sub(5)).step_by(2) {
            let Some(found) = runs
                .edges
                .get(at..at + 6)
                .and_then(|edges| corner(ink, edges, y))
            else {
                continue;
            };
            let same = |other: &&mut Corner| {
                let near = 3.0 * found.module;
                (other.x - found.x).abs() < near
                    && (other.y - found.y).abs() < near
                    && (other.module / found.module - 1.0).abs() < 0.5
            };
            if let Some(other) = corners.iter_mut().find(same) {
                other.join(found);
            } else if corners.len() < MOST_SEEN {
                corners.push(found);
            }
        }
    }
    corners.sort_by_key(|corner| std::cmp::Reverse(corner.rows));
    corners.truncate(MOST);
    corners
}

impl Corner {
    /// The mean of this and another row's.
    fn join(&mut self, other: Self) {
        let rows = self.rows as f32;
        let mean = |a: f32, b: f32| (a * rows + b) / (rows + 1.0);
        self.x = mean(self.x, other.x);
        self.y = mean(self.y, other.y);
        self.module = mean(self.module, other.module);
        self.rows += 1;
    }
}

/// The corner whose row `y` has these six edges, when the column through its middle agrees.
fn corner(ink: &Ink<'_>, edges: &[f32], y: usize) -> Option<Corner> {
    let widths = [0, 1, 2, 3, 4].map(|at| edges[at + 1] - edges[at]);
    let across = module_of(widths)?;
    let x = (edges[2] + edges[3]) / 2.0;
    let (middle, down) = cut(y, ink.height, |y| ink.dark(x as usize, y))?;
    let alike = (0.6..1.67).contains(&(down / across));
    alike.then_some(Corner {
        x,
        y: middle,
        module: (across + down) / 2.0,
        rows: 1,
    })
}

/// The size of a module when five widths are as 1 : 1 : 3 : 1 : 1.
fn module_of(widths: [f32; 5]) -> Option<f32> {
    let module = widths.iter().sum::<f32>() / 7.0;
    // Half a module, and at small sizes the px that an edge may be off.
    let play = (0.45 * module).max(0.9_f32.min(0.7 * module));
    let fits = module >= 1.2
        && widths
            .iter()
            .zip([1.0, 1.0, 3.0, 1.0, 1.0])
            .all(|(width, modules)| {
                let play = if modules > 1.0 { 1.5 * play } else { play };
                (width - modules * module).abs() <= play
            });
    fits.then_some(module)
}

/// The middle and the module of the 1 : 1 : 3 : 1 : 1 around `at` on a line of `length` px.
fn cut(at: usize, length: usize, dark: impl Fn(usize) -> bool) -> Option<(f32, f32)> {
    /// A module of more px is no code's.
    const LONGEST: usize = 240;
    if !dark(at) {
        return None;
    }
    // Runs upwards and downwards from the heart: rest of the heart, light, dark.
    let side = |next: &dyn Fn(usize) -> Option<usize>| -> Option<[usize; 3]> {
        let mut counts = [0_usize; 3];
        let mut here = Some(at);
        for (index, wanted) in [true, false, true].into_iter().enumerate() {
            while let Some(px) = here.filter(|px| dark(*px) == wanted) {
                if let Some(count) = counts.get_mut(index) {
                    *count += 1;
                    if *count > LONGEST {
                        return None;
                    }
                }
                here = next(px);
            }
        }
        (counts[1] > 0 && counts[2] > 0).then_some(counts)
    };
    let up = side(&|px| px.checked_sub(1))?;
    let down = side(&|px| (px + 1 < length).then_some(px + 1))?;
    let heart = up[0] + down[0] - 1;
    let widths = [up[2], up[1], heart, down[1], down[2]].map(|count| count as f32);
    let module = module_of(widths)?;
    let top = at as f32 + 1.0 - up[0] as f32;
    Some((top + heart as f32 / 2.0, module))
}
