//! Who issued a paper and when: the bodies in its head, the line with place and day, who signed.

use super::super::dates;
use super::super::page::Page;
use super::{Said, certainty};
use crate::record::Field;

pub(super) fn complete(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    if said.value("issued_date").is_none() {
        dated(said, code, pages);
    }
    if said.value("issued_date").is_none()
        && let Some(field) = said.fields.get("registration_date").cloned()
    {
        said.fields.insert("issued_date".to_owned(), field);
    }
}

/// The last line that is a place and a day, or a day alone: papers are dated over their signature. On papers that
/// are headed like letters it stands under the national title.
fn dated(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    for page in pages {
        for row in &page.rows {
            let text = row.text();
            let Some(found) = dates::date(&text) else {
                continue;
            };
            let key = row.key();
            let Some(at) = key.find("ngay") else {
                continue;
            };
            // `Hải Phòng, ngày 17 tháng 9 năm 2025`: little before, nothing behind, and written with words.
            let lined = key.contains("thang") || key.contains("month");
            let before = row.span(0, at).len();
            let behind = row.tokens.len().saturating_sub(found.words.1);
            if !lined || before > 7 || behind > 2 || text.contains(':') && code != "cmnd" {
                continue;
            }
            let words = row
                .tokens
                .get(found.words.0..found.words.1)
                .unwrap_or_default();
            let mut field = Field::read(
                found.date.iso(),
                certainty(page, words, if found.mended { 0.6 } else { 0.97 }),
                page.leaf.number,
                crate::classify::leaf::around(words.iter().map(|token| token.shown)),
            );
            field.text = Some(text);
            // The last one counts: it is the nearest to the signature.
            said.fields.insert("issued_date".to_owned(), field);
        }
    }
}
