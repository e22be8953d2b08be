//! Who issues a paper, of any kind there is: ministries, provinces, communes, schools, hospitals, companies, Party bodies.

use crate::{grammar::Writer, page::Mark, paper::administrative::halves};

/// A day: day, month, year.
pub type Day = (u32, u32, u32);

/// An issuing body as its papers show it.
#[derive(Debug, Clone, Default)]
pub struct Issuer {
    /// Line over the name in the header, in capitals; may be empty.
    pub parent: String,
    /// Its name in the header in capitals; `\n` forces a new line.
    pub header: String,
    /// Its full name, such as `Sở Nội vụ tỉnh Bắc Ninh`.
    pub name: String,
    /// Full name of the body over it.
    pub parent_name: String,
    /// Its code in document numbers.
    pub code: String,
    /// Title of its head in capitals, such as `GIÁM ĐỐC`.
    pub chief: String,
    /// `TM.` line when it decides as a body, without `TM.`.
    pub behalf: String,
    /// Place before the date.
    pub place: String,
    /// `tỉnh Bắc Ninh`.
    pub province: String,
    /// What it answers for, such as `xã Tân Hòa`.
    pub area: String,
    /// Units that draft its letters.
    pub offices: Vec<String>,
    /// Party body.
    pub party: bool,
}

/// The sorts of issuing bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Any that issues everyday papers.
    Any,
    /// A ministry.
    Ministry,
    /// Two or three ministries together.
    Joint,
    /// The Government.
    Government,
    /// The Prime Minister.
    Premier,
    /// A people's committee of a province, district or commune.
    Committee,
    /// A people's committee of a commune.
    Commune,
    /// A people's council.
    Council,
    /// The National Assembly, its standing committee, the President.
    State(&'static str),
    /// A body of the Party.
    Party,
}

/// The day the provinces were merged and the districts ended: 1 July 2025.
const MERGER: Day = (1, 7, 2025);

impl Issuer {
    /// A body of a sort as it was on `day`; tells the writer its names.
    pub fn draw(sort: Sort, day: Day, writer: &mut Writer) -> Self {
        let lands = Lands::draw(day, writer);
        for (name, value) in [
            ("P", &lands.province),
            ("p", &lands.place),
            ("D", &lands.district),
            ("C", &lands.ward),
        ] {
            writer.set(name, value);
        }
        let mut issuer = Self::of(sort, &lands, writer);
        issuer.province.clone_from(&lands.province);
        if issuer.area.is_empty() {
            issuer.area.clone_from(&lands.province);
        }
        if issuer.place.is_empty() {
            issuer.place.clone_from(&lands.place);
        }
        writer.set("agency", &issuer.name);
        writer.set("AGENCY", &issuer.name.to_uppercase());
        writer.set("province", &issuer.province);
        writer.set("area", &issuer.area);
        let seat = if issuer.area == issuer.province || issuer.place == "Hà Nội" {
            issuer.place.clone()
        } else {
            format!("{}, {}", issuer.area, issuer.province)
        };
        writer.set("seat", &seat);
        writer.set("code", &issuer.code);
        writer.set("head", &issuer.head());
        writer.set("HEAD", &issuer.head().to_uppercase());
        writer.set("HeadCap", &issuer.head());
        writer.set("superior", &issuer.superior());
        issuer
    }

    fn of(sort: Sort, lands: &Lands, writer: &mut Writer) -> Self {
        match sort {
            Sort::Any => match writer.dice.int(0, 15) {
                0..=2 => Self::committee(lands, writer),
                3 => Self::listed("issuer.ministry", writer).central(),
                4 => Self::listed("issuer.bureau", writer).central(),
                5..=7 => Self::listed("issuer.department", writer),
                8 if !lands.district.is_empty() => Self::listed("issuer.local", writer),
                8..=11 => Self::listed("issuer.institute", writer),
                12 => Self::listed("issuer.firm", writer),
                13 => Self::listed("issuer.body", writer),
                _ => Self::committee(lands, writer),
            },
            Sort::Ministry => Self::listed("issuer.ministry", writer).central(),
            Sort::Joint => Self::joint(writer),
            Sort::Government => Self::named("Chính phủ", "CP", "THỦ TƯỚNG", "CHÍNH PHỦ").central(),
            Sort::Premier => Self::named("Thủ tướng Chính phủ", "TTg", "THỦ TƯỚNG", "").central(),
            Sort::Committee => Self::committee(lands, writer),
            Sort::Commune => Self::commune(lands),
            Sort::Council => Self::council(lands, writer),
            Sort::State(name) => {
                let (code, chief) = match name {
                    "Quốc hội" => ("QH", "CHỦ TỊCH QUỐC HỘI"),
                    "Chủ tịch nước" => ("CTN", "CHỦ TỊCH"),
                    _ => ("UBTVQH", "CHỦ TỊCH"),
                };
                let behalf = if code == "UBTVQH" {
                    "ỦY BAN THƯỜNG VỤ QUỐC HỘI"
                } else {
                    ""
                };
                Self::named(name, code, chief, behalf).central()
            }
            Sort::Party => {
                let mut body = Self::listed("issuer.party", writer);
                body.party = true;
                if body.code.ends_with("TW") {
                    body = body.central();
                }
                body
            }
        }
    }

    fn named(name: &str, code: &str, chief: &str, behalf: &str) -> Self {
        Self {
            header: name.to_uppercase(),
            name: name.to_owned(),
            code: code.to_owned(),
            chief: chief.to_owned(),
            behalf: behalf.to_owned(),
            offices: ["KTTH", "NN", "CN", "KGVX", "V.I"]
                .map(str::to_owned)
                .to_vec(),
            ..Self::default()
        }
    }

    fn central(mut self) -> Self {
        "Hà Nội".clone_into(&mut self.place);
        "cả nước".clone_into(&mut self.area);
        self
    }

    /// A line of a list: `parent|name|code|full name|units`.
    fn listed(list: &str, writer: &mut Writer) -> Self {
        let line = writer.pick_raw(list);
        let parts: Vec<String> = line.split('|').map(|part| writer.fill(part)).collect();
        let part = |index: usize| parts.get(index).cloned().unwrap_or_default();
        let name = if part(3).is_empty() { part(1) } else { part(3) };
        Self {
            parent: part(0).to_uppercase(),
            header: part(1).to_uppercase(),
            chief: chief_of(&part(1)),
            behalf: behalf_of(&part(1)),
            name,
            parent_name: part(0).replace("UBND", "Ủy ban nhân dân"),
            code: part(2),
            offices: part(4).split(',').map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    fn joint(writer: &mut Writer) -> Self {
        let count = writer.dice.int(2, 3);
        let mut bodies: Vec<Self> = Vec::new();
        while bodies.len() < count as usize {
            let body = Self::listed("issuer.ministry", writer);
            if bodies.iter().all(|known| known.code != body.code) {
                bodies.push(body);
            }
        }
        let join = |each: fn(&Self) -> &str, with: &str| {
            bodies.iter().map(each).collect::<Vec<_>>().join(with)
        };
        Self {
            header: join(|body| &body.header, " -\n"),
            name: join(|body| &body.name, " - "),
            code: join(|body| &body.code, "-"),
            chief: join(|body| &body.chief, "|"),
            ..Self::default()
        }
        .central()
    }

    fn committee(lands: &Lands, writer: &mut Writer) -> Self {
        let area = match writer.dice.int(0, 5) {
            0..=2 => lands.province.clone(),
            3 if !lands.district.is_empty() => lands.district.clone(),
            _ => lands.ward.clone(),
        };
        let parent = if area == lands.ward && writer.dice.chance(0.3) {
            if lands.district.is_empty() {
                lands.province.clone()
            } else {
                lands.district.clone()
            }
        } else {
            String::new()
        };
        let parent = if parent.is_empty() {
            parent
        } else {
            format!("ỦY BAN NHÂN DÂN {}", parent.to_uppercase())
        };
        Self::seated(area, parent, lands)
    }

    /// The people's committee of an area.
    fn seated(area: String, parent: String, lands: &Lands) -> Self {
        Self {
            parent_name: sentence(&parent, lands),
            parent,
            header: format!("ỦY BAN NHÂN DÂN\n{}", area.to_uppercase()),
            name: format!("Ủy ban nhân dân {area}"),
            code: "UBND".to_owned(),
            chief: "CHỦ TỊCH".to_owned(),
            behalf: "ỦY BAN NHÂN DÂN".to_owned(),
            place: bare(&area),
            area,
            offices: ["VP", "KTTH", "NC", "KGVX", "VHXH", "TNMT"]
                .map(str::to_owned)
                .to_vec(),
            ..Self::default()
        }
    }

    fn commune(lands: &Lands) -> Self {
        Self::seated(lands.ward.clone(), String::new(), lands)
    }

    fn council(lands: &Lands, writer: &mut Writer) -> Self {
        let area = if writer.dice.chance(0.6) {
            lands.province.clone()
        } else {
            lands.ward.clone()
        };
        Self {
            header: format!("HỘI ĐỒNG NHÂN DÂN\n{}", area.to_uppercase()),
            name: format!("Hội đồng nhân dân {area}"),
            code: "HĐND".to_owned(),
            chief: "CHỦ TỊCH".to_owned(),
            behalf: "HỘI ĐỒNG NHÂN DÂN".to_owned(),
            place: bare(&area),
            area,
            offices: vec!["VP".to_owned()],
            ..Self::default()
        }
    }

    /// Its head in running text, such as `Giám đốc Sở Nội vụ tỉnh Bắc Ninh`.
    #[must_use]
    pub fn head(&self) -> String {
        let first = self.chief.split('|').next().unwrap_or_default();
        let title = capital_first(&first.to_lowercase());
        match self.name.as_str() {
            name @ ("Thủ tướng Chính phủ" | "Chủ tịch nước" | "Chính phủ" | "Quốc hội") => {
                name.to_owned()
            }
            name if name.starts_with("Bộ ") && title.starts_with("Bộ trưởng") => {
                format!("Bộ trưởng {name}")
            }
            name => format!("{title} {name}"),
        }
    }

    /// Whom it reports to.
    #[must_use]
    pub fn superior(&self) -> String {
        if !self.parent_name.is_empty() {
            self.parent_name.clone()
        } else if self.code == "UBND" && self.area == self.province {
            format!("Hội đồng nhân dân {}", self.province)
        } else if self.party {
            "Ban Thường vụ Tỉnh ủy".to_owned()
        } else if self.place == "Hà Nội" {
            "Thủ tướng Chính phủ".to_owned()
        } else {
            format!("Ủy ban nhân dân {}", self.province)
        }
    }

    /// Its seal.
    #[must_use]
    pub fn seal(&self, at: (f32, f32), radius: f32) -> Mark {
        let flat = self.header.replace('\n', " ");
        let (above, below, middle) = if !self.behalf.is_empty() || self.party {
            let mut rows = self.header.lines();
            (
                rows.next().unwrap_or_default().to_owned(),
                rows.next().unwrap_or("*").to_owned(),
                Vec::new(),
            )
        } else if self.parent.is_empty() {
            (flat, "*".to_owned(), Vec::new())
        } else {
            (self.parent.clone(), "*".to_owned(), halves(&flat))
        };
        Mark::Seal {
            at,
            radius,
            above,
            below,
            middle,
        }
    }
}

/// Places as they were called on a day.
struct Lands {
    province: String,
    place: String,
    district: String,
    ward: String,
}

impl Lands {
    fn draw(day: Day, writer: &mut Writer) -> Self {
        let old = (day.2, day.1, day.0) < (MERGER.2, MERGER.1, MERGER.0);
        let list = if old { "old.province" } else { "new.province" };
        let join = |line: &str| line.replace('|', " ");
        let province = writer.pick_raw(list);
        let district = if old {
            join(writer.pick_raw("old.district"))
        } else {
            String::new()
        };
        let mut ward = join(writer.pick_raw("ward"));
        // Townships ended with the districts.
        if !old && ward.starts_with("thị trấn") {
            ward = ward.replacen("thị trấn", "xã", 1);
        }
        Self {
            place: province.split('|').nth(1).unwrap_or_default().to_owned(),
            province: join(province),
            district,
            ward,
        }
    }
}

fn chief_of(name: &str) -> String {
    const CHIEFS: [(&str, &str); 24] = [
        ("Bộ ", "BỘ TRƯỞNG"),
        ("Thanh tra Chính phủ", "TỔNG THANH TRA"),
        ("Ngân hàng Nhà nước", "THỐNG ĐỐC"),
        ("Tổng cục", "TỔNG CỤC TRƯỞNG"),
        ("Cục", "CỤC TRƯỞNG"),
        ("Vụ", "VỤ TRƯỞNG"),
        ("Phòng", "TRƯỞNG PHÒNG"),
        ("Văn phòng", "CHÁNH VĂN PHÒNG"),
        ("Thanh tra", "CHÁNH THANH TRA"),
        ("Trường", "HIỆU TRƯỞNG"),
        ("Viện kiểm sát", "VIỆN TRƯỞNG"),
        ("Viện", "VIỆN TRƯỞNG"),
        ("Tòa án", "CHÁNH ÁN"),
        ("Liên đoàn", "CHỦ TỊCH"),
        ("Hội", "CHỦ TỊCH"),
        ("Đoàn", "BÍ THƯ"),
        ("Tổng công ty", "TỔNG GIÁM ĐỐC"),
        ("Ban Quản lý", "TRƯỞNG BAN"),
        ("Ủy ban Kiểm tra", "CHỦ NHIỆM"),
        ("Ban Chấp hành", "TỔNG BÍ THƯ"),
        ("Ban ", "TRƯỞNG BAN"),
        ("Chi bộ", "BÍ THƯ"),
        ("Bảo hiểm xã hội Việt Nam", "TỔNG GIÁM ĐỐC"),
        ("", "GIÁM ĐỐC"),
    ];
    if ["Tỉnh ủy", "Thành ủy", "Huyện ủy", "Đảng ủy"]
        .iter()
        .any(|body| name.starts_with(body))
    {
        return "BÍ THƯ".to_owned();
    }
    CHIEFS
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map_or("GIÁM ĐỐC", |(_, chief)| chief)
        .to_owned()
}

fn behalf_of(name: &str) -> String {
    if ["Tỉnh ủy", "Thành ủy", "Huyện ủy", "Đảng ủy"]
        .iter()
        .any(|body| name.starts_with(body))
    {
        return "BAN THƯỜNG VỤ".to_owned();
    }
    for (start, line) in [
        ("Ban Chấp hành Trung ương", "BAN BÍ THƯ"),
        ("Chi bộ", "CHI BỘ"),
        ("Liên đoàn", "BAN THƯỜNG VỤ"),
        ("Hội ", "BAN THƯỜNG VỤ"),
        ("Đoàn ", "BAN THƯỜNG VỤ"),
    ] {
        if name.starts_with(start) {
            return line.to_owned();
        }
    }
    String::new()
}

/// `huyện Lục Ngạn` without its kind.
fn bare(area: &str) -> String {
    for kind in [
        "thành phố ",
        "thị trấn ",
        "thị xã ",
        "phường ",
        "huyện ",
        "tỉnh ",
        "quận ",
        "xã ",
    ] {
        if let Some(name) = area.strip_prefix(kind) {
            return name.to_owned();
        }
    }
    area.to_owned()
}

/// The parent line of a commune in sentence case.
fn sentence(parent: &str, lands: &Lands) -> String {
    if parent.is_empty() {
        return String::new();
    }
    let area = if lands.district.is_empty() {
        &lands.province
    } else {
        &lands.district
    };
    format!("Ủy ban nhân dân {area}")
}

fn capital_first(text: &str) -> String {
    crate::grammar::capital(text)
}
