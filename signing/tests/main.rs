//! The judge before material of others: PKITS, and what openssl makes of keys, certificates, lists, answers and tokens.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that cannot go on fails, and says so; the rooms of a test binary have no outside"
)]

/// A certification authority of the tests' own.
mod pki;

/// Keys, digests, paddings, curves.
mod crypto;

/// Paths: NIST's suite, the cases of x509-limbo, and thickets of our own.
mod limbo;
mod paths;
mod pkits;

/// What revocation data says, and who may say it.
mod revocation;

/// Whole signatures, and their timestamps.
mod signature;
mod timestamps;

/// Broken bytes.
mod noise;
