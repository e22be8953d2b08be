//! `saoy archive held|reuse`: what is here already is not asked for again.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_archive::reuse::{Held, LookUp};

use super::{act, by, json, open, print, sealed, text, typed, write};
use crate::args::given;
use crate::words::Ui;

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 2] {
    let grounds = |command: Command| {
        command
            .arg(
                text(
                    "owner",
                    "NUMBER",
                    ui.say(
                        "Số định danh hoặc mã số thuế của chủ giấy tờ",
                        "The owner's identity or tax number",
                    ),
                )
                .required(true),
            )
            .arg(
                text(
                    "purpose",
                    "TEXT",
                    ui.say("Mục đích", "What it is needed for"),
                )
                .required(true),
            )
            .arg(
                text(
                    "consent",
                    "TEXT",
                    ui.say(
                        "Căn cứ đồng ý của chủ giấy tờ, ví dụ số phiếu",
                        "How the owner agreed, such as the number of a form",
                    ),
                )
                .required(true),
            )
            .arg(text(
                "case",
                "CODE",
                ui.say("Mã hồ sơ đang giải quyết", "The case it is for"),
            ))
            .arg(text(
                "unit",
                "TEXT",
                ui.say("Đơn vị tra cứu", "The unit that asks"),
            ))
            .arg(by(ui))
            .arg(json(ui))
    };
    [
        grounds(Command::new("held"))
            .about(ui.say(
                "Giấy tờ, kết quả thủ tục đã có của một người hay tổ chức",
                "Papers and procedure results that are held for a person or body",
            ))
            .arg(text("type", "CODE", ui.say("Mã loại giấy tờ, hoặc mã kết quả", "The type's code, or a result code")))
            .arg(text("number", "TEXT", ui.say("Số, ký hiệu", "Number and symbol"))),
        grounds(Command::new("reuse"))
            .about(ui.say(
                "Lấy lại giấy tờ đã có: tệp gốc đã ký kèm kết quả kiểm tra chữ ký, tính là một lần tái sử dụng",
                "Hand out a held paper: the signed original with its verification, counted as reused",
            ))
            .arg(Arg::new("id").required(true).value_name("ID").help(ui.say("Mã của tài liệu", "The document's id")))
            .arg(
                text("out", "DIR", ui.say("Thư mục đích", "Where to")).short('o').required(true).value_parser(value_parser!(PathBuf)),
            ),
    ]
}

fn wanted(matches: &ArgMatches) -> LookUp<'_> {
    LookUp {
        owner_number: typed(matches, "owner"),
        type_code: optional(matches, "type"),
        number_symbol: optional(matches, "number"),
        purpose: typed(matches, "purpose"),
        consent: typed(matches, "consent"),
        case_code: matches.get_one::<String>("case").map(String::as_str),
        unit: typed(matches, "unit"),
    }
}

fn optional<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    let found = matches.try_get_one::<String>(name).ok().flatten();
    found.map(String::as_str).unwrap_or_default()
}

pub(super) fn held(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let found = archive.look_up(&act(matches), &wanted(matches))?;
    sealed(&mut archive, ui);
    if matches.get_flag("json") {
        print(&serde_json::json!({ "schema": "saoy.lookup/1", "held": found }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_empty() {
        writeln!(io::stdout(), "{}", ui.say("chưa có", "nothing is held"))?;
    }
    for one in &found {
        writeln!(io::stdout(), "{} {}", one.id, line(one, ui))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(one: &Held, ui: Ui) -> String {
    let kind = match one.kind {
        "result" => ui.say("kết quả", "result"),
        "copy" => ui.say("bản sao chứng thực", "certified copy"),
        _ => ui.say("tài liệu", "document"),
    };
    let signed = ui.say("đã ký số", "signed").to_owned();
    let parts = [
        Some(kind.to_owned()),
        one.type_code.clone(),
        one.number_symbol.clone(),
        one.issued_date.clone(),
        one.agency.clone(),
        one.title.clone(),
        one.signed.then_some(signed),
    ];
    let all: Vec<String> = parts.into_iter().flatten().collect();
    all.join(" | ")
}

pub(super) fn reuse(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let id = given::<String>(matches, "id")?;
    let (document, bytes) = archive.reuse(&act(matches), id, &wanted(matches))?;
    sealed(&mut archive, ui);
    let out = given::<PathBuf>(matches, "out")?;
    let path = out.join(format!("{}.pdf", document.id));
    write(&path, &bytes)?;
    let verdict = crate::verify::judged(&path, matches)?;
    let beside = out.join(format!("{}.verification.json", document.id));
    write(&beside, &serde_json::to_vec_pretty(&verdict)?)?;
    if matches.get_flag("json") {
        print(&serde_json::json!({
            "schema": "saoy.reuse/1", "id": document.id, "file": path, "verification": verdict,
        }))?;
    } else {
        writeln!(
            io::stdout(),
            "{}\n{}",
            path.display(),
            ui.say(&verdict.summary.vi, &verdict.summary.en)
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
