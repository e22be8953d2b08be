//! What is held is found by owner and type, handed out as it was stored, and counted.

use jiff::civil::date;

use super::*;
use crate::records::NewDocument;
use crate::search::tests::paper;
use crate::store::tests::{act, act_on, office};

const OWNER: &str = "046200001234";

fn wanted(type_code: &'static str) -> LookUp<'static> {
    LookUp {
        owner_number: "046 200 001 234",
        type_code,
        number_symbol: "",
        purpose: "chứng thực",
        consent: "phiếu 12",
        case_code: Some("H57.12-261125-0001"),
        unit: "Một cửa",
    }
}

fn usages(archive: &Archive, kind: &str) -> (i64, i64) {
    archive
        .db()
        .query_row(
            "SELECT count(*), coalesce(sum(hits), 0) FROM usage WHERE kind = ?",
            [kind],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap()
}

#[test]
fn held_papers_are_found_by_owner_type_and_number() {
    let (_folder, mut archive) = office();
    let birth = [
        ("type", "giay_khai_sinh"),
        ("owner_number", OWNER),
        ("number_symbol", "7/2020"),
    ];
    archive.add(&act("clerk"), &paper("a", "", &birth)).unwrap();
    let card = [
        ("type", "cccd"),
        ("owner_number", OWNER),
        ("valid_until", "2026-11-24"),
    ];
    archive.add(&act("clerk"), &paper("b", "", &card)).unwrap();
    let other = [("type", "giay_khai_sinh"), ("owner_number", "046200009999")];
    archive.add(&act("clerk"), &paper("c", "", &other)).unwrap();
    let today = date(2026, 11, 25);
    let held =
        |kind: &str, number: &str, day| archive.held(OWNER, kind, number, day).unwrap().len();
    assert_eq!(held("giay_khai_sinh", "", today), 1);
    assert_eq!(held("giay_khai_sinh", "7/2020", today), 1);
    assert_eq!(held("giay_khai_sinh", "8/2020", today), 0);
    // The card has expired; the day before it still held.
    assert_eq!(held("cccd", "", today), 0);
    assert_eq!(held("cccd", "", date(2026, 11, 24)), 1);
    assert_eq!(held("", "", today), 1);
    assert!(archive.held("12", "", "", today).is_err());
}

#[test]
fn look_ups_need_grounds_and_are_counted_without_personal_data_in_the_log() {
    let (_folder, mut archive) = office();
    let meta = [("type", "giay_khai_sinh"), ("owner_number", OWNER)];
    let id = archive
        .add(&act("clerk"), &paper("pdf", "", &meta))
        .unwrap()
        .id;
    let groundless = LookUp {
        consent: "",
        ..wanted("giay_khai_sinh")
    };
    assert!(archive.look_up(&act("officer"), &groundless).is_err());
    assert!(
        archive
            .look_up(&act("intake"), &wanted("giay_khai_sinh"))
            .is_err()
    );
    assert_eq!(
        archive
            .look_up(&act("officer"), &wanted("giay_khai_sinh"))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        archive
            .look_up(&act("officer"), &wanted("van_bang"))
            .unwrap()
            .len(),
        0
    );
    let (document, bytes) = archive.reuse(&act("officer"), &id, &wanted("")).unwrap();
    assert_eq!((document.id, bytes.as_slice()), (id.clone(), &b"pdf"[..]));
    assert_eq!(
        (usages(&archive, "lookup"), usages(&archive, "reuse")),
        ((2, 1), (1, 1))
    );
    let stranger = LookUp {
        owner_number: "046200009999",
        ..wanted("")
    };
    assert!(archive.reuse(&act("officer"), &id, &stranger).is_err());
    let log: String = archive
        .db()
        .query_row(
            "SELECT group_concat(subject || detail || rows) FROM audit",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(!log.contains(OWNER) && !log.contains("phiếu 12"));
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
}

#[test]
fn results_are_deposited_for_their_owner_and_found_by_code() {
    let (_folder, mut archive) = office();
    let meta = [
        ("owner_number", OWNER),
        ("procedure", "1.001193"),
        ("result_code", "KQ.G15.000123"),
        ("number_symbol", "7/2026"),
    ];
    let bare = NewDocument {
        kind: Kind::Result,
        ..paper("x", "", &meta[1..])
    };
    assert!(archive.add(&act("clerk"), &bare).is_err());
    let whole = NewDocument {
        kind: Kind::Result,
        ..paper("signed result", "", &meta)
    };
    let id = archive.add(&act("clerk"), &whole).unwrap().id;
    let today = date(2026, 11, 25);
    let found = archive
        .results(OWNER, "1.001193", "KQ.G15.000123", today)
        .unwrap();
    assert_eq!((found.len(), found[0].kind), (1, "result"));
    assert_eq!(
        archive
            .results(OWNER, "", "KQ.G15.000123", today)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        archive
            .results(OWNER, "2.0", "KQ.G15.000123", today)
            .unwrap()
            .len(),
        0
    );
    let later = act_on("officer", date(2027, 3, 1));
    let (_, bytes) = archive.reuse(&later, &id, &wanted("")).unwrap();
    assert_eq!(bytes, b"signed result");
}
