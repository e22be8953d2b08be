//! How names of bodies and places are written in a sentence, whatever the capitals of a header hide.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::classify::fold::{folded, similarity};

mod areas;

mod seen;

mod words;

pub use areas::{
    area_of, is_party, is_unit, nearly_place, place, place_key, trailing_place, without_area,
};
pub use seen::Seen;
use words::{BODIES, FIELDS, PLACES, SHORT, SMALL, UNITS};

/// A list with its folded entries, made once.
struct Entries(Vec<Entry>);

struct Entry {
    text: &'static str,
    key: String,
    words: usize,
}

impl Entries {
    fn of(list: &'static [&'static str]) -> Self {
        let entry = |text: &&'static str| Entry {
            text,
            key: folded(text),
            words: text
                .split_whitespace()
                .filter(|word| !folded(word).is_empty())
                .count(),
        };
        Self(list.iter().map(entry).collect())
    }
}

static BODY: LazyLock<Entries> = LazyLock::new(|| Entries::of(BODIES));
static FIELD: LazyLock<Entries> = LazyLock::new(|| Entries::of(FIELDS));
static PLACE: LazyLock<Entries> = LazyLock::new(|| Entries::of(PLACES));
static UNIT: LazyLock<Entries> = LazyLock::new(|| Entries::of(&UNITS));

fn capitals(words: &[String]) -> usize {
    words
        .iter()
        .filter(|word| word.starts_with(char::is_uppercase))
        .count()
}

/// A header's words as a name in a sentence, with the share of its words that are known.
pub fn in_sentence(text: &str, seen: &Seen) -> Option<(String, f32)> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| {
                !c.is_alphanumeric() && !matches!(c, '-' | ',' | '.' | '&' | '(' | ')')
            })
        })
        .map(|word| word.trim_matches('.').to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return None;
    }
    if let Some(name) = whole(&words, seen) {
        return Some((name, 1.0));
    }
    let mut out: Vec<String> = Vec::new();
    let mut known = 0;
    let mut at = 0;
    let mut proper = false;
    let mut field = false;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let first = out.is_empty();
        let (taken, name, sure, next_proper) = next(rest, first, proper, field, seen);
        known += if sure { taken } else { 0 };
        field = sure && BODIES.iter().any(|body| *body == name);
        proper = next_proper;
        out.push(name);
        at += taken;
    }
    let name = tones_settled(&out.join(" ")).replace(" ,", ",");
    let name = name.trim_matches(|c: char| c == '-' || c == ' ');
    Some((dashed(name), known as f32 / words.len() as f32))
}

/// Behind a dash a second name begins: `Ngoại ngữ - Tin học`.
fn dashed(name: &str) -> String {
    let parts: Vec<String> = name.split(" - ").map(capitalised).collect();
    parts.join(" - ")
}

/// The whole name as the text writes it, when it does.
fn whole(words: &[String], seen: &Seen) -> Option<String> {
    let keys: Vec<String> = words.iter().map(|word| folded(word)).collect();
    let short = keys.iter().filter(|key| !key.is_empty()).count() < 3
        || keys
            .iter()
            .any(|key| SHORT.iter().any(|(short, _)| short == key));
    let way = if short { None } else { seen.phrase(&keys) }?;
    let way: Vec<String> = way
        .into_iter()
        .map(|word| {
            if word.is_empty() {
                "-".to_owned()
            } else {
                word
            }
        })
        .collect();
    let way = spelled(way);
    // A text that writes a name all in small letters is about such bodies, not about this one.
    (capitals(&way) >= 2).then(|| tones_settled(&capitalised(&way.join(" "))))
}

/// A name from the text with the marks of those of its words that are known; the text may be misread as well.
fn spelled(mut way: Vec<String>) -> Vec<String> {
    let keys: Vec<String> = way.clone();
    let mut put = |at: usize, entry: &str| {
        for (word, known) in way.iter_mut().skip(at).zip(entry.split_whitespace()) {
            if word.to_lowercase() != known.to_lowercase() && *word != "-" {
                *word = known.to_owned();
            }
        }
    };
    if let Some((count, body)) = known_of(&BODY, &keys, 0.999)
        .filter(|(count, body)| body.split_whitespace().count() == *count)
    {
        put(0, &body);
        if let Some((_, field)) = keys
            .get(count..)
            .and_then(|rest| known_of(&FIELD, rest, 0.999))
        {
            put(count, &field);
        }
    }
    for at in 1..keys.len() {
        let Some(rest) = keys.get(at..) else { break };
        if let Some((_, unit)) = known_of(&UNIT, rest, 0.999)
            && rest.first().is_some_and(|word| {
                word.starts_with(char::is_lowercase) && !is_other_word(&unit, word)
            })
        {
            put(at, &unit);
        }
    }
    way
}

/// Whether two words stand together inside known names, so that a line between them is no end of a name. In names of
/// bodies, `Văn phòng / Ủy ban`, the word before the first must be the same as well.
pub fn go_together(earlier: &str, first: &str, second: &str) -> bool {
    type Before = std::collections::BTreeSet<Option<String>>;
    static PAIRS: LazyLock<BTreeMap<(String, String), Before>> = LazyLock::new(|| {
        let mut pairs: BTreeMap<(String, String), Before> = BTreeMap::new();
        let bodies = BODIES.iter().map(|entry| (entry, true));
        let others = FIELDS.iter().chain(PLACES).map(|entry| (entry, false));
        for (entry, body) in bodies.chain(others) {
            let words: Vec<&str> = entry.split_whitespace().collect();
            for (at, pair) in words.windows(2).enumerate() {
                let [a, b] = pair else { continue };
                let before = at.checked_sub(1).and_then(|at| words.get(at)).copied();
                let before = before.filter(|_| body).map(folded);
                pairs
                    .entry((folded(a), folded(b)))
                    .or_default()
                    .insert(before);
            }
        }
        pairs
    });
    PAIRS
        .get(&(first.to_owned(), second.to_owned()))
        .is_some_and(|before| before.contains(&None) || before.contains(&Some(earlier.to_owned())))
}

/// Words in capitals as in a sentence: small, but for the first letter and names of provinces.
pub fn lowered(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (taken, word) = match known_of(&PLACE, rest, 0.99) {
            Some((taken, place)) => (taken, place),
            None => (
                1,
                rest.first()
                    .map(|word| word.to_lowercase())
                    .unwrap_or_default(),
            ),
        };
        out.push(word);
        at += taken;
    }
    capitalised(&out.join(" "))
}

/// The next words of a name: how many, how written, whether known, whether a proper name follows.
fn next(
    rest: &[String],
    first: bool,
    proper: bool,
    field: bool,
    seen: &Seen,
) -> (usize, String, bool, bool) {
    let head = rest.first().map(String::as_str).unwrap_or_default();
    let key = folded(head);
    if key.is_empty() {
        return (1, "-".to_owned(), true, proper);
    }
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == key) {
        let place = is_unit(long);
        // `TT` inside a name is more often an abbreviation of its own.
        if !(place && first) {
            return (1, (*long).to_owned(), true, place);
        }
    }
    if let Some(dotted) = head.strip_prefix("TP.").filter(|rest| !rest.is_empty()) {
        return (1, format!("thành phố {}", titled(dotted)), true, true);
    }
    if proper && let Some((count, place)) = known_of(&PLACE, rest, 0.95) {
        return (count, place, true, true);
    }
    if let Some((count, unit)) = known_of(&UNIT, rest, 0.89)
        && !first
        && rest.len() > count
        && !is_other_word(&unit, head)
    {
        return (count, unit, true, true);
    }
    if first && let Some((count, body)) = known_of(&BODY, rest, 0.86) {
        // The committees of the Party are named by place: `Huyện ủy X`.
        // So are schools after persons.
        let key = folded(&body);
        let school =
            key.starts_with("truong") && !key.ends_with("daihoc") && !key.ends_with("caodang");
        let committee = key.ends_with("uy") || school;
        return (count, body, true, committee);
    }
    if (field || first || proper)
        && let Some((count, name)) = known_of(&FIELD, rest, 0.88)
    {
        return (count, name, true, false);
    }
    if let Some((count, body)) =
        known_of(&BODY, rest, 0.9).filter(|(count, _)| *count >= 2 || proper)
    {
        return (count, body, true, false);
    }
    if let Some((count, place)) = known_of(&PLACE, rest, 0.99) {
        return (count, place, true, false);
    }
    if let Some((count, unit)) = known_of(&UNIT, rest, 0.99).filter(|_| !first) {
        return (count, unit, true, true);
    }
    from_text(rest, proper, field || first, seen)
}

/// Words that differ from kinds of territories by their marks only: `cơ quan`, `địa phương`.
fn is_other_word(unit: &str, word: &str) -> bool {
    let lower = word.to_lowercase();
    lower != unit
        && matches!(
            lower.as_str(),
            "quan" | "quản" | "quân" | "phương" | "phượng" | "xa" | "huyền" | "tính" | "tĩnh"
        )
        && unit != "tỉnh"
}

/// As the text writes the longest run of the words, else by the rule: names of places in capitals, the rest small.
fn from_text(
    rest: &[String],
    proper: bool,
    capital: bool,
    seen: &Seen,
) -> (usize, String, bool, bool) {
    let keys: Vec<String> = rest.iter().map(|word| folded(word)).collect();
    for count in (2..=rest.len().min(8)).rev() {
        if let Some(way) = keys.get(..count).and_then(|keys| seen.phrase(keys)) {
            let mut text = way.join(" ");
            let small = keys
                .first()
                .is_some_and(|key| SMALL.iter().any(|word| folded(word) == *key));
            if capital && !small {
                text = capitalised(&text);
            }
            return (count, text, true, proper);
        }
    }
    let head = rest.first().map(String::as_str).unwrap_or_default();
    let lower = head.to_lowercase();
    let short = head.chars().count() <= 4
        && head.chars().all(|c| c.is_ascii_uppercase())
        && is_abbreviation(head);
    let text = if short {
        head.to_owned()
    } else if proper || capital && !SMALL.contains(&lower.as_str()) {
        titled(head)
    } else {
        lower.clone()
    };
    (1, text, SMALL.contains(&lower.as_str()), proper)
}

/// Capitals without a vowel are no syllable.
fn is_abbreviation(word: &str) -> bool {
    !word
        .chars()
        .any(|c| matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y'))
}

/// The longest entry that the words begin with, and how many words it takes.
fn known_of(list: &Entries, words: &[String], least: f32) -> Option<(usize, String)> {
    let keys: Vec<String> = words.iter().take(16).map(|word| folded(word)).collect();
    let first = keys.first()?.as_bytes().first().copied()?;
    let mut best: Option<(usize, f32, &Entry)> = None;
    for entry in &list.0 {
        // Engines join and part words: one more or less may make it.
        for taken in [entry.words, entry.words + 1, entry.words.saturating_sub(1)] {
            // Dashes between words are words of the header but not of the key.
            let Some((key, count)) = joined(&keys, taken) else {
                continue;
            };
            let far = key.len().abs_diff(entry.key.len()) * 5 > entry.key.len() + 4;
            if far || entry.key.len() <= 4 && key.as_bytes().first() != Some(&first) {
                continue;
            }
            let how = similarity(&key, &entry.key);
            let fits = if entry.key.len() <= 4 {
                how > 0.99
            } else {
                how >= least
            };
            // Long entries win over short ones, but not by letters that they got wrong.
            let worth = entry.key.len() as f32 * (1.0 - 4.0 * (1.0 - how));
            let better = best.as_ref().is_none_or(|(_, old, _)| worth > *old);
            if fits && better {
                best = Some((count, worth, entry));
            }
        }
    }
    best.map(|(count, _, entry)| (count, entry.text.to_owned()))
}

/// The first `taken` keys that are not empty, joined, and how many entries they span.
fn joined(keys: &[String], taken: usize) -> Option<(String, usize)> {
    let mut key = String::new();
    let mut left = taken;
    if left == 0 {
        return None;
    }
    for (index, part) in keys.iter().enumerate() {
        key.push_str(part);
        left = left.saturating_sub(usize::from(!part.is_empty()));
        if left == 0 {
            return (!key.is_empty()).then_some((key, index + 1));
        }
    }
    None
}

/// `QUẢNG` as `Quảng`.
pub fn titled(word: &str) -> String {
    capitalised(&word.to_lowercase())
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The tone over the first vowel of `oa`, `oe`, `uy` at the end of a syllable, as names are now written: `Hòa`, `Ủy`.
pub fn tones_settled(text: &str) -> String {
    const OLD: [&str; 30] = [
        "oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ",
        "OÀ", "OÁ", "OẢ", "OÃ", "OẠ", "OÈ", "OÉ", "OẺ", "OẼ", "OẸ", "UỲ", "UÝ", "UỶ", "UỸ", "UỴ",
    ];
    const NEW: [&str; 30] = [
        "òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy",
        "ÒA", "ÓA", "ỎA", "ÕA", "ỌA", "ÒE", "ÓE", "ỎE", "ÕE", "ỌE", "ÙY", "ÚY", "ỦY", "ŨY", "ỤY",
    ];
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            // `quý` has its `u` from the consonant; `Uỷ` with one capital is the pair of both cases.
            let word = word
                .replace("Uỷ", "Ủy")
                .replace("Uý", "Úy")
                .replace("Oà", "Òa");
            if folded(&word).starts_with("qu") {
                return word;
            }
            OLD.iter()
                .zip(NEW)
                .find(|(old, _)| word.ends_with(**old))
                .map_or(word.clone(), |(old, new)| {
                    word.strip_suffix(*old)
                        .map_or(word.clone(), |start| format!("{start}{new}"))
                })
        })
        .collect();
    words.join(" ")
}

/// A person's name from a row, as printed but for capitals throughout.
pub fn tones_kept(row: &crate::classify::leaf::Row) -> String {
    let all = row.capitals() > 0.85;
    let words: Vec<String> = row
        .tokens
        .iter()
        .map(|token| token.text.trim_matches(|c: char| !c.is_alphabetic()))
        .map(|word| if all { titled(word) } else { word.to_owned() })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        in_sentence(text, &Seen::default()).unwrap().0
    }

    #[test]
    fn capitals_become_names() {
        assert_eq!(
            written("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"),
            "Ủy ban nhân dân tỉnh Quảng Ngãi"
        );
        assert_eq!(written("UBND TỈNH HÀ NAM"), "Ủy ban nhân dân tỉnh Hà Nam");
        assert_eq!(
            written("BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
            "Bộ Lao động - Thương binh và Xã hội"
        );
        assert_eq!(written("THỦ TƯỚNG CHÍNH PHỦ"), "Thủ tướng Chính phủ");
        assert_eq!(written("VĂN PHÒNG CHÍNH PHỦ"), "Văn phòng Chính phủ");
        assert_eq!(
            written("UỶ BAN NHÂN DÂN XÃ TÂN HOÀ"),
            "Ủy ban nhân dân xã Tân Hòa"
        );
        assert_eq!(written("BỆNH VIỆN ĐA KHOA TỈNH"), "Bệnh viện đa khoa tỉnh");
        assert_eq!(
            written("ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH"),
            "Ủy ban nhân dân thành phố Hồ Chí Minh"
        );
    }

    #[test]
    fn slips_in_known_names_are_mended() {
        assert_eq!(
            written("SỞ THÔNG TIN VÀ TRUYÈN THÔNG"),
            "Sở Thông tin và Truyền thông"
        );
        assert_eq!(
            written("UBND TĨNH TUYÊN QUANG"),
            "Ủy ban nhân dân tỉnh Tuyên Quang"
        );
        assert_eq!(written("BỆNH VIỆN ĐA KHOATỈNH"), "Bệnh viện đa khoa tỉnh");
    }

    #[test]
    fn areas_are_taken_from_names() {
        assert_eq!(
            area_of("Ủy ban nhân dân tỉnh Hà Nam").as_deref(),
            Some("tỉnh Hà Nam")
        );
        assert_eq!(
            area_of("Ủy ban nhân dân thành phố Huế").as_deref(),
            Some("thành phố Huế")
        );
        assert_eq!(area_of("Bộ Lao động - Thương binh và Xã hội"), None);
        assert_eq!(without_area("Sở Y tế tỉnh Hà Nam"), "Sở Y tế");
    }

    #[test]
    fn tones_move_but_not_after_q() {
        assert_eq!(tones_settled("Hoà Thuỷ quý Uỷ"), "Hòa Thủy quý Ủy");
        assert_eq!(tones_settled("hoàn"), "hoàn");
    }
}
