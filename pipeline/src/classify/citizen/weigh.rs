//! How much speaks for each type: its title, words of its form, codes and zones, the size of the sheet.

use super::kinds::{KINDS, Kind};
use super::mrz::Zone;
use super::page::{Page, Place};
use crate::classify::Symbology;
use crate::classify::fold::at_start;

/// What speaks for a type.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub(super) kind: &'static Kind,
    /// Natural logarithm of the odds against "nothing known".
    pub(super) score: f32,
}

/// All types with something that speaks for them, best first.
pub(super) fn weigh(pages: &[Page<'_>], zones: &[Vec<Zone>]) -> Vec<Weighed> {
    let titles: Vec<Vec<Title>> = KINDS.iter().map(|kind| titles(kind, pages)).collect();
    let first = titles
        .iter()
        .flatten()
        .filter(|title| title.weight > CLEAR)
        .map(|title| (title.page, title.row))
        .min();
    let mut weighed: Vec<Weighed> = KINDS
        .iter()
        .zip(&titles)
        .map(|(kind, titles)| {
            let title = titles
                .iter()
                .map(|title| title.counted(first))
                .fold(0.0, f32::max);
            let phrases = phrases(kind, pages);
            let shown = shown(kind, pages, zones);
            let score = title + phrases + shown + NOTHING;
            Weighed { kind, score }
        })
        .filter(|weighed| weighed.score > NOTHING)
        .collect();
    weighed.sort_by(|a, b| b.score.total_cmp(&a.score));
    weighed
}

/// A title as it stands.
#[derive(Clone, Copy, Debug)]
struct Title {
    page: usize,
    row: usize,
    weight: f32,
}

impl Title {
    /// What it counts: a paper is what its first title says; what is named further down is named.
    fn counted(&self, first: Option<(usize, usize)>) -> f32 {
        let Some((page, row)) = first else {
            return self.weight;
        };
        match (self.page, self.row) {
            here if here <= (page, row + NEAR_ROWS) => self.weight,
            (there, _) if there == page => self.weight * 0.35,
            _ => self.weight * 0.3,
        }
    }
}

fn titles(kind: &Kind, pages: &[Page<'_>]) -> Vec<Title> {
    let mut found = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        // `DANH SÁCH` and the like head the annexes of every paper.
        if kind.code == "khac" && index > 0 {
            continue;
        }
        for title in &kind.titles {
            for place in page.find(title) {
                let weight = title_weight(kind, page, &place, title.length());
                if weight > 0.0 {
                    found.push(Title {
                        page: index,
                        row: place.row,
                        weight,
                    });
                }
            }
        }
    }
    found
}

/// What a title weighs: all of it in capitals at the beginning of a line of its own, in large letters, high on
/// the page; less when it is worn; nothing inside a sentence.
pub(super) fn title_weight(kind: &Kind, page: &Page<'_>, place: &Place, length: usize) -> f32 {
    let wrong = usize::try_from(place.errors).unwrap_or(usize::MAX);
    if place.loose > usize::from(length > 6) || wrong * 9 > length || goes_on(kind, page, place) {
        return 0.0;
    }
    let Some(row) = page.rows.get(place.row) else {
        return 0.0;
    };
    let to = if place.last_row == place.row {
        place.behind
    } else {
        row.tokens.len()
    };
    let own = row.part(place.word..to);
    let capitals = own.capitals();
    let begins = place.word == 0 || {
        let before = row.part(0..place.word);
        let gap = own.level().x - (before.level().x + before.level().w);
        gap > 1.5 * page.leaf.em || before.key().len() <= 3
    };
    if !begins || place.last_row > place.row + 2 {
        return 0.0;
    }
    let after = row.tokens.len().saturating_sub(to);
    let mut weight = TITLE;
    if capitals < 0.75 {
        // A title in small letters stands alone on its line, larger than the text.
        let alone = after == 0 && place.word == 0 && place.errors == 0 && length >= SMALL_TITLE;
        let large = own.level().h > 1.25 * page.leaf.em;
        weight *= match (alone, large) {
            (true, true) => 0.7,
            (true, false) => 0.4,
            _ => 0.08,
        };
    } else if row.part(to..row.tokens.len()).capitals() < 0.5 && after > 6 {
        weight *= 0.6;
    }
    weight *= 1.0 - 2.0 * place.errors as f32 / length.max(1) as f32;
    if page.depth(place.row) > 0.55 && page.size_mm().1 > 150.0 {
        weight *= 0.5;
    }
    // Of two titles one of which begins the other, the longer is meant.
    weight + (length as f32 / 40.0).min(0.8)
}

/// Whether the title is only the beginning of another's: `CĂN CƯỚC` of `CĂN CƯỚC CÔNG DÂN`, or its end.
fn goes_on(kind: &Kind, page: &Page<'_>, place: &Place) -> bool {
    let follows = |word: &str| at_start(page.following(place), word).1 > 0.8;
    let precedes = |word: &str| page.preceding(place).ends_with(word);
    match kind.code {
        "the_can_cuoc" => follows("congdan"),
        "the_bhyt" => precedes("so") || follows("xahoi"),
        _ => false,
    }
}

fn phrases(kind: &Kind, pages: &[Page<'_>]) -> f32 {
    let mut sum = 0.0;
    for (pattern, weight) in &kind.phrases {
        let best = pages
            .iter()
            .flat_map(|page| page.find(pattern))
            .filter(|place| place.loose <= 2)
            .filter(|place| place.errors as usize * 6 <= pattern.length())
            .map(|place| 1.0 - place.errors as f32 / pattern.length().max(1) as f32)
            .fold(0.0, f32::max);
        sum += weight * best;
    }
    // Words of one form come together; each more says less than the one before.
    PHRASES * (1.0 - (-sum / PHRASES).exp())
}

/// What is seen besides words.
fn shown(kind: &Kind, pages: &[Page<'_>], zones: &[Vec<Zone>]) -> f32 {
    let contents = || zones.iter().flatten();
    let passport_zone = contents().any(|zone| {
        zone.content
            .as_ref()
            .is_some_and(|content| content.passport)
    });
    let card_zone = contents().any(|zone| {
        zone.content
            .as_ref()
            .is_none_or(|content| !content.passport)
    });
    let card_code = pages
        .iter()
        .flat_map(|page| &page.leaf.sight.codes)
        .any(|code| {
            code.symbology == Symbology::Qr && super::identity::CardCode::read(&code.text).is_some()
        });
    let (short, long) = pages.first().map_or((210.0, 297.0), |page| {
        let (w, h) = page.size_mm();
        (f32::min(w, h), f32::max(w, h))
    });
    let card = long < 130.0;
    let flag = |there: bool, weight: f32| if there { weight } else { 0.0 };
    match kind.code {
        "cccd" => flag(card_zone, 2.5) + flag(card_code, 5.0) + flag(card, 0.5),
        "the_can_cuoc" => flag(card_zone, 2.3) + flag(card_code, 4.5) + flag(card, 0.5),
        "ho_chieu" => flag(passport_zone, 5.0) + flag(long < 190.0 && short < 135.0, 0.5),
        "cmnd" | "gplx" => flag(card, 0.7),
        "khac" => flag(
            unheaded(pages) && !card_code && !card_zone && !passport_zone,
            2.2,
        ),
        "so_bhxh" => flag(numbered(pages), 2.0),
        "the_bhyt" => flag(numbered(pages), 1.2) + flag(card, 0.7),
        "ban_ve" => flag(long > 380.0 && short > 280.0, 1.0),
        _ => 0.0,
    }
}

/// Letters of the shortest title that is known in small letters: `giấy khai sinh`.
const SMALL_TITLE: usize = 12;
/// Whether `Mã số:` or `Số sổ:` is followed at once by the ten digits of an insured person.
fn numbered(pages: &[Page<'_>]) -> bool {
    pages.iter().flat_map(|page| &page.rows).any(|row| {
        let key = row.key();
        ["maso", "soso", "masobhxh"].iter().any(|label| {
            key.split_once(label).is_some_and(|(_, rest)| {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                digits == 10
            })
        })
    })
}

/// Whether a page of words has none of the heads that papers of the State, the Party and for citizens have.
fn unheaded(pages: &[Page<'_>]) -> bool {
    let heads = [
        "cộng hòa xã hội chủ nghĩa việt nam",
        "độc lập tự do hạnh phúc",
        "đảng cộng sản việt nam",
    ];
    let words: usize = pages
        .iter()
        .take(1)
        .flat_map(|page| &page.rows)
        .map(|row| row.tokens.len())
        .sum();
    // What was not read at all is nothing rather than something else.
    let sure = pages
        .iter()
        .take(1)
        .flat_map(|page| &page.rows)
        .map(crate::classify::leaf::Row::mean_confidence);
    let (rows, sum) = sure.fold((0.0_f32, 0.0_f32), |(rows, sum), sure| {
        (rows + 1.0, sum + sure)
    });
    words > 12
        && sum > READABLE * rows
        && heads.iter().all(|head| {
            let pattern = super::pattern::Pattern::new(head);
            pages.iter().all(|page| page.find(&pattern).is_empty())
        })
}

/// Mean certainty of the engine on pages that can be read.
const READABLE: f32 = 0.72;
/// A whole title.
const TITLE: f32 = 7.0;
/// Titles from here on are clear enough to make what is named below them a mention.
const CLEAR: f32 = 3.5;
/// Rows that two titles may stand apart and still be of one headline.
const NEAR_ROWS: usize = 2;
/// All phrases together, at most.
const PHRASES: f32 = 7.0;
/// What must be outweighed.
const NOTHING: f32 = -1.2;
