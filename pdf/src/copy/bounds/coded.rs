//! How many pixels the coded data of an image claim to have: decoders take memory for what the data say, and not
//! for what the dictionary says.

use crate::filter::ImageFilter;

/// The most pixels, counted once for each component, that any part of the data claims.
pub(super) fn pixels(filter: ImageFilter, data: &[u8]) -> u64 {
    match filter {
        ImageFilter::Jbig2 => jbig2(data),
        ImageFilter::Jpx => jpx(data),
        ImageFilter::Dct => dct(data),
        // Rows come one by one, each no longer than the dictionary says.
        ImageFilter::Ccitt => 0,
    }
}

/// The size in the `SIZ` marker of the codestream (ITU-T T.800, A.5.1).
fn jpx(data: &[u8]) -> u64 {
    let starts = memchr::memmem::find_iter(data, b"\xFF\x4F\xFF\x51");
    let size = |at: usize| {
        let side = |place: usize, origin: usize| {
            Some(be32(data, at + place)?.saturating_sub(be32(data, at + origin)?))
        };
        let components = u64::from(be16(data, at + 40)?);
        Some(product(side(8, 16)?, side(12, 20)?).saturating_mul(components))
    };
    starts.filter_map(size).max().unwrap_or(0)
}

/// The size in the frame header (ITU-T T.81, B.2.2).
fn dct(data: &[u8]) -> u64 {
    let mut at = 2;
    while let (Some(0xFF), Some(marker)) = (data.get(at), data.get(at + 1)) {
        let frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        let sides = be16(data, at + 5).zip(be16(data, at + 7));
        if let (true, Some((height, width))) = (frame, sides) {
            let components = data.get(at + 9).copied().unwrap_or(1);
            return u64::from(height) * u64::from(width) * u64::from(components);
        }
        let Some(length) = be16(data, at + 2) else {
            break;
        };
        at += 2 + usize::from(length);
    }
    0
}

/// The sizes of the page, of its regions and of its patterns (ITU-T T.88, 7.2 to 7.4).
fn jbig2(data: &[u8]) -> u64 {
    let (mut at, mut most) = (0, 0);
    while let Some(segment) = Segment::read(data, at) {
        most = most.max(segment.pixels(data));
        let Some(next) = segment.end().filter(|end| *end > at) else {
            break;
        };
        at = next;
    }
    most
}

/// The header of a segment.
struct Segment {
    kind: u8,
    /// Where its data begin.
    start: usize,
    /// `None` for a generic region of unknown length, which is then the last.
    length: Option<usize>,
}

impl Segment {
    fn read(data: &[u8], at: usize) -> Option<Self> {
        let number = be32(data, at)?;
        let flags = *data.get(at + 4)?;
        let short = *data.get(at + 5)? >> 5;
        let (count, after) = if short == 7 {
            let count = usize::try_from(be32(data, at + 5)? & 0x1FFF_FFFF).ok()?;
            (count, at + 9 + (count + 1).div_ceil(8))
        } else {
            (usize::from(short), at + 6)
        };
        let reference = match number {
            0..=256 => 1,
            257..=65_536 => 2,
            _ => 4,
        };
        let page = if flags & 0x40 == 0 { 1 } else { 4 };
        let place = count.checked_mul(reference)?.checked_add(after + page)?;
        let length = be32(data, place)?;
        Some(Self {
            kind: flags & 0x3F,
            start: place + 4,
            length: usize::try_from(length).ok().filter(|_| length != u32::MAX),
        })
    }

    fn end(&self) -> Option<usize> {
        self.start.checked_add(self.length?)
    }

    fn pixels(&self, data: &[u8]) -> u64 {
        let number = |place| be32(data, self.start + place).unwrap_or(0);
        match self.kind {
            PAGE => match number(4) {
                // A page of unknown height grows with its regions.
                u32::MAX => 0,
                height => product(number(0), height),
            },
            PATTERNS => {
                let side = |place: usize| data.get(self.start + place).copied().unwrap_or(0);
                let one = u64::from(side(1)) * u64::from(side(2));
                one.saturating_mul(u64::from(number(3)) + 1)
            }
            // Halftone regions: after the region's own 17 bytes and a byte of flags comes the grid.
            20 | 22 | 23 => product(number(0), number(4)).max(product(number(18), number(22))),
            // Text, generic and refinement regions.
            4 | 6 | 7 | 36 | 38..=40 | 42 | 43 => product(number(0), number(4)),
            _ => 0,
        }
    }
}

const PAGE: u8 = 48;
const PATTERNS: u8 = 16;

fn product(a: u32, b: u32) -> u64 {
    u64::from(a) * u64::from(b)
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*bytes))
}

fn be32(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(number: u32, kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&number.to_be_bytes()[..], &[kind, 0, 1], &length, body].concat()
    }

    fn sides(width: u32, height: u32) -> Vec<u8> {
        [width.to_be_bytes(), height.to_be_bytes()].concat()
    }

    #[test]
    fn what_the_data_claim_is_found_wherever_it_stands() {
        let page = |w, h| segment(0, PAGE, &[sides(w, h), vec![0; 11]].concat());
        let region = |w, h| segment(1, 38, &[sides(w, h), vec![0; 12]].concat());
        let small = [page(8, 8), region(8, 8)].concat();
        assert_eq!(pixels(ImageFilter::Jbig2, &small), 64);
        let in_page = [page(60_000, 60_000), region(8, 8)].concat();
        assert_eq!(pixels(ImageFilter::Jbig2, &in_page), 3_600_000_000);
        let in_region = [page(8, 8), region(60_000, 60_000)].concat();
        assert_eq!(pixels(ImageFilter::Jbig2, &in_region), 3_600_000_000);
        let patterns = segment(2, PATTERNS, &[0, 200, 200, 0xFF, 0xFF, 0xFF, 0xFF]);
        assert!(pixels(ImageFilter::Jbig2, &[small, patterns].concat()) > 1 << 40);
        let codestream = [
            &b"\xFF\x4F\xFF\x51\0\x2F\0\0"[..],
            &sides(50_000, 40_000),
            &[0; 24],
            &[0, 3],
        ]
        .concat();
        assert_eq!(pixels(ImageFilter::Jpx, &codestream), 6_000_000_000);
        let frame = b"\xFF\xD8\xFF\xDB\0\x03\0\xFF\xC0\0\x11\x08\xFD\xE8\xFD\xE8\x03";
        assert_eq!(pixels(ImageFilter::Dct, frame), 65_000 * 65_000 * 3);
    }

    #[test]
    fn noise_comes_to_an_end() {
        let noise: Vec<u8> = (0..5000u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        for filter in [
            ImageFilter::Jbig2,
            ImageFilter::Jpx,
            ImageFilter::Dct,
            ImageFilter::Ccitt,
        ] {
            for cut in [0, 1, 7, 100, 5000] {
                pixels(filter, &noise[..cut]);
            }
        }
    }
}
