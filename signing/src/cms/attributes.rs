//! Attributes of a signer, and the ESS reference to the signer's certificate among them.

use std::collections::BTreeSet;

use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag, wrap};
use crate::certificate::{Certificate, GeneralName};
use crate::crypto::{Algorithm, Digest, Scheme};

/// A set of attributes.
#[derive(Clone, Debug, Default)]
pub struct Attributes(Vec<(Oid, Vec<Vec<u8>>)>);

impl Attributes {
    /// Reads the value of a set, however it is tagged.
    pub(super) fn read(set: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut list = Vec::new();
        for attribute in set.inside().all()? {
            let mut inside = attribute.inside();
            let kind = inside.oid()?;
            let values = inside.expect(tag::SET)?.inside().all()?;
            inside.end()?;
            list.push((
                kind,
                values
                    .iter()
                    .map(Element::to_der_if_needed)
                    .collect::<Result<_, _>>()?,
            ));
        }
        Ok(Self(list))
    }

    /// All values of attributes of `kind`.
    pub fn all<'a>(&'a self, kind: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |(id, _)| *id == kind)
            .flat_map(|(_, values)| values)
            .map(Vec::as_slice)
    }

    /// The value of the attribute of `kind` when it stands once with one value.
    pub fn only(&self, kind: &[u8]) -> Option<&[u8]> {
        let mut of_kind = self.0.iter().filter(|(id, _)| *id == kind);
        match (of_kind.next(), of_kind.next()) {
            (Some((_, values)), None) if values.len() == 1 => values.first().map(Vec::as_slice),
            _ => None,
        }
    }

    /// True when there is an attribute of `kind`.
    pub fn has(&self, kind: &[u8]) -> bool {
        self.0.iter().any(|(id, _)| *id == kind)
    }

    /// A kind that stands more than once (RFC 5652 5.3 forbids it of signed attributes).
    pub fn repeated(&self) -> Option<&Oid> {
        let mut seen = BTreeSet::new();
        self.0
            .iter()
            .map(|(kind, _)| kind)
            .find(|kind| !seen.insert(*kind))
    }

    /// References to the signer's certificate: ESS version 2, else version 1 (RFC 5035).
    ///
    /// # Errors
    /// Where there is one that cannot be read.
    pub fn certificate_reference(&self) -> Result<Option<CertificateReference>, Asn1Error> {
        if self.has(oid::SIGNING_CERTIFICATE_V2) {
            return self
                .only(oid::SIGNING_CERTIFICATE_V2)
                .map_or(Err(TWICE), |value| CertificateReference::read(value, 2))
                .map(Some);
        }
        if self.has(oid::SIGNING_CERTIFICATE) {
            return self
                .only(oid::SIGNING_CERTIFICATE)
                .map_or(Err(TWICE), |value| CertificateReference::read(value, 1))
                .map(Some);
        }
        Ok(None)
    }

    /// Checks `CMSAlgorithmProtection` (RFC 6211) when it is there.
    ///
    /// # Errors
    /// What it contradicts.
    pub fn algorithms_agree(&self, digest: Digest, scheme: &Scheme) -> Result<(), &'static str> {
        if !self.has(oid::CMS_ALGORITHM_PROTECTION) {
            return Ok(());
        }
        let read = || {
            let value = self.only(oid::CMS_ALGORITHM_PROTECTION).ok_or(TWICE)?;
            let mut inside = Reader::of_sequence(value)?;
            let digest = Algorithm::read(&mut inside)?;
            let signature = inside.expect(tag::explicit(1))?;
            Ok((
                Digest::from_oid(&digest.id),
                Algorithm::inside(signature.inside())?,
            ))
        };
        let (protected, signature) =
            read().map_err(|_: Asn1Error| "the protection of algorithms cannot be read")?;
        if protected != Some(digest) || Scheme::of(&signature, protected) != *scheme {
            return Err("other algorithms than the protected ones");
        }
        Ok(())
    }
}

/// A signed reference to the signer's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateReference {
    /// 1 or 2.
    pub version: u8,
    /// The digest, `None` when it is not known.
    pub digest: Option<Digest>,
    /// The certificate's digest.
    pub value: Vec<u8>,
    /// Issuer and serial number.
    pub serial: Option<(Vec<GeneralName>, Vec<u8>)>,
}

impl CertificateReference {
    fn read(value: &[u8], version: u8) -> Result<Self, Asn1Error> {
        // The first one is the signer's; others restrict the path and are not asked of it here.
        let mut one = Reader::of_sequence(value)?.sequence()?.sequence()?;
        let mut digest = Some(if version == 1 {
            Digest::Sha1
        } else {
            Digest::Sha256
        });
        if version == 2 && one.peek() == Some(tag::SEQUENCE) {
            digest = Digest::from_oid(&Algorithm::read(&mut one)?.id);
        }
        let value = one.expect(tag::OCTET_STRING)?.octets()?.into_owned();
        let serial = match one.optional(tag::SEQUENCE)? {
            Some(pair) => {
                let mut pair = pair.inside();
                Some((
                    GeneralName::read_all(&pair.expect(tag::SEQUENCE)?)?,
                    pair.expect(tag::INTEGER)?.body.to_vec(),
                ))
            }
            None => None,
        };
        Ok(Self {
            version,
            digest,
            value,
            serial,
        })
    }

    /// True when it is of `certificate`; issuer and serial number must fit, too, where they are given.
    pub fn is_of(&self, certificate: &Certificate) -> bool {
        let digest = self.digest.and_then(|digest| digest.of(&certificate.der));
        let serial = self.serial.as_ref().is_none_or(|(names, serial)| {
            certificate.has_serial(serial)
                && names
                    .iter()
                    .any(|name| *name == GeneralName::Directory(certificate.issuer.clone()))
        });
        digest.as_ref() == Some(&self.value) && serial
    }
}

/// The bytes that signed attributes are hashed as: tagged as a set, as written (RFC 5652 5.4); in definite lengths where
/// they were written in indefinite ones.
pub(super) fn hashed(set: &Element<'_>) -> Result<Vec<u8>, Asn1Error> {
    if set.indefinite {
        let mut parts = Vec::new();
        for attribute in set.inside().all()? {
            parts.push(attribute.to_der()?);
        }
        parts.sort();
        return Ok(wrap(tag::SET, &parts.concat()));
    }
    let mut bytes = set.raw.to_vec();
    if let Some(first) = bytes.first_mut() {
        *first = tag::SET;
    }
    Ok(bytes)
}

const TWICE: Asn1Error = Asn1Error {
    what: "an attribute twice, or with several values",
    at: 0,
};
