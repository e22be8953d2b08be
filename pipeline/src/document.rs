//! The nouns that travel between the stages: rasters, images as stored, words and lines, pages.
//!
//! Coordinates: *stored* pixels are those of the image as the file holds it; *shown* pixels are those of
//! the page as a reader sees it (after EXIF, PDF and detected rotation), origin top left, y down. Only
//! shown pixels leave the program. *Prepared* pixels are those of the copy made for OCR.

use std::sync::Arc;

use saoy_ocr::Nearly;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

impl Turn {
    /// All eight.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::MirrorX,
        Self::Half,
        Self::MirrorY,
        Self::Transpose,
        Self::Right,
        Self::Transverse,
        Self::Left,
    ];

    /// Where points of an image of `width` by `height` go when it is turned.
    pub fn map(self, width: f32, height: f32) -> Affine {
        let (w, h) = (width, height);
        let m = match self {
            Self::None => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            Self::MirrorX => [-1.0, 0.0, 0.0, 1.0, w, 0.0],
            Self::Half => [-1.0, 0.0, 0.0, -1.0, w, h],
            Self::MirrorY => [1.0, 0.0, 0.0, -1.0, 0.0, h],
            Self::Transpose => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            Self::Right => [0.0, 1.0, -1.0, 0.0, h, 0.0],
            Self::Transverse => [0.0, -1.0, -1.0, 0.0, h, w],
            Self::Left => [0.0, -1.0, 1.0, 0.0, 0.0, w],
        };
        Affine { m }
    }

    /// Whether width and height change places.
    pub fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transpose | Self::Right | Self::Transverse | Self::Left
        )
    }

    /// The turn that takes this one back.
    #[must_use]
    pub fn undone(self) -> Self {
        match self {
            Self::Right => Self::Left,
            Self::Left => Self::Right,
            other => other,
        }
    }

    /// The single turn that does this one, then `next`.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let both = self.map(1.0, 1.0).then(&next.map(1.0, 1.0));
        Self::ALL
            .into_iter()
            .find(|turn| turn.map(1.0, 1.0) == both)
            .unwrap_or(self)
    }

    /// Degrees clockwise; mirrors count as what they turn.
    pub fn degrees(self) -> u16 {
        match self {
            Self::None | Self::MirrorX => 0,
            Self::Right | Self::Transverse => 90,
            Self::Half | Self::MirrorY => 180,
            Self::Left | Self::Transpose => 270,
        }
    }
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

impl StoredImage {
    /// Takes over the colour profile of an image with the same pixels or such as were made of them.
    pub fn keep_profile(&mut self, other: &Self) {
        let (profile, components) = match &other.coding {
            Coding::Jpeg {
                icc, components, ..
            } => (icc, *components),
            Coding::Flate { icc, colors, .. } => (icc, *colors),
            _ => return,
        };
        match &mut self.coding {
            Coding::Jpeg {
                icc,
                components: own,
                ..
            } if *own == components => icc.clone_from(profile),
            Coding::Flate {
                icc, colors: own, ..
            } if *own == components => icc.clone_from(profile),
            _ => {}
        }
    }

    /// Bytes of the coded image.
    pub fn bytes(&self) -> usize {
        match &self.coding {
            Coding::Jpeg { data, .. }
            | Coding::Ccitt { data, .. }
            | Coding::Jpx { data }
            | Coding::Flate { data, .. } => data.len(),
            Coding::Jbig2 { data, globals, .. } => {
                data.len() + globals.as_ref().map_or(0, |globals| globals.len())
            }
        }
    }
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
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

    /// The map that takes this one back; `None` when it folds the plane onto a line.
    pub fn inverse(&self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.m;
        let det = a * d - b * c;
        (det.abs() > f32::MIN_POSITIVE).then(|| Self {
            m: [
                d / det,
                -b / det,
                -c / det,
                a / det,
                (c * f - d * e) / det,
                (b * e - a * f) / det,
            ],
        })
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

impl Rect {
    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (
            (self.x + self.w).max(other.x + other.w),
            (self.y + self.h).max(other.y + other.h),
        );
        Self {
            x,
            y,
            w: right - x,
            h: bottom - y,
        }
    }

    /// The upright rectangle around the mapped corners.
    #[must_use]
    pub fn mapped(self, map: &Affine) -> Self {
        let corners =
            [(0.0, 0.0), (self.w, 0.0), (0.0, self.h), (self.w, self.h)].map(|(dx, dy)| {
                map.apply(Point {
                    x: self.x + dx,
                    y: self.y + dy,
                })
            });
        let low = corners.iter().fold((f32::MAX, f32::MAX), |low, p| {
            (low.0.min(p.x), low.1.min(p.y))
        });
        let high = corners.iter().fold((f32::MIN, f32::MIN), |high, p| {
            (high.0.max(p.x), high.1.max(p.y))
        });
        Self {
            x: low.0,
            y: low.1,
            w: high.0 - low.0,
            h: high.1 - low.1,
        }
    }
}

/// One word as read, in shown px.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// NFC text without spaces.
    pub text: String,
    /// The word's box.
    pub bbox: Rect,
    /// 0 to 1.
    pub confidence: f32,
    /// What the engine read, where `text` says something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// What the engine nearly read, for the time between its reading and the choice among that; never stored.
    #[serde(skip)]
    pub nearly: Vec<Nearly>,
}

impl Word {
    /// Puts `text` in the place of what was read and keeps what the engine said.
    pub fn rewrite(&mut self, text: impl Into<String>) {
        let text = text.into();
        if text == self.text {
            return;
        }
        let before = std::mem::replace(&mut self.text, text);
        let engine = self.engine.take().unwrap_or(before);
        self.engine = Some(engine).filter(|engine| *engine != self.text);
        // Their places are those of letters that are gone.
        self.nearly.clear();
    }
}

/// One line of words in reading order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Words from left to right, never empty.
    pub words: Vec<Word>,
    /// The line on which letters stand, from its left to its right end, in shown px; slanted when the scan is.
    pub baseline: [Point; 2],
    /// Which block (paragraph or column piece) the line belongs to; blocks are numbered in reading order.
    pub block: u32,
}

impl Line {
    /// The line after `map`.
    #[must_use]
    pub fn mapped(mut self, map: &Affine) -> Self {
        for word in &mut self.words {
            word.bbox = word.bbox.mapped(map);
        }
        self.baseline = self.baseline.map(|point| map.apply(point));
        self
    }

    /// The words with single spaces between them.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_is_taken_back_by_its_undoing() {
        for turn in Turn::ALL {
            assert_eq!(turn.then(turn.undone()), Turn::None, "{turn:?}");
            let (w, h) = if turn.swaps_sides() {
                (20.0, 30.0)
            } else {
                (30.0, 20.0)
            };
            let there_and_back = turn.map(30.0, 20.0).then(&turn.undone().map(w, h));
            assert_eq!(there_and_back, Affine::IDENTITY, "{turn:?}");
        }
    }

    #[test]
    fn a_quarter_turn_moves_the_top_left_corner_to_the_top_right() {
        let corner = Turn::Right.map(30.0, 20.0).apply(Point { x: 0.0, y: 0.0 });
        assert_eq!(corner, Point { x: 20.0, y: 0.0 });
        assert_eq!(Turn::Right.then(Turn::Right), Turn::Half);
    }
}
