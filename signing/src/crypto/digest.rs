//! Digest algorithms by identifier and name.

use sha2::Digest as _;

use crate::asn1::{Oid, oid};

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the standards'")]
pub enum Digest {
    /// Named, never computed.
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_256,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

impl Digest {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha512_256,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// The algorithm that `id` names.
    pub fn from_oid(id: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|digest| *id == digest.oid())
    }

    /// Its identifier, DER value.
    pub fn oid(self) -> &'static [u8] {
        match self {
            Self::Md5 => oid::MD5,
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sha512_256 => oid::SHA512_256,
            Self::Sha3_256 => oid::SHA3_256,
            Self::Sha3_384 => oid::SHA3_384,
            Self::Sha3_512 => oid::SHA3_512,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha512_256 => "SHA-512/256",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// Computes one piece after the other; `None` of MD5.
    pub fn hasher(self) -> Option<Hasher> {
        use ring::digest as by_ring;
        let ring = |algorithm| Some(Hasher(State::Ring(by_ring::Context::new(algorithm))));
        match self {
            Self::Md5 => None,
            Self::Sha1 => ring(&by_ring::SHA1_FOR_LEGACY_USE_ONLY),
            Self::Sha224 => Some(Hasher(State::Sha224(sha2::Sha224::new()))),
            Self::Sha256 => ring(&by_ring::SHA256),
            Self::Sha384 => ring(&by_ring::SHA384),
            Self::Sha512 => ring(&by_ring::SHA512),
            Self::Sha512_256 => ring(&by_ring::SHA512_256),
            Self::Sha3_256 => Some(Hasher(State::Sha3_256(sha3::Sha3_256::new()))),
            Self::Sha3_384 => Some(Hasher(State::Sha3_384(sha3::Sha3_384::new()))),
            Self::Sha3_512 => Some(Hasher(State::Sha3_512(sha3::Sha3_512::new()))),
        }
    }

    /// The digest of `bytes`; `None` of MD5.
    pub fn of(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut hasher = self.hasher()?;
        hasher.update(bytes);
        Some(hasher.finish())
    }
}

/// A digest being computed.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Ring(ring::digest::Context),
    Sha224(sha2::Sha224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
}

impl Hasher {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Ring(state) => state.update(bytes),
            State::Sha224(state) => state.update(bytes),
            State::Sha3_256(state) => state.update(bytes),
            State::Sha3_384(state) => state.update(bytes),
            State::Sha3_512(state) => state.update(bytes),
        }
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Ring(state) => state.finish().as_ref().to_vec(),
            State::Sha224(state) => state.finalize().to_vec(),
            State::Sha3_256(state) => state.finalize().to_vec(),
            State::Sha3_384(state) => state.finalize().to_vec(),
            State::Sha3_512(state) => state.finalize().to_vec(),
        }
    }
}
