//! Finding documents by words and fields, as a clerk types them: with or without diacritics, phrases, dates, ranges.
//!
//! Each document has one row in two derived tables: `findable` for what is compared as a whole, `words` for full text. The
//! tokenizer of SQLite takes `đ` for no letter `d` and sees two spellings in `hòa` and `hoà`; so the program cuts and folds the words
//! itself ([`crate::fold`]) and stores them twice, as written and bare.

use std::collections::BTreeMap;

use rusqlite::{Connection, ToSql, params_from_iter};
use serde::Serialize;

use crate::blob::{BlobId, Blobs};
use crate::error::{ArchiveError, Result};
use crate::fold::{self, bare};
use crate::metadata::{Meta, masked};
use crate::people::holds_one;
use crate::records::{self, Document, Kind, Part, READERS};
use crate::store::{Act, Archive, Writer};

mod query;
pub use query::Query;

mod snippet;
pub use snippet::Snippet;

/// Between a field's name and a word of its value; a letter to the tokenizer, and in no Vietnamese text.
const MARK: char = 'ǁ';

/// How much text of a document is indexed, in characters: some 500 pages.
const LONGEST: usize = 1_500_000;

/// Facets and totals count at most so many of the newest finds; a total of this many means "or more".
pub const COUNTED: usize = 5_000;

/// Up to so many finds are ordered by how well they fit, more of them by how new they are: what fits everything is ordered
/// by nothing else.
const RANKED: usize = 1_000;

/// By what finds are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The best first where they are few enough to tell, else the newest.
    #[default]
    Best,
    /// The last taken in first.
    Newest,
    /// The latest date on the paper first; those without a date last.
    Date,
}

/// By what finds can be narrowed down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// The type's code.
    Type,
    /// Who issued it.
    Agency,
    /// The year of its date.
    Year,
    /// The unit whose it is.
    Unit,
}

impl Facet {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Type, Self::Agency, Self::Year, Self::Unit];

    /// Its name, as in [`Found::facets`]; also the column of `findable`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Agency => "agency",
            Self::Year => "year",
            Self::Unit => "unit",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Search<'a> {
    /// What was typed.
    pub text: &'a str,
    /// Whether it is still being typed: then the last word may go on.
    pub typing: bool,
    /// How many are shown.
    pub limit: usize,
    /// How many are passed over.
    pub offset: usize,
    /// Whether to count types, agencies, years and units.
    pub facets: bool,
    /// Facets that must be exactly so.
    pub only: &'a [(Facet, &'a str)],
    /// By what they are put in order.
    pub order: Order,
}

/// A document that fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its type.
    pub type_code: Option<String>,
    /// Number and symbol.
    pub number_symbol: Option<String>,
    /// Its date.
    pub issued_date: Option<String>,
    /// Who issued it.
    pub agency: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// Its owner's number, in part only.
    pub owner: Option<String>,
    /// Whether it is about a person.
    pub personal: bool,
    /// Whether every word with diacritics stands in it as typed.
    pub exact: bool,
    /// Where the words stand in its text.
    pub snippet: Option<Snippet>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Found {
    /// How many fit, at most [`COUNTED`].
    pub total: usize,
    /// Those shown.
    pub hits: Vec<Hit>,
    /// How many of each type, agency, year and unit, most first.
    pub facets: BTreeMap<&'static str, Vec<(String, usize)>>,
}

impl Archive {
    /// Finds documents for a person. Which personal ones were shown is in the log, what was typed is not.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`](crate::ArchiveError::Refused) when the actor may not read here, or when a range is none.
    pub fn find(&mut self, act: &Act, search: &Search<'_>) -> Result<Found> {
        self.may_one(act, &READERS)?;
        let mut found = self.search(act, search)?;
        {
            let _moment = self.moment()?;
            self.with_snippets(search, &mut found)?;
        }
        let personal: Vec<&str> = found
            .hits
            .iter()
            .filter(|hit| hit.personal)
            .map(|hit| hit.id.as_str())
            .collect();
        // Most searches change nothing, and wait for nobody who does.
        if personal.is_empty() {
            return Ok(found);
        }
        self.change(act, |writer| {
            holds_one(writer, &READERS)?;
            writer.log(
                "search.shown",
                &format!("{} documents", personal.len()),
                &serde_json::json!({ "personal": personal }),
            )
        })?;
        Ok(found)
    }

    /// Finds documents, without text and without a log entry: for the program.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`](crate::ArchiveError::Refused) when a range is none.
    pub fn search(&self, act: &Act, search: &Search<'_>) -> Result<Found> {
        let mut query = Query::parse(search.text, search.typing, act.day())?;
        for (facet, value) in search.only {
            query.narrow(*facet, value);
        }
        let _moment = self.moment()?;
        run(self.db(), &query, search).map_err(self.database_error())
    }

    /// One moment for many readings: what is found fits together, and the database is locked once instead of thousands of times.
    fn moment(&self) -> Result<rusqlite::Transaction<'_>> {
        self.db()
            .unchecked_transaction()
            .map_err(self.database_error())
    }

    /// Whether the search tables have a document as its row has it, and have none that is disposed of.
    pub(crate) fn is_findable(&self, document: &Document) -> rusqlite::Result<bool> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT * FROM findable WHERE id = ?")?;
        let mut rows = statement.query([document.row])?;
        let mut found = Vec::new();
        if let Some(row) = rows.next()? {
            for column in 1..=12 {
                found.push(row.get::<_, String>(column)?);
            }
        }
        let words: bool = self
            .db()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM words WHERE rowid = ?)")?
            .query_row([document.row], |row| row.get(0))?;
        Ok(if document.kept {
            found == findable(document) && words
        } else {
            found.is_empty() && !words
        })
    }

    fn with_snippets(&self, search: &Search<'_>, found: &mut Found) -> Result<()> {
        let wanted = Query::words_of(search.text);
        for hit in &mut found.hits {
            let document = self.document(&hit.id)?;
            let file = document
                .versions
                .last()
                .and_then(|version| version.file(Part::Text));
            // A text that rotted is for `check` to report; the document is found all the same.
            if let Some(text) = file.and_then(|file| self.blobs().read(file).ok()) {
                hit.snippet = snippet::of(&String::from_utf8_lossy(&text), &wanted, search.typing);
            }
        }
        Ok(())
    }

    /// Makes the search tables anew from rows and files; gives the number of documents.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`](crate::ArchiveError::Refused) when the actor is no archivist or administrator.
    pub fn reindex(&mut self, act: &Act) -> Result<usize> {
        let blobs = self.blobs().clone();
        self.change(act, |writer| {
            holds_one(writer, &["archivist", "administrator"])?;
            writer
                .db()
                .execute_batch(
                    "DELETE FROM findable; INSERT INTO words (words) VALUES ('delete-all')",
                )
                .map_err(writer.error())?;
            let rows: Vec<i64> = writer
                .db()
                .prepare("SELECT id FROM document WHERE state = 'kept' ORDER BY id")
                .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect())
                .map_err(writer.error())?;
            for row in &rows {
                let document = records::by_row(writer.db(), *row).map_err(writer.error())?;
                let last = document.and_then(|document| document.versions.last().cloned());
                let file = last.and_then(|version| version.file(Part::Text));
                let text = file.map_or(Ok(None), |file| text_of(&blobs, file))?;
                index(writer, *row, text.as_deref())?;
            }
            writer.log(
                "search.reindex",
                "words",
                &serde_json::json!({ "documents": rows.len() }),
            )?;
            Ok(rows.len())
        })
    }
}

/// The text in a file; nothing when it rotted, which is for `check` to report.
pub(crate) fn text_of(blobs: &Blobs, file: BlobId) -> Result<Option<String>> {
    match blobs.read(file) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(ArchiveError::Missing(_) | ArchiveError::Damaged(_)) => Ok(None),
        // A key that is not at hand, a disk that does not read: the text is there.
        Err(error) => Err(error),
    }
}

/// Makes a document findable as its row has it now.
pub(crate) fn index(writer: &mut Writer<'_>, row: i64, text: Option<&str>) -> Result<()> {
    let work = |db: &Connection| -> rusqlite::Result<()> {
        let Some(document) = records::by_row(db, row)? else {
            return Ok(());
        };
        let entry = findable(&document);
        let values: Vec<&dyn ToSql> = std::iter::once(&row as &dyn ToSql)
            .chain(entry.iter().map(|value| value as &dyn ToSql))
            .collect();
        let marks = vec!["?"; values.len()].join(", ");
        db.prepare_cached(&format!("INSERT OR REPLACE INTO findable VALUES ({marks})"))?
            .execute(values.as_slice())?;
        db.prepare_cached("DELETE FROM words WHERE rowid = ?")?
            .execute([row])?;
        let [exact, folded, fields] = texts(&document, text.unwrap_or_default());
        db.prepare_cached("INSERT INTO words (rowid, exact, folded, fields) VALUES (?, ?, ?, ?)")?
            .execute((row, exact, folded, fields))?;
        Ok(())
    };
    work(writer.db()).map_err(writer.error())
}

/// Makes a document unfindable.
pub(crate) fn forget(writer: &mut Writer<'_>, row: i64) -> Result<()> {
    let work = |db: &Connection| -> rusqlite::Result<()> {
        db.execute("DELETE FROM findable WHERE id = ?", [row])?;
        db.execute("DELETE FROM words WHERE rowid = ?", [row])?;
        Ok(())
    };
    work(writer.db()).map_err(writer.error())
}

/// What `findable` says of a document, but for its id.
pub(crate) fn findable(document: &Document) -> [String; 12] {
    let value = |key: &str| document.meta.get(key).cloned().unwrap_or_default();
    let issued = value("issued_date");
    [
        match document.kind {
            Kind::Document => "document".to_owned(),
            Kind::Result => "result".to_owned(),
        },
        value("type"),
        value("type_code"),
        fold::plain(&value("number_symbol")),
        issued.clone(),
        issued.get(..4).unwrap_or_default().to_owned(),
        value("agency"),
        value("unit"),
        value("owner_number"),
        value("procedure"),
        value("result_code"),
        crate::reuse::valid_until(&document.meta)
            .map(|day| day.to_string())
            .unwrap_or_default(),
    ]
}

/// The three columns of words.
fn texts(document: &Document, text: &str) -> [String; 3] {
    let end = text
        .char_indices()
        .nth(LONGEST)
        .map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or_default();
    let mut exact = String::with_capacity(text.len() + 512);
    let mut folded = String::with_capacity(text.len() + 512);
    let values = document.meta.values().map(String::as_str);
    for value in values.chain([text]) {
        for word in fold::words(value) {
            folded.push_str(&bare(&word));
            folded.push(' ');
            exact.push_str(&word);
            exact.push(' ');
        }
    }
    let mut fields = String::new();
    let records = document
        .records
        .iter()
        .map(|code| ("record", code.as_str()));
    let all = document
        .meta
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    for (key, value) in all.chain(records) {
        for word in fold::words(value) {
            fields.push_str(&of_field(key, &bare(&word)));
            fields.push(' ');
        }
    }
    [exact, folded, fields]
}

/// A word of a field, as `words` has it.
fn of_field(key: &str, word: &str) -> String {
    format!("{}{MARK}{word}", key.replace('_', ""))
}

fn run(db: &Connection, query: &Query, search: &Search<'_>) -> rusqlite::Result<Found> {
    let all = matching(db, query, false, COUNTED)?;
    let mut found = Found {
        total: all.len(),
        ..Found::default()
    };
    if search.facets {
        found.facets = facets(db, &all)?;
    }
    let wanted = search.offset.saturating_add(search.limit);
    let mut order: Vec<(i64, bool)> = Vec::new();
    if search.order == Order::Date {
        let rows = by_date(db, query, &all, wanted)?;
        order.extend(rows.into_iter().map(|row| (row, true)));
    } else if query.is_accented() && search.order == Order::Best {
        let exact = matching(db, query, true, (RANKED + 1).max(wanted))?;
        let exact = ranked(db, query, true, exact, wanted)?;
        order.extend(exact.into_iter().map(|row| (row, true)));
    }
    if order.len() < wanted && search.order != Order::Date {
        let seen: std::collections::BTreeSet<i64> = order.iter().map(|(row, _)| *row).collect();
        let enough = wanted + seen.len();
        let all = if all.len() < COUNTED || enough <= COUNTED {
            all
        } else {
            matching(db, query, false, enough)?
        };
        let more = match search.order {
            Order::Best => ranked(db, query, false, all, enough)?,
            _ => all,
        };
        let plain = !query.is_accented() || search.order != Order::Best;
        order.extend(
            more.into_iter()
                .filter(|row| !seen.contains(row))
                .map(|row| (row, plain)),
        );
    }
    for (row, exact) in order.into_iter().skip(search.offset).take(search.limit) {
        if let Some(document) = records::by_row(db, row)? {
            found.hits.push(hit(document, exact));
        }
    }
    Ok(found)
}

fn hit(document: Document, exact: bool) -> Hit {
    let meta: &Meta = &document.meta;
    let value = |key: &str| meta.get(key).cloned();
    Hit {
        kind: document.kind,
        type_code: value("type").or_else(|| value("type_code")),
        number_symbol: value("number_symbol"),
        issued_date: value("issued_date"),
        agency: value("agency"),
        subject: value("subject")
            .or_else(|| value("full_name"))
            .or_else(|| value("type_name")),
        owner: meta.get("owner_number").map(|number| masked(number)),
        personal: document.personal,
        exact,
        snippet: None,
        id: document.id,
    }
}

/// Rows that fit, newest first, at most so many.
fn matching(
    db: &Connection,
    query: &Query,
    exact: bool,
    most: usize,
) -> rusqlite::Result<Vec<i64>> {
    let (conditions, mut values) = query.conditions();
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = match query.expression(exact) {
        Some(expression) => {
            values.insert(0, expression);
            format!(
                "SELECT rowid FROM words WHERE words MATCH ? {conditions} ORDER BY rowid DESC LIMIT {limit}"
            )
        }
        None => format!(
            "SELECT listed.id FROM findable AS listed WHERE true {} ORDER BY listed.id DESC LIMIT {limit}",
            conditions.replace("words.rowid", "listed.id")
        ),
    };
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
    rows.collect()
}

/// Of rows that fit, as many as wanted by the date on the paper. `all` are those that fit, up to [`COUNTED`]: where these
/// are all there are they are sorted, else the index of dates is walked, which meets one that fits soon.
fn by_date(db: &Connection, query: &Query, all: &[i64], most: usize) -> rusqlite::Result<Vec<i64>> {
    if all.len() < COUNTED {
        let mut one = db.prepare_cached("SELECT issued FROM findable WHERE id = ?")?;
        let mut dated = Vec::with_capacity(all.len());
        for row in all {
            let issued: String = one.query_row([row], |found| found.get(0))?;
            dated.push((issued, *row));
        }
        dated.sort_unstable_by(|left, right| right.cmp(left));
        return Ok(dated.into_iter().take(most).map(|(_, row)| row).collect());
    }
    let (conditions, mut values) = query.conditions();
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let conditions = conditions.replace("words.rowid", "listed.id");
    let words = match query.expression(false) {
        Some(expression) => {
            values.insert(0, expression);
            "listed.id IN (SELECT rowid FROM words WHERE words MATCH ?)"
        }
        None => "true",
    };
    let mut statement = db.prepare_cached(&format!(
        "SELECT listed.id FROM findable AS listed INDEXED BY findable_by_issued
         WHERE {words} {conditions} ORDER BY listed.issued DESC, listed.id DESC LIMIT {limit}"
    ))?;
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
    rows.collect()
}

/// Of rows that fit, newest first, as many as wanted: the best first where they are few enough to tell.
fn ranked(
    db: &Connection,
    query: &Query,
    exact: bool,
    mut all: Vec<i64>,
    most: usize,
) -> rusqlite::Result<Vec<i64>> {
    let Some(expression) = query.expression(exact).filter(|_| all.len() <= RANKED) else {
        all.truncate(most);
        return Ok(all);
    };
    let (conditions, mut values) = query.conditions();
    values.insert(0, expression);
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    // Words of fields weigh more than words somewhere in the text.
    let mut statement = db.prepare_cached(&format!(
        "SELECT rowid FROM words WHERE words MATCH ? {conditions}
         ORDER BY bm25(words, 1.0, 1.0, 4.0), rowid DESC LIMIT {limit}"
    ))?;
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
    rows.collect()
}

fn facets(
    db: &Connection,
    rows: &[i64],
) -> rusqlite::Result<BTreeMap<&'static str, Vec<(String, usize)>>> {
    let mut counts: [BTreeMap<String, usize>; 4] = Default::default();
    // All rows by one statement: one for each takes ten times as long.
    let mut all = db.prepare_cached(
        "SELECT findable.type, agency, year, unit FROM json_each(?) JOIN findable ON findable.id = json_each.value",
    )?;
    let list = serde_json::json!(rows).to_string();
    let mut found = all.query([list])?;
    while let Some(found) = found.next()? {
        for (column, counts) in counts.iter_mut().enumerate() {
            let value = found.get_ref(column)?.as_str().unwrap_or_default();
            match counts.get_mut(value) {
                Some(count) => *count += 1,
                None if !value.is_empty() => drop(counts.insert(value.to_owned(), 1)),
                None => {}
            }
        }
    }
    Ok(Facet::ALL
        .into_iter()
        .zip(counts)
        .map(|(facet, counts)| {
            let mut all: Vec<(String, usize)> = counts.into_iter().collect();
            all.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));
            all.truncate(20);
            (facet.name(), all)
        })
        .collect())
}

#[cfg(test)]
pub(crate) mod tests;
