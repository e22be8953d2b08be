//! Runs over a queue that are killed, told to stop, or not alone.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::servers::Mode;
use super::{Late, stamps};
use crate::paper::Dice;

/// `saoy sign queue run`, started.
fn started(late: &Late, more: &[&str]) -> Child {
    late.queue("run", more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn two_runs_at_once_raise_each_document_once() {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let papers = late.papers(6);
    let (code, files) = late.sign(&papers, "by-list", "t");
    assert_eq!(code, 0, "{files:?}");
    late.authority.now(Mode::Right);
    let children: Vec<Child> = (0..3).map(|_| started(&late, &["--now"])).collect();
    let codes: Vec<i32> = children
        .into_iter()
        .map(|mut child| child.wait().unwrap().code().unwrap())
        .collect();
    // Whoever comes second says so.
    assert!(codes.contains(&0), "{codes:?}");
    assert!(codes.iter().all(|code| [0, 4].contains(code)), "{codes:?}");
    late.is_empty();
    for number in 0..6 {
        assert_eq!(
            stamps(&late.out(&format!("{number:02}.pdf"))),
            1,
            "{number}"
        );
    }
}

#[test]
fn a_run_that_waits_goes_on_by_itself_and_stops_when_told() {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let out = late.waits("by-list", "t", "B-B");
    let before = std::fs::read(&out).unwrap();
    let patient = ["--now", "--wait", "--pause=1", "--longest-pause=2"];
    let mut child = started(&late, &patient);
    let tried = |count: u64| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while late.entries()[0]["attempts"].as_u64().unwrap() < count {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    tried(2);
    let told = Command::new("kill").arg(child.id().to_string()).status();
    assert!(told.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read(&out).unwrap(), before);
    let mut child = started(&late, &patient);
    tried(3);
    late.authority.now(Mode::Right);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    late.is_empty();
    assert_eq!(late.levels(&out), ["B-T"]);
}

#[test]
fn a_run_that_is_killed_anywhere_leaves_every_document_whole() {
    const PAPERS: usize = 5;
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let (code, files) = late.sign(&late.papers(PAPERS), "by-list", "lt");
    assert_eq!(code, 0, "{files:?}");
    let names: Vec<String> = (0..PAPERS)
        .map(|number| format!("{number:02}.pdf"))
        .collect();
    let signed: Vec<Vec<u8>> = names
        .iter()
        .map(|name| std::fs::read(late.out(name)).unwrap())
        .collect();
    late.authority.now(Mode::Right);
    let mut dice = Dice(0x5EED_u64 ^ 7);
    let mut kills = 0;
    while !late.entries().is_empty() {
        let mut child = started(&late, &["--now"]);
        // Longer each time: on a busy machine little comes of a moment.
        std::thread::sleep(Duration::from_millis(
            5 + dice.below(40 + 10 * kills) as u64,
        ));
        let _ = child.kill();
        child.wait().unwrap();
        kills += 1;
        assert!(kills < 200);
        // The server ends what it was asked, one thing at a time.
        std::thread::sleep(Duration::from_millis(60));
        for (name, signed) in names.iter().zip(&signed) {
            let now = std::fs::read(late.out(name)).unwrap();
            assert!(now.starts_with(signed), "{name}");
            // Either as it was, or the whole of one that was raised.
            assert!(
                now.len() == signed.len() || stamps(&late.out(name)) == 1,
                "{name}"
            );
        }
    }
    assert!(kills > 2, "{kills}");
    assert_eq!(late.ran("run", &["--now"]).0, 0);
    for name in &names {
        let out = late.out(name);
        assert_eq!(
            (late.levels(&out), stamps(&out)),
            (vec!["B-LT".to_owned()], 1)
        );
        late.authority.holds(&out);
    }
    // What the killed ones had in the making went with the queue.
    late.is_empty();
}

#[test]
fn a_signing_run_that_is_killed_anywhere_leaves_nothing_without_its_entry() {
    const PAPERS: usize = 12;
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let papers = late.papers(PAPERS);
    let mut dice = Dice(0x5EED_u64 ^ 3);
    let done = || {
        let names = (0..PAPERS).map(|number| format!("{number:02}.pdf"));
        names
            .filter(|name| late.out(name).exists())
            .collect::<Vec<_>>()
    };
    let mut kills = 0;
    while done().len() < PAPERS {
        let mut child = late
            .signing(&papers, "by-list", "t")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(
            30 + dice.below(60 + 20 * kills) as u64,
        ));
        let _ = child.kill();
        child.wait().unwrap();
        kills += 1;
        assert!(kills < 300);
        let waiting: Vec<String> = late
            .entries()
            .iter()
            .map(|entry| entry["file"].as_str().unwrap().to_owned())
            .collect();
        assert!(done().iter().all(|name| waiting.contains(name)));
    }
    late.authority.now(Mode::Right);
    let (code, files, _) = late.ran("run", &["--now"]);
    assert_eq!((code, files.len()), (0, PAPERS), "{files:?}");
    assert!(!late.out(".saoy-queue").exists());
    for name in done() {
        let ranges = std::fs::read(late.out(&name)).unwrap();
        let ranges = ranges
            .windows(10)
            .filter(|part| part == b"/ByteRange")
            .count();
        assert_eq!((ranges, stamps(&late.out(&name))), (2, 1), "{name}");
    }
}
