//! Loops, depths, sizes and bombs made to take time or memory.

use std::time::{Duration, Instant};

use saoy_pdf::{Document, Object, ObjectId, PdfError, limits};

use crate::build::{Build, deflate, exercise, three_pages};

fn quick<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    result
}

fn around(body: &[u8]) -> Document {
    let mut build = three_pages();
    let prev = build.last("xref\n0 1");
    build.object(13, body);
    build.classic(&format!("/Size 14/Root 1 0 R/Prev {prev}"));
    build.open().unwrap()
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("[", "]"), ("<</A ", ">>")] {
        let document = around((open.repeat(200_000) + &close.repeat(200_000)).as_bytes());
        let error = document.object(ObjectId::new(13, 0)).unwrap_err();
        assert!(
            matches!(
                error,
                PdfError::Limit {
                    what: "levels of nesting",
                    ..
                }
            ),
            "{error}"
        );
        let document = around((open.repeat(100) + "0" + &close.repeat(100)).as_bytes());
        assert!(document.object(ObjectId::new(13, 0)).is_ok());
    }
}

#[test]
fn a_deeply_nested_file_without_table_ends() {
    let mut bytes = b"%PDF-1.4\n1 0 obj\n".to_vec();
    bytes.extend("[<</A".repeat(200_000).bytes());
    assert!(quick(|| exercise(bytes)).is_err());
    let parentheses = b"%PDF-1.4\n"
        .iter()
        .copied()
        .chain(b"1 0 obj (".repeat(100_000))
        .collect();
    assert!(quick(|| exercise(parentheses)).is_err());
}

#[test]
fn references_in_a_circle_end() {
    let document = around(b"13 0 R");
    let circle = Object::Ref(ObjectId::new(13, 0));
    assert!(matches!(
        document.resolve(&circle),
        Err(PdfError::Circle { .. })
    ));
    let document = around(b"<</Length 13 0 R>>\nstream\nabc\nendstream");
    assert!(quick(|| document.object(ObjectId::new(13, 0))).is_ok());
}

#[test]
fn cross_reference_sections_in_a_circle_end() {
    let mut build = three_pages();
    let at = build.bytes.len();
    let text =
        format!("xref\n0 0\ntrailer\n<</Size 13/Root 1 0 R/Prev {at}>>\nstartxref\n{at}\n%%EOF\n");
    build.bytes.extend(text.bytes());
    let document = quick(|| build.open()).unwrap();
    assert_eq!(document.page_count(), Ok(3));
}

#[test]
fn a_table_that_claims_billions_of_objects_costs_nothing() {
    let mut build = three_pages();
    let at = build.bytes.len();
    let text = format!(
        "xref\n0 4000000000\ntrailer\n<</Size 4000000000/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n"
    );
    build.bytes.extend(text.bytes());
    assert_eq!(quick(|| build.open()).unwrap().page_count(), Ok(3));
    let mut build = Build::new();
    let data = deflate(&vec![0; 60_000_000]);
    build.stream(
        1,
        "/Type/XRef/W[1 2 1]/Size 8000000/Root 2 0 R/Filter/FlateDecode",
        &data,
    );
    build.bytes.extend(b"startxref\n15\n%%EOF\n");
    assert!(quick(|| exercise(build.bytes.clone())).is_err());
}

#[test]
fn decompression_stops_at_the_limit() {
    let bomb = deflate(&vec![0; 50_000_000]);
    let mut stream =
        format!("<</Filter[/FlateDecode]/Length {}>>\nstream\n", bomb.len()).into_bytes();
    stream.extend(&bomb);
    stream.extend(b"\nendstream");
    let document = around(&stream);
    let located = document.object(ObjectId::new(13, 0)).unwrap();
    let stream = located.value.as_stream().unwrap();
    assert!(matches!(
        document.decoded(stream, 1_000_000),
        Err(PdfError::Limit { .. })
    ));
    assert_eq!(
        document.decoded(stream, 50_000_000).unwrap().len(),
        50_000_000
    );
    let error = document.decoded(stream, 49_999_999).unwrap_err();
    assert!(matches!(
        error,
        PdfError::Limit {
            limit: 49_999_999,
            ..
        }
    ));
}

#[test]
fn many_filters_are_refused() {
    let names = "/FlateDecode ".repeat(limits::FILTERS + 1);
    let document =
        around(format!("<</Filter[{names}]/Length 1>>\nstream\nx\nendstream").as_bytes());
    let located = document.object(ObjectId::new(13, 0)).unwrap();
    let error = document
        .decoded(located.value.as_stream().unwrap(), 10)
        .unwrap_err();
    assert!(matches!(
        error,
        PdfError::Limit {
            what: "filters on a stream",
            ..
        }
    ));
}

#[test]
fn an_object_stream_bomb_is_refused() {
    let mut build = Build::new();
    let bomb = deflate(&vec![b' '; limits::OBJECT_STREAM_BYTES + 1]);
    build.object(1, "<</Type/Catalog/Pages 3 0 R>>");
    build.stream(2, "/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &bomb);
    build.xref_stream(4, "/Size 5/Root 1 0 R", &[(3, 2, 0)]);
    assert!(quick(|| exercise(build.bytes.clone())).is_err());
}

#[test]
fn page_trees_that_share_nodes_do_not_multiply() {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    for number in 2..60 {
        let next = number + 1;
        build.object(
            number,
            format!("<</Type/Pages/Count 2/Kids[{next} 0 R {next} 0 R]>>"),
        );
    }
    build.object(60, "<</Type/Page/MediaBox[0 0 9 9]>>");
    build.classic("/Size 61/Root 1 0 R");
    assert_eq!(quick(|| build.open().unwrap().page_count()), Ok(2));
}

#[test]
fn a_deep_page_tree_is_refused() {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    for number in 2..2000 {
        build.object(
            number,
            format!("<</Type/Pages/Kids[{} 0 R]/Count 1>>", number + 1),
        );
    }
    build.classic("/Size 2000/Root 1 0 R");
    assert!(matches!(
        build.open().unwrap().page_count(),
        Err(PdfError::Limit { .. })
    ));
}

#[test]
fn streams_without_end_are_searched_within_a_budget() {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    for number in 2..20_000 {
        build.offsets.push((number, build.bytes.len()));
        build
            .bytes
            .extend(format!("{number} 0 obj<<>>stream\n").bytes());
    }
    build.classic("/Size 20000/Root 1 0 R");
    let document = build.open();
    quick(|| {
        if let Ok(document) = document {
            let ids: Vec<_> = document.object_ids().collect();
            assert!(
                ids.iter()
                    .filter(|id| document.object(**id).is_err())
                    .count()
                    > 10_000
            );
        }
    });
}
