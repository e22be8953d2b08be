//! Papers so small that reading one takes no time, in files that the tests write themselves.

use std::path::{Path, PathBuf};

/// Folder of the committed small papers, one of each coding.
pub(crate) fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seeds")
}

/// The bytes of a committed small paper.
pub(crate) fn seed(name: &str) -> Vec<u8> {
    let path = seeds().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the committed small papers, sorted.
pub(crate) fn seed_names() -> Vec<String> {
    let entries = std::fs::read_dir(seeds()).expect("the seeds");
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".sh")).collect();
    names.sort();
    names
}

/// A bilevel image, rows of whole bytes, 1 = black.
#[derive(Clone)]
pub(crate) struct Bits {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rows: Vec<u8>,
}

impl Bits {
    /// White all over.
    pub(crate) fn blank(width: u32, height: u32) -> Self {
        let rows = vec![0; width.div_ceil(8) as usize * height as usize];
        Self {
            width,
            height,
            rows,
        }
    }

    /// A line of text from the reader's tests: `motto`, `number`, `place` or `paragraph`.
    pub(crate) fn text(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ocr-models/tests/ocr/fixtures");
        let bytes = std::fs::read(folder.join(format!("{name}.pbm"))).expect("a fixture");
        let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
        assert_eq!(parts.next(), Some(&b"P4"[..]), "{name}");
        let size = std::str::from_utf8(parts.next().expect("a size")).expect("a size");
        let (width, height) = size.split_once(' ').expect("two numbers");
        let (width, height) = (width.parse().expect("px"), height.parse().expect("px"));
        Self {
            width,
            height,
            rows: parts.next().expect("pixels").to_vec(),
        }
    }

    /// Puts `other` down with its left edge at byte column `column`, its top at row `y`.
    pub(crate) fn paste(&mut self, other: &Self, column: usize, y: usize) {
        let (ours, theirs) = (
            self.width.div_ceil(8) as usize,
            other.width.div_ceil(8) as usize,
        );
        for (row, from) in other.rows.chunks(theirs).enumerate() {
            let at = (y + row) * ours + column;
            self.rows[at..at + theirs].copy_from_slice(from);
        }
    }
}

/// A page `width` px wide with a paragraph and a row of marks that no other `number` has.
pub(crate) fn page(number: usize, width: u32) -> Bits {
    let mut page = Bits::blank(width, 560);
    page.paste(&Bits::text("paragraph"), 8, 60);
    page.paste(
        &Bits::text(["motto", "number", "place"][number % 3]),
        8,
        400,
    );
    for bit in 0..16 {
        if number >> bit & 1 == 1 {
            // A thick bar in the lower margin: 8 px wide, 6 px high.
            for row in 540..546 {
                let at = row * width.div_ceil(8) as usize + 8 + 2 * bit;
                page.rows[at] = 0xFF;
            }
        }
    }
    page
}

/// The usual width of [`page`], px.
pub(crate) const WIDTH: u32 = 1360;

/// An uncompressed TIFF at 300 dpi (TIFF 6.0, section 3: baseline bilevel, 0 is white).
pub(crate) fn tiff(pages: &[Bits]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for (number, page) in pages.iter().enumerate() {
        let here = u32::try_from(file.len()).expect("small");
        let length = u32::try_from(page.rows.len()).expect("small");
        // 11 entries, the link to the next directory, one rational; then the pixels.
        let rational = here + 2 + 11 * 12 + 4;
        let strip = rational + 8;
        // The next directory must begin on a word boundary.
        let next = (strip + length).next_multiple_of(2);
        let entries: [(u16, u16, u32); 11] = [
            (256, 4, page.width),
            (257, 4, page.height),
            (258, 3, 1),
            (259, 3, 1),
            (262, 3, 0),
            (273, 4, strip),
            (278, 4, page.height),
            (279, 4, length),
            (282, 5, rational),
            (283, 5, rational),
            (296, 3, 2),
        ];
        file.extend(11_u16.to_le_bytes());
        for (tag, kind, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(1_u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        let last = number + 1 == pages.len();
        file.extend((if last { 0 } else { next }).to_le_bytes());
        file.extend(300_u32.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(&page.rows);
        file.resize(next as usize, 0);
    }
    file
}

/// A TIFF of the pages with these numbers, as [`page`] makes them.
pub(crate) fn paper(numbers: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let pages: Vec<Bits> = numbers
        .into_iter()
        .map(|number| page(number, WIDTH))
        .collect();
    tiff(&pages)
}

/// A sheet in colour.
pub(crate) struct Sheet {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[u8; 3]>,
}

impl Sheet {
    /// White all over.
    pub(crate) fn blank(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[255; 3]; width * height],
        }
    }

    /// Inks one pixel; black stays black under colour. What lies outside is passed over.
    pub(crate) fn dot(&mut self, x: usize, y: usize, color: [u8; 3]) {
        if x < self.width && y < self.height {
            let pixel = &mut self.pixels[y * self.width + x];
            for (paper, ink) in pixel.iter_mut().zip(color) {
                *paper = ink.min(*paper);
            }
        }
    }

    /// Puts the black of `bits` down in `color`, its left top corner at (`left`, `top`).
    pub(crate) fn print(&mut self, bits: &Bits, (left, top): (usize, usize), color: [u8; 3]) {
        let row_bytes = bits.width.div_ceil(8) as usize;
        for (y, row) in bits.rows.chunks(row_bytes).enumerate() {
            for x in 0..bits.width as usize {
                if row[x / 8] >> (7 - x % 8) & 1 == 1 {
                    self.dot(left + x, top + y, color);
                }
            }
        }
    }

    /// A ring around (`x`, `y`) from radius `inner` to `outer`, px.
    pub(crate) fn ring(&mut self, (x, y): (i64, i64), inner: i64, outer: i64, color: [u8; 3]) {
        for dy in -outer..=outer {
            for dx in -outer..=outer {
                let r2 = dx * dx + dy * dy;
                if (inner * inner..outer * outer).contains(&r2) {
                    let at = (usize::try_from(x + dx), usize::try_from(y + dy));
                    if let (Ok(x), Ok(y)) = at {
                        self.dot(x, y, color);
                    }
                }
            }
        }
    }

    /// A PNG at 300 dpi (PNG, 3rd edition).
    pub(crate) fn png(&self) -> Vec<u8> {
        self.written(2, |pixel| pixel.to_vec())
    }

    /// The same on nothing instead of white, with ink that hides `alpha` of 255 of what is under it.
    pub(crate) fn png_of_ink(&self, alpha: u8) -> Vec<u8> {
        self.written(6, |[red, green, blue]| {
            let is_ink = [red, green, blue] != [255; 3];
            vec![red, green, blue, if is_ink { alpha } else { 0 }]
        })
    }

    fn written(&self, kind: u8, samples: impl Fn([u8; 3]) -> Vec<u8>) -> Vec<u8> {
        let rows = self.pixels.chunks(self.width);
        let data: Vec<u8> = rows
            .flat_map(|row| std::iter::once(0).chain(row.iter().flat_map(|pixel| samples(*pixel))))
            .collect();
        let side = |px: usize| u32::try_from(px).expect("small").to_be_bytes();
        let header = [
            &side(self.width)[..],
            &side(self.height),
            &[8, kind, 0, 0, 0],
        ]
        .concat();
        let density = [
            &11_811_u32.to_be_bytes()[..],
            &11_811_u32.to_be_bytes(),
            &[1],
        ]
        .concat();
        let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
        let data = crate::handmade::flate(&data);
        for (kind, body) in [
            (b"IHDR", &header),
            (b"pHYs", &density),
            (b"IDAT", &data),
            (b"IEND", &Vec::new()),
        ] {
            file.extend(u32::try_from(body.len()).expect("small").to_be_bytes());
            let mut crc = flate2::Crc::new();
            crc.update(kind);
            crc.update(body);
            file.extend(kind);
            file.extend(body);
            file.extend(crc.sum().to_be_bytes());
        }
        file
    }
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}
