//! Tables that come in and go out as CSV: commas or semicolons in, no formula out.

use std::collections::BTreeMap;

use crate::error::{ArchiveError, Result, sentence};

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Values by heading; empty ones are left out.
    pub values: BTreeMap<String, String>,
}

/// Reads a table with a line of headings. Spreadsheets write commas, semicolons or tabs, and a mark at the beginning.
///
/// # Errors
/// [`ArchiveError::Refused`] when it is not UTF-8 or no table.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        ArchiveError::Refused(sentence!(
            "bảng không phải UTF-8; trong Excel hãy lưu dạng \"CSV UTF-8\"",
            "the table is not UTF-8; save it as \"CSV UTF-8\""
        ))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let broken = |error: csv::Error| {
        ArchiveError::Refused(sentence!(
            "bảng không đọc được: {}",
            "the table cannot be read: {}",
            error
        ))
    };
    let headings = reader.headers().map_err(broken)?.clone();
    let mut rows = Vec::new();
    let mut place = (0, 1);
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let values: BTreeMap<String, String> = headings
            .iter()
            .zip(record.iter())
            .map(|(name, value)| (name.trim().to_owned(), unguarded(value.trim()).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        if !values.is_empty() {
            let at = record.position().map_or(0, csv::Position::byte);
            place = line_at(
                text.as_bytes(),
                place,
                usize::try_from(at).unwrap_or_default(),
            );
            rows.push(Row {
                line: place.1,
                values,
            });
        }
    }
    Ok(rows)
}

/// The line at which a record begins, counted on from an earlier place: byte and line. The reader names the place behind the
/// carriage return of the line before, so line ends there are passed over.
fn line_at(text: &[u8], (from, mut line): (usize, u64), mut at: usize) -> (usize, u64) {
    while text
        .get(at)
        .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
    {
        at += 1;
    }
    let between = text.get(from..at).unwrap_or_default();
    line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
    (at, line)
}

/// Writes a table as spreadsheets open it: UTF-8 with its mark, and nothing that they would take for a formula.
///
/// # Errors
/// [`ArchiveError::Fault`].
pub fn write(headings: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut out = "\u{feff}".as_bytes().to_vec();
    let fault = |error: csv::Error| ArchiveError::Fault(format!("a table: {error}"));
    {
        let mut writer = csv::Writer::from_writer(&mut out);
        writer.write_record(headings).map_err(fault)?;
        for row in rows {
            let guarded: Vec<String> = row.iter().map(|value| guarded(value)).collect();
            writer.write_record(&guarded).map_err(fault)?;
        }
        writer
            .flush()
            .map_err(|error| ArchiveError::Fault(format!("a table: {error}")))?;
    }
    Ok(out)
}

/// A value that begins like a formula gets an apostrophe before it (OWASP, CSV injection).
#[must_use]
pub fn guarded(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{value}");
    }
    value.to_owned()
}

/// Takes the apostrophe of [`guarded`] away again.
fn unguarded(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_in_as_spreadsheets_write_them() {
        let text = "\u{feff}Số;Trích yếu\r\n5;\"về; việc\"\r\n\r\n;\r\n6;'=1+1\r\n";
        let rows = read(text.as_bytes()).unwrap();
        let values: Vec<&str> = rows
            .iter()
            .map(|row| row.values["Trích yếu"].as_str())
            .collect();
        assert_eq!(values, ["về; việc", "=1+1"]);
        assert_eq!((rows[0].line, rows[1].line), (2, 5));
        assert!(read(b"a,b\n\xff,1\n").is_err());
    }

    #[test]
    fn no_cell_goes_out_as_a_formula() {
        let cells = ["=cmd|'/C calc'!A0", "+1", "-1", "@x", "a=b", "Về việc"];
        let row: Vec<String> = cells.map(str::to_owned).to_vec();
        let headings: Vec<String> = (0..6).map(|at| at.to_string()).collect();
        let out = write(&headings, &[row]).unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        for formula in [",=", ",+", ",-", ",@", "\n=", "\"="] {
            assert!(!text.contains(formula), "{formula}: {text}");
        }
        let back = read(&out).unwrap();
        assert_eq!(back[0].values["0"], cells[0]);
        assert_eq!(back[0].values["5"], cells[5]);
    }
}
