//! What lies in the hot folders at the moment.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use saoy_pipeline::ingest::inputs::MAX_DEPTH;
use saoy_pipeline::ingest::inputs::natural::Key;

use super::Hot;

/// What tells whether a file has changed since it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// Length.
    pub(super) bytes: u64,
    modified: Option<SystemTime>,
    /// A file that took the place of another is another file.
    inode: u64,
}

impl Facts {
    /// Those of the file at `path`.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self::from(&fs::symlink_metadata(path)?))
    }

    pub(super) fn from(found: &fs::Metadata) -> Self {
        Self {
            bytes: found.len(),
            modified: found.modified().ok(),
            inode: found.ino(),
        }
    }

    /// The same content in another place: only the folder entry is new.
    pub(super) fn same_content(self, other: Self) -> bool {
        self.bytes == other.bytes && self.modified == other.modified
    }
}

/// A file in a hot folder.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) path: PathBuf,
    /// Number of the hot folder.
    pub(super) hot: usize,
    pub(super) facts: Facts,
}

/// What was found, and the folders that could not be listed.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) met: Vec<Met>,
    pub(super) troubles: Vec<(PathBuf, io::Error)>,
}

/// Lists the files of all hot folders in natural order; `ours`, as canonical paths, are not entered. Hidden names, links
/// and what is no regular file are passed over.
pub(super) fn walk(hot: &[Hot], ours: &BTreeSet<PathBuf>) -> Walk {
    let mut walk = Walk::default();
    for (number, one) in hot.iter().enumerate() {
        walk.folder(&one.folder, number, ours, 0);
    }
    walk
}

impl Walk {
    fn folder(&mut self, path: &Path, hot: usize, ours: &BTreeSet<PathBuf>, depth: usize) {
        let listed = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match listed {
            Ok(entries) => entries,
            // A folder inside that went away meanwhile is no trouble.
            Err(error) if depth > 0 && error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.troubles.push((path.to_owned(), error)),
        };
        entries.sort_by_key(|entry| Key::of(&entry.file_name().to_string_lossy()));
        let mut folders = Vec::new();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            // A file that was renamed since it was listed comes under its new name at the next look.
            let Ok(found) = fs::symlink_metadata(&path) else {
                continue;
            };
            if is_hidden(&name) {
                continue;
            }
            if found.is_dir() {
                if !ours.contains(&super::real(&path)) {
                    folders.push(path);
                }
            } else if found.is_file() {
                let facts = Facts::from(&found);
                self.met.push(Met { path, hot, facts });
            }
        }
        if depth < MAX_DEPTH {
            for folder in folders {
                self.folder(&folder, hot, ours, depth + 1);
            }
        }
    }
}

/// What file managers and systems leave in folders, and what its writer has hidden until it is finished.
fn is_hidden(name: &str) -> bool {
    let litter = ["thumbs.db", "desktop.ini", "__macosx"];
    name.starts_with('.') || litter.contains(&name.to_lowercase().as_str())
}

/// Whether the name says that its writer is not done: endings that scanners, browsers and copying programs use until they
/// rename the file.
pub(super) fn is_temporary(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    TEMPORARY.contains(&ending) || name.ends_with('~') || name.starts_with("~$")
}

const TEMPORARY: [&str; 9] = [
    "part",
    "partial",
    "tmp",
    "temp",
    "crdownload",
    "download",
    "filepart",
    "opdownload",
    "swp",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_final_are_told() {
        for (name, expected) in [
            ("scan.tif.part", true),
            ("SCAN.TMP", true),
            ("scan.pdf~", true),
            ("~$letter.pdf", true),
            ("scan.tif", false),
            ("party.pdf", false),
            ("part", false),
        ] {
            assert_eq!(is_temporary(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn folders_are_walked_in_the_order_of_people_and_ours_are_left_out() {
        let desk = tempfile::tempdir().unwrap();
        for name in [
            "scan 10.tif",
            "scan 2.tif",
            "sub/a.tif",
            "accepted/b.tif",
            ".hidden",
        ] {
            let path = desk.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        let ours = BTreeSet::from([desk.path().join("accepted").canonicalize().unwrap()]);
        let hot = Hot {
            folder: desk.path().to_owned(),
            accepted: PathBuf::new(),
            failed: PathBuf::new(),
        };
        let walk = walk(&[hot], &ours);
        let names: Vec<_> = walk
            .met
            .iter()
            .map(|met| met.path.strip_prefix(desk.path()).unwrap().to_owned())
            .collect();
        assert_eq!(
            names,
            ["scan 2.tif", "scan 10.tif", "sub/a.tif"].map(PathBuf::from)
        );
    }
}
