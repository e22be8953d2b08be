//! The identity card of nine digits.

use super::{Card, beside_photo, deliver, heading, photo};
use crate::{
    page::{Face, Region, Tint, mm},
    paper::{
        citizen::desk::{Desk, cell, day, iso, long, sans},
        frame::bold,
    },
};

/// Giấy chứng minh nhân dân, nine digits.
pub(in crate::paper::citizen) fn old_card(desk: &mut Desk<'_>) {
    let mut card = Card::draw(desk, (1999, 2015));
    card.person.number = format!("{:09}", desk.int(10_000_000, 389_999_999));
    deliver(desk, &card, old_front, old_back);
    desk.note("validity", "");
}

fn old_front(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([214, 226, 206]);
    heading(desk, "GIẤY CHỨNG MINH NHÂN DÂN", "");
    photo(desk);
    beside_photo(desk);
    desk.y = mm(13.0);
    desk.style = bold(10.0).face(Face::Sans).tint(Tint::Red);
    let person = &card.person;
    desk.row(vec![cell("SỐ", &person.number, "id_number")]);
    desk.style = sans(7.0);
    desk.dotted = true;
    let name = desk.say("Họ tên:", "Họ và tên:");
    desk.row(vec![
        cell(name, &person.name.to_uppercase(), "full_name").strong(),
    ]);
    desk.row(vec![day("Sinh ngày:", person.birth, "birth_date")]);
    desk.row(vec![cell("Nguyên quán:", &person.origin, "origin_place")]);
    desk.row(vec![cell(
        "Nơi ĐKHK thường trú:",
        &person.home,
        "residence",
    )]);
    desk.dotted = false;
}

fn old_back(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([214, 226, 206]);
    desk.style = sans(6.6);
    desk.left = mm(4.0);
    desk.width = mm(78.0);
    desk.y = mm(2.0);
    let faith = desk.one_of(&["Không", "Không", "Phật giáo", "Thiên chúa"]);
    desk.row(vec![
        cell("Dân tộc:", card.person.people, "ethnicity"),
        cell("Tôn giáo:", faith, ""),
    ]);
    let top = desk.y + 2.0;
    for (index, label) in ["NGÓN TRỎ TRÁI", "NGÓN TRỎ PHẢI"].iter().enumerate() {
        let y = mm(9.0 + 22.0 * index as f32);
        desk.frame((mm(4.0), y), (mm(18.0), y + mm(17.0)));
        desk.y = y + mm(17.2);
        desk.centred_in(label, sans(4.2), 0.0, mm(3.0), mm(16.0), Region::Body);
    }
    desk.y = top;
    desk.left = mm(22.0);
    desk.width = mm(60.0);
    desk.centred_in(
        "DẤU VẾT RIÊNG VÀ DỊ HÌNH",
        bold(6.4).face(Face::Sans),
        0.0,
        mm(22.0),
        mm(60.0),
        Region::Title,
    );
    desk.row(vec![cell(
        "",
        "Nốt ruồi cách 2 cm trên sau cánh mũi phải",
        "",
    )]);
    desk.centred_in(
        &long(card.issued),
        sans(6.4),
        3.0,
        mm(22.0),
        mm(60.0),
        Region::Signature,
    );
    desk.note("issued_date", iso(card.issued));
    let province = desk.issuer.province.clone();
    let title = format!("GIÁM ĐỐC CÔNG AN {}", province.to_uppercase());
    desk.issuer.header = format!("CÔNG AN\n{}", province.to_uppercase());
    let size = desk.style;
    desk.sign(&[title.as_str()], mm(30.0), mm(48.0), mm(13.0));
    desk.style = size;
    desk.note("agency", format!("Công an {province}"));
}
