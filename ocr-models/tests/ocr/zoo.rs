//! A zoo of failing readers: each costs its call and nothing else, in bounded time, with an error that says
//! what happened. The animals are the scripts in `zoo/`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use saoy_ocr::{Layout, OcrError, Readers};
use tempfile::TempDir;

use crate::fixture::{Image, config, folder, is_gone, lines, soon, text};

/// A reader program in a folder of its own, where it notes its processes.
struct Cage {
    folder: TempDir,
    readers: Readers,
}

/// What one call came to.
struct Seen {
    error: OcrError,
    took: Duration,
}

const LIMIT: Duration = Duration::from_millis(700);

impl Cage {
    fn new(animal: &str, limit: Duration) -> Self {
        let cage = tempfile::tempdir().unwrap();
        let script = folder().join(format!("zoo/{animal}.sh"));
        assert!(script.is_file(), "{animal}");
        // Links, because a file that was just written cannot be run while another thread forks.
        symlink(script, cage.path().join("animal")).unwrap();
        symlink(
            env!("CARGO_BIN_EXE_saoy-reader"),
            cage.path().join("saoy-reader"),
        )
        .unwrap();
        let mut config = config();
        config.program = cage.path().join("animal");
        config.page_limit = limit;
        config.memory_limit = 400 << 20;
        Self {
            folder: cage,
            readers: Readers::new(config),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Two calls, which must come to the same; then nothing may be left of what was started.
    fn watch(animal: &str, image: &Image) -> Seen {
        let cage = Self::new(animal, LIMIT);
        let mut last = None;
        for call in 1..=2 {
            let started = Instant::now();
            let error = cage.readers.read(&image.view(), Layout::Block).unwrap_err();
            let took = started.elapsed();
            assert!(
                took < LIMIT + Duration::from_secs(2),
                "{animal} took {took:?}"
            );
            let tally = cage.readers.tally();
            assert_eq!(
                (tally.started, tally.failed, tally.running),
                (call, call, 0),
                "{animal}: {error}"
            );
            last = Some(Seen { error, took });
        }
        let pids = fs::read_to_string(cage.path().join("pids")).unwrap();
        assert!(pids.lines().count() >= 2, "{animal}: {pids}");
        for pid in pids.lines() {
            // A process that was killed takes a moment to die.
            assert!(
                soon(|| is_gone(pid.parse().unwrap())),
                "{animal} left process {pid}"
            );
        }
        last.unwrap()
    }
}

/// 900 bytes: any question about it fits into a pipe.
fn small() -> Image {
    Image::blank(30, 30)
}

/// 16 MB: does not fit into any pipe.
fn large() -> Image {
    Image::blank(4000, 4000)
}

#[test]
fn those_that_hang_are_ended_in_time() {
    for animal in [
        "hangs_before_hello",
        "hangs_with_family",
        "leaves_family_behind",
        "hangs_in_its_answer",
    ] {
        let seen = Cage::watch(animal, &small());
        assert!(
            matches!(seen.error, OcrError::TimedOut { limit: LIMIT, .. }),
            "{animal}: {:?}",
            seen.error
        );
        assert!(seen.error.is_retryable() && seen.took >= LIMIT);
    }
    let seen = Cage::watch("never_reads", &large());
    assert!(
        matches!(seen.error, OcrError::TimedOut { .. }),
        "{:?}",
        seen.error
    );
}

#[test]
fn those_that_crash_are_told_by_their_signal() {
    for (animal, number, word) in [("segfaults", 11, "bad pix"), ("aborts", 6, "Assert failed")] {
        for image in [small(), large()] {
            let seen = Cage::watch(animal, &image);
            let OcrError::Crashed { signal, stderr } = &seen.error else {
                panic!("{animal}: {:?}", seen.error)
            };
            assert!(
                *signal == number && stderr.contains(word),
                "{animal}: {signal} {stderr}"
            );
            assert!(seen.error.is_retryable() && seen.error.to_string().contains(word));
        }
    }
}

#[test]
fn one_that_leaks_meets_its_limit() {
    let cage = Cage::new("leaks", Duration::from_secs(30));
    let error = cage
        .readers
        .read(&small().view(), Layout::Block)
        .unwrap_err();
    assert!(
        matches!(error, OcrError::OutOfMemory { limit, .. } if limit == 400 << 20),
        "{error:?}"
    );
    assert!(error.is_retryable());
}

#[test]
fn those_that_end_without_an_answer_are_told_by_their_status() {
    let seen = Cage::watch("exits_at_once", &large());
    assert!(
        matches!(seen.error, OcrError::Exited { code: 0, .. }),
        "{:?}",
        seen.error
    );
    let seen = Cage::watch("exits_with_a_message", &large());
    assert!(
        matches!(seen.error, OcrError::Exited { code: 3, .. }),
        "{:?}",
        seen.error
    );
    assert!(
        seen.error.to_string().ends_with("the model is damaged"),
        "{}",
        seen.error
    );
}

#[test]
fn those_that_talk_nonsense_are_not_believed() {
    for (animal, word) in [
        ("speaks_before_hello", "does not begin"),
        ("speaks_without_end", "does not begin"),
        ("answers_absurd_length", "4294967295 bytes"),
        ("answers_no_json", "expected value"),
        ("answers_twice", "after the answer"),
        ("answers_another_question", "another question"),
        ("closes_its_output", "stopped answering"),
    ] {
        let seen = Cage::watch(animal, &small());
        let OcrError::Garbled { what, .. } = &seen.error else {
            panic!("{animal}: {:?}", seen.error)
        };
        assert!(
            what.contains(word) && seen.error.is_retryable(),
            "{animal}: {what}"
        );
    }
    let seen = Cage::watch("answers_no_json", &large());
    assert!(
        matches!(&seen.error, OcrError::Garbled { what, .. } if what.contains("end of the question"))
    );
}

#[test]
fn one_of_another_version_is_named() {
    let seen = Cage::watch("speaks_old_protocol", &small());
    assert!(
        matches!(
            seen.error,
            OcrError::Version {
                found: 0,
                expected: 1,
                ..
            }
        ),
        "{:?}",
        seen.error
    );
    assert!(!seen.error.is_retryable());
}

#[test]
fn complaints_neither_block_nor_pile_up() {
    let seen = Cage::watch("floods_stderr", &large());
    let OcrError::TimedOut { stderr, .. } = &seen.error else {
        panic!("{:?}", seen.error)
    };
    assert!(stderr.contains("Error in pixRead") && stderr.len() <= 4096);

    let cage = Cage::new("complains_and_works", Duration::from_secs(30));
    let image = Image::load("motto");
    for _ in 0..2 {
        assert_eq!(
            lines(&cage.readers.read(&image.view(), Layout::Line).unwrap()),
            text("motto")
        );
    }
    assert_eq!(cage.readers.tally().started, 1);
}

#[test]
fn the_next_call_gets_a_fresh_reader() {
    let cage = Cage::new("fails_the_first_time", Duration::from_secs(30));
    let image = Image::load("motto");
    let error = cage.readers.read(&image.view(), Layout::Line).unwrap_err();
    assert!(
        matches!(error, OcrError::Crashed { signal: 11, .. }),
        "{error:?}"
    );
    assert_eq!(
        lines(&cage.readers.read(&image.view(), Layout::Line).unwrap()),
        text("motto")
    );
    let tally = cage.readers.tally();
    assert_eq!(
        (tally.started, tally.failed, tally.running, tally.images),
        (2, 1, 1, 1)
    );
}

#[test]
fn a_program_that_is_missing_or_no_program_is_named() {
    let mut config = config();
    config.program = folder().join("no-such-reader");
    let error = Readers::new(config.clone())
        .read(&small().view(), Layout::Line)
        .unwrap_err();
    assert!(
        matches!(&error, OcrError::Missing { program } if *program == config.program),
        "{error:?}"
    );
    config.program = folder().join("main.rs");
    let error = Readers::new(config)
        .read(&small().view(), Layout::Line)
        .unwrap_err();
    assert!(matches!(&error, OcrError::Start { .. }), "{error:?}");
    assert!(!error.is_retryable());
}
