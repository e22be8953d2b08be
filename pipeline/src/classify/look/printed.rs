//! A mark of secrecy among the words that were read: a line of its own, where marks stand.
//!
//! Decree 30/2020/NĐ-CP puts the mark into cell 10a, under the number at the left; books bear it on the cover
//! (circular 24/2020/TT-BCA, article 3). Headings, tables and lists speak of secrecy without being secret.

use super::wording::{Level, folded, level_of};
use crate::document::{Line, Rect};

/// A gap wider than this many text heights parts a line into pieces that belong to different things.
const PARTED: f32 = 1.2;
/// Lines closer than this many text heights, edge to edge, may be one heading.
const HEADING_PITCH: f32 = 1.0;
/// The word for the lowest level is an ordinary one; it counts in this upper part of the page only. Cell 10a ends
/// at about a third of the sheet; stamps over long headers and on covers stand lower.
const UPPER: f32 = 0.5;

/// Whether the words of a page of `size_px` hold a mark of secrecy.
pub(super) fn bears_mark(lines: &[Line], size_px: (u32, u32)) -> bool {
    let pieces: Vec<Piece> = lines.iter().flat_map(pieces_of).collect();
    let marks: Vec<(Level, &Piece)> = pieces
        .iter()
        .filter_map(|piece| Some((level_of(&piece.text)?, piece)))
        .filter(|(_, piece)| stands_alone(piece, &pieces))
        .collect();
    // Where several levels are named, none is this page's own.
    let listed = marks.iter().any(|(level, _)| *level != marks[0].0);
    let counts = |(level, piece): &(Level, &Piece)| match level {
        Level::Secret => piece.bbox.y < UPPER * size_px.1 as f32,
        Level::TopSecret | Level::MostSecret => true,
    };
    !listed && marks.iter().any(counts)
}

/// Words of a line that stand close together.
struct Piece {
    text: String,
    bbox: Rect,
}

fn pieces_of(line: &Line) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for word in &line.words {
        match pieces.last_mut() {
            Some(piece)
                if word.bbox.x - (piece.bbox.x + piece.bbox.w)
                    <= PARTED * piece.bbox.h.max(word.bbox.h) =>
            {
                piece.text.push(' ');
                piece.text.push_str(&word.text);
                piece.bbox = piece.bbox.union(word.bbox);
            }
            _ => pieces.push(Piece {
                text: word.text.clone(),
                bbox: word.bbox,
            }),
        }
    }
    pieces
}

/// Whether `piece` is neither the end of a heading, nor the cell of a table.
fn stands_alone(piece: &Piece, pieces: &[Piece]) -> bool {
    let others = || pieces.iter().filter(|other| !std::ptr::eq(*other, piece));
    let in_table = others().any(|other| is_left_of(other, piece));
    let in_heading = others().any(|other| continues(other, piece) || continues(piece, other));
    !in_table && !in_heading
}

/// Whether `other` stands on the same line, before `piece`.
fn is_left_of(other: &Piece, piece: &Piece) -> bool {
    let (a, b) = (other.bbox, piece.bbox);
    let shared = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    let has_letters = other.text.chars().any(char::is_alphanumeric);
    has_letters && a.x + a.w <= b.x && shared > 0.5 * a.h.min(b.h)
}

/// Whether the two are lines of one heading: capitals close below capitals.
fn continues(upper: &Piece, lower: &Piece) -> bool {
    let (a, b) = (upper.bbox, lower.bbox);
    let gap = b.y - (a.y + a.h);
    let height = a.h.min(b.h);
    let overlap = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    (-0.3 * height..HEADING_PITCH * height).contains(&gap)
        && overlap > 0.0
        && a.h.max(b.h) < 1.6 * height
        && is_capitals(&upper.text)
        && is_capitals(&lower.text)
}

fn is_capitals(text: &str) -> bool {
    let folded = folded(text);
    let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1
        && !text.chars().any(char::is_lowercase)
        && !text.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Point, Word};

    const PAGE: (u32, u32) = (1654, 2339);

    /// A line at `x`, `y` in letters 30 px high, words 10 px apart.
    fn line(x: f32, y: f32, text: &str) -> Line {
        let mut at = x;
        let words = text.split(' ').map(|word| {
            let w = 22.0 * word.chars().count() as f32;
            let bbox = Rect {
                x: at,
                y,
                w,
                h: 30.0,
            };
            at += w + 10.0;
            Word {
                text: word.to_owned(),
                bbox,
                confidence: 0.9,
                ..Word::default()
            }
        });
        let words = words.collect();
        let baseline = [Point { x, y: y + 30.0 }, Point { x: at, y: y + 30.0 }];
        Line {
            words,
            baseline,
            block: 0,
        }
    }

    fn header() -> Vec<Line> {
        vec![
            line(180.0, 170.0, "ỦY BAN NHÂN DÂN"),
            line(200.0, 215.0, "TỈNH BẮC GIANG"),
            line(900.0, 170.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            line(250.0, 300.0, "Số: 12/QĐ-UBND"),
            line(700.0, 480.0, "QUYẾT ĐỊNH"),
            line(
                260.0,
                700.0,
                "Căn cứ Luật Bảo vệ bí mật nhà nước ngày 15 tháng 11 năm 2018;",
            ),
        ]
    }

    fn with(extra: &[(f32, f32, &str)]) -> Vec<Line> {
        let mut lines = header();
        lines.extend(extra.iter().map(|&(x, y, text)| line(x, y, text)));
        lines
    }

    #[test]
    fn a_mark_under_the_number_is_found() {
        assert!(!bears_mark(&header(), PAGE));
        for text in ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "| MẬT |"] {
            assert!(bears_mark(&with(&[(300.0, 380.0, text)]), PAGE), "{text}");
        }
        // On the line of the title, far to its left.
        assert!(bears_mark(&with(&[(300.0, 480.0, "MẬT")]), PAGE));
        assert!(bears_mark(&[line(700.0, 900.0, "TUYỆT MẬT")], PAGE));
    }

    #[test]
    fn headings_tables_and_lists_are_no_marks() {
        let papers: [&[(f32, f32, &str)]; 6] = [
            &[
                (600.0, 530.0, "VỀ CÔNG TÁC BẢO VỆ BÍ"),
                (760.0, 570.0, "MẬT"),
            ],
            &[(760.0, 530.0, "MẬT"), (700.0, 570.0, "ONG RỪNG")],
            &[(300.0, 900.0, "1"), (420.0, 900.0, "MẬT")],
            &[
                (300.0, 900.0, "MẬT"),
                (300.0, 980.0, "TỐI MẬT"),
                (300.0, 1060.0, "TUYỆT MẬT"),
            ],
            &[(300.0, 1900.0, "MẬT")],
            &[
                (600.0, 530.0, "BẢO MẬT THÔNG TIN"),
                (600.0, 600.0, "GIẢI MẬT"),
            ],
        ];
        for paper in papers {
            assert!(!bears_mark(&with(paper), PAGE), "{paper:?}");
        }
    }
}
