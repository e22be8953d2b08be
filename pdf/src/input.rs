//! The file being read: bounded windows onto it, searches through it, and the list of what had to be repaired.

use std::{
    io,
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use memchr::memmem;

use crate::{error::PdfError, lexer::Stop, limits, repair::Repair, source::ReadAt};

pub(crate) struct Input {
    source: Box<dyn ReadAt>,
    len: u64,
    repairs: Mutex<Vec<Repair>>,
    searched: AtomicU64,
    grown: AtomicU64,
}

impl Input {
    pub(crate) fn new(source: impl ReadAt + 'static) -> Self {
        let len = source.len();
        Self {
            source: Box::new(source),
            len,
            repairs: Mutex::default(),
            searched: AtomicU64::new(0),
            grown: AtomicU64::new(0),
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Remembers a repair once.
    pub(crate) fn note(&self, repair: Repair) {
        let Ok(mut repairs) = self.repairs.lock() else {
            return;
        };
        if repairs.len() > limits::REPAIRS || repairs.contains(&repair) {
            return;
        }
        let full = repairs.len() == limits::REPAIRS;
        repairs.push(if full { Repair::More } else { repair });
    }

    pub(crate) fn note_all(&self, repairs: impl IntoIterator<Item = Repair>) {
        for repair in repairs {
            self.note(repair);
        }
    }

    pub(crate) fn repairs(&self) -> Vec<Repair> {
        self.repairs
            .lock()
            .map(|repairs| repairs.clone())
            .unwrap_or_default()
    }

    /// Fills `buf` from `at` as far as the file goes and gives the filled part.
    pub(crate) fn fill<'b>(&self, at: u64, buf: &'b mut [u8]) -> Result<&'b [u8], PdfError> {
        let rest = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(rest);
        let mut done = 0;
        while let Some(part) = buf.get_mut(done..wanted).filter(|part| !part.is_empty()) {
            let position = at.saturating_add(done as u64);
            match self.source.read_at(position, part) {
                Ok(0) => {
                    return Err(PdfError::Truncated {
                        at: position,
                        what: "last byte, shorter than when opened",
                    });
                }
                Ok(count) => done = done.saturating_add(count).min(wanted),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PdfError::read(position, &error)),
            }
        }
        Ok(buf.get(..done).unwrap_or_default())
    }

    /// Up to `count` bytes from `at`.
    pub(crate) fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, PdfError> {
        let rest = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut buf = vec![0; count.min(rest)];
        let done = self.fill(at, &mut buf)?.len();
        buf.truncate(done);
        Ok(buf)
    }

    /// Runs `read` on a window from `at` that grows until `read` no longer asks for more.
    pub(crate) fn window<T>(
        &self,
        at: u64,
        read: impl FnMut(&[u8], bool) -> Result<T, Stop>,
    ) -> Result<T, PdfError> {
        self.window_until(at, self.len, read)
    }

    /// The same, as if the file ended at `end`.
    pub(crate) fn window_until<T>(
        &self,
        at: u64,
        end: u64,
        mut read: impl FnMut(&[u8], bool) -> Result<T, Stop>,
    ) -> Result<T, PdfError> {
        let end = end.min(self.len);
        let room = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut size = limits::FIRST_WINDOW;
        loop {
            let bytes = self.bytes(at, size.min(room))?;
            let whole = at.saturating_add(bytes.len() as u64) >= end;
            if size > limits::FIRST_WINDOW {
                self.spend_on_windows(at, bytes.len())?;
            }
            match read(&bytes, whole) {
                Ok(value) => return Ok(value),
                Err(Stop::Fail(error)) => return Err(error),
                Err(Stop::More) if whole => {
                    return Err(PdfError::Truncated {
                        at: end,
                        what: "end of an object",
                    });
                }
                Err(Stop::More) if size >= limits::OBJECT_BYTES => {
                    return Err(PdfError::Limit {
                        at,
                        what: "bytes in one object",
                        limit: limits::OBJECT_BYTES as u64,
                    });
                }
                Err(Stop::More) => size = size.saturating_mul(8).min(limits::OBJECT_BYTES),
            }
        }
    }

    /// Counts what grown windows read, so that many references to one huge object do not take for ever.
    fn spend_on_windows(&self, at: u64, bytes: usize) -> Result<(), PdfError> {
        let limit = self
            .len
            .saturating_mul(16)
            .saturating_add(limits::WINDOWS_TOTAL);
        let spent = self.grown.fetch_add(bytes as u64, Ordering::Relaxed);
        if spent > limit {
            return Err(PdfError::Limit {
                at,
                what: "bytes read for long objects",
                limit,
            });
        }
        Ok(())
    }

    /// Where `needle` stands last in the file.
    pub(crate) fn rfind(&self, needle: &[u8]) -> Result<Option<u64>, PdfError> {
        let overlap = needle.len().saturating_sub(1) as u64;
        let mut end = self.len;
        // Nearly always it is at the very end.
        let mut size = 1024_u64;
        while end > 0 {
            let start = end.saturating_sub(size);
            let bytes = self.bytes(start, usize::try_from(end - start).unwrap_or(0))?;
            if let Some(found) = memmem::rfind(&bytes, needle) {
                return Ok(Some(start + found as u64));
            }
            if start == 0 {
                break;
            }
            end = start.saturating_add(overlap).min(end - 1);
            size = limits::CHUNK as u64;
        }
        Ok(None)
    }

    /// Where `needle` stands first in `range`; searches are paid from a budget for the whole file.
    pub(crate) fn find(&self, needle: &[u8], range: Range<u64>) -> Result<Option<u64>, PdfError> {
        let budget = self
            .len
            .saturating_mul(4)
            .saturating_add(limits::STREAM_END_SEARCH);
        let finder = memmem::Finder::new(needle);
        let overlap = needle.len().saturating_sub(1);
        let end = range.end.min(self.len);
        let mut at = range.start;
        // Most lost ends are near: begin small.
        let mut size = 4096_usize;
        while at < end {
            let rest = usize::try_from(end - at).unwrap_or(usize::MAX);
            let bytes = self.bytes(at, size.min(rest))?;
            if self
                .searched
                .fetch_add(bytes.len() as u64, Ordering::Relaxed)
                > budget
            {
                return Err(PdfError::Limit {
                    at,
                    what: "bytes searched for ends of streams",
                    limit: budget,
                });
            }
            if let Some(found) = finder.find(&bytes) {
                return Ok(Some(at + found as u64));
            }
            if bytes.len() >= rest || bytes.len() <= overlap {
                break;
            }
            at += (bytes.len() - overlap) as u64;
            size = limits::CHUNK;
        }
        Ok(None)
    }
}
