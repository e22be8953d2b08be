//! Numbers as engines misread them.

use unicode_normalization::UnicodeNormalization;

/// A number in print and how it was come by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: u32,
    /// How many digits were read.
    pub digits: usize,
    /// 1 when every character is a digit; less for each that had to be taken for one or passed over.
    pub purity: f32,
}

/// The number that `raw` stands for, `None` when there is none.
pub fn number(raw: &str) -> Option<Number> {
    let (mut text, mut purity) = (String::new(), 1.0_f32);
    // Marks over a letter are specks over a digit.
    for letter in raw
        .nfd()
        .filter(|letter| !('\u{300}'..'\u{370}').contains(letter))
    {
        let digit = if letter.is_ascii_digit() {
            Some((letter, 0.0))
        } else {
            like(letter)
        };
        match digit {
            Some((digit, doubt)) => {
                text.push(digit);
                purity -= doubt;
            }
            None if SPECKS.contains(letter) => purity -= 0.1,
            None => purity -= 0.5,
        }
    }
    let value = text.parse().ok()?;
    Some(Number {
        value,
        digits: text.len(),
        purity: purity.max(0.0),
    })
}

/// Dots of a form's line and specks at the sides.
const SPECKS: &str = ".,:;_'`\"-…·“”‘’";

/// The digit that a letter in a number is, and how doubtful that is: round and upright ones are hardly anything else.
fn like(letter: char) -> Option<(char, f32)> {
    Some(match letter {
        'O' | 'o' => ('0', 0.12),
        'Q' | 'D' => ('0', 0.3),
        'l' | 'I' | '|' | 'i' | '!' => ('1', 0.12),
        ']' | '[' | 'L' => ('1', 0.2),
        'J' => ('1', 0.4),
        'S' | 's' | '$' => ('5', 0.15),
        'Z' | 'z' => ('2', 0.2),
        'T' => ('7', 0.3),
        'B' => ('8', 0.2),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_count_as_digits_but_not_for_sure() {
        let eleven = number("l1").unwrap();
        assert_eq!(eleven.value, 11);
        assert!(eleven.purity < 0.9);
        assert_eq!(number("2010").unwrap().purity, 1.0);
        assert_eq!(number("0Ì").unwrap().value, 1);
        assert!(number("...").is_none());
    }
}
