//! Any bytes as a signed PDF: the whole of verifying, then the summary in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saoy_signing::judge::Instant;
use saoy_signing::policy::Policy;
use saoy_signing::trust::Store;
use saoy_signing::verify::{Options, Standing, certificates, file, summary};

fuzz_target!(|data: &[u8]| {
    let (trust, policy) = (Store::default(), Policy::default());
    let options = Options {
        trust: &trust,
        policy: &policy,
        now: Instant(1_800_000_000),
        fetch: None,
    };
    let whole = file(data.to_vec(), &options);
    // Nothing is trusted here, so nothing may be valid.
    assert_ne!(whole.standing, Standing::Valid);
    let said = summary(&whole);
    assert!(!said.vi.is_empty() && !said.en.is_empty());
    let _ = certificates(data.to_vec());
});
