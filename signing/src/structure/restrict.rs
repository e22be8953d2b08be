//! What a certification or a lock forbids (DocMDP, FieldMDP: ISO 32000-2, 12.8.2.2 and 12.8.2.4), held against changes.

use super::{Change, Changed, find::Known};
use crate::finding::{Finding, Reason};

/// Adds a finding to every signature whose certification or lock a later change breaks.
pub(super) fn enforce(known: &mut [Known]) {
    for known in known {
        let mut findings = Vec::new();
        let permissions = known
            .signed
            .certification
            .into_iter()
            .chain(known.locks.iter().filter_map(|lock| lock.permission));
        if let Some(permission) = permissions.min()
            && let Some(change) = known
                .signed
                .after
                .changes
                .iter()
                .find(|change| forbidden(permission, change))
        {
            let detail = format!("P={permission} forbids: {}", change.detail);
            findings.push(about(Reason::CertificationViolated, detail, change));
        }
        let broken = known.signed.after.changes.iter().find(|change| {
            let touches = matches!(change.kind, Changed::FormFill | Changed::Other)
                || change.kind == Changed::LaterSignature && change.fills;
            touches
                && change
                    .field
                    .as_ref()
                    .is_some_and(|field| known.locks.iter().any(|lock| lock.locks(field)))
        });
        if let Some(change) = broken {
            let detail = format!("a locked field changed: {}", change.detail);
            findings.push(about(Reason::LockViolated, detail, change));
        }
        known.signed.findings.extend(findings);
    }
}

fn about(reason: Reason, detail: String, change: &Change) -> Finding {
    let mut finding = Finding::new(reason, detail);
    finding.object = change.object;
    finding.page = change.page;
    finding
}

/// Table 257: 1 nothing, 2 form fill and signatures, 3 annotations as well; long-term data always.
fn forbidden(permission: u8, change: &Change) -> bool {
    match change.kind {
        Changed::Nothing | Changed::LongTermData => false,
        Changed::LaterSignature => match permission {
            1 => true,
            2 => change.stamped,
            _ => change.stamped && !change.annotates,
        },
        Changed::FormFill => permission == 1,
        Changed::Annotation => permission < 3,
        Changed::Other => true,
    }
}
