//! The store: one SQLite database and a folder of blobs, opened together; each change is one transaction with its log entry.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params};
use zeroize::Zeroizing;

use crate::audit::{self, Entry, Signer, hex};
use crate::blob::key::Wrapped;
use crate::blob::{Blobs, WrappingKey, sync_folder};
use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::setting::{self, ENCRYPTED};

/// The changes of the database's shape, in order; those a database has not seen are applied when it is opened.
const MIGRATIONS: [&str; 4] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
];

/// How long one program waits while another writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of the database a program keeps in memory, KiB: the upper levels of the word index of some 100,000 documents.
const CACHE_KIB: i64 = 64 * 1024;

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
    /// Shared by everyone who has the archive open.
    _lock: File,
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
            _lock: lock,
        })
    }

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
        self.blobs = self
            .blobs
            .clone()
            .unlocked(&data_key, self.random.clone())?;
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
        let Some(wrapped) = Wrapped::read(&path)? else {
            return Err(ArchiveError::Refused(sentence!(
                "kho này không mã hóa tệp",
                "this archive's files are not encrypted"
            )));
        };
        let data_key = wrapped.open(old, &self.uuid)?;
        let fresh = Wrapped::new(&data_key, new, &self.uuid, place, &mut self.random)?;
        // Logged before it is done: a change of key that nobody knows of is worse than one that has to be asked for twice.
        self.change(act, |writer| {
            crate::people::holds_one(writer, &["administrator"])?;
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

/// A change in progress: rows go in and out through it, so that none escapes the log.
pub struct Writer<'a> {
    transaction: &'a Transaction<'a>,
    path: &'a Path,
    random: &'a mut dyn Random,
    act: &'a Act,
    touched: Vec<(&'static str, i64)>,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("touched", &self.touched)
            .finish_non_exhaustive()
    }
}

impl Writer<'_> {
    /// Who, and when.
    pub(crate) fn act(&self) -> &Act {
        self.act
    }

    /// For reading within the change.
    pub(crate) fn db(&self) -> &Connection {
        self.transaction
    }

    pub(crate) fn error(&self) -> impl Fn(rusqlite::Error) -> ArchiveError + use<> {
        database_error(self.path)
    }

    /// Adds a row; gives its id.
    pub(crate) fn insert(
        &mut self,
        table: &'static str,
        values: &[(&str, &dyn ToSql)],
    ) -> Result<i64> {
        let mut salt = [0; 16];
        self.random
            .fill(&mut salt)
            .map_err(ArchiveError::file(self.path))?;
        let salt = salt.to_vec();
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        let marks = vec!["?"; values.len() + 1].join(", ");
        let sql = format!(
            "INSERT INTO {table} (salt, {}) VALUES ({marks})",
            names.join(", ")
        );
        let mut all: Vec<&dyn ToSql> = vec![&salt];
        all.extend(values.iter().map(|(_, value)| *value));
        self.run(&sql, &all)?;
        let id = self.transaction.last_insert_rowid();
        self.touched.push((table, id));
        Ok(id)
    }

    /// Changes columns of a row.
    pub(crate) fn update(
        &mut self,
        table: &'static str,
        id: i64,
        values: &[(&str, &dyn ToSql)],
    ) -> Result<()> {
        let names: Vec<String> = values
            .iter()
            .map(|(name, _)| format!("{name} = ?"))
            .collect();
        let sql = format!("UPDATE {table} SET {} WHERE id = ?", names.join(", "));
        let mut all: Vec<&dyn ToSql> = values.iter().map(|(_, value)| *value).collect();
        all.push(&id);
        if self.run(&sql, &all)? != 1 {
            return Err(ArchiveError::Fault(format!("no row {id} in {table}")));
        }
        self.touched.push((table, id));
        Ok(())
    }

    /// Writes the log's entry for what was done since the last one. The detail must hold no personal data.
    pub(crate) fn log(
        &mut self,
        action: &str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> Result<()> {
        self.touched.sort_unstable();
        self.touched.dedup();
        let mut rows = Vec::new();
        for (table, id) in std::mem::take(&mut self.touched) {
            let digest = digest_of(self.transaction, table, id).map_err(self.error())?;
            rows.push(serde_json::json!([
                table,
                id,
                digest.map(|digest| hex(&digest))
            ]));
        }
        let (seq, previous): (i64, Vec<u8>) = self
            .transaction
            .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            .and_then(|mut last| {
                let mut rows = last.query([])?;
                match rows.next()? {
                    Some(row) => Ok((row.get(0)?, row.get(1)?)),
                    None => Ok((0, audit::START.to_vec())),
                }
            })
            .map_err(self.error())?;
        let entry = Entry {
            seq: seq + 1,
            at: self.act.time(),
            actor: self.act.by.clone(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_string(),
            rows: serde_json::Value::Array(rows).to_string(),
        };
        let hash = entry.hash(&previous).to_vec();
        self.run(
            "INSERT INTO audit (seq, at, actor, action, subject, detail, rows, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            params![entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.rows, hash],
        )
        .map(|_| ())
    }

    fn run(&self, sql: &str, values: &[&dyn ToSql]) -> Result<usize> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(self.error())
    }
}

/// The digest of a row as it is now; nothing when it is not there.
pub(crate) fn digest_of(
    db: &Connection,
    table: &str,
    id: i64,
) -> rusqlite::Result<Option<[u8; 32]>> {
    let mut statement = db.prepare_cached(&format!("SELECT * FROM {table} WHERE id = ?"))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let columns: Vec<(String, ValueRef<'_>)> = names
        .into_iter()
        .enumerate()
        .map(|(index, name)| row.get_ref(index).map(|value| (name, value)))
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(audit::row_digest(table, id, &columns)))
}

fn change<T>(
    db: &mut Connection,
    path: &Path,
    random: &mut dyn Random,
    act: &Act,
    work: impl FnOnce(&mut Writer<'_>) -> Result<T>,
) -> Result<T> {
    // Taking the lock at once: two programs that both read first and write then would only meet at the end.
    let transaction = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(database_error(path))?;
    let mut writer = Writer {
        transaction: &transaction,
        path,
        random,
        act,
        touched: Vec::new(),
    };
    let outcome = work(&mut writer)?;
    if let Some((table, id)) = writer.touched.first() {
        return Err(ArchiveError::Fault(format!(
            "row {id} of {table} changed without a log entry"
        )));
    }
    transaction.commit().map_err(database_error(path))?;
    Ok(outcome)
}

fn connect(path: &Path, named: &Path) -> Result<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let db = Connection::open(path)?;
        db.busy_timeout(PATIENCE)?;
        // In this journal, FULL is what makes a commit survive a power cut; NORMAL loses the last ones.
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "cache_size", -CACHE_KIB)?;
        // A schema that somebody changed must not run functions of its own.
        db.pragma_update(None, "trusted_schema", false)?;
        Ok(db)
    };
    open().map_err(database_error(named))
}

fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let known: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = usize::try_from(known).unwrap_or(usize::MAX);
    if known > MIGRATIONS.len() {
        return Err(rusqlite::Error::InvalidParameterName(
            "the database was made by a later version of this program; install that version"
                .to_owned(),
        ));
    }
    for migration in MIGRATIONS.iter().skip(known) {
        transaction.execute_batch(migration)?;
    }
    if known < MIGRATIONS.len() {
        transaction.pragma_update(
            None,
            "user_version",
            i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX),
        )?;
    }
    transaction.commit()
}

/// A database of today's shape, empty, in memory: what a real one's shape is compared with.
pub(crate) fn model() -> rusqlite::Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    migrate(&mut db)?;
    Ok(db)
}

fn whole(db: &Connection, path: &Path) -> Result<()> {
    let found: String = db
        .pragma_query_value(None, "quick_check", |row| row.get(0))
        .map_err(database_error(path))?;
    if found == "ok" {
        return Ok(());
    }
    Err(ArchiveError::Damaged(sentence!(
        "cơ sở dữ liệu {} bị hỏng sau lần dừng đột ngột ({}); hãy khôi phục từ bản sao lưu: saoy archive restore",
        "the database {} is damaged after an unclean stop ({}); restore it from a backup: saoy archive restore",
        path.display(),
        found
    )))
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

/// The file with the data key of encrypted files, wrapped.
fn file_key(folder: &Path) -> PathBuf {
    folder.join("keys").join("blobs.key")
}

/// Why encrypted files cannot be read yet.
fn without_key(folder: &Path) -> Result<Sentence> {
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
fn is_without_files(folder: &Path) -> Result<()> {
    if Blobs::open(&folder.join("blobs"))?.list()?.0.is_empty() {
        return Ok(());
    }
    Err(ArchiveError::Refused(sentence!(
        "{} còn tệp của một kho đã mất cơ sở dữ liệu; khôi phục kho đó từ bản sao lưu, hoặc chọn thư mục khác",
        "{} still holds the files of an archive whose database is gone; restore that one from a backup, or choose another folder",
        folder.display()
    )))
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
