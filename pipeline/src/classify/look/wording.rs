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

    /// The letters of the mark without spaces and tone marks.
    pub(super) fn letters(self) -> &'static str {
        match self {
            Self::Secret => "MAT",
            Self::TopSecret => "TOIMAT",
            Self::MostSecret => "TUYETMAT",
        }
    }
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
