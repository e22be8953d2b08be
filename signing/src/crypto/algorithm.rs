//! Signature algorithms by identifier and parameters.

use super::Digest;
use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag};

/// An `AlgorithmIdentifier`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// Which.
    pub id: Oid,
    /// Its parameters as written; empty when there are none.
    pub parameters: Vec<u8>,
}

impl Algorithm {
    /// Reads the one that comes next.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Asn1Error> {
        Self::inside(reader.sequence()?)
    }

    /// Reads one whose `SEQUENCE` `inside` is the value of.
    pub(crate) fn inside(mut inside: Reader<'_>) -> Result<Self, Asn1Error> {
        let id = inside.oid()?;
        let parameters = inside.rest().to_vec();
        if !parameters.is_empty() {
            inside.next()?;
            inside.end()?;
        }
        Ok(Self { id, parameters })
    }
}

impl Algorithm {
    /// True when both mean the same: absent parameters are like `NULL`.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let given = |parameters: &[u8]| parameters != [tag::NULL, 0] && !parameters.is_empty();
        self.id == other.id
            && (self.parameters == other.parameters
                || !(given(&self.parameters) || given(&other.parameters)))
    }
}

/// How a signature is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(Digest),
    /// RSASSA-PSS: digest, digest of the mask, salt in bytes.
    Pss {
        /// Of what is signed.
        digest: Digest,
        /// Of the mask generation function.
        mask: Digest,
        /// Length of the salt, bytes.
        salt: usize,
    },
    /// ECDSA.
    Ecdsa(Digest),
    /// DSA.
    Dsa(Digest),
    /// Ed25519, pure.
    Ed25519,
    /// Anything else, by name.
    Unknown(String),
}

impl Scheme {
    /// The scheme `algorithm` stands for; `outer` is the digest named beside it, for identifiers that name none (RFC 3370 3.2).
    pub fn of(algorithm: &Algorithm, outer: Option<Digest>) -> Self {
        let id = &algorithm.id;
        let unknown = || Self::Unknown(id.to_string());
        for (known, scheme) in TABLE {
            if *id == *known {
                return scheme.clone();
            }
        }
        if *id == oid::RSA {
            return outer.map_or_else(unknown, Self::Pkcs1);
        }
        if *id == oid::EC {
            return outer.map_or_else(unknown, Self::Ecdsa);
        }
        if *id == oid::DSA {
            return outer.map_or_else(unknown, Self::Dsa);
        }
        if *id == oid::RSA_PSS {
            return pss(&algorithm.parameters)
                .unwrap_or_else(|_| Self::Unknown("RSASSA-PSS with such parameters".to_owned()));
        }
        unknown()
    }

    /// The same with another digest, where the digest is all that it names.
    #[must_use]
    pub fn with_digest(&self, digest: Digest) -> Self {
        match self {
            Self::Pkcs1(_) => Self::Pkcs1(digest),
            Self::Ecdsa(_) => Self::Ecdsa(digest),
            Self::Dsa(_) => Self::Dsa(digest),
            Self::Pss { .. } | Self::Ed25519 | Self::Unknown(_) => self.clone(),
        }
    }

    /// The digest it signs; Ed25519 has its own inside.
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Self::Pkcs1(digest)
            | Self::Ecdsa(digest)
            | Self::Dsa(digest)
            | Self::Pss { digest, .. } => Some(*digest),
            Self::Ed25519 | Self::Unknown(_) => None,
        }
    }

    /// What people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pkcs1(_) => "RSASSA-PKCS1-v1_5",
            Self::Pss { .. } => "RSASSA-PSS",
            Self::Ecdsa(_) => "ECDSA",
            Self::Dsa(_) => "DSA",
            Self::Ed25519 => "Ed25519",
            Self::Unknown(_) => "unknown",
        }
    }
}

const TABLE: &[(&[u8], Scheme)] = &[
    (oid::MD5_RSA, Scheme::Pkcs1(Digest::Md5)),
    (oid::SHA1_RSA, Scheme::Pkcs1(Digest::Sha1)),
    (oid::SHA1_RSA_OIW, Scheme::Pkcs1(Digest::Sha1)),
    (oid::SHA224_RSA, Scheme::Pkcs1(Digest::Sha224)),
    (oid::SHA256_RSA, Scheme::Pkcs1(Digest::Sha256)),
    (oid::SHA384_RSA, Scheme::Pkcs1(Digest::Sha384)),
    (oid::SHA512_RSA, Scheme::Pkcs1(Digest::Sha512)),
    (oid::SHA512_256_RSA, Scheme::Pkcs1(Digest::Sha512_256)),
    (oid::SHA3_256_RSA, Scheme::Pkcs1(Digest::Sha3_256)),
    (oid::SHA3_384_RSA, Scheme::Pkcs1(Digest::Sha3_384)),
    (oid::SHA3_512_RSA, Scheme::Pkcs1(Digest::Sha3_512)),
    (oid::SHA1_ECDSA, Scheme::Ecdsa(Digest::Sha1)),
    (oid::SHA224_ECDSA, Scheme::Ecdsa(Digest::Sha224)),
    (oid::SHA256_ECDSA, Scheme::Ecdsa(Digest::Sha256)),
    (oid::SHA384_ECDSA, Scheme::Ecdsa(Digest::Sha384)),
    (oid::SHA512_ECDSA, Scheme::Ecdsa(Digest::Sha512)),
    (oid::SHA3_256_ECDSA, Scheme::Ecdsa(Digest::Sha3_256)),
    (oid::SHA3_384_ECDSA, Scheme::Ecdsa(Digest::Sha3_384)),
    (oid::SHA3_512_ECDSA, Scheme::Ecdsa(Digest::Sha3_512)),
    (oid::SHA1_DSA, Scheme::Dsa(Digest::Sha1)),
    (oid::SHA256_DSA, Scheme::Dsa(Digest::Sha256)),
    (oid::ED25519, Scheme::Ed25519),
];

/// `RSASSA-PSS-params` (RFC 4055 3.1); absent members are SHA-1, its mask, 20 bytes of salt.
fn pss(parameters: &[u8]) -> Result<Scheme, Asn1Error> {
    let (mut digest, mut mask, mut salt) = (Digest::Sha1, Digest::Sha1, 20);
    let known = |id: &Oid, reader: &Reader<'_>| {
        Digest::from_oid(id).ok_or(reader.error("a digest that is not known"))
    };
    if !parameters.is_empty() {
        let whole = Element::only(parameters)?;
        for member in whole.inside().all()? {
            let mut inside = member.inside();
            match member.tag {
                0xa0 => digest = known(&Algorithm::read(&mut inside)?.id, &inside)?,
                0xa1 => {
                    let generator = Algorithm::read(&mut inside)?;
                    if generator.id != oid::MGF1 {
                        return Err(member.error("a mask that is not known"));
                    }
                    mask = known(
                        &Algorithm::read(&mut Reader::new(&generator.parameters))?.id,
                        &inside,
                    )?;
                }
                0xa2 => {
                    salt = usize::try_from(inside.expect(tag::INTEGER)?.small()?)
                        .unwrap_or(usize::MAX);
                }
                0xa3 if inside.expect(tag::INTEGER)?.small()? == 1 => {}
                _ => return Err(member.error("a parameter that is not known")),
            }
        }
    }
    Ok(Scheme::Pss { digest, mask, salt })
}
