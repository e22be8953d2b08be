//! The pool of reader processes: lends one to each caller, replaces those that fail, ends them all.

mod child;

mod confine;

mod nursery;

mod tail;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use child::Child;
use nursery::Nursery;

use crate::error::OcrError;
use crate::image::{GrayView, MAX_PIXELS};
use crate::models::{ModelError, ORIENTATION, locate};
use crate::protocol::{Answer, CHOICE_MODE, MAX_BATCH, Outcome, Request, Shape, Task, Usage};
use crate::reading::{Layout, Orientation, Reading};

/// How readers are started and how much each may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderConfig {
    /// The `saoy-reader` executable.
    pub program: PathBuf,
    /// Folders with model files, the first that has the language is used.
    pub models: Vec<PathBuf>,
    /// Language or languages of the text, as in `vie` or `vie+eng`.
    pub language: String,
    /// Variables of the engine and their values.
    pub variables: Vec<(String, String)>,
    /// In how many rounds the engine looks for what it nearly read (`lstm_choice_iterations`), 0 for not at all.
    /// Each round brings one more choice for each letter and costs 2 to 3 % of the time a page takes.
    pub choice_rounds: u8,
    /// How long one call may take, starting a reader included.
    pub page_limit: Duration,
    /// Address space of one reader, bytes (`RLIMIT_AS`).
    pub memory_limit: u64,
    /// After so many images a reader is replaced, so that slow leaks come to nothing.
    pub images_per_process: u32,
}

impl ReaderConfig {
    /// Vietnamese, with limits far from a sound page: an A4 scan at 300 dpi takes 1.1 s of processor time and
    /// 85 MB with Tesseract 5.3.0, so that even an A0 sheet on a busy machine stays within.
    pub fn new(program: impl Into<PathBuf>, models: Vec<PathBuf>) -> Self {
        Self {
            program: program.into(),
            models,
            language: "vie".into(),
            variables: Vec::new(),
            choice_rounds: 1,
            page_limit: Duration::from_secs(120),
            memory_limit: 2 << 30,
            images_per_process: 1000,
        }
    }

    /// What an engine that reads is set to.
    fn reading_variables(&self) -> Vec<(String, String)> {
        let mut variables = self.variables.clone();
        // The network finds the gaps between words by itself; measuring letters for an even pitch, as typewriters
        // have it, takes 2 % of the time and changes nothing.
        variables.push(("textord_all_prop".into(), "1".into()));
        if self.choice_rounds > 0 {
            // Mode 2: choices per letter, each round without those that earlier rounds brought.
            variables.push((CHOICE_MODE.into(), "2".into()));
            variables.push((
                "lstm_choice_iterations".into(),
                self.choice_rounds.to_string(),
            ));
        }
        variables
    }

    /// Where `saoy-reader` lies when it was installed beside `executable`.
    pub fn beside(executable: &Path) -> PathBuf {
        executable.with_file_name("saoy-reader")
    }
}

/// Reader processes, shared by all threads: there are as many as callers at one time, and a caller that
/// comes later finds a warm one. Dropping this ends them.
#[derive(Debug)]
pub struct Readers {
    config: ReaderConfig,
    idle: Mutex<Vec<Child>>,
    tally: Mutex<Tally>,
    nursery: Nursery,
}

/// What the readers of a pool have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Processes started.
    pub started: u64,
    /// Processes running now, busy or idle.
    pub running: u64,
    /// Processes that failed in a call.
    pub failed: u64,
    /// Images answered.
    pub images: u64,
    /// Processor time that readers reported with their answers, start-up included.
    pub cpu: Duration,
    /// Most memory that one reader held at once, bytes.
    pub peak_rss: u64,
}

impl Readers {
    /// An empty pool; the first call starts the first reader.
    pub fn new(config: ReaderConfig) -> Self {
        Self {
            config,
            idle: Mutex::default(),
            tally: Mutex::default(),
            nursery: Nursery::default(),
        }
    }

    /// How readers are started and limited.
    pub fn config(&self) -> &ReaderConfig {
        &self.config
    }

    /// Reads one image.
    ///
    /// # Errors
    /// See [`OcrError`]; whatever it is, the next call is not harmed.
    pub fn read(&self, image: &GrayView<'_>, layout: Layout) -> Result<Reading, OcrError> {
        let readings = self.read_batch(std::slice::from_ref(image), layout)?;
        // A batch of one brings one: the answer has been counted.
        Ok(readings.into_iter().next().unwrap_or_default())
    }

    /// Reads images of one line each, in one round trip where they fit; a reading per image, in order. The
    /// time limit counts for each round trip.
    ///
    /// # Errors
    /// See [`OcrError`]; no reading is given when one image fails.
    pub fn read_lines(&self, images: &[GrayView<'_>]) -> Result<Vec<Reading>, OcrError> {
        let mut readings = Vec::with_capacity(images.len());
        let mut rest = images;
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(batch_len(rest));
            readings.extend(self.read_batch(batch, Layout::Line)?);
            rest = later;
        }
        Ok(readings)
    }

    /// Tells which way up a page stands; `None` when it has too little text to tell.
    ///
    /// # Errors
    /// See [`OcrError`]; [`OcrError::Model`] when the model `osd` is missing.
    pub fn orientation(&self, image: &GrayView<'_>) -> Result<Option<Orientation>, OcrError> {
        match self.ask(ORIENTATION, Task::Orient, std::slice::from_ref(image))? {
            Outcome::Oriented(mut found) => Ok(found.pop().flatten()),
            other => Err(unwanted(other)),
        }
    }

    /// Version of the engine, such as `5.3.0`; starts a reader if none is idle.
    ///
    /// # Errors
    /// See [`OcrError`].
    pub fn engine(&self) -> Result<String, OcrError> {
        let child = self.borrow(self.deadline())?;
        let engine = child.engine().to_owned();
        lock(&self.idle).push(child);
        Ok(engine)
    }

    /// Process numbers of the readers that wait for work.
    pub fn idle(&self) -> Vec<u32> {
        lock(&self.idle).iter().map(Child::id).collect()
    }

    /// What the readers have done so far.
    pub fn tally(&self) -> Tally {
        *lock(&self.tally)
    }

    fn read_batch(
        &self,
        images: &[GrayView<'_>],
        layout: Layout,
    ) -> Result<Vec<Reading>, OcrError> {
        match self.ask(&self.config.language, Task::Read(layout), images)? {
            Outcome::Read(readings) => Ok(readings
                .into_iter()
                .zip(images)
                .map(|(reading, image)| reading.settled(image.width(), image.height()))
                .collect()),
            other => Err(unwanted(other)),
        }
    }

    /// One round trip with one reader.
    fn ask(
        &self,
        language: &str,
        task: Task,
        images: &[GrayView<'_>],
    ) -> Result<Outcome, OcrError> {
        let deadline = self.deadline();
        let located = locate(language, &self.config.models)?;
        let unnameable = || ModelError::Folder {
            folder: located.folder.clone(),
        };
        let request = Request {
            models: located.folder.to_str().ok_or_else(unnameable)?.to_owned(),
            language: language.to_owned(),
            variables: if task == Task::Orient {
                Vec::new()
            } else {
                self.config.reading_variables()
            },
            task,
            images: images.iter().map(shape).collect(),
        };

        let mut child = self.borrow(deadline)?;
        match child.ask(&request, images, deadline) {
            Ok(answer) => Ok(self.give_back(child, answer, images.len())),
            Err(error) => {
                drop(child);
                let mut tally = lock(&self.tally);
                tally.failed += 1;
                tally.running -= 1;
                Err(error)
            }
        }
    }

    /// An idle reader that is well, or a fresh one.
    fn borrow(&self, deadline: Instant) -> Result<Child, OcrError> {
        loop {
            let Some(mut child) = lock(&self.idle).pop() else {
                break;
            };
            if child.is_quiet() {
                return Ok(child);
            }
            drop(child);
            lock(&self.tally).running -= 1;
        }
        let child = Child::start(&self.nursery, &self.config, deadline);
        let mut tally = lock(&self.tally);
        match &child {
            Ok(_) => {
                tally.started += 1;
                tally.running += 1;
            }
            Err(OcrError::Missing { .. } | OcrError::Start { .. }) => {}
            Err(_) => {
                tally.started += 1;
                tally.failed += 1;
            }
        }
        child
    }

    /// Takes a reader back after its answer, unless it has served long enough.
    fn give_back(&self, mut child: Child, answer: Answer, images: usize) -> Outcome {
        let before = child.account(answer.usage, images);
        let retired = child.images() >= u64::from(self.config.images_per_process);
        {
            let mut tally = lock(&self.tally);
            tally.add(before, answer.usage, images);
            tally.running -= u64::from(retired);
        }
        if retired {
            drop(child);
        } else {
            lock(&self.idle).push(child);
        }
        answer.outcome
    }

    fn deadline(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.config.page_limit)
            .unwrap_or(now + LONGEST)
    }
}

impl Tally {
    fn add(&mut self, before: Usage, after: Usage, images: usize) {
        self.images += images as u64;
        self.cpu += Duration::from_micros(after.cpu_us.saturating_sub(before.cpu_us));
        self.peak_rss = self.peak_rss.max(after.peak_rss);
    }
}

/// How many of the first `images` go into one request; at least one.
fn batch_len(images: &[GrayView<'_>]) -> usize {
    let mut area = 0;
    let fits = images.iter().take(MAX_BATCH).take_while(|image| {
        area += image.area();
        area <= MAX_PIXELS
    });
    fits.count().max(1)
}

fn shape(image: &GrayView<'_>) -> Shape {
    Shape {
        width: image.width(),
        height: image.height(),
        dpi: image.dpi(),
    }
}

/// The error for an outcome that is no finding. One of the wrong kind does not come this far.
fn unwanted(outcome: Outcome) -> OcrError {
    match outcome {
        Outcome::Refused(reason) => OcrError::Refused { reason },
        _ => OcrError::Garbled {
            what: "an answer to another question".into(),
            stderr: String::new(),
        },
    }
}

/// No step between locking and unlocking leaves the data half done, so a poisoned lock is as good as new.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A limit beyond what the clock can count is as good as none.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
