//! The metadata of records and documents: which fields there are, how long and of what kind, as decrees lay down.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::error::{ArchiveError, Result, Sentence, sentence};
use crate::fold;

/// The standards known to this program, oldest first.
const SHIPPED: [&str; 1] = [include_str!("profiles/metadata-2025-07-01.toml")];

/// How long a value of a field outside the standard may be, in characters.
const LONGEST_OTHER: usize = 1000;

/// Metadata by the keys of the standard.
pub type Meta = BTreeMap<String, String>;

/// Whose metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// A record (hồ sơ).
    Record,
    /// A document (tài liệu).
    Document,
}

/// What values of a field look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any text up to its length.
    #[default]
    Text,
    /// A whole number; its length is the number of digits.
    Number,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One of a vocabulary.
    Code,
    /// An identity number (9 or 12 digits) or a tax code (10 digits, with three more for a branch).
    Owner,
}

/// A field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its key here and in `NAME.json`.
    pub key: String,
    /// Whose it is.
    pub of: Vec<Of>,
    /// Its tag in annex VI of Decree 30/2020/NĐ-CP.
    pub tag30: Option<String>,
    /// Its tag in Circular 05/2025/TT-BNV.
    pub tag05: Option<String>,
    /// What it is called, Vietnamese.
    pub vi: String,
    /// What it is called, English.
    pub en: String,
    /// What its values look like.
    #[serde(default)]
    pub kind: Kind,
    /// The longest value, in characters.
    pub max: Option<usize>,
    /// Whether the standard wants it.
    #[serde(default)]
    pub required: bool,
    /// The vocabulary: code, Vietnamese, English.
    #[serde(default)]
    pub codes: Vec<(String, String, String)>,
    /// Other names people use for it, folded.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// How long a code of retention keeps.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// The code of `maintenance`.
    pub code: String,
    /// Years after the year in which the work ended.
    pub years: i16,
}

/// How long files of copies are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// Days after delivery.
    pub days: i32,
}

/// A metadata standard.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Its version.
    pub version: String,
    /// The first day it holds for.
    pub first_day: Date,
    /// The fields.
    pub field: Vec<Field>,
    /// Retention by code.
    pub retention: Vec<Years>,
    /// Retention of certified copies.
    pub copies: Copies,
}

impl Standard {
    /// The standard that holds on a day; the oldest holds for all days before it.
    ///
    /// # Errors
    /// [`ArchiveError::Fault`] when a shipped file is not as it should be.
    pub fn on(day: Date) -> Result<&'static Self> {
        static ALL: OnceLock<std::result::Result<Vec<Standard>, String>> = OnceLock::new();
        let all = ALL
            .get_or_init(|| {
                SHIPPED
                    .iter()
                    .map(|text| toml::from_str(text).map_err(|error| error.to_string()))
                    .collect()
            })
            .as_ref()
            .map_err(|error| ArchiveError::Fault(format!("a metadata standard: {error}")))?;
        all.iter()
            .rfind(|standard| standard.first_day <= day)
            .or(all.first())
            .ok_or_else(|| ArchiveError::Fault("no metadata standard".to_owned()))
    }

    /// A field by its key, by a tag of either standard, or by a name that people use, with or without diacritics.
    #[must_use]
    pub fn field(&self, of: Of, name: &str) -> Option<&Field> {
        let folded = fold::plain(&name.replace('_', " "));
        let mut own = self.field.iter().filter(|field| field.of.contains(&of));
        own.clone().find(|field| field.key == name).or_else(|| {
            own.find(|field| {
                let tags = field.tag30.iter().chain(&field.tag05);
                let mut names = tags.chain([&field.vi, &field.en]).chain(&field.aliases);
                fold::plain(&field.key.replace('_', " ")) == folded
                    || names.any(|known| fold::plain(known) == folded)
            })
        })
    }

    /// Brings metadata into form: NFC, one space between words, keys of the standard, number and symbol split and joined.
    /// Empty values are left out.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`], naming every field that does not fit with its limit and value.
    pub fn checked(&self, of: Of, given: &Meta) -> Result<Meta> {
        let mut meta = Meta::new();
        let mut faults = Vec::new();
        for (name, value) in given {
            let value = tidy(value);
            if value.is_empty() {
                continue;
            }
            match self.field(of, name) {
                Some(field) => match field.checked(&value) {
                    Ok(value) => drop(meta.insert(field.key.clone(), value)),
                    Err(fault) => faults.push(fault),
                },
                None if !is_key(name) => faults.push(sentence!(
                    "không có trường \"{}\"",
                    "there is no field \"{}\"",
                    name
                )),
                None if value.chars().count() > LONGEST_OTHER => {
                    faults.push(too_long(name, LONGEST_OTHER, &value));
                }
                None => drop(meta.insert(name.clone(), value)),
            }
        }
        if of == Of::Document {
            self.number_and_symbol(&mut meta, &mut faults);
        }
        if faults.is_empty() {
            return Ok(meta);
        }
        let join = |part: fn(&Sentence) -> &str| {
            let all: Vec<&str> = faults.iter().map(part).collect();
            all.join("; ")
        };
        Err(ArchiveError::Refused(Sentence {
            vi: join(|fault| &fault.vi),
            en: join(|fault| &fault.en),
        }))
    }

    /// The standard has number and symbol apart, people have them together.
    fn number_and_symbol(&self, meta: &mut Meta, faults: &mut Vec<Sentence>) {
        if let Some(whole) = meta.get("number_symbol") {
            let whole = whole.clone();
            if let Some((number, notation)) = whole.split_once('/') {
                for (key, value) in [("code_number", number), ("code_notation", notation)] {
                    if meta.contains_key(key) || value.is_empty() {
                        continue;
                    }
                    match self
                        .field(Of::Document, key)
                        .map(|field| field.checked(value))
                    {
                        Some(Ok(value)) => drop(meta.insert(key.to_owned(), value)),
                        Some(Err(fault)) => faults.push(fault),
                        None => {}
                    }
                }
            }
        } else if let Some(number) = meta.get("code_number") {
            let whole = match meta.get("code_notation") {
                Some(notation) => format!("{number}/{notation}"),
                None => number.clone(),
            };
            meta.insert("number_symbol".to_owned(), whole);
        }
    }

    /// Fields that the standard wants and that are not there.
    pub fn missing<'a>(&'a self, of: Of, meta: &'a Meta) -> impl Iterator<Item = &'a Field> + 'a {
        self.field.iter().filter(move |field| {
            field.required && field.of.contains(&of) && !meta.contains_key(&field.key)
        })
    }

    /// How many years a code of retention keeps; nothing for permanent and for other codes.
    #[must_use]
    pub fn years(&self, code: &str) -> Option<i16> {
        let found = self.retention.iter().find(|one| one.code == code);
        found.map(|one| one.years)
    }
}

impl Field {
    /// The value in form.
    fn checked(&self, value: &str) -> std::result::Result<String, Sentence> {
        match self.kind {
            Kind::Date => day(value).map(|day| day.to_string()).ok_or_else(|| {
                sentence!(
                    "{}: \"{}\" không phải ngày dạng NĂM-THÁNG-NGÀY hoặc NGÀY/THÁNG/NĂM",
                    "{}: \"{}\" is no day of the form YEAR-MONTH-DAY or DAY/MONTH/YEAR",
                    self.key,
                    value
                )
            }),
            Kind::Number if !value.bytes().all(|byte| byte.is_ascii_digit()) => Err(sentence!(
                "{0}: \"{2}\" không phải số nguyên (tối đa {1} chữ số)",
                "{0}: \"{2}\" is no whole number (at most {1} digits)",
                self.key,
                self.max.unwrap_or(LONGEST_OTHER),
                value
            )),
            Kind::Code => self.code(value),
            Kind::Owner => owner(value).ok_or_else(|| {
                sentence!(
                    "{0}: \"{1}\" không phải số định danh (9 hoặc 12 chữ số) hay mã số thuế (10 hoặc 13 chữ số)",
                    "{0}: \"{1}\" is neither an identity number (9 or 12 digits) nor a tax code (10 or 13 digits)",
                    self.key,
                    masked(value)
                )
            }),
            Kind::Number | Kind::Text => {
                let max = self.max.unwrap_or(LONGEST_OTHER);
                if value.chars().count() > max {
                    return Err(too_long(&self.key, max, value));
                }
                Ok(value.to_owned())
            }
        }
    }

    fn code(&self, value: &str) -> std::result::Result<String, Sentence> {
        let folded = fold::plain(value);
        let padded = format!("{value:0>2}");
        let found = self.codes.iter().find(|(code, vi, en)| {
            code == value
                || *code == padded
                || fold::plain(vi) == folded
                || fold::plain(en) == folded
        });
        found.map(|(code, _, _)| code.clone()).ok_or_else(|| {
            let all: Vec<String> = self
                .codes
                .iter()
                .map(|(code, vi, _)| format!("{code} {vi}"))
                .collect();
            sentence!(
                "{}: không có mã \"{}\"; có: {}",
                "{}: there is no code \"{}\"; there are: {}",
                self.key,
                value,
                all.join(", ")
            )
        })
    }
}

/// A day as the standard writes it, or as Vietnamese papers do: `25/11/2026`.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let mut parts = text.split(['/', '-', '.']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// An owner's number without spaces and hyphens, when it is one.
#[must_use]
pub fn owner(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '.'))
        .collect();
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    (whole && matches!(digits.len(), 9 | 10 | 12 | 13)).then_some(digits)
}

/// Whether an owner's number is that of a person: tax codes of enterprises have 10 or 13 digits.
#[must_use]
pub fn is_person(owner: &str) -> bool {
    matches!(owner.len(), 9 | 12)
}

/// A number for eyes that need not know it: first three and last four digits.
#[must_use]
pub fn masked(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    if letters.len() < 9 {
        return "*".repeat(letters.len());
    }
    let first: String = letters.iter().take(3).collect();
    let last: String = letters.iter().skip(letters.len() - 4).collect();
    format!("{first}*****{last}")
}

fn too_long(key: &str, max: usize, value: &str) -> Sentence {
    let start: String = value.chars().take(60).collect();
    sentence!(
        "{}: dài {} ký tự, tối đa {}: \"{}…\"",
        "{}: {} characters, at most {} are allowed: \"{}…\"",
        key,
        value.chars().count(),
        max,
        start
    )
}

/// NFC, one space between words.
fn tidy(value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

fn is_key(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.len() <= 40 && name.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn standard() -> &'static Standard {
        Standard::on(date(2026, 11, 25)).unwrap()
    }

    fn meta(values: &[(&str, &str)]) -> Meta {
        values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn values_are_brought_into_form() {
        let given = meta(&[
            ("Số, ký hiệu", "15/QĐ-UBND"),
            ("IssuedDate", "5/1/2026"),
            ("maintenance", "Vĩnh viễn"),
            ("language", "1"),
            ("owner_number", "001 099 012 345"),
            ("birth_date", "1999-01-01"),
            ("subject", " về   việc  "),
            ("keyword", ""),
        ]);
        let meta = standard().checked(Of::Document, &given).unwrap();
        assert_eq!(meta["number_symbol"], "15/QĐ-UBND");
        assert_eq!(meta["code_number"], "15");
        assert_eq!(meta["code_notation"], "QĐ-UBND");
        assert_eq!(meta["issued_date"], "2026-01-05");
        assert_eq!(
            (meta["maintenance"].as_str(), meta["language"].as_str()),
            ("01", "01")
        );
        assert_eq!(meta["owner_number"], "001099012345");
        assert_eq!(meta["subject"], "về việc");
        assert!(!meta.contains_key("keyword"));
        let missing: Vec<&str> = standard()
            .missing(Of::Document, &meta)
            .map(|field| field.key.as_str())
            .collect();
        assert_eq!(missing, ["type_name", "agency"]);
    }

    #[test]
    fn what_does_not_fit_is_named_with_limit_and_value() {
        let long = "x".repeat(501);
        let given = meta(&[
            ("subject", &long),
            ("issued_date", "2026-02-30"),
            ("mode", "09"),
            ("owner_number", "12345"),
            ("code_number", "123456789012"),
            ("page_count", "ba"),
            ("Cột lạ", "x"),
        ]);
        let said = standard()
            .checked(Of::Document, &given)
            .unwrap_err()
            .sentence();
        for part in [
            "subject",
            "500",
            "501",
            "2026-02-30",
            "\"09\"",
            "owner_number",
            "code_number",
            "at most 11",
            "page_count",
            "\"ba\"",
            "Cột lạ",
        ] {
            assert!(said.en.contains(part), "{part}: {}", said.en);
        }
        // A number that is none is a slip of somebody's, and not shown in full.
        assert!(!said.en.contains("12345\""));
    }
}
