//! Every image format and coding: read right, shown as it came, its coded bytes kept where that is possible.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use super::share_read;
use crate::picture::{Picture, colour_piece, grey_piece, piece};
use crate::program::{Desk, asked, contains, fixtures, run, samples};

/// One run over all images; its desk and exit code.
fn digitized() -> &'static Desk {
    static RUN: OnceLock<Desk> = OnceLock::new();
    RUN.get_or_init(|| {
        let desk = Desk::new();
        for entry in std::fs::read_dir(fixtures("inputs"))
            .expect("fixtures")
            .flatten()
        {
            let path = entry.path();
            let is_source = path
                .extension()
                .is_some_and(|ending| ["py", "md", "pbm", "g4"].iter().any(|e| ending == *e));
            if !is_source {
                // The ending goes into the name: several fixtures differ by nothing else.
                let name = entry.file_name().to_string_lossy().replace('.', "-");
                let ending = path
                    .extension()
                    .expect("an ending")
                    .to_string_lossy()
                    .into_owned();
                std::fs::copy(&path, desk.input(&format!("{name}.{ending}"))).expect("an input");
            }
        }
        std::fs::copy(samples().join("to-trinh.jpg"), desk.input("to-trinh.jpg"))
            .expect("an input");
        let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
        assert_eq!(code, 0, "{complaints}");
        desk
    })
}

fn pdf(name: &str) -> PathBuf {
    digitized().output(&format!("{name}.pdf"))
}

fn page(name: &str, number: usize) -> Value {
    digitized().json(&format!("{name}.json"))["pages"][number - 1].clone()
}

/// The stored pixels are `expected`, all of them, they are shown, and the words were read.
fn is_exact(name: &str, expected: &Picture) {
    let stored = Picture::stored(&pdf(name), 1);
    assert_eq!(stored.difference(expected), 0.0, "{name}");
    is_close(name, expected);
}

/// The page shows `expected` as well as a lossy coding and poppler's scaling by parts of a px can.
fn is_close(name: &str, expected: &Picture) {
    shows(name, 1, expected);
    is_read(name);
}

fn shows(name: &str, page: u32, expected: &Picture) {
    let shown = Picture::shown_on(&pdf(name), page, (expected.width, expected.height));
    let difference = shown.difference(expected);
    assert!(difference < 6.0, "{name} differs by {difference}");
}

fn is_read(name: &str) {
    let text = std::fs::read_to_string(digitized().output(&format!("{name}.txt"))).expect("a text");
    let share = share_read(&text);
    assert!(share >= 0.95, "{name}: {share} of the words in {text:?}");
}

/// The coded data of the input, all of it, stands in the output.
fn keeps(name: &str, coded: &[u8]) {
    assert_eq!(page(name, 1)["image"], "untouched", "{name}");
    assert!(
        contains(&std::fs::read(pdf(name)).expect("an output"), coded),
        "{name}"
    );
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures(&format!("inputs/{name}"))).expect("a fixture")
}

#[test]
fn jpegs_are_kept_byte_for_byte() {
    for name in ["grey", "colour", "progressive"] {
        let expected = if name == "grey" {
            grey_piece()
        } else {
            colour_piece()
        };
        let out = format!("{name}-jpg");
        keeps(&out, &fixture(&format!("{name}.jpg")));
        is_close(&out, &expected);
    }
}

#[test]
fn four_inks_are_kept_byte_for_byte() {
    keeps("cmyk-jpg", &fixture("cmyk.jpg"));
    is_read("cmyk-jpg");
    // Without a profile in the file nobody knows the inks; readers agree on their colours only roughly.
    let expected = colour_piece();
    let shown = Picture::shown_on(&pdf("cmyk-jpg"), 1, (expected.width, expected.height));
    let difference = shown.difference(&expected);
    assert!(difference < 12.0, "{difference}");
}

#[test]
fn what_exif_says_of_the_turn_is_done_without_touching_the_jpeg() {
    for (orientation, turn) in [(3, 180), (6, 90), (8, 270)] {
        let out = format!("exif{orientation}-jpg");
        keeps(&out, &fixture(&format!("exif{orientation}.jpg")));
        assert_eq!(page(&out, 1)["rotation"], turn, "{out}");
        is_close(&out, &colour_piece());
    }
}

#[test]
fn a_sample_that_exif_turns_is_kept_and_read() {
    keeps(
        "to-trinh",
        &std::fs::read(samples().join("to-trinh.jpg")).expect("a sample"),
    );
    let text = std::fs::read_to_string(digitized().output("to-trinh.txt")).expect("a text");
    assert!(
        text.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        "{text}"
    );
}

#[test]
fn pngs_of_every_kind_are_exact() {
    is_exact("bilevel-png", &piece());
    is_exact("grey-png", &grey_piece());
    is_exact("colour-png", &colour_piece());
    is_exact("palette-png", &colour_piece());
    is_exact("deep-png", &grey_piece());
}

#[test]
fn a_clear_png_is_shown_on_white_paper() {
    let piece = piece();
    let ink = Picture::of(piece.width, piece.height, |x, y| {
        if piece.at(x, y) == [0; 3] {
            [25, 25, 60]
        } else {
            [255; 3]
        }
    });
    is_exact("alpha-png", &ink);
}

#[test]
fn fax_codings_of_tiff_are_exact() {
    for name in ["g4-tif", "g4-strips-tif", "g3-tif", "g3-2d-tif"] {
        is_exact(name, &piece());
    }
}

#[test]
fn a_page_in_one_g4_strip_is_kept_byte_for_byte() {
    keeps("g4-tif", &fixture("piece.g4"));
}

#[test]
fn lossless_codings_of_tiff_are_exact() {
    is_exact("packbits-tif", &grey_piece());
    for name in ["lzw-tif", "deflate-tif", "tiled-tif", "big-tif"] {
        is_exact(name, &colour_piece());
    }
}

#[test]
fn jpeg_in_tiff_is_shown_as_it_came() {
    is_close("jpeg-tif", &colour_piece());
}

#[test]
fn pages_of_a_tiff_come_in_order_each_as_it_is() {
    assert_eq!(digitized().json("pages-tif.json")["source"]["pages"], 3);
    for (number, expected) in [(1, piece()), (2, grey_piece()), (3, colour_piece())] {
        let stored = Picture::stored(&pdf("pages-tif"), number);
        assert_eq!(stored.difference(&expected), 0.0, "page {number}");
        shows("pages-tif", number, &expected);
    }
    let text = std::fs::read_to_string(digitized().output("pages-tif.txt")).expect("a text");
    assert_eq!(
        text.matches("Độc lập - Tự do - Hạnh phúc").count(),
        3,
        "{text}"
    );
}

#[test]
fn webp_is_read_and_shown() {
    is_exact("lossless-webp", &colour_piece());
    is_close("lossy-webp", &colour_piece());
    // The format has no place for a resolution; the record says that one was taken.
    for name in ["lossless-webp", "lossy-webp"] {
        let flags = page(name, 1)["flags"].to_string();
        assert!(flags.contains("resolution_assumed"), "{name}: {flags}");
    }
}

#[test]
fn jpeg_2000_is_kept_and_shown() {
    for (name, expected) in [("grey", grey_piece()), ("colour", colour_piece())] {
        let out = format!("{name}-jp2");
        is_exact(&out, &expected);
        // The codestream is what is kept; it ends the file as well.
        let source = fixture(&format!("{name}.jp2"));
        keeps(&out, &source[source.len() - 1000..]);
    }
}

#[test]
fn a_page_all_in_blue_ink_is_no_blank_page() {
    let found = page("blue-ink-png", 1);
    assert_eq!(
        (&found["blank"], &found["text_from"]),
        (&false.into(), &"ocr".into()),
        "{found}"
    );
    is_read("blue-ink-png");
}

#[test]
fn pages_are_as_large_as_their_paper() {
    for name in [
        "colour-jpg",
        "cmyk-jpg",
        "exif6-jpg",
        "deep-png",
        "g4-tif",
        "big-tif",
    ] {
        let facts = asked("pdfinfo", &[pdf(name)]);
        // 1300 x 700 px at 300 dpi; PNG counts in px per metre, which is off by 2 in a million.
        let size = facts
            .lines()
            .find_map(|line| line.strip_prefix("Page size:"))
            .expect("a size");
        let sides: Vec<f64> = size
            .split_whitespace()
            .filter_map(|side| side.parse().ok())
            .collect();
        assert!(
            (sides[0] - 312.0).abs() < 0.01 && (sides[1] - 168.0).abs() < 0.01,
            "{name}: {size}"
        );
        assert_eq!(page(name, 1)["dpi"], 300.0, "{name}");
    }
}

#[test]
fn paper_fed_in_sideways_or_upside_down_is_shown_upright() {
    let upright = {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copy = folder.path().join("upright.pdf");
        let desk = Desk::new();
        std::fs::copy(
            samples().join("quyet-dinh-den-trang.tif"),
            desk.input("upright.tif"),
        )
        .expect("an input");
        let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
        assert_eq!(code, 0, "{complaints}");
        std::fs::copy(desk.output("upright.pdf"), &copy).expect("a copy");
        Picture::shown(&copy, 1, 200.0)
    };
    for (fed, back) in [(90, 270), (180, 180), (270, 90)] {
        let name = format!("turned{fed}-tif");
        let found = page(&name, 1);
        assert_eq!(found["rotation"], back, "{name}");
        let difference = Picture::shown(&pdf(&name), 1, 200.0).difference(&upright);
        assert!(difference < 6.0, "{name} differs by {difference}");
        let text =
            std::fs::read_to_string(digitized().output(&format!("{name}.txt"))).expect("a text");
        assert!(
            text.contains("Độc lập - Tự do - Hạnh phúc"),
            "{name}: {text}"
        );
    }
}
