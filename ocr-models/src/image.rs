//! A borrowed view of grey pixels that is known to be well-formed.

use thiserror::Error;

/// Longest side in px: Tesseract keeps coordinates in 16 signed bits.
pub const MAX_SIDE: u32 = 32_767;

/// Most pixels in one request: an A0 sheet at 300 dpi has 140 million; the next power of two.
pub const MAX_PIXELS: u64 = 1 << 28;

/// 8-bit grey pixels of a page or a part of one, 0 = black; rows may be parts of longer rows.
#[derive(Clone, Copy, Debug)]
pub struct GrayView<'a> {
    width: u32,
    height: u32,
    stride: usize,
    dpi: u32,
    pixels: &'a [u8],
}

/// Why pixels cannot be read; the caller's mistake.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// A side is zero or longer than [`MAX_SIDE`], or there are more than [`MAX_PIXELS`].
    #[error("an image of {width} x {height} px cannot be read")]
    Size {
        /// Width in px.
        width: u32,
        /// Height in px.
        height: u32,
    },
    /// The buffer is shorter than the rows need.
    #[error("{width} x {height} px need {needed} bytes, there are {bytes}")]
    Short {
        /// Width in px.
        width: u32,
        /// Height in px.
        height: u32,
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        bytes: usize,
    },
    /// The part asked for is not inside the image.
    #[error("{w} x {h} px at ({x}, {y}) do not lie inside {width} x {height} px")]
    Outside {
        /// Left edge asked for, px.
        x: u32,
        /// Top edge asked for, px.
        y: u32,
        /// Width asked for, px.
        w: u32,
        /// Height asked for, px.
        h: u32,
        /// Width of the image, px.
        width: u32,
        /// Height of the image, px.
        height: u32,
    },
}

impl<'a> GrayView<'a> {
    /// A whole image: `width * height` bytes row by row, scanned at `dpi` dots per inch (0 when unknown).
    ///
    /// # Errors
    /// [`ImageError::Size`] and [`ImageError::Short`].
    pub fn new(width: u32, height: u32, dpi: u32, pixels: &'a [u8]) -> Result<Self, ImageError> {
        if !can_be_read(width, height) {
            return Err(ImageError::Size { width, height });
        }
        let stride = width as usize;
        let needed = stride * height as usize;
        if pixels.len() < needed {
            return Err(ImageError::Short {
                width,
                height,
                needed,
                bytes: pixels.len(),
            });
        }
        Ok(Self {
            width,
            height,
            stride,
            dpi,
            pixels,
        })
    }

    /// A part of this image, without copying: the line at (`x`, `y`), `w` by `h` px.
    ///
    /// # Errors
    /// [`ImageError::Outside`] when the part is empty or not inside.
    pub fn part(&self, x: u32, y: u32, w: u32, h: u32) -> Result<Self, ImageError> {
        let outside = ImageError::Outside {
            x,
            y,
            w,
            h,
            width: self.width,
            height: self.height,
        };
        let inside = |at: u32, len: u32, whole: u32| {
            len > 0 && at.checked_add(len).is_some_and(|end| end <= whole)
        };
        if !inside(x, w, self.width) || !inside(y, h, self.height) {
            return Err(outside);
        }
        let start = y as usize * self.stride + x as usize;
        let pixels = self.pixels.get(start..).ok_or(outside)?;
        Ok(Self {
            width: w,
            height: h,
            pixels,
            ..*self
        })
    }

    /// Width in px.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in px.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Dots per inch, 0 when unknown.
    pub fn dpi(&self) -> u32 {
        self.dpi
    }

    /// Number of pixels.
    pub(crate) fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The pixels as few contiguous pieces as there are: one for a whole image, one per row for a part.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'a [u8]> {
        let (width, height) = (self.width as usize, self.height as usize);
        let (piece, stride, count) = if self.stride == width {
            (width * height, width * height, 1)
        } else {
            (width, self.stride, height)
        };
        self.pixels
            .chunks(stride)
            .take(count)
            .filter_map(move |row| row.get(..piece))
    }
}

/// Whether both sides and the area are within the limits.
pub(crate) fn can_be_read(width: u32, height: u32) -> bool {
    (1..=MAX_SIDE).contains(&width)
        && (1..=MAX_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MAX_PIXELS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_gives_its_rows() {
        let pixels: Vec<u8> = (0..12).collect();
        let whole = GrayView::new(4, 3, 300, &pixels).unwrap();
        let part = whole.part(1, 1, 2, 2).unwrap();
        assert_eq!(part.pieces().collect::<Vec<_>>(), [&[5, 6][..], &[9, 10]]);
        let inner = part.part(1, 1, 1, 1).unwrap();
        assert_eq!(inner.pieces().collect::<Vec<_>>(), [&[10][..]]);
        assert_eq!(whole.pieces().collect::<Vec<_>>(), [&pixels[..]]);
    }

    #[test]
    fn sizes_are_checked() {
        let pixels = [0; 8];
        assert!(matches!(
            GrayView::new(0, 1, 300, &pixels),
            Err(ImageError::Size { .. })
        ));
        assert!(matches!(
            GrayView::new(40_000, 1, 300, &pixels),
            Err(ImageError::Size { .. })
        ));
        assert!(matches!(
            GrayView::new(32_767, 32_767, 300, &pixels),
            Err(ImageError::Size { .. })
        ));
        assert!(matches!(
            GrayView::new(3, 3, 300, &pixels),
            Err(ImageError::Short { needed: 9, .. })
        ));
        let view = GrayView::new(4, 2, 300, &pixels).unwrap();
        for (x, y, w, h) in [
            (0, 0, 5, 1),
            (0, 0, 1, 3),
            (4, 0, 1, 1),
            (0, 0, 0, 1),
            (u32::MAX, 0, 2, 1),
        ] {
            assert!(
                matches!(view.part(x, y, w, h), Err(ImageError::Outside { .. })),
                "{x} {y} {w} {h}"
            );
        }
    }
}
