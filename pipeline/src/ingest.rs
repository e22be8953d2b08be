//! The way in: finds scans, tells their formats by content, and loads them page by page.
//!
//! [`find`](inputs::find) turns what a person named into [`Document`](inputs::Document)s; [`Source::open`]
//! counts the pages of a file without decoding any; [`Source::load`] decodes one page and keeps beside
//! the pixels the image in the coding that the output PDF will hold. Each load opens the file itself, so
//! pages of one file load on several threads at once, and memory is that of the pages in work.

use std::path::{Path, PathBuf};

use crate::document::{Raster, StoredImage, Turn};
use crate::record::said;
use bytes::{FileBytes, ReadAt};

pub mod inputs;

pub mod limits;

pub mod error;

mod guard;

mod bytes;

mod samples;

mod tiff;

mod jpeg;

mod png;

mod webp;

mod jpeg2000;

mod exif;

pub mod resolution;

pub mod recode;

pub mod page;

mod pdf;

mod file;

pub mod whole;

pub use error::{Fault, Foreign, IngestError};
pub use file::File;
pub use inputs::{Document, Found, SetAside, find};
pub use limits::Limits;
pub use page::{Kept, Page, PlacedImage, Scan, TextPolicy};
pub use pdf::{PdfSource, glance};
pub use recode::{lossy, recode};
pub use resolution::{Dpi, DpiOrigin};

/// The formats that are read, told by their first bytes and never by the name of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TIFF 6.0 and BigTIFF.
    Tiff,
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG (W3C, 3rd edition).
    Png,
    /// WebP (RFC 9649).
    WebP,
    /// JPEG 2000 (ITU-T T.800): a JP2 file or a bare codestream.
    Jpeg2000,
    /// PDF (ISO 32000).
    Pdf,
}

impl Format {
    /// Every format that is read.
    pub const ALL: [Self; 6] = [
        Self::Tiff,
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Jpeg2000,
        Self::Pdf,
    ];

    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tiff => "TIFF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Pdf => "PDF",
        }
    }

    /// True for the endings that files of this format usually have, without the dot, in any case.
    pub fn has_ending(self, ending: &str) -> bool {
        let usual: &[&str] = match self {
            Self::Tiff => &["tif", "tiff", "btf", "tf8"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::WebP => &["webp"],
            Self::Jpeg2000 => &["jp2", "j2k", "jpf", "jpx", "j2c", "jpc"],
            Self::Pdf => &["pdf"],
        };
        usual.iter().any(|known| known.eq_ignore_ascii_case(ending))
    }
}

/// Tells a format by the first bytes of a file; [`SNIFF_BYTES`] of them are enough.
pub fn sniff(head: &[u8]) -> Option<Format> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if starts(b"II\x2A\0") || starts(b"MM\0\x2A") || starts(b"II\x2B\0") || starts(b"MM\0\x2B") {
        Some(Format::Tiff)
    } else if starts(b"\xFF\xD8\xFF") {
        Some(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1A\n") {
        Some(Format::Png)
    } else if starts(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some(Format::WebP)
    } else if starts(b"\0\0\0\x0CjP  \r\n\x87\n") || starts(b"\xFF\x4F\xFF\x51") {
        Some(Format::Jpeg2000)
    } else if head.windows(5).any(|five| five == b"%PDF-") {
        Some(Format::Pdf)
    } else {
        None
    }
}

/// PDF readers accept the header anywhere in the first 1,024 bytes (ISO 32000-1, H.3, note 13).
pub const SNIFF_BYTES: usize = 1024;

/// A file whose format is known and whose pages are counted; holds no file handle.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    format: Format,
    limits: Limits,
    pages: Pages,
    notes: Vec<Note>,
}

/// Where the pages of a file are.
#[derive(Debug)]
enum Pages {
    /// The file is the page.
    One,
    /// Directories of a TIFF file.
    Tiff(tiff::Index),
}

impl Source {
    /// Opens a file, tells its format and finds its pages.
    ///
    /// # Errors
    /// When it cannot be read, is empty, of no known format, or its page index is damaged.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, IngestError> {
        let at = |fault| IngestError {
            path: path.to_owned(),
            page: None,
            fault,
        };
        let mut file = FileBytes::open(path).map_err(at)?;
        let format = format_of(&mut file).map_err(at)?;
        let mut notes = Vec::new();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if let Some(ending) = ending.filter(|ending| !format.has_ending(ending)) {
            notes.push(Note::EndingDiffers {
                ending: ending.to_owned(),
                format,
            });
        }
        let pages = match format {
            Format::Tiff => {
                let index =
                    tiff::Index::read(&mut file, limits).map_err(|(page, fault)| IngestError {
                        path: path.to_owned(),
                        page,
                        fault,
                    })?;
                if index.skipped() > 0 {
                    notes.push(Note::PagesSkipped {
                        count: index.skipped(),
                    });
                }
                Pages::Tiff(index)
            }
            Format::Jpeg | Format::Png | Format::WebP | Format::Jpeg2000 => Pages::One,
            // PDF files have their own reader, which takes pages apart instead of decoding a file.
            Format::Pdf => {
                return Err(at(Fault::unsupported(said!(
                    "PDF trong số các tệp ảnh",
                    "PDF among image files"
                ))));
            }
        };
        Ok(Self {
            path: path.to_owned(),
            format,
            limits: *limits,
            pages,
            notes,
        })
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        match &self.pages {
            Pages::One => 1,
            Pages::Tiff(index) => index.pages(),
        }
    }

    /// The format as told by content.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a person may want to know about the file as a whole.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Decodes page `page`, counted from 0.
    ///
    /// # Errors
    /// When the page is damaged in any part, not supported, or beyond the limits.
    pub fn load(&self, page: usize) -> Result<LoadedPage, IngestError> {
        self.load_page(page).map_err(|fault| IngestError {
            path: self.path.clone(),
            page: Some(page),
            fault,
        })
    }

    fn load_page(&self, page: usize) -> Result<LoadedPage, Fault> {
        if page >= self.page_count() {
            return Err(Fault::NoSuchPage {
                pages: self.page_count(),
            });
        }
        let mut file = FileBytes::open(&self.path)?;
        if let Pages::Tiff(index) = &self.pages {
            return tiff::load(&mut file, index, page, &self.limits);
        }
        let length = self.limits.admit_coded(file.len())?;
        let data = file.take(0, length)?;
        match self.format {
            Format::Jpeg => jpeg::load(data, &self.limits),
            Format::Png => png::load(&data, &self.limits),
            Format::WebP => webp::load(&data, &self.limits),
            Format::Jpeg2000 => jpeg2000::load(data, &self.limits),
            Format::Tiff | Format::Pdf => Err(Fault::UnknownFormat),
        }
    }
}

/// Tells the format of a file by its first bytes.
fn format_at(path: &Path) -> Result<Format, IngestError> {
    let at = |fault| IngestError {
        path: path.to_owned(),
        page: None,
        fault,
    };
    format_of(&mut FileBytes::open(path).map_err(at)?).map_err(at)
}

fn format_of(file: &mut FileBytes) -> Result<Format, Fault> {
    let length = usize::try_from(file.len()).map_or(SNIFF_BYTES, |length| length.min(SNIFF_BYTES));
    if length == 0 {
        return Err(Fault::Empty);
    }
    recognized(&file.take(0, length)?)
}

/// The format of a file that begins with `head`.
fn recognized(head: &[u8]) -> Result<Format, Fault> {
    sniff(head).ok_or_else(|| match Foreign::sniff(head) {
        Some(foreign) => Fault::Foreign(foreign),
        None => Fault::UnknownFormat,
    })
}

/// One page, decoded.
#[derive(Debug)]
pub struct LoadedPage {
    /// The pixels, in stored orientation.
    pub raster: Raster,
    /// The image for the output file.
    pub stored: StoredImage,
    /// How the pixels are turned to be shown.
    pub turn: Turn,
    /// Dots per inch of the stored image.
    pub dpi: Dpi,
    /// What a person may want to know.
    pub notes: Vec<Note>,
}

/// Something about a file or page that is no error but should not go unsaid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The name of the file says another format than its content.
    EndingDiffers {
        /// The ending, as written.
        ending: String,
        /// What the file is.
        format: Format,
    },
    /// Thumbnails and masks among the pages of a file were left out.
    PagesSkipped {
        /// How many.
        count: usize,
    },
    /// Only the first picture of an animation is a page.
    Animation,
    /// Transparency was laid on white.
    TransparencyFlattened,
    /// The pixels for reading have 8 of the 16 bits; the stored image has all.
    DepthReduced,
    /// Inks were converted to sRGB without a profile.
    InksConverted,
    /// The resolution is assumed.
    ResolutionAssumed,
    /// Bytes after the end of the image were ignored.
    BytesAfterEnd {
        /// How many.
        count: u64,
    },
}

impl LoadedPage {
    /// Puts a page together; the resolution is the first plausible one of `stated`.
    fn assemble(
        raster: Raster,
        stored: StoredImage,
        turn: Turn,
        stated: &[Option<(f32, f32)>],
        mut notes: Vec<Note>,
    ) -> Self {
        let (width, height) = raster.size();
        let dpi = Dpi::settle(stated, width, height);
        if dpi.origin == DpiOrigin::Assumed {
            notes.push(Note::ResolutionAssumed);
        }
        Self {
            raster,
            stored,
            turn,
            dpi,
            notes,
        }
    }
}

#[cfg(test)]
mod tests;
