//! Rows of records, documents and versions, read.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Document, Kind, Record, Version};
use crate::blob::BlobId;
use crate::error::{ArchiveError, Result, sentence};

pub(crate) fn wanted(db: &Connection, id: &str) -> rusqlite::Result<Result<Document>> {
    let found = select(
        db,
        "WHERE uuid = ?",
        params![id.trim().to_ascii_uppercase()],
    )?
    .pop();
    Ok(found.ok_or_else(|| {
        ArchiveError::Missing(sentence!(
            "không có tài liệu {}; tìm bằng: saoy archive find",
            "there is no document {}; look for it with: saoy archive find",
            id
        ))
    }))
}

pub(crate) fn by_row(db: &Connection, row: i64) -> rusqlite::Result<Option<Document>> {
    select(db, "WHERE id = ?", params![row]).map(|mut found| found.pop())
}

pub(super) fn by_file(db: &Connection, file: BlobId) -> rusqlite::Result<Option<Document>> {
    let row: Option<i64> = db
        .prepare_cached("SELECT document FROM version WHERE pdf = ? ORDER BY document LIMIT 1")?
        .query_row([file.to_string()], |row| row.get(0))
        .optional()?;
    row.map_or(Ok(None), |row| by_row(db, row))
}

pub(super) fn wanted_record(db: &Connection, code: &str) -> rusqlite::Result<Result<Record>> {
    Ok(record_by_code(db, code)?.ok_or_else(|| {
        ArchiveError::Missing(sentence!(
            "không có hồ sơ {0}; lập bằng: saoy archive record {0} --title ...",
            "there is no record {0}; open it with: saoy archive record {0} --title ...",
            code
        ))
    }))
}

pub(crate) fn record_by_code(db: &Connection, code: &str) -> rusqlite::Result<Option<Record>> {
    select_records(db, "WHERE code = ?", params![code.trim()]).map(|mut found| found.pop())
}

pub(crate) fn select(
    db: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Document>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, uuid, kind, state, personal, meta, added_by, added_at FROM document {rest}"
    ))?;
    let rows = statement.query_map(values, |row| {
        let id: i64 = row.get(0)?;
        Ok(Document {
            row: id,
            id: row.get(1)?,
            kind: match row.get::<_, String>(2)?.as_str() {
                "result" => Kind::Result,
                _ => Kind::Document,
            },
            kept: row.get::<_, String>(3)? == "kept",
            personal: row.get(4)?,
            meta: from_json(row, 5)?,
            records: record_codes(db, id)?,
            versions: versions(db, id)?,
            added: (row.get(6)?, row.get(7)?),
        })
    })?;
    rows.collect()
}

fn record_codes(db: &Connection, document: i64) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached(
        "SELECT code FROM record JOIN member ON member.record = record.id WHERE document = ? ORDER BY code",
    )?
    .query_map([document], |row| row.get(0))?
    .collect()
}

fn versions(db: &Connection, document: i64) -> rusqlite::Result<Vec<Version>> {
    db.prepare_cached(
        "SELECT number, pdf, text, record, bytes, pages, origin, figures, added_by, added_at
         FROM version WHERE document = ? ORDER BY number",
    )?
    .query_map([document], |row| {
        Ok(Version {
            number: row.get(0)?,
            pdf: row.get(1)?,
            text: row.get(2)?,
            record: row.get(3)?,
            bytes: row.get(4)?,
            pages: row.get(5)?,
            origin: row.get(6)?,
            figures: from_json(row, 7)?,
            added: (row.get(8)?, row.get(9)?),
        })
    })?
    .collect()
}

pub(super) fn select_records(
    db: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Record>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, code, meta, added_by, added_at FROM record {rest}"
    ))?;
    let rows = statement.query_map(values, |row| {
        let id: i64 = row.get(0)?;
        let documents = db
            .prepare_cached(
                "SELECT uuid FROM member JOIN document ON document.id = member.document WHERE record = ? ORDER BY ordinal",
            )?
            .query_map([id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Record {
            row: id,
            code: row.get(1)?,
            meta: from_json(row, 2)?,
            documents,
            added: (row.get(3)?, row.get(4)?),
        })
    })?;
    rows.collect()
}

/// A column of JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    })
}
