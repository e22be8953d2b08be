//! A signing service as the CSC specification describes it, versions 1.0.4 and 2.0, with real keys: it checks what it is asked and
//! signs nothing that was not authorised.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::openssl;

pub(crate) const PIN: &str = "4711";
pub(crate) const SECRET: &str = "geheim & Ơ";

/// How the service is set up, and what it has seen.
pub(crate) struct Cloud {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

/// Everything of it.
pub(crate) struct State {
    folder: PathBuf,
    /// The key's name in the folder: `NAME.key`, `NAME.pem`.
    pub(crate) key: String,
    pub(crate) version: u8,
    pub(crate) algorithms: Vec<&'static str>,
    /// Numbers of ECDSA one behind the other, as some services have them.
    pub(crate) is_raw: bool,
    pub(crate) multisign: usize,
    /// Of version 2; version 1 makes its own of it.
    pub(crate) auth: Value,
    pub(crate) is_asynchronous: bool,
    /// Questions that are answered with "not yet".
    pub(crate) delay: usize,
    /// The next answers to a method, instead of its own.
    pub(crate) script: Vec<(&'static str, u16, String)>,
    /// Methods that are done and whose answers are not sent.
    pub(crate) silent: HashSet<&'static str>,
    pub(crate) oauth2: Option<String>,
    /// Where codes are sent to.
    pub(crate) phone: Option<PathBuf>,
    /// Gives a new handle with each "not yet".
    pub(crate) rotates: bool,
    /// Methods, bodies and proofs, in order.
    pub(crate) heard: Vec<(String, Value, String)>,
    /// Hashes that were signed, in order.
    pub(crate) signed: Vec<String>,
    tokens: HashSet<String>,
    code: Option<String>,
    permits: HashMap<String, Vec<String>>,
    handles: HashMap<String, Vec<String>>,
    made: HashMap<String, Vec<String>>,
    wrong: usize,
    count: usize,
}

impl Cloud {
    /// A service that holds `key` of `folder`, over TLS where `tls` is given.
    pub(crate) fn new(folder: &Path, key: &str, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            folder: folder.to_owned(),
            key: key.to_owned(),
            version: 2,
            algorithms: vec!["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"],
            is_raw: false,
            multisign: 1,
            auth: json!({"mode": "explicit", "expression": "PIN", "objects": [{"type": "Password", "id": "PIN", "format": "N"}]}),
            is_asynchronous: false,
            delay: 0,
            script: Vec::new(),
            silent: HashSet::new(),
            oauth2: Some(format!("{address}/")),
            phone: None,
            rotates: true,
            heard: Vec::new(),
            signed: Vec::new(),
            tokens: HashSet::new(),
            code: None,
            permits: HashMap::new(),
            handles: HashMap::new(),
            made: HashMap::new(),
            wrong: 0,
            count: 0,
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, tls) = (shared.clone(), tls.clone());
                std::thread::spawn(move || match tls {
                    None => serve(stream, &state),
                    Some(tls) => {
                        let line = rustls::ServerConnection::new(tls).unwrap();
                        serve(rustls::StreamOwned::new(line, stream), &state);
                    }
                });
            }
        });
        Self { address, state }
    }

    pub(crate) fn now(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// `--key` for it.
    pub(crate) fn reference(&self) -> String {
        let version = self.now().version;
        format!("--key=csc:{}/csc/v{version}?credential=K%2F1", self.address)
    }

    /// Bodies that `method` was asked with.
    pub(crate) fn asked(&self, method: &str) -> Vec<Value> {
        let state = self.now();
        let heard = state.heard.iter().filter(|(heard, ..)| heard == method);
        heard.map(|(_, body, _)| body.clone()).collect()
    }
}

/// One question and its answer.
fn serve(mut stream: impl Read + Write, state: &Mutex<State>) {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let Ok(read @ 1..) = stream.read(&mut piece) else {
            return;
        };
        bytes.extend_from_slice(&piece[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = header(&head, "content-length").and_then(|length| length.parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0_usize) {
                break (head, bytes.split_off(end + 4));
            }
        }
    };
    let path = head.split(' ').nth(1).unwrap_or_default();
    let method = match path.split_once("/csc/") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, method)| method),
        None => path.trim_start_matches('/'),
    };
    let proof = header(&head, "authorization").unwrap_or_default();
    let (status, answer, is_silent) = {
        let mut state = state.lock().unwrap();
        let question =
            serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
        state
            .heard
            .push((method.to_owned(), question.clone(), proof.clone()));
        let scripted = state.script.iter().position(|(of, ..)| *of == method);
        let (status, answer) = match scripted {
            Some(at) => {
                let (_, status, answer) = state.script.remove(at);
                (status, answer)
            }
            None => {
                let (status, answer) = state.answer(method, &question, &proof);
                (status, answer.to_string())
            }
        };
        (status, answer, state.silent.contains(method))
    };
    if is_silent {
        return std::thread::sleep(Duration::from_secs(20));
    }
    let more = if (300..400).contains(&status) {
        format!("Location: {answer}\r\n")
    } else if status == 503 || status == 429 {
        "Retry-After: 0\r\n".to_owned()
    } else {
        String::new()
    };
    // In chunks, as application servers do.
    let (left, right) = answer.split_at(answer.len() / 2);
    let chunks: String = [left, right, ""]
        .iter()
        .map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()))
        .collect();
    let chunks = if answer.len() < 2 {
        "0\r\n\r\n"
    } else {
        &chunks
    };
    let head = format!("HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\n{more}\r\n");
    let _ = stream.write_all(&[head.as_bytes(), chunks.as_bytes()].concat());
    let _ = stream.flush();
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (left, right) = line.split_once(": ")?;
        left.eq_ignore_ascii_case(name).then(|| right.to_owned())
    })
}

type Said = (u16, Value);

fn wrong(error: &str, description: &str) -> Said {
    (
        400,
        json!({"error": error, "error_description": description}),
    )
}

impl State {
    fn unique(&mut self, kind: &str) -> String {
        self.count += 1;
        format!("{kind}-{}", self.count)
    }

    fn answer(&mut self, method: &str, question: &Value, proof: &str) -> Said {
        match method {
            "info" => (200, self.info()),
            "oauth2/token" => self.token(question),
            "auth/login" => {
                let expected = format!("Basic {}", STANDARD.encode(format!("ánh:{SECRET}")));
                if proof == expected {
                    self.issue()
                } else {
                    wrong("authentication_error", "no")
                }
            }
            "v1/login" => {
                let right = json!({"client_id": "saoy", "client_secret": SECRET, "profile_id": "adss:ras:profile:001", "user_id": "CMT_01"});
                if *question == right {
                    self.issue()
                } else {
                    wrong("invalid_client", "no")
                }
            }
            _ if !self.tokens.contains(proof.trim_start_matches("Bearer ")) => {
                (401, json!({"error": "invalid_token"}))
            }
            "credentials/list" => (200, json!({"credentialIDs": ["K/1"]})),
            _ if question.get("credentialID").is_some_and(|id| id != "K/1") => {
                wrong("invalid_request", "Invalid parameter credentialID")
            }
            "credentials/info" => (200, self.credential()),
            "credentials/sendOTP" | "credentials/getChallenge" => {
                let code = self.unique("code");
                std::fs::write(self.phone.as_ref().unwrap(), format!("{code}\n")).unwrap();
                self.code = Some(code);
                (204, Value::String(String::new()))
            }
            "credentials/authorize" => self.authorize(question),
            "credentials/authorizeCheck" => self.check(question),
            "signatures/signHash" => self.sign(question),
            "signatures/signPolling" => self.poll(question),
            _ => (404, Value::Null),
        }
    }

    fn info(&self) -> Value {
        let specs = if self.version == 1 {
            "1.0.4.0"
        } else {
            "2.0.0.2"
        };
        let mut info = json!({
            "specs": specs, "name": "Test", "region": "VN", "lang": "vi", "authType": ["oauth2client"],
            "asynchronousOperationMode": self.is_asynchronous,
            "methods": ["info", "credentials/list", "credentials/info", "credentials/authorize", "credentials/authorizeCheck",
                "credentials/sendOTP", "credentials/getChallenge", "signatures/signHash", "signatures/signPolling"],
        });
        if let Some(oauth2) = &self.oauth2 {
            info["oauth2"] = json!(oauth2);
        }
        info
    }

    fn token(&mut self, question: &Value) -> Said {
        let fields = question.as_str().unwrap_or_default();
        let secret = "geheim%20%26%20%C6%A0";
        let client = format!(
            "grant_type=client_credentials&scope=service&client_id=saoy&client_secret={secret}"
        );
        let user = format!("grant_type=password&username=%C3%A1nh&password={secret}&scope=service");
        if fields == client || fields == user {
            self.issue()
        } else {
            wrong("invalid_client", "Invalid parameter client_secret")
        }
    }

    fn issue(&mut self) -> Said {
        let token = self.unique("token");
        self.tokens.insert(token.clone());
        (
            200,
            json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600}),
        )
    }

    /// Forgets who logged in.
    pub(crate) fn forget(&mut self) {
        self.tokens.clear();
    }

    fn credential(&self) -> Value {
        let certificate = |name: &str| {
            let file = self.folder.join(format!("{name}.pem"));
            let text = std::fs::read_to_string(file).unwrap();
            let lines = text.lines().filter(|line| !line.starts_with('-'));
            lines.collect::<String>()
        };
        let mut answer = json!({
            "key": {"status": "enabled", "algo": self.algorithms, "len": 2048},
            "cert": {"status": "valid", "certificates": [certificate(&self.key), certificate("root")]},
            "multisign": self.multisign, "SCAL": "2",
        });
        if self.version == 2 {
            answer["auth"] = self.auth.clone();
            return answer;
        }
        answer["authMode"] = self.auth["mode"].clone();
        for object in self.auth["objects"].as_array().into_iter().flatten() {
            let id = object["id"].as_str().unwrap();
            answer[id] = json!({"presence": "true", "type": "online", "format": "N"});
        }
        answer
    }

    /// What of `question` is the owner's secret `id`.
    fn given(&self, question: &Value, id: &str) -> Option<String> {
        if self.version == 1 {
            return Some(question.get(id)?.as_str()?.to_owned());
        }
        let data = question.get("authData")?.as_array()?;
        let found = data.iter().find(|data| data["id"] == id)?;
        Some(found["value"].as_str()?.to_owned())
    }

    fn hashes(&self, question: &Value) -> Option<Vec<String>> {
        let name = if self.version == 1 { "hash" } else { "hashes" };
        let list = question.get(name)?.as_array()?;
        list.iter()
            .map(|hash| Some(hash.as_str()?.to_owned()))
            .collect()
    }

    fn authorize(&mut self, question: &Value) -> Said {
        if self.wrong >= 3 {
            return wrong("invalid_request", "Credential locked");
        }
        let Some(hashes) = self.hashes(question) else {
            return wrong("invalid_request", "Missing hashes");
        };
        let count = question["numSignatures"].as_u64().unwrap_or(0);
        if count == 0 || hashes.len() as u64 != count {
            return wrong(
                "invalid_request",
                "Invalid value for parameter numSignatures",
            );
        }
        if count > self.multisign as u64 {
            return wrong("invalid_request", "Numbers of signatures is too high");
        }
        if self.version == 2 && question["hashAlgorithmOID"].as_str().is_none() {
            return wrong("invalid_request", "Invalid parameter hashAlgorithmOID");
        }
        for object in self.auth["objects"].as_array().cloned().unwrap_or_default() {
            let id = object["id"].as_str().unwrap();
            let expected = if id == "PIN" {
                Some(PIN.to_owned())
            } else {
                self.code.take()
            };
            if self.given(question, id) != expected {
                self.wrong += 1;
                let error = match (id, self.version) {
                    ("PIN", 1) => "invalid_pin",
                    ("PIN", _) => "invalid_authentication_data",
                    _ => "invalid_otp",
                };
                return wrong(error, "The authentication data is invalid");
            }
        }
        if self.delay > 0 {
            let handle = self.unique("handle");
            self.handles.insert(handle.clone(), hashes);
            return (202, json!({"handle": handle}));
        }
        self.permit(hashes)
    }

    fn permit(&mut self, hashes: Vec<String>) -> Said {
        let sad = self.unique("SAD");
        self.permits.insert(sad.clone(), hashes);
        (200, json!({"SAD": sad, "expiresIn": 300}))
    }

    fn check(&mut self, question: &Value) -> Said {
        let handle = question["handle"].as_str().unwrap_or_default();
        let Some(hashes) = self.handles.remove(handle) else {
            return wrong("invalid_request", "Invalid parameter handle");
        };
        if self.delay > 0 {
            self.delay -= 1;
            let next = if self.rotates {
                self.unique("handle")
            } else {
                handle.to_owned()
            };
            self.handles.insert(next.clone(), hashes);
            return (202, json!({"handle": next}));
        }
        self.permit(hashes)
    }

    fn sign(&mut self, question: &Value) -> Said {
        let sad = question["SAD"].as_str().unwrap_or_default();
        let Some(allowed) = self.permits.remove(sad) else {
            return wrong("invalid_request", "Invalid parameter SAD");
        };
        let hashes = self.hashes(question).unwrap_or_default();
        if hashes.is_empty() || hashes.iter().any(|hash| !allowed.contains(hash)) {
            return wrong("invalid_request", "Hash is not authorized by the SAD");
        }
        let algorithm = question["signAlgo"].as_str().unwrap_or_default();
        if !self.algorithms.contains(&algorithm) {
            return wrong("invalid_request", "Invalid parameter signAlgo");
        }
        let name = if self.version == 1 {
            "hashAlgo"
        } else {
            "hashAlgorithmOID"
        };
        let named = question[name].as_str();
        let is_alone = matches!(algorithm, "1.2.840.113549.1.1.1" | "1.2.840.10045.2.1");
        let is_pss = algorithm == "1.2.840.113549.1.1.10";
        if is_alone && named.is_none() || is_pss && question["signAlgoParams"].as_str().is_none() {
            return wrong(
                "invalid_request",
                "Missing (or invalid type) string parameter",
            );
        }
        let signatures: Vec<String> = hashes.iter().map(|hash| self.one(hash, is_pss)).collect();
        self.signed.extend(hashes);
        if question["operationMode"] == "A" {
            let response = self.unique("response");
            self.made.insert(response.clone(), signatures);
            return (200, json!({"responseID": response}));
        }
        (200, json!({"signatures": signatures}))
    }

    /// One signature, by OpenSSL.
    fn one(&self, hash: &str, is_pss: bool) -> String {
        let hash = STANDARD.decode(hash).unwrap();
        let digest = match hash.len() {
            48 => "digest:sha384",
            64 => "digest:sha512",
            _ => "digest:sha256",
        };
        std::fs::write(self.folder.join("cloud.hash"), &hash).unwrap();
        let key = format!("{}.key", self.key);
        let mut command = vec![
            "pkeyutl",
            "-sign",
            "-inkey",
            &key,
            "-in",
            "cloud.hash",
            "-out",
            "cloud.signature",
            "-pkeyopt",
            digest,
        ];
        let salt = format!("rsa_pss_saltlen:{}", hash.len());
        if is_pss {
            command.extend(["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", &salt]);
        }
        openssl(&self.folder, &command);
        let mut signature = std::fs::read(self.folder.join("cloud.signature")).unwrap();
        if self.is_raw {
            signature = raw(&signature);
        }
        STANDARD.encode(signature)
    }

    fn poll(&mut self, question: &Value) -> Said {
        let response = question["requestID"].as_str().unwrap_or_default();
        if !self.made.contains_key(response) {
            return wrong("invalid_request", "Invalid parameter requestID");
        }
        if self.delay > 0 {
            self.delay -= 1;
            return (202, json!({"error": "accepted_request"}));
        }
        (200, json!({"signatures": self.made[response]}))
    }
}

/// The two numbers of P-256, 32 bytes each.
fn raw(der: &[u8]) -> Vec<u8> {
    let (mut at, mut raw) = (2, Vec::new());
    for _ in 0..2 {
        let length = usize::from(der[at + 1]);
        let number = &der[at + 2..at + 2 + length];
        let number = number.strip_prefix(&[0]).unwrap_or(number);
        raw.extend(vec![0; 32 - number.len()]);
        raw.extend_from_slice(number);
        at += 2 + length;
    }
    raw
}

/// A server that notes that somebody came.
pub(crate) fn stranger() -> (String, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // Another host by name, the same machine.
    let address = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let visits = Arc::new(Mutex::new(0));
    let count = visits.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _: Option<TcpStream> = stream.ok();
            *count.lock().unwrap() += 1;
        }
    });
    (address, visits)
}
