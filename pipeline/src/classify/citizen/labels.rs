//! The labels of forms: what is printed before or over a value, which field it names, and what a value looks like.

use std::sync::LazyLock;

use super::pattern::Pattern;
use persons::PERSONS;
use things::THINGS;

mod persons;

mod things;

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
    PERSONS
        .iter()
        .chain(THINGS)
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

use Shape::{Code, Date, Id, Name, Place, Sex, Stop, Text};

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
