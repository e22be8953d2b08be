//! Citizens' papers: identity cards, civil status, land, diplomas and the like; what they are and what they say.
//!
//! # Steps
//! 1. [`page::Page`] takes each page apart and sets certifications of the copy aside.
//! 2. [`mrz`] reads machine-readable zones.
//! 3. [`weigh`] says how much speaks for each type.
//! 4. [`fields`] reads what the likely types say, by the [`labels`] of their forms.

use super::evidence::Evidence;
use super::proposal::Proposal;

mod pattern;

mod page;

mod dates;

mod mrz;

mod identity;

mod kinds;

mod weigh;

mod labels;

mod anchors;

mod shapes;

pub(crate) mod names;

mod fields;

#[cfg(test)]
mod tests;

/// Codes and names of the types.
pub(crate) fn types() -> impl Iterator<Item = (&'static str, &'static str)> {
    kinds::KINDS.iter().map(|kind| (kind.code, kind.name))
}

/// What citizens' paper the pages may be, best first; empty when nothing speaks for any.
pub(crate) fn propose(evidence: &Evidence) -> Vec<Proposal> {
    let pages: Vec<page::Page<'_>> = evidence.leaves().take(PAGES).map(page::Page::new).collect();
    let zones: Vec<Vec<mrz::Zone>> = pages.iter().map(|page| mrz::zones(&page.rows)).collect();
    weigh::weigh(&pages, &zones)
        .into_iter()
        .enumerate()
        .map(|(rank, weighed)| {
            // What a paper says is read for types that it may well be.
            let said = if rank < READ && weighed.score > LIKELY {
                fields::said(weighed.kind.code, &pages, &zones)
            } else {
                fields::Said::default()
            };
            Proposal {
                code: weighed.kind.code.to_owned(),
                name: weighed.kind.name.to_owned(),
                score: weighed.score,
                fields: said.fields,
                flags: said.flags,
            }
        })
        .collect()
}

/// Citizens' papers are short; books of households and of insurance say what they are on their first pages.
const PAGES: usize = 6;
/// So many types at most are read as if the paper were of them.
const READ: usize = 3;
/// A type must have this much for it to be read so, natural logarithm of odds.
const LIKELY: f32 = 0.5;
