//! The JSON records, held to their schemas and to the files.

use std::path::Path;

use boon::{Compiler, Schemas};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use unicode_normalization::is_nfc;

use super::{digitized, names, text};
use crate::handmade::{Paper, flate};
use crate::program::{Desk, fixtures, run};

/// Holds a record to `docs/schemas/NAME`.
pub(crate) fn is_valid(record: &Value, schema: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/schemas")
        .join(schema);
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    let index = compiler
        .compile(&path.display().to_string(), &mut schemas)
        .expect("a schema");
    if let Err(error) = schemas.validate(record, index) {
        panic!("{error:#}\n{record:#}");
    }
}

fn sha256(path: &Path) -> (String, u64) {
    let bytes = std::fs::read(path).expect("a file");
    let hash = digest(&SHA256, &bytes)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    (hash, bytes.len() as u64)
}

#[test]
fn records_keep_to_their_schemas() {
    for name in names() {
        is_valid(
            &digitized().json(&format!("{name}.json")),
            "document-1.schema.json",
        );
        assert!(is_nfc(&text(&name, "json")), "{name}");
    }
    is_valid(&digitized().json("batch.json"), "batch-1.schema.json");
}

#[test]
fn records_of_failures_keep_to_the_schema() {
    let desk = Desk::new();
    desk.put("hỏng.pdf", "%PDF-1.7 and then nothing");
    desk.put(
        "g4.tif",
        std::fs::read(fixtures("inputs/g4.tif")).expect("a fixture"),
    );
    let (code, printed, _) = run(&mut desk.digitize(&["--json"]));
    assert_eq!(code, 1);
    let batch = desk.json("batch.json");
    is_valid(&batch, "batch-1.schema.json");
    let printed: Value =
        serde_json::from_str(&printed).expect("one JSON document on standard output");
    assert_eq!(printed, batch);
    let failed = batch["documents"]
        .as_array()
        .expect("documents")
        .iter()
        .find(|one| one["status"] == "failed");
    let error = &failed.expect("a failure")["error"];
    for language in ["vi", "en"] {
        let message = error["message"][language].as_str().expect("a message");
        assert!(is_nfc(message) && message.contains("hỏng.pdf"), "{message}");
    }
}

#[test]
fn hashes_and_sizes_are_those_of_the_files() {
    for name in names() {
        let record = digitized().json(&format!("{name}.json"));
        let source = Path::new(record["source"]["path"].as_str().expect("a path"));
        for (part, path) in [
            ("source", source),
            ("output", &digitized().output(&format!("{name}.pdf"))),
        ] {
            let (hash, bytes) = sha256(path);
            assert_eq!(record[part]["sha256"], hash, "{name} {part}");
            assert_eq!(record[part]["bytes"], bytes, "{name} {part}");
        }
    }
}

#[test]
fn the_batch_counts_what_was_done() {
    let batch = digitized().json("batch.json");
    let pages: usize = names()
        .iter()
        .map(|name| {
            digitized().json(&format!("{name}.json"))["pages"]
                .as_array()
                .expect("pages")
                .len()
        })
        .sum();
    assert_eq!(batch["totals"]["documents"], names().len());
    assert_eq!(batch["totals"]["done"], names().len());
    assert_eq!(batch["totals"]["pages"], pages);
    assert_eq!(batch["interrupted"], false);
}

#[test]
fn a_blank_page_is_flagged_and_kept() {
    let mut paper = Paper::default();
    let white = flate(&vec![250; 1240 * 1754]);
    let entries = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode";
    let image = paper.image((1240, 1754), entries, &white);
    let content = paper.stream("", b"q 595 0 0 842 0 0 cm /Im Do Q");
    let resources = format!("/Resources << /XObject << /Im {image} 0 R >> >>");
    let file = paper.finish(
        &[format!(
            "{resources} /Contents {content} 0 R /MediaBox [0 0 595 842]"
        )],
        "",
    );
    let desk = Desk::new();
    desk.put("blank.pdf", file);
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{complaints}");
    let record = desk.json("blank.json");
    is_valid(&record, "document-1.schema.json");
    let page = &record["pages"][0];
    assert_eq!(
        (&page["blank"], &page["words"], &page["text_from"]),
        (&true.into(), &0.into(), &"none".into()),
        "{page}"
    );
    assert!(
        record["flags"]
            .as_array()
            .expect("flags")
            .iter()
            .any(|flag| flag["code"] == "blank_page" && flag["page"] == 1)
    );
    assert!(desk.output("blank.pdf").is_file());
    assert_eq!(
        std::fs::read_to_string(desk.output("blank.txt"))
            .expect("a text")
            .trim(),
        ""
    );
}

#[test]
fn seals_are_seen_beside_coloured_frames_and_without_colour() {
    for name in [
        "quyet-dinh",
        "giay-khai-sinh",
        "giay-chung-nhan-ket-hon",
        "gcn-quyen-su-dung-dat",
        "bang-tot-nghiep",
        "thong-bao",
        "thong-bao-cu",
        "to-trinh",
        "cong-van-nhieu-dau",
        "cong-van",
        "quyet-dinh-den-trang",
    ] {
        let record = digitized().json(&format!("{name}.json"));
        let flags = record["flags"].as_array().expect("flags");
        let seal = flags.iter().find(|flag| flag["code"] == "seal_present");
        let seal = seal.unwrap_or_else(|| panic!("{name}: {record:#}"));
        assert_eq!(seal["page"], 1, "{name}");
        assert_eq!(seal["box"].as_array().map(Vec::len), Some(4));
    }
    let record = digitized().json("can-cuoc-cong-dan.json");
    let flags = record["flags"].as_array().expect("flags");
    assert!(
        flags.iter().all(|flag| flag["code"] != "seal_present"),
        "{record:#}"
    );
}
