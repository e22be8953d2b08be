//! `saoy verify` and `saoy trust` on files that the tests sign themselves: verdicts, sentences, reports, exit codes.

use std::process::Command;

use serde_json::Value;

use crate::outputs::records::is_valid;
use crate::program::run;

mod flips;

mod made;

mod makers;

mod reasons;

mod reports;

mod trust;

mod verdicts;

mod whose;

use made::{Office, Signed};

/// `saoy verify` with a data folder of its own, not yet started.
fn verify(office: &Office) -> Command {
    let mut command = crate::program::saoy();
    command.arg("--data").arg(office.path("data")).arg("verify");
    command
}

/// The exit code and the record of one file, held to the schema.
fn judged(office: &Office, file: &Signed, arguments: &[&str]) -> (i32, Value) {
    let path = office.put("file.pdf", &file.bytes);
    let (code, printed, said) = run(verify(office).arg(path).args(arguments).arg("--json"));
    let report: Value =
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {said}"));
    is_valid(&report, "verification-1.schema.json");
    (code, report["files"][0].clone())
}

/// Codes of the reasons of a file.
fn reasons(file: &Value) -> Vec<String> {
    let reasons = file["reasons"].as_array().expect("reasons");
    let codes = reasons
        .iter()
        .map(|reason| reason["code"].as_str().expect("a code").to_owned());
    codes.collect()
}
