//! Asking for timestamps, and looking at the answer before it is believed (RFC 3161).

use super::message::sequence;
use crate::asn1::{Asn1Error, Element, tag, trim, wrap};
use crate::crypto::Digest;
use crate::finding::Reason;
use crate::judge::{self, Instant, Question};
use crate::path::Material;
use crate::policy::Policy;
use crate::timestamp::Token;
use crate::trust::Store;

/// What is asked: the digest of what existed, and a number that the answer must repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The digest algorithm.
    pub digest: Digest,
    /// Its value.
    pub imprint: Vec<u8>,
    /// Any eight bytes nobody can foresee.
    pub nonce: [u8; 8],
}

/// Why an answer is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// Not the ASN.1 of an answer.
    #[error("not an answer: {0}")]
    Garbage(String),
    /// The authority refuses.
    #[error("the authority refuses, status {0}: {1}")]
    Refused(u32, String),
    /// Of other bytes.
    #[error("it is about something else")]
    Imprint,
    /// To another question.
    #[error("it answers another question")]
    Nonce,
    /// Of another time.
    #[error("its time {0} is not now")]
    Time(Instant),
    /// Its signature or certificate does not hold: why, and where.
    #[error("{code}: {1}", code = .0.code())]
    Untrusted(Reason, String),
}

/// A token that was looked at.
#[derive(Clone, Debug)]
pub struct Checked {
    der: Vec<u8>,
    /// The token's time.
    pub time: Instant,
    /// Whose it is.
    pub authority: String,
}

impl Checked {
    /// The token.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn into_der(self) -> Vec<u8> {
        self.der
    }
}

/// By what an answer is judged.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// Anchors; `None` when there are none to hold the authority against: then only the token itself is checked.
    pub trust: Option<&'a Store>,
    /// The rules.
    pub policy: &'a Policy,
    /// The present time.
    pub now: Instant,
}

impl Ask {
    /// `TimeStampReq`, asking for the authority's certificate.
    pub fn request(&self) -> Vec<u8> {
        let algorithm = sequence([wrap(tag::OID, self.digest.oid()), vec![tag::NULL, 0]]);
        // A leading zero keeps a number positive whose first bit is set.
        let nonce = trim(&self.nonce);
        let is_high = nonce.first().is_none_or(|first| *first >= 0x80);
        let nonce = [if is_high { &[0][..] } else { &[] }, nonce].concat();
        sequence([
            wrap(tag::INTEGER, &[1]),
            sequence([algorithm, wrap(tag::OCTET_STRING, &self.imprint)]),
            wrap(tag::INTEGER, &nonce),
            wrap(tag::BOOLEAN, &[0xff]),
        ])
    }

    /// Takes the token out of `answer`, a `TimeStampResp`, when it holds in every way that can be checked now.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check(&self, answer: &[u8], basis: Basis<'_>) -> Result<Checked, Unusable> {
        let garbage = |error: Asn1Error| Unusable::Garbage(error.to_string());
        let mut inside = Element::only(answer).map_err(garbage)?.inside();
        let mut status = inside.sequence().map_err(garbage)?;
        let code = status.expect(tag::INTEGER).map_err(garbage)?;
        let code = code.small().map_err(garbage)?;
        if code > GRANTED_WITH_CHANGES {
            let said = status
                .next()
                .ok()
                .and_then(|texts| texts.inside().next().ok());
            let said = said.and_then(|text| text.text().ok()).unwrap_or_default();
            return Err(Unusable::Refused(code, said));
        }
        let token = inside.expect(tag::SEQUENCE).map_err(garbage)?.raw.to_vec();
        inside.end().map_err(garbage)?;
        let read = Token::read(&token).map_err(|error| Unusable::Garbage(error.to_string()))?;
        if read.info.digest != Ok(self.digest) || read.info.imprint != self.imprint {
            return Err(Unusable::Imprint);
        }
        let nonce = read.info.nonce.as_deref().map(trim);
        if nonce != Some(trim(&self.nonce)) {
            return Err(Unusable::Nonce);
        }
        if read.info.time.0.abs_diff(basis.now.0) > SKEW {
            return Err(Unusable::Time(read.info.time));
        }
        let authority = self.judge(&token, basis)?;
        Ok(Checked {
            der: token,
            time: read.info.time,
            authority,
        })
    }

    /// Signature, purpose and path. That nothing is known of revocation yet is no objection: the answer is seconds old.
    fn judge(&self, token: &[u8], basis: Basis<'_>) -> Result<String, Unusable> {
        let (nobody, evidence) = (Store::default(), Material::default());
        let question = Question {
            contents: token,
            subfilter: "ETSI.RFC3161",
            evidence: &evidence,
            trust: basis.trust.unwrap_or(&nobody),
            policy: basis.policy,
            now: basis.now,
            proofs: &[],
            fetch: None,
        };
        let mut imprint = |digest| (digest == self.digest).then(|| self.imprint.clone());
        let judged = judge::timestamp(&question, &mut imprint);
        let mut open = vec![Reason::RevocationUnknown];
        if basis.trust.is_none() {
            open.push(Reason::NoChain);
        }
        let objection = judged
            .judgement
            .findings
            .iter()
            .find(|finding| !open.contains(&finding.reason));
        match objection {
            Some(finding) => Err(Unusable::Untrusted(finding.reason, finding.detail.clone())),
            None if judged.judgement.is_intact() => Ok(judged.authority),
            None => Err(Unusable::Untrusted(
                Reason::SignatureWrong,
                "its signature does not hold".to_owned(),
            )),
        }
    }
}

/// `grantedWithMods`, the last status that comes with a token (RFC 3161, 2.4.2).
const GRANTED_WITH_CHANGES: u32 = 1;

/// How far an authority's clock and ours may be apart, seconds; answers of real authorities took up to 131 s.
const SKEW: u64 = 600;
