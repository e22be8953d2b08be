//! What a document is made of: its files and their hash, where its pages lie, and what people said of them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ring::digest::{Context, SHA256};

use crate::classify::stack::Split;
use crate::correct::{self, Correction, PageName, PageOrigin};
use crate::driver::Run;
use crate::driver::failures::of_ingest;
use crate::driver::journal::Key;
use crate::driver::publish::{hash_file, hex};
use crate::failure::Reason;
use crate::ingest::{Document, File};
use crate::record::Failure;

/// The files of a document, where its pages lie, and where people cut it.
pub(super) struct Source {
    pub(super) files: Vec<File>,
    /// For each page of the document, where it lies.
    pub(super) places: Vec<Lies>,
    /// Where people said that a document begins, or does not.
    pub(super) cuts: BTreeMap<PageName, bool>,
}

/// Where a page of the document lies.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lies {
    /// Number of the file.
    pub(super) file: usize,
    /// Page of the file, from 0.
    pub(super) page: usize,
    /// Page of the source, from 1; 0 for a page that a person put in.
    pub(super) source: u32,
    /// Which of the scans that people put in it is, from 1.
    pub(super) scan: Option<u32>,
    /// Degrees clockwise from the image as stored to upright, when a person said so.
    pub(super) turn: Option<u16>,
}

impl Lies {
    pub(super) fn name(&self) -> PageName {
        match self.scan {
            Some(scan) => PageName::Scan(scan),
            None => PageName::Source(self.source),
        }
    }
}

/// What a file was when it was hashed; another size or time later means that it changed meanwhile.
pub(super) struct FileFacts {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) modified: Option<SystemTime>,
}

/// The hash of a document and what its files were at that time.
pub(super) fn identify(document: &Document) -> Result<(Vec<FileFacts>, Key), Failure> {
    let mut hash = Context::new(&SHA256);
    let mut facts = Vec::new();
    for path in &document.files {
        let unreadable = |error: io::Error| Reason::Unreadable.about(path, None, &error);
        let modified = fs::metadata(path).map_err(unreadable)?.modified().ok();
        let bytes = hash_file(path, &mut hash).map_err(unreadable)?;
        facts.push(FileFacts {
            path: path.clone(),
            bytes,
            modified,
        });
    }
    let path = std::path::absolute(&document.path).unwrap_or_else(|_| document.path.clone());
    let key = Key {
        path: path.display().to_string(),
        sha256: hex(hash.finish().as_ref()),
    };
    Ok((facts, key))
}

/// Whether an input is cut: never one that is signed, and there must be something to cut.
pub(super) fn split_of(run: &Run<'_>, source: &Source) -> Split {
    if source.files.iter().any(File::is_signed) || source.places.len() < 2 {
        Split::None
    } else {
        run.plan.options.split
    }
}

/// Hash of the options, with what people said of the pages: other pages make another document.
pub(super) fn options_with(options: &str, said: &[Correction]) -> String {
    let plan = correct::plan_key(said);
    if plan.is_empty() {
        return options.to_owned();
    }
    let mut hash = Context::new(&SHA256);
    hash.update(plan.as_bytes());
    format!("{options}+{}", hex(hash.finish().as_ref()))
}

pub(super) fn open_files(
    run: &Run<'_>,
    document: &Document,
    said: &[Correction],
) -> Result<Source, Failure> {
    let open = |path: &Path| File::open(path, &run.plan.limits).map_err(|error| of_ingest(&error));
    let mut files = Vec::new();
    let mut scanned: Vec<Lies> = Vec::new();
    for (number, path) in document.files.iter().enumerate() {
        let file = open(path)?;
        scanned.extend((0..file.page_count()).map(|page| Lies {
            file: number,
            page,
            ..Lies::default()
        }));
        files.push(file);
    }
    for (index, lies) in scanned.iter_mut().enumerate() {
        lies.source = u32::try_from(index + 1).unwrap_or(u32::MAX);
    }
    let mut places = Vec::new();
    for planned in correct::plan(scanned.len(), said) {
        let scan = match planned.name {
            PageName::Scan(scan) => Some(scan),
            PageName::Source(_) => None,
        };
        let lies = match planned.from {
            PageOrigin::Source(index) => scanned.get(index).copied().unwrap_or_default(),
            PageOrigin::Kept(scan) => {
                files.push(open(&run.workplace.kept_scans().join(&scan.file))?);
                Lies {
                    file: files.len() - 1,
                    page: scan.page.saturating_sub(1) as usize,
                    ..Lies::default()
                }
            }
        };
        places.push(Lies {
            turn: planned.turn,
            scan,
            ..lies
        });
    }
    Ok(Source {
        cuts: correct::cuts_of(scanned.len(), said),
        files,
        places,
    })
}
