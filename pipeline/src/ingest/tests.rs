//! Pages of every format: the right pixels, the right bytes kept, and nothing but errors from damage.

use std::path::PathBuf;

use super::*;
use crate::document::{Coding, Gray, Rgb};

mod damage;

mod kept;

mod made;

mod pixels;

/// Width of all test pictures in px.
const WIDTH: u32 = 61;
/// Height of all test pictures in px.
const HEIGHT: u32 = 40;

/// The pattern of the bilevel fixtures.
fn bilevel() -> Raster {
    let pixels = places()
        .map(|(x, y)| {
            if (x * x + 3 * y * y) % 97 < 30 {
                0
            } else {
                255
            }
        })
        .collect();
    Raster::Gray(Gray {
        width: WIDTH,
        height: HEIGHT,
        pixels,
    })
}

/// The ramp of the grey fixtures.
fn gray() -> Raster {
    let pixels = places().map(|(x, _)| low(x * 4)).collect();
    Raster::Gray(Gray {
        width: WIDTH,
        height: HEIGHT,
        pixels,
    })
}

/// The ramps of the colour fixtures.
fn rgb() -> Raster {
    let pixels = places()
        .flat_map(|(x, y)| [low(x * 4), low(y * 6), low((x + y) * 2)])
        .collect();
    Raster::Rgb(Rgb {
        width: WIDTH,
        height: HEIGHT,
        pixels,
    })
}

fn places() -> impl Iterator<Item = (u32, u32)> {
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)))
}

fn low(value: u32) -> u8 {
    u8::try_from(value).unwrap()
}

fn bytes_of(raster: &Raster) -> &[u8] {
    match raster {
        Raster::Gray(gray) => &gray.pixels,
        Raster::Rgb(rgb) => &rgb.pixels,
    }
}

/// The largest difference of any sample.
fn difference(a: &Raster, b: &Raster) -> u8 {
    assert_eq!(a.size(), b.size());
    assert_eq!(bytes_of(a).len(), bytes_of(b).len());
    bytes_of(a)
        .iter()
        .zip(bytes_of(b))
        .map(|(a, b)| a.abs_diff(*b))
        .max()
        .unwrap()
}

/// A file with these bytes, gone when dropped.
struct Kept {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn file(name: &str, bytes: &[u8]) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Kept {
        path,
        _folder: folder,
    }
}

/// Opens the bytes as a file and loads its first page.
fn load(bytes: &[u8]) -> Result<LoadedPage, IngestError> {
    let file = file("page", bytes);
    Source::open(&file.path, &Limits::default())?.load(0)
}

fn loaded(bytes: &[u8]) -> LoadedPage {
    load(bytes).unwrap_or_else(|error| panic!("{error}"))
}

/// Decodes what was stored, as a PDF reader would.
fn shown(stored: &StoredImage) -> Raster {
    match &stored.coding {
        Coding::Ccitt {
            data,
            k,
            black_is_1,
            byte_align,
            end_of_line,
            end_of_block,
        } => {
            let mode = match *k {
                k if k < 0 => hayro_ccitt::EncodingMode::Group4,
                0 => hayro_ccitt::EncodingMode::Group3_1D,
                _ => hayro_ccitt::EncodingMode::Group3_2D,
            };
            let settings = hayro_ccitt::DecodeSettings {
                columns: stored.width,
                rows: stored.height,
                end_of_block: *end_of_block,
                end_of_line: *end_of_line,
                rows_are_byte_aligned: *byte_align,
                encoding: mode,
                strict: true,
            };
            let mut rows = ShownRows {
                width: stored.width,
                pixels: Vec::new(),
                black: if *black_is_1 { 255 } else { 0 },
            };
            hayro_ccitt::decode(
                data,
                &mut rows,
                &mut hayro_ccitt::DecoderContext::new(settings),
            )
            .unwrap();
            Raster::Gray(Gray {
                width: stored.width,
                height: stored.height,
                pixels: rows.pixels,
            })
        }
        Coding::Jpeg { data, .. } => loaded(data).raster,
        Coding::Jpx { data } => loaded(data).raster,
        Coding::Flate {
            data,
            bits,
            colors,
            png_rows,
            palette,
            ..
        } => shown_flate(
            stored,
            data,
            (*bits, *colors),
            *png_rows,
            palette.as_deref(),
        ),
        Coding::Jbig2 { .. } => panic!("nothing here makes JBIG2"),
    }
}

struct ShownRows {
    width: u32,
    pixels: Vec<u8>,
    black: u8,
}

impl hayro_ccitt::Decoder for ShownRows {
    fn push_row(&mut self, changes: &[u32]) {
        let mut color = 255 - self.black;
        for x in 0..self.width {
            if changes.contains(&x) {
                color = 255 - color;
            }
            self.pixels.push(color);
        }
    }
}

fn shown_flate(
    stored: &StoredImage,
    data: &[u8],
    (bits, colors): (u8, u8),
    png_rows: bool,
    palette: Option<&[u8]>,
) -> Raster {
    use std::io::Read;
    let mut raw = Vec::new();
    flate2::read::ZlibDecoder::new(data)
        .read_to_end(&mut raw)
        .unwrap();
    let meaning = match (palette, colors) {
        (Some(palette), _) => samples::Meaning::Palette(palette.as_chunks::<3>().0.to_vec()),
        (None, 1) => samples::Meaning::Gray,
        _ => samples::Meaning::Rgb,
    };
    let layout = samples::Layout {
        bits,
        samples: usize::from(colors),
        meaning,
        alpha: None,
    };
    let width = usize::try_from(stored.width).unwrap();
    let row_bytes = layout.row_bytes(width);
    let packed = if png_rows {
        unfilter(
            &raw,
            row_bytes,
            (layout.samples * usize::from(bits)).div_ceil(8),
        )
    } else {
        raw
    };
    let mut out = layout.blank(width * usize::try_from(stored.height).unwrap());
    let wide = width * layout.channels();
    assert_eq!(
        packed.len(),
        row_bytes * usize::try_from(stored.height).unwrap()
    );
    for (row, to) in packed.chunks_exact(row_bytes).zip(out.chunks_mut(wide)) {
        layout.convert(row, &mut Vec::new(), to).unwrap();
    }
    layout.raster(stored.width, stored.height, out)
}

/// PNG, 3rd edition, clause 9, written from its formulas and without regard to speed.
fn unfilter(raw: &[u8], row_bytes: usize, pixel: usize) -> Vec<u8> {
    let mut above = vec![0_u8; row_bytes];
    let mut out = Vec::new();
    for line in raw.chunks_exact(row_bytes + 1) {
        let mut row = vec![0_u8; row_bytes];
        for i in 0..row_bytes {
            let (a, c) = if i >= pixel {
                (row[i - pixel], above[i - pixel])
            } else {
                (0, 0)
            };
            let b = above[i];
            let (wa, wb, wc) = (i32::from(a), i32::from(b), i32::from(c));
            let p = wa + wb - wc;
            let paeth = [
                (a, (p - wa).abs()),
                (b, (p - wb).abs()),
                (c, (p - wc).abs()),
            ];
            let nearest = paeth
                .iter()
                .min_by_key(|(_, distance)| *distance)
                .unwrap()
                .0;
            let average = u8::try_from((wa + wb) / 2).unwrap();
            row[i] = line[i + 1].wrapping_add([0, a, b, average, nearest][usize::from(line[0])]);
        }
        out.extend_from_slice(&row);
        above = row;
    }
    out
}
