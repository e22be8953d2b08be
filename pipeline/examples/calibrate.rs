//! Fits the curves of `classify::calibrated` to papers whose values are known.
//!
//! `cargo run -p saoy-pipeline --example calibrate -- TABLE (RECORDS TRUTH)...`: every `RECORDS/NAME.json`, made by the
//! example `reclassify` with `--raw`, is held against `TRUTH/NAME.fields.json`; the curves are written to `TABLE`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stderr, reason = "a tool says what it did")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use saoy_pipeline::classify::calibrated::{FROM, Side, family};
use saoy_pipeline::classify::fold::edits;
use saoy_pipeline::record::DocumentRecord;
use unicode_normalization::UnicodeNormalization;

/// What was figured and whether it was right.
type Seen = Vec<(f32, bool)>;

/// Between these figures values are counted together.
const BINS: [f32; 8] = [FROM, 0.7, 0.78, 0.84, 0.88, 0.92, 0.955, 1.01];
/// So many values of the same side stand beside those of a family, so that a family of few does not jump.
const PRIOR: f32 = 5.0;
/// A value counts as right within this share of wrong letters, as in evaluations.
const NEAR: f32 = 0.03;
/// Nothing is surer than this.
const MOST: f32 = 0.99;
/// Nothing is lifted by more: other faces and wordings than those fitted to are read worse, and what is too low costs a
/// look, what is too high a wrong record.
const LIFT: f32 = 0.03;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((table, folders)) = arguments.split_first().filter(|(_, rest)| rest.len() >= 2) else {
        return Err("usage: calibrate TABLE (RECORDS TRUTH)...".into());
    };
    let mut seen: BTreeMap<(&str, &str), Seen> = BTreeMap::new();
    for pair in folders.chunks_exact(2) {
        gather(Path::new(&pair[0]), Path::new(&pair[1]), &mut seen)?;
    }
    let mut text =
        "# made by the example `calibrate`: side, family, figure:share right\n".to_owned();
    for side in ["office", "citizen"] {
        let all: Seen = seen
            .iter()
            .filter(|(key, _)| key.0 == side)
            .flat_map(|(_, seen)| seen.clone())
            .collect();
        let common = curve(&all, &|figure| figure);
        for ((_, family), seen) in seen.iter().filter(|(key, _)| key.0 == side) {
            let own = curve(seen, &|figure| height(&common, figure));
            let points: Vec<String> = own
                .iter()
                .map(|(at, right)| format!("{at:.3}:{right:.3}"))
                .collect();
            writeln!(text, "{side}\t{family}\t{}", points.join(" "))?;
            eprintln!("{side} {family}: {} values", seen.len());
        }
    }
    fs::write(table, text)?;
    Ok(())
}

/// Takes in the records of a folder.
fn gather(
    records: &Path,
    truth: &Path,
    seen: &mut BTreeMap<(&str, &str), Seen>,
) -> Result<(), Box<dyn Error>> {
    let mut names: Vec<_> = fs::read_dir(truth)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter_map(|name| Some(name.strip_suffix(".fields.json")?.to_owned()))
        .collect();
    names.sort();
    for name in names {
        let Ok(record) = fs::read(records.join(format!("{name}.json"))) else {
            continue;
        };
        let record: DocumentRecord = serde_json::from_slice(&record)?;
        let wanted: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(&fs::read(truth.join(format!("{name}.fields.json")))?)?;
        let Some(kind) = &record.kind else { continue };
        // Codes of citizens' papers are words in small letters.
        let side = if kind.code.starts_with(char::is_lowercase) {
            Side::Citizen
        } else {
            Side::Office
        };
        for (field, read) in &record.fields {
            let (Some(value), Some(wanted)) = (
                &read.value,
                wanted.get(field).and_then(|value| value.as_str()),
            ) else {
                continue;
            };
            if read.confidence <= FROM || read.parts.contains_key("source") {
                continue;
            }
            seen.entry((side.word(), family(field)))
                .or_default()
                .push((read.confidence, right(value, wanted)));
        }
    }
    Ok(())
}

fn right(value: &str, wanted: &str) -> bool {
    let one = |text: &str| text.nfc().collect::<String>().replace(['–', '—'], "-");
    let (a, b) = (one(value), one(wanted));
    edits(&a, &b) as f32 <= NEAR * b.chars().count() as f32
}

/// The rising curve through the shares of right values, each drawn towards what is known beforehand.
fn curve(seen: &[(f32, bool)], prior: &dyn Fn(f32) -> f32) -> Vec<(f32, f32)> {
    let mut blocks: Vec<(f32, f32, f32)> = Vec::new();
    for ends in BINS.windows(2) {
        let inside: Vec<&(f32, bool)> = seen
            .iter()
            .filter(|(figure, _)| (ends[0]..ends[1]).contains(figure))
            .collect();
        if inside.is_empty() {
            continue;
        }
        let count = inside.len() as f32;
        let at = inside.iter().map(|(figure, _)| figure).sum::<f32>() / count;
        let right = inside.iter().filter(|(_, right)| *right).count() as f32;
        let weight = count + PRIOR;
        blocks.push((at, (right + PRIOR * prior(at)) / weight, weight));
        // Pool adjacent violators: a curve that falls is levelled.
        while let [.., before, last] = blocks.as_mut_slice() {
            if before.1 <= last.1 {
                break;
            }
            let weight = before.2 + last.2;
            let level = (before.1 * before.2 + last.1 * last.2) / weight;
            (before.1, last.1) = (level, level);
            let merged = (
                (before.0 * before.2 + last.0 * last.2) / weight,
                level,
                weight,
            );
            blocks.truncate(blocks.len() - 2);
            blocks.push(merged);
        }
    }
    let mut points: Vec<(f32, f32)> = blocks
        .into_iter()
        .map(|(at, right, _)| (at, right.min(at + LIFT).clamp(0.0, MOST)))
        .collect();
    if points.len() < 2 {
        // A family of one measure is level beyond it.
        let (at, right) = points.first().copied().unwrap_or((FROM, FROM));
        points = vec![(at.min(0.98), right), (0.99, right)];
    }
    points
}

fn height(curve: &[(f32, f32)], figure: f32) -> f32 {
    let mut before = (FROM, FROM);
    for &(at, right) in curve {
        if figure <= at {
            let share = (figure - before.0) / (at - before.0).max(1e-3);
            return before.1 + (right - before.1) * share.clamp(0.0, 1.0);
        }
        before = (at, right);
    }
    before.1
}
