//! Lists and answers: who may make them, what they say, when they count.

use crate::pki::{Case, Issue, NOW, Pki};
use saoy_signing::certificate::Certificate;
use saoy_signing::finding::Reason;
use saoy_signing::judge::Instant;
use saoy_signing::revocation::{Ocsp, request};
use saoy_signing::trust::Store;

fn read(pki: &Pki, name: &str) -> Certificate {
    Certificate::read_any(&pki.bytes(&format!("{name}.crt")))
        .unwrap()
        .remove(0)
}

#[test]
fn lists_tell_who_was_revoked_and_since_when() {
    let pki = Pki::new();
    for name in ["good", "bad", "held"] {
        pki.issue(name, &Issue::default());
    }
    pki.revoke("sub", "bad", "keyCompromise");
    pki.revoke("sub", "held", "certificateHold");
    // Revoked at the present time of the machine; told of by lists of 2034.
    let mut trust = pki.trust();
    for authority in ["root", "sub"] {
        let list = pki.crl(authority, "20340101000000Z", "20901201000000Z");
        trust.add_crls(&list).unwrap();
    }
    let later = Instant(NOW.0 + 10 * 31_536_000);
    for (name, code) in [
        ("good", "TOTAL_PASSED"),
        ("bad", "REVOKED_NO_POE"),
        ("held", "TRY_LATER"),
    ] {
        let cms = pki.sign(name, b"x", &[]);
        let mut case = Case::new(&cms, b"x", trust.clone());
        case.now = later;
        assert_eq!(case.outcome(), code);
        // Proven to have existed before: good then.
        case.proofs = vec![NOW];
        assert_eq!(case.outcome(), "TOTAL_PASSED");
    }
    // A list of 2020 that tells a date of today tells that it was so by 2020.
    let cms = pki.sign("bad", b"x", &[]);
    let case = Case::new(&cms, b"x", pki.trust_with_lists());
    assert_eq!(case.outcome(), "REVOKED_NO_POE");
}

#[test]
fn a_revoked_authority_takes_those_below_along() {
    let pki = Pki::new();
    pki.issue("leaf", &Issue::default());
    pki.revoke("root", "sub", "cACompromise");
    let cms = pki.sign("leaf", b"x", &[]);
    let mut case = Case::new(&cms, b"x", pki.trust_with_lists());
    case.now = Instant(NOW.0 + 10 * 31_536_000);
    assert_eq!(case.outcome(), "REVOKED_CA_NO_POE");
}

#[test]
fn stale_lists_lists_of_the_future_and_lists_of_others_tell_nothing() {
    let pki = Pki::new();
    pki.issue("leaf", &Issue::default());
    let cms = pki.sign("leaf", b"x", &[]);
    let root = pki.crl("root", "20200102000000Z", "20901201000000Z");
    let attempt = |crl: &[u8]| {
        let mut case = Case::new(&cms, b"x", pki.trust());
        case.evidence.crls = [&root, crl]
            .iter()
            .flat_map(|pem| saoy_signing::trust::unwrap_pem(pem).unwrap())
            .collect();
        case.outcome()
    };
    assert_eq!(
        attempt(&pki.crl("sub", "20250520000000Z", "20250620000000Z")),
        "TOTAL_PASSED"
    );
    assert_eq!(
        attempt(&pki.crl("sub", "20250420000000Z", "20250520000000Z")),
        "TRY_LATER"
    );
    assert_eq!(
        attempt(&pki.crl("sub", "20250720000000Z", "20250820000000Z")),
        "TRY_LATER"
    );
    // Another authority of the same name, with another key.
    let other = Pki::new();
    assert_eq!(
        attempt(&other.crl("sub", "20250520000000Z", "20250620000000Z")),
        "TRY_LATER"
    );
}

#[test]
fn answers_count_when_the_issuer_stands_behind_them() {
    let pki = Pki::new();
    pki.issue("good", &Issue::default());
    pki.issue("bad", &Issue::default());
    pki.issue(
        "responder",
        &Issue {
            profile: "responder",
            ..Issue::default()
        },
    );
    pki.revoke("sub", "bad", "superseded");
    let root = pki.crl("root", "20200102000000Z", "20901201000000Z");
    let sub = read(&pki, "sub");
    for (name, expected) in [("good", "TOTAL_PASSED"), ("bad", "REVOKED_NO_POE")] {
        let question = request(&read(&pki, name), &sub);
        let cms = pki.sign(name, b"x", &[]);
        // By a delegate, by the issuer, and by someone who was asked by nobody.
        for (responder, code) in [
            ("responder", expected),
            ("sub", expected),
            ("good", "TRY_LATER"),
        ] {
            let answer = pki.ocsp(responder, &question);
            let read = Ocsp::read(&answer).unwrap();
            assert!(read.singles.len() == 1 && read.singles[0].next_update.is_some());
            let mut case = Case::new(&cms, b"x", pki.trust());
            case.now = Instant(read.produced_at.0 + 60);
            case.trust.add_crls(&root).unwrap();
            case.evidence.ocsps = vec![answer.clone()];
            assert_eq!(
                case.outcome(),
                code,
                "{responder}: {:?}",
                case.judge().findings
            );
            // A week later it is stale, but a revocation stays one.
            case.now = Instant(read.produced_at.0 + 8 * 86_400);
            assert_eq!(
                case.outcome(),
                if code == "REVOKED_NO_POE" {
                    code
                } else {
                    "TRY_LATER"
                }
            );
        }
    }
}

#[test]
fn an_answer_of_another_certificate_tells_nothing() {
    let pki = Pki::new();
    pki.issue("one", &Issue::default());
    pki.issue("two", &Issue::default());
    let answer = pki.ocsp("sub", &request(&read(&pki, "two"), &read(&pki, "sub")));
    let cms = pki.sign("one", b"x", &[]);
    let mut case = Case::new(&cms, b"x", Store::default());
    case.trust
        .add_anchors(&pki.bytes("sub.crt"), "", "")
        .unwrap();
    case.now = Ocsp::read(&answer).unwrap().produced_at;
    case.evidence.ocsps = vec![answer];
    let judgement = case.judge();
    assert_eq!(
        judgement
            .findings
            .iter()
            .map(|finding| finding.reason)
            .collect::<Vec<_>>(),
        [Reason::RevocationUnknown]
    );
    case.evidence.ocsps = vec![pki.ocsp("sub", &request(&read(&pki, "one"), &read(&pki, "sub")))];
    case.now = Instant(case.now.0 + 60);
    assert_eq!(case.outcome(), "TOTAL_PASSED");
}

/// A server of the tests: what it has, and what it was asked for.
#[derive(Default)]
struct Server {
    ocsp: Option<Vec<u8>>,
    crls: Vec<(&'static str, Vec<u8>)>,
    issuer: Option<Vec<u8>>,
    asked: std::cell::RefCell<Vec<String>>,
}

impl saoy_signing::revocation::Fetch for Server {
    fn ocsp(&self, url: &str, request: &[u8]) -> Option<Vec<u8>> {
        assert!(!request.is_empty());
        self.asked.borrow_mut().push(url.to_owned());
        self.ocsp.clone()
    }

    fn crl(&self, url: &str) -> Option<Vec<u8>> {
        self.asked.borrow_mut().push(url.to_owned());
        self.crls
            .iter()
            .find(|(known, _)| *known == url)
            .map(|(_, crl)| crl.clone())
    }

    fn issuer(&self, url: &str) -> Option<Vec<u8>> {
        self.asked.borrow_mut().push(url.to_owned());
        self.issuer.clone()
    }
}

fn der(pem: &[u8]) -> Vec<u8> {
    saoy_signing::trust::unwrap_pem(pem).unwrap().remove(0)
}

#[test]
fn what_is_missing_is_fetched_where_a_certificate_says() {
    let pki = Pki::new();
    pki.issue(
        "leaf",
        &Issue {
            profile: "pointing",
            ..Issue::default()
        },
    );
    let cms = pki.sign("leaf", b"x", &[]);
    let [root, sub] =
        ["root", "sub"].map(|by| der(&pki.crl(by, "20250520000000Z", "20250620000000Z")));
    let mut trust = Store::default();
    trust.add_anchors(&pki.bytes("root.crt"), "", "").unwrap();
    trust.add_crls(&root).unwrap();
    let judge = |server: &Server| {
        let (evidence, policy) = (
            saoy_signing::path::Material::default(),
            saoy_signing::policy::Policy::default(),
        );
        let question = saoy_signing::judge::Question {
            contents: &cms,
            subfilter: "adbe.pkcs7.detached",
            evidence: &evidence,
            trust: &trust,
            policy: &policy,
            now: NOW,
            proofs: &[],
            fetch: Some(server),
        };
        saoy_signing::judge::signature(&question, &mut |digest| digest.of(b"x"))
            .sub_indication
            .map(saoy_signing::judge::SubIndication::code)
    };
    let full = Server {
        crls: vec![("http://test.invalid/sub.crl", sub)],
        issuer: Some(pki.bytes("sub.crt")),
        ..Server::default()
    };
    assert_eq!(judge(&full), None);
    // Some authorities publish theirs in a bundle.
    pki.run(&[
        "crl2pkcs7",
        "-nocrl",
        "-certfile",
        "sub.crt",
        "-outform",
        "DER",
        "-out",
        "sub.p7b",
    ]);
    let bundled = Server {
        crls: full.crls.clone(),
        issuer: Some(pki.bytes("sub.p7b")),
        ..Server::default()
    };
    assert_eq!(judge(&bundled), None);
    let asked = full.asked.into_inner();
    assert!(
        asked.iter().any(|url| url == "http://test.invalid/ocsp")
            && asked.iter().any(|url| url == "http://test.invalid/sub.crt"),
        "{asked:?}"
    );
    // Servers that have nothing, rubbish, or another's list.
    let issuer = Some(pki.bytes("sub.crt"));
    assert_eq!(
        judge(&Server::default()),
        Some("NO_CERTIFICATE_CHAIN_FOUND")
    );
    assert_eq!(
        judge(&Server {
            issuer: Some(vec![1, 2, 3]),
            ..Server::default()
        }),
        Some("NO_CERTIFICATE_CHAIN_FOUND")
    );
    for crl in [root, vec![0x30, 0x00], Vec::new()] {
        let server = Server {
            ocsp: Some(vec![0xff; 100]),
            crls: vec![("http://test.invalid/sub.crl", crl)],
            issuer: issuer.clone(),
            ..Server::default()
        };
        assert_eq!(judge(&server), Some("TRY_LATER"));
    }
}

#[test]
fn data_inside_the_signature_counts() {
    use saoy_signing::asn1::{oid, tag, wrap};
    let pki = Pki::new();
    pki.issue("leaf", &Issue::default());
    let cms = pki.sign("leaf", b"x", &[]);
    let lists: Vec<u8> = ["root", "sub"]
        .iter()
        .flat_map(|by| der(&pki.crl(by, "20250520000000Z", "20250620000000Z")))
        .collect();
    let answer = pki.ocsp("sub", &request(&read(&pki, "leaf"), &read(&pki, "sub")));
    // CAdES' and Adobe's attribute have the same beginning.
    let values = wrap(
        tag::SEQUENCE,
        &[
            wrap(0xa0, &wrap(tag::SEQUENCE, &lists)),
            wrap(0xa1, &wrap(tag::SEQUENCE, &answer)),
        ]
        .concat(),
    );
    for kind in [oid::REVOCATION_VALUES, oid::ADOBE_REVOCATION] {
        let full = crate::pki::with_attribute(&cms, kind, &values);
        assert_eq!(
            Case::new(&full, b"x", pki.trust()).outcome(),
            "TOTAL_PASSED"
        );
        let empty = crate::pki::with_attribute(&cms, kind, &wrap(tag::SEQUENCE, &[]));
        assert_eq!(Case::new(&empty, b"x", pki.trust()).outcome(), "TRY_LATER");
    }
}
