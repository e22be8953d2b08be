//! What was found, by name: the reasons that verdicts give, with the place they were found at.

use saoy_pdf::ObjectId;

/// A named reason. Codes are a contract: other programs read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The file cannot be read without putting something right first.
    Damaged,
    /// Bytes that no revision owns.
    UnaccountedBytes,
    /// Two objects of one number in one revision.
    DuplicateObject,
    /// A key twice in one dictionary.
    DuplicateKey,
    /// The file is encrypted.
    Encrypted,
    /// The classic table and the stream of a hybrid file lead to different objects.
    HybridViewsDiffer,
    /// A signature dictionary inside an object stream.
    SignatureInObjectStream,
    /// `/ByteRange` is missing or not `[0 a b c]`.
    ByteRangeMalformed,
    /// The gap of `/ByteRange` is not exactly the `/Contents` string of its own dictionary.
    ByteRangeGap,
    /// `/ByteRange` does not end where a revision ends.
    ByteRangeNotAtRevisionEnd,
    /// `/ByteRange` runs past the end of the file.
    ByteRangePastEnd,
    /// The signed bytes of two signatures overlap otherwise than one within the other.
    SignaturesOverlap,
    /// `/Contents` is missing, empty, or not a hexadecimal string.
    ContentsMalformed,
    /// Something other than one CMS `SignedData` in `/Contents`.
    CmsMalformed,
    /// More or fewer than one `SignerInfo`.
    SignerInfoCount,
    /// Bytes other than zero after the CMS.
    ContentsTrailing,
    /// A `/SubFilter` that is not known.
    SubfilterUnknown,
    /// The digest of the signed bytes is another than the signed one.
    DigestMismatch,
    /// The signature value does not fit the key and what was signed.
    SignatureWrong,
    /// No certificate of the signer.
    SignerCertificateMissing,
    /// The signed reference to the certificate names another one.
    SigningCertificateMismatch,
    /// SHA-1 or MD5.
    WeakDigest,
    /// A key too short for the policy.
    WeakKey,
    /// An algorithm that is not known.
    AlgorithmUnknown,
    /// No path from the certificate to an anchor.
    NoChain,
    /// A path was found, but breaks a rule of RFC 5280.
    ChainInvalid,
    /// A certificate was past its time.
    Expired,
    /// A certificate was before its time.
    NotYetValid,
    /// The certificate, or one above it, was revoked.
    Revoked,
    /// Nothing says whether a certificate was revoked.
    RevocationUnknown,
    /// The certificate's key is not meant for signing documents.
    KeyUsage,
    /// A timestamp that does not hold.
    TimestampInvalid,
    /// The object that certifies forbids what was changed.
    CertificationViolated,
    /// Fields that a signature locked were changed.
    LockViolated,
    /// Something changed after the signature that is neither long-term data nor a further signature.
    ChangedAfterSigning,
    /// Objects in wait for an update to show them: content that no page uses, optional content, scripts.
    ShadowPreparation,
    /// A signature dictionary that no field leads to any more, or never did.
    SignatureUnreachable,
    /// A signature's appearance, or what its signer stamped, lies over a page that was signed before.
    AppearanceOverPage,
    /// Syntax that deviates from the standard and that every reader takes alike.
    IrregularSyntax,
    /// The file asks for more time or memory than verifying spends on one file.
    LimitReached,
    /// The document names another signer or agency than the certificate.
    SignerMismatch,
    /// The signer is a place of publication, such as a gazette; the document is somebody else's.
    SignerPublishes,
    /// Whether the document names the certificate's owner could not be told.
    SignerNotCompared,
}

impl Reason {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::Damaged,
        Self::UnaccountedBytes,
        Self::DuplicateObject,
        Self::DuplicateKey,
        Self::Encrypted,
        Self::HybridViewsDiffer,
        Self::SignatureInObjectStream,
        Self::ByteRangeMalformed,
        Self::ByteRangeGap,
        Self::ByteRangeNotAtRevisionEnd,
        Self::ByteRangePastEnd,
        Self::SignaturesOverlap,
        Self::ContentsMalformed,
        Self::CmsMalformed,
        Self::SignerInfoCount,
        Self::ContentsTrailing,
        Self::SubfilterUnknown,
        Self::DigestMismatch,
        Self::SignatureWrong,
        Self::SignerCertificateMissing,
        Self::SigningCertificateMismatch,
        Self::WeakDigest,
        Self::WeakKey,
        Self::AlgorithmUnknown,
        Self::NoChain,
        Self::ChainInvalid,
        Self::Expired,
        Self::NotYetValid,
        Self::Revoked,
        Self::RevocationUnknown,
        Self::KeyUsage,
        Self::TimestampInvalid,
        Self::CertificationViolated,
        Self::LockViolated,
        Self::ChangedAfterSigning,
        Self::ShadowPreparation,
        Self::SignatureUnreachable,
        Self::AppearanceOverPage,
        Self::IrregularSyntax,
        Self::LimitReached,
        Self::SignerMismatch,
        Self::SignerPublishes,
        Self::SignerNotCompared,
    ];

    /// The stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::UnaccountedBytes => "unaccounted_bytes",
            Self::DuplicateObject => "duplicate_object",
            Self::DuplicateKey => "duplicate_key",
            Self::Encrypted => "encrypted",
            Self::HybridViewsDiffer => "hybrid_views_differ",
            Self::SignatureInObjectStream => "signature_in_object_stream",
            Self::ByteRangeMalformed => "byte_range_malformed",
            Self::ByteRangeGap => "byte_range_gap",
            Self::ByteRangeNotAtRevisionEnd => "byte_range_not_at_revision_end",
            Self::ByteRangePastEnd => "byte_range_past_end",
            Self::SignaturesOverlap => "signatures_overlap",
            Self::ContentsMalformed => "contents_malformed",
            Self::CmsMalformed => "cms_malformed",
            Self::SignerInfoCount => "signer_info_count",
            Self::ContentsTrailing => "contents_trailing",
            Self::SubfilterUnknown => "subfilter_unknown",
            Self::DigestMismatch => "digest_mismatch",
            Self::SignatureWrong => "signature_wrong",
            Self::SignerCertificateMissing => "signer_certificate_missing",
            Self::SigningCertificateMismatch => "signing_certificate_mismatch",
            Self::WeakDigest => "weak_digest",
            Self::WeakKey => "weak_key",
            Self::AlgorithmUnknown => "algorithm_unknown",
            Self::NoChain => "no_chain",
            Self::ChainInvalid => "chain_invalid",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::RevocationUnknown => "revocation_unknown",
            Self::KeyUsage => "key_usage",
            Self::TimestampInvalid => "timestamp_invalid",
            Self::CertificationViolated => "certification_violated",
            Self::LockViolated => "lock_violated",
            Self::ChangedAfterSigning => "changed_after_signing",
            Self::ShadowPreparation => "shadow_preparation",
            Self::SignatureUnreachable => "signature_unreachable",
            Self::AppearanceOverPage => "appearance_over_page",
            Self::IrregularSyntax => "irregular_syntax",
            Self::LimitReached => "limit_reached",
            Self::SignerMismatch => "signer_mismatch",
            Self::SignerPublishes => "signer_publishes",
            Self::SignerNotCompared => "signer_not_compared",
        }
    }
}

/// A reason and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub reason: Reason,
    /// The byte of the file it was found at.
    pub at: Option<u64>,
    /// The object it was found in.
    pub object: Option<ObjectId>,
    /// The page it shows on, from 1.
    pub page: Option<usize>,
    /// What exactly, for the curious; English, technical.
    pub detail: String,
}

impl Finding {
    /// A finding without a place yet.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            at: None,
            object: None,
            page: None,
            detail: detail.into(),
        }
    }

    /// The same, found at byte `at`.
    #[must_use]
    pub fn at(self, at: u64) -> Self {
        Self {
            at: Some(at),
            ..self
        }
    }

    /// The same, found in `object`.
    #[must_use]
    pub fn object(self, object: ObjectId) -> Self {
        Self {
            object: Some(object),
            ..self
        }
    }

    /// The same, showing on `page`, from 1.
    #[must_use]
    pub fn page(self, page: usize) -> Self {
        Self {
            page: Some(page),
            ..self
        }
    }
}
