//! Content streams split into operations (ISO 32000-1, 7.8.2), inline images included (8.9.7).

mod inline_image;

use std::ops::Range;

use crate::{
    error::PdfError,
    lexer::{Lexer, Stop, Token},
    limits,
    object::{Dict, Object},
    parser::Parser,
};

/// One operator with its operands.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation<'a> {
    /// The operator, such as `Do`; `BI` for a whole inline image.
    pub operator: &'a [u8],
    /// The operands, in order.
    pub operands: Vec<Object>,
    /// The inline image of `BI`.
    pub image: Option<InlineImage>,
    /// The operation's bytes in the content, operands included.
    pub range: Range<usize>,
}

/// An image written into a content stream.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineImage {
    /// Its dictionary, keys as they are written: mostly abbreviated.
    pub dict: Dict,
    /// Its data's bytes in the content, still encoded.
    pub data: Range<usize>,
}

/// The operations of decoded content. The first error ends the iteration; a malformed operand is skipped.
pub fn operations(content: &[u8]) -> Operations<'_> {
    Operations {
        content,
        parser: Parser::new(Lexer::new(content, 0, true), false),
        done: false,
        skipped: 0,
    }
}

/// An iterator over operations.
pub struct Operations<'a> {
    content: &'a [u8],
    parser: Parser<'a>,
    done: bool,
    skipped: usize,
}

impl Operations<'_> {
    /// Malformed pieces left out so far.
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Result<Operation<'a>, PdfError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.operation();
        self.done = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

impl<'a> Operations<'a> {
    fn operation(&mut self) -> Result<Option<Operation<'a>>, PdfError> {
        let mut operands = Vec::new();
        let mut start = None;
        loop {
            let Ok(()) = self.parser.lexer.skip_space() else {
                return Ok(None);
            };
            let at = self.parser.lexer.position();
            let token = match self.parser.lexer.token() {
                Ok(Token::End) => {
                    self.skipped += usize::from(!operands.is_empty());
                    return Ok(None);
                }
                Ok(token) => token,
                Err(stop) => {
                    self.skip(stop)?;
                    continue;
                }
            };
            if let Token::Keyword(operator) = token
                && !matches!(operator, b"true" | b"false" | b"null")
            {
                let image = if operator == b"BI" {
                    Some(self.inline_image()?)
                } else {
                    None
                };
                let range = start.unwrap_or(at)..self.parser.lexer.position();
                return Ok(Some(Operation {
                    operator,
                    operands,
                    image,
                    range,
                }));
            }
            match self.parser.operand(token) {
                Ok(operand) => {
                    start.get_or_insert(at);
                    operands.push(operand);
                }
                Err(stop) => self.skip(stop)?,
            }
            if operands.len() > limits::OPERANDS {
                let limit = limits::OPERANDS as u64;
                return Err(PdfError::Limit {
                    at: at as u64,
                    what: "operands",
                    limit,
                });
            }
        }
    }

    /// Goes on behind what cannot be parsed, unless a limit was reached.
    fn skip(&mut self, stop: Stop) -> Result<(), PdfError> {
        match stop {
            Stop::Fail(error @ PdfError::Limit { .. }) => Err(error),
            Stop::Fail(_) | Stop::More => {
                self.skipped += 1;
                Ok(())
            }
        }
    }

    /// An inline image after its `BI`.
    fn inline_image(&mut self) -> Result<InlineImage, PdfError> {
        let mut dict = Dict::new();
        loop {
            match self.parser.lexer.token() {
                Ok(Token::Keyword(b"ID")) => break,
                Ok(Token::Name(key)) => {
                    let value = self.parser.object();
                    match value {
                        Ok(value) => dict.push_value(key, value),
                        Err(stop) => self.skip(stop)?,
                    }
                }
                Ok(Token::End) => {
                    let at = self.parser.lexer.offset();
                    return Err(PdfError::Syntax {
                        at,
                        what: "an inline image without data",
                    });
                }
                Ok(_) => self.skipped += 1,
                Err(stop) => self.skip(stop)?,
            }
        }
        let data = inline_image::data(self.content, self.parser.lexer.position(), &dict)?;
        self.parser.lexer.seek(data.next);
        Ok(InlineImage {
            dict,
            data: data.range,
        })
    }
}
