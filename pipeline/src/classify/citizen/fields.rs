//! What a paper of a known type says: values by label, by code and zone, by their form alone; then what agrees.

use std::collections::BTreeMap;

use super::anchors::{self, Anchor, Reader, Reading};
use super::labels::{self, Person, Shape};
use super::mrz::Zone;
use super::page::Page;
use super::shapes;
use crate::classify::leaf::Token;
use crate::record::{Bilingual, Field, Flag};

mod agree;
mod head;
mod loose;
mod minimum;

/// Values by name, and findings.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) fields: BTreeMap<String, Field>,
    pub(super) flags: Vec<Flag>,
}

/// What pages of a type say.
pub(super) fn said(code: &'static str, pages: &[Page<'_>], zones: &[Vec<Zone>]) -> Said {
    let mut said = Said::default();
    let table = labels::of(code);
    let anchored: Vec<(&Page<'_>, Vec<Anchor>)> = pages
        .iter()
        .map(|page| (page, anchors::anchors(page, table)))
        .collect();
    for foreign in [false, true] {
        for (page, anchors) in &anchored {
            by_label(&mut said, code, page, anchors, foreign);
        }
    }
    for (page, anchors) in &anchored {
        loose::complete(&mut said, code, page, anchors);
    }
    head::complete(&mut said, code, pages);
    certification(&mut said, pages);
    agree::check(&mut said, code, pages, zones);
    sides(&mut said, code, pages, zones);
    minimum::complete(&mut said, code);
    for (name, field) in &said.fields {
        if field.value.is_none() {
            said.flags
                .push(Flag::new(&format!("low_confidence_{name}")));
        }
    }
    said
}

/// Takes in the values that labels of a page name: those of Vietnamese labels, or those of labels that may be English.
fn by_label(said: &mut Said, code: &str, page: &Page<'_>, anchors: &[Anchor], foreign: bool) {
    let reader = Reader::new(page, anchors);
    for (index, anchor) in anchors.iter().enumerate() {
        let other = anchor.label.foreign != foreign;
        if other || anchor.label.shape == Shape::Stop || out_of_place(code, page, anchor) {
            continue;
        }
        let Some(name) = field_name(code, anchor) else {
            continue;
        };
        let Some(reading) = reader.value(index) else {
            continue;
        };
        if let Some(field) = field(page, &reading, anchor) {
            said.offer(name, field);
        }
    }
}

/// Labels of two letters are words as well: the number of a paper stands in its upper half, and begins a line.
fn out_of_place(code: &str, page: &Page<'_>, anchor: &Anchor) -> bool {
    let short = anchor.label.pattern.length() <= 2;
    let high = page.depth(anchor.place.row) < 0.5 || page.size_mm().1 < 160.0 || code == "ho_chieu";
    let begins = anchor.place.word == 0 || anchor.standing > 0.92;
    short && anchor.label.field != "full_name" && !(high && begins)
}

/// The field that a label names, by the person whose part of the form it is in.
fn field_name(code: &str, anchor: &Anchor) -> Option<&'static str> {
    let field = anchor.label.field;
    if anchor.label.opens.is_some() {
        return (!field.is_empty()).then_some(field);
    }
    let of_paper = matches!(
        field,
        "number_symbol"
            | "book_number"
            | "registration_place"
            | "registration_date"
            | "register_number"
            | "serial_number"
            | "issued_date"
            | "expiry_date"
            | "purpose"
            | "parcel_number"
            | "map_sheet"
            | "area"
            | "land_use"
            | "address"
            | "validity"
    );
    match (anchor.person, field) {
        _ if of_paper => Some(field),
        (Person::Husband, "birth_date") => Some("husband_birth_date"),
        (Person::Wife, "birth_date") => Some("wife_birth_date"),
        (Person::Holder, "full_name") if code == "khai_tu" => Some("deceased_name"),
        (Person::Holder, "full_name") if code == "so_ho_khau" => Some("head_of_household"),
        (Person::Holder, "birth_date") if code == "gcn_ket_hon" => None,
        // Couples who hold land live at one place.
        (_, "residence") if code == "gcn_qsdd" => Some("residence"),
        (Person::Holder, _) => Some(field),
        _ => None,
    }
}

fn field(page: &Page<'_>, reading: &Reading, anchor: &Anchor) -> Option<Field> {
    let value = shapes::value(reading, anchor.label.shape)?;
    let words = reading.tokens.get(value.words.0..value.words.1)?;
    let used = Reading {
        tokens: words.to_vec(),
    };
    let letters = anchor.label.pattern.length().max(1) as f32;
    let label = anchor.standing * (1.0 - anchor.place.errors as f32 / letters);
    if anchor.label.field == "full_name" && page.is_title(words) {
        return None;
    }
    let mut field = Field::read(
        settled(anchor.label.field, value.value),
        certainty(page, words, value.fit * label),
        page.leaf.number,
        used.shown(),
    );
    field.text = Some(used.text());
    Some(field)
}

/// A value as records keep it: what a paper says of its validity without the words around, the country as it is written in sentences.
fn settled(field: &str, value: String) -> String {
    if field == "nationality" && crate::classify::fold::folded(&value).starts_with("vietnam") {
        return "Việt Nam".to_owned();
    }
    if field == "validity" {
        let starts = ["sử dụng", "trong thời hạn", "trong"];
        return starts
            .iter()
            .fold(value.as_str(), |text, start| {
                text.strip_prefix(start).unwrap_or(text).trim()
            })
            .to_owned();
    }
    value
}

/// How sure a value is: what the engine says of its words, how well it fits, and whether a hand wrote it.
pub(super) fn certainty(page: &Page<'_>, words: &[Token], fit: f32) -> f32 {
    let sure: Vec<f32> = words
        .iter()
        .filter(|token| !token.key.is_empty())
        .map(|token| token.confidence)
        .collect();
    let least = sure.iter().copied().fold(1.0, f32::min);
    let mean = sure.iter().sum::<f32>() / sure.len().max(1) as f32;
    let by_hand = page.leaf.sight.handwriting.iter().any(|hand| {
        hand.certainty > 0.5
            && words
                .iter()
                .any(|token| super::page::shares(token.shown, hand.bbox) > 0.3)
    });
    let engine = 0.6 * least + 0.4 * mean;
    // Letters with marks go wrong more often than the engine says, figures less.
    let figures = words
        .iter()
        .all(|token| token.key.is_empty() || token.text.contains(|c: char| c.is_ascii_digit()));
    let engine = if figures || least > SURE {
        engine
    } else {
        (engine * 0.95).min(0.89)
    };
    let mixed = words.iter().any(|token| mixed(&token.text));
    let fit = if mixed { fit * 0.8 } else { fit };
    let all = (engine * fit).clamp(0.0, 0.97);
    if by_hand { all.min(0.5) } else { all }
}

/// Whether a word has a capital behind a small letter: no word is written so, but some are read so.
fn mixed(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a.is_lowercase() && b.is_uppercase()))
}

/// The engine is sure of a word from here on.
const SURE: f32 = 0.94;

impl Said {
    /// Takes a value in when there is none yet, or none as good: of two that stand on their own the first counts
    /// unless it is much less sure.
    pub(super) fn offer(&mut self, name: &str, field: Field) {
        match self.fields.get(name) {
            Some(old) if old.value.is_some() && old.confidence + 0.3 > field.confidence => {}
            _ => {
                self.fields.insert(name.to_owned(), field);
            }
        }
    }

    /// The value of a field.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.value.as_deref()
    }

    /// Changes how sure a field is.
    pub(super) fn set_confidence(&mut self, name: &str, change: impl Fn(f32) -> f32) {
        if let Some(field) = self.fields.get_mut(name) {
            field.confidence = change(field.confidence).clamp(0.0, 0.99);
        }
    }

    /// Notes that a value is doubtful.
    pub(super) fn doubt(&mut self, name: &str, why: Bilingual) {
        self.set_confidence(name, |old| old.min(0.4));
        let code = format!("low_confidence_{name}");
        if self.flags.iter().all(|flag| flag.code != code) {
            self.flags.push(Flag::new(&code).saying(why));
        }
    }
}

/// Number and day of the certification, kept apart from the paper's own.
fn certification(said: &mut Said, pages: &[Page<'_>]) {
    for page in pages {
        for row in &page.certification {
            let text = row.text();
            let key = row.key();
            if let Some(found) = super::dates::date(&text) {
                let words = row.tokens.clone();
                let mut field = Field::read(
                    found.date.iso(),
                    certainty(page, &words, 0.9),
                    page.leaf.number,
                    row.shown(),
                );
                field.text = Some(text.clone());
                said.offer("certification_date", field);
            }
            if crate::classify::fold::at_start(&key, "sochungthuc").1 > 0.8 {
                let end = row.span(0, 11).end;
                let rest = row.part(end..row.tokens.len());
                let reading = Reading {
                    tokens: rest.tokens,
                };
                if let Some(value) = shapes::value(&reading, Shape::Code) {
                    let words = reading.tokens.get(..value.words.1).unwrap_or_default();
                    let mut field = Field::read(
                        value.value,
                        certainty(page, words, 0.9 * value.fit),
                        page.leaf.number,
                        row.shown(),
                    );
                    field.text = Some(text);
                    said.offer("certification_number", field);
                }
            }
        }
        if !page.certification.is_empty()
            && said
                .flags
                .iter()
                .all(|flag| flag.code != "is_certified_copy")
        {
            said.flags
                .push(Flag::new("is_certified_copy").on_page(page.leaf.number));
        }
    }
}

/// Which side of a card a page shows.
fn sides(said: &mut Said, code: &str, pages: &[Page<'_>], zones: &[Vec<Zone>]) {
    if !matches!(code, "cccd" | "cmnd" | "the_can_cuoc" | "gplx" | "the_bhyt") {
        return;
    }
    let Some(kind) = super::kinds::by_code(code) else {
        return;
    };
    for (page, zones) in pages.iter().zip(zones) {
        let titled = kind.titles.iter().any(|title| !page.find(title).is_empty());
        let back = [
            "Đặc điểm nhận dạng",
            "Personal identification",
            "Dấu vết riêng",
            "Ngón trỏ",
            "Date of expiry",
        ]
        .iter()
        .filter(|_| code != "gplx" && code != "the_bhyt")
        .any(|phrase| !page.find(&super::pattern::Pattern::new(phrase)).is_empty());
        if titled {
            said.flags
                .push(Flag::new("page_side_front").on_page(page.leaf.number));
        }
        if back && (code != "cccd" || !titled) || !zones.is_empty() {
            said.flags
                .push(Flag::new("page_side_back").on_page(page.leaf.number));
        }
    }
}
