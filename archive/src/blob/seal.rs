//! Encryption of files at rest: chunks that are authenticated one by one, each knowing its place and whether it is the last.
//!
//! The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its Nonce-Reuse
//! Misuse-Resistance", CRYPTO 2015) as the age format uses it (C2SP age, "Payload"), over AES-256-GCM: a file is 8 bytes
//! of mark, 16 of salt, then chunks of 64 KiB, each with its tag of 16 bytes. A file's key is HKDF-SHA-256 (RFC 5869) of the
//! archive's data key under that salt, so that nonces never meet; a chunk's nonce is its number in 11 bytes and one byte
//! that is 1 for the last. A chunk that is changed, moved, or missing at the end does not open.
//!
//! A file's name is the HMAC-SHA-256 (RFC 2104) of its plain text's digest: whoever guesses a paper cannot tell by its digest
//! that it is here.

use std::io::{self, Read, Write};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use super::{BlobId, Name};

/// How an encrypted file begins.
const MARK: &[u8; 8] = b"saoyenc1";
/// Bytes of a file's salt.
pub(super) const SALT: usize = 16;
/// Bytes of plain text in a chunk.
const CHUNK: usize = 1 << 16;
/// Bytes that a chunk is longer by.
const TAG: usize = 16;

/// What files are encrypted and named with.
pub(super) struct Vault {
    files: hkdf::Prk,
    names: hmac::Key,
}

impl Vault {
    /// Everything that hangs from a data key.
    pub(super) fn new(data_key: &[u8; 32]) -> io::Result<Self> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"saoy-blob/1").extract(data_key);
        let names = expanded(&root, &[b"name"])?;
        Ok(Self {
            files: root,
            names: hmac::Key::new(hmac::HMAC_SHA256, &*names),
        })
    }

    /// The name of the file with this digest.
    pub(super) fn name(&self, id: BlobId) -> Name {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hmac::sign(&self.names, id.bytes()).as_ref());
        Name(bytes)
    }

    /// Begins an encrypted file; the salt must be random.
    pub(super) fn sealing<W: Write>(&self, salt: [u8; SALT], mut out: W) -> io::Result<Sealing<W>> {
        out.write_all(MARK)?;
        out.write_all(&salt)?;
        Ok(Sealing {
            key: self.file_key(&salt)?,
            out,
            chunk: Vec::with_capacity(CHUNK + TAG),
            number: 0,
        })
    }

    /// Begins to read an encrypted file.
    pub(super) fn opening<R: Read>(&self, mut source: R) -> io::Result<Opening<R>> {
        let mut head = [0; MARK.len() + SALT];
        let read = filled(&mut source, &mut head)?;
        let (mark, salt) = head.split_at(MARK.len());
        if read < head.len() || mark != MARK {
            return Err(broken());
        }
        let mut opening = Opening {
            key: self.file_key(salt)?,
            source,
            ahead: vec![0; CHUNK + TAG],
            held: 0,
            plain: Vec::new(),
            given: 0,
            number: 0,
            ended: false,
        };
        opening.held = filled(&mut opening.source, &mut opening.ahead)?;
        Ok(opening)
    }

    fn file_key(&self, salt: &[u8]) -> io::Result<LessSafeKey> {
        key(&*expanded(&self.files, &[b"file", salt])?)
    }
}

/// Encrypts what is written to it. Without [`finish`](Self::finish) the file is not whole, and does not open.
pub(super) struct Sealing<W> {
    key: LessSafeKey,
    out: W,
    chunk: Vec<u8>,
    number: u64,
}

impl<W: Write> Sealing<W> {
    /// Writes the last chunk.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.put(true)?;
        self.out.flush()
    }

    fn put(&mut self, last: bool) -> io::Result<()> {
        self.key
            .seal_in_place_append_tag(nonce(self.number, last), Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("encryption"))?;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk goes out only when more follows: else it is the last.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.put(false)?;
        }
        let (now, _) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
        self.chunk.extend_from_slice(now);
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decrypts what is read through it; nothing of a chunk comes out before it is authenticated.
pub(super) struct Opening<R> {
    key: LessSafeKey,
    source: R,
    /// The next chunk, encrypted, and how much of it there is.
    ahead: Vec<u8>,
    held: usize,
    /// The chunk that is being read, and how much of it was given.
    plain: Vec<u8>,
    given: usize,
    number: u64,
    ended: bool,
}

impl<R: Read> Opening<R> {
    fn next(&mut self) -> io::Result<()> {
        let mut after = vec![0; CHUNK + TAG];
        // Only behind a full chunk may another one follow.
        let more = match self.held == self.ahead.len() {
            true => filled(&mut self.source, &mut after)?,
            false => 0,
        };
        let last = more == 0;
        let mut chunk = std::mem::replace(&mut self.ahead, after);
        chunk.truncate(self.held);
        let plain = self
            .key
            .open_in_place(nonce(self.number, last), Aad::empty(), &mut chunk)
            .map_err(|_| broken())?
            .len();
        // An empty chunk stands for an empty file and nothing else.
        if plain == 0 && self.number > 0 {
            return Err(broken());
        }
        chunk.truncate(plain);
        self.plain = chunk;
        self.given = 0;
        self.held = more;
        self.number += 1;
        self.ended = last;
        Ok(())
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.plain.len() {
            if self.ended {
                return Ok(0);
            }
            self.next()?;
        }
        let rest = self.plain.get(self.given..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.given += count;
        Ok(count)
    }
}

/// Reads until the buffer is full or the source ends.
fn filled(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < buffer.len() {
        match source.read(buffer.get_mut(have..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => have += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}

/// What a chunk that does not open is to a reader.
fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "an encrypted file was changed")
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    let (_, end) = bytes.split_at_mut(NONCE_LEN - 9);
    let (counter, flag) = end.split_at_mut(8);
    counter.copy_from_slice(&number.to_be_bytes());
    flag.copy_from_slice(&[u8::from(last)]);
    Nonce::assume_unique_for_key(bytes)
}

/// 32 bytes of key material.
pub(super) fn expanded(root: &hkdf::Prk, info: &[&[u8]]) -> io::Result<Zeroizing<[u8; 32]>> {
    let mut out = Zeroizing::new([0; 32]);
    root.expand(info, hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut *out))
        .map_err(|_| io::Error::other("key derivation"))?;
    Ok(out)
}

/// A key of AES-256-GCM.
pub(super) fn key(bytes: &[u8; 32]) -> io::Result<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes)
        .map(LessSafeKey::new)
        .map_err(|_| io::Error::other("a key of AES-256"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(&[7; 32]).unwrap()
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sealing = vault().sealing([3; SALT], &mut out).unwrap();
        sealing.write_all(plain).unwrap();
        sealing.finish().unwrap();
        out
    }

    fn opened(vault: &Vault, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        vault.opening(bytes)?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn what_was_sealed_opens_at_every_length_around_a_chunk() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5] {
            let plain: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let bytes = sealed(&plain);
            let chunks = length.div_ceil(CHUNK).max(1);
            assert_eq!(bytes.len(), MARK.len() + SALT + length + chunks * TAG);
            assert_eq!(opened(&vault(), &bytes).unwrap(), plain, "{length}");
            assert!(opened(&Vault::new(&[8; 32]).unwrap(), &bytes).is_err());
        }
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_found() {
        let small = sealed(b"a paper");
        for at in 0..small.len() {
            let mut bad = small.clone();
            bad[at] ^= 1;
            assert!(opened(&vault(), &bad).is_err(), "byte {at}");
            assert!(opened(&vault(), &small[..at]).is_err(), "cut at {at}");
        }
        let mut longer = small.clone();
        longer.push(0);
        assert!(opened(&vault(), &longer).is_err());
    }

    #[test]
    fn chunks_cannot_be_left_out_repeated_or_exchanged() {
        let plain = vec![5; 3 * CHUNK];
        let whole = sealed(&plain);
        let head = MARK.len() + SALT;
        let chunk = |number: usize| &whole[head + number * (CHUNK + TAG)..][..CHUNK + TAG];
        for order in [
            &[0, 1][..],
            &[0, 2],
            &[1, 0, 2],
            &[0, 1, 1],
            &[0, 1, 2, 2],
            &[2],
            &[],
        ] {
            let mut bad = whole[..head].to_vec();
            order.iter().for_each(|at| bad.extend(chunk(*at)));
            assert!(opened(&vault(), &bad).is_err(), "{order:?}");
        }
        // Of another file of the same archive neither.
        let mut other = Vec::new();
        let mut sealing = vault().sealing([4; SALT], &mut other).unwrap();
        sealing.write_all(&plain).unwrap();
        sealing.finish().unwrap();
        let mut mixed = whole.clone();
        mixed[head..head + CHUNK + TAG].copy_from_slice(&other[head..head + CHUNK + TAG]);
        assert!(opened(&vault(), &mixed).is_err());
    }

    #[test]
    fn names_tell_nothing_without_the_key() {
        let id = BlobId::of(b"a paper");
        let name = vault().name(id);
        assert_eq!(name, vault().name(id));
        assert_ne!(name.to_string(), id.to_string());
        assert_ne!(name, Vault::new(&[8; 32]).unwrap().name(id));
    }
}
