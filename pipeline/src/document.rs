//! The nouns that travel between the stages: rasters, images as stored, words and lines, pages.
//!
//! Coordinates: *stored* pixels are those of the image as the file holds it; *shown* pixels are those of
//! the page as a reader sees it (after EXIF, PDF and detected rotation), origin top left, y down. Only
//! shown pixels leave the program. *Prepared* pixels are those of the copy made for OCR.

use std::sync::Arc;

/// 8-bit grey pixels, row-major without padding, 0 = black.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gray {
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// `width * height` bytes.
    pub pixels: Vec<u8>,
}

/// 8-bit sRGB pixels, interleaved, row-major without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rgb {
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub pixels: Vec<u8>,
}

/// The decoded pixels of one page, in stored orientation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raster {
    /// Bilevel (0 or 255) and grey scans.
    Gray(Gray),
    /// Colour scans.
    Rgb(Rgb),
}

impl Raster {
    /// Width and height in px.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Gray(image) => (image.width, image.height),
            Self::Rgb(image) => (image.width, image.height),
        }
    }
}

/// How stored pixels are turned to be shown; the values of EXIF tag 274 (Exif 2.32, 4.6.4.A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// 1: as stored.
    #[default]
    None,
    /// 2: mirrored left to right.
    MirrorX,
    /// 3: turned by 180 degrees.
    Half,
    /// 4: mirrored top to bottom.
    MirrorY,
    /// 5: mirrored left to right, then turned 270 degrees clockwise.
    Transpose,
    /// 6: to be turned 90 degrees clockwise.
    Right,
    /// 7: mirrored left to right, then turned 90 degrees clockwise.
    Transverse,
    /// 8: to be turned 270 degrees clockwise.
    Left,
}

/// An image in the coding that the output file will hold, byte for byte where the source's coding allows.
#[derive(Clone, Debug)]
pub struct StoredImage {
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// The coded bytes and what a PDF reader must know to decode them.
    pub coding: Coding,
    /// True when the bytes are the source's own, untouched.
    pub untouched: bool,
}

/// The codings that a PDF image may have, with their parameters (ISO 32000-1, 7.4).
#[derive(Clone, Debug)]
pub enum Coding {
    /// `DCTDecode`: a whole JPEG file.
    Jpeg {
        /// The JPEG file.
        data: Arc<[u8]>,
        /// 1 grey, 3 colour, 4 CMYK.
        components: u8,
        /// CMYK as Adobe writes it, 255 = no ink: needs an inverting `/Decode`.
        inverted: bool,
        /// The embedded ICC profile, when there is one that fits the components.
        icc: Option<Arc<[u8]>>,
    },
    /// `CCITTFaxDecode`.
    Ccitt {
        /// The coded rows.
        data: Arc<[u8]>,
        /// `/K`: negative G4, 0 G3 one-dimensional, positive G3 two-dimensional.
        k: i32,
        /// `/BlackIs1` as PDF means it.
        black_is_1: bool,
        /// `/EncodedByteAlign`.
        byte_align: bool,
        /// `/EndOfLine`.
        end_of_line: bool,
        /// `/EndOfBlock`.
        end_of_block: bool,
    },
    /// `JBIG2Decode`: an embedded stream (no file header).
    Jbig2 {
        /// The page's segments.
        data: Arc<[u8]>,
        /// The shared segments.
        globals: Option<Arc<[u8]>>,
        /// True when the PDF's `/Decode` was [1 0].
        inverted: bool,
    },
    /// `JPXDecode`: a whole JP2 file.
    Jpx {
        /// The JP2 file.
        data: Arc<[u8]>,
    },
    /// `FlateDecode`.
    Flate {
        /// A zlib stream.
        data: Arc<[u8]>,
        /// Bits per component: 1, 2, 4, 8 or 16.
        bits: u8,
        /// Components per pixel in the stream: 1 or 3.
        colors: u8,
        /// True when rows carry PNG filter bytes (`/Predictor 15`).
        png_rows: bool,
        /// Palette of sRGB triples when pixels are indices.
        palette: Option<Arc<[u8]>>,
        /// The embedded ICC profile, when there is one that fits the components.
        icc: Option<Arc<[u8]>>,
    },
}

/// An axis-aligned rectangle in px; the space is named by whoever holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// A point in px; the space is named by whoever holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Rightwards.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// A 2x3 map of points: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// `[a, b, c, d, e, f]`, the order of PDF's `cm`.
    pub m: [f32; 6],
}

impl Affine {
    /// The map that changes nothing.
    pub const IDENTITY: Self = Self {
        m: [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    };

    /// Where `p` goes.
    pub fn apply(&self, p: Point) -> Point {
        let [a, b, c, d, e, f] = self.m;
        Point {
            x: a * p.x + c * p.y + e,
            y: b * p.x + d * p.y + f,
        }
    }

    /// First `self`, then `next`.
    pub fn then(&self, next: &Self) -> Self {
        let [a, b, c, d, e, f] = self.m;
        let [na, nb, nc, nd, ne, nf] = next.m;
        Self {
            m: [
                na * a + nc * b,
                nb * a + nd * b,
                na * c + nc * d,
                nb * c + nd * d,
                na * e + nc * f + ne,
                nb * e + nd * f + nf,
            ],
        }
    }
}

/// One word as read, in shown px.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// NFC text without spaces.
    pub text: String,
    /// The word's box.
    pub bbox: Rect,
    /// 0 to 1.
    pub confidence: f32,
}

/// One line of words in reading order.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Words from left to right, never empty.
    pub words: Vec<Word>,
    /// The line on which letters stand, from its left to its right end, in shown px; slanted when the scan is.
    pub baseline: [Point; 2],
    /// Which block (paragraph or column piece) the line belongs to; blocks are numbered in reading order.
    pub block: u32,
}
