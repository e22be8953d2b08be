//! Reading order: header and signature blocks are read column by column, everything else row by row.
//!
//! The engine joins what stands on one height into one line, so the agency on the left of a header runs
//! into the state name on the right (Nghị định 30/2020/NĐ-CP, Phụ lục I, cells 1-4), and the recipients
//! into the signature block (cells 7 and 9b). Here lines are cut at gutters, put into rows, and runs of
//! rows that share a gutter are read left column first. Forms and tables share the look of columns but
//! are read across; they differ by standing in the middle of the page or having more than two columns.
//! All geometry is in prepared px, where lines are level.

use unicode_normalization::UnicodeNormalization;

use crate::document::{Line, Point, Rect, Word};

/// A gap wider than this many text heights may be a gutter; ordinary justified gaps stay below it.
const GUTTER_HEIGHTS: f32 = 1.6;
/// A gutter is also this many times wider than the other gaps of its line.
const GUTTER_RATIO: f32 = 2.2;
/// A band's gutter must keep this width, in text heights, over all its rows.
const GUTTER_KEEPS: f32 = 0.7;
/// Header bands begin within this part of the text's height.
const HEADER_ZONE: f32 = 0.2;
/// Rows further apart than this many text heights do not belong to one header.
const HEADER_PITCH: f32 = 3.5;
/// Two-column text has at least this many rows with both columns filled.
const COLUMN_ROWS: usize = 8;
/// Lines further apart than this many text heights, baseline to baseline, are different paragraphs.
const PARAGRAPH_PITCH: f32 = 2.1;

/// Puts `lines` into reading order, cut at gutters, joined along rows, with blocks numbered.
pub(super) fn in_reading_order(lines: Vec<Line>) -> Vec<Line> {
    let height = median_height(&lines);
    if height <= 0.0 {
        return lines;
    }
    let pieces: Vec<Piece> = lines
        .into_iter()
        .flat_map(|line| cut_at_gutters(line, height))
        .collect();
    let rows = into_rows(pieces);
    let bands = into_bands(rows, height);
    number_blocks(
        bands
            .into_iter()
            .flat_map(|band| band.read(height))
            .collect(),
        height,
    )
}

/// A line or the part of one on one side of a gutter.
struct Piece {
    words: Vec<Word>,
    baseline: [Point; 2],
    bbox: Rect,
}

impl Piece {
    fn new(words: Vec<Word>, baseline: [Point; 2]) -> Option<Self> {
        let bbox = words.iter().map(|word| word.bbox).reduce(Rect::union)?;
        Some(Self {
            words,
            baseline,
            bbox,
        })
    }

    fn right(&self) -> f32 {
        self.bbox.x + self.bbox.w
    }

    fn centre(&self) -> f32 {
        self.bbox.x + self.bbox.w / 2.0
    }

    fn base_y(&self) -> f32 {
        (self.baseline[0].y + self.baseline[1].y) / 2.0
    }
}

/// Pieces that stand on one height, from left to right.
struct Row {
    pieces: Vec<Piece>,
    top: f32,
    bottom: f32,
}

impl Row {
    /// "Kính gửi" stands under the header, never in it (Nghị định 30/2020/NĐ-CP, Phụ lục I, cell 9a). Short
    /// addressees would pass for lines of the left column. Accents are what OCR gets wrong first.
    fn names_addressees(&self) -> bool {
        self.pieces.iter().any(|piece| {
            let words = piece.words.iter().take(2).map(|word| bare(&word.text));
            words.eq(["kinh", "gui"])
        })
    }
}

/// The letters alone, lower case, without accents.
fn bare(word: &str) -> String {
    word.nfd()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

/// An x interval free of text.
#[derive(Clone, Copy)]
struct Gutter {
    left: f32,
    right: f32,
}

/// Consecutive rows that are read in one way.
enum Band {
    Across(Row),
    Columns(Vec<Row>, Gutter),
}

impl Band {
    /// The band's lines in order; a `true` marks the start of a column.
    fn read(self, height: f32) -> Vec<(Line, bool)> {
        match self {
            Self::Across(row) => joined(row.pieces, height)
                .into_iter()
                .map(|line| (line, false))
                .collect(),
            Self::Columns(rows, gutter) => {
                let (mut left, mut right) = (Vec::new(), Vec::new());
                for row in rows {
                    let (l, r): (Vec<_>, Vec<_>) = row
                        .pieces
                        .into_iter()
                        .partition(|piece| piece.centre() < (gutter.left + gutter.right) / 2.0);
                    left.extend(joined(l, height));
                    right.extend(joined(r, height));
                }
                [left, right]
                    .into_iter()
                    .flat_map(starting_a_column)
                    .collect()
            }
        }
    }
}

fn starting_a_column(lines: Vec<Line>) -> impl Iterator<Item = (Line, bool)> {
    lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| (line, index == 0))
}

/// The median height of words of three letters or more: punctuation and specks would pull it down.
fn median_height(lines: &[Line]) -> f32 {
    let long = |word: &&Word| word.text.chars().count() >= 3;
    let mut heights: Vec<f32> = lines
        .iter()
        .flat_map(|line| line.words.iter().filter(long))
        .map(|word| word.bbox.h)
        .collect();
    if heights.is_empty() {
        heights = lines
            .iter()
            .flat_map(|line| &line.words)
            .map(|word| word.bbox.h)
            .collect();
    }
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(0.0)
}

fn cut_at_gutters(line: Line, height: f32) -> Vec<Piece> {
    let Line {
        mut words,
        baseline,
        ..
    } = line;
    words.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
    let mut gaps: Vec<f32> = words
        .windows(2)
        .map(|pair| pair[1].bbox.x - (pair[0].bbox.x + pair[0].bbox.w))
        .collect();
    let cuts: Vec<bool> = gaps
        .clone()
        .into_iter()
        .map(|gap| is_gutter(gap, &mut gaps, height))
        .collect();
    let mut pieces = Vec::new();
    let mut current = Vec::new();
    for (index, word) in words.into_iter().enumerate() {
        if index > 0 && cuts.get(index - 1).copied().unwrap_or(false) {
            pieces.extend(Piece::new(std::mem::take(&mut current), baseline));
        }
        current.push(word);
    }
    pieces.extend(Piece::new(current, baseline));
    pieces
}

/// Wide in itself, and wide beside the line's ordinary gaps (the lower quartile of them).
fn is_gutter(gap: f32, gaps: &mut [f32], height: f32) -> bool {
    gaps.sort_by(f32::total_cmp);
    let ordinary = gaps.get(gaps.len() / 4).copied().unwrap_or(0.0);
    let stands_out = gaps.len() < 3 || gap > ordinary * GUTTER_RATIO;
    gap > height * GUTTER_HEIGHTS && stands_out
}

fn into_rows(mut pieces: Vec<Piece>) -> Vec<Row> {
    pieces.sort_by(|a, b| a.base_y().total_cmp(&b.base_y()));
    let mut rows: Vec<Row> = Vec::new();
    for piece in pieces {
        let (top, bottom) = (piece.bbox.y, piece.bbox.y + piece.bbox.h);
        // Only the last rows can share a height with the next piece in baseline order.
        let home = rows
            .iter_mut()
            .rev()
            .take(3)
            .find(|row| shares_height(row, top, bottom) && has_room(row, &piece));
        match home {
            Some(row) => {
                row.top = row.top.min(top);
                row.bottom = row.bottom.max(bottom);
                row.pieces.push(piece);
            }
            None => rows.push(Row {
                pieces: vec![piece],
                top,
                bottom,
            }),
        }
    }
    for row in &mut rows {
        row.pieces.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
    }
    rows.sort_by(|a, b| (a.top + a.bottom).total_cmp(&(b.top + b.bottom)));
    rows
}

fn shares_height(row: &Row, top: f32, bottom: f32) -> bool {
    let overlap = row.bottom.min(bottom) - row.top.max(top);
    overlap > 0.5 * (row.bottom - row.top).min(bottom - top)
}

/// Pieces that lie over each other horizontally are different lines, however close they stand.
fn has_room(row: &Row, piece: &Piece) -> bool {
    row.pieces.iter().all(|other| {
        let overlap = other.right().min(piece.right()) - other.bbox.x.max(piece.bbox.x);
        overlap < 0.3 * other.bbox.w.min(piece.bbox.w)
    })
}

fn into_bands(rows: Vec<Row>, height: f32) -> Vec<Band> {
    let top = rows.first().map_or(0.0, |row| row.top);
    let bottom = rows.last().map_or(0.0, |row| row.bottom);
    let mut bands = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let found = column_band(&rest, height, Span { top, bottom });
        let Some((first, last, gutter)) = found else {
            break;
        };
        let after = rest.split_off(last);
        let band = rest.split_off(first);
        bands.extend(rest.into_iter().map(Band::Across));
        bands.push(Band::Columns(band, gutter));
        rest = after;
    }
    bands.extend(rest.into_iter().map(Band::Across));
    bands
}

/// The page's text from top to bottom.
#[derive(Clone, Copy)]
struct Span {
    top: f32,
    bottom: f32,
}

/// The first run of rows, `first..last`, that is to be read in columns.
fn column_band(rows: &[Row], height: f32, page: Span) -> Option<(usize, usize, Gutter)> {
    (0..rows.len()).find_map(|seed| {
        let gutter = seed_gutter(rows.get(seed)?, height)?;
        let first = grow_up(rows, seed, gutter, height);
        let (longest, narrow) = grow_down(rows, seed, gutter, height);
        let last = drop_strays(rows, seed, longest, narrow, height);
        if is_signature(rows, first, last, narrow, page)
            || is_two_column_text(rows, first, last, narrow)
        {
            return Some((first, last, narrow));
        }
        let ends = |pair: &[Row]| {
            pair[1].top - pair[0].bottom > HEADER_PITCH * height || pair[1].names_addressees()
        };
        let near = rows
            .get(seed..longest)?
            .windows(2)
            .position(ends)
            .map_or(longest, |at| seed + at + 1);
        let (_, narrow) = grow_down(rows.get(..near)?, seed, gutter, height);
        let last = drop_strays(rows, seed, near, narrow, height);
        is_header(rows, first, last, narrow, page).then_some((first, last, narrow))
    })
}

/// The widest gap of a row of two pieces, or the gutter around which more pieces fall in two groups.
fn seed_gutter(row: &Row, height: f32) -> Option<Gutter> {
    let widest = row
        .pieces
        .windows(2)
        .map(|pair| Gutter {
            left: pair[0].right(),
            right: pair[1].bbox.x,
        })
        .max_by(|a, b| (a.right - a.left).total_cmp(&(b.right - b.left)))?;
    (row.pieces.len() == 2 && widest.right - widest.left > height * GUTTER_HEIGHTS * 0.5)
        .then_some(widest)
}

/// What is left of the gutter when `row` stands on its sides; `None` when the row lies across it.
fn narrowed(gutter: Gutter, row: &Row, height: f32) -> Option<Gutter> {
    let middle = (gutter.left + gutter.right) / 2.0;
    let mut kept = gutter;
    for piece in &row.pieces {
        if piece.centre() < middle {
            kept.left = kept.left.max(piece.right());
        } else {
            kept.right = kept.right.min(piece.bbox.x);
        }
    }
    (kept.right - kept.left >= GUTTER_KEEPS * height).then_some(kept)
}

fn grow_down(rows: &[Row], seed: usize, mut gutter: Gutter, height: f32) -> (usize, Gutter) {
    let mut last = seed + 1;
    while let Some(kept) = rows.get(last).and_then(|row| narrowed(gutter, row, height)) {
        gutter = kept;
        last += 1;
    }
    (last, gutter)
}

/// Rows above the first split one belong to the band when they continue the right column: a signer's
/// title often begins above the recipients.
fn grow_up(rows: &[Row], seed: usize, gutter: Gutter, height: f32) -> usize {
    let mut first = seed;
    while first > 0 {
        let (above, below) = (&rows[first - 1], &rows[first]);
        let near = below.top - above.bottom < 1.2 * height;
        let right_only = above.pieces.iter().all(|piece| piece.bbox.x > gutter.left);
        if !(near && right_only) {
            break;
        }
        first -= 1;
    }
    first
}

/// Rows at the end that fill one column only stay when they line up with it: the body's first short line
/// after a header does not.
fn drop_strays(rows: &[Row], seed: usize, last: usize, gutter: Gutter, height: f32) -> usize {
    let mut end = last;
    while end > seed + 1 {
        let row = &rows[end - 1];
        if sides(row, gutter) == (true, true) || lines_up(rows, seed, end - 1, gutter, height) {
            break;
        }
        end -= 1;
    }
    end
}

/// Which columns a row fills.
fn sides(row: &Row, gutter: Gutter) -> (bool, bool) {
    let middle = (gutter.left + gutter.right) / 2.0;
    let left = row.pieces.iter().any(|piece| piece.centre() < middle);
    let right = row.pieces.iter().any(|piece| piece.centre() >= middle);
    (left, right)
}

/// Whether the only column that row `index` fills goes on there: same centre or same left edge as a row above.
fn lines_up(rows: &[Row], seed: usize, index: usize, gutter: Gutter, height: f32) -> bool {
    let middle = (gutter.left + gutter.right) / 2.0;
    let Some(piece) = rows.get(index).and_then(|row| row.pieces.first()) else {
        return false;
    };
    let on_right = piece.centre() >= middle;
    let reach = if on_right { 14.0 } else { 2.5 } * height;
    let near = rows
        .get(index - 1)
        .is_some_and(|above| piece.bbox.y - above.bottom < reach);
    near && rows
        .get(seed..index)
        .unwrap_or_default()
        .iter()
        .flat_map(|row| &row.pieces)
        .any(|other| {
            let same_side = (other.centre() >= middle) == on_right;
            let same_centre = (other.centre() - piece.centre()).abs() < 1.5 * height;
            let same_edge = (other.bbox.x - piece.bbox.x).abs() < 0.5 * height;
            same_side && (same_centre || (same_edge && !on_right))
        })
}

/// How many rows have something in the left column, in the right one, and in both.
fn filled(band: &[Row], gutter: Gutter) -> (usize, usize, usize) {
    band.iter()
        .map(|row| sides(row, gutter))
        .fold((0, 0, 0), |(left, right, both), (l, r)| {
            (
                left + usize::from(l),
                right + usize::from(r),
                both + usize::from(l && r),
            )
        })
}

/// Agency and state name at the top of the page.
fn is_header(rows: &[Row], first: usize, last: usize, gutter: Gutter, page: Span) -> bool {
    let Some(band) = rows.get(first..last) else {
        return false;
    };
    let (left, right, _) = filled(band, gutter);
    let top = band.first().map_or(f32::MAX, |row| row.top);
    top - page.top < HEADER_ZONE * (page.bottom - page.top) && left >= 2 && right >= 2
}

/// Recipients and signature at the end of the text; a page number may follow.
fn is_signature(rows: &[Row], first: usize, last: usize, gutter: Gutter, page: Span) -> bool {
    let Some(band) = rows.get(first..last) else {
        return false;
    };
    let (left, right, _) = filled(band, gutter);
    let bottom = band.last().map_or(0.0, |row| row.bottom);
    let at_end = rows.len() - last <= 1 || page.bottom - bottom < 0.04 * (page.bottom - page.top);
    at_end && left >= 2 && right >= 2
}

/// Many rows with both columns filled.
fn is_two_column_text(rows: &[Row], first: usize, last: usize, gutter: Gutter) -> bool {
    let Some(band) = rows.get(first..last) else {
        return false;
    };
    let (.., both) = filled(band, gutter);
    both >= COLUMN_ROWS && both * 10 >= band.len() * 6
}

/// Pieces of one row that stand on one baseline become one line again.
fn joined(pieces: Vec<Piece>, height: f32) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for piece in pieces {
        let Piece {
            words, baseline, ..
        } = piece;
        match lines.last_mut() {
            Some(line) if (line.baseline[1].y - baseline[0].y).abs() < 0.35 * height => {
                line.baseline[1] = baseline[1];
                line.words.extend(words);
            }
            _ => lines.push(Line {
                words,
                baseline,
                block: 0,
            }),
        }
    }
    lines
}

fn number_blocks(lines: Vec<(Line, bool)>, height: f32) -> Vec<Line> {
    let mut block = 0;
    let mut previous: Option<f32> = None;
    lines
        .into_iter()
        .map(|(mut line, starts)| {
            let y = line.baseline[0].y;
            let apart = previous
                .is_some_and(|above| y < above - height || y - above > PARAGRAPH_PITCH * height);
            if previous.is_some() && (starts || apart) {
                block += 1;
            }
            previous = Some(y);
            line.block = block;
            line
        })
        .collect()
}

#[cfg(test)]
mod tests;
