//! Chains: lengths, cycles, times, extensions that decide.

use saoy_signing::asn1::{oid, tag, wrap};

use super::build::{CRL_SIGN, Cert, UNKNOWN, general, issuers, seq};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    [lengths(), graphs(), times(), chains()]
        .into_iter()
        .flatten()
        .collect()
}

fn lengths() -> Vec<Case> {
    let root = Cert::root("root");
    let sub = |name: &str, issuer: &Cert, depth| Cert::below(name, issuer).basic(true, Some(depth));
    let trivial = |id, depth| {
        let a = sub("a", &root, depth);
        case(id, true, &[&root], &[&a], &Cert::leaf(&a))
    };
    let chain = |id, good, depths: &[u8]| {
        let mut chain = vec![root.clone()];
        for (depth, name) in depths.iter().zip(["a", "b", "c"]) {
            chain.push(sub(name, chain.last().unwrap(), *depth));
        }
        let leaf = Cert::leaf(chain.last().unwrap());
        let others: Vec<_> = chain.iter().skip(1).collect();
        case(id, good, &[&root], &others, &leaf)
    };
    let [a, b] = [sub("a", &root, 0), sub("b", &sub("a", &root, 0), 0)];
    let first = sub("a", &root, 1);
    let again = sub("a again", &first, 1).subject("a");
    let last = sub("b", &again, 0);
    vec![
        trivial("pathlen::ee-with-intermediate-pathlen-0", 0),
        trivial("pathlen::ee-with-intermediate-pathlen-1", 1),
        trivial("pathlen::ee-with-intermediate-pathlen-2", 2),
        case(
            "pathlen::validation-ignores-pathlen-in-leaf",
            true,
            &[&root],
            &[&a],
            &b,
        ),
        chain("pathlen::intermediate-violates-pathlen-0", false, &[0, 0]),
        chain("pathlen::intermediate-pathlen-may-increase", true, &[1, 2]),
        chain("pathlen::intermediate-pathlen-too-long", false, &[1, 0, 0]),
        case(
            "pathlen::self-issued-certs-pathlen",
            true,
            &[&root],
            &[&first, &again, &last],
            &Cert::leaf(&last),
        ),
    ]
}

fn graphs() -> Vec<Case> {
    let root = Cert::root("root");
    let second = Cert::root("second root");
    let expired = Cert::below("root", &second).valid("700101000001Z", "881125000000Z");
    let cycle = |id, names: [&str; 2]| {
        let one = Cert::root("one").subject(names[0]);
        let two = Cert::below("two", &one).subject(names[1]);
        let one = Cert::below("one", &two).subject(names[0]);
        case(id, false, &[&root], &[&one, &two], &Cert::leaf(&one))
    };
    // The authorities A, B and C have signed each other; A is trusted.
    let names = ["A", "B", "C"];
    let mut mesh = vec![Cert::below("A1", &Cert::root("A"))];
    for subject in names {
        for issuer in names.into_iter().filter(|issuer| *issuer != subject) {
            mesh.push(Cert::below(subject, &Cert::root(issuer)));
        }
    }
    let nobody = Cert::leaf(&mesh[0])
        .subject("")
        .without(oid::SUBJECT_ALT_NAME);
    let nobody = nobody.with(
        oid::SUBJECT_ALT_NAME,
        true,
        seq(&[general("dns:cve-2024-0567.example.com")]),
    );
    // An RSA key without numbers, and a signature that is none.
    let mut broken = Cert::below("broken", &Cert::root("other root").subject("root"));
    let rsa = seq(&[wrap(tag::OID, oid::RSA), vec![tag::NULL, 0]]);
    broken.key_info = Some(seq(&[rsa, wrap(tag::BIT_STRING, &[0])]));
    let mut leaf = Cert::leaf(&broken);
    leaf.outer = seq(&[wrap(tag::OID, oid::SHA256_RSA), vec![tag::NULL, 0]]);
    vec![
        case(
            "pathological::multiple-chains-expired-intermediate",
            true,
            &[&root, &second],
            &[&expired],
            &Cert::leaf(&root),
        ),
        cycle(
            "pathological::intermediate-cycle-distinct-cas",
            ["one", "two"],
        ),
        cycle(
            "pathological::intermediate-cycle-same-logical-ca",
            ["one", "one"],
        ),
        case(
            "cve::cve-2024-0567",
            true,
            &[&Cert::root("A")],
            &mesh.iter().collect::<Vec<_>>(),
            &nobody,
        ),
        case(
            "invalid::invalid-issuer-key",
            false,
            &[&root],
            &[&broken],
            &leaf,
        ),
    ]
}

fn times() -> Vec<Case> {
    // 2022-01-01, 2024-03-01 and 2024-04-01.
    let [past, from, to] = [1_640_995_200, 1_709_251_200, 1_711_929_600];
    let long = |cert: Cert| cert.valid("160101000000Z", "260101000000Z");
    let short = |cert: Cert| cert.valid("160101000000Z", "200101000000Z");
    let root = long(Cert::root("root"));
    let [sub, expired] = [
        long(Cert::below("a", &root)),
        short(Cert::below("a", &root)),
    ];
    let leaf = long(Cert::leaf(&sub));
    let month = |id, good, start, time| {
        let valid = |cert: Cert| cert.valid(start, "240401000000Z");
        let root = valid(Cert::root("root"));
        let sub = valid(Cert::below("a", &root));
        case(id, good, &[&root], &[&sub], &valid(Cert::leaf(&sub))).at(time)
    };
    let first = "240301000000Z";
    vec![
        case(
            "rfc5280::validity::expired-intermediate",
            false,
            &[&root],
            &[&expired],
            &leaf,
        )
        .at(past),
        case(
            "rfc5280::validity::expired-leaf",
            false,
            &[&root],
            &[&sub],
            &short(leaf),
        )
        .at(past),
        month("rfc5280::validity::notbefore-exact", true, first, from),
        // Moments are whole seconds here: 0.999 is 0, and 0.005 is 0.
        month(
            "rfc5280::validity::notbefore-fractional",
            false,
            "240301000001Z",
            from,
        ),
        month("rfc5280::validity::notafter-exact", true, first, to),
        month("rfc5280::validity::notafter-fractional", true, first, to),
    ]
}

fn chains() -> Vec<Case> {
    let root = Cert::root("root");
    let sub = Cert::below("a", &root);
    let unknown = |cert: Cert| cert.with(UNKNOWN, true, Vec::new());
    let below = |id, sub: &Cert| case(id, false, &[&root], &[sub], &Cert::leaf(sub));
    let directly = |id, root: &Cert| case(id, false, &[root], &[], &Cert::leaf(root));
    let alone = |id, good, leaf: &Cert| case(id, good, &[&root], &[], leaf);
    let leaf = Cert::leaf(&root);
    let mut twice = leaf.clone();
    twice.extensions.push((
        oid::SUBJECT_ALT_NAME,
        false,
        seq(&[general("dns:example.com")]),
    ));
    let mut mismatching = root.clone();
    mismatching.outer = seq(&[wrap(tag::OID, oid::SHA384_ECDSA)]);
    vec![
        alone("rfc5280::ee-empty-issuer", false, &leaf.clone().issuer("")),
        directly(
            "rfc5280::ca-empty-subject",
            &Cert::root("nameless").subject("").issuer(""),
        ),
        alone(
            "rfc5280::unknown-critical-extension-ee",
            false,
            &unknown(leaf.clone()),
        ),
        directly(
            "rfc5280::unknown-critical-extension-root",
            &unknown(root.clone()),
        ),
        below(
            "rfc5280::unknown-critical-extension-intermediate",
            &unknown(sub.clone()),
        ),
        case(
            "rfc5280::chain-untrusted-root",
            false,
            &[&Cert::root("unrelated")],
            &[&root, &sub],
            &Cert::leaf(&sub),
        ),
        below(
            "rfc5280::intermediate-ca-without-ca-bit",
            &sub.clone().basic(false, None),
        ),
        below(
            "rfc5280::intermediate-ca-missing-basic-constraints",
            &sub.clone().without(oid::BASIC_CONSTRAINTS),
        ),
        directly(
            "rfc5280::root-missing-basic-constraints",
            &root.clone().without(oid::BASIC_CONSTRAINTS),
        ),
        directly(
            "rfc5280::root-inconsistent-ca-extensions",
            &root.clone().usage(0),
        ),
        below(
            "rfc5280::ica-ku-keycertsign",
            &sub.clone().basic(true, Some(0)).usage(0),
        ),
        below(
            "smime::ku::intermediate-missing-key-cert-sign",
            &sub.clone().usage(CRL_SIGN),
        ),
        alone(
            "rfc5280::ee-aia",
            true,
            &leaf
                .clone()
                .with(oid::AUTHORITY_INFO_ACCESS, false, issuers()),
        ),
        alone("rfc5280::duplicate-extensions", false, &twice),
        alone(
            "rfc5280::no-keyusage",
            true,
            &leaf.clone().without(oid::KEY_USAGE),
        ),
        alone("rfc5280::no-basicconstraints", true, &leaf),
        alone("rfc5280::eku::ee-without-eku", true, &leaf),
        alone("rfc5280::aki::self-signed-root-missing-aki", true, &leaf),
        alone(
            "rfc5280::san::malformed",
            false,
            &leaf
                .clone()
                .with(oid::SUBJECT_ALT_NAME, false, b"example.com".to_vec()),
        ),
        directly("rfc5280::mismatching-signature-algorithm", &mismatching),
        alone("rfc5280::ca-as-leaf", true, &sub),
        case(
            "rfc5280::root-and-intermediate-swapped",
            true,
            &[&sub],
            &[&root],
            &Cert::leaf(&sub),
        ),
        alone(
            "webpki::malformed-aia",
            false,
            &leaf
                .clone()
                .with(oid::AUTHORITY_INFO_ACCESS, false, b"malformed".to_vec()),
        ),
    ]
}
