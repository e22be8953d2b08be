//! What became of the documents that wait, for people and as JSON (`docs/schemas/queue-report-1.schema.json`).

use std::io::{self, Write};
use std::path::Path;

use clap::ArgMatches;
use serde::Serialize;

use super::{Queue, Queued, Reason, State, Time};
use crate::words::Ui;

/// What is told of one document.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Item {
    pub(super) path: String,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    /// The end of that time is near.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    urgent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Reason>,
    /// Whether this run has tried it.
    #[serde(skip)]
    pub(super) tried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Raised,
    Waiting,
    Failed,
    Dropped,
}

impl Item {
    pub(super) fn of(queue: &Queue, entry: &Queued, status: Status) -> Self {
        let is_open = status == Status::Waiting;
        let was_denied = matches!(status, Status::Waiting | Status::Failed);
        Self {
            path: queue.document(&entry.file).display().to_string(),
            status,
            level: Some(entry.bytes.level.clone()),
            wanted: Some(entry.wanted.clone()),
            until: entry.until.filter(|_| was_denied),
            urgent: is_open && entry.is_urgent(Time::now()),
            attempts: Some(entry.attempts).filter(|_| was_denied),
            next: Some(entry.next).filter(|_| is_open),
            error: Some(entry.error.clone()).filter(|_| was_denied),
            tried: false,
        }
    }

    pub(super) fn waiting(queue: &Queue, entry: &Queued) -> Self {
        let status = match entry.state {
            State::Waiting => Status::Waiting,
            State::Failed => Status::Failed,
        };
        Self::of(queue, entry, status)
    }

    pub(super) fn unreadable(path: &Path) -> Self {
        Self {
            path: path.display().to_string(),
            status: Status::Failed,
            level: None,
            wanted: None,
            until: None,
            urgent: false,
            attempts: None,
            next: None,
            error: Some(Reason::unreadable()),
            tried: false,
        }
    }

    /// In one line.
    pub(super) fn line(&self, ui: Ui) -> String {
        let level = self.level.as_deref().unwrap_or("?");
        let wanted = self.wanted.as_deref().unwrap_or("?");
        let mut line = match self.status {
            Status::Raised => format!("{}: {} {level}", self.path, ui.say("đã đạt", "now")),
            Status::Dropped => format!(
                "{}: {} ({level})",
                self.path,
                ui.say("không chờ nữa", "waits no more")
            ),
            Status::Waiting => format!(
                "{}: {level}, {} {wanted}",
                self.path,
                ui.say("chờ lên", "waits for")
            ),
            Status::Failed => format!(
                "{}: {level}, {} {wanted}",
                self.path,
                ui.say("không lên được", "will not reach")
            ),
        };
        if let Some(error) = &self.error {
            line += &format!(": {}", ui.say(&error.vi, &error.en));
        }
        if let (Some(next), Some(attempts)) = (self.next, self.attempts) {
            line += &format!(
                "; {} {attempts}, {} {}",
                ui.say("số lần đã thử:", "tries:"),
                ui.say("lần sau:", "next:"),
                next.iso()
            );
        }
        if let Some(until) = self.until.filter(|_| self.status == Status::Waiting) {
            let said = if self.urgent {
                ui.say("PHẢI NÂNG TRƯỚC", "MUST BE RAISED BEFORE")
            } else {
                ui.say("phải nâng trước", "must be raised before")
            };
            line += &format!("; {said} {}", until.iso());
        }
        line
    }
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    files: Vec<Item>,
}

/// Prints the report, where one was asked for.
pub(super) fn printed(matches: &ArgMatches, files: Vec<Item>) -> anyhow::Result<bool> {
    if !matches.get_flag("json") {
        return Ok(false);
    }
    let report = Report {
        schema: "saoy.queue-report/1",
        files,
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &report)?;
    writeln!(out)?;
    Ok(true)
}
