//! Looking the whole archive over, offline: the log's chain and checkpoints, every row against the log, every file.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::audit::{self, Entry, START, hex};
use crate::blob::BlobId;
use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::store::{Archive, digest_of, model};

/// Columns that name files which must be there: table, column, and a condition under which.
const FILES: [(&str, &str, &str); 7] = [
    ("certification", "original", COPY_IS_KEPT),
    ("certification", "prepared", COPY_IS_KEPT),
    ("certification", "signed", COPY_IS_KEPT),
    ("certification", "sealed", COPY_IS_KEPT),
    ("version", "pdf", DOCUMENT_IS_KEPT),
    ("version", "text", DOCUMENT_IS_KEPT),
    ("version", "record", DOCUMENT_IS_KEPT),
];
const COPY_IS_KEPT: &str = "NOT EXISTS (SELECT 1 FROM disposal_item
    WHERE disposal_item.kind = 'copy' AND target = certification.id AND outcome = 'gone')";
const DOCUMENT_IS_KEPT: &str = "EXISTS (SELECT 1 FROM document WHERE document.id = version.document AND document.state = 'kept')";

/// What is wrong, where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What kind of thing it is, such as `audit_hash`.
    pub code: &'static str,
    /// Where: an entry of the log, a row, a file.
    pub place: String,
    /// In words.
    #[serde(flatten)]
    pub said: Sentence,
}

/// What a check looked at, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Entries of the log.
    pub entries: i64,
    /// Rows held against it.
    pub rows: i64,
    /// Checkpoints whose signature and head fit.
    pub checkpoints: usize,
    /// Entries after the last checkpoint: were they cut off, only a later checkpoint kept elsewhere could tell.
    pub unsigned: i64,
    /// Files read in full.
    pub files: usize,
    /// Files in the store that nothing refers to: left by a step that was cut off.
    pub loose: Vec<String>,
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Archive {
    /// Checks everything. `key` is the public key of the log as kept elsewhere, `kept` checkpoints kept elsewhere; without
    /// them, those beside the archive are used. `files` says whether every stored file is read.
    ///
    /// # Errors
    /// When the archive cannot be read at all.
    pub fn check(&self, key: Option<&str>, kept: &str, files: bool) -> Result<Report> {
        let mut report = Report::default();
        self.check_schema(&mut report)?;
        let (heads, latest) = self.check_log(&mut report)?;
        self.check_rows(&latest, &mut report)?;
        self.check_checkpoints(key, kept, &heads, &mut report)?;
        for (register, year, number) in self.gaps()? {
            report.findings.push(Finding {
                code: "register_gap",
                place: format!("{register} {year}"),
                said: sentence!(
                    "sổ {} năm {} thiếu số {}",
                    "the register {} of {} lacks the number {}",
                    register,
                    year,
                    number
                ),
            });
        }
        self.check_search(&mut report)?;
        self.check_files(files, &mut report)?;
        Ok(report)
    }

    /// What documents are found by must be what their rows say; the words themselves can be made anew at any time.
    fn check_search(&self, report: &mut Report) -> Result<()> {
        let mut odd = Vec::new();
        self.each_document(|document| {
            let right: bool = self.is_findable(&document).map_err(self.database_error())?;
            if !right {
                odd.push(document.id);
            }
            Ok(())
        })?;
        for id in odd {
            report.findings.push(Finding {
                code: "search",
                said: sentence!(
                    "chỉ mục tìm kiếm không khớp tài liệu {}; lập lại bằng: saoy archive reindex",
                    "the search tables do not fit document {}; make them anew with: saoy archive reindex",
                    id
                ),
                place: id,
            });
        }
        Ok(())
    }

    /// Triggers and constraints are part of the protection: the shape must be that which this program makes.
    fn check_schema(&self, report: &mut Report) -> Result<()> {
        let expected =
            shape(&model().map_err(self.database_error())?).map_err(self.database_error())?;
        let found = shape(self.db()).map_err(self.database_error())?;
        let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
        for name in names {
            if expected.get(name) != found.get(name) {
                report.findings.push(Finding {
                    code: "schema",
                    place: name.clone(),
                    said: sentence!(
                        "cấu trúc \"{}\" của cơ sở dữ liệu đã bị thay đổi",
                        "\"{}\" in the database's schema was changed",
                        name
                    ),
                });
            }
        }
        let sound: String = self
            .db()
            .pragma_query_value(None, "integrity_check", |row| row.get(0))
            .map_err(self.database_error())?;
        if sound != "ok" {
            report.findings.push(Finding {
                code: "database",
                place: "archive.sqlite3".to_owned(),
                said: sentence!(
                    "cơ sở dữ liệu hỏng: {}",
                    "the database is damaged: {}",
                    sound
                ),
            });
        }
        Ok(())
    }

    /// Walks the chain; gives the hash after each entry and the digest each row should have.
    #[allow(clippy::type_complexity, reason = "two maps, used at once")]
    fn check_log(
        &self,
        report: &mut Report,
    ) -> Result<(Vec<Vec<u8>>, BTreeMap<(String, i64), Option<String>>)> {
        let mut heads = vec![START.to_vec()];
        let mut latest = BTreeMap::new();
        let mut statement = self
            .db()
            .prepare("SELECT seq, at, actor, action, subject, detail, rows, hash FROM audit ORDER BY seq")
            .map_err(self.database_error())?;
        let entries = statement
            .query_map([], |row| Ok((Entry::read(row)?, row.get::<_, Vec<u8>>(7)?)))
            .map_err(self.database_error())?;
        for entry in entries {
            let (entry, hash) = entry.map_err(self.database_error())?;
            let place = format!("audit {}", entry.seq);
            if entry.seq != report.entries + 1 {
                report.findings.push(Finding {
                    code: "audit_gap",
                    place: place.clone(),
                    said: sentence!(
                        "nhật ký thiếu mục {} trước mục {}",
                        "the log lacks entry {} before entry {}",
                        report.entries + 1,
                        entry.seq
                    ),
                });
            }
            let previous = heads.last().map_or(&START[..], Vec::as_slice);
            if entry.hash(previous)[..] != hash[..] {
                report.findings.push(Finding {
                    code: "audit_hash",
                    place,
                    said: sentence!(
                        "mục {} của nhật ký không khớp mã băm: nó hoặc mục trước nó đã bị sửa",
                        "entry {} of the log does not fit its hash: it or the one before was changed",
                        entry.seq
                    ),
                });
            }
            let rows: Vec<(String, i64, Option<String>)> =
                serde_json::from_str(&entry.rows).unwrap_or_default();
            for (table, id, digest) in rows {
                latest.insert((table, id), digest);
            }
            report.entries = entry.seq;
            heads.push(hash);
        }
        Ok((heads, latest))
    }

    /// Every row as the log has it, and no row that the log does not know.
    fn check_rows(
        &self,
        latest: &BTreeMap<(String, i64), Option<String>>,
        report: &mut Report,
    ) -> Result<()> {
        let mut seen = BTreeSet::new();
        for table in tables(self.db()).map_err(self.database_error())? {
            let ids: Vec<i64> = self
                .db()
                .prepare(&format!("SELECT id FROM {table} ORDER BY id"))
                .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect())
                .map_err(self.database_error())?;
            for id in ids {
                report.rows += 1;
                let found = digest_of(self.db(), &table, id).map_err(self.database_error())?;
                let key = (table.clone(), id);
                let expected = latest.get(&key).cloned().flatten();
                if found.map(|digest| hex(&digest)) != expected || expected.is_none() {
                    report.findings.push(Finding {
                        code: "row_changed",
                        place: format!("{table} {id}"),
                        said: sentence!(
                            "dòng {1} của bảng {0} không như nhật ký ghi: đã bị sửa hoặc thêm ngoài chương trình",
                            "row {1} of table {0} is not as the log has it: changed or added behind the program's back",
                            table,
                            id
                        ),
                    });
                }
                seen.insert(key);
            }
        }
        for ((table, id), digest) in latest {
            if digest.is_some() && !seen.contains(&(table.clone(), *id)) {
                report.findings.push(Finding {
                    code: "row_gone",
                    place: format!("{table} {id}"),
                    said: sentence!(
                        "dòng {1} của bảng {0} đã bị xóa ngoài chương trình",
                        "row {1} of table {0} was taken away behind the program's back",
                        table,
                        id
                    ),
                });
            }
        }
        Ok(())
    }

    fn check_checkpoints(
        &self,
        key: Option<&str>,
        kept: &str,
        heads: &[Vec<u8>],
        report: &mut Report,
    ) -> Result<()> {
        let stored: String = self
            .db()
            .query_row("SELECT public_key FROM archive", [], |row| row.get(0))
            .map_err(self.database_error())?;
        let key = key.unwrap_or(&stored);
        let mut all = audit::read_checkpoints(&self.checkpoints())?;
        all.extend(audit::notes(kept));
        let mut signed = 0;
        for checkpoint in all {
            let Ok(checkpoint) = checkpoint else {
                report
                    .findings
                    .push(bad_checkpoint("?", "không đọc được", "cannot be read"));
                continue;
            };
            let place = checkpoint.size.to_string();
            if checkpoint.origin != self.origin() || !checkpoint.is_signed_by(key) {
                report.findings.push(bad_checkpoint(
                    &place,
                    "chữ ký không đúng",
                    "is not signed by this archive's key",
                ));
                continue;
            }
            let head = usize::try_from(checkpoint.size)
                .ok()
                .and_then(|size| heads.get(size));
            match head {
                None => report.findings.push(bad_checkpoint(
                    &place,
                    "nhật ký ngắn hơn: phần cuối đã bị cắt",
                    "the log is shorter than this: its end was cut off",
                )),
                Some(head) if *head != checkpoint.head => report.findings.push(bad_checkpoint(
                    &place,
                    "nhật ký đã bị viết lại",
                    "the log before it was rewritten",
                )),
                Some(_) => {
                    report.checkpoints += 1;
                    signed = signed.max(checkpoint.size);
                }
            }
        }
        if report.checkpoints == 0 {
            report
                .findings
                .push(bad_checkpoint("-", "không có mốc ký nào", "there is none"));
        }
        report.unsigned = report.entries - signed;
        Ok(())
    }

    fn check_files(&self, read: bool, report: &mut Report) -> Result<()> {
        let wanted = wanted(self.db()).map_err(self.database_error())?;
        let (present, strange) = self.blobs().list()?;
        let mut names = BTreeSet::new();
        for id in wanted.keys().filter_map(|hex| BlobId::parse(hex)) {
            match self.blobs().names(id) {
                Ok(all) => names.extend(all),
                // Without their key nothing can be said of any of them.
                Err(error) => {
                    report.findings.push(Finding {
                        code: "files_locked",
                        place: "blobs".to_owned(),
                        said: error.sentence(),
                    });
                    return Ok(());
                }
            }
        }
        report.loose = present
            .iter()
            .filter(|name| !names.contains(name))
            .map(ToString::to_string)
            .chain(strange.iter().map(|path| path.display().to_string()))
            .collect();
        for (hex, place) in wanted {
            let Some(id) = BlobId::parse(&hex) else {
                continue;
            };
            let outcome = if read {
                report.files += 1;
                self.blobs().copy_to(id, &mut std::io::sink()).map(|_| ())
            } else {
                self.blobs().size(id).map(|_| ())
            };
            match outcome {
                Ok(()) => {}
                Err(ArchiveError::Missing(said)) => report.findings.push(Finding {
                    code: "file_missing",
                    place,
                    said,
                }),
                Err(error) => report.findings.push(Finding {
                    code: "file_changed",
                    place,
                    said: error.sentence(),
                }),
            }
        }
        Ok(())
    }
}

/// Every file that a row refers to, by its digest, and such a row.
pub(crate) fn wanted(db: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut wanted = BTreeMap::new();
    for (table, column, condition) in FILES {
        let mut statement = db.prepare(&format!(
            "SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND {condition}"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            wanted.entry(row.get(1)?).or_insert(format!("{table} {id}"));
        }
    }
    Ok(wanted)
}

fn bad_checkpoint(size: &str, vi: &str, en: &str) -> Finding {
    Finding {
        code: "checkpoint",
        place: format!("checkpoint {size}"),
        said: Sentence {
            vi: format!("mốc ký {size}: {vi}"),
            en: format!("checkpoint {size}: {en}"),
        },
    }
}

/// What a database is made of, but for what full-text search keeps for itself.
fn shape(db: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut statement = db.prepare(
        "SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The tables whose rows the log vouches for: those with a salt.
fn tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table'
         AND EXISTS (SELECT 1 FROM pragma_table_info(sqlite_schema.name) WHERE name = 'salt') ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

#[cfg(test)]
mod tests;
