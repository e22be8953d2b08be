//! Signed files of each form, held against the verifying half.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::sync::Arc;

use ring::rand::SystemRandom;
use saoy_pdf::{Document, FileWriter, Revisions};

use super::admission::{Allow, RefusalKind, check};
use super::key::{Preference, SoftKey};
use super::*;
use crate::certificate::Certificate;
use crate::crypto::Digest;
use crate::judge::Instant;
use crate::policy::Policy;
use crate::structure::{Changed, examine};

/// 2026-01-01T00:00:00Z.
const NOW: Instant = Instant(1_767_225_600);

/// A file of one page, `more` in its catalog; `packed` with a cross-reference stream.
fn file(packed: bool, more: &str) -> Vec<u8> {
    let mut writer = if packed {
        FileWriter::packing(Vec::new(), "1.7").unwrap()
    } else {
        FileWriter::new(Vec::new(), "1.4").unwrap()
    };
    let [root, pages, page] = [(); 3].map(|()| writer.alloc().unwrap());
    let (at_pages, at_page) = (pages.get(), page.get());
    let bodies = [
        (
            root,
            format!("<</Type/Catalog/Pages {at_pages} 0 R{more}>>"),
        ),
        (
            pages,
            format!("<</Type/Pages/Kids[{at_page} 0 R]/Count 1>>"),
        ),
        (
            page,
            format!("<</Type/Page/Parent {at_pages} 0 R/MediaBox[0 0 9 9]>>"),
        ),
    ];
    for (id, body) in bodies {
        writer.put_raw(id, body.as_bytes()).unwrap();
    }
    writer.finish(root, None, [[1; 16], [2; 16]]).unwrap()
}

fn key(name: &str) -> SoftKey {
    let pair = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let certificate = parameters.self_signed(&pair).unwrap();
    let chain = vec![Arc::new(Certificate::read(certificate.der()).unwrap())];
    SoftKey::from_pkcs8(
        &pair.serialize_der(),
        chain,
        Preference::default(),
        SystemRandom::new(),
    )
    .unwrap()
}

fn sign(bytes: &[u8], key: &SoftKey, lock: Lock) -> Result<Vec<u8>, SignError> {
    let document = Document::open(bytes.to_vec())?;
    let mut options = Options::new(Purpose::Signature, 3000, [7; 16]);
    options.lock = lock;
    options.reason = Some("Thử".to_owned());
    let prepared = Prepared::new(&document, &options, None)?;
    let mut out = Vec::new();
    let digested = prepared.write(&document, Digest::Sha256, |piece| {
        out.extend_from_slice(piece);
        Ok(())
    })?;
    // Put aside and taken up, as with a key that takes a day.
    let digested = Digested::from_text(&digested.to_text())?;
    let sealed = digested.sign(key)?.seal()?;
    let at = usize::try_from(sealed.at).unwrap();
    out[at..at + sealed.digits.len()].copy_from_slice(&sealed.digits);
    Ok(out)
}

#[test]
fn one_after_the_other_in_every_form() {
    let (person, agency) = (key("A"), key("B"));
    for packed in [false, true] {
        for ends_line in [true, false] {
            let mut bytes = file(packed, "");
            if !ends_line {
                bytes.pop();
            }
            let once = sign(&bytes, &person, Lock::Signatures).unwrap();
            assert!(once.starts_with(&bytes));
            let twice = sign(&once, &agency, Lock::Final).unwrap();
            assert!(twice.starts_with(&once));

            let signers = check_earlier(twice.clone(), &Policy::default(), NOW).unwrap();
            let own = |key: &SoftKey| key::Signer::chain(key).first().unwrap().fingerprint;
            assert_eq!(signers, [own(&person), own(&agency)]);
            let structure = examine(&Revisions::read(twice.clone()).unwrap());
            assert!(structure.findings.is_empty(), "{:?}", structure.findings);
            let [first, second] = structure.signatures.as_slice() else {
                panic!("{} signatures", structure.signatures.len());
            };
            assert_eq!(first.certification, Some(2));
            assert_eq!(first.after.gravest, Changed::LaterSignature);
            assert!(second.covers_whole_file);
            assert_ne!(first.name, second.name);
            assert!(first.findings.is_empty() && second.findings.is_empty());

            let third = sign(&twice, &person, Lock::Open);
            let Err(SignError::Refused(refusal)) = third else {
                panic!("signed behind the last signature");
            };
            assert_eq!(refusal.kind, RefusalKind::Locked);
        }
    }
}

#[test]
fn a_final_signature_that_stands_alone_certifies_for_good() {
    let bytes = sign(&file(false, ""), &key("A"), Lock::Final).unwrap();
    let again = sign(&bytes, &key("B"), Lock::Open);
    let Err(SignError::Refused(refusal)) = again else {
        panic!("signed after the end");
    };
    assert_eq!(refusal.kind, RefusalKind::Certified);
}

#[test]
fn a_flipped_bit_before_is_noticed() {
    let mut bytes = sign(&file(false, ""), &key("A"), Lock::Open).unwrap();
    let at = bytes.windows(3).position(|three| three == b"9 9").unwrap();
    bytes[at] = b'8';
    assert!(check_earlier(bytes, &Policy::default(), NOW).is_err());
}

#[test]
fn what_could_change_its_face_is_refused() {
    let cases = [
        (
            "/OpenAction<</S/JavaScript/JS(1)>>",
            RefusalKind::JavaScript,
        ),
        ("/Names<</JavaScript<</Names[]>>>>", RefusalKind::JavaScript),
        ("/OpenAction<</S/Launch/F(a)>>", RefusalKind::Action),
        ("/AA<</WC<</S/SubmitForm/F(a)>>>>", RefusalKind::Action),
        ("/AcroForm<</Fields[]/XFA[]>>", RefusalKind::Xfa),
        ("/X<</Type/OCG>>", RefusalKind::OptionalContent),
        (
            "/X<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
            RefusalKind::FontNotEmbedded,
        ),
    ];
    for (more, kind) in cases {
        let document = Document::open(file(false, more)).unwrap();
        match check(&document, Allow::default()) {
            Err(SignError::Refused(refusal)) => assert_eq!(refusal.kind, kind, "{more}"),
            other => panic!("{more}: {other:?}"),
        }
    }
    let document = Document::open(file(true, "/OpenAction[null/Fit]")).unwrap();
    assert!(check(&document, Allow::default()).is_ok());
}

#[test]
fn another_key_and_a_small_gap_are_noticed() {
    let document = Document::open(file(false, "")).unwrap();
    let small = Options::new(Purpose::Signature, 100, [7; 16]);
    let prepared = Prepared::new(&document, &small, None).unwrap();
    let digested = prepared
        .write(&document, Digest::Sha256, |_| Ok(()))
        .unwrap();
    let (one, other) = (key("A"), key("B"));
    let signed = digested.clone().sign(&one).unwrap();
    assert!(matches!(signed.seal(), Err(SignError::Room { .. })));
    use key::Signer as _;
    let foreign = other
        .sign(&digested.message(one.chain().first().unwrap()))
        .unwrap();
    let taken = digested.signed(one.chain(), one.scheme(), foreign);
    assert!(matches!(taken, Err(SignError::KeyMismatch)));
}

#[test]
fn certificates_are_looked_at_first() {
    let one = key("A");
    let own = key::Signer::chain(&one).first().unwrap().clone();
    assert_eq!(check_certificate(&own, NOW), Ok(()));
    let late = Instant(own.not_after.0 + 1);
    assert_eq!(
        check_certificate(&own, late),
        Err(Unfit::Expired(own.not_after))
    );
    let early = Instant(own.not_before.0 - 1);
    assert_eq!(
        check_certificate(&own, early),
        Err(Unfit::NotYetValid(own.not_before))
    );
    let mut other = Certificate::clone(&own);
    other.extensions.key_usage = Some(crate::certificate::usage::CRL_SIGN);
    assert_eq!(check_certificate(&other, NOW), Err(Unfit::KeyUsage));
}
