//! What a signature shows on its page: a picture of a hand or a seal.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use saoy_pdf::{Append, Dict, Name, Object, ObjectId, PdfError, Rectangle};

use super::SignError;

/// An appearance, drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The page, from 0.
    pub page: usize,
    /// Where on it, pt in the page's own space.
    pub rectangle: Rectangle,
    /// What it shows; as large as fits, in the middle.
    pub picture: Picture,
}

/// A picture, ready for a PDF.
#[derive(Clone, Debug)]
pub struct Picture {
    width: u32,
    height: u32,
    /// Red, green, blue; packed.
    colours: Vec<u8>,
    /// One bit for each pixel, 1 where the paper shows; packed.
    mask: Vec<u8>,
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
            colours: packed(&colours)?,
            mask: packed(&mask)?,
        })
    }

    /// Width over height.
    pub fn ratio(&self) -> f64 {
        f64::from(self.width) / f64::from(self.height.max(1))
    }
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, SignError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn name(text: &str) -> Object {
    Object::Name(Name::new(text))
}

impl Drawn {
    /// Writes the form that shows it.
    pub(super) fn put(&self, append: &mut Append, look: ObjectId) -> Result<(), PdfError> {
        let (picture, mask) = (append.alloc()?, append.alloc()?);
        let image = |more: &[(&str, Object)]| {
            let mut image = Dict::new();
            image.set("Type", name("XObject"));
            image.set("Subtype", name("Image"));
            image.set("Width", Object::Integer(i64::from(self.picture.width)));
            image.set("Height", Object::Integer(i64::from(self.picture.height)));
            image.set("Filter", name("FlateDecode"));
            for (key, value) in more {
                image.set(key, value.clone());
            }
            image
        };
        let stencil = image(&[
            ("ImageMask", Object::Bool(true)),
            ("BitsPerComponent", Object::Integer(1)),
        ]);
        append.put_stream(mask, &stencil, &self.picture.mask)?;
        let colours = image(&[
            ("ColorSpace", calibrated()),
            ("BitsPerComponent", Object::Integer(8)),
            ("Mask", Object::Ref(mask)),
        ]);
        append.put_stream(picture, &colours, &self.picture.colours)?;

        let (width, height) = (self.rectangle.width(), self.rectangle.height());
        let ratio = self.picture.ratio();
        let shown = (width.min(height * ratio), height.min(width / ratio));
        let (left, bottom) = ((width - shown.0) / 2.0, (height - shown.1) / 2.0);
        let content = format!(
            "q {:.3} 0 0 {:.3} {left:.3} {bottom:.3} cm /P Do Q",
            shown.0, shown.1
        );
        let mut pictures = Dict::new();
        pictures.set("P", Object::Ref(picture));
        let mut resources = Dict::new();
        resources.set("XObject", Object::Dict(pictures));
        let mut form = Dict::new();
        form.set("Type", name("XObject"));
        form.set("Subtype", name("Form"));
        let bounds = [0.0, 0.0, width, height].map(Object::Real);
        form.set("BBox", Object::Array(bounds.into()));
        form.set("Resources", Object::Dict(resources));
        append.put_stream(look, &form, content.as_bytes())
    }
}

/// sRGB as a calibrated space (ISO 32000-1, 8.6.5.3): independent of the document's output intent, and needs no profile.
fn calibrated() -> Object {
    let numbers =
        |values: &[f64]| Object::Array(values.iter().copied().map(Object::Real).collect());
    let mut space = Dict::new();
    space.set("WhitePoint", numbers(&[0.9505, 1.0, 1.089]));
    space.set("Gamma", numbers(&[2.2; 3]));
    let matrix = [
        0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505,
    ];
    space.set("Matrix", numbers(&matrix));
    Object::Array(vec![name("CalRGB"), Object::Dict(space)])
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
