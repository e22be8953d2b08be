//! A file appears under its name when it is complete, and not before.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file in the making, beside the name it is to have.
pub(super) struct Draft {
    file: NamedTempFile,
    out: PathBuf,
    folder: PathBuf,
}

impl Draft {
    /// Begins the file that is to become `out`.
    ///
    /// # Errors
    /// When its folder cannot be written.
    pub(super) fn new(out: &Path) -> io::Result<Self> {
        let folder = match out.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new()
            .prefix(".saoy-")
            .suffix(".part")
            .tempfile_in(folder)?;
        Ok(Self {
            file,
            out: out.to_owned(),
            folder: folder.to_owned(),
        })
    }

    /// Adds to its end.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Replaces bytes in its midst.
    pub(super) fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.file.as_file().write_all_at(bytes, at)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// A second handle, for reading what was written.
    pub(super) fn reader(&self) -> io::Result<File> {
        self.file.reopen()
    }

    /// Gives it its name: synced, renamed, and the folder synced.
    pub(super) fn publish(self, replace: bool) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        if replace {
            self.file.persist(&self.out).map_err(|error| error.error)?;
        } else {
            self.file
                .persist_noclobber(&self.out)
                .map_err(|error| error.error)?;
        }
        File::open(&self.folder)?.sync_all()
    }
}
