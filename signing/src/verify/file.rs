//! A file verified from its bytes.

use std::ops::Range;
use std::sync::Arc;

use saoy_pdf::{ReadAt, Revisions};

use super::{Judge, Verification, join, unreadable};
use crate::certificate::Certificate;
use crate::cms::SignedData;
use crate::crypto::Digest;
use crate::judge::{self, Instant, Judgement, Question, Timestamp};
use crate::path::Material;
use crate::policy::Policy;
use crate::revocation::Fetch;
use crate::structure::{self, SignedField};
use crate::trust::Store;

/// By what a file is verified.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Anchors and what leads to them.
    pub trust: &'a Store,
    /// The rules.
    pub policy: &'a Policy,
    /// The present time, or the time as of which to judge.
    pub now: Instant,
    /// Fetches revocation data that is missing; none by default.
    pub fetch: Option<&'a dyn Fetch>,
}

/// Verifies all signatures of the file `source`.
///
/// Nothing of it is held whole: signed bytes are digested as they are read, [`CHUNK`] at a time.
pub fn file(source: impl ReadAt + 'static, options: &Options<'_>) -> Verification {
    let source = Arc::new(source);
    let bytes = source.len();
    let revisions = match Revisions::read(Arc::clone(&source)) {
        Ok(revisions) => revisions,
        Err(error) => return unreadable(structure::failure(&error), bytes, options.now),
    };
    let structure = structure::examine(&revisions);
    let evidence = Material::read(&structure.store);
    let mut court = Court {
        source: source.as_ref(),
        evidence: &evidence,
        options,
    };
    join(structure, bytes, options.now, &mut court)
}

/// The signers' certificates and what else the signatures of a file carry, without any judgement; nothing of a file
/// that cannot be read.
pub fn certificates(source: impl ReadAt + 'static) -> Vec<Certificate> {
    let Ok(revisions) = Revisions::read(source) else {
        return Vec::new();
    };
    let structure = structure::examine(&revisions);
    let mut found: Vec<Certificate> = Vec::new();
    for field in &structure.signatures {
        let Ok(signed) = SignedData::read(&field.contents) else {
            continue;
        };
        for certificate in signed.certificates {
            if found
                .iter()
                .all(|known| known.fingerprint != certificate.fingerprint)
            {
                found.push(certificate);
            }
        }
    }
    found
}

/// The judge of a real file.
struct Court<'a> {
    source: &'a dyn ReadAt,
    evidence: &'a Material,
    options: &'a Options<'a>,
}

impl Court<'_> {
    fn question<'q>(&'q self, field: &'q SignedField, proofs: &'q [Instant]) -> Question<'q> {
        Question {
            contents: &field.contents,
            subfilter: &field.subfilter,
            evidence: self.evidence,
            trust: self.options.trust,
            policy: self.options.policy,
            now: self.options.now,
            proofs,
            fetch: self.options.fetch,
        }
    }
}

impl Judge for Court<'_> {
    fn signature(&mut self, field: &SignedField, existed: Option<Instant>) -> Judgement {
        let proofs: Vec<Instant> = existed.into_iter().collect();
        let mut digest = |digest| digest_of(self.source, &field.signed, digest);
        judge::signature(&self.question(field, &proofs), &mut digest)
    }

    fn timestamp(&mut self, field: &SignedField, existed: Option<Instant>) -> Timestamp {
        let proofs: Vec<Instant> = existed.into_iter().collect();
        let mut digest = |digest| digest_of(self.source, &field.signed, digest);
        judge::timestamp(&self.question(field, &proofs), &mut digest)
    }
}

/// Bytes read at a time: enough that the calls cost nothing, little enough for the processor's cache.
const CHUNK: usize = 256 << 10;

/// The digest of the bytes in `ranges`, one after the other; `None` when they cannot be read or the digest is unknown.
fn digest_of(source: &dyn ReadAt, ranges: &[Range<u64>], digest: Digest) -> Option<Vec<u8>> {
    let mut hasher = digest.hasher()?;
    let longest = ranges
        .iter()
        .map(|range| range.end.saturating_sub(range.start))
        .max()?;
    let mut buffer = vec![0; usize::try_from(longest).unwrap_or(CHUNK).min(CHUNK)];
    for range in ranges {
        let mut at = range.start;
        while at < range.end {
            let left = usize::try_from(range.end - at)
                .unwrap_or(CHUNK)
                .min(buffer.len());
            let count = source.read_at(at, buffer.get_mut(..left)?).ok()?;
            if count == 0 {
                return None;
            }
            hasher.update(buffer.get(..count)?);
            at += count as u64;
        }
    }
    Some(hasher.finish())
}
