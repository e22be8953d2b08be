//! Scanners, before SANE's own test driver and a network scanner of a few lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::paper::seed;
use crate::program::{Desk, run, saoy};
use crate::stops::nothing_is_torn;

mod escl;

/// A folder of settings with which SANE knows its test driver and nothing else.
fn test_driver() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dll.conf"), "test\n").unwrap();
    fs::write(folder.path().join("test.conf"), "number_of_devices 1\n").unwrap();
    folder
}

fn scan(desk: &Desk, sane: &Path, arguments: &[&str]) -> Command {
    let mut command = saoy();
    command
        .args(["scan", "-o"])
        .arg(desk.output(""))
        .args(["--progress", "json", "--jobs", "2"])
        .args(arguments)
        .env("SANE_CONFIG_DIR", sane);
    command
}

fn events(text: &str) -> Vec<Value> {
    assert!(!text.contains("panicked"), "{text}");
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn pages(desk: &Desk, batch: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(desk.output(&format!("scans/{batch}")))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// `scanimage` that scans two pages and jams on the third; all three by the real program.
fn jamming(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("jamming");
    let script = "#!/bin/sh\ncase \"$*\" in *--batch-start=1\\ *) ;; *) exec scanimage \"$@\";; esac\n\
                  scanimage \"$@\" --batch-count=2\n\
                  exec scanimage \"$@\" --batch-start=3 --read-return-value=SANE_STATUS_JAMMED\n";
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

#[test]
fn scanners_are_listed_with_what_they_can_do() {
    let sane = test_driver();
    let mut list = saoy();
    list.args(["scan", "--list", "--json"])
        .env("SANE_CONFIG_DIR", sane.path());
    let (code, text, complaint) = run(&mut list);
    assert_eq!(code, 0, "{complaint}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["scanners"][0]["device"], "test:0", "{text}");
    let mut options = saoy();
    options
        .args(["scan", "--list", "--device", "test:0"])
        .env("SANE_CONFIG_DIR", sane.path());
    let (code, text, _) = run(&mut options);
    assert!(code == 0 && text.contains("--mode Gray|Color"), "{text}");

    let none = tempfile::tempdir().unwrap();
    fs::write(none.path().join("dll.conf"), "airscan\n").unwrap();
    fs::write(
        none.path().join("airscan.conf"),
        "[options]\ndiscovery = disable\n",
    )
    .unwrap();
    let mut list = saoy();
    list.args(["scan", "--list"])
        .env("SANE_CONFIG_DIR", none.path());
    let (code, _, complaint) = run(&mut list);
    assert!(
        code == 4 && complaint.contains("sane-airscan"),
        "{complaint}"
    );
    let mut missing = saoy();
    missing.args(["scan", "--list", "--scanimage", "/nowhere/scanimage"]);
    let (code, _, complaint) = run(&mut missing);
    assert!(
        code == 4 && complaint.contains("apt-get install sane-utils"),
        "{complaint}"
    );
}

#[test]
fn a_feeder_is_scanned_until_it_is_empty_and_becomes_one_document() {
    let desk = Desk::new();
    let sane = test_driver();
    // The test driver's feeder holds ten sheets.
    let profile = desk.input("station.toml");
    let said =
        "[scan]\nsource = 'adf'\nmode = 'gray'\nresolution = 100\noption = ['test-picture=Grid']\n";
    fs::write(&profile, said).unwrap();
    let profile = profile.to_str().unwrap();
    let asked = [
        "--name",
        "hộp 17",
        "--profile",
        profile,
        "--resolution",
        "75",
    ];
    let (code, _, text) = run(&mut scan(&desk, sane.path(), &asked));
    assert_eq!(code, 0, "{text}");
    let events = events(&text);
    let scanned: Vec<&Value> = events
        .iter()
        .filter(|event| event["event"] == "scanned")
        .collect();
    assert_eq!(scanned.len(), 10);
    for (number, event) in (1..).zip(&scanned) {
        assert_eq!(event["page"], number);
        let path = Path::new(event["path"].as_str().unwrap());
        assert!(
            path.is_file() && path.ends_with(format!("{number:04}.tif")),
            "{event}"
        );
    }
    let record = desk.json("hộp 17.json");
    assert_eq!(record["pages"].as_array().unwrap().len(), 10);
    assert_eq!(
        record["pages"][0]["dpi"].as_f64().unwrap().round() as u32,
        75
    );
    assert!(
        record["source"]["path"]
            .as_str()
            .unwrap()
            .ends_with("out/scans/hộp 17")
    );
    nothing_is_torn(&desk);
    // What was scanned can be put right later: the record names the folder where the pages stay.
    let mut correct = saoy();
    correct
        .arg("correct")
        .arg(desk.output("hộp 17.json"))
        .args(["page", "drop", "2"]);
    let (code, _, complaint) = run(&mut correct);
    assert_eq!(code, 0, "{complaint}");
    assert_eq!(
        desk.json("hộp 17.json")["pages"].as_array().unwrap().len(),
        9
    );
}

#[test]
fn a_blank_page_is_kept_and_flagged() {
    let desk = Desk::new();
    let sane = test_driver();
    let asked = [
        "--name",
        "a",
        "--pages",
        "1",
        "--mode",
        "gray",
        "--resolution",
        "100",
        "--format",
        "png",
        "--option",
        "test-picture=Solid white",
    ];
    let (code, _, text) = run(&mut scan(&desk, sane.path(), &asked));
    assert_eq!(code, 0, "{text}");
    assert_eq!(pages(&desk, "a"), ["0001.png"]);
    let record = desk.json("a.json");
    assert_eq!(record["pages"][0]["blank"], true, "{record:#}");
    // Another of that name is another batch.
    let (code, _, text) = run(&mut scan(
        &desk,
        sane.path(),
        &["--only-scan", "--name", "a", "--mode", "gray"],
    ));
    assert_eq!(code, 0, "{text}");
    assert_eq!(pages(&desk, "a-2"), ["0001.tif"]);
    assert!(!desk.output("a-2.pdf").exists());
}

#[test]
fn after_a_jam_the_pages_are_kept_and_the_batch_goes_on() {
    let desk = Desk::new();
    let sane = test_driver();
    let folder = tempfile::tempdir().unwrap();
    let program = jamming(folder.path());
    let program = program.to_str().unwrap();
    let asked = [
        "--name",
        "a",
        "--mode",
        "gray",
        "--pages",
        "4",
        "--scanimage",
        program,
    ];
    let (code, _, text) = run(&mut scan(&desk, sane.path(), &asked));
    assert_eq!(code, 4, "{text}");
    let told = events(&text);
    let failed = told
        .iter()
        .find(|event| event["event"] == "scan_failed")
        .unwrap();
    assert_eq!(
        (&failed["code"], &failed["pages"]),
        (&"jammed".into(), &2.into())
    );
    for (language, words) in [
        ("vi", ["kẹt", "--continue a"]),
        ("en", ["jammed sheet", "--continue a"]),
    ] {
        let hint = failed["hint"][language].as_str().unwrap();
        assert!(words.iter().all(|word| hint.contains(word)), "{hint}");
    }
    assert_eq!(pages(&desk, "a"), ["0001.tif", "0002.tif"]);
    assert!(!desk.output("a.pdf").exists());
    let before = fs::metadata(desk.output("scans/a/0002.tif"))
        .unwrap()
        .modified()
        .unwrap();

    let go_on = [
        "--continue",
        "a",
        "--mode",
        "gray",
        "--pages",
        "2",
        "--scanimage",
        program,
    ];
    let (code, _, text) = run(&mut scan(&desk, sane.path(), &go_on));
    assert_eq!(code, 0, "{text}");
    assert_eq!(
        pages(&desk, "a"),
        ["0001.tif", "0002.tif", "0003.tif", "0004.tif"]
    );
    let after = fs::metadata(desk.output("scans/a/0002.tif"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
    assert_eq!(desk.json("a.json")["pages"].as_array().unwrap().len(), 4);
}

#[test]
fn what_a_scanner_says_is_told_with_what_to_do() {
    let desk = Desk::new();
    let sane = test_driver();
    for (status, code, vi) in [
        ("JAMMED", "jammed", "kẹt giấy"),
        ("NO_DOCS", "no_documents", "khay nạp không có giấy"),
        ("COVER_OPEN", "cover_open", "nắp máy quét đang mở"),
        ("IO_ERROR", "io_error", "mất liên lạc"),
        ("DEVICE_BUSY", "device_busy", "đang bận"),
        ("ACCESS_DENIED", "access_denied", "nhóm scanner"),
    ] {
        let option = format!("read-return-value=SANE_STATUS_{status}");
        let asked = [
            "--name",
            "a",
            "--mode",
            "gray",
            "--pages",
            "2",
            "--option",
            option.as_str(),
        ];
        let (exit, _, text) = run(&mut scan(&desk, sane.path(), &asked));
        assert_eq!(exit, 4, "{status}: {text}");
        let told = events(&text);
        let failed = told
            .iter()
            .find(|event| event["event"] == "scan_failed")
            .unwrap();
        assert_eq!(failed["code"], code, "{text}");
        let said = format!("{} {}", failed["message"]["vi"], failed["hint"]["vi"]);
        assert!(said.contains(vi), "{said}");
        // A batch without a page is none.
        assert!(!desk.output("scans/a").exists());
    }
}

#[test]
fn wishes_that_cannot_be_are_refused_before_any_paper_moves() {
    let desk = Desk::new();
    let sane = test_driver();
    for (asked, words) in [
        (&["--mode", "lineart"][..], "it has: Gray, Color"),
        (
            &["--source", "duplex"],
            "it has: Flatbed, Automatic Document Feeder",
        ),
        (
            &["--name", "../a", "--mode", "gray"],
            "cannot be the name of a batch",
        ),
        (
            &["--continue", "nothing", "--mode", "gray"],
            "there is no batch",
        ),
    ] {
        let (code, _, text) = run(&mut scan(&desk, sane.path(), asked));
        assert!(code == 2 && text.contains(words), "{asked:?}: {text}");
    }
    let (code, _, text) = run(&mut scan(&desk, sane.path(), &["--device", "test:7"]));
    assert!(
        code == 4 && text.contains("there is no such scanner"),
        "{text}"
    );
    assert!(
        !desk.output("scans").exists() || fs::read_dir(desk.output("scans")).unwrap().count() == 0
    );
}

/// SANE with one network scanner.
fn network(scanner: &escl::Scanner) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dll.conf"), "airscan\n").unwrap();
    let settings = format!(
        "[devices]\n\"Máy tầng 2\" = {}, eSCL\n[options]\ndiscovery = disable\n",
        scanner.address
    );
    fs::write(folder.path().join("airscan.conf"), settings).unwrap();
    folder
}

#[test]
fn a_network_scanner_is_found_and_scans_both_sides() {
    let desk = Desk::new();
    let scanner = escl::Scanner::start(2, 0, seed("baseline.jpg"));
    let sane = network(&scanner);
    let (code, _, text) = run(&mut scan(
        &desk,
        sane.path(),
        &["--name", "a", "--source", "duplex"],
    ));
    assert_eq!(code, 0, "{text}");
    assert!(scanner.was_duplex());
    assert_eq!(pages(&desk, "a").len(), 4);
    assert_eq!(desk.json("a.json")["pages"].as_array().unwrap().len(), 4);
}

#[test]
fn a_jam_in_a_network_scanner_costs_no_page() {
    let desk = Desk::new();
    let scanner = escl::Scanner::start(3, 2, seed("baseline.jpg"));
    let sane = network(&scanner);
    let (code, _, text) = run(&mut scan(
        &desk,
        sane.path(),
        &["--name", "a", "--source", "adf"],
    ));
    assert_eq!(code, 4, "{text}");
    let failed = events(&text)
        .into_iter()
        .find(|event| event["event"] == "scan_failed")
        .unwrap();
    assert_eq!(
        (&failed["code"], &failed["pages"]),
        (&"jammed".into(), &2.into()),
        "{failed}"
    );
    assert_eq!(pages(&desk, "a").len(), 2);
    let (code, _, text) = run(&mut scan(
        &desk,
        sane.path(),
        &["--continue", "a", "--source", "adf"],
    ));
    assert_eq!(code, 0, "{text}");
    assert_eq!(pages(&desk, "a").len(), 5);
}
