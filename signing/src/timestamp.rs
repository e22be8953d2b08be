//! Timestamp tokens (RFC 3161): what an authority says existed when.

use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag};
use crate::certificate::{Certificate, GeneralName};
use crate::cms::{CmsError, SignedData};
use crate::crypto::{Algorithm, Digest};
use crate::judge::Instant;

/// A token: the CMS, and the statement in it.
#[derive(Clone, Debug)]
pub struct Token {
    /// The CMS around it.
    pub cms: SignedData,
    /// `TSTInfo`.
    pub info: Info,
    /// `TSTInfo` as written: what is signed.
    pub content: Vec<u8>,
}

/// `TSTInfo` (RFC 3161 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The authority's policy.
    pub policy: Oid,
    /// The digest of what existed; its name when it is not known.
    pub digest: Result<Digest, Oid>,
    /// The value of that digest.
    pub imprint: Vec<u8>,
    /// The token's serial number.
    pub serial: Vec<u8>,
    /// When.
    pub time: Instant,
    /// How exact the time is, microseconds; `None` when nothing is said.
    pub accuracy: Option<u64>,
    /// True when tokens of this authority stand in the order of their times.
    pub ordering: bool,
    /// What the asker sent along.
    pub nonce: Option<Vec<u8>>,
    /// Who says so.
    pub authority: Option<GeneralName>,
}

impl Token {
    /// Reads a token.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Self, CmsError> {
        let cms = SignedData::read(bytes)?;
        if cms.content_type != oid::TST_INFO {
            return Err(CmsError::NotSigned(cms.content_type));
        }
        let content = cms.content.clone().ok_or(Asn1Error {
            what: "a token without content",
            at: 0,
        })?;
        let info = Info::read(&content)?;
        Ok(Self { cms, info, content })
    }
}

impl Info {
    fn read(bytes: &[u8]) -> Result<Self, Asn1Error> {
        let mut inside = Reader::of_sequence(bytes)?;
        if inside.expect(tag::INTEGER)?.small()? != 1 {
            return Err(inside.error("a token of another version than 1"));
        }
        let policy = inside.oid()?;
        let mut imprint = inside.sequence()?;
        let digest = Algorithm::read(&mut imprint)?.id;
        let mut info = Self {
            policy,
            digest: Digest::from_oid(&digest).ok_or(digest),
            imprint: imprint.expect(tag::OCTET_STRING)?.body.to_vec(),
            serial: inside.expect(tag::INTEGER)?.body.to_vec(),
            time: inside.expect(tag::GENERALIZED_TIME)?.instant()?,
            accuracy: None,
            ordering: false,
            nonce: None,
            authority: None,
        };
        for member in inside.all()? {
            match member.tag {
                tag::SEQUENCE => info.accuracy = Some(accuracy(&member)?),
                tag::BOOLEAN => info.ordering = member.boolean()?,
                tag::INTEGER => info.nonce = Some(member.body.to_vec()),
                0xa0 => info.authority = Some(GeneralName::read(&member.inside().next()?)?),
                0xa1 => {}
                _ => return Err(member.error("a member that is not known")),
            }
        }
        Ok(info)
    }
}

/// Seconds, thousandths, millionths.
fn accuracy(element: &Element<'_>) -> Result<u64, Asn1Error> {
    let mut sum = 0_u64;
    for part in element.inside().all()? {
        let unit = match part.tag {
            tag::INTEGER => 1_000_000,
            0x80 => 1_000,
            0x81 => 1,
            _ => return Err(part.error("an accuracy of no known unit")),
        };
        sum = sum.saturating_add(u64::from(part.small()?).saturating_mul(unit));
    }
    Ok(sum)
}

/// Checks that a certificate is meant for timestamps: the purpose stands alone and is critical (RFC 3161 2.3).
///
/// # Errors
/// What is wrong.
pub fn may_timestamp(certificate: &Certificate) -> Result<(), &'static str> {
    match &certificate.extensions.purposes {
        Some((purposes, true))
            if purposes.len() == 1
                && purposes
                    .iter()
                    .all(|purpose| *purpose == oid::PURPOSE_TIMESTAMPING) =>
        {
            Ok(())
        }
        Some((_, false)) => Err("its purpose is not critical"),
        Some(_) => Err("its purpose is not timestamps alone"),
        None => Err("it names no purpose"),
    }
}
