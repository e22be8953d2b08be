//! Pictures of hands and seals, from PNG files.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use crate::sign::SignError;

/// A picture, ready for a PDF.
#[derive(Clone, Debug)]
pub struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pixels per metre, when the file says so.
    per_metre: Option<(u32, u32)>,
    /// Red, green, blue; packed.
    pub(super) colours: Vec<u8>,
    /// One bit for each pixel, 1 where the paper shows; packed.
    pub(super) mask: Vec<u8>,
}

/// Most pixels of a picture: A4 at 600 dpi.
const PIXELS: u64 = 35_000_000;

impl Picture {
    /// Reads a PNG; what is at most half opaque lets the paper show.
    ///
    /// Edges are hard instead of soft: PDF/A-1 allows no transparency, and later parts only where the page says in which
    /// colours to blend, which the pages of others often do not. At the resolution of a seal nobody sees it.
    ///
    /// # Errors
    /// When it is no PNG, or too large.
    pub fn from_png(bytes: &[u8]) -> Result<Self, SignError> {
        let wrong = |error: png::DecodingError| SignError::Picture(error.to_string());
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(
            png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
        );
        let mut reader = decoder.read_info().map_err(wrong)?;
        let (width, height) = reader.info().size();
        let per_metre = reader
            .info()
            .pixel_dims
            .filter(|dims| matches!(dims.unit, png::Unit::Meter) && dims.xppu > 0 && dims.yppu > 0)
            .map(|dims| (dims.xppu, dims.yppu));
        let too_large = || SignError::Picture(format!("{width} x {height} pixels are too many"));
        if u64::from(width).saturating_mul(u64::from(height)) > PIXELS {
            return Err(too_large());
        }
        let mut pixels = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
        let frame = reader.next_frame(&mut pixels).map_err(wrong)?;
        let samples = frame.color_type.samples();
        let row = usize::try_from(width).unwrap_or(0).saturating_mul(samples);
        let mut colours = Vec::new();
        let mut mask = Vec::new();
        for line in pixels.chunks_exact(row.max(1)) {
            let (mut byte, mut bits) = (0_u8, 0_u8);
            for pixel in line.chunks_exact(samples) {
                let (colour, alpha) = match pixel {
                    [grey, alpha] => ([*grey; 3], *alpha),
                    [red, green, blue, alpha] => ([*red, *green, *blue], *alpha),
                    _ => ([255; 3], 0),
                };
                colours.extend(colour.map(|value| on_white(value, alpha)));
                byte = byte << 1 | u8::from(alpha < 128);
                bits += 1;
                if bits == 8 {
                    mask.push(byte);
                    (byte, bits) = (0, 0);
                }
            }
            if bits > 0 {
                mask.push(byte << (8 - bits));
            }
        }
        Ok(Self {
            width,
            height,
            per_metre,
            colours: packed(&colours)?,
            mask: packed(&mask)?,
        })
    }

    /// Width over height.
    pub fn ratio(&self) -> f64 {
        f64::from(self.width) / f64::from(self.height.max(1))
    }

    /// Width and height in pt as the file's resolution has them; `None` when it has none.
    pub fn size(&self) -> Option<(f64, f64)> {
        let (across, down) = self.per_metre?;
        let pt = |px: u32, per_metre: u32| f64::from(px) / f64::from(per_metre) / 0.0254 * 72.0;
        Some((pt(self.width, across), pt(self.height, down)))
    }
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
}

pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>, SignError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn pictures_keep_colours_and_let_the_paper_show() {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(png::ColorType::Rgba);
        let mut writer = encoder.write_header().unwrap();
        writer
            .write_image_data(&[200, 0, 0, 255, 0, 0, 200, 0])
            .unwrap();
        writer.finish().unwrap();
        let picture = Picture::from_png(&bytes).unwrap();
        let unpacked = |data: &[u8]| {
            let mut out = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(data), &mut out)
                .unwrap();
            out
        };
        assert_eq!(unpacked(&picture.colours), [200, 0, 0, 255, 255, 255]);
        assert_eq!(unpacked(&picture.mask), [0b0100_0000]);
        assert!(Picture::from_png(b"GIF89a").is_err());
    }
}
