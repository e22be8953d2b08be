//! The program `saoy`: reads the command line, hands down clock, signals and paths, and reports.
#![forbid(unsafe_code)]

use std::io::Write;
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

mod account;

mod args;

mod archive;

mod certify;

mod correct;

mod digitize;

mod scan;

mod separators;

mod serve;

mod sign;

mod doctor;

mod engine;

mod evaluate;

mod page_text;

mod paper;

#[cfg(feature = "manual")]
mod manual;

mod profile;

mod quality;

mod render;

mod report;

mod terminal;

mod train;

mod verify;

mod trust;

mod usage;

mod watch;

mod words;

use words::Ui;

/// Passwords, keys and papers lie in this process's memory: a crash must not write them to a disk.
fn leave_no_core_file() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Nobody is refused less than he has.
    let _ = setrlimit(Resource::Core, none);
}

fn main() -> ExitCode {
    leave_no_core_file();
    let arguments: Vec<_> = std::env::args_os().collect();
    let ui = Ui::detect(&arguments);
    let matches = match args::command(ui).try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(answer) => {
            // Help and version are answers, not errors: they go to stdout with code 0.
            let code = if answer.use_stderr() { 2 } else { 0 };
            let _ = match (code, ui) {
                (2, Ui::Vi) if !is_help(&answer) => {
                    write!(std::io::stderr(), "{}", usage::in_vietnamese(&answer))
                }
                _ => answer.print(),
            };
            return ExitCode::from(code);
        }
    };
    let outcome = match matches.subcommand() {
        Some(("digitize", matches)) => digitize::run(matches, ui),
        Some(("archive", matches)) => archive::run(matches, ui),
        Some(("certify", matches)) => certify::run(matches, ui),
        Some(("correct", matches)) => correct::run(matches, ui),
        Some(("quality", matches)) => quality::run(matches, ui),
        Some(("separators", matches)) => separators::run(matches, ui),
        Some(("render", matches)) => render::run(matches, ui),
        Some(("report", matches)) => report::run(matches, ui),
        Some(("verify", matches)) => verify::run(matches, ui),
        Some(("trust", matches)) => trust::run(matches, ui),

        Some(("serve", matches)) => serve::run(matches, ui),
        Some(("page-text", matches)) => page_text::run(matches, ui),
        Some(("account", matches)) => account::run(matches, ui),
        Some(("scan", matches)) => scan::run(matches, ui),
        Some(("watch", matches)) => watch::run(matches, ui),
        Some(("sign", matches)) => sign::run(matches, ui),
        Some(("doctor", matches)) => doctor::run(matches, ui),
        Some(("train", matches)) => train::run(matches, ui),
        #[cfg(feature = "manual")]
        Some(("manual", matches)) => manual::run(matches),
        _ => Ok(ExitCode::from(2)),
    };
    outcome.unwrap_or_else(|error| {
        terminal::complain(ui, &error);
        ExitCode::from(4)
    })
}

/// Whether the parser answers with its help, for want of anything else on the command line.
fn is_help(answer: &clap::Error) -> bool {
    answer.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}
