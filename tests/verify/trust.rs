//! `saoy trust`: proposed, accepted, removed, logged; revocation lists over the network of this machine.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;

use super::made::Office;
use super::{judged, verify};
use crate::program::{run, saoy};

fn trust(office: &Office, arguments: &[&str]) -> (i32, String, String) {
    run(saoy()
        .arg("--data")
        .arg(office.path("data"))
        .arg("trust")
        .args(arguments)
        .current_dir(office.path("")))
}

fn fingerprint(office: &Office, name: &str) -> String {
    let answer = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in", name])
        .current_dir(office.path(""))
        .output()
        .expect("openssl");
    let text = String::from_utf8(answer.stdout).expect("text");
    text.trim()
        .rsplit('=')
        .next()
        .expect("a fingerprint")
        .to_owned()
}

#[test]
fn nothing_is_trusted_until_its_whole_fingerprint_is_accepted() {
    let office = Office::new();
    let file = office.sign(&office.paper("x"), "an");
    let of = || {
        let (code, record) = judged(&office, &file, &[]);
        (
            code,
            record["signatures"][0]["sub_indication"]
                .as_str()
                .map(str::to_owned),
        )
    };
    let (no_chain, try_later) = (
        Some("NO_CERTIFICATE_CHAIN_FOUND".to_owned()),
        Some("TRY_LATER".to_owned()),
    );
    assert_eq!(of(), (11, no_chain.clone()));
    let (code, printed, said) = trust(&office, &["add", "root.pem"]);
    assert_eq!(code, 0, "{printed}{said}");
    assert_eq!(of(), (11, no_chain.clone()));
    let whole = fingerprint(&office, "root.pem");
    assert_eq!(trust(&office, &["accept", &whole[..32]]).0, 2);
    assert_eq!(trust(&office, &["accept", &"00".repeat(32)]).0, 4);
    assert_eq!(
        trust(
            &office,
            &[
                "accept",
                &whole,
                "--by",
                "Bình",
                "--remark",
                "compared by phone"
            ]
        )
        .0,
        0
    );
    assert_eq!(of(), (11, try_later));
    assert_eq!(trust(&office, &["remove", &whole]).0, 0);
    assert_eq!(of(), (11, no_chain));

    let log = std::fs::read_to_string(office.path("data/trust/log.jsonl")).expect("a log");
    let actions: Vec<String> = log
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("a line")["entry"]["action"]
                .as_str()
                .expect("an action")
                .to_owned()
        })
        .collect();
    assert_eq!(actions, ["add", "accept", "remove"]);
    assert!(log.contains("Bình") && log.contains("compared by phone"));
}

#[test]
fn both_vietnamese_authorities_are_proposed_and_none_is_trusted() {
    let office = Office::new();
    let (code, printed, _) = trust(&office, &["list", "--json"]);
    assert_eq!(code, 0);
    let listing: Value = serde_json::from_str(&printed).expect("JSON");
    let all = listing["certificates"].as_array().expect("certificates");
    for pki in ["public", "public-duty"] {
        assert!(
            all.iter()
                .any(|one| one["pki"] == pki && one["state"] == "proposed"),
            "{pki}"
        );
    }
    assert!(all.iter().all(|one| one["state"] != "accepted"));
    let root = "f04ba4b459a7c9a1b971ad9b1cb833e695a80c79aea63b174b66a70edfe2fdb8";
    assert_eq!(trust(&office, &["accept", root]).0, 0);
    let (_, printed, _) = trust(&office, &["list"]);
    assert!(printed.contains("ACCEPTED [public-duty]"), "{printed}");
}

#[test]
fn a_touched_log_trusts_nothing_and_says_so() {
    let office = Office::new();
    trust(&office, &["add", "root.pem"]);
    trust(&office, &["accept", &fingerprint(&office, "root.pem")]);
    let log = office.path("data/trust/log.jsonl");
    let text = std::fs::read_to_string(&log).expect("a log");
    std::fs::write(&log, text.replacen("\"add\"", "\"crl\"", 1)).expect("a log");
    let file = office.put("a.pdf", &office.sign(&office.paper("x"), "an").bytes);
    let (code, _, said) = run(verify(&office).arg(&file));
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("log"), "{said}");
}

#[test]
fn a_list_from_the_network_makes_the_verdict_whole() {
    let office = Office::new();
    office.list();
    let pem = std::fs::read(office.path("list.crl")).expect("a list");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!(
        "http://{}/list.crl",
        listener.local_addr().expect("an address")
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 2048]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            let _ = stream.write_all(&pem);
        }
    });
    trust(&office, &["add", "root.pem"]);
    trust(&office, &["accept", &fingerprint(&office, "root.pem")]);
    // The machine's own addresses are asked only when that is allowed.
    let (code, _, said) = trust(&office, &["fetch-crl", &address]);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("inside"), "{said}");
    let (code, printed, said) = trust(&office, &["fetch-crl", &address, "--allow-private"]);
    assert_eq!(code, 0, "{printed}{said}");
    let file = office.sign(&office.paper("x"), "an");
    let (code, record) = judged(&office, &file, &[]);
    assert_eq!(code, 0, "{record:#}");
}
