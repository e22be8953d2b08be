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
    /// Members of the arrays and dictionaries that are open: each is allocated once, when its length is known.
    values: Vec<Object>,
    entries: Vec<DictEntry>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(lexer: Lexer<'a>, references: bool) -> Self {
        Self {
            lexer,
            references,
            nodes: 0,
            values: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// The next object.
    pub(crate) fn object(&mut self) -> Result<Object, Stop> {
        let token = self.lexer.token()?;
        self.operand(token)
    }

    /// The object that begins with `token`, its values counted from none.
    pub(crate) fn operand(&mut self, token: Token<'a>) -> Result<Object, Stop> {
        self.nodes = 0;
        // What a failure left open.
        self.values.clear();
        self.entries.clear();
        self.value(token, 0)
    }

    /// The object that begins with `token`.
    fn value(&mut self, token: Token<'a>, depth: usize) -> Result<Object, Stop> {
        self.nodes += 1;
        if self.nodes > limits::OBJECT_NODES {
            return self.limit("values in one object", limits::OBJECT_NODES);
        }
        match token {
            Token::Integer(value) => self.integer_or_reference(value),
            Token::Real(value) => Ok(Object::Real(value)),
            Token::Name(name) => Ok(Object::Name(name)),
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
        let start = self.values.len();
        loop {
            match self.lexer.token()? {
                Token::ArrayClose => {
                    return Ok(Object::Array(self.values.drain(start..).collect()));
                }
                Token::End => return self.lexer.fail("an array without end"),
                token => {
                    let value = self.value(token, depth + 1)?;
                    self.values.push(value);
                }
            }
        }
    }

    /// A dictionary after its `<<`.
    fn dict(&mut self, depth: usize) -> Result<Dict, Stop> {
        self.deeper(depth)?;
        let start = self.entries.len();
        loop {
            match self.lexer.token()? {
                Token::DictClose => break,
                Token::Name(key) => {
                    if self.entry(key, depth)? {
                        break;
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
        Ok(Dict::of(self.entries.drain(start..).collect()))
    }

    /// The value of `key`; true when the dictionary ends instead.
    fn entry(&mut self, key: Name, depth: usize) -> Result<bool, Stop> {
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
        let range = start..self.lexer.offset();
        self.entries.push(DictEntry { key, value, range });
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
