//! Path validation by NIST's PKITS 1.0.1: every case of it, with the settings that its text prescribes.
//!
//! `tests/judges/install.sh` fetches the certificates and lists; whether a case is to pass is in the name of its
//! certificate, but for the cases of section 4.8 and others that run under several settings: those stand below.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use saoy_signing::asn1::Oid;
use saoy_signing::certificate::Certificate;
use saoy_signing::judge::Instant;
use saoy_signing::path::{Material, PathOptions, Validator};
use saoy_signing::policy::Policy;
use saoy_signing::revocation::{Crl, Status};
use saoy_signing::trust::Store;

/// Settings of a run: acceptable NIST policies by number (empty: any), explicit policy, mapping inhibited, any-policy inhibited; and whether it is to pass.
type Run = (&'static [u8], bool, bool, bool, bool);

const fn run(policies: &'static [u8], valid: bool) -> Run {
    (policies, false, false, false, valid)
}

const fn explicit(policies: &'static [u8], valid: bool) -> Run {
    (policies, true, false, false, valid)
}

/// Cases whose name does not tell, and cases with several runs.
const RUNS: &[(&str, &[Run])] = &[
    // 4.8.1 shares its certificate with 4.1.1.
    (
        "ValidCertificatePathTest1EE",
        &[
            run(&[], true),
            explicit(&[], true),
            explicit(&[1], true),
            explicit(&[2], false),
            explicit(&[1, 2], true),
        ],
    ),
    (
        "AllCertificatesNoPoliciesTest2EE",
        &[run(&[], true), explicit(&[], false)],
    ),
    (
        "DifferentPoliciesTest3EE",
        &[
            run(&[], true),
            explicit(&[], false),
            explicit(&[1, 2], false),
        ],
    ),
    ("DifferentPoliciesTest4EE", &[run(&[], false)]),
    ("DifferentPoliciesTest5EE", &[run(&[], false)]),
    (
        "OverlappingPoliciesTest6EE",
        &[run(&[], true), run(&[1], true), run(&[2], false)],
    ),
    ("DifferentPoliciesTest7EE", &[run(&[], false)]),
    ("DifferentPoliciesTest8EE", &[run(&[], false)]),
    ("DifferentPoliciesTest9EE", &[run(&[], false)]),
    (
        "AllCertificatesSamePoliciesTest10EE",
        &[run(&[], true), run(&[1], true), run(&[2], true)],
    ),
    (
        "AllCertificatesanyPolicyTest11EE",
        &[run(&[], true), run(&[1], true)],
    ),
    ("DifferentPoliciesTest12EE", &[run(&[], false)]),
    (
        "AllCertificatesSamePoliciesTest13EE",
        &[run(&[1], true), run(&[2], true), run(&[3], true)],
    ),
    ("AnyPolicyTest14EE", &[run(&[1], true), run(&[2], false)]),
    ("UserNoticeQualifierTest15EE", &[run(&[], true)]),
    ("UserNoticeQualifierTest16EE", &[run(&[], true)]),
    ("UserNoticeQualifierTest17EE", &[run(&[], true)]),
    (
        "UserNoticeQualifierTest18EE",
        &[run(&[1], true), run(&[2], true)],
    ),
    ("UserNoticeQualifierTest19EE", &[run(&[], true)]),
    ("CPSPointerQualifierTest20EE", &[run(&[], true)]),
    (
        "ValidPolicyMappingTest1EE",
        &[
            run(&[1], true),
            run(&[2], false),
            (&[], false, true, false, false),
        ],
    ),
    (
        "InvalidPolicyMappingTest2EE",
        &[run(&[], false), (&[], false, true, false, false)],
    ),
    (
        "ValidPolicyMappingTest3EE",
        &[run(&[1], false), run(&[2], true)],
    ),
    (
        "ValidPolicyMappingTest5EE",
        &[run(&[1], true), run(&[6], false)],
    ),
    (
        "ValidPolicyMappingTest6EE",
        &[run(&[1], true), run(&[6], false)],
    ),
    (
        "ValidPolicyMappingTest12EE",
        &[run(&[1], true), run(&[2], true)],
    ),
    (
        "inhibitAnyPolicyTest3EE",
        &[run(&[], true), (&[], false, false, true, false)],
    ),
];

/// 2011-04-15T00:00:00Z: certificates of the suite are of 2010 to 2030, its expired ones of 2011-01-01 and before.
const TIME: Instant = Instant(1_302_825_600);

struct Suite {
    trust: Store,
    material: Material,
    /// `None` is a certificate that cannot be read: broken on purpose, it passes nothing.
    cases: Vec<(String, Option<Arc<Certificate>>)>,
}

fn suite() -> Suite {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.tools/judges/pkits");
    assert!(
        root.is_dir(),
        "PKITS is missing: run tests/judges/install.sh"
    );
    let files = |folder: &str| {
        let mut files: Vec<_> = root
            .join(folder)
            .read_dir()
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        files.into_iter().map(|file| {
            (
                file.file_stem().unwrap().to_str().unwrap().to_owned(),
                std::fs::read(&file).unwrap(),
            )
        })
    };
    let mut suite = Suite {
        trust: Store::default(),
        material: Material::default(),
        cases: Vec::new(),
    };
    for (name, bytes) in files("certs") {
        if name == "TrustAnchorRootCertificate" {
            suite.trust.add_anchors(&bytes, "", "").unwrap();
            continue;
        }
        let certificate = Certificate::read(&bytes).map(Arc::new).ok();
        if name.ends_with("EE") {
            suite.cases.push((name, certificate));
        } else {
            suite.material.certificates.extend(certificate);
        }
    }
    suite.material.crls = files("crls")
        .filter_map(|(_, bytes)| Crl::read(&bytes).ok())
        .map(Arc::new)
        .collect();
    // Two of the suite's certificates and one list have a broken signature.
    assert!(suite.material.certificates.len() >= 178 && suite.material.crls.len() >= 171);
    suite
}

fn policy(number: u8) -> Oid {
    // 2.16.840.1.101.3.2.1.48.n: the suite's test policies.
    Oid::from_der(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, number])
}

/// True when the case passes: a path, unbroken, of which nothing is revoked or unknown.
fn passes(suite: &Suite, certificate: Option<&Arc<Certificate>>, run: &Run) -> (bool, String) {
    let Some(certificate) = certificate else {
        return (false, "cannot be read".to_owned());
    };
    let options = PathOptions {
        policies: (!run.0.is_empty()).then(|| run.0.iter().map(|number| policy(*number)).collect()),
        explicit_policy: run.1,
        inhibit_mapping: run.2,
        inhibit_any: run.3,
        ..PathOptions::at(TIME)
    };
    let rules = Policy::default();
    let found =
        Validator::new(&suite.trust, &suite.material, &rules, TIME).validate(certificate, &options);
    let good = found
        .statuses
        .iter()
        .all(|status| matches!(status, Status::Good { .. }));
    (
        found.anchored && found.violation.is_none() && good,
        format!("{:?} {:?}", found.violation, found.statuses),
    )
}

#[test]
fn every_case_of_the_suite_comes_out_as_its_text_says() {
    let suite = suite();
    let mut wrong = Vec::new();
    let (mut cases, mut runs) = (BTreeSet::new(), 0);
    for (name, certificate) in &suite.cases {
        let by_name = [run(&[], name.starts_with("Valid"))];
        let settings = RUNS
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, runs)| *runs);
        assert!(
            settings.is_some() || name.starts_with("Valid") || name.starts_with("Invalid"),
            "{name}"
        );
        for run in settings.unwrap_or(&by_name) {
            cases.insert(name);
            runs += 1;
            let (passed, why) = passes(&suite, certificate.as_ref(), run);
            if passed != run.4 {
                wrong.push(format!("{name} {run:?}: {why}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {runs} runs are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    // 224 cases: 4.8.1 shares its certificate with 4.1.1.
    assert_eq!((cases.len(), runs), (223, 247));
}
