//! Any bytes as a signed file: read as revisions, accounted for, every signature examined; nothing may panic or hang.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saoy_pdf::Revisions;
use saoy_signing::structure;

fuzz_target!(|data: &[u8]| {
    let Ok(revisions) = Revisions::read(data.to_vec()) else {
        return;
    };
    let len = data.len() as u64;
    assert!(revisions.iter().all(|revision| revision.bytes.end <= len));
    let found = structure::examine(&revisions);
    for signed in &found.signatures {
        let [first, second] = &signed.signed;
        assert!(
            first.end <= second.start || second.end == 0,
            "parts in order"
        );
        assert!(second.end <= len, "within the file");
        assert!(signed.revision <= revisions.len());
    }
});
