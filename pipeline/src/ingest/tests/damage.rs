//! Damaged, cut and hostile files: errors that say where, within bounded time and memory, never a panic.

use std::time::{Duration, Instant};

use super::made::{Page, Tiff, jpeg, packed_bilevel, rgb_png};
use super::*;
use crate::speech::Spoken;

/// A small file of each kind.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut webp = Vec::new();
    image_webp::WebPEncoder::new(&mut webp)
        .encode(bytes_of(&rgb()), WIDTH, HEIGHT, image_webp::ColorType::Rgb8)
        .unwrap();
    vec![
        ("jpeg", jpeg(&gray())),
        (
            "progressive jpeg",
            include_bytes!("fixtures/progressive.jpg").to_vec(),
        ),
        ("png", rgb_png()),
        ("webp", webp),
        ("lossy webp", include_bytes!("fixtures/lossy.webp").to_vec()),
        ("jp2", include_bytes!("fixtures/rgb.jp2").to_vec()),
        (
            "plain tiff",
            Page::plain(WIDTH, HEIGHT, 1, 1, 1, packed_bilevel()).file(),
        ),
        ("g4 tiff", include_bytes!("fixtures/fax-g4.tif").to_vec()),
        (
            "g3 tiff",
            include_bytes!("fixtures/fax-g3-2d-strips.tif").to_vec(),
        ),
        (
            "lzw bigtiff",
            include_bytes!("fixtures/big-endian-bigtiff-lzw.tif").to_vec(),
        ),
        (
            "tiled tiff",
            include_bytes!("fixtures/planar-tiles-deflate.tif").to_vec(),
        ),
        (
            "jpeg tiff",
            include_bytes!("fixtures/jpeg-tables.tif").to_vec(),
        ),
    ]
}

/// Every offset of short files; of long ones those in the headers, at the end, and each seventh.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    (0..length).filter(move |cut| length < 700 || *cut < 200 || cut % 7 == 0 || length - cut < 50)
}

#[test]
fn cut_files_are_errors_or_whole() {
    for (name, bytes) in seeds() {
        let whole = loaded(&bytes).raster;
        for cut in cuts(bytes.len()) {
            // Bytes after the last pixel may go (padding, the end of a directory's tail).
            if let Ok(page) = load(&bytes[..cut]) {
                assert_eq!(page.raster, whole, "{name} cut at {cut} of {}", bytes.len());
            }
        }
    }
}

#[test]
fn flipped_bits_never_panic() {
    for (name, bytes) in seeds() {
        let step = (bytes.len() * 8 / 500).max(1);
        for bit in (0..bytes.len() * 8).step_by(step) {
            let mut broken = bytes.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            let start = Instant::now();
            let outcome = load(&broken);
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "{name}, bit {bit}"
            );
            if let Err(error) = outcome {
                let line = error.to_string();
                assert!(!line.contains('\n'), "{line}");
            }
        }
    }
}

#[test]
fn a_cut_jpeg_says_where() {
    let bytes = jpeg(&gray());
    let error = load(&bytes[..bytes.len() / 2]).unwrap_err();
    assert_eq!(error.page, Some(0));
    match &error.fault {
        Fault::Damaged {
            byte: Some(byte), ..
        } => assert_eq!(*byte, (bytes.len() / 2) as u64),
        other => panic!("{other:?}"),
    }
    assert!(
        error.to_string().contains("page 1: damaged at byte"),
        "{error}"
    );
    let spoken = error.fault.spoken();
    assert!(spoken.vi.starts_with("hỏng tại byte "), "{}", spoken.vi);
}

#[test]
fn a_jpeg_that_lacks_pixels_but_has_an_end_is_damaged() {
    for raster in [gray(), rgb(), bilevel()] {
        let bytes = jpeg(&raster);
        let mut short = bytes[..bytes.len() * 3 / 4].to_vec();
        if short.last() == Some(&0xFF) {
            short.pop();
        }
        short.extend_from_slice(&[0xFF, 0xD9]);
        let error = load(&short).unwrap_err();
        assert!(matches!(error.fault, Fault::Damaged { .. }), "{error}");
    }
}

#[test]
fn nothing_and_noise() {
    let fault = |bytes: &[u8]| load(bytes).unwrap_err().fault;
    assert!(matches!(fault(b""), Fault::Empty));
    assert!(matches!(
        fault(b"hello, this is no image"),
        Fault::UnknownFormat
    ));
    assert!(matches!(fault(b"%PDF-1.7"), Fault::Unsupported { .. }));
    assert!(matches!(fault(b"II\x2A\0"), Fault::Damaged { .. }));
    assert!(matches!(fault(b"\x89PNG\r\n\x1A\n"), Fault::Damaged { .. }));
    assert!(matches!(fault(b"\xFF\xD8\xFF"), Fault::Damaged { .. }));
    assert!(matches!(
        fault(b"RIFF\x04\0\0\0WEBP"),
        Fault::Damaged { .. }
    ));
}

#[test]
fn a_circle_of_pages_ends() {
    let page = |value| Page::plain(1, 1, 8, 1, 1, vec![value]);
    let mut bytes = Tiff {
        big_endian: false,
        pages: vec![page(1), page(2)],
    }
    .bytes();
    let first: [u8; 4] = bytes[4..8].try_into().unwrap();
    let end = bytes.len() - 4;
    bytes[end..].copy_from_slice(&first);
    let error = load(&bytes).unwrap_err();
    assert_eq!(error.page, Some(2));
    assert!(error.to_string().contains("circle"), "{error}");
}

#[test]
fn declared_sizes_are_refused_before_memory_is_taken() {
    let too_large = |bytes: &[u8]| {
        assert!(matches!(
            load(bytes).unwrap_err().fault,
            Fault::TooLarge { .. }
        ));
    };
    too_large(&Page::plain(4_000_000_000, 10, 8, 1, 1, vec![0]).file());
    too_large(&Page::plain(29_999, 29_999, 8, 1, 1, vec![0]).file());
    // A PNG that says it has 30,000 x 30,000 pixels.
    let mut png = rgb_png();
    png[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    too_large(&png);
    let mut jpeg = jpeg(&rgb());
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    too_large(&jpeg);
}

#[test]
fn absurd_counts_are_refused() {
    let damaged = |page: Page| {
        let error = load(&page.file()).unwrap_err();
        assert!(
            matches!(error.fault, Fault::Damaged { .. } | Fault::TooLarge { .. }),
            "{error}"
        );
    };
    let plain = || Page::plain(WIDTH, HEIGHT, 8, 1, 1, vec![0; 100]);
    damaged(plain());
    damaged(plain().with(278, 4, &[0]));
    damaged(plain().with(278, 4, &[1]));
    damaged(plain().with(277, 3, &[60_000]));
    damaged(plain().with(322, 4, &[u32::MAX]).with(323, 4, &[u32::MAX]));
    damaged(plain().with(322, 4, &[0]).with(323, 4, &[0]));
    damaged(plain().with(259, 3, &[8]));
    damaged(plain().with(259, 3, &[5]));
    damaged(plain().with(259, 3, &[7]));
    damaged(Page::plain(0, 5, 8, 1, 1, vec![0]));
}

#[test]
fn what_is_not_supported_is_named() {
    let what = |page: Page| load(&page.file()).unwrap_err().to_string();
    let plain = || Page::plain(WIDTH, HEIGHT, 8, 1, 1, vec![0; 100]);
    assert!(what(plain().with(259, 3, &[6])).contains("old-style JPEG"));
    assert!(what(plain().with(259, 3, &[34_712])).contains("compression 34712"));
    assert!(what(plain().with(339, 3, &[3])).contains("unsigned"));
    let mut twelve = jpeg(&gray());
    let frame = twelve
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    twelve[frame + 4] = 12;
    assert!(
        load(&twelve)
            .unwrap_err()
            .to_string()
            .contains("JPEG of 12 bits")
    );
    twelve[frame + 1] = 0xC9;
    assert!(
        load(&twelve)
            .unwrap_err()
            .to_string()
            .contains("arithmetic")
    );
}
