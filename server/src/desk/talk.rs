//! A child that asks while it works: what it asks for goes to people, what they answer goes to it, a line each.

use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{Answer, Desk};
use crate::language::Language;
use crate::trouble::{Trouble, sentence};

/// Talks at a time: people who wait for their telephones hold no place of others.
pub(super) const MOST: usize = 16;
/// The longest that one may take.
const LONGEST: Duration = Duration::from_secs(900);
/// The most that a child may say, bytes.
const MOST_SAID: u64 = 1 << 20;

/// What a child says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Says {
    /// It wants something: `pin`, `code` or `password`.
    Asks {
        /// Which of them.
        ask: String,
        /// In words, in the language it was started with.
        prompt: String,
    },
    /// It waits for somebody else: `approval` or `signature`.
    Waits {
        /// For which.
        waiting: String,
    },
}

/// What it is told.
#[derive(Debug)]
pub(crate) enum Reply {
    /// What it asked for.
    Given(Zeroizing<String>),
    /// That it shall end.
    Stop,
}

impl Desk {
    /// Runs `saoy` with these arguments; `hear` hears what it says of itself, `replies` brings what it is told.
    ///
    /// # Errors
    /// When it cannot be started, takes too long, or was told to end. An exit code is no error here.
    pub(crate) async fn talk(
        &self,
        language: Language,
        arguments: Vec<OsString>,
        hear: impl Fn(Says) + Send,
        replies: mpsc::Receiver<Reply>,
    ) -> Result<Answer, Trouble> {
        let Ok(_place) = self.far.try_acquire() else {
            return Err(Trouble::new(
                StatusCode::SERVICE_UNAVAILABLE,
                sentence!(
                    "Đang có {} lượt ký từ xa cùng lúc; hãy thử lại sau ít phút. Chưa ký gì cả.",
                    "{} signatures by far keys are under way; try again in some minutes. Nothing was signed.",
                    MOST
                ),
            ));
        };
        let talk = self.talked(language, &arguments, hear, replies);
        tokio::time::timeout(LONGEST, talk).await.map_err(|_| {
            Trouble::new(
                StatusCode::GATEWAY_TIMEOUT,
                sentence!(
                    "Quá {} phút mà dịch vụ ký chưa xong nên đã dừng. Chưa ký gì cả.",
                    "The signing service was not done within {} minutes; this was stopped. Nothing was signed.",
                    LONGEST.as_secs() / 60
                ),
            )
        })?
    }

    async fn talked(
        &self,
        language: Language,
        arguments: &[OsString],
        hear: impl Fn(Says) + Send,
        mut replies: mpsc::Receiver<Reply>,
    ) -> Result<Answer, Trouble> {
        let mut command = self.command(language, arguments);
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let mut out = Vec::new();
        let reading = async {
            if let Some(stdout) = stdout {
                stdout.take(MOST_SAID).read_to_end(&mut out).await?;
            }
            Ok::<_, Trouble>(())
        };
        let lines = child.stderr.take();
        let talking = async {
            let mut said = String::new();
            let Some(lines) = lines else {
                return Ok(said);
            };
            let mut lines = BufReader::new(lines.take(MOST_SAID)).lines();
            loop {
                tokio::select! {
                    line = lines.next_line() => match line? {
                        None => return Ok(said),
                        Some(line) => match serde_json::from_str(&line) {
                            Ok(says) => hear(says),
                            Err(_) => {
                                said.push_str(&line);
                                said.push('\n');
                            }
                        },
                    },
                    reply = replies.recv() => match (reply, stdin.as_mut()) {
                        (Some(Reply::Given(given)), Some(stdin)) => {
                            // A child that has ended says so by its exit code.
                            let _ = stdin.write_all(given.as_bytes()).await;
                            let _ = stdin.write_all(b"\n").await;
                            let _ = stdin.flush().await;
                        }
                        _ => return Err(stopped()),
                    },
                }
            }
        };
        // Told to end, the child ends when it is dropped.
        let ((), said) = tokio::try_join!(reading, talking)?;
        Ok(Answer {
            code: child.wait().await?.code().unwrap_or(-1),
            stdout: out,
            said: said.trim().to_owned(),
        })
    }
}

fn stopped() -> Trouble {
    Trouble::refused(sentence!(
        "Đã dừng theo yêu cầu. Chưa ký gì cả.",
        "Stopped as you wished. Nothing was signed."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_says_is_told_from_its_messages() {
        let says = |line: &str| serde_json::from_str::<Says>(line).ok();
        assert_eq!(
            says(r#"{"ask":"code","prompt":"OTP:"}"#),
            Some(Says::Asks {
                ask: "code".to_owned(),
                prompt: "OTP:".to_owned()
            })
        );
        assert!(matches!(
            says(r#"{"waiting":"approval"}"#),
            Some(Says::Waits { .. })
        ));
        assert_eq!(says("lỗi: sai PIN"), None);
        assert_eq!(says("{}"), None);
    }
}
