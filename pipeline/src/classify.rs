//! Classify: a document's pages in, what it is and what it says out, with where each value stands and how sure it is.
//!
//! # Steps
//! 1. [`look`] at each page while its pixels are at hand: what no words tell.
//! 2. [`Evidence`] gathers the pages in order; it keeps what the answer needs and no more, however long the document.
//! 3. [`Evidence::conclude`] weighs it all.
//!
//! A value that could not be read is `None` with a flag; nothing is guessed.

pub mod fold;

pub mod leaf;

mod look;

pub mod evidence;

pub mod kinds;

pub mod proposal;

pub mod administrative;

pub mod citizen;

pub mod learned;

mod conclusion;

mod stamped;

pub mod calibrated;

mod titles;

pub mod codes;

pub mod stack;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::{Gray, Line, Rect, Word};
use crate::picture::Picture;
use crate::record::{Field, Flag, TypeRecord};

pub use evidence::Evidence;
pub use look::{look, look_at_words};
pub use proposal::Proposal;

/// What shapes the answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Options {
    /// What words say of a type; the built-in model where there is none. Kept by its digest only.
    #[serde(serialize_with = "learned::by_digest", skip_deserializing)]
    pub model: Option<std::sync::Arc<learned::Model>>,
}

/// What a page shows besides its words; kept with the words when a run is stopped.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sight {
    /// Machine-readable codes.
    pub codes: Vec<Code>,
    /// Stamps with words in them: of arrival, certification, urgency. Their words are not the document's own.
    pub stamps: Vec<Stamp>,
    /// Places written by hand, shown px.
    pub handwriting: Vec<Handwriting>,
    /// What there is to say about the page.
    pub flags: Vec<Flag>,
    /// The page bears a mark of secrecy: the document goes no further.
    pub secret: bool,
}

/// A machine-readable code on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// How it is drawn.
    pub symbology: Symbology,
    /// What it says.
    pub text: String,
    /// Where it stands, shown px.
    pub bbox: Rect,
}

/// Ways of drawing a machine-readable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// QR code (ISO/IEC 18004).
    Qr,
    /// Code 128 (ISO/IEC 15417).
    Code128,
    /// Patch code T: what scanners take for the first sheet of the next document.
    PatchT,
}

impl Symbology {
    /// The word in records.
    pub fn code(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::Code128 => "code128",
            Self::PatchT => "patch_t",
        }
    }
}

/// A stamp with words in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// What it is for.
    pub kind: StampKind,
    /// Where it stands, shown px.
    pub bbox: Rect,
    /// What it says, as far as it was read.
    pub text: String,
}

/// What a stamp is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StampKind {
    /// `ĐẾN`: the receiving office's number and date (decree 30/2020, annex IV).
    Incoming,
    /// Certification of a copy (decree 23/2015).
    Certification,
    /// `HỎA TỐC`, `THƯỢNG KHẨN`, `KHẨN`.
    Urgency,
    /// Any other.
    Other,
}

/// A place written by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handwriting {
    /// Where, shown px.
    pub bbox: Rect,
    /// 0 to 1: how certain it is that a hand wrote it.
    pub certainty: f32,
}

/// What a look at a page may use.
pub struct View<'a> {
    /// The pixels.
    pub picture: Picture<'a>,
    /// The words, in reading order, shown px.
    pub lines: &'a [Line],
    /// Reads a small grey picture as one line of print; empty when there is nothing to read.
    pub read_line: &'a dyn Fn(&Gray, f32) -> Vec<Word>,
}

/// One page as the evidence takes it in.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Page number in the document, from 1.
    pub number: u32,
    /// Width and height of the page as shown, px.
    pub size_px: (u32, u32),
    /// Shown px per inch.
    pub dpi: f32,
    /// Lines in reading order, shown px.
    pub lines: &'a [Line],
    /// What was seen besides.
    pub sight: &'a Sight,
}

impl Evidence {
    /// What the document is and says.
    pub fn conclude(&self, options: &Options) -> Classified {
        conclusion::conclude(self, options, true)
    }

    /// The same with the figures that [`calibrated`] starts from, to which its curves are fitted.
    pub fn conclude_uncalibrated(&self, options: &Options) -> Classified {
        conclusion::conclude(self, options, false)
    }
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Classified {
    /// The type, `None` when nothing speaks for any.
    pub kind: Option<TypeRecord>,
    /// Second guesses, best first.
    pub alternatives: Vec<TypeRecord>,
    /// Values by field name.
    pub fields: BTreeMap<String, Field>,
    /// What there is to say about them.
    pub flags: Vec<Flag>,
}

/// The name of a type in full, by its code.
pub fn type_name(code: &str) -> Option<&'static str> {
    types()
        .find(|(known, _)| *known == code)
        .map(|(_, name)| name)
}

/// Every type that a document can be: code and name.
pub fn types() -> impl Iterator<Item = (&'static str, &'static str)> {
    let offices = kinds::KINDS.iter().map(|kind| (kind.code, kind.name));
    offices.chain(citizen::types())
}
