//! Webhooks: signed, sent again until they are taken, told what the command line does as well.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{run, saoy};

use super::client::Server;

/// A receiver that refuses the first messages; gives heads and bodies.
fn receiver(refusing: usize) -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (to, from) = mpsc::channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            let mut whole = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let count = stream.read(&mut buffer).expect("a request");
                whole.extend(&buffer[..count]);
                let text = String::from_utf8_lossy(&whole).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length: usize = head
                    .lines()
                    .find_map(|line| {
                        line.to_lowercase()
                            .strip_prefix("content-length: ")
                            .map(|count| count.trim().parse().expect("a number"))
                    })
                    .expect("a length");
                if body.len() < length {
                    continue;
                }
                let status = if number < refusing {
                    "503 Busy"
                } else {
                    "204 Taken"
                };
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")
                    .expect("an answer");
                if to.send((head.to_owned(), body.to_owned())).is_err() {
                    return;
                }
                break;
            }
        }
    });
    (address, from)
}

#[test]
fn what_happens_is_told_signed_and_until_it_is_taken() {
    let server = Server::start(&[]);
    let data = server.desk.output("data");
    let done = |arguments: &[&str]| {
        let (code, out, complaints) = run(saoy().arg("--data").arg(&data).args(arguments));
        assert_eq!(code, 0, "{complaints}");
        out
    };
    let token = done(&["account", "token", "root", "--label", "webhooks"])
        .trim()
        .to_owned();
    let bearer = format!("Bearer {token}");
    let ask = |method: &str, path: &str, body: &Value| {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        server.send(
            method,
            path,
            &[
                ("Authorization", &bearer),
                ("Content-Type", "application/json"),
            ],
            text.as_bytes(),
        )
    };
    for bad in [
        json!({ "url": "http://192.0.2.1/" }),
        json!({ "url": "https://a.example/", "events": ["nothing"] }),
    ] {
        assert_eq!(ask("POST", "/api/v1/webhooks", &bad).status, 400);
    }
    let (address, messages) = receiver(1);
    let made = ask(
        "POST",
        "/api/v1/webhooks",
        &json!({ "url": format!("http://{address}/saoy?a=b"), "events": ["document.added"] }),
    );
    assert_eq!(made.status, 201, "{}", made.text());
    let (id, secret) = (
        made.json()["id"].to_string(),
        made.json()["secret"].as_str().expect("a secret").to_owned(),
    );
    assert!(
        !ask("GET", "/api/v1/webhooks", &Value::Null)
            .text()
            .contains(&secret)
    );

    let paper = server.desk.put("paper.pdf", crate::sign::page());
    done(&[
        "archive",
        "add",
        &paper.to_string_lossy(),
        "--set",
        "subject=Về việc họp",
        "--by",
        "keeper",
    ]);

    let wait = Duration::from_secs(60);
    let (first, body) = messages.recv_timeout(wait).expect("a message");
    let (second, again) = messages.recv_timeout(wait).expect("the same once more");
    assert_eq!(body, again);
    assert!(
        first.starts_with("POST /saoy?a=b HTTP/1.1")
            && second.starts_with("POST /saoy?a=b HTTP/1.1")
    );
    let event: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        (event["schema"].as_str(), event["event"].as_str()),
        (Some("saoy.event/1"), Some("document.added"))
    );
    // Nothing of what the paper says.
    assert!(!body.contains("họp"));
    let signature = first
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("saoy-signature: ")
                .map(str::to_owned)
        })
        .expect("a signature");
    let (time, hex) = signature
        .strip_prefix("t=")
        .and_then(|rest| rest.split_once(",v1="))
        .expect("its parts");
    let text = server.desk.put("message", format!("{time}.{body}"));
    let told = crate::program::asked(
        "openssl",
        &["dgst", "-sha256", "-hmac", &secret, &text.to_string_lossy()],
    );
    assert!(told.trim().ends_with(hex), "{told} {hex}");

    let deliveries = (0..50)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(100));
            ask(
                "GET",
                &format!("/api/v1/webhooks/{id}/deliveries"),
                &Value::Null,
            )
            .json()
        })
        .find(|all| all[0]["state"] == "delivered")
        .expect("delivered");
    assert_eq!(
        (deliveries.as_array().map(Vec::len), &deliveries[0]["tries"]),
        (Some(1), &json!(2))
    );
    assert_eq!(
        ask("DELETE", &format!("/api/v1/webhooks/{id}"), &Value::Null).status,
        204
    );
    assert_eq!(
        ask("DELETE", &format!("/api/v1/webhooks/{id}"), &Value::Null).status,
        404
    );
}
