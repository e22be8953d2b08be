//! A document of another scan is taken into one: its pages are kept here, and said to have left there.

use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};

use super::amend::{AmendError, Desk, name_of};
use super::journal::Key;
use super::publish::{hash_file, hex};
use crate::correct::{self, Change, KeptScan, PageName, PageOp, PageOrigin};
use crate::ingest::{self, Limits};
use crate::record::DocumentRecord;

/// What is to be said of both documents.
pub(super) struct Brought {
    /// Of the one that takes in.
    pub(super) to: Vec<Change>,
    /// Of the one that is taken in.
    pub(super) from: Vec<Change>,
    /// The record of the latter.
    pub(super) record: DocumentRecord,
}

/// What to say so that the pages of `other` come after page `last` of `desk`'s document. The scans are copied: what becomes of
/// the other's source does not matter to this document.
///
/// # Errors
/// When the other's scan is not what it was, or cannot be copied; nothing is said then.
pub(super) fn brought(
    desk: &Desk<'_>,
    last: PageName,
    other: &Desk<'_>,
    limits: &Limits,
) -> Result<Brought, AmendError> {
    let record = other.record()?;
    let scans = Scans::open(&record, &other.key, limits)?;
    let said = other.workplace.journal.page_corrections(&other.key);
    let planned = correct::plan(scans.pages.len(), said);
    let mut kept: Vec<Option<String>> = vec![None; scans.files.len()];
    let mut to = Vec::new();
    let mut from = Vec::new();
    let own = desk.workplace.journal.page_corrections(&desk.key);
    let mut number = correct::scans_put_in(own);
    let mut after = last;
    for page in &record.pages {
        let name = name_of(page);
        let gone = || AmendError::Source {
            path: PathBuf::from(&other.key.path),
        };
        let plan = planned.iter().find(|one| one.name == name);
        let plan = plan.ok_or_else(gone)?;
        let scan = match &plan.from {
            PageOrigin::Kept(scan) => scan.clone(),
            PageOrigin::Source(index) => {
                let (file, page) = scans.pages.get(*index).copied().ok_or_else(gone)?;
                let path = scans.files.get(file).ok_or_else(gone)?;
                let slot = kept.get_mut(file).ok_or_else(gone)?;
                let file = match slot {
                    Some(name) => name.clone(),
                    None => slot.insert(desk.keep_file(path)?).clone(),
                };
                KeptScan { file, page }
            }
        };
        number += 1;
        let here = PageName::Scan(number);
        to.push(after.change(PageOp::InsertAfter { scan }));
        if let Some(degrees) = plan.turn {
            to.push(here.change(PageOp::Turn { degrees }));
        }
        from.push(name.change(PageOp::Drop));
        after = here;
    }
    to.push(Change::TookIn {
        document: other.name.to_owned(),
    });
    from.push(Change::WentInto {
        document: desk.name.to_owned(),
    });
    Ok(Brought { to, from, record })
}

/// The files of a source, and where each of its pages lies.
struct Scans {
    files: Vec<PathBuf>,
    /// Number of the file, and page of the file from 1.
    pages: Vec<(usize, u32)>,
}

impl Scans {
    /// Opens those of a record, when they are still what they were.
    fn open(record: &DocumentRecord, key: &Key, limits: &Limits) -> Result<Self, AmendError> {
        let source = Path::new(&key.path);
        let gone = |path: &Path| AmendError::Source {
            path: path.to_owned(),
        };
        let files: Vec<PathBuf> = match record.source.files.as_slice() {
            [] => vec![source.to_owned()],
            // Records have them as they were typed; they lie in the folder.
            files => files
                .iter()
                .filter_map(|file| Some(source.join(Path::new(file).file_name()?)))
                .collect(),
        };
        let mut hash = Context::new(&SHA256);
        for file in &files {
            hash_file(file, &mut hash).map_err(|_| gone(file))?;
        }
        if hex(hash.finish().as_ref()) != key.sha256 {
            return Err(gone(source));
        }
        let mut pages = Vec::new();
        for (number, path) in files.iter().enumerate() {
            let count = ingest::File::open(path, limits)?.page_count();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            pages.extend((1..=count).map(|page| (number, page)));
        }
        Ok(Self { files, pages })
    }
}
