//! One reader process: its start, one question and answer at a time, and its end.

mod pipes;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pipes::{Fault, Pipes};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use serde::de::DeserializeOwned;

use super::ReaderConfig;
use super::confine::confine;
use super::nursery::Nursery;
use crate::error::OcrError;
use crate::image::GrayView;
use crate::protocol::{Answer, Hello, MAGIC, Request, Usage, frame};

/// A running reader that has said hello. Dropping it ends it and everything it started.
#[derive(Debug)]
pub(super) struct Child {
    life: Life,
    pipes: Pipes,
    walls: Walls,
    engine: String,
    usage: Usage,
    images: u64,
}

/// What error reports need to know of the configuration.
#[derive(Debug)]
struct Walls {
    program: PathBuf,
    time: Duration,
    memory: u64,
}

impl Child {
    /// Starts a reader and waits for its hello.
    pub(super) fn start(
        nursery: &Nursery,
        config: &ReaderConfig,
        deadline: Instant,
    ) -> Result<Self, OcrError> {
        let mut process = nursery.spawn(command(config)).map_err(|source| {
            let program = config.program.clone();
            match source.kind() {
                std::io::ErrorKind::NotFound => OcrError::Missing { program },
                _ => OcrError::Start { program, source },
            }
        })?;
        let pipes = Pipes::take(&mut process);
        let life = Life {
            process,
            ended: false,
        };
        let pipes = pipes.map_err(|source| OcrError::Pipe { source })?;
        let walls = Walls {
            program: config.program.clone(),
            time: config.page_limit,
            memory: config.memory_limit,
        };
        let mut child = Self {
            life,
            pipes,
            walls,
            engine: String::new(),
            usage: Usage::default(),
            images: 0,
        };
        child.engine = child.greet(deadline)?.engine;
        Ok(child)
    }

    /// Asks one question about `images` and waits for the answer.
    pub(super) fn ask(
        &mut self,
        request: &Request,
        images: &[GrayView<'_>],
        deadline: Instant,
    ) -> Result<Answer, OcrError> {
        let header = frame(request).map_err(|source| OcrError::Pipe { source })?;
        let pixels = images.iter().flat_map(GrayView::pieces);
        let message = std::iter::once(&header[..]).chain(pixels);
        let answer = self.pipes.exchange(message, deadline);
        let answer: Answer = self.understand(answer)?;
        if !request.is_answered_by(&answer.outcome) {
            return Err(self.blame(Fault::Garbled("an answer to another question".into())));
        }
        Ok(answer)
    }

    /// Whether it is alive and has nothing to say, as it should be between questions.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.pipes.are_quiet()
    }

    /// Its process number.
    pub(super) fn id(&self) -> u32 {
        self.life.process.id()
    }

    /// Version of its engine.
    pub(super) fn engine(&self) -> &str {
        &self.engine
    }

    /// Images it has answered.
    pub(super) fn images(&self) -> u64 {
        self.images
    }

    /// Notes what it has used by now and gives what it had used before.
    pub(super) fn account(&mut self, usage: Usage, images: usize) -> Usage {
        self.images += images as u64;
        std::mem::replace(&mut self.usage, usage)
    }

    fn greet(&mut self, deadline: Instant) -> Result<Hello, OcrError> {
        let magic = self
            .pipes
            .magic(deadline)
            .map_err(|fault| self.blame(fault))?;
        let [name @ .., version] = MAGIC;
        if magic[..name.len()] != name {
            let what = "it does not begin as a reader does".into();
            return Err(self.blame(Fault::Garbled(what)));
        }
        if magic[name.len()] != version {
            let program = self.walls.program.clone();
            return Err(OcrError::Version {
                program,
                found: magic[name.len()],
                expected: version,
            });
        }
        let frame = self.pipes.exchange(std::iter::empty(), deadline);
        self.understand(frame)
    }

    fn understand<T: DeserializeOwned>(
        &mut self,
        frame: Result<Vec<u8>, Fault>,
    ) -> Result<T, OcrError> {
        let parsed = frame.and_then(|bytes| {
            serde_json::from_slice(&bytes).map_err(|error| Fault::Garbled(error.to_string()))
        });
        parsed.map_err(|fault| self.blame(fault))
    }

    /// Ends the reader and says what was wrong with it.
    fn blame(&mut self, fault: Fault) -> OcrError {
        let death = match fault {
            Fault::Ended => self.life.wait(PARTING),
            _ => None,
        };
        self.life.end();
        let stderr = self.pipes.last_words();
        match (fault, death) {
            (Fault::TimedOut, _) => OcrError::TimedOut {
                limit: self.walls.time,
                stderr,
            },
            (Fault::Failed(source), _) => OcrError::Pipe { source },
            (Fault::Garbled(what), _) => OcrError::Garbled { what, stderr },
            (Fault::Ended, None) => OcrError::Garbled {
                what: "it stopped answering".into(),
                stderr,
            },
            (Fault::Ended, Some(_)) if MEMORY_MARKS.iter().any(|mark| stderr.contains(mark)) => {
                OcrError::OutOfMemory {
                    limit: self.walls.memory,
                    stderr,
                }
            }
            (Fault::Ended, Some(Death::Signal(signal))) => OcrError::Crashed { signal, stderr },
            (Fault::Ended, Some(Death::Code(code))) => OcrError::Exited { code, stderr },
        }
    }
}

/// Without `OMP_THREAD_LIMIT` two readers on two cores take four times as long: libgomp reads it when it is
/// loaded, and its idle threads spin.
fn command(config: &ReaderConfig) -> Command {
    let mut command = Command::new(&config.program);
    command.env("OMP_THREAD_LIMIT", "1");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    confine(&mut command, config.memory_limit);
    command
}

/// A process and its group; both end with this.
#[derive(Debug)]
struct Life {
    process: std::process::Child,
    ended: bool,
}

/// How a process ended by itself.
enum Death {
    Signal(i32),
    Code(i32),
}

impl Life {
    /// Waits at most `patience` for the process to end by itself. It stays a zombie, so that its number and
    /// that of its group are not given to others before [`Life::end`].
    fn wait(&self, patience: Duration) -> Option<Death> {
        let pid = self.pid()?;
        let until = Instant::now() + patience;
        loop {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            if let Ok(Some(status)) = waitid(WaitId::Pid(pid), options) {
                let code = || Death::Code(status.exit_status().unwrap_or_default());
                return Some(status.terminating_signal().map_or_else(code, Death::Signal));
            }
            if Instant::now() >= until {
                return None;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Kills the group and reaps the process.
    fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        if let Some(pid) = self.pid() {
            // Fails only where nobody is left in the group.
            let _ = kill_process_group(pid, Signal::KILL);
        }
        // Returns at once, because the process has been killed; it is ours and not reaped, so it cannot fail.
        drop(self.process.wait());
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw)
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.end();
    }
}

/// How long a reader whose output has ended may take to end itself: well within the 2 s after its time by
/// which every call is to come back.
const PARTING: Duration = Duration::from_millis(500);

/// What programs write when they get no more memory: the C++ runtime, Rust, the C library (and whatever prints
/// its messages: linker, shells), Leptonica, the tools of GNU.
const MEMORY_MARKS: [&str; 6] = [
    "bad_alloc",
    "memory allocation of",
    "annot allocate memory",
    "malloc fail",
    "ut of memory",
    "memory exhausted",
];
