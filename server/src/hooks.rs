//! Telling other systems what happened: entries of the archive's log become signed messages, sent until they are taken.
//!
//! What is sent comes from the log and not from the handlers, so what the command line does is told as well, and a server
//! that was off misses nothing. A message may come twice, never not at all: its `id` says which it is.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use ring::hmac;
use saoy_archive::audit::Entry;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::accounts::hooks::Due;
use crate::app::App;
use crate::trouble::Trouble;

/// How often the log is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Longest time for one message.
const LIMIT: Duration = Duration::from_secs(10);
/// Entries at a time.
const AT_ONCE: usize = 500;

/// Actions of the log, and the events they are told as.
pub(crate) const EVENTS: [(&str, &str); 9] = [
    ("copy.prepare", "copy.prepared"),
    ("copy.sign", "copy.signed"),
    ("copy.seal", "copy.sealed"),
    ("copy.deliver", "copy.delivered"),
    ("copy.cancel", "copy.cancelled"),
    ("register.annul", "copy.annulled"),
    ("document.add", "document.added"),
    ("document.revise", "document.revised"),
    ("reuse.handout", "document.reused"),
];

/// Runs until it is stopped.
pub(crate) async fn run(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => return,
        }
        // What cannot be done now is done at the next look: nothing is forgotten.
        if gather(&app).await.is_ok() {
            let _ = deliver(&app).await;
        }
    }
}

/// Writes down what the log has behind the place that was told last.
async fn gather(app: &Arc<App>) -> Result<(), Trouble> {
    loop {
        let Some(told) = app.accounts(|accounts| accounts.told()).await? else {
            return Ok(());
        };
        if !app.has_archive() {
            return Ok(());
        }
        let entries = app
            .archive(move |archive| Ok(archive.entries_after(told, AT_ONCE)?))
            .await?;
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            return Ok(());
        };
        let events: Vec<(String, String)> = entries.iter().filter_map(event).collect();
        app.accounts(move |accounts| accounts.tell(last, &events))
            .await?;
    }
}

/// The event of an entry. The log holds no personal data, so neither does the message.
fn event(entry: &Entry) -> Option<(String, String)> {
    let (_, name) = EVENTS.iter().find(|(action, _)| *action == entry.action)?;
    let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    let body = serde_json::json!({
        "schema": "saoy.event/1",
        "id": entry.seq,
        "event": name,
        "at": entry.at,
        "subject": entry.subject,
        "detail": detail,
    });
    Some(((*name).to_owned(), body.to_string()))
}

async fn deliver(app: &Arc<App>) -> Result<(), Trouble> {
    for due in app.accounts(|accounts| accounts.due()).await? {
        let at = (app.world.now)().as_second();
        let sent = tokio::time::timeout(LIMIT, send(&due, at)).await;
        let trouble = match sent {
            Ok(Ok(())) => None,
            Ok(Err(trouble)) => Some(trouble),
            Err(_) => Some(format!("no answer within {} s", LIMIT.as_secs())),
        };
        app.accounts(move |accounts| accounts.tried(&due, trouble.as_deref()))
            .await?;
    }
    Ok(())
}

/// Whether messages may be sent there: over TLS, or within this machine.
pub(crate) fn checked(url: &str) -> Result<(), Trouble> {
    parsed(url).map(drop).map_err(|why| {
        Trouble::bad(saoy_archive::Sentence {
            vi: format!("địa chỉ webhook không dùng được ({why}); cần https://..., hoặc http:// trên chính máy này"),
            en: format!("the webhook's address cannot be used ({why}); it takes https://..., or http:// on this machine"),
        })
    })
}

struct Address {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

fn parsed(url: &str) -> Result<Address, String> {
    let uri: hyper::Uri = url.parse().map_err(|error| format!("{error}"))?;
    let host = uri
        .host()
        .ok_or("no host")?
        .trim_matches(['[', ']'])
        .to_owned();
    let tls = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err("neither http nor https".to_owned()),
    };
    if uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return Err("a user name".to_owned());
    }
    let local = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|one| one.is_loopback());
    if !tls && !local {
        return Err("not encrypted".to_owned());
    }
    Ok(Address {
        tls,
        port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
        path: uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        host,
    })
}

/// Sends one message: `Saoy-Signature: t=TIME,v1=HEX`, where HEX is the HMAC-SHA256 of `TIME.BODY` under the secret.
async fn send(due: &Due, at: i64) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let address = parsed(&due.url)?;
    let stream = TcpStream::connect((address.host.as_str(), address.port))
        .await
        .map_err(|error| told(&error))?;
    let request = hyper::Request::post(&address.path)
        .header("host", format!("{}:{}", address.host, address.port))
        .header("content-type", "application/json")
        .header("user-agent", concat!("saoy/", env!("CARGO_PKG_VERSION")))
        .header("saoy-signature", signature(&due.secret, at, &due.body))
        .body(Full::new(Bytes::from(due.body.clone())))
        .map_err(|error| told(&error))?;
    let status = if address.tls {
        let name = ServerName::try_from(address.host.clone()).map_err(|error| told(&error))?;
        let stream = connector()
            .connect(name, stream)
            .await
            .map_err(|error| told(&error))?;
        exchange(TokioIo::new(stream), request).await?
    } else {
        exchange(TokioIo::new(stream), request).await?
    };
    // A redirect is not followed: it would send the message where nobody asked for it.
    if status.is_success() {
        Ok(())
    } else {
        Err(format!("HTTP {}", status.as_u16()))
    }
}

fn signature(secret: &str, at: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{at}.{body}").as_bytes());
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={at},v1={hex}")
}

async fn exchange<S>(
    stream: S,
    request: hyper::Request<Full<Bytes>>,
) -> Result<hyper::StatusCode, String>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream)
        .await
        .map_err(|error| error.to_string())?;
    let driver = tokio::spawn(connection);
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| error.to_string());
    driver.abort();
    Ok(answer?.status())
}

fn connector() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    // A machine without any trusts nobody, and says so when it connects.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
    match config {
        Ok(config) => TlsConnector::from(Arc::new(config)),
        // The provider has the default versions: this is not reached, and would only fail to connect.
        Err(_) => TlsConnector::from(Arc::new(
            ClientConfig::builder()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_encrypted_or_nowhere() {
        for good in [
            "https://a.example/x?y",
            "http://127.0.0.1:8080/",
            "http://localhost/",
            "http://[::1]:1/",
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example/",
            "ftp://a.example/",
            "a.example",
            "https://u:p@a.example/",
            "http://10.0.0.1/",
            "",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_signature_is_that_of_openssl() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
        assert_eq!(
            signature("secret", 1_700_000_000, "{}"),
            format!("t=1700000000,v1={EXPECTED}")
        );
    }

    const EXPECTED: &str = "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163";
}
