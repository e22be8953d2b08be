//! The policy and the anchors of a run in words, printed into every report.

use saoy_signing::policy::Policy;
use saoy_signing::trust::Store;

use super::record::{PolicyRow, hex};

/// One row for each rule and each anchor.
pub(crate) fn rows(policy: &Policy, trust: &Store) -> Vec<PolicyRow> {
    let row = |name: &str, value: String| PolicyRow {
        name: name.to_owned(),
        value,
    };
    let mut rows = vec![row("policy", policy.name.clone())];
    for rule in &policy.digests {
        let until = rule
            .until
            .map_or_else(|| "no end set".to_owned(), |until| format!("until {until}"));
        rows.push(row("digest", format!("{}: {until}", rule.digest.name())));
    }
    for exception in &policy.exceptions {
        let mut value = format!("{}: accepted with a warning", exception.digest.name());
        if exception.timestamps_only {
            value += " in timestamps";
        } else if exception.timestamped {
            value += " when timestamped";
        }
        let anchors: Vec<String> = exception
            .anchors
            .iter()
            .map(|anchor| hex(anchor.get(..8).unwrap_or_default()))
            .collect();
        value += &format!(" below {}", anchors.join(", "));
        rows.push(row("digest exception", value));
    }
    let keys = policy.keys;
    rows.push(row(
        "least key sizes",
        format!("RSA {}, EC {}, DSA {} bit", keys.rsa, keys.ec, keys.dsa),
    ));
    let revocation = if policy.revocation.required {
        format!(
            "required; data without an end of its own counts for {} s",
            policy.revocation.freshness
        )
    } else {
        "not required".to_owned()
    };
    rows.push(row("revocation", revocation));
    rows.push(row(
        "without a timestamp",
        "judged at the time of judging; a claimed time proves nothing".to_owned(),
    ));
    for anchor in &trust.anchors {
        let certificate = &anchor.certificate;
        let pki = if anchor.pki.is_empty() {
            "given"
        } else {
            &anchor.pki
        };
        rows.push(row(
            "anchor",
            format!(
                "[{pki}] {} SHA-256 {}",
                certificate.subject,
                hex(&certificate.fingerprint)
            ),
        ));
    }
    if trust.anchors.is_empty() {
        rows.push(row("anchor", "none: nothing is trusted".to_owned()));
    }
    rows
}
