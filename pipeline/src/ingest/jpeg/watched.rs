//! Bytes for the JPEG decoder that notice when it decodes past the end of the scan.

use std::cell::Cell;
use std::rc::Rc;

use zune_jpeg::zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

/// A file in memory whose only scan ends at a known place.
///
/// When a scan lacks data, the decoder makes up zero bits and reports nothing. So zero bytes stand
/// after the scan instead of the end marker: a decoder that needs them shows it by fetching them four
/// at a time, as it fetches scan data, and is seen. Looking for the next marker goes byte by byte.
pub(super) struct Watched<'a> {
    data: &'a [u8],
    at: usize,
    /// Where the scan ends.
    end: usize,
    overrun: Rc<Cell<bool>>,
}

impl<'a> Watched<'a> {
    /// The flag is raised when data past `end` is decoded.
    pub(super) fn new(data: &'a [u8], end: usize) -> (Self, Rc<Cell<bool>>) {
        let overrun = Rc::new(Cell::new(false));
        (
            Self {
                data,
                at: 0,
                end,
                overrun: Rc::clone(&overrun),
            },
            overrun,
        )
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }
}

impl ZByteReaderTrait for Watched<'_> {
    #[inline]
    fn read_byte_no_error(&mut self) -> u8 {
        let byte = self.data.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte.unwrap_or_default()
    }

    #[inline]
    fn read_exact_bytes(&mut self, into: &mut [u8]) -> Result<(), ZByteIoError> {
        // The decoder fetches when fewer than 32 bits are left: from here on it has used more bits
        // than the scan has.
        if into.len() == 4 && self.at >= self.end.saturating_add(4) {
            self.overrun.set(true);
        }
        self.peek_exact_bytes(into)?;
        self.at += into.len();
        Ok(())
    }

    fn read_bytes(&mut self, into: &mut [u8]) -> Result<usize, ZByteIoError> {
        let count = self.peek_bytes(into)?;
        self.at += count;
        Ok(count)
    }

    fn peek_bytes(&mut self, into: &mut [u8]) -> Result<usize, ZByteIoError> {
        let count = into.len().min(self.rest().len());
        self.peek_exact_bytes(into.get_mut(..count).unwrap_or_default())?;
        Ok(count)
    }

    #[inline]
    fn peek_exact_bytes(&mut self, into: &mut [u8]) -> Result<(), ZByteIoError> {
        match self.rest().get(..into.len()) {
            Some(bytes) => {
                into.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(ZByteIoError::NotEnoughBytes(self.rest().len(), into.len())),
        }
    }

    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let target = match from {
            ZSeekFrom::Start(at) => i64::try_from(at).ok(),
            ZSeekFrom::End(offset) => i64::try_from(self.data.len())
                .ok()
                .and_then(|base| base.checked_add(offset)),
            ZSeekFrom::Current(offset) => i64::try_from(self.at)
                .ok()
                .and_then(|base| base.checked_add(offset)),
        };
        let target = target.and_then(|at| usize::try_from(at).ok());
        self.at = target.ok_or(ZByteIoError::SeekError("a place before the start"))?;
        Ok(self.at as u64)
    }

    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(self.at >= self.data.len())
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok(self.at as u64)
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        let rest = self.rest();
        sink.extend_from_slice(rest);
        self.at += rest.len();
        Ok(rest.len())
    }
}
