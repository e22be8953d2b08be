//! The three pipes to a reader, written and read together so that neither side can hold up the other.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};
use rustix::pipe::fcntl_setpipe_size;

use crate::protocol::{LENGTH, MAGIC, MAX_ANSWER};
use crate::readers::tail::Tail;

/// The parent's ends, none of which blocks.
#[derive(Debug)]
pub(super) struct Pipes {
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// `None` once the other side has closed it.
    stderr: Option<ChildStderr>,
    inbox: Vec<u8>,
    words: Tail,
}

/// Why an exchange failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The deadline passed.
    TimedOut,
    /// The reader's output ended.
    Ended,
    /// The reader said what it must not.
    Garbled(String),
    /// The system failed.
    Failed(io::Error),
}

/// Which pipes can be served without waiting.
struct Ready {
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

impl Pipes {
    pub(super) fn take(process: &mut Child) -> io::Result<Self> {
        let missing = || io::Error::other("a pipe is missing");
        let stdin = process.stdin.take().ok_or_else(missing)?;
        let stdout = process.stdout.take().ok_or_else(missing)?;
        let stderr = process.stderr.take().ok_or_else(missing)?;
        ioctl_fionbio(&stdin, true)?;
        ioctl_fionbio(&stdout, true)?;
        ioctl_fionbio(&stderr, true)?;
        // A wish: fewer turns for the same pixels. Users may be held to less.
        let _ = fcntl_setpipe_size(&stdin, PIPE_SIZE);
        Ok(Self {
            stdin,
            stdout,
            stderr: Some(stderr),
            inbox: Vec::new(),
            words: Tail::default(),
        })
    }

    /// Waits for the first bytes of a reader.
    pub(super) fn magic(&mut self, deadline: Instant) -> Result<[u8; MAGIC.len()], Fault> {
        loop {
            if let Some((magic, rest)) = self.inbox.split_first_chunk() {
                let magic = *magic;
                self.inbox = rest.to_vec();
                return Ok(magic);
            }
            self.step(&mut Outgoing::new(std::iter::empty()), deadline)?;
        }
    }

    /// Writes a message, given in pieces, and waits for the one frame that answers it.
    pub(super) fn exchange<'a>(
        &mut self,
        message: impl Iterator<Item = &'a [u8]>,
        deadline: Instant,
    ) -> Result<Vec<u8>, Fault> {
        let mut outgoing = Outgoing::new(message);
        loop {
            if let Some(frame) = self.frame()? {
                if outgoing.is_pending() {
                    return Err(Fault::Garbled(
                        "an answer before the end of the question".into(),
                    ));
                }
                return Ok(frame);
            }
            self.step(&mut outgoing, deadline)?;
        }
    }

    /// Whether the reader's output is open and empty.
    pub(super) fn are_quiet(&self) -> bool {
        let mut fds = [PollFd::new(&self.stdout, PollFlags::IN)];
        self.inbox.is_empty() && matches!(poll(&mut fds, Some(&Timespec::default())), Ok(0))
    }

    /// What the reader last wrote on its standard error.
    pub(super) fn last_words(&mut self) -> String {
        // A flood ends with its writer, which has been killed; the pipe holds no more than this.
        for _ in 0..LAST_READS {
            if !self.listen() {
                break;
            }
        }
        self.words.text()
    }

    /// The frame in the inbox, once all of it is there.
    fn frame(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let Some((len, body)) = self.inbox.split_first_chunk::<LENGTH>() else {
            return Ok(None);
        };
        let len = u32::from_le_bytes(*len) as usize;
        if len > MAX_ANSWER {
            return Err(Fault::Garbled(format!("an answer of {len} bytes")));
        }
        match body.len().checked_sub(len) {
            None => Ok(None),
            Some(0) => {
                let mut frame = std::mem::take(&mut self.inbox);
                frame.drain(..LENGTH);
                Ok(Some(frame))
            }
            Some(extra) => Err(Fault::Garbled(format!("{extra} bytes after the answer"))),
        }
    }

    /// Waits until something can be done, and does it.
    fn step<'a, M: Iterator<Item = &'a [u8]>>(
        &mut self,
        outgoing: &mut Outgoing<'a, M>,
        deadline: Instant,
    ) -> Result<(), Fault> {
        let left = deadline
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero());
        let ready = self
            .wait(outgoing.is_pending(), left.ok_or(Fault::TimedOut)?)
            .map_err(Fault::Failed)?;
        if ready.stderr {
            self.listen();
        }
        if ready.stdin {
            outgoing.push(&mut self.stdin).map_err(Fault::Failed)?;
        }
        if ready.stdout {
            self.receive()?;
        }
        Ok(())
    }

    fn wait(&self, writing: bool, left: Duration) -> io::Result<Ready> {
        let mut fds = vec![PollFd::new(&self.stdout, PollFlags::IN)];
        if let Some(stderr) = &self.stderr {
            fds.push(PollFd::new(stderr, PollFlags::IN));
        }
        if writing {
            fds.push(PollFd::new(&self.stdin, PollFlags::OUT));
        }
        let timeout = Timespec::try_from(left).ok();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        let at = |index: usize| ready.get(index).copied().unwrap_or(false);
        let stderr = usize::from(self.stderr.is_some());
        Ok(Ready {
            stdout: at(0),
            stderr: stderr == 1 && at(1),
            stdin: writing && at(1 + stderr),
        })
    }

    /// Moves what there is from the reader's output to the inbox.
    fn receive(&mut self) -> Result<(), Fault> {
        let mut bytes = [0; READ_SIZE];
        match self.stdout.read(&mut bytes) {
            Ok(0) => Err(Fault::Ended),
            Ok(count) => {
                self.inbox
                    .extend_from_slice(bytes.get(..count).unwrap_or_default());
                Ok(())
            }
            Err(error) if is_passing(&error) => Ok(()),
            Err(error) => Err(Fault::Failed(error)),
        }
    }

    /// Notes what there is on the reader's standard error; true if there was something.
    fn listen(&mut self) -> bool {
        let Some(stderr) = &mut self.stderr else {
            return false;
        };
        let mut bytes = [0; READ_SIZE];
        match stderr.read(&mut bytes) {
            Ok(count) if count > 0 => {
                self.words.push(bytes.get(..count).unwrap_or_default());
                true
            }
            Err(error) if is_passing(&error) => false,
            Ok(_) | Err(_) => {
                self.stderr = None;
                false
            }
        }
    }
}

/// What remains to be written.
struct Outgoing<'a, M> {
    piece: &'a [u8],
    later: M,
}

impl<'a, M: Iterator<Item = &'a [u8]>> Outgoing<'a, M> {
    fn new(mut later: M) -> Self {
        Self {
            piece: later.next().unwrap_or_default(),
            later,
        }
    }

    fn is_pending(&self) -> bool {
        !self.piece.is_empty()
    }

    /// Writes until the pipe is full or nothing is left. Where the reader has closed its end the rest is
    /// dropped: what became of it shows at its output.
    fn push(&mut self, stdin: &mut ChildStdin) -> io::Result<()> {
        while self.is_pending() {
            match stdin.write(self.piece) {
                Ok(count) => self.piece = self.piece.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.piece = &[];
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
            if self.piece.is_empty() {
                self.piece = self.later.next().unwrap_or_default();
            }
        }
        Ok(())
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Bytes a pipe of ours should hold: the most that Linux gives without privilege (`/proc/sys/fs/pipe-max-size`).
const PIPE_SIZE: usize = 1 << 20;

/// Bytes read at once: what a pipe holds by default.
const READ_SIZE: usize = 1 << 16;

/// Reads of the standard error after the end.
const LAST_READS: usize = 16;
