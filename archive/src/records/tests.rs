//! Documents and records come in once, and are read under a purpose.

use super::*;
use crate::search::tests::paper;
use crate::store::tests::{act, office};

fn rows(archive: &Archive, table: &str) -> i64 {
    archive
        .db()
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

fn actions(archive: &Archive, action: &str) -> i64 {
    archive
        .db()
        .query_row(
            "SELECT count(*) FROM audit WHERE action = ?",
            [action],
            |row| row.get(0),
        )
        .unwrap()
}

#[test]
fn the_same_file_is_the_same_document() {
    let (_folder, mut archive) = office();
    let meta = [("subject", "Về việc họp"), ("number_symbol", "5/UBND-VX")];
    let first = archive
        .add(&act("clerk"), &paper("a", "họp", &meta))
        .unwrap();
    assert_eq!(first.outcome, Outcome::Added);
    assert_eq!(first.missing, ["type_name", "issued_date", "agency"]);
    let again = archive
        .add(&act("officer"), &paper("a", "họp", &meta))
        .unwrap();
    assert_eq!(
        (again.id.as_str(), again.outcome),
        (first.id.as_str(), Outcome::Known)
    );
    let more = [("subject", "Về việc họp giao ban")];
    let revised = archive
        .add(&act("clerk"), &paper("a", "họp", &more))
        .unwrap();
    assert_eq!(
        (revised.id.as_str(), revised.outcome),
        (first.id.as_str(), Outcome::Revised)
    );
    let document = archive.document(&first.id).unwrap();
    assert_eq!(document.versions.len(), 2);
    assert_eq!(document.meta["number_symbol"], "5/UBND-VX");
    assert_eq!(document.meta["subject"], "Về việc họp giao ban");
    assert_eq!(
        (
            rows(&archive, "document"),
            actions(&archive, "document.add")
        ),
        (1, 1)
    );
    // A signed file takes the place of the one that was not.
    let signed = NewDocument {
        replaces: Some(&first.id),
        ..paper("a+signature", "họp", &[])
    };
    archive.add(&act("clerk"), &signed).unwrap();
    let bytes = archive
        .export(&act("clerk"), &first.id, Part::Pdf, "")
        .unwrap();
    assert_eq!(bytes, b"a+signature");
    assert_eq!(archive.check(None, "", true).unwrap().findings.len(), 0);
}

#[test]
fn records_hold_documents_in_order_and_share_them() {
    let (_folder, mut archive) = office();
    for code in ["H57.12.2026.01", "H57.12.2026.02"] {
        let meta = Meta::from([
            ("code".to_owned(), code.to_owned()),
            ("title".to_owned(), "Hồ sơ giao đất".to_owned()),
            ("maintenance".to_owned(), "20 năm".to_owned()),
        ]);
        archive.put_record(&act("clerk"), &meta).unwrap();
        archive.put_record(&act("clerk"), &meta).unwrap();
    }
    assert_eq!(actions(&archive, "record.put"), 2);
    let mut ids = Vec::new();
    for pdf in ["a", "b"] {
        let new = NewDocument {
            into: Some("H57.12.2026.01"),
            ..paper(pdf, "", &[])
        };
        ids.push(archive.add(&act("clerk"), &new).unwrap().id);
    }
    let shared = NewDocument {
        into: Some("H57.12.2026.02"),
        ..paper("a", "", &[])
    };
    assert_eq!(
        archive.add(&act("clerk"), &shared).unwrap().outcome,
        Outcome::Known
    );
    assert_eq!(archive.record("H57.12.2026.01").unwrap().documents, ids);
    assert_eq!(
        archive.record("H57.12.2026.02").unwrap().documents,
        ids[..1]
    );
    assert_eq!(archive.document(&ids[0]).unwrap().records.len(), 2);
    let nowhere = NewDocument {
        into: Some("X"),
        ..paper("c", "", &[])
    };
    assert!(matches!(
        archive.add(&act("clerk"), &nowhere),
        Err(ArchiveError::Missing(_))
    ));
    assert_eq!(rows(&archive, "document"), 2);
}

#[test]
fn personal_documents_are_read_for_a_purpose_and_on_record() {
    let (_folder, mut archive) = office();
    let meta = [("type", "giay_khai_sinh"), ("owner_number", "046200001234")];
    let id = archive
        .add(&act("intake"), &paper("a", "Nguyễn Văn A", &meta))
        .unwrap()
        .id;
    assert!(archive.read(&act("clerk"), &id, " ").is_err());
    assert!(archive.read(&act("intake"), &id, "xem").is_err());
    assert!(archive.read(&act("nobody"), &id, "xem").is_err());
    assert_eq!(actions(&archive, "document.read"), 0);
    archive
        .read(&act("clerk"), &id, "hồ sơ H57.12-261125-0001")
        .unwrap();
    archive
        .export(&act("clerk"), &id, Part::Text, "in cho chủ")
        .unwrap();
    assert_eq!(
        (
            actions(&archive, "document.read"),
            actions(&archive, "document.export")
        ),
        (1, 1)
    );
    let log: String = archive
        .db()
        .query_row(
            "SELECT group_concat(subject || detail || rows) FROM audit",
            [],
            |row| row.get(0),
        )
        .unwrap();
    for personal in ["046200001234", "Nguyễn", "chủ"] {
        assert!(!log.contains(personal), "{personal}");
    }
    // What is about nobody is read without further ado.
    let open = archive
        .add(&act("clerk"), &paper("b", "", &[("type", "QĐ")]))
        .unwrap()
        .id;
    archive.read(&act("clerk"), &open, "").unwrap();
    assert_eq!(actions(&archive, "document.read"), 1);
}
