//! The program `saoy`: reads the command line, hands down clock, signals and paths, and reports.
#![forbid(unsafe_code)]

use std::process::ExitCode;

mod args;

mod digitize;

mod separators;

mod doctor;

mod engine;

mod terminal;

mod words;

use words::Ui;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let ui = Ui::detect(&arguments);
    let matches = match args::command(ui).try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(answer) => {
            // Help and version are answers, not errors: they go to stdout with code 0.
            let code = if answer.use_stderr() { 2 } else { 0 };
            let _ = answer.print();
            return ExitCode::from(code);
        }
    };
    let outcome = match matches.subcommand() {
        Some(("digitize", matches)) => digitize::run(matches, ui),
        Some(("separators", matches)) => separators::run(matches, ui),
        Some(("doctor", matches)) => doctor::run(matches, ui),
        _ => Ok(ExitCode::from(2)),
    };
    outcome.unwrap_or_else(|error| {
        terminal::complain(ui, &error);
        ExitCode::from(4)
    })
}
