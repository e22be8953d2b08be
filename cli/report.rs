//! `saoy report`: the indicators of digitisation and the station's productivity, numerators and denominators shown.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::civil::{Date, date};
use saoy_archive::Act;
use saoy_archive::indicators::UnitReport;

use crate::archive::{answered, day_option, json, open, print, text};
use crate::words::Ui;

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    Command::new("report")
        .about(ui.say(
            "Chỉ số số hóa theo Quyết định 766/QĐ-TTg và năng suất, từ những gì kho thực có",
            "Indicators of digitisation (Decision 766) and productivity, from what the archive really holds",
        ))
        .arg(day_option("from", ui.say("Từ ngày (mặc định: đầu năm)", "From (default: the beginning of the year)")))
        .arg(day_option("to", ui.say("Đến hết ngày (mặc định: hôm nay)", "Until, inclusive (default: today)")))
        .arg(text("unit", "TEXT", ui.say("Chỉ đơn vị này", "This unit only")))
        .arg(
            Arg::new("units")
                .long("units")
                .action(ArgAction::SetTrue)
                .help(ui.say("Từng đơn vị nữa", "Every unit too")),
        )
        .arg(
            Arg::new("csv")
                .long("csv")
                .action(ArgAction::SetTrue)
                .conflicts_with("json")
                .help(ui.say("In dưới dạng CSV", "Print as CSV")),
        )
        .arg(json(ui))
}

/// Runs the command.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    answered(reported(matches, ui), ui)
}

fn reported(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    // Nobody acts here: a report changes nothing and names nobody.
    let now = Act {
        by: String::new(),
        at: jiff::Timestamp::now(),
    };
    let today = now.day();
    let day = |name: &str| matches.get_one::<Date>(name).copied();
    let to = day("to").unwrap_or(today);
    let from = day("from").unwrap_or(date(to.year(), 1, 1));
    let archive = open(matches)?;
    let unit = matches.get_one::<String>("unit").map(String::as_str);
    let report = archive.report(from, to, unit, matches.get_flag("units"))?;
    if matches.get_flag("json") {
        print(&report)?;
    } else if matches.get_flag("csv") {
        io::stdout().write_all(&report.csv(ui == Ui::Vi)?)?;
    } else {
        writeln!(io::stdout(), "{} | {}", report.office, report.definitions)?;
        for unit in &report.units {
            show(unit, ui)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(unit: &UnitReport, ui: Ui) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let name = unit
        .unit
        .as_deref()
        .unwrap_or(ui.say("toàn cơ quan", "whole office"));
    writeln!(out, "\n{name}, {} – {}", unit.from, unit.to)?;
    let none = "N/A";
    for one in &unit.indicators {
        let target = match (one.target, one.reached) {
            (Some(target), Some(true)) => format!(
                ", {} {target} %: {}",
                ui.say("mục tiêu", "target"),
                ui.say("đạt", "reached")
            ),
            (Some(target), Some(false)) => format!(
                ", {} {target} %: {}",
                ui.say("mục tiêu", "target"),
                ui.say("chưa đạt", "not reached")
            ),
            (Some(target), None) => format!(", {} {target} %", ui.say("mục tiêu", "target")),
            _ => String::new(),
        };
        writeln!(
            out,
            "  {} {}: {}/{} = {} %, {} {}/{}{target}",
            one.code,
            ui.say(&one.vi, &one.en),
            one.numerator,
            one.denominator,
            one.rate.as_deref().unwrap_or(none),
            ui.say("điểm", "points"),
            one.score.as_deref().unwrap_or(none),
            one.max
        )?;
    }
    writeln!(
        out,
        "  {}: {}/{}",
        ui.say("Tổng điểm", "Points in all"),
        unit.score,
        unit.out_of
    )?;
    for one in &unit.productivity {
        let value = one.value.as_deref().unwrap_or(none);
        match one.denominator {
            Some(denominator) => writeln!(
                out,
                "  {}: {}/{denominator} = {value}",
                ui.say(one.vi, one.en),
                one.numerator
            )?,
            None => writeln!(out, "  {}: {}", ui.say(one.vi, one.en), one.numerator)?,
        }
    }
    Ok(())
}
