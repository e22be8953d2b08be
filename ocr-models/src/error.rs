//! What can go wrong between handing in an image and getting its words.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::image::ImageError;
use crate::models::ModelError;

/// Why an image was not read. Where a reader failed, `stderr` holds the last lines it wrote.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OcrError {
    /// The caller's: an image that is empty, too large or shorter than it says.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The machine's: no model for the language.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The machine's: the reader program is not where it should be.
    #[error("the reader program {} is missing", program.display())]
    Missing {
        /// Where it was looked for.
        program: PathBuf,
    },
    /// The machine's: the reader program is there and could not be started.
    #[error("the reader program {} cannot be started: {source}", program.display())]
    Start {
        /// Which program.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The machine's: the program at this place belongs to another version of this library.
    #[error("the reader program {} speaks version {found} of the protocol, not {expected}", program.display())]
    Version {
        /// Which program.
        program: PathBuf,
        /// Its version.
        found: u8,
        /// Ours.
        expected: u8,
    },
    /// The reader gave no answer in time and was ended.
    #[error("no answer from the reader within {} s", limit.as_secs_f32())]
    TimedOut {
        /// The time it had.
        limit: Duration,
        /// What it last wrote.
        stderr: String,
    },
    /// The reader needed more memory than it may have.
    #[error("the reader needed more than {} MB of memory", limit >> 20)]
    OutOfMemory {
        /// Bytes it may have.
        limit: u64,
        /// What it last wrote.
        stderr: String,
    },
    /// A signal ended the reader: it crashed, or somebody ended it.
    #[error("the reader was ended by signal {signal}{}", last_line(stderr))]
    Crashed {
        /// Number of the signal.
        signal: i32,
        /// What it last wrote.
        stderr: String,
    },
    /// The reader ended by itself without an answer.
    #[error(
        "the reader ended with status {code} and without an answer{}",
        last_line(stderr)
    )]
    Exited {
        /// Its exit status.
        code: i32,
        /// What it last wrote.
        stderr: String,
    },
    /// The reader said something that is no answer, and was ended.
    #[error(
        "the reader's answer cannot be understood: {what}{}",
        last_line(stderr)
    )]
    Garbled {
        /// What is wrong with it.
        what: String,
        /// What it last wrote.
        stderr: String,
    },
    /// The engine declined; the reader is well.
    #[error("the engine declined: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// The pipes to the reader failed.
    #[error("the reader cannot be reached: {source}")]
    Pipe {
        /// What the system says.
        source: io::Error,
    },
}

impl OcrError {
    /// Whether the same image may be read by another try with a fresh reader. False where only a person can
    /// help: a wrong image, a missing program or model.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::TimedOut { .. }
            | Self::OutOfMemory { .. }
            | Self::Crashed { .. }
            | Self::Exited { .. }
            | Self::Garbled { .. }
            | Self::Pipe { .. } => true,
            Self::Start { source, .. } => {
                matches!(
                    source.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory
                )
            }
            Self::Image(_)
            | Self::Model(_)
            | Self::Missing { .. }
            | Self::Version { .. }
            | Self::Refused { .. } => false,
        }
    }

    /// The last that a failed reader wrote on its standard error, at most a few KB.
    pub fn stderr(&self) -> Option<&str> {
        match self {
            Self::TimedOut { stderr, .. }
            | Self::OutOfMemory { stderr, .. }
            | Self::Crashed { stderr, .. }
            | Self::Exited { stderr, .. }
            | Self::Garbled { stderr, .. } => Some(stderr),
            _ => None,
        }
    }
}

/// The last line of `stderr` as the end of a sentence.
fn last_line(stderr: &str) -> String {
    match stderr.trim_end().lines().next_back() {
        Some(line) if !line.trim().is_empty() => format!(": {}", line.trim()),
        _ => String::new(),
    }
}
