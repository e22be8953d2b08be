//! What may stand in the place of a word: itself, and syllables that the engine nearly read.

use saoy_ocr::Nearly;

use super::letters::{marked_otherwise, small, vowel};
use super::model::{Model, Token};
use super::syllable::Syllable;
use super::text::Core;
use crate::document::Word;

/// One reading of a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    /// The word with its punctuation.
    pub(super) text: String,
    /// What the model counts for it.
    pub(super) token: Token,
    /// How much less likely than what was read, as far as the page goes: nats, weighted.
    pub(super) cost: f32,
}

/// The weight of the engine's word against the model's. The engine is far too sure of itself: what it puts 9 nats
/// behind is often right.
const ENGINE: f32 = 0.3;
/// How far behind a letter with another tone is that the engine did not name, nats, where it named no other.
const UNNAMED: f32 = 20.0;
/// How much farther behind than the last it named for the same letter, where it named some: each round of choices
/// brings the next best.
const AFTER_NAMED: f32 = 3.0;
/// How much farther behind a letter with another shape is, such as o for ô: marks of tone are lost more easily.
const OTHER_SHAPE: f32 = 3.0;
/// How much farther behind another letter is than another mark of the same letter.
const OTHER_LETTER: f32 = 6.0;
/// What any change costs besides.
const CHANGE: f32 = 0.7;
/// Choices of one word, what was read included.
const MOST: usize = 8;

/// The choices for a word, what was read first. A word that is no syllable and is near none has only that.
pub(super) fn choices(word: &Word, core: &Core<'_>, model: &Model<'_>) -> Vec<Choice> {
    let mut found = vec![Choice {
        text: word.text.clone(),
        token: core.token(model),
        cost: 0.0,
    }];
    let letters: Vec<char> = core.text.chars().collect();
    if letters.is_empty() || letters.len() > 7 || !letters.iter().all(|c| c.is_alphabetic()) {
        return found;
    }
    let single = substitutes(word, core, &letters);
    let mut add = |letters: &[char], cost: f32| {
        let text: String = letters.iter().collect();
        let Some(syllable) = Syllable::parse(&text) else {
            return;
        };
        let token = model.token(&syllable);
        if token == Token::RARE || found.iter().any(|choice| choice.token == token) {
            return;
        }
        let start: String = word.text.chars().take(core.skipped).collect();
        let end: String = word
            .text
            .chars()
            .skip(core.skipped + letters.len())
            .collect();
        found.push(Choice {
            text: format!("{start}{text}{end}"),
            token,
            cost: ENGINE * cost + CHANGE,
        });
    };
    let mut changed = letters.clone();
    for (at, letter, cost) in &single {
        let Some(place) = changed.get_mut(*at) else {
            continue;
        };
        let before = std::mem::replace(place, *letter);
        add(&changed, *cost);
        // A second letter, as far as the engine named it.
        for (other, second, more) in single.iter().filter(|s| s.0 > *at && s.2 < UNNAMED) {
            if let Some(place) = changed.get_mut(*other) {
                let before = std::mem::replace(place, *second);
                add(&changed, cost + more);
                if let Some(place) = changed.get_mut(*other) {
                    *place = before;
                }
            }
        }
        if let Some(place) = changed.get_mut(*at) {
            *place = before;
        }
    }
    if let Some((_, others)) = found.split_first_mut() {
        others.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    }
    found.truncate(MOST);
    found
}

/// Letters that may stand in the place of single letters of the core: place, letter, how far behind.
fn substitutes(word: &Word, core: &Core<'_>, letters: &[char]) -> Vec<(usize, char, f32)> {
    let mut found: Vec<(usize, char, f32)> = Vec::new();
    for &Nearly { at, letter, behind } in &word.nearly {
        let Some(at) = usize::from(at).checked_sub(core.skipped) else {
            continue;
        };
        let Some(read) = letters.get(at).filter(|_| letter.is_alphabetic()) else {
            continue;
        };
        let marks_only = marked_otherwise(*read).contains(&letter);
        found.push((
            at,
            letter,
            behind.max(0.0) + if marks_only { 0.0 } else { OTHER_LETTER },
        ));
    }
    let named = found.clone();
    for (at, letter) in letters.iter().enumerate() {
        let family = marked_otherwise(*letter);
        let last = named
            .iter()
            .filter(|(place, named, _)| *place == at && family.contains(named))
            .map(|(.., behind)| behind + AFTER_NAMED)
            .fold(0.0, f32::max);
        let behind = if last > 0.0 {
            last.min(UNNAMED)
        } else {
            UNNAMED
        };
        for other in family {
            if named
                .iter()
                .any(|(place, named, _)| *place == at && *named == other)
            {
                continue;
            }
            let same_shape = shape(other) == shape(*letter);
            found.push((
                at,
                other,
                behind + if same_shape { 0.0 } else { OTHER_SHAPE },
            ));
        }
    }
    found
}

/// A letter without case and tone.
fn shape(letter: char) -> char {
    let letter = small(letter);
    vowel(letter).map_or(letter, |(ground, _)| ground)
}
