//! Administrative, normative and Party papers: what each is, and what its head and its end say.
//!
//! # Steps
//! 1. [`head`]: the columns of the first page, the title, where the text begins.
//! 2. [`symbol`], [`date`], [`agency`], [`subject`], [`signing`]: one value each from its cell.
//! 3. [`weigh`]: which type all this speaks for.
//! 4. [`trust`]: how sure each value is, by itself and in company.

pub mod agency;
pub mod date;
pub mod digits;
pub mod head;
pub mod names;
pub mod organs;
mod owner;
pub mod signing;
pub mod subject;
pub mod symbol;
pub mod trust;
pub mod weigh;

mod report;

#[cfg(test)]
mod tests;

use super::evidence::Evidence;
use super::fold::{at_start, folded};
use super::kinds::Kind;
use super::leaf::Leaf;
use super::proposal::Proposal;
use agency::Issuer;
use head::Head;
use names::Seen;
use report::Report;
use signing::Signing;
use subject::Subject;
use symbol::Symbol;
use weigh::Signs;

/// All that one reading of a paper gave.
#[derive(Debug, Default)]
struct Reading<'a> {
    leaf: Option<&'a Leaf>,
    head: Head,
    symbol: Option<Symbol>,
    issuer: Option<Issuer>,
    subject: Option<Subject>,
    addressed: bool,
    personal: bool,
    signing: Signing,
}

/// How many types are proposed.
const GUESSES: usize = 4;
/// A first page whose best type weighs less than this may be a slip or a cover before the paper.
const WEAK: f32 = 2.0;

/// The types that the evidence speaks for, best first; the first carries the fields.
pub fn propose(evidence: &Evidence) -> Vec<Proposal> {
    let seen = Seen::of(evidence.leaves().take(2));
    let mut best: Option<(Reading<'_>, Vec<(&'static Kind, f32)>)> = None;
    for leaf in evidence.leaves().take(3) {
        let reading = Reading::of(leaf, &seen);
        let weighed = reading.weighed();
        let weight = weighed.first().map_or(f32::MIN, |first| first.1);
        // A later page must be much plainer than the first: annexes and enclosures have heads as well.
        let better = best.as_ref().is_none_or(|(_, old)| {
            old.first()
                .is_none_or(|first| first.1 < WEAK && weight > first.1.max(0.0) + 3.0)
        });
        if better {
            best = Some((reading, weighed));
        }
        if best
            .as_ref()
            .is_some_and(|(_, weighed)| weighed.first().is_some_and(|first| first.1 >= WEAK))
        {
            break;
        }
    }
    let Some((mut reading, weighed)) = best else {
        return Vec::new();
    };
    reading.signing = signing::read(evidence);
    let kind = weighed.first().map(|first| first.0);
    let mut report = kind.map(|kind| Report::new(&reading, kind, evidence));
    weighed
        .into_iter()
        .take(GUESSES)
        .map(|(kind, score)| {
            let report = report.take();
            let (fields, flags) = report.map_or_else(Default::default, Report::into_parts);
            Proposal {
                code: kind.code.to_owned(),
                name: kind.name.to_owned(),
                score,
                fields,
                flags,
            }
        })
        .collect()
}

impl<'a> Reading<'a> {
    fn of(leaf: &'a Leaf, seen: &Seen) -> Self {
        let head = Head::of(leaf);
        let symbol = head
            .symbol
            .and_then(|at| head.left.get(at))
            .and_then(symbol::parse);
        let titled = head.title.as_ref().filter(|title| !title.in_text);
        let joint = titled.is_some_and(|title| title.kind.code == "TTLT")
            || symbol
                .as_ref()
                .is_some_and(|symbol| symbol.kind.is_some_and(|(kind, _)| kind.code == "TTLT"));
        let mut issuer = issuer(&head, leaf, seen, joint);
        let code = symbol.as_ref().and_then(|symbol| symbol.groups.first());
        if let Some((issuer, code)) = issuer.as_mut().zip(code) {
            issuer.settled_by(code);
        }
        let of_letter = subject::of_letter(&head, leaf);
        let subject = if titled.is_some() {
            subject::under_title(&head, leaf).or(of_letter)
        } else {
            of_letter
        };
        let addressed = head
            .below
            .iter()
            .take(40)
            .any(|row| at_start(&row.key(), "kinhgui").1 > 0.85);
        let personal = head.below.iter().take(12).any(|row| {
            let key = row.key();
            ["thanaigui", "thangui", "thanmengui", "nhandip"]
                .iter()
                .any(|start| at_start(&key, start).1 > 0.87)
                || super::fold::within(&key, "thanaigui").2 > 0.9
        });
        Self {
            leaf: Some(leaf),
            head,
            symbol,
            issuer,
            subject,
            addressed,
            personal,
            signing: Signing::default(),
        }
    }

    fn weighed(&self) -> Vec<(&'static Kind, f32)> {
        let agency = self
            .issuer
            .as_ref()
            .map(|issuer| folded(&issuer.name))
            .unwrap_or_default();
        weigh::weighed(&Signs {
            title: self.head.title.as_ref(),
            symbol: self.symbol.as_ref(),
            about: self
                .subject
                .as_ref()
                .is_some_and(|subject| subject.of_letter),
            addressed: self.addressed,
            personal: self.personal,
            headed: self.head.national > 0.0 || self.head.party > 0.0 || self.head.date.is_some(),
            agency: &agency,
        })
    }
}

/// The body named over the symbol.
fn issuer(head: &Head, leaf: &Leaf, seen: &Seen, joint: bool) -> Option<Issuer> {
    let end = match head.symbol {
        Some(at) => at,
        // Without a symbol the date's height ends it, and without a date the title.
        None => head
            .date
            .as_ref()
            .map(|date| date.row.middle() - 0.5 * leaf.em)
            .and_then(|floor| head.left.iter().position(|row| row.middle() > floor))
            .unwrap_or(head.left.len()),
    };
    agency::compose(head.left.get(..end)?, seen, joint)
}
