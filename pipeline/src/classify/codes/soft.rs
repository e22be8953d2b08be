//! QR codes on dithered scans: black and white dots stand for grey, so that nothing has an edge before it is softened.

use super::ink::Ink;
use super::qr;
use crate::classify::Code;
use crate::document::{Gray, Raster};

/// Passes of a box of 3 px, one after the other, and after which of them is looked: at 200 dpi a module of 0.5 mm has 4 px and bears
/// the least; coarser dots want the most.
const PASSES: [u32; 3] = [1, 1, 2];

/// Every so many px are asked whether the page is black and white.
const EVERY: usize = 61;

/// The QR codes of a page that has dots for grey; none on others. Boxes in raster px.
pub(super) fn find(raster: &Raster, dpi: f32) -> Vec<Code> {
    let Raster::Gray(image) = raster else {
        return Vec::new();
    };
    let asked = image.pixels.iter().step_by(EVERY);
    if !asked.into_iter().all(|value| matches!(value, 0 | 255)) {
        return Vec::new();
    }
    let mut soft = image.clone();
    for passes in PASSES {
        (0..passes).for_each(|_| blur(&mut soft));
        let raster = Raster::Gray(soft);
        let found = qr::find(&Ink::new(&raster), dpi);
        if !found.is_empty() {
            return found;
        }
        match raster {
            Raster::Gray(image) => soft = image,
            Raster::Rgb(_) => break,
        }
    }
    Vec::new()
}

/// The mean of 3 x 3 px; those at the rim stay.
fn blur(image: &mut Gray) {
    let (w, h) = (image.width as usize, image.height as usize);
    if w < 3 || h < 3 {
        return;
    }
    // Sums of three across, then means of three of these down; a row is written when the three around it were summed.
    let sums_of = |row: &[u8], sums: &mut [u16]| {
        for (sum, three) in sums.iter_mut().skip(1).zip(row.windows(3)) {
            *sum = three.iter().map(|value| u16::from(*value)).sum();
        }
    };
    let mut sums = vec![vec![0_u16; w]; 3];
    for (row, sums) in image.pixels.chunks_exact(w).zip(&mut sums).take(2) {
        sums_of(row, sums);
    }
    for y in 1..h - 1 {
        let (before, next) = image.pixels.split_at_mut((y + 1) * w);
        sums_of(&next[..w], &mut sums[(y + 1) % 3]);
        let row = &mut before[y * w..];
        let [a, b, c] = [&sums[0], &sums[1], &sums[2]];
        let columns = row.iter_mut().zip(a).zip(b).zip(c);
        for (((value, a), b), c) in columns.skip(1).take(w - 2) {
            *value = ((a + b + c) / 9) as u8;
        }
    }
}
