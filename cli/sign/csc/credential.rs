//! One key of a service: its certificates, how it is authorised, and its signatures.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saoy_signing::certificate::Certificate;
use saoy_signing::crypto::{self, Digest, Scheme};
use saoy_signing::sign::identifier;
use saoy_signing::sign::key::{KeyError, Part, Preference, ecdsa_der};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::fault::Fault;
use super::needs::{Needs, Sent, Thing};
use super::service::{Again, Service, Version};
use crate::sign::secret::{Secrets, Waits};
use crate::words::{Said, said};

/// Most documents of one authorisation, whatever a service allows: what waits for it takes disk, and a person who
/// approves wants to know what.
const MOST: usize = 500;

/// A key that a service holds.
pub(in crate::sign) struct Credential {
    service: Service,
    id: String,
    chain: Vec<Arc<Certificate>>,
    scheme: Scheme,
    algorithm: Algorithm,
    needs: Vec<Thing>,
    most: usize,
    secrets: Secrets,
    /// One PIN for the whole run, once it was right or is not yet known to be wrong.
    pin: Mutex<Option<Zeroizing<String>>>,
}

/// How the service is told to sign.
struct Algorithm {
    digest: Digest,
    hash: String,
    sign: String,
    /// Whether `sign` names the digest as well.
    is_whole: bool,
    parameters: Option<String>,
}

/// What an authorisation gave.
#[derive(Debug)]
pub(in crate::sign) enum Allowed {
    /// Signature activation data: with it the key signs the hashes that were named.
    Now(Zeroizing<String>),
    /// Somebody must still approve; to be asked with.
    Later(String),
}

/// What a request for signatures gave.
#[derive(Debug)]
pub(in crate::sign) enum Answered {
    /// One for each hash, in order.
    Now(Vec<Vec<u8>>),
    /// They are being made; to be fetched with.
    Later(String),
}

impl Credential {
    /// # Errors
    /// When the service has no such key, or it cannot be used from here.
    pub(super) fn open(
        service: Service,
        id: Option<String>,
        preference: Preference,
        secrets: Secrets,
    ) -> anyhow::Result<Self> {
        let id = match id.or_else(|| service.account.credential.clone()) {
            Some(id) => id,
            None => only(&service)?,
        };
        let question = json!({"credentialID": id, "certificates": "chain", "certInfo": true, "authInfo": true});
        let (_, info) = service.call("credentials/info", &question, Again::Always)?;
        if text_at(&info, "/key/status") == Some("disabled") {
            let body = json!({"error": "invalid_request", "error_description": "The credential is disabled"});
            return Err(
                Fault::answered("credentials/info", 200, body.to_string().as_bytes()).into(),
            );
        }
        let chain = chain(&info)?;
        let own = chain
            .first()
            .ok_or_else(|| no_certificate("cert/certificates"))?;
        let scheme = preference.scheme(&own.key)?;
        let algorithm = Algorithm::of(&scheme, &info)?;
        let needs = match service.version {
            Version::V1 => Needs::of_version_1(&info),
            Version::V2 => Needs::of_version_2(&info, service.lists("credentials/sendOTP")),
        };
        let needs = match needs {
            Needs::Things(things) => things,
            Needs::Browser => {
                return Err(Said(said!(
                    "khóa này chỉ ủy quyền qua trình duyệt (oauth2code), chương trình này không làm được; hỏi nhà cung cấp cách ủy quyền bằng PIN, OTP hoặc ứng dụng điện thoại",
                    "this key is authorised in a browser only (oauth2code), which this program does not do; ask its provider for PIN, OTP or approval on a phone"
                ))
                .into());
            }
            Needs::Unknown(how) => {
                return Err(Said(said!(
                    "không biết cách ủy quyền “{}” của khóa này",
                    "this key's way of authorisation, “{}”, is not known",
                    how
                ))
                .into());
            }
        };
        let most = info.get("multisign").and_then(super::service::seconds);
        let most = most
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(1);
        Ok(Self {
            service,
            id,
            chain,
            scheme,
            algorithm,
            needs,
            most: most.clamp(1, MOST),
            secrets,
            pin: Mutex::default(),
        })
    }

    pub(in crate::sign) fn chain(&self) -> &[Arc<Certificate>] {
        &self.chain
    }

    pub(in crate::sign) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Documents that one authorisation is good for.
    pub(in crate::sign) fn most(&self) -> usize {
        self.most
    }

    /// Service and key, as a name.
    pub(in crate::sign) fn name(&self) -> String {
        format!("{}?credential={}", self.service.base, self.id)
    }

    /// How long a person is waited for.
    pub(in crate::sign) fn patience(&self) -> std::time::Duration {
        self.service.patience
    }

    /// Tells whoever waits what for.
    pub(in crate::sign) fn tell(&self, waits: Waits) {
        self.secrets.tell(waits);
    }

    /// What of `message` goes to the service.
    pub(in crate::sign) fn hash(&self, message: &[u8]) -> Vec<u8> {
        self.algorithm.digest.of(message).unwrap_or_default()
    }

    /// Asks the owner for what the key needs and the service for leave to sign `hashes`, and these only.
    ///
    /// # Errors
    /// When it is not given. A PIN or code that was wrong is not tried again.
    pub(in crate::sign) fn authorize(&self, hashes: &[Vec<u8>]) -> anyhow::Result<Allowed> {
        let mut given: Vec<(&Thing, Zeroizing<String>)> = Vec::new();
        for thing in &self.needs {
            given.push((thing, self.given(thing)?));
        }
        let hashes: Vec<String> = hashes.iter().map(|hash| STANDARD.encode(hash)).collect();
        let value = |id: &str| {
            let mut found = given.iter().filter(|(thing, _)| thing.id == id);
            found.next().map(|(_, value)| value.as_str())
        };
        let question = match self.service.version {
            Version::V1 => Authorize {
                id: &self.id,
                count: hashes.len(),
                hash: Some(&hashes),
                pin: value("PIN"),
                otp: value("OTP"),
                ..Authorize::default()
            },
            Version::V2 => Authorize {
                id: &self.id,
                count: hashes.len(),
                hashes: Some(&hashes),
                algorithm: Some(&self.algorithm.hash),
                data: Some(
                    given
                        .iter()
                        .map(|(thing, value)| AuthData {
                            id: &thing.id,
                            value,
                        })
                        .collect(),
                )
                .filter(|data: &Vec<AuthData<'_>>| !data.is_empty()),
                ..Authorize::default()
            },
        };
        let again = if given.is_empty() {
            Again::IfUndone
        } else {
            Again::IfUnsent
        };
        let answer = self.service.call("credentials/authorize", &question, again);
        if answer.is_err() {
            // Wrong or not, it is asked for anew.
            *self.pin.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        let (status, answer) = answer?;
        Ok(allowed("credentials/authorize", status, &answer)?)
    }

    /// Whether the owner has approved by now (CSC 2.0, 11.7).
    ///
    /// # Errors
    /// When he has refused, or `handle` is not known any more.
    pub(in crate::sign) fn check(&self, handle: &str) -> Result<Allowed, Fault> {
        let method = "credentials/authorizeCheck";
        let (status, answer) =
            self.service
                .call(method, &json!({"handle": handle}), Again::Always)?;
        match allowed(method, status, &answer) {
            // Some services say only that it is underway.
            Err(_) if status == 202 => Ok(Allowed::Later(handle.to_owned())),
            other => other,
        }
    }

    /// Has `hashes` signed with leave `sad`.
    ///
    /// # Errors
    /// When they are not; [`Fault::is_open`] says whether that is certain.
    pub(in crate::sign) fn sign(&self, sad: &str, hashes: &[Vec<u8>]) -> Result<Answered, Fault> {
        let count = hashes.len();
        let hashes: Vec<String> = hashes.iter().map(|hash| STANDARD.encode(hash)).collect();
        let algorithm = &self.algorithm;
        let hash = Some(algorithm.hash.as_str()).filter(|_| !algorithm.is_whole);
        let mut question = SignHash {
            id: &self.id,
            sad,
            sign: &algorithm.sign,
            parameters: algorithm.parameters.as_deref(),
            ..SignHash::default()
        };
        match self.service.version {
            Version::V1 => {
                question.hash = Some(&hashes);
                question.hash_algo = hash;
            }
            Version::V2 => {
                question.hashes = Some(&hashes);
                question.hash_algorithm = hash;
                question.mode = Some("A").filter(|_| self.service.is_asynchronous());
            }
        }
        let method = "signatures/signHash";
        let (_, answer) = self.service.call(method, &question, Again::IfUndone)?;
        if let Some(response) = answer.get("responseID").and_then(Value::as_str) {
            return Ok(Answered::Later(response.to_owned()));
        }
        Ok(Answered::Now(signatures(method, &answer, count)?))
    }

    /// The `count` signatures that `response` stands for, when they are made (CSC 2.0, 11.12).
    ///
    /// # Errors
    /// When they will not be.
    pub(in crate::sign) fn poll(
        &self,
        response: &str,
        count: usize,
    ) -> Result<Option<Vec<Vec<u8>>>, Fault> {
        let method = "signatures/signPolling";
        // The text of version 2.0 calls it `requestID` here; services built from its schema, `responseID`.
        let question = json!({"requestID": response, "responseID": response});
        let (status, answer) = self.service.call(method, &question, Again::Always)?;
        if status == 202 || answer.get("signatures").is_none() {
            return Ok(None);
        }
        signatures(method, &answer, count).map(Some)
    }

    /// `raw` as CMS has it: some services give ECDSA's two numbers one behind the other.
    pub(in crate::sign) fn normal(&self, message: &[u8], raw: Vec<u8>) -> Vec<u8> {
        let fits = |signature: &[u8]| {
            self.chain.first().is_some_and(|own| {
                crypto::verify(
                    &own.key,
                    &self.scheme,
                    crypto::Signed::Message(message),
                    signature,
                )
                .is_ok()
            })
        };
        match (&self.scheme, ecdsa_der(&raw)) {
            (Scheme::Ecdsa(_), Some(der)) if !fits(&raw) && fits(&der) => der,
            _ => raw,
        }
    }

    /// What the owner gives for `thing`.
    fn given(&self, thing: &Thing) -> anyhow::Result<Zeroizing<String>> {
        let mut question = String::new();
        match thing.sent {
            Sent::Nothing => {}
            Sent::Code => {
                let body = json!({"credentialID": self.id});
                self.service
                    .call("credentials/sendOTP", &body, Again::IfUnsent)?;
            }
            Sent::Challenge => {
                let body = json!({"credentialID": self.id, "authObjectID": thing.id});
                let (_, answer) =
                    self.service
                        .call("credentials/getChallenge", &body, Again::IfUnsent)?;
                let told = answer.get("challenge").and_then(Value::as_str);
                question = told
                    .unwrap_or_default()
                    .chars()
                    .filter(|letter| !letter.is_control())
                    .take(200)
                    .collect();
            }
        }
        let ui = self.secrets.ui;
        if thing.is_once {
            let what = ui.say("Mã dùng một lần", "One-time code");
            return self
                .secrets
                .code(&format!("{what} {} {question}: ", thing.label));
        }
        let mut pin = self.pin.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pin) = &*pin {
            return Ok(pin.clone());
        }
        let what = ui.say("PIN của khóa ký từ xa", "PIN of the remote key");
        let new = self
            .secrets
            .pin(&format!("{what} {} ({}): ", self.id, thing.label))?;
        if new.is_empty() {
            // It cannot be right: it need not cost a try.
            return Err(KeyError::WrongPin.into());
        }
        *pin = Some(new.clone());
        Ok(new)
    }
}

/// The body of `credentials/authorize`, of both versions.
#[derive(Default, Serialize)]
struct Authorize<'a> {
    #[serde(rename = "credentialID")]
    id: &'a str,
    #[serde(rename = "numSignatures")]
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<&'a [String]>,
    #[serde(rename = "hashAlgorithmOID", skip_serializing_if = "Option::is_none")]
    algorithm: Option<&'a str>,
    #[serde(rename = "PIN", skip_serializing_if = "Option::is_none")]
    pin: Option<&'a str>,
    #[serde(rename = "OTP", skip_serializing_if = "Option::is_none")]
    otp: Option<&'a str>,
    #[serde(rename = "authData", skip_serializing_if = "Option::is_none")]
    data: Option<Vec<AuthData<'a>>>,
}

#[derive(Serialize)]
struct AuthData<'a> {
    id: &'a str,
    value: &'a str,
}

/// The body of `signatures/signHash`, of both versions.
#[derive(Default, Serialize)]
struct SignHash<'a> {
    #[serde(rename = "credentialID")]
    id: &'a str,
    #[serde(rename = "SAD")]
    sad: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<&'a [String]>,
    #[serde(rename = "hashAlgo", skip_serializing_if = "Option::is_none")]
    hash_algo: Option<&'a str>,
    #[serde(rename = "hashAlgorithmOID", skip_serializing_if = "Option::is_none")]
    hash_algorithm: Option<&'a str>,
    #[serde(rename = "signAlgo")]
    sign: &'a str,
    #[serde(rename = "signAlgoParams", skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a str>,
    #[serde(rename = "operationMode", skip_serializing_if = "Option::is_none")]
    mode: Option<&'a str>,
}

impl Algorithm {
    /// The name for `scheme` among those that the key has: one that names the digest too, else the key's alone.
    fn of(scheme: &Scheme, info: &Value) -> Result<Self, KeyError> {
        let unsupported = || KeyError::Unsupported(scheme.name().to_owned());
        let whole = identifier(scheme).map_err(|_| unsupported())?;
        let digest = scheme.digest().ok_or_else(unsupported)?;
        let alone = match scheme {
            Scheme::Pkcs1(_) => Some(RSA),
            Scheme::Ecdsa(_) => Some(EC),
            _ => None,
        };
        let known: Vec<&str> = info
            .pointer("/key/algo")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let name = whole.id.to_string();
        let sign = match alone {
            _ if known.contains(&name.as_str()) => name,
            Some(alone) if known.contains(&alone) || known.is_empty() => alone.to_owned(),
            _ => return Err(unsupported()),
        };
        let is_pss = matches!(scheme, Scheme::Pss { .. });
        Ok(Self {
            digest,
            hash: saoy_signing::asn1::Oid::from_der(digest.oid()).to_string(),
            is_whole: Some(sign.as_str()) != alone,
            sign,
            parameters: is_pss.then(|| STANDARD.encode(&whole.parameters)),
        })
    }
}

/// `rsaEncryption`.
const RSA: &str = "1.2.840.113549.1.1.1";
/// `id-ecPublicKey`.
const EC: &str = "1.2.840.10045.2.1";

/// The one key that the account has.
fn only(service: &Service) -> anyhow::Result<String> {
    let mut question = json!({});
    if let (Some(user), Some(question)) = (&service.account.user, question.as_object_mut()) {
        question.insert("userID".to_owned(), json!(user));
    }
    if !service.has("credentials/list") {
        return Err(Said(said!(
            "hãy nêu mã khóa: csc:URL?credential=MÃ",
            "name the key: csc:URL?credential=ID"
        ))
        .into());
    }
    let (_, answer) = service.call("credentials/list", &question, Again::Always)?;
    let ids: Vec<&str> = answer
        .get("credentialIDs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match ids.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => Err(KeyError::NotFound(Part::OfAccount).into()),
        _ => {
            let list = ids.join(", ");
            Err(Said(said!(
                "tài khoản có nhiều khóa, hãy nêu rõ một khóa (?credential=MÃ): {}",
                "the account has several keys, name one (?credential=ID): {}",
                list
            ))
            .into())
        }
    }
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn no_certificate(what: &str) -> Fault {
    Fault::garbage("credentials/info", what)
}

/// The signer's certificate and those above it.
fn chain(info: &Value) -> Result<Vec<Arc<Certificate>>, Fault> {
    let list = info.pointer("/cert/certificates").and_then(Value::as_array);
    let mut chain = Vec::new();
    for text in list.into_iter().flatten().filter_map(Value::as_str) {
        // Some services break the lines.
        let text: String = text.split_whitespace().collect();
        let der = STANDARD
            .decode(text)
            .map_err(|_| no_certificate("base64"))?;
        let certificate =
            Certificate::read(&der).map_err(|error| no_certificate(&error.to_string()))?;
        chain.push(Arc::new(certificate));
    }
    Ok(chain)
}

fn allowed(method: &str, status: u16, answer: &Value) -> Result<Allowed, Fault> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    match (text("SAD"), text("handle")) {
        (Some(sad), _) => Ok(Allowed::Now(Zeroizing::new(sad.to_owned()))),
        (None, Some(handle)) if status == 202 || status == 200 => {
            Ok(Allowed::Later(handle.to_owned()))
        }
        _ => Err(Fault::garbage(method, "SAD")),
    }
}

fn signatures(method: &str, answer: &Value, count: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let list = answer.get("signatures").and_then(Value::as_array);
    let signatures: Option<Vec<Vec<u8>>> = list
        .into_iter()
        .flatten()
        .map(|text| {
            let text: String = text.as_str()?.split_whitespace().collect();
            STANDARD.decode(text).ok()
        })
        .collect();
    signatures
        .filter(|signatures| signatures.len() == count)
        .ok_or_else(|| Fault::garbage(method, "signatures"))
}
