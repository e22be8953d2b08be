//! Files cut off at every byte and with bits turned over.

use std::time::{Duration, Instant};

use saoy_pdf::PdfError;

use crate::build::{Build, Lcg, exercise, packed, three_pages};

fn signed() -> Build {
    let mut build = Build::new();
    build.object(
        1,
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3/DR<<>>>>>>",
    );
    build.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>");
    build.object(3, "<</Type/Page/Annots[4 0 R]>>");
    build.object(4, "<</FT/Sig/Subtype/Widget/T(S)/V 5 0 R/Rect[0 0 1 1]>>");
    build.object(5, "<</Type/Sig/ByteRange[0 1 2 3]/Contents<00ff>>>");
    build.classic("/Size 6/Root 1 0 R");
    build
}

#[test]
fn truncated_anywhere_no_page_is_lost_in_silence() {
    for (build, pages) in [(three_pages(), 3), (packed(), 1), (signed(), 1)] {
        for end in 0..build.bytes.len() {
            let start = Instant::now();
            let read = exercise(build.bytes[..end].to_vec());
            assert!(start.elapsed() < Duration::from_secs(1), "cut at {end}");
            assert!(
                read.as_ref().is_err() || read == Ok(pages),
                "cut at {end}: {read:?}"
            );
        }
    }
}

#[test]
fn a_cut_page_is_named() {
    let build = three_pages();
    let cut = build
        .bytes
        .windows(7)
        .position(|bytes| bytes == b"4 0 obj")
        .unwrap();
    let error = exercise(build.bytes[..cut].to_vec()).unwrap_err();
    assert!(matches!(error, PdfError::MissingPage { .. }), "{error}");
    assert!(error.to_string().contains("page"), "{error}");
}

#[test]
fn flipped_bits_neither_panic_nor_hang() {
    let mut random = Lcg(42);
    for build in [three_pages(), packed(), signed()] {
        for round in 0..2000 {
            let mut bytes = build.bytes.clone();
            for _ in 0..=round % 4 {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
            let start = Instant::now();
            drop(exercise(bytes));
            assert!(start.elapsed() < Duration::from_secs(1), "round {round}");
        }
    }
}

#[test]
fn spliced_pieces_neither_panic_nor_hang() {
    let mut random = Lcg(7);
    for build in [three_pages(), packed(), signed()] {
        for round in 0..1000 {
            let mut bytes = build.bytes.clone();
            let (from, to) = (random.below(bytes.len()), random.below(bytes.len()));
            let piece: Vec<u8> = bytes
                .iter()
                .skip(from)
                .take(random.below(60))
                .copied()
                .collect();
            let end = (to + random.below(60)).min(bytes.len());
            bytes.splice(to..end, piece);
            let start = Instant::now();
            drop(exercise(bytes));
            assert!(start.elapsed() < Duration::from_secs(1), "round {round}");
        }
    }
}
