//! Every way a file may say where its objects are.

use saoy_pdf::{Document, Object, ObjectId, PdfError, ReadAt, Repair};

use crate::build::{Build, packed, three_pages};

fn page_widths(document: &Document) -> Vec<f64> {
    document
        .pages()
        .unwrap()
        .iter()
        .map(|page| page.media_box.width())
        .collect()
}

#[test]
fn classic_table() {
    let document = three_pages().open().unwrap();
    assert_eq!(page_widths(&document), [595.0; 3]);
    assert_eq!(document.version(), (1, 7));
    assert_eq!(document.repairs(), []);
    assert_eq!(document.xref_sections().len(), 1);
}

#[test]
fn objects_know_their_bytes() {
    let build = three_pages();
    let document = build.open().unwrap();
    let located = document.object(ObjectId::new(9, 0)).unwrap();
    let at = |range: std::ops::Range<u64>| {
        &build.bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
    };
    assert!(at(located.range.clone()).starts_with(b"9 0 obj"));
    assert!(at(located.range).ends_with(b"endobj"));
    let stream = located.value.as_stream().unwrap();
    assert_eq!(at(stream.data.clone()), [0]);
    assert_eq!(
        at(stream.dict.entry("Subtype").unwrap().range.clone()),
        b"/Image"
    );
}

#[test]
fn object_stream_and_xref_stream() {
    let document = packed().open().unwrap();
    let page = document.page(0).unwrap();
    assert_eq!(
        (page.media_box.width(), page.media_box.height()),
        (10.0, 20.0)
    );
    assert_eq!(
        document.object(page.id).unwrap().container,
        Some(ObjectId::new(4, 0))
    );
    assert_eq!(document.repairs(), []);
}

#[test]
fn a_later_section_replaces_and_frees() {
    let mut build = three_pages();
    let first = build.bytes.len();
    let prev = build.last("xref\n0 1");
    build.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>");
    let at = build.bytes.len();
    build.bytes.extend(
        format!(
            "xref\n3 1\n{first:010} 00000 n \n12 1\n0000000000 00001 f \n\
             trailer\n<</Size 13/Root 1 0 R/Prev {prev}>>\nstartxref\n{at}\n%%EOF\n"
        )
        .bytes(),
    );
    let document = build.open().unwrap();
    assert_eq!(page_widths(&document), [100.0, 595.0, 595.0]);
    let freed = ObjectId::new(12, 0);
    assert_eq!(
        document.object(freed),
        Err(PdfError::MissingObject { id: freed })
    );
    assert_eq!(
        document.resolve(&Object::Ref(freed)).unwrap().as_ref(),
        &Object::Null
    );
    assert_eq!(document.xref_sections(), [at as u64, prev as u64]);
}

#[test]
fn hybrid_file_shows_what_it_hides_from_old_readers() {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    let classic = std::mem::take(&mut build.offsets);
    build.stream(
        4,
        "/Type/ObjStm/N 1/First 4",
        b"3 0 <</Type/Page/MediaBox[0 0 7 7]>>",
    );
    let stream_at = build.xref_stream(5, "/Size 6", &[(3, 4, 0)]);
    let at = build.bytes.len();
    build.bytes.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, offset) in classic {
        build
            .bytes
            .extend(format!("{number} 1\n{offset:010} 00000 n \n").bytes());
    }
    // The page is free in the table and in use in the stream.
    build.bytes.extend(
        format!(
            "3 1\n0000000000 00000 f \ntrailer\n<</Size 6/Root 1 0 R/XRefStm {stream_at}>>\n\
             startxref\n{at}\n%%EOF\n"
        )
        .bytes(),
    );
    let document = build.open().unwrap();
    assert_eq!(page_widths(&document), [7.0]);
    assert_eq!(document.repairs(), []);
}

#[test]
fn a_wrong_startxref_is_repaired_and_told() {
    let mut build = three_pages();
    let at = build.last("startxref");
    build.bytes.truncate(at);
    build.bytes.extend(b"startxref\n77\n%%EOF\n");
    let document = build.open().unwrap();
    assert_eq!(document.page_count(), Ok(3));
    assert!(document.is_rebuilt());
    assert!(matches!(
        document.repairs()[..],
        [Repair::XrefRebuilt { objects: 12, .. }]
    ));
}

#[test]
fn packed_objects_survive_a_rebuild() {
    let mut build = packed();
    let at = build.last("startxref");
    build.bytes.truncate(at);
    let document = build.open().unwrap();
    assert_eq!(page_widths(&document), [10.0]);
    assert!(document.repairs().contains(&Repair::MissingStartxref));
}

#[test]
fn a_rebuild_ignores_objects_inside_stream_data() {
    let mut build = three_pages();
    build.bytes.truncate(build.last("xref\n0 1"));
    build.stream(
        13,
        "/Type/EmbeddedFile",
        b"\n3 0 obj\n<</Type/Page/MediaBox[0 0 1 1]>>\nendobj\n",
    );
    let document = build.open().unwrap();
    assert_eq!(page_widths(&document), [595.0; 3]);
}

#[test]
fn one_wrong_offset_is_found_again() {
    let mut build = three_pages();
    let entry = build.last("\n4 1\n") + 5;
    build.bytes[entry..entry + 10].copy_from_slice(b"0000000020");
    let document = build.open().unwrap();
    assert_eq!(document.page_count(), Ok(3));
    assert!(!document.is_rebuilt());
    assert!(matches!(
        document.repairs()[..],
        [Repair::ObjectMoved {
            id: ObjectId { number: 4, .. },
            at: 20,
            ..
        }]
    ));
}

#[test]
fn junk_before_the_header() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    bytes.extend(three_pages().bytes);
    let document = Document::open(bytes).unwrap();
    assert_eq!(document.page_count(), Ok(3));
    assert!(!document.is_rebuilt());
    assert_eq!(
        document.repairs(),
        [
            Repair::OffsetsFromHeader { at: 19 },
            Repair::JunkBeforeHeader { bytes: 19 }
        ]
    );
}

#[test]
fn a_wrong_stream_length_is_repaired_and_told() {
    for length in ["3", "99999999", "(x)", "99 0 R"] {
        let mut build = Build::new();
        build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
        build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>");
        build.object(3, "<</Type/Page/Contents 4 0 R>>");
        build.object(
            4,
            format!("<</Length {length}>>\nstream\n0 g 1 G\r\nendstream"),
        );
        build.classic("/Size 5/Root 1 0 R");
        let document = build.open().unwrap();
        let page = document.page(0).unwrap();
        let [stream] = &document.page_contents(&page).unwrap()[..] else {
            panic!("one stream")
        };
        assert_eq!(
            document.decoded(stream, 100).unwrap(),
            b"0 g 1 G",
            "{length}"
        );
        assert!(
            document
                .repairs()
                .iter()
                .any(|repair| matches!(repair, Repair::StreamLength { actual: 7, .. }))
        );
    }
}

#[test]
fn an_indirect_length_is_followed() {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    build.object(2, "<</Type/Pages/Kids[]/Count 0>>");
    build.object(
        3,
        "<</Length 4 0 R>>\nstream\nendstream endstream\nendstream",
    );
    build.object(4, "19");
    build.classic("/Size 5/Root 1 0 R");
    let document = build.open().unwrap();
    let located = document.object(ObjectId::new(3, 0)).unwrap();
    let bytes = document
        .stream_bytes(located.value.as_stream().unwrap(), 100)
        .unwrap();
    assert_eq!(bytes, b"endstream endstream");
    assert_eq!(document.page_count(), Ok(0));
    assert_eq!(document.repairs(), []);
}

#[test]
fn encryption_is_seen() {
    let mut build = three_pages();
    build.object(13, "<</Filter/Standard/V 5/R 6>>");
    let prev = build.last("xref\n0 1");
    build.classic(&format!("/Size 14/Root 1 0 R/Encrypt 13 0 R/Prev {prev}"));
    let encryption = build.open().unwrap().encryption().unwrap();
    assert_eq!(
        (encryption.filter.as_deref(), encryption.version),
        (Some("Standard"), Some(5))
    );
    assert_eq!(three_pages().open().unwrap().encryption(), None);
}

#[test]
fn what_is_no_pdf_is_named() {
    assert!(matches!(
        Document::open(Vec::new()).err(),
        Some(PdfError::NotPdf { len: 0 })
    ));
    let words = b"a letter, not a document".to_vec();
    assert!(matches!(
        Document::open(words).err(),
        Some(PdfError::NotPdf { len: 24 })
    ));
}

#[test]
fn a_file_is_read_where_it_is_needed() {
    /// Counts what is read of a long file with a hole of zeros in the middle.
    struct Sparse {
        head: Vec<u8>,
        tail: Vec<u8>,
        hole: u64,
        read: std::sync::Arc<std::sync::atomic::AtomicU64>,
    }
    impl ReadAt for Sparse {
        fn len(&self) -> u64 {
            self.head.len() as u64 + self.hole + self.tail.len() as u64
        }
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
            self.read
                .fetch_add(buf.len() as u64, std::sync::atomic::Ordering::Relaxed);
            for (byte, at) in buf.iter_mut().zip(offset..) {
                let in_head = usize::try_from(at).ok().and_then(|at| self.head.get(at));
                let tail_at = at.checked_sub(self.head.len() as u64 + self.hole);
                let in_tail = tail_at.and_then(|at| self.tail.get(usize::try_from(at).unwrap()));
                *byte = in_head.or(in_tail).copied().unwrap_or(0);
            }
            Ok(buf.len())
        }
    }
    let hole = 3_000_000_000_u64;
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>");
    build.object(3, "<</Type/Page/Resources<</XObject<</I 4 0 R>>>>>>");
    build.offsets.push((4, build.bytes.len()));
    build
        .bytes
        .extend(format!("4 0 obj\n<</Length {hole}>>\nstream\n").bytes());
    let at = build.bytes.len() as u64 + hole + 18;
    let mut tail = b"\nendstream\nendobj\n".to_vec();
    tail.extend(b"xref\n0 5\n0000000000 65535 f \n");
    for (_, offset) in &build.offsets {
        tail.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    tail.extend(format!("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").bytes());
    let read = std::sync::Arc::default();
    let file = Sparse {
        head: build.bytes,
        tail,
        hole,
        read: std::sync::Arc::clone(&read),
    };
    let document = Document::open(file).unwrap();
    assert_eq!(document.page_count(), Ok(1));
    let image = document.object(ObjectId::new(4, 0)).unwrap();
    let data = image.value.as_stream().unwrap().data.clone();
    assert_eq!(data.end - data.start, hole);
    assert_eq!(document.repairs(), []);
    assert!(read.load(std::sync::atomic::Ordering::Relaxed) < 100_000);
}
