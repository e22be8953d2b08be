//! Places on turned pages, and text that other readers find again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use super::*;

/// A page of 200 x 100 units in its own space, off the origin.
fn page(rotate: u16, user_unit: f64) -> Page {
    let file = format!(
        "%PDF-1.6\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[10 20 210 120]/Rotate {rotate}/UserUnit {user_unit}>>\nendobj\n\
         trailer\n<</Root 1 0 R/Size 4>>\n"
    );
    Document::open(file.into_bytes()).unwrap().page(0).unwrap()
}

fn text(words: &[&str]) -> Shown {
    Shown::Text(Lines::new(words, 100.0).unwrap())
}

#[test]
fn a_place_is_that_of_the_page_as_it_is_shown() {
    let corners = |rotate, unit| {
        let page = page(rotate, unit);
        let drawn = Drawn::on(&page, [5.0, 10.0, 20.0, 30.0], text(&["a"])).unwrap();
        let back = shown_place(&page, drawn.rectangle());
        for (a, b) in back.iter().zip([5.0, 10.0, 20.0, 30.0]) {
            assert!((a - b).abs() < 1e-9, "{rotate}: {back:?}");
        }
        let found = drawn.rectangle();
        [found.left, found.bottom, found.right, found.top]
    };
    assert_eq!(corners(0, 1.0), [15.0, 80.0, 35.0, 110.0]);
    // Clockwise: what is shown at the top is the left of the page's own space.
    assert_eq!(corners(90, 1.0), [20.0, 25.0, 50.0, 45.0]);
    assert_eq!(corners(180, 1.0), [185.0, 30.0, 205.0, 60.0]);
    assert_eq!(corners(270, 1.0), [170.0, 95.0, 200.0, 115.0]);
    assert_eq!(corners(0, 2.0), [12.5, 100.0, 22.5, 115.0]);
}

#[test]
fn what_is_not_on_the_page_is_not_drawn() {
    for (rotate, place, fits) in [
        (0, [180.0, 0.0, 20.0, 10.0], true),
        (90, [180.0, 0.0, 20.0, 10.0], false),
        (90, [80.0, 180.0, 20.0, 20.0], true),
        (0, [-1.0, 0.0, 20.0, 10.0], false),
        (0, [0.0, 0.0, 0.0, 10.0], false),
    ] {
        let drawn = Drawn::on(&page(rotate, 1.0), place, text(&["a"]));
        assert_eq!(drawn.is_some(), fits, "{rotate} {place:?}");
    }
}

#[test]
fn lines_break_between_words_and_are_as_wide_as_times_makes_them() {
    // Times-Roman: S 556, O 722, space 250, Y 722, A 722.
    let lines = Lines::new(&["SAO Y"], 500.0).unwrap();
    assert!((lines.width() - 29.72).abs() < 0.02, "{}", lines.width());
    let lines = Lines::new(&["SAO Y", "ỦY BAN NHÂN DÂN PHƯỜNG THUẬN HÓA"], 100.0).unwrap();
    assert_eq!(
        lines.as_slice(),
        ["SAO Y", "ỦY BAN NHÂN DÂN", "PHƯỜNG THUẬN", "HÓA"]
    );
    assert!(lines.width() <= 100.0);
    assert!((lines.height() - 48.0).abs() < 1e-9);
}

#[test]
fn every_letter_of_vietnamese_is_there_and_others_are_refused() {
    let bare = "aăâeêioôơuưyđ";
    let tones = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"];
    let all: String = bare
        .chars()
        .flat_map(|letter| tones.map(|tone| format!("{letter}{tone} ")))
        .filter(|letter| !letter.starts_with('đ') || letter.len() == 3)
        .collect();
    let both = format!("{all} {}", all.to_uppercase());
    let lines = Lines::new(&[&both], 200.0).unwrap();
    assert!(lines.as_slice().concat().contains('ỹ'), "composed");
    match Lines::new(&["語"], 100.0) {
        Err(SignError::Letter('語')) => {}
        other => panic!("{other:?}"),
    }
}
