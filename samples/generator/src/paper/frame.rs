//! Filling pages: header, running text that may go over several pages, and the foot with recipients and signature.

use crate::{
    face::Family,
    page::{Face, Line, Page, Region, Rule, Style, Tint, mm},
    typeset::Paragraph,
};

/// Left edge of the text: 30 mm (decree 30/2020, appendix I).
pub const LEFT: f32 = mm(30.0);
/// Width of the text: 210 mm less margins of 30 and 15 mm.
pub const WIDTH: f32 = mm(165.0);
/// Upper edge of the text.
pub const TOP: f32 = mm(20.0);
/// Lower edge of the text.
pub const BOTTOM: f32 = mm(277.0);

/// Upright text.
#[must_use]
pub fn plain(size: f32) -> Style {
    style(size, false, false)
}

/// Bold text.
#[must_use]
pub fn bold(size: f32) -> Style {
    style(size, true, false)
}

/// Italic text.
#[must_use]
pub fn italic(size: f32) -> Style {
    style(size, false, true)
}

/// Bold italic text.
#[must_use]
pub fn bold_italic(size: f32) -> Style {
    style(size, true, true)
}

fn style(size: f32, bold: bool, italic: bool) -> Style {
    Style {
        size,
        bold,
        italic,
        face: Face::Text,
        tint: Tint::Black,
    }
}

/// Something that flows down the page.
#[derive(Debug, Clone)]
pub enum Block {
    /// Text.
    Text(Paragraph),
    /// A short centred rule under a title: its width in points.
    Rule(f32),
    /// A table with rules: widths of its columns as shares, and its rows of cells; the first row is the heading.
    Table {
        /// Shares of the width; they sum to 1.
        columns: Vec<f32>,
        /// Cells by row; marked-up text.
        rows: Vec<Vec<String>>,
        /// Size of its text in points.
        size: f32,
    },
}

impl Block {
    /// Height in points.
    #[must_use]
    pub fn height(&self, family: &Family) -> f32 {
        match self {
            Self::Text(paragraph) => paragraph.height(WIDTH, family),
            Self::Rule(_) => 6.0,
            Self::Table {
                columns,
                rows,
                size,
            } => {
                8.0 + rows
                    .iter()
                    .enumerate()
                    .map(|(row, cells)| row_height(cells, columns, *size, row == 0, family))
                    .sum::<f32>()
            }
        }
    }
}

/// A column of centred or flush lines that starts at `top`; adds to the page and returns the new top.
pub fn column(
    page: &mut Page,
    paragraphs: &[Paragraph],
    x: f32,
    width: f32,
    top: f32,
    family: &Family,
) -> f32 {
    let mut y = top;
    for paragraph in paragraphs {
        let (lines, next) = paragraph.set(x, width, y, family);
        page.lines.extend(lines);
        y = next;
    }
    y
}

/// A rule centred under the last line of the page, a share of that line's width.
pub fn underline(page: &mut Page, share: f32) {
    let Some((from, to, baseline)) = page.lines.last().and_then(extent) else {
        return;
    };
    let (middle, half) = (f32::midpoint(from, to), (to - from) * share / 2.0);
    let y = baseline + 4.2;
    page.rules.push(Rule {
        from: (middle - half, y),
        to: (middle + half, y),
        thickness: 0.7,
        dotted: false,
    });
}

/// Left end, right end and baseline of a line.
#[must_use]
pub fn extent(line: &Line) -> Option<(f32, f32, f32)> {
    let (first, last) = (line.words.first()?, line.words.last()?);
    Some((first.x, last.x + last.width, first.baseline))
}

/// Lays blocks over as many pages as they need, starting at `top` of the last page; returns the top after them.
/// At most `limit` pages: optional paragraphs are left out from the end until the blocks and `foot` points fit.
pub fn flow(
    pages: &mut Vec<Page>,
    blocks: Vec<Block>,
    top: f32,
    foot: f32,
    limit: usize,
    family: &Family,
) -> f32 {
    let blocks = fit(blocks, top, foot, limit, family);
    let mut y = top;
    for block in blocks {
        if y + block.height(family) > BOTTOM {
            if let Block::Text(paragraph) = &block {
                y = split(pages, paragraph, y, family);
                continue;
            }
            y = turn(pages, family);
        }
        let Some(page) = pages.last_mut() else {
            return y;
        };
        y = put(page, &block, y, family);
    }
    if y + foot > BOTTOM + mm(6.0) {
        y = turn(pages, family);
    }
    y
}

fn fit(mut blocks: Vec<Block>, top: f32, foot: f32, limit: usize, family: &Family) -> Vec<Block> {
    let room = (BOTTOM - top) + (limit.saturating_sub(1)) as f32 * (BOTTOM - TOP - 14.0) - foot;
    let needed = |blocks: &[Block]| blocks.iter().map(|block| block.height(family)).sum::<f32>();
    while needed(&blocks) > room {
        let spare = blocks
            .iter()
            .rposition(|block| matches!(block, Block::Text(paragraph) if paragraph.optional));
        let Some(spare) = spare else { break };
        blocks.remove(spare);
    }
    blocks
}

/// Sets a paragraph over the end of a page.
fn split(pages: &mut Vec<Page>, paragraph: &Paragraph, top: f32, family: &Family) -> f32 {
    let (lines, _) = paragraph.set(LEFT, WIDTH, top, family);
    let mut shift = 0.0;
    let mut end = top;
    for mut line in lines {
        let Some((_, _, baseline)) = extent(&line) else {
            continue;
        };
        if baseline + shift > BOTTOM {
            let next = turn(pages, family);
            shift = next + paragraph.style.size * 0.93 + 2.0 - baseline;
        }
        for word in &mut line.words {
            word.baseline += shift;
        }
        end = baseline + shift + paragraph.style.size * (paragraph.leading - 0.93);
        if let Some(page) = pages.last_mut() {
            page.lines.push(line);
        }
    }
    end
}

/// Starts a new page with its number; returns its top.
pub fn turn(pages: &mut Vec<Page>, family: &Family) -> f32 {
    let mut page = Page::a4();
    let number = (pages.len() + 1).to_string();
    let head = Paragraph::centred(number, plain(13.0), Region::Margin);
    column(&mut page, &[head], LEFT, WIDTH, mm(10.0), family);
    pages.push(page);
    TOP
}

fn put(page: &mut Page, block: &Block, top: f32, family: &Family) -> f32 {
    match block {
        Block::Text(paragraph) => {
            let (lines, end) = paragraph.set(LEFT, WIDTH, top, family);
            page.lines.extend(lines);
            end
        }
        Block::Rule(width) => {
            let middle = LEFT + WIDTH / 2.0;
            let y = top + 2.0;
            page.rules.push(Rule {
                from: (middle - width / 2.0, y),
                to: (middle + width / 2.0, y),
                thickness: 0.7,
                dotted: false,
            });
            top + 6.0
        }
        Block::Table {
            columns,
            rows,
            size,
        } => table(page, columns, rows, *size, top + 4.0, family) + 4.0,
    }
}

fn cell(text: &str, size: f32, heading: bool) -> Paragraph {
    let style = if heading { bold(size) } else { plain(size) };
    let short = text.chars().count() < 14;
    let mut paragraph = if heading || short {
        Paragraph::centred(text, style, Region::Table)
    } else {
        Paragraph::left(text, style, Region::Table)
    };
    paragraph.leading = 1.16;
    paragraph
}

const CELL_INSET: f32 = 3.6;

fn row_height(cells: &[String], columns: &[f32], size: f32, heading: bool, family: &Family) -> f32 {
    cells
        .iter()
        .zip(columns)
        .map(|(text, share)| {
            cell(text, size, heading).height(share * WIDTH - 2.0 * CELL_INSET, family)
        })
        .fold(0.0, f32::max)
        + 5.0
}

fn table(
    page: &mut Page,
    columns: &[f32],
    rows: &[Vec<String>],
    size: f32,
    top: f32,
    family: &Family,
) -> f32 {
    let rule = |page: &mut Page, from, to| {
        page.rules.push(Rule {
            from,
            to,
            thickness: 0.6,
            dotted: false,
        });
    };
    let mut y = top;
    rule(page, (LEFT, y), (LEFT + WIDTH, y));
    for (index, cells) in rows.iter().enumerate() {
        let height = row_height(cells, columns, size, index == 0, family);
        let mut x = LEFT;
        for (text, share) in cells.iter().zip(columns) {
            let paragraph = cell(text, size, index == 0);
            let width = share * WIDTH - 2.0 * CELL_INSET;
            let slack = height - paragraph.height(width, family);
            let down = if index == 0 || text.chars().count() < 14 {
                slack / 2.0
            } else {
                2.0
            };
            let (lines, _) = paragraph.set(x + CELL_INSET, width, y + down, family);
            page.lines.extend(lines);
            x += share * WIDTH;
        }
        y += height;
        rule(page, (LEFT, y), (LEFT + WIDTH, y));
    }
    let mut x = LEFT;
    rule(page, (x, top), (x, y));
    for share in columns {
        x += share * WIDTH;
        rule(page, (x, top), (x, y));
    }
    y
}
