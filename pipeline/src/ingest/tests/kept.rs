//! What goes into the output is the input's own bytes where PDF has the coding.

use super::made::{Page, jpeg, png, rgb_png};
use super::*;
use crate::document::Turn;
use ::png::{BitDepth, ColorType};

#[test]
fn jpeg_files_are_untouched() {
    for bytes in [
        jpeg(&gray()),
        jpeg(&rgb()),
        include_bytes!("fixtures/cmyk.jpg").to_vec(),
    ] {
        let page = loaded(&bytes);
        let Coding::Jpeg { data, .. } = &page.stored.coding else {
            panic!("{:?}", page.stored)
        };
        assert!(page.stored.untouched && data[..] == bytes[..]);
        assert_eq!(page.turn, Turn::None);
    }
}

#[test]
fn profiles_in_parts_are_joined_when_they_fit() {
    let mut profile: Vec<u8> = (0..100_000_u32).map(|i| low(i % 251)).collect();
    profile[16..20].copy_from_slice(b"GRAY");
    profile[36..40].copy_from_slice(b"acsp");
    let stored = |raster: &Raster| {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
        encoder.add_icc_profile(&profile).unwrap();
        let color = match raster {
            Raster::Gray(_) => jpeg_encoder::ColorType::Luma,
            Raster::Rgb(_) => jpeg_encoder::ColorType::Rgb,
        };
        let side = |px: u32| u16::try_from(px).unwrap();
        encoder
            .encode(bytes_of(raster), side(WIDTH), side(HEIGHT), color)
            .unwrap();
        loaded(&bytes).stored
    };
    assert!(
        matches!(&stored(&gray()).coding, Coding::Jpeg { icc: Some(icc), .. } if icc[..] == profile[..])
    );
    assert!(matches!(
        stored(&rgb()).coding,
        Coding::Jpeg { icc: None, .. }
    ));
}

#[test]
fn deflated_strips_are_untouched_unless_bilevel() {
    let deflated = |raster: &Raster| {
        use std::io::Write;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(bytes_of(raster)).unwrap();
        Page::plain(WIDTH, HEIGHT, 8, 1, 1, zlib.finish().unwrap())
            .with(259, 3, &[8])
            .file()
    };
    let page = loaded(&deflated(&gray()));
    assert!(
        page.stored.untouched
            && matches!(
                page.stored.coding,
                Coding::Flate {
                    png_rows: false,
                    ..
                }
            )
    );
    assert_eq!(shown(&page.stored), gray());
    let page = loaded(&deflated(&bilevel()));
    assert!(matches!(page.stored.coding, Coding::Ccitt { .. }));
    assert_eq!(shown(&page.stored), bilevel());
}

#[test]
fn jpeg_of_plain_rgb_gets_its_marker() {
    // Components named R, G, B and no marker that says so.
    let mut bytes = jpeg(&rgb());
    let frame = bytes
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    let scan = bytes
        .windows(2)
        .position(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    let jfif = bytes.windows(4).position(|four| four == b"JFIF").unwrap();
    bytes[jfif..jfif + 4].copy_from_slice(b"none");
    for (i, name) in b"RGB".iter().enumerate() {
        bytes[frame + 10 + 3 * i] = *name;
        bytes[scan + 5 + 2 * i] = *name;
    }
    let page = loaded(&bytes);
    assert!(!page.stored.untouched);
    let Coding::Jpeg { data, .. } = &page.stored.coding else {
        panic!("{:?}", page.stored)
    };
    assert_eq!(&data[..12], b"\xFF\xD8\xFF\xEE\0\x0EAdobe\0");
    // The luma samples are now taken for red.
    let red = bytes_of(&loaded(&jpeg(&rgb())).raster)[0];
    assert_eq!(difference(&shown(&page.stored), &page.raster), 0);
    assert!(bytes_of(&page.raster)[1].abs_diff(128) < 20 && red < 20);
}

#[test]
fn one_strip_of_fax_is_untouched() {
    for (bytes, k) in [
        (include_bytes!("fixtures/fax-g4.tif").as_slice(), -1),
        (include_bytes!("fixtures/fax-g3-1d.tif"), 0),
    ] {
        let page = loaded(bytes);
        let Coding::Ccitt { data, k: found, .. } = &page.stored.coding else {
            panic!("{:?}", page.stored)
        };
        assert_eq!(*found, k);
        assert!(page.stored.untouched);
        assert!(bytes.windows(data.len()).any(|part| part == &data[..]));
    }
    let turned_bits = loaded(include_bytes!("fixtures/fax-g3-2d-fill-lsb.tif"));
    assert!(!turned_bits.stored.untouched);
    assert!(matches!(
        turned_bits.stored.coding,
        Coding::Ccitt { k: 1, .. }
    ));
}

#[test]
fn photometric_decides_what_black_is() {
    let Coding::Ccitt { data, .. } = recode(&bilevel()).coding else {
        panic!()
    };
    for (photometric, expected) in [(0, 0), (1, 255)] {
        let bytes = Page::plain(WIDTH, HEIGHT, 1, 1, photometric, data.to_vec())
            .with(259, 3, &[4])
            .file();
        let page = loaded(&bytes);
        let negative = page.raster != bilevel();
        assert_eq!(negative, expected == 255);
        assert_eq!(difference(&shown(&page.stored), &page.raster), 0);
        assert!(page.stored.untouched);
    }
}

#[test]
fn jpeg_in_tiff_is_one_jpeg_file() {
    for bytes in [
        include_bytes!("fixtures/jpeg-luma.tif").as_slice(),
        include_bytes!("fixtures/jpeg-tables.tif"),
    ] {
        let page = loaded(bytes);
        assert!(matches!(
            page.stored.coding,
            Coding::Jpeg { components: 3, .. }
        ));
        assert_eq!(difference(&shown(&page.stored), &page.raster), 0);
    }
}

#[test]
fn png_rows_are_untouched() {
    for bytes in [
        rgb_png(),
        png(
            ColorType::Grayscale,
            BitDepth::Eight,
            bytes_of(&gray()),
            None,
            None,
        ),
    ] {
        let page = loaded(&bytes);
        let Coding::Flate {
            data,
            png_rows: true,
            ..
        } = &page.stored.coding
        else {
            panic!("{:?}", page.stored)
        };
        assert!(page.stored.untouched);
        let start = bytes.windows(4).position(|four| four == b"IDAT").unwrap() + 4;
        assert_eq!(data[..], bytes[start..start + data.len()]);
    }
}

#[test]
fn jp2_is_untouched_and_bare_codestreams_are_wrapped() {
    let bytes = include_bytes!("fixtures/rgb.jp2");
    let page = loaded(bytes);
    let Coding::Jpx { data } = &page.stored.coding else {
        panic!("{:?}", page.stored)
    };
    assert!(page.stored.untouched && data[..] == bytes[..]);
    let bytes = include_bytes!("fixtures/gray.j2k");
    let page = loaded(bytes);
    let Coding::Jpx { data } = &page.stored.coding else {
        panic!("{:?}", page.stored)
    };
    assert!(!page.stored.untouched && data.ends_with(bytes));
}

#[test]
fn recoding_loses_nothing() {
    for raster in [bilevel(), gray(), rgb()] {
        let stored = recode(&raster);
        assert_eq!(difference(&shown(&stored), &raster), 0);
    }
    assert!(matches!(
        recode(&bilevel()).coding,
        Coding::Ccitt { k: -1, .. }
    ));
    let Raster::Gray(bits) = bilevel() else {
        panic!()
    };
    let pixels = bits.pixels.iter().flat_map(|p| [*p; 3]).collect();
    let coloured = Raster::Rgb(Rgb {
        width: WIDTH,
        height: HEIGHT,
        pixels,
    });
    assert_eq!(shown(&recode(&coloured)), bilevel());
}

#[test]
fn wrong_endings_are_noted() {
    let file = file("scan.tif", &rgb_png());
    let source = Source::open(&file.path, &Limits::default()).unwrap();
    assert_eq!(source.format(), Format::Png);
    assert_eq!(
        source.notes(),
        [Note::EndingDiffers {
            ending: "tif".to_owned(),
            format: Format::Png
        }]
    );
}

/// A TIFF of JPEG strips of `rows` rows each, and the strips' scans.
fn jpeg_strips(
    raster: &Raster,
    rows: u32,
    sampling: jpeg_encoder::SamplingFactor,
) -> (Vec<u8>, Vec<Vec<u8>>) {
    let Raster::Rgb(image) = raster else {
        panic!("colour")
    };
    let side = |px: u32| u16::try_from(px).unwrap();
    let row_bytes = usize::try_from(image.width).unwrap() * 3;
    let strips: Vec<Vec<u8>> = image
        .pixels
        .chunks(row_bytes * usize::try_from(rows).unwrap())
        .map(|strip| {
            let mut out = Vec::new();
            let mut encoder = jpeg_encoder::Encoder::new(&mut out, 95);
            encoder.set_sampling_factor(sampling);
            let height = u32::try_from(strip.len() / row_bytes).unwrap();
            encoder
                .encode(
                    strip,
                    side(image.width),
                    side(height),
                    jpeg_encoder::ColorType::Rgb,
                )
                .unwrap();
            out
        })
        .collect();
    let scans = strips
        .iter()
        .map(|strip| {
            let header = strip
                .windows(2)
                .position(|pair| pair == [0xFF, 0xDA])
                .unwrap();
            let length = usize::from(u16::from_be_bytes([strip[header + 2], strip[header + 3]]));
            strip[header + 2 + length..strip.len() - 2].to_vec()
        })
        .collect();
    let mut page = Page::plain(image.width, image.height, 8, 3, 6, Vec::new())
        .with(259, 3, &[7])
        .with(278, 4, &[rows]);
    page.chunks = strips;
    (page.file(), scans)
}

#[test]
fn strips_of_jpeg_are_joined_without_touching_their_scans() {
    use jpeg_encoder::SamplingFactor;
    for (rows, sampling) in [
        (16, SamplingFactor::F_1_1),
        (8, SamplingFactor::F_1_1),
        (16, SamplingFactor::F_2_2),
    ] {
        let (bytes, scans) = jpeg_strips(&rgb(), rows, sampling);
        assert!(scans.len() > 1);
        let page = loaded(&bytes);
        let Coding::Jpeg { data, .. } = &page.stored.coding else {
            panic!("{:?}", page.stored)
        };
        assert!(page.stored.untouched);
        for scan in &scans {
            assert!(data.windows(scan.len()).any(|part| part == &scan[..]));
        }
        assert_eq!(difference(&shown(&page.stored), &page.raster), 0);
        assert!(difference(&page.raster, &rgb()) < 60);
    }
}

#[test]
fn strips_of_jpeg_that_do_not_fit_are_stored_as_pixels() {
    // Blocks of 8 rows do not end where such strips do.
    let (bytes, scans) = jpeg_strips(&rgb(), 12, jpeg_encoder::SamplingFactor::F_1_1);
    assert!(scans.len() > 1);
    let page = loaded(&bytes);
    assert!(matches!(page.stored.coding, Coding::Flate { .. }) && !page.stored.untouched);
    assert_eq!(difference(&shown(&page.stored), &page.raster), 0);
}
