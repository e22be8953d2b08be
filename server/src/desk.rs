//! Work done in child processes of `saoy`: what opens files of strangers, takes long, or uses keys.
//!
//! A child has a time limit and no more of the environment than it needs; secrets reach it through its standard input. When
//! the browser goes away, the child goes too. There are only so many at a time, and uploads of strangers never take the last
//! place from people who are logged in.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::app::Settings;
use crate::language::Language;
use crate::trouble::{Trouble, sentence};

pub(crate) mod talk;

/// The most that a child may answer, bytes: a report with pictures of sixty pages.
const LONGEST: u64 = 64 << 20;

/// Where children come from.
pub(crate) struct Desk {
    program: PathBuf,
    data: PathBuf,
    /// Where the key of the archive's files is.
    key: Option<PathBuf>,
    quick: Semaphore,
    long: Semaphore,
    far: Semaphore,
    strangers: Semaphore,
}

/// How a child ended.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its exit code; the program's table says what it means.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: Vec<u8>,
    /// Its messages, in the language that was asked for.
    said: String,
}

/// How long a job may take, and which queue it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Job {
    /// Looks and short changes.
    Quick,
    /// Reading pages, signing with far keys.
    Long,
}

impl Job {
    fn limit(self) -> Duration {
        match self {
            Self::Quick => Duration::from_secs(60),
            Self::Long => Duration::from_secs(900),
        }
    }
}

impl Desk {
    pub(crate) fn new(settings: &Settings) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            program: settings.program.clone(),
            data: settings.data.clone(),
            key: settings
                .archive_key
                .as_ref()
                .map(|(_, place)| place.clone()),
            quick: Semaphore::new(cores * 2),
            long: Semaphore::new(cores.div_ceil(2)),
            far: Semaphore::new(talk::MOST),
            strangers: Semaphore::new(cores),
        }
    }

    /// A place for work that somebody asks for who is not logged in, held while it is done: many strangers at once wait for each
    /// other and never take the last places from people at work.
    ///
    /// # Errors
    /// Never, unless the server is ending.
    pub(crate) async fn stranger(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Trouble> {
        self.strangers.acquire().await.map_err(Trouble::ours)
    }

    /// Runs `saoy` with these arguments, its messages in `language`; `secret` is its standard input.
    ///
    /// # Errors
    /// When it cannot be started or takes too long. An exit code is no error here.
    pub(crate) async fn run<I>(
        &self,
        job: Job,
        language: Language,
        arguments: I,
        secret: Option<Zeroizing<String>>,
    ) -> Result<Answer, Trouble>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let queue = match job {
            Job::Quick => &self.quick,
            Job::Long => &self.long,
        };
        let _place = queue.acquire().await.map_err(Trouble::ours)?;
        let work = self.child(language, &arguments, secret);
        tokio::time::timeout(job.limit(), work).await.map_err(|_| {
            Trouble::new(StatusCode::GATEWAY_TIMEOUT, sentence!(
                "Việc này quá {} giây nên đã dừng; tệp có thể hỏng hoặc rất lớn. Không có gì mất.",
                "This took over {} seconds and was stopped; the file may be damaged or very large. Nothing is lost.",
                job.limit().as_secs()
            ))
        })?
    }

    /// A child that is not started: with what it needs of the environment, and ended when it is dropped.
    fn command(&self, language: Language, arguments: &[OsString]) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(key) = &self.key {
            command.arg("--archive-key").arg(key);
        }
        command
            .args(["--ui", language.code()])
            .arg("--data")
            .arg(&self.data)
            .args(arguments)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| is_needed(name)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn child(
        &self,
        language: Language,
        arguments: &[OsString],
        secret: Option<Zeroizing<String>>,
    ) -> Result<Answer, Trouble> {
        let mut command = self.command(language, arguments);
        command.stdin(if secret.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = command.spawn()?;
        if let Some((secret, mut stdin)) = secret.zip(child.stdin.take()) {
            // A child that does not ask for it may have closed its end.
            let _ = stdin.write_all(secret.as_bytes()).await;
            let _ = stdin.write_all(b"\n").await;
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let reading = async {
            if let Some(stdout) = stdout {
                stdout.take(LONGEST).read_to_end(&mut out).await?;
            }
            Ok::<_, std::io::Error>(())
        };
        let messages = async {
            if let Some(stderr) = stderr {
                stderr.take(1 << 20).read_to_end(&mut err).await?;
            }
            Ok::<_, std::io::Error>(())
        };
        let (reading, messages, status) = tokio::join!(reading, messages, child.wait());
        reading?;
        messages?;
        Ok(Answer {
            code: status?.code().unwrap_or(-1),
            stdout: out,
            said: String::from_utf8_lossy(&err).trim().to_owned(),
        })
    }
}

impl Answer {
    /// What it printed, as JSON.
    ///
    /// # Errors
    /// The child's own message when it printed none.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.stdout).map_err(|error| {
            if self.stdout.is_empty() {
                self.trouble()
            } else {
                Trouble::ours(format!("{error}; exit code {}", self.code))
            }
        })
    }

    /// What it printed, when it did what was asked.
    ///
    /// # Errors
    /// The child's own message when it did not.
    pub(crate) fn done<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        if self.code == 0 {
            self.json()
        } else {
            Err(self.trouble())
        }
    }

    /// Its message, with the status that its exit code stands for.
    pub(crate) fn trouble(&self) -> Trouble {
        let status = match self.code {
            2 => StatusCode::BAD_REQUEST,
            3 => StatusCode::UNPROCESSABLE_ENTITY,
            5 => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let said = if self.said.is_empty() {
            sentence!(
                "Việc này không xong (mã thoát {}).",
                "This was not done (exit code {}).",
                self.code
            )
        } else {
            saoy_archive::Sentence {
                vi: self.said.clone(),
                en: self.said.clone(),
            }
        };
        Trouble {
            status,
            said,
            cause: Some(format!("exit code {}", self.code)),
        }
    }
}

/// What a child needs of the environment: where programs, models and the clock's zone are.
fn is_needed(name: &std::ffi::OsStr) -> bool {
    [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "TESSDATA_PREFIX",
        "SOFTHSM2_CONF",
        "CREDENTIALS_DIRECTORY",
    ]
    .iter()
    .any(|needed| name == *needed)
}
