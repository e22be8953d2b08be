//! Incremental saving, signature wrapping and shadow attacks (ISA, SWA: CCS 2019; shadow: NDSS 2021), and rules 1, 2, 6.

use saoy_pdf::Revisions;

use super::{
    build::{Build, page, plain, sign_second, signature_field, signed},
    found, has,
};
use crate::{
    finding::Reason,
    structure::{Changed, examine},
};

/// ISA: objects appended that no cross-reference section leads to.
#[test]
fn bytes_that_nothing_leads_to() {
    let mut build = signed();
    build.raw("4 0 obj\n<</Length 3>>\nstream\n0 g\nendstream\nendobj\n");
    let appended = found(&build.bytes);
    assert!(
        has(&appended.findings, Reason::UnaccountedBytes)
            || has(&appended.findings, Reason::DuplicateObject),
        "{:?}",
        appended.findings
    );
    let mut build = signed();
    build.raw("no PDF at all");
    assert!(has(&found(&build.bytes).findings, Reason::UnaccountedBytes));
    // Behind a whole further revision.
    let mut build = signed();
    sign_second(&mut build);
    build.raw("trailer <</Root 1 0 R>>");
    assert!(has(&found(&build.bytes).findings, Reason::UnaccountedBytes));
}

/// ISA with a copied end: the last `startxref` leads to the old section.
#[test]
fn an_old_end_copied_explains_nothing() {
    let mut build = signed();
    let end = build
        .bytes
        .windows(9)
        .rposition(|window| window == b"startxref")
        .expect("an end");
    let copy = String::from_utf8_lossy(&build.bytes[end..]).into_owned();
    build.raw("4 0 obj\n<</Length 3>>\nstream\n0 g\nendstream\nendobj\n");
    build.raw(&copy);
    let found = found(&build.bytes);
    assert!(!found.findings.is_empty());
    assert!(has(&found.findings, Reason::UnaccountedBytes));
}

/// ISA without any end: rebuilt by tolerant readers, refused here.
#[test]
fn a_table_without_end_is_damaged() {
    let mut build = signed();
    build.stream(4, "", "0 g").end();
    for cut in ["%%EOF\n", "startxref"] {
        let at = build
            .bytes
            .windows(cut.len())
            .rposition(|window| window == cut.as_bytes())
            .expect("there");
        let bytes = build.bytes[..at].to_vec();
        match Revisions::read(bytes) {
            Err(_) => {}
            Ok(revisions) => assert!(!examine(&revisions).findings.is_empty(), "{cut}"),
        }
    }
}

/// A comment between objects passes when it is a maker's name, not when it hides a part of a file.
#[test]
fn comments_after_a_signature() {
    let with = |comment: &str| {
        let mut build = signed();
        build.raw(comment);
        sign_second(&mut build);
        found(&build.bytes)
    };
    assert!(with("% signed with a library 5.5\n").findings.is_empty());
    for comment in ["%4 0 obj <<>> endobj\n", &format!("%{}\n", "x".repeat(500))] {
        assert!(
            has(&with(comment).findings, Reason::UnaccountedBytes),
            "{comment}"
        );
    }
}

/// SWA: the signed second part moved away, other bytes in its place.
#[test]
fn a_wrapped_signature_has_a_gap_of_its_own() {
    let mut build = signed();
    let text = String::from_utf8_lossy(&build.bytes).into_owned();
    let at = text.rfind("/ByteRange [0 ").expect("there") + 14;
    let own = text[at..at + 32].to_owned();
    let numbers: Vec<usize> = own
        .split(' ')
        .map(|number| number.parse().expect("a number"))
        .collect();
    let second = build.bytes[numbers[1]..].to_vec();
    build.raw("4 0 obj\n<</Length 3>>\nstream\n0 g\nendstream\nendobj\n");
    let moved = build.bytes.len();
    build.bytes.extend(second);
    build.replace(
        &own,
        &format!("{:010} {moved:010} {:010}", numbers[0], numbers[2]),
    );
    // It ends with the old table, which leads to the old objects.
    match Revisions::read(build.bytes.clone()) {
        Err(_) => {}
        Ok(revisions) => {
            let found = examine(&revisions);
            assert!(
                found
                    .signatures
                    .iter()
                    .all(|signed| has(&signed.findings, Reason::ByteRangeGap))
            );
        }
    }
}

/// Shadow "hide": a cover over the page is taken away by freeing it.
#[test]
fn a_cover_taken_away() {
    let mut build = plain();
    build
        .object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R]/Annots[6 0 R 7 0 R 8 0 R]\
             /Resources<</Font<</F1 9 0 R>>/XObject<</Cover 40 0 R>>>>>>",
        )
        .stream(40, "/Type/XObject/Subtype/Form/BBox[0 0 600 800]", "1 g 0 0 600 800 re f")
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal();
    let at = build.bytes.len();
    let previous = build.previous.expect("a table");
    build.raw(&format!(
        "xref\n40 1\n0000000000 00001 f \ntrailer\n<</Size 200/Root 1 0 R/Info 11 0 R/Prev {previous}>>\n\
         startxref\n{at}\n%%EOF\n"
    ));
    let found = found(&build.bytes);
    assert_eq!(found.signatures[0].after.gravest, Changed::Other);
    assert_eq!(found.signatures[0].after.changes[0].page, Some(1));
}

/// Shadow "hide and replace": a second object of one number waits in the signed bytes, and a table switches to it.
#[test]
fn an_object_in_wait_is_found_before_and_after() {
    let waiting = |switch: bool| {
        let mut build = plain();
        let at = build.bytes.len();
        build
            .raw("4 0 obj\n<</Length 3>>\nstream\n0 g\nendstream\nendobj\n")
            .object(7, &signature_field("First", "/V 20 0 R"))
            .signature(20, "")
            .seal();
        if switch {
            build.entry(4, at).end();
        }
        found(&build.bytes)
    };
    assert!(has(&waiting(false).findings, Reason::DuplicateObject));
    let switched = waiting(true);
    assert_eq!(switched.signatures[0].after.gravest, Changed::Other);
}

/// Content that no page uses is said, and forbids nothing by itself.
#[test]
fn content_in_wait_is_a_warning() {
    let mut build = plain();
    build
        .stream(40, "/Type/XObject/Subtype/Form/BBox[0 0 600 800]", "0 g")
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/OCProperties<</D<<>>>>/Names<</JavaScript 41 0 R>>>>",
        )
        .object(41, "<</Names[(a)<</S/JavaScript/JS(x)>>]>>")
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal();
    let found = found(&build.bytes);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    let hints = found
        .warnings
        .iter()
        .filter(|warning| warning.reason == Reason::ShadowPreparation);
    assert_eq!(hints.count(), 3);
}

#[test]
fn doubled_keys_are_refused_where_they_decide() {
    let doubled = |body: &str, number: u32| {
        let mut build = plain();
        build
            .object(number, body)
            .object(7, &signature_field("First", "/V 20 0 R"))
            .signature(20, "")
            .seal();
        found(&build.bytes)
    };
    let content = page("/Contents[]", "[4 0 R]", "[6 0 R 7 0 R 8 0 R]");
    assert!(has(&doubled(&content, 3).findings, Reason::DuplicateKey));
    let same = page("/MediaBox[0 0 595 842]", "[4 0 R]", "[6 0 R 7 0 R 8 0 R]");
    assert!(doubled(&same, 3).findings.is_empty());
    let harmless = doubled("<</Producer(one)/Producer(two)/Title(paper)>>", 11);
    assert!(harmless.findings.is_empty());
    assert!(has(&harmless.warnings, Reason::DuplicateKey));
}

#[test]
fn an_entry_that_leads_astray_is_damage() {
    let astray = |number: u32| {
        let mut build = plain();
        let wrong = build.offset(9);
        build
            .object(7, &signature_field("First", "/V 20 0 R"))
            .signature(20, "")
            .entry(number, wrong)
            .seal();
        found(&build.bytes)
    };
    assert!(has(&astray(6).findings, Reason::Damaged));
    // Of a number that nobody refers to it is only untidy.
    assert!(astray(77).findings.is_empty());
    assert!(has(&astray(77).warnings, Reason::Damaged));
}

#[test]
fn one_object_inside_another_is_damage() {
    let mut build = plain();
    let inner = "50 0 obj\n<</Type/Font>>\nendobj\n";
    let at = build.bytes.len() + b"51 0 obj\n<</Length 31>>\nstream\n".len();
    build
        .stream(51, "", inner)
        .entry(50, at)
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal();
    assert!(has(&found(&build.bytes).findings, Reason::Damaged));
}

#[test]
fn a_stream_with_a_wrong_length_is_damage_only_when_it_came_later() {
    let wrong = "<</Length 99>>\nstream\n0 g\nendstream";
    let mut build = plain();
    build
        .object(40, wrong)
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal();
    let before = found(&build.bytes);
    assert!(before.findings.is_empty(), "{:?}", before.findings);
    assert!(has(&before.warnings, Reason::IrregularSyntax));
    let mut build = signed();
    build.object(40, wrong);
    sign_second(&mut build);
    assert!(has(&found(&build.bytes).findings, Reason::Damaged));
}

#[test]
fn encryption_is_named() {
    let mut build = plain();
    build.trailer.push_str("/Encrypt 50 0 R");
    build
        .object(50, "<</Filter/Standard/V 1/R 2>>")
        .object(7, &signature_field("First", "/V 20 0 R"))
        .signature(20, "")
        .seal();
    let found = found(&build.bytes);
    assert!(has(&found.findings, Reason::Encrypted));
    assert_eq!(found.signatures.len(), 1);
}

/// A hybrid whose stream leads elsewhere than its table.
#[test]
fn hybrids_have_to_agree() {
    let hybrid = |other: bool| {
        let mut build = plain();
        let font = build.offset(9);
        let wrong = build.offset(11);
        let at = build.bytes.len();
        let to = if other { wrong } else { font };
        let row: String = format!("01{to:08x}00");
        build.object(
            60,
            &format!(
                "<</Type/XRef/Size 200/W[1 4 1]/Index[9 1]/Root 1 0 R/Filter/ASCIIHexDecode/Length 13>>\n\
                 stream\n{row}>\nendstream"
            ),
        );
        let trailer = build.trailer.clone();
        build.trailer = format!("{trailer}/XRefStm {at}");
        build
            .object(7, &signature_field("First", "/V 20 0 R"))
            .signature(20, "")
            .seal();
        found(&build.bytes)
    };
    assert!(
        hybrid(false).findings.is_empty(),
        "{:?}",
        hybrid(false).findings
    );
    assert!(has(&hybrid(true).findings, Reason::HybridViewsDiffer));
}

/// A signature dictionary within an object stream is refused, and found.
#[test]
fn a_packed_signature() {
    let mut build = Build::new();
    let body = "<</Type/Sig/ByteRange[0 10 20 30]/Contents <3082>>>";
    let data = format!("20 0 {body}");
    build
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]/SigFlags 3>>>>",
        )
        .object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
        .object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[7 0 R]>>",
        )
        .object(7, &signature_field("First", "/V 20 0 R"))
        .stream(30, "/Type/ObjStm/N 1/First 5", &data);
    let rows: String = [1, 2, 3, 7, 30]
        .map(|number| format!("01{:08x}00", build.offset(number)))
        .concat();
    let at = build.bytes.len();
    let rows = format!("{rows}020000001e00 01{at:08x}00>");
    build.raw(&format!(
        "31 0 obj\n<</Type/XRef/Size 32/Root 1 0 R/W[1 4 1]/Index[1 3 7 1 30 1 20 1 31 1]\
         /Filter/ASCIIHexDecode/Length {}>>\nstream\n{rows}\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n",
        rows.len()
    ));
    let found = found(&build.bytes);
    assert_eq!(found.signatures.len(), 1);
    assert!(has(
        &found.signatures[0].findings,
        Reason::SignatureInObjectStream
    ));
}
