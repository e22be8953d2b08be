//! The files of one document on their way: PDF and sidecars, page by page, in the staging area.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failures::WriteError;
use super::journal::Output;
use super::page::Finished;
use super::publish::{Finished as Complete, Staged, Wipe};
use super::{PRODUCER, Run};
use crate::compose::alto::AltoWriter;
use crate::compose::hocr::HocrWriter;
use crate::compose::pdfa::{self, PdfaWriter};
use crate::compose::text::TextWriter;
use crate::compose::{DateTime, DocumentText, PageSpec, PageText, Placement};
use crate::ingest::File;
use crate::record::{DocumentRecord, OutputRecord};

/// What the files say about their document.
pub(super) struct About {
    /// Title, for people.
    pub(super) title: String,
    /// When the run began.
    pub(super) created: DateTime,
    /// Hash of the source.
    pub(super) sha256: String,
    /// The source.
    pub(super) source: PathBuf,
    /// Which of several documents of the source it is, from 0.
    pub(super) part: u32,
}

/// The files of a document under way.
pub(super) struct Outputs {
    /// What the files are called until they get their names.
    stem: String,
    staging: PathBuf,
    pdf: PdfaWriter<Staged>,
    text: Option<TextWriter<Staged>>,
    hocr: Option<HocrWriter<Staged>>,
    alto: Option<AltoWriter<Staged>>,
    wipe: Wipe,
}

impl Outputs {
    /// Creates the files of a document in the staging area, where they are called `stem` and what `wipe` says.
    pub(super) fn create(
        run: &Run<'_>,
        stem: &str,
        about: &About,
        wipe: &Wipe,
    ) -> Result<Self, WriteError> {
        let staging = run.workplace.staging.clone();
        let staged = |ending: &str| {
            let file = Staged::create(&staging, &format!("{stem}.{ending}"));
            file.map(|file| file.wiped_by(wipe))
        };
        let sidecars = run.plan.options.sidecars;
        let options = pdfa::Options {
            profile: run.plan.options.pdfa,
            title: about.title.clone(),
            created: about.created,
            id: id_of(&about.sha256, about.part),
            ..pdfa::Options::default()
        };
        let source = about.source.display().to_string();
        let document = DocumentText {
            title: &about.title,
            language: LANGUAGE,
            creator: PRODUCER,
        };
        Ok(Self {
            stem: stem.to_owned(),
            pdf: PdfaWriter::new(staged("pdf")?, options)?,
            text: if sidecars.txt {
                Some(TextWriter::new(staged("txt")?))
            } else {
                None
            },
            hocr: if sidecars.hocr {
                Some(HocrWriter::new(staged("hocr")?, &document)?)
            } else {
                None
            },
            alto: if sidecars.alto {
                Some(AltoWriter::new(staged("alto.xml")?, &document, &source)?)
            } else {
                None
            },
            wipe: wipe.clone(),
            staging,
        })
    }

    /// Writes the next page, which is page `index` of source file number `file`.
    pub(super) fn page(
        &mut self,
        page: &Finished,
        (file, index): (usize, usize),
        source: Option<&File>,
    ) -> Result<(), WriteError> {
        let images: Vec<Placement<'_>> = page
            .images
            .iter()
            .map(|placed| Placement {
                image: &placed.image,
                to_shown: placed.to_shown,
            })
            .collect();
        let spec = PageSpec {
            width_px: page.record.width_px,
            height_px: page.record.height_px,
            width_pt: page.size_pt.0,
            height_pt: page.size_pt.1,
            images: &images,
            lines: &page.lines,
        };
        match source.filter(|_| page.kept).and_then(File::pdf) {
            Some(pdf) => {
                self.pdf.keep(file, pdf.document(), index)?;
            }
            None => self.pdf.page(&spec)?,
        }
        let image = source
            .map(|file| file.path().display().to_string())
            .unwrap_or_default();
        let words = PageText {
            number: page.record.number,
            image: &image,
            width_px: page.record.width_px,
            height_px: page.record.height_px,
            dpi: page.record.dpi,
            lines: &page.lines,
        };
        if let Some(text) = &mut self.text {
            text.page(&page.lines)?;
        }
        if let Some(hocr) = &mut self.hocr {
            hocr.page(&words)?;
        }
        if let Some(alto) = &mut self.alto {
            alto.page(&words)?;
        }
        Ok(())
    }

    /// Gives the PDF another title.
    pub(super) fn retitle(&mut self, title: String) {
        self.pdf.retitle(title);
    }

    /// Ends all files, which will be called `name`; with `original` the PDF is a copy of that file instead.
    pub(super) fn finish(
        self,
        name: &str,
        original: Option<&Original<'_>>,
    ) -> Result<Made, WriteError> {
        let claim = self.pdf.claim();
        let composed = self.pdf.finish()?.finish()?;
        let mut files = BTreeMap::new();
        let mut output = OutputRecord {
            pdf: format!("{name}.pdf"),
            ..OutputRecord::default()
        };
        let pdf = match original {
            None => {
                output.pdfa = claim.map(|profile| profile.name().to_owned());
                output.note = claim.is_none().then(|| BORN_DIGITAL.to_owned());
                composed
            }
            Some(original) => {
                output.pdfa = original.claim.map(str::to_owned);
                output.note = Some(original.note().to_owned());
                let mut copy =
                    Staged::create(&self.staging, &format!("{}.original.pdf", self.stem))?;
                copy_into(original.path, &mut copy)?;
                if original.with_copy {
                    let file = format!("{name}.copy.pdf");
                    output.copy = Some(file.clone());
                    files.insert(file, composed);
                }
                copy.finish()?
            }
        };
        output.sha256.clone_from(&pdf.sha256);
        output.bytes = pdf.bytes;
        files.insert(output.pdf.clone(), pdf);
        if let Some(text) = self.text {
            files.insert(format!("{name}.txt"), text.finish()?.finish()?);
        }
        if let Some(hocr) = self.hocr {
            files.insert(format!("{name}.hocr"), hocr.finish()?.finish()?);
        }
        if let Some(alto) = self.alto {
            files.insert(format!("{name}.alto.xml"), alto.finish()?.finish()?);
        }
        Ok(Made {
            wipe: self.wipe,
            staging: self.staging,
            files,
            output,
        })
    }
}

/// Language of the papers, for readers aloud (RFC 3066).
const LANGUAGE: &str = "vi-VN";
/// Why a file with pages that were never paper claims nothing.
const BORN_DIGITAL: &str = "has pages that were never paper and are kept as they are; whether their fonts and colours keep PDF/A is not known, so none is claimed";
/// Why the PDF is the source file.
const SIGNED: &str = "signed original, copied byte for byte; its text is in the files beside it";
const ALL_BORN_DIGITAL: &str =
    "no page was ever paper; copied byte for byte; PDF/A as far as the source itself claims it";

/// A source file that is to be the output as it is.
pub(super) struct Original<'a> {
    /// The file.
    pub(super) path: &'a Path,
    /// What it claims of PDF/A.
    pub(super) claim: Option<&'a str>,
    /// Whether it is signed.
    pub(super) signed: bool,
    /// A searchable copy, marked as such, goes beside it.
    pub(super) with_copy: bool,
}

impl Original<'_> {
    fn note(&self) -> &'static str {
        if self.signed {
            SIGNED
        } else {
            ALL_BORN_DIGITAL
        }
    }
}

/// Complete files in the staging area.
pub(super) struct Made {
    staging: PathBuf,
    wipe: Wipe,
    files: BTreeMap<String, Complete>,
    /// The record's part about them.
    pub(super) output: OutputRecord,
}

impl Made {
    /// Adds the document's record.
    pub(super) fn add_record(&mut self, name: &str, record: &DocumentRecord) -> io::Result<()> {
        let file = format!("{name}.json");
        let mut staged = Staged::create(&self.staging, &file)?.wiped_by(&self.wipe);
        serde_json::to_writer_pretty(&mut staged, record)?;
        staged.write_all(b"\n")?;
        self.files.insert(file, staged.finish()?);
        Ok(())
    }

    /// The final names.
    pub(super) fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Gives all files their final names in `out`; the folder must be synced after.
    pub(super) fn publish(self, out: &Path) -> io::Result<Vec<Output>> {
        let mut outputs = Vec::new();
        for (file, complete) in self.files {
            outputs.push(Output {
                file: file.clone(),
                sha256: complete.sha256.clone(),
                bytes: complete.bytes,
            });
            complete.publish(&out.join(file))?;
        }
        Ok(outputs)
    }
}

/// The first half of the source's hash, with the part's number, sets the file apart from others, and the same in
/// every run.
fn id_of(sha256: &str, part: u32) -> [u8; 16] {
    let mut id = [0; 16];
    for (byte, pair) in id.iter_mut().zip(sha256.as_bytes().chunks(2)) {
        let text = std::str::from_utf8(pair).unwrap_or("00");
        *byte = u8::from_str_radix(text, 16).unwrap_or(0);
    }
    for (byte, part) in id.iter_mut().rev().zip(part.to_le_bytes()) {
        *byte ^= part;
    }
    id
}

fn copy_into(path: &Path, sink: &mut Staged) -> io::Result<()> {
    io::copy(&mut std::fs::File::open(path)?, sink)?;
    Ok(())
}
