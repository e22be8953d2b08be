//! Marks of secrecy in the pixels: stamped in red, slanted, worn, over print, on scans of any kind.
//!
//! Ink of stamps fades from the copy that is read, and a slanted word is read badly or not at all. So rows of
//! capitals are looked for in each ink, made level, held against the shapes of the words, and the likely ones read.

use super::levelled::{Look, levelled};
use super::parts::parts_of;
use super::rows::{Row, rows_of};
use super::shape::{Likeness, likenesses};
use super::small::{Ink, Small};
use super::wording::{Level, Word, letters_of, likeness_of, word_of};
use crate::classify::View;
use crate::document::{Gray, Line};

/// A row of capitals and what speaks for a word.
pub(super) struct Candidate {
    /// Where and how it stands.
    pub(super) row: Row,
    /// Likeness to the known words, the likest first.
    pub(super) shapes: Vec<Likeness>,
    /// What the engine read in it.
    pub(super) readings: Vec<(String, f32)>,
}

/// The candidates on the page, read where they may be a stamp's.
pub(super) fn candidates(view: &View<'_>, small: &Small) -> Vec<Candidate> {
    let hidden = explained(small, view.lines);
    let mut found = Vec::new();
    for ink in Ink::ALL {
        let mask: &[bool] = if matches!(ink, Ink::Dark | Ink::Pale) {
            &hidden
        } else {
            &[]
        };
        let parts = parts_of(small, ink, LEAST_AREA, mask);
        for row in rows_of(small, ink, &parts) {
            let own = levelled(&view.picture, small, &row, Look::Own);
            let shapes = likenesses(&own);
            found.push((
                Candidate {
                    row,
                    shapes,
                    readings: Vec::new(),
                },
                own,
            ));
        }
    }
    found.sort_by(|a, b| b.0.promise().total_cmp(&a.0.promise()));
    found.truncate(MOST_CANDIDATES);
    for (candidate, own) in found.iter_mut().take(MOST_READ) {
        if candidate.promise() >= WORTH_READING {
            candidate.read(view, small, own);
        }
    }
    found.into_iter().map(|(candidate, _)| candidate).collect()
}

/// Smallest part of a letter, small px.
const LEAST_AREA: usize = 5;
/// More rows than this are looked at no further.
const MOST_CANDIDATES: usize = 40;
/// Rows that are read at most.
const MOST_READ: usize = 4;
/// Likeness to a mark from which on a row is read; other words lie below, mostly.
const WORTH_READING: f32 = 0.40;

impl Candidate {
    /// How much the row looks like a mark.
    pub(super) fn promise(&self) -> f32 {
        let marks = self
            .shapes
            .iter()
            .filter(|shape| matches!(shape.word, Word::Mark(_)));
        marks.map(|shape| shape.value).fold(-1.0, f32::max)
    }

    fn read(&mut self, view: &View<'_>, small: &Small, own: &Gray) {
        self.read_one(view, own);
        if self
            .readings
            .iter()
            .any(|(text, _)| word_of(text).is_some())
        {
            return;
        }
        // Once more with what other ink lies there, as where print runs through the stamp.
        let all = levelled(&view.picture, small, &self.row, Look::All);
        self.read_one(view, &all);
    }

    fn read_one(&mut self, view: &View<'_>, image: &Gray) {
        let words = (view.read_line)(image, READING_DPI);
        if words.is_empty() {
            return;
        }
        let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let sure = words.iter().map(|word| word.confidence).sum::<f32>() / words.len() as f32;
        self.readings.push((text.join(" "), sure));
    }

    /// Whether all that is known of the row makes it a mark of secrecy.
    pub(super) fn is_mark(&self) -> bool {
        !self.row.goes_on && self.weight() >= ENOUGH
    }

    /// What speaks for the likeliest mark: its shape, how far other words are behind, and what was read.
    pub(super) fn weight(&self) -> f32 {
        let rival = self
            .shapes
            .iter()
            .filter(|shape| !matches!(shape.word, Word::Mark(_)))
            .map(|shape| shape.value)
            .fold(-1.0, f32::max);
        let weights = self.shapes.iter().filter_map(|shape| {
            let Word::Mark(level) = shape.word else {
                return None;
            };
            let lead = (shape.value - rival).clamp(-0.25, 0.3);
            Some(shape.value + lead + self.read_as(level))
        });
        weights.fold(-1.0, f32::max)
    }

    /// How well the readings fit a mark, 0 to 1; below 0 when the engine is sure of something else.
    fn read_as(&self, level: Level) -> f32 {
        let fit = |text: &str| likeness_of(text, level.text());
        let best = self
            .readings
            .iter()
            .map(|(text, _)| fit(text))
            .fold(0.0, f32::max);
        let against = |(text, sure): &(String, f32)| {
            *sure > 0.6 && fit(text) < 0.6 && letters_of(text).len() > 2
        };
        if best < 0.6 && self.readings.iter().any(against) {
            -0.3
        } else {
            best
        }
    }
}

/// The weight from which on a row is a mark: those of marks that a person can read lie near 2, the heaviest row on
/// 121 published scans had 1.15, `QUYẾT ĐỊNH` read badly.
const ENOUGH: f32 = 1.20;

/// Resolution told to the engine for rows of this size, dpi.
const READING_DPI: f32 = 300.0;

/// Pixels of print that was read well: no stamp is looked for in them. Short lines of capitals alone are never
/// explained away, since a mark is one.
fn explained(small: &Small, lines: &[Line]) -> Vec<bool> {
    let mut hidden = vec![false; small.width * small.height];
    for line in lines {
        let text = line.text();
        let lower = text.chars().any(char::is_lowercase);
        let digits = text.chars().any(|c| c.is_ascii_digit());
        let read_well = certainty(line) > 0.75
            && Level::ALL
                .iter()
                .all(|level| likeness_of(&text, level.text()) < 0.5);
        if !(lower || digits || line.words.len() > 3 || read_well) {
            continue;
        }
        for word in &line.words {
            if word.confidence < 0.6 {
                continue;
            }
            let at =
                |shown: f32, limit: usize| ((shown * small.scale).max(0.0) as usize).min(limit);
            let bbox = word.bbox;
            let (left, right) = (
                at(bbox.x, small.width),
                at(bbox.x + bbox.w + 1.0 / small.scale, small.width),
            );
            let (top, bottom) = (
                at(bbox.y, small.height),
                at(bbox.y + bbox.h + 1.0 / small.scale, small.height),
            );
            for row in top..bottom {
                if let Some(row) =
                    hidden.get_mut(row * small.width + left..row * small.width + right)
                {
                    row.fill(true);
                }
            }
        }
    }
    hidden
}

fn certainty(line: &Line) -> f32 {
    let sum: f32 = line.words.iter().map(|word| word.confidence).sum();
    sum / line.words.len().max(1) as f32
}
