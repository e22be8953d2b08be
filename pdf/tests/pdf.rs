//! The crate from outside: files built here by hand, whole and broken, read, copied and written.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "pdf/build.rs"]
mod build;

#[path = "pdf/open.rs"]
mod open;

#[path = "pdf/pages.rs"]
mod pages;

#[path = "pdf/damage.rs"]
mod damage;

#[path = "pdf/bounds.rs"]
mod bounds;

#[path = "pdf/filters.rs"]
mod filters;

#[path = "pdf/signatures.rs"]
mod signatures;

#[path = "pdf/revisions.rs"]
mod revisions;

#[path = "pdf/content.rs"]
mod content;

#[path = "pdf/write.rs"]
mod write;
