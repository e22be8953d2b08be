//! A server of its own for a test, and a small client: one request a connection, so that nothing is guessed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::{Desk, reader, run, saoy};

/// The password of all accounts of the tests.
pub const PASSWORD: &str = "mat khau thu 2026";

/// People of the office: login, name, role, capacity.
pub const PEOPLE: [(&str, &str, &str, Option<&str>); 6] = [
    ("root", "Quản trị", "administrator", None),
    ("chair", "Nguyễn Văn An", "certifier", Some("CHỦ TỊCH")),
    ("clerk", "Lê Thị Bình", "clerk", None),
    ("officer", "Phạm Văn Dũng", "officer", None),
    ("keeper", "Trần Thị Em", "archivist", None),
    ("post", "Bưu tá", "intake", None),
];

/// A server that runs, with an archive and an account for each role.
pub struct Server {
    pub desk: Desk,
    child: Child,
    address: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

impl Server {
    /// Starts one with further arguments.
    pub fn start(more: &[&str]) -> Self {
        let desk = Desk::new();
        let data = desk.output("data");
        let password = desk.put("password", PASSWORD);
        let done = |arguments: &[&str]| {
            let (code, _, complaints) = run(saoy().arg("--data").arg(&data).args(arguments));
            assert_eq!(code, 0, "{arguments:?}: {complaints}");
        };
        done(&[
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
        ]);
        for (login, name, role, capacity) in PEOPLE {
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
            done(&appoint);
            let file = password.to_string_lossy();
            done(&["account", "add", login, "--password-file", &file]);
        }
        Self::on(desk, more)
    }

    /// Starts one on the data of a desk.
    pub fn on(desk: Desk, more: &[&str]) -> Self {
        let mut command = saoy();
        command
            .arg("--data")
            .arg(desk.output("data"))
            .args(["serve", "--listen", "127.0.0.1:0", "--reader"])
            .arg(reader())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(desk.input("log")).expect("a log"));
        let mut child = command.spawn().expect("the server");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("its address");
        let address = line
            .trim()
            .trim_start_matches("http://")
            .trim_start_matches("https://")
            .trim_end_matches('/')
            .to_owned();
        assert!(
            address.starts_with("127.0.0.1:"),
            "{line}{}",
            std::fs::read_to_string(desk.input("log")).unwrap_or_default()
        );
        Self {
            desk,
            child,
            address,
        }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.desk.input("log")).expect("the log")
    }

    /// Stops it with a signal and gives its exit code and what it holds.
    pub fn stop(mut self) -> (Option<i32>, Desk) {
        let id = self.child.id().to_string();
        let (code, _, _) = run(Command::new("kill").args(["-TERM", &id]));
        assert_eq!(code, 0);
        let code = self.child.wait().expect("its end").code();
        (code, std::mem::replace(&mut self.desk, Desk::new()))
    }

    /// Sends a request and reads the whole answer.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(&self.address, method, path, headers, body)
    }

    /// Opens a page as nobody.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// Opens the result of a verification when all of it is there.
    pub fn settled(&self, place: &str) -> Answer {
        for _ in 0..1200 {
            let page = self.get(place);
            if !page.text().contains("id=\"reading\"") {
                return page;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{place} is never filled up");
    }

    /// Logs in.
    pub fn log_in(&self, login: &str) -> Browser<'_> {
        let body = form(&[("login", login), ("password", PASSWORD), ("next", "/")]);
        let answer = self.send("POST", "/login", &[URLENCODED], body.as_bytes());
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer
            .header("set-cookie")
            .expect("a cookie")
            .split(';')
            .next()
            .expect("a value")
            .to_owned();
        let mut browser = Browser {
            server: self,
            cookie,
            word: String::new(),
        };
        let page = browser.get("/").text();
        let (_, rest) = page
            .split_once("name=\"form\" value=\"")
            .expect("a form's word");
        browser.word = rest.split('"').next().expect("a word").to_owned();
        browser
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request to an address and reads the whole answer.
pub fn send(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .expect("a limit");
    let length = body.len();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    stream.write_all(head.as_bytes()).expect("a head is taken");
    // A server that refuses need not read the rest.
    let _ = stream.write_all(body);
    let mut whole = Vec::new();
    let mut buffer = [0; 64 * 1024];
    // Not every server closes when it is asked to: the head says how much there is.
    while !is_whole(&whole) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => whole.extend(&buffer[..count]),
        }
    }
    answer(&whole)
}

/// Whether an answer has as many bytes as its head says.
fn is_whole(so_far: &[u8]) -> bool {
    let Some(end) = so_far.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&so_far[..end]).to_lowercase();
    let length = head
        .split("\r\n")
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse::<usize>().ok());
    length.is_some_and(|length| so_far.len() >= end + 4 + length)
}

/// The header of plain forms.
pub const URLENCODED: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Somebody who is logged in.
pub struct Browser<'a> {
    server: &'a Server,
    pub cookie: String,
    /// What its forms carry.
    pub word: String,
}

impl Browser<'_> {
    /// Opens a page.
    pub fn get(&self, path: &str) -> Answer {
        self.server
            .send("GET", path, &[("Cookie", &self.cookie)], b"")
    }

    /// Sends a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("form", self.word.as_str())];
        all.extend(fields);
        self.server.send(
            "POST",
            path,
            &[("Cookie", &self.cookie), URLENCODED],
            form(&all).as_bytes(),
        )
    }

    /// Sends a form with a file.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
        let mut all = vec![("form", self.word.as_str())];
        all.extend(fields);
        let body = multipart(&all, Some((name, file)));
        self.server
            .send("POST", path, &[("Cookie", &self.cookie), MULTIPART], &body)
    }
}

/// The header of forms with files.
pub const MULTIPART: (&str, &str) = (
    "Content-Type",
    "multipart/form-data; boundary=saoy-test-boundary",
);

/// A form with a file in its field `file`.
pub fn multipart(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--saoy-test-boundary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((name, bytes)) = file {
        body.extend(
            format!("--saoy-test-boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--saoy-test-boundary--\r\n");
    body
}

/// A plain form.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn answer(whole: &[u8]) -> Answer {
    let end = whole
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&whole[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|code| code.parse().ok())
        .expect("a status");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &whole[end + 4..];
    let chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked {
        unchunked(rest)
    } else {
        rest.to_vec()
    };
    Answer {
        status,
        headers,
        body,
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|two| two == b"\r\n")
            .expect("a size");
        let size =
            usize::from_str_radix(&String::from_utf8_lossy(&rest[..end]), 16).expect("a size");
        if size == 0 {
            return body;
        }
        body.extend(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
}
