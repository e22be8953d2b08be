//! `saoy doctor`: what is missing on this machine, and the command that mends it.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::ArgMatches;
use saoy_ocr::{Model, ORIENTATION, ReaderConfig, Readers, Verdict};
use saoy_pipeline::speech::Spoken;
use serde::Serialize;

use crate::engine;
use crate::words::Ui;

/// Runs the command: 0 when nothing is missing, 4 otherwise.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let checks = checks(matches, ui)?;
    let healthy = checks.iter().all(|check| check.ok || !check.needed);
    let mut out = io::stdout().lock();
    if matches.get_flag("json") {
        serde_json::to_writer_pretty(
            &mut out,
            &Report {
                schema: "saoy.doctor/1",
                ok: healthy,
                checks: &checks,
            },
        )?;
        writeln!(out)?;
    } else {
        for check in &checks {
            let mark = match (check.ok, check.needed) {
                (true, _) => ui.say("có   ", "ok     "),
                (false, true) => ui.say("THIẾU", "MISSING"),
                (false, false) => ui.say("chưa ", "not yet"),
            };
            writeln!(out, "{mark}  {}: {}", check.what, check.found)?;
            if let Some(mend) = &check.mend {
                writeln!(out, "         {}: {mend}", ui.say("chạy", "run"))?;
            }
        }
    }
    Ok(ExitCode::from(if healthy { 0 } else { 4 }))
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    ok: bool,
    checks: &'a [Check],
}

/// One thing the program needs.
#[derive(Serialize)]
struct Check {
    what: String,
    ok: bool,
    /// Without it nothing works; else one command only does not.
    needed: bool,
    found: String,
    /// The command that mends it.
    mend: Option<String>,
}

impl Check {
    fn good(what: &str, found: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            ok: true,
            needed: true,
            found: found.into(),
            mend: None,
        }
    }

    fn bad(what: &str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            ok: false,
            needed: true,
            found: found.into(),
            mend: Some(mend.into()),
        }
    }
}

fn checks(matches: &ArgMatches, ui: Ui) -> anyhow::Result<Vec<Check>> {
    let program = engine::program(matches)?;
    let folders = engine::model_folders(matches);
    let mut checks = vec![reader(&program, folders.clone(), ui)];
    for language in ["vie", ORIENTATION] {
        checks.push(model(language, &folders, ui));
    }
    checks.push(scanning(ui));
    Ok(checks)
}

/// SANE's program, which `saoy scan` has scan.
fn scanning(ui: Ui) -> Check {
    let what = ui.say("quét từ máy quét", "scanning");
    match Command::new("scanimage").arg("--version").output() {
        Ok(answer) if answer.status.success() => {
            let text = String::from_utf8_lossy(&answer.stdout).into_owned();
            Check::good(what, text.lines().next().unwrap_or_default())
        }
        _ => Check {
            needed: false,
            ..Check::bad(
                what,
                ui.say(
                    "không có scanimage; chỉ saoy scan cần đến",
                    "scanimage is not there; only saoy scan needs it",
                ),
                "sudo apt-get install sane-utils sane-airscan",
            )
        },
    }
}

/// The reader program: is it there, does it start, which engine does it link.
fn reader(program: &Path, folders: Vec<std::path::PathBuf>, ui: Ui) -> Check {
    let what = ui.say("bộ nhận dạng chữ", "OCR reader");
    if !program.is_file() {
        let found = format!(
            "{} {}",
            program.display(),
            ui.say("không có", "is not there")
        );
        return Check::bad(what, found, "cargo build --release --workspace");
    }
    match Readers::new(ReaderConfig::new(program, folders)).engine() {
        Ok(engine) => Check::good(what, format!("{} ({engine})", program.display())),
        Err(error) => Check::bad(
            what,
            ui.of(&error.spoken()),
            "sudo apt-get install libtesseract5 tesseract-ocr-vie",
        ),
    }
}

fn model(language: &str, folders: &[std::path::PathBuf], ui: Ui) -> Check {
    let what = format!("{} {language}", ui.say("dữ liệu ngôn ngữ", "model"));
    let mend = saoy_ocr::manifest()
        .iter()
        .find(|model| model.language == language && model.default)
        .map_or_else(|| "ocr-models/install.sh".to_owned(), mending);
    match saoy_ocr::locate(language, folders) {
        Err(error) => Check::bad(&what, ui.of(&error.spoken()), mend),
        Ok(located) => match located
            .files
            .first()
            .map(|file| (file, saoy_ocr::verify(file)))
        {
            Some((file, Ok(Verdict::Verified(model)))) => Check::good(
                &what,
                format!(
                    "{} ({} {})",
                    file.display(),
                    model.package.name,
                    model.package.version
                ),
            ),
            Some((file, Ok(_))) => Check::good(
                &what,
                format!(
                    "{} ({})",
                    file.display(),
                    ui.say("không có trong danh mục", "not in the manifest")
                ),
            ),
            Some((_, Err(error))) => Check::bad(&what, ui.of(&error.spoken()), mend),
            None => Check::bad(&what, ui.say("không có tệp nào", "no file"), mend),
        },
    }
}

fn mending(model: &Model) -> String {
    match model.package.registry.as_str() {
        "apt" => format!("sudo apt-get install {}", model.package.name),
        _ => format!("ocr-models/install.sh {}", model.name),
    }
}
