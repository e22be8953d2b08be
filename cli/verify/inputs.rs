//! What is to be verified: files as named, and every PDF of a folder and the folders in it.

use std::io;
use std::path::{Path, PathBuf};

/// Folders within folders beyond this are not entered: nobody files so deep, a loop of mounts does.
const DEEPEST: usize = 64;

/// The files that `named` means, folders in order of names. A file that was named is taken whatever it is called.
///
/// # Errors
/// When a folder cannot be listed.
pub(crate) fn find(named: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in named {
        if path.is_dir() {
            folder(path, 0, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn folder(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > DEEPEST {
        return Ok(());
    }
    let entries: io::Result<Vec<_>> = std::fs::read_dir(path)?.collect();
    let mut entries = entries?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        // Links are not followed: a loop of them would never end, and what they lead to has a place of its own.
        let kind = entry.file_type()?;
        let path = entry.path();
        if kind.is_dir() {
            folder(&path, depth + 1, found)?;
        } else if kind.is_file() && is_pdf(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_pdf(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_their_pdfs_in_order_and_named_files_are_taken_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("b/c")).unwrap();
        for name in ["z.PDF", "a.pdf", "note.txt", "b/c/d.pdf"] {
            std::fs::write(at(name), "").unwrap();
        }
        let found = find(&[folder.path().to_owned(), at("note.txt")]).unwrap();
        assert_eq!(
            found,
            [at("a.pdf"), at("b/c/d.pdf"), at("z.PDF"), at("note.txt")]
        );
    }
}
