//! The types of citizens' papers: codes, names, titles, and phrases of their forms.

use std::sync::LazyLock;

use super::pattern::Pattern;

/// A type of paper.
#[derive(Debug)]
pub(super) struct Kind {
    /// Code in records.
    pub(super) code: &'static str,
    /// Name.
    pub(super) name: &'static str,
    /// What stands over such a paper.
    pub(super) titles: Vec<Pattern>,
    /// Words of the form, each with what it weighs, in natural logarithms of odds.
    pub(super) phrases: Vec<(Pattern, f32)>,
}

/// The types, in the order in which records name them.
pub(super) static KINDS: LazyLock<Vec<Kind>> =
    LazyLock::new(|| FORMS.iter().map(Kind::of).collect());

/// The type with a code.
pub(super) fn by_code(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code)
}

/// A type as it is written down.
struct Form {
    code: &'static str,
    name: &'static str,
    titles: &'static [&'static str],
    phrases: &'static [(&'static str, f32)],
}

impl Kind {
    fn of(form: &Form) -> Self {
        Self {
            code: form.code,
            name: form.name,
            titles: form
                .titles
                .iter()
                .map(|title| Pattern::new(title))
                .collect(),
            phrases: form
                .phrases
                .iter()
                .map(|(phrase, weight)| (Pattern::new(phrase), *weight))
                .collect(),
        }
    }
}

/// Wordings of the forms: circulars 04/2024/TT-BTP (civil status), 17/2024/TT-BCA (identity), 10/2024/TT-BTNMT
/// (land), 21/2019/TT-BGDĐT (diplomas), and the older forms that are still in people's hands.
const FORMS: &[Form] = &[
    Form {
        code: "cccd",
        name: "Thẻ căn cước công dân",
        titles: &["Căn cước công dân"],
        phrases: &[
            ("Citizen Identity Card", 2.5),
            ("Place of origin", 1.0),
            ("Place of residence", 0.5),
            ("Personal identification", 1.0),
            ("Đặc điểm nhận dạng", 1.5),
            ("Ngón trỏ trái", 1.0),
            ("Left index finger", 1.0),
            ("Right index finger", 1.0),
            ("Socialist Republic of Viet Nam", 0.5),
            ("Director general of the police department", 1.5),
            ("Cục trưởng cục cảnh sát quản lý hành chính", 1.5),
            ("Có giá trị đến", 0.5),
            ("Date, month, year", 0.7),
        ],
    },
    Form {
        code: "cmnd",
        name: "Giấy chứng minh nhân dân",
        titles: &["Giấy chứng minh nhân dân", "Chứng minh nhân dân"],
        phrases: &[
            ("Nguyên quán", 1.0),
            ("Nơi ĐKHK thường trú", 2.0),
            ("Nơi đăng ký hộ khẩu thường trú", 0.7),
            ("Dấu vết riêng và dị hình", 2.5),
            ("Ngón trỏ trái", 1.0),
            ("Ngón trỏ phải", 1.0),
            ("Giám đốc công an", 1.2),
            ("Trưởng ty công an", 1.2),
        ],
    },
    Form {
        code: "the_can_cuoc",
        name: "Thẻ căn cước",
        titles: &["Căn cước", "Thẻ căn cước", "Giấy chứng nhận căn cước"],
        phrases: &[
            ("Identity card", 1.0),
            ("Số định danh cá nhân", 0.5),
            ("Personal identification number", 1.5),
            ("Họ, chữ đệm và tên khai sinh", 1.5),
            ("Ministry of Public Security", 1.5),
            ("Nơi đăng ký khai sinh", 0.7),
            ("Place of birth", 0.7),
            ("Place of residence", 0.5),
            ("Date of expiry", 0.5),
            ("Ngày, tháng, năm hết hạn", 1.5),
            ("Socialist Republic of Viet Nam", 0.5),
        ],
    },
    Form {
        code: "ho_chieu",
        name: "Hộ chiếu",
        titles: &["Hộ chiếu", "Passport"],
        phrases: &[
            ("Số hộ chiếu", 1.0),
            ("Passport No", 1.5),
            ("Date of issue", 0.5),
            ("Place of issue", 1.0),
            ("Cục quản lý xuất nhập cảnh", 1.5),
            ("Immigration department", 1.5),
            ("ID card No", 1.0),
            ("Số GCMND", 1.0),
            ("Place of birth", 0.5),
            ("Nationality", 0.3),
        ],
    },
    Form {
        code: "gplx",
        name: "Giấy phép lái xe",
        titles: &["Giấy phép lái xe", "Driver's license", "Driving licence"],
        phrases: &[
            ("Hạng/Class", 2.0),
            ("Hạng xe được điều khiển", 1.5),
            ("Classification of motor vehicles", 1.5),
            ("Có giá trị đến/Expires", 1.5),
            ("Ngày trúng tuyển", 1.5),
            ("Beginning date", 1.0),
            ("Bộ GTVT", 1.0),
            ("Sở Giao thông vận tải", 0.7),
            ("Valid until", 0.5),
            ("Không thời hạn", 0.3),
        ],
    },
    Form {
        code: "giay_khai_sinh",
        name: "Giấy khai sinh",
        titles: &[
            "Giấy khai sinh",
            "Trích lục khai sinh",
            "Bản sao giấy khai sinh",
        ],
        phrases: &[
            ("Họ, chữ đệm, tên người cha", 1.2),
            ("Họ, chữ đệm, tên người mẹ", 1.2),
            ("Họ và tên cha", 1.0),
            ("Họ và tên mẹ", 1.0),
            ("Người đi khai sinh", 1.8),
            ("Họ tên người đi khai sinh", 0.7),
            ("Nơi đăng ký khai sinh", 1.2),
            ("Quan hệ với người được khai sinh", 1.5),
            ("Người ký giấy khai sinh", 1.5),
            ("Nơi sinh", 0.5),
            ("Quê quán", 0.3),
        ],
    },
    Form {
        code: "gcn_ket_hon",
        name: "Giấy chứng nhận kết hôn",
        titles: &[
            "Giấy chứng nhận kết hôn",
            "Chứng nhận kết hôn",
            "Giấy chứng nhận đăng ký kết hôn",
            "Trích lục kết hôn",
            "Trích lục ghi chú kết hôn",
        ],
        phrases: &[
            ("Họ, chữ đệm, tên vợ", 1.5),
            ("Họ, chữ đệm, tên chồng", 1.5),
            ("Họ và tên vợ", 1.0),
            ("Họ và tên chồng", 1.0),
            ("Nơi đăng ký kết hôn", 1.5),
            ("Chữ ký của vợ", 1.0),
            ("Chữ ký của chồng", 1.0),
            ("Vợ (ký, ghi rõ họ tên)", 0.8),
            ("Chồng (ký, ghi rõ họ tên)", 0.8),
        ],
    },
    Form {
        code: "khai_tu",
        name: "Giấy chứng tử, trích lục khai tử",
        titles: &[
            "Giấy khai tử",
            "Giấy chứng tử",
            "Trích lục khai tử",
            "Trích lục đăng ký khai tử",
            "Giấy báo tử",
        ],
        phrases: &[
            ("Đã chết vào lúc", 2.5),
            ("Nguyên nhân chết", 1.8),
            ("Nơi chết", 1.2),
            ("Nơi cư trú cuối cùng", 1.2),
            ("Nơi thường trú cuối cùng", 1.2),
            ("Số giấy báo tử", 1.2),
            ("Người đi khai tử", 1.5),
            ("Nơi đăng ký khai tử", 1.5),
            ("Người yêu cầu đăng ký khai tử", 0.7),
        ],
    },
    Form {
        code: "xac_nhan_tinh_trang_hon_nhan",
        name: "Giấy xác nhận tình trạng hôn nhân",
        titles: &[
            "Giấy xác nhận tình trạng hôn nhân",
            "Xác nhận tình trạng hôn nhân",
        ],
        phrases: &[
            ("Tình trạng hôn nhân", 1.0),
            ("Hiện tại chưa đăng ký kết hôn với ai", 1.8),
            ("Giấy này được cấp để", 1.5),
            ("Giấy này có giá trị 6 tháng", 1.2),
            ("Giấy này có giá trị sử dụng trong thời hạn", 1.2),
            ("Trong thời gian cư trú tại", 0.7),
        ],
    },
    Form {
        code: "so_ho_khau",
        name: "Sổ hộ khẩu",
        titles: &["Sổ hộ khẩu", "Sổ hộ khẩu gia đình", "Sổ tạm trú"],
        phrases: &[
            ("Họ và tên chủ hộ", 1.5),
            ("Quan hệ với chủ hộ", 2.0),
            ("Hồ sơ hộ khẩu số", 1.8),
            ("Sổ đăng ký thường trú số", 1.8),
            ("Tờ số", 0.5),
            ("Nơi thường trú trước khi chuyển đến", 1.2),
            ("Cán bộ đăng ký", 1.2),
            ("Trưởng công an", 0.5),
            ("Lý do xóa đăng ký thường trú", 1.5),
            ("Điều chỉnh thay đổi", 0.7),
            ("Những thay đổi khác", 0.5),
        ],
    },
    Form {
        code: "gcn_qsdd",
        name: "Giấy chứng nhận quyền sử dụng đất",
        titles: &[
            "Giấy chứng nhận quyền sử dụng đất",
            "Giấy chứng nhận quyền sở hữu nhà ở và quyền sử dụng đất ở",
            "Giấy chứng nhận quyền sở hữu nhà ở",
            "Giấy chứng nhận quyền sử dụng đất quyền sở hữu nhà ở",
        ],
        phrases: &[
            ("Số vào sổ cấp GCN", 2.5),
            ("Số vào sổ cấp giấy chứng nhận", 2.5),
            ("Người sử dụng đất, chủ sở hữu nhà ở", 1.8),
            ("Người sử dụng đất, chủ sở hữu tài sản", 1.8),
            ("Thửa đất, nhà ở và tài sản khác", 1.5),
            ("Những thay đổi sau khi cấp giấy chứng nhận", 2.0),
            ("Sơ đồ thửa đất", 1.0),
            ("Tờ bản đồ số", 0.7),
            ("Thửa đất số", 0.5),
            ("Nguồn gốc sử dụng", 0.7),
            ("Hình thức sử dụng", 0.7),
            ("Thời hạn sử dụng", 0.5),
            ("Mục đích sử dụng", 0.5),
            ("Thông tin thửa đất", 1.0),
            ("Nội dung thay đổi và cơ sở pháp lý", 1.5),
            ("Người được cấp giấy chứng nhận không được sửa chữa", 1.5),
        ],
    },
    Form {
        code: "van_bang",
        name: "Văn bằng",
        titles: &[
            "Bằng tốt nghiệp",
            "Bằng tốt nghiệp trung học phổ thông",
            "Bằng tốt nghiệp trung học cơ sở",
            "Bằng tốt nghiệp đại học",
            "Bằng tốt nghiệp cao đẳng",
            "Bằng tốt nghiệp trung cấp",
            "Bằng cử nhân",
            "Bằng kỹ sư",
            "Bằng thạc sĩ",
            "Bằng tiến sĩ",
            "Bằng bác sĩ",
            "Bằng dược sĩ",
            "Bằng kiến trúc sư",
            "Bằng tốt nghiệp bổ túc",
            "The degree of bachelor",
            "The degree of master",
            "The degree of engineer",
            "Degree of doctor",
            "Diploma",
        ],
        phrases: &[
            ("Số vào sổ gốc cấp văn bằng", 2.0),
            ("Số vào sổ cấp bằng", 2.0),
            ("Số hiệu", 0.5),
            ("Xếp loại tốt nghiệp", 1.2),
            ("Hình thức đào tạo", 1.0),
            ("Năm tốt nghiệp", 1.0),
            ("Has conferred", 1.5),
            ("Year of graduation", 1.2),
            ("Degree classification", 1.2),
            ("Mode of study", 1.0),
            ("Serial number", 0.5),
            ("Đã tốt nghiệp", 0.7),
            ("Công nhận học vị", 1.0),
            ("Given under the seal", 1.0),
            ("Hội đồng thi", 0.5),
        ],
    },
    Form {
        code: "chung_chi",
        name: "Chứng chỉ",
        titles: &[
            "Chứng chỉ",
            "Chứng chỉ ngoại ngữ",
            "Chứng chỉ tin học",
            "Chứng chỉ hành nghề",
            "Chứng chỉ bồi dưỡng",
            "Chứng chỉ ứng dụng công nghệ thông tin",
            "Certificate",
            "Certificate of completion",
            "Giấy chứng nhận hoàn thành",
            "Giấy chứng nhận tốt nghiệp",
            "Chứng nhận hoàn thành",
        ],
        phrases: &[
            ("Số vào sổ gốc cấp chứng chỉ", 2.5),
            ("Số vào sổ cấp chứng chỉ", 2.5),
            ("Đã hoàn thành khóa", 1.5),
            ("Đã hoàn thành chương trình", 1.0),
            ("Has successfully completed", 1.5),
            ("Kỳ thi", 0.5),
            ("Khóa ngày", 0.7),
            ("Hội đồng thi", 0.7),
            ("Trình độ", 0.3),
            ("Điểm thi", 0.5),
            ("Khung năng lực ngoại ngữ", 1.5),
        ],
    },
    Form {
        code: "dkkd",
        name: "Giấy chứng nhận đăng ký doanh nghiệp",
        titles: &[
            "Giấy chứng nhận đăng ký doanh nghiệp",
            "Giấy chứng nhận đăng ký kinh doanh",
            "Giấy chứng nhận đăng ký hộ kinh doanh",
            "Giấy chứng nhận đăng ký hoạt động chi nhánh",
            "Giấy chứng nhận đăng ký thuế",
            "Giấy chứng nhận đăng ký hợp tác xã",
            "Giấy chứng nhận đăng ký đầu tư",
        ],
        phrases: &[
            ("Mã số doanh nghiệp", 1.5),
            ("Mã số hộ kinh doanh", 1.5),
            ("Đăng ký lần đầu", 1.2),
            ("Đăng ký thay đổi lần thứ", 1.5),
            ("Vốn điều lệ", 1.0),
            ("Vốn kinh doanh", 1.0),
            ("Người đại diện theo pháp luật", 0.8),
            ("Địa chỉ trụ sở chính", 0.8),
            ("Tên công ty viết bằng tiếng Việt", 1.5),
            ("Tên công ty viết tắt", 1.0),
            ("Phòng đăng ký kinh doanh", 1.2),
            ("Ngành, nghề kinh doanh", 0.7),
            ("Danh sách thành viên góp vốn", 1.0),
        ],
    },
    Form {
        code: "ly_lich_tu_phap",
        name: "Phiếu lý lịch tư pháp",
        titles: &[
            "Phiếu lý lịch tư pháp",
            "Phiếu lý lịch tư pháp số 1",
            "Phiếu lý lịch tư pháp số 2",
        ],
        phrases: &[
            ("Tình trạng án tích", 2.0),
            ("Không có án tích", 1.2),
            ("Thông tin về cấm đảm nhiệm chức vụ", 1.5),
            ("Trung tâm lý lịch tư pháp quốc gia", 1.0),
            ("STP-LLTP", 1.0),
            (
                "Cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp",
                1.2,
            ),
        ],
    },
    Form {
        code: "so_bhxh",
        name: "Sổ bảo hiểm xã hội",
        titles: &["Sổ bảo hiểm xã hội", "Tờ rời sổ bảo hiểm xã hội"],
        phrases: &[
            ("Quá trình đóng BHXH", 1.8),
            ("Quá trình đóng bảo hiểm xã hội", 1.8),
            ("Quá trình tham gia bảo hiểm xã hội", 1.5),
            ("Bảo hiểm xã hội Việt Nam", 0.7),
            ("Thời gian đóng BHXH", 1.2),
            ("Số sổ BHXH", 1.5),
            ("Mã số BHXH", 1.2),
            ("Căn cứ đóng", 1.0),
            ("Sổ BHXH", 0.7),
        ],
    },
    Form {
        code: "the_bhyt",
        name: "Thẻ bảo hiểm y tế",
        titles: &["Thẻ bảo hiểm y tế", "Bảo hiểm y tế"],
        phrases: &[
            ("Nơi đăng ký KCB BĐ", 2.0),
            ("Nơi ĐK KCB BĐ", 2.0),
            ("Nơi đăng ký khám chữa bệnh ban đầu", 1.5),
            ("Giá trị sử dụng", 0.8),
            ("Thời điểm đủ 05 năm liên tục", 2.0),
            ("Bảo hiểm xã hội Việt Nam", 0.7),
            ("Mã mức hưởng", 1.0),
        ],
    },
    Form {
        code: "hop_dong_cong_chung",
        name: "Hợp đồng công chứng",
        titles: &[
            "Hợp đồng chuyển nhượng quyền sử dụng đất",
            "Hợp đồng tặng cho",
            "Hợp đồng mua bán",
            "Hợp đồng thế chấp",
            "Hợp đồng ủy quyền",
            "Hợp đồng thuê",
            "Hợp đồng chuyển nhượng",
            "Hợp đồng đặt cọc",
            "Văn bản thỏa thuận phân chia di sản",
            "Văn bản khai nhận di sản",
            "Văn bản từ chối nhận di sản",
            "Lời chứng của công chứng viên",
            "Di chúc",
        ],
        phrases: &[
            ("Lời chứng của công chứng viên", 2.5),
            ("Công chứng viên", 1.5),
            ("Văn phòng công chứng", 1.5),
            ("Phòng công chứng", 0.8),
            ("Số công chứng", 2.0),
            ("TP/CC-SCC/HĐGD", 1.5),
            ("Bên chuyển nhượng", 0.7),
            ("Bên nhận chuyển nhượng", 0.7),
            ("Bên tặng cho", 0.7),
            ("Sau đây gọi là bên A", 0.5),
            ("Giá chuyển nhượng và phương thức thanh toán", 0.7),
            ("Tại trụ sở văn phòng công chứng", 1.0),
        ],
    },
    Form {
        code: "don_de_nghi",
        name: "Đơn, tờ khai",
        titles: &[
            "Đơn đề nghị",
            "Đơn xin",
            "Đơn đăng ký",
            "Đơn khiếu nại",
            "Đơn tố cáo",
            "Đơn kiến nghị",
            "Đơn yêu cầu",
            "Đơn trình báo",
            "Đơn xác nhận",
            "Đơn cớ mất",
            "Đơn khởi kiện",
            "Tờ khai",
            "Tờ khai đăng ký khai sinh",
            "Tờ khai đăng ký kết hôn",
            "Giấy đề nghị",
            "Phiếu yêu cầu",
            "Bản khai",
            "Sơ yếu lý lịch",
            "Bản cam kết",
        ],
        phrases: &[
            ("Tôi tên là", 1.5),
            ("Tên tôi là", 1.5),
            ("Người làm đơn", 1.8),
            ("Người viết đơn", 1.5),
            ("Người yêu cầu", 0.3),
            ("Người khai", 0.7),
            ("Tôi xin cam đoan", 1.2),
            ("Tôi cam đoan những nội dung", 1.2),
            ("Tôi làm đơn này", 1.5),
            ("Kính gửi", 0.3),
            ("Tôi xin trân trọng cảm ơn", 0.7),
            ("Tôi xin chân thành cảm ơn", 1.0),
        ],
    },
    Form {
        code: "phieu_tiep_nhan",
        name: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        titles: &[
            "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            "Giấy tiếp nhận hồ sơ",
            "Phiếu tiếp nhận hồ sơ",
            "Giấy biên nhận hồ sơ",
            "Giấy biên nhận",
            "Biên nhận hồ sơ",
            "Giấy hẹn trả kết quả",
            "Phiếu hẹn trả kết quả",
            "Phiếu tiếp nhận",
            "Giấy hẹn",
        ],
        phrases: &[
            ("Mã hồ sơ", 1.8),
            ("Thành phần hồ sơ", 1.0),
            ("Thành phần hồ sơ nộp gồm", 1.0),
            ("Thời gian trả kết quả", 1.2),
            ("Ngày hẹn trả kết quả", 1.5),
            ("Hẹn trả kết quả", 0.7),
            ("Người tiếp nhận hồ sơ", 1.2),
            ("Người nộp hồ sơ", 1.2),
            ("Đăng ký nhận kết quả tại", 1.0),
            ("Bộ phận tiếp nhận và trả kết quả", 1.0),
            ("Thời gian nhận hồ sơ", 1.2),
            ("Tiếp nhận hồ sơ của", 1.2),
            ("Nội dung yêu cầu giải quyết", 1.2),
        ],
    },
    Form {
        code: "ban_ve",
        name: "Bản vẽ",
        titles: &[
            "Bản vẽ",
            "Bản vẽ hoàn công",
            "Bản vẽ thiết kế",
            "Mặt bằng",
            "Mặt đứng",
            "Mặt cắt",
        ],
        phrases: &[
            ("Tỷ lệ", 0.7),
            ("Tỉ lệ", 0.7),
            ("Số hiệu bản vẽ", 2.0),
            ("Tên bản vẽ", 2.0),
            ("Ký hiệu bản vẽ", 1.8),
            ("Bản vẽ số", 1.5),
            ("Chủ đầu tư", 0.5),
            ("Chủ trì thiết kế", 1.5),
            ("Chủ nhiệm đồ án", 1.5),
            ("Đơn vị thiết kế", 1.0),
            ("Mặt bằng", 0.7),
            ("Mặt đứng", 0.7),
            ("Mặt cắt", 0.7),
            ("Người vẽ", 1.0),
            ("Thiết kế", 0.3),
            ("Công trình", 0.3),
            ("Hạng mục", 0.5),
        ],
    },
    Form {
        code: "khac",
        name: "Giấy tờ khác",
        titles: &[
            "Hóa đơn",
            "Hóa đơn giá trị gia tăng",
            "Hóa đơn bán hàng",
            "Biên lai thu tiền",
            "Biên lai",
            "Phiếu thu",
            "Phiếu chi",
            "Phiếu xuất kho",
            "Phiếu nhập kho",
            "Bảng điểm",
            "Học bạ",
            "Bảng kê",
            "Danh sách",
            "Thực đơn",
        ],
        phrases: &[
            ("Họ tên người nộp tiền", 1.5),
            ("Người nộp tiền", 1.0),
            ("Số tiền viết bằng chữ", 1.2),
            ("Thủ quỹ", 1.0),
            ("Người mua hàng", 1.5),
            ("Thành tiền", 1.0),
            ("Đơn giá", 0.7),
            ("Mẫu số", 0.5),
            ("Ký hiệu", 0.2),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_twenty_two_types_with_codes_of_their_own() {
        assert_eq!(KINDS.len(), 22);
        for (index, kind) in KINDS.iter().enumerate() {
            assert!(KINDS[..index].iter().all(|other| other.code != kind.code));
            assert!(!kind.titles.is_empty());
        }
    }
}
