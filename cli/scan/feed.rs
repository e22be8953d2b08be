//! Drawing pages in: runs `scanimage`, and tells of each page when it is whole.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::device::cannot_run;
use super::fault::{Fault, Status};
use super::stopped;

/// What is to be scanned, and how.
pub(super) struct Job<'a> {
    pub(super) program: &'a Path,
    pub(super) device: &'a str,
    /// The wish in the scanner's words.
    pub(super) arguments: &'a [String],
    /// Paper comes from a feeder.
    pub(super) fed: bool,
    /// No more than so many pages.
    pub(super) pages: Option<u32>,
    /// Somebody lays each page.
    pub(super) prompt: bool,
    pub(super) format: &'a str,
}

/// Scans into `folder`, beginning with page number `first`; tells of each page. A page appears under its name when it is
/// whole: `scanimage` renames it.
///
/// # Errors
/// When the scanner stops before it is through; pages that were told of are there.
pub(super) fn run(
    job: &Job<'_>,
    folder: &Path,
    first: u32,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(u32, &Path),
) -> Result<(), Fault> {
    if !job.prompt || job.fed {
        let count = if job.fed {
            job.pages
        } else {
            Some(job.pages.unwrap_or(1))
        };
        return go(job, folder, first, count, stop, tell);
    }
    let mut answer = String::new();
    for page in first.. {
        if job.pages.is_some_and(|pages| page - first >= pages) || stopped(stop) {
            break;
        }
        if page > first {
            answer.clear();
            let read = std::io::stdin().lock().read_line(&mut answer).unwrap_or(0);
            // The end of the input is an answer too.
            if read == 0 || answer.trim().eq_ignore_ascii_case("q") {
                break;
            }
        }
        go(job, folder, page, Some(1), stop, tell)?;
    }
    if stopped(stop) {
        Err(Fault::Stopped)
    } else {
        Ok(())
    }
}

fn go(
    job: &Job<'_>,
    folder: &Path,
    first: u32,
    count: Option<u32>,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(u32, &Path),
) -> Result<(), Fault> {
    let ending = if job.format == "png" { "png" } else { "tif" };
    let mut command = Command::new(job.program);
    command
        .arg("-d")
        .arg(job.device)
        .arg(format!("--format={}", job.format))
        .arg("--batch-print")
        .arg(format!("--batch-start={first}"))
        // Only the name: a `%` in the folder's path would be taken for a place to be filled.
        .arg(format!("--batch=%04d.{ending}"))
        .args(count.map(|count| format!("--batch-count={count}")))
        .args(job.arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| cannot_run(job.program, error))?;
    let said = heard(&mut child);
    let (mut page, mut words) = (first, String::new());
    loop {
        // Drivers have been seen to hang while they close a scanner that failed.
        let patience = match last_complaint(&words).is_empty() {
            true => SILENCE,
            false => END,
        };
        match said.recv_timeout(patience) {
            Ok(Said::Page(line)) => {
                let path = folder.join(Path::new(line.trim()).file_name().unwrap_or_default());
                tell(page, &path);
                page = page.saturating_add(1);
            }
            Ok(Said::Word(line)) => {
                words.push_str(&line);
                words.push('\n');
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                if last_complaint(&words).is_empty() {
                    let seconds = SILENCE.as_secs();
                    words.push_str(&format!("scanimage: no answer for {seconds} s\n"));
                }
                break;
            }
        }
    }
    let status = child.wait().map_err(Fault::Program)?;
    if stopped(stop) {
        return Err(Fault::Stopped);
    }
    let came = page > first;
    match Fault::of(status.code(), &last_complaint(&words)) {
        _ if status.success() => Ok(()),
        // A feeder that is empty after some pages is what was waited for.
        Fault::Status {
            status: Status::NoDocuments,
            ..
        } if came && job.fed => Ok(()),
        fault => Err(fault),
    }
}

/// The longest that the program may say nothing, a page of the largest scanner at its finest being read; and how long it may
/// take to end when it has complained.
const SILENCE: Duration = Duration::from_secs(600);
const END: Duration = Duration::from_secs(15);

/// What the program says while it runs, line by line.
enum Said {
    /// The file of a page.
    Page(String),
    /// Anything else.
    Word(String),
}

/// Hears it all; a full pipe would stop the program.
fn heard(child: &mut Child) -> Receiver<Said> {
    let (to, from) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        pass_on(pipe, to.clone(), Said::Page);
    }
    if let Some(pipe) = child.stderr.take() {
        pass_on(pipe, to, Said::Word);
    }
    from
}

fn pass_on(pipe: impl Read + Send + 'static, to: Sender<Said>, said: fn(String) -> Said) {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if to.send(said(text)).is_err() {
                return;
            }
        }
    });
}

/// The last line in which the program tells a state of the scanner, else the last in which it complains.
fn last_complaint(words: &str) -> String {
    let complaints = || {
        words
            .lines()
            .filter_map(|line| line.split_once("scanimage: "))
    };
    let telling = complaints().rfind(|(_, complaint)| Status::of_words(complaint) != Status::Other);
    telling
        .or_else(|| complaints().next_back())
        .map_or_else(String::new, |(_, complaint)| complaint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_state_that_was_told_last() {
        let words = "Scanning page 1\nscanimage: rounded value of br-x from 210 to 209.9\nscanimage: sane_read: Document feeder jammed\nscanimage: trying to stop scanner\nBatch terminated, 1 page scanned\n";
        assert_eq!(last_complaint(words), "sane_read: Document feeder jammed");
        assert_eq!(last_complaint("Batch terminated"), "");
    }
}
