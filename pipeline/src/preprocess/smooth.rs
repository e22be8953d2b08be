//! Soft edges for bilevel scans, whose staircases the reader's network has seldom seen.

use crate::document::Gray;

/// Weighs each pixel with its neighbours by 1-2-1 across and down (a Gaussian of 0.7 px), in place.
pub(super) fn soften(image: &mut Gray) {
    let w = image.width as usize;
    let h = image.height as usize;
    if w < 3 || h < 3 {
        return;
    }
    let mut above = vec![0u16; w];
    let mut here = vec![0u16; w];
    let mut below = vec![0u16; w];
    across(&image.pixels[..w], &mut here);
    above.copy_from_slice(&here);
    for y in 0..h {
        let next = (y + 1).min(h - 1);
        across(&image.pixels[next * w..(next + 1) * w], &mut below);
        let out = &mut image.pixels[y * w..(y + 1) * w];
        for (((out, &a), &b), &c) in out.iter_mut().zip(&above).zip(&here).zip(&below) {
            *out = ((a + 2 * b + c + 8) >> 4) as u8;
        }
        std::mem::swap(&mut above, &mut here);
        std::mem::swap(&mut here, &mut below);
    }
}

/// Four times the 1-2-1 mean of each pixel of a row; the ends count double.
fn across(row: &[u8], out: &mut [u16]) {
    let sum = |a: u8, b: u8, c: u8| u16::from(a) + 2 * u16::from(b) + u16::from(c);
    for (out, three) in out[1..].iter_mut().zip(row.windows(3)) {
        *out = sum(three[0], three[1], three[2]);
    }
    let last = row.len() - 1;
    out[0] = sum(row[0], row[0], row[1]);
    out[last] = sum(row[last - 1], row[last], row[last]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_spreads_and_flat_grey_stays() {
        let mut image = Gray {
            width: 5,
            height: 5,
            pixels: vec![160; 25],
        };
        soften(&mut image);
        assert_eq!(image.pixels, vec![160; 25]);
        image.pixels[12] = 0;
        soften(&mut image);
        assert_eq!(&image.pixels[10..15], [160, 140, 120, 140, 160]);
        assert_eq!((image.pixels[6], image.pixels[7]), (150, 140));
        assert_eq!(image.pixels[0], 160);
    }
}
