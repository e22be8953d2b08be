//! Certificate path, revocation and algorithms at one time (EN 319 102-1, 5.2.6, 5.2.8).

use std::sync::Arc;

use super::cryptography::Made;
use super::{Indication, Instant, Judgement, Link, Outcome, Question, SubIndication};
use crate::certificate::{Certificate, usage};
use crate::finding::{Finding, Reason};
use crate::path::{Material, PathOptions, Validated, Validator, Violation, ViolationKind};
use crate::policy::{Use, Verdict};
use crate::revocation::{ON_HOLD, Status};
use crate::timestamp::may_timestamp;

/// What a certificate is weighed for, and when.
#[derive(Clone, Copy)]
pub(super) struct Occasion {
    /// The time that counts.
    pub(super) at: Instant,
    /// True when the signature is proven to have existed then.
    pub(super) proven: bool,
    /// True when the signature bears a timestamp.
    pub(super) timestamped: bool,
    /// Of a timestamp token: its own time.
    pub(super) token: Option<Instant>,
}

/// Weighs path, revocation and algorithms on an occasion, noting each in `judgement`.
pub(super) fn weigh(
    judgement: &mut Judgement,
    question: &Question<'_>,
    made: &Made,
    material: &Material,
    occasion: Occasion,
) {
    judgement.judged_at = occasion.at;
    let options = PathOptions {
        policies: question.policy.certificate_policies.clone(),
        explicit_policy: question.policy.certificate_policies.is_some(),
        data_covering: occasion
            .token
            .filter(|_| question.policy.old_timestamp_data)
            .map(|time| time.min(occasion.at)),
        ..PathOptions::at(occasion.at)
    };
    let validator = Validator::new(question.trust, material, question.policy, question.now)
        .fetching(question.fetch);
    let found = validator.validate(&made.signer, &options);
    let anchor = found
        .path
        .last()
        .and_then(|last| question.trust.anchor(last));
    judgement.pki = anchor
        .map(|anchor| anchor.pki.clone())
        .filter(|pki| !pki.is_empty());
    judgement.chain = found
        .path
        .iter()
        .map(|certificate| link(certificate, question))
        .collect();
    if found.anchored && found.path.len() == 1 {
        own_anchor(judgement, &made.signer, occasion);
    } else if chain(judgement, &found, occasion) {
        revocation(judgement, question, &found);
    }
    key_usage(judgement, &made.signer, occasion);
    algorithms(judgement, question, made, &found, occasion);
}

fn link(certificate: &Certificate, question: &Question<'_>) -> Link {
    Link {
        subject: certificate.party(),
        issuer: certificate.issuer.to_string(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        fingerprint: certificate.fingerprint,
        anchor: question.trust.anchor(certificate).is_some(),
    }
}

/// A signer who is trusted for themselves: no path, no revocation (EN 319 102-1, 5.2.6.4, step 1).
fn own_anchor(judgement: &mut Judgement, signer: &Certificate, occasion: Occasion) {
    judgement.check(
        "chain",
        Outcome::Pass,
        "the signer's certificate is itself an anchor",
    );
    judgement.check("revocation", Outcome::Pass, "not asked of an anchor");
    if !signer.is_valid_at(occasion.at) {
        let detail = format!(
            "the trusted certificate is of {} to {}",
            signer.not_before, signer.not_after
        );
        judgement
            .warnings
            .push(Finding::new(Reason::Expired, detail));
    }
}

/// Notes whether there is a path and what it breaks; false when revocation is no question any more.
fn chain(judgement: &mut Judgement, found: &Validated, occasion: Occasion) -> bool {
    if !found.anchored {
        let last = found
            .path
            .last()
            .map(|last| last.issuer.to_string())
            .unwrap_or_default();
        let detail = format!("no path to an anchor; the last issuer is {last}");
        judgement.check("chain", Outcome::Unknown, detail.clone());
        let finding = Finding::new(Reason::NoChain, detail);
        judgement.fail(
            Indication::Indeterminate,
            SubIndication::NoCertificateChainFound,
            finding,
        );
        return false;
    }
    let Some(violation) = &found.violation else {
        let length = found.path.len();
        judgement.check(
            "chain",
            Outcome::Pass,
            format!(
                "{length} certificates up to an anchor, valid at {}",
                occasion.at
            ),
        );
        return true;
    };
    let who = found
        .path
        .get(violation.index)
        .map(|certificate| certificate.subject.to_string())
        .unwrap_or_default();
    let detail = format!("{who}: {} ({})", violation.kind, occasion.at);
    let (indication, sub, reason) = indication(violation, occasion);
    judgement.check("chain", Outcome::Fail, detail.clone());
    judgement.fail(indication, sub, Finding::new(reason, detail));
    violation.is_of_time()
}

fn indication(violation: &Violation, occasion: Occasion) -> (Indication, SubIndication, Reason) {
    use Indication::{Indeterminate, TotalFailed};
    match violation.kind {
        // What existed before its certificate did cannot become good.
        ViolationKind::NotYetValid if occasion.proven && violation.index == 0 => {
            (TotalFailed, SubIndication::NotYetValid, Reason::NotYetValid)
        }
        ViolationKind::NotYetValid => (
            Indeterminate,
            SubIndication::OutOfBoundsNoPoe,
            Reason::NotYetValid,
        ),
        ViolationKind::Expired => (
            Indeterminate,
            SubIndication::OutOfBoundsNoPoe,
            Reason::Expired,
        ),
        ViolationKind::NameConstraints | ViolationKind::Policy | ViolationKind::Mapping => (
            Indeterminate,
            SubIndication::ChainConstraintsFailure,
            Reason::ChainInvalid,
        ),
        _ => (
            Indeterminate,
            SubIndication::CertificateChainGeneralFailure,
            Reason::ChainInvalid,
        ),
    }
}

/// Notes what is known of each certificate below the anchor: the first trouble decides.
fn revocation(judgement: &mut Judgement, question: &Question<'_>, found: &Validated) {
    let mut sources = Vec::new();
    let mut trouble = false;
    for (index, (status, certificate)) in found.statuses.iter().zip(&found.path).enumerate() {
        match status {
            Status::Good { source } => sources.push(format!("{}: {source}", certificate.subject)),
            Status::Revoked {
                since,
                reason,
                source,
            } => {
                trouble = true;
                let detail = format!(
                    "{} was revoked {since} (reason {reason}; {source})",
                    certificate.subject
                );
                judgement.check("revocation", Outcome::Fail, detail.clone());
                let sub = match (*reason, index) {
                    (ON_HOLD, _) => SubIndication::TryLater,
                    (_, 0) => SubIndication::RevokedNoPoe,
                    _ => SubIndication::RevokedCaNoPoe,
                };
                judgement.fail(
                    Indication::Indeterminate,
                    sub,
                    Finding::new(Reason::Revoked, detail),
                );
            }
            Status::Unknown { why } if question.policy.revocation.required => {
                trouble = true;
                let detail = format!(
                    "whether {} was revoked is not known: {why}",
                    certificate.subject
                );
                judgement.check("revocation", Outcome::Unknown, detail.clone());
                judgement.fail(
                    Indication::Indeterminate,
                    SubIndication::TryLater,
                    Finding::new(Reason::RevocationUnknown, detail),
                );
            }
            Status::Unknown { why } => judgement.warnings.push(Finding::new(
                Reason::RevocationUnknown,
                format!("{}: {why}", certificate.subject),
            )),
        }
    }
    if !trouble {
        judgement.check("revocation", Outcome::Pass, sources.join("; "));
    }
}

/// The key must be meant for signing: documents, or timestamps.
fn key_usage(judgement: &mut Judgement, signer: &Certificate, occasion: Occasion) {
    let wanted = usage::DIGITAL_SIGNATURE | usage::NON_REPUDIATION;
    let mut wrong = signer
        .extensions
        .key_usage
        .filter(|bits| bits & wanted == 0)
        .map(|_| "its key is not for signing");
    if occasion.token.is_some() {
        wrong = wrong.or(may_timestamp(signer).err());
    }
    if let Some(detail) = wrong {
        judgement.check("certificate", Outcome::Fail, detail);
        judgement.fail(
            Indication::Indeterminate,
            SubIndication::ChainConstraintsFailure,
            Finding::new(Reason::KeyUsage, detail),
        );
    }
}

/// Digests and keys of the signature and of the path, against the policy.
fn algorithms(
    judgement: &mut Judgement,
    question: &Question<'_>,
    made: &Made,
    found: &Validated,
    occasion: Occasion,
) {
    let anchor = found
        .path
        .last()
        .filter(|_| found.anchored)
        .map(|anchor| anchor.fingerprint);
    let place = Use {
        at: occasion.at,
        anchor,
        in_timestamp: occasion.token.is_some(),
        timestamped: occasion.timestamped,
    };
    let below = found.path.len().saturating_sub(usize::from(found.anchored));
    let links: Vec<&Arc<Certificate>> = found.path.iter().take(below).collect();
    let own = made
        .digests
        .iter()
        .map(|digest| (*digest, "the signature".to_owned()));
    let others = links.iter().filter_map(|link| {
        Some((
            link.scheme.digest()?,
            format!("the certificate of {}", link.subject),
        ))
    });
    let mut refused = Vec::new();
    for (digest, of) in own.chain(others) {
        match question.policy.digest(digest, &place) {
            Verdict::Accepted => {}
            Verdict::Excepted => {
                let detail = format!(
                    "{} in {of}: weak, accepted by an exception of the policy",
                    digest.name()
                );
                judgement
                    .warnings
                    .push(Finding::new(Reason::WeakDigest, detail));
            }
            Verdict::Refused => {
                refused.push((Reason::WeakDigest, format!("{} in {of}", digest.name())));
            }
        }
    }
    let own = [&made.signer].into_iter().filter(|_| links.is_empty());
    for link in links
        .iter()
        .copied()
        .chain(own)
        .filter(|link| !question.policy.key(&link.key))
    {
        let detail = format!(
            "a key of {} bits ({}) in the certificate of {}",
            link.key.bits(),
            link.key.name(),
            link.subject
        );
        refused.push((Reason::WeakKey, detail));
    }
    if refused.is_empty() {
        judgement.check(
            "algorithms",
            Outcome::Pass,
            format!("accepted by {}", question.policy.name),
        );
    }
    for (reason, detail) in refused {
        judgement.check(
            "algorithms",
            Outcome::Fail,
            format!("{detail}: not accepted by {}", question.policy.name),
        );
        judgement.fail(
            Indication::Indeterminate,
            SubIndication::CryptoConstraintsFailureNoPoe,
            Finding::new(reason, detail),
        );
    }
}
