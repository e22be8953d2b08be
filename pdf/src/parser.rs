//! Tokens to objects, within bounds on depth and number.

use crate::{
    error::PdfError,
    lexer::{Lexer, Stop, Token},
    limits,
    object::{Dict, DictEntry, Name, Object, ObjectId},
};

pub(crate) struct Parser<'a> {
    pub(crate) lexer: Lexer<'a>,
    /// Whether `1 0 R` is a reference: yes in the file, no in content streams.
    references: bool,
    nodes: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(lexer: Lexer<'a>, references: bool) -> Self {
        Self {
            lexer,
            references,
            nodes: 0,
        }
    }

    /// The next object.
    pub(crate) fn object(&mut self) -> Result<Object, Stop> {
        self.nodes = 0;
        let token = self.lexer.token()?;
        self.value(token, 0)
    }

    /// The object that begins with `token`, counted by itself.
    pub(crate) fn operand(&mut self, token: Token<'a>) -> Result<Object, Stop> {
        self.nodes = 0;
        self.value(token, 0)
    }

    /// The object that begins with `token`.
    pub(crate) fn value(&mut self, token: Token<'a>, depth: usize) -> Result<Object, Stop> {
        self.nodes += 1;
        if self.nodes > limits::OBJECT_NODES {
            return self.limit("values in one object", limits::OBJECT_NODES);
        }
        match token {
            Token::Integer(value) => self.integer_or_reference(value),
            Token::Real(value) => Ok(Object::Real(value)),
            Token::Name(name) => Ok(Object::Name(Name::new(name))),
            Token::String(string) => Ok(Object::String(string)),
            Token::ArrayOpen => self.array(depth),
            Token::DictOpen => Ok(Object::Dict(self.dict(depth)?)),
            Token::Keyword(b"null") => Ok(Object::Null),
            Token::Keyword(b"true") => Ok(Object::Bool(true)),
            Token::Keyword(b"false") => Ok(Object::Bool(false)),
            Token::Keyword(_) => self.lexer.fail("an unknown keyword in place of a value"),
            Token::ArrayClose | Token::DictClose => {
                self.lexer.fail("a closing bracket in place of a value")
            }
            Token::End => self.lexer.fail("the end in place of a value"),
        }
    }

    fn integer_or_reference(&mut self, value: i64) -> Result<Object, Stop> {
        let Some(number) = u32::try_from(value).ok().filter(|_| self.references) else {
            return Ok(Object::Integer(value));
        };
        Ok(match self.lexer.reference_tail()? {
            Some(generation) => Object::Ref(ObjectId::new(number, generation)),
            None => Object::Integer(value),
        })
    }

    fn array(&mut self, depth: usize) -> Result<Object, Stop> {
        self.deeper(depth)?;
        let mut values = Vec::new();
        loop {
            match self.lexer.token()? {
                Token::ArrayClose => return Ok(Object::Array(values)),
                Token::End => return self.lexer.fail("an array without end"),
                token => values.push(self.value(token, depth + 1)?),
            }
        }
    }

    /// A dictionary after its `<<`.
    fn dict(&mut self, depth: usize) -> Result<Dict, Stop> {
        self.deeper(depth)?;
        let mut dict = Dict::new();
        loop {
            match self.lexer.token()? {
                Token::DictClose => return Ok(dict),
                Token::Name(key) => {
                    if self.entry(Name::new(key), &mut dict, depth)? {
                        return Ok(dict);
                    }
                }
                Token::End => return self.lexer.fail("a dictionary without end"),
                token @ (Token::Integer(_) | Token::Real(_) | Token::String(_)) => {
                    self.lexer.note("a value without key in a dictionary");
                    self.value(token, depth + 1)?;
                }
                _ => return self.lexer.fail("no key where a dictionary needs one"),
            }
        }
    }

    /// The value of `key`; true when the dictionary ends instead.
    fn entry(&mut self, key: Name, dict: &mut Dict, depth: usize) -> Result<bool, Stop> {
        self.lexer.skip_space()?;
        let start = self.lexer.offset();
        let token = self.lexer.token()?;
        let ends = token == Token::DictClose;
        let value = if ends {
            self.lexer.note("a key without value");
            Object::Null
        } else {
            self.value(token, depth + 1)?
        };
        dict.push(DictEntry {
            key,
            value,
            range: start..self.lexer.offset(),
        });
        Ok(ends)
    }

    fn deeper(&self, depth: usize) -> Result<(), Stop> {
        if depth >= limits::NESTING {
            return self.limit("levels of nesting", limits::NESTING);
        }
        Ok(())
    }

    fn limit<T>(&self, what: &'static str, limit: usize) -> Result<T, Stop> {
        Err(Stop::Fail(PdfError::Limit {
            at: self.lexer.offset(),
            what,
            limit: limit as u64,
        }))
    }
}
