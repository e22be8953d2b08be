//! Every reason, kind of change and outcome in words, Vietnamese and English, with what to do about it.

use crate::finding::Reason;
use crate::structure::Changed;

use super::Standing;

/// A sentence in both languages; NFC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Said {
    /// Both sentences.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// Adds to both.
    pub(super) fn push(&mut self, more: &Self) {
        self.vi.push_str(&more.vi);
        self.en.push_str(&more.en);
    }
}

impl Standing {
    /// The label that a clerk sees; the Vietnamese words are those in use under circular 15/2025/TT-BKHCN.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Valid => ("HỢP LỆ", "VALID"),
            Self::Invalid => ("KHÔNG HỢP LỆ", "NOT VALID"),
            Self::Indeterminate => ("CHƯA ĐỦ CƠ SỞ KẾT LUẬN", "CANNOT BE CONCLUDED"),
            Self::Unsigned => ("KHÔNG CÓ CHỮ KÝ SỐ", "NOT SIGNED"),
            Self::Damaged => (
                "TỆP HỎNG, KHÔNG KIỂM TRA ĐƯỢC",
                "DAMAGED, CANNOT BE VERIFIED",
            ),
        }
    }

    /// The label of a file that may be encrypted: such a file is not damaged, but nothing can be said of it either.
    pub fn label_of(self, is_encrypted: bool) -> (&'static str, &'static str) {
        match self {
            Self::Damaged if is_encrypted => (
                "TỆP ĐƯỢC MÃ HÓA, KHÔNG KIỂM TRA ĐƯỢC",
                "ENCRYPTED, CANNOT BE VERIFIED",
            ),
            standing => standing.label(),
        }
    }
}

/// What a reason means: a clause in each language, lower case, without a full stop.
pub fn of(reason: Reason) -> (&'static str, &'static str) {
    structural(reason)
        .or_else(|| cryptographic(reason))
        .unwrap_or_else(|| of_trust(reason))
}

fn structural(reason: Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::Damaged => (
            "tệp hỏng: phải sửa mới đọc được, nên không thể xác nhận điều gì về nó",
            "the file is damaged: it would have to be repaired to be read, so nothing can be said for it",
        ),
        Reason::UnaccountedBytes => (
            "tệp có dữ liệu không thuộc phiên bản nào, nghĩa là đã bị thêm vào ngoài các lần ký",
            "the file holds bytes that belong to none of its revisions: they were put in outside of any signing",
        ),
        Reason::DuplicateObject => (
            "một đối tượng được ghi hai lần trong cùng một phiên bản, mỗi phần mềm có thể hiện một nội dung khác nhau",
            "an object stands twice in one revision, so that different programs may show different contents",
        ),
        Reason::DuplicateKey => (
            "một khóa được ghi hai lần trong cùng một từ điển, mỗi phần mềm có thể hiểu một cách khác nhau",
            "a key stands twice in one dictionary, so that different programs may understand it differently",
        ),
        Reason::Encrypted => (
            "tệp được mã hóa; chữ ký trong tệp mã hóa không được chấp nhận",
            "the file is encrypted; signatures in encrypted files are refused",
        ),
        Reason::HybridViewsDiffer => (
            "hai bảng tham chiếu của tệp dẫn đến hai nội dung khác nhau",
            "the two cross-reference tables of the file lead to different contents",
        ),
        Reason::SignatureInObjectStream => (
            "từ điển chữ ký nằm trong luồng đối tượng nén, nơi chữ ký không thể bảo vệ nó",
            "the signature dictionary lies in a compressed object stream, where the signature cannot cover it as it must",
        ),
        Reason::ByteRangeMalformed => (
            "phạm vi ký (ByteRange) thiếu hoặc sai dạng",
            "the range of signed bytes (ByteRange) is missing or malformed",
        ),
        Reason::ByteRangeGap => (
            "khoảng không được ký không đúng bằng chỗ dành cho chữ ký: nội dung có thể được giấu trong đó",
            "the unsigned gap is not exactly the place of the signature itself: content may be hidden in it",
        ),
        Reason::ByteRangeNotAtRevisionEnd => (
            "phần được ký không kết thúc ở cuối một phiên bản của tệp",
            "the signed bytes do not end where a revision of the file ends",
        ),
        Reason::ByteRangePastEnd => (
            "phạm vi ký vượt quá cuối tệp: chữ ký này là của một tệp khác, ví dụ khi trang bị cắt ra từ tệp đã ký",
            "the range of signed bytes runs past the end of the file: the signature belongs to another file, such as one that pages were cut from",
        ),
        Reason::SignaturesOverlap => (
            "phần được ký của hai chữ ký chồng chéo lên nhau",
            "the signed bytes of two signatures overlap",
        ),
        Reason::ContentsMalformed => (
            "chỗ chứa chữ ký (Contents) thiếu, rỗng hoặc sai dạng",
            "the place of the signature (Contents) is missing, empty or malformed",
        ),
        Reason::ContentsTrailing => (
            "sau dữ liệu chữ ký còn dữ liệu lạ",
            "foreign bytes follow the signature's data",
        ),
        Reason::SubfilterUnknown => (
            "loại chữ ký (SubFilter) không được hỗ trợ",
            "the kind of signature (SubFilter) is not supported",
        ),
        Reason::CertificationViolated => (
            "chữ ký xác nhận (DocMDP) cấm loại thay đổi đã được thực hiện sau đó",
            "the certifying signature (DocMDP) forbids the kind of change that was made after it",
        ),
        Reason::LockViolated => (
            "trường bị chữ ký khóa đã bị sửa sau khi ký",
            "a field that a signature locked was changed after signing",
        ),
        Reason::ChangedAfterSigning => (
            "tài liệu bị thay đổi sau khi ký",
            "the document was changed after signing",
        ),
        Reason::ShadowPreparation => (
            "tệp có sẵn nội dung ẩn có thể được làm hiện ra sau khi ký",
            "the file holds hidden content that could be made to show after signing",
        ),
        Reason::SignatureUnreachable => (
            "có từ điển chữ ký không nằm trong ô ký nào: chữ ký bị che giấu hoặc bị gỡ bỏ",
            "a signature dictionary belongs to no field: a signature was hidden or taken out",
        ),
        Reason::AppearanceOverPage => (
            "hình của chữ ký che lên nội dung trang đã ký trước đó",
            "a signature's appearance lies over page content that was signed before",
        ),
        Reason::IrregularSyntax => (
            "tệp có chỗ viết lệch chuẩn, nhưng mọi phần mềm đều hiểu như nhau",
            "the file departs from the standard in a way that every program takes alike",
        ),
        Reason::LimitReached => (
            "tệp vượt giới hạn thời gian hoặc bộ nhớ dành cho việc kiểm tra một tệp",
            "the file asks for more time or memory than is spent on verifying one",
        ),
        _ => return None,
    })
}

fn cryptographic(reason: Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::CmsMalformed => (
            "dữ liệu chữ ký không phải là một CMS SignedData đúng dạng",
            "the signature's data is not one well-formed CMS SignedData",
        ),
        Reason::SignerInfoCount => (
            "dữ liệu chữ ký không có đúng một người ký",
            "the signature's data does not have exactly one signer",
        ),
        Reason::DigestMismatch => (
            "nội dung đã ký bị sửa: giá trị băm không khớp",
            "the signed content was altered: its digest does not match",
        ),
        Reason::SignatureWrong => (
            "giá trị chữ ký không đúng với khóa công khai của người ký",
            "the signature value does not fit the signer's public key",
        ),
        Reason::SignerCertificateMissing => (
            "không có chứng thư số của người ký",
            "the signer's certificate is missing",
        ),
        Reason::SigningCertificateMismatch => (
            "chữ ký được gắn với một chứng thư số khác",
            "the signature is bound to another certificate",
        ),
        Reason::WeakDigest => (
            "thuật toán băm yếu (SHA-1 hoặc MD5): không còn an toàn để ký mới",
            "weak digest algorithm (SHA-1 or MD5): no longer safe for new signatures",
        ),
        Reason::WeakKey => (
            "khóa của người ký ngắn hơn mức chính sách cho phép",
            "the signer's key is shorter than the policy allows",
        ),
        Reason::AlgorithmUnknown => (
            "thuật toán ký không được hỗ trợ",
            "the signature algorithm is not supported",
        ),
        _ => return None,
    })
}

fn of_trust(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::NoChain => (
            "chứng thư số không dẫn đến một tổ chức chứng thực đã được chấp nhận",
            "the certificate does not lead to an accepted certification authority",
        ),
        Reason::ChainInvalid => (
            "chuỗi chứng thư số vi phạm quy tắc của RFC 5280",
            "the certificate path breaks a rule of RFC 5280",
        ),
        Reason::Expired => (
            "chứng thư số đã hết hạn và không có dấu thời gian chứng minh chữ ký được tạo trước đó",
            "a certificate has expired, and no timestamp proves that the signature was made before",
        ),
        Reason::NotYetValid => (
            "chứng thư số chưa có hiệu lực tại thời điểm xét",
            "a certificate was not yet valid at the time in question",
        ),
        Reason::Revoked => ("chứng thư số đã bị thu hồi", "a certificate was revoked"),
        Reason::RevocationUnknown => (
            "chưa kiểm tra được chứng thư số có bị thu hồi hay không",
            "it could not be checked whether a certificate was revoked",
        ),
        Reason::KeyUsage => (
            "chứng thư số không được cấp để ký văn bản",
            "the certificate is not meant for signing documents",
        ),
        Reason::TimestampInvalid => ("dấu thời gian không hợp lệ", "a timestamp does not hold"),
        Reason::SignerMismatch => (
            "văn bản ghi người ký hoặc cơ quan khác với chứng thư số",
            "the document names another signer or agency than the certificate",
        ),
        Reason::SignerPublishes => (
            "người ký là nơi đăng văn bản (công báo, cổng thông tin), không phải nơi ban hành",
            "the signer is the place of publication (a gazette, a portal), not the issuer",
        ),
        Reason::SignerNotCompared => (
            "không đối chiếu được người ký với tên ghi trong văn bản",
            "the signer could not be compared with the names in the document",
        ),
        // Those of the other two lists; the tests hold that none falls through to here.
        _ => ("", ""),
    }
}

/// What to do about a reason, where something can be done.
pub fn hint(reason: Reason) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        Reason::Damaged | Reason::ByteRangePastEnd => (
            "xin lại tệp gốc từ nơi phát hành",
            "ask the issuer for the original file",
        ),
        Reason::NoChain => (
            "xem `saoy trust list`, đối chiếu vân tay với nguồn chính thức rồi chạy `saoy trust accept VÂN-TAY`, hoặc thêm `--trust TỆP`",
            "see `saoy trust list`, compare fingerprints with the official source and run `saoy trust accept FINGERPRINT`, or add `--trust FILE`",
        ),
        Reason::RevocationUnknown => (
            "chạy `saoy trust fetch-crl` khi có mạng, hoặc `saoy trust add TỆP.crl`",
            "run `saoy trust fetch-crl` where there is a network, or `saoy trust add FILE.crl`",
        ),
        Reason::Expired => (
            "nếu biết chắc thời điểm, kiểm tra tại thời điểm đó: `saoy verify --at THỜI-ĐIỂM`",
            "where a time is known for certain, judge at that time: `saoy verify --at TIME`",
        ),
        Reason::ChangedAfterSigning
        | Reason::UnaccountedBytes
        | Reason::CertificationViolated
        | Reason::LockViolated => (
            "xem bản đã ký và bản cuối cạnh nhau: `saoy verify --report BÁO-CÁO.html`",
            "see the signed and the final revision side by side: `saoy verify --report REPORT.html`",
        ),
        Reason::DigestMismatch => (
            "không dùng tệp này; xin lại tệp gốc từ nơi phát hành",
            "do not use this file; ask the issuer for the original",
        ),
        Reason::SignerMismatch => (
            "hỏi lại cơ quan ghi trong văn bản trước khi sử dụng",
            "ask the agency that the document names before using it",
        ),
        Reason::SignerNotCompared => (
            "tự đối chiếu tên người ký dưới đây với người ký ghi trong văn bản",
            "compare the signer named here with the one in the document yourself",
        ),
        Reason::Encrypted => (
            "xin bản không mã hóa từ nơi phát hành",
            "ask the issuer for a copy that is not encrypted",
        ),
        _ => return None,
    })
}

/// What happened after a signature, as a clause.
pub fn of_change(changed: Changed) -> (&'static str, &'static str) {
    match changed {
        Changed::Nothing => ("không thay đổi gì", "nothing changed"),
        Changed::LongTermData => (
            "chỉ thêm dữ liệu xác thực lâu dài",
            "only long-term validation data was added",
        ),
        Changed::LaterSignature => ("có thêm chữ ký", "a further signature was added"),
        Changed::FormFill => ("biểu mẫu được điền", "form fields were filled in"),
        Changed::Annotation => (
            "ghi chú bị thêm, sửa hoặc xóa",
            "annotations were added, changed or removed",
        ),
        Changed::Other => ("nội dung bị thay đổi", "contents were changed"),
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::is_nfc;

    use super::*;

    /// A reason that somebody adds must be in the list of all, or no test would miss its sentence.
    #[test]
    fn the_list_of_reasons_is_whole() {
        let source = include_str!("../finding.rs");
        let coded = source.lines().filter(|line| line.contains(" => \""));
        for line in coded.clone() {
            let known = |reason: &&Reason| line.contains(&format!("=> \"{}\"", reason.code()));
            assert!(Reason::ALL.iter().any(|reason| known(&reason)), "{line}");
        }
        assert_eq!(coded.count(), Reason::ALL.len());
    }

    #[test]
    fn every_reason_has_its_own_sentence_in_both_languages() {
        let mut seen = std::collections::BTreeSet::new();
        for &reason in Reason::ALL {
            let (vi, en) = of(reason);
            assert!(vi.len() > 10 && en.len() > 10, "{reason:?} has no words");
            assert!(is_nfc(vi), "{vi}");
            assert_ne!(vi, en);
            assert!(
                seen.insert(vi) && seen.insert(en),
                "{reason:?} speaks as another"
            );
            for text in hint(reason).into_iter().flat_map(|(vi, en)| [vi, en]) {
                assert!(is_nfc(text) && !text.ends_with('.'));
            }
        }
    }
}
