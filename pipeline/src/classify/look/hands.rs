//! Numbers and days filled in by hand: told from print by their shapes, their ink and how they dance on the line.
//!
//! Offices print `Số:      /QĐ-UBND` and `ngày      tháng 01 năm 2025` and a clerk fills in the gaps. What stands in a gap
//! is held against printed digits and against the print on both sides of it, which has the same line and the same ink.

use crate::classify::{Handwriting, View};
use crate::document::Rect;
use gap::{Gap, Kind};
use letters::Letters;

mod letters;

mod gap;

mod signs;

mod digits;

/// Handwriting in the gaps of numbers and dates.
pub(super) fn handwriting(view: &View<'_>) -> Vec<Handwriting> {
    let lines = view.lines.iter().enumerate();
    let gaps = lines.flat_map(|(index, line)| {
        let next = view.lines.get(index + 1);
        gaps_of(&Letters::of(line, next))
    });
    let found = gaps.take(MOST_GAPS);
    found.filter_map(|gap| gap.hand(&view.picture)).collect()
}

/// More gaps than this are a list of references, not a header.
const MOST_GAPS: usize = 10;
/// Most words of a line with a number in its head, or a date.
const MOST_WORDS: usize = 14;
/// Most letters between `ngày` and `tháng`, or between `Số` and the stroke.
const MOST_LETTERS: usize = 9;

/// The gaps that a line leaves for a clerk.
fn gaps_of(line: &Letters) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if line.words > MOST_WORDS {
        return gaps;
    }
    gaps.extend(number_gap(line));
    if let Some((day, month, year)) = line.date_words() {
        // The date of a head or foot has a place before it; a sentence has more.
        if line.word_at(day.start) <= 6 {
            let year = year.start..line.len().min(year.end + 4);
            gaps.extend(date_gap(Kind::Day, line, day, month.clone()));
            gaps.extend(date_gap(Kind::Month, line, month, year));
        }
    }
    gaps
}

fn date_gap(
    kind: Kind,
    line: &Letters,
    before: std::ops::Range<usize>,
    after: std::ops::Range<usize>,
) -> Option<Gap> {
    let inside = before.end..after.start;
    if inside.start > inside.end || inside.len() > MOST_LETTERS {
        return None;
    }
    let (left, right) = (line.around(before)?, line.around(after)?);
    Gap::between(kind, left, right, line.doubt(inside))
}

/// From `Số:`, or from the beginning of a short line without it, to the stroke before the symbol.
fn number_gap(line: &Letters) -> Option<Gap> {
    let label = line.label();
    let start = label.as_ref().map_or(0, |label| label.end);
    let (stroke, symbol) = line.symbol(start)?;
    let inside = start..stroke;
    let bare = label.is_none();
    if inside.len() > MOST_LETTERS || bare && (line.words > 4 || !line.is_number(inside.clone())) {
        return None;
    }
    let left = match label {
        Some(label) => line.around(label)?,
        None => {
            let first = line.around(inside.clone())?;
            Rect {
                x: first.x - 0.2 * first.h,
                w: 0.0,
                ..first
            }
        }
    };
    let right = line.around(symbol)?;
    Gap::between(Kind::Number, left, right, line.doubt(inside))
}

#[cfg(test)]
mod tests;
