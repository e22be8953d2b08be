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
    /// The engine read other letters there when it read the page.
    pub(super) known: bool,
    /// What the engine read in it.
    pub(super) readings: Vec<(String, f32)>,
}

/// The candidates on the page, read where they may be a stamp's.
///
/// `bare` are the inks without the print that was read well ([`unexplained`]).
pub(super) fn candidates(view: &View<'_>, small: &Small, bare: &[u8]) -> Vec<Candidate> {
    let mut found: Vec<(Candidate, Gray)> = Vec::new();
    for ink in small.present() {
        let inks = match ink {
            Ink::Red | Ink::Blue => small.inks.as_slice(),
            Ink::Dark | Ink::Pale => bare,
        };
        let parts = parts_of(inks, small.width, ink, LEAST_AREA);
        for row in rows_of(small, ink, &parts) {
            // A word in a line of others is no stamp, but print does not slant.
            let slants = row.angle.abs() > SLANTING;
            if row.goes_on && !slants {
                continue;
            }
            let known = known(view.lines, small, &row);
            let own = levelled(&view.picture, small, &row, Look::Own);
            let goes_on = row.goes_on;
            let candidate = Candidate {
                shapes: likenesses(&own),
                row,
                known,
                readings: Vec::new(),
            };
            if !goes_on || candidate.promise() > CLEAR && candidate.lead() > CLEARLY_AHEAD {
                found.push((candidate, own));
            }
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
/// Height up to which words of print with marks above and below reach, mm.
const PRINT_MM: f32 = 6.3;
/// Share of the page's height above its lowest edge.
const FOOT: f32 = 0.94;
/// How far a mark must be ahead of other words where print may have any.
const AHEAD: f32 = 0.03;
/// How far a mark must be ahead of other words for small letters in its frame to be read as capitals, and what such a
/// reading is worth.
const FRAMED_AHEAD: f32 = 0.15;
const SMALL_LETTERS: f32 = 0.85;
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
            + if self.row.angle.abs() > LEVEL {
                0.1
            } else {
                0.0
            }
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
        // Marks of urgency are looked for as well, where ink tells them from print.
        let promise = match self.shapes.first() {
            Some(shape) if self.row.ink != Ink::Dark && matches!(shape.word, Word::Urgent(_)) => {
                promise.max(shape.value)
            }
            _ => promise,
        };
        let worth = if self.may_be_print(small) {
            promise >= WORTH_READING && self.lead() >= AHEAD
        } else {
            promise >= WORTH_READING || (large || self.row.framed) && promise >= WORTH_READING_LARGE
        };
        // Whoever stamps a page does not stamp its lowest edge; marks of publishers and scanners stand there.
        let at_foot = self.row.centre.1 > FOOT * small.height as f32 && !self.row.framed;
        !self.known && !at_foot && (stamp || worth)
    }

    /// Whether nothing but its letters tells the row from a word of print: level, dark, no higher than that.
    fn may_be_print(&self, small: &Small) -> bool {
        self.row.ink == Ink::Dark
            && !self.row.framed
            && self.row.angle.abs() < LEVEL
            && self.row.size.1 < PRINT_MM * small.per_mm
    }

    fn read(&mut self, view: &View<'_>, small: &Small, own: &Gray) {
        self.read_one(view, own);
        let settled = self.readings.iter().any(|(text, sure)| {
            let other = *sure > 0.7
                && letters_of(text).len() > 2
                && Level::ALL
                    .iter()
                    .all(|level| likeness_of(text, level.text()) < 0.5);
            other || word_of(text).is_some()
        });
        // Without colour all that is dark is the row's own.
        let alone = self.row.ink == Ink::Dark && !view.picture.in_colour();
        if settled || alone {
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
        let shape_alone =
            self.readings.is_empty() && self.promise() >= CLEAR && self.lead() >= CLEARLY_AHEAD;
        shape_alone || self.weight() >= ENOUGH
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
        // In a frame that print touches, capitals are now and then read as small letters.
        let framed = self.row.framed && self.lead() > FRAMED_AHEAD;
        let fit = |text: &str| {
            let exact = likeness_of(text, level.text());
            match framed {
                true => exact.max(SMALL_LETTERS * likeness_of(&text.to_uppercase(), level.text())),
                false => exact,
            }
        };
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
            let letters = letters_of(text);
            let least = match letters.as_slice() {
                ['M', 'A', _] if self.lead() > 0.3 => return false,
                [_, 'A', 'T'] => 0.5,
                _ => 0.75,
            };
            *sure > least && fit(text) < 0.8 && letters.len() > 2 && !ends_like(text, level)
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

/// Whether a reading of several words ends as the mark of two words does, its first word alone being misread. Other
/// words that end so are known.
fn ends_like(text: &str, level: Level) -> bool {
    let last = text.split_whitespace().last().unwrap_or_default();
    level != Level::Secret
        && letters_of(last) == letters_of(Level::Secret.text())
        && text.contains(char::is_whitespace)
        && word_of(text).is_none_or(|(_, slips)| slips > 1)
}

/// Likeness from which on a row that the engine says nothing about is a mark; no other row on those scans had more
/// than 0.66.
const CLEAR: f32 = 0.72;
/// The weight from which on a row is a mark: those of marks that a person can read lie near 2, the heaviest row on
/// 121 pages of published scans has 0.8.
const ENOUGH: f32 = 1.0;

/// How far a mark is ahead of other words where its shape alone decides.
const CLEARLY_AHEAD: f32 = 0.2;

/// Resolution told to the engine for rows of this size, dpi.
pub(super) const READING_DPI: f32 = 300.0;

/// The inks of the page without the print that was read well: no stamp is looked for in it. Short lines of capitals
/// alone are never explained away, since a mark is one.
pub(super) fn unexplained(small: &Small, lines: &[Line]) -> Vec<u8> {
    const PRINT: u8 = !(1 << Ink::Dark as u8 | 1 << Ink::Pale as u8);
    let mut inks = small.inks.clone();
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
                if let Some(row) = inks.get_mut(row * small.width + left..row * small.width + right)
                {
                    row.iter_mut().for_each(|inks| *inks &= PRINT);
                }
            }
        }
    }
    inks
}

/// Whether the page's own reading accounts for a row of print: it has other letters there, which the engine would only
/// read again, or the row stands in a line of words.
fn known(lines: &[Line], small: &Small, row: &Row) -> bool {
    // Coloured ink was not in the copy that was read, and a slanted word is misread.
    if !matches!(row.ink, Ink::Dark) || row.angle.abs() > LEVEL || row.framed {
        return false;
    }
    let (x, y) = (row.centre.0 / small.scale, row.centre.1 / small.scale);
    let (w, h) = (row.size.0 / small.scale, row.size.1 / small.scale);
    let (left, right) = (x - w / 2.0, x + w / 2.0);
    let mut covered = 0.0;
    let mut text = String::new();
    for word in lines.iter().flat_map(|line| &line.words) {
        let bbox = word.bbox;
        if (bbox.y + bbox.h / 2.0 - y).abs() > 0.4 * h.max(bbox.h) {
            continue;
        }
        let shared = right.min(bbox.x + bbox.w) - left.max(bbox.x);
        if shared > 0.3 * bbox.w.min(w) && word.confidence > 0.3 {
            covered += shared;
            text.push_str(&word.text);
            text.push(' ');
        }
        let neighbour = (-0.9 * h..0.2 * h).contains(&shared) && (0.6..1.5).contains(&(h / bbox.h));
        if neighbour && word.confidence > 0.75 && word.text.chars().any(char::is_lowercase) {
            return true;
        }
    }
    let other = Level::ALL
        .iter()
        .all(|level| likeness_of(&text, level.text()) < 0.45);
    covered > 0.75 * w && letters_of(&text).len() > 2 && other
}

/// Slant from which on rows are no print, however askew the page lies, radians.
const SLANTING: f32 = 0.09;
/// Slant up to which rows are read as the lines of the page are, radians.
const LEVEL: f32 = 0.035;

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
            known: false,
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
