//! Comparing words as a reader engine leaves them: without marks, case and spaces, and with look-alikes near each other.

use unicode_normalization::UnicodeNormalization;

/// Lower-case ASCII letters and digits of `text`; marks fall, `đ` becomes `d`, everything else goes.
pub fn folded(text: &str) -> String {
    text.nfd().filter_map(plain).collect()
}

/// The same with one space between words.
pub fn folded_words(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(folded)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn plain(letter: char) -> Option<char> {
    match letter {
        'đ' | 'Đ' | 'Ð' | 'ð' => Some('d'),
        _ if letter.is_ascii_alphanumeric() => Some(letter.to_ascii_lowercase()),
        _ => None,
    }
}

/// Cost of a letter too many or too few, or of another letter in its place.
const SLIP: u32 = 2;
/// Cost of a letter that looks much like the right one.
const LIKE: u32 = 1;

/// Letters that engines take for each other, after folding.
const LOOK_ALIKES: [&str; 8] = [
    "il1tjf7", "o0dq", "ceo", "uvy", "hbn", "5s8b", "gq9", "nmrh",
];

/// In which sets of [`LOOK_ALIKES`] a letter is, a bit for each.
const ALIKE: [u8; 256] = {
    let mut sets = [0; 256];
    let mut set = 0;
    while set < LOOK_ALIKES.len() {
        let mut letters = LOOK_ALIKES[set].as_bytes();
        while let [letter, rest @ ..] = letters {
            sets[*letter as usize] |= 1 << set;
            letters = rest;
        }
        set += 1;
    }
    sets
};

fn cost(a: u8, b: u8) -> u32 {
    if a == b {
        return 0;
    }
    let sets = |letter: u8| ALIKE.get(usize::from(letter)).copied().unwrap_or(0);
    if sets(a) & sets(b) == 0 { SLIP } else { LIKE }
}

/// 1 for equal folded texts, 0 for texts with nothing in common.
pub fn similarity(a: &str, b: &str) -> f32 {
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 0.0;
    }
    let (_, spent) = aligned(a.as_bytes(), b.as_bytes(), Ends::Fixed);
    share(spent, longest)
}

/// How well `needle` stands at the beginning of `text`, and where it ends there.
pub fn at_start(text: &str, needle: &str) -> (usize, f32) {
    // What lies far behind the needle's own length cannot be its end.
    let reach = text.len().min(needle.len() + needle.len() / 3 + 2);
    let window = text.as_bytes().get(..reach).unwrap_or_default();
    let (end, spent) = aligned(window, needle.as_bytes(), Ends::Open);
    (end, share(spent, needle.len().max(1)))
}

/// Where `needle` stands best in `text`: start, end and similarity.
pub fn within(text: &str, needle: &str) -> (usize, usize, f32) {
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    // Each cell holds the cost so far and where the match began.
    let mut row: Vec<(u32, usize)> = (0..=text.len()).map(|at| (0, at)).collect();
    for &wanted in needle {
        let mut diagonal = row.first().copied().unwrap_or_default();
        if let Some(first) = row.first_mut() {
            first.0 += SLIP;
        }
        for (index, &letter) in text.iter().enumerate() {
            let above = row.get(index + 1).copied().unwrap_or_default();
            let left = row.get(index).copied().unwrap_or_default();
            let best = [
                (diagonal.0 + cost(letter, wanted), diagonal.1),
                (above.0 + SLIP, above.1),
                (left.0 + SLIP, left.1),
            ]
            .into_iter()
            .min_by_key(|cell| cell.0)
            .unwrap_or_default();
            diagonal = above;
            if let Some(cell) = row.get_mut(index + 1) {
                *cell = best;
            }
        }
    }
    let best = row.iter().enumerate().min_by_key(|(_, cell)| cell.0);
    best.map_or((0, 0, 0.0), |(end, &(spent, start))| {
        (start, end, share(spent, needle.len().max(1)))
    })
}

fn share(spent: u32, length: usize) -> f32 {
    (1.0 - spent as f32 / (SLIP as f32 * length as f32)).max(0.0)
}

/// Whether a text may go on after the needle ends.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Fixed,
    Open,
}

/// The cheapest way to write `needle` as `text` or its beginning: where that ends, and what it costs.
fn aligned(text: &[u8], needle: &[u8], ends: Ends) -> (usize, u32) {
    let mut row: Vec<u32> = (0..=text.len())
        .map(|at| u32::try_from(at).unwrap_or(u32::MAX / 4) * SLIP)
        .collect();
    for &wanted in needle {
        let mut diagonal = row.first().copied().unwrap_or_default();
        if let Some(first) = row.first_mut() {
            *first += SLIP;
        }
        for (index, &letter) in text.iter().enumerate() {
            let above = row.get(index + 1).copied().unwrap_or_default();
            let left = row.get(index).copied().unwrap_or_default();
            let best = (diagonal + cost(letter, wanted))
                .min(above + SLIP)
                .min(left + SLIP);
            diagonal = above;
            if let Some(cell) = row.get_mut(index + 1) {
                *cell = best;
            }
        }
    }
    match ends {
        Ends::Fixed => (text.len(), row.last().copied().unwrap_or_default()),
        Ends::Open => row
            .iter()
            .enumerate()
            // Of equals the longest: a needle's last letter is taken in rather than left over.
            .min_by_key(|&(at, &spent)| (spent, std::cmp::Reverse(at)))
            .map_or((0, u32::MAX / 4), |(at, &spent)| (at, spent)),
    }
}

/// Edit distance in letters between texts as written, for figures about them.
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX / 2);
            let left = row.get(j).copied().unwrap_or(usize::MAX / 2);
            let best = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = best;
            }
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_fall() {
        assert_eq!(folded("QUYẾT ĐỊNH:"), "quyetdinh");
        assert_eq!(folded("Uỷ ban"), folded("Ủy ban"));
        assert_eq!(folded_words("Số: 15/QĐ-BNV  "), "so 15qdbnv");
    }

    #[test]
    fn slips_of_engines_cost_little() {
        assert!(similarity(&folded("QUYÉT ĐINH"), "quyetdinh") > 0.99);
        assert!(similarity("thongbao", "thongcao") < 0.95);
        assert!(similarity("luat", "lenh") < 0.6);
    }

    #[test]
    fn a_needle_is_found_at_the_start_and_inside() {
        let (end, how) = at_start("quyetdinhvevieccap", "quyetdinh");
        assert_eq!((end, how), (9, 1.0));
        let (start, end, how) = within("thutuongchinhphuconghoaxahoi", "conghoaxahoi");
        assert_eq!((start, end, how), (16, 28, 1.0));
    }

    #[test]
    fn edits_count_letters() {
        assert_eq!(edits("Tổ chức", "Tô chức"), 1);
        assert_eq!(edits("", "abc"), 3);
    }
}
