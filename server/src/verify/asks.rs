//! What to do about a reason for people who have a page before them and no terminal: whom to ask, and for what.

use crate::language::Language;

/// What to do about a reason whose hint is a command; nothing where the hint is for everybody.
pub(super) fn whom(code: &str, l: Language) -> Option<&'static str> {
    Some(match code {
        "no_chain" => l.say(
            "Hỏi người quản trị hệ thống này: nhờ thêm chứng thư của nơi cấp chữ ký vào danh sách tin cậy, sau khi đối chiếu vân tay với nguồn chính thức; rồi kiểm tra lại tệp.",
            "Ask the administrator of this system to add the certificate of the issuer to those that are trusted, once its fingerprint was compared with the official source; then verify the file again.",
        ),
        "revocation_unknown" => l.say(
            "Hỏi người quản trị hệ thống này: nhờ tải danh sách chứng thư bị thu hồi mới của nơi cấp chữ ký; rồi kiểm tra lại tệp.",
            "Ask the administrator of this system to get the issuer's new list of revoked certificates; then verify the file again.",
        ),
        "expired" => l.say(
            "Nếu biết chắc tệp được ký khi nào, nhờ người quản trị hệ thống này kiểm tra tại thời điểm đó; nếu không, xin bản có dấu thời gian từ nơi phát hành.",
            "Where it is known for certain when the file was signed, ask the administrator of this system to judge it at that time; else ask the issuer for one with a timestamp.",
        ),
        "changed_after_signing"
        | "unaccounted_bytes"
        | "certification_violated"
        | "lock_violated" => l.say(
            "Xem hình các trang đã đổi trên trang này, nếu có, và xin lại tệp gốc từ nơi phát hành.",
            "Look at the pictures of changed pages on this page, where there are any, and ask the issuer for the original file.",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_at_a_page_is_told_to_run_a_command() {
        for code in [
            "no_chain",
            "revocation_unknown",
            "expired",
            "changed_after_signing",
        ] {
            for language in [Language::Vi, Language::En] {
                let said = whom(code, language).expect("something to do");
                assert!(!said.contains("saoy") && !said.contains('`'), "{said}");
            }
        }
        assert_eq!(whom("encrypted", Language::En), None);
    }
}
