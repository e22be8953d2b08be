//! TIFF structure: the header, the chain of directories, and the values of tags (TIFF 6.0, section 2).

use super::super::bytes::ReadAt;
use super::super::error::Fault;
use crate::document::Turn;
use crate::record::said;

/// The first bytes of a file: how all others are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Header {
    big_endian: bool,
    /// BigTIFF: 64-bit offsets.
    big: bool,
    /// Where the first directory is.
    pub(in crate::ingest) first: u64,
}

impl Header {
    pub(in crate::ingest) fn read(source: &mut impl ReadAt) -> Result<Self, Fault> {
        let magic = source.take(0, 4)?;
        let (big_endian, big) = match magic.as_slice() {
            b"II\x2A\0" => (false, false),
            b"MM\0\x2A" => (true, false),
            b"II\x2B\0" => (false, true),
            b"MM\0\x2B" => (true, true),
            _ => {
                return Err(Fault::damaged(
                    0,
                    said!("không có phần đầu TIFF", "no TIFF header"),
                ));
            }
        };
        let mut header = Self {
            big_endian,
            big,
            first: 0,
        };
        header.first = if big {
            let rest = source.take(4, 12)?;
            if header.number(rest.get(..2)) != 8 || header.number(rest.get(2..4)) != 0 {
                return Err(Fault::damaged(
                    4,
                    said!(
                        "phần đầu BigTIFF có địa chỉ không phải 8 byte",
                        "a BigTIFF header with offsets that are not of 8 bytes"
                    ),
                ));
            }
            header.number(rest.get(4..))
        } else {
            header.number(Some(&source.take(4, 4)?))
        };
        Ok(header)
    }

    /// True when samples of 16 bits have their high byte first.
    pub(super) fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// An unsigned number of up to 8 bytes in the file's byte order.
    fn number(&self, bytes: Option<&[u8]>) -> u64 {
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let bytes = bytes.unwrap_or_default();
        if self.big_endian {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        }
    }

    fn count_size(&self) -> usize {
        if self.big { 8 } else { 2 }
    }

    fn entry_size(&self) -> usize {
        if self.big { 20 } else { 12 }
    }

    fn offset_size(&self) -> usize {
        if self.big { 8 } else { 4 }
    }
}

/// One directory: the tags of one image.
#[derive(Debug)]
pub(in crate::ingest) struct Directory {
    /// Where it is.
    pub(super) offset: u64,
    entries: Vec<Entry>,
    /// Where the next one is; 0 ends the chain.
    pub(super) next: u64,
}

#[derive(Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The value itself when it is small, else its offset.
    inline: [u8; 8],
    /// Where the entry is.
    offset: u64,
}

impl Directory {
    pub(in crate::ingest) fn read(
        source: &mut impl ReadAt,
        header: &Header,
        offset: u64,
    ) -> Result<Self, Fault> {
        let count = header.number(Some(&source.take(offset, header.count_size())?));
        if count == 0 || count > MAX_ENTRIES {
            return Err(Fault::damaged(
                offset,
                said!(
                    "thư mục ảnh có {count} mục",
                    "a directory of {count} entries"
                ),
            ));
        }
        let count = usize::try_from(count).unwrap_or_default();
        let start = offset.saturating_add(header.count_size() as u64);
        let length = count * header.entry_size();
        let body = source.take(start, length)?;
        let entries = body
            .chunks_exact(header.entry_size())
            .zip(0_u64..)
            .map(|(raw, place)| {
                Entry::read(raw, header, start + place * header.entry_size() as u64)
            })
            .collect();
        let after = start.saturating_add(length as u64);
        let next = header.number(Some(&source.take(after, header.offset_size())?));
        Ok(Self {
            offset,
            entries,
            next,
        })
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// All unsigned values of a tag.
    pub(super) fn values(
        &self,
        source: &mut impl ReadAt,
        header: &Header,
        tag: u16,
    ) -> Result<Option<Vec<u64>>, Fault> {
        let Some(entry) = self.entry(tag) else {
            return Ok(None);
        };
        let size = match entry.kind {
            BYTE | UNDEFINED => 1,
            SHORT => 2,
            LONG | IFD => 4,
            LONG8 | IFD8 => 8,
            kind => {
                return Err(Fault::damaged(
                    entry.offset,
                    said!(
                        "thẻ {tag} có giá trị kiểu {kind}, không phải số",
                        "tag {tag} has values of kind {kind}, not numbers"
                    ),
                ));
            }
        };
        let bytes = entry.bytes(source, header, size)?;
        Ok(Some(
            bytes
                .chunks_exact(size)
                .map(|raw| header.number(Some(raw)))
                .collect(),
        ))
    }

    /// The first value of a tag.
    pub(super) fn value(
        &self,
        source: &mut impl ReadAt,
        header: &Header,
        tag: u16,
    ) -> Result<Option<u64>, Fault> {
        Ok(self
            .values(source, header, tag)?
            .and_then(|values| values.first().copied()))
    }

    /// The bytes of a tag, as they are.
    pub(super) fn bytes(
        &self,
        source: &mut impl ReadAt,
        header: &Header,
        tag: u16,
    ) -> Result<Option<Vec<u8>>, Fault> {
        self.entry(tag)
            .map(|entry| entry.bytes(source, header, 1))
            .transpose()
    }

    /// Where the entry of a tag is, for messages.
    pub(super) fn place(&self, tag: u16) -> u64 {
        self.entry(tag).map_or(self.offset, |entry| entry.offset)
    }

    fn rational(&self, source: &mut impl ReadAt, header: &Header, tag: u16) -> Option<f32> {
        let entry = self.entry(tag)?;
        if entry.kind == FLOAT {
            let bits = header.number(Some(&entry.bytes(source, header, 4).ok()?));
            return u32::try_from(bits).ok().map(f32::from_bits);
        }
        if entry.kind != RATIONAL {
            return self
                .value(source, header, tag)
                .ok()
                .flatten()
                .map(|whole| whole as f32);
        }
        let bytes = entry.bytes(source, header, 8).ok()?;
        let above = header.number(bytes.get(..4));
        let below = header.number(bytes.get(4..8));
        (below != 0).then(|| (above as f64 / below as f64) as f32)
    }

    /// Tag 274; nonsense counts as absent.
    pub(in crate::ingest) fn turn(&self, source: &mut impl ReadAt, header: &Header) -> Turn {
        match self.value(source, header, ORIENTATION) {
            Ok(Some(2)) => Turn::MirrorX,
            Ok(Some(3)) => Turn::Half,
            Ok(Some(4)) => Turn::MirrorY,
            Ok(Some(5)) => Turn::Transpose,
            Ok(Some(6)) => Turn::Right,
            Ok(Some(7)) => Turn::Transverse,
            Ok(Some(8)) => Turn::Left,
            _ => Turn::None,
        }
    }

    /// Tags 282, 283 and 296 as dots per inch across and down.
    pub(in crate::ingest) fn resolution(
        &self,
        source: &mut impl ReadAt,
        header: &Header,
    ) -> Option<(f32, f32)> {
        let x = self.rational(source, header, X_RESOLUTION);
        let y = self.rational(source, header, Y_RESOLUTION);
        let per_inch = match self.value(source, header, RESOLUTION_UNIT) {
            // 2 is the default; 1 is "no unit", yet most writers of 1 mean dots per inch, and
            // plausibility is judged later.
            Ok(None | Some(1 | 2)) => 1.0,
            Ok(Some(3)) => 2.54,
            _ => return None,
        };
        let (x, y) = (x.or(y)?, y.or(x)?);
        Some((x * per_inch, y * per_inch))
    }
}

impl Entry {
    fn read(raw: &[u8], header: &Header, offset: u64) -> Self {
        let split = if header.big { 12 } else { 8 };
        let mut inline = [0; 8];
        for (to, from) in inline.iter_mut().zip(raw.get(split..).unwrap_or_default()) {
            *to = *from;
        }
        let small = |bytes: Option<&[u8]>| u16::try_from(header.number(bytes)).unwrap_or_default();
        Self {
            tag: small(raw.get(..2)),
            kind: small(raw.get(2..4)),
            count: header.number(raw.get(4..split)),
            inline,
            offset,
        }
    }

    /// The bytes of all values, each of `size` bytes.
    fn bytes(
        &self,
        source: &mut impl ReadAt,
        header: &Header,
        size: usize,
    ) -> Result<Vec<u8>, Fault> {
        let length = self
            .count
            .checked_mul(size as u64)
            .filter(|&length| length <= MAX_TAG_BYTES)
            .and_then(|length| usize::try_from(length).ok())
            .ok_or_else(|| {
                Fault::damaged(
                    self.offset,
                    said!(
                        "thẻ {} có {} giá trị",
                        "tag {} has {} values",
                        self.tag,
                        self.count
                    ),
                )
            })?;
        if let Some(inline) = self
            .inline
            .get(..length)
            .filter(|_| length <= header.offset_size())
        {
            return Ok(inline.to_vec());
        }
        let at = header.number(self.inline.get(..header.offset_size()));
        source.take(at, length)
    }
}

pub(super) const NEW_SUBFILE_TYPE: u16 = 254;
pub(super) const SUBFILE_TYPE: u16 = 255;
pub(super) const IMAGE_WIDTH: u16 = 256;
pub(super) const IMAGE_LENGTH: u16 = 257;
pub(super) const BITS_PER_SAMPLE: u16 = 258;
pub(super) const COMPRESSION: u16 = 259;
pub(super) const PHOTOMETRIC: u16 = 262;
pub(super) const FILL_ORDER: u16 = 266;
pub(super) const STRIP_OFFSETS: u16 = 273;
const ORIENTATION: u16 = 274;
pub(super) const SAMPLES_PER_PIXEL: u16 = 277;
pub(super) const ROWS_PER_STRIP: u16 = 278;
pub(super) const STRIP_BYTE_COUNTS: u16 = 279;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
pub(super) const PLANAR: u16 = 284;
pub(super) const T4_OPTIONS: u16 = 292;
const RESOLUTION_UNIT: u16 = 296;
pub(super) const PREDICTOR: u16 = 317;
pub(super) const COLOR_MAP: u16 = 320;
pub(super) const TILE_WIDTH: u16 = 322;
pub(super) const TILE_LENGTH: u16 = 323;
pub(super) const TILE_OFFSETS: u16 = 324;
pub(super) const TILE_BYTE_COUNTS: u16 = 325;
pub(super) const INK_SET: u16 = 332;
pub(super) const EXTRA_SAMPLES: u16 = 338;
pub(super) const SAMPLE_FORMAT: u16 = 339;
pub(super) const JPEG_TABLES: u16 = 347;
pub(super) const YCBCR_SUBSAMPLING: u16 = 530;
pub(super) const ICC_PROFILE: u16 = 34_675;

const BYTE: u16 = 1;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;
const FLOAT: u16 = 11;
const IFD: u16 = 13;
const LONG8: u16 = 16;
const IFD8: u16 = 18;

/// Real directories have 10 to 60 entries; 65,535 is what classic TIFF can count.
const MAX_ENTRIES: u64 = 4096;
/// The largest tags are the offsets of tiles: 8 bytes for each of 30,000 x 30,000 / 256 px.
const MAX_TAG_BYTES: u64 = 32 << 20;
