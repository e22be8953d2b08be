//! Any bytes as an image file: opened, and its first pages decoded as `saoy digitize` does.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use saoy_pipeline::ingest::{File, Limits, TextPolicy};

fuzz_target!(|data: &[u8]| {
    // PDF files have a target of their own.
    if data.windows(5).take(1024).any(|five| five == b"%PDF-") {
        return;
    }
    let path = format!("/dev/shm/saoy-fuzz-input-{}", std::process::id());
    if std::fs::write(&path, data).is_err() {
        return;
    }
    // Small pages find the same faults in less time.
    let limits = Limits {
        max_side: 4000,
        max_pixels: 4_000_000,
        max_page_bytes: 64 << 20,
        max_coded_bytes: 1 << 20,
        ..Limits::default()
    };
    if let Ok(file) = File::open(Path::new(&path), &limits) {
        for page in 0..file.page_count().min(3) {
            let _ = file.load(page, TextPolicy::Skip);
        }
    }
});
