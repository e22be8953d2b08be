//! What is found, in which order, and what of it is logged.

use super::*;
use crate::records::{Content, NewDocument};
use crate::store::tests::{act, office};

pub(crate) fn paper<'a>(pdf: &'a str, text: &'a str, meta: &[(&str, &str)]) -> NewDocument<'a> {
    NewDocument {
        kind: Kind::Document,
        meta: meta
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        pdf: Content::Bytes(pdf.as_bytes()),
        text: Some(Content::Bytes(text.as_bytes())),
        record: None,
        pages: Some(1),
        origin: "a.pdf",
        figures: records::Figures::default(),
        into: None,
        replaces: None,
    }
}

fn shelf() -> (tempfile::TempDir, Archive) {
    let (folder, mut archive) = office();
    let papers = [
        (
            "1",
            "Quyết định về việc giao đất tại phường Thuận Hóa",
            "QĐ",
            "15/QĐ-UBND",
            "2024-03-05",
        ),
        (
            "2",
            "Quyet dinh ve viec giao dat (bản gõ không dấu)",
            "QĐ",
            "16/QĐ-UBND",
            "2025-01-10",
        ),
        (
            "3",
            "Thông báo họp tại phường Thuận Hoà, đường Nguyễn Huệ",
            "TB",
            "2/TB-UBND",
            "2025-06-30",
        ),
        (
            "4",
            "Giấy khai sinh của Trần Văn Đức",
            "giay_khai_sinh",
            "7",
            "2020-12-31",
        ),
    ];
    for (pdf, text, kind, number, date) in papers {
        let agency = ("agency", "Ủy ban nhân dân phường Thuận Hóa");
        let meta = [
            ("type", kind),
            ("number_symbol", number),
            ("issued_date", date),
            agency,
        ];
        archive
            .add(&act("clerk"), &paper(pdf, text, &meta))
            .unwrap();
    }
    (folder, archive)
}

/// An archive of papers about a meeting: file, type, number, date, agency.
fn archive_of(papers: &[(&str, &str, &str, &str, &str)]) -> (tempfile::TempDir, Archive) {
    let (folder, mut archive) = office();
    for (pdf, kind, number, date, agency) in papers {
        let meta = [
            ("type", *kind),
            ("number_symbol", *number),
            ("issued_date", *date),
            ("agency", *agency),
        ];
        archive
            .add(&act("clerk"), &paper(pdf, "Về việc họp", &meta))
            .unwrap();
    }
    (folder, archive)
}

fn numbers(archive: &Archive, text: &str, typing: bool) -> Vec<String> {
    let search = Search {
        text,
        typing,
        limit: 10,
        offset: 0,
        facets: false,
        ..Search::default()
    };
    let found = archive.search(&act("clerk"), &search).unwrap();
    found
        .hits
        .into_iter()
        .map(|hit| hit.number_symbol.unwrap())
        .collect()
}

#[test]
fn with_and_without_diacritics_and_both_tone_places() {
    let (_folder, archive) = shelf();
    let found = |text| numbers(&archive, text, false);
    // Exactly as typed comes first, bare letters after.
    assert_eq!(found("quyết định giao đất"), ["15/QĐ-UBND", "16/QĐ-UBND"]);
    assert_eq!(found("quyet dinh giao dat").len(), 2);
    assert_eq!(found("\"Thuận Hoà\" đường"), ["2/TB-UBND"]);
    assert_eq!(found("duong nguyen hue"), ["2/TB-UBND"]);
    assert_eq!(found("tran van duc"), ["7"]);
    assert_eq!(found("TRẦN VĂN ĐỨC"), ["7"]);
    assert_eq!(found("\"Hóa Thuận\""), Vec::<String>::new());
}

#[test]
fn fields_dates_ranges_types_and_opposites() {
    let (_folder, archive) = shelf();
    let found = |text| numbers(&archive, text, false);
    assert_eq!(found("type:TB"), ["2/TB-UBND"]);
    assert_eq!(found("loai:qd so:16/QD-UBND"), ["16/QĐ-UBND"]);
    assert_eq!(found("date:5/3/2024"), ["15/QĐ-UBND"]);
    assert_eq!(found("date:2025"), ["2/TB-UBND", "16/QĐ-UBND"]);
    assert_eq!(found("date:2024..2025-01"), ["16/QĐ-UBND", "15/QĐ-UBND"]);
    assert_eq!(
        found("thuận hóa date:>=2025-06"),
        ["2/TB-UBND", "16/QĐ-UBND"][..1]
    );
    assert_eq!(found("agency:\"thuan hoa\" -type:QĐ").len(), 2);
    assert_eq!(found("-type:QĐ").len(), 2);
    assert_eq!(found("").len(), 4);
}

#[test]
fn words_go_on_while_they_are_typed() {
    let (_folder, archive) = shelf();
    assert_eq!(numbers(&archive, "khai si", true), ["7"]);
    assert_eq!(numbers(&archive, "khai si", false), Vec::<String>::new());
    // More of the word, and in a shorter text: first.
    assert_eq!(numbers(&archive, "kh", true), ["7", "16/QĐ-UBND"]);
}

#[test]
fn facets_count_and_snippets_show() {
    let (_folder, mut archive) = shelf();
    let search = Search {
        text: "giao đất",
        typing: false,
        limit: 1,
        offset: 0,
        facets: true,
        ..Search::default()
    };
    let found = archive.find(&act("clerk"), &search).unwrap();
    assert_eq!((found.total, found.hits.len()), (2, 1));
    assert_eq!(found.facets["type"], [("QĐ".to_owned(), 2)]);
    assert_eq!(found.facets["year"].len(), 2);
    let snippet = found.hits[0].snippet.as_ref().unwrap();
    assert!(
        snippet.text.contains("giao đất") && snippet.marks.len() == 2,
        "{snippet:?}"
    );
}

#[test]
fn what_was_shown_of_persons_is_logged_and_what_was_typed_is_not() {
    let (_folder, mut archive) = shelf();
    let last = |archive: &Archive| -> (String, String) {
        archive
            .db()
            .query_row(
                "SELECT action, detail FROM audit ORDER BY seq DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap()
    };
    let before = last(&archive);
    let search = |text| Search {
        text,
        typing: false,
        limit: 10,
        offset: 0,
        facets: false,
        ..Search::default()
    };
    archive.find(&act("clerk"), &search("giao đất")).unwrap();
    assert_eq!(last(&archive), before);
    let found = archive
        .find(&act("clerk"), &search("trần văn đức"))
        .unwrap();
    let (action, detail) = last(&archive);
    assert_eq!(action, "search.shown");
    assert!(detail.contains(&found.hits[0].id) && !detail.contains("đức"));
    // Delegated intake scans; it does not look around.
    assert!(archive.find(&act("intake"), &search("đất")).is_err());
}

#[test]
fn the_tables_of_search_are_derived() {
    let (_folder, mut archive) = shelf();
    let before = numbers(&archive, "thuan hoa", false);
    archive
        .db()
        .execute_batch("DELETE FROM findable; INSERT INTO words (words) VALUES ('delete-all')")
        .unwrap();
    assert!(numbers(&archive, "thuan hoa", false).is_empty());
    let report = archive.check(None, "", true).unwrap();
    assert_eq!(report.findings.len(), 4, "{report:?}");
    assert_eq!(archive.reindex(&act("keeper")).unwrap(), 4);
    assert_eq!(numbers(&archive, "thuan hoa", false), before);
    assert_eq!(archive.check(None, "", true).unwrap().findings, vec![]);
}

#[test]
fn facets_narrow_to_exactly_their_value_and_orders_hold() {
    let (_folder, mut archive) = archive_of(&[
        (
            "a",
            "QĐ",
            "1/QĐ-UBND",
            "2024-03-05",
            "UBND phường Thuận Hóa",
        ),
        (
            "b",
            "QĐ",
            "2/QĐ-UBND",
            "2025-03-05",
            "UBND phường Thuận Hóa Đông",
        ),
        (
            "c",
            "TB",
            "3/TB-UBND",
            "2023-01-01",
            "UBND phường Thuận Hóa",
        ),
    ]);
    let mut numbers = |only: &[(Facet, &str)], order: Order| -> Vec<String> {
        let search = Search {
            text: "họp",
            limit: 10,
            only,
            order,
            ..Search::default()
        };
        let found = archive.find(&act("clerk"), &search).unwrap();
        assert_eq!(found.total, found.hits.len());
        found
            .hits
            .into_iter()
            .map(|hit| hit.number_symbol.unwrap())
            .collect()
    };
    let thuan_hoa = (Facet::Agency, "UBND phường Thuận Hóa");
    assert_eq!(
        numbers(&[thuan_hoa], Order::Newest),
        ["3/TB-UBND", "1/QĐ-UBND"]
    );
    assert_eq!(
        numbers(&[thuan_hoa], Order::Date),
        ["1/QĐ-UBND", "3/TB-UBND"]
    );
    assert_eq!(
        numbers(&[thuan_hoa, (Facet::Type, "TB")], Order::Best),
        ["3/TB-UBND"]
    );
    assert_eq!(
        numbers(&[(Facet::Year, "2025")], Order::Best),
        ["2/QĐ-UBND"]
    );
    assert_eq!(
        numbers(&[], Order::Date),
        ["2/QĐ-UBND", "1/QĐ-UBND", "3/TB-UBND"]
    );
    assert!(numbers(&[(Facet::Unit, "x\" OR y")], Order::Date).is_empty());
}
