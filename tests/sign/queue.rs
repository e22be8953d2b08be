//! Levels that come later: signed while servers are down, tried again, raised when they are well; never a level for nothing,
//! never half a file, whoever is killed, comes second or writes in between.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::matrix::{Made, judged_from_outside, step};
use super::remote::Office;
use super::servers::{Authority, Mode};
use super::tokens::Tokens;
use super::{page, pdfsig};
use crate::outputs::judge;
use crate::outputs::records::is_valid;
use crate::paper::paper;
use crate::program::{Desk, asked, contains, fixtures, run, saoy, saoy_in};

/// Runs that are killed, told to stop, or not alone.
mod stops;

/// Faults of a timestamp server, and what they are called.
const FAULTS: [(Mode, &str); 8] = [
    (Mode::Hang("/ts"), "timestamp_server"),
    (Mode::Drip("/ts"), "timestamp_server"),
    (Mode::Status500("/ts"), "timestamp_server"),
    (Mode::Elsewhere("/ts"), "timestamp_server"),
    (Mode::Garbage("/ts"), "timestamp"),
    (Mode::OldToken, "timestamp"),
    (Mode::StrangerToken, "timestamp"),
    (Mode::OtherNonce, "timestamp"),
];

/// Who signs with `--later`.
struct Late {
    authority: Authority,
}

impl Late {
    fn new() -> Self {
        Self {
            authority: Authority::new(),
        }
    }

    fn out(&self, name: &str) -> PathBuf {
        self.authority.desk.output(name)
    }

    fn papers(&self, count: usize) -> Vec<PathBuf> {
        (0..count)
            .map(|number| self.authority.desk.put(&format!("{number:02}.pdf"), page()))
            .collect()
    }

    /// `saoy sign PAPERS --later` with the key of `name`, not yet started.
    fn signing(&self, papers: &[PathBuf], name: &str, level: &str) -> Command {
        let mut command = saoy();
        command
            .arg("sign")
            .args(papers)
            .arg("-o")
            .arg(format!("{}/", self.out("").display()))
            .args(self.authority.keyed(name))
            .args(self.authority.served())
            .args(self.authority.trusting())
            .arg(format!("--level={level}"))
            .args(["--later", "--retry=0", "--timeout=1", "--jobs=1", "--json"]);
        command
    }

    fn sign(&self, papers: &[PathBuf], name: &str, level: &str) -> (i32, Vec<Value>) {
        let (code, answer, said) = run(&mut self.signing(papers, name, level));
        let report: Value =
            serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {said}"));
        is_valid(&report, "signing-1.schema.json");
        (code, report["files"].as_array().unwrap().clone())
    }

    /// Signs one paper, which must wait at `reached`; gives its output.
    fn waits(&self, name: &str, level: &str, reached: &str) -> PathBuf {
        let (code, files) = self.sign(&self.papers(1), name, level);
        assert_eq!(
            (
                code,
                files[0]["level"].as_str(),
                files[0]["wanted"].as_str()
            ),
            (
                0,
                Some(reached),
                Some(&*format!("B-{}", level.to_uppercase()))
            ),
            "{files:?}"
        );
        self.out("00.pdf")
    }

    /// `saoy sign queue VERB OUT`, not yet started.
    fn queue(&self, verb: &str, more: &[&str]) -> Command {
        let mut command = saoy();
        command
            .args(["sign", "queue", verb])
            .arg(self.out(""))
            .arg("--json")
            .arg(format!(
                "--data={}",
                self.authority.desk.input("data").display()
            ))
            .args(more);
        command
    }

    fn ran(&self, verb: &str, more: &[&str]) -> (i32, Vec<Value>, String) {
        reported(&mut self.queue(verb, more))
    }

    /// The entries on disk, in order of names.
    fn entries(&self) -> Vec<Value> {
        let mut all: Vec<Value> = std::fs::read_dir(self.out(".saoy-queue"))
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "json"))
            .filter_map(|entry| std::fs::read(entry.path()).ok())
            .map(|text| serde_json::from_slice(&text).unwrap())
            .collect();
        for entry in &all {
            is_valid(entry, "queue-1.schema.json");
        }
        all.sort_by_key(|entry: &Value| entry["file"].to_string());
        all
    }

    /// Changes the one entry on disk, as time would.
    fn change(&self, with: impl Fn(&mut Value)) {
        let path = std::fs::read_dir(self.out(".saoy-queue"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|kind| kind == "json"))
            .unwrap();
        let mut entry = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        with(&mut entry);
        std::fs::write(&path, entry.to_string()).unwrap();
    }

    /// What `saoy verify` calls the level of each signature.
    fn levels(&self, file: &Path) -> Vec<String> {
        let (_, answer, said) = run(saoy()
            .arg("verify")
            .arg(file)
            .args(["root.pem", "list.crl"].map(|name| {
                // The timestamp authority's certificate is told good by the list.
                format!("--trust={}", self.authority.desk.input(name).display())
            }))
            .args(["--no-compare", "--json"]));
        let report: Value =
            serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {said}"));
        let signatures = report["files"][0]["signatures"].as_array().unwrap();
        signatures
            .iter()
            .filter(|one| one["subfilter"] != "ETSI.RFC3161")
            .map(|one| one["level"].as_str().unwrap().to_owned())
            .collect()
    }

    /// That nothing waits, and nothing was left where things wait.
    fn is_empty(&self) {
        assert!(!self.out(".saoy-queue").exists());
        let made = self.authority.desk.made();
        assert!(made.iter().all(|name| name.ends_with(".pdf")), "{made:?}");
    }
}

fn reported(command: &mut Command) -> (i32, Vec<Value>, String) {
    let (code, answer, said) = run(command);
    let report: Value = serde_json::from_str(&answer).unwrap_or_default();
    if !report.is_null() {
        is_valid(&report, "queue-report-1.schema.json");
    }
    let files = report["files"].as_array().cloned().unwrap_or_default();
    (code, files, said)
}

/// Document timestamps of a file.
fn stamps(file: &Path) -> usize {
    let bytes = std::fs::read(file).unwrap();
    let mark = b"/ETSI.RFC3161";
    bytes
        .windows(mark.len())
        .filter(|part| part == mark)
        .count()
}

#[test]
fn who_gets_no_timestamp_signs_now_and_is_raised_when_the_server_is_well() {
    let late = Late::new();
    late.authority.now(Mode::Right);
    step(
        &late.authority,
        &late.authority.desk.put("a.pdf", page()),
        &late.authority.desk.input("first-token.pdf"),
        &[
            &*late.authority.keyed("by-list")[0],
            &*late.authority.keyed("by-list")[1],
            "--level=t",
        ],
    );
    let mut made = Vec::new();
    for (number, (mode, why)) in FAULTS.into_iter().enumerate() {
        late.authority.now(mode);
        let paper = late.authority.desk.put(&format!("{number}.pdf"), page());
        let (code, files) = late.sign(std::slice::from_ref(&paper), "by-list", "t");
        let entry = &files[0];
        assert_eq!(
            (code, &entry["status"], &entry["level"], &entry["wanted"]),
            (0, &json!("signed"), &json!("B-B"), &json!("B-T")),
            "{mode:?}: {entry}"
        );
        assert_eq!(entry["warnings"][0]["code"], "level_later", "{entry}");
        let out = late.out(&format!("{number}.pdf"));
        assert_eq!(late.levels(&out), ["B-B"], "{mode:?}");
        let waiting = late.entries();
        assert_eq!(waiting.len(), number + 1);
        assert_eq!(waiting[number]["error"]["code"], why, "{mode:?}");
        let signed = std::fs::read(&out).unwrap();
        assert!(signed.starts_with(&std::fs::read(&paper).unwrap()));

        // The same command again signs nothing, and says what it waits for.
        let (code, files) = late.sign(&[paper], "by-list", "t");
        let entry = &files[0];
        assert_eq!(
            (code, &entry["status"], &entry["wanted"]),
            (0, &json!("skipped"), &json!("B-T"))
        );
        // Not yet due: nobody is asked.
        late.authority.now(mode);
        let (code, files, _) = late.ran("run", &[]);
        assert_eq!((code, files.len()), (0, number + 1));
        assert!(!late.authority.was_asked("/ts"));
        // A try that fails changes nothing but the entry.
        let (code, _, said) = reported(
            saoy()
                .args(["sign", "queue", "run", "--now", "--json"])
                .arg(&out),
        );
        assert!(late.authority.was_asked("/ts"), "{mode:?} {said}");
        assert_eq!(code, 4, "{mode:?} {said}");
        assert_eq!(late.entries()[number]["attempts"], 1, "{mode:?}");
        assert_eq!(std::fs::read(&out).unwrap(), signed, "{mode:?}");
        made.push((out, signed));
    }
    late.authority.now(Mode::Right);
    let (code, files, said) = late.ran("run", &["--now"]);
    assert_eq!(code, 0, "{files:?} {said}");
    assert!(files.iter().all(|file| file["status"] == "raised"));
    late.is_empty();
    for (out, signed) in &made {
        assert!(std::fs::read(out).unwrap().starts_with(signed));
        assert_eq!((late.levels(out), stamps(out)), (vec!["B-T".to_owned()], 1));
        assert!(pdfsig(out).contains("Signature is Valid"));
    }
    let all = made
        .into_iter()
        .map(|(path, _)| Made::new(path, vec!["t"], 1));
    judged_from_outside(&late.authority, &all.collect::<Vec<_>>());
}

#[test]
fn long_term_data_come_step_by_step() {
    let late = Late::new();
    // The timestamp is in the signature; evidence is missing.
    late.authority.now(Mode::Status500("/ocsp"));
    let out = late.waits("by-ocsp", "lta", "B-T");
    assert_eq!(late.levels(&out), ["B-T"]);
    assert_eq!(late.entries()[0]["error"]["code"], "no_evidence");
    let (code, files, _) = late.ran("run", &["--now"]);
    assert_eq!((code, &files[0]["level"]), (4, &json!("B-T")));
    late.authority.now(Mode::Right);
    assert_eq!(late.ran("run", &["--now"]).0, 0);
    assert_eq!(late.levels(&out), ["B-LTA"]);
    late.authority.holds(&out);
    late.is_empty();
    std::fs::remove_file(&out).unwrap();

    // First no timestamp, then no evidence: what is there is put in, and only that is claimed.
    late.authority.now(Mode::Status500("/ts"));
    late.waits("by-ocsp", "lt", "B-B");
    let bare = std::fs::read(&out).unwrap();
    late.authority.now(Mode::Garbage("/ocsp"));
    let (code, files, _) = late.ran("run", &["--now"]);
    assert_eq!((code, &files[0]["level"]), (4, &json!("B-T")), "{files:?}");
    assert_eq!(
        (late.levels(&out), stamps(&out)),
        (vec!["B-T".to_owned()], 1)
    );
    let timed = std::fs::read(&out).unwrap();
    assert!(timed.starts_with(&bare));
    assert_eq!(late.entries()[0]["attempts"], 1);
    late.ran("run", &["--now"]);
    assert_eq!(std::fs::read(&out).unwrap(), timed);
    assert_eq!(late.entries()[0]["attempts"], 2);
    late.authority.now(Mode::Right);
    let (code, files, _) = late.ran("run", &["--now"]);
    assert_eq!((code, &files[0]["level"]), (0, &json!("B-LT")), "{files:?}");
    assert_eq!(
        (late.levels(&out), stamps(&out)),
        (vec!["B-LT".to_owned()], 1)
    );
    late.authority.holds(&out);
    late.is_empty();
}

#[test]
fn a_certificate_that_is_revoked_meanwhile_ends_it() {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let out = late.waits("by-list", "lt", "B-B");
    late.authority.revoke("by-list");
    late.authority.list();
    late.authority.now(Mode::Right);
    for _ in 0..2 {
        let (code, files, _) = late.ran("run", &["--now"]);
        assert_eq!(
            (code, &files[0]["status"], &files[0]["error"]["code"]),
            (5, &json!("failed"), &json!("certificate_revoked")),
            "{files:?}"
        );
        assert_eq!(late.levels(&out), ["B-T"]);
    }
    let (code, _, said) = reported(saoy().args(["sign", "queue", "drop"]).arg(&out));
    assert_eq!(code, 0, "{said}");
    late.is_empty();
    assert_eq!(run(saoy().args(["sign", "queue", "drop"]).arg(&out)).0, 3);
    // Whoever signs with it now is refused, later or not.
    let (code, files) = late.sign(&[late.authority.desk.put("b.pdf", page())], "by-list", "lt");
    assert_eq!(
        (code, &files[0]["error"]["code"]),
        (5, &json!("certificate_revoked"))
    );
    late.is_empty();
}

#[test]
fn until_when_it_can_be_raised_is_told_and_kept() {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let out = late.waits("by-list", "t", "B-B");
    let (_, printed, _) = run(Command::new("openssl")
        .args(["x509", "-noout", "-enddate", "-dateopt", "iso_8601", "-in"])
        .arg(late.authority.desk.input("by-list.pem")));
    let end: jiff::Timestamp = printed
        .trim()
        .trim_start_matches("notAfter=")
        .replace(' ', "T")
        .replace("TZ", "Z")
        .parse()
        .unwrap_or_else(|error| panic!("{error}: {printed}"));
    let until = late.entries()[0]["until"].as_str().unwrap().to_owned();
    assert_eq!(until.parse::<jiff::Timestamp>().unwrap(), end);
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(20 * 24);
    late.change(|entry| entry["until"] = soon.to_string().into());
    let (code, files, _) = late.ran("list", &[]);
    assert_eq!((code, &files[0]["urgent"]), (0, &json!(true)), "{files:?}");
    for (ui, words) in [
        ("en", "MUST BE RAISED BEFORE 20"),
        ("vi", "PHẢI NÂNG TRƯỚC 20"),
    ] {
        let (_, listed, _) = run(saoy_in(ui)
            .args(["sign", "queue", "list"])
            .arg(late.out("")));
        assert!(listed.contains(words), "{listed}");
    }
    late.change(|entry| entry["until"] = "2031-01-01T00:00:00+07:00".into());
    assert!(late.ran("list", &[]).1[0]["urgent"].is_null());
    // Too late: a timestamp would prove nothing any more.
    late.change(|entry| entry["until"] = "2024-01-01T00:00:00+07:00".into());
    let before = std::fs::read(&out).unwrap();
    late.authority.now(Mode::Right);
    let (code, files, _) = late.ran("run", &["--now"]);
    assert_eq!(
        (code, &files[0]["error"]["code"]),
        (5, &json!("certificate_expired")),
        "{files:?}"
    );
    assert_eq!(std::fs::read(&out).unwrap(), before);
}

#[test]
fn a_time_that_a_wrong_clock_set_does_not_count() {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    late.waits("by-list", "t", "B-B");
    late.authority.now(Mode::Right);
    late.change(|entry| entry["next"] = "2099-01-01T00:00:00+07:00".into());
    assert_eq!(late.ran("run", &[]).0, 0);
    late.is_empty();
}

/// Signs one paper while the server is down, lets `change` have its way with it, then tries to raise it.
fn meddled(change: impl Fn(&Late, &Path)) -> (Late, PathBuf, i32, Value) {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let out = late.waits("by-list", "t", "B-B");
    change(&late, &out);
    late.authority.now(Mode::Right);
    let (code, files, _) = late.ran("run", &["--now"]);
    let file = files.first().cloned().unwrap_or_default();
    (late, out, code, file)
}

#[test]
fn a_document_that_somebody_changed_is_raised_or_left_alone_on_purpose() {
    // Signed again behind it: both get their time.
    let (late, out, code, file) = meddled(|late, out| {
        let key = late.authority.keyed("by-ocsp");
        let second = late.authority.desk.input("second.pdf");
        step(&late.authority, out, &second, &[&*key[0], &*key[1]]);
        std::fs::rename(second, out).unwrap();
    });
    assert_eq!((code, &file["status"]), (0, &json!("raised")), "{file}");
    assert_eq!(late.levels(&out), ["B-T", "B-T"]);
    late.is_empty();
    judged_from_outside(&late.authority, &[Made::new(out, vec!["t", "t"], 1)]);

    let refused = |expected: (i32, &str), change: &dyn Fn(&Late, &Path)| {
        let after = std::cell::RefCell::new(None);
        let (late, out, code, file) = meddled(|late, out| {
            change(late, out);
            *after.borrow_mut() = std::fs::read(out).ok();
        });
        let why = file["error"]["code"].as_str();
        assert_eq!((code, why), (expected.0, Some(expected.1)), "{file}");
        assert_eq!(file["status"], "failed");
        assert_eq!(std::fs::read(&out).ok(), after.into_inner());
        // It says so again until somebody drops it.
        late.authority.now(Mode::Right);
        assert_eq!(late.ran("run", &["--now"]).0, expected.0);
        assert!(!late.authority.heard_since_now());
    };
    refused((5, "file_changed"), &|_, out| {
        std::fs::write(out, page()).unwrap();
    });
    refused((5, "file_changed"), &|late, out| {
        let other = late.authority.desk.input("other.pdf");
        std::fs::rename(out, &other).unwrap();
        std::os::unix::fs::symlink(other, out).unwrap();
    });
    refused((3, "file_missing"), &|_, out| {
        std::fs::remove_file(out).unwrap();
    });
    // Cut off, and written to.
    refused((5, "file_changed"), &|_, out| {
        let bytes = std::fs::read(out).unwrap();
        std::fs::write(out, &bytes[..bytes.len() - 1]).unwrap();
    });
    refused((5, "earlier_signature_broken"), &|_, out| {
        let mut bytes = std::fs::read(out).unwrap();
        bytes.extend_from_slice(b"9 0 obj\n<</Type/Page>>\nendobj\n");
        std::fs::write(out, bytes).unwrap();
    });
}

#[test]
fn entries_that_lie_raise_nothing() {
    let late = Late::new();
    late.authority.now(Mode::Status500("/ts"));
    let out = late.waits("by-list", "t", "B-B");
    let elsewhere = late
        .authority
        .desk
        .put("elsewhere.pdf", std::fs::read(&out).unwrap());
    let before = std::fs::read(&elsewhere).unwrap();
    late.authority.now(Mode::Right);
    for file in ["../in/elsewhere.pdf", "/etc/passwd", "..", "other.pdf"] {
        late.change(|entry| entry["file"] = file.into());
        let (code, files, _) = late.ran("run", &["--now"]);
        assert_eq!(
            (code, &files[0]["error"]["code"]),
            (3, &json!("entry_damaged")),
            "{file}"
        );
        assert_eq!(late.ran("list", &[]).1[0]["status"], "failed");
    }
    assert_eq!(std::fs::read(&elsewhere).unwrap(), before);
}

#[test]
fn a_server_that_is_down_holds_up_one_document_and_not_each() {
    let late = Late::new();
    late.authority.now(Mode::Hang("/ts"));
    let begun = Instant::now();
    let (code, files) = late.sign(&late.papers(8), "by-list", "t");
    assert!(
        begun.elapsed() < Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(code, 0);
    assert!(
        files.iter().all(|file| file["wanted"] == "B-T"),
        "{files:?}"
    );
    assert_eq!(late.entries().len(), 8);
}

#[test]
fn keys_on_tokens_and_at_services_need_not_come_back() {
    let office = Office::new();
    office.cloud.now().multisign = 5;
    let tsa = format!("--tsa={}/ts", office.authority.address);
    office.authority.now(Mode::Status500("/ts"));
    let papers = office.papers(2);
    let more = [&*tsa, "--level=t", "--later", "--retry=0"];
    for status in ["signed", "skipped"] {
        let (code, files, said) = office.sign(&papers, &more);
        assert_eq!(code, 0, "{files:?} {said}");
        for file in files {
            assert_eq!(
                (&file["status"], &file["wanted"]),
                (&status.into(), &"B-T".into()),
                "{file}"
            );
        }
        assert_eq!(office.cloud.now().signed.len(), 2);
    }
    let late = Late {
        authority: office.authority,
    };
    assert!(!late.out(".saoy-waiting").exists());
    late.authority.now(Mode::Right);
    let (code, files, _) = late.ran("run", &["--now"]);
    assert_eq!((code, files.len()), (0, 2), "{files:?}");
    late.is_empty();
    assert_eq!(late.levels(&late.out("01.pdf")), ["B-T"]);

    let tokens = Tokens::new();
    tokens.token("one");
    tokens.issued_key("one", &late.authority.folder(), "by-list");
    late.authority.now(Mode::Garbage("/ts"));
    let [tsa, data] = late.authority.served();
    let mut signing = tokens.signing(&tokens.papers(2), "token=one", "123456");
    signing.args([&*tsa, &*data, "--level=t", "--later"]);
    let (code, answer, said) = tokens.seeing(&mut signing);
    assert_eq!(code, 0, "{answer} {said}");
    assert_eq!(answer.matches("\"wanted\": \"B-T\"").count(), 2, "{answer}");
    late.authority.now(Mode::Right);
    let (code, files, said) = reported(
        saoy()
            .args(["sign", "queue", "run", "--now", "--json"])
            .arg(tokens.desk.output("")),
    );
    assert_eq!((code, files.len()), (0, 2), "{files:?} {said}");
    assert!(!tokens.desk.output(".saoy-queue").exists());
}

#[test]
fn archived_documents_stay_archived_and_are_valid_to_all() {
    let late = Late::new();
    let desk = &late.authority.desk;
    let own = Desk::new();
    own.put("page.tif", paper([1]));
    let (code, _, complaints) = run(&mut own.digitize(&["--pdfa", "1b"]));
    assert_eq!(code, 0, "{complaints}");
    let mut papers = vec![desk.put(
        "saoy-1b.pdf",
        std::fs::read(own.output("page.pdf")).unwrap(),
    )];
    for name in ["libreoffice-2b.pdf", "ghostscript-3b.pdf"] {
        let bytes = std::fs::read(fixtures("makers").join(name)).unwrap();
        papers.push(desk.put(name, bytes));
    }
    late.authority.now(Mode::Status500("/ts"));
    let (code, files) = late.sign(&papers, "by-ocsp", "lta");
    assert_eq!(code, 0, "{files:?}");
    late.authority.now(Mode::Right);
    let (code, files, said) = late.ran("run", &["--now"]);
    assert_eq!(code, 0, "{files:?} {said}");
    let all: Vec<Made> = papers
        .iter()
        .map(|paper| {
            let out = late.out(&paper.file_name().unwrap().to_string_lossy());
            // More pyHanko gives to no signature without a timestamp of its own.
            Made::new(out, vec!["t"], 2).by_dss(vec!["lta"])
        })
        .collect();
    let (code, verdicts, complaints) =
        run(Command::new(judge("verapdf")).args(all.iter().map(|made| &made.path)));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(verdicts.matches("PASS").count(), all.len(), "{verdicts}");
    for made in &all {
        late.authority.holds(&made.path);
        assert_eq!(late.levels(&made.path), ["B-LTA"]);
        asked("qpdf", &[Path::new("--check"), &made.path]);
    }
    judged_from_outside(&late.authority, &all);
}

#[test]
fn what_can_not_come_later_is_said_before_anything_is_signed() {
    let late = Late::new();
    let paper = late.papers(1).remove(0);
    let key = late.authority.keyed("by-list");
    let [tsa, _] = late.authority.served();
    for more in [
        &["--later"][..],
        &["--later", "--level=t", "--tsa=ftp://tsa.example/"],
        &["--later", "--upgrade=t", &*tsa],
    ] {
        let mut command = saoy();
        command
            .arg("sign")
            .arg(&paper)
            .arg("-o")
            .arg(late.out("00.pdf"));
        if more.contains(&"--level=t") || more.len() == 1 {
            command.args(&key);
        }
        let (code, _, said) = run(command.args(more));
        assert_eq!(code, 2, "{more:?}: {said}");
        assert!(!late.out("00.pdf").exists());
    }
    // Copies with a number in the register are not signed so.
    let (code, _, said) = run(saoy().args(["certify", "seal", "CODE", "--key=test:", "--later"]));
    assert_eq!(code, 2, "{said}");
    // No password is where things wait, and nobody else may read it.
    late.authority.now(Mode::Status500("/ts"));
    late.waits("by-list", "t", "B-B");
    for entry in std::fs::read_dir(late.out(".saoy-queue")).unwrap() {
        let path = entry.unwrap().path();
        assert!(!contains(&std::fs::read(&path).unwrap(), "Ơ".as_bytes()));
        if path.extension().is_some_and(|kind| kind == "json") {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
    // A new signature in its place waits for nothing any more.
    late.authority.now(Mode::Right);
    let (code, answer, said) = run(late.signing(&[paper], "by-list", "t").arg("--force"));
    assert_eq!(code, 0, "{answer} {said}");
    late.is_empty();
}

#[test]
fn long_term_data_without_a_proven_time_are_not_called_a_level() {
    let late = Late::new();
    let key = late.authority.keyed("by-ocsp");
    let bare = late.out("bare.pdf");
    let raised = late.out("raised.pdf");
    let paper = late.papers(1).remove(0);
    step(&late.authority, &paper, &bare, &[&*key[0], &*key[1]]);
    step(&late.authority, &bare, &raised, &["--upgrade=lt"]);
    assert_eq!(
        (late.levels(&raised), stamps(&raised)),
        (vec!["B-LT".to_owned()], 1)
    );
    // And what is broken is not raised at all.
    let mut bytes = std::fs::read(&bare).unwrap();
    let at = bytes.windows(3).position(|part| part == b"200").unwrap();
    bytes[at] = b'3';
    let broken = late.authority.desk.put("broken.pdf", bytes);
    let [tsa, data] = late.authority.served();
    let (code, entry) = super::sign(&broken, &late.out("no.pdf"), &["--upgrade=t", &tsa, &data]);
    assert_eq!(
        (code, &entry["error"]["code"]),
        (5, &json!("earlier_signature_broken")),
        "{entry}"
    );
}
