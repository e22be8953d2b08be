//! Machine-readable zones of identity cards and passports (ICAO Doc 9303, parts 3 to 6).
//!
//! A letter that stands where a digit must is taken for the digit it looks like only where a check digit proves it.

use super::dates::{Date, like_digit};
use crate::classify::fold::folded;
use crate::classify::leaf::Row;

/// A zone as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    /// Rows of the page that hold it.
    pub(super) rows: Vec<usize>,
    /// What it says; `None` when a check digit does not hold.
    pub(super) content: Option<Content>,
}

/// What a zone says when its check digits hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    /// The lines in full length.
    pub(super) lines: Vec<String>,
    /// Number of the document: nine characters at most, without filler.
    pub(super) number: String,
    /// The personal number of twelve digits, where there is one.
    pub(super) personal: Option<String>,
    /// Day of birth.
    pub(super) birth: Option<Date>,
    /// Last day of validity; `None` when it has none.
    pub(super) expiry: Option<Date>,
    /// `Nam` or `Nữ`.
    pub(super) sex: Option<&'static str>,
    /// Surname and given names in capitals without marks.
    pub(super) name: String,
    /// A passport (TD3) and no card.
    pub(super) passport: bool,
}

/// The zones of a page.
pub(super) fn zones(rows: &[Row]) -> Vec<Zone> {
    let cleaned: Vec<Option<String>> = rows.iter().map(cleaned).collect();
    let mut zones = Vec::new();
    let mut at = 0;
    while at < cleaned.len() {
        let run: Vec<&str> = cleaned
            .get(at..)
            .unwrap_or_default()
            .iter()
            .map_while(Option::as_deref)
            .collect();
        if run.len() >= 2 {
            zones.push(Zone {
                rows: (at..at + run.len()).collect(),
                content: best(&run),
            });
        }
        at += run.len().max(1);
    }
    zones
}

/// A row in the alphabet of the zone, `None` when it is no line of one.
fn cleaned(row: &Row) -> Option<String> {
    let mut line = String::new();
    for letter in row.tokens.iter().flat_map(|token| token.text.chars()) {
        match letter {
            '<' | '‹' | '＜' | '≤' => line.push('<'),
            '«' | '《' => line.push_str("<<"),
            _ if letter.is_ascii_digit() || letter.is_ascii_uppercase() => line.push(letter),
            _ if letter.is_alphabetic() => {
                line.push_str(&folded(&letter.to_string()).to_uppercase());
            }
            _ => {}
        }
    }
    let fillers = line.bytes().filter(|b| *b == b'<').count();
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    let heads = ["IDVNM", "IVNM", "P<VNM", "PVNM"];
    let headed = heads.iter().any(|head| line.starts_with(head)) && digits + fillers > 8;
    // The engine joins fillers or drops some; a line keeps most of its letters.
    let fine = (22..=52).contains(&line.len()) && (fillers >= 3 || headed);
    fine.then_some(line)
}

/// What a run of lines says in the format that fits.
fn best(lines: &[&str]) -> Option<Content> {
    let three = lines.windows(3).find_map(|lines| match lines {
        [first, second, third] => td1(first, second, third),
        _ => None,
    });
    three.or_else(|| {
        lines.windows(2).find_map(|lines| match lines {
            [first, second] => {
                two_lines(first, second, TD3).or_else(|| two_lines(first, second, TD2))
            }
            _ => None,
        })
    })
}

/// Three lines of 30: identity cards. Vietnam puts the personal number of twelve digits with a check digit of its
/// own into the optional part; the document's number is its last nine.
fn td1(first: &str, second: &str, third: &str) -> Option<Content> {
    let country = first.get(..8.min(first.len()))?.find("VNM")?;
    let rest = first.get(country + 3..)?;
    let run: String = rest.chars().take_while(|c| *c != '<').collect();
    let number = checked(run.get(..9)?, run.get(9..10)?)?;
    let (personal, optional) = match (run.get(10..22), rest.rsplit('<').next()) {
        (Some(twelve), Some(check)) if check.len() == 1 => {
            let twelve = checked(twelve, check)?;
            let check = digits(check)?;
            (Some(twelve.clone()), format!("{twelve}<<{check}"))
        }
        _ if run.len() == 10 => (None, "<".repeat(15)),
        _ => return None,
    };
    if personal
        .as_ref()
        .is_some_and(|twelve| !twelve.ends_with(&number))
    {
        return None;
    }
    let head = format!("{number}{}{optional}", check_digit(&number)?);
    let dates = Dates::read(second)?;
    let composite = digits(&second.chars().next_back()?.to_string())?;
    let body = format!("{}{}{}", dates.birth, dates.expiry, "<".repeat(11));
    if check_digit(&format!("{head}{body}"))?.to_string() != composite {
        return None;
    }
    let lines = vec![
        format!("IDVNM{head}"),
        format!(
            "{}{}{}VNM{}{composite}",
            dates.birth,
            dates.sex,
            dates.expiry,
            "<".repeat(11)
        ),
        names(third, 30),
    ];
    Some(Content {
        name: plain_name(third),
        birth: dates.birth_day(personal.as_deref()),
        expiry: dates.expiry_day(),
        sex: dates.sex(),
        number,
        personal,
        lines,
        passport: false,
    })
}

/// A format of two lines.
#[derive(Clone, Copy)]
struct TwoLines {
    length: usize,
    passport: bool,
}

/// Two lines of 44: passports.
const TD3: TwoLines = TwoLines {
    length: 44,
    passport: true,
};
/// Two lines of 36: older travel papers.
const TD2: TwoLines = TwoLines {
    length: 36,
    passport: false,
};

fn two_lines(first: &str, second: &str, format: TwoLines) -> Option<Content> {
    let country = first.get(..7.min(first.len()))?.find("VNM")?;
    if first.starts_with('P') != format.passport {
        return None;
    }
    let number = second.get(..9)?;
    let check = digits(second.get(9..10)?)?;
    let number = with_check(number, &check)?;
    if second.get(10..13)? != "VNM" {
        return None;
    }
    let dates = Dates::read(&format!("{}VNM", second.get(13..28)?))?;
    let tail = second.get(28..)?;
    let composite = digits(&tail.chars().next_back()?.to_string())?;
    let core = format!("{number}{check}");
    let optional = optional(tail, format)?;
    let body = format!("{core}{}{}{optional}", dates.birth, dates.expiry);
    if check_digit(&body)?.to_string() != composite {
        return None;
    }
    let personal: String = optional.chars().take_while(char::is_ascii_digit).collect();
    let personal = (personal.len() >= 12).then(|| personal.chars().take(12).collect::<String>());
    let lines = vec![
        format!(
            "{}VNM{}",
            if format.passport { "P<" } else { "I<" },
            names(first.get(country + 3..)?, format.length - 5)
        ),
        format!(
            "{core}VNM{}{}{}{optional}{composite}",
            dates.birth, dates.sex, dates.expiry
        ),
    ];
    Some(Content {
        name: plain_name(first.get(country + 3..)?),
        birth: dates.birth_day(personal.as_deref()),
        expiry: dates.expiry_day(),
        sex: dates.sex(),
        number: number.trim_end_matches('<').to_owned(),
        personal,
        lines,
        passport: format.passport,
    })
}

/// The optional part of the second line with its check digit, in full length. Fillers may be lost in reading;
/// the digits stand at its two ends.
fn optional(tail: &str, format: TwoLines) -> Option<String> {
    let inner = tail.get(..tail.len().checked_sub(1)?)?;
    let length = if format.passport { 14 } else { 7 };
    let content: String = inner.chars().take_while(|c| *c != '<').collect();
    if !format.passport {
        return (content.len() <= length).then(|| format!("{content:<<length$}"));
    }
    // A lone digit is the part's check digit; an empty part may have a filler for it.
    let check = inner.chars().next_back()?;
    let content = if inner.contains('<') {
        content.as_str()
    } else {
        inner.get(..inner.len() - 1)?
    };
    if content.len() > length {
        return None;
    }
    let content: String = content
        .chars()
        .map(|c| like_digit(c).unwrap_or(c))
        .collect();
    let padded = format!("{content:<<length$}");
    let wanted = check_digit(&padded)?;
    let fits = check == '<' && wanted == 0 || like_digit(check)? == char::from_digit(wanted, 10)?;
    fits.then(|| format!("{padded}{check}"))
}

/// The dates of a line that begins with birth, sex and expiry; both with their check digits.
struct Dates {
    /// Seven digits.
    birth: String,
    /// Seven digits.
    expiry: String,
    sex: char,
}

impl Dates {
    fn read(line: &str) -> Option<Self> {
        let part = |from: usize| {
            let date = checked(line.get(from..from + 6)?, line.get(from + 6..from + 7)?)?;
            Some(format!("{date}{}", check_digit(&date)?))
        };
        let sex = line.chars().nth(7)?;
        let country = line.get(15..18)?;
        let fine = matches!(sex, 'M' | 'F' | '<') && country == "VNM";
        fine.then(|| {
            Some(Self {
                birth: part(0)?,
                expiry: part(8)?,
                sex,
            })
        })?
    }

    fn sex(&self) -> Option<&'static str> {
        match self.sex {
            'M' => Some("Nam"),
            'F' => Some("Nữ"),
            _ => None,
        }
    }

    /// Papers with a zone are valid until some day of this century.
    fn expiry_day(&self) -> Option<Date> {
        day(&self.expiry, 20)
    }

    /// The century is in the personal number, else the one that ends before the paper does.
    fn birth_day(&self, personal: Option<&str>) -> Option<Date> {
        if let Some(century) = personal.and_then(super::identity::century) {
            return day(&self.birth, century);
        }
        let young = day(&self.birth, 20)?;
        match self.expiry_day() {
            Some(expiry) if young >= expiry => day(&self.birth, 19),
            _ if young.year > 2030 => day(&self.birth, 19),
            _ => Some(young),
        }
    }
}

fn day(digits: &str, century: u32) -> Option<Date> {
    let part = |from: usize| digits.get(from..from + 2)?.parse::<u32>().ok();
    Date::new(century * 100 + part(0)?, part(2)?, part(4)?)
}

/// Digits whose check digit holds, with look-alike letters taken for them.
fn checked(text: &str, check: &str) -> Option<String> {
    let (text, check) = (digits(text)?, digits(check)?);
    (check_digit(&text)?.to_string() == check).then_some(text)
}

/// A number of letters and digits whose check digit holds, as it is or with the letters behind the first taken
/// for digits: numbers of passports are a letter and seven digits.
fn with_check(number: &str, check: &str) -> Option<String> {
    let mended: String = number
        .chars()
        .enumerate()
        .map(|(index, letter)| {
            if index == 0 {
                letter
            } else {
                like_digit(letter).unwrap_or(letter)
            }
        })
        .collect();
    [number.to_owned(), mended]
        .into_iter()
        .find(|number| check_digit(number).is_some_and(|digit| digit.to_string() == check))
}

fn digits(text: &str) -> Option<String> {
    text.chars().map(like_digit).collect()
}

/// The check digit of Doc 9303-3, 4.9: weights 7, 3, 1; letters count from A = 10, fillers 0.
fn check_digit(text: &str) -> Option<u32> {
    let mut sum = 0;
    for (letter, weight) in text.chars().zip([7, 3, 1].into_iter().cycle()) {
        let value = match letter {
            '<' => 0,
            _ => letter.to_digit(36)?,
        };
        sum += value * weight;
    }
    Some(sum % 10)
}

/// A line of names in full length.
fn names(line: &str, length: usize) -> String {
    let line = line.trim_end_matches('<');
    let line: String = line.chars().take(length).collect();
    format!("{line:<<length$}")
}

/// Surname and given names with spaces. Fillers read as letters at the end cannot be told from a name, so what
/// follows a run of fillers after the given names is dropped.
fn plain_name(line: &str) -> String {
    let mut parts = line.split("<<").filter(|part| !part.is_empty());
    let words: Vec<&str> = parts
        .next()
        .into_iter()
        .chain(parts.next())
        .flat_map(|part| part.split('<'))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::leaf::Token;

    fn rows(lines: &[&str]) -> Vec<Row> {
        lines
            .iter()
            .map(|line| Row {
                tokens: vec![Token {
                    text: (*line).to_owned(),
                    key: folded(line),
                    confidence: 0.9,
                    shown: Default::default(),
                    level: Default::default(),
                }],
            })
            .collect()
    }

    fn content(lines: &[&str]) -> Option<Content> {
        zones(&rows(lines)).into_iter().next()?.content
    }

    /// The lines of a card with right check digits.
    fn card() -> [String; 3] {
        let (nine, twelve) = ("090012345", "001090012345");
        let check = |text: &str| check_digit(text).unwrap().to_string();
        let head = format!("{nine}{}{twelve}<<{}", check(nine), check(twelve));
        let (birth, expiry) = ("900615", "300615");
        let birth = format!("{birth}{}", check(birth));
        let expiry = format!("{expiry}{}", check(expiry));
        let fill = "<".repeat(11);
        let composite = check(&format!("{head}{birth}{expiry}{fill}"));
        [
            format!("IDVNM{head}"),
            format!("{birth}M{expiry}VNM{fill}{composite}"),
            "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<".to_owned(),
        ]
    }

    #[test]
    fn check_digits_are_those_of_the_standard() {
        // The specimens of Doc 9303-3, 4.9 and 9303-4, appendix B.
        assert_eq!(check_digit("520727"), Some(3));
        assert_eq!(check_digit("AB2134<<<"), Some(5));
        assert_eq!(check_digit("L898902C3"), Some(6));
    }

    #[test]
    fn a_card_is_read() {
        let [a, b, c] = card();
        assert!([&a, &b, &c].iter().all(|line| line.len() == 30));
        let content = content(&[&a, &b, &c]).unwrap();
        assert_eq!(content.personal.as_deref(), Some("001090012345"));
        assert_eq!(content.birth.map(Date::iso).as_deref(), Some("1990-06-15"));
        assert_eq!(content.expiry.map(Date::iso).as_deref(), Some("2030-06-15"));
        assert_eq!(content.sex, Some("Nam"));
        assert_eq!(content.name, "NGUYEN VAN AN");
        assert_eq!(content.lines, [a, b, c]);
    }

    #[test]
    fn letters_for_digits_are_mended_where_a_check_digit_proves_it() {
        let [a, b, c] = card();
        let worn = a.replacen("0900", "O9O0", 1);
        let fewer = b.replacen("<<<", "<<", 1);
        let read = content(&[&worn, &fewer, &c]).unwrap();
        assert_eq!(read.lines, [a.clone(), b.clone(), c.clone()]);
        // Another digit in the number: the check digit does not hold, and nothing is said.
        let wrong = a.replacen("0900", "0800", 1);
        let zones = zones(&rows(&[&wrong, &b, &c]));
        assert_eq!(zones.len(), 1);
        assert_eq!(zones[0].content, None);
    }

    #[test]
    fn a_passport_is_read() {
        let check = |text: &str| check_digit(text).unwrap().to_string();
        let number = format!("C1234567<{}", check("C1234567<"));
        let (birth, expiry) = (
            format!("850101{}", check("850101")),
            format!("290101{}", check("290101")),
        );
        let optional = format!("001085012345<<{}", check("001085012345<<"));
        let composite = check(&format!("{number}{birth}{expiry}{optional}"));
        let second = format!("{number}VNM{birth}F{expiry}{optional}{composite}");
        assert_eq!(second.len(), 44);
        let first = format!("{:<<44}", "P<VNMTRAN<<THI<BINH");
        let read = content(&[&first, &second]).unwrap();
        assert_eq!(read.number, "C1234567");
        assert_eq!(read.personal.as_deref(), Some("001085012345"));
        assert_eq!(read.sex, Some("Nữ"));
        assert_eq!(read.birth.map(Date::iso).as_deref(), Some("1985-01-01"));
        assert_eq!(read.lines, [first, second]);
        assert!(read.passport);
    }

    #[test]
    fn running_text_is_no_zone() {
        assert!(
            zones(&rows(&[
                "Căn cứ Luật Tổ chức chính quyền địa phương",
                "ngày 19 tháng 6"
            ]))
            .is_empty()
        );
    }
}
