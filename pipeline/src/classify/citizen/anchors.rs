//! Labels found on a page, and the words of their values: to the right, else below, up to the next label.

use super::labels::{Label, Person};
use super::page::{Page, Place};
use crate::classify::leaf::{Token, around};
use crate::document::Rect;

mod reader;

pub(super) use reader::Reader;

/// A label on a page.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    pub(super) label: &'static Label,
    pub(super) place: Place,
    /// 0 to 1: how surely a label stands here and not the same words in a sentence.
    pub(super) standing: f32,
    /// Whose part of the form it is in.
    pub(super) person: Person,
}

/// The words of a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
}

impl Reading {
    /// The words with single spaces.
    pub(super) fn text(&self) -> String {
        let words: Vec<&str> = self
            .tokens
            .iter()
            .map(|token| token.text.as_str())
            .collect();
        words.join(" ")
    }

    /// The box around them, shown px.
    pub(super) fn shown(&self) -> Rect {
        around(self.tokens.iter().map(|token| token.shown))
    }
}

/// The labels on a page, in reading order.
pub(super) fn anchors(page: &Page<'_>, labels: &'static [Label]) -> Vec<Anchor> {
    let mut found: Vec<Anchor> = Vec::new();
    for label in labels {
        for place in page.find(&label.pattern) {
            let bears = usize::from(label.pattern.length() > 6);
            let wrong = usize::try_from(place.errors).unwrap_or(usize::MAX);
            if place.loose > bears
                || wrong * 6 > label.pattern.length()
                || place.last_row > place.row + 1
            {
                continue;
            }
            let standing = standing(page, &place, label);
            if standing > 0.0 {
                found.push(Anchor {
                    label,
                    place,
                    standing,
                    person: Person::Holder,
                });
            }
        }
    }
    let mut anchors = without_overlaps(found);
    anchors.sort_by_key(|anchor| (anchor.place.row, anchor.place.word));
    persons(page, &mut anchors);
    anchors
}

/// Longer labels win over shorter ones that they contain; of equals the first in the table.
fn without_overlaps(mut found: Vec<Anchor>) -> Vec<Anchor> {
    let weight = |anchor: &Anchor| {
        let wrong = usize::try_from(anchor.place.errors).unwrap_or(0) * 3 + anchor.place.loose;
        anchor.label.pattern.length().saturating_sub(wrong)
    };
    found.sort_by_key(|anchor| std::cmp::Reverse(weight(anchor)));
    let mut kept: Vec<Anchor> = Vec::new();
    for anchor in found {
        let here = (anchor.place.row, anchor.place.word);
        let behind = (anchor.place.last_row, anchor.place.behind);
        let free = kept.iter().all(|other| {
            let first = (other.place.row, other.place.word);
            let end = (other.place.last_row, other.place.behind);
            behind <= first || end <= here
        });
        if free {
            kept.push(anchor);
        }
    }
    kept
}

/// How surely these words are a label: it has a colon, or begins a line or a column.
fn standing(page: &Page<'_>, place: &Place, label: &Label) -> f32 {
    let colon = place
        .behind
        .checked_sub(1)
        .and_then(|last| page.token(place.last_row, last))
        .is_some_and(|token| token.text.ends_with(':'))
        || page
            .token(place.last_row, place.behind)
            .is_some_and(|token| token.text.starts_with(':'));
    let em = page.leaf.em;
    let words = spanned(page, place);
    // A label ends at its colon; and what is in capitals without one is a title.
    let (last, inner) = words.split_last().unwrap_or((&"", &[]));
    let shouted = words.len() > 1
        && inner
            .iter()
            .chain([last])
            .all(|word| word.chars().all(|c| !c.is_lowercase()));
    if inner.iter().any(|word| word.ends_with(':')) || (shouted && !colon) {
        return 0.0;
    }
    let token = page.token(place.row, place.word);
    let before = place
        .word
        .checked_sub(1)
        .and_then(|index| page.token(place.row, index));
    let begins = match (before, token) {
        (None, _) => true,
        (Some(before), Some(token)) => {
            let gap = token.level.x - (before.level.x + before.level.w);
            // Numbers of items and strokes between two languages stand before labels.
            gap > 1.6 * em || before.text.ends_with('/') || (place.word == 1 && item(&before.text))
        }
        _ => false,
    };
    let capital = token.is_some_and(|token| {
        token
            .text
            .chars()
            .find(|c| c.is_alphabetic())
            .is_some_and(char::is_uppercase)
    });
    let short = label.pattern.length() <= 4;
    // Without a colon a short label must be whole, and the shortest must have little else in the line.
    let worn = place.errors > 0 && label.pattern.length() <= 9;
    let lost = label.pattern.length() <= 2
        && page
            .rows
            .get(place.row)
            .is_some_and(|row| row.tokens.len() > SHORT_LINE);
    if !colon && (worn || lost) {
        return 0.0;
    }
    match (colon, begins) {
        (true, true) => 1.0,
        (true, false) if short && !capital => 0.0,
        (true, false) => 0.95,
        (false, true) if short && !capital => 0.0,
        (false, true) => 0.9,
        (false, false) if capital && !short => 0.8,
        _ => 0.0,
    }
}

/// The words of a place.
fn spanned<'p>(page: &'p Page<'_>, place: &Place) -> Vec<&'p str> {
    let rows = place.row..=place.last_row;
    rows.filter_map(|index| {
        let row = page.rows.get(index)?;
        let from = if index == place.row { place.word } else { 0 };
        let to = if index == place.last_row {
            place.behind
        } else {
            row.tokens.len()
        };
        row.tokens.get(from..to)
    })
    .flatten()
    .map(|token| token.text.as_str())
    .collect()
}

/// `1.`, `a)`, `-`, `(2)`, `I.`: what stands before an item of a form.
fn item(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() <= 2
        && text
            .chars()
            .any(|c| matches!(c, '.' | ')' | '-' | '/' | '*' | '+' | '–'))
}

/// Whose part of the form each label is in: that of the last opening label above it in its column, else above it.
fn persons(page: &Page<'_>, anchors: &mut [Anchor]) {
    let level = |anchor: &Anchor| anchor_box(page, anchor);
    let openings: Vec<(Rect, Person)> = anchors
        .iter()
        .filter_map(|anchor| Some((level(anchor), anchor.label.opens?)))
        .collect();
    let column = page.leaf.measure() * 0.25;
    let em = page.leaf.em;
    let boxes: Vec<Rect> = anchors.iter().map(level).collect();
    for (anchor, at) in anchors.iter_mut().zip(boxes) {
        if let Some(person) = anchor.label.opens {
            anchor.person = person;
            continue;
        }
        let above = |(opening, _): &&(Rect, Person)| opening.y < at.y + 0.5 * em;
        // A heading that goes back to the holder stands in the middle, for the whole form.
        let near = |(opening, person): &&(Rect, Person)| {
            *person == Person::Holder || (opening.x - at.x).abs() < column
        };
        let lowest = |a: &&(Rect, Person), b: &&(Rect, Person)| a.0.y.total_cmp(&b.0.y);
        let person = openings
            .iter()
            .filter(above)
            .filter(near)
            .max_by(lowest)
            .or_else(|| {
                // Side by side openings part the page; a label is of the one whose column it is in.
                openings
                    .iter()
                    .filter(above)
                    .filter(|(opening, _)| opening.x <= at.x + em)
                    .max_by(|a, b| {
                        (a.0.y / (4.0 * em))
                            .round()
                            .total_cmp(&(b.0.y / (4.0 * em)).round())
                            .then(a.0.x.total_cmp(&b.0.x))
                    })
            });
        anchor.person = person.map_or(Person::Holder, |(_, person)| *person);
    }
}

/// The box of a label's words in its last row, level px.
pub(super) fn anchor_box(page: &Page<'_>, anchor: &Anchor) -> Rect {
    let place = &anchor.place;
    let from = if place.row == place.last_row {
        place.word
    } else {
        0
    };
    let words = page
        .rows
        .get(place.last_row)
        .and_then(|row| row.tokens.get(from..place.behind))
        .unwrap_or_default();
    around(words.iter().map(|token| token.level))
}

/// Words of a line that is a short label and its value.
const SHORT_LINE: usize = 4;
