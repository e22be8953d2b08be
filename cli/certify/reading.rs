//! A paper as it was read: once, however often it is asked about before its number is taken.
//!
//! What was read lies in the archive's folder under the name that the scan would have there, encrypted where stored files are,
//! until the copy is prepared, the paper is refused or given up, or half a day has gone by. Of a paper that bears a mark of secrecy
//! nothing is kept.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context;
use clap::ArgMatches;
use saoy_archive::Archive;
use saoy_archive::blob::BlobId;
use saoy_archive::workplace::PREFIX;
use saoy_pipeline::classify::stack::Split;
use saoy_pipeline::compose::pdfa;
use saoy_pipeline::driver::{self, AmendError, Options, Plan, Sidecars, Wish, World};
use saoy_pipeline::ingest::{Limits, TextPolicy};
use saoy_pipeline::record::{DocumentRecord, FailureClass};

use crate::terminal::{self, Progress, Style};
use crate::words::{Said, Ui, said};
use crate::{digitize, train};

/// Longest time to read one page.
const PAGE_LIMIT: Duration = Duration::from_secs(120);

/// What the files of a paper that was read are called.
const PDF: &str = "paper.pdf";
const RECORD: &str = "record.json";
const TEXT: &str = "text.txt";

/// A paper that was read.
pub(super) struct Paper {
    pub(super) record: DocumentRecord,
    pub(super) text: String,
    /// The PDF/A made of it.
    pub(super) pdf: Vec<u8>,
    pub(super) pages: u32,
}

/// What was read of these pages of this scan, of all when none are named; reads it when that was not done yet. Says why there
/// is nothing, and gives the exit code.
pub(super) fn paper(
    matches: &ArgMatches,
    archive: &Archive,
    (input, original): (&Path, BlobId),
    pages: &[u32],
    ui: Ui,
) -> anyhow::Result<Result<Paper, ExitCode>> {
    // Takes away what became too old, too.
    let staging = archive.workplace()?;
    if let Some(paper) = kept(archive, original, pages)? {
        return Ok(Ok(paper));
    }
    let made = match read(matches, input, (staging.path(), pages), ui)? {
        Ok(made) => made,
        Err(code) => return Ok(Err(code)),
    };
    let whole = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir_in(archive.folder())?;
    for (from, to) in [(&made.pdf, PDF), (&made.record, RECORD), (&made.text, TEXT)] {
        let mut from = std::fs::File::open(from).with_context(|| from.display().to_string())?;
        archive
            .blobs()
            .write_beside(&whole.path().join(to), &mut from)?;
    }
    // Somebody else may have read the same scan meanwhile; theirs is as good.
    let _ = std::fs::rename(whole.path(), place(archive, original, pages)?);
    let paper = kept(archive, original, pages)?.context(Said(said!(
        "kết quả đọc bản quét không còn; hãy chạy lại lệnh này",
        "what was read of the scan is gone; run this command again"
    )))?;
    Ok(Ok(paper))
}

/// What is kept of these pages of a scan.
pub(super) fn kept(
    archive: &Archive,
    original: BlobId,
    pages: &[u32],
) -> anyhow::Result<Option<Paper>> {
    let folder = place(archive, original, pages)?;
    if !folder.is_dir() {
        return Ok(None);
    }
    let file = |name: &str| archive.blobs().read_beside(&folder.join(name));
    let record: DocumentRecord = serde_json::from_slice(&file(RECORD)?)?;
    let pdf = file(PDF)?;
    // Each opens by itself; that they belong together is held against the record.
    let fits = record.source.sha256 == original.to_string()
        && record.output.sha256 == BlobId::of(&pdf).to_string();
    if !fits {
        forget(archive, original)?;
        return Ok(None);
    }
    Ok(Some(Paper {
        pages: u32::try_from(record.pages.len()).unwrap_or(u32::MAX),
        text: String::from_utf8_lossy(&file(TEXT)?).into_owned(),
        pdf,
        record,
    }))
}

/// Where the PDF/A lies that was made of these pages of a scan; none where it lies there encrypted.
pub(super) fn pdf_of(
    archive: &Archive,
    original: BlobId,
    pages: &[u32],
) -> anyhow::Result<Option<PathBuf>> {
    let plain = !archive.blobs().is_encrypted();
    Ok(plain.then_some(place(archive, original, pages)?.join(PDF)))
}

/// Takes away what is kept of a scan, and of extracts of it.
pub(super) fn forget(archive: &Archive, original: BlobId) -> anyhow::Result<()> {
    let whole = place(archive, original, &[])?;
    let whole = whole.file_name().unwrap_or_default().to_string_lossy();
    for entry in std::fs::read_dir(archive.folder())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let rest = name.strip_prefix(whole.as_ref());
        if rest.is_none_or(|rest| !(rest.is_empty() || rest.starts_with('-'))) {
            continue;
        }
        match std::fs::remove_dir_all(entry.path()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| entry.path().display().to_string());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where what was read of these pages of a scan is kept. The name is that of stored files: it tells nobody which paper it is
/// where they are encrypted.
fn place(archive: &Archive, original: BlobId, pages: &[u32]) -> anyhow::Result<PathBuf> {
    let mut name = format!("{PREFIX}read-{}", archive.blobs().name(original)?);
    if !pages.is_empty() {
        // Names of folders are short.
        let digest = BlobId::of(super::listed(pages).as_bytes()).to_string();
        name += &format!("-{digest:.16}");
    }
    Ok(archive.folder().join(name))
}

/// The files that reading made.
struct Made {
    pdf: PathBuf,
    record: PathBuf,
    text: PathBuf,
}

/// Digitises one scan in a folder of its own. A secret mark ends it there, and the folder is wiped by the pipeline.
fn read(
    matches: &ArgMatches,
    input: &Path,
    (staging, pages): (&Path, &[u32]),
    ui: Ui,
) -> anyhow::Result<Result<Made, ExitCode>> {
    let readers = match digitize::readers(matches, "vie", PAGE_LIMIT) {
        Ok(readers) => readers,
        Err(trouble) => {
            terminal::complain(ui, &trouble);
            terminal::hint(ui, "chạy: saoy doctor", "run: saoy doctor");
            return Ok(Err(ExitCode::from(FailureClass::Environment.exit_code())));
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let progress = Progress::new(ui, Style::Quiet);
    let world = World {
        readers: &readers,
        now: &digitize::local_time,
        watch: &progress,
        stop: &stop,
        wind_down: &AtomicBool::new(false),
    };
    let plan = Plan {
        inputs: vec![input.to_owned()],
        out: staging.to_owned(),
        options: Options {
            language: "vie".to_owned(),
            pdfa: pdfa::Profile::A2b,
            sidecars: Sidecars {
                txt: true,
                json: true,
                hocr: false,
                alto: false,
            },
            split: Split::None,
            text: TextPolicy::Skip,
            visible: Default::default(),
            preprocess: Default::default(),
            recognize: Default::default(),
            classify: saoy_pipeline::classify::Options {
                model: train::own_model(matches)?.map(Arc::new),
            },
        },
        profile: None,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        folder_as_document: false,
        force: false,
        limits: Limits::default(),
    };
    let digitized = || match driver::digitize(&plan, &world) {
        Ok(batch) => {
            let code = digitize::exit_code(&batch);
            Ok((batch, code))
        }
        Err(error) => {
            terminal::complain(ui, &error.into());
            Err(ExitCode::from(FailureClass::Environment.exit_code()))
        }
    };
    let (batch, code) = match digitized() {
        Ok(done) => done,
        Err(code) => return Ok(Err(code)),
    };
    let [entry] = batch.documents.as_slice() else {
        let why = said!(
            "{}: mỗi bản chính phải là một tệp",
            "{}: each original has to be one file",
            input.display()
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(Err(ExitCode::from(2)));
    };
    if code != 0 {
        return Ok(Err(ExitCode::from(code)));
    }
    let path = |extension: &str| staging.join(format!("{}.{extension}", entry.name));
    let (record, text) = (path("json"), path("txt"));
    let said = || -> anyhow::Result<DocumentRecord> {
        let said = std::fs::read(&record).with_context(|| record.display().to_string())?;
        Ok(serde_json::from_slice(&said)?)
    };
    let mut read = said()?;
    let total = u32::try_from(read.pages.len()).unwrap_or(u32::MAX);
    if let Some(page) = pages.iter().find(|page| **page > total) {
        let why = said!(
            "bản quét không có trang {}, chỉ có {} trang",
            "the scan has no page {}; it has {}",
            page,
            total
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(Err(ExitCode::from(2)));
    }
    let left: Vec<Wish> = (1..=total)
        .filter(|page| !pages.is_empty() && !pages.contains(page))
        .map(|page| Wish::Drop { page })
        .collect();
    if !left.is_empty() {
        let at = digitize::local_time().to_rfc3339();
        let amended = driver::amend(staging, &entry.name, &left, ("-", &at), &plan.limits);
        if let Err(error) = amended {
            let code = match &error {
                AmendError::Signed => FailureClass::Policy,
                _ => FailureClass::Environment,
            };
            let why = said!(
                "không trích được trang của {}: {}",
                "no pages can be taken out of {}: {}",
                input.display(),
                error
            );
            terminal::complain(ui, &Said(why).into());
            return Ok(Err(ExitCode::from(code.exit_code())));
        }
        match digitized() {
            Ok((_, 0)) => read = said()?,
            Ok((_, code)) => return Ok(Err(ExitCode::from(code))),
            Err(code) => return Ok(Err(code)),
        }
    }
    // A paper without a word has none.
    if !text.exists() {
        std::fs::write(&text, "")?;
    }
    Ok(Ok(Made {
        pdf: staging.join(&read.output.pdf),
        record,
        text,
    }))
}
