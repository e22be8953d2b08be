//! Which object stands where: the table merged from all cross-reference sections (ISO 32000-1, 7.5.4 to 7.5.8).

mod classic;

mod stream;

mod rebuild;

use std::collections::HashSet;

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

/// Objects by number, sorted.
#[derive(Debug, Default)]
pub(crate) struct Table {
    entries: Vec<(u32, Entry)>,
}

impl Table {
    /// A table in which the first of several entries for a number counts.
    fn first_wins(mut entries: Vec<(u32, Entry)>) -> Self {
        entries.sort_by_key(|(number, _)| *number);
        entries.dedup_by_key(|(number, _)| *number);
        entries.shrink_to_fit();
        Self { entries }
    }

    pub(crate) fn get(&self, number: u32) -> Option<Entry> {
        let index = self
            .entries
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()?;
        self.entries.get(index).map(|(_, entry)| *entry)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, Entry)> + '_ {
        self.entries.iter().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The table, the newest trailer, and where the sections stand, newest first.
pub(crate) struct Xref {
    pub(crate) table: Table,
    pub(crate) trailer: Dict,
    pub(crate) sections: Vec<u64>,
}

/// Sections while they are read.
struct Sections<'a> {
    input: &'a Input,
    /// What every offset counts from.
    base: u64,
    entries: Vec<(u32, Entry)>,
    repairs: Vec<Repair>,
}

impl Sections<'_> {
    fn push(&mut self, number: u64, entry: Entry, at: u64) -> Result<(), PdfError> {
        if self.entries.len() >= limits::XREF_ENTRIES {
            let limit = limits::XREF_ENTRIES as u64;
            return Err(PdfError::Limit {
                at,
                what: "cross-reference entries",
                limit,
            });
        }
        match u32::try_from(number) {
            Ok(short) if number <= limits::OBJECT_NUMBER => self.entries.push((short, entry)),
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

    /// Reads the section at `at` and gives its trailer.
    fn section(&mut self, at: u64) -> Result<Dict, PdfError> {
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
    let mut sections = Sections {
        input,
        base,
        entries: Vec::new(),
        repairs: Vec::new(),
    };
    let mut visited = HashSet::new();
    let mut order = Vec::new();
    let mut trailer: Option<Dict> = None;
    let mut next = start.checked_add(base);
    while let Some(at) = next {
        if !visited.insert(at) {
            sections.note(at, "sections that lead in a circle");
            break;
        }
        if order.len() >= limits::XREF_SECTIONS {
            let limit = limits::XREF_SECTIONS as u64;
            return Err(PdfError::Limit {
                at,
                what: "cross-reference sections",
                limit,
            });
        }
        order.push(at);
        let own = sections.section(at)?;
        next = previous(&mut sections, &own, at);
        trailer.get_or_insert(own);
    }
    input.note_all(std::mem::take(&mut sections.repairs));
    let trailer = trailer.ok_or(PdfError::Syntax {
        at: start,
        what: "no cross-reference section",
    })?;
    Ok(Xref {
        table: Table::first_wins(sections.entries),
        trailer,
        sections: order,
    })
}

fn previous(sections: &mut Sections<'_>, trailer: &Dict, at: u64) -> Option<u64> {
    let value = trailer.get("Prev")?;
    // Zero is what writers put that mean "none".
    match value
        .as_integer()
        .and_then(|offset| u64::try_from(offset).ok())
    {
        Some(0) => None,
        Some(offset) => offset.checked_add(sections.base),
        None => {
            sections.note(at, "a /Prev that is no offset");
            None
        }
    }
}
