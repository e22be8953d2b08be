//! DocMDP, FieldMDP and locks, and attacks on certified documents (Rohlmann et al., S&P 2021).

use super::{
    build::{Build, Edit, page, sign_second, signature_field, signed_with, text_field},
    found, has,
};
use crate::finding::Reason;
use crate::structure::Changed;

fn certified(permission: u8) -> Build {
    signed_with(
        &format!(
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {permission}/V/1.2>>>>]"
        ),
        "",
    )
}

fn breaks(mut build: Build, change: impl FnOnce(&mut Build)) -> (bool, bool) {
    change(&mut build);
    let found = found(&build.bytes);
    let findings = &found.signatures[0].findings;
    (
        has(findings, Reason::CertificationViolated),
        has(findings, Reason::LockViolated),
    )
}

fn fill(build: &mut Build) {
    build.object(6, &text_field("after")).end();
}

/// "Evil annotation".
fn annotate(build: &mut Build) {
    build
        .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
        .object(30, "<</Type/Annot/Subtype/Stamp/Rect[0 0 600 800]>>")
        .end();
}

fn store(build: &mut Build) {
    build
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/DSS<</Certs[]>>>>",
        )
        .end();
}

fn replace(build: &mut Build) {
    build.stream(4, "", "BT (other) Tj ET").end();
}

/// A signature that paints on the page as well.
fn stamp(build: &mut Build) {
    build
        .object(3, &page("", "[4 0 R 31 0 R]", "[6 0 R 7 0 R 8 0 R]"))
        .stream(31, "", "0 0 600 800 re f");
    sign_second(build);
}

/// A mark on the page, signed in the same breath.
fn mark(build: &mut Build) {
    build
        .object(3, &page("", "[4 0 R]", "[6 0 R 7 0 R 8 0 R 30 0 R]"))
        .object(30, "<</Type/Annot/Subtype/Stamp/Rect[0 0 600 800]>>");
    sign_second(build);
}

#[test]
fn what_a_certification_allows() {
    let cases: [(&str, Edit, [bool; 3]); 7] = [
        ("a signed mark", mark, [true, true, false]),
        ("long-term data", store, [false, false, false]),
        ("a signature", sign_second, [true, false, false]),
        ("form fill", fill, [true, false, false]),
        ("annotation", annotate, [true, true, false]),
        ("content", replace, [true, true, true]),
        ("a stamp", stamp, [true, true, true]),
    ];
    for (what, change, broken) in cases {
        for (permission, broken) in (1..).zip(broken) {
            let found = breaks(certified(permission), change);
            assert_eq!(found, (broken, false), "{what} under P={permission}");
        }
    }
}

#[test]
fn the_permission_is_told() {
    let found = found(&certified(3).bytes);
    assert_eq!(found.signatures[0].certification, Some(3));
}

#[test]
fn locks_hold_the_fields_they_name() {
    let lock = |scope: &str| {
        signed_with(
            &format!(
                "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</V/1.2{scope}>>>>]"
            ),
            "",
        )
    };
    assert!(breaks(lock("/Action/All"), fill).1);
    assert!(breaks(lock("/Action/Include/Fields[(Amount)]"), fill).1);
    assert!(!breaks(lock("/Action/Include/Fields[(Other)]"), fill).1);
    assert!(!breaks(lock("/Action/Exclude/Fields[(Amount)]"), fill).1);
    assert!(breaks(lock("/Action/Exclude/Fields[(Other)]"), fill).1);
    assert!(breaks(lock("/Action/Include/Fields[(Second)]"), sign_second).1);
    assert!(!breaks(lock("/Action/Include/Fields[(Amount)]"), sign_second).1);
}

/// What a method looks at is no part of the signature: the catalog, through which every later signature goes.
#[test]
fn what_a_reference_looks_at_is_judged_for_itself() {
    let build = |data: &str| {
        signed_with(
            &format!(
                "/Reference[<</Type/SigRef/TransformMethod/FieldMDP{data}/TransformParams<</V/1.2/Action/Include/Fields[]>>>>]"
            ),
            "",
        )
    };
    let gravest = |mut build: Build, change: fn(&mut Build)| {
        change(&mut build);
        found(&build.bytes).signatures[0].after.gravest
    };
    for data in ["", "/Data 1 0 R"] {
        assert_eq!(
            gravest(build(data), sign_second),
            Changed::LaterSignature,
            "{data}"
        );
        assert_eq!(gravest(build(data), fill), Changed::FormFill, "{data}");
        assert_eq!(gravest(build(data), replace), Changed::Other, "{data}");
    }
    // Another method, or another object to look at, is another signature.
    let mut other = build("/Data 1 0 R");
    other
        .object(
            7,
            &signature_field("First", "/V 22 0 R"),
        )
        .signature(22, "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data 2 0 R/TransformParams<</V/1.2/Action/Include/Fields[]>>>>]");
    let after = gravest(other, sign_second);
    assert_eq!(after, Changed::Other);
}

#[test]
fn a_lock_of_the_field_may_close_the_document() {
    let build = || signed_with("", "/Lock<</Type/SigFieldLock/Action/All/P 1>>");
    assert_eq!(breaks(build(), sign_second), (true, true));
    assert_eq!(breaks(build(), store), (false, false));
}

/// Making a form read-only is part of signing with a lock, and of nothing else.
#[test]
fn fields_are_sealed_by_signers_only() {
    let mut build = signed_with("", "");
    build.object(6, &text_field("before").replace("/FT/Tx", "/FT/Tx/Ff 1"));
    let alone = {
        let mut build = build.clone();
        build.end();
        found(&build.bytes).signatures[0].after.gravest
    };
    assert_eq!(alone, Changed::Other);
    sign_second(&mut build);
    let with_signature = found(&build.bytes).signatures[0].after.gravest;
    assert_eq!(with_signature, Changed::LaterSignature);
}
