//! JPEG files: kept byte for byte for the output, decoded to grey or sRGB for reading.

use crate::record::said;
use std::sync::Arc;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::error::Fault;
use super::exif::Exif;
use super::guard;
use super::limits::Limits;
use super::samples;
use super::{LoadedPage, Note};
use crate::document::{Coding, Gray, Raster, Rgb, StoredImage};
use markers::Markers;
use watched::Watched;

pub(super) mod markers;

mod watched;

/// Loads the page that a JPEG file is.
pub(super) fn load(data: Vec<u8>, limits: &Limits) -> Result<LoadedPage, Fault> {
    let markers = Markers::read(&data)?;
    let transform = Transform::of(&markers);
    let raster = decode(&data, &markers, transform, limits)?;
    let exif = markers
        .exif
        .as_ref()
        .map(|block| Exif::read(block))
        .unwrap_or_default();
    let mut notes = Vec::new();
    if markers.components == 4 {
        notes.push(Note::InksConverted);
    }
    let after = (data.len() - markers.end.min(data.len())) as u64;
    // Cameras append previews and scanners pad to sectors.
    if after > 0 {
        notes.push(Note::BytesAfterEnd { count: after });
    }
    let stated = [markers.density, exif.dpi];
    let stored = stored(data, &markers, transform);
    Ok(LoadedPage::assemble(
        raster, stored, exif.turn, &stated, notes,
    ))
}

/// The colour transform of the coded components (T.872, 6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    /// Grey, RGB or CMYK as coded.
    None,
    /// YCbCr of three components, YCCK of four.
    Luma,
}

impl Transform {
    /// As every reader decides: by the JFIF marker, the Adobe marker, then the names of the components.
    pub(super) fn of(markers: &Markers) -> Self {
        let luma = match (markers.components, markers.adobe) {
            (3, _) if markers.jfif => true,
            (3, Some(transform)) => transform != 0,
            (3, None) => markers.ids != *b"RGB\0",
            (4, Some(transform)) => transform == 2,
            _ => false,
        };
        if luma { Self::Luma } else { Self::None }
    }
}

/// The file for the output: its own bytes, unless a PDF reader would take its colours wrong.
pub(super) fn stored(data: Vec<u8>, markers: &Markers, transform: Transform) -> StoredImage {
    // Without an Adobe marker PDF takes three components for YCbCr (ISO 32000-1, table 13).
    let needs_marker =
        markers.components == 3 && transform == Transform::None && markers.adobe != Some(0);
    let (data, untouched) = if needs_marker {
        (markers.with_adobe(&data, 0), false)
    } else {
        (data, true)
    };
    StoredImage {
        width: markers.width,
        height: markers.height,
        coding: Coding::Jpeg {
            data: data.into(),
            components: markers.components,
            inverted: markers.components == 4 && markers.adobe.is_some(),
            icc: markers
                .icc
                .clone()
                .filter(|icc| profile_fits(icc, markers.components)),
        },
        untouched,
    }
}

/// True when an ICC profile describes this many components (ICC.1:2022, 7.2.6 and 7.2.9).
pub(super) fn profile_fits(icc: &Arc<[u8]>, components: u8) -> bool {
    let space: &[u8] = match components {
        1 => b"GRAY",
        3 => b"RGB ",
        4 => b"CMYK",
        _ => return false,
    };
    icc.len() >= 128 && icc.get(16..20) == Some(space) && icc.get(36..40) == Some(b"acsp")
}

/// Decodes to grey or sRGB.
pub(super) fn decode(
    data: &[u8],
    markers: &Markers,
    transform: Transform,
    limits: &Limits,
) -> Result<Raster, Fault> {
    let (width, height) = (markers.width, markers.height);
    let mut pixels = components(data, markers, transform, limits)?;
    match markers.components {
        1 => Ok(Raster::Gray(Gray {
            width,
            height,
            pixels,
        })),
        3 => Ok(Raster::Rgb(Rgb {
            width,
            height,
            pixels,
        })),
        _ => {
            to_rgb(&mut pixels, transform, markers.adobe.is_some());
            Ok(Raster::Rgb(Rgb {
                width,
                height,
                pixels,
            }))
        }
    }
}

/// Four components to RGB in place.
fn to_rgb(pixels: &mut Vec<u8>, transform: Transform, inverted: bool) {
    let count = pixels.len() / 4;
    for place in 0..count {
        let Some(&[a, b, c, k]) = pixels.get(place * 4..).and_then(|rest| rest.first_chunk())
        else {
            break;
        };
        let [c, m, y] = if transform == Transform::Luma {
            samples::ycbcr(a, b, c).map(|v| 255 - v)
        } else {
            [a, b, c]
        };
        // Adobe's programs write 255 for no ink.
        let rgb = if inverted {
            samples::cmyk(255 - c, 255 - m, 255 - y, 255 - k)
        } else {
            samples::cmyk(c, m, y, k)
        };
        if let Some(to) = pixels.get_mut(place * 3..place * 3 + 3) {
            to.copy_from_slice(&rgb);
        }
    }
    pixels.truncate(count * 3);
}

/// Decodes to interleaved components: grey, RGB, or the four as coded.
pub(super) fn components(
    data: &[u8],
    markers: &Markers,
    transform: Transform,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    markers.check_supported()?;
    let count = u64::from(markers.components);
    // Progressive files keep all coefficients as 16 bits until the last scan; four components keep room for RGB.
    let whole = if markers.progressive || markers.scans > 1 {
        2 * count
    } else {
        0
    };
    let pixels = limits.admit(markers.width, markers.height, 1 + count + whole)?;
    // Every marker but those the decoder needs is left out: what it thinks of them must not decide.
    let adobe = if transform == Transform::Luma {
        markers.components.saturating_sub(2)
    } else {
        0
    };
    let (bare, end) = markers.bare(data, adobe);
    let output = match (markers.components, transform) {
        (1, _) => ColorSpace::Luma,
        (3, _) => ColorSpace::RGB,
        (_, Transform::Luma) => ColorSpace::YCCK,
        (_, Transform::None) => ColorSpace::CMYK,
    };
    let (bytes, overrun) = Watched::new(&bare, end);
    let decoded = guard::decode(|| {
        let options = DecoderOptions::default()
            .set_strict_mode(true)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX))
            .jpeg_set_max_scans(MAX_SCANS)
            .jpeg_set_out_colorspace(output);
        JpegDecoder::new_with_options(bytes, options)
            .decode()
            .map_err(|error| Fault::decoder(markers.first_scan, &error))
    })?;
    if overrun.get() {
        return Err(Fault::damaged(
            markers.end as u64,
            said!(
                "dữ liệu quét hết trước những điểm ảnh cuối: thiếu một phần",
                "the scan ends before its last pixels: a part is missing"
            ),
        ));
    }
    if decoded.len() == pixels * usize::from(markers.components) {
        Ok(decoded)
    } else {
        Err(Fault::damaged(
            markers.first_scan,
            said!(
                "giải mã ra {} byte điểm ảnh",
                "{} bytes of pixels came out",
                decoded.len()
            ),
        ))
    }
}

/// Progressive files of common encoders have 10 scans; each scan costs a pass over the image.
pub(super) const MAX_SCANS: usize = 64;
