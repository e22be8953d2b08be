//! Codes: QR codes, Code 128 and patch code T on a page, found cheaply and then read.
//!
//! A page without codes costs some milliseconds: every few rows are looked through for the pattern that corners of
//! QR codes have, every few millimetres for bars. Only patches that look like a code are read.

use super::{Code, Symbology};
use crate::document::{Affine, Rect};
use crate::picture::Picture;

pub mod bars;

mod finder;

mod ink;

mod lines;

mod patch;

mod qr;

mod soft;

/// The codes on a page, from the top; boxes in shown px.
pub fn find(picture: &Picture<'_>) -> Vec<Code> {
    let Some(to_shown) = picture.to_raster().inverse() else {
        return Vec::new();
    };
    let ink = ink::Ink::new(picture.raster());
    let dpi = picture.dpi * scale(picture.to_raster());
    if !(MIN_DPI..=MAX_DPI).contains(&dpi) {
        return Vec::new();
    }
    let mut found = qr::find(&ink, dpi);
    if found.is_empty() {
        found = soft::find(picture.raster(), dpi);
    }
    let sampled = lines::Sampled::of(&ink, dpi);
    found.extend(bars::find(&sampled));
    found.extend(patch::find(&sampled, dpi));
    let mut codes: Vec<Code> = found
        .into_iter()
        .map(|code| Code {
            bbox: code.bbox.mapped(&to_shown),
            ..code
        })
        .collect();
    codes.sort_by(|a, b| {
        a.bbox
            .y
            .total_cmp(&b.bbox.y)
            .then(a.bbox.x.total_cmp(&b.bbox.x))
    });
    codes
}

/// Below, no code that was printed to be read has a whole pixel to a module.
const MIN_DPI: f32 = 40.0;
/// Above, what the file says of its resolution is wrong.
const MAX_DPI: f32 = 2500.0;

/// How many px of the raster one px of the page is.
fn scale(map: &Affine) -> f32 {
    let [a, b, c, d, ..] = map.m;
    (a * d - b * c).abs().sqrt()
}

fn code(symbology: Symbology, text: String, bbox: Rect) -> Code {
    Code {
        symbology,
        text,
        bbox,
    }
}

#[cfg(test)]
mod tests;
