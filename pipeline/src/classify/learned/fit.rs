//! Fitting a model: logistic regression over all types at once, in a fixed order; the same papers give the same model.

use std::collections::BTreeMap;

use super::model::{Model, softmax};
use super::words::Words;

/// A paper whose type is known.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its words.
    pub words: Words,
    /// Code of its type.
    pub code: String,
}

/// What shapes the fit.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Rounds over all papers.
    pub rounds: u32,
    /// Step of the first round (Adagrad: Duchi, Hazan and Singer, JMLR 12, 2011).
    pub step: f32,
    /// How strongly weights are drawn back to where they began, each round.
    pub pull: f32,
    /// Features that are kept at most; those with the largest weights.
    pub features: usize,
    /// A feature must be in so many papers.
    pub papers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 12,
            step: 0.5,
            pull: 0.000_3,
            features: 6_000,
            papers: 3,
        }
    }
}

/// How often a model is right on papers it was not fitted to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    /// Papers.
    pub papers: usize,
    /// Right with the model fitted before.
    pub before: usize,
    /// Right with one fitted to the other papers.
    pub after: usize,
}

/// Fits a model to papers, from nothing or from where another stands.
pub fn fit(examples: &[Example], start: Option<&Model>, options: &Options) -> Model {
    Fit::new(examples, start, options).run(options)
}

/// Cross-validation: each paper is judged by a model that was fitted to papers of the other parts. Also gives the
/// temperature at which probabilities were right most often.
pub fn cross_validated(
    examples: &[Example],
    start: Option<&Model>,
    options: &Options,
) -> (Accuracy, f32) {
    let parts = PARTS.min(examples.len());
    let mut accuracy = Accuracy {
        papers: examples.len(),
        ..Accuracy::default()
    };
    let mut held: Vec<(Vec<f32>, usize)> = Vec::new();
    let parted = by_part(examples, parts);
    for part in 0..parts {
        let of = |inside: bool| -> Vec<Example> {
            examples
                .iter()
                .zip(&parted)
                .filter(|(_, own)| (**own == part) == inside)
                .map(|(example, _)| example.clone())
                .collect()
        };
        let (others, own) = (of(false), of(true));
        let model = fit(&others, start, options);
        for example in &own {
            let best = |model: &Model| {
                model
                    .guess(&example.words)
                    .first()
                    .map(|guess| guess.code.clone())
            };
            accuracy.after += usize::from(best(&model).as_ref() == Some(&example.code));
            let before = start.and_then(best);
            accuracy.before += usize::from(before.as_ref() == Some(&example.code));
            let index = model.codes.iter().position(|code| *code == example.code);
            if let (Some(scores), Some(index)) = (model.scores(&example.words), index) {
                held.push((scores, index));
            }
        }
    }
    (accuracy, temperature(&held))
}

/// The part of each paper: papers of a type are dealt out in turn.
fn by_part(examples: &[Example], parts: usize) -> Vec<usize> {
    let mut dealt: BTreeMap<&str, usize> = BTreeMap::new();
    examples
        .iter()
        .map(|example| {
            let next = dealt.entry(&example.code).or_default();
            let part = *next % parts.max(1);
            *next += 1;
            part
        })
        .collect()
}

/// The divisor of scores under which what held-out papers are was most probable.
fn temperature(held: &[(Vec<f32>, usize)]) -> f32 {
    let surprise = |temperature: f32| -> f64 {
        held.iter()
            .map(|(scores, index)| {
                let probability = softmax(scores, temperature)
                    .get(*index)
                    .copied()
                    .unwrap_or(0.0);
                -f64::from(probability.max(1e-6).ln())
            })
            .sum()
    };
    TEMPERATURES
        .into_iter()
        .min_by(|a, b| surprise(*a).total_cmp(&surprise(*b)))
        .unwrap_or(1.0)
}

/// Parts of the cross-validation.
const PARTS: usize = 5;
const TEMPERATURES: [f32; 9] = [0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6];

/// A fit under way.
struct Fit {
    codes: Vec<String>,
    features: Vec<u32>,
    /// Feature by feature, a weight for each type.
    weights: Vec<f32>,
    biases: Vec<f32>,
    /// Where weights are drawn back to.
    home: Vec<f32>,
    /// Features of each paper by index, and its type.
    papers: Vec<(Vec<usize>, usize)>,
    temperature: f32,
}

impl Fit {
    fn new(examples: &[Example], start: Option<&Model>, options: &Options) -> Self {
        let mut codes: Vec<String> = start.map(|model| model.codes.clone()).unwrap_or_default();
        let mut more: Vec<String> = examples
            .iter()
            .map(|example| example.code.clone())
            .collect();
        more.sort();
        more.dedup();
        more.retain(|code| !codes.contains(code));
        codes.extend(more);
        let features = vocabulary(examples, start, options);
        let count = codes.len();
        let mut weights = vec![0.0; features.len() * count];
        let mut biases = vec![0.0; count];
        if let Some(model) = start {
            // Types of the model come first, in its order.
            let known = model.codes.len();
            for (index, feature) in model.features.iter().enumerate() {
                let Ok(row) = features.binary_search(feature) else {
                    continue;
                };
                for (kind, scale) in model.scales.iter().enumerate() {
                    let weight = model
                        .weights
                        .get(index * known + kind)
                        .copied()
                        .unwrap_or(0);
                    if let Some(slot) = weights.get_mut(row * count + kind) {
                        *slot = f32::from(weight) * scale;
                    }
                }
            }
            for (slot, bias) in biases.iter_mut().zip(&model.biases) {
                *slot = *bias;
            }
        }
        let papers = examples
            .iter()
            .filter_map(|example| {
                let known = example
                    .words
                    .features
                    .iter()
                    .filter_map(|feature| features.binary_search(feature).ok())
                    .collect();
                Some((known, codes.iter().position(|code| *code == example.code)?))
            })
            .collect();
        Self {
            home: weights.clone(),
            codes,
            features,
            weights,
            biases,
            papers,
            temperature: start.map_or(1.0, |model| model.temperature),
        }
    }

    fn run(mut self, options: &Options) -> Model {
        let count = self.codes.len();
        let mut squares = vec![1e-3_f32; self.weights.len()];
        let mut bias_squares = vec![1e-3_f32; count];
        for round in 0..options.rounds {
            for index in order(self.papers.len(), round) {
                self.learn(index, options, &mut squares, &mut bias_squares);
            }
            for (weight, home) in self.weights.iter_mut().zip(&self.home) {
                *weight += (home - *weight) * (options.pull * 100.0).min(0.5);
            }
        }
        self.quantised(options)
    }

    /// One paper: weights of its words go towards its type.
    fn learn(
        &mut self,
        index: usize,
        options: &Options,
        squares: &mut [f32],
        bias_squares: &mut [f32],
    ) {
        let count = self.codes.len();
        let Some((features, kind)) = self.papers.get(index) else {
            return;
        };
        let share = 1.0 / (features.len().max(1) as f32).sqrt();
        let mut scores = self.biases.clone();
        for feature in features {
            let weights = self
                .weights
                .get(feature * count..(feature + 1) * count)
                .unwrap_or_default();
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight * share;
            }
        }
        let mut wrong = softmax(&scores, 1.0);
        if let Some(own) = wrong.get_mut(*kind) {
            *own -= 1.0;
        }
        for ((bias, square), wrong) in self.biases.iter_mut().zip(bias_squares).zip(&wrong) {
            *square += wrong * wrong;
            *bias -= 0.1 * options.step * wrong / square.sqrt();
        }
        for feature in features {
            let range = feature * count..(feature + 1) * count;
            let (Some(weights), Some(squares)) =
                (self.weights.get_mut(range.clone()), squares.get_mut(range))
            else {
                continue;
            };
            for ((weight, square), wrong) in weights.iter_mut().zip(squares).zip(&wrong) {
                let slope = wrong * share;
                *square += slope * slope;
                *weight -= options.step * slope / square.sqrt();
            }
        }
    }

    /// The features with the largest weights, in steps of each type's largest.
    fn quantised(self, options: &Options) -> Model {
        let count = self.codes.len();
        let row = |index: usize| {
            self.weights
                .get(index * count..(index + 1) * count)
                .unwrap_or_default()
        };
        let spread = |index: usize| {
            row(index)
                .iter()
                .fold(0.0_f32, |most, weight| most.max(weight.abs()))
        };
        let mut kept: Vec<usize> = (0..self.features.len()).collect();
        kept.sort_by(|a, b| spread(*b).total_cmp(&spread(*a)).then(a.cmp(b)));
        kept.truncate(options.features);
        kept.sort_unstable();
        let scales: Vec<f32> = (0..count)
            .map(|kind| {
                let most = kept
                    .iter()
                    .filter_map(|index| row(*index).get(kind))
                    .fold(0.0_f32, |most, weight| most.max(weight.abs()));
                (most / 127.0).max(1e-6)
            })
            .collect();
        let step =
            |(weight, scale): (&f32, &f32)| (weight / scale).round().clamp(-127.0, 127.0) as i8;
        Model {
            features: kept
                .iter()
                .filter_map(|index| self.features.get(*index).copied())
                .collect(),
            weights: kept
                .iter()
                .flat_map(|index| row(*index).iter().zip(&scales).map(step))
                .collect(),
            codes: self.codes,
            scales,
            biases: self.biases,
            temperature: self.temperature,
        }
    }
}

/// Features that enough papers have, and those of the model to begin with.
fn vocabulary(examples: &[Example], start: Option<&Model>, options: &Options) -> Vec<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for feature in examples.iter().flat_map(|example| &example.words.features) {
        *counts.entry(*feature).or_default() += 1;
    }
    let mut features: Vec<u32> = counts
        .into_iter()
        .filter(|(_, papers)| *papers >= options.papers)
        .map(|(feature, _)| feature)
        .collect();
    features.extend(start.into_iter().flat_map(|model| &model.features));
    features.sort_unstable();
    features.dedup();
    features
}

/// An order of papers, another each round, the same every time (a linear congruential generator of Knuth's).
fn order(count: usize, round: u32) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = 0x5eed_u64.wrapping_add(u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    for index in (1..count).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).unwrap_or(0) % (index + 1);
        order.swap(index, other);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Example> {
        let kinds = [
            ("QĐ", "QUYẾT ĐỊNH\nCăn cứ Luật\nĐiều thi hành"),
            ("TB", "THÔNG BÁO\nvề việc nghỉ\nNơi nhận"),
            ("don_de_nghi", "ĐƠN ĐỀ NGHỊ\nKính gửi\nTôi tên là"),
        ];
        (0..8)
            .flat_map(|index| {
                kinds.map(|(code, text)| Example {
                    words: Words::of_text(&format!("{text} chữ{index}\nvăn bản mẫu")),
                    code: code.to_owned(),
                })
            })
            .collect()
    }

    #[test]
    fn what_was_fitted_is_known_again_and_the_fit_is_the_same_every_time() {
        let model = fit(&examples(), None, &Options::default());
        assert_eq!(model, fit(&examples(), None, &Options::default()));
        let guess = model.guess(&Words::of_text("THÔNG BÁO\nvề việc họp"));
        assert_eq!(guess[0].code, "TB");
    }

    #[test]
    fn a_new_type_is_learned_without_forgetting_the_old() {
        let old = fit(&examples(), None, &Options::default());
        let more: Vec<Example> = (0..6)
            .map(|index| Example {
                words: Words::of_text(&format!("SỔ HỘ KHẨU\nchủ hộ số{index}\nvăn bản mẫu")),
                code: "so_ho_khau".to_owned(),
            })
            .collect();
        let model = fit(&more, Some(&old), &Options::default());
        let best = |text: &str| model.guess(&Words::of_text(text))[0].code.clone();
        assert_eq!(best("SỔ HỘ KHẨU\nchủ hộ"), "so_ho_khau");
        assert_eq!(best("THÔNG BÁO\nvề việc nghỉ\nNơi nhận"), "TB");
    }

    #[test]
    fn accuracy_is_judged_on_papers_left_out() {
        let (accuracy, temperature) = cross_validated(&examples(), None, &Options::default());
        assert_eq!((accuracy.papers, accuracy.before), (24, 0));
        assert_eq!(accuracy.after, 24);
        assert!(temperature > 0.0);
        // Types of one paper each cannot be known before they are seen.
        let odd: Vec<Example> = ["A", "B"]
            .map(|code| Example {
                words: Words::of_text("như nhau"),
                code: code.to_owned(),
            })
            .to_vec();
        assert_eq!(cross_validated(&odd, None, &Options::default()).0.after, 0);
    }
}
