//! `saoy certify`: electronic copies of paper originals, by two people with two keys, hours apart if need be.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Copy, words};
use saoy_archive::{Archive, ArchiveError};

use crate::archive::answered;
use crate::words::Ui;

mod deliver;

mod hints;

mod reading;

mod scan;
pub(crate) use scan::{Scan, sealed};

mod look;
pub(crate) use look::read_of;

mod prepare;

mod seal;

mod statement;

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    Command::new("certify")
        .about(ui.say(
            "Bản sao điện tử có chứng thực, sao y, sao lục, trích sao",
            "Electronic certified copies, true copies, extracts",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(look::commands(ui))
        .subcommand(prepare::command(ui))
        .subcommands(seal::commands(ui))
        .subcommands(deliver::commands(ui))
}

/// Runs the command.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let outcome = match matches.subcommand() {
        Some(("look", matches)) => look::look(matches, ui),
        Some(("preview", matches)) => look::preview(matches, ui),
        Some(("prepare", matches)) => prepare::run(matches, ui),
        Some(("sign", matches)) => seal::run(matches, false, ui),
        Some(("seal", matches)) => seal::run(matches, true, ui),
        Some(("deliver", matches)) => deliver::deliver(matches, ui),
        Some(("print", matches)) => deliver::print_copy(matches, ui),
        Some(("cancel", matches)) => deliver::cancel(matches, ui),
        Some(("list", matches)) => deliver::list(matches, ui),
        Some(("show", matches)) => deliver::show(matches, ui),
        _ => Ok(ExitCode::from(2)),
    };
    answered(outcome, ui)
}

/// The copy that is meant.
fn code(ui: Ui) -> Arg {
    Arg::new("code")
        .required(true)
        .value_name("CODE")
        .help(ui.say("Mã tra cứu của bản sao", "The copy's look-up code"))
}

/// One line about a copy.
fn line(copy: &Copy, ui: Ui) -> String {
    let (vi, en) = words(copy.stage);
    format!(
        "{}  {:<10} {}  {}  {}",
        copy.code,
        copy.line.display,
        ui.say(vi, en),
        copy.title,
        copy.requester
    )
}

/// Says what became of a copy, as asked.
fn told(copy: &Copy, json: bool, ui: Ui) -> anyhow::Result<()> {
    if json {
        return crate::archive::print(copy);
    }
    writeln!(io::stdout(), "{}", line(copy, ui))?;
    Ok(())
}

/// Writes a stored file under a name, whole or not at all.
fn put(archive: &Archive, file: &str, out: &Path) -> anyhow::Result<()> {
    let id =
        BlobId::parse(file).ok_or_else(|| ArchiveError::Fault(format!("the digest {file}")))?;
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    archive.blobs().copy_to(id, draft.as_file_mut())?;
    draft.as_file().sync_all()?;
    draft.persist(out)?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
