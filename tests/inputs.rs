//! What goes in: formats, folders, names; what of the input is found again in the output, byte for byte.

/// Every image format and coding.
mod images;

/// PDF files of every kind.
mod pdfs;

/// Folders, order and names.
mod folders;

/// Print in colour is read, ink set over print is not.
mod colours;

/// Profiles: what a station sets once.
mod profiles;

use crate::program::fixtures;

/// The words on the piece of paper that all fixtures hold.
fn printed() -> Vec<String> {
    let lines = ["motto", "paragraph", "place"].map(|name| {
        let path = fixtures(&format!("../../ocr-models/tests/ocr/fixtures/{name}.txt"));
        std::fs::read_to_string(path).expect("the text of a fixture")
    });
    lines
        .join("\n")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// Share of the printed words, 0 to 1, that stand in `text`.
fn share_read(text: &str) -> f64 {
    let printed = printed();
    let read: Vec<&str> = text.split_whitespace().collect();
    printed
        .iter()
        .filter(|word| read.contains(&word.as_str()))
        .count() as f64
        / printed.len() as f64
}
