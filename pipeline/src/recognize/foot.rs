//! The foot of a paper looked at again: recipients on the left, signature and seal on the right.
//!
//! Here the engine errs most. The two columns have lines of different pitch, which it joins across the page
//! (Nghị định 30/2020/NĐ-CP, Phụ lục I, cells 7 to 9), and the signer's title and name lie under signature and
//! seal. So when a line there is doubtful, each column is read by itself, from a copy on which everything that
//! has colour is gone, and what is surer is kept.

use saoy_ocr::{GrayView, Layout, OcrError, Readers};

use super::{again, line_of, repair};
use crate::document::{Gray, Line, Rect, Word};

/// Renders a part of the prepared page so that only black print is left; same geometry, prepared px.
pub type BlackOnly<'a> = dyn Fn(Rect) -> Gray + 'a;

/// A foot whose every line is surer than this is left alone.
const SURE: f32 = 0.86;
/// Neither is one with a word below this: names are short, and two good words hide a bad one.
const SURE_WORD: f32 = 0.5;
/// The foot begins in the lower part of the page.
const BEGINS: f32 = 0.35;
/// Between the columns lies white of at least this many text heights.
const WHITE: f32 = 1.2;
/// Where the white between the columns may lie, as shares of the page's width.
const MIDDLE: std::ops::Range<f32> = 0.28..0.66;
/// Certainty below which a reading counts against itself.
const EVEN: f32 = 0.5;

/// Reads the foot of a page again when it is doubtful. All coordinates are px of `image`.
///
/// # Errors
/// As [`Readers::read`].
pub(super) fn look_again(
    lines: &mut Vec<Line>,
    image: &Gray,
    dpi: u32,
    black_only: &BlackOnly<'_>,
    readers: &Readers,
) -> Result<(), OcrError> {
    let Some(foot) = Foot::find(lines, image) else {
        return Ok(());
    };
    for column in foot.columns(image) {
        let doubtful = lines.iter().any(|line| {
            let mut own = line
                .words
                .iter()
                .filter(|word| holds(column, word))
                .peekable();
            own.peek().is_some()
                && (again::certainty(line) < SURE || own.any(|word| word.confidence < SURE_WORD))
        });
        if !doubtful {
            continue;
        }
        let patch = black_only(column);
        let view = GrayView::new(patch.width, patch.height, dpi, &patch.pixels)?;
        let reading = readers.read(&view, Layout::Column)?;
        let shift = |line: Line| {
            line.mapped(&crate::document::Affine {
                m: [1.0, 0.0, 0.0, 1.0, column.x, column.y],
            })
        };
        let second: Vec<Line> = repair::repaired(reading.lines.into_iter().map(line_of).collect())
            .into_iter()
            .map(shift)
            .collect();
        replace_if_surer(lines, column, second);
    }
    Ok(())
}

/// The rows of the page from the recipients or the first doubtful line down to the end of the text.
struct Foot {
    top: f32,
    bottom: f32,
    height: f32,
}

impl Foot {
    fn find(lines: &[Line], image: &Gray) -> Option<Self> {
        let mut heights: Vec<f32> = lines
            .iter()
            .flat_map(|line| &line.words)
            .map(|word| word.bbox.h)
            .collect();
        heights.sort_by(f32::total_cmp);
        let height = heights.get(heights.len() / 2).copied()?;
        let lower = BEGINS * image.height as f32;
        let top_of = |line: &Line| {
            line.words
                .iter()
                .map(|word| word.bbox.y)
                .fold(f32::MAX, f32::min)
        };
        let recipients = lines.iter().find(|line| names_recipients(line)).map(top_of);
        let recipients = recipients.filter(|top| *top > lower)?;
        // A signer's title may begin above the recipients; the last line of the text closes the gap between.
        let body = lines
            .iter()
            .filter_map(|line| line.words.iter().map(|word| word.bbox).reduce(Rect::union))
            .filter(|line| {
                let from_left = line.x < MIDDLE.start * image.width as f32;
                from_left && line.y + line.h / 2.0 < recipients
            })
            .map(|line| line.y + line.h)
            .fold(0.0, f32::max);
        let top = (recipients - 2.2 * height).max(body.min(recipients));
        let bottom = lines
            .iter()
            .flat_map(|line| &line.words)
            .map(|word| word.bbox.y + word.bbox.h)
            .fold(top, f32::max);
        // A name may have been lost below the last line that was read.
        let bottom = (bottom + 4.0 * height).min(image.height as f32);
        Some(Self {
            top: top.max(0.0),
            bottom,
            height,
        })
    }

    /// The left and the right column, when white parts them.
    fn columns(&self, image: &Gray) -> Vec<Rect> {
        let (width, h) = (image.width as f32, self.bottom - self.top);
        match self.white_between(image) {
            Some(x) => vec![
                Rect {
                    x: 0.0,
                    y: self.top,
                    w: x,
                    h,
                },
                Rect {
                    x,
                    y: self.top,
                    w: width - x,
                    h,
                },
            ],
            None => Vec::new(),
        }
    }

    /// The middle of the widest run of white columns near the middle of the page.
    fn white_between(&self, image: &Gray) -> Option<f32> {
        let width = image.width as usize;
        let rows = image
            .pixels
            .get(self.top as usize * width..self.bottom as usize * width)?;
        let (from, to) = (
            (MIDDLE.start * width as f32) as usize,
            (MIDDLE.end * width as f32) as usize,
        );
        let mut dark = vec![0_u32; width];
        for row in rows.chunks_exact(width) {
            dark.iter_mut()
                .zip(row)
                .for_each(|(count, &pixel)| *count += u32::from(pixel < 128));
        }
        // Specks and thin ends of a signature do not close the gap.
        let few = (0.15 * self.height) as u32;
        let (mut best, mut run) = ((0, 0), 0);
        for x in from..to {
            run = if dark.get(x).is_some_and(|count| *count <= few) {
                run + 1
            } else {
                0
            };
            if run > best.1 {
                best = (x, run);
            }
        }
        (best.1 as f32 >= WHITE * self.height).then(|| best.0 as f32 - best.1 as f32 / 2.0)
    }
}

/// `Nơi nhận:`, with or without its marks.
fn names_recipients(line: &Line) -> bool {
    let text: String = line
        .words
        .iter()
        .take(2)
        .map(|word| word.text.to_lowercase())
        .collect();
    ["nơinhận", "nơinhân", "nơinhan", "noinhận", "nơinhậ"]
        .iter()
        .any(|form| text.starts_with(form))
}

fn holds(area: Rect, word: &Word) -> bool {
    let (x, y) = (
        word.bbox.x + word.bbox.w / 2.0,
        word.bbox.y + word.bbox.h / 2.0,
    );
    x >= area.x && x < area.x + area.w && y >= area.y && y < area.y + area.h
}

/// Letters weighted by how far their certainty stands above or below an even chance.
fn weight<'a>(words: impl Iterator<Item = &'a Word>) -> f32 {
    words
        .map(|word| word.text.chars().count() as f32 * (word.confidence - EVEN))
        .sum()
}

fn replace_if_surer(lines: &mut Vec<Line>, area: Rect, second: Vec<Line>) {
    let first = weight(
        lines
            .iter()
            .flat_map(|line| &line.words)
            .filter(|word| holds(area, word)),
    );
    if weight(second.iter().flat_map(|line| &line.words)) <= first {
        return;
    }
    for line in lines.iter_mut() {
        line.words.retain(|word| !holds(area, word));
    }
    lines.retain(|line| !line.words.is_empty());
    lines.extend(second);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    fn line(x: f32, y: f32, words: &[(&str, f32)]) -> Line {
        let word = |(index, &(text, confidence)): (usize, &(&str, f32))| Word {
            text: text.into(),
            bbox: Rect {
                x: x + 100.0 * index as f32,
                y,
                w: 80.0,
                h: 30.0,
            },
            confidence,
            ..Word::default()
        };
        Line {
            words: words.iter().enumerate().map(word).collect(),
            baseline: [Point::default(); 2],
            block: 0,
        }
    }

    #[test]
    fn the_columns_of_a_foot_are_found_by_the_white_between_them() {
        let (width, height) = (1000_u32, 1000_u32);
        let mut image = Gray {
            width,
            height,
            pixels: vec![255; 1_000_000],
        };
        for y in 600..900 {
            image.pixels[y * 1000 + 100..y * 1000 + 380].fill(0);
            image.pixels[y * 1000 + 560..y * 1000 + 900].fill(0);
        }
        let lines = [
            line(100.0, 620.0, &[("Nơi", 0.9), ("nhận:", 0.9)]),
            line(560.0, 860.0, &[("An", 0.4)]),
        ];
        let columns = Foot::find(&lines, &image).unwrap().columns(&image);
        assert_eq!(columns.len(), 2);
        assert!((columns[1].x - 470.0).abs() < 3.0, "{columns:?}");
        assert!(columns[0].y < 600.0 && columns[0].y + columns[0].h > 900.0);
    }

    #[test]
    fn the_last_line_of_the_text_is_no_part_of_the_foot() {
        let image = Gray {
            width: 1000,
            height: 1000,
            pixels: vec![255; 1_000_000],
        };
        let lines = [
            line(100.0, 575.0, &[("triển", 0.9), ("khai", 0.9)]),
            line(560.0, 600.0, &[("TM.", 0.9), ("ỦY", 0.9)]),
            line(100.0, 625.0, &[("Nơi", 0.9), ("nhận:", 0.9)]),
        ];
        let foot = Foot::find(&lines, &image).unwrap();
        assert!((foot.top - 605.0).abs() < 1.0, "{}", foot.top);
    }

    #[test]
    fn only_a_surer_reading_replaces_and_only_in_its_area() {
        let area = Rect {
            x: 500.0,
            y: 0.0,
            w: 500.0,
            h: 100.0,
        };
        let first = line(400.0, 10.0, &[("trái", 0.9), ("z⁄œ—", 0.2), ("TỊCH", 0.6)]);
        let mut lines = vec![first];
        replace_if_surer(&mut lines, area, vec![line(500.0, 10.0, &[("CHỦ", 0.1)])]);
        assert_eq!(lines[0].text(), "trái z⁄œ— TỊCH");
        replace_if_surer(
            &mut lines,
            area,
            vec![line(500.0, 10.0, &[("CHỦ", 0.9), ("TỊCH", 0.95)])],
        );
        let texts: Vec<String> = lines.iter().map(Line::text).collect();
        assert_eq!(texts, ["trái", "CHỦ TỊCH"]);
    }
}
