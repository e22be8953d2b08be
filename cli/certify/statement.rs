//! What a copy says about itself on its page: the statement and the QR code, filled from the register.

use std::ffi::OsString;
use std::path::Path;

use saoy_archive::certification::Copy;
use saoy_archive::payload::Payload;
use saoy_archive::people::Appointment;
use saoy_archive::profile::{CopyKind, Placement};
use saoy_archive::{Act, Archive};
use serde::Serialize;

/// Letters of a look-up code that stand together, for reading it out.
const GROUP: usize = 4;

/// The form that `saoy sign --statement` reads.
#[derive(Serialize)]
struct Form {
    qr: String,
    label: String,
    line: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    text: String,
    bold: bool,
    align: &'static str,
    size: f64,
}

/// What the lines of a copy are filled with, besides office, signer and time.
pub(super) struct Facts {
    pub(super) number: i64,
    pub(super) year: i16,
    pub(super) volume: String,
    pub(super) pages: u32,
    pub(super) converted: String,
    pub(super) converter: String,
}

impl Facts {
    /// Those of a copy that has its number.
    pub(super) fn of(copy: &Copy) -> Self {
        Self {
            number: copy.line.number,
            year: copy.line.year,
            volume: copy.line.volume.clone(),
            pages: copy.pages,
            converted: copy.details.converted.clone(),
            converter: copy.details.converter.clone(),
        }
    }
}

/// The lines of a copy, filled in.
pub(super) fn lines(
    kind: &CopyKind,
    facts: &Facts,
    archive: &Archive,
    act: &Act,
    signer: &Appointment,
) -> Vec<String> {
    let day = act.day();
    let filled = [
        ("number", format!("{:02}", facts.number)),
        ("year", facts.year.to_string()),
        ("volume", facts.volume.clone()),
        ("dd", format!("{:02}", day.day())),
        // Decree 30/2020: days below 10 and the months 1 and 2 have a zero before them.
        (
            "mm",
            match day.month() {
                month @ 1..=2 => format!("{month:02}"),
                month => month.to_string(),
            },
        ),
        ("yyyy", day.year().to_string()),
        ("office", archive.office().name.clone()),
        ("pages", facts.pages.to_string()),
        ("converted", facts.converted.clone()),
        ("converter", facts.converter.clone()),
        ("capacity", signer.capacity.clone().unwrap_or_default()),
        ("signer", signer.name.clone()),
        ("time", act.time()),
    ];
    kind.lines
        .iter()
        .map(|line| {
            filled.iter().fold(line.clone(), |line, (name, value)| {
                line.replace(&format!("{{{name}}}"), value)
            })
        })
        .collect()
}

/// What the QR code says.
pub(super) fn payload(copy: &Copy, archive: &Archive) -> anyhow::Result<Payload> {
    let id = saoy_archive::blob::BlobId::parse(&copy.prepared).ok_or_else(|| {
        saoy_archive::ArchiveError::Fault(format!("the digest {}", copy.prepared))
    })?;
    // Encrypted at rest, a file takes more room than it has bytes.
    let length = archive.blobs().copy_to(id, &mut std::io::sink())?;
    Ok(Payload::new(
        &archive.office().base_url,
        &copy.code,
        length,
        id.bytes(),
    ))
}

/// Arguments of `saoy sign` by which the lines get onto the copy; a file that they name lies in `work`.
pub(super) fn stamp(
    kind: &CopyKind,
    lines: &[String],
    payload: &Payload,
    act: &Act,
    work: &Path,
) -> anyhow::Result<Vec<OsString>> {
    let mut arguments: Vec<OsString> = Vec::new();
    match kind.placement {
        Placement::Statement => {
            let file = work.join("statement.toml");
            std::fs::write(&file, toml::to_string(&form(lines, payload))?)?;
            arguments.extend([
                "--stamp".into(),
                "statement".into(),
                "--statement".into(),
                file.into(),
            ]);
        }
        Placement::Corner => {
            arguments.extend([
                "--stamp".into(),
                "copy".into(),
                "--qr".into(),
                payload.written().into(),
            ]);
            // The time of signing is added by the stamp itself.
            for line in lines.iter().filter(|line| !line.contains(&act.time())) {
                arguments.extend(["--text".into(), line.into()]);
            }
        }
    }
    Ok(arguments)
}

/// The statement block.
fn form(lines: &[String], payload: &Payload) -> Form {
    Form {
        qr: payload.written(),
        label: format!("Mã tra cứu: {}", grouped(&payload.code).replace('-', " ")),
        line: lines
            .iter()
            .map(|line| {
                let bold = line.starts_with('*');
                Line {
                    text: line.trim_start_matches('*').to_owned(),
                    bold,
                    align: "center",
                    size: if bold { 12.0 } else { 11.0 },
                }
            })
            .collect(),
    }
}

/// A code in groups that are easy to read out.
pub(super) fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters
        .chunks(GROUP)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_grouped_and_read_back() {
        let written = grouped("0123456789ABCDEFGHJK");
        assert_eq!(written, "0123-4567-89AB-CDEF-GHJK");
        assert_eq!(
            saoy_archive::certification::plain_code(&written),
            "0123456789ABCDEFGHJK"
        );
    }
}
