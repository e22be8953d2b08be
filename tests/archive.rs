//! The archive as people use it: in, found, shown, out; and what stops and full disks leave of it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

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
