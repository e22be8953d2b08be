//! What the QR code of a copy says: enough to look it up, and to check the file without asking anybody.
//!
//! Version 1 is `BASE/1/CODE/LENGTH/DIGEST`: the look-up page's address, the copy's code, and the length and digest of the
//! file as it was before the first signature: signing only appends, so those bytes are still its beginning. DIGEST is the
//! first 16 bytes of their SHA-256 in base64url. It names nobody. The form is for paper that lasts for decades: a later
//! version adds a number, and version 1 stays readable.

use std::io::Read;

use data_encoding::BASE64URL_NOPAD;

use crate::certification::plain_code;

/// How many bytes of the digest are kept: 128 bits.
const KEPT: usize = 16;

/// What a QR code of ours says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Payload {
    /// The address of the look-up page, without a slash at the end.
    pub base_url: String,
    /// The copy's look-up code.
    pub code: String,
    /// How many bytes the file had before its first signature.
    pub length: u64,
    /// The beginning of their SHA-256, base64url.
    pub digest: String,
}

impl Payload {
    /// The payload of a copy whose unsigned file has this length and SHA-256.
    #[must_use]
    pub fn new(base_url: &str, code: &str, length: u64, sha256: &[u8; 32]) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            code: code.to_owned(),
            length,
            digest: BASE64URL_NOPAD.encode(&sha256[..KEPT]),
        }
    }

    /// As the QR code has it.
    #[must_use]
    pub fn written(&self) -> String {
        format!(
            "{}/1/{}/{}/{}",
            self.base_url, self.code, self.length, self.digest
        )
    }

    /// Reads what a QR code says; nothing when it is none of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().rsplitn(5, '/');
        let digest = parts.next()?.to_owned();
        let length = parts.next()?.parse().ok()?;
        let code = parts.next()?;
        let version = parts.next()?;
        let base_url = parts.next()?.to_owned();
        let whole = BASE64URL_NOPAD.decode(digest.as_bytes()).ok()?.len() == KEPT;
        (version == "1" && whole && plain_code(code) == code).then(|| Self {
            base_url,
            code: code.to_owned(),
            length,
            digest,
        })
    }

    /// Whether a file begins with the bytes that this payload stands for.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn fits(&self, file: &mut dyn Read) -> std::io::Result<bool> {
        let mut beginning = file.take(self.length);
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        let mut buffer = vec![0; 1 << 16];
        let mut read = 0;
        loop {
            let count = beginning.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            context.update(buffer.get(..count).unwrap_or_default());
            read += count as u64;
        }
        let digest = context.finish();
        let kept = digest.as_ref().get(..KEPT).unwrap_or_default();
        Ok(read == self.length && BASE64URL_NOPAD.encode(kept) == self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::BlobId;

    #[test]
    fn a_payload_is_read_back_and_checks_its_file_offline() {
        let file = b"%PDF-1.7 the paper";
        let payload = Payload::new(
            "https://saoy.example/c/",
            "0123456789ABCDEFGHJK",
            file.len() as u64,
            BlobId::of(file).bytes(),
        );
        let text = payload.written();
        assert!(text.starts_with("https://saoy.example/c/1/0123456789ABCDEFGHJK/18/"));
        assert_eq!(Payload::parse(&text), Some(payload.clone()));
        // Signatures come after those bytes.
        assert!(
            payload
                .fits(&mut &b"%PDF-1.7 the paper and signatures"[..])
                .unwrap()
        );
        assert!(
            !payload
                .fits(&mut &b"%PDF-1.7 the papEr and signatures"[..])
                .unwrap()
        );
        assert!(!payload.fits(&mut &b"%PDF-1.7"[..]).unwrap());
        for other in [
            "https://example.org/",
            "",
            "https://a/2/0123456789ABCDEFGHJK/18/AAAAAAAAAAAAAAAAAAAAAA",
            "https://a/1/0123456789ABCDEFGHJK/x/AAAAAAAAAAAAAAAAAAAAAA",
            "https://a/1/0123456789ABCDEFGHJK/18/AAAA",
            "https://a/1/o123456789/18/AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(Payload::parse(other), None, "{other}");
        }
    }
}
