//! A technical drawing: lines, measures, and a title block at the lower right.

use super::desk::{Desk, cell, sans};
use crate::{
    page::{Face, Mark, Region, mm},
    paper::frame::bold,
};

/// Bản vẽ, A4 lying or A3.
pub(super) fn drawing(desk: &mut Desk<'_>) {
    if desk.chance(0.25) {
        desk.start(420.0, 297.0);
    } else if desk.chance(0.75) {
        desk.start(297.0, 210.0);
    } else {
        desk.start(210.0, 297.0);
    }
    let (wide, high) = desk.page.size;
    desk.style = sans(9.0);
    desk.frame((mm(20.0), mm(6.0)), (wide - mm(6.0), high - mm(6.0)));
    let title = desk.one_of(&[
        "MẶT BẰNG TẦNG 1",
        "MẶT CẮT A-A",
        "SƠ ĐỒ VỊ TRÍ THỬA ĐẤT",
        "MẶT BẰNG MÓNG",
        "BẢN VẼ HOÀN CÔNG NHÀ Ở",
        "SƠ ĐỒ HỆ THỐNG ĐIỆN",
    ]);
    let area = (mm(34.0), mm(22.0), wide - mm(24.0), high - mm(72.0));
    plan(desk, area);
    desk.y = area.3 + 6.0;
    desk.centred_in(
        title,
        bold(12.0).face(Face::Sans),
        0.0,
        mm(20.0),
        wide - mm(26.0),
        Region::Title,
    );
    let scale = desk.one_of(&["TỶ LỆ 1/100", "TỶ LỆ 1/200", "TỶ LỆ 1/50", "TỶ LỆ 1/500"]);
    desk.centred_in(
        scale,
        sans(9.0),
        1.0,
        mm(20.0),
        wide - mm(26.0),
        Region::Title,
    );
    desk.note("subject", title);
    block(desk, title);
}

/// Walls, rooms, axes with circles, and measures.
fn plan(desk: &mut Desk<'_>, (left, top, right, bottom): (f32, f32, f32, f32)) {
    let columns = desk.int(2, 5) as usize;
    let rows = desk.int(2, 3) as usize;
    let inset = mm(14.0);
    let (l, t, r, b) = (left + inset, top + inset, right - inset, bottom);
    for index in 0..=columns {
        let x = l + (r - l) * index as f32 / columns as f32;
        desk.line((x, t - mm(8.0)), (x, b));
        desk.line((x + 2.0, t), (x + 2.0, b));
        desk.page.marks.push(Mark::Circle {
            at: (x, t - mm(11.0)),
            radius: mm(3.0),
        });
        desk.y = t - mm(13.2);
        desk.centred_in(
            &(index + 1).to_string(),
            sans(8.0),
            0.0,
            x - 20.0,
            40.0,
            Region::Table,
        );
        if index < columns {
            let measure = (desk.int(24, 60) * 100).to_string();
            desk.y = t - mm(5.0);
            let step = (r - l) / columns as f32;
            desk.centred_in(&measure, sans(7.0), 0.0, x, step, Region::Table);
        }
    }
    for index in 0..=rows {
        let y = t + (b - t) * index as f32 / rows as f32;
        desk.line((l - mm(8.0), y), (r, y));
        desk.line((l, y + 2.0), (r, y + 2.0));
    }
    hatch(
        desk,
        (l, t),
        ((r - l) / columns as f32, (b - t) / rows as f32),
    );
    let rooms = [
        "PHÒNG KHÁCH",
        "PHÒNG NGỦ 1",
        "BẾP + ĂN",
        "WC",
        "SÂN",
        "KHO",
        "PHÒNG THỜ",
    ];
    for row in 0..rows {
        let name = rooms[(desk.int(0, 6) as usize).min(6)];
        desk.y = t + (b - t) * (row as f32 + 0.4) / rows as f32;
        let x = l + (r - l) * desk.int(0, columns as u32 - 1) as f32 / columns as f32;
        desk.centred_in(
            name,
            sans(8.0),
            0.0,
            x,
            (r - l) / columns as f32,
            Region::Table,
        );
    }
}

/// Hatching of one field, and the swing of a door.
fn hatch(desk: &mut Desk<'_>, (left, top): (f32, f32), (wide, high): (f32, f32)) {
    let count = desk.int(9, 18);
    for index in 1..count {
        let share = index as f32 / count as f32;
        desk.line(
            (left + wide * share * 0.5, top),
            (left, top + high * share * 0.5),
        );
    }
    desk.page.marks.push(Mark::Circle {
        at: (left + wide, top + high),
        radius: mm(8.0),
    });
}

/// The title block.
fn block(desk: &mut Desk<'_>, title: &str) {
    let (wide, high) = desk.page.size;
    let (left, top) = (wide - mm(6.0) - mm(150.0), high - mm(6.0) - mm(42.0));
    desk.frame((left, top), (wide - mm(6.0), high - mm(6.0)));
    desk.line((left + mm(62.0), top), (left + mm(62.0), high - mm(6.0)));
    (desk.left, desk.width) = (left + 4.0, mm(60.0));
    desk.y = top;
    desk.style = sans(8.0);
    desk.air = 0.2;
    let firm = desk.writer.line("partner").to_uppercase();
    let people: Vec<String> = (0..3).map(|_| desk.writer.person()).collect();
    desk.row(vec![cell("", &firm, "agency").strong()]);
    for (label, name) in ["THIẾT KẾ:", "KIỂM TRA:", "CHỦ TRÌ:"].iter().zip(&people) {
        desk.row(vec![cell(label, name, "")]);
    }
    (desk.left, desk.width) = (left + mm(64.0), mm(84.0));
    desk.y = top;
    let owner = desk.issuer.name.clone();
    desk.row(vec![cell("CHỦ ĐẦU TƯ:", &owner, "")]);
    let work = format!("Xây dựng nhà văn hóa {}", desk.issuer.area);
    desk.row(vec![cell("CÔNG TRÌNH:", &work, "")]);
    desk.row(vec![cell("TÊN BẢN VẼ:", title, "").strong()]);
    let sheet = format!(
        "{}-{:02}",
        desk.one_of(&["KT", "KC", "Đ", "N"]),
        desk.int(1, 30)
    );
    let month = format!("{:02}/{}", desk.date.1, desk.date.2);
    desk.row(vec![
        cell("BẢN VẼ SỐ:", &sheet, "number_symbol"),
        cell("HOÀN THÀNH:", &month, ""),
    ]);
}
