//! The land certificate: its four pages, the older "red book", and the form of 2025 with a code.

use super::desk::{Desk, Person, cell, long};
use crate::{
    codes,
    grammar::{capital, in_words},
    page::{Region, Tint, mm},
    paper::frame::{bold, plain},
};

/// What a certificate says.
struct Plot {
    owner: Person,
    spouse: Option<Person>,
    serial: String,
    register: String,
    parcel: String,
    sheet: String,
    area: String,
    area_words: String,
    land_use: &'static str,
    address: String,
}

impl Plot {
    fn draw(desk: &mut Desk<'_>) -> Self {
        let woman = desk.chance(0.3);
        let owner = desk.person(woman, (1945, 1988));
        let spouse = desk.chance(0.5).then(|| desk.person(!woman, (1947, 1990)));
        let letters = desk.one_of(&["CN", "BK", "DĐ", "AA", "CS", "BP", "Đ", "S", "AB"]);
        let digits = if letters == "AA" { 8 } else { 6 };
        let serial = format!("{letters} {:0digits$}", desk.int(100_000, 999_999));
        let prefix = desk.one_of(&["CS", "CH", "VP", "CT", "H"]);
        let register = format!("{prefix} {:05}", desk.int(12, 98_000));
        let (whole, tenth) = (desk.int(45, 4800), desk.int(0, 9));
        let land_use = desk.one_of(&[
            "Đất ở tại nông thôn",
            "Đất ở tại đô thị",
            "Đất trồng cây lâu năm",
            "Đất chuyên trồng lúa nước",
            "Đất rừng sản xuất",
        ]);
        let address = owner.home.clone();
        Self {
            owner,
            spouse,
            serial,
            register,
            parcel: desk.int(1, 980).to_string(),
            sheet: desk.int(1, 96).to_string(),
            area: if tenth == 0 {
                whole.to_string()
            } else {
                format!("{whole},{tenth}")
            },
            area_words: if tenth == 0 {
                capital(&in_words(u64::from(whole)))
            } else {
                format!(
                    "{} phẩy {}",
                    capital(&in_words(u64::from(whole))),
                    in_words(u64::from(tenth))
                )
            },
            land_use,
            address,
        }
    }
}

/// Giấy chứng nhận quyền sử dụng đất: one of its pages, two, or all.
pub(super) fn certificate(desk: &mut Desk<'_>) {
    desk.date.2 = desk.date.2.max(2004);
    let plot = Plot::draw(desk);
    match desk.int(0, 9) {
        0..=1 => cover(desk, &plot),
        2..=4 => inside(desk, &plot),
        5 => old(desk, &plot),
        6..=7 => {
            cover(desk, &plot);
            inside(desk, &plot);
            sketch(desk, &plot);
        }
        8 => {
            inside(desk, &plot);
            changes(desk, &plot);
        }
        _ => new(desk, &plot),
    }
}

fn title(desk: &mut Desk<'_>, size: f32) {
    let old = desk.date.2 < 2010;
    desk.centred("GIẤY CHỨNG NHẬN", bold(size + 6.0).tint(Tint::Red), 6.0);
    desk.centred("QUYỀN SỬ DỤNG ĐẤT", bold(size).tint(Tint::Red), 2.0);
    if !old {
        desk.centred(
            "QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT",
            bold(size - 3.0).tint(Tint::Red),
            0.0,
        );
    }
}

fn owners(desk: &mut Desk<'_>, plot: &Plot) {
    let call = |person: &Person| if person.woman { "Bà:" } else { "Ông:" };
    desk.row(vec![
        cell(call(&plot.owner), &plot.owner.name, "full_name").strong(),
    ]);
    let year = plot.owner.birth.2.to_string();
    desk.row(vec![
        cell("Năm sinh:", &year, ""),
        cell("CCCD số:", &plot.owner.number, "id_number"),
    ]);
    desk.note("owner_number", plot.owner.number.as_str());
    if let Some(spouse) = &plot.spouse {
        let label = if spouse.woman {
            "Và vợ là bà:"
        } else {
            "Và chồng là ông:"
        };
        desk.row(vec![cell(label, &spouse.name, "").strong()]);
        let year = spouse.birth.2.to_string();
        desk.row(vec![
            cell("Năm sinh:", &year, ""),
            cell("CCCD số:", &spouse.number, ""),
        ]);
    }
    desk.row(vec![cell(
        "Địa chỉ thường trú:",
        &plot.owner.home,
        "residence",
    )]);
}

fn cover(desk: &mut Desk<'_>, plot: &Plot) {
    desk.start(190.0, 265.0);
    desk.ornament([238, 150, 170]);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(24.0);
    desk.state(left, width, 13.0, Tint::Black);
    desk.star(95.0, 60.0, 13.0);
    desk.y = mm(84.0);
    title(desk, 17.0);
    desk.y += 20.0;
    desk.row(vec![
        cell(
            "",
            "I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất",
            "",
        )
        .strong(),
    ]);
    owners(desk, plot);
    serial(desk, plot, mm(228.0));
}

/// The serial number in red at the lower right.
fn serial(desk: &mut Desk<'_>, plot: &Plot, y: f32) {
    desk.y = y;
    let x = desk.left + desk.width - mm(52.0);
    desk.centred_in(
        &plot.serial,
        bold(15.0).tint(Tint::Red),
        0.0,
        x,
        mm(52.0),
        Region::Body,
    );
    desk.note("serial_number", plot.serial.as_str());
}

fn parcel(desk: &mut Desk<'_>, plot: &Plot) {
    let (a, b) = (
        desk.say("a) Thửa đất số:", "Thửa đất số:"),
        desk.say("; tờ bản đồ số:", "Tờ bản đồ số:"),
    );
    desk.row(vec![
        cell(a, &plot.parcel, "parcel_number"),
        cell(b, &plot.sheet, "map_sheet"),
    ]);
    desk.row(vec![cell("b) Địa chỉ:", &plot.address, "address")]);
    let area = format!(
        "{} m², (bằng chữ: {} mét vuông)",
        plot.area, plot.area_words
    );
    desk.row(vec![cell("c) Diện tích:", &area, "")]);
    desk.note("area", plot.area.as_str());
    let kind = desk.one_of(&["Sử dụng riêng", "Sử dụng chung"]);
    desk.row(vec![cell("d) Hình thức sử dụng:", kind, "")]);
    desk.row(vec![cell(
        "đ) Mục đích sử dụng:",
        plot.land_use,
        "land_use",
    )]);
    let term = if plot.land_use.starts_with("Đất ở") {
        "Lâu dài".to_owned()
    } else {
        format!("Đến ngày 15/10/{}", desk.int(2043, 2064))
    };
    desk.row(vec![cell("e) Thời hạn sử dụng:", &term, "validity")]);
    let origin = desk.one_of(&[
        "Công nhận QSDĐ như giao đất có thu tiền sử dụng đất",
        "Nhận chuyển nhượng đất được công nhận QSDĐ như giao đất không thu tiền sử dụng đất",
        "Nhà nước giao đất không thu tiền sử dụng đất",
        "Nhận thừa kế quyền sử dụng đất",
    ]);
    desk.row(vec![cell("g) Nguồn gốc sử dụng:", origin, "")]);
}

fn inside(desk: &mut Desk<'_>, plot: &Plot) {
    desk.start(190.0, 265.0);
    desk.ornament([238, 150, 170]);
    desk.y = mm(22.0);
    desk.style = plain(12.5);
    if desk.chance(0.4) {
        owners(desk, plot);
    }
    desk.row(vec![
        cell(
            "",
            "II. Thửa đất, nhà ở và tài sản khác gắn liền với đất",
            "",
        )
        .strong(),
    ]);
    desk.row(vec![cell("", "1. Thửa đất:", "").strong()]);
    parcel(desk, plot);
    for (index, name) in [
        "Nhà ở",
        "Công trình xây dựng khác",
        "Rừng sản xuất là rừng trồng",
        "Cây lâu năm",
    ]
    .iter()
    .enumerate()
    {
        desk.row(vec![cell(&format!("{}. {name}:", index + 2), "-/-", "")]);
    }
    desk.row(vec![cell("6. Ghi chú:", "Không", "")]);
    issue(desk, plot);
}

fn issue(desk: &mut Desk<'_>, plot: &Plot) {
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 6.0;
    desk.dated(x, mm(84.0), 12.5);
    let province = desk.issuer.province.clone();
    if desk.chance(0.5) {
        let name = format!("Sở Tài nguyên và Môi trường {province}");
        desk.issuer.header = "SỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG".to_owned();
        desk.issuer.parent = format!("UBND {}", province.to_uppercase());
        desk.issuer.behalf = String::new();
        desk.note("agency", name);
        desk.sign(
            &[
                "SỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG",
                province.to_uppercase().as_str(),
                "KT. GIÁM ĐỐC",
                "PHÓ GIÁM ĐỐC",
            ],
            x,
            mm(82.0),
            mm(20.0),
        );
    } else {
        let unit = desk.writer.value("D");
        let unit = if unit.is_empty() {
            desk.issuer.area.clone()
        } else {
            unit
        };
        let name = format!("Ủy ban nhân dân {unit}");
        desk.issuer.header = format!("ỦY BAN NHÂN DÂN\n{}", unit.to_uppercase());
        let title = format!("TM. {}", name.to_uppercase());
        desk.note("agency", name);
        desk.sign(&[title.as_str(), "CHỦ TỊCH"], x, mm(82.0), mm(20.0));
    }
    desk.style = plain(12.0);
    let end = desk.y;
    desk.y = end - mm(4.0);
    desk.row(vec![cell(
        "Số vào sổ cấp GCN:",
        &plot.register,
        "register_number",
    )]);
}

fn sketch(desk: &mut Desk<'_>, plot: &Plot) {
    desk.start(190.0, 265.0);
    desk.ornament([238, 150, 170]);
    desk.y = mm(22.0);
    desk.row(vec![
        cell(
            "",
            "III. Sơ đồ thửa đất, nhà ở và tài sản khác gắn liền với đất",
            "",
        )
        .strong(),
    ]);
    let corners: Vec<(f32, f32)> = [(60.0, 70.0), (128.0, 64.0), (136.0, 150.0), (54.0, 158.0)]
        .iter()
        .map(|&(x, y)| {
            let dice = &mut desk.writer.dice;
            (mm(x + dice.range(-9.0, 9.0)), mm(y + dice.range(-9.0, 9.0)))
        })
        .collect();
    for (index, from) in corners.iter().enumerate() {
        let to = corners
            .get((index + 1) % corners.len())
            .copied()
            .unwrap_or(*from);
        desk.line(*from, to);
        let length =
            libm::sqrtf((to.0 - from.0) * (to.0 - from.0) + (to.1 - from.1) * (to.1 - from.1))
                / mm(1.0)
                / 4.0;
        desk.y = f32::midpoint(from.1, to.1) - 8.0;
        let label = format!("{length:.2}").replace('.', ",");
        desk.centred_in(
            &label,
            plain(9.0),
            0.0,
            f32::midpoint(from.0, to.0) - 30.0,
            60.0,
            Region::Table,
        );
    }
    desk.y = mm(108.0);
    desk.centred_in(
        &format!("Thửa {} - {} m²", plot.parcel, plot.area),
        plain(11.0),
        0.0,
        mm(60.0),
        mm(70.0),
        Region::Table,
    );
    desk.y = mm(180.0);
    desk.row(vec![
        cell("", "IV. Những thay đổi sau khi cấp giấy chứng nhận", "").strong(),
    ]);
    let rows = vec![
        vec![
            "Nội dung thay đổi và cơ sở pháp lý".to_owned(),
            "Xác nhận của cơ quan có thẩm quyền".to_owned(),
        ],
        vec!["\u{a0}\n\u{a0}\n\u{a0}".to_owned(), String::new()],
    ];
    desk.table(&[0.62, 0.38], &rows, 11.5);
    serial(desk, plot, mm(240.0));
}

fn changes(desk: &mut Desk<'_>, plot: &Plot) {
    desk.start(190.0, 265.0);
    desk.ornament([238, 150, 170]);
    desk.y = mm(22.0);
    desk.row(vec![
        cell("", "IV. Những thay đổi sau khi cấp giấy chứng nhận", "").strong(),
    ]);
    let to = desk.person(false, (1970, 1995));
    let when = long((desk.int(1, 28), desk.int(1, 12), desk.date.2 + 2));
    let rows = vec![
        vec![
            "Nội dung thay đổi và cơ sở pháp lý".to_owned(),
            "Xác nhận của cơ quan có thẩm quyền".to_owned(),
        ],
        vec![
            format!(
                "Chuyển nhượng cho ông {}, CCCD số {}, theo hồ sơ số {}.CN.001",
                to.name,
                to.number,
                desk.int(1000, 98_000)
            ),
            format!("{when}\nCHI NHÁNH VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI\nGIÁM ĐỐC"),
        ],
        vec![
            "Thế chấp bằng quyền sử dụng đất tại Ngân hàng Nông nghiệp và Phát triển nông thôn"
                .to_owned(),
            "Đã xác nhận".to_owned(),
        ],
    ];
    desk.table(&[0.6, 0.4], &rows, 11.5);
    serial(desk, plot, mm(240.0));
}

/// The "red book" of before 2010: one sheet, land only.
fn old(desk: &mut Desk<'_>, plot: &Plot) {
    desk.date.2 = desk.int(1996, 2009);
    desk.start(190.0, 265.0);
    desk.ornament([238, 140, 150]);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(24.0);
    desk.state(left, width, 13.0, Tint::Black);
    title(desk, 17.0);
    let body = desk.issuer.name.to_uppercase();
    desk.centred(&body, bold(13.0), 8.0);
    desk.centred("CHỨNG NHẬN", bold(13.0), 2.0);
    desk.dotted = true;
    desk.row(vec![
        cell("Hộ ông (bà):", &plot.owner.name, "full_name").strong(),
    ]);
    desk.row(vec![
        cell("Được quyền sử dụng:", &plot.area, "area"),
        cell("m² đất tại:", &plot.address, "address"),
    ]);
    desk.row(vec![
        cell("Thửa số:", &plot.parcel, "parcel_number"),
        cell("Tờ bản đồ số:", &plot.sheet, "map_sheet"),
    ]);
    desk.row(vec![cell("Mục đích sử dụng:", plot.land_use, "land_use")]);
    desk.dotted = false;
    issue(desk, plot);
    serial(desk, plot, mm(244.0));
}

/// The form of 2025 (circular 10/2024/TT-BTNMT): two pages in one, with a QR code.
fn new(desk: &mut Desk<'_>, plot: &Plot) {
    desk.date.2 = desk.int(2025, 2026);
    desk.start(210.0, 297.0);
    desk.ornament([240, 170, 180]);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(24.0);
    desk.state(left, width, 12.5, Tint::Black);
    title(desk, 15.0);
    let text = format!(
        "{}|{}|{}|{}",
        plot.serial.replace(' ', ""),
        plot.owner.number,
        plot.parcel,
        plot.sheet
    );
    desk.page
        .marks
        .extend(codes::qr(&text, (mm(168.0), mm(24.0)), mm(22.0)));
    desk.fields.flag("has_qr");
    desk.y += 8.0;
    desk.row(vec![
        cell(
            "",
            "1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:",
            "",
        )
        .strong(),
    ]);
    owners(desk, plot);
    desk.row(vec![cell("", "2. Thông tin thửa đất:", "").strong()]);
    parcel(desk, plot);
    desk.row(vec![
        cell("3. Thông tin tài sản gắn liền với đất:", "-/-", "").strong(),
    ]);
    desk.row(vec![cell("4. Ghi chú:", "Không", "")]);
    issue(desk, plot);
    serial(desk, plot, mm(268.0));
}
