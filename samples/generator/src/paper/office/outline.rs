//! The running text of a paper, written after the outline of its type.

use super::Facts;
use crate::{
    grammar::Writer,
    page::{Region, mm},
    paper::{
        administrative::body::{Body, balanced, timetable},
        frame::{Block, bold, italic, plain},
    },
    typeset::Paragraph,
};

/// Counters that run through a paper.
#[derive(Default)]
struct Counts {
    articles: u32,
}

/// The blocks of a paper's running text, title left out.
pub(super) fn body(facts: &Facts, body: &mut Body, writer: &mut Writer) {
    let list = format!("outline.{}", facts.outline);
    let rows = writer.raw(&list).to_vec();
    let mut counts = Counts::default();
    for row in rows {
        let (op, rest) = row.split_once(' ').unwrap_or((row, ""));
        step(op, rest, facts, body, writer, &mut counts);
    }
}

fn step(
    op: &str,
    rest: &str,
    facts: &Facts,
    body: &mut Body,
    writer: &mut Writer,
    counts: &mut Counts,
) {
    match op {
        "\"" => {
            let text = writer.fill(rest);
            body.text(text.replace('|', "        "), false);
        }
        "/" => {
            let text = writer.fill(rest);
            body.slanted(text, false);
        }
        "=" => {
            let text = writer.fill(rest);
            body.text(format!("*{text}*"), false);
        }
        "^" => {
            let text = writer.fill(rest).replace('|', "\n");
            body.centred(text, body.size, body.size * 0.4);
        }
        "c" => {
            let text = writer.fill(rest);
            body.blocks.push(Block::Text(
                Paragraph::centred(text, bold(body.size), Region::Body).above(4.0),
            ));
        }
        "X" => {
            let text = rest.replace('|', "\n");
            body.centred(text, body.size, body.size * 0.5);
        }
        ":" => {
            let text = writer.fill(rest);
            row(body, &text);
        }
        "K" => addressees(rest, facts, body, writer),
        "T" => body.blocks.push(timetable(facts.date, writer)),
        "§\"" => {
            counts.articles += 1;
            let text = writer.fill(rest);
            body.text(format!("*Điều {}.* {text}", counts.articles), false);
        }
        _ => sentences(op, rest, body, writer, counts),
    }
}

fn sentences(op: &str, rest: &str, body: &mut Body, writer: &mut Writer, counts: &mut Counts) {
    let (list, amount) = rest.split_once(' ').unwrap_or((rest, "1"));
    let (must, may) = amount.split_once('+').unwrap_or((amount, "0"));
    let (must, may): (u32, u32) = (must.parse().unwrap_or(1), may.parse().unwrap_or(0));
    for index in 0..must + may {
        let spare = index >= must;
        let line = writer.line(list);
        match op {
            "1" => body.text(format!("{}. {line}", index + 1), spare),
            "a" => {
                let letter = ('a'..='h').nth(index as usize).unwrap_or('i');
                body.text(format!("{letter}) {line}"), spare);
            }
            "-" => body.text(format!("- {line}"), spare),
            "~" => body.slanted(line, spare),
            "§" => {
                counts.articles += 1;
                body.text(format!("*Điều {}.* {line}", counts.articles), spare);
                if spare {
                    // A left-out article would leave a gap in the numbers.
                    if let Some(Block::Text(last)) = body.blocks.last_mut() {
                        last.optional = false;
                    }
                    break;
                }
            }
            _ => body.text(line, spare),
        }
    }
}

/// A row of a form; what follows `|` begins half-way.
fn row(body: &mut Body, text: &str) {
    for cell in text.split('|') {
        let mut paragraph =
            Paragraph::left(cell, plain(body.size), Region::Body).above(body.size * 0.3);
        paragraph.left = mm(10.0);
        paragraph.leading = body.leading;
        body.blocks.push(Block::Text(paragraph));
    }
}

fn addressees(rest: &str, facts: &Facts, body: &mut Body, writer: &mut Writer) {
    let (list, most) = rest.split_once(' ').unwrap_or((rest, "1"));
    let most: u32 = most.parse().unwrap_or(1);
    if list == "superior" {
        return body.to(&[facts.issuer.superior()]);
    }
    let count = if most > 1 || writer.dice.chance(0.35) {
        writer.dice.int(2, 4)
    } else {
        1
    };
    let mut names: Vec<String> = (0..count).map(|_| writer.line(list)).collect();
    names.dedup();
    body.to(&names);
}

/// Name of the type and subject, as the type has them.
pub(super) fn title(facts: &Facts, body: &mut Body) {
    let size = body.size;
    let party = facts.issuer.party;
    if facts.kind.code == "ThC" {
        return;
    }
    let (big, small) = if party {
        (size + 2.5, size + 1.0)
    } else {
        (size + 1.0, size + 0.5)
    };
    body.centred(facts.title.clone(), big, if party { 8.0 } else { 4.0 });
    if !facts.about.is_empty() {
        body.centred(balanced(&facts.about), small, 1.0);
    }
    if let Some(with) = &facts.attached {
        body.blocks.push(Block::Text(Paragraph::centred(
            with.clone(),
            italic(size),
            Region::Title,
        )));
    }
    if party {
        body.blocks.push(Block::Text(Paragraph::centred(
            "-----",
            plain(size),
            Region::Title,
        )));
    } else if !facts.about.is_empty() {
        body.blocks.push(Block::Rule(mm(38.0)));
    }
    if facts.kind.code == "HĐ" && !facts.symbol.is_empty() {
        body.blocks.push(Block::Text(
            Paragraph::centred(
                format!("Số: {}{}", facts.shown_number(), facts.symbol),
                plain(size),
                Region::Title,
            )
            .above(3.0),
        ));
    }
}
