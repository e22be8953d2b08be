//! A new PDF file written object by object; only the objects' offsets stay in memory.

use std::{
    io::{self, Read, Write},
    num::NonZeroU32,
};

use crate::{
    error::PdfError,
    lexer::{Lexer, Token},
    limits,
    object::{Dict, Object, ObjectId},
    serialize::{write_dict, write_object},
};

/// An object of the file that is written, as opposed to an [`ObjectId`] of one that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(NonZeroU32);

impl Ref {
    /// The object number, from 1; fits the `i32` that other PDF crates use.
    pub fn get(self) -> i32 {
        i32::try_from(self.0.get()).unwrap_or(i32::MAX)
    }

    /// A reference to it, as a value.
    pub fn object(self) -> Object {
        Object::Ref(ObjectId::new(self.0.get(), 0))
    }

    fn index(self) -> usize {
        usize::try_from(self.0.get() - 1).unwrap_or(usize::MAX)
    }
}

/// A file being written. Order: [`Self::alloc`] numbers, put each object once, [`Self::finish`].
pub struct FileWriter<W> {
    out: W,
    at: u64,
    /// Where each object begins, by number from 1; 0 for one not written yet.
    offsets: Vec<u64>,
}

impl<W: Write> FileWriter<W> {
    /// Begins a file of a version such as `1.7`. The header's comment of four bytes above 127 tells transports
    /// that the file is binary (ISO 32000-1, 7.5.2; required by ISO 19005-2, 6.1.2).
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(out: W, version: &str) -> Result<Self, PdfError> {
        let mut writer = Self {
            out,
            at: 0,
            offsets: Vec::new(),
        };
        writer.write(b"%PDF-")?;
        writer.write(version.as_bytes())?;
        writer.write(b"\n%\xE2\xE3\xCF\xD3\n")?;
        Ok(writer)
    }

    /// Bytes written so far.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// Reserves the next object number. One that is never written counts as null.
    ///
    /// # Errors
    /// When there are no more numbers.
    pub fn alloc(&mut self) -> Result<Ref, PdfError> {
        let number = u32::try_from(self.offsets.len() + 1)
            .ok()
            .and_then(NonZeroU32::new);
        let number = number.filter(|number| u64::from(number.get()) <= limits::OBJECT_NUMBER);
        let limit = limits::OBJECT_NUMBER;
        let number = number.ok_or(PdfError::Limit {
            at: self.at,
            what: "objects",
            limit,
        })?;
        self.offsets.push(0);
        Ok(Ref(number))
    }

    /// Writes an object from the bytes between `obj` and `endobj`.
    ///
    /// # Errors
    /// When `id` was written before, or `out` fails.
    pub fn put_raw(&mut self, id: Ref, body: &[u8]) -> Result<(), PdfError> {
        self.begin(id)?;
        self.write(body)?;
        self.write(b"\nendobj\n")
    }

    /// Writes an object that is no stream.
    ///
    /// # Errors
    /// As [`Self::put_raw`].
    pub fn put(&mut self, id: Ref, object: &Object) -> Result<(), PdfError> {
        let mut body = Vec::new();
        write_object(object, &mut body).map_err(|error| PdfError::write(self.at, &error))?;
        self.put_raw(id, &body)
    }

    /// Writes one whole object from `1 0 obj` to `endobj`, as PDF-building crates produce it.
    ///
    /// # Errors
    /// When it does not begin with the number of an allocated, unwritten object, or `out` fails.
    pub fn put_chunk(&mut self, chunk: &[u8]) -> Result<(), PdfError> {
        let number = match Lexer::new(chunk, 0, true).token() {
            Ok(Token::Integer(number)) => u32::try_from(number).unwrap_or(0),
            _ => 0,
        };
        let id = NonZeroU32::new(number)
            .map(Ref)
            .ok_or(PdfError::BadReference { number })?;
        self.claim(id)?;
        self.write(chunk)?;
        if chunk.ends_with(b"\n") {
            Ok(())
        } else {
            self.write(b"\n")
        }
    }

    /// Writes a stream from the entries of its dictionary, as PDF syntax and without `/Length`, and its data.
    ///
    /// # Errors
    /// As [`Self::put_raw`].
    pub fn put_raw_stream(&mut self, id: Ref, entries: &[u8], data: &[u8]) -> Result<(), PdfError> {
        self.begin(id)?;
        self.write(b"<<")?;
        self.write(entries)?;
        self.write(format!("/Length {}>>\nstream\n", data.len()).as_bytes())?;
        self.write(data)?;
        self.write(b"\nendstream\nendobj\n")
    }

    /// Writes a stream. `/Length` is set to that of `data`.
    ///
    /// # Errors
    /// As [`Self::put_raw`].
    pub fn put_stream(&mut self, id: Ref, dict: &Dict, data: &[u8]) -> Result<(), PdfError> {
        self.put_stream_from(id, dict, data.len() as u64, &mut &*data)
    }

    /// Writes a stream of exactly `length` bytes from `data`, in pieces.
    ///
    /// # Errors
    /// When `data` fails or ends early, and as [`Self::put_raw`].
    pub fn put_stream_from(
        &mut self,
        id: Ref,
        dict: &Dict,
        length: u64,
        data: &mut impl Read,
    ) -> Result<(), PdfError> {
        let mut dict = dict.clone();
        dict.set(
            "Length",
            Object::Integer(i64::try_from(length).unwrap_or(i64::MAX)),
        );
        let mut head = Vec::new();
        write_dict(&dict, &mut head).map_err(|error| PdfError::write(self.at, &error))?;
        self.begin(id)?;
        self.write(&head)?;
        self.write(b"\nstream\n")?;
        self.pour(length, data)?;
        self.write(b"\nendstream\nendobj\n")
    }

    /// Writes the cross-reference table and the trailer, and gives `out` back, flushed.
    ///
    /// # Errors
    /// When the file is too long for ten-digit offsets, or `out` fails.
    pub fn finish(
        mut self,
        root: Ref,
        info: Option<Ref>,
        id: [[u8; 16]; 2],
    ) -> Result<W, PdfError> {
        let at = self.at;
        if at > limits::CLASSIC_OFFSET {
            let limit = limits::CLASSIC_OFFSET;
            return Err(PdfError::Limit {
                at,
                what: "bytes before the cross-reference table",
                limit,
            });
        }
        self.table()?;
        let mut trailer = Dict::new();
        let size = i64::try_from(self.offsets.len() + 1).unwrap_or(i64::MAX);
        trailer.set("Size", Object::Integer(size));
        trailer.set("Root", root.object());
        if let Some(info) = info {
            trailer.set("Info", info.object());
        }
        trailer.set(
            "ID",
            Object::Array(id.map(|half| Object::String(half.to_vec())).into()),
        );
        let mut tail = b"trailer\n".to_vec();
        write_dict(&trailer, &mut tail).map_err(|error| PdfError::write(self.at, &error))?;
        tail.extend(format!("\nstartxref\n{at}\n%%EOF\n").bytes());
        self.write(&tail)?;
        self.out
            .flush()
            .map_err(|error| PdfError::write(self.at, &error))?;
        Ok(self.out)
    }

    /// The table: one line of 20 bytes for each object (7.5.4). Free ones form a list that begins at 0.
    fn table(&mut self) -> Result<(), PdfError> {
        let mut next_free = Vec::new();
        let mut last = 0_usize;
        for (index, offset) in self.offsets.iter().enumerate().rev() {
            if *offset == 0 {
                next_free.push(last);
                last = index + 1;
            }
        }
        let mut text =
            format!("xref\n0 {}\n{last:010} 65535 f \n", self.offsets.len() + 1).into_bytes();
        let offsets = std::mem::take(&mut self.offsets);
        for offset in &offsets {
            if *offset == 0 {
                let next = next_free.pop().unwrap_or(0);
                text.extend(format!("{next:010} 00000 f \n").bytes());
            } else {
                text.extend(format!("{offset:010} 00000 n \n").bytes());
            }
            if text.len() > limits::CHUNK {
                self.write(&text)?;
                text.clear();
            }
        }
        self.offsets = offsets;
        self.write(&text)
    }

    fn begin(&mut self, id: Ref) -> Result<(), PdfError> {
        self.claim(id)?;
        self.write(format!("{} 0 obj\n", id.get()).as_bytes())
    }

    /// Takes note that `id` begins here.
    fn claim(&mut self, id: Ref) -> Result<(), PdfError> {
        let at = self.at;
        match self.offsets.get_mut(id.index()) {
            Some(offset) if *offset == 0 => *offset = at,
            _ => return Err(PdfError::BadReference { number: id.0.get() }),
        }
        Ok(())
    }

    fn pour(&mut self, length: u64, data: &mut impl Read) -> Result<(), PdfError> {
        let mut buffer = vec![
            0;
            usize::try_from(length)
                .unwrap_or(usize::MAX)
                .min(limits::CHUNK)
        ];
        let mut rest = length;
        while rest > 0 {
            let wanted = usize::try_from(rest)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            match data.read(part) {
                Ok(0) => {
                    return Err(PdfError::Truncated {
                        at: self.at,
                        what: "end of stream data",
                    });
                }
                Ok(count) => {
                    let read = part.get(..count).unwrap_or_default();
                    self.out
                        .write_all(read)
                        .map_err(|error| PdfError::write(self.at, &error))?;
                    self.at = self.at.saturating_add(read.len() as u64);
                    rest = rest.saturating_sub(read.len() as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PdfError::read(self.at, &error)),
            }
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), PdfError> {
        self.out
            .write_all(bytes)
            .map_err(|error| PdfError::write(self.at, &error))?;
        self.at = self.at.saturating_add(bytes.len() as u64);
        Ok(())
    }
}
