//! What can be wrong with an input file, whose fault it is, and what helps.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a file or one of its pages cannot be used.
#[derive(Debug, Error)]
#[error("{}{}: {fault}", path.display(), PageOf(*page))]
pub struct IngestError {
    /// The file.
    pub path: PathBuf,
    /// The page, counted from 0, when it is one page's trouble and not the file's.
    pub page: Option<usize>,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

impl IngestError {
    /// A remedy in one line, when one is known.
    pub fn hint(&self) -> Option<&'static str> {
        self.fault.hint()
    }
}

/// What is wrong, without the place.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The operating system did not give the bytes.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The file has no bytes.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// The first bytes are those of no format that is read here.
    #[error("not an image format that is read here")]
    UnknownFormat,
    /// The bytes break the rules of their format, or are not all there.
    #[error("damaged{}: {reason}", AtByte(*byte))]
    Damaged {
        /// Where in the file, when known.
        byte: Option<u64>,
        /// What was found there.
        reason: String,
    },
    /// A decoder from outside gave up in a way that it should not (a panic that was caught).
    #[error("damaged: the decoder stopped: {reason}")]
    DecoderStopped {
        /// The decoder's own words.
        reason: String,
    },
    /// The PDF asks for a password.
    #[error("encrypted")]
    Encrypted,
    /// A legal variant of the format that is not read here.
    #[error("not supported: {what}")]
    Unsupported {
        /// The variant.
        what: String,
    },
    /// More than the [`Limits`](super::Limits) admit.
    #[error("too large: {what} (limit {limit})")]
    TooLarge {
        /// What was declared.
        what: String,
        /// The limit that it breaks.
        limit: String,
    },
    /// The caller asked for a page that the file does not have.
    #[error("there is no such page (the file has {pages})")]
    NoSuchPage {
        /// How many pages there are.
        pages: usize,
    },
}

impl Fault {
    pub(super) fn damaged(byte: impl Into<Option<u64>>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            byte: byte.into(),
            reason: reason.into(),
        }
    }

    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    /// The same fault with byte offsets counted from the start of the file instead of a part at `base`.
    pub(super) fn offset_by(self, base: u64) -> Self {
        match self {
            Self::Damaged {
                byte: Some(byte),
                reason,
            } => Self::Damaged {
                byte: Some(byte.saturating_add(base)),
                reason,
            },
            Self::Damaged { byte: None, reason } => Self::Damaged {
                byte: Some(base),
                reason,
            },
            other => other,
        }
    }

    /// A remedy in one line, when one is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Read(_) => Some("check that the file exists and may be read"),
            Self::Empty | Self::Damaged { .. } | Self::DecoderStopped { .. } => {
                Some("copy the file again from where it came from, or scan the paper again")
            }
            Self::Encrypted => Some("remove the password with the program that made the file"),
            Self::UnknownFormat => Some("give TIFF, JPEG, PNG, WebP, JPEG 2000 or PDF files"),
            Self::Unsupported { .. } => {
                Some("save the image as TIFF, PNG or baseline JPEG and give that")
            }
            Self::TooLarge { .. } => {
                Some("scan at a lower resolution, or cut the image into pages")
            }
            Self::NoSuchPage { .. } => None,
        }
    }
}

/// ", page 3" for people, who count from 1.
struct PageOf(Option<usize>);

impl fmt::Display for PageOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(page) => write!(f, ", page {}", page.saturating_add(1)),
            None => Ok(()),
        }
    }
}

/// " at byte 17".
struct AtByte(Option<u64>);

impl fmt::Display for AtByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(byte) => write!(f, " at byte {byte}"),
            None => Ok(()),
        }
    }
}
