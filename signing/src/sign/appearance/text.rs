//! Lines of text of one size, as stamps in corners and under pictures have them.

use unicode_normalization::UnicodeNormalization;

use super::face::{ASCENT, Face, Pen, Weight};
use crate::sign::SignError;

/// Size of letters, pt (decree 30/2020, annex I, part I, II.8 and part II.I).
pub const SIZE: f64 = 10.0;
/// From line to line, pt.
const LEADING: f64 = 12.0;

/// Text, broken into lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<String>,
}

impl Lines {
    /// Breaks `paragraphs` between words into lines of at most `width` pt; a word that is longer has a line of its own.
    /// The text becomes NFC.
    ///
    /// # Errors
    /// When the face lacks a character.
    pub fn new<S: AsRef<str>>(paragraphs: &[S], width: f64) -> Result<Self, SignError> {
        let face = Face::open(Weight::Regular)?;
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            lines.extend(broken(&face, SIZE, paragraph.as_ref(), width)?);
        }
        Ok(Self { lines })
    }

    /// Width of the longest line, pt.
    pub fn width(&self) -> f64 {
        let Ok(face) = Face::open(Weight::Regular) else {
            return 0.0;
        };
        self.lines
            .iter()
            .filter_map(|line| face.width(line, SIZE).ok())
            .fold(0.0, f64::max)
    }

    /// Height of all lines, pt.
    pub fn height(&self) -> f64 {
        self.lines.iter().map(|_| LEADING).sum()
    }

    /// The lines.
    pub fn as_slice(&self) -> &[String] {
        &self.lines
    }

    /// Writes them downwards from `left`, `top`, pt.
    pub(super) fn draw(&self, pen: &mut Pen, left: f64, top: f64) -> Result<(), SignError> {
        let mut baseline = top - ASCENT * SIZE;
        for line in &self.lines {
            pen.write(line, Weight::Regular, SIZE, (left, baseline))?;
            baseline -= LEADING;
        }
        Ok(())
    }
}

/// Lines of at most `width` pt, broken between words; a word that is longer has one of its own. NFC.
pub(super) fn broken(
    face: &Face,
    size: f64,
    paragraph: &str,
    width: f64,
) -> Result<Vec<String>, SignError> {
    let paragraph: String = paragraph.nfc().collect();
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in paragraph.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if face.width(&longer, size)? <= width || line.is_empty() {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}
