//! Whether all of a file is there: what a hot folder asks before it takes a scan that somebody may still be writing.
//!
//! A file that ends too early is often a valid shorter one to a decoder that is kind to its input. So each format is held
//! to the mark that its writers set last, and TIFF, which has none, to all its pages.

use std::path::Path;

use super::error::{Fault, IngestError};
use super::limits::Limits;
use super::page::TextPolicy;
use super::{File, FileBytes, Format, Note, ReadAt, Source, format_of};
use crate::record::said;

/// Why a file is not taken.
#[derive(Debug)]
pub struct Lacking {
    /// What is wrong with it as it is.
    pub error: IngestError,
    /// Whether more bytes could mend it: false for what is whole and still cannot be used.
    pub may_grow: bool,
}

/// Looks whether the file at `path` is there to its end.
///
/// # Errors
/// When it is not, or cannot be used for another reason.
pub fn check(path: &Path, limits: &Limits) -> Result<(), Lacking> {
    let at = |fault: Fault| Lacking {
        may_grow: may_grow(&fault),
        error: IngestError {
            path: path.to_owned(),
            page: None,
            fault,
        },
    };
    let mut file = FileBytes::open(path).map_err(at)?;
    let format = format_of(&mut file).map_err(at)?;
    let ended = match format {
        Format::Tiff => true,
        Format::Jpeg => ends_as_jpeg(&mut file, path, limits).map_err(at)?,
        Format::Png => tail_holds(&mut file, PNG_END).map_err(at)?,
        Format::WebP => ends_as_riff(&mut file).map_err(at)?,
        Format::Jpeg2000 => ends_as_jpeg2000(&mut file).map_err(at)?,
        Format::Pdf => ends_as_pdf(&mut file).map_err(at)?,
    };
    if !ended {
        return Err(at(Fault::damaged(
            file.len(),
            said!(
                "thiếu phần kết của tệp {}",
                "the end of the {} file is missing",
                format.name()
            ),
        )));
    }
    let lacking = |error: IngestError| Lacking {
        may_grow: may_grow(&error.fault),
        error,
    };
    let opened = File::open(path, limits).map_err(lacking)?;
    if format == Format::Tiff {
        for page in 0..opened.page_count() {
            opened.load(page, TextPolicy::Skip).map_err(lacking)?;
        }
    }
    Ok(())
}

fn may_grow(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Empty
            | Fault::UnknownFormat
            | Fault::Damaged { .. }
            | Fault::DecoderStopped { .. }
            | Fault::Read(_)
            | Fault::NoSuchPage { .. }
    )
}

/// The last `count` bytes, or as many as there are.
fn tail(file: &mut FileBytes, count: usize) -> Result<Vec<u8>, Fault> {
    let count = usize::try_from(file.len()).map_or(count, |length| length.min(count));
    file.take(file.len().saturating_sub(count as u64), count)
}

fn tail_holds(file: &mut FileBytes, mark: &[u8]) -> Result<bool, Fault> {
    let tail = tail(file, TAIL)?;
    Ok(tail.windows(mark.len()).any(|bytes| bytes == mark))
}

/// What follows the last byte that is no padding does not count: some writers fill up a block.
fn unpadded(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !PADDING.contains(byte));
    bytes
        .get(..end.map_or(0, |end| end + 1))
        .unwrap_or_default()
}

/// EOI (ITU-T T.81, B.1.1.3), at the end or, where a camera put something of its own behind it, where the decoder met it.
fn ends_as_jpeg(file: &mut FileBytes, path: &Path, limits: &Limits) -> Result<bool, Fault> {
    if unpadded(&tail(file, TAIL)?).ends_with(EOI) {
        return Ok(true);
    }
    let loaded = Source::open(path, limits).and_then(|source| source.load(0));
    match loaded {
        Ok(page) => Ok(page
            .notes
            .iter()
            .any(|note| matches!(note, Note::BytesAfterEnd { .. }))),
        Err(error) => Err(error.fault),
    }
}

/// The length that the container states (RFC 9649, 2.4).
fn ends_as_riff(file: &mut FileBytes) -> Result<bool, Fault> {
    let stated = number(&file.take(4, 4)?, false);
    Ok(file.len() >= stated.saturating_add(8))
}

/// Boxes one behind the other to the end of the file, the codestream's among them (ITU-T T.800, I.4, I.5.4), or a bare
/// codestream with its EOC (A.4.4).
fn ends_as_jpeg2000(file: &mut FileBytes) -> Result<bool, Fault> {
    let closed = |tail: &[u8]| unpadded(tail).ends_with(EOI);
    if file.take(0, 4)? == b"\xFF\x4F\xFF\x51" {
        return Ok(closed(&tail(file, TAIL)?));
    }
    let mut at = 0_u64;
    // A file that stops between two boxes before its picture is no whole one.
    let mut pictured = false;
    for _ in 0..MAX_BOXES {
        if at == file.len() {
            return Ok(pictured);
        }
        if at.saturating_add(8) > file.len() {
            return Ok(false);
        }
        pictured |= file.take(at + 4, 4)? == b"jp2c";
        let length = match number(&file.take(at, 4)?, true) {
            // The box reaches to the end, wherever that is.
            0 => return Ok(closed(&tail(file, TAIL)?)),
            1 if at.saturating_add(16) > file.len() => return Ok(false),
            1 => number(&file.take(at + 8, 8)?, true),
            length => length,
        };
        if length < 8 {
            return Ok(false);
        }
        at = at.saturating_add(length);
    }
    Ok(false)
}

/// `%%EOF` near the end (ISO 32000-2, 7.5.5), and the length that a linearised file states (Annex F.3.2): such a file has
/// an end mark in its beginning too.
fn ends_as_pdf(file: &mut FileBytes) -> Result<bool, Fault> {
    let end = tail(file, 2 * PDF_HEAD)?;
    let last = unpadded(&end);
    let last = last
        .get(last.len().saturating_sub(PDF_HEAD)..)
        .unwrap_or_default();
    if !last.windows(5).any(|five| five == b"%%EOF") {
        return Ok(false);
    }
    let length = usize::try_from(file.len()).map_or(PDF_HEAD, |length| length.min(PDF_HEAD));
    let head = file.take(0, length)?;
    Ok(linearized_length(&head).is_none_or(|stated| stated <= file.len()))
}

fn linearized_length(head: &[u8]) -> Option<u64> {
    let find = |within: &[u8], mark: &[u8]| {
        within
            .windows(mark.len())
            .position(|bytes| bytes == mark)
            .map(|at| at + mark.len())
    };
    let dictionary = head.get(find(head, b"/Linearized")?..)?;
    let dictionary = dictionary.get(..find(dictionary, b">>")?)?;
    let value = dictionary.get(find(dictionary, b"/L ")?..)?;
    let digits = value.iter().skip_while(|byte| **byte == b' ');
    let digits: String = digits
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    digits.parse().ok()
}

fn number(bytes: &[u8], big_endian: bool) -> u64 {
    let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    if big_endian {
        bytes.iter().fold(0, join)
    } else {
        bytes.iter().rev().fold(0, join)
    }
}

/// The end-of-image mark of JPEG, and the end-of-codestream mark of JPEG 2000.
const EOI: &[u8] = &[0xFF, 0xD9];
/// The last chunk of a PNG, without its length (PNG, 3rd edition, 11.2.5).
const PNG_END: &[u8] = b"IEND\xAE\x42\x60\x82";
/// What writers fill up a last block with.
const PADDING: [u8; 4] = [0, b'\n', b'\r', b' '];
/// How far from the end a mark is looked for, in bytes: the largest block that writers fill up.
const TAIL: usize = 1 << 16;
/// How far from either end of a PDF readers look (ISO 32000-1, Annex H, implementation notes 13 and 18).
const PDF_HEAD: usize = 1024;
/// More boxes than any JP2 file has.
const MAX_BOXES: usize = 4096;

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn seeds() -> Vec<(String, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/seeds");
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending != "sh"))
            .collect();
        files.sort();
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        files
            .iter()
            .map(|path| (name(path), std::fs::read(path).unwrap()))
            .collect()
    }

    #[test]
    fn a_file_is_whole_at_its_end_and_nowhere_before() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits::default();
        let seeds = seeds();
        assert!(seeds.len() >= 6, "{}", seeds.len());
        for (name, bytes) in &seeds {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            if let Err(lacking) = check(&path, &limits) {
                panic!("{name}: {}", lacking.error);
            }
            // Every cut near the ends, where marks are, and some between.
            let near = |cut: &usize| *cut < 64 || bytes.len() - cut < 64 || cut.is_multiple_of(97);
            for cut in (0..bytes.len()).filter(near) {
                // What is only padding behind the end is no loss. The last bytes of a TIFF may be tags that no pixel
                // needs; all its pages are there then.
                let end = unpadded(bytes).len();
                let lost = cut < if name.ends_with(".tif") { end / 2 } else { end };
                std::fs::write(&path, &bytes[..cut]).unwrap();
                match check(&path, &limits) {
                    Ok(()) => assert!(!lost, "{name} cut at {cut} of {} passes", bytes.len()),
                    Err(lacking) => assert!(lacking.may_grow, "{name} at {cut}: {}", lacking.error),
                }
            }
        }
    }

    #[test]
    fn what_no_byte_can_mend_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.heic");
        std::fs::write(&path, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
        assert!(!check(&path, &Limits::default()).unwrap_err().may_grow);
    }

    #[test]
    fn the_first_end_mark_of_a_linearised_file_is_not_its_end() {
        let head = b"%PDF-1.4\n1 0 obj\n<< /Linearized 1 /L 5000 /H [ 10 20 ] >>\nendobj\n";
        assert_eq!(linearized_length(head), Some(5000));
        assert_eq!(
            linearized_length(b"%PDF-1.4\n1 0 obj << /Type /Catalog >>"),
            None
        );
    }
}
