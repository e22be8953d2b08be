//! The household book, withdrawn since 2023 but often scanned: its first page and pages of members.

use super::desk::{Desk, cell, day, iso, long};
use crate::{
    page::{Region, Tint, mm},
    paper::frame::{bold, italic, plain},
};

/// Sổ hộ khẩu: first page, a page of members, or both.
pub(super) fn book(desk: &mut Desk<'_>) {
    desk.date.2 = desk.int(1998, 2022);
    let man = !desk.chance(0.3);
    let head = desk.person(!man, (1945, 1985));
    let serial = format!("{:09}", desk.int(20_000_000, 620_999_999));
    match desk.int(0, 2) {
        0 => first(desk, &serial, &head),
        1 => members(desk, &head),
        _ => {
            first(desk, &serial, &head);
            members(desk, &head);
        }
    }
}

fn first(desk: &mut Desk<'_>, serial: &str, head: &super::desk::Person) {
    desk.start(148.0, 210.0);
    let (left, width) = (desk.left, desk.width);
    desk.wash([238, 236, 222]);
    desk.state(left, width, 11.5, Tint::Black);
    desk.star(74.0, 42.0, 9.0);
    desk.y = mm(56.0);
    desk.centred("SỔ HỘ KHẨU", bold(22.0).tint(Tint::Red), 0.0);
    desk.centred(&format!("Số: {serial}"), bold(13.0), 4.0);
    desk.note("number_symbol", serial);
    desk.y += 14.0;
    desk.style = plain(12.5);
    desk.dotted = true;
    desk.rows(vec![
        cell(
            "Họ và tên chủ hộ:",
            &head.name.to_uppercase(),
            "head_of_household",
        )
        .strong(),
        cell("Nơi thường trú:", &head.home, "residence"),
    ]);
    desk.dotted = false;
    let x = left + width - mm(72.0);
    desk.y += 10.0;
    desk.centred_in(
        &long(desk.date),
        italic(12.0),
        0.0,
        x,
        mm(72.0),
        Region::Signature,
    );
    let date = iso(desk.date);
    desk.note("issued_date", date);
    let district = desk.writer.value("D");
    let unit = if district.is_empty() {
        desk.issuer.province.clone()
    } else {
        district
    };
    let police = format!("CÔNG AN {}", unit.to_uppercase());
    desk.issuer.header = format!("CÔNG AN\n{}", unit.to_uppercase());
    desk.sign(
        &["TRƯỞNG CÔNG AN", unit.to_uppercase().as_str()],
        x,
        mm(72.0),
        mm(20.0),
    );
    desk.note("signer_title", "TRƯỞNG CÔNG AN");
    desk.note(
        "agency",
        police
            .replace("CÔNG AN ", "Công an ")
            .replacen(&unit.to_uppercase(), &unit, 1),
    );
}

fn members(desk: &mut Desk<'_>, head: &super::desk::Person) {
    desk.start(148.0, 210.0);
    desk.wash([238, 236, 222]);
    desk.style = plain(11.5);
    desk.dotted = true;
    let roles = ["CHỦ HỘ", "NHÂN KHẨU CÓ QUAN HỆ VỚI CHỦ HỘ"];
    for (index, role) in roles.iter().enumerate() {
        let person = if index == 0 {
            head.clone()
        } else {
            desk.person(!head.woman, (1948, 2010))
        };
        desk.centred(role, bold(12.0), 8.0);
        if index == 1 {
            let tie = if head.woman { "Chồng" } else { "Vợ" };
            desk.centred(&format!("Quan hệ với chủ hộ: {tie}"), plain(11.5), 2.0);
        }
        let field = if index == 0 { "head_of_household" } else { "" };
        desk.row(vec![
            cell("Họ và tên:", &person.name.to_uppercase(), field).strong(),
        ]);
        desk.row(vec![
            day("Ngày, tháng, năm sinh:", person.birth, ""),
            cell("Giới tính:", person.sex(), ""),
        ]);
        desk.row(vec![cell("Nguyên quán:", &person.origin, "")]);
        desk.row(vec![
            cell("Dân tộc:", person.people, ""),
            cell("Tôn giáo:", "Không", ""),
        ]);
        let card = format!("{:09}", desk.int(10_000_000, 389_999_999));
        desk.row(vec![cell("CMND số:", &card, "")]);
        desk.row(vec![cell("Nghề nghiệp, nơi làm việc:", "Nông nghiệp", "")]);
        desk.row(vec![cell(
            "Nơi thường trú trước khi chuyển đến:",
            &person.home,
            "",
        )]);
    }
    desk.dotted = false;
    let (left, width) = (desk.left, desk.width);
    desk.y += 6.0;
    desk.centred_in(
        "CÁN BỘ ĐĂNG KÝ",
        bold(11.5),
        0.0,
        left,
        width / 2.0,
        Region::Signature,
    );
}
