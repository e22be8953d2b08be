//! Makes scans of Vietnamese administrative papers whose every word and place is known, and scores readings of them.
//!
//! It does not imitate any real person's paper: names, numbers and sentences are drawn from lists by a seed, and the
//! seals carry a plain star instead of the national emblem.
//!
//! # Steps
//! 1. A [`grammar`] writes sentences for an [`agency`]; a [`paper`] sets them as [`page`]s with a [`face`].
//! 2. [`press`] prints a page with [`ink`], [`stamp`]s and the [`hand`] of people.
//! 3. [`scan`] lays it on the glass; [`encode`] writes the file; [`truth`] notes what it says and where.
//! 4. [`catalogue`] makes the committed samples, [`evaluate`] and [`papers`] sets for measuring, [`score`] compares a
//!    reading with the truth.

#![forbid(unsafe_code)]

use std::path::PathBuf;

pub mod dice;

pub mod grammar;

pub mod agency;

pub mod issuer;

pub mod page;

pub mod face;

pub mod typeset;

pub mod paper;

pub mod ink;

pub mod hand;

pub mod stamp;

pub mod press;

pub mod scan;

pub mod encode;

pub mod truth;

pub mod mrz;

pub mod codes;

pub mod catalogue;

pub mod evaluate;

pub mod papers;

pub mod stack;

pub mod score;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no usable font.
    #[error("{path} is no font that can be read")]
    Font {
        /// The file.
        path: PathBuf,
    },
    /// A font lacks precomposed Vietnamese letters.
    #[error("{path} lacks Vietnamese letters")]
    Letters {
        /// The file.
        path: PathBuf,
    },
    /// A picture could not be written in a format.
    #[error("the picture cannot be written as {format}")]
    Encode {
        /// The format.
        format: &'static str,
    },
    /// The command line asks for something unknown.
    #[error("{0}")]
    Usage(String),
}
