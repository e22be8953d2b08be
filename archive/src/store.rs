//! The store: one SQLite database and a folder of blobs, opened together; each change is one transaction with its log entry.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use rusqlite::Connection;
use rusqlite::types::Value;
use zeroize::Zeroizing;

use crate::audit::{self, Entry, Signer};
use crate::blob::key::Wrapped;
use crate::blob::{Blobs, WrappingKey, sync_folder};
use crate::error::{ArchiveError, Result, sentence};
use crate::setting::{self, ENCRYPTED};

mod shape;
pub(crate) use shape::model;
use shape::{connect, migrate, whole};

mod writer;
pub use writer::Writer;
use writer::change;
pub(crate) use writer::digest_of;

mod encryption;
pub use encryption::Encrypted;
use encryption::{file_key, is_without_files, without_key};

/// Vietnam's zone: UTC+7 all year, since 1975.
const HOURS: i8 = 7;

/// Random bytes, handed in by the program.
pub trait Random: Send {
    /// Fills the bytes.
    ///
    /// # Errors
    /// When the system has none.
    fn fill(&mut self, bytes: &mut [u8]) -> std::io::Result<()>;
}

/// One source of random bytes for all who need some.
#[derive(Clone)]
pub(crate) struct Dice(Arc<Mutex<Box<dyn Random>>>);

impl Dice {
    fn new(random: Box<dyn Random>) -> Self {
        Self(Arc::new(Mutex::new(random)))
    }
}

impl Random for Dice {
    fn fill(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill(bytes)
    }
}

/// Who changes something, and when.
#[derive(Clone, Debug)]
pub struct Act {
    /// The login of the person.
    pub by: String,
    /// The moment, by the machine's clock.
    pub at: Timestamp,
}

impl Act {
    /// The day in Vietnam.
    #[must_use]
    pub fn day(&self) -> Date {
        self.zoned().date()
    }

    /// The moment in ISO 8601 with Vietnam's offset, to the second.
    #[must_use]
    pub fn time(&self) -> String {
        self.zoned().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn zoned(&self) -> jiff::Zoned {
        self.at.to_zoned(TimeZone::fixed(Offset::constant(HOURS)))
    }
}

/// What a new archive is told about its office.
#[derive(Clone, Debug)]
pub struct Office {
    /// Its full name, such as `Ủy ban nhân dân phường Thuận Hóa`.
    pub name: String,
    /// Its code by Decision 20/2020/QĐ-TTg, such as `H57.12`.
    pub code: String,
    /// Where its look-up page is or will be, without a slash at the end; printed in QR codes for decades.
    pub base_url: String,
}

/// An office's archive.
pub struct Archive {
    folder: PathBuf,
    db: Connection,
    blobs: Blobs,
    signer: Signer,
    random: Dice,
    uuid: String,
    office: Office,
    /// Shared by everyone who has the archive open; alone with it is only who begins to encrypt.
    lock: File,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Archive {
    /// Makes an archive in a folder that has none.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when there is one.
    pub fn create(
        folder: &Path,
        office: &Office,
        act: &Act,
        random: Box<dyn Random>,
    ) -> Result<Self> {
        Self::make(folder, office, act, Dice::new(random), None)
    }

    /// As [`create`](Self::create), with every file encrypted under a data key that `key` wraps. `place` is where that key is
    /// kept, for finding it again: a path, not the key.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_encrypted(
        folder: &Path,
        office: &Office,
        act: &Act,
        random: Box<dyn Random>,
        (key, place): (&WrappingKey, Option<&str>),
    ) -> Result<Self> {
        Self::make(folder, office, act, Dice::new(random), Some((key, place)))
    }

    fn make(
        folder: &Path,
        office: &Office,
        act: &Act,
        mut random: Dice,
        key: Option<(&WrappingKey, Option<&str>)>,
    ) -> Result<Self> {
        fs::create_dir_all(folder.join("keys")).map_err(ArchiveError::file(folder))?;
        let path = database(folder);
        if path.exists() {
            return Err(ArchiveError::Refused(sentence!(
                "{} đã có kho lưu trữ",
                "{} already holds an archive",
                folder.display()
            )));
        }
        let lock = lock(folder)?;
        let audit_key = folder.join("keys").join("audit.key");
        let signer = if audit_key.exists() {
            // A creation that was cut off before its database.
            Signer::read(&audit_key)?
        } else {
            let mut seed = [0; 32];
            random
                .fill(&mut seed)
                .map_err(ArchiveError::file(&audit_key))?;
            Signer::create(&audit_key, &seed)?
        };
        let mut bytes = [0; 16];
        random
            .fill(&mut bytes)
            .map_err(ArchiveError::file(folder))?;
        // Made beside its place: a half-made database never bears the final name.
        let young = folder.join("young.sqlite3");
        let _ = fs::remove_file(&young);
        let uuid = uuid(bytes);
        let public = signer.public();
        if let Some((key, place)) = key {
            is_without_files(folder)?;
            let mut data_key = Zeroizing::new([0; 32]);
            random
                .fill(&mut *data_key)
                .map_err(ArchiveError::file(folder))?;
            Wrapped::new(&data_key, key, &uuid, place, &mut random)?.write(&file_key(folder))?;
        }
        {
            let mut db = connect(&young, &young)?;
            migrate(&mut db).map_err(database_error(&young))?;
            db.pragma_update(None, "journal_mode", "DELETE")
                .map_err(database_error(&young))?;
            change(&mut db, &young, &mut random, act, |writer| {
                if key.is_some() {
                    writer.insert("setting", &[("name", &ENCRYPTED), ("value", &"yes")])?;
                }
                writer.insert(
                    "archive",
                    &[
                        ("uuid", &uuid),
                        ("office", &office.name),
                        ("code", &office.code),
                        ("base_url", &office.base_url),
                        ("public_key", &public),
                    ],
                )?;
                writer.log(
                    "archive.create",
                    &uuid,
                    &serde_json::json!({ "public_key": public, "encrypted": key.is_some() }),
                )
            })?;
        }
        fs::rename(&young, &path).map_err(ArchiveError::file(&path))?;
        sync_folder(folder)?;
        drop(lock);
        let mut archive = Self::opened(folder, random)?;
        if let Some((key, _)) = key {
            archive.unlock(key)?;
        }
        archive.checkpoint()?;
        Ok(archive)
    }

    /// Opens the archive of a folder, bringing its database to today's shape.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when there is none, [`ArchiveError::Damaged`] when the database is not whole after an
    /// unclean stop, or of a later version of the program.
    pub fn open(folder: &Path, random: Box<dyn Random>) -> Result<Self> {
        Self::opened(folder, Dice::new(random))
    }

    fn opened(folder: &Path, random: Dice) -> Result<Self> {
        let path = database(folder);
        if !path.exists() {
            return Err(ArchiveError::Missing(sentence!(
                "{} chưa có kho lưu trữ; tạo bằng: saoy archive init",
                "{} holds no archive; make one with: saoy archive init",
                folder.display()
            )));
        }
        let lock = lock(folder)?;
        let mut db = connect(&path, &path)?;
        // A log of writes that nobody holds open was left by a stop in full run.
        let alone = lock.try_lock().is_ok();
        let left = fs::metadata(folder.join("archive.sqlite3-wal")).is_ok_and(|wal| wal.len() > 0);
        if alone && left {
            whole(&db, &path)?;
        }
        lock.lock_shared().map_err(ArchiveError::file(folder))?;
        migrate(&mut db).map_err(database_error(&path))?;
        let (uuid, office) = db
            .query_row(
                "SELECT uuid, office, code, base_url FROM archive",
                [],
                |row| {
                    Ok((
                        row.get(0)?,
                        Office {
                            name: row.get(1)?,
                            code: row.get(2)?,
                            base_url: row.get(3)?,
                        },
                    ))
                },
            )
            .map_err(database_error(&path))?;
        let mut blobs = Blobs::open(&folder.join("blobs"))?;
        if setting::read(&db, ENCRYPTED)
            .map_err(database_error(&path))?
            .is_some()
        {
            blobs = blobs.locked(without_key(folder)?);
        }
        Ok(Self {
            blobs,
            signer: Signer::read(&folder.join("keys").join("audit.key"))?,
            folder: folder.to_owned(),
            db,
            random,
            uuid,
            office,
            lock,
        })
    }

    /// Whether a folder holds an archive.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        database(folder).exists()
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its name for ever.
    #[must_use]
    pub fn uuid(&self) -> &str {
        &self.uuid
    }

    /// Whose it is.
    #[must_use]
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// Its files.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// The key that signs checkpoints, base64: to be kept elsewhere too.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.signer.public()
    }

    /// Random bytes.
    ///
    /// # Errors
    /// When the system has none.
    pub(crate) fn random(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.random
            .fill(bytes)
            .map_err(ArchiveError::file(&self.folder))
    }

    /// For reading.
    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    pub(crate) fn database_error(&self) -> impl Fn(rusqlite::Error) -> ArchiveError + use<> {
        database_error(&database(&self.folder))
    }

    /// Changes something: all of it or nothing, with its entry in the log.
    ///
    /// # Errors
    /// Those of `work`, and [`ArchiveError::Database`]. Nothing was changed then.
    pub(crate) fn change<T>(
        &mut self,
        act: &Act,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T>,
    ) -> Result<T> {
        let path = database(&self.folder);
        change(&mut self.db, &path, &mut self.random, act, work)
    }

    /// Signs the head of the log into the file `checkpoints`, unless it is there already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn checkpoint(&mut self) -> Result<Option<String>> {
        let path = self.checkpoints();
        let Some((size, head)) = self.head()? else {
            return Ok(None);
        };
        let known = audit::read_checkpoints(&path)?
            .into_iter()
            .filter_map(std::result::Result::ok)
            .map(|checkpoint| checkpoint.size)
            .max();
        if known.is_some_and(|known| known >= size) {
            return Ok(None);
        }
        let checkpoint = self.signer.checkpoint(&self.origin(), size, &head);
        audit::append_checkpoint(&path, &checkpoint)?;
        Ok(Some(checkpoint.note()))
    }

    /// The name of this log in checkpoints.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("saoy-audit/{}", self.uuid)
    }

    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.folder.join("checkpoints")
    }

    /// Up to `most` entries of the log behind number `seq`, in order: for those who tell others what happened.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn entries_after(&self, seq: i64, most: usize) -> Result<Vec<Entry>> {
        let read = || -> rusqlite::Result<Vec<Entry>> {
            self.db
                .prepare_cached(
                    "SELECT seq, at, actor, action, subject, detail, rows FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2",
                )?
                .query_map(
                    rusqlite::params![seq, i64::try_from(most).unwrap_or(i64::MAX)],
                    Entry::read,
                )?
                .collect()
        };
        read().map_err(self.database_error())
    }

    /// The number of the last entry of the log; 0 when there is none.
    ///
    /// # Errors
    /// [`ArchiveError::Database`].
    pub fn last_entry(&self) -> Result<i64> {
        Ok(self.head()?.map_or(0, |(seq, _)| seq))
    }

    fn head(&self) -> Result<Option<(i64, Vec<u8>)>> {
        use rusqlite::OptionalExtension as _;
        self.db
            .query_row(
                "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(self.database_error())
    }
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(ArchiveError::file(&path))
}

fn database(folder: &Path) -> PathBuf {
    folder.join("archive.sqlite3")
}

fn database_error(path: &Path) -> impl Fn(rusqlite::Error) -> ArchiveError + use<> {
    let path = path.to_owned();
    move |source| ArchiveError::Database {
        path: path.clone(),
        source,
    }
}

/// A random UUID (RFC 9562, version 4) in capitals, as Circular 05/2025/TT-BNV writes them.
pub(crate) fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXUPPER.encode(&bytes);
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ]
    .join("-")
}

/// A text or nothing, as a value of the database.
pub(crate) fn text(value: Option<&str>) -> Value {
    value.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

#[cfg(test)]
pub(crate) mod tests;
