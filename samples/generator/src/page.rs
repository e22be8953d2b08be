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
    /// Kind of letters.
    pub face: Face,
    /// Colour of the print.
    pub tint: Tint,
}

impl Style {
    /// The same in another kind of letters.
    #[must_use]
    pub fn face(self, face: Face) -> Self {
        Self { face, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub fn tint(self, tint: Tint) -> Self {
        Self { tint, ..self }
    }
}

/// Kinds of letters a family offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Face {
    /// Serif letters of running text.
    #[default]
    Text,
    /// Letters without serifs, as on cards and newer forms.
    Sans,
    /// Letters of one width, as in machine-readable zones and on receipts.
    Mono,
}

/// Colours of print and of stamping ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tint {
    /// The usual black.
    #[default]
    Black,
    /// The red of printed forms; as a stamp, the red of seals.
    Red,
    /// Blue.
    Blue,
    /// Green, as on older forms.
    Green,
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

/// A printed area of one colour.
#[derive(Debug, Clone, Copy)]
pub struct Fill {
    /// Upper left corner in points.
    pub from: (f32, f32),
    /// Lower right corner in points.
    pub to: (f32, f32),
    /// Its colour.
    pub colour: [u8; 3],
    /// Strength of fine waves over it, 0 for none.
    pub waves: f32,
}

/// The edge of a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Text alone.
    Bare,
    /// One line round it.
    Single,
    /// Two lines round it.
    Double,
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
    /// A rubber stamp of several lines, turned as the hand set it down.
    Block {
        /// What kind of stamp it is, such as `secrecy`, for the truth.
        kind: &'static str,
        /// Centre in points.
        at: (f32, f32),
        /// Its lines: text, with what a pen filled in between `~`, and size in points; all bold when `heavy`.
        lines: Vec<(String, f32)>,
        /// Bold letters.
        heavy: bool,
        /// Turning in degrees, clockwise.
        turn: f32,
        /// Its edge.
        edge: Edge,
        /// Its ink.
        ink: Tint,
    },
    /// A printed square of modules, such as a QR code.
    Code {
        /// Upper left corner in points.
        at: (f32, f32),
        /// Width of the square in points, quiet zone not counted.
        size: f32,
        /// Rows of modules; `true` is dark.
        modules: Vec<Vec<bool>>,
        /// What it says.
        text: String,
    },
    /// A made-up portrait: a head and shoulders without a face.
    Portrait {
        /// Upper left corner in points.
        at: (f32, f32),
        /// Width and height in points.
        size: (f32, f32),
    },
    /// A printed star in a ring, where a real form has the national emblem.
    Star {
        /// Centre in points.
        at: (f32, f32),
        /// Radius in points.
        radius: f32,
        /// Its colour.
        tint: Tint,
    },
    /// A printed circle.
    Circle {
        /// Centre in points.
        at: (f32, f32),
        /// Radius in points.
        radius: f32,
    },
}

impl Mark {
    fn at_mut(&mut self) -> &mut (f32, f32) {
        match self {
            Self::Seal { at, .. }
            | Self::Signature { at, .. }
            | Self::Initial { at }
            | Self::Incoming { at, .. }
            | Self::Boxed { at, .. }
            | Self::Block { at, .. }
            | Self::Code { at, .. }
            | Self::Portrait { at, .. }
            | Self::Star { at, .. }
            | Self::Circle { at, .. } => at,
        }
    }

    /// Its kind in words, its box in points (turning left out), and what it says.
    #[must_use]
    pub fn extent(&self) -> (&'static str, [f32; 4], String) {
        let around = |(x, y): (f32, f32), (w, h): (f32, f32)| [x - w, y - h, x + w, y + h];
        match self {
            Self::Seal {
                at,
                radius,
                above,
                below,
                middle,
            } => (
                "seal",
                around(*at, (*radius, *radius)),
                format!("{above} {} {below}", middle.join(" ")),
            ),
            Self::Signature { at, reach } => ("signature", around(*at, *reach), String::new()),
            Self::Initial { at } => ("initial", around(*at, (9.0, 9.0)), String::new()),
            Self::Incoming {
                at, number, date, ..
            } => (
                "incoming",
                [at.0, at.1, at.0 + mm(50.0), at.1 + mm(35.0)],
                format!("ĐẾN {number} {date}"),
            ),
            Self::Boxed { at, size, text } => (
                "boxed",
                around(*at, (size.0 / 2.0, size.1 / 2.0)),
                text.clone(),
            ),
            Self::Block {
                kind, at, lines, ..
            } => {
                let high: f32 = lines.iter().map(|line| line.1 * 1.3).sum();
                let wide = lines
                    .iter()
                    .map(|(text, size)| text.chars().count() as f32 * size * 0.62)
                    .fold(0.0, f32::max);
                let text: Vec<String> = lines.iter().map(|line| line.0.replace('~', "")).collect();
                (
                    kind,
                    around(*at, (wide / 2.0 + 4.0, high / 2.0 + 4.0)),
                    text.join(" "),
                )
            }
            Self::Code { at, size, text, .. } => {
                ("code", [at.0, at.1, at.0 + size, at.1 + size], text.clone())
            }
            Self::Portrait { at, size } => (
                "portrait",
                [at.0, at.1, at.0 + size.0, at.1 + size.1],
                String::new(),
            ),
            Self::Star { at, radius, .. } => {
                ("star", around(*at, (*radius, *radius)), String::new())
            }
            Self::Circle { at, radius } => {
                ("circle", around(*at, (*radius, *radius)), String::new())
            }
        }
    }
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
    /// Coloured areas under the print.
    pub fills: Vec<Fill>,
    /// A photocopy: what is printed, and so many marks from the first, lost their colour; later marks have theirs.
    pub copied: Option<usize>,
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
            fills: Vec::new(),
            copied: None,
        }
    }

    /// The page drawn larger or smaller.
    #[must_use]
    pub fn scaled(mut self, by: f32) -> Self {
        let grow = |(x, y): (f32, f32)| (x * by, y * by);
        self.size = grow(self.size);
        for word in self.lines.iter_mut().flat_map(|line| &mut line.words) {
            word.x *= by;
            word.baseline *= by;
            word.width *= by;
            for piece in &mut word.pieces {
                piece.style.size *= by;
            }
        }
        for rule in &mut self.rules {
            rule.from = grow(rule.from);
            rule.to = grow(rule.to);
            rule.thickness *= by;
        }
        for fill in &mut self.fills {
            fill.from = grow(fill.from);
            fill.to = grow(fill.to);
        }
        for mark in &mut self.marks {
            let at = mark.at_mut();
            *at = grow(*at);
            match mark {
                Mark::Seal { radius, .. }
                | Mark::Star { radius, .. }
                | Mark::Circle { radius, .. } => *radius *= by,
                Mark::Signature { reach, .. } => *reach = grow(*reach),
                Mark::Boxed { size, .. } | Mark::Portrait { size, .. } => *size = grow(*size),
                Mark::Code { size, .. } => *size *= by,
                Mark::Block { lines, .. } => {
                    for line in lines {
                        line.1 *= by;
                    }
                }
                Mark::Initial { .. } | Mark::Incoming { .. } => {}
            }
        }
        self
    }

    /// Lays another page on this one with its corner at `(x, y)`, in points: a card on the glass of a copier.
    pub fn lay(&mut self, other: Self, (x, y): (f32, f32)) {
        let shift = |(px, py): (f32, f32)| (px + x, py + y);
        self.lines.extend(other.lines.into_iter().map(|mut line| {
            for word in &mut line.words {
                word.x += x;
                word.baseline += y;
            }
            line
        }));
        self.rules.extend(other.rules.into_iter().map(|rule| Rule {
            from: shift(rule.from),
            to: shift(rule.to),
            ..rule
        }));
        self.fills.extend(other.fills.into_iter().map(|fill| Fill {
            from: shift(fill.from),
            to: shift(fill.to),
            ..fill
        }));
        self.marks.extend(other.marks.into_iter().map(|mut mark| {
            let at = mark.at_mut();
            *at = shift(*at);
            mark
        }));
    }
}
