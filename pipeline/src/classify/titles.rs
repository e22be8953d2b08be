//! Titles of those who sign: a closed set, so that a title with one letter misread is written as it must be.

use super::fold::{folded, similarity};

/// Titles as papers print them.
const TITLES: [&str; 68] = [
    "CHỦ TỊCH",
    "PHÓ CHỦ TỊCH",
    "THỦ TƯỚNG",
    "PHÓ THỦ TƯỚNG",
    "BỘ TRƯỞNG",
    "THỨ TRƯỞNG",
    "GIÁM ĐỐC",
    "PHÓ GIÁM ĐỐC",
    "TỔNG GIÁM ĐỐC",
    "PHÓ TỔNG GIÁM ĐỐC",
    "CỤC TRƯỞNG",
    "PHÓ CỤC TRƯỞNG",
    "TỔNG CỤC TRƯỞNG",
    "PHÓ TỔNG CỤC TRƯỞNG",
    "CHI CỤC TRƯỞNG",
    "PHÓ CHI CỤC TRƯỞNG",
    "VỤ TRƯỞNG",
    "PHÓ VỤ TRƯỞNG",
    "CHÁNH VĂN PHÒNG",
    "PHÓ CHÁNH VĂN PHÒNG",
    "CHÁNH THANH TRA",
    "PHÓ CHÁNH THANH TRA",
    "CHÁNH ÁN",
    "PHÓ CHÁNH ÁN",
    "TRƯỞNG PHÒNG",
    "PHÓ TRƯỞNG PHÒNG",
    "TRƯỞNG BAN",
    "PHÓ TRƯỞNG BAN",
    "TRƯỞNG KHOA",
    "PHÓ TRƯỞNG KHOA",
    "TRƯỞNG TRẠM",
    "HIỆU TRƯỞNG",
    "PHÓ HIỆU TRƯỞNG",
    "VIỆN TRƯỞNG",
    "PHÓ VIỆN TRƯỞNG",
    "BÍ THƯ",
    "PHÓ BÍ THƯ",
    "TỔNG BÍ THƯ",
    "CHỦ NHIỆM",
    "PHÓ CHỦ NHIỆM",
    "THỐNG ĐỐC",
    "PHÓ THỐNG ĐỐC",
    "TỔNG THANH TRA",
    "PHÓ TỔNG THANH TRA",
    "TỔNG KIỂM TOÁN NHÀ NƯỚC",
    "TRƯỞNG CÔNG AN",
    "PHÓ TRƯỞNG CÔNG AN",
    "CÔNG CHỨNG VIÊN",
    "ĐỘI TRƯỞNG",
    "PHÓ ĐỘI TRƯỞNG",
    "CHỈ HUY TRƯỞNG",
    "TƯ LỆNH",
    "CHÍNH ỦY",
    "THƯ KÝ",
    "NGƯỜI LẬP",
    "CHỦ TRÌ",
    "CHỦ TỌA",
    "ỦY VIÊN",
    "CHỦ TỊCH QUỐC HỘI",
    "CHỦ TỊCH NƯỚC",
    "PHÓ CHỦ TỊCH THƯỜNG TRỰC",
    "PHÓ BÍ THƯ THƯỜNG TRỰC",
    "CHỦ TỊCH HỘI ĐỒNG",
    "CHỦ TỊCH HỘI ĐỒNG QUẢN TRỊ",
    "CHỦ TỊCH HỘI ĐỒNG THÀNH VIÊN",
    "TỔ TRƯỞNG",
    "KẾ TOÁN TRƯỞNG",
    "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH",
];

/// The title that words in capitals must be: its letters are those of one title, or one letter of many is wrong.
pub(super) fn settled(text: &str) -> Option<&'static str> {
    let key = folded(text);
    let alike = |title: &&&str| {
        let other = folded(title);
        key == other || key.len() >= 9 && similarity(&key, &other) >= 0.91
    };
    let mut found = TITLES.iter().filter(alike);
    let only = found.next()?;
    // Two that are as near leave it open, unless the letters are those of one of them.
    let exact = TITLES.iter().find(|title| folded(title) == key);
    match (exact, found.next()) {
        (Some(exact), _) => Some(exact),
        (None, None) => Some(only),
        (None, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misread_title_is_written_as_it_must_be() {
        assert_eq!(settled("GIÁM ĐÔC"), Some("GIÁM ĐỐC"));
        assert_eq!(settled("CHÁNN VĂN PHÒNG"), Some("CHÁNH VĂN PHÒNG"));
        assert_eq!(settled("PHÓ GIÁM ĐỐC"), Some("PHÓ GIÁM ĐỐC"));
        assert_eq!(settled("GIÁM ĐỐC SỞ Y TẾ"), None);
        assert_eq!(settled("TRƯỞNG"), None);
        assert_eq!(settled("HỦ TỊCH"), None);
    }
}
