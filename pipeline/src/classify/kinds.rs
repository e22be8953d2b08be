//! The types of administrative, normative and Party papers: codes, names, and how they are headed.

/// A type of paper.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its code in records: the decree's abbreviation where there is one.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Two digits of circular 05/2025/TT-BNV, where the type has its own.
    pub number: Option<&'static str>,
    /// What stands in the symbol; empty when nothing does.
    pub symbol: &'static str,
    /// What stands over the subject, folded without spaces; the first is the plain name.
    pub titles: &'static [&'static str],
}

const fn kind(
    code: &'static str,
    name: &'static str,
    number: &'static str,
    symbol: &'static str,
    titles: &'static [&'static str],
) -> Kind {
    let number = if number.is_empty() {
        None
    } else {
        Some(number)
    };
    Kind {
        code,
        name,
        number,
        symbol,
        titles,
    }
}

/// All of them: decree 30/2020, article 7 and annex III; the law on normative documents; guidance 36-HD/VPTW of the Party.
pub const KINDS: &[Kind] = &[
    kind(
        "NQ",
        "Nghị quyết",
        "01",
        "NQ",
        &["nghiquyet", "nghiquyetlientich"],
    ),
    kind("QĐ", "Quyết định", "02", "QĐ", &["quyetdinh"]),
    kind("CT", "Chỉ thị", "03", "CT", &["chithi"]),
    kind("QC", "Quy chế", "04", "QC", &["quyche"]),
    kind("QyĐ", "Quy định", "05", "QyĐ", &["quydinh"]),
    kind(
        "TC",
        "Thông cáo",
        "06",
        "TC",
        &["thongcao", "thongcaobaochi"],
    ),
    kind("TB", "Thông báo", "07", "TB", &["thongbao"]),
    kind("HD", "Hướng dẫn", "08", "HD", &["huongdan"]),
    kind("CTr", "Chương trình", "09", "CTr", &["chuongtrinh"]),
    kind("KH", "Kế hoạch", "10", "KH", &["kehoach"]),
    kind("PA", "Phương án", "11", "PA", &["phuongan"]),
    kind("ĐA", "Đề án", "12", "ĐA", &["dean"]),
    kind("DA", "Dự án", "13", "DA", &["duan"]),
    kind("BC", "Báo cáo", "14", "BC", &["baocao"]),
    kind("BB", "Biên bản", "20", "BB", &["bienban"]),
    kind("TTr", "Tờ trình", "15", "TTr", &["totrinh"]),
    kind("HĐ", "Hợp đồng", "21", "HĐ", &["hopdong"]),
    kind("CV", "Công văn", "22", "", &[]),
    kind("CĐ", "Công điện", "23", "CĐ", &["congdien"]),
    kind("BGN", "Bản ghi nhớ", "24", "BGN", &["banghinho"]),
    kind(
        "BTT",
        "Bản thỏa thuận",
        "25",
        "BTT",
        &["banthoathuan", "thoathuan"],
    ),
    kind("GUQ", "Giấy ủy quyền", "16", "GUQ", &["giayuyquyen"]),
    kind("GM", "Giấy mời", "26", "GM", &["giaymoi"]),
    kind("GGT", "Giấy giới thiệu", "27", "GGT", &["giaygioithieu"]),
    kind("GNP", "Giấy nghỉ phép", "28", "GNP", &["giaynghiphep"]),
    kind("PG", "Phiếu gửi", "17", "PG", &["phieugui"]),
    kind("PC", "Phiếu chuyển", "18", "PC", &["phieuchuyen"]),
    kind("PB", "Phiếu báo", "19", "PB", &["phieubao"]),
    kind(
        "ThC",
        "Thư công",
        "29",
        "",
        &[
            "thucong",
            "thukhen",
            "thuchucmung",
            "thucamon",
            "thuchiabuon",
            "thuthamhoi",
            "thungo",
        ],
    ),
    kind("HP", "Hiến pháp", "", "HP", &["hienphap"]),
    kind("L", "Luật", "", "L", &["luat", "boluat"]),
    kind("PL", "Pháp lệnh", "", "PL", &["phaplenh"]),
    kind("LCT", "Lệnh", "", "L", &["lenh"]),
    kind("NĐ", "Nghị định", "", "NĐ", &["nghidinh"]),
    kind("TT", "Thông tư", "", "TT", &["thongtu"]),
    kind(
        "TTLT",
        "Thông tư liên tịch",
        "",
        "TTLT",
        &["thongtulientich"],
    ),
    kind("KL", "Kết luận", "", "KL", &["ketluan"]),
];

/// Two digits of circular 05/2025/TT-BNV for "other".
pub const OTHER: &str = "32";

/// The type with a code.
pub fn by_code(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::fold::folded;

    #[test]
    fn codes_are_their_own_and_titles_are_folded_names() {
        for (index, kind) in KINDS.iter().enumerate() {
            assert!(
                KINDS
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.code != kind.code)
            );
            if let Some(first) = kind.titles.first() {
                assert_eq!(*first, folded(kind.name));
            }
        }
    }

    #[test]
    fn the_decree_has_twenty_nine() {
        let numbered = KINDS.iter().filter(|kind| kind.number.is_some());
        assert_eq!(numbered.count(), 29);
    }
}
