//! What several pages of the archive say in the same words, and what they do not say: numbers of persons.

use saoy_archive::metadata::{Field, Kind, masked};

use crate::language::Language;

/// A text with the numbers of persons in it shown in part only: runs of 9 or 12 digits. Tax codes have 10 or 13.
pub(crate) fn veiled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for letter in text.chars().map(Some).chain([None]) {
        match letter {
            Some(letter) if letter.is_ascii_digit() => digits.push(letter),
            other => {
                match digits.len() {
                    9 | 12 => out.push_str(&masked(&digits)),
                    _ => out.push_str(&digits),
                }
                digits.clear();
                out.extend(other);
            }
        }
    }
    out
}

/// A value as people read it: codes by their words, days as papers write them, persons' numbers in part.
pub(crate) fn value(field: Option<&Field>, value: &str, l: Language) -> String {
    match field {
        Some(field) if field.kind == Kind::Code => field
            .codes
            .iter()
            .find(|(code, _, _)| code == value)
            .map_or_else(
                || value.to_owned(),
                |(code, vi, en)| format!("{} ({code})", l.say(vi, en)),
            ),
        Some(field) if field.kind == Kind::Date => day(value, l),
        _ => veiled(value),
    }
}

/// A day of the form `2026-11-25` as the language writes it.
pub(crate) fn day(text: &str, l: Language) -> String {
    match (l, text.split('-').collect::<Vec<_>>().as_slice()) {
        (Language::Vi, [year, month, day]) if year.len() == 4 => format!("{day}/{month}/{year}"),
        _ => text.to_owned(),
    }
}

/// A moment of ISO 8601 without the letters that only programs need: day and minute.
pub(crate) fn moment(text: &str, l: Language) -> String {
    match text.split_once('T') {
        Some((date, time)) => {
            let minute = time.get(..5).unwrap_or(time);
            match l {
                Language::Vi => format!("{minute} {}", day(date, l)),
                Language::En => format!("{date} {minute}"),
            }
        }
        None => text.to_owned(),
    }
}

/// A text as one part of a path: in a query `/` may stay, here not.
pub(crate) fn in_path(text: &str) -> String {
    crate::page::in_query(text).replace('/', "%2F")
}

/// What was done, by its name in the log.
pub(crate) fn action(code: &str, l: Language) -> String {
    let said = match code {
        "document.add" => l.say("đưa vào kho", "taken in"),
        "document.revise" => l.say("phiên bản mới", "new version"),
        "document.read" => l.say("đọc", "read"),
        "document.export" => l.say("lấy tệp", "file taken"),
        "reuse.handout" => l.say("tái sử dụng", "reused"),
        "hold.set" => l.say("ngừng hủy", "disposal stopped"),
        "hold.release" => l.say("bỏ ngừng hủy", "disposal allowed again"),
        other => return other.to_owned(),
    };
    format!("{said} ({code})")
}

/// How a document was used.
pub(crate) fn usage(kind: &str, l: Language) -> &'static str {
    match kind {
        "read" => l.say("đọc", "read"),
        "export" => l.say("lấy tệp", "file taken"),
        "handout" => l.say("giao", "handed out"),
        _ => l.say("tái sử dụng", "reused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_shown_in_part() {
        assert_eq!(
            veiled("Trần Văn C, CCCD 079090000001"),
            "Trần Văn C, CCCD 079*****0001"
        );
        assert_eq!(veiled("191234567/x"), "191*****4567/x");
        // A tax code, a year, a number of a paper.
        assert_eq!(veiled("0301234567, 2026, 15/QĐ"), "0301234567, 2026, 15/QĐ");
    }

    #[test]
    fn days_and_moments_read_as_the_language_writes_them() {
        assert_eq!(day("2026-11-05", Language::Vi), "05/11/2026");
        assert_eq!(
            moment("2026-11-05T08:09:10+07:00", Language::Vi),
            "08:09 05/11/2026"
        );
        assert_eq!(
            moment("2026-11-05T08:09:10+07:00", Language::En),
            "2026-11-05 08:09"
        );
        assert_eq!(in_path("SCTĐT/BS"), "SCT%C4%90T%2FBS");
    }
}
