//! Fetching, against small servers on this machine.

use std::net::TcpListener;

use super::*;

/// A server that answers every connection with what `answer` makes of the request; its address.
fn server(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let count = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..count]).into_owned();
            let _ = stream.write_all(&answer(&request));
        }
    });
    address
}

fn bounds() -> Bounds {
    Bounds {
        hosts: vec!["127.0.0.1".to_owned()],
        inside: true,
        bytes: 1000,
        time: Duration::from_millis(800),
        roots: None,
    }
}

fn ok(body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend(body);
    answer
}

#[test]
fn an_answer_is_fetched_and_redirections_are_followed_a_few_times() {
    let address = server(|request| {
        if request.starts_with("GET /once") {
            b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n".to_vec()
        } else if request.starts_with("GET /ever") {
            b"HTTP/1.1 302 Found\r\nLocation: /ever\r\n\r\n".to_vec()
        } else if request.starts_with("POST") {
            ok(b"posted")
        } else {
            ok(b"list")
        }
    });
    let get = |path: &str| fetch(&format!("{address}{path}"), Question::Get, &bounds());
    assert_eq!(get("/there").unwrap(), b"list");
    assert_eq!(get("/once").unwrap(), b"list");
    assert!(matches!(get("/ever"), Err(FetchError::Hops)));
    let question = Question::Post {
        kind: "application/ocsp-request",
        body: b"?",
    };
    assert_eq!(fetch(&address, question, &bounds()).unwrap(), b"posted");
}

#[test]
fn nothing_inside_is_asked_however_it_is_named() {
    let address = server(|_| ok(b"secret"));
    let port = address.rsplit_once(':').unwrap().1.to_owned();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let bounds = Bounds {
            hosts: vec![host.trim_matches(['[', ']']).to_owned()],
            inside: false,
            ..bounds()
        };
        let answer = fetch(&format!("http://{host}:{port}/"), Question::Get, &bounds);
        assert!(
            matches!(answer, Err(FetchError::Inside(..))),
            "{host}: {answer:?}"
        );
    }
    let stranger = fetch("http://127.0.0.1.example.org/", Question::Get, &bounds());
    assert!(matches!(stranger, Err(FetchError::Host(_))));
}

#[test]
fn a_redirection_is_checked_like_the_first_address() {
    let address = server(|_| {
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n\r\n".to_vec()
    });
    assert!(matches!(
        fetch(&address, Question::Get, &bounds()),
        Err(FetchError::Host(_))
    ));
    let mut open = bounds();
    open.hosts.push("169.254.169.254".to_owned());
    open.inside = false;
    let answer = fetch("http://169.254.169.254/latest/", Question::Get, &open);
    assert!(matches!(answer, Err(FetchError::Inside(..))));
}

#[test]
fn faulty_servers_cost_an_error_and_little_time() {
    type Expected = fn(&FetchError) -> bool;
    let cases: [(Vec<u8>, Expected); 5] = [
        (ok(&[0; 2000]), |error| {
            matches!(error, FetchError::TooLong(1000))
        }),
        (b"HTTP/1.1 500 Oops\r\n\r\n".to_vec(), |error| {
            matches!(error, FetchError::Status(500))
        }),
        (b"SSH-2.0-x\r\n\r\n".to_vec(), |error| {
            matches!(error, FetchError::Garbage)
        }),
        (vec![b'x'; 100_000], |error| {
            matches!(error, FetchError::Garbage | FetchError::Io(_))
        }),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec(),
            |error| matches!(error, FetchError::Garbage),
        ),
    ];
    for (answer, expected) in cases {
        let said = String::from_utf8_lossy(&answer[..20.min(answer.len())]).into_owned();
        let address = server(move |_| answer.clone());
        let error = fetch(&address, Question::Get, &bounds()).unwrap_err();
        assert!(expected(&error), "{said}: {error:?}");
    }
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let begun = Instant::now();
    assert!(matches!(
        fetch(&address, Question::Get, &bounds()),
        Err(FetchError::TooSlow)
    ));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn addresses_are_taken_apart_strictly() {
    for wrong in [
        "ftp://ca.gov.vn/",
        "file:///etc/passwd",
        "ldap://ca.gov.vn/cn=x",
        "",
        "http://",
        "http://a@b/",
        "http://a b/",
        "http://a\r\nX: y/",
        "http://a:99999/",
    ] {
        assert!(
            matches!(Url::parse(wrong), Err(FetchError::Address)),
            "{wrong}"
        );
    }
    let url = Url::parse("HTTP://CA.gov.vn:8080/pki/a.crl?x#y").unwrap();
    assert_eq!(
        (url.host.as_str(), url.port, url.path.as_str()),
        ("ca.gov.vn", 8080, "/pki/a.crl?x")
    );
    let url = Url::parse("https://ca.gov.vn").unwrap();
    assert_eq!((url.is_tls, url.port, url.path.as_str()), (true, 443, "/"));
    assert_eq!(url.then("/x"), "https://ca.gov.vn:443/x");
}

#[test]
fn addresses_inside_are_known() {
    for inside in [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "127.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "::1",
        "::",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001::1",
        "ff02::1",
        "::a00:1",
    ] {
        assert!(is_inside(inside.parse().unwrap()), "{inside}");
    }
    for outside in [
        "8.8.8.8",
        "103.21.148.1",
        "2001:4860:4860::8888",
        "64:ff9b::808:808",
    ] {
        assert!(!is_inside(outside.parse().unwrap()), "{outside}");
    }
}

#[test]
fn chunks_are_joined_and_a_lost_end_is_seen() {
    let answered = |answer: &'static [u8]| {
        let address = server(move |_| answer.to_vec());
        fetch(&address, Question::Get, &bounds())
    };
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let whole = format!("{head}3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n");
    assert_eq!(answered(whole.leak().as_bytes()).unwrap(), b"abc0123456789");
    for broken in [
        "3\r\nabc\r\n",
        "3\r\nab",
        "x\r\n",
        "ffffffffffffffff\r\nab",
        "0",
    ] {
        let answer = format!("{head}{broken}");
        assert!(
            matches!(answered(answer.leak().as_bytes()), Err(FetchError::Garbage)),
            "{broken}"
        );
    }
    // A server that keeps the line open is not waited for once all is there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&ok(b"all"));
        std::thread::sleep(Duration::from_secs(5));
    });
    assert_eq!(fetch(&address, Question::Get, &bounds()).unwrap(), b"all");
}
