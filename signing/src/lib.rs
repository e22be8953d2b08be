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
//!
//! ```no_run
//! # use saoy_signing::{judge::Instant, policy::Policy, trust::Store, verify};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Instant(0);
//! let (trust, policy) = (Store::default(), Policy::default()); // anchors: `Store::anchors`
//! let options = verify::Options { trust: &trust, policy: &policy, now, fetch: None };
//! let verdict = verify::file(std::fs::File::open("letter.pdf")?, &options);
//! println!("{}: {}", verdict.standing.code(), verify::summary(&verdict).en);
//! # Ok(())
//! # }
//! ```
//! `examples/verdict.rs` and `examples/sign.rs` are whole programs; `PADES.md` and `JUDGING.md` say which clauses are kept.
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
