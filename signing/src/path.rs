//! Paths from a certificate to an anchor: found, and checked by RFC 5280 6.1, with the revocation of each certificate.
//!
//! [`Validator::paths`] walks from issuer to issuer within a budget, through loops and cross-certificates; [`check`] holds
//! one path against the standard; [`Validator::status`] asks CRLs and OCSP answers; [`Validator::validate`] does all of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::judge::Instant;
use crate::policy::Policy;
use crate::revocation::{Crl, Fetch, Ocsp, Status};
use crate::trust::Store;

mod check;
mod constraints;
mod graph;
mod revoked;
mod walk;

pub use check::{PathOptions, Violation, ViolationKind, check};

/// A path: the certificate asked about first, the anchor last.
pub type Path = Vec<Arc<Certificate>>;

/// Certificates and revocation data at hand for one question.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// Certificates, none of them trusted.
    pub certificates: Vec<Arc<Certificate>>,
    /// Revocation lists.
    pub crls: Vec<Arc<Crl>>,
    /// OCSP answers.
    pub ocsps: Vec<Arc<Ocsp>>,
}

/// Fingerprints of an issuer and of what it may have signed.
type Pair = ([u8; 32], [u8; 32]);

/// Finds and checks paths.
pub struct Validator<'a> {
    trust: &'a Store,
    material: &'a Material,
    policy: &'a Policy,
    now: Instant,
    fetch: Option<&'a dyn Fetch>,
    budget: Cell<u32>,
    steps: Cell<u32>,
    /// Which certificate was signed by which, by fingerprints, as far as it was asked.
    signed: RefCell<BTreeMap<Pair, bool>>,
    /// Issuers that were fetched, by the fingerprint of whom they issued.
    fetched: RefCell<BTreeMap<[u8; 32], Path>>,
}

/// The best path, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The path; ends at an anchor unless `outcome` says that there is none.
    pub path: Path,
    /// Whether the path ends at an anchor.
    pub anchored: bool,
    /// What breaks it.
    pub violation: Option<Violation>,
    /// What is known of each certificate but the anchor, the first one first.
    pub statuses: Vec<Status>,
}

impl<'a> Validator<'a> {
    /// Over trusted certificates and those at hand; `now` bounds what revocation data may claim.
    pub fn new(trust: &'a Store, material: &'a Material, policy: &'a Policy, now: Instant) -> Self {
        Self {
            trust,
            material,
            policy,
            now,
            fetch: None,
            budget: Cell::new(SIGNATURES),
            steps: Cell::new(STEPS),
            signed: RefCell::default(),
            fetched: RefCell::default(),
        }
    }

    /// The same, fetching what is missing.
    #[must_use]
    pub fn fetching(self, fetch: Option<&'a dyn Fetch>) -> Self {
        Self { fetch, ..self }
    }

    /// Validates `certificate` at `options.time`: the first path that holds in all, else the one that comes closest.
    pub fn validate(&self, certificate: &Arc<Certificate>, options: &PathOptions) -> Validated {
        let mut best: Option<(u8, Validated)> = None;
        for path in self.paths(certificate) {
            let violation = check(&path, options).err();
            let statuses = if violation.as_ref().is_none_or(Violation::is_of_time) {
                self.statuses(&path, options)
            } else {
                Vec::new()
            };
            let rank = rank(
                violation.as_ref(),
                &statuses,
                self.policy.revocation.required,
            );
            let found = Validated {
                path,
                anchored: true,
                violation,
                statuses,
            };
            if rank == 0 {
                return found;
            }
            if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                best = Some((rank, found));
            }
        }
        best.map_or_else(
            || Validated {
                path: self.dead_end(certificate),
                anchored: false,
                violation: None,
                statuses: Vec::new(),
            },
            |(_, found)| found,
        )
    }

    fn statuses(&self, path: &[Arc<Certificate>], options: &PathOptions) -> Vec<Status> {
        let below = path.len().saturating_sub(1);
        let covering = options.data_covering.unwrap_or(options.time);
        (0..below)
            .map(|index| path.get(index..).unwrap_or_default())
            .map(|rest| self.status_by(rest, options.time, covering))
            .collect()
    }

    /// Takes one signature check from the budget; false when none is left.
    fn spend(&self) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        left > 0
    }

    /// Takes one step from the budget; false when none is left.
    fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }
}

/// 0 is a path that holds; the lower, the closer.
fn rank(violation: Option<&Violation>, statuses: &[Status], required: bool) -> u8 {
    let revoked = statuses
        .iter()
        .any(|status| matches!(status, Status::Revoked { .. }));
    let unknown = required
        && statuses
            .iter()
            .any(|status| matches!(status, Status::Unknown { .. }));
    match violation {
        None if revoked => 2,
        None => u8::from(unknown),
        Some(violation) if violation.is_of_time() => 3 + u8::from(revoked),
        Some(_) => 5,
    }
}

/// How many signatures of certificates are checked for one question; a real path takes three, PKITS's longest seven.
const SIGNATURES: u32 = 160;

/// How many certificates are stepped on while walking; a mesh of authorities has more paths than anyone can follow.
const STEPS: u32 = 2_048;

/// How long a path may be, anchor included.
const LONGEST: usize = 24;

/// How many whole paths are looked at.
const PATHS: usize = 32;
