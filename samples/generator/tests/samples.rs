//! The committed samples are what the generator makes, and their truth is sound.

use std::{io::Write, path::Path};

use saoy_samples::{catalogue, face::Family};
use unicode_normalization::is_nfc;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Needs the very font the samples were made with; where it is missing or of another version, this says so and ends.
#[test]
fn samples_are_regenerated_byte_for_byte() {
    let family = match Family::open("liberation") {
        Ok(family) if family.sha256 == catalogue::MADE_WITH => family,
        _ => {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: Liberation 2.1.5 is not installed"
            );
            return;
        }
    };
    assert_eq!(
        catalogue::differing(&family, folder()).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn every_sample_has_a_scan_a_text_and_fields_that_agree() {
    for sample in catalogue::samples() {
        let stem = folder().join(sample.name);
        let text = std::fs::read_to_string(stem.with_extension("txt")).unwrap();
        assert!(is_nfc(&text), "{}: text is not NFC", sample.name);
        assert!(
            text.lines()
                .all(|line| !line.is_empty() && line == line.trim()),
            "{}: ragged lines",
            sample.name
        );
        let fields = std::fs::read_to_string(stem.with_extension("fields.json")).unwrap();
        let fields: serde_json::Value = serde_json::from_str(&fields).unwrap();
        for name in ["number_symbol", "signer_name"] {
            let value = fields
                .get(name)
                .and_then(|value| value.as_str())
                .unwrap_or_default();
            assert!(
                text.contains(value),
                "{}: {name} `{value}` is not in the text",
                sample.name
            );
        }
        let scans = ["jpg", "png", "tif", "pdf"]
            .iter()
            .filter(|ending| stem.with_extension(ending).exists())
            .count();
        assert_eq!(scans, 1, "{}: scans", sample.name);
    }
}
