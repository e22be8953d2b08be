//! The crate from outside: files built here by hand, whole and broken, read, copied and written.

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

#[path = "pdf/content.rs"]
mod content;

#[path = "pdf/write.rs"]
mod write;
