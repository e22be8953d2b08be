//! Passwords, PINs and one-time codes: from a file, a descriptor or the terminal; never from the command line or the
//! environment, which others on the machine can read.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use clap::ArgMatches;
use zeroize::Zeroizing;

use crate::words::{Said, Ui, said};

/// Longest secret, bytes.
const LONGEST: usize = 4096;

/// Where secrets come from in this run.
pub(crate) struct Secrets {
    pub(super) ui: Ui,
    pin: Option<PathBuf>,
    code: Option<PathBuf>,
    /// Another program asks: questions go to it by stderr, answers come by stdin.
    dialog: bool,
    /// The code that was sent last.
    used: Mutex<Option<Zeroizing<String>>>,
}

impl Secrets {
    /// As the command line says.
    pub(crate) fn of(matches: &ArgMatches, ui: Ui) -> Self {
        // Not every command that asks for a secret knows one-time codes.
        let source = |file: &str, descriptor: &str| {
            let descriptor = matches
                .try_get_one::<u32>(descriptor)
                .ok()
                .flatten()
                .map(|number| PathBuf::from(format!("/dev/fd/{number}")));
            let file = matches.try_get_one::<PathBuf>(file).ok().flatten();
            file.cloned().or(descriptor)
        };
        Self {
            ui,
            pin: source("pin-file", "pin-fd"),
            code: source("otp-file", "otp-fd"),
            dialog: matches
                .try_get_one::<bool>("dialog")
                .is_ok_and(|given| given == Some(&true)),
            used: Mutex::default(),
        }
    }

    /// Whether a PIN is typed.
    pub(crate) fn is_by_hand(&self) -> bool {
        self.pin.is_none()
    }

    /// A password or PIN; asked for with `prompt` where neither `--pin-file` nor `--pin-fd` says where it is.
    pub(crate) fn pin(&self, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
        match &self.pin {
            Some(path) => first_line(path),
            None => self.asked(What::Pin, prompt),
        }
    }

    /// A code for one use; asked for with `prompt` where neither `--otp-file` nor `--otp-fd` says where it is.
    ///
    /// # Errors
    /// When there is none, or only the one that was used already: a second try of it could lock the key.
    pub(super) fn code(&self, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
        let code = match &self.code {
            Some(path) => first_line(path)?,
            None => self.asked(What::Code, prompt)?,
        };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if self.code.is_some() && used.as_ref() == Some(&code) {
            return Err(Said(said!(
                "mã dùng một lần trong tệp đã dùng rồi, không gửi lại; cần mã mới cho mỗi lần ủy quyền",
                "the one-time code in the file was used already and is not sent again; each authorisation needs a new one"
            ))
            .into());
        }
        *used = Some(code.clone());
        Ok(code)
    }

    /// Tells whoever waits what is waited for.
    pub(super) fn tell(&self, waits: Waits) {
        let (name, vi, en) = match waits {
            Waits::Approval => (
                "approval",
                "đang chờ chủ khóa chấp thuận trong ứng dụng của dịch vụ ký",
                "waiting for the key's owner to approve in the service's app",
            ),
            Waits::Signature => (
                "signature",
                "đang chờ dịch vụ ký",
                "waiting for the service to sign",
            ),
        };
        if self.dialog {
            // Who does not listen any more is told by the next question.
            let _ = say(&serde_json::json!({ "waiting": name }));
        } else if io::stderr().is_terminal() {
            crate::terminal::hint(self.ui, vi, en);
        }
    }

    /// Asks at the terminal itself, whatever stdin is; or the program that asks people.
    pub(super) fn asked(&self, what: What, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
        if self.dialog {
            say(&serde_json::json!({ "ask": what.name(), "prompt": prompt.trim() }))?;
            return first_line(Path::new("/dev/fd/0"));
        }
        let terminal = Path::new("/dev/tty");
        let no_terminal = || {
            Said(said!(
                "không có cửa sổ lệnh để hỏi mật khẩu; dùng --pin-file hoặc --pin-fd (mã dùng một lần: --otp-file, --otp-fd)",
                "no terminal to ask for the password; use --pin-file or --pin-fd (one-time codes: --otp-file, --otp-fd)"
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
            self.ui
                .say("không tắt được hiển thị", "cannot turn the echo off")
        );
        let line = first_line(terminal);
        echo("echo")?;
        out.write_all(b"\n")?;
        line
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A PIN, or the password of a key.
    Pin,
    /// A code for one use.
    Code,
    /// The password of an account.
    Password,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Code => "code",
            Self::Password => "password",
        }
    }
}

/// What a service is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// Somebody must approve.
    Approval,
    /// The signature is being made.
    Signature,
}

/// A line for the program that asks people.
fn say(line: &serde_json::Value) -> io::Result<()> {
    let mut err = io::stderr().lock();
    writeln!(err, "{line}")?;
    err.flush()
}

/// The first line of a file, without its end.
///
/// # Errors
/// When it cannot be read or is no text.
pub(super) fn first_line(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let read = || -> io::Result<Zeroizing<String>> {
        let mut file = File::open(path)?;
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        // Byte by byte: what stands behind the line in a pipe is for the next who asks.
        let mut byte = Zeroizing::new([0; 1]);
        while line.len() < LONGEST && file.read(&mut *byte)? == 1 && *byte != *b"\n" {
            line.extend_from_slice(&*byte);
        }
        let text = std::str::from_utf8(&line).map_err(io::Error::other)?;
        Ok(Zeroizing::new(text.trim_end_matches('\r').to_owned()))
    };
    read().with_context(|| path.display().to_string())
}
