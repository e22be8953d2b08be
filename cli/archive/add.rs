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

/// Files that are taken in together: what is synced together costs the disk once.
const AT_A_TIME: usize = 100;

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
    let metadata = text(
        "metadata",
        "FILE",
        ui.say(
            "Tệp JSON {\"trường\": \"giá trị\"} thay cho nhiều --set; dữ liệu cá nhân không lộ trên dòng lệnh",
            "A JSON file {\"field\": \"value\"} in place of many --set; keeps personal data off the command line",
        ),
    )
    .value_parser(value_parser!(PathBuf));
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
            .arg(metadata.clone())
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
                .required_unless_present("metadata"),
            )
            .arg(
                text(
                    "procedure",
                    "CODE",
                    ui.say("Mã thủ tục hành chính", "Code of the procedure"),
                )
                .required_unless_present("metadata"),
            )
            .arg(
                text("result", "CODE", ui.say("Mã kết quả", "Code of the result"))
                    .required_unless_present("metadata"),
            )
            .arg(unit)
            .arg(set)
            .arg(metadata)
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
    for some in inputs.chunks(AT_A_TIME) {
        for (path, outcome) in
            some.iter()
                .zip(taken_in(&mut archive, &act, some, &given, matches, result)?)
        {
            let (added, error) = match outcome {
                Ok(added) => (Some(added), None),
                // A single input gives its own class.
                Err(error) if inputs.len() == 1 => return answered(Err(error), ui),
                Err(error) => (None, Some(said_of(&error))),
            };
            let path = path.display().to_string();
            let line = Line { path, added, error };
            if !matches.get_flag("json") {
                tell(&line, ui)?;
            }
            lines.push(line);
        }
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
    if let Some(path) = matches.get_one::<PathBuf>("metadata") {
        let wrong = || {
            Said(said!(
                "{}: cần một đối tượng JSON với các giá trị là chuỗi",
                "{}: wants a JSON object whose values are strings",
                path.display()
            ))
        };
        let bytes = std::fs::read(path).with_context(wrong)?;
        let fields: Meta = serde_json::from_slice(&bytes).with_context(wrong)?;
        meta.extend(fields);
    }
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
        // Only with a file of metadata may these be left out of the command line.
        if result && key != "unit" && !meta.contains_key(key) {
            return Err(ArchiveError::Refused(saoy_archive::Sentence {
                vi: format!("tệp dữ liệu đặc tả còn thiếu {key}"),
                en: format!("the file of metadata lacks {key}"),
            })
            .into());
        }
    }
    Ok(meta)
}

/// What became of each of some inputs; those that can be taken are taken together.
fn taken_in(
    archive: &mut Archive,
    act: &Act,
    paths: &[PathBuf],
    given: &Meta,
    matches: &ArgMatches,
    result: bool,
) -> anyhow::Result<Vec<anyhow::Result<Added>>> {
    let papers: Vec<anyhow::Result<Paper<'_>>> = paths
        .iter()
        .map(|path| Paper::read(path, given, matches, result))
        .collect();
    let fit: Vec<NewDocument<'_>> = papers
        .iter()
        .flatten()
        .map(|paper| paper.document(matches, result))
        .collect();
    // When the disk or a right is wanting, it is wanting for all of them.
    let mut added = archive.add_all(act, &fit)?.into_iter();
    let passed_over = || ArchiveError::Fault("a document was passed over".to_owned());
    Ok(papers
        .into_iter()
        .map(|paper| paper.and_then(|_| Ok(added.next().unwrap_or_else(|| Err(passed_over()))?)))
        .collect())
}

/// One input, understood.
struct Paper<'a> {
    /// The input itself, where it is a record of `digitize`.
    record: Option<&'a Path>,
    pdf: PathBuf,
    text: Option<PathBuf>,
    meta: Meta,
    figures: Figures,
    pages: Option<u32>,
    origin: String,
}

impl<'a> Paper<'a> {
    fn read(
        path: &'a Path,
        given: &Meta,
        matches: &ArgMatches,
        result: bool,
    ) -> anyhow::Result<Self> {
        let read = match path.extension() {
            Some(ending) if ending == "json" => Some(record_in(path)?),
            _ => None,
        };
        let pdf = match &read {
            Some(record) => path.with_file_name(&record.output.pdf),
            None => path.to_owned(),
        };
        if !is_pdf(&pdf)? {
            return Err(ArchiveError::Damaged(saoy_archive::Sentence {
                vi: format!(
                    "{} không phải tệp PDF; bản quét thì số hóa trước: saoy digitize",
                    pdf.display()
                ),
                en: format!(
                    "{} is no PDF; digitise scans first: saoy digitize",
                    pdf.display()
                ),
            })
            .into());
        }
        if result {
            holds(&pdf, matches)?;
        }
        let mut meta = read.as_ref().map(meta_of).unwrap_or_default();
        meta.extend(given.clone());
        let name = path.file_name().map(|name| name.to_string_lossy());
        Ok(Self {
            record: read.is_some().then_some(path),
            text: Some(path.with_extension("txt")).filter(|text| text.is_file()),
            meta,
            figures: figures(&pdf, read.as_ref())?,
            pages: read
                .as_ref()
                .and_then(|record| u32::try_from(record.pages.len()).ok()),
            origin: name.unwrap_or_default().into_owned(),
            pdf,
        })
    }

    fn document<'b>(&'b self, matches: &'b ArgMatches, result: bool) -> NewDocument<'b> {
        let option = |name: &str| {
            let found = matches.try_get_one::<String>(name).ok().flatten();
            found.map(String::as_str)
        };
        NewDocument {
            kind: if result { Kind::Result } else { Kind::Document },
            meta: self.meta.clone(),
            figures: self.figures.clone(),
            pdf: Content::File(&self.pdf),
            text: self.text.as_deref().map(Content::File),
            record: self.record.map(Content::File),
            pages: self.pages,
            origin: &self.origin,
            into: option("record"),
            replaces: option("replaces"),
        }
    }
}

/// An error in both languages.
fn said_of(error: &anyhow::Error) -> saoy_archive::Sentence {
    match error.downcast_ref::<ArchiveError>() {
        Some(known) => known.sentence(),
        None => saoy_archive::Sentence {
            vi: Ui::Vi.told(error),
            en: Ui::En.told(error),
        },
    }
}

/// Whether a file begins as PDF files do; readers allow the mark within the first 1,024 bytes (ISO 32000-1, annex H, note 13).
fn is_pdf(path: &Path) -> anyhow::Result<bool> {
    use std::io::Read as _;
    let mut head = Vec::new();
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    file.take(1024).read_to_end(&mut head)?;
    Ok(head.windows(5).any(|five| five == b"%PDF-"))
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
