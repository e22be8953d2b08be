//! The archive as people use it: in, found, shown, out; and what stops and full disks leave of it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::handmade::Paper;
use crate::program::{Desk, run, saoy};

/// Papers of an import that is stopped.
const PAPERS: usize = 40;

fn archive(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = saoy();
    command
        .arg("--data")
        .arg(desk.input("data"))
        .arg("archive")
        .args(arguments);
    command
}

fn done(desk: &Desk, arguments: &[&str]) -> String {
    let (code, out, error) = run(&mut archive(desk, arguments));
    assert_eq!(code, 0, "{arguments:?}: {out}{error}");
    out
}

/// An archive with a clerk and two archivists.
fn office() -> Desk {
    let desk = Desk::new();
    done(
        &desk,
        &[
            "init",
            "--office",
            "UBND phường Thuận Hóa",
            "--code",
            "H57.12",
            "--base-url",
            "https://x.example",
            "--by",
            "root",
        ],
    );
    for (login, role) in [
        ("root", "administrator"),
        ("lan", "clerk"),
        ("hoa", "archivist"),
        ("mai", "archivist"),
    ] {
        done(
            &desk,
            &[
                "appoint",
                login,
                "--name",
                login,
                "--role",
                role,
                "--authority",
                "QĐ 1",
                "--from",
                "2020-01-01",
                "--by",
                "root",
            ],
        );
    }
    desk
}

/// What `digitize` writes of a paper.
fn digitised(desk: &Desk, name: &str, kind: &str, text: &str, fields: &[(&str, &str)]) {
    let fields: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(key, value)| {
            (
                (*key).to_owned(),
                serde_json::json!({ "value": value, "confidence": 0.9 }),
            )
        })
        .collect();
    let record = serde_json::json!({
        "schema": "saoy.document/1", "producer": "saoy", "language": "vie",
        "source": { "path": "x.tif", "sha256": "00", "bytes": 1, "pages": 1 },
        "output": { "pdf": format!("{name}.pdf"), "sha256": "00", "bytes": 1, "pdfa": "2b" },
        "type": { "code": kind, "name": kind, "confidence": 0.9 },
        "fields": fields, "alternatives": [], "flags": [], "corrections": [], "pages": [],
    });
    desk.put(&format!("out/{name}.json"), record.to_string());
    desk.put(&format!("out/{name}.txt"), text);
    desk.put(&format!("out/{name}.pdf"), format!("%PDF-1.7 {name}"));
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_was_digitised_is_taken_in_found_shown_and_handed_out() {
    let desk = office();
    digitised(
        &desk,
        "a",
        "QĐ",
        "Quyết định giao đất tại đường Thuý Kiều",
        &[
            ("number_symbol", "15/QĐ-UBND"),
            ("issued_date", "2024-03-05"),
            ("subject", "Về việc giao đất"),
        ],
    );
    digitised(
        &desk,
        "b",
        "giay_khai_sinh",
        "Giấy khai sinh Trần Văn Đức",
        &[
            ("owner_number", "046200001234"),
            ("full_name", "Trần Văn Đức"),
        ],
    );
    desk.put("out/batch.json", "{\"schema\": \"saoy.batch/1\"}");
    let out = desk.input("out").display().to_string();
    done(
        &desk,
        &[
            "record",
            "H57.12.2024.01",
            "--title",
            "Hồ sơ giao đất",
            "--maintenance",
            "05",
            "--by",
            "lan",
        ],
    );
    let added = json(&done(
        &desk,
        &[
            "add",
            &out,
            "--record",
            "H57.12.2024.01",
            "--by",
            "lan",
            "--json",
        ],
    ));
    assert_eq!(added["documents"].as_array().unwrap().len(), 2);
    let again = json(&done(&desk, &["add", &out, "--by", "lan", "--json"]));
    assert!(
        again["documents"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["outcome"] == "known")
    );
    let found = json(&done(
        &desk,
        &["find", "duong thuy kieu", "--by", "lan", "--json"],
    ));
    assert_eq!(found["found"]["hits"][0]["number_symbol"], "15/QĐ-UBND");
    let told = done(&desk, &["find", "Thúy", "--by", "lan"]);
    assert!(told.contains("[Thuý]"), "{told}");
    // A personal paper is shown for a purpose only, and not to everybody.
    let found = json(&done(
        &desk,
        &["find", "tran van duc", "--by", "lan", "--json"],
    ));
    let id = found["found"]["hits"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(found["found"]["hits"][0]["owner"], "046*****1234");
    assert_eq!(run(&mut archive(&desk, &["show", &id, "--by", "lan"])).0, 5);
    assert_eq!(
        run(&mut archive(
            &desk,
            &["show", &id, "--purpose", "x", "--by", "nobody"]
        ))
        .0,
        5
    );
    let shown = done(
        &desk,
        &["show", &id, "--text", "--purpose", "cấp lại", "--by", "lan"],
    );
    assert!(shown.contains("Giấy khai sinh Trần Văn Đức"), "{shown}");
    let exported = desk.output("exported").display().to_string();
    done(
        &desk,
        &[
            "export",
            "--record",
            "H57.12.2024.01",
            "-o",
            &exported,
            "--purpose",
            "bàn giao",
            "--by",
            "lan",
        ],
    );
    assert_eq!(
        std::fs::read(desk.output(&format!("exported/{id}.pdf"))).unwrap(),
        b"%PDF-1.7 b"
    );
    // Held, handed out in place of a paper asked for again, counted.
    let grounds = [
        "--owner",
        "046200001234",
        "--purpose",
        "nhập học",
        "--consent",
        "phiếu 7",
        "--by",
        "lan",
        "--json",
    ];
    let held = json(&done(
        &desk,
        &[&["held", "--type", "giay_khai_sinh"], &grounds[..]].concat(),
    ));
    assert_eq!(held["held"][0]["id"], *id);
    let reused = json(&done(
        &desk,
        &[&["reuse", &id, "-o", &exported], &grounds[..]].concat(),
    ));
    assert!(reused["verification"]["verdict"].is_string());
    let report = run(saoy()
        .arg("--data")
        .arg(desk.input("data"))
        .args(["report", "--json"]));
    let report = json(&report.1);
    let figure = |key: &str| {
        let all = report["units"][0]["productivity"]
            .as_array()
            .unwrap()
            .clone();
        all.into_iter().find(|one| one["key"] == key).unwrap()["numerator"].clone()
    };
    assert_eq!(
        (figure("documents"), figure("reused"), figure("lookup_hits")),
        (2.into(), 1.into(), 1.into())
    );
    // An unsigned paper is no result to deposit.
    let pdf = desk.input("out/a.pdf").display().to_string();
    let deposit = [
        "deposit",
        &pdf,
        "--owner",
        "046200001234",
        "--procedure",
        "1.001",
        "--result",
        "KQ1",
        "--by",
        "lan",
    ];
    assert_eq!(run(&mut archive(&desk, &deposit)).0, 5);
    let checked = run(&mut archive(&desk, &["check"]));
    assert_eq!(checked.0, 0, "{checked:?}");
}

/// A page, signed with a key whose certificate the data folder of the desk accepts; the signed file.
fn signed_result(desk: &Desk) -> std::path::PathBuf {
    let folder = desk.input("");
    let openssl = |arguments: &[&str]| {
        let (code, _, said) = run(Command::new("openssl").current_dir(&folder).args(arguments));
        assert_eq!(code, 0, "{said}");
    };
    desk.put("pin", "x\n");
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "30",
        "-subj",
        "/CN=NGUYEN VAN AN/O=UBND",
        "-addext",
        "keyUsage=critical,digitalSignature,nonRepudiation",
        "-keyout",
        "an.key",
        "-out",
        "an.pem",
    ]);
    openssl(&[
        "pkcs12", "-export", "-inkey", "an.key", "-in", "an.pem", "-out", "an.p12", "-passout",
        "file:pin",
    ]);
    let page = Paper::default().finish(&["/MediaBox[0 0 200 200]".to_owned()], "");
    let (page, out) = (
        desk.put("result.pdf", page),
        desk.input("signed/result.pdf"),
    );
    let key = format!("p12:{}", desk.input("an.p12").display());
    let (code, said, error) = run(saoy()
        .args(["sign", "--key", &key, "--role", "person", "--pin-file"])
        .arg(desk.input("pin"))
        .arg(page)
        .arg("-o")
        .arg(&out));
    assert_eq!(code, 0, "{said}{error}");
    let trust = |arguments: &[&str]| {
        let (code, said, error) = run(saoy()
            .arg("--data")
            .arg(desk.input("data"))
            .arg("trust")
            .args(arguments));
        assert_eq!(code, 0, "{said}{error}");
    };
    trust(&["add", &desk.input("an.pem").display().to_string()]);
    let (_, said, _) = run(Command::new("openssl").current_dir(&folder).args([
        "x509",
        "-noout",
        "-fingerprint",
        "-sha256",
        "-in",
        "an.pem",
    ]));
    trust(&["accept", said.trim().rsplit('=').next().unwrap()]);
    out
}

#[test]
fn a_signed_result_is_deposited_found_by_another_unit_and_handed_out_as_it_is() {
    let desk = office();
    let signed = signed_result(&desk);
    let path = signed.display().to_string();
    let deposit = |file: &str| {
        let arguments = [
            "deposit",
            file,
            "--owner",
            "046200001234",
            "--procedure",
            "1.001193",
            "--result",
            "KQ.G15.000001",
            "--unit",
            "Tư pháp",
            "--set",
            "valid_until=2099-12-31",
            "--by",
            "lan",
            "--json",
        ];
        run(&mut archive(&desk, &arguments))
    };
    // One byte of what was signed changed: nobody should rely on it, so it is not kept.
    let mut broken = std::fs::read(&signed).unwrap();
    let at = broken
        .windows(8)
        .position(|part| part == b"/MediaBo")
        .unwrap();
    broken[at + 11] = b'1';
    let broken = desk.put("broken.pdf", broken).display().to_string();
    let (code, said, error) = deposit(&broken);
    assert_eq!(code, 5, "{said}{error}");
    let (code, said, error) = deposit(&path);
    assert_eq!(code, 0, "{said}{error}");
    let id = json(&said)["documents"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();

    // Another unit asks by owner and result code, for a case of its own.
    let case = "H57.12-261125-0001";
    done(
        &desk,
        &[
            "appoint",
            "minh",
            "--name",
            "Minh",
            "--role",
            "officer",
            "--authority",
            "QĐ 2",
            "--from",
            "2020-01-01",
            "--by",
            "root",
        ],
    );
    let today = jiff::Zoned::now().date();
    let table = format!("MaHoSo;MaTTHC;DonViXuLy;NgayTiepNhan\n{case};2.002;Địa chính;{today}\n");
    let table = desk.put("cases.csv", table).display().to_string();
    done(&desk, &["cases", &table, "--by", "minh"]);
    let grounds = |owner: &'static str| {
        [
            "--owner",
            owner,
            "--purpose",
            "xác minh",
            "--consent",
            "phiếu 9",
            "--unit",
            "Địa chính",
            "--case",
            case,
            "--by",
            "minh",
            "--json",
        ]
    };
    let held = |owner, code: &str| {
        let found = done(
            &desk,
            &[&["held", "--type", code], &grounds(owner)[..]].concat(),
        );
        json(&found)["held"].as_array().unwrap().clone()
    };
    let found = held("046200001234", "KQ.G15.000001");
    assert_eq!(
        (found.len(), &found[0]["id"], &found[0]["kind"]),
        (1, &id.clone().into(), &"result".into())
    );
    assert!(held("046200001234", "KQ.G15.000002").is_empty());
    assert!(held("046200009999", "KQ.G15.000001").is_empty());

    // Handed out: the very bytes, with what verifying says of them beside.
    let out = desk.output("handed").display().to_string();
    let refused = [&["reuse", &id, "-o", &out], &grounds("046200009999")[..]].concat();
    assert_eq!(run(&mut archive(&desk, &refused)).0, 5);
    let told = json(&done(
        &desk,
        &[&["reuse", &id, "-o", &out], &grounds("046200001234")[..]].concat(),
    ));
    assert_eq!(told["verification"]["verdict"], "valid", "{told}");
    let file = desk.output(&format!("handed/{id}.pdf"));
    assert_eq!(
        std::fs::read(file).unwrap(),
        std::fs::read(&signed).unwrap()
    );
    let beside =
        std::fs::read_to_string(desk.output(&format!("handed/{id}.verification.json"))).unwrap();
    assert_eq!(
        json(&beside)["signatures"][0]["signer"]["name"],
        "NGUYEN VAN AN"
    );

    // Counted for the unit that used it, and its case as one that reused something.
    let (_, report, _) = run(saoy()
        .arg("--data")
        .arg(desk.input("data"))
        .args(["report", "--units", "--json"]));
    let report = json(&report);
    let of = |unit: &Value| {
        let all = report["units"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["unit"] == *unit).unwrap()
    };
    let figure = |unit: &Value, list: &str, key: &str, code: &str| {
        let all = of(unit)[list].as_array().unwrap().clone();
        all.into_iter().find(|one| one[key] == code).unwrap()["numerator"].clone()
    };
    for unit in [Value::Null, "Địa chính".into()] {
        assert_eq!(figure(&unit, "productivity", "key", "reused"), 1, "{unit}");
        assert_eq!(
            figure(&unit, "productivity", "key", "lookup_hits"),
            1,
            "{unit}"
        );
        assert_eq!(figure(&unit, "indicators", "code", "4.3"), 1, "{unit}");
    }
    let checked = run(&mut archive(&desk, &["check"]));
    assert_eq!(checked.0, 0, "{checked:?}");
}

/// The same with files encrypted: the key comes from a file, is found again, is changed; without it nothing is lost.
#[test]
fn an_archive_with_encrypted_files_works_with_its_key_alone() {
    let desk = Desk::new();
    let key = |name: &str, letter: &str| desk.put(name, letter.repeat(64)).display().to_string();
    let (first, second) = (key("first.key", "a"), key("second.key", "b"));
    let init = [
        "init",
        "--office",
        "UBND",
        "--code",
        "H57.12",
        "--base-url",
        "https://x.example",
        "--by",
        "root",
    ];
    assert_eq!(
        run(&mut archive(&desk, &[&init[..], &["--encrypt"]].concat())).0,
        2
    );
    done(
        &desk,
        &[&init[..], &["--encrypt", "--archive-key", &first]].concat(),
    );
    for (login, role) in [
        ("root", "administrator"),
        ("lan", "clerk"),
        ("hoa", "archivist"),
    ] {
        done(
            &desk,
            &[
                "appoint",
                login,
                "--name",
                login,
                "--role",
                role,
                "--authority",
                "QĐ 1",
                "--from",
                "2020-01-01",
                "--by",
                "root",
            ],
        );
    }
    digitised(
        &desk,
        "a",
        "QĐ",
        "Quyết định giao đất",
        &[("number_symbol", "1/QĐ-UBND")],
    );
    let out = desk.input("out").display().to_string();
    // Where the key lies is known from the beginning.
    let added = json(&done(&desk, &["add", &out, "--by", "lan", "--json"]));
    let id = added["documents"][0]["id"].as_str().unwrap().to_owned();
    let text = |more: &[&str]| {
        run(&mut archive(
            &desk,
            &[&["show", &id, "--text", "--by", "lan"], more].concat(),
        ))
    };
    assert!(text(&[]).1.contains("giao đất"));
    // Another place, no key there, another key, no key at all: said so, by its class.
    let moved = desk.input("moved.key");
    std::fs::rename(&first, &moved).unwrap();
    let moved = moved.display().to_string();
    let (code, _, said) = text(&[]);
    assert!(
        code == 4 && said.contains("--archive-key") && said.contains("first.key"),
        "{code} {said}"
    );
    assert_eq!(
        run(&mut archive(&desk, &["find", "giao", "--by", "lan"])).0,
        0
    );
    let (code, _, said) = text(&["--archive-key", &second]);
    assert!(code == 4 && said.contains("does not open"), "{code} {said}");
    let junk = key("junk", "z");
    let (code, _, said) = text(&["--archive-key", &junk]);
    assert!(code == 4 && said.contains("openssl rand"), "{code} {said}");
    assert!(text(&["--archive-key", &moved]).1.contains("giao đất"));
    // By a descriptor.
    let mut by_descriptor = Command::new("sh");
    let command = archive(
        &desk,
        &[
            "show",
            &id,
            "--text",
            "--by",
            "lan",
            "--archive-key",
            "/dev/fd/7",
        ],
    );
    by_descriptor
        .args(["-c", &format!("exec \"$0\" \"$@\" 7<'{moved}'")])
        .arg(command.get_program())
        .args(command.get_args());
    assert!(run(&mut by_descriptor).1.contains("giao đất"));
    // Another key takes over.
    let change = ["key", "--new-key", &second, "--archive-key", &moved, "--by"];
    assert_eq!(
        run(&mut archive(&desk, &[&change[..], &["lan"]].concat())).0,
        5
    );
    done(&desk, &[&change[..], &["root"]].concat());
    assert!(text(&[]).1.contains("giao đất"));
    assert_eq!(text(&["--archive-key", &moved]).0, 4);
    let checked = run(&mut archive(&desk, &["check"]));
    assert_eq!(checked.0, 0, "{checked:?}");
}

/// More than are taken in together, one of them without its file, one twice.
#[test]
fn many_files_are_taken_in_at_once_and_a_bad_one_keeps_nobody_out() {
    let desk = office();
    for number in 0..120 {
        let symbol = format!("{number}/QĐ-UBND");
        digitised(
            &desk,
            &format!("p{number:03}"),
            "QĐ",
            "Quyết định",
            &[("number_symbol", &symbol)],
        );
    }
    std::fs::remove_file(desk.input("out/p007.pdf")).unwrap();
    std::fs::copy(desk.input("out/p003.pdf"), desk.input("out/p004.pdf")).unwrap();
    let out = desk.input("out").display().to_string();
    let (code, said, error) = run(&mut archive(&desk, &["add", &out, "--by", "lan", "--json"]));
    assert_eq!(code, 1, "{said}{error}");
    let said = json(&said);
    let lines = said["documents"].as_array().unwrap();
    let of = |outcome: &str| {
        lines
            .iter()
            .filter(|line| line["outcome"] == outcome)
            .count()
    };
    assert_eq!((lines.len(), of("added"), of("revised")), (120, 118, 1));
    let bad: Vec<&Value> = lines
        .iter()
        .filter(|line| !line["error"].is_null())
        .collect();
    assert_eq!(bad.len(), 1);
    assert!(bad[0]["path"].as_str().unwrap().ends_with("p007.json"));
    // The whole batch is in the log and fits it.
    let checked = run(&mut archive(&desk, &["check"]));
    assert_eq!(checked.0, 0, "{checked:?}");
}

#[test]
fn everything_comes_back_from_a_backup() {
    let desk = office();
    digitised(
        &desk,
        "a",
        "QĐ",
        "Quyết định",
        &[("number_symbol", "1/QĐ-UBND")],
    );
    let out = desk.input("out").display().to_string();
    done(&desk, &["add", &out, "--by", "lan"]);
    let to = desk.output("backup").display().to_string();
    done(&desk, &["backup", &to, "--with-keys", "--by", "hoa"]);
    let fresh = desk.input("fresh");
    let mut restore = saoy();
    restore
        .arg("--data")
        .arg(&fresh)
        .args(["archive", "restore", &to]);
    assert_eq!(run(&mut restore).0, 0);
    for arguments in [&["check"][..], &["find", "quyet dinh", "--by", "lan"]] {
        let mut command = saoy();
        command
            .arg("--data")
            .arg(&fresh)
            .arg("archive")
            .args(arguments);
        let (code, out, error) = run(&mut command);
        assert_eq!(code, 0, "{out}{error}");
        assert!(
            arguments[0] == "check" || out.contains("1/QĐ-UBND"),
            "{out}"
        );
    }
}

/// A folder of PDFs with their table.
fn legacy(desk: &Desk) -> (String, String) {
    let mut table = "file,TypeName,Số ký hiệu,IssuedDate,OrganName,Subject\n".to_owned();
    for number in 1..=PAPERS {
        desk.put(
            &format!("old/{number}.pdf"),
            format!("%PDF-1.4 paper {number} {}", "x".repeat(3000)),
        );
        desk.put(
            &format!("old/{number}.txt"),
            format!("Công văn số {number} về việc họp"),
        );
        table += &format!(
            "{number}.pdf,Công văn,{number}/UBND-VX,2010-01-05,UBND phường,Về việc {number}\n"
        );
    }
    let path = desk.put("old.csv", table);
    (
        path.display().to_string(),
        desk.input("old").display().to_string(),
    )
}

fn inputs(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(Path::new(folder))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), std::fs::read(&path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// Runs the import to its end: each paper is there once, and the archive is whole.
fn whole(desk: &Desk, table: &str, files: &str) {
    done(desk, &["import", table, "--files", files, "--by", "lan"]);
    let found = json(&done(
        desk,
        &[
            "find",
            "agency:UBND",
            "--limit",
            "1000",
            "--by",
            "lan",
            "--json",
        ],
    ));
    let mut numbers: Vec<String> = found["found"]["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["number_symbol"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    let mut expected: Vec<String> = (1..=PAPERS)
        .map(|number| format!("{number}/UBND-VX"))
        .collect();
    expected.sort();
    assert_eq!(numbers, expected);
    let checked = run(&mut archive(desk, &["check", "--json"]));
    assert_eq!(checked.0, 0, "{checked:?}");
}

#[test]
fn a_hundred_kills_lose_nothing_and_double_nothing() {
    let desk = office();
    let (table, files) = legacy(&desk);
    let before = inputs(&files);
    let mut dice = 11_u64;
    for round in 0..100 {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // Every tenth round begins with an empty archive, so that kills meet new work too.
        if round % 10 == 0 && round > 0 {
            whole(&desk, &table, &files);
            std::fs::remove_dir_all(desk.input("data")).unwrap();
            let fresh = office();
            std::fs::rename(fresh.input("data"), desk.input("data")).unwrap();
        }
        let mut child = archive(&desk, &["import", &table, "--files", &files, "--by", "lan"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros((dice >> 33) % 120_000));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    whole(&desk, &table, &files);
    assert_eq!(inputs(&files), before);
}

#[test]
fn a_disk_that_is_full_at_fifty_points_costs_nothing_but_time() {
    let desk = office();
    let (table, files) = legacy(&desk);
    let before = inputs(&files);
    let mut refused = 0;
    for point in 0..50 {
        // No file may grow past the limit: what a full disk does to whoever writes, without a disk of one's own.
        let blocks = 2 + point * 24;
        let command = archive(&desk, &["import", &table, "--files", &files, "--by", "lan"]);
        let mut limited = Command::new("sh");
        limited
            .args([
                "-c",
                &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
            ])
            .arg(command.get_program())
            .args(command.get_args());
        let (code, out, error) = run(&mut limited);
        if code != 0 {
            refused += 1;
            assert!(matches!(code, 1 | 4), "{blocks}: {code} {out}{error}");
            assert!(
                error.contains("error:") || out.contains("row"),
                "{blocks}: {out}{error}"
            );
            assert!(!error.contains("panicked"), "{error}");
        }
    }
    assert!(refused >= 10, "{refused}");
    assert_eq!(inputs(&files), before);
    whole(&desk, &table, &files);
}
