//! A fitted model: types, features, a weight for each pair; how it is kept and what it guesses.

use std::io::{Read, Write};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use ring::digest::{SHA256, digest};

use super::words::Words;

/// A linear model with a soft maximum over types.
#[derive(Clone, PartialEq)]
pub struct Model {
    pub(super) codes: Vec<String>,
    /// Hashes, sorted.
    pub(super) features: Vec<u32>,
    /// For each feature a weight for each type, in steps of the type's scale.
    pub(super) weights: Vec<i8>,
    pub(super) scales: Vec<f32>,
    pub(super) biases: Vec<f32>,
    /// What scores are divided by, so that probabilities are as often right as they say.
    pub(super) temperature: f32,
}

/// A type with its probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// Code of the type.
    pub code: String,
    /// 0 to 1; all guesses together make 1.
    pub probability: f32,
}

/// Why bytes are no model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// They do not begin as a model of this version does.
    #[error("not a model of types, or of another version")]
    Foreign,
    /// They end too soon, or hold more than a model may.
    #[error("the model of types is damaged")]
    Damaged,
}

static BUILTIN: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_bytes!("builtin.bin")).unwrap_or_default());

impl Default for Model {
    /// A model that knows nothing.
    fn default() -> Self {
        Self {
            codes: Vec::new(),
            features: Vec::new(),
            weights: Vec::new(),
            scales: Vec::new(),
            biases: Vec::new(),
            temperature: 1.0,
        }
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("types", &self.codes.len())
            .field("features", &self.features.len())
            .field("digest", &self.digest())
            .finish()
    }
}

impl Model {
    /// The model that comes with the program: fitted to made papers.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The types it knows.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The same with another temperature.
    #[must_use]
    pub fn at_temperature(mut self, temperature: f32) -> Self {
        self.temperature = temperature;
        self
    }

    /// SHA-256 of its bytes, hexadecimal.
    pub fn digest(&self) -> String {
        digest(&SHA256, &self.plain_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// All types with their probabilities, best first; nothing when none of the words is known.
    pub fn guess(&self, words: &Words) -> Vec<Guess> {
        let Some(scores) = self.scores(words) else {
            return Vec::new();
        };
        let mut guesses: Vec<Guess> = self
            .codes
            .iter()
            .zip(softmax(&scores, self.temperature))
            .map(|(code, probability)| Guess {
                code: code.clone(),
                probability,
            })
            .collect();
        guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        guesses
    }

    /// What each type scores; `None` when none of the words is known.
    pub(super) fn scores(&self, words: &Words) -> Option<Vec<f32>> {
        let count = self.codes.len();
        let mut sums = vec![0_i32; count];
        let mut known = 0_u16;
        for feature in &words.features {
            let Ok(index) = self.features.binary_search(feature) else {
                continue;
            };
            known = known.saturating_add(1);
            let weights = self
                .weights
                .get(index * count..(index + 1) * count)
                .unwrap_or_default();
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*weight);
            }
        }
        // Longer papers have more words; each then says less.
        let share = 1.0 / f32::from(known.max(1)).sqrt();
        let score = |((sum, scale), bias): ((&i32, &f32), &f32)| *sum as f32 * scale * share + bias;
        (known > 0).then(|| {
            sums.iter()
                .zip(&self.scales)
                .zip(&self.biases)
                .map(score)
                .collect()
        })
    }

    /// The bytes of a file: [`MAGIC`], then a zlib stream.
    ///
    /// # Errors
    /// None but those of memory.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut encoder = ZlibEncoder::new(MAGIC.to_vec(), Compression::best());
        encoder.write_all(&self.plain_bytes())?;
        encoder.finish()
    }

    fn plain_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let length = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
        bytes.extend(length(self.codes.len()));
        for code in &self.codes {
            bytes.push(u8::try_from(code.len()).unwrap_or(u8::MAX));
            bytes.extend(code.bytes().take(usize::from(u8::MAX)));
        }
        let numbers = self
            .biases
            .iter()
            .chain(&self.scales)
            .chain([&self.temperature]);
        bytes.extend(numbers.flat_map(|number| number.to_le_bytes()));
        bytes.extend(length(self.features.len()));
        bytes.extend(
            self.features
                .iter()
                .flat_map(|feature| feature.to_le_bytes()),
        );
        bytes.extend(self.weights.iter().flat_map(|weight| weight.to_le_bytes()));
        bytes
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// When they are not those of a model of this version, whole.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let packed = bytes
            .strip_prefix(MAGIC.as_slice())
            .ok_or(ModelError::Foreign)?;
        let mut plain = Vec::new();
        ZlibDecoder::new(packed)
            .take(LARGEST)
            .read_to_end(&mut plain)
            .map_err(|_| ModelError::Damaged)?;
        let mut rest = Bytes(&plain);
        let count = rest.length(MOST_TYPES)?;
        let codes: Vec<String> = (0..count).map(|_| rest.text()).collect::<Result<_, _>>()?;
        let biases = rest.floats(count)?;
        let scales = rest.floats(count)?;
        let temperature = rest.floats(1)?.first().copied().unwrap_or(1.0);
        let known = rest.length(MOST_FEATURES)?;
        let features: Vec<u32> = (0..known)
            .map(|_| rest.four().map(u32::from_le_bytes))
            .collect::<Result<_, _>>()?;
        let weights: Vec<i8> = rest
            .take(known.saturating_mul(count))?
            .iter()
            .map(|byte| i8::from_le_bytes([*byte]))
            .collect();
        let sorted = features.windows(2).all(|pair| pair.first() < pair.last());
        if !rest.0.is_empty() || !sorted || !(0.01..=100.0).contains(&temperature) {
            return Err(ModelError::Damaged);
        }
        Ok(Self {
            codes,
            features,
            weights,
            scales,
            biases,
            temperature,
        })
    }
}

/// Probabilities of scores.
pub(super) fn softmax(scores: &[f32], temperature: f32) -> Vec<f32> {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let parts: Vec<f32> = scores
        .iter()
        .map(|score| ((score - top) / temperature).exp())
        .collect();
    let sum: f32 = parts.iter().sum();
    parts.iter().map(|part| part / sum).collect()
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ModelError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn four(&mut self) -> Result<[u8; 4], ModelError> {
        self.take(4)?.try_into().map_err(|_| ModelError::Damaged)
    }

    fn length(&mut self, most: usize) -> Result<usize, ModelError> {
        let count =
            usize::try_from(u32::from_le_bytes(self.four()?)).map_err(|_| ModelError::Damaged)?;
        if count > most {
            Err(ModelError::Damaged)
        } else {
            Ok(count)
        }
    }

    fn text(&mut self) -> Result<String, ModelError> {
        let length = self.take(1)?.first().copied().unwrap_or(0);
        let bytes = self.take(usize::from(length))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| ModelError::Damaged)
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let floats: Vec<f32> = (0..count)
            .map(|_| self.four().map(f32::from_le_bytes))
            .collect::<Result<_, _>>()?;
        if floats.iter().all(|float| float.is_finite()) {
            Ok(floats)
        } else {
            Err(ModelError::Damaged)
        }
    }
}

/// How a file begins: name and version.
const MAGIC: [u8; 12] = *b"SAOY-TYPES/1";
/// More types than there are anywhere.
const MOST_TYPES: usize = 1_000;
/// More features than fitting keeps.
const MOST_FEATURES: usize = 50_000;
/// Bytes of the largest model, unpacked.
const LARGEST: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let words = Words::of_text("giấy khai sinh");
        let features = words.features;
        let weights = features.iter().flat_map(|_| [100, -100]).collect();
        Model {
            codes: vec!["giay_khai_sinh".to_owned(), "QĐ".to_owned()],
            features,
            weights,
            scales: vec![0.01, 0.01],
            biases: vec![0.0, 0.5],
            temperature: 1.0,
        }
    }

    #[test]
    fn bytes_and_back() {
        let model = model();
        let bytes = model.bytes().unwrap();
        assert_eq!(Model::read(&bytes).unwrap(), model);
        assert!(matches!(Model::read(b"x"), Err(ModelError::Foreign)));
        for cut in MAGIC.len()..bytes.len() {
            assert!(Model::read(&bytes[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn guesses_are_probabilities() {
        let guesses = model().guess(&Words::of_text("GIAY KHAI SINH"));
        assert_eq!(guesses[0].code, "giay_khai_sinh");
        assert!(guesses[0].probability > 0.9);
        assert!((guesses.iter().map(|guess| guess.probability).sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(model().guess(&Words::of_text("xyz")).is_empty());
    }

    #[test]
    fn the_model_that_is_built_in_is_whole() {
        let model = Model::read(include_bytes!("builtin.bin")).unwrap();
        assert!(model.codes().iter().any(|code| code == "giay_khai_sinh"));
        assert!(model.codes().iter().any(|code| code == "QĐ"));
    }
}
