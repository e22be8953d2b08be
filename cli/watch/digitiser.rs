//! The worker behind the desk: runs the pipeline over what was taken in, and tells what became of each file.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use saoy_ocr::Readers;
use saoy_pipeline::driver::{self, Event, Plan, RunError, Watch, World};
use saoy_pipeline::ingest::{Document, Found};
use saoy_pipeline::record::{BatchEntry, Bilingual, Failure, Status};
use saoy_pipeline::speech::Spoken;

use crate::digitize;

/// A file that was taken in.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The copy that is read.
    pub(super) copy: PathBuf,
    /// The place where the scan will stay; the document is known by it.
    pub(super) known_as: PathBuf,
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Runs by itself: it may be what ended an earlier run.
    pub(super) alone: bool,
}

/// What the worker tells the desk.
pub(super) enum Told {
    /// A page was read.
    Page { path: String, page: u32, pages: u32 },
    /// A document is on disk, or is set aside for good.
    Document(Box<BatchEntry>),
    /// Nothing can be done at the moment, and why; it is tried again.
    Held(Bilingual),
}

/// Works on jobs until there are no more to come, or until `stop`.
pub(super) fn work(
    jobs: &Receiver<Job>,
    tell: &Sender<Told>,
    plan: &Plan,
    readers: &Readers,
    stop: &AtomicBool,
) {
    let mut waiting: Vec<Job> = Vec::new();
    let mut pause = SHORTEST;
    while !stop.load(Ordering::Relaxed) {
        if waiting.is_empty() {
            match jobs.recv_timeout(TICK) {
                Ok(job) => waiting.push(job),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        waiting.extend(jobs.try_iter());
        let count = waiting.iter().take_while(|job| !job.alone).count();
        let rest = waiting.split_off(count.clamp(1, BATCH).min(waiting.len()));
        let batch = std::mem::replace(&mut waiting, rest);
        let ears = Ears(tell.clone());
        let (left, trouble) = run(batch, &ears, plan, readers, stop);
        waiting.splice(0..0, left);
        match trouble {
            None => pause = SHORTEST,
            Some(why) => {
                let _ = tell.send(Told::Held(why));
                rest_for(pause, stop);
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// Runs a batch; gives back what nothing came of, and what keeps it from going on.
fn run(
    batch: Vec<Job>,
    ears: &Ears,
    plan: &Plan,
    readers: &Readers,
    stop: &AtomicBool,
) -> (Vec<Job>, Option<Bilingual>) {
    let found = Found {
        documents: batch.iter().map(Job::document).collect(),
        set_aside: Vec::new(),
    };
    let world = World {
        readers,
        now: &digitize::local_time,
        watch: ears,
        stop: &AtomicBool::new(false),
        wind_down: stop,
    };
    match driver::digitize_found(plan, found, &world) {
        Ok(record) => {
            let hopeless = record.documents.iter().find_map(|entry| {
                let failure = entry.error.as_ref()?;
                failure.stops_the_run().then(|| whole_sentence(failure))
            });
            let settled = |job: &Job| {
                let known = job.known_as.display().to_string();
                record
                    .documents
                    .iter()
                    .any(|entry| entry.path == known && is_final(entry))
            };
            let left = batch.into_iter().filter(|job| !settled(job)).collect();
            (left, hopeless)
        }
        // Nothing was in it.
        Err(RunError::Nothing) => (Vec::new(), None),
        Err(error) => (batch, Some(error.spoken())),
    }
}

fn whole_sentence(failure: &Failure) -> Bilingual {
    Bilingual {
        vi: format!("{}; {}", failure.message.vi, failure.hint.vi),
        en: format!("{}; {}", failure.message.en, failure.hint.en),
    }
}

/// Whether it makes no sense to try again: done, or the file's own fault.
fn is_final(entry: &BatchEntry) -> bool {
    match entry.status {
        Status::Done | Status::Skipped => true,
        Status::Pending => false,
        Status::Failed => !entry.error.as_ref().is_some_and(Failure::stops_the_run),
    }
}

fn rest_for(pause: Duration, stop: &AtomicBool) {
    let begun = std::time::Instant::now();
    while begun.elapsed() < pause && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(TICK);
    }
}

impl Job {
    fn document(&self) -> Document {
        Document {
            name: self.name.clone(),
            path: self.known_as.clone(),
            files: vec![self.copy.clone()],
            bytes: self.bytes,
        }
    }
}

/// Hands on what the desk wants to hear.
struct Ears(Sender<Told>);

impl Watch for Ears {
    fn event(&self, event: &Event<'_>) {
        let told = match event {
            Event::Page {
                path, page, pages, ..
            } => Told::Page {
                path: (*path).to_owned(),
                page: *page,
                pages: *pages,
            },
            Event::Document { entry, .. } if is_final(entry) => {
                Told::Document(Box::new((*entry).clone()))
            }
            _ => return,
        };
        // Nobody listens only when the desk is gone, and the program with it.
        let _ = self.0.send(told);
    }
}

/// How often a signal is looked for.
const TICK: Duration = Duration::from_millis(50);
/// Documents in one run of the driver: enough that the processors are busy, few enough that a correction, which needs the
/// output folder for itself, gets its turn.
const BATCH: usize = 32;
/// How long to wait before trying again when the disk is full or the engine is gone.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
