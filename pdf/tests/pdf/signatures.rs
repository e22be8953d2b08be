//! Signed documents are recognised however the signature is reached.

use saoy_pdf::{Document, Repair};

use crate::build::{Build, three_pages};

fn document(form: &str, page: &str, objects: &[&str]) -> Document {
    let mut build = Build::new();
    build.object(1, format!("<</Type/Catalog/Pages 2 0 R{form}>>"));
    build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>");
    build.object(3, format!("<</Type/Page{page}>>"));
    for (number, object) in (4..).zip(objects) {
        build.object(number, object);
    }
    build.classic("/Size 99/Root 1 0 R");
    build.open().unwrap()
}

const SIGNATURE: &str =
    "<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 10 20 30]/Contents<00AB>>>";

#[test]
fn a_field_deep_in_the_tree() {
    let document = document(
        "/AcroForm<</SigFlags 3/Fields[4 0 R]>>",
        "",
        &[
            "<</T(Form)/FT/Sig/Kids[5 0 R]>>",
            "<</T(S\\351al)/Parent 4 0 R/V 6 0 R>>",
            SIGNATURE,
        ],
    );
    let signatures = document.signatures().unwrap();
    assert!(signatures.any());
    assert_eq!(signatures.flags, 3);
    let signed: Vec<_> = signatures
        .fields
        .iter()
        .filter(|field| field.value.is_some())
        .collect();
    let [field] = &signed[..] else {
        panic!("{signatures:?}")
    };
    assert_eq!(
        (field.name.as_str(), field.in_form),
        ("Form.S\u{e9}al", true)
    );
    assert_eq!(field.byte_range, [0, 10, 20, 30]);
    let range = field.contents_range.clone().unwrap();
    assert_eq!(range.end - range.start, 6);
    assert_eq!(document.repairs(), []);
}

#[test]
fn a_widget_that_no_form_knows() {
    let document = document(
        "",
        "/Annots[4 0 R]",
        &["<</Subtype/Widget/FT/Sig/T(X)/V 5 0 R>>", SIGNATURE],
    );
    let signatures = document.signatures().unwrap();
    assert!(signatures.any() && !signatures.fields[0].in_form);
}

#[test]
fn flags_and_permissions_count_alone() {
    assert_eq!(
        document("/AcroForm<</SigFlags 1/Fields[]>>", "", &[]).has_signatures(),
        Ok(true)
    );
    assert_eq!(
        document("/Perms<</DocMDP 4 0 R>>", "", &[SIGNATURE]).has_signatures(),
        Ok(true)
    );
}

#[test]
fn an_empty_field_is_no_signature() {
    let document = document("/AcroForm<</Fields[4 0 R]>>", "", &["<</FT/Sig/T(S)>>"]);
    let signatures = document.signatures().unwrap();
    assert_eq!((signatures.fields.len(), signatures.any()), (1, false));
    assert_eq!(three_pages().open().unwrap().has_signatures(), Ok(false));
}

#[test]
fn a_loop_of_fields_ends_and_is_told() {
    let document = document(
        "/AcroForm<</Fields[4 0 R]>>",
        "",
        &[
            "<</T(A)/Kids[5 0 R 6 0 R]>>",
            "<</T(B)/Kids[4 0 R]>>",
            "<</FT/Sig/V 7 0 R>>",
            SIGNATURE,
        ],
    );
    assert_eq!(document.has_signatures(), Ok(true));
    assert!(matches!(document.repairs()[..], [Repair::FieldTree { .. }]));
}
