//! Pages whose coded bytes a PDF can hold as they are: those of one strip, and strips of JPEG that can be joined.

use super::super::bytes::ReadAt;
use super::super::error::Fault;
use super::super::jpeg::{self, markers::Markers};
use super::super::limits::Limits;
use super::super::samples::Meaning;
use super::chunk;
use super::geometry::{Compression, Geometry};
use super::joined;
use crate::document::{Coding, StoredImage};

/// The one strip of a page, or its joined strips, ready for decoding and for the output.
pub(super) struct Candidate {
    /// The strip, bits and tables in their usual places.
    pub(super) data: Vec<u8>,
    /// True when these are the file's bytes; tables that stand apart in the file, and what joins strips, do not count.
    untouched: bool,
    /// True when strips were joined.
    pub(super) joined: bool,
}

/// Reads the page's only strip, when the page has only one and PDF has its coding; or its strips of JPEG, joined.
///
/// Strips of G4 are coded anew instead: each begins with a white row above it, so they cannot follow each other in
/// one image, and as images one below the other they would show seams at most zoom levels.
pub(super) fn whole_page(
    source: &mut impl ReadAt,
    geometry: &Geometry,
    limits: &Limits,
) -> Result<Option<Candidate>, Fault> {
    let chunks = &geometry.chunks;
    let exact = !chunks.tiled || (chunks.width, chunks.height) == (geometry.width, geometry.height);
    let one = chunks.across * chunks.down == 1 && !geometry.planar && exact;
    if geometry.compression == Compression::Jpeg && !one {
        return joined_strips(source, geometry, limits);
    }
    let has_coding =
        geometry.is_fax() || geometry.compression == Compression::Jpeg || plain_deflate(geometry);
    let (true, Some(&place)) = (one && has_coding, chunks.places.first()) else {
        return Ok(None);
    };
    let data = chunk::read(source, place, geometry, limits)?;
    let untouched = !geometry.reversed;
    Ok(Some(Candidate {
        data,
        untouched,
        joined: false,
    }))
}

/// All strips of JPEG data as one JPEG, where they fit together.
fn joined_strips(
    source: &mut impl ReadAt,
    geometry: &Geometry,
    limits: &Limits,
) -> Result<Option<Candidate>, Fault> {
    let chunks = &geometry.chunks;
    if geometry.planar || chunks.tiled || geometry.reversed {
        return Ok(None);
    }
    let coded = chunks.places.iter().map(|place| place.1).sum();
    limits.admit_coded(coded)?;
    let strips = chunks
        .places
        .iter()
        .map(|place| chunk::read(source, *place, geometry, limits))
        .collect::<Result<Vec<_>, _>>()?;
    let whole = joined::joined(&strips, chunks.height, geometry.height);
    Ok(whole.map(|data| Candidate {
        data,
        untouched: true,
        joined: true,
    }))
}

/// Zlib streams of samples that PDF reads the same way.
fn plain_deflate(geometry: &Geometry) -> bool {
    let layout = &geometry.layout;
    geometry.compression == Compression::Deflate
        && !geometry.differences
        && matches!(
            (&layout.meaning, layout.bits, layout.samples),
            (Meaning::Gray, 2 | 4 | 8, 1) | (Meaning::Rgb, 8, 3)
        )
}

impl Candidate {
    /// The image for the output; none when it must be coded anew after all.
    pub(super) fn stored(self, geometry: &Geometry) -> Option<StoredImage> {
        let (width, height) = (geometry.width, geometry.height);
        let untouched = self.untouched;
        let coding = match geometry.compression {
            Compression::Jpeg => return self.stored_jpeg(geometry),
            Compression::Deflate => Coding::Flate {
                bits: geometry.layout.bits,
                colors: if geometry.is_gray() { 1 } else { 3 },
                png_rows: false,
                palette: None,
                icc: None,
                data: self.data.into(),
            },
            fax => {
                let (k, byte_align, end_of_line) = match fax {
                    Compression::FaxRows => (0, true, false),
                    Compression::Fax3 { two_dimensional } => {
                        (i32::from(two_dimensional), false, true)
                    }
                    _ => (-1, false, false),
                };
                Coding::Ccitt {
                    k,
                    // PDF's black run is 0; TIFF's is what tag 262 does not call white.
                    black_is_1: geometry.layout.meaning == Meaning::Gray,
                    byte_align,
                    end_of_line,
                    end_of_block: fax == Compression::Fax4 && ends_with_eofb(&self.data),
                    data: self.data.into(),
                }
            }
        };
        Some(StoredImage {
            width,
            height,
            coding,
            untouched,
        })
    }

    fn stored_jpeg(self, geometry: &Geometry) -> Option<StoredImage> {
        let markers = Markers::read(&self.data).ok()?;
        // Inks in TIFF are not inverted, and readers disagree about JPEG inks: those are coded anew.
        if geometry.layout.meaning == Meaning::Cmyk || markers.components == 4 {
            return None;
        }
        let transform = chunk::jpeg_transform(geometry);
        let mut stored = jpeg::stored(self.data, &markers, transform);
        stored.untouched &= self.untouched;
        Some(stored)
    }
}

/// True when T.6's end-of-block code (two end-of-line codes) is in the last bytes.
fn ends_with_eofb(data: &[u8]) -> bool {
    let tail = data.get(data.len().saturating_sub(8)..).unwrap_or_default();
    let bits = tail
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let length = tail.len() * 8;
    (24..=length).any(|end| (bits >> (length - end)) & 0xFF_FFFF == 0x00_1001)
}
