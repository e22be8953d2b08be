//! PDF files as sources: each page taken out by itself, so that memory is that of one page.

use std::path::{Path, PathBuf};

use saoy_pdf::{Annotations, Document, PdfError, StreamBounds, single_page_pdf};

use super::error::{Fault, IngestError};
use super::guard;
use super::limits::Limits;
use super::page::{Page, TextPolicy};
use crate::record::{Bilingual, Flag, said};
use crate::speech::Spoken;

mod assemble;

pub mod glance;

mod image;

mod render;

mod survey;

mod words;

/// An opened PDF.
pub struct PdfSource {
    path: PathBuf,
    document: Document,
    pages: usize,
    signed: bool,
    claim: Option<String>,
    limits: Limits,
}

impl PdfSource {
    /// Opens a PDF and counts its pages.
    ///
    /// # Errors
    /// When it is encrypted, damaged beyond reading, or has no pages.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, IngestError> {
        Self::try_open(path, limits).map_err(|fault| IngestError {
            path: path.to_owned(),
            page: None,
            fault,
        })
    }

    fn try_open(path: &Path, limits: &Limits) -> Result<Self, Fault> {
        let document = Document::open(std::fs::File::open(path)?)?;
        if document.encryption().is_some() {
            return Err(Fault::Encrypted);
        }
        let pages = document.page_count()?;
        if pages > limits.max_pages {
            return Err(Fault::TooLarge {
                what: said!("{pages} trang", "{pages} pages"),
                limit: said!("{}", "{}", limits.max_pages),
            });
        }
        let claim = document.pdfa_claim().ok().flatten().map(|claim| {
            let level = claim.conformance.unwrap_or_default().to_lowercase();
            format!("{}{level}", claim.part)
        });
        let signed = document.has_signatures()?;
        Ok(Self {
            path: path.to_owned(),
            document,
            pages,
            signed,
            claim,
            limits: *limits,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        self.pages
    }

    /// The syntax behind it, for copying pages.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether it is signed in any way.
    pub fn is_signed(&self) -> bool {
        self.signed
    }

    /// The PDF/A part and level that it claims, such as `2b`.
    pub fn pdfa_claim(&self) -> Option<&str> {
        self.claim.as_deref()
    }

    /// What there is to say about the file as a whole.
    pub fn flags(&self) -> Vec<Flag> {
        let mut flags = Vec::new();
        if self.signed {
            flags.push(Flag::new("signed_original"));
        }
        let repairs: Vec<Bilingual> = self.document.repairs().iter().map(Spoken::spoken).collect();
        if !repairs.is_empty() {
            flags.push(Flag::new("pdf_repaired").saying(Bilingual::joined(&repairs, "; ")));
        }
        flags
    }

    /// Takes page `page`, counted from 0, apart.
    ///
    /// # Errors
    /// When the page is damaged in any part or beyond the limits.
    pub fn load(&self, page: usize, policy: TextPolicy) -> Result<Page, IngestError> {
        self.try_load(page, policy).map_err(|fault| IngestError {
            path: self.path.clone(),
            page: Some(page),
            fault,
        })
    }

    fn try_load(&self, page: usize, policy: TextPolicy) -> Result<Page, Fault> {
        let bytes = single_page_pdf(
            &self.document,
            &self.document.page(page)?,
            Annotations::Keep,
            StreamBounds {
                image: self.limits.max_page_bytes,
                pixels: self.limits.max_pixels,
                others: self.limits.max_page_stream_bytes,
            },
        )?;
        guard::decode(|| assemble::page_of(bytes, policy, &self.limits))
    }
}

impl From<PdfError> for Fault {
    fn from(error: PdfError) -> Self {
        match error.fault() {
            saoy_pdf::Fault::Unsupported => Self::unsupported(error.spoken()),
            saoy_pdf::Fault::Limit => Self::Excessive {
                what: error.spoken(),
            },
            _ => Self::damaged(None, error.spoken()),
        }
    }
}
