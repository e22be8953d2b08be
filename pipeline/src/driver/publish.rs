//! Making a file appear under its final name whole or not at all: temp, fsync, rename, fsync of the folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ring::digest::{Context, SHA256};

/// A file being written in the staging folder; it is removed again unless it is published.
pub(super) struct Staged {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Context,
    bytes: u64,
    wipe: Wipe,
}

/// Whether files that are dropped before they are published are overwritten first; shared by those of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Wipe(Arc<AtomicBool>);

impl Wipe {
    /// From now on they are.
    pub(super) fn order(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Removes an unpublished file.
    fn discard(&self, path: &Path) {
        // The reason for discarding is already being reported; a leftover is swept at the next start.
        let _ = if self.0.load(Ordering::Relaxed) {
            wipe(path)
        } else {
            fs::remove_file(path)
        };
    }
}

/// A staged file that is complete and on disk, waiting for its final name.
pub(super) struct Finished {
    path: PathBuf,
    /// SHA-256 of the content, lower-case hex.
    pub(super) sha256: String,
    /// Length of the content.
    pub(super) bytes: u64,
    wipe: Wipe,
}

impl Staged {
    /// Creates `name` in `folder`, replacing what an earlier run left there.
    pub(super) fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(name);
        let file = BufWriter::with_capacity(1 << 16, File::create(&path)?);
        Ok(Self {
            path,
            file,
            hash: Context::new(&SHA256),
            bytes: 0,
            wipe: Wipe::default(),
        })
    }

    /// The same file, wiped with the others when that is ordered.
    pub(super) fn wiped_by(mut self, wipe: &Wipe) -> Self {
        self.wipe = wipe.clone();
        self
    }

    /// Flushes everything to disk.
    pub(super) fn finish(mut self) -> io::Result<Finished> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        let sha256 = hex(self.hash.clone().finish().as_ref());
        let path = std::mem::take(&mut self.path);
        Ok(Finished {
            path,
            sha256,
            bytes: self.bytes,
            wipe: self.wipe.clone(),
        })
    }
}

impl Write for Staged {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let written = self.file.write(data)?;
        self.hash.update(data.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // What is still in memory must not follow after the file was wiped.
            let _ = self.file.flush();
            self.wipe.discard(&self.path);
        }
    }
}

impl Finished {
    /// Gives the file its final name, replacing what is there. The folder must be synced after.
    pub(super) fn publish(mut self, destination: &Path) -> io::Result<()> {
        fs::rename(&self.path, destination)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Finished {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            self.wipe.discard(&self.path);
        }
    }
}

/// Overwrites a file with zeros, waits until they are on disk, and removes it. What a file system or drive keeps
/// besides (journals, snapshots, spare cells of flash) is out of a program's reach.
pub(super) fn wipe(path: &Path) -> io::Result<()> {
    let zeros = [0; 1 << 14];
    let overwrite = || -> io::Result<()> {
        let mut file = File::options().write(true).open(path)?;
        let mut left = file.metadata()?.len();
        while left > 0 {
            let part = left.min(zeros.len() as u64);
            file.write_all(zeros.get(..part as usize).unwrap_or_default())?;
            left -= part;
        }
        file.sync_all()
    };
    // A file that cannot be overwritten is still better gone.
    let overwritten = overwrite();
    fs::remove_file(path)?;
    overwritten
}

/// Wipes every file in `folder` and the folders in it, and removes it.
///
/// # Errors
/// When it cannot be listed or removed.
pub fn wipe_folder(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            wipe_folder(&entry.path())?;
        } else {
            // One that cannot be wiped is no reason to spare the others.
            let _ = wipe(&entry.path());
        }
    }
    fs::remove_dir_all(folder)
}

/// Makes renames in `folder` durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes `content` under `folder`/`name` whole or not at all, by way of `staging`.
pub(super) fn write_whole(
    staging: &Path,
    folder: &Path,
    name: &str,
    content: &[u8],
) -> io::Result<()> {
    let mut staged = Staged::create(staging, name)?;
    staged.write_all(content)?;
    staged.finish()?.publish(&folder.join(name))?;
    sync_folder(folder)
}

/// SHA-256 and length of a file's content.
pub(super) fn hash_file(path: &Path, into: &mut Context) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = io::Read::read(&mut file, &mut buffer)?;
        if read == 0 {
            return Ok(bytes);
        }
        into.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staged_file_that_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut staged = Staged::create(folder.path(), "a.pdf").unwrap();
        staged.write_all(b"half").unwrap();
        drop(staged);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_wiped_is_overwritten_before_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        // A second name of the same file shows what was written over it.
        let witness = folder.path().join("witness");
        let order = Wipe::default();
        let staged = |name: &str| Staged::create(folder.path(), name).unwrap();
        let mut open = staged("open").wiped_by(&order);
        open.write_all(&[7; 100_000]).unwrap();
        fs::hard_link(folder.path().join("open"), &witness).unwrap();
        let mut complete = staged("complete").wiped_by(&order);
        complete.write_all(b"secret").unwrap();
        let complete = complete.finish().unwrap();
        fs::hard_link(
            folder.path().join("complete"),
            folder.path().join("witness-2"),
        )
        .unwrap();
        order.order();
        drop((open, complete));
        let left = fs::read(&witness).unwrap();
        assert!(left.len() == 100_000 && left.iter().all(|byte| *byte == 0));
        assert_eq!(fs::read(folder.path().join("witness-2")).unwrap(), [0; 6]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_published_file_has_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let mut staged = Staged::create(folder.path(), "a.part").unwrap();
        staged.write_all(b"abc").unwrap();
        let finished = staged.finish().unwrap();
        assert_eq!(finished.bytes, 3);
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            finished.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        finished.publish(&folder.path().join("a.pdf")).unwrap();
        assert_eq!(fs::read(folder.path().join("a.pdf")).unwrap(), b"abc");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
