//! Files read as their revisions: where they begin and end, what they changed, whose bytes are whose.

use saoy_pdf::{Irregular, Object, ObjectId, PdfError, Revisions};

use crate::build::{Build, deflate};

fn base() -> Build {
    let mut build = Build::new();
    build
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
        .object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>");
    build
}

fn kinds(bytes: &[u8]) -> Vec<Irregular> {
    let revisions = Revisions::read(bytes.to_vec()).unwrap();
    let found = revisions.account(&mut |_| {}).unwrap();
    found.into_iter().map(|found| found.kind).collect()
}

#[test]
fn three_revisions_each_as_it_was() {
    let mut build = base();
    let first = build.classic("/Size 4/Root 1 0 R");
    let first_end = build.bytes.len();
    build.object(2, "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>");
    build.object(4, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 20 20]>>");
    let second = build.classic(&format!("/Size 5/Root 1 0 R/Prev {first}"));
    let second_end = build.bytes.len();
    build.xref_stream(9, &format!("/Size 10/Root 1 0 R/Prev {second}"), &[]);
    let revisions = Revisions::read(build.bytes.clone()).unwrap();
    assert_eq!(revisions.len(), 3);
    let ends: Vec<_> = revisions
        .iter()
        .map(|revision| revision.bytes.end)
        .collect();
    assert_eq!(
        ends,
        [
            first_end as u64,
            second_end as u64,
            build.bytes.len() as u64
        ]
    );
    assert_eq!(revisions.get(1).unwrap().changed, [2, 4]);
    assert_eq!(revisions.get(2).unwrap().changed, [9]);
    let pages: Vec<_> = (0..3)
        .map(|index| revisions.at(index).unwrap().page_count().unwrap())
        .collect();
    assert_eq!(pages, [1, 2, 2]);
    assert_eq!(kinds(&build.bytes), []);
    assert_eq!(revisions.revision_of(first_end as u64), 1);
}

#[test]
fn objects_are_visited_once_in_the_order_of_the_file() {
    let mut build = base();
    let first = build.classic("/Size 4/Root 1 0 R");
    // Tables that repeat old places add nothing.
    build.offsets.push((3, find(&build.bytes, b"3 0 obj")));
    build.object(1, "<</Type/Catalog/Pages 2 0 R/Lang(vi)>>");
    build.classic(&format!("/Size 4/Root 1 0 R/Prev {first}"));
    let revisions = Revisions::read(build.bytes.clone()).unwrap();
    let mut seen = Vec::new();
    let found = revisions
        .account(&mut |version| seen.push((version.revision, version.id.number)))
        .unwrap();
    assert_eq!(found, []);
    assert_eq!(seen, [(0, 1), (0, 2), (0, 3), (1, 1)]);
    assert_eq!(revisions.get(1).unwrap().changed, [1]);
}

fn find(bytes: &[u8], needle: &[u8]) -> usize {
    let found = bytes
        .windows(needle.len())
        .position(|window| window == needle);
    found.unwrap()
}

#[test]
fn objects_in_streams_belong_to_their_revision() {
    let mut build = base();
    let packed = "5 0 6 6 (old)  (kept)";
    build.stream(8, "/Type/ObjStm/N 2/First 8", packed.as_bytes());
    let first = build.xref_stream(9, "/Size 10/Root 1 0 R", &[(5, 8, 0), (6, 8, 1)]);
    build.stream(
        8,
        "/Type/ObjStm/N 1/First 4/Filter/FlateDecode",
        &deflate(b"5 0 (new)"),
    );
    build.xref_stream(
        9,
        &format!("/Size 10/Root 1 0 R/Prev {first}"),
        &[(5, 8, 0)],
    );
    let revisions = Revisions::read(build.bytes.clone()).unwrap();
    let value = |index: usize, number: u32| {
        let object = revisions
            .at(index)
            .unwrap()
            .object(ObjectId::new(number, 0));
        object.map(|object| object.value)
    };
    assert_eq!(value(0, 5), Ok(Object::String(b"old".to_vec())));
    assert_eq!(value(1, 5), Ok(Object::String(b"new".to_vec())));
    // What the replaced stream held and the new one does not is gone: readers differ, so it is told.
    assert!(value(1, 6).is_err());
}

#[test]
fn what_needs_repair_is_refused() {
    let mut whole = base();
    let at = whole.classic("/Size 4/Root 1 0 R");
    let text = String::from_utf8_lossy(&whole.bytes).into_owned();
    let cases = [
        whole.bytes[5..].to_vec(),
        whole.bytes[..whole.bytes.len() - 7].to_vec(),
        whole.bytes[..text.rfind("startxref").unwrap_or(0)].to_vec(),
        replaced(
            &whole.bytes,
            &format!("startxref\n{at}"),
            &format!("startxref\n{}", at + 3),
        ),
        replaced(
            &whole.bytes,
            "/Root 1 0 R",
            &format!("/Prev {at}{}", " ".repeat(2)),
        ),
        replaced(&whole.bytes, "trailer", "tralier"),
    ];
    for (index, bytes) in cases.into_iter().enumerate() {
        let read = Revisions::read(bytes);
        assert!(read.is_err(), "case {index}");
    }
    assert!(matches!(
        Revisions::read(Vec::new()),
        Err(PdfError::NotPdf { .. })
    ));
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = find(bytes, from.as_bytes());
    let mut bytes = bytes.to_vec();
    bytes.splice(at..at + from.len(), to.bytes());
    bytes
}

#[test]
fn linearised_files_are_one_revision() {
    // The first page's section stands before the main one and leads to it.
    let mut build = Build::new();
    build.object(1, "<</Linearized 1>>");
    build.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>");
    let offset = |bytes: &[u8], text: &str| find(bytes, text.as_bytes());
    let section = |entries: &[(u32, usize)], trailer: &str, footer: usize| {
        let mut text = "xref\n".to_owned();
        for (number, at) in entries {
            text.push_str(&format!("{number} 1\n{at:010} 00000 n \n"));
        }
        format!("{text}trailer\n<<{trailer}>>\nstartxref\n{footer}\n%%EOF\n")
    };
    let first_at = build.bytes.len();
    let own = [
        (1, offset(&build.bytes, "1 0 obj")),
        (3, offset(&build.bytes, "3 0 obj")),
    ];
    let trailer = |main: usize| format!("/Size 6/Root 4 0 R/Prev {main:010}");
    let length = section(&own, &trailer(0), 0).len();
    let catalog = "4 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n";
    let pages = "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n";
    let main_at = first_at + length + catalog.len() + pages.len();
    build
        .bytes
        .extend(section(&own, &trailer(main_at), 0).bytes());
    build.bytes.extend(catalog.bytes());
    build.bytes.extend(pages.bytes());
    let rest = [
        (4, first_at + length),
        (2, first_at + length + catalog.len()),
    ];
    build
        .bytes
        .extend(section(&rest, "/Size 6", first_at).bytes());
    let revisions = Revisions::read(build.bytes.clone()).unwrap();
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions.newest().unwrap().page_count(), Ok(1));
    assert_eq!(kinds(&build.bytes), []);
}

#[test]
fn each_irregularity_has_its_kind() {
    let with = |change: &dyn Fn(&mut Build)| {
        let mut build = base();
        change(&mut build);
        build.classic("/Size 9/Root 1 0 R");
        kinds(&build.bytes)
    };
    assert_eq!(with(&|_| {}), []);
    let raw = |text: &'static str| move |build: &mut Build| build.bytes.extend(text.bytes());
    assert_eq!(with(&raw("7 0 obj\nnull\nendobj\n")), [Irregular::Orphan]);
    assert_eq!(with(&raw("3 0 obj\nnull\nendobj\n")), [Irregular::Shadow]);
    assert_eq!(with(&raw("% somebody was here\n")), [Irregular::Comment]);
    assert_eq!(with(&raw("somebody was here\n")), [Irregular::Unaccounted]);
    assert_eq!(
        with(&|build| build.offsets.push((7, 20))),
        [Irregular::Astray]
    );
    assert_eq!(
        with(&|build| {
            let at = find(&build.bytes, b"3 0 obj");
            build.offsets.push((2, at));
        }),
        [Irregular::Duplicate]
    );
}

/// What an older revision lacks in form is told; its content is there all the same.
#[test]
fn an_older_revision_without_an_end_is_not_closed() {
    let mut build = base();
    let first = build.classic("/Size 4/Root 1 0 R");
    let cut = build.bytes.len() - "%%EOF\n".len();
    build.bytes.truncate(cut);
    build.bytes.extend(b"%%E0F\n");
    build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/Rotate 90>>");
    build.classic(&format!("/Size 4/Root 1 0 R/Prev {first}"));
    let revisions = Revisions::read(build.bytes.clone()).unwrap();
    assert_eq!(revisions.len(), 2);
    assert!(!revisions.get(0).unwrap().closed);
    assert!(revisions.get(1).unwrap().closed);
    let found = kinds(&build.bytes);
    assert!(found.contains(&Irregular::Footer), "{found:?}");
}

#[test]
fn lengths_that_do_not_hold_are_told() {
    let mut build = base();
    build.object(7, "<</Length 99>>\nstream\nabc\nendstream");
    build.object(8, "<</Length 3>>\nstream\nabc\nendstream");
    build.classic("/Size 9/Root 1 0 R");
    assert_eq!(kinds(&build.bytes), [Irregular::Length]);
}
