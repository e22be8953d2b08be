//! Reads ASN.1 in DER and in BER: definite and indefinite lengths, within bounds of depth and size.
//!
//! Nothing is decoded ahead: an [`Element`] is a view of the bytes as they stand in the file, so that what was signed can
//! be hashed as written. Values are checked when they are asked for.

use std::borrow::Cow;

use crate::judge::Instant;

mod time;

pub mod oid;

pub use oid::Oid;

/// Why bytes are not the ASN.1 that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct Asn1Error {
    /// What is wrong.
    pub what: &'static str,
    /// Where, in bytes from the start of what was handed in.
    pub at: usize,
}

/// Universal and context tags as their first byte, constructed bit included.
pub mod tag {
    #![expect(missing_docs, reason = "the names are those of X.680")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const CONSTRUCTED: u8 = 0x20;
    /// `[n]` primitive.
    pub const fn context(n: u8) -> u8 {
        0x80 | n
    }
    /// `[n]` constructed.
    pub const fn explicit(n: u8) -> u8 {
        0xa0 | n
    }
}

/// One tag, length and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The tag's first byte: class, constructed bit, number. Numbers above 30 are not read: nothing here uses them.
    pub tag: u8,
    /// All of it, as written.
    pub raw: &'a [u8],
    /// The value; without the end marker when the length is indefinite.
    pub body: &'a [u8],
    /// True when the length was written as indefinite.
    pub indefinite: bool,
    /// Where `raw` starts in what was handed in first, in bytes.
    pub at: usize,
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    base: usize,
}

impl<'a> Reader<'a> {
    /// Over `bytes`, from their start.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            position: 0,
            base: 0,
        }
    }

    /// Over the value of the `SEQUENCE` that `bytes` are.
    ///
    /// # Errors
    /// Where they are none, or bytes follow it.
    pub fn of_sequence(bytes: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut reader = Self::new(bytes);
        let inside = reader.sequence()?;
        reader.end()?;
        Ok(inside)
    }

    /// Over the value of `element`.
    pub fn inside(element: &Element<'a>) -> Self {
        let header = element.raw.len().saturating_sub(element.body.len());
        let header = if element.indefinite {
            header.saturating_sub(2)
        } else {
            header
        };
        Self {
            bytes: element.body,
            position: 0,
            base: element.at.saturating_add(header),
        }
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.position >= self.bytes.len()
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// The error `what` at the present place.
    pub fn error(&self, what: &'static str) -> Asn1Error {
        Asn1Error {
            what,
            at: self.base.saturating_add(self.position),
        }
    }

    /// The tag of the next element; `None` at the end.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    /// The next element, whatever it is.
    ///
    /// # Errors
    /// Where a length runs past the end, nesting is deeper than [`MAX_DEPTH`], or a tag has a number above 30.
    #[expect(
        clippy::should_implement_trait,
        reason = "an element or what is wrong, never an end"
    )]
    pub fn next(&mut self) -> Result<Element<'a>, Asn1Error> {
        let (size, header, indefinite) =
            measure(self.rest(), 0).map_err(|what| self.error(what))?;
        let raw = self.rest().get(..size).ok_or(self.error(CUT))?;
        let end = if indefinite {
            size.saturating_sub(2)
        } else {
            size
        };
        let element = Element {
            tag: raw.first().copied().unwrap_or_default(),
            raw,
            body: raw.get(header..end).ok_or(self.error(CUT))?,
            indefinite,
            at: self.base.saturating_add(self.position),
        };
        self.position = self.position.saturating_add(size);
        Ok(element)
    }

    /// The next element, which must carry `tag`.
    ///
    /// # Errors
    /// As [`Self::next`]; and where another tag stands.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'a>, Asn1Error> {
        match self.peek() {
            Some(found) if found == tag => self.next(),
            Some(_) => Err(self.error("another tag than expected")),
            None => Err(self.error("something is missing")),
        }
    }

    /// The next element when it carries `tag`.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Asn1Error> {
        if self.peek() == Some(tag) {
            return self.next().map(Some);
        }
        Ok(None)
    }

    /// A reader of the `SEQUENCE` that comes next.
    ///
    /// # Errors
    /// As [`Self::expect`].
    pub fn sequence(&mut self) -> Result<Self, Asn1Error> {
        Ok(Self::inside(&self.expect(tag::SEQUENCE)?))
    }

    /// The next element as an object identifier.
    ///
    /// # Errors
    /// As [`Self::expect`].
    pub fn oid(&mut self) -> Result<Oid, Asn1Error> {
        Ok(Oid::from_der(self.expect(tag::OID)?.body))
    }

    /// Refuses anything left.
    ///
    /// # Errors
    /// Where something is left.
    pub fn end(&self) -> Result<(), Asn1Error> {
        if self.is_empty() {
            return Ok(());
        }
        Err(self.error("something too much"))
    }

    /// All elements that are left.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn all(mut self) -> Result<Vec<Element<'a>>, Asn1Error> {
        let mut all = Vec::new();
        while !self.is_empty() {
            all.push(self.next()?);
        }
        Ok(all)
    }
}

impl<'a> Element<'a> {
    /// The one element that `bytes` are.
    ///
    /// # Errors
    /// As [`Reader::next`]; and where bytes follow it.
    pub fn only(bytes: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut reader = Reader::new(bytes);
        let element = reader.next()?;
        reader.end()?;
        Ok(element)
    }

    /// A reader of its value.
    pub fn inside(&self) -> Reader<'a> {
        Reader::inside(self)
    }

    /// The error `what` at this element.
    pub fn error(&self, what: &'static str) -> Asn1Error {
        Asn1Error { what, at: self.at }
    }

    /// An octet string's bytes; pieces of a BER string are joined. Context tags are taken as implicit strings.
    ///
    /// # Errors
    /// Where a piece is no octet string.
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, Asn1Error> {
        if self.tag & tag::CONSTRUCTED == 0 {
            return Ok(Cow::Borrowed(self.body));
        }
        let mut joined = Vec::new();
        for piece in self.inside().all()? {
            if piece.tag & !tag::CONSTRUCTED != tag::OCTET_STRING {
                return Err(piece.error("a piece of an octet string is something else"));
            }
            joined.extend_from_slice(&piece.octets()?);
        }
        Ok(Cow::Owned(joined))
    }

    /// The bytes of a bit string whose bits fill whole bytes.
    ///
    /// # Errors
    /// Where bits are left over, or the string is in pieces.
    pub fn bit_string(&self) -> Result<&'a [u8], Asn1Error> {
        match self.body.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(self.error("not a bit string of whole bytes")),
        }
    }

    /// Bits of a named bit list, the first one highest: bit `n` is `value & (1 << n)`. Bits from 32 on are left out.
    ///
    /// # Errors
    /// Where the string is empty.
    pub fn named_bits(&self) -> Result<u32, Asn1Error> {
        let (_, bytes) = self
            .body
            .split_first()
            .ok_or(self.error("an empty bit string"))?;
        let mut bits = 0_u32;
        for (index, byte) in bytes.iter().take(4).enumerate() {
            for bit in 0..8 {
                if byte & (0x80 >> bit) != 0 {
                    bits |= 1 << (index * 8 + bit);
                }
            }
        }
        Ok(bits)
    }

    /// A boolean.
    ///
    /// # Errors
    /// Where it is not one byte.
    pub fn boolean(&self) -> Result<bool, Asn1Error> {
        match self.body {
            [byte] => Ok(*byte != 0),
            _ => Err(self.error("a boolean is not one byte")),
        }
    }

    /// A small number, not negative.
    ///
    /// # Errors
    /// Where it is negative or above 2^31.
    pub fn small(&self) -> Result<u32, Asn1Error> {
        let bytes = trim(self.body);
        if self.body.is_empty()
            || self.body.first().is_some_and(|b| b & 0x80 != 0)
            || bytes.len() > 4
        {
            return Err(self.error("a number out of range"));
        }
        Ok(bytes
            .iter()
            .fold(0_u32, |n, byte| n << 8 | u32::from(*byte)))
    }

    /// A moment: `UTCTime` or `GeneralizedTime`, in UTC; fractions of a second are cut off.
    ///
    /// # Errors
    /// Where it is no date.
    pub fn instant(&self) -> Result<Instant, Asn1Error> {
        time::read(self.tag, self.body).ok_or(self.error("not a time"))
    }

    /// The text of a string of any type.
    ///
    /// # Errors
    /// Where the tag is no string's, or the bytes are no text of its kind.
    pub fn text(&self) -> Result<String, Asn1Error> {
        let bad = self.error("a string that is not of its kind");
        match self.tag {
            tag::UTF8_STRING => String::from_utf8(self.body.to_vec()).map_err(|_| bad),
            tag::BMP_STRING => {
                let units: Vec<u16> = self
                    .body
                    .chunks(2)
                    .map(|pair| pair.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
                    .collect();
                String::from_utf16(&units).map_err(|_| bad)
            }
            tag::UNIVERSAL_STRING => self
                .body
                .chunks(4)
                .map(|four| char::from_u32(four.iter().fold(0, |n, b| n << 8 | u32::from(*b))))
                .collect::<Option<String>>()
                .ok_or(bad),
            // T.61 is Latin-1 in all certificates that are about; some put UTF-8 into the others, too.
            tag::TELETEX_STRING
            | tag::PRINTABLE_STRING
            | tag::IA5_STRING
            | tag::VISIBLE_STRING
            | tag::NUMERIC_STRING => Ok(match std::str::from_utf8(self.body) {
                Ok(text) => text.to_owned(),
                Err(_) => self.body.iter().map(|byte| char::from(*byte)).collect(),
            }),
            _ => Err(bad),
        }
    }

    /// As written when its own length is definite, else [`Self::to_der`].
    ///
    /// # Errors
    /// As [`Self::to_der`].
    pub fn to_der_if_needed(&self) -> Result<Vec<u8>, Asn1Error> {
        if self.indefinite {
            return self.to_der();
        }
        Ok(self.raw.to_vec())
    }

    /// The same written with definite lengths and strings in one piece; the pieces of a set stand in the order of DER.
    ///
    /// # Errors
    /// Where something inside cannot be read.
    pub fn to_der(&self) -> Result<Vec<u8>, Asn1Error> {
        if self.tag & tag::CONSTRUCTED == 0 {
            return Ok(wrap(self.tag, self.body));
        }
        if self.tag & !tag::CONSTRUCTED == tag::OCTET_STRING {
            return Ok(wrap(tag::OCTET_STRING, &self.octets()?));
        }
        let mut parts = Vec::new();
        for element in self.inside().all()? {
            parts.push(element.to_der()?);
        }
        if self.tag == tag::SET {
            parts.sort();
        }
        Ok(wrap(self.tag, &parts.concat()))
    }
}

/// `body` with `tag` and a definite length before it.
pub fn wrap(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len().saturating_add(6));
    out.push(tag);
    let length = body.len();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let bytes = trim(&bytes);
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or_default());
            out.extend_from_slice(bytes);
        }
    }
    out.extend_from_slice(body);
    out
}

/// `bytes` without leading zeros.
pub fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// An integer's bytes in their shortest form, sign kept (X.690 8.3.2): what serial numbers are compared by.
pub fn shortest(integer: &[u8]) -> &[u8] {
    let mut bytes = integer;
    while let [0 | 0xff, next, ..] = bytes {
        if (next & 0x80 != 0) != (bytes.first() == Some(&0xff)) {
            break;
        }
        bytes = bytes.get(1..).unwrap_or_default();
    }
    bytes
}

/// How long the element at the start of `bytes` is, with its header and whether its length is indefinite.
fn measure(bytes: &[u8], depth: usize) -> Result<(usize, usize, bool), &'static str> {
    if depth > MAX_DEPTH {
        return Err("nested too deep");
    }
    let tag = bytes.first().ok_or(CUT)?;
    if tag & 0x1f == 0x1f {
        return Err("a tag number above 30");
    }
    let first = *bytes.get(1).ok_or(CUT)?;
    if first < 0x80 {
        return fits(bytes, 2, usize::from(first));
    }
    if first != 0x80 {
        let count = usize::from(first & 0x7f);
        let digits = trim(bytes.get(2..count.saturating_add(2)).ok_or(CUT)?);
        if digits.len() > size_of::<u32>() {
            return Err("a length out of range");
        }
        let length = digits
            .iter()
            .fold(0_usize, |n, byte| n << 8 | usize::from(*byte));
        return fits(bytes, count.saturating_add(2), length);
    }
    if tag & tag::CONSTRUCTED == 0 {
        return Err("an indefinite length of a plain value");
    }
    let mut position = 2_usize;
    loop {
        let rest = bytes.get(position..).ok_or(CUT)?;
        if rest.starts_with(&[0, 0]) {
            return Ok((position.saturating_add(2), 2, true));
        }
        let (size, ..) = measure(rest, depth.saturating_add(1))?;
        position = position.saturating_add(size);
    }
}

fn fits(bytes: &[u8], header: usize, length: usize) -> Result<(usize, usize, bool), &'static str> {
    let size = header.checked_add(length).ok_or(CUT)?;
    if size > bytes.len() {
        return Err(CUT);
    }
    Ok((size, header, false))
}

const CUT: &str = "the bytes end too early";

/// How deep elements of indefinite length may stand in each other; a timestamped signature of a real signer has 15 levels.
pub const MAX_DEPTH: usize = 24;

#[cfg(test)]
mod tests;
