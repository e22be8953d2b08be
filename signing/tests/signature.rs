//! Signatures that hold, that do not, and that cannot be told.

use std::sync::LazyLock;

use crate::pki::{Case, Issue, NOW, P256, Pki, RSA, indefinite};
use saoy_signing::crypto::Digest;
use saoy_signing::finding::Reason;
use saoy_signing::judge::{Indication, Instant, Judgement, Outcome};
use saoy_signing::policy::DigestException;
use saoy_signing::trust::Store;

/// Shared by tests that revoke nothing: keys take their time.
static SHARED: LazyLock<(Pki, Store)> = LazyLock::new(|| {
    let pki = Pki::new();
    pki.issue(
        "An",
        &Issue {
            key: RSA,
            ..Issue::default()
        },
    );
    pki.issue("Binh", &Issue::default());
    let trust = pki.trust_with_lists();
    (pki, trust)
});

/// openssl's `data` file is one for a folder.
static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn sign(name: &str, more: &[&str]) -> Vec<u8> {
    let _held = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    SHARED.0.sign(name, b"hop le", more)
}

fn case(contents: &[u8]) -> Case<'_> {
    Case::new(contents, b"hop le", SHARED.1.clone())
}

fn reasons(judgement: &Judgement) -> Vec<Reason> {
    judgement
        .findings
        .iter()
        .map(|finding| finding.reason)
        .collect()
}

fn outcome(judgement: &Judgement, name: &str) -> Option<Outcome> {
    judgement
        .checks
        .iter()
        .find(|check| check.name == name)
        .map(|check| check.result)
}

#[test]
fn signatures_of_all_forms_pass_with_current_lists() {
    let forms: &[(&str, &[&str])] = &[
        ("An", &[]),
        ("An", &["-md", "sha384"]),
        ("An", &["-md", "sha512", "-cades"]),
        ("An", &["-md", "sha224"]),
        ("An", &["-noattr"]),
        ("An", &["-keyid"]),
        ("An", &["-nosmimecap"]),
        ("An", &["-certfile", "sub.crt"]),
        ("An", &["-keyopt", "rsa_padding_mode:pss"]),
        (
            "An",
            &[
                "-keyopt",
                "rsa_padding_mode:pss",
                "-keyopt",
                "rsa_pss_saltlen:20",
                "-md",
                "sha384",
            ],
        ),
        (
            "An",
            &[
                "-keyopt",
                "rsa_padding_mode:pss",
                "-keyopt",
                "rsa_pss_saltlen:0",
                "-noattr",
            ],
        ),
        ("Binh", &[]),
        ("Binh", &["-md", "sha512", "-cades"]),
        ("Binh", &["-noattr"]),
    ];
    for (name, form) in forms {
        let judgement = case(&sign(name, form)).judge();
        assert_eq!(
            judgement.indication,
            Indication::TotalPassed,
            "{form:?}: {:?}",
            judgement.findings
        );
        assert!(judgement.is_intact());
        assert_eq!(judgement.signer.unwrap().name, format!("Nguoi thu {name}"));
        assert_eq!(judgement.chain.len(), 3);
        assert!(judgement.chain[2].anchor && !judgement.chain[1].anchor);
        assert_eq!(judgement.pki.as_deref(), Some("test"));
    }
}

#[test]
fn an_indefinite_length_is_read_as_such() {
    for form in [
        &[][..],
        &["-cades", "-md", "sha512"],
        &["-noattr"],
        &["-keyopt", "rsa_padding_mode:pss"],
    ] {
        let der = sign("An", form);
        for depth in 1..9 {
            let ber = indefinite(&der, depth);
            assert_eq!(ber[1], 0x80);
            assert!(saoy_signing::cms::SignedData::read(&ber).unwrap().is_ber);
            let padded = [&ber[..], &[0; 8]].concat();
            let judgement = case(&padded).judge();
            assert_eq!(
                judgement.indication,
                Indication::TotalPassed,
                "{form:?} {depth}: {:?}",
                judgement.findings
            );
        }
    }
}

#[test]
fn other_bytes_are_a_hash_failure_and_another_signature_a_crypto_failure() {
    for form in [&[][..], &["-noattr"]] {
        let cms = sign("An", form);
        let mut other = case(&cms);
        other.data = b"hop lE";
        let judgement = other.judge();
        assert_eq!(judgement.indication, Indication::TotalFailed);
        assert!(!judgement.is_intact());
        let (code, reason) = if form.is_empty() {
            ("HASH_FAILURE", Reason::DigestMismatch)
        } else {
            ("SIG_CRYPTO_FAILURE", Reason::SignatureWrong)
        };
        assert_eq!(other.outcome(), code);
        assert_eq!(reasons(&judgement), [reason]);

        let mut broken = cms;
        let last = broken.len() - 1;
        broken[last] ^= 1;
        let judgement = case(&broken).judge();
        assert_eq!(case(&broken).outcome(), "SIG_CRYPTO_FAILURE");
        assert_eq!(reasons(&judgement), [Reason::SignatureWrong]);
        assert_eq!(outcome(&judgement, "signature"), Some(Outcome::Fail));
    }
}

#[test]
fn only_zeros_may_follow_and_only_one_may_have_signed() {
    let cms = sign("An", &[]);
    let padded = [&cms[..], &[0; 100]].concat();
    assert_eq!(case(&padded).outcome(), "TOTAL_PASSED");
    let judgement = case(&[&padded[..], &[1]].concat()).judge();
    assert_eq!(reasons(&judgement), [Reason::ContentsTrailing]);
    let two = sign("An", &["-signer", "Binh.crt", "-inkey", "Binh.key"]);
    let judgement = case(&two).judge();
    assert_eq!(
        (reasons(&judgement), case(&two).outcome()),
        (vec![Reason::SignerInfoCount], "FORMAT_FAILURE")
    );
    assert_eq!(reasons(&case(&[]).judge()), [Reason::CmsMalformed]);
    assert_eq!(reasons(&case(&[0; 64]).judge()), [Reason::CmsMalformed]);
}

#[test]
fn content_inside_is_for_the_old_form_only() {
    let cms = sign("An", &["-nodetach"]);
    assert_eq!(case(&cms).outcome(), "FORMAT_FAILURE");
    // The old form signs the SHA-1 of the bytes; SHA-1 is not accepted below any anchor but those of the exception.
    let digest = Digest::Sha1.of(b"hop le").unwrap();
    let pki = &SHARED.0;
    let old = {
        let _held = ONE_AT_A_TIME
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        pki.sign("An", &digest, &["-nodetach"])
    };
    let mut case = case(&old);
    case.subfilter = "adbe.pkcs7.sha1";
    let judgement = case.judge();
    assert!(judgement.is_intact(), "{:?}", judgement.checks);
    assert_eq!(case.outcome(), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    case.data = b"hop lE";
    assert_eq!(case.outcome(), "HASH_FAILURE");
}

#[test]
fn forms_that_are_not_judged_are_named() {
    let cms = sign("An", &[]);
    for name in ["adbe.x509.rsa_sha1", "", "ETSI.Future"] {
        let mut case = case(&cms);
        case.subfilter = name;
        let judgement = case.judge();
        assert_eq!(reasons(&judgement), [Reason::SubfilterUnknown]);
        assert!(judgement.findings[0].detail.contains(name));
    }
}

#[test]
fn without_certificate_chain_or_lists_nothing_is_settled() {
    let cms = sign("An", &["-nocerts"]);
    assert_eq!(case(&cms).outcome(), "NO_SIGNING_CERTIFICATE_FOUND");
    let pki = &SHARED.0;
    let mut helped = case(&cms);
    helped.evidence.certificates = saoy_signing::trust::unwrap_pem(&pki.bytes("An.crt")).unwrap();
    assert_eq!(helped.outcome(), "TOTAL_PASSED");

    let cms = sign("An", &[]);
    let mut unknown = case(&cms);
    unknown.trust = Store::default();
    let judgement = unknown.judge();
    assert_eq!(unknown.outcome(), "NO_CERTIFICATE_CHAIN_FOUND");
    assert!(judgement.is_intact());
    unknown.trust = pki.trust();
    let judgement = unknown.judge();
    assert_eq!(
        (unknown.outcome(), reasons(&judgement)),
        ("TRY_LATER", vec![Reason::RevocationUnknown; 2])
    );
    assert_eq!(judgement.chain.len(), 3);
    unknown.policy.revocation.required = false;
    assert_eq!(unknown.outcome(), "TOTAL_PASSED");
}

#[test]
fn a_trusted_leaf_needs_no_chain_and_issues_nothing() {
    let pki = Pki::new();
    pki.issue(
        "leaf",
        &Issue {
            to: "20210101000000Z",
            ..Issue::default()
        },
    );
    let cms = pki.sign("leaf", b"x", &[]);
    let mut trust = Store::default();
    trust.add_anchors(&pki.bytes("leaf.crt"), "", "").unwrap();
    let case = Case::new(&cms, b"x", trust);
    let judgement = case.judge();
    assert_eq!(
        judgement.indication,
        Indication::TotalPassed,
        "{:?}",
        judgement.findings
    );
    assert_eq!(
        judgement
            .warnings
            .iter()
            .map(|warning| warning.reason)
            .collect::<Vec<_>>(),
        [Reason::Expired]
    );

    // A certificate that names the leaf as its issuer, signed by its key.
    pki.key("below", P256);
    pki.run(&[
        "req",
        "-new",
        "-config",
        "sub.cnf",
        "-key",
        "below.key",
        "-subj",
        "/CN=below",
        "-out",
        "below.csr",
    ]);
    pki.run(&[
        "x509",
        "-req",
        "-in",
        "below.csr",
        "-CA",
        "leaf.crt",
        "-CAkey",
        "leaf.key",
        "-set_serial",
        "7",
        "-days",
        "3650",
        "-out",
        "below.crt",
    ]);
    let cms = pki.sign("below", b"x", &["-certfile", "leaf.crt"]);
    let mut below = Case::new(&cms, b"x", case.trust);
    below.now = Instant(NOW.0 + 5 * 31_536_000);
    assert_eq!(below.outcome(), "NO_CERTIFICATE_CHAIN_FOUND");
}

#[test]
fn a_key_not_for_signing_and_an_expired_one_do_not_do() {
    let pki = Pki::new();
    pki.issue(
        "cipher",
        &Issue {
            profile: "encipherer",
            key: RSA,
            ..Issue::default()
        },
    );
    pki.issue(
        "past",
        &Issue {
            to: "20220101000000Z",
            ..Issue::default()
        },
    );
    pki.issue(
        "future",
        &Issue {
            from: "20400101000000Z",
            ..Issue::default()
        },
    );
    let trust = pki.trust_with_lists();
    for (name, code, reason) in [
        ("cipher", "CHAIN_CONSTRAINTS_FAILURE", Reason::KeyUsage),
        ("past", "OUT_OF_BOUNDS_NO_POE", Reason::Expired),
        ("future", "OUT_OF_BOUNDS_NO_POE", Reason::NotYetValid),
    ] {
        let cms = pki.sign(name, b"x", &[]);
        let case = Case::new(&cms, b"x", trust.clone());
        let judgement = case.judge();
        assert_eq!(case.outcome(), code);
        assert!(reasons(&judgement).contains(&reason) && judgement.is_intact());
    }
    // A document timestamp before the end helps the expired one; one before its beginning condemns it.
    let cms = pki.sign("past", b"x", &[]);
    let mut case = Case::new(&cms, b"x", trust);
    case.proofs = vec![NOW, Instant(1_600_000_000)];
    assert_eq!(case.outcome(), "TOTAL_PASSED");
    assert_eq!(case.judge().judged_at, Instant(1_600_000_000));
    case.proofs = vec![Instant(1_500_000_000)];
    let judgement = case.judge();
    assert_eq!(
        (judgement.indication, case.outcome()),
        (Indication::TotalFailed, "NOT_YET_VALID")
    );
}

#[test]
fn sha1_is_verified_and_accepted_by_exception_only() {
    let pki = Pki::with_digest("sha1");
    pki.issue("leaf", &Issue::default());
    let cms = pki.sign("leaf", b"x", &["-md", "sha1"]);
    let mut case = Case::new(&cms, b"x", pki.trust_with_lists());
    let judgement = case.judge();
    assert!(judgement.is_intact());
    assert_eq!(
        (judgement.digest, case.outcome()),
        (Some("SHA-1"), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    );
    assert_eq!(reasons(&judgement), [Reason::WeakDigest; 2]);
    let anchor = case.trust.anchors[0].certificate.fingerprint;
    let mut exception = DigestException {
        digest: Digest::Sha1,
        anchors: vec![anchor],
        timestamps_only: false,
        timestamped: false,
        until: None,
    };
    case.policy.exceptions = vec![exception.clone()];
    let judgement = case.judge();
    assert_eq!(
        judgement.indication,
        Indication::TotalPassed,
        "{:?}",
        judgement.findings
    );
    assert_eq!(
        judgement
            .warnings
            .iter()
            .map(|warning| warning.reason)
            .collect::<Vec<_>>(),
        [Reason::WeakDigest; 2]
    );
    exception.timestamped = true;
    case.policy.exceptions = vec![exception.clone()];
    assert_eq!(case.outcome(), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    exception = DigestException {
        timestamped: false,
        until: Some(Instant(NOW.0 - 1)),
        ..exception
    };
    case.policy.exceptions = vec![exception];
    assert_eq!(case.outcome(), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

#[test]
fn a_short_key_is_intact_and_not_accepted() {
    let pki = Pki::new();
    pki.issue(
        "short",
        &Issue {
            key: &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1030"],
            ..Issue::default()
        },
    );
    let cms = pki.sign("short", b"x", &[]);
    let case = Case::new(&cms, b"x", pki.trust_with_lists());
    let judgement = case.judge();
    assert!(judgement.is_intact());
    assert_eq!(
        (judgement.key_bits, reasons(&judgement)),
        (Some(1030), vec![Reason::WeakKey])
    );
}

#[test]
fn md5_is_named_and_never_computed() {
    let mut cms = sign("An", &["-md", "sha1"]);
    // SHA-1's identifier where it stands, exchanged for another of its length would not parse as MD5: the whole is rebuilt.
    let sha1 = [&[0x06, 0x05][..], saoy_signing::asn1::oid::SHA1].concat();
    let unknown = [0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1b];
    let places: Vec<usize> = (0..cms.len() - sha1.len())
        .filter(|at| cms[*at..].starts_with(&sha1))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        cms[at..at + unknown.len()].copy_from_slice(&unknown);
    }
    let judgement = case(&cms).judge();
    assert_eq!(judgement.indication, Indication::Indeterminate);
    assert_eq!(reasons(&judgement), [Reason::AlgorithmUnknown]);
    assert!(judgement.findings[0].detail.contains("1.3.14.3.2.27"));
}

#[test]
fn a_signed_reference_holds_the_signer_to_one_certificate() {
    let pki = Pki::new();
    pki.key("twin", P256);
    // Two certificates of one key, issuer and serial number, for two people.
    for (name, subject) in [("one", "/CN=Mot"), ("two", "/CN=Hai")] {
        std::fs::copy(pki.path("twin.key"), pki.path(&format!("{name}.key"))).unwrap();
        let [request, certificate] = [format!("{name}.csr"), format!("{name}.crt")];
        pki.run(&[
            "req", "-new", "-config", "sub.cnf", "-key", "twin.key", "-subj", subject, "-out",
            &request,
        ]);
        pki.run(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "sub.crt",
            "-CAkey",
            "sub.key",
            "-set_serial",
            "77",
            "-days",
            "3650",
            "-out",
            &certificate,
        ]);
    }
    let trust = pki.trust_with_lists();
    let other = saoy_signing::trust::unwrap_pem(&pki.bytes("two.crt")).unwrap();
    let now = Instant(NOW.0 + 3 * 31_536_000);
    for (form, code) in [
        (&["-nocerts", "-cades"][..], "NO_SIGNING_CERTIFICATE_FOUND"),
        (&["-nocerts"], "TOTAL_PASSED"),
    ] {
        let cms = pki.sign("one", b"x", form);
        let mut case = Case::new(&cms, b"x", trust.clone());
        case.now = now;
        case.evidence.certificates.clone_from(&other);
        assert_eq!(case.outcome(), code, "{:?}", case.judge());
        let own = saoy_signing::trust::unwrap_pem(&pki.bytes("one.crt")).unwrap();
        // Of both the one that is meant is found.
        case.evidence.certificates = [other.clone(), own].concat();
        let judgement = case.judge();
        assert_eq!(judgement.indication, Indication::TotalPassed);
        let meant = if form.contains(&"-cades") {
            "Mot"
        } else {
            "Hai"
        };
        assert_eq!(judgement.signer.unwrap().name, meant);
    }
}

/// `cms` with the first and the last signed attribute in each other's place.
fn shuffled(cms: &[u8]) -> Vec<u8> {
    use saoy_signing::asn1::{Element, wrap};
    let written = saoy_signing::cms::SignedData::read(cms)
        .unwrap()
        .signer
        .signed
        .unwrap()
        .1;
    let set = Element::only(&written).unwrap();
    let mut attributes = set.inside().all().unwrap();
    attributes.reverse();
    let body: Vec<u8> = attributes
        .iter()
        .flat_map(|attribute| attribute.raw.to_vec())
        .collect();
    let (old, new) = ([&[0xa0], &written[1..]].concat(), wrap(0xa0, &body));
    let at = cms
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    [&cms[..at], &new, &cms[at + old.len()..]].concat()
}

#[test]
fn attributes_out_of_order_are_those_that_were_signed_in_order() {
    let cms = sign("An", &["-cades"]);
    let other = shuffled(&cms);
    assert_ne!(cms, other);
    let judgement = case(&other).judge();
    assert_eq!(
        judgement.indication,
        Indication::TotalPassed,
        "{:?}",
        judgement.findings
    );
    let check = judgement
        .checks
        .iter()
        .find(|check| check.name == "signature")
        .unwrap();
    assert!(check.detail.contains("order of DER"));
}

#[test]
fn a_signature_algorithm_that_names_another_digest_is_seen_through() {
    use saoy_signing::asn1::oid;
    let cms = sign("Binh", &["-md", "sha384"]);
    // The last identifier of ECDSA with SHA-384 stands in the signer; it then says SHA-256.
    let at = cms
        .windows(oid::SHA384_ECDSA.len())
        .rposition(|window| window == oid::SHA384_ECDSA)
        .unwrap();
    let other = [
        &cms[..at],
        oid::SHA256_ECDSA,
        &cms[at + oid::SHA256_ECDSA.len()..],
    ]
    .concat();
    let judgement = case(&other).judge();
    assert_eq!(
        judgement.indication,
        Indication::TotalPassed,
        "{:?}",
        judgement.findings
    );
    let check = judgement
        .checks
        .iter()
        .find(|check| check.name == "signature")
        .unwrap();
    assert!(check.detail.contains("digest of the signer"));
}

#[test]
fn a_signature_algorithm_in_the_place_of_the_digest_means_its_digest() {
    use saoy_signing::asn1::{oid, tag, wrap};
    for form in [&[][..], &["-noattr"]] {
        let cms = sign("An", form);
        let named = |id: &[u8]| {
            wrap(
                tag::SEQUENCE,
                &[wrap(tag::OID, id), vec![tag::NULL, 0]].concat(),
            )
        };
        let other = crate::pki::with_signer(&cms, |members| members[2] = named(oid::SHA256_RSA));
        assert_eq!(case(&other).outcome(), "TOTAL_PASSED");
        let other = crate::pki::with_signer(&cms, |members| members[2] = named(oid::MD5_RSA));
        let judgement = case(&other).judge();
        assert_eq!(judgement.indication, Indication::Indeterminate);
        assert_eq!(
            (judgement.digest, reasons(&judgement)),
            (Some("MD5"), vec![Reason::WeakDigest])
        );
    }
}
