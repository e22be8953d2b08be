//! Who issues a paper: level, names, codes, titles.

use crate::dice::Dice;

/// An issuing body.
#[derive(Debug, Clone)]
pub struct Agency {
    /// Line above the name: the body over it; empty for a people's committee.
    pub parent: String,
    /// Its name in the header, one or two lines.
    pub header: String,
    /// Its name in running text, such as `Sở Nội vụ`.
    pub name: String,
    /// Its code in document numbers.
    pub code: String,
    /// Title of its head, such as `Giám đốc Sở Nội vụ`.
    pub head: String,
    /// `TM.` line over the signer's title, when it decides as a body.
    pub behalf: Option<String>,
    /// Short title of the head in capitals.
    pub chief: String,
    /// `tỉnh Bắc Ninh`.
    pub province: String,
    /// The area it answers for, such as `tỉnh Bắc Ninh` or `xã Tân Hòa`.
    pub area: String,
    /// Place named before the date.
    pub place: String,
    /// Units that draft its letters.
    pub offices: &'static [&'static str],
}

const PROVINCES: [(&str, &str); 16] = [
    ("tỉnh", "Bắc Ninh"),
    ("tỉnh", "Quảng Ninh"),
    ("tỉnh", "Điện Biên"),
    ("tỉnh", "Lào Cai"),
    ("tỉnh", "Thái Nguyên"),
    ("tỉnh", "Phú Thọ"),
    ("tỉnh", "Hưng Yên"),
    ("tỉnh", "Ninh Bình"),
    ("tỉnh", "Thanh Hóa"),
    ("tỉnh", "Nghệ An"),
    ("tỉnh", "Quảng Trị"),
    ("tỉnh", "Gia Lai"),
    ("tỉnh", "Đắk Lắk"),
    ("tỉnh", "Lâm Đồng"),
    ("tỉnh", "Vĩnh Long"),
    ("thành phố", "Hải Phòng"),
];

const COMMUNES: [(&str, &str); 12] = [
    ("xã", "Tân Hòa"),
    ("xã", "Hưng Đạo"),
    ("xã", "Vĩnh Thịnh"),
    ("xã", "Thanh Sơn"),
    ("xã", "Yên Lạc"),
    ("xã", "Mỹ Phước"),
    ("xã", "Nghĩa Thành"),
    ("xã", "Đồng Tiến"),
    ("phường", "Đông Kinh"),
    ("phường", "Ngọc Châu"),
    ("phường", "Kim Long"),
    ("phường", "Lê Lợi"),
];

const DEPARTMENTS: [(&str, &str); 9] = [
    ("Sở Nội vụ", "SNV"),
    ("Sở Tài chính", "STC"),
    ("Sở Tư pháp", "STP"),
    ("Sở Y tế", "SYT"),
    ("Sở Xây dựng", "SXD"),
    ("Sở Công Thương", "SCT"),
    ("Sở Giáo dục và Đào tạo", "SGDĐT"),
    ("Sở Khoa học và Công nghệ", "SKHCN"),
    ("Sở Nông nghiệp và Môi trường", "SNNMT"),
];

impl Agency {
    /// A people's committee of a province or a commune, or a department.
    #[must_use]
    pub fn any(dice: &mut Dice) -> Self {
        match dice.int(0, 9) {
            0..=2 => Self::province(dice),
            3..=4 => Self::commune(dice),
            _ => Self::department(dice),
        }
    }

    /// The people's committee of a province.
    #[must_use]
    pub fn province(dice: &mut Dice) -> Self {
        let (kind, name) = province(dice);
        let area = format!("{kind} {name}");
        Self {
            parent: String::new(),
            header: format!("ỦY BAN NHÂN DÂN\n{}", area.to_uppercase()),
            name: format!("Ủy ban nhân dân {area}"),
            code: "UBND".to_owned(),
            head: format!("Chủ tịch Ủy ban nhân dân {area}"),
            behalf: Some("TM. ỦY BAN NHÂN DÂN".to_owned()),
            chief: "CHỦ TỊCH".to_owned(),
            province: area.clone(),
            area,
            place: name.to_owned(),
            offices: &["KGVX", "KTTH", "NC", "NNMT", "TH", "XDNĐ"],
        }
    }

    /// The people's committee of a commune or ward.
    #[must_use]
    pub fn commune(dice: &mut Dice) -> Self {
        let (kind, name) = province(dice);
        let (level, commune) = dice.pick(&COMMUNES).copied().unwrap_or(("xã", "Tân Hòa"));
        let area = format!("{level} {commune}");
        Self {
            parent: String::new(),
            header: format!("ỦY BAN NHÂN DÂN\n{}", area.to_uppercase()),
            name: format!("Ủy ban nhân dân {area}"),
            code: "UBND".to_owned(),
            head: format!("Chủ tịch Ủy ban nhân dân {area}"),
            behalf: Some("TM. ỦY BAN NHÂN DÂN".to_owned()),
            chief: "CHỦ TỊCH".to_owned(),
            province: format!("{kind} {name}"),
            area,
            place: commune.to_owned(),
            offices: &["VHXH", "KT", "VP", "TTPVHCC"],
        }
    }

    /// A department under a province.
    #[must_use]
    pub fn department(dice: &mut Dice) -> Self {
        let (kind, place) = province(dice);
        let (name, code) = dice
            .pick(&DEPARTMENTS)
            .copied()
            .unwrap_or(("Sở Nội vụ", "SNV"));
        let area = format!("{kind} {place}");
        Self {
            parent: format!("UBND {}", area.to_uppercase()),
            header: name.to_uppercase(),
            name: name.to_owned(),
            code: code.to_owned(),
            head: format!("Giám đốc {name}"),
            behalf: None,
            chief: "GIÁM ĐỐC".to_owned(),
            province: area.clone(),
            area,
            place: place.to_owned(),
            offices: &["VP", "TTr", "KHTC", "QLVB", "TH"],
        }
    }

    /// The body it reports to.
    #[must_use]
    pub fn superior(&self) -> String {
        let body = if self.area == self.province && self.parent.is_empty() {
            "Hội đồng"
        } else {
            "Ủy ban"
        };
        format!("{body} nhân dân {}", self.province)
    }
}

fn province(dice: &mut Dice) -> (&'static str, &'static str) {
    dice.pick(&PROVINCES)
        .copied()
        .unwrap_or(("tỉnh", "Bắc Ninh"))
}
