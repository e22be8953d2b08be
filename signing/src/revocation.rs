//! Whether a certificate was revoked: what CRLs (RFC 5280 6.3) and OCSP answers (RFC 6960) say of it.
//!
//! Both are read and weighed here. Who may sign them is a question of paths: [`crate::path`] answers it.

use crate::certificate::Certificate;
use crate::judge::Instant;
use crate::policy::RevocationRule;

mod crl;
mod ocsp;

pub use crl::{Crl, Entry};
pub use ocsp::{CertificateId, Ocsp, ResponderId, Single, SingleStatus, request};

pub(crate) use crl::Scope;

/// What is known of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not revoked at the time asked about.
    Good {
        /// From which data.
        source: String,
    },
    /// Revoked at or before the time asked about.
    Revoked {
        /// Since when.
        since: Instant,
        /// Why: a number of `CRLReason`; 6 is on hold.
        reason: u32,
        /// From which data.
        source: String,
    },
    /// Nothing tells.
    Unknown {
        /// What was looked at, and why it did not do.
        why: String,
    },
}

/// Gets what a certificate points to. The program decides which hosts are asked, and bounds time and size; without one
/// nothing is fetched.
pub trait Fetch {
    /// The answer of the OCSP responder at `url` to `request`, DER.
    fn ocsp(&self, url: &str, request: &[u8]) -> Option<Vec<u8>>;
    /// The revocation list at `url`.
    fn crl(&self, url: &str) -> Option<Vec<u8>>;
    /// The certificate at `url`.
    fn issuer(&self, url: &str) -> Option<Vec<u8>>;
}

/// The times that revocation data is held against.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time that is asked about.
    pub time: Instant,
    /// The time that data must cover, or be made after: that time, or an earlier one that the policy is content with.
    pub covering: Instant,
    /// The present time: what claims to be of later is not believed.
    pub now: Instant,
    /// What the policy asks.
    pub rule: RevocationRule,
}

impl Moment {
    /// True when data made at `this`, to be renewed at `next`, says something of the time that is asked about: it was
    /// made later, or its own time covers it.
    pub fn is_covered(&self, this: Instant, next: Option<Instant>) -> bool {
        if !self.is_past(this) {
            return false;
        }
        let until = next.map_or(this.0.saturating_add(self.rule.freshness), |next| next.0);
        this >= self.covering || until >= self.covering.0
    }

    /// True when data made at `this` was made by now, as far as clocks agree.
    pub fn is_past(&self, this: Instant) -> bool {
        this.0 <= self.now.0.saturating_add(self.rule.skew)
    }

    /// True when data made at `this` still tells of `certificate`: authorities may forget expired ones, unless they say
    /// since when they keep them.
    pub fn remembers(
        certificate: &Certificate,
        this: Instant,
        kept_since: Option<Instant>,
    ) -> bool {
        this <= certificate.not_after
            || kept_since.is_some_and(|since| since <= certificate.not_after)
    }
}

/// `certificateHold`.
pub const ON_HOLD: u32 = 6;

/// `removeFromCRL`.
pub(crate) const REMOVED: u32 = 8;
