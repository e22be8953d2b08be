//! Keys at signing services: authorised once for as many documents as allowed, waited for, taken up again, never signed twice.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};

use super::cloud::{Cloud, PIN, SECRET, stranger};
use super::servers::Authority;
use super::{page, pdfsig};
use crate::program::{run, saoy};

/// A service, its authority, and who signs with it.
pub(super) struct Office {
    pub(super) authority: Authority,
    pub(super) cloud: Cloud,
}

impl Office {
    /// With an RSA key and version 2.
    pub(super) fn new() -> Self {
        let authority = Authority::new();
        authority.issue_for(
            "far",
            "by-list",
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        );
        let cloud = Cloud::new(&authority.folder(), "far", None);
        let office = Self { authority, cloud };
        office.account(&format!(
            "[login]\nkind = \"client\"\nclient_id = \"saoy\"\nclient_secret = \"{SECRET}\"\n"
        ));
        office.put("pin", PIN);
        office
    }

    fn put(&self, name: &str, line: &str) -> PathBuf {
        self.authority.desk.put(name, format!("{line}\n"))
    }

    fn account(&self, text: &str) -> PathBuf {
        let path = self.authority.desk.put("account.toml", text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    pub(super) fn papers(&self, count: usize) -> Vec<PathBuf> {
        (0..count)
            .map(|number| self.authority.desk.put(&format!("{number:02}.pdf"), page()))
            .collect()
    }

    /// `saoy sign` of `papers`, not started.
    fn signing(&self, papers: &[PathBuf], more: &[&str]) -> Command {
        let desk = &self.authority.desk;
        let mut command = saoy();
        command
            .arg("sign")
            .args(papers)
            .arg("-o")
            .arg(format!("{}/", desk.output("").display()))
            .arg(format!(
                "--account={}",
                desk.input("account.toml").display()
            ))
            .arg(format!("--pin-file={}", desk.input("pin").display()))
            .arg(format!("--data={}", desk.input("data").display()))
            .arg("--json")
            .args(more);
        if !more.iter().any(|option| option.starts_with("--key")) {
            command.arg(self.cloud.reference());
        }
        if !more.iter().any(|option| option.starts_with("--timeout")) {
            command.arg("--timeout=3");
        }
        command
    }

    /// Exit code, entries, what was said.
    pub(super) fn sign(&self, papers: &[PathBuf], more: &[&str]) -> (i32, Vec<Value>, String) {
        let (code, answer, said) = run(&mut self.signing(papers, more));
        let report: Value = serde_json::from_str(&answer).unwrap_or_default();
        if !report.is_null() {
            crate::outputs::records::is_valid(&report, "signing-1.schema.json");
        }
        let files = report["files"].as_array().cloned().unwrap_or_default();
        (code, files, said)
    }

    fn signs(&self, papers: &[PathBuf], more: &[&str]) {
        let (code, files, said) = self.sign(papers, more);
        assert_eq!(code, 0, "{files:?} {said}");
        for paper in papers {
            let out = self
                .authority
                .desk
                .output(&paper.file_name().unwrap().to_string_lossy());
            assert!(pdfsig(&out).contains("Signature is Valid"), "{files:?}");
        }
    }

    /// The code of a single failing document.
    fn fails(&self, more: &[&str]) -> String {
        let paper = self.papers(1);
        let (code, files, said) = self.sign(&paper, more);
        assert_eq!(code, 4, "{files:?} {said}");
        assert!(!self.authority.desk.output("00.pdf").exists());
        assert_eq!(
            self.authority.desk.made(),
            Vec::<String>::new(),
            "{files:?}"
        );
        match files.first() {
            Some(file) => {
                let error = &file["error"];
                assert_ne!(error["vi"], error["en"]);
                error["code"].as_str().unwrap().to_owned()
            }
            None => said,
        }
    }

    /// Each document has one signature, whichever way it went, and no hash was signed for nothing but the same document again.
    fn is_whole(&self, papers: &[PathBuf]) {
        let desk = &self.authority.desk;
        for paper in papers {
            let name = paper.file_name().unwrap().to_string_lossy().into_owned();
            let (input, out) = (
                std::fs::read(paper).unwrap(),
                std::fs::read(desk.output(&name)).unwrap(),
            );
            assert!(out.starts_with(&input));
            let ranges = out.windows(10).filter(|part| part == b"/ByteRange");
            assert_eq!(ranges.count(), 1, "{name}");
        }
        let hashes: HashSet<String> = self.cloud.now().signed.iter().cloned().collect();
        assert_eq!(hashes.len(), papers.len());
        assert_eq!(desk.made().len(), papers.len(), "{:?}", desk.made());
    }
}

/// A PIN and a code that comes by phone.
fn with_code(office: &Office) -> String {
    let phone = office.authority.desk.input("phone");
    let mut cloud = office.cloud.now();
    cloud.phone = Some(phone.clone());
    cloud.auth = json!({"mode": "explicit", "expression": "PIN AND OTP", "objects": [
        {"type": "Password", "id": "PIN", "format": "N"},
        {"type": "Password", "id": "OTP", "format": "N"}]});
    format!("--otp-file={}", phone.display())
}

#[test]
fn a_key_far_away_reaches_every_level_and_only_hashes_leave() {
    let office = Office::new();
    let trusting = office.authority.trusting();
    let tsa = format!("--tsa={}/ts", office.authority.address);
    let code = with_code(&office);
    let mut more: Vec<&str> = trusting.iter().map(String::as_str).collect();
    more.extend([&*tsa, "--level=lta", &*code]);
    let papers = office.papers(1);
    office.signs(&papers, &more);
    office
        .authority
        .holds(&office.authority.desk.output("00.pdf"));
    assert_eq!(office.cloud.now().signed.len(), 1);
    let page = page();
    for (method, body, _) in &office.cloud.now().heard {
        let body = body.to_string();
        assert!(body.len() < 2_000, "{method}: {body}");
        assert!(!body.contains(&String::from_utf8_lossy(&page[..20]).into_owned()));
    }
    // Nothing is left where things wait.
    assert!(!office.authority.desk.output(".saoy-waiting").exists());
}

#[test]
fn both_versions_all_logins_and_all_schemes() {
    let office = Office::new();
    let papers = office.papers(1);
    let secret = office.put("secret", SECRET);
    let ras = "version = 1\n[login]\nkind = \"ras\"\nclient_id = \"saoy\"\nclient_secret_file = \"secret\"\nprofile = \"adss:ras:profile:001\"\nuser = \"CMT_01\"\n";
    let password = "[login]\nkind = \"password\"\nuser = \"ánh\"\npassword_file = \"secret\"\n";
    let basic = format!(
        "[login]\nkind = \"basic\"\nuser = \"ánh\"\npassword_file = \"{}\"\n",
        secret.display()
    );
    office.authority.issue("curve", "by-list");
    let rsa: (&str, &[&str]) = ("far", &["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"]);
    let whole: (&str, &[&str]) = ("far", &["1.2.840.113549.1.1.11"]);
    let curve: (&str, &[&str]) = ("curve", &["1.2.840.10045.4.3.2"]);
    let alone: (&str, &[&str]) = ("curve", &["1.2.840.10045.2.1"]);
    for (version, account, (key, algorithms), is_raw, more) in [
        (1, ras, rsa, false, &[][..]),
        (1, password, curve, true, &[]),
        (2, &*basic, whole, false, &[]),
        (2, password, alone, false, &[]),
        (2, password, curve, true, &[]),
        (2, password, rsa, false, &["--pss"]),
        (2, password, rsa, false, &["--digest=sha512"]),
        (1, password, rsa, false, &["--digest=sha384", "--pss"]),
    ] {
        office.account(account);
        {
            let mut cloud = office.cloud.now();
            cloud.version = version;
            cloud.key = key.to_owned();
            cloud.algorithms = algorithms.to_vec();
            cloud.is_raw = is_raw;
        }
        office.signs(&papers, &[more, &["--force"]].concat());
    }
    // The one key of the account need not be named.
    let address = office.cloud.reference();
    let (unnamed, _) = address.split_once('?').unwrap();
    office.signs(&papers, &["--force", unnamed]);
    assert_eq!(office.cloud.asked("credentials/list").len(), 1);
}

#[test]
fn one_authorisation_is_for_as_many_documents_as_the_key_allows() {
    let office = Office::new();
    office.cloud.now().multisign = 3;
    let code = with_code(&office);
    let papers = office.papers(7);
    office.signs(&papers, &[&code]);
    let counts: Vec<u64> = office
        .cloud
        .asked("credentials/authorize")
        .iter()
        .map(|body| body["numSignatures"].as_u64().unwrap())
        .collect();
    assert_eq!(counts, [3, 3, 1]);
    assert_eq!(office.cloud.asked("signatures/signHash").len(), 3);
    office.is_whole(&papers);
    let (code, files, _) = office.sign(&papers, &[&code]);
    assert_eq!((code, &files[6]["status"]), (0, &"skipped".into()));
    office.is_whole(&papers);
}

#[test]
fn who_approves_late_is_waited_for_by_the_next_run() {
    let office = Office::new();
    {
        let mut cloud = office.cloud.now();
        cloud.multisign = 5;
        cloud.auth = json!({"mode": "explicit", "objects": []});
        cloud.delay = 1000;
    }
    let papers = office.papers(3);
    for _ in 0..2 {
        let (code, files, _) = office.sign(&papers, &["--timeout=1"]);
        assert_eq!(code, 4);
        assert_eq!(files[0]["error"]["code"], "remote_waiting", "{files:?}");
        assert_eq!(files[1]["status"], "pending", "{files:?}");
    }
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 1);
    office.cloud.now().delay = 1;
    office.signs(&papers, &[]);
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 1);
    office.is_whole(&papers);
}

#[test]
fn a_service_that_forgot_is_asked_anew() {
    let office = Office::new();
    {
        let mut cloud = office.cloud.now();
        cloud.auth = json!({"mode": "explicit", "objects": []});
        cloud.delay = 1000;
    }
    let papers = office.papers(1);
    assert_eq!(office.sign(&papers, &["--timeout=1"]).0, 4);
    {
        let mut cloud = office.cloud.now();
        cloud.delay = 0;
        cloud.script.push((
            "credentials/authorizeCheck",
            400,
            r#"{"error":"invalid_request","error_description":"Invalid parameter handle"}"#
                .to_owned(),
        ));
    }
    office.signs(&papers, &[]);
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 2);
    office.is_whole(&papers);
}

/// Starts `saoy sign`, kills it once `method` was asked.
fn killed_at(office: &Office, papers: &[PathBuf], method: &str) {
    let mut child = office
        .signing(papers, &["--timeout=60"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while office.cloud.asked(method).is_empty() {
        assert!(Instant::now() < deadline, "{method}");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_run_that_is_killed_goes_on_and_signs_nothing_twice() {
    for method in [
        "credentials/authorize",
        "credentials/authorizeCheck",
        "signatures/signHash",
        "signatures/signPolling",
    ] {
        let office = Office::new();
        {
            let mut cloud = office.cloud.now();
            cloud.multisign = 9;
            cloud.rotates = false;
            cloud.is_asynchronous = true;
            cloud.auth = json!({"mode": "explicit", "objects": []});
            if method == "credentials/authorizeCheck" {
                cloud.delay = 1000;
            } else {
                // Done, and the answer never comes.
                cloud.silent.insert(method);
            }
        }
        let papers = office.papers(4);
        killed_at(&office, &papers, method);
        assert_eq!(
            office.authority.desk.made(),
            Vec::<String>::from([".saoy-waiting".to_owned()]),
            "{method}"
        );
        let permits = office.cloud.asked("credentials/authorize").len();
        {
            let mut cloud = office.cloud.now();
            cloud.delay = 0;
            cloud.silent.clear();
        }
        office.signs(&papers, &[]);
        office.is_whole(&papers);
        let again = office.cloud.asked("credentials/authorize").len() - permits;
        let is_known = matches!(
            method,
            "credentials/authorizeCheck" | "signatures/signPolling"
        );
        assert_eq!(again, usize::from(!is_known), "{method}");
    }
}

#[test]
fn a_signature_that_is_here_is_not_asked_for_again() {
    let office = Office::new();
    office.cloud.now().multisign = 4;
    let papers = office.papers(3);
    let trusting = office.authority.trusting();
    let tsa = format!("--tsa={}/ts", office.authority.address);
    let mut more: Vec<&str> = trusting.iter().map(String::as_str).collect();
    more.extend([&*tsa, "--level=lt", "--retry=0"]);
    let modes = [
        (super::servers::Mode::Status500("/ts"), "timestamp_server"),
        (super::servers::Mode::Garbage("/list.crl"), "no_evidence"),
    ];
    for (mode, code) in modes {
        office.authority.now(mode);
        let (exit, files, _) = office.sign(&papers, &more);
        assert_eq!(exit, 1, "{files:?}");
        assert!(
            files.iter().all(|file| file["error"]["code"] == code),
            "{files:?}"
        );
    }
    office.authority.now(super::servers::Mode::Right);
    office.signs(&papers, &more);
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 1);
    assert_eq!(office.cloud.asked("signatures/signHash").len(), 1);
    office.is_whole(&papers);
    office
        .authority
        .holds(&office.authority.desk.output("02.pdf"));
}

#[test]
fn errors_have_names_and_no_secret_is_tried_twice() {
    let office = Office::new();
    let answer = |error: &str, description: &str| {
        json!({"error": error, "error_description": description}).to_string()
    };
    for (method, status, body, code) in [
        (
            "oauth2/token",
            400,
            answer("invalid_client", ""),
            "not accept the account",
        ),
        ("oauth2/token", 401, String::new(), "not accept the account"),
        (
            "credentials/info",
            400,
            answer("invalid_request", "Invalid parameter credentialID"),
            "refuses the request",
        ),
        ("credentials/info", 200, "{}".to_owned(), "not as CSC says"),
        (
            "credentials/info",
            200,
            "<html>".to_owned(),
            "not as CSC says",
        ),
        (
            "credentials/authorize",
            400,
            answer("invalid_authentication_data", ""),
            "wrong_pin",
        ),
        (
            "credentials/authorize",
            400,
            answer("invalid_pin", ""),
            "wrong_pin",
        ),
        (
            "credentials/authorize",
            400,
            answer("invalid_otp", ""),
            "wrong_otp",
        ),
        (
            "credentials/authorize",
            400,
            answer("invalid_request", "Credential locked"),
            "remote_locked",
        ),
        (
            "credentials/authorize",
            400,
            answer("access_denied", ""),
            "remote_denied",
        ),
        ("credentials/authorize", 401, String::new(), "remote_login"),
        ("credentials/authorize", 429, String::new(), "remote_busy"),
        ("credentials/authorize", 500, String::new(), "remote_failed"),
        ("credentials/authorize", 503, String::new(), "remote_busy"),
        (
            "credentials/authorize",
            200,
            "{}".to_owned(),
            "remote_answer",
        ),
        (
            "signatures/signHash",
            400,
            answer("invalid_request", "SAD expired"),
            "remote_expired",
        ),
        (
            "signatures/signHash",
            400,
            answer("invalid_otp", "The OTP is invalid"),
            "wrong_otp",
        ),
        (
            "signatures/signHash",
            400,
            answer("invalid_request", "Hash is not authorized by the SAD"),
            "remote_refused",
        ),
        (
            "signatures/signHash",
            200,
            json!({"signatures": []}).to_string(),
            "remote_answer",
        ),
        (
            "signatures/signHash",
            200,
            json!({"signatures": ["AAAA"]}).to_string(),
            "key_mismatch",
        ),
    ] {
        office.cloud.now().heard.clear();
        // As often as the program might ask.
        office.cloud.now().script = vec![(method, status, body.clone()); 4];
        let told = if code == "key_mismatch" {
            let (exit, files, _) = office.sign(&office.papers(1), &[]);
            assert_eq!(exit, 5);
            files[0]["error"]["code"].as_str().unwrap().to_owned()
        } else {
            office.fails(&["--retry=0"])
        };
        assert!(told.contains(code), "{method} {status} {body}: {told}");
        assert!(
            office.cloud.asked("credentials/authorize").len() <= 1,
            "{method} {status} {body}"
        );
        assert!(
            office.cloud.asked("oauth2/token").len() <= 1,
            "{method} {status} {body}"
        );
    }
    office.cloud.now().script.clear();
    office.cloud.now().heard.clear();
    office.put("pin", "0000");
    assert_eq!(office.fails(&[]), "wrong_pin");
    let (_, files, _) = office.sign(&office.papers(3), &[]);
    assert_eq!(
        (&files[1]["status"], &files[2]["status"]),
        (&"pending".into(), &"pending".into())
    );
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 2);
    office.put("pin", "");
    assert_eq!(office.fails(&[]), "wrong_pin");
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 2);
    assert!(office.cloud.now().signed.is_empty());
}

#[test]
fn what_may_be_asked_again_is() {
    let office = Office::new();
    office.cloud.now().script = vec![
        ("info", 500, String::new()),
        ("info", 503, String::new()),
        ("oauth2/token", 429, String::new()),
        ("signatures/signHash", 503, String::new()),
    ];
    // A token request carries a secret: who is turned away is told.
    let told = office.fails(&[]);
    assert!(told.contains("busy"), "{told}");
    office.signs(&office.papers(1), &[]);
    assert_eq!(office.cloud.asked("info").len(), 4);
    assert_eq!(office.cloud.asked("signatures/signHash").len(), 2);
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 1);

    // A token that the service has forgotten is fetched anew, once.
    let next = office.authority.desk.put("01.pdf", page());
    office.cloud.now().heard.clear();
    office.cloud.now().script = vec![("signatures/signHash", 401, String::new())];
    office.signs(&[next], &[]);
    assert_eq!(office.cloud.asked("oauth2/token").len(), 2);
    office.cloud.now().forget();
}

#[test]
fn a_one_time_code_is_sent_once() {
    let office = Office::new();
    with_code(&office);
    let fixed = office.put("fixed", "123456");
    let fixed = format!("--otp-file={}", fixed.display());
    office.cloud.now().script = vec![
        (
            "credentials/authorize",
            200,
            json!({"SAD": "x"}).to_string(),
        ),
        (
            "signatures/signHash",
            200,
            json!({"signatures": ["AAAA"]}).to_string(),
        ),
    ];
    let (code, files, _) = office.sign(&office.papers(2), &[&fixed]);
    assert_eq!(code, 1, "{files:?}");
    assert_eq!(files[0]["error"]["code"], "key_mismatch");
    assert!(
        files[1]["error"]["en"]
            .as_str()
            .unwrap()
            .contains("used already"),
        "{files:?}"
    );
    assert_eq!(office.cloud.asked("credentials/authorize").len(), 1);
}

#[test]
fn only_the_service_that_was_named_is_asked() {
    let office = Office::new();
    let (elsewhere, visits) = stranger();
    for method in [
        "info",
        "oauth2/token",
        "credentials/info",
        "credentials/authorize",
        "signatures/signHash",
    ] {
        office.cloud.now().script = vec![(method, 307, format!("{elsewhere}/csc/v2/{method}"))];
        let told = office.fails(&[]);
        assert!(
            told == "remote_host" || told.contains("is not followed"),
            "{method}: {told}"
        );
    }
    // Nor is the client's secret given to whom the service names.
    office.cloud.now().oauth2 = Some(elsewhere.clone());
    let told = office.fails(&[]);
    assert!(told.contains("is not followed"), "{told}");
    assert_eq!(*visits.lock().unwrap(), 0);

    let papers = office.papers(1);
    let with_key = |key: &str| {
        let mut command = saoy();
        let account = office.authority.desk.input("account.toml");
        command
            .arg("sign")
            .arg(&papers[0])
            .args(["-o", "/nowhere/a.pdf", key]);
        let (code, _, said) = run(command.arg("--account").arg(account));
        assert_eq!(code, 2, "{key}: {said}");
        said
    };
    assert!(with_key("--key=csc:http://ky.example.vn/csc/v2?credential=a").contains("https://"));
    assert!(with_key("--key=csc:https://ky.example.vn/csc/v2?pin=1234").contains("pin"));
    office
        .authority
        .desk
        .put("account.toml", "[login]\nclient_secret = \"x\"\n");
    let account = office.authority.desk.input("account.toml");
    std::fs::set_permissions(&account, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(with_key("--key=csc:http://127.0.0.1:1/csc/v2").contains("chmod 600"));
    office.account("[login]\nclient_secret = \"SHOWN\n");
    let said = with_key("--key=csc:http://127.0.0.1:1/csc/v2");
    assert!(said.contains("line 2") && !said.contains("SHOWN"), "{said}");
}

/// Also where an approval is under way already.
#[test]
fn a_key_that_a_list_at_hand_revokes_is_not_even_authorised() {
    let office = Office::new();
    {
        let mut cloud = office.cloud.now();
        cloud.is_asynchronous = true;
        cloud.delay = usize::MAX;
    }
    let papers = office.papers(2);
    let (code, ..) = office.sign(&papers, &["--timeout=1"]);
    assert_eq!(code, 4);
    {
        let mut cloud = office.cloud.now();
        cloud.delay = 0;
        cloud.heard.clear();
    }
    super::revoked::folder_that_revokes(&office.authority, "far");
    let (code, files, _) = office.sign(&papers, &[]);
    assert_eq!((code, files.len()), (1, 2));
    for (entry, name) in files.iter().zip(["00.pdf", "01.pdf"]) {
        let out = office.authority.desk.output(name);
        super::revoked::is_refused(5, entry, &out);
    }
    for method in [
        "credentials/authorize",
        "signatures/signHash",
        "signatures/signPolling",
    ] {
        assert!(office.cloud.asked(method).is_empty(), "{method}");
    }
    assert!(office.cloud.now().signed.len() <= 1);
}

#[test]
fn ways_that_need_a_browser_are_named() {
    let office = Office::new();
    for (version, auth, words) in [
        (2, json!({"mode": "oauth2code"}), "browser"),
        (1, json!({"mode": "oauth2code"}), "browser"),
        (
            2,
            json!({"mode": "explicit", "expression": "PIN AND FACE", "objects": [{"type": "Password", "id": "PIN"}]}),
            "PIN AND FACE",
        ),
    ] {
        office.cloud.now().version = version;
        office.cloud.now().auth = auth;
        let (code, _, said) = office.sign(&office.papers(1), &[]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(words), "{said}");
    }
}

/// A server's certificate for this machine; `root` is where it is to be trusted from.
fn tls(office: &Office) -> (Arc<rustls::ServerConfig>, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let root = office.authority.desk.put(
        "tls.pem",
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            base64::engine::general_purpose::STANDARD.encode(made.cert.der())
        ),
    );
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    (Arc::new(configuration), root)
}

/// A line over TLS to the plain server at `address`.
fn proxy(address: &str, configuration: Arc<rustls::ServerConfig>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("https://{}", listener.local_addr().unwrap());
    let address = address.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let line = rustls::ServerConnection::new(configuration.clone()).unwrap();
            let mut line = rustls::StreamOwned::new(line, socket);
            let mut server = TcpStream::connect(&address).unwrap();
            let (mut question, mut piece) = (Vec::new(), [0; 4096]);
            // Head and body of a timestamp question are two writes.
            while !question.ends_with(&[1, 1, 0xff]) {
                let Ok(read @ 1..) = line.read(&mut piece) else {
                    break;
                };
                question.extend_from_slice(&piece[..read]);
            }
            server.write_all(&question).unwrap();
            let mut answer = Vec::new();
            let _ = server.read_to_end(&mut answer);
            let _ = line.write_all(&answer);
        }
    });
    own
}

#[test]
fn services_over_tls_are_held_against_roots() {
    let mut office = Office::new();
    let (configuration, root) = tls(&office);
    office.cloud = Cloud::new(
        &office.authority.folder(),
        "far",
        Some(configuration.clone()),
    );
    let server = proxy(&office.authority.address, configuration);
    let tsa = format!("--tsa={server}/ts");
    let root = format!("--tls-roots={}", root.display());
    let papers = office.papers(1);
    office.signs(&papers, &[&root, "--level=t", &tsa]);
    office.is_whole(&papers);
    // The system does not know it, nor is it another's certificate.
    let other = format!(
        "--tls-roots={}",
        office.authority.desk.input("root.pem").display()
    );
    for roots in [&[][..], &[&*other]] {
        let heard = office.cloud.now().heard.len();
        let (code, _, said) = office.sign(&papers, &[roots, &["--force"]].concat());
        assert_eq!(code, 4, "{said}");
        assert!(said.contains("TLS"), "{said}");
        assert_eq!(office.cloud.now().heard.len(), heard);
    }
}
