//! Bringing a page to the resolution that OCR reads best.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::document::Gray;

/// Finer scans than this many times the target are reduced; between, the gain is smaller than the blur.
const FINER: f32 = 1.17;

/// Axes whose resolutions differ by more than this are made alike (fax: 204 x 98 and 204 x 196 dpi).
const SQUARE: f32 = 1.04;

/// Longest side that is made, px: Tesseract takes 16-bit coordinates.
const LONGEST: f32 = 32_000.0;

/// Pages of unknown resolution are taken to be this wide at the narrow side, inches (A4).
const NARROW_SIDE: f32 = 8.27;

/// The resolution as told where it can be, else what makes an A4 page of the image.
pub(super) fn plausible(dpi: (f32, f32), size: (u32, u32)) -> (f32, f32) {
    let told = |dpi: f32| (50.0..=2400.0).contains(&dpi);
    if told(dpi.0) && told(dpi.1) {
        return dpi;
    }
    let guess = (size.0.min(size.1) as f32 / NARROW_SIDE).clamp(50.0, 2400.0);
    (guess, guess)
}

/// The size to which a page of `size` px is brought before anything else, if it is not good as it is.
pub(super) fn working_size(size: (u32, u32), dpi: (f32, f32), target: f32) -> Option<(u32, u32)> {
    let uneven = dpi.0.max(dpi.1) > SQUARE * dpi.0.min(dpi.1);
    let finest = dpi.0.max(dpi.1);
    let wanted = if finest > FINER * target {
        target
    } else {
        finest
    };
    if wanted >= finest && !uneven {
        return None;
    }
    let side = |px: u32, dpi: f32| (px as f32 * wanted / dpi).round().clamp(1.0, LONGEST) as u32;
    Some((side(size.0, dpi.0), side(size.1, dpi.1)))
}

/// The image resampled with a Catmull-Rom kernel; the image itself where the size cannot be made.
pub(super) fn resized(image: Gray, width: u32, height: u32) -> Gray {
    let resized = (|| {
        let source = ImageRef::new(image.width, image.height, &image.pixels, PixelType::U8).ok()?;
        let mut target = Image::new(width, height, PixelType::U8);
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        Resizer::new()
            .resize(&source, &mut target, Some(&options))
            .ok()?;
        Some(Gray {
            width,
            height,
            pixels: target.into_vec(),
        })
    })();
    resized.unwrap_or(image)
}

/// x-height below which letters are enlarged, px.
const SMALL_X_HEIGHT: f32 = 13.0;

/// x-height to which they are enlarged, px; 13 pt type at 300 dpi has 25.
const GOOD_X_HEIGHT: f32 = 22.0;

/// How many times a page with letters of `x_height` px is to be enlarged.
pub(super) fn enlargement(x_height: Option<f32>, size: (u32, u32)) -> f32 {
    match x_height {
        Some(px) if (3.0..SMALL_X_HEIGHT).contains(&px) => (GOOD_X_HEIGHT / px)
            .min(4.0)
            .min(LONGEST / size.0.max(size.1).max(1) as f32)
            .max(1.0),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_and_uneven_scans_change_and_others_stay() {
        assert_eq!(working_size((2480, 3508), (300.0, 300.0), 300.0), None);
        assert_eq!(working_size((1654, 2339), (200.0, 200.0), 300.0), None);
        assert_eq!(
            working_size((4960, 7016), (600.0, 600.0), 300.0),
            Some((2480, 3508))
        );
        assert_eq!(
            working_size((1728, 1100), (204.0, 98.0), 300.0),
            Some((1728, 2290))
        );
    }

    #[test]
    fn unknown_resolution_is_taken_from_the_size() {
        assert_eq!(plausible((300.0, 300.0), (1, 1)), (300.0, 300.0));
        let (dpi, _) = plausible((0.0, f32::NAN), (2480, 3508));
        assert!((dpi - 300.0).abs() < 1.0);
    }

    #[test]
    fn small_type_is_enlarged() {
        assert_eq!(enlargement(Some(25.0), (2480, 3508)), 1.0);
        assert!(enlargement(Some(8.0), (800, 500)) > 2.0);
        assert_eq!(enlargement(None, (800, 500)), 1.0);
    }

    #[test]
    fn resizing_keeps_flat_greys() {
        let flat = Gray {
            width: 40,
            height: 30,
            pixels: vec![200; 1200],
        };
        let half = resized(flat, 20, 15);
        assert_eq!(half.pixels, vec![200; 300]);
    }
}
