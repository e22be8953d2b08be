//! Images with known text, pools of real readers, and a look at the system's process table.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use saoy_ocr::{GrayView, ReaderConfig, Readers, Reading, SYSTEM_DIRS, Spent};

/// Grey pixels of a page or a line at 300 dpi.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

impl Image {
    /// White all over.
    pub(crate) fn blank(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            pixels: vec![255; width as usize * height as usize],
        }
    }

    /// `fixtures/NAME.pbm`: one bit a pixel, rows padded to whole bytes, 1 = black.
    pub(crate) fn load(name: &str) -> Self {
        let bytes = fs::read(folder().join(format!("fixtures/{name}.pbm"))).unwrap();
        let mut lines = bytes.splitn(3, |b| *b == b'\n');
        assert_eq!(lines.next(), Some(&b"P4"[..]));
        let size = std::str::from_utf8(lines.next().unwrap()).unwrap();
        let (width, height) = size.split_once(' ').unwrap();
        let (width, height): (u32, u32) = (width.parse().unwrap(), height.parse().unwrap());
        let row = |bits: &[u8]| {
            (0..width as usize)
                .map(|x| {
                    if bits[x / 8] >> (7 - x % 8) & 1 == 1 {
                        0
                    } else {
                        255
                    }
                })
                .collect::<Vec<u8>>()
        };
        let pixels = lines
            .next()
            .unwrap()
            .chunks(width.div_ceil(8) as usize)
            .flat_map(row)
            .collect();
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Puts `other` down with its corner at (`x`, `y`).
    pub(crate) fn paste(&mut self, other: &Self, x: u32, y: u32) {
        let width = other.width as usize;
        for (row, from) in other.pixels.chunks(width).enumerate() {
            let at = (y as usize + row) * self.width as usize + x as usize;
            self.pixels[at..at + width].copy_from_slice(from);
        }
    }

    /// Light letters on a dark field.
    pub(crate) fn inverse(&self) -> Self {
        Self {
            pixels: self.pixels.iter().map(|pixel| 255 - pixel).collect(),
            ..self.clone()
        }
    }

    /// Turned a quarter clockwise.
    pub(crate) fn turned(&self) -> Self {
        let (w, h) = (self.width as usize, self.height as usize);
        let pixels = (0..w)
            .flat_map(|x| (0..h).rev().map(move |y| self.pixels[y * w + x]))
            .collect();
        Self {
            width: self.height,
            height: self.width,
            pixels,
        }
    }

    /// Left, top, right and bottom of what is not white.
    pub(crate) fn ink(&self) -> [u32; 4] {
        let width = self.width as usize;
        let dark = || {
            (0..)
                .zip(&self.pixels)
                .filter(|(_, pixel)| **pixel < 128)
                .map(|(at, _): (usize, _)| at)
        };
        let columns = || dark().map(|at| at % width);
        let edges = [
            columns().min(),
            dark().min().map(|at| at / width),
            columns().max(),
            dark().max().map(|at| at / width),
        ];
        edges.map(|edge| u32::try_from(edge.unwrap()).unwrap())
    }

    pub(crate) fn view(&self) -> GrayView<'_> {
        GrayView::new(self.width, self.height, 300, &self.pixels).unwrap()
    }
}

/// The text of `fixtures/NAME.txt`.
pub(crate) fn text(name: &str) -> String {
    fs::read_to_string(folder().join(format!("fixtures/{name}.txt"))).unwrap()
}

/// The lines of a reading under each other.
pub(crate) fn lines(reading: &Reading) -> String {
    let lines: Vec<String> = reading.lines.iter().map(saoy_ocr::Line::text).collect();
    lines.join("\n")
}

/// The reading without its cost, which differs from run to run.
pub(crate) fn timeless(reading: Reading) -> Reading {
    Reading {
        spent: Spent::default(),
        ..reading
    }
}

/// The real reader and the models of the system.
pub(crate) fn config() -> ReaderConfig {
    ReaderConfig::new(
        env!("CARGO_BIN_EXE_saoy-reader"),
        SYSTEM_DIRS.map(PathBuf::from).to_vec(),
    )
}

pub(crate) fn readers() -> Readers {
    Readers::new(config())
}

/// The folder of these tests.
pub(crate) fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ocr"))
}

/// A process: the letter of its state and its parent, or `None` when it is gone (proc(5)).
pub(crate) fn process(id: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// Whether the process is gone. One that was left to init may be waiting to be reaped by it.
pub(crate) fn is_gone(id: u32) -> bool {
    process(id).is_none_or(|(state, parent)| state == 'Z' && parent != std::process::id())
}

/// Whether `done` comes true within five seconds.
pub(crate) fn soon(done: impl Fn() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(5);
    while !done() {
        if Instant::now() > until {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}
