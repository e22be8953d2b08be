//! Taking a scan in: a copy of our own that nobody else writes to, with its hash, and the question whether it is whole.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use saoy_pipeline::ingest::whole::{self, Lacking};
use saoy_pipeline::ingest::{Fault, Limits};
use saoy_pipeline::record::Bilingual;
use saoy_pipeline::speech::Spoken;

use super::walk::Facts;
use crate::words::said;

/// A copy in the spool.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) path: PathBuf,
    /// SHA-256, lower-case hex.
    pub(super) sha256: String,
}

/// Why a file is not taken now.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// It changed or went away while it was copied: nothing is known of it any more.
    Moving,
    /// It is not whole, or cannot be read: more bytes, or somebody's help, may mend it.
    NotYet(Bilingual),
    /// Somebody has it open for writing.
    BeingWritten(Bilingual),
    /// Our own spool cannot be written.
    Spool(io::Error),
}

/// Copies `source` into `folder`, which must be empty or missing, when all of it is there and it is still as `facts` say.
/// What is no scan by its first bytes may become one while it is written; one that has `rested` will not, and is taken
/// for the driver to say so.
pub(super) fn take(
    source: &Path,
    facts: Facts,
    folder: &Path,
    rested: bool,
) -> Result<Copy, NotTaken> {
    if let Some(program) = writer_of(source) {
        return Err(NotTaken::BeingWritten(said!(
            "chương trình {program} đang mở tệp để ghi",
            "the program {program} has it open for writing"
        )));
    }
    let copy = copy(source, facts, folder)?;
    match whole::check(&copy.path, &Limits::default()) {
        Ok(()) if is_full_of_holes(source) => Err(NotTaken::NotYet(said!(
            "dung lượng đã giữ chỗ nhưng chưa ghi đủ",
            "its space is set apart but not all written"
        ))),
        Ok(()) => Ok(copy),
        Err(Lacking { error, .. }) if rested && matches!(error.fault, Fault::UnknownFormat) => {
            Ok(copy)
        }
        Err(Lacking { error, may_grow }) if may_grow => Err(NotTaken::NotYet(error.fault.spoken())),
        // Whole, and of no use here: the driver says why.
        Err(_) => Ok(copy),
    }
}

fn copy(source: &Path, facts: Facts, folder: &Path) -> Result<Copy, NotTaken> {
    let name = source.file_name().unwrap_or_default();
    let path = folder.join(name);
    fs::create_dir_all(folder).map_err(NotTaken::Spool)?;
    let mut into = File::create(&path).map_err(NotTaken::Spool)?;
    let mut from = File::open(source).map_err(unreadable)?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = from.read(&mut buffer).map_err(unreadable)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            break;
        }
        hash.update(part);
        into.write_all(part).map_err(NotTaken::Spool)?;
    }
    let now = Facts::of(source).map_err(unreadable)?;
    let opened = from.metadata().map_err(unreadable)?;
    if now != facts || Facts::from(&opened) != facts {
        return Err(NotTaken::Moving);
    }
    Ok(Copy {
        path,
        sha256: hex(hash),
    })
}

fn unreadable(error: io::Error) -> NotTaken {
    if error.kind() == io::ErrorKind::NotFound {
        return NotTaken::Moving;
    }
    let said = error.spoken();
    NotTaken::NotYet(Bilingual {
        vi: format!("không đọc được: {}", said.vi),
        en: format!("cannot be read: {}", said.en),
    })
}

/// SHA-256 of the file at `path`, lower-case hex.
pub(super) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(hash));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

fn hex(hash: Context) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in hash.finish().as_ref() {
        // A string takes whatever is written.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether the file has less on disk than its length says, as while a program that has set its space apart fills it.
fn is_full_of_holes(path: &Path) -> bool {
    // Blocks of 512 bytes, whatever the file system's own are (stat(2)). File systems that compress have fewer too, but
    // not with bytes of zero at the end.
    fs::metadata(path)
        .is_ok_and(|found| found.blocks().saturating_mul(512) < found.len() && found.blocks() > 0)
        && ends_in_zeros(path).unwrap_or(false)
}

fn ends_in_zeros(path: &Path) -> io::Result<bool> {
    use std::io::{Seek, SeekFrom};
    const BLOCK: u64 = 4096;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(BLOCK)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(tail.iter().all(|byte| *byte == 0))
}

/// The name of a program on this machine that has the file open for writing. Other users' programs are seen by root
/// only, and those of other machines by nobody: it is a help besides the time that a file must rest.
fn writer_of(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let own = std::process::id().to_string();
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let name = process.file_name().to_string_lossy().into_owned();
        if name == own || !name.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let here = process.path();
        let Ok(descriptors) = fs::read_dir(here.join("fd")) else {
            continue;
        };
        for descriptor in descriptors.flatten() {
            let opened = fs::read_link(descriptor.path()).is_ok_and(|target| target == path);
            if opened && may_write(&here.join("fdinfo").join(descriptor.file_name())) {
                let program = fs::read_to_string(here.join("comm")).unwrap_or(name);
                return Some(program.trim().to_owned());
            }
        }
    }
    None
}

/// Whether an open file was opened for writing: the lowest two bits of its flags (proc(5), open(2)).
fn may_write(info: &Path) -> bool {
    let text = fs::read_to_string(info).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    flags
        .and_then(|flags| u64::from_str_radix(flags.trim(), 8).ok())
        .is_some_and(|flags| flags & 3 != 0)
}
