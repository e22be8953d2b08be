//! How sure a value is: logistic sums of what was observed of it.
//!
//! A figure means how often values like it are right. Weights were set so that on made papers of other words, faces
//! and agencies than those looked at, values at 0.9 and more are wrong less than once in a hundred.

use crate::classify::Sight;
use crate::document::Rect;

use super::date::DateLine;
use super::symbol::Symbol;

/// From here on a value may be used without anybody looking at it.
pub const SURE: f32 = 0.9;
/// A number that a hand may have written is never surer than this: engines read print.
const HAND: f32 = 0.45;

fn logistic(sum: f32) -> f32 {
    (1.0 / (1.0 + (-sum).exp())).min(0.995)
}

/// What else is known of a symbol when its number is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Company {
    /// The type in the symbol is the paper's type, by what was seen elsewhere.
    pub kind_agrees: bool,
    /// The type in the symbol is another than elsewhere.
    pub kind_differs: bool,
    /// How well the body in the symbol is known, 0 to 1: 1 when the issuing body's name gives it.
    pub organ: f32,
    /// The year in the symbol is the date's.
    pub year_agrees: Option<bool>,
}

/// How sure number and symbol are together.
pub fn of_symbol(symbol: &Symbol, company: &Company, hand: f32) -> f32 {
    let number = &symbol.number;
    if number.value.is_none() {
        return 0.0;
    }
    let mut sum = -2.4
        + 2.2 * company.organ
        + 3.4 * (number.confidence - 0.5)
        + 2.0 * (symbol.confidence - 0.5);
    sum += if number.attached { 2.2 } else { even(symbol) };
    sum += if company.kind_agrees {
        1.2
    } else if company.kind_differs {
        -2.0
    } else {
        0.0
    };
    sum += match company.year_agrees {
        Some(true) => 0.8,
        Some(false) => -1.5,
        None => 0.0,
    };
    sum -= 4.0 * (1.0 - number.purity);
    if !symbol.labelled {
        sum -= 0.8;
    }
    capped(logistic(sum), hand)
}

/// A number apart from its symbol: print of the same size on the same line speaks for itself, anything else against.
fn even(symbol: &Symbol) -> f32 {
    let number = symbol.number.level;
    let Some(label) = symbol.row.tokens.first().map(|token| token.level) else {
        return -1.5;
    };
    let size = number.h / label.h.max(1.0);
    let off = ((number.y + number.h / 2.0) - (label.y + label.h / 2.0)).abs() / label.h.max(1.0);
    if (0.82..1.22).contains(&size) && off < 0.16 && symbol.number.confidence > 0.88 {
        0.6
    } else {
        -1.6
    }
}

/// How sure a date is.
pub fn of_date(
    date: &DateLine,
    place_known: bool,
    year_agrees: Option<bool>,
    year_seen: bool,
    hand: f32,
) -> f32 {
    let slots = [&date.day, &date.month, &date.year];
    let purity: f32 = slots
        .iter()
        .map(|slot| slot.number.map_or(0.0, |number| number.purity))
        .product();
    let least = slots.iter().map(|slot| slot.confidence).fold(1.0, f32::min);
    let mut sum = -1.6 + 5.0 * (least.max(0.35) - 0.5) + 3.0 * (date.quality - 0.68) / 0.32
        - 4.0 * (1.0 - purity);
    if place_known {
        sum += 0.5;
    }
    // One digit off is a date as good as any: what a doubtful word says is not to be trusted.
    sum -= 6.0 * (0.85 - least).clamp(0.0, 0.25);
    // Papers speak of their own year; one that does not may bear another.
    if !year_seen && year_agrees.is_none() {
        sum -= 1.2;
    }
    sum += match year_agrees {
        Some(true) => 1.0,
        Some(false) => -2.0,
        None => 0.0,
    };
    // A day of another height than month and year was not set with them.
    let (day, year) = (date.day.level.h, date.year.level.h);
    if year > 0.0 && !(0.75..1.33).contains(&(day / year)) {
        sum -= 1.5;
    }
    capped(logistic(sum), hand)
}

/// How sure the issuing body is.
pub fn of_agency(known: f32, mean: f32, least: f32, organ: f32) -> f32 {
    logistic(-3.2 + 3.6 * known + 4.0 * (mean - 0.6) + 1.2 * (least - 0.5) + 1.4 * organ)
}

/// How sure a subject is, within the few letters that engines always miss.
pub fn of_subject(mean: f32, least: f32, ended: f32, whole: f32, begun: bool) -> f32 {
    let start = if begun { 0.6 } else { 0.0 };
    logistic(
        -3.1 + 12.0 * (mean - 0.8) + 2.0 * (least - 0.4) + 3.0 * ended + start
            - 4.0 * (1.0 - whole),
    )
}

/// How sure a person's name is.
pub fn of_name(mean: f32, least: f32, family: bool) -> f32 {
    let family = if family { 1.6 } else { -1.0 };
    logistic(-1.6 + family + 5.0 * (mean - 0.7) + 3.5 * (least - 0.5))
}

/// How sure words of capitals are that are known titles.
pub fn of_words(mean: f32, least: f32) -> f32 {
    logistic(-0.6 + 8.0 * (mean - 0.7) + 2.0 * (least - 0.5))
}

fn capped(confidence: f32, hand: f32) -> f32 {
    if hand > 0.0 {
        confidence.min(HAND).min(1.0 - hand * 0.6)
    } else {
        confidence
    }
}

/// How certain it is that a hand wrote what stands at `place`, 0 when nothing says so.
pub fn hand_at(sight: &Sight, place: Rect) -> f32 {
    sight
        .handwriting
        .iter()
        .filter(|hand| {
            share_covered(place, hand.bbox) > 0.25 || share_covered(hand.bbox, place) > 0.5
        })
        .map(|hand| hand.certainty)
        .fold(0.0, f32::max)
}

/// The same where nothing was read: `place` is then no more than a guess between the words around it, and boxes of
/// words swallow a part of what a hand wrote beside them.
pub fn hand_near(sight: &Sight, place: Rect) -> f32 {
    let slack = 0.5 * place.h;
    let wider = Rect {
        x: place.x - slack,
        y: place.y - slack,
        w: place.w + 2.0 * slack,
        h: place.h + 2.0 * slack,
    };
    hand_at(sight, wider)
}

/// Whether a stamp covers a good part of `place`.
pub fn stamp_over(sight: &Sight, place: Rect) -> bool {
    sight
        .stamps
        .iter()
        .any(|stamp| share_covered(place, stamp.bbox) > 0.2)
}

fn share_covered(place: Rect, by: Rect) -> f32 {
    let w = (place.x + place.w).min(by.x + by.w) - place.x.max(by.x);
    let h = (place.y + place.h).min(by.y + by.h) - place.y.max(by.y);
    if w <= 0.0 || h <= 0.0 {
        return 0.0;
    }
    w * h / (place.w * place.h).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::Handwriting;

    #[test]
    fn a_hand_is_seen_where_it_writes() {
        let at = |x: f32| Rect {
            x,
            y: 0.0,
            w: 40.0,
            h: 20.0,
        };
        let sight = Sight {
            handwriting: vec![Handwriting {
                bbox: at(10.0),
                certainty: 0.8,
            }],
            ..Sight::default()
        };
        assert_eq!(hand_at(&sight, at(20.0)), 0.8);
        assert_eq!(hand_at(&sight, at(100.0)), 0.0);
        // A gap guessed a little too low.
        let below = Rect {
            y: 17.0,
            ..at(10.0)
        };
        assert_eq!(hand_at(&sight, below), 0.0);
        assert_eq!(hand_near(&sight, below), 0.8);
        assert_eq!(hand_near(&sight, at(100.0)), 0.0);
        assert!(capped(0.99, 0.8) < 0.5);
    }
}
