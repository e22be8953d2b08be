//! A page of the Giấy chứng nhận quyền sử dụng đất: the land certificate.

use super::{Desk, Person, rows};
use crate::{
    dice::Dice,
    face::Family,
    grammar::{capital, in_words, long_date},
    page::{Ground, Page, Region, mm},
    paper::{
        Paper,
        frame::{self, LEFT, WIDTH, bold, italic},
    },
    typeset::Paragraph,
};

/// A plot as the certificate describes it.
struct Plot {
    number: u32,
    map: u32,
    size: String,
    words: String,
}

/// A page of a Giấy chứng nhận quyền sử dụng đất.
#[must_use]
pub fn land(family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(dice);
    let mut page = Page::a4();
    page.ground = Ground::Guilloche {
        tint: [238, 150, 170],
    };
    let (owner, spouse) = (
        desk.person(false, (1960, 1985)),
        desk.person(true, (1962, 1988)),
    );
    let issue = format!("DA {:06}", desk.writer.dice.int(100_000, 999_999));
    let book = format!("CH {:05}", desk.writer.dice.int(120, 9999));
    let (plot, map) = (desk.writer.dice.int(11, 480), desk.writer.dice.int(3, 68));
    let area = desk.writer.dice.int(85, 640);
    let tenth = desk.writer.dice.int(1, 9);
    let plot = Plot {
        number: plot,
        map,
        size: format!("{area},{tenth}"),
        words: format!(
            "{} phẩy {}",
            capital(&in_words(u64::from(area))),
            in_words(u64::from(tenth))
        ),
    };
    let form = form(&desk, &owner, &spouse, &plot);
    let y = rows(
        &mut page,
        &form,
        LEFT - mm(8.0),
        WIDTH + mm(8.0),
        mm(24.0),
        12.5,
        family,
    );
    let (day, month, year) = desk.date;
    let place = desk.agency.place.clone();
    let x = LEFT + WIDTH - mm(86.0);
    let date = Paragraph::centred(
        format!("{place}, ngày {}", long_date(day, month, year)),
        italic(13.0),
        Region::Signature,
    );
    let body = Paragraph::centred(
        desk.agency.name.to_uppercase(),
        bold(12.5),
        Region::Signature,
    );
    let top = frame::column(&mut page, &[date, body], x, mm(82.0), y + 14.0, family);
    let end = desk.sign(&mut page, "CHỦ TỊCH", x, top, family);
    let foot = [format!("Số vào sổ cấp GCN: {book}"), format!("*{issue}*")];
    rows(
        &mut page,
        &foot,
        LEFT - mm(8.0),
        mm(90.0),
        end - 12.0,
        13.0,
        family,
    );
    let mut fields = desk.fields("gcn_qsdd", "Giấy chứng nhận quyền sử dụng đất", "CHỦ TỊCH");
    fields.put("place", place);
    fields.put("full_name", owner.name.as_str());
    fields.put("id_number", owner.number.as_str());
    fields.put("owner_number", owner.number.as_str());
    fields.put("parcel_number", plot.number.to_string());
    fields.put("map_sheet", plot.map.to_string());
    fields.put("area", plot.size.as_str());
    fields.put("address", owner.home.as_str());
    fields.put("serial_number", issue);
    fields.put("register_number", book);
    Paper {
        pages: vec![page],
        fields,
    }
}

fn form(desk: &Desk, owner: &Person, spouse: &Person, plot: &Plot) -> Vec<String> {
    vec![
        "*I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất*".to_owned(),
        format!("Ông: *{}*", owner.name),
        format!("Năm sinh: {}|Căn cước số: {}", owner.birth.2, owner.number),
        format!("Và vợ là bà: *{}*", spouse.name),
        format!(
            "Năm sinh: {}|Căn cước số: {}",
            spouse.birth.2, spouse.number
        ),
        format!("Địa chỉ thường trú: {}", owner.home),
        "*II. Thửa đất, nhà ở và tài sản khác gắn liền với đất*".to_owned(),
        "*1. Thửa đất:*".to_owned(),
        format!("a) Thửa đất số: {}|tờ bản đồ số: {}", plot.number, plot.map),
        format!("b) Địa chỉ: {}", owner.home),
        format!(
            "c) Diện tích: {} m² (bằng chữ: {} mét vuông)",
            plot.size, plot.words
        ),
        "d) Hình thức sử dụng: sử dụng riêng".to_owned(),
        format!(
            "đ) Mục đích sử dụng: Đất ở tại {}",
            if desk.agency.area.starts_with("phường") {
                "đô thị"
            } else {
                "nông thôn"
            }
        ),
        "e) Thời hạn sử dụng: Lâu dài".to_owned(),
        "g) Nguồn gốc sử dụng: Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất"
            .to_owned(),
        "*2. Nhà ở:* Nhà ở riêng lẻ cấp IV, diện tích xây dựng 96,0 m²".to_owned(),
        "*3. Công trình xây dựng khác:* -/-".to_owned(),
        "*4. Rừng sản xuất là rừng trồng:* -/-".to_owned(),
        "*5. Cây lâu năm:* -/-".to_owned(),
        "*6. Ghi chú:* Không".to_owned(),
    ]
}
