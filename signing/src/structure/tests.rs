//! Files made here, whole and attacked: each class of attack by its published name, each rule by its reason.

mod build;

mod attacks;

mod changes;

mod coverage;

mod hostile;

mod permissions;

use saoy_pdf::Revisions;

use super::{Structure, examine};
use crate::finding::{Finding, Reason};

/// What is found in `bytes`, which have to be readable.
fn found(bytes: &[u8]) -> Structure {
    examine(&Revisions::read(bytes.to_vec()).expect("readable"))
}

fn has(findings: &[Finding], reason: Reason) -> bool {
    findings.iter().any(|finding| finding.reason == reason)
}
