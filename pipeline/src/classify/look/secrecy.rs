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
    found.sort_by(|a, b| b.0.rank(small).total_cmp(&a.0.rank(small)));
    found.truncate(MOST_CANDIDATES);
    let mut read: Vec<Row> = Vec::new();
    for (candidate, own) in &mut found {
        let seen = read.iter().any(|row| candidate.row.lies_on(row));
        if read.len() < MOST_READ && !seen && candidate.is_worth_reading(small) {
            candidate.read(view, small, own);
            read.push(candidate.row.clone());
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
/// The same for rows higher than print, which no word of the page accounts for.
const WORTH_READING_LARGE: f32 = 0.18;
/// Height of rows from which on they are no print, mm, marks above and below the letters included: print of 14 pt
/// has 4.
const LARGE_MM: f32 = 4.4;

impl Candidate {
    /// How much the row looks like a mark.
    pub(super) fn promise(&self) -> f32 {
        let marks = self
            .shapes
            .iter()
            .filter(|shape| matches!(shape.word, Word::Mark(_)));
        marks.map(|shape| shape.value).fold(-1.0, f32::max)
    }

    /// What is to be read first.
    fn rank(&self, small: &Small) -> f32 {
        self.promise()
            + if self.row.framed { 0.3 } else { 0.0 }
            + if self.row.size.1 > LARGE_MM * small.per_mm {
                0.2
            } else {
                0.0
            }
    }

    fn is_worth_reading(&self, small: &Small) -> bool {
        let promise = self.promise();
        let large = self.row.size.1 > LARGE_MM * small.per_mm;
        // What stands in a frame of coloured ink is a stamp, whatever its letters look like.
        let stamp = self.row.framed && matches!(self.row.ink, Ink::Red | Ink::Blue);
        !self.row.goes_on
            && (stamp
                || promise >= WORTH_READING
                || ((large || self.row.framed) && promise >= WORTH_READING_LARGE))
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
        let shape_alone = self.readings.is_empty() && self.promise() >= CLEAR && self.lead() >= 0.2;
        !self.row.goes_on && (shape_alone || self.weight() >= ENOUGH)
    }

    /// What speaks for the likeliest mark: its shape, how far other words are behind, and what was read.
    pub(super) fn weight(&self) -> f32 {
        let rival = self.promise() - self.lead();
        let weights = self.shapes.iter().filter_map(|shape| {
            let Word::Mark(level) = shape.word else {
                return None;
            };
            let lead = (shape.value - rival).clamp(-0.25, 0.3);
            Some(shape.value + lead + self.read_as(level))
        });
        weights.fold(-1.0, f32::max)
    }

    /// How much likelier a mark is than any other word, by its shape.
    fn lead(&self) -> f32 {
        let others = self
            .shapes
            .iter()
            .filter(|shape| !matches!(shape.word, Word::Mark(_)));
        self.promise() - others.map(|shape| shape.value).fold(-1.0, f32::max)
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
        // ĐẤT, a word of every land paper, differs from MẬT in a letter: what is read for certain is that word.
        let certain = |(text, sure): &(String, f32)| {
            *sure > 0.75 && fit(text) < 0.8 && letters_of(text).len() > 2
        };
        let another = best < 0.6 && self.readings.iter().any(against);
        if another || (best < 1.0 && self.readings.iter().any(certain)) {
            -0.3
        } else {
            // Any three letters share one or two with a mark.
            ((best - 0.35) / 0.65).max(0.0)
        }
    }
}

/// Likeness from which on a row that the engine says nothing about is a mark; no other row on those scans had more
/// than 0.66.
const CLEAR: f32 = 0.72;
/// The weight from which on a row is a mark: those of marks that a person can read lie near 2, the heaviest row on
/// 121 pages of published scans has 0.8.
const ENOUGH: f32 = 1.0;

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

#[cfg(test)]
mod tests {
    use super::super::rows::Row;
    use super::super::shape::Likeness;
    use super::super::small::Ink;
    use super::super::wording::{Level, Word};
    use super::Candidate;

    /// A dark row that looks like MẬT, and what was read in it.
    fn read(text: &str, sure: f32) -> Candidate {
        Candidate {
            row: Row {
                ink: Ink::Dark,
                centre: (200.0, 500.0),
                angle: 0.0,
                size: (35.0, 16.0),
                framed: false,
                goes_on: false,
            },
            shapes: vec![
                Likeness {
                    word: Word::Mark(Level::Secret),
                    value: 0.67,
                },
                Likeness {
                    word: Word::Other("ĐẾN"),
                    value: 0.46,
                },
            ],
            readings: vec![(text.to_owned(), sure)],
        }
    }

    #[test]
    fn a_word_read_for_certain_is_that_word() {
        assert!(read("MẬT", 0.87).is_mark());
        assert!(read("MẠT", 0.5).is_mark());
        for other in ["ĐẤT", "ĐÁT", "CÁT"] {
            assert!(!read(other, 0.87).is_mark(), "{other}");
        }
    }
}
