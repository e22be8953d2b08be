//! The machine-readable records: what was read of a document, and what became of a batch.
//!
//! The members are a contract with other programs; `docs/schemas/` holds it as JSON Schema. New members
//! may appear; existing ones keep their names and units within a schema version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classify::stack::Dropped;
use crate::document::{Line, Rect};
use crate::failure::Reason;

/// Name and version of the document record.
pub const DOCUMENT_SCHEMA: &str = "saoy.document/1";
/// Name and version of the batch record.
pub const BATCH_SCHEMA: &str = "saoy.batch/1";

/// `NAME.json`: one document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// [`DOCUMENT_SCHEMA`].
    pub schema: String,
    /// The program that made the record.
    pub producer: String,
    /// What was read.
    pub source: SourceRecord,
    /// What was made.
    pub output: OutputRecord,
    /// The language models that read the pages.
    pub language: String,
    /// The profile that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// What the document is; null when nothing speaks for any type.
    #[serde(rename = "type")]
    pub kind: Option<TypeRecord>,
    /// What the document says, by field name.
    pub fields: BTreeMap<String, Field>,
    /// Second guesses at the type.
    pub alternatives: Vec<TypeRecord>,
    /// Findings about the document and its pages.
    pub flags: Vec<Flag>,
    /// Corrections made by people.
    pub corrections: Vec<CorrectionRecord>,
    /// Which pages of the source the document is; absent when it is the whole source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// What the separator sheet before the document said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<SeparatorRecord>,
    /// Page by page.
    pub pages: Vec<PageRecord>,
}

/// The pages of the source that a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// Page numbers in the source, from 1, in order.
    pub source_pages: Vec<u32>,
    /// Why the document begins where it does: `start`, `separator`, `first_page` or `person`.
    pub cut_reason: String,
    /// What on the page and the one before spoke for a cut that no separator made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// A separator sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeparatorRecord {
    /// Its page number in the source, from 1.
    pub page: u32,
    /// The code it was known by: `qr`, `code128` or `patch_t`.
    pub code: String,
    /// What it says, by key, such as the numbers of box and record.
    pub data: BTreeMap<String, String>,
}

/// Where a document came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SourceRecord {
    /// The input file, or the first of a joined folder.
    pub path: String,
    /// SHA-256 of the file; of all files one after the other when several were joined.
    pub sha256: String,
    /// Bytes of the file or files.
    pub bytes: u64,
    /// Pages found.
    pub pages: u32,
    /// Every input file of a joined folder, in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// What was written for a document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OutputRecord {
    /// File name of the PDF, beside the record.
    pub pdf: String,
    /// SHA-256 of the PDF.
    pub sha256: String,
    /// Bytes of the PDF.
    pub bytes: u64,
    /// The PDF/A part and level that the file claims, null when it claims none.
    pub pdfa: Option<String>,
    /// Why no PDF/A is claimed, or what else the reader must know of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A searchable copy made beside a signed original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
}

/// A document type with the confidence that it is the right one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeRecord {
    /// The abbreviation of the decree, such as `QĐ`.
    pub code: String,
    /// The name in full, such as `Quyết định`.
    pub name: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// One value and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The normalised value (dates ISO 8601, NFC); `None` when it could not be read.
    pub value: Option<String>,
    /// 0 to 1: how often a value with this figure is right.
    pub confidence: f32,
    /// Page number from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// `[x, y, w, h]` in px of the page as shown.
    #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f32; 4]>,
    /// The text as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Parts of the value by name, such as the number and the organ of a symbol.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, String>,
}

impl Field {
    /// A value as read at a place.
    pub fn read(value: impl Into<String>, confidence: f32, page: u32, bbox: Rect) -> Self {
        Self {
            value: Some(value.into()),
            confidence,
            page: Some(page),
            bbox: Some([bbox.x, bbox.y, bbox.w, bbox.h].map(f32::round)),
            ..Self::default()
        }
    }
}

/// What a person put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionRecord {
    /// Name of the field; `type`, `status`, `page N`, `scan N`, `order` or `merge` for what is no field.
    pub field: String,
    /// What the person said; null says that the paper has no such value.
    pub value: Option<String>,
    /// What stood there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Who.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
}

/// One finding: a stable code, the page it is about, and figures where there are any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Stable code, lower case with underscores.
    pub code: String,
    /// Page number from 1; absent when the whole document is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The measured value behind the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f32>,
    /// `[x, y, w, h]` in px of the page as shown.
    #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f32; 4]>,
    /// More, in words.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "said_either_way"
    )]
    pub detail: Option<Bilingual>,
}

/// Records of earlier builds say it in one language.
fn said_either_way<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Bilingual>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Both(Bilingual),
        Once(String),
    }
    Ok(match Option::<Said>::deserialize(deserializer)? {
        Some(Said::Both(both)) => Some(both),
        Some(Said::Once(text)) => Some(Bilingual::quoted(text)),
        None => None,
    })
}

impl Flag {
    /// A finding without figures.
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            page: None,
            value: None,
            bbox: None,
            detail: None,
        }
    }

    /// The same finding about a page.
    #[must_use]
    pub fn on_page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// The same finding with its measured value.
    #[must_use]
    pub fn with_value(mut self, value: f32) -> Self {
        self.value = Some(rounded(value, 1000.0));
        self
    }

    /// The same finding at a place on the page.
    #[must_use]
    pub fn at(mut self, bbox: Rect) -> Self {
        self.bbox = Some([bbox.x, bbox.y, bbox.w, bbox.h].map(f32::round));
        self
    }

    /// The same finding with words.
    #[must_use]
    pub fn saying(mut self, detail: Bilingual) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// One page of a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PageRecord {
    /// From 1.
    pub number: u32,
    /// Its number in the source, from 1, where that differs; 0 for a page that a person put in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_page: Option<u32>,
    /// For a page that a person put in: which of those among the pages of the source, from 1, in the order in which they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<u32>,
    /// Width of the page as shown, px.
    pub width_px: u32,
    /// Height of the page as shown, px.
    pub height_px: u32,
    /// Resolution, dots per inch.
    pub dpi: f32,
    /// Clockwise turn that was applied to the stored image to show it upright: 0, 90, 180 or 270 degrees.
    pub rotation: u16,
    /// How far text lines slant in the page as shown, degrees, clockwise positive.
    pub skew_deg: f32,
    /// Nothing on the page.
    pub blank: bool,
    /// Mean confidence of the words, 0 to 1; null without words.
    pub mean_confidence: Option<f32>,
    /// Number of words.
    pub words: u32,
    /// Where the text came from: `ocr`, `source` (the PDF's own) or `none`.
    pub text_from: TextOrigin,
    /// How the visible page came about: `untouched`, `recoded`, `overlaid`, `rendered` or `kept`.
    pub image: ImageOrigin,
    /// Words that say something else than the engine read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewritten: Vec<Rewritten>,
    /// Codes of the findings about this page; the figures are in the document's flags.
    pub flags: Vec<String>,
    /// Time spent, milliseconds of wall clock.
    pub ms: Timings,
}

/// A word that says something else than the engine read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rewritten {
    /// What the engine read.
    pub engine: String,
    /// What the outputs say.
    pub text: String,
    /// `[x, y, w, h]` in px of the page as shown.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
}

impl Rewritten {
    /// All such words of `lines`, in their order.
    pub fn all(lines: &[Line]) -> Vec<Self> {
        let words = lines.iter().flat_map(|line| &line.words);
        words
            .filter_map(|word| {
                let Rect { x, y, w, h } = word.bbox;
                Some(Self {
                    engine: word.engine.clone()?,
                    text: word.text.clone(),
                    bbox: [x, y, w, h].map(f32::round),
                })
            })
            .collect()
    }
}

/// Where the text of a page came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextOrigin {
    /// Read by the engine.
    Ocr,
    /// Taken from the PDF.
    Source,
    /// There is none.
    None,
}

/// How the visible page came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageOrigin {
    /// The coded bytes of the source.
    Untouched,
    /// The same pixels in another lossless coding.
    Recoded,
    /// The scan untouched, with what lay over it set on top as small images.
    Overlaid,
    /// What a reader shows of the source page, rendered at the scan's resolution.
    Rendered,
    /// The source page itself.
    Kept,
    /// The same picture, coded smaller with some loss, as the profile asks.
    Compressed,
    /// A picture that was levelled or cleaned, as the profile asks.
    Enhanced,
}

/// Milliseconds of wall clock by stage.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Reading and decoding the page.
    pub decode: u32,
    /// Making the copy for OCR.
    pub preprocess: u32,
    /// OCR.
    pub recognize: u32,
    /// Writing the page.
    pub compose: u32,
}

/// `batch.json`: one run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BatchRecord {
    /// [`BATCH_SCHEMA`].
    pub schema: String,
    /// The program that made the record.
    pub producer: String,
    /// When the run began, RFC 3339.
    pub started: String,
    /// When the run ended, RFC 3339.
    pub ended: String,
    /// True when the run was stopped before it was through.
    pub interrupted: bool,
    /// Counts over the documents.
    pub totals: Totals,
    /// Things in the input folders that are no papers, and inputs that were named twice.
    pub ignored: Vec<Ignored>,
    /// One entry per document, in input order.
    pub documents: Vec<BatchEntry>,
}

/// Something among the inputs that is no paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// Where it lies.
    pub path: String,
    /// Why it is none.
    pub reason: String,
}

/// Counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Documents given.
    pub documents: u32,
    /// Digitised in this run.
    pub done: u32,
    /// Done and unchanged since an earlier run.
    pub skipped: u32,
    /// Set aside with a reason.
    pub failed: u32,
    /// Not reached.
    pub pending: u32,
    /// Pages of the documents that were done in this run.
    pub pages: u32,
}

/// What became of one document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BatchEntry {
    /// The input.
    pub path: String,
    /// The name its outputs have.
    pub name: String,
    /// What became of it.
    pub status: Status,
    /// Pages.
    pub pages: u32,
    /// Codes of the document's findings, each once.
    pub flags: Vec<String>,
    /// The documents that the input was cut into; absent when it is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartEntry>,
    /// Pages that are in no document: separator sheets and their blank backs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub separators: Vec<DroppedPage>,
    /// Why it was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// One of several documents that an input was cut into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartEntry {
    /// The name its outputs have.
    pub name: String,
    /// Its page numbers in the input, from 1.
    pub source_pages: Vec<u32>,
    /// Why it begins where it does: `start`, `separator`, `first_page` or `person`.
    pub cut_reason: String,
    /// Codes of its findings, each once.
    pub flags: Vec<String>,
}

/// A page of an input that is in no document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedPage {
    /// Its number in the input, from 1.
    pub page: u32,
    /// What it is: `sheet` or `back`.
    pub kind: Dropped,
}

/// What became of a document in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Digitised in this run.
    Done,
    /// Done and unchanged since an earlier run.
    Skipped,
    /// Set aside with a reason.
    Failed,
    /// Not reached.
    Pending,
}

/// Why a document was set aside: whose fault, where, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable code of the reason, lower case with underscores.
    pub code: String,
    /// Which row of the exit code table it belongs to.
    pub class: FailureClass,
    /// One line naming the file, the page where known, and the reason.
    pub message: Bilingual,
    /// What to do next.
    pub hint: Bilingual,
    /// Page number from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

impl Failure {
    /// Whether the next document would fail for the same reason: something of the environment is missing.
    pub fn stops_the_run(&self) -> bool {
        // A defect is the program's own, but it is about one document.
        self.class == FailureClass::Environment && self.code != Reason::Defect.code()
    }
}

/// One sentence in both languages of the program, NFC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// What is the same in every language: text as it stands on the paper, codes.
    pub fn quoted(text: impl Into<String>) -> Self {
        let vi = text.into();
        Self { en: vi.clone(), vi }
    }

    /// Several, one after the other.
    pub(crate) fn joined(parts: &[Self], between: &str) -> Self {
        let join = |pick: fn(&Self) -> &str| {
            let parts: Vec<&str> = parts.iter().map(pick).collect();
            parts.join(between)
        };
        Self {
            vi: join(|part| &part.vi),
            en: join(|part| &part.en),
        }
    }
}

/// A sentence in both languages, formatted like `format!`: first the Vietnamese, then the English, then what both
/// are filled with.
macro_rules! said {
    ($vi:literal, $en:literal $(, $filling:expr)* $(,)?) => {
        $crate::record::Bilingual {
            vi: std::fmt::format(format_args!($vi $(, $filling)*)),
            en: std::fmt::format(format_args!($en $(, $filling)*)),
        }
    };
}

pub(crate) use said;

/// Whose fault a failure is; each has its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureClass {
    /// The input cannot be read or is damaged: exit code 3.
    Input,
    /// Something of the environment is missing: exit code 4.
    Environment,
    /// Refused by policy: exit code 5.
    Policy,
    /// The run was stopped: exit code 130.
    Interrupted,
}

impl FailureClass {
    /// The process exit code of the class.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Input => 3,
            Self::Environment => 4,
            Self::Policy => 5,
            Self::Interrupted => 130,
        }
    }
}

/// Mean confidence over all words of `lines`, `None` without words.
pub fn mean_confidence(lines: &[Line]) -> Option<f32> {
    let (mut sum, mut count) = (0.0_f32, 0.0_f32);
    for word in lines.iter().flat_map(|line| &line.words) {
        sum += word.confidence;
        count += 1.0;
    }
    (count > 0.0).then(|| rounded(sum / count, 1000.0))
}

/// `value` with as many decimals as `unit` has zeros, so that records stay short.
pub(crate) fn rounded(value: f32, unit: f32) -> f32 {
    (value * unit).round() / unit
}
