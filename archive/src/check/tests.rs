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
    let id = roll(rows as u64) as i64 + 1;
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
            .query_map([], |row| {
                Ok(Entry {
                    seq: row.get(0)?,
                    at: row.get(1)?,
                    actor: row.get(2)?,
                    action: row.get(3)?,
                    subject: row.get(4)?,
                    detail: row.get(5)?,
                    rows: row.get(6)?,
                })
            })
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
