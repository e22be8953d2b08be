//! Whether a certificate may be used to sign now: asked before, so that nothing is signed in vain (circular 15/2025, article 5).

use std::sync::Arc;

use crate::certificate::{Certificate, usage};
use crate::crypto::PublicKey;
use crate::judge::Instant;
use crate::path::{Material, Path, Validator};
use crate::policy::Policy;
use crate::revocation::{ON_HOLD, Status};
use crate::trust::Store;

/// Why it may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// It is revoked, or the certificate of an authority above it.
    #[error("the certificate of {} is revoked since {} ({})", .0.whose, .0.since, .0.source)]
    Revoked(Box<Revoked>),
    /// The same, and its authority may take that back.
    #[error("the certificate of {} is on hold since {} ({})", .0.whose, .0.since, .0.source)]
    OnHold(Box<Revoked>),
}

/// A revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The certificate's name.
    pub whose: String,
    /// Since when.
    pub since: Instant,
    /// Which list or answer says so.
    pub source: String,
}

impl Unfit {
    /// The stable name, as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expired(_) => "certificate_expired",
            Self::NotYetValid(_) => "certificate_not_yet_valid",
            Self::KeyUsage => "certificate_key_usage",
            Self::WeakKey(_) => "certificate_weak_key",
            Self::Revoked(_) => "certificate_revoked",
            Self::OnHold(_) => "certificate_on_hold",
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

/// Checks what the lists and answers of `trust` say of the first certificate of `chain`, whose issuers come behind it or are
/// in `trust`. Nobody is asked, and no anchor is needed: whose key signed the certificate may revoke it, trusted or not.
///
/// Data that is out of date proves no certificate good, but a revocation that it tells stands, since none but a hold is ever
/// taken back (RFC 5280 5.3.1); a hold stands until newer data no longer tells it. Silence is no refusal.
///
/// # Errors
/// When it is revoked or on hold, or when on every way to an anchor some authority is.
pub fn check_revocation(
    chain: &[Arc<Certificate>],
    trust: &Store,
    policy: &Policy,
    now: Instant,
) -> Result<(), Unfit> {
    let Some(own) = chain.first() else {
        return Ok(());
    };
    let material = Material {
        certificates: chain.get(1..).unwrap_or_default().to_vec(),
        ..Material::default()
    };
    let validator = Validator::new(trust, &material, policy, now);
    let mut paths = validator.paths(own);
    if paths.is_empty() {
        paths.push(validator.dead_end(own));
    }
    let (mut first, mut is_open) = (None, false);
    for path in &paths {
        match revoked_on(&validator, path, now) {
            // Which way one looks at it does not matter then.
            Some((0, unfit)) => return Err(unfit),
            Some((_, unfit)) => {
                first.get_or_insert(unfit);
            }
            None => is_open = true,
        }
    }
    first.filter(|_| !is_open).map_or(Ok(()), Err)
}

/// The first certificate of `path` that is revoked, by its place.
fn revoked_on(validator: &Validator<'_>, path: &Path, now: Instant) -> Option<(usize, Unfit)> {
    path.iter().enumerate().find_map(|(index, certificate)| {
        let status = validator.status(path.get(index..)?, now);
        let Status::Revoked {
            since,
            reason,
            source,
        } = status
        else {
            return None;
        };
        let revoked = Box::new(Revoked {
            whose: certificate.party().name,
            since,
            source,
        });
        let unfit = if reason == ON_HOLD {
            Unfit::OnHold(revoked)
        } else {
            Unfit::Revoked(revoked)
        };
        Some((index, unfit))
    })
}

/// Bits of a modulus that may still sign (annex of circular 15/2025).
const LEAST_RSA: usize = 2048;
/// Bits of a curve.
const LEAST_EC: usize = 256;
