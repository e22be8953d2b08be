//! Asking servers while signing: timestamps, revocation lists, OCSP; bounded in time and size.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use saoy_signing::revocation::Fetch;

/// Longest time for one answer: authorities were measured to take up to 131 s.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);
/// Longest answer, bytes: lists of large authorities have some megabytes.
const LONGEST: usize = 32 << 20;

/// Sends `body` to `address` (or only asks for it), and gives the answer's body.
///
/// # Errors
/// What went wrong, for people who know HTTP.
pub(super) fn ask(
    address: &str,
    body: Option<(&str, &[u8])>,
    patience: Duration,
) -> Result<Vec<u8>, String> {
    let deadline = Instant::now() + patience;
    let rest = address
        .strip_prefix("http://")
        .ok_or("only http:// addresses are asked")?;
    if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("an address with blanks".to_owned());
    }
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let named = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let said = |error: std::io::Error| error.to_string();
    let socket = named
        .to_socket_addrs()
        .map_err(said)?
        .next()
        .ok_or("no such host")?;
    let mut stream = TcpStream::connect_timeout(&socket, left(deadline)?).map_err(said)?;
    // HTTP/1.0: the answer ends with the connection and comes in one piece.
    let mut request = match body {
        None => format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n").into_bytes(),
        Some((kind, body)) => {
            let length = body.len();
            format!("POST {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n")
                .into_bytes()
        }
    };
    request.extend_from_slice(body.map_or(&[], |(_, body)| body));
    stream
        .set_write_timeout(Some(left(deadline)?))
        .map_err(said)?;
    stream.write_all(&request).map_err(said)?;
    let (mut answer, mut piece) = (Vec::new(), [0; 8192]);
    loop {
        stream
            .set_read_timeout(Some(left(deadline)?))
            .map_err(said)?;
        let count = stream.read(&mut piece).map_err(said)?;
        if count == 0 {
            break;
        }
        answer.extend_from_slice(piece.get(..count).unwrap_or_default());
        if answer.len() > LONGEST {
            return Err("the answer is too long".to_owned());
        }
    }
    split(&answer)
}

/// The body of a complete answer 200.
fn split(answer: &[u8]) -> Result<Vec<u8>, String> {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or("no HTTP answer")?;
    let (head, body) = answer.split_at_checked(end + 4).ok_or("no HTTP answer")?;
    let head = String::from_utf8_lossy(head);
    let status = head.split(' ').nth(1).unwrap_or_default();
    if !head.starts_with("HTTP/1.") || status != "200" {
        return Err(format!("the server answers {status}"));
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    if length.is_some_and(|length| length != body.len()) {
        return Err("the answer was cut off".to_owned());
    }
    Ok(body.to_vec())
}

fn left(deadline: Instant) -> Result<Duration, String> {
    let left = deadline
        .checked_duration_since(Instant::now())
        .filter(|left| !left.is_zero());
    left.ok_or_else(|| "no answer in time".to_owned())
}

/// Servers that the signer's own certificates name.
pub(super) struct Servers;

impl Fetch for Servers {
    fn ocsp(&self, url: &str, request: &[u8]) -> Option<Vec<u8>> {
        ask(
            url,
            Some(("application/ocsp-request", request)),
            Duration::from_secs(10),
        )
        .ok()
    }

    fn crl(&self, url: &str) -> Option<Vec<u8>> {
        ask(url, None, Duration::from_secs(30)).ok()
    }

    fn issuer(&self, url: &str) -> Option<Vec<u8>> {
        ask(url, None, Duration::from_secs(10)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn only_a_whole_answer_200_counts() {
        assert_eq!(
            split(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab"),
            Ok(b"ab".to_vec())
        );
        assert_eq!(split(b"HTTP/1.1 200 OK\r\n\r\nab"), Ok(b"ab".to_vec()));
        assert!(split(b"HTTP/1.0 500 No\r\n\r\nab").is_err());
        assert!(split(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nab").is_err());
        assert!(split(b"SSH-2.0\r\n\r\n").is_err());
        assert!(split(b"").is_err());
    }
}
