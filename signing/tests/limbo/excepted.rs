//! Cases of which the suite thinks otherwise: rules for those who issue, which RFC 5280 6 asks nobody to check. What is
//! said of each here is how it comes out.

use saoy_signing::asn1::{oid, tag, wrap};

use super::build::{Cert, List, constraints, full, issuers, points, seq};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    [certificates(), lists()].into_iter().flatten().collect()
}

/// `cert` with its extension of that kind marked critical, or not.
fn marked(mut cert: Cert, id: &[u8], critical: bool) -> Cert {
    let list = cert.extensions.iter_mut();
    list.filter(|(known, ..)| *known == id)
        .for_each(|extension| extension.1 = critical);
    cert
}

fn certificates() -> Vec<Case> {
    let root = Cert::root("root");
    let sub = Cert::below("a", &root);
    let leaf = Cert::leaf(&root);
    let by = |id, root: &Cert| case(id, true, &[root], &[], &Cert::leaf(root));
    let below = |id, sub: &Cert| case(id, true, &[&root], &[sub], &Cert::leaf(sub));
    let alone = |id, leaf: Cert| case(id, true, &[&root], &[], &leaf);
    let identified = Cert::below("root", &root);
    let example = constraints("+dns:example.com");
    let constrained = |critical| {
        leaf.clone()
            .with(oid::NAME_CONSTRAINTS, critical, example.clone())
    };
    let crossed = sub.clone().without(oid::AUTHORITY_KEY_IDENTIFIER);
    let old = root.clone().valid("160101000000Z", "200101000000Z");
    vec![
        by(
            "rfc5280::root-non-critical-basic-constraints",
            &marked(root.clone(), oid::BASIC_CONSTRAINTS, false),
        ),
        alone(
            "rfc5280::leaf-ku-keycertsign",
            leaf.clone().basic(false, None).usage(0x84),
        ),
        alone(
            "rfc5280::ee-critical-aia-invalid",
            leaf.clone()
                .with(oid::AUTHORITY_INFO_ACCESS, true, issuers()),
        ),
        by(
            "rfc5280::aki::critical-aki",
            &marked(identified, oid::AUTHORITY_KEY_IDENTIFIER, true),
        ),
        alone(
            "rfc5280::aki::leaf-missing-aki",
            leaf.clone().without(oid::AUTHORITY_KEY_IDENTIFIER),
        ),
        below("rfc5280::aki::intermediate-missing-aki", &crossed),
        by("rfc5280::aki::cross-signed-root-missing-aki", &crossed),
        by(
            "rfc5280::ski::critical-ski",
            &marked(root.clone(), oid::SUBJECT_KEY_IDENTIFIER, true),
        ),
        by(
            "rfc5280::ski::root-missing-ski",
            &root.clone().without(oid::SUBJECT_KEY_IDENTIFIER),
        ),
        below(
            "rfc5280::ski::intermediate-missing-ski",
            &sub.clone().without(oid::SUBJECT_KEY_IDENTIFIER),
        ),
        by(
            "rfc5280::nc::permitted-dns-match-noncritical",
            &root
                .clone()
                .with(oid::NAME_CONSTRAINTS, false, example.clone()),
        ),
        alone(
            "rfc5280::nc::not-allowed-in-ee-noncritical",
            constrained(false),
        ),
        alone("rfc5280::nc::not-allowed-in-ee-critical", constrained(true)),
        below(
            "rfc5280::pc::ica-noncritical-pc",
            &sub.clone()
                .with(oid::POLICY_CONSTRAINTS, false, seq(&[wrap(0x80, &[3])])),
        ),
        alone(
            "rfc5280::san::noncritical-with-empty-subject",
            leaf.clone().subject(""),
        ),
        alone(
            "rfc5280::serial::serial-number-too-long",
            leaf.clone().numbered(&[0x11; 22]),
        ),
        alone(
            "rfc5280::serial::serial-number-zero",
            leaf.clone().numbered(&[0]),
        ),
        alone(
            "rfc5280::serial::serial-number-negative",
            leaf.clone().numbered(&[0x91, 2, 3]),
        ),
        // 2022-01-01.
        by("rfc5280::validity::expired-root", &old).at(1_640_995_200),
    ]
}

fn lists() -> Vec<Case> {
    let root = Cert::root("root");
    let leaf = Cert::leaf(&root);
    let here = "uri:http://example.com/partition.crl";
    let both = "uri:http://example.com/partition.crl dns:example.com";
    let pointing = |names| {
        let leaf = leaf.clone();
        leaf.with(oid::CRL_DISTRIBUTION_POINTS, false, points(names))
    };
    let of =
        |id, good, leaf: &Cert, list: List| case(id, good, &[&root], &[], leaf).lists([list.der()]);
    let own = pointing(here);
    let twice = || {
        List::of(&root)
            .revoking(&root, "231231000000Z")
            .revoking(&root, "231231000000Z")
    };
    let revoking = || List::of(&root).revoking(&leaf, "231231000000Z");
    let (mut later, mut endless) = (revoking(), revoking());
    later.version = 7;
    endless.due = None;
    vec![
        of(
            "crl::crlnumber-missing",
            true,
            &leaf,
            List::of(&root).without(oid::CRL_NUMBER),
        ),
        of(
            "crl::crlnumber-critical",
            true,
            &leaf,
            List::of(&root).with(oid::CRL_NUMBER, true, wrap(tag::INTEGER, &[1])),
        ),
        of(
            "webpki::crl::crl-duplicate-revoked-serial",
            true,
            &leaf,
            twice(),
        ),
        of(
            "crl::idp::idp-present-certificate-cdp-non-uri-generalname",
            true,
            &pointing(both),
            List::of(&root).scope(&[full(here)]),
        ),
        of(
            "crl::cabf::idp-fullname-non-uri-generalname",
            true,
            &own,
            List::of(&root).scope(&[full(both)]),
        ),
        of(
            "crl::cabf::idp-indirect-crl",
            true,
            &own,
            List::of(&root).scope(&[full(here), wrap(0x84, &[0xff])]),
        ),
        of("crl::external::crl-invalid-version", false, &leaf, later),
        of(
            "crl::external::crl-update-generalizedtime-2025",
            false,
            &leaf,
            revoking().made("20231231000000Z", "20240130000000Z"),
        ),
        of(
            "crl::external::crl-missing-next-update",
            false,
            &leaf,
            endless,
        ),
    ]
}
