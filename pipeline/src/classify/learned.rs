//! What words say of a type: a linear model over folded syllables, fitted to papers whose type is known.
//!
//! # Steps
//! 1. [`Words`] turns the text of a paper into a set of features: syllables and pairs of them, in the head, in lines of
//!    capitals, anywhere.
//! 2. [`Model`] weighs them for each type; one is built in, another may be handed in.
//! 3. [`fit`] makes a model, the same from the same papers every time.
//!
//! It knows no layout and reads no number; it speaks where the title is worn away.

use super::evidence::Evidence;
use super::leaf::Row;
use super::proposal::Proposal;

mod words;

mod model;

pub mod fit;

pub use model::{Guess, Model, ModelError};
pub use words::Words;

/// A model as options keep it: by its digest, so that options that differ in the model differ.
pub(super) fn by_digest<S: serde::Serializer>(
    model: &Option<std::sync::Arc<Model>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&model.as_ref().map(|model| model.digest()), serializer)
}

/// Pages whose words count.
pub const PAGES: usize = 2;

/// The features of a document as far as it was kept.
pub fn words_of(evidence: &Evidence) -> Words {
    Words::of(
        evidence
            .leaves()
            .take(PAGES)
            .map(|leaf| leaf.rows.iter().map(Row::text).collect::<Vec<_>>()),
    )
}

/// Adds what a model says to the weight of each proposal: the logarithm of how much more probable than chance it
/// finds the type, within bounds, since it sees words only.
pub(super) fn weigh(proposals: &mut [Proposal], evidence: &Evidence, model: &Model) {
    let guesses = model.guess(&words_of(evidence));
    let chance = 1.0 / guesses.len().max(1) as f32;
    for proposal in proposals {
        let guess = guesses.iter().find(|guess| guess.code == proposal.code);
        if let Some(guess) = guess {
            let surprise = (guess.probability.max(1e-6) / chance).ln();
            proposal.score += (SHARE * surprise).clamp(-AGAINST, FOR);
        }
    }
}

/// How much of the model's own weight counts.
const SHARE: f32 = 0.4;
/// Most that it adds.
const FOR: f32 = 1.6;
/// Most that it takes.
const AGAINST: f32 = 1.6;
