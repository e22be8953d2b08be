//! From a decoded page to the grey copy that OCR reads, with findings about the page's quality.
//!
//! The visible page is never touched here. Everything is decided on a copy reduced to 100 dpi; the full page
//! is walked over a few times, row by row.

mod darkness;
mod ink;
mod orientation;
mod quality;
mod reduced;
mod shear;
mod strips;
mod turn;

pub use ink::{InkColor, InkRegion};
pub use quality::Quality;
pub use turn::turn_after;

use serde::Serialize;
use thiserror::Error;

use crate::document::{Affine, Gray, Raster, Turn};

/// What may be done to the grey copy.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Options {
    /// Level lines that slope.
    pub deskew: bool,
    /// Let coloured ink fade.
    pub ink_drop: bool,
    /// What to do about pages that lie on a side or upside down.
    pub orientation: Orientation,
    /// Mend dark margins, uneven paper, faint print and specks.
    pub clean: bool,
    /// Resolution to which finer scans are reduced, dpi.
    pub target_dpi: f32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deskew: true,
            ink_drop: true,
            orientation: Orientation::Detect,
            clean: true,
            target_dpi: 300.0,
        }
    }
}

/// What to do about pages that lie on a side or upside down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Orientation {
    /// Find out; turn the page where that is certain.
    Detect,
    /// The caller knows the turn that comes after the stored one.
    Fixed(Turn),
}

/// One page as decoded.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The pixels, in stored orientation.
    pub raster: &'a Raster,
    /// How they are turned to be shown.
    pub turn: Turn,
    /// Stored pixels per inch across.
    pub dpi_x: f32,
    /// Stored pixels per inch down.
    pub dpi_y: f32,
}

/// The grey copy and what was learned from making it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What OCR reads.
    pub image: Gray,
    /// Its resolution, dpi.
    pub dpi: f32,
    /// From prepared px to shown px, [`Prepared::turn_applied`] included.
    pub to_shown: Affine,
    /// From prepared px to stored px.
    pub to_stored: Affine,
    /// The turn, beyond the stored one, that the page needs to be upright.
    pub turn_found: TurnFound,
    /// The turn, beyond the stored one, that was made: shown pixels are those after it.
    pub turn_applied: Turn,
    /// Patches of coloured ink, in shown px.
    pub ink: Vec<InkRegion>,
    /// Figures and findings.
    pub quality: Quality,
}

/// What the lines say about the turn of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TurnFound {
    /// The turn is this, with a certainty of 0.5 to 1.
    Certain(Turn, f32),
    /// Perhaps this one; ask the OCR engine.
    Doubtful(Turn, f32),
    /// Too little text to tell; left as it is.
    Unknown,
}

/// Why a page cannot be prepared.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareError {
    /// The raster does not hold the pixels that its size asks for: a decoder's fault.
    #[error("raster of {width} x {height} px holds {actual} bytes")]
    Raster {
        /// Width in px.
        width: u32,
        /// Height in px.
        height: u32,
        /// Bytes found.
        actual: usize,
    },
    /// The raster has no pixels.
    #[error("raster of {width} x {height} px is empty")]
    Empty {
        /// Width in px.
        width: u32,
        /// Height in px.
        height: u32,
    },
}

/// Makes the grey copy of a page that OCR reads.
///
/// # Errors
///
/// Only when the raster contradicts its own size.
pub fn prepare(input: &Input<'_>, options: &Options) -> Result<Prepared, PrepareError> {
    check(input.raster)?;
    let (stored_w, stored_h) = input.raster.size();
    let (gray, grid) = grey(input.raster, options);
    let page = turn::turned(gray, input.turn);
    let dpi = input.dpi_x;

    let factor = reduced::factor(dpi, darkness::REDUCED_DPI);
    let small = reduced::reduce(&page, factor);
    let paper = darkness::Paper::of(&small);
    let dark = darkness::darkness(&small, &paper);
    let plain = darkness::without_rules(dark.clone(), RULE_PX);

    let layout = orientation::layout(&plain, options.orientation == Orientation::Detect);
    let turn_found = judged(&layout, options);
    let turn_applied = match (options.orientation, turn_found) {
        (Orientation::Fixed(turn), _) | (_, TurnFound::Certain(turn, _)) => turn,
        _ => Turn::None,
    };
    let page = turn::turned(page, turn_applied);
    let (shown_w, shown_h) = (page.width as f32, page.height as f32);
    let slope = if options.deskew { trusted_slope(&layout, turn_applied) } else { 0.0 };
    let (image, to_shown) = match slope.abs() > LEVEL_ENOUGH {
        true => shear::levelled(&page, slope),
        false => (page, Affine::IDENTITY),
    };

    let total = turn::turn_after(input.turn, turn_applied);
    let from_stored = turn::to_turned(total, stored_w as f32, stored_h as f32);
    let back = turn::to_turned(turn::undone(total), shown_w, shown_h);
    let ink = ink::regions(&grid, dpi)
        .into_iter()
        .map(|region| InkRegion { bbox: moved(region.bbox, &from_stored), ..region })
        .collect::<Vec<_>>();
    let quality = Quality {
        dpi: (input.dpi_x, input.dpi_y),
        skew_deg: layout.fit.slope.atan().to_degrees(),
        ink: dark.pixels.iter().filter(|&&v| v > 96).count() as f32 / dark.pixels.len().max(1) as f32,
        paper: paper.percentile(0.5),
        unevenness: paper.percentile(0.95) - paper.percentile(0.05),
        x_height: layout.x_height.map(|h| h * factor as f32),
        blank: false,
        seal_present: ink.iter().any(|region| region.seal),
    };
    Ok(Prepared {
        image,
        dpi,
        to_shown,
        to_stored: to_shown.then(&back),
        turn_found,
        turn_applied,
        ink,
        quality,
    })
}

fn check(raster: &Raster) -> Result<(), PrepareError> {
    let (width, height) = raster.size();
    let (actual, bytes) = match raster {
        Raster::Gray(image) => (image.pixels.len(), 1),
        Raster::Rgb(image) => (image.pixels.len(), 3),
    };
    if width == 0 || height == 0 {
        return Err(PrepareError::Empty { width, height });
    }
    match (width as usize).checked_mul(height as usize).and_then(|n| n.checked_mul(bytes)) {
        Some(wanted) if wanted == actual => Ok(()),
        _ => Err(PrepareError::Raster { width, height, actual }),
    }
}

fn grey(raster: &Raster, options: &Options) -> (Gray, ink::InkGrid) {
    match raster {
        Raster::Gray(image) => (image.clone(), ink::InkGrid::default()),
        Raster::Rgb(image) => {
            let (faded, grid) = ink::faded(image);
            if options.ink_drop { (faded, grid) } else { (ink::luma(image), grid) }
        }
    }
}

fn judged(layout: &orientation::Layout, options: &Options) -> TurnFound {
    match options.orientation {
        Orientation::Fixed(turn) => TurnFound::Certain(turn, 1.0),
        Orientation::Detect if layout.pieces < 8 => TurnFound::Unknown,
        Orientation::Detect if layout.certainty >= 0.5 => TurnFound::Certain(layout.turn, layout.certainty),
        Orientation::Detect => TurnFound::Doubtful(layout.turn, layout.certainty),
    }
}

/// The slope to level: none where the page's lines do not stand out.
fn trusted_slope(layout: &orientation::Layout, applied: Turn) -> f32 {
    let same_axis = turn::swaps(layout.turn) == turn::swaps(applied);
    if same_axis && layout.fit.peak > CLEAR_PEAK && layout.pieces >= 4 { layout.fit.slope } else { 0.0 }
}

fn moved(bbox: crate::document::Rect, map: &Affine) -> crate::document::Rect {
    use crate::document::{Point, Rect};
    let a = map.apply(Point { x: bbox.x, y: bbox.y });
    let b = map.apply(Point { x: bbox.x + bbox.w, y: bbox.y + bbox.h });
    Rect { x: a.x.min(b.x), y: a.y.min(b.y), w: (a.x - b.x).abs(), h: (a.y - b.y).abs() }
}

/// Longer runs are rules, px of the reduced copy (15 mm).
const RULE_PX: usize = 60;

/// Slopes up to an eighth of a degree stay: a line of 17 cm then rises by a quarter of an x-height.
const LEVEL_ENOUGH: f32 = 0.0022;

/// How far the best slope's energy must stand above the median's to be believed.
const CLEAR_PEAK: f32 = 1.3;
