//! Pages and REST: who may do what, what strangers may send, what a file's verdict looks like.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use saoy_server::{Access, declared};

use crate::program::{Desk, contains, run, saoy};

mod browser;

mod client;

/// Its search, documents, registers, indicators, people.
mod archive;

/// Certified copies by the pages: the wizard, two people, two keys.
mod certify;
mod described;

mod hooks;
mod review;

use client::{MULTIPART, PEOPLE, Server, URLENCODED, form, multipart};

/// A page with a signature by a key that nobody trusts.
fn signed(server: &Server) -> Vec<u8> {
    let page = server.desk.put("page.pdf", crate::sign::page());
    let out = server.desk.input("signed.pdf");
    let mut command = saoy();
    command
        .arg("--data")
        .arg(server.desk.output("data"))
        .arg("sign")
        .arg(page)
        .arg("-o")
        .arg(&out);
    let (code, _, complaints) = run(command.args(["--key", "test:"]));
    assert_eq!(code, 0, "{complaints}");
    std::fs::read(out).expect("a signed file")
}

/// A path with its varying parts filled with something that is nowhere.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{code}" => "AAAAAAAAAAAAAAAAAAAA".to_owned(),
            "{length}" | "{n}" | "{id}" | "{page}" => "1".to_owned(),
            part if part.starts_with("report.{") => "report.html".to_owned(),
            part if part.starts_with('{') => "nothing".to_owned(),
            part => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn each_role_may_use_what_is_declared_for_it_and_nothing_else() {
    let server = Server::start(&[]);
    let browsers: Vec<_> = PEOPLE
        .iter()
        .map(|one| (one.2, server.log_in(one.0)))
        .collect();
    let endpoints = declared();
    assert!(endpoints.len() >= 15);
    for endpoint in &endpoints {
        // Passwords that are wrong and sessions that end have tests of their own.
        if endpoint.path == "/login"
            || endpoint.path == "/logout"
            || endpoint.path.starts_with("/api/")
        {
            continue;
        }
        let path = filled(endpoint.path);
        // Nobody.
        let answer = server.send(endpoint.method, &path, &[URLENCODED], b"");
        let at = format!("{} {path} as nobody: {}", endpoint.method, answer.status);
        match (endpoint.access, endpoint.method) {
            (Access::Public, _) => assert!(!matches!(answer.status, 401 | 403), "{at}"),
            (_, "GET") => {
                assert_eq!(answer.status, 303, "{at}");
                assert!(
                    answer
                        .header("location")
                        .expect("a place")
                        .starts_with("/login?next="),
                    "{at}"
                );
            }
            _ => assert_eq!(answer.status, 401, "{at}"),
        }
        // Each role. What is wrong with the request itself comes after.
        for (role, browser) in &browsers {
            let answer = match endpoint.method {
                "GET" => browser.get(&path),
                _ => browser.post(&path, &[]),
            };
            let may = match endpoint.access {
                Access::Roles(roles) => roles.contains(role),
                _ => true,
            };
            assert_eq!(
                answer.status != 403,
                may,
                "{} {path} as {role}: {}",
                endpoint.method,
                answer.status
            );
            assert_ne!(
                answer.status,
                500,
                "{} {path} as {role}: {}",
                endpoint.method,
                answer.text()
            );
        }
    }
}

#[test]
fn a_dropped_file_gets_one_sentence_and_is_not_kept() {
    let server = Server::start(&[]);
    let mut file = signed(&server);
    let body = multipart(&[], Some(("Quyết định <b>.pdf", &file)));
    let answer = server.send("POST", "/verify", &[MULTIPART], &body);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let place = answer.header("location").expect("a place").to_owned();
    // The verdict is there at once, the rest is made behind.
    assert!(server.get(&place).text().contains("class=\"verdict open\""));
    let page = server.settled(&place);
    assert_eq!(page.status, 200);
    let text = page.text();
    // Whole, but of a key that nobody trusts.
    assert!(text.contains("class=\"verdict open\""), "{text}");
    assert!(
        text.contains("Quyết định &#60;b&#62;.pdf") || text.contains("Quyết định &lt;b&gt;.pdf"),
        "{text}"
    );
    assert!(!text.contains("<b>.pdf"));
    for ending in ["html", "pdf", "xml", "json"] {
        let report = server.get(&format!("{place}/report.{ending}"));
        assert_eq!(report.status, 200, "{ending}");
        assert!(
            report
                .header("content-disposition")
                .expect("a name")
                .starts_with("attachment")
        );
        assert!(!report.body.is_empty());
    }
    let report = server.get(&format!("{place}/report.pdf"));
    assert!(report.body.starts_with(b"%PDF-"));
    // English too, and the choice is remembered.
    let english = server
        .send("GET", &place, &[("Accept-Language", "en-GB,en;q=0.8")], b"")
        .text();
    assert!(english.contains("Verify another file") && english.contains("lang=\"en\""));
    // The page has another size.
    let at = file
        .windows(4)
        .position(|four| four == b"200]")
        .expect("the size of the page");
    file[at] = b'3';
    let body = multipart(&[], Some(("b.pdf", &file)));
    let answer = server.send("POST", "/verify", &[MULTIPART], &body);
    let changed = server
        .get(answer.header("location").expect("a place"))
        .text();
    assert!(
        changed.contains("class=\"verdict bad\"") && changed.contains("Không hợp lệ"),
        "{changed}"
    );
    // Nothing of the files is left, as soon as their pages have been read.
    let left = || {
        let incoming = server.desk.output("data/server/incoming");
        std::fs::read_dir(incoming).map_or(0, Iterator::count)
    };
    let until = Instant::now() + Duration::from_secs(120);
    while left() > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left(), 0);
    assert_eq!(server.get("/verify/unknown").status, 404);
}

#[test]
fn forged_slow_and_oversized_requests_are_refused() {
    let server = Server::start(&["--max-upload", "1", "--upload-time", "3"]);
    let browser = server.log_in("clerk");
    // Another site's page makes the browser send its cookie along.
    for foreign in [
        ("Origin", "https://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        let body = form(&[("form", &browser.word)]);
        let answer = server.send(
            "POST",
            "/logout",
            &[("Cookie", &browser.cookie), URLENCODED, foreign],
            body.as_bytes(),
        );
        assert_eq!(answer.status, 403, "{foreign:?}");
    }
    // Without the form's word, or with another session's.
    let other = server.log_in("officer");
    for word in ["", "x", &other.word] {
        let body = form(&[("form", word)]);
        let answer = server.send(
            "POST",
            "/logout",
            &[("Cookie", &browser.cookie), URLENCODED],
            body.as_bytes(),
        );
        assert_eq!(answer.status, 403, "{word:?}");
    }
    assert_eq!(browser.get("/archive").status, 200);
    let large = multipart(&[], Some(("a.pdf", &vec![b'x'; 2 << 20])));
    let answer = server.send("POST", "/verify", &[MULTIPART], &large);
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert!(answer.text().contains("1 MB"));
    // A body that trickles.
    let mut slow = TcpStream::connect(server.address()).expect("a connection");
    slow.set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a limit");
    let head = format!(
        "POST /verify HTTP/1.1\r\nHost: x\r\n{}: {}\r\nContent-Length: 100000\r\n\r\n--saoy-test",
        MULTIPART.0, MULTIPART.1
    );
    slow.write_all(head.as_bytes()).expect("a head");
    let started = Instant::now();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(started.elapsed() < Duration::from_secs(20));
    // Logged out is logged out, on the server too.
    assert_eq!(browser.post("/logout", &[]).status, 303);
    assert_eq!(browser.get("/archive").status, 303);
}

#[test]
fn passwords_cannot_be_tried_for_ever_and_are_not_in_the_log() {
    let server = Server::start(&[]);
    let mut seen = Vec::new();
    for _ in 0..12 {
        let body = form(&[("login", "chair"), ("password", "wrong secret words")]);
        seen.push(
            server
                .send("POST", "/login", &[URLENCODED], body.as_bytes())
                .status,
        );
    }
    assert_eq!(seen[0], 401);
    assert_eq!(*seen.last().expect("tries"), 429);
    assert!(!server.log().contains("wrong secret"));
    assert!(
        server
            .log()
            .lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
    // The right path only: a place elsewhere is not followed.
    let body = form(&[
        ("login", "clerk"),
        ("password", client::PASSWORD),
        ("next", "//evil.example/"),
    ]);
    let (_, desk) = server.stop();
    let server = Server::on(desk, &[]);
    let answer = server.send("POST", "/login", &[URLENCODED], body.as_bytes());
    assert_eq!(answer.header("location"), Some("/"));
}

#[test]
fn pages_say_what_browsers_must_not_do() {
    let server = Server::start(&[]);
    for path in ["/", "/verify", "/lookup", "/login", "/nowhere", "/metrics"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        let text = answer.text();
        assert!(
            !text.contains(" style=\"") && !text.contains("<script>") && !text.contains(" onclick"),
            "{path}"
        );
        for outside in ["http://", "https://"] {
            let links = text
                .split(outside)
                .skip(1)
                .filter(|rest| !rest.starts_with("www.w3.org"));
            assert_eq!(links.count(), 0, "{path} names another site");
        }
    }
    let missing = server.get("/nowhere");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("Không có trang này"));
    let problem = server.get("/api/v1/copies/AAAAAAAAAAAAAAAAAAAA");
    assert_eq!(
        (problem.status, problem.header("content-type")),
        (404, Some("application/problem+json"))
    );
    assert!(
        server
            .get("/metrics")
            .text()
            .contains("saoy_requests_total")
    );
}

#[test]
fn tokens_act_for_their_login_until_they_are_revoked() {
    let server = Server::start(&[]);
    let data = server.desk.output("data");
    let done = |arguments: &[&str]| {
        let (code, out, complaints) = run(saoy().arg("--data").arg(&data).args(arguments));
        assert_eq!(code, 0, "{complaints}");
        out
    };
    let token = done(&["account", "token", "keeper", "--label", "cổng dịch vụ công"])
        .trim()
        .to_owned();
    let ask = |token: &str| {
        server
            .send(
                "GET",
                "/api/v1/documents?q=a",
                &[("Authorization", &format!("Bearer {token}"))],
                b"",
            )
            .status
    };
    assert_eq!(ask(&token), 200);
    assert_eq!(ask("saoy_wrong"), 401);
    assert_eq!(server.get("/api/v1/documents?q=a").status, 401);
    let delegated = done(&["account", "token", "post", "--label", "bưu điện"])
        .trim()
        .to_owned();
    assert_eq!(ask(&delegated), 403);
    // The token itself is stored nowhere.
    let stored = std::fs::read(data.join("server/accounts.sqlite3")).expect("the accounts");
    assert!(!contains(&stored, token.as_bytes()));
    done(&["account", "revoke", "1"]);
    assert_eq!(ask(&token), 401);
}

#[test]
fn beyond_this_machine_it_wants_tls() {
    let desk = Desk::new();
    let (code, _, complaints) =
        run(saoy()
            .arg("--data")
            .arg(desk.output("data"))
            .args(["serve", "--listen", "0.0.0.0:0"]));
    assert_eq!(code, 2, "{complaints}");
    assert!(complaints.contains("--tls-cert"));
}

#[test]
fn uploads_may_be_sent_again() {
    let server = Server::start(&[]);
    let data = server.desk.output("data");
    let (code, token, complaints) = run(saoy()
        .arg("--data")
        .arg(&data)
        .args(["account", "token", "keeper", "--label", "cổng"]));
    assert_eq!(code, 0, "{complaints}");
    let bearer = format!("Bearer {}", token.trim());
    let send = |key: &str, metadata: &str, file: &[u8]| {
        let body = multipart(&[("metadata", metadata)], Some(("../../a.pdf", file)));
        server.send(
            "POST",
            "/api/v1/documents",
            &[
                MULTIPART,
                ("Authorization", &bearer),
                ("Idempotency-Key", key),
            ],
            &body,
        )
    };
    let page = crate::sign::page();
    let metadata = r#"{"subject":"Về việc họp","type":"CV"}"#;
    let first = send("k1", metadata, &page);
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.json()["outcome"], "added");
    assert_eq!(send("k1", metadata, &page).json(), first.json());
    // The same file under another key is known.
    assert_eq!(send("k2", metadata, &page).json()["outcome"], "known");
    // The key of one content is not for another.
    assert_eq!(send("k1", r#"{"subject":"khác"}"#, &page).status, 409);
    assert_eq!(send("k3", "no object", &page).status, 400);
    assert_eq!(send("k4", metadata, b"no PDF").status, 422);
    let found = server
        .send(
            "GET",
            "/api/v1/documents?q=hop",
            &[("Authorization", &bearer)],
            b"",
        )
        .json();
    assert_eq!(found["found"]["total"], 1);
    let id = first.json()["id"].as_str().expect("an id").to_owned();
    let file = server.send(
        "GET",
        &format!("/api/v1/documents/{id}/file"),
        &[("Authorization", &bearer)],
        b"",
    );
    assert_eq!(file.body, page);
}

#[test]
fn names_in_certificates_are_words_and_not_markup() {
    let server = Server::start(&[]);
    let folder = server.desk.input("");
    let made = |arguments: &[&str]| {
        let (code, _, complaints) = run(std::process::Command::new("openssl")
            .current_dir(&folder)
            .args(arguments));
        assert_eq!(code, 0, "{complaints}");
    };
    let subject =
        "/CN=<script>alert(1)<\\/script><img src=x onerror=alert(2)>/O=\"><svg onload=alert(3)>";
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
        "9",
        "-subj",
        subject,
        "-addext",
        "keyUsage=digitalSignature,nonRepudiation",
        "-keyout",
        "x.key",
        "-out",
        "x.pem",
    ]);
    made(&[
        "pkcs12",
        "-export",
        "-inkey",
        "x.key",
        "-in",
        "x.pem",
        "-out",
        "x.p12",
        "-passout",
        "file:password",
    ]);
    let page = server.desk.put("page.pdf", crate::sign::page());
    let out = server.desk.input("signed.pdf");
    let key = format!("p12:{}", server.desk.input("x.p12").display());
    let (code, _, complaints) = run(saoy()
        .arg("--data")
        .arg(server.desk.output("data"))
        .arg("sign")
        .arg(page)
        .arg("-o")
        .arg(&out)
        .args(["--key", &key, "--pin-file"])
        .arg(server.desk.input("password")));
    assert_eq!(code, 0, "{complaints}");
    let file = std::fs::read(out).expect("a signed file");
    let body = multipart(&[], Some(("'><img src=y onerror=alert(4)>.pdf", &file)));
    let answer = server.send("POST", "/verify", &[MULTIPART], &body);
    let place = answer.header("location").expect("a place").to_owned();
    server.settled(&place);
    for page in [place.clone(), format!("{place}/report.html")] {
        let text = server.get(&page).text();
        assert!(
            text.contains("alert(1)") && text.contains("alert(4)"),
            "{text}"
        );
        for markup in ["<script>alert", "<img src=x", "<img src=y", "<svg onload"] {
            assert!(!text.contains(markup), "{page}: {markup}");
        }
    }
}

#[test]
fn it_speaks_tls_with_its_certificate() {
    let desk = Desk::new();
    let folder = desk.input("");
    let (code, _, complaints) = run(std::process::Command::new("openssl")
        .current_dir(&folder)
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "9",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "tls.key",
            "-out",
            "tls.pem",
        ]));
    assert_eq!(code, 0, "{complaints}");
    let (certificate, key) = (desk.input("tls.pem"), desk.input("tls.key"));
    let paths = [
        certificate.to_string_lossy().into_owned(),
        key.to_string_lossy().into_owned(),
    ];
    let server = Server::on(desk, &["--tls-cert", &paths[0], "--tls-key", &paths[1]]);
    let mut client = std::process::Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-servername",
            "localhost",
            "-verify_hostname",
            "localhost",
            "-CAfile",
            &paths[0],
            "-connect",
            server.address(),
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl");
    client
        .stdin
        .as_mut()
        .expect("its input")
        .write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .expect("a request");
    let mut answer = String::new();
    client
        .stdout
        .take()
        .expect("its output")
        .read_to_string(&mut answer)
        .expect("an answer");
    let _ = client.wait();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("name=\"password\""),
        "{answer}"
    );
    let missing = Desk::new();
    let (code, _, complaints) = run(saoy().arg("--data").arg(missing.output("data")).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        "nowhere.pem",
        "--tls-key",
        &paths[1],
    ]));
    assert_eq!(code, 4, "{complaints}");
    assert!(complaints.contains("nowhere.pem"), "{complaints}");
}

#[test]
fn an_encrypted_file_is_no_damaged_one_and_nobody_at_a_page_is_sent_to_a_terminal() {
    let server = Server::start(&[]);
    let page = server.desk.put("page.pdf", crate::sign::page());
    let out = server.desk.input("locked.pdf");
    let (code, _, complaints) = run(std::process::Command::new("qpdf")
        .arg("--encrypt")
        .args(["", "owner", "256", "--"])
        .args([&page, &out]));
    assert_eq!(code, 0, "{complaints}");
    let judged = |file: &[u8]| {
        let body = multipart(&[], Some(("a.pdf", file)));
        let answer = server.send("POST", "/verify", &[MULTIPART], &body);
        assert_eq!(answer.status, 303, "{}", answer.text());
        server
            .get(answer.header("location").expect("a place"))
            .text()
    };
    let page = judged(&std::fs::read(&out).expect("a locked file"));
    assert!(page.contains("Tệp được mã hóa: không thể xét"), "{page}");
    assert!(
        page.contains("TỆP ĐƯỢC MÃ HÓA") && !page.contains("Tệp hỏng"),
        "{page}"
    );
    assert!(page.contains("xin bản không mã hóa"), "{page}");
    // Whom to ask stands there; the command is folded.
    let page = judged(&signed(&server));
    let (shown, folded) = page
        .split_once("<details><summary>Chi tiết kỹ thuật")
        .expect("what is folded");
    assert!(shown.contains("Hỏi người quản trị"), "{shown}");
    assert!(!shown.contains("saoy trust"), "{shown}");
    assert!(
        folded.contains("Cho người quản trị") && folded.contains("saoy trust"),
        "{folded}"
    );
}

#[test]
fn every_type_that_is_read_has_a_name_on_pages() {
    let read: std::collections::BTreeSet<_> = saoy_pipeline::classify::types().collect();
    let named: std::collections::BTreeSet<_> = saoy_server::types().collect();
    assert_eq!(read, named);
}
