//! Levels T, LT and LTA against servers on loopback that are right, or wrong in every way: no level is claimed for nothing.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{openssl, page, sign};
use crate::program::{Desk, run, saoy};

/// An authority with its servers: timestamps at `/ts`, OCSP at `/ocsp`, files at their names.
pub(crate) struct Authority {
    pub(crate) desk: Desk,
    pub(super) address: String,
    /// What the servers do now.
    mode: Arc<Mutex<Mode>>,
    /// What they were asked.
    heard: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Right,
    /// Takes the question and says nothing.
    Hang(&'static str),
    /// Says a byte now and then.
    Drip(&'static str),
    Status500(&'static str),
    Garbage(&'static str),
    /// Sends on to another port of this machine.
    Elsewhere(&'static str),
    /// OCSP by a key that nobody gave that right.
    StrangerOcsp,
    /// OCSP about another certificate.
    OtherOcsp,
    /// Gives the first timestamp again.
    OldToken,
    /// A timestamp of an authority that nobody trusts.
    StrangerToken,
    /// A timestamp of the right bytes for another question.
    OtherNonce,
}

/// The usual kind of key.
const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

const CONFIGURATION: &str = "
[ca]\ndefault_ca = office\n
[office]\ndatabase = index.txt\ncrlnumber = crlnumber\ndefault_md = sha256\nserial = serial\nunique_subject = no\nnew_certs_dir = .\ndefault_days = 30\npolicy = any\nemail_in_dn = no\nrand_serial = yes\n
[any]\ncommonName = supplied\n
[root]\nbasicConstraints = critical,CA:true\nkeyUsage = critical,keyCertSign,cRLSign\nsubjectKeyIdentifier = hash\n
[ocsp]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = OCSPSigning\nnoCheck = ignored\n
[by-ocsp]\nkeyUsage = critical,digitalSignature\nauthorityInfoAccess = OCSP;URI:@/ocsp\n
[by-list]\nkeyUsage = critical,digitalSignature\ncrlDistributionPoints = URI:@/list.crl\n
[by-old-list]\nkeyUsage = critical,digitalSignature\ncrlDistributionPoints = URI:@/old.crl\n
[by-strange-list]\nkeyUsage = critical,digitalSignature\ncrlDistributionPoints = URI:@/strange.crl\n
[by-no-list]\nkeyUsage = critical,digitalSignature\ncrlDistributionPoints = URI:@/none.crl\n
[tsa]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\ncrlDistributionPoints = URI:@/list.crl\n
[req]\ndistinguished_name = dn\n[dn]\n
[ts]\ndefault_tsa = right\n
[right]\nserial = tsserial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\n
[strange]\nserial = tsserial\nsigner_cert = stranger.pem\nsigner_key = stranger.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\n";

impl Authority {
    pub(crate) fn new() -> Self {
        let desk = Desk::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let configuration = CONFIGURATION
            .replace('@', &address)
            .replace("noCheck = ignored", "1.3.6.1.5.5.7.48.1.5 = ASN1:NULL");
        desk.put("ca.cnf", configuration);
        for (name, text) in [
            ("index.txt", ""),
            ("crlnumber", "01\n"),
            ("tsserial", "01\n"),
            ("password", "Ơ\n"),
        ] {
            desk.put(name, text);
        }
        let new = Self {
            desk,
            address,
            mode: Arc::new(Mutex::new(Mode::Right)),
            heard: Arc::default(),
        };
        for (name, subject, extensions) in [
            ("root", "/CN=Root", "root"),
            ("stranger", "/CN=Root", "tsa"),
        ] {
            new.key(name);
            new.openssl(&format!("req -x509 -new -config ca.cnf -extensions {extensions} -key {name}.key -days 30 -subj {subject} -out {name}.pem"));
        }
        for name in [
            "ocsp",
            "by-ocsp",
            "by-list",
            "by-old-list",
            "by-strange-list",
            "by-no-list",
            "tsa",
        ] {
            new.issue(name, name);
        }
        new.list();
        new.openssl("ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z -out old.crl");
        new.openssl("ca -gencrl -config ca.cnf -keyfile stranger.key -cert stranger.pem -crldays 30 -out strange.crl");
        let (folder, mode, heard) = (new.folder(), new.mode.clone(), new.heard.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, mode, heard) = (folder.clone(), *mode.lock().unwrap(), heard.clone());
                std::thread::spawn(move || serve(stream, &folder, mode, &heard));
            }
        });
        new
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.desk.input("")
    }

    pub(super) fn openssl(&self, arguments: &str) {
        openssl(&self.folder(), &arguments.split(' ').collect::<Vec<_>>());
    }

    fn key(&self, name: &str) {
        self.openssl(&format!("genpkey {P256} -out {name}.key"));
    }

    /// A certificate with the extensions of a section; and the key file of a signer.
    pub(crate) fn issue(&self, name: &str, section: &str) {
        self.issue_for(name, section, P256);
    }

    /// The same for a key of another kind, as `openssl genpkey` is told.
    pub(crate) fn issue_for(&self, name: &str, section: &str, kind: &str) {
        self.openssl(&format!("genpkey {kind} -out {name}.key"));
        self.openssl(&format!(
            "req -new -config ca.cnf -subj /CN={name} -key {name}.key -out {name}.csr"
        ));
        self.openssl(&format!("ca -batch -notext -config ca.cnf -keyfile root.key -cert root.pem -extensions {section} -in {name}.csr -out {name}.pem"));
        self.openssl(&format!(
            "pkcs12 -export -inkey {name}.key -in {name}.pem -passout file:password -out {name}.p12"
        ));
    }

    /// The list of now: one from before a certificate was issued says nothing of it.
    pub(super) fn list(&self) {
        self.openssl(
            "ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crldays 30 -out list.crl",
        );
    }

    pub(super) fn revoke(&self, name: &str) {
        self.openssl(&format!(
            "ca -config ca.cnf -keyfile root.key -cert root.pem -revoke {name}.pem"
        ));
    }

    pub(super) fn now(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
        self.heard.lock().unwrap().clear();
    }

    pub(super) fn was_asked(&self, path: &str) -> bool {
        self.heard.lock().unwrap().iter().any(|heard| heard == path)
    }

    /// Whether anybody was asked anything since the mode was set.
    pub(super) fn heard_since_now(&self) -> bool {
        !self.heard.lock().unwrap().is_empty()
    }

    /// Options that name the key of `name`.
    pub(crate) fn keyed(&self, name: &str) -> [String; 2] {
        let file = self.desk.input(&format!("{name}.p12"));
        [
            format!("--key=p12:{}", file.display()),
            format!("--pin-file={}", self.desk.input("password").display()),
        ]
    }

    /// Options that name the timestamp server, and a data folder without anchors.
    pub(crate) fn served(&self) -> [String; 2] {
        [
            format!("--tsa={}/ts", self.address),
            format!("--data={}", self.desk.input("data").display()),
        ]
    }

    /// Signs at `level` with the key of `name`.
    fn sign(&self, name: &str, level: &str, more: &[&str]) -> (i32, Value, PathBuf) {
        let input = self.desk.put("a.pdf", page());
        let out = self.desk.output(&format!("{name}.pdf"));
        let level = format!("--level={level}");
        let own = [&self.keyed(name)[..], &self.served(), &[level]].concat();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let short = ["--retry=0", "--timeout=1"];
        let (code, entry) = sign(&input, &out, &[&own[..], &short, more].concat());
        (code, entry, out)
    }

    /// Options that trust the root and let its servers be asked.
    pub(crate) fn trusting(&self) -> Vec<String> {
        vec![
            format!("--trust={}", self.desk.input("root.pem").display()),
            "--allow-host=127.0.0.1".to_owned(),
            "--allow-private".to_owned(),
        ]
    }

    /// That `saoy sign` reaches no level, and leaves no file.
    fn fails(&self, name: &str, level: &str, expected: (i32, &str)) {
        let trusting = self.trusting();
        let trusting: Vec<&str> = trusting.iter().map(String::as_str).collect();
        let (code, entry, out) = self.sign(name, level, &trusting);
        let mode = *self.mode.lock().unwrap();
        assert_eq!(
            (code, entry["error"]["code"].as_str()),
            (expected.0, Some(expected.1)),
            "{name} {mode:?}: {entry}"
        );
        assert!(entry["level"].is_null(), "{name} {mode:?}: {entry}");
        assert!(!out.exists(), "{name} {mode:?}");
    }

    /// That it reaches `level`, and that `saoy verify`, which asks nobody, has all it needs from level LT on.
    fn reaches(&self, name: &str, level: &str) {
        let trusting = self.trusting();
        let trusting: Vec<&str> = trusting.iter().map(String::as_str).collect();
        let (code, entry, out) = self.sign(name, level, &trusting);
        assert_eq!(
            (code, entry["level"].as_str()),
            (0, Some(&*format!("B-{}", level.to_uppercase()))),
            "{name}: {entry}"
        );
        if level != "t" {
            self.holds(&out);
        }
        std::fs::remove_file(out).unwrap();
    }

    pub(super) fn holds(&self, file: &Path) {
        let (code, answer, said) = run(saoy()
            .arg("verify")
            .arg(file)
            .arg(format!("--trust={}", self.desk.input("root.pem").display()))
            .args(["--no-compare", "--json"]));
        assert_eq!(code, 0, "{answer}{said}");
    }
}

/// Reads a question and answers it.
fn serve(mut stream: TcpStream, folder: &Path, mode: Mode, heard: &Mutex<Vec<String>>) {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let Ok(read @ 1..) = stream.read(&mut piece) else {
            return;
        };
        bytes.extend_from_slice(&piece[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0_usize) {
                break (head, bytes.split_off(end + 4));
            }
        }
    };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heard.lock().unwrap().push(path.clone());
    let answer = match mode {
        Mode::Hang(at) if at == path => {
            return std::thread::sleep(Duration::from_secs(20));
        }
        Mode::Drip(at) if at == path => {
            while stream.write_all(b"H").is_ok() {
                std::thread::sleep(Duration::from_millis(100));
            }
            return;
        }
        Mode::Status500(at) if at == path => b"HTTP/1.0 500 No\r\n\r\n".to_vec(),
        Mode::Garbage(at) if at == path => b"HTTP/1.0 200 OK\r\n\r\n0\x82\xff\xff<html>".to_vec(),
        Mode::Elsewhere(at) if at == path => {
            b"HTTP/1.0 302 On\r\nLocation: http://localhost:1/\r\n\r\n".to_vec()
        }
        _ => {
            let content = content(folder, &path, &body, mode);
            let head = match &content {
                Some(content) => format!(
                    "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n",
                    content.len()
                ),
                None => "HTTP/1.0 404 No\r\n\r\n".to_owned(),
            };
            [head.into_bytes(), content.unwrap_or_default()].concat()
        }
    };
    let _ = stream.write_all(&answer);
}

fn content(folder: &Path, path: &str, question: &[u8], mode: Mode) -> Option<Vec<u8>> {
    let file = |name: &str| folder.join(name);
    let run = |arguments: &str| openssl(folder, &arguments.split(' ').collect::<Vec<_>>());
    match path {
        "/ts" if mode == Mode::OldToken => std::fs::read(file("ts.answer")).ok(),
        "/ts" => {
            std::fs::write(file("ts.question"), question).unwrap();
            if mode == Mode::OtherNonce {
                let at = question.windows(2).position(|two| two == [4, 32])? + 2;
                let digits: String = question[at..at + 32]
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                run(&format!(
                    "ts -query -digest {digits} -sha256 -cert -out ts.question"
                ));
            }
            let section = if mode == Mode::StrangerToken {
                "strange"
            } else {
                "right"
            };
            run(&format!(
                "ts -reply -config ca.cnf -section {section} -queryfile ts.question -out ts.answer"
            ));
            std::fs::read(file("ts.answer")).ok()
        }
        "/ocsp" if mode == Mode::OtherOcsp => {
            run("ocsp -issuer root.pem -cert by-list.pem -no_nonce -reqout other.question");
            answered(folder, "other.question", "ocsp")
        }
        "/ocsp" => {
            std::fs::write(file("ocsp.question"), question).unwrap();
            let signer = if mode == Mode::StrangerOcsp {
                "stranger"
            } else {
                "ocsp"
            };
            answered(folder, "ocsp.question", signer)
        }
        _ => std::fs::read(file(path.trim_start_matches('/'))).ok(),
    }
}

fn answered(folder: &Path, question: &str, signer: &str) -> Option<Vec<u8>> {
    let command = format!(
        "ocsp -index index.txt -CA root.pem -rsigner {signer}.pem -rkey {signer}.key -nmin 10 -reqin {question} -respout ocsp.answer"
    );
    openssl(folder, &command.split(' ').collect::<Vec<_>>());
    std::fs::read(folder.join("ocsp.answer")).ok()
}

#[test]
fn long_term_levels_are_reached_with_ocsp_and_with_lists() {
    let authority = Authority::new();
    authority.reaches("by-ocsp", "lt");
    assert!(authority.was_asked("/ocsp") && authority.was_asked("/list.crl"));
    authority.reaches("by-list", "lta");
    for name in ["by-ocsp", "by-list"] {
        authority.revoke(name);
    }
    authority.list();
    for name in ["by-ocsp", "by-list"] {
        authority.fails(name, "lt", (5, "certificate_revoked"));
    }
}

#[test]
fn evidence_that_is_stale_strange_or_missing_makes_no_level_lt() {
    let authority = Authority::new();
    for name in ["by-old-list", "by-strange-list", "by-no-list"] {
        authority.fails(name, "lt", (4, "no_evidence"));
    }
    for mode in [
        Mode::StrangerOcsp,
        Mode::OtherOcsp,
        Mode::Hang("/ocsp"),
        Mode::Drip("/ocsp"),
        Mode::Status500("/ocsp"),
        Mode::Garbage("/ocsp"),
        Mode::Elsewhere("/ocsp"),
        // The list of the timestamp authority.
        Mode::Garbage("/list.crl"),
    ] {
        authority.now(mode);
        authority.fails("by-ocsp", "lt", (4, "no_evidence"));
    }
    // Without anybody's leave, addresses in certificates are not asked at all.
    authority.now(Mode::Right);
    let trust = authority.trusting().remove(0);
    for more in [&[&*trust][..], &[&*trust, "--allow-host=127.0.0.1"]] {
        let (code, entry, _) = authority.sign("by-ocsp", "lt", more);
        assert_eq!(
            (code, entry["error"]["code"].as_str()),
            (4, Some("no_evidence")),
            "{entry}"
        );
        assert!(!authority.was_asked("/ocsp") && authority.was_asked("/ts"));
    }
}

#[test]
fn timestamps_that_are_late_old_or_a_strangers_make_no_level_t() {
    let authority = Authority::new();
    authority.reaches("by-list", "t");
    for (mode, code) in [
        (Mode::Hang("/ts"), "timestamp_server"),
        (Mode::Drip("/ts"), "timestamp_server"),
        (Mode::Status500("/ts"), "timestamp_server"),
        (Mode::Elsewhere("/ts"), "timestamp_server"),
        (Mode::Garbage("/ts"), "timestamp"),
        (Mode::OldToken, "timestamp"),
        (Mode::StrangerToken, "timestamp"),
        (Mode::OtherNonce, "timestamp"),
    ] {
        authority.now(mode);
        for level in ["t", "lta"] {
            authority.fails("by-list", level, (4, code));
        }
    }
}

#[test]
fn the_trust_folder_gives_anchors_and_lists() {
    let authority = Authority::new();
    let data = format!("--data={}", authority.desk.input("data").display());
    let (code, entry, _) = authority.sign("by-list", "b", &[]);
    assert_eq!(code, 0, "{entry}");
    let trust = |arguments: &[&str]| {
        let (code, _, said) = run(saoy()
            .arg(&data)
            .arg("trust")
            .args(arguments)
            .current_dir(authority.folder()));
        assert_eq!(code, 0, "{arguments:?}: {said}");
    };
    let (_, printed, _) = run(Command::new("openssl")
        .args([
            "x509",
            "-noout",
            "-fingerprint",
            "-sha256",
            "-in",
            "root.pem",
        ])
        .current_dir(authority.folder()));
    trust(&["add", "root.pem"]);
    trust(&["accept", printed.trim().rsplit('=').next().unwrap()]);
    let (code, entry, out) = authority.sign("by-list", "lt", &["--force"]);
    assert_eq!(
        (code, entry["error"]["code"].as_str()),
        (4, Some("no_evidence")),
        "{entry}"
    );
    trust(&[
        "fetch-crl",
        &format!("{}/list.crl", authority.address),
        "--allow-private",
    ]);
    authority.now(Mode::Right);
    let (code, entry, _) = authority.sign("by-list", "lt", &["--force"]);
    assert_eq!(
        (code, entry["level"].as_str()),
        (0, Some("B-LT")),
        "{entry}"
    );
    assert!(!authority.was_asked("/list.crl"));
    authority.holds(&out);
}

/// With the password in its memory, killed the way a crash kills, and allowed to leave what it likes.
#[test]
fn a_crash_while_a_key_is_open_leaves_no_core_file() {
    let authority = Authority::new();
    authority.now(Mode::Hang("/ts"));
    let input = authority.desk.put("a.pdf", page());
    let folder = authority.desk.output("crash");
    std::fs::create_dir_all(&folder).unwrap();
    let mut process = Command::new("sh")
        .args(["-c", "ulimit -c $(ulimit -H -c); exec \"$@\"", "sh"])
        .arg(saoy().get_program())
        .arg("sign")
        .arg(&input)
        .arg("-o")
        .arg(folder.join("out.pdf"))
        .args(authority.keyed("by-list"))
        .args(authority.served())
        .args(authority.trusting())
        .arg("--level=t")
        .current_dir(&folder)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !authority.was_asked("/ts") {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(20));
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.id())).unwrap();
    let limit = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let values: Vec<&str> = limit.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{limits}");
    let killed = Command::new("kill")
        .args(["-ABRT", &process.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let status = process.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
    // The unfinished document may lie there, under a name of its own.
    let left = std::fs::read_dir(&folder).unwrap().flatten();
    let names: Vec<String> = left
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".part"))
        .collect();
    assert_eq!(names, [""; 0]);
}
