//! The marker segments of a JPEG file, read without decoding (ITU-T T.81, annex B).

use crate::record::said;
use std::ops::Range;
use std::sync::Arc;

use super::super::error::Fault;
use super::MAX_SCANS;

/// What the markers say.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Markers {
    pub(in crate::ingest) width: u32,
    pub(in crate::ingest) height: u32,
    pub(in crate::ingest) components: u8,
    /// Names of the first four components.
    pub(in crate::ingest) ids: [u8; 4],
    pub(in crate::ingest) progressive: bool,
    pub(in crate::ingest) scans: usize,
    /// The colour transform that an Adobe marker states.
    pub(in crate::ingest) adobe: Option<u8>,
    pub(in crate::ingest) jfif: bool,
    /// Dots per inch from the JFIF marker.
    pub(in crate::ingest) density: Option<(f32, f32)>,
    pub(in crate::ingest) exif: Option<Vec<u8>>,
    pub(in crate::ingest) icc: Option<Arc<[u8]>>,
    /// Where the first scan starts.
    pub(in crate::ingest) first_scan: u64,
    /// The byte after the end-of-image marker.
    pub(in crate::ingest) end: usize,
    /// The last byte of the frame marker.
    frame: u8,
    precision: u8,
    restart_interval: u16,
    /// What a decoder needs: tables, frame, scans.
    essential: Vec<Range<usize>>,
    icc_parts: Vec<(u8, Vec<u8>)>,
    /// The lowest bit sent so far of each coefficient of the first component of a progressive file.
    sent: Vec<Option<u8>>,
}

impl Markers {
    /// Walks from start-of-image to end-of-image; a file that ends before is damaged.
    pub(in crate::ingest) fn read(data: &[u8]) -> Result<Self, Fault> {
        if !data.starts_with(&[0xFF, SOI]) {
            return Err(Fault::damaged(
                0,
                said!("không có dấu mốc đầu ảnh", "no start-of-image marker"),
            ));
        }
        let mut markers = Self::default();
        let mut at = 2;
        loop {
            let (marker, start) = next_marker(data, at)?;
            at = start + 2;
            match marker {
                EOI => break,
                SOI | TEM | RST0..=RST7 => continue,
                _ => {}
            }
            let body = segment(data, start)?;
            at = body.end;
            markers.take(
                marker,
                data.get(body.clone()).unwrap_or_default(),
                body.start,
            )?;
            if marker == SOS {
                markers.take_scan(data.get(body.clone()).unwrap_or_default());
                at = markers.scan(data, start, body.end)?;
            } else if !is_application(marker) {
                markers.essential.push(start..at);
            }
        }
        markers.end = at;
        if markers.frame == 0 || markers.scans == 0 {
            return Err(Fault::damaged(
                at as u64,
                said!(
                    "ảnh kết thúc trước lượt quét đầu tiên",
                    "the image ends before its first scan"
                ),
            ));
        }
        if markers.progressive
            && !(markers.sent.len() == 64 && markers.sent.iter().all(|low| *low == Some(0)))
        {
            return Err(Fault::damaged(
                at as u64,
                said!(
                    "thiếu các lượt quét cuối của ảnh lũy tiến",
                    "the last scans of a progressive image are missing"
                ),
            ));
        }
        markers.join_icc();
        Ok(markers)
    }

    fn take(&mut self, marker: u8, body: &[u8], at: usize) -> Result<(), Fault> {
        match marker {
            SOF0..=SOF15 if !matches!(marker, DHT | JPG | DAC) => {
                self.take_frame(marker, body, at)?;
            }
            DRI => self.restart_interval = be16(body, 0).unwrap_or_default(),
            DNL => {
                return Err(Fault::unsupported(said!(
                    "JPEG ghi chiều cao sau dữ liệu quét (DNL)",
                    "JPEG that states its height after the scan (DNL)"
                )));
            }
            APP0 if body.starts_with(b"JFIF\0") => self.take_jfif(body),
            APP1 if body.starts_with(b"Exif\0") && self.exif.is_none() => {
                self.exif = Some(body.to_vec());
            }
            APP2 => self.take_icc(body),
            APP14 if body.starts_with(b"Adobe") => {
                self.adobe = self.adobe.or(body.get(11).copied());
            }
            _ => {}
        }
        Ok(())
    }

    fn take_frame(&mut self, marker: u8, body: &[u8], at: usize) -> Result<(), Fault> {
        if self.frame != 0 {
            return Err(Fault::damaged(
                at as u64,
                said!("phần đầu khung ảnh lặp lại", "a second frame header"),
            ));
        }
        let (Some(&precision), Some(height), Some(width), Some(&components)) =
            (body.first(), be16(body, 1), be16(body, 3), body.get(5))
        else {
            return Err(Fault::damaged(
                at as u64,
                said!(
                    "phần đầu khung ảnh quá ngắn",
                    "the frame header is too short"
                ),
            ));
        };
        if body.len() < 6 + 3 * usize::from(components) {
            return Err(Fault::damaged(
                at as u64,
                said!(
                    "phần đầu khung ảnh quá ngắn so với số thành phần",
                    "the frame header is too short for its components"
                ),
            ));
        }
        self.frame = marker;
        self.precision = precision;
        self.progressive = marker == SOF2;
        (self.width, self.height) = (u32::from(width), u32::from(height));
        self.components = components;
        let names = body
            .get(6..)
            .unwrap_or_default()
            .iter()
            .step_by(3)
            .take(usize::from(components));
        for (to, from) in self.ids.iter_mut().zip(names) {
            *to = *from;
        }
        Ok(())
    }

    /// Huffman-coded DCT of 8 bits is what decoders and PDF readers have in common.
    pub(in crate::ingest) fn check_supported(&self) -> Result<(), Fault> {
        let what = match self.frame {
            SOF0..=SOF2 if self.precision != 8 => {
                said!("JPEG {} bit", "JPEG of {} bits", self.precision)
            }
            SOF0..=SOF2 if self.height == 0 => {
                said!(
                    "JPEG ghi chiều cao sau dữ liệu quét (DNL)",
                    "JPEG that states its height after the scan (DNL)"
                )
            }
            SOF0..=SOF2 if !matches!(self.components, 1 | 3 | 4) => {
                said!(
                    "JPEG có {} thành phần màu",
                    "JPEG of {} components",
                    self.components
                )
            }
            SOF0..=SOF2 => return Ok(()),
            SOF3 | 0xC7 | 0xCB | SOF15 => said!("JPEG không mất mát", "lossless JPEG"),
            0xC9 | 0xCA => said!("JPEG mã hóa số học", "JPEG with arithmetic coding"),
            _ => said!("JPEG phân tầng", "hierarchical JPEG"),
        };
        Err(Fault::unsupported(what))
    }

    /// JFIF 1.02: units 1 = per inch, 2 = per cm; 0 is only a ratio.
    fn take_jfif(&mut self, body: &[u8]) {
        self.jfif = true;
        let factor = match body.get(7) {
            Some(1) => 1.0,
            Some(2) => 2.54,
            _ => return,
        };
        if let (Some(x), Some(y)) = (be16(body, 8), be16(body, 10)) {
            self.density = Some((f32::from(x) * factor, f32::from(y) * factor));
        }
    }

    /// ICC.1:2022, B.4: numbered parts of one profile.
    fn take_icc(&mut self, body: &[u8]) {
        let Some(rest) = body.strip_prefix(b"ICC_PROFILE\0") else {
            return;
        };
        if let [number, _total, part @ ..] = rest {
            self.icc_parts.push((*number, part.to_vec()));
        }
    }

    fn join_icc(&mut self) {
        let mut parts = std::mem::take(&mut self.icc_parts);
        parts.sort_by_key(|(number, _)| *number);
        let in_order = parts
            .iter()
            .zip(1_u8..)
            .all(|((number, _), expected)| *number == expected);
        if in_order && !parts.is_empty() && parts.len() < 256 {
            self.icc = Some(
                parts
                    .into_iter()
                    .flat_map(|(_, part)| part)
                    .collect::<Vec<_>>()
                    .into(),
            );
        }
    }

    /// Notes which bits of which coefficients a progressive scan sends (G.1.1.1). Only the first component
    /// is followed: encoders may leave out what is all zero in the others.
    fn take_scan(&mut self, body: &[u8]) {
        let [count, components @ ..] = body else {
            return;
        };
        let count = usize::from(*count);
        let mut names = components.iter().step_by(2).take(count);
        let Some([first, last, bits]) = components
            .get(count * 2..)
            .and_then(|rest| rest.first_chunk())
        else {
            return;
        };
        if !names.any(|name| *name == self.ids[0]) {
            return;
        }
        self.sent.resize(64, None);
        let band = self
            .sent
            .iter_mut()
            .take(usize::from(*last) + 1)
            .skip(usize::from(*first));
        for low in band {
            *low = Some(bits & 0x0F);
        }
    }

    /// Passes over the entropy-coded bytes of a scan; returns where the next marker is.
    fn scan(&mut self, data: &[u8], start: usize, body_end: usize) -> Result<usize, Fault> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(Fault::TooLarge {
                what: said!("JPEG quá nhiều lượt quét", "a JPEG of many scans"),
                limit: said!("{MAX_SCANS}", "{MAX_SCANS}"),
            });
        }
        if self.scans == 1 {
            self.first_scan = start as u64;
        }
        let mut at = body_end;
        let mut restart = RST0;
        loop {
            let rest = data.get(at..).unwrap_or_default();
            let Some(found) = rest.iter().position(|&byte| byte == 0xFF) else {
                return Err(ends_early(data));
            };
            at += found;
            match data.get(at + 1) {
                None => return Err(ends_early(data)),
                Some(0) => at += 2,
                Some(0xFF) => at += 1,
                Some(&marker @ RST0..=RST7) => {
                    if self.restart_interval > 0 && marker != restart {
                        return Err(Fault::damaged(
                            at as u64,
                            said!(
                                "dấu mốc khởi động lại sai thứ tự: thiếu một phần",
                                "restart markers are out of order: a part is missing"
                            ),
                        ));
                    }
                    restart = if marker == RST7 { RST0 } else { marker + 1 };
                    at += 2;
                }
                Some(_) => break,
            }
        }
        self.essential.push(start..at);
        Ok(at)
    }

    /// The file with only what a decoder needs, its colour transform stated by an Adobe marker; and
    /// where its scan ends when zero bytes stand after it (see `Watched`), else a place beyond the end.
    pub(super) fn bare(&self, data: &[u8], transform: u8) -> (Vec<u8>, usize) {
        let length: usize = self.essential.iter().map(ExactSizeIterator::len).sum();
        let mut bare = Vec::with_capacity(length + 32 + PADDING);
        bare.extend_from_slice(&[0xFF, SOI]);
        if self.components > 1 {
            bare.extend_from_slice(&adobe(transform));
        }
        for range in &self.essential {
            bare.extend_from_slice(data.get(range.clone()).unwrap_or_default());
        }
        let mut end = usize::MAX;
        // The ends of the scans of a progressive file are told by the markers between them.
        if self.scans == 1 && !self.progressive {
            end = bare.len();
            bare.resize(end + PADDING, 0);
        }
        bare.extend_from_slice(&[0xFF, EOI]);
        (bare, end)
    }

    /// The file with an Adobe marker before all others.
    pub(in crate::ingest) fn with_adobe(&self, data: &[u8], transform: u8) -> Vec<u8> {
        let mut out = Vec::with_capacity(data.len() + 16);
        out.extend_from_slice(&[0xFF, SOI]);
        out.extend_from_slice(&adobe(transform));
        out.extend_from_slice(data.get(2..).unwrap_or_default());
        out
    }
}

/// An Adobe marker segment (T.872, 6.5.3), version 100.
fn adobe(transform: u8) -> [u8; 16] {
    let mut segment = *b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0";
    segment[15] = transform;
    segment
}

/// The next marker at or after `at`, and where its first byte is.
fn next_marker(data: &[u8], at: usize) -> Result<(u8, usize), Fault> {
    let rest = data.get(at..).unwrap_or_default();
    // Fill bytes are allowed before markers (B.1.1.2); other bytes are not, but are passed over by every reader.
    let found = rest
        .windows(2)
        .position(|pair| pair[0] == 0xFF && pair[1] != 0 && pair[1] != 0xFF);
    let start = at + found.ok_or_else(|| ends_early(data))?;
    let marker = data
        .get(start + 1)
        .copied()
        .ok_or_else(|| ends_early(data))?;
    Ok((marker, start))
}

/// The body of the segment whose marker is at `start`.
fn segment(data: &[u8], start: usize) -> Result<Range<usize>, Fault> {
    let Some(length) = be16(data, start + 2) else {
        return Err(ends_early(data));
    };
    let end = start + 2 + usize::from(length);
    if length < 2 {
        return Err(Fault::damaged(
            start as u64,
            said!(
                "đoạn dấu mốc không có độ dài",
                "a marker segment of no length"
            ),
        ));
    }
    if end > data.len() {
        return Err(ends_early(data));
    }
    Ok(start + 4..end)
}

fn ends_early(data: &[u8]) -> Fault {
    Fault::damaged(
        data.len() as u64,
        said!(
            "tệp kết thúc trước dấu mốc cuối ảnh: thiếu một phần",
            "the file ends before the end-of-image marker: a part is missing"
        ),
    )
}

fn is_application(marker: u8) -> bool {
    matches!(marker, APP0..=APP15 | COM)
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map(|pair| u16::from_be_bytes(*pair))
}

/// Zero bytes after a scan: more than the decoder fetches ahead.
const PADDING: usize = 64;

const TEM: u8 = 0x01;
const SOF0: u8 = 0xC0;
const SOF2: u8 = 0xC2;
const SOF3: u8 = 0xC3;
const DHT: u8 = 0xC4;
const JPG: u8 = 0xC8;
const DAC: u8 = 0xCC;
const SOF15: u8 = 0xCF;
const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DNL: u8 = 0xDC;
const DRI: u8 = 0xDD;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;
