//! Which way up a page lies, from the shapes of its lines alone.
//!
//! Lines run where the profile is most uneven. The upper side is where letters send more strokes out of the
//! x-height band: ascenders, capitals and tone marks go up, only g p q y, the dot below and commas go down.

use crate::document::{Gray, Turn};

use super::strips::{Fit, Strips};
use super::turn::turned;

/// Strips joined for one look at a line (12 mm, five letters): short enough to take no harm from neighbours
/// in another column, long enough to hold letters of both kinds.
const JOINED: usize = 3;

/// How the lines of a page lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// The turn that makes the page upright.
    pub(super) turn: Turn,
    /// 0 to 1; how sure that is.
    pub(super) certainty: f32,
    /// The slope of the lines once turned.
    pub(super) fit: Fit,
    /// Median height of the band between base and middle line, px of the reduced copy.
    pub(super) x_height: Option<f32>,
    /// Pieces of lines that were looked at.
    pub(super) pieces: usize,
}

/// The layout of a page given as darkness without rules; with `any_turn` off, lines are taken to be level and
/// upright.
pub(super) fn layout(dark: &Gray, any_turn: bool) -> Layout {
    let strips = Strips::of(dark);
    let fit = strips.fit();
    let upright = Evidence::of(&strips, fit);
    if !any_turn {
        return Layout {
            turn: Turn::None,
            certainty: 1.0,
            fit,
            x_height: upright.x_height(),
            pieces: upright.pieces(),
        };
    }
    let lying = turned(dark.clone(), Turn::Right);
    let strips = Strips::of(&lying);
    let other_fit = strips.fit();
    let other = Evidence::of(&strips, other_fit);
    choose(&upright, fit, &other, other_fit)
}

fn choose(upright: &Evidence, fit: Fit, lying: &Evidence, lying_fit: Fit) -> Layout {
    let sideways = lying.strength() > upright.strength();
    let (best, other, fit) = if sideways {
        (lying, upright, lying_fit)
    } else {
        (upright, lying, fit)
    };
    let along = ratio_certainty(best.strength(), other.strength());
    let (up, side) = best.side();
    let turn = match (sideways, up) {
        (false, true) => Turn::None,
        (false, false) => Turn::Half,
        (true, true) => Turn::Right,
        (true, false) => Turn::Left,
    };
    // Turning the lying copy by another half turn keeps the slope: both ends change places.
    Layout {
        turn,
        certainty: along.min(side),
        fit,
        x_height: best.x_height(),
        pieces: best.pieces(),
    }
}

/// 0 when two strengths are alike, 1 when one is three times the other.
fn ratio_certainty(best: f32, other: f32) -> f32 {
    if best <= 0.0 {
        0.0
    } else {
        ((best / other.max(best * 0.01) - 1.0) / 2.0).clamp(0.0, 1.0)
    }
}

/// What the pieces of lines in one direction say.
pub(super) struct Evidence {
    heights: Vec<f32>,
    /// For each piece, (above - below) / (above + below).
    votes: Vec<f32>,
    /// Total darkness of bands with clear edges.
    clear: f32,
}

impl Evidence {
    /// The evidence of the lines along `fit`.
    pub(super) fn of(strips: &Strips, fit: Fit) -> Self {
        let mut evidence = Self {
            heights: Vec::new(),
            votes: Vec::new(),
            clear: 0.0,
        };
        let mut profile = Vec::new();
        let mut start = 0;
        while start + JOINED <= strips.len() {
            strips.profile(start..start + JOINED, fit.slope, &mut profile);
            evidence.gather(&profile);
            start += JOINED;
        }
        evidence
    }

    fn gather(&mut self, profile: &[f32]) {
        let mut y = 0;
        while let Some((from, to)) = next_segment(profile, y) {
            y = to;
            self.look_at(profile, from, to);
        }
    }

    /// One stretch of rows with ink: finds the band and weighs what stands out of it.
    fn look_at(&mut self, profile: &[f32], from: usize, to: usize) {
        let rows = &profile[from..to];
        let peak = rows.iter().copied().fold(0.0, f32::max);
        if rows.len() < 3 || rows.len() > 40 || peak < 1500.0 {
            return;
        }
        let dense = |&v: &f32| v > 0.5 * peak;
        let (Some(first), Some(last)) = (rows.iter().position(dense), rows.iter().rposition(dense))
        else {
            return;
        };
        let height = last + 1 - first;
        if !(3..=24).contains(&height) {
            return;
        }
        let reach = (height * 2).div_ceil(3).max(2);
        let (top, bottom) = (from + first, from + last + 1);
        let above: f32 = profile[top.saturating_sub(reach)..top].iter().sum();
        let below: f32 = profile[bottom..(bottom + reach).min(profile.len())]
            .iter()
            .sum();
        let band: f32 = profile[top..bottom].iter().sum();
        self.clear += (band - above - below).max(0.0) * peak / 12_240.0;
        if above + below > 0.06 * band && above + below < 0.9 * band {
            self.heights.push(height as f32);
            self.votes.push((above - below) / (above + below));
        }
    }

    fn strength(&self) -> f32 {
        self.clear
    }

    fn pieces(&self) -> usize {
        self.votes.len()
    }

    /// Median height of the bands.
    pub(super) fn x_height(&self) -> Option<f32> {
        let mut heights = self.heights.clone();
        heights.sort_unstable_by(f32::total_cmp);
        heights.get(heights.len() / 2).copied()
    }

    /// Whether the page is upright rather than upside down, and how sure that is, 0 to 1.
    fn side(&self) -> (bool, f32) {
        let n = self.votes.len() as f32;
        if n < 8.0 {
            return (true, 0.0);
        }
        let mean = self.votes.iter().sum::<f32>() / n;
        let variance = self
            .votes
            .iter()
            .map(|v| (v - mean) * (v - mean))
            .sum::<f32>()
            / n;
        let error = (variance / n).sqrt().max(0.01);
        // 0.5 is at 3.5 standard errors: pieces of one line do not vote independently of each other.
        (
            mean > 0.0,
            ((mean.abs() / error - 1.0) / 5.0).clamp(0.0, 1.0),
        )
    }
}

/// The next stretch of rows that hold ink.
fn next_segment(profile: &[f32], from: usize) -> Option<(usize, usize)> {
    let start = from + profile.get(from..)?.iter().position(|&v| v > 200.0)?;
    let length = profile[start..]
        .iter()
        .position(|&v| v <= 200.0)
        .unwrap_or(profile.len() - start);
    Some((start, start + length))
}
