//! Keys on tokens, with SoftHSM 2 in place of hardware: found by address, lost on the way, taken up again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::revoked::{folder_that_revokes, is_refused};
use super::servers::Authority;
use super::{page, pdfsig};
use crate::program::{Desk, run, saoy};

/// Tokens of one test.
pub(super) struct Tokens {
    pub(super) desk: Desk,
}

impl Tokens {
    pub(super) fn new() -> Self {
        let desk = Desk::new();
        let folder = desk.input("tokens");
        std::fs::create_dir(&folder).unwrap();
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.display()
        );
        desk.put("softhsm2.conf", configuration);
        Self { desk }
    }

    /// A program that sees these tokens only.
    pub(super) fn seeing(&self, command: &mut Command) -> (i32, String, String) {
        run(command
            .env("SOFTHSM2_CONF", self.desk.input("softhsm2.conf"))
            .current_dir(self.desk.input("")))
    }

    fn made(&self, program: &str, arguments: &[&str]) {
        let (code, said, complaints) = self.seeing(Command::new(program).args(arguments));
        assert_eq!(code, 0, "{program} {arguments:?}: {said}{complaints}");
    }

    /// A token `label` whose PIN is 123456.
    pub(super) fn token(&self, label: &str) {
        let made = [
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            "87654321",
            "--pin",
            PIN,
        ];
        self.made("softhsm2-util", &made);
    }

    /// A key on a token, `id` in hexadecimal, of the kind that `openssl genpkey` is told to make.
    fn key(&self, token: &str, name: &str, id: &str, kind: &[&str]) {
        let (key, certificate) = (format!("{name}.key"), format!("{name}.der"));
        self.made("openssl", &[&["genpkey", "-out", &key], kind].concat());
        let import = [
            "--import", &key, "--token", token, "--label", name, "--id", id, "--pin", PIN,
        ];
        self.made("softhsm2-util", &import);
        let subject = format!("/CN={name}");
        let request = [
            "req",
            "-x509",
            "-utf8",
            "-days",
            "30",
            "-outform",
            "DER",
            "-addext",
            "keyUsage=critical,digitalSignature",
        ];
        self.made(
            "openssl",
            &[
                &request[..],
                &["-key", &key, "-subj", &subject, "-out", &certificate],
            ]
            .concat(),
        );
        let store = [
            "--token-label",
            token,
            "--login",
            "--pin",
            PIN,
            "--write-object",
            &certificate,
            "--type",
            "cert",
            "--id",
            id,
            "--label",
            name,
        ];
        self.made("pkcs11-tool", &[&["--module", MODULE], &store[..]].concat());
    }

    /// A key and its certificate that an authority issued: `NAME.key` and `NAME.pem` of `folder`.
    pub(super) fn issued_key(&self, token: &str, folder: &Path, name: &str) {
        let file = |ending: &str| {
            folder
                .join(format!("{name}.{ending}"))
                .display()
                .to_string()
        };
        let (key, pem, der) = (file("key"), file("pem"), file("der"));
        let import = [
            "--import", &key, "--token", token, "--label", name, "--id", "01", "--pin", PIN,
        ];
        self.made("softhsm2-util", &import);
        self.made(
            "openssl",
            &["x509", "-in", &pem, "-outform", "DER", "-out", &der],
        );
        let store = [
            "--module",
            MODULE,
            "--token-label",
            token,
            "--login",
            "--pin",
            PIN,
            "--write-object",
            &der,
            "--type",
            "cert",
            "--id",
            "01",
            "--label",
            name,
        ];
        self.made("pkcs11-tool", &store);
    }

    /// The same for an RSA key that wants its PIN for each signature.
    fn jealous_key(&self, token: &str, name: &str, id: &str) {
        let rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
        self.key(token, name, id, &rsa);
        // The import sets no such attribute: the key is taken out and written anew, with it.
        let module = [
            "--module",
            MODULE,
            "--token-label",
            token,
            "--login",
            "--pin",
            PIN,
        ];
        let which = ["--type", "privkey", "--id", id];
        self.made(
            "pkcs11-tool",
            &[&module[..], &["--delete-object"], &which].concat(),
        );
        let (key, der) = (format!("{name}.key"), format!("{name}.key.der"));
        self.made(
            "openssl",
            &["pkey", "-in", &key, "-outform", "DER", "-out", &der],
        );
        let new = [
            "--write-object",
            &der,
            "--label",
            name,
            "--usage-sign",
            "--always-auth",
        ];
        self.made("pkcs11-tool", &[&module[..], &new, &which].concat());
    }

    /// `saoy sign` of `inputs` with the key at `address`, not yet started; `pin` from a file.
    pub(super) fn signing(&self, inputs: &[PathBuf], address: &str, pin: &str) -> Command {
        let pin = self.desk.put("pin", format!("{pin}\n"));
        let mut command = saoy();
        command
            .arg("sign")
            .args(inputs)
            .arg("-o")
            .arg(self.desk.output(""))
            .arg(format!("--key=pkcs11:{address}?module-path={MODULE}"))
            .arg(format!("--pin-file={}", pin.display()))
            .arg("--json");
        command
    }

    /// Exit code, the entries, and what was said.
    fn sign(
        &self,
        inputs: &[PathBuf],
        address: &str,
        pin: &str,
        more: &[&str],
    ) -> (i32, Vec<Value>, String) {
        let (code, answer, said) = self.seeing(self.signing(inputs, address, pin).args(more));
        let report: Value = serde_json::from_str(&answer).unwrap_or_default();
        if !report.is_null() {
            crate::outputs::records::is_valid(&report, "signing-1.schema.json");
        }
        (
            code,
            report["files"].as_array().cloned().unwrap_or_default(),
            said,
        )
    }

    pub(super) fn papers(&self, count: usize) -> Vec<PathBuf> {
        (0..count)
            .map(|number| self.desk.put(&format!("{number:02}.pdf"), page()))
            .collect()
    }

    /// Pulls all tokens out, or puts them back.
    fn pull(&self, is_out: bool) {
        let (there, away) = (self.desk.input("tokens"), self.desk.input("away"));
        let (from, to) = if is_out {
            (&there, &away)
        } else {
            (&away, &there)
        };
        std::fs::rename(from, to).unwrap();
    }
}

const PIN: &str = "123456";
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const CURVE: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const CURVE_384: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
const RSA: [&str; 4] = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];

#[test]
fn keys_of_every_kind_are_found_by_their_address() {
    let tokens = Tokens::new();
    for label in ["Văn thư", "other"] {
        tokens.token(label);
    }
    tokens.key("Văn thư", "rsa", "01", &RSA);
    tokens.key("Văn thư", "p256", "02", &CURVE);
    tokens.key("Văn thư", "p384", "03", &CURVE_384);
    tokens.key("other", "alone", "04", &CURVE);
    let papers = tokens.papers(1);
    let office = "token=V%C4%83n%20th%C6%B0";
    for (limit, more, name) in [
        ("id=%01", &[][..], "rsa"),
        ("object=rsa", &["--pss", "--digest=sha512"][..], "rsa"),
        ("object=p256;type=private", &[][..], "p256"),
        ("id=%03", &[][..], "p384"),
    ] {
        let more = [more, &["--force"]].concat();
        let (code, files, said) = tokens.sign(&papers, &format!("{office};{limit}"), PIN, &more);
        assert_eq!(code, 0, "{limit}: {said}");
        assert_eq!(files[0]["signer"], name);
        let report = pdfsig(&tokens.desk.output("00.pdf"));
        assert!(report.contains("Signature is Valid"), "{limit}: {report}");
    }
    let (code, files, said) = tokens.sign(&papers, "token=other", PIN, &["--force"]);
    assert_eq!((code, &files[0]["signer"]), (0, &"alone".into()), "{said}");
}

#[test]
fn what_does_not_name_one_key_and_a_wrong_pin_sign_nothing() {
    let tokens = Tokens::new();
    tokens.token("one");
    tokens.token("two");
    tokens.key("one", "a", "01", &CURVE);
    tokens.key("one", "b", "02", &CURVE);
    let papers = tokens.papers(1);
    for (address, pin, expected, words) in [
        ("", PIN, 2, "several tokens fit"),
        ("token=none", PIN, 4, "the token is not there"),
        ("token=one;serial=0", PIN, 4, "the token is not there"),
        ("token=one", PIN, 2, "several keys fit"),
        ("token=one;id=%09", PIN, 4, "no such private key"),
        ("token=one;object=c", PIN, 4, "no such private key"),
        ("token=two", PIN, 4, "no such private key"),
        ("token=one;object=a", "654321", 4, "wrong password or PIN"),
        ("token=one;object=a", "", 4, "wrong password or PIN"),
        ("token=one;objekt=a", PIN, 2, "objekt"),
    ] {
        let (code, _, said) = tokens.sign(&papers, address, pin, &[]);
        assert_eq!(code, expected, "{address}: {said}");
        assert!(said.contains(words), "{address}: {said}");
    }
    // The wrong PIN above is remembered by the token, and told before the next is sent.
    let (code, _, said) = tokens.sign(&papers, "token=one;object=a", "654321", &[]);
    assert_eq!(code, 4);
    assert!(said.contains("the last PIN entered was wrong"), "{said}");
    assert_eq!(tokens.desk.made(), Vec::<String>::new());
    let (code, _, said) = tokens.sign(&papers, "token=one;object=a", PIN, &[]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_key_that_wants_its_pin_each_time_gets_it() {
    let tokens = Tokens::new();
    tokens.token("one");
    tokens.jealous_key("one", "a", "01");
    let mut list = Command::new("pkcs11-tool");
    list.args([
        "--module",
        MODULE,
        "--token-label",
        "one",
        "--login",
        "--pin",
    ]);
    let (_, listed, _) = tokens.seeing(list.args([PIN, "--list-objects", "--type", "privkey"]));
    assert!(listed.contains("always authenticate"), "{listed}");
    let papers = tokens.papers(3);
    for more in [
        &[][..],
        &["--pss", "--force"],
        &["--digest=sha512", "--force"],
    ] {
        let (code, files, said) = tokens.sign(&papers, "token=one", PIN, more);
        assert_eq!(
            (code, of(&files, "signed").len()),
            (0, 3),
            "{files:?} {said}"
        );
        for paper in &papers {
            let out = tokens
                .desk
                .output(&paper.file_name().unwrap().to_string_lossy());
            assert!(pdfsig(&out).contains("Signature is Valid"));
        }
    }
    let (code, _, said) = tokens.sign(&papers, "token=one", "654321", &["--force"]);
    assert_eq!(code, 4, "{said}");
}

#[test]
fn a_certificate_on_a_token_that_a_list_at_hand_revokes_signs_nothing() {
    let authority = Authority::new();
    let tokens = Tokens::new();
    tokens.token("one");
    tokens.issued_key("one", &authority.folder(), "by-list");
    let (papers, out) = (tokens.papers(1), tokens.desk.output("00.pdf"));
    let data = format!("--data={}", authority.desk.input("data").display());
    let (code, files, said) = tokens.sign(&papers, "token=one", PIN, &[&data]);
    assert_eq!(code, 0, "{files:?} {said}");
    std::fs::remove_file(&out).unwrap();
    folder_that_revokes(&authority, "by-list");
    let (code, files, _) = tokens.sign(&papers, "token=one", PIN, &[&data]);
    is_refused(code, &files[0], &out);
}

/// How many signatures stand in a file that begins with its input.
fn signatures(input: &Path, out: &Path) -> usize {
    let (input, out) = (std::fs::read(input).unwrap(), std::fs::read(out).unwrap());
    assert!(out.starts_with(&input));
    let ranges = out.windows(10).filter(|part| part == b"/ByteRange");
    ranges.count()
}

/// Waits until `count` outputs are there.
fn until(tokens: &Tokens, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let finished = || {
        let made = tokens.desk.made();
        made.iter().filter(|name| !name.starts_with('.')).count()
    };
    while finished() < count {
        assert!(Instant::now() < deadline, "{} of {count}", finished());
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn of<'a>(files: &'a [Value], status: &str) -> Vec<&'a Value> {
    files
        .iter()
        .filter(|file| file["status"] == status)
        .collect()
}

/// Fifty times, each at another moment.
#[test]
fn a_batch_whose_token_goes_stops_and_goes_on_without_signing_twice() {
    let tokens = Tokens::new();
    tokens.token("one");
    tokens.key("one", "a", "01", &CURVE);
    let papers = tokens.papers(40);
    let (mut seed, mut pulled) = (1_u32, 0);
    for round in 0.. {
        if pulled == 50 {
            break;
        }
        assert!(round < 100, "the token is pulled too late too often");
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let after = usize::try_from(seed >> 16).unwrap() % 25;
        pulled += usize::from(is_pulled_and_put_back(&tokens, &papers, after));
        std::fs::remove_dir_all(tokens.desk.output("")).unwrap();
    }
}

/// Pulls the token when `after` files are signed; false when that was too late.
fn is_pulled_and_put_back(tokens: &Tokens, papers: &[PathBuf], after: usize) -> bool {
    let child = tokens
        .signing(papers, "token=one", PIN)
        .env("SOFTHSM2_CONF", tokens.desk.input("softhsm2.conf"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(tokens, after.max(1));
    tokens.pull(true);
    let stopped = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&stopped.stdout).unwrap();
    let files = report["files"].as_array().unwrap();
    let (signed, failed) = (of(files, "signed"), of(files, "failed"));
    if signed.len() == papers.len() {
        tokens.pull(false);
        return false;
    }
    assert_eq!(stopped.status.code(), Some(4), "{after}");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["error"]["code"], "token_gone", "{failed:?}");
    assert_eq!(signed.len() + 1 + of(files, "pending").len(), papers.len());
    // No file in the making, none half made, none that the report does not tell of.
    let made = tokens.desk.made();
    assert_eq!(made.len(), signed.len());
    let before: Vec<Vec<u8>> = made
        .iter()
        .map(|name| std::fs::read(tokens.desk.output(name)).unwrap())
        .collect();

    // Without the token the command says so and leaves everything.
    assert_eq!(tokens.sign(papers, "token=one", PIN, &[]).0, 4);
    tokens.pull(false);
    let (code, again, said) = tokens.sign(papers, "token=one", PIN, &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(of(&again, "skipped").len(), signed.len());
    assert_eq!(of(&again, "signed").len(), papers.len() - signed.len());
    for (name, bytes) in made.iter().zip(before) {
        assert_eq!(std::fs::read(tokens.desk.output(name)).unwrap(), bytes);
    }
    for paper in papers {
        let name = paper.file_name().unwrap().to_string_lossy();
        assert_eq!(signatures(paper, &tokens.desk.output(&name)), 1);
    }
    let report = pdfsig(&tokens.desk.output("39.pdf"));
    assert!(report.contains("Signature is Valid"), "{report}");
    true
}

#[test]
fn a_batch_that_is_killed_leaves_whole_files_and_goes_on() {
    let tokens = Tokens::new();
    tokens.token("one");
    tokens.key("one", "a", "01", &CURVE);
    let papers = tokens.papers(60);
    for killed_at in [1, 20, 45] {
        let mut child = tokens
            .signing(&papers, "token=one", PIN)
            .env("SOFTHSM2_CONF", tokens.desk.input("softhsm2.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until(&tokens, killed_at);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, _, said) = tokens.sign(&papers, "token=one", PIN, &[]);
    assert_eq!(code, 0, "{said}");
    for paper in &papers {
        let name = paper.file_name().unwrap().to_string_lossy();
        assert_eq!(signatures(paper, &tokens.desk.output(&name)), 1);
    }
}
