//! Folded phrases found in folded text with a few wrong letters: Myers' bit-parallel search (J. ACM 46(3), 1999).

use crate::classify::fold::folded;

/// A folded phrase of at most [`LONGEST`] letters; what is longer is cut.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    length: usize,
    errors: u32,
    forward: [u64; LETTERS],
    backward: [u64; LETTERS],
}

/// Where a phrase stands in a text, as letters `start..end`, and how many letters are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) errors: u32,
}

impl Pattern {
    /// The pattern of a phrase, written with its marks; its length tells how many wrong letters it bears.
    pub(super) fn new(phrase: &str) -> Self {
        let letters = folded(phrase);
        let letters = letters.as_bytes();
        let length = letters.len().min(LONGEST);
        let letters = letters.get(..length).unwrap_or_default();
        let errors = match length {
            0..=4 => 0,
            5..=8 => 1,
            9..=14 => 2,
            15..=24 => 3,
            _ => 4,
        };
        Self {
            length,
            errors,
            forward: masks(letters.iter()),
            backward: masks(letters.iter().rev()),
        }
    }

    /// How many letters it has.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// All places where it stands, the best of those that overlap, from the beginning.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Hit> {
        if self.length == 0 {
            return Vec::new();
        }
        let mut found: Vec<Hit> = Vec::new();
        let mut scan = Scan::new(self.length, &self.forward, 0);
        for (index, letter) in text.iter().enumerate() {
            let errors = scan.step(*letter);
            if errors > self.errors {
                continue;
            }
            let end = index + 1;
            match found.last_mut() {
                // A run of ends is one place seen while it passes; the best is kept, of equals the first.
                Some(last) if end - last.end <= self.length / 2 => {
                    if errors < last.errors {
                        *last = Hit {
                            start: 0,
                            end,
                            errors,
                        };
                    }
                }
                _ => found.push(Hit {
                    start: 0,
                    end,
                    errors,
                }),
            }
        }
        for hit in &mut found {
            hit.start = self.start(text, hit);
        }
        found
    }

    /// Where a match that ends at `hit.end` begins: the same search backwards, held at the end.
    fn start(&self, text: &[u8], hit: &Hit) -> usize {
        let mut scan = Scan::new(self.length, &self.backward, 1);
        let reach = self.length + self.errors as usize;
        let (mut best, mut start) = (u32::MAX, hit.end);
        for (back, letter) in text
            .get(..hit.end)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(reach)
            .enumerate()
        {
            let errors = scan.step(*letter);
            if errors < best {
                (best, start) = (errors, hit.end - back - 1);
            }
        }
        start
    }
}

/// One run of the search: the column of the edit matrix as two bit vectors of differences.
struct Scan<'a> {
    masks: &'a [u64; LETTERS],
    plus: u64,
    minus: u64,
    score: u32,
    top: u64,
    /// 1 when letters of the text before the match cost, 0 when they are free.
    held: u64,
}

impl<'a> Scan<'a> {
    fn new(length: usize, masks: &'a [u64; LETTERS], held: u64) -> Self {
        Self {
            masks,
            plus: u64::MAX,
            minus: 0,
            score: u32::try_from(length).unwrap_or(u32::MAX),
            top: 1 << (length - 1),
            held,
        }
    }

    /// Takes in a letter; how many letters are wrong in the best match that ends with it.
    fn step(&mut self, letter: u8) -> u32 {
        let equal = self.masks.get(slot(letter)).copied().unwrap_or(0);
        let vertical = equal | self.minus;
        let horizontal = ((equal & self.plus).wrapping_add(self.plus) ^ self.plus) | equal;
        let mut plus = self.minus | !(horizontal | self.plus);
        let mut minus = self.plus & horizontal;
        if plus & self.top != 0 {
            self.score += 1;
        } else if minus & self.top != 0 {
            self.score -= 1;
        }
        plus = (plus << 1) | self.held;
        minus <<= 1;
        self.plus = minus | !(vertical | plus);
        self.minus = plus & vertical;
        self.score
    }
}

fn masks<'a>(letters: impl Iterator<Item = &'a u8>) -> [u64; LETTERS] {
    let mut masks = [0; LETTERS];
    for (index, letter) in letters.enumerate() {
        if let Some(mask) = masks.get_mut(slot(*letter)) {
            *mask |= 1 << index;
        }
    }
    masks
}

/// Folded texts have small letters and digits only; anything else shares the last slot.
fn slot(letter: u8) -> usize {
    match letter {
        b'a'..=b'z' => usize::from(letter - b'a'),
        b'0'..=b'9' => usize::from(letter - b'0') + 26,
        _ => LETTERS - 1,
    }
}

/// Letters of a machine word.
const LONGEST: usize = 64;
const LETTERS: usize = 37;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &str, text: &str) -> Vec<(usize, usize, u32)> {
        Pattern::new(phrase)
            .find(folded(text).as_bytes())
            .iter()
            .map(|hit| (hit.start, hit.end, hit.errors))
            .collect()
    }

    #[test]
    fn phrases_are_found_with_wrong_missing_and_surplus_letters() {
        assert_eq!(
            found("Giấy khai sinh", "xx GIẤY KHAI SINH yy"),
            [(2, 14, 0)]
        );
        assert_eq!(found("Giấy khai sinh", "GIÁY KHAl SNH số"), [(0, 11, 2)]);
        assert_eq!(found("Giấy khai sinh", "giấy chứng nhận kết hôn"), []);
        assert_eq!(
            found("Quốc tịch", "Quốc tịch: Việt Nam Quôc tich Việt Nam"),
            [(0, 8, 0), (15, 23, 0)]
        );
    }

    #[test]
    fn short_phrases_bear_no_error() {
        assert_eq!(found("cho", "chu cho"), [(3, 6, 0)]);
        assert_eq!(found("", "abc"), []);
    }
}
