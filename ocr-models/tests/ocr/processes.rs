//! The life of real readers: reused, replaced, limited, and gone when their pool or their parent is.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use saoy_ocr::{Layout, OcrError, Readers};

use crate::fixture::{Image, config, is_gone, lines, process, readers, soon, text};

#[test]
fn the_library_leaves_tesseract_outside() {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    assert!(maps.contains("libc") && !maps.contains("libtesseract") && !maps.contains("liblept"));
}

#[test]
fn a_reader_outlives_the_thread_that_first_needed_it() {
    let readers = readers();
    let image = Image::load("motto");
    thread::scope(|scope| {
        scope.spawn(|| readers.read(&image.view(), Layout::Line).unwrap());
    });
    let first = readers.idle();
    assert_eq!(first.len(), 1);
    readers.read(&image.view(), Layout::Line).unwrap();
    assert_eq!(readers.idle(), first);
    let tally = readers.tally();
    assert_eq!(
        (tally.started, tally.running, tally.failed, tally.images),
        (1, 1, 0, 2)
    );
    assert!(
        tally.cpu > Duration::ZERO && tally.peak_rss > 10 << 20,
        "{tally:?}"
    );
}

#[test]
fn a_pool_takes_its_readers_with_it() {
    let readers = readers();
    let image = Image::load("motto");
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| readers.read(&image.view(), Layout::Line).unwrap());
        }
    });
    let idle = readers.idle();
    assert!(
        !idle.is_empty()
            && idle
                .iter()
                .all(|id| process(*id).is_some_and(|(state, _)| state != 'Z'))
    );
    drop(readers);
    assert!(idle.iter().all(|id| process(*id).is_none()));
}

#[test]
fn a_reader_retires_after_its_share() {
    let mut config = config();
    config.images_per_process = 2;
    let readers = Readers::new(config);
    let image = Image::load("motto");
    for _ in 0..5 {
        assert_eq!(
            lines(&readers.read(&image.view(), Layout::Line).unwrap()),
            text("motto")
        );
    }
    let tally = readers.tally();
    assert_eq!(
        (tally.started, tally.running, tally.failed, tally.images),
        (3, 1, 0, 5)
    );
}

#[test]
fn a_reader_that_died_in_its_sleep_costs_nothing() {
    let readers = readers();
    let image = Image::load("motto");
    readers.read(&image.view(), Layout::Line).unwrap();
    let idle = readers.idle();
    assert!(
        Command::new("kill")
            .args(["-9", &idle[0].to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert!(soon(
        || process(idle[0]).is_none_or(|(state, _)| state == 'Z')
    ));
    assert_eq!(
        lines(&readers.read(&image.view(), Layout::Line).unwrap()),
        text("motto")
    );
    assert_ne!(readers.idle(), idle);
    assert_eq!(process(idle[0]), None);
    assert_eq!(
        (
            readers.tally().started,
            readers.tally().failed,
            readers.tally().running
        ),
        (2, 0, 1)
    );
}

#[test]
fn the_walls_are_up() {
    let mut config = config();
    config.memory_limit = 1_234_567_168;
    let readers = Readers::new(config);
    assert!(
        readers
            .engine()
            .unwrap()
            .starts_with(|c: char| c.is_ascii_digit())
    );
    let id = readers.idle()[0];
    let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let limit = |name: &str| {
        let line = limits
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limit("Max address space"), "1234567168");
    assert_eq!(limit("Max core file size"), "0");
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap();
    assert!(
        environment
            .split(|b| *b == 0)
            .any(|pair| pair == b"OMP_THREAD_LIMIT=1")
    );
    // Its own process group: Ctrl-C at a terminal goes to the group of the parent.
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let group = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .nth(2)
        .unwrap();
    assert_eq!(group, id.to_string());
}

#[test]
fn a_page_that_takes_too_long_is_given_up() {
    let mut page = Image::blank(2480, 3508);
    let text = Image::load("paragraph");
    for y in (0..3500 - text.height).step_by(text.height as usize) {
        page.paste(&text, 0, y);
        page.paste(&text, 1240, y);
    }
    let mut config = config();
    config.page_limit = Duration::from_millis(150);
    let readers = Readers::new(config);
    let started = Instant::now();
    let error = readers.read(&page.view(), Layout::Page).unwrap_err();
    assert!(
        matches!(error, OcrError::TimedOut { .. }) && error.is_retryable(),
        "{error:?}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert_eq!((readers.tally().running, readers.tally().failed), (0, 1));
}

#[test]
fn a_page_that_takes_too_much_memory_is_given_up() {
    let mut config = config();
    config.memory_limit = 300 << 20;
    let readers = Readers::new(config);
    let image = Image::load("motto");
    assert_eq!(
        lines(&readers.read(&image.view(), Layout::Line).unwrap()),
        text("motto")
    );
    let page = Image::blank(16_000, 16_000);
    let error = readers.read(&page.view(), Layout::Page).unwrap_err();
    assert!(
        matches!(error, OcrError::OutOfMemory { limit, .. } if limit == 300 << 20),
        "{error:?}"
    );
    assert_eq!(
        lines(&readers.read(&image.view(), Layout::Line).unwrap()),
        text("motto")
    );
    assert_eq!((readers.tally().started, readers.tally().failed), (2, 1));
}

/// Runs itself a second time as the parent to be killed.
#[test]
fn a_reader_dies_with_its_parent() {
    const PARENT: &str = "SAOY_TEST_PARENT";
    if env::var_os(PARENT).is_some() {
        let readers = readers();
        readers.engine().unwrap();
        println!("reader {}", readers.idle()[0]);
        thread::sleep(Duration::from_secs(60));
        return;
    }
    let mut parent = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::a_reader_dies_with_its_parent",
            "--nocapture",
        ])
        .env(PARENT, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let reader: u32 = lines
        .map_while(Result::ok)
        .find_map(|line| line.split_once("reader ")?.1.parse().ok())
        .unwrap();
    assert!(!is_gone(reader));
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(soon(|| is_gone(reader)));
}

#[test]
fn the_reader_speaks_to_people_when_asked() {
    let program = Path::new(env!("CARGO_BIN_EXE_saoy-reader"));
    let version = Command::new(program).arg("--version").output().unwrap();
    assert!(
        String::from_utf8(version.stdout)
            .unwrap()
            .starts_with("saoy-reader ")
    );
    let wrong = Command::new(program).arg("page.png").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(!wrong.stderr.is_empty() && wrong.stdout.is_empty());
    // A broken question ends it with a message, not with a crash.
    let ended = Command::new(program)
        .stdin(fs::File::open("/dev/zero").unwrap())
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        String::from_utf8(ended.stderr)
            .unwrap()
            .starts_with("saoy-reader: ")
    );
}
