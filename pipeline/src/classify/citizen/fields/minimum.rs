//! The least that circular 01/2023/TT-VPCP, article 9 asks of every digitised paper: whose it is, how long it holds, and where.

use super::Said;
use crate::record::Field;

pub(super) fn complete(said: &mut Said, code: &str) {
    owner(said, code);
    validity(said, code);
    if let Some(scope) = scope(code) {
        let mut field = Field {
            value: Some(scope.to_owned()),
            confidence: 0.8,
            ..Field::default()
        };
        field.parts.insert("source".to_owned(), "rule".to_owned());
        said.fields.insert("scope".to_owned(), field);
    }
}

/// The number of the one whom the paper is about: personal, of an enterprise, of an old card.
fn owner(said: &mut Said, code: &str) {
    let order: &[&str] = if code == "dkkd" {
        &["enterprise_code", "id_number"]
    } else {
        &["id_number", "old_id_number", "insurance_number"]
    };
    let found = order.iter().find_map(|name| {
        let field = said.fields.get(*name)?;
        let value = field.value.as_ref()?;
        if *name != "insurance_number" {
            return Some(field.clone());
        }
        // The last ten digits are the insured person's own; what stands before them is the card's.
        let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
        let own = digits.get(digits.len().checked_sub(INSURED)?..)?;
        Some(Field {
            value: Some(own.iter().collect()),
            ..field.clone()
        })
    });
    if let Some(field) = found {
        said.fields.insert("owner_number".to_owned(), field);
    }
}

/// Digits of the number that an insured person keeps for life (decision 1263/QĐ-BHXH, article 1).
const INSURED: usize = 10;

/// The last day, where one is printed; else what the form says of it.
fn validity(said: &mut Said, code: &str) {
    if said.value("validity").is_some() {
        return;
    }
    if let Some(field) = said
        .fields
        .get("expiry_date")
        .filter(|field| field.value.is_some())
    {
        let field = field.clone();
        said.fields.insert("validity".to_owned(), field);
        return;
    }
    // Decree 123/2015, article 23: six months from the day of issue.
    let text = match code {
        "xac_nhan_tinh_trang_hon_nhan" => "06 tháng kể từ ngày cấp",
        // Issued once and for all.
        "giay_khai_sinh" | "gcn_ket_hon" | "khai_tu" | "van_bang" => "Không thời hạn",
        _ => return,
    };
    let mut field = Field {
        value: Some(text.to_owned()),
        confidence: 0.8,
        ..Field::default()
    };
    field.parts.insert("source".to_owned(), "rule".to_owned());
    said.fields.insert("validity".to_owned(), field);
}

/// Where the paper holds, by the law that it is issued under.
fn scope(code: &str) -> Option<&'static str> {
    match code {
        "cccd"
        | "cmnd"
        | "the_can_cuoc"
        | "gplx"
        | "giay_khai_sinh"
        | "gcn_ket_hon"
        | "khai_tu"
        | "xac_nhan_tinh_trang_hon_nhan"
        | "gcn_qsdd"
        | "van_bang"
        | "chung_chi"
        | "dkkd"
        | "so_bhxh"
        | "the_bhyt"
        | "ly_lich_tu_phap" => Some("Toàn quốc"),
        "ho_chieu" => Some("Quốc tế"),
        _ => None,
    }
}
