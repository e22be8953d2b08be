//! A source file of any format: an image file or a PDF, page by page.

use std::path::Path;

use super::error::IngestError;
use super::limits::Limits;
use super::page::{Page, PlacedImage, Scan, TextPolicy};
use super::pdf::PdfSource;
use super::{Format, LoadedPage, Note, Source, format_at};
use crate::document::Affine;
use crate::record::{Flag, ImageOrigin, said};

/// An opened source file.
pub enum File {
    /// TIFF, JPEG, PNG, WebP or JPEG 2000.
    Image(Source),
    /// PDF.
    Pdf(Box<PdfSource>),
}

impl File {
    /// Opens a file, tells its format by content and finds its pages.
    ///
    /// # Errors
    /// When it cannot be read, is empty, of no known format, encrypted or damaged.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, IngestError> {
        match format_at(path)? {
            Format::Pdf => PdfSource::open(path, limits).map(|source| Self::Pdf(Box::new(source))),
            _ => Source::open(path, limits).map(Self::Image),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Image(source) => source.path(),
            Self::Pdf(source) => source.path(),
        }
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        match self {
            Self::Image(source) => source.page_count(),
            Self::Pdf(source) => source.page_count(),
        }
    }

    /// The PDF, when it is one.
    pub fn pdf(&self) -> Option<&PdfSource> {
        match self {
            Self::Image(_) => None,
            Self::Pdf(source) => Some(source),
        }
    }

    /// Whether it is a signed PDF.
    pub fn is_signed(&self) -> bool {
        self.pdf().is_some_and(PdfSource::is_signed)
    }

    /// What there is to say about the file as a whole.
    pub fn flags(&self) -> Vec<Flag> {
        match self {
            Self::Image(source) => source.notes().iter().map(flag_of).collect(),
            Self::Pdf(source) => source.flags(),
        }
    }

    /// Loads page `page`, counted from 0.
    ///
    /// # Errors
    /// When the page is damaged in any part, not supported, or beyond the limits.
    pub fn load(&self, page: usize, policy: TextPolicy) -> Result<Page, IngestError> {
        match self {
            Self::Image(source) => source
                .load(page)
                .map(|loaded| Page::Scan(Box::new(scan_of(loaded)))),
            Self::Pdf(source) => source.load(page, policy),
        }
    }
}

fn scan_of(loaded: LoadedPage) -> Scan {
    let LoadedPage {
        raster,
        stored,
        turn,
        dpi,
        notes,
    } = loaded;
    let (width, height) = raster.size();
    let (size_px, across, down) = if turn.swaps_sides() {
        ((height, width), dpi.y, dpi.x)
    } else {
        ((width, height), dpi.x, dpi.y)
    };
    let points = |px: u32, dpi: f32| px as f32 * 72.0 / dpi;
    let to_shown = turn.map(1.0, 1.0).then(&Affine {
        m: [size_px.0 as f32, 0.0, 0.0, size_px.1 as f32, 0.0, 0.0],
    });
    let origin = if stored.untouched {
        ImageOrigin::Untouched
    } else {
        ImageOrigin::Recoded
    };
    Scan {
        raster,
        turn,
        dpi: (dpi.x, dpi.y),
        size_px,
        size_pt: (points(size_px.0, across), points(size_px.1, down)),
        to_page: Affine::IDENTITY,
        images: vec![PlacedImage {
            image: stored,
            to_shown,
        }],
        origin,
        text: None,
        flags: notes.iter().map(flag_of).collect(),
    }
}

fn flag_of(note: &Note) -> Flag {
    match note {
        Note::EndingDiffers { ending, format } => Flag::new("wrong_extension").saying(said!(
            "đuôi .{} nhưng nội dung là {}",
            "named .{} but the content is {}",
            ending,
            format.name()
        )),
        Note::PagesSkipped { count } => Flag::new("thumbnails_skipped").with_value(*count as f32),
        Note::Animation => Flag::new("animation_first_frame"),
        Note::TransparencyFlattened => Flag::new("transparency_on_white"),
        Note::DepthReduced => Flag::new("depth_reduced"),
        Note::InksConverted => Flag::new("inks_converted"),
        Note::ResolutionAssumed => Flag::new("resolution_assumed"),
        Note::BytesAfterEnd { count } => Flag::new("bytes_after_end").with_value(*count as f32),
    }
}
