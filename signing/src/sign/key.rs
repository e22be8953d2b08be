//! Keys behind one door: in memory, on a token, or far away.

use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::{self as by_ring, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};

use crate::asn1::{Element, tag, trim, wrap};
use crate::certificate::Certificate;
use crate::crypto::{Curve, Digest, PublicKey, Scheme};

/// A key that signs, and the certificates that go with it.
pub trait Signer: Send + Sync {
    /// The signer's certificate first, then those of authorities, as far as they are known.
    fn chain(&self) -> &[Arc<Certificate>];

    /// How it signs.
    fn scheme(&self) -> &Scheme;

    /// Signs `message`, which is not yet digested.
    ///
    /// # Errors
    /// When there is no signature; nothing was signed then, unless the error says that it is not known.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;

    /// How many threads may sign at once.
    fn parallel(&self) -> usize {
        1
    }
}

/// Why a key gave no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A wrong password or PIN.
    #[error("the password or PIN is wrong")]
    WrongPin,
    /// Too many wrong PINs.
    #[error("the token is locked")]
    Locked,
    /// The token is not there, or no longer.
    #[error("the token is not there")]
    Gone,
    /// There is no such thing.
    #[error("no key fits: there is no {0}")]
    NotFound(Part),
    /// A key, curve or file of a kind that is not known here, by its name.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// A token's driver that cannot be loaded: which, and why in the system's words.
    #[error("{0} cannot be loaded: {1}")]
    Driver(String, String),
    /// It gave nothing, or nothing that is a signature.
    #[error("the key could not sign")]
    NoSignature,
    /// Anything else, in the words of who said it.
    #[error("{0}")]
    Failed(String),
}

/// What of a key is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The private key, in a file.
    Private,
    /// The private key that was named, on a token.
    OnToken,
    /// Its certificate.
    Certificate,
    /// Any key of an account at a service.
    OfAccount,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Private => "private key in the file",
            Self::OnToken => "such private key on the token",
            Self::Certificate => "certificate beside the key",
            Self::OfAccount => "key of this account",
        })
    }
}

/// What is asked of a key that can do more than one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// SHA-256, SHA-384 or SHA-512. Ed25519 has its own.
    pub digest: Digest,
    /// RSASSA-PSS instead of PKCS #1 v1.5.
    pub pss: bool,
}

impl Default for Preference {
    /// What every verifier in use reads.
    fn default() -> Self {
        Self {
            digest: Digest::Sha256,
            pss: false,
        }
    }
}

impl Preference {
    /// The scheme for `key`. A curve takes the digest of its own strength at least.
    ///
    /// # Errors
    /// When there is none.
    pub fn scheme(self, key: &PublicKey) -> Result<Scheme, KeyError> {
        let unsupported = |what: &str| Err(KeyError::Unsupported(what.to_owned()));
        let salt = match self.digest {
            Digest::Sha256 => 32,
            Digest::Sha384 => 48,
            Digest::Sha512 => 64,
            other => return unsupported(other.name()),
        };
        match key {
            PublicKey::Rsa { .. } if self.pss => Ok(Scheme::Pss {
                digest: self.digest,
                mask: self.digest,
                salt,
            }),
            PublicKey::Rsa { .. } => Ok(Scheme::Pkcs1(self.digest)),
            PublicKey::Ec {
                curve: Curve::P256, ..
            } => Ok(Scheme::Ecdsa(self.digest)),
            PublicKey::Ec {
                curve: Curve::P384, ..
            } => Ok(Scheme::Ecdsa(self.digest.max(Digest::Sha384))),
            PublicKey::Ec {
                curve: Curve::P521, ..
            } => Ok(Scheme::Ecdsa(Digest::Sha512)),
            PublicKey::Ed25519(_) => Ok(Scheme::Ed25519),
            _ => unsupported(key.name()),
        }
    }
}

/// A key in this program's memory.
pub struct SoftKey {
    chain: Vec<Arc<Certificate>>,
    scheme: Scheme,
    pair: Pair,
    random: SystemRandom,
}

enum Pair {
    Rsa(Box<RsaKeyPair>, &'static dyn by_ring::RsaEncoding),
    Ec(Box<EcdsaKeyPair>),
    P521(Box<p521::ecdsa::SigningKey>),
    Ed(Ed25519KeyPair),
}

impl SoftKey {
    /// From a private key in PKCS #8 and its certificate, which comes first in `chain`. `random` blinds and makes nonces.
    ///
    /// # Errors
    /// When the key is of a kind that is not supported, or is none.
    pub fn from_pkcs8(
        pkcs8: &[u8],
        chain: Vec<Arc<Certificate>>,
        preference: Preference,
        random: SystemRandom,
    ) -> Result<Self, KeyError> {
        let Some(own) = chain.first() else {
            return Err(KeyError::NotFound(Part::Certificate));
        };
        let rejected = |error: ring::error::KeyRejected| KeyError::Unsupported(error.to_string());
        let scheme = preference.scheme(&own.key)?;
        let pair = match (&scheme, &own.key) {
            (Scheme::Pkcs1(digest), _) => Pair::Rsa(
                Box::new(RsaKeyPair::from_pkcs8(pkcs8).map_err(rejected)?),
                match digest {
                    Digest::Sha384 => &by_ring::RSA_PKCS1_SHA384,
                    Digest::Sha512 => &by_ring::RSA_PKCS1_SHA512,
                    _ => &by_ring::RSA_PKCS1_SHA256,
                },
            ),
            (Scheme::Pss { digest, .. }, _) => Pair::Rsa(
                Box::new(RsaKeyPair::from_pkcs8(pkcs8).map_err(rejected)?),
                match digest {
                    Digest::Sha384 => &by_ring::RSA_PSS_SHA384,
                    Digest::Sha512 => &by_ring::RSA_PSS_SHA512,
                    _ => &by_ring::RSA_PSS_SHA256,
                },
            ),
            (
                Scheme::Ecdsa(Digest::Sha512),
                PublicKey::Ec {
                    curve: Curve::P521, ..
                },
            ) => Pair::P521(Box::new(p521(pkcs8)?)),
            (Scheme::Ecdsa(digest), PublicKey::Ec { curve, point }) => {
                let algorithm = match (curve, digest) {
                    (Curve::P256, Digest::Sha256) => &by_ring::ECDSA_P256_SHA256_ASN1_SIGNING,
                    (Curve::P384, Digest::Sha384) => &by_ring::ECDSA_P384_SHA384_ASN1_SIGNING,
                    _ => {
                        let what = format!("ECDSA-{} ({})", curve.bits(), digest.name());
                        return Err(KeyError::Unsupported(what));
                    }
                };
                let secret = ec_secret(pkcs8)
                    .ok_or_else(|| KeyError::Unsupported("PKCS #8 (EC)".to_owned()))?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(
                    algorithm, secret, point, &random,
                );
                Pair::Ec(Box::new(pair.map_err(rejected)?))
            }
            (Scheme::Ed25519, _) => {
                Pair::Ed(Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(rejected)?)
            }
            _ => return Err(KeyError::Unsupported(own.key.name().to_owned())),
        };
        Ok(Self {
            chain,
            scheme,
            pair,
            random,
        })
    }
}

/// A key on P-521, which ring does not have: in constant time, with nonces by RFC 6979.
fn p521(pkcs8: &[u8]) -> Result<p521::ecdsa::SigningKey, KeyError> {
    let unsupported = || KeyError::Unsupported("PKCS #8 (P-521)".to_owned());
    let secret = ec_secret(pkcs8).ok_or_else(unsupported)?;
    // Written as long as the order; some programs leave zeros out.
    let mut whole = zeroize::Zeroizing::new([0; P521_BYTES]);
    let start = P521_BYTES
        .checked_sub(secret.len())
        .ok_or_else(unsupported)?;
    whole
        .get_mut(start..)
        .ok_or_else(unsupported)?
        .copy_from_slice(secret);
    p521::ecdsa::SigningKey::from_slice(&*whole).map_err(|_| unsupported())
}

/// Bytes of a number below the order of P-521.
const P521_BYTES: usize = 66;

/// A signature of two numbers of the same length, one behind the other (PKCS #11 3.0, current mechanisms, 2.3.1), as CMS has
/// it (RFC 3279, 2.2.3). `None` when it is none.
pub fn ecdsa_der(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    let number = |bytes: &[u8]| {
        let bytes = trim(bytes);
        let is_high = bytes.first().is_none_or(|first| *first >= 0x80);
        wrap(
            tag::INTEGER,
            &[if is_high { &[0][..] } else { &[] }, bytes].concat(),
        )
    };
    Some(wrap(tag::SEQUENCE, &[number(r), number(s)].concat()))
}

/// The number in a PKCS #8 key of an elliptic curve (RFC 5208, RFC 5915).
fn ec_secret(pkcs8: &[u8]) -> Option<&[u8]> {
    let mut outer = Element::only(pkcs8).ok()?.inside();
    outer.next().ok()?;
    outer.next().ok()?;
    let inner = outer.expect(tag::OCTET_STRING).ok()?.body;
    let mut key = Element::only(inner).ok()?.inside();
    key.next().ok()?;
    Some(key.expect(tag::OCTET_STRING).ok()?.body)
}

impl Signer for SoftKey {
    fn chain(&self) -> &[Arc<Certificate>] {
        &self.chain
    }

    fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = |_| KeyError::NoSignature;
        match &self.pair {
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(*encoding, &self.random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair
                .sign(&self.random, message)
                .map_err(failed)?
                .as_ref()
                .to_vec()),
            Pair::P521(pair) => {
                use p521::ecdsa::signature::Signer as _;
                let signature: p521::ecdsa::Signature =
                    pair.try_sign(message).map_err(|_| KeyError::NoSignature)?;
                ecdsa_der(&signature.to_bytes()).ok_or(KeyError::NoSignature)
            }
            Pair::Ed(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }

    fn parallel(&self) -> usize {
        usize::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_become_der() {
        assert_eq!(
            ecdsa_der(&[0x00, 0x01, 0x80, 0x00]).unwrap(),
            [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]
        );
        assert_eq!(ecdsa_der(&[0, 0]).unwrap(), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        assert!(ecdsa_der(&[]).is_none() && ecdsa_der(&[1, 2, 3]).is_none());
    }
}
