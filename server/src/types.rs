//! What types of papers are called: records and the archive know them by codes.

use crate::language::Language;

/// Code, Vietnamese and English name. The codes are those of `saoy digitize`; a test of the program holds the two together.
const TYPES: [(&str, &str, &str); 59] = [
    ("NQ", "Nghị quyết", "Resolution"),
    ("QĐ", "Quyết định", "Decision"),
    ("CT", "Chỉ thị", "Directive"),
    ("QC", "Quy chế", "Statute"),
    ("QyĐ", "Quy định", "Regulation"),
    ("TC", "Thông cáo", "Communiqué"),
    ("TB", "Thông báo", "Notice"),
    ("HD", "Hướng dẫn", "Guideline"),
    ("CTr", "Chương trình", "Programme"),
    ("KH", "Kế hoạch", "Plan"),
    ("PA", "Phương án", "Scheme"),
    ("ĐA", "Đề án", "Proposal"),
    ("DA", "Dự án", "Project"),
    ("BC", "Báo cáo", "Report"),
    ("BB", "Biên bản", "Minutes"),
    ("TTr", "Tờ trình", "Submission"),
    ("HĐ", "Hợp đồng", "Contract"),
    ("CV", "Công văn", "Official letter"),
    ("CĐ", "Công điện", "Official telegram"),
    ("BGN", "Bản ghi nhớ", "Memorandum"),
    ("BTT", "Bản thỏa thuận", "Agreement"),
    ("GUQ", "Giấy ủy quyền", "Power of attorney"),
    ("GM", "Giấy mời", "Invitation"),
    ("GGT", "Giấy giới thiệu", "Letter of introduction"),
    ("GNP", "Giấy nghỉ phép", "Leave permit"),
    ("PG", "Phiếu gửi", "Dispatch slip"),
    ("PC", "Phiếu chuyển", "Transfer slip"),
    ("PB", "Phiếu báo", "Notification slip"),
    ("ThC", "Thư công", "Official personal letter"),
    ("HP", "Hiến pháp", "Constitution"),
    ("L", "Luật", "Law"),
    ("PL", "Pháp lệnh", "Ordinance"),
    ("LCT", "Lệnh", "Order"),
    ("NĐ", "Nghị định", "Decree"),
    ("TT", "Thông tư", "Circular"),
    ("TTLT", "Thông tư liên tịch", "Joint circular"),
    ("KL", "Kết luận", "Conclusion"),
    ("cccd", "Thẻ căn cước công dân", "Citizen identity card"),
    (
        "cmnd",
        "Giấy chứng minh nhân dân",
        "Identity card (old form)",
    ),
    ("the_can_cuoc", "Thẻ căn cước", "Identity card"),
    ("ho_chieu", "Hộ chiếu", "Passport"),
    ("gplx", "Giấy phép lái xe", "Driving licence"),
    ("giay_khai_sinh", "Giấy khai sinh", "Birth certificate"),
    (
        "gcn_ket_hon",
        "Giấy chứng nhận kết hôn",
        "Marriage certificate",
    ),
    (
        "khai_tu",
        "Giấy chứng tử, trích lục khai tử",
        "Death certificate",
    ),
    (
        "xac_nhan_tinh_trang_hon_nhan",
        "Giấy xác nhận tình trạng hôn nhân",
        "Certificate of marital status",
    ),
    ("so_ho_khau", "Sổ hộ khẩu", "Household register"),
    (
        "gcn_qsdd",
        "Giấy chứng nhận quyền sử dụng đất",
        "Land use right certificate",
    ),
    ("van_bang", "Văn bằng", "Diploma"),
    ("chung_chi", "Chứng chỉ", "Certificate of training"),
    (
        "dkkd",
        "Giấy chứng nhận đăng ký doanh nghiệp",
        "Business registration certificate",
    ),
    (
        "ly_lich_tu_phap",
        "Phiếu lý lịch tư pháp",
        "Criminal record certificate",
    ),
    ("so_bhxh", "Sổ bảo hiểm xã hội", "Social insurance book"),
    ("the_bhyt", "Thẻ bảo hiểm y tế", "Health insurance card"),
    (
        "hop_dong_cong_chung",
        "Hợp đồng công chứng",
        "Notarised contract",
    ),
    ("don_de_nghi", "Đơn, tờ khai", "Application, declaration"),
    (
        "phieu_tiep_nhan",
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Receipt for a file handed in",
    ),
    ("ban_ve", "Bản vẽ", "Drawing"),
    ("khac", "Giấy tờ khác", "Other paper"),
];

/// The name of a type, by its code; nothing of a code that is not known.
pub(crate) fn known(code: &str, l: Language) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(known, ..)| *known == code)
        .map(|(_, vi, en)| l.say(vi, en))
}

/// The name of a type as people read it; of one that is not known, its code without what only programs need.
pub(crate) fn named(code: &str, l: Language) -> String {
    known(code, l).map_or_else(|| code.replace('_', " "), str::to_owned)
}

/// Every type that pages can name: code and Vietnamese name.
pub fn types() -> impl Iterator<Item = (&'static str, &'static str)> {
    TYPES.iter().map(|(code, vi, _)| (*code, *vi))
}
