//! Keys on tokens and in security modules, by PKCS #11: the key stays there, digests go in, signatures come out.

use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use saoy_pipeline::record::Bilingual;
use saoy_signing::asn1::{tag, trim, wrap};
use saoy_signing::certificate::Certificate;
use saoy_signing::crypto::{Digest, PublicKey, Scheme};
use saoy_signing::sign::key::{KeyError, Part, Preference, Signer, ecdsa_der};
use zeroize::Zeroizing;

use crate::words::{Said, said};
use uri::Uri;

mod uri;

pub(super) use uri::decoded;

/// Where a PIN comes from.
pub(super) trait Pins: Send + Sync {
    /// The PIN for the token `label`; from `file` when the address names one and nothing else was given.
    ///
    /// # Errors
    /// When there is none.
    fn pin(&self, label: &str, file: Option<&std::path::Path>)
    -> anyhow::Result<Zeroizing<String>>;

    /// Whether a person types it now.
    fn is_by_hand(&self) -> bool;

    /// Tells that person something first.
    fn warn(&self, what: &Bilingual);
}

/// A key on a token, logged in.
pub(super) struct TokenKey {
    chain: Vec<Arc<Certificate>>,
    scheme: Scheme,
    key: ObjectHandle,
    session: Mutex<Session>,
    module: Pkcs11,
    slot: Slot,
    serial: String,
    /// Set where the key wants a PIN for each signature.
    each: Option<Each>,
}

/// What a key needs that wants its owner's assent each time (`CKA_ALWAYS_AUTHENTICATE`).
struct Each {
    pins: Box<dyn Pins>,
    label: String,
    /// One that was typed is not kept: it is the assent to one signature.
    kept: Option<Zeroizing<String>>,
    by_reader: bool,
}

impl TokenKey {
    /// Opens the key that `address`, without `pkcs11:`, names.
    ///
    /// # Errors
    /// When the address is wrong, there is no such token or key or more than one, or the PIN is not taken.
    pub(super) fn open(
        address: &str,
        preference: Preference,
        pins: Box<dyn Pins>,
    ) -> anyhow::Result<Self> {
        let uri = Uri::parse(address).map_err(Said)?;
        let module = Pkcs11::new(&uri.module).map_err(|error| {
            KeyError::Driver(uri.module.display().to_string(), error.to_string())
        })?;
        module
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .map_err(|error| key_error(&error))?;
        let (slot, token) = find_token(&module, &uri)?;
        let session = module
            .open_ro_session(slot)
            .map_err(|error| key_error(&error))?;
        let pin = log_in(&session, &token, &uri, &*pins)?;
        let (key, chain) = find_key(&session, &uri)?;
        let each = wants_pin_each_time(&session, key).then(|| Each {
            kept: pin.filter(|_| uri.pin.is_some() || !pins.is_by_hand()),
            pins,
            label: token.label().to_owned(),
            by_reader: token.protected_authentication_path(),
        });
        let own = chain.first().ok_or_else(no_certificate)?;
        let scheme = preference.scheme(&own.key)?;
        if matches!(scheme, Scheme::Ed25519) {
            return Err(KeyError::Unsupported("Ed25519 (PKCS #11)".to_owned()).into());
        }
        Ok(Self {
            chain,
            scheme,
            key,
            session: Mutex::new(session),
            module,
            slot,
            serial: token.serial_number().to_owned(),
            each,
        })
    }

    /// Signs with the owner's assent to this one signature (PKCS #11 3.0, 5.13.1): the PIN comes between beginning and data,
    /// so the token takes the message in parts and digests it itself.
    fn sign_with_assent(
        &self,
        session: &Session,
        each: &Each,
        message: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        let told = |error: Error| key_error(&error);
        let mechanism = digesting(&self.scheme)
            .ok_or_else(|| KeyError::Unsupported(self.scheme.name().to_owned()))?;
        let token = self.module.get_token_info(self.slot).map_err(told)?;
        let failed = |error: anyhow::Error| match error.downcast::<KeyError>() {
            Ok(known) => known,
            Err(other) => KeyError::Failed(other.to_string()),
        };
        let is_by_hand = each.by_reader || each.kept.is_none();
        if let Some(warning) = Tries::of(&token).before(is_by_hand).map_err(failed)? {
            each.pins.warn(&warning);
        }
        let pin = match &each.kept {
            _ if each.by_reader => None,
            Some(pin) => Some(pin.clone()),
            None => Some(each.pins.pin(&each.label, None).map_err(failed)?),
        };
        session.sign_init(&mechanism, self.key).map_err(told)?;
        let pin = pin.map(|pin| AuthPin::from(pin.as_str()));
        session
            .login(UserType::ContextSpecific, pin.as_ref())
            .map_err(told)?;
        session.sign_update(message).map_err(told)?;
        session.sign_final().map_err(told)
    }

    /// Whether the same token is still in its slot.
    fn is_there(&self) -> bool {
        self.module
            .get_token_info(self.slot)
            .is_ok_and(|token| token.serial_number() == self.serial)
    }
}

impl Signer for TokenKey {
    fn chain(&self) -> &[Arc<Certificate>] {
        &self.chain
    }

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Digests here and sends the digest: mechanisms that digest on the token are slow there, and often missing.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let unsupported = || KeyError::Unsupported(self.scheme.name().to_owned());
        let (digest, mechanism) = match &self.scheme {
            Scheme::Pkcs1(digest) => (*digest, Mechanism::RsaPkcs),
            Scheme::Pss { digest, salt, .. } => {
                (*digest, pss(*digest, *salt).ok_or_else(unsupported)?)
            }
            Scheme::Ecdsa(digest) => (*digest, Mechanism::Ecdsa),
            _ => return Err(unsupported()),
        };
        let value = digest.of(message).ok_or_else(unsupported)?;
        let data = match &self.scheme {
            Scheme::Pkcs1(_) => digest_info(digest, &value),
            _ => value,
        };
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let signature = match &self.each {
            Some(each) => self.sign_with_assent(&session, each, message),
            None => session
                .sign(&mechanism, self.key, &data)
                .map_err(|error| key_error(&error)),
        };
        let signature = signature.map_err(|error| {
            // What a driver says of a token that was pulled differs; that it is not there does not.
            match error {
                KeyError::Failed(_) if !self.is_there() => KeyError::Gone,
                other => other,
            }
        })?;
        match self.scheme {
            Scheme::Ecdsa(_) => ecdsa_der(&signature).ok_or(KeyError::NoSignature),
            _ => Ok(signature),
        }
    }
}

/// The one token that fits. Only what tokens tell without a PIN is asked.
fn find_token(module: &Pkcs11, uri: &Uri) -> anyhow::Result<(Slot, TokenInfo)> {
    let is = |wanted: &Option<String>, value: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.trim_end() == value.trim_end())
    };
    let mut fitting = Vec::new();
    for slot in module
        .get_slots_with_token()
        .map_err(|error| key_error(&error))?
    {
        // A token that was pulled this moment, or that no reader understands, is not the one.
        let Ok(token) = module.get_token_info(slot) else {
            continue;
        };
        if token.token_initialized()
            && is(&uri.token, token.label())
            && is(&uri.serial, token.serial_number())
            && is(&uri.manufacturer, token.manufacturer_id())
            && is(&uri.model, token.model())
            && uri.slot.is_none_or(|wanted| wanted == slot.id())
        {
            fitting.push((slot, token));
        }
    }
    if fitting.len() > 1 {
        let list: Vec<String> = fitting
            .iter()
            .map(|(slot, token)| {
                format!(
                    "token={};serial={};slot-id={}",
                    token.label(),
                    token.serial_number(),
                    slot.id()
                )
            })
            .collect();
        let list = list.join(", ");
        return Err(Said(said!(
            "có nhiều thẻ phù hợp, hãy nêu rõ một thẻ: {}",
            "several tokens fit, name one: {}",
            list
        ))
        .into());
    }
    Ok(fitting.pop().ok_or(KeyError::Gone)?)
}

/// How many wrong PINs a token still bears, as its flags tell (PKCS #11 3.0, 3.2, `CK_TOKEN_INFO`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tries {
    is_locked: bool,
    is_last: bool,
    is_low: bool,
}

impl Tries {
    fn of(token: &TokenInfo) -> Self {
        Self {
            is_locked: token.user_pin_locked(),
            is_last: token.user_pin_final_try(),
            is_low: token.user_pin_count_low(),
        }
    }

    /// What to say before a PIN is sent. The last try belongs to a person: a file may hold an old PIN, and would lock the
    /// token.
    fn before(self, is_by_hand: bool) -> anyhow::Result<Option<Bilingual>> {
        if self.is_locked {
            return Err(KeyError::Locked.into());
        }
        if self.is_last && !is_by_hand {
            return Err(Said(said!(
                "thẻ chỉ còn một lần thử PIN, không gửi PIN từ tệp; hãy nhập PIN bằng tay (không dùng --pin-file, --pin-fd)",
                "the token bears one more wrong PIN only: none is sent from a file; type it (without --pin-file, --pin-fd)"
            ))
            .into());
        }
        Ok(if self.is_last {
            Some(said!(
                "CHÚ Ý: chỉ còn một lần thử; nhập sai nữa thì thẻ bị khóa",
                "CAUTION: this is the last try; another wrong PIN locks the token"
            ))
        } else if self.is_low {
            Some(said!(
                "chú ý: lần nhập PIN trước đã sai",
                "caution: the last PIN entered was wrong"
            ))
        } else {
            None
        })
    }
}

/// Gives the PIN that was taken, where there is one.
fn log_in(
    session: &Session,
    token: &TokenInfo,
    uri: &Uri,
    pins: &dyn Pins,
) -> anyhow::Result<Option<Zeroizing<String>>> {
    if !token.login_required() {
        return Ok(None);
    }
    // A reader with keys of its own takes the PIN itself.
    let by_reader = token.protected_authentication_path();
    let is_by_hand = by_reader || (pins.is_by_hand() && uri.pin.is_none());
    if let Some(warning) = Tries::of(token).before(is_by_hand)? {
        pins.warn(&warning);
    }
    let mut taken = None;
    let answer = if by_reader {
        session.login(UserType::User, None)
    } else {
        let pin = pins.pin(token.label(), uri.pin.as_deref())?;
        let length = pin.chars().count();
        // Out of bounds it cannot be right: it need not cost a try.
        if length == 0 || pin.len() > token.max_pin_length().max(1) {
            return Err(KeyError::WrongPin.into());
        }
        let answer = session.login(UserType::User, Some(&AuthPin::from(pin.as_str())));
        taken = Some(pin);
        answer
    };
    match answer {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(taken),
        Err(error) => Err(key_error(&error).into()),
    }
}

/// The private key that the address names, and its certificate with those of authorities on the same token.
fn find_key(session: &Session, uri: &Uri) -> anyhow::Result<(ObjectHandle, Vec<Arc<Certificate>>)> {
    let certificates = certificates(session)?;
    let keys = keys(session, uri, &certificates)?;
    let mut found: Vec<(ObjectHandle, Arc<Certificate>)> = Vec::new();
    for key in &keys {
        let own = certificates
            .iter()
            .find(|stored| {
                stored.id == key.id && !stored.id.is_empty() && key.fits(&stored.certificate)
            })
            .or_else(|| {
                certificates.iter().find(|stored| {
                    stored.id.is_empty()
                        && stored.label == key.label
                        && key.fits(&stored.certificate)
                })
            });
        if let Some(own) = own {
            found.push((key.handle, own.certificate.clone()));
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some((handle, own)), true) => Ok((handle, with_authorities(own, &certificates))),
        (Some(_), false) => {
            let list: Vec<String> = keys.iter().map(Key::address).collect();
            let list = list.join(", ");
            Err(Said(said!(
                "có nhiều khóa phù hợp, hãy nêu rõ một khóa: {}",
                "several keys fit, name one: {}",
                list
            ))
            .into())
        }
        (None, _) if keys.is_empty() => Err(KeyError::NotFound(Part::OnToken).into()),
        (None, _) => Err(no_certificate().into()),
    }
}

fn no_certificate() -> KeyError {
    KeyError::NotFound(Part::Certificate)
}

/// A private key of the token.
struct Key {
    handle: ObjectHandle,
    id: Vec<u8>,
    label: Vec<u8>,
    /// RSA only, without leading zeros.
    modulus: Option<Vec<u8>>,
}

impl Key {
    /// False when the certificate is seen to be another key's. Curves keep their public point elsewhere; there the first
    /// signature shows it.
    fn fits(&self, certificate: &Certificate) -> bool {
        match (&certificate.key, &self.modulus) {
            (PublicKey::Rsa { modulus, .. }, Some(own)) => trim(modulus) == own.as_slice(),
            (PublicKey::Rsa { .. }, None) => true,
            (_, modulus) => modulus.is_none(),
        }
    }

    /// As part of an address.
    fn address(&self) -> String {
        let id: String = self.id.iter().map(|byte| format!("%{byte:02x}")).collect();
        format!("id={id};object={}", String::from_utf8_lossy(&self.label))
    }
}

fn keys(session: &Session, uri: &Uri, certificates: &[Stored]) -> Result<Vec<Key>, KeyError> {
    let mut wanted = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    wanted.extend(uri.id.clone().map(Attribute::Id));
    let mut found = Vec::new();
    let kinds = [
        AttributeType::Id,
        AttributeType::Label,
        AttributeType::Modulus,
        AttributeType::Sign,
    ];
    for handle in session
        .find_objects(&wanted)
        .map_err(|error| key_error(&error))?
    {
        let mut key = Key {
            handle,
            id: Vec::new(),
            label: Vec::new(),
            modulus: None,
        };
        let mut signs = true;
        for attribute in attributes(session, handle, &kinds) {
            match attribute {
                Attribute::Id(id) => key.id = id,
                Attribute::Label(label) => key.label = label,
                Attribute::Modulus(modulus) => key.modulus = Some(trim(&modulus).to_vec()),
                Attribute::Sign(may) => signs = may,
                _ => {}
            }
        }
        // A label may be the key's or its certificate's: cards name only one of them.
        let is_named = uri.object.as_ref().is_none_or(|name| {
            key.label == *name
                || certificates.iter().any(|stored| {
                    stored.label == *name && stored.id == key.id && !key.id.is_empty()
                })
        });
        if signs && is_named {
            found.push(key);
        }
    }
    Ok(found)
}

/// A certificate of the token.
struct Stored {
    id: Vec<u8>,
    label: Vec<u8>,
    certificate: Arc<Certificate>,
}

fn certificates(session: &Session) -> Result<Vec<Stored>, KeyError> {
    let wanted = [Attribute::Class(ObjectClass::CERTIFICATE)];
    let kinds = [
        AttributeType::Id,
        AttributeType::Label,
        AttributeType::Value,
    ];
    let mut found = Vec::new();
    for handle in session
        .find_objects(&wanted)
        .map_err(|error| key_error(&error))?
    {
        let (mut id, mut label, mut value) = (Vec::new(), Vec::new(), Vec::new());
        for attribute in attributes(session, handle, &kinds) {
            match attribute {
                Attribute::Id(bytes) => id = bytes,
                Attribute::Label(bytes) => label = bytes,
                Attribute::Value(bytes) => value = bytes,
                _ => {}
            }
        }
        if let Ok(certificate) = Certificate::read(&value) {
            found.push(Stored {
                id,
                label,
                certificate: Arc::new(certificate),
            });
        }
    }
    Ok(found)
}

/// Attributes one by one: a token that lacks one may refuse all that were asked with it.
fn attributes(session: &Session, object: ObjectHandle, kinds: &[AttributeType]) -> Vec<Attribute> {
    kinds
        .iter()
        .filter_map(|kind| session.get_attributes(object, &[*kind]).ok())
        .flatten()
        .collect()
}

/// `own`, and the authorities above it that the token has.
fn with_authorities(own: Arc<Certificate>, stored: &[Stored]) -> Vec<Arc<Certificate>> {
    let mut chain = vec![own];
    while let Some(last) = chain.last()
        && !last.is_self_issued()
        && let Some(above) = stored.iter().find(|other| {
            other.certificate.is_authority()
                && other.certificate.subject == last.issuer
                && chain
                    .iter()
                    .all(|known| known.fingerprint != other.certificate.fingerprint)
        })
    {
        chain.push(above.certificate.clone());
    }
    chain
}

/// `DigestInfo` (RFC 8017, 9.2).
fn digest_info(digest: Digest, value: &[u8]) -> Vec<u8> {
    let algorithm = [wrap(tag::OID, digest.oid()), vec![tag::NULL, 0]].concat();
    let algorithm = wrap(tag::SEQUENCE, &algorithm);
    wrap(
        tag::SEQUENCE,
        &[algorithm, wrap(tag::OCTET_STRING, value)].concat(),
    )
}

fn wants_pin_each_time(session: &Session, key: ObjectHandle) -> bool {
    attributes(session, key, &[AttributeType::AlwaysAuthenticate])
        .iter()
        .any(|attribute| matches!(attribute, Attribute::AlwaysAuthenticate(true)))
}

/// The mechanism that digests on the token.
fn digesting(scheme: &Scheme) -> Option<Mechanism<'static>> {
    Some(match scheme {
        Scheme::Pkcs1(Digest::Sha256) => Mechanism::Sha256RsaPkcs,
        Scheme::Pkcs1(Digest::Sha384) => Mechanism::Sha384RsaPkcs,
        Scheme::Pkcs1(Digest::Sha512) => Mechanism::Sha512RsaPkcs,
        Scheme::Pss { digest, salt, .. } => match pss(*digest, *salt)? {
            Mechanism::RsaPkcsPss(parameters) => match digest {
                Digest::Sha384 => Mechanism::Sha384RsaPkcsPss(parameters),
                Digest::Sha512 => Mechanism::Sha512RsaPkcsPss(parameters),
                _ => Mechanism::Sha256RsaPkcsPss(parameters),
            },
            _ => return None,
        },
        Scheme::Ecdsa(Digest::Sha256) => Mechanism::EcdsaSha256,
        Scheme::Ecdsa(Digest::Sha384) => Mechanism::EcdsaSha384,
        Scheme::Ecdsa(Digest::Sha512) => Mechanism::EcdsaSha512,
        _ => return None,
    })
}

fn pss(digest: Digest, salt: usize) -> Option<Mechanism<'static>> {
    let (hash_alg, mgf) = match digest {
        Digest::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
        Digest::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
        Digest::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
        _ => return None,
    };
    let s_len = u64::try_from(salt).ok()?.into();
    Some(Mechanism::RsaPkcsPss(PkcsPssParams {
        hash_alg,
        mgf,
        s_len,
    }))
}

fn key_error(error: &Error) -> KeyError {
    let Error::Pkcs11(code, _) = error else {
        return KeyError::Failed(error.to_string());
    };
    match code {
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => KeyError::WrongPin,
        RvError::PinLocked => KeyError::Locked,
        // A handle that was good and is not any more: its token went, and perhaps came back as a stranger.
        RvError::DeviceRemoved
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized
        | RvError::SlotIdInvalid
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::KeyHandleInvalid
        | RvError::ObjectHandleInvalid
        | RvError::UserNotLoggedIn => KeyError::Gone,
        _ => KeyError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_token_gets_no_pin_and_the_last_try_is_a_persons() {
        let tries = |is_locked, is_last, is_low| Tries {
            is_locked,
            is_last,
            is_low,
        };
        let locked = tries(true, true, true).before(true).unwrap_err();
        assert_eq!(locked.downcast_ref(), Some(&KeyError::Locked));
        assert!(
            tries(false, true, true)
                .before(false)
                .unwrap_err()
                .is::<Said>()
        );
        let last = tries(false, true, true).before(true).unwrap().unwrap();
        assert!(last.en.contains("last try"), "{last:?}");
        let low = tries(false, false, true).before(false).unwrap().unwrap();
        assert!(!low.en.contains("last try"), "{low:?}");
        assert_eq!(Tries::default().before(false).unwrap(), None);
    }
}
