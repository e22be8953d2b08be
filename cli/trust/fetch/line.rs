//! A connection with a deadline: plain, or TLS by rustls and ring.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{FetchError, left};

/// One connection.
pub(super) enum Line {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Line {
    pub(super) fn plain(socket: TcpStream, deadline: Instant) -> Self {
        Self::Plain(Timed { socket, deadline })
    }

    /// With a server that shows a certificate for `host` by one of `roots`, else by one that the system trusts.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn tls(
        socket: TcpStream,
        host: &str,
        roots: Option<&Path>,
        deadline: Instant,
    ) -> Result<Self, FetchError> {
        let tls = |why: &dyn std::fmt::Display| FetchError::Tls(why.to_string());
        let name = ServerName::try_from(host.to_owned()).map_err(|why| tls(&why))?;
        let mut connection =
            ClientConnection::new(configuration(roots)?, name).map_err(|why| tls(&why))?;
        let mut timed = Timed { socket, deadline };
        while connection.is_handshaking() {
            if let Err(error) = connection.complete_io(&mut timed) {
                return Err(match error.kind() {
                    io::ErrorKind::TimedOut => FetchError::TooSlow,
                    _ => tls(&error),
                });
            }
        }
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, timed))))
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(line) => line.read(buffer),
            Self::Tls(line) => line.read(buffer),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(line) => line.write(bytes),
            Self::Tls(line) => line.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(line) => line.flush(),
            Self::Tls(line) => line.flush(),
        }
    }
}

/// A socket on which nothing takes longer than until the deadline, however slowly bytes drip.
pub(super) struct Timed {
    socket: TcpStream,
    deadline: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<std::time::Duration> {
        left(self.deadline).map_err(|_| io::ErrorKind::TimedOut.into())
    }
}

/// A timeout of a socket has two names.
fn timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        self.socket.read(buffer).map_err(timed_out)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        self.socket.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// How servers are held against certificates; the system's are read once.
fn configuration(roots: Option<&Path>) -> Result<Arc<ClientConfig>, FetchError> {
    static SYSTEM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(path) = roots {
        let mut store = RootCertStore::empty();
        let unreadable =
            |why: &dyn std::fmt::Display| FetchError::Tls(format!("{}: {why}", path.display()));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|why| unreadable(&why))? {
            let certificate = certificate.map_err(|why| unreadable(&why))?;
            store.add(certificate).map_err(|why| unreadable(&why))?;
        }
        return trusting(store);
    }
    if let Some(known) = SYSTEM.get() {
        return Ok(known.clone());
    }
    let mut store = RootCertStore::empty();
    // What of the system's store cannot be read is left out; a server that needs it is not trusted then.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let made = trusting(store)?;
    Ok(SYSTEM.get_or_init(|| made).clone())
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, FetchError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| FetchError::Tls(why.to_string()))?;
    Ok(Arc::new(
        builder.with_root_certificates(roots).with_no_client_auth(),
    ))
}
