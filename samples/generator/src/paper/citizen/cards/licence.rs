//! The driving licence.

use super::{Card, beside_photo, deliver};
use crate::{
    page::{Face, Mark, Region, Tint, mm},
    paper::{
        citizen::desk::{Desk, cell, day, iso, sans, slashed},
        frame::bold,
    },
};

/// Giấy phép lái xe.
pub(in crate::paper::citizen) fn licence(desk: &mut Desk<'_>) {
    let card = Card::draw(desk, (2013, 2026));
    deliver(desk, &card, licence_front, licence_back);
    desk.note("owner_number", "");
}

fn licence_front(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([246, 236, 206]);
    let new = card.issued.2 >= 2025;
    desk.y = mm(2.6);
    let left = if new { "BỘ CÔNG AN" } else { "BỘ GTVT" };
    desk.centred_in(
        left,
        bold(6.4).face(Face::Sans),
        0.0,
        mm(2.0),
        mm(24.0),
        Region::HeaderLeft,
    );
    if !new {
        desk.centred_in("MOT", sans(5.6), 0.0, mm(2.0), mm(24.0), Region::HeaderLeft);
    }
    desk.y = mm(2.6);
    desk.style = sans(6.0);
    desk.state(mm(28.0), mm(54.0), 5.8, Tint::Black);
    desk.centred_in(
        "GIẤY PHÉP LÁI XE / DRIVER'S LICENSE",
        bold(7.4).face(Face::Sans).tint(Tint::Red),
        2.0,
        mm(27.0),
        mm(56.0),
        Region::Title,
    );
    let number = if desk.chance(0.5) {
        card.person.number.clone()
    } else {
        format!(
            "{:06}{:06}",
            desk.int(10_000, 790_999),
            desk.int(1, 999_999)
        )
    };
    let person = &card.person;
    desk.page.marks.push(Mark::Portrait {
        at: (mm(4.0), mm(14.0)),
        size: (mm(20.0), mm(27.0)),
    });
    beside_photo(desk);
    desk.y = mm(15.0);
    desk.air = 0.14;
    desk.style = bold(7.6).face(Face::Sans).tint(Tint::Red);
    desk.row(vec![cell("Số/No:", &number, "number_symbol")]);
    desk.style = sans(6.2);
    desk.row(vec![
        cell(
            "Họ tên/Full name:",
            &person.name.to_uppercase(),
            "full_name",
        )
        .strong(),
    ]);
    desk.row(vec![day(
        "Ngày sinh/Date of Birth:",
        person.birth,
        "birth_date",
    )]);
    desk.row(vec![cell(
        "Quốc tịch/Nationality:",
        "VIỆT NAM",
        "nationality",
    )]);
    desk.row(vec![cell("Nơi cư trú/Address:", &person.home, "residence")]);
    licence_foot(desk, card);
}

fn licence_foot(desk: &mut Desk<'_>, card: &Card) {
    let (day_number, month, year) = card.issued;
    let province = desk.issuer.place.clone();
    let province = if card.issued.2 < 2025 || desk.world == crate::grammar::World::A {
        desk.writer.value("p")
    } else {
        province
    };
    desk.centred_in(
        &format!("{province}, ngày/date {day_number:02} tháng/month {month:02} năm/year {year}"),
        sans(5.4),
        1.6,
        mm(27.0),
        mm(56.0),
        Region::Signature,
    );
    desk.note("issued_date", iso(card.issued));
    let class = desk.one_of(&["A1", "B1", "B2", "C", "B", "A"]);
    let low = desk.y;
    desk.left = mm(3.0);
    desk.width = mm(26.0);
    desk.y = mm(42.0);
    desk.style = bold(7.4).face(Face::Sans);
    desk.row(vec![cell("Hạng/Class:", class, "licence_class")]);
    desk.style = sans(5.0);
    if class.starts_with('A') {
        desk.row(vec![cell(
            "Có giá trị đến/Expires:",
            "Không thời hạn",
            "validity",
        )]);
        desk.note("expiry_date", "");
    } else {
        desk.row(vec![day(
            "Có giá trị đến/Expires:",
            card.expires,
            "expiry_date",
        )]);
    }
    desk.y = low;
    desk.style = sans(6.0);
    let name = if card.issued.2 >= 2025 {
        format!("Công an {}", desk.issuer.province)
    } else {
        format!("Sở Giao thông vận tải {}", desk.issuer.province)
    };
    desk.issuer.header = name.to_uppercase();
    desk.issuer.behalf = String::new();
    desk.issuer.parent = String::new();
    let title = desk.one_of(&["GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]);
    let room = (mm(47.5) - desk.y).max(mm(4.0));
    desk.sign(&[title], mm(38.0), mm(40.0), room);
    desk.note("agency", "");
    desk.note("signer_title", title);
}

fn licence_back(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([246, 236, 206]);
    desk.style = sans(5.2);
    desk.left = mm(3.0);
    desk.width = mm(79.0);
    desk.y = mm(2.0);
    desk.centred(
        "CÁC LOẠI XE CƠ GIỚI ĐƯỜNG BỘ ĐƯỢC ĐIỀU KHIỂN",
        bold(5.6).face(Face::Sans),
        0.0,
    );
    desk.centred("CLASSIFICATION OF MOTOR VEHICLES", sans(4.8), 0.0);
    let start = slashed(card.issued);
    let rows: Vec<Vec<String>> = vec![
        ["Hạng / Class", "Loại xe / Vehicles", "Ngày trúng tuyển"],
        [
            "A1",
            "Xe mô tô hai bánh dung tích từ 50 đến dưới 175 cm3",
            "",
        ],
        [
            "B2",
            "Ô tô chở người đến 9 chỗ; ô tô tải dưới 3.500 kg",
            start.as_str(),
        ],
        ["C", "Ô tô tải, máy kéo kéo rơ moóc từ 3.500 kg trở lên", ""],
    ]
    .into_iter()
    .map(|row| row.map(str::to_owned).to_vec())
    .collect();
    desk.table(&[0.16, 0.6, 0.24], &rows, 5.0);
}
