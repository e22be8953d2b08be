//! Contracts with a notary's statement.

use super::desk::{Desk, cell, iso, long, slashed, worded};
use crate::{
    grammar::{grouped, in_words},
    page::{Region, Tint, mm},
    paper::frame::{bold, italic, plain},
};

/// Hợp đồng công chứng, two pages: the contract, and its end with the notary's statement.
pub(super) fn contract(desk: &mut Desk<'_>) {
    desk.date.2 = desk.date.2.max(2008);
    desk.start(210.0, 297.0);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(20.0);
    desk.state(left, width, 13.0, Tint::Black);
    let title = desk.one_of(&[
        "HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT",
        "HỢP ĐỒNG TẶNG CHO QUYỀN SỬ DỤNG ĐẤT",
        "HỢP ĐỒNG MUA BÁN XE Ô TÔ",
        "HỢP ĐỒNG ỦY QUYỀN",
        "HỢP ĐỒNG THẾ CHẤP QUYỀN SỬ DỤNG ĐẤT",
        "HỢP ĐỒNG THUÊ NHÀ",
    ]);
    desk.centred(title, bold(15.0), 14.0);
    desk.note("subject", crate::grammar::capital(&title.to_lowercase()));
    desk.y += 6.0;
    let (seller, buyer) = (
        desk.person(false, (1950, 1985)),
        desk.person(true, (1965, 1998)),
    );
    let office = match desk.int(0, 2) {
        0 => format!(
            "Văn phòng công chứng {}",
            desk.signer.rsplit(' ').next().unwrap_or("An Bình")
        ),
        1 => format!(
            "Phòng Công chứng số {} {}",
            desk.int(1, 4),
            desk.issuer.province
        ),
        _ => format!("Văn phòng công chứng {}", desk.writer.value("p")),
    };
    desk.text(&format!(
        "Hôm nay, {}, tại trụ sở {office}, chúng tôi gồm có:",
        long(desk.date)
    ));
    for (side, person) in [("BÊN A", &seller), ("BÊN B", &buyer)] {
        desk.row(vec![cell("", &format!("{side}:"), "").strong()]);
        let call = if person.woman { "Bà:" } else { "Ông:" };
        let year = person.birth.2.to_string();
        desk.row(vec![
            cell(call, &person.name, "").strong(),
            cell("Sinh năm:", &year, ""),
        ]);
        let issued = slashed((desk.int(1, 28), desk.int(1, 12), 2021));
        desk.row(vec![
            cell("CCCD số:", &person.number, ""),
            cell("cấp ngày:", &issued, ""),
        ]);
        desk.row(vec![cell("Cư trú tại:", &person.home, "")]);
    }
    desk.text("Hai bên tự nguyện thỏa thuận và ký kết hợp đồng này với các điều khoản sau đây:");
    let price = u64::from(desk.int(5, 900)) * 10_000_000;
    let serial = format!("CN {:06}", desk.int(100_000, 999_999));
    let thing = if title.contains("XE") {
        format!(
            "chiếc xe ô tô biển kiểm soát {}A-{:03}.{:02}",
            desk.int(11, 99),
            desk.int(100, 999),
            desk.int(10, 99)
        )
    } else {
        format!(
            "quyền sử dụng thửa đất số {}, tờ bản đồ số {} theo Giấy chứng nhận quyền sử dụng đất số {serial}",
            desk.int(1, 900),
            desk.int(1, 90)
        )
    };
    for (index, text) in [
        format!("Bên A đồng ý giao cho Bên B {thing}, cùng toàn bộ giấy tờ kèm theo."),
        format!("Giá trị hợp đồng là {} đồng (bằng chữ: {} đồng).", grouped(price, 1), in_words(price)),
        "Bên A cam đoan tài sản thuộc quyền sở hữu hợp pháp, không có tranh chấp, không bị kê biên.".to_owned(),
        "Bên B đã xem xét kỹ, biết rõ về tài sản và các giấy tờ liên quan.".to_owned(),
        "Lệ phí công chứng do Bên B chịu trách nhiệm nộp.".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        desk.text(&format!("*Điều {}.* {text}", index + 1));
    }
    statement(desk, &office, title, &seller.name, &buyer.name);
}

/// The notary's statement, with its number and book.
fn statement(desk: &mut Desk<'_>, office: &str, title: &str, seller: &str, buyer: &str) {
    desk.start(210.0, 297.0);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(20.0);
    let half = width / 2.0;
    for (name, role, x) in [(seller, "BÊN A", left), (buyer, "BÊN B", left + half)] {
        desk.y = mm(20.0);
        desk.sign_plain(role, name, x, half, mm(20.0));
    }
    desk.centred("LỜI CHỨNG CỦA CÔNG CHỨNG VIÊN", bold(14.0), 18.0);
    desk.y += 4.0;
    let words = worded(desk.date);
    desk.text(&format!("{} ({words}), tại trụ sở {office}, tôi {}, công chứng viên, trong phạm vi trách nhiệm của mình theo quy định của pháp luật,", crate::grammar::capital(&long(desk.date)), desk.signer));
    desk.centred("CHỨNG NHẬN:", bold(13.0), 4.0);
    for text in [
        format!(
            "- {} được giao kết giữa ông {seller} và bà {buyer};",
            crate::grammar::capital(&title.to_lowercase())
        ),
        "- Các bên đã tự nguyện thỏa thuận giao kết hợp đồng, có năng lực hành vi dân sự đầy đủ;"
            .to_owned(),
        "- Mục đích, nội dung của hợp đồng không vi phạm pháp luật, không trái đạo đức xã hội;"
            .to_owned(),
        "- Hợp đồng được lập thành 03 bản chính, mỗi bản gồm 02 tờ, 02 trang.".to_owned(),
    ] {
        desk.text(&text);
    }
    desk.y += 8.0;
    let number = desk.int(12, 9800).to_string();
    let book = format!("{:02}/{} TP/CC-SCC/HĐGD", desk.int(1, 12), desk.date.2);
    desk.style = plain(13.0);
    desk.shared(
        vec![
            cell("Số công chứng:", &number, "number_symbol"),
            cell("quyển số", &book, "book_number"),
        ],
        &[0.4, 0.6],
    );
    let (date, place) = (iso(desk.date), desk.issuer.place.clone());
    desk.note("issued_date", date);
    desk.note("place", place);
    desk.note("agency", office);
    let x = left + width - mm(84.0);
    desk.y += 8.0;
    desk.issuer.header = office.to_uppercase();
    desk.issuer.parent = String::new();
    desk.issuer.behalf = String::new();
    desk.sign(&["CÔNG CHỨNG VIÊN"], x, mm(82.0), mm(22.0));
    desk.centred_in(
        "(Ký, ghi rõ họ tên và đóng dấu)",
        italic(11.0),
        2.0,
        x,
        mm(82.0),
        Region::Signature,
    );
}
