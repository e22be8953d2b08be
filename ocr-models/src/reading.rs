//! What a reader says about an image: blocks, lines, words, and what the reading cost.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// How the engine is to look at an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Layout {
    /// A page: find its columns and blocks (page segmentation mode 3).
    Page,
    /// One column of text in different sizes (mode 4).
    Column,
    /// One uniform block of text (mode 6).
    Block,
    /// One line of text (mode 7).
    Line,
    /// Words scattered without order, as in stamps and drawings (mode 11).
    Sparse,
}

/// Everything read in one image. Coordinates are px of that image, origin top left, y down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The regions the layout analysis found, in reading order, pictures and rules included.
    pub blocks: Vec<Block>,
    /// The lines of text in reading order; none is empty.
    pub lines: Vec<Line>,
    /// What the engine spent on this image.
    pub spent: Spent,
}

/// A region of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What the region holds.
    pub kind: BlockKind,
    /// Where it is.
    pub bbox: PxBox,
}

/// What a region holds, as far as the layout analysis can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BlockKind {
    /// Text in a column.
    Text,
    /// Text across columns.
    Heading,
    /// Text set off from the columns.
    Pullout,
    /// A formula.
    Equation,
    /// A table.
    Table,
    /// Text whose lines run top to bottom.
    Vertical,
    /// Text that belongs to a picture.
    Caption,
    /// A picture.
    Picture,
    /// A horizontal or vertical rule.
    Rule,
    /// Specks outside of any column.
    Noise,
    /// Not known.
    Unknown,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Words from left to right; never empty.
    pub words: Vec<Word>,
    /// Around the whole line.
    pub bbox: PxBox,
    /// The line on which letters stand, left end and right end; slanted when the image is.
    pub baseline: Option<[Point; 2]>,
    /// Index into [`Reading::blocks`].
    pub block: u32,
    /// Number of the paragraph, counted through the image from 0.
    pub paragraph: u32,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// NFC text without white space or control characters; never empty.
    pub text: String,
    /// Around the word.
    pub bbox: PxBox,
    /// The engine's certainty, 0 to 1.
    pub confidence: f32,
    /// Whether the model's dictionary has the word.
    pub in_dictionary: bool,
    /// Whether the model took the word for a number.
    pub numeric: bool,
    /// What the engine nearly read instead of single letters, when it was asked to keep that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearly: Vec<Nearly>,
}

/// A second choice of the engine for one letter of a word.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearly {
    /// Which letter of the word's text, counted from 0.
    pub at: u16,
    /// What might stand there.
    pub letter: char,
    /// How much less likely than what was read: difference of natural logarithms, 0 up.
    pub behind: f32,
}

/// An upright rectangle in px.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PxBox {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
}

/// A point in px.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Rightwards.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// Time the engine took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Processor time, all threads.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
}

/// Which way up the text of a page stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Orientation {
    /// How far the page is turned clockwise from upright, in degrees: 0, 90, 180 or 270. Turning it
    /// counter-clockwise by as much makes it upright.
    pub turned: u16,
    /// The engine's certainty about `turned`: from 0 up, without a top; 15 is reasonably certain.
    pub confidence: f32,
    /// Script such as `Latin`.
    pub script: String,
    /// The engine's certainty about `script`, on a scale of its own.
    pub script_confidence: f32,
}

impl Reading {
    /// Makes the promises of the documentation true, whoever wrote the answer: boxes inside the image of
    /// `width` by `height` px, NFC text, no empty words or lines, no index that leads nowhere.
    pub(crate) fn settled(mut self, width: u32, height: u32) -> Self {
        for block in &mut self.blocks {
            block.bbox = block.bbox.inside(width, height);
        }
        if self.blocks.is_empty() && !self.lines.is_empty() {
            let bbox = PxBox {
                x: 0,
                y: 0,
                w: width,
                h: height,
            };
            self.blocks.push(Block {
                kind: BlockKind::Unknown,
                bbox,
            });
        }
        let last = u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        for line in &mut self.lines {
            line.settle(width, height, last);
        }
        self.lines.retain(|line| !line.words.is_empty());
        self
    }

    /// Mean certainty of the words weighted by their length, 0 to 1; `None` without words.
    pub fn confidence(&self) -> Option<f32> {
        let words = || self.lines.iter().flat_map(|line| &line.words);
        let letters: usize = words().map(|word| word.text.chars().count()).sum();
        let sum: f32 = words()
            .map(|word| word.confidence * word.text.chars().count() as f32)
            .sum();
        (letters > 0).then(|| sum / letters as f32)
    }
}

impl Line {
    /// The words with single spaces between them.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    fn settle(&mut self, width: u32, height: u32, last_block: u32) {
        for word in &mut self.words {
            word.settle(width, height);
        }
        self.words.retain(|word| !word.text.is_empty());
        self.bbox = self.bbox.inside(width, height);
        self.block = self.block.min(last_block);
        for point in self.baseline.iter_mut().flatten() {
            point.x = point.x.clamp(0, i32::try_from(width).unwrap_or(i32::MAX));
            point.y = point.y.clamp(0, i32::try_from(height).unwrap_or(i32::MAX));
        }
    }
}

impl Word {
    fn settle(&mut self, width: u32, height: u32) {
        let unwanted = |c: char| c.is_whitespace() || c.is_control();
        if !is_nfc(&self.text) || self.text.contains(unwanted) {
            self.text = self.text.chars().filter(|c| !unwanted(*c)).nfc().collect();
            // Their places are those of the text that was.
            self.nearly.clear();
        }
        let letters = self.text.chars().count();
        self.nearly.retain(|nearly| {
            usize::from(nearly.at) < letters
                && nearly.behind.is_finite()
                && !unwanted(nearly.letter)
        });
        self.bbox = self.bbox.inside(width, height);
        self.confidence = if self.confidence.is_nan() {
            0.0
        } else {
            self.confidence.clamp(0.0, 1.0)
        };
    }
}

impl PxBox {
    fn inside(self, width: u32, height: u32) -> Self {
        let (x, y) = (self.x.min(width), self.y.min(height));
        Self {
            x,
            y,
            w: self.w.min(width - x),
            h: self.h.min(height - y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, bbox: PxBox, confidence: f32) -> Word {
        Word {
            text: text.into(),
            bbox,
            confidence,
            in_dictionary: false,
            numeric: false,
            nearly: vec![Nearly {
                at: 1,
                letter: 'â',
                behind: 2.0,
            }],
        }
    }

    #[test]
    fn a_wild_answer_is_tamed() {
        let far = PxBox {
            x: 90,
            y: 5,
            w: u32::MAX,
            h: u32::MAX,
        };
        let line = Line {
            words: vec![
                word("Quye\u{302}\u{301}t\n", far, f32::NAN),
                word(" \u{7}", far, 0.5),
                word("a", far, 7.0),
            ],
            bbox: far,
            baseline: Some([
                Point { x: -5, y: 9 },
                Point {
                    x: i32::MAX,
                    y: i32::MIN,
                },
            ]),
            block: 99,
            paragraph: 0,
        };
        let empty = Line {
            words: vec![word("\t", far, 0.1)],
            ..line.clone()
        };
        let reading = Reading {
            lines: vec![line, empty],
            ..Reading::default()
        }
        .settled(100, 50);
        assert_eq!(reading.lines.len(), 1);
        assert_eq!(reading.blocks.len(), 1);
        let line = &reading.lines[0];
        assert_eq!((line.text().as_str(), line.block), ("Quyết a", 0));
        assert_eq!(
            line.words[0].bbox,
            PxBox {
                x: 90,
                y: 5,
                w: 10,
                h: 45
            }
        );
        assert_eq!(
            (line.words[0].confidence, line.words[1].confidence),
            (0.0, 1.0)
        );
        assert_eq!(
            line.baseline,
            Some([Point { x: 0, y: 9 }, Point { x: 100, y: 0 }])
        );
        assert!(line.words.iter().all(|word| word.nearly.is_empty()));
        assert_eq!(reading.confidence(), Some(1.0 / 6.0));
        assert_eq!(Reading::default().confidence(), None);
    }
}
