//! The two questions: a signature with its timestamps, judged at its best proven time (EN 319 102-1, 5.5); a token.

use std::sync::Arc;

use super::cryptography::{Form, Made, examine, read, unreadable};
use super::weighing::{Occasion, weigh};
use super::{
    DigestOf, Indication, Instant, Judgement, Outcome, Question, SubIndication, Timestamp,
};
use crate::certificate::Certificate;
use crate::cms::SignedData;
use crate::crypto::Digest;
use crate::finding::{Finding, Reason};
use crate::path::Material;
use crate::revocation::{Crl, Ocsp};
use crate::structure::SecurityStore;
use crate::timestamp::Token;

impl Material {
    /// Reads what a document carries; what cannot be read is left out: it proves nothing.
    pub fn read(store: &SecurityStore) -> Self {
        let mut material = Self::default();
        material.add(store);
        material
    }

    fn add(&mut self, store: &SecurityStore) {
        self.certificates.extend(
            store
                .certificates
                .iter()
                .filter_map(|der| Certificate::read(der).ok())
                .map(Arc::new),
        );
        self.crls.extend(
            store
                .crls
                .iter()
                .filter_map(|der| Crl::read(der).ok())
                .map(Arc::new),
        );
        self.ocsps.extend(
            store
                .ocsps
                .iter()
                .filter_map(|der| Ocsp::read(der).ok())
                .map(Arc::new),
        );
    }

    /// The same with what a CMS carries.
    fn with(&self, cms: &SignedData) -> Self {
        let mut material = self.clone();
        material
            .certificates
            .extend(cms.certificates.iter().cloned().map(Arc::new));
        material.add(&cms.evidence);
        material
    }
}

/// Judges one signature; a document timestamp is judged as such.
pub fn signature(question: &Question<'_>, digest_of: &mut DigestOf<'_>) -> Judgement {
    let form = match question.subfilter {
        "adbe.pkcs7.detached" | "ETSI.CAdES.detached" => Form::Detached,
        "adbe.pkcs7.sha1" => Form::Sha1,
        "ETSI.RFC3161" => return timestamp(question, digest_of).judgement,
        other => return unknown_form(question, other),
    };
    let mut judgement = Judgement::new(question.now);
    let Some(cms) = read(&mut judgement, question.contents) else {
        return judgement;
    };
    let Some(made) = examine(&mut judgement, question, &cms, form, digest_of) else {
        return judgement;
    };
    let material = question.evidence.with(&cms);
    let tokens = tokens(question, &cms, &material);
    note_tokens(&mut judgement, &tokens);
    let result = at_best_time(&judgement, question, &made, &material, &tokens);
    let chosen = tokens
        .iter()
        .filter(|token| token.valid)
        .min_by_key(|token| token.time)
        .or(tokens.first());
    Judgement {
        timestamp: chosen.cloned().map(Box::new),
        ..result
    }
}

fn unknown_form(question: &Question<'_>, subfilter: &str) -> Judgement {
    let mut judgement = Judgement::new(question.now);
    let detail = match subfilter {
        "adbe.x509.rsa_sha1" => {
            "adbe.x509.rsa_sha1: a bare RSA signature of SHA-1, withdrawn by PDF 2.0; not judged"
                .to_owned()
        }
        other => format!("the form {other:?} is not known"),
    };
    judgement.check("format", Outcome::Unknown, detail.clone());
    judgement.fail(
        Indication::TotalFailed,
        SubIndication::FormatFailure,
        Finding::new(Reason::SubfilterUnknown, detail),
    );
    judgement
}

/// Judges the signature's own timestamps.
fn tokens(question: &Question<'_>, cms: &SignedData, material: &Material) -> Vec<Timestamp> {
    let value = &cms.signer.signature;
    let judge = |bytes| {
        let question = Question {
            contents: bytes,
            subfilter: "ETSI.RFC3161",
            evidence: material,
            ..*question
        };
        timestamp(&question, &mut |digest: Digest| digest.of(value))
    };
    cms.signer.timestamps().take(TOKENS).map(judge).collect()
}

fn note_tokens(judgement: &mut Judgement, tokens: &[Timestamp]) {
    for token in tokens {
        let why = token
            .judgement
            .sub_indication
            .map_or("", SubIndication::code);
        let detail = format!("{} by {} {why}", token.time, token.authority);
        let outcome = match token.judgement.indication {
            Indication::TotalPassed => Outcome::Pass,
            Indication::Indeterminate => Outcome::Unknown,
            Indication::TotalFailed => Outcome::Fail,
        };
        judgement.check("timestamp", outcome, detail.trim_end());
        if !token.valid {
            judgement
                .warnings
                .push(Finding::new(Reason::TimestampInvalid, detail.trim_end()));
        }
        judgement
            .warnings
            .extend(token.judgement.warnings.iter().cloned());
    }
}

/// Weighs at the earliest proven time. Where that does not do and a timestamp lacks nothing but revocation data, the
/// answer is what would hold at its time: never passed, but it says what is missing.
fn at_best_time(
    judgement: &Judgement,
    question: &Question<'_>,
    made: &Made,
    material: &Material,
    tokens: &[Timestamp],
) -> Judgement {
    let proven = tokens
        .iter()
        .filter(|token| token.valid)
        .map(|token| token.time)
        .chain(question.proofs.iter().copied())
        .min();
    let proven = proven.filter(|time| *time <= question.now);
    let occasion = Occasion {
        at: proven.unwrap_or(question.now),
        proven: proven.is_some(),
        timestamped: proven.is_some(),
        token: None,
    };
    let mut result = judgement.clone();
    note_time(&mut result, proven, question.now);
    weigh(&mut result, question, made, material, occasion);
    if result.indication != Indication::Indeterminate
        || judgement.indication != Indication::TotalPassed
    {
        return result;
    }
    let lacking = tokens
        .iter()
        .filter(|token| token.judgement.sub_indication == Some(SubIndication::TryLater))
        .map(|token| token.time)
        .min();
    let Some(time) = lacking.filter(|time| *time < occasion.at && may_be_helped(&result)) else {
        return result;
    };
    let mut would = judgement.clone();
    let detail = format!(
        "the timestamp of {time} is intact; whether its authority's certificate was revoked is not known"
    );
    would.check("time", Outcome::Unknown, detail.clone());
    let occasion = Occasion {
        at: time,
        timestamped: true,
        proven: false,
        token: None,
    };
    weigh(&mut would, question, made, material, occasion);
    would.fail(
        Indication::Indeterminate,
        SubIndication::TryLater,
        Finding::new(Reason::RevocationUnknown, detail),
    );
    if would.sub_indication == Some(SubIndication::TryLater) {
        would
    } else {
        result
    }
}

/// True when an earlier time could make a difference.
fn may_be_helped(result: &Judgement) -> bool {
    matches!(
        result.sub_indication,
        Some(
            SubIndication::OutOfBoundsNoPoe
                | SubIndication::TryLater
                | SubIndication::CryptoConstraintsFailureNoPoe
        )
    )
}

fn note_time(judgement: &mut Judgement, proven: Option<Instant>, now: Instant) {
    match proven {
        Some(time) => judgement.check(
            "time",
            Outcome::Pass,
            format!("proven to have existed at {time}"),
        ),
        None => judgement.check(
            "time",
            Outcome::Unknown,
            format!("nothing proves an earlier time: judged at {now}"),
        ),
    }
}

/// Judges a document timestamp, or a token over any bytes that `digest_of` digests.
pub fn timestamp(question: &Question<'_>, digest_of: &mut DigestOf<'_>) -> Timestamp {
    let mut judgement = Judgement::new(question.now);
    let token = match Token::read(question.contents) {
        Ok(token) => token,
        Err(error) => {
            unreadable(&mut judgement, &error);
            return Timestamp {
                time: Instant(0),
                authority: String::new(),
                valid: false,
                accuracy: None,
                imprint: None,
                judgement,
            };
        }
    };
    let form = if token.cms.is_ber { "BER" } else { "DER" };
    judgement.check(
        "format",
        Outcome::Pass,
        format!("one timestamp token, {form}"),
    );
    imprint(&mut judgement, &token, digest_of);
    if let Some(mut made) = examine(&mut judgement, question, &token.cms, Form::Token, digest_of) {
        made.digests.extend(token.info.digest.as_ref().ok());
        made.digests.sort();
        made.digests.dedup();
        weigh_token(&mut judgement, question, &made, &token);
    }
    Timestamp {
        time: token.info.time,
        authority: judgement
            .signer
            .as_ref()
            .map(|signer| signer.name.clone())
            .unwrap_or_default(),
        valid: judgement.indication == Indication::TotalPassed,
        accuracy: token.info.accuracy,
        imprint: token.info.digest.as_ref().ok().map(|digest| digest.name()),
        judgement,
    }
}

/// Checks that the token is of these bytes.
fn imprint(judgement: &mut Judgement, token: &Token, digest_of: &mut DigestOf<'_>) {
    let digest = match &token.info.digest {
        Ok(digest) if digest.hasher().is_some() => *digest,
        other => {
            let name = other
                .as_ref()
                .map_or_else(ToString::to_string, |digest| digest.name().to_owned());
            let detail = format!("the imprint's digest {name} is not computed here");
            judgement.check("imprint", Outcome::Unknown, detail.clone());
            let finding = Finding::new(Reason::AlgorithmUnknown, detail);
            judgement.fail(
                Indication::Indeterminate,
                SubIndication::CryptoConstraintsFailureNoPoe,
                finding,
            );
            return;
        }
    };
    if digest_of(digest).as_ref() == Some(&token.info.imprint) {
        judgement.check(
            "imprint",
            Outcome::Pass,
            format!("{} of what is timestamped", digest.name()),
        );
        return;
    }
    let detail = format!("the {} imprint is of something else", digest.name());
    judgement.check("imprint", Outcome::Fail, detail.clone());
    judgement.fail(
        Indication::TotalFailed,
        SubIndication::HashFailure,
        Finding::new(Reason::DigestMismatch, detail),
    );
}

/// A token is judged now, or at an earlier time at which it is proven to have existed.
fn weigh_token(judgement: &mut Judgement, question: &Question<'_>, made: &Made, token: &Token) {
    let time = token.info.time;
    if time
        > Instant(
            question
                .now
                .0
                .saturating_add(question.policy.revocation.skew),
        )
    {
        let detail = format!("the token is of {time}, after the present time");
        judgement.check("time", Outcome::Fail, detail.clone());
        let finding = Finding::new(Reason::TimestampInvalid, detail);
        judgement.fail(
            Indication::Indeterminate,
            SubIndication::TimestampOrderFailure,
            finding,
        );
    }
    let proof = question
        .proofs
        .iter()
        .copied()
        .filter(|proof| *proof >= time && *proof <= question.now)
        .min();
    let own = question.policy.expired_timestamps.then_some(time);
    let occasion = Occasion {
        at: own.or(proof).unwrap_or(question.now),
        proven: proof.is_some(),
        timestamped: false,
        token: Some(time),
    };
    note_time(judgement, proof, question.now);
    // Before its time an authority's certificate gives no time.
    if time < made.signer.not_before {
        let detail = format!(
            "the token is of {time}, the authority's certificate of {}",
            made.signer.not_before
        );
        judgement.check("time", Outcome::Fail, detail.clone());
        judgement.fail(
            Indication::TotalFailed,
            SubIndication::NotYetValid,
            Finding::new(Reason::NotYetValid, detail),
        );
    }
    let material = question.evidence.with(&token.cms);
    weigh(judgement, question, made, &material, occasion);
}

/// How many timestamps of one signature are looked at.
const TOKENS: usize = 8;
