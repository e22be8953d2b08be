//! The database's shape, and how a connection to it is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::database_error;
use crate::error::{ArchiveError, Result, sentence};

/// The changes of the database's shape, in order; those a database has not seen are applied when it is opened.
const MIGRATIONS: [&str; 5] = [
    include_str!("../schema/0001.sql"),
    include_str!("../schema/0002.sql"),
    include_str!("../schema/0003.sql"),
    include_str!("../schema/0004.sql"),
    include_str!("../schema/0005.sql"),
];

/// How long one program waits while another writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of the database a program keeps in memory, KiB: the upper levels of the word index of some 100,000 documents.
const CACHE_KIB: i64 = 64 * 1024;

pub(super) fn connect(path: &Path, named: &Path) -> Result<Connection> {
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

/// Brings a database to today's shape.
pub(super) fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    migrate_to(db, MIGRATIONS.len())
}

/// Brings a database to the shape that it had after so many changes.
pub(super) fn migrate_to(db: &mut Connection, count: usize) -> rusqlite::Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let known: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = usize::try_from(known).unwrap_or(usize::MAX);
    if known > MIGRATIONS.len() {
        return Err(rusqlite::Error::InvalidParameterName(
            "the database was made by a later version of this program; install that version"
                .to_owned(),
        ));
    }
    for migration in MIGRATIONS.iter().take(count).skip(known) {
        transaction.execute_batch(migration)?;
    }
    if known < count {
        transaction.pragma_update(
            None,
            "user_version",
            i64::try_from(count).unwrap_or(i64::MAX),
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

pub(super) fn whole(db: &Connection, path: &Path) -> Result<()> {
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
