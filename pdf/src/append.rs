//! An incremental update: objects that are added or replaced behind a file that stays as it is (ISO 32000-1, 7.5.6).

use std::{collections::BTreeMap, ops::Range};

use crate::{
    document::Document,
    error::PdfError,
    limits,
    object::{Dict, Object, ObjectId},
    serialize::{write_dict, write_object},
};

/// What is to stand behind a file. Only this is held in memory; the file itself is copied by whoever writes both.
///
/// Syntax is that of PDF/A (ISO 19005-1 and -2, 6.1): objects begin lines, `obj` and `endobj` end them, hexadecimal
/// strings have even lengths.
#[derive(Debug)]
pub struct Append {
    /// Length of the file, bytes: what every offset counts from.
    base: u64,
    bytes: Vec<u8>,
    places: BTreeMap<u32, (u16, u64)>,
    next: u32,
    trailer: Dict,
    previous: u64,
    stream: bool,
}

/// Bytes to stand behind the file, ending with `%%EOF` and a line feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Length of the file they belong behind.
    pub base: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Update {
    /// Length of the file with the update, bytes.
    pub fn end(&self) -> u64 {
        self.base.saturating_add(self.bytes.len() as u64)
    }
}

impl Append {
    /// An update behind `document`, in the form of its newest cross-reference section: after a table a table, after a
    /// stream a stream (readers of before PDF 1.5 must find a hybrid's table).
    ///
    /// # Errors
    /// When the document had to be repaired to be read so far, is encrypted, or has no room for more objects.
    pub fn new(document: &Document) -> Result<Self, PdfError> {
        let base = document.file_len();
        let broken = |what| PdfError::Syntax { at: base, what };
        if document.is_rebuilt() || !document.repairs().is_empty() {
            return Err(broken("a file that had to be repaired cannot be added to"));
        }
        if document.encryption().is_some() {
            return Err(broken("an encrypted file cannot be added to"));
        }
        let previous = *document
            .xref_sections()
            .first()
            .ok_or_else(|| broken("no cross-reference section to go back to"))?;
        let trailer = document.trailer().clone();
        let size = trailer.get("Size").and_then(Object::as_integer);
        let size = size.and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
        let highest = document.object_ids().map(|id| id.number).max().unwrap_or(0);
        let last = base.checked_sub(1).ok_or_else(|| broken("an empty file"))?;
        let ends_line = document
            .input()
            .fill(last, &mut [0; 1])
            .is_ok_and(|byte| matches!(byte, [b'\n' | b'\r']));
        Ok(Self {
            base,
            bytes: if ends_line { Vec::new() } else { vec![b'\n'] },
            places: BTreeMap::new(),
            next: size.max(highest.saturating_add(1)),
            stream: trailer.is("Type", "XRef"),
            trailer,
            previous,
        })
    }

    /// Where the next byte will stand in the file.
    pub fn position(&self) -> u64 {
        self.base.saturating_add(self.bytes.len() as u64)
    }

    /// A number that no object of the file has.
    ///
    /// # Errors
    /// When there are no more.
    pub fn alloc(&mut self) -> Result<ObjectId, PdfError> {
        if u64::from(self.next) > limits::OBJECT_NUMBER {
            let limit = limits::OBJECT_NUMBER;
            return Err(PdfError::Limit {
                at: self.position(),
                what: "objects",
                limit,
            });
        }
        let id = ObjectId::new(self.next, 0);
        self.next = self.next.saturating_add(1);
        Ok(id)
    }

    /// Adds or replaces an object that is no stream; gives the place of its first byte after `obj`.
    ///
    /// # Errors
    /// When it was put before.
    pub fn put(&mut self, id: ObjectId, object: &Object) -> Result<u64, PdfError> {
        let mut body = Vec::new();
        write_object(object, &mut body).map_err(|error| PdfError::write(self.base, &error))?;
        self.put_raw(id, &body)
    }

    /// The same, from the bytes between `obj` and `endobj`.
    ///
    /// # Errors
    /// When it was put before.
    pub fn put_raw(&mut self, id: ObjectId, body: &[u8]) -> Result<u64, PdfError> {
        self.begin(id)?;
        let at = self.position();
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
        Ok(at)
    }

    /// Adds or replaces a stream. `/Length` is set to that of `data`.
    ///
    /// # Errors
    /// When it was put before.
    pub fn put_stream(&mut self, id: ObjectId, dict: &Dict, data: &[u8]) -> Result<(), PdfError> {
        let mut dict = dict.clone();
        let length = i64::try_from(data.len()).unwrap_or(i64::MAX);
        dict.set("Length", Object::Integer(length));
        let mut head = Vec::new();
        write_dict(&dict, &mut head).map_err(|error| PdfError::write(self.base, &error))?;
        self.begin(id)?;
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(data);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
        Ok(())
    }

    /// Writes the cross-reference section. `id` becomes the second part of `/ID`, and the first where the file has none
    /// (14.4).
    ///
    /// # Errors
    /// When the file is too long for the ten digits of a table, or there are no more object numbers.
    pub fn finish(mut self, id: [u8; 16]) -> Result<Update, PdfError> {
        let own = if self.stream {
            Some(self.alloc()?)
        } else {
            None
        };
        let at = self.position();
        let trailer = self.next_trailer(id);
        match own {
            Some(own) => self.table_stream(own, trailer)?,
            None => self.table(&trailer)?,
        }
        self.bytes
            .extend_from_slice(format!("startxref\n{at}\n%%EOF\n").as_bytes());
        Ok(Update {
            base: self.base,
            bytes: self.bytes,
        })
    }

    fn begin(&mut self, id: ObjectId) -> Result<(), PdfError> {
        let at = self.position();
        if self.places.insert(id.number, (id.generation, at)).is_some() {
            return Err(PdfError::BadReference { number: id.number });
        }
        self.bytes
            .extend_from_slice(format!("{} {} obj\n", id.number, id.generation).as_bytes());
        Ok(())
    }

    /// What of the trailer goes on (table 15): the rest belongs to the section it stands in.
    fn next_trailer(&self, id: [u8; 16]) -> Dict {
        let mut next = Dict::new();
        next.set("Size", Object::Integer(i64::from(self.next)));
        for key in ["Root", "Info"] {
            if let Some(value) = self.trailer.get(key) {
                next.set(key, value.clone());
            }
        }
        let first = self
            .trailer
            .get("ID")
            .and_then(Object::as_array)
            .and_then(|parts| parts.first()?.as_string());
        let first = first.unwrap_or(&id).to_vec();
        let id = Object::String(id.to_vec());
        next.set("ID", Object::Array(vec![Object::String(first), id]));
        let previous = i64::try_from(self.previous).unwrap_or(i64::MAX);
        next.set("Prev", Object::Integer(previous));
        next
    }

    /// Runs of following numbers, each with the places of its objects.
    fn runs(&self) -> Vec<(u32, Vec<(u16, u64)>)> {
        let mut runs: Vec<(u32, Vec<(u16, u64)>)> = Vec::new();
        for (number, place) in &self.places {
            match runs.last_mut() {
                Some((first, run))
                    if u64::from(*first).saturating_add(run.len() as u64) == u64::from(*number) =>
                {
                    run.push(*place);
                }
                _ => runs.push((*number, vec![*place])),
            }
        }
        runs
    }

    fn table(&mut self, trailer: &Dict) -> Result<(), PdfError> {
        if self.position() > limits::CLASSIC_OFFSET {
            let limit = limits::CLASSIC_OFFSET;
            return Err(PdfError::Limit {
                at: self.position(),
                what: "bytes before the cross-reference table",
                limit,
            });
        }
        let mut text = "xref\n".to_owned();
        for (first, run) in self.runs() {
            text += &format!("{first} {}\n", run.len());
            for (generation, at) in run {
                text += &format!("{at:010} {generation:05} n \n");
            }
        }
        text += "trailer\n";
        self.bytes.extend_from_slice(text.as_bytes());
        write_dict(trailer, &mut self.bytes).map_err(|error| PdfError::write(self.base, &error))?;
        self.bytes.push(b'\n');
        Ok(())
    }

    fn table_stream(&mut self, own: ObjectId, mut trailer: Dict) -> Result<(), PdfError> {
        // Its own place is known: it comes next.
        self.places.insert(own.number, (0, self.position()));
        let (mut index, mut rows) = (Vec::new(), Vec::new());
        for (first, run) in self.runs() {
            index.push(Object::Integer(i64::from(first)));
            index.push(Object::Integer(
                i64::try_from(run.len()).unwrap_or(i64::MAX),
            ));
            for (generation, at) in run {
                rows.push(1);
                rows.extend_from_slice(&at.to_be_bytes());
                rows.extend_from_slice(&generation.to_be_bytes());
            }
        }
        self.places.remove(&own.number);
        trailer.set("Type", Object::Name(crate::object::Name::new("XRef")));
        trailer.set("W", Object::Array([1, 8, 2].map(Object::Integer).into()));
        trailer.set("Index", Object::Array(index));
        self.put_stream(own, &trailer, &rows)
    }
}

impl Document {
    /// Gives the bytes of `range`, piece by piece, to `take`: to copy and to digest a file in one reading.
    ///
    /// # Errors
    /// When reading fails or ends early, and what `take` says.
    pub fn pour<E: From<PdfError>>(
        &self,
        range: Range<u64>,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(PIECE);
        let mut buffer = vec![0; length.min(PIECE)];
        let mut at = range.start;
        while at < range.end {
            let wanted = usize::try_from(range.end - at).unwrap_or(PIECE).min(PIECE);
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            let read = self.input().fill(at, part).map_err(E::from)?;
            if read.is_empty() {
                let what = "the end of a range";
                return Err(PdfError::Truncated { at, what }.into());
            }
            at = at.saturating_add(read.len() as u64);
            take(read)?;
        }
        Ok(())
    }
}

/// Bytes read at a time: fewer system calls than small pieces, and still in the processor's cache when they are digested.
const PIECE: usize = 256 << 10;

#[cfg(test)]
mod tests;
