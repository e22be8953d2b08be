//! Signing: with keys that OpenSSL made and timestamps that it gives, before judges from outside.

/// What shows on the page.
mod stamps;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::handmade::Paper;
use crate::program::{Desk, asked, run, saoy};

pub(crate) mod servers;

mod tokens;

/// A signing service.
pub(crate) mod cloud;

/// Keys there.
mod remote;

/// Keys whose certificates are revoked.
pub(crate) mod revoked;

/// Statements with codes: where they stand, what scanners read.
mod statements;

/// Fields for those who sign later.
mod reserved;

/// Levels that come later.
mod queue;

/// Every level, key and maker, before judges from outside.
mod matrix;

/// A page that may be signed.
pub fn page() -> Vec<u8> {
    Paper::default().finish(&["/MediaBox[0 0 200 200]".to_owned()], "")
}

/// Signs `input` into `out`; the exit code and the entry of the report.
fn sign(input: &Path, out: &Path, more: &[&str]) -> (i32, Value) {
    let mut command = saoy();
    command
        .arg("sign")
        .arg(input)
        .arg("-o")
        .arg(out)
        .arg("--json")
        .args(more);
    let (code, answer, complaints) = run(&mut command);
    let report: Value =
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {complaints}"));
    assert_eq!(report["schema"], "saoy.signing/1");
    (code, report["files"][0].clone())
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let (code, _, complaints) = run(Command::new("openssl").current_dir(folder).args(arguments));
    assert_eq!(code, 0, "openssl {arguments:?}: {complaints}");
}

/// A key `name` with a certificate of its own for `usage`, as PKCS #12 with a Vietnamese password; gives its options.
fn key(desk: &Desk, name: &str, bits: &str, usage: &str, form: &[&str]) -> (String, String) {
    let password = desk.put("password", "mật khẩu Ơ\n");
    let folder = password.parent().unwrap();
    let (rsa, extension) = (format!("rsa:{bits}"), format!("keyUsage=critical,{usage}"));
    let (private, own, subject) = (
        format!("{name}.key"),
        format!("{name}.pem"),
        format!("/CN={name}"),
    );
    let made = [
        "req", "-x509", "-newkey", &rsa, "-nodes", "-days", "30", "-utf8",
    ];
    let named = [
        "-keyout", &private, "-out", &own, "-subj", &subject, "-addext", &extension,
    ];
    openssl(folder, &[&made[..], &named[..]].concat());
    let p12 = format!("{name}.p12");
    let export = [
        "pkcs12",
        "-export",
        "-inkey",
        &private,
        "-in",
        &own,
        "-out",
        &p12,
        "-passout",
        "file:password",
    ];
    openssl(folder, &[&export[..], form].concat());
    let file = folder.join(&p12);
    (
        format!("--key=p12:{}", file.display()),
        format!("--pin-file={}", password.display()),
    )
}

fn pdfsig(file: &Path) -> String {
    let (_, said, _) = run(Command::new("pdfsig").arg("-nocert").arg(file));
    said
}

/// Its pages want letters of many heights, and the first choice for a line is not always taken.
#[test]
fn what_the_program_makes_of_a_scan_can_be_signed() {
    let desk = Desk::new();
    let scan = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bao-cao.pdf");
    let (code, _, said) = run(saoy()
        .arg("digitize")
        .arg(scan)
        .arg("-o")
        .arg(desk.output("made")));
    assert_eq!(code, 0, "{said}");
    let out = desk.output("bao-cao.pdf");
    let (code, entry) = sign(&desk.output("made/bao-cao.pdf"), &out, &["--key=test:"]);
    assert_eq!((code, &entry["status"]), (0, &"signed".into()), "{entry}");
}

#[test]
fn a_throw_away_key_signs_says_so_and_signs_once() {
    let desk = Desk::new();
    let (input, out) = (desk.put("a.pdf", page()), desk.output("a.pdf"));
    let (code, entry) = sign(&input, &out, &["--key=test:"]);
    assert_eq!(
        (code, &entry["status"], &entry["level"]),
        (0, &"signed".into(), &"B-B".into())
    );
    assert_eq!(entry["test_key"], true);
    assert!(
        entry["signer"]
            .as_str()
            .unwrap()
            .contains("KHÔNG CÓ GIÁ TRỊ")
    );
    let signed = std::fs::read(&out).unwrap();
    assert!(signed.starts_with(&std::fs::read(&input).unwrap()));
    assert!(pdfsig(&out).contains("Signature is Valid"));
    asked("qpdf", &[Path::new("--check"), &out]);

    let (code, entry) = sign(&input, &out, &["--key=test:"]);
    assert_eq!((code, &entry["status"]), (0, &"skipped".into()));
    assert_eq!(std::fs::read(&out).unwrap(), signed);
}

#[test]
fn keys_of_openssl_new_and_old_and_a_wrong_password() {
    let desk = Desk::new();
    let input = desk.put("a.pdf", page());
    let old = [
        "-keypbe",
        "PBE-SHA1-3DES",
        "-certpbe",
        "PBE-SHA1-3DES",
        "-macalg",
        "sha1",
    ];
    for (name, form) in [("new", &[][..]), ("old", &old[..])] {
        let (key, pin) = key(&desk, name, "2048", "digitalSignature", form);
        let out = desk.output(&format!("{name}.pdf"));
        let (code, entry) = sign(&input, &out, &[&key, &pin]);
        assert_eq!((code, &entry["signer"]), (0, &name.into()), "{entry}");
        assert!(pdfsig(&out).contains("Signature is Valid"));
        let wrong = desk.put("wrong", "mat khau\n");
        let pin = format!("--pin-file={}", wrong.display());
        let mut command = saoy();
        command
            .arg("sign")
            .arg(&input)
            .args(["-o", "/nowhere/a.pdf", &key, &pin]);
        assert_eq!(run(&mut command).0, 4);
    }
}

#[test]
fn curves_of_every_size_sign() {
    let desk = Desk::new();
    let input = desk.put("a.pdf", page());
    let folder = desk.put("password", "Ơ\n").parent().unwrap().to_owned();
    for curve in ["P-256", "P-384", "P-521"] {
        let named = format!("ec_paramgen_curve:{curve}");
        openssl(
            &folder,
            &[
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                &named,
                "-out",
                "k",
            ],
        );
        openssl(
            &folder,
            &[
                "req", "-x509", "-key", "k", "-out", "c", "-subj", "/CN=a", "-days", "30",
            ],
        );
        openssl(
            &folder,
            &[
                "pkcs12",
                "-export",
                "-inkey",
                "k",
                "-in",
                "c",
                "-out",
                "p12",
                "-passout",
                "file:password",
            ],
        );
        let key = format!("--key=p12:{}", folder.join("p12").display());
        let pin = format!("--pin-file={}", folder.join("password").display());
        let out = desk.output(&format!("{curve}.pdf"));
        let (code, entry) = sign(&input, &out, &[&key, &pin]);
        assert_eq!((code, &entry["status"]), (0, &"signed".into()), "{entry}");
        assert!(pdfsig(&out).contains("Signature is Valid"), "{curve}");
    }
}

#[test]
fn certificates_that_must_not_sign_are_refused() {
    let desk = Desk::new();
    let input = desk.put("a.pdf", page());
    for (name, bits, usage, reason) in [
        ("short", "1024", "digitalSignature", "certificate_weak_key"),
        ("other", "2048", "keyEncipherment", "certificate_key_usage"),
    ] {
        let (key, pin) = key(&desk, name, bits, usage, &[]);
        let out = desk.output("a.pdf");
        let mut command = saoy();
        command
            .arg("sign")
            .arg(&input)
            .arg("-o")
            .arg(&out)
            .args([&key, &pin, "--json"]);
        let (code, answer, said) = run(&mut command);
        // A key of 1,024 bits is not even opened.
        assert!(code == 5 || name == "short" && code == 4, "{code} {said}");
        assert!(code == 4 || answer.contains(reason), "{answer}");
        assert!(!out.exists());
    }
}

#[test]
fn the_agency_signs_after_a_person_and_the_last_signature_ends_it() {
    let desk = Desk::new();
    let input = desk.put("a.pdf", page());
    let (agency, pin) = key(&desk, "agency", "2048", "digitalSignature", &[]);
    let by_agency = [&*agency, &*pin, "--role=agency"];
    let (code, entry) = sign(&input, &desk.output("alone.pdf"), &by_agency);
    assert_eq!(
        (code, &entry["error"]["code"]),
        (5, &"no_person_signed".into())
    );
    let (one, two, three) = (
        desk.output("1.pdf"),
        desk.output("2.pdf"),
        desk.output("3.pdf"),
    );
    assert_eq!(sign(&input, &one, &["--key=test:"]).0, 0);
    assert_eq!(
        sign(&one, &two, &[&*agency, &*pin, "--role=agency", "--final"]).0,
        0
    );
    assert_eq!(pdfsig(&two).matches("Signature is Valid").count(), 2);
    let (code, entry) = sign(&two, &three, &["--key=test:"]);
    assert_eq!((code, &entry["error"]["code"]), (5, &"locked".into()));
    assert!(!three.exists());
}

#[test]
fn what_must_not_be_signed_leaves_no_file() {
    let desk = Desk::new();
    let script = Paper::default().finish_with(
        &["/MediaBox[0 0 9 9]".to_owned()],
        "",
        "/OpenAction<</S/JavaScript/JS(1)>>",
    );
    let cut = page().get(..200).unwrap().to_vec();
    for (name, bytes, expected) in [
        ("script.pdf", script, 5),
        ("cut.pdf", cut, 3),
        ("no.pdf", b"text".to_vec(), 3),
    ] {
        let (code, entry) = sign(&desk.put(name, bytes), &desk.output(name), &["--key=test:"]);
        assert_eq!(code, expected, "{name}: {entry}");
    }
    assert_eq!(desk.made(), Vec::<String>::new());
}

#[test]
fn fonts_that_are_not_embedded_are_refused_to_the_first_and_told_to_the_next() {
    let with_font = |font: &str, catalogue: &str| {
        let mut paper = Paper::default();
        let claim = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
            <rdf:Description xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' rdf:about=''><pdfaid:part>2</pdfaid:part>\
            <pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>";
        let claim = paper.stream("/Type /Metadata /Subtype /XML", claim.as_bytes());
        let page = format!("/MediaBox[0 0 200 200]/Resources<</Font<</F {font}>>>>");
        paper.finish_with(&[page], "", &catalogue.replace('@', &claim.to_string()))
    };
    let helvetica = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    let own = "<</Type/Font/Subtype/TrueType/BaseFont/.VnTime>>";
    let desk = Desk::new();
    let (everywhere, archived, foreign) = (
        desk.put("everywhere.pdf", with_font(helvetica, "")),
        desk.put("archived.pdf", with_font(helvetica, "/Metadata @ 0 R")),
        desk.put("foreign.pdf", with_font(own, "")),
    );
    let told = |entry: &Value| entry["warnings"][0]["code"] == "fonts_not_embedded";
    let (code, entry) = sign(&everywhere, &desk.output("1.pdf"), &["--key=test:"]);
    assert!(code == 0 && told(&entry), "{entry}");
    for refused in [&archived, &foreign] {
        let (code, entry) = sign(refused, &desk.output("no.pdf"), &["--key=test:"]);
        let why = &entry["error"]["code"];
        assert_eq!((code, why), (5, &"font_not_embedded".into()), "{entry}");
        // Whoever signed first answers for it; the next in the chain is told.
        let first = desk.output("first.pdf");
        let (code, _) = sign(
            refused,
            &first,
            &["--key=test:", "--allow-fonts", "--force"],
        );
        assert_eq!(code, 0);
        let second = desk.output("second.pdf");
        let (code, entry) = sign(&first, &second, &["--key=test:", "--force"]);
        assert!(code == 0 && told(&entry), "{entry}");
        let mut broken = std::fs::read(&first).unwrap();
        let at = broken.windows(3).position(|part| part == b"200").unwrap();
        broken[at] = b'3';
        let (code, entry) = sign(
            &desk.put("broken.pdf", broken),
            &desk.output("no.pdf"),
            &["--key=test:"],
        );
        let why = &entry["error"]["code"];
        assert_eq!(
            (code, why),
            (5, &"earlier_signature_broken".into()),
            "{entry}"
        );
    }
}

/// What a timestamp server does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Server {
    Right,
    Error,
    Garbage,
    OtherNonce,
}

/// Starts `openssl ts` behind HTTP on loopback, for `count` questions; gives its address.
fn authority(folder: PathBuf, server: Server, count: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(count) {
            let mut stream = stream.unwrap();
            let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
            let question = loop {
                let read = stream.read(&mut piece).unwrap();
                heard.extend_from_slice(&piece[..read]);
                let end = heard.windows(4).position(|four| four == b"\r\n\r\n");
                let length = String::from_utf8_lossy(&heard)
                    .lines()
                    .find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
                if let (Some(end), Some(length)) = (end, length)
                    && heard.len() >= end + 4 + length
                {
                    break heard.split_off(end + 4);
                }
            };
            std::fs::write(folder.join("q"), question).unwrap();
            if server == Server::OtherNonce {
                openssl(
                    &folder,
                    &[
                        "ts", "-query", "-data", "q", "-sha256", "-cert", "-out", "q2",
                    ],
                );
                std::fs::rename(folder.join("q2"), folder.join("q")).unwrap();
            }
            let reply = [
                "ts",
                "-reply",
                "-config",
                "ts.cnf",
                "-queryfile",
                "q",
                "-out",
                "r",
            ];
            openssl(&folder, &reply);
            let body = match server {
                Server::Garbage => b"<html>".to_vec(),
                _ => std::fs::read(folder.join("r")).unwrap(),
            };
            let status = if server == Server::Error {
                "500 No"
            } else {
                "200 OK"
            };
            let head = format!(
                "HTTP/1.0 {status}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    address
}

/// Key, certificate and configuration of a timestamp authority.
fn ready_authority(desk: &Desk) -> PathBuf {
    let config = "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\n\
                  signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n";
    let folder = desk.put("ts.cnf", config).parent().unwrap().to_owned();
    desk.put("serial", "01\n");
    let made = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", "tsa.key",
        "-out", "tsa.pem",
    ];
    let usage = [
        "-subj",
        "/CN=TSA",
        "-addext",
        "extendedKeyUsage=critical,timeStamping",
    ];
    openssl(&folder, &[&made[..], &usage[..]].concat());
    folder
}

#[test]
fn a_timestamp_is_put_in_only_when_it_holds() {
    let desk = Desk::new();
    let folder = ready_authority(&desk);
    let input = desk.put("a.pdf", page());
    for server in [
        Server::Error,
        Server::Garbage,
        Server::OtherNonce,
        Server::Right,
    ] {
        let out = desk.output("t.pdf");
        let tsa = format!("--tsa={}", authority(folder.clone(), server, 1));
        let (code, entry) = sign(
            &input,
            &out,
            &["--key=test:", "--level=t", "--retry=0", &tsa],
        );
        if server == Server::Right {
            assert_eq!((code, &entry["level"]), (0, &"B-T".into()), "{entry}");
            assert!(pdfsig(&out).contains("Signature is Valid"));
        } else {
            assert_eq!(code, 4, "{server:?}: {entry}");
            assert!(!out.exists(), "{server:?}");
        }
    }
    let tsa = format!("--tsa={}", authority(folder, Server::Right, 1));
    let raised = desk.output("raised.pdf");
    let (code, entry) = sign(&desk.output("t.pdf"), &raised, &["--upgrade=t", &tsa]);
    assert_eq!((code, &entry["level"]), (0, &"B-T".into()), "{entry}");
    asked("qpdf", &[Path::new("--check"), &raised]);
}
