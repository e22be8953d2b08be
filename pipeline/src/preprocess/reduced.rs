//! Box means of a grey page: the small copies on which everything but pixel work is decided.

use crate::document::Gray;

/// Largest factor: 16 rows of 255 still fit the 16-bit column sums.
pub(super) const MAX_FACTOR: u32 = 16;

/// The mean of every `factor` x `factor` cell; cells cut by the right and bottom edges are left out.
///
/// A factor larger than the image gives an empty image.
pub(super) fn reduce(image: &Gray, factor: u32) -> Gray {
    let factor = factor.clamp(1, MAX_FACTOR);
    if factor == 1 {
        return image.clone();
    }
    let (width, height) = (image.width / factor, image.height / factor);
    let mut pixels = Vec::with_capacity((width as usize) * (height as usize));
    let f = factor as usize;
    let source = image.width as usize;
    let mut sums = vec![0u16; source];
    let reciprocal = 65_536u32.div_ceil(factor * factor);
    if width == 0 || height == 0 {
        return Gray {
            width,
            height,
            pixels,
        };
    }
    for rows in image.pixels.chunks_exact(source * f).take(height as usize) {
        sums.fill(0);
        for row in rows.chunks_exact(source) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += u16::from(value);
            }
        }
        pixels.extend(sums.chunks_exact(f).map(|cell| {
            let total: u32 = cell.iter().map(|&v| u32::from(v)).sum();
            ((total * reciprocal) >> 16).min(255) as u8
        }));
    }
    Gray {
        width,
        height,
        pixels,
    }
}

/// The factor that brings `dpi` closest to `wanted` dpi.
pub(super) fn factor(dpi: f32, wanted: f32) -> u32 {
    ((dpi / wanted).round() as u32).clamp(1, MAX_FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_exact_at_the_ends() {
        let white = Gray {
            width: 7,
            height: 7,
            pixels: vec![255; 49],
        };
        assert_eq!(
            reduce(&white, 3),
            Gray {
                width: 2,
                height: 2,
                pixels: vec![255; 4]
            }
        );
        let black = Gray {
            width: 16,
            height: 16,
            pixels: vec![0; 256],
        };
        assert_eq!(reduce(&black, 16).pixels, vec![0]);
        let half = Gray {
            width: 4,
            height: 2,
            pixels: vec![0, 255, 0, 0, 255, 0, 0, 0],
        };
        assert_eq!(reduce(&half, 2).pixels, vec![127, 0]);
    }

    #[test]
    fn factors_larger_than_the_image_leave_nothing() {
        let dot = Gray {
            width: 3,
            height: 1,
            pixels: vec![9; 3],
        };
        assert_eq!(reduce(&dot, 4).pixels.len(), 0);
    }
}
