//! Connections: accepted, limited, encrypted where they come from elsewhere.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tower::ServiceExt as _;

use crate::app::App;
use crate::log::Client;
use crate::{Accounts, Settings, World, hooks, routes};

/// Longest time for a request's head to arrive, and for a handshake.
const HEAD: Duration = Duration::from_secs(15);
/// Longest time for what is being done when the server is told to stop.
const ENDING: Duration = Duration::from_secs(30);
/// Connections at a time, in all and from one address.
const CONNECTIONS: usize = 1024;
const FROM_ONE: usize = 128;

/// The server's certificate and key, PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate and those above it.
    pub certificates: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    runtime: tokio::runtime::Runtime,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, lets what is being done be done for half a minute, and ends.
    pub fn stop(self) {
        // Nobody listens when the task has ended already.
        let _ = self.stop.send(true);
        let _ = self.runtime.block_on(self.task);
        self.runtime.shutdown_timeout(Duration::from_secs(1));
    }
}

/// Starts a server.
///
/// # Errors
/// When the address cannot be had, the certificate cannot be read, or the system gives no threads.
pub fn start(
    settings: Settings,
    world: World,
    accounts: Accounts,
    tls: Option<&Tls>,
) -> io::Result<Running> {
    let acceptor = tls.map(acceptor).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let listener = runtime.block_on(TcpListener::bind(settings.listen))?;
    let address = listener.local_addr()?;
    // What an earlier run left when it was killed; nobody else uses this folder.
    let _ = std::fs::remove_dir_all(settings.own().join("incoming"));
    let app = Arc::new(App::new(settings, world, accounts));
    let router = routes::router(&app);
    let (stop, stopped) = watch::channel(false);
    runtime.spawn(hooks::run(Arc::clone(&app), stopped.clone()));
    let task = runtime.spawn(accept(listener, acceptor, router, stopped));
    Ok(Running {
        address,
        runtime,
        stop,
        task,
    })
}

fn acceptor(tls: &Tls) -> io::Result<TlsAcceptor> {
    let at = |path: &Path, error: &dyn std::fmt::Display| {
        io::Error::other(format!("{}: {error}", path.display()))
    };
    // A clear message for a file that is not there.
    File::open(&tls.certificates).map_err(|error| at(&tls.certificates, &error))?;
    File::open(&tls.key).map_err(|error| at(&tls.key, &error))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.certificates)
        .and_then(Iterator::collect)
        .map_err(|error| at(&tls.certificates, &error))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| at(&tls.key, &error))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| at(&tls.certificates, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let from: Arc<Mutex<HashMap<IpAddr, usize>>> = Arc::default();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    // Too many files are open, say; the next try may do.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        let Some(counted) = Counted::new(&from, peer.ip()) else {
            continue;
        };
        let (acceptor, router, stopped) = (acceptor.clone(), router.clone(), stopped.clone());
        tokio::spawn(async move {
            let _held = (place, counted);
            connection(stream, peer, acceptor, router, stopped).await;
        });
    }
    drop(listener);
    // Those that are still at work hold their places.
    let _ = tokio::time::timeout(
        ENDING,
        places.acquire_many(u32::try_from(CONNECTIONS).unwrap_or(u32::MAX)),
    )
    .await;
}

/// One of the connections from an address.
struct Counted(Arc<Mutex<HashMap<IpAddr, usize>>>, IpAddr);

impl Counted {
    fn new(from: &Arc<Mutex<HashMap<IpAddr, usize>>>, address: IpAddr) -> Option<Self> {
        let mut all = from.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(address).or_default();
        if *count >= FROM_ONE {
            return None;
        }
        *count += 1;
        Some(Self(Arc::clone(from), address))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.1);
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    stopped: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => serve(stream, peer, router, stopped).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HEAD, acceptor.accept(stream)).await {
                serve(stream, peer, router, stopped).await;
            }
        }
    }
}

async fn serve<S>(stream: S, peer: SocketAddr, router: Router, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Client(peer.ip()));
        router.clone().oneshot(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(100)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // A connection that breaks is its client's affair.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
