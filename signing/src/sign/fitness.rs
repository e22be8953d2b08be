//! Whether a certificate may be used to sign now: asked before, so that nothing is signed in vain (circular 15/2025, article 5).

use crate::certificate::{Certificate, usage};
use crate::crypto::PublicKey;
use crate::judge::Instant;

/// Why it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Past its time.
    #[error("it expired at {0}")]
    Expired(Instant),
    /// Before its time.
    #[error("it is not valid before {0}")]
    NotYetValid(Instant),
    /// The key is not for signing documents (RFC 5280, 4.2.1.3).
    #[error("its key usage has neither digitalSignature nor nonRepudiation")]
    KeyUsage,
    /// Too short.
    #[error("its key has {0} bits, too few")]
    WeakKey(usize),
    /// It is revoked.
    #[error("it is revoked since {0}")]
    Revoked(Instant),
}

impl Unfit {
    /// The stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired(_) => "certificate_expired",
            Self::NotYetValid(_) => "certificate_not_yet_valid",
            Self::KeyUsage => "certificate_key_usage",
            Self::WeakKey(_) => "certificate_weak_key",
            Self::Revoked(_) => "certificate_revoked",
        }
    }
}

/// Checks time, purpose and key of `certificate`.
///
/// # Errors
/// Why it may not sign at `now`.
pub fn check_certificate(certificate: &Certificate, now: Instant) -> Result<(), Unfit> {
    if now > certificate.not_after {
        return Err(Unfit::Expired(certificate.not_after));
    }
    if now < certificate.not_before {
        return Err(Unfit::NotYetValid(certificate.not_before));
    }
    let wanted = usage::DIGITAL_SIGNATURE | usage::NON_REPUDIATION;
    if let Some(usage) = certificate.extensions.key_usage
        && usage & wanted == 0
    {
        return Err(Unfit::KeyUsage);
    }
    let least = match certificate.key {
        PublicKey::Rsa { .. } => LEAST_RSA,
        _ => LEAST_EC,
    };
    let bits = certificate.key.bits();
    if bits < least {
        return Err(Unfit::WeakKey(bits));
    }
    Ok(())
}

/// Bits of a modulus that may still sign (annex of circular 15/2025).
const LEAST_RSA: usize = 2048;
/// Bits of a curve.
const LEAST_EC: usize = 256;
