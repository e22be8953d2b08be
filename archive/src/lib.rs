//! What an office holds: records, registers, blobs, search; and the proof that nobody changed them behind its back.
//!
//! No clock and no randomness of its own: each change carries an [`Act`] (who, when), and [`Random`] is handed in when an
//! [`Archive`] is opened. Nothing here knows scans, PDF or signatures: files are bytes with a digest.
//!
//! Every change of a row goes through [`Writer`], which ties the row's digest into a hash-chained log ([`audit`]); so a
//! row changed by other means no longer fits its log, and [`check`] finds it.
#![forbid(unsafe_code)]

mod error;
pub use error::{ArchiveError, Result, Sentence};

pub mod blob;

pub mod audit;

mod store;
pub use store::{Act, Archive, Encrypted, Office, Random, Writer};

pub mod workplace;

pub mod check;

mod setting;

pub mod people;

pub mod profile;

pub mod register;

pub mod certification;

pub mod refusal;

pub mod fold;

pub mod metadata;

pub mod records;

pub mod search;

pub mod reuse;

pub mod retention;

pub mod payload;

pub mod table;

pub mod exchange;

pub mod cases;

pub mod indicators;

pub mod trail;

pub mod backup;
