//! What can go wrong, where in the file, and whose fault it is.

use std::io;

use crate::object::ObjectId;

/// Everything the crate can fail with. `at` is always a byte offset in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The file holds nothing that looks like PDF.
    #[error("not a PDF: no header and no objects in {len} bytes")]
    NotPdf {
        /// The file's length in bytes.
        len: u64,
    },
    /// The file ends before something that has to be there.
    #[error("truncated: the file ends at byte {at} before its {what}")]
    Truncated {
        /// Where the file ends.
        at: u64,
        /// What was expected.
        what: &'static str,
    },
    /// No catalog can be found, so nothing says what the document is.
    #[error("no document catalog (searched up to byte {at})")]
    NoCatalog {
        /// How far was searched.
        at: u64,
    },
    /// The catalog leads to no page at all.
    #[error("no pages: {why} (byte {at})")]
    NoPages {
        /// Where the page tree was expected.
        at: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The page tree names a page that is not in the file.
    #[error("page {page} is missing: object {id} is not in the file, which has {len} bytes")]
    MissingPage {
        /// The page, counted from 1.
        page: usize,
        /// The object that should be the page or a part of it.
        id: ObjectId,
        /// The file's length in bytes.
        len: u64,
    },
    /// A page was asked for that the document does not have.
    #[error("there is no page {page}: the document has {count}")]
    NoSuchPage {
        /// The page, counted from 1.
        page: usize,
        /// Pages in the document.
        count: usize,
    },
    /// An object that is needed is not in the file.
    #[error("object {id} is not in the file")]
    MissingObject {
        /// The object.
        id: ObjectId,
    },
    /// Bytes that do not follow PDF syntax.
    #[error("byte {at}: {what}")]
    Syntax {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A value of another type than the one needed.
    #[error("byte {at}: expected {expected}")]
    WrongType {
        /// Where the object begins.
        at: u64,
        /// The type that was needed.
        expected: &'static str,
    },
    /// References or lengths that lead in a circle, or too far.
    #[error("object {id}: {what} leads in a circle")]
    Circle {
        /// Where the circle was noticed.
        id: ObjectId,
        /// What goes round.
        what: &'static str,
    },
    /// A bound of [`crate::limits`], or one that the caller gave, was reached.
    #[error("byte {at}: more than {limit} {what}")]
    Limit {
        /// Where.
        at: u64,
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// A filter that PDF does not define or that is of no use here.
    #[error("byte {at}: unsupported filter {name}")]
    UnsupportedFilter {
        /// Where the stream's data begins.
        at: u64,
        /// The filter's name.
        name: String,
    },
    /// Stream data from which a filter can make nothing.
    #[error("byte {at}: {filter} data is damaged")]
    Filter {
        /// Where the stream's data begins.
        at: u64,
        /// The filter.
        filter: &'static str,
    },
    /// The file could not be read.
    #[error("reading at byte {at}: {message}")]
    Read {
        /// Where.
        at: u64,
        /// The system's kind of error.
        kind: io::ErrorKind,
        /// The system's words.
        message: String,
    },
    /// The output could not be written.
    #[error("writing at byte {at}: {message}")]
    Write {
        /// Where.
        at: u64,
        /// The system's kind of error.
        kind: io::ErrorKind,
        /// The system's words.
        message: String,
    },
    /// An output object that was written twice or never allocated.
    #[error("object {number} was written twice or never allocated")]
    BadReference {
        /// The object's number in the output.
        number: u32,
    },
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file is damaged or not a PDF.
    Input,
    /// The file is right but asks for something that is not supported.
    Unsupported,
    /// The file asks for more memory or time than allowed.
    Limit,
    /// The disk or the system.
    Environment,
    /// The calling code.
    Misuse,
}

impl PdfError {
    /// Whose fault this is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::UnsupportedFilter { .. } => Fault::Unsupported,
            Self::Limit { .. } => Fault::Limit,
            Self::Read { .. } | Self::Write { .. } => Fault::Environment,
            Self::NoSuchPage { .. } | Self::BadReference { .. } => Fault::Misuse,
            _ => Fault::Input,
        }
    }

    pub(crate) fn read(at: u64, error: &io::Error) -> Self {
        Self::Read {
            at,
            kind: error.kind(),
            message: error.to_string(),
        }
    }

    pub(crate) fn write(at: u64, error: &io::Error) -> Self {
        Self::Write {
            at,
            kind: error.kind(),
            message: error.to_string(),
        }
    }
}
