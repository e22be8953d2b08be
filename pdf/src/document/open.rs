//! Opening: from the end of the file to a table that leads to the catalog.

use std::sync::{Arc, OnceLock};

use memchr::memmem;

use super::Document;
use crate::{
    error::PdfError,
    indirect,
    input::Input,
    limits,
    object::{Dict, Object, ObjectId, Stream},
    object_stream::{Cache, ObjectStream},
    repair::Repair,
    source::ReadAt,
    xref::{self, Entry, Rebuilt, Table, Xref},
};

impl Document {
    /// Opens the file behind `source`. Takes time and memory by the number of objects, not by length, unless
    /// the cross-reference table is broken and the file has to be scanned.
    ///
    /// # Errors
    /// When nothing in it can be used as a PDF; the error names the byte.
    pub fn open(source: impl ReadAt + 'static) -> Result<Self, PdfError> {
        let input = Arc::new(Input::new(source));
        let (header, version) = header(&input)?;
        let document = match Self::by_xref(input, version, header.unwrap_or(0)) {
            Ok(document) => document,
            Err((input, at)) => Self::by_scanning(input, version, at)?,
        };
        match header {
            Some(0) => {}
            Some(bytes) => document.input.note(Repair::JunkBeforeHeader { bytes }),
            None => document.input.note(Repair::MissingHeader),
        }
        Ok(document)
    }

    fn with(input: Arc<Input>, version: (u8, u8), xref: Xref) -> Self {
        Self {
            input,
            version,
            xref,
            rebuilt: false,
            strict: false,
            scanned: OnceLock::new(),
            streams: Arc::default(),
            pages: OnceLock::new(),
            claim: OnceLock::new(),
        }
    }

    /// A document that is read by `xref` and by nothing else.
    pub(crate) fn strict(
        input: Arc<Input>,
        version: (u8, u8),
        xref: Xref,
        streams: Arc<Cache>,
    ) -> Self {
        Self {
            strict: true,
            streams,
            ..Self::with(input, version, xref)
        }
    }

    /// Opens by the file's own table, or gives the input back with the byte where that failed.
    fn by_xref(
        input: Arc<Input>,
        version: (u8, u8),
        header: u64,
    ) -> Result<Self, (Arc<Input>, u64)> {
        let Ok((start, at)) = xref::startxref(&input) else {
            let at = input.len();
            input.note(Repair::MissingStartxref);
            return Err((input, at));
        };
        let mut input = input;
        for base in [0, header] {
            if base == 0 || header > 0 {
                match xref::read(&input, start, base) {
                    Ok(xref) => {
                        let document = Self::with(input, version, xref);
                        if document.leads_to_pages() {
                            if base > 0 {
                                document.input.note(Repair::OffsetsFromHeader { at: base });
                            }
                            return Ok(document);
                        }
                        input = document.input;
                    }
                    Err(_) => continue,
                }
            }
        }
        Err((input, at))
    }

    /// True when the trailer leads to a catalog with a page tree. In an encrypted file that may not be visible.
    fn leads_to_pages(&self) -> bool {
        if self.trailer().contains("Encrypt") {
            return true;
        }
        let strict = |value: Option<&Object>| {
            let mut value = value?.clone();
            for _ in 0..limits::REFERENCE_CHAIN {
                let Object::Ref(id) = value else {
                    return Some(value);
                };
                value = self.load_strictly(id)?;
            }
            None
        };
        let Some(root) = strict(self.trailer().get("Root")) else {
            return false;
        };
        strict(root.as_dict().and_then(|root| root.get("Pages")))
            .is_some_and(|pages| pages.as_dict().is_some())
    }

    /// The object `id` where the table says, or nothing.
    fn load_strictly(&self, id: ObjectId) -> Option<Object> {
        match self.xref.table.get(id.number)? {
            Entry::Free => None,
            Entry::InFile { offset, generation } if generation == id.generation => {
                indirect::read(&self.input, offset, Some(id))
                    .ok()
                    .map(|object| object.value)
            }
            Entry::InFile { .. } => None,
            Entry::InStream { container, .. } => {
                let Some(Entry::InFile {
                    offset,
                    generation: 0,
                }) = self.xref.table.get(container)
                else {
                    return None;
                };
                indirect::read(&self.input, offset, Some(ObjectId::new(container, 0))).ok()?;
                self.object(id).ok().map(|object| object.value)
            }
        }
    }

    /// Opens by scanning for objects, because the table failed at byte `at`.
    fn by_scanning(input: Arc<Input>, version: (u8, u8), at: u64) -> Result<Self, PdfError> {
        let Rebuilt { table, trailers } = scan(&input)?;
        let objects = table.rows().len();
        if objects == 0 {
            return Err(PdfError::NotPdf { len: input.len() });
        }
        input.note(Repair::XrefRebuilt { at, objects });
        let xref = Xref {
            table,
            trailer: Dict::new(),
            sections: Vec::new(),
        };
        let mut document = Self {
            rebuilt: true,
            ..Self::with(input, version, xref)
        };
        for trailer in trailers {
            document.xref.trailer = trailer;
            if document.trailer().contains("Encrypt") || document.has_catalog() {
                return Ok(document);
            }
        }
        let len = document.input.len();
        Err(if ends_properly(&document.input)? {
            PdfError::NoCatalog { at: len }
        } else {
            PdfError::Truncated {
                at: len,
                what: "document catalog",
            }
        })
    }

    fn has_catalog(&self) -> bool {
        self.catalog()
            .is_ok_and(|catalog| catalog.contains("Pages") || catalog.is("Type", "Catalog"))
    }

    /// Where a scan of the file finds the object `id`.
    pub(super) fn scanned_offset(&self, id: ObjectId) -> Option<u64> {
        if self.rebuilt || self.strict {
            return None;
        }
        let table = self
            .scanned
            .get_or_init(|| scan(&self.input).ok().map(|rebuilt| rebuilt.table));
        match table
            .as_ref()
            .and_then(|table: &Table| table.get(id.number))
        {
            Some(Entry::InFile { offset, generation }) if generation == id.generation => {
                Some(offset)
            }
            _ => None,
        }
    }
}

fn scan(input: &Input) -> Result<Rebuilt, PdfError> {
    let mut spent = 0_u64;
    xref::rebuild(input, |at| {
        let object = indirect::read(input, at, None)?;
        let length = object.direct_length();
        let (Object::Dict(dict), Some(data)) = (object.value, object.data) else {
            return Ok(Vec::new());
        };
        if spent > limits::OBJECT_STREAM_TOTAL {
            let limit = limits::OBJECT_STREAM_TOTAL;
            return Err(PdfError::Limit {
                at,
                what: "decoded bytes of object streams",
                limit,
            });
        }
        spent += limits::OBJECT_STREAM_BYTES as u64;
        let (data, _) = indirect::stream_end(input, data, length)?;
        let stream = ObjectStream::decode(input, object.id, &Stream { dict, data })?;
        Ok(stream.numbers())
    })
}

/// Where `%PDF-` stands and the version it gives. Without it the version is taken to be 1.4.
pub(crate) fn header(input: &Input) -> Result<(Option<u64>, (u8, u8)), PdfError> {
    let bytes = input.bytes(
        0,
        usize::try_from(limits::HEADER_SEARCH).unwrap_or(usize::MAX),
    )?;
    let Some(found) = memmem::find(&bytes, b"%PDF-") else {
        return Ok((None, (1, 4)));
    };
    let version = match bytes.get(found + 5..found + 8) {
        Some([major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9']) => (major - b'0', minor - b'0'),
        _ => (1, 4),
    };
    Ok((Some(found as u64), version))
}

/// True when the file has its end mark, so that a missing part was not cut off at the end.
fn ends_properly(input: &Input) -> Result<bool, PdfError> {
    let at = input.len().saturating_sub(limits::TAIL_SEARCH);
    let tail = input.bytes(
        at,
        usize::try_from(limits::TAIL_SEARCH).unwrap_or(usize::MAX),
    )?;
    Ok(memmem::find(&tail, b"%%EOF").is_some())
}
