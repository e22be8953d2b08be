//! CMS `SignedData` (RFC 5652) with one signer, in DER or BER.

use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag};
use crate::certificate::{Certificate, Name};
use crate::crypto::{Algorithm, Digest, Scheme};
use crate::judge::Instant;
use crate::structure::SecurityStore;

mod attributes;

pub use attributes::{Attributes, CertificateReference};

/// Why bytes are not one CMS with one signer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// Not the ASN.1 of a `SignedData`.
    #[error("not a CMS: {0}")]
    Asn1(#[from] Asn1Error),
    /// A CMS, but not signed data.
    #[error("the content is {0}, not signed data")]
    NotSigned(Oid),
    /// None or several signers.
    #[error("{0} signers instead of one")]
    Signers(usize),
    /// Bytes other than zero after it.
    #[error("something follows the CMS at byte {0}")]
    Trailing(usize),
}

/// Signed data.
#[derive(Clone, Debug)]
pub struct SignedData {
    /// What kind of content was signed.
    pub content_type: Oid,
    /// The content, when it is inside.
    pub content: Option<Vec<u8>>,
    /// Certificates that it carries.
    pub certificates: Vec<Certificate>,
    /// How many things among its certificates could not be read.
    pub unreadable: usize,
    /// Revocation data that it carries, wherever; certificates of CAdES `certificate-values`.
    pub evidence: SecurityStore,
    /// Who signed.
    pub signer: SignerInfo,
    /// True when a length in it is indefinite.
    pub is_ber: bool,
}

/// `SignerInfo`.
#[derive(Clone, Debug)]
pub struct SignerInfo {
    /// Which certificate.
    pub id: SignerId,
    /// The digest; the name when it is not known.
    pub digest: Result<Digest, Oid>,
    /// How it is signed.
    pub scheme: Scheme,
    /// The signature algorithm as named.
    pub algorithm: Algorithm,
    /// Signed attributes, and the bytes that were hashed for them; `None` without any.
    pub signed: Option<(Attributes, Vec<u8>)>,
    /// Unsigned attributes.
    pub unsigned: Attributes,
    /// The signature.
    pub signature: Vec<u8>,
}

/// `SignerIdentifier`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerId {
    /// Issuer and serial number.
    Serial(Name, Vec<u8>),
    /// Subject key identifier.
    Key(Vec<u8>),
}

impl SignedData {
    /// Reads one CMS; only zeros may follow.
    ///
    /// # Errors
    /// Where the bytes are something else.
    pub fn read(bytes: &[u8]) -> Result<Self, CmsError> {
        let mut reader = Reader::new(bytes);
        let whole = reader.next()?;
        if let Some(offset) = reader.rest().iter().position(|byte| *byte != 0) {
            return Err(CmsError::Trailing(whole.raw.len().saturating_add(offset)));
        }
        if whole.tag != tag::SEQUENCE {
            return Err(whole.error("not a sequence").into());
        }
        let mut outer = whole.inside();
        let content_type = outer.oid()?;
        if content_type != oid::SIGNED_DATA {
            return Err(CmsError::NotSigned(content_type));
        }
        let wrapped = outer.expect(tag::explicit(0))?;
        outer.end()?;
        let mut wrapping = wrapped.inside();
        let signed = wrapping.expect(tag::SEQUENCE)?;
        wrapping.end()?;
        let mut read = Self::read_inside(signed.inside())?;
        read.is_ber = whole.indefinite || wrapped.indefinite || signed.indefinite;
        Ok(read)
    }

    fn read_inside(mut inside: Reader<'_>) -> Result<Self, CmsError> {
        inside.expect(tag::INTEGER)?;
        inside.expect(tag::SET)?;
        let mut encapsulated = inside.sequence()?;
        let content_type = encapsulated.oid()?;
        let content = match encapsulated.optional(tag::explicit(0))? {
            Some(wrapping) => Some(content(&wrapping)?),
            None => None,
        };
        encapsulated.end()?;
        let (mut certificates, mut unreadable, mut evidence) =
            (Vec::new(), 0_usize, SecurityStore::default());
        if let Some(set) = inside.optional(tag::explicit(0))? {
            for choice in set.inside().all()? {
                match choice
                    .to_der_if_needed()
                    .and_then(|der| Certificate::read(&der))
                {
                    Ok(certificate) if !certificates.contains(&certificate) => {
                        certificates.push(certificate);
                    }
                    Ok(_) => {}
                    Err(_) => unreadable = unreadable.saturating_add(1),
                }
            }
        }
        if let Some(set) = inside.optional(tag::explicit(1))? {
            revocation_choices(&set, &mut evidence)?;
        }
        let signers = inside.expect(tag::SET)?.inside().all()?;
        inside.end()?;
        let [signer] = signers.as_slice() else {
            return Err(CmsError::Signers(signers.len()));
        };
        let signer = SignerInfo::read(signer)?;
        signer.evidence(&mut evidence);
        Ok(Self {
            content_type,
            content,
            certificates,
            unreadable,
            evidence,
            signer,
            is_ber: false,
        })
    }

    /// The certificate that the signer names, among those inside and `others`: of several the one that the signed
    /// reference is of, else the first.
    pub fn signer_certificate<'a>(
        &'a self,
        others: impl Iterator<Item = &'a Certificate>,
    ) -> Option<&'a Certificate> {
        let named: Vec<_> = self
            .certificates
            .iter()
            .chain(others)
            .filter(|certificate| self.signer.id.names(certificate))
            .collect();
        let reference = self.signer.certificate_reference().ok().flatten();
        let meant = reference.and_then(|reference| named.iter().find(|one| reference.is_of(one)));
        meant.or(named.first()).copied()
    }
}

impl SignerId {
    /// True when it names `certificate`.
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Serial(issuer, serial) => {
                certificate.has_serial(serial) && certificate.issuer == *issuer
            }
            Self::Key(key) => match &certificate.extensions.subject_key {
                Some(identifier) => identifier == key,
                // RFC 5280 4.2.1.2, method 1, where the certificate itself does not say.
                None => Digest::Sha1.of(&certificate.key_bits).as_ref() == Some(key),
            },
        }
    }
}

impl SignerInfo {
    fn read(element: &Element<'_>) -> Result<Self, Asn1Error> {
        if element.tag != tag::SEQUENCE {
            return Err(element.error("not a signer"));
        }
        let mut inside = element.inside();
        inside.expect(tag::INTEGER)?;
        let id = match inside.optional(tag::context(0))? {
            Some(key) => SignerId::Key(key.body.to_vec()),
            None => {
                let mut pair = inside.sequence()?;
                SignerId::Serial(
                    Name::read(&mut pair)?,
                    pair.expect(tag::INTEGER)?.body.to_vec(),
                )
            }
        };
        let digest = Algorithm::read(&mut inside)?;
        // Some signers name a whole signature algorithm here; its digest is meant.
        let digest = Digest::from_oid(&digest.id)
            .or_else(|| Scheme::of(&digest, None).digest())
            .ok_or(digest.id);
        let signed = match inside.optional(tag::explicit(0))? {
            Some(set) => Some((Attributes::read(&set)?, attributes::hashed(&set)?)),
            None => None,
        };
        let algorithm = Algorithm::read(&mut inside)?;
        let signature = inside.next()?;
        if signature.tag & !tag::CONSTRUCTED != tag::OCTET_STRING {
            return Err(signature.error("not a signature"));
        }
        let unsigned = match inside.optional(tag::explicit(1))? {
            Some(set) => Attributes::read(&set)?,
            None => Attributes::default(),
        };
        inside.end()?;
        Ok(Self {
            id,
            scheme: Scheme::of(&algorithm, digest.as_ref().ok().copied()),
            algorithm,
            digest,
            signed,
            unsigned,
            signature: signature.octets()?.into_owned(),
        })
    }

    /// The signed attributes.
    pub fn attributes(&self) -> Option<&Attributes> {
        self.signed.as_ref().map(|(attributes, _)| attributes)
    }

    /// The signed reference to the certificate.
    ///
    /// # Errors
    /// Where there is one that cannot be read.
    pub fn certificate_reference(&self) -> Result<Option<CertificateReference>, Asn1Error> {
        self.attributes()
            .map_or(Ok(None), Attributes::certificate_reference)
    }

    /// `signingTime`: a claim.
    pub fn signing_time(&self) -> Option<Instant> {
        let value = self.attributes()?.only(oid::SIGNING_TIME)?;
        Element::only(value).and_then(|time| time.instant()).ok()
    }

    /// Timestamp tokens over the signature.
    pub fn timestamps(&self) -> impl Iterator<Item = &[u8]> {
        self.unsigned.all(oid::SIGNATURE_TIMESTAMP)
    }

    /// Collects what attributes carry of certificates and revocation data; what cannot be read of it is left out.
    fn evidence(&self, evidence: &mut SecurityStore) {
        let signed = self
            .attributes()
            .into_iter()
            .flat_map(|attributes| attributes.all(oid::ADOBE_REVOCATION));
        for value in signed
            .chain(self.unsigned.all(oid::ADOBE_REVOCATION))
            .chain(self.unsigned.all(oid::REVOCATION_VALUES))
        {
            let _unreadable_is_absent = revocation_lists(value, evidence);
        }
        for value in self.unsigned.all(oid::CERTIFICATE_VALUES) {
            if let Ok(list) = Element::only(value).and_then(|list| list.inside().all()) {
                evidence
                    .certificates
                    .extend(list.iter().map(|certificate| certificate.raw.to_vec()));
            }
        }
    }
}

/// The certificates of a CMS that is only a bundle of them, signed by nobody (RFC 5652 5.1; files named `.p7b`, `.p7c`).
///
/// # Errors
/// Where the bytes are none.
pub fn bundle(bytes: &[u8]) -> Result<Vec<Certificate>, Asn1Error> {
    let mut outer = Reader::of_sequence(bytes)?;
    if outer.oid()? != oid::SIGNED_DATA {
        return Err(outer.error("not signed data"));
    }
    let mut inside = outer.expect(tag::explicit(0))?.inside().sequence()?;
    inside.expect(tag::INTEGER)?;
    inside.expect(tag::SET)?;
    inside.expect(tag::SEQUENCE)?;
    let certificates = inside.expect(tag::explicit(0))?.inside().all()?;
    certificates
        .iter()
        .map(|certificate| Certificate::read(&certificate.to_der_if_needed()?))
        .collect()
}

fn content(wrapping: &Element<'_>) -> Result<Vec<u8>, Asn1Error> {
    let mut inside = wrapping.inside();
    let octets = inside.next()?;
    inside.end()?;
    if octets.tag & !tag::CONSTRUCTED != tag::OCTET_STRING {
        return Err(octets.error("the content is no octet string"));
    }
    Ok(octets.octets()?.into_owned())
}

/// `RevocationInfoChoices` (RFC 5652 10.2.1, RFC 5940).
fn revocation_choices(set: &Element<'_>, evidence: &mut SecurityStore) -> Result<(), Asn1Error> {
    for choice in set.inside().all()? {
        match choice.tag {
            tag::SEQUENCE => evidence.crls.push(choice.raw.to_vec()),
            0xa1 => {
                let mut other = choice.inside();
                if other.oid()? == oid::OCSP_RESPONSE_CHOICE {
                    evidence.ocsps.push(other.next()?.raw.to_vec());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Adobe's `RevocationInfoArchival` (ISO 32000-2, 12.8.3.3.2) and CAdES `revocation-values`: CRLs in `[0]`, OCSP in `[1]`.
fn revocation_lists(value: &[u8], evidence: &mut SecurityStore) -> Result<(), Asn1Error> {
    for list in Reader::of_sequence(value)?.all()? {
        let into = match list.tag {
            0xa0 => &mut evidence.crls,
            0xa1 => &mut evidence.ocsps,
            _ => continue,
        };
        for one in list.inside().sequence()?.all()? {
            into.push(one.raw.to_vec());
        }
    }
    Ok(())
}
