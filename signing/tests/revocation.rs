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
    let trust = pki.trust_with_lists();
    // Revoked at the present time of the machine, which is later than this.
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
