//! Folders, order and names: what a person sees in the folder is what the program takes, in that order.

use crate::picture::{Picture, colour_piece, grey_piece, piece};
use crate::program::{Desk, fixtures, run};

fn put(desk: &Desk, fixture: &str, name: &str) {
    desk.put(
        name,
        std::fs::read(fixtures(&format!("inputs/{fixture}"))).expect("a fixture"),
    );
}

#[test]
fn folders_are_searched_to_the_bottom_in_natural_order() {
    let desk = Desk::new();
    for name in [
        "page10.tif",
        "page2.tif",
        "page1.tif",
        "b/sub/x.tif",
        "a/y.tif",
    ] {
        put(&desk, "g4.tif", name);
    }
    let (code, listed, complaints) = run(&mut desk.digitize(&["--dry-run"]));
    assert_eq!(code, 0, "{complaints}");
    let root = desk.input("").canonicalize().expect("in/");
    let names: Vec<String> = listed
        .lines()
        .map(|line| {
            std::path::Path::new(line)
                .canonicalize()
                .expect("a listed file")
        })
        .map(|path| {
            path.strip_prefix(&root)
                .expect("inside")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(
        names,
        [
            "page1.tif",
            "page2.tif",
            "page10.tif",
            "a/y.tif",
            "b/sub/x.tif"
        ]
    );
    assert!(desk.made().is_empty(), "a dry run makes nothing");
}

#[test]
fn a_folder_as_document_joins_its_files_in_order() {
    let desk = Desk::new();
    for (fixture, name) in [
        ("colour.png", "hồ sơ/trang10.png"),
        ("grey.png", "hồ sơ/trang2.png"),
        ("g4.tif", "hồ sơ/trang1.tif"),
    ] {
        put(&desk, fixture, name);
    }
    let (code, _, complaints) = run(&mut desk.digitize(&["--folder-as-document"]));
    assert_eq!(code, 0, "{complaints}");
    assert_eq!(
        desk.made(),
        ["batch.json", "hồ sơ.json", "hồ sơ.pdf", "hồ sơ.txt"]
    );
    for (number, expected) in [(1, piece()), (2, grey_piece()), (3, colour_piece())] {
        let stored = Picture::stored(&desk.output("hồ sơ.pdf"), number);
        assert_eq!(stored.difference(&expected), 0.0, "page {number}");
    }
    let files = desk.json("hồ sơ.json")["source"]["files"].clone();
    let endings: Vec<&str> = files
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|file| file.as_str()?.rsplit('/').next())
        .collect();
    assert_eq!(endings, ["trang1.tif", "trang2.png", "trang10.png"]);
}

#[test]
fn equal_names_and_unicode_forms_do_not_collide() {
    let desk = Desk::new();
    put(&desk, "g4.tif", "a/quyển.tif");
    put(&desk, "bilevel.png", "b/quyển.png");
    // The same name once more, decomposed as some file systems do it.
    put(&desk, "g4-strips.tif", "c/quye\u{302}\u{309}n.tif");
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{complaints}");
    let pdfs: Vec<String> = desk
        .made()
        .into_iter()
        .filter(|name| name.ends_with(".pdf"))
        .collect();
    assert_eq!(pdfs, ["quyển-2.pdf", "quyển-3.pdf", "quyển.pdf"]);
    for pdf in pdfs {
        assert_eq!(
            Picture::stored(&desk.output(&pdf), 1).difference(&piece()),
            0.0,
            "{pdf}"
        );
    }
}

#[test]
fn a_file_named_twice_is_taken_once() {
    let desk = Desk::new();
    put(&desk, "g4.tif", "a.tif");
    let (code, _, complaints) = run(desk.digitize::<&str>(&[]).arg(desk.input("a.tif")));
    assert_eq!(code, 0, "{complaints}");
    let batch = desk.json("batch.json");
    assert_eq!(batch["totals"]["documents"], 1);
    assert_eq!(batch["ignored"].as_array().map(Vec::len), Some(1));
}

#[test]
fn other_things_in_a_folder_are_named_and_do_no_harm() {
    let desk = Desk::new();
    put(&desk, "g4.tif", "a.tif");
    desk.put("notes.docx", b"PK\x03\x04 not for us");
    desk.put(".hidden.tif", b"litter");
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{complaints}");
    let ignored = desk.json("batch.json")["ignored"].clone();
    let paths: Vec<&str> = ignored
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["path"].as_str())
        .collect();
    assert!(
        matches!(paths.as_slice(), [one] if one.ends_with("notes.docx")),
        "{paths:?}"
    );
}

#[test]
fn inputs_are_left_as_they_are() {
    let desk = Desk::new();
    put(&desk, "g4.tif", "a.tif");
    let path = desk.input("a.tif");
    let state = || {
        let facts = std::fs::metadata(&path).expect("the input");
        (
            std::fs::read(&path).expect("the input"),
            facts.modified().expect("a time"),
            facts.permissions(),
        )
    };
    let before = state();
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{complaints}");
    assert!(before == state());
}
