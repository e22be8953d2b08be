//! Which object stands where: the table merged from all cross-reference sections (ISO 32000-1, 7.5.4 to 7.5.8).

mod classic;

mod stream;

mod rebuild;

use std::{collections::HashSet, ops::Range, sync::Arc};

use memchr::memmem;

pub(crate) use self::rebuild::{Rebuilt, rebuild};
use crate::{
    error::PdfError,
    input::Input,
    lexer::{Lexer, Token, is_space},
    limits,
    object::Dict,
    repair::Repair,
};

/// Where one object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    InFile { offset: u64, generation: u16 },
    InStream { container: u32, index: u32 },
}

/// What one section says about one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: u32,
    /// The section's place in the chain, 0 for the newest.
    pub(crate) age: u32,
    pub(crate) entry: Entry,
}

/// Objects by number, sorted; of one number the newest first. It can be looked at as it was in an older revision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: Arc<Vec<Row>>,
    /// Sections newer than this do not count.
    as_of: u32,
}

impl Table {
    /// A table in which the first of several rows for a number and an age counts.
    pub(crate) fn first_wins(mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| (row.number, row.age));
        rows.dedup_by_key(|row| (row.number, row.age));
        rows.shrink_to_fit();
        Self {
            rows: Arc::new(rows),
            as_of: 0,
        }
    }

    /// The same table without the sections newer than `as_of`.
    pub(crate) fn as_of(&self, as_of: u32) -> Self {
        Self {
            rows: self.rows.clone(),
            as_of,
        }
    }

    pub(crate) fn get(&self, number: u32) -> Option<Entry> {
        let index = self
            .rows
            .partition_point(|row| (row.number, row.age) < (number, self.as_of));
        let row = self.rows.get(index).filter(|row| row.number == number)?;
        Some(row.entry)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, Entry)> + '_ {
        let mut last = None;
        self.rows
            .iter()
            .filter(move |row| {
                row.age >= self.as_of && last.replace(row.number) != Some(row.number)
            })
            .map(|row| (row.number, row.entry))
    }

    /// Every row of every age, by number.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }
}

/// The table, the newest trailer, and where the sections stand, newest first.
pub(crate) struct Xref {
    pub(crate) table: Table,
    pub(crate) trailer: Dict,
    pub(crate) sections: Vec<u64>,
}

/// One cross-reference section as it stands in the file.
pub(crate) struct Section {
    /// Where the section before it said that it is.
    pub(crate) at: u64,
    /// From `xref` to the end of the trailer dictionary, or the cross-reference stream's object.
    pub(crate) bytes: Range<u64>,
    pub(crate) trailer: Dict,
    /// Its rows among all that were read, without those of a hybrid's stream.
    pub(crate) rows: Range<usize>,
    /// Of a hybrid: the object of its cross-reference stream, and the rows of that.
    pub(crate) hybrid: Option<(Range<u64>, Range<usize>)>,
}

/// Sections while they are read.
pub(crate) struct Sections<'a> {
    input: &'a Input,
    /// What every offset counts from.
    base: u64,
    /// Whether streams whose length does not hold are refused.
    strict: bool,
    /// The age of the section that is being read.
    age: u32,
    pub(crate) rows: Vec<Row>,
    repairs: Vec<Repair>,
}

impl<'a> Sections<'a> {
    pub(crate) fn new(input: &'a Input, base: u64, strict: bool) -> Self {
        Self {
            input,
            base,
            strict,
            age: 0,
            rows: Vec::new(),
            repairs: Vec::new(),
        }
    }

    fn push(&mut self, number: u64, entry: Entry, at: u64) -> Result<(), PdfError> {
        if self.rows.len() >= limits::XREF_ENTRIES {
            let limit = limits::XREF_ENTRIES as u64;
            return Err(PdfError::Limit {
                at,
                what: "cross-reference entries",
                limit,
            });
        }
        match u32::try_from(number) {
            Ok(number) if u64::from(number) <= limits::OBJECT_NUMBER => self.rows.push(Row {
                number,
                age: self.age,
                entry,
            }),
            _ => self.note(at, "an object number out of range"),
        }
        Ok(())
    }

    fn note(&mut self, at: u64, what: &'static str) {
        if self.repairs.len() < limits::REPAIRS {
            self.repairs.push(Repair::Xref { at, what });
        }
    }

    fn in_file(&self, offset: u64, generation: u64) -> Entry {
        // Offset 0 holds the header, never an object; writers use it for objects they dropped.
        match (offset.checked_add(self.base), u16::try_from(generation)) {
            (Some(at), Ok(generation)) if offset != 0 => Entry::InFile {
                offset: at,
                generation,
            },
            _ => Entry::Free,
        }
    }

    /// Reads the section at `at`, older than all that were read before.
    pub(crate) fn section(&mut self, at: u64, age: u32) -> Result<Section, PdfError> {
        self.age = age;
        let first = self.input.bytes(at, 64)?;
        let blank = first.iter().take_while(|byte| is_space(**byte)).count();
        if first
            .get(blank..)
            .is_some_and(|rest| rest.starts_with(b"xref"))
        {
            self.classic(at + blank as u64)
        } else {
            self.stream(at)
        }
        .map(|section| Section { at, ..section })
    }

    /// What was read around since the last call.
    pub(crate) fn take_repairs(&mut self) -> Vec<Repair> {
        std::mem::take(&mut self.repairs)
    }
}

/// Where `startxref` says the newest section is, and where it says so.
pub(crate) fn startxref(input: &Input) -> Result<(u64, u64), PdfError> {
    let tail_at = input.len().saturating_sub(limits::TAIL_SEARCH);
    let tail = input.bytes(
        tail_at,
        usize::try_from(limits::TAIL_SEARCH).unwrap_or(usize::MAX),
    )?;
    let found = memmem::rfind(&tail, b"startxref");
    let at = tail_at + found.unwrap_or(tail.len()) as u64;
    let rest = found
        .and_then(|found| tail.get(found + 9..))
        .unwrap_or_default();
    match Lexer::new(rest, at + 9, true).token() {
        Ok(Token::Integer(offset)) => Ok((u64::try_from(offset).unwrap_or(u64::MAX), at)),
        _ => Err(PdfError::Syntax {
            at,
            what: "no startxref",
        }),
    }
}

/// Reads the section at `start` and all that it continues.
pub(crate) fn read(input: &Input, start: u64, base: u64) -> Result<Xref, PdfError> {
    let mut sections = Sections::new(input, base, false);
    let mut visited = HashSet::new();
    let mut order = Vec::new();
    let mut trailer: Option<Dict> = None;
    let mut next = start.checked_add(base);
    while let Some(at) = next {
        if !visited.insert(at) {
            sections.note(at, "sections that lead in a circle");
            break;
        }
        let age = age(order.len(), at)?;
        order.push(at);
        let own = sections.section(at, age)?.trailer;
        next = sections.previous(&own, at);
        trailer.get_or_insert(own);
    }
    input.note_all(sections.take_repairs());
    let trailer = trailer.ok_or(PdfError::Syntax {
        at: start,
        what: "no cross-reference section",
    })?;
    Ok(Xref {
        table: Table::first_wins(sections.rows),
        trailer,
        sections: order,
    })
}

/// The age of the section at `at`, which follows on `newer` others.
pub(crate) fn age(newer: usize, at: u64) -> Result<u32, PdfError> {
    let limit = limits::XREF_SECTIONS;
    u32::try_from(newer)
        .ok()
        .filter(|_| newer < limit)
        .ok_or(PdfError::Limit {
            at,
            what: "cross-reference sections",
            limit: limit as u64,
        })
}

impl Sections<'_> {
    /// Where the section before the one at `at` stands, by its `trailer`.
    pub(crate) fn previous(&mut self, trailer: &Dict, at: u64) -> Option<u64> {
        let value = trailer.get("Prev")?;
        // Zero is what writers put that mean "none".
        match value
            .as_integer()
            .and_then(|offset| u64::try_from(offset).ok())
        {
            Some(0) => None,
            Some(offset) => offset.checked_add(self.base),
            None => {
                self.note(at, "a /Prev that is no offset");
                None
            }
        }
    }
}
