//! Papers of offices, all types: drawn from a world's bodies and sentences, in the layout of their order.

pub mod kind;

mod draft;

mod head;

mod outline;

mod foot;

mod supplement;

use std::collections::BTreeSet;

use self::{
    foot::Signer,
    kind::{Kind, Order},
};
use super::{
    Fields, Paper,
    administrative::{body::Body, foot_height, initial},
    frame::{self, LEFT, bold},
    trap::{self, Trap},
};
use crate::{
    dice::Dice,
    face::Family,
    grammar::{World, Writer},
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
    let facts = draft::facts(options, &mut writer);
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
    supplement::supplements(
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
