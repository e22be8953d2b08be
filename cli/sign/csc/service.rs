//! One signing service: who we are to it, and calls that are repeated only where nothing can be done twice by it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::account::{Account, Kind};
use super::address::Address;
use super::fault::Fault;
use crate::sign::secret::Secrets;
use crate::trust::fetch::{self, Answer, Bounds, FetchError, Question, exchange, host_of};
use crate::words::{Said, said};

/// Longest answer, bytes: signatures of 500 documents have 350 kB.
const LONGEST: u64 = 4 << 20;
/// Longest wait for an answer that no person has part in.
const BRISK: Duration = Duration::from_secs(30);
/// Longest single wait that a server may ask for between two tries.
const PATIENT: Duration = Duration::from_secs(60);
/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(30);
/// Life of a token whose service does not say (CSC 2.0, 8.4.4).
const HOUR: u64 = 3600;

/// Of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// When a call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It changes nothing.
    Always,
    /// Where the answer says that nothing was done: too many requests, too busy, an old token.
    IfUndone,
    /// It carries a PIN or code: only where no connection came about.
    IfUnsent,
}

/// What the service says of itself (CSC 2.0, 11.1).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Info {
    specs: String,
    methods: Vec<String>,
    oauth2: Option<String>,
    #[serde(rename = "asynchronousOperationMode")]
    is_asynchronous: bool,
}

/// A service that knows who asks.
pub(super) struct Service {
    pub(super) base: String,
    pub(super) version: Version,
    pub(super) account: Account,
    /// The person's time: to find the phone, read, approve.
    pub(super) patience: Duration,
    info: Info,
    bounds: Bounds,
    retry: u32,
    password: Mutex<Option<Zeroizing<String>>>,
    token: Mutex<Option<(Zeroizing<String>, Instant)>>,
}

impl Service {
    /// Asks the service who it is, and tells it who we are.
    ///
    /// # Errors
    /// When the address must not be used, or the service is not there or does not know the account.
    pub(super) fn open(
        address: &Address,
        account: Account,
        roots: Option<std::path::PathBuf>,
        retry: u32,
        patience: Duration,
        secrets: &Secrets,
    ) -> anyhow::Result<Self> {
        let base = address.url.clone().or_else(|| account.url.clone());
        let base = base.ok_or_else(|| {
            Said(said!(
                "thiếu địa chỉ dịch vụ ký số: csc:https://MÁY-CHỦ/csc/v2?credential=MÃ",
                "the signing service's address is missing: csc:https://HOST/csc/v2?credential=ID"
            ))
        })?;
        let base = base.trim_end_matches('/').to_owned();
        let mut hosts = vec![allowed(&base)?];
        if let Some(login) = &account.login.address {
            hosts.push(allowed(login)?);
        }
        let bounds = Bounds {
            hosts,
            // Whoever starts the program says which server, inside or not.
            inside: true,
            bytes: LONGEST,
            time: patience.min(BRISK),
            roots: roots.or_else(|| account.roots.clone()),
        };
        let mut service = Self {
            version: Version::V2,
            account,
            patience,
            info: Info::default(),
            bounds,
            retry,
            base,
            password: Mutex::default(),
            token: Mutex::default(),
        };
        service.info = match service.unsigned("info", &json!({}), Again::Always) {
            Ok(info) => serde_json::from_value(info)
                .map_err(|error| Fault::garbage("info", &error.to_string()))?,
            // Older services have none.
            Err(fault) if fault.code == "remote_method" => Info::default(),
            Err(fault) => return Err(fault.into()),
        };
        service.version = service.version_told()?;
        service.log_in(Some(secrets))?;
        Ok(service)
    }

    /// By the account, else by the service, else by its address.
    fn version_told(&self) -> Result<Version, Said> {
        let specs = &self.info.specs;
        match self.account.version {
            Some(1) => Ok(Version::V1),
            Some(2) => Ok(Version::V2),
            None if specs.starts_with("1.") || specs.starts_with("0.") => Ok(Version::V1),
            None if specs.starts_with("2.") => Ok(Version::V2),
            None if specs.is_empty() && self.base.ends_with("/v1") => Ok(Version::V1),
            None if specs.is_empty() => Ok(Version::V2),
            _ => Err(Said(said!(
                "không biết phiên bản CSC {}; ghi version = 1 hoặc 2 trong tệp tài khoản",
                "CSC version {} is not known; put version = 1 or 2 into the account file",
                specs
            ))),
        }
    }

    /// Whether it has a method; one that lists none is tried.
    pub(super) fn has(&self, method: &str) -> bool {
        self.info.methods.is_empty() || self.info.methods.iter().any(|known| known == method)
    }

    /// Whether it says that it has a method.
    pub(super) fn lists(&self, method: &str) -> bool {
        self.info.methods.iter().any(|known| known == method)
    }

    /// Whether it signs while nobody holds the line (CSC 2.0, 11.10).
    pub(super) fn is_asynchronous(&self) -> bool {
        self.version == Version::V2
            && self.info.is_asynchronous
            && self.lists("signatures/signPolling")
    }

    /// Calls a method. Gives status and what was answered; null when that was nothing.
    ///
    /// # Errors
    /// Statuses from 300 on, and no answer.
    pub(super) fn call(
        &self,
        method: &str,
        body: &impl Serialize,
        again: Again,
    ) -> Result<(u16, Value), Fault> {
        self.fresh_token()?;
        let mut body_bytes = Zeroizing::new(Vec::with_capacity(1 << 16));
        serde_json::to_writer(&mut *body_bytes, body)
            .map_err(|error| Fault::garbage(method, &error.to_string()))?;
        let address = format!("{}/{method}", self.base);
        // Who approves on a phone may keep the line; versions before 2 know nothing else.
        let is_slow = matches!(method, "credentials/authorize" | "signatures/signHash");
        let time = if is_slow {
            self.patience
        } else {
            self.bounds.time
        };
        let mut logged_in = false;
        loop {
            let proof = self.proof();
            let answer = self.repeated(
                &address,
                method,
                &body_bytes,
                "application/json",
                &proof,
                again,
                time,
            )?;
            match answer.status {
                200..300 => return Ok((answer.status, parsed(method, &answer)?)),
                // An old token; the call was not looked at. With a PIN inside, 401 may be about the PIN.
                401 if again != Again::IfUnsent && !logged_in && !proof.is_empty() => {
                    self.log_in(None)?;
                    logged_in = true;
                }
                status => return Err(Fault::answered(method, status, &answer.body)),
            }
        }
    }

    /// A call before anybody is logged in.
    fn unsigned(&self, method: &str, body: &Value, again: Again) -> Result<Value, Fault> {
        let bytes = Zeroizing::new(body.to_string().into_bytes());
        let address = format!("{}/{method}", self.base);
        let answer = self.repeated(
            &address,
            method,
            &bytes,
            "application/json",
            "",
            again,
            self.bounds.time,
        )?;
        match answer.status {
            200..300 => parsed(method, &answer),
            status => Err(Fault::answered(method, status, &answer.body)),
        }
    }

    /// The value of the `Authorization` header.
    fn proof(&self) -> Zeroizing<String> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        Zeroizing::new(match &*token {
            Some((token, _)) => format!("Bearer {}", token.as_str()),
            None => String::new(),
        })
    }

    /// One question and its answer, asked again as far as `again` allows and `--retry` says.
    #[expect(clippy::too_many_arguments, reason = "the parts of one request")]
    fn repeated(
        &self,
        address: &str,
        method: &str,
        body: &[u8],
        kind: &str,
        authorization: &str,
        again: Again,
        time: Duration,
    ) -> Result<Answer, Fault> {
        let question = Question::Call {
            kind,
            body,
            authorization,
        };
        let bounds = Bounds {
            time,
            ..self.bounds.clone()
        };
        let mut wait = Duration::from_millis(500);
        let mut round = 0;
        loop {
            let (fault, asked) = match exchange(address, question, &bounds) {
                Err(error) => {
                    let unsent = matches!(error, FetchError::Unreachable(_));
                    let fault = Fault::fetching(&error);
                    if !(unsent || again == Again::Always && fault.is_open) {
                        return Err(fault);
                    }
                    (fault, None)
                }
                Ok(answer) => match answer.status {
                    300..400 => return Err(Fault::elsewhere(&place(&answer))),
                    429 | 503 if again != Again::IfUnsent => (
                        Fault::answered(method, answer.status, &answer.body),
                        answer.retry_after,
                    ),
                    500 | 502 | 504 if again == Again::Always => {
                        (Fault::answered(method, answer.status, &answer.body), None)
                    }
                    _ => return Ok(answer),
                },
            };
            if round >= self.retry {
                return Err(fault);
            }
            let asked = asked.map_or(wait, Duration::from_secs).min(PATIENT);
            std::thread::sleep(asked.max(wait));
            wait = wait.saturating_mul(2);
            round += 1;
        }
    }

    /// Logs in again before a token's end, so that no PIN is sent with one that is too old.
    fn fresh_token(&self) -> Result<(), Fault> {
        let is_old = {
            let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
            token
                .as_ref()
                .is_some_and(|(_, end)| Instant::now() >= *end)
        };
        if is_old { self.log_in(None) } else { Ok(()) }
    }

    /// Gets a token, as the account says; the first time with `secrets`, later with what is known.
    fn log_in(&self, secrets: Option<&Secrets>) -> Result<(), Fault> {
        let login = &self.account.login;
        let needs_password = matches!(login.kind, Kind::Password | Kind::Basic);
        if let Some(secrets) = secrets.filter(|_| needs_password) {
            let password = self.account.password(secrets).map_err(unreadable)?;
            *self.password.lock().unwrap_or_else(PoisonError::into_inner) = Some(password);
        }
        let password = self.password.lock().unwrap_or_else(PoisonError::into_inner);
        let password = password.as_ref().map_or("", |password| password.as_str());
        let answer = match login.kind {
            Kind::None => return Ok(()),
            Kind::Token => {
                let token = self.account.token().map_err(unreadable)?;
                let end = Instant::now() + Duration::from_secs(HOUR);
                *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some((token, end));
                return Ok(());
            }
            Kind::Client => self.by_oauth2(&[("grant_type", "client_credentials")])?,
            Kind::Password => self.by_oauth2(&[
                ("grant_type", "password"),
                ("username", login.user.as_deref().unwrap_or_default()),
                ("password", password),
            ])?,
            Kind::Basic => {
                let user = login.user.as_deref().unwrap_or_default();
                let both = Zeroizing::new(format!("{user}:{password}"));
                let proof = Zeroizing::new(format!("Basic {}", STANDARD.encode(both.as_bytes())));
                self.log_in_at("auth/login", None, b"{}", "application/json", &proof)?
            }
            Kind::Ras => self.by_ras()?,
        };
        let token = answer.get("access_token").and_then(Value::as_str);
        let token = token.ok_or_else(|| Fault::garbage("login", "access_token"))?;
        let life = answer.get("expires_in").and_then(seconds).unwrap_or(HOUR);
        let life = Duration::from_secs(life.min(24 * HOUR));
        let end = Instant::now() + life.saturating_sub(MARGIN.min(life / 2));
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Zeroizing::new(token.to_owned()), end));
        Ok(())
    }

    /// `oauth2/token` (CSC 2.0, 8.4.4; RFC 6749), at the service's own host or where the account says.
    fn by_oauth2(&self, grant: &[(&str, &str)]) -> Result<Value, Fault> {
        let login = &self.account.login;
        let secret = self.account.client_secret().map_err(unreadable)?;
        let mut fields = grant.to_vec();
        fields.push(("scope", "service"));
        if let Some(id) = &login.client_id {
            fields.push(("client_id", id));
        }
        if !secret.is_empty() {
            fields.push(("client_secret", &secret));
        }
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let body = Zeroizing::new(body.join("&"));
        let told = self.info.oauth2.as_ref().map(|base| {
            let base = base.trim_end_matches('/');
            format!("{base}/oauth2/token")
        });
        let kind = "application/x-www-form-urlencoded";
        self.log_in_at("oauth2/token", told, body.as_bytes(), kind, "")
    }

    /// The login that ADSS RAS has before its CSC interface.
    fn by_ras(&self) -> Result<Value, Fault> {
        let login = &self.account.login;
        let secret = self.account.client_secret().map_err(unreadable)?;
        #[derive(Serialize)]
        struct Question<'a> {
            client_id: &'a str,
            client_secret: &'a str,
            profile_id: &'a str,
            user_id: &'a str,
        }
        let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
        let body = serde_json::to_vec(&Question {
            client_id: &text(&login.client_id),
            client_secret: &secret,
            profile_id: &text(&login.profile),
            user_id: &login
                .user
                .clone()
                .or_else(|| self.account.user.clone())
                .unwrap_or_default(),
        });
        let body = Zeroizing::new(body.unwrap_or_default());
        let told = self
            .base
            .split_once("/csc/")
            .map(|(before, _)| format!("{before}/v1/login"));
        self.log_in_at("login", told, &body, "application/json", "")
    }

    /// Asks for a token: where the account says, else where the service says, else below its base.
    fn log_in_at(
        &self,
        method: &str,
        told: Option<String>,
        body: &[u8],
        kind: &str,
        proof: &str,
    ) -> Result<Value, Fault> {
        let address = self.account.login.address.clone().or(told);
        let address = address.unwrap_or_else(|| format!("{}/{method}", self.base));
        // What the service names comes from outside: another host or an open line gets no secret.
        let host = host_of(&address).unwrap_or_default();
        let is_known = self.bounds.hosts.contains(&host);
        if !is_known || !is_safe(&address) {
            return Err(Fault::elsewhere(&address));
        }
        let answer = self.repeated(
            &address,
            method,
            body,
            kind,
            proof,
            Again::IfUnsent,
            self.bounds.time,
        )?;
        match answer.status {
            200..300 => parsed(method, &answer),
            status => Err(Fault::answered(method, status, &answer.body)),
        }
    }
}

/// The host of an address that may be told secrets.
fn allowed(address: &str) -> Result<String, Said> {
    host_of(address)
        .filter(|_| is_safe(address))
        .ok_or_else(|| {
            Said(said!(
                "địa chỉ {} không dùng được: phải là https:// (http:// chỉ cho máy này)",
                "the address {} is of no use: it must be https:// (http:// on this machine only)",
                address
            ))
        })
}

/// TLS, or no line that leaves this machine.
fn is_safe(address: &str) -> bool {
    let host = host_of(address).unwrap_or_default();
    let is_here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    fetch::is_tls(address) || is_here
}

fn place(answer: &Answer) -> String {
    let to = answer.location.as_deref().unwrap_or("?");
    to.chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect()
}

fn parsed(method: &str, answer: &Answer) -> Result<Value, Fault> {
    if answer.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&answer.body).map_err(|_| Fault::garbage(method, "JSON"))
}

/// A number that some services write as text.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn unreadable(error: anyhow::Error) -> Fault {
    use crate::words::Ui;
    let said = saoy_pipeline::record::Bilingual {
        vi: Ui::Vi.told(&error),
        en: Ui::En.told(&error),
    };
    Fault::new("remote_login", said)
}

/// Percent encoding of everything that is not plain (RFC 3986, 2.3).
fn encoded(value: &str) -> String {
    use std::fmt::Write;
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_tls_or_stay_on_this_machine() {
        for (address, is_good) in [
            ("https://a.vn/csc/v2", true),
            ("http://127.0.0.1:8080/csc/v2", true),
            ("http://[::1]/csc", true),
            ("http://localhost/csc", true),
            ("http://a.vn/csc/v2", false),
            ("http://localhost.a.vn/csc", false),
            ("http://127.0.0.1.a.vn/csc", false),
            ("ftp://a.vn", false),
            ("https://", false),
        ] {
            assert_eq!(allowed(address).is_ok(), is_good, "{address}");
        }
    }

    #[test]
    fn form_fields_are_encoded() {
        assert_eq!(encoded("a b&c=ơ~"), "a%20b%26c%3D%C6%A1~");
    }
}
