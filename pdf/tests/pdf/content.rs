//! Content streams split into operations.

use saoy_pdf::{Object, PdfError, content::operations};

fn operators(content: &[u8]) -> Vec<String> {
    operations(content)
        .map(|operation| String::from_utf8_lossy(operation.unwrap().operator).into_owned())
        .collect()
}

#[test]
fn operators_have_their_operands() {
    let content = b"q 1 0 0 -1.5 .5 +2 cm /I1 Do BT (a\\)b) Tj [(x) -20 <6162>] TJ ET % end\nQ";
    assert_eq!(
        operators(content),
        ["q", "cm", "Do", "BT", "Tj", "TJ", "ET", "Q"]
    );
    let operations: Vec<_> = operations(content).map(Result::unwrap).collect();
    let numbers: Vec<f64> = operations[1]
        .operands
        .iter()
        .filter_map(Object::as_number)
        .collect();
    assert_eq!(numbers, [1.0, 0.0, 0.0, -1.5, 0.5, 2.0]);
    assert!(operations[2].operands[0].is_name("I1"));
    assert_eq!(operations[4].operands[0].as_string(), Some(&b"a)b"[..]));
    assert_eq!(&content[operations[2].range.clone()], b"/I1 Do");
}

#[test]
fn references_do_not_exist_in_content() {
    let operations: Vec<_> = operations(b"1 0 R").map(Result::unwrap).collect();
    assert_eq!(
        (operations[0].operator, operations[0].operands.len()),
        (&b"R"[..], 2)
    );
}

#[test]
fn inline_images_are_stepped_over() {
    let cases: [(&str, &[u8]); 5] = [
        ("/W 2 /H 2 /BPC 8 /CS /G", b" EI "),
        ("/W 9 /H 2 /IM true", b"EI E"),
        ("/F /A85", b"EI 9jqo~>"),
        ("/F /Fl", b"\x78\x9c EI \xff\x01\x02 more"),
        ("/W 1 /H 1 /F /DCT /L 4", b" EI "),
    ];
    for (dict, data) in cases {
        let mut content = format!("q BI {dict} ID ").into_bytes();
        content.extend(data);
        content.extend(b"\nEI Q");
        assert_eq!(operators(&content), ["q", "BI", "Q"], "{dict}");
        let image = operations(&content).nth(1).unwrap().unwrap().image.unwrap();
        assert_eq!(&content[image.data], data, "{dict}");
        assert!(!image.dict.is_empty());
    }
}

#[test]
fn malformed_pieces_are_counted_and_skipped() {
    let mut operations = operations(b"1 ] >> 2 m ) 3 l (open");
    let names: Vec<_> = operations
        .by_ref()
        .map(|operation| operation.unwrap().operator.to_vec())
        .collect();
    assert_eq!(names, [b"m".to_vec(), b")".to_vec(), b"l".to_vec()]);
    assert_eq!(operations.skipped(), 3);
}

#[test]
fn endless_content_is_bounded() {
    let error = operations(&b"0 ".repeat(10_000))
        .find_map(Result::err)
        .unwrap();
    assert!(matches!(
        error,
        PdfError::Limit {
            what: "operands",
            ..
        }
    ));
    assert!(operations(&b"[".repeat(200_000)).any(|operation| operation.is_err()));
    assert!(operations(b"BI /W 1 ID abc").any(|operation| operation.is_err()));
    assert!(operators(&b"( ".repeat(100_000)).is_empty());
}
