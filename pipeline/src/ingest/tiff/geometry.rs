//! The shape of a page: size, samples, and where its strips or tiles are.

use crate::record::{Bilingual, said};
use std::sync::Arc;

use super::super::bytes::ReadAt;
use super::super::error::Fault;
use super::super::limits::Limits;
use super::super::samples::{Alpha, Layout, Meaning};
use super::directory::{self as tag, Directory, Header};

/// All that decoding a page needs to know.
#[derive(Debug)]
pub(super) struct Geometry {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    pub(super) compression: Compression,
    /// Each sample in strips of its own.
    pub(super) planar: bool,
    /// Bits of a byte run from the lowest.
    pub(super) reversed: bool,
    /// Samples are differences to the left neighbour (TIFF 6.0, section 14).
    pub(super) differences: bool,
    pub(super) big_endian: bool,
    /// Luma samples across and down for each pair of chroma samples.
    pub(super) subsampling: (usize, usize),
    /// Tag 262 says YCbCr.
    pub(super) photometric_luma: bool,
    pub(super) jpeg_tables: Option<Vec<u8>>,
    pub(super) icc: Option<Arc<[u8]>>,
    pub(super) chunks: Chunks,
}

/// Tag 259.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    /// Modified Huffman, rows on byte boundaries, no end-of-line codes.
    FaxRows,
    /// T.4 with the options of tag 292.
    Fax3 {
        two_dimensional: bool,
    },
    /// T.6.
    Fax4,
    Lzw,
    Jpeg,
    Deflate,
    PackBits,
}

/// Strips or tiles.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Chunks beside each other.
    pub(super) across: usize,
    /// Chunks above each other.
    pub(super) down: usize,
    pub(super) tiled: bool,
    /// Offset and length in bytes.
    pub(super) places: Vec<(u64, u64)>,
}

impl Geometry {
    pub(super) fn read(
        source: &mut impl ReadAt,
        header: &Header,
        directory: &Directory,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let mut tags = Tags {
            source,
            header,
            directory,
        };
        let width = tags.side(tag::IMAGE_WIDTH)?;
        let height = tags.side(tag::IMAGE_LENGTH)?;
        let compression = tags.compression()?;
        let mut layout = tags.layout(compression)?;
        let planar = tags.value(tag::PLANAR)?.unwrap_or(1) == 2 && layout.samples > 1;
        // Pixels as grey or RGB, the samples of one chunk (often the whole page), wide samples once more.
        let sample_bytes = if layout.bits == 16 { 2 } else { 1 };
        let per_pixel = layout.channels() as u64
            + layout.samples as u64 * sample_bytes
            + if layout.bits == 16 { 6 } else { 0 };
        limits.admit(width, height, if layout.bits == 1 { 3 } else { per_pixel })?;
        let planes = if planar { layout.samples } else { 1 };
        let chunks = tags.chunks(width, height, planes)?;
        let subsampling = tags.subsampling(&layout, compression)?;
        let photometric_luma = layout.meaning == Meaning::YCbCr;
        if compression == Compression::Jpeg && photometric_luma {
            // The JPEG decoder turns it into RGB.
            layout.meaning = Meaning::Rgb;
        }
        let jpeg_tables = tags
            .directory
            .bytes(tags.source, header, tag::JPEG_TABLES)?;
        let icc = tags
            .directory
            .bytes(tags.source, header, tag::ICC_PROFILE)
            .ok()
            .flatten()
            .map(Arc::from);
        Ok(Self {
            width,
            height,
            compression,
            planar,
            reversed: tags.value(tag::FILL_ORDER)?.unwrap_or(1) == 2,
            differences: tags.differences(compression, &layout)?,
            big_endian: header.is_big_endian(),
            subsampling,
            photometric_luma,
            jpeg_tables,
            icc,
            chunks,
            layout,
        })
    }

    pub(super) fn is_gray(&self) -> bool {
        self.layout.channels() == 1
    }

    pub(super) fn is_fax(&self) -> bool {
        matches!(
            self.compression,
            Compression::FaxRows | Compression::Fax3 { .. } | Compression::Fax4
        )
    }
}

/// The tags of one directory, with what reading them needs.
struct Tags<'a, R> {
    source: &'a mut R,
    header: &'a Header,
    directory: &'a Directory,
}

impl<R: ReadAt> Tags<'_, R> {
    fn values(&mut self, tag: u16) -> Result<Option<Vec<u64>>, Fault> {
        self.directory.values(self.source, self.header, tag)
    }

    fn value(&mut self, tag: u16) -> Result<Option<u64>, Fault> {
        self.directory.value(self.source, self.header, tag)
    }

    fn damaged(&self, tag: u16, reason: Bilingual) -> Fault {
        Fault::damaged(self.directory.place(tag), reason)
    }

    fn side(&mut self, tag: u16) -> Result<u32, Fault> {
        let side = self.value(tag)?.ok_or_else(|| {
            self.damaged(
                tag,
                said!(
                    "thiếu thẻ {tag} (kích thước ảnh)",
                    "tag {tag} (image size) is missing"
                ),
            )
        })?;
        u32::try_from(side).map_err(|_| {
            self.damaged(
                tag,
                said!("cạnh ảnh {side} px", "an image side of {side} px"),
            )
        })
    }

    fn compression(&mut self) -> Result<Compression, Fault> {
        Ok(match self.value(tag::COMPRESSION)?.unwrap_or(1) {
            1 => Compression::None,
            2 => Compression::FaxRows,
            3 => Compression::Fax3 {
                two_dimensional: self.value(tag::T4_OPTIONS)?.unwrap_or(0) & 1 == 1,
            },
            4 => Compression::Fax4,
            5 => Compression::Lzw,
            6 => {
                return Err(Fault::unsupported(said!(
                    "JPEG kiểu cũ trong TIFF (kiểu nén 6)",
                    "old-style JPEG in TIFF (compression 6)"
                )));
            }
            7 => Compression::Jpeg,
            8 | 32_946 => Compression::Deflate,
            32_773 => Compression::PackBits,
            other => {
                return Err(Fault::unsupported(said!(
                    "TIFF kiểu nén {other}",
                    "TIFF compression {other}"
                )));
            }
        })
    }

    fn layout(&mut self, compression: Compression) -> Result<Layout, Fault> {
        let bits = self.bits()?;
        // Fax machines left it out; white is then 0, as on their line.
        let photometric = self.value(tag::PHOTOMETRIC)?.unwrap_or(0);
        let meaning = match photometric {
            0 => Meaning::InvertedGray,
            1 | 4 => Meaning::Gray,
            2 => Meaning::Rgb,
            3 => Meaning::Palette(self.palette(bits)?),
            5 => Meaning::Cmyk,
            6 => Meaning::YCbCr,
            other => {
                return Err(Fault::unsupported(said!(
                    "TIFF không gian màu {other}",
                    "TIFF colour space {other}"
                )));
            }
        };
        if meaning == Meaning::Cmyk && self.value(tag::INK_SET)?.unwrap_or(1) != 1 {
            return Err(Fault::unsupported(said!(
                "TIFF dùng mực khác CMYK",
                "TIFF with inks other than CMYK"
            )));
        }
        let samples = self.value(tag::SAMPLES_PER_PIXEL)?.unwrap_or(1);
        let samples = usize::try_from(samples)
            .ok()
            .filter(|samples| (meaning.samples()..=MAX_SAMPLES).contains(samples))
            .ok_or_else(|| {
                self.damaged(
                    tag::SAMPLES_PER_PIXEL,
                    said!(
                        "{samples} mẫu mỗi điểm ảnh trong không gian màu {photometric}",
                        "{samples} samples a pixel in colour space {photometric}"
                    ),
                )
            })?;
        let fax = matches!(
            compression,
            Compression::FaxRows | Compression::Fax3 { .. } | Compression::Fax4
        );
        if fax && (bits != 1 || samples != 1) {
            return Err(self.damaged(
                tag::BITS_PER_SAMPLE,
                said!(
                    "mã fax cho {samples} mẫu {bits} bit",
                    "fax coding of {samples} samples of {bits} bits"
                ),
            ));
        }
        if compression == Compression::Jpeg && bits != 8 {
            return Err(Fault::unsupported(said!(
                "JPEG {bits} bit trong TIFF",
                "JPEG of {bits} bits in TIFF"
            )));
        }
        let alpha = if samples > meaning.samples() {
            self.alpha()?
        } else {
            None
        };
        Ok(Layout {
            bits,
            samples,
            meaning,
            alpha,
        })
    }

    fn bits(&mut self) -> Result<u8, Fault> {
        let all = self
            .values(tag::BITS_PER_SAMPLE)?
            .unwrap_or_else(|| vec![1]);
        let bits = all.first().copied().unwrap_or(1);
        if all.iter().any(|other| *other != bits) {
            return Err(Fault::unsupported(said!(
                "TIFF có các mẫu khác độ sâu",
                "TIFF samples of different depths"
            )));
        }
        let format = self.value(tag::SAMPLE_FORMAT)?.unwrap_or(1);
        match (bits, format) {
            (1 | 2 | 4 | 8 | 16, 1 | 4) => Ok(u8::try_from(bits).unwrap_or(8)),
            (_, 1 | 4) => Err(Fault::unsupported(said!(
                "TIFF có mẫu {bits} bit",
                "TIFF samples of {bits} bits"
            ))),
            _ => Err(Fault::unsupported(said!(
                "TIFF có mẫu không phải số nguyên không dấu",
                "TIFF samples that are no unsigned numbers"
            ))),
        }
    }

    /// Tag 320: all reds, then greens, then blues, of 16 bits each.
    fn palette(&mut self, bits: u8) -> Result<Vec<[u8; 3]>, Fault> {
        if bits > 8 {
            return Err(Fault::unsupported(said!(
                "TIFF có bảng màu 16 bit",
                "TIFF palette of 16 bits"
            )));
        }
        let map = self.values(tag::COLOR_MAP)?.unwrap_or_default();
        let size = 1_usize << bits;
        if map.len() < 3 * size {
            return Err(self.damaged(
                tag::COLOR_MAP,
                said!(
                    "bảng màu có {} giá trị",
                    "a palette of {} values",
                    map.len()
                ),
            ));
        }
        // Some writers put values of 8 bits there; libtiff looks for the same sign.
        let wide = map.iter().any(|value| *value > 255);
        let narrow = |value: u64| {
            let value = u16::try_from(value).unwrap_or(u16::MAX);
            if wide {
                value.to_be_bytes()[0]
            } else {
                value.to_be_bytes()[1]
            }
        };
        let mut columns = map.chunks_exact(size);
        let (reds, greens, blues) = (columns.next(), columns.next(), columns.next());
        let column = |column: Option<&[u64]>| column.unwrap_or_default().to_vec();
        let colors = column(reds)
            .into_iter()
            .zip(column(greens))
            .zip(column(blues));
        Ok(colors
            .map(|((r, g), b)| [narrow(r), narrow(g), narrow(b)])
            .collect())
    }

    fn alpha(&mut self) -> Result<Option<Alpha>, Fault> {
        Ok(match self.value(tag::EXTRA_SAMPLES)? {
            Some(1) => Some(Alpha::Premultiplied),
            Some(2) => Some(Alpha::Straight),
            _ => None,
        })
    }

    fn subsampling(
        &mut self,
        layout: &Layout,
        compression: Compression,
    ) -> Result<(usize, usize), Fault> {
        if layout.meaning != Meaning::YCbCr || compression == Compression::Jpeg {
            return Ok((1, 1));
        }
        let values = self
            .values(tag::YCBCR_SUBSAMPLING)?
            .unwrap_or_else(|| vec![2, 2]);
        match values.as_slice() {
            [across @ (1 | 2 | 4), down @ (1 | 2 | 4), ..]
                if layout.bits == 8 && layout.samples == 3 =>
            {
                Ok((
                    usize::try_from(*across).unwrap_or(1),
                    usize::try_from(*down).unwrap_or(1),
                ))
            }
            _ => Err(self.damaged(
                tag::YCBCR_SUBSAMPLING,
                said!(
                    "mẫu YCbCr sắp xếp không hợp lệ",
                    "YCbCr samples in no legal arrangement"
                ),
            )),
        }
    }

    fn differences(&mut self, compression: Compression, layout: &Layout) -> Result<bool, Fault> {
        if !matches!(compression, Compression::Lzw | Compression::Deflate) {
            return Ok(false);
        }
        match (self.value(tag::PREDICTOR)?.unwrap_or(1), layout.bits) {
            (1, _) => Ok(false),
            (2, 8 | 16) => Ok(true),
            (predictor, bits) => Err(Fault::unsupported(said!(
                "TIFF bộ dự đoán {predictor} trên {bits} bit",
                "TIFF predictor {predictor} on {bits} bits"
            ))),
        }
    }

    fn chunks(&mut self, width: u32, height: u32, planes: usize) -> Result<Chunks, Fault> {
        let tiled = self.value(tag::TILE_WIDTH)?.is_some();
        let (chunk_width, chunk_height, offsets, lengths) = if tiled {
            (
                self.side(tag::TILE_WIDTH)?,
                self.side(tag::TILE_LENGTH)?,
                tag::TILE_OFFSETS,
                tag::TILE_BYTE_COUNTS,
            )
        } else {
            let rows = self
                .value(tag::ROWS_PER_STRIP)?
                .unwrap_or(u64::from(u32::MAX));
            let rows = u32::try_from(rows).unwrap_or(u32::MAX).min(height);
            (width, rows, tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
        };
        if chunk_width == 0 || chunk_height == 0 {
            return Err(self.damaged(
                offsets,
                said!(
                    "dải hoặc ô ảnh {chunk_width} x {chunk_height} px",
                    "strips or tiles of {chunk_width} x {chunk_height} px"
                ),
            ));
        }
        // A tile may be larger than the page, but not much: memory is taken for whole tiles.
        if tiled
            && (chunk_width > width.max(MAX_TILE_SIDE) || chunk_height > height.max(MAX_TILE_SIDE))
        {
            return Err(self.damaged(
                tag::TILE_WIDTH,
                said!(
                    "ô ảnh {chunk_width} x {chunk_height} px",
                    "tiles of {chunk_width} x {chunk_height} px"
                ),
            ));
        }
        let across = usize::try_from(width.div_ceil(chunk_width)).unwrap_or(usize::MAX);
        let down = usize::try_from(height.div_ceil(chunk_height)).unwrap_or(usize::MAX);
        let expected = across
            .checked_mul(down)
            .and_then(|count| count.checked_mul(planes))
            .ok_or_else(|| {
                self.damaged(
                    offsets,
                    said!("quá nhiều dải hoặc ô ảnh", "too many strips or tiles"),
                )
            })?;
        let places = self.places(offsets, lengths, expected)?;
        Ok(Chunks {
            width: chunk_width,
            height: chunk_height,
            across,
            down,
            tiled,
            places,
        })
    }

    fn places(
        &mut self,
        offsets: u16,
        lengths: u16,
        expected: usize,
    ) -> Result<Vec<(u64, u64)>, Fault> {
        let starts = self.values(offsets)?.unwrap_or_default();
        let sizes = match self.values(lengths)? {
            Some(sizes) => sizes,
            // Old writers of one strip left the length out: it runs to the end of the file.
            None if expected == 1 => starts
                .iter()
                .map(|start| self.source.len().saturating_sub(*start))
                .collect(),
            None => Vec::new(),
        };
        if starts.len() < expected || sizes.len() < expected {
            let found = starts.len().min(sizes.len());
            return Err(self.damaged(
                offsets,
                said!(
                    "có {found} dải hoặc ô ảnh, cần {expected}",
                    "{found} strips or tiles, {expected} are needed"
                ),
            ));
        }
        Ok(starts.into_iter().zip(sizes).take(expected).collect())
    }
}

/// RGB, alpha and some spot channels; 16 bounds the memory of a row.
const MAX_SAMPLES: usize = 16;
/// Tiles of common writers have 128 to 1,024 px.
const MAX_TILE_SIDE: u32 = 4096;
