//! Any bytes as what signatures are made of: CMS, certificates, lists, answers, tokens; a CMS is judged, its own certificates trusted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saoy_signing::asn1::{Element, wrap};
use saoy_signing::certificate::Certificate;
use saoy_signing::cms::SignedData;
use saoy_signing::judge::{Instant, Question, signature, timestamp};
use saoy_signing::path::Material;
use saoy_signing::policy::Policy;
use saoy_signing::revocation::{Crl, Ocsp};
use saoy_signing::structure::SecurityStore;
use saoy_signing::trust::{Store, unwrap_pem};

// The first byte chooses what the others are.
fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    match kind % 6 {
        0 => judge(bytes, "adbe.pkcs7.detached"),
        1 => judge(bytes, "ETSI.RFC3161"),
        2 => {
            if let Ok(certificate) = Certificate::read(bytes) {
                let _ = certificate.signed_by(&certificate.key);
                let _ = certificate.subject.to_string();
            }
        }
        3 => {
            let _ = Crl::read(bytes);
        }
        4 => {
            let _ = Ocsp::read(bytes);
        }
        _ => {
            let _ = unwrap_pem(bytes);
            // What can be read can be written in DER, and is then the same.
            if let Ok(der) = Element::only(bytes).and_then(|element| element.to_der()) {
                let again = Element::only(&der).expect("DER is read").to_der().expect("DER is written");
                assert_eq!(der, again);
                assert!(Element::only(&wrap(0x30, &der)).is_ok());
            }
        }
    }
});

fn judge(bytes: &[u8], subfilter: &str) {
    let (mut trust, mut evidence) = (Store::default(), SecurityStore::default());
    if let Ok(cms) = SignedData::read(bytes) {
        // The last one is trusted, so that paths are walked; the others are at hand.
        for certificate in cms.certificates.iter().rev() {
            if trust.anchors.is_empty() {
                let _ = trust.add_anchors(&certificate.der, "", "");
            } else {
                evidence.certificates.push(certificate.der.to_vec());
            }
        }
    }
    let evidence = Material::read(&evidence);
    let policy = Policy::default();
    let question = Question {
        contents: bytes,
        subfilter,
        evidence: &evidence,
        trust: &trust,
        policy: &policy,
        now: Instant(1_748_736_000),
        proofs: &[],
        fetch: None,
    };
    let _ = signature(&question, &mut |digest| digest.of(b"hop le"));
    let _ = timestamp(&question, &mut |digest| digest.of(b"hop le"));
}
