//! Under which name each file in work will be known: what makes a run after a kill go on instead of doing it again.
//!
//! JSON Lines, each synced before the file is given to the pipeline. The journal of the output folder knows a document by
//! the path where its scan will stay and by its hash; that path must be the same in the next run.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// One line: a file was given to the pipeline.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    source: PathBuf,
    sha256: String,
    accepted: PathBuf,
    /// How often it was.
    tries: u32,
}

/// What is known of a file in work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Where it will stay.
    pub(super) accepted: PathBuf,
    /// How often it was given to the pipeline without anything having come of it.
    pub(super) tries: u32,
}

/// The ledger of a watcher.
pub(super) struct Ledger {
    path: PathBuf,
    file: File,
    taken: BTreeMap<(PathBuf, String), Taken>,
    lines: usize,
}

impl Ledger {
    /// Opens or begins the ledger; what is of files that are gone is forgotten.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut taken = BTreeMap::new();
        if let Ok(file) = File::open(path) {
            for line in BufReader::new(file).split(b'\n') {
                // A line torn by a power cut was followed by nothing.
                let Ok(line) = serde_json::from_slice::<Line>(&line?) else {
                    continue;
                };
                if line.source.exists() {
                    let known = Taken {
                        accepted: line.accepted,
                        tries: line.tries,
                    };
                    taken.insert((line.source, line.sha256), known);
                }
            }
        }
        let mut ledger = Self {
            path: path.to_owned(),
            file: File::create(path.with_extension("new"))?,
            taken,
            lines: 0,
        };
        ledger.rewrite()?;
        Ok(ledger)
    }

    /// What an earlier run, or this one, noted of the file.
    pub(super) fn known(&self, source: &Path, sha256: &str) -> Option<&Taken> {
        self.taken.get(&(source.to_owned(), sha256.to_owned()))
    }

    /// Notes that the file is given to the pipeline, and waits until that is on disk.
    pub(super) fn give(&mut self, source: &Path, sha256: &str, accepted: &Path) -> io::Result<u32> {
        let tries = self
            .known(source, sha256)
            .map_or(1, |known| known.tries.saturating_add(1));
        let known = Taken {
            accepted: accepted.to_owned(),
            tries,
        };
        let key = (source.to_owned(), sha256.to_owned());
        self.taken.insert(key.clone(), known.clone());
        if self.lines >= LONGEST {
            self.rewrite()?;
        } else {
            write_line(&mut self.file, &key, &known)?;
            self.lines += 1;
            self.file.sync_data()?;
        }
        Ok(tries)
    }

    /// Forgets a file that something came of.
    pub(super) fn settle(&mut self, source: &Path, sha256: &str) {
        self.taken.remove(&(source.to_owned(), sha256.to_owned()));
    }

    fn rewrite(&mut self) -> io::Result<()> {
        let fresh = self.path.with_extension("new");
        let mut file = File::create(&fresh)?;
        for (key, known) in &self.taken {
            write_line(&mut file, key, known)?;
        }
        file.sync_all()?;
        std::fs::rename(&fresh, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.lines = self.taken.len();
        Ok(())
    }
}

fn write_line(file: &mut File, key: &(PathBuf, String), known: &Taken) -> io::Result<()> {
    let line = Line {
        source: key.0.clone(),
        sha256: key.1.clone(),
        accepted: known.accepted.clone(),
        tries: known.tries,
    };
    let mut text = serde_json::to_vec(&line)?;
    text.push(b'\n');
    file.write_all(&text)
}

/// Lines after which the ledger is written anew with those in work only: well under a megabyte.
const LONGEST: usize = if cfg!(test) { 20 } else { 2000 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_work_is_known_after_a_kill_and_what_is_gone_is_not() {
        let desk = tempfile::tempdir().unwrap();
        let path = desk.path().join("ledger.jsonl");
        let scan = desk.path().join("a.tif");
        std::fs::write(&scan, b"x").unwrap();
        let mut ledger = Ledger::open(&path).unwrap();
        let place = Path::new("/accepted/a.tif");
        assert_eq!(ledger.give(&scan, "11", place).unwrap(), 1);
        assert_eq!(ledger.give(&scan, "11", place).unwrap(), 2);
        assert_eq!(
            ledger
                .give(&desk.path().join("gone.tif"), "22", place)
                .unwrap(),
            1
        );
        // A power cut tears the last line.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"source\":\"/ha").unwrap();
        let mut again = Ledger::open(&path).unwrap();
        let known = Taken {
            accepted: place.to_owned(),
            tries: 2,
        };
        assert_eq!(again.known(&scan, "11"), Some(&known));
        assert_eq!(again.taken.len(), 1);
        again.settle(&scan, "11");
        for number in 0..2 * LONGEST {
            again.give(&scan, &format!("{number}"), place).unwrap();
            again.settle(&scan, &format!("{number}"));
        }
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST, "{lines}");
    }
}
