//! The data page of a passport (ICAO TD3).

use super::desk::{Desk, cell, day, sans};
use crate::{
    mrz::{self, Holder},
    page::{Face, Mark, Page, Region, Tint, mm},
    paper::frame::{bold, plain},
};

/// The data page: as a small scan, or on a sheet of A4.
pub(super) fn passport(desk: &mut Desk<'_>) {
    // ISO/IEC 7810 ID-3.
    desk.start(125.0, 88.0);
    data(desk);
    let page = desk.lift();
    if !desk.certified && desk.chance(0.5) {
        desk.add(page);
        return;
    }
    desk.fields.tag("card-on-a4");
    let mut sheet = Page::a4();
    let grow = desk.writer.dice.range(1.0, 1.3);
    sheet.lay(
        page.scaled(grow),
        (mm(25.0), mm(desk.writer.dice.range(20.0, 90.0))),
    );
    if desk.certified || desk.chance(0.5) {
        sheet.copied = Some(sheet.marks.len());
    }
    desk.add(sheet);
}

fn data(desk: &mut Desk<'_>) {
    desk.wash([226, 232, 214]);
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1960, 2006));
    let year = desk.int(2008, 2025);
    let issued = (desk.int(1, 28), desk.int(1, 12), year);
    let expires = (issued.0, issued.1, year + 10);
    let letter = desk.one_of(&["B", "C", "N", "P"]);
    let number = format!("{letter}{:07}", desk.int(1_000_000, 9_899_999));
    desk.style = sans(6.4);
    desk.y = mm(4.0);
    for (text, size) in [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 7.2),
        ("SOCIALIST REPUBLIC OF VIET NAM", 6.0),
    ] {
        desk.centred_in(
            text,
            bold(size).face(Face::Sans),
            0.0,
            mm(30.0),
            mm(90.0),
            Region::HeaderRight,
        );
    }
    desk.centred_in(
        "HỘ CHIẾU / PASSPORT",
        bold(10.0).face(Face::Sans).tint(Tint::Red),
        2.0,
        mm(30.0),
        mm(90.0),
        Region::Title,
    );
    desk.page.marks.push(Mark::Portrait {
        at: (mm(5.0), mm(20.0)),
        size: (mm(32.0), mm(42.0)),
    });
    desk.left = mm(41.0);
    desk.width = mm(80.0);
    desk.y = mm(16.0);
    desk.air = 0.15;
    fields(desk, &person, &number, issued, expires);
    zone(desk, &person, &number, expires);
}

fn fields(
    desk: &mut Desk<'_>,
    person: &super::desk::Person,
    number: &str,
    issued: (u32, u32, u32),
    expires: (u32, u32, u32),
) {
    let small = sans(5.2);
    let large = bold(7.4).face(Face::Sans);
    let pair = |desk: &mut Desk<'_>, labels: Vec<&str>, values: Vec<super::desk::Cell>| {
        desk.style = small;
        desk.row(
            labels
                .into_iter()
                .map(|label| cell(label, "", ""))
                .collect(),
        );
        desk.style = large;
        desk.row(values);
    };
    pair(
        desk,
        vec!["Loại / Type", "Mã số / Code", "Số hộ chiếu / Passport No"],
        vec![
            cell("", "P", ""),
            cell("", "VNM", ""),
            cell("", number, "passport_number"),
        ],
    );
    pair(
        desk,
        vec!["Họ và tên / Full name"],
        vec![cell("", &person.name.to_uppercase(), "full_name")],
    );
    pair(
        desk,
        vec!["Quốc tịch / Nationality"],
        vec![cell("", "VIỆT NAM / VIETNAMESE", "")],
    );
    desk.note("nationality", "Việt Nam");
    let place = desk.writer.value("p").to_uppercase();
    pair(
        desk,
        vec!["Ngày sinh / Date of birth", "Nơi sinh / Place of birth"],
        vec![
            day("", person.birth, "birth_date"),
            cell("", &place, "birth_place"),
        ],
    );
    let sex = if person.woman { "NỮ / F" } else { "NAM / M" };
    pair(
        desk,
        vec!["Giới tính / Sex", "Số GCMND / ID card No"],
        vec![cell("", sex, ""), cell("", &person.number, "id_number")],
    );
    desk.note("sex", person.sex());
    pair(
        desk,
        vec![
            "Ngày cấp / Date of issue",
            "Có giá trị đến / Date of expiry",
        ],
        vec![
            day("", issued, "issued_date"),
            day("", expires, "expiry_date"),
        ],
    );
    let office = desk.one_of(&["Cục Quản lý xuất nhập cảnh", "Cục QLXNC"]);
    pair(
        desk,
        vec!["Nơi cấp / Place of issue"],
        vec![cell("", office, "agency")],
    );
    desk.note("owner_number", person.number.as_str());
    desk.note("validity", super::desk::iso(expires));
}

fn zone(desk: &mut Desk<'_>, person: &super::desk::Person, number: &str, expires: (u32, u32, u32)) {
    let lines = mrz::passport(
        &Holder {
            name: &person.name,
            birth: person.birth,
            expiry: expires,
            woman: person.woman,
        },
        number,
        &person.number,
    );
    desk.y = mm(73.5);
    for line in &lines {
        desk.centred_in(
            line,
            plain(12.0).face(Face::Mono),
            1.5,
            mm(2.0),
            mm(121.0),
            Region::Body,
        );
    }
    desk.note("mrz", lines.join("\n"));
    desk.fields.flag("has_mrz");
}
