//! One gap in a printed line, and what its pixels say.

use crate::classify::Handwriting;
use crate::document::{Rect, Rgb};
use crate::picture::Picture;

use crate::classify::look::parts::{Part, joined};

/// A gap between two pieces of print on one line, shown px.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// The print before it.
    left: Rect,
    /// The print after it.
    right: Rect,
    /// Where it begins and ends.
    span: (f32, f32),
    /// What it is for.
    kind: Kind,
}

/// What a gap is for, which says what print stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number: capitals stand after it.
    Number,
    /// A day or a month: small letters stand on both sides.
    Date,
}

/// Height at which a gap is looked at: that of a capital letter, px. Offsets are seen to a twentieth of it.
const CAPITAL: f32 = 24.0;
/// Ink above and below the line that still belongs to the gap, heights of a capital.
const ABOVE: f32 = 1.1;
const BELOW: f32 = 0.8;
/// Parts lower than this, in heights of a capital, are dots, dashes and specks.
const LOW: f32 = 0.45;

impl Gap {
    /// The gap from `from` to `to` between two pieces of print; `None` when it has no room for a digit.
    pub(super) fn between(kind: Kind, left: Rect, (from, to): (f32, f32), right: Rect) -> Option<Self> {
        let height = right.h.min(left.h);
        (height > 4.0 && to - from > 0.35 * height && to - from < 14.0 * height).then_some(Self {
            left,
            right,
            span: (from, to),
            kind,
        })
    }

    /// What a hand wrote in the gap; `None` when there is print or nothing.
    pub(super) fn hand(&self, picture: &Picture<'_>) -> Option<Handwriting> {
        // Boxes of words with marks are a third higher than capitals.
        let height = 0.72 * self.right.h.min(self.left.h);
        let scale = (CAPITAL / height).min(2.0);
        let area = Rect {
            x: self.left.x - 2.0,
            y: self.left.y.min(self.right.y) - ABOVE * height,
            w: self.right.x + self.right.w - self.left.x + 4.0,
            h: 0.0,
        };
        let bottom = (self.left.y + self.left.h).max(self.right.y + self.right.h) + BELOW * height;
        let area = Rect { h: bottom - area.y, ..area };
        let patch = picture.colours(area, scale);
        let place = |x: f32| (x - area.x.floor()) * scale;
        let edges = [self.left.x + self.left.w, self.span.0, self.span.1, self.right.x].map(place);
        let signs = Signs::of(&patch, edges, self.kind)?;
        let certainty = signs.certainty();
        let [left, top, right, bottom] = signs.bounds;
        (certainty >= DOUBTFUL).then(|| Handwriting {
            bbox: Rect {
                x: area.x.floor() + left / scale,
                y: area.y.floor() + top / scale,
                w: (right - left) / scale,
                h: (bottom - top) / scale,
            },
            certainty,
        })
    }
}

/// Certainty below which what stands in a gap is taken for print.
const DOUBTFUL: f32 = 0.5;

/// How the ink of a gap differs from the print beside it.
#[derive(Clone, Copy, Debug)]
struct Signs {
    /// Box of the ink, px of the patch.
    bounds: [f32; 4],
    /// How far tops and bottoms of its parts lie from the line that print keeps, mean, heights of a capital.
    off: f32,
    /// How much more colour its ink has than print, 0 to 1.
    tint: f32,
    /// Breadth of its strokes by that of print, as a logarithm.
    stroke: f32,
    /// How many parts as high as letters it has.
    count: f32,
}

impl Signs {
    /// Looks at a patch of which print stands left of the first and right of the last of `edges`, the gap between the
    /// two in the middle.
    fn of(patch: &Rgb, edges: [f32; 4], kind: Kind) -> Option<Self> {
        let (width, height) = (patch.width as usize, patch.height as usize);
        let dark = darkness(patch);
        let ink: Vec<bool> = dark.iter().map(|value| *value > 0.4).collect();
        let high = LOW * CAPITAL;
        // Ink that runs on into the print beside it is cut there.
        let within = |from: f32, to: f32| {
            let columns = from.max(0.0) as usize..to.max(0.0) as usize;
            joined(width, height, 3, |at| ink[at] && columns.contains(&(at % width)))
        };
        let (before, after) = (within(0.0, edges[0]), within(edges[3], width as f32));
        let sides = match kind {
            Kind::Number => [&after[..], &[]],
            Kind::Date => [&before[..], &after],
        };
        let is_print = |part: &&Part| part.height() > high && part.height() < 2.0 * CAPITAL;
        let print: Vec<&Part> = sides.into_iter().flatten().filter(is_print).collect();
        let line = PrintLine::of(&print, kind)?;
        let inside = within(edges[1], edges[2]);
        let gap: Vec<&Part> = inside
            .iter()
            .filter(|part| {
                let (x, y) = part.centre();
                let near = y > line.top(x) - ABOVE * line.height
                    && y < line.bottom(x) + BELOW * line.height;
                near && part.height() > LOW * line.height
            })
            .collect();
        let first = gap.first()?;
        let mut bounds = first.bounds.map(|edge| edge as f32);
        for part in &gap {
            let [left, top, right, bottom] = part.bounds.map(|edge| edge as f32);
            bounds = [bounds[0].min(left), bounds[1].min(top), bounds[2].max(right), bounds[3].max(bottom)];
        }
        let off = gap.iter().map(|part| line.off(part)).sum::<f32>() / gap.len() as f32;
        let tints = |parts: &[&Part]| mean(parts.iter().flat_map(|part| colour_of(patch, part)));
        Some(Self {
            bounds,
            off,
            tint: tints(&gap) - tints(&print),
            stroke: (stroke(&gap) / stroke(&print).max(0.1)).max(0.1).ln(),
            count: gap.len() as f32,
        })
    }

    /// How certain it is that a hand wrote it. Print keeps its line to a twentieth of its height (a tenth on bad
    /// scans), has the same ink all along and strokes of one breadth; a pen differs in one of these at least.
    fn certainty(&self) -> f32 {
        let sum = -3.4
            + 17.0 * (self.off - 0.05).clamp(0.0, 0.5)
            + 14.0 * (self.tint - 0.04).clamp(0.0, 0.4)
            + 2.0 * (self.stroke.abs() - 0.15).clamp(0.0, 0.8);
        1.0 / (1.0 + (-sum).exp())
    }
}

/// The line on which the print beside a gap stands: tops and bottoms of its capitals.
struct PrintLine {
    slope: f32,
    /// Bottom at the patch's left edge.
    base: f32,
    /// Height of capitals.
    height: f32,
}

impl PrintLine {
    fn of(print: &[&Part], kind: Kind) -> Option<Self> {
        let mut heights: Vec<f32> = print.iter().map(|part| part.height()).collect();
        heights.sort_by(f32::total_cmp);
        let usual = *heights.get(heights.len() / 2)?;
        let feet: Vec<(f32, f32)> = print
            .iter()
            .filter(|part| (0.6..1.7).contains(&(part.height() / usual)))
            .map(|part| (part.centre().0, part.bounds[3] as f32))
            .collect();
        let mut slopes: Vec<f32> = Vec::new();
        for (index, a) in feet.iter().enumerate() {
            let far = feet.iter().skip(index + 1).filter(|b| (b.0 - a.0).abs() > 2.0 * usual);
            slopes.extend(far.map(|b| (b.1 - a.1) / (b.0 - a.0)));
        }
        slopes.sort_by(f32::total_cmp);
        let slope = slopes.get(slopes.len() / 2).copied().unwrap_or(0.0).clamp(-0.1, 0.1);
        let mut bases: Vec<f32> = feet.iter().map(|(x, y)| y - slope * x).collect();
        bases.sort_by(f32::total_cmp);
        let base = *bases.get(bases.len() / 2)?;
        let line = Self { slope, base, height: usual };
        // Symbols are capitals, as high as digits; among small letters those with marks and `h` are.
        let height = match kind {
            Kind::Number => usual,
            Kind::Date => {
                let stands = |part: &&&Part| {
                    (part.bounds[3] as f32 - line.bottom(part.centre().0)).abs() < 0.15 * CAPITAL
                };
                let standing = print.iter().filter(stands).map(|part| part.height());
                standing.filter(|height| *height < 2.2 * usual).fold(usual, f32::max)
            }
        };
        Some(Self { height, ..line })
    }

    fn bottom(&self, x: f32) -> f32 {
        self.base + self.slope * x
    }

    fn top(&self, x: f32) -> f32 {
        self.bottom(x) - self.height
    }

    /// How far the part's top and bottom lie from where digits end, the worse of both, heights of a capital.
    fn off(&self, part: &Part) -> f32 {
        let (x, _) = part.centre();
        let (top, bottom) = (part.bounds[1] as f32, part.bounds[3] as f32);
        let worst = (top - self.top(x)).abs().max((bottom - self.bottom(x)).abs());
        worst / self.height.max(1.0)
    }
}

/// Share of the paper's light that each pixel lacks.
fn darkness(patch: &Rgb) -> Vec<f32> {
    let light: Vec<f32> = patch
        .pixels
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[r, g, b]| f32::from(*r.min(g).min(b)))
        .collect();
    let mut sorted = light.clone();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f32| sorted.get((sorted.len() as f32 * share) as usize).copied().unwrap_or(255.0);
    let (paper, black) = (at(0.8).max(60.0), at(0.01));
    let range = (paper - black).max(25.0);
    light.iter().map(|light| ((paper - light) / range).clamp(0.0, 1.0)).collect()
}

/// Chroma of the pixels of a part, 0 to 1.
fn colour_of<'a>(patch: &'a Rgb, part: &'a Part) -> impl Iterator<Item = f32> + 'a {
    let width = patch.width as usize;
    part.points().filter_map(move |(x, y)| {
        let at = (y as usize * width + x as usize) * 3;
        let [r, g, b] = *patch.pixels.get(at..at + 3)?.as_array()?;
        Some(f32::from(r.max(g).max(b) - r.min(g).min(b)) / 255.0)
    })
}

/// Breadth of strokes: area by half the outline, px.
fn stroke(parts: &[&Part]) -> f32 {
    let (mut area, mut outline) = (0.0, 0.0);
    for part in parts {
        area += part.area as f32;
        // Each run has two ends; up and down the outline is about as long as across.
        outline += part.runs.len() as f32 * 2.0;
    }
    area / f32::max(outline / 2.0, 1.0)
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / count.max(1.0)
}
