//! `pkcs11:` addresses of keys on tokens (RFC 7512).

use saoy_pipeline::record::Bilingual;
use std::path::PathBuf;

use crate::words::said;

/// What an address asks for; what it leaves out may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uri {
    /// The module to load, `module-path`.
    pub(super) module: PathBuf,
    /// Label of the token.
    pub(super) token: Option<String>,
    /// Serial number of the token.
    pub(super) serial: Option<String>,
    /// Maker of the token.
    pub(super) manufacturer: Option<String>,
    /// Model of the token.
    pub(super) model: Option<String>,
    /// Number of the slot.
    pub(super) slot: Option<u64>,
    /// Label of the key or of its certificate.
    pub(super) object: Option<Vec<u8>>,
    /// `CKA_ID` of both.
    pub(super) id: Option<Vec<u8>>,
    /// A file whose first line is the PIN, `pin-source`.
    pub(super) pin: Option<PathBuf>,
}

impl Uri {
    /// Reads what stands behind `pkcs11:`.
    ///
    /// # Errors
    /// What is wrong. An attribute that is not known makes the address fit nothing (RFC 7512, 2.5), so it is one too.
    pub(super) fn parse(text: &str) -> Result<Self, Bilingual> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut uri = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for (part, is_query) in path
            .split(';')
            .map(|part| (part, false))
            .chain(query.split('&').map(|part| (part, true)))
            .filter(|(part, _)| !part.is_empty())
        {
            let (name, value) = part.split_once('=').ok_or_else(|| wrong(part))?;
            if seen.contains(&name) {
                return Err(said!("{} có hai lần", "{} stands there twice", name));
            }
            seen.push(name);
            let bytes = decoded(value).ok_or_else(|| wrong(part))?;
            if is_query {
                uri.ask(name, bytes)?;
            } else {
                uri.limit(name, bytes)?;
            }
        }
        if !uri.module.is_absolute() {
            return Err(said!(
                "thiếu đường dẫn đầy đủ của trình điều khiển thẻ: pkcs11:...?module-path=/usr/lib/...so",
                "the token's driver is not named by its full path: pkcs11:...?module-path=/usr/lib/...so"
            ));
        }
        Ok(uri)
    }

    /// An attribute of the path.
    fn limit(&mut self, name: &str, value: Vec<u8>) -> Result<(), Bilingual> {
        match name {
            "token" => self.token = Some(text(name, value)?),
            "serial" => self.serial = Some(text(name, value)?),
            "manufacturer" => self.manufacturer = Some(text(name, value)?),
            "model" => self.model = Some(text(name, value)?),
            "slot-id" => {
                let number = text(name, value)?.parse();
                self.slot = Some(number.map_err(|_| wrong(name))?);
            }
            "object" => self.object = Some(value),
            "id" => self.id = Some(value),
            "type" if value == b"private" || value == b"cert" => {}
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// An attribute of the query.
    fn ask(&mut self, name: &str, value: Vec<u8>) -> Result<(), Bilingual> {
        match name {
            "module-path" => self.module = text(name, value)?.into(),
            "pin-source" => {
                let source = text(name, value)?;
                let path = PathBuf::from(source.strip_prefix("file:").unwrap_or(&source));
                // `|command`, and addresses of other kinds, run or ask what nobody looked at.
                if !path.is_absolute() {
                    return Err(unknown(name));
                }
                self.pin = Some(path);
            }
            "pin-value" => {
                return Err(said!(
                    "không được ghi PIN trên dòng lệnh: người khác trên máy đọc được; dùng --pin-file hoặc --pin-fd",
                    "a PIN must not stand on the command line, where others on the machine read it; use --pin-file or --pin-fd"
                ));
            }
            _ => return Err(unknown(name)),
        }
        Ok(())
    }
}

fn wrong(part: &str) -> Bilingual {
    said!("địa chỉ pkcs11: sai ở {}", "pkcs11: is wrong at {}", part)
}

fn unknown(name: &str) -> Bilingual {
    said!(
        "địa chỉ pkcs11: có thuộc tính lạ {}",
        "pkcs11: has an attribute that is not known or of no use here, {}",
        name
    )
}

fn text(name: &str, value: Vec<u8>) -> Result<String, Bilingual> {
    String::from_utf8(value).map_err(|_| wrong(name))
}

/// Undoes percent encoding (RFC 3986, 2.1).
pub(in crate::sign) fn decoded(value: &str) -> Option<Vec<u8>> {
    let mut bytes = value.bytes();
    let mut out = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::Uri;

    #[test]
    fn attributes_are_read_and_decoded() {
        let uri = Uri::parse(
            "token=V%C4%83n%20th%C6%B0;serial=0123;slot-id=7;id=%01%ff;object=k;type=private?module-path=/m.so&pin-source=file:/p",
        )
        .unwrap();
        assert_eq!(uri.token.as_deref(), Some("Văn thư"));
        assert_eq!(uri.serial.as_deref(), Some("0123"));
        assert_eq!((uri.slot, uri.id), (Some(7), Some(vec![1, 255])));
        assert_eq!(uri.object.as_deref(), Some(&b"k"[..]));
        assert_eq!(uri.module.to_str(), Some("/m.so"));
        assert_eq!(
            uri.pin.as_deref().and_then(|path| path.to_str()),
            Some("/p")
        );
    }

    #[test]
    fn what_is_wrong_unknown_or_unsafe_is_refused() {
        for text in [
            "",
            "token=a",
            "token=a?module-path=relative.so",
            "token=%zz?module-path=/m.so",
            "token=%c?module-path=/m.so",
            "token=a;token=b?module-path=/m.so",
            "tokne=a?module-path=/m.so",
            "slot-id=x?module-path=/m.so",
            "type=public?module-path=/m.so",
            "token?module-path=/m.so",
            "token=a?module-path=/m.so&pin-value=1234",
            "token=a?module-path=/m.so&pin-source=%7Ccat",
        ] {
            assert!(Uri::parse(text).is_err(), "{text}");
        }
    }
}
