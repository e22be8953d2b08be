//! Verifies files: `cargo run -p saoy-signing --example verdict -- TRUST.. -- PDF..` prints each verdict, its reasons and its sentence.
//!
//! Certificates of authorities whose issuer is given too help to build paths; all others are anchors.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example says what it found")]

use std::error::Error;
use std::fs::File;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use saoy_signing::certificate::Certificate;
use saoy_signing::judge::Instant;
use saoy_signing::policy::Policy;
use saoy_signing::trust::{Anchor, Store};
use saoy_signing::verify::{Options, file, summary};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let middle = arguments
        .iter()
        .position(|argument| argument == "--")
        .ok_or("usage: verdict TRUST.. -- PDF..")?;
    let (trust, files) = arguments.split_at(middle);
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let (trust, policy) = (store(trust)?, Policy::default());
    let options = Options {
        trust: &trust,
        policy: &policy,
        now: Instant(i64::try_from(now)?),
        fetch: None,
    };
    for path in files.iter().skip(1) {
        let whole = file(File::open(path)?, &options);
        let mut reasons: Vec<&str> = whole
            .findings
            .iter()
            .chain(whole.signatures.iter().flat_map(|one| &one.findings))
            .map(|finding| finding.reason.code())
            .collect();
        reasons.dedup();
        println!("{}\t{}\t{}", whole.standing.code(), reasons.join(","), path);
        println!("    {}", summary(&whole).en);
    }
    Ok(())
}

fn store(paths: &[String]) -> Result<Store, Box<dyn Error>> {
    let mut given = Vec::new();
    for path in paths {
        given.extend(Certificate::read_any(&std::fs::read(path)?)?);
    }
    let mut store = Store::default();
    for one in &given {
        let above = given.iter().any(|other| other.subject == one.issuer);
        if one.is_authority() && !one.is_self_issued() && above {
            store.intermediates.push(Arc::new(one.clone()));
        } else {
            store.anchors.push(Anchor {
                certificate: Arc::new(one.clone()),
                pki: String::new(),
                remark: String::new(),
            });
        }
    }
    Ok(store)
}
