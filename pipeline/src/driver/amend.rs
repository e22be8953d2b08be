//! Corrections to finished documents: said in the journal first, then seen in the record, then in the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};

use super::joining::{self, Brought};
use super::journal::{Entry, Key, Output, Past, Sample};
use super::publish::{self, Staged, hex};
use super::state::Workplace;
use super::{Options, RunError};
use crate::correct::{self, Change, Correction, KeptScan, PageName, PageOp};
use crate::ingest::{self, Limits};
use crate::record::{DocumentRecord, PageRecord};
use crate::sampling::{self, Findings};

/// Why a correction was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AmendError {
    /// The output folder cannot be used.
    #[error(transparent)]
    Folder(#[from] RunError),
    /// No run made a document of that name in the folder.
    #[error("no document `{name}` was made in {}", out.display())]
    Unknown {
        /// The name asked for.
        name: String,
        /// The output folder.
        out: PathBuf,
    },
    /// The document has no such page.
    #[error("the document has no page {page}; it has {pages}")]
    NoPage {
        /// The page asked for.
        page: u32,
        /// Pages of the document.
        pages: u32,
    },
    /// A signed file is never rewritten.
    #[error("the document is a signed original; its pages are not changed")]
    Signed,
    /// No document can begin with that page.
    #[error("no document can begin with page {page}: it is the first, or a page that was put in")]
    NoCut {
        /// The page asked for.
        page: u32,
    },
    /// No document of the same source comes after it.
    #[error("no document of the same scan comes after this one")]
    NoNext,
    /// A document without pages is none.
    #[error("this is the only page of the document; send the document back instead")]
    LastPage,
    /// A document is not joined to itself.
    #[error("a document cannot be merged with itself")]
    Itself,
    /// The scan that a document was made of is not there any more, or is another.
    #[error("{} is not there any more, or is not the scan that the document was made of", path.display())]
    Source {
        /// The scan.
        path: PathBuf,
    },
    /// A value was looked at that does not stand there any more.
    #[error("field `{name}` has not the value that was looked at; open the document again")]
    Otherwise {
        /// The field, or `type`.
        name: String,
    },
    /// The record beside the document is missing or was changed by somebody else.
    #[error("{} is missing or is not what the program wrote", path.display())]
    Record {
        /// The record.
        path: PathBuf,
    },
    /// The scan that is to be put in cannot be read.
    #[error(transparent)]
    Scan(#[from] ingest::IngestError),
    /// Something could not be written.
    #[error("cannot write in {}: {source}", out.display())]
    Write {
        /// The output folder.
        out: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What a person wants, in the words of the person: pages by their number in the document as it is now.
#[derive(Clone, Debug)]
pub enum Wish {
    /// A value, a type, a verdict.
    Say(Change),
    /// A field, or the type, is right as it stands now.
    Confirm {
        /// Name of the field, or `type`.
        name: String,
    },
    /// Turn a page clockwise by so many degrees from how it is shown now.
    Turn {
        /// Page of the document, from 1.
        page: u32,
        /// 90, 180 or 270.
        degrees: u16,
    },
    /// Put another scan in the place of a page.
    Replace {
        /// Page of the document, from 1.
        page: u32,
        /// The file, and its page from 1.
        scan: (PathBuf, u32),
    },
    /// Put a scan after a page; 0 puts it first.
    Insert {
        /// Page of the document, from 1, or 0.
        after: u32,
        /// The file, and its page from 1.
        scan: (PathBuf, u32),
    },
    /// Leave a page out.
    Drop {
        /// Page of the document, from 1.
        page: u32,
    },
    /// Another document begins with this page.
    Split {
        /// Page of the document, from 2.
        page: u32,
    },
    /// A page becomes the one with another number.
    Move {
        /// Page of the document, from 1.
        page: u32,
        /// Its number then, from 1.
        to: u32,
    },
    /// The next document of the same source belongs to this one.
    Merge,
    /// The pages of another document of the output folder, of whatever source, come after those of this one; it is no more.
    TakeIn {
        /// Its name.
        document: String,
    },
    /// Take back what was said of a page of the source.
    Restore {
        /// Page of the source, from 1.
        page: u32,
    },
}

impl Wish {
    /// Whether pages are made anew for it.
    fn is_of_pages(&self) -> bool {
        !matches!(self, Self::Say(_) | Self::Confirm { .. })
    }
}

/// What is left to do after corrections were taken.
#[derive(Debug)]
pub enum Amended {
    /// Nothing: the record says what the person said.
    Done,
    /// Pages are to be made anew, one source after the other.
    Pages(Vec<Anew>),
}

/// A source whose pages are to be made anew: it is run again with these options, which are those of the run that made it.
#[derive(Debug)]
pub struct Anew {
    /// The input that the document came from.
    pub source: PathBuf,
    /// The input was a folder joined into one document.
    pub joined: bool,
    /// The options; `None` when the run that made it did not keep them.
    pub options: Option<Box<Options>>,
    /// Name of the profile of that run.
    pub profile: Option<String>,
}

/// Takes corrections to document `name` of the output folder `out`; `by` and `at` (RFC 3339) say who and when.
///
/// Each is in the journal, on disk, before anything is changed: what cannot be done at once is done by the next run.
///
/// # Errors
/// When the document is unknown, a wish does not fit it, or the folder cannot be written; nothing is changed then.
pub fn amend(
    out: &Path,
    name: &str,
    wishes: &[Wish],
    (by, at): (&str, &str),
    limits: &Limits,
) -> Result<Amended, AmendError> {
    let workplace = Workplace::open(out)?;
    let said = |change: Change| Correction {
        change,
        by: by.to_owned(),
        at: at.to_owned(),
    };
    let failed = |source: io::Error| AmendError::Write {
        out: out.to_owned(),
        source,
    };
    let desk = match Desk::new(&workplace, name) {
        Err(AmendError::Unknown { .. }) if !wishes.is_empty() => {
            return brought_back(&workplace, name, wishes, &said);
        }
        other => other?,
    };
    let mut record = desk.record()?;
    let mut changes = Vec::new();
    let mut taken = Vec::new();
    for wish in wishes {
        if let Wish::TakeIn { document } = wish {
            let other = Desk::new(&workplace, document)?;
            let brought = desk.take_in(&record, &other, limits)?;
            changes.extend(brought.to.iter().cloned());
            taken.push((other, brought));
        } else {
            changes.extend(desk.changes(&record, wish, limits)?);
        }
    }
    let corrected = |desk: &Desk<'_>, change: &Change| Entry::Corrected {
        key: desk.key.clone(),
        name: desk.name.to_owned(),
        correction: said(change.clone()),
    };
    // What is taken in here leaves there in the same line: pages are never in both, and never in none.
    let here = changes.iter().map(|change| corrected(&desk, change));
    let there = taken
        .iter()
        .flat_map(|(other, brought)| brought.from.iter().map(|change| corrected(other, change)));
    let mut entries: Vec<Entry> = here.chain(there).collect();
    let entry = match entries.len() {
        1 => entries.pop(),
        _ => Some(Entry::Together { entries }),
    };
    let mut all = workplace.journal.corrections(name);
    if let Some(entry) = entry {
        workplace.journal.append(&entry).map_err(failed)?;
    }
    all.extend(changes.into_iter().map(&said));
    desk.rewrite(&mut record, &all).map_err(failed)?;
    if !wishes.iter().any(Wish::is_of_pages) {
        return Ok(Amended::Done);
    }
    let mut anew = vec![desk.anew(&record)];
    for (other, brought) in &taken {
        if anew
            .iter()
            .all(|one| one.source != Path::new(&other.key.path))
        {
            anew.push(other.anew(&brought.record));
        }
    }
    Ok(Amended::Pages(anew))
}

/// Takes back what was said of pages of a source of which nothing was left.
fn brought_back(
    workplace: &Workplace,
    name: &str,
    wishes: &[Wish],
    said: &dyn Fn(Change) -> Correction,
) -> Result<Amended, AmendError> {
    let unknown = || AmendError::Unknown {
        name: name.to_owned(),
        out: workplace.out.clone(),
    };
    let (key, past) = workplace.journal.emptied(name).ok_or_else(unknown)?;
    let mut entries = Vec::new();
    for wish in wishes {
        let Wish::Restore { page } = wish else {
            return Err(unknown());
        };
        entries.push(Entry::Corrected {
            key: key.clone(),
            name: name.to_owned(),
            correction: said(PageName::Source(*page).change(PageOp::Restore)),
        });
    }
    let written = workplace.journal.append(&Entry::Together { entries });
    written.map_err(|source| AmendError::Write {
        out: workplace.out.clone(),
        source,
    })?;
    let source = PathBuf::from(&key.path);
    Ok(Amended::Pages(vec![Anew {
        joined: source.is_dir(),
        source,
        options: workplace.options(&past.options).map(Box::new),
        profile: None,
    }]))
}

/// A document of an earlier run, and what is known of it.
pub(super) struct Desk<'a> {
    pub(super) workplace: &'a Workplace,
    pub(super) name: &'a str,
    pub(super) key: Key,
    past: &'a Past,
}

impl<'a> Desk<'a> {
    fn new(workplace: &'a Workplace, name: &'a str) -> Result<Self, AmendError> {
        let unknown = || AmendError::Unknown {
            name: name.to_owned(),
            out: workplace.out.clone(),
        };
        let (key, past) = workplace.journal.made(name).ok_or_else(unknown)?;
        Ok(Self {
            workplace,
            name,
            key: key.clone(),
            past,
        })
    }

    fn anew(&self, record: &DocumentRecord) -> Anew {
        Anew {
            source: PathBuf::from(&self.key.path),
            joined: !record.source.files.is_empty(),
            options: self.workplace.options(&self.past.options).map(Box::new),
            profile: record.profile.clone(),
        }
    }

    /// The record, when it is still what a run of ours wrote.
    pub(super) fn record(&self) -> Result<DocumentRecord, AmendError> {
        self.record_of(self.name)
    }

    /// That of a document of the same source.
    fn record_of(&self, name: &str) -> Result<DocumentRecord, AmendError> {
        let file = format!("{name}.json");
        let path = self.workplace.out.join(&file);
        let read = || {
            let bytes = fs::read(&path).ok()?;
            let expected = self.past.outputs.iter().find(|made| made.file == file)?;
            let mut hash = Context::new(&SHA256);
            hash.update(&bytes);
            (hex(hash.finish().as_ref()) == expected.sha256)
                .then(|| serde_json::from_slice(&bytes).ok())
                .flatten()
        };
        read().ok_or(AmendError::Record { path })
    }

    /// Whether another document of the same source comes before it.
    fn follows(&self) -> bool {
        let mut parts = self.past.parts.iter();
        parts.position(|part| part.name == self.name).unwrap_or(0) > 0
    }

    /// A signed file is never rewritten.
    pub(super) fn refuse_signed(&self) -> Result<(), AmendError> {
        if self.past.flags.iter().any(|flag| flag == "signed_original") {
            return Err(AmendError::Signed);
        }
        Ok(())
    }

    /// The changes that a wish asks for, with pages by names that stay.
    fn changes(
        &self,
        record: &DocumentRecord,
        wish: &Wish,
        limits: &Limits,
    ) -> Result<Vec<Change>, AmendError> {
        if wish.is_of_pages() {
            self.refuse_signed()?;
        }
        let named = |page: u32| Ok::<_, AmendError>(name_of(page_of(record, page)?));
        let one = |name: PageName, op: PageOp| Ok(vec![name.change(op)]);
        match wish {
            Wish::Say(change) => Ok(vec![still_there(record, change)?]),
            Wish::Confirm { name } => Ok(vec![Change::Confirmed {
                name: name.clone(),
                value: value_of(record, name),
            }]),
            Wish::Turn { page, degrees } => {
                let degrees = (page_of(record, *page)?.rotation + degrees) % 360;
                one(named(*page)?, PageOp::Turn { degrees })
            }
            Wish::Replace { page, scan } => {
                let name = named(*page)?;
                let scan = self.keep(scan, limits)?;
                one(name, PageOp::Replace { scan })
            }
            Wish::Insert { after: 0, scan } => self.put_first(record, scan, limits),
            Wish::Insert { after, scan } => {
                let name = named(*after)?;
                let scan = self.keep(scan, limits)?;
                one(name, PageOp::InsertAfter { scan })
            }
            Wish::Drop { page } => {
                let name = named(*page)?;
                match (record.pages.len(), *page == 1 && self.follows()) {
                    (1, _) => Err(AmendError::LastPage),
                    // Its document goes on to begin there, not to belong to the one before.
                    (_, true) => Ok(vec![name.change(PageOp::Begin), name.change(PageOp::Drop)]),
                    (_, false) => one(name, PageOp::Drop),
                }
            }
            Wish::Split { page } => match named(*page)? {
                name @ PageName::Source(source) if *page > 1 && source > 0 => {
                    one(name, PageOp::Begin)
                }
                _ => Err(AmendError::NoCut { page: *page }),
            },
            Wish::Move { page, to } => {
                let mut pages: Vec<PageName> = record.pages.iter().map(name_of).collect();
                page_of(record, *page)?;
                page_of(record, *to)?;
                let moved = pages.remove(page.saturating_sub(1) as usize);
                pages.insert(to.saturating_sub(1) as usize, moved);
                Ok(vec![self.in_order(pages)])
            }
            Wish::Merge => self.join_next(),
            Wish::Restore { page } => one(PageName::Source(*page), PageOp::Restore),
            Wish::TakeIn { .. } => Ok(Vec::new()),
        }
    }

    fn in_order(&self, pages: Vec<PageName>) -> Change {
        let begins = self.follows();
        Change::Order { pages, begins }
    }

    /// A scan before the first page; of a source that is several documents, in this one.
    fn put_first(
        &self,
        record: &DocumentRecord,
        scan: &(PathBuf, u32),
        limits: &Limits,
    ) -> Result<Vec<Change>, AmendError> {
        let scan = self.keep(scan, limits)?;
        if !self.follows() {
            return Ok(vec![
                PageName::Source(0).change(PageOp::InsertAfter { scan }),
            ]);
        }
        let mut pages: Vec<PageName> = record.pages.iter().map(name_of).collect();
        let first = name_of(page_of(record, 1)?);
        let said = self.workplace.journal.page_corrections(&self.key);
        let number = correct::scans_put_in(said).saturating_add(1);
        pages.insert(0, PageName::Scan(number));
        let put_in = first.change(PageOp::InsertAfter { scan });
        Ok(vec![put_in, self.in_order(pages)])
    }

    /// The pages of the next document of the source belong to this one.
    fn join_next(&self) -> Result<Vec<Change>, AmendError> {
        let mut parts = self.past.parts.iter();
        let _ = parts.find(|part| part.name == self.name);
        let next = parts.next().ok_or(AmendError::NoNext)?;
        let first = next.source_pages.iter().min().copied();
        // It may begin with another page than that of its lowest number: where pages changed places, or one was put in.
        let begins = self.record_of(&next.name)?.pages.first().map(name_of);
        let names: BTreeSet<PageName> = first
            .map(PageName::Source)
            .into_iter()
            .chain(begins)
            .collect();
        if names.is_empty() {
            return Err(AmendError::NoNext);
        }
        let join = |name: PageName| name.change(PageOp::Join);
        Ok(names.into_iter().map(join).collect())
    }

    /// What is to be said of this document and of another so that its pages are the last of this one.
    fn take_in(
        &self,
        record: &DocumentRecord,
        other: &Desk<'_>,
        limits: &Limits,
    ) -> Result<Brought, AmendError> {
        if self.name == other.name {
            return Err(AmendError::Itself);
        }
        self.refuse_signed()?;
        other.refuse_signed()?;
        let last = record.pages.last().map(name_of);
        let last = last.ok_or(AmendError::NoPage { page: 1, pages: 0 })?;
        joining::brought(self, last, other, limits)
    }

    /// Copies a scan into the state folder, after a look whether the page can be read at all.
    fn keep(&self, (path, page): &(PathBuf, u32), limits: &Limits) -> Result<KeptScan, AmendError> {
        let file = ingest::File::open(path, limits)?;
        let index = page.saturating_sub(1) as usize;
        file.load(index, ingest::TextPolicy::Skip)?;
        Ok(KeptScan {
            file: self.keep_file(path)?,
            page: *page,
        })
    }

    /// Copies a file into the folder of kept scans; its name there.
    pub(super) fn keep_file(&self, path: &Path) -> Result<String, AmendError> {
        let failed = |source: io::Error| AmendError::Write {
            out: self.workplace.out.clone(),
            source,
        };
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .filter(|ending| ending.chars().all(|c| c.is_ascii_alphanumeric()))
            .unwrap_or("scan");
        let mut staged = Staged::create(&self.workplace.staging, "kept.scan").map_err(failed)?;
        let copied = fs::File::open(path).and_then(|mut from| io::copy(&mut from, &mut staged));
        copied.map_err(failed)?;
        let finished = staged.finish().map_err(failed)?;
        let name = format!("{}.{ending}", finished.sha256);
        let folder = self.workplace.kept_scans();
        fs::create_dir_all(&folder)
            .and_then(|()| finished.publish(&folder.join(&name)))
            .and_then(|()| publish::sync_folder(&folder))
            .map_err(failed)?;
        Ok(name)
    }

    /// Writes the record anew with all that was said, and tells the journal of its new hash.
    fn rewrite(&self, record: &mut DocumentRecord, said: &[Correction]) -> io::Result<()> {
        correct::apply(record, said);
        let file = format!("{}.json", self.name);
        let mut staged = Staged::create(&self.workplace.staging, &file)?;
        serde_json::to_writer_pretty(&mut staged, record)?;
        io::Write::write_all(&mut staged, b"\n")?;
        let finished = staged.finish()?;
        let mut outputs: Vec<Output> = self
            .past
            .outputs
            .iter()
            .filter(|made| made.file != file)
            .cloned()
            .collect();
        outputs.push(Output {
            file: file.clone(),
            sha256: finished.sha256.clone(),
            bytes: finished.bytes,
        });
        let journal = &self.workplace.journal;
        // The record's old hash must not be the last word while its new content stands: a run between the two would
        // take the record for somebody else's.
        journal.append(&self.done(&outputs))?;
        finished.publish(&self.workplace.out.join(&file))?;
        publish::sync_folder(&self.workplace.out)
    }

    fn done(&self, outputs: &[Output]) -> Entry {
        Entry::Done {
            key: self.key.clone(),
            name: self
                .workplace
                .journal
                .name_of(&self.key)
                .unwrap_or(self.name)
                .to_owned(),
            options: self.past.options.clone(),
            pages: self.past.pages,
            flags: self.past.flags.clone(),
            outputs: outputs.to_vec(),
            parts: self.past.parts.clone(),
            separators: self.past.separators.clone(),
        }
    }
}

/// What a field, or the type, says now.
fn value_of(record: &DocumentRecord, name: &str) -> Option<String> {
    if name == correct::TYPE {
        return record.kind.as_ref().map(|kind| kind.code.clone());
    }
    record.fields.get(name)?.value.clone()
}

/// The change, unless it confirms what is not there.
fn still_there(record: &DocumentRecord, change: &Change) -> Result<Change, AmendError> {
    match change {
        Change::Confirmed { name, value } if value_of(record, name) != *value => {
            Err(AmendError::Otherwise { name: name.clone() })
        }
        change => Ok(change.clone()),
    }
}

/// Page `page` of the document, from 1.
fn page_of(record: &DocumentRecord, page: u32) -> Result<&PageRecord, AmendError> {
    let pages = u32::try_from(record.pages.len()).unwrap_or(u32::MAX);
    page.checked_sub(1)
        .and_then(|index| record.pages.get(index as usize))
        .ok_or(AmendError::NoPage { page, pages })
}

/// By which name corrections know a page.
pub(super) fn name_of(page: &PageRecord) -> PageName {
    match page.scan {
        Some(scan) => PageName::Scan(scan),
        None => PageName::Source(page.source_page.unwrap_or(page.number)),
    }
}

/// Draws a sample of the documents in `out` for people to look at, and keeps it in the journal.
///
/// # Errors
/// When the folder cannot be used or written.
pub fn draw_sample(
    out: &Path,
    share: f64,
    dice: &mut dyn FnMut() -> u64,
    (by, at): (&str, &str),
) -> Result<Vec<String>, AmendError> {
    let workplace = Workplace::open(out)?;
    let drawn = sampling::draw(&workplace.journal.made_names(), share, dice);
    let sample = Sample {
        names: drawn.clone(),
        share,
        by: by.to_owned(),
        at: at.to_owned(),
    };
    let kept = workplace.journal.append(&Entry::Sampled(sample));
    kept.map_err(|source| AmendError::Write {
        out: out.to_owned(),
        source,
    })?;
    Ok(drawn)
}

/// What people found in the samples of `out` so far, and the sampled documents that nobody has looked at yet.
///
/// # Errors
/// When the folder cannot be used.
pub fn sample_findings(out: &Path) -> Result<(Findings, Vec<String>), AmendError> {
    let workplace = Workplace::open(out)?;
    let journal = &workplace.journal;
    // A source that was cut otherwise since has documents of other names.
    let made: BTreeSet<String> = journal.made_names().into_iter().collect();
    let sampled: BTreeSet<String> = journal.sampled().intersection(&made).cloned().collect();
    let said: BTreeMap<String, Vec<Correction>> = sampled
        .iter()
        .map(|name| (name.clone(), journal.corrections(name)))
        .collect();
    let found = sampling::findings(made.len(), &sampled, &said);
    let left = said
        .into_iter()
        .filter(|(_, said)| said.is_empty())
        .map(|(name, _)| name)
        .collect();
    Ok((found, left))
}
