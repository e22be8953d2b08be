//! OCSP answers (RFC 6960): reading them, and writing a question.

use crate::asn1::{Asn1Error, Element, Reader, oid, tag, wrap};
use crate::certificate::{Certificate, Name, extension_list};
use crate::crypto::{Algorithm, CryptoError, Digest, PublicKey, Scheme, Signed, verify};
use crate::judge::Instant;

/// A signed answer.
#[derive(Clone, Debug)]
pub struct Ocsp {
    /// As it was handed in.
    pub der: Vec<u8>,
    /// Who answers.
    pub responder: ResponderId,
    /// When the answer was made.
    pub produced_at: Instant,
    /// What is said of which certificate.
    pub singles: Vec<Single>,
    /// Certificates that it carries.
    pub certificates: Vec<Certificate>,
    /// How it is signed.
    pub scheme: Scheme,
    tbs: Vec<u8>,
    signature: Vec<u8>,
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// By name.
    Name(Name),
    /// By SHA-1 of the key.
    Key(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Clone, Debug)]
pub struct Single {
    /// Of which.
    pub id: CertificateId,
    /// What.
    pub status: SingleStatus,
    /// When this was known to be right.
    pub this_update: Instant,
    /// When more will be known.
    pub next_update: Option<Instant>,
    /// Since when expired certificates are kept (RFC 6960 4.4.4).
    pub kept_since: Option<Instant>,
    /// True when it carries something critical that is not understood.
    pub refused: bool,
}

/// `CertStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleStatus {
    /// Not revoked.
    Good,
    /// Revoked since, for a `CRLReason`.
    Revoked(Instant, u32),
    /// The responder does not know.
    Unknown,
}

/// Names a certificate by digests of its issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateId {
    digest: Option<Digest>,
    name: Vec<u8>,
    key: Vec<u8>,
    serial: Vec<u8>,
}

impl CertificateId {
    /// True when it is of `certificate`, issued by `issuer`.
    pub fn is_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let Some(digest) = self.digest else {
            return false;
        };
        certificate.has_serial(&self.serial)
            && digest.of(&certificate.issuer.der).as_ref() == Some(&self.name)
            && digest.of(&issuer.key_bits).as_ref() == Some(&self.key)
    }
}

impl Ocsp {
    /// Reads an `OCSPResponse`, or the `BasicOCSPResponse` in it.
    ///
    /// # Errors
    /// Where the bytes are neither, or the answer is a refusal.
    pub fn read(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut outer = Reader::of_sequence(der)?;
        if outer.peek() != Some(tag::ENUMERATED) {
            return Self::basic(der, outer);
        }
        if outer.next()?.small()? != 0 {
            return Err(outer.error("the responder refused"));
        }
        let mut bytes = outer.expect(tag::explicit(0))?.inside().sequence()?;
        if bytes.oid()? != oid::OCSP_BASIC {
            return Err(bytes.error("an answer of no known kind"));
        }
        Self::basic(
            der,
            Reader::of_sequence(bytes.expect(tag::OCTET_STRING)?.body)?,
        )
    }

    fn basic(der: &[u8], mut inside: Reader<'_>) -> Result<Self, Asn1Error> {
        let tbs = inside.expect(tag::SEQUENCE)?;
        let algorithm = Algorithm::read(&mut inside)?;
        let signature = inside.expect(tag::BIT_STRING)?.bit_string()?.to_vec();
        let mut certificates = Vec::new();
        if let Some(list) = inside.optional(tag::explicit(0))? {
            let list = list.inside().sequence()?.all()?;
            certificates = list
                .iter()
                .filter_map(|certificate| Certificate::read(certificate.raw).ok())
                .collect();
        }
        inside.end()?;
        let mut data = tbs.inside();
        data.optional(tag::explicit(0))?;
        let responder = data.next()?;
        let responder = match responder.tag {
            0xa1 => ResponderId::Name(Name::read(&mut responder.inside())?),
            0xa2 => ResponderId::Key(responder.inside().expect(tag::OCTET_STRING)?.body.to_vec()),
            _ => return Err(responder.error("a responder without a name")),
        };
        let produced_at = data.expect(tag::GENERALIZED_TIME)?.instant()?;
        let singles = data
            .sequence()?
            .all()?
            .iter()
            .map(|single| Single::read(single.inside()))
            .collect::<Result<_, _>>()?;
        if let Some(extensions) = data.optional(tag::explicit(1))? {
            // A nonce is the program's affair; anything critical is not understood.
            if extension_list(&mut extensions.inside())?
                .iter()
                .any(|extension| extension.critical)
            {
                return Err(extensions.error("something critical that is not understood"));
            }
        }
        Ok(Self {
            der: der.to_vec(),
            responder,
            produced_at,
            singles,
            certificates,
            scheme: Scheme::of(&algorithm, None),
            tbs: tbs.raw.to_vec(),
            signature,
        })
    }

    /// Checks its signature with `key`.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn signed_by(&self, key: &PublicKey) -> Result<(), CryptoError> {
        verify(
            key,
            &self.scheme,
            Signed::Message(&self.tbs),
            &self.signature,
        )
    }

    /// True when `certificate` is the responder's.
    pub fn is_by(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            ResponderId::Name(name) => *name == certificate.subject,
            ResponderId::Key(key) => Digest::Sha1.of(&certificate.key_bits).as_ref() == Some(key),
        }
    }
}

impl Single {
    fn read(mut inside: Reader<'_>) -> Result<Self, Asn1Error> {
        let mut id = inside.sequence()?;
        let id = CertificateId {
            digest: Digest::from_oid(&Algorithm::read(&mut id)?.id),
            name: id.expect(tag::OCTET_STRING)?.body.to_vec(),
            key: id.expect(tag::OCTET_STRING)?.body.to_vec(),
            serial: id.expect(tag::INTEGER)?.body.to_vec(),
        };
        let status = inside.next()?;
        let status = match status.tag {
            0x80 => SingleStatus::Good,
            0xa1 => {
                let mut revoked = status.inside();
                let since = revoked.next()?.instant()?;
                let reason = match revoked.optional(tag::explicit(0))? {
                    Some(reason) => reason.inside().expect(tag::ENUMERATED)?.small()?,
                    None => 0,
                };
                SingleStatus::Revoked(since, reason)
            }
            _ => SingleStatus::Unknown,
        };
        let mut single = Self {
            id,
            status,
            this_update: inside.next()?.instant()?,
            next_update: None,
            kept_since: None,
            refused: false,
        };
        if let Some(next) = inside.optional(tag::explicit(0))? {
            single.next_update = Some(next.inside().next()?.instant()?);
        }
        if let Some(extensions) = inside.optional(tag::explicit(1))? {
            for extension in extension_list(&mut extensions.inside())? {
                if extension.id == oid::OCSP_ARCHIVE_CUTOFF {
                    single.kept_since = Some(Element::only(extension.value)?.instant()?);
                } else if extension.critical {
                    single.refused = true;
                }
            }
        }
        Ok(single)
    }
}

/// An `OCSPRequest` for `certificate`, issued by `issuer`, without a nonce (RFC 6960 4.1, RFC 5019 2.1).
pub fn request(certificate: &Certificate, issuer: &Certificate) -> Vec<u8> {
    let sha1 = |bytes| {
        wrap(
            tag::OCTET_STRING,
            &Digest::Sha1.of(bytes).unwrap_or_default(),
        )
    };
    let algorithm = wrap(
        tag::SEQUENCE,
        &[wrap(tag::OID, oid::SHA1), vec![tag::NULL, 0]].concat(),
    );
    let id = [
        algorithm,
        sha1(&certificate.issuer.der),
        sha1(&issuer.key_bits),
        wrap(tag::INTEGER, &certificate.serial),
    ]
    .concat();
    // Certificate, request, list, question, whole.
    (0..5).fold(id, |inner, _| wrap(tag::SEQUENCE, &inner))
}
