//! `saoy sign queue`: raises what waits, lists it, drops it.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;

use super::super::publish::folder_of;
use super::super::servers::Servers;
use super::raise::{Outcome, raise};
use super::{Pace, Queue, Queued, Reason, Recipe, State, Time};
use crate::digitize::stop_on_signals;
use crate::terminal;
use crate::words::{Said, Ui, said};

/// Arguments of `saoy sign` that a later try takes too.
const SHARED: [&str; 6] = [
    "tsa",
    "timeout",
    "trust",
    "allow-host",
    "allow-private",
    "tls-roots",
];
/// How often a waiting run looks for new entries, and for the wish to stop.
const LOOK: (Duration, Duration) = (Duration::from_secs(5), Duration::from_millis(200));

/// The grammar, with the arguments of `saoy sign`, some of which it shares.
pub(in super::super) fn command(ui: Ui, sign: &[Arg]) -> Command {
    let shared = sign
        .iter()
        .filter(|one| SHARED.contains(&one.get_id().as_str()));
    let places = Arg::new("places")
        .required(true)
        .num_args(1..)
        .value_name("DIR|PDF")
        .value_parser(value_parser!(PathBuf))
        .help(ui.say(
            "Thư mục kết quả của saoy sign, hoặc từng tệp trong đó",
            "Output folders of saoy sign, or documents in them",
        ));
    let json = Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help(ui.say("In kết quả dưới dạng JSON", "Print the results as JSON"));
    let flag = |name: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help.to_owned())
    };
    let seconds = |name: &'static str, default: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name("SECONDS")
            .default_value(default)
            .value_parser(value_parser!(u32).range(1..=604_800))
            .help(help.to_owned())
    };
    Command::new("queue")
        .about(ui.say(
            "Văn bản đã ký đang chờ nâng mức (--later)",
            "Signed documents that wait for their level (--later)",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("run")
                .about(ui.say("Nâng mức những gì đến lượt", "Raise what is due"))
                .arg(places.clone())
                .arg(flag(
                    "wait",
                    ui.say(
                        "Chạy tiếp cho đến khi không còn gì chờ",
                        "Go on until nothing waits",
                    ),
                ))
                .arg(flag(
                    "now",
                    ui.say(
                        "Thử cả những gì chưa đến lượt",
                        "Try also what is not yet due",
                    ),
                ))
                .arg(seconds(
                    "pause",
                    "60",
                    ui.say(
                        "Nghỉ sau lần thử đầu; mỗi lần sau dài gấp đôi",
                        "Pause after the first try; twice as long each time",
                    ),
                ))
                .arg(seconds(
                    "longest-pause",
                    "3600",
                    ui.say("Lần nghỉ dài nhất", "Longest pause"),
                ))
                .args(shared.cloned())
                .arg(json.clone()),
        )
        .subcommand(
            Command::new("list")
                .about(ui.say("Liệt kê những gì đang chờ", "List what waits"))
                .arg(places.clone())
                .arg(json.clone()),
        )
        .subcommand(
            Command::new("drop")
                .about(ui.say(
                    "Không nâng mức nữa; tệp giữ nguyên",
                    "Raise it no more; the file stays as it is",
                ))
                .arg(
                    places
                        .value_name("PDF")
                        .help(ui.say("Các văn bản đang chờ", "Documents that wait")),
                )
                .arg(json),
        )
}

/// Runs it. Exit codes: those of the program; 4 when another run raises in the same folder.
pub(in super::super) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let Some((verb, matches)) = matches.subcommand() else {
        return Ok(ExitCode::from(2));
    };
    let places: Vec<&PathBuf> = matches
        .get_many::<PathBuf>("places")
        .into_iter()
        .flatten()
        .collect();
    if let Some(gone) = places
        .iter()
        .find(|place| verb != "drop" && !place.exists())
    {
        let why = said!("không có {}", "there is no {}", gone.display());
        terminal::complain(ui, &Said(why).into());
        return Ok(ExitCode::from(3));
    }
    let places = Places::of(&places);
    match verb {
        "run" => raising(matches, &places, ui),
        "list" => listed(matches, &places, ui),
        _ => dropped(matches, &places, ui),
    }
}

/// Queues, and of each the documents that are meant; none named are all.
struct Places(Vec<(Queue, Vec<String>)>);

impl Places {
    fn of(places: &[&PathBuf]) -> Self {
        let mut all: Vec<(Queue, Vec<String>)> = Vec::new();
        for place in places {
            let (folder, name) = if place.is_dir() {
                (place.as_path(), None)
            } else {
                let name = place
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                (folder_of(place), name)
            };
            let queue = Queue::of(folder);
            match all
                .iter_mut()
                .find(|(known, _)| known.folder() == queue.folder())
            {
                // A folder is more than a document in it.
                Some((_, names)) => match name {
                    Some(name) if !names.is_empty() => names.push(name),
                    _ => names.clear(),
                },
                None => all.push((queue, name.into_iter().collect())),
            }
        }
        Self(all)
    }

    /// Every entry that is meant; the path of those that cannot be read.
    fn entries(&self) -> io::Result<Vec<(&Queue, Result<Queued, PathBuf>)>> {
        let mut all = Vec::new();
        for (queue, names) in &self.0 {
            for entry in queue.entries()? {
                let is_meant = match &entry {
                    Ok(entry) => names.is_empty() || names.contains(&entry.file),
                    Err(_) => names.is_empty(),
                };
                if is_meant {
                    all.push((queue, entry));
                }
            }
        }
        Ok(all)
    }
}

/// What is told of one document.
#[derive(Clone, Debug, Serialize)]
struct Item {
    path: String,
    status: Status,
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
    error: Option<Reason>,
    /// Whether this run has tried it.
    #[serde(skip)]
    tried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Raised,
    Waiting,
    Failed,
    Dropped,
}

impl Item {
    fn of(queue: &Queue, entry: &Queued, status: Status) -> Self {
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

    fn waiting(queue: &Queue, entry: &Queued) -> Self {
        let status = match entry.state {
            State::Waiting => Status::Waiting,
            State::Failed => Status::Failed,
        };
        Self::of(queue, entry, status)
    }

    fn unreadable(path: &Path) -> Self {
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
    fn line(&self, ui: Ui) -> String {
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
fn printed(matches: &ArgMatches, files: Vec<Item>) -> anyhow::Result<bool> {
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

fn listed(matches: &ArgMatches, places: &Places, ui: Ui) -> anyhow::Result<ExitCode> {
    let items: Vec<Item> = places
        .entries()?
        .into_iter()
        .map(|(queue, entry)| match entry {
            Ok(entry) => Item::waiting(queue, &entry),
            Err(path) => Item::unreadable(&path),
        })
        .collect();
    if !printed(matches, items.clone())? {
        for item in &items {
            writeln!(io::stdout(), "{}", item.line(ui))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn dropped(matches: &ArgMatches, places: &Places, ui: Ui) -> anyhow::Result<ExitCode> {
    let (mut items, mut is_whole) = (Vec::new(), true);
    for (queue, names) in &places.0 {
        if names.is_empty() {
            let why = said!(
                "{} là thư mục; nêu tên từng văn bản",
                "{} is a folder; name the documents",
                queue.outputs().display()
            );
            terminal::complain(ui, &Said(why).into());
            return Ok(ExitCode::from(2));
        }
        let Some(hold) = queue.hold_if_there()? else {
            is_whole = none(queue, names, ui);
            continue;
        };
        for name in names {
            match queue.read(name).ok().flatten() {
                Some(entry) if hold.remove(name)? => {
                    items.push(Item::of(queue, &entry, Status::Dropped));
                }
                // One that cannot be read goes as well.
                None if hold.remove(name)? => {}
                _ => is_whole = none(queue, std::slice::from_ref(name), ui),
            }
        }
        hold.close();
    }
    if !printed(matches, items.clone())? {
        for item in &items {
            writeln!(io::stderr(), "{}", item.line(ui))?;
        }
    }
    Ok(ExitCode::from(if is_whole { 0 } else { 3 }))
}

/// Says that documents do not wait; false.
fn none(queue: &Queue, names: &[String], ui: Ui) -> bool {
    for name in names {
        let path = queue.document(name);
        let why = said!(
            "{} không có trong hàng đợi",
            "{} is not in the queue",
            path.display()
        );
        terminal::complain(ui, &Said(why).into());
    }
    false
}

fn raising(matches: &ArgMatches, places: &Places, ui: Ui) -> anyhow::Result<ExitCode> {
    let number = |name: &str| matches.get_one::<u32>(name).copied().unwrap_or(1);
    let pace = Pace {
        first: number("pause"),
        most: number("longest-pause"),
    };
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_signals(&stop)?;
    let is_stopped = || stop.load(Ordering::Relaxed);
    let does_wait = matches.get_flag("wait");
    let mut told: Vec<Item> = Vec::new();
    let mut at_once = matches.get_flag("now");
    loop {
        let mut pass = Pass {
            matches,
            pace,
            at_once,
            ui,
            told: &mut told,
            known: Vec::new(),
        };
        let was_alone = pass.all(places, &is_stopped)?;
        let next = next_due(places, pace)?;
        if is_stopped() || !does_wait || next.is_none() {
            let left = next.is_some();
            return ended(
                matches,
                told,
                (was_alone || does_wait, is_stopped() && left),
                ui,
            );
        }
        at_once = false;
        rest(next.unwrap_or(Time(0)), &is_stopped);
    }
}

/// When the next of them is due, if any waits.
fn next_due(places: &Places, pace: Pace) -> io::Result<Option<Time>> {
    let now = Time::now();
    let waiting = places
        .entries()?
        .into_iter()
        .filter_map(|(_, entry)| entry.ok());
    Ok(waiting
        .filter(|entry| entry.state == State::Waiting)
        .map(|entry| {
            if entry.is_due(now, pace) {
                now
            } else {
                entry.next
            }
        })
        .min())
}

/// Rests until then, or until it is time to look again.
fn rest(until: Time, is_stopped: &impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    loop {
        std::thread::sleep(LOOK.1);
        if is_stopped() || until <= Time::now() || begun.elapsed() > LOOK.0 {
            return;
        }
    }
}

/// Tells what came of all, and how the program ends.
fn ended(
    matches: &ArgMatches,
    told: Vec<Item>,
    (was_alone, is_stopped): (bool, bool),
    ui: Ui,
) -> anyhow::Result<ExitCode> {
    let codes: Vec<u8> = told
        .iter()
        .filter(|item| item.status == Status::Failed || item.tried)
        .filter_map(|item| item.error.as_ref().map(Reason::exit))
        .collect();
    let count = told.len();
    printed(matches, told)?;
    if is_stopped {
        return Ok(ExitCode::from(130));
    }
    if !was_alone {
        let why = said!(
            "một lần chạy khác đang nâng mức ở đây",
            "another run is raising documents here"
        );
        terminal::complain(ui, &Said(why).into());
        return Ok(ExitCode::from(4));
    }
    Ok(match codes.as_slice() {
        [] => ExitCode::SUCCESS,
        [code] if count == 1 => ExitCode::from(*code),
        _ => ExitCode::from(1),
    })
}

/// Once through all that waits.
struct Pass<'a> {
    matches: &'a ArgMatches,
    pace: Pace,
    at_once: bool,
    ui: Ui,
    /// The newest word on each document.
    told: &'a mut Vec<Item>,
    /// Servers by what the entries say of them.
    known: Vec<(Recipe, Result<Servers, Reason>)>,
}

impl Pass<'_> {
    /// False when another run was at it somewhere.
    fn all(&mut self, places: &Places, is_stopped: &impl Fn() -> bool) -> anyhow::Result<bool> {
        let mut was_alone = true;
        for (queue, names) in &places.0 {
            let place = Places(vec![(queue.clone(), names.clone())]);
            if place.entries()?.is_empty() {
                continue;
            }
            let Some(_alone) = queue.run_alone()? else {
                was_alone &= !queue.is_there();
                continue;
            };
            if let Some(hold) = queue.hold_if_there()? {
                hold.tidy();
            }
            for (queue, entry) in place.entries()? {
                if is_stopped() {
                    break;
                }
                match entry {
                    Ok(entry) => self.one(queue, entry)?,
                    Err(path) => self.tell(Item::unreadable(&path)),
                }
            }
        }
        Ok(was_alone)
    }

    fn one(&mut self, queue: &Queue, mut entry: Queued) -> anyhow::Result<()> {
        let is_due = entry.is_due(Time::now(), self.pace);
        let is_tried = is_due || self.at_once && entry.state == State::Waiting;
        if !is_tried {
            self.tell(Item::waiting(queue, &entry));
            return Ok(());
        }
        let pace = self.pace;
        let outcome = match self.servers(&entry.servers)? {
            Ok(servers) => raise(queue, &mut entry, servers, pace)?,
            // What was to be trusted is not to be read: a person's fault that the next run may find mended.
            Err(reason) => {
                entry.error = reason.clone();
                Outcome::Waits
            }
        };
        let mut item = match outcome {
            Outcome::Gone => return Ok(()),
            Outcome::Raised => Item::of(queue, &entry, Status::Raised),
            Outcome::Waits | Outcome::Failed => Item::waiting(queue, &entry),
        };
        item.tried = true;
        self.tell(item);
        Ok(())
    }

    /// The servers of a recipe.
    fn servers(&mut self, recipe: &Recipe) -> anyhow::Result<&Result<Servers, Reason>> {
        let at = match self.known.iter().position(|(known, _)| known == recipe) {
            Some(at) => at,
            None => {
                let servers = opened(self.matches, recipe).map_err(|error| Reason::of(&error));
                self.known.push((recipe.clone(), servers));
                self.known.len() - 1
            }
        };
        let found = self.known.get(at).map(|(_, servers)| servers);
        found.ok_or_else(|| anyhow::anyhow!("servers"))
    }

    /// Keeps the newest word on a document, and says it when it is another than before.
    fn tell(&mut self, item: Item) {
        let before = self.told.iter_mut().find(|one| one.path == item.path);
        let is_news = item.tried || item.status == Status::Failed && before.is_none();
        if is_news && !self.matches.get_flag("json") {
            // What cannot be said must not stop the work.
            let _ = writeln!(io::stderr(), "{}", item.line(self.ui));
        }
        match before {
            Some(before) if !item.tried => before.tried |= item.tried,
            Some(before) => *before = item,
            None => self.told.push(item),
        }
    }
}

/// The servers that a recipe and the command line name together, as `saoy sign` has them.
fn opened(matches: &ArgMatches, recipe: &Recipe) -> anyhow::Result<Servers> {
    let is_typed = |name: &str| matches.value_source(name) == Some(ValueSource::CommandLine);
    let mut arguments: Vec<OsString> = ["saoy", "sign", "queue", "run", "."]
        .into_iter()
        .map(OsString::from)
        .collect();
    if let Some(data) = crate::engine::data_folder(matches) {
        arguments.extend(["--data".into(), data.into()]);
    }
    arguments.extend(recipe.arguments(is_typed));
    for name in SHARED.into_iter().filter(|name| is_typed(name)) {
        if name == "allow-private" {
            arguments.push("--allow-private".into());
            continue;
        }
        for value in matches.get_raw(name).into_iter().flatten() {
            arguments.extend([format!("--{name}").into(), value.to_owned()]);
        }
    }
    let whole = crate::args::command(Ui::En).try_get_matches_from(arguments)?;
    let below = ["sign", "queue", "run"]
        .into_iter()
        .try_fold(&whole, |matches, name| matches.subcommand_matches(name));
    let mut servers = Servers::of(below.ok_or_else(|| anyhow::anyhow!("saoy sign queue run"))?)?;
    servers.is_brief = true;
    Ok(servers)
}
