//! Certified copies from paper to the citizen: two people, two keys, a register without gaps, whatever happens on the way.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::paper::seed;
use crate::program::{Desk, asked, run, samples, saoy, saoy_in};
use crate::sign::revoked::folder_that_revokes;
use crate::sign::servers::Authority;

mod at_rest;

/// The keys of a person and of the office, `person.p12` and `seal.p12`, with their certificates; `pin` has the password.
pub(crate) fn keys(desk: &Desk, password: &str) {
    let pin = desk.put("pin", format!("{password}\n"));
    for (name, subject) in [
        ("person", "/CN=NGUYEN VAN AN/O=UBND phuong Thuan Hoa"),
        ("seal", "/CN=UBND phường Thuận Hóa/O=UBND phường Thuận Hóa"),
    ] {
        let file = |ending: &str| desk.input(&format!("{name}.{ending}"));
        let (key, certificate) = (file("key"), file("pem"));
        let made = |arguments: &[&str]| {
            let (code, _, complaints) = run(Command::new("openssl").args(arguments));
            assert_eq!(code, 0, "{complaints}");
        };
        made(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-utf8",
            "-days",
            "30",
            "-subj",
            subject,
            "-addext",
            "keyUsage=digitalSignature,nonRepudiation",
            "-keyout",
            text(&key),
            "-out",
            text(&certificate),
        ]);
        let pin = format!("file:{}", pin.display());
        made(&[
            "pkcs12",
            "-export",
            "-inkey",
            text(&key),
            "-in",
            text(&certificate),
            "-out",
            text(&file("p12")),
            "-passout",
            &pin,
        ]);
    }
}

/// An office with people and keys.
struct Office {
    desk: Desk,
}

impl Office {
    fn new() -> Self {
        Self::at(Desk::new(), &[])
    }

    /// With these options of `archive init`.
    fn at(desk: Desk, options: &[&str]) -> Self {
        let office = Self { desk };
        let init = [
            "archive",
            "init",
            "--office",
            "Ủy ban nhân dân phường Thuận Hóa",
            "--code",
            "H57.12",
            "--base-url",
            "https://saoy.example",
            "--by",
            "root",
        ];
        office.done(&[&init[..], options].concat());
        for (login, name, role, capacity) in [
            ("root", "Quản trị", "administrator", None),
            ("chair", "Nguyễn Văn An", "certifier", Some("CHỦ TỊCH")),
            ("clerk", "Lê Thị Bình", "clerk", None),
            ("officer", "Phạm Văn Dũng", "officer", None),
            ("post", "Bưu tá", "intake", None),
        ] {
            let mut appoint = vec![
                "archive",
                "appoint",
                login,
                "--by",
                "root",
                "--name",
                name,
                "--role",
                role,
                "--authority",
                "QĐ 1/QĐ-UBND",
            ];
            appoint.extend(
                capacity
                    .into_iter()
                    .flat_map(|capacity| ["--capacity", capacity]),
            );
            office.done(&appoint);
        }
        keys(&office.desk, "x");
        office
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = saoy();
        command
            .arg("--data")
            .arg(self.desk.output("data"))
            .args(arguments);
        command
    }

    /// Exit code, output, complaints.
    fn tried(&self, arguments: &[&str]) -> (i32, String, String) {
        run(&mut self.command(arguments))
    }

    fn done(&self, arguments: &[&str]) -> String {
        let (code, answer, complaints) = self.tried(arguments);
        assert_eq!(code, 0, "{arguments:?}: {complaints}");
        answer
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&answer).expect("JSON")
    }

    fn prepare<'a>(&self, scan: &'a Path) -> Vec<&'a str> {
        vec![
            "certify",
            "prepare",
            text(scan),
            "--requester",
            "Trần Văn Cường",
            "--requester-id",
            "079090000001",
            "--visit",
            "1",
            "--compared",
            "all",
            "--clear",
            "all",
            "--clear",
            "R2=đọc được bằng mắt",
            "--clear",
            "R5=tiếng Việt",
            "--clear",
            "R6=dấu nổi",
            "--by",
            "officer",
        ]
    }

    /// The arguments of a step with a key.
    fn step(&self, step: &str, code: &str, key: &str, by: &str) -> Vec<String> {
        let key = format!("p12:{}", self.desk.input(&format!("{key}.p12")).display());
        let pin = self.desk.input("pin").display().to_string();
        [
            "certify",
            step,
            code,
            "--key",
            &key,
            "--pin-file",
            &pin,
            "--by",
            by,
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn stepped(&self, step: &str, code: &str, key: &str, by: &str) -> (i32, String, String) {
        let arguments = self.step(step, code, key, by);
        self.tried(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn verified(&self, file: &Path, more: &[&str]) -> Value {
        let trusted = ["person", "seal"].map(|name| self.desk.input(&format!("{name}.pem")));
        let mut arguments = vec!["verify", text(file), "--json", "--no-ocr"];
        arguments.extend(trusted.iter().flat_map(|path| ["--trust", text(path)]));
        arguments.extend(more);
        let (_, answer, complaints) = self.tried(&arguments);
        let report: Value =
            serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {complaints}"));
        report["files"][0].clone()
    }

    fn is_clean(&self) {
        let report = self.json(&["archive", "check"]);
        assert_eq!(report["findings"], serde_json::json!([]), "{report}");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn code_of(copy: &Value) -> String {
    copy["code"].as_str().expect("a code").to_owned()
}

#[test]
fn a_copy_goes_from_paper_to_the_citizen_and_verifies_against_the_register() {
    let office = Office::new();
    let scan = samples().join("giay-khai-sinh.jpg");
    let copy = office.json(&office.prepare(&scan));
    let code = code_of(&copy);
    assert_eq!(
        copy["line"]["display"],
        format!("01/{}", copy["line"]["year"])
    );
    // The same paper again is the same copy.
    assert_eq!(code_of(&office.json(&office.prepare(&scan))), code);

    // Each step by whom the law wants, in its order.
    for (step, key, by) in [
        ("seal", "seal", "clerk"),
        ("sign", "person", "officer"),
        ("sign", "person", "clerk"),
    ] {
        assert_eq!(office.stepped(step, &code, key, by).0, 5, "{step} by {by}");
    }
    assert_eq!(office.stepped("sign", &code, "person", "chair").0, 0);
    assert_eq!(office.stepped("sign", &code, "person", "chair").0, 5);
    assert_eq!(office.stepped("seal", &code, "seal", "chair").0, 5);
    let early = office.desk.output("early.pdf");
    assert_eq!(
        office
            .tried(&[
                "certify",
                "deliver",
                &code,
                "-o",
                text(&early),
                "--by",
                "officer"
            ])
            .0,
        5
    );
    assert!(!early.exists());
    assert_eq!(office.stepped("seal", &code, "seal", "clerk").0, 0);
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

    let file = office.verified(&out, &[]);
    assert_eq!(file["verdict"], "valid", "{file}");
    assert_eq!(file["registered"]["result"], "as_registered");
    assert_eq!(file["registered"]["fits_code"], true);
    let row = |number: usize| &file["checklist"][number - 1];
    for number in [8, 9, 11, 12, 13] {
        assert_eq!(row(number)["result"], "pass", "{}", row(number));
    }
    assert_eq!(
        row(13)["evidence"],
        "1 in the statement, 2 in the file, the last one for the statement"
    );
    assert_eq!(
        file["signer_compared"]["result"], "matches",
        "{}",
        file["signer_compared"]
    );
    let said = asked("pdftotext", &[out.as_os_str(), "-".as_ref()]);
    for part in [
        "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH",
        "SCTĐT/BS",
        "Nguyễn Văn An",
        "Bản điện tử chuyển đổi từ văn bản giấy",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }

    // Another machine, without the register: the code still tells whether it belongs to this file.
    let elsewhere = Desk::new();
    let mut alone = saoy();
    alone.arg("--data").arg(elsewhere.output("data")).args([
        "verify",
        text(&out),
        "--json",
        "--no-ocr",
    ]);
    let report: Value = serde_json::from_str(&run(&mut alone).1).expect("JSON");
    assert_eq!(report["files"][0]["registered"]["result"], "elsewhere");
    assert_eq!(report["files"][0]["registered"]["fits_code"], true);

    // The next office is told that the paper is held.
    let mut again = office.prepare(&scan);
    let visit = again.iter().position(|one| *one == "1").expect("the visit");
    again[visit] = "2";
    let (refused, _, complaints) = office.tried(&again);
    assert_eq!(refused, 5);
    assert!(
        complaints.contains("already held") && complaints.contains(&code),
        "{complaints}"
    );
    again.extend(["--despite-held", "bản trước mờ"]);
    let second = office.json(&again);
    assert_eq!(second["line"]["number"], 2);
    let second = code_of(&second);
    office.done(&[
        "certify",
        "cancel",
        &second,
        "--reason",
        "khách đổi ý",
        "--by",
        "officer",
    ]);

    // Annulled: not valid any more, here and by the published list.
    let year = copy["line"]["year"].to_string();
    office.done(&[
        "archive",
        "annul",
        "sctdt/bs",
        "1",
        "--year",
        &year,
        "--decision",
        "9/QĐ-UBND",
        "--reason",
        "bản chính giả",
        "--by",
        "chair",
    ]);
    let file = office.verified(&out, &[]);
    assert_eq!(
        (&file["verdict"], &file["reasons"][0]["code"]),
        (&"invalid".into(), &"annulled".into())
    );
    let list = office
        .desk
        .put("annulled.json", office.done(&["archive", "annulled"]));
    alone.args(["--annulled", text(&list)]);
    let (code, answer, _) = run(&mut alone);
    let report: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(code, 10);
    assert_eq!(report["files"][0]["reasons"][0]["code"], "annulled");
    office.is_clean();
}

#[test]
fn a_paper_that_must_not_be_certified_leaves_nothing_behind() {
    let office = Office::new();
    let scan = samples().join("giay-khai-sinh.jpg");
    // Delegated intake scans; it does not certify.
    let mut intake = office.prepare(&scan);
    *intake.last_mut().expect("a login") = "post";
    assert_eq!(office.tried(&intake).0, 5);
    // A page that nobody compared, a question that nobody answered, a reason to refuse.
    let scan = text(&scan);
    let base = [
        "certify",
        "prepare",
        scan,
        "--requester",
        "A",
        "--by",
        "officer",
    ];
    for more in [
        vec!["--clear", "all", "--clear", "R6=dấu nổi"],
        vec!["--compared", "all", "--clear", "R1"],
        vec![
            "--compared",
            "all",
            "--clear",
            "all",
            "--refuse",
            "R1=tẩy xóa",
        ],
    ] {
        let (code, _, complaints) = office.tried(&[&base[..], &more].concat());
        assert_eq!(code, 5, "{more:?}: {complaints}");
    }
    assert_eq!(office.json(&["certify", "list"]), serde_json::json!([]));
    let report = office.json(&["archive", "check"]);
    assert_eq!(
        (&report["findings"], &report["loose"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
}

#[test]
fn a_true_copy_bears_the_office_s_signature_alone_in_its_corner() {
    let office = Office::new();
    let scan = samples().join("quyet-dinh.jpg");
    let copy = office.json(&[
        "certify",
        "prepare",
        text(&scan),
        "--kind",
        "sao-y",
        "--by",
        "clerk",
    ]);
    assert_eq!(copy["line"]["display"], "01/SY");
    let code = code_of(&copy);
    assert_eq!(office.stepped("sign", &code, "person", "chair").0, 5);
    let (sealed, _, complaints) = office.stepped("seal", &code, "seal", "clerk");
    assert_eq!(sealed, 0, "{complaints}");
    let out = office.desk.output("true.pdf");
    office.done(&[
        "certify",
        "deliver",
        &code,
        "-o",
        text(&out),
        "--by",
        "clerk",
    ]);
    let said = asked("pdftotext", &["-f", "1", "-l", "1", text(&out), "-"]);
    assert!(
        said.contains("SAO Y") && said.contains("phường Thuận Hóa") && said.contains("+07:00"),
        "{said}"
    );
    assert_eq!(
        office.verified(&out, &[])["registered"]["result"],
        "as_registered"
    );
}

/// The register's numbers of copies, in order.
fn numbers(copies: &Value) -> Vec<i64> {
    let copies = copies.as_array().expect("a list");
    let number = |copy: &Value| copy["line"]["number"].as_i64().expect("a number");
    let mut numbers: Vec<i64> = copies.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// Small papers, all different.
fn papers(desk: &Desk, count: u32) -> Vec<PathBuf> {
    let base = seed("g4.tif");
    (0..count)
        .map(|number| {
            let mut bytes = base.clone();
            // Behind the picture, where no reader looks: another original by its digest.
            bytes.extend(number.to_le_bytes());
            desk.put(&format!("paper{number}.tif"), bytes)
        })
        .collect()
}

/// SIGKILL at random moments of every step, then the same commands again until all is done.
#[test]
fn kills_at_random_lose_nothing_and_leave_no_gap() {
    const KILLS: u32 = 200;
    let office = Office::new();
    let papers = papers(&office.desk, 40);
    let mut dice = 11_u64;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut killed = 0;
    let mut acknowledged: Vec<(String, String)> = Vec::new();
    while killed < KILLS {
        let copies = office.json(&["certify", "list"]);
        let copies = copies.as_array().expect("a list");
        // What was once reported stays, with its number.
        for (code, number) in &acknowledged {
            let stays =
                |copy: &Value| copy["code"] == **code && copy["line"]["display"] == **number;
            assert!(copies.iter().any(stays), "{code} {number}");
        }
        let waiting: Vec<&Value> = copies
            .iter()
            .filter(|copy| copy["stage"] == "prepared" || copy["stage"] == "signed")
            .collect();
        if waiting.is_empty() && copies.len() == papers.len() {
            break;
        }
        let arguments = if waiting.is_empty() || (copies.len() < papers.len() && roll(2) == 0) {
            let paper = &papers[copies.len().min(papers.len() - 1)];
            office
                .prepare(paper)
                .into_iter()
                .map(str::to_owned)
                .collect()
        } else {
            let copy = waiting[roll(waiting.len() as u64) as usize];
            match copy["stage"].as_str() {
                Some("prepared") => office.step("sign", &code_of(copy), "person", "chair"),
                _ => office.step("seal", &code_of(copy), "seal", "clerk"),
            }
        };
        let longest = if arguments[1] == "prepare" { 120 } else { 30 };
        let mut child = office
            .command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
            .arg("--json")
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the program");
        let until = Instant::now() + Duration::from_micros(roll(longest * 1_000));
        while Instant::now() < until && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(Duration::from_micros(500));
        }
        let _ = child.kill();
        let output = child.wait_with_output().expect("an end");
        if output.status.code().is_none() {
            killed += 1;
        } else if let Ok(copy) = serde_json::from_slice::<Value>(&output.stdout) {
            let number = copy["line"]["display"].as_str().expect("a number");
            acknowledged.push((code_of(&copy), number.to_owned()));
        }
    }
    println!("{killed} kills");
    assert!(killed >= KILLS / 2, "{killed} kills");
    let papers = &papers[..8];
    // The same steps once more, in peace.
    for paper in papers {
        let code = code_of(&office.json(&office.prepare(paper)));
        for (step, key, by) in [("sign", "person", "chair"), ("seal", "seal", "clerk")] {
            let (code, _, complaints) = office.stepped(step, &code, key, by);
            assert!(code == 0 || code == 5, "{step}: {complaints}");
        }
        let out = office.desk.output(&format!("{code}.pdf"));
        office.done(&[
            "certify",
            "deliver",
            &code,
            "-o",
            text(&out),
            "--by",
            "officer",
        ]);
        assert_eq!(
            office.verified(&out, &[])["registered"]["result"],
            "as_registered"
        );
    }
    let copies = office.json(&["certify", "list"]);
    let numbers = numbers(&copies);
    let all: Vec<i64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, all, "numbers without gaps");
    let originals: std::collections::BTreeSet<&str> = copies
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|copy| copy["original"].as_str())
        .collect();
    assert_eq!(
        originals.len(),
        numbers.len(),
        "one number for each original"
    );
    office.is_clean();
}

#[test]
fn two_officers_at_once_never_share_a_number() {
    let office = Office::new();
    let papers = papers(&office.desk, 12);
    std::thread::scope(|scope| {
        for half in papers.chunks(4) {
            let office = &office;
            scope.spawn(move || {
                for paper in half {
                    office.json(&office.prepare(paper));
                }
            });
        }
    });
    let copies = office.json(&["certify", "list"]);
    let numbers = numbers(&copies);
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    office.is_clean();
}

/// The office's seal only fills the field that the person's signature made for it: valid even to readers that allow no new
/// visible field after a certification, and still PDF/A. Likewise without a picture of the seal.
#[test]
fn the_seal_fills_the_field_that_the_person_signed() {
    let office = Office::new();
    let mut sheet = crate::paper::Sheet::blank(120, 120);
    sheet.ring((60, 60), 50, 58, [200, 0, 0]);
    let image = office.desk.put("seal.png", sheet.png_of_ink(200));
    let mut files = Vec::new();
    for (name, more) in [
        ("giay-khai-sinh.jpg", &["--image", text(&image)][..]),
        ("bao-cao.pdf", &[]),
    ] {
        let code = code_of(&office.json(&office.prepare(&samples().join(name))));
        assert_eq!(office.stepped("sign", &code, "person", "chair").0, 0);
        let seal = office.step("seal", &code, "seal", "clerk");
        let seal: Vec<&str> = seal
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        office.done(&seal);
        let out = office.desk.output(&format!("{code}.pdf"));
        office.done(&[
            "certify",
            "deliver",
            &code,
            "-o",
            text(&out),
            "--by",
            "officer",
        ]);
        let file = office.verified(&out, &[]);
        assert_eq!(file["verdict"], "valid", "{file}");
        assert_eq!(file["signatures"][1]["field"], "AgencySeal", "{file}");
        assert_eq!(file["signatures"][0]["changes_after"], "later_signature");
        assert_eq!(file["registered"]["result"], "as_registered");
        files.push(out);
    }
    let mut pyhanko = Command::new(crate::outputs::judge("pades"));
    for name in ["person.pem", "seal.pem"] {
        pyhanko.arg("--trust").arg(office.desk.input(name));
    }
    let (code, answer, complaints) = run(pyhanko.args(&files));
    assert_eq!(code, 0, "{complaints}");
    assert_eq!(answer.matches("\"strict\": true").count(), 4, "{answer}");
    let (code, verdicts, complaints) =
        run(Command::new(crate::outputs::judge("verapdf")).args(&files));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(verdicts.matches("PASS").count(), 2, "{verdicts}");
}

/// Whose certificate a list in the office's trust folder revokes certifies nothing, and no number is issued.
#[test]
fn keys_that_are_revoked_make_no_copy() {
    let office = Office::new();
    let authority = Authority::new();
    let data = folder_that_revokes(&authority, "by-list");
    let ours = office.desk.output("data").join("trust");
    std::fs::rename(data.join("trust"), ours).unwrap();
    let scan = samples().join("giay-khai-sinh.jpg");
    let code = code_of(&office.json(&office.prepare(&scan)));
    let [key, pin] = authority.keyed("by-list");
    for (step, good, by, stage) in [
        ("sign", "person", "chair", "prepared"),
        ("seal", "seal", "clerk", "signed"),
    ] {
        for (ui, words) in [("vi", "bị thu hồi từ"), ("en", "is revoked since")] {
            let (refused, _, said) = run(saoy_in(ui)
                .arg("--data")
                .arg(office.desk.output("data"))
                .args(["certify", step, &code, &key, &pin, "--by", by]));
            assert_eq!(refused, 5, "{step}: {said}");
            assert!(said.contains(words) && said.contains("by-list"), "{said}");
        }
        let copies = office.json(&["certify", "list"]);
        assert_eq!(copies[0]["stage"], stage, "{copies}");
        assert_eq!(office.stepped(step, &code, good, by).0, 0);
    }
    office.is_clean();
}

/// A bilevel TIFF of a bitmap (PBM), as scanners write it: one strip, not compressed, black is 1.
fn as_tiff(bitmap: &Path, dpi: u32) -> PathBuf {
    let bytes = std::fs::read(bitmap).expect("a bitmap");
    let head = bytes.splitn(3, |byte| *byte == b'\n').collect::<Vec<_>>();
    let [_, size, pixels] = head.as_slice() else {
        panic!("no PBM of three parts");
    };
    let size = std::str::from_utf8(size).expect("a size");
    let (width, height) = size.split_once(' ').expect("two numbers");
    let (width, height): (u32, u32) = (width.parse().unwrap(), height.parse().unwrap());
    let length = u32::try_from(pixels.len()).expect("small");
    let after = 8 + length + length % 2;
    let tags: [(u16, u16, u32); 10] = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 1),
        (259, 3, 1),
        (262, 3, 0),
        (273, 4, 8),
        (277, 3, 1),
        (279, 4, length),
        (282, 5, after + 2 + 10 * 12 + 4),
        (283, 5, after + 2 + 10 * 12 + 4),
    ];
    let mut out = b"II*\0".to_vec();
    out.extend(after.to_le_bytes());
    out.extend(*pixels);
    out.resize(after as usize, 0);
    out.extend(10_u16.to_le_bytes());
    for (tag, kind, value) in tags {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend(0_u32.to_le_bytes());
    out.extend(dpi.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    let path = bitmap.with_extension("tif");
    std::fs::write(&path, out).expect("a TIFF");
    path
}

/// A register as people keep it: shown, printed as PDF/A, and what a printer gets of a copy.
#[test]
fn registers_and_copies_go_on_paper() {
    let office = Office::new();
    let paper = samples().join("giay-khai-sinh.jpg");
    let code = code_of(&office.json(&office.prepare(&paper)));
    for (step, key, by) in [("sign", "person", "chair"), ("seal", "seal", "clerk")] {
        assert_eq!(office.stepped(step, &code, key, by).0, 0);
    }
    let lines = office.json(&["archive", "register", "list", "SCTDT/BS"]);
    assert_eq!(lines[0]["state"], "issued");
    let register = office.desk.output("register.pdf");
    office.done(&[
        "archive",
        "register",
        "print",
        "SCTĐT/BS",
        "-o",
        text(&register),
    ]);
    let said = asked("pdftotext", &["-layout", text(&register), "-"]);
    for part in [
        "SỔ CHỨNG THỰC BẢN SAO ĐIỆN TỬ TỪ BẢN CHÍNH",
        "Nguyễn Văn An, CHỦ TỊCH",
        "Tổng số: 1 số",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let print = office.desk.output("print.pdf");
    office.done(&[
        "certify",
        "print",
        &code,
        "-o",
        text(&print),
        "--by",
        "officer",
    ]);
    let said = asked("pdftotext", &["-f", "1", "-l", "1", text(&print), "-"]);
    assert!(
        said.contains("Bản giấy chuyển đổi từ văn bản điện tử") && said.contains("Phạm Văn Dũng"),
        "{said}"
    );
    // Printed and scanned again, as a picture and as what a station makes of it: the code leads to the register.
    let scan = office.desk.output("scan");
    asked(
        "pdftoppm",
        &[
            "-r",
            "200",
            "-f",
            "2",
            "-png",
            "-singlefile",
            text(&print),
            text(&scan),
        ],
    );
    let scan = scan.with_extension("png");
    let made = office.desk.output("made");
    office.done(&["digitize", text(&scan), "-o", text(&made)]);
    let digitised = made.join("scan.pdf");
    let looked_up = |file: &Path| {
        let found = office.verified(file, &[]);
        let result = found["registered"]["result"].as_str().map(str::to_owned);
        (found["verdict"].as_str().map(str::to_owned), result, found)
    };
    // In black and white too, where dots stand for grey.
    let dots: Vec<PathBuf> = ["200", "300"]
        .map(|dpi| {
            let dots = office.desk.output(&format!("dots-{dpi}"));
            let page = ["-f", "2", "-mono", "-singlefile", text(&print), text(&dots)];
            asked("pdftoppm", &[&["-r", dpi][..], &page].concat());
            as_tiff(&dots.with_extension("pbm"), dpi.parse().expect("dpi"))
        })
        .to_vec();
    for paper in [&scan, &digitised].into_iter().chain(&dots) {
        let (verdict, result, found) = looked_up(paper);
        assert_eq!(
            (verdict.as_deref(), result.as_deref()),
            (Some("unsigned"), Some("on_paper")),
            "{found}"
        );
        assert_eq!(found["registered"]["code"], code);
        assert_eq!(found["registered"]["number"], lines[0]["display"]);
        assert!(found["registered"]["fits_code"].is_null());
    }
    let year = lines[0]["year"].to_string();
    office.done(&[
        "archive",
        "annul",
        "sctdt/bs",
        "1",
        "--year",
        &year,
        "--decision",
        "9/QĐ-UBND",
        "--reason",
        "nhầm",
        "--by",
        "chair",
    ]);
    for paper in [&scan, &digitised] {
        let (verdict, result, _) = looked_up(paper);
        assert_eq!(
            (verdict.as_deref(), result.as_deref()),
            (Some("invalid"), Some("annulled"))
        );
    }
    // A paper without any code stays what it is.
    assert_eq!(
        looked_up(&samples().join("quyet-dinh.jpg")).0.as_deref(),
        Some("damaged")
    );
    // A file for paper: its signatures end with it.
    assert_eq!(office.verified(&print, &[])["verdict"], "invalid");
    let (code, verdicts, complaints) =
        run(Command::new(crate::outputs::judge("verapdf")).arg(&register));
    assert_eq!(code, 0, "{verdicts}{complaints}");
}
