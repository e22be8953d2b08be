//! Certificate revocation lists (RFC 5280 5), complete and delta, direct and indirect.

use std::ops::Range;

use crate::asn1::{Asn1Error, Element, Reader, oid, shortest, tag, trim};
use crate::certificate::{
    Certificate, DistributionPoint, Extension, GeneralName, IssuingPoint, Name, PointName,
    extension_list,
};
use crate::crypto::{Algorithm, CryptoError, PublicKey, Scheme, Signed, verify};
use crate::judge::Instant;

/// A revocation list.
#[derive(Clone, Debug)]
pub struct Crl {
    /// All of it, DER.
    pub der: Vec<u8>,
    /// By whom.
    pub issuer: Name,
    /// When it was made.
    pub this_update: Instant,
    /// When the next one is due.
    pub next_update: Option<Instant>,
    /// How it is signed.
    pub scheme: Scheme,
    /// Its number.
    pub number: Option<Vec<u8>>,
    /// Of a delta: the number of the complete list it goes with.
    pub base: Option<Vec<u8>>,
    /// Names the signer's key.
    pub authority_key: Option<Vec<u8>>,
    /// Since when expired certificates are kept on it (X.509, 9.5.2.8).
    pub kept_since: Option<Instant>,
    /// True when it carries something critical that is not understood: it must not be used (RFC 5280 5.2).
    pub refused: bool,
    pub(crate) point: Option<IssuingPoint>,
    entries: Vec<Place>,
    issuers: Vec<Name>,
    tbs: Range<usize>,
    signature: Vec<u8>,
}

/// Where an entry stands: its serial number, its extensions; and the certificate issuer, counted from 1.
#[derive(Clone, Debug)]
struct Place {
    serial: Range<usize>,
    at: Instant,
    extensions: Range<usize>,
    issuer: usize,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Since when.
    pub since: Instant,
    /// A number of `CRLReason`; 0 when none is given.
    pub reason: u32,
    /// True when it carries something critical that is not understood.
    pub refused: bool,
}

impl Crl {
    /// Reads one list.
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
        // 1 is version 2; the first version has no number.
        if let Some(version) = inside.optional(tag::INTEGER)?
            && version.small()? > 1
        {
            return Err(version.error("a list of a later version"));
        }
        let algorithm = Algorithm::read(&mut inside)?;
        if !algorithm.is_like(&outer_algorithm) {
            return Err(inside.error("two signature algorithms"));
        }
        let issuer = Name::read(&mut inside)?;
        let this_update = inside.next()?.instant()?;
        let next_update = match inside.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(inside.next()?.instant()?),
            _ => None,
        };
        let mut crl = Self {
            der: der.to_vec(),
            issuer,
            this_update,
            next_update,
            scheme: Scheme::of(&algorithm, None),
            number: None,
            base: None,
            authority_key: None,
            kept_since: None,
            refused: false,
            point: None,
            entries: Vec::new(),
            issuers: Vec::new(),
            tbs: tbs.at..tbs.at.saturating_add(tbs.raw.len()),
            signature,
        };
        if let Some(list) = inside.optional(tag::SEQUENCE)? {
            crl.read_entries(&list)?;
        }
        if let Some(extensions) = inside.optional(tag::explicit(0))? {
            for extension in extension_list(&mut extensions.inside())? {
                crl.take(&extension)?;
            }
        }
        inside.end()?;
        Ok(crl)
    }

    fn read_entries(&mut self, list: &Element<'_>) -> Result<(), Asn1Error> {
        let mut reader = list.inside();
        while !reader.is_empty() {
            let entry = reader.expect(tag::SEQUENCE)?;
            let mut inside = entry.inside();
            let serial = inside.expect(tag::INTEGER)?;
            let at = inside.next()?.instant()?;
            let end = entry.at.saturating_add(entry.raw.len());
            let extensions = end.saturating_sub(inside.rest().len())..end;
            // The issuer of an indirect list's entry holds for those after it, too (RFC 5280 5.3.3).
            if !inside.is_empty() {
                for extension in extension_list(&mut inside)? {
                    if extension.id == oid::CERTIFICATE_ISSUER {
                        let names = GeneralName::read_all(&Element::only(extension.value)?)?;
                        let name = names.into_iter().find_map(|name| {
                            if let GeneralName::Directory(name) = name {
                                Some(name)
                            } else {
                                None
                            }
                        });
                        self.issuers
                            .push(name.ok_or(inside.error("an entry's issuer without a name"))?);
                    }
                }
            }
            let length = shortest(serial.body).len();
            let serial_end = serial.at.saturating_add(serial.raw.len());
            self.entries.push(Place {
                serial: serial_end.saturating_sub(length)..serial_end,
                at,
                extensions,
                issuer: self.issuers.len(),
            });
        }
        let der = std::mem::take(&mut self.der);
        self.entries.sort_by(|left, right| {
            der.get(left.serial.clone())
                .cmp(&der.get(right.serial.clone()))
        });
        self.der = der;
        Ok(())
    }

    fn take(&mut self, extension: &Extension<'_>) -> Result<(), Asn1Error> {
        // What is not understood need not even be DER.
        let value = || Element::only(extension.value);
        let id = &extension.id;
        if *id == oid::CRL_NUMBER {
            self.number = Some(trim(value()?.body).to_vec());
        } else if *id == oid::DELTA_CRL_INDICATOR {
            self.base = Some(trim(value()?.body).to_vec());
        } else if *id == oid::ISSUING_DISTRIBUTION_POINT {
            self.point = Some(IssuingPoint::read(extension.value)?);
        } else if *id == oid::AUTHORITY_KEY_IDENTIFIER {
            let members = value()?.inside().all()?;
            self.authority_key = members
                .iter()
                .find(|member| member.tag == 0x80)
                .map(|member| member.body.to_vec());
        } else if *id == oid::EXPIRED_CERTS_ON_CRL {
            self.kept_since = Some(value()?.instant()?);
        } else if extension.critical {
            self.refused = true;
        }
        Ok(())
    }

    /// Checks its signature with `key`.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn signed_by(&self, key: &PublicKey) -> Result<(), CryptoError> {
        let tbs = self.der.get(self.tbs.clone()).unwrap_or_default();
        verify(key, &self.scheme, Signed::Message(tbs), &self.signature)
    }

    /// True when it lists certificates of other issuers, too.
    pub fn is_indirect(&self) -> bool {
        self.point.as_ref().is_some_and(|point| point.indirect)
    }

    /// The entry of `certificate`.
    pub fn entry(&self, certificate: &Certificate) -> Option<Entry> {
        let wanted = shortest(&certificate.serial);
        let serial = |place: &Place| self.der.get(place.serial.clone()).unwrap_or_default();
        let first = self.entries.partition_point(|place| serial(place) < wanted);
        let same = self
            .entries
            .get(first..)?
            .iter()
            .take_while(|place| serial(place) == wanted);
        let place = same.into_iter().find(|place| {
            let issuer = place
                .issuer
                .checked_sub(1)
                .and_then(|index| self.issuers.get(index))
                .filter(|_| self.is_indirect());
            *issuer.unwrap_or(&self.issuer) == certificate.issuer
        })?;
        let mut entry = Entry {
            since: place.at,
            reason: 0,
            refused: false,
        };
        let extensions = self.der.get(place.extensions.clone()).unwrap_or_default();
        if !extensions.is_empty() {
            match extension_list(&mut Reader::new(extensions)) {
                Ok(list) => list.iter().for_each(|extension| entry.take(extension)),
                Err(_) => entry.refused = true,
            }
        }
        Some(entry)
    }

    /// For which reasons it tells of `certificate` (RFC 5280 6.3.3 (b) to (e)): bits of `ReasonFlags`; none when it does not.
    pub(crate) fn scope(&self, certificate: &Certificate) -> Scope {
        if self.refused {
            return Scope(0);
        }
        let points = &certificate.extensions.distribution_points;
        // Without distribution points, the issuer's own lists tell (RFC 5280 6.3.3, last paragraph).
        let own = DistributionPoint {
            name: Some(PointName::Full(vec![GeneralName::Directory(
                certificate.issuer.clone(),
            )])),
            ..DistributionPoint::default()
        };
        points
            .iter()
            .chain([&own])
            .map(|point| self.scope_at(certificate, point))
            .fold(Scope(0), Scope::or)
    }

    fn scope_at(&self, certificate: &Certificate, at: &DistributionPoint) -> Scope {
        let none = Scope(0);
        let itself = GeneralName::Directory(self.issuer.clone());
        // A list of the issuer's own may be named as the point's issuer without being indirect.
        let own = self.issuer == certificate.issuer;
        let by = if at.issuer.is_empty() {
            own
        } else {
            at.issuer.contains(&itself) && (own || self.is_indirect())
        };
        if !by {
            return none;
        }
        let asked = at.reasons.unwrap_or(ALL_REASONS);
        let Some(point) = &self.point else {
            return Scope(asked);
        };
        let authority = certificate.is_authority();
        if point.only_attributes
            || (point.only_users && authority)
            || (point.only_authorities && !authority)
        {
            return none;
        }
        if let Some(name) = &point.name {
            let own = name.full(&self.issuer);
            let asked = match &at.name {
                // (RFC 5280 4.2.1.13: the relative name is below the CRL issuer's, where one is given.)
                Some(name) => name.full(if at.issuer.is_empty() {
                    &certificate.issuer
                } else {
                    &self.issuer
                }),
                None => at.issuer.clone(),
            };
            if !own.iter().any(|name| asked.contains(name)) {
                return none;
            }
        }
        Scope(asked & point.reasons.unwrap_or(ALL_REASONS))
    }
}

impl Entry {
    fn take(&mut self, extension: &Extension<'_>) {
        if extension.id == oid::CRL_REASON {
            match Element::only(extension.value).and_then(|reason| reason.small()) {
                Ok(reason) => self.reason = reason,
                Err(_) => self.refused = true,
            }
        } else if extension.critical && extension.id != oid::CERTIFICATE_ISSUER {
            self.refused = true;
        }
    }
}

/// Reasons that a list tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope(u32);

impl Scope {
    /// Of nothing.
    pub(crate) const NONE: Self = Self(0);

    /// Of either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True when nothing is told of.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True when every reason is told of.
    pub(crate) fn is_complete(self) -> bool {
        self.0 & ALL_REASONS == ALL_REASONS
    }
}

/// Bits 1 to 8 of `ReasonFlags`; bit 0 is not used.
const ALL_REASONS: u32 = 0x1fe;
