//! Pages and their words become a searchable PDF/A, and the text files that go beside it.
//!
//! # Steps
//! 1. [`pdfa::PdfaWriter`] takes one page at a time, in order, and writes it out before the next one comes:
//!    the images in the coding they have, and the words as invisible text over them.
//! 2. [`text`], [`hocr`] and [`alto`] write the same words as plain text, hOCR 1.2 and ALTO 4.
//!
//! Nothing here looks at pixels, and nothing is recoded: a coding that the chosen PDF/A part forbids is
//! refused ([`Error::Refused`]), so that the caller recodes it.

pub mod pdfa;

mod font;
mod icc;
mod image;
mod jpx;
mod layer;
mod metadata;
mod objects;
mod sizing;
mod strands;
mod xml;

pub mod alto;
pub mod hocr;
pub mod text;

use std::io;

use crate::document::{Affine, Line, Rect, StoredImage, Turn};

pub use metadata::DateTime;

/// One page as it goes to the output.
#[derive(Clone, Copy, Debug)]
pub struct PageSpec<'a> {
    /// Width of the shown page in px.
    pub width_px: u32,
    /// Height of the shown page in px.
    pub height_px: u32,
    /// Width of the shown page in pt.
    pub width_pt: f32,
    /// Height of the shown page in pt.
    pub height_pt: f32,
    /// What is painted, first to last; usually one image that covers the page, then patches over it.
    pub images: &'a [Placement<'a>],
    /// Lines of words in reading order, in shown px.
    pub lines: &'a [Line],
}

/// What the text files say about one page.
#[derive(Clone, Copy, Debug)]
pub struct PageText<'a> {
    /// Page number in the document, from 1.
    pub number: u32,
    /// Name of the image or file that the page came from.
    pub image: &'a str,
    /// Width of the shown page in px.
    pub width_px: u32,
    /// Height of the shown page in px.
    pub height_px: u32,
    /// Resolution of the shown page.
    pub dpi: f32,
    /// Lines of words in reading order, in shown px.
    pub lines: &'a [Line],
}

/// What the text files say about a whole document.
#[derive(Clone, Copy, Debug)]
pub struct DocumentText<'a> {
    /// Title, for people.
    pub title: &'a str,
    /// Language of the text (RFC 3066).
    pub language: &'a str,
    /// The program, with its version.
    pub creator: &'a str,
}

/// An image and where it goes on the page.
#[derive(Clone, Copy, Debug)]
pub struct Placement<'a> {
    /// The image.
    pub image: &'a StoredImage,
    /// From the image's unit square (origin at its stored top left corner, y down) to shown px.
    pub to_shown: Affine,
}

impl<'a> Placement<'a> {
    /// The image turned by `turn` so that it fills `area` (shown px).
    pub fn filling(image: &'a StoredImage, turn: Turn, area: Rect) -> Self {
        let stretch = Affine {
            m: [area.w, 0.0, 0.0, area.h, area.x, area.y],
        };
        Self {
            image,
            to_shown: turn.map(1.0, 1.0).then(&stretch),
        }
    }
}

/// Why nothing, or no more, was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The sink failed: disk full, pipe closed.
    #[error("cannot write the output")]
    Io(#[from] io::Error),
    /// The image is sound but may not stand in this file as it is; the caller recodes it and tries again.
    #[error("page {page}, image {image}: {why}")]
    Refused {
        /// Page number, from 1.
        page: u32,
        /// Which of the page's images, from 1.
        image: u32,
        /// What is in the way.
        why: Refusal,
    },
    /// The page's own size is none that a PDF page can have (ISO 32000-1, C.2: 3 to 14,400 units).
    #[error("page {page}: {width_pt} x {height_pt} pt is no page size that a PDF can have")]
    PageSize {
        /// Page number, from 1.
        page: u32,
        /// Width in pt.
        width_pt: f32,
        /// Height in pt.
        height_pt: f32,
    },
    /// More objects or bytes than a PDF with a cross-reference table can hold (10 digits of offset, 8,388,607 objects).
    #[error("page {page}: the document grows past what one PDF/A file can hold")]
    TooLarge {
        /// Page number, from 1.
        page: u32,
    },
}

/// What keeps an image out of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// ISO 19005-1, 6.1.10 with PDF 1.4: `JPXDecode` came with PDF 1.5.
    #[error("pdf/a-1 has no jpeg 2000")]
    JpxInPart1,
    /// PDF 1.4 stops at 8 bits per component.
    #[error("pdf/a-1 has no 16-bit images")]
    DeepInPart1,
    /// The JPEG 2000 file breaks ISO 19005-2, 6.2.8.3.
    #[error("the jpeg 2000 file is not one that pdf/a allows: {0}")]
    Jpx(&'static str),
    /// Width, height, bits, components or palette that no PDF image can have.
    #[error("impossible image parameters: {0}")]
    Parameters(&'static str),
}

/// What keeps `image` out of a file of `profile`, when something does; asked before pixels are let go of.
pub fn refusal(image: &StoredImage, profile: pdfa::Profile) -> Option<Refusal> {
    image::check(image, profile).err()
}

impl PageSpec<'_> {
    /// From shown px (y down) to the page's points (y up).
    fn point_map(&self) -> Affine {
        let sx = self.width_pt / self.width_px.max(1) as f32;
        let sy = self.height_pt / self.height_px.max(1) as f32;
        Affine {
            m: [sx, 0.0, 0.0, -sy, 0.0, self.height_pt],
        }
    }
}

/// Runs of lines that belong to one block, in order.
fn blocks(lines: &[Line]) -> impl Iterator<Item = &[Line]> {
    lines.chunk_by(|a, b| a.block == b.block)
}

/// A rectangle on whole px, as the text files write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PixelBox {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl PixelBox {
    /// The px that `rect` touches.
    fn of(rect: Rect) -> Self {
        // A float too large for an integer saturates, and no number at all becomes 0.
        Self {
            left: rect.x.floor() as i64,
            top: rect.y.floor() as i64,
            right: (rect.x + rect.w).ceil() as i64,
            bottom: (rect.y + rect.h).ceil() as i64,
        }
    }

    /// The smallest box around the words of all lines; without words an empty one.
    fn around(lines: &[Line]) -> Self {
        lines
            .iter()
            .flat_map(|line| &line.words)
            .map(|word| Self::of(word.bbox))
            .reduce(|a, b| Self {
                left: a.left.min(b.left),
                top: a.top.min(b.top),
                right: a.right.max(b.right),
                bottom: a.bottom.max(b.bottom),
            })
            .unwrap_or(Self {
                left: 0,
                top: 0,
                right: 0,
                bottom: 0,
            })
    }
}

/// `text` in NFC.
fn nfc(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfc(text).collect()
}
