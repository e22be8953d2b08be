//! What a clerk types: words, "phrases", `field:value`, ranges of dates, `-word`, `word*`.

use jiff::civil::Date;

use crate::error::{ArchiveError, Result, sentence};
use crate::fold::{self, bare};
use crate::metadata::{self, Field, Kind, Of, Standard};

use super::Facet;

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
    ranges: Vec<Range>,
    /// Facets that must be exactly so.
    only: Vec<(Facet, String)>,
}

/// One word or phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// The field it must stand in.
    field: Option<String>,
    /// Words that follow each other.
    words: Vec<String>,
    /// Whether the last word may go on.
    prefix: bool,
    /// Whether it must not be there.
    negated: bool,
}

/// Bounds of a field, as texts that compare like dates do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Range {
    field: String,
    from: Option<String>,
    to: Option<String>,
}

/// A piece of what was typed.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    negated: bool,
    field: Option<String>,
    value: String,
    quoted: bool,
    /// Whether something follows, were it only a space.
    ended: bool,
}

impl Query {
    /// Understands a query; what is no field before a colon is a word like others.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when a range has bounds that are no dates.
    pub fn parse(text: &str, typing: bool, today: Date) -> Result<Self> {
        let standard = Standard::on(today)?;
        let mut query = Self::default();
        for piece in pieces(text) {
            let field = piece
                .field
                .as_deref()
                .and_then(|name| known(standard, name));
            if let Some((key, Some(field))) = &field
                && is_range(&piece)
                && matches!(field.kind, Kind::Date | Kind::Number)
            {
                query.ranges.push(range(key, &piece.value)?);
                continue;
            }
            let mut value = piece.value;
            let mut key = None;
            match (field, piece.field) {
                (Some((known, field)), _) => {
                    value = in_form(field, value);
                    key = Some(known);
                }
                (None, Some(name)) => value = format!("{name} {value}"),
                (None, None) => {}
            }
            let words: Vec<String> = fold::words(&value).collect();
            if words.is_empty() {
                continue;
            }
            // One letter begins a fifteenth of all words: nothing to be shown yet.
            let long = words.last().is_some_and(|word| word.chars().count() > 1);
            let open = value.ends_with('*') || (typing && !piece.ended && !piece.quoted);
            query.terms.push(Term {
                field: key,
                words,
                prefix: open && long,
                negated: piece.negated,
            });
        }
        Ok(query)
    }

    /// Lets only through what has exactly this value of a facet. Its words find the few that may have it, the comparison
    /// leaves out those that only contain it.
    pub(super) fn narrow(&mut self, facet: Facet, value: &str) {
        let field = match facet {
            Facet::Year => "issued_date",
            other => other.name(),
        };
        let words: Vec<String> = fold::words(value).collect();
        if !words.is_empty() {
            self.terms.push(Term {
                field: Some(field.to_owned()),
                words,
                prefix: false,
                negated: false,
            });
        }
        self.only.push((facet, value.to_owned()));
    }

    /// The bare words that snippets look for.
    pub(super) fn words_of(text: &str) -> Vec<String> {
        let mut words: Vec<String> = pieces(text)
            .filter(|piece| !piece.negated)
            .flat_map(|piece| {
                fold::words(&piece.value)
                    .map(|word| bare(&word))
                    .collect::<Vec<_>>()
            })
            .collect();
        words.dedup();
        words
    }

    /// Whether a word was typed with diacritics: then documents that have it so come first.
    pub(super) fn is_accented(&self) -> bool {
        self.terms
            .iter()
            .any(|term| !term.negated && term.field.is_none() && term.is_accented())
    }

    /// The query in the words of FTS5; nothing when no word must be there.
    pub(super) fn expression(&self, exact: bool) -> Option<String> {
        let (out, into): (Vec<&Term>, Vec<&Term>) =
            self.terms.iter().partition(|term| term.negated);
        if into.is_empty() {
            return None;
        }
        let joined = |terms: &[&Term], word: &str| {
            let all: Vec<String> = terms.iter().map(|term| term.expression(exact)).collect();
            all.join(word)
        };
        Some(match out.as_slice() {
            [] => joined(&into, " AND "),
            out => format!("({}) NOT ({})", joined(&into, " AND "), joined(out, " OR ")),
        })
    }

    /// Conditions on rows besides the words, with their values.
    pub(super) fn conditions(&self) -> (String, Vec<String>) {
        let mut sql = String::new();
        let mut values = Vec::new();
        for range in &self.ranges {
            let value = match range.field.as_str() {
                "issued_date" => "(SELECT issued FROM findable WHERE id = words.rowid)".to_owned(),
                // Keys come from the standard, never from what was typed.
                key => format!(
                    "(SELECT json_extract(meta, '$.{key}') FROM document WHERE document.id = words.rowid)"
                ),
            };
            if let Some(from) = &range.from {
                sql.push_str(&format!(" AND {value} >= ?"));
                values.push(from.clone());
            }
            if let Some(to) = &range.to {
                sql.push_str(&format!(" AND {value} <= ? AND {value} <> ''"));
                values.push(to.clone());
            }
        }
        for (facet, value) in &self.only {
            let column = facet.name();
            sql.push_str(&format!(
                " AND (SELECT {column} FROM findable WHERE id = words.rowid) = ?"
            ));
            values.push(value.clone());
        }
        // Without a word that must be there, those that must not are looked for by themselves.
        let out: Vec<&Term> = self.terms.iter().filter(|term| term.negated).collect();
        if out.len() == self.terms.len() && !out.is_empty() {
            let all: Vec<String> = out.iter().map(|term| term.expression(false)).collect();
            sql.push_str(" AND words.rowid NOT IN (SELECT rowid FROM words WHERE words MATCH ?)");
            values.push(all.join(" OR "));
        }
        (sql, values)
    }
}

impl Term {
    fn is_accented(&self) -> bool {
        self.words.iter().any(|word| bare(word) != *word)
    }

    fn expression(&self, exact: bool) -> String {
        let exact = exact && self.field.is_none() && self.is_accented();
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| match &self.field {
                Some(key) => super::of_field(key, &bare(word)),
                None if exact => word.clone(),
                None => bare(word),
            })
            .collect();
        let column = match self.field {
            Some(_) => "fields",
            None if exact => "exact",
            None => "folded",
        };
        // Letters and digits only: nothing in them can end the quotes.
        let star = if self.prefix { " *" } else { "" };
        format!("{column} : \"{}\"{star}", words.join(" "))
    }
}

/// A field's key; the field itself where the standard has it.
fn known<'a>(standard: &'a Standard, name: &str) -> Option<(String, Option<&'a Field>)> {
    if fold::plain(name) == "ho so" || name == "record" {
        return Some(("record".to_owned(), None));
    }
    if let Some(field) = standard.field(Of::Document, name) {
        return Some((field.key.clone(), Some(field)));
    }
    // Fields of citizens' papers bear their names as `digitize` writes them.
    let key = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    (name.contains('_') && name.bytes().all(key)).then(|| (name.to_owned(), None))
}

/// A value in the form in which it is stored: dates as ISO writes them, vocabularies by their code.
fn in_form(field: Option<&Field>, value: String) -> String {
    match field.map(|field| field.kind) {
        Some(Kind::Date) => metadata::day(&value).map_or(value, |day| day.to_string()),
        Some(Kind::Owner) => metadata::owner(&value).unwrap_or(value),
        _ => value,
    }
}

fn is_range(piece: &Piece) -> bool {
    !piece.quoted && (piece.value.contains("..") || piece.value.starts_with(['<', '>']))
}

fn range(key: &str, value: &str) -> Result<Range> {
    let (from, to) = if let Some((from, to)) = value.split_once("..") {
        (from, to)
    } else if let Some(to) = value.strip_prefix('<') {
        ("", to)
    } else {
        (value.trim_start_matches('>'), "")
    };
    let bound = |text: &str| -> Result<Option<String>> {
        let text = text.trim_start_matches('=');
        if text.is_empty() {
            return Ok(None);
        }
        if let Some(day) = metadata::day(text) {
            return Ok(Some(day.to_string()));
        }
        let digits = |byte: u8| byte.is_ascii_digit() || byte == b'-';
        if text.len() <= 10 && text.bytes().all(digits) {
            return Ok(Some(text.to_owned()));
        }
        Err(ArchiveError::Refused(sentence!(
            "\"{}\" không phải ngày, tháng hay năm; ví dụ: {}:2024..2025-06",
            "\"{}\" is no day, month or year; for example: {}:2024..2025-06",
            text,
            key
        )))
    };
    Ok(Range {
        field: key.to_owned(),
        from: bound(from)?,
        // A year ends with its last day: `2024~` comes after `2024-12-31`.
        to: bound(to)?.map(|to| if to.len() < 10 { format!("{to}~") } else { to }),
    })
}

fn pieces(text: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut negated = false;
        if let Some(after) = rest.strip_prefix('-')
            && after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '"')
        {
            negated = true;
            rest = after;
        }
        let mut field = None;
        let end = rest
            .find(|letter: char| letter.is_whitespace() || letter == '"' || letter == ':')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if let Some(value) = after.strip_prefix(':')
            && !name.is_empty()
            && value.starts_with(|letter: char| !letter.is_whitespace())
        {
            field = Some(name.to_owned());
            rest = value;
        }
        let (value, quoted, after) = match rest.strip_prefix('"') {
            Some(inner) => match inner.split_once('"') {
                Some((value, after)) => (value, true, after),
                // A quote not yet closed: still being typed.
                None => (inner, false, ""),
            },
            None => {
                let end = rest
                    .find(|letter: char| letter.is_whitespace() || letter == '"')
                    .unwrap_or(rest.len());
                let (value, after) = rest.split_at(end);
                (value, false, after)
            }
        };
        let value = value.to_owned();
        rest = after;
        Some(Piece {
            negated,
            field,
            value,
            quoted,
            ended: !rest.is_empty(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn said(text: &str, exact: bool) -> String {
        let query = Query::parse(text, false, date(2026, 11, 25)).unwrap();
        query.expression(exact).unwrap_or_default()
    }

    #[test]
    fn words_phrases_fields_and_their_opposites() {
        assert_eq!(
            said("Quyết định", false),
            "folded : \"quyet\" AND folded : \"dinh\""
        );
        assert_eq!(
            said("\"Hoà bình\" dat", true),
            "exact : \"hòa bình\" AND folded : \"dat\""
        );
        assert_eq!(
            said("cơ_quan:\"Thuận Hóa\" -đất", false),
            "(fields : \"agencyǁthuan agencyǁhoa\") NOT (folded : \"dat\")"
        );
        assert_eq!(said("15/QĐ-UBND", false), "folded : \"15 qd ubnd\"");
        assert_eq!(
            said("so:15/QD-UBND thu*", false),
            "fields : \"numbersymbolǁ15 numbersymbolǁqd numbersymbolǁubnd\" AND folded : \"thu\" *"
        );
        assert_eq!(
            said("full_name:\"Nguyễn Văn\"", false),
            "fields : \"fullnameǁnguyen fullnameǁvan\""
        );
        // What is no field is a word.
        assert_eq!(said("V/v:họp", false), "folded : \"v v hop\"");
        assert_eq!(said("   - \" : ", false), "");
    }

    #[test]
    fn a_word_may_go_on_while_it_is_typed() {
        let last = |text: &str| {
            let query = Query::parse(text, true, date(2026, 11, 25)).unwrap();
            query.terms.last().unwrap().prefix
        };
        assert!(last("quyết đị"));
        assert!(!last("quyết định "));
        assert!(!last("\"quyết định\""));
        assert!(last("\"quyết đị"));
        assert!(!last("quyết đ"));
    }

    #[test]
    fn ranges_compare_as_texts() {
        let query = |text: &str| Query::parse(text, false, date(2026, 11, 25)).unwrap();
        let all = query("date:2024..2025-06 ngày:>=01/02/2024 arrival_date:<2026");
        let (sql, values) = all.conditions();
        assert_eq!(values, ["2024", "2025-06~", "2024-02-01", "2026~"]);
        assert!(sql.contains("$.arrival_date"));
        let refused = Query::parse("date:2024..mai", false, date(2026, 11, 25));
        assert!(refused.unwrap_err().sentence().en.contains("mai"));
        // A day alone is a word of its field.
        assert_eq!(
            query("date:5/1/2024").expression(false).unwrap(),
            "fields : \"issueddateǁ2024 issueddateǁ01 issueddateǁ05\""
        );
    }
}
