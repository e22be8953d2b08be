//! The labels of forms: what is printed before or over a value, which field it names, and what a value looks like.

use std::sync::LazyLock;

use super::pattern::Pattern;

/// A label.
#[derive(Debug)]
pub(super) struct Label {
    /// How it is printed.
    pub(super) pattern: Pattern,
    /// The field whose value follows; empty when what follows is nobody's.
    pub(super) field: &'static str,
    /// What the value looks like.
    pub(super) shape: Shape,
    /// The person whose values come from here on, when the label opens a part of the form.
    pub(super) opens: Option<Person>,
    /// It may be English: what stands behind a Vietnamese label of the same paper counts first, with its marks.
    pub(super) foreign: bool,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A person's name.
    Name,
    /// A day, or a year where only that is known.
    Date,
    /// `Nam` or `Nữ`.
    Sex,
    /// Words on one line.
    Text,
    /// Words on some lines: a place, an address.
    Place,
    /// Twelve digits, or nine of an old card.
    Id,
    /// Letters, digits, strokes and dashes without spaces.
    Code,
    /// An area in square metres.
    Area,
    /// A sum of money.
    Money,
    /// From a day on, maybe to another.
    Span,
    /// Nothing: the label only ends the value before it.
    Stop,
}

/// Whose values a part of a form gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Person {
    /// The paper's own.
    Holder,
    /// The father of a child.
    Father,
    /// The mother of a child.
    Mother,
    /// The husband of a couple.
    Husband,
    /// The wife of a couple.
    Wife,
    /// Anybody else: who asks, who declares, members of a household.
    Other,
}

/// The labels of a type's forms.
pub(super) fn of(code: &str) -> &'static [Label] {
    TABLES
        .iter()
        .find(|(name, _)| *name == code)
        .map_or(&[], |(_, labels)| labels.as_slice())
}

type Entry = (&'static str, &'static str, Shape);
type Opening = (&'static str, &'static str, Shape, Person);

static TABLES: LazyLock<Vec<(&'static str, Vec<Label>)>> = LazyLock::new(|| {
    FORMS
        .iter()
        .map(|form| (form.code, form.labels()))
        .collect()
});

struct Form {
    code: &'static str,
    own: &'static [Entry],
    openings: &'static [Opening],
    shared: &'static [&'static [Entry]],
}

impl Form {
    /// The type's own labels before those it shares: of two with the same words the first counts.
    fn labels(&self) -> Vec<Label> {
        let plain = |(text, field, shape): &Entry| Label {
            pattern: Pattern::new(text),
            field,
            shape: *shape,
            opens: None,
            foreign: text.is_ascii(),
        };
        let opening = |(text, field, shape, person): &Opening| Label {
            pattern: Pattern::new(text),
            field,
            shape: *shape,
            opens: Some(*person),
            foreign: text.is_ascii(),
        };
        let shared = self.shared.iter().flat_map(|group| group.iter());
        self.openings
            .iter()
            .map(opening)
            .chain(self.own.iter().map(plain))
            .chain(shared.map(plain))
            .collect()
    }
}

use Shape::{Area, Code, Date, Id, Money, Name, Place, Sex, Stop, Text};

/// Who somebody is.
const PERSON: &[Entry] = &[
    ("Họ, chữ đệm, tên", "full_name", Name),
    ("Họ, chữ đệm và tên", "full_name", Name),
    ("Họ, chữ đệm và tên khai sinh", "full_name", Name),
    ("Họ và tên khai sinh", "full_name", Name),
    ("Họ và tên", "full_name", Name),
    ("Họ tên", "full_name", Name),
    ("Full name", "full_name", Name),
    ("Full name at birth", "full_name", Name),
    ("Name", "full_name", Name),
    ("Ngày, tháng, năm sinh", "birth_date", Date),
    ("Ngày sinh", "birth_date", Date),
    ("Sinh ngày", "birth_date", Date),
    ("Năm sinh", "birth_date", Date),
    ("Date of birth", "birth_date", Date),
    ("Giới tính", "sex", Sex),
    ("Sex", "sex", Sex),
    ("Gender", "sex", Sex),
    ("Dân tộc", "ethnicity", Text),
    ("Quốc tịch", "nationality", Text),
    ("Nationality", "nationality", Text),
    ("Tôn giáo", "", Stop),
    ("Religion", "", Stop),
    ("Số điện thoại", "", Stop),
    ("Điện thoại", "", Stop),
    ("Email", "", Stop),
    ("Nghề nghiệp", "", Stop),
    ("Ghi bằng chữ", "", Stop),
    ("Viết bằng chữ", "", Stop),
    ("Bằng chữ", "", Stop),
];

/// Where somebody comes from and lives.
const PLACES: &[Entry] = &[
    ("Nơi sinh", "birth_place", Place),
    ("Place of birth", "birth_place", Place),
    ("Quê quán", "origin_place", Place),
    ("Nguyên quán", "origin_place", Place),
    ("Place of origin", "origin_place", Place),
    ("Nơi thường trú", "residence", Place),
    ("Nơi thường trú/tạm trú", "residence", Place),
    ("Nơi cư trú", "residence", Place),
    ("Nơi ở hiện tại", "", Stop),
    ("Nơi ở hiện nay", "", Stop),
    ("Chỗ ở hiện nay", "", Stop),
    ("Nơi tạm trú", "", Stop),
    ("Place of residence", "residence", Place),
    ("Nơi ĐKHK thường trú", "residence", Place),
    ("Nơi đăng ký hộ khẩu thường trú", "residence", Place),
    ("Hộ khẩu thường trú", "residence", Place),
    ("Nơi đăng ký thường trú", "residence", Place),
    ("Địa chỉ thường trú", "residence", Place),
    ("Thường trú tại", "residence", Place),
    ("Cư trú tại", "residence", Place),
    ("Address", "residence", Place),
];

/// Numbers of identity papers.
const NUMBERS: &[Entry] = &[
    ("Số định danh cá nhân", "id_number", Id),
    ("Personal identification number", "id_number", Id),
    ("Personal identification No", "id_number", Id),
    ("Số định danh cá nhân/Số CMND", "id_number", Id),
    ("Số căn cước công dân", "id_number", Id),
    ("Căn cước công dân số", "id_number", Id),
    ("Số thẻ căn cước công dân", "id_number", Id),
    ("Thẻ căn cước công dân số", "id_number", Id),
    ("Số thẻ căn cước", "id_number", Id),
    ("Số căn cước", "id_number", Id),
    ("Căn cước số", "id_number", Id),
    ("Số CCCD", "id_number", Id),
    ("CCCD số", "id_number", Id),
    ("Số CMND", "id_number", Id),
    ("CMND số", "id_number", Id),
    ("Số CMND/CCCD", "id_number", Id),
    ("CMND/CCCD số", "id_number", Id),
    ("CCCD/CMND số", "id_number", Id),
    ("Số CCCD/CMND", "id_number", Id),
    ("Số CMND/CCCD/Hộ chiếu", "id_number", Id),
    ("Chứng minh nhân dân số", "id_number", Id),
    ("Số chứng minh nhân dân", "id_number", Id),
    ("Giấy chứng minh nhân dân số", "id_number", Id),
    ("Giấy tờ tùy thân", "id_number", Id),
    ("Giấy tờ pháp lý của cá nhân", "", Stop),
    ("Số giấy tờ pháp lý của cá nhân", "id_number", Id),
    ("Giấy CMND/Hộ chiếu/CCCD", "id_number", Id),
    ("CMND/Hộ chiếu", "id_number", Id),
    ("Giấy CMND/Hộ chiếu số", "id_number", Id),
    ("CMND/Thẻ CCCD/Hộ chiếu số", "id_number", Id),
    ("ID No", "id_number", Id),
];

/// When and by whom an identity paper of somebody was given; nothing of the document itself.
const OF_PAPERS: &[Entry] = &[
    ("Ngày cấp", "", Stop),
    ("Cấp ngày", "", Stop),
    ("Nơi cấp", "", Stop),
    ("do Cục Cảnh sát", "", Stop),
    ("Có giá trị đến", "", Stop),
];

/// Numbers of an entry in a register of civil status.
const REGISTER: &[Entry] = &[
    ("Số", "number_symbol", Code),
    ("Quyển số", "book_number", Code),
    ("Quyển", "book_number", Code),
    ("Ngày, tháng, năm đăng ký", "registration_date", Date),
    ("Ngày đăng ký", "registration_date", Date),
    ("Đăng ký ngày", "registration_date", Date),
    ("Người ký", "", Stop),
    ("Người thực hiện", "", Stop),
    ("Ghi chú", "", Stop),
    ("Cơ quan đăng ký", "registration_place", Place),
    ("Nơi đăng ký", "registration_place", Place),
];

const FORMS: &[Form] = &[
    Form {
        code: "cccd",
        own: &[
            ("Số", "id_number", Id),
            ("No", "id_number", Id),
            ("Số / No", "id_number", Id),
            ("Có giá trị đến", "expiry_date", Date),
            ("Date of expiry", "expiry_date", Date),
            ("Ngày, tháng, năm", "issued_date", Date),
            ("Date, month, year", "issued_date", Date),
            ("Ngày cấp", "issued_date", Date),
            ("Đặc điểm nhận dạng", "", Stop),
            ("Nhận dạng", "", Stop),
            ("Personal identification", "", Stop),
            ("Cục trưởng cục cảnh sát", "", Stop),
            ("Ngón trỏ trái", "", Stop),
            ("Ngón trỏ phải", "", Stop),
        ],
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "the_can_cuoc",
        own: &[
            ("Ngày, tháng, năm cấp", "issued_date", Date),
            ("Ngày cấp", "issued_date", Date),
            ("Date of issue", "issued_date", Date),
            ("Ngày, tháng, năm hết hạn", "expiry_date", Date),
            ("Có giá trị đến", "expiry_date", Date),
            ("Date of expiry", "expiry_date", Date),
            ("Nơi đăng ký khai sinh", "birth_place", Place),
            ("Place of birth registration", "birth_place", Place),
            ("Place of birth", "birth_place", Place),
            ("Bộ Công an", "", Stop),
            ("Ministry of Public Security", "", Stop),
        ],
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "cmnd",
        own: &[
            ("Số", "id_number", Id),
            ("Dấu vết riêng và dị hình", "", Stop),
            ("Ngón trỏ trái", "", Stop),
            ("Ngón trỏ phải", "", Stop),
            ("Giám đốc", "", Stop),
            ("Có giá trị đến", "expiry_date", Date),
        ],
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "ho_chieu",
        own: &[
            ("Số hộ chiếu", "passport_number", Code),
            ("Passport No", "passport_number", Code),
            ("Ngày cấp", "issued_date", Date),
            ("Date of issue", "issued_date", Date),
            ("Có giá trị đến", "expiry_date", Date),
            ("Date of expiry", "expiry_date", Date),
            ("Nơi cấp", "agency", Place),
            ("Place of issue", "agency", Place),
            ("Số GCMND", "id_number", Id),
            ("Số CMND", "id_number", Id),
            ("ID card No", "id_number", Id),
            ("Loại", "", Stop),
            ("Type", "", Stop),
            ("Mã số", "", Stop),
            ("Code", "", Stop),
        ],
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "gplx",
        own: &[
            ("Số", "number_symbol", Code),
            ("No", "number_symbol", Code),
            ("Số / No", "number_symbol", Code),
            ("Hạng", "licence_class", Code),
            ("Class", "licence_class", Code),
            ("Có giá trị đến", "expiry_date", Date),
            ("Expires", "expiry_date", Date),
            ("Valid until", "expiry_date", Date),
            ("Ngày trúng tuyển", "", Stop),
            ("Các loại xe", "", Stop),
        ],
        openings: &[],
        shared: &[PERSON, PLACES],
    },
    Form {
        code: "giay_khai_sinh",
        own: &[
            ("Nơi đăng ký khai sinh", "registration_place", Place),
            ("Đăng ký tại", "registration_place", Place),
            ("Nơi đăng ký", "registration_place", Place),
            ("Người ký giấy khai sinh", "", Stop),
        ],
        openings: &[
            (
                "Họ, chữ đệm, tên người cha",
                "father_name",
                Name,
                Person::Father,
            ),
            ("Họ, chữ đệm, tên cha", "father_name", Name, Person::Father),
            ("Họ và tên người cha", "father_name", Name, Person::Father),
            ("Họ và tên cha", "father_name", Name, Person::Father),
            ("Họ tên cha", "father_name", Name, Person::Father),
            (
                "Họ, chữ đệm, tên người mẹ",
                "mother_name",
                Name,
                Person::Mother,
            ),
            ("Họ, chữ đệm, tên mẹ", "mother_name", Name, Person::Mother),
            ("Họ và tên người mẹ", "mother_name", Name, Person::Mother),
            ("Họ và tên mẹ", "mother_name", Name, Person::Mother),
            ("Họ tên mẹ", "mother_name", Name, Person::Mother),
            (
                "Họ, chữ đệm, tên người đi khai sinh",
                "",
                Stop,
                Person::Other,
            ),
            ("Họ và tên người đi khai sinh", "", Stop, Person::Other),
            ("Họ tên người đi khai sinh", "", Stop, Person::Other),
            ("Người đi khai sinh", "", Stop, Person::Other),
            ("Họ và tên người yêu cầu", "", Stop, Person::Other),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS, REGISTER],
    },
    Form {
        code: "gcn_ket_hon",
        own: &[
            ("Nơi đăng ký kết hôn", "registration_place", Place),
            ("Đăng ký tại", "registration_place", Place),
            ("Giấy chứng nhận kết hôn này có giá trị", "", Stop),
            ("Chữ ký của vợ", "", Stop),
            ("Chữ ký của chồng", "", Stop),
            ("Người ký giấy chứng nhận", "", Stop),
        ],
        openings: &[
            (
                "Họ, chữ đệm, tên chồng",
                "husband_name",
                Name,
                Person::Husband,
            ),
            (
                "Họ, chữ đệm, tên bên nam",
                "husband_name",
                Name,
                Person::Husband,
            ),
            ("Họ và tên chồng", "husband_name", Name, Person::Husband),
            ("Họ tên chồng", "husband_name", Name, Person::Husband),
            ("Họ, chữ đệm, tên vợ", "wife_name", Name, Person::Wife),
            ("Họ, chữ đệm, tên bên nữ", "wife_name", Name, Person::Wife),
            ("Họ và tên vợ", "wife_name", Name, Person::Wife),
            ("Họ tên vợ", "wife_name", Name, Person::Wife),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS, REGISTER],
    },
    Form {
        code: "khai_tu",
        own: &[
            ("Đã chết vào lúc", "death_date", Date),
            ("Chết vào lúc", "death_date", Date),
            ("Ngày, tháng, năm chết", "death_date", Date),
            ("Ngày chết", "death_date", Date),
            ("Chết ngày", "death_date", Date),
            ("Chết lúc", "death_date", Date),
            ("Đã chết lúc", "death_date", Date),
            ("Chết hồi", "death_date", Date),
            ("Nơi chết", "", Stop),
            ("Nguyên nhân chết", "", Stop),
            ("Nơi cư trú cuối cùng", "residence", Place),
            ("Nơi thường trú cuối cùng", "residence", Place),
            ("Nơi thường trú/tạm trú cuối cùng", "residence", Place),
            ("Số giấy báo tử", "", Stop),
            ("Giấy báo tử số", "", Stop),
            ("Nơi đăng ký khai tử", "registration_place", Place),
            ("Đăng ký khai tử tại", "registration_place", Place),
            ("Đã đăng ký khai tử tại", "registration_place", Place),
            ("Đăng ký tại", "registration_place", Place),
            ("Họ, chữ đệm, tên người chết", "full_name", Name),
            ("Họ và tên người chết", "full_name", Name),
            ("Họ tên người chết", "full_name", Name),
            ("Họ và tên người đã chết", "full_name", Name),
        ],
        openings: &[
            ("Họ, chữ đệm, tên người đi khai tử", "", Stop, Person::Other),
            ("Họ và tên người đi khai tử", "", Stop, Person::Other),
            ("Họ tên người đi khai tử", "", Stop, Person::Other),
            ("Người đi khai tử", "", Stop, Person::Other),
            ("Họ, chữ đệm, tên người yêu cầu", "", Stop, Person::Other),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS, REGISTER],
    },
    Form {
        code: "xac_nhan_tinh_trang_hon_nhan",
        own: &[
            ("Giấy này được cấp để", "purpose", Place),
            (
                "Giấy này được cấp để sử dụng vào mục đích",
                "purpose",
                Place,
            ),
            ("Mục đích sử dụng", "purpose", Place),
            ("Giấy này có giá trị", "validity", Text),
            ("Tình trạng hôn nhân", "", Stop),
            ("Trong thời gian cư trú tại", "", Stop),
            ("Trong thời gian", "", Stop),
            ("Kể từ ngày", "", Stop),
            ("Căn cứ", "", Stop),
        ],
        openings: &[
            ("Xét đề nghị của ông/bà", "", Stop, Person::Other),
            ("Xét đề nghị của", "", Stop, Person::Other),
            ("Theo đề nghị của", "", Stop, Person::Other),
            ("Xác nhận:", "", Stop, Person::Holder),
            ("Xác nhận ông/bà", "full_name", Name, Person::Holder),
        ],
        shared: &[
            PERSON,
            PLACES,
            NUMBERS,
            OF_PAPERS,
            &[("Số", "number_symbol", Code)],
        ],
    },
    Form {
        code: "so_ho_khau",
        own: &[
            ("Họ và tên chủ hộ", "head_of_household", Name),
            ("Họ tên chủ hộ", "head_of_household", Name),
            ("Chủ hộ", "head_of_household", Name),
            ("Hồ sơ hộ khẩu số", "", Stop),
            ("Sổ đăng ký thường trú số", "", Stop),
            ("Tờ số", "", Stop),
            ("Số", "number_symbol", Code),
            ("Sổ hộ khẩu số", "number_symbol", Code),
        ],
        openings: &[
            ("Quan hệ với chủ hộ", "", Stop, Person::Other),
            ("Họ và tên gọi khác", "", Stop, Person::Other),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "gcn_qsdd",
        own: &[
            ("Ông", "full_name", Name),
            ("Bà", "full_name", Name),
            ("Hộ ông", "full_name", Name),
            ("Hộ bà", "full_name", Name),
            ("Người sử dụng đất", "", Stop),
            ("Số vào sổ cấp GCN", "register_number", Code),
            ("Số vào sổ cấp giấy chứng nhận", "register_number", Code),
            (
                "Số vào sổ cấp giấy chứng nhận quyền sử dụng đất",
                "register_number",
                Code,
            ),
            ("Số vào sổ", "register_number", Code),
            ("Vào sổ cấp giấy chứng nhận số", "register_number", Code),
            ("Số phát hành giấy chứng nhận", "serial_number", Code),
            ("Số phát hành", "serial_number", Code),
            ("Thửa đất số", "parcel_number", Code),
            ("Số thửa", "parcel_number", Code),
            ("Thửa số", "parcel_number", Code),
            ("Tờ bản đồ số", "map_sheet", Code),
            ("Số tờ bản đồ", "map_sheet", Code),
            ("Diện tích", "area", Area),
            ("Địa chỉ thửa đất", "address", Place),
            ("Địa chỉ", "address", Place),
            ("Địa chỉ tại", "address", Place),
            ("Mục đích sử dụng", "land_use", Place),
            ("Mục đích sử dụng đất", "land_use", Place),
            ("Loại đất", "land_use", Place),
            ("Hình thức sử dụng", "", Stop),
            ("Hình thức sử dụng đất", "", Stop),
            ("Thời hạn sử dụng", "validity", Text),
            ("Thời hạn sử dụng đất", "validity", Text),
            ("Thời hạn", "validity", Text),
            ("Nguồn gốc sử dụng", "", Stop),
            ("Nguồn gốc sử dụng đất", "", Stop),
            ("Diện tích xây dựng", "", Stop),
            ("Diện tích sàn", "", Stop),
            ("Nhà ở", "", Stop),
            ("Bằng chữ", "", Stop),
            ("Thông tin tài sản", "", Stop),
            ("Thông tin thửa đất", "", Stop),
            ("Tài sản gắn liền với đất", "", Stop),
            ("Công trình xây dựng khác", "", Stop),
            ("Rừng sản xuất", "", Stop),
            ("Cây lâu năm", "", Stop),
            ("Sơ đồ thửa đất", "", Stop),
            ("Tổng diện tích", "", Stop),
        ],
        openings: &[
            ("Và vợ", "", Stop, Person::Other),
            ("Và chồng", "", Stop, Person::Other),
            ("Cùng vợ", "", Stop, Person::Other),
            ("Cùng chồng", "", Stop, Person::Other),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "van_bang",
        own: DEGREE,
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "chung_chi",
        own: DEGREE,
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "dkkd",
        own: &[
            ("Mã số doanh nghiệp", "enterprise_code", Code),
            ("Mã số thuế", "enterprise_code", Code),
            ("Mã số hộ kinh doanh", "enterprise_code", Code),
            ("Mã số chi nhánh", "enterprise_code", Code),
            ("Mã số hợp tác xã", "enterprise_code", Code),
            ("Mã số đăng ký hộ kinh doanh", "enterprise_code", Code),
            ("Số", "number_symbol", Code),
            ("Tên công ty viết bằng tiếng Việt", "enterprise_name", Place),
            (
                "Tên doanh nghiệp viết bằng tiếng Việt",
                "enterprise_name",
                Place,
            ),
            ("Tên công ty", "enterprise_name", Place),
            ("Tên doanh nghiệp", "enterprise_name", Place),
            ("Tên hộ kinh doanh", "enterprise_name", Place),
            ("Tên hợp tác xã", "enterprise_name", Place),
            ("Họ và tên chủ hộ kinh doanh", "full_name", Name),
            ("Đại diện hộ kinh doanh", "full_name", Name),
            ("Chủ hộ kinh doanh", "full_name", Name),
            ("Tên công ty viết bằng tiếng nước ngoài", "", Stop),
            ("Tên công ty viết tắt", "", Stop),
            ("Tên doanh nghiệp viết tắt", "", Stop),
            ("Địa chỉ trụ sở chính", "address", Place),
            ("Địa điểm kinh doanh", "address", Place),
            ("Địa chỉ trụ sở hộ kinh doanh", "address", Place),
            ("Trụ sở của hộ kinh doanh", "address", Place),
            ("Vốn điều lệ", "capital", Money),
            ("Vốn kinh doanh", "capital", Money),
            ("Vốn đầu tư", "capital", Money),
            ("Đăng ký lần đầu, ngày", "registration_date", Date),
            ("Đăng ký lần đầu", "registration_date", Date),
            ("Đăng ký thay đổi lần thứ", "issued_date", Date),
            ("Ngành, nghề kinh doanh", "", Stop),
            ("Fax", "", Stop),
            ("Website", "", Stop),
            ("Mệnh giá cổ phần", "", Stop),
            ("Tổng số cổ phần", "", Stop),
            ("Bằng chữ", "", Stop),
            ("Chức danh", "", Stop),
        ],
        openings: &[
            ("Người đại diện theo pháp luật", "", Stop, Person::Holder),
            ("Thông tin về chủ sở hữu", "", Stop, Person::Holder),
            ("Thông tin về chủ hộ", "", Stop, Person::Holder),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "ly_lich_tu_phap",
        own: &[
            ("Số", "number_symbol", Code),
            ("Tình trạng án tích", "", Stop),
            ("Thông tin về cấm đảm nhiệm chức vụ", "", Stop),
            ("Căn cứ", "", Stop),
        ],
        openings: &[
            ("Họ và tên cha", "father_name", Name, Person::Father),
            ("Họ và tên mẹ", "mother_name", Name, Person::Mother),
            ("Họ và tên vợ", "", Stop, Person::Other),
            ("Họ và tên chồng", "", Stop, Person::Other),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "so_bhxh",
        own: INSURANCE,
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "the_bhyt",
        own: INSURANCE,
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS],
    },
    Form {
        code: "hop_dong_cong_chung",
        own: &[
            ("Số công chứng", "number_symbol", Code),
            ("Quyển số", "book_number", Code),
            ("Ông", "full_name", Name),
            ("Bà", "full_name", Name),
            ("Thửa đất số", "parcel_number", Code),
            ("Tờ bản đồ số", "map_sheet", Code),
            ("Địa chỉ thửa đất", "address", Place),
            ("Diện tích", "area", Area),
        ],
        openings: &[
            ("Cùng vợ", "", Stop, Person::Other),
            ("Cùng chồng", "", Stop, Person::Other),
            ("Bên nhận chuyển nhượng", "", Stop, Person::Other),
            ("Bên nhận tặng cho", "", Stop, Person::Other),
            ("Bên được tặng cho", "", Stop, Person::Other),
            ("Bên mua", "", Stop, Person::Other),
            ("Bên B", "", Stop, Person::Other),
            ("Bên được ủy quyền", "", Stop, Person::Other),
            ("Bên nhận ủy quyền", "", Stop, Person::Other),
            ("Bên thuê", "", Stop, Person::Other),
        ],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "don_de_nghi",
        own: &[
            ("Tôi tên là", "full_name", Name),
            ("Tên tôi là", "full_name", Name),
            ("Tôi là", "full_name", Name),
            ("Họ và tên người làm đơn", "full_name", Name),
            ("Họ và tên người đề nghị", "full_name", Name),
            ("Họ, chữ đệm, tên người yêu cầu", "full_name", Name),
            ("Người yêu cầu", "full_name", Name),
            ("Kính gửi", "", Stop),
            ("Thường trú", "residence", Place),
            ("Địa chỉ", "residence", Place),
            ("Lý do", "", Stop),
        ],
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "phieu_tiep_nhan",
        own: &[
            ("Mã hồ sơ", "case_code", Code),
            ("Mã số hồ sơ", "case_code", Code),
            ("Số hồ sơ", "case_code", Code),
            ("Số", "number_symbol", Code),
            ("Tiếp nhận hồ sơ của ông/bà", "full_name", Name),
            ("Tiếp nhận hồ sơ của", "full_name", Name),
            ("Họ và tên người nộp", "full_name", Name),
            ("Người nộp hồ sơ", "full_name", Name),
            ("Người nộp", "full_name", Name),
            ("Tổ chức, cá nhân", "full_name", Name),
            ("Địa chỉ", "residence", Place),
            ("Nội dung yêu cầu giải quyết", "subject", Place),
            ("Về việc", "subject", Place),
            ("Tên thủ tục hành chính", "subject", Place),
            ("Thủ tục", "subject", Place),
            ("Thành phần hồ sơ", "", Stop),
            ("Số lượng hồ sơ", "", Stop),
            ("Thời gian giải quyết", "", Stop),
            ("Thời gian nhận hồ sơ", "issued_date", Date),
            ("Ngày tiếp nhận", "issued_date", Date),
            ("Ngày nhận hồ sơ", "issued_date", Date),
            ("Thời gian trả kết quả", "expiry_date", Date),
            ("Ngày hẹn trả kết quả", "expiry_date", Date),
            ("Ngày hẹn trả", "expiry_date", Date),
            ("Đăng ký nhận kết quả", "", Stop),
            ("Người tiếp nhận", "", Stop),
        ],
        openings: &[],
        shared: &[PERSON, PLACES, NUMBERS, OF_PAPERS],
    },
    Form {
        code: "ban_ve",
        own: &[
            ("Số hiệu bản vẽ", "number_symbol", Code),
            ("Ký hiệu bản vẽ", "number_symbol", Code),
            ("Bản vẽ số", "number_symbol", Code),
            ("Số bản vẽ", "number_symbol", Code),
            ("Tên bản vẽ", "subject", Place),
            ("Công trình", "", Stop),
            ("Hạng mục", "", Stop),
            ("Chủ đầu tư", "", Stop),
            ("Tỷ lệ", "", Stop),
            ("Ngày", "issued_date", Date),
        ],
        openings: &[],
        shared: &[],
    },
];

const DEGREE: &[Entry] = &[
    ("Cấp cho", "full_name", Name),
    ("Cấp bằng cho", "full_name", Name),
    ("Cho", "full_name", Name),
    ("Chứng nhận", "full_name", Name),
    ("Cấp cho ông/bà", "full_name", Name),
    ("Cho ông/bà", "full_name", Name),
    ("Cho ông", "full_name", Name),
    ("Cho bà", "full_name", Name),
    ("Cho anh", "full_name", Name),
    ("Cho chị", "full_name", Name),
    ("Cấp cho ông", "full_name", Name),
    ("Cấp cho bà", "full_name", Name),
    ("Học sinh", "full_name", Name),
    ("Sinh viên", "full_name", Name),
    ("Học viên", "full_name", Name),
    ("Mr", "full_name", Name),
    ("Ms", "full_name", Name),
    ("Conferred upon", "full_name", Name),
    ("Ông/bà", "full_name", Name),
    ("Upon", "full_name", Name),
    ("Awarded to", "full_name", Name),
    ("This is to certify that", "full_name", Name),
    ("Certify that", "full_name", Name),
    ("Born on", "birth_date", Date),
    ("Born in", "birth_place", Place),
    ("Ngành", "major", Text),
    ("Ngành đào tạo", "major", Text),
    ("Chuyên ngành", "major", Text),
    ("Nghề", "major", Text),
    ("Major", "major", Text),
    ("Major in", "major", Text),
    ("Chuyên đề", "major", Text),
    ("Môn", "major", Text),
    ("Xếp loại", "grade", Text),
    ("Xếp loại tốt nghiệp", "grade", Text),
    ("Hạng tốt nghiệp", "grade", Text),
    ("Đạt loại", "grade", Text),
    ("Loại", "grade", Text),
    ("Degree classification", "grade", Text),
    ("Classification", "grade", Text),
    ("Ranking", "grade", Text),
    ("Grade", "grade", Text),
    ("Năm tốt nghiệp", "graduation_year", Text),
    ("Year of graduation", "graduation_year", Text),
    ("Graduation year", "graduation_year", Text),
    ("Khóa thi", "", Stop),
    ("Hội đồng thi", "", Stop),
    ("Hình thức đào tạo", "study_mode", Text),
    ("Mode of study", "study_mode", Text),
    ("Mode of training", "study_mode", Text),
    ("Học sinh trường", "", Stop),
    ("Số hiệu", "serial_number", Code),
    ("Số hiệu văn bằng", "serial_number", Code),
    ("Số hiệu bằng", "serial_number", Code),
    ("Serial number", "serial_number", Code),
    ("Serial No", "serial_number", Code),
    ("Diploma No", "serial_number", Code),
    ("Certificate No", "serial_number", Code),
    ("Số vào sổ gốc cấp văn bằng", "register_number", Code),
    ("Số vào sổ gốc cấp bằng", "register_number", Code),
    ("Số vào sổ gốc cấp chứng chỉ", "register_number", Code),
    ("Số vào sổ cấp bằng", "register_number", Code),
    ("Số vào sổ cấp chứng chỉ", "register_number", Code),
    ("Số vào sổ gốc", "register_number", Code),
    ("Số vào sổ", "register_number", Code),
    ("Vào sổ cấp bằng số", "register_number", Code),
    ("Vào sổ số", "register_number", Code),
    ("Reference number", "register_number", Code),
    ("Reg. No", "register_number", Code),
    ("Registration No", "register_number", Code),
    ("Register number", "register_number", Code),
    ("Hiệu trưởng", "", Stop),
    ("Giám đốc", "", Stop),
    ("Given under", "", Stop),
    ("Có giá trị đến", "expiry_date", Date),
    ("Valid until", "expiry_date", Date),
];

const INSURANCE: &[Entry] = &[
    ("Mã số", "insurance_number", Code),
    ("Mã thẻ", "insurance_number", Code),
    ("Số thẻ", "insurance_number", Code),
    ("Số sổ", "insurance_number", Code),
    ("Số sổ BHXH", "insurance_number", Code),
    ("Mã số BHXH", "insurance_number", Code),
    ("Mã số bảo hiểm xã hội", "insurance_number", Code),
    ("Số", "insurance_number", Code),
    ("Giá trị sử dụng", "validity", Shape::Span),
    ("Giá trị sử dụng từ ngày", "validity", Shape::Span),
    ("Giá trị sử dụng: từ", "validity", Shape::Span),
    ("Thời hạn sử dụng", "validity", Shape::Span),
    ("Mức hưởng", "", Stop),
    ("Nơi đăng ký KCB BĐ", "", Stop),
    ("Nơi ĐK KCB BĐ", "", Stop),
    ("Nơi đăng ký khám chữa bệnh ban đầu", "", Stop),
    ("Thời điểm đủ 05 năm liên tục", "", Stop),
    ("Nơi cấp, đổi thẻ", "", Stop),
    ("Địa chỉ", "residence", Place),
    ("Quá trình đóng", "", Stop),
    ("Cấp ngày", "issued_date", Date),
    ("Ngày cấp", "issued_date", Date),
];
