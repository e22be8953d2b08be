//! The one door to Tesseract and to model files.
//!
//! Tesseract is a large C++ library that may hang, leak, assert or crash on a bad page. It therefore never
//! enters the process that uses this library: it runs in child processes of a small executable,
//! `saoy-reader`, that takes grey pixels on its standard input and gives words on its standard output. A
//! page that kills its reader costs that page and nothing else.
//!
//! # Steps
//!
//! 1. [`locate`] finds the model files of a language; [`verify`] says whether a file is one we know.
//! 2. [`GrayView`] borrows the pixels of a page or of a line.
//! 3. [`Readers`] lends them to a free reader and brings back a [`Reading`] or an [`OcrError`].
//!
//! ```no_run
//! use saoy_ocr::{GrayView, Layout, ReaderConfig, Readers};
//!
//! let readers = Readers::new(ReaderConfig::new(
//!     "/usr/local/bin/saoy-reader",
//!     vec!["/usr/share/tesseract-ocr/5/tessdata".into()],
//! ));
//! let (width, height) = (2480, 3508);
//! let pixels = vec![255; width as usize * height as usize];
//! let page = GrayView::new(width, height, 300, &pixels)?;
//! for line in readers.read(&page, Layout::Page)?.lines {
//!     println!("{}", line.text());
//! }
//! # Ok::<(), saoy_ocr::OcrError>(())
//! ```
//!
//! # What it will not do
//!
//! It does not prepare images, choose between readings or retry: that is the caller's to decide, and
//! [`OcrError::is_retryable`] tells when a second try makes sense. It downloads nothing; `install.sh`
//! beside this crate fetches models from package registries when a person runs it.
#![deny(unsafe_code)]

mod models;

mod image;

pub mod protocol;

mod readers;

mod reading;

mod error;

pub use error::OcrError;
pub use image::{GrayView, ImageError, MAX_PIXELS, MAX_SIDE};
pub use models::{
    Located, Model, ModelError, ORIENTATION, Package, SYSTEM_DIRS, Verdict, locate, manifest,
    verify,
};
pub use readers::{ReaderConfig, Readers, Tally};
pub use reading::{
    Block, BlockKind, Layout, Line, Nearly, Orientation, Point, PxBox, Reading, Spent, Word,
};
