//! The head of a paper: its two columns, the title under them, and where the text begins.
//!
//! Decree 30/2020/NĐ-CP, annex I, puts the issuing body and the symbol left, the national title and the date right,
//! the type and the subject under both. Pages are cropped, slanted and stamped, so nothing here is measured from the
//! edge of the sheet: everything stands in relation to what was found.

use crate::classify::StampKind;
use crate::classify::fold::{at_start, folded, within};
use crate::classify::kinds::{KINDS, Kind};
use crate::classify::leaf::{Leaf, Row, Token, around};
use crate::document::Rect;

use super::date::{self, DateLine};
use super::symbol;

/// The head of a page.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The national title or the motto under it, whichever was read; level px.
    pub anchor: Option<Rect>,
    /// How well the national title was read, 0 to 1.
    pub national: f32,
    /// How well the Party's title was read, 0 to 1.
    pub party: f32,
    /// Rows of the left column, from the top.
    pub left: Vec<Row>,
    /// Index in `left` of the row with the symbol.
    pub symbol: Option<usize>,
    /// The row with place and date.
    pub date: Option<DateLine>,
    /// The row with the type, and the best reading of it.
    pub title: Option<Title>,
    /// Pieces of lines under the head, from the top.
    pub below: Vec<Row>,
    /// Where the text begins: index in `below` of the first piece that is certainly text.
    pub body: usize,
}

/// A row that names the type.
#[derive(Clone, Debug)]
pub struct Title {
    /// Index in [`Head::below`].
    pub at: usize,
    /// The type.
    pub kind: &'static Kind,
    /// How well it was read, 0 to 1.
    pub similarity: f32,
    /// Share of capitals.
    pub capitals: f32,
    /// How many words name the type; more may follow.
    pub words: usize,
    /// It stands where the text has begun, like the operative `QUYẾT ĐỊNH:`.
    pub in_text: bool,
}

/// Words nearer than this are of one piece, em. Between the columns there is more; between the words of a title less.
const GAP: f32 = 1.5;
/// The left column starts at most this far above the national title, em: names of two lines are centred against it.
const ABOVE: f32 = 3.0;
/// The head goes at most this far below the national title, em, when no title and no text ends it sooner.
const DEEP: f32 = 18.0;
/// Least similarity of a title.
const TITLE: f32 = 0.74;

const NATIONAL: &str = "conghoaxahoichunghiavietnam";
const MOTTO: &str = "doclaptudohanhphuc";
const PARTY: &str = "dangcongsanvietnam";

/// Beginnings of lines that are text, folded.
const TEXT: [&str; 10] = [
    "canculuat",
    "cancunghi",
    "cancuquyet",
    "cancu",
    "kinhgui",
    "xetdenghi",
    "theodenghi",
    "homnay",
    "noinhan",
    "phanthunhat",
];
/// Words that begin text when a number follows.
const NUMBERED: [&str; 4] = ["dieu", "chuong", "phan", "muc"];

impl Head {
    /// The head of `leaf`, empty when nothing of one is there.
    pub fn of(leaf: &Leaf) -> Self {
        let mut head = Self::default();
        head.find_anchor(leaf);
        let pieces = pieces(leaf);
        let top = head.anchor.map_or(0.0, |anchor| anchor.y);
        head.date = date::find(&pieces, leaf, head.anchor);
        let floor = head.floor(leaf);
        let split = head.split(leaf);
        let mut columns: Vec<Row> = Vec::new();
        for piece in pieces {
            let middle = piece.middle();
            if middle < top - ABOVE * leaf.em {
                continue;
            }
            // Right of the split the head has only what was found already.
            for part in cut(piece, split, middle < floor) {
                let rect = part.level();
                if rect.x + rect.w / 2.0 < split {
                    columns.push(part.clone());
                }
                if middle > floor - 0.2 * leaf.em {
                    head.below.push(part);
                }
            }
        }
        head.below.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
        head.body = head
            .below
            .iter()
            .position(begins_text)
            .unwrap_or(head.below.len());
        head.find_title(leaf);
        head.fill_left(leaf, columns);
        head
    }

    /// Level y of the middle of the lowest thing of the right column.
    fn floor(&self, leaf: &Leaf) -> f32 {
        let date = self.date.as_ref().map(|date| date.row.middle());
        let anchor = self.anchor.map(|anchor| anchor.y + anchor.h * 0.8);
        date.or(anchor).unwrap_or(-leaf.em)
    }

    /// Level x between the columns; far left when the national title stands in the middle over everything.
    fn split(&self, leaf: &Leaf) -> f32 {
        let Some(anchor) = self.anchor else {
            let from_date = self.date.as_ref().map(|date| date.row.level());
            return match from_date {
                Some(rect) if rect.x > leaf.sides.0 + leaf.measure() * 0.3 => {
                    rect.x - 0.5 * leaf.em
                }
                _ => leaf.centre(),
            };
        };
        let offset = anchor.x + anchor.w / 2.0 - leaf.centre();
        if offset.abs() < leaf.measure() * 0.1 && anchor.w < leaf.measure() * 0.8 {
            return leaf.sides.0;
        }
        anchor.x - 0.4 * leaf.em
    }

    fn find_anchor(&mut self, leaf: &Leaf) {
        let upper = leaf.size_px.1 as f32 * 0.6;
        let best = |needle: &str, least: f32| {
            leaf.rows
                .iter()
                .filter(|row| row.middle() < upper && row.capitals() > 0.1)
                .filter_map(|row| {
                    let (start, end, how) = within(&row.key(), needle);
                    (how >= least).then(|| (row.part(row.span(start, end)), how))
                })
                .min_by(|a, b| a.0.middle().total_cmp(&b.0.middle()))
        };
        let national = best(NATIONAL, 0.6);
        let motto = best(MOTTO, 0.6);
        let party = best(PARTY, 0.8);
        self.national = national.as_ref().map_or(0.0, |found| found.1);
        self.party = party.as_ref().map_or(0.0, |found| found.1);
        let em = leaf.em;
        let whole = |row: &Row| {
            let mut rect = row.level();
            // Boxes of words stray upwards and downwards; the middle of the line does not.
            (rect.y, rect.h) = (row.middle() - em / 2.0, em);
            rect
        };
        self.anchor = match (national, motto, party) {
            (Some((row, _)), _, _) => Some(whole(&row)),
            // The motto is narrower than the title over it by about five em, which cropping took off.
            (None, Some((row, _)), _) => {
                let rect = whole(&row);
                Some(Rect {
                    x: rect.x - 2.5 * em,
                    y: rect.y - 1.4 * em,
                    w: rect.w + 5.0 * em,
                    h: em,
                })
            }
            (None, None, Some((row, _))) => Some(whole(&row)),
            (None, None, None) => None,
        };
    }

    /// The first line under the head that names a type in capitals, near the middle.
    fn find_title(&mut self, leaf: &Leaf) {
        let reach = self.anchor.map_or(leaf.em * 30.0, |anchor| {
            anchor.y + anchor.h + 26.0 * leaf.em
        });
        let mut found: Option<Title> = None;
        for (at, row) in self.below.iter().enumerate() {
            let in_text = at >= self.body;
            // Far down only a short line in capitals can be the operative word.
            if in_text && (row.tokens.len() > 6 || row.capitals() < 0.7) {
                continue;
            }
            // The operative word of a decision may stand low on the page.
            if row.middle() > reach && !in_text {
                break;
            }
            let rect = row.level();
            let offset = (rect.x + rect.w / 2.0 - leaf.centre()).abs();
            if offset > leaf.measure() * 0.22 {
                continue;
            }
            let Some(title) = title_of(row, at, in_text) else {
                continue;
            };
            if title.in_text && title.words < row.tokens.len() {
                continue;
            }
            let better = found
                .as_ref()
                .is_none_or(|old| !title.in_text && title.similarity > old.similarity + 0.12);
            if better {
                found = Some(title);
            }
        }
        self.title = found;
    }

    /// Joins the pieces of the left column to rows, down to the title or the text.
    fn fill_left(&mut self, leaf: &Leaf, mut pieces: Vec<Row>) {
        let top = self.anchor.map_or(0.0, |anchor| anchor.y);
        let mut end = top + DEEP * leaf.em;
        let named = self.title.as_ref().filter(|title| !title.in_text);
        for index in named.map(|title| title.at).into_iter().chain([self.body]) {
            if let Some(row) = self.below.get(index) {
                end = end.min(row.middle() - 0.6 * leaf.em);
            }
        }
        pieces.retain(|row| row.middle() < end);
        self.left = joined(pieces, 0.6 * leaf.em);
        self.symbol = symbol::row_of(&self.left);
        if self.symbol.is_none() {
            // Contracts and minutes have the symbol in the middle, under the title.
            let middle: Vec<Row> = self.below.iter().take(self.body.min(8)).cloned().collect();
            if let Some(index) = symbol::row_of(&middle)
                && let Some(row) = middle.get(index)
            {
                self.left.push(row.clone());
                self.symbol = Some(self.left.len() - 1);
            }
        }
    }
}

/// Whether a line begins like the text of a paper.
pub fn begins_text(row: &Row) -> bool {
    let key = row.key();
    // The beginning ends with a word: `CĂN CƯỚC` is no `Căn cứ`.
    let whole_words = |end: usize| {
        let mut at = 0;
        row.tokens.iter().any(|token| {
            at += token.key.len();
            at == end
        })
    };
    if TEXT.iter().any(|start| {
        let (end, how) = at_start(&key, start);
        how > 0.86 && whole_words(end)
    }) {
        return true;
    }
    let mut words = row.tokens.iter().filter(|token| !token.key.is_empty());
    let (first, second) = (words.next(), words.next());
    first.zip(second).is_some_and(|(first, second)| {
        NUMBERED.contains(&first.key.as_str())
            && first.text.starts_with(char::is_uppercase)
            && second
                .text
                .trim_end_matches(['.', ':'])
                .chars()
                .all(|letter| letter.is_ascii_digit() || "IVXLl".contains(letter))
    })
}

/// The type that a row names, when it does so at its beginning.
fn title_of(row: &Row, at: usize, in_text: bool) -> Option<Title> {
    let key = row.key();
    let mut best: Option<(f32, usize, &'static Kind, usize)> = None;
    for kind in KINDS {
        for title in kind.titles {
            let (end, how) = at_start(&key, title);
            // Short names are words of many other lines: they must be exact.
            let least = if title.len() <= 5 { 0.99 } else { TITLE };
            let longer = best.is_none_or(|(old, length, ..)| {
                how > old + 0.08
                    || (how > old - 0.08 && title.len() > length + 2)
                    || (how > old && title.len() >= length)
            });
            if how >= least && longer {
                best = Some((how, title.len(), kind, end));
            }
        }
    }
    let (similarity, _, kind, end) = best?;
    let words = row.span(0, end).end;
    let capitals = row.part(0..words).capitals();
    // A name in small letters must stand alone and be read well.
    let alone = key.len() <= end + 1;
    if capitals < 0.7 && !(alone && similarity > 0.9 && !in_text) {
        return None;
    }
    Some(Title {
        at,
        kind,
        similarity,
        capitals,
        words,
        in_text,
    })
}

/// All lines cut at wide gaps; words in stamps of others are left out.
fn pieces(leaf: &Leaf) -> Vec<Row> {
    let foreign: Vec<(Rect, String)> = leaf
        .sight
        .stamps
        .iter()
        .filter(|stamp| stamp.kind != StampKind::Other)
        .map(|stamp| (stamp.bbox, folded(&stamp.text)))
        .collect();
    let mut pieces = Vec::new();
    for row in &leaf.rows {
        let mut piece = Row::default();
        let mut end = f32::MIN;
        for token in &row.tokens {
            if foreign.iter().any(|stamp| is_stamped(token, row, stamp)) {
                continue;
            }
            if token.level.x - end > GAP * leaf.em && !piece.tokens.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
            end = token.level.x + token.level.w;
            piece.tokens.push(token.clone());
        }
        if !piece.tokens.is_empty() {
            pieces.push(piece);
        }
    }
    pieces
}

/// Whether a word is a stamp's own: it lies in it and is in what the stamp says, or is a number that was filled in.
/// Coloured stamps fade, and what is read there is the paper.
fn is_stamped(token: &Token, row: &Row, (stamp, said): &(Rect, String)) -> bool {
    let at = token.shown;
    let (x, y) = (at.x + at.w / 2.0, at.y + at.h / 2.0);
    let inside = x > stamp.x && x < stamp.x + stamp.w && y > stamp.y && y < stamp.y + stamp.h;
    // The paper's number may stand under the stamp.
    let of_symbol = || {
        let text = row.text();
        text.split_once('/')
            .is_some_and(|(_, after)| after.starts_with(char::is_uppercase))
    };
    inside
        && (token.key.is_empty()
            || said.contains(&token.key)
            || token.key.bytes().all(|byte| byte.is_ascii_digit()))
        && !of_symbol()
}

/// A piece of the head that lies across the columns, cut at the widest gap near the line between them.
fn cut(piece: Row, split: f32, in_head: bool) -> Vec<Row> {
    let rect = piece.level();
    let crosses = rect.x < split - rect.h && rect.x + rect.w > split + rect.h;
    if !in_head || !crosses {
        return vec![piece];
    }
    let widest = (1..piece.tokens.len())
        .filter_map(|index| {
            let (before, after) = (piece.tokens.get(index - 1)?, piece.tokens.get(index)?);
            let gap = after.level.x - before.level.x - before.level.w;
            let off = (after.level.x - split).abs();
            (off < rect.h * 6.0).then_some((index, gap - off * 0.1))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1));
    match widest {
        Some((index, _)) => vec![piece.part(0..index), piece.part(index..piece.tokens.len())],
        None => vec![piece],
    }
}

/// Pieces at one height joined to rows from left to right; rows from the top.
pub fn joined(mut pieces: Vec<Row>, tolerance: f32) -> Vec<Row> {
    pieces.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    let mut rows: Vec<(f32, Row)> = Vec::new();
    for piece in pieces {
        let middle = piece.middle();
        match rows.last_mut() {
            Some((at, row)) if middle - *at < tolerance => row.tokens.extend(piece.tokens),
            _ => rows.push((middle, piece)),
        }
    }
    rows.into_iter()
        .map(|(_, mut row)| {
            row.tokens.sort_by(|a, b| a.level.x.total_cmp(&b.level.x));
            row
        })
        .collect()
}

/// Height from the middle of one row to that of another, level px.
pub fn drop(above: &Row, below: &Row) -> f32 {
    below.middle() - above.middle()
}

/// The box around rows, shown px.
pub fn shown(rows: &[Row]) -> Rect {
    around(rows.iter().map(Row::shown))
}
