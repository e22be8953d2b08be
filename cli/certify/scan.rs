//! The scan that a command is given: a file as it is, or one that the server keeps as the archive keeps its files.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches};
use saoy_archive::Archive;
use saoy_archive::blob::BlobId;
use saoy_archive::workplace::Workplace;

/// `--sealed`: the input was written beside the archive by its own rules, encrypted where its files are.
pub(crate) fn sealed() -> Arg {
    Arg::new("sealed")
        .long("sealed")
        .hide(true)
        .action(ArgAction::SetTrue)
}

/// A scan to be read.
pub(crate) struct Scan {
    path: PathBuf,
    /// SHA-256 of its plain bytes.
    pub(crate) digest: BlobId,
    /// Where its plain bytes are while this lives, when they are not in the file itself.
    _opened: Option<Workplace>,
}

impl Scan {
    /// The scan at a path.
    ///
    /// # Errors
    /// When it cannot be read, or does not open with the archive's key.
    pub(crate) fn of(matches: &ArgMatches, archive: &Archive, path: &Path) -> anyhow::Result<Self> {
        let digest = |path: &Path| {
            std::fs::File::open(path)
                .and_then(|mut file| BlobId::of_reader(&mut file))
                .with_context(|| path.display().to_string())
        };
        if !matches.get_flag("sealed") || !archive.blobs().is_encrypted() {
            return Ok(Self {
                digest: digest(path)?,
                path: path.to_owned(),
                _opened: None,
            });
        }
        let place = archive.workplace()?;
        let name = path.file_name().unwrap_or("scan".as_ref());
        let plain = place.path().join(name);
        let mut file = std::fs::File::create_new(&plain)?;
        archive.blobs().copy_beside(path, &mut file)?;
        Ok(Self {
            digest: digest(&plain)?,
            path: plain,
            _opened: Some(place),
        })
    }

    /// Where its plain bytes are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
