//! Fetching over HTTP what certificates name: only from allowed hosts, never from inside, bounded in time and size.
//!
//! An address comes from a certificate, so from a stranger: it must not make this program knock at machines that only
//! this network can reach. Names are resolved once, every address is checked, and the connection goes to the address
//! that was checked; each redirection is checked anew. Revocation lists and OCSP answers are signed, so plain HTTP is
//! what RFC 5280 (8) asks for; other schemes are refused.

use std::fmt;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use saoy_pipeline::record::Bilingual;

use crate::words::said;

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
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            inside: false,
            bytes: 1 << 20,
            time: Duration::from_secs(10),
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
    /// Not `http://host[:port]/path`.
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
    /// The system says so.
    Io(std::io::Error),
}

impl FetchError {
    /// In both languages.
    pub(crate) fn spoken(&self) -> Bilingual {
        match self {
            Self::Address => said!(
                "chỉ tải qua địa chỉ http://",
                "only http:// addresses are fetched"
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
        let (head, body) = ask(&url, question, bounds, deadline)?;
        match head.status {
            200 => return Ok(body),
            301 | 302 | 303 | 307 | 308 => {
                let location = head.location.ok_or(FetchError::Garbage)?;
                address = url.then(&location);
            }
            status => return Err(FetchError::Status(status)),
        }
    }
    Err(FetchError::Hops)
}

/// `http://host[:port]/path`.
#[derive(Debug, PartialEq, Eq)]
struct Url {
    host: String,
    port: u16,
    path: String,
}

impl Url {
    fn parse(text: &str) -> Result<Self, FetchError> {
        let text = text.trim();
        let scheme = text.get(..7).ok_or(FetchError::Address)?;
        if !scheme.eq_ignore_ascii_case("http://") {
            return Err(FetchError::Address);
        }
        let rest = text.get(7..).unwrap_or_default();
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
            host: host.to_ascii_lowercase(),
            port,
            path,
        })
    }

    /// Where a redirection leads.
    fn then(&self, location: &str) -> String {
        if location.starts_with('/') && !location.starts_with("//") {
            format!("http://{}:{}{location}", self.bracketed(), self.port)
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

struct Head {
    status: u16,
    location: Option<String>,
}

fn ask(
    url: &Url,
    question: Question<'_>,
    bounds: &Bounds,
    deadline: Instant,
) -> Result<(Head, Vec<u8>), FetchError> {
    let mut stream = connect(url, bounds, deadline)?;
    // HTTP/1.0: the answer ends with the connection and comes in one piece.
    let host = url.bracketed();
    let request = match question {
        Question::Get => format!(
            "GET {} HTTP/1.0\r\nHost: {host}\r\nAccept: */*\r\n\r\n",
            url.path
        ),
        Question::Post { kind, body } => format!(
            "POST {} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            url.path,
            body.len()
        ),
    };
    stream.set_write_timeout(Some(left(deadline)?))?;
    stream.write_all(request.as_bytes())?;
    if let Question::Post { body, .. } = question {
        stream.write_all(body)?;
    }
    answer(&mut stream, bounds, deadline)
}

fn connect(url: &Url, bounds: &Bounds, deadline: Instant) -> Result<TcpStream, FetchError> {
    let allowed = bounds.hosts.iter().any(|host| {
        let host = host.to_ascii_lowercase();
        url.host == host || url.host.ends_with(&format!(".{host}"))
    });
    if !allowed {
        return Err(FetchError::Host(url.host.clone()));
    }
    let addresses: Vec<SocketAddr> = (url.host.as_str(), url.port).to_socket_addrs()?.collect();
    // One address inside among public ones is the oldest trick: all must be outside.
    let inside = addresses.iter().find(|address| is_inside(address.ip()));
    if let Some(inside) = inside.filter(|_| !bounds.inside) {
        return Err(FetchError::Inside(url.host.clone(), inside.ip()));
    }
    let mut last = FetchError::Garbage;
    for address in &addresses {
        match TcpStream::connect_timeout(address, left(deadline)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

fn answer(
    stream: &mut TcpStream,
    bounds: &Bounds,
    deadline: Instant,
) -> Result<(Head, Vec<u8>), FetchError> {
    let limit = usize::try_from(bounds.bytes).unwrap_or(usize::MAX);
    let mut bytes: Vec<u8> = Vec::new();
    let mut buffer = [0; 8192];
    let mut begins: Option<usize> = None;
    loop {
        stream.set_read_timeout(Some(left(deadline)?))?;
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if begins.is_none() {
            begins = end_of_head(&bytes);
        }
        match begins {
            Some(begins) if bytes.len() - begins > limit => {
                return Err(FetchError::TooLong(bounds.bytes));
            }
            None if bytes.len() > HEAD => return Err(FetchError::Garbage),
            _ => {}
        }
    }
    let begins = begins.ok_or(FetchError::Garbage)?;
    let body = bytes.split_off(begins);
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    if !first
        .next()
        .is_some_and(|version| version.starts_with("HTTP/1."))
    {
        return Err(FetchError::Garbage);
    }
    let status = first
        .next()
        .and_then(|status| status.parse().ok())
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
    // Half a list would be read as damaged; better to say here that the line broke.
    if let Some(length) = header("content-length").and_then(|length| length.parse::<usize>().ok())
        && length > body.len()
    {
        return Err(FetchError::Garbage);
    }
    let location = header("location");
    Ok((Head { status, location }, body))
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
