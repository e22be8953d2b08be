//! `saoy archive hold|release|dispose|tidy|copy-days`: how long things stay, and how they go.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_archive::retention::{Disposal, Of};

use super::{act, by, json, open, print, sealed, text, typed};
use crate::args::given;
use crate::words::Ui;

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 5] {
    let number = |help: &str| {
        Arg::new("number")
            .value_name("N")
            .value_parser(value_parser!(i64))
            .help(help.to_owned())
    };
    let reason = || text("reason", "TEXT", ui.say("Lý do", "Why"));
    [
        Command::new("hold")
            .about(ui.say(
                "Giữ lại, không cho hủy; không có mã thì liệt kê",
                "Stop the disposal of something; without an id, list the holds",
            ))
            .arg(Arg::new("id").value_name("ID|CODE").help(ui.say("Mã tài liệu, hồ sơ hoặc bản sao", "A document's id, a record's or a copy's code")))
            .arg(
                text("of", "KIND", ui.say("Là gì", "What it is"))
                    .default_value("document")
                    .value_parser(PossibleValuesParser::new(["document", "record", "copy"])),
            )
            .arg(reason())
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("release")
            .about(ui.say("Bỏ lệnh giữ", "Lift a hold"))
            .arg(number(ui.say("Số của lệnh giữ", "The hold's number")).required(true))
            .arg(reason().required(true))
            .arg(by(ui)),
        Command::new("dispose")
            .about(ui.say(
                "Hủy tài liệu hết hạn: due (xem), list (lập danh mục), approve (người khác duyệt), drop (bỏ), carry-out (thực hiện), show",
                "Dispose of what is past its time: due (look), list, approve (by another), drop, carry-out, show",
            ))
            .arg(
                Arg::new("step")
                    .required(true)
                    .value_parser(PossibleValuesParser::new(["due", "list", "approve", "drop", "carry-out", "show"]))
                    .help(ui.say("Bước", "The step")),
            )
            .arg(number(ui.say("Số của danh mục", "The list's number")))
            .arg(reason())
            .arg(text("decision", "TEXT", ui.say("Quyết định hủy", "The decision it rests on")))
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("tidy")
            .about(ui.say(
                "Xóa tệp không dòng nào nhắc tới (do bị ngắt giữa chừng), có ghi nhật ký",
                "Remove files that no row refers to (left by interruptions), by a logged act",
            ))
            .arg(by(ui)),
        Command::new("copy-days")
            .about(ui.say(
                "Số ngày giữ tệp bản sao chứng thực sau khi trả; không có số thì in ra",
                "How many days files of certified copies are kept after delivery; without a number, print it",
            ))
            .arg(
                Arg::new("days")
                    .value_name("N")
                    .value_parser(value_parser!(i32))
                    .help(ui.say("Số ngày", "Days")),
            )
            .arg(text("authority", "TEXT", ui.say("Văn bản quyết định", "The paper that decides it")))
            .arg(by(ui)),
    ]
}

pub(super) fn hold(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    if let Some(id) = matches.get_one::<String>("id") {
        let of = match typed(matches, "of") {
            "record" => Of::Record,
            "copy" => Of::Copy,
            _ => Of::Document,
        };
        let number = archive.hold(&act(matches), of, id, typed(matches, "reason"))?;
        sealed(&mut archive, ui);
        writeln!(
            io::stdout(),
            "{} {number}: {id}",
            ui.say("lệnh giữ", "hold")
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let all = archive.holds()?;
    if matches.get_flag("json") {
        print(&all)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in all {
        let state = match &one.released {
            Some((by, at, reason)) => format!("{} {at} {by}: {reason}", ui.say("đã bỏ", "lifted")),
            None => ui.say("đang giữ", "in force").to_owned(),
        };
        writeln!(
            io::stdout(),
            "{} {} | {} | {state}",
            one.id,
            one.target,
            one.reason
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn release(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let number = *given::<i64>(matches, "number")?;
    archive.release(&act(matches), number, typed(matches, "reason"))?;
    sealed(&mut archive, ui);
    writeln!(
        io::stdout(),
        "{} {number}",
        ui.say("đã bỏ lệnh giữ", "lifted hold")
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn copy_days(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    if let Some(days) = matches.get_one::<i32>("days") {
        archive.set_copy_days(&act, *days, typed(matches, "authority"))?;
        sealed(&mut archive, ui);
    }
    writeln!(
        io::stdout(),
        "{} {}",
        archive.copy_days(act.day())?,
        ui.say("ngày", "days")
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn dispose(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let number = matches
        .get_one::<i64>("number")
        .copied()
        .unwrap_or_default();
    let decision = matches
        .get_one::<String>("decision")
        .map(String::as_str)
        .unwrap_or_default();
    let disposal = match typed(matches, "step") {
        "due" => return due(&archive, &act, matches, ui),
        "list" => archive.list_disposal(&act, typed(matches, "reason"))?,
        "approve" if decision.trim().is_empty() => {
            crate::terminal::hint(
                ui,
                "duyệt cần số quyết định: --decision",
                "approving needs the decision's number: --decision",
            );
            return Ok(ExitCode::from(2));
        }
        "approve" => archive.approve_disposal(&act, number, Some(decision))?,
        "drop" => archive.approve_disposal(&act, number, None)?,
        "carry-out" => archive.carry_out(&act, number)?,
        _ => {
            let all = archive.disposals()?;
            for one in all.iter().filter(|one| number == 0 || one.id == number) {
                tell(one, matches, ui)?;
            }
            return Ok(ExitCode::SUCCESS);
        }
    };
    sealed(&mut archive, ui);
    tell(&disposal, matches, ui)?;
    Ok(ExitCode::SUCCESS)
}

fn due(
    archive: &saoy_archive::Archive,
    act: &saoy_archive::Act,
    matches: &ArgMatches,
    ui: Ui,
) -> anyhow::Result<ExitCode> {
    let all = archive.due(act.day())?;
    if matches.get_flag("json") {
        print(&all)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in &all {
        writeln!(
            io::stdout(),
            "{} | {} | {} {} ({})",
            one.id,
            one.title,
            ui.say("giữ đến", "kept until"),
            one.kept_until,
            one.why
        )?;
    }
    writeln!(
        io::stdout(),
        "{} {}",
        all.len(),
        ui.say("mục hết hạn", "past their time")
    )?;
    Ok(ExitCode::SUCCESS)
}

fn tell(disposal: &Disposal, matches: &ArgMatches, ui: Ui) -> anyhow::Result<()> {
    if matches.get_flag("json") {
        return print(disposal);
    }
    let state = match disposal.state.as_str() {
        "listed" => ui.say("chờ duyệt", "waiting for approval"),
        "approved" => ui.say("đã duyệt, chờ thực hiện", "approved, to be carried out"),
        "carried" => ui.say(
            "đang xóa tệp; chạy lại carry-out",
            "files being removed; run carry-out again",
        ),
        "done" => ui.say("đã xong", "done"),
        _ => ui.say("đã bỏ", "dropped"),
    };
    writeln!(
        io::stdout(),
        "{} {}: {state}",
        ui.say("danh mục", "list"),
        disposal.id
    )?;
    for item in &disposal.items {
        let outcome = match item.outcome.as_str() {
            "gone" => ui.say("đã hủy", "gone"),
            "spared" => ui.say("được giữ lại", "spared"),
            _ => ui.say("chờ", "open"),
        };
        writeln!(io::stdout(), "  {} | {} | {outcome}", item.id, item.why)?;
    }
    Ok(())
}

pub(super) fn tidy(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let removed = archive.tidy(&act(matches))?;
    sealed(&mut archive, ui);
    for file in &removed {
        writeln!(io::stdout(), "{file}")?;
    }
    writeln!(
        io::stdout(),
        "{} {}",
        removed.len(),
        ui.say("tệp đã xóa", "files removed")
    )?;
    Ok(ExitCode::SUCCESS)
}
