//! QR codes (ISO/IEC 18004): patches with three corners, read by a decoder.

use std::collections::HashSet;

use rxing::common::HybridBinarizer;
use rxing::qrcode::QRCodeReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader};
use unicode_normalization::UnicodeNormalization;

use super::code;
use super::finder::{Triple, triples};
use super::ink::Ink;
use crate::classify::{Code, Symbology};
use crate::document::{Gray, Rect};

/// More patches than this are not tried: a page full of squares is no page full of codes.
const MOST: usize = 8;
/// Light around a code, modules, that is cut out with it; the standard asks for 4.
const QUIET: f32 = 5.0;
/// Modules of fewer px are enlarged before they are read.
const SMALL: f32 = 4.5;
/// Longest side of a patch that is read, px.
const LONGEST: f32 = 4000.0;

/// The QR codes of a page; boxes in raster px.
pub(super) fn find(ink: &Ink<'_>, dpi: f32) -> Vec<Code> {
    triples(ink, dpi)
        .into_iter()
        .take(MOST)
        .filter_map(|triple| {
            let (text, area) = read(ink, &triple)?;
            Some(code(Symbology::Qr, text, area))
        })
        .collect()
}

fn read(ink: &Ink<'_>, triple: &Triple) -> Option<(String, Rect)> {
    let module = (triple.middle.module + triple.ends[0].module + triple.ends[1].module) / 3.0;
    let area = around(triple, 3.5 * module);
    let patch = cut_out(ink, grown(area, QUIET * module))?;
    let text = if module < SMALL {
        let twice = enlarged(&patch, 2);
        // What is thresholded as a whole is read best; a patch in the shadow, or with uneven paper, is not.
        decode(thresholded(&patch))
            .or_else(|| decode(thresholded(&twice)))
            .or_else(|| decode(twice))
            .or_else(|| decode(thresholded(&enlarged(&patch, 3))))
    } else {
        decode(thresholded(&patch)).or_else(|| decode(patch))
    };
    text.map(|text| (text.nfc().collect(), area))
}

/// The box around the code whose corners' middles these are, `margin` px beyond them.
fn around(triple: &Triple, margin: f32) -> Rect {
    let [b, c] = triple.ends;
    let a = triple.middle;
    let fourth = (b.x + c.x - a.x, b.y + c.y - a.y);
    let points = [(a.x, a.y), (b.x, b.y), (c.x, c.y), fourth];
    let low = points.iter().fold((f32::MAX, f32::MAX), |low, p| {
        (low.0.min(p.0), low.1.min(p.1))
    });
    let high = points.iter().fold((f32::MIN, f32::MIN), |high, p| {
        (high.0.max(p.0), high.1.max(p.1))
    });
    // A code that stands on a corner reaches beyond the upright box of its middles by the same margin, turned.
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let turned = margin * (dx.abs() + dy.abs()) / dx.hypot(dy).max(1.0);
    let corners = Rect {
        x: low.0,
        y: low.1,
        w: high.0 - low.0,
        h: high.1 - low.1,
    };
    grown(corners, turned)
}

fn grown(area: Rect, margin: f32) -> Rect {
    Rect {
        x: area.x - margin,
        y: area.y - margin,
        w: area.w + 2.0 * margin,
        h: area.h + 2.0 * margin,
    }
}

/// The px of `area` that are on the page; `None` when there are too many or too few.
fn cut_out(ink: &Ink<'_>, area: Rect) -> Option<Gray> {
    if area.w > LONGEST || area.h > LONGEST {
        return None;
    }
    let clamp = |at: f32, most: usize| (at.max(0.0) as usize).min(most);
    let columns = clamp(area.x, ink.width)..clamp(area.x + area.w, ink.width);
    let rows = clamp(area.y, ink.height)..clamp(area.y + area.h, ink.height);
    if columns.len() < 21 || rows.len() < 21 {
        return None;
    }
    let pixels = rows
        .clone()
        .flat_map(|y| columns.clone().map(move |x| (x, y)))
        .map(|(x, y)| ink.value(x, y))
        .collect();
    Some(Gray {
        width: u32::try_from(columns.len()).ok()?,
        height: u32::try_from(rows.len()).ok()?,
        pixels,
    })
}

/// `image` with `times` as many px each way, bilinear.
fn enlarged(image: &Gray, times: u32) -> Gray {
    let (width, height) = (image.width * times, image.height * times);
    let at = |x: u32, y: u32| {
        let index = y as usize * image.width as usize + x as usize;
        f32::from(image.pixels.get(index).copied().unwrap_or(255))
    };
    let place = |to: u32, most: u32| {
        let from = ((to as f32 + 0.5) / times as f32 - 0.5).clamp(0.0, most as f32 - 1.0);
        let low = from as u32;
        (low, (low + 1).min(most - 1), from - low as f32)
    };
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        let (top, bottom, down) = place(y, image.height);
        for x in 0..width {
            let (left, right, across) = place(x, image.width);
            let upper = at(left, top) * (1.0 - across) + at(right, top) * across;
            let lower = at(left, bottom) * (1.0 - across) + at(right, bottom) * across;
            pixels.push((upper * (1.0 - down) + lower * down) as u8);
        }
    }
    Gray {
        width,
        height,
        pixels,
    }
}

/// Black and white, by the threshold that parts dark and light best (Otsu 1979).
fn thresholded(image: &Gray) -> Gray {
    let mut counts = [0_u32; 256];
    for pixel in &image.pixels {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let sum: f64 = (0_u32..)
        .zip(&counts)
        .map(|(value, count)| f64::from(value) * f64::from(*count))
        .sum();
    let (mut below, mut below_sum, mut best, mut threshold) = (0.0, 0.0, -1.0, 128_u8);
    for (value, count) in (0_u8..=255).zip(&counts) {
        below += f64::from(*count);
        below_sum += f64::from(value) * f64::from(*count);
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let between = below * above * (below_sum / below - (sum - below_sum) / above).powi(2);
        if between > best {
            (best, threshold) = (between, value);
        }
    }
    let black = |pixel: &u8| if *pixel <= threshold { 0 } else { 255 };
    Gray {
        pixels: image.pixels.iter().map(black).collect(),
        ..*image
    }
}

fn decode(image: Gray) -> Option<String> {
    let source = Luma8LuminanceSource::new(image.pixels, image.width, image.height).ok()?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    // Vietnamese codes are UTF-8 without saying so.
    let hints = DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        CharacterSet: Some("UTF-8".to_owned()),
        ..DecodeHints::default()
    };
    let read = QRCodeReader.decode_with_hints(&mut bitmap, &hints).ok()?;
    Some(read.getText().to_owned()).filter(|text| !text.is_empty())
}
