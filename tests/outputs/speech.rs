//! What the program says to people: doctor, help, messages, in two languages.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use unicode_normalization::is_nfc;

use crate::program::{Desk, run, saoy};

fn speaking(language: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saoy"));
    command.env_remove("SAOY_DATA").args(["--ui", language]);
    command
}

/// Letters that only Vietnamese has.
fn is_vietnamese(text: &str) -> bool {
    is_nfc(text)
        && text
            .chars()
            .any(|c| "đĐơƯưảạấầẩậắặếềểễệịọốồổộớờởợụứừửữựỳỹ".contains(c))
}

#[test]
fn doctor_finds_this_machine_in_health() {
    let (code, printed, complaints) = run(saoy().args(["doctor", "--json"]));
    let report: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(
        (code, &report["ok"]),
        (0, &true.into()),
        "{printed}{complaints}"
    );
    assert!(
        report["checks"]
            .as_array()
            .is_some_and(|checks| checks.len() >= 3),
        "{printed}"
    );
}

#[test]
fn doctor_names_what_is_missing_and_the_command_that_mends_it() {
    let (code, printed, _) =
        run(saoy().args(["doctor", "--json", "--reader", "/nowhere/saoy-reader"]));
    let report: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((code, &report["ok"]), (4, &false.into()), "{printed}");
    let checks = report["checks"].as_array().expect("checks");
    let missing: Vec<&Value> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(missing.len(), 1, "{printed}");
    assert!(
        missing[0]["found"]
            .as_str()
            .is_some_and(|found| found.contains("/nowhere/saoy-reader")),
        "{printed}"
    );
    assert!(
        missing[0]["mend"]
            .as_str()
            .is_some_and(|mend| mend.starts_with("cargo build")),
        "{printed}"
    );
    let (code, printed, _) = run(saoy().args(["doctor", "--reader", "/nowhere/saoy-reader"]));
    assert_eq!(code, 4);
    assert!(
        printed.contains("MISSING") && printed.contains("run: cargo build"),
        "{printed}"
    );
}

#[test]
fn without_a_reader_no_batch_begins() {
    let desk = Desk::new();
    desk.put("a.tif", b"never looked at");
    let (code, _, complaints) = run(&mut desk.digitize(&["--reader", "/nowhere/saoy-reader"]));
    assert_eq!(code, 4, "{complaints}");
    assert!(
        complaints.contains("/nowhere/saoy-reader") && complaints.contains("saoy doctor"),
        "{complaints}"
    );
    assert!(desk.made().is_empty());
}

#[test]
fn messages_are_vietnamese_when_asked() {
    let desk = Desk::new();
    desk.put("hỏng.pdf", "%PDF-1.7 and then nothing");
    let mut command = speaking("vi");
    command
        .arg("digitize")
        .arg(desk.input(""))
        .arg("-o")
        .arg(desk.output(""));
    let (code, _, complaints) = run(&mut command);
    assert_eq!(code, 3, "{complaints}");
    assert!(
        is_vietnamese(&complaints.replace("hỏng.pdf", "")),
        "{complaints}"
    );
    let (code, printed, _) =
        run(speaking("vi").args(["doctor", "--reader", "/nowhere/saoy-reader"]));
    assert_eq!(code, 4);
    assert!(
        is_vietnamese(&printed) && printed.contains("THIẾU"),
        "{printed}"
    );
}

/// Each option of a help text with what is said of it.
fn options(help: &str) -> Vec<(String, String)> {
    let mut options: Vec<(String, String)> = Vec::new();
    for line in help.lines() {
        let trimmed = line.trim_start();
        if line.starts_with("  ") && trimmed.starts_with('-') {
            let name = trimmed
                .split([' ', ','])
                .find(|word| word.starts_with("--"))
                .or_else(|| {
                    trimmed
                        .split([' ', ','])
                        .filter(|word| !word.is_empty())
                        .nth(1)
                });
            options.push((name.unwrap_or(trimmed).to_owned(), trimmed.to_owned()));
        } else if let (Some((_, said)), true) = (options.last_mut(), line.starts_with("  ")) {
            said.push(' ');
            said.push_str(trimmed);
        }
    }
    options
}

#[test]
fn help_is_complete_in_both_languages() {
    for subcommand in [&[][..], &["digitize"], &["doctor"]] {
        let help = |language: &str| {
            let (code, printed, complaints) =
                run(speaking(language).args(subcommand).arg("--help"));
            assert_eq!(code, 0, "{complaints}");
            printed
        };
        let (vi, en) = (help("vi"), help("en"));
        assert!(is_vietnamese(&vi) && !is_vietnamese(&en));
        let (vi_options, en_options) = (options(&vi), options(&en));
        let names = |options: &[(String, String)]| {
            options
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(names(&vi_options), names(&en_options));
        assert!(en_options.len() >= 3, "{en}");
        for ((name, said), (_, english)) in vi_options.iter().zip(&en_options) {
            assert_ne!(said, english, "{subcommand:?} {name}");
        }
        for word in [
            "Usage",
            "Options",
            "Commands",
            "Arguments",
            "Print",
            "default:",
            "possible values",
        ] {
            assert!(
                !vi.contains(word),
                "{subcommand:?}: {word} in the Vietnamese help: {vi}"
            );
        }
    }
}

#[test]
fn every_promised_option_is_there() {
    let (_, help, _) = run(saoy().args(["digitize", "--help"]));
    for option in [
        "--out",
        "--lang",
        "--jobs",
        "--sidecar",
        "--pdfa",
        "--force",
        "--dry-run",
        "--json",
        "--text",
        "--folder-as-document",
        "--progress",
        "--ui",
        "--data",
        "--page-limit",
    ] {
        assert!(help.contains(option), "{option}");
    }
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for wrong in [
        &["digitize"][..],
        &["digitize", "x", "-o", "y", "--pdfa", "9z"],
        &["nonsense"],
    ] {
        let (code, _, complaints) = run(saoy().args(wrong));
        assert_eq!(code, 2, "{wrong:?}: {complaints}");
    }
}
