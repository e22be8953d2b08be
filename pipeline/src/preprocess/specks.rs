//! Isolated dots of bilevel scans: counting them, and taking them away where they are many.

use crate::document::Gray;

/// Density above which dots are taken away, per square centimetre; clean scans have under one.
pub(super) const MANY: f32 = 5.0;

/// Whether the image has black and white only, judged by every 61st pixel.
pub(super) fn is_bilevel(image: &Gray) -> bool {
    image.pixels.iter().step_by(61).all(|&v| v == 0 || v == 255)
}

/// Longest side of a dot that may be noise, px: a third of the smallest dot in print, that of an 8 pt full
/// stop (0.35 mm). 0 where resolution leaves no safe distance.
pub(super) fn largest(dpi: f32) -> usize {
    (dpi * 0.35 / 25.4 / 2.0).floor().min(3.0) as usize
}

/// Boxes `(x, y, width, height)` of dark dots up to `largest` px a side with white all around.
pub(super) fn find(image: &Gray, largest: usize) -> Vec<[usize; 4]> {
    let w = image.width as usize;
    let mut found = Vec::new();
    if largest == 0 || w < 3 {
        return found;
    }
    let rows: Vec<&[u8]> = image.pixels.chunks_exact(w).collect();
    for y in 1..rows.len().saturating_sub(1) {
        let mut x = 0;
        while let Some(start) = next_dark(rows[y], x) {
            let length = rows[y][start..].iter().take_while(|&&v| v < 128).count();
            x = start + length;
            if length > largest || start == 0 || x >= w {
                continue;
            }
            if let Some(height) = isolated(&rows, start, y, length, largest) {
                found.push([start, y, length, height]);
            }
        }
    }
    found
}

/// The next dark pixel at or after `from`; white stretches are skipped 32 px at a time.
fn next_dark(row: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(chunk) = row.get(at..at + 32) {
        if chunk.iter().fold(255u8, |least, &v| least.min(v)) < 128 {
            break;
        }
        at += 32;
    }
    row.get(at..)?.iter().position(|&v| v < 128).map(|i| at + i)
}

/// The height of the dot whose topmost run is at (`x`, `y`), if it has at most `largest` rows and stands
/// alone.
fn isolated(rows: &[&[u8]], x: usize, y: usize, length: usize, largest: usize) -> Option<usize> {
    let white = |row: &[u8]| row[x - 1..=x + length].iter().all(|&v| v >= 128);
    if !white(rows[y - 1]) {
        return None;
    }
    for height in 1..=largest {
        let row = rows.get(y + height)?;
        if white(row) {
            return Some(height);
        }
        if row[x - 1] < 128 || row[x + length] < 128 {
            return None;
        }
    }
    None
}

/// Whitens the dots.
pub(super) fn erase(image: &mut Gray, dots: &[[usize; 4]]) {
    let w = image.width as usize;
    for &[x, y, width, height] in dots {
        for row in y..y + height {
            if let Some(run) = image.pixels.get_mut(row * w + x..row * w + x + width) {
                run.fill(255);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_smaller_than_print_go_and_full_stops_stay() {
        let mut image = Gray {
            width: 200,
            height: 100,
            pixels: vec![255; 20_000],
        };
        let mut dot = |x: usize, y: usize, side: usize| {
            (y..y + side).for_each(|row| image.pixels[row * 200 + x..row * 200 + x + side].fill(0));
        };
        dot(10, 10, 1);
        dot(50, 20, 2);
        dot(90, 40, 4);
        dot(150, 60, 5);
        assert_eq!(largest(300.0), 2);
        let dots = find(&image, largest(300.0));
        assert_eq!(dots, [[10, 10, 1, 1], [50, 20, 2, 2]]);
        erase(&mut image, &dots);
        assert_eq!(image.pixels.iter().filter(|&&v| v == 0).count(), 16 + 25);
    }

    #[test]
    fn strokes_are_not_dots() {
        let mut image = Gray {
            width: 60,
            height: 60,
            pixels: vec![255; 3600],
        };
        (10..50).for_each(|i| image.pixels[i * 60 + i] = 0);
        (5..55).for_each(|x| image.pixels[5 * 60 + x] = 0);
        assert!(find(&image, 2).is_empty());
    }

    #[test]
    fn coarse_scans_have_no_safe_size() {
        assert_eq!(largest(100.0), 0);
    }
}
