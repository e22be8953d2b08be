//! Whether an archive's files are encrypted, under which key, and how one that was not becomes so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Act, Archive};
use crate::blob::key::Wrapped;
use crate::blob::turn::Outcome;
use crate::blob::{BlobId, Blobs, Name, WrappingKey};
use crate::check::wanted;
use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::people::holds_one;
use crate::setting::{self, ENCRYPTED};

/// The setting's value while files from before are still plain.
const BEGUN: &str = "begun";
/// Its value once none is.
const DONE: &str = "yes";

/// How many files are encrypted before the plain ones go: enough for the disk to sync many at a time.
const BATCH: usize = if cfg!(test) { 2 } else { 256 };

/// What [`Archive::encrypt`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encrypted {
    /// Files that were encrypted by this call.
    pub files: u64,
    /// Files that stay plain because their bytes do not fit their digest any more: restore them from a backup, then call again.
    pub damaged: Vec<String>,
    /// Whether no plain file is left.
    pub finished: bool,
}

impl Archive {
    /// Hands over the key of encrypted files; until then they can be neither read nor stored. Without encryption it does nothing.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] when it is another key, or the wrapped data key is gone.
    pub fn unlock(&mut self, key: &WrappingKey) -> Result<()> {
        if !self.blobs.is_locked() {
            return Ok(());
        }
        let wrapped = Wrapped::read(&file_key(&self.folder))?
            .ok_or_else(|| ArchiveError::Key(no_wrapped_key(&self.folder)))?;
        let data_key = wrapped.open(key, &self.uuid)?;
        let mixed = self.encryption()?.as_deref() == Some(BEGUN);
        self.blobs = self
            .blobs
            .clone()
            .unlocked(&data_key, self.random.clone(), mixed)?;
        Ok(())
    }

    /// Wraps the data key anew, for another key from now on. No file is touched.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is no administrator or nothing is encrypted; [`ArchiveError::Key`] when `old` is
    /// not the key.
    pub fn change_key(
        &mut self,
        act: &Act,
        old: &WrappingKey,
        new: &WrappingKey,
        place: Option<&str>,
    ) -> Result<()> {
        let path = file_key(&self.folder);
        let wrapped = match (self.encryption()?, Wrapped::read(&path)?) {
            (Some(_), Some(wrapped)) => wrapped,
            (Some(_), None) => return Err(ArchiveError::Key(no_wrapped_key(&self.folder))),
            (None, _) => {
                return Err(ArchiveError::Refused(sentence!(
                    "kho này không mã hóa tệp; mã hóa bằng: saoy archive encrypt",
                    "this archive's files are not encrypted; encrypt them with: saoy archive encrypt"
                )));
            }
        };
        let data_key = wrapped.open(old, &self.uuid)?;
        let fresh = Wrapped::new(&data_key, new, &self.uuid, place, &mut self.random)?;
        // Logged before it is done: a change of key that nobody knows of is worse than one that has to be asked for twice.
        self.change(act, |writer| {
            holds_one(writer, &["administrator"])?;
            writer.log("archive.key", "wrapped anew", &serde_json::json!({}))
        })?;
        fresh.write(&path)
    }

    /// Where the key of encrypted files was kept the last time, when that is known.
    #[must_use]
    pub fn key_place(&self) -> Option<PathBuf> {
        let wrapped = Wrapped::read(&file_key(&self.folder)).ok()??;
        wrapped.place.map(PathBuf::from)
    }

    /// Encrypts the files of an archive that was made without encryption, under a data key that `key` wraps. Each file gets its
    /// encrypted form and its keyed name before the plain one goes, so that it may be cut off anywhere: called again, it goes
    /// on. Once it has begun, others may work meanwhile, with the key. `watch` is told how many files are done, of how many,
    /// and says whether to go on.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when the actor is no administrator, all files are encrypted already, or somebody else has the
    /// archive open at the beginning; [`ArchiveError::Key`] when it was begun under another key.
    pub fn encrypt(
        &mut self,
        act: &Act,
        (key, place): (&WrappingKey, Option<&str>),
        watch: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Encrypted> {
        self.change(act, |writer| holds_one(writer, &["administrator"]))?;
        match self.encryption()?.as_deref() {
            None => self.begin(act, key, place)?,
            Some(BEGUN) => {
                // Held against the key even where it was handed over before.
                let wrapped = Wrapped::read(&file_key(&self.folder))?
                    .ok_or_else(|| ArchiveError::Key(no_wrapped_key(&self.folder)))?;
                wrapped.open(key, &self.uuid)?;
                self.unlock(key)?;
            }
            Some(_) => {
                return Err(ArchiveError::Refused(sentence!(
                    "các tệp của kho này đã được mã hóa; đổi khóa bằng: saoy archive key",
                    "this archive's files are encrypted already; another key is set with: saoy archive key"
                )));
            }
        }
        let mut outcome = Encrypted::default();
        let sealed = self.sealed_names()?;
        let plain = self.blobs.plain_names(&sealed)?;
        let all = plain.len() as u64;
        for some in plain.chunks(BATCH) {
            if !watch(outcome.files, all) {
                return Ok(outcome);
            }
            let mut ready = Vec::new();
            for one in self.blobs.turn(some.to_vec())? {
                match one {
                    Outcome::Ready(file) => ready.push(file),
                    Outcome::Damaged(name) => outcome.damaged.push(name.to_string()),
                    Outcome::Gone => {}
                }
            }
            // Under the lock of a change, as disposals take files away under it.
            let blobs = self.blobs.clone();
            outcome.files += self.change(act, |_| blobs.settle(ready))?;
        }
        watch(outcome.files, all);
        if outcome.damaged.is_empty() {
            self.finish(act)?;
            outcome.finished = true;
        }
        Ok(outcome)
    }

    /// From here on everything that is stored is encrypted.
    fn begin(&mut self, act: &Act, key: &WrappingKey, place: Option<&str>) -> Result<()> {
        // Who has the archive open goes on storing plain files.
        if self.lock.try_lock().is_err() {
            self.lock
                .lock_shared()
                .map_err(ArchiveError::file(&self.folder))?;
            return Err(ArchiveError::Refused(sentence!(
                "kho đang được chương trình khác mở; dừng saoy serve và các lệnh khác rồi chạy lại (sau khi đã bắt đầu thì chúng chạy lại được)",
                "another program has the archive open; stop saoy serve and other commands and run this again (once it has begun, they may run again)"
            )));
        }
        self.blobs.sweep(None)?;
        let path = file_key(&self.folder);
        let data_key = match Wrapped::read(&path)? {
            // Left by a call that was cut off here. Of any other archive it does not open: it may be what others' files need.
            Some(wrapped) => wrapped.open(key, &self.uuid)?,
            None => {
                let mut data_key = Zeroizing::new([0; 32]);
                self.random(&mut *data_key)?;
                Wrapped::new(&data_key, key, &self.uuid, place, &mut self.random)?.write(&path)?;
                data_key
            }
        };
        self.change(act, |writer| {
            writer.insert("setting", &[("name", &ENCRYPTED), ("value", &BEGUN)])?;
            writer.log("archive.encrypt", "begun", &serde_json::json!({}))
        })?;
        self.blobs = self
            .blobs
            .clone()
            .unlocked(&data_key, self.random.clone(), true)?;
        self.lock
            .lock_shared()
            .map_err(ArchiveError::file(&self.folder))
    }

    /// No plain file is left.
    fn finish(&mut self, act: &Act) -> Result<()> {
        self.change(act, |writer| {
            let (row, value): (i64, String) = writer
                .db()
                .query_row(
                    "SELECT id, value FROM setting WHERE name = ?",
                    [ENCRYPTED],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .map_err(writer.error())?;
            // Somebody else who encrypted at the same time may have come to the end first.
            if value == DONE {
                return Ok(());
            }
            writer.update("setting", row, &[("value", &DONE)])?;
            writer.log("archive.encrypt", "done", &serde_json::json!({}))
        })?;
        self.blobs = self.blobs.clone().all_sealed();
        Ok(())
    }

    /// Names of the encrypted files that rows refer to.
    fn sealed_names(&self) -> Result<BTreeSet<Name>> {
        let wanted = wanted(&self.db).map_err(self.database_error())?;
        let ids = wanted.keys().filter_map(|hex| BlobId::parse(hex));
        ids.map(|id| self.blobs.name(id)).collect()
    }

    fn encryption(&self) -> Result<Option<String>> {
        setting::read(&self.db, ENCRYPTED).map_err(self.database_error())
    }
}

/// The file with the data key of encrypted files, wrapped.
pub(super) fn file_key(folder: &Path) -> PathBuf {
    folder.join("keys").join("blobs.key")
}

/// Why encrypted files cannot be read yet.
pub(super) fn without_key(folder: &Path) -> Result<Sentence> {
    let Some(wrapped) = Wrapped::read(&file_key(folder))? else {
        return Ok(no_wrapped_key(folder));
    };
    Ok(match wrapped.place {
        Some(place) => sentence!(
            "tệp trong kho được mã hóa mà khóa không có ở {}; chỉ ra khóa bằng --archive-key TỆP; không có gì bị mất",
            "the archive's files are encrypted and their key is not at {}; say where it is: --archive-key FILE; nothing is lost",
            place
        ),
        None => sentence!(
            "tệp trong kho được mã hóa; chỉ ra khóa bằng --archive-key TỆP; không có gì bị mất",
            "the archive's files are encrypted; say where their key is: --archive-key FILE; nothing is lost"
        ),
    })
}

fn no_wrapped_key(folder: &Path) -> Sentence {
    sentence!(
        "thiếu {}: không có nó thì không khóa nào mở được các tệp; hãy lấy lại tệp này từ bản sao lưu",
        "{} is missing: without it no key opens the files; take it back from a backup",
        file_key(folder).display()
    )
}

/// A new data key must not take the place of one that files were encrypted under.
pub(super) fn is_without_files(folder: &Path) -> Result<()> {
    if Blobs::open(&folder.join("blobs"))?.list()?.0.is_empty() {
        return Ok(());
    }
    Err(ArchiveError::Refused(sentence!(
        "{} còn tệp của một kho đã mất cơ sở dữ liệu; khôi phục kho đó từ bản sao lưu, hoặc chọn thư mục khác",
        "{} still holds the files of an archive whose database is gone; restore that one from a backup, or choose another folder",
        folder.display()
    )))
}
