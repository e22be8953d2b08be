//! Stamps with words in them: of arrival, certification and urgency, and round seals; what they say is not the paper's.
//!
//! Coloured ink fades from the copy that is read, so what was stamped in red or blue is read here, line by line. On
//! scans without colour the engine has read stamps with everything else: they are known among its words.

use super::levelled::{Look, levelled};
use super::parts::{Part, parts_of};
use super::rows::{self, Row};
use super::secrecy::Candidate;
use super::small::{Ink, Small};
use super::wording::{Word, folded, word_of};
use crate::classify::{Stamp, StampKind, View};
use crate::document::{Line, Rect, Word as Read};

/// Widths and heights of stamps of several lines, mm: of arrival 50 x 35 (decree 30/2020/NĐ-CP, annex IV), older ones
/// up to 100 wide; of certification one to five lines.
const BLOCK_MM: [std::ops::RangeInclusive<f32>; 2] = [24.0..=130.0, 7.0..=75.0];
/// Outer size of seals, mm (circular 21/2012/TT-BCA: 30 to 42, with what joins them).
const SEAL_MM: std::ops::RangeInclusive<f32> = 22.0..=50.0;
/// Gaps within a stamp, mm.
const GAP_MM: f32 = 3.2;
/// Stamps of several lines that are read on a page, and lines that are read of each.
const MOST_BLOCKS: usize = 2;
const MOST_LINES: usize = 8;
/// Smallest part that counts, small px.
const LEAST_AREA: usize = 4;
/// Parts of one coloured ink from which on a page is printed in colours.
const MOST_PARTS: usize = 1500;

/// The stamps on the page.
pub(super) fn stamps(view: &View<'_>, small: &Small, candidates: &[Candidate]) -> Vec<Stamp> {
    let mut found: Vec<Stamp> = candidates
        .iter()
        .filter_map(|candidate| urgency(candidate, small))
        .collect();
    for ink in small.present() {
        if matches!(ink, Ink::Red | Ink::Blue) {
            found.extend(coloured(view, small, ink));
        }
    }
    let has = |found: &[Stamp], kind| found.iter().any(|stamp: &Stamp| stamp.kind == kind);
    if !has(&found, StampKind::Incoming) {
        found.extend(arrival_in(view.lines, view.picture.dpi));
    }
    if !has(&found, StampKind::Certification) {
        found.extend(certification_in(view.lines));
    }
    found
}

/// A mark of urgency, when a row of letters is one.
fn urgency(candidate: &Candidate, small: &Small) -> Option<Stamp> {
    let read = candidate
        .readings
        .iter()
        .find_map(|(text, _)| match word_of(text)?.0 {
            Word::Urgent(word) => Some(word),
            _ => None,
        })?;
    Some(Stamp {
        kind: StampKind::Urgency,
        bbox: shown_box(&candidate.row, small),
        text: read.to_owned(),
    })
}

/// Seals and stamps of several lines in one coloured ink.
fn coloured(view: &View<'_>, small: &Small, ink: Ink) -> Vec<Stamp> {
    let parts = parts_of(&small.inks, small.width, ink, LEAST_AREA);
    // Maps, flags and photographs.
    if parts.len() > MOST_PARTS {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut read = 0;
    for block in blocks(&parts, small.per_mm) {
        let bounds = bounds_of(&block);
        let bbox = shown(bounds, small);
        if is_seal(&block, bounds, small.per_mm) {
            found.push(Stamp {
                kind: StampKind::Other,
                bbox,
                text: String::new(),
            });
            continue;
        }
        let [w, h] = [bounds[2] - bounds[0], bounds[3] - bounds[1]].map(|px| px / small.per_mm);
        if !BLOCK_MM[0].contains(&w) || !BLOCK_MM[1].contains(&h) || read == MOST_BLOCKS {
            continue;
        }
        let lines = lines_of(view, small, ink, &block);
        read += usize::from(!lines.is_empty());
        let text: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let Some(kind) = kind_of(&text) else {
            continue;
        };
        let mut text = text.join("\n");
        if kind == StampKind::Incoming {
            // What was filled in has another ink.
            for (row, _) in lines.iter().filter(|(_, text)| is_label(text)) {
                let filled = levelled(&view.picture, small, &row.to_the(bounds[2]), Look::All);
                let words = (view.read_line)(&filled, READING_DPI);
                for word in words {
                    text.push(if is_label(&word.text) { '\n' } else { ' ' });
                    text.push_str(&word.text);
                }
            }
        }
        found.push(Stamp { kind, bbox, text });
    }
    found
}

/// Resolution told to the engine for rows of this size, dpi.
const READING_DPI: f32 = 300.0;

/// Parts gathered by the gaps between their boxes, the largest gathering first.
fn blocks(parts: &[Part], per_mm: f32) -> Vec<Vec<&Part>> {
    let gap = GAP_MM * per_mm;
    let mut found = rows::gathered(parts.iter().collect(), (gap, gap));
    found.retain(|block| block.len() > 4);
    found.sort_by_key(|block| std::cmp::Reverse(block.iter().map(|part| part.area).sum::<usize>()));
    found
}

/// Left, top, right, bottom, small px.
fn bounds_of(block: &[&Part]) -> [f32; 4] {
    let start = [f32::MAX, f32::MAX, 0.0, 0.0];
    block.iter().fold(start, |[l, t, r, b], part| {
        let [left, top, right, bottom] = part.bounds.map(|edge| edge as f32);
        [l.min(left), t.min(top), r.max(right), b.max(bottom)]
    })
}

fn shown([left, top, right, bottom]: [f32; 4], small: &Small) -> Rect {
    Rect {
        x: left / small.scale,
        y: top / small.scale,
        w: (right - left) / small.scale,
        h: (bottom - top) / small.scale,
    }
}

/// Whether a block is as round as a seal: nothing in the corners of its box, a ring along the middles of its sides.
fn is_seal(block: &[&Part], [left, top, right, bottom]: [f32; 4], per_mm: f32) -> bool {
    let (w, h) = (right - left, bottom - top);
    let round = (0.8..1.25).contains(&(w / h.max(1.0)));
    if !round || !SEAL_MM.contains(&(w / per_mm)) || !SEAL_MM.contains(&(h / per_mm)) {
        return false;
    }
    let (mut corners, mut ring, mut all) = (0_u32, 0_u32, 0_u32);
    for (x, y) in block.iter().flat_map(|part| part.points()) {
        let away = (2.0 * (x - left) / w - 1.0).hypot(2.0 * (y - top) / h - 1.0);
        corners += u32::from(away > 1.12);
        ring += u32::from((0.82..=1.12).contains(&away));
        all += 1;
    }
    corners * 25 < all && ring * 6 > all
}

/// The lines of print in a block, read, from the top.
fn lines_of(view: &View<'_>, small: &Small, ink: Ink, block: &[&Part]) -> Vec<(Row, String)> {
    let mut rows = rows::print_rows(small, ink, block);
    if rows.len() < 2 && rows.iter().all(|row| row.size.0 < 20.0 * small.per_mm) {
        return Vec::new();
    }
    rows.sort_by(|a, b| b.size.0.total_cmp(&a.size.0));
    rows.truncate(MOST_LINES);
    rows.sort_by(|a, b| a.centre.1.total_cmp(&b.centre.1));
    let lines = rows.into_iter().filter_map(|row| {
        let image = levelled(&view.picture, small, &row, Look::Own);
        let words = (view.read_line)(&image, READING_DPI);
        let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        (!text.is_empty()).then(|| (row, text.join(" ")))
    });
    lines.collect()
}

fn shown_box(row: &Row, small: &Small) -> Rect {
    let (sin, cos) = row.angle.sin_cos();
    let half = (
        (row.size.0 * cos + row.size.1 * sin.abs()) / 2.0,
        (row.size.0 * sin.abs() + row.size.1 * cos) / 2.0,
    );
    let (x, y) = row.centre;
    shown([x - half.0, y - half.1, x + half.0, y + half.1], small)
}

/// Letters and digits of `text`, folded.
fn key(text: &str) -> String {
    let folded = folded(text);
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Labels of the places that a clerk fills in on arrival.
fn is_label(text: &str) -> bool {
    let key = key(text);
    ["SO", "NGAY"].iter().any(|label| key.starts_with(label)) && key.len() < 14
}

/// What a stamp with such lines is for; `None` when it is none that is known.
fn kind_of(lines: &[&str]) -> Option<StampKind> {
    let keys: Vec<String> = lines.iter().map(|line| key(line)).collect();
    let any = |words: &[&str]| {
        keys.iter()
            .any(|key| words.iter().any(|word| key.contains(word)))
    };
    let starts = |word: &str| keys.iter().any(|key| key.starts_with(word));
    let certified = any(&[
        "CHUNGTHUC",
        "SCTBS",
        "SCTDTBS",
        "DUNGVOIBANCHINH",
        "QUYENSO",
    ]);
    if certified {
        return Some(StampKind::Certification);
    }
    let named = keys
        .iter()
        .any(|key| key == "DEN" || key.ends_with("VANDEN") || key.starts_with("DEN"));
    let labels = [
        starts("SO"),
        starts("NGAY"),
        any(&["CHUYEN"]),
        any(&["KYHIEU", "HOSO", "LUUHS"]),
    ];
    let labels = labels.into_iter().filter(|is| *is).count();
    (labels >= 3 || named && labels >= 1).then_some(StampKind::Incoming)
}

/// An arrival stamp among the words: `ĐẾN` or `CÔNG VĂN ĐẾN` in capitals beside the labels of what is filled in.
fn arrival_in(lines: &[Line], dpi: f32) -> Option<Stamp> {
    let mm = dpi / 25.4;
    lines.iter().find_map(|line| {
        line.words.iter().enumerate().find_map(|(at, den)| {
            let letters = den.text.trim_matches(|c: char| !c.is_alphabetic());
            if !letters.chars().all(char::is_uppercase) || key(letters) != "DEN" {
                return None;
            }
            let before = at.checked_sub(1).and_then(|before| line.words.get(before));
            let letter = before.is_some_and(|word| key(&word.text) == "VAN");
            // In a heading more capitals follow.
            let goes_on = line.words.get(at + 1).is_some_and(|word| {
                word.bbox.x - den.bbox.x - den.bbox.w < 0.8 * den.bbox.h
                    && key(&word.text).len() > 1
                    && word.text.chars().all(char::is_uppercase)
            });
            if goes_on {
                return None;
            }
            arrival_at(lines, den, letter, mm)
        })
    })
}

/// The arrival stamp whose word `den` is; `letter` says that `CÔNG VĂN` stands before it.
fn arrival_at(lines: &[Line], den: &Read, letter: bool, mm: f32) -> Option<Stamp> {
    let left = if letter { -35.0 } else { -8.0 };
    let mut bbox = den.bbox;
    let mut seen = [false; LABELS.len()];
    let mut said = vec![(den.bbox, den.text.as_str())];
    for word in lines.iter().flat_map(|line| &line.words) {
        let (dx, dy) = (word.bbox.x - den.bbox.x, word.bbox.y - den.bbox.y);
        let near = (left * mm..55.0 * mm).contains(&dx) && (-10.0 * mm..27.0 * mm).contains(&dy);
        let Some(place) = near.then(|| label(&word.text)).flatten() else {
            continue;
        };
        if let Some(seen) = seen.get_mut(place) {
            *seen = true;
        }
        bbox = bbox.union(word.bbox);
        said.push((word.bbox, &word.text));
    }
    let [number, date, hour, onward, kept] = seen;
    let others = [number, onward, kept].into_iter().any(|is| is);
    let enough = hour || date && others || number && onward || letter && (date || onward);
    if !enough {
        return None;
    }
    let (text, filled) = filled(lines, &said, den.bbox.x + 55.0 * mm);
    let bbox = bbox.union(filled);
    // The outline lies a little outside of the words.
    Some(Stamp {
        kind: StampKind::Incoming,
        bbox: Rect {
            x: bbox.x - 2.0 * mm,
            y: bbox.y - 2.0 * mm,
            w: bbox.w + 4.0 * mm,
            h: bbox.h + 4.0 * mm,
        },
        text,
    })
}

/// What stands on arrival stamps, folded: number, day, hour, to whom it goes, where it is kept.
const LABELS: [&str; 5] = ["SO", "NGAY", "GIO", "CHUYEN", "LUU"];

/// Which of [`LABELS`] a word is, with the dots after it or what was filled in on them.
fn label(text: &str) -> Option<usize> {
    let end = text.find(['.', ':', '…']).unwrap_or(text.len());
    let key = key(text.get(..end).unwrap_or(text));
    let place = LABELS.iter().position(|label| key == *label)?;
    // Sentences have these words, too, but not with capitals; `Kính chuyển` has a small one, and dots.
    let capital = text.chars().next().is_some_and(char::is_uppercase);
    (capital || LABELS.get(place) == Some(&"CHUYEN") && end < text.len()).then_some(place)
}

/// The labels with what stands right of each up to `right` px, and the box around it all.
fn filled(lines: &[Line], labels: &[(Rect, &str)], right: f32) -> (String, Rect) {
    let mut text = Vec::new();
    let mut around = labels.first().map(|label| label.0).unwrap_or_default();
    for (bbox, label) in labels {
        let mut line = (*label).to_owned();
        let beside = |word: &&Read| {
            let middle = word.bbox.y + word.bbox.h / 2.0;
            let level = (middle - bbox.y - bbox.h / 2.0).abs() < 0.6 * bbox.h.max(word.bbox.h);
            level && word.bbox.x >= bbox.x + bbox.w && word.bbox.x + word.bbox.w < right
        };
        for word in lines.iter().flat_map(|line| &line.words).filter(beside) {
            line.push(' ');
            line.push_str(&word.text);
            around = around.union(word.bbox);
        }
        text.push(line);
    }
    (text.join("\n"), around)
}

/// A certification among the words: its first line, and those close below it.
fn certification_in(lines: &[Line]) -> Option<Stamp> {
    let first = lines.iter().position(|line| {
        let key = key(&line.text());
        key.contains("SOCHUNGTHUC")
            || key.contains("SCTBS")
            || key.contains("SCTDTBS")
            || (key.contains("BANSAODUNG") && key.contains("BANCHINH") && key.len() < 60)
    })?;
    let around = |line: &Line| line.words.iter().map(|word| word.bbox).reduce(Rect::union);
    let mut bbox = around(lines.get(first)?)?;
    let mut text = vec![lines.get(first)?.text()];
    for line in lines.iter().skip(first + 1).take(4) {
        let Some(next) = around(line) else { continue };
        let gap = next.y - (bbox.y + bbox.h);
        let overlap = (bbox.x + bbox.w).min(next.x + next.w) - bbox.x.max(next.x);
        if gap > 1.5 * next.h || gap < -next.h || overlap < 0.3 * next.w {
            break;
        }
        bbox = bbox.union(next);
        text.push(line.text());
    }
    Some(Stamp {
        kind: StampKind::Certification,
        bbox,
        text: text.join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    fn line(x: f32, y: f32, text: &str) -> Line {
        let mut at = x;
        let words = text.split(' ').map(|word| {
            let w = 20.0 * word.chars().count() as f32;
            let bbox = Rect {
                x: at,
                y,
                w,
                h: 30.0,
            };
            at += w + 10.0;
            Read {
                text: word.to_owned(),
                bbox,
                confidence: 0.9,
                ..Read::default()
            }
        });
        Line {
            words: words.collect(),
            baseline: [Point::default(); 2],
            block: 0,
        }
    }

    #[test]
    fn lines_tell_what_a_stamp_is_for() {
        for (lines, kind) in [
            (
                &["SỞ NỘI VỤ", "ĐẾN", "Số:", "Ngày:"][..],
                Some(StampKind::Incoming),
            ),
            (&["CÔNG VĂN ĐẾN", "Số", "Ngày"], Some(StampKind::Incoming)),
            (&["Số: 12", "Ngày: 3", "Chuyển:"], Some(StampKind::Incoming)),
            (
                &["CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH", "Số chứng thực: 15"],
                Some(StampKind::Certification),
            ),
            (&["ĐÃ KIỂM TRA"], None),
            (&["SỞ NỘI VỤ", "TỈNH BẮC GIANG"], None),
        ] {
            assert_eq!(kind_of(lines), kind, "{lines:?}");
        }
    }

    #[test]
    fn an_arrival_stamp_is_known_among_words() {
        let dpi = 300.0;
        let stamp = [
            line(200.0, 400.0, "ĐẾN"),
            line(400.0, 380.0, "Số: 1535"),
            line(400.0, 450.0, "Ngày: 18/6/26"),
            line(200.0, 540.0, "Chuyển:"),
        ];
        let found = arrival_in(&stamp, dpi).expect("a stamp");
        assert!(
            found.text.contains("Số: 1535") && found.text.contains("Ngày: 18/6/26"),
            "{}",
            found.text
        );
        assert!(found.bbox.x < 200.0 && found.bbox.y < 380.0);
        // As offices stamped before: the day and the addressee, dotted.
        let older = [
            line(500.0, 400.0, "CÔNG VĂN ĐẾN"),
            line(480.0, 460.0, "Ngày....4..tháng..1.."),
            line(480.0, 520.0, "Kính chuyển:......"),
        ];
        assert!(arrival_in(&older, dpi).is_some());
        let hour = [line(200.0, 400.0, "ĐẾN"), line(400.0, 390.0, "Giờ:......C")];
        assert!(arrival_in(&hour, dpi).is_some());
        assert_eq!(arrival_in(&older[..1], dpi), None);
        // A heading speaks of years, and a date line stands near it.
        let heading = [
            line(200.0, 400.0, "KẾ HOẠCH TỪ NĂM 2020 ĐẾN NĂM 2030"),
            line(400.0, 500.0, "ngày 12 tháng 3"),
        ];
        assert_eq!(arrival_in(&heading, dpi), None);
    }

    #[test]
    fn a_certification_is_known_among_words() {
        let lines = [
            line(100.0, 1000.0, "một dòng của văn bản"),
            line(100.0, 1100.0, "Chứng thực bản sao đúng với bản chính"),
            line(100.0, 1140.0, "Số chứng thực: 452 Quyển số: 02-SCT/BS"),
            line(100.0, 1180.0, "Ngày 05 tháng 01 năm 2025"),
            line(100.0, 1500.0, "một dòng khác"),
        ];
        let found = certification_in(&lines).expect("a stamp");
        assert_eq!(found.text.lines().count(), 3);
        assert!(found.bbox.y == 1100.0 && found.bbox.h < 120.0);
        assert_eq!(certification_in(&lines[..1]), None);
    }
}
