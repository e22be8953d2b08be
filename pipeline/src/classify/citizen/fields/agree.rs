//! What is said twice and agrees is sure; what does not agree is doubtful.
//!
//! A code is read whole or not at all, and a zone counts only with its check digits: both beat what the engine read.

use super::super::dates::{self, Date};
use super::super::identity::{self, CardCode};
use super::super::mrz::{Content, Zone};
use super::super::page::Page;
use super::Said;
use crate::classify::fold::folded;
use crate::classify::leaf::around;
use crate::document::Rect;
use crate::record::{Bilingual, Field, Flag, said};

/// Where a sure value comes from.
struct Source {
    page: u32,
    bbox: Rect,
    confidence: f32,
    name: &'static str,
}

pub(super) fn check(said: &mut Said, code: &str, pages: &[Page<'_>], zones: &[Vec<Zone>]) {
    words(said, pages);
    if matches!(code, "cccd" | "the_can_cuoc" | "cmnd" | "ho_chieu") {
        zone_says(said, pages, zones);
        code_says(said, pages);
    }
    number(said);
    order(said);
}

/// Dates of birth and death in words beside those in figures.
fn words(said: &mut Said, pages: &[Page<'_>]) {
    let written: Vec<Date> = pages
        .iter()
        .flat_map(|page| {
            (0..page.rows.len()).filter_map(|index| {
                // A date in words may go over the end of a line.
                let text: Vec<String> = page
                    .rows
                    .iter()
                    .skip(index)
                    .take(2)
                    .map(crate::classify::leaf::Row::text)
                    .collect();
                dates::date_in_words(&text.join(" "))
            })
        })
        .collect();
    for name in ["birth_date", "death_date"] {
        let Some(date) = said.value(name).and_then(Date::of_iso) else {
            continue;
        };
        if written.contains(&date) {
            said.set_confidence(name, |old| {
                old.max(0.6) + 0.5 * (0.99 - old.max(0.6)) + 0.15
            });
        } else if written.iter().any(|other| near(*other, date)) {
            said.doubt(name, said!("ghi bằng chữ khác", "the words say otherwise"));
        }
    }
}

/// Whether two dates differ in one of their parts only, as one date misread does.
fn near(a: Date, b: Date) -> bool {
    [a.year == b.year, a.month == b.month, a.day == b.day]
        .iter()
        .filter(|same| **same)
        .count()
        == 2
}

fn zone_says(said: &mut Said, pages: &[Page<'_>], zones: &[Vec<Zone>]) {
    for (page, zones) in pages.iter().zip(zones) {
        for zone in zones {
            let bbox = around(
                zone.rows
                    .iter()
                    .filter_map(|row| page.rows.get(*row))
                    .map(crate::classify::leaf::Row::shown),
            );
            said.flags
                .push(Flag::new("has_mrz").on_page(page.leaf.number).at(bbox));
            let Some(content) = &zone.content else {
                said.flags.push(
                    Flag::new("mrz_check_failed")
                        .on_page(page.leaf.number)
                        .at(bbox),
                );
                continue;
            };
            let source = Source {
                page: page.leaf.number,
                bbox,
                confidence: 0.98,
                name: "mrz",
            };
            content_says(said, content, &source);
        }
    }
}

fn content_says(said: &mut Said, content: &Content, source: &Source) {
    let mut mrz = Field::read(content.lines.join("\n"), 0.98, source.page, source.bbox);
    mrz.text = Some(content.lines.join(" "));
    said.fields.insert("mrz".to_owned(), mrz);
    if content.passport {
        sure(said, "passport_number", &content.number, source);
    }
    if let Some(personal) = &content.personal {
        sure(said, "id_number", personal, source);
    }
    for (name, date) in [
        ("birth_date", content.birth),
        ("expiry_date", content.expiry),
    ] {
        if let Some(date) = date {
            sure(said, name, &date.iso(), source);
        }
    }
    if let Some(sex) = content.sex {
        sure(said, "sex", sex, source);
    }
    name(said, &content.name, source);
}

/// A zone's names have no marks and no check digit: they can bear the visual zone out, not replace it.
fn name(said: &mut Said, plain: &str, source: &Source) {
    let Some(seen) = said.value("full_name").map(folded) else {
        if !plain.is_empty() {
            let mut field = Field::read(plain, 0.3, source.page, source.bbox);
            field
                .parts
                .insert("source".to_owned(), source.name.to_owned());
            said.fields.insert("full_name".to_owned(), field);
        }
        return;
    };
    let plain = folded(plain);
    if seen == plain {
        said.set_confidence("full_name", |old| old + 0.3 * (0.97 - old));
    } else if !plain.is_empty() && crate::classify::fold::similarity(&seen, &plain) < 0.75 {
        said.doubt(
            "full_name",
            said!(
                "khác với dòng MRZ",
                "the machine-readable zone says otherwise"
            ),
        );
    }
}

fn code_says(said: &mut Said, pages: &[Page<'_>]) {
    let codes = pages.iter().flat_map(|page| {
        let number = page.leaf.number;
        page.leaf.sight.codes.iter().map(move |code| (number, code))
    });
    let mut before: Option<String> = None;
    for (page, code) in codes {
        let Some(card) = CardCode::read(&code.text) else {
            continue;
        };
        // A copy of two cards on one document has two codes; the first counts.
        if before.as_ref().is_some_and(|number| *number != card.number) {
            continue;
        }
        before = Some(card.number.clone());
        let source = Source {
            page,
            bbox: code.bbox,
            confidence: 0.99,
            name: "qr",
        };
        sure(said, "id_number", &card.number, &source);
        sure(said, "full_name", &card.name, &source);
        sure(said, "residence", &card.residence, &source);
        if let Some(old) = &card.old_number {
            sure(said, "old_id_number", old, &source);
        }
        for (name, date) in [("birth_date", card.birth), ("issued_date", card.issued)] {
            if let Some(date) = date {
                sure(said, name, &date.iso(), &source);
            }
        }
        if let Some(sex) = card.sex {
            sure(said, "sex", sex, &source);
        }
    }
}

/// Sets a value that is sure; where the page was read otherwise, that is noted.
fn sure(said: &mut Said, name: &str, value: &str, source: &Source) {
    let old = said.fields.get(name).cloned();
    let read = old.as_ref().and_then(|field| field.value.as_deref());
    let same = |read: &str| {
        read == value || matches!(name, "full_name" | "residence") && folded(read) == folded(value)
    };
    let mut field = match (&old, read) {
        // The place where it is printed says more than the place of the code.
        (Some(old), Some(read)) if same(read) => Field {
            value: Some(as_printed(value, read)),
            ..old.clone()
        },
        _ => Field::read(value, 0.0, source.page, source.bbox),
    };
    field.confidence = source.confidence;
    field
        .parts
        .insert("source".to_owned(), source.name.to_owned());
    if let Some(read) = read.filter(|read| !same(read)) {
        // Names and addresses differ by a mark or two wherever an engine reads; numbers must not differ.
        let strict = !matches!(name, "full_name" | "residence");
        let far = crate::classify::fold::similarity(&folded(read), &folded(value)) < 0.6;
        if strict || far {
            let said_twice = format!("{}_differs_{name}", source.name);
            said.flags.push(
                Flag::new(&said_twice)
                    .on_page(source.page)
                    .saying(Bilingual::quoted(crate::masked::masked_in(read))),
            );
        }
    }
    said.fields.insert(name.to_owned(), field);
}

/// A value of a code in the capitals in which it is printed.
fn as_printed(value: &str, read: &str) -> String {
    if read.chars().any(char::is_lowercase) {
        value.to_owned()
    } else {
        value.to_uppercase()
    }
}

/// A personal number tells sex and year of birth.
fn number(said: &mut Said) {
    let Some(number) = said.value("id_number").map(str::to_owned) else {
        return;
    };
    if !identity::plausible(&number) {
        if number.len() == 12 {
            said.doubt(
                "id_number",
                said!(
                    "mã tỉnh hoặc thế kỷ không có",
                    "no such province or century"
                ),
            );
        }
        return;
    }
    let year = said
        .value("birth_date")
        .and_then(|date| date.get(..4)?.parse::<u16>().ok());
    let agree_year = year.zip(identity::birth_year(&number)).map(|(a, b)| a == b);
    let agree_sex = said
        .value("sex")
        .zip(identity::sex(&number))
        .map(|(a, b)| a == b);
    let coded = said
        .fields
        .get("id_number")
        .is_some_and(|field| field.parts.contains_key("source"));
    match (agree_year, agree_sex) {
        (Some(true), Some(true) | None) => {
            for name in ["id_number", "birth_date", "sex"] {
                let part = if name == "id_number" { 0.35 } else { 0.5 };
                if name != "sex" || agree_sex == Some(true) {
                    said.set_confidence(name, |old| old + part * (0.99 - old));
                }
            }
        }
        (Some(false), _) | (_, Some(false)) if !coded => {
            said.doubt(
                "id_number",
                said!(
                    "không khớp năm sinh hoặc giới tính",
                    "year of birth or sex differ"
                ),
            );
        }
        (Some(false), _) | (_, Some(false)) => {
            said.flags.push(Flag::new("id_number_differs").saying(said!(
                "số không khớp năm sinh hoặc giới tính",
                "the number does not fit year of birth or sex"
            )));
        }
        _ => {}
    }
}

/// Days that follow each other: birth, then issue, then expiry.
fn order(said: &mut Said) {
    let day = |said: &Said, name: &str| said.value(name).and_then(Date::of_iso);
    for (early, late) in [
        ("birth_date", "issued_date"),
        ("issued_date", "expiry_date"),
        ("birth_date", "death_date"),
    ] {
        if let (Some(a), Some(b)) = (day(said, early), day(said, late))
            && a > b
        {
            let weaker = match (said.fields.get(early), said.fields.get(late)) {
                (Some(a), Some(b)) if a.confidence < b.confidence => early,
                _ => late,
            };
            said.doubt(
                weaker,
                said!("thứ tự ngày không hợp lý", "the days are out of order"),
            );
        }
    }
}
