//! One try to raise one document: it is as it was at every moment, or wholly raised.

use std::fs::File;
use std::io;
use std::path::Path;

use saoy_pdf::Fault;
use saoy_signing::sign::evidence::Missing;
use saoy_signing::sign::{SignError, check_earlier};
use saoy_signing::structure;

use super::super::levels::continues;
use super::super::publish::Draft;
use super::super::reach::{self, Level};
use super::super::servers::{Servers, fill, now};
use super::{Bytes, Pace, Queue, Queued, Reason, State, Time, until};

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It has its level, and waits no more.
    Raised,
    /// Not yet, or not wholly.
    Waits,
    /// It never will.
    Failed,
    /// Somebody else settled it meanwhile.
    Gone,
}

/// What a document is now.
enum Found {
    /// What the entry says; `true` where somebody added something behind it.
    Known(bool),
    /// Something else, or nothing.
    Lost(Reason),
}

/// Tries to raise the document of `entry` with those servers, or says why there are none, and writes down what came of it;
/// `entry` is what is written then.
///
/// # Errors
/// When that cannot be written down.
pub(super) fn raise(
    queue: &Queue,
    entry: &mut Queued,
    servers: Result<&Servers, &Reason>,
    pace: Pace,
) -> anyhow::Result<Outcome> {
    let before = entry.bytes.clone();
    let tried = match servers {
        Ok(servers) => attempt(queue, entry, servers),
        Err(reason) => Ok(Some(Stop::Passing(reason.clone()))),
    };
    if is_settled(entry) {
        return Ok(Outcome::Raised);
    }
    let reason = match tried {
        Ok(None) => return Ok(Outcome::Gone),
        Ok(Some(Stop::Final(reason))) => {
            entry.state = State::Failed;
            reason
        }
        Ok(Some(Stop::Passing(reason))) => reason,
        Err(error) => Reason::of(&error),
    };
    let has_moved = entry.bytes != before;
    entry.attempts = if has_moved {
        1
    } else {
        entry.attempts.saturating_add(1)
    };
    let mut chance = [0; 4];
    fill(&mut chance)?;
    entry.next = pace.next(Time::now(), entry.attempts, u32::from_ne_bytes(chance));
    entry.error = reason;
    let Some(hold) = queue.hold_if_there()? else {
        return Ok(Outcome::Gone);
    };
    // What is on disk is what this try has left there, unless somebody dropped it or signed the document anew.
    let is_ours = |there: &Queued| there.queued == entry.queued && there.bytes == entry.bytes;
    if !queue.read(&entry.file)?.as_ref().is_some_and(is_ours) {
        return Ok(Outcome::Gone);
    }
    hold.put(entry)?;
    Ok(match entry.state {
        State::Waiting => Outcome::Waits,
        State::Failed => Outcome::Failed,
    })
}

/// Why a document did not get its level.
enum Stop {
    Passing(Reason),
    Final(Reason),
}

/// The try itself; `None` when the entry is no longer what it was. What of the level is reached is in the entry, on disk too.
fn attempt(queue: &Queue, entry: &mut Queued, servers: &Servers) -> anyhow::Result<Option<Stop>> {
    let path = queue.document(&entry.file);
    let there = match std::fs::symlink_metadata(&path) {
        Ok(there) if there.is_file() => there,
        // What lies elsewhere is somebody else's.
        Ok(_) => return Ok(Some(Stop::Final(Reason::changed()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return missing(queue, entry, &path);
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(raised) = entry.raised.clone() {
        // A run was stopped as it put the raised document in its place, or just before.
        let is_raised = raised.begin(File::open(&path)?)?.is_some();
        let Some(hold) = hold_of(queue, entry)? else {
            return Ok(None);
        };
        entry.raised = None;
        if is_raised {
            entry.bytes = raised;
            entry.attempts = 0;
        }
        if is_settled(entry) {
            hold.remove(&entry.file)?;
            hold.close();
            return Ok(None);
        }
        hold.put(entry)?;
    }
    if let Some(silent) = servers.is_silent() {
        return Ok(Some(Stop::Passing(Reason::of(&silent.into()))));
    }
    // What is judged from here on is a copy, which nobody else changes.
    let mut draft = Draft::new_in(queue.folder(), &path)?;
    copy(&path, &mut draft)?;
    let is_added_to = match found(entry, &draft)? {
        Found::Known(is_added_to) => is_added_to,
        Found::Lost(reason) => return Ok(Some(Stop::Final(reason))),
    };
    let (level, wanted) = entry.levels().unwrap_or((Level::B, Level::B));
    if let Some(end) = entry.until.filter(|end| *end < Time::now()) {
        return Ok(Some(Stop::Final(Reason::expired(&end.iso()))));
    }
    let mut from = level;
    if is_added_to {
        if let Err(error) = check_earlier(draft.reader()?, &servers.policy, now()) {
            return Ok(Some(stop(error.into())));
        }
        let revisions = saoy_pdf::Revisions::read(draft.reader()?).map_err(SignError::from)?;
        if !reach::is_timed(&structure::examine(&revisions))? {
            // Whoever signed behind it gets his time along with it.
            from = Level::B;
        }
    }
    let (reached, short) = servers.lift(&mut draft, from, wanted)?;
    let Some(error) = short else {
        return put(queue, entry, draft, (reached, wanted), &there).map(|()| None);
    };
    if reached > level {
        put(queue, entry, draft, (reached, wanted), &there)?;
    }
    Ok(Some(stop(error)))
}

/// Whether the entry has what it waited for.
fn is_settled(entry: &Queued) -> bool {
    entry
        .levels()
        .is_some_and(|(level, wanted)| level >= wanted)
}

/// There is no document: unless it is just being given its name, it will not come.
fn missing(queue: &Queue, entry: &Queued, path: &Path) -> anyhow::Result<Option<Stop>> {
    let Some(_hold) = hold_of(queue, entry)? else {
        return Ok(None);
    };
    Ok(match path.try_exists()? {
        true => None,
        false => Some(Stop::Final(Reason::missing())),
    })
}

/// The right to change the entry, while it is what it was.
fn hold_of(queue: &Queue, entry: &Queued) -> anyhow::Result<Option<super::Hold>> {
    let Some(hold) = queue.hold_if_there()? else {
        return Ok(None);
    };
    let is_same = queue.read(&entry.file)?.as_ref() == Some(entry);
    Ok(Some(hold).filter(|_| is_same))
}

fn copy(path: &Path, draft: &mut Draft) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = io::Read::read(&mut file, &mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        draft.write(buffer.get(..count).unwrap_or_default())?;
    }
}

/// What the copy is.
fn found(entry: &Queued, draft: &Draft) -> io::Result<Found> {
    Ok(match entry.bytes.begin(draft.reader()?)? {
        Some(is_added_to) => Found::Known(is_added_to),
        None => Found::Lost(Reason::changed()),
    })
}

/// What an error of a try means for the next.
fn stop(error: anyhow::Error) -> Stop {
    let reason = Reason::of(&error);
    let is_final = match (
        error.downcast_ref::<SignError>(),
        error.downcast_ref::<Missing>(),
    ) {
        (Some(SignError::Refused(_)), _) => true,
        (Some(SignError::Pdf(pdf)), _) => pdf.fault() != Fault::Environment,
        (_, Some(Missing::Revoked(..) | Missing::ChainInvalid(..))) => true,
        _ => false,
    };
    if is_final {
        Stop::Final(reason)
    } else {
        Stop::Passing(reason)
    }
}

/// Puts the raised document in the place of what it was, unless that changed meanwhile.
fn put(
    queue: &Queue,
    entry: &mut Queued,
    draft: Draft,
    (reached, wanted): (Level, Level),
    there: &std::fs::Metadata,
) -> anyhow::Result<()> {
    let path = queue.document(&entry.file);
    let raised = Bytes::of(draft.reader()?, reached)?;
    let end = until(&draft, &entry.field, wanted)?;
    draft.resemble(there)?;
    let Some(hold) = hold_of(queue, entry)? else {
        return Ok(());
    };
    if !continues(&path, draft.path())? {
        // Somebody wrote to it while the servers were asked: the next try sees what.
        return Ok(());
    }
    entry.raised = Some(raised.clone());
    hold.put(entry)?;
    draft.publish(true)?;
    entry.raised = None;
    entry.bytes = raised;
    entry.until = end;
    if is_settled(entry) {
        hold.remove(&entry.file)?;
        hold.close();
    } else {
        hold.put(entry)?;
    }
    Ok(())
}
