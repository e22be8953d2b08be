//! Cross-reference tables as text (ISO 32000-1, 7.5.4), hybrid ones included (7.5.8.4).

use super::{Entry, Section, Sections};
use crate::{
    error::PdfError,
    input::Input,
    lexer::{Lexer, Stop, Token, is_regular, is_space},
    limits,
    object::{Dict, Object},
    parser::Parser,
};

impl Sections<'_> {
    /// Reads the table at `at`, which begins with `xref`.
    pub(super) fn classic(&mut self, at: u64) -> Result<Section, PdfError> {
        let from = self.rows.len();
        let mut words = Words::new(self.input, at + 4);
        let mut free = Vec::new();
        let trailer_at = loop {
            let (word_at, word) = words.next()?;
            if word == b"trailer" {
                break word_at + 7;
            }
            let start = number(&word).ok_or(PdfError::Syntax {
                at: word_at,
                what: "no cross-reference subsection",
            })?;
            let (count_at, count) = words.next()?;
            let count = number(&count).ok_or(PdfError::Syntax {
                at: count_at,
                what: "no subsection length",
            })?;
            self.subsection(&mut words, start, count, &mut free)?;
        };
        let (trailer, end) = trailer(self.input, trailer_at)?;
        let rows = from..self.rows.len();
        let hybrid = self.hybrid(&trailer, at)?;
        // What is free here may still stand in the hybrid's stream, so it comes after that.
        for number in free {
            self.push(number, Entry::Free, at)?;
        }
        Ok(Section {
            at,
            bytes: at..end,
            trailer,
            rows,
            hybrid: hybrid.map(|stream| (stream.bytes, stream.rows)),
        })
    }

    fn subsection(
        &mut self,
        words: &mut Words<'_>,
        start: u64,
        count: u64,
        free: &mut Vec<u64>,
    ) -> Result<(), PdfError> {
        let mut start = start;
        for index in 0..count {
            let (at, offset) = words.next()?;
            if offset == b"trailer" {
                self.note(at, "a subsection shorter than it says");
                words.back(offset);
                return Ok(());
            }
            let (_, generation) = words.next()?;
            let (_, kind) = words.next()?;
            let (Some(offset), Some(generation)) = (number(&offset), number(&generation)) else {
                return Err(PdfError::Syntax {
                    at,
                    what: "no cross-reference entry",
                });
            };
            // The head of the free list is object 0; some writers count it as 1.
            if index == 0 && start == 1 && kind == b"f" && generation == 65535 {
                self.note(at, "a subsection that begins at 1 in place of 0");
                start = 0;
            }
            let number = start.saturating_add(index);
            match kind.as_slice() {
                b"n" => {
                    let entry = self.in_file(offset, generation);
                    self.push(number, entry, at)?;
                }
                b"f" if free.len() < limits::XREF_ENTRIES => free.push(number),
                _ => {
                    return Err(PdfError::Syntax {
                        at,
                        what: "no cross-reference entry",
                    });
                }
            }
        }
        Ok(())
    }

    fn hybrid(&mut self, trailer: &Dict, at: u64) -> Result<Option<Section>, PdfError> {
        let Some(value) = trailer.get("XRefStm") else {
            return Ok(None);
        };
        let offset = value
            .as_integer()
            .and_then(|offset| u64::try_from(offset).ok());
        match offset.and_then(|offset| offset.checked_add(self.base)) {
            Some(offset) => self.stream(offset).map(Some),
            None => {
                self.note(at, "an /XRefStm that is no offset");
                Ok(None)
            }
        }
    }
}

/// The trailer dictionary after the keyword `trailer`, and where it ends.
pub(super) fn trailer(input: &Input, at: u64) -> Result<(Dict, u64), PdfError> {
    input.window(at, |bytes, whole| {
        let mut parser = Parser::new(Lexer::new(bytes, at, whole), true);
        match parser.lexer.token()? {
            token @ Token::DictOpen => match parser.operand(token)? {
                Object::Dict(dict) => Ok((dict, parser.lexer.offset())),
                _ => parser.lexer.fail("no trailer dictionary"),
            },
            _ => Err(Stop::Fail(PdfError::Syntax {
                at,
                what: "no trailer dictionary",
            })),
        }
    })
}

fn number(word: &[u8]) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// The words of a long text, read in chunks.
struct Words<'a> {
    input: &'a Input,
    chunk: Vec<u8>,
    start: u64,
    pos: usize,
    back: Option<Vec<u8>>,
}

impl<'a> Words<'a> {
    fn new(input: &'a Input, at: u64) -> Self {
        Self {
            input,
            chunk: Vec::new(),
            start: at,
            pos: 0,
            back: None,
        }
    }

    fn at(&self) -> u64 {
        self.start + self.pos as u64
    }

    fn back(&mut self, word: Vec<u8>) {
        self.back = Some(word);
    }

    fn peek(&mut self) -> Result<Option<u8>, PdfError> {
        if self.pos >= self.chunk.len() {
            self.start = self.at();
            self.pos = 0;
            // Short tables are the rule.
            let size = if self.chunk.is_empty() { 4096 } else { 65536 };
            self.chunk = self.input.bytes(self.start, size)?;
        }
        Ok(self.chunk.get(self.pos).copied())
    }

    /// The next word, at most 32 bytes long, and where it begins.
    fn next(&mut self) -> Result<(u64, Vec<u8>), PdfError> {
        if let Some(word) = self.back.take() {
            return Ok((self.at().saturating_sub(word.len() as u64), word));
        }
        while self.peek()?.is_some_and(is_space) {
            self.pos += 1;
        }
        let at = self.at();
        let mut word = Vec::with_capacity(12);
        while let Some(byte) = self.peek()?.filter(|byte| is_regular(*byte)) {
            if word.len() >= 32 {
                break;
            }
            word.push(byte);
            self.pos += 1;
        }
        if word.is_empty() {
            let what = "end of the cross-reference table";
            return Err(match self.peek()? {
                None => PdfError::Truncated {
                    at: self.input.len(),
                    what,
                },
                Some(_) => PdfError::Syntax {
                    at,
                    what: "no cross-reference entry",
                },
            });
        }
        Ok((at, word))
    }
}
