//! Name constraints.

use saoy_signing::asn1::{oid, wrap};

use super::build::{Cert, constraints, directory, dns, ip, mail, other, seq};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    [of_roots(), below_roots(), forks()]
        .into_iter()
        .flatten()
        .collect()
}

/// 192.0.2.0/24, 192.0.2.1, 192.0.3.1, ::1/128, ::1.
const NET: &[u8] = &[192, 0, 2, 0, 255, 255, 255, 0];
const INSIDE: &[u8] = &[192, 0, 2, 1];
const OUTSIDE: &[u8] = &[192, 0, 3, 1];
const LOOPBACK: &[u8] = &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// Constraints that a root lays on a leaf.
fn of_roots() -> Vec<Case> {
    let of = |id, good, permitted: &[Vec<u8>], excluded: &[Vec<u8>], names: &[Vec<u8>]| {
        let root = Cert::root("root").constrained(permitted, excluded);
        case(id, good, &[&root], &[], &Cert::leaf(&root).named(names))
    };
    let directories = |id, good, permitted: &[Vec<u8>], excluded: &[Vec<u8>], subject, name| {
        let root = Cert::root("root").constrained(permitted, excluded);
        let leaf = Cert::leaf(&root).subject(subject).named(&[directory(name)]);
        case(id, good, &[&root], &[], &leaf)
    };
    let example = dns("example.com");
    let loopback = ip(&[LOOPBACK, &[0xff; 16]].concat());
    let foo = directory("foo");
    vec![
        of(
            "rfc5280::nc::permitted-dns-mismatch",
            false,
            &[example.clone()],
            &[],
            &[dns("not-example.com")],
        ),
        of(
            "rfc5280::nc::permitted-dns-match",
            true,
            &[example.clone()],
            &[],
            &[example.clone()],
        ),
        of(
            "rfc5280::nc::permitted-dns-match-more",
            true,
            &[example.clone()],
            &[],
            &[dns("foo.bar.example.com")],
        ),
        of(
            "rfc5280::nc::excluded-dns-match-second",
            false,
            &[],
            &[dns("not-allowed.example.com")],
            &[example.clone(), dns("not-allowed.example.com")],
        ),
        of(
            "rfc5280::nc::permitted-ip-mismatch",
            false,
            &[ip(NET)],
            &[],
            &[ip(OUTSIDE)],
        ),
        of(
            "rfc5280::nc::excluded-ipv4-match",
            false,
            &[],
            &[ip(NET)],
            &[ip(INSIDE)],
        ),
        of(
            "rfc5280::nc::excluded-ipv6-match",
            false,
            &[],
            &[loopback.clone()],
            &[ip(LOOPBACK)],
        ),
        of(
            "rfc5280::nc::permitted-ipv4-match",
            true,
            &[ip(NET)],
            &[],
            &[ip(INSIDE)],
        ),
        of(
            "rfc5280::nc::permitted-ipv6-match",
            true,
            &[loopback],
            &[],
            &[ip(LOOPBACK)],
        ),
        directories(
            "rfc5280::nc::permitted-dn-mismatch",
            false,
            &[foo.clone()],
            &[],
            "not-foo",
            "not-foo",
        ),
        directories(
            "rfc5280::nc::excluded-dn-match",
            false,
            &[],
            &[foo.clone()],
            "foo",
            "foo",
        ),
        directories(
            "rfc5280::nc::permitted-dn-match",
            true,
            &[foo.clone()],
            &[],
            "foo",
            "foo",
        ),
        directories(
            "rfc5280::nc::permitted-dn-match-subject-san-mismatch",
            false,
            &[foo.clone()],
            &[],
            "not-foo",
            "foo",
        ),
        directories(
            "rfc5280::nc::excluded-dn-match-sub-mismatch",
            false,
            &[],
            &[foo],
            "foo",
            "not-foo",
        ),
        of(
            "rfc5280::nc::excluded-match-permitted-and-excluded",
            false,
            &[example.clone()],
            &[example.clone()],
            &[example.clone()],
        ),
        of(
            "rfc5280::nc::permitted-different-constraint-type",
            true,
            &[ip(NET)],
            &[],
            &[example.clone()],
        ),
        of(
            "rfc5280::nc::excluded-different-constraint-type",
            true,
            &[],
            &[ip(NET)],
            &[example],
        ),
        of(
            "rfc5280::nc::invalid-dnsname-wildcard",
            false,
            &[dns("*.example.com")],
            &[],
            &[dns("foo.example.com")],
        ),
        of(
            "rfc5280::nc::invalid-dnsname-leading-period",
            false,
            &[dns(".example.com")],
            &[],
            &[dns("foo.example.com")],
        ),
        of(
            "rfc5280::nc::invalid-ipv4-address",
            false,
            &[ip(&[127, 0, 0, 1])],
            &[],
            &[ip(&[127, 0, 0, 1])],
        ),
        of(
            "rfc5280::nc::invalid-ipv6-address",
            false,
            &[ip(LOOPBACK)],
            &[],
            &[ip(LOOPBACK)],
        ),
        of(
            "rfc5280::nc::invalid-email-address",
            false,
            &[mail("invalid@invalid@example.com")],
            &[],
            &[mail("example@example.com")],
        ),
    ]
}

/// Constraints that an authority below the root lays on a leaf.
fn below_roots() -> Vec<Case> {
    let root = Cert::root("root");
    let of = |id, good, permitted: &[Vec<u8>], excluded: &[Vec<u8>], names: &[Vec<u8>]| {
        let sub = Cert::below("a", &root).constrained(permitted, excluded);
        case(id, good, &[&root], &[&sub], &Cert::leaf(&sub).named(names))
    };
    let raw = |id, constraints| {
        let sub = Cert::below("a", &root).with(oid::NAME_CONSTRAINTS, true, constraints);
        case(id, false, &[&root], &[&sub], &Cert::leaf(&sub))
    };
    let [example, foo] = [dns("example.com"), dns("foo.example.com")];
    let user = mail("foo@example.com");
    let sparse = root.clone().with(
        oid::NAME_CONSTRAINTS,
        false,
        constraints(&[example.clone()], &[]),
    );
    vec![
        of(
            "rfc5280::nc::excluded-dns-match",
            false,
            &[],
            &[example.clone()],
            &[example.clone()],
        ),
        of(
            "rfc5280::nc::nc-permits-invalid-dns-san",
            false,
            &[example.clone()],
            &[],
            &[dns(".example.com"), foo.clone()],
        ),
        of(
            "rfc5280::nc::nc-permits-invalid-ip-san",
            false,
            &[ip(NET)],
            &[],
            &[ip(NET), ip(INSIDE)],
        ),
        of(
            "rfc5280::nc::nc-permits-invalid-email-san",
            false,
            &[mail("example.com")],
            &[],
            &[
                mail("good@example.com"),
                mail("invalid@address@example.com"),
            ],
        ),
        of(
            "rfc5280::nc::nc-permits-email-exact",
            true,
            &[user.clone()],
            &[],
            &[user.clone()],
        ),
        of(
            "rfc5280::nc::nc-permits-email-domain",
            true,
            &[mail("example.com")],
            &[],
            &[user],
        ),
        of(
            "rfc5280::nc::nc-forbids-othername",
            false,
            &[example.clone()],
            &[other()],
            &[example.clone(), other()],
        ),
        of(
            "rfc5280::nc::nc-forbids-othername-noop",
            true,
            &[example.clone()],
            &[other()],
            &[example.clone()],
        ),
        of(
            "cve::cve-2025-61727",
            false,
            &[example.clone()],
            &[dns("bar.example.com")],
            &[dns("*.example.com")],
        ),
        of(
            "cve::cve-2025-61727-nc-permits-variant",
            false,
            &[foo],
            &[],
            &[dns("*.example.com")],
        ),
        raw(
            "webpki::nc::intermediate-permitted-excluded-subtrees-both-null",
            seq(&[]),
        ),
        raw(
            "webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences",
            seq(&[wrap(0xa0, &[]), wrap(0xa1, &[])]),
        ),
        case(
            "webpki::nc::permitted-dns-match-noncritical",
            true,
            &[&sparse],
            &[],
            &Cert::leaf(&sparse).named(&[example]),
        ),
    ]
}

/// Constraints over several authorities, and ways around them.
fn forks() -> Vec<Case> {
    let [permitted, forbidden] = [dns("permitted.example.com"), dns("forbidden.example.com")];
    let [foo, bar] = [dns("foo.example.com"), dns("bar.example.com")];
    let [example, not] = [dns("example.com"), dns("not-example.com")];
    let root = Cert::root("root");

    let own = Cert::root("not-example.com")
        .named(&[not.clone()])
        .constrained(&[example.clone()], &[]);
    let again = Cert::below("another key", &own)
        .subject("not-example.com")
        .named(&[not.clone()]);
    let strict = root.clone().constrained(&[example], &[]);
    let named = Cert::below("a", &strict)
        .subject("not-example.com")
        .without(oid::SUBJECT_ALT_NAME);
    let both = |cert: Cert| cert.constrained(&[permitted.clone()], &[forbidden.clone()]);
    let leaf = |issuer: &Cert| Cert::leaf(issuer).named(&[permitted.clone()]);
    let narrow = |id, first: &[Vec<u8>], second: &[Vec<u8>]| {
        let a = Cert::below("a", &root).constrained(first, &[]);
        let b = Cert::below("b", &a).constrained(second, &[]);
        case(
            id,
            false,
            &[&root],
            &[&a, &b],
            &Cert::leaf(&b).named(&[foo.clone()]),
        )
    };
    let tight = both(Cert::below("a", &root));
    let forbidding = Cert::below("b", &tight).named(&[forbidden.clone()]);
    let tight_root = both(root.clone());
    let [a, b] = [
        Cert::below("a", &tight_root),
        Cert::below("b", &Cert::below("a", &tight_root)).named(&[forbidden.clone()]),
    ];

    // One authority with two certificates; one of them leads nowhere, or to a constraint that it breaks.
    let lost = Cert::root("lost root").subject("root");
    let twin = |issuer: &Cert, names: &[Vec<u8>]| {
        let twin = Cert::below("twin", issuer);
        if names.is_empty() {
            twin
        } else {
            twin.named(names)
        }
    };
    let [wrong, right] = [twin(&lost, &[forbidden.clone()]), twin(&tight, &[])];
    let second = Cert::root("second root").subject("root");
    let ban = Cert::below("a", &root).constrained(&[], &[forbidden.clone()]);
    let [banned, free] = [
        twin(&ban, &[forbidden]),
        twin(&second, &[dns("unconstrained-ica.example.com")]),
    ];
    vec![
        case(
            "rfc5280::nc::permitted-self-issued",
            true,
            &[&own],
            &[&again],
            &Cert::leaf(&again),
        ),
        case(
            "rfc5280::nc::excluded-self-issued-leaf",
            false,
            &[&strict],
            &[&named],
            &Cert::leaf(&named).subject("not-example.com").named(&[not]),
        ),
        case(
            "rfc5280::nc::intermediate-with-san-rejected-by-intermediate-nc",
            false,
            &[&root],
            &[&tight, &forbidding],
            &leaf(&forbidding),
        ),
        case(
            "rfc5280::nc::intermediate-with-san-rejected-by-root-nc",
            false,
            &[&tight_root],
            &[&a, &b],
            &leaf(&b),
        ),
        narrow(
            "rfc5280::nc::restrictive-permits-in-intermediates-narrows",
            &[foo.clone(), bar.clone()],
            &[bar.clone()],
        ),
        narrow(
            "rfc5280::nc::restrictive-permits-in-intermediates-widens",
            &[bar.clone()],
            &[foo.clone(), bar.clone()],
        ),
        case(
            "rfc5280::nc::nc-forbids-alternate-chain-ica",
            true,
            &[&root],
            &[&tight, &wrong, &right],
            &leaf(&wrong),
        ),
        case(
            "rfc5280::nc::nc-forbids-same-chain-ica",
            true,
            &[&root, &second],
            &[&ban, &banned, &free],
            &Cert::leaf(&banned).named(&[dns("unconstrained.example.com")]),
        ),
    ]
}
