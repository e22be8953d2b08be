//! PAdES on PDF bytes: signing, timestamping, verifying.
//!
//! No clock, no network, no randomness and no trust of its own: the time, answers of servers, keys and anchors are
//! handed in. Nothing here knows scans or pages' pixels.
//!
//! Verifying goes in steps, each of which is of use alone:
//! 1. [`structure`] finds every signature of a file, accounts for its bytes, and tells what came after it.
//! 2. [`judge`] weighs one signature: its CMS, digest, certificate path, revocation, time.
//! 3. [`verify`] joins both into a verdict about the file, and says it in words.
//!
//! Signing is a chain of its own: [`sign`].
#![forbid(unsafe_code)]

pub mod finding;

pub mod structure;

pub mod asn1;
pub mod certificate;
pub mod cms;
pub mod crypto;

pub mod policy;
pub mod trust;

pub mod path;
pub mod revocation;
pub mod timestamp;

pub mod judge;

pub mod verify;

pub mod sign;
