//! Diplomas and certificates: universities, schools, courses; Vietnamese alone or in two languages.

use super::desk::{Desk, Person, cell, day, slashed};
use crate::{
    mrz,
    page::{Mark, Region, Tint, mm},
    paper::frame::{bold, italic, plain},
};

/// What a diploma says.
struct Award {
    person: Person,
    serial: String,
    register: String,
    grade: &'static str,
    major: &'static str,
    mode: &'static str,
    school: String,
}

impl Award {
    fn draw(desk: &mut Desk<'_>) -> Self {
        let woman = desk.chance(0.5);
        let year = desk.date.2;
        let person = desk.person(woman, (year - 30, year - 18));
        let serial = if desk.chance(0.5) {
            format!("{:06}", desk.int(10_000, 399_999))
        } else {
            let letters = desk.one_of(&["QH", "BK", "DT", "SP", "A", "B"]);
            format!("{letters}{:06}", desk.int(10_000, 799_999))
        };
        let register = match desk.int(0, 2) {
            0 => format!("KT.{:04}/{year}", desk.int(11, 4999)),
            1 => format!(
                "{:03}/{}",
                desk.int(11, 999),
                desk.one_of(&["QĐ1", "CQ", "HC01"])
            ),
            _ => format!("{year}.{:05}", desk.int(11, 9999)),
        };
        let place = desk.writer.value("p");
        let school = match desk.int(0, 3) {
            0 => format!("Trường Đại học Kinh tế - Kỹ thuật {place}"),
            1 => format!("Trường Đại học Sư phạm {place}"),
            2 => "Trường Đại học Công nghệ Phương Nam".to_owned(),
            _ => format!("Trường Đại học Y Dược {place}"),
        };
        Self {
            person,
            serial,
            register,
            grade: desk.one_of(&["Xuất sắc", "Giỏi", "Khá", "Trung bình", "Trung bình khá"]),
            major: desk.one_of(&[
                "Kế toán",
                "Luật",
                "Công nghệ thông tin",
                "Sư phạm Ngữ văn",
                "Quản trị kinh doanh",
                "Điều dưỡng",
                "Kỹ thuật xây dựng",
            ]),
            mode: desk.one_of(&[
                "Chính quy",
                "Vừa làm vừa học",
                "Từ xa",
                "Liên thông chính quy",
            ]),
            school,
        }
    }

    fn head(&self, desk: &mut Desk<'_>, by: &str) {
        desk.issuer.header = self.school.to_uppercase();
        desk.issuer.parent = "BỘ GIÁO DỤC VÀ ĐÀO TẠO".to_owned();
        desk.issuer.behalf = String::new();
        desk.note("agency", by);
        desk.note("serial_number", self.serial.as_str());
        desk.note("register_number", self.register.as_str());
    }
}

/// Bằng: of a university in one or two languages, of a school.
pub(super) fn diploma(desk: &mut Desk<'_>) {
    let award = Award::draw(desk);
    match desk.int(0, 9) {
        0..=2 => degree(desk, &award),
        3..=5 => bilingual(desk, &award),
        _ => school(desk, &award),
    }
}

fn degree(desk: &mut Desk<'_>, award: &Award) {
    desk.start(297.0, 210.0);
    desk.ornament([150, 190, 225]);
    let (x, width) = (mm(25.0), mm(247.0));
    desk.y = mm(20.0);
    desk.state(x, width, 13.0, Tint::Black);
    let title = desk.one_of(&[
        "BẰNG CỬ NHÂN",
        "BẰNG KỸ SƯ",
        "BẰNG THẠC SĨ",
        "BẰNG TỐT NGHIỆP ĐẠI HỌC",
    ]);
    for (text, style, above) in [
        ("HIỆU TRƯỞNG", bold(15.0), 14.0),
        (award.school.to_uppercase().as_str(), bold(15.0), 0.0),
        ("cấp", italic(14.0), 0.0),
        (title, bold(26.0).tint(Tint::Red), 4.0),
        (award.major.to_uppercase().as_str(), bold(15.0), 0.0),
    ] {
        desk.centred_in(text, style, above, x, width, Region::Title);
    }
    desk.note("major", award.major);
    award.head(desk, &award.school);
    (desk.left, desk.width) = (mm(95.0), mm(150.0));
    desk.style = plain(13.5);
    desk.air = 0.25;
    graduate(desk, award);
    let year = desk.date.2.to_string();
    desk.rows(vec![
        cell("Năm tốt nghiệp:", &year, "graduation_year"),
        cell("Xếp loại tốt nghiệp:", award.grade, "grade"),
        cell("Hình thức đào tạo:", award.mode, "study_mode"),
    ]);
    let rank = desk.one_of(&["HIỆU TRƯỞNG", "KT. HIỆU TRƯỞNG"]);
    let y = desk.y;
    desk.dated(mm(165.0), mm(92.0), 13.0);
    if rank == "HIỆU TRƯỞNG" {
        desk.sign(&[rank], mm(165.0), mm(92.0), mm(19.0));
    } else {
        desk.sign(&[rank, "PHÓ HIỆU TRƯỞNG"], mm(165.0), mm(92.0), mm(17.0));
    }
    desk.y = y + mm(24.0);
    numbers(desk, award, mm(32.0), mm(110.0));
}

fn graduate(desk: &mut Desk<'_>, award: &Award) {
    let call = if desk.chance(0.5) {
        "Cho:"
    } else if award.person.woman {
        "Cho bà:"
    } else {
        "Cho ông:"
    };
    let province = desk.issuer.province.clone();
    desk.rows(vec![
        cell(call, &award.person.name.to_uppercase(), "full_name").strong(),
        day("Ngày sinh:", award.person.birth, "birth_date"),
        cell("Nơi sinh:", &province, "birth_place"),
    ]);
}

fn numbers(desk: &mut Desk<'_>, award: &Award, x: f32, width: f32) {
    let (left, whole) = (desk.left, desk.width);
    (desk.left, desk.width) = (x, width);
    desk.style = plain(desk.style.size.min(12.0));
    let serial = desk.say("Số hiệu:", "Số hiệu bằng:");
    let register = desk.say("Số vào sổ gốc cấp văn bằng:", "Số vào sổ cấp bằng:");
    desk.rows(vec![
        cell(serial, &award.serial, "serial_number"),
        cell(register, &award.register, "register_number"),
    ]);
    (desk.left, desk.width) = (left, whole);
}

/// Two halves: English at the left, Vietnamese at the right.
fn bilingual(desk: &mut Desk<'_>, award: &Award) {
    desk.start(297.0, 210.0);
    desk.ornament([160, 200, 210]);
    let half = mm(124.0);
    desk.style = plain(11.5);
    desk.air = 0.2;
    (desk.left, desk.width) = (mm(22.0), half);
    desk.y = mm(20.0);
    let english = mrz::plain(&award.person.name);
    let born = slashed(award.person.birth);
    let major = match award.major {
        "Kế toán" => "Accounting",
        "Luật" => "Law",
        "Công nghệ thông tin" => "Information Technology",
        "Quản trị kinh doanh" => "Business Administration",
        "Điều dưỡng" => "Nursing",
        _ => "Engineering",
    };
    for (text, style, above) in [
        ("SOCIALIST REPUBLIC OF VIETNAM", bold(11.5), 0.0),
        ("Independence - Freedom - Happiness", bold(11.5), 0.0),
        ("THE RECTOR OF THE UNIVERSITY", bold(11.5), 12.0),
        ("has conferred", italic(11.5), 2.0),
        ("THE DEGREE OF BACHELOR", bold(17.0).tint(Tint::Red), 4.0),
        (major, bold(12.0), 2.0),
    ] {
        desk.centred_in(text, style, above, mm(22.0), half, Region::HeaderLeft);
    }
    desk.y += 6.0;
    let year = desk.date.2.to_string();
    let grade = match award.grade {
        "Xuất sắc" => "Excellent",
        "Giỏi" => "Very good",
        "Khá" => "Good",
        _ => "Ordinary",
    };
    desk.rows(vec![
        cell("Upon:", &english, ""),
        cell("Date of birth:", &born, ""),
        cell("Year of graduation:", &year, ""),
        cell("Degree classification:", grade, ""),
        cell("Reg. No:", &award.register, ""),
        cell("Serial No:", &award.serial, ""),
    ]);
    (desk.left, desk.width) = (mm(152.0), half);
    desk.y = mm(20.0);
    let left = desk.left;
    desk.state(left, half, 11.5, Tint::Black);
    let title = desk.one_of(&["BẰNG CỬ NHÂN", "BẰNG TỐT NGHIỆP ĐẠI HỌC"]);
    for (text, style, above) in [
        ("HIỆU TRƯỞNG", bold(12.0), 10.0),
        (award.school.to_uppercase().as_str(), bold(12.0), 0.0),
        ("cấp", italic(11.5), 0.0),
        (title, bold(18.0).tint(Tint::Red), 3.0),
        (award.major, bold(12.0), 1.0),
    ] {
        desk.centred_in(text, style, above, left, half, Region::Title);
    }
    desk.note("major", award.major);
    award.head(desk, &award.school);
    graduate(desk, award);
    desk.rows(vec![
        cell("Năm tốt nghiệp:", &year, "graduation_year"),
        cell("Xếp loại tốt nghiệp:", award.grade, "grade"),
        cell("Hình thức đào tạo:", award.mode, "study_mode"),
    ]);
    let y = desk.y;
    desk.dated(mm(188.0), mm(84.0), 11.5);
    desk.sign(&["HIỆU TRƯỞNG"], mm(188.0), mm(84.0), mm(17.0));
    desk.y = y + mm(8.0);
    numbers(desk, award, mm(152.0), mm(60.0));
}

/// Of a secondary school: by the province's department or the district's office.
fn school(desk: &mut Desk<'_>, award: &Award) {
    let wide = desk.chance(0.6);
    if wide {
        desk.start(297.0, 210.0);
    } else {
        desk.start(190.0, 135.0);
    }
    desk.ornament([235, 205, 150]);
    let (page, _) = desk.page.size;
    let (x, width) = (page * 0.1, page * 0.8);
    let grow = if wide { 1.0 } else { 0.68 };
    desk.y = mm(20.0) * grow;
    desk.state(x, width, 13.0 * grow, Tint::Black);
    let upper = desk.chance(0.6);
    let body = if upper {
        format!("Sở Giáo dục và Đào tạo {}", desk.issuer.province)
    } else {
        format!("Phòng Giáo dục và Đào tạo {}", desk.writer.value("D"))
    };
    let body = body.trim().to_owned();
    let (title, level) = if upper {
        ("GIÁM ĐỐC", "TRUNG HỌC PHỔ THÔNG")
    } else {
        ("TRƯỞNG PHÒNG", "TRUNG HỌC CƠ SỞ")
    };
    for (text, style, above) in [
        (
            format!("{title} {}", body.to_uppercase()),
            bold(13.0 * grow),
            10.0 * grow,
        ),
        ("cấp".to_owned(), italic(13.0 * grow), 0.0),
        (
            format!("BẰNG TỐT NGHIỆP {level}"),
            bold(21.0 * grow).tint(Tint::Red),
            4.0 * grow,
        ),
    ] {
        desk.centred_in(&text, style, above, x, width, Region::Title);
    }
    award.head(desk, &body);
    desk.issuer.header = body.to_uppercase();
    (desk.left, desk.width) = (page * 0.3, page * 0.6);
    desk.style = plain(13.0 * grow);
    desk.air = 0.2;
    desk.y += 6.0 * grow;
    graduate(desk, award);
    let people = award.person.people;
    desk.row(vec![
        cell("Giới tính:", award.person.sex(), "sex"),
        cell("Dân tộc:", people, "ethnicity"),
    ]);
    let name = desk.one_of(&["Trần Phú", "Nguyễn Trãi", "Chu Văn An", "Lê Lợi", "số 2"]);
    let exam = slashed((2, 6, desk.date.2));
    let school = format!("{} {name}", if upper { "THPT" } else { "THCS" });
    desk.rows(vec![
        cell("Học sinh trường:", &school, ""),
        cell("Khóa thi:", &exam, ""),
        cell("Xếp loại tốt nghiệp:", award.grade, "grade"),
    ]);
    desk.note("graduation_year", desk.date.2.to_string());
    let y = desk.y;
    desk.dated(page * 0.58, page * 0.34, 12.5 * grow);
    desk.sign(&[title], page * 0.58, page * 0.34, mm(17.0) * grow);
    desk.y = y + mm(14.0) * grow;
    numbers(desk, award, page * 0.1, page * 0.4);
}

/// Chứng chỉ, giấy chứng nhận of courses.
pub(super) fn certificate(desk: &mut Desk<'_>) {
    let award = Award::draw(desk);
    let wide = desk.chance(0.6);
    if wide {
        desk.start(297.0, 210.0);
    } else {
        desk.start(210.0, 297.0);
    }
    let tints = [[170, 210, 180], [235, 205, 150], [190, 190, 230]];
    let tint = tints[desk.int(0, 2) as usize];
    desk.ornament(tint);
    let (page, high) = desk.page.size;
    let (x, width) = (page * 0.1, page * 0.8);
    desk.y = high * 0.1;
    desk.state(x, width, 13.0, Tint::Black);
    let center = if desk.chance(0.5) {
        format!("Trung tâm Ngoại ngữ - Tin học {}", desk.writer.value("p"))
    } else {
        award.school.clone()
    };
    let (title, content) = match desk.int(0, 5) {
        0 => ("CHỨNG CHỈ", "ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN"),
        1 => ("CHỨNG CHỈ", "TIẾNG ANH TRÌNH ĐỘ B"),
        2 => ("CHỨNG CHỈ", "BỒI DƯỠNG NGHIỆP VỤ SƯ PHẠM"),
        3 => ("CHỨNG CHỈ", "BỒI DƯỠNG NGẠCH CHUYÊN VIÊN"),
        4 => ("CHỨNG CHỈ SƠ CẤP", "NGHỀ: ĐIỆN DÂN DỤNG"),
        _ => ("GIẤY CHỨNG NHẬN", "HOÀN THÀNH KHÓA BỒI DƯỠNG KỸ NĂNG SỐ"),
    };
    let chief = if center.starts_with("Trung tâm") {
        "GIÁM ĐỐC"
    } else {
        "HIỆU TRƯỞNG"
    };
    for (text, style, above) in [
        (
            format!("{chief} {}", center.to_uppercase()),
            bold(13.0),
            12.0,
        ),
        (
            desk.one_of(&["cấp", "chứng nhận"]).to_owned(),
            italic(13.0),
            0.0,
        ),
        (title.to_owned(), bold(25.0).tint(Tint::Red), 6.0),
        (content.to_owned(), bold(14.0), 2.0),
    ] {
        desk.centred_in(&text, style, above, x, width, Region::Title);
    }
    award.head(desk, &center);
    desk.issuer.header = center.to_uppercase();
    desk.note("subject", content);
    (desk.left, desk.width) = (page * 0.24, page * 0.62);
    desk.style = plain(13.5);
    desk.y += 8.0;
    let top = desk.y;
    graduate(desk, &award);
    let (from, to) = (
        (desk.int(1, 28), 3, desk.date.2),
        (desk.int(1, 28), 6, desk.date.2),
    );
    let course = format!("{} đến {}", slashed(from), slashed(to));
    desk.rows(vec![
        cell("Đã hoàn thành chương trình từ ngày:", &course, ""),
        cell("Xếp loại:", award.grade, "grade"),
    ]);
    let y = desk.y;
    desk.dated(page * 0.54, page * 0.38, 13.0);
    desk.sign(&[chief], page * 0.54, page * 0.38, mm(19.0));
    desk.y = (y + mm(20.0)).max(top + mm(38.0));
    (desk.left, desk.width) = (page * 0.1, page * 0.42);
    desk.style = plain(12.0);
    desk.rows(vec![
        cell("Số hiệu:", &award.serial, "serial_number"),
        cell(
            "Số vào sổ cấp chứng chỉ:",
            &award.register,
            "register_number",
        ),
    ]);
    desk.page.marks.push(Mark::Portrait {
        at: (page * 0.1, top),
        size: (mm(26.0), mm(34.0)),
    });
}
