//! Text that a PDF page has already: its glyphs put together into words and lines.

use kurbo::Affine;
use unicode_normalization::UnicodeNormalization;

use super::survey::SeenGlyph;
use crate::document::{Line, Point, Rect, Word};

/// A gap wider than this many em separates words also where no space was written; letter-spacing stays below.
const WORD_GAP_EM: f64 = 0.22;
/// Glyphs whose baselines differ by less than this many em stand on one line; superscripts rise by 0.33.
const BASELINE_EM: f64 = 0.3;
/// Text turned by more than this is a watermark or a margin note, not a line (sine of about 10 degrees).
const LEVEL_SINE: f64 = 0.17;

/// A glyph with the measures that decide where it belongs.
struct Placed<'a> {
    text: &'a str,
    x0: f64,
    x1: f64,
    baseline: f64,
    em: f64,
    bounds: Rect,
}

/// The level lines of text among `glyphs`, top to bottom; `to_shown` maps page points to shown px.
pub(super) fn lines<'a>(
    glyphs: impl Iterator<Item = &'a SeenGlyph>,
    to_shown: Affine,
) -> Vec<Line> {
    let mut placed: Vec<Placed<'_>> = glyphs.filter_map(|glyph| place(glyph, to_shown)).collect();
    placed.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<Vec<Placed<'_>>> = Vec::new();
    for glyph in placed {
        // Sorted by baseline: only the last few lines can still be open at this height.
        let home = lines.iter_mut().rev().take(4).find(|line| {
            line.last().is_some_and(|last| {
                (last.baseline - glyph.baseline).abs() < BASELINE_EM * glyph.em.max(last.em)
            })
        });
        match home {
            Some(line) => line.push(glyph),
            None => lines.push(vec![glyph]),
        }
    }
    lines.into_iter().filter_map(line_of).collect()
}

fn place(glyph: &SeenGlyph, to_shown: Affine) -> Option<Placed<'_>> {
    let text = glyph.text.as_deref()?;
    let map = to_shown * glyph.to_page;
    let [a, b, _, d, ..] = map.as_coeffs();
    let em = 1000.0 * d.abs().max((a * a + b * b).sqrt() * 0.5);
    let level = b.abs() <= LEVEL_SINE * a.abs() && a > 0.0;
    if !level || !em.is_finite() || em <= 0.0 {
        return None;
    }
    let origin = map * kurbo::Point::ORIGIN;
    let end = map * kurbo::Point::new(glyph.advance, 0.0);
    let b = (to_shown * glyph.to_page).transform_rect_bbox(kurbo::Rect::new(
        0.0,
        -200.0,
        glyph.advance,
        700.0,
    ));
    let bounds = Rect {
        x: b.x0 as f32,
        y: b.y0 as f32,
        w: b.width() as f32,
        h: b.height() as f32,
    };
    Some(Placed {
        text,
        x0: origin.x,
        x1: end.x,
        baseline: origin.y,
        em,
        bounds,
    })
}

fn line_of(mut glyphs: Vec<Placed<'_>>) -> Option<Line> {
    glyphs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut words: Vec<Word> = Vec::new();
    let mut previous: Option<(f64, f64)> = None;
    let mut apart = true;
    for glyph in &glyphs {
        if glyph.text.chars().all(char::is_whitespace) {
            apart = true;
            continue;
        }
        let gap = previous.is_some_and(|(end, em)| glyph.x0 - end > WORD_GAP_EM * em.max(glyph.em));
        match words.last_mut() {
            Some(word) if !apart && !gap => {
                word.text.push_str(glyph.text);
                word.bbox = word.bbox.union(glyph.bounds);
            }
            _ => words.push(Word {
                text: glyph.text.to_owned(),
                bbox: glyph.bounds,
                confidence: 1.0,
                ..Word::default()
            }),
        }
        apart = false;
        previous = Some((glyph.x1, glyph.em));
    }
    for word in &mut words {
        word.text = word
            .text
            .chars()
            .filter(|c| !c.is_control() && !c.is_whitespace())
            .nfc()
            .collect();
    }
    words.retain(|word| !word.text.is_empty());
    let (first, last) = (glyphs.first()?, glyphs.last()?);
    let point = |x: f64, y: f64| Point {
        x: x as f32,
        y: y as f32,
    };
    let baseline = [
        point(first.x0, first.baseline),
        point(last.x1, last.baseline),
    ];
    (!words.is_empty()).then_some(Line {
        words,
        baseline,
        block: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(text: &str, x: f64, y: f64, advance: f64) -> SeenGlyph {
        let to_page = Affine::new([0.012, 0.0, 0.0, -0.012, x, y]);
        SeenGlyph {
            order: 0,
            text: Some(text.to_owned()),
            to_page,
            advance,
            visible: true,
            legible: true,
        }
    }

    fn texts(glyphs: &[SeenGlyph]) -> Vec<String> {
        let text = |line: &Line| {
            line.words
                .iter()
                .map(|word| word.text.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        lines(glyphs.iter(), Affine::IDENTITY)
            .iter()
            .map(text)
            .collect()
    }

    #[test]
    fn words_end_at_spaces_and_at_gaps() {
        let page = [
            glyph("S", 10.0, 100.0, 500.0),
            glyph("ố", 16.0, 100.0, 500.0),
            glyph(" ", 22.0, 100.0, 250.0),
            glyph("1", 25.0, 100.0, 500.0),
            glyph("2", 40.0, 100.1, 500.0),
        ];
        assert_eq!(texts(&page), ["Số 1 2"]);
    }

    #[test]
    fn lines_are_told_apart_and_come_top_to_bottom() {
        let page = [
            glyph("b", 10.0, 120.0, 500.0),
            glyph("a", 10.0, 100.0, 500.0),
            glyph("c", 16.0, 99.0, 500.0),
        ];
        assert_eq!(texts(&page), ["ac", "b"]);
    }

    #[test]
    fn decomposed_text_becomes_nfc_and_turned_text_is_left_out() {
        let mut turned = glyph("x", 50.0, 50.0, 500.0);
        turned.to_page = Affine::new([0.0, 0.012, 0.012, 0.0, 50.0, 50.0]);
        assert_eq!(
            texts(&[glyph("e\u{302}\u{323}", 10.0, 10.0, 500.0), turned]),
            ["ệ"]
        );
    }
}
