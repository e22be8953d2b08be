//! Cards of the size ID-1: identity cards of three generations and the driving licence.

mod licence;

mod old;

pub(super) use self::{licence::licence, old::old_card};

use super::desk::{Desk, Person, cell, day, iso, sans};
use crate::{
    codes,
    issuer::Day,
    mrz::{self, Holder},
    page::{Face, Mark, Page, Region, Tint, mm},
    paper::frame::{bold, plain},
};

/// Width and height of a card in millimetres (ISO/IEC 7810, ID-1).
const CARD: (f32, f32) = (85.6, 54.0);

/// What a card says.
struct Card {
    person: Person,
    issued: Day,
    expires: Day,
}

impl Card {
    fn draw(desk: &mut Desk<'_>, years: (u32, u32)) -> Self {
        let woman = desk.chance(0.5);
        let mut person = desk.person(woman, (1958, 2005));
        // Cards name places without their kinds.
        person.home = bare(&person.home);
        person.origin = bare(&person.origin);
        let issued = (desk.int(1, 28), desk.int(1, 12), desk.int(years.0, years.1));
        let expires = (person.birth.0, person.birth.1, issued.2 + desk.int(8, 15));
        Self {
            person,
            issued,
            expires,
        }
    }

    /// The seven parts of the code on identity cards.
    fn code(&self, desk: &mut Desk<'_>) -> String {
        let compact = |(day, month, year): Day| format!("{day:02}{month:02}{year}");
        let old = if desk.chance(0.7) {
            format!("{:09}", desk.int(10_000_000, 389_999_999))
        } else {
            String::new()
        };
        desk.note("old_id_number", old.as_str());
        desk.note("full_name", self.person.name.to_uppercase());
        desk.note("residence", self.person.home.as_str());
        format!(
            "{}|{old}|{}|{}|{}|{}|{}",
            self.person.number,
            self.person.name,
            compact(self.person.birth),
            self.person.sex(),
            self.person.home,
            compact(self.issued)
        )
    }

    fn zone(&self, desk: &mut Desk<'_>) {
        let lines = mrz::card(
            &Holder {
                name: &self.person.name,
                birth: self.person.birth,
                expiry: self.expires,
                woman: self.person.woman,
            },
            &self.person.number,
        );
        desk.y = mm(36.2);
        for line in &lines {
            desk.centred_in(
                line,
                plain(11.2).face(Face::Mono),
                0.4,
                mm(2.0),
                mm(81.6),
                Region::Body,
            );
        }
        desk.note("mrz", lines.join("\n"));
        desk.fields.flag("has_mrz");
        // The zone says these also where the front is missing.
        desk.note("id_number", self.person.number.as_str());
        desk.note("birth_date", iso(self.person.birth));
        desk.note("sex", self.person.sex());
        desk.note("nationality", "Việt Nam");
        desk.note("expiry_date", iso(self.expires));
    }
}

/// `xã Tân Hòa, tỉnh Bắc Ninh` without the kinds of place.
fn bare(address: &str) -> String {
    let parts: Vec<&str> = address
        .split(", ")
        .map(|part| {
            [
                "xã ",
                "phường ",
                "thị trấn ",
                "huyện ",
                "tỉnh ",
                "thành phố ",
            ]
            .iter()
            .find_map(|kind| part.strip_prefix(kind))
            .unwrap_or(part)
        })
        .collect();
    parts.join(", ")
}

/// A side of a card: draws it on the page at hand.
type Side = fn(&mut Desk<'_>, &Card);

/// Delivers a card: one side, both, or both on a sheet of A4 as copiers give them.
fn deliver(desk: &mut Desk<'_>, card: &Card, front: Side, back: Side) {
    let way = desk.int(0, 5);
    let sides: &[(Side, &'static str)] = match way {
        0 => &[(front, "page_side_front")],
        1 => &[(back, "page_side_back")],
        _ => &[(front, "page_side_front"), (back, "page_side_back")],
    };
    let mut pages: Vec<Page> = Vec::new();
    for (side, flag) in sides {
        desk.start(CARD.0, CARD.1);
        side(desk, card);
        desk.fields.flag(flag);
        pages.push(desk.lift());
    }
    let owner = desk.fields.get("id_number").to_owned();
    desk.note("owner_number", owner);
    let expiry = desk.fields.get("expiry_date").to_owned();
    if !expiry.is_empty() {
        desk.note("validity", expiry);
    }
    if !desk.certified && way < 4 && !(way > 1 && desk.chance(0.4)) {
        for page in pages {
            desk.add(page);
        }
        return;
    }
    desk.fields.tag("card-on-a4");
    let grow = if desk.chance(0.5) {
        1.0
    } else {
        desk.writer.dice.range(1.2, 1.65)
    };
    let mut sheet = Page::a4();
    let x = (mm(210.0) - mm(CARD.0) * grow) / 2.0 + desk.writer.dice.range(-20.0, 20.0);
    let mut y = mm(desk.writer.dice.range(18.0, 50.0));
    for page in pages {
        sheet.lay(page.scaled(grow), (x, y));
        y += mm(CARD.1) * grow + mm(desk.writer.dice.range(6.0, 20.0));
    }
    if desk.certified || desk.chance(0.6) {
        sheet.copied = Some(sheet.marks.len());
    }
    desk.add(sheet);
}

/// State name over the card's title, two languages.
fn heading(desk: &mut Desk<'_>, title: &str, english: &str) {
    let (x, width) = (mm(19.0), mm(49.0));
    desk.y = mm(2.2);
    let line = |desk: &mut Desk<'_>, text: &str, style, above| {
        desk.centred_in(text, style, above, x, width, Region::HeaderRight);
    };
    line(
        desk,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        bold(5.4).face(Face::Sans),
        0.0,
    );
    line(
        desk,
        "Độc lập - Tự do - Hạnh phúc",
        bold(5.0).face(Face::Sans),
        0.0,
    );
    if !english.is_empty() {
        line(desk, "SOCIALIST REPUBLIC OF VIET NAM", sans(4.4), 0.0);
        line(desk, "Independence - Freedom - Happiness", sans(4.2), 0.0);
    }
    let size = if title.chars().count() > 20 {
        8.4
    } else {
        10.0
    };
    line(
        desk,
        title,
        bold(size).face(Face::Sans).tint(Tint::Red),
        1.0,
    );
    if !english.is_empty() {
        line(desk, english, sans(5.0).tint(Tint::Red), 0.0);
    }
}

fn photo(desk: &mut Desk<'_>) {
    desk.page.marks.push(Mark::Portrait {
        at: (mm(3.5), mm(17.0)),
        size: (mm(20.0), mm(27.0)),
    });
    desk.star(11.0, 8.0, 5.2);
}

/// Rows to the right of the portrait.
fn beside_photo(desk: &mut Desk<'_>) {
    desk.left = mm(26.5);
    desk.width = mm(57.0);
    desk.style = sans(6.4);
    desk.air = 0.22;
}

/// Căn cước công dân: with chip and QR code, or the first kind with a bar code on the back.
pub(super) fn citizen_card(desk: &mut Desk<'_>) {
    let chip = desk.chance(0.75);
    let years = if chip { (2021, 2024) } else { (2016, 2020) };
    let card = Card::draw(desk, years);
    if chip {
        deliver(desk, &card, chip_front, chip_back);
    } else {
        deliver(desk, &card, plain_front, plain_back);
    }
}

fn chip_front(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([208, 232, 236]);
    heading(desk, "CĂN CƯỚC CÔNG DÂN", "Citizen Identity Card");
    photo(desk);
    let code = card.code(desk);
    desk.page
        .marks
        .extend(codes::qr(&code, (mm(68.5), mm(2.5)), mm(14.0)));
    desk.fields.flag("has_qr");
    beside_photo(desk);
    desk.y = mm(18.6);
    let person = &card.person;
    desk.style = sans(8.4);
    desk.row(vec![
        cell("Số / No.:", &person.number, "id_number").strong(),
    ]);
    desk.style = sans(6.2);
    desk.row(vec![cell("Họ và tên / Full name:", "", "")]);
    desk.style = sans(7.2);
    desk.row(vec![
        cell("", &person.name.to_uppercase(), "full_name").strong(),
    ]);
    desk.style = sans(6.2);
    desk.row(vec![day(
        "Ngày sinh / Date of birth:",
        person.birth,
        "birth_date",
    )]);
    desk.shared(
        vec![
            cell("Giới tính / Sex:", person.sex(), "sex"),
            cell("Quốc tịch / Nationality:", "Việt Nam", "nationality"),
        ],
        &[0.4, 0.6],
    );
    desk.row(vec![cell("Quê quán / Place of origin:", "", "")]);
    desk.row(vec![cell("", &person.origin, "origin_place")]);
    desk.row(vec![cell(
        "Nơi thường trú / Place of residence:",
        &person.home,
        "residence",
    )]);
    desk.left = mm(3.0);
    desk.width = mm(23.0);
    desk.y = mm(44.6);
    desk.style = sans(4.8);
    desk.row(vec![day(
        "Có giá trị đến: Date of expiry:",
        card.expires,
        "expiry_date",
    )]);
}

const POLICE: &str = "CỤC TRƯỞNG CỤC CẢNH SÁT\nQUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI";

fn chip_back(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([208, 232, 236]);
    desk.style = sans(5.6);
    desk.left = mm(4.0);
    desk.width = mm(46.0);
    desk.y = mm(2.0);
    desk.row(vec![cell(
        "Đặc điểm nhận dạng / Personal identification:",
        "",
        "",
    )]);
    let side = desk.one_of(&["trái", "phải"]);
    let mark = format!("Nốt ruồi C: {} cm dưới sau mép {side}", desk.int(1, 3));
    desk.row(vec![cell("", &mark, "")]);
    desk.row(vec![day(
        "Ngày, tháng, năm / Date, month, year:",
        card.issued,
        "issued_date",
    )]);
    police(desk, POLICE, mm(11.5));
    fingers(desk, true);
    card.zone(desk);
    desk.note(
        "agency",
        "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
    );
}

/// Title, signature, seal and name of the police at the left of a back.
fn police(desk: &mut Desk<'_>, title: &str, room: f32) {
    let (x, width) = (mm(4.0), mm(46.0));
    for line in title.lines() {
        desk.centred_in(
            line,
            bold(4.9).face(Face::Sans),
            0.6,
            x,
            width,
            Region::Signature,
        );
    }
    let (top, name) = (desk.y, desk.signer.clone());
    desk.page.marks.push(Mark::Signature {
        at: (x + width / 2.0, top + room * 0.5),
        reach: (mm(10.0), room * 0.45),
    });
    desk.page.marks.push(Mark::Seal {
        at: (x + width / 2.0 - mm(9.0), top + room * 0.5),
        radius: mm(7.5),
        above: "BỘ CÔNG AN".to_owned(),
        below: "*".to_owned(),
        middle: Vec::new(),
    });
    desk.y = top + room;
    desk.centred_in(
        &name,
        bold(5.8).face(Face::Sans),
        0.0,
        x,
        width,
        Region::Signature,
    );
    desk.note("signer_name", name);
    desk.fields.flag("has_signature");
    desk.fields.flag("has_seal");
}

/// Two boxes of finger prints at the right, as rings.
fn fingers(desk: &mut Desk<'_>, bilingual: bool) {
    for (index, label) in ["Ngón trỏ trái", "Ngón trỏ phải"].iter().enumerate() {
        let x = mm(53.0 + 15.5 * index as f32);
        desk.frame((x, mm(7.0)), (x + mm(14.0), mm(27.0)));
        for ring in 1..7 {
            desk.page.marks.push(Mark::Circle {
                at: (x + mm(7.0), mm(17.0)),
                radius: mm(0.9 * ring as f32),
            });
        }
        desk.y = mm(27.5);
        let text = if bilingual {
            let english = ["Left index finger", "Right index finger"];
            format!(
                "{label}\n{}",
                english.get(index).copied().unwrap_or_default()
            )
        } else {
            (*label).to_owned()
        };
        desk.centred_in(&text, sans(4.2), 0.0, x - mm(1.0), mm(16.0), Region::Body);
    }
}

fn plain_front(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([206, 224, 242]);
    heading(desk, "CĂN CƯỚC CÔNG DÂN", "");
    photo(desk);
    beside_photo(desk);
    desk.y = mm(15.5);
    let person = &card.person;
    desk.style = sans(8.6);
    desk.row(vec![cell("Số:", &person.number, "id_number").strong()]);
    desk.style = sans(6.8);
    desk.row(vec![
        cell("Họ và tên:", &person.name.to_uppercase(), "full_name").strong(),
    ]);
    desk.row(vec![day(
        "Ngày, tháng, năm sinh:",
        person.birth,
        "birth_date",
    )]);
    desk.row(vec![
        cell("Giới tính:", person.sex(), "sex"),
        cell("Quốc tịch:", "Việt Nam", "nationality"),
    ]);
    desk.row(vec![cell("Quê quán:", &person.origin, "origin_place")]);
    desk.row(vec![cell("Nơi thường trú:", &person.home, "residence")]);
    desk.left = mm(3.0);
    desk.width = mm(23.0);
    desk.y = mm(45.0);
    desk.style = sans(5.0);
    desk.row(vec![day("Có giá trị đến:", card.expires, "expiry_date")]);
}

fn plain_back(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([206, 224, 242]);
    desk.style = sans(6.4);
    desk.left = mm(4.0);
    desk.width = mm(46.0);
    desk.y = mm(3.0);
    desk.row(vec![cell(
        "Đặc điểm nhân dạng:",
        "Sẹo chấm C: 2 cm trên đuôi mày",
        "",
    )]);
    desk.row(vec![cell("", &super::desk::long(card.issued), "")]);
    desk.note("issued_date", iso(card.issued));
    desk.y += 3.0;
    let title = desk.one_of(&[
        "CỤC TRƯỞNG CỤC CẢNH SÁT\nĐKQL CƯ TRÚ VÀ DLQG VỀ DÂN CƯ",
        POLICE,
    ]);
    let agency = if title == POLICE {
        "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
    } else {
        "Cục Cảnh sát đăng ký quản lý cư trú và dữ liệu quốc gia về dân cư"
    };
    police(desk, title, mm(14.0));
    fingers(desk, false);
    desk.note("agency", agency);
}

/// Thẻ căn cước, from July 2024: the QR code is on the back.
pub(super) fn new_card(desk: &mut Desk<'_>) {
    let card = Card::draw(desk, (2024, 2026));
    deliver(desk, &card, new_front, new_back);
}

fn new_front(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([206, 230, 226]);
    heading(desk, "CĂN CƯỚC", "IDENTITY CARD");
    photo(desk);
    beside_photo(desk);
    desk.y = mm(18.0);
    let person = &card.person;
    desk.row(vec![cell(
        "Số định danh cá nhân / Personal identification number:",
        "",
        "",
    )]);
    desk.style = sans(8.8);
    desk.row(vec![cell("", &person.number, "id_number").strong()]);
    desk.style = sans(6.4);
    desk.row(vec![cell(
        "Họ, chữ đệm và tên khai sinh / Full name:",
        "",
        "",
    )]);
    desk.style = sans(7.4);
    desk.row(vec![
        cell("", &person.name.to_uppercase(), "full_name").strong(),
    ]);
    desk.style = sans(6.4);
    desk.row(vec![day(
        "Ngày, tháng, năm sinh / Date of birth:",
        person.birth,
        "birth_date",
    )]);
    desk.shared(
        vec![
            cell("Giới tính / Sex:", person.sex(), "sex"),
            cell("Quốc tịch / Nationality:", "Việt Nam", "nationality"),
        ],
        &[0.4, 0.6],
    );
}

fn new_back(desk: &mut Desk<'_>, card: &Card) {
    desk.wash([206, 230, 226]);
    let code = card.code(desk);
    desk.page
        .marks
        .extend(codes::qr(&code, (mm(65.0), mm(3.0)), mm(16.0)));
    desk.fields.flag("has_qr");
    desk.style = sans(5.8);
    desk.air = 0.2;
    desk.left = mm(4.0);
    desk.width = mm(56.0);
    desk.y = mm(1.8);
    let person = &card.person;
    desk.row(vec![cell(
        "Nơi cư trú / Place of residence:",
        &person.home,
        "residence",
    )]);
    desk.row(vec![cell(
        "Nơi đăng ký khai sinh / Place of birth:",
        &person.origin,
        "birth_place",
    )]);
    desk.row(vec![day(
        "Ngày, tháng, năm cấp / Date of issue:",
        card.issued,
        "issued_date",
    )]);
    desk.row(vec![day(
        "Ngày, tháng, năm hết hạn / Date of expiry:",
        card.expires,
        "expiry_date",
    )]);
    for (text, style) in [
        ("BỘ CÔNG AN", bold(6.6).face(Face::Sans)),
        ("MINISTRY OF PUBLIC SECURITY", sans(4.6)),
    ] {
        desk.centred_in(text, style, 1.0, mm(4.0), mm(56.0), Region::Signature);
    }
    card.zone(desk);
    desk.note("agency", "Bộ Công an");
}
