//! Names as the text of a paper itself writes them.

use std::collections::BTreeMap;

use crate::classify::leaf::Leaf;

use super::capitals;

/// Words of the text by their folded form: how they are written there, with small letters.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    words: Vec<(String, String)>,
    starts: BTreeMap<String, Vec<usize>>,
}

impl Seen {
    /// Gathers the words of pages; lines in capitals tell nothing.
    pub fn of<'a>(leaves: impl IntoIterator<Item = &'a Leaf>) -> Self {
        let mut seen = Self::default();
        for row in leaves.into_iter().flat_map(|leaf| &leaf.rows) {
            if row.capitals() > 0.6 {
                // A break, so that no phrase is found across it.
                seen.words.push((String::new(), String::new()));
                continue;
            }
            for token in &row.tokens {
                if token.key.is_empty() && !matches!(token.text.as_str(), "-" | "–" | "—") {
                    continue;
                }
                let at = seen.words.len();
                seen.starts.entry(token.key.clone()).or_default().push(at);
                // A comma belongs to names such as `Sở Văn hóa, Thể thao và Du lịch`.
                let text = token
                    .text
                    .trim_start_matches(|c: char| !c.is_alphanumeric())
                    .trim_end_matches(|c: char| !c.is_alphanumeric() && c != ',');
                seen.words.push((token.key.clone(), text.to_owned()));
            }
        }
        seen
    }

    /// How the words stand in the text, when they do: the way that is commonest.
    pub(super) fn phrase(&self, keys: &[String]) -> Option<Vec<String>> {
        let starts = self.starts.get(keys.first()?)?;
        let mut ways: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for &at in starts {
            let words = self.words.get(at..at + keys.len())?;
            if words
                .iter()
                .zip(keys)
                .all(|((key, _), wanted)| key == wanted)
            {
                let way = words.iter().map(|(_, text)| text.clone()).collect();
                *ways.entry(way).or_default() += 1;
            }
        }
        // A sentence's first word is no name: a way counts when a later word says so, too; ties go to more capitals.
        let (mut way, _) = ways
            .into_iter()
            .max_by_key(|(way, count)| (*count, capitals(way)))?;
        if let Some(last) = way.last_mut() {
            last.truncate(last.trim_end_matches(',').len());
        }
        Some(way)
    }
}
