//! A document opened for lazy reading: its table in memory, everything else in the file.

pub(crate) mod open;

use std::{
    borrow::Cow,
    io::Read,
    sync::{Arc, OnceLock},
};

use crate::{
    error::PdfError,
    filter::{self, Chain, Decoded},
    indirect::{self, Indirect},
    input::Input,
    limits,
    metadata::PdfaClaim,
    object::{Dict, Located, Object, ObjectId, Stream},
    object_stream::{Cache, ObjectStream},
    page::tree::PageTree,
    repair::Repair,
    xref::{Entry, Table, Xref},
};

/// An open PDF file. Reading by several threads at once is fine.
pub struct Document {
    input: Arc<Input>,
    version: (u8, u8),
    xref: Xref,
    /// True when `xref` comes from scanning: what is not in it may have been lost.
    rebuilt: bool,
    /// True when nothing may be read around: no object is searched for, every stream has its end.
    strict: bool,
    /// Objects found by scanning, made when the table proves wrong for one object.
    scanned: OnceLock<Option<Table>>,
    /// Decoded object streams, by where they stand.
    streams: Arc<Cache>,
    pages: OnceLock<Result<PageTree, PdfError>>,
    /// Asked for at every stamp, and a packet to be searched.
    claim: OnceLock<Result<Option<PdfaClaim>, PdfError>>,
}

/// How a document is encrypted; reading its strings and streams gives encrypted bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Encryption {
    /// `/Filter`, `Standard` for passwords, `Adobe.PubSec` for certificates.
    pub filter: Option<String>,
    /// `/V`, the kind of algorithm.
    pub version: Option<i64>,
    /// `/R`, the revision of the handler.
    pub revision: Option<i64>,
}

impl Document {
    /// The version of the header, as (major, minor).
    pub fn version(&self) -> (u8, u8) {
        self.version
    }

    /// The file's length in bytes.
    pub fn file_len(&self) -> u64 {
        self.input.len()
    }

    /// The newest trailer.
    pub fn trailer(&self) -> &Dict {
        &self.xref.trailer
    }

    /// Where the cross-reference sections stand, newest first; empty when the table was rebuilt.
    pub fn xref_sections(&self) -> &[u64] {
        &self.xref.sections
    }

    /// True when the cross-reference table was of no use and was made anew by scanning.
    pub fn is_rebuilt(&self) -> bool {
        self.rebuilt
    }

    /// What has been read around so far. Reading more may add to it.
    pub fn repairs(&self) -> Vec<Repair> {
        self.input.repairs()
    }

    /// The objects that the table has in use, by number.
    pub fn object_ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.xref
            .table
            .iter()
            .filter_map(|(number, entry)| match entry {
                Entry::Free => None,
                Entry::InFile { generation, .. } => Some(ObjectId::new(number, generation)),
                Entry::InStream { .. } => Some(ObjectId::new(number, 0)),
            })
    }

    /// The object that the table has in use under `number`.
    pub fn id_of(&self, number: u32) -> Option<ObjectId> {
        match self.xref.table.get(number)? {
            Entry::Free => None,
            Entry::InFile { generation, .. } => Some(ObjectId::new(number, generation)),
            Entry::InStream { .. } => Some(ObjectId::new(number, 0)),
        }
    }

    /// How the document is encrypted, or `None` when it is not.
    pub fn encryption(&self) -> Option<Encryption> {
        let value = self
            .trailer()
            .get("Encrypt")
            .filter(|value| **value != Object::Null)?;
        let value = self.resolve(value).unwrap_or_default();
        let dict = value.as_dict().cloned().unwrap_or_default();
        let integer = |key: &str| dict.get(key).and_then(Object::as_integer);
        Some(Encryption {
            filter: dict
                .get("Filter")
                .and_then(Object::as_name)
                .map(ToString::to_string),
            version: integer("V"),
            revision: integer("R"),
        })
    }

    /// The document catalog.
    ///
    /// # Errors
    /// When it is missing or no dictionary.
    pub fn catalog(&self) -> Result<Dict, PdfError> {
        let root = self.get(self.trailer(), "Root")?;
        root.as_dict().cloned().ok_or(PdfError::NoCatalog {
            at: self.input.len(),
        })
    }

    /// The object `id` and the bytes it was read from.
    ///
    /// # Errors
    /// When it is not in the file, damaged, or beyond a limit.
    pub fn object(&self, id: ObjectId) -> Result<Located<Object>, PdfError> {
        self.load(id, 0)
    }

    /// What `object` is, references followed. A reference to nothing is null (ISO 32000-1, 7.3.10).
    ///
    /// # Errors
    /// When the referenced object is damaged or beyond a limit, or references go in a circle.
    pub fn resolve<'o>(&self, object: &'o Object) -> Result<Cow<'o, Object>, PdfError> {
        let Some(mut id) = object.as_ref_id() else {
            return Ok(Cow::Borrowed(object));
        };
        for _ in 0..limits::REFERENCE_CHAIN {
            match self.object(id) {
                Ok(Located {
                    value: Object::Ref(next),
                    ..
                }) => id = next,
                Ok(located) => return Ok(Cow::Owned(located.value)),
                Err(PdfError::MissingObject { .. }) => {
                    self.input.note(Repair::Dangling { id });
                    return Ok(Cow::Owned(Object::Null));
                }
                Err(error) => return Err(error),
            }
        }
        Err(PdfError::Circle {
            id,
            what: "a chain of references",
        })
    }

    /// The value of `key`, references followed; null when it is not there.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn get<'d>(
        &self,
        dict: &'d Dict,
        key: impl AsRef<[u8]>,
    ) -> Result<Cow<'d, Object>, PdfError> {
        dict.get(key)
            .map_or(Ok(Cow::Owned(Object::Null)), |value| self.resolve(value))
    }

    /// A stream's data as it stands in the file, at most `limit` bytes.
    ///
    /// # Errors
    /// When it is longer, or cannot be read.
    pub fn stream_bytes(&self, stream: &Stream, limit: usize) -> Result<Vec<u8>, PdfError> {
        filter::raw(&self.input, stream, limit)
    }

    /// A stream's data as it stands in the file, for reading bit by bit.
    pub fn stream_reader(&self, stream: &Stream) -> impl Read + '_ {
        RawReader {
            input: &self.input,
            at: stream.data.start,
            end: stream.data.end,
        }
    }

    /// A stream's data with all filters undone, at most `limit` bytes. Damage is noted as a repair and what
    /// precedes it is kept.
    ///
    /// # Errors
    /// When it is longer, nothing can be decoded, or an image filter remains.
    pub fn decoded(&self, stream: &Stream, limit: usize) -> Result<Vec<u8>, PdfError> {
        let decoded = self.decoded_until_image_filter(stream, limit)?;
        match decoded.image {
            None => Ok(decoded.bytes),
            Some((filter, _)) => Err(PdfError::UnsupportedFilter {
                at: stream.data.start,
                name: format!("{filter:?} image data"),
            }),
        }
    }

    /// A stream's data with its filters undone up to the image filter, if it has one.
    ///
    /// # Errors
    /// When it is longer than `limit` bytes, or nothing can be decoded.
    pub fn decoded_until_image_filter(
        &self,
        stream: &Stream,
        limit: usize,
    ) -> Result<Decoded, PdfError> {
        let at = stream.data.start;
        let chain = Chain::of(&stream.dict, at, &|value| {
            Ok(self.resolve(value)?.into_owned())
        })?;
        let raw = filter::raw(&self.input, stream, filter::raw_limit(limit))?;
        let decoded = chain.run(raw, limit)?;
        if let Some(filter) = decoded.damage {
            self.input.note(Repair::StreamDamaged {
                at,
                filter,
                kept: decoded.bytes.len(),
            });
        }
        Ok(decoded)
    }

    pub(crate) fn input(&self) -> &Input {
        &self.input
    }

    pub(crate) fn claim(&self) -> &OnceLock<Result<Option<PdfaClaim>, PdfError>> {
        &self.claim
    }

    pub(crate) fn page_tree(&self) -> Result<&PageTree, PdfError> {
        self.pages
            .get_or_init(|| PageTree::walk(self))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn load(&self, id: ObjectId, depth: usize) -> Result<Located<Object>, PdfError> {
        if depth > limits::REFERENCE_CHAIN {
            return Err(PdfError::Circle {
                id,
                what: "a length or an object stream",
            });
        }
        match self.xref.table.get(id.number) {
            Some(Entry::InFile { offset, generation }) if generation == id.generation => {
                self.load_from_file(id, offset, depth)
            }
            Some(Entry::InStream { container, index }) if id.generation == 0 => {
                self.load_from_stream(id.number, container, index, depth)
            }
            _ => Err(PdfError::MissingObject { id }),
        }
    }

    fn load_from_file(
        &self,
        id: ObjectId,
        offset: u64,
        depth: usize,
    ) -> Result<Located<Object>, PdfError> {
        let object = match indirect::read(&self.input, offset, Some(id)) {
            Err(error @ (PdfError::Syntax { .. } | PdfError::Truncated { .. })) if !self.strict => {
                let found = self
                    .scanned_offset(id)
                    .filter(|found| *found != offset)
                    .ok_or(error)?;
                let object = indirect::read(&self.input, found, Some(id))?;
                self.input.note(Repair::ObjectMoved {
                    id,
                    at: offset,
                    found,
                });
                object
            }
            object => object?,
        };
        self.finish(object, depth)
    }

    /// Adds the stream's data, for which its length may have to be looked up.
    pub(crate) fn finish(
        &self,
        object: Indirect,
        depth: usize,
    ) -> Result<Located<Object>, PdfError> {
        self.input.note_all(object.repairs);
        let (mut end, mut value) = (object.end, object.value);
        if let (Some(data), Object::Dict(dict)) = (object.data, &mut value) {
            let length = match dict.get("Length") {
                Some(Object::Ref(id)) => self
                    .load(*id, depth + 1)
                    .ok()
                    .and_then(|length| length.value.as_integer()),
                Some(value) => value.as_integer(),
                None => None,
            };
            let length = length.and_then(|length| u64::try_from(length).ok());
            let (data, after) = if self.strict {
                indirect::closed_end(&self.input, data, length)?
            } else {
                indirect::stream_end(&self.input, data, length)?
            };
            end = after;
            value = Object::Stream(Box::new(Stream {
                dict: std::mem::take(dict),
                data,
            }));
        }
        Ok(Located {
            value,
            range: object.start..end,
            container: None,
        })
    }

    fn load_from_stream(
        &self,
        number: u32,
        container: u32,
        index: u32,
        depth: usize,
    ) -> Result<Located<Object>, PdfError> {
        let stream = self
            .object_stream(container, depth)?
            .ok_or(PdfError::MissingObject {
                id: ObjectId::new(number, 0),
            })?;
        stream.object(&self.input, number, index)
    }

    /// The object stream `container`, decoded; `None` when the table has no such object.
    pub(crate) fn object_stream(
        &self,
        container: u32,
        depth: usize,
    ) -> Result<Option<Arc<ObjectStream>>, PdfError> {
        // Object streams always have generation 0 (7.5.7) and never stand in another.
        let id = ObjectId::new(container, 0);
        let Some(Entry::InFile { offset, .. }) = self.xref.table.get(container) else {
            return Ok(None);
        };
        let stream = self.streams.get(offset, || {
            let located = self.load(id, depth + 1)?;
            let at = located.range.start;
            let stream = located.value.as_stream().ok_or(PdfError::WrongType {
                at,
                expected: "an object stream",
            })?;
            ObjectStream::decode(&self.input, id, stream)
        })?;
        Ok(Some(stream))
    }
}

/// Raw stream data as a reader.
struct RawReader<'a> {
    input: &'a Input,
    at: u64,
    end: u64,
}

impl Read for RawReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let rest = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(rest);
        let part = buf.get_mut(..wanted).unwrap_or_default();
        let count = self
            .input
            .fill(self.at, part)
            .map_err(std::io::Error::other)?
            .len();
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}
