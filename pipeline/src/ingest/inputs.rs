//! From what a person names - files, folders, both - to documents in an order a person expects.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::bytes::{FileBytes, ReadAt};
use super::error::Fault;
use super::{Format, SNIFF_BYTES, recognized};
use crate::record::{Bilingual, said};
use crate::speech::Spoken;

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
    /// What its output files would be called, without ending; others in the batch may be called the same.
    pub name: String,
    /// The file, or the folder whose files were joined.
    pub path: PathBuf,
    /// Its files, in order.
    pub files: Vec<PathBuf>,
    /// Bytes of all files.
    pub bytes: u64,
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
    /// Whether a paper may be lost by it: true for what was named and for what has the ending of a scan,
    /// false for other things that lie in a folder (notes, databases of thumbnails) and for repetitions.
    pub matters: bool,
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

impl Spoken for Reason {
    fn spoken(&self) -> Bilingual {
        match self {
            Self::Fault(fault) => fault.spoken(),
            Self::Repeated => said!("nêu hai lần; chỉ lấy một", "named twice; taken once"),
            Self::EmptyFolder => said!("thư mục không có ảnh", "the folder has no images"),
            Self::TooDeep => said!(
                "thư mục lồng sâu hơn {MAX_DEPTH} cấp",
                "folders lie deeper than {MAX_DEPTH} levels"
            ),
        }
    }
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
            search.file(path, true);
        }
    }
    search.found
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
    fn file(&mut self, path: &Path, named: bool) {
        if self.admit(path, named) {
            self.found
                .documents
                .push(Document::of(stem(path), path, vec![path.to_owned()]));
        }
    }

    /// A folder that was named: it is entered even when it is the output folder.
    fn root(&mut self, path: &Path) {
        let before = (self.found.documents.len(), self.found.set_aside.len());
        self.folder(path, 0);
        if before == (self.found.documents.len(), self.found.set_aside.len()) {
            self.set_aside(path, Reason::EmptyFolder, true);
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.set_aside(path, Reason::TooDeep, true);
        }
        let entries = match list(path) {
            Ok(entries) => entries,
            Err(error) => return self.set_aside(path, Fault::Read(error).into(), true),
        };
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if (depth > 0 && self.output.as_ref() == Some(&real)) || !self.folders.insert(real) {
            return;
        }
        let (folders, files): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.is_dir());
        if self.folder_as_document {
            let files: Vec<_> = files
                .into_iter()
                .filter(|file| self.admit(file, false))
                .collect();
            if !files.is_empty() {
                self.found
                    .documents
                    .push(Document::of(folder_name(path), path, files));
            }
        } else {
            for file in &files {
                self.file(file, false);
            }
        }
        for folder in folders {
            self.folder(&folder, depth + 1);
        }
    }

    /// True for an input that is not taken yet; all else is noted.
    fn admit(&mut self, path: &Path, named: bool) -> bool {
        if let Err(fault) = check(path) {
            let foreign = matches!(fault, Fault::UnknownFormat) && !named && !has_scan_ending(path);
            self.set_aside(path, fault.into(), !foreign);
            return false;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if !self.seen.insert(real) {
            self.set_aside(path, Reason::Repeated, false);
            return false;
        }
        true
    }

    fn set_aside(&mut self, path: &Path, reason: Reason, matters: bool) {
        let path = path.to_owned();
        self.found.set_aside.push(SetAside {
            path,
            reason,
            matters,
        });
    }
}

impl Document {
    fn of(name: String, path: &Path, files: Vec<PathBuf>) -> Self {
        let length = |file: &PathBuf| fs::metadata(file).map_or(0, |found| found.len());
        let bytes = files.iter().map(length).sum();
        Self {
            name,
            path: path.to_owned(),
            files,
            bytes,
        }
    }
}

/// Whether the name of a file promises a format that is read.
fn has_scan_ending(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    Format::ALL.iter().any(|format| format.has_ending(ending))
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
    recognized(&file.take(0, length)?).map(|_| ())
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

/// More than any archive's folders; ends a walk that links make endless.
pub const MAX_DEPTH: usize = 64;
/// Files that file managers leave behind.
const LITTER: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];

#[cfg(test)]
mod tests;
