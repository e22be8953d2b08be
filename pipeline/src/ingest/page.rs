//! A page as the stages after this one meet it: a scan to be read, or a page that stays what it is.

use crate::document::{Affine, Line, Raster, StoredImage, Turn};
use crate::record::{Flag, ImageOrigin};

/// What to do with text that a PDF page has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextPolicy {
    /// Keep it: a hidden text layer over a scan is taken over, a born-digital page stays as it is.
    #[default]
    Skip,
    /// Replace a hidden text layer over a scan; a born-digital page stays as it is.
    Redo,
    /// Treat every page as an image.
    Force,
}

/// One page of a source.
#[derive(Debug)]
pub enum Page {
    /// An image of paper.
    Scan(Box<Scan>),
    /// A page that was never paper, and stays as it is.
    Kept(Box<Kept>),
}

/// An image of paper.
#[derive(Debug)]
pub struct Scan {
    /// The pixels, as stored.
    pub raster: Raster,
    /// How the raster is turned to be shown.
    pub turn: Turn,
    /// Resolution of the raster as stored, across and down.
    pub dpi: (f32, f32),
    /// Width and height of the page as shown, px.
    pub size_px: (u32, u32),
    /// Width and height of the page as shown, pt.
    pub size_pt: (f32, f32),
    /// From px of the turned raster to px of the page as shown: not the identity where a PDF page has margins.
    pub to_page: Affine,
    /// What the output page shows, first to last.
    pub images: Vec<PlacedImage>,
    /// How that came about.
    pub origin: ImageOrigin,
    /// Text that the page has already and that is to be kept, in px of the page as shown.
    pub text: Option<Vec<Line>>,
    /// What there is to say about the page.
    pub flags: Vec<Flag>,
}

/// An image and where it stands on the page.
#[derive(Debug)]
pub struct PlacedImage {
    /// The image.
    pub image: StoredImage,
    /// From its unit square (origin at its stored top left corner, y down) to px of the page as shown.
    pub to_shown: Affine,
}

/// A page that stays as it is.
#[derive(Debug)]
pub struct Kept {
    /// Its text in px of the page as shown, at [`Kept::DPI`].
    pub lines: Vec<Line>,
    /// Width and height as shown, pt.
    pub size_pt: (f32, f32),
    /// What there is to say about the page.
    pub flags: Vec<Flag>,
}

impl Kept {
    /// The resolution in which boxes on a page without pixels are given.
    pub const DPI: f32 = 300.0;

    /// Width and height as shown, px.
    pub fn size_px(&self) -> (u32, u32) {
        let px = |pt: f32| (pt * Self::DPI / 72.0).round().clamp(1.0, 1e6) as u32;
        (px(self.size_pt.0), px(self.size_pt.1))
    }
}
