//! The table made anew by scanning the file for objects, when what the file says about itself is of no use.

use std::cmp::Reverse;

use memchr::memmem;

use super::{Entry, Row, Table, classic};
use crate::{
    error::PdfError,
    indirect::{self, Indirect},
    input::Input,
    lexer::{Lexer, Stop, is_regular, is_space},
    limits,
    object::{Dict, Object, ObjectId},
    parser::Parser,
};

/// What a scan found.
pub(crate) struct Rebuilt {
    pub(crate) table: Table,
    /// Candidates for the trailer, best first.
    pub(crate) trailers: Vec<Dict>,
}

/// Scans the whole file. `inside` lists the numbers of the objects in the object stream at an offset.
pub(crate) fn rebuild(
    input: &Input,
    mut inside: impl FnMut(u64) -> Result<Vec<u32>, PdfError>,
) -> Result<Rebuilt, PdfError> {
    let mut scan = Scan::new(input);
    scan.run()?;
    let mut found = std::mem::take(&mut scan.found);
    let in_file = Table::last_wins(found.clone());
    for (id, at) in std::mem::take(&mut scan.object_streams) {
        if in_file.get(id.number)
            != Some(Entry::InFile {
                offset: at,
                generation: id.generation,
            })
        {
            continue;
        }
        for (index, number) in (0_u32..).zip(inside(at).unwrap_or_default()) {
            push(
                &mut found,
                (
                    number,
                    at,
                    Entry::InStream {
                        container: id.number,
                        index,
                    },
                ),
            )?;
        }
    }
    Ok(Rebuilt {
        table: Table::last_wins(found),
        trailers: scan.trailers(),
    })
}

type Found = (u32, u64, Entry);

impl Table {
    /// A table in which the entry that stands last in the file counts.
    fn last_wins(mut found: Vec<Found>) -> Self {
        found.sort_unstable_by_key(|(number, at, _)| (*number, Reverse(*at)));
        Self::first_wins(
            found
                .into_iter()
                .map(|(number, _, entry)| Row {
                    number,
                    age: 0,
                    entry,
                })
                .collect(),
        )
    }
}

fn push(found: &mut Vec<Found>, item: Found) -> Result<(), PdfError> {
    if found.len() >= limits::XREF_ENTRIES {
        let limit = limits::XREF_ENTRIES as u64;
        return Err(PdfError::Limit {
            at: item.1,
            what: "objects",
            limit,
        });
    }
    if u64::from(item.0) <= limits::OBJECT_NUMBER {
        found.push(item);
    }
    Ok(())
}

/// A walk through the file from object to object; stream data of known length is stepped over.
struct Scan<'a> {
    input: &'a Input,
    buffer: Vec<u8>,
    start: u64,
    /// Positions in the buffer where `obj` or `trailer` stands.
    marks: Vec<usize>,
    found: Vec<Found>,
    object_streams: Vec<(ObjectId, u64)>,
    trailer_dicts: Vec<(u64, Dict)>,
    catalogs: Vec<ObjectId>,
    parsed: u64,
}

/// Bytes before `obj` that its two numbers may take.
const LOOK_BACK: usize = 32;

impl<'a> Scan<'a> {
    fn new(input: &'a Input) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            marks: Vec::new(),
            found: Vec::new(),
            object_streams: Vec::new(),
            trailer_dicts: Vec::new(),
            catalogs: Vec::new(),
            parsed: 0,
        }
    }

    fn run(&mut self) -> Result<(), PdfError> {
        let mut at = 0;
        self.refill(0)?;
        loop {
            match self.next_mark(at) {
                Some(position) => {
                    let past = self.start + position as u64 + 3;
                    at = self.mark(position)?.max(past);
                }
                None => {
                    let end = self.start + self.buffer.len() as u64;
                    if end >= self.input.len() {
                        return Ok(());
                    }
                    // A mark at the very end of the buffer may go on in the next one.
                    at = at.max(end.saturating_sub(8));
                    self.refill(at)?;
                }
            }
        }
    }

    fn refill(&mut self, at: u64) -> Result<(), PdfError> {
        self.start = at.saturating_sub(LOOK_BACK as u64);
        self.buffer = self.input.bytes(self.start, limits::CHUNK)?;
        self.marks.clear();
        self.marks.extend(memmem::find_iter(&self.buffer, b"obj"));
        self.marks
            .extend(memmem::find_iter(&self.buffer, b"trailer"));
        self.marks.sort_unstable();
        Ok(())
    }

    fn next_mark(&self, at: u64) -> Option<usize> {
        let from = usize::try_from(at.saturating_sub(self.start)).ok()?;
        let index = self.marks.partition_point(|mark| *mark < from);
        self.marks.get(index).copied()
    }

    /// Looks at the mark at `position` and says where to go on.
    fn mark(&mut self, position: usize) -> Result<u64, PdfError> {
        let at = self.start + position as u64;
        if self.buffer.get(position) == Some(&b't') {
            if let Some((dict, _)) = self
                .affordable()
                .then(|| classic::trailer(self.input, at + 7).ok())
                .flatten()
            {
                self.parsed += limits::FIRST_WINDOW as u64;
                self.trailer_dict(at, dict);
            }
            return Ok(at + 7);
        }
        let Some((start, id)) = self.header(position) else {
            return Ok(at + 3);
        };
        push(
            &mut self.found,
            (
                id.number,
                start,
                Entry::InFile {
                    offset: start,
                    generation: id.generation,
                },
            ),
        )?;
        let Some(object) = self.parse(start) else {
            return Ok(at + 3);
        };
        let end = self.after(&object);
        self.remember(object);
        Ok(end)
    }

    fn affordable(&self) -> bool {
        self.parsed
            <= self
                .input
                .len()
                .saturating_mul(2)
                .saturating_add(limits::REBUILD_PARSE)
    }

    /// The numbers before `obj`, and where they begin.
    fn header(&self, position: usize) -> Option<(u64, ObjectId)> {
        if self
            .buffer
            .get(position + 3)
            .is_some_and(|byte| is_regular(*byte))
        {
            return None;
        }
        let low = position.saturating_sub(LOOK_BACK);
        let before = self.buffer.get(low..position)?;
        let (before, generation) = number_at_end(trim(before))?;
        let spaced = trim(before);
        if spaced.len() == before.len() {
            return None;
        }
        let (rest, number) = number_at_end(spaced)?;
        let id = ObjectId::new(u32::try_from(number).ok()?, u16::try_from(generation).ok()?);
        Some((self.start + (low + rest.len()) as u64, id))
    }

    /// Parses the object at `at` from what is in the buffer, or from one refilled there.
    fn parse(&mut self, at: u64) -> Option<Indirect> {
        for again in [false, true] {
            if !self.affordable() {
                return None;
            }
            let from = usize::try_from(at.checked_sub(self.start)?).ok()?;
            let bytes = self.buffer.get(from..)?;
            let whole = at + bytes.len() as u64 >= self.input.len();
            let mut parser = Parser::new(Lexer::new(bytes, at, whole), true);
            let object = indirect::parse(&mut parser, None);
            self.parsed += parser.lexer.position() as u64;
            match object {
                Ok(object) => return Some(object),
                Err(Stop::More) if !again => self.refill(at).ok()?,
                Err(_) => return None,
            }
        }
        None
    }

    /// Where the scan goes on after `object`: past its data when its length holds.
    fn after(&self, object: &Indirect) -> u64 {
        let Some(data) = object.data else {
            return object.end;
        };
        let length = object.direct_length();
        let known = length
            .and_then(|length| data.checked_add(length))
            .filter(|end| *end < self.input.len());
        let holds = known.filter(|end| {
            self.input
                .bytes(*end, 32)
                .is_ok_and(|tail| trim_start(&tail).starts_with(b"endstream"))
        });
        holds.unwrap_or_else(|| {
            // Marks inside data whose end is unknown are not objects of this file.
            self.input
                .find(b"endstream", data..self.input.len())
                .ok()
                .flatten()
                .unwrap_or(data)
        })
    }

    fn remember(&mut self, object: Indirect) {
        let (id, start, is_stream) = (object.id, object.start, object.data.is_some());
        let Object::Dict(dict) = object.value else {
            return;
        };
        if is_stream && dict.is("Type", "ObjStm") {
            self.object_streams.push((id, start));
        } else if is_stream && dict.is("Type", "XRef") {
            self.trailer_dict(start, dict);
        } else if dict.is("Type", "Catalog") {
            keep_newest(&mut self.catalogs, id);
        }
    }

    fn trailer_dict(&mut self, at: u64, dict: Dict) {
        if dict.contains("Root") {
            keep_newest(&mut self.trailer_dicts, (at, dict));
        }
    }

    fn trailers(self) -> Vec<Dict> {
        let mut trailers: Vec<Dict> = self
            .trailer_dicts
            .into_iter()
            .rev()
            .map(|(_, dict)| dict)
            .collect();
        trailers.extend(self.catalogs.into_iter().rev().map(|id| {
            let mut dict = Dict::new();
            dict.set("Root", Object::Ref(id));
            dict
        }));
        trailers
    }
}

fn keep_newest<T>(items: &mut Vec<T>, item: T) {
    if items.len() >= limits::REBUILD_TRAILERS {
        items.remove(0);
    }
    items.push(item);
}

fn trim(bytes: &[u8]) -> &[u8] {
    let blank = bytes
        .iter()
        .rev()
        .take_while(|byte| is_space(**byte))
        .count();
    bytes.get(..bytes.len() - blank).unwrap_or_default()
}

fn trim_start(bytes: &[u8]) -> &[u8] {
    let blank = bytes.iter().take_while(|byte| is_space(**byte)).count();
    bytes.get(blank..).unwrap_or_default()
}

/// The number at the end of `bytes` and what stands before it.
fn number_at_end(bytes: &[u8]) -> Option<(&[u8], u64)> {
    let digits = bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (before, number) = bytes.split_at_checked(bytes.len() - digits)?;
    if number.is_empty() || number.len() > 10 {
        return None;
    }
    let value = number
        .iter()
        .fold(0_u64, |value, byte| value * 10 + u64::from(byte - b'0'));
    Some((before, value))
}
