//! Keys by name: `p12:FILE`, `pkcs11:` on tokens, `csc:` at services, and `test:`, a key made for this run that says so in all that it signs.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::ArgMatches;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use ring::rand::SystemRandom;
use saoy_pipeline::record::Bilingual;
use saoy_signing::certificate::Certificate;
use saoy_signing::sign::key::{KeyError, Part, Preference, Signer, SoftKey};
use zeroize::Zeroizing;

use super::csc;
use super::pkcs11::{Pins, TokenKey};
use super::secret::{Secrets, first_line};
use crate::terminal;
use crate::words::{Said, Ui, said};

/// What the throw-away key is called wherever its signatures show.
pub(super) const NOT_VALID: &str = "NOT VALID / KHÔNG CÓ GIÁ TRỊ";

/// A key that is open.
pub(super) struct Opened {
    pub(super) key: Key,
    /// True of the throw-away key.
    pub(super) is_test: bool,
}

/// Where a key is.
pub(super) enum Key {
    /// In memory or on a token: it answers at once.
    Here(Box<dyn Signer>),
    /// At a service.
    Far(Box<csc::Credential>),
}

impl Key {
    /// The certificate that it signs with, and those above it.
    pub(super) fn chain(&self) -> &[Arc<Certificate>] {
        match self {
            Self::Here(key) => key.chain(),
            Self::Far(key) => key.chain(),
        }
    }

    pub(super) fn here(&self) -> Option<&dyn Signer> {
        match self {
            Self::Here(key) => Some(&**key),
            Self::Far(_) => None,
        }
    }

    pub(super) fn far(&self) -> Option<&csc::Credential> {
        match self {
            Self::Here(_) => None,
            Self::Far(key) => Some(key),
        }
    }
}

/// Opens the key that `reference` names.
///
/// # Errors
/// When there is none, or its password is wrong.
pub(super) fn open(
    reference: &str,
    matches: &ArgMatches,
    preference: Preference,
    ui: Ui,
) -> anyhow::Result<Opened> {
    let secrets = Secrets::of(matches, ui);
    let (kind, rest) = reference.split_once(':').unwrap_or_default();
    let key: Key = match kind {
        "test" if rest.is_empty() => Key::Here(Box::new(test_key(preference)?)),
        "pkcs11" => Key::Here(Box::new(TokenKey::open(
            rest,
            preference,
            Box::new(secrets),
        )?)),
        "csc" => Key::Far(Box::new(csc::open(rest, matches, preference, secrets)?)),
        "p12" => {
            let bytes = Zeroizing::new(std::fs::read(rest).with_context(|| rest.to_owned())?);
            let what = ui.say("Mật khẩu của", "Password of");
            let password = secrets.pin(&format!("{what} {rest}: "))?;
            Key::Here(Box::new(from_p12(&bytes, &password, preference)?))
        }
        _ => {
            return Err(anyhow::Error::new(Said(said!(
                "khóa phải có dạng p12:TỆP, pkcs11:..., csc:... hoặc test:",
                "the key must have the form p12:FILE, pkcs11:..., csc:... or test:"
            ))));
        }
    };
    Ok(Opened {
        key,
        is_test: kind == "test",
    })
}

impl Pins for Secrets {
    fn pin(&self, label: &str, file: Option<&Path>) -> anyhow::Result<Zeroizing<String>> {
        match file.filter(|_| Secrets::is_by_hand(self)) {
            Some(path) => first_line(path),
            None => {
                let what = self.ui.say("PIN của thẻ", "PIN of the token");
                Self::pin(self, &format!("{what} {label}: "))
            }
        }
    }

    fn is_by_hand(&self) -> bool {
        Self::is_by_hand(self)
    }

    fn warn(&self, what: &Bilingual) {
        terminal::hint(self.ui, &what.vi, &what.en);
    }
}

fn from_p12(bytes: &[u8], password: &str, preference: Preference) -> anyhow::Result<SoftKey> {
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed)
        .map_err(|_| anyhow::Error::new(KeyError::WrongPin))?;
    let (_, found) = store
        .private_key_chain()
        .ok_or(KeyError::NotFound(Part::Private))?;
    let mut chain = Vec::new();
    for certificate in found.certs() {
        chain.push(Arc::new(Certificate::read(certificate.as_der())?));
    }
    Ok(SoftKey::from_pkcs8(
        found.key().as_der(),
        chain,
        preference,
        SystemRandom::new(),
    )?)
}

fn test_key(preference: Preference) -> anyhow::Result<SoftKey> {
    let pair = rcgen::KeyPair::generate()?;
    let mut parameters = rcgen::CertificateParams::default();
    let name = &mut parameters.distinguished_name;
    name.push(rcgen::DnType::CommonName, NOT_VALID);
    parameters.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    let certificate = parameters.self_signed(&pair)?;
    let chain = vec![Arc::new(Certificate::read(certificate.der())?)];
    let secret = Zeroizing::new(pair.serialize_der());
    Ok(SoftKey::from_pkcs8(
        &secret,
        chain,
        preference,
        SystemRandom::new(),
    )?)
}
