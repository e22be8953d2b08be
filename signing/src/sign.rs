//! Signing: a chain of steps, each a type, so that a slow key or one far away may take its time between any two.
//!
//! 1. [`Prepared`]: everything that will stand behind the file, with a gap for the signature.
//! 2. [`Digested`]: file and update written out once, their digest known. It can be put aside as text.
//! 3. [`Signed`]: the key has answered, its answer fits the certificate. A timestamp may be added.
//! 4. [`Sealed`]: the bytes for the gap.
//!
//! ```no_run
//! # use saoy_signing::sign::{admission, check_certificate, key::Signer, Digested, Options, Prepared, Purpose};
//! # fn sign(key: &dyn Signer, now: saoy_signing::judge::Instant) -> Result<(), Box<dyn std::error::Error>> {
//! let document = saoy_pdf::Document::open(std::fs::read("letter.pdf")?)?;
//! let own = key.chain().first().ok_or("no certificate")?;
//! check_certificate(own, now)?;
//! admission::check(&document, admission::Allow::default())?;
//! // Room for the signature, bytes, and sixteen bytes that nobody can foresee.
//! let options = Options::new(Purpose::Signature, 6000, [0; 16]);
//! let prepared = Prepared::new(&document, &options, None)?;
//! let mut out = Vec::new();
//! let digested = prepared.write(&document, Digested::algorithm_for(key.scheme()), |piece| {
//!     out.extend_from_slice(piece);
//!     Ok(())
//! })?;
//! // For level B-T, `with_timestamp` comes in between.
//! let sealed = digested.sign(key)?.seal()?;
//! let at = usize::try_from(sealed.at)?;
//! out[at..at + sealed.digits.len()].copy_from_slice(&sealed.digits);
//! std::fs::write("signed.pdf", out)?;
//! # Ok(())
//! # }
//! ```
//!
//! [`evidence`] adds long-term data, [`timestamp`] asks for timestamps, [`admission`] says what must not be signed.

use saoy_pdf::PdfError;

pub mod admission;
pub mod appearance;
pub mod evidence;
pub mod field;
pub mod key;
pub mod timestamp;

mod earlier;
mod edit;
mod fitness;
mod leaf;
mod message;
mod prepare;
mod steps;
mod text;

pub use earlier::check_earlier;
pub use fitness::{Revoked, Unfit, check_certificate, check_revocation};
pub use message::identifier;
pub use prepare::{Lock, Options, Prepared, Purpose};
pub use steps::{Digested, Sealed, Signed};
pub use text::{iso_time, pdf_time};

/// A point in time as a clock on the wall shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The point.
    pub instant: crate::judge::Instant,
    /// Minutes ahead of UTC; 420 in Viet Nam.
    pub offset: i32,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The file cannot be read, or not be added to.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The document must not be signed.
    #[error("the document must not be signed: {0}")]
    Refused(#[from] admission::Refusal),
    /// The certificate must not be used.
    #[error("the certificate must not be used: {0}")]
    Certificate(#[from] Unfit),
    /// The key gave no signature.
    #[error(transparent)]
    Key(#[from] key::KeyError),
    /// What the key gave does not fit the certificate.
    #[error("the key's signature does not fit the certificate")]
    KeyMismatch,
    /// The gap is too small.
    #[error("the signature has {needed} bytes, room was left for {room}")]
    Room {
        /// Bytes of the CMS.
        needed: usize,
        /// Bytes of the gap.
        room: usize,
    },
    /// A timestamp that must not be put in.
    #[error("the timestamp is of no use: {0}")]
    Timestamp(#[from] timestamp::Unusable),
    /// A picture that cannot be shown.
    #[error("the picture cannot be used: {0}")]
    Picture(String),
    /// More than a QR code holds.
    #[error("the QR code: {0}")]
    Code(String),
    /// A field that cannot be signed as asked.
    #[error("the field {0:?} cannot be signed like this: {1}")]
    Field(String, field::FieldTrouble),
    /// Fields would have to be made for later signers, and an earlier signature is over those there are.
    #[error("only the first signature can make fields for later ones")]
    SignedFields,
    /// A page would have to be added, and an earlier signature is over those there are.
    #[error("a signed document cannot get another page")]
    SignedPages,
    /// A character that the face of stamps lacks.
    #[error("the face of stamps has no letter {0:?} (U+{code:04X})", code = u32::from(*.0))]
    Letter(char),
    /// The face of stamps cannot be used; a fault of the program.
    #[error("the face of stamps: {0}")]
    Face(String),
    /// A put-aside step that cannot be taken up.
    #[error("what was put aside is damaged")]
    PutAside,
    /// Reading or writing.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

#[cfg(test)]
mod tests;
