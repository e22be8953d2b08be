//! Reports: languages, terminal, HTML, XML, CSV, folders of many files.

use std::path::Path;
use std::process::Command;

use super::made::{Form, Office, has, text};
use super::reasons::with_token;
use super::verify;
use crate::program::run;

#[test]
fn the_terminal_speaks_both_languages_and_shows_the_circulars_fields() {
    let office = Office::new();
    let file = office.put("a.pdf", &office.sign(&office.paper("x"), "stranger").bytes);
    let trust = text(&office.path("stranger.pem"));
    for (ui, words) in [
        (
            "vi",
            [
                "HỢP LỆ",
                "Tổ chức cấp chứng thư",
                "Chủ thể ký: Trần Thị Lạ",
                "Đơn vị quản lý chứng thư: Công ty Lạ",
                "Thời điểm ký",
                "Dấu thời gian: không có",
                "Toàn vẹn: có",
                "Thời hạn chứng thư",
            ],
        ),
        (
            "en",
            [
                "VALID",
                "Issued by",
                "Signer: Trần Thị Lạ",
                "Organisation: Công ty Lạ",
                "Time of signing",
                "Timestamp: none",
                "Intact: yes",
                "Certificate's term",
            ],
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_saoy"));
        command
            .env_remove("SAOY_DATA")
            .arg("--data")
            .arg(office.path("data"));
        command
            .args(["--ui", ui, "verify", "--trust", &trust])
            .arg(&file);
        let (code, printed, said) = run(&mut command);
        assert_eq!(code, 0, "{printed}{said}");
        for word in words {
            assert!(printed.contains(word), "{word} in {printed}");
        }
        assert!(!printed.contains('\u{1b}'), "no colours into a pipe");
    }
}

#[test]
fn a_folder_is_summed_up_and_its_gravest_file_decides() {
    let office = Office::new();
    let good = office.sign(&office.paper("x"), "stranger");
    office.put("in/1.pdf", &good.bytes);
    office.put("in/2.pdf", &office.paper("x").bytes);
    office.put("in/deep/3.pdf", &good.rewritten("y").bytes);
    office.put("in/deep/4.pdf", b"%PDF-1.7");
    office.put("in/=cmd.pdf", &good.bytes);
    let table = office.path("day.csv");
    let trust = text(&office.path("stranger.pem"));
    let (code, printed, _) = run(verify(&office)
        .arg(office.path("in"))
        .args(["--trust", &trust, "--jobs", "2", "--report"])
        .arg(&table));
    assert_eq!(code, 10);
    assert!(printed.contains("5 files: 2 VALID, 1 NOT VALID, 1 DAMAGED, CANNOT BE VERIFIED, 0 CANNOT BE CONCLUDED, 1 NOT SIGNED"), "{printed}");
    let rows = std::fs::read_to_string(table).expect("a table");
    assert_eq!(rows.lines().count(), 6);
    assert!(rows.starts_with("\u{feff}\"path\",\"verdict\""));
    let order: Vec<&str> = rows
        .lines()
        .skip(1)
        .map(|row| row.split("\",\"").nth(1).expect("a verdict"))
        .collect();
    // In the order of names: 1, 2, =cmd, deep/3, deep/4.
    assert_eq!(order, ["valid", "unsigned", "valid", "invalid", "damaged"]);
    assert!(rows.contains("=cmd.pdf"));
    for (name, code) in [
        ("in/1.pdf", 0),
        ("in/2.pdf", 12),
        ("in/deep/3.pdf", 10),
        ("in/deep/4.pdf", 3),
    ] {
        let (got, _, _) = run(verify(&office)
            .arg(office.path(name))
            .args(["--trust", &trust]));
        assert_eq!(got, code, "{name}");
    }
}

#[test]
fn the_html_report_stands_alone_and_shows_changed_pages() {
    let office = Office::new();
    let changed = office
        .sign(&office.paper("pay 10"), "stranger")
        .rewritten("pay 99");
    let file = office.put("<b>.pdf", &changed.bytes);
    let report = office.path("report.html");
    let trust = text(&office.path("stranger.pem"));
    let (code, _, said) = run(verify(&office)
        .arg(&file)
        .args(["--trust", &trust, "--report"])
        .arg(&report));
    assert_eq!(code, 10, "{said}");
    let html = std::fs::read_to_string(&report).expect("a report");
    for part in [
        "KHÔNG HỢP LỆ",
        "NOT VALID",
        "changed_after_signing",
        "As signed",
        "Danh mục kiểm tra",
        "saoy-default-1",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("data:image/jpeg;base64,").count(), 3);
    for outside in ["<script", "http://", "https://", "<link", "<b>"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn the_xml_report_is_well_formed_and_tells_the_same() {
    let office = Office::new();
    let file = office.put("a&b.pdf", &office.sign(&office.paper("x"), "an").bytes);
    let report = office.path("report.xml");
    let trust = text(&office.path("root.pem"));
    let (code, _, said) = run(verify(&office)
        .arg(&file)
        .args(["--trust", &trust, "--report"])
        .arg(&report));
    assert_eq!(code, 11, "{said}");
    let xml = std::fs::read_to_string(&report).expect("a report");
    for part in [
        "http://uri.etsi.org/19102/v1.2.1#",
        "<MainIndication>urn:etsi:019102:mainindication:indeterminate</MainIndication>",
        "<SubIndication>urn:etsi:019102:subindication:TRY_LATER</SubIndication>",
        "<Signer>Nguyễn Văn An</Signer>",
        "a&amp;b.pdf",
    ] {
        assert!(xml.contains(part), "{part}");
    }
    holds_to_its_schema(&report);
}

/// Reports of everything that a report can tell: by the schema of the standard, as a judge from outside knows it.
#[test]
fn xml_reports_hold_to_the_standards_schema() {
    let office = Office::new();
    office.issue("stamp", "/C=VN/CN=Máy chủ dấu thời gian", "stamp");
    office.list();
    let first = office.sign(&office.paper("x"), "an");
    let stamped = office.sign_as(&office.paper("x"), &Form::default(), |data| {
        let cms = office.cms(data, "an", &["-md", "sha256", "-cades"]);
        let value = saoy_signing::cms::SignedData::read(&cms)
            .expect("a CMS")
            .signer
            .signature;
        with_token(&cms, &office.token(&value, "stamp"))
    });
    office.put("in/two.pdf", &office.sign(&first, "agency").bytes);
    office.put("in/changed.pdf", &first.rewritten("y").bytes);
    office.put("in/stamped.pdf", &stamped.bytes);
    office.put("in/unsigned.pdf", &office.paper("x").bytes);
    office.put("in/damaged.pdf", b"%PDF-1.7");
    let (root, list) = (
        text(&office.path("root.pem")),
        text(&office.path("list.crl")),
    );
    let report = office.path("report.xml");
    for trust in [vec!["--trust", &root, "--trust", &list], vec![]] {
        let (_, _, said) = run(verify(&office)
            .arg(office.path("in"))
            .args(trust)
            .args(["--no-ocr", "--report"])
            .arg(&report));
        assert!(report.is_file(), "{said}");
        holds_to_its_schema(&report);
    }
    // A judge that lets everything pass is none.
    let good = std::fs::read_to_string(&report).expect("a report");
    for (from, to) in [
        ("<MainIndication>", "<Unheard/><MainIndication>"),
        (
            "<MainIndication>",
            "<SubIndication>urn:x</SubIndication><MainIndication>",
        ),
        ("<POETime>", "<POETime>soon"),
    ] {
        let wrong = office.put("wrong.xml", good.replace(from, to).as_bytes());
        assert_eq!(judge(&wrong).0, 1, "{to}");
    }
}

fn judge(report: &Path) -> (i32, String, String) {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/etsi");
    run(Command::new(judge).arg(report))
}

fn holds_to_its_schema(report: &Path) {
    assert!(has("xmllint"), "xmllint is missing: make test-deps");
    let (code, _, said) = run(Command::new("xmllint")
        .args(["--noout", "--nonet"])
        .arg(report));
    assert_eq!(code, 0, "{said}");
    let (code, wrong, said) = judge(report);
    assert_eq!(code, 0, "{wrong}{said}");
}

#[test]
fn a_report_of_no_known_kind_is_wrong_usage() {
    let office = Office::new();
    let file = office.put("a.pdf", b"");
    let (code, _, said) = run(verify(&office).arg(&file).args(["--report", "x.docx"]));
    assert_eq!(code, 2);
    assert!(said.contains(".html"), "{said}");
}
