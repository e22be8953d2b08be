//! What ends a revision: `startxref`, its offset and `%%EOF` (ISO 32000-1, 7.5.5).

use std::ops::Range;

use crate::{error::PdfError, input::Input, lexer::is_space};

/// Comments and white space that may stand between a trailer and its `startxref`, in bytes: libraries put their name
/// there.
const BEFORE: usize = 1024;

/// White space looked at after `%%EOF`, in bytes.
const AFTER: usize = 1024;

/// One `startxref N %%EOF`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Footer {
    /// From `startxref` to the end of `%%EOF`.
    pub(super) bytes: Range<u64>,
    /// The offset that it gives.
    pub(super) offset: u64,
}

/// The last one of the file.
pub(super) fn newest(input: &Input) -> Result<Footer, PdfError> {
    let len = input.len();
    let at = input.rfind(b"startxref")?.ok_or(PdfError::Truncated {
        at: len,
        what: "startxref",
    })?;
    parse(input, at)
}

/// The one that follows a cross-reference section which ends at byte `end`.
pub(super) fn after(input: &Input, end: u64) -> Result<Footer, PdfError> {
    let bytes = input.bytes(end, BEFORE)?;
    let mut rest = bytes.as_slice();
    while let Some((byte, tail)) = rest.split_first() {
        if is_space(*byte) {
            rest = tail;
        } else if *byte == b'%' && !rest.starts_with(b"%%EOF") {
            let line = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            rest = line.and_then(|line| rest.get(line..)).unwrap_or_default();
        } else {
            break;
        }
    }
    parse(input, end + (bytes.len() - rest.len()) as u64)
}

fn parse(input: &Input, at: u64) -> Result<Footer, PdfError> {
    let bytes = input.bytes(at, 128)?;
    let wrong = |what| PdfError::Syntax { at, what };
    let rest = bytes
        .strip_prefix(b"startxref")
        .ok_or_else(|| wrong("no startxref after a cross-reference section"))?;
    let rest = spaced(rest).ok_or_else(|| wrong("no space after startxref"))?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = rest.split_at_checked(digits).unwrap_or_default();
    let offset = std::str::from_utf8(number)
        .ok()
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| wrong("no offset after startxref"))?;
    let rest = spaced(rest)
        .and_then(|rest| rest.strip_prefix(b"%%EOF"))
        .ok_or_else(|| wrong("no %%EOF after startxref"))?;
    Ok(Footer {
        bytes: at..at + (bytes.len() - rest.len()) as u64,
        offset,
    })
}

/// What follows at least one white space character.
fn spaced(bytes: &[u8]) -> Option<&[u8]> {
    let blank = bytes.iter().take_while(|byte| is_space(**byte)).count();
    (blank > 0).then(|| bytes.get(blank..)).flatten()
}

/// Where the line end after an end mark ends, and where what means nothing does: white space, and the mark once more on
/// a line of its own, as some makers write it.
pub(super) fn spaces(input: &Input, marker_end: u64) -> Result<(u64, u64), PdfError> {
    let bytes = input.bytes(marker_end, AFTER)?;
    let line_end = match bytes.as_slice() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
    let mut rest = bytes.as_slice();
    loop {
        let blank = rest.iter().take_while(|byte| is_space(**byte)).count();
        let (skipped, behind) = rest.split_at_checked(blank).unwrap_or_default();
        rest = behind;
        let on_its_line = matches!(skipped.last(), Some(b'\r' | b'\n'));
        match rest.strip_prefix(b"%%EOF") {
            Some(behind) if on_its_line && behind.first().is_none_or(|byte| is_space(*byte)) => {
                rest = behind;
            }
            _ => break,
        }
    }
    let nothing = bytes.len() - rest.len();
    Ok((marker_end + line_end, marker_end + nothing as u64))
}
