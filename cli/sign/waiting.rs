//! Documents that wait for a key that is far away: written but for their gaps, put aside with what was asked for them, and
//! taken up again by the same command.
//!
//! `.saoy-waiting/` in the output folder holds a file for each lot (the documents of one authorisation) and each document's
//! bytes. A lot is written anew, synced and renamed, before each step that cannot be taken back; no secret is in it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use saoy_signing::sign::Digested;
use serde::{Deserialize, Serialize};

use super::publish::Draft;
use super::record::Warning;
use crate::words::{Said, said};

/// The folder of an output folder's lots; one run at a time.
pub(super) struct Waiting {
    folder: PathBuf,
    /// Held as long as the value is.
    _lock: File,
}

/// The documents of one authorisation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Lot {
    schema: String,
    /// Service and key.
    pub(super) key: String,
    /// A digest of everything that the command says about the signature.
    pub(super) wish: String,
    pub(super) state: State,
    pub(super) documents: Vec<Held>,
    #[serde(skip)]
    path: PathBuf,
}

/// How far a lot is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Nothing was asked for.
    Ready,
    /// The owner is to approve; asked after with this.
    Asked(String),
    /// The key was told to sign, and nothing was heard: it may have signed. These same digests are asked for again, so that no
    /// second document comes of it.
    Told,
    /// The service signs; fetched with this.
    Made(String),
    /// The signatures are here.
    Signed,
}

/// One document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) output: PathBuf,
    draft: PathBuf,
    length: u64,
    digested: String,
    pub(super) field: String,
    pub(super) time: String,
    pub(super) warnings: Vec<Warning>,
    /// Hexadecimal.
    pub(super) signature: Option<String>,
}

impl Waiting {
    /// Opens the folder of `out`'s.
    ///
    /// # Errors
    /// When it cannot be made, or another run is at work there.
    pub(super) fn open(out: &Path) -> anyhow::Result<Self> {
        let folder = out.join(".saoy-waiting");
        let named = || folder.display().to_string();
        std::fs::create_dir_all(&folder).with_context(named)?;
        let lock = File::options()
            .create(true)
            .append(true)
            .open(folder.join("lock"))
            .with_context(named)?;
        if lock.try_lock().is_err() {
            return Err(Said(said!(
                "một lần chạy khác đang ký vào {}",
                "another run is signing into {}",
                out.display()
            ))
            .into());
        }
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// Where drafts are made.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The lots that wait for `key` with `wish`; those of other wishes are somebody else's.
    pub(super) fn lots(&self, key: &str, wish: &str) -> io::Result<Vec<Lot>> {
        let mut lots = Vec::new();
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&self.folder)?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
            .collect();
        paths.sort();
        for path in paths {
            // A lot that cannot be read is nobody's work any more: its documents are prepared anew.
            let Ok(mut lot) = serde_json::from_slice::<Lot>(&std::fs::read(&path)?) else {
                continue;
            };
            if lot.schema == SCHEMA && lot.key == key && lot.wish == wish {
                lot.path = path;
                lots.push(lot);
            }
        }
        Ok(lots)
    }

    /// Puts documents aside. Their drafts are kept from now on.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(super) fn put(&self, key: &str, wish: &str, documents: Vec<Held>) -> io::Result<Lot> {
        let file = tempfile::Builder::new()
            .prefix("lot-")
            .suffix(".json")
            .tempfile_in(&self.folder)?;
        let (_, path) = file.keep().map_err(|error| error.error)?;
        let lot = Lot {
            schema: SCHEMA.to_owned(),
            key: key.to_owned(),
            wish: wish.to_owned(),
            state: State::Ready,
            documents,
            path,
        };
        lot.save()?;
        Ok(lot)
    }

    /// Goes, if nothing waits any more.
    pub(super) fn close(self) {
        let is_empty = std::fs::read_dir(&self.folder)
            .is_ok_and(|entries| entries.flatten().all(|entry| entry.file_name() == "lock"));
        if is_empty {
            // Whoever opens it meanwhile makes it again; what cannot be removed hurts nobody.
            let _ = std::fs::remove_file(self.folder.join("lock"));
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

const SCHEMA: &str = "saoy.waiting/1";

impl Lot {
    /// Writes it, synced.
    ///
    /// # Errors
    /// When that fails; nothing must be asked for then.
    pub(super) fn save(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    }

    /// Takes the next step, and says so on disk.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub(super) fn step(&mut self, state: State) -> io::Result<()> {
        self.state = state;
        self.save()
    }

    /// Removes it, with its documents' drafts.
    pub(super) fn remove(&self) -> io::Result<()> {
        for held in &self.documents {
            held.remove()?;
        }
        std::fs::remove_file(&self.path)
    }

    /// Keeps only documents for which `keep` holds; the drafts of others go.
    pub(super) fn retain(&mut self, keep: impl Fn(&Held) -> bool) -> io::Result<()> {
        for held in self.documents.iter().filter(|held| !keep(held)) {
            held.remove()?;
        }
        self.documents.retain(keep);
        self.save()
    }
}

impl Held {
    /// What is known of a document that was just prepared; its draft is kept.
    ///
    /// # Errors
    /// When it cannot be synced.
    pub(super) fn new(
        draft: &mut Draft,
        output: &Path,
        digested: &Digested,
        field: String,
        time: String,
        warnings: Vec<Warning>,
    ) -> io::Result<Self> {
        let length = draft.len()?;
        draft.keep()?;
        Ok(Self {
            output: output.to_owned(),
            draft: draft.path().to_owned(),
            length,
            digested: digested.to_text(),
            field,
            time,
            warnings,
            signature: None,
        })
    }

    /// The draft as it was put aside, its gap empty, and its digest; `None` when it is not what it was, or not made of `input`.
    pub(super) fn take_up(&self, input: &Path) -> Option<(Draft, Digested)> {
        let digested = self.digested()?;
        let mut draft = Draft::resume(&self.draft, self.length, &self.output).ok()?;
        let start = digested.gap.start.checked_add(1)?;
        let digits = usize::try_from(digested.gap.end.checked_sub(1)?.checked_sub(start)?).ok()?;
        draft.write_at(&vec![b'0'; digits], start).ok()?;
        let is_same = super::levels::continues(input, &self.draft).ok()?
            && digest_around(&self.draft, &digested).ok()? == digested.value;
        is_same.then_some((draft, digested))
    }

    pub(super) fn digested(&self) -> Option<Digested> {
        Digested::from_text(&self.digested).ok()
    }

    fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The digest of a file but for a gap.
fn digest_around(path: &Path, digested: &Digested) -> io::Result<Vec<u8>> {
    let Some(mut hasher) = digested.digest.hasher() else {
        return Ok(Vec::new());
    };
    let mut file = File::open(path)?;
    let (mut at, mut buffer) = (0_u64, vec![0; 64 << 10]);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hasher.finish());
        }
        let piece = buffer.get(..count).unwrap_or_default();
        let inside = |offset: u64| {
            usize::try_from(offset.saturating_sub(at))
                .unwrap_or(usize::MAX)
                .min(count)
        };
        hasher.update(piece.get(..inside(digested.gap.start)).unwrap_or_default());
        hasher.update(piece.get(inside(digested.gap.end)..).unwrap_or_default());
        at = at.saturating_add(count as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saoy_signing::crypto::Digest;

    #[test]
    fn a_draft_is_taken_up_only_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in");
        std::fs::write(&input, b"input").unwrap();
        let whole = b"input<0000>rest".to_vec();
        let digested = Digested {
            digest: Digest::Sha256,
            value: Digest::Sha256.of(b"inputrest").unwrap(),
            gap: 5..11,
        };
        let out = folder.path().join("out");
        let held = || {
            let mut draft = Draft::new_in(folder.path(), &out).unwrap();
            draft.write(&whole).unwrap();
            Held::new(
                &mut draft,
                &out,
                &digested,
                String::new(),
                String::new(),
                Vec::new(),
            )
            .unwrap()
        };
        // What a run that failed later has put into it goes.
        let one = held();
        let mut bytes = std::fs::read(&one.draft).unwrap();
        bytes[6..8].copy_from_slice(b"ff");
        bytes.extend_from_slice(b"evidence");
        std::fs::write(&one.draft, &bytes).unwrap();
        let (draft, again) = one.take_up(&input).unwrap();
        assert_eq!(
            (std::fs::read(draft.path()).unwrap(), &again),
            (whole.clone(), &digested)
        );
        drop(draft);
        assert!(one.draft.exists());

        std::fs::write(&one.draft, b"input<0000>resT").unwrap();
        assert!(one.take_up(&input).is_none());
        std::fs::write(&input, b"other").unwrap();
        assert!(held().take_up(&input).is_none());
        std::fs::remove_file(&one.draft).unwrap();
        assert!(one.take_up(&input).is_none());
    }
}
