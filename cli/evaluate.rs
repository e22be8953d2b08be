//! `saoy digitize --evaluate LABELS.tsv`: how often types and values of finished records are right.
//!
//! The labels are lines `path type number_symbol date agency subject tags` with tabs between, under such a heading.
//! Paths are relative to the labels' folder, or match by file name. The tags `hw-number` and `hw-date` part what was
//! written by hand from print; a value that begins with `UNCERTAIN-` is read two ways even by people and counts neither way.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use saoy_pipeline::classify::fold::edits;
use saoy_pipeline::record::{DOCUMENT_SCHEMA, DocumentRecord};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::words::Ui;

/// From here on a value may be used unseen: the contract of the record.
const SURE: f32 = 0.9;
/// A text of which less than this share of letters is off is near.
const NEAR: f32 = 0.03;

/// The figures.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Evaluation {
    /// Labels with a record.
    documents: u32,
    /// Labels without.
    missing: Vec<String>,
    /// Types.
    types: Types,
    /// Fields; those that hands may have written are parted into `_printed` and `_handwritten`.
    fields: BTreeMap<String, Tally>,
    /// Every value that was not exactly right, to be looked at.
    misses: Vec<Miss>,
}

/// How types were told.
#[derive(Debug, Default, Serialize)]
struct Types {
    right: u32,
    wrong: u32,
    abstained: u32,
    sure: u32,
    sure_wrong: u32,
    /// Label, then answer (`-` for none), then how often.
    confusion: BTreeMap<String, BTreeMap<String, u32>>,
}

/// How one field was read.
#[derive(Debug, Default, Serialize)]
struct Tally {
    exact: u32,
    near: u32,
    wrong: u32,
    abstained: u32,
    /// Labels that people read two ways.
    uncertain: u32,
    /// Values with a confidence of 0.9 or more.
    sure: u32,
    /// Of these neither exact nor near.
    sure_wrong: u32,
    /// Of these exact.
    sure_exact: u32,
    /// Values with a finding about them, or without a value.
    flagged: u32,
}

impl Tally {
    fn all(&self) -> u32 {
        self.exact + self.near + self.wrong + self.abstained
    }
}

/// A value that is not the label's.
#[derive(Debug, Serialize)]
struct Miss {
    path: String,
    field: String,
    label: String,
    value: Option<String>,
    confidence: f32,
}

struct Label {
    path: String,
    values: BTreeMap<String, String>,
    tags: Vec<String>,
}

/// Names of the columns with their fields in the record.
const FIELDS: [(&str, &str); 4] = [
    ("number_symbol", "number_symbol"),
    ("date", "issued_date"),
    ("agency", "agency"),
    ("subject", "subject"),
];

/// Compares the records in `out` with `labels`.
///
/// # Errors
/// When either cannot be read.
pub(crate) fn of_outputs(labels: &Path, out: &Path) -> anyhow::Result<Evaluation> {
    Ok(evaluate(&read_labels(labels)?, &read_records(out)?, labels))
}

fn read_labels(path: &Path) -> anyhow::Result<Vec<Label>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let heading: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split('\t')
        .map(str::trim)
        .collect();
    anyhow::ensure!(
        heading.contains(&"path") && heading.contains(&"type"),
        "{}: the first line must name the columns path and type",
        path.display()
    );
    Ok(lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut values: BTreeMap<String, String> = heading
                .iter()
                .zip(line.split('\t'))
                .map(|(name, value)| ((*name).to_owned(), unquoted(value)))
                .collect();
            let tags = values.remove("tags").unwrap_or_default();
            Label {
                path: values.remove("path").unwrap_or_default(),
                tags: tags.split(',').map(|tag| tag.trim().to_owned()).collect(),
                values,
            }
        })
        .collect())
}

/// A field of a table as spreadsheets quote it.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    match value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inside) => inside.replace("\"\"", "\""),
        None => value.to_owned(),
    }
}

fn read_records(out: &Path) -> anyhow::Result<Vec<DocumentRecord>> {
    let entries = fs::read_dir(out).with_context(|| format!("cannot read {}", out.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    Ok(paths
        .iter()
        .filter_map(|path| serde_json::from_slice::<DocumentRecord>(&fs::read(path).ok()?).ok())
        .filter(|record| record.schema == DOCUMENT_SCHEMA)
        .collect())
}

fn evaluate(labels: &[Label], records: &[DocumentRecord], beside: &Path) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let folder = beside.parent().unwrap_or(Path::new("."));
    for label in labels {
        let whole = folder.join(&label.path);
        let name = Path::new(&label.path).file_name();
        let found = records
            .iter()
            .find(|record| same_file(Path::new(&record.source.path), &whole))
            .or_else(|| {
                records
                    .iter()
                    .find(|record| Path::new(&record.source.path).file_name() == name)
            });
        let Some(record) = found else {
            evaluation.missing.push(label.path.clone());
            continue;
        };
        evaluation.documents += 1;
        evaluation.count_type(label, record);
        for (column, field) in FIELDS {
            evaluation.count_field(label, record, column, field);
        }
    }
    evaluation
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b
        || a.canonicalize()
            .ok()
            .zip(b.canonicalize().ok())
            .is_some_and(|(a, b)| a == b)
}

impl Evaluation {
    fn count_type(&mut self, label: &Label, record: &DocumentRecord) {
        let Some(wanted) = label.values.get("type").filter(|wanted| !wanted.is_empty()) else {
            return;
        };
        let got = record.kind.as_ref();
        let sure = got.is_some_and(|kind| kind.confidence >= SURE);
        let types = &mut self.types;
        let code = got.map_or("-", |kind| kind.code.as_str());
        *types
            .confusion
            .entry(wanted.clone())
            .or_default()
            .entry(code.to_owned())
            .or_default() += 1;
        types.sure += u32::from(sure);
        match got {
            None => types.abstained += 1,
            Some(kind) if kind.code == *wanted => types.right += 1,
            Some(_) => {
                types.wrong += 1;
                types.sure_wrong += u32::from(sure);
            }
        }
        if code != wanted {
            self.misses.push(Miss {
                path: label.path.clone(),
                field: "type".to_owned(),
                label: wanted.clone(),
                value: got.map(|kind| kind.code.clone()),
                confidence: got.map_or(0.0, |kind| kind.confidence),
            });
        }
    }

    fn count_field(&mut self, label: &Label, record: &DocumentRecord, column: &str, field: &str) {
        let Some(wanted) = label.values.get(column).filter(|wanted| !wanted.is_empty()) else {
            return;
        };
        let hand = match column {
            "number_symbol" => Some("hw-number"),
            "date" => Some("hw-date"),
            _ => None,
        };
        let name = match hand {
            Some(tag) if label.tags.iter().any(|other| other == tag) => {
                format!("{field}_handwritten")
            }
            Some(_) => format!("{field}_printed"),
            None => field.to_owned(),
        };
        let tally = self.fields.entry(name.clone()).or_default();
        if wanted.starts_with("UNCERTAIN") {
            tally.uncertain += 1;
            return;
        }
        let got = record.fields.get(field);
        let confidence = got.map_or(0.0, |got| got.confidence);
        let value = got.and_then(|got| got.value.as_deref());
        let sure = value.is_some() && confidence >= SURE;
        let hands = format!(
            "handwritten_{}",
            if column == "date" { "date" } else { "number" }
        );
        let doubts = format!("low_confidence_{field}");
        let flagged = value.is_none()
            || record
                .flags
                .iter()
                .any(|flag| flag.code == hands || flag.code == doubts);
        tally.flagged += u32::from(flagged);
        tally.sure += u32::from(sure);
        let right = match value {
            None => {
                tally.abstained += 1;
                false
            }
            Some(value) => {
                let (a, b) = (settled(value), settled(wanted));
                let off = edits(&a, &b) as f32 / b.chars().count().max(1) as f32;
                if a == b {
                    tally.exact += 1;
                    tally.sure_exact += u32::from(sure);
                } else if off <= NEAR {
                    tally.near += 1;
                } else {
                    tally.wrong += 1;
                    tally.sure_wrong += u32::from(sure);
                }
                a == b
            }
        };
        if !right {
            self.misses.push(Miss {
                path: label.path.clone(),
                field: name,
                label: wanted.clone(),
                value: value.map(str::to_owned),
                confidence,
            });
        }
    }
}

/// A text without what is no difference: forms of letters, quotes, dashes and spaces, a full stop at the end.
fn settled(text: &str) -> String {
    let one: String = text
        .nfc()
        .map(|letter| match letter {
            '“' | '”' | '„' | '«' | '»' => '"',
            '‘' | '’' => '\'',
            '–' | '—' | '−' => '-',
            other => other,
        })
        .collect();
    let words: Vec<&str> = one.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

/// Prints the figures as tables.
///
/// # Errors
/// Those of the sink.
pub(crate) fn print(evaluation: &Evaluation, sink: &mut impl Write, ui: Ui) -> io::Result<()> {
    let share = |part: u32, all: u32| match all {
        0 => "-".to_owned(),
        all => format!("{:.1}%", 100.0 * f64::from(part) / f64::from(all)),
    };
    writeln!(
        sink,
        "{}: {}; {}: {}",
        ui.say("Văn bản", "Documents"),
        evaluation.documents,
        ui.say("không có bản ghi", "without a record"),
        evaluation.missing.len()
    )?;
    let types = &evaluation.types;
    let all = types.right + types.wrong + types.abstained;
    writeln!(
        sink,
        "{}: {} {} / {all} ({}); {} {}; {} {}; >= 0.9: {}, {} {}",
        ui.say("Loại", "Type"),
        ui.say("đúng", "right"),
        types.right,
        share(types.right, all),
        ui.say("sai", "wrong"),
        types.wrong,
        ui.say("bỏ trống", "abstained"),
        types.abstained,
        types.sure,
        ui.say("trong đó sai", "of these wrong"),
        types.sure_wrong,
    )?;
    for (wanted, answers) in &types.confusion {
        let answers: Vec<String> = answers
            .iter()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        writeln!(sink, "  {wanted:24} -> {}", answers.join(", "))?;
    }
    writeln!(
        sink,
        "{:28}{:>6}{:>9}{:>9}{:>9}{:>10}{:>9}{:>9}{:>9}{:>9}",
        ui.say("trường", "field"),
        "n",
        ui.say("đúng", "exact"),
        ui.say("gần", "near"),
        ui.say("sai", "wrong"),
        ui.say("bỏ trống", "abstain"),
        ui.say("có cờ", "flagged"),
        ">=0.9",
        ui.say("sai>=0.9", "w>=0.9"),
        ui.say("mập mờ", "unclear"),
    )?;
    for (name, tally) in &evaluation.fields {
        let all = tally.all();
        writeln!(
            sink,
            "{name:28}{all:>6}{:>9}{:>9}{:>9}{:>10}{:>9}{:>9}{:>9}{:>9}",
            share(tally.exact, all),
            share(tally.near, all),
            share(tally.wrong, all),
            share(tally.abstained, all),
            share(tally.flagged, all),
            share(tally.sure, all),
            share(tally.sure_wrong, tally.sure),
            tally.uncertain,
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_dashes_and_spaces_are_no_difference() {
        assert_eq!(settled("Đề án “A”  –  B."), settled("Đề án \"A\" - B"));
        assert_ne!(settled("Hoà"), settled("Hòa"));
        assert_eq!(unquoted("\"Đề án \"\"A\"\"\""), "Đề án \"A\"");
    }

    #[test]
    fn what_people_read_two_ways_counts_neither_way() {
        let folder = tempfile::tempdir().unwrap();
        let labels = folder.path().join("labels.tsv");
        fs::write(
            &labels,
            "path\ttype\tnumber_symbol\tdate\tagency\tsubject\ttags\na.pdf\tQĐ\tUNCERTAIN-12/QĐ-BTP\t2010-01-05\tBộ Tư pháp\tVề việc A\thw-number\n",
        )
        .unwrap();
        let record = serde_json::json!({
            "schema": DOCUMENT_SCHEMA, "producer": "x", "language": "vie", "alternatives": [], "corrections": [], "pages": [],
            "source": {"path": "/elsewhere/a.pdf", "sha256": "", "bytes": 1, "pages": 1},
            "output": {"pdf": "a.pdf", "sha256": "", "bytes": 1, "pdfa": null},
            "type": {"code": "QĐ", "name": "Quyết định", "confidence": 0.95},
            "fields": {
                "number_symbol": {"value": "13/QĐ-BTP", "confidence": 0.4},
                "issued_date": {"value": "2010-01-06", "confidence": 0.95},
                "agency": {"value": "Bộ Tư pháp", "confidence": 0.8},
                "subject": {"value": null, "confidence": 0.0}
            },
            "flags": []
        });
        fs::write(folder.path().join("a.json"), record.to_string()).unwrap();
        let evaluation = evaluate(
            &read_labels(&labels).unwrap(),
            &read_records(folder.path()).unwrap(),
            &labels,
        );
        assert_eq!((evaluation.documents, evaluation.types.right), (1, 1));
        let fields = &evaluation.fields;
        assert_eq!(fields["number_symbol_handwritten"].uncertain, 1);
        assert_eq!(fields["number_symbol_handwritten"].all(), 0);
        assert_eq!(
            (
                fields["issued_date_printed"].wrong,
                fields["issued_date_printed"].sure_wrong
            ),
            (1, 1)
        );
        assert_eq!((fields["agency"].exact, fields["agency"].sure), (1, 0));
        assert_eq!(fields["subject"].abstained, 1);
    }
}
