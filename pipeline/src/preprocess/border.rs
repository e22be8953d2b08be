//! Dark margins that the scanner's lid or the table leaves around a sheet.

use crate::document::Gray;

/// Darkness from which a pixel of the reduced copy may belong to a margin.
const DARK: u8 = 110;

/// Margins reach at most this share of the page inwards; what goes further is a picture or a dark page.
const DEEPEST: f32 = 0.2;

/// Side of the square that must fit into dark pixels, px of the reduced copy (1.3 mm): strokes of letters
/// are thinner, so text that touches a margin is not taken along.
const SOLID: usize = 5;

/// Cells of the reduced copy that are dark margin, row by row; `None` where there is none.
///
/// A margin is dark, solid, joined to the image's edge, and stays near it.
pub(super) fn margin(dark: &Gray) -> Option<Vec<bool>> {
    let (w, h) = (dark.width as usize, dark.height as usize);
    if w < 4 * SOLID || h < 4 * SOLID {
        return None;
    }
    let solid = opened(dark);
    let mut reached = vec![false; w * h];
    let mut stack = Vec::new();
    let on_edge = |at: usize| {
        let (x, y) = (at % w, at / w);
        x < EDGE || y < EDGE || x + EDGE >= w || y + EDGE >= h
    };
    stack.extend((0..w * h).filter(|&at| on_edge(at) && solid[at]));
    stack.iter().for_each(|&at| reached[at] = true);
    let (deep_x, deep_y) = ((w as f32 * DEEPEST) as usize, (h as f32 * DEEPEST) as usize);
    while let Some(at) = stack.pop() {
        let (x, y) = (at % w, at / w);
        let near = x < deep_x || y < deep_y || x + deep_x >= w || y + deep_y >= h;
        if !near {
            return None;
        }
        let neighbours = [
            (x > 0).then(|| at - 1),
            (x + 1 < w).then(|| at + 1),
            (y > 0).then(|| at - w),
            (y + 1 < h).then(|| at + w),
        ];
        for next in neighbours.into_iter().flatten() {
            if solid[next] && !reached[next] {
                reached[next] = true;
                stack.push(next);
            }
        }
    }
    reached.iter().any(|&r| r).then(|| grown(&reached, w))
}

/// A margin may start this far from the edge, px of the reduced copy: some scanners add a white line.
const EDGE: usize = 3;

/// Pixels covered by a dark square of [`SOLID`] px.
fn opened(dark: &Gray) -> Vec<bool> {
    let w = dark.width as usize;
    let mut solid = vec![false; dark.pixels.len()];
    // Height of the dark column that ends at each pixel, then runs of columns that are high enough.
    let mut heights = vec![0usize; w];
    for (y, row) in dark.pixels.chunks_exact(w).enumerate() {
        let mut run = 0;
        for (x, (height, &value)) in heights.iter_mut().zip(row).enumerate() {
            *height = if value >= DARK { *height + 1 } else { 0 };
            run = if *height >= SOLID { run + 1 } else { 0 };
            if run >= SOLID {
                for back in 0..SOLID {
                    let start = (y - back) * w + x + 1 - SOLID;
                    solid[start..start + SOLID].fill(true);
                }
            }
        }
    }
    solid
}

/// The mask grown by two pixels each way, which takes the margin's soft edge along.
fn grown(mask: &[bool], w: usize) -> Vec<bool> {
    let mut grown = mask.to_vec();
    for (at, _) in mask.iter().enumerate().filter(|&(_, &set)| set) {
        let (x, y) = (at % w, at / w);
        let rows = mask.len() / w;
        for ny in y.saturating_sub(2)..(y + 3).min(rows) {
            let left = x.saturating_sub(2);
            grown[ny * w + left..ny * w + (x + 3).min(w)].fill(true);
        }
    }
    grown
}

/// Whitens the cells of `mask` (of `columns` cells a row) in the reduced copy's darkness.
pub(super) fn cleared(mut dark: Gray, mask: &[bool]) -> Gray {
    for (value, &set) in dark.pixels.iter_mut().zip(mask) {
        if set {
            *value = 0;
        }
    }
    dark
}

/// Paints the cells of `mask` with the grey of paper on the full page; cells are `factor` px wide, and those
/// at the right and bottom edges take the rest along.
pub(super) fn paint(page: &mut Gray, mask: &[bool], columns: usize, factor: usize, paper: u8) {
    let w = page.width as usize;
    let rows = mask.len().checked_div(columns).unwrap_or(0);
    if rows == 0 || w == 0 {
        return;
    }
    for (y, row) in page.pixels.chunks_exact_mut(w).enumerate() {
        let cells = (y / factor).min(rows - 1) * columns;
        let Some(cells) = mask.get(cells..cells + columns) else {
            return;
        };
        for (x, _) in cells.iter().enumerate().filter(|&(_, &set)| set) {
            let end = if x + 1 == columns {
                w
            } else {
                (x + 1) * factor
            };
            if let Some(cell) = row.get_mut(x * factor..end) {
                cell.fill(paper);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Darkness of a page with a slanted dark margin at the left and a line of strokes touching it.
    fn page() -> Gray {
        let mut dark = Gray {
            width: 300,
            height: 400,
            pixels: vec![0; 120_000],
        };
        for y in 0..400usize {
            dark.pixels[y * 300..y * 300 + 20 + y / 40].fill(230);
        }
        for x in 20..200usize {
            if x % 4 < 2 {
                (200..208).for_each(|y| dark.pixels[y * 300 + x] = 255);
            }
        }
        dark
    }

    #[test]
    fn slanted_margins_go_and_touching_text_stays() {
        let dark = page();
        let mask = margin(&dark).expect("there is a margin");
        let left = cleared(dark, &mask);
        assert!(
            left.pixels
                .chunks_exact(300)
                .all(|row| row[..18].iter().all(|&v| v == 0))
        );
        assert_eq!(left.pixels[204 * 300 + 60], 255);
        assert!(
            left.pixels
                .chunks_exact(300)
                .take(150)
                .all(|row| row.iter().all(|&v| v == 0))
        );
    }

    #[test]
    fn pages_without_margins_and_dark_pages_stay() {
        let plain = Gray {
            width: 300,
            height: 400,
            pixels: vec![0; 120_000],
        };
        assert!(margin(&plain).is_none());
        let night = Gray {
            width: 300,
            height: 400,
            pixels: vec![200; 120_000],
        };
        assert!(margin(&night).is_none());
    }

    #[test]
    fn paint_reaches_the_rest_of_the_last_cells() {
        let mut page = Gray {
            width: 10,
            height: 10,
            pixels: vec![0; 100],
        };
        paint(
            &mut page,
            &[false, false, true, false, false, true, false, false, true],
            3,
            3,
            250,
        );
        assert!(
            page.pixels
                .chunks_exact(10)
                .all(|row| row[..6] == [0; 6] && row[6..] == [250; 4])
        );
    }
}
