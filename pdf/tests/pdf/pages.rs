//! Page trees, whole and odd.

use saoy_pdf::{Document, Object, ObjectId, PdfError, Repair};

use crate::build::{Build, three_pages};

/// A document whose objects from 2 on are `objects`, 2 being the page tree.
fn tree(objects: &[&str]) -> Document {
    let mut build = Build::new();
    build.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    for (number, object) in (2..).zip(objects) {
        build.object(number, object);
    }
    build.classic("/Size 99/Root 1 0 R");
    build.open().unwrap()
}

#[test]
fn attributes_are_inherited_and_overridden() {
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2/MediaBox[0 0 100 200]/Rotate 90/Resources 6 0 R>>",
        "<</Type/Pages/Kids[4 0 R]/Count 1/CropBox[10 10 500 50]/Rotate -90>>",
        "<</Type/Page/UserUnit 2>>",
        "<</Type/Page/MediaBox[50 60 0 0]/Resources<</Own true>>>>",
        "<</Shared true>>",
    ]);
    let pages = document.pages().unwrap();
    let crop = pages[0].crop_box;
    assert_eq!(
        (crop.left, crop.bottom, crop.right, crop.top),
        (10.0, 10.0, 100.0, 50.0)
    );
    assert_eq!((pages[0].rotate, pages[0].user_unit), (270, 2.0));
    assert_eq!(pages[0].resources, Object::Ref(ObjectId::new(6, 0)));
    assert_eq!((pages[1].rotate, pages[1].crop_box.width()), (90, 50.0));
    assert!(pages[1].resources.as_dict().unwrap().contains("Own"));
    assert_eq!(document.repairs(), []);
}

#[test]
fn a_loop_in_the_tree_ends_and_is_told() {
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1/MediaBox[0 0 9 9]>>",
        "<</Type/Page/Parent 2 0 R>>",
    ]);
    assert_eq!(document.page_count(), Ok(1));
    assert!(matches!(
        document.repairs()[..],
        [Repair::PageKid { index: 1, .. }]
    ));
}

#[test]
fn a_wrong_count_is_told() {
    for (count, declared) in [("/Count 7", Some(7)), ("", None), ("/Count -1", Some(-1))] {
        let document = tree(&[
            &format!("<</Type/Pages/Kids[3 0 R]{count}/MediaBox[0 0 9 9]>>"),
            "<</Type/Page>>",
        ]);
        assert_eq!(document.page_count(), Ok(1));
        assert_eq!(
            document.repairs(),
            [Repair::PageCount { declared, found: 1 }]
        );
    }
}

#[test]
fn a_missing_page_is_an_error_that_names_it() {
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R 9 0 R 3 0 R]/Count 3/MediaBox[0 0 9 9]>>",
        "<</Type/Page>>",
    ]);
    let len = document.file_len();
    let expected = PdfError::MissingPage {
        page: 2,
        id: ObjectId::new(9, 0),
        len,
    };
    assert_eq!(document.page_count(), Err(expected));
}

#[test]
fn a_page_deleted_by_nulling_it_is_no_loss() {
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 1/MediaBox[0 0 9 9]>>",
        "<</Type/Page>>",
    ]);
    assert_eq!(document.page_count(), Ok(1));
    assert!(matches!(
        document.repairs()[..],
        [Repair::PageKid { index: 1, .. }]
    ));
}

#[test]
fn defaults_stand_in_for_bad_attributes() {
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</MediaBox[0 0 0 0]/CropBox[1 2]/Rotate 45/UserUnit 0>>",
    ]);
    let page = document.page(0).unwrap();
    assert_eq!(
        (page.media_box.width(), page.rotate, page.user_unit),
        (612.0, 0, 1.0)
    );
    assert_eq!(document.repairs().len(), 5, "{:?}", document.repairs());
}

#[test]
fn a_page_beyond_the_last() {
    let error = three_pages().open().unwrap().page(3).unwrap_err();
    assert_eq!(error, PdfError::NoSuchPage { page: 4, count: 3 });
}

#[test]
fn metadata() {
    let xmp = r#"<x xmlns:id="http://www.aiim.org/pdfa/ns/id/"><id:part>2</id:part><id:conformance>U</id:conformance>"#;
    let attributes = r#"<x xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' pdfaid:part="1" pdfaid:conformance="B"/>"#;
    for (xmp, part, level) in [(xmp, 2, "U"), (attributes, 1, "B")] {
        let mut build = Build::new();
        build.object(1, "<</Type/Catalog/Pages 2 0 R/Metadata 3 0 R>>");
        build.object(2, "<</Type/Pages/Kids[]/Count 0>>");
        build.stream(3, "/Type/Metadata/Subtype/XML", xmp.as_bytes());
        build.object(4, "<</Title<FEFF0110>>>");
        build.classic("/Size 5/Root 1 0 R/Info 4 0 R");
        let document = build.open().unwrap();
        let claim = document.pdfa_claim().unwrap().unwrap();
        assert_eq!(
            (claim.part, claim.conformance.as_deref()),
            (part, Some(level))
        );
        let title = document
            .info()
            .unwrap()
            .unwrap()
            .get("Title")
            .unwrap()
            .clone();
        assert_eq!(title.as_string(), Some(&[0xFE, 0xFF, 1, 0x10][..]));
    }
    assert_eq!(three_pages().open().unwrap().pdfa_claim(), Ok(None));
}

#[test]
fn a_broken_branch_is_a_loss_when_the_count_says_so() {
    let branch = "<</Type/Pages/Kidz[3 0 R]/Count 1>>";
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 9 9]>>",
        "<</Type/Page>>",
        branch,
    ]);
    assert!(matches!(
        document.page_count(),
        Err(PdfError::MissingPage { page: 2, .. })
    ));
}

#[test]
fn a_page_that_stands_twice_counts_twice_and_is_told() {
    let document = tree(&[
        "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2/MediaBox[0 0 9 9]>>",
        "<</Type/Page>>",
    ]);
    assert_eq!(document.page_count(), Ok(2));
    assert!(matches!(
        document.repairs()[..],
        [Repair::PageKid { index: 1, .. }]
    ));
}
