//! Words that are not to be changed: names of people and places, abbreviations.

use super::text::Core;
use crate::document::Line;

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Small,
    /// First letter large.
    Title,
    /// Two letters or more, all large.
    Large,
    None,
}

/// How far a word may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// As any other.
    Free,
    /// Only into what the model knows beside its neighbour: part of a run of words with large first letters.
    Known,
    /// Not at all.
    Never,
}

/// For each word of a line, how far it may be changed.
pub(super) fn leave(line: &Line) -> Vec<Leave> {
    let cases: Vec<Case> = line
        .words
        .iter()
        .map(|word| case(Core::of(&word.text).text))
        .collect();
    let large = cases.iter().filter(|case| **case == Case::Large).count();
    let written = cases.iter().filter(|case| **case != Case::None).count();
    // Mostly capitals: a heading, in which capitals say nothing.
    let heading = large >= 2 && 2 * large > written;
    let signature = (2..=5).contains(&written) && begins_with_family_name(line);
    let title = |at: usize| cases.get(at) == Some(&Case::Title);
    let mut begins = 0;
    let mut all = Vec::with_capacity(cases.len());
    for (at, case) in cases.iter().enumerate() {
        if !title(at) || !at.checked_sub(1).is_some_and(title) {
            begins = at;
        }
        let run = begins < at || title(at + 1);
        all.push(match case {
            Case::None => Leave::Never,
            _ if signature && (heading || *case == Case::Title) => Leave::Never,
            Case::Large if !heading => Leave::Never,
            Case::Title if run && names_a_body(line, begins) => Leave::Known,
            Case::Title if run => Leave::Never,
            _ => Leave::Free,
        });
    }
    all
}

/// Whether the run of words that begins at `at` is the name of an office or a paper, of ordinary words.
fn names_a_body(line: &Line, at: usize) -> bool {
    let first = line.words.get(at).map_or("", |word| word.text.as_str());
    let bare: String = Core::of(first)
        .text
        .to_lowercase()
        .chars()
        .map(bare)
        .collect();
    HEADS.contains(&bare.as_str())
}

fn case(core: &str) -> Case {
    let mut letters = core.chars();
    let Some(first) = letters.next().filter(|first| first.is_alphabetic()) else {
        return Case::None;
    };
    let rest = letters.as_str();
    if !first.is_uppercase() {
        Case::Small
    } else if !rest.is_empty() && !rest.chars().any(char::is_lowercase) {
        Case::Large
    } else {
        Case::Title
    }
}

/// A line of a few words of which the first is a family name and all have a large first letter: a person.
fn begins_with_family_name(line: &Line) -> bool {
    let cores = || line.words.iter().map(|word| Core::of(&word.text).text);
    let all_large = cores().all(|core| matches!(case(core), Case::Title | Case::Large));
    all_large
        && cores().next().is_some_and(|first| {
            let bare: String = first.to_lowercase().chars().map(bare).collect();
            FAMILY_NAMES.contains(&bare.as_str())
        })
}

/// A small letter without its marks: names are misread too.
fn bare(letter: char) -> char {
    use unicode_normalization::UnicodeNormalization;
    match letter {
        'đ' => 'd',
        _ => letter.to_string().nfd().next().unwrap_or(letter),
    }
}

/// First words of the names of offices and papers, without marks; none that is a family name as well.
const HEADS: [&str; 40] = [
    "bo", "so", "uy", "tong", "cuc", "ban", "vien", "tinh", "huyen", "xa", "phuong", "thanh",
    "luat", "nghi", "thong", "quyet", "hoi", "phong", "trung", "cong", "pho", "thu", "lien",
    "quoc", "chinh", "phap", "dieu", "ke", "chi", "bao", "bien", "mat", "ngan", "kho", "kiem",
    "toa", "nha", "doc", "hanh", "chuong",
];

/// Family names of more than nine in ten Vietnamese, without marks.
const FAMILY_NAMES: [&str; 43] = [
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do",
    "ho", "ngo", "duong", "ly", "dinh", "truong", "doan", "dao", "luong", "mai", "trinh", "to",
    "cao", "lam", "luu", "ta", "thai", "chau", "quach", "phung", "kieu", "ha", "la", "vuong",
    "nong", "be", "khuat", "tang", "quan", "lo", "giang",
];
