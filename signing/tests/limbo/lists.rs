//! Revocation lists: who makes them, for what, when.

use saoy_signing::asn1::{oid, tag, wrap};

use super::build::{CERT_SIGN, Cert, List, UNKNOWN, full, points};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    [makers(), scopes(), times()]
        .into_iter()
        .flatten()
        .collect()
}

/// A case of a leaf below a root and of one list of the root's.
fn of(id: &'static str, good: bool, list: impl FnOnce(&Cert, &Cert) -> List) -> Case {
    let root = Cert::root("root");
    let leaf = Cert::leaf(&root);
    case(id, good, &[&root], &[], &leaf).lists([list(&root, &leaf).der()])
}

fn makers() -> Vec<Case> {
    let [root, second] = [Cert::root("root"), Cert::root("second root")];
    let leaf = Cert::leaf(&root);
    let by = |id, good, root: Cert| {
        let list = List::of(&root).der();
        case(id, good, &[&root], &[], &Cert::leaf(&root)).lists([list])
    };
    vec![
        of("crl::revoked-certificate-with-crl", false, |root, leaf| {
            List::of(root).revoking(leaf, "231231000000Z")
        }),
        of("crl::certificate-not-on-crl", true, |root, _| {
            List::of(root)
        }),
        case(
            "crl::certificate-serial-on-crl-different-issuer",
            true,
            &[&root, &second],
            &[],
            &leaf,
        )
        .lists([
            List::of(&root).entries(0).der(),
            List::of(&second).revoking(&leaf, "231231000000Z").der(),
        ]),
        by(
            "crl::issuer-missing-crlsign",
            false,
            root.clone().usage(CERT_SIGN),
        ),
        by(
            "crl::issuer-no-keyusage-extension",
            true,
            root.clone().without(oid::KEY_USAGE),
        ),
        by(
            "crl::issuer-valid-crlsign-and-keycertsign",
            true,
            root.clone(),
        ),
        of("crl::structure::crl-invalid-signature", false, |root, _| {
            List::of(root).signed("nobody")
        }),
        case(
            "crl::structure::crl-wrong-signing-key",
            false,
            &[&root, &second],
            &[],
            &leaf,
        )
        .lists([List::of(&root).signed("second root").der()]),
        of("crl::structure::crl-empty", true, |root, _| {
            List::of(root).entries(0)
        }),
        of("crl::structure::crl-very-large", true, |root, _| {
            List::of(root).entries(10_000)
        }),
        of(
            "crl::structure::crl-unknown-critical-extension",
            false,
            |root, _| List::of(root).with(UNKNOWN, true, Vec::new()),
        ),
        of(
            "crl::structure::crl-unknown-noncritical-extension",
            true,
            |root, _| List::of(root).with(UNKNOWN, false, Vec::new()),
        ),
    ]
}

fn scopes() -> Vec<Case> {
    let root = Cert::root("root");
    let flag = |member| wrap(member, &[0xff]);
    let [here, there] = [
        "uri:http://example.com/partition.crl",
        "uri:http://example.com/other.crl",
    ];
    let at = |id, good, point: Option<&str>, scope: &[Vec<u8>]| {
        let leaf = Cert::leaf(&root);
        let leaf = match point {
            Some(url) => leaf.with(oid::CRL_DISTRIBUTION_POINTS, false, points(url)),
            None => leaf,
        };
        case(id, good, &[&root], &[], &leaf).lists([List::of(&root).scope(scope).der()])
    };
    let sub = Cert::below("a", &root);
    let part = wrap(
        tag::SEQUENCE,
        &[
            wrap(tag::OID, oid::COMMON_NAME),
            wrap(tag::UTF8_STRING, b"partition"),
        ]
        .concat(),
    );
    vec![
        at(
            "crl::idp::idp-cdp-scope-mismatch",
            false,
            Some(here),
            &[full(there)],
        ),
        at(
            "crl::idp::idp-cdp-scope-match",
            true,
            Some(here),
            &[full(here)],
        ),
        case(
            "crl::idp::idp-only-contains-user-certs-ca-target",
            false,
            &[&root],
            &[&sub],
            &Cert::leaf(&sub),
        )
        .lists([
            List::of(&root).scope(&[flag(0x81)]).der(),
            List::of(&sub).der(),
        ]),
        at(
            "crl::idp::idp-only-contains-ca-certs-ee-target",
            false,
            None,
            &[flag(0x82)],
        ),
        at(
            "crl::idp::idp-present-certificate-missing-cdp",
            false,
            None,
            &[full(here)],
        ),
        at(
            "crl::idp::idp-only-contains-attribute-certs",
            false,
            None,
            &[flag(0x85)],
        ),
        at(
            "crl::cabf::idp-name-relative-to-crl-issuer",
            false,
            None,
            &[wrap(0xa0, &wrap(0xa1, &part))],
        ),
        at(
            "crl::cabf::idp-only-some-reasons-no-complete-crl",
            false,
            Some(here),
            &[full(here), wrap(0x83, &[6, 0x40])],
        ),
        at(
            "crl::cabf::idp-uri-not-byte-identical",
            false,
            Some("uri:http://example.com/crls/%73hard.crl"),
            &[full("uri:http://example.com/crls/shard.crl")],
        ),
    ]
}

fn times() -> Vec<Case> {
    let root = Cert::root("root");
    let young = Cert::leaf(&root).valid("231202000000Z", "240131000000Z");
    let alone = |id, list: List| case(id, false, &[&root], &[], &young).lists([list.der()]);
    vec![
        of("crl::temporal::this-update-in-future", false, |root, _| {
            List::of(root).made("240102000000Z", "240131000000Z")
        }),
        of("crl::temporal::next-update-in-past", false, |root, _| {
            List::of(root).made("231102000000Z", "231202000000Z")
        }),
        of(
            "crl::temporal::revocation-date-in-future",
            false,
            |root, leaf| List::of(root).revoking(leaf, "240102000000Z"),
        ),
        alone(
            "crl::temporal::revocation-date-before-not-before",
            List::of(&root).revoking(&young, "231102000000Z"),
        ),
        alone(
            "crl::temporal::crl-validity-no-overlap",
            List::of(&root).made("230101000000Z", "230705000000Z"),
        ),
    ]
}
