//! Text set on blank pages as PDF/A, in the faces of stamps: registers and reports for print.

use saoy_pdf::Document;
use saoy_pipeline::compose::pdfa::{self, PdfaWriter};
use saoy_pipeline::compose::{DateTime, PageSpec};
use saoy_signing::sign::appearance::{Print, Weight, printed, width};

/// What a file is called and when it is made.
pub(crate) struct Sheet {
    pub(crate) title: String,
    pub(crate) created: DateTime,
    pub(crate) id: [u8; 16],
    /// Width and height of its pages, pt.
    pub(crate) size: (f64, f64),
}

/// The pages as PDF/A-2b.
pub(crate) fn made(sheet: &Sheet, pages: Vec<Print>) -> anyhow::Result<Vec<u8>> {
    let mut bytes = blank(sheet, pages.len())?;
    let document = Document::open(bytes.clone())?;
    let prints: Vec<(usize, Print)> = pages.into_iter().enumerate().collect();
    bytes.extend(printed(&document, &prints, sheet.id)?);
    Ok(bytes)
}

fn blank(sheet: &Sheet, pages: usize) -> anyhow::Result<Vec<u8>> {
    let options = pdfa::Options {
        title: sheet.title.clone(),
        created: sheet.created,
        id: sheet.id,
        ..pdfa::Options::default()
    };
    let mut pdf = PdfaWriter::new(Vec::new(), options)?;
    for _ in 0..pages {
        pdf.page(&PageSpec {
            width_px: 1,
            height_px: 1,
            width_pt: sheet.size.0 as f32,
            height_pt: sheet.size.1 as f32,
            images: &[],
            lines: &[],
        })?;
    }
    Ok(pdf.finish()?)
}

/// Breaks a text into lines no wider than `room` pt in letters of `size` pt; a word that is wider by itself is cut.
pub(crate) fn wrap(
    text: &str,
    weight: Weight,
    size: f64,
    room: f64,
) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        for piece in cut(word, weight, size, room)? {
            let longer = if line.is_empty() {
                piece.clone()
            } else {
                format!("{line} {piece}")
            };
            if line.is_empty() || width(&longer, weight, size)? <= room {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, piece));
            }
        }
    }
    lines.push(line);
    Ok(lines)
}

/// A word in pieces that fit.
fn cut(word: &str, weight: Weight, size: f64, room: f64) -> anyhow::Result<Vec<String>> {
    let mut pieces = vec![String::new()];
    if width(word, weight, size)? <= room {
        return Ok(vec![word.to_owned()]);
    }
    for letter in word.chars() {
        let longer = match pieces.last() {
            Some(piece) if !piece.is_empty() => format!("{piece}{letter}"),
            _ => letter.to_string(),
        };
        let fits = longer.chars().count() == 1 || width(&longer, weight, size)? <= room;
        match pieces.last_mut() {
            Some(piece) if fits => *piece = longer,
            _ => pieces.push(letter.to_string()),
        }
    }
    Ok(pieces)
}

/// A text from outside with letters that the faces have; others become `?`.
pub(crate) fn showable(text: &str, weight: Weight) -> String {
    if width(text, weight, 1.0).is_ok() {
        return text.to_owned();
    }
    text.chars()
        .map(|letter| {
            if letter.is_whitespace() {
                ' '
            } else if width(letter.encode_utf8(&mut [0; 4]), weight, 1.0).is_ok() {
                letter
            } else {
                '?'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_broken_at_words_and_long_words_are_cut() {
        let size = 9.5;
        let room = width("Ủy ban nhân", Weight::Regular, size).unwrap() + 0.1;
        let lines = wrap("Ủy ban nhân dân phường", Weight::Regular, size, room).unwrap();
        assert_eq!(lines, ["Ủy ban nhân", "dân phường"]);
        let lines = wrap(&"x".repeat(40), Weight::Regular, size, room).unwrap();
        assert!(lines.len() > 1);
        assert_eq!(lines.concat(), "x".repeat(40));
    }

    #[test]
    fn letters_that_no_face_has_are_replaced() {
        assert_eq!(showable("Nguyễn\n漢", Weight::Regular), "Nguyễn ?");
    }
}
