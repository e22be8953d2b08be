//! RSA and DSA on public values: PKCS #1 v1.5 and PSS paddings (RFC 8017), any size within limits.

use num_bigint::BigUint;
use ring::signature::{self as by_ring, RsaParameters, RsaPublicKeyComponents};

use super::{CryptoError, Digest, Signed};
use crate::asn1::{Reader, tag, trim, wrap};

/// RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2).
pub(super) fn pkcs1(
    modulus: &[u8],
    exponent: &[u8],
    digest: Digest,
    signed: Signed<'_>,
    signature: &[u8],
) -> Result<(), CryptoError> {
    if let (Signed::Message(message), Some(parameters)) = (signed, by_ring_pkcs1(digest)) {
        // ring takes moduli of whole bytes from 1024 to 8192 bits, exponents of 33 bits; a refusal of others is no verdict.
        if fits_ring(modulus, exponent, signature) {
            return by_components(modulus, exponent, parameters, message, signature);
        }
    }
    let value = signed.digest(digest)?;
    let encoded = open(modulus, exponent, signature)?;
    // The padding is made anew and compared whole, never parsed: nothing can hide in it. Both forms of the absent
    // parameters are about (RFC 8017, A.2.4, note 2).
    for parameters in [&[tag::NULL, 0][..], &[]] {
        let algorithm = [wrap(tag::OID, digest.oid()), parameters.to_vec()].concat();
        let info = wrap(
            tag::SEQUENCE,
            &[
                wrap(tag::SEQUENCE, &algorithm),
                wrap(tag::OCTET_STRING, &value),
            ]
            .concat(),
        );
        let Some(padding) = encoded
            .len()
            .checked_sub(info.len().saturating_add(3))
            .filter(|padding| *padding >= 8)
        else {
            continue;
        };
        if encoded == [&[0, 1][..], &vec![0xff; padding], &[0], &info].concat() {
            return Ok(());
        }
    }
    Err(CryptoError::Wrong)
}

/// RSASSA-PSS (RFC 8017 8.1.2, 9.1.2).
pub(super) fn pss(
    modulus: &[u8],
    exponent: &[u8],
    (digest, mask, salt): (Digest, Digest, usize),
    signed: Signed<'_>,
    signature: &[u8],
) -> Result<(), CryptoError> {
    let value = signed.digest(digest)?;
    let encoded = open(modulus, exponent, signature)?;
    let high = modulus.first().map_or(8, |byte| byte.leading_zeros());
    // One bit less than the modulus has; a modulus of 8n+1 bits leaves a whole byte unused.
    let (unused, encoded) = match high {
        7 => match encoded.split_first() {
            Some((0, rest)) => (0, rest),
            _ => return Err(CryptoError::Wrong),
        },
        high => (high.saturating_add(1), encoded.as_slice()),
    };
    let Some((0xbc, body)) = encoded.split_last().map(|(last, body)| (*last, body)) else {
        return Err(CryptoError::Wrong);
    };
    let split = body
        .len()
        .checked_sub(value.len())
        .ok_or(CryptoError::Wrong)?;
    let (masked, hash) = body.split_at_checked(split).ok_or(CryptoError::Wrong)?;
    if masked
        .first()
        .is_some_and(|byte| byte.checked_shr(8 - unused).unwrap_or_default() != 0)
    {
        return Err(CryptoError::Wrong);
    }
    let mut data = masked.to_vec();
    for (byte, mask) in data.iter_mut().zip(mask_of(hash, masked.len(), mask)?) {
        *byte ^= mask;
    }
    if let Some(first) = data.first_mut() {
        *first &= 0xff_u8.checked_shr(unused).unwrap_or_default();
    }
    let zeros = data
        .len()
        .checked_sub(salt.saturating_add(1))
        .ok_or(CryptoError::Wrong)?;
    let (padding, rest) = data.split_at_checked(zeros).ok_or(CryptoError::Wrong)?;
    let Some((1, salt)) = rest.split_first().map(|(first, salt)| (*first, salt)) else {
        return Err(CryptoError::Wrong);
    };
    let again = digest.of(&[&[0; 8][..], &value, salt].concat());
    if padding.iter().all(|byte| *byte == 0) && again.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(CryptoError::Wrong)
}

/// DSA (FIPS 186-4, 4.7).
pub(super) fn dsa(
    [p, q, g]: &[Vec<u8>; 3],
    y: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let [p, q, g, y] = [p, q, g, &y.to_vec()].map(|bytes| BigUint::from_bytes_be(bytes));
    let zero = BigUint::ZERO;
    if p.bits() > MAX_DSA_BITS
        || q.bits() > 512
        || q < BigUint::from(3_u8)
        || p <= q
        || !p.bit(0)
        || !q.bit(0)
    {
        return Err(CryptoError::Wrong);
    }
    let (r, s) = pair(signature)?;
    if r == zero || s == zero || r >= q || s >= q {
        return Err(CryptoError::Wrong);
    }
    let bytes = usize::try_from(q.bits().div_ceil(8)).unwrap_or_default();
    let value = BigUint::from_bytes_be(digest.get(..bytes).unwrap_or(digest));
    let inverse = s.modinv(&q).ok_or(CryptoError::Wrong)?;
    let (u, v) = (value * &inverse % &q, &r * inverse % &q);
    let found = g.modpow(&u, &p) * y.modpow(&v, &p) % &p % &q;
    if found == r {
        Ok(())
    } else {
        Err(CryptoError::Wrong)
    }
}

/// The two numbers of a DSA or ECDSA signature.
pub(super) fn pair(signature: &[u8]) -> Result<(BigUint, BigUint), CryptoError> {
    let read = || {
        let mut inside = Reader::of_sequence(signature)?;
        let first = inside.expect(tag::INTEGER)?;
        let second = inside.expect(tag::INTEGER)?;
        inside.end()?;
        Ok((first.body, second.body))
    };
    let (first, second) = read().map_err(|_: crate::asn1::Asn1Error| CryptoError::Wrong)?;
    if [first, second]
        .iter()
        .any(|number| number.first().is_none_or(|byte| byte & 0x80 != 0))
    {
        return Err(CryptoError::Wrong);
    }
    Ok((
        BigUint::from_bytes_be(first),
        BigUint::from_bytes_be(second),
    ))
}

/// The signature opened with the public key, as long as the modulus.
fn open(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let n = BigUint::from_bytes_be(modulus);
    let e = BigUint::from_bytes_be(exponent);
    let large = n.bits() > MAX_BITS || (n.bits() > 4_096 && e.bits() > 64);
    let bad = n.bits() < MIN_BITS || large || e.bits() > MAX_EXPONENT_BITS;
    if bad || !n.bit(0) || !e.bit(0) || e.bits() < 2 {
        return Err(CryptoError::Unknown(format!(
            "an RSA key of {} bits with an exponent of {} bits",
            n.bits(),
            e.bits()
        )));
    }
    let s = BigUint::from_bytes_be(signature);
    // RFC 8017 8.2.2, step 1: exactly as long as the modulus.
    if signature.len() != modulus.len() || s >= n {
        return Err(CryptoError::Wrong);
    }
    let bytes = s.modpow(&e, &n).to_bytes_be();
    let bytes = trim(&bytes);
    let zeros = modulus.len().saturating_sub(bytes.len());
    Ok([&vec![0; zeros], bytes].concat())
}

/// MGF1 (RFC 8017 B.2.1).
fn mask_of(seed: &[u8], length: usize, digest: Digest) -> Result<Vec<u8>, CryptoError> {
    let mut mask = Vec::new();
    let mut counter = 0_u32;
    while mask.len() < length {
        let block = digest.of(&[seed, &counter.to_be_bytes()].concat());
        mask.extend(block.ok_or_else(|| CryptoError::Unknown(digest.name().to_owned()))?);
        counter = counter.wrapping_add(1);
    }
    mask.truncate(length);
    Ok(mask)
}

fn by_ring_pkcs1(digest: Digest) -> Option<&'static RsaParameters> {
    match digest {
        Digest::Sha1 => Some(&by_ring::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Digest::Sha256 => Some(&by_ring::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        Digest::Sha384 => Some(&by_ring::RSA_PKCS1_2048_8192_SHA384),
        Digest::Sha512 => Some(&by_ring::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        _ => None,
    }
}

fn fits_ring(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> bool {
    (256..=1024).contains(&modulus.len())
        && modulus.first().is_some_and(|byte| byte & 0x80 != 0)
        && exponent == [1, 0, 1]
        && signature.len() == modulus.len()
}

fn by_components(
    modulus: &[u8],
    exponent: &[u8],
    parameters: &RsaParameters,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let key = RsaPublicKeyComponents {
        n: modulus,
        e: exponent,
    };
    if key.verify(parameters, message, signature).is_ok() {
        return Ok(());
    }
    Err(CryptoError::Wrong)
}

/// Smaller ones are broken on a desk (RSA-512 in hours); the policy is stricter.
const MIN_BITS: u64 = 512;

/// Larger ones only cost time.
const MAX_BITS: u64 = 16_384;

/// FIPS 186-4 knows up to 3072.
const MAX_DSA_BITS: u64 = 4_096;

/// FIPS 186-4 B.3.1 allows exponents below 2^256; with large moduli only those of 64 bits are computed, so that a
/// certificate cannot cost much time.
const MAX_EXPONENT_BITS: u64 = 256;
