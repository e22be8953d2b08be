//! One loaded engine: an image in, a reading out, nothing of C visible from outside.

mod ffi;

mod handover;

mod results;

use saoy_ocr::protocol::{CHOICE_MODE, Request, Shape, Task};
use saoy_ocr::{Layout, Orientation, Reading};

pub(crate) use ffi::engine_version;

use ffi::{Handle, Mode};

/// What an engine is loaded with; another wish needs another engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setup {
    models: String,
    language: String,
    variables: Vec<(String, String)>,
    mode: Mode,
}

impl Setup {
    pub(super) fn of(request: &Request) -> Self {
        Self {
            models: request.models.clone(),
            language: request.language.clone(),
            variables: request.variables.clone(),
            mode: match request.task {
                Task::Read(_) => Mode::Network,
                Task::Orient => Mode::Shapes,
            },
        }
    }
}

impl Setup {
    /// Whether the engine is to keep what it chose from.
    fn asks_for_choices(&self) -> bool {
        self.variables
            .iter()
            .any(|(name, value)| name == CHOICE_MODE && value != "0")
    }
}

/// A loaded engine.
pub(super) struct Engine {
    setup: Setup,
    handle: Handle,
}

impl Engine {
    /// Loads the models.
    pub(super) fn open(setup: Setup) -> Result<Self, String> {
        let handle = Handle::open(&setup.models, &setup.language, setup.mode, &setup.variables)?;
        Ok(Self { setup, handle })
    }

    pub(super) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Reads one image of `shape`.
    pub(super) fn read(
        &mut self,
        pixels: &[u8],
        shape: Shape,
        layout: Layout,
    ) -> Result<Reading, String> {
        if is_uniform(pixels) {
            return Ok(Reading::default());
        }
        let nearly = self.setup.asks_for_choices();
        self.handle.segment(segmentation(layout));
        // Without dark fields the second try only turns noise into letters, and takes 4 % of the time.
        self.handle.try_inverse(has_dark_field(pixels, shape));
        let mut image =
            self.handle
                .show(pixels, shape.width, shape.height, resolution(shape.dpi))?;
        Ok(results::collect(&mut image.recognize()?, nearly))
    }

    /// Tells which way up one image of `shape` stands, if it has enough text.
    pub(super) fn orient(
        &mut self,
        pixels: &[u8],
        shape: Shape,
    ) -> Result<Option<Orientation>, String> {
        if is_uniform(pixels) {
            return Ok(None);
        }
        self.handle.segment(ORIENTATION_ONLY);
        Ok(self
            .handle
            .show(pixels, shape.width, shape.height, resolution(shape.dpi))?
            .orient())
    }
}

/// Whether there is nothing but one shade, which the engine's threshold takes for one large black shape: 5.3.0
/// reads "s—" on a white page.
fn is_uniform(pixels: &[u8]) -> bool {
    pixels
        .first()
        .is_none_or(|first| pixels.iter().all(|pixel| pixel == first))
}

/// Whether there is a dark field that light letters could stand on: a row of squares, about 1 cm long at 300 dpi, in
/// which most pixels are dark. Letters and rules fill less of such squares, however heavy.
fn has_dark_field(pixels: &[u8], shape: Shape) -> bool {
    let width = shape.width as usize;
    if width == 0 {
        return false;
    }
    pixels
        .chunks_exact(width * SQUARE)
        .any(|band| has_dark_run(band, width))
}

/// Whether enough squares in a row are dark in `band`, which is a square high.
fn has_dark_run(band: &[u8], width: usize) -> bool {
    let rows: Vec<&[u8]> = band.chunks_exact(width).step_by(SAMPLE).collect();
    let samples = rows.len() * SQUARE.div_ceil(SAMPLE);
    let mut run = 0;
    (0..width / SQUARE).any(|square| {
        let columns = square * SQUARE..(square + 1) * SQUARE;
        let dark = rows
            .iter()
            .flat_map(|row| {
                row.get(columns.clone())
                    .unwrap_or_default()
                    .iter()
                    .step_by(SAMPLE)
            })
            .filter(|pixel| **pixel < DARK)
            .count();
        run = if dark * 100 >= samples * DARK_SHARE {
            run + 1
        } else {
            0
        };
        run >= DARK_RUN
    })
}

/// Side of a square looked at for dark fields, in px.
const SQUARE: usize = 32;

/// Of so many pixels and rows one is looked at.
const SAMPLE: usize = 4;

/// Below this a pixel is dark.
const DARK: u8 = 128;

/// Share of dark pixels that makes a square dark, percent. Light letters on a dark field leave 70 and more.
const DARK_SHARE: usize = 60;

/// Squares in a row that make a field.
const DARK_RUN: usize = 4;

/// `tesseract::PageSegMode` of publictypes.h.
fn segmentation(layout: Layout) -> i32 {
    match layout {
        Layout::Page => 3,
        Layout::Column => 4,
        Layout::Block => 6,
        Layout::Line => 7,
        Layout::Sparse => 11,
    }
}

/// `PSM_OSD_ONLY`.
const ORIENTATION_ONLY: i32 = 0;

/// The engine believes 70 to 2400 dpi and guesses where it is told nothing (`kMinCredibleResolution`,
/// `kMaxCredibleResolution` of publictypes.h).
fn resolution(dpi: u32) -> Option<i32> {
    i32::try_from(dpi)
        .ok()
        .filter(|dpi| (70..=2400).contains(dpi))
}
