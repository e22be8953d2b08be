//! Every signature of a file, the bytes it covers, and what came after it.

use std::ops::Range;

use saoy_pdf::{ObjectId, Rectangle};

use crate::finding::Finding;

/// What a file's bytes say about its signatures, before any cryptography.
#[derive(Clone, Debug, Default)]
pub struct Structure {
    /// Where each revision ends (byte after its end-of-file marker), oldest first.
    pub revisions: Vec<u64>,
    /// The signed fields and document timestamps, in the order they were made.
    pub signatures: Vec<SignedField>,
    /// Names of signature fields that nobody has signed.
    pub unsigned: Vec<String>,
    /// What holds for the whole file and forbids a good verdict.
    pub findings: Vec<Finding>,
    /// What a reader should know and what forbids nothing.
    pub warnings: Vec<Finding>,
    /// Long-term data: `/DSS` of the newest revision.
    pub store: SecurityStore,
}

/// Certificates, CRLs and OCSP answers, each as DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityStore {
    /// X.509 certificates.
    pub certificates: Vec<Vec<u8>>,
    /// `CertificateList` of RFC 5280.
    pub crls: Vec<Vec<u8>>,
    /// `OCSPResponse` of RFC 6960.
    pub ocsps: Vec<Vec<u8>>,
}

/// One signed field.
#[derive(Clone, Debug)]
pub struct SignedField {
    /// The field's full name.
    pub name: String,
    /// The signature dictionary.
    pub dictionary: ObjectId,
    /// A signature, or a document timestamp.
    pub kind: Kind,
    /// `/SubFilter`.
    pub subfilter: String,
    /// `/Contents`, decoded, with its padding.
    pub contents: Vec<u8>,
    /// The signed bytes: before and after `/Contents`.
    pub signed: [Range<u64>; 2],
    /// The revision it was made in, from 1.
    pub revision: usize,
    /// True when nothing at all follows the signed bytes.
    pub covers_whole_file: bool,
    /// `/M` as written: a claim.
    pub claimed_time: Option<String>,
    /// `/Name`, `/Reason`, `/Location`: claims.
    pub claims: Claims,
    /// Where its appearance stands: page from 1, and rectangle in points; `None` when it shows nothing.
    pub place: Option<(usize, Rectangle)>,
    /// `/P` of `DocMDP` when this signature certifies: 1, 2 or 3.
    pub certification: Option<u8>,
    /// What is wrong with the structure of this signature.
    pub findings: Vec<Finding>,
    /// What came after it.
    pub after: After,
}

/// What a signature dictionary claims in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
}

/// Which kind of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `/Type /Sig`.
    Signature,
    /// `/Type /DocTimeStamp`.
    DocumentTimestamp,
}

/// What came after a signature, the gravest kind and each change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct After {
    /// The gravest kind among `changes`.
    pub gravest: Changed,
    /// Each change, in the order of revisions.
    pub changes: Vec<Change>,
}

/// One change after a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The revision that made it, from 1.
    pub revision: usize,
    /// What kind it is.
    pub kind: Changed,
    /// The object that was added or replaced.
    pub object: Option<ObjectId>,
    /// The page it shows on, from 1.
    pub page: Option<usize>,
    /// The field of the later signature that explains it.
    pub explained_by: Option<String>,
    /// What exactly; English, technical.
    pub detail: String,
}

/// Kinds of change, from harmless to grave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Changed {
    /// Nothing.
    #[default]
    Nothing,
    /// Long-term data and document timestamps.
    LongTermData,
    /// A further signature, and what it stamped into the document. Harmless when that signature is valid.
    LaterSignature,
    /// Form fields were filled.
    FormFill,
    /// Annotations were added, changed or removed.
    Annotation,
    /// Anything else.
    Other,
}
