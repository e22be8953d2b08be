//! `saoy sign queue`: raises what waits, lists it, drops it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::super::publish::folder_of;
use super::pass::raising;
use super::report::{Item, Status, printed};
use super::{Queue, Queued};
use crate::terminal;
use crate::words::{Said, Ui, said};

/// Arguments of `saoy sign` that a later try takes too.
pub(super) const SHARED: [&str; 6] = [
    "tsa",
    "timeout",
    "trust",
    "allow-host",
    "allow-private",
    "tls-roots",
];
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
pub(super) struct Places(pub(super) Vec<(Queue, Vec<String>)>);

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
    pub(super) fn entries(&self) -> io::Result<Vec<(&Queue, Result<Queued, PathBuf>)>> {
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
