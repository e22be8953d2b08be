//! Positioned reading of a file or of bytes in memory, never past the end.

use crate::record::said;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::error::Fault;

/// Bytes that can be read at any place.
pub(super) trait ReadAt {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Fills `into` from `offset`.
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<(), Fault>;

    /// `count` bytes from `offset`; the length is checked before memory is taken.
    fn take(&mut self, offset: u64, count: usize) -> Result<Vec<u8>, Fault> {
        check(self.len(), offset, count)?;
        let mut bytes = vec![0; count];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

/// An open file and its length.
pub(super) struct FileBytes {
    file: File,
    len: u64,
}

impl FileBytes {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(Fault::Read(std::io::ErrorKind::IsADirectory.into()));
        }
        Ok(Self {
            file,
            len: about.len(),
        })
    }
}

impl ReadAt for FileBytes {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<(), Fault> {
        check(self.len, offset, into.len())?;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(into)?;
        Ok(())
    }
}

impl ReadAt for &[u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<(), Fault> {
        let (start, end) = check(<Self as ReadAt>::len(self), offset, into.len())?;
        if let Some(bytes) = self.get(start..end) {
            into.copy_from_slice(bytes);
        }
        Ok(())
    }
}

fn check(len: u64, offset: u64, count: usize) -> Result<(usize, usize), Fault> {
    let end = offset.checked_add(count as u64).filter(|&end| end <= len);
    let Some(end) = end else {
        return Err(Fault::damaged(
            offset,
            said!(
                "cần {count} byte ở đây, dữ liệu kết thúc tại byte {len}",
                "{count} bytes are needed here, the data end at byte {len}"
            ),
        ));
    };
    // On 64-bit machines these cannot fail; files above 4 GiB on 32-bit ones use only the count.
    Ok((
        usize::try_from(offset).unwrap_or(usize::MAX),
        usize::try_from(end).unwrap_or(usize::MAX),
    ))
}
