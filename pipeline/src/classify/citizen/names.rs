//! Family names: few, and borne by nearly everybody, so that a wrong mark on one can be set right.

use crate::classify::fold::folded;

/// Family names that nearly all Vietnamese bear.
const FAMILIES: [&str; 84] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý", "Đào", "Đoàn", "Đinh", "Trịnh", "Trương", "Mai", "Lương", "Lưu",
    "Hà", "Cao", "Phùng", "Tô", "Tạ", "Lâm", "Thái", "Chu", "Châu", "Tống", "Quách", "Nông", "Lò",
    "Lô", "La", "Vi", "Đàm", "Kiều", "Triệu", "Mã", "Ma", "Lục", "Từ", "Văn", "Bạch", "Bế", "Thân",
    "Quang", "Giang", "Tăng", "Nghiêm", "Thạch", "Sơn", "Kim", "Danh", "Vương", "Khuất", "Khúc",
    "Khương", "An", "Cầm", "Mạc", "Lù", "Giáp", "Sùng", "Thào", "Vàng", "Hứa", "Phó", "Ông", "Âu",
    "Ninh", "Cù", "Doãn", "Hầu", "Lã", "Lại", "Tôn", "Viên", "Ân",
];

/// Whether a word is a family name but for its marks.
pub(in crate::classify) fn is_family(word: &str) -> bool {
    let key = folded(word);
    FAMILIES.iter().any(|family| folded(family) == key)
}

/// The family name that a word must be, when it is none as it stands and one only has its letters: `NGUYÊN` is
/// `NGUYỄN`, in the capitals of the word.
pub(crate) fn family(word: &str) -> Option<String> {
    let low = word.to_lowercase();
    let key = folded(word);
    let mut like = FAMILIES.iter().filter(|family| folded(family) == key);
    let only = like.next()?;
    if like.next().is_some() || only.to_lowercase() == low {
        return None;
    }
    let shouted = word.chars().all(|c| !c.is_lowercase());
    Some(if shouted {
        only.to_uppercase()
    } else {
        (*only).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_mark_is_set_right_where_one_name_only_is_meant() {
        assert_eq!(family("NGUYÊN").as_deref(), Some("NGUYỄN"));
        assert_eq!(family("Pham").as_deref(), Some("Phạm"));
        assert_eq!(family("NGUYỄN"), None);
        assert_eq!(family("Lo"), None, "Lò and Lô");
        assert_eq!(family("Xyz"), None);
        assert!(is_family("DUONG"));
    }
}
