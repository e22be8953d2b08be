//! Strips and tiles: read, decompressed, and painted onto the page.

use super::super::bytes::ReadAt;
use super::super::error::Fault;
use super::super::jpeg::markers::Markers;
use super::super::jpeg::{self, Transform};
use super::super::limits::Limits;
use super::super::samples::Meaning;
use super::fax;
use super::geometry::{Compression, Geometry};
use super::unpack::{add_up, decompress};
use crate::document::Raster;
use crate::record::said;

/// The coded bytes of a chunk, bits and tables in their usual places.
pub(super) fn read(
    source: &mut impl ReadAt,
    (offset, length): (u64, u64),
    geometry: &Geometry,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    let mut data = source.take(offset, limits.admit_coded(length)?)?;
    if geometry.reversed {
        for byte in &mut data {
            *byte = byte.reverse_bits();
        }
    }
    match &geometry.jpeg_tables {
        Some(tables) if geometry.compression == Compression::Jpeg => Ok(splice(tables, &data)),
        _ => Ok(data),
    }
}

/// One JPEG file of the shared tables and the abbreviated image (TIFF Technical Note 2).
fn splice(tables: &[u8], data: &[u8]) -> Vec<u8> {
    let tables = tables.strip_suffix(&[0xFF, 0xD9]).unwrap_or(tables);
    let mut whole = tables.to_vec();
    whole.extend_from_slice(data.strip_prefix(&[0xFF, 0xD8]).unwrap_or(data));
    whole
}

/// How the components of JPEG data in TIFF are coded: tag 262 decides.
pub(super) fn jpeg_transform(geometry: &Geometry) -> Transform {
    if geometry.photometric_luma {
        Transform::Luma
    } else {
        Transform::None
    }
}

/// The pixels of a page while its chunks come in.
pub(super) struct Canvas {
    pixels: Vec<u8>,
    /// Samples of 16 bits, big-endian, when the stored image is to have them.
    deep: Option<Vec<u8>>,
    width: usize,
    height: usize,
    channels: usize,
}

impl Canvas {
    pub(super) fn new(geometry: &Geometry, limits: &Limits) -> Result<Self, Fault> {
        let pixels = limits.admit(geometry.width, geometry.height, 1)?;
        let layout = &geometry.layout;
        let keeps = layout.bits == 16
            && layout.alpha.is_none()
            && matches!(
                layout.meaning,
                Meaning::Gray | Meaning::InvertedGray | Meaning::Rgb
            );
        let channels = layout.channels();
        Ok(Self {
            pixels: layout.blank(pixels),
            deep: keeps.then(|| vec![0; pixels * channels * 2]),
            width: usize::try_from(geometry.width).unwrap_or_default(),
            height: usize::try_from(geometry.height).unwrap_or_default(),
            channels,
        })
    }

    /// The page and, when kept, its samples of 16 bits.
    pub(super) fn finish(self, geometry: &Geometry) -> (Raster, Option<Vec<u8>>) {
        (
            geometry
                .layout
                .raster(geometry.width, geometry.height, self.pixels),
            self.deep,
        )
    }

    /// Paints the one chunk that the whole page is.
    pub(super) fn paint_all(
        &mut self,
        geometry: &Geometry,
        data: &[u8],
        limits: &Limits,
    ) -> Result<(), Fault> {
        let base = geometry.chunks.places.first().map_or(0, |place| place.0);
        let rows = self.height;
        self.paint(geometry, &[data], (0, 0), rows, limits)
            .map_err(|fault| fault.offset_by(base))
    }

    /// Reads and paints every chunk.
    pub(super) fn read_all(
        &mut self,
        source: &mut impl ReadAt,
        geometry: &Geometry,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let chunks = &geometry.chunks;
        let (chunk_width, chunk_height) = chunk_size(geometry);
        let plane = chunks.across * chunks.down;
        for number in 0..plane {
            let (x, y) = (
                number % chunks.across * chunk_width,
                number / chunks.across * chunk_height,
            );
            let rows = if chunks.tiled {
                chunk_height
            } else {
                chunk_height.min(self.height - y)
            };
            let places: Vec<_> = chunks
                .places
                .iter()
                .skip(number)
                .step_by(plane)
                .copied()
                .collect();
            let coded = places
                .iter()
                .map(|place| read(source, *place, geometry, limits))
                .collect::<Result<Vec<_>, _>>()?;
            let planes: Vec<&[u8]> = coded.iter().map(Vec::as_slice).collect();
            let base = places.first().map_or(0, |place| place.0);
            self.paint(geometry, &planes, (x, y), rows, limits)
                .map_err(|fault| fault.offset_by(base))?;
        }
        Ok(())
    }

    fn paint(
        &mut self,
        geometry: &Geometry,
        planes: &[&[u8]],
        (x, y): (usize, usize),
        rows: usize,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let (chunk_width, _) = chunk_size(geometry);
        if geometry.is_fax() {
            let data = planes.first().copied().unwrap_or_default();
            return self.paint_fax(geometry, data, (x, y), rows);
        }
        let packed = match planes {
            [data] if geometry.subsampling != (1, 1) => upsample(
                &unpack_subsampled(geometry, data, chunk_width, rows)?,
                geometry.subsampling,
                chunk_width,
                rows,
            ),
            [data] => unpack(
                geometry,
                data,
                geometry.layout.samples,
                chunk_width,
                rows,
                limits,
            )?,
            _ => interleave(geometry, planes, chunk_width, rows, limits)?,
        };
        self.place(geometry, &packed, (x, y), chunk_width)
    }

    fn paint_fax(
        &mut self,
        geometry: &Geometry,
        data: &[u8],
        (x, y): (usize, usize),
        rows: usize,
    ) -> Result<(), Fault> {
        let colors = if geometry.layout.meaning == Meaning::InvertedGray {
            (255, 0)
        } else {
            (0, 255)
        };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let decoded = fax::decode(
            data,
            geometry.compression,
            geometry.chunks.width,
            rows,
            colors,
        )?;
        if decoded.len() == self.pixels.len() {
            self.pixels = decoded;
            return Ok(());
        }
        let (chunk_width, _) = chunk_size(geometry);
        for (from, row) in decoded.chunks_exact(chunk_width).zip(y..self.height) {
            let wide = chunk_width.min(self.width - x);
            let start = row * self.width + x;
            if let (Some(to), Some(from)) =
                (self.pixels.get_mut(start..start + wide), from.get(..wide))
            {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    /// Converts packed rows of a chunk at (x, y), those inside the page.
    fn place(
        &mut self,
        geometry: &Geometry,
        packed: &[u8],
        (x, y): (usize, usize),
        wide: usize,
    ) -> Result<(), Fault> {
        let row_bytes = geometry.layout.row_bytes(wide).max(1);
        let visible = wide.min(self.width - x);
        let mut scratch = Vec::new();
        for (row, line) in packed.chunks_exact(row_bytes).zip(y..self.height) {
            let start = (line * self.width + x) * self.channels;
            let Some(to) = self.pixels.get_mut(start..start + visible * self.channels) else {
                break;
            };
            geometry.layout.convert(row, &mut scratch, to)?;
            if let Some(deep) = &mut self.deep {
                let Some(to) = deep.get_mut(start * 2..(start + visible * self.channels) * 2)
                else {
                    break;
                };
                copy_deep(row, geometry, to);
            }
        }
        Ok(())
    }
}

/// The colour samples of 16-bit pixels; white-is-zero turned round.
fn copy_deep(row: &[u8], geometry: &Geometry, to: &mut [u8]) {
    let colors = geometry.layout.meaning.samples() * 2;
    let flip = if geometry.layout.meaning == Meaning::InvertedGray {
        0xFF
    } else {
        0
    };
    for (from, to) in row
        .chunks_exact(geometry.layout.samples * 2)
        .zip(to.chunks_exact_mut(colors))
    {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from ^ flip;
        }
    }
}

fn chunk_size(geometry: &Geometry) -> (usize, usize) {
    let side = |px: u32| usize::try_from(px).unwrap_or(usize::MAX);
    (side(geometry.chunks.width), side(geometry.chunks.height))
}

/// Planes of one sample each, joined to pixels.
fn interleave(
    geometry: &Geometry,
    planes: &[&[u8]],
    width: usize,
    rows: usize,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    let size = match geometry.layout.bits {
        8 => 1,
        16 => 2,
        bits => {
            return Err(Fault::unsupported(said!(
                "TIFF mặt phẳng màu {bits} bit",
                "TIFF planes of {bits} bits"
            )));
        }
    };
    let count = planes.len();
    let mut joined = vec![0; width * rows * count * size];
    for (number, data) in planes.iter().enumerate() {
        let plane = unpack(geometry, data, 1, width, rows, limits)?;
        let pixels = joined.chunks_exact_mut(count * size);
        for (from, pixel) in plane.chunks_exact(size).zip(pixels) {
            if let Some(to) = pixel.get_mut(number * size..(number + 1) * size) {
                to.copy_from_slice(from);
            }
        }
    }
    Ok(joined)
}

/// Decompresses a chunk into packed rows, 16-bit samples as big-endian.
fn unpack(
    geometry: &Geometry,
    data: &[u8],
    samples: usize,
    width: usize,
    rows: usize,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    if geometry.compression == Compression::Jpeg {
        return unpack_jpeg(geometry, data, samples, width, rows, limits);
    }
    let row_bytes = (width * samples * usize::from(geometry.layout.bits)).div_ceil(8);
    let mut packed = decompress(geometry.compression, data, row_bytes * rows)?;
    if geometry.layout.bits == 16 && !geometry.big_endian {
        for pair in packed.as_chunks_mut::<2>().0 {
            pair.reverse();
        }
    }
    if geometry.differences {
        for row in packed.chunks_exact_mut(row_bytes.max(1)) {
            add_up(row, samples, geometry.layout.bits);
        }
    }
    Ok(packed)
}

fn unpack_subsampled(
    geometry: &Geometry,
    data: &[u8],
    width: usize,
    rows: usize,
) -> Result<Vec<u8>, Fault> {
    let (across, down) = geometry.subsampling;
    let blocks = width.div_ceil(across) * rows.div_ceil(down);
    let mut packed = decompress(geometry.compression, data, blocks * (across * down + 2))?;
    if geometry.differences {
        // Libtiff takes differences of such blocks as of any other bytes; no writer is known to make them.
        return Err(Fault::unsupported(said!(
            "TIFF hiệu số trên YCbCr lấy mẫu thưa",
            "TIFF differences of subsampled YCbCr"
        )));
    }
    packed.truncate(blocks * (across * down + 2));
    Ok(packed)
}

/// Blocks of luma samples followed by their two chroma samples (TIFF 6.0, section 21) to whole pixels.
fn upsample(packed: &[u8], (across, down): (usize, usize), width: usize, rows: usize) -> Vec<u8> {
    let mut out = vec![0; width * rows * 3];
    let blocks_across = width.div_ceil(across).max(1);
    for (number, block) in packed.chunks_exact(across * down + 2).enumerate() {
        let (left, top) = (
            number % blocks_across * across,
            number / blocks_across * down,
        );
        let Some((luma, &[cb, cr])) = block.split_last_chunk::<2>() else {
            break;
        };
        for (place, y) in luma.iter().enumerate() {
            let (x, line) = (left + place % across, top + place / across);
            if x < width
                && let Some(pixel) = out
                    .get_mut((line * width + x) * 3..)
                    .and_then(|rest| rest.first_chunk_mut::<3>())
            {
                *pixel = [*y, cb, cr];
            }
        }
    }
    out
}

fn unpack_jpeg(
    geometry: &Geometry,
    data: &[u8],
    samples: usize,
    width: usize,
    rows: usize,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    let markers = Markers::read(data)?;
    let wide = usize::try_from(markers.width).unwrap_or_default();
    let high = usize::try_from(markers.height).unwrap_or_default();
    if wide != width || high < rows || usize::from(markers.components) != samples {
        return Err(Fault::damaged(
            None,
            said!(
                "JPEG {wide} x {high} px, {} thành phần, ở chỗ của {width} x {rows} px, {samples} thành phần",
                "JPEG of {wide} x {high} px and {} components where {width} x {rows} px and {samples} belong",
                markers.components
            ),
        ));
    }
    let transform = if samples == 1 {
        Transform::None
    } else {
        jpeg_transform(geometry)
    };
    jpeg::components(data, &markers, transform, limits)
}
