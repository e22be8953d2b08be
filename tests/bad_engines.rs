//! Failing engines: a page that the engine cannot read goes on as an image with a flag, all else is read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::paper::{WIDTH, page, paper, tiff};
use crate::program::{Desk, reader, run};

const PLAIN: [&str; 4] = ["--jobs", "2", "--progress", "none"];

/// Wider than the other pages, so that engines can tell it.
const POISON: u32 = 1680;
/// `does_its_deed` knows the poisoned page by its width, give or take a cut border: 1,680 px at 300 dpi are 1,260
/// of the copy that is read.
const WIDE: &str = "*\"width\":12[0-9][0-9],*";
/// A whole page, not a line or a question about its orientation.
const WHOLE_PAGE: &str = "*\"Read\":\"Page\"*";

/// A folder with a reader program of ours beside the real one.
struct Cage {
    folder: tempfile::TempDir,
}

impl Cage {
    fn of(script: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        assert!(script.is_file(), "{}", script.display());
        // Links, because a file that was just written cannot be run while another thread forks.
        symlink(script, folder.path().join("animal")).unwrap();
        symlink(reader(), folder.path().join("saoy-reader")).unwrap();
        Self { folder }
    }

    /// One of the animals of the reader's own tests, which fail on everything.
    fn wild(animal: &str) -> Self {
        let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("ocr-models/tests/ocr/zoo");
        Self::of(zoo.join(format!("{animal}.sh")))
    }

    /// The real reader, but for `deed` at the `at`th question that looks like `when`, in each process.
    fn tame(deed: &str, when: &str, at: u32) -> Self {
        let engines = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines");
        let cage = Self::of(engines.join("does_its_deed.sh"));
        for (name, text) in [("deed", deed), ("when", when), ("at", &at.to_string())] {
            fs::write(cage.folder.path().join(name), text).unwrap();
        }
        cage
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("animal")
    }

    /// The questions that were asked, one a line.
    fn asked(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("asked")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

/// A batch of three documents, the second with a poisoned page between two good ones.
struct Batch {
    desk: Desk,
    cage: Cage,
}

impl Batch {
    fn run(deed: &str, limit: u32) -> Self {
        let cage = Cage::tame(deed, WIDE, 1);
        let desk = Desk::new();
        desk.put("1-good.tif", paper([1]));
        let pages = [page(2, WIDTH), page(3, POISON), page(4, WIDTH)];
        desk.put("2-poisoned.tif", tiff(&pages));
        desk.put("3-good.tif", paper([5, 6]));
        let mut command = desk.digitize(&PLAIN);
        command.arg("--page-limit").arg(limit.to_string());
        let (code, _, stderr) = run(command.arg("--reader").arg(cage.program()));
        assert_eq!(code, 0, "{deed}: {stderr}");
        assert!(!stderr.contains("panicked"), "{deed}: {stderr}");
        Self { desk, cage }
    }

    /// The poisoned page's record, after a look that it and nothing else was harmed.
    fn poisoned(&self, deed: &str) -> Value {
        for (name, count) in [("1-good", 1), ("2-poisoned", 3), ("3-good", 2)] {
            let record = self.desk.json(&format!("{name}.json"));
            let pages = record["pages"].as_array().unwrap();
            assert_eq!(pages.len(), count, "{deed}");
            assert_eq!(
                pages_of(&self.desk.output(&format!("{name}.pdf"))),
                count,
                "{deed}"
            );
            for page in pages {
                let harmed = name == "2-poisoned" && page["number"] == 2;
                let flagged = page["flags"]
                    .as_array()
                    .unwrap()
                    .contains(&"ocr_failed".into());
                let words = page["words"].as_u64().unwrap();
                assert_eq!(flagged, harmed, "{deed}: {name}: {page}");
                assert!(
                    if harmed { words == 0 } else { words > 20 },
                    "{deed}: {name}: {page}"
                );
            }
        }
        let why = self
            .desk
            .output(".saoy/quarantine/2-poisoned.p0002.why.txt");
        let text = fs::read_to_string(&why).unwrap_or_else(|error| panic!("{deed}: {error}"));
        assert!(
            text.contains(&format!("the {deed} is on purpose")),
            "{deed}: {text}"
        );
        let kept = fs::read_dir(why.parent().unwrap()).unwrap().count();
        assert_eq!(kept, 2, "{deed}: reason and pixels of one page");
        let record = self.desk.json("2-poisoned.json");
        let flags = record["flags"].as_array().unwrap();
        let flag = flags
            .iter()
            .find(|flag| flag["code"] == "ocr_failed")
            .unwrap();
        assert!(
            flag["page"] == 2
                && ["vi", "en"]
                    .iter()
                    .all(|language| !flag["detail"][language].as_str().unwrap().is_empty()),
            "{flag}"
        );
        record["pages"][1].clone()
    }

    /// How often the poisoned page was to be read.
    fn tries(&self) -> usize {
        let wide = |line: &&String| line.contains("\"width\":12");
        let asked = self.cage.asked();
        asked
            .iter()
            .filter(wide)
            .filter(|line| line.contains("Page"))
            .count()
    }
}

/// Pages of a PDF, counted by qpdf.
fn pages_of(pdf: &Path) -> usize {
    let Output { stdout, .. } = Command::new("qpdf")
        .arg("--show-npages")
        .arg(pdf)
        .output()
        .unwrap();
    String::from_utf8(stdout).unwrap().trim().parse().unwrap()
}

#[test]
fn a_page_that_crashes_its_engine_is_tried_three_times_and_stays_an_image() {
    for deed in ["segfault", "abort", "exit", "garbage"] {
        let batch = Batch::run(deed, 60);
        let page = batch.poisoned(deed);
        assert_eq!(page["text_from"], "none", "{deed}");
        assert_eq!(batch.tries(), 3, "{deed}");
    }
}

#[test]
fn a_page_that_takes_all_memory_stays_an_image() {
    let batch = Batch::run("leak", 60);
    batch.poisoned("leak");
}

#[test]
fn a_page_that_hangs_costs_the_limit_and_no_more() {
    let limit = 8;
    let batch = Batch::run("hang", limit);
    let page = batch.poisoned("hang");
    // The engine is first asked which way up the page stands; hanging in that is hanging on the page.
    let spent: u64 = ["preprocess", "recognize"]
        .iter()
        .map(|stage| page["ms"][stage].as_u64().unwrap())
        .sum();
    let limit = u64::from(limit) * 1000;
    assert!((limit..=limit + 2000).contains(&spent), "{spent} ms");
    assert!(batch.tries() <= 1);
}

#[test]
fn engines_that_die_on_their_second_page_only_cost_time() {
    let cage = Cage::tame("segfault", WHOLE_PAGE, 2);
    let desk = Desk::new();
    desk.put("four.tif", paper([1, 2, 3, 4]));
    let (code, _, stderr) = run(desk.digitize(&PLAIN).arg("--reader").arg(cage.program()));
    assert_eq!(code, 0, "{stderr}");
    for page in desk.json("four.json")["pages"].as_array().unwrap() {
        assert!(page["words"].as_u64().unwrap() > 20, "{page}");
    }
    assert!(!desk.output(".saoy/quarantine").exists());
    assert!(
        cage.asked()
            .iter()
            .filter(|line| line.contains("Page"))
            .count()
            > 4
    );
}

#[test]
fn engines_that_fail_on_everything_leave_faithful_images() {
    // What each fails with is the matter of the reader's own tests; here, what becomes of the batch.
    for animal in [
        "aborts",
        "answers_absurd_length",
        "answers_another_question",
        "answers_no_json",
        "answers_twice",
        "closes_its_output",
        "exits_at_once",
        "exits_with_a_message",
        "floods_stderr",
        "hangs_before_hello",
        "hangs_in_its_answer",
        "hangs_with_family",
        "leaves_family_behind",
        "never_reads",
        "segfaults",
        "speaks_before_hello",
        "speaks_without_end",
    ] {
        let cage = Cage::wild(animal);
        let desk = Desk::new();
        desk.put("a.tif", paper([1, 2]));
        desk.put("b.tif", paper([3]));
        let mut command = desk.digitize(&PLAIN);
        let (code, _, stderr) = run(command
            .args(["--page-limit", "1", "--reader"])
            .arg(cage.program()));
        assert_eq!(code, 0, "{animal}: {stderr}");
        for (name, count) in [("a", 2), ("b", 1)] {
            let record = desk.json(&format!("{name}.json"));
            let pages = record["pages"].as_array().unwrap();
            assert_eq!(pages.len(), count, "{animal}");
            assert!(
                pages
                    .iter()
                    .all(|page| page["flags"].to_string().contains("ocr_failed")),
                "{animal}: {record}"
            );
            assert_eq!(
                pages_of(&desk.output(&format!("{name}.pdf"))),
                count,
                "{animal}"
            );
        }
        // Reason and pixels of three pages.
        assert_eq!(
            fs::read_dir(desk.output(".saoy/quarantine"))
                .unwrap()
                .count(),
            6,
            "{animal}"
        );
        let batch = desk.json("batch.json");
        assert!(
            batch["documents"][0]["flags"]
                .to_string()
                .contains("ocr_failed"),
            "{animal}: {batch}"
        );
    }
}

#[test]
fn an_engine_that_comes_round_is_believed() {
    for animal in ["fails_the_first_time", "complains_and_works"] {
        let cage = Cage::wild(animal);
        let desk = Desk::new();
        desk.put("a.tif", paper([1]));
        let (code, _, stderr) = run(desk.digitize(&PLAIN).arg("--reader").arg(cage.program()));
        assert_eq!(code, 0, "{animal}: {stderr}");
        assert!(
            desk.json("a.json")["pages"][0]["words"].as_u64().unwrap() > 20,
            "{animal}"
        );
    }
}

#[test]
fn what_is_no_engine_is_said_once_and_nothing_is_made() {
    let cage = Cage::wild("speaks_old_protocol");
    let no_program = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    for program in [cage.program(), no_program] {
        let desk = Desk::new();
        for number in 1..=5 {
            desk.put(&format!("{number}.tif"), paper([number]));
        }
        let (code, _, stderr) = run(desk.digitize(&PLAIN).arg("--reader").arg(&program));
        assert_eq!(code, 4, "{stderr}");
        assert!(stderr.contains(&program.display().to_string()), "{stderr}");
        assert!(stderr.contains("saoy doctor"), "{stderr}");
        assert!(
            !desk.made().iter().any(|name| name.ends_with(".pdf")),
            "{:?}",
            desk.made()
        );
        // With a good engine the same folder is done.
        let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(
            desk.made()
                .iter()
                .filter(|name| name.ends_with(".pdf"))
                .count(),
            5
        );
        assert!(
            !desk.made().iter().any(|name| name.ends_with(".why.txt")),
            "{:?}",
            desk.made()
        );
    }
}
