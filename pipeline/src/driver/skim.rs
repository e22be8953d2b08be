//! Skimming: single pages of a PDF file read from their pixels, for whom the document names; nothing is kept or written.

use std::collections::BTreeSet;

use saoy_ocr::{OcrError, Readers};
use saoy_pdf::Document;

use crate::classify::{self, Classified, Evidence, Sheet, Sight};
use crate::document::{Line, Raster, Turn};
use crate::ingest::{Limits, glance};
use crate::preprocess::{self, Input, Look, Prepared};
use crate::recognize;

/// What pages are drawn at, dpi: what the copy for the engine has anyway.
const DPI: f32 = 225.0;

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Skimmed {
    /// What the pages say the document is, and who signed it.
    pub classified: Classified,
    /// Pages that were read, from 1.
    pub pages: Vec<u32>,
    /// Pages that could not be drawn or read, from 1, and why; English, technical.
    pub failed: Vec<(u32, String)>,
    /// Time ran out before every page was read.
    pub cut_short: bool,
}

/// Reads `pages` of `document`, counted from 0, each once and in order, annotations left out: a signature's own
/// appearance says what its signer pleases. `time_left` is asked before each page.
///
/// # Errors
/// When no page can be read on this machine: the engine or a model is missing.
pub fn skim(
    document: &Document,
    pages: &[usize],
    readers: &Readers,
    limits: &Limits,
    time_left: &dyn Fn() -> bool,
) -> Result<Skimmed, OcrError> {
    let mut skimmed = Skimmed::default();
    let mut evidence = Evidence::default();
    let pages: BTreeSet<usize> = pages.iter().copied().collect();
    for page in pages {
        if !time_left() {
            skimmed.cut_short = true;
            break;
        }
        let number = u32::try_from(page).map_or(u32::MAX, |page| page.saturating_add(1));
        let raster = match glance::bare_picture(document, page, f64::from(DPI), limits) {
            Ok(raster) => raster,
            Err(fault) => {
                skimmed.failed.push((number, fault.to_string()));
                continue;
            }
        };
        match lines_of(&raster, readers) {
            Ok((lines, size_px)) => {
                skimmed.pages.push(number);
                evidence.add(&Sheet {
                    number,
                    size_px,
                    dpi: DPI,
                    lines: &lines,
                    sight: &Sight::default(),
                });
            }
            Err(Trouble::Engine(error)) if super::page::is_environment(&error) => {
                return Err(error);
            }
            Err(Trouble::Engine(error)) => skimmed.failed.push((number, error.to_string())),
            Err(Trouble::Page(why)) => skimmed.failed.push((number, why)),
        }
    }
    if !skimmed.pages.is_empty() {
        skimmed.classified = evidence.conclude(&classify::Options::default());
    }
    Ok(skimmed)
}

/// Why a page could not be read.
enum Trouble {
    Engine(OcrError),
    Page(String),
}

/// The lines of a page in px of the page, upright, and its size.
fn lines_of(raster: &Raster, readers: &Readers) -> Result<(Vec<Line>, (u32, u32)), Trouble> {
    let input = Input {
        raster,
        turn: Turn::None,
        dpi_x: DPI,
        dpi_y: DPI,
    };
    let prepared = prepared(&input)?;
    let black_only = |area| preprocess::look(raster, &prepared.to_stored, area, Look::BlackOnly);
    let found = recognize::recognize(
        &prepared.image,
        prepared.dpi,
        &prepared.to_shown,
        &black_only,
        readers,
        &recognize::Options::default(),
    )
    .map_err(Trouble::Engine)?;
    let (width, height) = raster.size();
    let size = if prepared.turn_applied.swaps_sides() {
        (height, width)
    } else {
        (width, height)
    };
    Ok((found.lines, size))
}

/// The copy for the engine; a page written all in coloured ink keeps it.
fn prepared(input: &Input<'_>) -> Result<Prepared, Trouble> {
    let of = |options: &preprocess::Options| {
        preprocess::prepare(input, options).map_err(|error| Trouble::Page(error.to_string()))
    };
    let options = preprocess::Options::default();
    let first = of(&options)?;
    if first.quality.blank && matches!(input.raster, Raster::Rgb(_)) {
        return of(&preprocess::Options {
            ink_drop: false,
            ..options
        });
    }
    Ok(first)
}
