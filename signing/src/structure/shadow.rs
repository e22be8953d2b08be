//! Hints of a shadow attack in preparation: content in wait, content that can be switched, code (Mainka et al., NDSS 2021).

use saoy_pdf::{Object, Revisions};

use super::{Structure, survey::Survey};
use crate::finding::{Finding, Reason};

/// Hints of one kind that are told one by one.
const TOLD: usize = 8;

/// Adds the hints to the warnings.
pub(super) fn hints(file: &Revisions, survey: &Survey, structure: &mut Structure) {
    let Ok(view) = file.newest() else { return };
    let catalog = view.catalog().unwrap_or_default();
    let mut warn = |detail: String, object| {
        let mut finding = Finding::new(Reason::ShadowPreparation, detail);
        finding.object = object;
        structure.warnings.push(finding);
    };
    for (key, what) in [
        (
            "OCProperties",
            "optional content, which can be switched on and off",
        ),
        ("OpenAction", "an action on opening"),
        ("AA", "actions on events"),
    ] {
        let is_action = catalog.get(key).is_some_and(|value| match key {
            // A place to open at is an array; it shows nothing else.
            "OpenAction" => view.resolve(value).is_ok_and(|value| {
                value
                    .as_dict()
                    .is_some_and(|action| !action.is("S", "GoTo"))
            }),
            _ => *value != Object::Null,
        });
        if is_action {
            warn(format!("the catalog has {what}"), None);
        }
    }
    for (id, kind) in survey.actions.iter().take(TOLD) {
        warn(format!("a {kind} action"), Some(*id));
    }
    let roots = file.iter().flat_map(|revision| {
        ["Root", "Info"]
            .iter()
            .filter_map(|key| Some(revision.trailer.get(key)?.as_ref_id()?.number))
    });
    let reachable = survey.reachable(roots);
    let mut unused: Vec<_> = survey
        .shown
        .iter()
        .filter(|id| !reachable.contains(&id.number))
        .collect();
    unused.sort_unstable();
    unused.dedup();
    for id in unused.into_iter().take(TOLD) {
        warn(
            "a page, form or image that nothing uses".to_owned(),
            Some(*id),
        );
    }
}
