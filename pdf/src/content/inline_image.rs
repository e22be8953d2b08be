//! Where an inline image's data ends: nothing says so but the data itself (ISO 32000-1, 8.9.7).

use std::ops::Range;

use memchr::memmem;

use crate::{
    error::PdfError,
    lexer::is_space,
    object::{Dict, Name, Object},
};

/// The data, and where the content goes on after `EI`.
pub(super) struct Data {
    pub(super) range: Range<usize>,
    pub(super) next: usize,
}

/// The data that follows `ID`, which ends at `at`.
pub(super) fn data(content: &[u8], at: usize, dict: &Dict) -> Result<Data, PdfError> {
    // One white-space character belongs to ID.
    let start = at + usize::from(content.get(at).copied().is_some_and(is_space));
    let known = declared(dict)
        .or_else(|| unfiltered(dict))
        .and_then(|length| start.checked_add(length));
    if let Some(end) = known
        && let Some(next) = ends(content, end)
    {
        return Ok(Data {
            range: start..end,
            next,
        });
    }
    let mut from = start + ascii_end(content, start, dict);
    while let Some(found) = content
        .get(from..)
        .and_then(|rest| memmem::find(rest, b"EI"))
    {
        let at = from + found;
        if is_end(content, start, at) {
            // The white space before EI is no data.
            let blank =
                usize::from(at > start && content.get(at - 1).copied().is_some_and(is_space));
            return Ok(Data {
                range: start..at - blank,
                next: at + 2,
            });
        }
        from = at + 1;
    }
    Err(PdfError::Syntax {
        at: start as u64,
        what: "an inline image without end",
    })
}

/// `/L` or `/Length`, required since PDF 2.0.
fn declared(dict: &Dict) -> Option<usize> {
    let value = dict.get("L").or_else(|| dict.get("Length"))?;
    usize::try_from(value.as_integer()?).ok()
}

/// The length that size and depth give to data without filter, where the colour space tells its components.
fn unfiltered(dict: &Dict) -> Option<usize> {
    if filter(dict).is_some() {
        return None;
    }
    let number = |short: &str, long: &str| {
        let value = dict.get(short).or_else(|| dict.get(long))?.as_integer()?;
        usize::try_from(value).ok()
    };
    let (width, height) = (number("W", "Width")?, number("H", "Height")?);
    let mask = dict.get("IM").or_else(|| dict.get("ImageMask")) == Some(&Object::Bool(true));
    let (bits, components) = if mask {
        (1, 1)
    } else {
        let bits = number("BPC", "BitsPerComponent")?;
        let space = match dict.get("CS").or_else(|| dict.get("ColorSpace"))? {
            Object::Array(parts) => parts.first()?.as_name()?,
            name => name.as_name()?,
        };
        let components = match space.as_bytes() {
            b"G" | b"DeviceGray" | b"CalGray" | b"I" | b"Indexed" => 1,
            b"RGB" | b"DeviceRGB" | b"CalRGB" => 3,
            b"CMYK" | b"DeviceCMYK" => 4,
            _ => return None,
        };
        (bits, components)
    };
    width
        .checked_mul(bits)?
        .checked_mul(components)?
        .div_ceil(8)
        .checked_mul(height)
}

fn filter(dict: &Dict) -> Option<&[u8]> {
    match dict.get("F").or_else(|| dict.get("Filter"))? {
        Object::Array(names) => names.first()?.as_name().map(Name::as_bytes),
        name => name.as_name().map(Name::as_bytes),
    }
}

/// How much of the data certainly comes before the end: filters that write text mark it themselves.
fn ascii_end(content: &[u8], start: usize, dict: &Dict) -> usize {
    let mark: &[u8] = match filter(dict) {
        Some(b"A85" | b"ASCII85Decode") => b"~>",
        Some(b"AHx" | b"ASCIIHexDecode") => b">",
        _ => return 0,
    };
    content
        .get(start..)
        .and_then(|rest| memmem::find(rest, mark))
        .map_or(0, |found| found + mark.len())
}

/// Where the content goes on when `EI` follows `end` with at most white space between.
fn ends(content: &[u8], end: usize) -> Option<usize> {
    let rest = content.get(end..)?;
    let blank = rest
        .iter()
        .take(4)
        .take_while(|byte| is_space(**byte))
        .count();
    let after = rest.get(blank..)?.strip_prefix(b"EI")?;
    after
        .first()
        .is_none_or(|byte| is_space(*byte))
        .then_some(end + blank + 2)
}

/// True when the `EI` at `at` is an operator and not two bytes of data: white space around it, and then text.
fn is_end(content: &[u8], start: usize, at: usize) -> bool {
    let before = at == start
        || content
            .get(at - 1)
            .is_some_and(|byte| is_space(*byte) || *byte == b'>');
    let after = content.get(at + 2..).unwrap_or_default();
    let bounded = after.first().is_none_or(|byte| is_space(*byte));
    // Binary data rarely goes on with 16 bytes of plain text; operators do (a choice other readers share).
    let text = after
        .iter()
        .take(16)
        .all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'));
    before && bounded && text
}
