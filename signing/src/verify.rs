//! The verdict about a file: what its structure shows and how each signature was judged, joined into one answer.
//!
//! [`join`] decides and does nothing else: no bytes are read and no cryptography is done here. Signatures are weighed
//! from the last to the first, so that a timestamp is known before what it proves, and a later signature before the
//! change that it explains (EN 319 102-1, 5.6: each timestamp validated, then used as proof of existence for what it
//! covers).

use crate::finding::{Finding, Reason};
use crate::judge::{Check, Indication, Instant, Judgement, Outcome, SubIndication, Timestamp};
use crate::structure::{Changed, Kind, SignedField, Structure};

mod file;

mod level;

pub mod calendar;

pub mod words;

pub mod whose;

pub mod summary;

pub use file::{Options, certificates, file};
pub use level::Level;
pub use summary::summary;
pub use whose::{Printed, Seen, Source, Whose};
pub use words::Said;

/// What is known of a file in the end.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The verdict.
    pub standing: Standing,
    /// What holds for the whole file and forbids a good verdict.
    pub findings: Vec<Finding>,
    /// What a reader should know and what forbids nothing.
    pub warnings: Vec<Finding>,
    /// Signatures and document timestamps, in the order they were made.
    pub signatures: Vec<Verified>,
    /// Where each revision ends, oldest first.
    pub revisions: Vec<u64>,
    /// Fields that nobody has signed.
    pub unsigned: Vec<String>,
    /// Whether the document names who signed.
    pub whose: Whose,
    /// What the document says of its signer, when it was asked.
    pub printed: Option<Printed>,
    /// The time at which was judged what nothing proves to be older.
    pub judged_at: Instant,
    /// Length of the file, bytes.
    pub bytes: u64,
}

/// The verdict about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Every signature passed, and nothing came after them but what is harmless.
    Valid,
    /// Nobody has signed.
    Unsigned,
    /// Not enough is known.
    Indeterminate,
    /// The file cannot be read as it is.
    Damaged,
    /// A signature failed, something changed after it, or the structure is refused.
    Invalid,
}

impl Standing {
    /// The stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Indeterminate => "indeterminate",
            Self::Unsigned => "unsigned",
            Self::Damaged => "damaged",
        }
    }
}

/// One signature or document timestamp, all things considered.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What the file's bytes say.
    pub field: SignedField,
    /// What its cryptography says.
    pub judgement: Judgement,
    /// For a document timestamp: the time and who gave it.
    pub stamp: Option<Timestamp>,
    /// The outcome, structure and changes included.
    pub indication: Indication,
    /// Why, when it did not pass.
    pub sub_indication: Option<SubIndication>,
    /// Every reason for not passing.
    pub findings: Vec<Finding>,
    /// What a reader should know all the same.
    pub warnings: Vec<Finding>,
    /// Every check with its evidence, those of structure and changes included.
    pub checks: Vec<Check>,
    /// The earliest time that something proves it to have existed at.
    pub proven: Option<Proven>,
    /// Its level of EN 319 142-1.
    pub level: Level,
    /// The gravest change after it, later signatures being known.
    pub changed: Changed,
}

impl Verified {
    /// True when the signed bytes, the signature over them and what came after are as they should be, whoever signed.
    pub fn intact(&self) -> bool {
        let holds = |name| {
            let mut known = self.checks.iter().filter(|check| check.name == name);
            known.any(|check| check.result == Outcome::Pass)
        };
        self.field.findings.is_empty()
            && self.changed <= Changed::LaterSignature
            && holds("digest")
            && holds("signature")
    }

    /// True of a signature, false of a document timestamp.
    pub fn is_signature(&self) -> bool {
        self.field.kind == Kind::Signature
    }
}

/// A time that something proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Not later than this the signature existed.
    pub time: Instant,
    /// Who says so: the name of a timestamp authority.
    pub authority: String,
    /// The document timestamp that proves it; `None` for the signature's own timestamp.
    pub field: Option<String>,
}

/// Who weighs the cryptography of one field.
pub trait Judge {
    /// Judges a signature that is proven to have existed at `existed` by what came after it.
    fn signature(&mut self, field: &SignedField, existed: Option<Instant>) -> Judgement;

    /// Judges a document timestamp.
    fn timestamp(&mut self, field: &SignedField, existed: Option<Instant>) -> Timestamp;
}

/// Weighs every signature of a file of `bytes` bytes and the whole; `now` is the time of judging.
pub fn join(structure: Structure, bytes: u64, now: Instant, judge: &mut dyn Judge) -> Verification {
    let Structure {
        revisions,
        signatures: fields,
        unsigned,
        findings,
        warnings,
        store,
    } = structure;
    let mut after: Vec<Verified> = Vec::with_capacity(fields.len());
    for field in fields.into_iter().rev() {
        let verified = weigh(field, &after, judge);
        after.push(verified);
    }
    after.reverse();
    level::levels(&mut after, &store);
    let mut whole = Verification {
        standing: Standing::Valid,
        findings,
        warnings,
        signatures: after,
        revisions,
        unsigned,
        whose: Whose::NotAsked,
        printed: None,
        judged_at: now,
        bytes,
    };
    whole.conclude();
    whole
}

/// A file that cannot be read: `finding` says why.
pub fn unreadable(finding: Finding, bytes: u64, now: Instant) -> Verification {
    Verification {
        standing: Standing::Damaged,
        findings: vec![finding],
        warnings: Vec::new(),
        signatures: Vec::new(),
        revisions: Vec::new(),
        unsigned: Vec::new(),
        whose: Whose::NotAsked,
        printed: None,
        judged_at: now,
        bytes,
    }
}

/// One field, those after it being known; `after` is latest first.
fn weigh(field: SignedField, after: &[Verified], judge: &mut dyn Judge) -> Verified {
    let existed = proof_after(&field, after);
    let moment = existed.as_ref().map(|proof| proof.time);
    let (judgement, stamp) = match field.kind {
        Kind::Signature => (judge.signature(&field, moment), None),
        Kind::DocumentTimestamp => {
            let stamp = judge.timestamp(&field, moment);
            (stamp.judgement.clone(), Some(stamp))
        }
    };
    let (changed, change_findings) = changes(&field, after);
    let mut findings = field.findings.clone();
    findings.extend(change_findings.iter().cloned());
    // Of several sub-indications the one of the gravest outcome is told; structure and change fail for good.
    let (indication, sub_indication) = if findings.is_empty() {
        (judgement.indication, judgement.sub_indication)
    } else if judgement.indication == Indication::TotalFailed {
        (Indication::TotalFailed, judgement.sub_indication)
    } else {
        (Indication::TotalFailed, Some(SubIndication::FormatFailure))
    };
    let mut checks = vec![structure_check(&field)];
    checks.extend(judgement.checks.iter().cloned());
    checks.push(change_check(&field, changed, &change_findings));
    findings.extend(judgement.findings.iter().cloned());
    Verified {
        proven: earliest(own_proof(&judgement, stamp.as_ref()), existed),
        warnings: judgement.warnings.clone(),
        level: Level::None,
        indication,
        sub_indication,
        findings,
        checks,
        changed,
        stamp,
        judgement,
        field,
    }
}

/// The earliest valid document timestamp among those that cover `field`.
fn proof_after(field: &SignedField, after: &[Verified]) -> Option<Proven> {
    let covering = after.iter().filter(|later| {
        later.field.revision > field.revision
            && later.indication == Indication::TotalPassed
            && later.field.findings.is_empty()
    });
    covering
        .filter_map(|later| {
            let stamp = later.stamp.as_ref().filter(|stamp| stamp.valid)?;
            Some(Proven {
                time: stamp.time,
                authority: stamp.authority.clone(),
                field: Some(later.field.name.clone()),
            })
        })
        .min_by_key(|proof| proof.time)
}

/// The time of a signature's own timestamp, or of a document timestamp itself.
fn own_proof(judgement: &Judgement, stamp: Option<&Timestamp>) -> Option<Proven> {
    let stamp = stamp.or(judgement.timestamp.as_deref())?;
    stamp.valid.then(|| Proven {
        time: stamp.time,
        authority: stamp.authority.clone(),
        field: None,
    })
}

fn earliest(own: Option<Proven>, later: Option<Proven>) -> Option<Proven> {
    match (own, later) {
        (Some(own), Some(later)) if later.time < own.time => Some(later),
        (own, later) => own.or(later),
    }
}

/// The gravest change after `field`, and what of it forbids: a further signature explains only when it has not failed
/// itself.
fn changes(field: &SignedField, after: &[Verified]) -> (Changed, Vec<Finding>) {
    let mut gravest = field.after.gravest;
    let mut findings = Vec::new();
    for change in &field.after.changes {
        let explained = match change.kind {
            Changed::Nothing | Changed::LongTermData => continue,
            Changed::LaterSignature => explains(change.explained_by.as_deref(), after),
            Changed::FormFill | Changed::Annotation | Changed::Other => false,
        };
        if explained {
            continue;
        }
        let mut detail = change.detail.clone();
        if change.kind == Changed::LaterSignature {
            gravest = Changed::Other;
            detail += "; the later signature that should explain it did not hold";
        }
        findings.push(Finding {
            object: change.object,
            page: change.page,
            ..Finding::new(Reason::ChangedAfterSigning, detail)
        });
    }
    // A kind without a list of changes forbids all the same.
    let alone = findings.is_empty() && gravest > Changed::LaterSignature;
    if alone && field.findings.is_empty() {
        findings.push(Finding::new(
            Reason::ChangedAfterSigning,
            format!("{gravest:?}"),
        ));
    }
    (gravest, findings)
}

fn explains(name: Option<&str>, after: &[Verified]) -> bool {
    name.and_then(|name| after.iter().find(|later| later.field.name == name))
        .is_some_and(|later| later.indication != Indication::TotalFailed)
}

fn structure_check(field: &SignedField) -> Check {
    let [before, behind] = &field.signed;
    let detail = match field.findings.first() {
        Some(finding) => format!("{}: {}", finding.reason.code(), finding.detail),
        None => format!(
            "signed bytes {}..{} and {}..{}, the gap is exactly /Contents of object {} {}",
            before.start,
            before.end,
            behind.start,
            behind.end,
            field.dictionary.number,
            field.dictionary.generation
        ),
    };
    Check {
        name: "structure",
        result: outcome(field.findings.is_empty()),
        detail,
    }
}

fn change_check(field: &SignedField, changed: Changed, findings: &[Finding]) -> Check {
    let detail = match findings.first() {
        Some(finding) => finding.detail.clone(),
        None if field.covers_whole_file => "nothing follows the signed bytes".to_owned(),
        None => {
            let list: Vec<&str> = field
                .after
                .changes
                .iter()
                .map(|change| change.detail.as_str())
                .take(8)
                .collect();
            format!("{}: {}", change_code(changed), list.join("; "))
        }
    };
    Check {
        name: "changes",
        result: outcome(changed <= Changed::LaterSignature && findings.is_empty()),
        detail,
    }
}

fn outcome(holds: bool) -> Outcome {
    if holds { Outcome::Pass } else { Outcome::Fail }
}

/// The stable name of a kind of change, as in JSON.
pub fn change_code(changed: Changed) -> &'static str {
    match changed {
        Changed::Nothing => "none",
        Changed::LongTermData => "lta_update",
        Changed::LaterSignature => "later_signature",
        Changed::FormFill => "form_fill",
        Changed::Annotation => "annotation",
        Changed::Other => "other",
    }
}

impl Verification {
    /// Sets the verdict by what is known.
    fn conclude(&mut self) {
        if self.signatures.is_empty() {
            self.conclude_unsigned();
            return;
        }
        let refused = |finding: &Finding| !is_unreadable(finding.reason);
        let failed = |one: &Verified| one.indication == Indication::TotalFailed;
        let found = self.findings.iter();
        self.standing = if found.clone().any(refused) || self.signatures.iter().any(failed) {
            Standing::Invalid
        } else if !self.findings.is_empty() {
            Standing::Damaged
        } else if self.people().next().is_none() {
            // A timestamp is no signature: nobody stands for what the document says.
            Standing::Unsigned
        } else if self
            .people()
            .any(|one| one.indication != Indication::TotalPassed)
            || self.owner_differs()
        {
            Standing::Indeterminate
        } else {
            Standing::Valid
        };
    }

    /// Without any signature, what makes bytes ambiguous is only worth a warning: there is nothing to be misled about.
    fn conclude_unsigned(&mut self) {
        let (grave, mild): (Vec<_>, Vec<_>) = std::mem::take(&mut self.findings)
            .into_iter()
            .partition(|finding| !is_mild(finding.reason));
        self.findings = grave;
        self.warnings.extend(mild);
        let unreadable = |finding: &Finding| {
            is_unreadable(finding.reason) || finding.reason == Reason::Encrypted
        };
        self.standing = if self.findings.is_empty() {
            Standing::Unsigned
        } else if self.findings.iter().all(unreadable) {
            Standing::Damaged
        } else {
            Standing::Invalid
        };
    }

    /// The signatures, document timestamps left out.
    pub fn people(&self) -> impl Iterator<Item = &Verified> {
        self.signatures.iter().filter(|one| one.is_signature())
    }

    /// Holds what the document says of its signer against the certificates, and concludes anew.
    pub fn compare(&mut self, printed: Option<&Printed>) {
        self.whose = whose::compare(self.people(), printed);
        self.printed = printed.cloned();
        // Of several comparisons the last one counts.
        self.warnings.retain(|finding| {
            !matches!(
                finding.reason,
                Reason::SignerMismatch | Reason::SignerPublishes | Reason::SignerNotCompared
            )
        });
        match &self.whose {
            Whose::Differs { .. } => self.warn(Reason::SignerMismatch),
            Whose::Publisher { .. } => self.warn(Reason::SignerPublishes),
            Whose::NotCompared { .. } if self.people().next().is_some() => {
                self.warn(Reason::SignerNotCompared);
            }
            _ => {}
        }
        self.conclude();
    }

    fn warn(&mut self, reason: Reason) {
        self.warnings
            .push(Finding::new(reason, self.whose.evidence()));
    }

    /// The document names another, or its publisher is one by its name alone. Where every signer's own certificate was
    /// given as an anchor, whoever gave it has said whose signature is wanted; then it is told and no more.
    fn owner_differs(&self) -> bool {
        let named = |one: &Verified| {
            let leaf = one.judgement.chain.first();
            leaf.is_some_and(|leaf| leaf.anchor)
        };
        let another = match self.whose {
            Whose::Differs { .. } => true,
            Whose::Publisher { official, .. } => !official,
            Whose::NotAsked | Whose::NotCompared { .. } | Whose::Matches { .. } => false,
        };
        another && !self.people().all(named)
    }
}

/// Reasons that say nothing of the file but that it could not be read to the end.
fn is_unreadable(reason: Reason) -> bool {
    matches!(reason, Reason::Damaged | Reason::LimitReached)
}

fn is_mild(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::UnaccountedBytes
            | Reason::DuplicateObject
            | Reason::DuplicateKey
            | Reason::HybridViewsDiffer
            | Reason::ShadowPreparation
    )
}

#[cfg(test)]
mod tests;
