//! What may go, what may not, and that nothing goes but by a disposal.

use jiff::civil::date;

use super::disposal::strike;
use super::*;
use crate::blob::BlobId;
use crate::certification::tests::{copy, details, stored};
use crate::records::{NewDocument, Part};
use crate::search::tests::paper;
use crate::store::tests::{act, act_on, office, two_archivists};

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
    assert!(!archive.blobs().has(before).unwrap());
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
    assert!(archive.blobs().has(file).unwrap());
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
    assert!(archive.blobs().has(file).unwrap());
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
        [archive.blobs().name(loose).unwrap()]
    );
    assert_eq!(
        archive.check(None, "", true).unwrap().loose,
        Vec::<String>::new()
    );
}

/// Files of copies for citizens go after the office's own period; what the register says of them stays.
#[test]
fn files_of_certified_copies_expire_by_the_office_s_period_and_their_numbers_stay() {
    let (_folder, mut archive) = two_archivists();
    let made = |archive: &mut Archive, kind: &str, title: &str| {
        let mut known = details();
        known.owner_number = Some("046200001234".to_owned());
        let new = copy(archive, kind, title, known);
        let code = archive.prepare_copy(&act("officer"), &new).unwrap().code;
        if kind == "chung-thuc" {
            let signed = stored(archive, format!("signed {title}").as_bytes());
            archive
                .sign_copy(&act("chair"), &code, signed, "aa")
                .unwrap();
        }
        let sealed = stored(archive, format!("sealed {title}").as_bytes());
        archive
            .seal_copy(&act("clerk"), &code, sealed, "bb")
            .unwrap();
        code
    };
    let delivered = made(&mut archive, "chung-thuc", "A");
    let held = made(&mut archive, "chung-thuc", "B");
    let waiting = made(&mut archive, "chung-thuc", "C");
    let own = made(&mut archive, "sao-y", "D");
    for code in [&delivered, &held, &own] {
        archive.deliver_copy(&act("officer"), code, "-").unwrap();
    }
    // The standard's period, from the day of delivery on: 25 November and 30 days.
    let at = |day: i8| date(2026, 12, day);
    assert_eq!(archive.copy_days(at(1)).unwrap(), 30);
    assert_eq!(due_on(&archive, at(25)), Vec::<String>::new());
    assert_eq!(due_on(&archive, at(26)), [delivered.clone(), held.clone()]);
    // The office's own, by a paper; not everybody's to set.
    assert!(archive.set_copy_days(&act("clerk"), 60, "QĐ 5").is_err());
    assert!(archive.set_copy_days(&act("keeper"), 60, " ").is_err());
    assert!(archive.set_copy_days(&act("keeper"), -1, "QĐ 5").is_err());
    archive.set_copy_days(&act("keeper"), 60, "QĐ 5").unwrap();
    assert_eq!(due_on(&archive, at(31)), Vec::<String>::new());
    archive.set_copy_days(&act("keeper"), 7, "QĐ 6").unwrap();
    assert_eq!(due_on(&archive, at(2)), Vec::<String>::new());
    archive
        .hold(&act("keeper"), Of::Copy, &held, "khiếu nại")
        .unwrap();
    assert_eq!(due_on(&archive, at(3)), std::slice::from_ref(&delivered));
    let list = archive
        .list_disposal(&act_on("keeper", at(3)), "hết hạn")
        .unwrap();
    assert_eq!(list.items[0].why, "certified copy, 7 days");
    archive
        .approve_disposal(&act_on("second", at(3)), list.id, Some("QĐ 9"))
        .unwrap();
    archive
        .carry_out(&act_on("keeper", at(3)), list.id)
        .unwrap();
    let has = |archive: &Archive, bytes: &[u8]| archive.blobs().has(BlobId::of(bytes)).unwrap();
    for gone in [&b"A"[..], b"signed A", b"sealed A"] {
        assert!(!has(&archive, gone), "{gone:?}");
    }
    for kept in [&b"B"[..], b"sealed B", b"sealed C", b"sealed D", b"pdf"] {
        assert!(has(&archive, kept), "{kept:?}");
    }
    // Number, digest and stage are for ever; nobody is told that the file is held.
    let copy = archive.copy(&delivered).unwrap();
    assert_eq!((copy.stage, copy.line.number), (Stage::Delivered, 1));
    assert_eq!(
        copy.line.document,
        Some(BlobId::of(b"sealed A").to_string())
    );
    let found = archive.held("046200001234", "", "", at(3)).unwrap();
    let codes: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(codes, [own.as_str(), waiting.as_str(), held.as_str()]);
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
}
