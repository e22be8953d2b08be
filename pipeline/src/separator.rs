//! What a separator sheet says: the payload of its code, written and read back.
//!
//! `SAOY1:SEP;box=17;record=4;c=1D0F`: the version, what it is, the data, and a check over all that stands before
//! `;c=`. Keys are lower-case ASCII; values are percent-encoded UTF-8, so that the payload fits a Code 128.

use std::collections::BTreeMap;

use crate::record::{Bilingual, said};

use unicode_normalization::UnicodeNormalization;

/// What a separator sheet tells of the document after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// Values by key, NFC.
    pub data: BTreeMap<String, String>,
}

/// What came of reading a code that is one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read<T> {
    /// It says what it said when it was made.
    Valid(T),
    /// It does not, or a later version made it; why.
    Unreadable(Bilingual),
}

/// Why a payload cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The key is not made of lower-case letters, digits and underscores, or is `c`, or longer than 32.
    #[error("the key \"{0}\" is none: lower-case letters, digits and _, at most 32, and not \"c\"")]
    Key(String),
    /// The value has control characters or is longer than 200 bytes.
    #[error("the value of \"{0}\" is too long (200 bytes) or has control characters")]
    Value(String),
}

impl Payload {
    /// A payload of `data`.
    ///
    /// # Errors
    /// When a key or value is none that a payload can carry.
    pub fn new(data: impl IntoIterator<Item = (String, String)>) -> Result<Self, PayloadError> {
        let mut payload = Self::default();
        for (key, value) in data {
            let value: String = value.trim().nfc().collect();
            if !is_key(&key) {
                return Err(PayloadError::Key(key));
            }
            if value.len() > LONGEST_VALUE || value.chars().any(char::is_control) {
                return Err(PayloadError::Value(key));
            }
            payload.data.insert(key, value);
        }
        Ok(payload)
    }

    /// The text of the code.
    pub fn written(&self) -> String {
        let mut text = format!("{MARK}{VERSION}:{KIND}");
        for (key, value) in &self.data {
            text.push_str(&format!(";{key}={}", encoded(value)));
        }
        let check = check(&text);
        text.push_str(&format!(";{CHECK}={check:04X}"));
        text
    }

    /// What a code says; `None` when it is not one of ours.
    pub fn read(text: &str) -> Option<Read<Self>> {
        let (version, rest) = text.strip_prefix(MARK)?.split_once(':')?;
        let rest = rest.strip_prefix(KIND)?;
        Some(if version == VERSION {
            Self::read_data(text, rest).map_or_else(
                || Read::Unreadable(said!("mã bị hỏng", "the code is damaged")),
                Read::Valid,
            )
        } else {
            Read::Unreadable(said!(
                "mã thuộc phiên bản {}",
                "a code of version {}",
                version
            ))
        })
    }

    fn read_data(whole: &str, rest: &str) -> Option<Self> {
        let (data, given) = rest.rsplit_once(&format!(";{CHECK}="))?;
        let before = whole.get(..whole.len() - given.len() - CHECK.len() - 2)?;
        if format!("{:04X}", check(before)) != given {
            return None;
        }
        let pairs = data.split(';').filter(|pair| !pair.is_empty());
        let pairs: Option<Vec<_>> = pairs
            .map(|pair| {
                let (key, value) = pair.split_once('=')?;
                Some((key.to_owned(), decoded(value)?))
            })
            .collect();
        Self::new(pairs?).ok()
    }
}

const MARK: &str = "SAOY";
const VERSION: &str = "1";
const KIND: &str = "SEP";
const CHECK: &str = "c";
/// Longest value, bytes: a Code 128 or QR code that says more than a few of these is not read reliably.
const LONGEST_VALUE: usize = 200;

fn is_key(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=32).contains(&key.len()) && key.chars().all(fits) && key != CHECK
}

/// All but letters, digits and a few marks percent-encoded (RFC 3986, 2.1).
fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/ ".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// CRC-16/CCITT-FALSE (polynomial 0x1021, begins with 0xFFFF): a misread code passes once in 65,536 times, on top
/// of the code's own check.
fn check(text: &str) -> u16 {
    text.bytes().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(pairs: &[(&str, &str)]) -> Payload {
        let owned = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Payload::new(owned).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        // The check value of this CRC over its customary test string.
        assert_eq!(check("123456789"), 0x29B1);
        for pairs in [
            &[][..],
            &[("box", "17"), ("record", "04-b")],
            &[("unit", "Phòng Tư pháp; Quận 3 = c%")],
        ] {
            let payload = payload(pairs);
            let text = payload.written();
            assert!(text.is_ascii(), "{text}");
            assert_eq!(Payload::read(&text), Some(Read::Valid(payload)), "{text}");
        }
    }

    #[test]
    fn foreign_codes_are_none_and_damaged_ones_say_so() {
        for text in ["", "https://example.vn", "SAOY", "SAOY1:", "SAOY1:DOC;a=1"] {
            assert_eq!(Payload::read(text), None, "{text}");
        }
        let text = payload(&[("box", "17")]).written();
        for (from, to) in [
            ("17", "11"),
            ("box", "bax"),
            ("SEP;", "SEP;;"),
            (";c=", ";d="),
        ] {
            let damaged = text.replacen(from, to, 1);
            let read = Payload::read(&damaged);
            assert!(
                matches!(read, Some(Read::Unreadable(_))),
                "{damaged}: {read:?}"
            );
        }
        let later = Payload::read(&text.replacen("SAOY1", "SAOY2", 1));
        assert!(
            matches!(&later, Some(Read::Unreadable(why)) if why.en == "a code of version 2"),
            "{later:?}"
        );
    }

    #[test]
    fn keys_and_values_that_cannot_be_carried_are_refused() {
        let new = |key: &str, value: &str| Payload::new([(key.to_owned(), value.to_owned())]);
        for key in ["", "Box", "hộp", "a b", "c", &"k".repeat(33)] {
            assert_eq!(new(key, "1"), Err(PayloadError::Key(key.to_owned())));
        }
        for value in ["a\nb", &"x".repeat(201)] {
            assert_eq!(new("box", value), Err(PayloadError::Value("box".into())));
        }
    }
}
