//! From the engine's walk over its results to a reading.

use saoy_ocr::{Block, BlockKind, Line, Nearly, PxBox, Reading, Word};

use super::ffi::{Level, Symbol, Walk};

/// Copies everything out of `walk`; with `nearly`, also what the engine nearly read.
pub(super) fn collect(walk: &mut Walk<'_>, nearly: bool) -> Reading {
    let mut reading = Reading::default();
    let mut paragraphs: u32 = 0;
    while walk.advance() {
        if walk.begins(Level::Block) {
            let kind = kind(walk.block_type());
            reading.blocks.push(Block {
                kind,
                bbox: bbox(walk.bounds(Level::Block)),
            });
        }
        if walk.begins(Level::Paragraph) {
            paragraphs = paragraphs.saturating_add(1);
        }
        let Some(word) = word(walk, nearly) else {
            continue;
        };
        if walk.begins(Level::Line) || reading.lines.is_empty() {
            reading.lines.push(Line {
                words: Vec::new(),
                bbox: bbox(walk.bounds(Level::Line)),
                baseline: walk.baseline(),
                block: u32::try_from(reading.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX),
                paragraph: paragraphs.saturating_sub(1),
            });
        }
        if let Some(line) = reading.lines.last_mut() {
            line.words.push(word);
        }
    }
    reading
}

/// The word under the walk; `None` in pictures and rules.
fn word(walk: &Walk<'_>, nearly: bool) -> Option<Word> {
    let text = walk.text().filter(|text| !text.trim().is_empty())?;
    let nearly = if nearly {
        nearly_read(&walk.symbols(), &text)
    } else {
        Vec::new()
    };
    Some(Word {
        text,
        nearly,
        bbox: bbox(walk.bounds(Level::Word)),
        confidence: walk.confidence() / 100.0,
        in_dictionary: walk.in_dictionary(),
        numeric: walk.is_numeric(),
    })
}

/// The engine's second choices for single letters, with how far each was behind.
fn nearly_read(symbols: &[Symbol], text: &str) -> Vec<Nearly> {
    let mut found = Vec::new();
    let mut at = 0_u16;
    for symbol in symbols {
        let read = symbol.choices.iter().find(|(text, _)| *text == symbol.text);
        for (text, certainty) in &symbol.choices {
            let mut letters = text.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else {
                continue;
            };
            let Some((_, best)) = read.filter(|(read, _)| read != text && *certainty > 0.0) else {
                continue;
            };
            found.push(Nearly {
                at,
                letter,
                behind: (best - certainty) / PER_NAT,
            });
        }
        let letters = u16::try_from(symbol.text.chars().count()).unwrap_or(u16::MAX);
        at = at.saturating_add(letters);
    }
    // Symbols that do not make up the word say nothing about its letters.
    if text
        .chars()
        .eq(symbols.iter().flat_map(|symbol| symbol.text.chars()))
    {
        found
    } else {
        Vec::new()
    }
}

/// A choice's certainty is 100 less its cost, -ln of a probability, times `lstm_rating_coefficient` (5 unless set).
const PER_NAT: f32 = 5.0;

/// A box from left, top, right and bottom edges, which may lie a little outside of the image.
fn bbox(edges: Option<[i32; 4]>) -> PxBox {
    let Some([left, top, right, bottom]) =
        edges.map(|edges| edges.map(|edge| u32::try_from(edge).unwrap_or(0)))
    else {
        return PxBox::default();
    };
    PxBox {
        x: left,
        y: top,
        w: right.saturating_sub(left),
        h: bottom.saturating_sub(top),
    }
}

/// `PolyBlockType` of publictypes.h.
fn kind(code: i32) -> BlockKind {
    match code {
        1 => BlockKind::Text,
        2 => BlockKind::Heading,
        3 => BlockKind::Pullout,
        4 | 5 => BlockKind::Equation,
        6 => BlockKind::Table,
        7 => BlockKind::Vertical,
        8 => BlockKind::Caption,
        9..=11 => BlockKind::Picture,
        12 | 13 => BlockKind::Rule,
        14 => BlockKind::Noise,
        _ => BlockKind::Unknown,
    }
}
