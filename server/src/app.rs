//! What all requests share.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use saoy_archive::blob::WrappingKey;
use saoy_archive::{Act, Archive, Random};

use crate::accounts::Accounts;
use crate::archive::Shelf;
use crate::certify::drafts::Drafts;
use crate::certify::far::Dialogs;
use crate::desk::Desk;
use crate::guard::limits::Limits;
use crate::kept::Kept;
use crate::measures::Measures;
use crate::pictures::Pictures;
use crate::stations::Stations;
use crate::stations::text::Texts;
use crate::trouble::{Trouble, sentence};

/// Clock and random numbers, handed in by the program.
#[derive(Clone)]
pub struct World {
    /// The moment.
    pub now: fn() -> Timestamp,
    /// Fills bytes with random ones.
    pub random: fn(&mut [u8]) -> std::io::Result<()>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// An unguessable word of 192 bits, base64url.
    pub(crate) fn token(&self) -> Result<String, Trouble> {
        use base64::Engine as _;
        let mut bytes = [0; 24];
        (self.random)(&mut bytes)?;
        Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl Random for World {
    fn fill(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
        (self.random)(bytes)
    }
}

/// A key that may be chosen for signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// The words that people see.
    pub name: String,
    /// Its KEYREF.
    pub reference: String,
    /// Of one that a service holds, the account there.
    pub account: Option<PathBuf>,
}

impl SigningKey {
    /// Whether a service holds it: then leave to sign is asked for there.
    pub(crate) fn is_far(&self) -> bool {
        self.reference.starts_with("csc:")
    }
}

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The program's data folder; the archive is in its folder `archive`, accounts in `server`.
    pub data: PathBuf,
    /// The key of the archive's files, where they are encrypted and it is at hand, and where it is: children are told the place.
    pub archive_key: Option<(Arc<WrappingKey>, PathBuf)>,
    /// The program that does the work: `saoy` itself.
    pub program: PathBuf,
    /// The OCR reader program, where it is not beside that one.
    pub reader: Option<PathBuf>,
    /// Output folders of `saoy digitize`, `scan` and `watch` whose documents are reviewed here.
    pub stations: Vec<PathBuf>,
    /// Certificates trusted in place of the trust folder.
    pub trust: Vec<PathBuf>,
    /// Keys that may be chosen for signing.
    pub keys: Vec<SigningKey>,
    /// Options of `saoy certify sign|seal` for levels and timestamps, such as `--level t --tsa URL`; handed on as they are.
    pub level: Vec<String>,
    /// Longest upload, bytes.
    pub upload: u64,
    /// Longest time for one upload to arrive.
    pub patience: Duration,
    /// Whether each request is written to stderr.
    pub log: bool,
    /// Whether cookies are for TLS only.
    pub secure: bool,
}

impl Settings {
    /// The folder of the archive.
    pub(crate) fn archive(&self) -> PathBuf {
        self.data.join("archive")
    }

    /// The folder of the server's own files.
    pub(crate) fn own(&self) -> PathBuf {
        self.data.join("server")
    }
}

/// What all requests share.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) world: World,
    pub(crate) accounts: Mutex<Accounts>,
    pub(crate) desk: Desk,
    pub(crate) kept: Kept,
    pub(crate) pictures: Pictures,
    pub(crate) drafts: Drafts,
    /// Signatures by keys far away that are under way.
    pub(crate) dialogs: Dialogs,
    pub(crate) limits: Limits,
    pub(crate) shelf: Shelf,
    pub(crate) measures: Measures,
    pub(crate) stations: Stations,
    pub(crate) texts: Texts,
    /// Archives that are open and idle: a connection serves one request at a time.
    idle: Mutex<Vec<Archive>>,
    /// Whether the archive's files are encrypted, once that is known.
    encrypted: OnceLock<bool>,
}

impl App {
    pub(crate) fn new(settings: Settings, world: World, accounts: Accounts) -> Self {
        Self {
            desk: Desk::new(&settings),
            stations: Stations::new(&settings.stations),
            texts: Texts::default(),
            settings,
            world,
            accounts: Mutex::new(accounts),
            kept: Kept::default(),
            pictures: Pictures::default(),
            drafts: Drafts::default(),
            dialogs: Dialogs::default(),
            limits: Limits::default(),
            shelf: Shelf::default(),
            measures: Measures::default(),
            idle: Mutex::default(),
            encrypted: OnceLock::new(),
        }
    }

    /// Whether there is an archive.
    pub(crate) fn has_archive(&self) -> bool {
        Archive::exists(&self.settings.archive())
    }

    /// An act of somebody, now.
    pub(crate) fn act(&self, login: &str) -> Act {
        Act {
            by: login.to_owned(),
            at: (self.world.now)(),
        }
    }

    /// Does something with the archive, on a thread that may wait.
    ///
    /// # Errors
    /// Those of `work`, and when there is no archive.
    pub(crate) async fn archive<T, F>(self: &Arc<Self>, work: F) -> Result<T, Trouble>
    where
        T: Send + 'static,
        F: FnOnce(&mut Archive) -> Result<T, Trouble> + Send + 'static,
    {
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || app.with_archive(work))
            .await
            .map_err(Trouble::ours)?
    }

    /// The same on this thread.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn with_archive<T>(
        &self,
        work: impl FnOnce(&mut Archive) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut archive = match idle {
            Some(archive) => archive,
            None => self.opened()?,
        };
        let outcome = work(&mut archive);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(archive);
        outcome
    }

    /// The archive, with the key of its files where it has one.
    fn opened(&self) -> Result<Archive, Trouble> {
        let mut archive = Archive::open(&self.settings.archive(), Box::new(self.world.clone()))?;
        if let Some((key, _)) = &self.settings.archive_key {
            archive.unlock(key)?;
        }
        Ok(archive)
    }

    /// Whether there is an archive whose files are encrypted. It is not encrypted while it is open here, so this stays.
    pub(crate) fn is_encrypted(&self) -> bool {
        if let Some(known) = self.encrypted.get() {
            return *known;
        }
        let found = self
            .has_archive()
            .then(|| {
                self.with_archive(|archive| Ok(archive.blobs().is_encrypted()))
                    .ok()
            })
            .flatten();
        match found {
            Some(found) => *self.encrypted.get_or_init(|| found),
            None => false,
        }
    }

    /// Does something with the accounts, on a thread that may wait.
    ///
    /// # Errors
    /// Those of `work`.
    pub(crate) async fn accounts<T, F>(self: &Arc<Self>, work: F) -> Result<T, Trouble>
    where
        T: Send + 'static,
        F: FnOnce(&mut Accounts) -> Result<T, crate::AccountsError> + Send + 'static,
    {
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let mut accounts = app.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut accounts).map_err(Trouble::from)
        })
        .await
        .map_err(Trouble::ours)?
    }
}

/// What is said where an archive is needed and there is none.
pub(crate) fn no_archive() -> Trouble {
    Trouble::missing(sentence!(
        "Máy chủ này chưa có kho lưu trữ. Người quản trị tạo bằng: saoy archive init",
        "This server has no archive yet. The administrator makes one with: saoy archive init"
    ))
}
