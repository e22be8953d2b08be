//! `saoy digitize`: scans in, searchable PDF/A and records out.

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
use saoy_pipeline::compose::pdfa;
use saoy_pipeline::driver::{self, Options, Plan, RunError, Sidecars, World};
use saoy_pipeline::ingest::{Limits, TextPolicy};
use saoy_pipeline::record::{BatchRecord, Failure, FailureClass, Status};
use saoy_pipeline::speech::Spoken;
use serde::Serialize;

use crate::args::given;
use crate::profile::{Profile, Settings};
use crate::terminal::{Progress, Style};
use crate::words::{Said, Ui, said};
use crate::{engine, evaluate, terminal, train};

/// Runs the command; the exit code is by the table of the program.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let profile = match Profile::chosen(matches) {
        Ok(profile) => profile,
        Err(wrong) => {
            terminal::complain(ui, &wrong);
            return Ok(ExitCode::from(2));
        }
    };
    let settings = profile.settled(matches)?;
    let plan = plan_of(matches, &profile, &settings)?;
    if matches.get_flag("dry-run") {
        return preview(&plan, &settings.lines(&profile, ui), ui);
    }
    if plan.inputs.is_empty() {
        // Only `--evaluate` does without inputs.
        report(matches, &plan, None, ui)?;
        return Ok(ExitCode::SUCCESS);
    }
    let page_limit = Duration::from_secs(u64::from(settings.page_limit.value));
    let readers = match readers(matches, &plan.options.language, page_limit) {
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
        wind_down: &AtomicBool::new(false),
    };
    match driver::digitize(&plan, &world) {
        Ok(record) => {
            report(matches, &plan, Some(&record), ui)?;
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

/// What the command line and the profile make of a run; commands that feed a station have no inputs in it.
pub(crate) fn plan_of(
    matches: &ArgMatches,
    profile: &Profile,
    settings: &Settings,
) -> anyhow::Result<Plan> {
    let inputs = matches
        .try_get_many::<PathBuf>("inputs")
        .ok()
        .flatten()
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let asked = |name: &str| settings.sidecars.value.iter().any(|one| one == name);
    let sidecars = Sidecars {
        txt: asked("txt"),
        json: asked("json"),
        hocr: asked("hocr"),
        alto: asked("alto"),
    };
    let pdfa = match settings.pdfa.value.as_str() {
        "1b" => pdfa::Profile::A1b,
        "2u" => pdfa::Profile::A2u,
        "3b" => pdfa::Profile::A3b,
        _ => pdfa::Profile::A2b,
    };
    let text = match settings.text.value.as_str() {
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
        language: settings.lang.value.clone(),
        pdfa,
        sidecars,
        split,
        text,
        visible: profile.visible(),
        preprocess: Default::default(),
        recognize: Default::default(),
        classify: saoy_pipeline::classify::Options {
            model: train::own_model(matches)?.map(Arc::new),
        },
    };
    let cpus = || std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Plan {
        inputs,
        out: given::<PathBuf>(matches, "out")?.clone(),
        options,
        profile: profile.name().map(str::to_owned),
        jobs: matches
            .get_one::<u16>("jobs")
            .map_or_else(cpus, |jobs| usize::from(*jobs)),
        folder_as_document: flag(matches, "folder-as-document"),
        force: flag(matches, "force"),
        limits: Limits::default(),
    })
}

/// Whether a flag is set; a command that has no such flag has it not set.
fn flag(matches: &ArgMatches, name: &str) -> bool {
    matches
        .try_get_one::<bool>(name)
        .ok()
        .flatten()
        .is_some_and(|set| *set)
}

/// The reader pool, after a look whether program and models are there: a batch should not begin without.
pub(crate) fn readers(
    matches: &ArgMatches,
    language: &str,
    page_limit: Duration,
) -> anyhow::Result<Readers> {
    let program = engine::program(matches)?;
    if !program.is_file() {
        return Err(Said(said!(
            "thiếu chương trình nhận dạng chữ {}",
            "the reader program {} is missing",
            program.display()
        ))
        .into());
    }
    let folders = engine::model_folders(matches);
    saoy_ocr::locate(language, &folders)?;
    let mut config = ReaderConfig::new(program, folders);
    config.language = language.to_owned();
    config.page_limit = page_limit;
    Ok(Readers::new(config))
}

/// The first SIGINT or SIGTERM asks the run to stop, the second ends the process at once.
pub(crate) fn stop_on_signals(stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, stop.clone())
            .and_then(|_| signal_hook::flag::register(signal, stop.clone()))
            .context(Said(said!(
                "không nhận được tín hiệu của hệ thống",
                "cannot listen for signals"
            )))?;
    }
    Ok(())
}

/// How progress is shown.
pub(crate) fn style(matches: &ArgMatches) -> anyhow::Result<Style> {
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

/// Lists the inputs on stdout, the settings and what is no input on stderr.
fn preview(plan: &Plan, settings: &[String], ui: Ui) -> anyhow::Result<ExitCode> {
    let found = driver::preview(&plan.inputs, &plan.out, plan.folder_as_document);
    let mut out = io::stdout().lock();
    for document in &found.documents {
        writeln!(out, "{}", document.path.display())?;
    }
    for line in settings {
        writeln!(io::stderr(), "{line}")?;
    }
    for other in &found.set_aside {
        let reason = other.reason.spoken();
        writeln!(io::stderr(), "{}: {}", other.path.display(), ui.of(&reason))?;
    }
    let fine = found.set_aside.iter().all(|other| !other.matters);
    Ok(ExitCode::from(if fine {
        0
    } else {
        FailureClass::Input.exit_code()
    }))
}

/// The JSON document of a run.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    record: Option<&'a BatchRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<evaluate::Evaluation>,
}

/// What goes to stdout: with `--json` the run's record with the evaluation as one more member, else the evaluation's tables.
fn report(
    matches: &ArgMatches,
    plan: &Plan,
    record: Option<&BatchRecord>,
    ui: Ui,
) -> anyhow::Result<()> {
    let evaluation = matches
        .get_one::<PathBuf>("evaluate")
        .map(|labels| evaluate::of_outputs(labels, &plan.out))
        .transpose()?;
    if matches.get_flag("json") {
        print_json(&Report { record, evaluation })?;
    } else if let Some(evaluation) = evaluation {
        evaluate::print(&evaluation, &mut io::stdout().lock(), ui)?;
    }
    Ok(())
}

pub(crate) fn print_json(record: &impl Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, record)?;
    writeln!(out)?;
    Ok(())
}

/// 0 when all is done; a single input gives its own class; several give 1; a stopped run gives 130. What
/// stops the whole run (no disk space, no engine) gives its class however many inputs there are.
pub(crate) fn exit_code(record: &BatchRecord) -> u8 {
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
