//! QR codes, drawn as squares of black: sharp at every resolution, without a picture that could be resampled.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

use super::MM;
use super::face::Pen;
use crate::sign::SignError;

/// A QR code (ISO/IEC 18004, TCVN 7322) with its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Rows of modules, true is dark.
    rows: Vec<Vec<bool>>,
}

/// The number of UTF-8 among extended channel interpretations.
const UTF_8: u32 = 26;
/// Light modules on each side (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;
/// Smallest module: four pixels of a scan at 200 dpi.
const MODULE: f64 = 0.5 * MM;
/// Smallest side with the quiet zone: what telephones read from a hand's distance.
const SIDE: f64 = 25.0 * MM;

impl Code {
    /// A code that says `bytes`, with error correction M or better: what a fold or a stamp's rim takes from it.
    ///
    /// # Errors
    /// When there are more bytes than a code holds (2,331; fewer letters of two bytes).
    pub fn new(bytes: &[u8]) -> Result<Self, SignError> {
        let segments = match std::str::from_utf8(bytes) {
            // Digits and capitals by themselves take less room than bytes.
            Ok(text) if text.is_ascii() => QrSegment::make_segments(text),
            // Without a word about it some readers take the bytes for Latin-1.
            Ok(text) => {
                let mut segments = vec![QrSegment::make_eci(UTF_8)];
                segments.extend(QrSegment::make_segments(text));
                segments
            }
            Err(_) => vec![QrSegment::make_bytes(bytes)],
        };
        let code = QrCode::encode_segments(&segments, QrCodeEcc::Medium);
        let code = code.map_err(|error| SignError::Code(error.to_string()))?;
        let rows = (0..code.size())
            .map(|y| (0..code.size()).map(|x| code.get_module(x, y)).collect())
            .collect();
        Ok(Self { rows })
    }

    /// Width and height with the quiet zone, pt.
    pub fn side(&self) -> f64 {
        (self.modules() * MODULE).max(SIDE)
    }

    /// Modules across, with the quiet zone.
    fn modules(&self) -> f64 {
        // At most 185.
        (self.rows.len() + 2 * QUIET) as f64
    }

    /// Draws it on white, down from `left`, `top`, pt.
    pub(super) fn draw(&self, pen: &mut Pen, left: f64, top: f64) {
        let (side, module) = (self.side(), self.side() / self.modules());
        let content = &mut pen.content;
        // Writing to a string does not fail.
        let _ = writeln!(
            content,
            "/G cs 1 sc {left:.3} {:.3} {side:.3} {side:.3} re f 0 sc",
            top - side
        );
        for (y, row) in self.rows.iter().enumerate() {
            let bottom = top - (y + QUIET + 1) as f64 * module;
            let mut x = 0;
            while let Some(start) = row.iter().skip(x).position(|dark| *dark).map(|at| at + x) {
                let run = row.iter().skip(start).take_while(|dark| **dark).count();
                let from = left + (start + QUIET) as f64 * module;
                let wide = run as f64 * module;
                let _ = writeln!(content, "{from:.3} {bottom:.3} {wide:.3} {module:.3} re");
                x = start + run;
            }
        }
        // One path, filled at once: rows that touch show no seams.
        content.push_str("f\n");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn codes_are_large_enough_and_have_a_quiet_zone() {
        let small = Code::new(b"1").unwrap();
        assert!((small.side() - 25.0 * MM).abs() < 1e-9);
        let large = Code::new(&[b'a'; 1000]).unwrap();
        assert!((large.side() - large.modules() * MODULE).abs() < 1e-9);
        let mut pen = Pen::default();
        small.draw(&mut pen, 10.0, 200.0);
        let corners: Vec<(f64, f64)> = pen
            .content
            .lines()
            .skip(1)
            .filter_map(|line| line.strip_suffix(" re"))
            .map(|line| {
                let numbers: Vec<f64> = line.split(' ').map(|one| one.parse().unwrap()).collect();
                (numbers[0], numbers[0] + numbers[2])
            })
            .collect();
        let module = small.side() / small.modules();
        let (left, right) = corners
            .iter()
            .fold((f64::MAX, 0.0_f64), |(l, r), (a, b)| (l.min(*a), r.max(*b)));
        assert!((left - 10.0 - 4.0 * module).abs() < 0.01, "{left}");
        assert!(
            (10.0 + small.side() - right - 4.0 * module).abs() < 0.01,
            "{right}"
        );
    }

    #[test]
    fn what_no_code_holds_is_refused() {
        assert!(Code::new(&[0xFF; 2331]).is_ok());
        assert!(matches!(Code::new(&[0xFF; 2332]), Err(SignError::Code(_))));
    }
}
