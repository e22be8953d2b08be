//! Format, identification of the signer, cryptography (EN 319 102-1, 5.2.2, 5.2.3, 5.2.7).

use std::sync::Arc;

use super::{DigestOf, Indication, Judgement, Outcome, Question, SubIndication};
use crate::asn1::{Element, oid, tag};
use crate::certificate::Certificate;
use crate::cms::{CmsError, SignedData};
use crate::crypto::{CryptoError, Digest, Scheme, Signed, verify};
use crate::finding::{Finding, Reason};

/// How the signed bytes stand to the CMS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Outside.
    Detached,
    /// Their SHA-1 is the content (`adbe.pkcs7.sha1`).
    Sha1,
    /// The content itself: a token.
    Token,
}

/// Reads the CMS; a failure is noted.
pub(super) fn read(judgement: &mut Judgement, contents: &[u8]) -> Option<SignedData> {
    match SignedData::read(contents) {
        Ok(cms) => {
            let form = if cms.is_ber { "BER" } else { "DER" };
            judgement.check(
                "format",
                Outcome::Pass,
                format!("one CMS with one signer, {form}"),
            );
            Some(cms)
        }
        Err(error) => {
            unreadable(judgement, &error);
            None
        }
    }
}

/// Notes that a CMS cannot be read.
pub(super) fn unreadable(judgement: &mut Judgement, error: &CmsError) {
    let reason = match error {
        CmsError::Signers(_) => Reason::SignerInfoCount,
        CmsError::Trailing(_) => Reason::ContentsTrailing,
        CmsError::Asn1(_) | CmsError::NotSigned(_) => Reason::CmsMalformed,
    };
    format_failure(judgement, reason, error.to_string());
}

fn format_failure(judgement: &mut Judgement, reason: Reason, detail: String) {
    judgement.check("format", Outcome::Fail, detail.clone());
    judgement.fail(
        Indication::TotalFailed,
        SubIndication::FormatFailure,
        Finding::new(reason, detail),
    );
}

/// The digests and the scheme that a signature stands on, for the policy to weigh.
pub(super) struct Made {
    pub(super) signer: Arc<Certificate>,
    pub(super) digests: Vec<Digest>,
}

/// Checks signer, digest and signature, noting each; `None` when a certificate to judge on is missing.
pub(super) fn examine(
    judgement: &mut Judgement,
    question: &Question<'_>,
    cms: &SignedData,
    form: Form,
    digest_of: &mut DigestOf<'_>,
) -> Option<Made> {
    judgement.signing_time = cms.signer.signing_time();
    judgement.algorithm = Some(cms.signer.scheme.name());
    judgement.digest = cms.signer.digest.as_ref().ok().map(|digest| digest.name());
    let digest = known_digest(judgement, cms);
    let signer = identify(judgement, question, cms);
    judgement.signer = signer.as_ref().map(|signer| signer.party());
    judgement.key_bits = signer.as_ref().map(|signer| signer.key.bits());
    if !attributes_hold(judgement, cms, form) {
        return None;
    }
    let digest = digest?;
    let value = signed_digest(judgement, cms, form, digest, digest_of)?;
    let signer = signer?;
    if cms.signer.signed.is_some() {
        compare(judgement, cms, &value);
    }
    check_signature(judgement, cms, &signer, &value);
    let mut digests = vec![digest];
    digests.extend(cms.signer.scheme.digest());
    if form == Form::Sha1 {
        digests.push(Digest::Sha1);
    }
    if let Scheme::Pss { mask, .. } = cms.signer.scheme {
        digests.push(mask);
    }
    digests.sort();
    digests.dedup();
    Some(Made { signer, digests })
}

/// The digest algorithm, when it can be computed.
fn known_digest(judgement: &mut Judgement, cms: &SignedData) -> Option<Digest> {
    let name = match &cms.signer.digest {
        Ok(digest) if digest.hasher().is_some() => return Some(*digest),
        Ok(digest) => digest.name().to_owned(),
        Err(id) => id.to_string(),
    };
    let detail = format!("the digest {name} is not computed here");
    judgement.check("digest", Outcome::Unknown, detail.clone());
    let reason = if name == Digest::Md5.name() {
        Reason::WeakDigest
    } else {
        Reason::AlgorithmUnknown
    };
    judgement.fail(
        Indication::Indeterminate,
        SubIndication::CryptoConstraintsFailureNoPoe,
        Finding::new(reason, detail),
    );
    None
}

/// The certificate that the signer and the signed reference name.
fn identify(
    judgement: &mut Judgement,
    question: &Question<'_>,
    cms: &SignedData,
) -> Option<Arc<Certificate>> {
    let others = question
        .evidence
        .certificates
        .iter()
        .chain(question.trust.certificates());
    let Some(certificate) = cms.signer_certificate(others.map(|certificate| &**certificate)) else {
        let detail = "no certificate that the signer names";
        judgement.check("certificate", Outcome::Unknown, detail);
        let finding = Finding::new(Reason::SignerCertificateMissing, detail);
        judgement.fail(
            Indication::Indeterminate,
            SubIndication::NoSigningCertificateFound,
            finding,
        );
        return None;
    };
    let reference = cms.signer.certificate_reference();
    let mismatch = match &reference {
        Ok(Some(reference)) if !reference.is_of(certificate) => {
            let version = reference.version;
            Some(format!(
                "the signed reference (version {version}) is of another certificate"
            ))
        }
        Err(error) => Some(format!(
            "the signed reference to the certificate cannot be read: {error}"
        )),
        Ok(_) => None,
    };
    if let Some(detail) = mismatch {
        judgement.check("certificate", Outcome::Fail, detail.clone());
        let finding = Finding::new(Reason::SigningCertificateMismatch, detail);
        let sub = SubIndication::NoSigningCertificateFound;
        judgement.fail(Indication::Indeterminate, sub, finding);
        return Some(Arc::new(certificate.clone()));
    }
    let mut said = "as the signed reference says";
    if matches!(reference, Ok(None)) {
        said = "no signed reference says so";
        // EN 319 142-1 6.3 asks for one: without it the certificate could be exchanged for another of the same key.
        if question.subfilter.starts_with("ETSI.") {
            judgement
                .warnings
                .push(Finding::new(Reason::SigningCertificateMismatch, said));
        }
    }
    let detail = format!(
        "{} ({}), {said}",
        certificate.subject,
        certificate.serial_hex()
    );
    judgement.check("certificate", Outcome::Pass, detail);
    Some(Arc::new(certificate.clone()))
}

/// Rules of form for signed attributes (RFC 5652 5.3, 11) and for the content.
fn attributes_hold(judgement: &mut Judgement, cms: &SignedData, form: Form) -> bool {
    let wrong = match cms.signer.attributes() {
        Some(attributes) => {
            let kind = attributes
                .only(oid::CONTENT_TYPE)
                .and_then(|value| Element::only(value).ok());
            if attributes.repeated().is_some() {
                Some("a signed attribute stands twice")
            } else if attributes.only(oid::MESSAGE_DIGEST).is_none() {
                Some("the signed attributes lack the digest")
            } else if kind.is_none_or(|kind| kind.tag != tag::OID || cms.content_type != kind.body)
            {
                Some("the signed content type is another")
            } else {
                let digest = cms.signer.digest.clone().unwrap_or(Digest::Md5);
                attributes
                    .algorithms_agree(digest, &cms.signer.scheme)
                    .err()
            }
        }
        // RFC 5652 5.3: content other than data needs signed attributes.
        None if cms.content_type != oid::DATA => Some("no signed attributes"),
        None => None,
    };
    let wrong = wrong.or(match (form, &cms.content) {
        (Form::Detached, Some(content)) if !content.is_empty() => {
            Some("a detached signature with content inside")
        }
        (Form::Sha1 | Form::Token, None) => Some("the content is missing"),
        _ => None,
    });
    if let Some(detail) = wrong {
        format_failure(judgement, Reason::CmsMalformed, detail.to_owned());
    }
    wrong.is_none()
}

/// The digest of what was signed, by the signer's algorithm.
fn signed_digest(
    judgement: &mut Judgement,
    cms: &SignedData,
    form: Form,
    digest: Digest,
    digest_of: &mut DigestOf<'_>,
) -> Option<Vec<u8>> {
    let content = cms.content.as_deref().unwrap_or_default();
    let missing = |judgement: &mut Judgement| {
        let detail = "the signed bytes cannot be read";
        judgement.check("digest", Outcome::Unknown, detail);
        let finding = Finding::new(Reason::Damaged, detail);
        judgement.fail(
            Indication::Indeterminate,
            SubIndication::SignedDataNotFound,
            finding,
        );
        None
    };
    match form {
        Form::Token => return digest.of(content),
        Form::Sha1 => match digest_of(Digest::Sha1) {
            Some(value) if value == content => return digest.of(content),
            Some(_) => {
                mismatch(judgement, Digest::Sha1);
                return digest.of(content);
            }
            None => {}
        },
        Form::Detached => {
            if let Some(value) = digest_of(digest) {
                return Some(value);
            }
        }
    }
    missing(judgement)
}

/// Compares the digest with the signed one.
fn compare(judgement: &mut Judgement, cms: &SignedData, value: &[u8]) {
    let Ok(digest) = &cms.signer.digest else {
        return;
    };
    let signed = cms
        .signer
        .attributes()
        .and_then(|attributes| attributes.only(oid::MESSAGE_DIGEST));
    let signed = signed
        .and_then(|bytes| Element::only(bytes).ok())
        .and_then(|octets| octets.octets().ok());
    if signed.as_deref() == Some(value) {
        judgement.check(
            "digest",
            Outcome::Pass,
            format!("{} as signed", digest.name()),
        );
    } else {
        mismatch(judgement, *digest);
    }
}

fn mismatch(judgement: &mut Judgement, digest: Digest) {
    let detail = format!(
        "the {} of the signed bytes is another than the signed one",
        digest.name()
    );
    judgement.check("digest", Outcome::Fail, detail.clone());
    judgement.fail(
        Indication::TotalFailed,
        SubIndication::HashFailure,
        Finding::new(Reason::DigestMismatch, detail),
    );
}

/// Checks the signature over the signed attributes, or over the digest where there are none.
fn check_signature(
    judgement: &mut Judgement,
    cms: &SignedData,
    signer: &Certificate,
    value: &[u8],
) {
    let scheme = &cms.signer.scheme;
    let named = format!("{} with a key of {} bits", scheme.name(), signer.key.bits());
    match fits(cms, signer, value) {
        Ok(remark) => {
            if cms.signer.signed.is_none() {
                judgement.check("digest", Outcome::Pass, "signed itself, without attributes");
            }
            judgement.check("signature", Outcome::Pass, format!("{named}{remark}"));
        }
        Err(CryptoError::Wrong) => {
            let detail = format!("the signature does not fit: {named}");
            judgement.check("signature", Outcome::Fail, detail.clone());
            let finding = Finding::new(Reason::SignatureWrong, detail);
            judgement.fail(
                Indication::TotalFailed,
                SubIndication::SigCryptoFailure,
                finding,
            );
        }
        Err(CryptoError::Unknown(name)) => {
            let detail = format!("{name} is not known");
            judgement.check("signature", Outcome::Unknown, detail.clone());
            let finding = Finding::new(Reason::AlgorithmUnknown, detail);
            let sub = SubIndication::CryptoConstraintsFailureNoPoe;
            judgement.fail(Indication::Indeterminate, sub, finding);
        }
    }
}

/// Tries the signed attributes as written and, where that does not fit, in the order of DER: RFC 5652 5.4 means the
/// latter, most signers write what they hashed. Some name another digest in the signature algorithm than they used;
/// that of the signer counts then. Either way it is these attributes, and no others, that the key signed.
fn fits(cms: &SignedData, signer: &Certificate, value: &[u8]) -> Result<&'static str, CryptoError> {
    let signature = &cms.signer.signature;
    let scheme = &cms.signer.scheme;
    let Some((_, written)) = &cms.signer.signed else {
        return verify(&signer.key, scheme, Signed::Digest(value), signature).map(|()| "");
    };
    let first = verify(&signer.key, scheme, Signed::Message(written), signature);
    if first != Err(CryptoError::Wrong) {
        return first.map(|()| "");
    }
    let other = cms
        .signer
        .digest
        .as_ref()
        .map(|digest| scheme.with_digest(*digest));
    if let Some(other) = other.ok().filter(|other| other != scheme)
        && verify(&signer.key, &other, Signed::Message(written), signature).is_ok()
    {
        return Ok(", by the digest of the signer");
    }
    match Element::only(written).and_then(|set| set.to_der()) {
        Ok(sorted) if sorted != *written => {
            verify(&signer.key, scheme, Signed::Message(&sorted), signature)
                .map(|()| ", over the attributes in the order of DER")
        }
        _ => first.map(|()| ""),
    }
}
