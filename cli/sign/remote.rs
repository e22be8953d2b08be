//! Signing with a key that is far away: all documents are prepared, leave is asked for as many as one authorisation allows,
//! and each is finished when its signature is there. Stopped anywhere, the same command goes on.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use saoy_pdf::Document;
use saoy_signing::sign::{Digested, SignError, iso_time};

use super::csc::{Allowed, Answered, Credential, Fault};
use super::levels::Job;
use super::publish::{Draft, folder_of};
use super::record::{Entry, Status, Trouble};
use super::secret::Waits;
use super::waiting::{Held, Lot, State, Waiting};

/// First and longest wait between two questions whether it is done.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// One document of this run.
pub(super) struct Task<'a> {
    pub(super) input: &'a Path,
    pub(super) out: &'a Path,
    pub(super) entry: &'a mut Entry,
}

/// Signs all of `tasks`, whose outputs are in one folder or not there.
pub(super) fn run(job: &Job<'_>, credential: &Credential, tasks: Vec<Task<'_>>) {
    let mut by_folder: Vec<(PathBuf, Vec<Task<'_>>)> = Vec::new();
    for task in tasks {
        let folder = folder_of(task.out).to_owned();
        match by_folder.iter_mut().find(|(known, _)| *known == folder) {
            Some((_, tasks)) => tasks.push(task),
            None => by_folder.push((folder, vec![task])),
        }
    }
    for (folder, mut tasks) in by_folder {
        let mut batch = Batch {
            job,
            credential,
            key: credential.name(),
            tasks: &mut tasks,
        };
        if let Err(error) = batch.all(&folder) {
            batch.stop(&error);
        }
    }
}

struct Batch<'a, 'b> {
    job: &'a Job<'a>,
    credential: &'a Credential,
    key: String,
    tasks: &'a mut Vec<Task<'b>>,
}

impl Batch<'_, '_> {
    /// Puts `error` to the first document that is still open; the others wait.
    fn stop(&mut self, error: &anyhow::Error) {
        let mut told = false;
        for task in &mut *self.tasks {
            if task.entry.status != Status::Pending {
                continue;
            }
            if !told {
                task.entry.fail(Trouble::of(error));
                told = true;
            }
        }
    }

    fn all(&mut self, folder: &Path) -> anyhow::Result<()> {
        let waiting = Waiting::open(folder)?;
        let done = self.lots(&waiting);
        waiting.close();
        done
    }

    /// What waits first, then lot after lot of the rest.
    fn lots(&mut self, waiting: &Waiting) -> anyhow::Result<()> {
        // With a key that must not sign any more, what waits goes on waiting, and every document below says why.
        if self.job.check_key(self.credential.chain()).is_ok() {
            for lot in waiting.lots(&self.key, &self.job.wish)? {
                self.take_up(lot)?;
            }
        }
        loop {
            let open: Vec<usize> = self
                .tasks
                .iter()
                .enumerate()
                .filter(|(_, task)| task.entry.status == Status::Pending)
                .map(|(index, _)| index)
                .take(self.credential.most())
                .collect();
            if open.is_empty() {
                return Ok(());
            }
            let mut held = Vec::new();
            for index in open {
                let Some(task) = self.tasks.get_mut(index) else {
                    continue;
                };
                match prepare(self.job, self.credential, waiting, task) {
                    Ok(one) => held.push(one),
                    Err(error) => task.entry.fail(Trouble::of(&error)),
                }
            }
            if !held.is_empty() {
                let lot = waiting.put(&self.key, &self.job.wish, held)?;
                self.finish(lot, false)?;
            }
        }
    }

    /// Goes on with what an earlier run left: of documents that this run is about, and that are what they were.
    fn take_up(&mut self, mut lot: Lot) -> anyhow::Result<()> {
        let is_ours = |held: &Held| {
            let task = self
                .tasks
                .iter()
                .find(|task| task.out == held.output && task.entry.status == Status::Pending);
            task.is_some_and(|task| held.take_up(task.input).is_some())
        };
        // Signatures come for all or none: those not of this run stay until theirs.
        let is_for_all = matches!(lot.state, State::Asked(_) | State::Made(_));
        if !lot.documents.iter().any(is_ours) {
            let is_done = |held: &Held| held.output.exists();
            if lot.documents.iter().all(is_done) {
                lot.remove()?;
            }
            return Ok(());
        }
        if !is_for_all {
            lot.retain(is_ours)?;
        }
        self.finish(lot, true)
    }

    /// Brings a lot to its end. What is only not there yet stays for the next run; what will never be there goes.
    fn finish(&mut self, mut lot: Lot, is_old: bool) -> anyhow::Result<()> {
        let asked = self.ask(&mut lot, is_old);
        if let Err(error) = asked {
            let fault = error.downcast_ref::<Fault>();
            let is_open =
                fault.is_some_and(|fault| fault.is_open || fault.code == "remote_waiting");
            let is_busy = fault
                .is_some_and(|fault| matches!(fault.code, "remote_unreachable" | "remote_busy"));
            if lot.state == State::Ready || !(is_open || is_busy) {
                lot.remove()?;
            }
            return Err(error);
        }
        for held in &lot.documents {
            let task = self
                .tasks
                .iter_mut()
                .find(|task| task.out == held.output && task.entry.status == Status::Pending);
            if let Some(task) = task
                && let Err(error) = complete(self.job, self.credential, held, task)
            {
                task.entry.fail(Trouble::of(&error));
            }
        }
        // What could not be finished keeps its signature: the key need not be asked again.
        let tasks = &*self.tasks;
        lot.retain(|held| {
            let task = tasks.iter().find(|task| task.out == held.output);
            match task.map(|task| task.entry.status) {
                Some(status) => matches!(status, Status::Pending | Status::Failed),
                None => !held.output.exists(),
            }
        })?;
        if lot.documents.is_empty() {
            lot.remove()?;
        }
        Ok(())
    }

    /// Step by step until the signatures are in the lot.
    fn ask(&self, lot: &mut Lot, is_old: bool) -> anyhow::Result<()> {
        let messages: Option<Vec<Vec<u8>>> = lot
            .documents
            .iter()
            .map(|held| Some(held.digested()?.message(self.credential.chain().first()?)))
            .collect();
        let messages = messages.ok_or(SignError::PutAside)?;
        let hashes: Vec<Vec<u8>> = messages
            .iter()
            .map(|message| self.credential.hash(message))
            .collect();
        let mut may_begin_again = is_old;
        loop {
            let step = match lot.state.clone() {
                State::Ready | State::Told => self.begin(lot, &hashes),
                State::Asked(handle) => self.approved(lot, &hashes, &handle),
                State::Made(response) => self.made(lot, &messages, &response),
                State::Signed => return Ok(()),
            };
            if let Err(error) = step {
                // What an earlier run asked for is forgotten there by now: it is asked for anew, once.
                let forgotten = error
                    .downcast_ref::<Fault>()
                    .is_some_and(|fault| matches!(fault.code, "remote_refused" | "remote_expired"));
                if !(forgotten && may_begin_again) {
                    return Err(error);
                }
                may_begin_again = false;
                lot.step(State::Ready)?;
            }
        }
    }

    fn begin(&self, lot: &mut Lot, hashes: &[Vec<u8>]) -> anyhow::Result<()> {
        match self.credential.authorize(hashes)? {
            Allowed::Now(sad) => self.tell(lot, hashes, &sad),
            Allowed::Later(handle) => Ok(lot.step(State::Asked(handle))?),
        }
    }

    fn approved(&self, lot: &mut Lot, hashes: &[Vec<u8>], handle: &str) -> anyhow::Result<()> {
        let mut handle = handle.to_owned();
        self.credential.tell(Waits::Approval);
        let sad = self.patiently(|| match self.credential.check(&handle)? {
            Allowed::Now(sad) => Ok(Some(sad)),
            // Services may give a new one each time; the next run asks with the newest.
            Allowed::Later(next) => {
                if next != handle {
                    lot.step(State::Asked(next.clone()))?;
                    handle = next;
                }
                Ok(None)
            }
        })?;
        self.tell(lot, hashes, &sad)
    }

    fn tell(&self, lot: &mut Lot, hashes: &[Vec<u8>], sad: &str) -> anyhow::Result<()> {
        lot.step(State::Told)?;
        match self.credential.sign(sad, hashes)? {
            Answered::Later(response) => Ok(lot.step(State::Made(response))?),
            Answered::Now(signatures) => self.keep(lot, signatures),
        }
    }

    fn made(&self, lot: &mut Lot, messages: &[Vec<u8>], response: &str) -> anyhow::Result<()> {
        let count = messages.len();
        self.credential.tell(Waits::Signature);
        let signatures = self.patiently(|| Ok(self.credential.poll(response, count)?))?;
        self.keep(lot, signatures)
    }

    fn keep(&self, lot: &mut Lot, signatures: Vec<Vec<u8>>) -> anyhow::Result<()> {
        for (held, signature) in lot.documents.iter_mut().zip(signatures) {
            let digits = signature.iter().map(|byte| format!("{byte:02x}"));
            held.signature = Some(digits.collect());
        }
        Ok(lot.step(State::Signed)?)
    }

    /// Asks until there is an answer or the time to wait is over.
    fn patiently<T>(
        &self,
        mut ask: impl FnMut() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + self.credential.patience();
        let mut wait = WAITS.0;
        loop {
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            if Instant::now() + wait > deadline {
                return Err(Fault::waiting().into());
            }
            std::thread::sleep(wait);
            wait = (wait * 3 / 2).min(WAITS.1);
        }
    }
}

/// Prepares one document and puts it aside.
fn prepare(
    job: &Job<'_>,
    credential: &Credential,
    waiting: &Waiting,
    task: &Task<'_>,
) -> anyhow::Result<Held> {
    let document = Document::open(File::open(task.input)?).map_err(SignError::from)?;
    let mut draft = Draft::new_in(waiting.folder(), task.out)?;
    let ready = job.prepare(
        task.input,
        &document,
        credential.chain(),
        Digested::algorithm_for(credential.scheme()),
        &mut draft,
    )?;
    Ok(Held::new(
        &mut draft,
        task.out,
        &ready.digested,
        ready.field,
        iso_time(ready.time),
        ready.warnings,
    )?)
}

/// Puts its signature into one document, brings it to its level and gives it its name.
fn complete(
    job: &Job<'_>,
    credential: &Credential,
    held: &Held,
    task: &mut Task<'_>,
) -> anyhow::Result<()> {
    let (mut draft, digested) = held.take_up(task.input).ok_or(SignError::PutAside)?;
    let raw = held
        .signature
        .as_deref()
        .and_then(bytes)
        .ok_or(SignError::PutAside)?;
    let own = credential.chain().first().ok_or(SignError::KeyMismatch)?;
    let raw = credential.normal(&digested.message(own), raw);
    let signed = digested.signed(credential.chain(), credential.scheme(), raw)?;
    let reached = job.complete(signed, &mut draft)?;
    task.entry.field = Some(held.field.clone());
    task.entry.signer = Some(own.party().name);
    task.entry.time = Some(held.time.clone());
    task.entry.warnings.clone_from(&held.warnings);
    job.finish(draft, reached, task.entry)?;
    task.entry.status = Status::Signed;
    Ok(())
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
        .collect()
}
