//! Updates behind files of each form, read back strictly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use crate::{FileWriter, Name, Revisions};

/// A file of one page; `packed` with object streams and a cross-reference stream.
fn file(packed: bool) -> Vec<u8> {
    let mut writer = if packed {
        FileWriter::packing(Vec::new(), "1.7").unwrap()
    } else {
        FileWriter::new(Vec::new(), "1.4").unwrap()
    };
    let [root, pages, page] = [(); 3].map(|()| writer.alloc().unwrap());
    let text = |body: String| body.into_bytes();
    let at = |of: crate::Ref| of.get();
    let body = text(format!("<</Type/Catalog/Pages {} 0 R>>", at(pages)));
    writer.put_raw(root, &body).unwrap();
    let body = text(format!("<</Type/Pages/Kids[{} 0 R]/Count 1>>", at(page)));
    writer.put_raw(pages, &body).unwrap();
    let body = text(format!(
        "<</Type/Page/Parent {} 0 R/MediaBox[0 0 9 9]>>",
        at(pages)
    ));
    writer.put_raw(page, &body).unwrap();
    writer.finish(root, None, [[1; 16], [2; 16]]).unwrap()
}

/// `file` with its catalog replaced and an object and a stream added.
fn updated(file: &[u8]) -> Vec<u8> {
    let document = Document::open(file.to_vec()).unwrap();
    let root = document.trailer().get("Root").unwrap().as_ref_id().unwrap();
    let mut append = Append::new(&document).unwrap();
    let mut catalog = document.catalog().unwrap();
    let added = append.alloc().unwrap();
    let stream = append.alloc().unwrap();
    catalog.set("Added", Object::Ref(added));
    catalog.set("Stream", Object::Ref(stream));
    append.put(root, &Object::Dict(catalog)).unwrap();
    append.put(added, &Object::Name(Name::new("here"))).unwrap();
    append.put_stream(stream, &Dict::new(), b"data").unwrap();
    let update = append.finish([3; 16]).unwrap();
    assert_eq!(update.base, file.len() as u64);
    [file, &update.bytes].concat()
}

#[test]
fn an_update_goes_on_in_the_form_it_finds() {
    for packed in [false, true] {
        let before = file(packed);
        let after = updated(&before);
        assert!(after.starts_with(&before));
        let document = Document::open(after).unwrap();
        let catalog = document.catalog().unwrap();
        assert!(document.get(&catalog, "Added").unwrap().is_name("here"));
        let stream = document.get(&catalog, "Stream").unwrap().into_owned();
        let data = document.decoded(stream.as_stream().unwrap(), 9).unwrap();
        assert_eq!(data, b"data");
        assert_eq!(document.page_count().unwrap(), 1);
        assert_eq!(document.trailer().is("Type", "XRef"), packed);
        assert!(document.repairs().is_empty());
        let id = document.trailer().get("ID").unwrap().as_array().unwrap();
        assert_eq!(
            id,
            [Object::String(vec![1; 16]), Object::String(vec![3; 16])]
        );
    }
}

#[test]
fn many_updates_without_final_line_end_are_strict_revisions() {
    for packed in [false, true] {
        let mut bytes = file(packed);
        for round in 2..5 {
            bytes.pop();
            assert!(bytes.ends_with(b"%%EOF"));
            bytes = updated(&bytes);
            let revisions = Revisions::read(bytes.clone()).unwrap();
            assert_eq!(revisions.len(), round);
            assert!(revisions.repairs().is_empty());
        }
    }
}

#[test]
fn what_had_to_be_repaired_or_is_encrypted_is_left_alone() {
    let broken = file(false);
    let broken = broken.get(..broken.len() - 20).unwrap().to_vec();
    assert!(Append::new(&Document::open(broken).unwrap()).is_err());
    let text = String::from_utf8_lossy(&file(false)).replace("/Root", "/Encrypt<<>>/Root");
    let document = Document::open(text.into_bytes()).unwrap();
    assert!(Append::new(&document).is_err());
}

#[test]
fn an_object_is_put_once() {
    let document = Document::open(file(false)).unwrap();
    let mut append = Append::new(&document).unwrap();
    let id = append.alloc().unwrap();
    append.put(id, &Object::Null).unwrap();
    assert!(append.put(id, &Object::Null).is_err());
}

#[test]
fn a_file_is_poured_whole() {
    let bytes = file(true);
    let document = Document::open(bytes.clone()).unwrap();
    let mut out = Vec::new();
    document
        .pour(0..bytes.len() as u64, |piece| {
            out.extend_from_slice(piece);
            Ok::<(), PdfError>(())
        })
        .unwrap();
    assert_eq!(out, bytes);
    let beyond = document.pour(0..bytes.len() as u64 + 1, |_| Ok::<(), PdfError>(()));
    assert!(beyond.is_err());
}
