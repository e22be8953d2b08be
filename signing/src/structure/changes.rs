//! What came after each signature: every revision compared with the one before, by the role of what it changed.

mod step;

mod equal;

mod form;

mod page;

use std::collections::{HashMap, HashSet};

use saoy_pdf::{Dict, Document, ObjectId, PdfError, Revisions};

use self::step::Step;
use super::{After, Change, Changed, Kind, Structure, find, find::Known, survey::Survey};
use crate::finding::{Finding, Reason};

/// Objects and values looked at over all comparisons of a file: seconds of work, and a hundred times what the longest
/// chain of signatures met takes.
const BUDGET: usize = 1 << 22;

/// Changes told for one revision; beyond, the gravest kind is what counts.
const TOLD: usize = 200;

/// A signature made in the revision that is looked at.
pub(super) struct Signer {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The signature dictionary.
    pub(super) dictionary: ObjectId,
    /// The revision it was made in, from 0.
    pub(super) written: usize,
}

/// Fills in `after` of every signature.
pub(super) fn tell(
    file: &Revisions,
    survey: &Survey,
    known: &mut [Known],
    structure: &mut Structure,
) -> Result<(), PdfError> {
    let Some(first) = known
        .iter()
        .filter(|known| known.signed.signed.get(1).is_some_and(|part| part.end > 0))
        .map(|known| known.signed.revision)
        .min()
    else {
        return Ok(());
    };
    let signers: Vec<Signer> = known
        .iter()
        .filter(|known| !known.signed.name.is_empty())
        .map(|known| Signer {
            name: known.signed.name.clone(),
            kind: known.signed.kind,
            dictionary: known.signed.dictionary,
            written: known.written,
        })
        .collect();
    let mut budget = BUDGET;
    let mut changes: Vec<Change> = Vec::new();
    for index in first..file.len() {
        let own: Vec<&Signer> = signers
            .iter()
            .filter(|signer| signer.written == index)
            .collect();
        let mut own_changes = compare(file, survey, index, &own, &mut budget, structure)?;
        foreseen(&mut own_changes, &signers, index);
        changes.append(&mut own_changes);
    }
    for known in known {
        let after: Vec<Change> = changes
            .iter()
            .filter(|change| change.revision > known.signed.revision)
            .cloned()
            .collect();
        known.signed.after = After {
            gravest: after
                .iter()
                .map(|change| change.kind)
                .max()
                .unwrap_or_default(),
            changes: after,
        };
    }
    Ok(())
}

/// An empty signature field that a later signature fills belongs to that signature, and so does what came to the form with
/// it: some programs save the field first and sign then.
fn foreseen(changes: &mut [Change], signers: &[Signer], index: usize) {
    let later = changes.iter().find_map(|change| {
        let field = change.field.as_ref()?;
        let is_field = change.kind == Changed::FormFill && change.object.is_some();
        let mut signers = signers.iter();
        let signer = signers.find(|own| own.name == *field && own.written > index)?;
        is_field.then(|| signer.name.clone())
    });
    let Some(later) = later else { return };
    for change in changes {
        let concerns = change.field.as_ref().is_none_or(|field| *field == later);
        if change.kind == Changed::FormFill && concerns {
            change.kind = Changed::LaterSignature;
            change.explained_by = Some(later.clone());
        }
    }
}

/// What revision `index`, from 0, changed.
fn compare(
    file: &Revisions,
    survey: &Survey,
    index: usize,
    signers: &[&Signer],
    budget: &mut usize,
    structure: &mut Structure,
) -> Result<Vec<Change>, PdfError> {
    let (Some(revision), Some(before), Some(old), Some(new)) = (
        file.get(index),
        index.checked_sub(1).and_then(|before| file.get(before)),
        index.checked_sub(1).and_then(|before| file.at(before)),
        file.at(index),
    ) else {
        return Ok(Vec::new());
    };
    let touched = survey.leading_to(revision.changed.iter().copied());
    let pages = common(old, new);
    let looked_at = touched.len().saturating_add(pages.len());
    *budget = budget.saturating_sub(looked_at);
    let mut step = Step {
        old,
        new,
        revision: index + 1,
        signers,
        changed: revision.changed.iter().copied().collect(),
        touched,
        pages,
        changes: Vec::new(),
        own_widgets: HashMap::new(),
        fields: HashSet::new(),
        budget,
        visible: Vec::new(),
        widgets: None,
    };
    step.trailers(&before.trailer, &revision.trailer)?;
    unreachable_additions(&mut step, survey, &revision.trailer);
    for (page, rectangle, name) in step.visible {
        structure.warnings.push(
            Finding::new(
                Reason::AppearanceOverPage,
                format!(
                    "the appearance of {name} lies over the signed page, [{:.1} {:.1} {:.1} {:.1}]",
                    rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
                ),
            )
            .page(page),
        );
    }
    let mut changes = step.changes;
    locate(new, &mut changes);
    let mut stamped: Vec<usize> = changes
        .iter()
        .filter(|change| change.stamped && change.kind == Changed::LaterSignature)
        .filter_map(|change| change.page)
        .collect();
    stamped.dedup();
    for page in stamped {
        let detail = format!("revision {} stamped into the signed page", index + 1);
        let finding = Finding::new(Reason::AppearanceOverPage, detail);
        structure.warnings.push(finding.page(page));
    }
    if changes.len() > TOLD {
        changes.sort_by_key(|change| std::cmp::Reverse(change.kind));
        changes.truncate(TOLD);
    }
    Ok(changes)
}

/// Names the pages on which fields that changed stand.
fn locate(view: &Document, changes: &mut [Change]) {
    let mut pages = None;
    for change in changes {
        let harmless = change.kind <= Changed::LaterSignature;
        if let (None, Some(object), Some(_), false) =
            (change.page, change.object, &change.field, harmless)
        {
            let pages = pages.get_or_insert_with(|| find::widgets_of(view));
            change.page = pages.get(&object).copied();
        }
    }
}

/// The pages that both have.
fn common(old: &Document, new: &Document) -> HashSet<ObjectId> {
    let before: HashSet<_> = old.page_ids().unwrap_or_default().into_iter().collect();
    let after = new.page_ids().unwrap_or_default();
    after.into_iter().filter(|id| before.contains(id)).collect()
}

/// Objects that a revision added and nothing leads to. Beside a signature or long-term data they are leftovers of the
/// writer, which show nobody anything; alone nothing explains them.
fn unreachable_additions(step: &mut Step<'_, '_>, survey: &Survey, trailer: &Dict) {
    let roots = ["Root", "Info"]
        .iter()
        .filter_map(|key| Some(trailer.get(key)?.as_ref_id()?.number));
    let reachable = survey.reachable(roots);
    *step.budget = step.budget.saturating_sub(reachable.len() / 4);
    let mut lost: Vec<u32> = step
        .changed
        .iter()
        .copied()
        .filter(|number| !reachable.contains(number) && !survey.containers.contains(number))
        .collect();
    lost.sort_unstable();
    let store = step
        .new
        .catalog()
        .ok()
        .and_then(|catalog| catalog.get("DSS")?.as_ref_id());
    let beside = !step.signers.is_empty()
        || store.is_some_and(|store| step.touched.contains(&store.number))
        || step
            .changes
            .iter()
            .any(|change| change.kind == Changed::LongTermData);
    if beside {
        return;
    }
    for id in lost.into_iter().filter_map(|number| step.new.id_of(number)) {
        step.tell(
            Changed::Other,
            Some(id),
            None,
            "an object that nothing uses",
        );
    }
}
