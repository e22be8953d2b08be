//! The words of marks and stamps, compared as an engine reads them: without tone marks, with a slip or two.

use unicode_normalization::UnicodeNormalization;

/// How secret a paper is (Law on Protection of State Secrets 2018, article 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `MẬT`.
    Secret,
    /// `TỐI MẬT`.
    TopSecret,
    /// `TUYỆT MẬT`.
    MostSecret,
}

impl Level {
    /// All three.
    pub(super) const ALL: [Self; 3] = [Self::Secret, Self::TopSecret, Self::MostSecret];

    /// The mark as it is written.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Secret => "MẬT",
            Self::TopSecret => "TỐI MẬT",
            Self::MostSecret => "TUYỆT MẬT",
        }
    }
}

/// What stamps of words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A mark of secrecy.
    Mark(Level),
    /// A mark of urgency (decree 30/2020/NĐ-CP, annex I, cell 10b).
    Urgent(&'static str),
    /// Anything else, as it is written.
    Other(&'static str),
}

impl Word {
    /// The words whose shapes are known, in their order.
    pub(super) const ALL: [Self; 18] = [
        Self::Mark(Level::Secret),
        Self::Mark(Level::TopSecret),
        Self::Mark(Level::MostSecret),
        Self::Urgent("KHẨN"),
        Self::Urgent("THƯỢNG KHẨN"),
        Self::Urgent("HỎA TỐC"),
        Self::Urgent("HỎA TỐC HẸN GIỜ"),
        Self::Other("ĐẾN"),
        Self::Other("CÔNG VĂN ĐẾN"),
        Self::Other("GIẢI MẬT"),
        Self::Other("BẢO MẬT"),
        Self::Other("BÍ MẬT"),
        Self::Other("SAO Y"),
        Self::Other("SAO Y BẢN CHÍNH"),
        Self::Other("BẢN SAO"),
        Self::Other("BẢN CHÍNH"),
        Self::Other("TIỀN MẶT"),
        Self::Other("ĐÃ THU TIỀN"),
    ];

    /// The word as it is written.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Mark(level) => level.text(),
            Self::Urgent(text) | Self::Other(text) => text,
        }
    }

    /// Width by height of its ink in bold capitals, about.
    pub(super) fn ratio(self) -> f32 {
        let place = Self::ALL.iter().position(|word| *word == self);
        place
            .and_then(|place| RATIOS.get(place))
            .copied()
            .unwrap_or(1.0)
    }
}

/// Measured on Liberation Serif and Sans, in the order of [`Word::ALL`].
const RATIOS: [f32; 18] = [
    2.05, 3.9, 5.5, 3.2, 7.1, 5.0, 8.5, 2.3, 8.5, 4.3, 4.35, 3.25, 4.35, 10.1, 5.0, 6.3, 4.5, 7.1,
];

/// The word that `text` is, with as many slips as a word of its length may have, and how many there are.
pub(super) fn word_of(text: &str) -> Option<(Word, usize)> {
    let letters = letters_of(text);
    let found = Word::ALL.iter().filter_map(|word| {
        let wanted = letters_of(word.text());
        let slips = distance(&letters, &wanted);
        // None in three letters, one in six, two in eight and more.
        let allowed = match wanted.len() {
            0..=4 => 0,
            5..=6 => 1,
            _ => 2,
        };
        (slips <= allowed).then_some((*word, slips))
    });
    found.min_by_key(|(_, slips)| *slips)
}

/// How alike `text` and a word in capitals are, 0 to 1: the share of letters that need not be changed. Small letters
/// are as wrong as others.
pub(super) fn likeness_of(text: &str, wanted: &str) -> f32 {
    // A small letter before a capital is a capital whose mark was taken for more.
    let letters: Vec<char> = text.nfc().collect();
    let next = |at: usize| letters.get(at + 1).is_some_and(|next| next.is_uppercase());
    let capitals: String = letters
        .iter()
        .enumerate()
        .map(|(at, c)| {
            if c.is_lowercase() && !next(at) {
                'ẞ'
            } else {
                *c
            }
        })
        .collect();
    let (a, b) = (letters_of(&capitals), letters_of(wanted));
    let longest = a.len().max(b.len()).max(1);
    1.0 - distance(&a, &b) as f32 / longest as f32
}

/// The letters of `text` in capitals without marks, nothing else.
pub(super) fn letters_of(text: &str) -> Vec<char> {
    folded(text).chars().filter(|c| c.is_alphabetic()).collect()
}

/// Letters to be changed, added or left out (Levenshtein 1966).
pub(super) fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The level that `text` is the mark of, letter by letter: capitals alone, tone marks as they must be or lost.
/// Rests of a frame around them (bars, brackets, dots) do not count, nor does the label of form fields.
pub(super) fn level_of(text: &str) -> Option<Level> {
    let text: String = text.nfc().collect();
    let text = text.trim_matches(|c: char| !c.is_alphabetic());
    let text = without_label(text);
    if !text.chars().all(|c| c.is_uppercase() || c.is_whitespace()) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let (level, mark) = match words.as_slice() {
        [mark] => (Level::Secret, mark),
        [level, mark] if folded(level) == "TOI" => (Level::TopSecret, mark),
        [level, mark] if folded(level) == "TUYET" => (Level::MostSecret, mark),
        _ => return None,
    };
    let sure = match level {
        // Alone, the other tones make words of their own: `MẶT`, `MẤT`, `MẮT`, `MÁT`.
        Level::Secret => matches!(*mark, "MẬT" | "MÂT" | "MẠT" | "MAT"),
        Level::TopSecret | Level::MostSecret => folded(mark) == "MAT",
    };
    sure.then_some(level)
}

fn without_label(text: &str) -> &str {
    let Some((label, value)) = text.split_once(':') else {
        return text;
    };
    if matches!(
        folded(label).trim(),
        "DO MAT" | "MUC DO MAT" | "DAU CHI DO MAT"
    ) {
        value.trim()
    } else {
        text
    }
}

/// `text` in capitals without marks on letters; `Đ` is `D`.
pub(super) fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_uppercase)
        .map(|c| if c == 'Đ' { 'D' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_known_by_their_letters() {
        for (text, level) in [
            ("MẬT", Level::Secret),
            ("| MẬT |", Level::Secret),
            ("[MÂT]", Level::Secret),
            ("Độ mật: MẬT", Level::Secret),
            ("TỐI MẬT", Level::TopSecret),
            ("TÔI MẶT.", Level::TopSecret),
            ("TUYỆT  MẬT", Level::MostSecret),
        ] {
            assert_eq!(level_of(text), Some(level), "{text}");
            let decomposed: String = text.nfd().collect();
            assert_eq!(level_of(&decomposed), Some(level), "{text}");
        }
    }

    #[test]
    fn words_of_stamps_are_known_with_slips() {
        let secret = |level| Word::Mark(level);
        for (text, word, slips) in [
            ("MẬT", secret(Level::Secret), 0),
            ("[ MẶT ]", secret(Level::Secret), 0),
            ("TÔÌ MẬI", secret(Level::TopSecret), 1),
            ("TUVỆT MẬ1T", secret(Level::MostSecret), 1),
            ("HOẢ TỐC", Word::Urgent("HỎA TỐC"), 0),
            ("KHẲN", Word::Urgent("KHẨN"), 0),
            ("BÍ MẬT", Word::Other("BÍ MẬT"), 0),
        ] {
            assert_eq!(word_of(text), Some((word, slips)), "{text}");
        }
        for text in ["", "MẤ", "MẠI", "TÓM TẮT", "QUYẾT ĐỊNH", "MẬT ONG"] {
            assert_eq!(word_of(text), None, "{text}");
        }
    }

    #[test]
    fn small_letters_are_wrong_but_before_a_capital() {
        assert_eq!(likeness_of("| MậT", "MẬT"), 1.0);
        assert!(likeness_of("Mật", "MẬT") < 0.4);
        assert!(likeness_of("mật", "MẬT") < 0.1);
    }

    #[test]
    fn other_words_are_no_marks() {
        for text in [
            "",
            "Mật",
            "mật",
            "Tối mật",
            "MẶT",
            "MẤT",
            "MẮT",
            "BẢO MẬT",
            "BÍ MẬT",
            "GIẢI MẬT",
            "ĐÃ GIẢI MẬT",
            "MẬT ONG",
            "MẬT ĐỘ",
            "Mật độ dân số",
            "TIỀN MẶT",
            "TÓM TẮT",
            "KHẨN",
            "Độ mật: Thường",
            "Dấu MẬT",
            "MẬT/TỐI MẬT/TUYỆT MẬT",
            "TỐI MẬT, MẬT",
        ] {
            assert_eq!(level_of(text), None, "{text}");
        }
    }
}
