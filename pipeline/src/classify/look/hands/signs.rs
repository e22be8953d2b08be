//! How the ink of a gap differs from print.

use super::digits::{FACES, Shape};
use super::gap::{CAPITAL, Kind};
use crate::classify::look::parts::{Part, joined};
use crate::document::Rgb;

/// Parts lower than this, in heights of a capital, are dots, dashes and specks.
const LOW: f32 = 0.5;
/// Share of full ink from which on a pixel is ink.
const INKED: f32 = 0.4;

/// How the ink of a gap differs from the print beside it and from printed digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    /// Box of the ink, px of the patch.
    pub(super) bounds: [f32; 4],
    /// What is weighed, see [`WEIGHTS`].
    values: [f32; COUNT],
    /// Whether the engine read nothing but digits, and was sure of them.
    read_well: bool,
}

const COUNT: usize = 10;
/// Weights of the signs and what stands against a hand from the start, fitted by logistic regression on heads made by
/// `examples/hands.rs` (220 of seed 71, both outcomes weighing the same). In their order: unlikeness to digits, mean and
/// worst; distance from the line, mean; unevenness of the feet; colour; breadth of strokes; the engine's doubt; letters
/// among what it read; unevenness of heights; darkness.
const WEIGHTS: [f32; COUNT] = [5.88, 3.65, 7.85, 2.61, 3.07, 2.3, 2.9, 0.9, 2.27, 2.04];
const AGAINST: f32 = -5.77;
/// Certainty of the engine from which on its digits speak against a hand, and how much: it is seldom so sure of what a
/// hand wrote, and always of print, even where italics overlap and look like no digit alone. Machines that number
/// papers after they are signed set digits a little above the line; so do hands, whose digits look less like print.
const SURE: f32 = 0.9;
const READ_WELL: f32 = -1.5;
/// Unlikeness to digits up to which the distance from the line does not count, and from which on it counts fully.
const PRINT_LIKE: f32 = 0.05;
const PEN_LIKE: f32 = 0.25;

impl Signs {
    /// Looks at a patch with a gap that begins and ends at `span`; `None` when nothing stands in it.
    pub(super) fn of(
        patch: &Rgb,
        span: (f32, f32),
        kind: Kind,
        read: Option<(f32, f32)>,
    ) -> Option<Self> {
        let (width, height) = (patch.width as usize, patch.height as usize);
        let dark = darkness(patch);
        let parts = joined(width, height, 4, |at| dark[at] > INKED);
        let beside = |part: &&Part| match kind {
            Kind::Number => part.centre().0 > span.1,
            Kind::Day | Kind::Month => part.centre().0 < span.0 || part.centre().0 > span.1,
        };
        let is_print = |part: &&Part| {
            part.height() > LOW * CAPITAL
                && part.height() < 2.0 * CAPITAL
                && part.width() < 4.0 * CAPITAL
        };
        let print: Vec<&Part> = parts.iter().filter(beside).filter(is_print).collect();
        let line = PrintLine::of(&print, kind)?;
        // Ink that runs on into the print beside it is cut there.
        let slack = 0.15 * line.height;
        let (from, to) = (span.0, span.1 + slack);
        let reaches = |part: &Part| {
            part.bounds[0] as f32 + 2.0 * slack < from || part.bounds[2] as f32 > to + 2.0 * slack
        };
        let columns = span.0.max(0.0) as usize..span.1.max(0.0) as usize;
        let cut = joined(width, height, 4, |at| {
            dark[at] > INKED && columns.contains(&(at % width))
        });
        let whole = parts
            .iter()
            .filter(|part| !reaches(part) && (from..to).contains(&part.centre().0));
        let touching: Vec<&Part> = parts.iter().filter(|part| reaches(part)).collect();
        let cut = cut.iter().filter(|part| {
            let inside = |other: &&Part| {
                other.bounds[0] <= part.bounds[0]
                    && other.bounds[2] >= part.bounds[2]
                    && other.bounds[1] <= part.bounds[1]
                    && other.bounds[3] >= part.bounds[3]
            };
            touching.iter().any(inside) && part.width() > 0.25 * line.height
        });
        let gap: Vec<&Part> = whole.chain(cut).filter(|part| line.is_near(part)).collect();
        let mut signs = clusters(&gap, 0.35 * line.height);
        signs.retain(|sign| line.holds(sign));
        let bounds = signs.iter().copied().reduce(union)?.map(|edge| edge as f32);
        let (mean_likeness, least_likeness) = likeness(&dark, width, &signs);
        let offs: Vec<(f32, f32)> = signs.iter().map(|sign| line.off(sign)).collect();
        let off = mean(offs.iter().map(|(top, bottom)| top.abs().max(bottom.abs())));
        let tint = |parts: &[&Part]| mean(parts.iter().flat_map(|part| colour_of(patch, part)));
        let depth = |parts: &[&Part]| {
            mean(parts.iter().flat_map(|part| part.points()).map(|(x, y)| {
                dark.get(y as usize * width + x as usize)
                    .copied()
                    .unwrap_or(0.0)
            }))
        };
        let (strange, sure) = read.unwrap_or((1.0, 0.0));
        let pen_like =
            ((1.0 - mean_likeness - PRINT_LIKE) / (PEN_LIKE - PRINT_LIKE)).clamp(0.0, 1.0);
        Some(Self {
            bounds,
            read_well: strange == 0.0 && sure >= SURE,
            values: [
                1.0 - mean_likeness,
                1.0 - least_likeness,
                off.min(0.6) * pen_like,
                spread(offs.iter().map(|(_, bottom)| *bottom)).min(0.6),
                (tint(&gap) - tint(&print)).clamp(0.0, 0.4),
                (stroke(&gap) / stroke(&print).max(0.1))
                    .max(0.1)
                    .ln()
                    .abs()
                    .min(1.0),
                1.0 - sure,
                strange,
                spread(offs.iter().map(|(top, bottom)| top - bottom)).min(0.6),
                (depth(&gap) - depth(&print)).abs().min(0.4),
            ],
        })
    }

    /// How certain it is that a hand wrote it, 0 to 1.
    pub(super) fn certainty(&self) -> f32 {
        let weighed = self
            .values
            .iter()
            .zip(WEIGHTS)
            .map(|(value, weight)| value * weight);
        let read_well = if self.read_well { READ_WELL } else { 0.0 };
        let sum = AGAINST + weighed.sum::<f32>() + read_well;
        1.0 / (1.0 + (-sum).exp())
    }
}

/// Boxes of parts that stand one above the other, since thin strokes break; none of colons, whose parts are all lower
/// than `least`.
fn clusters(parts: &[&Part], least: f32) -> Vec<[usize; 4]> {
    let mut boxes: Vec<([usize; 4], bool)> = parts
        .iter()
        .map(|part| (part.bounds, part.height() > least))
        .collect();
    boxes.sort_by_key(|(bounds, _)| bounds[0]);
    let mut found: Vec<([usize; 4], bool)> = Vec::new();
    for (bounds, high) in boxes {
        match found.last_mut() {
            Some(last) if overlap(last.0, bounds) > 0.5 => {
                *last = (union(last.0, bounds), last.1 || high);
            }
            _ => found.push((bounds, high)),
        }
    }
    found.retain(|(_, high)| *high);
    found.into_iter().map(|(bounds, _)| bounds).collect()
}

/// Share of the narrower box that lies above or below the other.
fn overlap(a: [usize; 4], b: [usize; 4]) -> f32 {
    let shared = a[2].min(b[2]).saturating_sub(a[0].max(b[0]));
    shared as f32 / (a[2] - a[0]).min(b[2] - b[0]).max(1) as f32
}

fn union(a: [usize; 4], b: [usize; 4]) -> [usize; 4] {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[2].max(b[2]),
        a[3].max(b[3]),
    ]
}

/// Mean and least likeness of what stands in the boxes to digits, by the face that they fit best together.
fn likeness(dark: &[f32], width: usize, signs: &[[usize; 4]]) -> (f32, f32) {
    let found: Vec<[f32; FACES]> = signs
        .iter()
        .flat_map(|sign| parted(dark, width, *sign))
        .collect();
    let sum = |face: usize| found.iter().map(|values| values[face]).sum::<f32>();
    let best = (0..FACES)
        .max_by(|a, b| sum(*a).total_cmp(&sum(*b)))
        .unwrap_or(0);
    let mut values: Vec<f32> = found.iter().map(|values| values[best]).collect();
    values.sort_by(f32::total_cmp);
    // One of three or more may be a piece of the print beside the gap.
    let strays = usize::from(values.len() > 2);
    let kept = values.get(strays..).unwrap_or_default();
    (
        mean(kept.iter().copied()),
        kept.first().copied().unwrap_or(0.0),
    )
}

/// Likenesses of the digits in a box, as many as fit it best: digits that touch are parted where there is least ink.
fn parted(dark: &[f32], width: usize, [left, top, right, bottom]: [usize; 4]) -> Vec<[f32; FACES]> {
    let (w, h) = ((right - left) as f32, (bottom - top) as f32);
    let ink = |x: usize| {
        (top..bottom)
            .map(|y| dark.get(y * width + x).copied().unwrap_or(0.0))
            .sum::<f32>()
    };
    // Digits are set at three quarters of their height.
    let likely = ((w / h - 0.6) / 0.74).round().max(0.0) as usize + 1;
    let counts = if w / h < 0.85 {
        1..=1
    } else {
        likely.saturating_sub(1).max(1)..=(likely + 1).min(8)
    };
    let tried = counts.map(|count| {
        let mut edges = vec![left];
        for at in 1..count {
            let middle = left as f32 + w * at as f32 / count as f32;
            let (from, to) = (middle - 0.16 * h, middle + 0.16 * h);
            let columns = (from as usize).max(left + 1)..(to as usize + 1).min(right);
            edges.push(
                columns
                    .min_by(|a, b| ink(*a).total_cmp(&ink(*b)))
                    .unwrap_or(middle as usize),
            );
        }
        edges.push(right);
        let digits = edges.windows(2).filter(|pair| pair[0] < pair[1]);
        let digits: Vec<[f32; FACES]> = digits
            .map(|pair| Shape::of(dark, width, [pair[0], top, pair[1], bottom]).likenesses())
            .collect();
        let most = |values: &[f32; FACES]| values.iter().copied().fold(-1.0, f32::max);
        (mean(digits.iter().map(most)), digits)
    });
    let best = tried.max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(Vec::new(), |(_, digits)| digits)
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
            let far = feet
                .iter()
                .skip(index + 1)
                .filter(|b| (b.0 - a.0).abs() > 2.0 * usual);
            slopes.extend(far.map(|b| (b.1 - a.1) / (b.0 - a.0)));
        }
        let slope = median(slopes).unwrap_or(0.0).clamp(-0.1, 0.1);
        let base = median(feet.iter().map(|(x, y)| y - slope * x).collect())?;
        let line = Self {
            slope,
            base,
            height: usual,
        };
        // Symbols are capitals, as high as digits; among small letters `h` and `t` and the year's digits are.
        let height = match kind {
            Kind::Number => usual,
            Kind::Day | Kind::Month => {
                let stands = |part: &&&Part| {
                    (part.bounds[3] as f32 - line.bottom(part.centre().0)).abs() < 0.15 * CAPITAL
                };
                let standing = print.iter().filter(stands).map(|part| part.height());
                standing
                    .filter(|height| *height < 1.8 * usual)
                    .fold(usual, f32::max)
            }
        };
        Some(Self { height, ..line })
    }

    fn bottom(&self, x: f32) -> f32 {
        self.base + self.slope * x
    }

    /// Whether the part may be a piece of a digit on this line: no rule, nor of the line above or below.
    fn is_near(&self, part: &Part) -> bool {
        let (x, y) = part.centre();
        let bottom = self.bottom(x);
        let inside = y > bottom - 1.4 * self.height && y < bottom + 0.4 * self.height;
        inside && part.height() > 0.12 * self.height && part.width() < 6.0 * part.height()
    }

    /// Whether what stands in the box may be a digit: no dot, mostly on the line.
    fn holds(&self, sign: &[usize; 4]) -> bool {
        let [left, top, right, bottom] = sign.map(|edge| edge as f32);
        let line = self.bottom((left + right) / 2.0);
        let shared = bottom.min(line) - top.max(line - self.height);
        let height = bottom - top;
        height > LOW * self.height && shared > 0.4 * height && shared > 0.35 * self.height
    }

    /// How far top and bottom of a box lie below where those of digits do, heights of a capital.
    fn off(&self, sign: &[usize; 4]) -> (f32, f32) {
        let [left, top, right, bottom] = sign.map(|edge| edge as f32);
        let line = self.bottom((left + right) / 2.0);
        (
            (top - line + self.height) / self.height,
            (bottom - line) / self.height,
        )
    }
}

/// Share of full ink that each pixel has.
fn darkness(patch: &Rgb) -> Vec<f32> {
    let pixels = patch.pixels.as_chunks::<3>().0.iter();
    let light: Vec<u8> = pixels.map(|[r, g, b]| *r.min(g).min(b)).collect();
    let mut counts = [0_usize; 256];
    light
        .iter()
        .for_each(|value| counts[usize::from(*value)] += 1);
    let at = |share: f32| {
        let (mut seen, wanted) = (0, (light.len() as f32 * share) as usize);
        let level = counts.iter().position(|count| {
            seen += count;
            seen > wanted
        });
        level.unwrap_or(255) as f32
    };
    let (paper, black) = (at(0.8).max(60.0), at(0.02));
    let range = (paper - black).max(25.0);
    let share = |value: &u8| ((paper - f32::from(*value)) / range).clamp(0.0, 1.0);
    light.iter().map(share).collect()
}

/// Chroma of the pixels of a part, 0 to 1.
fn colour_of<'a>(patch: &'a Rgb, part: &'a Part) -> impl Iterator<Item = f32> + 'a {
    let width = patch.width as usize;
    part.points().filter_map(move |(x, y)| {
        let at = (y as usize * width + x as usize) * 3;
        let &[r, g, b] = patch.pixels.get(at..at + 3)? else {
            return None;
        };
        Some(f32::from(r.max(g).max(b) - r.min(g).min(b)) / 255.0)
    })
}

/// Breadth of strokes: area by half the outline, px.
fn stroke(parts: &[&Part]) -> f32 {
    let area: usize = parts.iter().map(|part| part.area).sum();
    let runs: usize = parts.iter().map(|part| part.runs.len()).sum();
    area as f32 / runs.max(1) as f32
}

fn median(mut values: Vec<f32>) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

fn spread(values: impl Iterator<Item = f32> + Clone) -> f32 {
    let most = values.clone().fold(f32::MIN, f32::max);
    (most - values.fold(f32::MAX, f32::min)).max(0.0)
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / count.max(1.0)
}
