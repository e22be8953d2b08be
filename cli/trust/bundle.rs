//! Certificates and revocation lists out of whatever they come in: DER, PEM, or PKCS #7 bundles (`.p7b`, `.p7c`).

use saoy_signing::asn1::{Asn1Error, Element, Reader, tag};
use saoy_signing::trust::unwrap_pem;

/// Object identifier of `signedData` (RFC 5652, 5.1), its content octets.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// Each certificate and list in `bytes`, DER; nothing where there is none.
pub(crate) fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let blocks = unwrap_pem(bytes).unwrap_or_default();
    let parts = blocks.into_iter().flat_map(|block| {
        let bundled = bundle(&block).ok();
        bundled.unwrap_or_else(|| vec![block])
    });
    parts.collect()
}

/// What a `SignedData` without signatures carries.
fn bundle(block: &[u8]) -> Result<Vec<Vec<u8>>, Asn1Error> {
    let mut content = Reader::new(block).sequence()?;
    let kind = content.expect(tag::OID)?;
    if kind.body != SIGNED_DATA {
        return Err(kind.error("no signed data"));
    }
    let mut signed = content.expect(tag::explicit(0))?.inside().sequence()?;
    // Version, digest algorithms, content.
    for _ in 0..3 {
        signed.next()?;
    }
    let mut parts = Vec::new();
    for element in signed.all()? {
        if element.tag == tag::explicit(0) || element.tag == tag::explicit(1) {
            let inside: Vec<Element<'_>> = element.inside().all()?;
            parts.extend(inside.iter().map(|part| part.raw.to_vec()));
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use saoy_signing::asn1::wrap;

    use super::*;

    #[test]
    fn a_bundle_gives_its_parts_and_anything_else_itself() {
        let one = wrap(tag::SEQUENCE, b"\x02\x01\x01");
        let certificates = wrap(tag::explicit(0), &[one.clone(), one.clone()].concat());
        let content = wrap(tag::SEQUENCE, &wrap(tag::OID, b"\x2a\x03"));
        let signed = [
            wrap(tag::INTEGER, &[1]),
            wrap(tag::SET, &[]),
            content,
            certificates,
            wrap(tag::SET, &[]),
        ];
        let signed = wrap(tag::explicit(0), &wrap(tag::SEQUENCE, &signed.concat()));
        let whole = wrap(
            tag::SEQUENCE,
            &[wrap(tag::OID, &SIGNED_DATA), signed].concat(),
        );
        assert_eq!(parts(&whole), [one.clone(), one.clone()]);
        assert_eq!(parts(&one), [one]);
        assert!(parts(b"nothing").is_empty());
    }
}
