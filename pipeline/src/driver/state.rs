//! The state folder of an output folder, `.saoy/`: lock, journal, staging area, pages already read.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::journal::{Journal, Key};
use super::publish::{wipe, wipe_folder, write_whole};
use super::{Options, RunError};

/// Name of the state folder inside an output folder.
pub const STATE_FOLDER: &str = ".saoy";

/// An output folder that this run, and no other, works in.
pub(super) struct Workplace {
    /// The output folder.
    pub(super) out: PathBuf,
    /// Where files are written before they get their final names; the same file system as `out`.
    pub(super) staging: PathBuf,
    pages: PathBuf,
    quarantine: PathBuf,
    options: PathBuf,
    kept: PathBuf,
    /// What earlier runs did.
    pub(super) journal: Journal,
    /// Held while the run lasts; the system releases it however the run ends.
    _lock: File,
}

impl Workplace {
    /// Prepares `out`, sweeping away what a run that was killed left in the staging area.
    pub(super) fn open(out: &Path) -> Result<Self, RunError> {
        let failed = |source: io::Error| RunError::Output {
            path: out.to_owned(),
            source,
        };
        let state = out.join(STATE_FOLDER);
        fs::create_dir_all(&state).map_err(failed)?;
        let lock = File::create(state.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(RunError::Busy {
                    path: out.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let staging = state.join("staging");
        if staging.exists() {
            // Nobody knows any more what was in it: it may have been on its way to being refused.
            wipe_folder(&staging).map_err(failed)?;
        }
        fs::create_dir(&staging).map_err(failed)?;
        let journal = Journal::open(&state.join("journal.jsonl")).map_err(failed)?;
        let (pages, quarantine) = (state.join("pages"), state.join("quarantine"));
        let (options, kept) = (state.join("options"), state.join("kept"));
        Ok(Self {
            options,
            kept,
            out: out.to_owned(),
            staging,
            pages,
            quarantine,
            journal,
            _lock: lock,
        })
    }

    /// Whether `path` is a file in the output folder that this run or one before it made.
    pub(super) fn made(&self, path: &Path) -> bool {
        let in_out =
            || Some(fs::canonicalize(path.parent()?).ok()? == fs::canonicalize(&self.out).ok()?);
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default();
        let ours =
            || self.journal.is_ours(&name) || name == "batch.json" || name.ends_with(".why.txt");
        in_out().unwrap_or(false) && ours()
    }

    /// Where the pages of a document that were read before the run was stopped are kept.
    pub(super) fn page_store(&self, key: &Key, options: &str) -> PageStore {
        let short = |text: &str| text.get(..16).unwrap_or(text).to_owned();
        PageStore {
            pages: self.pages.clone(),
            source: format!("{}-", short(&key.sha256)),
            options: short(options),
            erased: Mutex::new(false),
        }
    }

    /// Folder of the scans that people put in.
    pub(super) fn kept_scans(&self) -> PathBuf {
        self.kept.clone()
    }

    /// Keeps the options of a run under their hash, so that a correction can make pages anew in the same way.
    pub(super) fn keep_options(&self, hash: &str, options: &Options) -> io::Result<()> {
        let name = format!("{hash}.json");
        if self.options.join(&name).is_file() {
            return Ok(());
        }
        fs::create_dir_all(&self.options)?;
        let text = serde_json::to_vec(options)?;
        write_whole(&self.staging, &self.options, &name, &text)
    }

    /// The options of an earlier run.
    pub(super) fn options(&self, hash: &str) -> Option<Options> {
        // What pages were corrected follows the hash.
        let hash = hash.split('+').next().unwrap_or(hash);
        let text = fs::read(self.options.join(format!("{hash}.json"))).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Wipes what was kept of the pages of document `name` that the engine could not read.
    pub(super) fn erase_quarantine(&self, name: &str) {
        let is_of_page = |file: &str| {
            let rest = file
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(".p"));
            let ending = rest.map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
            matches!(ending, Some(".why.txt" | ".pgm"))
        };
        wipe_where(&self.quarantine, is_of_page, wipe);
    }

    /// Keeps what there is to know of a page that the engine could not read: why, and the pixels it got.
    pub(super) fn quarantine(
        &self,
        name: &str,
        page: u32,
        reason: &str,
        pixels: &crate::document::Gray,
    ) {
        let keep = || -> io::Result<()> {
            fs::create_dir_all(&self.quarantine)?;
            let stem = format!("{name}.p{page:04}");
            write_whole(
                &self.staging,
                &self.quarantine,
                &format!("{stem}.why.txt"),
                reason.as_bytes(),
            )?;
            let mut pgm = format!("P5\n{} {}\n255\n", pixels.width, pixels.height).into_bytes();
            pgm.extend_from_slice(&pixels.pixels);
            write_whole(
                &self.staging,
                &self.quarantine,
                &format!("{stem}.pgm"),
                &pgm,
            )
        };
        // The page's flag tells of the failure in any case; the evidence is a help, not a duty.
        let _ = keep();
    }
}

/// Pages of one document, as read; what a run that is stopped need not read again.
pub(super) struct PageStore {
    pages: PathBuf,
    /// What the folders of this source's pages begin with, under whatever options they were read.
    source: String,
    options: String,
    /// Set when what was kept has been erased: nothing is kept after.
    erased: Mutex<bool>,
}

impl PageStore {
    /// What was kept of page `index`, when it is whole.
    pub(super) fn load<T: serde::de::DeserializeOwned>(&self, index: usize) -> Option<T> {
        serde_json::from_slice(&fs::read(self.file(index)).ok()?).ok()
    }

    /// Keeps page `index`. Not synced: a page lost to a power cut is read again.
    pub(super) fn keep<T: serde::Serialize>(&self, index: usize, page: &T) {
        let keep = || -> io::Result<()> {
            let folder = self.folder();
            fs::create_dir_all(&folder)?;
            let partial = folder.join(format!("{index}.part"));
            fs::write(&partial, serde_json::to_vec(page)?)?;
            fs::rename(partial, self.file(index))
        };
        self.unless_erased(|| {
            // A page that cannot be kept costs time after a stop, nothing else.
            let _ = keep();
        });
    }

    /// Keeps something of the document, unless it must leave no trace.
    pub(super) fn unless_erased(&self, keep: impl FnOnce()) {
        let erased = self.erased.lock().unwrap_or_else(PoisonError::into_inner);
        if !*erased {
            keep();
        }
    }

    /// Forgets the pages: the document is finished.
    pub(super) fn clear(&self) {
        let _ = fs::remove_dir_all(self.folder());
    }

    /// Wipes all pages that this run and earlier ones kept of the source; none is kept from now on.
    pub(super) fn erase(&self) {
        let mut erased = self.erased.lock().unwrap_or_else(PoisonError::into_inner);
        *erased = true;
        wipe_where(
            &self.pages,
            |name| name.starts_with(&self.source),
            wipe_folder,
        );
    }

    fn folder(&self) -> PathBuf {
        self.pages.join(format!("{}{}", self.source, self.options))
    }

    fn file(&self, index: usize) -> PathBuf {
        self.folder().join(format!("{index}.json"))
    }
}

/// Wipes what in `folder` has a name that is `wanted`.
fn wipe_where(
    folder: &Path,
    wanted: impl Fn(&str) -> bool,
    wipe: impl Fn(&Path) -> io::Result<()>,
) {
    // A folder that is not there holds nothing.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if wanted(&entry.file_name().to_string_lossy()) {
            // One that cannot be wiped is no reason to spare the others.
            let _ = wipe(&entry.path());
        }
    }
}
