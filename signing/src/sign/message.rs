//! The CMS of a PAdES baseline signature, written in DER (RFC 5652, RFC 5035, EN 319 122-1 and 142-1).

use std::sync::Arc;

use crate::asn1::{Asn1Error, Reader, oid, tag, wrap};
use crate::certificate::Certificate;
use crate::crypto::{Algorithm, Digest, Scheme};

/// The signed attributes as a DER SET: what the key signs. No signing time: the dictionary's `/M` has it (EN 319 142-1, 6.3).
pub(super) fn attributes(digest: &[u8], signer: &Certificate) -> Vec<u8> {
    // ESSCertIDv2 with its default digest, SHA-256, which is left out then (RFC 5035, 4).
    let reference = wrap(tag::OCTET_STRING, &signer.fingerprint);
    let reference = (0..3).fold(reference, |inner, _| wrap(tag::SEQUENCE, &inner));
    set([
        attribute(oid::CONTENT_TYPE, wrap(tag::OID, oid::DATA)),
        attribute(oid::MESSAGE_DIGEST, wrap(tag::OCTET_STRING, digest)),
        attribute(oid::SIGNING_CERTIFICATE_V2, reference),
    ])
}

/// The whole: detached, certificates inside, `timestamp` as an unsigned attribute.
pub(super) fn signed_data(
    attributes: &[u8],
    chain: &[Arc<Certificate>],
    scheme: &Scheme,
    digest: Digest,
    signature: &[u8],
    timestamp: Option<&[u8]>,
) -> Vec<u8> {
    let digest = sequence([wrap(tag::OID, digest.oid())]);
    let certificates = set(chain.iter().map(|certificate| certificate.der.to_vec()));
    let mut signer = vec![wrap(tag::INTEGER, &[1])];
    if let Some(own) = chain.first() {
        signer.push(sequence([
            own.issuer.der.clone(),
            wrap(tag::INTEGER, &own.serial),
        ]));
    }
    signer.push(digest.clone());
    signer.push(retagged(attributes, tag::explicit(0)));
    signer.push(algorithm(scheme));
    signer.push(wrap(tag::OCTET_STRING, signature));
    if let Some(token) = timestamp {
        let list = set([attribute(oid::SIGNATURE_TIMESTAMP, token.to_vec())]);
        signer.push(retagged(&list, tag::explicit(1)));
    }
    let signed = sequence([
        wrap(tag::INTEGER, &[1]),
        set([digest]),
        sequence([wrap(tag::OID, oid::DATA)]),
        retagged(&certificates, tag::explicit(0)),
        set([sequence(signer)]),
    ]);
    sequence([
        wrap(tag::OID, oid::SIGNED_DATA),
        wrap(tag::explicit(0), &signed),
    ])
}

/// The identifier of `scheme` and its parameters, as they stand in a signature.
///
/// # Errors
/// Never for schemes that sign.
pub fn identifier(scheme: &Scheme) -> Result<Algorithm, Asn1Error> {
    Algorithm::read(&mut Reader::new(&algorithm(scheme)))
}

/// `AlgorithmIdentifier` of a scheme. PKCS #1 v1.5 has an explicit NULL (RFC 3370, 3.2): readers in use refuse without.
fn algorithm(scheme: &Scheme) -> Vec<u8> {
    let null = vec![tag::NULL, 0];
    let named = |id: &[u8]| wrap(tag::OID, id);
    match scheme {
        Scheme::Pkcs1(digest) => {
            let id = match digest {
                Digest::Sha384 => oid::SHA384_RSA,
                Digest::Sha512 => oid::SHA512_RSA,
                _ => oid::SHA256_RSA,
            };
            sequence([named(id), null])
        }
        Scheme::Pss { digest, mask, salt } => {
            let hash = |digest: &Digest| sequence([named(digest.oid()), null.clone()]);
            let salt = u8::try_from(*salt).unwrap_or(32);
            let parameters = sequence([
                wrap(tag::explicit(0), &hash(digest)),
                wrap(tag::explicit(1), &sequence([named(oid::MGF1), hash(mask)])),
                wrap(tag::explicit(2), &wrap(tag::INTEGER, &[salt])),
            ]);
            sequence([named(oid::RSA_PSS), parameters])
        }
        Scheme::Ecdsa(digest) => sequence([named(match digest {
            Digest::Sha384 => oid::SHA384_ECDSA,
            Digest::Sha512 => oid::SHA512_ECDSA,
            _ => oid::SHA256_ECDSA,
        })]),
        _ => sequence([named(oid::ED25519)]),
    }
}

fn attribute(kind: &[u8], value: Vec<u8>) -> Vec<u8> {
    sequence([wrap(tag::OID, kind), wrap(tag::SET, &value)])
}

pub(super) fn sequence(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts.into_iter().collect();
    wrap(tag::SEQUENCE, &parts.concat())
}

/// Members in the order that DER asks for (X.690, 11.6).
fn set(members: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut members: Vec<Vec<u8>> = members.into_iter().collect();
    members.sort();
    members.dedup();
    wrap(tag::SET, &members.concat())
}

/// The same with another tag: an implicit one.
fn retagged(der: &[u8], tag: u8) -> Vec<u8> {
    let mut der = der.to_vec();
    if let Some(first) = der.first_mut() {
        *first = tag;
    }
    der
}
