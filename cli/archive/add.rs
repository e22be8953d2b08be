//! `saoy archive add|deposit`: what was digitised or signed goes into the archive, once.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::metadata::Meta;
use saoy_archive::records::{Added, Content, Figures, Kind, NewDocument, Outcome};
use saoy_archive::{Act, Archive, ArchiveError};
use saoy_pipeline::record::DocumentRecord;
use serde::Serialize;

use super::{act, answered, by, json, open, print, sealed, text};
use crate::terminal;
use crate::words::{Said, Ui, said};

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 2] {
    let inputs = |help: &str| {
        Arg::new("inputs")
            .required(true)
            .num_args(1..)
            .value_name("DIR|NAME.json|FILE.pdf")
            .value_parser(value_parser!(PathBuf))
            .help(help.to_owned())
    };
    let set = Arg::new("set")
        .long("set")
        .value_name("FIELD=VALUE")
        .action(ArgAction::Append)
        .help(ui.say(
            "Đặt giá trị một trường dữ liệu đặc tả, thay cho giá trị đọc được; lặp lại được",
            "Set a field of the metadata, in place of what was read; may be repeated",
        ));
    let unit = text("unit", "TEXT", ui.say("Đơn vị", "Unit"));
    [
        Command::new("add")
            .about(ui.say(
                "Đưa kết quả số hóa vào kho; tệp đã có thì không lưu lần hai",
                "Take in what was digitised; a file that is here already is not stored twice",
            ))
            .arg(inputs(ui.say(
                "Thư mục kết quả của saoy digitize, NAME.json của nó, hoặc tệp PDF",
                "Output folders of saoy digitize, its NAME.json, or PDF files",
            )))
            .arg(text(
                "record",
                "CODE",
                ui.say("Xếp vào hồ sơ này", "Put them into this record"),
            ))
            .arg(unit.clone())
            .arg(set.clone())
            .arg(text(
                "replaces",
                "ID",
                ui.say(
                    "Là bản mới của tài liệu này (ví dụ đã ký)",
                    "It is a new version of this document (signed, say)",
                ),
            ))
            .arg(by(ui))
            .arg(json(ui)),
        Command::new("deposit")
            .about(ui.say(
                "Lưu kết quả thủ tục đã ký cho chủ của nó",
                "Deposit the signed result of a procedure for its owner",
            ))
            .arg(inputs(ui.say("Tệp kết quả đã ký", "The signed result")))
            .arg(
                text(
                    "owner",
                    "NUMBER",
                    ui.say(
                        "Số định danh hoặc mã số thuế của chủ",
                        "The owner's identity or tax number",
                    ),
                )
                .required(true),
            )
            .arg(
                text(
                    "procedure",
                    "CODE",
                    ui.say("Mã thủ tục hành chính", "Code of the procedure"),
                )
                .required(true),
            )
            .arg(text("result", "CODE", ui.say("Mã kết quả", "Code of the result")).required(true))
            .arg(unit)
            .arg(set)
            .arg(by(ui))
            .arg(json(ui)),
    ]
}

/// What became of one input.
#[derive(Serialize)]
struct Line {
    path: String,
    #[serde(flatten)]
    added: Option<Added>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<saoy_archive::Sentence>,
}

/// Takes everything in; one bad input does not stop the others.
pub(super) fn run(matches: &ArgMatches, ui: Ui, result: bool) -> anyhow::Result<ExitCode> {
    let named: Vec<PathBuf> = matches
        .get_many::<PathBuf>("inputs")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let inputs = found(&named)?;
    let given = given(matches, result)?;
    let mut archive = open(matches)?;
    let act = act(matches);
    let mut lines = Vec::new();
    for path in &inputs {
        let outcome = one(&mut archive, &act, path, &given, matches, result);
        let alone = inputs.len() == 1;
        let (added, error) = match outcome {
            Ok(added) => (Some(added), None),
            // A single input gives its own class.
            Err(error) if alone => return answered(Err(error), ui),
            Err(error) => match error.downcast_ref::<ArchiveError>() {
                Some(known) => (None, Some(known.sentence())),
                None => {
                    let said = saoy_archive::Sentence {
                        vi: Ui::Vi.told(&error),
                        en: Ui::En.told(&error),
                    };
                    (None, Some(said))
                }
            },
        };
        let path = path.display().to_string();
        let line = Line { path, added, error };
        if !matches.get_flag("json") {
            tell(&line, ui)?;
        }
        lines.push(line);
    }
    sealed(&mut archive, ui);
    let failed = lines.iter().filter(|line| line.error.is_some()).count();
    if matches.get_flag("json") {
        print(&serde_json::json!({ "schema": "saoy.added/1", "documents": lines }))?;
    }
    if inputs.is_empty() {
        terminal::hint(
            ui,
            "không thấy NAME.json hay tệp PDF nào; trước hết hãy số hóa: saoy digitize",
            "no NAME.json or PDF found; digitise first: saoy digitize",
        );
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn tell(line: &Line, ui: Ui) -> anyhow::Result<()> {
    let mut out = io::stdout();
    if let Some(error) = &line.error {
        writeln!(out, "{}: {}", line.path, ui.say(&error.vi, &error.en))?;
    }
    if let Some(added) = &line.added {
        let outcome = match added.outcome {
            Outcome::Added => ui.say("đã lưu", "added"),
            Outcome::Revised => ui.say("đã cập nhật", "revised"),
            Outcome::Known => ui.say("đã có", "known"),
        };
        writeln!(out, "{} {outcome} {}", added.id, line.path)?;
        if !added.missing.is_empty() {
            let missing = added.missing.join(", ");
            writeln!(out, "  {} {missing}", ui.say("còn thiếu:", "lacks:"))?;
        }
    }
    Ok(())
}

/// Records of `digitize` in folders, and what was named itself.
fn found(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in named {
        if !path.is_dir() {
            all.push(path.clone());
            continue;
        }
        let mut inside: Vec<PathBuf> = std::fs::read_dir(path)
            .with_context(|| path.display().to_string())?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| is_record(path))
            .collect();
        inside.sort();
        all.extend(inside);
    }
    Ok(all)
}

/// A JSON file that says it is the record of a document; `batch.json` is none.
fn is_record(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "json")
        && std::fs::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
            .is_some_and(|value| value["schema"] == saoy_pipeline::record::DOCUMENT_SCHEMA)
}

/// What the command line says of the metadata.
fn given(matches: &ArgMatches, result: bool) -> anyhow::Result<Meta> {
    let mut meta = Meta::new();
    for pair in matches.get_many::<String>("set").into_iter().flatten() {
        let (field, value) = pair.split_once('=').context(Said(said!(
            "--set cần dạng TRƯỜNG=GIÁ TRỊ: {}",
            "--set wants FIELD=VALUE: {}",
            pair
        )))?;
        meta.insert(field.trim().to_owned(), value.to_owned());
    }
    let mut named = vec![("unit", "unit")];
    if result {
        named.extend([
            ("owner", "owner_number"),
            ("procedure", "procedure"),
            ("result", "result_code"),
        ]);
    }
    for (option, key) in named {
        if let Some(value) = matches.get_one::<String>(option) {
            meta.insert(key.to_owned(), value.clone());
        }
    }
    Ok(meta)
}

fn one(
    archive: &mut Archive,
    act: &Act,
    path: &Path,
    given: &Meta,
    matches: &ArgMatches,
    result: bool,
) -> anyhow::Result<Added> {
    let read = match path.extension() {
        Some(ending) if ending == "json" => Some(record_in(path)?),
        _ => None,
    };
    let (pdf, sidecar) = match &read {
        Some(record) => (
            path.with_file_name(&record.output.pdf),
            path.with_extension("txt"),
        ),
        None => (path.to_owned(), path.with_extension("txt")),
    };
    let mut meta = read.as_ref().map(meta_of).unwrap_or_default();
    meta.extend(given.clone());
    let origin = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    if result {
        holds(&pdf, matches)?;
    }
    let option = |name: &str| {
        matches
            .try_get_one::<String>(name)
            .ok()
            .flatten()
            .map(String::as_str)
    };
    let new = NewDocument {
        kind: if result { Kind::Result } else { Kind::Document },
        meta,
        figures: figures(&pdf, read.as_ref())?,
        pdf: Content::File(&pdf),
        text: sidecar.is_file().then_some(Content::File(&sidecar)),
        record: read.is_some().then_some(Content::File(path)),
        pages: read
            .as_ref()
            .and_then(|record| u32::try_from(record.pages.len()).ok()),
        origin: &origin,
        into: option("record"),
        replaces: option("replaces"),
    };
    Ok(archive.add(act, &new)?)
}

/// A result is kept for others to rely on: it must be signed, and its signatures must not be broken.
fn holds(pdf: &Path, matches: &ArgMatches) -> anyhow::Result<()> {
    let verdict = crate::verify::judged(pdf, matches)?;
    if matches!(verdict.verdict, "valid" | "indeterminate") {
        return Ok(());
    }
    Err(ArchiveError::Refused(saoy_archive::Sentence {
        vi: format!("không nhận kết quả này: {}", verdict.summary.vi),
        en: format!("this result is not taken: {}", verdict.summary.en),
    })
    .into())
}

fn record_in(path: &Path) -> anyhow::Result<DocumentRecord> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| {
        Said(said!(
            "{}: không phải bản ghi của saoy digitize",
            "{}: not a record of saoy digitize",
            path.display()
        ))
    })
}

/// The metadata that a record holds; what could not be read is not in it.
fn meta_of(record: &DocumentRecord) -> Meta {
    let mut meta: Meta = record
        .fields
        .iter()
        .filter_map(|(key, field)| Some((key.clone(), field.value.clone()?)))
        .collect();
    if let Some(kind) = &record.kind {
        meta.insert("type".to_owned(), kind.code.clone());
        meta.insert("type_name".to_owned(), kind.name.clone());
    }
    meta.insert("page_count".to_owned(), record.pages.len().to_string());
    // What the separator sheet said of where the paper lay.
    for (key, value) in record.separator.iter().flat_map(|sheet| &sheet.data) {
        if key == "unit" {
            meta.insert(key.clone(), value.clone());
        }
    }
    meta.entry("confidence_level".to_owned())
        .or_insert_with(|| "02".to_owned());
    meta
}

/// Figures for the report on productivity.
fn figures(pdf: &Path, record: Option<&DocumentRecord>) -> anyhow::Result<Figures> {
    let signed = super::is_signed(pdf)?;
    let Some(record) = record else {
        return Ok(Figures {
            signed,
            ..Figures::default()
        });
    };
    let words: u64 = record.pages.iter().map(|page| u64::from(page.words)).sum();
    let sum: f64 = record
        .pages
        .iter()
        .map(|page| f64::from(page.mean_confidence.unwrap_or_default()) * f64::from(page.words))
        .sum();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a mean between 0 and 1, in thousandths"
    )]
    let confidence = (words > 0).then(|| (sum / words as f64 * 1000.0).round() as u32);
    let with_text = record.pages.iter().filter(|page| page.words > 0).count();
    let corrected = record
        .corrections
        .iter()
        .filter(|one| record.fields.contains_key(&one.field) || one.field == "type")
        // What a person looked at and found right was no error.
        .filter(|one| one.was != one.value)
        .count();
    Ok(Figures {
        confidence,
        pages_with_text: u32::try_from(with_text).unwrap_or(u32::MAX),
        corrected: u32::try_from(corrected).unwrap_or(u32::MAX),
        signed,
    })
}
