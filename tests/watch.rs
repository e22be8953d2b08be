//! Hot folders: slow, broken and returning files; killed and stopped, nothing is lost or taken half.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::outputs::records::is_valid;
use crate::paper::{Bits, Dice, paper, seed, tiff};
use crate::program::{Desk, reader, run, saoy};
use crate::secrecy::{RED, stamped};
use crate::stops::nothing_is_torn;

/// Quick for a test, in the proportions of the defaults.
const QUICK: [&str; 8] = [
    "--settle",
    "0.3",
    "--incomplete-after",
    "3",
    "--every",
    "0.1",
    "--jobs",
    "2",
];

/// A page with nothing on it but marks that no other `number` has: reading it takes no time.
fn tile(number: usize) -> Bits {
    let mut page = Bits::blank(480, 320);
    for bit in 0..16 {
        if number >> bit & 1 == 1 {
            for row in 300..306 {
                page.rows[row * 60 + 8 + 2 * bit] = 0xFF;
            }
        }
    }
    page
}

fn tiles(numbers: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let pages: Vec<Bits> = numbers.into_iter().map(tile).collect();
    tiff(&pages)
}

/// A watcher over the desk's `in/`.
struct Watcher {
    child: Child,
    events: Receiver<Value>,
    seen: Vec<Value>,
}

fn watch(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = saoy();
    command
        .arg("watch")
        .arg(desk.input(""))
        .arg("-o")
        .arg(desk.output(""));
    command
        .args(QUICK)
        .args(["--progress", "json"])
        .args(arguments);
    command
}

impl Watcher {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pipe = BufReader::new(child.stderr.take().unwrap());
        let (sender, events) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in pipe.lines().map_while(Result::ok) {
                assert!(!line.contains("panicked"), "{line}");
                if let Ok(event) = serde_json::from_str(&line) {
                    let _ = sender.send(event);
                }
            }
        });
        Self {
            child,
            events,
            seen: Vec::new(),
        }
    }

    /// Waits for the next event of that kind.
    fn wait_for(&mut self, kind: &str) -> Value {
        loop {
            let event = self
                .events
                .recv_timeout(Duration::from_secs(60))
                .unwrap_or_else(|_| {
                    panic!(
                        "no {kind} after {:#?}",
                        self.seen.iter().rev().take(5).collect::<Vec<_>>()
                    )
                });
            self.seen.push(event.clone());
            if event["event"] == kind {
                return event;
            }
        }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .arg(signal)
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// The exit code, `None` after a kill, and all events.
    fn end(mut self) -> (Option<i32>, Vec<Value>) {
        let code = self.child.wait().unwrap().code();
        self.seen.extend(self.events.iter());
        (code, self.seen)
    }
}

fn status(desk: &Desk) -> Value {
    desk.json(".saoy/watch/status.json")
}

/// Waits until nothing lies in the hot folder and the watcher has nothing in work.
fn wait_until_idle(desk: &Desk) {
    let begun = Instant::now();
    loop {
        let left = files(&desk.input(""), &["accepted", "failed"]);
        let idle =
            desk.output(".saoy/watch/status.json").is_file() && status(desk)["state"] == "idle";
        if left.is_empty() && idle && status(desk)["waiting_count"] == 0 {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "{left:?}: {:#}",
            status(desk)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Files below a folder, by path inside it, with their bytes; `without` names folders that are left out.
fn files(folder: &Path, without: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            let inside = path.strip_prefix(folder).unwrap().to_owned();
            if path.is_dir() {
                if !without.iter().any(|name| inside == Path::new(name)) {
                    folders.push(path);
                }
            } else if let Ok(bytes) = fs::read(&path) {
                found.insert(inside, bytes);
            }
        }
    }
    found
}

fn sorted(all: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort();
    all
}

fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Writes in small steps; `closing` closes the file between them, as some network programs do, and stays away for longer
/// than a file must rest.
fn trickle(path: &Path, bytes: &[u8], closing: bool) {
    File::create(path).unwrap();
    let steps = if closing { 3 } else { 8 };
    let open = || OpenOptions::new().append(true).open(path).unwrap();
    let mut file = Some(open());
    for (step, part) in bytes.chunks(bytes.len().div_ceil(steps)).enumerate() {
        if step > 0 {
            pause(if closing { 700 } else { 60 });
        }
        // After its last part the file is whole and may be gone at any moment: it is not opened again.
        file.get_or_insert_with(open).write_all(part).unwrap();
        if closing {
            file = None;
        }
    }
}

/// What one writer delivers: whole scans, and what never becomes one.
#[derive(Default)]
struct Delivered {
    whole: Vec<Vec<u8>>,
    broken: Vec<Vec<u8>>,
}

/// One writer with its own bad habit.
fn deliver(hot: &Path, number: usize) -> Delivered {
    let name = |ending: &str| hot.join(format!("scan {number:03}.{ending}"));
    let scan = tiles([number]);
    let mut delivered = Delivered::default();
    match number % 10 {
        0 => fs::write(name("tif"), &scan).unwrap(),
        1 => trickle(&name("tif"), &scan, false),
        2 => trickle(&name("tif"), &scan, true),
        3 => {
            trickle(&name("tif.part"), &scan, true);
            fs::rename(name("tif.part"), name("tif")).unwrap();
        }
        4 => {
            // Never finished.
            let half = scan[..scan.len() / 2].to_vec();
            fs::write(name("tif"), &half).unwrap();
            delivered.broken.push(half);
            return delivered;
        }
        5 => {
            // Broken off, begun again, at last whole.
            fs::write(name("tif"), &scan[..scan.len() / 3]).unwrap();
            pause(900);
            File::create(name("tif")).unwrap();
            pause(200);
            trickle(&name("tif"), &scan, false);
        }
        6 => {
            // The same name again, once the first is taken.
            fs::write(name("tif"), &scan).unwrap();
            let begun = Instant::now();
            while name("tif").exists() && begun.elapsed() < Duration::from_secs(60) {
                pause(20);
            }
            let second = tiles([number + 1000]);
            fs::write(name("tif"), &second).unwrap();
            delivered.whole.push(second);
        }
        7 => {
            // One page that is a whole file, and later a second: only the open file tells.
            let both = tiles([number, number + 1000]);
            let mut file = File::create(name("tif")).unwrap();
            file.write_all(&scan).unwrap();
            file.sync_all().unwrap();
            pause(1200);
            drop(file);
            fs::write(name("tif"), &both).unwrap();
            delivered.whole.push(both);
            return delivered;
        }
        8 => {
            let folder = hot.join(format!("tập {number}/hồ sơ"));
            fs::create_dir_all(&folder).unwrap();
            trickle(&folder.join("trang.tif"), &scan, true);
        }
        _ => {
            // Each copy differs from the others behind its end, where nobody looks.
            let seeds = ["plain.pdf", "linear.pdf", "grey.png", "baseline.jpg"];
            let which = seeds[number / 10 % seeds.len()];
            let mut bytes = seed(which);
            bytes.extend(
                format!("\n\n{number}\n")
                    .replace(|c: char| c.is_ascii_digit(), " ")
                    .bytes(),
            );
            bytes.extend(vec![b'\n'; number]);
            trickle(&hot.join(format!("{number:03}-{which}")), &bytes, true);
            delivered.whole.push(bytes);
            return delivered;
        }
    }
    delivered.whole.push(scan);
    delivered
}

/// Lets `count` writers loose on a watcher; nothing may be taken half, and nothing may stay.
fn let_loose(count: usize) {
    let desk = Desk::new();
    let watcher = Watcher::start(watch(&desk, &[]));
    let hot = desk.input("");
    // Twenty at a time: as many as a busy share has.
    let numbers: Vec<usize> = (0..count).collect();
    let mut all = Delivered::default();
    for some in numbers.chunks(20) {
        let delivered: Vec<Delivered> = std::thread::scope(|scope| {
            let writers: Vec<_> = some
                .iter()
                .map(|number| scope.spawn(|| deliver(&hot, *number)))
                .collect();
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .collect()
        });
        for one in delivered {
            all.whole.extend(one.whole);
            all.broken.extend(one.broken);
        }
    }
    wait_until_idle(&desk);
    let shown = status(&desk);
    is_valid(&shown, "station-1.schema.json");
    watcher.signal("-TERM");
    let (code, events) = watcher.end();
    assert_eq!(code, Some(0), "{events:#?}");

    let accepted = files(&desk.input("accepted"), &[]);
    let expected = all.whole.len();
    assert_eq!(
        sorted(accepted.into_values()),
        sorted(all.whole),
        "accepted"
    );
    let (reasons, failed): (BTreeMap<_, _>, BTreeMap<_, _>) = files(&desk.input("failed"), &[])
        .into_iter()
        .partition(|(path, _)| path.to_string_lossy().ends_with(".why.txt"));
    assert_eq!(
        sorted(failed.clone().into_values()),
        sorted(all.broken.clone()),
        "failed"
    );
    for path in failed.keys() {
        let reason = &reasons[&path.with_file_name(format!(
            "{}.why.txt",
            path.file_name().unwrap().to_string_lossy()
        ))];
        let text = String::from_utf8_lossy(reason).into_owned();
        assert!(
            text.contains("chưa trọn vẹn")
                && text.contains("not whole")
                && text.ends_with("incomplete\n"),
            "{text}"
        );
    }
    assert_eq!(reasons.len(), failed.len());
    let made = desk.made();
    let pdfs = made.iter().filter(|name| name.ends_with(".pdf")).count();
    assert_eq!(pdfs, expected, "{made:?}");
    assert!(
        !made.iter().any(|name| name.ends_with(".why.txt")),
        "{made:?}"
    );
    assert_eq!(shown["counts"]["accepted"], expected);
    assert_eq!(shown["counts"]["failed"], all.broken.len());
    nothing_is_torn(&desk);
    assert_eq!(
        fs::read_dir(desk.output(".saoy/watch/intake"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn slow_broken_and_renamed_files_are_taken_whole_and_none_is_forgotten() {
    let_loose(30);
}

/// The figure of the station; too long for every day: `cargo test --test saoy watch:: -- --ignored`.
#[test]
#[ignore = "half a minute alone and minutes on a busy machine; 30 files are in every run"]
fn two_hundred_slow_broken_and_renamed_files() {
    let_loose(200);
}

#[test]
fn kills_at_random_lose_nothing_and_do_nothing_twice() {
    let desk = Desk::new();
    let count = 12;
    for number in 0..count {
        // Equal names in different folders, and several pages here and there.
        let folder = if number % 3 == 0 { "a/" } else { "" };
        let pages = (0..1 + number % 2).map(|page| number + 100 * page);
        desk.put(
            &format!("{folder}{:02}.tif", number / 3 * 3 + number % 3 / 2),
            paper(pages),
        );
    }
    let scans: Vec<Vec<u8>> = files(&desk.input(""), &[]).into_values().collect();
    assert_eq!(scans.len(), count);
    let mut dice = Dice(7);
    let mut accepted = Vec::new();
    for _ in 0..6 {
        let watcher = Watcher::start(watch(&desk, &[]));
        pause(500 + dice.below(1500) as u64);
        watcher.signal("-KILL");
        let (_, events) = watcher.end();
        accepted.extend(
            events
                .into_iter()
                .filter(|event| event["event"] == "accepted"),
        );
        nothing_is_torn(&desk);
    }
    let watcher = Watcher::start(watch(&desk, &["--once"]));
    let (code, events) = watcher.end();
    assert_eq!(code, Some(0), "{events:#?}");
    accepted.extend(
        events
            .into_iter()
            .filter(|event| event["event"] == "accepted"),
    );
    let put = files(&desk.input("accepted"), &[]);
    assert_eq!(sorted(put.into_values()), sorted(scans));
    assert!(files(&desk.input(""), &["accepted"]).is_empty());
    // A kill may swallow the event of a move; nothing is accepted twice.
    let mut paths: Vec<String> = accepted
        .iter()
        .map(|event| event["path"].to_string())
        .collect();
    let told = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), told);
    let made = desk.made();
    for ending in [".pdf", ".txt", ".json"] {
        let of_kind = made
            .iter()
            .filter(|name| name.ends_with(ending) && *name != "batch.json");
        assert_eq!(of_kind.count(), count, "{made:?}");
    }
    nothing_is_torn(&desk);
}

#[test]
fn what_cannot_be_read_is_set_aside_with_its_reason() {
    let desk = Desk::new();
    let cut = seed("plain.pdf")[..9000].to_vec();
    desk.put("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    desk.put("sub/letter.docx", b"PK\x03\x04 not a scan");
    desk.put("cut.pdf", &cut);
    desk.put("never.tif.part", tiles([3]));
    desk.put("012345678901.tif", b"II*\0nothing of use");
    desk.put("good.tif", tiles([1]));
    let (code, events) = Watcher::start(watch(&desk, &["--once"])).end();
    assert_eq!(code, Some(1), "{events:#?}");
    let aside = files(&desk.input("failed"), &[]);
    for (name, words) in [
        ("photo.heic", ["iPhone", "unknown_format"]),
        (
            "sub/letter.docx",
            ["không phải định dạng ảnh", "unknown_format"],
        ),
        (
            "cut.pdf",
            ["the end of the PDF file is missing", "incomplete"],
        ),
        ("never.tif.part", ["temporary name", "incomplete"]),
        ("012345678901.tif", ["012*****8901", "incomplete"]),
    ] {
        assert!(
            aside.contains_key(Path::new(name)),
            "{name} of {:?}",
            aside.keys()
        );
        let why = String::from_utf8(aside[Path::new(&format!("{name}.why.txt"))].clone()).unwrap();
        assert!(words.iter().all(|word| why.contains(word)), "{name}: {why}");
        assert!(why.contains("Gợi ý: ") && why.contains("Hint: "), "{why}");
        assert!(!why.contains("intake"), "{why}");
    }
    assert!(desk.input("accepted/good.tif").is_file());
    assert_eq!(
        desk.made(),
        ["batch.json", "good.json", "good.pdf", "good.txt"]
    );
    let log = events.iter().map(Value::to_string).collect::<String>();
    assert!(!log.contains("012345678901"), "{log}");
    let shown = status(&desk);
    assert_eq!(
        (&shown["state"], &shown["failed_by_cause"]["incomplete"]),
        (&"stopped".into(), &3.into())
    );
    // The scan that will stay is the one that the record names, so that pages can be put right later.
    let record = desk.json("good.json");
    let source = record["source"]["path"].as_str().unwrap();
    assert!(source.ends_with("in/accepted/good.tif"), "{source}");

    // Put back whole, it is taken, and its old reason goes.
    fs::remove_file(desk.input("failed/cut.pdf")).unwrap();
    desk.put("cut.pdf", seed("plain.pdf"));
    assert_eq!(Watcher::start(watch(&desk, &["--once"])).end().0, Some(0));
    assert!(!desk.input("failed/cut.pdf.why.txt").exists());
    assert!(desk.output("cut.pdf").is_file());
}

#[test]
fn a_paper_with_a_mark_of_secrecy_is_locked_away_and_leaves_nothing() {
    let desk = Desk::new();
    desk.put("phong/secret.png", stamped("tuyet-mat", 12.0, false, RED));
    desk.put("plain.tif", tiles([2]));
    let (code, events) = Watcher::start(watch(&desk, &["--once"])).end();
    assert_eq!(code, Some(1), "{events:#?}");
    assert_eq!(
        desk.made(),
        ["batch.json", "plain.json", "plain.pdf", "plain.txt"]
    );
    let aside: Vec<PathBuf> = files(&desk.input("failed"), &[]).into_keys().collect();
    assert_eq!(
        aside,
        ["secret/secret.png", "secret/secret.png.why.txt"].map(PathBuf::from)
    );
    let why = fs::read_to_string(desk.input("failed/secret/secret.png.why.txt")).unwrap();
    assert!(why.ends_with("secret_mark\n"), "{why}");
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(desk.input("failed/secret"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(
        fs::read_dir(desk.output(".saoy/watch/intake"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn names_that_return_are_told_apart_and_the_same_scan_again_is_known() {
    let desk = Desk::new();
    for (round, scan) in [tiles([1]), tiles([2]), tiles([1])].iter().enumerate() {
        desk.put("scan.tif", scan);
        let (code, events) = Watcher::start(watch(&desk, &["--once"])).end();
        assert_eq!(code, Some(0), "{round}: {events:#?}");
    }
    let accepted: Vec<PathBuf> = files(&desk.input("accepted"), &[]).into_keys().collect();
    assert_eq!(
        accepted,
        ["scan-2.tif", "scan-3.tif", "scan.tif"].map(PathBuf::from)
    );
    let made = desk.made();
    let pdfs: Vec<_> = made.iter().filter(|name| name.ends_with(".pdf")).collect();
    assert_eq!(pdfs, ["scan-2.pdf", "scan.pdf"]);
}

#[test]
fn a_signal_finishes_what_is_in_work_and_says_whether_something_waits() {
    let desk = Desk::new();
    // More than are in flight at a time.
    for number in 0..10 {
        desk.put(&format!("{number:02}.tif"), paper([number]));
    }
    let mut watcher = Watcher::start(watch(&desk, &[]));
    watcher.wait_for("page");
    watcher.signal("-TERM");
    let (code, events) = watcher.end();
    assert_eq!(code, Some(130), "{events:#?}");
    let put = files(&desk.input("accepted"), &[]).len();
    let pdfs = || {
        desk.made()
            .iter()
            .filter(|name| name.ends_with(".pdf"))
            .count()
    };
    // What was begun is done, and moved; nothing more was begun.
    assert!((1..10).contains(&put), "{put}");
    assert_eq!(pdfs(), put);
    assert_eq!(status(&desk)["state"], "stopped");
    let (code, _) = Watcher::start(watch(&desk, &["--once"])).end();
    assert_eq!((code, pdfs()), (Some(0), 10));
    nothing_is_torn(&desk);
}

#[test]
fn it_waits_while_the_engine_is_gone_and_goes_on_by_itself() {
    let desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let engine = folder.path().join("engine");
    std::os::unix::fs::symlink(reader(), &engine).unwrap();
    let mut command = watch(&desk, &[]);
    command.arg("--reader").arg(&engine);
    let mut watcher = Watcher::start(command);
    let begun = Instant::now();
    while !desk.output(".saoy/watch/status.json").is_file() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        pause(50);
    }
    fs::remove_file(&engine).unwrap();
    desk.put("a.tif", paper([1]));
    let held = watcher.wait_for("held");
    let message = &held["message"];
    assert!(
        message["vi"].as_str().unwrap().contains("saoy doctor"),
        "{held}"
    );
    assert!(desk.input("a.tif").is_file());
    std::os::unix::fs::symlink(reader(), &engine).unwrap();
    watcher.wait_for("accepted");
    watcher.signal("-INT");
    assert_eq!(watcher.end().0, Some(0));
    assert!(desk.made().contains(&"a.pdf".to_owned()));
    assert!(
        !desk.made().iter().any(|name| name.ends_with(".why.txt")),
        "{:?}",
        desk.made()
    );
}

#[test]
fn two_watchers_do_not_meet_and_wrong_folders_are_refused() {
    let desk = Desk::new();
    let watcher = Watcher::start(watch(&desk, &[]));
    let begun = Instant::now();
    while !desk.output(".saoy/watch/status.json").is_file() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        pause(50);
    }
    let (code, _, complaint) = run(&mut watch(&desk, &["--once"]));
    assert!(
        code == 4 && complaint.contains("another saoy watch"),
        "{complaint}"
    );
    watcher.signal("-TERM");
    watcher.end();
    let mut same = saoy();
    same.arg("watch")
        .arg(desk.input(""))
        .arg("-o")
        .arg(desk.input(""));
    let (code, _, complaint) = run(&mut same);
    assert!(
        code == 2 && complaint.contains("two different ones"),
        "{complaint}"
    );
}
