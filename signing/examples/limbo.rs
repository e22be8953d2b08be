//! Judges the cases of x509-limbo: `cargo run -p saoy-signing --example limbo -- limbo.json [PREFIX..]` prints those that come out
//! otherwise than the file says, and counts. Names and purposes that a TLS client expects are not looked at; cases
//! whose outcome depends on them, and others that are left out on purpose, stand in `JUDGING.md`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example says what it found")]

use std::error::Error;
use std::sync::Arc;

use saoy_signing::asn1::{Element, tag, wrap};
use saoy_signing::certificate::Certificate;
use saoy_signing::judge::Instant;
use saoy_signing::path::{Material, PathOptions, Validator};
use saoy_signing::policy::Policy;
use saoy_signing::revocation::{Crl, Status};
use saoy_signing::trust::{Store, unwrap_pem};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("usage: limbo limbo.json [PREFIX..]")?;
    let prefixes: Vec<String> = arguments.collect();
    let file: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let cases = file["testcases"].as_array().ok_or("no testcases")?;
    let (mut right, mut wrong) = (0, 0);
    for case in cases {
        let id = case["id"].as_str().ok_or("a case without an id")?;
        if !prefixes.is_empty() && !prefixes.iter().any(|prefix| id.starts_with(prefix)) {
            continue;
        }
        let (good, why) = judge(case)?;
        if good == (case["expected_result"] == "SUCCESS") {
            right += 1;
        } else {
            wrong += 1;
            println!("{id}: {} {why}", if good { "accepted" } else { "refused" });
        }
    }
    println!("{right} as expected, {wrong} otherwise");
    Ok(())
}

/// The texts of a list that may be missing.
fn texts<'a>(case: &'a Value, key: &str) -> impl Iterator<Item = &'a [u8]> {
    let list = case[key].as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .filter_map(|text| text.as_str().map(str::as_bytes))
}

/// Whether the certificate is accepted, and what is said of it.
fn judge(case: &Value) -> Result<(bool, String), Box<dyn Error>> {
    let time = match case["validation_time"].as_str() {
        Some(text) => instant(text)?,
        None => Instant(1_735_689_600), // 2025-01-01
    };
    let mut trust = Store::default();
    for pem in texts(case, "trusted_certs") {
        if let Err(error) = trust.add_anchors(pem, "", "") {
            return Ok((false, format!("anchor: {error}")));
        }
    }
    let read = |pem: &[u8]| Certificate::read_any(pem).ok()?.pop().map(Arc::new);
    let crls: Vec<&[u8]> = texts(case, "crls").collect();
    let lists = crls
        .iter()
        .filter_map(|pem| Crl::read(unwrap_pem(pem).ok()?.first()?).ok());
    let material = Material {
        certificates: texts(case, "untrusted_intermediates")
            .filter_map(read)
            .collect(),
        crls: lists.map(Arc::new).collect(),
        ..Material::default()
    };
    let leaf = case["peer_certificate"]
        .as_str()
        .ok_or("a case without a certificate")?;
    let Some(leaf) = read(leaf.as_bytes()) else {
        return Ok((false, "leaf: cannot be read".to_owned()));
    };
    let policy = Policy::default();
    let found =
        Validator::new(&trust, &material, &policy, time).validate(&leaf, &PathOptions::at(time));
    let known = |status: &Status| matches!(status, Status::Good { .. });
    let good = found.anchored
        && found.violation.is_none()
        && (crls.is_empty() || found.statuses.iter().all(known));
    Ok((
        good,
        format!(
            "anchored {}, {:?}, {:?}",
            found.anchored, found.violation, found.statuses
        ),
    ))
}

/// `2024-01-01T00:00:00Z` or `+00:00`, by way of ASN.1, which cuts fractions off.
fn instant(text: &str) -> Result<Instant, Box<dyn Error>> {
    let digits: String = text
        .get(..19)
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let time = wrap(tag::GENERALIZED_TIME, format!("{digits}Z").as_bytes());
    Ok(Element::only(&time)?.instant()?)
}
