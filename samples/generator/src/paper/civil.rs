//! Papers citizens hold: birth and marriage certificates, diplomas, land certificates, applications.

use super::{
    Fields, Paper,
    frame::{self, Block, LEFT, TOP, WIDTH, bold, bold_italic, italic, plain},
};
use crate::{
    agency::Agency,
    dice::Dice,
    face::Family,
    grammar::{Writer, in_words, long_date, short_date},
    page::{Ground, Mark, Page, Region, Rule, mm},
    paper::administrative::seal_of,
    typeset::Paragraph,
};

/// A person as certificates describe one.
struct Person {
    name: String,
    birth: (u32, u32, u32),
    number: String,
    home: String,
}

/// What all these papers draw first.
struct Desk {
    writer: Writer,
    agency: Agency,
    date: (u32, u32, u32),
    signer: String,
}

impl Desk {
    fn new(dice: &Dice) -> Self {
        let mut writer = Writer::new(dice.fork("words"));
        let agency = Agency::commune(&mut writer.dice);
        let date = (writer.dice.int(1, 28), writer.dice.int(8, 12), 2025);
        writer.set("province", &agency.province);
        let signer = writer.person();
        Self {
            writer,
            agency,
            date,
            signer,
        }
    }

    fn person(&mut self, woman: bool, years: (u32, u32)) -> Person {
        let sex = if woman { "female" } else { "male" };
        let parts = [
            "surname".to_owned(),
            format!("middle.{sex}"),
            format!("given.{sex}"),
        ];
        let name = parts.map(|list| self.writer.line(&list)).join(" ");
        let dice = &mut self.writer.dice;
        let birth = (dice.int(1, 28), dice.int(1, 12), dice.int(years.0, years.1));
        // Province of registration, century and sex, year, serial: the digits of a personal number.
        let century = u32::from(woman) + if birth.2 >= 2000 { 2 } else { 0 };
        let number = format!(
            "0{:02}{century}{:02}{:06}",
            dice.int(10, 96),
            birth.2 % 100,
            dice.int(1, 29999)
        );
        let hamlet = dice.int(1, 9);
        let part = if self.agency.area.starts_with("phường") {
            "Tổ dân phố số"
        } else {
            "Thôn"
        };
        let home = format!(
            "{part} {hamlet}, {}, {}",
            self.agency.area, self.agency.province
        );
        Person {
            name,
            birth,
            number,
            home,
        }
    }

    fn fields(&self, kind: &str, type_name: &str, number_symbol: String, title: &str) -> Fields {
        let (day, month, year) = self.date;
        Fields {
            kind: kind.to_owned(),
            type_name: type_name.to_owned(),
            number_symbol,
            issued_date: format!("{year}-{month:02}-{day:02}"),
            agency: self.agency.name.clone(),
            signer_name: self.signer.clone(),
            signer_title: title.to_owned(),
            ..Fields::default()
        }
    }

    fn header(&self, page: &mut Page, family: &Family) -> f32 {
        let (state, motto) = state(Region::HeaderRight);
        let name = Paragraph::centred(self.agency.header.clone(), bold(12.5), Region::HeaderLeft);
        let y = frame::column(page, &[name], LEFT - mm(6.0), mm(64.0), TOP + 12.0, family);
        frame::underline(page, 0.42);
        frame::column(
            page,
            &[state, motto],
            LEFT + mm(60.0),
            mm(104.0),
            TOP + 12.0,
            family,
        );
        frame::underline(page, 1.0);
        y + 14.0
    }

    /// Title, room for ink, name, centred in a column; with signature and seal.
    fn sign(&mut self, page: &mut Page, titles: &str, x: f32, top: f32, family: &Family) -> f32 {
        let width = mm(82.0);
        let title = Paragraph::centred(titles, bold(13.0), Region::Signature);
        let y = frame::column(page, &[title], x, width, top, family);
        let name = Paragraph::centred(self.signer.clone(), bold(13.5), Region::Signature);
        let end = frame::column(page, &[name], x, width, y + mm(22.0), family);
        let middle = x + width / 2.0;
        page.marks.push(Mark::Signature {
            at: (middle + 6.0, y + mm(11.0)),
            reach: (mm(23.0), mm(12.0)),
        });
        page.marks
            .push(seal_of(&self.agency, (middle - mm(17.0), y + mm(11.0))));
        end
    }
}

fn state(region: Region) -> (Paragraph, Paragraph) {
    (
        Paragraph::centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold(12.5), region),
        Paragraph::centred("Độc lập - Tự do - Hạnh phúc", bold(13.5), region),
    )
}

fn dotted((day, month, year): (u32, u32, u32)) -> String {
    short_date(day, month, year)
}

/// A date in words, as birth certificates repeat it.
fn date_words((day, month, year): (u32, u32, u32)) -> String {
    let month = match month {
        1 => "một".to_owned(),
        4 => "tư".to_owned(),
        other => in_words(u64::from(other)),
    };
    format!(
        "Ngày {} tháng {month} năm {}",
        in_words(u64::from(day)),
        in_words(u64::from(year))
    )
}

/// Form rows: several `label: value` groups side by side share a row when parted by `|`.
fn rows(
    page: &mut Page,
    rows: &[String],
    x: f32,
    width: f32,
    top: f32,
    size: f32,
    family: &Family,
) -> f32 {
    let mut y = top;
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let share = width / cells.len() as f32;
        let mut end = y;
        for (index, text) in cells.iter().enumerate() {
            let mut cell = Paragraph::left(*text, plain(size), Region::Body).above(size * 0.42);
            cell.leading = 1.25;
            end = end.max(frame::column(
                page,
                &[cell],
                x + share * index as f32,
                share,
                y,
                family,
            ));
        }
        y = end;
    }
    y
}

/// Giấy khai sinh.
#[must_use]
pub fn birth(family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(dice);
    let mut page = Page::a4();
    page.ground = Ground::Guilloche {
        tint: [236, 170, 150],
    };
    let top = desk.header(&mut page, family);
    let number = format!("{}/{}", desk.writer.dice.int(11, 240), desk.date.2);
    let title = Paragraph::centred("GIẤY KHAI SINH", bold(22.0), Region::Title).above(10.0);
    let label = Paragraph::centred(format!("Số: {number}"), plain(13.0), Region::Title);
    let y = frame::column(&mut page, &[title, label], LEFT, WIDTH, top, family);
    let (mother, father) = (
        desk.person(true, (1990, 2002)),
        desk.person(false, (1985, 2000)),
    );
    let mut child = desk.person(false, (2025, 2025));
    child.name = format!(
        "{} {}",
        father.name.split(' ').next().unwrap_or("Nguyễn"),
        "Minh Khôi"
    );
    child.birth = (
        desk.writer.dice.int(1, 28),
        desk.writer.dice.int(4, 7),
        2025,
    );
    let parent = |title: &str, person: &Person| {
        [
            format!("Họ, chữ đệm, tên {title}: *{}*", person.name.to_uppercase()),
            format!(
                "Năm sinh: {}|Dân tộc: Kinh|Quốc tịch: Việt Nam",
                person.birth.2
            ),
            format!("Nơi cư trú: {}", person.home),
        ]
    };
    let mut form = vec![
        format!("Họ, chữ đệm, tên: *{}*", child.name.to_uppercase()),
        format!(
            "Ngày, tháng, năm sinh: {}|ghi bằng chữ: {}",
            dotted(child.birth),
            date_words(child.birth)
        ),
        "Giới tính: Nam|Dân tộc: Kinh|Quốc tịch: Việt Nam".to_owned(),
        format!("Nơi sinh: Bệnh viện Sản - Nhi {}", desk.agency.province),
        format!("Quê quán: {}, {}", desk.agency.area, desk.agency.province),
        format!("Số định danh cá nhân: {}", child.number),
    ];
    form.extend(parent("người mẹ", &mother));
    form.extend(parent("người cha", &father));
    form.extend([
        format!("Họ, chữ đệm, tên người đi khai sinh: {}", father.name),
        format!("Giấy tờ tùy thân: Căn cước số {}", father.number),
        format!(
            "Nơi đăng ký khai sinh: {}, {}",
            desk.agency.name, desk.agency.province
        ),
        format!("Ngày, tháng, năm đăng ký: {}", dotted(desk.date)),
    ]);
    let y = rows(
        &mut page,
        &form,
        LEFT - mm(4.0),
        WIDTH + mm(2.0),
        y + 8.0,
        13.0,
        family,
    );
    let x = LEFT + WIDTH - mm(84.0);
    desk.sign(
        &mut page,
        "NGƯỜI KÝ GIẤY KHAI SINH\nCHỦ TỊCH",
        x,
        y + 12.0,
        family,
    );
    let mut fields = desk.fields("giay_khai_sinh", "Giấy khai sinh", number, "CHỦ TỊCH");
    fields.others = named(&[
        ("full_name", &child.name.to_uppercase()),
        ("date_of_birth", &dotted(child.birth)),
        ("personal_number", &child.number),
        ("mother", &mother.name.to_uppercase()),
        ("father", &father.name.to_uppercase()),
    ]);
    Paper {
        pages: vec![page],
        fields,
    }
}

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
    let side = |title: &str, person: &Person| {
        vec![
            format!("Họ, chữ đệm, tên {title}:"),
            format!("*{}*", person.name.to_uppercase()),
            format!("Ngày, tháng, năm sinh: {}", dotted(person.birth)),
            "Dân tộc: Kinh".to_owned(),
            "Quốc tịch: Việt Nam".to_owned(),
            format!("Nơi cư trú: {}", person.home),
            format!("Giấy tờ tùy thân: Căn cước số {}", person.number),
        ]
    };
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
    for (title, x, person) in [
        ("Chữ ký của vợ", LEFT, &wife),
        ("Chữ ký của chồng", LEFT + WIDTH / 2.0, &husband),
    ] {
        let head = Paragraph::centred(title, bold(13.0), Region::Signature);
        let name =
            Paragraph::centred(person.name.clone(), plain(13.0), Region::Signature).above(mm(18.0));
        frame::column(&mut page, &[head, name], x, WIDTH / 2.0, y, family);
        page.marks.push(Mark::Signature {
            at: (x + WIDTH / 4.0, y + mm(14.0)),
            reach: (mm(18.0), mm(7.0)),
        });
    }
    let x = LEFT + WIDTH - mm(84.0);
    desk.sign(
        &mut page,
        "NGƯỜI KÝ\nGIẤY CHỨNG NHẬN KẾT HÔN\nPHÓ CHỦ TỊCH",
        x,
        y + mm(36.0),
        family,
    );
    let mut fields = desk.fields(
        "gcn_ket_hon",
        "Giấy chứng nhận kết hôn",
        number,
        "PHÓ CHỦ TỊCH",
    );
    fields.others = named(&[
        ("wife", &wife.name.to_uppercase()),
        ("wife_number", &wife.number),
        ("husband", &husband.name.to_uppercase()),
        ("husband_number", &husband.number),
    ]);
    Paper {
        pages: vec![page],
        fields,
    }
}

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
    desk.agency.header = school.to_uppercase();
    let title = Paragraph::centred("HIỆU TRƯỞNG", bold(14.0), Region::Signature);
    let name = Paragraph::centred(
        format!("PGS.TS. {}", desk.signer),
        bold(14.0),
        Region::Signature,
    )
    .above(mm(20.0));
    frame::column(&mut page, &[title, name], mm(165.0), mm(92.0), y, family);
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
    let mut fields = desk.fields(
        "van_bang",
        "Bằng tốt nghiệp đại học",
        number.clone(),
        "HIỆU TRƯỞNG",
    );
    fields.agency = school;
    fields.place = place;
    fields.others = named(&[
        ("full_name", &graduate.name.to_uppercase()),
        ("date_of_birth", &dotted(graduate.birth)),
        ("diploma_number", &number),
        ("register_number", &book),
        ("classification", "Giỏi"),
    ]);
    Paper {
        pages: vec![page],
        fields,
    }
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
    let form = [
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
        format!("a) Thửa đất số: {plot}|tờ bản đồ số: {map}"),
        format!("b) Địa chỉ: {}", owner.home),
        format!(
            "c) Diện tích: {area},{tenth} m² (bằng chữ: {} phẩy {} mét vuông)",
            crate::grammar::capital(&in_words(u64::from(area))),
            in_words(u64::from(tenth))
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
    ];
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
    let mut fields = desk.fields(
        "gcn_qsdd",
        "Giấy chứng nhận quyền sử dụng đất",
        issue.clone(),
        "CHỦ TỊCH",
    );
    fields.place = place;
    fields.others = named(&[
        ("owner", &owner.name),
        ("spouse", &spouse.name),
        ("plot", &plot.to_string()),
        ("map_sheet", &map.to_string()),
        ("area_m2", &format!("{area},{tenth}")),
        ("issue_number", &issue),
        ("register_number", &book),
    ]);
    Paper {
        pages: vec![page],
        fields,
    }
}

/// Đơn đề nghị, two pages with dotted lines and the commune's confirmation.
#[must_use]
pub fn application(family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(dice);
    let person = desk.person(false, (1965, 1995));
    let mut page = Page::a4();
    let (state, motto) = state(Region::HeaderRight);
    let y = frame::column(&mut page, &[state, motto], LEFT, WIDTH, TOP, family);
    frame::underline(&mut page, 1.0);
    let subject = "Về việc xác nhận nguồn gốc và hiện trạng sử dụng đất";
    let head = [
        Paragraph::centred("ĐƠN ĐỀ NGHỊ", bold(15.0), Region::Title).above(22.0),
        Paragraph::centred(subject, bold(13.5), Region::Title),
        Paragraph::centred(
            format!("Kính gửi: {}", desk.agency.name),
            bold_italic(13.5),
            Region::Body,
        )
        .above(10.0),
    ];
    let y = frame::column(&mut page, &head, LEFT, WIDTH, y, family);
    let form = [
        format!("Tôi tên là: {}", person.name),
        format!("Sinh ngày: {}|Giới tính: Nam", dotted(person.birth)),
        format!(
            "Số căn cước: {}|Ngày cấp: {}",
            person.number,
            short_date(14, 5, 2022)
        ),
        "Nơi cấp: Cục Cảnh sát quản lý hành chính về trật tự xã hội".to_owned(),
        format!("Nơi thường trú: {}", person.home),
        format!(
            "Số điện thoại: 09{}.{}.{}",
            desk.writer.dice.int(10, 89),
            desk.writer.dice.int(100, 999),
            desk.writer.dice.int(100, 999)
        ),
    ];
    let first = page.lines.len();
    let y = rows(&mut page, &form, LEFT, WIDTH, y + 8.0, 13.5, family);
    dots(&mut page, first);
    let mut pages = vec![page];
    let end = frame::flow(
        &mut pages,
        application_body(&mut desk),
        y + 4.0,
        mm(70.0),
        2,
        family,
    );
    if let Some(page) = pages.last_mut() {
        application_end(page, &mut desk, &person, end, family);
    }
    let mut fields = desk.fields("don_de_nghi", "Đơn đề nghị", String::new(), "CHỦ TỊCH");
    fields.subject = subject.to_owned();
    fields.place = desk.agency.place.clone();
    fields.others = named(&[
        ("applicant", &person.name),
        ("personal_number", &person.number),
        (
            "phone",
            form.last()
                .and_then(|row| row.split(": ").nth(1))
                .unwrap_or_default(),
        ),
    ]);
    Paper { pages, fields }
}

fn application_body(desk: &mut Desk) -> Vec<Block> {
    let (plot, map) = (desk.writer.dice.int(11, 480), desk.writer.dice.int(3, 68));
    let area = desk.agency.area.clone();
    let texts = [
        format!("Gia đình tôi hiện đang quản lý, sử dụng thửa đất số {plot}, tờ bản đồ số {map}, bản đồ địa chính {area}, diện tích 248,5 m². Nay tôi làm đơn này kính đề nghị Ủy ban nhân dân {area} xem xét, xác nhận nguồn gốc và hiện trạng sử dụng đất với các nội dung cụ thể như sau:"),
        "1. Về nguồn gốc sử dụng đất: Thửa đất nêu trên do bố mẹ tôi khai hoang từ năm 1982, sử dụng liên tục để làm nhà ở và trồng cây lâu năm. Năm 1998, bố mẹ tôi cho vợ chồng tôi sử dụng khi ra ở riêng; việc cho tặng có giấy viết tay, có chữ ký của các anh chị em trong gia đình và xác nhận của hai người làm chứng.".to_owned(),
        "2. Về quá trình sử dụng: Từ năm 1998 đến nay, gia đình tôi sử dụng ổn định, đúng ranh giới, nộp thuế sử dụng đất phi nông nghiệp đầy đủ; không lấn chiếm, không chuyển nhượng, thế chấp cho tổ chức, cá nhân nào.".to_owned(),
        "3. Về hiện trạng: Trên đất có 01 ngôi nhà cấp IV xây dựng năm 2001, diện tích xây dựng 96,0 m²; 01 bếp và công trình phụ 24,0 m²; phần còn lại là sân, vườn trồng nhãn, bưởi.".to_owned(),
        "4. Về ranh giới, tranh chấp: Ranh giới thửa đất được xác định bằng tường rào và bờ mương, các hộ liền kề đã ký giáp ranh; đến thời điểm làm đơn, thửa đất không có tranh chấp, khiếu nại, không bị kê biên để bảo đảm thi hành án.".to_owned(),
        "5. Mục đích xác nhận: Để hoàn thiện hồ sơ đề nghị cấp Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất lần đầu theo quy định của Luật Đất đai năm 2024.".to_owned(),
        "Tôi xin gửi kèm theo đơn các giấy tờ sau:".to_owned(),
        "- Bản sao căn cước của người làm đơn và vợ (02 bản);".to_owned(),
        "- Giấy cho đất viết tay lập ngày 15 tháng 3 năm 1998 (01 bản chính);".to_owned(),
        "- Biên lai nộp thuế sử dụng đất các năm 2005, 2012, 2018, 2024 (04 bản sao);".to_owned(),
        "- Biên bản ký giáp ranh với các hộ liền kề (01 bản chính);".to_owned(),
        "- Trích lục bản đồ địa chính thửa đất (01 bản).".to_owned(),
        "Tôi cam đoan những nội dung kê khai trên là đúng sự thật và hoàn toàn chịu trách nhiệm trước pháp luật nếu có gian dối. Kính mong Ủy ban nhân dân xem xét, giải quyết trong thời hạn quy định để gia đình tôi sớm ổn định cuộc sống.".to_owned(),
        "Tôi xin trân trọng cảm ơn./.".to_owned(),
    ];
    texts
        .into_iter()
        .map(|text| {
            let mut paragraph = Paragraph::body(text, plain(14.0), Region::Body).above(6.0);
            paragraph.leading = 1.34;
            Block::Text(paragraph)
        })
        .collect()
}

fn application_end(page: &mut Page, desk: &mut Desk, person: &Person, top: f32, family: &Family) {
    let (day, month, year) = desk.date;
    let place = desk.agency.place.clone();
    let right = LEFT + WIDTH - mm(84.0);
    let confirm = [
        Paragraph::centred("XÁC NHẬN CỦA UBND", bold(13.0), Region::Recipients),
        Paragraph::centred(
            desk.agency.area.to_uppercase(),
            bold(13.0),
            Region::Recipients,
        ),
        Paragraph::left(
            "Nội dung kê khai trên là đúng với hồ sơ địa chính đang lưu trữ.",
            plain(12.5),
            Region::Recipients,
        ),
    ];
    let end = frame::column(page, &confirm, LEFT - 4.0, mm(76.0), top + 16.0, family);
    desk.sign(page, "CHỦ TỊCH", LEFT - mm(4.0), end + 6.0, family);
    let lines = [
        Paragraph::centred(
            format!("{place}, ngày ~{day:02}~ tháng ~{month}~ năm {year}"),
            italic(13.5),
            Region::Signature,
        ),
        Paragraph::centred("NGƯỜI LÀM ĐƠN", bold(13.0), Region::Signature),
        Paragraph::centred("(Ký, ghi rõ họ tên)", italic(12.5), Region::Signature),
        Paragraph::centred(person.name.clone(), plain(13.5), Region::Signature).above(mm(20.0)),
    ];
    frame::column(page, &lines, right, mm(84.0), top + 16.0, family);
    page.marks.push(Mark::Signature {
        at: (right + mm(42.0), top + mm(34.0)),
        reach: (mm(20.0), mm(8.0)),
    });
}

/// Dotted lines under what was filled in, from the first line `from` on.
fn dots(page: &mut Page, from: usize) {
    let rules: Vec<Rule> = page
        .lines
        .iter()
        .skip(from)
        .filter_map(|line| {
            let label = line
                .words
                .iter()
                .position(|word| word.text().ends_with(':'))?;
            let (start, end) = (line.words.get(label + 1)?, line.words.last()?);
            let y = end.baseline + 2.4;
            Some(Rule {
                from: (start.x - 2.0, y),
                to: (end.x + end.width + 26.0, y),
                thickness: 0.8,
                dotted: true,
            })
        })
        .collect();
    page.rules.extend(rules);
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
