//! A change in progress: rows in and out, each tied into the log by its digest, all of it one transaction.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params};

use super::{Act, Random, database_error};
use crate::audit::{self, Entry, hex};
use crate::error::{ArchiveError, Result};

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

pub(super) fn change<T>(
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
