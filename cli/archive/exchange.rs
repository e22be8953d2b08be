//! `saoy archive import|cases|table|backup|restore`: what comes in and goes out in bulk.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::records::Outcome;

use super::{act, by, folder, json, open, print, sealed, text, typed, write};
use crate::args::given;
use crate::terminal;
use crate::words::Ui;

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 5] {
    let path = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name)
            .required(true)
            .value_name(value)
            .value_parser(value_parser!(PathBuf))
            .help(help.to_owned())
    };
    let table_help = ui.say(
        "Bảng CSV (UTF-8), dòng đầu là tên cột",
        "CSV table (UTF-8) with a line of headings",
    );
    [
        Command::new("import")
            .about(ui.say(
                "Nhập thư mục PDF cũ kèm bảng dữ liệu đặc tả; dòng sai được báo, dòng khác vẫn nhập; chạy lại thì làm tiếp",
                "Take in a folder of legacy PDFs with their table; bad rows are reported, the rest goes on; run again to resume",
            ))
            .arg(path("table", "TABLE.csv", table_help))
            .arg(path("files", "DIR", ui.say("Thư mục chứa PDF", "The folder with the PDFs")).long("files").required(false))
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("cases")
            .about(ui.say(
                "Nhập bảng hồ sơ thủ tục hành chính, thành phần và kết quả, để tính chỉ số",
                "Take in a table of cases with components and results, for the indicators",
            ))
            .arg(path("table", "TABLE.csv", table_help))
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("table")
            .about(ui.say("Xuất dữ liệu đặc tả mọi tài liệu: CSV hoặc JSON", "Write every document's metadata as CSV or JSON"))
            .arg(path("out", "FILE.csv|FILE.json", ui.say("Tệp đích", "Where to")).short('o').long("out"))
            .arg(text("purpose", "TEXT", ui.say("Mục đích", "What it is needed for")).required(true))
            .arg(by(ui)),
        Command::new("backup")
            .about(ui.say("Sao lưu toàn bộ trong khi vẫn làm việc", "Copy everything while others work on"))
            .arg(path("to", "DIR", ui.say("Thư mục mới", "A new folder")))
            .arg(Arg::new("with-keys").long("with-keys").action(ArgAction::SetTrue).help(ui.say(
                "Kèm khóa ký nhật ký; khi đó bản sao lưu phải được bảo vệ như khóa",
                "With the key that signs the log; the backup then needs the care that keys need",
            )))
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("restore")
            .about(ui.say("Khôi phục từ bản sao lưu vào thư mục dữ liệu trống", "Put a backup back into an empty data folder"))
            .arg(path("from", "DIR", ui.say("Bản sao lưu", "The backup")))
            .arg(json(ui)),
    ]
}

pub(super) fn import(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let table = given::<PathBuf>(matches, "table")?;
    let bytes = std::fs::read(table).with_context(|| table.display().to_string())?;
    let beside = table.parent().map(PathBuf::from).unwrap_or_default();
    let files = matches
        .get_one::<PathBuf>("files")
        .cloned()
        .unwrap_or(beside);
    let mut archive = open(matches)?;
    let imported = archive.import(&act(matches), &bytes, &files, |done, of| {
        let _ = writeln!(io::stderr(), "{done}/{of} {}", ui.say("dòng", "rows"));
    })?;
    sealed(&mut archive, ui);
    let failed = imported
        .lines
        .iter()
        .filter(|line| line.error.is_some())
        .count();
    if matches.get_flag("json") {
        print(&serde_json::json!({ "schema": "saoy.imported/1", "imported": imported }))?;
        return Ok(ExitCode::from(u8::from(failed > 0)));
    }
    for line in &imported.lines {
        if let Some(error) = &line.error {
            writeln!(
                io::stdout(),
                "{} {}: {}",
                ui.say("dòng", "row"),
                line.line,
                ui.say(&error.vi, &error.en)
            )?;
        }
    }
    let count = |outcome: Outcome| {
        let all = imported.lines.iter().filter_map(|line| line.added.as_ref());
        all.filter(|added| added.outcome == outcome).count()
    };
    writeln!(
        io::stdout(),
        "{} {}, {} {}, {} {}, {failed} {}",
        count(Outcome::Added),
        ui.say("mới", "added"),
        count(Outcome::Revised),
        ui.say("cập nhật", "revised"),
        count(Outcome::Known),
        ui.say("đã có", "known"),
        ui.say("lỗi", "failed")
    )?;
    if !imported.ignored.is_empty() {
        let columns = imported.ignored.join(", ");
        terminal::hint(
            ui,
            &format!("các cột không dùng: {columns}"),
            &format!("columns not used: {columns}"),
        );
    }
    Ok(ExitCode::from(u8::from(failed > 0)))
}

pub(super) fn cases(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let table = given::<PathBuf>(matches, "table")?;
    let bytes = std::fs::read(table).with_context(|| table.display().to_string())?;
    let mut archive = open(matches)?;
    let taken = archive.import_cases(&act(matches), &bytes)?;
    sealed(&mut archive, ui);
    if matches.get_flag("json") {
        print(&taken)?;
    } else {
        for (line, error) in &taken.errors {
            writeln!(
                io::stdout(),
                "{} {line}: {}",
                ui.say("dòng", "row"),
                ui.say(&error.vi, &error.en)
            )?;
        }
        writeln!(
            io::stdout(),
            "{} {}, {} {}, {} {}, {} {}",
            taken.added,
            ui.say("mới", "added"),
            taken.revised,
            ui.say("cập nhật", "revised"),
            taken.known,
            ui.say("đã có", "known"),
            taken.errors.len(),
            ui.say("lỗi", "failed")
        )?;
    }
    Ok(ExitCode::from(u8::from(!taken.errors.is_empty())))
}

pub(super) fn table(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let out = given::<PathBuf>(matches, "out")?;
    let mut archive = open(matches)?;
    let (act, purpose) = (act(matches), typed(matches, "purpose"));
    let bytes = if out.extension().is_some_and(|ending| ending == "json") {
        let all = archive.taken_out(&act, purpose)?;
        serde_json::to_vec_pretty(
            &serde_json::json!({ "schema": "saoy.table/1", "documents": all }),
        )?
    } else {
        archive.table(&act, purpose)?
    };
    sealed(&mut archive, ui);
    write(out, &bytes)?;
    writeln!(io::stdout(), "{}", out.display())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn backup(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let to = given::<PathBuf>(matches, "to")?;
    let manifest = archive.backup(&act(matches), to, matches.get_flag("with-keys"))?;
    if matches.get_flag("json") {
        print(&manifest)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(
        io::stdout(),
        "{}: {} {}, {} {}",
        to.display(),
        manifest.files.len(),
        ui.say("tệp", "files"),
        manifest.entries,
        ui.say("mục nhật ký", "log entries")
    )?;
    if !manifest.keys {
        terminal::hint(
            ui,
            "khóa ký nhật ký (keys/audit.key) không có trong bản này; giữ riêng, khi khôi phục thì đặt lại",
            "the key that signs the log (keys/audit.key) is not in it; keep it apart and put it back after restoring",
        );
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let to = folder(matches)?;
    let manifest = saoy_archive::backup::restore(given::<PathBuf>(matches, "from")?, &to)?;
    if matches.get_flag("json") {
        print(&manifest)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(
        io::stdout(),
        "{} {}: {} {}",
        ui.say("đã khôi phục vào", "restored into"),
        to.display(),
        manifest.files.len(),
        ui.say("tệp", "files")
    )?;
    if manifest.keys {
        terminal::hint(
            ui,
            "kiểm tra: saoy archive check",
            "check it: saoy archive check",
        );
    } else {
        terminal::hint(
            ui,
            "đặt lại keys/audit.key từ nơi giữ riêng, rồi: saoy archive check",
            "put keys/audit.key back from where it is kept, then: saoy archive check",
        );
    }
    Ok(ExitCode::SUCCESS)
}
