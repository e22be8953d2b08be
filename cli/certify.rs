//! `saoy certify`: electronic copies of paper originals, by two people with two keys, hours apart if need be.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Copy, words};
use saoy_archive::{Archive, ArchiveError};

use crate::archive::answered;
use crate::words::{Said, Ui, said};

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

/// The kind whose copies are of some pages only (Decree 30/2020, article 25).
const EXTRACT: &str = "trich-sao";

/// Which pages are extracted.
fn pages(ui: Ui) -> Arg {
    Arg::new("pages")
        .long("pages")
        .value_name("PAGES")
        .help(ui.say(
            "Các trang được trích, ví dụ 1,3-5 (chỉ với --kind trich-sao)",
            "The pages that are extracted, such as 1,3-5 (with --kind trich-sao only)",
        ))
}

/// The pages that `text` names, each once, in order; empty for all.
///
/// # Errors
/// When it is no list of pages, or the kind of copy is one of whole documents.
fn chosen(text: Option<&str>, kind: &str) -> anyhow::Result<Vec<u32>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    if kind != EXTRACT {
        return Err(Said(said!(
            "--pages chỉ dùng với --kind trich-sao: {} là bản sao đủ các trang",
            "--pages goes with --kind trich-sao only: {} copies all pages",
            kind
        ))
        .into());
    }
    let number = |text: &str| text.trim().parse().ok().filter(|page: &u32| *page > 0);
    let span = |part: &str| match part.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(part).map(|page| (page, page)),
    };
    let mut pages = std::collections::BTreeSet::new();
    for part in text.split(',') {
        match span(part) {
            Some((first, last)) if first <= last && last - first < MOST_PAGES => {
                pages.extend(first..=last);
            }
            _ => {
                return Err(Said(said!(
                    "--pages cần dạng 1,3-5, không phải \"{}\"",
                    "--pages wants the form 1,3-5, not \"{}\"",
                    text
                ))
                .into());
            }
        }
    }
    Ok(pages.into_iter().collect())
}

/// Most pages of one extract.
const MOST_PAGES: u32 = 10_000;

/// Pages as they are told: `1, 3, 4`.
fn listed(pages: &[u32]) -> String {
    let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
    pages.join(", ")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_an_extract_are_told_apart_and_whole_copies_have_none() {
        assert_eq!(chosen(Some("3-5, 1,4"), EXTRACT).unwrap(), [1, 3, 4, 5]);
        assert!(chosen(None, "sao-y").unwrap().is_empty());
        for wrong in ["0", "5-3", "x", "1,,2", "1-99999999"] {
            assert!(chosen(Some(wrong), EXTRACT).is_err(), "{wrong}");
        }
        assert!(chosen(Some("1"), "sao-y").is_err());
        assert_eq!(listed(&[1, 3]), "1, 3");
    }
}
