//! Place and date of a paper: `Hà Nội, ngày 05 tháng 01 năm 2020` (decree 30/2020, annex I, II.4).

use crate::classify::fold::within;
use crate::classify::leaf::{Leaf, Row};
use crate::document::Rect;

use super::digits::{Number, number};

/// The line with place and date.
#[derive(Clone, Debug)]
pub struct DateLine {
    /// All of it.
    pub row: Row,
    /// The place as read, without the comma; empty when cropped.
    pub place: String,
    /// Words of `row` that make the place.
    pub place_words: usize,
    /// What stands between `ngày` and `tháng`.
    pub day: Slot,
    /// Between `tháng` and `năm`.
    pub month: Slot,
    /// After `năm`.
    pub year: Slot,
    /// How well the three words were read, 0 to 1.
    pub quality: f32,
}

/// A place for a number in the line.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// As read.
    pub text: String,
    /// What it says.
    pub number: Option<Number>,
    /// The least certain of its words; 0 when empty.
    pub confidence: f32,
    /// Where it stands, level px; without words the gap itself.
    pub level: Rect,
    /// The same, shown px.
    pub shown: Rect,
}

impl DateLine {
    /// ISO 8601, when day, month and year are possible.
    pub fn iso(&self) -> Option<String> {
        let (day, month, year) = (self.day.number?, self.month.number?, self.year.number?);
        let leap = year.value.is_multiple_of(4);
        let days = match month.value {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1..=days).contains(&day.value) && YEARS.contains(&year.value))
            .then(|| format!("{:04}-{:02}-{:02}", year.value, month.value, day.value))
    }
}

/// Years that a paper of the State may bear: from its founding on; numbers beyond are misread.
const YEARS: std::ops::RangeInclusive<u32> = 1945..=2099;
/// Least quality of the three words together.
const QUALITY: f32 = 0.68;

/// The date line among pieces of lines: the first under the national title, right of the middle where there is a choice.
pub fn find(pieces: &[Row], leaf: &Leaf, anchor: Option<Rect>) -> Option<DateLine> {
    let (top, bottom) = match anchor {
        Some(anchor) => (anchor.y, anchor.y + 12.0 * leaf.em),
        None => (0.0, leaf.size_px.1 as f32 * 0.3),
    };
    let lines = super::head::joined(
        pieces
            .iter()
            .filter(|piece| {
                let rect = piece.level();
                let right = anchor.is_none_or(|anchor| rect.x + rect.w > anchor.x);
                right && piece.middle() > top && piece.middle() < bottom
            })
            .cloned()
            .collect(),
        0.5 * leaf.em,
    );
    let mut dates: Vec<DateLine> = lines.iter().filter_map(|row| parse(row, leaf)).collect();
    let best = dates.iter().map(|date| date.quality).fold(0.0, f32::max);
    // The subject may hold a date as well, further down.
    dates.retain(|date| date.quality > best - 0.12);
    dates.into_iter().next()
}

/// The date on which parties met, in papers that have it in the text: `Hôm nay, ngày …`.
pub fn of_meeting(leaf: &Leaf) -> Option<DateLine> {
    let row = leaf
        .rows
        .iter()
        .find(|row| crate::classify::fold::at_start(&row.key(), "homnayngay").1 > 0.88)?;
    // The year is the first word of four digits; what follows it is where they met.
    let end = row.tokens.iter().position(|token| {
        token.key.len() == 4 && number(&token.key).is_some_and(|year| YEARS.contains(&year.value))
    })?;
    let words = row.part(1..end + 1);
    let from = words
        .tokens
        .iter()
        .position(|token| token.key.starts_with("ngay"))?;
    parse(&words.part(from..words.tokens.len()), leaf)
}

/// Reads a row as a date line.
pub fn parse(row: &Row, leaf: &Leaf) -> Option<DateLine> {
    let letters = row.letters();
    let key = letters.key_from(0);
    let (day_word, day_from, first) = within(key, "ngay");
    let (at, end, second) = within(letters.key_from(day_from), "thang");
    let (month_word, month_from) = (day_from + at, day_from + end);
    let (at, end, third) = within(letters.key_from(month_from), "nam");
    let (year_word, year_from) = (month_from + at, month_from + end);
    let quality = (4.0 * first + 5.0 * second + 3.0 * third) / 12.0;
    // A sentence with a date in it goes on after the year, or has much before the day.
    let after = letters.raw.len().saturating_sub(year_from);
    // `Căn cứ Luật … ngày … tháng … năm …;` is a sentence, and so is what has more words before the day than a place.
    let text = super::head::begins_text(row)
        || letters.words(0..day_word).len() > 6
        || [
            "luat",
            "quyetdinh",
            "nghidinh",
            "nghiquyet",
            "thongtu",
            "homnay",
            "denngay",
            "tungay",
        ]
        .iter()
        .any(|word| {
            key.get(..day_word)
                .is_some_and(|place| place.contains(word))
        });
    if text
        || quality < QUALITY
        || first.min(second).min(third) < 0.45
        || after > 9
        || day_word > 32
    {
        return None;
    }
    let place_words = letters.words(0..day_word).end;
    let place = letters.words(0..day_word);
    let place = row.part(place).text();
    let place = place
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned();
    let slot = |from: usize, to: usize| slot(row, &letters, from, to, leaf.em);
    Some(DateLine {
        place,
        place_words,
        day: slot(day_from, month_word),
        month: slot(month_from, year_word),
        year: slot(year_from, letters.raw.len().min(year_from + 6)),
        row: row.clone(),
        quality,
    })
}

fn slot(
    row: &Row,
    letters: &crate::classify::leaf::Letters,
    from: usize,
    to: usize,
    em: f32,
) -> Slot {
    let text = letters.text(from..to.max(from));
    let words = letters.words(from..to.max(from));
    let inside = row.part(words);
    if inside.tokens.is_empty() {
        // Nothing was read: the gap between the neighbours.
        let before = from.checked_sub(1).and_then(|at| letters.token.get(at));
        let after = letters.token.get(to);
        let token = |index: Option<&usize>| index.and_then(|&index| row.tokens.get(index));
        let gap =
            |pick: fn(&crate::classify::leaf::Token) -> Rect| match (token(before), token(after)) {
                (Some(a), Some(b)) => {
                    let (a, b) = (pick(a), pick(b));
                    Rect {
                        x: a.x + a.w,
                        y: a.y.min(b.y),
                        w: (b.x - a.x - a.w).max(0.0),
                        h: a.h.max(b.h),
                    }
                }
                (Some(a), None) => {
                    let a = pick(a);
                    Rect {
                        x: a.x + a.w,
                        y: a.y,
                        w: 2.0 * em,
                        h: a.h,
                    }
                }
                _ => Rect::default(),
            };
        return Slot {
            level: gap(|token| token.level),
            shown: gap(|token| token.shown),
            ..Slot::default()
        };
    }
    Slot {
        number: number(&text),
        confidence: inside
            .tokens
            .iter()
            .map(|token| token.confidence)
            .fold(1.0, f32::min),
        level: inside.level(),
        shown: inside.shown(),
        text,
    }
}
