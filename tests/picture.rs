//! Pictures in memory, as other people's programs render and extract them.

use std::path::Path;
use std::process::Command;

use crate::program::{fixtures, run};

/// Pixels, three bytes each, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width, px.
    pub width: usize,
    /// Height, px.
    pub height: usize,
    /// Red, green, blue.
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// A picture by rule.
    pub fn of(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let pixels = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| colour(x, y))
            .collect();
        Self {
            width,
            height,
            pixels,
        }
    }

    /// A binary file of the Netpbm family: `P4`, `P5` or `P6`, 8 bits.
    pub fn netpbm(bytes: &[u8]) -> Self {
        let mut at = 0;
        let mut token = || {
            while bytes[at].is_ascii_whitespace() || bytes[at] == b'#' {
                at += if bytes[at] == b'#' {
                    bytes[at..]
                        .iter()
                        .position(|b| *b == b'\n')
                        .expect("a line end")
                } else {
                    1
                };
            }
            let from = at;
            at += bytes[at..]
                .iter()
                .position(u8::is_ascii_whitespace)
                .expect("an end of the header");
            std::str::from_utf8(&bytes[from..at])
                .expect("a header")
                .to_owned()
        };
        let kind = token();
        let (width, height): (usize, usize) = (
            token().parse().expect("a width"),
            token().parse().expect("a height"),
        );
        if kind != "P4" {
            assert_eq!(token(), "255");
        }
        let data = &bytes[at + 1..];
        match kind.as_str() {
            "P4" => Self::of(width, height, |x, y| {
                let byte = data[y * width.div_ceil(8) + x / 8];
                if byte >> (7 - x % 8) & 1 == 1 {
                    [0; 3]
                } else {
                    [255; 3]
                }
            }),
            "P5" => Self::of(width, height, |x, y| [data[y * width + x]; 3]),
            "P6" => Self::of(width, height, |x, y| {
                let at = 3 * (y * width + x);
                [data[at], data[at + 1], data[at + 2]]
            }),
            other => panic!("{other} is no binary Netpbm file"),
        }
    }

    /// What poppler shows of page `page`, counted from 1, at `dpi`.
    pub fn shown(pdf: &Path, page: u32, dpi: f64) -> Self {
        Self::rendered(pdf, page, &["-r", &dpi.to_string()])
    }

    /// What poppler shows of page `page`, counted from 1, on so many px across and down.
    pub fn shown_on(pdf: &Path, page: u32, (width, height): (usize, usize)) -> Self {
        let (width, height) = (width.to_string(), height.to_string());
        Self::rendered(pdf, page, &["-scale-to-x", &width, "-scale-to-y", &height])
    }

    fn rendered(pdf: &Path, page: u32, scale: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let page = page.to_string();
        let mut poppler = Command::new("pdftoppm");
        poppler
            .args(["-cropbox", "-singlefile", "-f", &page, "-l", &page])
            .args(scale)
            .arg(pdf)
            .arg(folder.path().join("page"));
        let (code, _, errors) = run(&mut poppler);
        assert_eq!((code, errors.as_str()), (0, ""), "{}", pdf.display());
        Self::netpbm(&std::fs::read(folder.path().join("page.ppm")).expect("a rendered page"))
    }

    /// The only image of page `page`, counted from 1, as it is stored: whatever its coding, pixel by pixel.
    pub fn stored(pdf: &Path, page: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let page = page.to_string();
        let (code, _, errors) = run(Command::new("pdfimages")
            .args(["-f", &page, "-l", &page])
            .arg(pdf)
            .arg(folder.path().join("image")));
        assert_eq!((code, errors.as_str()), (0, ""), "{}", pdf.display());
        let entries = std::fs::read_dir(folder.path())
            .expect("a folder")
            .flatten();
        let images: Vec<_> = entries.map(|entry| entry.path()).collect();
        assert_eq!(images.len(), 1, "{}: {images:?}", pdf.display());
        Self::netpbm(&std::fs::read(&images[0]).expect("an image"))
    }

    /// The pixel at `x`, `y`.
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    /// Mean absolute difference over all samples, 0 to 255.
    ///
    /// # Panics
    /// When the sizes differ.
    pub fn difference(&self, other: &Self) -> f64 {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let pairs = self.pixels.iter().zip(&other.pixels);
        let sum: u64 = pairs
            .flat_map(|(a, b)| (0..3).map(move |c| u64::from(a[c].abs_diff(b[c]))))
            .sum();
        sum as f64 / (3 * self.pixels.len()) as f64
    }

    /// The samples one after the other.
    pub fn bytes(&self) -> Vec<u8> {
        self.pixels.as_flattened().to_vec()
    }

    /// Rows `from` to `to`.
    pub fn rows(&self, from: usize, to: usize) -> Self {
        let pixels = self.pixels[from * self.width..to * self.width].to_vec();
        Self {
            width: self.width,
            height: to - from,
            pixels,
        }
    }
}

/// The piece of paper that all fixtures of `inputs/` hold, in black and white.
pub fn piece() -> Picture {
    Picture::netpbm(&std::fs::read(fixtures("inputs/piece.pbm")).expect("a fixture"))
}

/// The piece in grey, by the rule of `make.py`.
pub fn grey_piece() -> Picture {
    let piece = piece();
    Picture::of(piece.width, piece.height, |x, y| {
        let paper = 250 - (y / 20) as u8;
        [if piece.at(x, y) == [0; 3] { 40 } else { paper }; 3]
    })
}

/// The piece in colour, by the rule of `make.py`.
pub fn colour_piece() -> Picture {
    let piece = piece();
    Picture::of(piece.width, piece.height, |x, y| {
        match (piece.at(x, y), x) {
            ([0, 0, 0], _) => [25, 25, 60],
            (_, 0..20) => [200, 30, 30],
            _ => [250, 245 - (y / 20) as u8, 225],
        }
    })
}
