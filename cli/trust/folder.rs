//! The trust folder: certificates that are known, those that were accepted, revocation lists, and the log of changes.
//!
//! The log is the truth: an anchor is a certificate whose last entry says that it was accepted. Each entry holds the
//! digest of the one before, so that nobody can take one out or put one in unseen; a log that does not hold together
//! trusts nothing.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use ring::digest::{SHA256, digest};
use saoy_signing::certificate::Certificate;
use serde::{Deserialize, Serialize};

use crate::verify::record::hex;
use crate::words::{Said, said};

/// The folder `trust` of the data folder.
pub(crate) struct Folder {
    path: PathBuf,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// A certificate became known.
    Add,
    /// A certificate became an anchor.
    Accept,
    /// It is an anchor no more, or not known any more.
    Remove,
    /// A revocation list was taken in.
    Crl,
}

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Who.
    pub(crate) by: String,
    /// What.
    pub(crate) action: Action,
    /// SHA-256 of the certificate or list, hexadecimal.
    pub(crate) sha256: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// The profile it was accepted into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pki: Option<String>,
    /// Why, or where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) remark: Option<String>,
    /// Digest of the entry before; empty for the first.
    pub(crate) previous: String,
}

/// An entry with the digest of itself.
#[derive(Serialize, Deserialize)]
struct Line {
    entry: Entry,
    sha256: String,
}

/// What is accepted: fingerprint to profile.
pub(crate) type Accepted = BTreeMap<String, String>;

impl Folder {
    /// The trust folder in `data`, whether it is there or not.
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            path: data.join("trust"),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// All changes, oldest first.
    ///
    /// # Errors
    /// When the log cannot be read, or does not hold together.
    pub(crate) fn log(&self) -> anyhow::Result<Vec<Entry>> {
        let text = match fs::read_to_string(self.log_path()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| self.log_path().display().to_string()),
        };
        let mut entries: Vec<Entry> = Vec::new();
        let mut previous = String::new();
        for (index, line) in text.lines().enumerate() {
            let broken = || {
                Said(said!(
                    "nhật ký {} bị sửa hoặc hỏng ở dòng {}: không tin cậy gì cho đến khi được xem xét",
                    "the log {} was altered or is damaged at line {}: nothing is trusted until somebody looked at it",
                    self.log_path().display(),
                    index + 1
                ))
            };
            let line: Line = serde_json::from_str(line).map_err(|_| broken())?;
            if line.entry.previous != previous || seal(&line.entry)? != line.sha256 {
                return Err(broken().into());
            }
            previous = line.sha256;
            entries.push(line.entry);
        }
        Ok(entries)
    }

    /// What the log says is accepted.
    ///
    /// # Errors
    /// As [`Self::log`].
    pub(crate) fn accepted(&self) -> anyhow::Result<Accepted> {
        let mut accepted = Accepted::new();
        for entry in self.log()? {
            match entry.action {
                Action::Accept => {
                    accepted.insert(entry.sha256, entry.pki.unwrap_or_default());
                }
                Action::Remove => {
                    accepted.remove(&entry.sha256);
                }
                Action::Add | Action::Crl => {}
            }
        }
        Ok(accepted)
    }

    /// Certificates in the folder, by fingerprint; what is no certificate, or not the one its name says, is left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn certificates(&self) -> io::Result<Vec<Certificate>> {
        let mut found = Vec::new();
        for (path, bytes) in files(&self.path.join("certificates"))? {
            let Ok(certificate) = Certificate::read(&bytes) else {
                continue;
            };
            let named = path.file_stem().and_then(|stem| stem.to_str());
            if named == Some(hex(&certificate.fingerprint).as_str()) {
                found.push(certificate);
            }
        }
        Ok(found)
    }

    /// Revocation lists, DER.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn crls(&self) -> io::Result<Vec<Vec<u8>>> {
        let lists = files(&self.path.join("crls"))?;
        Ok(lists.into_iter().map(|(_, bytes)| bytes).collect())
    }

    /// Hosts that may be asked, one a line in `hosts`.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path.join("hosts")).unwrap_or_default();
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    }

    /// Keeps a certificate.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep_certificate(&self, certificate: &Certificate) -> anyhow::Result<()> {
        let name = format!("{}.der", hex(&certificate.fingerprint));
        self.keep("certificates", &name, &certificate.der)
    }

    /// Keeps a revocation list as `name`, in place of an older one of that name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep_crl(&self, name: &str, der: &[u8]) -> anyhow::Result<()> {
        self.keep("crls", &format!("{name}.crl"), der)
    }

    /// Forgets a certificate; that it was here stays in the log.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) fn forget(&self, fingerprint: &str) -> io::Result<()> {
        let path = self
            .path
            .join("certificates")
            .join(format!("{fingerprint}.der"));
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Adds an entry to the log; its `previous` is filled in.
    ///
    /// # Errors
    /// When the log does not hold together, or cannot be written.
    pub(crate) fn note(&self, mut entry: Entry) -> anyhow::Result<()> {
        fs::create_dir_all(&self.path)?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(self.log_path())
            .with_context(|| self.log_path().display().to_string())?;
        // Two administrators at once: the second waits, and continues from the first's entry.
        file.lock()?;
        self.log()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        if let Some(last) = text.lines().last() {
            entry.previous = serde_json::from_str::<Line>(last)?.sha256;
        }
        let sha256 = seal(&entry)?;
        let mut line = serde_json::to_string(&Line { entry, sha256 })?;
        line.push('\n');
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        Ok(())
    }

    fn log_path(&self) -> PathBuf {
        self.path.join("log.jsonl")
    }

    /// Written beside its final name, synced, renamed: a file is whole or not there.
    fn keep(&self, folder: &str, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let folder = self.path.join(folder);
        fs::create_dir_all(&folder)?;
        let staged = folder.join(format!(".{name}.{}", std::process::id()));
        let mut file = File::create(&staged).with_context(|| staged.display().to_string())?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&staged, folder.join(name))?;
        File::open(&folder)?.sync_all()?;
        Ok(())
    }
}

/// Most bytes of a file in the folder: the largest public revocation lists have some 30 MB.
const LARGEST: u64 = 64 << 20;

/// Files of a folder with their bytes, in order of names; none when the folder is not there.
fn files(folder: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            path.is_file() && !hidden
        })
        .collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let mut bytes = Vec::new();
        File::open(&path)?.take(LARGEST).read_to_end(&mut bytes)?;
        found.push((path, bytes));
    }
    Ok(found)
}

fn seal(entry: &Entry) -> anyhow::Result<String> {
    let text = serde_json::to_vec(entry)?;
    Ok(hex(digest(&SHA256, &text).as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(action: Action, sha256: &str) -> Entry {
        Entry {
            at: "2026-01-01T00:00:00+07:00".to_owned(),
            by: "an".to_owned(),
            action,
            sha256: sha256.to_owned(),
            subject: "CN=A".to_owned(),
            pki: Some("own".to_owned()),
            remark: None,
            previous: String::new(),
        }
    }

    #[test]
    fn the_log_says_what_is_accepted() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        assert!(folder.accepted().unwrap().is_empty());
        for (action, name) in [
            (Action::Add, "aa"),
            (Action::Accept, "aa"),
            (Action::Accept, "bb"),
            (Action::Remove, "aa"),
        ] {
            folder.note(entry(action, name)).unwrap();
        }
        let accepted = folder.accepted().unwrap();
        assert_eq!(accepted.keys().collect::<Vec<_>>(), ["bb"]);
        assert_eq!(folder.log().unwrap().len(), 4);
    }

    #[test]
    fn a_log_that_was_touched_trusts_nothing() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        for name in ["aa", "bb", "cc"] {
            folder.note(entry(Action::Accept, name)).unwrap();
        }
        let path = folder.log_path();
        let whole = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        for touched in [
            [lines[0], lines[2]].join("\n"),
            [lines[1], lines[2]].join("\n"),
            whole.replacen("\"aa\"", "\"dd\"", 1),
            format!("{whole}{{}}\n"),
        ] {
            fs::write(&path, touched).unwrap();
            assert!(folder.accepted().is_err());
            assert!(folder.note(entry(Action::Accept, "ee")).is_err());
        }
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_no_certificate() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::new(data.path());
        folder.keep("certificates", "aa.der", b"nothing").unwrap();
        assert!(folder.certificates().unwrap().is_empty());
        folder.keep_crl("x", b"list").unwrap();
        assert_eq!(folder.crls().unwrap(), [b"list"]);
        folder.forget("aa").unwrap();
        folder.forget("aa").unwrap();
    }
}
