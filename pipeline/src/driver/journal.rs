//! What earlier runs did in an output folder: an append-only journal, one JSON object a line, each synced.
//!
//! A document is known by its source path, the SHA-256 of its bytes and the hash of the options. Before
//! outputs get their final names the journal says so (`publishing`); after all of them have, it says
//! `done`. So a file under a final name is ours exactly when the journal names it, whatever the moment
//! at which the machine stopped. A torn last line is what a power cut leaves and is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::correct::{self, Change, Correction};
use crate::record::{DroppedPage, Failure, PartEntry};

/// What makes a document the same document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Key {
    /// Source path as given, made absolute.
    pub(super) path: String,
    /// SHA-256 of the source.
    pub(super) sha256: String,
}

/// A file that a document's run made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Output {
    /// File name in the output folder.
    pub(super) file: String,
    /// SHA-256 of its content.
    pub(super) sha256: String,
    /// Its length.
    pub(super) bytes: u64,
}

/// One line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Entry {
    /// The outputs are about to get their final names.
    Publishing {
        /// The document.
        key: Key,
        /// The name its outputs have.
        name: String,
        /// The file names.
        files: Vec<String>,
        /// The names of the documents that it was cut into.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<String>,
    },
    /// Every output stands under its final name, on disk.
    Done {
        /// The document.
        key: Key,
        /// The name its outputs have.
        name: String,
        /// Hash of the options that shape the outputs.
        options: String,
        /// Pages.
        pages: u32,
        /// Codes of the findings.
        flags: Vec<String>,
        /// The outputs.
        outputs: Vec<Output>,
        /// The documents that it was cut into.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<PartEntry>,
        /// Pages that are in none of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        separators: Vec<DroppedPage>,
    },
    /// The document was set aside.
    Failed {
        /// The document.
        key: Key,
        /// The name its outputs would have.
        name: String,
        /// Why.
        failure: Failure,
    },
    /// A person put something right.
    Corrected {
        /// The document.
        key: Key,
        /// The name its outputs have.
        name: String,
        /// What was said.
        correction: Correction,
    },
    /// Several things that hold together or not at all.
    Together {
        /// They.
        entries: Vec<Self>,
    },
    /// Documents were drawn for people to look at.
    Sampled(Sample),
}

/// A sample for quality control.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sample {
    /// Names of the documents.
    pub(super) names: Vec<String>,
    /// Share that was asked for, 0 to 1.
    pub(super) share: f64,
    /// Who asked.
    pub(super) by: String,
    /// When, RFC 3339.
    pub(super) at: String,
}

/// What the journal knows of one finished document.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// Hash of the options it was made with.
    pub(super) options: String,
    /// Pages.
    pub(super) pages: u32,
    /// Codes of the findings.
    pub(super) flags: Vec<String>,
    /// What was made.
    pub(super) outputs: Vec<Output>,
    /// The documents that it was cut into.
    pub(super) parts: Vec<PartEntry>,
    /// Pages that are in none of them.
    pub(super) separators: Vec<DroppedPage>,
}

/// The journal of one output folder.
pub(super) struct Journal {
    file: Mutex<Tail>,
    names: BTreeMap<Key, String>,
    done: BTreeMap<Key, Past>,
    /// Files under final names, with the document that was the last to be made under them.
    ours: BTreeMap<String, Key>,
    /// Files ever made of each document.
    made: BTreeMap<Key, BTreeSet<String>>,
    /// Names ever given to parts of each document.
    parts: BTreeMap<Key, Vec<String>>,
    /// Source paths whose document was set aside before anything was made of it.
    failed: BTreeMap<String, Key>,
    /// What people said of the documents of a source, oldest first.
    corrections: BTreeMap<Key, Vec<Said>>,
    /// What people said of pages, by the source.
    page_corrections: BTreeMap<Key, Vec<Correction>>,
    /// Sources whose first document was taken into another.
    first_gone: BTreeSet<Key>,
    sampled: BTreeSet<String>,
}

/// What was said of one document of a source.
struct Said {
    /// The source page that the document began with; 0 for the first, or only, document of the source. Names of documents
    /// change when a source is cut otherwise, pages do not.
    begins: u32,
    correction: Correction,
}

/// Which pages of its source a document is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// It is the first, or only, document of the source.
    pub(super) first: bool,
    /// Its pages.
    pub(super) pages: BTreeSet<u32>,
    /// Pages of other documents of the source.
    pub(super) elsewhere: BTreeSet<u32>,
}

impl Span {
    /// Whether a document that began with this page of the source is this one. The page itself may have been left out since:
    /// then it is the document with the pages around it.
    fn holds(&self, begins: u32) -> bool {
        if self.elsewhere.contains(&begins) {
            return false;
        }
        let next = self.pages.range(begins..).next();
        let other = self.elsewhere.range(begins..).next();
        next.is_some_and(|next| other.is_none_or(|other| next < other))
    }
}

/// The end of the journal's file.
struct Tail {
    file: File,
    /// The last line was not written whole, as on a full disk; the next must not be joined to it.
    torn: bool,
}

impl Journal {
    /// Opens or begins the journal at `path`.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        let mut journal = Self {
            file: Mutex::new(Tail {
                file: file.try_clone()?,
                torn: false,
            }),
            names: BTreeMap::new(),
            done: BTreeMap::new(),
            ours: BTreeMap::new(),
            made: BTreeMap::new(),
            parts: BTreeMap::new(),
            failed: BTreeMap::new(),
            corrections: BTreeMap::new(),
            page_corrections: BTreeMap::new(),
            first_gone: BTreeSet::new(),
            sampled: BTreeSet::new(),
        };
        let mut torn = false;
        let mut reader = BufReader::new(&mut file);
        let mut line = Vec::new();
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            torn = line.last() != Some(&b'\n');
            if let Ok(entry) = serde_json::from_slice(&line) {
                journal.learn(entry);
            }
        }
        if torn {
            file.seek(SeekFrom::End(0))?;
            file.write_all(b"\n")?;
        }
        Ok(journal)
    }

    fn learn(&mut self, entry: Entry) {
        match entry {
            Entry::Publishing {
                key,
                name,
                files,
                parts,
            } => {
                self.done.remove(&key);
                self.give_name(&key, &name);
                self.own(&key, files, parts);
                self.names.insert(key, name);
            }
            Entry::Done {
                key,
                name,
                options,
                pages,
                flags,
                outputs,
                parts,
                separators,
            } => {
                let files = outputs.iter().map(|output| output.file.clone()).collect();
                let names = parts.iter().map(|part| part.name.clone()).collect();
                self.own(&key, files, names);
                self.give_name(&key, &name);
                self.names.insert(key.clone(), name);
                self.done.insert(
                    key,
                    Past {
                        options,
                        pages,
                        flags,
                        outputs,
                        parts,
                        separators,
                    },
                );
            }
            Entry::Failed { key, name, .. } => {
                if !self.ours.contains_key(&format!("{name}.pdf")) && !self.made.contains_key(&key)
                {
                    self.failed.insert(key.path.clone(), key.clone());
                }
                self.names.insert(key, name);
            }
            Entry::Corrected {
                key,
                name,
                correction,
            } => {
                if correction.change.is_of_pages() {
                    let said = self.page_corrections.entry(key.clone()).or_default();
                    said.push(correction.clone());
                }
                let begins = self.begins(&key, &name);
                let said = self.corrections.entry(key.clone()).or_default();
                if matches!(correction.change, Change::WentInto { .. }) {
                    // It holds for no document any more, nor for the one that stands in its place in the source.
                    said.retain(|one| one.begins != begins);
                    if begins == 0 {
                        self.first_gone.insert(key);
                    }
                } else {
                    said.push(Said { begins, correction });
                }
            }
            Entry::Together { entries } => {
                for entry in entries {
                    self.learn(entry);
                }
            }
            Entry::Sampled(sample) => self.sampled.extend(sample.names),
        }
    }

    /// The source page that document `name` begins with, as it is cut now; 0 for the first.
    fn begins(&self, key: &Key, name: &str) -> u32 {
        let parts = self.done.get(key).map_or(&[][..], |past| &past.parts);
        match parts.iter().position(|part| part.name == name) {
            None => 0,
            Some(0) if !self.first_gone.contains(key) => 0,
            Some(index) => parts
                .get(index)
                .and_then(|part| part.source_pages.iter().min())
                .copied()
                .unwrap_or_default(),
        }
    }

    fn own(&mut self, key: &Key, files: Vec<String>, parts: Vec<String>) {
        let made = self.made.entry(key.clone()).or_default();
        for file in files {
            self.ours.insert(file.clone(), key.clone());
            made.insert(file);
        }
        let known = self.parts.entry(key.clone()).or_default();
        for part in parts {
            if !known.contains(&part) {
                known.push(part);
            }
        }
    }

    /// Takes `name` from an earlier content of the same path that nothing was ever made of.
    fn give_name(&mut self, key: &Key, name: &str) {
        let Some(before) = self.failed.remove(&key.path) else {
            return;
        };
        if before != *key && self.names.get(&before).is_some_and(|taken| taken == name) {
            self.names.remove(&before);
        }
    }

    /// The name of a document: the one it had, or the one that is free since what lay under its path before
    /// was set aside, as when a damaged file was copied again.
    pub(super) fn name_of(&self, key: &Key) -> Option<&str> {
        let before = || self.names.get(self.failed.get(&key.path)?);
        self.names.get(key).or_else(before).map(String::as_str)
    }

    /// Appends `entry` and waits until it is on disk.
    pub(super) fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut tail = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.torn {
            line.insert(0, b'\n');
        }
        tail.torn = true;
        tail.file.write_all(&line)?;
        tail.torn = false;
        tail.file.sync_data()
    }

    /// The finished run of a document, when there is one.
    pub(super) fn past(&self, key: &Key) -> Option<&Past> {
        self.done.get(key)
    }

    /// The names that earlier runs gave, by document.
    pub(super) fn names(&self) -> &BTreeMap<Key, String> {
        &self.names
    }

    /// What people said of the document of that name, oldest first.
    pub(super) fn corrections(&self, name: &str) -> Vec<Correction> {
        let Some((key, past)) = self.made(name) else {
            return Vec::new();
        };
        let at = past.parts.iter().position(|part| part.name == name);
        let mut span = Span {
            first: at.is_none_or(|index| index == 0),
            ..Span::default()
        };
        for (index, part) in past.parts.iter().enumerate() {
            let pages = if Some(index) == at {
                &mut span.pages
            } else {
                &mut span.elsewhere
            };
            pages.extend(&part.source_pages);
        }
        self.said_of(key, &span)
    }

    /// What people said of the document that is these pages of a source, oldest first. What was said of a document that
    /// was joined to the one before it does not hold for both.
    pub(super) fn said_of(&self, key: &Key, span: &Span) -> Vec<Correction> {
        let joined = correct::joined(self.page_corrections(key));
        let holds = |begins: u32| {
            if begins == 0 {
                return span.first;
            }
            // The first may have been another's successor, before that was taken elsewhere.
            let is_own = !span.first || span.pages.first() == Some(&begins);
            is_own && span.holds(begins) && !joined.contains(&begins)
        };
        self.corrections
            .get(key)
            .into_iter()
            .flatten()
            .filter(|said| holds(said.begins))
            .map(|said| said.correction.clone())
            .collect()
    }

    /// What people said of the pages of a source, oldest first.
    pub(super) fn page_corrections(&self, key: &Key) -> &[Correction] {
        self.page_corrections
            .get(key)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The finished run that made the document of that name.
    pub(super) fn made(&self, name: &str) -> Option<(&Key, &Past)> {
        self.done
            .iter()
            .find(|(key, past)| self.names_of(key, past).any(|known| known == name))
    }

    /// Names of all finished documents, in order.
    pub(super) fn made_names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self
            .done
            .iter()
            .flat_map(|(key, past)| self.names_of(key, past))
            .collect();
        names.into_iter().cloned().collect()
    }

    /// The source whose document had that name, when people took all of its pages out.
    pub(super) fn emptied(&self, name: &str) -> Option<(&Key, &Past)> {
        self.done.iter().find(|(key, past)| {
            past.outputs.is_empty() && self.names.get(*key).is_some_and(|known| known == name)
        })
    }

    /// Names of the documents that a source was made into: its own, or those of its parts.
    fn names_of<'a>(&'a self, key: &Key, past: &'a Past) -> impl Iterator<Item = &'a String> {
        // A source of which nothing was left became none.
        let is_one = past.parts.is_empty() && !past.outputs.is_empty();
        let own = self.names.get(key).filter(|_| is_one);
        own.into_iter()
            .chain(past.parts.iter().map(|part| &part.name))
    }

    /// Names of the documents that samples drew.
    pub(super) fn sampled(&self) -> &BTreeSet<String> {
        &self.sampled
    }

    /// True when an earlier run made, or was about to make, the file of that name.
    pub(super) fn is_ours(&self, file: &str) -> bool {
        self.ours.contains_key(file)
    }

    /// The files that earlier runs made of a document and that no other was made under since.
    pub(super) fn files_of(&self, key: &Key) -> impl Iterator<Item = &String> {
        let made = self.made.get(key).into_iter().flatten();
        let key = key.clone();
        made.filter(move |file| self.ours.get(*file) == Some(&key))
    }

    /// The names that earlier runs gave to parts of a document.
    pub(super) fn parts_of(&self, key: &Key) -> &[String] {
        self.parts.get(key).map_or(&[], Vec::as_slice)
    }

    /// The names that earlier runs gave to parts of any document.
    pub(super) fn all_parts(&self) -> impl Iterator<Item = &String> {
        self.parts.values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str) -> Key {
        Key {
            path: path.into(),
            sha256: "00".into(),
        }
    }

    fn done(path: &str) -> Entry {
        let outputs = vec![Output {
            file: format!("{path}.pdf"),
            sha256: "11".into(),
            bytes: 3,
        }];
        Entry::Done {
            key: key(path),
            name: path.into(),
            options: "o".into(),
            pages: 2,
            flags: vec![],
            outputs,
            parts: vec![],
            separators: vec![],
        }
    }

    #[test]
    fn a_torn_last_line_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        journal.append(&done("a")).unwrap();
        journal.append(&done("b")).unwrap();
        drop(journal);
        let bytes = std::fs::read(&path).unwrap();
        for cut in 0..bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let journal = Journal::open(&path).unwrap();
            journal.append(&done("c")).unwrap();
            let journal = Journal::open(&path).unwrap();
            let first_line = bytes.iter().position(|byte| *byte == b'\n').unwrap();
            // A line without its newline may or may not be whole; a line with it is always kept.
            if cut > first_line {
                assert!(journal.past(&key("a")).is_some(), "cut at {cut}");
            }
            assert!(journal.past(&key("c")).is_some(), "cut at {cut}");
        }
    }

    #[test]
    fn a_file_copied_again_takes_over_the_name_and_only_then() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let content = |sha256: &str| Key {
            path: "/in/a.tif".into(),
            sha256: sha256.into(),
        };
        let failure = crate::failure::Reason::Damaged.about(
            Path::new("a.tif"),
            None,
            &crate::record::said!("cụt", "cut"),
        );
        let failed = |sha256| Entry::Failed {
            key: content(sha256),
            name: "a".into(),
            failure: failure.clone(),
        };
        let journal = Journal::open(&path).unwrap();
        journal.append(&failed("00")).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.name_of(&content("11")), Some("a"));
        assert_eq!(journal.name_of(&key("/in/b.tif")), None);
        let files = vec!["a.pdf".to_owned()];
        journal
            .append(&Entry::Publishing {
                key: content("11"),
                name: "a".into(),
                files,
                parts: Vec::new(),
            })
            .unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.name_of(&content("11")), Some("a"));
        // The damaged content, should it come back, must not replace what was made.
        assert_eq!(journal.name_of(&content("00")), None);
        journal.append(&failed("11")).unwrap();
        assert_eq!(Journal::open(&path).unwrap().name_of(&content("22")), None);
    }

    #[test]
    fn publishing_takes_back_an_older_done() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        journal.append(&done("a")).unwrap();
        let files = vec!["a.pdf".to_owned(), "a.txt".to_owned()];
        journal
            .append(&Entry::Publishing {
                key: key("a"),
                name: "a".into(),
                files,
                parts: Vec::new(),
            })
            .unwrap();
        let journal = Journal::open(&path).unwrap();
        assert!(journal.past(&key("a")).is_none());
        assert!(journal.is_ours("a.txt"));
        assert_eq!(
            journal.names().get(&key("a")).map(String::as_str),
            Some("a")
        );
    }
}
