//! `saoy archive check`: the log, the rows, the registers and the files, looked over offline.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::{json, open, print};
use crate::words::Ui;

/// The grammar.
pub(super) fn command(ui: Ui) -> Command {
    Command::new("check")
        .about(ui.say(
            "Kiểm tra toàn bộ kho: nhật ký, sổ, tệp",
            "Look the whole archive over: log, registers, files",
        ))
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("BASE64")
                .help(ui.say(
                    "Khóa công khai của nhật ký, giữ ở nơi khác",
                    "Public key of the log, as kept elsewhere",
                )),
        )
        .arg(
            Arg::new("checkpoints")
                .long("checkpoints")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Các mốc ký giữ ở nơi khác", "Checkpoints kept elsewhere")),
        )
        .arg(
            Arg::new("no-files")
                .long("no-files")
                .action(ArgAction::SetTrue)
                .help(ui.say(
                    "Không đọc lại từng tệp, chỉ xem có đủ không",
                    "Do not read every file, only see that it is there",
                )),
        )
        .arg(json(ui))
}

/// Runs it: 0 when all is well, 3 when something was changed or is damaged.
pub(super) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let archive = open(matches)?;
    let kept = match matches.get_one::<PathBuf>("checkpoints") {
        Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => String::new(),
    };
    let key = matches.get_one::<String>("key").map(String::as_str);
    let report = archive.check(key, &kept, !matches.get_flag("no-files"))?;
    if matches.get_flag("json") {
        print(&report)?;
    } else {
        let mut out = io::stdout().lock();
        for finding in &report.findings {
            writeln!(
                out,
                "{}: {}",
                finding.place,
                ui.say(&finding.said.vi, &finding.said.en)
            )?;
        }
        writeln!(
            out,
            "{}: {} {}, {} {}, {} {}, {} {}; {}",
            ui.say("đã xem", "looked at"),
            report.entries,
            ui.say("mục nhật ký", "log entries"),
            report.rows,
            ui.say("dòng", "rows"),
            report.checkpoints,
            ui.say("mốc ký", "checkpoints"),
            report.files,
            ui.say("tệp", "files"),
            match report.findings.len() {
                0 => ui
                    .say("không có gì bị thay đổi", "nothing was changed")
                    .to_owned(),
                count => format!("{count} {}", ui.say("điều bất thường", "findings")),
            }
        )?;
        if !report.loose.is_empty() {
            writeln!(
                out,
                "{}: {}",
                ui.say("tệp không thuộc hồ sơ nào", "files that nothing refers to"),
                report.loose.len()
            )?;
        }
    }
    Ok(ExitCode::from(if report.findings.is_empty() {
        0
    } else {
        3
    }))
}
