//! Any bytes as PDF syntax: every reading of the library, and a copy of each page that must open again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saoy_pdf::{Annotations, Document, StreamBounds, content, single_page_pdf};

fuzz_target!(|data: &[u8]| {
    content::operations(data).for_each(drop);
    let Ok(document) = Document::open(data.to_vec()) else {
        return;
    };
    let _ = document.signatures();
    let _ = document.info();
    let _ = document.pdfa_claim();
    let bounds = StreamBounds {
        image: 1 << 22,
        pixels: 1 << 22,
        others: 1 << 20,
    };
    for index in 0..document.page_count().unwrap_or(0).min(4) {
        let Ok(page) = document.page(index) else {
            continue;
        };
        for stream in document.page_contents(&page).unwrap_or_default() {
            let decoded = document.decoded(&stream, 1 << 20).unwrap_or_default();
            content::operations(&decoded).for_each(drop);
        }
        if let Ok(copy) = single_page_pdf(&document, &page, Annotations::Keep, bounds) {
            let copy = Document::open(copy).expect("a copy opens");
            assert_eq!(copy.page_count(), Ok(1));
        }
    }
});
