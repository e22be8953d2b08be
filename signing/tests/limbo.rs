//! The cases of x509-limbo that apply to signatures of documents, built anew: ids and outcomes are that suite's.
//!
//! Which cases are left out, or come out otherwise on purpose, stands in `JUDGING.md`, by id and with the reason.

use std::collections::BTreeSet;
use std::sync::Arc;

use saoy_signing::certificate::Certificate;
use saoy_signing::judge::Instant;
use saoy_signing::path::{Material, PathOptions, Validator};
use saoy_signing::policy::Policy;
use saoy_signing::revocation::{Crl, Status};
use saoy_signing::trust::Store;

mod build;
mod excepted;
mod lists;
mod names;
mod paths;

use build::Cert;

/// One case.
pub(crate) struct Case {
    id: &'static str,
    /// Whether the leaf is to be accepted.
    good: bool,
    trusted: Vec<Cert>,
    others: Vec<Cert>,
    leaf: Cert,
    time: Instant,
    /// Lists; where there are any, each certificate must be known as not revoked.
    lists: Option<Vec<Vec<u8>>>,
}

/// A case of `leaf` below `others` below `trusted`.
fn case(id: &'static str, good: bool, trusted: &[&Cert], others: &[&Cert], leaf: &Cert) -> Case {
    let all = |list: &[&Cert]| list.iter().map(|cert| (*cert).clone()).collect();
    Case {
        id,
        good,
        trusted: all(trusted),
        others: all(others),
        leaf: leaf.clone(),
        time: TIME,
        lists: None,
    }
}

/// 2024-01-01T00:00:00Z.
const TIME: Instant = Instant(1_704_067_200);

impl Case {
    fn at(self, time: i64) -> Self {
        Self {
            time: Instant(time),
            ..self
        }
    }

    fn lists(self, lists: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self {
            lists: Some(lists.into_iter().collect()),
            ..self
        }
    }

    /// Whether the leaf is accepted, and what is said of it.
    fn judge(&self) -> (bool, String) {
        let mut trust = Store::default();
        for anchor in &self.trusted {
            if let Err(error) = trust.add_anchors(&anchor.der(), "", "") {
                return (false, format!("an anchor: {error}"));
            }
        }
        let read = |cert: &Cert| Certificate::read(&cert.der()).map(Arc::new);
        let material = Material {
            certificates: self.others.iter().filter_map(|c| read(c).ok()).collect(),
            crls: self
                .lists
                .iter()
                .flatten()
                .filter_map(|der| Crl::read(der).ok().map(Arc::new))
                .collect(),
            ..Material::default()
        };
        let leaf = match read(&self.leaf) {
            Ok(leaf) => leaf,
            Err(error) => return (false, format!("the leaf: {error}")),
        };
        let policy = Policy::default();
        let found = Validator::new(&trust, &material, &policy, self.time)
            .validate(&leaf, &PathOptions::at(self.time));
        let known = self.lists.is_none()
            || found
                .statuses
                .iter()
                .all(|status| matches!(status, Status::Good { .. }));
        (
            found.anchored && found.violation.is_none() && known,
            format!(
                "anchored {}, {:?}, {:?}",
                found.anchored, found.violation, found.statuses
            ),
        )
    }
}

/// The cases that come out otherwise than they should.
fn wrong(cases: &[Case]) -> Vec<String> {
    let judged = cases.iter().map(|case| (case, case.judge()));
    judged
        .filter(|(case, (good, _))| *good != case.good)
        .map(|(case, (_, why))| format!("{}: {why}", case.id))
        .collect()
}

#[test]
fn cases_that_apply_come_out_as_the_suite_says() {
    let tables = [paths::cases(), names::cases(), lists::cases()];
    let cases: Vec<_> = tables.into_iter().flatten().collect();
    let ids: BTreeSet<_> = cases.iter().map(|case| case.id).collect();
    assert_eq!(ids.len(), cases.len(), "an id stands twice");
    assert_eq!(cases.len(), APPLY);
    assert!(cases.iter().filter(|case| case.good).count() > 20);
    let wrong = wrong(&cases);
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn exceptions_come_out_otherwise_and_are_told_of() {
    let cases = excepted::cases();
    assert_eq!(cases.len(), EXCEPTED);
    let wrong = wrong(&cases);
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let told = include_str!("../JUDGING.md");
    for case in cases {
        // Written in groups: the namespace stands before the group.
        let name = case.id.rsplit("::").next().unwrap();
        assert!(
            told.contains(&format!("`{name}`")),
            "{} is not told of",
            case.id
        );
    }
}

/// How many cases apply.
const APPLY: usize = 111;

/// How many of the others are tried, to see that they come out as is said.
const EXCEPTED: usize = 28;
