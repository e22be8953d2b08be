//! Corrections to finished documents: said in the journal first, then seen in the record, then in the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};

use super::journal::{Entry, Key, Output, Past, Sample};
use super::publish::{self, Staged, hex};
use super::state::Workplace;
use super::{Options, RunError};
use crate::correct::{self, Change, Correction, KeptScan, PageOp};
use crate::ingest::{self, Limits};
use crate::record::DocumentRecord;
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
    /// The next document of the same source belongs to this one.
    Merge,
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
    /// Pages are to be made anew: run the source again with these options, which are those of the run that made it.
    Pages {
        /// The input that the document came from.
        source: PathBuf,
        /// The input was a folder joined into one document.
        joined: bool,
        /// The options; `None` when the run that made it did not keep them.
        options: Option<Box<Options>>,
        /// Name of the profile of that run.
        profile: Option<String>,
    },
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
    let desk = Desk::new(&workplace, name)?;
    let mut record = desk.record()?;
    let mut changes = Vec::new();
    for wish in wishes {
        changes.push(desk.change(&record, wish, limits)?);
    }
    let failed = |source: io::Error| AmendError::Write {
        out: out.to_owned(),
        source,
    };
    let mut said = workplace.journal.corrections(name);
    for change in changes {
        let correction = Correction {
            change,
            by: by.to_owned(),
            at: at.to_owned(),
        };
        workplace
            .journal
            .append(&Entry::Corrected {
                key: desk.key.clone(),
                name: name.to_owned(),
                correction: correction.clone(),
            })
            .map_err(failed)?;
        said.push(correction);
    }
    desk.rewrite(&mut record, &said).map_err(failed)?;
    if !wishes.iter().any(Wish::is_of_pages) {
        return Ok(Amended::Done);
    }
    Ok(Amended::Pages {
        source: PathBuf::from(&desk.key.path),
        joined: !record.source.files.is_empty(),
        options: workplace.options(&desk.past.options).map(Box::new),
        profile: record.profile.clone(),
    })
}

/// A document of an earlier run, and what is known of it.
struct Desk<'a> {
    workplace: &'a Workplace,
    name: &'a str,
    key: Key,
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

    fn path(&self) -> PathBuf {
        self.workplace.out.join(format!("{}.json", self.name))
    }

    /// The record, when it is still what a run of ours wrote.
    fn record(&self) -> Result<DocumentRecord, AmendError> {
        let path = self.path();
        let file = format!("{}.json", self.name);
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

    /// The change that a wish asks for, with pages by their number in the source.
    fn change(
        &self,
        record: &DocumentRecord,
        wish: &Wish,
        limits: &Limits,
    ) -> Result<Change, AmendError> {
        let of_pages = wish.is_of_pages();
        if of_pages && self.past.flags.iter().any(|flag| flag == "signed_original") {
            return Err(AmendError::Signed);
        }
        let source_page = |page: u32| source_page(record, page);
        let (page, op) = match wish {
            Wish::Say(change) => return still_there(record, change),
            Wish::Confirm { name } => {
                return Ok(Change::Confirmed {
                    name: name.clone(),
                    value: value_of(record, name),
                });
            }
            Wish::Turn { page, degrees } => {
                let shown = record
                    .pages
                    .get(page.saturating_sub(1) as usize)
                    .map_or(0, |page| page.rotation);
                let degrees = (shown + degrees) % 360;
                (source_page(*page)?, PageOp::Turn { degrees })
            }
            Wish::Replace { page, scan } => {
                let page = source_page(*page)?;
                let scan = self.keep(scan, limits)?;
                (page, PageOp::Replace { scan })
            }
            Wish::Insert { after, scan } => {
                let page = if *after == 0 { 0 } else { source_page(*after)? };
                let scan = self.keep(scan, limits)?;
                (page, PageOp::InsertAfter { scan })
            }
            Wish::Drop { page } => (source_page(*page)?, PageOp::Drop),
            Wish::Split { page } => match source_page(*page)? {
                source if *page > 1 && source > 0 => (source, PageOp::Begin),
                _ => return Err(AmendError::NoCut { page: *page }),
            },
            Wish::Merge => (self.next_begins()?, PageOp::Join),
            Wish::Restore { page } => (*page, PageOp::Restore),
        };
        Ok(Change::Page { page, op })
    }

    /// The source page that the document after this one begins with.
    fn next_begins(&self) -> Result<u32, AmendError> {
        let mut parts = self.past.parts.iter();
        let _ = parts.find(|part| part.name == self.name);
        let next = parts.next().and_then(|part| part.source_pages.first());
        next.copied().ok_or(AmendError::NoNext)
    }

    /// Copies a scan into the state folder, after a look whether the page can be read at all.
    fn keep(&self, (path, page): &(PathBuf, u32), limits: &Limits) -> Result<KeptScan, AmendError> {
        let file = ingest::File::open(path, limits)?;
        let index = page.saturating_sub(1) as usize;
        file.load(index, ingest::TextPolicy::Skip)?;
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
        Ok(KeptScan {
            file: name,
            page: *page,
        })
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
        finished.publish(&self.path())?;
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

/// Which page of the source page `page` of the document is.
fn source_page(record: &DocumentRecord, page: u32) -> Result<u32, AmendError> {
    let pages = u32::try_from(record.pages.len()).unwrap_or(u32::MAX);
    let found = page
        .checked_sub(1)
        .and_then(|index| record.pages.get(index as usize));
    match found {
        Some(found) => Ok(found.source_page.unwrap_or(found.number)),
        None => Err(AmendError::NoPage { page, pages }),
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
