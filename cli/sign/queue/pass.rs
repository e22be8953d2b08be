//! `saoy sign queue run`: once through all that waits, or again and again.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::super::servers::Servers;
use super::command::{Places, SHARED};
use super::raise::{Outcome, raise};
use super::report::{Item, Status, printed};
use super::{Pace, Queue, Queued, Reason, Recipe, State, Time};
use crate::digitize::stop_on_signals;
use crate::terminal;
use crate::words::{Said, Ui, said};

/// The least that a waiting run rests, also where it could not write down when to try again.
const LEAST: Duration = Duration::from_secs(1);
/// How often a waiting run looks for new entries, and for the wish to stop.
const LOOK: (Duration, Duration) = (Duration::from_secs(5), Duration::from_millis(200));

/// Raises what is due, once or until nothing waits.
pub(super) fn raising(matches: &ArgMatches, places: &Places, ui: Ui) -> anyhow::Result<ExitCode> {
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
        let is_time = until <= Time::now() && begun.elapsed() > LEAST;
        if is_stopped() || is_time || begun.elapsed() > LOOK.0 {
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
        // What was to be trusted and cannot be read is a person's fault, which the next try may find mended.
        let servers = self.servers(&entry.servers)?.as_ref();
        let outcome = raise(queue, &mut entry, servers, pace).unwrap_or_else(|error| {
            // A full disk, say: nothing is changed, and the others have their turn.
            entry.error = Reason::of(&error);
            Outcome::Waits
        });
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
