//! The types of citizens' papers: codes, names, titles, and phrases of their forms.

use std::sync::LazyLock;

use super::pattern::Pattern;
use persons::PERSONS;
use things::THINGS;

mod persons;

mod things;

/// A type of paper.
#[derive(Debug)]
pub(super) struct Kind {
    /// Code in records.
    pub(super) code: &'static str,
    /// Name.
    pub(super) name: &'static str,
    /// What stands over such a paper.
    pub(super) titles: Vec<Pattern>,
    /// Words of the form, each with what it weighs, in natural logarithms of odds.
    pub(super) phrases: Vec<(Pattern, f32)>,
}

/// The types, in the order in which records name them.
pub(super) static KINDS: LazyLock<Vec<Kind>> =
    LazyLock::new(|| PERSONS.iter().chain(THINGS).map(Kind::of).collect());

/// The type with a code.
pub(super) fn by_code(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code)
}

/// A type as it is written down.
struct Form {
    code: &'static str,
    name: &'static str,
    titles: &'static [&'static str],
    phrases: &'static [(&'static str, f32)],
}

impl Kind {
    fn of(form: &Form) -> Self {
        Self {
            code: form.code,
            name: form.name,
            titles: form
                .titles
                .iter()
                .map(|title| Pattern::new(title))
                .collect(),
            phrases: form
                .phrases
                .iter()
                .map(|(phrase, weight)| (Pattern::new(phrase), *weight))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_twenty_two_types_with_codes_of_their_own() {
        assert_eq!(KINDS.len(), 22);
        for (index, kind) in KINDS.iter().enumerate() {
            assert!(KINDS[..index].iter().all(|other| other.code != kind.code));
            assert!(!kind.titles.is_empty());
        }
    }
}
