//! One signature weighed: CMS, digest, certificate path, revocation, time (the building blocks of ETSI EN 319 102-1).

use crate::finding::Finding;

/// A point in time, seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

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

/// One check and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable name: `structure`, `format`, `digest`, `signature`, `certificate`, `chain`, `revocation`, `time`, `changes`.
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
}

/// A timestamp token weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct Timestamp {
    /// `genTime`.
    pub time: Instant,
    /// The authority's name.
    pub authority: String,
    /// True when its imprint, signature and path hold.
    pub valid: bool,
    /// How the token itself was judged.
    pub judgement: Judgement,
}
