//! A file appears under its name when it is complete, and not before.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

/// A file in the making, on the file system of the name it is to have.
pub(super) struct Draft {
    file: NamedTempFile,
    out: PathBuf,
}

/// The folder of a path.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl Draft {
    /// Begins the file that is to become `out`, beside it.
    ///
    /// # Errors
    /// When its folder cannot be written.
    pub(super) fn new(out: &Path) -> io::Result<Self> {
        Self::new_in(folder_of(out), out)
    }

    /// The same in another folder of the same file system.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(super) fn new_in(folder: &Path, out: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new()
            .prefix(".saoy-")
            .suffix(".part")
            .tempfile_in(folder)?;
        Ok(Self {
            file,
            out: out.to_owned(),
        })
    }

    /// Goes on with the file at `path`, which an earlier run left: what stands behind `length` was added too early.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn resume(path: &Path, length: u64, out: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        file.set_len(length)?;
        let mut file = NamedTempFile::from_parts(file, TempPath::try_from_path(path)?);
        file.disable_cleanup(true);
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            file,
            out: out.to_owned(),
        })
    }

    /// Lets it outlive the program: from now on it goes only when it is published or removed.
    ///
    /// # Errors
    /// When it cannot be synced.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.disable_cleanup(true);
        Ok(())
    }

    /// The name that it is to have.
    pub(super) fn out(&self) -> &Path {
        &self.out
    }

    /// Takes back what stands behind `length`.
    ///
    /// # Errors
    /// When that is not possible.
    pub(super) fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.as_file().set_len(length)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// Gives it owner and permissions of the file that it is to replace, the owner as far as this process may.
    ///
    /// # Errors
    /// When the permissions cannot be set.
    pub(super) fn resemble(&self, other: &std::fs::Metadata) -> io::Result<()> {
        let file = self.file.as_file();
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (other.uid(), other.gid()) {
            // Who may not give files away goes on owning what he writes, as with any program that replaces a file.
            let _ = std::os::unix::fs::fchown(file, Some(other.uid()), Some(other.gid()));
        }
        file.set_permissions(other.permissions())
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its length, bytes.
    pub(super) fn len(&self) -> io::Result<u64> {
        Ok(self.file.as_file().metadata()?.len())
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
        File::open(folder_of(&self.out))?.sync_all()
    }
}
