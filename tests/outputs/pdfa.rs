//! PDF/A and structure: veraPDF and qpdf accept every file.

use std::path::PathBuf;
use std::process::Command;

use super::{digitized, judge, names, outputs};
use crate::program::{Desk, asked, fixtures, run};

/// veraPDF passes every file, each with this claim.
fn passes(files: &[PathBuf], claim: &str) {
    let (code, verdicts, complaints) = run(Command::new(judge("verapdf")).args(files));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(verdicts.lines().count(), files.len(), "{verdicts}");
    for verdict in verdicts.lines() {
        let mut columns = verdict.split('\t');
        let (word, flavour) = (
            columns.next().unwrap_or_default(),
            columns.next().unwrap_or_default(),
        );
        assert_eq!(word, "PASS", "{verdict}");
        assert!(
            flavour.to_lowercase().ends_with(claim),
            "{verdict} is not {claim}"
        );
    }
}

#[test]
fn verapdf_passes_every_sample() {
    passes(&outputs("pdf"), "2b");
    for name in names() {
        assert_eq!(
            digitized().json(&format!("{name}.json"))["output"]["pdfa"],
            "2b",
            "{name}"
        );
    }
}

#[test]
fn verapdf_passes_every_part_that_can_be_asked_for() {
    for part in ["1b", "2u", "3b"] {
        let desk = Desk::new();
        // Bilevel, grey and colour on pages of one file; JPEG; CMYK; JPEG 2000, which part 1 cannot hold.
        for name in [
            "pages.tif",
            "colour.jpg",
            "cmyk.jpg",
            "grey.jp2",
            "alpha.png",
        ] {
            let ending = name.rsplit('.').next().expect("an ending");
            desk.put(
                &format!("{ending}.{ending}"),
                std::fs::read(fixtures(&format!("inputs/{name}"))).expect("a fixture"),
            );
        }
        let (code, _, complaints) = run(&mut desk.digitize(&["--pdfa", part]));
        assert_eq!(code, 0, "{part}: {complaints}");
        let made = desk.made();
        let files: Vec<PathBuf> = made
            .iter()
            .filter(|name| name.ends_with(".pdf"))
            .map(|name| desk.output(name))
            .collect();
        assert_eq!(files.len(), 4, "{made:?}");
        passes(&files, part);
        assert_eq!(desk.json("jpg.json")["output"]["pdfa"], part);
    }
}

#[test]
fn qpdf_has_nothing_to_complain_of() {
    for file in outputs("pdf") {
        let verdict = asked("qpdf", &["--check".as_ref(), file.as_os_str()]);
        assert!(
            verdict.contains("No syntax or stream encoding errors found"),
            "{verdict}"
        );
    }
}

#[test]
fn info_and_xmp_agree() {
    for file in outputs("pdf") {
        let info = asked("pdfinfo", &["-isodates".as_ref(), file.as_os_str()]);
        let packet = asked("pdfinfo", &["-meta".as_ref(), file.as_os_str()]);
        for key in ["Title", "Creator", "Producer", "CreationDate", "ModDate"] {
            let Some(line) = info
                .lines()
                .find(|line| line.starts_with(&format!("{key}:")))
            else {
                assert_eq!(key, "Creator", "{info}");
                continue;
            };
            let value = line.split_once(':').expect("a colon").1.trim();
            // Poppler writes the offset of UTC itself as Z.
            let value = value
                .strip_suffix('Z')
                .map_or(value.to_owned(), |time| format!("{time}+00:00"));
            // Poppler writes a zone of whole hours with two digits.
            assert!(packet.contains(&value), "{key} {value} is not in {packet}");
        }
    }
}

#[test]
fn the_text_costs_less_than_15_kb_a_page() {
    // Most samples have a single page, which bears the fonts, the profile and the metadata alone.
    let (mut bytes, mut pages) = (0, 0);
    for name in names() {
        let record = digitized().json(&format!("{name}.json"));
        let found = record["pages"].as_array().expect("pages").clone();
        let path = record["source"]["path"]
            .as_str()
            .expect("a path")
            .to_owned();
        // Where the coded image is the file but for its header, the rest of the output is what we added.
        let comparable =
            found.iter().all(|page| page["image"] == "untouched") && !path.ends_with(".pdf");
        if comparable {
            let size = |of: &str| record[of]["bytes"].as_u64().expect("a size");
            let added = size("output").saturating_sub(size("source"));
            println!("{name}: {added} bytes over {} pages", found.len());
            bytes += added;
            pages += found.len() as u64;
        }
    }
    assert!(pages >= 10, "{pages}");
    let average = bytes / pages;
    assert!(average < 15_000, "{average} bytes a page");
}
