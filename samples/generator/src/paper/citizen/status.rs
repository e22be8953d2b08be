//! Papers of civil status: birth, marriage, death, single status; today's forms, extracts, and older forms.

use super::desk::{Cell, Desk, Person, cell, day, iso, long, slashed, worded};
use crate::{
    page::{Region, Tint, mm},
    paper::frame::{bold, italic, plain},
};

/// The layouts of a registry paper.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// The certificate on printed ground, since 2016.
    Certificate,
    /// An extract (trích lục), since 2016.
    Extract,
    /// A copy on the forms of before 2016: dotted lines, book number at the top.
    Old,
}

impl Form {
    fn draw(desk: &mut Desk<'_>) -> Self {
        let form = match desk.int(0, 9) {
            0..=3 => Self::Certificate,
            4..=6 => Self::Extract,
            _ => Self::Old,
        };
        if form == Self::Old {
            desk.date.2 = desk.int(1996, 2015);
        } else {
            desk.date.2 = desk.date.2.max(2016);
        }
        form
    }
}

/// Header, title and number as the form has them; `titles` for certificate, extract, old form.
fn open(desk: &mut Desk<'_>, form: Form, titles: [&str; 3], tint: [u8; 3], book: &str) {
    desk.start(210.0, 297.0);
    desk.y = mm(22.0);
    if form == Form::Certificate {
        desk.ornament(tint);
        desk.y = mm(26.0);
    }
    let parent = match (form, desk.chance(0.5)) {
        (Form::Old, _) => String::new(),
        (_, true) => desk.issuer.province.to_uppercase(),
        _ => String::new(),
    };
    let name = desk.issuer.header.clone();
    if form == Form::Old {
        old_header(desk, book);
    } else {
        desk.header(&parent, &name, None);
    }
    let (certificate, extract, old) = (titles[0], titles[1], titles[2]);
    let red = if form == Form::Extract {
        Tint::Black
    } else {
        Tint::Red
    };
    let title = match form {
        Form::Certificate => certificate,
        Form::Extract => extract,
        Form::Old => old,
    };
    desk.centred(title, bold(19.0).tint(red), 16.0);
    if form != Form::Certificate && desk.chance(0.6) {
        desk.centred("(BẢN SAO)", bold(13.0), 0.0);
    }
    if form != Form::Old {
        let number = number(desk, form);
        desk.centred(&format!("Số: {number}"), plain(13.0), 2.0);
        desk.note("number_symbol", number);
    }
    let agency = desk.issuer.name.clone();
    desk.note("agency", agency);
    desk.y += 6.0;
}

fn number(desk: &mut Desk<'_>, form: Form) -> String {
    let (serial, year) = (desk.int(1, 480), desk.date.2);
    if form == Form::Certificate || desk.chance(0.3) {
        return format!("{serial}/{year}");
    }
    let kind = match desk.fields.kind.as_str() {
        "giay_khai_sinh" => "TLKS",
        "khai_tu" => "TLKT",
        _ => "TLKH",
    };
    let copy = desk.one_of(&["", "-BS"]);
    format!("{serial}/{kind}{copy}")
}

/// Older forms: the places by levels at the left, number and book at the right.
fn old_header(desk: &mut Desk<'_>, book: &str) {
    let (left, width) = (desk.left, desk.width);
    desk.state(left, width, 13.0, Tint::Black);
    desk.y += 6.0;
    let ward = desk.issuer.area.clone();
    let district = desk.writer.value("D");
    let number = desk.int(1, 220).to_string();
    let volume = format!("{:02}/{}", desk.int(1, 4), desk.date.2);
    let form = format!("Mẫu {book}");
    desk.dotted = true;
    desk.shared(
        vec![cell("Xã, phường:", &ward, ""), cell("", &form, "")],
        &[0.6, 0.4],
    );
    desk.shared(
        vec![
            cell("Huyện, quận:", &district, ""),
            cell("Số:", &number, "number_symbol"),
        ],
        &[0.6, 0.4],
    );
    let province = desk.issuer.province.clone();
    desk.shared(
        vec![
            cell("Tỉnh, thành phố:", &province, ""),
            cell("Quyển số:", &volume, "book_number"),
        ],
        &[0.6, 0.4],
    );
}

/// Place and day, and who signs, at the lower right.
fn close(desk: &mut Desk<'_>, form: Form, titles: &[&str]) {
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 8.0;
    if form != Form::Certificate {
        desk.dated(x, mm(84.0), 13.0);
    } else {
        let date = iso(desk.date);
        desk.note("issued_date", date);
    }
    desk.sign(titles, x, mm(82.0), mm(21.0));
}

/// The names of the rows, which differ by form and world.
fn name_label(desk: &mut Desk<'_>, form: Form) -> &'static str {
    if form == Form::Old {
        "Họ và tên:"
    } else {
        desk.say("Họ, chữ đệm, tên:", "Họ và tên:")
    }
}

/// Giấy khai sinh.
pub(super) fn birth(desk: &mut Desk<'_>) {
    let form = Form::draw(desk);
    open(
        desk,
        form,
        ["GIẤY KHAI SINH", "TRÍCH LỤC KHAI SINH", "GIẤY KHAI SINH"],
        [236, 170, 150],
        "TP/HT-1999-A1",
    );
    let year = if form == Form::Certificate {
        desk.date.2
    } else {
        desk.date.2.saturating_sub(desk.int(0, 25))
    };
    let girl = desk.chance(0.5);
    let mut child = desk.person(girl, (year, year));
    child.birth = (
        child.birth.0,
        child.birth.1.min(desk.date.1.max(2) - 1).max(1),
        year,
    );
    let mother = desk.person(true, (year - 38, year - 20));
    let father = desk.person(false, (year - 42, year - 21));
    if let Some(surname) = father.name.split(' ').next() {
        let rest = child.name.split_once(' ').map_or("", |(_, rest)| rest);
        child.name = format!("{surname} {rest}");
    }
    child_rows(desk, form, &child);
    parent_rows(desk, form, &mother, true);
    parent_rows(desk, form, &father, false);
    let place = desk.issuer.name.clone();
    let province = desk.issuer.province.clone();
    let place = format!("{place}, {province}");
    desk.rows(vec![
        cell("Nơi đăng ký khai sinh:", &place, "registration_place"),
        day("Ngày, tháng, năm đăng ký:", desk.date, "registration_date"),
    ]);
    if form == Form::Certificate && desk.chance(0.6) {
        let paper = format!("Căn cước số {}", father.number);
        desk.rows(vec![
            cell("Họ, chữ đệm, tên người đi khai sinh:", &father.name, ""),
            cell("Giấy tờ tùy thân:", &paper, ""),
        ]);
    }
    if form == Form::Certificate {
        let title = desk.say("NGƯỜI KÝ GIẤY KHAI SINH", "CÁN BỘ TƯ PHÁP - HỘ TỊCH");
        let chief = desk.one_of(&["CHỦ TỊCH", "PHÓ CHỦ TỊCH"]);
        close(desk, form, &[title, chief]);
    } else {
        let title = signing(desk, form);
        close(desk, form, &[title, "CHỦ TỊCH"]);
    }
}

/// Who signs an extract, and who signed the older forms.
fn signing(desk: &mut Desk<'_>, form: Form) -> &'static str {
    if form == Form::Old {
        desk.one_of(&["TM. UBND XÃ", "TM. ỦY BAN NHÂN DÂN"])
    } else {
        desk.one_of(&["NGƯỜI KÝ TRÍCH LỤC", "NGƯỜI KÝ"])
    }
}

fn child_rows(desk: &mut Desk<'_>, form: Form, child: &Person) {
    let label = name_label(desk, form);
    let name = cell(label, &child.name.to_uppercase(), "full_name").strong();
    if form == Form::Old {
        desk.shared(
            vec![name, cell("Nam, nữ:", child.sex(), "sex")],
            &[0.7, 0.3],
        );
    } else {
        desk.row(vec![name]);
    }
    let words = worded(child.birth);
    let born = desk.say("Ngày, tháng, năm sinh:", "Sinh ngày:");
    desk.row(vec![
        day(born, child.birth, "birth_date"),
        cell("ghi bằng chữ:", &words, ""),
    ]);
    let others = vec![
        cell("Dân tộc:", child.people, "ethnicity"),
        cell("Quốc tịch:", "Việt Nam", "nationality"),
    ];
    if form == Form::Old {
        desk.row(others);
    } else {
        let mut cells = vec![cell("Giới tính:", child.sex(), "sex")];
        cells.extend(others);
        desk.row(cells);
    }
    let clinic = desk.one_of(&["Bệnh viện đa khoa", "Trạm Y tế", "Bệnh viện Phụ sản"]);
    let place = format!("{clinic} {}", desk.issuer.province);
    desk.row(vec![cell("Nơi sinh:", &place, "birth_place")]);
    if form != Form::Old {
        desk.row(vec![cell("Quê quán:", &child.origin, "origin_place")]);
        if desk.chance(0.7) {
            desk.row(vec![cell(
                "Số định danh cá nhân:",
                &child.number,
                "id_number",
            )]);
            desk.note("owner_number", child.number.as_str());
        }
    }
}

fn parent_rows(desk: &mut Desk<'_>, form: Form, parent: &Person, mother: bool) {
    let (who, field) = if mother {
        ("mẹ", "mother_name")
    } else {
        ("cha", "father_name")
    };
    let label = if form == Form::Old {
        format!("Họ và tên {who}:")
    } else {
        format!("Họ, chữ đệm, tên người {who}:")
    };
    desk.row(vec![
        cell(&label, &parent.name.to_uppercase(), field).strong(),
    ]);
    let year = parent.birth.2.to_string();
    desk.row(vec![
        cell("Năm sinh:", &year, ""),
        cell("Dân tộc:", parent.people, ""),
        cell("Quốc tịch:", "Việt Nam", ""),
    ]);
    let home = if form == Form::Old {
        "Nơi thường trú/tạm trú:"
    } else {
        "Nơi cư trú:"
    };
    desk.row(vec![cell(home, &parent.home, "")]);
}

/// Giấy chứng nhận kết hôn.
pub(super) fn marriage(desk: &mut Desk<'_>) {
    let form = Form::draw(desk);
    open(
        desk,
        form,
        [
            "GIẤY CHỨNG NHẬN KẾT HÔN",
            "TRÍCH LỤC KẾT HÔN",
            "GIẤY CHỨNG NHẬN KẾT HÔN",
        ],
        [240, 160, 170],
        "TP/HT-1999-B1",
    );
    let year = desk.date.2;
    let husband = desk.person(false, (year - 36, year - 21));
    let wife = desk.person(true, (year - 33, year - 19));
    if form == Form::Certificate && desk.chance(0.6) {
        side_by_side(desk, &husband, &wife);
    } else {
        spouse_rows(desk, &husband, false);
        spouse_rows(desk, &wife, true);
    }
    let place = format!("{}, {}", desk.issuer.name, desk.issuer.province);
    desk.rows(vec![
        cell("Nơi đăng ký kết hôn:", &place, "registration_place"),
        day("Ngày, tháng, năm đăng ký:", desk.date, "registration_date"),
    ]);
    if form == Form::Extract {
        return close(desk, form, &["NGƯỜI KÝ TRÍCH LỤC", "CHỦ TỊCH"]);
    }
    let top = desk.y + 10.0;
    let half = desk.width / 2.0;
    for (title, name, x) in [
        ("Chữ ký của vợ", &wife.name, desk.left),
        ("Chữ ký của chồng", &husband.name, desk.left + half),
    ] {
        desk.y = top;
        desk.sign_plain(title, name, x, half, mm(16.0));
    }
    let chief = desk.one_of(&["CHỦ TỊCH", "PHÓ CHỦ TỊCH"]);
    close(desk, form, &["NGƯỜI KÝ", chief]);
}

fn spouse(person: &Person, wife: bool) -> Vec<Cell> {
    let (who, name, birth) = if wife {
        ("vợ", "wife_name", "wife_birth_date")
    } else {
        ("chồng", "husband_name", "husband_birth_date")
    };
    let label = format!("Họ, chữ đệm, tên {who}:");
    let paper = format!("Căn cước số {}", person.number);
    vec![
        cell(&label, &person.name.to_uppercase(), name).strong(),
        day("Ngày, tháng, năm sinh:", person.birth, birth),
        cell("Dân tộc:", person.people, ""),
        cell("Quốc tịch:", "Việt Nam", ""),
        cell("Nơi cư trú:", &person.home, ""),
        cell("Giấy tờ tùy thân:", &paper, ""),
    ]
}

fn spouse_rows(desk: &mut Desk<'_>, person: &Person, wife: bool) {
    let mut cells = spouse(person, wife).into_iter();
    desk.rows(cells.by_ref().take(2).collect());
    desk.row(cells.by_ref().take(2).collect());
    desk.rows(cells.collect());
}

/// The couple in two columns, wife at the left.
fn side_by_side(desk: &mut Desk<'_>, husband: &Person, wife: &Person) {
    let (left, width, top) = (desk.left, desk.width, desk.y);
    desk.width = width / 2.0 - mm(4.0);
    desk.rows(spouse(wife, true));
    let low = desk.y;
    desk.y = top;
    desk.left = left + width / 2.0 + mm(4.0);
    desk.rows(spouse(husband, false));
    desk.y = desk.y.max(low);
    (desk.left, desk.width) = (left, width);
}

/// Trích lục khai tử, giấy chứng tử.
pub(super) fn death(desk: &mut Desk<'_>) {
    let mut form = Form::draw(desk);
    if form == Form::Certificate {
        form = Form::Extract;
    }
    open(
        desk,
        form,
        ["TRÍCH LỤC KHAI TỬ", "TRÍCH LỤC KHAI TỬ", "GIẤY CHỨNG TỬ"],
        [200, 200, 210],
        "TP/HT-1999-C1",
    );
    let woman = desk.chance(0.5);
    let year = desk.date.2;
    let person = desk.person(woman, (year - 95, year - 40));
    let died = (desk.int(1, 28), desk.int(1, desk.date.1.max(2) - 1), year);
    let label = name_label(desk, form);
    desk.row(vec![
        cell(label, &person.name.to_uppercase(), "deceased_name").strong(),
    ]);
    desk.row(vec![
        day("Ngày, tháng, năm sinh:", person.birth, "birth_date"),
        cell("Giới tính:", person.sex(), "sex"),
    ]);
    desk.row(vec![
        cell("Dân tộc:", person.people, "ethnicity"),
        cell("Quốc tịch:", "Việt Nam", "nationality"),
    ]);
    if form == Form::Extract {
        desk.row(vec![cell(
            "Số định danh cá nhân:",
            &person.number,
            "id_number",
        )]);
        desk.note("owner_number", person.number.as_str());
    }
    let at = format!(
        "{:02} giờ {:02} phút, {}",
        desk.int(0, 23),
        desk.int(0, 59),
        long(died)
    );
    let label = desk.say("Đã chết vào lúc:", "Chết lúc:");
    desk.row(vec![cell(label, &at, "")]);
    desk.note("death_date", iso(died));
    let words = worded(died);
    let cause = desk.one_of(&[
        "Bệnh tim mạch",
        "Tuổi già",
        "Tai nạn giao thông",
        "Ung thư gan",
    ]);
    desk.rows(vec![
        cell("Ghi bằng chữ:", &words, ""),
        cell("Nơi chết:", &person.home, ""),
        cell("Nguyên nhân chết:", cause, ""),
    ]);
    let place = format!("{}, {}", desk.issuer.name, desk.issuer.province);
    desk.rows(vec![
        cell("Nơi đăng ký khai tử:", &place, "registration_place"),
        day("Ngày, tháng, năm đăng ký:", desk.date, "registration_date"),
    ]);
    let title = signing(desk, form);
    close(desk, form, &[title, "CHỦ TỊCH"]);
}

/// Giấy xác nhận tình trạng hôn nhân.
pub(super) fn single(desk: &mut Desk<'_>) {
    desk.start(210.0, 297.0);
    desk.y = mm(22.0);
    let symbol = format!("{:02}/UBND-XNTTHN", desk.int(1, 320));
    let name = desk.issuer.header.clone();
    desk.header("", &name, Some(cell("Số:", &symbol, "number_symbol")));
    let x = desk.left + mm(62.0);
    let width = desk.width - mm(60.0);
    desk.y -= 16.0;
    desk.dated(x, width, 13.0);
    desk.centred("GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", bold(16.0), 20.0);
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1965, 2004));
    let body = desk.issuer.name.to_uppercase();
    desk.centred(&body, bold(13.0), 6.0);
    let ask = desk.person(!woman, (1960, 2000));
    desk.text(&format!("Xét đề nghị của ông/bà {}, về việc cấp Giấy xác nhận tình trạng hôn nhân cho ông/bà có tên dưới đây,", ask.name));
    desk.centred("XÁC NHẬN:", bold(13.0), 6.0);
    desk.row(vec![
        cell(
            "Họ, chữ đệm, tên:",
            &person.name.to_uppercase(),
            "full_name",
        )
        .strong(),
    ]);
    desk.row(vec![
        day("Ngày, tháng, năm sinh:", person.birth, "birth_date"),
        cell("Giới tính:", person.sex(), "sex"),
    ]);
    desk.row(vec![
        cell("Dân tộc:", person.people, "ethnicity"),
        cell("Quốc tịch:", "Việt Nam", "nationality"),
    ]);
    desk.row(vec![cell(
        "Giấy tờ tùy thân: Căn cước số",
        &person.number,
        "id_number",
    )]);
    desk.note("owner_number", person.number.as_str());
    desk.row(vec![cell("Nơi cư trú:", &person.home, "residence")]);
    let state = desk.one_of(&[
        "Chưa đăng ký kết hôn với ai.",
        "Đã đăng ký kết hôn nhưng đã ly hôn; hiện tại chưa đăng ký kết hôn với ai.",
        "Có vợ/chồng nhưng vợ/chồng đã chết; hiện tại chưa đăng ký kết hôn với ai.",
    ]);
    desk.row(vec![cell("Tình trạng hôn nhân:", state, "")]);
    let purpose = desk.one_of(&[
        "Để đăng ký kết hôn",
        "Để bổ túc hồ sơ vay vốn",
        "Để mua bán nhà đất",
    ]);
    desk.row(vec![cell("Giấy này được cấp để:", purpose, "purpose")]);
    desk.row(vec![cell(
        "",
        "Giấy này có giá trị trong thời hạn 06 tháng, kể từ ngày cấp.",
        "",
    )]);
    desk.note("validity", "06 tháng, kể từ ngày cấp");
    let agency = desk.issuer.name.clone();
    desk.note("agency", agency);
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 10.0;
    if desk.chance(0.4) {
        let seen = format!("(Cấp lần đầu {})", slashed(desk.date));
        desk.centred_in(&seen, italic(12.0), 0.0, x, mm(82.0), Region::Signature);
    }
    desk.sign(&["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], x, mm(82.0), mm(21.0));
}
