//! Every byte of a file given to the object, section or end mark that owns it; what is left over is told.

use std::ops::Range;

use super::{Irregular, Irregularity, Revisions};
use crate::{
    document::Document,
    error::PdfError,
    indirect,
    lexer::is_space,
    limits,
    object::{Located, Object, ObjectId},
    xref::Entry,
};

/// An object as one revision wrote it.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// The revision, from 0.
    pub revision: usize,
    /// The object.
    pub id: ObjectId,
    /// What it is and where it stands.
    pub located: &'a Located<Object>,
    /// False when no cross-reference section leads to it.
    pub reached: bool,
}

/// Bytes and what they are.
struct Extent {
    bytes: Range<u64>,
    id: Option<ObjectId>,
}

/// A place that a section gives for an object in the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    offset: u64,
    id: ObjectId,
    revision: usize,
}

/// A place that a section gives for an object in an object stream.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Inside {
    /// Where the object stream stands.
    offset: u64,
    number: u32,
    index: u32,
    container: u32,
    revision: usize,
}

impl Revisions {
    /// Goes through all objects of all revisions in the order of the file, hands each to `visit`, and gives what is
    /// irregular, in the order of the file. Every byte of objects' dictionaries is read once, that of streams' data not
    /// at all but for object streams.
    ///
    /// # Errors
    /// When the source cannot be read or a limit is reached.
    pub fn account(
        &self,
        visit: &mut dyn FnMut(Version<'_>),
    ) -> Result<Vec<Irregularity>, PdfError> {
        let mut ledger = Ledger {
            file: self,
            extents: Vec::new(),
            found: self.irregularities.clone(),
        };
        let (places, inside) = ledger.places();
        ledger.objects(&places, &inside, visit)?;
        ledger.sections();
        ledger.sweep(visit)?;
        ledger.found.sort_by_key(|found| (found.at, found.kind));
        Ok(ledger.found)
    }
}

struct Ledger<'a> {
    file: &'a Revisions,
    extents: Vec<Extent>,
    found: Vec<Irregularity>,
}

impl<'a> Ledger<'a> {
    fn note(
        &mut self,
        kind: Irregular,
        at: u64,
        revision: usize,
        object: Option<ObjectId>,
        detail: impl Into<String>,
    ) {
        // One more than the number of repairs that are remembered: a file with so many is told about enough.
        if self.found.len() <= limits::REPAIRS {
            self.found.push(Irregularity {
                kind,
                at,
                revision,
                object,
                detail: detail.into(),
            });
        }
    }

    fn view(&self, revision: usize) -> Option<&'a Document> {
        self.file.views.get(revision)
    }

    /// All places that sections give, sorted and each once, with the oldest revision that gives it.
    fn places(&mut self) -> (Vec<Place>, Vec<Inside>) {
        let (mut places, mut inside) = (Vec::new(), Vec::new());
        for row in self.file.table.rows() {
            let revision = self.file.of_age.get(row.age as usize).copied().unwrap_or(0);
            let table = self.file.table.as_of(row.age);
            match row.entry {
                Entry::Free => {}
                Entry::InFile { offset, generation } => places.push(Place {
                    offset,
                    id: ObjectId::new(row.number, generation),
                    revision,
                }),
                Entry::InStream { container, index } => match table.get(container) {
                    Some(Entry::InFile { offset, .. }) => inside.push(Inside {
                        offset,
                        number: row.number,
                        index,
                        container,
                        revision,
                    }),
                    _ => self.note(
                        Irregular::Astray,
                        0,
                        revision,
                        Some(ObjectId::new(row.number, 0)),
                        format!("object stream {container} is not in the file"),
                    ),
                },
            }
        }
        places.sort_unstable();
        places.dedup_by_key(|place| (place.offset, place.id));
        inside.sort_unstable();
        inside.dedup_by_key(|inside| (inside.offset, inside.number, inside.index));
        (places, inside)
    }

    fn objects(
        &mut self,
        places: &[Place],
        inside: &[Inside],
        visit: &mut dyn FnMut(Version<'_>),
    ) -> Result<(), PdfError> {
        let mut rest = places;
        while let Some(first) = rest.first() {
            let here = rest.iter().take_while(|place| place.offset == first.offset);
            let (own, after) = rest.split_at_checked(here.count()).unwrap_or_default();
            rest = after;
            // Nearly always an object ends before the next begins; to read further costs more than it brings.
            let next = after.first().map_or(u64::MAX, |place| place.offset);
            let located = self.object(first, next)?;
            for place in own {
                self.place(place, located.as_ref(), visit);
            }
            if located.is_some() {
                let from = inside.partition_point(|inside| inside.offset < first.offset);
                let own = inside.get(from..).unwrap_or_default();
                let to = own.partition_point(|inside| inside.offset == first.offset);
                self.inside(own.get(..to).unwrap_or_default(), visit)?;
            }
        }
        Ok(())
    }

    /// The object at a place, whatever its number is.
    fn object(
        &mut self,
        place: &Place,
        next: u64,
    ) -> Result<Option<(ObjectId, Located<Object>)>, PdfError> {
        let Some(view) = self.view(place.revision) else {
            return Ok(None);
        };
        let input = &self.file.input;
        let read = indirect::read_until(input, place.offset, next)
            // A stale entry may lead into the middle of this object.
            .or_else(|_| indirect::read_until(input, place.offset, u64::MAX))
            .and_then(|object| Ok((object.id, view.finish(object, 0)?)));
        match read {
            Ok(object) => Ok(Some(object)),
            Err(error @ (PdfError::Read { .. } | PdfError::Limit { .. })) => Err(error),
            Err(_) => Ok(None),
        }
    }

    fn place(
        &mut self,
        place: &Place,
        object: Option<&(ObjectId, Located<Object>)>,
        visit: &mut dyn FnMut(Version<'_>),
    ) {
        let Some((id, located)) = object.filter(|(id, _)| *id == place.id) else {
            let detail = object.map_or_else(
                || "no readable object at its place".to_owned(),
                |(id, _)| format!("object {id} stands at its place"),
            );
            self.note(
                Irregular::Astray,
                place.offset,
                place.revision,
                Some(place.id),
                detail,
            );
            return;
        };
        let end = self
            .file
            .revisions
            .get(place.revision)
            .map_or(0, |revision| revision.bytes.end);
        if located.range.end > end {
            self.note(
                Irregular::Astray,
                place.offset,
                place.revision,
                Some(place.id),
                "stands after the end of its revision",
            );
        }
        self.extents.push(Extent {
            bytes: located.range.clone(),
            id: Some(*id),
        });
        self.length(place.revision, *id, located);
        visit(Version {
            revision: place.revision,
            id: *id,
            located,
            reached: true,
        });
    }

    /// Notes a stream that is longer or shorter than it says.
    fn length(&mut self, revision: usize, id: ObjectId, located: &Located<Object>) {
        let (Some(view), Some(stream)) = (self.view(revision), located.value.as_stream()) else {
            return;
        };
        let declared = view.get(&stream.dict, "Length").ok();
        let declared = declared.and_then(|length| length.as_integer());
        let actual = stream.data.end.saturating_sub(stream.data.start);
        if declared.and_then(|length| u64::try_from(length).ok()) != Some(actual) {
            let detail = format!("the stream has {actual} bytes, not what it says");
            self.note(
                Irregular::Length,
                stream.data.start,
                revision,
                Some(id),
                detail,
            );
        }
    }

    fn inside(
        &mut self,
        inside: &[Inside],
        visit: &mut dyn FnMut(Version<'_>),
    ) -> Result<(), PdfError> {
        for own in inside {
            let Some(view) = self.view(own.revision) else {
                continue;
            };
            let id = ObjectId::new(own.number, 0);
            let read = match view.object_stream(own.container, 0) {
                Ok(Some(stream)) if stream.agrees(own.number, own.index) => {
                    stream.object(&self.file.input, own.number, own.index)
                }
                Ok(_) => Err(PdfError::MissingObject { id }),
                Err(error) => Err(error),
            };
            match read {
                Ok(located) => visit(Version {
                    revision: own.revision,
                    id,
                    located: &located,
                    reached: true,
                }),
                Err(error @ (PdfError::Read { .. } | PdfError::Limit { .. })) => return Err(error),
                Err(_) => self.note(
                    Irregular::Astray,
                    own.offset,
                    own.revision,
                    Some(id),
                    format!("not at its place in object stream {}", own.container),
                ),
            }
        }
        Ok(())
    }

    fn sections(&mut self) {
        for revision in &self.file.revisions {
            let footers = revision.footers.iter().map(|footer| &footer.bytes);
            self.extents
                .extend(revision.sections.iter().chain(footers).map(|bytes| Extent {
                    bytes: bytes.clone(),
                    id: None,
                }));
        }
    }

    /// Walks over all extents, and looks into what lies between them.
    fn sweep(&mut self, visit: &mut dyn FnMut(Version<'_>)) -> Result<(), PdfError> {
        let mut extents = std::mem::take(&mut self.extents);
        extents.sort_by_key(|extent| (extent.bytes.start, extent.bytes.end));
        // A cross-reference stream is a section and may be an object too.
        extents.dedup_by(|b, a| {
            a.bytes == b.bytes && (a.id.is_none() || b.id.is_none() || a.id == b.id)
        });
        let mut reach = 0;
        for extent in &extents {
            let start = extent.bytes.start;
            if start < reach {
                let revision = self.file.revision_of(start);
                self.note(
                    Irregular::Overlap,
                    start,
                    revision,
                    extent.id,
                    "shares bytes with what stands before it",
                );
            } else {
                self.gap(reach..start, visit)?;
            }
            reach = reach.max(extent.bytes.end);
        }
        self.gap(reach..self.file.file_len(), visit)
    }

    /// What lies between two extents: white space, comments, objects that nothing leads to, anything else.
    fn gap(&mut self, gap: Range<u64>, visit: &mut dyn FnMut(Version<'_>)) -> Result<(), PdfError> {
        let input = &self.file.input;
        let mut at = gap.start;
        while at < gap.end {
            let bytes = input.bytes(at, small(gap.end - at, 256))?;
            let blank = bytes.iter().take_while(|byte| is_space(**byte)).count();
            if blank > 0 {
                at += blank as u64;
                continue;
            }
            let revision = self.file.revision_of(at);
            if bytes.first() == Some(&b'%') {
                let end = self.comment_end(at, gap.end)?;
                // The header and its line of high bytes are comments too (7.5.2).
                if at > 0 && !(revision == 0 && at < 32) {
                    let text = input.bytes(at, small(end - at, 128))?;
                    let detail = String::from_utf8_lossy(&text).into_owned();
                    self.note(Irregular::Comment, at, revision, None, detail);
                }
                at = end;
                continue;
            }
            let end = self.orphan(at, gap.end, revision, visit)?;
            let Some(end) = end else {
                self.note(
                    Irregular::Unaccounted,
                    at,
                    revision,
                    None,
                    format!("{} bytes that belong to nothing", gap.end - at),
                );
                return Ok(());
            };
            at = end;
        }
        Ok(())
    }

    fn comment_end(&self, at: u64, end: u64) -> Result<u64, PdfError> {
        let mut from = at;
        while from < end {
            let bytes = self.file.input.bytes(from, small(end - from, 4096))?;
            if let Some(line) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                return Ok(from + line as u64);
            }
            from += bytes.len() as u64;
        }
        Ok(end)
    }

    /// Where the object that begins at `at` ends, if there is one.
    fn orphan(
        &mut self,
        at: u64,
        end: u64,
        revision: usize,
        visit: &mut dyn FnMut(Version<'_>),
    ) -> Result<Option<u64>, PdfError> {
        let Some(view) = self.view(revision) else {
            return Ok(None);
        };
        let read = indirect::read_until(&self.file.input, at, end)
            .and_then(|object| Ok((object.id, view.finish(object, 0)?)));
        let (id, located) = match read {
            Ok((id, located)) if located.range.end <= end && located.range.start == at => {
                (id, located)
            }
            Err(error @ (PdfError::Read { .. } | PdfError::Limit { .. })) => return Err(error),
            _ => return Ok(None),
        };
        let other = view.object(id).ok().filter(|used| {
            let before = used.container.is_some() || used.range.start < at;
            before && !view.same(&used.value, &located.value)
        });
        self.length(revision, id, &located);
        let (kind, detail) = match other {
            Some(_) => (
                Irregular::Shadow,
                "nothing leads to it, and its number belongs to another object",
            ),
            None => (Irregular::Orphan, "nothing leads to it"),
        };
        self.note(kind, at, revision, Some(id), detail);
        visit(Version {
            revision,
            id,
            located: &located,
            reached: false,
        });
        Ok(Some(located.range.end))
    }
}

fn small(length: u64, most: usize) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX).min(most)
}

impl Document {
    /// True when two objects of the file are equal, their streams' data byte for byte as stored; references are
    /// compared, not followed.
    pub fn same(&self, a: &Object, b: &Object) -> bool {
        match (a, b) {
            (Object::Stream(a), Object::Stream(b)) => {
                a.dict == b.dict
                    && self
                        .same_bytes(a.data.clone(), b.data.clone())
                        .unwrap_or(false)
            }
            _ => a == b,
        }
    }

    /// True when two ranges of the file have the same bytes.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn same_bytes(&self, a: Range<u64>, b: Range<u64>) -> Result<bool, PdfError> {
        if a.end.saturating_sub(a.start) != b.end.saturating_sub(b.start) {
            return Ok(false);
        }
        let (mut from, mut other) = (a.start, b.start);
        while from < a.end && from != other {
            let count = small(a.end - from, limits::CHUNK);
            let bytes = self.input().bytes(from, count)?;
            if bytes.is_empty() || bytes != self.input().bytes(other, count)? {
                return Ok(false);
            }
            from += bytes.len() as u64;
            other += bytes.len() as u64;
        }
        Ok(true)
    }
}
