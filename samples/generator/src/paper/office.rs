//! Papers of offices, all types: drawn from a world's bodies and sentences, in the layout of their order.

pub mod kind;

mod head;

mod outline;

mod foot;

use std::collections::BTreeSet;

use self::{
    foot::Signer,
    kind::{Kind, Order},
};
use super::{
    Fields, Paper,
    administrative::{
        body::{Body, timetable},
        foot_height, initial,
    },
    frame::{self, Block, LEFT, bold, italic},
    trap::{self, Trap},
};
use crate::{
    dice::Dice,
    face::Family,
    grammar::{World, Writer, capital, grouped, in_words, long_date},
    issuer::{Day, Issuer},
    page::{Mark, Page, Region, Rule, mm},
    typeset::Paragraph,
};

/// How a paper is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Type.
    pub kind: Kind,
    /// World its words come from.
    pub world: World,
    /// Size of the running text in points.
    pub size: f32,
    /// Distance of its lines as a multiple of the size.
    pub leading: f32,
    /// Most pages the text may take.
    pub pages: usize,
    /// Signed and sealed.
    pub signed: bool,
    /// Difficulties.
    pub traps: BTreeSet<Trap>,
}

/// How a number or a day stands on the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Printed,
    Pen,
    /// Day and month by pen.
    PenMonth,
    Empty,
}

/// The facts of one paper, drawn before it is written.
struct Facts {
    kind: Kind,
    issuer: Issuer,
    date: Day,
    date_blank: Blank,
    number: u32,
    number_blank: Blank,
    /// What follows the number, such as `/QĐ-BNV`; empty when the paper has none.
    symbol: String,
    /// As printed, with `V/v` or `Về việc`.
    subject: String,
    /// Name of the type as the title has it.
    title: String,
    /// The subject where it stands under the title.
    about: String,
    /// "(Ban hành kèm theo …)".
    attached: Option<String>,
    /// Name of the outline.
    outline: String,
    /// The unit that drafted a letter.
    office: Option<String>,
    signer: Signer,
    old: bool,
}

impl Facts {
    fn shown_number(&self) -> String {
        match self.number_blank {
            Blank::Printed => format!("{:02}", self.number),
            Blank::Empty => "\u{a0}".repeat(7),
            _ => format!("~{:02}~", self.number),
        }
    }

    fn subject_in_header(&self) -> bool {
        self.about.is_empty() && !self.subject.is_empty() && self.kind.code != "ThC"
    }

    /// `HÒA` as it was spelled before: `HOÀ`.
    fn old_spelling(&self, text: &str) -> String {
        if self.old {
            text.replace("HÒA", "HOÀ").replace("ỦY", "UỶ")
        } else {
            text.to_owned()
        }
    }

    fn dated(&self) -> bool {
        self.attached.is_none() && self.kind.code != "HP"
    }
}

/// Writes a paper.
#[must_use]
pub fn write(options: &Options, family: &Family, dice: &Dice) -> Paper {
    let mut writer = Writer::of(options.world, dice.fork("words"));
    let facts = facts(options, &mut writer);
    let mut fields = fields(&facts, options);
    let mut page = Page::a4();
    let mut top = if facts.dated() || facts.kind.code == "HĐ" {
        head::header(&mut page, &facts, options, family)
    } else {
        undated(&mut page, &facts, options, family)
    };
    top = marks_under_number(&mut page, options, &mut fields, top, family, &mut writer);
    let mut pages = vec![page];
    let mut body = Body {
        size: options.size,
        leading: options.leading,
        blocks: Vec::new(),
    };
    if facts.kind.code != "CV" && !facts.title.is_empty() {
        outline::title(&facts, &mut body);
    }
    outline::body(&facts, &mut body, &mut writer);
    if options.traps.contains(&Trap::NearSecret) {
        near_secret(&mut body, &mut writer.dice);
        fields.tag("near-secret");
    }
    let recipients = if facts.attached.is_some() || facts.kind.of_two() || facts.kind.code == "ThC"
    {
        Vec::new()
    } else {
        foot::recipients(&facts, options, &mut writer)
    };
    let copy = options.traps.contains(&Trap::SaoY);
    let room = foot_height(&foot::set_recipients(&recipients), family)
        + if copy { foot::COPY_HEIGHT } else { 0.0 }
        // Ministers sign under the recipients.
        + if facts.kind.code == "TTLT" { mm(50.0) } else { 0.0 };
    let end = frame::flow(&mut pages, body.blocks, top, room, options.pages, family);
    if let Some(page) = pages.last_mut() {
        initial(page, &mut writer.dice);
        foot::sign(
            page,
            &facts,
            options,
            &recipients,
            end + 8.0,
            family,
            &mut writer,
            &mut fields,
        );
        if copy {
            let low = end + room - foot::COPY_HEIGHT;
            foot::copy_block(page, &facts, low, family, &mut writer, &mut fields);
        }
    }
    if options.signed {
        fields.flag("has_signature");
        fields.flag("has_seal");
    }
    supplements(
        &mut pages,
        &facts,
        options,
        &mut fields,
        family,
        &mut writer,
    );
    let mut paper = Paper { pages, fields };
    finish(&mut paper, &facts, options, &mut writer);
    paper
}

fn facts(options: &Options, writer: &mut Writer) -> Facts {
    let kind = options.kind;
    let old = options.traps.contains(&Trap::Old) && kind.order == Order::State;
    let date = day(old, &mut writer.dice);
    let chance = writer.dice.int(0, 99);
    let sort = if old && chance < 70 {
        crate::issuer::Sort::Committee
    } else {
        kind.sort(chance)
    };
    let issuer = Issuer::draw(sort, date, writer);
    let number = match (kind.order, writer.dice.chance(0.25)) {
        (_, true) => writer.dice.int(1, 9),
        (Order::Normative, _) => writer.dice.int(10, 180),
        (Order::Party, _) => writer.dice.int(10, 900),
        _ => writer.dice.int(10, 3200),
    };
    values(date, &issuer, writer);
    let outline = variant(&kind.list(), writer);
    let subject = subject(kind, &outline, old, &issuer, writer);
    let office = (kind.code == "CV")
        .then(|| writer.dice.pick(&issuer.offices).cloned())
        .flatten();
    let may_attach = matches!(kind.code, "QC" | "QyĐ" | "ĐA" | "PA" | "CTr" | "DA")
        && kind.order == Order::State
        && !options.traps.contains(&Trap::Plain);
    let attached = (may_attach && writer.dice.chance(0.5)).then(|| {
        let (day, month, year) = date;
        format!(
            "(Ban hành kèm theo Quyết định số {number:02}/QĐ-{} ngày {}\ncủa {})",
            issuer.code,
            long_date(day, month, year),
            issuer.head()
        )
    });
    let (title, about) = titles(kind, &subject, old, writer);
    let symbol = if attached.is_some() {
        String::new()
    } else {
        symbol(kind, &issuer, office.as_deref(), date, old, writer)
    };
    let blank = |trap: Trap, pen: Blank| {
        if options.traps.contains(&trap) {
            Blank::Empty
        } else if options.traps.contains(&Trap::Hand) {
            pen
        } else {
            Blank::Printed
        }
    };
    let by_pen = if writer.dice.chance(0.3) {
        Blank::PenMonth
    } else {
        Blank::Pen
    };
    let mut facts = Facts {
        kind,
        date_blank: blank(Trap::BlankDate, by_pen),
        number_blank: blank(Trap::BlankNumber, Blank::Pen),
        issuer,
        date,
        number,
        symbol,
        subject,
        title,
        about,
        attached,
        outline,
        office,
        signer: Signer::default(),
        old,
    };
    facts.signer = Signer::draw(&facts, writer);
    let post = facts.signer.title.to_lowercase();
    writer.set("chairpost", &capital(&post));
    facts
}

fn day(old: bool, dice: &mut Dice) -> Day {
    let (day, month) = (dice.int(1, 28), dice.int(1, 12));
    let year = if old {
        dice.int(1994, 2004)
    } else {
        match dice.int(0, 9) {
            0..=2 => dice.int(2008, 2020),
            3..=5 => dice.int(2021, 2024),
            _ => dice.int(2025, 2026),
        }
    };
    (day, month, year)
}

/// Tells the writer the names and sums of this paper.
fn values(date: Day, issuer: &Issuer, writer: &mut Writer) {
    let (day, month, year) = date;
    let money = u64::from(writer.dice.int(35, 9800)) * 500_000;
    let born = format!(
        "{:02}/{}/{}",
        writer.dice.int(1, 28),
        writer.dice.int(3, 12),
        year - writer.dice.int(26, 55)
    );
    let partner = writer.pick_raw("partner");
    let partner = writer.fill(partner);
    let chiefs = capital(&format!("phó {}", issuer.chief.to_lowercase()));
    let ministry = writer.pick_raw("ministry").to_owned();
    let law = writer.line("subject.L");
    for (name, value) in [
        ("year", year.to_string()),
        ("month", month.to_string()),
        ("lastyear", (year - 1).to_string()),
        ("nextyear", (year + 1).to_string()),
        ("yearend", (year + 5).to_string()),
        ("datelong", long_date(day, month, year)),
        ("total", grouped(money, 1)),
        ("totalwords", in_words(money)),
        ("chiefs", chiefs),
        ("whoborn", born),
        ("PARTNER", partner.to_uppercase()),
        ("partner", partner),
        ("ministry", ministry),
        ("law", format!("Luật {law}")),
        ("term", "XV".to_owned()),
        ("ISSUER", issuer_line(issuer)),
    ] {
        writer.set(name, &value);
    }
    for name in ["who", "chair", "clerk"] {
        let person = writer.person();
        writer.set(name, &person);
    }
}

/// The line over "Căn cứ": who decides.
fn issuer_line(issuer: &Issuer) -> String {
    if issuer.behalf.is_empty() || issuer.code == "UBND" && issuer.place.len().is_multiple_of(2) {
        issuer.head().to_uppercase()
    } else {
        issuer.name.to_uppercase()
    }
}

/// One of the outlines of a type.
fn variant(list: &str, writer: &mut Writer) -> String {
    let second = format!("{list}.2");
    if !writer.raw(&format!("outline.{second}")).is_empty() && writer.dice.chance(0.35) {
        second
    } else {
        list.to_owned()
    }
}

fn subject(kind: Kind, outline: &str, old: bool, issuer: &Issuer, writer: &mut Writer) -> String {
    let mut subject = writer.line(&format!("subject.{outline}"));
    if matches!(kind.code, "QĐ" | "CT" | "TTr") {
        // The same subject goes without `Về việc`, or with `V/v` on older papers.
        if old && writer.dice.chance(0.5) {
            subject = subject.replacen("Về việc", "V/v", 1);
        } else if kind.code == "QĐ" && writer.dice.chance(0.3) {
            let bare = subject.trim_start_matches("Về việc ");
            subject = capital(bare);
        }
    }
    if kind.code == "LCT" {
        let law = writer.value("law");
        subject = format!("Về việc công bố {law}");
    }
    if issuer.party {
        subject = subject.replacen("Về việc ", "về ", 1);
        if kind.code != "CV" {
            let mut letters = subject.chars();
            subject = letters.next().map_or_else(String::new, |first| {
                first.to_lowercase().chain(letters).collect()
            });
        }
    }
    let low: String = subject
        .trim_start_matches("V/v ")
        .chars()
        .take(1)
        .flat_map(char::to_lowercase)
        .chain(subject.trim_start_matches("V/v ").chars().skip(1))
        .collect();
    writer.set("subject", &subject);
    writer.set("subjectevent", &subject);
    writer.set("subjectlow", &low);
    subject
}

/// What stands in the title: the type, and the subject under it.
fn titles(kind: Kind, subject: &str, old: bool, writer: &mut Writer) -> (String, String) {
    let name = kind.name.to_uppercase();
    if kind.code == "CV" {
        return (String::new(), String::new());
    }
    if kind.code == "ThC" {
        return (String::new(), "-".to_owned());
    }
    if subject.is_empty() {
        return (name, String::new());
    }
    // Older decisions have the subject under the number, as letters do.
    if old && subject.starts_with("V/v") && writer.dice.chance(0.6) {
        return (name, String::new());
    }
    match kind.code {
        "L" | "PL" => (name, subject.to_uppercase()),
        _ => (name, subject.to_owned()),
    }
}

/// What follows the number.
fn symbol(
    kind: Kind,
    issuer: &Issuer,
    office: Option<&str>,
    date: Day,
    old: bool,
    writer: &mut Writer,
) -> String {
    let (code, year) = (&issuer.code, date.2);
    match (kind.order, kind.code) {
        (_, "ThC" | "HP") => String::new(),
        (Order::Party, "QyĐ") if writer.dice.chance(0.6) => format!("-QĐi/{code}"),
        (Order::Party, kind) => format!("-{kind}/{code}"),
        (Order::Normative, "L") => format!("/{year}/QH15"),
        (Order::Normative, "PL") => format!("/{year}/UBTVQH15"),
        (Order::Normative, "LCT") => format!("/{year}/L-CTN"),
        (Order::Normative, kind) => format!("/{year}/{kind}-{code}"),
        (_, "CV") if old && code == "UBND" => format!("/{}-UB", office.unwrap_or("VP")),
        (_, "CV") => format!("/{code}-{}", office.unwrap_or("VP")),
        (_, kind) if old && code == "UBND" => {
            let gap = if writer.dice.chance(0.4) { '/' } else { '-' };
            format!("/{kind}{gap}UB")
        }
        (_, "BB" | "HĐ" | "GNP" | "GGT" | "BTT" | "BGN") if writer.dice.chance(0.2) => {
            String::new()
        }
        (_, kind) => format!("/{kind}-{code}"),
    }
}

/// What is put into force by another paper has neither number nor date of its own.
fn undated(page: &mut Page, facts: &Facts, options: &Options, family: &Family) -> f32 {
    let before = page.lines.len();
    let top = head::header(page, facts, options, family);
    // The header sets the date last; here it is taken away again.
    if page.lines.len() > before && facts.kind.code != "HĐ" {
        page.lines.pop();
    }
    top
}

/// Urgency, circulation and printed secrecy marks, under the number at the left.
fn marks_under_number(
    page: &mut Page,
    options: &Options,
    fields: &mut Fields,
    top: f32,
    family: &Family,
    writer: &mut Writer,
) -> f32 {
    let dice = &mut writer.dice;
    let mut y = top;
    let middle = LEFT + mm(24.0);
    if options.traps.contains(&Trap::SecretPrint) {
        let word = ["MẬT", "TỐI MẬT", "TUYỆT MẬT"][dice.int(0, 2) as usize];
        let size = dice.range(12.5, 16.0);
        let width = family.width(word, bold(size));
        let line = Paragraph::centred(word, bold(size), Region::HeaderLeft);
        let x = middle - width;
        let end = frame::column(page, &[line], x, 2.0 * width, y, family);
        if dice.chance(0.8) {
            boxed(
                page,
                (middle - width / 2.0 - 6.0, y),
                (middle + width / 2.0 + 6.0, end + 2.0),
            );
        }
        fields.put("secrecy", word);
        fields.tag("secret");
        y = end + 8.0;
    }
    if options.traps.contains(&Trap::Urgent) {
        let (word, wide) = [
            ("KHẨN", 20.0),
            ("THƯỢNG KHẨN", 40.0),
            ("HỎA TỐC", 30.0),
            ("HỎA TỐC HẸN GIỜ", 46.0),
        ][dice.int(0, 3) as usize];
        page.marks.push(Mark::Boxed {
            at: (middle, y + mm(3.0)),
            size: (mm(wide), mm(8.0)),
            text: word.to_owned(),
        });
        fields.put("urgency", word);
        fields.tag("urgent");
        y += mm(9.0);
    }
    // The clerk looks for room under the number.
    if options.traps.contains(&Trap::Incoming) {
        y += mm(14.0);
    }
    if options.traps.contains(&Trap::Circulation) {
        let word = ["LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI"][dice.int(0, 1) as usize];
        let line = Paragraph::centred(word, bold(12.0), Region::HeaderRight);
        frame::column(page, &[line], mm(125.0), mm(55.0), mm(9.0), family);
        boxed(page, (mm(128.0), mm(8.6)), (mm(177.0), mm(14.4)));
        fields.put("circulation", word);
    }
    y
}

fn boxed(page: &mut Page, (left, top): (f32, f32), (right, bottom): (f32, f32)) {
    for (from, to) in [
        ((left, top), (right, top)),
        ((right, top), (right, bottom)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
    ] {
        page.rules.push(Rule {
            from,
            to,
            thickness: 0.9,
            dotted: false,
        });
    }
}

/// Words near to a secrecy mark: none of them makes the paper secret.
fn near_secret(body: &mut Body, dice: &mut Dice) {
    const LINES: [&str; 8] = [
        "*BẢO MẬT THÔNG TIN, DỮ LIỆU CÁ NHÂN*",
        "Các đơn vị chấp hành nghiêm Luật Bảo vệ bí mật nhà nước; không soạn thảo văn bản mật trên máy tính nối mạng.",
        "Sản phẩm chủ lực: *MẬT ONG RỪNG*, giá bán 250.000 đồng/lít.",
        "*Mật độ dân số:* 312 người/km²; mật độ chăn nuôi 1,2 đơn vị vật nuôi/ha.",
        "Độ mật của tài liệu: Mật, Tối mật, Tuyệt mật do người soạn thảo đề xuất theo danh mục.",
        "*MẬT KHẨU* tài khoản phải thay đổi ít nhất 03 tháng một lần.",
        "Tài liệu không thuộc danh mục bí mật nhà nước độ “Tối mật” và “Mật”.",
        "*HỒ SƠ MẬT* lưu tại tủ riêng; việc giải mật thực hiện theo quy định.",
    ];
    for _ in 0..dice.int(2, 3) {
        let line = dice.pick(&LINES).copied().unwrap_or_default();
        body.text(line, false);
    }
}

/// Annexes and what a decision puts into force.
fn supplements(
    pages: &mut Vec<Page>,
    facts: &Facts,
    options: &Options,
    fields: &mut Fields,
    family: &Family,
    writer: &mut Writer,
) {
    let with = format!(
        "(Kèm theo {} số {:02}{} ngày {} của {})",
        facts.kind.name,
        facts.number,
        facts.symbol,
        long_date(facts.date.0, facts.date.1, facts.date.2),
        facts.issuer.name
    );
    let mut body = Body {
        size: options.size,
        leading: options.leading,
        blocks: Vec::new(),
    };
    if options.traps.contains(&Trap::Annex) {
        fields.tag("annex");
        let name = ["Phụ lục", "Phụ lục I", "PHỤ LỤC 01"][writer.dice.int(0, 2) as usize];
        body.centred(name, options.size + 1.0, 0.0);
        body.centred("DANH MỤC NHIỆM VỤ VÀ TIẾN ĐỘ THỰC HIỆN", options.size, 2.0);
        body.blocks.push(Block::Text(Paragraph::centred(
            with.clone(),
            italic(options.size),
            Region::Title,
        )));
        body.blocks.push(timetable(facts.date, writer));
        pages.push(Page::a4());
        frame::flow(
            pages,
            std::mem::take(&mut body.blocks),
            frame::TOP,
            0.0,
            2,
            family,
        );
    }
    if options.traps.contains(&Trap::Enclosure) && matches!(facts.kind.code, "QĐ" | "TT") {
        fields.tag("enclosure");
        let mut page = Page::a4();
        let top = enclosure_header(&mut page, facts, family);
        body.centred("QUY CHẾ", options.size + 1.0, 0.0);
        let field = writer.value("field");
        body.centred(format!("Phối hợp trong {field}"), options.size, 2.0);
        body.blocks.push(Block::Text(Paragraph::centred(
            with.replacen("(Kèm", "(Ban hành kèm", 1),
            italic(options.size),
            Region::Title,
        )));
        body.centred("Chương I\nQUY ĐỊNH CHUNG", options.size, 6.0);
        for article in 1..=3 {
            let goal = writer.line("goal");
            body.text(format!("*Điều {article}.* {goal}"), false);
        }
        for index in 0..6 {
            let task = writer.line("task");
            body.text(format!("{}. {task}", index + 1), index > 2);
        }
        pages.push(page);
        frame::flow(pages, body.blocks, top, 0.0, 1, family);
    }
}

fn enclosure_header(page: &mut Page, facts: &Facts, family: &Family) -> f32 {
    let name = Paragraph::centred(facts.issuer.header.clone(), bold(12.5), Region::HeaderLeft);
    let low = frame::column(page, &[name], LEFT - mm(6.0), mm(68.0), frame::TOP, family);
    frame::underline(page, 0.42);
    let state = [
        Paragraph::centred(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            bold(12.5),
            Region::HeaderRight,
        ),
        Paragraph::centred(
            "Độc lập - Tự do - Hạnh phúc",
            bold(13.5),
            Region::HeaderRight,
        ),
    ];
    let end = frame::column(page, &state, LEFT + mm(62.0), mm(106.0), frame::TOP, family);
    frame::underline(page, 1.0);
    low.max(end) + 16.0
}

fn fields(facts: &Facts, options: &Options) -> Fields {
    let mut fields = Fields::new(facts.kind.code, facts.kind.name);
    let (day, month, year) = facts.date;
    let shown = facts.dated();
    if !facts.symbol.is_empty() {
        match facts.number_blank {
            Blank::Empty => {
                fields.flag("blank_number");
                fields.flag("unnumbered_draft");
                fields.tag("blank-number");
            }
            blank => {
                fields.put(
                    "number_symbol",
                    format!("{:02}{}", facts.number, facts.symbol),
                );
                if blank == Blank::Pen {
                    fields.flag("handwritten_number");
                    fields.tag("hw-number");
                }
            }
        }
    }
    // A contract shows its date in the text when not in the header.
    match facts.date_blank {
        _ if !shown => {}
        Blank::Empty if facts.kind.code != "HĐ" => {
            fields.flag("blank_date");
            fields.tag("blank-date");
        }
        blank => {
            fields.put("issued_date", format!("{year}-{month:02}-{day:02}"));
            if blank != Blank::Printed {
                fields.flag("handwritten_date");
                fields.tag("hw-date");
            }
        }
    }
    if shown {
        fields.put("place", facts.issuer.place.as_str());
    }
    // The header of a contract names no body; its first party is the one that keeps it.
    fields.put("agency", facts.issuer.name.as_str());
    if facts.kind.code != "HĐ" {
        fields.put("parent_agency", facts.issuer.parent_name.as_str());
    }
    fields.put("subject", facts.subject.as_str());
    if facts.kind.order == Order::Party {
        fields.flag("party_document");
        fields.tag("party");
    }
    if facts.kind.order == Order::Normative {
        fields.tag("normative");
    }
    if facts.attached.is_some() {
        fields.tag("attached");
    }
    if facts.old {
        fields.tag("old");
    }
    if options.world == World::B {
        fields.tag("world-b");
    }
    fields
}

/// Stamps that come after the paper is signed, the truth about what they cover, and the world's margins.
fn finish(paper: &mut Paper, facts: &Facts, options: &Options, writer: &mut Writer) {
    let receiver = match options.world {
        World::A => "VĂN PHÒNG HĐND VÀ UBND".to_owned(),
        World::B => writer.line("unit").to_uppercase(),
    };
    let dice = &mut writer.dice;
    for trap in &options.traps {
        match trap {
            Trap::Incoming | Trap::IncomingTitle | Trap::IncomingNumber => {
                trap::arrive(paper, *trap, &receiver, facts.date, dice);
            }
            Trap::Secret => trap::secrecy(paper, dice),
            Trap::Declassified => trap::declassify(paper, dice),
            Trap::Stamps => trap::more_stamps(paper, dice),
            Trap::Certified => {
                let place = facts.issuer.area.clone();
                trap::certify(paper, &place, facts.date.2, dice);
            }
            _ => {}
        }
    }
    trap::note_covered(paper);
    paper
        .fields
        .put("page_count", paper.pages.len().to_string());
    let (dx, dy) = match options.world {
        World::A => (dice.range(-3.0, 3.0), dice.range(-4.0, 4.0)),
        World::B => (dice.range(-9.0, 4.0), dice.range(-8.0, 9.0)),
    };
    for page in &mut paper.pages {
        let (size, ground, copied) = (page.size, page.ground, page.copied);
        let moved = std::mem::replace(page, Page::sized(size.0, size.1));
        (page.ground, page.copied) = (ground, copied);
        page.lay(moved, (dx, dy));
    }
}
