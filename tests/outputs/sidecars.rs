//! Plain text, hOCR, ALTO: valid, and all saying the same.

use std::process::Command;

use super::{digitized, judge, names, outputs, text};
use crate::program::run;

/// A word and where it stands.
pub(super) struct Word {
    /// From 1.
    pub(super) page: usize,
    /// Left, top, right, bottom.
    pub(super) place: [f64; 4],
    /// What it says.
    pub(super) text: String,
}

/// Text without the escapes of XML.
pub(super) fn plain(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escape, sign)| {
        text.replace(escape, sign)
    })
}

/// The words of an hOCR file, in order.
pub(super) fn hocr_words(hocr: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for (page, part) in hocr.split(r#"class="ocr_page""#).enumerate().skip(1) {
        for word in part.split(r#"<span class="ocrx_word""#).skip(1) {
            let (head, rest) = word.split_once('>').expect("a start tag");
            let (_, numbers) = head.split_once("bbox ").expect("a box");
            let sides: Vec<f64> = numbers
                .split([' ', ';'])
                .take(4)
                .map(|side| side.parse().expect("a number"))
                .collect();
            let text = plain(rest.split_once("</span>").expect("an end tag").0);
            words.push(Word {
                page,
                place: [sides[0], sides[1], sides[2], sides[3]],
                text,
            });
        }
    }
    words
}

/// The words of an ALTO file, in order.
fn alto_words(alto: &str) -> Vec<String> {
    let content = |string: &str| {
        let (_, rest) = string.split_once("CONTENT=\"").expect("content");
        plain(rest.split_once('"').expect("an end of the content").0)
    };
    alto.split("<String ").skip(1).map(content).collect()
}

#[test]
fn the_judges_find_nothing_wrong() {
    for (name, ending) in [("alto", "alto.xml"), ("hocr", "hocr")] {
        let (code, found, complaints) = run(Command::new(judge(name)).args(outputs(ending)));
        assert_eq!(code, 0, "{found}{complaints}");
    }
}

#[test]
fn all_say_the_same() {
    for name in names() {
        let read = text(&name, "txt");
        let words: Vec<&str> = read.split_whitespace().collect();
        let hocr: Vec<String> = hocr_words(&text(&name, "hocr"))
            .into_iter()
            .map(|word| word.text)
            .collect();
        assert_eq!(hocr, words, "{name}");
        assert_eq!(alto_words(&text(&name, "alto.xml")), words, "{name}");
        let record = digitized().json(&format!("{name}.json"));
        let counted: u64 = record["pages"]
            .as_array()
            .expect("pages")
            .iter()
            .filter_map(|page| page["words"].as_u64())
            .sum();
        assert_eq!(counted, words.len() as u64, "{name}");
    }
}

#[test]
fn words_stand_inside_their_pages() {
    for name in names() {
        let record = digitized().json(&format!("{name}.json"));
        for word in hocr_words(&text(&name, "hocr")) {
            let page = &record["pages"][word.page - 1];
            let side = |key: &str| page[key].as_f64().expect("a side");
            let [left, top, right, bottom] = word.place;
            assert!(
                0.0 <= left && left < right && right <= side("width_px"),
                "{name}: {} {:?}",
                word.text,
                word.place
            );
            assert!(
                0.0 <= top && top < bottom && bottom <= side("height_px"),
                "{name}: {} {:?}",
                word.text,
                word.place
            );
        }
    }
}

#[test]
fn words_are_read_right() {
    let (mut right, mut all) = (0, 0);
    for name in names() {
        let read = text(&name, "txt");
        let read: Vec<&str> = read.split_whitespace().collect();
        let truth = super::truth(&name);
        let here = truth
            .split_whitespace()
            .filter(|word| read.contains(word))
            .count();
        let of = truth.split_whitespace().count();
        println!("{name}: {here} of {of} words");
        right += here;
        all += of;
    }
    // Numbers that are written by hand are in the truth and cannot be read.
    assert!(
        f64::from(right as u32) >= 0.97 * f64::from(all as u32),
        "{right} of {all}"
    );
}
