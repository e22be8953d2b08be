//! Accounts, sessions and tokens: who is there. What they may do stands in the archive's appointments.

use std::fs;
use std::path::Path;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::{digest, hmac};
use rusqlite::{Connection, OptionalExtension as _, params};
use saoy_archive::Sentence;

use crate::World;
use crate::trouble::{Trouble, sentence};

/// What brings a database from one version to the next; only ever added to.
const MIGRATIONS: [&str; 2] = [
    include_str!("accounts/0001.sql"),
    include_str!("accounts/0002.sql"),
];

/// A session that nobody used for so long has ended: a shift.
const IDLE: Duration = Duration::from_hours(8);
/// The longest session, used or not: a day.
const LONGEST: Duration = Duration::from_hours(24);
/// When a session's last use is written again; not at every request.
const NOTICED: i64 = 60;

/// Shortest password, in letters (NIST SP 800-63B, 5.1.1.2, asks for 8; these protect keys).
const SHORTEST: usize = 10;

pub(crate) mod hooks;

/// Why accounts could not do it.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// What was asked for cannot be: said in both languages.
    #[error("{}", .0.en)]
    Refused(Sentence),
    /// There is no such thing.
    #[error("{}", .0.en)]
    Missing(Sentence),
    /// The database would not.
    #[error("accounts: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file would not be read or written, or the system has no random numbers.
    #[error("accounts: {0}")]
    File(#[from] std::io::Error),
}

type Result<T> = std::result::Result<T, AccountsError>;

impl AccountsError {
    /// The error in both languages.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Refused(said) | Self::Missing(said) => said.clone(),
            other => sentence!(
                "không đọc hoặc ghi được danh sách tài khoản: {}",
                "the list of accounts could not be read or written: {}",
                other
            ),
        }
    }
}

impl From<AccountsError> for Trouble {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::Refused(said) => Self::refused(said),
            AccountsError::Missing(said) => Self::missing(said),
            other => Self::ours(other),
        }
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Account {
    /// The login, as in the archive's appointments.
    pub login: String,
    /// Whether it is another system, without a password.
    pub system: bool,
    /// When it was made, ISO 8601.
    pub made: String,
    /// When it was switched off.
    pub disabled: Option<String>,
}

/// A token of another system; the token itself is shown once and stored nowhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// For whom it acts.
    pub login: String,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub made: String,
    /// When it was revoked.
    pub revoked: Option<String>,
}

/// The accounts of a server.
pub struct Accounts {
    db: Connection,
    world: World,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounts")
    }
}

impl Accounts {
    /// Opens those in `server/accounts.sqlite3` of the data folder, making them when there are none.
    ///
    /// # Errors
    /// When the file cannot be opened, or is of a later version of the program.
    pub fn open(data: &Path, world: World) -> Result<Self> {
        let folder = data.join("server");
        fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        }
        let mut db = Connection::open(folder.join("accounts.sqlite3"))?;
        db.busy_timeout(Duration::from_secs(10))?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )?;
        let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let version = usize::try_from(version).unwrap_or(usize::MAX);
        if version > MIGRATIONS.len() {
            return Err(AccountsError::Refused(sentence!(
                "danh sách tài khoản thuộc phiên bản mới hơn của chương trình; hãy cập nhật saoy",
                "the accounts are of a later version of the program; update saoy"
            )));
        }
        for (index, migration) in MIGRATIONS.iter().enumerate().skip(version) {
            let transaction = db.transaction()?;
            transaction.execute_batch(migration)?;
            transaction.pragma_update(
                None,
                "user_version",
                i64::try_from(index + 1).unwrap_or(i64::MAX),
            )?;
            transaction.commit()?;
        }
        Ok(Self { db, world })
    }

    fn at(&self) -> Timestamp {
        (self.world.now)()
    }

    /// Makes an account; without a password it is another system's, which comes with tokens.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] for a login that is taken or is none, and for a password that is too short.
    pub fn add(&mut self, login: &str, password: Option<&str>) -> Result<()> {
        let letters = |one: char| one.is_ascii_alphanumeric() || "._-@".contains(one);
        if login.is_empty() || login.len() > 64 || !login.chars().all(letters) {
            return Err(AccountsError::Refused(sentence!(
                "tên đăng nhập {:?} không dùng được: chỉ chữ cái không dấu, chữ số và . _ - @, nhiều nhất 64",
                "{:?} is no login: letters without diacritics, digits and . _ - @ only, at most 64",
                login
            )));
        }
        let hash = password.map(|password| self.hashed(password)).transpose()?;
        let made = self.db.execute(
            "INSERT INTO account (login, password, made_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![login, hash, self.at().to_string()],
        )?;
        if made == 0 {
            return Err(AccountsError::Refused(sentence!(
                "tài khoản {} đã có; đổi mật khẩu bằng: saoy account password {}",
                "account {} exists; change its password with: saoy account password {}",
                login,
                login
            )));
        }
        Ok(())
    }

    /// Changes a password and ends the account's sessions.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when there is no such account or the password is too short.
    pub fn set_password(&mut self, login: &str, password: &str) -> Result<()> {
        let hash = self.hashed(password)?;
        let changed = self.db.execute(
            "UPDATE account SET password = ?2, disabled_at = NULL WHERE login = ?1",
            params![login, hash],
        )?;
        self.known(login, changed)?;
        self.db
            .execute("DELETE FROM session WHERE login = ?1", [login])?;
        Ok(())
    }

    /// Switches an account off: its sessions end and its tokens no longer work.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when there is no such account.
    pub fn disable(&mut self, login: &str) -> Result<()> {
        let changed = self.db.execute(
            "UPDATE account SET disabled_at = ?2 WHERE login = ?1",
            params![login, self.at().to_string()],
        )?;
        self.known(login, changed)?;
        self.db
            .execute("DELETE FROM session WHERE login = ?1", [login])?;
        Ok(())
    }

    fn known(&self, login: &str, changed: usize) -> Result<()> {
        if changed == 0 {
            return Err(AccountsError::Refused(sentence!(
                "không có tài khoản {}",
                "there is no account {}",
                login
            )));
        }
        Ok(())
    }

    /// All accounts.
    ///
    /// # Errors
    /// [`AccountsError::Database`].
    pub fn list(&self) -> Result<Vec<Account>> {
        let mut statement = self.db.prepare(
            "SELECT login, password IS NULL, made_at, disabled_at FROM account ORDER BY login",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Account {
                login: row.get(0)?,
                system: row.get(1)?,
                made: row.get(2)?,
                disabled: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Makes a token for an account and gives it; nobody can read it again.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when there is no such account.
    pub fn add_token(&mut self, login: &str, label: &str) -> Result<String> {
        let known: bool = self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM account WHERE login = ?1)",
            [login],
            |row| row.get(0),
        )?;
        self.known(login, usize::from(known))?;
        let token = format!("saoy_{}", self.secret()?);
        self.db.execute(
            "INSERT INTO token (digest, login, label, made_at) VALUES (?1, ?2, ?3, ?4)",
            params![digested(&token), login, label, self.at().to_string()],
        )?;
        Ok(token)
    }

    /// All tokens.
    ///
    /// # Errors
    /// [`AccountsError::Database`].
    pub fn tokens(&self) -> Result<Vec<Token>> {
        let mut statement = self
            .db
            .prepare("SELECT id, login, label, made_at, revoked_at FROM token ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(Token {
                id: row.get(0)?,
                login: row.get(1)?,
                label: row.get(2)?,
                made: row.get(3)?,
                revoked: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when there is none of that number.
    pub fn revoke(&mut self, id: i64) -> Result<()> {
        let changed = self.db.execute(
            "UPDATE token SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1",
            params![id, self.at().to_string()],
        )?;
        if changed == 0 {
            return Err(AccountsError::Refused(sentence!(
                "không có mã số {}",
                "there is no token {}",
                id
            )));
        }
        Ok(())
    }

    /// Writes a copy of everything as it is at one moment, while others work on; whole or not at all.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when the file is there already; when it cannot be written.
    pub fn backup(&self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(AccountsError::Refused(sentence!(
                "{} đã có; chọn tên khác",
                "{} is there already; choose another name",
                to.display()
            )));
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        let draft = tempfile::Builder::new().tempdir_in(folder.unwrap_or(Path::new(".")))?;
        let draft = draft.path().join("accounts.sqlite3");
        self.db
            .execute("VACUUM INTO ?1", [draft.to_string_lossy()])?;
        fs::File::open(&draft)?.sync_all()?;
        fs::rename(draft, to)?;
        Ok(())
    }

    /// The stored hash of an account that may log in with a password.
    pub(crate) fn password_of(&self, login: &str) -> Result<Option<String>> {
        let hash: Option<Option<String>> = self
            .db
            .query_row(
                "SELECT password FROM account WHERE login = ?1 AND disabled_at IS NULL",
                [login],
                |row| row.get(0),
            )
            .optional()?;
        Ok(hash.flatten())
    }

    /// Opens a session; gives the word for the cookie.
    pub(crate) fn open_session(&mut self, login: &str) -> Result<String> {
        let now = self.at().as_second();
        self.db.execute(
            "DELETE FROM session WHERE made_at < ?1 OR seen_at < ?2",
            params![now - seconds(LONGEST), now - seconds(IDLE)],
        )?;
        let word = self.secret()?;
        self.db.execute(
            "INSERT INTO session (digest, login, made_at, seen_at) VALUES (?1, ?2, ?3, ?3)",
            params![digested(&word), login, now],
        )?;
        Ok(word)
    }

    /// Whose session a word is.
    pub(crate) fn session(&mut self, word: &str) -> Result<Option<String>> {
        let now = self.at().as_second();
        let digest = digested(word);
        let found: Option<(String, i64, i64)> = self
            .db
            .prepare_cached("SELECT login, made_at, seen_at FROM session WHERE digest = ?1")?
            .query_row([&digest], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((login, made, seen)) = found else {
            return Ok(None);
        };
        if now - made > seconds(LONGEST) || now - seen > seconds(IDLE) {
            return Ok(None);
        }
        if now - seen > NOTICED {
            self.db.execute(
                "UPDATE session SET seen_at = ?2 WHERE digest = ?1",
                params![digest, now],
            )?;
        }
        Ok(Some(login))
    }

    /// Ends a session.
    pub(crate) fn close_session(&mut self, word: &str) -> Result<()> {
        self.db
            .execute("DELETE FROM session WHERE digest = ?1", [digested(word)])?;
        Ok(())
    }

    /// For whom a token acts.
    pub(crate) fn token(&self, token: &str) -> Result<Option<String>> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT token.login FROM token JOIN account USING (login)
                 WHERE digest = ?1 AND revoked_at IS NULL AND disabled_at IS NULL",
            )?
            .query_row([digested(token)], |row| row.get(0))
            .optional()?)
    }

    fn secret(&self) -> Result<String> {
        let mut bytes = [0; 32];
        (self.world.random)(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn hashed(&self, password: &str) -> Result<String> {
        if password.chars().count() < SHORTEST {
            return Err(AccountsError::Refused(sentence!(
                "mật khẩu cần ít nhất {} ký tự",
                "a password has at least {} letters",
                SHORTEST
            )));
        }
        let mut salt = [0; 16];
        (self.world.random)(&mut salt)?;
        // The defaults are those of OWASP: argon2id, 19 MiB, two rounds, one lane.
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| AccountsError::File(std::io::Error::other(error.to_string())))
    }
}

/// Whether a password is the one of a stored hash. Without a hash it takes as long and is not.
pub(crate) fn is_password(password: &str, stored: Option<&str>) -> bool {
    /// Of no password that anybody has.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FveS1ub2JvZHktaGVyZQ$4z1m1Xc2o5m0b3o0p9Xw1m1Xc2o5m0b3o0p9Xw1m1Xc";
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let right = Argon2::default()
        .verify_password(password.as_bytes(), &hash)
        .is_ok();
    right && stored.is_some()
}

/// The word that a form of a session has to bring along; nobody without the cookie can make it.
pub(crate) fn form_word(session: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, session.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"saoy-form/1").as_ref())
}

/// Whether two words are the same, in a time that does not tell where they differ.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"saoy-compare");
    hmac::verify(
        &key,
        one.as_bytes(),
        hmac::sign(&key, other.as_bytes()).as_ref(),
    )
    .is_ok()
}

fn digested(word: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, word.as_bytes())
        .as_ref()
        .to_vec()
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        World {
            now: || Timestamp::UNIX_EPOCH,
            random: |bytes| {
                bytes.fill(9);
                Ok(())
            },
        }
    }

    /// A database as the first version of the program left it.
    fn of_the_first_version(data: &Path) {
        let folder = data.join("server");
        fs::create_dir_all(&folder).expect("a folder");
        let db = Connection::open(folder.join("accounts.sqlite3")).expect("a database");
        db.execute_batch(MIGRATIONS[0]).expect("the first shape");
        db.pragma_update(None, "user_version", 1)
            .expect("a version");
        db.execute_batch(
            "INSERT INTO account VALUES ('an', 'x', '2026-11-30T00:00:00Z', NULL);
             INSERT INTO token (digest, login, label, made_at) VALUES (x'00', 'an', 'portal', '2026-11-30T00:00:00Z');",
        )
        .expect("rows");
    }

    #[test]
    fn a_database_of_the_first_version_is_brought_up_and_loses_nothing() {
        let data = tempfile::tempdir().expect("a folder");
        of_the_first_version(data.path());
        let mut accounts = Accounts::open(data.path(), world()).expect("brought up");
        assert_eq!(accounts.list().expect("accounts")[0].login, "an");
        assert_eq!(accounts.tokens().expect("tokens")[0].label, "portal");
        accounts
            .remember("an", "k", "d", "a")
            .expect("what is new works");
        drop(accounts);
        Accounts::open(data.path(), world()).expect("opened again");
    }

    #[test]
    fn a_database_of_a_later_version_is_left_alone() {
        let data = tempfile::tempdir().expect("a folder");
        of_the_first_version(data.path());
        let db = Connection::open(data.path().join("server/accounts.sqlite3")).expect("a database");
        db.pragma_update(None, "user_version", 99)
            .expect("a version");
        drop(db);
        assert!(matches!(
            Accounts::open(data.path(), world()),
            Err(AccountsError::Refused(_))
        ));
    }

    #[test]
    fn a_copy_has_everything_and_nothing_is_written_over() {
        let data = tempfile::tempdir().expect("a folder");
        let mut accounts = Accounts::open(data.path(), world()).expect("accounts");
        accounts
            .add("an", Some("mat khau that dai"))
            .expect("an account");
        let to = data.path().join("copy");
        accounts.backup(&to).expect("a copy");
        assert!(matches!(
            accounts.backup(&to),
            Err(AccountsError::Refused(_))
        ));
        let there = tempfile::tempdir().expect("a folder");
        fs::create_dir(there.path().join("server")).expect("a folder");
        fs::copy(&to, there.path().join("server/accounts.sqlite3")).expect("put back");
        let again = Accounts::open(there.path(), world()).expect("opened");
        let stored = again.password_of("an").expect("a hash");
        assert!(is_password("mat khau that dai", stored.as_deref()));
        assert!(!is_password("mat khau that dat", stored.as_deref()));
        assert!(!is_password("mat khau that dai", None));
    }
}
