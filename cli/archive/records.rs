//! `saoy archive record|show|export|reindex`: records, and documents read for a purpose.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::metadata::{Meta, Of, Standard};
use saoy_archive::records::{Document, Part, Record};
use saoy_archive::{Act, Archive};

use super::{act, by, json, open, print, sealed, text, typed, write};
use crate::args::given;
use crate::words::Ui;

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 4] {
    let set = Arg::new("set")
        .long("set")
        .value_name("FIELD=VALUE")
        .action(ArgAction::Append)
        .help(ui.say(
            "Đặt một trường dữ liệu đặc tả",
            "Set a field of the metadata",
        ));
    let purpose = || {
        text(
            "purpose",
            "TEXT",
            ui.say(
                "Mục đích sử dụng; bắt buộc với giấy tờ cá nhân",
                "What it is needed for; a must for personal documents",
            ),
        )
    };
    let id = || {
        Arg::new("id")
            .required(true)
            .value_name("ID")
            .help(ui.say("Mã của tài liệu", "The document's id"))
    };
    [
        Command::new("record")
            .about(ui.say("Lập, sửa, xem hồ sơ", "Open, change, show records"))
            .arg(Arg::new("code").value_name("CODE").help(ui.say("Mã hồ sơ; không có thì liệt kê", "The record's code; without it, all are listed")))
            .arg(text("title", "TEXT", ui.say("Tiêu đề", "Title")))
            .arg(text("maintenance", "CODE", ui.say("Thời hạn bảo quản: 01 vĩnh viễn, 02 70 năm, 03 50, 04 30, 05 20, 06 10, 07 khác", "Retention: 01 permanent, 02 70 years, 03 50, 04 30, 05 20, 06 10, 07 other")))
            .arg(text("end-date", "DATE", ui.say("Ngày kết thúc công việc", "Day the work ended")))
            .arg(text("unit", "TEXT", ui.say("Đơn vị", "Unit")))
            .arg(set)
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("show")
            .about(ui.say("Xem một tài liệu", "Show a document"))
            .arg(id())
            .arg(Arg::new("text").long("text").action(ArgAction::SetTrue).help(ui.say("In cả nội dung chữ", "Print its text too")))
            .arg(purpose())
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("export")
            .about(ui.say("Lấy tệp của tài liệu hoặc cả hồ sơ ra", "Get the files of a document or of a whole record out"))
            .arg(Arg::new("ids").num_args(0..).value_name("ID").help(ui.say("Mã tài liệu", "Ids of documents")))
            .arg(text("record", "CODE", ui.say("Mọi tài liệu của hồ sơ này", "Every document of this record")))
            .arg(
                text("out", "DIR", ui.say("Thư mục đích", "Where to")).short('o').required(true).value_parser(value_parser!(PathBuf)),
            )
            .arg(purpose())
            .arg(by(ui)),
        Command::new("reindex")
            .about(ui.say("Lập lại chỉ mục tìm kiếm", "Make the search tables anew"))
            .arg(by(ui)),
    ]
}

pub(super) fn record(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let Some(code) = matches.get_one::<String>("code") else {
        let all = archive.records()?;
        if matches.get_flag("json") {
            print(&all)?;
            return Ok(ExitCode::SUCCESS);
        }
        for record in all {
            tell(&record, ui)?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let mut meta = Meta::new();
    for pair in matches.get_many::<String>("set").into_iter().flatten() {
        let (field, value) = pair.split_once('=').unwrap_or((pair, ""));
        meta.insert(field.to_owned(), value.to_owned());
    }
    for (option, key) in [
        ("title", "title"),
        ("maintenance", "maintenance"),
        ("end-date", "end_date"),
        ("unit", "unit"),
    ] {
        if let Some(value) = matches.get_one::<String>(option) {
            meta.insert(key.to_owned(), value.clone());
        }
    }
    let record = if meta.is_empty() {
        archive.record(code)?
    } else {
        meta.insert("code".to_owned(), code.clone());
        let record = archive.put_record(&act, &meta)?;
        sealed(&mut archive, ui);
        record
    };
    if matches.get_flag("json") {
        print(&record)?;
    } else {
        tell(&record, ui)?;
        fields(Of::Record, &record.meta, &act, ui)?;
        for id in &record.documents {
            writeln!(io::stdout(), "  {id}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(record: &Record, ui: Ui) -> io::Result<()> {
    writeln!(
        io::stdout(),
        "{}: {} ({} {})",
        record.code,
        record.meta.get("title").map_or("", String::as_str),
        record.documents.len(),
        ui.say("tài liệu", "documents")
    )
}

/// Metadata with the names that people know.
fn fields(of: Of, meta: &Meta, act: &Act, ui: Ui) -> anyhow::Result<()> {
    let standard = Standard::on(act.day())?;
    for (key, value) in meta {
        let field = standard.field(of, key);
        let name = field.map_or(key.as_str(), |field| ui.say(&field.vi, &field.en));
        let code = field.and_then(|field| field.codes.iter().find(|code| code.0 == *value));
        match code {
            Some((code, vi, en)) => {
                writeln!(io::stdout(), "  {name}: {code} {}", ui.say(vi, en))?;
            }
            None => writeln!(io::stdout(), "  {name}: {value}")?,
        }
    }
    Ok(())
}

pub(super) fn show(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let id = given::<String>(matches, "id")?;
    let document = archive.read(&act, id, typed(matches, "purpose"))?;
    let wanted = matches.get_flag("text");
    let last = document.versions.last();
    let file = last
        .and_then(|version| version.file(Part::Text))
        .filter(|_| wanted);
    let text = match file {
        Some(file) => Some(String::from_utf8_lossy(&archive.blobs().read(file)?).into_owned()),
        None => None,
    };
    if matches.get_flag("json") {
        print(&serde_json::json!({ "schema": "saoy.held/1", "document": document, "text": text }))?;
        return Ok(ExitCode::SUCCESS);
    }
    describe(&document, &act, ui)?;
    if let Some(text) = text {
        writeln!(io::stdout(), "\n{text}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(document: &Document, act: &Act, ui: Ui) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{}", document.id)?;
    fields(Of::Document, &document.meta, act, ui)?;
    if !document.records.is_empty() {
        let codes = document.records.join(", ");
        writeln!(io::stdout(), "  {}: {codes}", ui.say("Hồ sơ", "Records"))?;
    }
    for version in &document.versions {
        writeln!(
            io::stdout(),
            "  {} {}: {} ({}, {}) sha256 {}",
            ui.say("Bản", "Version"),
            version.number,
            version.origin,
            version.added.0,
            version.added.1,
            version.pdf
        )?;
    }
    if !document.kept {
        let gone = ui.say(
            "  Tệp đã được hủy theo quyết định.",
            "  Its files were disposed of by a decision.",
        );
        writeln!(io::stdout(), "{gone}")?;
    }
    Ok(())
}

pub(super) fn export(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    let out = given::<PathBuf>(matches, "out")?;
    let mut ids: Vec<String> = matches
        .get_many::<String>("ids")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    if let Some(code) = matches.get_one::<String>("record") {
        ids.extend(archive.record(code)?.documents);
    }
    for id in &ids {
        for path in files(&mut archive, &act, id, typed(matches, "purpose"), out)? {
            writeln!(io::stdout(), "{}", path.display())?;
        }
    }
    sealed(&mut archive, ui);
    Ok(ExitCode::SUCCESS)
}

/// Writes the files of a document under its id; the metadata too.
fn files(
    archive: &mut Archive,
    act: &Act,
    id: &str,
    purpose: &str,
    out: &std::path::Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let document = archive.document(id)?;
    let last = document.versions.last();
    let mut written = Vec::new();
    for (part, ending) in [
        (Part::Pdf, "pdf"),
        (Part::Text, "txt"),
        (Part::Record, "json"),
    ] {
        if part != Part::Pdf && last.and_then(|version| version.file(part)).is_none() {
            continue;
        }
        let bytes = archive.export(act, id, part, purpose)?;
        let path = out.join(format!("{}.{ending}", document.id));
        write(&path, &bytes)?;
        written.push(path);
    }
    let path = out.join(format!("{}.meta.json", document.id));
    write(&path, &serde_json::to_vec_pretty(&document)?)?;
    written.push(path);
    Ok(written)
}

pub(super) fn reindex(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let count = archive.reindex(&act(matches))?;
    sealed(&mut archive, ui);
    writeln!(
        io::stdout(),
        "{count} {}",
        ui.say("tài liệu đã lập chỉ mục", "documents indexed")
    )?;
    Ok(ExitCode::SUCCESS)
}
