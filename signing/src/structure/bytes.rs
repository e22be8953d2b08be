//! Irregular bytes judged: what two readers would take differently forbids, what all take alike is told.

use saoy_pdf::{Irregular, Irregularity, Repair, Revisions, limits};

use super::{Structure, find::Known, survey::Survey};
use crate::finding::{Finding, Reason};

/// The longest comment between objects of a later revision that passes, in bytes: libraries sign with their name.
const COMMENT: usize = 120;

/// Sorts what is irregular into findings and warnings.
///
/// What the first signature covers was so when it was signed: there only what readers take differently forbids. What
/// came later has to be explained byte for byte.
pub(super) fn judge(file: &Revisions, survey: &Survey, known: &[Known], structure: &mut Structure) {
    let first = known
        .iter()
        .map(|known| known.signed.signed.get(1).map_or(0, |part| part.end))
        .filter(|end| *end > 0)
        .min();
    for irregular in &survey.irregularities {
        let later = first.is_some_and(|first| irregular.at >= first);
        let (reason, forbids) = weigh(irregular, later, survey, file);
        let mut finding = Finding::new(reason, irregular.detail.clone()).at(irregular.at);
        finding.object = irregular.object;
        if forbids {
            structure.findings.push(finding);
        } else if irregular.kind != Irregular::Comment {
            structure.warnings.push(finding);
        }
    }
    for doubled in &survey.doubled {
        let detail = format!("/{} stands twice", doubled.key);
        let mut finding = Finding::new(Reason::DuplicateKey, detail);
        if doubled.id.number > 0 {
            finding = finding.object(doubled.id);
        }
        if doubled.matters {
            structure.findings.push(finding);
        } else {
            structure.warnings.push(finding);
        }
    }
    if survey.irregularities.len() > limits::REPAIRS {
        // Among what was not remembered may be what would forbid.
        structure.findings.push(Finding::new(
            Reason::LimitReached,
            "more irregular bytes than are looked at",
        ));
    }
    for repair in file.repairs() {
        // Lengths are among the irregularities already.
        if !matches!(
            repair,
            Repair::Dangling { .. } | Repair::StreamLength { .. }
        ) {
            structure
                .warnings
                .push(Finding::new(Reason::IrregularSyntax, repair.to_string()));
        }
    }
}

/// The reason, and whether it forbids.
fn weigh(
    irregular: &Irregularity,
    later: bool,
    survey: &Survey,
    file: &Revisions,
) -> (Reason, bool) {
    match irregular.kind {
        Irregular::Astray => {
            // A stale entry that nothing refers to shows nobody anything.
            let used = irregular
                .object
                .is_none_or(|id| survey.is_referenced(id.number) || is_root(file, id.number));
            (Reason::Damaged, later || used)
        }
        Irregular::Comment => (
            Reason::UnaccountedBytes,
            later && !is_signature_of_a_library(&irregular.detail),
        ),
        Irregular::Duplicate | Irregular::Shadow => (Reason::DuplicateObject, true),
        Irregular::Footer => (Reason::Damaged, later),
        Irregular::Length if !later => (Reason::IrregularSyntax, false),
        Irregular::Hybrid => (Reason::HybridViewsDiffer, true),
        Irregular::Orphan | Irregular::Unaccounted => (Reason::UnaccountedBytes, later),
        _ => (Reason::Damaged, true),
    }
}

fn is_root(file: &Revisions, number: u32) -> bool {
    file.iter().any(|revision| {
        ["Root", "Info"].iter().any(|key| {
            revision
                .trailer
                .get(key)
                .and_then(saoy_pdf::Object::as_ref_id)
                .is_some_and(|id| id.number == number)
        })
    })
}

/// True of a short line that holds nothing a reader who scans could take for a part of the file.
fn is_signature_of_a_library(comment: &str) -> bool {
    const WORDS: [&str; 6] = ["obj", "stream", "xref", "trailer", "<<", ">>"];
    comment.len() <= COMMENT && !WORDS.iter().any(|word| comment.contains(word))
}
