//! Numbers and days filled in by hand: told from print by their ink, their height and how they dance on the line.
//!
//! Offices print `Số:      /QĐ-UBND` and `ngày      tháng 01 năm 2025` and a clerk fills in the gaps. What stands in a gap
//! is held against the print on both sides of it, which has the same line, the same size and the same ink.

use super::wording::folded;
use crate::classify::{Handwriting, View};
use crate::document::{Line, Rect, Word};
use gap::{Gap, Kind};

mod gap;

/// Handwriting in the gaps of numbers and dates.
pub(super) fn handwriting(view: &View<'_>) -> Vec<Handwriting> {
    let lines = view.lines.iter().enumerate();
    let gaps = lines.flat_map(|(index, line)| gaps_of(line, view.lines.get(index + 1)));
    let found = gaps.take(MOST_GAPS).filter_map(|gap| gap.hand(&view.picture));
    found.collect()
}

/// More gaps than this are a list of references, not a header.
const MOST_GAPS: usize = 8;

/// The gaps that a line leaves for a clerk.
fn gaps_of(line: &Line, next: Option<&Line>) -> Vec<Gap> {
    let words = &line.words;
    let keys: Vec<String> = words.iter().map(|word| key_of(&word.text)).collect();
    let mut gaps = Vec::new();
    if let Some(gap) = number_gap(words, &keys, next) {
        gaps.push(gap);
    }
    // The date of the header, not one in running text: the month's word follows soon and the line is short.
    if words.len() <= LONGEST_DATE {
        gaps.extend(between(words, &keys, "NGAY", "THANG"));
        gaps.extend(between(words, &keys, "THANG", "NAM"));
    }
    gaps
}

/// Most words of a header's date line: `Thành phố Hồ Chí Minh, ngày 05 tháng 01 năm 2020`.
const LONGEST_DATE: usize = 14;

/// From `Số:` to the stroke before the symbol.
fn number_gap(words: &[Word], keys: &[String], next: Option<&Line>) -> Option<Gap> {
    if keys.first()? != "SO" || words.len() > 6 {
        return None;
    }
    let label = words.first()?.bbox;
    let from = label.x + label.w;
    // The engine may part the line where the gap is.
    let rest = words.get(1..)?;
    let further = next.filter(|next| rest.is_empty() && same_line(label, next));
    let mut rest = rest.iter().chain(further.into_iter().flat_map(|next| &next.words));
    let (stroke, symbol) = rest.find_map(stroke_in)?;
    Gap::between(Kind::Number, label, (from, stroke), symbol)
}

/// Where the stroke of a word like `15/QĐ-BNV` stands, by the letters before it, and the print after it.
fn stroke_in(word: &Word) -> Option<(f32, Rect)> {
    let at = word.text.find('/')?;
    let after = word.text.get(at + 1..)?;
    let symbol_letters = after.chars().filter(|c| c.is_uppercase()).count();
    if symbol_letters < 2 {
        return None;
    }
    // Capitals are half again as wide as digits and strokes.
    let width = |text: &str| -> f32 {
        text.chars().map(|c| if c.is_uppercase() { 1.45 } else if c == '/' { 0.6 } else { 1.0 }).sum()
    };
    let whole = width(&word.text).max(1.0);
    let before = width(word.text.get(..at)?);
    let stroke = word.bbox.x + word.bbox.w * before / whole;
    let begin = word.bbox.x + word.bbox.w * (before + 0.6) / whole;
    let symbol = Rect {
        x: begin,
        w: word.bbox.x + word.bbox.w - begin,
        ..word.bbox
    };
    Some((stroke, symbol))
}

fn same_line(label: Rect, next: &Line) -> bool {
    let Some(first) = next.words.first() else {
        return false;
    };
    let shared = (label.y + label.h).min(first.bbox.y + first.bbox.h) - label.y.max(first.bbox.y);
    first.bbox.x > label.x + label.w && shared > 0.4 * label.h
}

/// From the word `left` to the word `right`, where at most two words stand between.
fn between(words: &[Word], keys: &[String], left: &str, right: &str) -> Option<Gap> {
    let start = keys.iter().position(|key| key.starts_with(left))?;
    let end = keys.iter().skip(start + 1).position(|key| key.starts_with(right))? + start + 1;
    if end - start > 3 {
        return None;
    }
    let (before, after) = (words.get(start)?, words.get(end)?);
    // What a hand wrote may have run into the word before: the word alone is about two and a half heights long.
    let letters = before.text.chars().count().max(left.len()) as f32;
    let bbox = Rect {
        w: before.bbox.w * left.len() as f32 / letters,
        ..before.bbox
    };
    Gap::between(Kind::Date, bbox, (bbox.x + bbox.w, after.bbox.x), after.bbox)
}

/// Letters in capitals without marks; digits and signs left out.
fn key_of(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphabetic()).collect()
}
