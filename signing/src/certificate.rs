//! X.509 certificates (RFC 5280), read as they are: real ones bend the profile, and judging is done elsewhere.

use std::sync::Arc;

use crate::asn1::{Asn1Error, Element, Reader, shortest, tag};
use crate::crypto::{Algorithm, CryptoError, Digest, PublicKey, Scheme, Signed, verify};
use crate::judge::{Instant, Party};

mod extensions;
mod general;
mod name;

pub use extensions::{
    BasicConstraints, DistributionPoint, Extensions, NameConstraints, PolicyConstraints, usage,
};
pub use general::GeneralName;
pub use name::{Attribute, Name};

pub(crate) use extensions::{Extension, extension_list};
pub(crate) use general::{IssuingPoint, PointName};

/// A certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// All of it, DER.
    pub der: Arc<[u8]>,
    /// SHA-256 of `der`.
    pub fingerprint: [u8; 32],
    /// From 1: the version; extensions belong to 3.
    pub version: u32,
    /// The serial number, as written: big-endian, with its sign byte.
    pub serial: Vec<u8>,
    /// By whom.
    pub issuer: Name,
    /// Whose.
    pub subject: Name,
    /// From when.
    pub not_before: Instant,
    /// Until when.
    pub not_after: Instant,
    /// The key.
    pub key: PublicKey,
    /// `SubjectPublicKeyInfo`, DER.
    pub key_info: Vec<u8>,
    /// The key's bits, without their wrapping: what key identifiers are digests of.
    pub key_bits: Vec<u8>,
    /// How it is signed.
    pub scheme: Scheme,
    /// What its extensions say.
    pub extensions: Extensions,
    tbs: std::ops::Range<usize>,
    signature: Vec<u8>,
}

impl Certificate {
    /// Reads one certificate, and nothing after it.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn read(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut outer = Reader::of_sequence(der)?;
        let tbs = outer.expect(tag::SEQUENCE)?;
        let outer_algorithm = Algorithm::read(&mut outer)?;
        let signature = outer.expect(tag::BIT_STRING)?.bit_string()?.to_vec();
        outer.end()?;

        let mut inside = tbs.inside();
        let version = match inside.optional(tag::explicit(0))? {
            Some(version) => version
                .inside()
                .expect(tag::INTEGER)?
                .small()?
                .saturating_add(1),
            None => 1,
        };
        let serial = inside.expect(tag::INTEGER)?.body.to_vec();
        // RFC 5280 4.1.1.2: the same algorithm inside and outside, else the outer one is not signed.
        let algorithm = Algorithm::read(&mut inside)?;
        if !algorithm.is_like(&outer_algorithm) {
            return Err(inside.error("two signature algorithms"));
        }
        let issuer = Name::read(&mut inside)?;
        let mut validity = inside.sequence()?;
        let (not_before, not_after) = (validity.next()?.instant()?, validity.next()?.instant()?);
        let subject = Name::read(&mut inside)?;
        let info = inside.expect(tag::SEQUENCE)?;
        let mut extensions = Extensions::default();
        for more in inside.all()? {
            // [1] and [2] are unique identifiers, which nobody uses.
            if more.tag == tag::explicit(3) {
                extensions = Extensions::read(&mut more.inside())?;
            }
        }
        Ok(Self {
            der: der.into(),
            fingerprint: fingerprint(der),
            version,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key: PublicKey::read(&info)?,
            key_info: info.raw.to_vec(),
            key_bits: key_bits(&info)?,
            scheme: Scheme::of(&algorithm, None),
            extensions,
            tbs: tbs.at..tbs.at.saturating_add(tbs.raw.len()),
            signature,
        })
    }

    /// Reads PEM (one or more certificates) or DER.
    ///
    /// # Errors
    /// Where neither fits.
    pub fn read_any(bytes: &[u8]) -> Result<Vec<Self>, Asn1Error> {
        crate::trust::unwrap_pem(bytes)?
            .iter()
            .map(|der| Self::read(der))
            .collect()
    }

    /// Checks its signature with `key`.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn signed_by(&self, key: &PublicKey) -> Result<(), CryptoError> {
        let tbs = self.der.get(self.tbs.clone()).unwrap_or_default();
        verify(key, &self.scheme, Signed::Message(tbs), &self.signature)
    }

    /// True when issuer and subject are one (RFC 5280 3.2).
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// True when it may sign certificates by its extensions; version 1 says nothing and counts as no.
    pub fn is_authority(&self) -> bool {
        self.extensions
            .basic_constraints
            .is_some_and(|basic| basic.authority)
    }

    /// True within its validity, ends included.
    pub fn is_valid_at(&self, time: Instant) -> bool {
        self.not_before <= time && time <= self.not_after
    }

    /// Whose it is, for people.
    pub fn party(&self) -> Party {
        self.subject.party(&self.serial)
    }

    /// The serial number, hexadecimal, without sign byte.
    pub fn serial_hex(&self) -> String {
        hex(&self.serial)
    }

    /// True when `serial` is its serial number, however long it is written.
    pub fn has_serial(&self, serial: &[u8]) -> bool {
        shortest(serial) == shortest(&self.serial)
    }
}

/// Equal when every byte is.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

fn key_bits(info: &Element<'_>) -> Result<Vec<u8>, Asn1Error> {
    let mut inside = info.inside();
    inside.next()?;
    Ok(inside.expect(tag::BIT_STRING)?.bit_string()?.to_vec())
}

/// SHA-256 of `bytes`.
pub fn fingerprint(bytes: &[u8]) -> [u8; 32] {
    let mut value = [0; 32];
    if let Some(digest) = Digest::Sha256.of(bytes) {
        value.copy_from_slice(&digest);
    }
    value
}

/// `serial` as people write it.
pub(crate) fn hex(serial: &[u8]) -> String {
    let digits: String = crate::asn1::trim(serial)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if digits.is_empty() {
        "00".to_owned()
    } else {
        digits
    }
}

/// The rest of `reader` as a list of `Reader`s of sequences.
pub(crate) fn sequences<'a>(reader: Reader<'a>) -> Result<Vec<Reader<'a>>, Asn1Error> {
    reader
        .all()?
        .into_iter()
        .map(|element| {
            if element.tag == tag::SEQUENCE {
                Ok(element.inside())
            } else {
                Err(element.error("not a sequence"))
            }
        })
        .collect()
}
