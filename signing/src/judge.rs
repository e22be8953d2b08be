//! One signature weighed: CMS, digest, certificate path, revocation, time (the building blocks of ETSI EN 319 102-1).
//!
//! [`signature`] and [`timestamp`] take the bytes of `/Contents`, a closure that digests what `/ByteRange` covers, the
//! revocation data at hand, anchors and a policy. They never decide on the document's structure.

use crate::crypto::Digest;
use crate::finding::Finding;
use crate::path::Material;
use crate::policy::Policy;
use crate::revocation::Fetch;
use crate::trust::Store;

mod cryptography;
mod time;
mod weighing;

pub use time::{signature, timestamp};

/// What is to be judged, and by what.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// `/Contents`, decoded, with its padding.
    pub contents: &'a [u8],
    /// `/SubFilter`.
    pub subfilter: &'a str,
    /// Certificates and revocation data of the document.
    pub evidence: &'a Material,
    /// Anchors and what leads to them.
    pub trust: &'a Store,
    /// The rules.
    pub policy: &'a Policy,
    /// The present time, or the time as of which to judge.
    pub now: Instant,
    /// Times at which the signature is proven to have existed: those of valid document timestamps over it.
    pub proofs: &'a [Instant],
    /// Fetches what is missing; none by default.
    pub fetch: Option<&'a dyn Fetch>,
}

/// Digests the signed bytes; `None` when they cannot be read.
pub type DigestOf<'a> = dyn FnMut(Digest) -> Option<Vec<u8>> + 'a;

/// A point in time, seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// ISO 8601, UTC.
impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        // Eras of 400 years, from 0000-03-01.
        let shifted = days.saturating_add(719_468);
        let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let date = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

/// The main outcome (EN 319 102-1, 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indication {
    /// Every check passed.
    TotalPassed,
    /// Not enough is known.
    Indeterminate,
    /// A check failed for good.
    TotalFailed,
}

/// Why (EN 319 102-1, 5.1.3, tables 5 and 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the standard's")]
#[non_exhaustive]
pub enum SubIndication {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    Revoked,
    Expired,
    NotYetValid,
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CertificateChainGeneralFailure,
    CryptoConstraintsFailure,
    CryptoConstraintsFailureNoPoe,
    PolicyProcessingError,
    TimestampOrderFailure,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    RevokedNoPoe,
    RevokedCaNoPoe,
    OutOfBoundsNotRevoked,
    OutOfBoundsNoPoe,
    NoPoe,
    TryLater,
    SignedDataNotFound,
}

impl SubIndication {
    /// The standard's spelling.
    pub fn code(self) -> &'static str {
        match self {
            Self::FormatFailure => "FORMAT_FAILURE",
            Self::HashFailure => "HASH_FAILURE",
            Self::SigCryptoFailure => "SIG_CRYPTO_FAILURE",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::SigConstraintsFailure => "SIG_CONSTRAINTS_FAILURE",
            Self::ChainConstraintsFailure => "CHAIN_CONSTRAINTS_FAILURE",
            Self::CertificateChainGeneralFailure => "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            Self::CryptoConstraintsFailure => "CRYPTO_CONSTRAINTS_FAILURE",
            Self::CryptoConstraintsFailureNoPoe => "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            Self::PolicyProcessingError => "POLICY_PROCESSING_ERROR",
            Self::TimestampOrderFailure => "TIMESTAMP_ORDER_FAILURE",
            Self::NoSigningCertificateFound => "NO_SIGNING_CERTIFICATE_FOUND",
            Self::NoCertificateChainFound => "NO_CERTIFICATE_CHAIN_FOUND",
            Self::RevokedNoPoe => "REVOKED_NO_POE",
            Self::RevokedCaNoPoe => "REVOKED_CA_NO_POE",
            Self::OutOfBoundsNotRevoked => "OUT_OF_BOUNDS_NOT_REVOKED",
            Self::OutOfBoundsNoPoe => "OUT_OF_BOUNDS_NO_POE",
            Self::NoPoe => "NO_POE",
            Self::TryLater => "TRY_LATER",
            Self::SignedDataNotFound => "SIGNED_DATA_NOT_FOUND",
        }
    }
}

/// One check and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable name: `structure`, `format`, `certificate`, `digest`, `signature`, `timestamp`, `time`, `chain`, `revocation`,
    /// `algorithms`, `changes`.
    pub name: &'static str,
    /// How it went.
    pub result: Outcome,
    /// The evidence; English, technical.
    pub detail: String,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It could not be made.
    Unknown,
}

/// Who a certificate names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Common name.
    pub name: String,
    /// Organisation.
    pub organization: Option<String>,
    /// Organisational units, outermost first.
    pub units: Vec<String>,
    /// Title.
    pub title: Option<String>,
    /// The whole distinguished name, RFC 4514.
    pub distinguished: String,
    /// The certificate's serial number, hexadecimal.
    pub serial: String,
}

/// A certificate of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose.
    pub subject: Party,
    /// By whom, RFC 4514.
    pub issuer: String,
    /// From when.
    pub not_before: Instant,
    /// Until when.
    pub not_after: Instant,
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
    /// True of the anchor.
    pub anchor: bool,
}

/// What was found about one signature, its structure in the file aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The outcome.
    pub indication: Indication,
    /// Why, when it is not passed.
    pub sub_indication: Option<SubIndication>,
    /// Each check with its evidence.
    pub checks: Vec<Check>,
    /// Reasons for not passing.
    pub findings: Vec<Finding>,
    /// What a reader should know all the same.
    pub warnings: Vec<Finding>,
    /// The signer, as the certificate names them.
    pub signer: Option<Party>,
    /// From the signer's certificate to the anchor, as far as it was found.
    pub chain: Vec<Link>,
    /// The digest's name, such as `SHA-256`.
    pub digest: Option<&'static str>,
    /// The signature's name, such as `RSASSA-PKCS1-v1_5`.
    pub algorithm: Option<&'static str>,
    /// Bits of the signer's key.
    pub key_bits: Option<usize>,
    /// `signingTime` of the signed attributes: a claim.
    pub signing_time: Option<Instant>,
    /// The signature's own timestamp.
    pub timestamp: Option<Box<Timestamp>>,
    /// The time at which certificates were judged.
    pub judged_at: Instant,
    /// What the anchor is said to belong to, such as `public-duty`.
    pub pki: Option<String>,
}

impl Judgement {
    /// Nothing found yet.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            indication: Indication::TotalPassed,
            sub_indication: None,
            checks: Vec::new(),
            findings: Vec::new(),
            warnings: Vec::new(),
            signer: None,
            chain: Vec::new(),
            digest: None,
            algorithm: None,
            key_bits: None,
            signing_time: None,
            timestamp: None,
            judged_at: now,
            pki: None,
        }
    }

    /// True when the signed bytes are those that were signed, by the key of the certificate; whom it belongs to aside.
    pub fn is_intact(&self) -> bool {
        let passed = |name| {
            self.checks
                .iter()
                .any(|check| check.name == name && check.result == Outcome::Pass)
        };
        passed("digest") && passed("signature")
    }

    /// Notes how a check went.
    pub(crate) fn check(&mut self, name: &'static str, result: Outcome, detail: impl Into<String>) {
        self.checks.push(Check {
            name,
            result,
            detail: detail.into(),
        });
    }

    /// Notes why it does not pass; the first reason is the one that is given, but a failure for good outdoes doubt.
    pub(crate) fn fail(&mut self, indication: Indication, sub: SubIndication, finding: Finding) {
        self.findings.push(finding);
        if self.indication == Indication::TotalPassed
            || (self.indication == Indication::Indeterminate
                && indication == Indication::TotalFailed)
        {
            self.indication = indication;
            self.sub_indication = Some(sub);
        }
    }
}

/// A timestamp token weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct Timestamp {
    /// `genTime`.
    pub time: Instant,
    /// The authority's name.
    pub authority: String,
    /// True when its imprint, signature and path hold, revocation included: only then it proves anything.
    pub valid: bool,
    /// How exact the time is, microseconds, when the authority says.
    pub accuracy: Option<u64>,
    /// The digest of its imprint.
    pub imprint: Option<&'static str>,
    /// How the token itself was judged.
    pub judgement: Judgement,
}
