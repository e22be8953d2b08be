//! Where the OCR reader program and the language models are on this machine.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ArgMatches;
use saoy_ocr::{ReaderConfig, SYSTEM_DIRS};

use crate::words::{Said, said};

/// The program that reads: the one named, else `saoy-reader` beside this program.
pub(crate) fn program(matches: &ArgMatches) -> anyhow::Result<PathBuf> {
    if let Some(named) = matches.get_one::<PathBuf>("reader") {
        return Ok(named.clone());
    }
    let here = std::env::current_exe().context(Said(said!(
        "không biết chương trình này nằm ở đâu",
        "cannot tell where this program is"
    )))?;
    Ok(ReaderConfig::beside(&here))
}

/// Folders that may hold models, the most specific first: the data folder's, then the system's.
pub(crate) fn model_folders(matches: &ArgMatches) -> Vec<PathBuf> {
    let own = data_folder(matches).map(|folder| folder.join("models"));
    own.into_iter()
        .chain(
            SYSTEM_DIRS
                .iter()
                .map(|folder| Path::new(folder).to_owned()),
        )
        .collect()
}

/// The program's data folder: `--data`, else `SAOY_DATA`, else the XDG data directory (XDG Base Directory 0.8).
pub(crate) fn data_folder(matches: &ArgMatches) -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    matches
        .get_one::<PathBuf>("data")
        .cloned()
        .or_else(|| variable("SAOY_DATA"))
        .or_else(|| variable("XDG_DATA_HOME").map(|folder| folder.join("saoy")))
        .or_else(|| variable("HOME").map(|folder| folder.join(".local/share/saoy")))
}
