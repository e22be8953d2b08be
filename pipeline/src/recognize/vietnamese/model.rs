//! How likely a syllable is after two others: a small trigram model, looked up in its bytes as they are stored.
//!
//! # Layout
//! All numbers least significant byte first. Costs are -ln of probabilities in steps of 1/12, one byte.
//!
//! 1. [`MAGIC`], then how many syllables, pairs and triples there are, four bytes each.
//! 2. The syllables, each a length byte and its [`key`](super::syllable::Syllable::key), sorted.
//! 3. For each token (the special ones first, then the syllables): its cost and its back-off cost.
//! 4. For each token: where its pairs begin, four bytes each; one more at the end.
//! 5. The pairs, sorted by first and second token: the second (two bytes), cost, back-off cost.
//! 6. The triples, sorted: number of the pair (three bytes), third token (two bytes), cost.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::syllable::Syllable;

/// First bytes of a model.
pub const MAGIC: &[u8; 8] = b"saoyvi\x00\x01";

/// Steps of a cost in one nat.
pub const STEPS: f32 = 12.0;

/// What the model counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u16);

impl Token {
    /// Between sentences and clauses.
    pub const BOUNDARY: Self = Self(0);
    /// A number, a code, a foreign word.
    pub const OTHER: Self = Self(1);
    /// A syllable that the training text does not have.
    pub const RARE: Self = Self(2);
    /// Between the members of a clause.
    pub const COMMA: Self = Self(3);
    /// Tokens before the first syllable.
    pub const SPECIAL: u16 = 4;
}

/// A model in memory.
#[derive(Debug)]
pub struct Model<'a> {
    names: HashMap<&'a str, Token>,
    singles: &'a [u8],
    begins: &'a [u8],
    pairs: &'a [u8],
    triples: &'a [u8],
}

/// Bytes of a pair and of a triple.
const PAIR: usize = 4;
const TRIPLE: usize = 6;

impl Model<'static> {
    /// The model that the program carries.
    pub fn built_in() -> Option<&'static Self> {
        static MODEL: OnceLock<Option<Model<'static>>> = OnceLock::new();
        MODEL
            .get_or_init(|| Model::parse(include_bytes!("model.bin")))
            .as_ref()
    }
}

impl<'a> Model<'a> {
    /// Takes a stored model; `None` when the bytes are none.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut count = || {
            let (head, tail) = rest.split_first_chunk::<4>()?;
            rest = tail;
            usize::try_from(u32::from_le_bytes(*head)).ok()
        };
        let (syllables, pairs, triples) = (count()?, count()?, count()?);
        let mut names = HashMap::with_capacity(syllables);
        for index in 0..syllables {
            let (length, tail) = rest.split_first()?;
            let (name, tail) = tail.split_at_checked(usize::from(*length))?;
            let number = Token::SPECIAL.checked_add(u16::try_from(index).ok()?)?;
            names.insert(std::str::from_utf8(name).ok()?, Token(number));
            rest = tail;
        }
        let tokens = syllables + usize::from(Token::SPECIAL);
        let mut take = |count: usize, size: usize| {
            let (part, tail) = rest.split_at_checked(count.checked_mul(size)?)?;
            rest = tail;
            Some(part)
        };
        let model = Self {
            names,
            singles: take(tokens, 2)?,
            begins: take(tokens + 1, 4)?,
            pairs: take(pairs, PAIR)?,
            triples: take(triples, TRIPLE)?,
        };
        rest.is_empty().then_some(model)
    }

    /// The token of a syllable.
    pub fn token(&self, syllable: &Syllable) -> Token {
        self.names
            .get(syllable.key().as_str())
            .copied()
            .unwrap_or(Token::RARE)
    }

    /// Cost of `third` after `first` and `second`: -ln of its probability.
    pub fn cost(&self, first: Token, second: Token, third: Token) -> f32 {
        let Some(before) = self.pair(first, second) else {
            return self.pair_cost(second, third);
        };
        match self.triple(before, third) {
            Some(cost) => cost,
            None => self.pair_part(before, 3) + self.pair_cost(second, third),
        }
    }

    /// Cost of `second` after `first`.
    pub fn pair_cost(&self, first: Token, second: Token) -> f32 {
        match self.pair(first, second) {
            Some(pair) => self.pair_part(pair, 2),
            None => self.single_part(first, 1) + self.single_part(second, 0),
        }
    }

    /// Whether the training text has the two side by side.
    pub fn knows_pair(&self, first: Token, second: Token) -> bool {
        self.pair(first, second).is_some()
    }

    /// The number of a pair.
    fn pair(&self, first: Token, second: Token) -> Option<usize> {
        let begin = |token: usize| {
            let bytes = self.begins.get(token * 4..token * 4 + 4)?;
            usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
        };
        let (mut low, mut high) = (begin(first.0.into())?, begin(usize::from(first.0) + 1)?);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.pairs.get(middle * PAIR..middle * PAIR + 2)?;
            let found = u16::from_le_bytes(entry.try_into().ok()?);
            match found.cmp(&second.0) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    fn triple(&self, pair: usize, third: Token) -> Option<f32> {
        let wanted = (pair, third.0);
        let (mut low, mut high) = (0, self.triples.len() / TRIPLE);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.triples.get(middle * TRIPLE..(middle + 1) * TRIPLE)?;
            let &[a, b, c, d, e, cost] = entry else {
                return None;
            };
            let number = u32::from_le_bytes([a, b, c, 0]) as usize;
            match (number, u16::from_le_bytes([d, e])).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(f32::from(cost) / STEPS),
            }
        }
        None
    }

    fn pair_part(&self, pair: usize, part: usize) -> f32 {
        let cost = self.pairs.get(pair * PAIR + part).copied();
        f32::from(cost.unwrap_or(u8::MAX)) / STEPS
    }

    fn single_part(&self, token: Token, part: usize) -> f32 {
        let cost = self.singles.get(usize::from(token.0) * 2 + part).copied();
        f32::from(cost.unwrap_or(u8::MAX)) / STEPS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(model: &Model<'_>, text: &str) -> Vec<Token> {
        text.split(' ')
            .map(|word| model.token(&Syllable::parse(word).unwrap()))
            .collect()
    }

    #[test]
    fn the_built_in_model_is_small_and_knows_what_papers_say() {
        assert!(include_bytes!("model.bin").len() < 1_000_000);
        let model = Model::built_in().unwrap();
        let cost = |text: &str| match *tokens(model, text) {
            [a, b, c] => model.cost(a, b, c),
            _ => f32::NAN,
        };
        assert!(cost("cơ cấu tổ") + 4.0 < cost("cơ cấu tô"));
        assert!(cost("có thẩm quyền") + 4.0 < cost("có thẩm quyên"));
        let [a, b] = *tokens(model, "nhập khẩu") else {
            panic!("two syllables")
        };
        assert!(model.knows_pair(a, b));
        let rare = model.token(&Syllable::parse("giượm").unwrap());
        assert_eq!(rare, Token::RARE);
        assert!(model.cost(Token::BOUNDARY, Token::BOUNDARY, rare) > 8.0);
    }

    #[test]
    fn probabilities_after_a_context_sum_to_one() {
        let model = Model::built_in().unwrap();
        for context in ["quyết định", "của các", "thì giượm"] {
            let [a, b] = *tokens(model, context) else {
                panic!("two syllables")
            };
            let all = u16::try_from(model.singles.len() / 2).unwrap();
            let sum: f32 = (0..all)
                .map(|token| (-model.cost(a, b, Token(token))).exp())
                .sum();
            // Costs are stored in steps of a twelfth of a nat.
            assert!((0.9..1.1).contains(&sum), "{context}: {sum}");
        }
    }

    #[test]
    fn bytes_that_are_no_model_are_refused() {
        let whole: &[u8] = include_bytes!("model.bin");
        assert!(Model::parse(b"").is_none());
        assert!(Model::parse(&whole[1..]).is_none());
        assert!(Model::parse(&whole[..whole.len() - 1]).is_none());
        let mut counts = whole.to_vec();
        counts[12..16].fill(0xff);
        assert!(Model::parse(&counts).is_none());
    }
}
