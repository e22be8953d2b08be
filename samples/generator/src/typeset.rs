//! Setting paragraphs into lines of words, ragged, centred or justified, as word processors do.

use crate::{
    face::Family,
    page::{Line, Pen, Piece, Region, Style, Word},
};

/// How the lines of a paragraph stand between its edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Flush left, ragged right.
    Left,
    /// Centred.
    Centre,
    /// Flush on both sides but for the last line.
    Justify,
}

/// A paragraph to be set. Its text may switch styles: `*` bold, `_` italic, `~` handwriting.
#[derive(Debug, Clone)]
pub struct Paragraph {
    /// Marked-up text; `\n` forces a new line.
    pub text: String,
    /// Style at its start.
    pub style: Style,
    /// Where its lines stand.
    pub align: Align,
    /// Indent of the first line, in points.
    pub first: f32,
    /// Indent of all lines, in points.
    pub left: f32,
    /// Space above, in points.
    pub above: f32,
    /// Distance of baselines as a multiple of the size.
    pub leading: f32,
    /// Where its lines belong.
    pub region: Region,
    /// May be left out when the page is full.
    pub optional: bool,
}

impl Paragraph {
    /// A centred paragraph.
    #[must_use]
    pub fn centred(text: impl Into<String>, style: Style, region: Region) -> Self {
        Self {
            align: Align::Centre,
            first: 0.0,
            ..Self::body(text, style, region)
        }
    }

    /// A flush-left paragraph without indent.
    #[must_use]
    pub fn left(text: impl Into<String>, style: Style, region: Region) -> Self {
        Self {
            align: Align::Left,
            first: 0.0,
            ..Self::body(text, style, region)
        }
    }

    /// A justified paragraph with the usual indent of 10 mm.
    #[must_use]
    pub fn body(text: impl Into<String>, style: Style, region: Region) -> Self {
        Self {
            text: text.into(),
            style,
            align: Align::Justify,
            first: 28.35,
            left: 0.0,
            above: 0.0,
            leading: 1.2,
            region,
            optional: false,
        }
    }

    /// The same with space above, in points.
    #[must_use]
    pub fn above(mut self, points: f32) -> Self {
        self.above = points;
        self
    }

    /// Sets the paragraph between `x` and `x + width` with its top at `top`; all in points. The lines and the new top.
    #[must_use]
    pub fn set(&self, x: f32, width: f32, top: f32, family: &Family) -> (Vec<Line>, f32) {
        let mut lines = Vec::new();
        let mut y = top + self.above;
        let (left, width) = (x + self.left, width - self.left);
        for (row, (words, last)) in self.rows(width, family).into_iter().enumerate() {
            y += self.style.size * self.leading;
            // The descender part of the line box lies below the baseline.
            let baseline = y - self.style.size * (self.leading - 0.93);
            let indent = if row == 0 { self.first } else { 0.0 };
            lines.push(Line {
                region: self.region,
                words: place(
                    words,
                    left + indent,
                    width - indent,
                    baseline,
                    self.align,
                    last,
                    self.space(family),
                ),
            });
        }
        (lines, y)
    }

    /// Height of the set paragraph in points.
    #[must_use]
    pub fn height(&self, width: f32, family: &Family) -> f32 {
        self.above
            + self.rows(width - self.left, family).len() as f32 * self.style.size * self.leading
    }

    fn space(&self, family: &Family) -> f32 {
        family.width(" ", self.style)
    }

    /// Words broken into rows; the flag says that a row ends a paragraph.
    fn rows(&self, width: f32, family: &Family) -> Vec<(Vec<Word>, bool)> {
        let space = self.space(family);
        let mut rows = Vec::new();
        let mut style = Switches {
            style: self.style,
            pen: Pen::Print,
        };
        for part in self.text.split('\n') {
            let mut row: Vec<Word> = Vec::new();
            let mut used = if rows.is_empty() { self.first } else { 0.0 };
            for raw in part.split(' ').filter(|raw| !raw.is_empty()) {
                let word = style.word(raw, family);
                if word.pieces.is_empty() {
                    continue;
                }
                if !row.is_empty() && used + space + word.width > width + 0.01 {
                    rows.push((std::mem::take(&mut row), false));
                    used = 0.0;
                }
                used += word.width + if row.is_empty() { 0.0 } else { space };
                row.push(word);
            }
            rows.push((row, true));
        }
        rows
    }
}

/// The style switches as they stand while reading marked-up text.
struct Switches {
    style: Style,
    pen: Pen,
}

impl Switches {
    fn word(&mut self, raw: &str, family: &Family) -> Word {
        let mut pieces = Vec::new();
        let mut text = String::new();
        // A star alone is a star, as under the names of Party bodies.
        let star = raw == "*";
        for letter in raw.chars() {
            if star || !matches!(letter, '*' | '_' | '~') {
                text.push(letter);
                continue;
            }
            self.cut(&mut text, &mut pieces);
            match letter {
                '*' => self.style.bold = !self.style.bold,
                '_' => self.style.italic = !self.style.italic,
                _ => {
                    self.pen = if self.pen == Pen::Print {
                        Pen::Hand
                    } else {
                        Pen::Print
                    }
                }
            }
        }
        self.cut(&mut text, &mut pieces);
        let width = pieces.iter().map(|piece| piece_width(piece, family)).sum();
        Word {
            pieces,
            x: 0.0,
            baseline: 0.0,
            width,
        }
    }

    fn cut(&self, text: &mut String, pieces: &mut Vec<Piece>) {
        if !text.is_empty() {
            pieces.push(Piece {
                text: std::mem::take(text),
                style: self.style,
                pen: self.pen,
            });
        }
    }
}

/// Width of a piece in points. Handwriting takes a little more room than print.
#[must_use]
pub fn piece_width(piece: &Piece, family: &Family) -> f32 {
    let printed = family.width(&piece.text, piece.style);
    match piece.pen {
        Pen::Print => printed,
        Pen::Hand => printed * 1.1 + piece.style.size * 0.2,
    }
}

fn place(
    words: Vec<Word>,
    x: f32,
    width: f32,
    baseline: f32,
    align: Align,
    last: bool,
    space: f32,
) -> Vec<Word> {
    let natural: f32 = words.iter().map(|word| word.width).sum();
    let gaps = words.len().saturating_sub(1) as f32;
    let slack = width - natural - gaps * space;
    let (start, gap) = match align {
        Align::Left => (x, space),
        Align::Centre => (x + slack / 2.0, space),
        Align::Justify if last || gaps == 0.0 => (x, space),
        Align::Justify => (x, space + slack / gaps),
    };
    let mut pen = start;
    words
        .into_iter()
        .map(|word| {
            let placed = Word {
                x: pen,
                baseline,
                ..word
            };
            pen += placed.width + gap;
            placed
        })
        .collect()
}
