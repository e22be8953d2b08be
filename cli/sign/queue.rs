//! Signed documents that wait for their level, and are raised later.
//!
//! `.saoy-queue/` in the output folder holds a file for each (`docs/schemas/queue-1.schema.json`), written anew, synced and
//! renamed at each step. It names the document and digests its bytes, so that nothing else is ever raised in its place. An entry
//! is there before its document is, and says what a document will be before that replaces what it was: whoever is stopped in
//! between leaves what the next run can tell apart.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ArgMatches;
use saoy_signing::crypto::Digest;
use saoy_signing::judge::Instant;
use saoy_signing::sign::{LocalTime, SignError, iso_time};
use saoy_signing::structure;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::levels::VIETNAM;
use super::publish::{Draft, folder_of};
use super::reach::{self, Level};
use super::servers::now;
use crate::trust::fetch;
use crate::verify::record::hex;
use crate::words::{Said, said};

mod command;
pub(super) use command::{command, run};

mod pace;
use pace::Pace;

mod raise;

mod reason;
pub(super) use reason::Reason;

/// Where an output folder's documents wait.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    folder: PathBuf,
}

/// The right to change entries and their documents, among all processes; held for moments only.
pub(super) struct Hold {
    folder: PathBuf,
    _lock: File,
}

/// What is to be raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Queued {
    schema: String,
    /// The document's name in the output folder.
    pub(super) file: String,
    /// As it was written.
    #[serde(flatten)]
    pub(super) bytes: Bytes,
    pub(super) wanted: String,
    /// The signature's field.
    pub(super) field: String,
    pub(super) servers: Recipe,
    /// When it was signed and put here.
    pub(super) queued: Time,
    /// Until when it can be raised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Time>,
    /// Tries since it has its level.
    pub(super) attempts: u32,
    /// When it is tried again.
    pub(super) next: Time,
    pub(super) state: State,
    /// What kept it from its level.
    pub(super) error: Reason,
    /// What replaces it just now; only a run that was stopped leaves that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raised: Option<Bytes>,
}

/// A document at one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bytes {
    #[serde(rename = "bytes")]
    pub(super) count: u64,
    pub(super) sha256: String,
    pub(super) level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Waiting,
    /// Nothing but a person helps.
    Failed,
}

/// Whom to ask and whom to trust, as the signing run was told. No secret is among it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recipe {
    tsa: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trust: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    private: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tls_roots: Option<String>,
    timeout: u64,
}

/// A point in time, in JSON as ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time(pub(super) i64);

impl Time {
    pub(super) fn now() -> Self {
        Self(now().0)
    }

    /// `YYYY-MM-DDTHH:MM:SS+07:00`.
    pub(super) fn iso(self) -> String {
        iso_time(LocalTime {
            instant: Instant(self.0),
            offset: VIETNAM,
        })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(time.as_second()))
    }
}

/// The schema of entries.
const SCHEMA: &str = "saoy.queue/1";
/// The folder's name.
const FOLDER: &str = ".saoy-queue";
/// Longest entry that is read, bytes.
const LONGEST: u64 = 1 << 20;

/// A document's name in its folder.
///
/// # Errors
/// When JSON cannot hold it.
pub(super) fn name_of(out: &Path) -> anyhow::Result<String> {
    let name = out.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| {
        Said(said!(
            "{}: tên tệp phải là UTF-8 để có thể nâng mức sau",
            "{}: the name must be UTF-8 for the level to come later",
            out.display()
        ))
    })?;
    Ok(name.to_owned())
}

impl Queue {
    /// The queue of the folder that `out` is in.
    pub(super) fn beside(out: &Path) -> Self {
        Self::of(folder_of(out))
    }

    /// The queue of an output folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
        }
    }

    /// Where drafts are made.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The output folder.
    pub(super) fn outputs(&self) -> &Path {
        folder_of(&self.folder)
    }

    /// A document of the output folder.
    pub(super) fn document(&self, name: &str) -> PathBuf {
        match self.outputs() {
            here if here == Path::new(".") => PathBuf::from(name),
            folder => folder.join(name),
        }
    }

    /// Waits for the right to change; the folder is made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn hold(&self) -> io::Result<Hold> {
        loop {
            std::fs::create_dir_all(&self.folder)?;
            if let Some(hold) = self.hold_if_there()? {
                return Ok(hold);
            }
        }
    }

    /// The same where something waits.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn hold_if_there(&self) -> io::Result<Option<Hold>> {
        loop {
            let Some(lock) = self.open("lock")? else {
                return Ok(None);
            };
            lock.lock()?;
            if self.is_still("lock", &lock)? {
                return Ok(Some(Hold {
                    folder: self.folder.clone(),
                    _lock: lock,
                }));
            }
        }
    }

    /// The right to raise, for one run at a time; `None` while another has it, or where nothing waits.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn run_alone(&self) -> io::Result<Option<File>> {
        let Some(lock) = self.open("run")? else {
            return Ok(None);
        };
        match lock.try_lock() {
            Ok(()) if self.is_still("run", &lock)? => Ok(Some(lock)),
            Ok(()) | Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// A file for locks; `None` when the folder is not there, or no longer.
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        let opened = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(name));
        match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Whether the lock is not one of a folder that went meanwhile.
    fn is_still(&self, name: &str, lock: &File) -> io::Result<bool> {
        match std::fs::metadata(self.folder.join(name)) {
            Ok(there) => {
                let held = lock.metadata()?;
                Ok((there.dev(), there.ino()) == (held.dev(), held.ino()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether anything waits, or cannot be read.
    pub(super) fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// The entry of a document, when it has one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<Queued>> {
        match read(&self.folder.join(entry_of(name))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Every entry in order of names; the path of those that cannot be read.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub(super) fn entries(&self) -> io::Result<Vec<Result<Queued, PathBuf>>> {
        let listed = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let mut all = Vec::new();
        for path in listed.map(|one| one.map(|one| one.path())) {
            let path = path?;
            if path.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            match read(&path) {
                Ok(entry) => all.push(Ok(entry)),
                // Raised meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => all.push(Err(path)),
            }
        }
        all.sort_by(|a, b| {
            let name = |one: &Result<Queued, PathBuf>| match one {
                Ok(entry) => entry.file.clone(),
                Err(path) => path.display().to_string(),
            };
            name(a).cmp(&name(b))
        });
        Ok(all)
    }
}

/// Reads an entry, which must be about a document beside its folder.
fn read(path: &Path) -> io::Result<Queued> {
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut text)?;
    let entry: Queued = serde_json::from_slice(&text)?;
    let is_name = Path::new(&entry.file)
        .file_name()
        .is_some_and(|name| name == &*entry.file);
    let is_whole = entry.schema == SCHEMA
        && is_name
        && path
            .file_name()
            .is_some_and(|name| name == &*entry_of(&entry.file))
        && entry.levels().is_some();
    if is_whole {
        Ok(entry)
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// The name of a document's entry: short and plain, whatever the document's name is.
fn entry_of(name: &str) -> String {
    let digest = Digest::Sha256.of(name.as_bytes()).unwrap_or_default();
    format!("{}.json", hex(digest.get(..16).unwrap_or_default()))
}

impl Hold {
    /// Writes an entry, synced.
    ///
    /// # Errors
    /// When that fails; the one before is there then.
    pub(super) fn put(&self, entry: &Queued) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".saoy-")
            .suffix(PART)
            .tempfile_in(&self.folder)?;
        serde_json::to_writer_pretty(&mut file, entry)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(entry_of(&entry.file)))
            .map_err(|error| error.error)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Removes a document's entry; true when there was one.
    ///
    /// # Errors
    /// When it stays.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match std::fs::remove_file(self.folder.join(entry_of(name))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    /// Forgets what was said of an earlier document of that name, now that one of `level` is there: another's signature
    /// (`is_new`), or the same at the level that it waited for.
    pub(super) fn settle(self, name: &str, level: Level, is_new: bool) {
        let waits_on = |entry: Queued| entry.levels().is_some_and(|(_, wanted)| wanted > level);
        let entry = read(&self.folder.join(entry_of(name)));
        if is_new || !entry.is_ok_and(waits_on) {
            // One that stays hurts nobody: its document is not the one it tells of.
            let _ = self.remove(name);
        }
        self.close();
    }

    /// Takes away what stopped runs left in the making; for who raises alone.
    pub(super) fn tidy(&self) {
        for entry in std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name().to_string_lossy().ends_with(PART) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// The folder goes, if nothing waits any more.
    pub(super) fn close(self) {
        let mut entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let is_empty = entries.all(|entry| {
            let name = entry.file_name();
            name == "lock" || name == "run"
        });
        if is_empty {
            // Whoever waits for one of them sees that it went, and makes it again.
            for name in ["run", "lock"] {
                let _ = std::fs::remove_file(self.folder.join(name));
            }
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

/// How names of files in the making end.
const PART: &str = ".part";

impl Queued {
    /// An entry about what is written in `draft`, which came from the first level to be raised to the second.
    ///
    /// # Errors
    /// When the draft cannot be read.
    pub(super) fn new(
        draft: &Draft,
        field: &str,
        (level, wanted): (Level, Level),
        error: Reason,
        servers: &Recipe,
    ) -> anyhow::Result<Self> {
        let now = Time::now();
        Ok(Self {
            schema: SCHEMA.to_owned(),
            file: name_of(draft.out())?,
            bytes: Bytes::of(draft.reader()?, level)?,
            wanted: wanted.name().to_owned(),
            field: field.to_owned(),
            servers: servers.clone(),
            queued: now,
            until: until(draft, field, wanted)?,
            attempts: 0,
            next: Pace::default().next(now, 1, u32::MAX),
            state: State::Waiting,
            error,
            raised: None,
        })
    }

    /// The level that is reached, and the one that is wanted.
    pub(super) fn levels(&self) -> Option<(Level, Level)> {
        Some((Level::read(&self.bytes.level)?, Level::read(&self.wanted)?))
    }

    /// Whether it is to be tried at `now`. A time further off than any pause is one by a clock that was wrong.
    pub(super) fn is_due(&self, now: Time, pace: Pace) -> bool {
        let furthest = now.0.saturating_add(pace.longest());
        self.state == State::Waiting && (self.next <= now || self.next.0 > furthest)
    }

    /// Whether the time in which it can be raised comes to its end.
    pub(super) fn is_urgent(&self, now: Time) -> bool {
        let soon = now.0.saturating_add(URGENT);
        self.until.is_some_and(|until| until.0 < soon)
    }
}

/// Seconds before the end at which people are told: thirty days.
const URGENT: i64 = 30 * 86_400;

/// Until when the signature in `field` of a draft can be raised.
///
/// # Errors
/// When it cannot be read.
pub(super) fn until(draft: &Draft, field: &str, wanted: Level) -> anyhow::Result<Option<Time>> {
    let revisions = saoy_pdf::Revisions::read(draft.reader()?).map_err(SignError::from)?;
    let until = reach::until(&structure::examine(&revisions), field, wanted)?;
    Ok(until.map(|at| Time(at.0)))
}

impl Bytes {
    /// Those of `file`, which has that level.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn of(mut file: File, level: Level) -> io::Result<Self> {
        let count = file.metadata()?.len();
        Ok(Self {
            count,
            sha256: digest(&mut file, count)?.unwrap_or_default(),
            level: level.name().to_owned(),
        })
    }

    /// Whether `file` begins with them; then also whether it goes on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn begin(&self, mut file: File) -> io::Result<Option<bool>> {
        let same = digest(&mut file, self.count)?.is_some_and(|digest| digest == self.sha256);
        let length = file.metadata()?.len();
        Ok(same.then_some(length > self.count))
    }
}

/// SHA-256 of the first `count` bytes, hexadecimal; `None` when there are fewer.
fn digest(file: &mut File, count: u64) -> io::Result<Option<String>> {
    let Some(mut hasher) = Digest::Sha256.hasher() else {
        return Ok(None);
    };
    let mut file = file.take(count);
    let (mut left, mut buffer) = (count, vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((left == 0).then(|| hex(&hasher.finish())));
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        left = left.saturating_sub(read as u64);
    }
}

impl Recipe {
    /// What the arguments of `saoy sign` say.
    ///
    /// # Errors
    /// When nothing can come later of it.
    pub(super) fn of(matches: &ArgMatches, level: Level) -> anyhow::Result<Self> {
        if level == Level::B {
            let why = said!(
                "--later cần --level t, lt hoặc lta",
                "--later needs --level t, lt or lta"
            );
            return Err(Said(why).into());
        }
        let tsa = matches
            .get_one::<String>("tsa")
            .cloned()
            .unwrap_or_default();
        if fetch::host_of(&tsa).is_none() {
            let why = said!(
                "--tsa: “{}” không phải địa chỉ http:// hay https://",
                "--tsa: “{}” is no http:// or https:// address",
                tsa
            );
            return Err(Said(why).into());
        }
        let path = |path: &PathBuf| -> anyhow::Result<String> {
            let path = std::path::absolute(path).with_context(|| path.display().to_string())?;
            path.to_str().map(str::to_owned).ok_or_else(|| {
                let why = said!(
                    "{}: tên tệp phải là UTF-8 để có thể nâng mức sau",
                    "{}: the name must be UTF-8 for the level to come later",
                    path.display()
                );
                Said(why).into()
            })
        };
        let trust = matches.get_many::<PathBuf>("trust").into_iter().flatten();
        let hosts = matches
            .get_many::<String>("allow-host")
            .into_iter()
            .flatten();
        Ok(Self {
            tsa,
            trust: trust.map(path).collect::<anyhow::Result<_>>()?,
            hosts: hosts.cloned().collect(),
            private: matches.get_flag("allow-private"),
            tls_roots: matches
                .get_one::<PathBuf>("tls-roots")
                .map(path)
                .transpose()?,
            timeout: matches.get_one::<u64>("timeout").copied().unwrap_or(180),
        })
    }

    /// The same as arguments, but for those that `typed` names: what is typed goes before.
    pub(super) fn arguments(&self, typed: impl Fn(&str) -> bool) -> Vec<OsString> {
        let mut all: Vec<OsString> = Vec::new();
        let mut add = |name: &str, value: &str| all.push(format!("--{name}={value}").into());
        if !typed("tsa") {
            add("tsa", &self.tsa);
        }
        if !typed("timeout") {
            add("timeout", &self.timeout.to_string());
        }
        for path in &self.trust {
            add("trust", path);
        }
        for host in &self.hosts {
            add("allow-host", host);
        }
        if let Some(roots) = self.tls_roots.as_deref().filter(|_| !typed("tls-roots")) {
            add("tls-roots", roots);
        }
        if self.private && !typed("allow-private") {
            all.push("--allow-private".into());
        }
        all
    }
}
