//! What is none of the known kinds: a shop's receipt, a page of a newspaper, a table without a header, notes, a book page.

use super::desk::{Desk, cell, sans, slashed};
use crate::{
    grammar::grouped,
    page::{Face, Region, mm},
    paper::frame::{bold, italic, plain},
};

/// Something else.
pub(super) fn other(desk: &mut Desk<'_>) {
    match desk.int(0, 5) {
        0 => receipt(desk),
        1 => newspaper(desk),
        2 => table(desk),
        3 => menu(desk),
        4 => book(desk),
        _ => invoice(desk),
    }
}

/// A till receipt, narrow.
fn receipt(desk: &mut Desk<'_>) {
    desk.start(80.0, 150.0);
    (desk.left, desk.width) = (mm(5.0), mm(70.0));
    let mono = |size: f32| plain(size).face(Face::Mono);
    let shop = desk.one_of(&[
        "SIÊU THỊ HOA SEN",
        "NHÀ THUỐC AN TÂM",
        "CỬA HÀNG XĂNG DẦU SỐ 5",
        "QUÁN CƠM NIÊU",
    ]);
    desk.centred(shop, bold(10.0).face(Face::Mono), 0.0);
    desk.centred("HÓA ĐƠN BÁN LẺ", mono(9.0), 2.0);
    desk.style = mono(7.6);
    let when = format!(
        "{} {:02}:{:02}",
        slashed(desk.date),
        desk.int(8, 21),
        desk.int(0, 59)
    );
    desk.row(vec![cell("Ngày:", &when, "")]);
    let mut sum = 0_u64;
    for _ in 0..desk.int(5, 9) {
        let name = desk.one_of(&[
            "Sữa tươi 1L",
            "Gạo ST25 5kg",
            "Dầu ăn 2L",
            "Nước mắm",
            "Khăn giấy",
            "Bút bi",
            "Mì gói",
            "Trứng gà",
        ]);
        let price = u64::from(desk.int(5, 190)) * 1000;
        sum += price;
        desk.shared(
            vec![cell("", name, ""), cell("", &grouped(price, 1), "")],
            &[0.7, 0.3],
        );
    }
    desk.shared(
        vec![
            cell("", "TỔNG CỘNG", "").strong(),
            cell("", &grouped(sum, 1), "").strong(),
        ],
        &[0.7, 0.3],
    );
    desk.centred("Cảm ơn quý khách!", mono(8.0), 6.0);
}

/// A page of a newspaper in three columns.
fn newspaper(desk: &mut Desk<'_>) {
    desk.start(210.0, 297.0);
    (desk.left, desk.width) = (mm(12.0), mm(186.0));
    let paper = desk.one_of(&["BÁO ĐỜI SỐNG", "TIN NGÀY MỚI", "THỜI BÁO MIỀN TRUNG"]);
    desk.centred(paper, bold(26.0), 0.0);
    let issue = format!("Số {}, {}", desk.int(100, 9000), slashed(desk.date));
    desk.centred(&issue, italic(10.0), 0.0);
    let y = desk.y + 4.0;
    desk.line((desk.left, y), (desk.left + desk.width, y));
    desk.y = y + 6.0;
    let heading = desk.writer.line("context");
    let heading: String = heading.split(' ').take(11).collect::<Vec<_>>().join(" ");
    desk.centred(&heading, bold(20.0), 0.0);
    let (left, top) = (desk.left, desk.y + 10.0);
    desk.style = plain(10.0);
    for column in 0..3 {
        desk.left = left + mm(63.0) * column as f32;
        desk.width = mm(59.0);
        desk.y = top;
        while desk.y < mm(262.0) {
            let list = desk.one_of(&["context", "result", "weakness", "goal", "task"]);
            let line = desk.writer.line(list);
            desk.text(&line);
        }
    }
}

/// A table that begins at the top of the page.
fn table(desk: &mut Desk<'_>) {
    desk.start(210.0, 297.0);
    let mut rows = vec![
        ["STT", "Họ và tên", "Ngày sinh", "Số tiền", "Ghi chú"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for index in 1..=desk.int(18, 26) {
        let person = desk.person(index % 2 == 0, (1950, 2000));
        let money = grouped(u64::from(desk.int(2, 90)) * 50_000, 1);
        rows.push(vec![
            index.to_string(),
            person.name,
            slashed(person.birth),
            money,
            String::new(),
        ]);
    }
    desk.table(&[0.08, 0.36, 0.2, 0.2, 0.16], &rows, 11.5);
}

/// A price list.
fn menu(desk: &mut Desk<'_>) {
    desk.start(148.0, 210.0);
    desk.wash([248, 240, 220]);
    desk.centred("THỰC ĐƠN", bold(24.0).face(Face::Sans), 0.0);
    desk.style = sans(12.0);
    desk.y += 8.0;
    for _ in 0..9 {
        let dish = desk.one_of(&[
            "Phở bò",
            "Bún chả",
            "Cơm tấm",
            "Cá kho tộ",
            "Canh chua",
            "Gỏi cuốn",
            "Chè sen",
            "Cà phê sữa",
        ]);
        let price = grouped(u64::from(desk.int(2, 12)) * 10_000, 1);
        desk.shared(vec![cell("", dish, ""), cell("", &price, "")], &[0.7, 0.3]);
    }
}

/// A page out of a book.
fn book(desk: &mut Desk<'_>) {
    desk.start(145.0, 205.0);
    desk.style = plain(11.5);
    let number = desk.int(12, 380).to_string();
    while desk.y < mm(180.0) {
        let first = desk.writer.line("context");
        let second = desk.writer.line("result");
        desk.text(&format!("{first} {second}"));
    }
    desk.y = mm(192.0);
    let (left, width) = (desk.left, desk.width);
    desk.centred_in(&number, plain(11.0), 0.0, left, width, Region::Margin);
}

/// A delivery note of a shop.
fn invoice(desk: &mut Desk<'_>) {
    desk.start(210.0, 148.0);
    let firm = desk.writer.line("partner").to_uppercase();
    desk.centred(&firm, bold(13.0), 0.0);
    desk.centred("PHIẾU GIAO HÀNG", bold(17.0), 6.0);
    let buyer = desk.person(true, (1960, 1999));
    desk.row(vec![
        cell("Khách hàng:", &buyer.name, ""),
        cell("Ngày:", &slashed(desk.date), ""),
    ]);
    let mut rows = vec![
        ["TT", "Tên hàng", "SL", "Đơn giá", "Thành tiền"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for index in 1..=5_u32 {
        let (count, price) = (desk.int(1, 20), u64::from(desk.int(3, 90)) * 5000);
        let name = desk.one_of(&[
            "Xi măng PCB40",
            "Cát vàng",
            "Thép phi 12",
            "Gạch ống",
            "Sơn nước",
            "Ống nhựa 27",
        ]);
        rows.push(vec![
            index.to_string(),
            name.to_owned(),
            count.to_string(),
            grouped(price, 1),
            grouped(price * u64::from(count), 1),
        ]);
    }
    desk.table(&[0.08, 0.42, 0.1, 0.18, 0.22], &rows, 11.5);
}
