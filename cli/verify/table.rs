//! The summary of many files as CSV (RFC 4180), one row a file, for spreadsheets.

use std::io::{self, Write};

use super::record::{FileRecord, Report};

const HEAD: [&str; 10] = [
    "path",
    "verdict",
    "signatures",
    "signers",
    "organizations",
    "proven_times",
    "claimed_times",
    "reasons",
    "summary_vi",
    "summary_en",
];

/// Writes all rows, with a byte order mark, without which spreadsheets take UTF-8 for something else.
pub(crate) fn write(report: &Report, mut to: impl Write) -> io::Result<()> {
    to.write_all("\u{feff}".as_bytes())?;
    row(&mut to, HEAD.iter().map(|cell| (*cell).to_owned()))?;
    for file in &report.files {
        row(&mut to, cells(file))?;
    }
    to.flush()
}

fn cells(file: &FileRecord) -> impl Iterator<Item = String> {
    let people = || file.signatures.iter().filter(|one| one.kind == "signature");
    let join = |list: Vec<String>| list.join("; ");
    let mut codes: Vec<String> = file
        .reasons
        .iter()
        .map(|reason| reason.code.to_owned())
        .collect();
    codes.dedup();
    let signers = people().filter_map(|one| one.signer.as_ref());
    [
        file.path.clone(),
        file.verdict.to_owned(),
        people().count().to_string(),
        join(signers.clone().map(|signer| signer.name.clone()).collect()),
        join(
            signers
                .filter_map(|signer| signer.organization.clone())
                .collect(),
        ),
        join(people().filter_map(|one| one.proven_time.clone()).collect()),
        join(
            people()
                .filter_map(|one| one.claimed_time.clone())
                .collect(),
        ),
        join(codes),
        file.summary.vi.clone(),
        file.summary.en.clone(),
    ]
    .into_iter()
}

fn row(to: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    write!(to, "{}\r\n", cells.join(","))
}

/// A cell in quotes. What a spreadsheet would take for a formula gets an apostrophe before it: names of files and
/// signers are chosen by strangers.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_break_out() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!(quoted(""), "\"\"");
    }
}
