//! The rules of a verdict as data: which algorithms until when, which keys, which freshness; reports print them.

use crate::asn1::Oid;
use crate::crypto::{Digest, PublicKey};
use crate::judge::Instant;

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name, for reports.
    pub name: String,
    /// Digests, and until when each is accepted; one that is missing is not accepted.
    pub digests: Vec<DigestRule>,
    /// Digests accepted, with a warning, below certain anchors only.
    pub exceptions: Vec<DigestException>,
    /// Least size of a key, bits.
    pub keys: KeyRule,
    /// What is asked about revocation.
    pub revocation: RevocationRule,
    /// True when a timestamp is believed whose authority's certificate has expired since, without a later proof of it.
    /// EN 319 102-1 does not: the authority's key may have got into other hands, and nobody revokes an expired one.
    pub expired_timestamps: bool,
    /// True when revocation data about a timestamp's authority need only be of the token's time or later, as it stands in
    /// a document with long-term data; false asks for data of the time of judging (EN 319 102-1, 5.2.5). A revocation
    /// that is known counts either way.
    pub old_timestamp_data: bool,
    /// Certificate policies of which the path must bear one; `None` asks for none (RFC 5280 6.1.1 (c)).
    pub certificate_policies: Option<Vec<Oid>>,
}

/// A digest and the time until which it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestRule {
    /// Which.
    pub digest: Digest,
    /// Until when a signature must be proven to have existed; `None`: no end known.
    pub until: Option<Instant>,
}

/// A digest that is accepted below certain anchors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestException {
    /// Which.
    pub digest: Digest,
    /// SHA-256 of the anchors' certificates.
    pub anchors: Vec<[u8; 32]>,
    /// For imprints and certificates of timestamps only.
    pub timestamps_only: bool,
    /// True when the signature must bear a timestamp.
    pub timestamped: bool,
    /// Until when; `None`: no end known.
    pub until: Option<Instant>,
}

/// Least sizes of keys, bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRule {
    /// RSA: of the modulus.
    pub rsa: usize,
    /// Elliptic curves: of the order.
    pub ec: usize,
    /// DSA: of p.
    pub dsa: usize,
}

/// What is asked about revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationRule {
    /// True when each certificate below the anchor must be shown not to be revoked.
    pub required: bool,
    /// How old data without an end of its own may be at the time that counts, seconds.
    pub freshness: i64,
    /// How far clocks may differ, seconds.
    pub skew: i64,
}

/// What a policy says of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted.
    Accepted,
    /// Accepted by an exception: to be said loudly.
    Excepted,
    /// Not accepted.
    Refused,
}

/// Where a digest is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// When the signature is proven to have existed.
    pub at: Instant,
    /// SHA-256 of the path's anchor.
    pub anchor: Option<[u8; 32]>,
    /// True in a timestamp or in the path of its authority.
    pub in_timestamp: bool,
    /// True when the signature bears a timestamp.
    pub timestamped: bool,
}

impl Policy {
    /// What it says of `digest` in `place`.
    pub fn digest(&self, digest: Digest, place: &Use) -> Verdict {
        let open = |until: Option<Instant>| until.is_none_or(|until| place.at <= until);
        if self
            .digests
            .iter()
            .any(|rule| rule.digest == digest && open(rule.until))
        {
            return Verdict::Accepted;
        }
        let excepted = |exception: &DigestException| {
            exception.digest == digest
                && open(exception.until)
                && (place.in_timestamp || !exception.timestamps_only)
                && (place.in_timestamp || place.timestamped || !exception.timestamped)
                && place
                    .anchor
                    .is_some_and(|anchor| exception.anchors.contains(&anchor))
        };
        if self.exceptions.iter().any(excepted) {
            Verdict::Excepted
        } else {
            Verdict::Refused
        }
    }

    /// True when `key` is long enough.
    pub fn key(&self, key: &PublicKey) -> bool {
        let least = match key {
            PublicKey::Rsa { .. } => self.keys.rsa,
            PublicKey::Ec { .. } | PublicKey::Ed25519(_) => self.keys.ec,
            PublicKey::Dsa { .. } => self.keys.dsa,
            PublicKey::Unknown(_) => return false,
        };
        key.bits() >= least
    }
}

impl Default for Policy {
    /// SHA-2 and SHA-3; SHA-1 below the first root of the public-duty PKI when timestamped, since half of what that PKI
    /// has signed is SHA-1, and in timestamps of both its roots; RSA from 2048 bits (ETSI TS 119 312); revocation is asked for.
    fn default() -> Self {
        use Digest::{
            Sha1, Sha3_256, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512, Sha512_256,
        };
        let digests = [
            Sha224, Sha256, Sha384, Sha512, Sha512_256, Sha3_256, Sha3_384, Sha3_512,
        ];
        Self {
            name: "saoy-default-1".to_owned(),
            digests: digests
                .into_iter()
                .map(|digest| DigestRule {
                    digest,
                    until: None,
                })
                .collect(),
            exceptions: vec![
                DigestException {
                    digest: Sha1,
                    anchors: vec![PUBLIC_DUTY_G1],
                    timestamps_only: false,
                    timestamped: true,
                    until: None,
                },
                // An imprint is of a signature that stood already: forging it takes a second preimage, which SHA-1 still denies.
                DigestException {
                    digest: Sha1,
                    anchors: vec![PUBLIC_DUTY_G1, PUBLIC_DUTY_G2],
                    timestamps_only: true,
                    timestamped: false,
                    until: None,
                },
            ],
            keys: KeyRule {
                rsa: 2048,
                ec: 256,
                dsa: 2048,
            },
            revocation: RevocationRule {
                required: true,
                freshness: 86_400,
                skew: 300,
            },
            expired_timestamps: false,
            old_timestamp_data: true,
            certificate_policies: None,
        }
    }
}

/// SHA-256 of the public-duty PKI's root G1, `Co quan chung thuc so chuyen dung Chinh phu (RootCA)`.
pub const PUBLIC_DUTY_G1: [u8; 32] = [
    0xf7, 0xbc, 0x89, 0x05, 0x4c, 0xec, 0x7f, 0x12, 0x73, 0x0d, 0x7b, 0x8c, 0xd3, 0xeb, 0x79, 0x55,
    0xb1, 0x63, 0x83, 0x50, 0x87, 0xe5, 0xeb, 0x87, 0x3e, 0xdf, 0xb5, 0x84, 0x76, 0x3b, 0x3f, 0x90,
];

/// SHA-256 of the public-duty PKI's root G2, `RootCA chuyên dùng Chính phủ G2`.
pub const PUBLIC_DUTY_G2: [u8; 32] = [
    0xf0, 0x4b, 0xa4, 0xb4, 0x59, 0xa7, 0xc9, 0xa1, 0xb9, 0x71, 0xad, 0x9b, 0x1c, 0xb8, 0x33, 0xe6,
    0x95, 0xa8, 0x0c, 0x79, 0xae, 0xa6, 0x3b, 0x17, 0x4b, 0x66, 0xa7, 0x0e, 0xdf, 0xe2, 0xfd, 0xb8,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn place(anchor: [u8; 32], in_timestamp: bool, timestamped: bool) -> Use {
        Use {
            at: Instant(1_700_000_000),
            anchor: Some(anchor),
            in_timestamp,
            timestamped,
        }
    }

    #[test]
    fn sha1_is_accepted_where_the_table_says_and_nowhere_else() {
        let policy = Policy::default();
        let sha1 = |place: Use| policy.digest(Digest::Sha1, &place);
        assert_eq!(sha1(place(PUBLIC_DUTY_G1, false, true)), Verdict::Excepted);
        assert_eq!(sha1(place(PUBLIC_DUTY_G1, false, false)), Verdict::Refused);
        assert_eq!(sha1(place(PUBLIC_DUTY_G2, false, true)), Verdict::Refused);
        assert_eq!(sha1(place(PUBLIC_DUTY_G2, true, false)), Verdict::Excepted);
        assert_eq!(sha1(place([0; 32], true, true)), Verdict::Refused);
        let nowhere = Use {
            anchor: None,
            ..place(PUBLIC_DUTY_G1, true, true)
        };
        assert_eq!(sha1(nowhere), Verdict::Refused);
        assert_eq!(
            policy.digest(Digest::Md5, &place(PUBLIC_DUTY_G1, true, true)),
            Verdict::Refused
        );
        assert_eq!(policy.digest(Digest::Sha256, &nowhere), Verdict::Accepted);
    }

    #[test]
    fn a_digest_ends_on_its_day() {
        let policy = Policy {
            digests: vec![DigestRule {
                digest: Digest::Sha256,
                until: Some(Instant(1_700_000_000)),
            }],
            ..Policy::default()
        };
        let mut at = place([0; 32], false, false);
        assert_eq!(policy.digest(Digest::Sha256, &at), Verdict::Accepted);
        at.at = Instant(1_700_000_001);
        assert_eq!(policy.digest(Digest::Sha256, &at), Verdict::Refused);
    }

    #[test]
    fn keys_of_no_known_kind_are_not_long_enough() {
        assert!(!Policy::default().key(&PublicKey::Unknown("x".to_owned())));
        assert!(Policy::default().key(&PublicKey::Ed25519(vec![0; 32])));
    }
}
