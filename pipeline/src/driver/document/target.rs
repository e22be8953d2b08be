//! What stands where a document goes: its name, what an earlier run made of it, and files that are not ours.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::PoisonError;

use ring::digest::{Context, SHA256};

use crate::driver::Run;
use crate::driver::journal::{Entry, Key, Past};
use crate::driver::publish::{hash_file, hex, sync_folder};
use crate::failure::Reason;
use crate::ingest::Document;
use crate::record::{BatchEntry, Failure, Status};

/// The name that the document had before, else a new one; with names for `most` parts when there may be several.
pub(super) fn name_for(run: &Run<'_>, document: &Document, key: &Key, most: usize) -> String {
    let mut names = run.names.lock().unwrap_or_else(PoisonError::into_inner);
    let journal = &run.workplace.journal;
    match (journal.name_of(key), most) {
        (Some(name), 0 | 1) => name.to_owned(),
        (Some(name), _) if names.extend(name, most, journal.parts_of(key)) => name.to_owned(),
        (None, 0 | 1) => names.take(&document.name),
        _ => names.take_family(&document.name, most),
    }
}

/// Whether every output of an earlier run still is what it was.
pub(super) fn is_intact(out: &Path, past: &Past) -> bool {
    past.outputs.iter().all(|output| {
        let mut hash = Context::new(&SHA256);
        let path = out.join(&output.file);
        let same_size = fs::metadata(&path).is_ok_and(|found| found.len() == output.bytes);
        same_size
            && hash_file(&path, &mut hash).is_ok()
            && hex(hash.finish().as_ref()) == output.sha256
    })
}

pub(super) fn skipped(document: &Document, name: &str, past: &Past) -> BatchEntry {
    BatchEntry {
        path: document.path.display().to_string(),
        name: name.to_owned(),
        status: Status::Skipped,
        pages: past.pages,
        flags: past.flags.clone(),
        parts: past.parts.clone(),
        separators: past.separators.clone(),
        error: None,
    }
}

/// Code of the finding that people left all pages of an input out, or took them into other documents.
const NOTHING_LEFT: &str = "no_pages_left";

/// An input of which nothing is left: what was made of it goes.
pub(super) fn nothing_left(
    run: &Run<'_>,
    document: &Document,
    key: &Key,
    options: String,
) -> Result<BatchEntry, (Option<(Key, String)>, Failure)> {
    let name = name_for(run, document, key, 1);
    let journal = &run.workplace.journal;
    let entry = BatchEntry {
        path: document.path.display().to_string(),
        name: name.clone(),
        status: Status::Done,
        pages: 0,
        flags: vec![NOTHING_LEFT.to_owned()],
        parts: Vec::new(),
        separators: Vec::new(),
        error: None,
    };
    let cleared = || -> io::Result<()> {
        journal.append(&Entry::Publishing {
            key: key.clone(),
            name: name.clone(),
            files: Vec::new(),
            parts: Vec::new(),
        })?;
        for file in journal.files_of(key) {
            match fs::remove_file(run.plan.out.join(file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        sync_folder(&run.plan.out)?;
        journal.append(&Entry::Done {
            key: key.clone(),
            name: name.clone(),
            options,
            pages: 0,
            flags: entry.flags.clone(),
            outputs: Vec::new(),
            parts: Vec::new(),
            separators: Vec::new(),
        })
    };
    cleared().map_err(|error| {
        let failure = Reason::of_write(&error).about(&run.plan.out, None, &error);
        (Some((key.clone(), name.clone())), failure)
    })?;
    Ok(entry)
}

/// Endings of the files that are made of a document.
pub(super) const OUTPUTS: [&str; 5] = ["pdf", "txt", "json", "hocr", "alto.xml"];

/// Never replaces a file that no run of ours made, and never an input, whatever was asked.
pub(super) fn refuse_foreign_names(
    run: &Run<'_>,
    document: &Document,
    name: &str,
) -> Result<(), Failure> {
    // A copy of a signed file is made only by force.
    let copy = run.plan.force.then_some("copy.pdf");
    for ending in OUTPUTS.into_iter().chain(copy) {
        refuse_foreign(run, document, &format!("{name}.{ending}"))?;
    }
    Ok(())
}

/// Refuses the name of a file that no run of ours made, unless by force, and that of an input in any case.
pub(super) fn refuse_foreign(
    run: &Run<'_>,
    document: &Document,
    file: &str,
) -> Result<(), Failure> {
    let path = run.plan.out.join(file);
    let Ok(found) = fs::canonicalize(&path) else {
        return Ok(());
    };
    let foreign = !run.workplace.journal.is_ours(file) && !run.plan.force;
    if foreign || run.is_input(&found) {
        return Err(Reason::NameTaken.about(&document.path, None, &path.display()));
    }
    Ok(())
}
