//! One path held against RFC 5280 6.1.

use std::sync::Arc;

use super::constraints::Subtrees;
use super::graph::Graph;
use crate::asn1::{Oid, oid};
use crate::certificate::{Certificate, usage};
use crate::crypto::PublicKey;
use crate::judge::Instant;

/// The inputs of path validation (RFC 5280 6.1.1).
#[derive(Clone, Debug)]
pub struct PathOptions {
    /// The time at which every certificate must be valid.
    pub time: Instant,
    /// The time that revocation data must cover or be made after; `None` is `time`.
    pub data_covering: Option<Instant>,
    /// Acceptable policies; `None` is any.
    pub policies: Option<Vec<Oid>>,
    /// True when a policy must be there.
    pub explicit_policy: bool,
    /// True when mappings are not followed.
    pub inhibit_mapping: bool,
    /// True when `anyPolicy` counts for nothing.
    pub inhibit_any: bool,
}

impl PathOptions {
    /// At `time`, any policy, none required.
    pub fn at(time: Instant) -> Self {
        Self {
            time,
            data_covering: None,
            policies: None,
            explicit_policy: false,
            inhibit_mapping: false,
            inhibit_any: false,
        }
    }
}

/// What a path breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub kind: ViolationKind,
    /// Which certificate, from 0, the one asked about.
    pub index: usize,
}

/// Rules of RFC 5280 that a path can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// 6.1.3 (a)(1): the signature does not fit the issuer's key.
    Signature,
    /// 6.1.3 (a)(2): before its time.
    NotYetValid,
    /// 6.1.3 (a)(2): past its time.
    Expired,
    /// 6.1.3 (a)(4): the issuer's name is another.
    Names,
    /// 6.1.3 (b), (c): a name outside what is permitted, or inside what is excluded.
    NameConstraints,
    /// 6.1.3 (f), 6.1.5 (g): no acceptable policy where one must be.
    Policy,
    /// 6.1.4 (a): a mapping of `anyPolicy`.
    Mapping,
    /// 6.1.4 (k): not an authority.
    NotAuthority,
    /// 6.1.4 (l), (m): too many authorities.
    Length,
    /// 6.1.4 (n): the key is not for signing certificates.
    KeyUsage,
    /// 6.1.4 (o), 6.1.5 (f): a critical extension that is not understood, or one that cannot be read.
    Extension,
}

impl Violation {
    /// True when only the time is wrong.
    pub fn is_of_time(&self) -> bool {
        matches!(
            self.kind,
            ViolationKind::NotYetValid | ViolationKind::Expired
        )
    }
}

impl std::fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Signature => "its signature does not fit the issuer's key",
            Self::NotYetValid => "it is before its time",
            Self::Expired => "it is past its time",
            Self::Names => "its issuer bears another name",
            Self::NameConstraints => "it bears a name that an authority above it may not give",
            Self::Policy => "the path has no acceptable policy",
            Self::Mapping => "it maps any policy",
            Self::NotAuthority => "it is no authority's",
            Self::Length => "too many authorities stand below one",
            Self::KeyUsage => "its key is not for signing certificates",
            Self::Extension => "it has a critical extension that is not understood",
        })
    }
}

/// The state variables of RFC 5280 6.1.2.
struct State<'a> {
    key: PublicKey,
    issuer: &'a Certificate,
    subtrees: Subtrees<'a>,
    graph: Graph,
    explicit_policy: usize,
    policy_mapping: usize,
    inhibit_any: usize,
    max_length: usize,
}

/// Checks `path`, the certificate asked about first, the anchor last. Signatures are taken as checked when the path was
/// found, but for those by DSA keys whose parameters are their issuer's. Of the anchor, its name, its key and what it may
/// not do count: name constraints, the number of authorities below it, its key's usage, critical extensions (RFC 5937).
/// Its own time, signature and policies do not.
///
/// # Errors
/// The first rule that is broken, from the anchor down; a breach of time only when nothing else is broken.
pub fn check(path: &[Arc<Certificate>], options: &PathOptions) -> Result<(), Violation> {
    let Some((anchor, below)) = path.split_last() else {
        return Ok(());
    };
    let count = below.len();
    if count > 0 {
        may_issue(anchor).map_err(|kind| Violation { kind, index: count })?;
    }
    let first = |now: bool| if now { 0 } else { count.saturating_add(1) };
    let mut state = State {
        key: anchor.key.clone(),
        issuer: anchor,
        subtrees: Subtrees::default(),
        graph: Graph::new(),
        explicit_policy: first(options.explicit_policy),
        policy_mapping: first(options.inhibit_mapping),
        inhibit_any: first(options.inhibit_any),
        max_length: count,
    };
    state.constrain(anchor);
    let mut of_time = None;
    for (index, certificate) in below.iter().enumerate().rev() {
        let fail = |kind| Violation { kind, index };
        state.basic(certificate, index == 0).map_err(fail)?;
        if let Err(kind) = time(certificate, options.time) {
            of_time = Some(fail(kind));
        }
        if index > 0 {
            state.prepare(certificate).map_err(fail)?;
        } else {
            state.wrap_up(certificate, options).map_err(fail)?;
        }
    }
    of_time.map_or(Ok(()), Err)
}

fn time(certificate: &Certificate, time: Instant) -> Result<(), ViolationKind> {
    if time < certificate.not_before {
        return Err(ViolationKind::NotYetValid);
    }
    if time > certificate.not_after {
        return Err(ViolationKind::Expired);
    }
    Ok(())
}

/// What keeps an anchor from issuing: something critical that is not understood, or a key for other uses.
fn may_issue(anchor: &Certificate) -> Result<(), ViolationKind> {
    if !anchor.extensions.refused.is_empty() {
        return Err(ViolationKind::Extension);
    }
    may_certify(anchor)
}

/// 6.1.4 (n).
fn may_certify(issuer: &Certificate) -> Result<(), ViolationKind> {
    match issuer.extensions.key_usage {
        Some(bits) if bits & usage::KEY_CERT_SIGN == 0 => Err(ViolationKind::KeyUsage),
        _ => Ok(()),
    }
}

impl<'a> State<'a> {
    /// 6.1.3, but for time and revocation.
    fn basic(&mut self, certificate: &'a Certificate, last: bool) -> Result<(), ViolationKind> {
        if matches!(
            self.issuer.key,
            PublicKey::Dsa {
                parameters: None,
                ..
            }
        ) {
            certificate
                .signed_by(&self.key)
                .map_err(|_| ViolationKind::Signature)?;
        }
        // RFC 5280 4.1.2.4: no name is nobody's.
        if certificate.issuer != self.issuer.subject || certificate.issuer.is_empty() {
            return Err(ViolationKind::Names);
        }
        if (last || !certificate.is_self_issued()) && !self.subtrees.permit(certificate) {
            return Err(ViolationKind::NameConstraints);
        }
        let any = self.inhibit_any > 0 || (!last && certificate.is_self_issued());
        self.graph
            .take(certificate.extensions.policies.as_deref(), any);
        if self.explicit_policy == 0 && self.graph.is_empty() {
            return Err(ViolationKind::Policy);
        }
        if !certificate.extensions.refused.is_empty() {
            return Err(ViolationKind::Extension);
        }
        Ok(())
    }

    /// 6.1.4.
    fn prepare(&mut self, certificate: &'a Certificate) -> Result<(), ViolationKind> {
        let extensions = &certificate.extensions;
        if extensions
            .policy_mappings
            .iter()
            .any(|(from, to)| *from == oid::ANY_POLICY || *to == oid::ANY_POLICY)
        {
            return Err(ViolationKind::Mapping);
        }
        self.graph
            .map(&extensions.policy_mappings, self.policy_mapping > 0);
        self.key = certificate.key.inheriting(&self.key);
        self.issuer = certificate;
        if !certificate.is_self_issued() {
            for counter in [
                &mut self.explicit_policy,
                &mut self.policy_mapping,
                &mut self.inhibit_any,
            ] {
                *counter = counter.saturating_sub(1);
            }
        }
        lower(
            &mut self.explicit_policy,
            extensions.policy_constraints.require_explicit,
        );
        lower(
            &mut self.policy_mapping,
            extensions.policy_constraints.inhibit_mapping,
        );
        lower(&mut self.inhibit_any, extensions.inhibit_any);
        if certificate.version < 3 || !certificate.is_authority() {
            return Err(ViolationKind::NotAuthority);
        }
        if !certificate.is_self_issued() {
            self.max_length = self
                .max_length
                .checked_sub(1)
                .ok_or(ViolationKind::Length)?;
        }
        self.constrain(certificate);
        may_certify(certificate)
    }

    /// What `issuer` lays on those below: 6.1.4 (g), (m).
    fn constrain(&mut self, issuer: &'a Certificate) {
        let extensions = &issuer.extensions;
        if let Some(constraints) = &extensions.name_constraints {
            self.subtrees.add(constraints);
        }
        lower(
            &mut self.max_length,
            extensions.basic_constraints.and_then(|basic| basic.depth),
        );
    }

    /// 6.1.5.
    fn wrap_up(
        &mut self,
        certificate: &Certificate,
        options: &PathOptions,
    ) -> Result<(), ViolationKind> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        if certificate.extensions.policy_constraints.require_explicit == Some(0) {
            self.explicit_policy = 0;
        }
        if self.explicit_policy == 0 && !self.graph.meets(options.policies.as_deref()) {
            return Err(ViolationKind::Policy);
        }
        Ok(())
    }
}

fn lower(counter: &mut usize, to: Option<u32>) {
    if let Some(to) = to.and_then(|to| usize::try_from(to).ok()) {
        *counter = (*counter).min(to);
    }
}
