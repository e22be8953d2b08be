//! Any bytes as a PDF file: opened, and its first pages taken apart as `saoy digitize` does.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use saoy_pipeline::ingest::{File, Limits, TextPolicy};

fuzz_target!(|data: &[u8]| {
    let Some((policy, data)) = data.split_first() else {
        return;
    };
    if !data.windows(5).take(1024).any(|five| five == b"%PDF-") {
        return;
    }
    let policy = [TextPolicy::Skip, TextPolicy::Redo, TextPolicy::Force][usize::from(policy % 3)];
    let path = format!("/dev/shm/saoy-fuzz-page-{}", std::process::id());
    if std::fs::write(&path, data).is_err() {
        return;
    }
    let limits = Limits {
        max_side: 4000,
        max_pixels: 4_000_000,
        max_page_bytes: 64 << 20,
        max_page_stream_bytes: 1 << 20,
        ..Limits::default()
    };
    if let Ok(file) = File::open(Path::new(&path), &limits) {
        for page in 0..file.page_count().min(2) {
            let _ = file.load(page, policy);
        }
    }
});
