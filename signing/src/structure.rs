//! Every signature of a file, the bytes it covers, and what came after it.
//!
//! - What the first signature covers was so when it was signed: there only what two readers would take differently
//!   forbids (two objects of one number, doubled keys that decide, entries that lead astray, hybrids that differ).
//! - What came later is explained byte for byte and object for object, or it forbids. Comments pass when they are short
//!   and hold nothing that looks like a part of a file; white space always does.
//! - A change is judged by its role, the way from the catalog to it, never by its object number: an object that two
//!   roles share is judged by both. Links to pages, parents and the structure tree are not followed; where they lead is
//!   compared on its own way down.
//! - Work is bounded: [`saoy_pdf::limits`] for reading, 1024 signature dictionaries, 4 M references between objects,
//!   4 M values and objects compared over all revisions. Beyond, a finding says so.

mod survey;

mod find;
pub(crate) use find::{rectangle as rectangle_of, widgets_of};

mod coverage;

mod bytes;

mod changes;

mod restrict;

mod store;

mod shadow;

use std::ops::Range;

use saoy_pdf::{Fault, ObjectId, PdfError, Rectangle, Revisions};

use self::survey::Survey;
use crate::finding::{Finding, Reason};

/// Finds every signature of `file`, checks what it covers, accounts for all bytes, and tells what came after each.
///
/// Nothing is verified by cryptography here. What keeps it from looking (damage, limits) is among the findings.
pub fn examine(file: &Revisions) -> Structure {
    let mut structure = Structure {
        revisions: file.iter().map(|revision| revision.bytes.end).collect(),
        ..Structure::default()
    };
    if let Err(error) = fill(file, &mut structure) {
        structure.findings.push(failure(&error));
    }
    structure
}

fn fill(file: &Revisions, structure: &mut Structure) -> Result<(), PdfError> {
    let newest = file.newest()?;
    let encrypted = file
        .iter()
        .any(|revision| revision.trailer.contains("Encrypt"));
    if encrypted {
        structure.findings.push(Finding::new(
            Reason::Encrypted,
            "the trailer has an /Encrypt entry",
        ));
    }
    let survey = Survey::of(file)?;
    let mut known = find::all(file, &survey, structure)?;
    coverage::nesting(&mut known);
    let mut told = Ok(());
    if !encrypted {
        bytes::judge(file, &survey, &known, structure);
        told = changes::tell(file, &survey, &mut known, structure);
    }
    restrict::enforce(&mut known);
    structure.store = store::read(newest);
    shadow::hints(file, &survey, structure);
    structure.signatures = known.into_iter().map(|known| known.signed).collect();
    told
}

/// The finding that an error of reading is.
pub fn failure(error: &PdfError) -> Finding {
    let reason = match error.fault() {
        Fault::Limit => Reason::LimitReached,
        _ => Reason::Damaged,
    };
    let finding = Finding::new(reason, error.to_string());
    match error {
        PdfError::Syntax { at, .. } | PdfError::Truncated { at, .. } => finding.at(*at),
        _ => finding,
    }
}

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
    /// The form field that it concerns.
    pub field: Option<String>,
    /// True when a field that was there before was signed or filled.
    pub fills: bool,
    /// True when a page was added to: stamps of number, date, seal, in its content or as annotations.
    pub stamped: bool,
    /// True when that is an annotation.
    pub annotates: bool,
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

#[cfg(test)]
mod tests;
