//! Guesses at what a document is, each with its weight and what it would say.

use std::collections::BTreeMap;

use crate::record::{Field, Flag, TypeRecord};

/// One guess.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// Type code, such as `QĐ`.
    pub code: String,
    /// Name in full, such as `Quyết định`.
    pub name: String,
    /// Weight of the evidence, in natural logarithms of odds against "nothing known"; 0 means as good as nothing.
    pub score: f32,
    /// What the document says if it is this; may be empty for guesses that are not the best of their maker.
    pub fields: BTreeMap<String, Field>,
    /// Findings if it is this.
    pub flags: Vec<Flag>,
}

/// The types with their probabilities, best first. Guesses that nothing speaks for are left out; what remains for
/// "nothing known" is their share.
pub(super) fn ranked(proposals: &[Proposal]) -> Vec<(usize, TypeRecord)> {
    let weight = |proposal: &Proposal| f64::from(proposal.score.clamp(-40.0, 40.0)).exp();
    let all = 1.0 + proposals.iter().map(weight).sum::<f64>();
    let mut ranked: Vec<(usize, TypeRecord)> = proposals
        .iter()
        .enumerate()
        .map(|(index, proposal)| {
            let confidence = crate::record::rounded((weight(proposal) / all) as f32, 1000.0);
            (
                index,
                TypeRecord {
                    code: proposal.code.clone(),
                    name: proposal.name.clone(),
                    confidence,
                },
            )
        })
        .collect();
    ranked.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(code: &str, score: f32) -> Proposal {
        Proposal {
            code: code.to_owned(),
            score,
            ..Proposal::default()
        }
    }

    #[test]
    fn a_lone_strong_guess_is_nearly_certain() {
        let ranked = ranked(&[guess("CV", 0.0), guess("QĐ", 7.0)]);
        assert_eq!(ranked[0].1.code, "QĐ");
        assert!(ranked[0].1.confidence > 0.99);
    }

    #[test]
    fn equal_guesses_share() {
        let ranked = ranked(&[guess("CV", 5.0), guess("QĐ", 5.0)]);
        assert!((ranked[0].1.confidence - ranked[1].1.confidence).abs() < 0.001);
        assert!(ranked[0].1.confidence < 0.5);
    }
}
