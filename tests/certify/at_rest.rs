//! Where the archive's files are encrypted nothing of a paper lies on the disk in plain, whatever is being done with it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Office, code_of, text};
use crate::program::{Desk, run, samples};

/// An office whose archive's files are encrypted, and the place of their key.
fn office() -> (Office, PathBuf) {
    let desk = Desk::new();
    let key = desk.put("archive.key", "ab".repeat(32));
    let office = Office::at(desk, &["--encrypt", "--archive-key", text(&key)]);
    (office, key)
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all
}

/// What lies there of a paper in plain: file and what it shows. The database is said not to be encrypted, and is left out.
fn in_plain(office: &Office, scan: &Path) -> Vec<String> {
    let pixels = std::fs::read(scan).expect("a scan");
    let middle = pixels.len() / 2;
    let digest = openssl_digest(scan);
    let marks: [(&str, &[u8]); 6] = [
        ("a PDF", b"%PDF-"),
        ("pixels of the scan", &pixels[middle..middle + 48]),
        ("text", "Khai sinh".as_bytes()),
        ("text", "khai sinh".as_bytes()),
        ("a name", "Trần Văn Cường".as_bytes()),
        ("an identity number", b"079090000001"),
    ];
    let mut found = Vec::new();
    for path in files(&office.desk.output("data")) {
        let named = path.display().to_string();
        if named.contains("archive.sqlite3") {
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        for (what, mark) in marks {
            if bytes.windows(mark.len()).any(|window| window == mark) {
                found.push(format!("{named}: {what}"));
            }
        }
        if named.contains(&digest) || named.replace('/', "").contains(&digest[2..]) {
            found.push(format!("{named}: the digest"));
        }
    }
    found
}

fn openssl_digest(file: &Path) -> String {
    let (code, said, _) = run(Command::new("sha256sum").arg(file));
    assert_eq!(code, 0);
    said.split_whitespace().next().expect("a digest").to_owned()
}

#[test]
fn nothing_of_a_paper_lies_in_plain_from_its_first_look_to_its_delivery() {
    let (office, _) = office();
    let scan = samples().join("giay-khai-sinh.jpg");
    let is_hidden =
        |when: &str| assert_eq!(in_plain(&office, &scan), Vec::<String>::new(), "{when}");
    let looked = office.json(&["certify", "look", text(&scan), "--by", "officer"]);
    assert!(looked["pdf"].is_null(), "{looked}");
    // Its red seal is seen, beside a red frame.
    let questions = looked["questions"].as_array().expect("questions");
    let sealed = questions.iter().find(|one| one["code"] == "R6");
    assert!(sealed.is_some_and(|one| one["hint"].is_null()), "{looked}");
    is_hidden("looked");
    let sha = looked["scan"].as_str().expect("a digest");
    let preview = office.desk.output("preview.pdf");
    office.done(&[
        "certify",
        "preview",
        sha,
        "-o",
        text(&preview),
        "--by",
        "officer",
    ]);
    let picture = office.done(&[
        "certify",
        "preview",
        sha,
        "--picture",
        "40",
        "--by",
        "officer",
        "--json",
    ]);
    assert!(!picture.is_empty());
    is_hidden("previewed");
    let code = code_of(&office.json(&office.prepare(&scan)));
    is_hidden("prepared");
    for (step, key, by) in [("sign", "person", "chair"), ("seal", "seal", "clerk")] {
        assert_eq!(office.stepped(step, &code, key, by).0, 0);
        is_hidden(step);
    }
    let out = office.desk.output("copy.pdf");
    office.done(&[
        "certify",
        "deliver",
        &code,
        "-o",
        text(&out),
        "--by",
        "officer",
    ]);
    is_hidden("delivered");
    let found = office.verified(&out, &[]);
    assert_eq!(found["registered"]["result"], "as_registered", "{found}");
    office.is_clean();
}

#[test]
fn without_encryption_the_same_look_is_seen_to_leave_something() {
    let office = Office::new();
    let scan = samples().join("giay-khai-sinh.jpg");
    let looked = office.json(&["certify", "look", text(&scan), "--by", "officer"]);
    assert!(Path::new(looked["pdf"].as_str().expect("a path")).is_file());
    assert!(!in_plain(&office, &scan).is_empty());
}

fn killed(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn a_look_that_is_killed_leaves_nothing_in_plain() {
    let (office, _) = office();
    let scan = samples().join("giay-khai-sinh.jpg");
    for millis in [150, 600, 1500, 4000] {
        let child = office
            .command(&["certify", "look", text(&scan), "--by", "officer"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("saoy");
        killed(child, Duration::from_millis(millis));
        assert_eq!(
            in_plain(&office, &scan),
            Vec::<String>::new(),
            "{millis} ms"
        );
    }
    // The next one takes away what those before left in memory, and does its work.
    office.done(&["certify", "look", text(&scan), "--by", "officer"]);
    assert_eq!(in_plain(&office, &scan), Vec::<String>::new());
}

#[test]
fn an_archive_is_encrypted_in_place_whenever_it_is_killed() {
    let office = Office::new();
    let key = office.desk.put("archive.key", "cd".repeat(32));
    let scan = samples().join("giay-khai-sinh.jpg");
    let code = code_of(&office.json(&office.prepare(&scan)));
    let mut old = Vec::new();
    for number in 0..300 {
        let pdf = format!(
            "%PDF-1.4\n%{number}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        );
        old.push(office.desk.put(&format!("old/{number}.pdf"), pdf));
    }
    let mut add = vec!["archive", "add", "--by", "clerk"];
    add.extend(old.iter().map(|path| text(path)));
    office.done(&add);
    office.is_clean();
    assert!(!in_plain(&office, &scan).is_empty());
    let key = ["--archive-key", text(&key)];
    let encrypt = [&key[..], &["archive", "encrypt", "--by", "root"]].concat();
    let mut kills = 0;
    for round in 0..30_u64 {
        let mut child = office
            .command(&encrypt)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("saoy");
        std::thread::sleep(Duration::from_millis(5 + round * 12));
        let done = child.try_wait().expect("its end").is_some();
        let _ = child.kill();
        let _ = child.wait();
        let report: serde_json::Value = serde_json::from_str(
            &office.done(&[&key[..], &["archive", "check", "--json"]].concat()),
        )
        .expect("JSON");
        assert_eq!(report["findings"], serde_json::json!([]), "round {round}");
        if done {
            break;
        }
        kills += 1;
    }
    assert!(kills > 0);
    let (end, _, complaints) = office.tried(&encrypt);
    // Done by now, or done before.
    assert!(matches!(end, 0 | 5), "{complaints}");
    assert_eq!(in_plain(&office, &scan), Vec::<String>::new());
    for (step, key, by) in [("sign", "person", "chair"), ("seal", "seal", "clerk")] {
        assert_eq!(office.stepped(step, &code, key, by).0, 0);
    }
    office.is_clean();
    assert_eq!(in_plain(&office, &scan), Vec::<String>::new());
}
