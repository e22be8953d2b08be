//! Keys and digests that openssl signs with, ring's and our own.

use std::path::Path;

use crate::pki::openssl;
use saoy_signing::asn1::Element;
use saoy_signing::crypto::{CryptoError, Digest, PublicKey, Scheme, Signed, verify};

const MESSAGE: &[u8] = b"hop le";

fn key(folder: &Path, kind: &[&str]) -> PublicKey {
    openssl(folder, &[&["genpkey", "-out", "key"], kind].concat());
    public(folder)
}

fn public(folder: &Path) -> PublicKey {
    openssl(
        folder,
        &[
            "pkey", "-in", "key", "-pubout", "-outform", "DER", "-out", "public",
        ],
    );
    let der = std::fs::read(folder.join("public")).unwrap();
    PublicKey::read(&Element::only(&der).unwrap()).unwrap()
}

fn sign(folder: &Path, digest: &str, more: &[&str]) -> Vec<u8> {
    std::fs::write(folder.join("message"), MESSAGE).unwrap();
    openssl(
        folder,
        &[
            &["dgst", digest, "-sign", "key", "-out", "signature"],
            more,
            &["message"],
        ]
        .concat(),
    );
    std::fs::read(folder.join("signature")).unwrap()
}

/// The signature fits as message and as digest, and no other does.
fn holds(key: &PublicKey, scheme: &Scheme, signature: &[u8]) {
    let digest = scheme.digest().unwrap().of(MESSAGE).unwrap();
    for (signed, other) in [
        (Signed::Message(MESSAGE), Signed::Message(b"hop lE")),
        (Signed::Digest(&digest), Signed::Digest(&digest[1..])),
    ] {
        assert_eq!(
            verify(key, scheme, signed, signature),
            Ok(()),
            "{scheme:?} {signed:?} {}",
            key.bits()
        );
        assert_eq!(
            verify(key, scheme, other, signature),
            Err(CryptoError::Wrong),
            "{scheme:?}"
        );
        let mut broken = signature.to_vec();
        *broken.last_mut().unwrap() ^= 1;
        assert_eq!(
            verify(key, scheme, signed, &broken),
            Err(CryptoError::Wrong),
            "{scheme:?}"
        );
        assert_eq!(
            verify(key, scheme, signed, &signature[1..]),
            Err(CryptoError::Wrong),
            "{scheme:?}"
        );
        assert_eq!(
            verify(key, scheme, signed, &[]),
            Err(CryptoError::Wrong),
            "{scheme:?}"
        );
    }
}

const DIGESTS: [(&str, Digest); 9] = [
    ("-sha1", Digest::Sha1),
    ("-sha224", Digest::Sha224),
    ("-sha256", Digest::Sha256),
    ("-sha384", Digest::Sha384),
    ("-sha512", Digest::Sha512),
    ("-sha512-256", Digest::Sha512_256),
    ("-sha3-256", Digest::Sha3_256),
    ("-sha3-384", Digest::Sha3_384),
    ("-sha3-512", Digest::Sha3_512),
];

#[test]
fn rsa_of_any_size_exponent_digest_and_padding() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (bits, exponent) in [
        ("1030", "65537"),
        ("1031", "3"),
        ("2048", "65537"),
        ("2049", "65537"),
        ("2050", "17"),
        ("3072", "4294967297"),
    ] {
        let [bits, exponent] = [
            format!("rsa_keygen_bits:{bits}"),
            format!("rsa_keygen_pubexp:{exponent}"),
        ];
        let key = key(
            folder,
            &[
                "-algorithm",
                "RSA",
                "-pkeyopt",
                &bits,
                "-pkeyopt",
                &exponent,
            ],
        );
        for (name, digest) in DIGESTS {
            holds(&key, &Scheme::Pkcs1(digest), &sign(folder, name, &[]));
        }
        for (name, digest, salt) in [
            ("-sha256", Digest::Sha256, 32_usize),
            ("-sha384", Digest::Sha384, 7),
            ("-sha1", Digest::Sha1, 0),
            ("-sha224", Digest::Sha224, 20),
        ] {
            let salt_option = format!("rsa_pss_saltlen:{salt}");
            let signature = sign(
                folder,
                name,
                &[
                    "-sigopt",
                    "rsa_padding_mode:pss",
                    "-sigopt",
                    &salt_option,
                    "-sigopt",
                    "rsa_mgf1_md:sha256",
                ],
            );
            let scheme = |salt| Scheme::Pss {
                digest,
                mask: Digest::Sha256,
                salt,
            };
            holds(&key, &scheme(salt), &signature);
            // Another salt length than the one named is another scheme.
            assert_eq!(
                verify(
                    &key,
                    &scheme(salt + 1),
                    Signed::Message(MESSAGE),
                    &signature
                ),
                Err(CryptoError::Wrong)
            );
            assert_eq!(
                verify(
                    &key,
                    &Scheme::Pkcs1(digest),
                    Signed::Message(MESSAGE),
                    &signature
                ),
                Err(CryptoError::Wrong)
            );
        }
    }
}

#[test]
fn curves_by_ring_and_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for curve in [
        "P-256",
        "P-384",
        "P-521",
        "brainpoolP256r1",
        "brainpoolP384r1",
        "brainpoolP512r1",
    ] {
        let curve = format!("ec_paramgen_curve:{curve}");
        let uncompressed = key(folder, &["-algorithm", "EC", "-pkeyopt", &curve]);
        for (name, digest) in DIGESTS {
            holds(
                &uncompressed,
                &Scheme::Ecdsa(digest),
                &sign(folder, name, &[]),
            );
        }
        // The same key with its point compressed.
        openssl(
            folder,
            &[
                "ec",
                "-in",
                "key",
                "-pubout",
                "-conv_form",
                "compressed",
                "-outform",
                "DER",
                "-out",
                "public",
            ],
        );
        let der = std::fs::read(folder.join("public")).unwrap();
        let compressed = PublicKey::read(&Element::only(&der).unwrap()).unwrap();
        assert_ne!(compressed, uncompressed);
        holds(
            &compressed,
            &Scheme::Ecdsa(Digest::Sha256),
            &sign(folder, "-sha256", &[]),
        );
    }
}

#[test]
fn points_off_the_curve_and_zeros_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let good = key(
        folder,
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    );
    let signature = sign(folder, "-sha512", &[]);
    let scheme = Scheme::Ecdsa(Digest::Sha512);
    holds(&good, &scheme, &signature);
    let PublicKey::Ec { curve, mut point } = good.clone() else {
        panic!("not a curve")
    };
    *point.last_mut().unwrap() ^= 1;
    assert_eq!(
        verify(
            &PublicKey::Ec { curve, point },
            &scheme,
            Signed::Message(MESSAGE),
            &signature
        ),
        Err(CryptoError::Wrong)
    );
    for zeros in [
        &[0x30, 6, 2, 1, 0, 2, 1, 0][..],
        &[0x30, 6, 2, 1, 1, 2, 1, 0],
        &[0x30, 6, 2, 1, 0, 2, 1, 1],
    ] {
        assert_eq!(
            verify(&good, &scheme, Signed::Message(MESSAGE), zeros),
            Err(CryptoError::Wrong)
        );
    }
}

#[test]
fn ed25519_signs_messages() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let key = key(folder, &["-algorithm", "ED25519"]);
    std::fs::write(folder.join("message"), MESSAGE).unwrap();
    openssl(
        folder,
        &[
            "pkeyutl",
            "-sign",
            "-inkey",
            "key",
            "-rawin",
            "-in",
            "message",
            "-out",
            "signature",
        ],
    );
    let signature = std::fs::read(folder.join("signature")).unwrap();
    assert_eq!(
        verify(&key, &Scheme::Ed25519, Signed::Message(MESSAGE), &signature),
        Ok(())
    );
    assert_eq!(
        verify(&key, &Scheme::Ed25519, Signed::Message(b"x"), &signature),
        Err(CryptoError::Wrong)
    );
}

#[test]
fn dsa_of_old_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    openssl(
        folder,
        &[
            "genpkey",
            "-genparam",
            "-algorithm",
            "DSA",
            "-pkeyopt",
            "dsa_paramgen_bits:1024",
            "-out",
            "parameters",
        ],
    );
    openssl(
        folder,
        &["genpkey", "-paramfile", "parameters", "-out", "key"],
    );
    holds(
        &public(folder),
        &Scheme::Dsa(Digest::Sha1),
        &sign(folder, "-sha1", &[]),
    );
}

#[test]
fn a_forged_padding_with_room_for_garbage_is_refused() {
    // Bleichenbacher's forgery for exponent 3: a cube whose first bytes look like a padding.
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let key = key(
        folder,
        &[
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-pkeyopt",
            "rsa_keygen_pubexp:3",
        ],
    );
    let digest = Digest::Sha256.of(MESSAGE).unwrap();
    let info = [
        &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ][..],
        &digest,
    ]
    .concat();
    let mut start = [
        &[
            0x00, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
        ][..],
        &info,
    ]
    .concat();
    start.resize(256, 0xff);
    let forged = num_bigint::BigUint::from_bytes_be(&start)
        .cbrt()
        .to_bytes_be();
    for signed in [Signed::Message(MESSAGE), Signed::Digest(&digest)] {
        assert_eq!(
            verify(&key, &Scheme::Pkcs1(Digest::Sha256), signed, &forged),
            Err(CryptoError::Wrong)
        );
    }
}
