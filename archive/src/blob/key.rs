//! The data key of an archive's files, wrapped by a key that lives elsewhere and can be changed without touching any file.

use std::fs;
use std::io::Write;
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ring::aead::{Aad, NONCE_LEN, Nonce};
use ring::hkdf;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::seal::{expanded, key};
use super::sync_folder;
use crate::error::{ArchiveError, Result, sentence};
use crate::store::Random;

/// Name and version of the file's form.
const SCHEMA: &str = "saoy.blob-key/1";

/// A key-encryption key: 32 bytes that are kept outside the archive.
pub struct WrappingKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappingKey")
    }
}

impl WrappingKey {
    /// Reads a key as people keep it: 32 bytes as they are, or written as 64 hexadecimal digits or in base64.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] when it is none of these.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut own = Zeroizing::new([0; 32]);
        if let Ok(raw) = <[u8; 32]>::try_from(bytes) {
            *own = raw;
            return Ok(Self(own));
        }
        let text = bytes.trim_ascii();
        let read = HEXLOWER_PERMISSIVE
            .decode(text)
            .or_else(|_| BASE64.decode(text))
            .map(Zeroizing::new);
        match read
            .ok()
            .and_then(|read| <[u8; 32]>::try_from(read.as_slice()).ok())
        {
            Some(raw) => {
                *own = raw;
                Ok(Self(own))
            }
            None => Err(ArchiveError::Key(sentence!(
                "khóa phải gồm 32 byte, hoặc 64 chữ số hex; tạo bằng: openssl rand -hex 32 > TỆP",
                "the key must be 32 bytes, or 64 hexadecimal digits; make one with: openssl rand -hex 32 > FILE"
            ))),
        }
    }
}

/// The file that holds the data key.
#[derive(Serialize, Deserialize)]
pub(crate) struct Wrapped {
    schema: String,
    /// Base64.
    salt: String,
    /// The data key under AES-256-GCM, with its tag, base64.
    wrapped: String,
    /// Where the wrapping key was the last time: a path, no secret.
    pub(crate) place: Option<String>,
}

impl Wrapped {
    /// Wraps a data key for the archive with this name; what is wrapped for one does not open as another's.
    pub(crate) fn new(
        data_key: &[u8; 32],
        with: &WrappingKey,
        uuid: &str,
        place: Option<&str>,
        random: &mut dyn Random,
    ) -> Result<Self> {
        let mut salt = [0; 16];
        random.fill(&mut salt).map_err(fault)?;
        let mut bytes = data_key.to_vec();
        wrapping(with, &salt)?
            .seal_in_place_append_tag(once(), Aad::from(uuid.as_bytes()), &mut bytes)
            .map_err(fault)?;
        Ok(Self {
            schema: SCHEMA.to_owned(),
            salt: BASE64.encode(&salt),
            wrapped: BASE64.encode(&bytes),
            place: place.map(str::to_owned),
        })
    }

    /// The data key.
    ///
    /// # Errors
    /// [`ArchiveError::Key`] when the key is another one, or the file was changed.
    pub(crate) fn open(&self, with: &WrappingKey, uuid: &str) -> Result<Zeroizing<[u8; 32]>> {
        let wrong = || {
            ArchiveError::Key(sentence!(
                "khóa này không mở được các tệp của kho: không phải khóa đã dùng lần trước, hoặc keys/blobs.key đã bị thay đổi; không có gì bị mất, hãy dùng đúng khóa",
                "this key does not open the archive's files: it is not the one used before, or keys/blobs.key was changed; nothing is lost, use the right key"
            ))
        };
        let salt = BASE64.decode(self.salt.as_bytes()).map_err(|_| wrong())?;
        let bytes = BASE64.decode(self.wrapped.as_bytes());
        let mut bytes = Zeroizing::new(bytes.map_err(|_| wrong())?);
        let plain = wrapping(with, &salt)?
            .open_in_place(once(), Aad::from(uuid.as_bytes()), &mut bytes)
            .map_err(|_| wrong())?;
        <[u8; 32]>::try_from(&*plain)
            .map(Zeroizing::new)
            .map_err(|_| wrong())
    }

    /// Reads the file; nothing when there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ArchiveError::file(path)(error)),
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(read) if read.schema == SCHEMA => Ok(Some(read)),
            _ => Err(ArchiveError::Damaged(sentence!(
                "{} không đọc được; hãy khôi phục tệp này từ bản sao lưu",
                "{} cannot be read; restore it from a backup",
                path.display()
            ))),
        }
    }

    /// Writes the file, whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let text = serde_json::to_vec_pretty(self).map_err(fault)?;
        // Readable by its owner only, as temporary files are.
        let mut draft =
            tempfile::NamedTempFile::new_in(folder).map_err(ArchiveError::file(folder))?;
        draft
            .write_all(&text)
            .and_then(|()| draft.as_file().sync_all())
            .map_err(ArchiveError::file(path))?;
        draft
            .persist(path)
            .map_err(|error| ArchiveError::file(path)(error.error))?;
        sync_folder(folder)
    }
}

/// The key that wraps, for this salt only: so its one nonce is used once.
fn wrapping(with: &WrappingKey, salt: &[u8]) -> Result<ring::aead::LessSafeKey> {
    let root = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&*with.0);
    expanded(&root, &[b"saoy-blob/1 wrap"])
        .and_then(|bytes| key(&bytes))
        .map_err(fault)
}

fn once() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn fault(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Fault(format!("the key of the files: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::Counting;

    #[test]
    fn a_key_is_read_in_each_of_its_forms() {
        let raw = [9; 32];
        let hex = "09".repeat(32);
        let base64 = format!("{}\n", BASE64.encode(&raw));
        for form in [
            &raw[..],
            hex.as_bytes(),
            hex.to_uppercase().as_bytes(),
            base64.as_bytes(),
        ] {
            assert_eq!(*WrappingKey::parse(form).unwrap().0, raw);
        }
        for bad in [&b""[..], b"secret", &[9; 31], "09".repeat(31).as_bytes()] {
            assert!(matches!(WrappingKey::parse(bad), Err(ArchiveError::Key(_))));
        }
    }

    #[test]
    fn what_is_wrapped_opens_with_its_key_for_its_archive_only() {
        let (right, wrong) = (
            WrappingKey::parse(&[1; 32]).unwrap(),
            WrappingKey::parse(&[2; 32]).unwrap(),
        );
        let wrapped = Wrapped::new(&[5; 32], &right, "A", None, &mut Counting(1)).unwrap();
        assert_eq!(*wrapped.open(&right, "A").unwrap(), [5; 32]);
        assert!(matches!(
            wrapped.open(&wrong, "A"),
            Err(ArchiveError::Key(_))
        ));
        assert!(matches!(
            wrapped.open(&right, "B"),
            Err(ArchiveError::Key(_))
        ));
        let again = Wrapped::new(&[5; 32], &right, "A", None, &mut Counting(2)).unwrap();
        assert_ne!(wrapped.wrapped, again.wrapped);
    }
}
