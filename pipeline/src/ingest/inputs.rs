//! From what a person names - files, folders, both - to documents in an order a person expects.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::bytes::{FileBytes, ReadAt};
use super::error::Fault;
use super::{SNIFF_BYTES, sniff};

pub mod natural;

/// How inputs become documents.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The files of a folder are one document instead of one each.
    pub folder_as_document: bool,
    /// Our own output folder: passed over when it lies inside an input folder.
    pub output: Option<PathBuf>,
}

/// One document to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The name of its output files without ending: NFC, unlike all others in the batch in any case of letters.
    pub name: String,
    /// Its files, in order.
    pub files: Vec<PathBuf>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// In input order; inside folders in natural order.
    pub documents: Vec<Document>,
    /// What is no document, with the reason.
    pub set_aside: Vec<SetAside>,
}

/// A path that was named or met, and is no input.
#[derive(Debug)]
pub struct SetAside {
    /// The path.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why a path is no input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Unreadable, empty, or of no known format.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The same file was named before.
    #[error("named twice; taken once")]
    Repeated,
    /// A folder without any input.
    #[error("the folder has no images")]
    EmptyFolder,
    /// Folders inside folders beyond [`MAX_DEPTH`].
    #[error("folders lie deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// Finds the documents that `paths` mean.
///
/// Hidden files and folders (a leading dot, and the litter of file managers) inside folders are passed
/// over in silence; all else that is no input is reported.
pub fn find(paths: &[PathBuf], options: &Options) -> Found {
    let mut search = Search {
        found: Found::default(),
        seen: HashSet::new(),
        folders: HashSet::new(),
        output: options
            .output
            .as_ref()
            .and_then(|path| path.canonicalize().ok()),
        folder_as_document: options.folder_as_document,
    };
    for path in paths {
        if path.is_dir() {
            search.root(path);
        } else {
            search.file(path);
        }
    }
    let mut found = search.found;
    name_apart(&mut found.documents);
    found
}

struct Search {
    found: Found,
    /// Files taken, by canonical path.
    seen: HashSet<PathBuf>,
    /// Folders entered, by canonical path: links may lead in a circle.
    folders: HashSet<PathBuf>,
    output: Option<PathBuf>,
    folder_as_document: bool,
}

impl Search {
    fn file(&mut self, path: &Path) {
        if self.admit(path) {
            self.found.documents.push(Document {
                name: stem(path),
                files: vec![path.to_owned()],
            });
        }
    }

    /// A folder that was named: it is entered even when it is the output folder.
    fn root(&mut self, path: &Path) {
        let before = (self.found.documents.len(), self.found.set_aside.len());
        self.folder(path, 0);
        if before == (self.found.documents.len(), self.found.set_aside.len()) {
            self.set_aside(path, Reason::EmptyFolder);
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.set_aside(path, Reason::TooDeep);
        }
        let entries = match list(path) {
            Ok(entries) => entries,
            Err(error) => return self.set_aside(path, Fault::Read(error).into()),
        };
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if (depth > 0 && self.output.as_ref() == Some(&real)) || !self.folders.insert(real) {
            return;
        }
        let (folders, files): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.is_dir());
        if self.folder_as_document {
            let files: Vec<_> = files.into_iter().filter(|file| self.admit(file)).collect();
            if !files.is_empty() {
                self.found.documents.push(Document {
                    name: folder_name(path),
                    files,
                });
            }
        } else {
            for file in &files {
                self.file(file);
            }
        }
        for folder in folders {
            self.folder(&folder, depth + 1);
        }
    }

    /// True for an input that is not taken yet; all else is noted.
    fn admit(&mut self, path: &Path) -> bool {
        if let Err(fault) = check(path) {
            self.set_aside(path, fault.into());
            return false;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if !self.seen.insert(real) {
            self.set_aside(path, Reason::Repeated);
            return false;
        }
        true
    }

    fn set_aside(&mut self, path: &Path, reason: Reason) {
        self.found.set_aside.push(SetAside {
            path: path.to_owned(),
            reason,
        });
    }
}

/// What of a folder is not hidden, in natural order.
fn list(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut named = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_hidden(&name) {
            named.push((natural::Key::of(&name), entry.path()));
        }
    }
    named.sort();
    Ok(named.into_iter().map(|(_, path)| path).collect())
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
        || LITTER
            .iter()
            .any(|litter| litter.eq_ignore_ascii_case(name))
}

fn check(path: &Path) -> Result<(), Fault> {
    let mut file = FileBytes::open(path)?;
    let length = usize::try_from(file.len()).map_or(SNIFF_BYTES, |length| length.min(SNIFF_BYTES));
    if length == 0 {
        return Err(Fault::Empty);
    }
    sniff(&file.take(0, length)?)
        .map(|_| ())
        .ok_or(Fault::UnknownFormat)
}

fn stem(path: &Path) -> String {
    clean(
        &path
            .file_stem()
            .map(|stem| stem.to_string_lossy())
            .unwrap_or_default(),
    )
}

fn folder_name(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    clean(
        &real
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default(),
    )
}

/// NFC, and without what some file systems do not keep at the end of a name.
fn clean(name: &str) -> String {
    let name: String = name.nfc().filter(|c| !c.is_control()).collect();
    match name.trim_end_matches([' ', '.']) {
        "" => "document".to_owned(),
        name => name.to_owned(),
    }
}

/// Gives later documents of a name already taken `-2`, `-3`, ...
fn name_apart(documents: &mut [Document]) {
    let fold = |name: &str| name.to_lowercase().nfc().collect::<String>();
    let mut count = std::collections::HashMap::new();
    for document in documents.iter() {
        *count.entry(fold(&document.name)).or_insert(0_usize) += 1;
    }
    let mut taken = HashSet::new();
    let mut next = std::collections::HashMap::new();
    for document in documents {
        let own = fold(&document.name);
        if taken.insert(own.clone()) {
            continue;
        }
        let number = next.entry(own).or_insert(2_usize);
        loop {
            let name = format!("{}-{number}", document.name);
            *number += 1;
            let folded = fold(&name);
            // Not a name that another file has by itself.
            if !count.contains_key(&folded) && taken.insert(folded) {
                document.name = name;
                break;
            }
        }
    }
}

/// More than any archive's folders; ends a walk that links make endless.
pub const MAX_DEPTH: usize = 64;
/// Files that file managers leave behind.
const LITTER: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];

#[cfg(test)]
mod tests;
