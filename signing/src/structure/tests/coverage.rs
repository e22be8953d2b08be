//! `/ByteRange` and `/Contents`: rules 3 and 6, and the class USF (universal signature forgery, Mladenov et al., CCS 2019).

use super::{
    build::{Build, plain, sign_second, signature_field, signed},
    found, has,
};
use crate::{
    finding::Reason,
    structure::{Changed, Kind, Structure},
};

fn reasons(found: &Structure) -> Vec<Reason> {
    found
        .signatures
        .iter()
        .flat_map(|signed| &signed.findings)
        .map(|finding| finding.reason)
        .collect()
}

#[test]
fn a_whole_file_is_covered() {
    let found = found(&signed().bytes);
    let [signature] = found.signatures.as_slice() else {
        panic!("one signature, not {:?}", found.signatures);
    };
    assert_eq!(signature.name, "First");
    assert_eq!(signature.kind, Kind::Signature);
    assert_eq!(signature.revision, 1);
    assert!(signature.covers_whole_file);
    assert_eq!(signature.after.gravest, Changed::Nothing);
    assert!(signature.findings.is_empty(), "{:?}", signature.findings);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    assert_eq!(found.unsigned, ["Second"]);
    assert_eq!(signature.contents.len(), 32);
}

#[test]
fn white_space_after_the_end_is_nothing() {
    let mut build = signed();
    build.raw("\r\n\r\n  ");
    let found = found(&build.bytes);
    assert!(!found.signatures[0].covers_whole_file);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    assert_eq!(reasons(&found), []);
}

/// What each manipulation of the dictionary is called. Lengths stay, so that nothing else breaks.
#[test]
fn usf_is_named_and_never_unsigned() {
    let zeros = "3082".repeat(16);
    let contents = format!("/Contents <{zeros}>");
    let blank = |text: &str| format!("{text:<width$}", width = contents.len());
    let range = |build: &Build| {
        let text = String::from_utf8_lossy(&build.bytes).into_owned();
        let at = text.rfind("/ByteRange [").expect("there");
        text[at..][..text[at..].find(']').expect("there") + 1].to_owned()
    };
    let cases: [(&str, &str, Reason); 9] = [
        ("contents", "", Reason::ContentsMalformed),
        ("contents", "/Contents null", Reason::ContentsMalformed),
        ("contents", "/Contents <>", Reason::ContentsMalformed),
        ("contents", "/Contents <00 00>", Reason::ContentsMalformed),
        (
            "contents",
            "/Contents (30820000)",
            Reason::ContentsMalformed,
        ),
        ("range", "", Reason::ByteRangeMalformed),
        ("range", "/ByteRange null", Reason::ByteRangeMalformed),
        ("range", "/ByteRange [0 1 2]", Reason::ByteRangeMalformed),
        ("range", "/ByteRange [0 -1 2 3]", Reason::ByteRangeMalformed),
    ];
    for (what, to, reason) in cases {
        let mut build = signed();
        let (from, to) = if what == "range" {
            let range = range(&build);
            let to = format!("{to:<width$}", width = range.len());
            (range, to)
        } else {
            (contents.clone(), blank(to))
        };
        build.replace(&from, &to);
        let found = found(&build.bytes);
        assert_eq!(found.signatures.len(), 1, "{to:?} is still signed");
        assert!(
            reasons(&found).contains(&reason),
            "{to:?}: {:?}",
            reasons(&found)
        );
    }
}

#[test]
fn a_signature_without_a_dictionary_is_no_unsigned_field() {
    let mut build = plain();
    build
        .object(7, &signature_field("First", "/V 77 0 R"))
        .end();
    let found = found(&build.bytes);
    assert!(reasons(&found).contains(&Reason::ByteRangeMalformed));
    assert_eq!(found.unsigned, ["Second"]);
}

#[test]
fn the_gap_is_its_own_contents() {
    let shift = |build: &Build, by: [i64; 3]| {
        let text = String::from_utf8_lossy(&build.bytes).into_owned();
        let at = text.rfind("/ByteRange [0 ").expect("there") + 14;
        let own = &text[at..at + 32];
        let numbers: Vec<i64> = own
            .split(' ')
            .map(|n| n.parse().expect("a number"))
            .collect();
        let moved: Vec<String> = numbers
            .iter()
            .zip(by)
            .map(|(number, by)| format!("{:010}", number + by))
            .collect();
        let mut build = build.clone();
        build.replace(own, &moved.join(" "));
        reasons(&found(&build.bytes))
    };
    let build = signed();
    assert_eq!(shift(&build, [0, 0, 0]), []);
    assert_eq!(shift(&build, [1, 0, 0]), [Reason::ByteRangeGap]);
    assert_eq!(shift(&build, [-1, 0, 0]), [Reason::ByteRangeGap]);
    assert_eq!(shift(&build, [0, 1, -1]), [Reason::ByteRangeGap]);
    assert_eq!(shift(&build, [0, 0, 1]), [Reason::ByteRangePastEnd]);
    assert_eq!(
        shift(&build, [0, 0, -10]),
        [Reason::ByteRangeNotAtRevisionEnd]
    );
    assert_eq!(shift(&build, [0, -100, 100]), [Reason::ByteRangeMalformed]);
}

#[test]
fn a_page_cut_from_a_signed_gazette_is_not_valid() {
    let mut build = plain();
    build
        .object(7, &signature_field("First", "/V 20 0 R"))
        .object(
            20,
            "<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 9000 20000 5000]/Contents <3082>>>",
        )
        .end();
    assert!(reasons(&found(&build.bytes)).contains(&Reason::ByteRangePastEnd));
}

#[test]
fn two_signatures_over_the_same_bytes_overlap() {
    let mut build = signed();
    sign_second(&mut build);
    assert_eq!(reasons(&found(&build.bytes)), []);
    // The second claims the gap of the first.
    let text = String::from_utf8_lossy(&build.bytes).into_owned();
    let range = |from: usize| {
        let at = text[from..].find("/ByteRange [0 ").expect("there") + from + 14;
        (at, text[at..at + 32].to_owned())
    };
    let (first_at, first) = range(0);
    let (_, second) = range(first_at);
    build.replace(&second, &first);
    assert!(reasons(&found(&build.bytes)).contains(&Reason::SignaturesOverlap));
}

#[test]
fn one_signature_in_two_fields_is_told() {
    let mut build = plain();
    build
        .object(7, &signature_field("First", "/V 20 0 R"))
        .object(8, &signature_field("Second", "/V 20 0 R"))
        .signature(20, "")
        .seal();
    assert!(reasons(&found(&build.bytes)).contains(&Reason::SignaturesOverlap));
}

#[test]
fn a_dictionary_that_no_field_has_is_told() {
    let mut build = plain();
    build.signature(20, "").seal();
    let found = found(&build.bytes);
    assert!(reasons(&found).contains(&Reason::SignatureUnreachable));
    assert_eq!(found.unsigned, ["First", "Second"]);
}

#[test]
fn usage_rights_are_no_signature() {
    let mut build = plain();
    build
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/Perms<</UR3 20 0 R>>>>",
        )
        .signature(20, "")
        .seal();
    let found = found(&build.bytes);
    assert!(found.signatures.is_empty());
    assert!(has(&found.warnings, Reason::SignatureUnreachable));
}

#[test]
fn only_the_first_certifies() {
    let reference =
        "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P 2/V/1.2>>>>]";
    let mut build = signed();
    build
        .object(8, &signature_field("Second", "/V 21 0 R"))
        .signature(21, reference)
        .seal();
    let found = found(&build.bytes);
    assert!(found.signatures[0].findings.is_empty());
    assert!(has(
        &found.signatures[1].findings,
        Reason::CertificationViolated
    ));
}
