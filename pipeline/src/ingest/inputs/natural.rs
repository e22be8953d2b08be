//! The order that people expect of names: `page2` before `page10`, letters without regard to case.

use unicode_normalization::UnicodeNormalization;

/// A name, ready for comparison; keys of unlike names are never equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    parts: Vec<Part>,
    /// Decides between names that differ only in case, zeros or normal form.
    raw: String,
}

/// Numbers come before letters, as digits do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Without leading zeros: fewer digits is less, so numbers of any length compare.
    Number(usize, String),
    Letter(char),
}

impl Key {
    /// The key of one name (not of a path).
    pub fn of(name: &str) -> Self {
        let mut parts = Vec::new();
        let mut digits = String::new();
        // Lower case first, then NFC: both forms of a letter with accents give one key.
        for letter in name.chars().flat_map(char::to_lowercase).nfc() {
            match letter.to_digit(10) {
                Some(_) => digits.push(letter),
                None => {
                    finish(&mut digits, &mut parts);
                    parts.push(Part::Letter(letter));
                }
            }
        }
        finish(&mut digits, &mut parts);
        Self {
            parts,
            raw: name.to_owned(),
        }
    }
}

fn finish(digits: &mut String, parts: &mut Vec<Part>) {
    if digits.is_empty() {
        return;
    }
    let number = digits.trim_start_matches('0').to_owned();
    parts.push(Part::Number(number.len(), number));
    digits.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| Key::of(name));
        names
    }

    #[test]
    fn numbers_by_value() {
        let names = vec![
            "page10.tif",
            "page2.tif",
            "page1.tif",
            "Page3.tif",
            "page.tif",
            "page002b.tif",
        ];
        assert_eq!(
            sorted(names),
            [
                "page1.tif",
                "page2.tif",
                "page002b.tif",
                "Page3.tif",
                "page10.tif",
                "page.tif"
            ]
        );
    }

    #[test]
    fn numbers_of_any_length() {
        let long = "9".repeat(50);
        assert_eq!(
            sorted(vec![&long, "10", "0", "007"]),
            ["0", "007", "10", &long]
        );
    }

    #[test]
    fn both_normal_forms_are_one() {
        let composed = "Quyết định 2.tif";
        let decomposed: String = "Quyết định 10.tif".nfd().collect();
        assert_eq!(sorted(vec![&decomposed, composed]), [composed, &decomposed]);
    }

    #[test]
    fn unlike_names_have_unlike_keys() {
        assert_ne!(Key::of("a1"), Key::of("a01"));
        assert_ne!(Key::of("a"), Key::of("A"));
    }
}
