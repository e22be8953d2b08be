//! Files of papers that are not stored yet, beside the store: encrypted where stored ones are, under the same key.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Blobs, Cipher, encrypt, sync_folder};
use crate::error::{ArchiveError, Result, sentence};

impl Blobs {
    /// Writes a file under a path outside the store, whole or not at all, as stored files are written: encrypted where they are.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] when files are encrypted and the key is not at hand; when it cannot be written.
    pub fn write_beside(&self, path: &Path, source: &mut dyn Read) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut draft =
            tempfile::NamedTempFile::new_in(folder).map_err(ArchiveError::file(folder))?;
        match &self.cipher {
            Cipher::Locked(why) => return Err(ArchiveError::Key(why.clone())),
            Cipher::None => io::copy(source, draft.as_file_mut()).map(|_| ()),
            Cipher::Open { vault, random, .. } => {
                encrypt(vault, random, source, draft.as_file_mut()).map(|_| ())
            }
        }
        .and_then(|()| draft.as_file().sync_all())
        .map_err(ArchiveError::file(path))?;
        draft
            .persist(path)
            .map_err(|error| ArchiveError::file(path)(error.error))?;
        sync_folder(folder)
    }

    /// Copies the plain bytes of such a file. When this fails, what was written so far is worthless.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] as there; [`ArchiveError::Damaged`] when it does not open; when it cannot be read.
    pub fn copy_beside(&self, path: &Path, out: &mut dyn Write) -> Result<u64> {
        let mut file = File::open(path).map_err(ArchiveError::file(path))?;
        let copied = match &self.cipher {
            Cipher::Locked(why) => return Err(ArchiveError::Key(why.clone())),
            Cipher::None => io::copy(&mut file, out),
            Cipher::Open { vault, .. } => vault
                .opening(&mut file)
                .and_then(|mut plain| io::copy(&mut plain, out)),
        };
        copied.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => ArchiveError::Damaged(sentence!(
                "tệp {} không mở được bằng khóa của kho: đã bị thay đổi, hoặc của một kho khác",
                "the file {} does not open with the archive's key: it was changed, or is of another archive",
                path.display()
            )),
            _ => ArchiveError::file(path)(error),
        })
    }

    /// The plain bytes of such a file.
    ///
    /// # Errors
    /// As [`copy_beside`](Self::copy_beside).
    pub fn read_beside(&self, path: &Path) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.copy_beside(path, &mut bytes)?;
        Ok(bytes)
    }
}
