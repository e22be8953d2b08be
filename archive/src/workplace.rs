//! Folders for files in the making: only there while the program lives that works in them, and in memory where stored files are
//! encrypted, so that nothing of a paper is left on the disk in plain, whenever it is stopped.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{ArchiveError, Result};
use crate::store::Archive;

/// How the names of such folders begin, beside the archive.
pub const PREFIX: &str = "staging-";

/// How they begin in memory, where other programs have theirs too.
const SHARED_PREFIX: &str = "saoy-staging-";

/// A file in the folder that is locked as long as its program lives.
const LOCK: &str = ".alive";

/// No step takes as long; what bears no lock goes after that.
const STALE: Duration = Duration::from_hours(12);

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

/// A folder that only this account can look into, and that goes with this value; of a program that was killed, with the next
/// one that makes such a folder.
#[derive(Debug)]
pub struct Workplace {
    folder: tempfile::TempDir,
    _alive: File,
}

impl Workplace {
    /// Makes one within `beside`, or in memory where `in_memory` says so and there is a file system in memory.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(beside: &Path, in_memory: bool) -> Result<Self> {
        let memory = in_memory.then(memory).flatten();
        let (within, prefix) = match &memory {
            Some(memory) => (memory.as_path(), SHARED_PREFIX),
            None => (beside, PREFIX),
        };
        sweep(beside, PREFIX);
        if memory.is_some() {
            sweep(within, SHARED_PREFIX);
        }
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(within)
            .map_err(ArchiveError::file(within))?;
        // It gets its name when it is locked: whoever sees it unlocked may take the folder away.
        let draft = folder.path().join(".new");
        let alive = OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&draft)
            .and_then(|file| file.lock().map(|()| file))
            .and_then(|file| fs::rename(&draft, folder.path().join(LOCK)).map(|()| file))
            .map_err(ArchiveError::file(&draft))?;
        Ok(Self {
            folder,
            _alive: alive,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Archive {
    /// A folder for files in the making: beside the archive and not in a shared place for temporary files, since what is secret
    /// must not spread; in memory where stored files are encrypted.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn workplace(&self) -> Result<Workplace> {
        Workplace::new(self.folder(), self.blobs().is_encrypted())
    }
}

/// The folder of files in memory, where there is one: a file system that the kernel itself says is of that kind.
fn memory() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let is_there = mounts.lines().any(|line| {
        let mut parts = line.split(' ').skip(1);
        parts.next() == Some(MEMORY) && parts.next() == Some("tmpfs")
    });
    is_there.then(|| PathBuf::from(MEMORY))
}

/// Takes away what programs left that are no more. Others may be doing the same.
fn sweep(within: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(within) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) && is_left(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(alive) => alive.try_lock().is_ok(),
        Err(_) => fs::metadata(folder)
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|then| then.elapsed().is_ok_and(|age| age > STALE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_program_left_goes_and_what_is_in_use_stays() {
        let beside = tempfile::tempdir().unwrap();
        let used = Workplace::new(beside.path(), false).unwrap();
        let dead = beside.path().join("staging-dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        fs::write(dead.join("before.pdf"), "%PDF").unwrap();
        // Kept for a time, by nobody.
        let kept = beside.path().join("staging-read-x");
        fs::create_dir(&kept).unwrap();
        let second = Workplace::new(beside.path(), false).unwrap();
        assert!(used.path().exists() && second.path().exists() && kept.exists());
        assert!(!dead.exists());
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }

    #[test]
    fn in_memory_nothing_lies_beside() {
        let beside = tempfile::tempdir().unwrap();
        let place = Workplace::new(beside.path(), true).unwrap();
        let within = memory().unwrap_or_else(|| beside.path().to_owned());
        assert!(place.path().starts_with(within));
    }
}
