//! `saoy archive find`: documents by words and fields, as a clerk types them.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::search::{COUNTED, Found, Hit, Search, Snippet};

use super::{act, by, json, open, print};
use crate::words::Ui;

/// The grammar.
pub(super) fn command(ui: Ui) -> Command {
    let number = |name: &'static str, default: &'static str, help: &str| {
        Arg::new(name)
            .long(name)
            .value_name("N")
            .default_value(default)
            .value_parser(value_parser!(u16))
            .help(help.to_owned())
    };
    Command::new("find")
        .about(ui.say(
            "Tìm tài liệu: từ, \"cụm từ\", trường:giá-trị, ngày:2024..2025-06, -từ, đầu-từ*",
            "Find documents: words, \"phrases\", field:value, date:2024..2025-06, -word, begin*",
        ))
        .arg(
            Arg::new("query")
                .required(true)
                .num_args(1..)
                .value_name("QUERY")
                .help(ui.say(
                    "Điều cần tìm, có dấu hoặc không dấu; điều kiện bắt đầu bằng - đặt trong ngoặc kép cùng từ khác",
                    "What to look for, with or without diacritics; -words go into quotes with others",
                )),
        )
        .arg(number(
            "limit",
            "20",
            ui.say("Số kết quả hiển thị", "How many to show"),
        ))
        .arg(number(
            "offset",
            "0",
            ui.say("Bỏ qua bấy nhiêu kết quả đầu", "How many to pass over"),
        ))
        .arg(
            Arg::new("typing")
                .long("typing")
                .action(ArgAction::SetTrue)
                .help(ui.say(
                    "Từ cuối có thể chưa gõ xong",
                    "The last word may not be finished",
                )),
        )
        .arg(
            Arg::new("facets")
                .long("facets")
                .action(ArgAction::SetTrue)
                .help(ui.say(
                    "Đếm theo loại, cơ quan, năm, đơn vị",
                    "Count by type, agency, year, unit",
                )),
        )
        .arg(by(ui))
        .arg(json(ui))
}

pub(super) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let text = matches
        .get_many::<String>("query")
        .into_iter()
        .flatten()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ");
    let number =
        |name: &str| usize::from(matches.get_one::<u16>(name).copied().unwrap_or_default());
    let mut archive = open(matches)?;
    let search = Search {
        text: &text,
        typing: matches.get_flag("typing"),
        limit: number("limit"),
        offset: number("offset"),
        facets: matches.get_flag("facets"),
        ..Search::default()
    };
    let found = archive.find(&act(matches), &search)?;
    if matches.get_flag("json") {
        print(&serde_json::json!({ "schema": "saoy.found/1", "found": found }))?;
    } else {
        show(&found, ui)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The shell has taken the quotes of a phrase; of `field:two words` too.
fn quoted(word: &str) -> String {
    if !word.contains(' ') || word.contains('"') {
        return word.to_owned();
    }
    match word.split_once(':') {
        Some((field, value)) if !field.contains(' ') && !value.is_empty() => {
            format!("{field}:\"{value}\"")
        }
        // Several words in one argument are words, unless they were quoted within.
        _ => word.to_owned(),
    }
}

fn show(found: &Found, ui: Ui) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let more = if found.total >= COUNTED { "+" } else { "" };
    writeln!(
        out,
        "{}{more} {}",
        found.total,
        ui.say("tài liệu", "documents")
    )?;
    let bold = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for hit in &found.hits {
        writeln!(out, "{} {}", hit.id, line(hit))?;
        if let Some(snippet) = &hit.snippet {
            writeln!(out, "    {}", marked(snippet, bold))?;
        }
    }
    for (name, counts) in &found.facets {
        let name = match *name {
            "type" => ui.say("loại", "type"),
            "agency" => ui.say("cơ quan", "agency"),
            "year" => ui.say("năm", "year"),
            _ => ui.say("đơn vị", "unit"),
        };
        let all: Vec<String> = counts
            .iter()
            .map(|(value, count)| format!("{value} ({count})"))
            .collect();
        if !all.is_empty() {
            writeln!(out, "{name}: {}", all.join(", "))?;
        }
    }
    Ok(())
}

fn line(hit: &Hit) -> String {
    let parts = [
        &hit.type_code,
        &hit.number_symbol,
        &hit.issued_date,
        &hit.agency,
        &hit.subject,
        &hit.owner,
    ];
    let all: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    all.join(" | ")
}

/// The words that were looked for, bold on a terminal and in brackets elsewhere.
fn marked(snippet: &Snippet, bold: bool) -> String {
    let (on, off) = if bold {
        ("\u{1b}[1m", "\u{1b}[0m")
    } else {
        ("[", "]")
    };
    let mut text = String::new();
    for (at, letter) in snippet.text.chars().enumerate() {
        if snippet.marks.iter().any(|mark| mark.0 == at) {
            text.push_str(on);
        }
        // Text of a document must not speak to the terminal.
        text.push(if letter.is_control() { ' ' } else { letter });
        if snippet.marks.iter().any(|mark| mark.1 == at + 1) {
            text.push_str(off);
        }
    }
    text
}
