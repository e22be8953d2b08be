//! Files that were stored in plain become encrypted ones, some at a time: each is there under one of its names at every moment.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use super::{
    BlobId, Blobs, Cipher, Name, STEP, copy_hashing, encrypt, in_parallel, seal, sync_folder,
};
use crate::error::{ArchiveError, Result};

/// A file that was encrypted and waits for its name.
pub(crate) struct Ready {
    plain: Name,
    sealed: Name,
    file: tempfile::NamedTempFile,
}

/// What became of a plain file.
pub(crate) enum Outcome {
    /// Encrypted, read back, synced.
    Ready(Ready),
    /// Its bytes do not fit its name: it stays as it is, for the check to report.
    Damaged(Name),
    /// Somebody took it away meanwhile.
    Gone,
}

impl Blobs {
    /// Names under which something lies that is not encrypted. Those in `sealed` are known to be.
    pub(crate) fn plain_names(&self, sealed: &BTreeSet<Name>) -> Result<Vec<Name>> {
        let Cipher::Open { vault, .. } = &self.cipher else {
            return Ok(Vec::new());
        };
        let mut plain = Vec::new();
        for name in self.list()?.0 {
            if !sealed.contains(&name) && !opens(vault, &self.path(name))? {
                plain.push(name);
            }
        }
        Ok(plain)
    }

    /// Encrypts plain files into new ones, several at a time; nothing of it has a final name yet.
    pub(crate) fn turn(&self, names: Vec<Name>) -> Result<Vec<Outcome>> {
        let Cipher::Open { vault, random, .. } = &self.cipher else {
            return Ok(Vec::new());
        };
        let incoming = self.folder.join("incoming");
        in_parallel(names, |plain| {
            let path = self.path(plain);
            let mut source = match File::open(&path) {
                Ok(source) => source,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Outcome::Gone),
                Err(error) => return Err(ArchiveError::file(&path)(error)),
            };
            let mut file = tempfile::NamedTempFile::new_in(&incoming)
                .map_err(ArchiveError::file(&incoming))?;
            let id = encrypt(vault, random, &mut source, file.as_file_mut())
                .map_err(ArchiveError::file(&path))?;
            if Name(id.0) != plain {
                return Ok(Outcome::Damaged(plain));
            }
            file.as_file()
                .sync_all()
                .map_err(ArchiveError::file(&incoming))?;
            // What takes the place of the only copy is read back before that goes.
            if read_back(vault, file.path()).map_err(ArchiveError::file(&incoming))? != id {
                return Err(ArchiveError::Fault(format!(
                    "what was encrypted of {plain} does not open"
                )));
            }
            let sealed = vault.name(id);
            Ok(Outcome::Ready(Ready {
                plain,
                sealed,
                file,
            }))
        })
    }

    /// Gives encrypted files their names and takes the plain ones away; gives how many. Nobody may dispose of files meanwhile.
    pub(crate) fn settle(&self, ready: Vec<Ready>) -> Result<u64> {
        let mut folders = BTreeSet::new();
        let mut plain = Vec::new();
        for one in ready {
            // Disposed of since it was read: it shall not come back under another name.
            if !self.path(one.plain).exists() {
                continue;
            }
            let path = self.path(one.sealed);
            self.persist(one.file, one.sealed)?;
            folders.extend(path.parent().map(Path::to_owned));
            plain.push(one.plain);
        }
        in_parallel(folders.into_iter().collect(), |folder| sync_folder(&folder))?;
        sync_folder(&self.folder)?;
        let mut folders = BTreeSet::new();
        for name in &plain {
            self.remove(*name)?;
            folders.extend(self.path(*name).parent().map(Path::to_owned));
        }
        in_parallel(folders.into_iter().collect(), |folder| sync_folder(&folder))?;
        Ok(plain.len() as u64)
    }
}

/// Whether a file is an encrypted one of this archive; its first chunk tells.
fn opens(vault: &seal::Vault, path: &Path) -> Result<bool> {
    use std::io::Read as _;
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(ArchiveError::file(path)(error)),
    };
    let first = vault
        .opening(&mut file)
        .and_then(|mut plain| plain.read(&mut [0; 1]));
    match first {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(error) => Err(ArchiveError::file(path)(error)),
    }
}

fn read_back(vault: &seal::Vault, path: &Path) -> io::Result<BlobId> {
    let file = io::BufReader::with_capacity(STEP, File::open(path)?);
    let mut plain = vault.opening(file)?;
    copy_hashing(&mut plain, &mut io::sink()).map(|(id, _)| id)
}
