//! What is written can be read, and copies are what they copy.

use std::io;

use saoy_pdf::{
    Annotations, Copier, Dict, Document, FileWriter, Images, Name, Object, ObjectId, PdfError, Ref,
    StreamBounds, pages_pdf, single_page_pdf, write_object,
};

use crate::build::{Build, three_pages};

fn text(object: &Object) -> String {
    let mut out = Vec::new();
    write_object(object, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn objects_as_bytes() {
    assert_eq!(text(&Object::Real(0.000_000_1)), "0.0000001");
    assert_eq!(text(&Object::Real(-1e15)), "-1000000000000000");
    assert_eq!(text(&Object::Real(f64::NAN)), "0");
    assert_eq!(
        text(&Object::Name(Name::new("A B#/\u{e9}"))),
        "/A#20B#23#2F#C3#A9"
    );
    assert_eq!(text(&Object::String(b"a(b)\\".to_vec())), "(a\\(b\\)\\\\)");
    assert_eq!(text(&Object::String(vec![0, 255])), "<00FF>");
    let mut dict = Dict::new();
    dict.set(
        "K",
        Object::Array(vec![
            Object::Null,
            Object::Bool(true),
            Object::Ref(ObjectId::new(7, 0)),
        ]),
    );
    assert_eq!(text(&Object::Dict(dict)), "<</K [null true 7 0 R]>>");
}

/// A file with one empty page; `more` may write anything else.
fn file(more: impl FnOnce(&mut FileWriter<Vec<u8>>)) -> Vec<u8> {
    let mut out = FileWriter::new(Vec::new(), "1.7").unwrap();
    let (root, tree, page, info) = (
        out.alloc().unwrap(),
        out.alloc().unwrap(),
        out.alloc().unwrap(),
        out.alloc().unwrap(),
    );
    more(&mut out);
    let body = format!(
        "<</Type/Pages/Count 1/Kids[{} 0 R]/MediaBox[0 0 9 9]>>",
        page.get()
    );
    out.put_raw(tree, body.as_bytes()).unwrap();
    out.put_chunk(
        format!(
            "{} 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n\n",
            page.get()
        )
        .as_bytes(),
    )
    .unwrap();
    out.put_raw(
        root,
        format!("<</Type/Catalog/Pages {} 0 R>>", tree.get()).as_bytes(),
    )
    .unwrap();
    out.put_raw(info, b"<</Title(T)>>").unwrap();
    out.finish(root, Some(info), [[1; 16], [2; 16]]).unwrap()
}

#[test]
fn a_written_file_reads_without_repairs() {
    let mut unused: Option<Ref> = None;
    let mut stream: Option<Ref> = None;
    let bytes = file(|out| {
        unused = Some(out.alloc().unwrap());
        let id = out.alloc().unwrap();
        out.put_stream(id, &Dict::new(), b"data").unwrap();
        stream = Some(id);
    });
    let document = Document::open(bytes).unwrap();
    assert_eq!(document.page_count(), Ok(1));
    let Object::Ref(id) = stream.unwrap().object() else {
        panic!("a reference")
    };
    let located = document.object(id).unwrap();
    assert_eq!(
        document
            .stream_bytes(located.value.as_stream().unwrap(), 9)
            .unwrap(),
        b"data"
    );
    assert_eq!(
        document
            .resolve(&unused.unwrap().object())
            .unwrap()
            .as_ref(),
        &Object::Null
    );
    let ids = document.trailer().get("ID").unwrap().as_array().unwrap();
    assert_eq!(ids[1].as_string(), Some(&[2; 16][..]));
    assert!(document.info().unwrap().is_some());
    assert!(
        document
            .repairs()
            .iter()
            .all(|repair| matches!(repair, saoy_pdf::Repair::Dangling { .. }))
    );
}

#[test]
fn a_packed_file_reads_without_repairs_and_is_smaller() {
    let written = |mut out: FileWriter<Vec<u8>>| {
        let (root, tree, page) = (
            out.alloc().unwrap(),
            out.alloc().unwrap(),
            out.alloc().unwrap(),
        );
        // More than one object stream holds, with numbers that lie apart and one that is never written.
        let values: Vec<Ref> = (0..450).map(|_| out.alloc().unwrap()).collect();
        for (number, at) in values.iter().enumerate() {
            out.put_raw(*at, format!("<</Value {number}>>").as_bytes())
                .unwrap();
        }
        let data = out.alloc().unwrap();
        out.put_stream(data, &Dict::new(), b"data").unwrap();
        out.alloc().unwrap();
        let kids = format!("<</Type/Pages/Count 1/Kids[{} 0 R]>>", page.get());
        out.put_raw(tree, kids.as_bytes()).unwrap();
        out.put_raw(
            page,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Last 453 0 R>>",
        )
        .unwrap();
        assert!(out.put_raw(page, b"null").is_err());
        out.put_raw(root, b"<</Type/Catalog/Pages 2 0 R>>").unwrap();
        let bytes = out.finish(root, None, [[1; 16], [2; 16]]).unwrap();
        (bytes, u32::try_from(data.get()).unwrap())
    };
    let plain = written(FileWriter::new(Vec::new(), "1.7").unwrap());
    let packed = written(FileWriter::packing(Vec::new(), "1.7").unwrap());
    assert!(packed.0.len() * 4 < plain.0.len(), "{}", packed.0.len());
    // Streams of objects take numbers too.
    for (bytes, data) in [plain, packed] {
        let document = Document::open(bytes).unwrap();
        assert_eq!(document.page_count(), Ok(1));
        for (id, value) in [(4, 0), (203, 199), (204, 200), (453, 449)] {
            let found = document.object(ObjectId::new(id, 0)).unwrap();
            let dict = found.value.as_dict().unwrap();
            assert_eq!(dict.get("Value"), Some(&Object::Integer(value)));
        }
        let stream = document.object(ObjectId::new(data, 0)).unwrap();
        let data = document.stream_bytes(stream.value.as_stream().unwrap(), 9);
        assert_eq!(data.unwrap(), b"data");
        let ids = document.trailer().get("ID").unwrap().as_array().unwrap();
        assert_eq!(ids[1].as_string(), Some(&[2; 16][..]));
        assert!(document.repairs().is_empty(), "{:?}", document.repairs());
    }
}

#[test]
fn an_object_is_written_once() {
    let mut out = FileWriter::new(Vec::new(), "1.4").unwrap();
    let id = out.alloc().unwrap();
    out.put(id, &Object::Null).unwrap();
    assert_eq!(
        out.put(id, &Object::Null),
        Err(PdfError::BadReference { number: 1 })
    );
    assert_eq!(
        out.put_chunk(b"2 0 obj null endobj"),
        Err(PdfError::BadReference { number: 2 })
    );
}

#[test]
fn a_full_disk_and_a_short_source_are_errors() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0 = self
                .0
                .checked_sub(buf.len())
                .ok_or(io::ErrorKind::StorageFull)?;
            Ok(buf.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut out = FileWriter::new(Full(100), "1.7").unwrap();
    let id = out.alloc().unwrap();
    let error = out.put_stream(id, &Dict::new(), &[0; 200]).unwrap_err();
    assert!(matches!(
        error,
        PdfError::Write {
            kind: io::ErrorKind::StorageFull,
            ..
        }
    ));
    let mut out = FileWriter::new(Vec::new(), "1.7").unwrap();
    let id = out.alloc().unwrap();
    let short = out.put_stream_from(id, &Dict::new(), 10, &mut &b"12345"[..]);
    assert!(matches!(short, Err(PdfError::Truncated { .. })));
}

#[test]
fn offsets_beyond_ten_digits_are_refused() {
    let mut out = FileWriter::new(io::sink(), "1.7").unwrap();
    let id = out.alloc().unwrap();
    let mut zeros = io::repeat(0);
    out.put_stream_from(id, &Dict::new(), 10_000_000_000, &mut zeros)
        .unwrap();
    assert!(matches!(
        out.finish(id, None, [[0; 16]; 2]),
        Err(PdfError::Limit { .. })
    ));
}

#[test]
fn copied_pages_share_what_they_shared_and_nothing_else() {
    let source = three_pages().open().unwrap();
    let mut out = FileWriter::new(Vec::new(), "1.7").unwrap();
    let (root, tree) = (out.alloc().unwrap(), out.alloc().unwrap());
    let mut copier = Copier::new(&source);
    let kids: Vec<String> = [2, 0]
        .map(|index| {
            let page = source.page(index).unwrap();
            let copy = copier
                .page(&page, tree, Annotations::Drop, &mut out)
                .unwrap();
            format!("{} 0 R", copy.get())
        })
        .into();
    out.put_raw(
        tree,
        format!("<</Type/Pages/Count 2/Kids[{}]>>", kids.join(" ")).as_bytes(),
    )
    .unwrap();
    out.put_raw(
        root,
        format!("<</Type/Catalog/Pages {} 0 R>>", tree.get()).as_bytes(),
    )
    .unwrap();
    let copy = Document::open(out.finish(root, None, [[0; 16]; 2]).unwrap()).unwrap();
    // Root, tree, two pages with contents and image each, one font.
    assert_eq!(copy.object_ids().count(), 9);
    for (index, original) in [(0, 2), (1, 0)] {
        let page = copy.page(index).unwrap();
        let stream = &copy.page_contents(&page).unwrap()[0];
        let expected = format!("q {original} 0 0 1 0 0 cm /I Do Q");
        assert_eq!(copy.decoded(stream, 100).unwrap(), expected.as_bytes());
        assert_eq!(page.media_box.width(), 595.0);
    }
    assert_eq!(copy.repairs(), []);
}

#[test]
fn a_single_page_stands_alone() {
    let mut build = Build::new();
    build.object(
        1,
        "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>/AcroForm<</Fields[6 0 R]/DA(x)>>>>",
    );
    build.object(
        2,
        "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 9 8]/Rotate 90>>",
    );
    build.object(
        3,
        "<</Type/Page/Parent 2 0 R/Annots[7 0 R 8 0 R]/StructParents 1/Resources<</Loop 5 0 R>>>>",
    );
    build.object(4, "<</Type/Page/Parent 2 0 R>>");
    build.object(5, "<</Self 5 0 R/Other 4 0 R>>");
    build.object(6, "<</T(F)/FT/Tx/DA(inherited)/Kids[7 0 R]>>");
    build.object(7, "<</Subtype/Widget/Parent 6 0 R/P 3 0 R/Rect[0 0 1 1]>>");
    build.object(8, "<</Subtype/Link/Dest[4 0 R/Fit]/P 3 0 R>>");
    build.object(9, "<</Type/OCG/Name(hidden)>>");
    build.classic("/Size 10/Root 1 0 R");
    let source = build.open().unwrap();
    let page = source.page(0).unwrap();
    let kept = Document::open(
        single_page_pdf(&source, &page, Annotations::Keep, StreamBounds::default()).unwrap(),
    )
    .unwrap();
    let copy = kept.page(0).unwrap();
    assert_eq!(
        (kept.page_count(), copy.rotate, copy.media_box.height()),
        (Ok(1), 90, 8.0)
    );
    assert!(!copy.dict.contains("StructParents"));
    let annotations = kept.get(&copy.dict, "Annots").unwrap().into_owned();
    let widget = kept
        .resolve(&annotations.as_array().unwrap()[0])
        .unwrap()
        .into_owned();
    let widget = widget.as_dict().unwrap();
    assert_eq!(
        widget.get("DA").unwrap().as_string(),
        Some(&b"inherited"[..])
    );
    assert_eq!(widget.get("P"), Some(&Object::Ref(copy.id)));
    let link = kept
        .resolve(&annotations.as_array().unwrap()[1])
        .unwrap()
        .into_owned();
    let target = &link
        .as_dict()
        .unwrap()
        .get("Dest")
        .unwrap()
        .as_array()
        .unwrap()[0];
    assert_eq!(
        kept.resolve(target).unwrap().as_ref(),
        &Object::Null,
        "the other page stays behind"
    );
    assert!(kept.catalog().unwrap().contains("OCProperties"));
    assert_eq!(kept.repairs(), []);

    let dropped = Document::open(
        single_page_pdf(&source, &page, Annotations::Drop, StreamBounds::default()).unwrap(),
    )
    .unwrap();
    assert!(!dropped.page(0).unwrap().dict.contains("Annots"));
}

#[test]
fn several_pages_share_what_they_name_and_leave_behind_what_nobody_asks_for() {
    let mut build = Build::new();
    build.object(1, "<</Type /Catalog /Pages 2 0 R>>").object(
        2,
        "<</Type /Pages /Count 2 /Kids [3 0 R 4 0 R] /Resources 5 0 R>>",
    );
    for (id, over) in [(3, ""), (4, "/Annots [8 0 R]")] {
        let page =
            format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 6 0 R {over}>>");
        build.object(id, &page);
    }
    build
        .object(5, "<</XObject <</A 7 0 R /B 10 0 R>>>>")
        .stream(6, "", b"/A Do /B Do")
        .stream(7, "/Subtype /Image /Width 2 /Height 1", b"pixels")
        .object(8, "<</Subtype /Stamp /Rect [0 0 9 9] /AP <</N 9 0 R>>>>")
        .stream(9, "/Subtype /Form /BBox [0 0 9 9]", b"over the page")
        .stream(
            10,
            "/Subtype /Image /ImageMask true /Width 2 /Height 1",
            b"stencil",
        );
    build.classic("/Size 11 /Root 1 0 R");
    let source = Document::open(build.bytes).unwrap();
    let pages = [source.page(0).unwrap(), source.page(1).unwrap()];
    let take = |annotations, images| {
        pages_pdf(
            &source,
            &pages,
            annotations,
            images,
            StreamBounds::default(),
        )
        .unwrap()
    };
    let has = |copy: &[u8], what: &[u8]| {
        copy.windows(what.len())
            .filter(|part| *part == what)
            .count()
    };
    let whole = take(Annotations::Drop, Images::Whole);
    assert_eq!(Document::open(whole.clone()).unwrap().page_count(), Ok(2));
    assert_eq!(
        (
            has(&whole, b"pixels"),
            has(&whole, b"/A Do"),
            has(&whole, b"over")
        ),
        (1, 1, 0)
    );
    let hollow = take(Annotations::Drop, Images::Hollow);
    assert_eq!(
        (
            has(&hollow, b"pixels"),
            has(&hollow, b"stencil"),
            has(&hollow, b"/Width 2")
        ),
        (0, 1, 2)
    );
    let over = take(Annotations::Only, Images::Hollow);
    assert_eq!(
        (
            has(&over, b"/A Do"),
            has(&over, b"over the page"),
            has(&over, b"/Width")
        ),
        (0, 1, 0)
    );
    assert_eq!(Document::open(over).unwrap().page_count(), Ok(2));
}

#[test]
fn a_resource_may_have_any_name() {
    let mut build = Build::new();
    build
        .object(1, "<</Type /Catalog /Pages 2 0 R>>")
        .object(2, "<</Type /Pages /Count 1 /Kids [3 0 R]>>")
        .object(
            3,
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /B [5 0 R] /Resources <</XObject <</A 4 0 R /B 4 0 R>>>>>>",
        )
        .stream(4, "/Type /XObject /Subtype /Form /BBox [0 0 1 1]", b"f")
        .object(5, "<</T 6 0 R /P 3 0 R>>");
    build.classic("/Size 6 /Root 1 0 R");
    let source = Document::open(build.bytes).unwrap();
    let page = source.page(0).unwrap();
    let copy = Document::open(
        single_page_pdf(&source, &page, Annotations::Keep, StreamBounds::default()).unwrap(),
    )
    .unwrap();
    let page = copy.page(0).unwrap();
    let resources = copy.resolve(&page.resources).unwrap().into_owned();
    let forms = copy
        .get(resources.as_dict().unwrap(), "XObject")
        .unwrap()
        .into_owned();
    assert!(forms.as_dict().unwrap().contains("A"));
    assert!(forms.as_dict().unwrap().contains("B"));
    assert!(
        !page.dict.contains("B"),
        "beads lead to pages that do not come along"
    );
}
