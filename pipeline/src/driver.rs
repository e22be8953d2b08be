//! The driver: runs the stages over a batch, many pages at a time, and loses nothing whatever happens.
//!
//! # Steps
//! 1. Inputs become documents; each is hashed, named and looked up in the journal of the output folder.
//! 2. Pages of all documents go through one rayon pool: load, prepare, recognise.
//! 3. Pages join their document in order; a finished document is synced and then renamed into place.
//! 4. What failed is set aside with its reason; the batch goes on.
//!
//! Memory is bounded by the number of workers, not by the length of a document: a page holds a permit from
//! its dispatch until it is written.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ring::digest::{Context, SHA256};
use saoy_ocr::Readers;
use serde::{Deserialize, Serialize};

use crate::classify::{self, stack::Split};
use crate::compose::DateTime;
use crate::compose::pdfa::Profile;
use crate::ingest::{self, Limits};
use crate::masked::masked_in;
use crate::preprocess;
use crate::recognize;
use crate::record::{BATCH_SCHEMA, BatchEntry, BatchRecord, Failure, Ignored, Status, Totals};
use crate::visible;

mod aside;

mod document;

mod page;

mod upright;

mod parts;

mod writer;

mod failures;

mod permits;

mod state;

mod journal;

mod names;

mod publish;

mod events;

mod amend;

/// A document of another scan is taken into one.
mod joining;

pub mod skim;

pub use amend::{AmendError, Amended, Anew, Wish, amend, draw_sample, sample_findings};
pub use events::{Event, Watch};
pub use publish::wipe_folder;
pub use state::STATE_FOLDER;

use document::{Opened, Opening};
use names::Names;
use permits::Permits;
use state::Workplace;

/// The program's name and version, as files and records carry it.
pub const PRODUCER: &str = concat!("Saoy ", env!("CARGO_PKG_VERSION"));

/// Pages in flight beyond those being worked on: enough that a slow page does not idle the others.
const AHEAD: usize = 3;

/// What shapes the outputs; two runs with equal options make equal files.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Options {
    /// Language models, joined by `+`.
    pub language: String,
    /// PDF/A part and level.
    pub pdfa: Profile,
    /// Files beside the PDF.
    pub sidecars: Sidecars,
    /// Whether and by what an input is cut into several documents.
    #[serde(default, skip_serializing_if = "Split::is_none")]
    pub split: Split,
    /// What to do with text that a PDF page has already.
    pub text: ingest::TextPolicy,
    /// What is done to the page that people see.
    pub visible: visible::Options,
    /// How pages are made ready for OCR.
    pub preprocess: preprocess::Options,
    /// How pages are read.
    pub recognize: recognize::Options,
    /// What the answer to what a document is and says rests on.
    pub classify: classify::Options,
}

/// Which files are written beside the PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent choices of the user"
)]
pub struct Sidecars {
    /// Plain text.
    pub txt: bool,
    /// The record.
    pub json: bool,
    /// hOCR.
    pub hocr: bool,
    /// ALTO.
    pub alto: bool,
}

/// A batch to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files and folders.
    pub inputs: Vec<PathBuf>,
    /// The output folder.
    pub out: PathBuf,
    /// What shapes the outputs.
    pub options: Options,
    /// The name of the profile behind the options, for the record.
    pub profile: Option<String>,
    /// Pages at a time.
    pub jobs: usize,
    /// A folder is one document.
    pub folder_as_document: bool,
    /// Do again what is done.
    pub force: bool,
    /// How much one page may ask for.
    pub limits: Limits,
}

/// What the driver asks of the world.
pub struct World<'a> {
    /// The OCR readers.
    pub readers: &'a Readers,
    /// The time of day.
    pub now: &'a (dyn Fn() -> DateTime + Sync),
    /// Who watches.
    pub watch: &'a dyn Watch,
    /// Becomes true when the run is to stop.
    pub stop: &'a AtomicBool,
    /// Becomes true when no further document is to be begun; those that are begun are finished.
    pub wind_down: &'a AtomicBool,
}

/// Why a run could not begin or go on at all; troubles of single documents are in the record instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// None of the inputs is a file that could be digitised.
    #[error("there is nothing to digitise in the inputs")]
    Nothing,
    /// The output folder cannot be used.
    #[error("the output folder {} cannot be used: {source}", path.display())]
    Output {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another run works in the output folder.
    #[error("another run is working in {}", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The worker threads cannot be started.
    #[error("cannot start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Runs a batch and writes `batch.json`.
///
/// # Errors
/// Only when the run as a whole cannot begin or its record cannot be written; documents that fail are set
/// aside in the record.
pub fn digitize(plan: &Plan, world: &World<'_>) -> Result<BatchRecord, RunError> {
    let found = preview(&plan.inputs, &plan.out, plan.folder_as_document);
    digitize_found(plan, found, world)
}

/// Runs a batch of documents that somebody else found; the plan's inputs are not looked at.
///
/// A document's `path` is what it is known by, here and in its record, and may differ from where its files lie: scans
/// that are read from a spool folder are known by the place where they are going to stay.
///
/// # Errors
/// As [`digitize`].
pub fn digitize_found(
    plan: &Plan,
    mut found: ingest::Found,
    world: &World<'_>,
) -> Result<BatchRecord, RunError> {
    if found.documents.is_empty() && found.set_aside.is_empty() {
        return Err(RunError::Nothing);
    }
    let workplace = Workplace::open(&plan.out)?;
    // An output folder may lie among the inputs, or be one of them: what runs of ours made there is no input.
    found
        .documents
        .retain(|document| !workplace.made(&document.path));
    found.set_aside.retain(|other| !workplace.made(&other.path));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|index| format!("page-{index}"))
        .build()?;
    let started = (world.now)();
    let run = Run::new(plan, world, &workplace, started, &found);
    let kept = workplace.keep_options(&run.options, &plan.options);
    kept.map_err(|source| RunError::Output {
        path: plan.out.clone(),
        source,
    })?;
    run.announce(&found);
    pool.in_place_scope(|scope| run.dispatch(&found, scope));
    run.finish(&found)
}

/// One run under way.
struct Run<'a> {
    plan: &'a Plan,
    world: &'a World<'a>,
    workplace: &'a Workplace,
    /// Hash of the options.
    options: String,
    started: DateTime,
    names: Mutex<Names>,
    permits: Permits,
    entries: Mutex<Vec<(usize, BatchEntry)>>,
    /// The documents of the run, for the question whether a file is an input.
    found: &'a ingest::Found,
    /// Canonical paths of all inputs; looked up only when an output's name is taken already.
    inputs: OnceLock<BTreeSet<PathBuf>>,
    /// Set when the disk is full or the engine is gone: what cannot work for one document cannot for the next.
    hopeless: AtomicBool,
}

impl<'a> Run<'a> {
    fn new(
        plan: &'a Plan,
        world: &'a World<'a>,
        workplace: &'a Workplace,
        started: DateTime,
        found: &'a ingest::Found,
    ) -> Self {
        let mut names = Names::default();
        let journal = &workplace.journal;
        for name in journal.names().values().chain(journal.all_parts()) {
            names.reserve(name);
        }
        Self {
            plan,
            world,
            workplace,
            options: options_hash(&plan.options),
            started,
            names: Mutex::new(names),
            permits: Permits::new(plan.jobs + AHEAD),
            entries: Mutex::new(Vec::new()),
            found,
            inputs: OnceLock::new(),
            hopeless: AtomicBool::new(false),
        }
    }

    fn announce(&self, found: &ingest::Found) {
        let bytes = found.documents.iter().map(|document| document.bytes).sum();
        let documents = u32::try_from(papers(found)).unwrap_or(u32::MAX);
        self.world.watch.event(&Event::Started { documents, bytes });
    }

    /// Sends every page of every document to the pool, a bounded number at a time.
    fn dispatch<'s>(&'s self, found: &'s ingest::Found, scope: &rayon::Scope<'s>) {
        for trouble in found.set_aside.iter().filter(|trouble| trouble.matters) {
            let entry = aside::entry_of_trouble(self, trouble);
            self.record(usize::MAX, entry, 0);
        }
        for (index, inputs) in found.documents.iter().enumerate() {
            if self.stopping() || self.world.wind_down.load(Ordering::Relaxed) {
                return;
            }
            match Opened::open(self, index, inputs) {
                Opening::Settled(entry) => self.record(index, *entry, inputs.bytes),
                Opening::Work(opened) => self.dispatch_pages(opened, scope),
            }
        }
    }

    fn dispatch_pages<'s>(&'s self, opened: std::sync::Arc<Opened<'s>>, scope: &rayon::Scope<'s>) {
        for page in 0..opened.page_count() {
            self.permits.take();
            if self.stopping() || opened.is_closed() {
                self.permits.give_back(1);
                return;
            }
            let opened = opened.clone();
            scope.spawn(move |_| opened.work_on(page));
        }
    }

    fn stopping(&self) -> bool {
        self.world.stop.load(Ordering::Relaxed) || self.hopeless.load(Ordering::Relaxed)
    }

    /// Whether `path`, which must be canonical, is an input of this run.
    fn is_input(&self, path: &Path) -> bool {
        let files = || {
            self.found
                .documents
                .iter()
                .flat_map(|document| &document.files)
        };
        let inputs = || {
            files()
                .filter_map(|file| file.canonicalize().ok())
                .collect()
        };
        self.inputs.get_or_init(inputs).contains(path)
    }

    fn record(&self, index: usize, entry: BatchEntry, bytes: u64) {
        if entry.error.as_ref().is_some_and(Failure::stops_the_run) {
            self.hopeless.store(true, Ordering::Relaxed);
        }
        self.world.watch.event(&Event::Document {
            entry: &entry,
            bytes,
        });
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((index, entry));
    }

    /// Writes `batch.json` and closes the run.
    fn finish(&self, found: &ingest::Found) -> Result<BatchRecord, RunError> {
        let mut entries =
            std::mem::take(&mut *self.entries.lock().unwrap_or_else(PoisonError::into_inner));
        entries.sort_by_key(|(index, _)| *index);
        let entries: Vec<BatchEntry> = entries.into_iter().map(|(_, entry)| entry).collect();
        let totals = totals(&entries, papers(found));
        let interrupted = self.world.stop.load(Ordering::Relaxed);
        let record = BatchRecord {
            schema: BATCH_SCHEMA.to_owned(),
            producer: PRODUCER.to_owned(),
            started: self.started.to_rfc3339(),
            ended: (self.world.now)().to_rfc3339(),
            interrupted,
            totals,
            ignored: found
                .set_aside
                .iter()
                .filter(|other| !other.matters)
                .map(Ignored::of)
                .collect(),
            documents: entries,
        };
        let failed = |source: io::Error| RunError::Output {
            path: self.plan.out.clone(),
            source,
        };
        let mut text =
            serde_json::to_vec_pretty(&shown(&record)).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        publish::write_whole(
            &self.workplace.staging,
            &self.workplace.out,
            "batch.json",
            &text,
        )
        .map_err(failed)?;
        self.world.watch.event(&Event::Ended {
            totals,
            interrupted,
        });
        Ok(record)
    }
}

/// The record as it lies open in the output folder: identity numbers in paths of inputs are masked, as in logs. Names of
/// outputs stay: they are how the outputs are found.
fn shown(record: &BatchRecord) -> BatchRecord {
    let mut shown = record.clone();
    for path in shown
        .documents
        .iter_mut()
        .map(|entry| &mut entry.path)
        .chain(shown.ignored.iter_mut().map(|other| &mut other.path))
    {
        *path = masked_in(path);
    }
    for failure in shown
        .documents
        .iter_mut()
        .filter_map(|entry| entry.error.as_mut())
    {
        failure.message.vi = masked_in(&failure.message.vi);
        failure.message.en = masked_in(&failure.message.en);
    }
    shown
}

fn totals(entries: &[BatchEntry], documents: usize) -> Totals {
    let count = |status| {
        u32::try_from(
            entries
                .iter()
                .filter(|entry| entry.status == status)
                .count(),
        )
    };
    let [done, skipped, failed] = [Status::Done, Status::Skipped, Status::Failed]
        .map(|status| count(status).unwrap_or(u32::MAX));
    let settled = done.saturating_add(skipped);
    let documents = u32::try_from(documents).unwrap_or(u32::MAX);
    let pages = entries
        .iter()
        .filter(|entry| entry.status == Status::Done)
        .map(|entry| entry.pages)
        .sum();
    let pending = documents.saturating_sub(settled.saturating_add(failed));
    Totals {
        documents,
        done,
        skipped,
        failed,
        pending,
        pages,
    }
}

fn options_hash(options: &Options) -> String {
    // Plain data with string keys always serialises.
    let text = serde_json::to_vec(options).unwrap_or_default();
    let mut hash = Context::new(&SHA256);
    hash.update(&text);
    publish::hex(hash.finish().as_ref())
}

/// How many papers the inputs stand for, with those that cannot be opened.
fn papers(found: &ingest::Found) -> usize {
    found.documents.len()
        + found
            .set_aside
            .iter()
            .filter(|trouble| trouble.matters)
            .count()
}

impl Ignored {
    fn of(other: &ingest::SetAside) -> Self {
        Self {
            path: other.path.display().to_string(),
            reason: other.reason.to_string(),
        }
    }
}

/// What a run would digitise, without touching anything.
pub fn preview(inputs: &[PathBuf], out: &Path, folder_as_document: bool) -> ingest::Found {
    let options = ingest::inputs::Options {
        folder_as_document,
        output: Some(out.to_owned()),
    };
    ingest::find(inputs, &options)
}
