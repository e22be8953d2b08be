//! `saoy manual`: manual pages in both languages and completions of shells, from the grammar of the command line.
//!
//! Built with the feature `manual` only; packages are made with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::args::{self, given};
use crate::words::Ui;

/// The grammar of `saoy manual`, which no help shows.
pub(crate) fn command() -> Command {
    Command::new("manual").hide(true).arg(
        Arg::new("out")
            .required(true)
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf)),
    )
}

/// Writes `DIR/man/*.1`, `DIR/man/vi/*.1` and `DIR/completions/`.
pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let out = given::<PathBuf>(matches, "out")?;
    pages(&out.join("man"), Ui::En)?;
    pages(&out.join("man/vi"), Ui::Vi)?;
    let completions = out.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut shown(Ui::En), "saoy", &completions)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One page for the program and one for each command: `saoy-digitize.1`, `saoy-trust-add.1`.
fn pages(folder: &Path, ui: Ui) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(shown(ui), folder)?;
    // The reader is started by the program alone; its page says so.
    let reader = Command::new("saoy-reader").about(ui.say(
        "Bộ nhận dạng chữ của saoy(1); saoy tự chạy chương trình này, không dùng trực tiếp",
        "The OCR reader of saoy(1), which starts it; not for use by hand",
    ));
    clap_mangen::generate_to(reader, folder)?;
    Ok(())
}

/// The grammar without this command.
fn shown(ui: Ui) -> Command {
    let whole = args::command(ui);
    let about = whole.get_about().cloned().unwrap_or_default();
    let mut shown = Command::new("saoy")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .disable_help_subcommand(true)
        .args(whole.get_arguments().cloned());
    for one in whole
        .get_subcommands()
        .filter(|one| one.get_name() != "manual")
    {
        shown = shown.subcommand(one.clone());
    }
    if ui == Ui::Vi {
        // The grammar has its own flags for help and version then.
        shown = shown.disable_help_flag(true).disable_version_flag(true);
    }
    shown
}
