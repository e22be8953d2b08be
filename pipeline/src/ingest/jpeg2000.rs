//! JPEG 2000: kept as JP2 where PDF/A-2 allows it, decoded to grey or sRGB for reading.

use crate::record::said;
use std::sync::Arc;

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use super::error::Fault;
use super::guard;
use super::limits::Limits;
use super::recode::recode;
use super::samples::{cmyk, over_white};
use super::{LoadedPage, Note};
use crate::document::{Coding, Gray, Raster, Rgb, StoredImage, Turn};
use boxes::Boxes;

mod boxes;

/// Loads the page that a JPEG 2000 file is.
pub(super) fn load(data: Vec<u8>, limits: &Limits) -> Result<LoadedPage, Fault> {
    let boxes = Boxes::read(&data)?;
    // Wavelet coefficients and samples, both of 4 bytes a component, and the pixels.
    limits.admit(boxes.width, boxes.height, 9 * u64::from(boxes.components))?;
    let decoded = guard::decode(|| decode(&data))?;
    let mut notes = Vec::new();
    if decoded.flattened {
        notes.push(Note::TransparencyFlattened);
    }
    if decoded.inks {
        notes.push(Note::InksConverted);
    }
    if boxes.bits > 8 {
        notes.push(Note::DepthReduced);
    }
    let dpi = boxes.dpi;
    let stored = match boxes.wrapper() {
        _ if decoded.flattened || decoded.inks => recode(&decoded.raster),
        Some(Wrapper::Own) => jpx(&boxes, data.into(), true),
        Some(Wrapper::New(components)) => {
            jpx(&boxes, boxes::wrap(&boxes, &data, components).into(), false)
        }
        None => recode(&decoded.raster),
    };
    Ok(LoadedPage::assemble(
        decoded.raster,
        stored,
        Turn::None,
        &[dpi],
        notes,
    ))
}

/// Which JP2 boxes go around the codestream in the output.
enum Wrapper {
    /// The file's own.
    Own,
    /// New ones for grey (1) or sRGB (3): the file is a bare codestream.
    New(u8),
}

impl Boxes {
    /// ISO 19005-2, 6.2.8.3, and what all PDF readers show alike: 8 bits, grey or sRGB, one colour
    /// specification, no palette, no channel definitions.
    fn wrapper(&self) -> Option<Wrapper> {
        if self.bits != 8 || self.odd_samples || !matches!(self.components, 1 | 3) {
            return None;
        }
        if self.bare {
            // Bare codestreams of three components without the colour transform may be anything; with
            // it they are RGB.
            return Some(Wrapper::New(u8::try_from(self.components).unwrap_or(1)));
        }
        let space = match self.components {
            1 => boxes::SPACE_GRAY,
            _ => boxes::SPACE_SRGB,
        };
        (self.color_boxes == 1 && self.space == Some(space) && !self.has_channel_boxes)
            .then_some(Wrapper::Own)
    }
}

fn jpx(boxes: &Boxes, data: Arc<[u8]>, untouched: bool) -> StoredImage {
    StoredImage {
        width: boxes.width,
        height: boxes.height,
        coding: Coding::Jpx { data },
        untouched,
    }
}

struct Decoded {
    raster: Raster,
    flattened: bool,
    inks: bool,
}

fn decode(data: &[u8]) -> Result<Decoded, Fault> {
    let damaged = |error: hayro_jpeg2000::DecodeError| Fault::decoder(None, &error);
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let image = Image::new(data, &settings).map_err(damaged)?;
    let (width, height) = (image.width(), image.height());
    let has_alpha = image.has_alpha();
    let channels = match image.color_space() {
        ColorSpace::Unknown { .. } => {
            return Err(Fault::unsupported(said!(
                "JPEG 2000 không rõ không gian màu",
                "JPEG 2000 without a known colour space"
            )));
        }
        space => usize::from(space.num_channels()),
    };
    let mut context = DecoderContext::default();
    let samples = image.decode(&mut context).map_err(damaged)?.data_u8();
    drop(context);
    let size = channels + usize::from(has_alpha);
    let expected = usize::try_from(u64::from(width) * u64::from(height))
        .unwrap_or(usize::MAX)
        .saturating_mul(size);
    if samples.len() != expected {
        return Err(Fault::damaged(
            None,
            said!(
                "các thành phần màu không cùng kích thước",
                "the components are not of one size"
            ),
        ));
    }
    let flattened = has_alpha
        && samples
            .chunks_exact(size)
            .any(|pixel| pixel.last() != Some(&255));
    let pixels = flatten(samples, channels, has_alpha)?;
    let raster = if channels == 1 {
        Raster::Gray(Gray {
            width,
            height,
            pixels,
        })
    } else {
        Raster::Rgb(Rgb {
            width,
            height,
            pixels,
        })
    };
    Ok(Decoded {
        raster,
        flattened,
        inks: channels == 4,
    })
}

/// Channels as decoded to grey or RGB on white.
fn flatten(samples: Vec<u8>, channels: usize, has_alpha: bool) -> Result<Vec<u8>, Fault> {
    if !has_alpha && matches!(channels, 1 | 3) {
        return Ok(samples);
    }
    let size = channels + usize::from(has_alpha);
    let wanted = if channels == 1 { 1 } else { 3 };
    let mut pixels = Vec::with_capacity(samples.len() / size * wanted);
    for pixel in samples.chunks_exact(size) {
        let cover = if has_alpha {
            pixel.last().copied().unwrap_or(255)
        } else {
            255
        };
        let colors = match (channels, pixel) {
            (1, [gray, ..]) => [*gray; 3],
            (3, [r, g, b, ..]) => [*r, *g, *b],
            (4, [c, m, y, k, ..]) => cmyk(*c, *m, *y, *k),
            _ => {
                return Err(Fault::unsupported(said!(
                    "JPEG 2000 có {channels} kênh",
                    "JPEG 2000 of {channels} channels"
                )));
            }
        };
        pixels.extend(
            colors
                .iter()
                .take(wanted)
                .map(|value| over_white(*value, cover)),
        );
    }
    Ok(pixels)
}
