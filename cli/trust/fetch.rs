//! Fetching over HTTP what certificates name: only from allowed hosts, never from inside, bounded in time and size.
//!
//! An address comes from a certificate, so from a stranger: it must not make this program knock at machines that only
//! this network can reach. Names are resolved once, every address is checked, and the connection goes to the address
//! that was checked; each redirection is checked anew. Revocation lists and OCSP answers are signed, so plain HTTP is
//! what RFC 5280 (8) asks for; services that are told secrets are asked over TLS. Other schemes are refused.

use std::fmt;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use saoy_pipeline::record::Bilingual;

use crate::words::said;
use line::Line;

mod line;

/// What a fetch may do.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    /// Hosts that may be asked: themselves and what lies below them.
    pub(crate) hosts: Vec<String>,
    /// Addresses inside may be asked too; for tests and for offices with their own authority.
    pub(crate) inside: bool,
    /// Most bytes of an answer.
    pub(crate) bytes: u64,
    /// Longest time for everything, redirections included.
    pub(crate) time: Duration,
    /// Certificates (PEM) that servers are held against instead of the system's.
    pub(crate) roots: Option<PathBuf>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            inside: false,
            bytes: 1 << 20,
            time: Duration::from_secs(10),
            roots: None,
        }
    }
}

/// Redirections that are followed.
const HOPS: usize = 3;
/// Longest head of an answer.
const HEAD: usize = 16 << 10;

/// Why nothing was fetched.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// Neither `http://host[:port]/path` nor `https://`.
    Address,
    /// A host that nobody allowed.
    Host(String),
    /// A host that leads inside.
    Inside(String, IpAddr),
    /// Longer than allowed.
    TooLong(u64),
    /// Slower than allowed.
    TooSlow,
    /// Sent on too often.
    Hops,
    /// Another answer than 200.
    Status(u16),
    /// No HTTP.
    Garbage,
    /// No connection: nothing was sent.
    Unreachable(std::io::Error),
    /// The server is not who it should be, or speaks no TLS that is known here.
    Tls(String),
    /// The system says so.
    Io(std::io::Error),
}

impl FetchError {
    /// In both languages.
    pub(crate) fn spoken(&self) -> Bilingual {
        match self {
            Self::Address => said!(
                "chỉ tải qua địa chỉ http:// hoặc https://",
                "only http:// and https:// addresses are fetched"
            ),
            Self::Host(host) => said!(
                "máy chủ {} chưa được phép; thêm --allow-host {}",
                "host {} is not allowed; add --allow-host {}",
                host,
                host
            ),
            Self::Inside(host, address) => said!(
                "máy chủ {} dẫn vào mạng nội bộ ({}), bị từ chối",
                "host {} leads inside ({}), refused",
                host,
                address
            ),
            Self::TooLong(limit) => said!(
                "trả lời dài hơn {} byte",
                "the answer is longer than {} bytes",
                limit
            ),
            Self::TooSlow => said!("quá thời gian", "it took too long"),
            Self::Hops => said!("chuyển hướng quá nhiều lần", "sent on too often"),
            Self::Status(status) => said!("máy chủ trả lời {}", "the server answers {}", status),
            Self::Garbage => said!("trả lời không phải HTTP", "the answer is no HTTP"),
            Self::Tls(why) => said!(
                "không lập được kết nối TLS tin cậy: {}",
                "no TLS connection that can be trusted: {}",
                why
            ),
            Self::Unreachable(error) => {
                let why = saoy_pipeline::speech::Spoken::spoken(error);
                Bilingual {
                    vi: format!("không kết nối được: {}", why.vi),
                    en: format!("no connection: {}", why.en),
                }
            }
            Self::Io(error) => saoy_pipeline::speech::Spoken::spoken(error),
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spoken().en)
    }
}

impl From<std::io::Error> for FetchError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => Self::TooSlow,
            _ => Self::Io(error),
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question<'a> {
    /// A resource.
    Get,
    /// An answer to `body`, whose media type is `kind`.
    Post { kind: &'a str, body: &'a [u8] },
    /// The same with the value of an `Authorization` header, empty for none.
    Call {
        kind: &'a str,
        body: &'a [u8],
        authorization: &'a str,
    },
}

/// What a server said, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// Seconds that the server asks to wait (RFC 9110, 10.2.3); dates are not read.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Vec<u8>,
}

/// Asks `address` once and follows nothing.
///
/// # Errors
/// When it may not be asked, or the answer is none within the bounds.
pub(crate) fn exchange(
    address: &str,
    question: Question<'_>,
    bounds: &Bounds,
) -> Result<Answer, FetchError> {
    ask(
        &Url::parse(address)?,
        question,
        bounds,
        Instant::now() + bounds.time,
    )
}

/// Asks `address`.
///
/// # Errors
/// When it may not be asked, or the answer is none within the bounds.
pub(crate) fn fetch(
    address: &str,
    question: Question<'_>,
    bounds: &Bounds,
) -> Result<Vec<u8>, FetchError> {
    let deadline = Instant::now() + bounds.time;
    let mut address = address.to_owned();
    for _ in 0..=HOPS {
        let url = Url::parse(&address)?;
        let answer = ask(&url, question, bounds, deadline)?;
        match answer.status {
            200 => return Ok(answer.body),
            301 | 302 | 303 | 307 | 308 => {
                let location = answer.location.ok_or(FetchError::Garbage)?;
                address = url.then(&location);
            }
            status => return Err(FetchError::Status(status)),
        }
    }
    Err(FetchError::Hops)
}

/// `http://host[:port]/path`, or the same over TLS.
#[derive(Debug, PartialEq, Eq)]
struct Url {
    is_tls: bool,
    host: String,
    port: u16,
    path: String,
}

impl Url {
    fn parse(text: &str) -> Result<Self, FetchError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(FetchError::Address)?;
        let is_tls = scheme.eq_ignore_ascii_case("https");
        if !is_tls && !scheme.eq_ignore_ascii_case("http") {
            return Err(FetchError::Address);
        }
        // No credentials, no blanks, nothing that could end the line of a request.
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FetchError::Address);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !authority.ends_with(']') => {
                (host, port.parse().map_err(|_| FetchError::Address)?)
            }
            _ if is_tls => (authority, 443),
            _ => (authority, 80),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains('@') {
            return Err(FetchError::Address);
        }
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        Ok(Self {
            is_tls,
            host: host.to_ascii_lowercase(),
            port,
            path,
        })
    }

    /// Where a redirection leads.
    fn then(&self, location: &str) -> String {
        if location.starts_with('/') && !location.starts_with("//") {
            let scheme = if self.is_tls { "https" } else { "http" };
            format!("{scheme}://{}:{}{location}", self.bracketed(), self.port)
        } else {
            location.to_owned()
        }
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }
}

/// The host of an address, in lower case.
pub(crate) fn host_of(address: &str) -> Option<String> {
    Url::parse(address).ok().map(|url| url.host)
}

/// Whether an address is of TLS.
pub(crate) fn is_tls(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.is_tls)
}

fn ask(
    url: &Url,
    question: Question<'_>,
    bounds: &Bounds,
    deadline: Instant,
) -> Result<Answer, FetchError> {
    let socket = connect(url, bounds, deadline)?;
    let mut line = if url.is_tls {
        Line::tls(socket, &url.host, bounds.roots.as_deref(), deadline)?
    } else {
        Line::plain(socket, deadline)
    };
    let default = if url.is_tls { 443 } else { 80 };
    let host = match url.port {
        port if port == default => url.bracketed(),
        port => format!("{}:{port}", url.bracketed()),
    };
    // HTTP/1.1, since gateways turn 1.0 away; the connection is for one question.
    let common = format!("HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: */*\r\n");
    let posted = |kind: &str, body: &[u8]| {
        let length = body.len();
        format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n")
    };
    let (head, body) = match question {
        Question::Get => (format!("GET {} {common}\r\n", url.path), &[][..]),
        Question::Post { kind, body } => (
            format!("POST {} {common}{}\r\n", url.path, posted(kind, body)),
            body,
        ),
        Question::Call {
            kind,
            body,
            authorization,
        } => {
            let proof = match authorization {
                "" => String::new(),
                proof => format!("Authorization: {proof}\r\n"),
            };
            (
                format!(
                    "POST {} {common}{proof}{}\r\n",
                    url.path,
                    posted(kind, body)
                ),
                body,
            )
        }
    };
    // Not joined: a body may hold a secret, and needs no second copy.
    line.write_all(head.as_bytes())?;
    line.write_all(body)?;
    line.flush()?;
    answer(&mut line, bounds)
}

fn connect(url: &Url, bounds: &Bounds, deadline: Instant) -> Result<TcpStream, FetchError> {
    let allowed = bounds.hosts.iter().any(|host| {
        let host = host.to_ascii_lowercase();
        url.host == host || url.host.ends_with(&format!(".{host}"))
    });
    if !allowed {
        return Err(FetchError::Host(url.host.clone()));
    }
    let addresses: Vec<SocketAddr> = (url.host.as_str(), url.port)
        .to_socket_addrs()
        .map_err(FetchError::Unreachable)?
        .collect();
    // One address inside among public ones is the oldest trick: all must be outside.
    let inside = addresses.iter().find(|address| is_inside(address.ip()));
    if let Some(inside) = inside.filter(|_| !bounds.inside) {
        return Err(FetchError::Inside(url.host.clone(), inside.ip()));
    }
    let mut last = FetchError::Garbage;
    for address in &addresses {
        match TcpStream::connect_timeout(address, left(deadline)?) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                last = FetchError::TooSlow;
            }
            Err(error) => last = FetchError::Unreachable(error),
        }
    }
    Err(last)
}

fn answer(line: &mut impl Read, bounds: &Bounds) -> Result<Answer, FetchError> {
    let limit = usize::try_from(bounds.bytes).unwrap_or(usize::MAX);
    let mut bytes: Vec<u8> = Vec::new();
    let mut buffer = [0; 8192];
    let mut head: Option<(usize, Head)> = None;
    loop {
        if let Some((begins, head)) = &head
            && let Some(length) = head.length
            && bytes.len() >= begins.saturating_add(length)
        {
            break;
        }
        // The last chunk is the end, whether the line is closed or not.
        if let Some((begins, head)) = &head
            && head.is_chunked
            && bytes.ends_with(b"\r\n\r\n")
            && bytes
                .get(*begins..)
                .is_some_and(|body| unchunked(body).is_some())
        {
            break;
        }
        let count = line.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if head.is_none()
            && let Some(begins) = end_of_head(&bytes)
        {
            head = Some((begins, Head::read(bytes.get(..begins).unwrap_or_default())?));
        }
        match &head {
            // Chunks have heads of their own.
            Some((begins, head))
                if bytes.len() - begins
                    > limit.saturating_mul(1 + usize::from(head.is_chunked)) =>
            {
                return Err(FetchError::TooLong(bounds.bytes));
            }
            None if bytes.len() > HEAD => return Err(FetchError::Garbage),
            _ => {}
        }
    }
    let (begins, head) = head.ok_or(FetchError::Garbage)?;
    let mut body = bytes.split_off(begins);
    if head.is_chunked {
        body = unchunked(&body).ok_or(FetchError::Garbage)?;
    }
    if let Some(length) = head.length {
        // Half a list would be read as damaged; better to say here that the line broke.
        if length > body.len() {
            return Err(FetchError::Garbage);
        }
        body.truncate(length);
    }
    if body.len() > limit {
        return Err(FetchError::TooLong(bounds.bytes));
    }
    Ok(Answer {
        status: head.status,
        location: head.location,
        retry_after: head.retry_after,
        body,
    })
}

/// What stands above the body.
struct Head {
    status: u16,
    location: Option<String>,
    retry_after: Option<u64>,
    length: Option<usize>,
    is_chunked: bool,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, FetchError> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines();
        let mut first = lines.next().unwrap_or_default().split(' ');
        let version = first.next().unwrap_or_default();
        let status = first.next().and_then(|status| status.parse().ok());
        let status = status
            .filter(|_| version.starts_with("HTTP/1."))
            .ok_or(FetchError::Garbage)?;
        let headers: Vec<(&str, &str)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        let header = |wanted: &str| {
            let mut found = headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.next().map(|(_, value)| (*value).to_owned())
        };
        let is_chunked = header("transfer-encoding")
            .is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"));
        // A length beside chunks means nothing (RFC 9112, 6.3).
        let length = header("content-length").filter(|_| !is_chunked);
        let is_empty = status == 204 || status == 304;
        Ok(Self {
            status,
            location: header("location"),
            retry_after: header("retry-after").and_then(|seconds| seconds.parse().ok()),
            length: if is_empty {
                Some(0)
            } else {
                length.and_then(|length| length.parse().ok())
            },
            is_chunked: is_chunked && !is_empty,
        })
    }
}

/// Joins the chunks (RFC 9112, 7.1); `None` when the last is missing.
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let rest = bytes.get(end + 2..)?;
        body.extend_from_slice(rest.get(..size)?);
        bytes = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn left(deadline: Instant) -> Result<Duration, FetchError> {
    deadline
        .checked_duration_since(Instant::now())
        .filter(|left| !left.is_zero())
        .ok_or(FetchError::TooSlow)
}

/// Whether only this machine or this network reaches an address, or nobody does (the registries of RFC 6890).
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => is_inside_v6(address),
    }
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Shared by carriers; protocol assignments; benchmarking.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

fn is_inside_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [first, second, ..] = segments;
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_inside_v4(Ipv4Addr::new(a, b, c, d))
    };
    let [_, _, third, _, _, _, high, low] = segments;
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_inside_v4(mapped);
    }
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        // Unique local, link local, site local, documentation, tunnels of Teredo.
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        || first & 0xffc0 == 0xfec0
        || (first == 0x2001 && (second == 0xdb8 || second == 0))
        // An IPv4 address carried in another: NAT64, 6to4, and the old compatible form.
        || (first == 0x64 && second == 0xff9b && embedded(high, low))
        || (first == 0x2002 && embedded(second, third))
        || (segments.iter().take(6).all(|part| *part == 0) && embedded(high, low))
}

#[cfg(test)]
mod tests;
