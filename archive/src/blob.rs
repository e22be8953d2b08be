//! Files by their digest: written once, checked at every reading, never under a final name before they are whole.
//!
//! `blobs/ab/cdef...` holds the file whose SHA-256 is `abcdef...`. A file is written to `blobs/incoming/`, hashed on the
//! way, synced, renamed into place, and its folder is synced: after a power cut a name holds the whole file or is absent.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ring::digest;

use crate::error::{ArchiveError, Result, sentence};

/// How much is read at a time, in bytes.
const STEP: usize = 1 << 16;

/// The SHA-256 of a file: its name in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId([u8; 32]);

impl BlobId {
    /// The id of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(&digest::digest(&digest::SHA256, bytes))
    }

    /// The id of what a reader gives.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of_reader(source: &mut dyn Read) -> io::Result<Self> {
        copy_hashing(source, &mut io::sink()).map(|(id, _)| id)
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn from_digest(digest: &digest::Digest) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Self(bytes)
    }
}

impl std::fmt::Display for BlobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for BlobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// The blobs in a folder, which is made when it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        let incoming = folder.join("incoming");
        fs::create_dir_all(&incoming).map_err(ArchiveError::file(&incoming))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Stores what a reader gives; storing the same bytes twice keeps one file.
    ///
    /// # Errors
    /// When reading or writing fails; nothing is left under a final name then.
    pub fn put(&self, source: &mut dyn Read) -> Result<BlobId> {
        let id = self.place(source)?;
        let path = self.path(id);
        sync_folder(path.parent().unwrap_or(&self.folder))?;
        sync_folder(&self.folder)?;
        Ok(id)
    }

    /// Stores several files, as [`put`](Self::put) does each. Several are synced at a time: the file system then writes its
    /// journal once for many of them, which is what takes the time.
    ///
    /// # Errors
    /// The first one that failed; what was stored besides is loose.
    pub fn put_all<S: Read + Send>(
        &self,
        sources: Vec<impl FnOnce() -> Result<S> + Send>,
    ) -> Result<Vec<BlobId>> {
        let count = sources.len();
        let ids = in_parallel(sources, |source| self.place(&mut source()?))?;
        let folders: std::collections::BTreeSet<PathBuf> = ids
            .iter()
            .filter_map(|id| self.path(*id).parent().map(Path::to_owned))
            .collect();
        in_parallel(folders.into_iter().collect(), |folder| sync_folder(&folder))?;
        if count > 0 {
            sync_folder(&self.folder)?;
        }
        Ok(ids)
    }

    /// Writes a file, synced, under its final name; its folder is not synced yet.
    fn place(&self, source: &mut dyn Read) -> Result<BlobId> {
        let incoming = self.folder.join("incoming");
        let mut file =
            tempfile::NamedTempFile::new_in(&incoming).map_err(ArchiveError::file(&incoming))?;
        let (id, _) =
            copy_hashing(source, file.as_file_mut()).map_err(ArchiveError::file(&incoming))?;
        file.as_file()
            .sync_all()
            .map_err(ArchiveError::file(&incoming))?;
        let path = self.path(id);
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).map_err(ArchiveError::file(parent))?;
        // A file already there is replaced by the same bytes: should it have rotted, it is whole again.
        file.persist(&path)
            .map_err(|error| ArchiveError::file(&path)(error.error))?;
        Ok(id)
    }

    /// Whether a file of this name is there; its bytes are not looked at.
    #[must_use]
    pub fn has(&self, id: BlobId) -> bool {
        self.path(id).exists()
    }

    /// How many bytes the file takes on the disk.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when it is not there.
    pub fn size(&self, id: BlobId) -> Result<u64> {
        fs::metadata(self.path(id))
            .map(|metadata| metadata.len())
            .map_err(|error| absent(id, &self.path(id), error))
    }

    /// Copies a file out while checking its digest. When this fails, what was written so far is worthless.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when it is not there, [`ArchiveError::Damaged`] when its bytes are not those stored.
    pub fn copy_to(&self, id: BlobId, out: &mut dyn Write) -> Result<u64> {
        let path = self.path(id);
        let mut file = File::open(&path).map_err(|error| absent(id, &path, error))?;
        let (found, length) = copy_hashing(&mut file, out).map_err(ArchiveError::file(&path))?;
        if found == id {
            return Ok(length);
        }
        Err(ArchiveError::Damaged(sentence!(
            "tệp {} đã bị thay đổi trên đĩa: nội dung không khớp mã băm; hãy khôi phục từ bản sao lưu",
            "the file {} was changed on the disk: its content does not fit its digest; restore it from a backup",
            path.display()
        )))
    }

    /// The bytes of a file, checked.
    ///
    /// # Errors
    /// As [`copy_to`](Self::copy_to).
    pub fn read(&self, id: BlobId) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.copy_to(id, &mut bytes)?;
        Ok(bytes)
    }

    /// Every name in the store, in order; files that bear no digest as name are given as paths.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn list(&self) -> Result<(Vec<BlobId>, Vec<PathBuf>)> {
        let mut ids = Vec::new();
        let mut strange = Vec::new();
        for folder in entries(&self.folder)? {
            let two = folder
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            match two {
                Some(two) if two == "incoming" => {}
                Some(two) if two.len() == 2 && folder.is_dir() => {
                    for file in entries(&folder)? {
                        let rest = file
                            .file_name()
                            .map(|name| name.to_string_lossy().into_owned());
                        match rest.and_then(|rest| BlobId::parse(&format!("{two}{rest}"))) {
                            Some(id) => ids.push(id),
                            None => strange.push(file),
                        }
                    }
                }
                _ => strange.push(folder),
            }
        }
        ids.sort_unstable();
        Ok((ids, strange))
    }

    /// Takes a file away, for a disposal that is already logged.
    pub(crate) fn remove(&self, id: BlobId) -> Result<()> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ArchiveError::file(&path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Whether a file has lain there since before a moment.
    pub(crate) fn is_older(&self, id: BlobId, than: SystemTime) -> bool {
        modified(&self.path(id)).is_some_and(|at| at < than)
    }

    /// Removes what was being written when a program was stopped, before a moment.
    pub(crate) fn sweep(&self, before: SystemTime) -> Result<usize> {
        let mut removed = 0;
        for path in entries(&self.folder.join("incoming"))? {
            if modified(&path).is_some_and(|at| at < before) {
                fs::remove_file(&path).map_err(ArchiveError::file(&path))?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn path(&self, id: BlobId) -> PathBuf {
        let hex = id.to_string();
        let (two, rest) = hex.split_at(2);
        self.folder.join(two).join(rest)
    }
}

/// How many files are written at a time; they wait for the disk, not for each other.
const AT_A_TIME: usize = 32;

/// Does something with each, several at a time; results come in order, an error instead of them.
fn in_parallel<I: Send, O: Send>(
    items: Vec<I>,
    work: impl Fn(I) -> Result<O> + Sync,
) -> Result<Vec<O>> {
    if items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(AT_A_TIME);
    let mut items = items.into_iter();
    let mut shares = Vec::new();
    loop {
        let some: Vec<I> = items.by_ref().take(share).collect();
        if some.is_empty() {
            break;
        }
        shares.push(some);
    }
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = shares
            .into_iter()
            .map(|some| scope.spawn(move || some.into_iter().map(work).collect::<Result<Vec<O>>>()))
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            let some = thread.join();
            all.extend(some.map_err(|_| {
                ArchiveError::Fault("a thread that stored files ended badly".to_owned())
            })??);
        }
        Ok(all)
    })
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

fn absent(id: BlobId, path: &Path, error: io::Error) -> ArchiveError {
    if error.kind() != io::ErrorKind::NotFound {
        return ArchiveError::file(path)(error);
    }
    ArchiveError::Missing(sentence!(
        "kho không còn tệp {}; hãy khôi phục từ bản sao lưu",
        "the store no longer holds the file {}; restore it from a backup",
        id
    ))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(ArchiveError::file(folder))? {
        paths.push(entry.map_err(ArchiveError::file(folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Copies everything, hashing on the way.
fn copy_hashing(source: &mut dyn Read, out: &mut dyn Write) -> io::Result<(BlobId, u64)> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; STEP];
    let mut length = 0;
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        context.update(bytes);
        out.write_all(bytes)?;
        length += bytes.len() as u64;
    }
    Ok((BlobId::from_digest(&context.finish()), length))
}

/// Makes a rename in this folder survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(ArchiveError::file(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_comes_back_and_rot_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let id = blobs.put(&mut &b"paper"[..]).unwrap();
        assert_eq!(id, BlobId::of(b"paper"));
        assert_eq!(blobs.put(&mut &b"paper"[..]).unwrap(), id);
        assert_eq!(blobs.read(id).unwrap(), b"paper");
        assert_eq!(blobs.list().unwrap(), (vec![id], vec![]));
        assert_eq!(BlobId::parse(&id.to_string()), Some(id));

        fs::write(blobs.path(id), b"pager").unwrap();
        assert!(matches!(blobs.read(id), Err(ArchiveError::Damaged(_))));
        // The same paper handed in again heals it.
        blobs.put(&mut &b"paper"[..]).unwrap();
        assert_eq!(blobs.read(id).unwrap(), b"paper");

        blobs.remove(id).unwrap();
        assert!(matches!(blobs.read(id), Err(ArchiveError::Missing(_))));
    }

    #[test]
    fn a_source_that_breaks_off_leaves_nothing() {
        struct Broken(usize);
        impl Read for Broken {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                if self.0 > 2 {
                    return Err(io::Error::other("pulled"));
                }
                out.fill(7);
                Ok(out.len())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        assert!(blobs.put(&mut Broken(0)).is_err());
        assert_eq!(blobs.list().unwrap(), (vec![], vec![]));
        assert_eq!(
            entries(&folder.path().join("incoming")).unwrap(),
            Vec::<PathBuf>::new()
        );
    }
}
