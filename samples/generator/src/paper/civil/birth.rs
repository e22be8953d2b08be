//! Giấy khai sinh: the birth certificate.

use super::{Desk, Person, date_words, dotted, iso, rows};
use crate::{
    dice::Dice,
    face::Family,
    page::{Ground, Page, Region, mm},
    paper::{
        Paper,
        frame::{self, LEFT, WIDTH, bold, plain},
    },
    typeset::Paragraph,
};

/// Giấy khai sinh.
#[must_use]
pub fn birth(family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(dice);
    let mut page = Page::a4();
    page.ground = Ground::Guilloche {
        tint: [236, 170, 150],
    };
    let top = desk.header(&mut page, family);
    let number = format!("{}/{}", desk.writer.dice.int(11, 240), desk.date.2);
    let title = Paragraph::centred("GIẤY KHAI SINH", bold(22.0), Region::Title).above(10.0);
    let label = Paragraph::centred(format!("Số: {number}"), plain(13.0), Region::Title);
    let y = frame::column(&mut page, &[title, label], LEFT, WIDTH, top, family);
    let (mother, father) = (
        desk.person(true, (1990, 2002)),
        desk.person(false, (1985, 2000)),
    );
    let mut child = desk.person(false, (2025, 2025));
    child.name = format!(
        "{} {}",
        father.name.split(' ').next().unwrap_or("Nguyễn"),
        "Minh Khôi"
    );
    child.birth = (
        desk.writer.dice.int(1, 28),
        desk.writer.dice.int(4, 7),
        2025,
    );
    let form = form(&desk, &child, &mother, &father);
    let y = rows(
        &mut page,
        &form,
        LEFT - mm(4.0),
        WIDTH + mm(2.0),
        y + 8.0,
        13.0,
        family,
    );
    let x = LEFT + WIDTH - mm(84.0);
    desk.sign(
        &mut page,
        "NGƯỜI KÝ GIẤY KHAI SINH\nCHỦ TỊCH",
        x,
        y + 12.0,
        family,
    );
    let mut fields = desk.fields("giay_khai_sinh", "Giấy khai sinh", "CHỦ TỊCH");
    fields.put("number_symbol", number);
    fields.put("full_name", child.name.to_uppercase());
    fields.put("birth_date", iso(child.birth));
    fields.put("sex", "Nam");
    fields.put("ethnicity", "Kinh");
    fields.put("nationality", "Việt Nam");
    fields.put(
        "birth_place",
        format!("Bệnh viện Sản - Nhi {}", desk.agency.province),
    );
    fields.put(
        "origin_place",
        format!("{}, {}", desk.agency.area, desk.agency.province),
    );
    fields.put("id_number", child.number.as_str());
    fields.put("owner_number", child.number.as_str());
    fields.put("mother_name", mother.name.to_uppercase());
    fields.put("father_name", father.name.to_uppercase());
    fields.put(
        "registration_place",
        format!("{}, {}", desk.agency.name, desk.agency.province),
    );
    fields.put("registration_date", iso(desk.date));
    Paper {
        pages: vec![page],
        fields,
    }
}

fn form(desk: &Desk, child: &Person, mother: &Person, father: &Person) -> Vec<String> {
    let parent = |title: &str, person: &Person| {
        [
            format!("Họ, chữ đệm, tên {title}: *{}*", person.name.to_uppercase()),
            format!(
                "Năm sinh: {}|Dân tộc: Kinh|Quốc tịch: Việt Nam",
                person.birth.2
            ),
            format!("Nơi cư trú: {}", person.home),
        ]
    };
    let mut form = vec![
        format!("Họ, chữ đệm, tên: *{}*", child.name.to_uppercase()),
        format!(
            "Ngày, tháng, năm sinh: {}|ghi bằng chữ: {}",
            dotted(child.birth),
            date_words(child.birth)
        ),
        "Giới tính: Nam|Dân tộc: Kinh|Quốc tịch: Việt Nam".to_owned(),
        format!("Nơi sinh: Bệnh viện Sản - Nhi {}", desk.agency.province),
        format!("Quê quán: {}, {}", desk.agency.area, desk.agency.province),
        format!("Số định danh cá nhân: {}", child.number),
    ];
    form.extend(parent("người mẹ", mother));
    form.extend(parent("người cha", father));
    form.extend([
        format!("Họ, chữ đệm, tên người đi khai sinh: {}", father.name),
        format!("Giấy tờ tùy thân: Căn cước số {}", father.number),
        format!(
            "Nơi đăng ký khai sinh: {}, {}",
            desk.agency.name, desk.agency.province
        ),
        format!("Ngày, tháng, năm đăng ký: {}", dotted(desk.date)),
    ]);
    form
}
