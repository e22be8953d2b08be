//! Name constraints.

use saoy_signing::asn1::{oid, wrap};

use super::build::{Cert, constraints, seq};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    let tables = [of_roots(), below_roots(), forks()];
    tables.into_iter().flatten().collect()
}

const ALL_BITS: &str = "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

/// Constraints that a root lays on a leaf.
fn of_roots() -> Vec<Case> {
    let of = |id, good, constraints: &str, names| {
        let root = Cert::root("root").constrained(constraints);
        case(id, good, &[&root], &[], &Cert::leaf(&root).named(names))
    };
    let directories = |id, good, constraints, subject, names| {
        let root = Cert::root("root").constrained(constraints);
        let leaf = Cert::leaf(&root).subject(subject).named(names);
        case(id, good, &[&root], &[], &leaf)
    };
    let both = "dns:example.com dns:not-allowed.example.com";
    let net = |sign| format!("{sign}ip:192.0.2.0/255.255.255.0");
    let loopback = |sign| format!("{sign}ip:::1{ALL_BITS}");
    vec![
        of(
            "rfc5280::nc::permitted-dns-mismatch",
            false,
            "+dns:example.com",
            "dns:not-example.com",
        ),
        of(
            "rfc5280::nc::permitted-dns-match",
            true,
            "+dns:example.com",
            "dns:example.com",
        ),
        of(
            "rfc5280::nc::permitted-dns-match-more",
            true,
            "+dns:example.com",
            "dns:foo.bar.example.com",
        ),
        of(
            "rfc5280::nc::excluded-dns-match-second",
            false,
            "-dns:not-allowed.example.com",
            both,
        ),
        of(
            "rfc5280::nc::permitted-ip-mismatch",
            false,
            &net('+'),
            "ip:192.0.3.1",
        ),
        of(
            "rfc5280::nc::excluded-ipv4-match",
            false,
            &net('-'),
            "ip:192.0.2.1",
        ),
        of(
            "rfc5280::nc::excluded-ipv6-match",
            false,
            &loopback('-'),
            "ip:::1",
        ),
        of(
            "rfc5280::nc::permitted-ipv4-match",
            true,
            &net('+'),
            "ip:192.0.2.1",
        ),
        of(
            "rfc5280::nc::permitted-ipv6-match",
            true,
            &loopback('+'),
            "ip:::1",
        ),
        directories(
            "rfc5280::nc::permitted-dn-mismatch",
            false,
            "+cn:A",
            "B",
            "cn:B",
        ),
        directories(
            "rfc5280::nc::excluded-dn-match",
            false,
            "-cn:A",
            "A",
            "cn:A",
        ),
        directories(
            "rfc5280::nc::permitted-dn-match",
            true,
            "+cn:A",
            "A",
            "cn:A",
        ),
        directories(
            "rfc5280::nc::permitted-dn-match-subject-san-mismatch",
            false,
            "+cn:A",
            "B",
            "cn:A",
        ),
        directories(
            "rfc5280::nc::excluded-dn-match-sub-mismatch",
            false,
            "-cn:A",
            "A",
            "cn:B",
        ),
        of(
            "rfc5280::nc::excluded-match-permitted-and-excluded",
            false,
            "+dns:example.com -dns:example.com",
            "dns:example.com",
        ),
        of(
            "rfc5280::nc::permitted-different-constraint-type",
            true,
            &net('+'),
            "dns:example.com",
        ),
        of(
            "rfc5280::nc::excluded-different-constraint-type",
            true,
            &net('-'),
            "dns:example.com",
        ),
        of(
            "rfc5280::nc::invalid-dnsname-wildcard",
            false,
            "+dns:*.example.com",
            "dns:foo.example.com",
        ),
        of(
            "rfc5280::nc::invalid-dnsname-leading-period",
            false,
            "+dns:.example.com",
            "dns:foo.example.com",
        ),
        of(
            "rfc5280::nc::invalid-ipv4-address",
            false,
            "+ip:127.0.0.1",
            "ip:127.0.0.1",
        ),
        of(
            "rfc5280::nc::invalid-ipv6-address",
            false,
            "+ip:::1",
            "ip:::1",
        ),
        of(
            "rfc5280::nc::invalid-email-address",
            false,
            "+mail:invalid@invalid@example.com",
            "mail:example@example.com",
        ),
    ]
}

/// Constraints that an authority below the root lays on a leaf.
fn below_roots() -> Vec<Case> {
    let root = Cert::root("root");
    let of = |id, good, constraints, names| {
        let sub = Cert::below("a", &root).constrained(constraints);
        case(id, good, &[&root], &[&sub], &Cert::leaf(&sub).named(names))
    };
    let raw = |id, constraints| {
        let sub = Cert::below("a", &root).with(oid::NAME_CONSTRAINTS, true, constraints);
        case(id, false, &[&root], &[&sub], &Cert::leaf(&sub))
    };
    let lax = root.clone().with(
        oid::NAME_CONSTRAINTS,
        false,
        constraints("+dns:example.com"),
    );
    vec![
        of(
            "rfc5280::nc::excluded-dns-match",
            false,
            "-dns:example.com",
            "dns:example.com",
        ),
        of(
            "rfc5280::nc::nc-permits-invalid-dns-san",
            false,
            "+dns:example.com",
            "dns:.example.com dns:foo.example.com",
        ),
        of(
            "rfc5280::nc::nc-permits-invalid-ip-san",
            false,
            "+ip:192.0.2.0/255.255.255.0",
            "ip:192.0.2.0/255.255.255.0 ip:192.0.2.1",
        ),
        of(
            "rfc5280::nc::nc-permits-invalid-email-san",
            false,
            "+mail:example.com",
            "mail:good@example.com mail:invalid@address@example.com",
        ),
        of(
            "rfc5280::nc::nc-permits-email-exact",
            true,
            "+mail:foo@example.com",
            "mail:foo@example.com",
        ),
        of(
            "rfc5280::nc::nc-permits-email-domain",
            true,
            "+mail:example.com",
            "mail:foo@example.com",
        ),
        of(
            "rfc5280::nc::nc-forbids-othername",
            false,
            "+dns:example.com -other:",
            "dns:example.com other:",
        ),
        of(
            "rfc5280::nc::nc-forbids-othername-noop",
            true,
            "+dns:example.com -other:",
            "dns:example.com",
        ),
        of(
            "cve::cve-2025-61727",
            false,
            "+dns:example.com -dns:bar.example.com",
            "dns:*.example.com",
        ),
        of(
            "cve::cve-2025-61727-nc-permits-variant",
            false,
            "+dns:foo.example.com",
            "dns:*.example.com",
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
            &[&lax],
            &[],
            &Cert::leaf(&lax),
        ),
    ]
}

/// Constraints over several authorities, and ways around them.
fn forks() -> Vec<Case> {
    let root = Cert::root("root");
    let not = "dns:not-example.com";
    let own = Cert::root("not-example.com")
        .named(not)
        .constrained("+dns:example.com");
    let again = Cert::below("another key", &own)
        .subject("not-example.com")
        .named(not);
    let strict = root.clone().constrained("+dns:example.com");
    let named = Cert::below("a", &strict).subject("not-example.com");

    let both =
        |cert: Cert| cert.constrained("+dns:permitted.example.com -dns:forbidden.example.com");
    let forbidden =
        |name, issuer: &Cert| Cert::below(name, issuer).named("dns:forbidden.example.com");
    let permitted = |issuer: &Cert| Cert::leaf(issuer).named("dns:permitted.example.com");
    let tight = both(Cert::below("a", &root));
    let below_tight = forbidden("b", &tight);
    let tight_root = both(root.clone());
    let a = Cert::below("a", &tight_root);
    let below_a = forbidden("b", &a);
    let narrow = |id, first, second| {
        let a = Cert::below("a", &root).constrained(first);
        let b = Cert::below("b", &a).constrained(second);
        case(
            id,
            false,
            &[&root],
            &[&a, &b],
            &Cert::leaf(&b).named("dns:foo.example.com"),
        )
    };
    let bar = "+dns:bar.example.com";
    let foo_and_bar = "+dns:foo.example.com +dns:bar.example.com";

    // One authority with two certificates; one of them leads nowhere, or to a constraint that it breaks.
    let lost = forbidden("twin", &Cert::root("lost root").subject("root"));
    let right = Cert::below("twin", &tight);
    let second = Cert::root("second root").subject("root");
    let ban = Cert::below("a", &root).constrained("-dns:forbidden.example.com");
    let banned = forbidden("twin", &ban);
    let free = Cert::below("twin", &second).named("dns:unconstrained-ica.example.com");
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
            &Cert::leaf(&named).subject("not-example.com").named(not),
        ),
        case(
            "rfc5280::nc::intermediate-with-san-rejected-by-intermediate-nc",
            false,
            &[&root],
            &[&tight, &below_tight],
            &permitted(&below_tight),
        ),
        case(
            "rfc5280::nc::intermediate-with-san-rejected-by-root-nc",
            false,
            &[&tight_root],
            &[&a, &below_a],
            &permitted(&below_a),
        ),
        narrow(
            "rfc5280::nc::restrictive-permits-in-intermediates-narrows",
            foo_and_bar,
            bar,
        ),
        narrow(
            "rfc5280::nc::restrictive-permits-in-intermediates-widens",
            bar,
            foo_and_bar,
        ),
        case(
            "rfc5280::nc::nc-forbids-alternate-chain-ica",
            true,
            &[&root],
            &[&tight, &lost, &right],
            &permitted(&lost),
        ),
        case(
            "rfc5280::nc::nc-forbids-same-chain-ica",
            true,
            &[&root, &second],
            &[&ban, &banned, &free],
            &Cert::leaf(&banned).named("dns:unconstrained.example.com"),
        ),
    ]
}
