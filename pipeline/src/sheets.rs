//! Separator sheets: A4 pages to be printed and laid between documents, as a PDF like the outputs.
//!
//! A page is one bilevel image with its words under it, so that a printed and scanned sheet and the file itself are
//! met by the same eyes. The code stands on it twice: one may be torn, folded or stamped over.

use std::collections::BTreeMap;
use std::io::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::classify::codes::bars;
use crate::compose::pdfa::{Options, PdfaWriter};
use crate::compose::{DateTime, Error, PageSpec, Placement};
use crate::document::{Gray, Line, Point, Raster, Rect, Turn, Word};
use crate::ingest::recode::recode;
use crate::separator::{Payload, PayloadError};

mod letters;

/// What goes onto the sheets.
#[derive(Clone, Debug)]
pub struct Sheets {
    /// How many.
    pub count: u32,
    /// How the code is drawn.
    pub code: CodeKind,
    /// What it says; `{n}` in a value becomes the sheet's number, from 1.
    pub data: Vec<(String, String)>,
    /// Patch code T on all four edges.
    pub patch_t: bool,
    /// When.
    pub created: DateTime,
}

/// How the code of a sheet is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// QR code.
    Qr,
    /// Code 128.
    Code128,
}

/// Why there are no sheets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// A key or value is none that a code can carry.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The data is more than the code holds on a sheet.
    #[error("the data is more than this code holds: {0}")]
    TooLong(String),
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] Error),
}

/// Px per inch: a printer's own, so that modules have sharp edges.
const DPI: f32 = 300.0;
/// A4 at 300 dpi, px.
const SIZE: (u32, u32) = (2480, 3508);

/// Writes the sheets as PDF/A-2b.
///
/// # Errors
/// [`SheetError::Payload`] and [`SheetError::TooLong`] before anything is written.
pub fn write<W: Write>(sheets: &Sheets, sink: W) -> Result<W, SheetError> {
    let payloads: Vec<Payload> = (1..=sheets.count)
        .map(|number| payload(&sheets.data, number))
        .collect::<Result<_, _>>()?;
    // What does not fit is found out before the file is begun.
    for payload in &payloads {
        Drawing::code(sheets.code, &payload.written())?;
    }
    let mut pdf = PdfaWriter::new(
        sink,
        Options {
            title: "Tờ phân cách văn bản – Document separator sheets".to_owned(),
            created: sheets.created,
            id: id_of(&payloads),
            ..Options::default()
        },
    )?;
    for payload in &payloads {
        let (page, lines) = drawn(sheets, payload)?;
        let image = recode(&Raster::Gray(page));
        let area = Rect {
            x: 0.0,
            y: 0.0,
            w: SIZE.0 as f32,
            h: SIZE.1 as f32,
        };
        pdf.page(&PageSpec {
            width_px: SIZE.0,
            height_px: SIZE.1,
            width_pt: SIZE.0 as f32 * 72.0 / DPI,
            height_pt: SIZE.1 as f32 * 72.0 / DPI,
            images: &[Placement::filling(&image, Turn::None, area)],
            lines: &lines,
        })?;
    }
    Ok(pdf.finish()?)
}

/// One sheet's pixels, 0 black and 255 white, A4 at 300 dpi, and its words.
///
/// # Errors
/// [`SheetError::TooLong`].
pub fn drawn(sheets: &Sheets, payload: &Payload) -> Result<(Gray, Vec<Line>), SheetError> {
    let text = payload.written();
    let mut drawing = Drawing::blank();
    if sheets.patch_t {
        drawing.patches();
    }
    drawing.centred("TỜ PHÂN CÁCH VĂN BẢN", 62.0, 8.5);
    drawing.centred("DOCUMENT SEPARATOR SHEET", 76.0, 5.5);
    let code = Drawing::code(sheets.code, &text)?;
    match &code {
        DrawnCode::Qr(modules) => {
            drawing.qr(modules, (105.0, 122.0), 62.0);
            drawing.qr(modules, (165.0, 240.0), 34.0);
        }
        DrawnCode::Bars(widths) => {
            drawing.bars(widths, 92.0, 30.0);
            drawing.bars(widths, 236.0, 14.0);
        }
    }
    drawing.data(&payload.data);
    drawing.centred(
        "Đặt tờ này trước trang đầu của mỗi văn bản rồi quét cả tập.",
        208.0,
        3.6,
    );
    drawing.centred(
        "Put this sheet before the first page of each document, then scan the pile.",
        216.0,
        3.0,
    );
    Ok(drawing.finished())
}

fn payload(data: &[(String, String)], number: u32) -> Result<Payload, PayloadError> {
    let numbered = data
        .iter()
        .map(|(key, value)| (key.clone(), value.replace("{n}", &number.to_string())));
    Payload::new(numbered)
}

/// Sets the file apart from others, and the same for the same sheets.
fn id_of(payloads: &[Payload]) -> [u8; 16] {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    for payload in payloads {
        hash.update(payload.written().as_bytes());
        hash.update(b"\n");
    }
    let mut id = [0; 16];
    for (byte, digest) in id.iter_mut().zip(hash.finish().as_ref()) {
        *byte = *digest;
    }
    id
}

/// A code, ready to be drawn in any size.
enum DrawnCode {
    /// Rows of modules, true is dark.
    Qr(Vec<Vec<bool>>),
    /// Widths of bars and spaces, modules.
    Bars(Vec<u8>),
}

/// A sheet on the way; all measures in mm from the top left.
struct Drawing {
    page: Gray,
    lines: Vec<Line>,
}

/// Widest code of bars on a sheet, mm: between the patches of the sides, with its quiet zones.
const WIDEST: f32 = 140.0;
/// Smallest module of bars, px: 0.34 mm, 4 px here, 2.7 px of a scan at 200 dpi.
const LEAST_MODULE: u32 = 4;
/// Largest module of bars, px.
const MOST_MODULE: u32 = 6;

impl Drawing {
    fn blank() -> Self {
        let (width, height) = SIZE;
        Self {
            page: Gray {
                width,
                height,
                pixels: vec![255; width as usize * height as usize],
            },
            lines: Vec::new(),
        }
    }

    fn code(kind: CodeKind, text: &str) -> Result<DrawnCode, SheetError> {
        match kind {
            CodeKind::Qr => {
                let code = QrCode::encode_text(text, QrCodeEcc::Quartile)
                    .map_err(|error| SheetError::TooLong(error.to_string()))?;
                let size = code.size();
                // A code of more modules has them too small for a worn or folded sheet.
                if size > 97 {
                    return Err(SheetError::TooLong(format!("{size} modules a side")));
                }
                let row =
                    |y: i32| -> Vec<bool> { (0..size).map(|x| code.get_module(x, y)).collect() };
                Ok(DrawnCode::Qr((0..size).map(row).collect()))
            }
            CodeKind::Code128 => {
                let widths = bars::written(text)
                    .ok_or_else(|| SheetError::TooLong("not ASCII".to_owned()))?;
                let modules: u32 = widths.iter().map(|width| u32::from(*width)).sum();
                if (modules * LEAST_MODULE) as f32 > px(WIDEST) {
                    return Err(SheetError::TooLong(format!(
                        "{} characters; a QR code holds more",
                        text.len()
                    )));
                }
                Ok(DrawnCode::Bars(widths))
            }
        }
    }

    /// Inks what lies in a rectangle of px.
    fn fill(&mut self, x: f32, y: f32, w: f32, h: f32) {
        let (width, height) = SIZE;
        let end = |at: f32, most: u32| (at.round().max(0.0) as u32).min(most);
        for row in end(y, height)..end(y + h, height) {
            let start = row as usize * width as usize;
            let columns = start + end(x, width) as usize..start + end(x + w, width) as usize;
            if let Some(pixels) = self.page.pixels.get_mut(columns) {
                pixels.fill(0);
            }
        }
    }

    /// Patch code T on the four edges, its first bar towards the edge.
    fn patches(&mut self) {
        // Inches from the outer edge of the first bar (see `classify::codes::patch`).
        const BARS: [(f32, f32); 4] = [(0.0, 0.08), (0.16, 0.2), (0.44, 0.08), (0.6, 0.2)];
        const EDGE: f32 = 6.0;
        const LONG: f32 = 94.0;
        let (width, height) = (SIZE.0 as f32, SIZE.1 as f32);
        for (from, thick) in BARS {
            let (from, thick) = (px(EDGE) + from * DPI, thick * DPI);
            let (long, side) = (px(LONG), (width - px(LONG)) / 2.0);
            self.fill(side, from, long, thick);
            self.fill(side, height - from - thick, long, thick);
            let top = (height - long) / 2.0;
            self.fill(from, top, thick, long);
            self.fill(width - from - thick, top, thick, long);
        }
    }

    /// A QR code around `middle`, at most `side` mm wide, whole px to a module.
    fn qr(&mut self, modules: &[Vec<bool>], middle: (f32, f32), side: f32) {
        let count = modules.len() as f32;
        let module = (px(side) / count).floor().max(1.0);
        let left = (px(middle.0) - module * count / 2.0).round();
        let top = (px(middle.1) - module * count / 2.0).round();
        for (row, y) in modules.iter().zip(0_u16..) {
            for (dark, x) in row.iter().zip(0_u16..) {
                if *dark {
                    let (x, y) = (f32::from(x), f32::from(y));
                    self.fill(left + x * module, top + y * module, module, module);
                }
            }
        }
    }

    /// A code of bars across the sheet from `top`, `high` mm.
    fn bars(&mut self, widths: &[u8], top: f32, high: f32) {
        let modules: u32 = widths.iter().map(|width| u32::from(*width)).sum();
        let module = (px(WIDEST) as u32 / modules.max(1)).clamp(LEAST_MODULE, MOST_MODULE);
        let mut at = ((SIZE.0 - modules * module) / 2) as f32;
        for (index, width) in widths.iter().enumerate() {
            let wide = (u32::from(*width) * module) as f32;
            if index % 2 == 0 {
                self.fill(at, px(top), wide, px(high));
            }
            at += wide;
        }
    }

    /// What the sheet says, for people.
    fn data(&mut self, data: &BTreeMap<String, String>) {
        for ((key, value), row) in data.iter().take(6).zip(0_u16..) {
            let name = match key.as_str() {
                "box" => "Hộp / Box",
                "record" => "Hồ sơ / Record",
                "profile" => "Cấu hình / Profile",
                "unit" => "Đơn vị / Unit",
                other => other,
            };
            self.centred(
                &format!("{name}: {value}"),
                160.0 + 7.0 * f32::from(row),
                4.0,
            );
        }
    }

    /// A line of text whose letters stand on `baseline`, capitals `high` mm, smaller when it is too long.
    fn centred(&mut self, text: &str, baseline: f32, high: f32) {
        const LONGEST: f32 = 150.0;
        let whole = letters::width(text) * high;
        let high = if whole > LONGEST {
            high * LONGEST / whole
        } else {
            high
        };
        let mut x = px(105.0 - letters::width(text) * high / 2.0);
        let (y, scale) = (px(baseline), px(high));
        let mut words = Vec::new();
        for word in text.split_inclusive(' ') {
            let left = x;
            for stroke in letters::strokes(word.trim_end()) {
                let place = |point: (f32, f32)| (left + point.0 * scale, y - point.1 * scale);
                self.stroke(place(stroke.0), place(stroke.1), scale * 0.065);
            }
            let wide = letters::width(word.trim_end()) * scale;
            if !word.trim().is_empty() {
                words.push(Word {
                    text: word.trim().to_owned(),
                    // With room for marks above and below, as print has it.
                    bbox: Rect {
                        x: left,
                        y: y - 1.3 * scale,
                        w: wide,
                        h: 1.6 * scale,
                    },
                    confidence: 1.0,
                    ..Word::default()
                });
            }
            x += letters::advance(word) * scale;
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return;
        };
        let baseline = [
            Point { x: first.bbox.x, y },
            Point {
                x: last.bbox.x + last.bbox.w,
                y,
            },
        ];
        let block = u32::try_from(self.lines.len()).unwrap_or(0);
        self.lines.push(Line {
            words,
            baseline,
            block,
        });
    }

    /// A round-ended stroke of `radius` px.
    fn stroke(&mut self, from: (f32, f32), to: (f32, f32), radius: f32) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
        let range = |a: f32, b: f32, most: u32| {
            let clamp = |at: f32| (at.max(0.0) as u32).min(most);
            clamp(a.min(b) - radius)..clamp(a.max(b) + radius + 1.0)
        };
        for y in range(from.1, to.1, SIZE.1) {
            for x in range(from.0, to.0, SIZE.0) {
                let (px, py) = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
                let along = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
                let (ox, oy) = (px - along * dx, py - along * dy);
                let index = y as usize * SIZE.0 as usize + x as usize;
                if ox * ox + oy * oy <= radius * radius
                    && let Some(pixel) = self.page.pixels.get_mut(index)
                {
                    *pixel = 0;
                }
            }
        }
    }

    fn finished(self) -> (Gray, Vec<Line>) {
        (self.page, self.lines)
    }
}

/// Px of so many mm.
fn px(mm: f32) -> f32 {
    mm / 25.4 * DPI
}

#[cfg(test)]
mod tests;
