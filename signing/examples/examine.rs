//! Says what is in each PDF named on the command line: one line for the file, one for each signature.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use saoy_pdf::Revisions;
use saoy_signing::structure::{self, Structure};

fn main() {
    let long = std::env::args().any(|argument| argument == "-v");
    for path in std::env::args().skip(1).filter(|path| path != "-v") {
        let read = std::fs::File::open(&path)
            .map_err(|error| error.to_string())
            .and_then(|file| Revisions::read(file).map_err(|error| error.to_string()));
        match read {
            Err(error) => println!("{path}: cannot be read: {error}"),
            Ok(revisions) => print(&path, &structure::examine(&revisions), long),
        }
    }
}

fn print(path: &str, found: &Structure, long: bool) {
    let codes = |findings: &[saoy_signing::finding::Finding]| {
        let mut codes: Vec<_> = findings
            .iter()
            .map(|finding| finding.reason.code())
            .collect();
        codes.dedup();
        codes.join(" ")
    };
    println!(
        "{path}: {} revisions, {} signatures, findings [{}], warnings [{}]",
        found.revisions.len(),
        found.signatures.len(),
        codes(&found.findings),
        codes(&found.warnings)
    );
    for signed in &found.signatures {
        println!(
            "  {:?} revision {} {:?} {} whole={} page={:?} P={:?} after={:?} findings [{}]",
            signed.name,
            signed.revision,
            signed.kind,
            signed.subfilter,
            signed.covers_whole_file,
            signed.place.map(|(page, _)| page),
            signed.certification,
            signed.after.gravest,
            codes(&signed.findings)
        );
        if long {
            for finding in &signed.findings {
                println!("    ! {} {}", finding.reason.code(), finding.detail);
            }
            for change in &signed.after.changes {
                println!(
                    "    r{} {:?} {:?} page {:?} by {:?}: {}",
                    change.revision,
                    change.kind,
                    change.object.map(|id| id.number),
                    change.page,
                    change.explained_by,
                    change.detail
                );
            }
        }
    }
    if long {
        for (mark, findings) in [("!", &found.findings), ("~", &found.warnings)] {
            for finding in findings {
                println!(
                    "  {mark} {} at {:?} object {:?}: {}",
                    finding.reason.code(),
                    finding.at,
                    finding.object.map(|id| id.number),
                    finding.detail
                );
            }
        }
    }
}
