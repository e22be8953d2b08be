//! What is known of Vietnamese: among what the engine read and nearly read, the words that make sense.
//!
//! # Steps
//! 0. A word that is no syllable, but two known beside each other, is parted.
//! 1. A word that could be a syllable is a choice between what was read and what was nearly read there, as far as
//!    that is a syllable ([`Syllable`]).
//! 2. The likeliest way through all choices of a stretch of text is found, by how far each was behind for the
//!    engine and how likely it is after the two words before it ([`Model`]).
//! 3. A word is changed only when it makes the whole likelier by a margin. Names, numbers, codes and foreign words
//!    never are.

pub use model::{MAGIC, Model, STEPS, Token};
pub use syllable::Syllable;
pub use text::Core;

mod letters;

mod syllable;

mod text;

mod model;

mod choices;

mod names;

mod path;

mod joined;

use crate::document::Line;

/// Chooses among what the engine read and nearly read in `lines`, which are in reading order.
pub fn choose(lines: &mut [Line]) {
    if let Some(model) = Model::built_in() {
        joined::part(lines, model);
        path::choose(lines, model);
    }
}
