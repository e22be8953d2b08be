//! Classifies documents again from the hOCR and JSON of an earlier run, so that rules can be tried without reading anew.
//!
//! `cargo run -p saoy-pipeline --example reclassify -- OUTPUTS NEW`: takes every `NAME.hocr` with its `NAME.json` from
//! `OUTPUTS` and writes `NAME.json` with new type, fields and findings to `NEW`. What only pixels show is taken from
//! `NAME.sight.json` (a list of sights, page by page) where there is one. With `--raw` the figures are those that the
//! curves of `classify::calibrated` start from; the example `calibrate` fits these.
#![forbid(unsafe_code)]
#![allow(clippy::print_stderr, reason = "a tool says what it did")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use saoy_pipeline::classify::{Evidence, Options, Sheet, Sight};
use saoy_pipeline::document::{Line, Point, Rect, Word};
use saoy_pipeline::record::DocumentRecord;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (from, to, raw) = match arguments.as_slice() {
        [from, to] => (from, to, false),
        [from, to, raw] if raw == "--raw" => (from, to, true),
        _ => return Err("usage: reclassify OUTPUTS NEW [--raw]".into()),
    };
    fs::create_dir_all(to)?;
    let mut spent = std::time::Duration::ZERO;
    let mut count = 0_u32;
    let mut names: Vec<_> = fs::read_dir(from)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort();
    for hocr in names
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "hocr"))
    {
        let json = hocr.with_extension("json");
        let Ok(record) = fs::read(&json) else {
            continue;
        };
        let mut record: DocumentRecord = serde_json::from_slice(&record)?;
        let pages = pages(&fs::read_to_string(hocr)?);
        let sights: Vec<Sight> = fs::read(hocr.with_extension("sight.json"))
            .ok()
            .and_then(|sights| serde_json::from_slice(&sights).ok())
            .unwrap_or_default();
        let begun = std::time::Instant::now();
        let mut evidence = Evidence::default();
        for (index, page) in pages.iter().enumerate() {
            let none = Sight::default();
            evidence.add(&Sheet {
                number: u32::try_from(index + 1)?,
                size_px: page.size,
                dpi: page.dpi,
                lines: &page.lines,
                sight: sights.get(index).unwrap_or(&none),
            });
        }
        let classified = if raw {
            evidence.conclude_uncalibrated(&Options::default())
        } else {
            evidence.conclude(&Options::default())
        };
        spent += begun.elapsed();
        count += 1;
        let of_pages: BTreeSet<&String> =
            record.pages.iter().flat_map(|page| &page.flags).collect();
        let mut flags: Vec<_> = record
            .flags
            .iter()
            .filter(|flag| of_pages.contains(&flag.code))
            .cloned()
            .collect();
        flags.extend(classified.flags);
        (record.kind, record.fields) = (classified.kind, classified.fields);
        (record.alternatives, record.flags) = (classified.alternatives, flags);
        let name = json.file_name().ok_or("a file without a name")?;
        fs::write(
            Path::new(to).join(name),
            serde_json::to_vec_pretty(&record)?,
        )?;
    }
    eprintln!(
        "{count} documents, {:.2} ms each",
        spent.as_secs_f64() * 1000.0 / f64::from(count.max(1))
    );
    Ok(())
}

struct Page {
    size: (u32, u32),
    dpi: f32,
    lines: Vec<Line>,
}

/// The pages of an hOCR file as this program writes it: one element a line.
fn pages(hocr: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let mut block = 0;
    for text in hocr.lines() {
        if text.contains(r#"class="ocr_page""#) {
            let size = numbers(text, "bbox ");
            pages.push(Page {
                size: (
                    size.get(2).map_or(0, |&w| w as u32),
                    size.get(3).map_or(0, |&h| h as u32),
                ),
                dpi: numbers(text, "scan_res ").first().copied().unwrap_or(200.0),
                lines: Vec::new(),
            });
        } else if text.contains(r#"class="ocr_carea""#) {
            block += 1;
        } else if text.contains(r#"class="ocr_line""#)
            && let Some(page) = pages.last_mut()
        {
            page.lines.extend(line(text, block));
        }
    }
    pages
}

fn line(text: &str, block: u32) -> Option<Line> {
    let around = numbers(text, "bbox ");
    let &[left, _, right, bottom] = around.get(..4)? else {
        return None;
    };
    let baseline = numbers(text.split(r#"class="ocrx_word""#).next()?, "baseline ");
    let (slope, offset) = (
        baseline.first().copied().unwrap_or(0.0),
        baseline.get(1).copied().unwrap_or(0.0),
    );
    let words: Vec<Word> = text
        .split(r#"class="ocrx_word""#)
        .skip(1)
        .filter_map(word)
        .collect();
    let start = bottom + offset;
    (!words.is_empty()).then_some(Line {
        words,
        baseline: [
            Point { x: left, y: start },
            Point {
                x: right,
                y: start + slope * (right - left),
            },
        ],
        block,
    })
}

fn word(text: &str) -> Option<Word> {
    let place = numbers(text, "bbox ");
    let &[left, top, right, bottom] = place.get(..4)? else {
        return None;
    };
    let (_, rest) = text.split_once('>')?;
    let (inside, _) = rest.split_once('<')?;
    let inside = inside
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    Some(Word {
        text: inside,
        bbox: Rect {
            x: left,
            y: top,
            w: right - left,
            h: bottom - top,
        },
        confidence: numbers(text, "x_wconf ").first().copied().unwrap_or(0.0) / 100.0,
        ..Word::default()
    })
}

/// The numbers that follow `label`.
fn numbers(text: &str, label: &str) -> Vec<f32> {
    let Some((_, rest)) = text.split_once(label) else {
        return Vec::new();
    };
    rest.split([' ', ';', '"'])
        .map_while(|part| part.parse().ok())
        .collect()
}
