//! Papers set in plain text, read as if an engine had read them: what they are taken for and what they say.

use super::*;
use crate::classify::{Code, Evidence, Sheet, Sight, Symbology};
use crate::document::{Line, Point, Rect, Word};

mod cards;

/// Lines of a page: a letter is 10 px wide, a line 40 px high; three spaces or more part columns.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for (down, row) in text.lines().enumerate() {
        let letters: Vec<char> = row.chars().collect();
        let mut words: Vec<Word> = Vec::new();
        let mut at = 0;
        while at < letters.len() {
            let end = (at..letters.len())
                .find(|index| letters[*index] == ' ')
                .unwrap_or(letters.len());
            if end > at {
                let bbox = Rect {
                    x: 100.0 + at as f32 * 10.0,
                    y: 100.0 + down as f32 * 40.0,
                    w: (end - at) as f32 * 10.0,
                    h: 22.0,
                };
                let apart = words
                    .last()
                    .is_some_and(|last| bbox.x - last.bbox.x - last.bbox.w > 25.0);
                if apart {
                    lines.push(line(std::mem::take(&mut words)));
                }
                words.push(Word {
                    text: letters[at..end].iter().collect(),
                    bbox,
                    confidence: 0.95,
                    engine: None,
                    nearly: Vec::new(),
                });
            }
            at = end + 1;
        }
        if !words.is_empty() {
            lines.push(line(words));
        }
    }
    lines
}

fn line(words: Vec<Word>) -> Line {
    let (first, last) = (words[0].bbox, words[words.len() - 1].bbox);
    Line {
        baseline: [
            Point {
                x: first.x,
                y: first.y + 20.0,
            },
            Point {
                x: last.x + last.w,
                y: last.y + 20.0,
            },
        ],
        words,
        block: 0,
    }
}

const A4: (u32, u32) = (1240, 1754);
/// An identity card at 300 dpi.
const CARD: (u32, u32) = (1011, 638);

fn evidence(pages: &[&str], size_px: (u32, u32), dpi: f32, sight: &Sight) -> Evidence {
    let mut evidence = Evidence::default();
    for (index, text) in pages.iter().enumerate() {
        evidence.add(&Sheet {
            number: u32::try_from(index).unwrap() + 1,
            size_px,
            dpi,
            lines: &lines(text),
            sight,
        });
    }
    evidence
}

/// The best proposal for pages of A4.
fn best(pages: &[&str]) -> Proposal {
    propose(&evidence(pages, A4, 150.0, &Sight::default()))
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// Asserts the type and some values.
fn says(proposal: &Proposal, code: &str, values: &[(&str, &str)]) {
    assert_eq!(proposal.code, code, "score {}", proposal.score);
    assert!(proposal.score > 2.0, "{code}: score {}", proposal.score);
    for (name, wanted) in values {
        let value = proposal
            .fields
            .get(*name)
            .and_then(|field| field.value.as_deref());
        assert_eq!(value, Some(*wanted), "{code}: {name}");
    }
}

const HEAD: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n";

#[test]
fn a_birth_certificate_of_the_old_form() {
    let text = format!(
        "{HEAD}UBND XÃ TÂN LẬP                                   Số: 45
Huyện Hàm Yên                                     Quyển số: 01/2009
GIẤY KHAI SINH
(BẢN SAO)
Họ và tên: LÊ THỊ MAI                        Giới tính: Nữ
Ngày, tháng, năm sinh: 03/05/2009
(Bằng chữ: ngày ba tháng năm năm hai nghìn không trăm linh chín)
Nơi sinh: Trạm y tế xã Tân Lập
Dân tộc: Tày                 Quốc tịch: Việt Nam
Quê quán: Tân Lập, Hàm Yên, Tuyên Quang
Họ và tên cha: Lê Văn Bình
Dân tộc: Tày        Quốc tịch: Việt Nam      Năm sinh: 1980
Nơi thường trú/tạm trú: Tân Lập, Hàm Yên, Tuyên Quang
Họ và tên mẹ: Hoàng Thị Nụ
Dân tộc: Kinh       Quốc tịch: Việt Nam      Năm sinh: 1983
Nơi thường trú/tạm trú: Tân Lập, Hàm Yên, Tuyên Quang
Nơi đăng ký: UBND xã Tân Lập
Ngày, tháng, năm đăng ký: 20/05/2009
Họ và tên người đi khai sinh: Lê Văn Bình
Quan hệ với người được khai sinh: Cha đẻ"
    );
    let paper = best(&[&text]);
    says(
        &paper,
        "giay_khai_sinh",
        &[
            ("full_name", "LÊ THỊ MAI"),
            ("birth_date", "2009-05-03"),
            ("sex", "Nữ"),
            ("ethnicity", "Tày"),
            ("nationality", "Việt Nam"),
            ("birth_place", "Trạm y tế xã Tân Lập"),
            ("origin_place", "Tân Lập, Hàm Yên, Tuyên Quang"),
            ("father_name", "Lê Văn Bình"),
            ("mother_name", "Hoàng Thị Nụ"),
            ("number_symbol", "45"),
            ("book_number", "01/2009"),
            ("registration_date", "2009-05-20"),
        ],
    );
    assert!(
        !paper.fields.contains_key("residence"),
        "a child's form has the parents' only"
    );
    assert!(
        paper.fields["birth_date"].confidence > 0.95,
        "figures and words agree"
    );
}

#[test]
fn figures_and_words_that_differ_are_doubtful() {
    let text = format!(
        "{HEAD}GIẤY KHAI SINH
Họ, chữ đệm, tên: LÊ THỊ MAI
Ngày, tháng, năm sinh: 08/05/2009
Ghi bằng chữ: ngày ba tháng năm năm hai nghìn không trăm linh chín
Họ, chữ đệm, tên người mẹ: Hoàng Thị Nụ"
    );
    let paper = best(&[&text]);
    says(&paper, "giay_khai_sinh", &[("birth_date", "2009-05-08")]);
    assert!(paper.fields["birth_date"].confidence < 0.5);
    assert!(
        paper
            .flags
            .iter()
            .any(|flag| flag.code == "low_confidence_birth_date")
    );
}

#[test]
fn a_marriage_certificate_in_two_columns() {
    let text = format!(
        "{HEAD}GIẤY CHỨNG NHẬN KẾT HÔN
Số: 31
Họ và tên vợ: NGUYỄN THỊ LAN              Họ và tên chồng: TRẦN VĂN HÙNG
Ngày, tháng, năm sinh: 12/04/1995         Ngày, tháng, năm sinh: 30/09/1991
Dân tộc: Kinh                             Dân tộc: Mường
Nơi đăng ký kết hôn: UBND phường Cửa Nam
Ngày, tháng, năm đăng ký: 14/02/2020"
    );
    says(
        &best(&[&text]),
        "gcn_ket_hon",
        &[
            ("wife_name", "NGUYỄN THỊ LAN"),
            ("husband_name", "TRẦN VĂN HÙNG"),
            ("wife_birth_date", "1995-04-12"),
            ("husband_birth_date", "1991-09-30"),
            ("registration_date", "2020-02-14"),
            ("number_symbol", "31"),
        ],
    );
}

#[test]
fn a_death_extract() {
    let text = format!(
        "{HEAD}TRÍCH LỤC KHAI TỬ (BẢN SAO)
Số: 12/TLKT-BS
Họ, chữ đệm, tên: PHẠM VĂN TÁM
Ngày, tháng, năm sinh: 1942
Giới tính: Nam   Dân tộc: Kinh   Quốc tịch: Việt Nam
Nơi cư trú cuối cùng: Tổ 5, phường Hòa Bình
Đã chết vào lúc: 05 giờ 30 phút, ngày 01 tháng 02 năm 2021
Nơi chết: tại nhà riêng
Nguyên nhân chết: bệnh già
Đăng ký khai tử tại: Ủy ban nhân dân phường Hòa Bình"
    );
    says(
        &best(&[&text]),
        "khai_tu",
        &[
            ("deceased_name", "PHẠM VĂN TÁM"),
            ("death_date", "2021-02-01"),
            ("birth_date", "1942"),
            ("residence", "Tổ 5, phường Hòa Bình"),
        ],
    );
}

#[test]
fn a_certificate_of_marital_status_and_an_application_for_one() {
    let text = format!(
        "{HEAD}Số: 88/UBND-XNTTHN            Tân An, ngày 09 tháng 11 năm 2023
GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN
ỦY BAN NHÂN DÂN PHƯỜNG TÂN AN
Xét đề nghị của ông: Đỗ Văn Cường
XÁC NHẬN:
Họ, chữ đệm, tên: ĐỖ VĂN CƯỜNG
Ngày, tháng, năm sinh: 02/01/1994
Giới tính: Nam    Dân tộc: Kinh   Quốc tịch: Việt Nam
Tình trạng hôn nhân: Hiện tại chưa đăng ký kết hôn với ai
Giấy này được cấp để: làm thủ tục đăng ký kết hôn
Giấy này có giá trị 6 tháng kể từ ngày cấp"
    );
    says(
        &best(&[&text]),
        "xac_nhan_tinh_trang_hon_nhan",
        &[
            ("full_name", "ĐỖ VĂN CƯỜNG"),
            ("issued_date", "2023-11-09"),
            ("purpose", "làm thủ tục đăng ký kết hôn"),
            ("number_symbol", "88/UBND-XNTTHN"),
        ],
    );
    let application = format!(
        "{HEAD}TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN
Kính gửi: Ủy ban nhân dân phường Tân An
Họ, chữ đệm, tên người yêu cầu: Đỗ Văn Cường
Nơi cư trú: Tổ 5, phường Tân An
Đề nghị cơ quan cấp Giấy xác nhận tình trạng hôn nhân cho người có tên dưới đây
Tình trạng hôn nhân: chưa đăng ký kết hôn
Tôi cam đoan những nội dung khai trên đây là đúng sự thật
Người yêu cầu"
    );
    says(
        &best(&[&application]),
        "don_de_nghi",
        &[("full_name", "Đỗ Văn Cường")],
    );
}

#[test]
fn an_application_about_a_land_certificate_is_an_application() {
    let text = format!(
        "{HEAD}ĐƠN ĐỀ NGHỊ
CẤP GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT
Kính gửi: Văn phòng đăng ký đất đai
Tôi tên là: Bùi Thị Hoa, sinh năm 1975
CCCD số: 001175000123 cấp ngày 12/08/2021
Thửa đất số: 12, tờ bản đồ số: 7
Mục đích sử dụng: đất ở
Tôi xin cam đoan nội dung trên là đúng. NGƯỜI LÀM ĐƠN"
    );
    says(
        &best(&[&text]),
        "don_de_nghi",
        &[
            ("full_name", "Bùi Thị Hoa"),
            ("id_number", "001175000123"),
            ("owner_number", "001175000123"),
        ],
    );
}

#[test]
fn numbers_of_a_land_certificate_are_kept_apart() {
    let cover = format!(
        "{HEAD}GIẤY CHỨNG NHẬN
QUYỀN SỬ DỤNG ĐẤT
QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT
I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất
Ông: Hoàng Văn Long
Năm sinh: 1970, CMND số: 090123456
Và vợ là bà: Trần Thị Thu
Địa chỉ thường trú: Xóm 2, xã Phúc Thuận
CN 719597"
    );
    let inner = "II. Thửa đất, nhà ở và tài sản khác gắn liền với đất
1. Thửa đất:
a) Thửa đất số: 163          tờ bản đồ số: 44
b) Địa chỉ: Xóm 2, xã Phúc Thuận, tỉnh Thái Nguyên
c) Diện tích: 630,3 m2 (bằng chữ: Sáu trăm ba mươi phẩy ba mét vuông)
đ) Mục đích sử dụng: Đất ở tại nông thôn
e) Thời hạn sử dụng: Lâu dài
Phổ Yên, ngày 04 tháng 12 năm 2018
Số vào sổ cấp GCN: CH 00120";
    says(
        &best(&[&cover, inner]),
        "gcn_qsdd",
        &[
            ("serial_number", "CN 719597"),
            ("register_number", "CH 00120"),
            ("parcel_number", "163"),
            ("map_sheet", "44"),
            ("area", "630,3"),
            ("full_name", "Hoàng Văn Long"),
            ("id_number", "090123456"),
            ("address", "Xóm 2, xã Phúc Thuận, tỉnh Thái Nguyên"),
            ("land_use", "Đất ở tại nông thôn"),
            ("issued_date", "2018-12-04"),
        ],
    );
}

#[test]
fn a_certified_diploma_is_a_diploma_with_its_own_numbers() {
    let text = format!(
        "{HEAD}HIỆU TRƯỞNG
TRƯỜNG ĐẠI HỌC TÂY BẮC
cấp
BẰNG TỐT NGHIỆP ĐẠI HỌC
Cho: CẦM VĂN TUYÊN
Ngày sinh: 07/10/1998
Ngành: Sư phạm Toán
Xếp loại: Khá
Năm tốt nghiệp: 2020
Sơn La, ngày 20 tháng 7 năm 2020
Số hiệu: 0012345
Số vào sổ gốc cấp văn bằng: 120/ĐHTB

CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH
Số chứng thực: 1502 Quyển số: 02-SCT/BS
Ngày 14 tháng 3 năm 2022
CHỦ TỊCH"
    );
    let paper = best(&[&text]);
    says(
        &paper,
        "van_bang",
        &[
            ("full_name", "CẦM VĂN TUYÊN"),
            ("serial_number", "0012345"),
            ("register_number", "120/ĐHTB"),
            ("issued_date", "2020-07-20"),
            ("major", "Sư phạm Toán"),
            ("grade", "Khá"),
            ("graduation_year", "2020"),
            ("certification_number", "1502"),
            ("certification_date", "2022-03-14"),
        ],
    );
    assert!(
        paper
            .flags
            .iter()
            .any(|flag| flag.code == "is_certified_copy")
    );
}

#[test]
fn a_language_certificate_is_no_diploma() {
    let text = format!(
        "{HEAD}GIÁM ĐỐC TRUNG TÂM NGOẠI NGỮ
cấp
CHỨNG CHỈ NGOẠI NGỮ
Cho: VŨ MINH ANH
Ngày sinh: 01/12/2000
Trình độ: B1
Số vào sổ gốc cấp chứng chỉ: 77/NN"
    );
    says(
        &best(&[&text]),
        "chung_chi",
        &[("full_name", "VŨ MINH ANH"), ("register_number", "77/NN")],
    );
}

#[test]
fn an_enterprise_is_registered() {
    let text = format!(
        "{HEAD}GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP
CÔNG TY TRÁCH NHIỆM HỮU HẠN MỘT THÀNH VIÊN
Mã số doanh nghiệp: 0102030405
Đăng ký lần đầu: ngày 11 tháng 05 năm 2016
1. Tên công ty
Tên công ty viết bằng tiếng Việt: CÔNG TY TNHH MINH PHÁT
Tên công ty viết tắt: MINH PHAT CO
2. Địa chỉ trụ sở chính
Số 5 đường Láng, phường Láng Thượng, Hà Nội
3. Vốn điều lệ: 2.000.000.000 đồng
4. Người đại diện theo pháp luật của công ty
Họ và tên: NGUYỄN MINH PHÁT      Giới tính: Nam"
    );
    says(
        &best(&[&text]),
        "dkkd",
        &[
            ("enterprise_code", "0102030405"),
            ("enterprise_name", "CÔNG TY TNHH MINH PHÁT"),
            ("capital", "2.000.000.000 đồng"),
            ("issued_date", "2016-05-11"),
            ("owner_number", "0102030405"),
            ("full_name", "NGUYỄN MINH PHÁT"),
        ],
    );
}

#[test]
fn a_receipt_that_names_papers_is_a_receipt() {
    let text = format!(
        "{HEAD}BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ
Mã hồ sơ: H49.18-240715-0001
GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ
Tiếp nhận hồ sơ của: Ngô Thị Yến
Nội dung yêu cầu giải quyết: Đăng ký khai sinh
Thành phần hồ sơ nộp gồm:
1. Giấy chứng nhận kết hôn
2. Giấy chứng nhận quyền sử dụng đất
3. Giấy khai sinh
Thời gian nhận hồ sơ: 08 giờ 15 phút ngày 15/07/2024
Thời gian trả kết quả: 16 giờ 00 ngày 18/07/2024"
    );
    says(
        &best(&[&text]),
        "phieu_tiep_nhan",
        &[
            ("case_code", "H49.18-240715-0001"),
            ("full_name", "Ngô Thị Yến"),
            ("issued_date", "2024-07-15"),
        ],
    );
}

#[test]
fn other_papers_are_known_by_their_titles() {
    let cases: [(&str, &str); 8] = [
        (
            "SỔ HỘ KHẨU\nHọ và tên chủ hộ: Lê Văn Tư\nSố: 120045678",
            "so_ho_khau",
        ),
        (
            "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 1\nHọ và tên: LÊ VĂN TƯ\nTình trạng án tích: Không có án tích",
            "ly_lich_tu_phap",
        ),
        (
            "BẢO HIỂM XÃ HỘI VIỆT NAM\nSỔ BẢO HIỂM XÃ HỘI\nSố sổ: 0123456789",
            "so_bhxh",
        ),
        (
            "BẢO HIỂM XÃ HỘI VIỆT NAM\nTHẺ BẢO HIỂM Y TẾ\nMã số: GD 4 01 0123456789",
            "the_bhyt",
        ),
        (
            "HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT\nBên chuyển nhượng (sau đây gọi là Bên A)\nCông chứng viên\nSố công chứng: 1234",
            "hop_dong_cong_chung",
        ),
        (
            "GIẤY PHÉP LÁI XE/DRIVER'S LICENSE\nSố/No: 010203040506\nHạng/Class: A1",
            "gplx",
        ),
        (
            "HỘ CHIẾU / PASSPORT\nSố hộ chiếu / Passport No\nC1234567",
            "ho_chieu",
        ),
        (
            "MẶT BẰNG TẦNG 1\nTỶ LỆ 1/100\nCHỦ TRÌ THIẾT KẾ\nSỐ HIỆU BẢN VẼ: KT-01",
            "ban_ve",
        ),
    ];
    for (text, code) in cases {
        let paper = best(&[text]);
        assert_eq!(paper.code, code, "{text}: {}", paper.score);
    }
}

#[test]
fn a_letter_of_an_office_is_no_citizens_paper() {
    let text = format!(
        "UBND TỈNH LAI CHÂU          {HEAD}SỞ TƯ PHÁP
Số: 120/STP-HCTP          Lai Châu, ngày 05 tháng 6 năm 2023
V/v cấp giấy khai sinh cho trẻ em
Kính gửi: Ủy ban nhân dân các huyện, thành phố
Căn cứ Luật Hộ tịch, Sở Tư pháp đề nghị rà soát việc cấp giấy khai sinh, giấy chứng nhận kết hôn"
    );
    let paper = best(&[&text]);
    assert!(paper.score < 1.0, "{} {}", paper.code, paper.score);
}

#[test]
fn nothing_is_said_of_an_empty_page() {
    assert!(
        propose(&evidence(&[""], A4, 150.0, &Sight::default()))
            .iter()
            .all(|p| p.score < 0.0)
    );
    assert!(propose(&Evidence::default()).iter().all(|p| p.score < 0.0));
}
