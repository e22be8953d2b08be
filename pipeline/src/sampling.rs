//! Quality control by samples: which documents a person is to look at, and what the looks say of the whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::correct::{Change, Correction};

/// Draws `share` (0 to 1, rounded up to whole documents) of `names` without repetition, in their order.
///
/// `dice` gives evenly spread numbers; the same numbers draw the same sample.
pub fn draw(names: &[String], share: f64, dice: &mut dyn FnMut() -> u64) -> Vec<String> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of documents are far below 2^52, and a share is not negative"
    )]
    let wanted = (names.len() as f64 * share.clamp(0.0, 1.0)).ceil() as usize;
    let mut order: Vec<usize> = (0..names.len()).collect();
    // The first steps of Fisher and Yates' shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P).
    for place in 0..wanted.min(order.len()) {
        let left = order.len() - place;
        let chosen = usize::try_from(dice() % left as u64).unwrap_or(0);
        order.swap(place, place + chosen);
    }
    let mut drawn: Vec<usize> = order.into_iter().take(wanted).collect();
    drawn.sort_unstable();
    drawn
        .into_iter()
        .filter_map(|index| names.get(index).cloned())
        .collect()
}

/// What people found in the documents they looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Findings {
    /// Documents made.
    pub documents: usize,
    /// Documents that a sample drew.
    pub sampled: usize,
    /// Sampled documents that a person has accepted, corrected or sent back.
    pub reviewed: usize,
    /// Reviewed documents that were right as they stood.
    pub right: usize,
    /// Reviewed documents that were put right.
    pub corrected: usize,
    /// Reviewed documents that went back to the scanner.
    pub sent_back: usize,
    /// Share of the reviewed documents with at least one error; null when none is reviewed.
    pub error_rate: Option<f64>,
    /// Where the error rate of all documents lies with 95 % certainty (Wilson 1927); null when none is reviewed.
    pub interval: Option<[f64; 2]>,
    /// How often each field (or `type`, `page`) was put right in the reviewed documents.
    pub by_field: BTreeMap<String, usize>,
}

/// Counts what was said of the sampled documents.
pub fn findings(
    documents: usize,
    sampled: &BTreeSet<String>,
    corrections: &BTreeMap<String, Vec<Correction>>,
) -> Findings {
    let mut found = Findings {
        documents,
        sampled: sampled.len(),
        ..Findings::default()
    };
    for name in sampled {
        let said = corrections.get(name).map(Vec::as_slice).unwrap_or_default();
        if said.is_empty() {
            continue;
        }
        found.reviewed += 1;
        let put_right: BTreeSet<String> = said.iter().filter_map(about).collect();
        let sent_back = matches!(
            said.iter()
                .rev()
                .find(|one| is_verdict(one))
                .map(|one| &one.change),
            Some(Change::SentBack { .. })
        );
        match (sent_back, put_right.is_empty()) {
            (true, _) => found.sent_back += 1,
            (false, true) => found.right += 1,
            (false, false) => found.corrected += 1,
        }
        for field in put_right {
            *found.by_field.entry(field).or_default() += 1;
        }
    }
    if found.reviewed > 0 {
        let wrong = found.reviewed - found.right;
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of documents are far below 2^52"
        )]
        let (wrong, reviewed) = (wrong as f64, found.reviewed as f64);
        found.error_rate = Some(wrong / reviewed);
        found.interval = Some(wilson(wrong, reviewed));
    }
    found
}

fn is_verdict(correction: &Correction) -> bool {
    matches!(
        correction.change,
        Change::Accepted | Change::SentBack { .. }
    )
}

/// What a correction put right, when it did.
fn about(correction: &Correction) -> Option<String> {
    match &correction.change {
        Change::Field { name, .. } => Some(name.clone()),
        Change::Type { .. } => Some("type".to_owned()),
        change if change.is_of_pages() => Some("page".to_owned()),
        Change::TookIn { .. } | Change::WentInto { .. } => Some("page".to_owned()),
        _ => None,
    }
}

/// Wilson's interval for a share seen in `count` draws, at 95 % (E. B. Wilson, JASA 22, 1927).
fn wilson(hits: f64, count: f64) -> [f64; 2] {
    /// The normal quantile of 97.5 %.
    const Z: f64 = 1.959_964;
    let share = hits / count;
    let square = Z * Z / count;
    let centre = (share + square / 2.0) / (1.0 + square);
    let half = Z * (share * (1.0 - share) / count + square / (4.0 * count)).sqrt() / (1.0 + square);
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("d{index:02}")).collect()
    }

    /// Marsaglia's xorshift, for tests.
    fn dice(mut state: u64) -> impl FnMut() -> u64 {
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        }
    }

    #[test]
    fn a_sample_has_its_share_no_double_and_depends_on_the_dice_only() {
        let names = names(10);
        let drawn = draw(&names, 0.3, &mut dice(7));
        assert_eq!(drawn.len(), 3);
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(drawn, draw(&names, 0.3, &mut dice(7)));
        assert!((1..40).any(|seed| draw(&names, 0.3, &mut dice(seed)) != drawn));
        assert_eq!(draw(&names, 1.0, &mut dice(7)), names);
        assert_eq!(draw(&names[..1], 0.3, &mut dice(7)).len(), 1);
        assert!(draw(&[], 0.3, &mut dice(7)).is_empty());
        // Every document comes up about as often as any other.
        let mut often = BTreeMap::new();
        let mut dice = dice(99);
        for _ in 0..3000 {
            for name in draw(&names, 0.3, &mut dice) {
                *often.entry(name).or_insert(0) += 1;
            }
        }
        assert!(
            often.values().all(|count| (780..1020).contains(count)),
            "{often:?}"
        );
    }

    #[test]
    fn the_error_rate_is_that_of_the_documents_people_looked_at() {
        let said = |change| Correction {
            change,
            by: "lan".into(),
            at: String::new(),
        };
        let wrong_number = || {
            said(Change::Field {
                name: "number_symbol".into(),
                value: None,
            })
        };
        let corrections = BTreeMap::from([
            (
                "d00".to_owned(),
                vec![
                    said(Change::Confirmed {
                        name: "place".into(),
                        value: Some("Huế".into()),
                    }),
                    said(Change::Accepted),
                ],
            ),
            (
                "d01".to_owned(),
                vec![wrong_number(), wrong_number(), said(Change::Accepted)],
            ),
            (
                "d02".to_owned(),
                vec![said(Change::SentBack {
                    reason: "mờ".into(),
                })],
            ),
            // Never drawn: it says nothing about the rest.
            ("d09".to_owned(), vec![wrong_number()]),
        ]);
        let sampled = names(4).into_iter().collect();
        let found = findings(10, &sampled, &corrections);
        assert_eq!((found.sampled, found.reviewed, found.right), (4, 3, 1));
        assert_eq!((found.corrected, found.sent_back), (1, 1));
        assert_eq!(
            found.by_field,
            BTreeMap::from([("number_symbol".to_owned(), 1)])
        );
        assert!((found.error_rate.unwrap() - 2.0 / 3.0).abs() < 1e-9);
        // Newcombe 1998, table I, gives 0.6548 for 81 of 263 by this method at its lower end 0.2553, 0.3662.
        let [low, high] = wilson(81.0, 263.0);
        assert!(
            (low - 0.2553).abs() < 5e-4 && (high - 0.3662).abs() < 5e-4,
            "{low} {high}"
        );
    }
}
