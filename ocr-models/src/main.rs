//! The reader: grey pixels in on standard input, words out on standard output, until the input ends.
//!
//! Only this executable is linked with Tesseract. `saoy` starts as many as it needs and ends them.
#![deny(unsafe_code)]

mod reader;

use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let done = if arguments.iter().any(|argument| argument == "--version") {
        writeln!(
            stdout(),
            "saoy-reader {} (tesseract {})",
            env!("CARGO_PKG_VERSION"),
            reader::engine_version()
        )
    } else if !arguments.is_empty() || stdin().is_terminal() {
        drop(writeln!(
            stderr(),
            "saoy-reader is started by saoy and has nothing to say to people; try --version"
        ));
        return ExitCode::from(2);
    } else {
        reader::serve()
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(stderr(), "saoy-reader: {error}"));
            ExitCode::FAILURE
        }
    }
}
