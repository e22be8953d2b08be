//! The rows of the checklist that only the pages of a certified copy can answer: its form, and how many pages it has.

use saoy_pdf::{Dict, Document, Object};
use saoy_pipeline::ingest::{Limits, glance};

use super::checklist::{Answer, Row, Went};
use super::stated::Paper;

/// Their numbers in the list.
const FORM: u8 = 12;
const PAGES: u8 = 13;

/// The least that Decree 30/2020/NĐ-CP (annex I, part III) and Circular 05/2025/TT-BNV ask of scans, dpi; a scanner's 200 is
/// often 199.9 in the file.
const LEAST_DPI: f64 = 199.0;
/// An image that takes less of its page is no scan of it.
const SCAN: f64 = 0.5;
/// Pages that are looked at; the others of a file were scanned like them.
const MOST: usize = 20;

/// Answers the two rows of a file that states a certification; of others they stay open.
pub(super) fn answer(paper: &Paper, rows: &mut [Row]) {
    if rows.is_empty() {
        return;
    }
    let Some(stated) = paper.stated_pages() else {
        return;
    };
    let document = &paper.document;
    for row in rows {
        match row.number {
            FORM => row.answer(form(document)),
            PAGES => row.answer(pages(document, stated)),
            _ => {}
        }
    }
}

/// How many pages the statement speaks of, and how many there are. A statement that found no room stands on a page of its
/// own, which is no page of the paper.
fn pages(document: &Document, stated: usize) -> Answer {
    let Ok(count) = document.page_count() else {
        return (Went::Warn, "the pages cannot be counted".to_owned());
    };
    let told = format!("{stated} in the statement, {count} in the file");
    if stated == count {
        return (Went::Pass, told);
    }
    let last = glance::made(document, count.saturating_sub(1), &Limits::default());
    let is_added = last.is_ok_and(|last| !last.text && last.image.is_none());
    if stated + 1 == count && is_added {
        return (
            Went::Pass,
            format!("{told}, the last one for the statement"),
        );
    }
    (Went::Fail, told)
}

/// PDF/A of at least 1.4 with text under scans in colour of at least 200 dpi. Whether the scan is as large as the paper, only
/// who has the paper can tell.
fn form(document: &Document) -> Answer {
    let mut wrong = Vec::new();
    let (major, minor) = document.version();
    if (major, minor) < (1, 4) {
        wrong.push(format!("PDF {major}.{minor}"));
    }
    let claim = document.pdfa_claim().ok().flatten();
    if claim.is_none() {
        wrong.push("claims no PDF/A".to_owned());
    }
    let count = document.page_count().unwrap_or_default().min(MOST);
    let (mut scans, mut lowest) = (0, f64::INFINITY);
    for page in 0..count {
        let number = page + 1;
        let Ok(made) = glance::made(document, page, &Limits::default()) else {
            wrong.push(format!("page {number} cannot be looked at"));
            continue;
        };
        let Some((dpi, _)) = made.image.filter(|(_, share)| *share >= SCAN) else {
            continue;
        };
        scans += 1;
        lowest = lowest.min(dpi);
        if dpi < LEAST_DPI {
            wrong.push(format!("page {number}: {dpi:.0} dpi"));
        }
        if !made.text {
            wrong.push(format!("page {number}: no text layer"));
        }
        if in_colour(document, page) == Some(false) {
            wrong.push(format!("page {number}: no colour"));
        }
    }
    if wrong.is_empty() {
        let claim = claim.map_or_else(String::new, |claim| {
            let level = claim.conformance.unwrap_or_default().to_lowercase();
            format!("PDF/A-{}{level}, ", claim.part)
        });
        let dpi = match scans {
            0 => String::new(),
            _ => format!(", {lowest:.0} dpi or more, in colour, with text"),
        };
        return (Went::Pass, format!("{claim}{scans} scanned pages{dpi}"));
    }
    (Went::Warn, wrong.join("; "))
}

/// Whether the largest image that a page names has three colours or more; nothing when none says.
fn in_colour(document: &Document, page: usize) -> Option<bool> {
    let page = document.page(page).ok()?;
    let resources = document.resolve(&page.resources).ok()?;
    let images = document.get(resources.as_dict()?, "XObject").ok()?;
    let mut largest: Option<(i64, Dict)> = None;
    for entry in images.as_dict()? {
        let Ok(object) = document.resolve(&entry.value) else {
            continue;
        };
        let Some(dict) = object.as_stream().map(|stream| &stream.dict) else {
            continue;
        };
        let side = |key: &str| {
            document
                .get(dict, key)
                .ok()
                .and_then(|side| side.as_integer())
        };
        if let (Some(width), Some(height)) = (side("Width"), side("Height"))
            && largest
                .as_ref()
                .is_none_or(|(known, _)| *known < width.saturating_mul(height))
        {
            largest = Some((width.saturating_mul(height), dict.clone()));
        }
    }
    let (_, image) = largest?;
    let space = document.get(&image, "ColorSpace").ok()?;
    colours(document, &space).map(|count| count >= 3)
}

/// How many colours a colour space has (ISO 32000-1, 8.6).
fn colours(document: &Document, space: &Object) -> Option<i64> {
    let named = |name: &Object| match name.as_name()?.as_bytes() {
        b"DeviceRGB" | b"CalRGB" | b"Lab" => Some(3),
        b"DeviceCMYK" => Some(4),
        b"DeviceGray" | b"CalGray" | b"Separation" => Some(1),
        _ => None,
    };
    let Some(parts) = space.as_array() else {
        return named(space);
    };
    let [kind, base, ..] = parts else {
        return parts.first().and_then(named);
    };
    if kind.is_name("ICCBased") {
        let profile = document.resolve(base).ok()?;
        return document
            .get(&profile.as_stream()?.dict, "N")
            .ok()?
            .as_integer();
    }
    if kind.is_name("Indexed") {
        let base = document.resolve(base).ok()?;
        return colours(document, &base);
    }
    named(kind)
}
