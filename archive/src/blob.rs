//! Files by their digest: written once, checked at every reading, never under a final name before they are whole.
//!
//! `blobs/ab/cdef...` holds the file whose SHA-256 is `abcdef...`. A file is written to `blobs/incoming/`, hashed on the
//! way, synced, renamed into place, and its folder is synced: after a power cut a name holds the whole file or is absent.
//! Where files are encrypted ([`seal`]), the name is that digest under a key, and nothing is ever written in plain.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use ring::digest;

use crate::audit::hex;
use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::store::{Dice, Random as _};

mod seal;

pub(crate) mod turn;

mod beside;

pub(crate) mod key;
pub use key::WrappingKey;

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
        parsed(hex).map(Self)
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

/// What a file is called in its folder: its digest, or that digest under a key where files are encrypted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name([u8; 32]);

impl Name {
    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        parsed(hex).map(Self)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&BlobId(self.0), f)
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
    cipher: Cipher,
}

/// What lies between a file's bytes and the disk.
#[derive(Clone)]
enum Cipher {
    None,
    /// Encrypted, and the key is not at hand, for this reason.
    Locked(Sentence),
    Open {
        vault: Arc<seal::Vault>,
        random: Dice,
        /// Files from before are still plain: the archive is being encrypted.
        mixed: bool,
    },
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Locked(_) => "Locked",
            Self::Open { .. } => "Open",
        })
    }
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
            cipher: Cipher::None,
        })
    }

    /// The same blobs, encrypted, without a key so far: nothing can be stored or read, and this is why.
    pub(crate) fn locked(self, why: Sentence) -> Self {
        Self {
            cipher: Cipher::Locked(why),
            ..self
        }
    }

    /// The same blobs with the key that they are encrypted under; `mixed` when those from before may still be plain.
    pub(crate) fn unlocked(self, data_key: &[u8; 32], random: Dice, mixed: bool) -> Result<Self> {
        let vault =
            seal::Vault::new(data_key).map_err(|error| ArchiveError::Fault(error.to_string()))?;
        Ok(Self {
            cipher: Cipher::Open {
                vault: Arc::new(vault),
                random,
                mixed,
            },
            ..self
        })
    }

    /// The same blobs, none of them plain any more.
    pub(crate) fn all_sealed(self) -> Self {
        match self.cipher {
            Cipher::Open { vault, random, .. } => Self {
                cipher: Cipher::Open {
                    vault,
                    random,
                    mixed: false,
                },
                folder: self.folder,
            },
            _ => self,
        }
    }

    /// Whether files are encrypted, with the key at hand or without.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        !matches!(self.cipher, Cipher::None)
    }

    /// Whether the files are encrypted and the key is not at hand.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.cipher, Cipher::Locked(_))
    }

    /// What the file with this digest is called.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] when files are encrypted and the key is not at hand.
    pub fn name(&self, id: BlobId) -> Result<Name> {
        match &self.cipher {
            Cipher::None => Ok(Name(id.0)),
            Cipher::Locked(why) => Err(ArchiveError::Key(why.clone())),
            Cipher::Open { vault, .. } => Ok(vault.name(id)),
        }
    }

    /// Everything that the file with this digest may be called, the name it would get today first.
    ///
    /// # Errors
    /// As [`name`](Self::name).
    pub(crate) fn names(&self, id: BlobId) -> Result<Vec<Name>> {
        let mut names = vec![self.name(id)?];
        if let Cipher::Open { mixed: true, .. } = self.cipher {
            names.push(Name(id.0));
        }
        Ok(names)
    }

    /// The name under which a file lies there.
    fn called(&self, id: BlobId) -> Result<Name> {
        let names = self.names(id)?;
        let first = names.first().copied().unwrap_or(Name(id.0));
        let found = names.into_iter().find(|name| self.path(*name).exists());
        Ok(found.unwrap_or(first))
    }

    /// Whether what lies under a name is encrypted.
    fn is_sealed(&self, id: BlobId, name: Name) -> bool {
        matches!(self.cipher, Cipher::Open { .. }) && name != Name(id.0)
    }

    /// Opens a file, by whichever of its names.
    fn opened(&self, id: BlobId) -> Result<(File, Name)> {
        let name = self.called(id)?;
        let path = self.path(name);
        match File::open(&path) {
            Ok(file) => Ok((file, name)),
            // Encrypted meanwhile: it has the other name now.
            Err(error) if error.kind() == io::ErrorKind::NotFound && name != self.name(id)? => {
                let name = self.name(id)?;
                let path = self.path(name);
                let file = File::open(&path).map_err(|error| absent(id, &path, error))?;
                Ok((file, name))
            }
            Err(error) => Err(absent(id, &path, error)),
        }
    }

    /// Stores what a reader gives; storing the same bytes twice keeps one file.
    ///
    /// # Errors
    /// When reading or writing fails; nothing is left under a final name then.
    pub fn put(&self, source: &mut dyn Read) -> Result<BlobId> {
        let id = self.place(source)?;
        let path = self.path(self.name(id)?);
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
        let mut folders = std::collections::BTreeSet::new();
        for id in &ids {
            folders.extend(self.path(self.name(*id)?).parent().map(Path::to_owned));
        }
        in_parallel(folders.into_iter().collect(), |folder| sync_folder(&folder))?;
        if count > 0 {
            sync_folder(&self.folder)?;
        }
        Ok(ids)
    }

    /// Writes a file, synced, under its final name; its folder is not synced yet.
    fn place(&self, source: &mut dyn Read) -> Result<BlobId> {
        let vault = match &self.cipher {
            Cipher::None => None,
            Cipher::Locked(why) => return Err(ArchiveError::Key(why.clone())),
            Cipher::Open { vault, random, .. } => Some((vault, random)),
        };
        let incoming = self.folder.join("incoming");
        let mut file =
            tempfile::NamedTempFile::new_in(&incoming).map_err(ArchiveError::file(&incoming))?;
        let id = match vault {
            None => copy_hashing(source, file.as_file_mut()).map(|(id, _)| id),
            Some((vault, random)) => encrypt(vault, random, source, file.as_file_mut()),
        }
        .map_err(ArchiveError::file(&incoming))?;
        file.as_file()
            .sync_all()
            .map_err(ArchiveError::file(&incoming))?;
        self.persist(file, self.name(id)?)?;
        Ok(id)
    }

    fn persist(&self, file: tempfile::NamedTempFile, name: Name) -> Result<()> {
        let path = self.path(name);
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).map_err(ArchiveError::file(parent))?;
        // A file already there is replaced by the same bytes: should it have rotted, it is whole again.
        file.persist(&path)
            .map(|_| ())
            .map_err(|error| ArchiveError::file(&path)(error.error))
    }

    /// Whether a file of this name is there; its bytes are not looked at.
    ///
    /// # Errors
    /// As [`name`](Self::name).
    pub fn has(&self, id: BlobId) -> Result<bool> {
        Ok(self.path(self.called(id)?).exists())
    }

    /// How many bytes the file takes on the disk.
    ///
    /// # Errors
    /// As [`name`](Self::name); [`ArchiveError::Missing`] when it is not there.
    pub fn size(&self, id: BlobId) -> Result<u64> {
        let path = self.path(self.called(id)?);
        fs::metadata(&path)
            .map(|metadata| metadata.len())
            .map_err(|error| absent(id, &path, error))
    }

    /// Copies a file out while checking its digest. When this fails, what was written so far is worthless.
    ///
    /// # Errors
    /// As [`size`](Self::size); [`ArchiveError::Damaged`] when its bytes are not those stored.
    pub fn copy_to(&self, id: BlobId, out: &mut dyn Write) -> Result<u64> {
        let (mut file, name) = self.opened(id)?;
        self.checked(id, name, &mut file, out)
    }

    /// The plain bytes of what stands in this folder under a digest, checked.
    fn checked(
        &self,
        id: BlobId,
        name: Name,
        file: &mut dyn Read,
        out: &mut dyn Write,
    ) -> Result<u64> {
        let path = &self.path(name);
        let copied = match &self.cipher {
            Cipher::Open { vault, .. } if self.is_sealed(id, name) => vault
                .opening(file)
                .and_then(|mut plain| copy_hashing(&mut plain, out)),
            _ => copy_hashing(file, out),
        };
        match copied {
            Ok((found, length)) if found == id => Ok(length),
            // What does not open is what does not fit its digest in a folder without encryption.
            Err(error) if error.kind() != io::ErrorKind::InvalidData => {
                Err(ArchiveError::file(path)(error))
            }
            _ => Err(ArchiveError::Damaged(sentence!(
                "tệp {} đã bị thay đổi trên đĩa: nội dung không khớp mã băm; hãy khôi phục từ bản sao lưu",
                "the file {} was changed on the disk: its content does not fit its digest; restore it from a backup",
                path.display()
            ))),
        }
    }

    /// Copies a file as it lies on the disk into another folder, under the same name, checking its digest on the way; gives the
    /// SHA-256 of what was copied. Encrypted files stay so.
    ///
    /// # Errors
    /// As [`copy_to`](Self::copy_to), and when it cannot be written.
    pub(crate) fn copy_into(&self, id: BlobId, other: &Self) -> Result<(Name, String)> {
        let (mut file, name) = self.opened(id)?;
        let incoming = other.folder.join("incoming");
        let mut copy =
            tempfile::NamedTempFile::new_in(&incoming).map_err(ArchiveError::file(&incoming))?;
        let mut tee = Tee {
            source: &mut file,
            copy: copy.as_file_mut(),
            context: digest::Context::new(&digest::SHA256),
        };
        self.checked(id, name, &mut tee, &mut io::sink())?;
        let raw = hex(tee.context.finish().as_ref());
        other.keep(copy, name)?;
        Ok((name, raw))
    }

    /// Takes over a file as it lies in another folder, when it has this SHA-256 as it lies there.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] or [`ArchiveError::Damaged`] when it is not what it was.
    pub(crate) fn take_over(&self, from: &Self, name: Name, raw: &str) -> Result<()> {
        let path = from.path(name);
        let mut file = File::open(&path).map_err(|error| absent(name, &path, error))?;
        let incoming = self.folder.join("incoming");
        let mut copy =
            tempfile::NamedTempFile::new_in(&incoming).map_err(ArchiveError::file(&incoming))?;
        let (found, _) =
            copy_hashing(&mut file, copy.as_file_mut()).map_err(ArchiveError::file(&path))?;
        if found.to_string() != raw {
            return Err(ArchiveError::Damaged(sentence!(
                "tệp {} của bản sao lưu đã bị thay đổi",
                "the file {} of the backup was changed",
                path.display()
            )));
        }
        self.keep(copy, name)
    }

    /// Whether something lies under this name; its bytes are not looked at.
    pub(crate) fn has_name(&self, name: Name) -> bool {
        self.path(name).exists()
    }

    /// Gives a file that is written its name, for good.
    fn keep(&self, file: tempfile::NamedTempFile, name: Name) -> Result<()> {
        file.as_file()
            .sync_all()
            .map_err(ArchiveError::file(file.path()))?;
        self.persist(file, name)?;
        sync_folder(self.path(name).parent().unwrap_or(&self.folder))?;
        sync_folder(&self.folder)
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

    /// Every name in the store, in order; files that are called otherwise are given as paths.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn list(&self) -> Result<(Vec<Name>, Vec<PathBuf>)> {
        let mut names = Vec::new();
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
                        match rest.and_then(|rest| Name::parse(&format!("{two}{rest}"))) {
                            Some(name) => names.push(name),
                            None => strange.push(file),
                        }
                    }
                }
                _ => strange.push(folder),
            }
        }
        names.sort_unstable();
        Ok((names, strange))
    }

    /// Takes a file away, for a disposal that is already logged.
    pub(crate) fn remove(&self, name: Name) -> Result<()> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ArchiveError::file(&path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Whether a file has lain there since before a moment.
    pub(crate) fn is_older(&self, name: Name, than: SystemTime) -> bool {
        modified(&self.path(name)).is_some_and(|at| at < than)
    }

    /// Removes what was being written when a program was stopped, before a moment; all of it where no moment is given.
    pub(crate) fn sweep(&self, before: Option<SystemTime>) -> Result<usize> {
        let mut removed = 0;
        for path in entries(&self.folder.join("incoming"))? {
            let old = before.is_none_or(|before| modified(&path).is_some_and(|at| at < before));
            if old {
                fs::remove_file(&path).map_err(ArchiveError::file(&path))?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn path(&self, name: Name) -> PathBuf {
        let hex = name.to_string();
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

fn absent(id: impl std::fmt::Display, path: &Path, error: io::Error) -> ArchiveError {
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

/// Writes a source encrypted, hashing its plain bytes.
fn encrypt(
    vault: &seal::Vault,
    random: &Dice,
    source: &mut dyn Read,
    out: &mut File,
) -> io::Result<BlobId> {
    let mut salt = [0; seal::SALT];
    random.clone().fill(&mut salt)?;
    let mut sealing = vault.sealing(salt, out)?;
    let (id, _) = copy_hashing(source, &mut sealing)?;
    sealing.finish()?;
    Ok(id)
}

/// Reads a source and writes what was read elsewhere too, hashing it.
struct Tee<'a> {
    source: &'a mut dyn Read,
    copy: &'a mut File,
    context: digest::Context,
}

impl Read for Tee<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(out)?;
        let bytes = out.get(..count).unwrap_or_default();
        self.context.update(bytes);
        self.copy.write_all(bytes)?;
        Ok(count)
    }
}

/// 32 bytes of 64 hexadecimal digits.
fn parsed(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
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
mod tests;
