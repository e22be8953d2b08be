//! Folders as people leave them.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[&str]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for file in files {
            folder.put(file, PNG);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn find(&self, options: &Options) -> Found {
        find(&[self.0.path().to_owned()], options)
    }
}

fn names(found: &Found) -> Vec<&str> {
    found
        .documents
        .iter()
        .map(|document| document.name.as_str())
        .collect()
}

#[test]
fn folders_are_walked_in_natural_order() {
    let folder = Folder::with(&[
        "p10.png",
        "p2.png",
        "b/x1.png",
        "a/x.png",
        ".hidden.png",
        "Thumbs.db",
        "b10/y.png",
        "b9/z.png",
    ]);
    let found = folder.find(&Options::default());
    assert_eq!(names(&found), ["p2", "p10", "x", "x1", "z", "y"]);
    assert!(found.set_aside.is_empty(), "{:?}", found.set_aside);
}

#[test]
fn what_is_no_image_is_reported() {
    let folder = Folder::with(&["good.png"]);
    folder.put("notes.txt", b"hello");
    folder.put("empty.tif", b"");
    let found = folder.find(&Options::default());
    assert_eq!(names(&found), ["good"]);
    let reasons: Vec<_> = found
        .set_aside
        .iter()
        .map(|aside| aside.reason.to_string())
        .collect();
    assert_eq!(
        reasons,
        [
            "the file is empty (0 bytes)",
            "not an image format that is read here"
        ]
    );
}

#[test]
fn missing_and_empty_inputs_are_reported() {
    let folder = Folder::with(&[]);
    let found = find(
        &[folder.path("nowhere.tif"), folder.0.path().to_owned()],
        &Options::default(),
    );
    assert!(found.documents.is_empty());
    assert!(matches!(
        found.set_aside[0].reason,
        Reason::Fault(Fault::Read(_))
    ));
    assert!(matches!(found.set_aside[1].reason, Reason::EmptyFolder));
}

#[test]
fn a_file_named_twice_is_taken_once() {
    let folder = Folder::with(&["a.png"]);
    let found = find(
        &[folder.path("a.png"), folder.0.path().to_owned()],
        &Options::default(),
    );
    assert_eq!(names(&found), ["a"]);
    assert!(matches!(found.set_aside[0].reason, Reason::Repeated));
}

#[test]
fn the_output_folder_is_passed_over() {
    let folder = Folder::with(&["a.png", "out/b.png"]);
    let options = Options {
        output: Some(folder.path("out")),
        ..Options::default()
    };
    assert_eq!(names(&folder.find(&options)), ["a"]);
    let same = Options {
        output: Some(folder.0.path().to_owned()),
        ..Options::default()
    };
    assert_eq!(names(&folder.find(&same)), ["a", "b"]);
}

#[test]
fn a_folder_can_be_a_document() {
    let folder = Folder::with(&["hồ sơ 1/p2.png", "hồ sơ 1/p10.png", "hồ sơ 2/p1.png"]);
    let found = folder.find(&Options {
        folder_as_document: true,
        ..Options::default()
    });
    assert_eq!(names(&found), ["hồ sơ 1", "hồ sơ 2"]);
    let files: Vec<_> = found.documents[0]
        .files
        .iter()
        .map(|file| file.file_name().unwrap())
        .collect();
    assert_eq!(files, ["p2.png", "p10.png"]);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end() {
    let folder = Folder::with(&["a/x.png"]);
    std::os::unix::fs::symlink(folder.0.path(), folder.path("a/up")).unwrap();
    assert_eq!(names(&folder.find(&Options::default())), ["x"]);
}
