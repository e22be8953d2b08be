//! One `N G obj ... endobj` at its place in the file, and where its stream data ends.

use std::ops::Range;

use crate::{
    error::PdfError,
    input::Input,
    lexer::{Lexer, Stop, Token, is_space},
    object::{Object, ObjectId},
    parser::Parser,
    repair::Repair,
};

/// An indirect object as far as it can be read without knowing other objects.
pub(crate) struct Indirect {
    pub(crate) id: ObjectId,
    /// The value; for a stream its dictionary.
    pub(crate) value: Object,
    pub(crate) start: u64,
    /// After `endobj`; for a stream after the dictionary.
    pub(crate) end: u64,
    /// Where stream data begins.
    pub(crate) data: Option<u64>,
    pub(crate) repairs: Vec<Repair>,
}

impl Indirect {
    /// The length that the dictionary gives directly.
    pub(crate) fn direct_length(&self) -> Option<u64> {
        let length = self.value.as_dict()?.get("Length")?.as_integer()?;
        u64::try_from(length).ok()
    }
}

/// Reads the object at `at`, which has to be `id` if that is given.
pub(crate) fn read(input: &Input, at: u64, id: Option<ObjectId>) -> Result<Indirect, PdfError> {
    if at >= input.len() {
        return Err(PdfError::Truncated {
            at: input.len(),
            what: "next object",
        });
    }
    input.window(at, |bytes, whole| {
        let mut parser = Parser::new(Lexer::new(bytes, at, whole), true);
        parse(&mut parser, id)
    })
}

/// Reads the object at `at`, whatever its number, which has to end before `end` but for its stream data.
pub(crate) fn read_until(input: &Input, at: u64, end: u64) -> Result<Indirect, PdfError> {
    input.window_until(at, end, |bytes, whole| {
        let mut parser = Parser::new(Lexer::new(bytes, at, whole), true);
        parse(&mut parser, None)
    })
}

/// Parses one indirect object from where `parser` stands.
pub(crate) fn parse(parser: &mut Parser<'_>, expected: Option<ObjectId>) -> Result<Indirect, Stop> {
    parser.lexer.skip_space()?;
    let start = parser.lexer.offset();
    let id = header(parser)?;
    if expected.is_some_and(|expected| expected != id) {
        return Err(Stop::Fail(PdfError::Syntax {
            at: start,
            what: "another object than expected",
        }));
    }
    let value = match parser.lexer.token()? {
        Token::Keyword(b"endobj") => {
            parser.lexer.note("an object without value");
            let end = parser.lexer.offset();
            let repairs = std::mem::take(&mut parser.lexer.repairs);
            return Ok(Indirect {
                id,
                value: Object::Null,
                start,
                end,
                data: None,
                repairs,
            });
        }
        token => parser.operand(token)?,
    };
    let after_value = parser.lexer.position();
    let mut data = None;
    match parser.lexer.token()? {
        Token::Keyword(b"endobj") => {}
        Token::Keyword(b"stream") if value.as_dict().is_some() => {
            data = Some(data_start(&mut parser.lexer)?);
        }
        _ => {
            parser.lexer.seek(after_value);
            parser.lexer.note("an object without endobj");
        }
    }
    let end = parser.lexer.offset();
    let repairs = std::mem::take(&mut parser.lexer.repairs);
    Ok(Indirect {
        id,
        value,
        start,
        end,
        data,
        repairs,
    })
}

fn header(parser: &mut Parser<'_>) -> Result<ObjectId, Stop> {
    let number = parser.lexer.token()?;
    let generation = parser.lexer.token()?;
    let keyword = parser.lexer.token()?;
    let (Token::Integer(number), Token::Integer(generation), Token::Keyword(b"obj")) =
        (number, generation, keyword)
    else {
        return parser.lexer.fail("no object where one should be");
    };
    match (u32::try_from(number), u16::try_from(generation)) {
        (Ok(number), Ok(generation)) => Ok(ObjectId::new(number, generation)),
        _ => parser.lexer.fail("an object number out of range"),
    }
}

/// Data begins after the line end that follows `stream` (7.3.8.1: CR LF or LF).
fn data_start(lexer: &mut Lexer<'_>) -> Result<u64, Stop> {
    match lexer.peek()? {
        Some(b'\n') => lexer.seek(lexer.position() + 1),
        Some(b'\r') => {
            lexer.seek(lexer.position() + 1);
            if lexer.peek()? == Some(b'\n') {
                lexer.seek(lexer.position() + 1);
            } else {
                lexer.note("a lone carriage return after stream");
            }
        }
        _ => {
            // Blanks before the line end are met; data that begins with blanks and a line end is not.
            let blanks = lexer
                .rest()
                .iter()
                .take(8)
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let after = lexer.rest().get(blanks..).unwrap_or_default();
            lexer.note("no line end after stream");
            let end = if after.starts_with(b"\r\n") {
                2
            } else {
                usize::from(after.starts_with(b"\n"))
            };
            if end > 0 {
                lexer.seek(lexer.position() + blanks + end);
            }
        }
    }
    Ok(lexer.offset())
}

/// The data of the stream that begins at `data`, and where `endobj` or else the stream ends.
pub(crate) fn stream_end(
    input: &Input,
    data: u64,
    declared: Option<u64>,
) -> Result<(Range<u64>, u64), PdfError> {
    if let Some(end) = declared_end(input, data, declared)? {
        return Ok(end);
    }
    let Some(keyword) = input.find(b"endstream", data..input.len())? else {
        return Err(PdfError::Truncated {
            at: input.len(),
            what: "end of a stream",
        });
    };
    let tail_at = keyword.saturating_sub(2).max(data);
    let tail = input.bytes(tail_at, usize::try_from(keyword - tail_at).unwrap_or(0))?;
    let line_end = match tail.as_slice() {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n' | b'\r'] => 1,
        _ => 0,
    };
    let end = keyword - line_end;
    input.note(Repair::StreamLength {
        at: data,
        declared,
        actual: end - data,
    });
    Ok((data..end, after_endobj(input, keyword + 9)?))
}

/// The same when the `declared` length leads to `endstream`, else nothing.
pub(crate) fn declared_end(
    input: &Input,
    data: u64,
    declared: Option<u64>,
) -> Result<Option<(Range<u64>, u64)>, PdfError> {
    let Some(end) = declared
        .and_then(|length| data.checked_add(length))
        .filter(|end| *end <= input.len())
    else {
        return Ok(None);
    };
    match keyword_after(input, end, b"endstream")? {
        Some(after) => Ok(Some((data..end, after_endobj(input, after)?))),
        None => Ok(None),
    }
}

/// As [`stream_end`], but the first `endstream` has to be followed by `endobj`. A length that does not hold is noted:
/// readers agree that then the first `endstream` counts.
pub(crate) fn closed_end(
    input: &Input,
    data: u64,
    declared: Option<u64>,
) -> Result<(Range<u64>, u64), PdfError> {
    if let Some(end) = declared_end(input, data, declared)? {
        return Ok(end);
    }
    let (data, end) = stream_end(input, data, declared)?;
    let tail = input.bytes(end.saturating_sub(6), 6)?;
    if tail != b"endobj" {
        return Err(PdfError::Syntax {
            at: data.start,
            what: "a stream without an end",
        });
    }
    Ok((data, end))
}

/// Where `keyword` ends when it follows `at` with nothing but a little white space between.
fn keyword_after(input: &Input, at: u64, keyword: &[u8]) -> Result<Option<u64>, PdfError> {
    let bytes = input.bytes(at, 32)?;
    let blank = bytes.iter().take_while(|byte| is_space(**byte)).count();
    let follows = bytes
        .get(blank..)
        .is_some_and(|rest| rest.starts_with(keyword));
    Ok(follows.then(|| at + (blank + keyword.len()) as u64))
}

fn after_endobj(input: &Input, at: u64) -> Result<u64, PdfError> {
    if let Some(end) = keyword_after(input, at, b"endobj")? {
        return Ok(end);
    }
    input.note(Repair::Syntax {
        at,
        what: "a stream object without endobj",
    });
    Ok(at)
}
