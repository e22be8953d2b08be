//! `saoy digitize`: scans in, searchable PDF/A and records out.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context;
use clap::ArgMatches;
use saoy_ocr::{ReaderConfig, Readers};
use saoy_pipeline::classify::stack::Split;
use saoy_pipeline::compose::DateTime;
use saoy_pipeline::compose::pdfa::Profile;
use saoy_pipeline::driver::{self, Options, Plan, RunError, Sidecars, World};
use saoy_pipeline::ingest::{Limits, TextPolicy};
use saoy_pipeline::record::{BatchRecord, Failure, FailureClass, Status};

use crate::args::given;
use crate::terminal::{Progress, Style};
use crate::words::Ui;
use crate::{engine, terminal};

/// Runs the command; the exit code is by the table of the program.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let plan = plan_of(matches)?;
    if matches.get_flag("dry-run") {
        return preview(&plan);
    }
    let readers = match readers(matches, &plan.options.language) {
        Ok(readers) => readers,
        Err(trouble) => {
            terminal::complain(ui, &trouble);
            terminal::hint(ui, "chạy: saoy doctor", "run: saoy doctor");
            return Ok(ExitCode::from(FailureClass::Environment.exit_code()));
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_signals(&stop)?;
    let progress = Progress::new(ui, style(matches)?);
    let world = World {
        readers: &readers,
        now: &local_time,
        watch: &progress,
        stop: &stop,
    };
    match driver::digitize(&plan, &world) {
        Ok(record) => {
            if matches.get_flag("json") {
                print_json(&record)?;
            }
            Ok(ExitCode::from(exit_code(&record)))
        }
        Err(error) => {
            let code = if matches!(error, RunError::Nothing) {
                FailureClass::Input
            } else {
                FailureClass::Environment
            };
            terminal::complain(ui, &error.into());
            Ok(ExitCode::from(code.exit_code()))
        }
    }
}

fn plan_of(matches: &ArgMatches) -> anyhow::Result<Plan> {
    let inputs = matches
        .get_many::<PathBuf>("inputs")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let asked: BTreeSet<&str> = matches
        .get_many::<String>("sidecar")
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let sidecars = Sidecars {
        txt: asked.contains("txt"),
        json: asked.contains("json"),
        hocr: asked.contains("hocr"),
        alto: asked.contains("alto"),
    };
    let pdfa = match given::<String>(matches, "pdfa")?.as_str() {
        "1b" => Profile::A1b,
        "2u" => Profile::A2u,
        "3b" => Profile::A3b,
        _ => Profile::A2b,
    };
    let text = match given::<String>(matches, "text")?.as_str() {
        "redo" => TextPolicy::Redo,
        "force" => TextPolicy::Force,
        _ => TextPolicy::Skip,
    };
    let split = match given::<String>(matches, "split")?.as_str() {
        "sheets" => Split::Sheets,
        "auto" => Split::Auto,
        _ => Split::None,
    };
    let options = Options {
        language: given::<String>(matches, "lang")?.clone(),
        pdfa,
        sidecars,
        split,
        text,
        preprocess: Default::default(),
        recognize: Default::default(),
        classify: Default::default(),
    };
    let cpus = || std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Plan {
        inputs,
        out: given::<PathBuf>(matches, "out")?.clone(),
        options,
        jobs: matches
            .get_one::<u16>("jobs")
            .map_or_else(cpus, |jobs| usize::from(*jobs)),
        folder_as_document: matches.get_flag("folder-as-document"),
        force: matches.get_flag("force"),
        limits: Limits::default(),
    })
}

/// The reader pool, after a look whether program and models are there: a batch should not begin without.
fn readers(matches: &ArgMatches, language: &str) -> anyhow::Result<Readers> {
    let program = engine::program(matches)?;
    anyhow::ensure!(
        program.is_file(),
        "the reader program {} is missing",
        program.display()
    );
    let folders = engine::model_folders(matches);
    saoy_ocr::locate(language, &folders)?;
    let mut config = ReaderConfig::new(program, folders);
    config.language = language.to_owned();
    config.page_limit = Duration::from_secs(u64::from(*given::<u32>(matches, "page-limit")?));
    Ok(Readers::new(config))
}

/// The first SIGINT or SIGTERM asks the run to stop, the second ends the process at once.
fn stop_on_signals(stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, stop.clone())
            .and_then(|_| signal_hook::flag::register(signal, stop.clone()))
            .context("cannot listen for signals")?;
    }
    Ok(())
}

fn style(matches: &ArgMatches) -> anyhow::Result<Style> {
    Ok(match given::<String>(matches, "progress")?.as_str() {
        "json" => Style::Json,
        "none" => Style::Quiet,
        _ => Style::Auto,
    })
}

pub(crate) fn local_time() -> DateTime {
    let now = jiff::Zoned::now();
    let unsigned = |value: i8| u8::try_from(value).unwrap_or(1);
    DateTime {
        year: u16::try_from(now.year()).unwrap_or(1970),
        month: unsigned(now.month()),
        day: unsigned(now.day()),
        hour: unsigned(now.hour()),
        minute: unsigned(now.minute()),
        second: unsigned(now.second()),
        utc_offset_minutes: i16::try_from(now.offset().seconds() / 60).unwrap_or(0),
    }
}

fn preview(plan: &Plan) -> anyhow::Result<ExitCode> {
    let found = driver::preview(&plan.inputs, &plan.out, plan.folder_as_document);
    let mut out = io::stdout().lock();
    for document in &found.documents {
        writeln!(out, "{}", document.path.display())?;
    }
    for other in &found.set_aside {
        writeln!(io::stderr(), "{}: {}", other.path.display(), other.reason)?;
    }
    let fine = found.set_aside.iter().all(|other| !other.matters);
    Ok(ExitCode::from(if fine {
        0
    } else {
        FailureClass::Input.exit_code()
    }))
}

fn print_json(record: &BatchRecord) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, record)?;
    writeln!(out)?;
    Ok(())
}

/// 0 when all is done; a single input gives its own class; several give 1; a stopped run gives 130. What
/// stops the whole run (no disk space, no engine) gives its class however many inputs there are.
fn exit_code(record: &BatchRecord) -> u8 {
    if record.interrupted && record.totals.pending > 0 {
        return FailureClass::Interrupted.exit_code();
    }
    let failures: Vec<_> = record
        .documents
        .iter()
        .filter(|entry| entry.status == Status::Failed)
        .collect();
    match (failures.as_slice(), record.totals.documents) {
        ([], _) => 0,
        (failed, _)
            if failed
                .iter()
                .any(|entry| entry.error.as_ref().is_some_and(Failure::stops_the_run)) =>
        {
            FailureClass::Environment.exit_code()
        }
        ([only], 1) => only
            .error
            .as_ref()
            .map_or(1, |failure| failure.class.exit_code()),
        _ => 1,
    }
}
