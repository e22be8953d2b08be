//! Stops of all kinds: kill, Ctrl-C, a full disk, second runs; nothing done is lost, nothing half-made shows.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::paper::{Dice, paper, seed};
use crate::program::{Desk, reader, run};

pub(crate) const PLAIN: [&str; 4] = ["--jobs", "2", "--progress", "none"];
const EVENTS: [&str; 4] = ["--jobs", "2", "--progress", "json"];

/// A run whose events are read as they come.
pub(crate) struct Running {
    child: Child,
    events: std::sync::mpsc::Receiver<Value>,
    /// Those that came so far.
    seen: Vec<Value>,
}

impl Running {
    pub(crate) fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.digitize(&EVENTS);
        let mut child = command
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pipe = BufReader::new(child.stderr.take().unwrap());
        let (sender, events) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in pipe.lines().map_while(Result::ok) {
                assert!(!line.contains("panicked"), "{line}");
                // A line that a kill tore is no event.
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

    /// Waits until `count` events of that kind have come in all.
    pub(crate) fn wait_for(&mut self, kind: &str, count: usize) {
        while self
            .seen
            .iter()
            .filter(|event| event["event"] == kind)
            .count()
            < count
        {
            let event = self
                .events
                .recv_timeout(Duration::from_secs(120))
                .expect("an event");
            self.seen.push(event);
        }
    }

    /// What has been told up to now.
    fn told(&mut self) -> Vec<Value> {
        self.seen.extend(self.events.try_iter());
        self.seen.clone()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .arg(signal)
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// The exit code, `None` after a kill, and all events.
    pub(crate) fn end(mut self) -> (Option<i32>, Vec<Value>) {
        let code = self.child.wait().unwrap().code();
        self.seen.extend(self.events.iter());
        (code, self.seen)
    }
}

/// The outputs of documents that were reported done, by event.
pub(crate) fn reported_done(events: &[Value]) -> Vec<String> {
    let done = events
        .iter()
        .filter(|event| event["event"] == "document" && event["entry"]["status"] == "done");
    done.map(|event| event["entry"]["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Number and time of a file: a file that is made again is another one.
pub(crate) fn identity(path: &Path) -> (u64, i64, i64) {
    let found = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (found.ino(), found.mtime(), found.mtime_nsec())
}

/// Holds every file under a final name to be whole: PDFs by qpdf, records by their hash of the PDF.
pub(crate) fn nothing_is_torn(desk: &Desk) {
    for name in desk.made() {
        assert!(
            !name.ends_with(".part") && !name.ends_with(".tmp"),
            "{name}"
        );
        if name.ends_with(".pdf") {
            let check = Command::new("qpdf")
                .arg("--check")
                .arg(desk.output(&name))
                .output()
                .unwrap();
            assert!(check.status.success(), "{name}: {check:?}");
        }
        if name.ends_with(".json") {
            let record = desk.json(&name);
            if name != "batch.json"
                && desk
                    .output(record["output"]["pdf"].as_str().unwrap())
                    .exists()
            {
                let pdf = desk.output(record["output"]["pdf"].as_str().unwrap());
                assert_eq!(record["output"]["sha256"], sha256(&pdf), "{name}");
            }
        }
    }
}

fn sha256(path: &Path) -> String {
    let made = Command::new("sha256sum").arg(path).output().unwrap();
    let text = String::from_utf8(made.stdout).unwrap();
    text.split_whitespace().next().unwrap().to_owned()
}

/// Identity of every output but the run's own record.
pub(crate) fn outputs(desk: &Desk) -> BTreeMap<String, (u64, i64, i64)> {
    let names = desk.made().into_iter().filter(|name| name != "batch.json");
    names
        .map(|name| (name.clone(), identity(&desk.output(&name))))
        .collect()
}

pub(crate) fn statuses(desk: &Desk) -> Vec<(String, String)> {
    let batch = desk.json("batch.json");
    let entries = batch["documents"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|entry| (text(&entry["name"]), text(&entry["status"])))
        .collect()
}

pub(crate) fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, status)| ((*name).to_owned(), (*status).to_owned()))
        .collect()
}

#[test]
fn kills_at_random_lose_nothing_that_was_done() {
    let desk = Desk::new();
    let count = 24;
    for number in 0..count {
        let pages = if number % 5 == 0 { 3 } else { 1 };
        desk.put(
            &format!("{number:02}.tif"),
            paper((0..pages).map(|page| 100 * page + number)),
        );
    }
    let mut dice = Dice(42);
    let mut done: BTreeMap<String, (u64, i64, i64)> = BTreeMap::new();
    let mut kills = 0;
    loop {
        let running = Running::start(&desk, &[]);
        let patience = Duration::from_millis(100 + dice.below(3000) as u64);
        std::thread::sleep(patience);
        // Enough kills; the last run may end by itself.
        if kills < 10 {
            running.signal("-KILL");
        }
        let (code, events) = running.end();
        for (name, earlier) in &done {
            let now = identity(&desk.output(&format!("{name}.pdf")));
            assert_eq!(*earlier, now, "{name} was done again after kill {kills}");
        }
        for name in reported_done(&events) {
            let pdf = desk.output(&format!("{name}.pdf"));
            assert!(
                desk.output(&format!("{name}.txt")).is_file()
                    && desk.output(&format!("{name}.json")).is_file()
            );
            let before = done.insert(name.clone(), identity(&pdf));
            assert!(before.is_none(), "{name} was done twice");
        }
        nothing_is_torn(&desk);
        match code {
            None => kills += 1,
            Some(code) => {
                assert_eq!(code, 0, "{events:?}");
                break;
            }
        }
    }
    assert!(kills >= 3, "{kills}");
    let made = desk.made();
    for number in 0..count {
        for ending in ["pdf", "txt", "json"] {
            let name = format!("{number:02}.{ending}");
            assert!(made.contains(&name), "{name} of {made:?}");
        }
    }
    // Three files each and the run's record; no second copies, no reasons for failures.
    assert_eq!(made.len(), 3 * count + 1, "{made:?}");
    assert_eq!(
        fs::read_dir(desk.output(".saoy/staging")).unwrap().count(),
        0
    );
}

#[test]
fn an_interrupt_ends_in_order_and_the_next_run_goes_on() {
    let desk = Desk::new();
    for number in 0..12 {
        desk.put(&format!("{number:02}.tif"), paper([number]));
    }
    let mut running = Running::start(&desk, &[]);
    running.wait_for("document", 2);
    running.signal("-INT");
    let (code, _) = running.end();
    assert_eq!(code, Some(130));
    let batch = desk.json("batch.json");
    assert!(
        batch["interrupted"] == true && batch["totals"]["pending"].as_u64().unwrap() > 0,
        "{batch}"
    );
    let before = outputs(&desk);
    assert!(before.len() >= 6 && before.len() < 36, "{before:?}");
    nothing_is_torn(&desk);
    let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 0, "{stderr}");
    let after = outputs(&desk);
    assert!(
        before
            .iter()
            .all(|(name, identity)| after.get(name) == Some(identity))
    );
    assert_eq!(after.len(), 36, "{after:?}");
    let batch = desk.json("batch.json");
    assert!(
        batch["interrupted"] == false && batch["totals"]["skipped"] == before.len() / 3,
        "{batch}"
    );
}

/// A folder with a reader that notes what it is asked.
fn noting_reader() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/does_its_deed.sh");
    symlink(script, folder.path().join("noting")).unwrap();
    symlink(reader(), folder.path().join("saoy-reader")).unwrap();
    for (name, text) in [("deed", "none"), ("when", "never"), ("at", "1")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let program = folder.path().join("noting");
    (folder, program)
}

#[test]
fn pages_that_were_read_before_a_kill_are_not_read_again() {
    let desk = Desk::new();
    let pages = 14;
    desk.put("long.tif", paper(0..pages));
    let (folder, program) = noting_reader();
    let program = program.to_string_lossy().into_owned();
    let read = || {
        let text = fs::read_to_string(folder.path().join("asked")).unwrap_or_default();
        text.lines()
            .filter(|line| line.contains("\"Read\":\"Page\""))
            .count()
    };
    let mut running = Running::start(&desk, &["--reader", &program]);
    running.wait_for("page", 4);
    running.signal("-KILL");
    running.end();
    assert!(!desk.output("long.pdf").exists());
    let store = fs::read_dir(desk.output(".saoy/pages"))
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path();
    let names = fs::read_dir(store)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let kept = names.filter(|name| name.ends_with(".json")).count();
    assert!((4..pages).contains(&kept), "{kept}");
    let before = read();
    let (code, _, stderr) = run(desk.digitize(&PLAIN).args(["--reader", &program]));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(read() - before, pages - kept);
    let record = desk.json("long.json");
    assert_eq!(record["pages"].as_array().unwrap().len(), pages);
    assert!(
        record["pages"]
            .as_array()
            .unwrap()
            .iter()
            .all(|page| page["words"].as_u64().unwrap() > 20)
    );
    nothing_is_torn(&desk);
    // What was kept for a resumption is not kept for ever.
    assert_eq!(fs::read_dir(desk.output(".saoy/pages")).unwrap().count(), 0);
}

#[test]
fn a_second_run_does_what_changed_and_nothing_else() {
    let desk = Desk::new();
    desk.put("a.tif", paper([1]));
    desk.put("b.tif", paper([2]));
    desk.put("folder/a.tif", paper([3]));
    assert_eq!(run(&mut desk.digitize(&PLAIN)).0, 0);
    // Equal names are told apart, the same way in every run.
    assert_eq!(
        statuses(&desk),
        owned(&[("a", "done"), ("b", "done"), ("a-2", "done")])
    );
    let first = outputs(&desk);
    assert_eq!(first.len(), 9);

    assert_eq!(run(&mut desk.digitize(&PLAIN)).0, 0);
    assert_eq!(
        statuses(&desk),
        owned(&[("a", "skipped"), ("b", "skipped"), ("a-2", "skipped")])
    );
    assert_eq!(outputs(&desk), first);

    // Other content under the same path is another document; what was made of the first stays.
    desk.put("b.tif", paper([4]));
    assert_eq!(run(&mut desk.digitize(&PLAIN)).0, 0);
    assert_eq!(
        statuses(&desk),
        owned(&[("a", "skipped"), ("b-2", "done"), ("a-2", "skipped")])
    );
    let second = outputs(&desk);
    assert_eq!(second.len(), 12);
    assert!(
        first
            .iter()
            .all(|(name, identity)| second.get(name) == Some(identity))
    );

    // An output that is gone or was edited is made again.
    fs::remove_file(desk.output("a.txt")).unwrap();
    fs::write(desk.output("a-2.pdf"), b"edited").unwrap();
    assert_eq!(run(&mut desk.digitize(&PLAIN)).0, 0);
    assert_eq!(
        statuses(&desk),
        owned(&[("a", "done"), ("b-2", "skipped"), ("a-2", "done")])
    );
    assert_eq!(desk.made().len(), 13);
    nothing_is_torn(&desk);

    // Other outputs asked for: all are made again, under their names.
    assert_eq!(run(desk.digitize(&PLAIN).args(["--sidecar", "json"])).0, 0);
    assert_eq!(
        statuses(&desk),
        owned(&[("a", "done"), ("b-2", "done"), ("a-2", "done")])
    );
    assert!(
        !desk.output("a.txt").exists() && desk.output("b.txt").exists(),
        "{:?}",
        desk.made()
    );
    assert_eq!(
        run(desk.digitize(&PLAIN).args(["--sidecar", "json", "--force"])).0,
        0
    );
    assert_eq!(
        statuses(&desk),
        owned(&[("a", "done"), ("b-2", "done"), ("a-2", "done")])
    );
}

#[test]
fn a_document_that_failed_is_tried_again_and_its_reason_goes() {
    let desk = Desk::new();
    let whole = paper([1]);
    desk.put("a.tif", &whole[..whole.len() / 3]);
    assert_eq!(run(&mut desk.digitize(&PLAIN)).0, 3);
    assert_eq!(desk.made(), ["a.why.txt", "batch.json"]);
    desk.put("a.tif", &whole);
    let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 0, "{stderr}");
    let made = desk.made();
    assert_eq!(
        made.iter().filter(|name| name.ends_with(".pdf")).count(),
        1,
        "{made:?}"
    );
    assert!(
        !made.iter().any(|name| name.ends_with(".why.txt")),
        "{made:?}"
    );
}

#[test]
fn two_runs_in_one_output_folder_do_not_meet() {
    let desk = Desk::new();
    for number in 0..8 {
        desk.put(&format!("{number}.tif"), paper([number]));
    }
    let mut running = Running::start(&desk, &[]);
    running.wait_for("page", 1);
    let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("another run"), "{stderr}");
    let (code, _) = running.end();
    assert_eq!(code, Some(0));
    assert_eq!(desk.made().len(), 25, "{:?}", desk.made());
    nothing_is_torn(&desk);
}

#[test]
fn files_of_others_are_not_replaced_unasked() {
    for ending in ["pdf", "txt", "json"] {
        let desk = Desk::new();
        desk.put("a.tif", paper([1]));
        fs::create_dir(desk.output("")).unwrap();
        let foreign = desk.output(&format!("a.{ending}"));
        fs::write(&foreign, b"of somebody else").unwrap();
        let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
        assert_eq!(code, 5, "{stderr}");
        assert!(
            stderr.contains(&format!("a.{ending}")) && stderr.contains("--force"),
            "{stderr}"
        );
        assert_eq!(fs::read(&foreign).unwrap(), b"of somebody else");
        let (code, _, stderr) = run(desk.digitize(&PLAIN).arg("--force"));
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(desk.made().len(), 4, "{:?}", desk.made());
        nothing_is_torn(&desk);
    }
}

#[test]
fn inputs_are_never_replaced_even_by_force() {
    let desk = Desk::new();
    // Its own name; the name of another input's output, before and after it in order; a link to an input.
    let inputs = [
        ("a.pdf", seed("plain.pdf")),
        ("a.jpg", seed("baseline.jpg")),
        ("b.pdf", seed("streams.pdf")),
        ("b.tif", paper([1])),
    ];
    for (name, bytes) in &inputs {
        desk.put(name, bytes);
    }
    symlink(desk.input("a.jpg"), desk.input("c.txt")).unwrap();
    desk.put("c.tif", paper([2]));
    for _ in 0..2 {
        let mut command = crate::program::saoy();
        command
            .arg("digitize")
            .arg(desk.input(""))
            .arg("-o")
            .arg(desk.input(""))
            .args(PLAIN);
        let (code, _, stderr) = run(command.arg("--force"));
        assert!(code == 0 || code == 1, "{code}: {stderr}");
        for (name, bytes) in &inputs {
            assert!(
                fs::read(desk.input(name)).unwrap() == *bytes,
                "{name} was replaced"
            );
        }
        assert!(fs::read(desk.input("c.tif")).unwrap() == paper([2]));
    }
}

#[test]
fn a_dry_run_touches_nothing() {
    let desk = Desk::new();
    desk.put("b.tif", paper([1]));
    desk.put("a10.tif", paper([1]));
    desk.put("a9.tif", paper([1]));
    let (code, stdout, stderr) = run(desk.digitize(&PLAIN).arg("--dry-run"));
    assert_eq!(code, 0, "{stderr}");
    let listed: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.rsplit('/').next())
        .collect();
    assert_eq!(listed, ["a9.tif", "a10.tif", "b.tif"]);
    assert!(!desk.output("").exists());
    desk.put("broken.tif", b"II*\0");
    desk.put("c.tif", b"");
    let (code, _, stderr) = run(desk.digitize(&PLAIN).arg("--dry-run"));
    assert!(code == 3 && stderr.contains("c.tif"), "{code}: {stderr}");
    assert!(!desk.output("").exists());
}

/// A file system of the test's own; taken down with the value.
struct Mounted(PathBuf);

impl Mounted {
    /// A small one in memory; `None` where mounting is not allowed.
    fn memory(folder: &Path, bytes: usize) -> Option<Self> {
        let options = format!("size={bytes}");
        Self::mount(folder, &["-t", "tmpfs", "-o", &options, "saoy-test"])
    }

    /// The ext4 in a file, one that writes back as late as it may.
    fn image(folder: &Path, image: &Path) -> Option<Self> {
        Self::mount(
            folder,
            &["-o", "loop,commit=300", &image.display().to_string()],
        )
    }

    fn mount(folder: &Path, arguments: &[&str]) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mut command = Command::new("mount");
        command.args(arguments).arg(folder).stderr(Stdio::null());
        command
            .status()
            .is_ok_and(|status| status.success())
            .then(|| Self(folder.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A process that was killed takes a moment to let go of its files.
        let unmount = || {
            Command::new("umount")
                .arg(&self.0)
                .stderr(Stdio::null())
                .status()
        };
        let gone = |_: &u32| {
            std::thread::sleep(Duration::from_millis(50));
            unmount().is_ok_and(|status| status.success())
        };
        let _ = (0..100).find(gone);
    }
}

#[test]
fn a_full_disk_is_named_and_costs_nothing() {
    let desk = Desk::new();
    let Some(_disk) = Mounted::memory(&desk.output(""), 1 << 20) else {
        println!("not tried: mounting a file system is not allowed here");
        return;
    };
    for number in 0..3 {
        desk.put(&format!("{number}.tif"), paper([number, number + 10]));
    }
    let before: Vec<_> = (0..3)
        .map(|number| fs::read(desk.input(&format!("{number}.tif"))).unwrap())
        .collect();
    let filler = desk.output("filler");
    let mut full = 0;
    // From hardly any room to enough for some documents; each time all that is left over from before counts.
    for free in (0..=96).step_by(8) {
        let started = Instant::now();
        fill(&filler, free << 10);
        let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(code == 0 || code == 4, "{free} KB: {code}: {stderr}");
        if code == 4 {
            full += 1;
            assert!(
                stderr.contains(&desk.output("").display().to_string()),
                "{stderr}"
            );
            let said = stderr.contains("disk is full") || stderr.contains("No space left");
            assert!(said, "{free} KB: {stderr}");
        }
        nothing_is_torn(&desk);
        for (number, bytes) in before.iter().enumerate() {
            assert!(fs::read(desk.input(&format!("{number}.tif"))).unwrap() == *bytes);
        }
        assert!(started.elapsed() < Duration::from_secs(60));
        fs::remove_file(&filler).unwrap();
    }
    assert!(full >= 2, "{full}");
    // Room again: the same command finishes, and nothing tells of the trouble any more.
    let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 0, "{stderr}");
    let made = desk.made();
    assert_eq!(made.len(), 10, "{made:?}");
    nothing_is_torn(&desk);
}

/// Fills the disk but for `free` bytes.
fn fill(filler: &Path, free: usize) {
    let mut file = fs::File::create(filler).unwrap();
    let block = vec![1; 4096];
    while std::io::Write::write_all(&mut file, &block).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(free as u64)).unwrap();
}

#[test]
fn power_cuts_lose_nothing_that_was_done() {
    let desk = Desk::new();
    let count = 16;
    for number in 0..count {
        desk.put(&format!("{number:02}.tif"), paper([number]));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut image = folder.path().join("disk-0");
    fs::File::create(&image).unwrap().set_len(32 << 20).unwrap();
    let made = Command::new("mkfs.ext4")
        .args(["-q", "-F"])
        .arg(&image)
        .status();
    let disk = made
        .is_ok_and(|made| made.success())
        .then(|| Mounted::image(&desk.output(""), &image))
        .flatten();
    let Some(mut disk) = disk else {
        println!("not tried: mounting a file system is not allowed here");
        return;
    };
    let mut done: BTreeMap<String, String> = BTreeMap::new();
    for cut in 1..=5 {
        let mut running = Running::start(&desk, &[]);
        // The first events of later runs are those of documents that are skipped.
        running.wait_for("document", done.len() + 1 + cut % 3);
        running.signal("-STOP");
        // What the disk holds at this moment; all that waits in memory is lost.
        let copy = folder.path().join(format!("disk-{cut}"));
        assert!(
            Command::new("cp")
                .arg("--sparse=always")
                .arg(&image)
                .arg(&copy)
                .status()
                .unwrap()
                .success()
        );
        let told: Vec<Value> = running.told();
        for name in reported_done(&told) {
            let hash = sha256(&desk.output(&format!("{name}.pdf")));
            assert!(
                done.insert(name.clone(), hash).is_none(),
                "{name} was done twice"
            );
        }
        running.signal("-KILL");
        running.end();
        drop(disk);
        fs::remove_file(&image).unwrap();
        image = copy;
        disk = Mounted::image(&desk.output(""), &image).expect("the disk after the cut");
        for (name, hash) in &done {
            assert_eq!(
                *hash,
                sha256(&desk.output(&format!("{name}.pdf"))),
                "{name} after cut {cut}"
            );
        }
        nothing_is_torn(&desk);
    }
    assert!(done.len() >= 5, "{done:?}");
    let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 0, "{stderr}");
    let skipped = statuses(&desk)
        .into_iter()
        .filter(|(_, status)| status == "skipped")
        .count();
    assert!(skipped >= done.len(), "{skipped} of {}", done.len());
    // Three files for each, the run's record, and what every ext4 has.
    let made: Vec<String> = desk
        .made()
        .into_iter()
        .filter(|name| name != "lost+found")
        .collect();
    assert_eq!(made.len(), 3 * count + 1, "{made:?}");
    nothing_is_torn(&desk);
    drop(disk);
}
