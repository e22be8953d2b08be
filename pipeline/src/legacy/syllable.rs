//! Whether letters are a Vietnamese syllable: a beginning, a vowel group, an end and one tone, each from a short list.

use unicode_normalization::UnicodeNormalization;

/// Beginnings, longest first; a syllable may have none.
const BEGINNINGS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

/// Vowel groups, their quality marked, their tone not.
const VOWELS: [&str; 55] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây",
    "eo", "êu", "ia", "iê", "iu", "oa", "oă", "oe", "oi", "oo", "ôi", "ơi", "ua", "uâ", "uê", "ui",
    "uô", "uơ", "uy", "ưa", "ưi", "ươ", "ưu", "yê", "iêu", "oai", "oao", "oay", "oeo", "uây",
    "uôi", "uya", "uyê", "uyu", "ươi", "ươu", "yêu",
];

/// Ends; a syllable may have none.
const ENDS: [&str; 9] = ["ch", "ng", "nh", "c", "m", "n", "p", "t", ""];

/// Whether `word` is one.
pub(super) fn is_one(word: &str) -> bool {
    let mut tones = 0;
    let toneless: String = word
        .to_lowercase()
        .nfd()
        .filter(|c| {
            let tone = matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            tones += usize::from(tone);
            !tone
        })
        .collect();
    let toneless: String = toneless.nfc().collect();
    let fits = |beginning: &&str| {
        toneless.strip_prefix(*beginning).is_some_and(|rest| {
            ENDS.iter().any(|end| {
                rest.strip_suffix(end)
                    .is_some_and(|vowels| VOWELS.contains(&vowels))
            })
        })
    };
    // `gi` may be beginning and vowel in one: `gì`, `gìn`.
    tones <= 1 && (BEGINNINGS.iter().any(fits) || fits(&"g"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_told_from_other_letters() {
        for word in [
            "Quyết", "định", "nghiêng", "khuỷu", "gì", "giếng", "ươm", "oan", "Uỷ", "yêu", "thuở",
            "rượu", "hòa", "hoà",
        ] {
            assert!(is_one(word), "{word}");
        }
        for word in [
            "QuyÕt", "®Þnh", "straße", "Müller", "brr", "thñ", "xyz", "óò",
        ] {
            assert!(!is_one(word), "{word}");
        }
    }
}
