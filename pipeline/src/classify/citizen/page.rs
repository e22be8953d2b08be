//! A page as forms are read from it: words parted at colons, certification statements set aside, one stream of letters.

use super::pattern::Pattern;
use crate::classify::StampKind;
use crate::classify::fold::folded;
use crate::classify::leaf::{Leaf, Row, Token};
use crate::document::Rect;

/// A page.
#[derive(Clone, Debug)]
pub(super) struct Page<'a> {
    /// The page as it was kept.
    pub(super) leaf: &'a Leaf,
    /// What the paper itself says, words parted at colons and slashes.
    pub(super) rows: Vec<Row>,
    /// What a certification of the copy says.
    pub(super) certification: Vec<Row>,
    /// All letters of `rows`, folded.
    letters: Vec<u8>,
    /// Row and word of every letter.
    at: Vec<(usize, usize)>,
}

/// Where a phrase stands: from a word to behind a word, maybe some rows on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Row of the first word.
    pub(super) row: usize,
    /// First word in its row.
    pub(super) word: usize,
    /// Row of the last word.
    pub(super) last_row: usize,
    /// Behind the last word in its row.
    pub(super) behind: usize,
    /// Letters before the phrase in its first word, and behind it in its last.
    pub(super) loose: usize,
    /// Wrong letters.
    pub(super) errors: u32,
}

impl<'a> Page<'a> {
    /// Takes a page apart.
    pub(super) fn new(leaf: &'a Leaf) -> Self {
        let rows: Vec<Row> = leaf.rows.iter().map(parted).collect();
        let whole = Self::of(leaf, rows);
        let zones = whole.certified();
        let stamped: Vec<Rect> = leaf
            .sight
            .stamps
            .iter()
            .filter(|stamp| matches!(stamp.kind, StampKind::Incoming | StampKind::Certification))
            .map(|stamp| stamp.bbox)
            .collect();
        let (mut own, mut certification) = (Vec::new(), Vec::new());
        for row in whole.rows {
            let certified = zones.iter().any(|zone| shares(row.level(), *zone) > 0.5);
            if certified {
                certification.push(row);
            } else if !stamped.iter().any(|zone| shares(row.shown(), *zone) > 0.6) {
                own.push(row);
            }
        }
        Self {
            certification,
            ..Self::of(leaf, own)
        }
    }

    fn of(leaf: &'a Leaf, rows: Vec<Row>) -> Self {
        let (mut letters, mut at) = (Vec::new(), Vec::new());
        for (row, words) in rows.iter().enumerate() {
            for (word, token) in words.tokens.iter().enumerate() {
                letters.extend_from_slice(token.key.as_bytes());
                at.resize(letters.len(), (row, word));
            }
        }
        letters.truncate(MOST_LETTERS);
        Self {
            leaf,
            rows,
            certification: Vec::new(),
            letters,
            at,
        }
    }

    /// Where a phrase stands on the page.
    pub(super) fn find(&self, pattern: &Pattern) -> Vec<Place> {
        let place = |hit: super::pattern::Hit| {
            let (row, word) = *self.at.get(hit.start)?;
            let (last_row, last) = *self.at.get(hit.end.checked_sub(1)?)?;
            let within = |at: &&(usize, usize), wanted: (usize, usize)| **at == wanted;
            let before = self
                .at
                .get(..hit.start)?
                .iter()
                .rev()
                .take_while(|at| within(at, (row, word)))
                .count();
            let after = self
                .at
                .get(hit.end..)?
                .iter()
                .take_while(|at| within(at, (last_row, last)))
                .count();
            Some(Place {
                row,
                word,
                last_row,
                behind: last + 1,
                loose: before + after,
                errors: hit.errors,
            })
        };
        pattern
            .find(&self.letters)
            .into_iter()
            .filter_map(place)
            .collect()
    }

    /// The letters that follow a place.
    pub(super) fn following(&self, place: &Place) -> &str {
        let behind = (place.last_row, place.behind);
        let from = self.at.partition_point(|at| *at < behind);
        let rest = self.letters.get(from..).unwrap_or_default();
        std::str::from_utf8(rest).unwrap_or_default()
    }

    /// The letters that come before a place.
    pub(super) fn preceding(&self, place: &Place) -> &str {
        let from = self.at.partition_point(|at| *at < (place.row, place.word));
        let rest = self.letters.get(..from).unwrap_or_default();
        std::str::from_utf8(rest).unwrap_or_default()
    }

    /// Whether words are of a title of some type of paper and no name.
    pub(super) fn is_title(&self, words: &[Token]) -> bool {
        let text: String = words.iter().map(|token| token.key.as_str()).collect();
        [
            "chungnhan",
            "chungchi",
            "bangcu",
            "bangky",
            "bangtot",
            "bangthac",
            "certificate",
            "diploma",
            "trinhdo",
        ]
        .iter()
        .any(|title| text.contains(title))
    }

    /// A word.
    pub(super) fn token(&self, row: usize, word: usize) -> Option<&Token> {
        self.rows.get(row)?.tokens.get(word)
    }

    /// Height of a row from the top, as a share of the page.
    pub(super) fn depth(&self, row: usize) -> f32 {
        let height = (self.leaf.size_px.1 as f32).max(1.0);
        self.rows
            .get(row)
            .map_or(1.0, |row| (row.shown().y / height).clamp(0.0, 1.0))
    }

    /// Width and height as shown, mm.
    pub(super) fn size_mm(&self) -> (f32, f32) {
        let mm = |px: u32| px as f32 / self.leaf.dpi.max(1.0) * 25.4;
        (mm(self.leaf.size_px.0), mm(self.leaf.size_px.1))
    }

    /// Where certifications of the copy stand, level px: the statement and what is under it in its column.
    fn certified(&self) -> Vec<Rect> {
        let statement = Pattern::new("chứng thực bản sao đúng với bản chính");
        let em = self.leaf.em;
        let zone = |place: Place| {
            let first = self.rows.get(place.row)?.level();
            let last = self.rows.get(place.last_row)?.level();
            let head = first.union(last);
            Some(Rect {
                x: head.x - 2.0 * em,
                y: head.y - 0.5 * em,
                w: head.w + 4.0 * em,
                h: STATEMENT_LINES * em,
            })
        };
        let mut zones: Vec<Rect> = self.find(&statement).into_iter().filter_map(zone).collect();
        if zones.is_empty() {
            // The headline may be lost under the seal; the number in the register of copies stays.
            let register = !self.find(&Pattern::new("SCT/BS")).is_empty()
                || !self.find(&Pattern::new("quyển số")).is_empty();
            let number = self.find(&Pattern::new("số chứng thực"));
            let begins = |place: &Place| place.errors == 0 && place.word <= 1 && register;
            zones.extend(number.into_iter().filter(begins).filter_map(zone));
        }
        zones
    }
}

/// How much of `inner` lies in `outer`, 0 to 1.
pub(super) fn shares(inner: Rect, outer: Rect) -> f32 {
    let w = (inner.x + inner.w).min(outer.x + outer.w) - inner.x.max(outer.x);
    let h = (inner.y + inner.h).min(outer.y + outer.h) - inner.y.max(outer.y);
    if w <= 0.0 || h <= 0.0 {
        return 0.0;
    }
    w * h / (inner.w * inner.h).max(1.0)
}

fn parted(row: &Row) -> Row {
    Row {
        tokens: row.tokens.iter().flat_map(pieces).collect(),
    }
}

/// A word in its pieces: behind a colon, and at a slash between words of two languages.
fn pieces(token: &Token) -> Vec<Token> {
    let letters: Vec<char> = token.text.chars().collect();
    let mut cuts: Vec<usize> = vec![0];
    for (index, letter) in letters.iter().enumerate().skip(1) {
        let before = letters.get(..index).unwrap_or_default();
        let after = letters.get(index + 1..).unwrap_or_default();
        let colon = *letter == ':'
            && after.iter().any(|c| c.is_alphanumeric())
            && before.iter().any(|c| c.is_alphabetic());
        let wordy = |part: &[char]| {
            part.len() >= 2
                && part
                    .iter()
                    .all(|c| c.is_alphabetic() || matches!(c, ':' | '\'' | '.' | ','))
                && part.iter().any(|c| c.is_lowercase())
        };
        let slash = *letter == '/'
            && wordy(
                before
                    .get(cuts.last().copied().unwrap_or(0)..)
                    .unwrap_or_default(),
            )
            && wordy(after);
        if colon || slash {
            cuts.push(index + 1);
        }
    }
    if cuts.len() == 1 {
        return vec![token.clone()];
    }
    cuts.push(letters.len());
    let count = letters.len().max(1) as f32;
    let part = |rect: Rect, from: usize, to: usize| Rect {
        x: rect.x + rect.w * from as f32 / count,
        w: rect.w * to.saturating_sub(from) as f32 / count,
        ..rect
    };
    cuts.windows(2)
        .filter_map(|ends| {
            let (from, to) = (*ends.first()?, *ends.last()?);
            let text: String = letters.get(from..to)?.iter().collect();
            Some(Token {
                key: folded(&text),
                text,
                confidence: token.confidence,
                shown: part(token.shown, from, to),
                level: part(token.level, from, to),
            })
        })
        .collect()
}

/// Phrases are looked for in so many letters of a page at most; a dense A4 page has about 4,000.
const MOST_LETTERS: usize = 16_000;
/// Height of a certification statement with its signature, in letters' heights.
const STATEMENT_LINES: f32 = 22.0;
