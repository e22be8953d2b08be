//! PNG files: image data kept as they are where PDF can hold them, decoded row by row for reading.

use crate::record::said;
use std::io::Cursor;
use std::sync::Arc;

use png::{BitDepth, ColorType, Decoder, Info, Transformations, Unit};

use super::error::Fault;
use super::exif::Exif;
use super::guard;
use super::jpeg::profile_fits;
use super::limits::Limits;
use super::recode::{is_bilevel_image, recode};
use super::samples::{Alpha, Layout, Meaning};
use super::{LoadedPage, Note};
use crate::document::{Coding, Raster, StoredImage};

/// Loads the page that a PNG file is.
pub(super) fn load(data: &[u8], limits: &Limits) -> Result<LoadedPage, Fault> {
    let chunks = Chunks::read(data)?;
    // Pixels as RGB, a packed row, and for interlaced files all samples once more.
    limits.admit(
        chunks.width,
        chunks.height,
        if chunks.interlaced { 11 } else { 3 },
    )?;
    let decoded = guard::decode(|| decode(data, limits))?;
    let mut notes = Vec::new();
    if decoded.flattened {
        notes.push(Note::TransparencyFlattened);
    }
    if decoded.depth == 16 {
        notes.push(Note::DepthReduced);
    }
    if decoded.animated {
        notes.push(Note::Animation);
    }
    let exif = chunks.exif.map(Exif::read).unwrap_or_default();
    let stored = chunks
        .stored(&decoded)
        .unwrap_or_else(|| recode(&decoded.raster));
    Ok(LoadedPage::assemble(
        decoded.raster,
        stored,
        exif.turn,
        &[decoded.dpi, exif.dpi],
        notes,
    ))
}

struct Decoded {
    raster: Raster,
    depth: u8,
    color: ColorType,
    palette: Option<Vec<[u8; 3]>>,
    flattened: bool,
    animated: bool,
    icc: Option<Arc<[u8]>>,
    dpi: Option<(f32, f32)>,
}

fn decode(data: &[u8], limits: &Limits) -> Result<Decoded, Fault> {
    let damaged = |error: png::DecodingError| Fault::decoder(None, &error);
    let bytes = usize::try_from(limits.max_page_bytes).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(data), png::Limits { bytes });
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    let plan = Plan::of(info);
    let mut decoded = Decoded {
        raster: plan.layout.raster(0, 0, Vec::new()),
        depth: plan.layout.bits,
        color: info.color_type,
        palette: plan.palette.clone(),
        flattened: plan.layout.alpha.is_some() || plan.transparent.is_some(),
        animated: info.animation_control.is_some(),
        icc: info.icc_profile.as_ref().map(|icc| Arc::from(icc.as_ref())),
        dpi: info
            .pixel_dims
            .filter(|dims| dims.unit == Unit::Meter)
            .map(|dims| {
                let per_inch = |per_meter: u32| per_meter as f32 * 0.0254;
                (per_inch(dims.xppu), per_inch(dims.yppu))
            }),
    };
    let pixels = limits.admit(width, height, 3)?;
    let mut out = plan.layout.blank(pixels);
    let row_pixels = out.len() / usize::try_from(height).unwrap_or(1).max(1);
    let mut scratch = Vec::new();
    if info.interlaced {
        let size = reader.output_buffer_size().ok_or_else(|| {
            Fault::damaged(
                None,
                said!("ảnh không có kích thước", "the image has no size"),
            )
        })?;
        let mut packed = vec![0; size];
        let shape = reader.next_frame(&mut packed).map_err(damaged)?;
        for (row, to) in packed
            .chunks_exact(shape.line_size.max(1))
            .zip(out.chunks_mut(row_pixels))
        {
            plan.convert(row, &mut scratch, to)?;
        }
    } else {
        for (number, to) in out.chunks_mut(row_pixels).enumerate() {
            let row = reader.next_row().map_err(damaged)?;
            let row = row.ok_or_else(|| {
                Fault::damaged(
                    None,
                    said!(
                        "điểm ảnh hết ở dòng {number} trên {height}",
                        "the pixels end at row {number} of {height}"
                    ),
                )
            })?;
            plan.convert(row.data(), &mut scratch, to)?;
        }
    }
    reader.finish().map_err(damaged)?;
    decoded.raster = plan.layout.raster(width, height, out);
    Ok(decoded)
}

/// How packed rows become pixels.
struct Plan {
    layout: Layout,
    palette: Option<Vec<[u8; 3]>>,
    /// The covers of the palette's entries, or the samples of the one colour that is transparent, each in
    /// as many bytes as in a row.
    transparent: Option<Vec<u8>>,
}

impl Plan {
    fn of(info: &Info<'_>) -> Self {
        let transparent = info.trns.as_ref().map(|trns| trns.to_vec());
        let mut palette = None;
        let (meaning, alpha) = match info.color_type {
            ColorType::Grayscale => (Meaning::Gray, None),
            ColorType::GrayscaleAlpha => (Meaning::Gray, Some(Alpha::Straight)),
            ColorType::Rgb => (Meaning::Rgb, None),
            ColorType::Rgba => (Meaning::Rgb, Some(Alpha::Straight)),
            ColorType::Indexed => {
                let colors = info
                    .palette
                    .as_ref()
                    .map(|colors| colors.as_chunks::<3>().0.to_vec());
                let mut colors = colors.unwrap_or_default();
                palette = Some(colors.clone());
                lay_on_white(&mut colors, transparent.as_deref().unwrap_or_default());
                (Meaning::Palette(colors), None)
            }
        };
        let bits = match info.bit_depth {
            BitDepth::One => 1,
            BitDepth::Two => 2,
            BitDepth::Four => 4,
            BitDepth::Eight => 8,
            BitDepth::Sixteen => 16,
        };
        let samples = meaning.samples() + usize::from(alpha.is_some());
        Self {
            layout: Layout {
                bits,
                samples,
                meaning,
                alpha,
            },
            palette,
            transparent,
        }
    }

    fn convert(&self, packed: &[u8], scratch: &mut Vec<u8>, out: &mut [u8]) -> Result<(), Fault> {
        self.layout.convert(packed, scratch, out)?;
        if self.palette.is_none()
            && let Some(key) = &self.transparent
        {
            self.whiten(key, packed, out);
        }
        Ok(())
    }

    /// Pixels of the one transparent colour (PNG, 3rd edition, 11.3.1.1) become white.
    fn whiten(&self, key: &[u8], packed: &[u8], out: &mut [u8]) {
        let layout = &self.layout;
        let pixels = out.chunks_mut(layout.channels());
        if layout.bits < 8 {
            let wanted = key.first().copied().unwrap_or_default();
            let per_byte = 8 / usize::from(layout.bits);
            let mask = (1_u8 << layout.bits) - 1;
            for (place, pixel) in pixels.enumerate() {
                let shift = 8 - usize::from(layout.bits) * (place % per_byte + 1);
                let byte = packed.get(place / per_byte).copied().unwrap_or_default();
                if (byte >> shift) & mask == wanted {
                    pixel.fill(255);
                }
            }
            return;
        }
        let wide = layout.bits == 16;
        let size = layout.samples * if wide { 2 } else { 1 };
        for (raw, pixel) in packed.chunks_exact(size).zip(pixels) {
            if raw == key {
                pixel.fill(255);
            }
        }
    }
}

fn lay_on_white(colors: &mut [[u8; 3]], covers: &[u8]) {
    for (color, &cover) in colors.iter_mut().zip(covers) {
        *color = color.map(|value| super::samples::over_white(value, cover));
    }
}

/// The chunks that matter for keeping the coded data.
struct Chunks<'a> {
    width: u32,
    height: u32,
    interlaced: bool,
    image: Vec<&'a [u8]>,
    exif: Option<&'a [u8]>,
}

impl<'a> Chunks<'a> {
    fn read(data: &'a [u8]) -> Result<Self, Fault> {
        let mut chunks = Self {
            width: 0,
            height: 0,
            interlaced: false,
            image: Vec::new(),
            exif: None,
        };
        let mut at = SIGNATURE_BYTES;
        loop {
            let (kind, body, next) = chunk(data, at)?;
            match kind {
                b"IHDR" => chunks.take_header(body, at)?,
                b"IDAT" => chunks.image.push(body),
                b"eXIf" => chunks.exif = Some(body),
                b"IEND" => break,
                _ => {}
            }
            at = next;
        }
        if chunks.width == 0 {
            return Err(Fault::damaged(
                SIGNATURE_BYTES as u64,
                said!("không có phần đầu ảnh", "no image header"),
            ));
        }
        Ok(chunks)
    }

    fn take_header(&mut self, body: &[u8], at: usize) -> Result<(), Fault> {
        let side = |place: usize| {
            body.get(place..)
                .and_then(|rest| rest.first_chunk())
                .map(|b| u32::from_be_bytes(*b))
        };
        let (Some(width), Some(height), Some(interlace)) = (side(0), side(4), body.get(12)) else {
            return Err(Fault::damaged(
                at as u64,
                said!("phần đầu ảnh quá ngắn", "the image header is too short"),
            ));
        };
        (self.width, self.height, self.interlaced) = (width, height, *interlace != 0);
        Ok(())
    }

    /// The coded rows as they are, when PDF can say all that they mean (ISO 32000-1, 7.4.4.4).
    fn stored(&self, decoded: &Decoded) -> Option<StoredImage> {
        if self.interlaced || decoded.flattened {
            return None;
        }
        let colors = match decoded.color {
            ColorType::Grayscale | ColorType::Indexed => 1,
            ColorType::Rgb => 3,
            ColorType::GrayscaleAlpha | ColorType::Rgba => return None,
        };
        // Bilevel pages are smaller as G4 by far, whatever their depth.
        if matches!(&decoded.raster, Raster::Gray(gray) if is_bilevel_image(gray)) {
            return None;
        }
        Some(StoredImage {
            width: self.width,
            height: self.height,
            coding: Coding::Flate {
                data: self.image.concat().into(),
                bits: decoded.depth,
                colors,
                png_rows: true,
                palette: decoded
                    .palette
                    .as_ref()
                    .map(|palette| whole_palette(palette, decoded.depth)),
                icc: decoded.icc.clone().filter(|icc| {
                    profile_fits(icc, if decoded.palette.is_some() { 3 } else { colors })
                }),
            },
            untouched: true,
        })
    }
}

/// A palette with an entry for every index that the depth allows: black, as in the decoded pixels.
fn whole_palette(palette: &[[u8; 3]], depth: u8) -> Arc<[u8]> {
    let entries = 1_usize << depth.min(8);
    let mut bytes = palette.concat();
    bytes.resize(entries * 3, 0);
    bytes.into()
}

fn chunk(data: &[u8], at: usize) -> Result<(&[u8], &[u8], usize), Fault> {
    let ends = || {
        Fault::damaged(
            data.len() as u64,
            said!(
                "tệp kết thúc trước đoạn cuối: thiếu một phần",
                "the file ends before its last chunk: a part is missing"
            ),
        )
    };
    let head: &[u8; 8] = data
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .ok_or_else(ends)?;
    let [a, b, c, d, kind @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).map_err(|_| ends())?;
    let start = at + 8;
    let end = start.checked_add(length).ok_or_else(ends)?;
    let next = end
        .checked_add(4)
        .filter(|&next| next <= data.len())
        .ok_or_else(ends)?;
    let _ = kind;
    let kind = data.get(at + 4..start).ok_or_else(ends)?;
    let body = data.get(start..end).ok_or_else(ends)?;
    Ok((kind, body, next))
}

const SIGNATURE_BYTES: usize = 8;
