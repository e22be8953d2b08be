//! Predictors of Flate and LZW data (ISO 32000-1, 7.4.4.4): TIFF's and PNG's.

use super::Step;
use crate::object::Dict;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    Png(Rows),
    Tiff(Rows),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    colors: usize,
    bits: usize,
    /// Bytes in a row.
    length: usize,
}

impl Predictor {
    /// The predictor of `/DecodeParms`; `None` when it makes no sense.
    pub(super) fn of(parms: &Dict) -> Option<Self> {
        let value = |key: &str, default: usize| match parms.get(key) {
            Some(value) => value
                .as_integer()
                .and_then(|value| usize::try_from(value).ok()),
            None => Some(default),
        };
        let kind = value("Predictor", 1)?;
        if kind <= 1 {
            return Some(Self::None);
        }
        let (colors, bits, columns) = (
            value("Colors", 1)?,
            value("BitsPerComponent", 8)?,
            value("Columns", 1)?,
        );
        if !matches!(bits, 1 | 2 | 4 | 8 | 16) || !(1..=64).contains(&colors) || columns == 0 {
            return None;
        }
        let length = columns.checked_mul(colors)?.checked_mul(bits)?.div_ceil(8);
        let rows = Rows {
            colors,
            bits,
            length,
        };
        match kind {
            2 => Some(Self::Tiff(rows)),
            10..=15 => Some(Self::Png(rows)),
            _ => None,
        }
    }

    pub(super) fn undo(self, step: Step) -> Step {
        match self {
            Self::None => step,
            Self::Png(rows) => rows.png(&step),
            Self::Tiff(rows) => rows.tiff(step),
        }
    }
}

impl Rows {
    /// Each row has a tag byte before it that names its filter (PNG, section 9).
    fn png(self, step: &Step) -> Step {
        let distance = (self.colors * self.bits).div_ceil(8);
        let rows = step.bytes.len().div_ceil(self.length.saturating_add(1));
        let mut bytes: Vec<u8> = Vec::with_capacity(step.bytes.len().saturating_sub(rows));
        let mut damaged = step.damaged;
        let mut above: Vec<u8> = Vec::new();
        for tagged in step.bytes.chunks(self.length.saturating_add(1)) {
            let Some((&tag, coded)) = tagged.split_first() else {
                break;
            };
            above.resize(coded.len(), 0);
            let mut row = coded.to_vec();
            damaged |= !undo_png_row(tag, &mut row, &above, distance);
            bytes.extend_from_slice(&row);
            above = row;
        }
        Step { bytes, damaged }
    }

    /// Each component is the difference to the one left of it.
    fn tiff(self, mut step: Step) -> Step {
        for row in step.bytes.chunks_mut(self.length) {
            match self.bits {
                8 => add_bytes(row, self.colors),
                16 => add_words(row, self.colors),
                _ => self.add_bits(row),
            }
        }
        step
    }

    fn add_bits(self, row: &mut [u8]) {
        let mask = (1_u8 << self.bits) - 1;
        let mut left = vec![0_u8; self.colors];
        let samples = row.len() * 8 / self.bits;
        for (index, color) in (0..samples).zip((0..self.colors).cycle()) {
            let shift = 8 - self.bits - index * self.bits % 8;
            let (Some(byte), Some(left)) =
                (row.get_mut(index * self.bits / 8), left.get_mut(color))
            else {
                return;
            };
            *left = left.wrapping_add(*byte >> shift) & mask;
            *byte = *byte & !(mask << shift) | *left << shift;
        }
    }
}

/// Undoes one row; false when its tag is not defined. `above` is as long as `row`.
fn undo_png_row(tag: u8, row: &mut [u8], above: &[u8], distance: usize) -> bool {
    match tag {
        0 => {}
        1 => add_bytes(row, distance),
        2 => row
            .iter_mut()
            .zip(above)
            .for_each(|(byte, up)| *byte = byte.wrapping_add(*up)),
        3 => with_left(row, above, distance, |left, up, _| {
            // The mean of two bytes is a byte.
            u8::try_from((u16::from(left) + u16::from(up)) / 2).unwrap_or(u8::MAX)
        }),
        4 => with_left(row, above, distance, paeth),
        _ => return false,
    }
    true
}

fn with_left(row: &mut [u8], above: &[u8], distance: usize, predict: impl Fn(u8, u8, u8) -> u8) {
    for index in 0..row.len() {
        let back = index.checked_sub(distance);
        let left = back.and_then(|back| row.get(back)).copied().unwrap_or(0);
        let corner = back.and_then(|back| above.get(back)).copied().unwrap_or(0);
        let up = above.get(index).copied().unwrap_or(0);
        if let Some(byte) = row.get_mut(index) {
            *byte = byte.wrapping_add(predict(left, up, corner));
        }
    }
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let estimate = a + b - c;
    let (da, db, dc) = (
        (estimate - a).abs(),
        (estimate - b).abs(),
        (estimate - c).abs(),
    );
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

fn add_bytes(row: &mut [u8], distance: usize) {
    for index in distance..row.len() {
        let left = row.get(index - distance).copied().unwrap_or(0);
        if let Some(byte) = row.get_mut(index) {
            *byte = byte.wrapping_add(left);
        }
    }
}

fn add_words(row: &mut [u8], colors: usize) {
    let word = |row: &[u8], at: usize| Some(u16::from_be_bytes([*row.get(at)?, *row.get(at + 1)?]));
    for at in (colors * 2..row.len()).step_by(2) {
        let (Some(left), Some(own)) = (word(row, at - colors * 2), word(row, at)) else {
            return;
        };
        if let Some(slot) = row.get_mut(at..at + 2) {
            slot.copy_from_slice(&own.wrapping_add(left).to_be_bytes());
        }
    }
}
