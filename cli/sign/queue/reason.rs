//! Why a level was not reached.

use saoy_pipeline::record::Bilingual;
use saoy_signing::sign::SignError;
use saoy_signing::sign::evidence::Missing;
use saoy_signing::sign::timestamp::Unusable;
use serde::{Deserialize, Serialize};

use super::super::record::{NoAnswer, Trouble};
use super::super::speech;
use crate::words::said;

/// A reason with a stable code, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Reason {
    pub(in super::super) code: String,
    pub(in super::super) vi: String,
    pub(in super::super) en: String,
}

impl Reason {
    fn new(code: &str, said: Bilingual) -> Self {
        Self {
            code: code.to_owned(),
            vi: said.vi,
            en: said.en,
        }
    }

    /// What an error says of a level.
    pub(in super::super) fn of(error: &anyhow::Error) -> Self {
        if let Some(NoAnswer(why)) = error.downcast_ref() {
            return Self::new("timestamp_server", why.clone());
        }
        if let Some(SignError::Timestamp(why)) = error.downcast_ref() {
            return Self::new("timestamp", speech::unusable(why));
        }
        if let Some(SignError::Refused(refusal)) = error.downcast_ref() {
            return Self::new(refusal.kind.code(), speech::refusal(refusal));
        }
        match error.downcast_ref::<Missing>() {
            Some(missing @ Missing::Revoked(..)) => {
                Self::new("certificate_revoked", speech::missing(missing))
            }
            Some(missing) => Self::new("no_evidence", speech::missing(missing)),
            None => {
                let Trouble { code, vi, en, .. } = Trouble::of(error);
                Self::new(code, Bilingual { vi, en })
            }
        }
    }

    /// Whether servers only have to be well again: a timestamp of another time than ours says that a clock is wrong, and a
    /// certificate that is revoked, or whose path does not hold, stays so.
    pub(in super::super) fn may_pass(error: &anyhow::Error) -> bool {
        if let Some(missing) = error.downcast_ref::<Missing>() {
            return matches!(missing, Missing::NoChain(_) | Missing::Unknown { .. });
        }
        match error.downcast_ref::<SignError>() {
            Some(SignError::Timestamp(why)) => !matches!(why, Unusable::Time(_)),
            _ => error.is::<NoAnswer>(),
        }
    }

    /// The document is not there.
    pub(super) fn missing() -> Self {
        let said = said!(
            "không còn tệp này; ký lại, hoặc bỏ khỏi hàng đợi: saoy sign queue drop",
            "the file is not there; sign it again, or drop it: saoy sign queue drop"
        );
        Self::new("file_missing", said)
    }

    /// The document is another.
    pub(super) fn changed() -> Self {
        let said = said!(
            "tệp đã bị thay bằng tệp khác sau khi ký, nên không động đến; bỏ khỏi hàng đợi: saoy sign queue drop",
            "the file was replaced by another after it was signed, so it is left alone; drop it: saoy sign queue drop"
        );
        Self::new("file_changed", said)
    }

    /// Too late.
    pub(super) fn expired(at: &str) -> Self {
        let said = said!(
            "chứng thư đã hết hạn từ {} trước khi nâng được mức: không còn chứng minh được chữ ký có trước lúc đó; ký lại bằng chứng thư còn hạn",
            "the certificate expired at {} before the level was raised: that the signature is older can no longer be proven; sign again with a valid certificate",
            at
        );
        Self::new("certificate_expired", said)
    }

    /// An entry that cannot be read.
    pub(super) fn unreadable() -> Self {
        let said = said!(
            "không đọc được mục này của hàng đợi; xóa tệp, và nâng mức văn bản bằng saoy sign --upgrade",
            "this entry of the queue cannot be read; remove the file, and raise its document with saoy sign --upgrade"
        );
        Self::new("entry_damaged", said)
    }

    /// The exit code of its class.
    pub(super) fn exit(&self) -> u8 {
        match self.code.as_str() {
            "file_missing" | "entry_damaged" | "damaged" | "unreadable" => 3,
            "file_changed"
            | "certificate_revoked"
            | "certificate_expired"
            | "earlier_signature_broken" => 5,
            _ => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use saoy_signing::judge::Instant;
    use saoy_signing::path::ViolationKind;

    use super::*;

    #[test]
    fn what_waiting_does_not_mend_is_not_put_off() {
        let may_pass = |error: anyhow::Error| Reason::may_pass(&error);
        let timestamp = |why| may_pass(SignError::Timestamp(why).into());
        let named = "A".to_owned();
        assert!(may_pass(NoAnswer(said!("không", "no")).into()));
        assert!(timestamp(Unusable::Nonce) && timestamp(Unusable::Garbage(named.clone())));
        assert!(may_pass(Missing::NoChain(named.clone()).into()));
        // A clock that is wrong, here or there: the signature would claim a wrong time.
        assert!(!timestamp(Unusable::Time(Instant(0))));
        assert!(!may_pass(
            Missing::Revoked(named.clone(), Instant(0)).into()
        ));
        let expired = Missing::ChainInvalid(named.clone(), ViolationKind::Expired, named);
        assert!(!may_pass(expired.into()));
        assert!(!may_pass(SignError::KeyMismatch.into()));
        assert!(!may_pass(anyhow::Error::from(
            std::io::Error::from_raw_os_error(28)
        )));
    }
}
