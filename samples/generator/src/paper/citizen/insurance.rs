//! The social insurance book and the health insurance card.

use super::desk::{Desk, cell, day, iso, long, sans};
use crate::{
    page::{Face, Page, Region, Tint, mm},
    paper::frame::{bold, italic, plain},
};

/// Sổ bảo hiểm xã hội: cover page, or a separate sheet of the contribution periods, or both.
pub(super) fn book(desk: &mut Desk<'_>) {
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1960, 2002));
    let number = format!(
        "{:010}",
        u64::from(desk.int(100_000_000, 799_999_999)) * 10 + u64::from(desk.int(0, 9))
    );
    match desk.int(0, 2) {
        0 => cover(desk, &person, &number),
        1 => periods(desk, &person, &number),
        _ => {
            cover(desk, &person, &number);
            periods(desk, &person, &number);
        }
    }
}

fn cover(desk: &mut Desk<'_>, person: &super::desk::Person, number: &str) {
    desk.start(125.0, 178.0);
    desk.wash([206, 222, 240]);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(14.0);
    if desk.chance(0.5) {
        desk.state(left, width, 9.5, Tint::Black);
    }
    desk.centred("BẢO HIỂM XÃ HỘI VIỆT NAM", bold(12.0).tint(Tint::Blue), 8.0);
    desk.star(62.0, 58.0, 9.0);
    desk.y = mm(72.0);
    desk.centred("SỔ BẢO HIỂM XÃ HỘI", bold(18.0).tint(Tint::Red), 0.0);
    desk.y += 12.0;
    desk.style = plain(11.5);
    let label = desk.say("Số sổ:", "Mã số:");
    desk.rows(vec![
        cell("Họ và tên:", &person.name.to_uppercase(), "full_name").strong(),
        day("Ngày, tháng, năm sinh:", person.birth, "birth_date"),
        cell("Giới tính:", person.sex(), "sex"),
        cell(label, number, "insurance_number").strong(),
    ]);
    desk.note("owner_number", number);
    let province = desk.issuer.province.clone();
    office(desk, &province, left + width - mm(62.0), mm(62.0));
}

/// The office that issues, at the lower right.
fn office(desk: &mut Desk<'_>, province: &str, x: f32, width: f32) {
    desk.y += 8.0;
    desk.centred_in(
        &format!("{}, {}", desk.issuer.place, long(desk.date)),
        italic(10.5),
        0.0,
        x,
        width,
        Region::Signature,
    );
    let date = iso(desk.date);
    desk.note("issued_date", date);
    desk.issuer.header = format!("BẢO HIỂM XÃ HỘI {}", province.to_uppercase());
    desk.issuer.parent = "BẢO HIỂM XÃ HỘI VIỆT NAM".to_owned();
    desk.issuer.behalf = String::new();
    desk.sign(&["GIÁM ĐỐC"], x, width, mm(16.0));
    desk.note("agency", format!("Bảo hiểm xã hội {province}"));
}

fn periods(desk: &mut Desk<'_>, person: &super::desk::Person, number: &str) {
    desk.start(210.0, 297.0);
    desk.y = mm(20.0);
    let province = desk.issuer.province.clone();
    let name = format!("BẢO HIỂM XÃ HỘI\n{}", province.to_uppercase());
    desk.header("", &name, None);
    desk.centred("TỜ RỜI SỔ BẢO HIỂM XÃ HỘI", bold(15.0), 12.0);
    desk.centred("GHI QUÁ TRÌNH ĐÓNG BHXH, BHTN", bold(12.0), 0.0);
    desk.row(vec![
        cell("Họ và tên:", &person.name.to_uppercase(), "full_name").strong(),
        cell("Số sổ:", number, "insurance_number"),
    ]);
    desk.row(vec![
        day("Ngày sinh:", person.birth, "birth_date"),
        cell("Giới tính:", person.sex(), "sex"),
    ]);
    let mut rows = vec![
        [
            "Từ tháng năm",
            "Đến tháng năm",
            "Đơn vị, chức danh, nơi làm việc",
            "Mức đóng (đồng)",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let start = desk.date.2.saturating_sub(7);
    for index in 0..desk.int(4, 7) {
        let year = start + index;
        let pay = desk.int(36, 120) * 100_000;
        let firm = desk.writer.line("partner");
        rows.push(vec![
            format!("01/{year}"),
            format!("12/{year}"),
            format!("{firm}; nhân viên"),
            crate::grammar::grouped(u64::from(pay), 1),
        ]);
    }
    desk.table(&[0.16, 0.16, 0.46, 0.22], &rows, 11.0);
    desk.text("Thời gian đóng BHXH chưa hưởng trợ cấp một lần được cộng dồn đến thời điểm ghi trên tờ rời này.");
    desk.note("owner_number", number);
    let x = desk.left + desk.width - mm(80.0);
    office(desk, &province, x, mm(80.0));
}

/// Thẻ bảo hiểm y tế: the card alone, or on a sheet of A4.
pub(super) fn card(desk: &mut Desk<'_>) {
    desk.start(99.0, 66.0);
    desk.wash([214, 234, 220]);
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1940, 2018));
    let old = desk.chance(0.4);
    let ten = format!("{:010}", u64::from(desk.int(100_000_000, 799_999_999)) * 10);
    let group = desk.one_of(&["HC4", "DN4", "GD4", "TE1", "CN3", "HT3", "BT2"]);
    let number = if old {
        format!("{group} {:02} {ten}", desk.int(1, 96))
    } else {
        ten.clone()
    };
    desk.y = mm(3.0);
    for (text, style) in [
        ("BẢO HIỂM XÃ HỘI VIỆT NAM", bold(7.4).face(Face::Sans)),
        (
            "THẺ BẢO HIỂM Y TẾ",
            bold(11.0).face(Face::Sans).tint(Tint::Red),
        ),
    ] {
        desk.centred_in(text, style, 0.6, mm(16.0), mm(80.0), Region::Title);
    }
    desk.star(9.0, 9.0, 5.0);
    (desk.left, desk.width) = (mm(5.0), mm(90.0));
    desk.y = mm(14.4);
    desk.style = sans(7.0);
    desk.air = 0.22;
    let label = desk.say("Mã số:", "Số:");
    desk.row(vec![cell(label, &number, "insurance_number").strong()]);
    desk.note("owner_number", ten);
    desk.row(vec![
        cell("Họ và tên:", &person.name.to_uppercase(), "full_name").strong(),
    ]);
    desk.row(vec![
        day("Ngày sinh:", person.birth, "birth_date"),
        cell("Giới tính:", person.sex(), "sex"),
    ]);
    if desk.chance(0.6) {
        desk.row(vec![cell("Địa chỉ:", &person.home, "residence")]);
    }
    let place = desk.writer.value("p");
    let clinic = desk.one_of(&["Bệnh viện đa khoa", "Trung tâm Y tế", "Trạm Y tế"]);
    desk.row(vec![cell(
        "Nơi ĐK KCB BĐ:",
        &format!("{clinic} {place}"),
        "",
    )]);
    let from = (1, desk.int(1, 12), desk.date.2);
    let level = desk.int(1, 5).to_string();
    desk.row(vec![
        day("Giá trị sử dụng: từ ngày", from, ""),
        cell("Mức hưởng:", &level, ""),
    ]);
    desk.note("validity", format!("từ ngày {}", iso(from)));
    if desk.chance(0.6) {
        let five = (1, desk.int(1, 12), desk.date.2 + desk.int(0, 5));
        desk.row(vec![day("Thời điểm đủ 05 năm liên tục: từ ngày", five, "")]);
    }
    let province = desk.issuer.province.clone();
    desk.centred_in(
        &format!("{}, {}", desk.issuer.place, long(desk.date)),
        sans(5.4),
        1.0,
        mm(48.0),
        mm(48.0),
        Region::Signature,
    );
    let date = iso(desk.date);
    desk.note("issued_date", date);
    desk.issuer.header = format!("BẢO HIỂM XÃ HỘI {}", province.to_uppercase());
    desk.issuer.parent = "BẢO HIỂM XÃ HỘI VIỆT NAM".to_owned();
    desk.issuer.behalf = String::new();
    desk.style = sans(6.0);
    let room = (mm(63.0) - desk.y - 6.0).max(mm(5.0));
    desk.sign(&["GIÁM ĐỐC"], mm(52.0), mm(40.0), room);
    desk.note("agency", format!("Bảo hiểm xã hội {province}"));
    let page = desk.lift();
    if !desk.certified && desk.chance(0.6) {
        return desk.add(page);
    }
    desk.fields.tag("card-on-a4");
    let mut sheet = Page::a4();
    sheet.lay(page.scaled(1.25), (mm(40.0), mm(30.0)));
    if desk.chance(0.6) {
        sheet.copied = Some(sheet.marks.len());
    }
    desk.add(sheet);
}
