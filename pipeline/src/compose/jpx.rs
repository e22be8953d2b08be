//! What PDF/A-2 asks of a JPEG 2000 file (ISO 19005-2, 6.2.8.3; boxes from ISO 15444-1, annex I).

use super::Refusal;

/// Boxes looked at in one file; JP2 files of scanners and libraries have fewer than 10.
const MAX_BOXES: usize = 64;

/// True when the file is a JP2 with 1, 3 or 4 channels of one depth and a colour specification PDF/A knows.
pub(super) fn check(data: &[u8]) -> Result<(), Refusal> {
    let header = child(data, *b"jp2h").ok_or(Refusal::Jpx("no jp2 header box"))?;
    let image = child(header, *b"ihdr").ok_or(Refusal::Jpx("no image header box"))?;
    let (Some(channels), Some(&depth)) = (image.get(8..10), image.get(10)) else {
        return Err(Refusal::Jpx("short image header box"));
    };
    if !matches!(channels, [0, 1 | 3 | 4]) {
        return Err(Refusal::Jpx("number of channels"));
    }
    // 255 means a depth per channel; else the low 7 bits are the depth less one, and a set top bit means signed.
    if depth & 0x7F > 37 {
        return Err(Refusal::Jpx("bit depth"));
    }
    let colour = child(header, *b"colr").ok_or(Refusal::Jpx("no colour specification"))?;
    match colour {
        [1, _, _, 0, 0, 0, 16..=18, ..] | [2, ..] => Ok(()),
        _ => Err(Refusal::Jpx("colour space")),
    }
}

/// The contents of the first box of this kind.
fn child(mut data: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    for _ in 0..MAX_BOXES {
        let length = u32::from_be_bytes(data.get(0..4)?.try_into().ok()?);
        let found = data.get(4..8)? == kind;
        let (start, end) = match length {
            // To the end of the file.
            0 => (8, data.len()),
            1 => (
                16,
                usize::try_from(u64::from_be_bytes(data.get(8..16)?.try_into().ok()?)).ok()?,
            ),
            length => (8, usize::try_from(length).ok()?),
        };
        let contents = data.get(start..end)?;
        if found {
            return Some(contents);
        }
        data = data.get(end..)?;
    }
    None
}
