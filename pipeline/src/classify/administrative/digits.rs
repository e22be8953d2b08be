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
        match letter {
            '0'..='9' => text.push(letter),
            'O' | 'o' | 'Q' | 'D' => {
                text.push('0');
                purity -= 0.3;
            }
            'l' | 'I' | '|' | 'i' | '!' | 'L' | 'J' | ']' | '[' => {
                text.push('1');
                purity -= 0.3;
            }
            'S' | 's' | '$' => {
                text.push('5');
                purity -= 0.4;
            }
            'Z' | 'z' => {
                text.push('2');
                purity -= 0.4;
            }
            'B' => {
                text.push('8');
                purity -= 0.4;
            }
            // Dots of a form's line and specks at the sides.
            '.' | ',' | ':' | ';' | '_' | '\'' | '`' | '"' | '-' | '…' | '·' | '“' | '”' | '‘'
            | '’' => purity -= 0.1,
            _ => purity -= 0.5,
        }
    }
    let value = text.parse().ok()?;
    Some(Number {
        value,
        digits: text.len(),
        purity: purity.max(0.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_count_as_digits_but_not_for_sure() {
        let eleven = number("l1").unwrap();
        assert_eq!(eleven.value, 11);
        assert!(eleven.purity < 0.8);
        assert_eq!(number("2010").unwrap().purity, 1.0);
        assert_eq!(number("0Ì").unwrap().value, 1);
        assert!(number("...").is_none());
    }
}
