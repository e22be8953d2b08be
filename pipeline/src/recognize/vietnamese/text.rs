//! Words as the model sees them: a core between punctuation, clauses between boundaries.

use super::model::{Model, Token};
use super::syllable::Syllable;

/// A word between its punctuation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Core<'a> {
    /// From the first to the last letter or digit; empty for mere punctuation.
    pub text: &'a str,
    /// Characters before it.
    pub skipped: usize,
    /// A clause ends before the word: a bracket or quotation mark opens.
    pub opens: bool,
    /// What follows the word: nothing, a comma or the end of its clause.
    pub closes: Option<Token>,
}

impl<'a> Core<'a> {
    /// Takes a word as it stands between spaces apart.
    pub fn of(word: &'a str) -> Self {
        let start = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let before = word.get(..word.len() - start.len()).unwrap_or_default();
        let text = start.trim_end_matches(|c: char| !c.is_alphanumeric());
        let after = start.get(text.len()..).unwrap_or_default();
        let parts = |c: char| !matches!(c, ',' | '\'' | '_' | '|');
        Self {
            text,
            skipped: before.chars().count(),
            opens: before.contains(parts),
            closes: if after.contains(parts) {
                Some(Token::BOUNDARY)
            } else {
                after.contains(',').then_some(Token::COMMA)
            },
        }
    }

    /// What the model counts for it.
    pub fn token(&self, model: &Model<'_>) -> Token {
        if self.text.is_empty() {
            return Token::BOUNDARY;
        }
        Syllable::parse(self.text).map_or(Token::OTHER, |syllable| model.token(&syllable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_and_clauses() {
        let core = Core::of("“(khẩu,");
        assert_eq!((core.text, core.skipped), ("khẩu", 2));
        assert!(core.opens);
        assert_eq!(core.closes, Some(Token::COMMA));
        assert_eq!(Core::of("định;").closes, Some(Token::BOUNDARY));
        assert_eq!(Core::of("định").closes, None);
        assert_eq!(Core::of("./.").text, "");
        assert_eq!(Core::of("15/QĐ-UBND").text, "15/QĐ-UBND");
    }
}
