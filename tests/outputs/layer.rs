//! The text layer as other readers find it: complete, in reading order, on its words, and invisible.

use std::process::Command;

use unicode_normalization::is_nfc;

use super::sidecars::{Word, hocr_words};
use super::{digitized, found, judge, names, text, truth};
use crate::handmade::Paper;
use crate::picture::Picture;
use crate::program::{asked, run, samples};

/// Phrases of three words, none across lines.
fn phrases(text: &str) -> Vec<String> {
    let of_line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words
            .windows(3)
            .map(|three| three.join(" "))
            .collect::<Vec<_>>()
    };
    text.lines().flat_map(of_line).collect()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Share of the true phrases that a reader's search would find in `found`.
fn share_found(truth: &str, found: &str) -> (usize, usize) {
    let (phrases, found) = (phrases(truth), folded(found));
    (
        phrases
            .iter()
            .filter(|phrase| found.contains(phrase.as_str()))
            .count(),
        phrases.len(),
    )
}

/// Over all samples by one reader of the text layer.
fn shares(reader: impl Fn(&str) -> String) -> f64 {
    let (mut hits, mut all) = (0, 0);
    for name in names() {
        let found = reader(&name);
        assert!(is_nfc(&found), "{name}");
        let (here, of) = share_found(&truth(&name), &found);
        println!("{name}: {here} of {of} phrases");
        hits += here;
        all += of;
    }
    assert!(all > 3000, "{all} phrases");
    let share = hits as f64 / all as f64;
    println!("share {share:.4}");
    share
}

#[test]
fn poppler_finds_the_phrases() {
    assert!(shares(found) >= 0.95);
}

#[test]
fn mupdf_finds_the_phrases() {
    assert!(shares(by_mupdf) >= 0.95);
}

#[test]
fn pdfjs_finds_the_phrases() {
    assert!(shares(by_pdfjs) >= 0.95);
}

fn by_mupdf(name: &str) -> String {
    let file = digitized().output(&format!("{name}.pdf"));
    let arguments = ["draw", "-q", "-F", "txt"].map(std::ffi::OsStr::new);
    asked("mutool", &[&arguments[..], &[file.as_os_str()]].concat())
}

fn by_pdfjs(name: &str) -> String {
    let file = digitized().output(&format!("{name}.pdf"));
    let (code, text, complaints) = run(Command::new(judge("pdfjs")).arg(file));
    assert_eq!(code, 0, "{complaints}");
    text
}

/// Edits that make one sequence of words of another (Levenshtein 1966).
fn distance(from: &[&str], to: &[&str]) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (column, word) in to.iter().enumerate() {
        let mut diagonal = column;
        row[0] = column + 1;
        for (index, other) in from.iter().enumerate() {
            let above = row[index + 1];
            let edits = diagonal + usize::from(word != other);
            row[index + 1] = edits.min(above + 1).min(row[index] + 1);
            diagonal = above;
        }
    }
    row[from.len()]
}

#[test]
fn every_reader_finds_the_words_in_the_order_of_the_text_file() {
    type Reader = fn(&str) -> String;
    for (reader, read) in [
        ("poppler", found as Reader),
        ("mupdf", by_mupdf),
        ("pdf.js", by_pdfjs),
    ] {
        let (mut edits, mut all) = (0, 0);
        for name in names() {
            let (ours, theirs) = (text(&name, "txt"), read(&name));
            let words: Vec<&str> = ours.split_whitespace().collect();
            let read: Vec<&str> = theirs.split_whitespace().collect();
            let here = distance(&words, &read);
            println!("{reader}, {name}: {here} of {} words", words.len());
            edits += here;
            all += words.len();
        }
        assert!(all > 3000, "{all} words");
        assert!(edits * 200 <= all * 3, "{reader}: {edits} of {all} words");
    }
}

#[test]
fn a_page_two_degrees_askew_is_searched_like_a_straight_one() {
    let (hits, all) = share_found(&truth("thong-bao-cu"), &found("thong-bao-cu"));
    assert!(hits as f64 >= 0.9 * all as f64, "{hits} of {all}");
    let skew = digitized().json("thong-bao-cu.json")["pages"][0]["skew_deg"]
        .as_f64()
        .expect("a skew");
    assert!((1.5..2.5).contains(&skew.abs()), "{skew}");
}

#[test]
fn the_header_is_read_as_two_columns() {
    for name in ["quyet-dinh", "cong-van", "thong-bao", "bao-cao", "to-trinh"] {
        for (reader, text) in [("poppler", found(name)), ("txt", text(name, "txt"))] {
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            let at = |wanted: &str| lines.iter().position(|line| *line == wanted);
            let country = at("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
            let motto = at("Độc lập - Tự do - Hạnh phúc");
            // The agency is the first line of the left column.
            let truth = truth(name);
            let agency = at(truth.lines().next().expect("a first line"));
            assert!(
                agency.is_some() && agency < country && country < motto,
                "{name} by {reader}: {agency:?} {country:?} {motto:?} in {text}"
            );
        }
    }
}

/// Overlap over union.
fn iou(a: [f64; 4], b: [f64; 4]) -> f64 {
    let area = |r: [f64; 4]| (r[2] - r[0]).max(0.0) * (r[3] - r[1]).max(0.0);
    let both = area([
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ]);
    both / (area(a) + area(b) - both).max(1e-9)
}

/// The words as poppler highlights them, in px at the resolution of each page.
fn highlighted(name: &str) -> Vec<Word> {
    let pdf = digitized().output(&format!("{name}.pdf"));
    let answer = asked(
        "pdftotext",
        &["-bbox".as_ref(), pdf.as_os_str(), "-".as_ref()],
    );
    let record = digitized().json(&format!("{name}.json"));
    let mut words = Vec::new();
    let mut page = 0;
    for line in answer.lines().map(str::trim) {
        if line.starts_with("<page ") {
            page += 1;
        } else if let Some(word) = line.strip_prefix("<word ") {
            let width = record["pages"][page - 1]["width_px"]
                .as_f64()
                .expect("a width");
            let dpi = record["pages"][page - 1]["dpi"]
                .as_f64()
                .expect("a resolution");
            assert!(width > 0.0);
            let side = |name: &str| -> f64 {
                let (_, rest) = word
                    .split_once(&format!("{name}=\""))
                    .expect("an attribute");
                rest.split('"')
                    .next()
                    .and_then(|value| value.parse::<f64>().ok())
                    .expect("a number")
                    * dpi
                    / 72.0
            };
            let text = word
                .split_once('>')
                .and_then(|(_, rest)| rest.strip_suffix("</word>"))
                .expect("a word");
            let place = [side("xMin"), side("yMin"), side("xMax"), side("yMax")];
            words.push(Word {
                page,
                place,
                text: super::sidecars::plain(text),
            });
        }
    }
    words
}

#[test]
fn words_are_highlighted_where_they_stand() {
    let (mut sum, mut count) = (0.0, 0);
    for name in names() {
        let shown = highlighted(&name);
        let best = |word: &Word| {
            let same = shown
                .iter()
                .filter(|other| other.page == word.page && other.text == word.text);
            same.map(|other| iou(word.place, other.place))
                .fold(0.0, f64::max)
        };
        let words = hocr_words(&text(&name, "hocr"));
        let here: f64 = words.iter().map(best).sum();
        println!(
            "{name}: {:.3} over {} words",
            here / words.len().max(1) as f64,
            words.len()
        );
        sum += here;
        count += words.len();
    }
    assert!(count > 3000, "{count} words");
    let mean = sum / f64::from(u32::try_from(count).expect("few"));
    println!("mean overlap {mean:.3}");
    assert!(mean >= 0.8, "{mean}");
}

#[test]
fn the_text_changes_nothing_that_is_seen() {
    for name in ["quyet-dinh", "thong-bao-cu", "bang-tot-nghiep"] {
        let page = digitized().json(&format!("{name}.json"))["pages"][0].clone();
        assert_eq!(page["image"], "untouched", "{name}");
        let number = |key: &str| page[key].as_f64().expect("a number");
        let (width, height, dpi) = (number("width_px"), number("height_px"), number("dpi"));
        // The scan alone on a page of the same size.
        let mut bare = Paper::default();
        let jpeg = std::fs::read(samples().join(format!("{name}.jpg"))).expect("a sample");
        let entries = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode";
        let image = bare.image((width as usize, height as usize), entries, &jpeg);
        let (w, h) = (width * 72.0 / dpi, height * 72.0 / dpi);
        let content = bare.stream("", format!("q {w} 0 0 {h} 0 0 cm /Im Do Q").as_bytes());
        let resources = format!("/Resources << /XObject << /Im {image} 0 R >> >>");
        let file = bare.finish(
            &[format!(
                "{resources} /Contents {content} 0 R /MediaBox [0 0 {w} {h}]"
            )],
            "",
        );
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("bare.pdf");
        std::fs::write(&path, file).expect("a PDF");
        let with = Picture::shown(&digitized().output(&format!("{name}.pdf")), 1, dpi);
        let without = Picture::shown(&path, 1, dpi);
        assert_eq!(with.difference(&without), 0.0, "{name}");
    }
}
