//! Keys by name: `p12:FILE`, `pkcs11:` on tokens, and `test:`, a key made for this run that says so in all that it signs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::Context;
use clap::ArgMatches;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use ring::rand::SystemRandom;
use saoy_pipeline::record::Bilingual;
use saoy_signing::certificate::Certificate;
use saoy_signing::sign::key::{KeyError, Preference, Signer, SoftKey};
use zeroize::Zeroizing;

use super::pkcs11::{Pins, TokenKey};
use crate::terminal;
use crate::words::{Said, Ui, said};

/// What the throw-away key is called wherever its signatures show.
pub(super) const NOT_VALID: &str = "NOT VALID / KHÔNG CÓ GIÁ TRỊ";

/// A key that is open.
pub(super) struct Opened {
    pub(super) key: Box<dyn Signer>,
    /// True of the throw-away key.
    pub(super) is_test: bool,
}

/// Opens the key that `reference` names.
///
/// # Errors
/// When there is none, or its password is wrong.
pub(super) fn open(
    reference: &str,
    matches: &ArgMatches,
    preference: Preference,
    ui: Ui,
) -> anyhow::Result<Opened> {
    if reference == "test:" {
        let key = Box::new(test_key(preference)?);
        return Ok(Opened { key, is_test: true });
    }
    if let Some(address) = reference.strip_prefix("pkcs11:") {
        let key = TokenKey::open(address, preference, &Given { matches, ui })?;
        return Ok(Opened {
            key: Box::new(key),
            is_test: false,
        });
    }
    let Some(path) = reference.strip_prefix("p12:") else {
        return Err(anyhow::Error::new(Said(said!(
            "khóa phải có dạng p12:TỆP, pkcs11:... hoặc test:",
            "the key must have the form p12:FILE, pkcs11:... or test:"
        ))));
    };
    let bytes = Zeroizing::new(std::fs::read(path).with_context(|| path.to_owned())?);
    let password = secret(
        matches,
        ui,
        &format!("{} {path}: ", ui.say("Mật khẩu của", "Password of")),
    )?;
    let key = from_p12(&bytes, &password, preference)?;
    Ok(Opened {
        key: Box::new(key),
        is_test: false,
    })
}

/// PINs as the command line says.
struct Given<'a> {
    matches: &'a ArgMatches,
    ui: Ui,
}

impl Given<'_> {
    /// Whether `--pin-file` or `--pin-fd` says where it is.
    fn is_named(&self) -> bool {
        self.matches.contains_id("pin-file") || self.matches.contains_id("pin-fd")
    }
}

impl Pins for Given<'_> {
    fn pin(&self, label: &str, file: Option<&Path>) -> anyhow::Result<Zeroizing<String>> {
        match file.filter(|_| !self.is_named()) {
            Some(path) => first_line(path).with_context(|| path.display().to_string()),
            None => {
                let prompt = format!(
                    "{} {label}: ",
                    self.ui.say("PIN của thẻ", "PIN of the token")
                );
                secret(self.matches, self.ui, &prompt)
            }
        }
    }

    fn is_by_hand(&self) -> bool {
        !self.is_named()
    }

    fn warn(&self, what: &Bilingual) {
        terminal::hint(self.ui, &what.vi, &what.en);
    }
}

fn from_p12(bytes: &[u8], password: &str, preference: Preference) -> anyhow::Result<SoftKey> {
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed)
        .map_err(|_| anyhow::Error::new(KeyError::WrongPin))?;
    let (_, found) = store
        .private_key_chain()
        .ok_or_else(|| KeyError::NotFound("no private key in the file".to_owned()))?;
    let mut chain = Vec::new();
    for certificate in found.certs() {
        chain.push(Arc::new(Certificate::read(certificate.as_der())?));
    }
    Ok(SoftKey::from_pkcs8(
        found.key().as_der(),
        chain,
        preference,
        SystemRandom::new(),
    )?)
}

fn test_key(preference: Preference) -> anyhow::Result<SoftKey> {
    let pair = rcgen::KeyPair::generate()?;
    let mut parameters = rcgen::CertificateParams::default();
    let name = &mut parameters.distinguished_name;
    name.push(rcgen::DnType::CommonName, NOT_VALID);
    parameters.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    let certificate = parameters.self_signed(&pair)?;
    let chain = vec![Arc::new(Certificate::read(certificate.der())?)];
    let secret = Zeroizing::new(pair.serialize_der());
    Ok(SoftKey::from_pkcs8(
        &secret,
        chain,
        preference,
        SystemRandom::new(),
    )?)
}

/// A password or PIN: from `--pin-file`, from `--pin-fd`, or asked for without echo. Never from the command line or the
/// environment, which others on the machine can read.
fn secret(matches: &ArgMatches, ui: Ui, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    let file = matches.get_one::<PathBuf>("pin-file").cloned();
    let descriptor = matches
        .get_one::<u32>("pin-fd")
        .map(|number| PathBuf::from(format!("/dev/fd/{number}")));
    match file.or(descriptor) {
        Some(path) => first_line(&path).with_context(|| path.display().to_string()),
        None => asked(ui, prompt),
    }
}

fn first_line(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    BufReader::new(File::open(path)?.take(4096)).read_line(&mut line)?;
    Ok(Zeroizing::new(
        line.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

/// Asks at the terminal itself, whatever stdin is.
fn asked(ui: Ui, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    let terminal = Path::new("/dev/tty");
    let no_terminal = || {
        Said(said!(
            "không có cửa sổ lệnh để hỏi mật khẩu; dùng --pin-file hoặc --pin-fd",
            "no terminal to ask for the password; use --pin-file or --pin-fd"
        ))
    };
    let echo = |on: &str| {
        let tty = File::open(terminal)?;
        Command::new("stty")
            .arg(on)
            .stdin(Stdio::from(tty))
            .status()
    };
    let mut out = File::options()
        .write(true)
        .open(terminal)
        .with_context(no_terminal)?;
    out.write_all(prompt.as_bytes())?;
    anyhow::ensure!(
        echo("-echo")?.success(),
        "{}",
        ui.say("không tắt được hiển thị", "cannot turn the echo off")
    );
    let line = first_line(terminal);
    echo("echo")?;
    out.write_all(b"\n")?;
    line
}
