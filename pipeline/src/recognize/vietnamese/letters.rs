//! The letters of Vietnamese: which share their ground form and differ in marks only.

/// Each vowel with its six tones: level, falling, rising, dipping, broken, heavy.
const VOWELS: [&str; 12] = [
    "aàáảãạ",
    "ăằắẳẵặ",
    "âầấẩẫậ",
    "eèéẻẽẹ",
    "êềếểễệ",
    "iìíỉĩị",
    "oòóỏõọ",
    "ôồốổỗộ",
    "ơờớởỡợ",
    "uùúủũụ",
    "ưừứửữự",
    "yỳýỷỹỵ",
];

/// Rows of [`VOWELS`] with one ground form.
const FAMILIES: [std::ops::Range<usize>; 6] = [0..3, 3..5, 5..6, 6..9, 9..11, 11..12];

/// A tone, 0 (level) to 5 (heavy), in the order of [`VOWELS`].
pub(super) type Tone = u8;

/// The vowel without its tone, and the tone; `None` for anything but a small vowel.
pub(super) fn vowel(letter: char) -> Option<(char, Tone)> {
    VOWELS.iter().find_map(|row| {
        let tone = row.chars().position(|c| c == letter)?;
        Some((row.chars().next()?, u8::try_from(tone).ok()?))
    })
}

/// One small letter for a letter of either case.
pub(super) fn small(letter: char) -> char {
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

/// One large letter for a letter of either case.
fn large(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

/// The letters that differ from `letter` in marks only, in its case, without itself.
pub(super) fn marked_otherwise(letter: char) -> Vec<char> {
    let lower = small(letter);
    let in_case = |c: char| if letter == lower { c } else { large(c) };
    match lower {
        'd' => return vec![in_case('đ')],
        'đ' => return vec![in_case('d')],
        _ => {}
    }
    let Some(row) = VOWELS.iter().position(|row| row.contains(lower)) else {
        return Vec::new();
    };
    FAMILIES
        .iter()
        .filter(|family| family.contains(&row))
        .flat_map(|family| VOWELS.get(family.clone()).unwrap_or_default())
        .flat_map(|row| row.chars())
        .filter(|c| *c != lower)
        .map(in_case)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_one_ground_form() {
        assert_eq!(marked_otherwise('đ'), ['d']);
        assert_eq!(marked_otherwise('D'), ['Đ']);
        assert_eq!(marked_otherwise('Ị'), ['I', 'Ì', 'Í', 'Ỉ', 'Ĩ']);
        assert_eq!(marked_otherwise('ẩ').len(), 17);
        assert!(marked_otherwise('k').is_empty());
        assert_eq!(vowel('ẫ'), Some(('â', 4)));
        assert_eq!(vowel('b'), None);
    }
}
