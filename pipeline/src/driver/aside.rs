//! Setting an input aside: in the journal, and beside the outputs in words.

use std::path::Path;
use std::sync::PoisonError;

use super::failures::reason_of;
use super::journal::{Entry, Key};
use super::{Run, publish};
use crate::failure::Reason;
use crate::ingest::SetAside;
use crate::ingest::inputs;
use crate::masked::masked_in;
use crate::record::{BatchEntry, Failure, Status};

/// Remembers a failure in the journal and beside the outputs.
pub(super) fn set_aside(
    run: &Run<'_>,
    path: &Path,
    named: Option<(Key, String)>,
    failure: &Failure,
) -> BatchEntry {
    let name = match named {
        Some((key, name)) => {
            let entry = Entry::Failed {
                key,
                name: name.clone(),
                failure: failure.clone(),
            };
            // A journal that cannot be written shows in the run's own record; the failure is in it too.
            let _ = run.workplace.journal.append(&entry);
            name
        }
        None => {
            let stem = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            run.names
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(&stem)
        }
    };
    let text = masked_in(&why(failure));
    let file = format!("{name}.why.txt");
    let _ = publish::write_whole(
        &run.workplace.staging,
        &run.plan.out,
        &file,
        text.as_bytes(),
    );
    BatchEntry {
        path: path.display().to_string(),
        name,
        status: Status::Failed,
        pages: 0,
        flags: Vec::new(),
        parts: Vec::new(),
        separators: Vec::new(),
        error: Some(failure.clone()),
    }
}

/// The text of `NAME.why.txt`.
fn why(failure: &Failure) -> String {
    let Failure {
        code,
        message,
        hint,
        ..
    } = failure;
    format!(
        "{}\nGợi ý: {}\n\n{}\nHint: {}\n\n{code}\n",
        message.vi, hint.vi, message.en, hint.en
    )
}

/// The entry of an input that is no document at all.
pub(super) fn entry_of_trouble(run: &Run<'_>, trouble: &SetAside) -> BatchEntry {
    let reason = match &trouble.reason {
        inputs::Reason::Fault(fault) => reason_of(fault),
        _ => Reason::Unreadable,
    };
    set_aside(
        run,
        &trouble.path,
        None,
        &reason.about(&trouble.path, None, &trouble.reason),
    )
}
