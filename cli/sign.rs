//! `saoy sign`: PAdES signatures behind untouched copies of the inputs.

mod csc;
mod grammar;
pub(crate) use grammar::command;
mod keys;
mod levels;
mod pkcs11;
mod place;
mod publish;
mod queue;
mod reach;
mod record;
mod remote;
mod reserve;
mod secret;
pub(crate) use secret::Secrets;
mod servers;
mod speech;
mod stamp;
mod statement;
mod waiting;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clap::ArgMatches;
use saoy_pipeline::record::Bilingual;
use saoy_signing::crypto::Digest;
use saoy_signing::sign::key::{KeyError, Preference};

use crate::args::given;
use crate::terminal;
use crate::verify::record::hex;
use crate::words::{Said, Ui, said};
use levels::Job;
use queue::Queue;
use record::{Entry, Status, Trouble};

/// Runs the command. Exit codes: those of the program; of several inputs 1 when some failed.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    if let Some(matches) = matches.subcommand_matches("queue") {
        return queue::run(matches, ui);
    }
    let inputs: Vec<PathBuf> = matches
        .get_many::<PathBuf>("inputs")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let out = given::<PathBuf>(matches, "out")?;
    let is_folder =
        inputs.len() > 1 || out.is_dir() || out.as_os_str().to_string_lossy().ends_with('/');
    let opened = match opened(matches, ui)? {
        Ok(opened) => opened,
        Err(code) => return Ok(code),
    };
    let job = match Job::new(matches, opened.as_ref()) {
        Ok(job) => job,
        Err(error) => {
            terminal::complain(ui, &error);
            return Ok(ExitCode::from(2));
        }
    };
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wanted = matches
        .get_one::<u16>("jobs")
        .map_or(cpus, |jobs| usize::from(*jobs));
    let targets: Vec<PathBuf> = inputs
        .iter()
        .map(|input| target(input, out, is_folder))
        .collect();
    let entries = all(&job, opened.as_ref(), wanted, &inputs, &targets);
    record::report(&entries, matches.get_flag("json"), ui)?;
    let failed: Vec<u8> = entries.iter().filter_map(Entry::exit_code).collect();
    Ok(match failed.as_slice() {
        [] => ExitCode::SUCCESS,
        [code] if entries.len() == 1 => ExitCode::from(*code),
        // The key was lost to all that follow.
        _ if entries.iter().any(|entry| entry.status == Status::Pending) => ExitCode::from(4),
        _ if entries.iter().any(Entry::lost_key) => ExitCode::from(4),
        _ => ExitCode::from(1),
    })
}

/// What becomes of each of `inputs`.
fn all(
    job: &Job<'_>,
    opened: Option<&keys::Opened>,
    wanted: usize,
    inputs: &[PathBuf],
    targets: &[PathBuf],
) -> Vec<Entry> {
    match opened.and_then(|opened| opened.key.far()) {
        Some(credential) => far(job, credential, inputs, targets),
        None => here(job, wanted, inputs, targets),
    }
}

/// With a key at hand, or none: file by file, as many at a time as the key allows.
fn here(job: &Job<'_>, wanted: usize, inputs: &[PathBuf], targets: &[PathBuf]) -> Vec<Entry> {
    let threads = wanted.min(job.parallel()).min(inputs.len()).max(1);
    let entries: Vec<Slot> = inputs.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let lost = AtomicBool::new(false);
    let work = || {
        while let Some((input, target, slot)) = next_of(&next, inputs, targets, &entries) {
            let entry = one(job, input, target, &lost);
            if entry.lost_key() {
                lost.store(true, Ordering::Relaxed);
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(entry);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    entries
        .into_iter()
        .filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// With a key far away: all together.
fn far(
    job: &Job<'_>,
    credential: &csc::Credential,
    inputs: &[PathBuf],
    targets: &[PathBuf],
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = inputs
        .iter()
        .zip(targets)
        .map(|(input, target)| {
            let mut entry = Entry::new(input, target);
            entry.status = Status::Pending;
            is_settled(job, input, target, &mut entry);
            entry
        })
        .collect();
    let tasks = inputs.iter().zip(targets).zip(&mut entries);
    let tasks = tasks
        .filter(|(_, entry)| entry.status == Status::Pending)
        .map(|((input, out), entry)| remote::Task { input, out, entry })
        .collect();
    remote::run(job, credential, tasks);
    entries
}

/// The key that the arguments name; the exit code once it was told why there is none.
fn opened(matches: &ArgMatches, ui: Ui) -> anyhow::Result<Result<Option<keys::Opened>, ExitCode>> {
    let preference = Preference {
        digest: match given::<String>(matches, "digest")?.as_str() {
            "sha384" => Digest::Sha384,
            "sha512" => Digest::Sha512,
            _ => Digest::Sha256,
        },
        pss: matches.get_flag("pss"),
    };
    match matches
        .get_one::<String>("key")
        .map(|key| keys::open(key, matches, preference, ui))
    {
        None => Ok(Ok(None)),
        Some(Ok(opened)) => Ok(Ok(Some(opened))),
        Some(Err(error)) => {
            let code = if error.is::<Said>() { 2 } else { 4 };
            let error = match error.downcast_ref::<KeyError>() {
                Some(why) => Said(speech::key(why).1).into(),
                None => match error.downcast::<csc::Fault>() {
                    Ok(fault) => Said(fault.said).into(),
                    Err(error) => error,
                },
            };
            terminal::complain(ui, &error);
            Ok(Err(ExitCode::from(code)))
        }
    }
}

/// A signature made for another command.
pub(crate) struct Made {
    /// SHA-256 of the signer's certificate, hexadecimal.
    pub(crate) certificate: String,
    /// The signer's name by the certificate.
    pub(crate) signer: String,
    /// True of the throw-away key.
    pub(crate) test_key: bool,
}

/// Signs one file for another command of this program, which gives a command line of this one. Says what went wrong and
/// gives the exit code when there is no signature.
pub(crate) fn for_another(
    arguments: &[OsString],
    ui: Ui,
) -> anyhow::Result<Result<Made, ExitCode>> {
    let whole = crate::args::command(ui).try_get_matches_from(arguments)?;
    let matches = whole
        .subcommand_matches("sign")
        .ok_or_else(|| anyhow::anyhow!("saoy sign"))?;
    let opened = match opened(matches, ui)? {
        Ok(opened) => opened,
        Err(code) => return Ok(Err(code)),
    };
    let job = match Job::new(matches, opened.as_ref()) {
        Ok(job) => job,
        Err(error) => {
            terminal::complain(ui, &error);
            return Ok(Err(ExitCode::from(2)));
        }
    };
    let input = given::<PathBuf>(matches, "inputs")?;
    let out = given::<PathBuf>(matches, "out")?;
    let made = all(
        &job,
        opened.as_ref(),
        1,
        std::slice::from_ref(input),
        std::slice::from_ref(out),
    );
    let Some(entry) = made.into_iter().next() else {
        return Ok(Err(ExitCode::from(4)));
    };
    for warning in &entry.warnings {
        terminal::hint(ui, &warning.vi, &warning.en);
    }
    if let Some(trouble) = &entry.error {
        let told = Bilingual {
            vi: trouble.vi.clone(),
            en: trouble.en.clone(),
        };
        terminal::complain(ui, &Said(told).into());
        return Ok(Err(ExitCode::from(entry.exit_code().unwrap_or(4))));
    }
    let certificate = opened
        .as_ref()
        .and_then(|opened| opened.key.chain().first())
        .map(|own| hex(&own.fingerprint))
        .unwrap_or_default();
    Ok(Ok(Made {
        certificate,
        signer: entry.signer.unwrap_or_default(),
        test_key: entry.test_key,
    }))
}

type Slot = Mutex<Option<Entry>>;

fn next_of<'a>(
    next: &AtomicUsize,
    inputs: &'a [PathBuf],
    targets: &'a [PathBuf],
    entries: &'a [Slot],
) -> Option<(&'a PathBuf, &'a PathBuf, &'a Slot)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((inputs.get(index)?, targets.get(index)?, entries.get(index)?))
}

/// Where the signed copy goes.
fn target(input: &Path, out: &Path, is_folder: bool) -> PathBuf {
    if is_folder {
        out.join(input.file_name().unwrap_or_default())
    } else {
        out.to_owned()
    }
}

/// Signs one file; without its key, only looks whether it is signed.
fn one(job: &Job<'_>, input: &Path, out: &Path, lost: &AtomicBool) -> Entry {
    let mut entry = Entry::new(input, out);
    if is_settled(job, input, out, &mut entry) {
        return entry;
    }
    if lost.load(Ordering::Relaxed) {
        entry.status = Status::Pending;
        return entry;
    }
    if let Err(error) = job.run(input, out, &mut entry) {
        entry.fail(Trouble::of(&error));
    }
    entry
}

/// Whether something is there under the output's name: what an earlier run finished is not signed a second time, and what
/// is somebody else's is not replaced.
fn is_settled(job: &Job<'_>, input: &Path, out: &Path, entry: &mut Entry) -> bool {
    if job.force || !out.exists() {
        return false;
    }
    if levels::continues(input, out).unwrap_or(false) {
        entry.status = Status::Skipped;
        let queue = Queue::beside(out);
        let name = queue::name_of(out).ok();
        if let Some(queued) = name.and_then(|name| queue.read(&name).ok().flatten())
            && queued.state == queue::State::Waiting
        {
            entry.wait(&queued, &queue);
        }
    } else {
        entry.fail(Trouble::refused(
            "output_exists",
            said!(
                "đã có tệp {}; thêm --force để ghi đè",
                "{} is there already; add --force to replace it",
                out.display()
            ),
        ));
    }
    true
}
