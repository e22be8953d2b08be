//! WebP files: decoded, and coded anew, for PDF has no such coding.

use crate::record::said;
use std::io::Cursor;

use image_webp::WebPDecoder;

use super::error::Fault;
use super::exif::Exif;
use super::guard;
use super::limits::Limits;
use super::recode::recode;
use super::samples::over_white;
use super::{LoadedPage, Note};
use crate::document::{Raster, Rgb};

/// Loads the page that a WebP file is.
pub(super) fn load(data: &[u8], limits: &Limits) -> Result<LoadedPage, Fault> {
    check_length(data)?;
    let decoded = guard::decode(|| decode(data, limits))?;
    let exif = decoded.exif.as_deref().map(Exif::read).unwrap_or_default();
    let mut notes = Vec::new();
    if decoded.flattened {
        notes.push(Note::TransparencyFlattened);
    }
    if decoded.animated {
        notes.push(Note::Animation);
    }
    let stored = recode(&decoded.raster);
    Ok(LoadedPage::assemble(
        decoded.raster,
        stored,
        exif.turn,
        &[exif.dpi],
        notes,
    ))
}

struct Decoded {
    raster: Raster,
    flattened: bool,
    animated: bool,
    exif: Option<Vec<u8>>,
}

fn decode(data: &[u8], limits: &Limits) -> Result<Decoded, Fault> {
    let damaged = |error: image_webp::DecodingError| Fault::decoder(None, &error);
    let mut decoder = WebPDecoder::new(Cursor::new(data)).map_err(damaged)?;
    decoder.set_memory_limit(usize::try_from(limits.max_page_bytes).unwrap_or(usize::MAX));
    let (width, height) = decoder.dimensions();
    // RGBA, the same again inside the decoder, and the planes of a lossy file.
    let pixels = limits.admit(width, height, 10)?;
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut samples = vec![0; pixels * channels];
    decoder.read_image(&mut samples).map_err(damaged)?;
    let mut flattened = false;
    if channels == 4 {
        flattened = samples
            .as_chunks::<4>()
            .0
            .iter()
            .any(|[_, _, _, cover]| *cover != 255);
        drop_alpha(&mut samples);
    }
    let exif = decoder.exif_metadata().ok().flatten();
    let raster = Raster::Rgb(Rgb {
        width,
        height,
        pixels: samples,
    });
    Ok(Decoded {
        raster,
        flattened,
        animated: decoder.is_animated(),
        exif,
    })
}

/// RGBA to RGB on white, in place.
fn drop_alpha(samples: &mut Vec<u8>) {
    let count = samples.len() / 4;
    for place in 0..count {
        let Some(&[r, g, b, cover]) = samples.get(place * 4..).and_then(|rest| rest.first_chunk())
        else {
            break;
        };
        if let Some(to) = samples.get_mut(place * 3..place * 3 + 3) {
            to.copy_from_slice(&[r, g, b].map(|value| over_white(value, cover)));
        }
    }
    samples.truncate(count * 3);
}

/// The RIFF header states the length (RFC 9649, 2.3); a shorter file lacks a part.
fn check_length(data: &[u8]) -> Result<(), Fault> {
    let stated = data
        .get(4..)
        .and_then(|rest| rest.first_chunk())
        .map(|b| u64::from(u32::from_le_bytes(*b)) + 8);
    match stated {
        Some(stated) if stated <= data.len() as u64 => Ok(()),
        Some(stated) => Err(Fault::damaged(
            data.len() as u64,
            said!(
                "tệp kết thúc ở đây, phần đầu ghi là byte {stated}",
                "the file ends here, its header says byte {stated}"
            ),
        )),
        None => Err(Fault::damaged(
            data.len() as u64,
            said!(
                "tệp kết thúc ngay trong phần đầu",
                "the file ends in its header"
            ),
        )),
    }
}
