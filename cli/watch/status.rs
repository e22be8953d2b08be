//! What a station screen shows: `status.json`, renamed into place, and events as they happen.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use saoy_pipeline::driver::PRODUCER;
use saoy_pipeline::record::Bilingual;
use serde::Serialize;
use serde_json::Value;

use crate::digitize::local_time;
use crate::terminal::{Speaker, Style, mask};
use crate::words::Ui;

/// A file that is not put away yet.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Waiting {
    pub(super) path: String,
    /// `settling`, `temporary_name`, `being_written`, `not_whole`, `queued`, `putting_away`.
    pub(super) state: &'static str,
    /// In words, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<Bilingual>,
    /// Seconds since it last changed.
    pub(super) seconds: u64,
}

/// The content of `status.json`.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    schema: &'static str,
    producer: &'static str,
    /// `idle`, `working`, `held`, `stopped`.
    state: &'a str,
    started: &'a str,
    updated: String,
    folders: Vec<String>,
    out: String,
    counts: Counts,
    failed_by_cause: &'a BTreeMap<String, u32>,
    pages_per_minute: f64,
    waiting_count: usize,
    waiting: Vec<Waiting>,
    troubles: Vec<Bilingual>,
}

/// Counts since the watcher began.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Counts {
    /// Files that were digitised and put away.
    pub(super) accepted: u32,
    /// Files that were set aside.
    pub(super) failed: u32,
    /// Pages that were read.
    pub(super) pages: u32,
}

/// Keeps the counts and tells of what happens.
pub(super) struct Status {
    speaker: Speaker,
    path: PathBuf,
    started: String,
    began: Instant,
    written: Option<Instant>,
    pub(super) counts: Counts,
    by_cause: BTreeMap<String, u32>,
    recent: VecDeque<Instant>,
}

impl Status {
    /// Begins to count now; the file is `path`.
    pub(super) fn new(path: PathBuf, ui: Ui, style: Style) -> Self {
        Self {
            speaker: Speaker::new(ui, style),
            path,
            started: local_time().to_rfc3339(),
            began: Instant::now(),
            written: None,
            counts: Counts::default(),
            by_cause: BTreeMap::new(),
            recent: VecDeque::new(),
        }
    }

    /// A page was read.
    pub(super) fn page(&mut self) {
        self.counts.pages = self.counts.pages.saturating_add(1);
        self.recent.push_back(Instant::now());
    }

    /// A file was set aside for the reason with that code.
    pub(super) fn failed(&mut self, code: &str) {
        self.counts.failed = self.counts.failed.saturating_add(1);
        let count = self.by_cause.entry(code.to_owned()).or_default();
        *count = count.saturating_add(1);
    }

    /// Says what happened.
    pub(super) fn tell(&self, event: &Value, said: &Bilingual, trouble: bool) {
        self.speaker.tell(event, said, trouble);
    }

    fn pages_per_minute(&mut self) -> f64 {
        while self
            .recent
            .front()
            .is_some_and(|page| page.elapsed() > WINDOW)
        {
            self.recent.pop_front();
        }
        let minutes = self.began.elapsed().min(WINDOW).as_secs_f64() / 60.0;
        let pages = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        // The first seconds say little: they count as a whole one.
        (f64::from(pages) / minutes.max(1.0 / 60.0) * 10.0).round() / 10.0
    }

    /// Writes the file, unless that was done a moment ago and `now` does not ask for it.
    pub(super) fn write(
        &mut self,
        state: &str,
        folders: (&[&Path], &Path),
        waiting: Vec<Waiting>,
        troubles: Vec<Bilingual>,
        now: bool,
    ) -> io::Result<()> {
        if !now && self.written.is_some_and(|at| at.elapsed() < REFRESH) {
            return Ok(());
        }
        self.written = Some(Instant::now());
        let pages_per_minute = self.pages_per_minute();
        let shown = Shown {
            schema: "saoy.station/1",
            producer: PRODUCER,
            state,
            started: &self.started,
            updated: local_time().to_rfc3339(),
            folders: folders
                .0
                .iter()
                .map(|one| one.display().to_string())
                .collect(),
            out: folders.1.display().to_string(),
            counts: self.counts,
            failed_by_cause: &self.by_cause,
            pages_per_minute,
            waiting_count: waiting.len(),
            waiting: waiting.into_iter().take(LISTED).collect(),
            troubles,
        };
        let mut value = serde_json::to_value(&shown)?;
        mask(&mut value);
        let mut text = serde_json::to_vec_pretty(&value)?;
        text.push(b'\n');
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, text)?;
        fs::rename(fresh, &self.path)
    }
}

/// Over how long pages a minute are counted: long enough to be steady, short enough to show a jam.
const WINDOW: Duration = Duration::from_secs(300);
/// How often the file is written while nothing but counts changes.
const REFRESH: Duration = Duration::from_secs(1);
/// Waiting files that are listed; the count says how many there are.
const LISTED: usize = 100;
