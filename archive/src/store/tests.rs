//! Archives for tests, and what the store itself promises.

use jiff::civil::date;

use super::*;
use crate::people::NewAppointment;

/// Bytes that repeat from test to test.
#[derive(Debug)]
pub(crate) struct Counting(pub(crate) u64);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
        for byte in bytes {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

/// An act of a person on 2026-11-25.
pub(crate) fn act(by: &str) -> Act {
    act_on(by, date(2026, 11, 25))
}

/// An act of a person on a day.
pub(crate) fn act_on(by: &str, day: Date) -> Act {
    let at = day
        .at(8, 0, 0, 0)
        .to_zoned(TimeZone::fixed(Offset::constant(HOURS)))
        .unwrap()
        .timestamp();
    Act {
        by: by.to_owned(),
        at,
    }
}

/// A new archive, nobody appointed.
pub(crate) fn archive() -> (tempfile::TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    let random = Box::new(Counting(1));
    let archive = Archive::create(folder.path(), &office_named(), &act("root"), random).unwrap();
    (folder, archive)
}

/// An office by its name.
pub(crate) fn office_named() -> Office {
    Office {
        name: "Ủy ban nhân dân phường Thuận Hóa".to_owned(),
        code: "H57.12".to_owned(),
        base_url: "https://saoy.example".to_owned(),
    }
}

/// A new archive of an office with a chair (who is also a clerk), a clerk, an officer, an archivist and an intake.
pub(crate) fn office() -> (tempfile::TempDir, Archive) {
    let (folder, mut archive) = archive();
    appointed(&mut archive);
    (folder, archive)
}

/// That office with a second archivist.
pub(crate) fn two_archivists() -> (tempfile::TempDir, Archive) {
    let (folder, mut archive) = office();
    let second = NewAppointment {
        login: "second",
        name: "Hồ F",
        role: "archivist",
        capacity: None,
        authority: "QĐ 2",
        first_day: date(2026, 1, 1),
        last_day: None,
        certificate: None,
    };
    archive.appoint(&act("root"), &second).unwrap();
    (folder, archive)
}

/// Appoints those people.
pub(crate) fn appointed(archive: &mut Archive) {
    for (login, name, role) in [
        ("root", "Quản trị", "administrator"),
        ("chair", "Nguyễn Văn A", "certifier"),
        ("chair", "Nguyễn Văn A", "clerk"),
        ("clerk", "Lê Thị B", "clerk"),
        ("officer", "Phạm Văn D", "officer"),
        ("keeper", "Đỗ Thị E", "archivist"),
        ("intake", "Bưu tá", "intake"),
    ] {
        archive
            .appoint(
                &act("root"),
                &NewAppointment {
                    login,
                    name,
                    role,
                    capacity: (role == "certifier").then_some("CHỦ TỊCH"),
                    authority: "QĐ 1/QĐ-UBND",
                    first_day: date(2026, 1, 1),
                    last_day: None,
                    certificate: None,
                },
            )
            .unwrap();
    }
}

#[test]
fn a_folder_holds_one_archive_and_opens_again() {
    let (folder, archive) = archive();
    let (uuid, key) = (archive.uuid().to_owned(), archive.public_key());
    let office = archive.office().clone();
    let again = Archive::create(folder.path(), &office, &act("root"), Box::new(Counting(2)));
    assert!(matches!(again, Err(ArchiveError::Refused(_))));
    drop(archive);
    let open = Archive::open(folder.path(), Box::new(Counting(3))).unwrap();
    assert_eq!((open.uuid(), open.public_key()), (uuid.as_str(), key));
    let none = tempfile::tempdir().unwrap();
    assert!(matches!(
        Archive::open(none.path(), Box::new(Counting(3))),
        Err(ArchiveError::Missing(_))
    ));
}

#[test]
fn a_change_without_log_entry_is_no_change() {
    let (_folder, mut archive) = archive();
    let outcome = archive.change(&act("root"), |writer| {
        writer
            .insert("person", &[("login", &"x"), ("name", &"X")])
            .map(|_| ())
    });
    assert!(matches!(outcome, Err(ArchiveError::Fault(_))));
    let people: i64 = archive
        .db()
        .query_row("SELECT count(*) FROM person", [], |row| row.get(0))
        .unwrap();
    assert_eq!(people, 0);
}

#[test]
fn times_are_vietnam_s() {
    let act = Act {
        by: "x".to_owned(),
        at: "2026-12-31T17:30:00Z".parse().unwrap(),
    };
    assert_eq!(act.time(), "2027-01-01T00:30:00+07:00");
    assert_eq!(act.day(), date(2027, 1, 1));
}

#[test]
fn two_openers_take_turns_and_no_number_is_given_twice() {
    let (folder, archive) = office();
    drop(archive);
    let path = folder.path();
    std::thread::scope(|scope| {
        for officer in 0..4_u32 {
            scope.spawn(move || {
                let mut archive =
                    Archive::open(path, Box::new(Counting(u64::from(officer) + 10))).unwrap();
                for paper in 0..10 {
                    let columns = [("symbol".to_owned(), format!("{officer}-{paper}/CV"))].into();
                    archive
                        .enter(&act("clerk"), "DEN", &columns, None, false)
                        .unwrap();
                }
            });
        }
    });
    let archive = Archive::open(path, Box::new(Counting(9))).unwrap();
    let lines = archive
        .lines("DEN", date(2026, 1, 1), date(2026, 12, 31))
        .unwrap();
    assert_eq!(lines.len(), 40);
    assert_eq!(lines.last().unwrap().number, 40);
    assert_eq!(archive.gaps().unwrap(), vec![]);
}

/// An archive as the program left it whose database had the shape of so many changes, with something in each table of it.
fn of_shape(count: usize) -> (tempfile::TempDir, Option<String>) {
    use crate::certification::tests::{copy, details};
    use crate::refusal::NewRefusal;
    use crate::search::tests::paper;
    let (folder, mut archive) = office();
    let new = copy(&archive, "chung-thuc", "A", details());
    archive.prepare_copy(&act("officer"), &new).unwrap();
    let mut document = None;
    if count >= 2 {
        let new = paper("%PDF a", "giao đất", &[("owner_number", "046200001234")]);
        let id = archive.add(&act("clerk"), &new).unwrap().id;
        archive.read(&act("keeper"), &id, "trích lục").unwrap();
        document = Some(id);
    }
    if count >= 3 {
        archive.set_copy_days(&act("root"), 60, "QĐ 5").unwrap();
    }
    if count >= 4 {
        let new = NewRefusal {
            kind: "chung-thuc",
            visit: "x",
            original: new.original,
            code: "R1",
            reason: "tẩy xóa",
        };
        archive.refuse_copy(&act("officer"), &new).unwrap();
    }
    archive.checkpoint().unwrap();
    drop(archive);
    let path = folder.path().join("archive.sqlite3");
    let (now, old) = (path.with_extension("now"), path.with_extension("old"));
    fs::rename(&path, &now).unwrap();
    let mut db = Connection::open(&old).unwrap();
    shape::migrate_to(&mut db, count).unwrap();
    db.execute("ATTACH ? AS now", [now.to_str().unwrap()])
        .unwrap();
    let tables: Vec<String> = db
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(std::result::Result::unwrap)
        .collect();
    for table in tables {
        db.execute_batch(&format!(
            "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM now.{table}"
        ))
        .unwrap();
    }
    drop(db);
    fs::rename(&old, &path).unwrap();
    fs::remove_file(&now).unwrap();
    (folder, document)
}

#[test]
fn archives_of_every_earlier_shape_open_and_are_whole() {
    for count in 1..=4 {
        let (folder, document) = of_shape(count);
        let known: i64 = Connection::open(folder.path().join("archive.sqlite3"))
            .unwrap()
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(usize::try_from(known).unwrap(), count);
        let mut archive = Archive::open(folder.path(), Box::new(Counting(5))).unwrap();
        let report = archive.check(None, "", true).unwrap();
        assert_eq!((report.findings, report.unsigned), (vec![], 0), "{count}");
        assert_eq!(archive.copies(None).unwrap().len(), 1);
        if let Some(id) = document {
            let document = archive.document(&id).unwrap();
            assert_eq!(archive.uses_of(&document, 9).unwrap().len(), 1);
            assert_eq!(archive.log_of(&id, 9).unwrap().len(), 2);
        }
        archive
            .cancel_copy(&act("officer"), &archive.copies(None).unwrap()[0].code, "x")
            .unwrap();
        assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
    }
}

#[test]
fn what_is_asked_about_one_thing_is_looked_up_and_not_searched_for() {
    let (_folder, archive) = archive();
    for (sql, index) in [
        (
            "SELECT * FROM audit WHERE subject = 'x' ORDER BY seq DESC LIMIT 5",
            "audit_by_subject",
        ),
        (
            "SELECT * FROM audit WHERE action = 'x' ORDER BY seq DESC LIMIT 1",
            "audit_by_action",
        ),
        (
            "SELECT * FROM usage WHERE document = 7 ORDER BY id DESC LIMIT 5",
            "usage_by_document",
        ),
    ] {
        let plan: Vec<String> = archive
            .db()
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap()
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(std::result::Result::unwrap)
            .collect();
        assert!(plan[0].contains(index) && plan.len() == 1, "{plan:?}");
    }
}
