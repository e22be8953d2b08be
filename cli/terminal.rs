//! Progress on standard error: one living line on a terminal, plain lines elsewhere, or JSON Lines.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use saoy_pipeline::driver::{Event, Watch};
use saoy_pipeline::masked::masked_in;
use saoy_pipeline::record::{Bilingual, Status};

use crate::words::Ui;

/// A terminal line is redrawn at most this often; faster only flickers.
const REDRAW: Duration = Duration::from_millis(100);
/// Without a terminal a line is added this often, so that a log stays readable.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A living line or plain lines, as standard error allows.
    Auto,
    /// One JSON object a line.
    Json,
    /// Nothing but what was set aside.
    Quiet,
}

/// Shows the progress of a run on standard error.
pub(crate) struct Progress {
    ui: Ui,
    style: Style,
    terminal: bool,
    state: Mutex<State>,
}

struct State {
    began: Instant,
    drawn: Option<Instant>,
    documents: u32,
    finished: u32,
    failed: u32,
    pages: u32,
    bytes: u64,
    bytes_done: u64,
    /// Bytes of documents that were skipped: they say nothing about speed.
    bytes_skipped: u64,
}

impl Progress {
    /// Begins to watch now.
    pub(crate) fn new(ui: Ui, style: Style) -> Self {
        let state = State {
            began: Instant::now(),
            drawn: None,
            documents: 0,
            finished: 0,
            failed: 0,
            pages: 0,
            bytes: 0,
            bytes_done: 0,
            bytes_skipped: 0,
        };
        Self {
            ui,
            style,
            terminal: io::stderr().is_terminal(),
            state: Mutex::new(state),
        }
    }

    fn line(&self, state: &State) -> String {
        let seconds = state.began.elapsed().as_secs_f64().max(0.001);
        let speed = f64::from(state.pages) / seconds;
        let (documents, pages) = (
            self.ui.say("văn bản", "documents"),
            self.ui.say("trang", "pages"),
        );
        let per_second = self.ui.say("trang/giây", "pages/s");
        let mut line = format!(
            "{}/{} {documents}, {} {pages}, {speed:.2} {per_second}",
            state.finished, state.documents, state.pages
        );
        if let Some(left) = time_left(state, seconds) {
            line += &format!(", {} {}", self.ui.say("còn", "left"), clock(left));
        }
        if state.failed > 0 {
            line += &format!(
                ", {} {}",
                state.failed,
                self.ui.say("để riêng", "set aside")
            );
        }
        line
    }

    fn draw(&self, state: &mut State, now: bool) {
        let every = if self.terminal { REDRAW } else { LOG_EVERY };
        let since = state.drawn.unwrap_or(state.began).elapsed();
        if self.style != Style::Auto || (since < every && !now) {
            return;
        }
        state.drawn = Some(Instant::now());
        let line = self.line(state);
        // Progress that cannot be shown must not stop the work.
        let _ = if self.terminal {
            write!(io::stderr(), "\r\x1b[K{line}").and_then(|()| io::stderr().flush())
        } else {
            writeln!(io::stderr(), "{line}")
        };
    }

    fn say(&self, text: &str) {
        let clear = if self.terminal && self.style == Style::Auto {
            "\r\x1b[K"
        } else {
            ""
        };
        let _ = writeln!(io::stderr(), "{clear}{}", masked_in(text));
    }
}

/// Identity numbers in the strings of a JSON value, such as those in file names, are masked.
pub(crate) fn mask(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = masked_in(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(mask),
        serde_json::Value::Object(members) => members.values_mut().for_each(mask),
        _ => {}
    }
}

impl Watch for Progress {
    fn event(&self, event: &Event<'_>) {
        if self.style == Style::Json {
            if let Ok(mut line) = serde_json::to_value(event) {
                mask(&mut line);
                let _ = writeln!(io::stderr(), "{line}");
            }
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { documents, bytes } => {
                state.documents = *documents;
                state.bytes = *bytes;
            }
            Event::Page { bytes, .. } => {
                state.pages += 1;
                state.bytes_done += bytes;
                self.draw(&mut state, false);
            }
            Event::Document { entry, bytes } => {
                state.finished += 1;
                match entry.status {
                    Status::Skipped => state.bytes_skipped += bytes,
                    Status::Failed => state.failed += 1,
                    Status::Done | Status::Pending => {}
                }
                if let Some(failure) = &entry.error {
                    self.say(&format!(
                        "{}: {}",
                        self.ui.say("lỗi", "error"),
                        self.ui.of(&failure.message)
                    ));
                    self.say(&format!(
                        "  {}: {}",
                        self.ui.say("gợi ý", "hint"),
                        self.ui.of(&failure.hint)
                    ));
                }
                self.draw(&mut state, false);
            }
            Event::Ended { .. } => {
                self.draw(&mut state, true);
                if self.terminal && self.style == Style::Auto {
                    let _ = writeln!(io::stderr());
                }
            }
        }
    }
}

/// Says what happens, one thing a time: events as JSON Lines, else sentences.
pub(crate) struct Speaker {
    ui: Ui,
    style: Style,
}

impl Speaker {
    /// One that speaks as `--ui` and `--progress` ask.
    pub(crate) fn new(ui: Ui, style: Style) -> Self {
        Self { ui, style }
    }

    /// Says it on standard error, as `event` or as the sentence; with `--progress none` only what is a trouble.
    pub(crate) fn tell(&self, event: &serde_json::Value, said: &Bilingual, trouble: bool) {
        // What cannot be said must not stop the work.
        let _ = match self.style {
            Style::Json => {
                let mut event = event.clone();
                if let Some(members) = event.as_object_mut() {
                    let now = crate::digitize::local_time().to_rfc3339();
                    members.insert("at".to_owned(), now.into());
                }
                mask(&mut event);
                writeln!(io::stderr(), "{event}")
            }
            Style::Quiet if !trouble => Ok(()),
            _ => writeln!(io::stderr(), "{}", masked_in(self.ui.of(said))),
        };
    }
}

/// Seconds until the bytes that are left are done at the speed so far; none before there is a speed.
fn time_left(state: &State, seconds: f64) -> Option<f64> {
    let left = state
        .bytes
        .saturating_sub(state.bytes_skipped)
        .saturating_sub(state.bytes_done);
    (state.bytes_done > 0 && left > 0).then(|| {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a forecast needs no more than f64 holds"
        )]
        let ratio = left as f64 / state.bytes_done as f64;
        ratio * seconds
    })
}

fn clock(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and is never negative"
    )]
    let seconds = seconds.ceil() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Prints an error and what caused it, in the chosen language as far as it has one.
pub(crate) fn complain(ui: Ui, error: &anyhow::Error) {
    let text = masked_in(&ui.told(error));
    let _ = writeln!(io::stderr(), "{}: {text}", ui.say("lỗi", "error"));
}

/// Prints what to do next.
pub(crate) fn hint(ui: Ui, vi: &str, en: &str) {
    let _ = writeln!(
        io::stderr(),
        "  {}: {}",
        ui.say("gợi ý", "hint"),
        ui.say(vi, en)
    );
}
