//! Patch code T: four bars, wide and narrow by turns, that scanners take for a separator sheet.
//!
//! Bars and spaces are 0.08 inch, wide bars 0.20 inch, each within 0.01 inch; the bars are 2 inches long at least. Read
//! from the edge that goes first the bars of T are narrow, wide, narrow, wide. Patch 3, its mirror image, parts
//! batches: it is taken for the same, so that a sheet may lie either way.

use super::code;
use super::ink::Runs;
use super::lines::{Along, Sampled};
use crate::classify::{Code, Symbology};

/// Width of narrow bars and spaces, inches.
const NARROW: f32 = 0.08;
/// Width of wide bars, inches.
const WIDE: f32 = 0.2;
/// How much a width may be off, inches: print, a threshold, a slight slant, a page that was made somewhat smaller.
const PLAY: f32 = 0.03;
/// Bars are this long at least, inches; what is torn or folded leaves less of the 2 inches.
const LENGTH: f32 = 1.2;

/// The patch on a page, if there is one: several on the edges of a sheet count once.
pub(super) fn find(lines: &Sampled, dpi: f32) -> Option<Code> {
    let least = ((LENGTH * dpi / lines.step as f32) as usize).max(3);
    lines
        .both()
        .into_iter()
        .find_map(|(along, runs)| longest(lines, along, runs, dpi, least))
}

/// A patch that goes through `least` lines one after the other.
fn longest(lines: &Sampled, along: Along, all: &[Runs], dpi: f32, least: usize) -> Option<Code> {
    // Patches that the line before was in: where they stand, and since which line.
    let mut open: Vec<(f32, f32, usize)> = Vec::new();
    for (number, runs) in all.iter().enumerate() {
        let here = patches(runs, dpi);
        let joined = |start: f32| {
            let near = |other: &&(f32, f32, usize)| (other.0 - start).abs() < 0.1 * dpi;
            open.iter().find(near).map_or(number, |other| other.2)
        };
        let now: Vec<(f32, f32, usize)> = here
            .into_iter()
            .map(|(start, end)| (start, end, joined(start)))
            .collect();
        if let Some((start, end, first)) = now.iter().find(|one| number + 1 - one.2 >= least) {
            let area = lines.area(along, (*first, number), (*start, *end));
            return Some(code(Symbology::PatchT, String::new(), area));
        }
        open = now;
    }
    None
}

/// Where along a line the bars of a patch stand.
fn patches(runs: &Runs, dpi: f32) -> Vec<(f32, f32)> {
    let is = |px: f32, inches: f32| (px / dpi - inches).abs() <= PLAY;
    let fits = |window: &[f32]| {
        let widths: Vec<f32> = window.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let [a, s, b, t, c, u, d] = widths.as_slice() else {
            return false;
        };
        let spaces = [s, t, u].into_iter().all(|space| is(*space, NARROW));
        let bars = |first: f32, second: f32| {
            is(*a, first) && is(*b, second) && is(*c, first) && is(*d, second)
        };
        spaces && (bars(NARROW, WIDE) || bars(WIDE, NARROW))
    };
    // Dark runs begin at even edges.
    let starts = (0..runs.edges.len()).step_by(2);
    starts
        .filter_map(|at| {
            let window = runs.edges.get(at..at + 8)?;
            fits(window).then(|| (window[0], window[7]))
        })
        .collect()
}
