//! Giấy chứng nhận kết hôn: the marriage certificate.

use super::{Desk, Person, dotted, iso, rows};
use crate::{
    dice::Dice,
    face::Family,
    page::{Ground, Mark, Page, Region, mm},
    paper::{
        Paper,
        frame::{self, LEFT, WIDTH, bold, plain},
    },
    typeset::Paragraph,
};

/// Giấy chứng nhận kết hôn.
#[must_use]
pub fn marriage(family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(dice);
    let mut page = Page::a4();
    page.ground = Ground::Guilloche {
        tint: [240, 160, 170],
    };
    let top = desk.header(&mut page, family);
    let number = format!("{}/{}", desk.writer.dice.int(11, 140), desk.date.2);
    let title =
        Paragraph::centred("GIẤY CHỨNG NHẬN KẾT HÔN", bold(20.0), Region::Title).above(14.0);
    let label = Paragraph::centred(format!("Số: {number}"), plain(13.0), Region::Title);
    let y = frame::column(&mut page, &[title, label], LEFT, WIDTH, top, family) + 14.0;
    let (wife, husband) = (
        desk.person(true, (1995, 2003)),
        desk.person(false, (1992, 2001)),
    );
    let half = WIDTH / 2.0 - mm(4.0);
    let left = rows(&mut page, &side("vợ", &wife), LEFT, half, y, 13.0, family);
    let right = rows(
        &mut page,
        &side("chồng", &husband),
        LEFT + WIDTH / 2.0 + mm(4.0),
        half,
        y,
        13.0,
        family,
    );
    let form = [
        format!(
            "Nơi đăng ký kết hôn: {}, {}",
            desk.agency.name, desk.agency.province
        ),
        format!("Ngày, tháng, năm đăng ký: {}", dotted(desk.date)),
        "Giấy chứng nhận kết hôn này có giá trị kể từ ngày đăng ký.".to_owned(),
    ];
    let y = rows(
        &mut page,
        &form,
        LEFT,
        WIDTH,
        left.max(right) + 6.0,
        13.0,
        family,
    ) + 14.0;
    couple(&mut page, &wife, &husband, y, family);
    let x = LEFT + WIDTH - mm(84.0);
    desk.sign(
        &mut page,
        "NGƯỜI KÝ\nGIẤY CHỨNG NHẬN KẾT HÔN\nPHÓ CHỦ TỊCH",
        x,
        y + mm(36.0),
        family,
    );
    let mut fields = desk.fields("gcn_ket_hon", "Giấy chứng nhận kết hôn", "PHÓ CHỦ TỊCH");
    fields.put("number_symbol", number);
    fields.put("wife_name", wife.name.to_uppercase());
    fields.put("wife_birth_date", iso(wife.birth));
    fields.put("husband_name", husband.name.to_uppercase());
    fields.put("husband_birth_date", iso(husband.birth));
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

fn side(title: &str, person: &Person) -> Vec<String> {
    vec![
        format!("Họ, chữ đệm, tên {title}:"),
        format!("*{}*", person.name.to_uppercase()),
        format!("Ngày, tháng, năm sinh: {}", dotted(person.birth)),
        "Dân tộc: Kinh".to_owned(),
        "Quốc tịch: Việt Nam".to_owned(),
        format!("Nơi cư trú: {}", person.home),
        format!("Giấy tờ tùy thân: Căn cước số {}", person.number),
    ]
}

/// The two sign beside each other.
fn couple(page: &mut Page, wife: &Person, husband: &Person, y: f32, family: &Family) {
    for (title, x, person) in [
        ("Chữ ký của vợ", LEFT, wife),
        ("Chữ ký của chồng", LEFT + WIDTH / 2.0, husband),
    ] {
        let head = Paragraph::centred(title, bold(13.0), Region::Signature);
        let name =
            Paragraph::centred(person.name.clone(), plain(13.0), Region::Signature).above(mm(18.0));
        frame::column(page, &[head, name], x, WIDTH / 2.0, y, family);
        page.marks.push(Mark::Signature {
            at: (x + WIDTH / 4.0, y + mm(14.0)),
            reach: (mm(18.0), mm(7.0)),
        });
    }
}
