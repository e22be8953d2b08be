//! `saoy archive register ...` and `annul`: entering, listing, closing, printing.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use jiff::civil::{Date, date};
use saoy_archive::profile::Profile;
use saoy_archive::register::{Annulment, Line, State};

use super::{act, by, day_option, json, open, sealed};
use crate::args::given;
use crate::words::{Said, Ui, said};

fn register(ui: Ui) -> Arg {
    Arg::new("register")
        .required(true)
        .value_name("CODE")
        .help(ui.say(
            "Mã sổ: SCTĐT/BS, SCT/BS, SY, SL, TrS, DEN, DI",
            "The register: SCTĐT/BS, SCT/BS, SY, SL, TrS, DEN, DI",
        ))
}

fn year(ui: Ui) -> Arg {
    Arg::new("year")
        .long("year")
        .value_name("YYYY")
        .value_parser(value_parser!(i16).range(1945..=9999))
        .help(ui.say("Năm (mặc định: năm nay)", "The year (default: this one)"))
}

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 3] {
    let text = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help.to_owned())
    };
    let enter = Command::new("enter")
        .about(ui.say(
            "Đăng ký văn bản đến hoặc đi, cấp số",
            "Enter an incoming or outgoing document, with a number",
        ))
        .arg(register(ui))
        .arg(
            Arg::new("column")
                .long("column")
                .value_name("KEY=TEXT")
                .action(ArgAction::Append)
                .required(true)
                .help(ui.say(
                    "Một cột của sổ, ví dụ symbol=12/QĐ-UBND, author=..., title=...",
                    "A column, such as symbol=12/QĐ-UBND, author=..., title=...",
                )),
        )
        .arg(
            Arg::new("despite")
                .long("despite")
                .action(ArgAction::SetTrue)
                .help(ui.say("Vẫn ghi dù trùng", "Enter it although it seems to be there")),
        )
        .arg(by(ui))
        .arg(json(ui));
    let list = Command::new("list")
        .about(ui.say("Xem sổ", "Show a register"))
        .arg(register(ui))
        .arg(year(ui))
        .arg(day_option("from", ui.say("Từ ngày", "From")))
        .arg(day_option("to", ui.say("Đến hết ngày", "Until, inclusive")))
        .arg(json(ui));
    let print = Command::new("print")
        .about(ui.say(
            "In sổ ra PDF/A, để đóng dấu giáp lai hằng tháng",
            "Print a register as PDF/A, to be bound and sealed each month",
        ))
        .arg(register(ui))
        .arg(text(
            "month",
            "YYYY-MM",
            ui.say(
                "Tháng (mặc định: cả năm)",
                "The month (default: the whole year)",
            ),
        ))
        .arg(year(ui))
        .arg(
            text("out", "FILE", ui.say("Tệp PDF", "The PDF"))
                .short('o')
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        );
    let volume = Command::new("volume")
        .about(ui.say(
            "Mở quyển mới; số thứ tự đi tiếp",
            "Open a further volume; numbers go on",
        ))
        .arg(register(ui))
        .arg(text("name", "TEXT", ui.say("Quyển số", "The volume's name")).required(true))
        .arg(by(ui));
    let close = Command::new("close")
        .about(ui.say("Khóa sổ ngày 31/12", "Close a year"))
        .arg(register(ui))
        .arg(year(ui))
        .arg(by(ui))
        .arg(json(ui));
    [
        Command::new("annulled").about(ui.say(
            "In danh sách bản sao bị hủy bỏ giá trị, để công bố",
            "Print the list of annulled copies, to be published",
        )),
        Command::new("register")
            .about(ui.say("Các sổ", "The registers"))
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands([enter, list, print, volume, close]),
        Command::new("annul")
            .about(ui.say(
                "Hủy bỏ giá trị của một bản sao đã cấp, theo quyết định",
                "Annul an issued copy, by a decision",
            ))
            .arg(register(ui))
            .arg(
                Arg::new("number")
                    .required(true)
                    .value_name("N")
                    .value_parser(value_parser!(i64))
                    .help(ui.say("Số chứng thực", "The number")),
            )
            .arg(year(ui))
            .arg(
                text(
                    "decision",
                    "TEXT",
                    ui.say("Số, ký hiệu quyết định", "Number of the decision"),
                )
                .required(true),
            )
            .arg(day_option(
                "day",
                ui.say(
                    "Ngày quyết định (mặc định: hôm nay)",
                    "Its day (default: today)",
                ),
            ))
            .arg(text("reason", "TEXT", ui.say("Lý do", "Why")).required(true))
            .arg(text(
                "url",
                "URL",
                ui.say("Nơi đăng quyết định", "Where it is published"),
            ))
            .arg(by(ui))
            .arg(json(ui)),
    ]
}

pub(super) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    match matches.subcommand() {
        Some(("enter", matches)) => enter(matches, ui),
        Some(("list", matches)) => list(matches, ui),
        Some(("print", matches)) => on_paper(matches),
        Some(("volume", matches)) => {
            let mut archive = open(matches)?;
            let code = given::<String>(matches, "register")?;
            archive.open_volume(&act(matches), code, given::<String>(matches, "name")?)?;
            sealed(&mut archive, ui);
            Ok(ExitCode::SUCCESS)
        }
        Some(("close", matches)) => {
            let mut archive = open(matches)?;
            let act = act(matches);
            let year = year_of(matches, act.day());
            let closing = archive.close(&act, given::<String>(matches, "register")?, year)?;
            sealed(&mut archive, ui);
            if matches.get_flag("json") {
                super::print(&closing)?;
            } else {
                writeln!(
                    io::stdout(),
                    "{} {year}: {} {}, {} {}, {} {}",
                    ui.say("đã khóa sổ năm", "closed"),
                    closing.given,
                    ui.say("số", "numbers"),
                    closing.issued,
                    ui.say("đã cấp", "issued"),
                    closing.cancelled,
                    ui.say("đã hủy", "cancelled"),
                )?;
            }
            Ok(ExitCode::SUCCESS)
        }
        _ => Ok(ExitCode::from(2)),
    }
}

/// Today in Vietnam.
fn today() -> Date {
    saoy_archive::Act {
        by: String::new(),
        at: jiff::Timestamp::now(),
    }
    .day()
}

fn year_of(matches: &ArgMatches, today: Date) -> i16 {
    matches
        .get_one::<i16>("year")
        .copied()
        .unwrap_or(today.year())
}

fn enter(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let code = given::<String>(matches, "register")?;
    let profile = Profile::on(act.day())?;
    let known: Vec<&str> = profile
        .register(code)?
        .columns
        .iter()
        .map(|column| column.key.as_str())
        .filter(|key| !matches!(*key, "number" | "day"))
        .collect();
    let mut columns = BTreeMap::new();
    for pair in matches.get_many::<String>("column").into_iter().flatten() {
        match pair.split_once('=') {
            Some((key, value)) if known.contains(&key) => {
                columns.insert(key.to_owned(), value.to_owned());
            }
            _ => {
                let all = known.join(", ");
                return Err(Said(said!(
                    "\"{}\" không phải KHÓA=NỘI DUNG của sổ này; các cột: {}",
                    "\"{}\" is no KEY=TEXT of this register; its columns: {}",
                    pair,
                    all
                ))
                .into());
            }
        }
    }
    let line = archive.enter(&act, code, &columns, None, matches.get_flag("despite"))?;
    sealed(&mut archive, ui);
    if matches.get_flag("json") {
        super::print(&line)?;
    } else {
        writeln!(io::stdout(), "{}", line.display)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let archive = open(matches)?;
    let year = year_of(matches, today());
    let first = matches
        .get_one::<Date>("from")
        .copied()
        .unwrap_or(date(year, 1, 1));
    let last = matches
        .get_one::<Date>("to")
        .copied()
        .unwrap_or(date(year, 12, 31));
    let lines = archive.lines(given::<String>(matches, "register")?, first, last)?;
    if matches.get_flag("json") {
        super::print(&lines)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    for line in &lines {
        writeln!(
            out,
            "{:<9} {}  {}  {}",
            line.display,
            line.day,
            state(line, ui),
            line.columns
                .get("title")
                .map(String::as_str)
                .unwrap_or_default()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn on_paper(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let archive = open(matches)?;
    let code = given::<String>(matches, "register")?;
    let month = matches.get_one::<String>("month");
    let first = match month {
        Some(month) => format!("{month}-01").parse::<Date>().map_err(|_| {
            Said(said!(
                "--month cần YYYY-MM, ví dụ 2026-11",
                "--month needs YYYY-MM, such as 2026-11"
            ))
        })?,
        None => date(year_of(matches, today()), 1, 1),
    };
    let (last, period) = match month {
        Some(_) => (
            first.last_of_month(),
            format!("Tháng {} năm {}", first.month(), first.year()),
        ),
        None => (first.last_of_year(), format!("Năm {}", first.year())),
    };
    let profile = Profile::on(last)?;
    let lines = archive.lines(code, first, last)?;
    let mut id = [0; 16];
    saoy_archive::Random::fill(&mut super::System::default(), &mut id)?;
    let pdf = super::print::register(
        &profile,
        profile.register(code)?,
        &lines,
        &super::print::Heading {
            office: &archive.office().name,
            period: &period,
            created: crate::digitize::local_time(),
            id,
        },
    )?;
    crate::separators::put(given::<PathBuf>(matches, "out")?, &pdf)?;
    Ok(ExitCode::SUCCESS)
}

/// What became of a number, in words.
pub(crate) fn state(line: &Line, ui: Ui) -> String {
    let plain = match line.state {
        State::Reserved => ui.say("chờ cấp", "reserved"),
        State::Issued => ui.say("đã cấp", "issued"),
        State::Cancelled => ui.say("đã hủy", "cancelled"),
    };
    match (&line.annulment, &line.reason) {
        (Some(annulment), _) => format!(
            "{} {}",
            ui.say("bị hủy bỏ giá trị theo", "annulled by"),
            annulment.decision
        ),
        (None, Some(reason)) => format!("{plain}: {reason}"),
        (None, None) => plain.to_owned(),
    }
}

pub(super) fn annul(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let annulment = Annulment {
        decision: given::<String>(matches, "decision")?.clone(),
        day: matches.get_one::<Date>("day").copied().unwrap_or(act.day()),
        reason: given::<String>(matches, "reason")?.clone(),
        url: matches.get_one::<String>("url").cloned(),
    };
    let line = archive.annul(
        &act,
        given::<String>(matches, "register")?,
        year_of(matches, act.day()),
        *given::<i64>(matches, "number")?,
        &annulment,
    )?;
    sealed(&mut archive, ui);
    if matches.get_flag("json") {
        super::print(&line)?;
    } else {
        writeln!(io::stdout(), "{}: {}", line.display, state(&line, ui))?;
    }
    Ok(ExitCode::SUCCESS)
}
