//! Bytes that try to make the reader panic, hang or take memory.

use std::time::{Duration, Instant};

use saoy_pdf::Revisions;

use super::build::{Build, sign_second, signed};
use crate::structure::examine;

fn try_all(bytes: Vec<u8>) {
    if let Ok(revisions) = Revisions::read(bytes) {
        let found = examine(&revisions);
        drop(found);
    }
}

fn two() -> Vec<u8> {
    let mut build = signed();
    sign_second(&mut build);
    build.bytes
}

#[test]
fn truncations_end_in_an_answer() {
    let bytes = two();
    for end in 0..bytes.len() {
        try_all(bytes[..end].to_vec());
    }
}

#[test]
fn flipped_bits_never_pass_unseen_in_structure() {
    let bytes = two();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        try_all(bytes);
    }
}

/// Pseudo-random pieces of syntax, from a generator of this test's own.
#[test]
fn random_pieces_end_in_an_answer() {
    const PIECES: [&str; 22] = [
        "1 0 obj",
        "endobj",
        "<<",
        ">>",
        "[",
        "]",
        "/Type/Sig",
        "/ByteRange[0 1 2 3]",
        "/Contents<00>",
        "stream\n",
        "endstream",
        "xref\n0 1\n",
        "0000000000 65535 f \n",
        "trailer",
        "/Root 1 0 R",
        "/Prev 9",
        "startxref\n",
        "9\n",
        "%%EOF\n",
        "/Kids[1 0 R]",
        "/Parent 1 0 R",
        "(",
    ];
    let mut state = 1_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap_or(0)
    };
    for _ in 0..2000 {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        for _ in 0..next() % 40 {
            bytes.extend(PIECES[next() % PIECES.len()].bytes());
        }
        bytes.extend(b"\nstartxref\n9\n%%EOF\n");
        try_all(bytes);
    }
}

#[test]
fn circles_and_depth_are_bounded() {
    let start = Instant::now();
    // Fields, pages and appearances that lead to themselves.
    let mut build = signed();
    build
        .object(
            6,
            "<</FT/Tx/T(Amount)/Kids[6 0 R 7 0 R]/Parent 6 0 R/AP<</N 6 0 R>>>>",
        )
        .object(2, "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1>>")
        .end();
    try_all(build.bytes.clone());
    // A chain of objects, each leading to the next, changed at its end.
    let mut build = signed();
    for number in 30..5000 {
        build.object(number, &format!("<</Next {} 0 R>>", number + 1));
    }
    build
        .object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/Outlines 30 0 R>>",
        )
        .end()
        .object(4999, "<</Title(changed)>>")
        .end();
    try_all(build.bytes);
    assert!(start.elapsed() < Duration::from_secs(120));
}

/// Every revision doubles what the one before refers to: work stays within its budget.
#[test]
fn many_revisions_are_bounded() {
    let start = Instant::now();
    let mut build = signed();
    for revision in 0..300 {
        build
            .object(40, &format!("<</A 41 0 R/B 41 0 R/N {revision}>>"))
            .object(41, "<</A 40 0 R/B 40 0 R>>")
            .end();
    }
    try_all(build.bytes);
    assert!(start.elapsed() < Duration::from_secs(120));
}

/// A file of nothing but references to one long object.
#[test]
fn one_long_object_is_not_read_a_thousand_times() {
    let start = Instant::now();
    let mut build = Build::new();
    build
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object(2, "<</Type/Pages/Kids[]/Count 0>>")
        .object(3, &format!("({})", "x".repeat(1 << 20)));
    for number in 10..1500 {
        build.object(number, "<</Length 3 0 R>>\nstream\n\nendstream");
    }
    build.end();
    try_all(build.bytes);
    assert!(start.elapsed() < Duration::from_secs(120));
}
