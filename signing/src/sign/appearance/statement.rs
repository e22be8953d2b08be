//! A statement in a frame: paragraphs as a form has them, beside them a QR code with the words under it.

use super::code::Code;
use super::face::{ASCENT, Face, Pen, Weight};
use super::text::broken;
use super::{Ground, MM, Place};
use crate::sign::SignError;

/// One paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    /// What it says; becomes NFC.
    pub text: String,
    /// How heavy.
    pub weight: Weight,
    /// Where its lines stand.
    pub align: Align,
    /// Size of letters, pt.
    pub size: f64,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
}

/// A code beside a statement, and the words under it, such as the code to look up by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The code.
    pub code: Code,
    /// The words; may be empty.
    pub label: String,
}

/// A statement, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    rows: Vec<Row>,
    /// The code; its left and top from the frame's, pt.
    code: Option<(Code, f64, f64)>,
    size: (f64, f64),
}

/// A line with its left end and baseline, from the frame's top left corner, pt.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    text: String,
    weight: Weight,
    size: f64,
    left: f64,
    baseline: f64,
}

/// Between the frame and what stands in it, pt.
const PADDING: f64 = 2.5 * MM;
/// Between text and code, pt.
const GUTTER: f64 = 3.0 * MM;
/// From line to line, in sizes.
const LEADING: f64 = 1.25;
/// Width of the frame's line, pt.
const FRAME: f64 = 0.6;
/// Narrowest text beside a code; narrower, the code goes below.
const COLUMN: f64 = 45.0 * MM;
/// Size of the words under the code, pt.
const LABEL: f64 = 9.0;
/// Widths that are tried, the reading width of the decree's page first.
const WIDTHS: [f64; 4] = [165.0 * MM, 130.0 * MM, 100.0 * MM, 75.0 * MM];

impl Statement {
    /// Lays out `paragraphs` and `code` in a frame of `width` pt, or as little more as the code needs. How high it becomes
    /// is in [`size`](Self::size).
    ///
    /// # Errors
    /// When a face lacks a character.
    pub fn new(
        paragraphs: &[Paragraph],
        code: Option<&Labelled>,
        width: f64,
    ) -> Result<Self, SignError> {
        let side = code.map_or(0.0, |labelled| labelled.code.side());
        let inner = (width - 2.0 * PADDING).max(side).max(COLUMN / 2.0);
        let beside = side > 0.0 && inner - side - GUTTER >= COLUMN;
        let column = if beside { inner - side - GUTTER } else { inner };
        let mut rows = Vec::new();
        let mut top = PADDING;
        for paragraph in paragraphs {
            top = set(&mut rows, paragraph, (PADDING, top), column)?;
        }
        let placed = match code {
            None => None,
            Some(Labelled { code, label }) => {
                let (left, above) = if beside {
                    (PADDING + column + GUTTER, PADDING)
                } else {
                    (PADDING + (inner - side) / 2.0, top + GUTTER)
                };
                let label = Paragraph {
                    text: label.clone(),
                    weight: Weight::Regular,
                    align: Align::Centre,
                    size: LABEL,
                };
                let under = set(&mut rows, &label, (left, above + side), side)?;
                top = top.max(under);
                Some((code.clone(), left, above))
            }
        };
        Ok(Self {
            rows,
            code: placed,
            size: (inner + 2.0 * PADDING, top + PADDING),
        })
    }

    /// Lays it out for the largest empty part of a page, as wide as reads well and has room. `None` where nothing fits.
    ///
    /// # Errors
    /// As [`Statement::new`].
    pub fn settled(
        paragraphs: &[Paragraph],
        code: Option<&Labelled>,
        ground: &Ground,
    ) -> Result<Option<(Self, Place)>, SignError> {
        for width in WIDTHS {
            let statement = Self::new(paragraphs, code, width)?;
            if let Some(place) = ground.place(statement.size) {
                return Ok(Some((statement, place)));
            }
        }
        Ok(None)
    }

    /// Lays it out for a page of its own, `size` pt: in the middle, at the usual upper margin. The page may have to be
    /// larger for a very long one.
    ///
    /// # Errors
    /// As [`Statement::new`].
    pub fn alone(
        paragraphs: &[Paragraph],
        code: Option<&Labelled>,
        size: (f64, f64),
    ) -> Result<(Self, Place), SignError> {
        /// Upper margin of an office paper (decree 30/2020, annex I, part I, I.4), and the least on all sides.
        const MARGIN: f64 = 20.0 * MM;
        let [reading, ..] = WIDTHS;
        let statement = Self::new(paragraphs, code, reading.min(size.0 - 2.0 * MARGIN))?;
        let (width, height) = statement.size;
        let left = ((size.0 - width) / 2.0).max(0.0);
        Ok((statement, [left, MARGIN, width, height]))
    }

    /// Width and height of the frame, pt.
    pub fn size(&self) -> (f64, f64) {
        self.size
    }

    /// What it says, line by line.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.rows.iter().map(|row| row.text.as_str()).collect();
        lines.join("\n")
    }

    /// Draws it in a form of `size` pt, from its top left corner.
    pub(super) fn draw(&self, pen: &mut Pen, size: (f64, f64)) -> Result<(), SignError> {
        let (width, height) = self.size;
        let line = FRAME / 2.0;
        pen.content += &format!(
            "/G CS 0 SC {FRAME} w {line:.3} {:.3} {:.3} {:.3} re S\n",
            size.1 - height + line,
            width - FRAME,
            height - FRAME
        );
        if let Some((code, left, top)) = &self.code {
            code.draw(pen, *left, size.1 - top);
        }
        for row in &self.rows {
            let at = (row.left, size.1 - row.baseline);
            pen.write(&row.text, row.weight, row.size, at)?;
        }
        Ok(())
    }
}

/// Sets a paragraph into `rows` from `at`, left and top; gives where the next one begins.
fn set(
    rows: &mut Vec<Row>,
    paragraph: &Paragraph,
    at: (f64, f64),
    width: f64,
) -> Result<f64, SignError> {
    let Paragraph {
        text,
        weight,
        align,
        size,
    } = paragraph;
    let face = Face::open(*weight)?;
    let mut top = at.1;
    for line in broken(&face, *size, text, width)? {
        for text in cut(&face, *size, line, width)? {
            let left = width - face.width(&text, *size)?;
            rows.push(Row {
                text,
                weight: *weight,
                size: *size,
                left: at.0
                    + match align {
                        Align::Left => 0.0,
                        Align::Centre => left / 2.0,
                        Align::Right => left,
                    },
                baseline: top + ASCENT * size,
            });
            top += LEADING * size;
        }
    }
    Ok(top)
}

/// A line in pieces of at most `width` pt: one that is longer has a single word, such as a code or an address.
fn cut(face: &Face, size: f64, line: String, width: f64) -> Result<Vec<String>, SignError> {
    if face.width(&line, size)? <= width {
        return Ok(vec![line]);
    }
    let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0.0);
    for letter in line.chars() {
        let advance = face.width(letter.encode_utf8(&mut [0; 4]), size)?;
        if used + advance > width && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            used = 0.0;
        }
        piece.push(letter);
        used += advance;
    }
    pieces.push(piece);
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn paragraph(text: &str, align: Align) -> Paragraph {
        Paragraph {
            text: text.to_owned(),
            weight: Weight::Bold,
            align,
            size: 12.0,
        }
    }

    fn labelled(label: &str) -> Labelled {
        Labelled {
            code: Code::new(b"https://a.vn/1").unwrap(),
            label: label.to_owned(),
        }
    }

    #[test]
    fn everything_stands_inside_the_frame_at_every_width() {
        let text = "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH";
        let long = "x".repeat(200);
        let paragraphs = [
            paragraph(text, Align::Centre),
            paragraph("phải", Align::Right),
            paragraph(&long, Align::Left),
        ];
        let mut last = 0.0;
        for width in [600.0, 400.0, 250.0, 150.0, 20.0] {
            let code = labelled("Mã tra cứu: 0123456789-0123456789-0123456789");
            let made = Statement::new(&paragraphs, Some(&code), width).unwrap();
            let (wide, high) = made.size();
            assert!(high >= last, "narrower is higher");
            last = high;
            for row in &made.rows {
                let end = Face::open(row.weight)
                    .unwrap()
                    .width(&row.text, row.size)
                    .unwrap();
                assert!(row.left >= PADDING - 1e-6, "{row:?}");
                assert!(row.left + end <= wide - PADDING + 1e-6, "{width}: {row:?}");
                assert!(row.baseline < high - PADDING, "{row:?}");
            }
            let (code, left, top) = made.code.as_ref().unwrap();
            assert!(left + code.side() <= wide - PADDING + 1e-6);
            assert!(top + code.side() <= high - PADDING);
            // No line runs into the code.
            for row in &made.rows {
                let end = Face::open(row.weight)
                    .unwrap()
                    .width(&row.text, row.size)
                    .unwrap();
                let clear = row.left + end <= *left + 1e-6
                    || row.baseline <= *top
                    || row.baseline - ASCENT * row.size >= top + code.side() - 1e-6;
                assert!(clear, "{width}: {row:?}");
            }
        }
    }

    #[test]
    fn centred_lines_stand_in_the_middle() {
        let made = Statement::new(&[paragraph("SAO Y", Align::Centre)], None, 300.0).unwrap();
        let row = &made.rows[0];
        let wide = Face::open(Weight::Bold)
            .unwrap()
            .width("SAO Y", 12.0)
            .unwrap();
        assert!((row.left + wide / 2.0 - 150.0).abs() < 1e-6);
        assert_eq!(made.text(), "SAO Y");
    }

    #[test]
    fn it_becomes_narrower_where_there_is_less_room_and_gives_up_where_there_is_none() {
        let page = (595.0, 842.0);
        let paragraphs = [paragraph(
            "Chứng thực bản sao đúng với bản chính",
            Align::Left,
        )];
        let settle = |ground: &Ground| {
            Statement::settled(&paragraphs, Some(&labelled("A")), ground).unwrap()
        };
        let (wide, _) = settle(&Ground::new(page)).unwrap();
        let mut ground = Ground::new(page);
        ground.take([0.0, 0.0, 250.0, 842.0]);
        let (narrow, [left, _, width, _]) = settle(&ground).unwrap();
        assert!(narrow.size().0 < wide.size().0);
        assert!(left >= 250.0 && left + width <= 595.0);
        ground.take([350.0, 0.0, 100.0, 842.0]);
        assert!(settle(&ground).is_none());
    }
}
