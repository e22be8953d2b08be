//! Timestamps: what they prove, and what they do not.

use crate::pki::{Case, Issue, Pki, signature_value, with_token};
use saoy_signing::judge::{Indication, Instant, Outcome, Question, timestamp};
use saoy_signing::path::Material;
use saoy_signing::policy::Policy;
use saoy_signing::timestamp::Token;

/// A PKI with people, stamps, and everything at hand.
fn pki() -> Pki {
    let pki = Pki::new();
    std::fs::write(pki.path("tsa.serial"), "01\n").unwrap();
    pki.issue("leaf", &Issue::default());
    pki.issue(
        "stamp",
        &Issue {
            profile: "stamp",
            ..Issue::default()
        },
    );
    pki.issue(
        "lax",
        &Issue {
            profile: "lax_stamp",
            ..Issue::default()
        },
    );
    pki
}

#[test]
fn a_token_proves_its_time_and_outlives_the_certificate() {
    let pki = pki();
    // Ends a few years after the present time of the machine, whatever that is: the judge's present is later still.
    pki.issue(
        "short",
        &Issue {
            to: "20700101000000Z",
            ..Issue::default()
        },
    );
    let cms = pki.sign("short", b"x", &["-cades"]);
    let stamped = with_token(
        &cms,
        &pki.token("stamp", &signature_value(&cms), &["-sha256"]),
    );
    let mut case = Case::new(&stamped, b"x", pki.trust_with_lists());
    // 2080.
    case.now = Instant(3_471_292_800);
    let judgement = case.judge();
    assert_eq!(
        judgement.indication,
        Indication::TotalPassed,
        "{:?}",
        judgement.findings
    );
    let token = judgement.timestamp.unwrap();
    assert!(
        token.valid && token.authority == "Nguoi thu stamp" && token.accuracy == Some(1_000_000)
    );
    assert_eq!(
        (judgement.judged_at, token.imprint),
        (token.time, Some("SHA-256"))
    );
    // Without it, or with the token of something else, the certificate has ended.
    let mut bare = Case::new(&cms, b"x", case.trust.clone());
    bare.now = case.now;
    assert_eq!(bare.outcome(), "OUT_OF_BOUNDS_NO_POE");
    let wrong = with_token(&cms, &pki.token("stamp", b"something else", &["-sha256"]));
    bare.contents = &wrong;
    let judgement = bare.judge();
    assert_eq!(bare.outcome(), "OUT_OF_BOUNDS_NO_POE");
    let token = judgement.timestamp.unwrap();
    assert!(!token.valid);
    assert_eq!(
        (
            token.judgement.indication,
            token.judgement.sub_indication.unwrap().code()
        ),
        (Indication::TotalFailed, "HASH_FAILURE")
    );
}

#[test]
fn a_stamp_must_be_one_by_its_certificate() {
    let pki = pki();
    let cms = pki.sign("leaf", b"x", &[]);
    // openssl refuses to stamp with such certificates, so the token is cut from a CMS over a proper TSTInfo.
    let proper = Token::read(&pki.token("stamp", &signature_value(&cms), &["-sha256"])).unwrap();
    for (name, valid) in [("stamp", true), ("lax", false), ("leaf", false)] {
        let token = pki.sign(
            name,
            &proper.content,
            &[
                "-nodetach",
                "-cades",
                "-econtent_type",
                "1.2.840.113549.1.9.16.1.4",
            ],
        );
        let stamped = with_token(&cms, &token);
        let mut case = Case::new(&stamped, b"x", pki.trust_with_lists());
        case.now = Instant(proper.info.time.0 + 60);
        let judgement = case.judge();
        let token = judgement.timestamp.unwrap();
        assert_eq!(token.valid, valid, "{name}: {:?}", token.judgement.findings);
        // The signature itself passes at the present time either way.
        assert_eq!(judgement.indication, Indication::TotalPassed);
        assert_eq!(judgement.judged_at == token.time, valid);
    }
}

#[test]
fn a_token_without_revocation_data_leaves_the_matter_open() {
    let pki = pki();
    pki.issue(
        "short",
        &Issue {
            to: "20700101000000Z",
            ..Issue::default()
        },
    );
    let cms = pki.sign("short", b"x", &[]);
    let stamped = with_token(
        &cms,
        &pki.token("stamp", &signature_value(&cms), &["-sha256"]),
    );
    let mut case = Case::new(&stamped, b"x", pki.trust());
    case.now = Instant(3_471_292_800);
    let judgement = case.judge();
    assert_eq!(case.outcome(), "TRY_LATER");
    let token = judgement.timestamp.unwrap();
    assert!(!token.valid && judgement.judged_at == token.time);
    assert!(
        judgement
            .checks
            .iter()
            .any(|check| check.name == "time" && check.result == Outcome::Unknown)
    );
}

#[test]
fn an_expired_stamp_proves_nothing_unless_the_policy_says_so() {
    let pki = pki();
    pki.issue(
        "short",
        &Issue {
            to: "20700101000000Z",
            ..Issue::default()
        },
    );
    pki.issue(
        "old",
        &Issue {
            profile: "stamp",
            to: "20710101000000Z",
            ..Issue::default()
        },
    );
    let cms = pki.sign("short", b"x", &[]);
    let stamped = with_token(
        &cms,
        &pki.token("old", &signature_value(&cms), &["-sha256"]),
    );
    let mut case = Case::new(&stamped, b"x", pki.trust_with_lists());
    case.now = Instant(3_471_292_800);
    assert_eq!(case.outcome(), "OUT_OF_BOUNDS_NO_POE");
    let policy = Policy {
        expired_timestamps: true,
        ..Policy::default()
    };
    case.policy = policy;
    assert_eq!(case.outcome(), "TOTAL_PASSED");
    case.policy = Policy::default();
    // A document timestamp of 2065 shows that the token stood before its authority's end.
    case.proofs = vec![Instant(2_997_993_600)];
    assert_eq!(case.outcome(), "TOTAL_PASSED");
    assert!(case.judge().timestamp.unwrap().valid);
}

#[test]
fn a_document_timestamp_is_judged_alone() {
    let pki = pki();
    let token = pki.token("stamp", b"all of the file", &["-sha512"]);
    let (trust, policy, evidence) = (
        pki.trust_with_lists(),
        Policy::default(),
        Material::default(),
    );
    let info = Token::read(&token).unwrap().info;
    let padded = [&token[..], &[0; 32]].concat();
    let mut question = Question {
        contents: &padded,
        subfilter: "ETSI.RFC3161",
        evidence: &evidence,
        trust: &trust,
        policy: &policy,
        now: Instant(info.time.0 + 1),
        proofs: &[],
        fetch: None,
    };
    let found = timestamp(&question, &mut |digest| digest.of(b"all of the file"));
    assert!(found.valid, "{:?}", found.judgement.findings);
    assert_eq!((found.time, found.imprint), (info.time, Some("SHA-512")));
    let found = timestamp(&question, &mut |digest| digest.of(b"all of the File"));
    assert_eq!(
        (found.valid, found.judgement.indication),
        (false, Indication::TotalFailed)
    );
    // Judged as of a time before it was made, it proves nothing.
    question.now = Instant(info.time.0 - 86_400);
    let found = timestamp(&question, &mut |digest| digest.of(b"all of the file"));
    assert_eq!(
        found.judgement.sub_indication.unwrap().code(),
        "TIMESTAMP_ORDER_FAILURE"
    );
    // A signature is no token.
    let cms = pki.sign("leaf", b"all of the file", &[]);
    question.contents = &cms;
    let found = timestamp(&question, &mut |digest| digest.of(b"all of the file"));
    assert_eq!(
        found.judgement.sub_indication.unwrap().code(),
        "FORMAT_FAILURE"
    );
}

#[test]
fn long_term_data_of_the_tokens_time_does_as_long_as_the_policy_says_so() {
    let pki = pki();
    pki.issue(
        "short",
        &Issue {
            to: "20700101000000Z",
            ..Issue::default()
        },
    );
    let cms = pki.sign("short", b"x", &[]);
    let stamped = with_token(
        &cms,
        &pki.token("stamp", &signature_value(&cms), &["-sha256"]),
    );
    let mut case = Case::new(&stamped, b"x", pki.trust());
    // Lists that end in 2072, judged in 2080.
    for authority in ["root", "sub"] {
        case.trust
            .add_crls(&pki.crl(authority, "20200102000000Z", "20720101000000Z"))
            .unwrap();
    }
    case.now = Instant(3_471_292_800);
    assert_eq!(case.outcome(), "TOTAL_PASSED");
    case.policy.old_timestamp_data = false;
    assert_eq!(case.outcome(), "TRY_LATER");
    // An authority that was revoked since proves nothing, whatever older lists say.
    case.policy.old_timestamp_data = true;
    pki.revoke("sub", "stamp", "keyCompromise");
    case.trust
        .add_crls(&pki.crl("sub", "20720101000000Z", "20900101000000Z"))
        .unwrap();
    assert_eq!(case.outcome(), "OUT_OF_BOUNDS_NO_POE");
    let token = case.judge().timestamp.unwrap();
    assert_eq!(
        token.judgement.sub_indication.unwrap().code(),
        "REVOKED_NO_POE"
    );
}
