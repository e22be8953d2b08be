//! Errors of the stages as reasons for setting a document aside.

use std::io;
use std::path::Path;

use crate::compose;
use crate::failure::Reason;
use crate::ingest::{Fault, IngestError};
use crate::record::{Bilingual, Failure};
use crate::speech::Spoken;

/// What a file or page that cannot be used means for its document.
pub(super) fn of_ingest(error: &IngestError) -> Failure {
    let page = error
        .page
        .map(|page| u32::try_from(page).map_or(u32::MAX, |page| page.saturating_add(1)));
    reason_of(&error.fault).about(&error.path, page, &error.fault)
}

/// The reason behind a fault of an input.
pub(super) fn reason_of(fault: &Fault) -> Reason {
    match fault {
        Fault::Read(_) => Reason::Unreadable,
        Fault::Empty => Reason::Empty,
        Fault::UnknownFormat | Fault::Foreign(_) => Reason::UnknownFormat,
        Fault::Unsupported { .. } => Reason::Unsupported,
        Fault::TooLarge { .. } | Fault::Excessive { .. } => Reason::TooLarge,
        Fault::Encrypted => Reason::Encrypted,
        Fault::NoSuchPage { .. } => Reason::Changed,
        _ => Reason::Damaged,
    }
}

/// What a page that cannot be written means for its document; `page` counts from 0.
pub(super) fn of_write(error: &WriteError, source: &Path, out: &Path, page: usize) -> Failure {
    let number = u32::try_from(page).map_or(u32::MAX, |page| page.saturating_add(1));
    let at_page = |reason: Reason| reason.about(source, Some(number), error);
    match error {
        WriteError::Io(error) | WriteError::Compose(compose::Error::Io(error)) => {
            Reason::of_write(error).about(out, None, error)
        }
        WriteError::Compose(compose::Error::Refused { .. }) => at_page(Reason::NotInProfile),
        WriteError::Compose(compose::Error::TooLarge { .. } | compose::Error::PageSize { .. }) => {
            at_page(Reason::TooLarge)
        }
        WriteError::Source(error) if matches!(error, saoy_pdf::PdfError::Write { .. }) => {
            Reason::CannotWrite.about(out, None, error)
        }
        WriteError::Source(_) => at_page(Reason::Damaged),
    }
}

impl Spoken for WriteError {
    fn spoken(&self) -> Bilingual {
        match self {
            Self::Io(error) => error.spoken(),
            Self::Compose(error) => error.spoken(),
            Self::Source(error) => error.spoken(),
        }
    }
}

/// Why a page or a document could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The page does not fit the file.
    #[error(transparent)]
    Compose(#[from] compose::Error),
    /// A page that is to be kept cannot be copied.
    #[error(transparent)]
    Source(#[from] saoy_pdf::PdfError),
}
