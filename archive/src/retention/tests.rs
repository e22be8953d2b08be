//! What may go, what may not, and that nothing goes but by a disposal.

use jiff::civil::date;

use super::*;
use crate::people::NewAppointment;
use crate::records::NewDocument;
use crate::search::tests::paper;
use crate::store::tests::{act, act_on, office};

fn two_archivists() -> (tempfile::TempDir, Archive) {
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

fn record(archive: &mut Archive, code: &str, maintenance: &str, end: &str) {
    let meta = [
        ("code", code),
        ("title", "Hồ sơ"),
        ("maintenance", maintenance),
        ("end_date", end),
    ];
    let meta = meta.map(|(key, value)| (key.to_owned(), value.to_owned()));
    archive
        .put_record(&act("clerk"), &Meta::from(meta))
        .unwrap();
}

fn add(archive: &mut Archive, pdf: &str, into: Option<&str>, meta: &[(&str, &str)]) -> String {
    let new = NewDocument {
        into,
        ..paper(pdf, "", meta)
    };
    archive.add(&act("clerk"), &new).unwrap().id
}

fn due_on(archive: &Archive, day: Date) -> Vec<String> {
    archive
        .due(day)
        .unwrap()
        .into_iter()
        .map(|one| one.id)
        .collect()
}

#[test]
fn years_count_from_the_end_of_the_work_and_the_longest_wins() {
    let (_folder, mut archive) = office();
    record(&mut archive, "A", "06", "2010-06-30");
    record(&mut archive, "B", "05", "2010-06-30");
    record(&mut archive, "C", "06", "2010-06-30");
    record(&mut archive, "D", "06", "");
    let in_a = add(&mut archive, "1", Some("A"), &[]);
    let shared = add(&mut archive, "2", Some("A"), &[]);
    add(&mut archive, "2", Some("B"), &[]);
    // One permanent paper keeps its whole record.
    add(&mut archive, "3", Some("C"), &[]);
    add(&mut archive, "4", Some("C"), &[("maintenance", "01")]);
    // Work that has not ended.
    add(&mut archive, "5", Some("D"), &[]);
    let alone = add(
        &mut archive,
        "6",
        None,
        &[("maintenance", "07"), ("keep_until", "2021-03-01")],
    );
    add(&mut archive, "7", None, &[]);
    assert_eq!(due_on(&archive, date(2020, 12, 31)), Vec::<String>::new());
    assert_eq!(
        due_on(&archive, date(2021, 1, 1)),
        std::slice::from_ref(&in_a)
    );
    assert_eq!(
        due_on(&archive, date(2021, 3, 2)),
        [in_a.clone(), alone.clone()]
    );
    assert_eq!(due_on(&archive, date(2031, 1, 1)), [in_a, shared, alone]);
}

#[test]
fn disposal_is_listed_approved_by_another_and_carried_out() {
    let (_folder, mut archive) = two_archivists();
    record(&mut archive, "A", "06", "2010-06-30");
    let gone = add(&mut archive, "1", Some("A"), &[("subject", "Cũ")]);
    let held = add(&mut archive, "2", Some("A"), &[]);
    let before = archive.document(&gone).unwrap().versions[0]
        .file(Part::Pdf)
        .unwrap();
    // The same file in a certified copy or another document would keep it; here another document's file is the same text.
    let list = archive.list_disposal(&act("keeper"), "hết hạn").unwrap();
    assert_eq!((list.state.as_str(), list.items.len()), ("listed", 2));
    assert!(archive.list_disposal(&act("keeper"), "hai lần").is_err());
    assert!(archive.carry_out(&act("keeper"), list.id).is_err());
    assert!(
        archive
            .approve_disposal(&act("keeper"), list.id, Some("QĐ 9"))
            .is_err()
    );
    assert!(
        archive
            .approve_disposal(&act("clerk"), list.id, Some("QĐ 9"))
            .is_err()
    );
    archive
        .approve_disposal(&act("second"), list.id, Some("QĐ 9"))
        .unwrap();
    let hold = archive
        .hold(&act("keeper"), Of::Document, &held, "vụ án 12")
        .unwrap();
    let done = archive.carry_out(&act("keeper"), list.id).unwrap();
    let outcomes: Vec<&str> = done
        .items
        .iter()
        .map(|item| item.outcome.as_str())
        .collect();
    assert_eq!(
        (done.state.as_str(), outcomes),
        ("done", vec!["gone", "spared"])
    );
    assert!(!archive.blobs().has(before));
    let document = archive.document(&gone).unwrap();
    assert!(!document.kept && document.meta["subject"] == "Cũ");
    assert!(
        archive
            .export(&act("clerk"), &gone, Part::Pdf, "x")
            .is_err()
    );
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
    // Handed in again, it is not taken; and the held one comes up again once the hold is lifted.
    assert!(archive.add(&act("clerk"), &paper("1", "", &[])).is_err());
    assert_eq!(due_on(&archive, date(2026, 11, 25)), Vec::<String>::new());
    archive.release(&act("keeper"), hold, "xong vụ án").unwrap();
    assert_eq!(due_on(&archive, date(2026, 11, 25)), [held]);
    assert_eq!(archive.holds().unwrap().len(), 1);
}

#[test]
fn a_disposal_cut_off_before_its_files_is_finished() {
    let (_folder, mut archive) = two_archivists();
    record(&mut archive, "A", "06", "2010-06-30");
    let id = add(&mut archive, "1", Some("A"), &[]);
    let file = archive.document(&id).unwrap().versions[0]
        .file(Part::Pdf)
        .unwrap();
    let list = archive.list_disposal(&act("keeper"), "hết hạn").unwrap();
    archive
        .approve_disposal(&act("second"), list.id, Some("QĐ 9"))
        .unwrap();
    archive
        .change(&act("keeper"), |writer| {
            strike(writer, &list, date(2026, 11, 25))
        })
        .unwrap();
    assert!(archive.blobs().has(file));
    let report = archive.check(None, "", true).unwrap();
    assert_eq!((report.findings, report.loose.len()), (vec![], 2));
    // Another document with the same bytes meanwhile keeps them.
    let other = NewDocument {
        replaces: None,
        ..paper("0", "", &[])
    };
    let other = archive.add(&act("clerk"), &other).unwrap().id;
    let again = NewDocument {
        replaces: Some(&other),
        ..paper("1", "x", &[])
    };
    archive.add(&act("clerk"), &again).unwrap();
    assert_eq!(
        archive.carry_out(&act("keeper"), list.id).unwrap().state,
        "done"
    );
    assert!(archive.blobs().has(file));
    assert_eq!(
        archive.carry_out(&act("keeper"), list.id).unwrap().state,
        "done"
    );
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
}

#[test]
fn loose_files_are_named_and_tidied_when_they_are_old() {
    let (_folder, mut archive) = two_archivists();
    add(&mut archive, "1", None, &[]);
    let loose = archive.blobs().put(&mut &b"left behind"[..]).unwrap();
    assert_eq!(
        archive.check(None, "", true).unwrap().loose,
        [loose.to_string()]
    );
    // The clock of this act lies before the file was written: it may be on its way.
    assert_eq!(
        archive
            .tidy(&act_on("keeper", date(2000, 1, 1)))
            .err()
            .map(|_| ()),
        Some(())
    );
    let young = act_on("keeper", date(2026, 1, 2));
    assert_eq!(archive.tidy(&young).unwrap(), vec![]);
    assert!(archive.tidy(&act_on("clerk", date(2099, 1, 1))).is_err());
    assert_eq!(
        archive.tidy(&act_on("keeper", date(2099, 1, 1))).unwrap(),
        [loose]
    );
    assert_eq!(
        archive.check(None, "", true).unwrap().loose,
        Vec::<String>::new()
    );
}
