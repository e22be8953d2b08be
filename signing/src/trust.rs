//! What is trusted: anchors, and the certificates and revocation lists that lead to them.
//!
//! Trust comes from a path to an anchor, never from a name. Nothing is trusted until it was put here.

use std::sync::Arc;

use crate::asn1::{Asn1Error, Element, tag};
use crate::certificate::Certificate;
use crate::revocation::{Crl, Ocsp};

/// Anchors, and what helps to reach them.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// The anchors.
    pub anchors: Vec<Anchor>,
    /// Certificates of authorities, none of them trusted for itself.
    pub intermediates: Vec<Arc<Certificate>>,
    /// Revocation lists.
    pub crls: Vec<Arc<Crl>>,
    /// OCSP answers.
    pub ocsps: Vec<Arc<Ocsp>>,
}

/// A certificate that is trusted for itself. One that is no authority's is trusted for its own signatures only.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// The certificate.
    pub certificate: Arc<Certificate>,
    /// To which PKI it belongs, such as `public-duty`; empty when nobody said.
    pub pki: String,
    /// What its administrator noted.
    pub remark: String,
}

impl Store {
    /// Adds anchors, DER or PEM; gives how many were new.
    ///
    /// # Errors
    /// Where the bytes are no certificates.
    pub fn add_anchors(
        &mut self,
        bytes: &[u8],
        pki: &str,
        remark: &str,
    ) -> Result<usize, Asn1Error> {
        let mut new = 0;
        for certificate in Certificate::read_any(bytes)? {
            if self.anchor(&certificate).is_none() {
                new += 1;
                self.anchors.push(Anchor {
                    certificate: Arc::new(certificate),
                    pki: pki.to_owned(),
                    remark: remark.to_owned(),
                });
            }
        }
        Ok(new)
    }

    /// Adds certificates of authorities, DER or PEM.
    ///
    /// # Errors
    /// Where the bytes are no certificates.
    pub fn add_intermediates(&mut self, bytes: &[u8]) -> Result<(), Asn1Error> {
        for certificate in Certificate::read_any(bytes)? {
            if !self
                .intermediates
                .iter()
                .any(|known| **known == certificate)
            {
                self.intermediates.push(Arc::new(certificate));
            }
        }
        Ok(())
    }

    /// Adds revocation lists, DER or PEM.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn add_crls(&mut self, bytes: &[u8]) -> Result<(), Asn1Error> {
        for der in unwrap_pem(bytes)? {
            self.crls.push(Arc::new(Crl::read(&der)?));
        }
        Ok(())
    }

    /// Adds an OCSP answer.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn add_ocsp(&mut self, der: &[u8]) -> Result<(), Asn1Error> {
        self.ocsps.push(Arc::new(Ocsp::read(der)?));
        Ok(())
    }

    /// The anchor that `certificate` is.
    pub fn anchor(&self, certificate: &Certificate) -> Option<&Anchor> {
        self.anchors
            .iter()
            .find(|anchor| *anchor.certificate == *certificate)
    }

    /// All certificates, anchors first.
    pub fn certificates(&self) -> impl Iterator<Item = &Arc<Certificate>> {
        self.anchors
            .iter()
            .map(|anchor| &anchor.certificate)
            .chain(&self.intermediates)
    }
}

/// The blocks of PEM (RFC 7468), whatever they are called; or the bytes themselves when they begin like DER.
///
/// # Errors
/// Where they are neither.
pub fn unwrap_pem(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Asn1Error> {
    // Words before PEM may begin with a zero, which is how DER begins.
    let is_der = bytes.first() == Some(&tag::SEQUENCE);
    if is_der
        && (Element::only(bytes).is_ok() || bytes.get(1).is_some_and(|length| *length >= 0x80))
    {
        return Ok(vec![bytes.to_vec()]);
    }
    let neither = |what| Asn1Error { what, at: 0 };
    let text = std::str::from_utf8(bytes).map_err(|_| neither("neither DER nor PEM"))?;
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with("-----BEGIN ") {
            block = Some(String::new());
        } else if line.starts_with("-----END ") {
            let base64 = block
                .take()
                .ok_or(neither("a PEM block without its beginning"))?;
            blocks.push(decode_base64(&base64).ok_or(neither("a PEM block that is no base64"))?);
        } else if let Some(block) = block.as_mut().filter(|_| !line.contains(':')) {
            // A colon is of a header (RFC 1421), as old programs write them.
            block.push_str(line);
        }
    }
    if blocks.is_empty() || block.is_some() {
        return Err(neither("no whole PEM block"));
    }
    Ok(blocks)
}

/// Base64 (RFC 4648 4).
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_is_unwrapped_block_by_block() {
        let text = "0 words before\n-----BEGIN X-----\nAAEC\n-----END X-----\n-----BEGIN Y-----\r\nKey: value\r\n\r\n/+8=\r\n-----END Y-----\n";
        assert_eq!(
            unwrap_pem(text.as_bytes()),
            Ok(vec![vec![0, 1, 2], vec![0xff, 0xef]])
        );
        assert_eq!(unwrap_pem(&[0x30, 0x00]), Ok(vec![vec![0x30, 0x00]]));
    }

    #[test]
    fn what_is_neither_pem_nor_der_is_refused() {
        for bad in [
            "",
            "words",
            "-----BEGIN X-----\nAAEC",
            "-----BEGIN X-----\n*\n-----END X-----",
            "-----END X-----\n",
        ] {
            assert!(unwrap_pem(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Store::default().add_anchors(&[0x30, 0x00], "", "").is_err());
    }
}
