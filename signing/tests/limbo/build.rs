//! Certificates and lists in DER, right and wrong ones, signed by P-256 keys that go by names.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex};

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use saoy_signing::asn1::{oid, tag, wrap};

/// Bits of key usage, the first one highest.
pub(super) const DIGITAL_SIGNATURE: u8 = 0x80;
pub(super) const CERT_SIGN: u8 = 0x04;
pub(super) const CRL_SIGN: u8 = 0x02;

/// 1.3.6.1.4.1.55738.666.1 and .3, which nobody knows.
pub(super) const UNKNOWN: &[u8] = &[0x2b, 6, 1, 4, 1, 0x83, 0xb3, 0x3a, 0x85, 0x1a, 1];
pub(super) const UNKNOWN_NAME: &[u8] = &[0x2b, 6, 1, 4, 1, 0x83, 0xb3, 0x3a, 0x85, 0x1a, 3];

static KEYS: LazyLock<Mutex<BTreeMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);

/// The key that goes by `name`.
fn key(name: &str) -> EcdsaKeyPair {
    let (kind, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
    let mut keys = KEYS.lock().unwrap();
    let pkcs8 = keys.entry(name.to_owned()).or_insert_with(|| {
        EcdsaKeyPair::generate_pkcs8(kind, &random)
            .unwrap()
            .as_ref()
            .to_vec()
    });
    EcdsaKeyPair::from_pkcs8(kind, pkcs8, &random).unwrap()
}

pub(super) fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    wrap(tag::SEQUENCE, &parts.concat())
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    wrap(tag::BIT_STRING, &[&[0], bytes].concat())
}

fn digest(text: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, text).as_ref()[..20].to_vec()
}

/// `CN=text`; nothing at all for an empty text.
pub(super) fn name(text: &str) -> Vec<u8> {
    let pair = [
        wrap(tag::OID, oid::COMMON_NAME),
        wrap(tag::UTF8_STRING, text.as_bytes()),
    ];
    let set = wrap(tag::SET, &seq(&pair));
    seq(if text.is_empty() {
        &[]
    } else {
        std::slice::from_ref(&set)
    })
}

/// A time as `UTCTime` or, with four digits of a year, `GeneralizedTime`.
fn time(text: &str) -> Vec<u8> {
    let kind = if text.len() == 13 {
        tag::UTC_TIME
    } else {
        tag::GENERALIZED_TIME
    };
    wrap(kind, text.as_bytes())
}

fn algorithm() -> Vec<u8> {
    seq(&[wrap(tag::OID, oid::SHA256_ECDSA)])
}

/// `body` signed by the key of that name.
fn signed(body: Vec<u8>, by: &str, algorithm: Vec<u8>) -> Vec<u8> {
    let signature = key(by).sign(&SystemRandom::new(), &body).unwrap();
    seq(&[body, algorithm, bits(signature.as_ref())])
}

/// A general name, as in `dns:example.com`, `mail:user@example.com`, `uri:..`, `cn:..` (a directory name), `ip:..` with
/// its mask behind `/` in constraints; `other:` is of a kind that nobody knows.
pub(super) fn general(text: &str) -> Vec<u8> {
    let (kind, text) = text.split_once(':').unwrap();
    let address = |text: &str| match text.parse::<IpAddr>().unwrap() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    match kind {
        "mail" => wrap(0x81, text.as_bytes()),
        "dns" => wrap(0x82, text.as_bytes()),
        "uri" => wrap(0x86, text.as_bytes()),
        "ip" => wrap(0x87, &text.split('/').flat_map(address).collect::<Vec<_>>()),
        "cn" => wrap(0xa4, &name(text)),
        "other" => {
            let value = wrap(0xa0, &[tag::NULL, 0]);
            wrap(0xa0, &[wrap(tag::OID, UNKNOWN_NAME), value].concat())
        }
        _ => panic!("{kind}"),
    }
}

/// General names, one after the other.
fn all(texts: &str) -> Vec<u8> {
    texts.split_whitespace().flat_map(general).collect()
}

/// `NameConstraints`: permitted names stand behind `+`, excluded ones behind `-`.
pub(super) fn constraints(texts: &str) -> Vec<u8> {
    let trees = |kind, sign| {
        let bases = texts
            .split_whitespace()
            .filter_map(|text| text.strip_prefix(sign));
        let trees: Vec<u8> = bases.flat_map(|base| seq(&[general(base)])).collect();
        if trees.is_empty() {
            Vec::new()
        } else {
            wrap(kind, &trees)
        }
    };
    seq(&[trees(0xa0, '+'), trees(0xa1, '-')])
}

/// The name of a distribution point: full names.
pub(super) fn full(texts: &str) -> Vec<u8> {
    wrap(0xa0, &wrap(0xa0, &all(texts)))
}

/// One distribution point.
pub(super) fn points(texts: &str) -> Vec<u8> {
    seq(&[seq(&[full(texts)])])
}

/// `AuthorityInfoAccess` with the issuer's place, which is no address.
pub(super) fn issuers() -> Vec<u8> {
    seq(&[seq(&[
        wrap(tag::OID, oid::ACCESS_CA_ISSUERS),
        general("dns:example.com"),
    ])])
}

fn basic(authority: bool, depth: Option<u8>) -> Vec<u8> {
    let authority = if authority {
        wrap(tag::BOOLEAN, &[0xff])
    } else {
        Vec::new()
    };
    seq(&[
        authority,
        depth.map_or_else(Vec::new, |depth| wrap(tag::INTEGER, &[depth])),
    ])
}

type Extension = (&'static [u8], bool, Vec<u8>);

fn extensions(list: &[Extension]) -> Vec<u8> {
    let one = |(id, critical, value): &Extension| {
        let critical = if *critical {
            wrap(tag::BOOLEAN, &[0xff])
        } else {
            Vec::new()
        };
        seq(&[wrap(tag::OID, id), critical, wrap(tag::OCTET_STRING, value)])
    };
    seq(&list.iter().map(one).collect::<Vec<_>>())
}

/// A certificate to be.
#[derive(Clone)]
pub(super) struct Cert {
    subject: Vec<u8>,
    issuer: Vec<u8>,
    /// Its key, and the key that signs it, by their names.
    key: String,
    signer: String,
    serial: Vec<u8>,
    from: &'static str,
    to: &'static str,
    pub(super) extensions: Vec<Extension>,
    /// Instead of the algorithm outside what is signed.
    pub(super) outer: Vec<u8>,
    /// Instead of its key, as `SubjectPublicKeyInfo`.
    pub(super) key_info: Option<Vec<u8>>,
}

impl Cert {
    fn new(subject: &str, issuer: Vec<u8>, signer: &str) -> Self {
        let serial = [&[1], &digest(format!("{subject}{signer}").as_bytes())[..8]].concat();
        Self {
            subject: name(subject),
            issuer,
            key: subject.to_owned(),
            signer: signer.to_owned(),
            serial,
            from: "700101000001Z",
            to: "29690503000001Z",
            extensions: Vec::new(),
            outer: algorithm(),
            key_info: None,
        }
    }

    /// A root; its key goes by its name.
    pub(super) fn root(subject: &str) -> Self {
        Self::new(subject, name(subject), subject).authority()
    }

    /// An authority below `issuer`; its key goes by its name.
    pub(super) fn below(subject: &str, issuer: &Self) -> Self {
        Self::new(subject, issuer.subject.clone(), &issuer.key)
            .authority()
            .identified(issuer)
    }

    /// Somebody's certificate by `issuer`, for `example.com`.
    pub(super) fn leaf(issuer: &Self) -> Self {
        Self::new("leaf", issuer.subject.clone(), &issuer.key)
            .with(
                oid::KEY_USAGE,
                false,
                wrap(tag::BIT_STRING, &[7, DIGITAL_SIGNATURE]),
            )
            .named("dns:example.com")
            .identified(issuer)
    }

    fn authority(self) -> Self {
        let identifier = wrap(tag::OCTET_STRING, &digest(self.key.as_bytes()));
        self.with(oid::BASIC_CONSTRAINTS, true, basic(true, None))
            .usage(CERT_SIGN | CRL_SIGN)
            .with(oid::SUBJECT_KEY_IDENTIFIER, false, identifier)
    }

    fn identified(self, issuer: &Self) -> Self {
        let identifier = wrap(0x80, &digest(issuer.key.as_bytes()));
        self.with(oid::AUTHORITY_KEY_IDENTIFIER, false, seq(&[identifier]))
    }

    /// With an extension, in the place of the one of its kind.
    pub(super) fn with(mut self, id: &'static [u8], critical: bool, value: Vec<u8>) -> Self {
        self = self.without(id);
        self.extensions.push((id, critical, value));
        self
    }

    pub(super) fn without(mut self, id: &[u8]) -> Self {
        self.extensions.retain(|(known, ..)| *known != id);
        self
    }

    pub(super) fn basic(self, authority: bool, depth: Option<u8>) -> Self {
        self.with(oid::BASIC_CONSTRAINTS, true, basic(authority, depth))
    }

    pub(super) fn usage(self, bits: u8) -> Self {
        let unused = u8::try_from(bits.trailing_zeros().min(7)).unwrap();
        self.with(
            oid::KEY_USAGE,
            false,
            wrap(tag::BIT_STRING, &[unused, bits]),
        )
    }

    /// With these alternative names.
    pub(super) fn named(self, texts: &str) -> Self {
        self.with(oid::SUBJECT_ALT_NAME, false, seq(&[all(texts)]))
    }

    pub(super) fn constrained(self, texts: &str) -> Self {
        self.with(oid::NAME_CONSTRAINTS, true, constraints(texts))
    }

    pub(super) fn subject(self, text: &str) -> Self {
        Self {
            subject: name(text),
            ..self
        }
    }

    pub(super) fn issuer(self, text: &str) -> Self {
        Self {
            issuer: name(text),
            ..self
        }
    }

    pub(super) fn valid(self, from: &'static str, to: &'static str) -> Self {
        Self { from, to, ..self }
    }

    pub(super) fn numbered(self, serial: &[u8]) -> Self {
        Self {
            serial: serial.to_vec(),
            ..self
        }
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let own = || {
            let kind = [wrap(tag::OID, oid::EC), wrap(tag::OID, oid::P256)];
            seq(&[seq(&kind), bits(key(&self.key).public_key().as_ref())])
        };
        let body = seq(&[
            wrap(0xa0, &wrap(tag::INTEGER, &[2])),
            wrap(tag::INTEGER, &self.serial),
            algorithm(),
            self.issuer.clone(),
            seq(&[time(self.from), time(self.to)]),
            self.subject.clone(),
            self.key_info.clone().unwrap_or_else(own),
            wrap(0xa3, &extensions(&self.extensions)),
        ]);
        signed(body, &self.signer, self.outer.clone())
    }
}

/// A revocation list to be.
pub(super) struct List {
    issuer: Vec<u8>,
    signer: String,
    /// When it was made, and when the next one is due.
    pub(super) made: &'static str,
    pub(super) due: Option<&'static str>,
    pub(super) version: u8,
    entries: Vec<(Vec<u8>, &'static str)>,
    extensions: Vec<Extension>,
}

impl List {
    /// Of `authority`, made on the last day of 2023, good for a month, with one entry of nobody's.
    pub(super) fn of(authority: &Cert) -> Self {
        let identifier = wrap(0x80, &digest(authority.key.as_bytes()));
        Self {
            issuer: authority.subject.clone(),
            signer: authority.key.clone(),
            made: "231231000000Z",
            due: Some("240130000000Z"),
            version: 1,
            entries: vec![(vec![0x7f, 1], "231230000000Z")],
            extensions: vec![
                (oid::AUTHORITY_KEY_IDENTIFIER, false, seq(&[identifier])),
                (oid::CRL_NUMBER, false, wrap(tag::INTEGER, &[1])),
            ],
        }
    }

    pub(super) fn revoking(mut self, cert: &Cert, when: &'static str) -> Self {
        self.entries.push((cert.serial.clone(), when));
        self
    }

    /// With `count` entries of nobody's.
    pub(super) fn entries(mut self, count: u16) -> Self {
        let serial = |n: u16| [&[0x7e], &n.to_be_bytes()[..]].concat();
        self.entries = (0..count).map(|n| (serial(n), "700101000001Z")).collect();
        self
    }

    pub(super) fn with(mut self, id: &'static [u8], critical: bool, value: Vec<u8>) -> Self {
        self = self.without(id);
        self.extensions.push((id, critical, value));
        self
    }

    pub(super) fn without(mut self, id: &[u8]) -> Self {
        self.extensions.retain(|(known, ..)| *known != id);
        self
    }

    /// For a part of the certificates: members of `IssuingDistributionPoint`.
    pub(super) fn scope(self, members: &[Vec<u8>]) -> Self {
        self.with(oid::ISSUING_DISTRIBUTION_POINT, true, seq(members))
    }

    pub(super) fn made(self, made: &'static str, due: &'static str) -> Self {
        Self {
            made,
            due: Some(due),
            ..self
        }
    }

    /// Signed by the key of that name.
    pub(super) fn signed(self, key: &str) -> Self {
        Self {
            signer: key.to_owned(),
            ..self
        }
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let entry =
            |(serial, when): &(Vec<u8>, &str)| seq(&[wrap(tag::INTEGER, serial), time(when)]);
        let entries: Vec<_> = self.entries.iter().map(entry).collect();
        let body = seq(&[
            wrap(tag::INTEGER, &[self.version]),
            algorithm(),
            self.issuer.clone(),
            time(self.made),
            self.due.map_or_else(Vec::new, time),
            if entries.is_empty() {
                Vec::new()
            } else {
                seq(&entries)
            },
            wrap(0xa0, &extensions(&self.extensions)),
        ]);
        signed(body, &self.signer, algorithm())
    }
}
