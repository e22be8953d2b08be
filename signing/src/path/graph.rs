//! Certificate policies along a path, as a graph (RFC 9618): never larger than what the certificates list.

use std::collections::{BTreeMap, BTreeSet};

use crate::asn1::{Oid, oid};

/// The policies that hold, one level for each certificate.
pub(super) struct Graph {
    levels: Vec<Level>,
}

/// Policies of one level, in the domain of the certificates below.
#[derive(Default)]
struct Level {
    /// Each policy with those of the level above that lead to it; none: it comes from `anyPolicy`.
    policies: BTreeMap<Oid, Vec<Oid>>,
    /// True when `anyPolicy` holds.
    any: bool,
}

impl Graph {
    pub(super) fn new() -> Self {
        let level = Level {
            any: true,
            ..Level::default()
        };
        Self {
            levels: vec![level],
        }
    }

    /// Takes what a certificate asserts (RFC 5280 6.1.3 (d), (e)); `any` says whether its `anyPolicy` counts.
    pub(super) fn take(&mut self, policies: Option<&[Oid]>, any: bool) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        let Some(policies) = policies else {
            *level = Level::default();
            return;
        };
        let asserts_any = any && policies.iter().any(|policy| *policy == oid::ANY_POLICY);
        let from_any = level.any;
        if !asserts_any {
            let asserted: BTreeSet<&Oid> = policies.iter().collect();
            level.any = false;
            level.policies.retain(|policy, _| asserted.contains(policy));
        }
        if from_any {
            for policy in policies.iter().filter(|policy| **policy != oid::ANY_POLICY) {
                level.policies.entry(policy.clone()).or_default();
            }
        }
    }

    /// Goes a level down, by mappings where they count (RFC 5280 6.1.4 (b)).
    pub(super) fn map(&mut self, mappings: &[(Oid, Oid)], allowed: bool) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        let mapped: BTreeSet<&Oid> = mappings.iter().map(|(from, _)| from).collect();
        let mut next = Level {
            any: level.any,
            ..Level::default()
        };
        if allowed {
            if level.any {
                for from in &mapped {
                    level.policies.entry((*from).clone()).or_default();
                }
            }
            for (from, to) in mappings
                .iter()
                .filter(|(from, _)| level.policies.contains_key(from))
            {
                next.policies
                    .entry(to.clone())
                    .or_default()
                    .push(from.clone());
            }
        } else {
            level.policies.retain(|policy, _| !mapped.contains(policy));
        }
        for policy in level
            .policies
            .keys()
            .filter(|policy| !mapped.contains(policy))
        {
            next.policies
                .entry(policy.clone())
                .or_default()
                .push(policy.clone());
        }
        self.levels.push(next);
    }

    /// True when no policy holds.
    pub(super) fn is_empty(&self) -> bool {
        self.levels
            .last()
            .is_none_or(|level| level.policies.is_empty() && !level.any)
    }

    /// True when a policy holds that, in the domain of the anchor, is one of `acceptable` (RFC 5280 6.1.5 (g)).
    pub(super) fn meets(&self, acceptable: Option<&[Oid]>) -> bool {
        let Some(acceptable) =
            acceptable.filter(|list| !list.iter().any(|policy| *policy == oid::ANY_POLICY))
        else {
            return !self.is_empty();
        };
        let Some(last) = self.levels.last().filter(|_| !self.is_empty()) else {
            return false;
        };
        if last.any && !acceptable.is_empty() {
            return true;
        }
        let mut reached: BTreeSet<Oid> = last.policies.keys().cloned().collect();
        for level in self.levels.iter().rev() {
            let mut above = BTreeSet::new();
            for (policy, parents) in level
                .policies
                .iter()
                .filter(|(policy, _)| reached.contains(policy))
            {
                // A child of anyPolicy is a policy of the anchor's own domain.
                if parents.is_empty() && acceptable.contains(policy) {
                    return true;
                }
                above.extend(parents.iter().cloned());
            }
            reached = above;
        }
        false
    }
}
