//! Lone specks: dust and pinholes far from any letter, on pages of every depth.
//!
//! The engine counts a speck between two lines to the nearest word, whose box then reaches down to it, and reads
//! the word too small or not at all. Print has nothing so small that stands alone: full stops and marks stand
//! beside their letters, and dots of leaders beside each other.

use super::darkness::Paper;
use crate::document::Gray;

/// Most ink of a speck, square millimetres; a full stop of 13 pt has 0.17.
const LARGEST_MM2: f32 = 0.12;
/// Nothing dark stands nearer to a lone speck than this, mm; a full stop has its letter within 0.5 mm.
const ALONE_MM: f32 = 1.5;
/// Longest side of a speck in the reduced copy, px: its own and the two that it bleeds into.
const SIDE: usize = 3;

/// Takes lone specks out of `page` and of `dark`, the darkness of its copy reduced by `factor` to `dpi`.
pub(super) fn erase(page: &mut Gray, dark: &mut Gray, paper: &Paper, factor: usize, dpi: f32) {
    let reach = (ALONE_MM * dpi / 25.4).round().max(2.0) as usize;
    let most = LARGEST_MM2 * (dpi / 25.4) * (dpi / 25.4) * 255.0;
    for (x, y) in find(dark, reach, most as u32) {
        let level = paper.near(x, y);
        // The edge of a speck is paler than what counts as dark.
        let columns = x.saturating_sub(2)..x + SIDE + 1;
        let rows = y.saturating_sub(1)..y + SIDE + 1;
        fill(dark, &columns, &rows, 1, 0);
        fill(page, &columns, &rows, factor, level);
    }
}

/// Cells of the reduced copy, each the first of a speck: the topmost, and of its row the leftmost.
fn find(dark: &Gray, reach: usize, most: u32) -> Vec<(usize, usize)> {
    let width = (dark.width as usize).max(1);
    let rows: Vec<&[u8]> = dark.pixels.chunks_exact(width).collect();
    let mut found = Vec::new();
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, value)| **value > 0) {
            if stands_alone(&rows, (x, y), reach, most) {
                found.push((x, y));
            }
        }
    }
    found
}

fn stands_alone(rows: &[&[u8]], (x, y): (usize, usize), reach: usize, most: u32) -> bool {
    let mut ink = 0;
    let top = y.saturating_sub(reach);
    // Its own rows first: they tell letters apart soonest.
    for at in (y..y + SIDE + reach).chain(top..y) {
        let Some(row) = rows.get(at) else {
            continue;
        };
        let from = x.saturating_sub(reach);
        let cells = row
            .get(from..(x + SIDE + reach).min(row.len()))
            .unwrap_or_default();
        for (column, value) in cells.iter().enumerate().filter(|(_, value)| **value > 0) {
            let column = from + column;
            // What lies to its left in its own row would be its first cell.
            let left = if at == y { x } else { x.saturating_sub(1) };
            let own = (y..y + SIDE).contains(&at) && (left..x + SIDE - 1).contains(&column);
            ink += u32::from(*value);
            if !own || ink > most {
                return false;
            }
        }
    }
    true
}

/// Sets the cells of `columns` and `rows`, each `side` px wide and high, to `level`.
fn fill(
    image: &mut Gray,
    columns: &std::ops::Range<usize>,
    rows: &std::ops::Range<usize>,
    side: usize,
    level: u8,
) {
    let width = image.width as usize;
    let end = (columns.end * side).min(width);
    for y in rows.start * side..rows.end * side {
        let cells = y * width + (columns.start * side).min(end)..y * width + end;
        if let Some(cells) = image.pixels.get_mut(cells) {
            cells.fill(level);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{darkness, reduced};
    use super::*;

    /// Paper of 225 dpi with a square of ink `side` px wide at each place.
    fn page(places: &[(usize, usize, usize)]) -> Gray {
        let mut page = Gray {
            width: 400,
            height: 300,
            pixels: vec![240; 120_000],
        };
        for &(x, y, side) in places {
            (y..y + side).for_each(|y| page.pixels[y * 400 + x..y * 400 + x + side].fill(30));
        }
        page
    }

    fn cleaned(mut page: Gray) -> Gray {
        let small = reduced::reduce(&page, 2);
        let paper = Paper::of(&small);
        let mut dark = darkness::darkness(&small, &paper);
        erase(&mut page, &mut dark, &paper, 2, 112.5);
        page
    }

    fn ink(page: &Gray) -> usize {
        page.pixels.iter().filter(|value| **value < 128).count()
    }

    #[test]
    fn lone_specks_go_and_the_paper_stays_light() {
        for shift in 0..4 {
            let clean = cleaned(page(&[(100 + shift, 100, 3), (300, 200 + shift, 2)]));
            assert_eq!(ink(&clean), 0, "{shift}");
            assert!(clean.pixels.iter().all(|value| *value >= 230));
        }
    }

    #[test]
    fn stops_beside_letters_and_leaders_and_larger_dots_stay() {
        for places in [
            &[(100, 100, 20), (124, 117, 3)][..],
            &[(100, 100, 3), (110, 100, 3), (120, 100, 3)],
            &[(100, 100, 5)],
        ] {
            let page = page(places);
            assert_eq!(ink(&cleaned(page.clone())), ink(&page), "{places:?}");
        }
    }
}
