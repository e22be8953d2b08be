//! `saoy train`: fits what words say of a type to papers whose type a person has settled.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::ArgMatches;
use saoy_pipeline::classify::learned::fit::{self, Accuracy, Example};
use saoy_pipeline::classify::learned::{Model, Words};
use saoy_pipeline::record::{DocumentRecord, FailureClass};
use serde::Serialize;

use crate::words::Ui;
use crate::{engine, terminal};

/// The model's file in the data folder.
const MODEL_FILE: &str = "types.model";

/// The model that a person had fitted; `None` where there is none and the built-in one counts.
///
/// # Errors
/// When the file is there and is no model.
pub(crate) fn own_model(matches: &ArgMatches) -> anyhow::Result<Option<Model>> {
    let Some(path) = engine::data_folder(matches).map(|folder| folder.join(MODEL_FILE)) else {
        return Ok(None);
    };
    match std::fs::read(&path) {
        Ok(bytes) => Model::read(&bytes)
            .map(Some)
            .with_context(|| format!("{}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}", path.display())),
    }
}

/// Runs the command: 0 when a model was installed, 5 when it was no better and stays out, 3 when there is nothing
/// to learn from.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let papers = papers(matches)?;
    if papers.examples.len() < FEWEST {
        terminal::complain(
            ui,
            &anyhow::anyhow!(
                "{}",
                ui.say(
                    "không đủ hồ sơ đã được người sửa hoặc gán loại (cần ít nhất 10)",
                    "too few records with a type settled by a person (10 at least)"
                )
            ),
        );
        return Ok(ExitCode::from(FailureClass::Input.exit_code()));
    }
    let own = own_model(matches)?;
    let now = own.as_ref().unwrap_or_else(|| Model::builtin());
    let start = (!matches.get_flag("fresh")).then_some(now);
    let options = fit::Options::default();
    let (mut accuracy, temperature) = fit::cross_validated(&papers.examples, start, &options);
    if start.is_none() {
        accuracy.before = right(now, &papers.examples);
    }
    let mut report = Report::new(&papers, accuracy);
    let better = accuracy.after >= accuracy.before;
    if better || matches.get_flag("force") {
        let model = fit::fit(&papers.examples, start, &options).at_temperature(temperature);
        report.installed = Some(install(matches, &model)?.display().to_string());
        report.model = Some(model.digest());
    }
    report.print(matches.get_flag("json"), ui)?;
    if report.installed.is_none() {
        terminal::hint(
            ui,
            "mô hình mới kém hơn nên không được cài; dùng --force nếu vẫn muốn",
            "the new model is worse and was not installed; --force installs it all the same",
        );
        return Ok(ExitCode::from(FailureClass::Policy.exit_code()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Papers with a settled type, and how many have none.
struct Papers {
    examples: Vec<Example>,
    /// Records nobody has looked at, or without text.
    passed_over: usize,
    /// Right as they were recorded.
    recorded_right: usize,
}

/// Reads the papers of the named folders.
fn papers(matches: &ArgMatches) -> anyhow::Result<Papers> {
    let mut papers = Papers {
        examples: Vec::new(),
        passed_over: 0,
        recorded_right: 0,
    };
    let folders = matches.get_many::<PathBuf>("folders").into_iter().flatten();
    let labels = match matches.get_one::<PathBuf>("labels") {
        Some(path) => Some(labels(path)?),
        None => None,
    };
    for folder in folders {
        let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
            .with_context(|| format!("{}", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
            .collect();
        // The order of a folder is chance; that of names is not.
        names.sort();
        for name in names {
            take(&mut papers, &name, labels.as_ref());
        }
    }
    Ok(papers)
}

fn take(papers: &mut Papers, text: &Path, labels: Option<&BTreeMap<String, String>>) {
    let record = std::fs::read(text.with_extension("json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<DocumentRecord>(&bytes).ok());
    let stem = text
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let code = match labels {
        Some(labels) => stem.and_then(|stem| labels.get(&stem).cloned()),
        None => record.as_ref().and_then(settled),
    };
    let words = std::fs::read_to_string(text).map(|text| Words::of_text(&text));
    let (Some(code), Ok(words)) = (code, words) else {
        papers.passed_over += 1;
        return;
    };
    let recorded = record.as_ref().and_then(recorded);
    papers.recorded_right += usize::from(recorded.as_ref() == Some(&code));
    papers.examples.push(Example { words, code });
}

/// The type that a person settled: by correcting it, or by correcting or checking something else and letting it stand.
fn settled(record: &DocumentRecord) -> Option<String> {
    let corrected = record
        .corrections
        .iter()
        .rev()
        .find(|one| one.field == TYPE);
    match corrected {
        Some(correction) => correction.value.clone(),
        None if record.corrections.is_empty() => None,
        None => record.kind.as_ref().map(|kind| kind.code.clone()),
    }
}

/// The type as the program had it, before anybody corrected it.
fn recorded(record: &DocumentRecord) -> Option<String> {
    let first = record.corrections.iter().find(|one| one.field == TYPE);
    match first {
        Some(correction) => correction.was.clone(),
        None => record.kind.as_ref().map(|kind| kind.code.clone()),
    }
}

/// Types by file name without ending, from a table with a head line that names `path` and `type`.
fn labels(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let table = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    let mut lines = table.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        head.iter()
            .position(|column| *column == name)
            .with_context(|| format!("{}: no column `{name}`", path.display()))
    };
    let (at_path, at_type) = (column("path")?, column("type")?);
    let entry = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let stem = Path::new(cells.get(at_path)?)
            .file_stem()?
            .to_string_lossy();
        Some((stem.into_owned(), (*cells.get(at_type)?).to_owned()))
    };
    Ok(lines.filter_map(entry).collect())
}

/// How many papers a model knows.
fn right(model: &Model, examples: &[Example]) -> usize {
    examples
        .iter()
        .filter(|example| {
            let guess = model.guess(&example.words);
            guess
                .first()
                .is_some_and(|first| first.code == example.code)
        })
        .count()
}

/// Writes the model whole or not at all; where.
fn install(matches: &ArgMatches, model: &Model) -> anyhow::Result<PathBuf> {
    let path = match matches.get_one::<PathBuf>("model") {
        Some(path) => path.clone(),
        None => engine::data_folder(matches)
            .context("no data folder: name one with --data")?
            .join(MODEL_FILE),
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    let fresh = path.with_extension("new");
    let written = std::fs::File::create(&fresh).and_then(|mut file| {
        file.write_all(&model.bytes()?)?;
        file.sync_all()?;
        std::fs::rename(&fresh, &path)
    });
    written.with_context(|| format!("{}", path.display()))?;
    Ok(path)
}

/// What the command says.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    papers: usize,
    passed_over: usize,
    types: BTreeMap<String, usize>,
    /// Share of papers whose record has the right type.
    recorded: f32,
    /// Share that the model in use knows.
    before: f32,
    /// Share that a model knows which was fitted to other papers.
    after: f32,
    installed: Option<String>,
    model: Option<String>,
}

impl Report {
    fn new(papers: &Papers, accuracy: Accuracy) -> Self {
        let mut types: BTreeMap<String, usize> = BTreeMap::new();
        for example in &papers.examples {
            *types.entry(example.code.clone()).or_default() += 1;
        }
        let share =
            |right: usize| (right as f32 / accuracy.papers.max(1) as f32 * 1000.0).round() / 1000.0;
        Self {
            schema: "saoy.training/1",
            papers: accuracy.papers,
            passed_over: papers.passed_over,
            types,
            recorded: share(papers.recorded_right),
            before: share(accuracy.before),
            after: share(accuracy.after),
            installed: None,
            model: None,
        }
    }

    fn print(&self, json: bool, ui: Ui) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        if json {
            serde_json::to_writer_pretty(&mut out, self)?;
            writeln!(out)?;
            return Ok(());
        }
        let rows = [
            (ui.say("hồ sơ", "papers"), self.papers.to_string()),
            (
                ui.say("bỏ qua", "passed over"),
                self.passed_over.to_string(),
            ),
            (ui.say("số loại", "types"), self.types.len().to_string()),
            (
                ui.say("đúng như đã ghi", "right as recorded"),
                percent(self.recorded),
            ),
            (
                ui.say("mô hình đang dùng", "model in use"),
                percent(self.before),
            ),
            (
                ui.say("mô hình mới (kiểm tra chéo)", "new model (cross-validated)"),
                percent(self.after),
            ),
        ];
        for (name, value) in rows {
            writeln!(out, "{name}: {value}")?;
        }
        if let Some(path) = &self.installed {
            writeln!(out, "{}: {path}", ui.say("đã cài", "installed"))?;
        }
        Ok(())
    }
}

fn percent(share: f32) -> String {
    format!("{:.1} %", share * 100.0)
}

/// What corrections of the type call their field.
const TYPE: &str = "type";
/// Fewer papers teach nothing that holds for others.
const FEWEST: usize = 10;

/// The grammar of the command.
pub(crate) fn command(ui: Ui) -> clap::Command {
    use clap::{Arg, ArgAction, value_parser};
    let flag = |name: &'static str, vi: &'static str, en: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(ui.say(vi, en).to_owned())
    };
    clap::Command::new("train")
        .about(ui.say(
            "Học lại cách nhận loại giấy tờ từ các hồ sơ đã được người sửa",
            "Fits the recognition of types to records that people have corrected",
        ))
        .arg(
            Arg::new("folders")
                .required(true)
                .num_args(1..)
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Thư mục có NAME.json và NAME.txt",
                    "Folders with NAME.json and NAME.txt",
                )),
        )
        .arg(
            Arg::new("labels")
                .long("labels")
                .value_name("TSV")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Bảng loại đúng theo tên tệp (cột path, type), thay cho các bản sửa",
                    "A table of right types by file name (columns path, type) in place of corrections",
                )),
        )
        .arg(
            Arg::new("model")
                .long("model")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say(
                    "Tệp mô hình sẽ ghi (mặc định: trong thư mục dữ liệu)",
                    "The model's file (default: in the data folder)",
                )),
        )
        .arg(flag(
            "fresh",
            "Học từ đầu, không dựa vào mô hình đang dùng",
            "Fit from nothing instead of from the model in use",
        ))
        .arg(flag(
            "force",
            "Cài cả khi kém hơn mô hình đang dùng",
            "Install even what is worse than the model in use",
        ))
        .arg(flag("json", "In dưới dạng JSON", "Print as JSON"))
}
