//! Territories in names of bodies.

use super::words::*;
use crate::classify::fold::{folded, similarity};

/// Whether a word is a kind of territory.
pub fn is_unit(word: &str) -> bool {
    let key = folded(word);
    UNITS.iter().any(|unit| folded(unit) == key)
}

/// The territory that a name ends with, such as `tỉnh Hà Nam`.
pub fn area_of(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..words.len()).rev().find_map(|at| {
        let one = words.get(at)?;
        let pair = format!("{} {}", words.get(at - 1)?, one);
        let start = if UNITS.contains(&pair.as_str()) {
            at - 1
        } else if UNITS.contains(one) && *one != "xã"
            || *one == "xã"
                && words
                    .get(at + 1)
                    .is_some_and(|next| next.starts_with(char::is_uppercase))
        {
            at
        } else {
            return None;
        };
        let named = words.get(start + pair_length(&pair, one)..)?;
        let place = !named.is_empty()
            && named
                .iter()
                .all(|word| !word.starts_with(char::is_lowercase));
        place.then(|| words.get(start..).unwrap_or_default().join(" "))
    })
}

fn pair_length(pair: &str, one: &str) -> usize {
    if UNITS.contains(&pair) && !UNITS.contains(&one) || UNITS.contains(&pair) {
        2
    } else {
        1
    }
}

/// The name without its territory.
pub fn without_area(name: &str) -> String {
    area_of(name)
        .and_then(|area| {
            name.strip_suffix(&area)
                .map(|start| start.trim().to_owned())
        })
        .filter(|start| !start.is_empty())
        .unwrap_or_else(|| name.to_owned())
}

/// The province at the end of a name without a kind: `Bắc Ninh` of `Sở Y tế Bắc Ninh`.
pub fn trailing_place(name: &str) -> Option<String> {
    let key = folded(name);
    PLACES
        .iter()
        .filter(|place| key.ends_with(&folded(place)))
        .max_by_key(|place| place.len())
        .map(|place| (*place).to_owned())
}

/// The folded proper name of an area.
pub fn place_key(area: &str) -> String {
    let words: Vec<&str> = area
        .split_whitespace()
        .filter(|word| word.starts_with(char::is_uppercase))
        .collect();
    folded(&words.concat())
}

/// Whether a body is the Party's.
pub fn is_party(name: &str) -> bool {
    let key = folded(name);
    [
        "tinhuy",
        "thanhuy",
        "huyenuy",
        "quanuy",
        "thiuy",
        "danguy",
        "dangbo",
        "chibo",
        "trunguongdang",
        "banchaphanhtrunguong",
    ]
    .iter()
    .any(|start| key.starts_with(start))
}

/// Whether `text` is no province or city, but one or two letters from being one: more often misread than a place of
/// its own.
pub fn nearly_place(text: &str) -> bool {
    let key = folded(text);
    place(text).is_none()
        && PLACES
            .iter()
            .any(|place| similarity(&folded(place), &key) > 0.78)
}

/// The province or city as it is spelled, when `text` is one of them.
pub fn place(text: &str) -> Option<&'static str> {
    let key = folded(text);
    let key = key
        .strip_prefix("tp")
        .or_else(|| key.strip_prefix("thanhpho"))
        .unwrap_or(&key);
    PLACES
        .iter()
        .find(|place| {
            let wanted = folded(place);
            wanted == key || (wanted.len() >= 6 && similarity(&wanted, key) > 0.9)
        })
        .copied()
}
