//! Certificates of the registrar of enterprises, and the record of criminal convictions.

use super::desk::{Desk, cell, day, iso, long, slashed};
use crate::{
    grammar::{grouped, in_words},
    page::{Tint, mm},
    paper::frame::{bold, italic, plain},
};

/// Giấy chứng nhận đăng ký doanh nghiệp, hộ kinh doanh.
pub(super) fn registration(desk: &mut Desk<'_>) {
    desk.date.2 = desk.date.2.max(2008);
    if desk.chance(0.35) {
        household(desk);
    } else {
        enterprise(desk);
    }
}

fn enterprise(desk: &mut Desk<'_>) {
    desk.start(210.0, 297.0);
    desk.ornament([220, 200, 160]);
    desk.y = mm(25.0);
    let province = desk.issuer.province.clone();
    let body = if desk.date.2 >= 2025 {
        "SỞ TÀI CHÍNH"
    } else {
        "SỞ KẾ HOẠCH VÀ ĐẦU TƯ"
    };
    let parent = format!("{body}\n{}", province.to_uppercase());
    desk.header(&parent, "PHÒNG ĐĂNG KÝ KINH DOANH", None);
    let kind = desk.one_of(&[
        "CÔNG TY TRÁCH NHIỆM HỮU HẠN MỘT THÀNH VIÊN",
        "CÔNG TY TRÁCH NHIỆM HỮU HẠN HAI THÀNH VIÊN TRỞ LÊN",
        "CÔNG TY CỔ PHẦN",
        "DOANH NGHIỆP TƯ NHÂN",
    ]);
    let title = desk.say(
        "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP",
        "GIẤY CHỨNG NHẬN\nĐĂNG KÝ DOANH NGHIỆP",
    );
    desk.centred(title, bold(17.0).tint(Tint::Red), 16.0);
    desk.centred(kind, bold(13.0), 2.0);
    let code = format!("{:05}{:05}", desk.int(1_000, 49_999), desk.int(0, 99_999));
    desk.centred(&format!("Mã số doanh nghiệp: {code}"), bold(14.0), 6.0);
    desk.note("enterprise_code", code.as_str());
    desk.note("owner_number", code);
    let first = (desk.date.0, desk.date.1, desk.date.2);
    desk.centred(
        &format!("Đăng ký lần đầu: {}", long(first)),
        plain(12.5),
        2.0,
    );
    desk.note("registration_date", iso(first));
    desk.note("issued_date", iso(first));
    if desk.chance(0.5) && first.2 < 2026 {
        let again = (desk.int(1, 28), desk.int(1, 12), first.2 + 1);
        let times = desk.int(1, 9);
        desk.centred(
            &format!("Đăng ký thay đổi lần thứ: {times}, {}", long(again)),
            plain(12.5),
            0.0,
        );
        desk.note("issued_date", iso(again));
    }
    desk.y += 6.0;
    company(desk);
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 8.0;
    desk.issuer.header = "PHÒNG ĐĂNG KÝ KINH DOANH".to_owned();
    desk.issuer.parent = format!("{body} {}", province.to_uppercase());
    desk.issuer.behalf = String::new();
    desk.sign(&["TRƯỞNG PHÒNG"], x, mm(82.0), mm(21.0));
    let body = if desk.date.2 >= 2025 {
        "Sở Tài chính"
    } else {
        "Sở Kế hoạch và Đầu tư"
    };
    desk.note(
        "agency",
        format!("Phòng Đăng ký kinh doanh - {body} {province}"),
    );
}

fn company(desk: &mut Desk<'_>) {
    let trade = desk.one_of(&[
        "Thương mại",
        "Xây dựng",
        "Vận tải",
        "Nông sản",
        "Công nghệ",
        "Dược phẩm",
    ]);
    let proper = desk.one_of(&[
        "Minh Phát",
        "Hoàng Long",
        "An Khang",
        "Đông Á Xanh",
        "Thiên Phú",
        "Sao Việt",
    ]);
    let name = format!(
        "CÔNG TY TNHH {} {}",
        trade.to_uppercase(),
        proper.to_uppercase()
    );
    desk.row(vec![cell("", "1. Tên công ty", "").strong()]);
    desk.row(vec![cell(
        "Tên công ty viết bằng tiếng Việt:",
        &name,
        "enterprise_name",
    )]);
    let foreign = crate::mrz::plain(&format!("{proper} company limited"));
    desk.row(vec![cell(
        "Tên công ty viết bằng tiếng nước ngoài:",
        &foreign,
        "",
    )]);
    desk.row(vec![cell("", "2. Địa chỉ trụ sở chính", "").strong()]);
    let street = format!(
        "Số {}, đường Hùng Vương, {}, {}, Việt Nam",
        desk.int(1, 480),
        desk.issuer.area,
        desk.issuer.province
    );
    desk.row(vec![cell("", &street, "address")]);
    let phone = format!(
        "02{}.3{}.{}",
        desk.int(11, 99),
        desk.int(100, 999),
        desk.int(100, 999)
    );
    desk.row(vec![cell("Điện thoại:", &phone, ""), cell("Fax:", "", "")]);
    let capital = u64::from(desk.int(3, 900)) * 100_000_000;
    let shown = format!("{} đồng", grouped(capital, 1));
    desk.row(vec![cell("3. Vốn điều lệ:", &shown, "capital").strong()]);
    desk.row(vec![cell(
        "Bằng chữ:",
        &format!("{} đồng", crate::grammar::capital(&in_words(capital))),
        "",
    )]);
    desk.row(vec![
        cell("", "4. Người đại diện theo pháp luật của công ty", "").strong(),
    ]);
    let woman = desk.chance(0.3);
    let person = desk.person(woman, (1960, 1995));
    desk.shared(
        vec![
            cell("Họ và tên:", &person.name.to_uppercase(), "full_name"),
            cell("Giới tính:", person.sex(), "sex"),
        ],
        &[0.7, 0.3],
    );
    let post = desk.one_of(&["Giám đốc", "Tổng giám đốc", "Chủ tịch công ty"]);
    desk.row(vec![cell("Chức danh:", post, "")]);
    desk.row(vec![
        day("Sinh ngày:", person.birth, "birth_date"),
        cell("Dân tộc:", person.people, ""),
        cell("Quốc tịch:", "Việt Nam", ""),
    ]);
    desk.row(vec![cell(
        "Số giấy tờ pháp lý của cá nhân:",
        &person.number,
        "id_number",
    )]);
    desk.row(vec![cell("Địa chỉ thường trú:", &person.home, "residence")]);
}

fn household(desk: &mut Desk<'_>) {
    desk.start(210.0, 297.0);
    desk.ornament([220, 200, 160]);
    desk.y = mm(25.0);
    let unit = desk.writer.value("D");
    let unit = if unit.is_empty() {
        desk.issuer.area.clone()
    } else {
        unit
    };
    let parent = format!("ỦY BAN NHÂN DÂN\n{}", unit.to_uppercase());
    desk.header(&parent, "PHÒNG TÀI CHÍNH - KẾ HOẠCH", None);
    desk.centred(
        "GIẤY CHỨNG NHẬN ĐĂNG KÝ\nHỘ KINH DOANH",
        bold(17.0).tint(Tint::Red),
        16.0,
    );
    let code = format!(
        "{:02}{}8{:06}",
        desk.int(1, 96),
        desk.one_of(&["A", "B", "C"]),
        desk.int(100, 999_999)
    );
    desk.centred(&format!("Số: {code}"), bold(13.0), 4.0);
    desk.note("number_symbol", code);
    desk.centred(
        &format!("Đăng ký lần đầu, {}", long(desk.date)),
        italic(12.5),
        2.0,
    );
    let date = iso(desk.date);
    desk.note("issued_date", date.as_str());
    desk.note("registration_date", date);
    desk.y += 8.0;
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1960, 1998));
    let name = person
        .name
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_uppercase();
    let trade = desk.one_of(&[
        "TẠP HÓA",
        "QUÁN ĂN",
        "VẬT LIỆU XÂY DỰNG",
        "THỜI TRANG",
        "NHÀ TRỌ",
    ]);
    let shop = format!("{trade} {name}");
    desk.row(vec![
        cell("1. Tên hộ kinh doanh:", &shop, "enterprise_name").strong(),
    ]);
    desk.row(vec![cell(
        "2. Địa điểm kinh doanh:",
        &person.home,
        "address",
    )]);
    desk.row(vec![cell(
        "3. Ngành, nghề kinh doanh:",
        "Bán lẻ lương thực, thực phẩm, đồ uống",
        "",
    )]);
    let capital = format!(
        "{} đồng",
        grouped(u64::from(desk.int(3, 90)) * 10_000_000, 1)
    );
    desk.row(vec![cell("4. Vốn kinh doanh:", &capital, "capital")]);
    desk.shared(
        vec![
            cell(
                "5. Họ và tên chủ hộ kinh doanh:",
                &person.name.to_uppercase(),
                "full_name",
            )
            .strong(),
            cell("Giới tính:", person.sex(), "sex"),
        ],
        &[0.76, 0.24],
    );
    desk.row(vec![
        cell("Sinh ngày:", &slashed(person.birth), ""),
        cell("Dân tộc:", person.people, ""),
    ]);
    desk.note("birth_date", iso(person.birth));
    desk.row(vec![cell(
        "Số căn cước công dân:",
        &person.number,
        "id_number",
    )]);
    desk.note("owner_number", person.number.as_str());
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 10.0;
    desk.issuer.header = "PHÒNG TÀI CHÍNH - KẾ HOẠCH".to_owned();
    desk.issuer.parent = format!("UBND {}", unit.to_uppercase());
    desk.issuer.behalf = String::new();
    desk.sign(&["TRƯỞNG PHÒNG"], x, mm(82.0), mm(21.0));
    desk.note("agency", format!("Phòng Tài chính - Kế hoạch {unit}"));
}

/// Phiếu lý lịch tư pháp số 1 or số 2.
pub(super) fn record(desk: &mut Desk<'_>) {
    desk.date.2 = desk.date.2.max(2011);
    desk.start(210.0, 297.0);
    desk.y = mm(22.0);
    let province = desk.issuer.province.clone();
    let police = desk.date.2 >= 2025;
    let (parent, name, agency) = if police {
        (
            "BỘ CÔNG AN".to_owned(),
            format!("CÔNG AN {}", province.to_uppercase()),
            format!("Công an {province}"),
        )
    } else {
        (
            format!("UBND {}", province.to_uppercase()),
            "SỞ TƯ PHÁP".to_owned(),
            format!("Sở Tư pháp {province}"),
        )
    };
    let symbol = format!(
        "{:02}/{}-LLTP",
        desk.int(1, 9800),
        if police { "CAT" } else { "STP" }
    );
    desk.header(&parent, &name, Some(cell("Số:", &symbol, "number_symbol")));
    let (x, width) = (desk.left + mm(62.0), desk.width - mm(60.0));
    desk.y -= 16.0;
    desk.dated(x, width, 13.0);
    let kind = desk.int(1, 2);
    desk.centred(
        &format!("PHIẾU LÝ LỊCH TƯ PHÁP SỐ {kind}"),
        bold(16.0),
        20.0,
    );
    desk.y += 6.0;
    desk.text("Căn cứ Luật Lý lịch tư pháp ngày 17 tháng 6 năm 2009;");
    desk.centred("XÁC NHẬN:", bold(13.0), 4.0);
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1960, 2005));
    desk.row(vec![
        cell("1. Họ và tên:", &person.name.to_uppercase(), "full_name").strong(),
        cell("2. Giới tính:", person.sex(), "sex"),
    ]);
    desk.row(vec![day(
        "3. Ngày, tháng, năm sinh:",
        person.birth,
        "birth_date",
    )]);
    desk.row(vec![cell("4. Nơi sinh:", &person.origin, "birth_place")]);
    desk.row(vec![cell("5. Quốc tịch:", "Việt Nam", "nationality")]);
    desk.row(vec![cell("6. Nơi thường trú:", &person.home, "residence")]);
    desk.row(vec![cell(
        "7. Giấy CMND/Hộ chiếu/CCCD:",
        &person.number,
        "id_number",
    )]);
    desk.note("owner_number", person.number.as_str());
    desk.row(vec![cell("8. Tình trạng án tích:", "Không có án tích", "")]);
    desk.row(vec![cell(
        "9. Thông tin về cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã:",
        "Không",
        "",
    )]);
    desk.note("agency", agency);
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 12.0;
    desk.issuer.header = name;
    desk.issuer.parent = parent;
    desk.issuer.behalf = String::new();
    let y = desk.y;
    desk.sign_plain(
        "NGƯỜI LẬP PHIẾU",
        &person.name.clone(),
        desk.left,
        mm(70.0),
        mm(18.0),
    );
    desk.y = y;
    desk.sign(&["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], x, mm(82.0), mm(20.0));
    desk.style = plain(13.0);
}
