//! From the digest to the bytes for the gap.

use std::ops::Range;
use std::sync::Arc;

use saoy_pdf::Document;

use super::key::Signer;
use super::{Prepared, SignError, message};
use crate::certificate::Certificate;
use crate::crypto::{self, Digest, Scheme};

/// A file that is written but for its gap, and its digest. Holds no bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digested {
    /// The algorithm.
    pub digest: Digest,
    /// Its value over all but the gap.
    pub value: Vec<u8>,
    /// The gap, with its angle brackets.
    pub gap: Range<u64>,
}

impl Prepared {
    /// Gives the finished file but for the gap to `write`, in pieces, and digests it in the same reading.
    ///
    /// # Errors
    /// When `document` cannot be read, `write` fails, or the digest must not be used for signing.
    pub fn write(
        &self,
        document: &Document,
        digest: Digest,
        mut write: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<Digested, SignError> {
        let mut hasher = hasher(digest)?;
        document.pour(0..self.update.base, |piece| {
            hasher.update(piece);
            write(piece).map_err(SignError::from)
        })?;
        write(&self.update.bytes)?;
        let place = |at: u64| usize::try_from(at.saturating_sub(self.update.base));
        let bytes = &self.update.bytes;
        let start = place(self.gap.start).ok().and_then(|at| bytes.get(..at));
        let end = place(self.gap.end).ok().and_then(|at| bytes.get(at..));
        hasher.update(start.unwrap_or_default());
        hasher.update(end.unwrap_or_default());
        Ok(Digested {
            digest,
            value: hasher.finish(),
            gap: self.gap.clone(),
        })
    }
}

fn hasher(digest: Digest) -> Result<crypto::Hasher, SignError> {
    let strong = matches!(digest, Digest::Sha256 | Digest::Sha384 | Digest::Sha512);
    digest
        .hasher()
        .filter(|_| strong)
        .ok_or_else(|| super::key::KeyError::Unsupported(digest.name().to_owned()).into())
}

impl Digested {
    /// The digest a signature by `scheme` is over; Ed25519 goes with SHA-512 (RFC 8419, 2.3).
    pub fn algorithm_for(scheme: &Scheme) -> Digest {
        scheme.digest().unwrap_or(Digest::Sha512)
    }

    /// What the key of `signer` is to sign.
    pub fn message(&self, signer: &Certificate) -> Vec<u8> {
        message::attributes(&self.value, signer)
    }

    /// Lets `signer` sign.
    ///
    /// # Errors
    /// When it gives no signature, or one that does not fit its certificate.
    pub fn sign(self, signer: &dyn Signer) -> Result<Signed, SignError> {
        let own = signer.chain().first().ok_or(SignError::KeyMismatch)?;
        let signature = signer.sign(&self.message(own))?;
        self.signed(signer.chain(), signer.scheme(), signature)
    }

    /// Takes a signature over [`Self::message`] that was made elsewhere.
    ///
    /// # Errors
    /// When it does not fit the certificate.
    pub fn signed(
        self,
        chain: &[Arc<Certificate>],
        scheme: &Scheme,
        signature: Vec<u8>,
    ) -> Result<Signed, SignError> {
        let own = chain.first().ok_or(SignError::KeyMismatch)?;
        let attributes = self.message(own);
        let signed = crypto::Signed::Message(&attributes);
        if Self::algorithm_for(scheme) != self.digest
            || crypto::verify(&own.key, scheme, signed, &signature).is_err()
        {
            return Err(SignError::KeyMismatch);
        }
        Ok(Signed {
            digested: self,
            attributes,
            chain: chain.to_vec(),
            scheme: scheme.clone(),
            signature,
            token: None,
        })
    }

    /// A document timestamp: `token` itself goes into the gap.
    ///
    /// # Errors
    /// When the gap is too small.
    pub fn seal_token(&self, token: &[u8]) -> Result<Sealed, SignError> {
        Sealed::new(&self.gap, token)
    }

    /// As text, to be put aside while a key takes its time.
    pub fn to_text(&self) -> String {
        let digits: String = self
            .value
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let Range { start, end } = self.gap;
        format!(
            "saoy.digested/1 {} {digits} {start} {end}\n",
            self.digest.name()
        )
    }

    /// Takes up what [`Self::to_text`] put aside.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_text(text: &str) -> Result<Self, SignError> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let ["saoy.digested/1", name, digits, start, end] = parts.as_slice() else {
            return Err(SignError::PutAside);
        };
        let digest = Digest::ALL
            .into_iter()
            .find(|digest| digest.name() == *name);
        let value: Option<Vec<u8>> = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
            .collect();
        match (digest, value, start.parse(), end.parse()) {
            (Some(digest), Some(value), Ok(start), Ok(end)) if start < end => Ok(Self {
                digest,
                value,
                gap: start..end,
            }),
            _ => Err(SignError::PutAside),
        }
    }
}

/// The key has answered, and its answer fits.
#[derive(Clone, Debug)]
pub struct Signed {
    digested: Digested,
    attributes: Vec<u8>,
    chain: Vec<Arc<Certificate>>,
    scheme: Scheme,
    signature: Vec<u8>,
    token: Option<Vec<u8>>,
}

impl Signed {
    /// The signature's value: what a signature timestamp is over (RFC 3161, appendix A).
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Adds a signature timestamp, which [`super::timestamp`] has checked.
    #[must_use]
    pub fn with_timestamp(self, token: super::timestamp::Checked) -> Self {
        Self {
            token: Some(token.into_der()),
            ..self
        }
    }

    /// The CMS.
    pub fn cms(&self) -> Vec<u8> {
        message::signed_data(
            &self.attributes,
            &self.chain,
            &self.scheme,
            self.digested.digest,
            &self.signature,
            self.token.as_deref(),
        )
    }

    /// The bytes for the gap.
    ///
    /// # Errors
    /// When the gap is too small.
    pub fn seal(&self) -> Result<Sealed, SignError> {
        Sealed::new(&self.digested.gap, &self.cms())
    }
}

/// Bytes, and where they go in the file. With them the file is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The first byte after the opening angle bracket.
    pub at: u64,
    /// Hexadecimal digits; what follows them stays zero.
    pub digits: Vec<u8>,
}

impl Sealed {
    fn new(gap: &Range<u64>, bytes: &[u8]) -> Result<Self, SignError> {
        let room = gap.end.saturating_sub(gap.start).saturating_sub(2) / 2;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        if bytes.len() > room {
            let needed = bytes.len();
            return Err(SignError::Room { needed, room });
        }
        let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
        let mut digits = Vec::with_capacity(bytes.len().saturating_mul(2));
        for byte in bytes {
            digits.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        Ok(Self {
            at: gap.start.saturating_add(1),
            digits,
        })
    }
}
