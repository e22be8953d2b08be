//! The nouns of a printed page: lines of words in points, rules, and the marks people put on paper.

use serde::Serialize;

/// Millimetres to points.
#[must_use]
pub const fn mm(length: f32) -> f32 {
    length * 72.0 / 25.4
}

/// How a piece of text is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Bold face.
    pub bold: bool,
    /// Italic face.
    pub italic: bool,
}

/// What writes a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pen {
    /// The printer.
    Print,
    /// A clerk's ball-point pen; digits and `/` only.
    Hand,
}

/// A part of a word in one style.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its letters.
    pub text: String,
    /// Their style.
    pub style: Style,
    /// Who wrote them.
    pub pen: Pen,
}

/// A word standing on the page.
#[derive(Debug, Clone)]
pub struct Word {
    /// Its parts from left to right.
    pub pieces: Vec<Piece>,
    /// Left end, in points from the left edge of the page.
    pub x: f32,
    /// Baseline, in points from the top edge of the page.
    pub baseline: f32,
    /// Width in points.
    pub width: f32,
}

impl Word {
    /// The word as it reads.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect()
    }

    /// The size of its largest part, in points.
    #[must_use]
    pub fn size(&self) -> f32 {
        self.pieces
            .iter()
            .map(|piece| piece.style.size)
            .fold(1.0, f32::max)
    }
}

/// The part of the page a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// Issuing body, number, subject of a letter.
    HeaderLeft,
    /// State name, motto, place and date.
    HeaderRight,
    /// Name of the document and what it is about.
    Title,
    /// Running text.
    Body,
    /// Cells of a table.
    Table,
    /// "Nơi nhận".
    Recipients,
    /// Title and name of the signer.
    Signature,
    /// Page number, foot line.
    Margin,
    /// Text of rubber stamps: in the word boxes, not in the plain text.
    Stamp,
}

/// A printed line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where it belongs.
    pub region: Region,
    /// Its words from left to right.
    pub words: Vec<Word>,
}

impl Line {
    /// The line as it reads, words parted by one space.
    #[must_use]
    pub fn text(&self) -> String {
        let words: Vec<String> = self.words.iter().map(Word::text).collect();
        words.join(" ").replace('\u{a0}', " ")
    }
}

/// A straight printed rule from `from` to `to`, in points.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// One end.
    pub from: (f32, f32),
    /// The other end.
    pub to: (f32, f32),
    /// Thickness in points.
    pub thickness: f32,
    /// Dotted, as the lines of a form.
    pub dotted: bool,
}

/// What people put on the page after printing.
#[derive(Debug, Clone)]
pub enum Mark {
    /// The round seal of an agency.
    Seal {
        /// Centre in points.
        at: (f32, f32),
        /// Radius in points.
        radius: f32,
        /// Text round the upper arc.
        above: String,
        /// Text round the lower arc.
        below: String,
        /// Lines in the middle; a star stands there when there is none.
        middle: Vec<String>,
    },
    /// A signature: centre and half extent in points.
    Signature {
        /// Centre in points.
        at: (f32, f32),
        /// Half width and half height in points.
        reach: (f32, f32),
    },
    /// A short initial, as drafters put after the last word.
    Initial {
        /// Centre in points.
        at: (f32, f32),
    },
    /// The records clerk's stamp on arrival.
    Incoming {
        /// Upper left corner in points.
        at: (f32, f32),
        /// Name of the receiving agency.
        agency: String,
        /// Arrival number, handwritten.
        number: String,
        /// Arrival date, handwritten, as `12/8/2025`.
        date: String,
    },
    /// A boxed word such as `HỎA TỐC`.
    Boxed {
        /// Centre in points.
        at: (f32, f32),
        /// Width and height in points.
        size: (f32, f32),
        /// The word.
        text: String,
    },
}

/// Ground under the print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Plain paper.
    Plain,
    /// Ornamental frame and fine waves, as printed forms of value have.
    Guilloche {
        /// Colour of the waves and the frame.
        tint: [u8; 3],
    },
}

/// A page before it is scanned; lengths in points.
#[derive(Debug, Clone)]
pub struct Page {
    /// Width and height in points.
    pub size: (f32, f32),
    /// Printed lines in reading order.
    pub lines: Vec<Line>,
    /// Printed rules.
    pub rules: Vec<Rule>,
    /// Seals, stamps, signatures.
    pub marks: Vec<Mark>,
    /// What the paper looks like.
    pub ground: Ground,
}

impl Page {
    /// An empty A4 page, upright.
    #[must_use]
    pub fn a4() -> Self {
        Self::sized(mm(210.0), mm(297.0))
    }

    /// An empty page of the given width and height in points.
    #[must_use]
    pub fn sized(width: f32, height: f32) -> Self {
        Self {
            size: (width, height),
            lines: Vec::new(),
            rules: Vec::new(),
            marks: Vec::new(),
            ground: Ground::Plain,
        }
    }
}
