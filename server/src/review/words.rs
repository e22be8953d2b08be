//! How fields, findings and causes are called.

use crate::language::Language;

/// Name, Vietnamese, English. Fields as in `docs/records.md`, in the words of decree 30/2020 and of citizens' papers.
const FIELDS: [(&str, &str, &str); 46] = [
    ("type", "Loại văn bản", "Type"),
    ("number_symbol", "Số, ký hiệu", "Number and symbol"),
    ("issued_date", "Ngày ban hành", "Date of issue"),
    ("place", "Địa danh", "Place"),
    ("agency", "Cơ quan ban hành", "Agency"),
    ("parent_agency", "Cơ quan chủ quản", "Agency above it"),
    ("subject", "Trích yếu", "Subject"),
    ("signer_name", "Người ký", "Signer"),
    ("signer_title", "Chức vụ người ký", "Signer's title"),
    ("signer_authority", "Thẩm quyền ký", "Authority to sign"),
    ("recipients", "Nơi nhận", "Recipients"),
    ("urgency", "Độ khẩn", "Urgency"),
    ("circulation", "Chỉ dẫn lưu hành", "Circulation"),
    ("page_count", "Số trang", "Pages"),
    (
        "owner_number",
        "Số định danh chủ thể",
        "Number of the person or enterprise",
    ),
    ("type_code", "Mã loại", "Code of the type"),
    ("validity", "Thời hạn hiệu lực", "Validity"),
    ("scope", "Phạm vi", "Scope"),
    ("full_name", "Họ và tên", "Full name"),
    ("birth_date", "Ngày sinh", "Date of birth"),
    ("birth_place", "Nơi sinh", "Place of birth"),
    ("id_number", "Số định danh", "Identity number"),
    ("serial_number", "Số phát hành", "Serial number"),
    ("register_number", "Số vào sổ", "Number in the register"),
    ("sex", "Giới tính", "Sex"),
    ("gender", "Giới tính", "Sex"),
    ("nationality", "Quốc tịch", "Nationality"),
    ("ethnicity", "Dân tộc", "Ethnic group"),
    ("hometown", "Quê quán", "Place of origin"),
    ("residence", "Nơi cư trú", "Residence"),
    ("address", "Địa chỉ", "Address"),
    ("expiry_date", "Có giá trị đến", "Valid until"),
    ("father_name", "Họ tên cha", "Father's name"),
    ("mother_name", "Họ tên mẹ", "Mother's name"),
    ("husband_name", "Họ tên chồng", "Husband's name"),
    ("wife_name", "Họ tên vợ", "Wife's name"),
    ("school", "Cơ sở đào tạo", "School"),
    ("grade", "Xếp loại", "Grade"),
    ("class", "Hạng", "Class"),
    ("incoming_number", "Số đến", "Arrival number"),
    ("incoming_date", "Ngày đến", "Day of arrival"),
    (
        "certification_number",
        "Số chứng thực",
        "Certification number",
    ),
    (
        "certification_date",
        "Ngày chứng thực",
        "Day of certification",
    ),
    (
        "certification_book",
        "Quyển số chứng thực",
        "Certification book",
    ),
    ("mrz", "Dòng máy đọc", "Machine-readable zone"),
    ("parcel", "Thửa đất", "Parcel"),
];

/// What a field is called; its own name where it has no better.
pub(crate) fn field(l: Language, name: &str) -> String {
    FIELDS
        .iter()
        .find(|(known, _, _)| *known == name)
        .map_or_else(
            || name.replace('_', " "),
            |(_, vi, en)| l.say(vi, en).to_owned(),
        )
}

/// Code, Vietnamese, English, of findings that a person who looks at a page should know.
const FLAGS: [(&str, &str, &str); 27] = [
    (
        "handwritten_number",
        "số viết tay",
        "the number is written by hand",
    ),
    (
        "handwritten_date",
        "ngày viết tay",
        "the date is written by hand",
    ),
    (
        "blank_number",
        "chỗ ghi số để trống",
        "the place of the number is empty",
    ),
    (
        "blank_date",
        "chỗ ghi ngày để trống",
        "the place of the date is empty",
    ),
    (
        "unnumbered_draft",
        "bản chưa có số",
        "a draft without a number",
    ),
    (
        "is_certified_copy",
        "bản sao có chứng thực",
        "a certified copy",
    ),
    ("is_sao_y", "bản sao y", "a copy that says so"),
    ("incoming_stamp", "có dấu đến", "an arrival stamp"),
    ("urgency", "có dấu khẩn", "a mark of urgency"),
    ("has_seal", "có con dấu", "a seal"),
    ("has_signature", "có chữ ký", "a signature"),
    ("has_qr", "có mã QR", "a QR code"),
    ("has_mrz", "có dòng máy đọc", "a machine-readable zone"),
    (
        "mrz_check_failed",
        "dòng máy đọc sai số kiểm tra",
        "the machine-readable zone fails its check",
    ),
    ("skewed", "trang lệch", "askew"),
    ("blurred", "trang mờ", "blurred"),
    ("low_resolution", "độ phân giải thấp", "low resolution"),
    ("low_contrast", "chữ nhạt", "low contrast"),
    ("noisy", "nhiều nhiễu", "noisy"),
    ("cut_edge", "mép bị cắt", "cut at its edge"),
    ("dark_margin", "lề đen", "dark margin"),
    ("blank_page", "trang trắng", "blank page"),
    (
        "separator_unreadable",
        "tờ phân cách không đọc được",
        "a separator sheet that cannot be read",
    ),
    (
        "cut_doubtful",
        "có thể là đầu văn bản khác",
        "another document may begin here",
    ),
    ("signed_original", "bản gốc đã ký số", "a signed original"),
    ("party_document", "văn bản của Đảng", "a paper of the Party"),
    ("legacy_encoding", "bảng mã cũ", "an old encoding"),
];

/// What a finding says; its code where it has no words.
pub(crate) fn flag(l: Language, code: &str) -> String {
    if let Some(name) = code.strip_prefix("low_confidence_") {
        let name = field(l, name);
        return format!("{}: {}", l.say("đọc chưa chắc", "not read surely"), name);
    }
    if let Some(name) = code.strip_prefix("stamp_over_") {
        let name = field(l, name);
        return format!("{}: {}", l.say("bị dấu che", "a stamp covers it"), name);
    }
    FLAGS
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or_else(
            || code.replace('_', " "),
            |(_, vi, en)| l.say(vi, en).to_owned(),
        )
}

/// A name or path for eyes that need not know whose paper it is: identity numbers (9 or 12 digits) in it are masked.
pub(crate) fn quiet(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, tail) = rest.split_at(start);
        let end = tail
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(tail.len());
        let (digits, tail) = tail.split_at(end);
        out.push_str(before);
        if matches!(digits.len(), 9 | 12) {
            out.push_str(&saoy_archive::metadata::masked(digits));
        } else {
            out.push_str(digits);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_masked_and_others_are_not() {
        assert_eq!(quiet("cccd-079090000001.tif"), "cccd-079*****0001.tif");
        assert_eq!(quiet("hộp 17-2026"), "hộp 17-2026");
        assert_eq!(quiet(""), "");
    }

    #[test]
    fn what_has_no_words_is_still_said() {
        assert_eq!(field(Language::Vi, "new_field"), "new field");
        assert_eq!(
            flag(Language::En, "stamp_over_agency"),
            "a stamp covers it: Agency"
        );
    }
}
