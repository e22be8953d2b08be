//! What a signing service did not do, why, and what to do now; in both languages.

use std::fmt;

use saoy_pipeline::record::Bilingual;
use serde_json::Value;

use crate::trust::fetch::FetchError;
use crate::words::said;

/// Why there is no signature.
#[derive(Clone, Debug)]
pub(in crate::sign) struct Fault {
    /// The stable name, as in JSON.
    pub(in crate::sign) code: &'static str,
    pub(in crate::sign) said: Bilingual,
    /// Whether the service may have done what was asked, since its answer was lost.
    pub(in crate::sign) is_open: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said.en)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    pub(super) fn new(code: &'static str, said: Bilingual) -> Self {
        Self {
            code,
            said,
            is_open: false,
        }
    }

    /// No answer, or none that is one.
    pub(super) fn fetching(error: &FetchError) -> Self {
        let Bilingual { vi, en, .. } = error.spoken();
        let said = Bilingual {
            vi: format!(
                "dịch vụ ký số không trả lời được ({vi}); kiểm tra mạng và địa chỉ rồi chạy lại đúng lệnh này"
            ),
            en: format!(
                "no answer from the signing service ({en}); check network and address, then run the same command again"
            ),
        };
        Self {
            is_open: !matches!(
                error,
                FetchError::Unreachable(_)
                    | FetchError::Tls(_)
                    | FetchError::Address
                    | FetchError::Host(_)
                    | FetchError::Inside(..)
            ),
            ..Self::new("remote_unreachable", said)
        }
    }

    /// An answer without what it must have.
    pub(super) fn garbage(method: &str, what: &str) -> Self {
        Self::new(
            "remote_answer",
            said!(
                "dịch vụ ký số trả lời sai chuẩn CSC ở {}: {}; báo cho nhà cung cấp dịch vụ",
                "the signing service answers {} not as CSC says: {}; tell its provider",
                method,
                what
            ),
        )
    }

    /// It sends us to somebody else.
    pub(super) fn elsewhere(to: &str) -> Self {
        Self::new(
            "remote_host",
            said!(
                "dịch vụ ký số chuyển hướng sang {}, không đi theo; nếu đúng là địa chỉ của dịch vụ thì ghi vào tệp tài khoản",
                "the signing service sends on to {}, which is not followed; if that is the service's, put it into the account file",
                to
            ),
        )
    }

    /// Nobody has agreed yet, or the signature is not made yet.
    pub(in crate::sign) fn waiting() -> Self {
        Self::new(
            "remote_waiting",
            said!(
                "chưa được chấp thuận hoặc chưa ký xong trong thời gian chờ; chạy lại đúng lệnh này để chờ tiếp, không phải xin lại và không ký hai lần",
                "not approved or not signed yet within the time to wait; run the same command again to go on waiting, nothing is asked for or signed twice"
            ),
        )
    }

    /// A status that is an error; `body` is what came with it (CSC 2.0, 10).
    pub(super) fn answered(method: &str, status: u16, body: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let (error, detail) = (text("error"), shortened(text("error_description")));
        let lower = detail.to_ascii_lowercase();
        let (code, vi, en) = match (error, status) {
            _ if lower.contains("locked") => (
                "remote_locked",
                "khóa ký từ xa đã bị khóa; liên hệ nhà cung cấp để mở",
                "the remote key is locked; its provider can unlock it",
            ),
            ("invalid_otp", _) => (
                "wrong_otp",
                "mã dùng một lần (OTP) sai hoặc hết hạn; chạy lại với mã mới",
                "the one-time code is wrong or too old; run again with a new one",
            ),
            ("invalid_pin" | "invalid_authentication_data", _) => (
                "wrong_pin",
                "sai PIN hoặc mã xác thực của khóa ký từ xa; không thử lại, vì nhập sai nhiều lần thì khóa bị khóa",
                "wrong PIN or code of the remote key; not tried again, since several wrong ones lock it",
            ),
            ("access_denied", _) => (
                "remote_denied",
                "người giữ khóa hoặc dịch vụ đã từ chối; nếu nhầm, chạy lại và chấp thuận trên điện thoại",
                "the key's owner or the service denied it; if by mistake, run again and approve on the phone",
            ),
            _ if lower.contains("disabled") => (
                "remote_disabled",
                "khóa ký từ xa đang bị tắt; liên hệ nhà cung cấp",
                "the remote key is disabled; ask its provider",
            ),
            _ if lower.contains("certificate is expired") => (
                "certificate_expired",
                "chứng thư của khóa ký từ xa đã hết hạn; gia hạn với nhà cung cấp",
                "the remote key's certificate is expired; have it renewed",
            ),
            _ if lower.contains("sad") && lower.contains("expired") => (
                "remote_expired",
                "lần ủy quyền đã hết hạn trước khi ký xong; chạy lại và ủy quyền lần nữa",
                "the authorisation ran out before all was signed; run again and authorise once more",
            ),
            (
                "authentication_error"
                | "invalid_client"
                | "invalid_grant"
                | "unauthorized_client"
                | "expired_token"
                | "invalid_token"
                | "invalid_scope",
                _,
            )
            | (_, 401 | 403) => (
                "remote_login",
                "dịch vụ ký số không nhận tài khoản; kiểm tra tệp tài khoản và mật khẩu",
                "the signing service does not accept the account; check the account file and the password",
            ),
            ("temporarily_unavailable", _) | (_, 429 | 503) => (
                "remote_busy",
                "dịch vụ ký số đang bận; đợi vài phút rồi chạy lại đúng lệnh này",
                "the signing service is busy; wait some minutes, then run the same command again",
            ),
            (_, 404 | 405 | 501) => (
                "remote_method",
                "địa chỉ này không có chức năng cần dùng; địa chỉ phải kết thúc như nhà cung cấp cho, thường là /csc/v1 hoặc /csc/v2",
                "this address lacks the method that is needed; it must end as its provider says, mostly in /csc/v1 or /csc/v2",
            ),
            (_, 500..) => (
                "remote_failed",
                "dịch vụ ký số bị lỗi; chạy lại sau, nếu vẫn lỗi thì báo nhà cung cấp",
                "the signing service failed; run again later, and tell its provider if that does not help",
            ),
            _ => (
                "remote_refused",
                "dịch vụ ký số từ chối yêu cầu",
                "the signing service refuses the request",
            ),
        };
        let tail = [method, &status.to_string(), error, &detail]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        let said = Bilingual {
            vi: format!("{vi} ({tail})"),
            en: format!("{en} ({tail})"),
        };
        Self {
            is_open: status >= 500 && status != 501 && status != 503,
            ..Self::new(code, said)
        }
    }
}

/// The words of a server, without anything that could move the cursor, and not a page of them.
fn shortened(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn errors_of_the_specification_have_names_of_their_own() {
        for (status, body, code, is_open) in [
            (400, r#"{"error":"invalid_otp"}"#, "wrong_otp", false),
            (400, r#"{"error":"invalid_pin"}"#, "wrong_pin", false),
            (
                400,
                r#"{"error":"invalid_request","error_description":"Credential locked"}"#,
                "remote_locked",
                false,
            ),
            (
                400,
                r#"{"error":"invalid_request","error_description":"SAD expired"}"#,
                "remote_expired",
                false,
            ),
            (
                400,
                r#"{"error":"invalid_request","error_description":"Signing certificate is expired"}"#,
                "certificate_expired",
                false,
            ),
            (400, r#"{"error":"invalid_grant"}"#, "remote_login", false),
            (403, r#"{"error":"access_denied"}"#, "remote_denied", false),
            (401, "", "remote_login", false),
            (429, "", "remote_busy", false),
            (503, "<html>", "remote_busy", false),
            (500, "", "remote_failed", true),
            (504, "", "remote_failed", true),
            (501, "", "remote_method", false),
            (400, "[]", "remote_refused", false),
        ] {
            let fault = Fault::answered("signatures/signHash", status, body.as_bytes());
            assert_eq!(
                (fault.code, fault.is_open),
                (code, is_open),
                "{status} {body}"
            );
            assert_ne!(fault.said.vi, fault.said.en);
        }
        let evil = r#"{"error":"invalid_request","error_description":"a\u001b[2Jb"}"#;
        assert!(
            !Fault::answered("x", 400, evil.as_bytes())
                .said
                .en
                .contains('\u{1b}')
        );
    }
}
