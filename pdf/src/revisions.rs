//! A file as its revisions: where each begins and ends, what it changed, and the document as it was then.

mod account;

mod footer;

use std::{collections::HashSet, ops::Range, sync::Arc};

pub use self::account::Version;
use self::footer::Footer;
use crate::{
    document::{Document, open},
    error::PdfError,
    input::Input,
    object::{Dict, ObjectId},
    object_stream::Cache,
    repair::Repair,
    source::ReadAt,
    xref::{self, Entry, Row, Section, Sections, Table, Xref},
};

/// A file read strictly: nothing in it is put right, searched for or guessed.
///
/// Revisions are counted from 0, oldest first. A linearised file's two cross-reference sections are one revision
/// (ISO 32000-1, annex F), a hybrid's table and stream are one section (7.5.8.4).
pub struct Revisions {
    input: Arc<Input>,
    revisions: Vec<Revision>,
    views: Vec<Document>,
    table: Table,
    irregularities: Vec<Irregularity>,
    /// The revision of each section, by age.
    of_age: Vec<usize>,
}

/// One revision.
#[derive(Clone, Debug)]
pub struct Revision {
    /// From the end of the one before to the line end after `%%EOF`.
    pub bytes: Range<u64>,
    /// Where `%%EOF` ends.
    pub marker_end: u64,
    /// Where the white space after `%%EOF` ends.
    pub space_end: u64,
    /// False when its end mark is missing, or is not where it belongs: then no signature can end there.
    pub closed: bool,
    /// Its newest trailer.
    pub trailer: Dict,
    /// Objects that it added, replaced or freed, by number; left empty for the first, which has all of them.
    pub changed: Vec<u32>,
    /// Where its cross-reference sections stand, tables or streams, those of hybrids included.
    pub sections: Vec<Range<u64>>,
    footers: Vec<Footer>,
    newest_age: u32,
}

/// Something about the bytes that another reader may take otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Irregularity {
    /// What kind.
    pub kind: Irregular,
    /// The byte it was found at.
    pub at: u64,
    /// The revision it belongs to, from 0.
    pub revision: usize,
    /// The object.
    pub object: Option<ObjectId>,
    /// What exactly; English, technical.
    pub detail: String,
}

/// Kinds of irregularity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Irregular {
    /// A cross-reference entry does not lead to its object, or leads out of its revision.
    Astray,
    /// A comment between objects.
    Comment,
    /// One section has two places for one object.
    Duplicate,
    /// The `startxref` of an older revision is missing, or leads elsewhere than to its section.
    Footer,
    /// The classic table and the stream of a hybrid lead to different objects.
    Hybrid,
    /// A stream whose length does not hold: it was read up to its `endstream`.
    Length,
    /// An object that no cross-reference section leads to.
    Orphan,
    /// Two objects share bytes.
    Overlap,
    /// An object that no section leads to, with the number of one before it: whoever scans the file takes this one.
    Shadow,
    /// Bytes that are no part of a revision.
    Unaccounted,
}

impl Revisions {
    /// Reads the cross-reference sections of the file behind `source`. Takes time and memory by their length.
    ///
    /// # Errors
    /// When the file cannot be read as it stands: no header, no `startxref` with its `%%EOF`, a section that is
    /// damaged or leads in a circle, revisions that overlap.
    pub fn read(source: impl ReadAt + 'static) -> Result<Self, PdfError> {
        let input = Arc::new(Input::new(source));
        let (header, version) = open::header(&input)?;
        match header {
            Some(0) => {}
            Some(bytes) => input.note(Repair::JunkBeforeHeader { bytes }),
            None => return Err(PdfError::NotPdf { len: input.len() }),
        }
        let newest = footer::newest(&input)?;
        let mut sections = Sections::new(&input, 0, true);
        let chain = chain(&mut sections, newest.offset)?;
        input.note_all(sections.take_repairs());
        let rows = std::mem::take(&mut sections.rows);
        let (mut revisions, mut irregularities) = group(&input, &chain)?;
        let of_age = of_age(&revisions, chain.len());
        duplicates(&chain, &rows, &of_age, &mut irregularities);
        let table = Table::first_wins(rows.clone());
        hybrids(&chain, &rows, &table, &of_age, &mut irregularities);
        changed(&table, &of_age, &mut revisions);
        let streams: Arc<Cache> = Arc::default();
        let views = revisions
            .iter()
            .map(|revision| {
                let xref = Xref {
                    table: table.as_of(revision.newest_age),
                    trailer: revision.trailer.clone(),
                    sections: revision.sections.iter().map(|bytes| bytes.start).collect(),
                };
                Document::strict(input.clone(), version, xref, streams.clone())
            })
            .collect();
        Ok(Self {
            input,
            revisions,
            views,
            table,
            irregularities,
            of_age,
        })
    }

    /// How many revisions there are; at least one.
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Never true.
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// The file's length in bytes.
    pub fn file_len(&self) -> u64 {
        self.input.len()
    }

    /// The revisions, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Revision> {
        self.revisions.iter()
    }

    /// Revision `index`, from 0.
    pub fn get(&self, index: usize) -> Option<&Revision> {
        self.revisions.get(index)
    }

    /// The document as it was in revision `index`. It repairs nothing: an object that is not at its place is an error.
    /// A stream whose length does not hold is read up to its `endstream` and noted in [`Self::repairs`].
    pub fn at(&self, index: usize) -> Option<&Document> {
        self.views.get(index)
    }

    /// The document as it is.
    ///
    /// # Errors
    /// Never for what [`Self::read`] gave.
    pub fn newest(&self) -> Result<&Document, PdfError> {
        self.views.last().ok_or(PdfError::NoCatalog {
            at: self.file_len(),
        })
    }

    /// What was read around so far, in form only: no object was searched for.
    pub fn repairs(&self) -> Vec<Repair> {
        self.input.repairs()
    }

    /// `count` bytes from `at`, fewer at the end of the file.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, PdfError> {
        self.input.bytes(at, count)
    }

    /// The revision that byte `at` belongs to; the newest for what follows it.
    pub fn revision_of(&self, at: u64) -> usize {
        let index = self
            .revisions
            .partition_point(|revision| revision.bytes.end <= at);
        index.min(self.revisions.len().saturating_sub(1))
    }
}

impl<'a> IntoIterator for &'a Revisions {
    type Item = &'a Revision;
    type IntoIter = std::slice::Iter<'a, Revision>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The sections from the newest at `start` to the oldest.
fn chain(sections: &mut Sections<'_>, start: u64) -> Result<Vec<Section>, PdfError> {
    let mut chain: Vec<Section> = Vec::new();
    let mut visited = HashSet::new();
    let mut next = Some(start);
    while let Some(at) = next {
        let refuse = |what| Err(PdfError::Syntax { at, what });
        if !visited.insert(at) {
            return refuse("cross-reference sections that lead in a circle");
        }
        let section = sections.section(at, xref::age(chain.len(), at)?)?;
        next = sections.previous(&section.trailer, at);
        if next.is_none()
            && section
                .trailer
                .get("Prev")
                .is_some_and(|prev| prev.as_integer() != Some(0))
        {
            return refuse("a /Prev that is no offset");
        }
        chain.push(section);
    }
    Ok(chain)
}

/// The revisions that the sections of `chain` make up, oldest first.
fn group(input: &Input, chain: &[Section]) -> Result<(Vec<Revision>, Vec<Irregularity>), PdfError> {
    let mut revisions: Vec<Revision> = Vec::new();
    let mut astray = Vec::new();
    let mut age = chain.len();
    while age > 0 {
        let oldest = age;
        age -= 1;
        // Only the first page's section of a linearised file leads forward, to the main one (annex F.3.4).
        if age > 0
            && let (Some(main), Some(first)) = (chain.get(age), chain.get(age - 1))
            && main.at > first.at
        {
            if oldest != chain.len() {
                return Err(PdfError::Syntax {
                    at: first.at,
                    what: "a /Prev that leads forward",
                });
            }
            age -= 1;
        }
        let sections = chain.get(age..oldest).unwrap_or_default();
        let from = revisions.last().map_or(0, |before| before.bytes.end);
        let revision = revision(input, sections, age, from)?;
        if age == 0 && !revision.closed {
            return Err(PdfError::Syntax {
                at: revision.marker_end,
                what: "no startxref and %%EOF after the newest cross-reference section",
            });
        }
        let Some(newest) = sections.first() else {
            continue;
        };
        let footer = revision
            .footers
            .iter()
            .max_by_key(|footer| footer.bytes.end);
        let detail = match footer {
            _ if !revision.closed => "no startxref and %%EOF after the section".to_owned(),
            Some(footer) if footer.offset != newest.at => {
                format!(
                    "startxref says {}, the section stands at {}",
                    footer.offset, newest.at
                )
            }
            _ => String::new(),
        };
        if !detail.is_empty() {
            astray.push(Irregularity {
                kind: Irregular::Footer,
                at: revision.marker_end,
                revision: revisions.len(),
                object: None,
                detail,
            });
        }
        revisions.push(revision);
    }
    Ok((revisions, astray))
}

fn revision(
    input: &Input,
    sections: &[Section],
    age: usize,
    from: u64,
) -> Result<Revision, PdfError> {
    let mut footers = Vec::with_capacity(sections.len());
    let mut bytes = Vec::with_capacity(sections.len());
    for section in sections {
        if section.bytes.start < from {
            return Err(PdfError::Syntax {
                at: section.bytes.start,
                what: "a cross-reference section within an older revision",
            });
        }
        match footer::after(input, section.bytes.end) {
            Ok(footer) => footers.push(footer),
            Err(PdfError::Syntax { .. }) => {}
            Err(error) => return Err(error),
        }
        bytes.push(section.bytes.clone());
        bytes.extend(section.hybrid.iter().map(|(bytes, _)| bytes.clone()));
    }
    let sections_end = bytes.iter().map(|bytes| bytes.end).max().unwrap_or(from);
    let marker_end = footers.iter().map(|footer| footer.bytes.end).max();
    // The first page's section of a linearised file may go without an end mark: its offset there means nothing.
    let marker_end = marker_end.filter(|end| *end > sections_end);
    let closed = marker_end.is_some();
    let marker_end = marker_end.unwrap_or(sections_end);
    let (end, space_end) = footer::spaces(input, marker_end)?;
    Ok(Revision {
        bytes: from..end,
        marker_end,
        space_end,
        closed,
        trailer: sections
            .first()
            .map(|section| section.trailer.clone())
            .unwrap_or_default(),
        changed: Vec::new(),
        sections: bytes,
        footers,
        newest_age: u32::try_from(age).unwrap_or(u32::MAX),
    })
}

fn of_age(revisions: &[Revision], sections: usize) -> Vec<usize> {
    (0..sections)
        .map(|age| {
            // Revisions are oldest first, ages newest first.
            let older = revisions
                .iter()
                .rposition(|revision| revision.newest_age as usize >= age);
            match older {
                Some(index)
                    if revisions
                        .get(index)
                        .is_some_and(|own| own.newest_age as usize == age) =>
                {
                    index
                }
                // The main section of a linearised file is one older than its revision's newest.
                Some(index) => index + 1,
                None => 0,
            }
        })
        .collect()
}

/// Notes what one section, or the two of a linearised file, say twice and differently.
fn duplicates(chain: &[Section], rows: &[Row], of_age: &[usize], found: &mut Vec<Irregularity>) {
    let mut own: Vec<Row> = Vec::new();
    for (age, section) in chain.iter().enumerate() {
        let revision = of_age.get(age).copied().unwrap_or(0);
        own.extend(rows.get(section.rows.clone()).unwrap_or_default());
        // Free rows stand apart; one that is also in use is a contradiction, but for object 0.
        if of_age.get(age + 1) == Some(&revision) {
            continue;
        }
        own.sort_by_key(|row| row.number);
        for pair in own.windows(2) {
            if let [a, b] = pair
                && a.number == b.number
                && a.entry != b.entry
                && found.len() < crate::limits::REPAIRS
            {
                found.push(Irregularity {
                    kind: Irregular::Duplicate,
                    at: section.bytes.start,
                    revision,
                    object: Some(ObjectId::new(a.number, 0)),
                    detail: format!("two places for object {}", a.number),
                });
            }
        }
        own.clear();
    }
}

/// Notes where the stream of a hybrid leads elsewhere than what readers of tables alone see.
fn hybrids(
    chain: &[Section],
    rows: &[Row],
    table: &Table,
    of_age: &[usize],
    found: &mut Vec<Irregularity>,
) {
    for (age, section) in chain.iter().enumerate() {
        let Some((bytes, streamed)) = &section.hybrid else {
            continue;
        };
        let own: std::collections::HashMap<u32, Entry> = rows
            .get(section.rows.clone())
            .unwrap_or_default()
            .iter()
            .map(|row| (row.number, row.entry))
            .collect();
        let older = table.as_of(u32::try_from(age + 1).unwrap_or(u32::MAX));
        // Writers that copy an old trailer name the old stream again; what the new table lists overrules it (7.5.8.4).
        let copied = chain
            .iter()
            .skip(age + 1)
            .any(|older| older.hybrid.as_ref().is_some_and(|(own, _)| own == bytes));
        for row in rows.get(streamed.clone()).unwrap_or_default() {
            let listed = own.get(&row.number).copied();
            if copied && listed.is_some() {
                continue;
            }
            let plain = listed
                .or_else(|| older.get(row.number))
                .filter(|entry| *entry != Entry::Free);
            if plain.is_some_and(|plain| plain != row.entry) && found.len() < crate::limits::REPAIRS
            {
                found.push(Irregularity {
                    kind: Irregular::Hybrid,
                    at: bytes.start,
                    revision: of_age.get(age).copied().unwrap_or(0),
                    object: Some(ObjectId::new(row.number, 0)),
                    detail: format!("table and stream differ on object {}", row.number),
                });
            }
        }
    }
}

/// Fills in which objects each revision but the first changed.
fn changed(table: &Table, of_age: &[usize], revisions: &mut [Revision]) {
    for same in table.rows().chunk_by(|a, b| a.number == b.number) {
        let mut before: Option<Entry> = None;
        // Sections of one revision count as one: the newest of them decides.
        for own in same
            .chunk_by(|a, b| of_age.get(a.age as usize) == of_age.get(b.age as usize))
            .rev()
        {
            let Some(row) = own.first() else { continue };
            let index = of_age.get(row.age as usize).copied().unwrap_or(0);
            let was = before.replace(row.entry);
            let was_free = was.is_none_or(|was| was == Entry::Free);
            let same = was == Some(row.entry) || was_free && row.entry == Entry::Free;
            if index > 0
                && !same
                && let Some(revision) = revisions.get_mut(index)
            {
                revision.changed.push(row.number);
            }
        }
    }
}
