//! The log: append-only, each entry chained to the one before, its head signed now and then.
//!
//! An entry's hash is the SHA-256 of the UTF-8 JSON array, without spaces,
//! `["saoy-audit/1", seq, at, actor, action, subject, detail, rows, previous]`, where `detail` and `rows` are the texts as
//! stored and `previous` is the hash before it in hexadecimal (64 zeros at the start). `rows` lists the rows that the
//! change touched as `[table, id, digest]`, with `null` for a row that is gone; a row's digest is that of [`row_digest`].
//!
//! A checkpoint is a signed note (C2SP signed-note: text, blank line, signature lines) over three lines: origin, number of
//! entries, hash of the last one in base64. Whoever has kept a checkpoint can tell whether the log before it was rewritten.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use data_encoding::BASE64;
use ring::digest;
use ring::signature::{self, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rusqlite::types::ValueRef;

use crate::blob::sync_folder;
use crate::error::{ArchiveError, Result};

/// Where the chain begins.
pub const START: [u8; 32] = [0; 32];

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Its number, from 1 without gaps. Order is by number, never by time: clocks are set wrong.
    pub seq: i64,
    /// When it was made, by the clock of the machine; ISO 8601.
    pub at: String,
    /// Who made the change: a login.
    pub actor: String,
    /// What was done, such as `register.reserve`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// More about it; JSON. Never personal data: the log outlives them.
    pub detail: String,
    /// The rows touched, as `[[table, id, digest or null], ...]`.
    pub rows: String,
}

impl Entry {
    /// The entry of a row whose first columns are seq, at, actor, action, subject, detail, rows.
    pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            subject: row.get(4)?,
            detail: row.get(5)?,
            rows: row.get(6)?,
        })
    }

    /// The hash that chains this entry to the one before.
    #[must_use]
    pub fn hash(&self, previous: &[u8]) -> [u8; 32] {
        let text = serde_json::json!([
            "saoy-audit/1",
            self.seq,
            self.at,
            self.actor,
            self.action,
            self.subject,
            self.detail,
            self.rows,
            hex(previous),
        ])
        .to_string();
        sha256(text.as_bytes())
    }
}

/// The digest of a row: SHA-256 of the JSON array `[table, id, [[column, value], ...]]` with columns as the table has them;
/// text and whole numbers as themselves, bytes as `{"blob": hex}`.
#[must_use]
pub fn row_digest(table: &str, id: i64, columns: &[(String, ValueRef<'_>)]) -> [u8; 32] {
    let values: Vec<serde_json::Value> = columns
        .iter()
        .map(|(name, value)| serde_json::json!([name, plain(*value)]))
        .collect();
    sha256(
        serde_json::json!([table, id, values])
            .to_string()
            .as_bytes(),
    )
}

fn plain(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        // No audited table holds one; a forged one must not look like anything else.
        ValueRef::Real(number) => serde_json::json!({ "real": number.to_bits() }),
        // Bytes that are no UTF-8 under the type of text are a forgery too, and stay distinct from every text.
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => serde_json::json!({ "text": hex(bytes) }),
        },
        ValueRef::Blob(bytes) => serde_json::json!({ "blob": hex(bytes) }),
    }
}

/// The key that signs checkpoints; it lives beside the archive, its public half should live elsewhere too.
pub(crate) struct Signer {
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Makes a key from 32 random bytes and keeps it in a file that only its owner reads.
    pub(crate) fn create(path: &Path, seed: &[u8; 32]) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(ArchiveError::file(path))?;
        file.write_all(seed)
            .and_then(|()| file.sync_all())
            .map_err(ArchiveError::file(path))?;
        Self::of(seed)
    }

    /// The key in a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Self::of(&fs::read(path).map_err(ArchiveError::file(path))?)
    }

    fn of(seed: &[u8]) -> Result<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map(|pair| Self { pair })
            .map_err(|error| ArchiveError::Fault(format!("the key of the log: {error}")))
    }

    /// The public half, base64.
    pub(crate) fn public(&self) -> String {
        BASE64.encode(self.pair.public_key().as_ref())
    }

    /// A checkpoint over the head of a log.
    pub(crate) fn checkpoint(&self, origin: &str, size: i64, head: &[u8]) -> Checkpoint {
        let text = body(origin, size, head);
        let mut signed = key_hash(origin, self.pair.public_key().as_ref()).to_vec();
        signed.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        Checkpoint {
            origin: origin.to_owned(),
            size,
            head: head.to_vec(),
            signature: signed,
        }
    }
}

/// What is known of a log at one moment, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is.
    pub origin: String,
    /// How many entries there were.
    pub size: i64,
    /// The hash of the last one.
    pub head: Vec<u8>,
    /// Four bytes that name the key, then the Ed25519 signature.
    signature: Vec<u8>,
}

impl Checkpoint {
    /// The note as text.
    #[must_use]
    pub fn note(&self) -> String {
        format!(
            "{}\n\u{2014} {} {}\n",
            body(&self.origin, self.size, &self.head),
            self.origin,
            BASE64.encode(&self.signature)
        )
    }

    /// Reads one note.
    #[must_use]
    pub fn parse(note: &str) -> Option<Self> {
        let mut lines = note.lines();
        let origin = lines.next()?.to_owned();
        let size = lines.next()?.parse().ok()?;
        let head = BASE64.decode(lines.next()?.as_bytes()).ok()?;
        if !lines.next()?.is_empty() {
            return None;
        }
        let signature = lines.next()?.strip_prefix("\u{2014} ")?;
        let signature = signature.strip_prefix(origin.as_str())?.strip_prefix(' ')?;
        let signature = BASE64.decode(signature.as_bytes()).ok()?;
        lines.next().is_none().then_some(Self {
            origin,
            size,
            head,
            signature,
        })
    }

    /// Whether the holder of this key (base64) signed it.
    #[must_use]
    pub fn is_signed_by(&self, public: &str) -> bool {
        let Ok(key) = BASE64.decode(public.as_bytes()) else {
            return false;
        };
        let Some((name, signature)) = self.signature.split_at_checked(4) else {
            return false;
        };
        name == key_hash(&self.origin, &key)
            && UnparsedPublicKey::new(&signature::ED25519, &key)
                .verify(
                    body(&self.origin, self.size, &self.head).as_bytes(),
                    signature,
                )
                .is_ok()
    }
}

/// Notes in a file, one after another with a blank line between.
pub(crate) fn read_checkpoints(
    path: &Path,
) -> Result<Vec<std::result::Result<Checkpoint, String>>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ArchiveError::file(path)(error)),
    };
    Ok(notes(&text).collect())
}

/// The notes in a text, one after another; what is none comes back as it is.
pub(crate) fn notes(text: &str) -> impl Iterator<Item = std::result::Result<Checkpoint, String>> {
    text.split("\n\n\n")
        .map(|note| note.trim_matches('\n'))
        .filter(|note| !note.is_empty())
        .map(|note| Checkpoint::parse(note).ok_or_else(|| note.to_owned()))
}

/// Adds a note to a file and makes it survive a power cut.
pub(crate) fn append_checkpoint(path: &Path, checkpoint: &Checkpoint) -> Result<()> {
    let fresh = !path.exists();
    let mut file: File = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(ArchiveError::file(path))?;
    file.write_all(format!("{}\n\n", checkpoint.note()).as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(ArchiveError::file(path))?;
    match path.parent() {
        Some(folder) if fresh => sync_folder(folder),
        _ => Ok(()),
    }
}

fn body(origin: &str, size: i64, head: &[u8]) -> String {
    format!("{origin}\n{size}\n{}\n", BASE64.encode(head))
}

/// Names a key within notes: SHA-256 of name, line feed, the algorithm's byte (1 for Ed25519) and the key; four bytes.
fn key_hash(name: &str, key: &[u8]) -> [u8; 4] {
    let mut bytes = format!("{name}\n\u{1}").into_bytes();
    bytes.extend_from_slice(key);
    let [a, b, c, d, ..] = sha256(&bytes);
    [a, b, c, d]
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_good_only_as_it_was_signed() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::create(&folder.path().join("key"), &[7; 32]).unwrap();
        let checkpoint = signer.checkpoint("saoy/x", 12, &[1; 32]);
        let file = folder.path().join("checkpoints");
        append_checkpoint(&file, &checkpoint).unwrap();
        append_checkpoint(&file, &signer.checkpoint("saoy/x", 13, &[2; 32])).unwrap();
        let read = read_checkpoints(&file).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0], Ok(checkpoint.clone()));
        assert!(checkpoint.is_signed_by(&signer.public()));
        let other = Checkpoint {
            size: 11,
            ..checkpoint
        };
        assert!(!other.is_signed_by(&signer.public()));
        assert!(Signer::create(&folder.path().join("key"), &[8; 32]).is_err());
    }

    #[test]
    fn a_hash_depends_on_every_member_and_on_what_came_before() {
        let entry = Entry {
            seq: 1,
            at: "2026-11-25T08:00:00+07:00".into(),
            actor: "lan".into(),
            action: "a".into(),
            subject: "s".into(),
            detail: "{}".into(),
            rows: "[]".into(),
        };
        let hash = entry.hash(&START);
        assert_ne!(hash, entry.hash(&[1; 32]));
        for changed in [
            Entry {
                seq: 2,
                ..entry.clone()
            },
            Entry {
                at: String::new(),
                ..entry.clone()
            },
            Entry {
                actor: "an".into(),
                ..entry.clone()
            },
            Entry {
                action: "b".into(),
                ..entry.clone()
            },
            Entry {
                subject: "t".into(),
                ..entry.clone()
            },
            Entry {
                detail: "[]".into(),
                ..entry.clone()
            },
            Entry {
                rows: "{}".into(),
                ..entry.clone()
            },
        ] {
            assert_ne!(hash, changed.hash(&START));
        }
    }
}
