//! Bằng tốt nghiệp: the university diploma.

use super::{Desk, dotted, iso, rows, state};
use crate::{
    dice::Dice,
    face::Family,
    grammar::long_date,
    page::{Ground, Mark, Page, Region, mm},
    paper::{
        Paper,
        frame::{self, bold, italic},
    },
    typeset::Paragraph,
};

/// Bằng tốt nghiệp đại học.
#[must_use]
pub fn diploma(family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(dice);
    let mut page = Page::sized(mm(297.0), mm(210.0));
    page.ground = Ground::Guilloche {
        tint: [150, 190, 225],
    };
    let (x, width) = (mm(25.0), mm(247.0));
    let graduate = desk.person(true, (2000, 2003));
    let place = desk
        .agency
        .province
        .split_once(' ')
        .map_or_else(String::new, |(_, rest)| rest.to_owned());
    let place = place.trim_start_matches("phố ").to_owned();
    let school = format!("Trường Đại học Kinh tế - Kỹ thuật {place}");
    let (state, motto) = state(Region::HeaderRight);
    let y = frame::column(&mut page, &[state, motto], x, width, mm(20.0), family);
    frame::underline(&mut page, 1.0);
    let lines = [
        Paragraph::centred("HIỆU TRƯỞNG", bold(15.0), Region::Title).above(16.0),
        Paragraph::centred(school.to_uppercase(), bold(15.0), Region::Title),
        Paragraph::centred("cấp", italic(14.0), Region::Title),
        Paragraph::centred("BẰNG CỬ NHÂN", bold(26.0), Region::Title).above(4.0),
        Paragraph::centred("Ngành: Kế toán", bold(15.0), Region::Title),
    ];
    let y = frame::column(&mut page, &lines, x, width, y, family);
    let number = format!("{:06}", desk.writer.dice.int(10_000, 399_999));
    let book = format!("KT.{:04}/{}", desk.writer.dice.int(101, 4999), desk.date.2);
    let form = [
        format!("Cho: *{}*", graduate.name.to_uppercase()),
        format!("Ngày sinh: {}", dotted(graduate.birth)),
        format!("Nơi sinh: {}", desk.agency.province),
        "Năm tốt nghiệp: 2025".to_owned(),
        "Xếp loại tốt nghiệp: Giỏi".to_owned(),
        "Hình thức đào tạo: Chính quy".to_owned(),
    ];
    let y = rows(&mut page, &form, mm(95.0), mm(150.0), y + 4.0, 14.0, family);
    let below = [
        format!("Số hiệu: {number}"),
        format!("Số vào sổ gốc cấp văn bằng: {book}"),
    ];
    rows(
        &mut page,
        &below,
        mm(32.0),
        mm(110.0),
        mm(166.0),
        12.5,
        family,
    );
    let (day, month, year) = desk.date;
    let date = Paragraph::centred(
        format!("{place}, ngày {}", long_date(day, month, year)),
        italic(13.5),
        Region::Signature,
    );
    let y = frame::column(&mut page, &[date], mm(165.0), mm(92.0), y + 2.0, family);
    rector(&mut page, &desk.signer, y, family);
    let mut fields = desk.fields("van_bang", "Bằng tốt nghiệp đại học", "HIỆU TRƯỞNG");
    fields.put("agency", school);
    fields.put("place", place);
    fields.put("full_name", graduate.name.to_uppercase());
    fields.put("birth_date", iso(graduate.birth));
    fields.put("birth_place", desk.agency.province.as_str());
    fields.put("serial_number", number);
    fields.put("register_number", book);
    fields.put("major", "Kế toán");
    fields.put("grade", "Giỏi");
    fields.put("graduation_year", "2025");
    fields.put("study_mode", "Chính quy");
    Paper {
        pages: vec![page],
        fields,
    }
}

/// Title, signature, seal and name of the rector.
fn rector(page: &mut Page, signer: &str, y: f32, family: &Family) {
    let title = Paragraph::centred("HIỆU TRƯỞNG", bold(14.0), Region::Signature);
    let name = Paragraph::centred(format!("PGS.TS. {signer}"), bold(14.0), Region::Signature)
        .above(mm(20.0));
    frame::column(page, &[title, name], mm(165.0), mm(92.0), y, family);
    let middle = mm(211.0);
    page.marks.push(Mark::Signature {
        at: (middle, y + mm(16.0)),
        reach: (mm(25.0), mm(10.0)),
    });
    page.marks.push(Mark::Seal {
        at: (middle - mm(20.0), y + mm(14.0)),
        radius: mm(17.0),
        above: "BỘ GIÁO DỤC VÀ ĐÀO TẠO".to_owned(),
        below: "*".to_owned(),
        middle: vec![
            "TRƯỜNG".to_owned(),
            "ĐẠI HỌC".to_owned(),
            "KINH TẾ".to_owned(),
            "- KỸ THUẬT".to_owned(),
        ],
    });
}
