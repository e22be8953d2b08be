//! A new PDF file written object by object; only the objects' places stay in memory.

mod pack;

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
use pack::{Location, Pack};

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
    /// Where each object is, by number from 1.
    places: Vec<Location>,
    /// Objects that are no streams go into object streams, and the table becomes a stream.
    packs: bool,
    pack: Option<Pack>,
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
            places: Vec::new(),
            packs: false,
            pack: None,
        };
        writer.write(b"%PDF-")?;
        writer.write(version.as_bytes())?;
        writer.write(b"\n%\xE2\xE3\xCF\xD3\n")?;
        Ok(writer)
    }

    /// The same, but smaller: objects that are no streams go into object streams (ISO 32000-1, 7.5.7), some 200 at a
    /// time, and the cross-reference table is a stream (7.5.8). Needs version 1.5 or later.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn packing(out: W, version: &str) -> Result<Self, PdfError> {
        let mut writer = Self::new(out, version)?;
        writer.packs = true;
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
        let number = u32::try_from(self.places.len() + 1)
            .ok()
            .and_then(NonZeroU32::new);
        let number = number.filter(|number| u64::from(number.get()) <= limits::OBJECT_NUMBER);
        let limit = limits::OBJECT_NUMBER;
        let number = number.ok_or(PdfError::Limit {
            at: self.at,
            what: "objects",
            limit,
        })?;
        self.places.push(Location::default());
        Ok(Ref(number))
    }

    /// Writes an object that is no stream from the bytes between `obj` and `endobj`.
    ///
    /// # Errors
    /// When `id` was written before, or `out` fails.
    pub fn put_raw(&mut self, id: Ref, body: &[u8]) -> Result<(), PdfError> {
        if self.packs {
            return self.put_packed(id, body);
        }
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
        self.claim(id, Location::at(self.at))?;
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

    /// Takes an object into the stream that is open, and writes that when it is full.
    fn put_packed(&mut self, id: Ref, body: &[u8]) -> Result<(), PdfError> {
        if self.pack.is_none() {
            self.pack = Some(Pack::new(self.alloc()?.0.get()));
        }
        if let Some(next) = self.pack.as_ref().map(Pack::next) {
            self.claim(id, next)?;
        }
        if let Some(pack) = &mut self.pack {
            pack.add(id.0.get(), body);
        }
        match self.pack.take_if(|pack| pack.is_full()) {
            Some(pack) => self.put_pack(pack),
            None => Ok(()),
        }
    }

    fn put_pack(&mut self, pack: Pack) -> Result<(), PdfError> {
        let id = NonZeroU32::new(pack.number)
            .map(Ref)
            .ok_or(PdfError::BadReference { number: 0 })?;
        let (entries, data) = pack
            .closed()
            .map_err(|error| PdfError::write(self.at, &error))?;
        self.put_raw_stream(id, entries.as_bytes(), &data)
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
        if let Some(pack) = self.pack.take() {
            self.put_pack(pack)?;
        }
        let at = self.at;
        if self.packs {
            self.table_stream(root, info, id)?;
        } else {
            self.table()?;
            let size = self.places.len() + 1;
            self.write(b"trailer\n")?;
            self.write(&trailer(size, root, info, id))?;
        }
        self.write(format!("\nstartxref\n{at}\n%%EOF\n").as_bytes())?;
        self.out
            .flush()
            .map_err(|error| PdfError::write(self.at, &error))?;
        Ok(self.out)
    }

    /// The table as a stream, which is also the trailer (7.5.8).
    fn table_stream(
        &mut self,
        root: Ref,
        info: Option<Ref>,
        id: [[u8; 16]; 2],
    ) -> Result<(), PdfError> {
        let own = self.alloc()?;
        let at = self.at;
        self.write(format!("{} 0 obj\n", own.get()).as_bytes())?;
        self.claim(own, Location::at(at))?;
        let (entries, data) =
            pack::table(&self.places).map_err(|error| PdfError::write(self.at, &error))?;
        let mut dict = trailer(self.places.len() + 1, root, info, id);
        dict.truncate(dict.len().saturating_sub(2));
        let head = format!("/Type/XRef{entries}/Length {}>>\nstream\n", data.len());
        dict.extend(head.bytes());
        self.write(&dict)?;
        self.write(&data)?;
        self.write(b"\nendstream\nendobj\n")
    }

    /// The table: one line of 20 bytes for each object (7.5.4). Free ones form a list that begins at 0.
    fn table(&mut self) -> Result<(), PdfError> {
        let at = self.at;
        if at > limits::CLASSIC_OFFSET {
            let limit = limits::CLASSIC_OFFSET;
            return Err(PdfError::Limit {
                at,
                what: "bytes before the cross-reference table",
                limit,
            });
        }
        let mut next_free = Vec::new();
        let mut last = 0_usize;
        for (index, place) in self.places.iter().enumerate().rev() {
            if place.is_free() {
                next_free.push(last);
                last = index + 1;
            }
        }
        let mut text =
            format!("xref\n0 {}\n{last:010} 65535 f \n", self.places.len() + 1).into_bytes();
        let places = std::mem::take(&mut self.places);
        for place in &places {
            if place.is_free() {
                let next = next_free.pop().unwrap_or(0);
                text.extend(format!("{next:010} 00000 f \n").bytes());
            } else {
                text.extend(format!("{:010} 00000 n \n", place.offset()).bytes());
            }
            if text.len() > limits::CHUNK {
                self.write(&text)?;
                text.clear();
            }
        }
        self.places = places;
        self.write(&text)
    }

    fn begin(&mut self, id: Ref) -> Result<(), PdfError> {
        self.claim(id, Location::at(self.at))?;
        self.write(format!("{} 0 obj\n", id.get()).as_bytes())
    }

    /// Takes note of where `id` is.
    fn claim(&mut self, id: Ref, found: Location) -> Result<(), PdfError> {
        match self.places.get_mut(id.index()) {
            Some(place) if place.is_free() => *place = found,
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

/// The trailer's dictionary (7.5.5).
fn trailer(size: usize, root: Ref, info: Option<Ref>, id: [[u8; 16]; 2]) -> Vec<u8> {
    let mut out = format!("<</Size {size}/Root {} 0 R", root.get());
    if let Some(info) = info {
        out.push_str(&format!("/Info {} 0 R", info.get()));
    }
    let [first, second] = id.map(|half| {
        half.iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    });
    out.push_str(&format!("/ID[<{first}><{second}>]>>"));
    out.into_bytes()
}
