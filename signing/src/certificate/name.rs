//! Distinguished names: compared by RFC 5280 7.1, written by RFC 4514.

use unicode_normalization::UnicodeNormalization as _;

use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag};
use crate::judge::Party;

/// A distinguished name.
#[derive(Clone, Debug, Default)]
pub struct Name {
    /// The relative names, outermost first, each with its attributes.
    pub relative: Vec<Vec<Attribute>>,
    /// As written, DER.
    pub der: Vec<u8>,
    /// Each relative name in the form that is compared.
    compared: Vec<Vec<u8>>,
}

/// One attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// What it is.
    pub kind: Oid,
    /// Its text; hexadecimal with `#` where it is none.
    pub text: String,
}

impl Name {
    /// Reads the name that comes next.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Asn1Error> {
        let whole = reader.expect(tag::SEQUENCE)?;
        let mut name = Self {
            der: whole.raw.to_vec(),
            ..Self::default()
        };
        for set in whole.inside().all()? {
            name.push(set.inside())?;
        }
        Ok(name)
    }

    /// Adds a relative name, the value of a `SET`.
    pub(crate) fn push(&mut self, set: Reader<'_>) -> Result<(), Asn1Error> {
        let (mut attributes, mut keys) = (Vec::new(), Vec::new());
        for pair in set.all()? {
            let mut pair = pair.inside();
            let kind = pair.oid()?;
            let value = pair.next()?;
            keys.push(key(&kind, &value));
            let text = value.text().map_or_else(
                |_| format!("#{}", super::hex(value.raw)),
                |text| text.nfc().collect(),
            );
            attributes.push(Attribute { kind, text });
        }
        keys.sort();
        self.relative.push(attributes);
        self.compared.push(keys.concat());
        Ok(())
    }

    /// True without any part.
    pub fn is_empty(&self) -> bool {
        self.relative.is_empty()
    }

    /// True when it is `base` or lies below it (RFC 5280 4.2.1.10, `directoryName`).
    pub fn is_within(&self, base: &Self) -> bool {
        self.compared.starts_with(&base.compared)
    }

    /// The texts of all attributes of `kind`, outermost first.
    pub fn all<'a>(&'a self, kind: &'a [u8]) -> impl Iterator<Item = &'a str> {
        self.relative
            .iter()
            .flatten()
            .filter(move |attribute| attribute.kind == kind)
            .map(|attribute| attribute.text.as_str())
    }

    /// The innermost attribute of `kind`.
    pub fn last(&self, kind: &[u8]) -> Option<String> {
        self.all(kind).last().map(str::to_owned)
    }

    /// Who is named, with the serial number of their certificate.
    pub(crate) fn party(&self, serial: &[u8]) -> Party {
        Party {
            name: self
                .last(oid::COMMON_NAME)
                .or_else(|| self.last(oid::ORGANIZATION))
                .unwrap_or_else(|| self.to_string()),
            organization: self.last(oid::ORGANIZATION),
            units: self.all(oid::UNIT).map(str::to_owned).collect(),
            title: self.last(oid::TITLE),
            distinguished: self.to_string(),
            serial: super::hex(serial),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.compared == other.compared
    }
}

impl Eq for Name {}

/// RFC 4514: innermost first.
impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, attributes) in self.relative.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in attributes.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                match label(&attribute.kind) {
                    Some(label) => write!(f, "{label}={}", escaped(&attribute.text))?,
                    None => write!(f, "{}={}", attribute.kind, escaped(&attribute.text))?,
                }
            }
        }
        Ok(())
    }
}

/// One attribute in the form that is compared: strings of any type without case and spare spaces (RFC 5280 7.1), all else as written.
fn key(kind: &Oid, value: &Element<'_>) -> Vec<u8> {
    let text = match value.text() {
        // RFC 4518 2.3: compatibility forms are one.
        Ok(text) => text
            .nfkc()
            .collect::<String>()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
            .into_bytes(),
        Err(_) => value.raw.to_vec(),
    };
    let mut key = kind.as_bytes().to_vec();
    key.push(0);
    key.extend_from_slice(&u64::try_from(text.len()).unwrap_or_default().to_be_bytes());
    key.extend(text);
    key
}

fn label(kind: &Oid) -> Option<&'static str> {
    let labels = [
        (oid::COMMON_NAME, "CN"),
        (oid::SURNAME, "SN"),
        (oid::SERIAL_NUMBER, "serialNumber"),
        (oid::COUNTRY, "C"),
        (oid::LOCALITY, "L"),
        (oid::STATE, "ST"),
        (oid::STREET, "STREET"),
        (oid::ORGANIZATION, "O"),
        (oid::UNIT, "OU"),
        (oid::TITLE, "title"),
        (oid::GIVEN_NAME, "givenName"),
        (oid::EMAIL, "emailAddress"),
        (oid::USER_ID, "UID"),
        (oid::DOMAIN_COMPONENT, "DC"),
    ];
    labels
        .into_iter()
        .find(|(known, _)| *kind == *known)
        .map(|(_, label)| label)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    let last = text.chars().count().saturating_sub(1);
    for (index, letter) in text.chars().enumerate() {
        let special = matches!(letter, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (letter == ' ' && (index == 0 || index == last))
            || (letter == '#' && index == 0);
        match letter {
            _ if special => out.extend(['\\', letter]),
            // Control characters have no business on a terminal.
            _ if letter.is_control() => letter
                .to_string()
                .bytes()
                .for_each(|byte| out.push_str(&format!("\\{byte:02x}"))),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::wrap;

    fn name(parts: &[(&[u8], u8, &str)]) -> Name {
        let sets: Vec<u8> = parts
            .iter()
            .flat_map(|(kind, string, text)| {
                let pair = [wrap(tag::OID, kind), wrap(*string, text.as_bytes())].concat();
                wrap(tag::SET, &wrap(tag::SEQUENCE, &pair))
            })
            .collect();
        Name::read(&mut Reader::new(&wrap(tag::SEQUENCE, &sets))).unwrap()
    }

    #[test]
    fn names_are_one_whatever_their_case_spaces_and_string_type() {
        let one = name(&[
            (oid::COUNTRY, tag::PRINTABLE_STRING, "VN"),
            (oid::COMMON_NAME, tag::UTF8_STRING, "ĐỖ  Văn An "),
        ]);
        let two = name(&[
            (oid::COUNTRY, tag::UTF8_STRING, "vn"),
            (oid::COMMON_NAME, tag::UTF8_STRING, "đỗ văn an"),
        ]);
        assert_eq!(one, two);
        assert_ne!(
            one,
            name(&[
                (oid::COUNTRY, tag::UTF8_STRING, "vn"),
                (oid::COMMON_NAME, tag::UTF8_STRING, "đỗ vănan")
            ])
        );
        // Marks after their letters are the same letters.
        let marks = name(&[
            (oid::COUNTRY, tag::UTF8_STRING, "vn"),
            (
                oid::COMMON_NAME,
                tag::UTF8_STRING,
                "đo\u{302}\u{303} va\u{306}n an",
            ),
        ]);
        assert_eq!(one, marks);
        assert_eq!(marks.party(&[1]).name, "đỗ văn an");
        assert_ne!(
            one,
            name(&[
                (oid::COUNTRY, tag::UTF8_STRING, "vn"),
                (oid::UNIT, tag::UTF8_STRING, "đỗ văn an")
            ])
        );
        assert!(one.is_within(&name(&[(oid::COUNTRY, tag::UTF8_STRING, "VN")])));
        assert!(!name(&[(oid::COUNTRY, tag::UTF8_STRING, "VN")]).is_within(&one));
    }

    #[test]
    fn names_are_written_innermost_first_and_nothing_in_them_escapes() {
        let one = name(&[
            (oid::COUNTRY, tag::PRINTABLE_STRING, "VN"),
            (oid::COMMON_NAME, tag::UTF8_STRING, "An, \"x\"\n "),
        ]);
        assert_eq!(one.to_string(), "CN=An\\, \\\"x\\\"\\0a\\ ,C=VN");
        let party = one.party(&[0, 0xa1]);
        assert_eq!(
            (party.name.as_str(), party.serial.as_str()),
            ("An, \"x\"\n ", "a1")
        );
    }
}
