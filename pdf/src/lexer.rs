//! Bytes to tokens (ISO 32000-1, 7.2 and 7.3), over a window that may end before the token does.

use crate::{error::PdfError, object::Name, repair::Repair};

/// Why reading stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The window ends here and the file does not.
    More,
    /// The bytes make no sense.
    Fail(PdfError),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Integer(i64),
    Real(f64),
    Name(Name),
    String(Vec<u8>),
    Keyword(&'a [u8]),
    ArrayOpen,
    ArrayClose,
    DictOpen,
    DictClose,
    End,
}

pub(crate) struct Lexer<'a> {
    data: &'a [u8],
    pos: usize,
    base: u64,
    whole: bool,
    /// What was read around.
    pub(crate) repairs: Vec<Repair>,
}

impl<'a> Lexer<'a> {
    /// Tokens of `data`, which stands at byte `base`; `whole` when nothing follows it.
    pub(crate) fn new(data: &'a [u8], base: u64, whole: bool) -> Self {
        Self {
            data,
            pos: 0,
            base,
            whole,
            repairs: Vec::new(),
        }
    }

    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    /// Where the next byte stands in the file.
    pub(crate) fn offset(&self) -> u64 {
        self.base.saturating_add(self.pos as u64)
    }

    pub(crate) fn seek(&mut self, position: usize) {
        self.pos = position.min(self.data.len());
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.data.get(self.pos..).unwrap_or_default()
    }

    pub(crate) fn fail<T>(&self, what: &'static str) -> Result<T, Stop> {
        Err(Stop::Fail(PdfError::Syntax {
            at: self.offset(),
            what,
        }))
    }

    pub(crate) fn note(&mut self, what: &'static str) {
        // One object with a thousand flaws is told about a few times.
        if self.repairs.len() < 8 {
            self.repairs.push(Repair::Syntax {
                at: self.offset(),
                what,
            });
        }
    }

    /// The next byte; `None` at the end of everything.
    pub(crate) fn peek(&self) -> Result<Option<u8>, Stop> {
        match self.data.get(self.pos) {
            Some(byte) => Ok(Some(*byte)),
            None if self.whole => Ok(None),
            None => Err(Stop::More),
        }
    }

    pub(crate) fn skip_space(&mut self) -> Result<(), Stop> {
        while let Some(byte) = self.peek()? {
            if is_space(byte) {
                self.pos += 1;
            } else if byte == b'%' {
                while self
                    .peek()?
                    .is_some_and(|byte| byte != b'\n' && byte != b'\r')
                {
                    self.pos += 1;
                }
            } else {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn token(&mut self) -> Result<Token<'a>, Stop> {
        self.skip_space()?;
        let Some(byte) = self.peek()? else {
            return Ok(Token::End);
        };
        match byte {
            b'/' => self.name(),
            b'(' => self.literal(),
            b'<' => {
                self.pos += 1;
                if self.peek()? == Some(b'<') {
                    self.pos += 1;
                    return Ok(Token::DictOpen);
                }
                self.hex()
            }
            b'>' => {
                self.pos += 1;
                if self.peek()? == Some(b'>') {
                    self.pos += 1;
                    return Ok(Token::DictClose);
                }
                self.note("a lone >");
                self.token()
            }
            b'[' => self.one(Token::ArrayOpen),
            b']' => self.one(Token::ArrayClose),
            b'{' | b'}' | b')' => {
                let word = self.data.get(self.pos..=self.pos).unwrap_or_default();
                self.one(Token::Keyword(word))
            }
            _ => self.word(),
        }
    }

    /// True when ` N R` follows an integer; then gives `N` and moves past it.
    pub(crate) fn reference_tail(&mut self) -> Result<Option<u16>, Stop> {
        let start = self.pos;
        let tail = self.try_reference_tail();
        if !matches!(tail, Ok(Some(_))) {
            self.pos = start;
        }
        tail
    }

    fn try_reference_tail(&mut self) -> Result<Option<u16>, Stop> {
        if !self.peek()?.is_some_and(is_space) {
            return Ok(None);
        }
        self.skip_space()?;
        let mut generation = 0_u16;
        let mut digits = 0;
        while let Some(byte @ b'0'..=b'9') = self.peek()? {
            let Some(next) = generation
                .checked_mul(10)
                .and_then(|value| value.checked_add(u16::from(byte - b'0')))
            else {
                return Ok(None);
            };
            generation = next;
            digits += 1;
            self.pos += 1;
        }
        if digits == 0 || !self.peek()?.is_some_and(is_space) {
            return Ok(None);
        }
        self.skip_space()?;
        if self.peek()? != Some(b'R') {
            return Ok(None);
        }
        self.pos += 1;
        Ok(self
            .peek()?
            .is_none_or(|byte| !is_regular(byte))
            .then_some(generation))
    }

    fn one(&mut self, token: Token<'a>) -> Result<Token<'a>, Stop> {
        self.pos += 1;
        Ok(token)
    }

    fn regular(&mut self) -> Result<&'a [u8], Stop> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte));
        self.pos += length.unwrap_or(rest.len());
        if length.is_none() {
            // It may go on behind the window.
            self.peek()?;
        }
        Ok(rest.get(..length.unwrap_or(rest.len())).unwrap_or_default())
    }

    fn word(&mut self) -> Result<Token<'a>, Stop> {
        let word = self.regular()?;
        match number(word) {
            Some((token, clean)) => {
                if !clean {
                    self.note("a malformed number");
                }
                Ok(token)
            }
            None => Ok(Token::Keyword(word)),
        }
    }

    fn name(&mut self) -> Result<Token<'a>, Stop> {
        self.pos += 1;
        let raw = self.regular()?;
        if !raw.contains(&b'#') {
            return Ok(Token::Name(Name::new(raw)));
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            let pair = (byte == b'#').then(|| tail.get(..2)).flatten();
            if let Some((high, low)) =
                pair.and_then(|pair| Some((hex_digit(*pair.first()?)?, hex_digit(*pair.get(1)?)?)))
            {
                name.push(high << 4 | low);
                rest = tail.get(2..).unwrap_or_default();
            } else {
                name.push(byte);
            }
        }
        Ok(Token::Name(Name::new(name)))
    }

    /// A string in parentheses (7.3.4.2).
    fn literal(&mut self) -> Result<Token<'a>, Stop> {
        self.pos += 1;
        let mut string = Vec::new();
        let mut depth = 1_usize;
        loop {
            // Most bytes stand for themselves.
            let rest = self.rest();
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'(' | b')' | b'\\' | b'\r'))
                .unwrap_or(rest.len());
            string.extend(rest.get(..plain).unwrap_or_default());
            self.pos += plain;
            let Some(byte) = self.peek()? else {
                return self.fail("a string without end");
            };
            self.pos += 1;
            match byte {
                b'(' => depth += 1,
                b')' if depth == 1 => return Ok(Token::String(string)),
                b')' => depth -= 1,
                b'\\' => {
                    self.escape(&mut string)?;
                    continue;
                }
                b'\r' => {
                    if self.peek()? == Some(b'\n') {
                        self.pos += 1;
                    }
                    string.push(b'\n');
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
    }

    fn escape(&mut self, string: &mut Vec<u8>) -> Result<(), Stop> {
        let Some(byte) = self.peek()? else {
            return Ok(());
        };
        self.pos += 1;
        let plain = match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return Ok(()),
            b'\r' => {
                if self.peek()? == Some(b'\n') {
                    self.pos += 1;
                }
                return Ok(());
            }
            b'0'..=b'7' => {
                let mut code = byte - b'0';
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek()? else {
                        break;
                    };
                    // High-order overflow is ignored (table 3).
                    code = code.wrapping_mul(8).wrapping_add(digit - b'0');
                    self.pos += 1;
                }
                code
            }
            other => other,
        };
        string.push(plain);
        Ok(())
    }

    /// A hexadecimal string, after its `<` (7.3.4.3).
    fn hex(&mut self) -> Result<Token<'a>, Stop> {
        let rest = self.rest();
        let Some(length) = memchr::memchr(b'>', rest) else {
            self.pos = self.data.len();
            // Past the end: more is asked for, or there is none.
            self.peek()?;
            return self.fail("a hexadecimal string without end");
        };
        let digits = rest.get(..length).unwrap_or_default();
        self.pos += length + 1;
        let mut string = Vec::with_capacity(length.div_ceil(2));
        let mut pairs = digits.chunks_exact(2);
        let whole = pairs.by_ref().all(|pair| match pair {
            [high, low] => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    string.push(high << 4 | low);
                    true
                }
                _ => false,
            },
            _ => false,
        });
        // Only what has white space between its digits takes the long way.
        let mut rest = pairs.remainder();
        if !whole {
            string.clear();
            rest = digits;
        }
        let mut high = None;
        let mut clean = true;
        for byte in rest {
            match (hex_digit(*byte), high) {
                (Some(digit), None) => high = Some(digit),
                (Some(digit), Some(first)) => {
                    string.push(first << 4 | digit);
                    high = None;
                }
                (None, _) => clean &= is_space(*byte),
            }
        }
        string.extend(high.map(|digit: u8| digit << 4));
        if !clean {
            self.note("a hexadecimal string with other characters");
        }
        Ok(Token::String(string))
    }
}

/// What a byte is to the lexer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Regular,
    /// White space (table 1).
    Space,
    /// Delimiters (table 2).
    Delimiter,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Regular; 256];
    let (mut space, mut delimiter) = (b"\0\t\n\x0c\r ".as_slice(), b"()<>[]{}/%".as_slice());
    while let [byte, rest @ ..] = space {
        classes[*byte as usize] = Class::Space;
        space = rest;
    }
    while let [byte, rest @ ..] = delimiter {
        classes[*byte as usize] = Class::Delimiter;
        delimiter = rest;
    }
    classes
};

fn class(byte: u8) -> Option<Class> {
    CLASSES.get(usize::from(byte)).copied()
}

pub(crate) fn is_space(byte: u8) -> bool {
    class(byte) == Some(Class::Space)
}

pub(crate) fn is_regular(byte: u8) -> bool {
    class(byte) == Some(Class::Regular)
}

pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    let value = HEX_DIGITS.get(usize::from(byte)).copied();
    value.filter(|value| *value < 16)
}

/// The values of hexadecimal digits, 255 for all other bytes: signatures are long.
const HEX_DIGITS: [u8; 256] = {
    let mut values = [255_u8; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// The number `word` is, and whether it is well formed. Doubled signs, a second point and a sign in the middle
/// are read as other readers do: the sign counts once, the rest from the flaw on is left out.
fn number(word: &[u8]) -> Option<(Token<'static>, bool)> {
    let mut clean = true;
    let mut negative = false;
    let mut rest = word;
    while let Some((sign @ (b'+' | b'-'), tail)) = rest.split_first() {
        clean &= rest.len() == word.len();
        negative |= *sign == b'-';
        rest = tail;
    }
    if rest.is_empty()
        || !rest
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'))
    {
        return None;
    }
    let whole = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let tail = rest.get(whole..).unwrap_or_default();
    let (point, after) = match tail.split_first() {
        Some((b'.', after)) => (true, after),
        _ => (false, tail),
    };
    let fraction = if point {
        after
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    } else {
        0
    };
    clean &= after.len() == fraction && whole + fraction > 0;
    let digits = rest.get(..whole + usize::from(point) + fraction)?;
    if !point && let Some(value) = integer(digits) {
        return Some((Token::Integer(if negative { -value } else { value }), clean));
    }
    let value = std::str::from_utf8(digits)
        .ok()?
        .parse::<f64>()
        .unwrap_or(0.0)
        .min(f64::from(f32::MAX));
    Some((Token::Real(if negative { -value } else { value }), clean))
}

fn integer(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |value, digit| {
        value
            .checked_mul(10)?
            .checked_add(i64::from(digit.checked_sub(b'0')?))
    })
}
