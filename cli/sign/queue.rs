//! Signed documents that wait for their level, and are raised later.
//!
//! `.saoy-queue/` in the output folder holds a file for each (`docs/schemas/queue-1.schema.json`), written anew, synced and
//! renamed at each step. It names the document and digests its bytes, so that nothing else is ever raised in its place. An entry
//! is there before its document is, and says what a document will be before that replaces what it was: whoever is stopped in
//! between leaves what the next run can tell apart.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use saoy_signing::crypto::Digest;

use super::publish::folder_of;
use super::reach::Level;
use crate::verify::record::hex;
use crate::words::{Said, said};

mod command;
pub(super) use command::{command, run};

mod entry;
use entry::{Bytes, SCHEMA, until};
pub(super) use entry::{Queued, Recipe, State, Time};

mod pace;
use pace::Pace;

mod pass;

mod raise;

mod reason;
pub(super) use reason::Reason;

mod report;

/// Where an output folder's documents wait.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    folder: PathBuf,
}

/// The right to change entries and their documents, among all processes; held for moments only.
pub(super) struct Hold {
    folder: PathBuf,
    _lock: File,
}

/// The folder's name.
const FOLDER: &str = ".saoy-queue";
/// Longest entry that is read, bytes.
const LONGEST: u64 = 1 << 20;

/// A document's name in its folder.
///
/// # Errors
/// When JSON cannot hold it.
pub(super) fn name_of(out: &Path) -> anyhow::Result<String> {
    let name = out.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| {
        Said(said!(
            "{}: tên tệp phải là UTF-8 để có thể nâng mức sau",
            "{}: the name must be UTF-8 for the level to come later",
            out.display()
        ))
    })?;
    Ok(name.to_owned())
}

impl Queue {
    /// The queue of the folder that `out` is in.
    pub(super) fn beside(out: &Path) -> Self {
        Self::of(folder_of(out))
    }

    /// The queue of an output folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
        }
    }

    /// Where drafts are made.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The output folder.
    pub(super) fn outputs(&self) -> &Path {
        folder_of(&self.folder)
    }

    /// A document of the output folder.
    pub(super) fn document(&self, name: &str) -> PathBuf {
        match self.outputs() {
            here if here == Path::new(".") => PathBuf::from(name),
            folder => folder.join(name),
        }
    }

    /// Waits for the right to change; the folder is made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn hold(&self) -> io::Result<Hold> {
        loop {
            std::fs::create_dir_all(&self.folder)?;
            if let Some(hold) = self.hold_if_there()? {
                return Ok(hold);
            }
        }
    }

    /// The same where something waits.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn hold_if_there(&self) -> io::Result<Option<Hold>> {
        loop {
            let Some(lock) = self.open("lock")? else {
                return Ok(None);
            };
            lock.lock()?;
            if self.is_still("lock", &lock)? {
                return Ok(Some(Hold {
                    folder: self.folder.clone(),
                    _lock: lock,
                }));
            }
        }
    }

    /// The right to raise, for one run at a time; `None` while another has it, or where nothing waits.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn run_alone(&self) -> io::Result<Option<File>> {
        let Some(lock) = self.open("run")? else {
            return Ok(None);
        };
        match lock.try_lock() {
            Ok(()) if self.is_still("run", &lock)? => Ok(Some(lock)),
            Ok(()) | Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// A file for locks; `None` when the folder is not there, or no longer.
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        let opened = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(name));
        match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Whether the lock is not one of a folder that went meanwhile.
    fn is_still(&self, name: &str, lock: &File) -> io::Result<bool> {
        match std::fs::metadata(self.folder.join(name)) {
            Ok(there) => {
                let held = lock.metadata()?;
                Ok((there.dev(), there.ino()) == (held.dev(), held.ino()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether anything waits, or cannot be read.
    pub(super) fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// The entry of a document, when it has one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<Queued>> {
        match read(&self.folder.join(entry_of(name))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Every entry in order of names; the path of those that cannot be read.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub(super) fn entries(&self) -> io::Result<Vec<Result<Queued, PathBuf>>> {
        let listed = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let mut all = Vec::new();
        for path in listed.map(|one| one.map(|one| one.path())) {
            let path = path?;
            if path.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            match read(&path) {
                Ok(entry) => all.push(Ok(entry)),
                // Raised meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => all.push(Err(path)),
            }
        }
        all.sort_by(|a, b| {
            let name = |one: &Result<Queued, PathBuf>| match one {
                Ok(entry) => entry.file.clone(),
                Err(path) => path.display().to_string(),
            };
            name(a).cmp(&name(b))
        });
        Ok(all)
    }
}

/// Reads an entry, which must be about a document beside its folder.
fn read(path: &Path) -> io::Result<Queued> {
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut text)?;
    let entry: Queued = serde_json::from_slice(&text)?;
    let is_name = Path::new(&entry.file)
        .file_name()
        .is_some_and(|name| name == &*entry.file);
    let is_whole = entry.schema == SCHEMA
        && is_name
        && path
            .file_name()
            .is_some_and(|name| name == &*entry_of(&entry.file))
        && entry.levels().is_some_and(|(level, wanted)| level < wanted);
    if is_whole {
        Ok(entry)
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// The name of a document's entry: short and plain, whatever the document's name is.
fn entry_of(name: &str) -> String {
    let digest = Digest::Sha256.of(name.as_bytes()).unwrap_or_default();
    format!("{}.json", hex(digest.get(..16).unwrap_or_default()))
}

impl Hold {
    /// Writes an entry, synced.
    ///
    /// # Errors
    /// When that fails; the one before is there then.
    pub(super) fn put(&self, entry: &Queued) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".saoy-")
            .suffix(PART)
            .tempfile_in(&self.folder)?;
        serde_json::to_writer_pretty(&mut file, entry)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(entry_of(&entry.file)))
            .map_err(|error| error.error)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Removes a document's entry; true when there was one.
    ///
    /// # Errors
    /// When it stays.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match std::fs::remove_file(self.folder.join(entry_of(name))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    /// Forgets what was said of an earlier document of that name, now that one of `level` is there: another's signature
    /// (`is_new`), or the same at the level that it waited for.
    pub(super) fn settle(self, name: &str, level: Level, is_new: bool) {
        let waits_on = |entry: Queued| entry.levels().is_some_and(|(_, wanted)| wanted > level);
        let entry = read(&self.folder.join(entry_of(name)));
        if is_new || !entry.is_ok_and(waits_on) {
            // One that stays hurts nobody: its document is not the one it tells of.
            let _ = self.remove(name);
        }
        self.close();
    }

    /// Takes away what stopped runs left in the making; for who raises alone.
    pub(super) fn tidy(&self) {
        for entry in std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name().to_string_lossy().ends_with(PART) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// The folder goes, if nothing waits any more.
    pub(super) fn close(self) {
        let mut entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let is_empty = entries.all(|entry| {
            let name = entry.file_name();
            name == "lock" || name == "run"
        });
        if is_empty {
            // Whoever waits for one of them sees that it went, and makes it again.
            for name in ["run", "lock"] {
                let _ = std::fs::remove_file(self.folder.join(name));
            }
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

/// How names of files in the making end.
const PART: &str = ".part";
