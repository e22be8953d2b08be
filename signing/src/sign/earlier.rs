//! Signatures that stand in a document already: nobody adds to a chain with a broken link.

use saoy_pdf::{PdfError, ReadAt, Revisions};

use super::SignError;
use super::admission::RefusalKind;
use crate::judge::{self, Instant, Question};
use crate::path::Material;
use crate::policy::Policy;
use crate::structure::{self, Kind};
use crate::trust::Store;

/// Checks the structure, digest and signature of every earlier signature, and gives the SHA-256 of each signer's
/// certificate, oldest first; document timestamps are checked and not given. Whom a signer may trust is not asked.
///
/// # Errors
/// When one is broken, or the file is damaged.
pub fn check_earlier(
    source: impl ReadAt + 'static,
    policy: &Policy,
    now: Instant,
) -> Result<Vec<[u8; 32]>, SignError> {
    let revisions = Revisions::read(source)?;
    let structure = structure::examine(&revisions);
    let broken = || SignError::from(RefusalKind::EarlierBroken.refusal());
    if !structure.findings.is_empty() {
        return Err(broken());
    }
    let document = revisions.newest()?;
    let (trust, evidence) = (Store::default(), Material::default());
    let mut signers = Vec::new();
    for field in &structure.signatures {
        let question = Question {
            contents: &field.contents,
            subfilter: &field.subfilter,
            evidence: &evidence,
            trust: &trust,
            policy,
            now,
            proofs: &[],
            fetch: None,
        };
        let judgement = judge::signature(&question, &mut |digest| {
            let mut hasher = digest.hasher()?;
            for range in field.signed.clone() {
                let poured = document.pour(range, |piece| {
                    hasher.update(piece);
                    Ok::<(), PdfError>(())
                });
                poured.ok()?;
            }
            Some(hasher.finish())
        });
        if !field.findings.is_empty() || !judgement.is_intact() {
            return Err(broken());
        }
        if field.kind == Kind::Signature
            && let Some(own) = judgement.chain.first()
        {
            signers.push(own.fingerprint);
        }
    }
    Ok(signers)
}
