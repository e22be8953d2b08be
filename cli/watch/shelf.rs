//! Putting a scan away: to where the accepted ones stay, or aside with the reason; nothing is ever written over.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use saoy_pipeline::masked::masked_in;
use saoy_pipeline::record::Failure;
use tempfile::{NamedTempFile, TempPath};

use super::intake::sha256_of;
use super::walk::Facts;

/// What came of putting a file away.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there.
    At(PathBuf),
    /// It is not what was read any more; it stays where it is and is looked at anew.
    Changed,
    /// Somebody took it away.
    Gone,
}

/// Moves `source` to `wished` or, where that is taken, to the next name with a number; the file must still be what it was,
/// by `facts` and, where given, by its hash.
pub(super) fn put(
    source: &Path,
    wished: &Path,
    facts: Facts,
    sha256: Option<&str>,
) -> io::Result<Put> {
    match Facts::of(source) {
        Ok(now) if now == facts => {}
        Ok(_) => return Ok(Put::Changed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Put::Gone),
        Err(error) => return Err(error),
    }
    let folder = wished.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    for number in 1..=u32::MAX {
        let place = numbered(wished, number);
        match rename_new(source, &place) {
            Ok(()) => return confirmed(source, place, facts, sha256),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound && !source.exists() => {
                return Ok(Put::Gone);
            }
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                return across(source, wished, facts, sha256);
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Looks whether what was moved is what was read: between the last look and the move somebody may have written.
fn confirmed(source: &Path, place: PathBuf, facts: Facts, sha256: Option<&str>) -> io::Result<Put> {
    let same = Facts::of(&place)?.same_content(facts)
        && match sha256 {
            Some(expected) => sha256_of(&place)? == expected,
            None => true,
        };
    if same {
        sync_folders(source, &place)?;
        return Ok(Put::At(place));
    }
    for number in 1..=u32::MAX {
        match rename_new(&place, &numbered(source, number)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| Put::Changed),
        }
    }
    Ok(Put::Changed)
}

/// Renames, unless there is something of that name.
fn rename_new(source: &Path, place: &Path) -> io::Result<()> {
    let mut path = TempPath::try_from_path(source)?;
    // It is somebody's scan, not a temporary file: whatever happens, it is not removed.
    path.disable_cleanup(true);
    let refused = match path.persist_noclobber(place) {
        Ok(()) => return Ok(()),
        Err(mut refused) => {
            refused.path.disable_cleanup(true);
            refused.error
        }
    };
    // File systems that know neither the renaming without replacing nor hard links, as some network shares.
    let simple = matches!(
        refused.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
    );
    if !simple {
        return Err(refused);
    }
    if fs::symlink_metadata(place).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(source, place)
}

/// To another file system: a copy, synced and given its name; the source goes only when it is still the same.
fn across(source: &Path, wished: &Path, facts: Facts, sha256: Option<&str>) -> io::Result<Put> {
    let folder = wished.parent().unwrap_or(Path::new("."));
    let mut copy = NamedTempFile::with_prefix_in(".saoy-", folder)?;
    io::copy(&mut File::open(source)?, &mut copy)?;
    copy.as_file().sync_all()?;
    let expected = match sha256 {
        Some(expected) => expected.to_owned(),
        None => sha256_of(source)?,
    };
    if sha256_of(copy.path())? != expected || Facts::of(source)? != facts {
        return Ok(Put::Changed);
    }
    let open_to = fs::metadata(source)?.permissions();
    copy.as_file().set_permissions(open_to)?;
    let mut copy = copy.into_temp_path();
    for number in 1..=u32::MAX {
        let place = numbered(wished, number);
        match copy.persist_noclobber(&place) {
            Ok(()) => {
                sync_folders(&place, &place)?;
                fs::remove_file(source)?;
                return Ok(Put::At(place));
            }
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                copy = refused.path;
            }
            Err(refused) => return Err(refused.error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Makes a move durable. Some network file systems do not sync folders; they write at once.
fn sync_folders(from: &Path, to: &Path) -> io::Result<()> {
    for path in [to, from] {
        let Some(folder) = path.parent() else {
            continue;
        };
        match File::open(folder).and_then(|folder| folder.sync_all()) {
            Err(error)
                if !matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
                ) =>
            {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(())
}

/// `scan.tif`, `scan-2.tif`, `scan-3.tif`, ...
pub(super) fn numbered(path: &Path, number: u32) -> PathBuf {
    if number < 2 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

/// Where the reason for setting a file aside is written: `scan.tif.why.txt`.
fn reason_path(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".why.txt");
    file.with_file_name(name)
}

/// Moves `source` aside and writes the reason next to it. The reason is there first: a file without one says nothing.
pub(super) fn set_aside(
    source: &Path,
    wished: &Path,
    facts: Facts,
    failure: &Failure,
) -> io::Result<Put> {
    let folder = wished.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let free = |number: &u32| fs::symlink_metadata(numbered(wished, *number)).is_err();
    let number = (1..=u32::MAX).find(free).unwrap_or(1);
    let place = numbered(wished, number);
    write_reason(&reason_path(&place), failure)?;
    let put = put(source, &place, facts, None);
    match &put {
        Ok(Put::At(at)) if *at == place => {}
        Ok(Put::At(at)) => {
            fs::rename(reason_path(&place), reason_path(at))?;
        }
        _ => {
            let _ = fs::remove_file(reason_path(&place));
        }
    }
    put
}

fn write_reason(path: &Path, failure: &Failure) -> io::Result<()> {
    let Failure {
        code,
        message,
        hint,
        ..
    } = failure;
    let text = format!(
        "{}\nGợi ý: {}\n\n{}\nHint: {}\n\n{code}\n",
        message.vi, hint.vi, message.en, hint.en
    );
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::with_prefix_in(".saoy-", folder)?;
    file.write_all(masked_in(&text).as_bytes())?;
    file.as_file().sync_all()?;
    // Temporary files are the owner's only; whoever may read the folder is to read this.
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(0o644))?;
    file.persist(path)?;
    Ok(())
}

/// A reason in `folder` that has lost its file, because somebody put the scan back, is of no use any more.
pub(super) fn forget_reason(failed: &Path) {
    if fs::symlink_metadata(failed).is_err() {
        let _ = fs::remove_file(reason_path(failed));
    }
}

/// Makes a folder that only the owner enters, for scans that must not lie open.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // A share may not keep permissions; the file is set aside all the same.
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over_and_nothing_else_is_moved() {
        let desk = tempfile::tempdir().unwrap();
        let at = |name: &str| desk.path().join(name);
        let place = at("accepted/a.tif");
        for (content, expected) in [("one", "a.tif"), ("two", "a-2.tif"), ("three", "a-3.tif")] {
            fs::write(at("a.tif"), content).unwrap();
            let facts = Facts::of(&at("a.tif")).unwrap();
            let put = put(&at("a.tif"), &place, facts, None).unwrap();
            assert_eq!(put, Put::At(at("accepted").join(expected)));
            assert_eq!(
                fs::read_to_string(at("accepted").join(expected)).unwrap(),
                content
            );
        }
        fs::write(at("a.tif"), "four").unwrap();
        let facts = Facts::of(&at("a.tif")).unwrap();
        // Other content of the same length and time, which only the hash tells.
        let put_back = put(&at("a.tif"), &place, facts, Some("00")).unwrap();
        assert_eq!(put_back, Put::Changed);
        assert_eq!(fs::read_to_string(at("a.tif")).unwrap(), "four");
        fs::write(at("a.tif"), "longer").unwrap();
        assert_eq!(
            put(&at("a.tif"), &place, facts, None).unwrap(),
            Put::Changed
        );
        fs::remove_file(at("a.tif")).unwrap();
        assert_eq!(put(&at("a.tif"), &place, facts, None).unwrap(), Put::Gone);
        assert_eq!(fs::read_dir(at("accepted")).unwrap().count(), 3);
    }

    #[test]
    fn a_move_to_another_file_system_is_a_copy_that_is_held_against_the_hash() {
        let desk = tempfile::tempdir().unwrap();
        let at = |name: &str| desk.path().join(name);
        fs::write(at("a.tif"), "one").unwrap();
        let facts = Facts::of(&at("a.tif")).unwrap();
        fs::create_dir(at("far")).unwrap();
        fs::write(at("far/a.tif"), "other").unwrap();
        let wished = at("far/a.tif");
        assert_eq!(
            across(&at("a.tif"), &wished, facts, Some("00")).unwrap(),
            Put::Changed
        );
        assert!(at("a.tif").exists());
        let sha256 = sha256_of(&at("a.tif")).unwrap();
        let put = across(&at("a.tif"), &wished, facts, Some(&sha256)).unwrap();
        assert_eq!(put, Put::At(at("far/a-2.tif")));
        assert!(!at("a.tif").exists());
        assert_eq!(fs::read_to_string(at("far/a-2.tif")).unwrap(), "one");
        assert_eq!(fs::read_dir(at("far")).unwrap().count(), 2);
    }
}
