//! What is changed behind the program's back is found.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::store::tests::{Counting, act_on, office};

fn filled() -> (tempfile::TempDir, Archive) {
    let (folder, mut archive) = office();
    for number in 0..12 {
        let columns = BTreeMap::from([
            ("symbol".to_owned(), format!("{number}/CV")),
            ("title".to_owned(), "Thư".to_owned()),
        ]);
        archive
            .enter(
                &act_on("clerk", date(2026, 11, 25)),
                "DEN",
                &columns,
                None,
                false,
            )
            .unwrap();
    }
    archive.checkpoint().unwrap();
    (folder, archive)
}

#[test]
fn an_untouched_archive_is_clean() {
    let (folder, archive) = filled();
    let report = archive.check(None, "", true).unwrap();
    assert_eq!(report.findings, vec![]);
    assert_eq!(report.unsigned, 0);
    assert!(report.rows > 20, "{report:?}");
    drop(archive);
    let again = Archive::open(folder.path(), Box::new(Counting(5))).unwrap();
    assert_eq!(again.check(None, "", true).unwrap().findings, vec![]);
}

/// A forger with the database open and all the time in the world, but without the key.
#[test]
fn each_of_five_hundred_mutations_is_found() {
    let (folder, archive) = filled();
    drop(archive);
    let base = std::fs::read(folder.path().join("archive.sqlite3")).unwrap();
    let mut dice = 7_u64;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for round in 0..500 {
        let path = folder.path().join("archive.sqlite3");
        let _ = std::fs::remove_file(folder.path().join("archive.sqlite3-wal"));
        let _ = std::fs::remove_file(folder.path().join("archive.sqlite3-shm"));
        std::fs::write(&path, &base).unwrap();
        let done = mutate(&path, round, &mut roll);
        let archive = Archive::open(folder.path(), Box::new(Counting(round))).unwrap();
        let found = archive.check(None, "", false).unwrap().findings;
        assert!(!found.is_empty(), "round {round}: {done} went unnoticed");
    }
}

/// Changes something; says what.
fn mutate(path: &std::path::Path, round: u64, roll: &mut impl FnMut(u64) -> u64) -> String {
    let db = Connection::open(path).unwrap();
    for trigger in [
        "audit_is_not_updated",
        "audit_is_not_deleted",
        "entry_is_not_deleted",
    ] {
        let sql: String = db
            .query_row(
                "SELECT sql FROM sqlite_schema WHERE name = ?",
                [trigger],
                |row| row.get(0),
            )
            .unwrap();
        db.execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
        // Put back at the end, so that the schema alone gives nothing away.
        db.execute_batch("CREATE TABLE IF NOT EXISTS temp.later (sql TEXT)")
            .unwrap();
        db.execute("INSERT INTO temp.later VALUES (?)", [sql])
            .unwrap();
    }
    let table = [
        "audit",
        "entry",
        "volume",
        "appointment",
        "person",
        "entry",
        "audit",
    ][roll(7) as usize];
    let key = if table == "audit" { "seq" } else { "id" };
    let rows: i64 = db
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap();
    let id = roll(rows as u64).cast_signed() + 1;
    db.execute_batch("PRAGMA foreign_keys = off").unwrap();
    let sql = match round % 4 {
        0 => format!("DELETE FROM {table} WHERE {key} = {id}"),
        1 => match table {
            // The end of the log cut off, as if it had never been.
            "audit" => format!("DELETE FROM audit WHERE seq >= {id}"),
            _ => format!("DELETE FROM {table} WHERE id >= {id}"),
        },
        2 => match table {
            "audit" => format!("UPDATE audit SET actor = 'nobody' WHERE seq = {id}"),
            "entry" => format!(
                "UPDATE entry SET columns = replace(columns, 'Thư', 'Tờ trình') WHERE id = {id}"
            ),
            "volume" => format!("UPDATE volume SET opened = '2020-01-01' WHERE id = {id}"),
            "appointment" => {
                format!("UPDATE appointment SET role = 'certifier', capacity = 'X' WHERE id = {id}")
            }
            _ => format!("UPDATE person SET name = 'Kẻ gian' WHERE id = {id}"),
        },
        _ => match table {
            "audit" => format!(
                "UPDATE audit SET seq = -1 WHERE seq = {id};
                 UPDATE audit SET seq = {id} WHERE seq = {other};
                 UPDATE audit SET seq = {other} WHERE seq = -1",
                other = id % rows + 1
            ),
            "entry" => format!(
                "INSERT INTO entry SELECT id + 500, salt, register, year, number + 500, volume, holder || 'x', state, day, columns, reason, document FROM entry WHERE id = {id}"
            ),
            _ => format!("UPDATE {table} SET salt = zeroblob(16) WHERE id = {id}"),
        },
    };
    db.execute_batch(&sql).unwrap();
    let later: Vec<String> = db
        .prepare("SELECT sql FROM temp.later")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    for sql in later {
        db.execute_batch(&sql).unwrap();
    }
    sql
}

/// A forger who rewrites the log and its hashes in full is found by a checkpoint kept elsewhere.
#[test]
fn a_rewritten_log_contradicts_its_checkpoints() {
    let (folder, archive) = filled();
    let kept = std::fs::read_to_string(folder.path().join("checkpoints")).unwrap();
    let key = archive.public_key();
    drop(archive);
    let path = folder.path().join("archive.sqlite3");
    {
        let db = Connection::open(&path).unwrap();
        let sql: String = db
            .query_row(
                "SELECT sql FROM sqlite_schema WHERE name = 'audit_is_not_updated'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        db.execute_batch(
            "DROP TRIGGER audit_is_not_updated; UPDATE audit SET actor = 'innocent' WHERE seq = 5",
        )
        .unwrap();
        let mut previous = START.to_vec();
        let all: Vec<Entry> = db
            .prepare("SELECT seq, at, actor, action, subject, detail, rows FROM audit ORDER BY seq")
            .unwrap()
            .query_map([], Entry::read)
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        for entry in all {
            previous = entry.hash(&previous).to_vec();
            db.execute(
                "UPDATE audit SET hash = ? WHERE seq = ?",
                rusqlite::params![previous, entry.seq],
            )
            .unwrap();
        }
        db.execute_batch(&sql).unwrap();
    }
    std::fs::remove_file(folder.path().join("checkpoints")).unwrap();
    let archive = Archive::open(folder.path(), Box::new(Counting(5))).unwrap();
    let report = archive.check(Some(&key), &kept, false).unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.said.en.contains("rewritten")),
        "{report:?}"
    );
}

/// An archive with a row in every table of records.
fn shelves() -> (tempfile::TempDir, Archive) {
    use crate::metadata::Meta;
    use crate::records::NewDocument;
    use crate::retention::Of;
    use crate::search::tests::paper;
    let (folder, mut archive) = office();
    let act = |by: &str| act_on(by, date(2026, 11, 25));
    let meta = [
        ("code", "A"),
        ("title", "Hồ sơ"),
        ("maintenance", "06"),
        ("end_date", "2000-01-01"),
    ];
    let meta: Meta = meta
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    archive.put_record(&act("clerk"), &meta).unwrap();
    let mut ids = Vec::new();
    for pdf in ["1", "2", "3"] {
        let owner = [("owner_number", "046200001234"), ("type", "giay_khai_sinh")];
        let new = NewDocument {
            into: Some("A"),
            ..paper(pdf, "chữ", &owner)
        };
        ids.push(archive.add(&act("clerk"), &new).unwrap().id);
    }
    archive.read(&act("clerk"), &ids[0], "xem").unwrap();
    archive.list_disposal(&act("clerk"), "hết hạn").unwrap();
    archive
        .hold(&act("keeper"), Of::Document, &ids[0], "vụ án")
        .unwrap();
    let cases =
        "case,procedure,received,part code,file\nH57.12-260105-0001,1.001,2026-01-05,TP1,a.pdf\n";
    archive
        .import_cases(&act("clerk"), cases.as_bytes())
        .unwrap();
    archive.checkpoint().unwrap();
    (folder, archive)
}

/// Every column of every table, and every row taken away: none goes unnoticed, and no other finding stands for it.
#[test]
fn each_column_of_the_tables_of_records_is_watched() {
    let (_folder, archive) = shelves();
    let db = archive.db();
    db.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on")
        .unwrap();
    let texts = |sql: &str| -> Vec<String> {
        db.prepare(sql)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap()
    };
    let tables = [
        "record",
        "document",
        "version",
        "member",
        "usage",
        "hold",
        "disposal",
        "disposal_item",
        "case_file",
        "part",
    ];
    let mut tried = 0;
    for table in tables {
        let mut forgeries = vec![format!("DELETE FROM {table} WHERE id = 1")];
        for column in texts(&format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name <> 'id'"
        )) {
            forgeries.push(format!(
                "UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 7
                 WHEN 'blob' THEN zeroblob(16) WHEN 'null' THEN NULL ELSE {column} || ' ' END WHERE id = 1"
            ));
        }
        for forgery in forgeries {
            let column_is_null = forgery.contains("UPDATE");
            db.execute_batch("SAVEPOINT forged").unwrap();
            let triggers = texts(&format!(
                "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{table}'"
            ));
            for name in texts(&format!(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{table}'"
            )) {
                db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
            }
            let before = digest_of(db, table, 1).unwrap();
            db.execute_batch(&forgery).unwrap();
            let changed = digest_of(db, table, 1).unwrap() != before;
            for sql in triggers {
                db.execute_batch(&sql).unwrap();
            }
            let found = archive.check(None, "", false).unwrap().findings;
            let named = found.iter().any(|finding| {
                finding.place == format!("{table} 1")
                    && matches!(finding.code, "row_changed" | "row_gone")
            });
            // A column that holds nothing cannot be forged by this.
            assert!(changed || column_is_null, "{forgery}");
            assert_eq!(named, changed, "{forgery}: {found:?}");
            tried += usize::from(changed);
            db.execute_batch("ROLLBACK TO forged; RELEASE forged")
                .unwrap();
        }
    }
    assert!(tried >= 70, "{tried}");
    assert_eq!(archive.check(None, "", false).unwrap().findings, vec![]);
}

#[test]
fn a_flipped_bit_in_each_of_a_hundred_files_is_found_a_hundred_times() {
    use crate::search::tests::paper;
    let (folder, mut archive) = office();
    let act = act_on("clerk", date(2026, 11, 25));
    let texts: Vec<String> = (0..100)
        .map(|number| format!("%PDF-1.7 paper {number}"))
        .collect();
    let new: Vec<_> = texts
        .iter()
        .map(|text| crate::records::NewDocument {
            text: None,
            ..paper(text, "", &[])
        })
        .collect();
    for outcome in archive.add_all(&act, &new).unwrap() {
        outcome.unwrap();
    }
    archive.checkpoint().unwrap();
    let mut names = BTreeSet::new();
    for (number, text) in texts.iter().enumerate() {
        let id = BlobId::of(text.as_bytes()).to_string();
        let path = folder.path().join("blobs").join(&id[..2]).join(&id[2..]);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = number * 7 % bytes.len();
        bytes[at] ^= 1 << (number % 8);
        std::fs::write(&path, bytes).unwrap();
        names.insert(id);
    }
    let findings = archive.check(None, "", true).unwrap().findings;
    let found = findings
        .iter()
        .filter(|finding| finding.code == "file_changed")
        .count();
    assert_eq!((found, findings.len()), (100, 100));
    for id in names {
        let id = BlobId::parse(&id).unwrap();
        assert!(matches!(
            archive.blobs().read(id),
            Err(ArchiveError::Damaged(_))
        ));
    }
}
