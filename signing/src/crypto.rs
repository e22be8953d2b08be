//! Digests and signatures: which there are, what they are called, and whether one fits a key.
//!
//! ring does what it can. What it lacks is public-key arithmetic on public values, where timing gives nothing away:
//! other key sizes and exponents, other salts, P-521 and the brainpool curves, DSA of old certificates.

mod algorithm;
mod curve;
mod digest;
mod key;
mod rsa;

pub use algorithm::{Algorithm, Scheme};
pub use digest::{Digest, Hasher};
pub use key::{Curve, PublicKey};

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// An algorithm, curve or parameter that nothing here can compute.
    #[error("{0} is not known")]
    Unknown(String),
    /// The signature is not of this key and these bytes.
    #[error("the signature does not fit")]
    Wrong,
}

/// What was signed.
#[derive(Clone, Copy, Debug)]
pub enum Signed<'a> {
    /// The bytes.
    Message(&'a [u8]),
    /// Their digest, by the algorithm that the scheme names.
    Digest(&'a [u8]),
}

impl Signed<'_> {
    /// The digest by `digest`.
    fn digest(&self, digest: Digest) -> Result<Vec<u8>, CryptoError> {
        match self {
            Self::Message(message) => digest
                .of(message)
                .ok_or_else(|| CryptoError::Unknown(digest.name().to_owned())),
            Self::Digest(value) => Ok(value.to_vec()),
        }
    }
}

/// Checks `signature` over `signed` by `scheme` with `key`.
///
/// # Errors
/// Where it does not fit, or the algorithm is not known.
pub fn verify(
    key: &PublicKey,
    scheme: &Scheme,
    signed: Signed<'_>,
    signature: &[u8],
) -> Result<(), CryptoError> {
    match (key, scheme) {
        (PublicKey::Rsa { modulus, exponent }, Scheme::Pkcs1(digest)) => {
            rsa::pkcs1(modulus, exponent, *digest, signed, signature)
        }
        (PublicKey::Rsa { modulus, exponent }, Scheme::Pss { digest, mask, salt }) => rsa::pss(
            modulus,
            exponent,
            (*digest, *mask, *salt),
            signed,
            signature,
        ),
        (PublicKey::Ec { curve, point }, Scheme::Ecdsa(digest)) => {
            curve::verify(*curve, point, *digest, signed, signature)
        }
        (
            PublicKey::Dsa {
                parameters: Some(parameters),
                y,
            },
            Scheme::Dsa(digest),
        ) => rsa::dsa(parameters, y, &signed.digest(*digest)?, signature),
        (PublicKey::Ed25519(key), Scheme::Ed25519) => match signed {
            Signed::Message(message) => {
                ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key)
                    .verify(message, signature)
                    .map_err(|_| CryptoError::Wrong)
            }
            Signed::Digest(_) => Err(CryptoError::Unknown("Ed25519 over a digest".to_owned())),
        },
        (_, Scheme::Unknown(name)) | (PublicKey::Unknown(name), _) => {
            Err(CryptoError::Unknown(name.clone()))
        }
        // A key of another kind than the signature says.
        _ => Err(CryptoError::Wrong),
    }
}
