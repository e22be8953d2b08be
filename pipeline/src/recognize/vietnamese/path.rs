//! The likeliest way through the choices of a text (Viterbi 1967), and where it leaves what was read.

use super::choices::{Choice, choices};
use super::model::{Model, Token};
use super::names::{Leave, leave};
use super::syllable::Syllable;
use super::text::Core;
use crate::document::Line;

/// A changed word must make the text likelier by so much, nats.
const MARGIN: f32 = 1.25;
/// So much when what was read is no syllable at all.
const MARGIN_IMPOSSIBLE: f32 = 0.5;
/// So much when it is not known beside its neighbours: it is then merely the more frequent word.
const MARGIN_UNKNOWN: f32 = 2.5;
/// So much within a run of words with large first letters.
const MARGIN_TITLE: f32 = 3.5;

/// A place in the text: a word, or a boundary between clauses, which has one choice and no word.
struct Place {
    word: Option<(usize, usize)>,
    leave: Leave,
    choices: Vec<Choice>,
}

/// Puts the likeliest choices into `lines`.
pub(super) fn choose(lines: &mut [Line], model: &Model<'_>) {
    let places = places(lines, model);
    let best = Lattice {
        places: &places,
        model,
    }
    .best();
    for (place, choice) in places.iter().zip(best) {
        let found = place.word.zip(choice).and_then(|((line, word), choice)| {
            Some((
                lines.get_mut(line)?.words.get_mut(word)?,
                place.choices.get(choice)?,
            ))
        });
        if let Some((word, choice)) = found {
            word.rewrite(choice.text.clone());
        }
    }
}

fn places(lines: &[Line], model: &Model<'_>) -> Vec<Place> {
    let between = |token| Place {
        word: None,
        leave: Leave::Never,
        choices: vec![Choice {
            text: String::new(),
            token,
            cost: 0.0,
        }],
    };
    let boundary = || between(Token::BOUNDARY);
    let mut places = vec![boundary(), boundary()];
    let mut block = None;
    for (at, line) in lines.iter().enumerate() {
        if block.replace(line.block) != Some(line.block) {
            places.push(boundary());
        }
        for (index, (word, leave)) in line.words.iter().zip(leave(line)).enumerate() {
            let core = Core::of(&word.text);
            if core.opens {
                places.push(boundary());
            }
            if core.text.is_empty() {
                continue;
            }
            let mut choices = choices(word, &core, model);
            if leave == Leave::Never {
                choices.truncate(1);
            }
            places.push(Place {
                word: Some((at, index)),
                leave,
                choices,
            });
            places.extend(core.closes.map(between));
        }
    }
    places.push(boundary());
    places.push(boundary());
    places
}

struct Lattice<'a> {
    places: &'a [Place],
    model: &'a Model<'a>,
}

impl Lattice<'_> {
    /// For each place the choice to make, `None` where what was read stays.
    fn best(&self) -> Vec<Option<usize>> {
        let forward = self.forward();
        let backward = self.backward();
        (0..self.places.len())
            .map(|at| self.decided(at, forward.get(at)?, backward.get(at)?))
            .collect()
    }

    /// Least costs of all ways that take a choice, compared with those that take what was read.
    fn decided(&self, at: usize, forward: &[f32], backward: &[f32]) -> Option<usize> {
        let place = self.places.get(at)?;
        let count = place.choices.len();
        if count < 2 {
            return None;
        }
        let mut least = vec![f32::MAX; count];
        for (index, (to, from)) in forward.iter().zip(backward).enumerate() {
            if let Some(least) = least.get_mut(index % count) {
                *least = least.min(to + from);
            }
        }
        let read = *least.first()?;
        let (best, cost) = least
            .iter()
            .enumerate()
            .skip(1)
            .min_by(|a, b| a.1.total_cmp(b.1))?;
        let choice = place.choices.get(best)?;
        let possible = place
            .choices
            .first()
            .is_some_and(|read| Syllable::parse(Core::of(&read.text).text).is_some());
        let margin = match (place.leave, possible) {
            (Leave::Known, _) if !self.is_known(at, choice.token) => return None,
            (Leave::Known, _) => MARGIN_TITLE,
            (_, true) if !self.is_known(at, choice.token) => MARGIN_UNKNOWN,
            (_, true) => MARGIN,
            (_, false) => MARGIN_IMPOSSIBLE,
        };
        (read - cost > margin).then_some(best)
    }

    /// Whether the model has seen `token` beside a choice of one of its neighbours.
    fn is_known(&self, at: usize, token: Token) -> bool {
        let beside = |at: Option<usize>| {
            at.map_or(&[][..], |at| self.choices(at))
                .iter()
                .map(|choice| choice.token)
                .filter(|token| token.0 >= Token::SPECIAL)
        };
        beside(at.checked_sub(1)).any(|before| self.model.knows_pair(before, token))
            || beside(Some(at + 1)).any(|after| self.model.knows_pair(token, after))
    }

    fn choices(&self, at: usize) -> &[Choice] {
        self.places.get(at).map_or(&[], |place| &place.choices)
    }

    /// For each place and each pair of choices, of the place before it and its own: the least cost of getting
    /// there. Pairs are numbered by the earlier choice, then the later.
    fn forward(&self) -> Vec<Vec<f32>> {
        let mut all: Vec<Vec<f32>> = Vec::with_capacity(self.places.len());
        for at in 0..self.places.len() {
            let (before, own) = (self.before(at, 1), self.choices(at));
            let mut costs = Vec::with_capacity(before.len() * own.len());
            for (b, middle) in before.iter().enumerate() {
                for choice in own {
                    let cost = match all.last() {
                        None => 0.0,
                        Some(last) => self
                            .before(at, 2)
                            .iter()
                            .enumerate()
                            .map(|(a, first)| {
                                let so_far = last.get(a * before.len() + b).copied();
                                so_far.unwrap_or(0.0)
                                    + self.model.cost(first.token, middle.token, choice.token)
                            })
                            .fold(f32::MAX, f32::min),
                    };
                    costs.push(cost + choice.cost);
                }
            }
            all.push(costs);
        }
        all
    }

    /// For each place and pair as above: the least cost of going on from there to the end.
    fn backward(&self) -> Vec<Vec<f32>> {
        let mut all: Vec<Vec<f32>> = vec![Vec::new(); self.places.len()];
        for at in (0..self.places.len()).rev() {
            let (before, own) = (self.before(at, 1), self.choices(at));
            let next = self.choices(at + 1);
            let after = all.get(at + 1).cloned().unwrap_or_default();
            let mut costs = Vec::with_capacity(before.len() * own.len());
            for middle in before {
                for (b, choice) in own.iter().enumerate() {
                    let on = next.iter().enumerate().map(|(c, third)| {
                        self.model.cost(middle.token, choice.token, third.token)
                            + third.cost
                            + after.get(b * next.len() + c).copied().unwrap_or(0.0)
                    });
                    let cost = on.fold(f32::MAX, f32::min);
                    costs.push(if next.is_empty() { 0.0 } else { cost });
                }
            }
            if let Some(place) = all.get_mut(at) {
                *place = costs;
            }
        }
        all
    }

    /// Choices of the place `steps` before `at`; before the first stand boundaries.
    fn before(&self, at: usize, steps: usize) -> &[Choice] {
        match at.checked_sub(steps) {
            Some(before) => self.choices(before),
            None => self.choices(0),
        }
    }
}

#[cfg(test)]
mod tests;
