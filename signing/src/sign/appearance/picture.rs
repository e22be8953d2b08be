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
    /// With hard edges: for documents without transparency, and for pictures that need none.
    pub(super) hard: Hard,
    /// With what is half transparent, where there is any.
    pub(super) soft: Option<Soft>,
}

/// Every pixel shows, or the paper does.
#[derive(Clone, Debug)]
pub(super) struct Hard {
    /// Red, green, blue, as they are on white paper; packed.
    pub(super) colours: Vec<u8>,
    /// One bit for each pixel, 1 where the paper shows; packed.
    pub(super) mask: Vec<u8>,
}

/// The paper shines through.
#[derive(Clone, Debug)]
pub(super) struct Soft {
    /// Red, green, blue; packed.
    pub(super) colours: Vec<u8>,
    /// A byte for each pixel, 255 where it hides the paper; packed.
    pub(super) alpha: Vec<u8>,
}

/// Most pixels of a picture: A4 at 600 dpi.
const PIXELS: u64 = 35_000_000;
/// What is as good as transparent, or as good as opaque: on white nobody sees a sixteenth of an ink.
const CLEAR: u8 = 16;

impl Picture {
    /// Reads a PNG.
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
        let mut bytes = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
        let frame = reader.next_frame(&mut bytes).map_err(wrong)?;
        let pixels = Pixels {
            bytes: &bytes,
            samples: frame.color_type.samples(),
            width: usize::try_from(width).unwrap_or(0),
        };
        let is_soft = pixels
            .all()
            .any(|(_, alpha)| (CLEAR..=255 - CLEAR).contains(&alpha));
        Ok(Self {
            width,
            height,
            per_metre,
            // Where much is half transparent, half of it would be gone with a limit in the middle.
            hard: pixels.hard(if is_soft { CLEAR } else { 128 })?,
            soft: if is_soft { Some(pixels.soft()?) } else { None },
        })
    }

    /// Whether some of it is half transparent.
    pub fn is_soft(&self) -> bool {
        self.soft.is_some()
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

/// Decoded rows.
struct Pixels<'a> {
    bytes: &'a [u8],
    /// For each pixel.
    samples: usize,
    width: usize,
}

impl Pixels<'_> {
    fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = ([u8; 3], u8)>> {
        let samples = self.samples.max(1);
        let row = self.width.saturating_mul(samples).max(1);
        self.bytes.chunks_exact(row).map(move |row| {
            row.chunks_exact(samples).map(|pixel| match pixel {
                [grey, alpha] => ([*grey; 3], *alpha),
                [red, green, blue, alpha] => ([*red, *green, *blue], *alpha),
                _ => ([255; 3], 0),
            })
        })
    }

    fn all(&self) -> impl Iterator<Item = ([u8; 3], u8)> {
        self.rows().flatten()
    }

    /// The paper shows where there is less than `least` of a pixel.
    fn hard(&self, least: u8) -> Result<Hard, SignError> {
        let mut colours = Packer::new();
        let mut mask = Vec::new();
        for row in self.rows() {
            let (mut byte, mut bits) = (0_u8, 0_u8);
            for (colour, alpha) in row {
                colours.put(&colour.map(|value| on_white(value, alpha)))?;
                byte = byte << 1 | u8::from(alpha < least);
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
        Ok(Hard {
            colours: colours.finish()?,
            mask: packed(&mask)?,
        })
    }

    fn soft(&self) -> Result<Soft, SignError> {
        let (mut colours, mut alphas) = (Packer::new(), Packer::new());
        for (colour, alpha) in self.all() {
            // What nobody sees need not be kept.
            let colour = if alpha == 0 { [255; 3] } else { colour };
            colours.put(&colour)?;
            alphas.put(&[alpha])?;
        }
        Ok(Soft {
            colours: colours.finish()?,
            alpha: alphas.finish()?,
        })
    }
}

/// Packs what comes in small pieces.
struct Packer {
    encoder: ZlibEncoder<Vec<u8>>,
    waiting: Vec<u8>,
}

impl Packer {
    /// Bytes that are packed together.
    const PIECE: usize = 64 << 10;

    fn new() -> Self {
        Self {
            encoder: ZlibEncoder::new(Vec::new(), Compression::default()),
            waiting: Vec::with_capacity(Self::PIECE),
        }
    }

    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= Self::PIECE {
            self.encoder.write_all(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> std::io::Result<Vec<u8>> {
        self.encoder.write_all(&self.waiting)?;
        self.encoder.finish()
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

    fn png(pixels: &[[u8; 4]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let width = u32::try_from(pixels.len()).unwrap();
        let mut encoder = png::Encoder::new(&mut bytes, width, 1);
        encoder.set_color(png::ColorType::Rgba);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&pixels.concat()).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn unpacked(data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(data), &mut out).unwrap();
        out
    }

    #[test]
    fn pictures_keep_colours_and_let_the_paper_show() {
        let picture = Picture::from_png(&png(&[[200, 0, 0, 255], [0, 0, 200, 0]])).unwrap();
        assert!(!picture.is_soft());
        assert_eq!(unpacked(&picture.hard.colours), [200, 0, 0, 255, 255, 255]);
        assert_eq!(unpacked(&picture.hard.mask), [0b0100_0000]);
        assert!(Picture::from_png(b"GIF89a").is_err());
    }

    #[test]
    fn what_is_half_transparent_is_kept_and_can_be_flattened() {
        let pixels = [[200, 0, 0, 255], [200, 0, 0, 51], [200, 0, 0, 0]];
        let picture = Picture::from_png(&png(&pixels)).unwrap();
        let soft = picture.soft.as_ref().unwrap();
        assert_eq!(unpacked(&soft.alpha), [255, 51, 0]);
        assert_eq!(
            unpacked(&soft.colours),
            [200, 0, 0, 200, 0, 0, 255, 255, 255]
        );
        // A fifth of the ink on white.
        assert_eq!(
            unpacked(&picture.hard.colours),
            [200, 0, 0, 244, 204, 204, 255, 255, 255]
        );
        assert_eq!(unpacked(&picture.hard.mask), [0b0010_0000]);
    }
}
