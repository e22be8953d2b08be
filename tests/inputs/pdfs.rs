//! PDF files of every kind: scans give up their images untouched, what lies over them stays visible, the rest is kept.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::share_read;
use crate::handmade::{Paper, flate, jbig2};
use crate::picture::{Picture, colour_piece, piece};
use crate::program::{Desk, asked, contains, fixtures, run};

/// Px of the piece.
const SIZE: (usize, usize) = (1300, 700);
/// The piece at 300 dpi, pt.
const BOX: &str = "/MediaBox [0 0 312 168]";
const RGB: &str = "/ColorSpace /DeviceRGB /BitsPerComponent 8";
const GRAY: &str = "/ColorSpace /DeviceGray /BitsPerComponent 1";
const FAX: &str = "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 1300 /Rows 700 >>";
const FILL: &str = "q 312 0 0 168 0 0 cm /Im Do Q";
const FONT: &str = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >>";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures(&format!("inputs/{name}"))).expect("a fixture")
}

/// A page with the JPEG as `/Im`, a font as `/F`, this content, and further entries.
fn page_on(
    paper: &mut Paper,
    jpeg: &str,
    size: (usize, usize),
    content: &str,
    entries: &str,
) -> String {
    let image = paper.image(size, &format!("{RGB} /Filter /DCTDecode"), &fixture(jpeg));
    let content = paper.stream("", content.as_bytes());
    format!(
        "/Resources << /XObject << /Im {image} 0 R >> {FONT} >> /Contents {content} 0 R {entries}"
    )
}

/// A page that is the coloured scan, with `more` painted after it.
fn scan_page(paper: &mut Paper, more: &str) -> String {
    page_on(paper, "colour.jpg", SIZE, &format!("{FILL} {more}"), BOX)
}

fn scan(more: &str) -> Vec<u8> {
    let mut paper = Paper::default();
    let page = scan_page(&mut paper, more);
    paper.finish(&[page], "")
}

/// A page of one image in another coding.
fn coded(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut paper = Paper::default();
    let image = paper.image(SIZE, entries, data);
    let content = paper.stream("", FILL.as_bytes());
    let page =
        format!("/Resources << /XObject << /Im {image} 0 R >> >> /Contents {content} 0 R {BOX}");
    paper.finish(&[page], "")
}

/// Ten lines that no scan says.
fn letter(mode: &str) -> String {
    format!(
        "BT {mode} /F 9 Tf 12 TL 20 150 Td {} ET",
        "(alpha bravo charlie delta echo foxtrot golf) Tj T* ".repeat(10)
    )
}

fn letter_page(paper: &mut Paper) -> String {
    let content = paper.stream("", letter("0 Tr").as_bytes());
    format!("/Resources << {FONT} >> /Contents {content} 0 R {BOX}")
}

/// A signature field: its syntax is what makes a file signed, not its worth.
fn signed() -> Vec<u8> {
    let mut paper = Paper::default();
    let value = paper.object(
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] /Contents <00> >>",
    );
    let field = paper.object(format!(
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /V {value} 0 R /Rect [0 0 0 0] /F 132 >>"
    ));
    let page = scan_page(&mut paper, "");
    let annotated = format!("{page} /Annots [{field} 0 R]");
    paper.finish_with(
        &[annotated],
        "",
        &format!("/AcroForm << /Fields [{field} 0 R] /SigFlags 3 >>"),
    )
}

/// A scan with a red square set on it as an annotation, where the paper is empty.
fn stamped() -> Vec<u8> {
    let mut paper = Paper::default();
    let look = paper.stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 20 20]",
        b"1 0 0 rg 0 0 20 20 re f",
    );
    let stamp = paper.object(format!(
        "<< /Type /Annot /Subtype /Stamp /Rect [270 120 290 140] /F 4 /AP << /N {look} 0 R >> >>"
    ));
    let page = scan_page(&mut paper, "");
    let annotated = format!("{page} /Annots [{stamp} 0 R]");
    paper.finish(&[annotated], "")
}

fn strips() -> Vec<u8> {
    let mut paper = Paper::default();
    let mut resources = String::new();
    for (name, (from, to)) in [("A", (0, 350)), ("B", (350, 700))] {
        let data = flate(&colour_piece().rows(from, to).bytes());
        let image = paper.image((1300, 350), &format!("{RGB} /Filter /FlateDecode"), &data);
        resources += &format!("/{name} {image} 0 R ");
    }
    let content = paper.stream(
        "",
        b"q 312 0 0 84 0 84 cm /A Do Q q 312 0 0 84 0 0 cm /B Do Q",
    );
    let page = format!("/Resources << /XObject << {resources} >> >> /Contents {content} 0 R {BOX}");
    paper.finish(&[page], "")
}

fn turned(jpeg: &str, size: (usize, usize), matrix: &str, entries: &str) -> Vec<u8> {
    let mut paper = Paper::default();
    let page = page_on(
        &mut paper,
        jpeg,
        size,
        &format!("q {matrix} cm /Im Do Q"),
        entries,
    );
    paper.finish(&[page], "")
}

fn mixed() -> Vec<u8> {
    let mut paper = Paper::default();
    let pages = [scan_page(&mut paper, ""), letter_page(&mut paper)];
    paper.finish(&pages, "")
}

fn born_digital() -> Vec<u8> {
    let mut paper = Paper::default();
    let page = letter_page(&mut paper);
    paper.finish(&[page], "")
}

/// All that a page needs stands in the page tree above it.
fn inheriting() -> Vec<u8> {
    let mut paper = Paper::default();
    let image = paper.image(
        SIZE,
        &format!("{RGB} /Filter /DCTDecode"),
        &fixture("colour.jpg"),
    );
    let content = paper.stream("", FILL.as_bytes());
    paper.finish(
        &[format!("/Contents {content} 0 R")],
        &format!("{BOX} /Resources << /XObject << /Im {image} 0 R >> >>"),
    )
}

/// Every kind that several tests or policies look at, by name.
fn kinds() -> Vec<(&'static str, Vec<u8>)> {
    let margins = "312 0 0 168 40 60";
    vec![
        ("dct", scan("")),
        (
            "ccitt",
            coded(&format!("{GRAY} {FAX}"), &fixture("piece.g4")),
        ),
        (
            "jbig2",
            coded(
                &format!("{GRAY} /Filter /JBIG2Decode"),
                &jbig2((1300, 700), &fixture("piece.g4")),
            ),
        ),
        (
            "flate",
            coded(
                &format!("{RGB} /Filter /FlateDecode"),
                &flate(&colour_piece().bytes()),
            ),
        ),
        ("layer", scan(&letter("3 Tr"))),
        ("stamped", stamped()),
        (
            "watermark",
            scan("BT 0.6 g /F 8 Tf 200 4 Td (Signed by A. Person) Tj ET"),
        ),
        ("born", born_digital()),
        ("mixed", mixed()),
        ("signed", signed()),
        (
            "rotate90",
            turned(
                "exif6.jpg",
                (700, 1300),
                "168 0 0 312 0 0",
                "/MediaBox [0 0 168 312] /Rotate 90",
            ),
        ),
        (
            "rotate180",
            turned(
                "exif3.jpg",
                SIZE,
                "312 0 0 168 0 0",
                &format!("{BOX} /Rotate 180"),
            ),
        ),
        (
            "rotate270",
            turned(
                "exif8.jpg",
                (700, 1300),
                "168 0 0 312 0 0",
                "/MediaBox [0 0 168 312] /Rotate -90",
            ),
        ),
        (
            "margins",
            turned("colour.jpg", SIZE, margins, "/MediaBox [0 0 400 250]"),
        ),
        (
            "cropped",
            turned(
                "colour.jpg",
                SIZE,
                margins,
                "/MediaBox [0 0 400 250] /CropBox [40 60 352 228]",
            ),
        ),
        (
            "shifted",
            turned("colour.jpg", SIZE, margins, "/MediaBox [40 60 352 228]"),
        ),
        ("strips", strips()),
        ("inheriting", inheriting()),
    ]
}

/// One run over all kinds with text as it is.
fn skipped() -> &'static Desk {
    static RUN: OnceLock<Desk> = OnceLock::new();
    RUN.get_or_init(|| digitized(&kinds(), &[]))
}

fn digitized(files: &[(&str, Vec<u8>)], arguments: &[&str]) -> Desk {
    let desk = Desk::new();
    for (name, bytes) in files {
        desk.put(&format!("{name}.pdf"), bytes);
    }
    let (code, _, complaints) = run(&mut desk.digitize(arguments));
    assert_eq!(code, 0, "{complaints}");
    desk
}

fn only(desk: &Desk, name: &str) -> Value {
    let record = desk.json(&format!("{name}.json"));
    assert_eq!(record["pages"].as_array().map(Vec::len), Some(1), "{name}");
    record["pages"][0].clone()
}

fn text(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.output(&format!("{name}.txt"))).expect("a text")
}

fn has_flag(page: &Value, code: &str) -> bool {
    page["flags"]
        .as_array()
        .is_some_and(|flags| flags.iter().any(|flag| flag == code))
}

fn holds(pdf: &Path, coded: &[u8]) -> bool {
    contains(&std::fs::read(pdf).expect("a PDF"), coded)
}

/// The scan was read and stands in the output as it stood in the input.
fn is_untouched(name: &str, coded: &[u8]) {
    let desk = skipped();
    let page = only(desk, name);
    assert_eq!(
        (&page["image"], &page["text_from"]),
        (&"untouched".into(), &"ocr".into()),
        "{name}: {page}"
    );
    assert!(holds(&desk.output(&format!("{name}.pdf")), coded), "{name}");
    assert!(
        share_read(&text(desk, name)) >= 0.95,
        "{name}: {}",
        text(desk, name)
    );
}

/// Source and output look the same, mean difference per sample up to `most`.
fn looks_the_same(desk: &Desk, name: &str, most: f64) -> Picture {
    let file = format!("{name}.pdf");
    let before = Picture::shown(&desk.input(&file), 1, 300.0);
    let after = Picture::shown(&desk.output(&file), 1, 300.0);
    let difference = after.difference(&before);
    assert!(difference <= most, "{name} differs by {difference}");
    after
}

#[test]
fn scans_give_up_their_images_untouched() {
    is_untouched("dct", &fixture("colour.jpg"));
    is_untouched("ccitt", &fixture("piece.g4"));
    is_untouched("jbig2", &fixture("piece.g4"));
    for name in ["dct", "ccitt", "jbig2"] {
        looks_the_same(skipped(), name, 0.0);
    }
    let stored = Picture::stored(&skipped().output("ccitt.pdf"), 1);
    assert_eq!(stored.difference(&piece()), 0.0);
}

#[test]
fn a_scan_in_flate_keeps_its_pixels() {
    assert_eq!(only(skipped(), "flate")["image"], "recoded");
    looks_the_same(skipped(), "flate", 0.0);
    let stored = Picture::stored(&skipped().output("flate.pdf"), 1);
    assert_eq!(stored.difference(&colour_piece()), 0.0);
    assert!(share_read(&text(skipped(), "flate")) >= 0.95);
}

#[test]
fn a_hidden_layer_is_kept_when_told_to_skip() {
    let page = only(skipped(), "layer");
    assert_eq!(
        (&page["image"], &page["text_from"]),
        (&"untouched".into(), &"source".into()),
        "{page}"
    );
    assert!(has_flag(&page, "text_kept"), "{page}");
    assert_eq!(
        text(skipped(), "layer")
            .matches("alpha bravo charlie")
            .count(),
        10
    );
    let again = asked(
        "pdftotext",
        &[&skipped().output("layer.pdf").display().to_string(), "-"],
    );
    assert_eq!(again.matches("alpha bravo charlie").count(), 10, "{again}");
    looks_the_same(skipped(), "layer", 0.0);
}

#[test]
fn a_hidden_layer_is_replaced_when_told_to_redo() {
    let desk = digitized(
        &[("layer", scan(&letter("3 Tr"))), ("born", born_digital())],
        &["--text", "redo"],
    );
    let page = only(&desk, "layer");
    assert_eq!(
        (&page["image"], &page["text_from"]),
        (&"untouched".into(), &"ocr".into()),
        "{page}"
    );
    let found = asked(
        "pdftotext",
        &[&desk.output("layer.pdf").display().to_string(), "-"],
    );
    assert!(!found.contains("alpha"), "{found}");
    assert!(share_read(&found) >= 0.95, "{found}");
    assert_eq!(only(&desk, "born")["image"], "kept");
}

#[test]
fn every_page_is_an_image_when_forced() {
    let desk = digitized(
        &[("layer", scan(&letter("3 Tr"))), ("born", born_digital())],
        &["--text", "force"],
    );
    for (name, expected) in [("layer", "Quyết định này"), ("born", "alpha bravo charlie")] {
        let page = only(&desk, name);
        assert_eq!(
            (&page["image"], &page["text_from"]),
            (&"rendered".into(), &"ocr".into()),
            "{name}: {page}"
        );
        assert!(
            text(&desk, name).contains(expected),
            "{name}: {}",
            text(&desk, name)
        );
        assert_eq!(
            desk.json(&format!("{name}.json"))["output"]["pdfa"],
            "2b",
            "{name}"
        );
        // The born page's font is not in the file: two programs set it in two faces.
        looks_the_same(&desk, name, if name == "born" { 12.0 } else { 4.0 });
    }
}

#[test]
fn a_stamp_over_a_scan_stays_visible_and_the_scan_untouched() {
    let page = only(skipped(), "stamped");
    assert_eq!(page["image"], "overlaid");
    assert!(has_flag(&page, "content_over_scan"), "{page}");
    assert!(holds(
        &skipped().output("stamped.pdf"),
        &fixture("colour.jpg")
    ));
    let shown = looks_the_same(skipped(), "stamped", 0.5);
    // The middle of the stamp: 280, 130 pt from below.
    let [red, green, blue] = shown.at(280 * 300 / 72, (168 - 130) * 300 / 72);
    assert!(red > 240 && green < 16 && blue < 16, "{red} {green} {blue}");
    assert!(share_read(&text(skipped(), "stamped")) >= 0.95);
}

#[test]
fn a_watermark_makes_no_born_digital_page() {
    let page = only(skipped(), "watermark");
    assert_eq!(
        (&page["image"], &page["text_from"]),
        (&"overlaid".into(), &"ocr".into()),
        "{page}"
    );
    assert!(holds(
        &skipped().output("watermark.pdf"),
        &fixture("colour.jpg")
    ));
    assert!(share_read(&text(skipped(), "watermark")) >= 0.95);
    looks_the_same(skipped(), "watermark", 0.5);
}

#[test]
fn a_file_that_was_never_paper_is_copied() {
    let (desk, record) = (skipped(), skipped().json("born.json"));
    assert_eq!(
        std::fs::read(desk.input("born.pdf")).expect("in"),
        std::fs::read(desk.output("born.pdf")).expect("out")
    );
    assert_eq!(record["pages"][0]["image"], "kept");
    assert_eq!(record["pages"][0]["text_from"], "source");
    assert!(record["output"]["pdfa"].is_null(), "{record}");
    assert!(
        record["output"]["note"]
            .as_str()
            .is_some_and(|note| note.contains("ever paper")),
        "{record}"
    );
    assert_eq!(
        text(desk, "born")
            .matches("alpha bravo charlie delta echo foxtrot golf")
            .count(),
        10
    );
}

#[test]
fn in_a_mixed_file_each_page_gets_its_due() {
    let (desk, record) = (skipped(), skipped().json("mixed.json"));
    let images: Vec<_> = record["pages"]
        .as_array()
        .expect("pages")
        .iter()
        .map(|page| page["image"].clone())
        .collect();
    assert_eq!(images, ["untouched", "kept"]);
    assert!(record["output"]["pdfa"].is_null(), "{record}");
    assert!(record["output"]["note"].is_string(), "{record}");
    let out = desk.output("mixed.pdf");
    assert!(holds(&out, &fixture("colour.jpg")));
    let found = asked("pdftotext", &[&out.display().to_string(), "-"]);
    assert!(
        share_read(&found) >= 0.95 && found.contains("alpha bravo charlie"),
        "{found}"
    );
    assert!(!holds(&out, b"pdfaid:part"), "no PDF/A is claimed");
    let born = Picture::shown(&desk.input("mixed.pdf"), 2, 100.0);
    assert_eq!(Picture::shown(&out, 2, 100.0).difference(&born), 0.0);
}

#[test]
fn a_signed_file_is_never_rewritten() {
    let desk = skipped();
    let record = desk.json("signed.json");
    assert_eq!(
        std::fs::read(desk.input("signed.pdf")).expect("in"),
        std::fs::read(desk.output("signed.pdf")).expect("out")
    );
    assert!(
        record["flags"]
            .as_array()
            .is_some_and(|flags| flags.iter().any(|flag| flag["code"] == "signed_original"))
    );
    assert!(
        record["output"]["pdfa"].is_null() && record["output"]["copy"].is_null(),
        "{record}"
    );
    assert!(share_read(&text(desk, "signed")) >= 0.95);
    assert!(!desk.made().contains(&"signed.copy.pdf".to_owned()));
}

#[test]
fn even_force_makes_only_a_copy_of_a_signed_file() {
    let desk = digitized(&[("signed", signed())], &["--force"]);
    assert!(signed() == std::fs::read(desk.output("signed.pdf")).expect("out"));
    assert_eq!(
        desk.json("signed.json")["output"]["copy"],
        "signed.copy.pdf"
    );
    let copy = desk.output("signed.copy.pdf");
    assert!(holds(&copy, &fixture("colour.jpg")));
    let found = asked("pdftotext", &[&copy.display().to_string(), "-"]);
    assert!(share_read(&found) >= 0.95, "{found}");
    assert!(!holds(&copy, b"/ByteRange"), "a copy carries no signature");
}

#[test]
fn turned_pages_are_upright() {
    for (name, jpeg) in [
        ("rotate90", "exif6.jpg"),
        ("rotate180", "exif3.jpg"),
        ("rotate270", "exif8.jpg"),
    ] {
        is_untouched(name, &fixture(jpeg));
        let shown = looks_the_same(skipped(), name, 0.5);
        assert!(shown.difference(&colour_piece()) < 6.0, "{name}");
        assert!(
            asked("pdfinfo", &[skipped().output(&format!("{name}.pdf"))]).contains("312 x 168 pts"),
            "{name}"
        );
    }
}

#[test]
fn margins_crops_and_shifts_keep_their_measure() {
    for (name, size) in [
        ("margins", "400 x 250 pts"),
        ("cropped", "312 x 168 pts"),
        ("shifted", "312 x 168 pts"),
    ] {
        is_untouched(name, &fixture("colour.jpg"));
        looks_the_same(skipped(), name, 0.5);
        assert!(
            asked("pdfinfo", &[skipped().output(&format!("{name}.pdf"))]).contains(size),
            "{name}"
        );
    }
}

#[test]
fn text_stands_on_its_words_inside_margins() {
    let boxes = asked(
        "pdftotext",
        &[
            "-bbox",
            &skipped().output("margins.pdf").display().to_string(),
            "-",
        ],
    );
    let word = boxes
        .lines()
        .find(|line| line.contains(">Quyết<"))
        .unwrap_or_else(|| panic!("{boxes}"));
    let at = |name: &str| -> f64 {
        let (_, rest) = word
            .split_once(&format!("{name}=\""))
            .expect("an attribute");
        rest.split('"')
            .next()
            .and_then(|value| value.parse().ok())
            .expect("a number")
    };
    // The word begins the paragraph's third line: its ink spans 70 to 210 px of the piece, which stands 40 pt
    // from the left and 22 pt from the top.
    let ink = |px: f64| 40.0 + px * 72.0 / 300.0;
    assert!((at("xMin") - ink(70.0)).abs() < 3.0, "{word}");
    assert!((22.0..190.0).contains(&at("yMin")), "{word}");
}

#[test]
fn a_scan_in_strips_is_put_together() {
    let page = only(skipped(), "strips");
    assert_eq!(
        (&page["image"], &page["dpi"]),
        (&"rendered".into(), &300.0.into()),
        "{page}"
    );
    looks_the_same(skipped(), "strips", 3.0);
    assert!(share_read(&text(skipped(), "strips")) >= 0.95);
}

#[test]
fn what_a_page_inherits_is_found() {
    is_untouched("inheriting", &fixture("colour.jpg"));
    looks_the_same(skipped(), "inheriting", 0.0);
}

#[test]
fn a_file_without_pages_is_set_aside_alone() {
    let desk = Desk::new();
    desk.put("none.pdf", Paper::default().finish(&[], ""));
    desk.put("one.pdf", scan(""));
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 1, "{complaints}");
    assert_eq!(
        desk.made(),
        [
            "batch.json",
            "none.why.txt",
            "one.json",
            "one.pdf",
            "one.txt"
        ]
    );
    assert!(complaints.contains("none.pdf"), "{complaints}");
}
