//! The boxes of a JP2 file and the main header of its codestream (ITU-T T.800, annexes A and I).

use crate::record::said;
use std::ops::Range;

use super::super::error::Fault;

/// What the boxes and the header say.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u16,
    /// Bits of the first component.
    pub(super) bits: u8,
    /// Components of other depths, signed ones, or subsampled ones.
    pub(super) odd_samples: bool,
    /// The file is only a codestream.
    pub(super) bare: bool,
    pub(super) color_boxes: usize,
    /// The enumerated colour space of the first colour box.
    pub(super) space: Option<u32>,
    /// Palette, component mapping or channel definitions.
    pub(super) has_channel_boxes: bool,
    /// Dots per inch across and down.
    pub(super) dpi: Option<(f32, f32)>,
}

impl Boxes {
    /// Reads the structure; a codestream that is not all there is damaged.
    pub(super) fn read(data: &[u8]) -> Result<Self, Fault> {
        let mut boxes = Self::default();
        let stream = if data.starts_with(&[0xFF, 0x4F]) {
            boxes.bare = true;
            0..data.len()
        } else {
            boxes.take_all(data, 0..data.len(), 0)?.ok_or_else(|| {
                Fault::damaged(
                    data.len() as u64,
                    said!(
                        "tệp kết thúc trước dòng mã ảnh",
                        "the file ends before its codestream"
                    ),
                )
            })?
        };
        boxes.take_size(data, stream.start)?;
        check_tiles(data, stream)?;
        Ok(boxes)
    }

    /// Walks boxes in `range`; returns where the codestream is.
    fn take_all(
        &mut self,
        data: &[u8],
        range: Range<usize>,
        depth: u8,
    ) -> Result<Option<Range<usize>>, Fault> {
        let mut stream = None;
        let mut at = range.start;
        while at + 8 <= range.end {
            let (kind, body) = next_box(data, at, range.end)?;
            at = body.end;
            let bytes = data.get(body.clone()).unwrap_or_default();
            match &kind {
                b"jp2c" if stream.is_none() => stream = Some(body),
                b"jp2h" | b"res " if depth < 3 => {
                    self.take_all(data, body, depth + 1)?;
                }
                b"colr" => self.take_color(bytes),
                b"pclr" | b"cmap" | b"cdef" => self.has_channel_boxes = true,
                // The display resolution (resd) wins over that of the capture only when alone.
                b"resc" => self.dpi = resolution(bytes).or(self.dpi),
                b"resd" => self.dpi = self.dpi.or_else(|| resolution(bytes)),
                _ => {}
            }
        }
        Ok(stream)
    }

    fn take_color(&mut self, bytes: &[u8]) {
        self.color_boxes += 1;
        if self.color_boxes == 1 && bytes.first() == Some(&1) {
            self.space = be32(bytes, 3);
        }
    }

    /// The SIZ segment, which follows the start of the codestream (A.5.1).
    fn take_size(&mut self, data: &[u8], start: usize) -> Result<(), Fault> {
        let bad = || {
            Fault::damaged(
                start as u64,
                said!(
                    "dòng mã ảnh không ghi kích thước",
                    "the codestream has no size"
                ),
            )
        };
        if be16(data, start) != Some(0xFF4F) || be16(data, start + 2) != Some(0xFF51) {
            return Err(bad());
        }
        let side = |place| be32(data, start + place).ok_or_else(bad);
        let (right, bottom, left, top) = (side(8)?, side(12)?, side(16)?, side(20)?);
        self.width = right.checked_sub(left).ok_or_else(bad)?;
        self.height = bottom.checked_sub(top).ok_or_else(bad)?;
        let (tile_width, tile_height) = (side(24)?, side(28)?);
        let tiles = u64::from(right.div_ceil(tile_width.max(1)))
            * u64::from(bottom.div_ceil(tile_height.max(1)));
        if tile_width == 0 || tile_height == 0 || tiles > MAX_TILES {
            return Err(Fault::damaged(
                start as u64,
                said!(
                    "{tiles} ô ảnh {tile_width} x {tile_height} px",
                    "{tiles} tiles of {tile_width} x {tile_height} px"
                ),
            ));
        }
        self.components = be16(data, start + 40).ok_or_else(bad)?;
        if self.components == 0 || self.components > MAX_COMPONENTS {
            return Err(Fault::unsupported(said!(
                "JPEG 2000 có {} thành phần màu",
                "JPEG 2000 of {} components",
                self.components
            )));
        }
        let kinds = data
            .get(start + 42..start + 42 + 3 * usize::from(self.components))
            .ok_or_else(bad)?;
        let first = kinds.first().copied().unwrap_or_default();
        self.bits = (first & 0x7F) + 1;
        self.odd_samples = kinds
            .chunks_exact(3)
            .any(|kind| kind != [first & 0x7F, 1, 1]);
        Ok(())
    }
}

/// Follows the tile-parts by their lengths to the end-of-codestream marker (A.4).
fn check_tiles(data: &[u8], stream: Range<usize>) -> Result<(), Fault> {
    let ends = || {
        Fault::damaged(
            stream.end as u64,
            said!(
                "dòng mã ảnh kết thúc trước ô cuối: thiếu một phần",
                "the codestream ends before its last tile: a part is missing"
            ),
        )
    };
    let mut at = stream.start + 2;
    loop {
        match be16(data.get(..stream.end).unwrap_or_default(), at).ok_or_else(ends)? {
            0xFF90 => {
                let length = be32(data, at + 6).ok_or_else(ends)?;
                if length == 0 {
                    // The last tile-part runs up to the end marker.
                    let closed = stream.end >= 2 && be16(data, stream.end - 2) == Some(0xFFD9);
                    return if closed { Ok(()) } else { Err(ends()) };
                }
                if length < 14 {
                    return Err(Fault::damaged(
                        at as u64,
                        said!("phần ô ảnh không có độ dài", "a tile-part of no length"),
                    ));
                }
                at = at
                    .checked_add(usize::try_from(length).map_err(|_| ends())?)
                    .ok_or_else(ends)?;
            }
            0xFFD9 => return Ok(()),
            0xFF30..=0xFF3F => at += 2,
            marker if marker >= 0xFF00 => {
                let length = be16(data, at + 2).ok_or_else(ends)?;
                at += 2 + usize::from(length.max(2));
            }
            _ => {
                return Err(Fault::damaged(
                    at as u64,
                    said!("thiếu dấu mốc ở chỗ phải có", "no marker where one belongs"),
                ));
            }
        }
    }
}

/// The kind and the body of the box at `at` (I.4).
fn next_box(data: &[u8], at: usize, end: usize) -> Result<([u8; 4], Range<usize>), Fault> {
    let short = || {
        Fault::damaged(
            data.len() as u64,
            said!(
                "tệp kết thúc giữa một hộp dữ liệu: thiếu một phần",
                "the file ends inside a box: a part is missing"
            ),
        )
    };
    let length = be32(data, at).ok_or_else(short)?;
    let kind = data
        .get(at + 4..)
        .and_then(|rest| rest.first_chunk())
        .copied()
        .ok_or_else(short)?;
    let (head, length) = match length {
        0 => (8, (end - at) as u64),
        1 => {
            let high = be32(data, at + 8).ok_or_else(short)?;
            let low = be32(data, at + 12).ok_or_else(short)?;
            (16, u64::from(high) << 32 | u64::from(low))
        }
        length => (8, u64::from(length)),
    };
    let length = usize::try_from(length).map_err(|_| short())?;
    let stop = at
        .checked_add(length)
        .filter(|&stop| stop <= end)
        .ok_or_else(short)?;
    if length < head {
        return Err(Fault::damaged(
            at as u64,
            said!("hộp dữ liệu không có độ dài", "a box of no length"),
        ));
    }
    Ok((kind, at + head..stop))
}

/// I.5.3.7: a fraction and a power of ten, points a metre, down before across.
fn resolution(bytes: &[u8]) -> Option<(f32, f32)> {
    let value = |place: usize, power: usize| {
        let above = f64::from(be16(bytes, place)?);
        let below = f64::from(be16(bytes, place + 2)?);
        let power = i8::from_be_bytes([*bytes.get(power)?]);
        (below > 0.0).then(|| (above / below * 10_f64.powi(i32::from(power)) * 0.0254) as f32)
    };
    Some((value(4, 9)?, value(0, 8)?))
}

/// A JP2 file around a bare codestream, for grey or sRGB of 8 bits.
pub(super) fn wrap(boxes: &Boxes, stream: &[u8], components: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(stream.len() + 96);
    out.extend_from_slice(b"\0\0\0\x0CjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ");
    out.extend_from_slice(b"\0\0\0\x2Djp2h\0\0\0\x16ihdr");
    out.extend_from_slice(&boxes.height.to_be_bytes());
    out.extend_from_slice(&boxes.width.to_be_bytes());
    // Components; 8 bits unsigned; the one compression type; colour space known; no rights box.
    out.extend_from_slice(&[0, components, 7, 7, 0, 0]);
    out.extend_from_slice(b"\0\0\0\x0Fcolr\x01\0\0");
    out.extend_from_slice(
        &(if components == 1 {
            SPACE_GRAY
        } else {
            SPACE_SRGB
        })
        .to_be_bytes(),
    );
    // Length 0: the box runs to the end of the file.
    out.extend_from_slice(b"\0\0\0\0jp2c");
    out.extend_from_slice(stream);
    out
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map(|b| u16::from_be_bytes(*b))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map(|b| u32::from_be_bytes(*b))
}

/// Table I.10.
pub(super) const SPACE_SRGB: u32 = 16;
pub(super) const SPACE_GRAY: u32 = 17;
/// A.4.2 counts tiles in 16 bits.
const MAX_TILES: u64 = 65_535;
/// CMYK and alpha.
const MAX_COMPONENTS: u16 = 5;
