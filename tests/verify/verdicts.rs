//! Verdicts: each class with its exit code, its reason and its sentence.

use super::made::{Office, text};
use super::{judged, reasons, verify};
use crate::program::run;

#[test]
fn a_signature_with_everything_is_valid_and_says_whose_it_is() {
    let office = Office::new();
    office.list();
    let file = office.sign(&office.paper("nothing to compare"), "an");
    let (root, list) = (
        text(&office.path("root.pem")),
        text(&office.path("list.crl")),
    );
    let (code, record) = judged(&office, &file, &["--trust", &root, "--trust", &list]);
    assert_eq!(code, 0, "{record:#}");
    assert_eq!(record["verdict"], "valid");
    let one = &record["signatures"][0];
    assert_eq!(
        (one["indication"].as_str(), one["intact"].as_bool()),
        (Some("TOTAL-PASSED"), Some(true))
    );
    assert_eq!(one["signer"]["name"], "Nguyễn Văn An");
    assert_eq!(one["claimed_time"], "2026-01-02T03:04:05+07:00");
    assert_eq!(one["changes_after"], "none");
    let said = record["summary"]["vi"].as_str().expect("a sentence");
    assert!(said.starts_with("HỢP LỆ: 1 chữ ký của Nguyễn Văn An (Sở Tư pháp tỉnh Lào Cai), tự khai ký lúc 03:04:05 ngày 02/01/2026"), "{said}");
    assert!(said.contains("chưa đối chiếu được"), "{said}");
}

#[test]
fn what_is_missing_is_named_with_the_command_that_supplies_it() {
    let office = Office::new();
    let file = office.sign(&office.paper("x"), "an");
    let root = text(&office.path("root.pem"));
    let (code, record) = judged(&office, &file, &["--trust", &root]);
    assert_eq!(
        (code, record["signatures"][0]["sub_indication"].as_str()),
        (11, Some("TRY_LATER"))
    );
    assert_eq!(reasons(&record), ["revocation_unknown"]);
    let said = record["summary"]["en"].as_str().expect("a sentence");
    assert!(
        said.contains("intact") && said.contains("saoy trust fetch-crl"),
        "{said}"
    );

    let (code, record) = judged(&office, &file, &[]);
    assert_eq!(code, 11);
    assert_eq!(
        record["signatures"][0]["sub_indication"],
        "NO_CERTIFICATE_CHAIN_FOUND"
    );
    assert!(
        record["summary"]["en"]
            .as_str()
            .expect("a sentence")
            .contains("saoy trust accept")
    );
}

#[test]
fn a_leaf_that_is_given_is_an_anchor() {
    let office = Office::new();
    let file = office.sign(&office.paper("x"), "stranger");
    let stranger = text(&office.path("stranger.pem"));
    let (code, record) = judged(&office, &file, &["--trust", &stranger]);
    assert_eq!(code, 0, "{record:#}");
    assert_eq!(
        judged(
            &office,
            &file,
            &["--trust", &text(&office.path("root.pem"))]
        )
        .0,
        11
    );
}

#[test]
fn a_revoked_certificate_is_not_valid() {
    let office = Office::new();
    office.revoke("an");
    office.list();
    let file = office.sign(&office.paper("x"), "an");
    let (root, list) = (
        text(&office.path("root.pem")),
        text(&office.path("list.crl")),
    );
    let (code, record) = judged(&office, &file, &["--trust", &root, "--trust", &list]);
    // Nothing proves that it signed before it was revoked, and nothing that it did not.
    assert!(code == 10 || code == 11, "{code}");
    assert_eq!(reasons(&record), ["revoked"]);
}

#[test]
fn a_certificate_for_servers_signs_no_documents() {
    let office = Office::new();
    office.list();
    let file = office.sign(&office.paper("x"), "wrong-use");
    let (root, list) = (
        text(&office.path("root.pem")),
        text(&office.path("list.crl")),
    );
    let (code, record) = judged(&office, &file, &["--trust", &root, "--trust", &list]);
    assert_ne!(code, 0);
    assert!(
        reasons(&record).contains(&"key_usage".to_owned()),
        "{record:#}"
    );
}

#[test]
fn an_altered_byte_and_an_appended_revision_are_not_valid() {
    let office = Office::new();
    let file = office.sign(&office.paper("pay 10"), "stranger");
    let trust = text(&office.path("stranger.pem"));
    let mut altered = file.clone();
    let at = super::made::find(&altered.bytes, b"pay 10", 0) + 4;
    altered.bytes[at] = b'9';
    let (code, record) = judged(&office, &altered, &["--trust", &trust]);
    assert_eq!(
        (code, reasons(&record)),
        (10, vec!["digest_mismatch".to_owned()])
    );
    assert_eq!(record["signatures"][0]["sub_indication"], "HASH_FAILURE");

    let (code, record) = judged(&office, &file.rewritten("pay 99"), &["--trust", &trust]);
    assert_eq!(code, 10);
    assert!(
        reasons(&record).contains(&"changed_after_signing".to_owned()),
        "{record:#}"
    );
    assert_eq!(record["reasons"][0]["page"], 1);
    let said = record["summary"]["vi"].as_str().expect("a sentence");
    assert!(
        said.starts_with("KHÔNG HỢP LỆ: tài liệu bị thay đổi sau khi ký (trang 1)"),
        "{said}"
    );

    let mut trailing = file;
    trailing.bytes.extend(b"4 0 obj\n(more)\nendobj\n");
    let (code, _) = judged(&office, &trailing, &["--trust", &trust]);
    assert!(code == 10 || code == 3, "{code}");
}

#[test]
fn a_further_signature_is_told_and_harmless_while_it_holds() {
    let office = Office::new();
    office.list();
    let (root, list) = (
        text(&office.path("root.pem")),
        text(&office.path("list.crl")),
    );
    let trust = ["--trust", root.as_str(), "--trust", list.as_str()];
    let first = office.sign(&office.paper("x"), "an");
    let both = office.sign(&first, "agency");
    let (code, record) = judged(&office, &both, &trust);
    assert_eq!(code, 0, "{record:#}");
    assert_eq!(record["signatures"][0]["changes_after"], "later_signature");
    let said = record["summary"]["en"].as_str().expect("a sentence");
    assert!(
        said.contains("2 signatures: (1) by Nguyễn Văn An") && said.contains("; then (2)"),
        "{said}"
    );

    // Spoil the second signature: then nothing explains what came after the first.
    let mut spoiled = both;
    let gap = spoiled.gap();
    let last = spoiled.bytes[gap.clone()]
        .iter()
        .rposition(|byte| *byte != b'0' && *byte != b'>')
        .expect("digits");
    spoiled.bytes[gap.start + last - 4] ^= 1;
    let (code, record) = judged(&office, &spoiled, &trust);
    assert_eq!(code, 10, "{record:#}");
    assert_ne!(record["signatures"][0]["indication"], "TOTAL-PASSED");
}

#[test]
fn files_without_signatures_and_files_that_are_none() {
    let office = Office::new();
    let (code, record) = judged(&office, &office.paper("x"), &[]);
    assert_eq!((code, record["verdict"].as_str()), (12, Some("unsigned")));
    let garbage = office.put("garbage.pdf", b"%PDF-1.7 and then nothing");
    let (code, printed, _) = run(verify(&office).arg(&garbage));
    assert_eq!(code, 3, "{printed}");
    assert!(printed.contains("DAMAGED"), "{printed}");
    let (code, _, _) = run(verify(&office).arg(office.path("nowhere.pdf")));
    assert_eq!(code, 3);
    let (code, _, said) = run(verify(&office).arg(&garbage).args(["--at", "yesterday"]));
    assert_eq!(code, 2, "{said}");
}
