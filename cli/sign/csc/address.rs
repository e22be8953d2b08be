//! Which service and which key: `URL?credential=ID`.

use crate::sign::pkcs11::decoded;
use crate::words::{Said, said};

/// What stands behind `csc:`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Where the service is; left to the account when it is not here.
    pub(super) url: Option<String>,
    /// The key's name there; where there is only one it need not be named.
    pub(super) credential: Option<String>,
}

impl Address {
    /// # Errors
    /// When something in it is not known, or a secret is.
    pub(super) fn parse(text: &str) -> Result<Self, Said> {
        let (url, query) = text.split_once('?').unwrap_or((text, ""));
        let mut address = Self {
            url: Some(url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty()),
            credential: None,
        };
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = decoded(value).and_then(|bytes| String::from_utf8(bytes).ok());
            match (name, value) {
                ("credential", Some(value))
                    if !value.is_empty() && address.credential.is_none() =>
                {
                    address.credential = Some(value);
                }
                _ => {
                    return Err(Said(said!(
                        "địa chỉ csc: sai ở {}; dạng đúng: csc:https://MÁY-CHỦ/csc/v2?credential=MÃ (tài khoản, mật khẩu: --account, PIN: --pin-file)",
                        "csc: is wrong at {}; its form is csc:https://HOST/csc/v2?credential=ID (accounts and passwords: --account, PINs: --pin-file)",
                        name
                    )));
                }
            }
        }
        Ok(address)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_names_service_and_key_and_no_secret() {
        let address = Address::parse("https://a.vn/csc/v2/?credential=CMT%5F01%2fx").unwrap();
        assert_eq!(address.url.as_deref(), Some("https://a.vn/csc/v2"));
        assert_eq!(address.credential.as_deref(), Some("CMT_01/x"));
        assert_eq!(Address::parse("").unwrap(), Address::default());
        for wrong in [
            "u?pin=1",
            "u?credential=",
            "u?credential=a&credential=b",
            "u?credential=%zz",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
