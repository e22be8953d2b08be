//! Which way up a page is read: what its lines say, what the engine says, and where neither tells, what can be read.

use saoy_ocr::{GrayView, OcrError};

use super::Run;
use super::page::{Place, recognized, whole_dpi};
use crate::document::{Line, Raster, Turn};
use crate::failure::Reason;
use crate::ingest::Scan;
use crate::preprocess::{self, Input, Orientation, Prepared, TurnFound};
use crate::recognize;
use crate::record::{Failure, ImageOrigin};

/// The copy for OCR.
pub(super) struct Ready {
    pub(super) prepared: Prepared,
    /// What the engine said when it hung on the question which way up the page stands: it would hang on the page too.
    pub(super) hung: Option<OcrError>,
    /// Neither the lines nor the engine tell which way up it stands.
    pub(super) doubtful: bool,
}

impl Ready {
    fn sure(prepared: Prepared) -> Self {
        Self {
            prepared,
            hung: None,
            doubtful: false,
        }
    }
}

/// Makes the copy for OCR; asks the engine which way up the page stands where the lines do not tell.
pub(super) fn prepare(run: &Run<'_>, place: &Place<'_>, scan: &Scan) -> Result<Ready, Failure> {
    let input = Input {
        raster: &scan.raster,
        turn: scan.turn,
        dpi_x: scan.dpi.0,
        dpi_y: scan.dpi.1,
    };
    let mut options = run.plan.options.preprocess;
    if let Some(degrees) = place.turn {
        // An enhanced picture was made upright as the person said.
        let turn = match scan.origin {
            ImageOrigin::Enhanced => Turn::None,
            _ => turn_between(scan.turn.degrees(), degrees),
        };
        options.orientation = Orientation::Fixed(turn);
    }
    let prepared = |options: &preprocess::Options| {
        preprocess::prepare(&input, options).map_err(|error| place.failure(Reason::Defect, &error))
    };
    let mut first = prepared(&options)?;
    if first.quality.blank && options.ink_drop && matches!(scan.raster, Raster::Rgb(_)) {
        // A page written all in coloured ink is no blank page; what faded for the sake of print is all there is.
        options.ink_drop = false;
        first = prepared(&options)?;
    }
    match first.turn_found {
        TurnFound::Certain(..) => return Ok(Ready::sure(first)),
        TurnFound::Doubtful(..) => {}
        // A few words: too little for lines or the engine to tell by, and soon read twice.
        TurnFound::Unknown => {
            return Ok(Ready {
                doubtful: true,
                ..Ready::sure(first)
            });
        }
    }
    match asked_turn(run, &first) {
        Ok(Some(Turn::None)) => Ok(Ready::sure(first)),
        Ok(Some(turn)) => {
            let turn = first.turn_applied.then(turn);
            Ok(Ready::sure(prepared(&preprocess::Options {
                orientation: Orientation::Fixed(turn),
                ..options
            })?))
        }
        Err(error) if matches!(error, OcrError::TimedOut { .. }) => Ok(Ready {
            hung: Some(error),
            ..Ready::sure(first)
        }),
        // An engine that cannot tell may still read.
        _ => Ok(Ready {
            doubtful: true,
            ..Ready::sure(first)
        }),
    }
}

/// The page upside down, when that is plainly how it is read: asked only where neither lines nor engine told, and the
/// first reading makes little sense. Cards lie either way in a feeder, and rows of `<` have no upper side.
pub(super) fn turned_over(
    run: &Run<'_>,
    place: &Place<'_>,
    scan: &Scan,
    first: &Prepared,
    lines: &[Line],
) -> Option<(Prepared, recognize::Recognized)> {
    /// As much as two lines of print say that they were read the right way up.
    const READ: f32 = 60.0;
    /// A reading upside down finds some letters as well, `H`, `N`, `O`, `8`: the right one finds far more.
    const PLAIN: f32 = 1.6;
    let read = legible(lines);
    if read >= READ {
        return None;
    }
    let input = Input {
        raster: &scan.raster,
        turn: scan.turn,
        dpi_x: scan.dpi.0,
        dpi_y: scan.dpi.1,
    };
    let options = preprocess::Options {
        orientation: Orientation::Fixed(first.turn_applied.then(Turn::Half)),
        ..run.plan.options.preprocess
    };
    // A page that cannot be prepared or read this way keeps its first reading.
    let over = preprocess::prepare(&input, &options)
        .map_err(|error| place.failure(Reason::Defect, &error))
        .ok()?;
    let found = recognized(run, scan, &over).ok()?;
    (legible(&found.lines) > PLAIN * read.max(10.0)).then_some((over, found))
}

/// How many letters, figures and fillers were read with certainty, in words of three and more, weighed by how sure
/// the engine is of them.
fn legible(lines: &[Line]) -> f32 {
    /// The engine is less sure of most of what it reads upside down.
    const SURE: f32 = 0.75;
    lines
        .iter()
        .flat_map(|line| &line.words)
        .filter(|word| word.confidence > SURE)
        .map(|word| {
            let letters = word
                .text
                .chars()
                .filter(|c| c.is_alphanumeric() || *c == '<')
                .count();
            if letters < 3 {
                0.0
            } else {
                letters as f32 * word.confidence
            }
        })
        .sum()
}

/// The turn that makes `after` degrees clockwise of `before`.
fn turn_between(before: u16, after: u16) -> Turn {
    match (after % 360 + 360 - before % 360) % 360 {
        90 => Turn::Right,
        180 => Turn::Half,
        270 => Turn::Left,
        _ => Turn::None,
    }
}

/// The turn that the engine thinks the prepared image still needs, when it is reasonably certain.
fn asked_turn(run: &Run<'_>, prepared: &Prepared) -> Result<Option<Turn>, OcrError> {
    /// The engine's scale has no top; 15 is what its makers call reasonably confident, pages with little
    /// text reach 2 to 5 when right.
    const CERTAIN: f32 = 2.0;
    let image = &prepared.image;
    let view = GrayView::new(
        image.width,
        image.height,
        whole_dpi(prepared.dpi),
        &image.pixels,
    )?;
    let found = run.world.readers.orientation(&view)?;
    let certain = found.filter(|found| found.confidence >= CERTAIN);
    Ok(certain.map(|found| match found.turned {
        90 => Turn::Left,
        180 => Turn::Half,
        270 => Turn::Right,
        _ => Turn::None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Word;

    fn line(words: &[(&str, f32)]) -> Line {
        let word = |(text, confidence): &(&str, f32)| Word {
            text: (*text).to_owned(),
            confidence: *confidence,
            ..Word::default()
        };
        Line {
            words: words.iter().map(word).collect(),
            baseline: Default::default(),
            block: 0,
        }
    }

    #[test]
    fn a_zone_read_upright_is_worth_more_than_its_scribble_upside_down() {
        let upright = line(&[
            ("IDVNM0900123456001090012345<<6", 0.9),
            ("NGUYEN<<VAN<AN", 0.88),
        ]);
        let over = line(&[("9>>5VEZLO", 0.4), ("NV>NVA", 0.35), ("HO", 0.9)]);
        assert!(legible(&[upright]) > 1.6 * legible(&[over]).max(10.0));
    }
}
