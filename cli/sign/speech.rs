//! Why something was not signed, in both languages: what the signing library says in English has its Vietnamese here.

use saoy_pipeline::record::Bilingual;
use saoy_pipeline::speech::Spoken;
use saoy_signing::path::ViolationKind;
use saoy_signing::sign::admission::{Refusal, RefusalKind};
use saoy_signing::sign::evidence::Missing;
use saoy_signing::sign::field::FieldTrouble;
use saoy_signing::sign::key::{KeyError, Part};
use saoy_signing::sign::timestamp::Unusable;
use saoy_signing::sign::{Revoked, SignError, Unfit};
use saoy_signing::verify::words;

use crate::words::said;

/// `vi` beside what the library says.
fn with(error: &dyn std::fmt::Display, vi: impl Into<String>) -> Bilingual {
    Bilingual {
        vi: vi.into(),
        en: error.to_string(),
    }
}

/// What evidence is missing, and what to do.
pub(super) fn missing(missing: &Missing) -> Bilingual {
    match missing {
        Missing::NoChain(whose) => said!(
            "không có đường dẫn từ chứng thư của {} đến chứng thư được tin cậy; thêm chứng thư gốc và trung gian bằng --trust hoặc saoy trust accept",
            "no path leads from the certificate of {} to a trusted one; add roots and intermediates with --trust or saoy trust accept",
            whose
        ),
        Missing::ChainInvalid(whose, kind, of) => with(
            missing,
            format!(
                "đường dẫn chứng thư của {whose} không đúng: {of}: {}",
                violation(*kind)
            ),
        ),
        Missing::Revoked(whose, since) => with(missing, format!("{whose} bị thu hồi từ {since}")),
        Missing::Unknown {
            whose,
            named,
            silent,
            why,
        } => {
            let (vi, en) = match (named.as_slice(), silent.len()) {
                ([], _) => (
                    "chứng thư không nêu nơi để hỏi; thêm danh sách thu hồi bằng --trust".to_owned(),
                    "the certificate names nobody to ask; add a revocation list with --trust".to_owned(),
                ),
                (_, 0) => (
                    format!("trả lời nhận được không dùng được (quá hạn, sai người ký hoặc về chứng thư khác): {}", named.join(", ")),
                    "the answers are of no use".to_owned(),
                ),
                _ => (
                    format!(
                        "không có trả lời từ {}; kiểm tra mạng, cho phép hỏi máy chủ bằng --allow-host, hoặc thêm danh sách thu hồi bằng --trust",
                        silent.join(", ")
                    ),
                    "check the network, allow the host with --allow-host, or add a revocation list with --trust".to_owned(),
                ),
            };
            Bilingual {
                vi: format!("không biết chứng thư của {whose} có bị thu hồi không: {vi}"),
                en: format!("nothing tells whether {whose} is revoked: {why}; {en}"),
            }
        }
        other => with(other, "thiếu dữ liệu chứng minh"),
    }
}

fn violation(kind: ViolationKind) -> &'static str {
    match kind {
        ViolationKind::Signature => "chữ ký trên chứng thư không khớp với khóa của nơi cấp",
        ViolationKind::NotYetValid => "chứng thư chưa đến ngày hiệu lực",
        ViolationKind::Expired => "chứng thư đã hết hạn",
        ViolationKind::Names => "tên nơi cấp không khớp",
        ViolationKind::NameConstraints => "tên nằm ngoài phạm vi mà cấp trên cho phép",
        ViolationKind::Policy => "đường dẫn không có chính sách được chấp nhận",
        ViolationKind::Mapping => "ánh xạ chính sách bất kỳ",
        ViolationKind::NotAuthority => "không phải chứng thư của cơ quan cấp chứng thư",
        ViolationKind::Length => "quá nhiều cấp trung gian",
        ViolationKind::KeyUsage => "khóa không được dùng để ký chứng thư",
        ViolationKind::Extension => "có phần mở rộng bắt buộc mà chương trình không hiểu",
        _ => "vi phạm quy tắc của RFC 5280",
    }
}

/// Why a certificate must not sign.
pub(super) fn unfit(unfit: &Unfit) -> Bilingual {
    let vi = match unfit {
        Unfit::Expired(time) => format!("đã hết hạn từ {time}"),
        Unfit::NotYetValid(time) => format!("chưa có hiệu lực, bắt đầu từ {time}"),
        Unfit::KeyUsage => {
            "không dành để ký văn bản (không có digitalSignature hay nonRepudiation)".to_owned()
        }
        Unfit::WeakKey(bits) => format!("khóa chỉ có {bits} bit, quá ngắn"),
        Unfit::Revoked(revoked) => {
            let Revoked { whose, since, .. } = &**revoked;
            let told = by_whom(&revoked.source);
            return Bilingual {
                vi: format!(
                    "chứng thư của {whose} bị thu hồi từ {since} ({told}); dùng chứng thư khác"
                ),
                en: format!("{unfit}; use another"),
            };
        }
        Unfit::OnHold(revoked) => {
            let Revoked { whose, since, .. } = &**revoked;
            let told = by_whom(&revoked.source);
            return Bilingual {
                vi: format!(
                    "chứng thư của {whose} bị tạm dừng từ {since} ({told}); nếu đã được dùng lại, tải danh sách mới: saoy trust fetch-crl"
                ),
                en: format!("{unfit}; if that is over, get the new list: saoy trust fetch-crl"),
            };
        }
        _ => "không phù hợp để ký".to_owned(),
    };
    with(unfit, vi)
}

/// What tells a revocation; the library has it in English.
fn by_whom(source: &str) -> String {
    let list = source.strip_prefix("CRL of ");
    let answer = source.strip_prefix("OCSP of ");
    match (list, answer) {
        (Some(time), _) => format!("danh sách thu hồi ngày {time}"),
        (_, Some(time)) => format!("trả lời OCSP ngày {time}"),
        _ => source.to_owned(),
    }
}

/// Why a document must not be signed.
pub(super) fn refusal(refusal: &Refusal) -> Bilingual {
    let what = match refusal.kind {
        RefusalKind::Damaged => "phải sửa mới đọc được",
        RefusalKind::Encrypted => "tệp được mã hóa",
        RefusalKind::JavaScript => "tệp có mã lệnh",
        RefusalKind::Action => "tệp có lệnh mở chương trình hoặc tệp khác",
        RefusalKind::OptionalContent => "tệp có lớp ẩn hiện được",
        RefusalKind::Xfa => "tệp có biểu mẫu XFA",
        RefusalKind::External => "nội dung nằm ở tệp khác",
        RefusalKind::Unused => "tệp có nội dung không trang nào hiển thị",
        RefusalKind::FontNotEmbedded => "phông chữ không được nhúng",
        RefusalKind::Certified => "chữ ký trước không cho phép thêm gì nữa",
        RefusalKind::Locked => "chữ ký trước đã khóa tệp",
        RefusalKind::EarlierBroken => "chữ ký trước bị hỏng",
        RefusalKind::NoPerson => "chưa có người có thẩm quyền ký trước cơ quan",
        _ => "bị từ chối",
    };
    let place = refusal
        .object
        .map(|object| format!(" (đối tượng {object})"))
        .unwrap_or_default();
    with(refusal, format!("{what}{place}"))
}

/// Why a timestamp is of no use.
pub(super) fn unusable(why: &Unusable) -> Bilingual {
    let vi = match why {
        Unusable::Garbage(_) => "trả lời không phải dấu thời gian RFC 3161".to_owned(),
        Unusable::Refused(status, text) => {
            format!("máy chủ từ chối, trạng thái {status} (“{text}”)")
        }
        Unusable::Imprint => "dấu thời gian của dữ liệu khác".to_owned(),
        Unusable::Nonce => "trả lời cho câu hỏi khác".to_owned(),
        Unusable::Time(time) => format!("thời gian {time} không phải bây giờ"),
        Unusable::Untrusted(reason, detail) => {
            let (vi, en) = words::of(*reason);
            return Bilingual {
                vi: vi.to_owned(),
                en: format!("{en} ({detail})"),
            };
        }
        _ => "không dùng được".to_owned(),
    };
    with(why, vi)
}

/// What became of a key, with its stable name.
pub(super) fn key(error: &KeyError) -> (&'static str, Bilingual) {
    let (vi, en) = match error {
        KeyError::WrongPin => {
            return (
                "wrong_pin",
                said!("sai mật khẩu hoặc PIN", "wrong password or PIN"),
            );
        }
        KeyError::Locked => {
            return (
                "token_locked",
                said!(
                    "thẻ đã bị khóa vì nhập sai PIN nhiều lần; người cấp thẻ mở khóa được",
                    "the token is locked after too many wrong PINs; who issued it can unlock it"
                ),
            );
        }
        KeyError::Gone => {
            return (
                "token_gone",
                said!(
                    "không thấy thẻ; cắm thẻ rồi chạy lại đúng lệnh này, tệp đã ký không bị ký lại",
                    "the token is not there; plug it in and run the same command again, nothing is signed twice"
                ),
            );
        }
        KeyError::NotFound(part) => {
            let what = match part {
                Part::Private => "tệp không có khóa riêng",
                Part::OnToken => "thẻ không có khóa riêng như vậy",
                Part::Certificate => "không có chứng thư đi cùng khóa",
                Part::OfAccount => "tài khoản không có khóa nào",
                _ => "không có khóa như vậy",
            };
            (what.to_owned(), error.to_string())
        }
        KeyError::Unsupported(name) => (format!("chưa hỗ trợ {name}"), error.to_string()),
        KeyError::Driver(path, why) => (
            format!("không nạp được trình điều khiển thẻ {path} (“{why}”)"),
            error.to_string(),
        ),
        KeyError::NoSignature => ("khóa không ký được".to_owned(), error.to_string()),
        other => (
            format!("thẻ hoặc trình điều khiển báo lỗi (“{other}”)"),
            other.to_string(),
        ),
    };
    let said = Bilingual {
        vi: format!("không dùng được khóa: {vi}"),
        en: format!("the key is of no use: {en}"),
    };
    ("key", said)
}

/// Anything else.
pub(super) fn signing(error: &SignError) -> Bilingual {
    let vi = match error {
        SignError::Room { needed, room } => {
            format!("chữ ký dài {needed} byte, chỗ chừa chỉ có {room}")
        }
        SignError::Field(name, why) => {
            let (vi, en) = match why {
                FieldTrouble::Demands => (
                    "trường có yêu cầu (/SV) mà chương trình không hiểu",
                    "it has demands on its signature (/SV) that are not understood",
                ),
                FieldTrouble::NoLock => (
                    "trường được dành sẵn không kèm khóa, nên không ký với --final được; bỏ --final, hoặc chọn chỗ khác bằng --box",
                    "it was made without a lock, so that --final cannot go with it; leave that out, or choose another place with --box",
                ),
                _ => (
                    "dấu không nằm đúng chỗ của trường",
                    "what is to show does not stand in its place",
                ),
            };
            return Bilingual {
                vi: format!("không ký được vào trường chữ ký “{name}”: {vi}"),
                en: format!("the field “{name}” cannot be signed: {en}"),
            };
        }
        SignError::SignedFields => {
            return said!(
                "tệp đã có chữ ký; chỉ chữ ký đầu tiên dành sẵn được chỗ (--reserve)",
                "the file is signed already; only the first signature can reserve fields (--reserve)"
            );
        }
        SignError::Picture(_) => "không dùng được ảnh của dấu".to_owned(),
        SignError::Face(_) => "lỗi phông chữ của dấu, là lỗi của chương trình".to_owned(),
        SignError::PutAside => "phần việc để dành bị hỏng; chạy lại để làm từ đầu".to_owned(),
        SignError::Io(error) => return error.spoken(),
        SignError::Pdf(error) => return error.spoken(),
        other => format!("lỗi khi ký (“{other}”)"),
    };
    with(error, vi)
}

#[cfg(test)]
mod tests {
    use super::*;
    use saoy_signing::judge::Instant;

    /// Words that stand in no Vietnamese sentence unless something was left in English.
    const ENGLISH: [&str; 8] = [
        " the ", " is ", " its ", " not ", " of ", "revoked", "expired", "trusted",
    ];

    fn is_vietnamese(said: &Bilingual) {
        let padded = format!(" {} ", said.vi);
        for word in ENGLISH {
            assert!(!padded.contains(word), "{said:?}");
        }
        assert_ne!(said.vi, said.en);
        assert!(!said.vi.is_ascii(), "{said:?}");
    }

    #[test]
    fn missing_evidence_is_told_in_vietnamese_to_the_end() {
        let unknown = |named: &[&str], silent: &[&str]| Missing::Unknown {
            whose: "Ánh".to_owned(),
            named: named.iter().map(|url| (*url).to_owned()).collect(),
            silent: silent.iter().map(|url| (*url).to_owned()).collect(),
            why: "the list is not signed by its issuer".to_owned(),
        };
        for case in [
            Missing::NoChain("Ánh".to_owned()),
            Missing::ChainInvalid("Ánh".to_owned(), ViolationKind::Policy, "CA".to_owned()),
            Missing::Revoked("Ánh".to_owned(), Instant(0)),
            unknown(&[], &[]),
            unknown(&["http://a/"], &[]),
            unknown(&["http://a/", "http://b/"], &["http://b/"]),
        ] {
            is_vietnamese(&missing(&case));
        }
        let said = missing(&unknown(&["http://a/", "http://b/"], &["http://b/"]));
        assert!(
            said.vi.contains("http://b/") && !said.vi.contains("http://a/"),
            "{said:?}"
        );
    }

    #[test]
    fn every_other_reason_has_its_vietnamese() {
        use saoy_signing::finding::Reason;
        for why in [
            Unusable::Garbage("not of this kind".to_owned()),
            Unusable::Imprint,
            Unusable::Nonce,
            Unusable::Time(Instant(0)),
            Unusable::Untrusted(Reason::NoChain, "the path ends".to_owned()),
        ] {
            is_vietnamese(&unusable(&why));
        }
        let revoked = |source: &str| {
            Box::new(Revoked {
                whose: "Ánh".to_owned(),
                since: Instant(0),
                source: source.to_owned(),
            })
        };
        for case in [
            Unfit::Expired(Instant(0)),
            Unfit::NotYetValid(Instant(0)),
            Unfit::KeyUsage,
            Unfit::WeakKey(1024),
            Unfit::Revoked(revoked("CRL of 2026-01-01T00:00:00Z")),
            Unfit::OnHold(revoked("OCSP of 2026-01-01T00:00:00Z")),
        ] {
            is_vietnamese(&unfit(&case));
        }
        for case in [
            KeyError::WrongPin,
            KeyError::Locked,
            KeyError::Gone,
            KeyError::NotFound(Part::Private),
            KeyError::NotFound(Part::OnToken),
            KeyError::NotFound(Part::Certificate),
            KeyError::NotFound(Part::OfAccount),
            KeyError::Unsupported("DSA".to_owned()),
            KeyError::Driver("/a.so".to_owned(), "E".to_owned()),
            KeyError::NoSignature,
            KeyError::Failed("CKR_X".to_owned()),
        ] {
            is_vietnamese(&key(&case).1);
        }
        for kind in [
            RefusalKind::Damaged,
            RefusalKind::JavaScript,
            RefusalKind::NoPerson,
        ] {
            is_vietnamese(&refusal(&kind.refusal()));
        }
        is_vietnamese(&signing(&SignError::Room { needed: 2, room: 1 }));
        is_vietnamese(&signing(&SignError::PutAside));
        is_vietnamese(&signing(&SignError::SignedFields));
        for why in [
            FieldTrouble::Demands,
            FieldTrouble::NoLock,
            FieldTrouble::Elsewhere,
        ] {
            is_vietnamese(&signing(&SignError::Field("Dấu".to_owned(), why)));
        }
    }
}
