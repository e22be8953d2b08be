//! From the guesses of all who looked to one answer.

use std::collections::BTreeMap;

use super::calibrated::{self, Side};
use super::evidence::Evidence;
use super::fold::within;
use super::learned::{self, Model};
use super::proposal::{Proposal, ranked};
use super::{Classified, Options, administrative, citizen, kinds, stamped};
use crate::record::{Field, Flag};

/// A type less probable than this is not named.
const LEAST: f32 = 0.3;
/// Second guesses are named from here on.
const SECOND: f32 = 0.005;
/// How many second guesses are named.
const SECONDS: usize = 3;

/// Weighs everything.
pub(super) fn conclude(evidence: &Evidence, options: &Options, calibrate: bool) -> Classified {
    let mut proposals = administrative::propose(evidence);
    let offices = proposals.len();
    proposals.extend(citizen::propose(evidence));
    let model = options.model.as_deref().unwrap_or_else(|| Model::builtin());
    learned::weigh(&mut proposals, evidence, model);
    let mut ranked = ranked(&proposals).into_iter();
    let mut answer = Classified {
        flags: evidence.flags().to_vec(),
        ..Classified::default()
    };
    let legible = legible(evidence);
    if let Some((index, mut kind)) = ranked.next() {
        kind.confidence = kind.confidence.min(legible);
        let named = kind.confidence >= LEAST;
        let Proposal { fields, flags, .. } = proposals.swap_remove(index);
        // Of a paper of no known type nothing is said but what holds for every document.
        if named {
            answer.fields = fields;
            answer.flags.extend(flags);
            if calibrate {
                let side = if index < offices {
                    Side::Office
                } else {
                    Side::Citizen
                };
                calibrated::settle(side, &mut answer.fields, &mut answer.flags);
            }
            answer.kind = Some(kind);
        } else if kind.confidence >= SECOND {
            answer.alternatives.push(kind);
        }
    }
    answer.alternatives.extend(
        ranked
            .map(|(_, kind)| kind)
            .filter(|kind| kind.confidence >= SECOND),
    );
    answer.alternatives.truncate(SECONDS);
    copies(evidence, &mut answer.flags);
    stamped::file(evidence, &mut answer.fields, &mut answer.flags);
    settle(evidence, &mut answer);
    answer
}

/// How sure a type can be at all: words that the engine hardly read are no evidence, whatever they resemble.
fn legible(evidence: &Evidence) -> f32 {
    let Some(leaf) = evidence.leaves().next() else {
        return 1.0;
    };
    let sure: Vec<f32> = leaf
        .rows
        .iter()
        .flat_map(|row| &row.tokens)
        .filter(|token| !token.key.is_empty())
        .map(|token| token.confidence)
        .collect();
    let mean = sure.iter().sum::<f32>() / sure.len().max(1) as f32;
    if sure.is_empty() || mean > LEGIBLE {
        1.0
    } else {
        crate::record::rounded((mean / LEGIBLE).powi(2), 1000.0)
    }
}

/// Mean certainty of the words of a first page that can be read. Scans of good print have 0.9 and more, worn copies 0.8,
/// what is too coarse to read 0.6.
const LEGIBLE: f32 = 0.7;

/// What circular 01/2023/TT-VPCP, article 9, asks of every document, and its extent.
fn settle(evidence: &Evidence, answer: &mut Classified) {
    let fields: &mut BTreeMap<String, Field> = &mut answer.fields;
    if let Some(kind) = &answer.kind {
        let number = kinds::by_code(&kind.code).and_then(|known| known.number);
        let field = Field {
            value: Some(number.unwrap_or(&kind.code).to_owned()),
            confidence: kind.confidence,
            ..Field::default()
        };
        fields.entry("type_code".to_owned()).or_insert(field);
    }
    for name in ["type_code", "owner_number", "validity", "scope"] {
        fields.entry(name.to_owned()).or_default();
    }
    let pages = Field {
        value: Some(evidence.pages().to_string()),
        confidence: 1.0,
        ..Field::default()
    };
    fields.insert("page_count".to_owned(), pages);
}

/// Marks of copies: they say how the paper came about, not what it is (decree 30/2020, article 25; decree 23/2015).
fn copies(evidence: &Evidence, flags: &mut Vec<Flag>) {
    let mut add = |code: &str, page: u32| {
        if flags.iter().all(|flag| flag.code != code) {
            flags.push(Flag::new(code).on_page(page));
        }
    };
    for leaf in evidence.leaves() {
        for row in &leaf.rows {
            let key = row.key();
            if matches!(
                key.as_str(),
                "saoy" | "saoluc" | "trichsao" | "saoybanchinh"
            ) && row.capitals() > 0.8
            {
                add("is_sao_y", leaf.number);
            }
            let certified =
                key.len() >= 24 && within(&key, "chungthucbansaodungvoibanchinh").2 > 0.85;
            if certified {
                add("is_certified_copy", leaf.number);
            }
        }
    }
}
