//! Dates as papers write them: in digits, with words between, and wholly in words.

use crate::classify::fold::{folded, similarity};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
}

impl Date {
    /// A day that there is, from 1850 to 2150: what papers of living offices can bear.
    pub(super) fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let fine = (1850..=2150).contains(&year) && (1..=days).contains(&day);
        fine.then_some(Self {
            year: u16::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// The day of eight digits `DDMMYYYY`.
    pub(super) fn of_digits(text: &str) -> Option<Self> {
        let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
        if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Self::new(part(4, 8)?, part(2, 4)?, part(0, 2)?)
    }

    /// ISO 8601.
    pub(super) fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// The day that ISO 8601 text names.
    pub(super) fn of_iso(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(|part| part.parse::<u32>().ok());
        Self::new(parts.next()??, parts.next()??, parts.next()??)
    }
}

/// A date in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) date: Date,
    /// Letters that stood where digits must were taken for digits.
    pub(super) mended: bool,
    /// Index of the first word and behind the last, in words parted by spaces.
    pub(super) words: (usize, usize),
}

/// All dates of a text, from its beginning: `20/02/2002`, `11 - 3 - 1992`, `ngày 05 tháng 6 năm 2020`,
/// `ngày/date 05 tháng/month 06 năm/year 2020`, `05 JUN 1990`.
pub(super) fn dates(text: &str) -> Vec<Found> {
    let items = items(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < items.len() {
        if let Some((date, used)) = date_at(items.get(at..).unwrap_or_default()) {
            found.push(date);
            at += used;
        } else {
            at += 1;
        }
    }
    found
}

/// The first date of a text.
pub(super) fn date(text: &str) -> Option<Found> {
    dates(text).into_iter().next()
}

/// A year alone, `1960` or `năm 1960`.
pub(super) fn year(text: &str) -> Option<u16> {
    items(text).iter().find_map(|item| match item.kind {
        Kind::Number {
            value, digits: 4, ..
        } if (1850..=2150).contains(&value) => u16::try_from(value).ok(),
        _ => None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Number {
        value: u32,
        digits: usize,
        mended: bool,
    },
    /// `ngày`, `tháng`, `năm` and their English words.
    Link,
    /// An English month.
    Month(u32),
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    kind: Kind,
    word: usize,
}

fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut after: Option<&str> = None;
    for (word, written) in text.split_whitespace().enumerate() {
        let before = after.replace(written);
        if let Some((month, year)) = before.and_then(|before| parted_month(before, written)) {
            // The first digit of the month was the last item.
            items.pop();
            for (value, digits) in [(month, 2), (year, 4)] {
                let kind = Kind::Number {
                    value,
                    digits,
                    mended: true,
                };
                items.push(Item { kind, word });
            }
            continue;
        }
        if let Some([day, month, year]) = worn(written) {
            for (part, digits) in [(day, 2), (month, 2), (year, 4)] {
                let kind = Kind::Number {
                    value: part,
                    digits,
                    mended: true,
                };
                items.push(Item { kind, word });
            }
            continue;
        }
        let parts = written.split(|c: char| !c.is_alphanumeric());
        for part in parts.filter(|part| !part.is_empty()) {
            items.push(Item {
                kind: kind(part),
                word,
            });
        }
    }
    items
}

/// A day in one word whose strokes were read as letters or not at all: `26I09/2020`, `2012/2031`.
fn worn(written: &str) -> Option<[u32; 3]> {
    let written = written.trim_matches(|c: char| !c.is_alphanumeric());
    let whole = written
        .split(['/', '.', '-'])
        .filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if whole.map(str::len).eq([2, 2, 4]) {
        return None;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let strokes = written.chars().filter(|c| !c.is_ascii_digit());
    let fine = digits.len() == 8
        && (1..=2).contains(&strokes.clone().count())
        && strokes.clone().all(|c| {
            matches!(
                c,
                '/' | 'I' | 'l' | '|' | '!' | 'i' | 'í' | 'ï' | 'j' | 'f' | 'ƒ' | '\\' | ']' | '['
            )
        });
    let part = |from: usize, to: usize| digits.get(from..to)?.parse().ok();
    fine.then(|| Some([part(0, 2)?, part(2, 4)?, part(4, 8)?]))?
}

/// Month and year of a day whose month has a gap between its two digits: `27/1 1/1994`. Without this, the second word
/// would be taken for month and year, and the first digit of the month for the day.
fn parted_month(before: &str, written: &str) -> Option<(u32, u32)> {
    let (day, tens) = before.split_once('/')?;
    let (ones, year) = written
        .trim_end_matches(|c: char| !c.is_ascii_digit())
        .split_once('/')?;
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let fine = digits(day, 2) && tens == "1" && digits(ones, 1) && digits(year, 4);
    (fine && year.len() == 4).then_some(())?;
    Some((10 + ones.parse::<u32>().ok()?, year.parse().ok()?))
}

fn kind(part: &str) -> Kind {
    if let Some(number) = number(part) {
        return number;
    }
    let key = folded(part);
    if LINKS
        .iter()
        .any(|link| *link == key || (link.len() > 3 && similarity(&key, link) > 0.8))
    {
        return Kind::Link;
    }
    let month = MONTHS
        .iter()
        .position(|month| key.len() >= 3 && (key == *month || key.starts_with(month)));
    match month {
        Some(index) if key.len() <= 9 => Kind::Month(u32::try_from(index).unwrap_or(0) + 1),
        _ => Kind::Other,
    }
}

/// A number; letters that look like digits count when most of the part is digits.
fn number(part: &str) -> Option<Kind> {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let length = part.chars().count();
    if digits == 0 || digits * 2 < length || length > 8 {
        return None;
    }
    let mended: String = part.chars().map(like_digit).collect::<Option<_>>()?;
    Some(Kind::Number {
        value: mended.parse().ok()?,
        digits: length,
        mended: digits != length,
    })
}

/// The digit that a letter is taken for by engines, or the digit itself.
pub(super) fn like_digit(letter: char) -> Option<char> {
    Some(match letter {
        '0'..='9' => letter,
        'O' | 'o' | 'D' | 'Q' | 'Ø' => '0',
        'I' | 'l' | 'i' | '|' | 'ı' | ']' | '[' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'G' | 'b' => '6',
        'B' | '§' => '8',
        'g' | 'q' => '9',
        _ => return None,
    })
}

/// The date with which `items` begin, and how many items it takes.
fn date_at(items: &[Item]) -> Option<(Found, usize)> {
    let first = items.first()?;
    let mut numbers: Vec<(u32, usize, bool)> = Vec::new();
    let mut month = None;
    let mut used = 0_usize;
    for item in items {
        match item.kind {
            Kind::Number {
                value,
                digits,
                mended,
            } => {
                if numbers.is_empty() && digits == 8 {
                    break;
                }
                numbers.push((value, digits, mended));
            }
            Kind::Month(value) if numbers.len() <= 1 && month.is_none() => month = Some(value),
            Kind::Link if used > 0 || numbers.is_empty() => {}
            _ => break,
        }
        used += 1;
        let wanted = if month.is_some() { 2 } else { 3 };
        if numbers.len() == wanted {
            break;
        }
    }
    // A date begins with a number, an English one may begin with its month.
    if matches!(first.kind, Kind::Link | Kind::Other) {
        return None;
    }
    let last = items.get(used.checked_sub(1)?)?;
    let (day, month, year) = match (numbers.as_slice(), month) {
        ([day, year], Some(month)) => (*day, (month, 2, false), *year),
        ([day, month, year], None) => (*day, *month, *year),
        _ => return None,
    };
    if day.1 > 2 || month.1 > 2 || year.1 != 4 {
        return None;
    }
    let found = Found {
        date: Date::new(year.0, month.0, day.0)?,
        mended: day.2 || month.2 || year.2,
        words: (first.word, last.word + 1),
    };
    Some((found, used))
}

const LINKS: [&str; 8] = ["ngay", "thang", "nam", "date", "month", "year", "day", "of"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The date that is written wholly in words: `ngày hai mươi lăm tháng tư năm hai nghìn không trăm hai mươi lăm`.
pub(super) fn date_in_words(text: &str) -> Option<Date> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(folded)
        .filter(|word| !word.is_empty())
        .collect();
    let is = |index: usize, wanted: &str| {
        words.get(index).is_some_and(|word| {
            word == wanted || (wanted.len() > 3 && similarity(word, wanted) > 0.85)
        })
    };
    let month_at = (0..words.len()).find(|&index| is(index, "thang"))?;
    let day_from = (0..month_at)
        .rev()
        .find(|&index| is(index, "ngay"))
        .map_or(0, |index| index + 1);
    let day: Vec<&str> = words
        .get(day_from..month_at)?
        .iter()
        .map(String::as_str)
        .collect();
    // `mồng` and `mùng` stand before the first ten days.
    let day = match day.split_first() {
        Some((&("mong" | "mung"), rest)) => rest.to_vec(),
        _ => day,
    };
    let rest = words.get(month_at + 1..)?;
    // `tháng năm năm hai nghìn`: the fifth month, then the word for year.
    let year_at = rest
        .iter()
        .enumerate()
        .position(|(index, word)| word == "nam" && index > 0)?;
    let month: Vec<&str> = rest.get(..year_at)?.iter().map(String::as_str).collect();
    let month = match month.as_slice() {
        ["gieng"] => 1,
        ["chap"] => 12,
        _ => in_words(&month)?,
    };
    let year: Vec<&str> = rest
        .get(year_at + 1..)?
        .iter()
        .map(String::as_str)
        .take_while(|word| part_of_number(word).is_some())
        .collect();
    Date::new(in_words(&year)?, month, in_words(&day)?)
}

/// What a syllable does to a number.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Digit(u32),
    Ten,
    Hundred,
    Thousand,
    Nothing,
}

fn part_of_number(word: &str) -> Option<Part> {
    let exact = |word: &str| {
        NUMBER_WORDS
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, part)| *part)
    };
    exact(word).or_else(|| {
        // A long syllable may have one wrong letter, when only one word is that near.
        let near: Vec<Part> = NUMBER_WORDS
            .iter()
            .filter(|(name, _)| {
                word.len() >= 4 && name.len() >= 4 && similarity(word, name) >= 0.75
            })
            .map(|(_, part)| *part)
            .collect();
        match near.as_slice() {
            [one] => Some(*one),
            [first, rest @ ..] if rest.iter().all(|part| part == first) => Some(*first),
            _ => None,
        }
    })
}

/// The number that folded syllables say, up to 9999.
pub(super) fn in_words(words: &[&str]) -> Option<u32> {
    let (mut total, mut pending) = (0_u32, None::<u32>);
    if words.is_empty() {
        return None;
    }
    for word in words {
        match part_of_number(word)? {
            Part::Digit(value) => {
                total += pending.take().unwrap_or(0);
                pending = Some(value);
            }
            Part::Ten => total += pending.take().unwrap_or(1) * 10,
            Part::Hundred => total += pending.take()? * 100,
            Part::Thousand => total = (total + pending.take()?).checked_mul(1000)?,
            Part::Nothing => {}
        }
        if total > 9_999 {
            return None;
        }
    }
    Some(total + pending.unwrap_or(0))
}

/// `mươi` and `mười` are one word when folded: ten after nothing, tens after a digit.
const NUMBER_WORDS: [(&str, Part); 19] = [
    ("khong", Part::Digit(0)),
    ("mot", Part::Digit(1)),
    ("hai", Part::Digit(2)),
    ("ba", Part::Digit(3)),
    ("bon", Part::Digit(4)),
    ("tu", Part::Digit(4)),
    ("nam", Part::Digit(5)),
    ("lam", Part::Digit(5)),
    ("nham", Part::Digit(5)),
    ("sau", Part::Digit(6)),
    ("bay", Part::Digit(7)),
    ("tam", Part::Digit(8)),
    ("chin", Part::Digit(9)),
    ("muoi", Part::Ten),
    ("tram", Part::Hundred),
    ("nghin", Part::Thousand),
    ("ngan", Part::Thousand),
    ("linh", Part::Nothing),
    ("le", Part::Nothing),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Vec<String> {
        dates(text).iter().map(|found| found.date.iso()).collect()
    }

    #[test]
    fn dates_are_read_in_every_writing() {
        assert_eq!(iso("20/02/2002"), ["2002-02-20"]);
        assert_eq!(
            iso("sinh 11 / 3 / 1992, cấp 14.5.2022."),
            ["1992-03-11", "2022-05-14"]
        );
        assert_eq!(iso("Hải Phòng, ngày 17 tháng 9 năm 2025"), ["2025-09-17"]);
        assert_eq!(
            iso("ngày/date 05 tháng/month 06 năm/year 2020"),
            ["2020-06-05"]
        );
        assert_eq!(iso("05 JUN 1990"), ["1990-06-05"]);
        assert_eq!(iso("June 5, 1990"), ["1990-06-05"]);
        assert_eq!(iso("ngảy 0l thảng l0 năm 2O20"), ["2020-10-01"]);
    }

    #[test]
    fn a_gap_within_a_month_makes_no_other_day() {
        assert_eq!(iso("27/1 1/1994"), ["1994-11-27"]);
        assert!(date("27/1 1/1994").is_some_and(|found| found.mended));
        assert_eq!(date("27/1 1/1994").map(|found| found.words), Some((0, 2)));
        // No thirteenth month, and no day out of its digits.
        assert_eq!(iso("27/1 3/1994"), Vec::<String>::new());
    }

    #[test]
    fn days_that_are_none_are_not_read() {
        assert_eq!(iso("31/02/2020"), Vec::<String>::new());
        assert_eq!(iso("12/2025"), Vec::<String>::new());
        assert_eq!(iso("0959.385.783"), Vec::<String>::new());
        assert_eq!(iso("181/2025"), Vec::<String>::new());
        assert_eq!(iso("26I09/2020 26I09I2030"), ["2020-09-26", "2030-09-26"]);
        assert_eq!(iso("2012/2031"), ["2031-12-20"]);
        assert!(date("2012/2031").is_some_and(|found| found.mended));
        assert!(date("0l/10/2020").is_some_and(|found| found.mended));
    }

    #[test]
    fn dates_in_words_are_understood() {
        let say = |text: &str| date_in_words(text).map(Date::iso).unwrap_or_default();
        assert_eq!(
            say("Ngày hai mươi lăm tháng tư năm hai nghìn không trăm hai mươi lăm"),
            "2025-04-25"
        );
        assert_eq!(
            say("ngày mùng năm, tháng năm, năm một nghìn chín trăm chín mươi lăm"),
            "1995-05-05"
        );
        assert_eq!(
            say("ngày mười tháng mười hai năm hai nghìn lẻ chín"),
            "2009-12-10"
        );
        assert_eq!(say("Ngày mười lăm tháng giêng năm hai nghin"), "2000-01-15");
        assert_eq!(say("ngày tháng năm"), "");
    }
}
