//! The pixels that come out are those that went in.

use super::made::{Page, Tiff, jpeg, packed_bilevel, png, rgb_png, with_exif};
use super::*;
use crate::document::Turn;
use ::png::{BitDepth, ColorType};

fn fixture(bytes: &[u8], expected: &Raster, tolerance: u8) {
    let page = loaded(bytes);
    assert!(
        difference(&page.raster, expected) <= tolerance,
        "{}",
        difference(&page.raster, expected)
    );
    assert!(difference(&shown(&page.stored), &page.raster) == 0);
}

#[test]
fn fax_of_every_kind() {
    for bytes in [
        include_bytes!("fixtures/fax-g3-1d.tif").as_slice(),
        include_bytes!("fixtures/fax-g3-2d-fill-lsb.tif"),
        include_bytes!("fixtures/fax-g3-2d-strips.tif"),
        include_bytes!("fixtures/fax-g4.tif"),
        include_bytes!("fixtures/fax-g4-tiles.tif"),
    ] {
        fixture(bytes, &bilevel(), 0);
    }
}

#[test]
fn files_of_other_writers() {
    fixture(
        include_bytes!("fixtures/big-endian-bigtiff-lzw.tif"),
        &rgb(),
        0,
    );
    fixture(
        include_bytes!("fixtures/planar-tiles-deflate.tif"),
        &rgb(),
        0,
    );
    fixture(include_bytes!("fixtures/jpeg-luma.tif"), &rgb(), 12);
    fixture(include_bytes!("fixtures/jpeg-tables.tif"), &rgb(), 12);
    fixture(include_bytes!("fixtures/progressive.jpg"), &rgb(), 12);
    fixture(include_bytes!("fixtures/lossy.webp"), &rgb(), 24);
    fixture(include_bytes!("fixtures/rgb.jp2"), &rgb(), 0);
    fixture(include_bytes!("fixtures/gray.j2k"), &gray(), 0);
}

#[test]
fn inks_become_colours() {
    let page = loaded(include_bytes!("fixtures/cmyk.jpg"));
    assert!(
        difference(&page.raster, &rgb()) <= 12,
        "{}",
        difference(&page.raster, &rgb())
    );
    assert!(matches!(
        page.stored.coding,
        Coding::Jpeg {
            components: 4,
            inverted: true,
            ..
        }
    ));
    assert!(page.notes.contains(&Note::InksConverted));
    let inks = bytes_of(&rgb())
        .as_chunks::<3>()
        .0
        .iter()
        .flat_map(|[r, g, b]| [255 - r, 255 - g, 255 - b, 0])
        .collect();
    fixture(&Page::plain(WIDTH, HEIGHT, 8, 4, 5, inks).file(), &rgb(), 0);
}

#[test]
fn jpeg_to_grey_and_colour() {
    fixture(&jpeg(&gray()), &gray(), 4);
    fixture(&jpeg(&rgb()), &rgb(), 8);
}

#[test]
fn plain_tiff_of_every_depth() {
    let plain = |bits, samples, photometric, data: &[u8]| {
        Page::plain(WIDTH, HEIGHT, bits, samples, photometric, data.to_vec()).file()
    };
    fixture(&plain(1, 1, 1, &packed_bilevel()), &bilevel(), 0);
    let flipped: Vec<u8> = packed_bilevel().iter().map(|byte| !byte).collect();
    fixture(&plain(1, 1, 0, &flipped), &bilevel(), 0);
    fixture(&plain(8, 1, 1, bytes_of(&gray())), &gray(), 0);
    fixture(&plain(8, 3, 2, bytes_of(&rgb())), &rgb(), 0);
    let wide: Vec<u8> = bytes_of(&gray())
        .iter()
        .flat_map(|&p| (u16::from(p) * 257).to_le_bytes())
        .collect();
    fixture(&plain(16, 1, 1, &wide), &gray(), 0);
    let wide: Vec<u8> = bytes_of(&rgb())
        .iter()
        .flat_map(|&p| (u16::from(p) * 257).to_le_bytes())
        .collect();
    fixture(&plain(16, 3, 2, &wide), &rgb(), 0);
}

#[test]
fn palettes_of_tiff() {
    let map: Vec<u32> = (0..3_u32)
        .flat_map(|channel| (0..256_u32).map(move |i| (i * (channel + 1) % 256) * 257))
        .collect();
    let bytes = Page::plain(WIDTH, HEIGHT, 8, 1, 3, bytes_of(&gray()).to_vec())
        .with(320, 3, &map)
        .file();
    let pixels = bytes_of(&gray())
        .iter()
        .flat_map(|&i| [i, i.wrapping_mul(2), i.wrapping_mul(3)])
        .collect();
    fixture(
        &bytes,
        &Raster::Rgb(Rgb {
            width: WIDTH,
            height: HEIGHT,
            pixels,
        }),
        0,
    );
}

#[test]
fn subsampled_chroma_of_tiff() {
    // Blocks of 2 x 2 luma samples and one pair of chroma samples; 61 px need 31 blocks across.
    let mut data = Vec::new();
    for top in 0..HEIGHT / 2 {
        for left in 0..WIDTH.div_ceil(2) {
            let luma =
                |dx: u32, dy: u32| low(((left * 2 + dx).min(WIDTH - 1) + (top * 2 + dy)) * 2);
            data.extend_from_slice(&[luma(0, 0), luma(1, 0), luma(0, 1), luma(1, 1), 128, 128]);
        }
    }
    let bytes = Page::plain(WIDTH, HEIGHT, 8, 3, 6, data)
        .with(530, 3, &[2, 2])
        .file();
    let pixels = places().flat_map(|(x, y)| [low((x + y) * 2); 3]).collect();
    fixture_as_gray(
        &bytes,
        &Raster::Rgb(Rgb {
            width: WIDTH,
            height: HEIGHT,
            pixels,
        }),
    );
}

/// Colour pixels without colour are stored as grey ones.
fn fixture_as_gray(bytes: &[u8], expected: &Raster) {
    let page = loaded(bytes);
    assert_eq!(difference(&page.raster, expected), 0);
    assert!(matches!(
        page.stored.coding,
        Coding::Flate { colors: 1, .. }
    ));
}

#[test]
fn packed_bits_of_tiff() {
    let raster = gray();
    let data = bytes_of(&raster).chunks(100).flat_map(|piece| {
        let mut run = vec![low(u32::try_from(piece.len()).unwrap() - 1)];
        run.extend_from_slice(piece);
        run
    });
    let mut coded: Vec<u8> = data.collect();
    coded.insert(0, 128);
    let bytes = Page::plain(WIDTH, HEIGHT, 8, 1, 1, coded)
        .with(259, 3, &[32_773])
        .file();
    fixture(&bytes, &gray(), 0);
    let white = [0x81, 255].repeat(usize::try_from(WIDTH * HEIGHT).unwrap() / 128 + 1);
    let bytes = Page::plain(WIDTH, HEIGHT, 8, 1, 1, white)
        .with(259, 3, &[32_773])
        .file();
    assert!(bytes_of(&loaded(&bytes).raster).iter().all(|&p| p == 255));
}

#[test]
fn png_of_every_kind() {
    fixture(&rgb_png(), &rgb(), 0);
    fixture(
        &png(
            ColorType::Grayscale,
            BitDepth::Eight,
            bytes_of(&gray()),
            None,
            None,
        ),
        &gray(),
        0,
    );
    fixture(
        &png(
            ColorType::Grayscale,
            BitDepth::One,
            &packed_bilevel(),
            None,
            None,
        ),
        &bilevel(),
        0,
    );
    let wide: Vec<u8> = bytes_of(&rgb()).iter().flat_map(|&p| [p, p]).collect();
    fixture(
        &png(ColorType::Rgb, BitDepth::Sixteen, &wide, None, None),
        &rgb(),
        0,
    );
    let palette: Vec<u8> = (0..=255_u8).flat_map(|i| [i, 255 - i, i / 2]).collect();
    let pixels = bytes_of(&gray())
        .iter()
        .flat_map(|&i| [i, 255 - i, i / 2])
        .collect();
    let expected = Raster::Rgb(Rgb {
        width: WIDTH,
        height: HEIGHT,
        pixels,
    });
    fixture(
        &png(
            ColorType::Indexed,
            BitDepth::Eight,
            bytes_of(&gray()),
            Some(&palette),
            None,
        ),
        &expected,
        0,
    );
}

#[test]
fn transparency_is_laid_on_white() {
    let clear: Vec<u8> = bytes_of(&rgb())
        .as_chunks::<3>()
        .0
        .iter()
        .flat_map(|[r, g, b]| [*r, *g, *b, 0])
        .collect();
    let page = loaded(&png(ColorType::Rgba, BitDepth::Eight, &clear, None, None));
    assert!(bytes_of(&page.raster).iter().all(|&p| p == 255));
    assert!(page.notes.contains(&Note::TransparencyFlattened));
    // The one grey that counts as transparent.
    let page = loaded(&png(
        ColorType::Grayscale,
        BitDepth::Eight,
        bytes_of(&gray()),
        None,
        Some(&[0, 4]),
    ));
    assert_eq!(bytes_of(&page.raster)[..3], [0, 255, 8]);
}

#[test]
fn webp_without_loss() {
    let mut bytes = Vec::new();
    image_webp::WebPEncoder::new(&mut bytes)
        .encode(bytes_of(&rgb()), WIDTH, HEIGHT, image_webp::ColorType::Rgb8)
        .unwrap();
    fixture(&bytes, &rgb(), 0);
}

#[test]
fn many_pages_in_both_byte_orders() {
    for big_endian in [false, true] {
        let page = |value: u8| Page::plain(3, 2, 8, 1, 1, vec![value; 6]);
        let thumbnail = page(99).with(254, 4, &[1]);
        let bytes = Tiff {
            big_endian,
            pages: vec![page(10), thumbnail, page(20), page(30)],
        }
        .bytes();
        let file = file("pages.tif", &bytes);
        let source = Source::open(&file.path, &Limits::default()).unwrap();
        assert_eq!(source.page_count(), 3);
        assert_eq!(source.notes(), [Note::PagesSkipped { count: 1 }]);
        for (number, value) in [10, 20, 30].into_iter().enumerate() {
            let page = source.load(number).unwrap();
            assert_eq!(bytes_of(&page.raster), [value; 6]);
            assert_eq!((page.dpi.x, page.dpi.origin), (300.0, DpiOrigin::Stated));
        }
        assert!(matches!(
            source.load(3).unwrap_err().fault,
            Fault::NoSuchPage { pages: 3 }
        ));
    }
}

#[test]
fn pages_load_on_several_threads() {
    let pages = (0..40)
        .map(|value| Page::plain(50, 50, 8, 1, 1, vec![value; 2500]))
        .collect();
    let file = file(
        "pages.tif",
        &Tiff {
            big_endian: false,
            pages,
        }
        .bytes(),
    );
    let source = Source::open(&file.path, &Limits::default()).unwrap();
    std::thread::scope(|scope| {
        for start in 0..4 {
            let source = &source;
            scope.spawn(move || {
                for page in (start..40).step_by(4) {
                    let expected = u8::try_from(page).unwrap();
                    assert!(
                        bytes_of(&source.load(page).unwrap().raster)
                            .iter()
                            .all(|p| *p == expected)
                    );
                }
            });
        }
    });
}

#[test]
fn a_file_of_thumbnails_only_has_pages() {
    let bytes = Page::plain(1, 1, 8, 1, 1, vec![7])
        .with(254, 4, &[1])
        .file();
    assert_eq!(bytes_of(&loaded(&bytes).raster), [7]);
}

#[test]
fn orientation_and_resolution() {
    let turns = [
        Turn::None,
        Turn::MirrorX,
        Turn::Half,
        Turn::MirrorY,
        Turn::Transpose,
        Turn::Right,
        Turn::Transverse,
        Turn::Left,
    ];
    for (value, turn) in (1..).zip(turns) {
        let page = loaded(&with_exif(&jpeg(&gray()), value));
        assert_eq!(page.turn, turn);
        assert_eq!((page.dpi.x, page.dpi.origin), (300.0, DpiOrigin::Stated));
        let tiff = Page::plain(1, 1, 8, 1, 1, vec![0])
            .with(274, 3, &[value])
            .file();
        assert_eq!(loaded(&tiff).turn, turn);
    }
    assert_eq!(loaded(&with_exif(&jpeg(&gray()), 77)).turn, Turn::None);
    let metric = Page::plain(1, 1, 8, 1, 1, vec![0])
        .with(282, 5, &[118, 1])
        .with(283, 5, &[118, 1])
        .with(296, 3, &[3]);
    assert!((loaded(&metric.file()).dpi.x - 299.72).abs() < 0.01);
    assert!((loaded(&rgb_png()).dpi.x - 300.0).abs() < 0.1);
}

#[test]
fn extreme_shapes() {
    for (width, height) in [(1, 1), (30_000, 10), (10, 30_000)] {
        let pixels = usize::try_from(width * height).unwrap();
        let page = loaded(&Page::plain(width, height, 8, 1, 1, vec![200; pixels]).file());
        assert_eq!(page.raster.size(), (width, height));
        let bits = usize::try_from(width.div_ceil(8) * height).unwrap();
        let page = loaded(&Page::plain(width, height, 1, 1, 1, vec![0x55; bits]).file());
        assert_eq!(difference(&shown(&page.stored), &page.raster), 0);
    }
}
