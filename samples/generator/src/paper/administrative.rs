//! The papers of decree 30/2020: decisions, letters, notices, plans, reports, submissions.

pub(in crate::paper) mod body;

use super::{
    Fields, Paper,
    frame::{self, LEFT, TOP, WIDTH, bold, bold_italic, italic, plain},
};
use crate::{
    agency::Agency,
    dice::Dice,
    face::Family,
    grammar::{Writer, in_words, long_date},
    page::{Mark, Page, Region, mm},
    typeset::Paragraph,
};

/// A type of administrative paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Quyết định.
    Decision,
    /// Công văn.
    Letter,
    /// Thông báo.
    Notice,
    /// Kế hoạch.
    Plan,
    /// Báo cáo.
    Report,
    /// Tờ trình.
    Submission,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Decision,
        Self::Letter,
        Self::Notice,
        Self::Plan,
        Self::Report,
        Self::Submission,
    ];

    /// Abbreviation (appendix III) and name.
    #[must_use]
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Decision => ("QĐ", "Quyết định"),
            Self::Letter => ("CV", "Công văn"),
            Self::Notice => ("TB", "Thông báo"),
            Self::Plan => ("KH", "Kế hoạch"),
            Self::Report => ("BC", "Báo cáo"),
            Self::Submission => ("TTr", "Tờ trình"),
        }
    }

    fn list(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Letter => "letter",
            Self::Notice => "notice",
            Self::Plan => "plan",
            Self::Report => "report",
            Self::Submission => "submission",
        }
    }
}

/// How a paper is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Type.
    pub kind: Kind,
    /// Size of the running text in points.
    pub size: f32,
    /// Distance of its lines as a multiple of the size.
    pub leading: f32,
    /// Most pages it may take.
    pub pages: usize,
    /// Number and date filled in by pen.
    pub handwritten: bool,
    /// Stamped on arrival.
    pub incoming: bool,
    /// Urgency mark.
    pub urgency: Option<&'static str>,
    /// Signed and sealed.
    pub signed: bool,
}

impl Options {
    /// A signed one-page paper of this type.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            size: 13.0,
            leading: 1.2,
            pages: 1,
            handwritten: false,
            incoming: false,
            urgency: None,
            signed: true,
        }
    }
}

/// The facts of one paper, drawn before it is written.
struct Facts {
    agency: Agency,
    kind: Kind,
    number: u32,
    symbol: String,
    date: (u32, u32, u32),
    subject: String,
    signer: String,
    deputy: bool,
}

/// Writes a paper.
#[must_use]
pub fn write(options: &Options, family: &Family, dice: &Dice) -> Paper {
    let mut writer = Writer::new(dice.fork("words"));
    let facts = facts(options, &mut writer);
    let mut page = Page::a4();
    let top = header(&mut page, &facts, options, family);
    let mut pages = vec![page];
    let body = body::blocks(&facts, options, &mut writer);
    let recipients = recipients(&facts, &mut writer);
    let foot = foot_height(&recipients, family);
    let end = frame::flow(&mut pages, body, top, foot, options.pages, family);
    if let Some(page) = pages.last_mut() {
        initial(page, &mut writer.dice);
        sign(
            page,
            &facts,
            options,
            &recipients,
            end + 8.0,
            family,
            &mut writer.dice,
        );
    }
    let mut fields = fields(&facts, options);
    if let (Some(first), true) = (pages.first_mut(), options.incoming) {
        arrive(first, &facts, &mut fields, &mut writer.dice);
    }
    Paper { pages, fields }
}

fn facts(options: &Options, writer: &mut Writer) -> Facts {
    let dice = &mut writer.dice;
    let agency = Agency::any(dice);
    // The laws cited were all in force by the summer of 2025.
    let date = if dice.chance(0.5) {
        (dice.int(1, 28), dice.int(8, 12), 2025)
    } else {
        (dice.int(1, 28), dice.int(1, 11), 2026)
    };
    let number = if dice.chance(0.2) {
        dice.int(1, 9)
    } else {
        dice.int(10, 3200)
    };
    let deputy = dice.chance(0.55);
    let office = dice.pick(agency.offices).copied().unwrap_or("VP");
    let symbol = match options.kind {
        Kind::Letter => format!("{}-{office}", agency.code),
        kind => format!("{}-{}", kind.names().0, agency.code),
    };
    for (name, value) in [
        ("year", date.2.to_string()),
        ("month", date.1.to_string()),
        ("code", agency.code.clone()),
        ("yearend", (date.2 + 5).to_string()),
        ("lastyear", (date.2 - 1).to_string()),
        ("agency", agency.name.clone()),
        ("head", agency.head.clone()),
        ("province", agency.province.clone()),
        ("area", agency.area.clone()),
        ("superior", agency.superior()),
    ] {
        writer.set(name, &value);
    }
    let money = u64::from(writer.dice.int(35, 9800)) * 500_000;
    writer.set("total", &crate::grammar::grouped(money, 1));
    writer.set("totalwords", &in_words(money));
    let chiefs = if agency.behalf.is_some() {
        "Phó Chủ tịch Ủy ban nhân dân"
    } else {
        "Phó Giám đốc"
    };
    writer.set("chiefs", chiefs);
    let subject = writer.line(&format!("subject.{}", options.kind.list()));
    let low: String = subject
        .chars()
        .take(1)
        .flat_map(char::to_lowercase)
        .chain(subject.chars().skip(1))
        .collect();
    writer.set("subjectlow", &low);
    let signer = writer.person();
    Facts {
        agency,
        kind: options.kind,
        number,
        symbol,
        date,
        subject,
        signer,
        deputy,
    }
}

fn header(page: &mut Page, facts: &Facts, options: &Options, family: &Family) -> f32 {
    let (left, left_width) = (LEFT - mm(6.0), mm(68.0));
    let (right, right_width) = (LEFT + mm(62.0), mm(106.0));
    let number = if options.handwritten {
        format!("~{:02}~", facts.number)
    } else {
        format!("{:02}", facts.number)
    };
    let mut y = TOP;
    if !facts.agency.parent.is_empty() {
        let parent =
            Paragraph::centred(facts.agency.parent.clone(), plain(12.5), Region::HeaderLeft);
        y = frame::column(page, &[parent], left, left_width, y, family);
    }
    let name = Paragraph::centred(facts.agency.header.clone(), bold(12.5), Region::HeaderLeft);
    y = frame::column(page, &[name], left, left_width, y, family);
    frame::underline(page, 0.42);
    let symbol = Paragraph::centred(
        format!("Số: {number}/{}", facts.symbol),
        plain(13.0),
        Region::HeaderLeft,
    );
    let row = y.max(TOP + 30.0) + 9.0;
    y = frame::column(page, &[symbol], left, left_width, row, family);
    if facts.kind == Kind::Letter {
        let about =
            Paragraph::centred(facts.subject.clone(), plain(12.0), Region::HeaderLeft).above(5.0);
        y = frame::column(
            page,
            &[about],
            left + mm(3.0),
            left_width - mm(6.0),
            y,
            family,
        );
    }
    let state = Paragraph::centred(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        bold(12.5),
        Region::HeaderRight,
    );
    let motto = Paragraph::centred(
        "Độc lập - Tự do - Hạnh phúc",
        bold(13.5),
        Region::HeaderRight,
    );
    frame::column(page, &[state, motto], right, right_width, TOP, family);
    frame::underline(page, 1.0);
    let (day, month, year) = facts.date;
    let date = if options.handwritten {
        format!(
            "{}, ngày ~{day:02}~ tháng {} năm {year}",
            facts.agency.place,
            pad_month(month)
        )
    } else {
        format!(
            "{}, ngày {}",
            facts.agency.place,
            long_date(day, month, year)
        )
    };
    let date = Paragraph::centred(date, italic(13.5), Region::HeaderRight);
    frame::column(page, &[date], right, right_width, row - 0.6, family);
    if let Some(text) = options.urgency {
        let wide = mm(match text {
            "KHẨN" => 20.0,
            "HỎA TỐC" => 30.0,
            _ => 40.0,
        });
        let at = (left + left_width / 2.0, y + mm(10.0));
        page.marks.push(Mark::Boxed {
            at,
            size: (wide, mm(8.0)),
            text: text.to_owned(),
        });
        y += mm(13.0);
    }
    // The clerk looks for room under the number; what is missing, the stamp takes from the title.
    y + if options.incoming { mm(12.0) } else { 12.0 }
}

pub(in crate::paper) fn pad_month(month: u32) -> String {
    if month < 3 {
        format!("{month:02}")
    } else {
        month.to_string()
    }
}

fn recipients(facts: &Facts, writer: &mut Writer) -> Vec<Paragraph> {
    let mut list = vec![Paragraph::left(
        "Nơi nhận:",
        bold_italic(12.0),
        Region::Recipients,
    )];
    let mut row = |text: String| {
        let mut paragraph = Paragraph::left(text, plain(11.0), Region::Recipients);
        paragraph.leading = 1.15;
        list.push(paragraph);
    };
    match facts.kind {
        Kind::Decision => row("- Như Điều 4;".to_owned()),
        Kind::Letter | Kind::Submission => row("- Như trên;".to_owned()),
        _ => {}
    }
    for _ in 0..writer.dice.int(2, 6) {
        row(format!("- {}", writer.line("recipient")));
    }
    let office = if facts.kind == Kind::Letter {
        facts.symbol.rsplit('-').next().unwrap_or("VP").to_owned()
    } else {
        writer.line("office")
    };
    row(format!("- Lưu: VT, {office}."));
    list
}

pub(in crate::paper) fn foot_height(recipients: &[Paragraph], family: &Family) -> f32 {
    let left: f32 = recipients
        .iter()
        .map(|paragraph| paragraph.height(mm(68.0), family))
        .sum();
    left.max(mm(48.0)) + 8.0
}

/// Drafters put a small sign after the last word.
pub(in crate::paper) fn initial(page: &mut Page, dice: &mut Dice) {
    let end = page.lines.last().and_then(frame::extent);
    if let (Some((_, x, y)), true) = (end, dice.chance(0.4)) {
        page.marks.push(Mark::Initial { at: (x + 5.0, y) });
    }
}

fn sign(
    page: &mut Page,
    facts: &Facts,
    options: &Options,
    recipients: &[Paragraph],
    top: f32,
    family: &Family,
    dice: &mut Dice,
) {
    frame::column(page, recipients, LEFT - 2.0, mm(70.0), top, family);
    let (x, width) = (LEFT + WIDTH - mm(84.0), mm(84.0));
    let mut titles: Vec<Paragraph> = Vec::new();
    for line in signer_title(facts).split(" / ") {
        titles.push(Paragraph::centred(line, bold(13.0), Region::Signature));
    }
    let end = frame::column(page, &titles, x, width, top, family);
    let gap = mm(dice.range(17.0, 22.0));
    let name = Paragraph::centred(facts.signer.clone(), bold(13.5), Region::Signature);
    frame::column(page, &[name], x, width, end + gap, family);
    if options.signed {
        let middle = x + width / 2.0;
        let at = (
            middle + dice.range(-4.0, 10.0),
            end + gap * dice.range(0.42, 0.62),
        );
        page.marks.push(Mark::Signature {
            at,
            reach: (mm(dice.range(20.0, 29.0)), mm(dice.range(11.0, 17.0))),
        });
        // The seal covers about a third of the signature, on its left (decree 30/2020, appendix I, ô 8).
        let seal = (
            middle - mm(dice.range(11.0, 20.0)),
            end + gap * dice.range(0.35, 0.62),
        );
        page.marks.push(seal_of(&facts.agency, seal));
    }
}

fn signer_title(facts: &Facts) -> String {
    let mut rows: Vec<String> = Vec::new();
    if let (Some(behalf), false) = (&facts.agency.behalf, facts.kind == Kind::Decision) {
        rows.push(behalf.clone());
    }
    if facts.deputy {
        rows.push(format!("KT. {}", facts.agency.chief));
        rows.push(format!("PHÓ {}", facts.agency.chief));
    } else {
        rows.push(facts.agency.chief.clone());
    }
    rows.join(" / ")
}

/// The seal of an agency: people's committees have a star, departments their name in the middle.
#[must_use]
pub fn seal_of(agency: &Agency, at: (f32, f32)) -> Mark {
    let province = agency.province.to_uppercase();
    let (above, below, middle) = if agency.behalf.is_some() {
        (
            "ỦY BAN NHÂN DÂN".to_owned(),
            agency.area.to_uppercase(),
            Vec::new(),
        )
    } else {
        (
            format!("ỦY BAN NHÂN DÂN {province}"),
            "*".to_owned(),
            halves(&agency.header),
        )
    };
    Mark::Seal {
        at,
        radius: mm(18.0),
        above,
        below,
        middle,
    }
}

/// A department's name cut into the lines of its seal: `SỞ`, then the rest, broken before `VÀ`.
pub(crate) fn halves(name: &str) -> Vec<String> {
    let mut lines: Vec<Vec<&str>> = Vec::new();
    for (index, word) in name.split_whitespace().enumerate() {
        match lines.last_mut() {
            Some(line) if index != 1 && word != "VÀ" => line.push(word),
            _ => lines.push(vec![word]),
        }
    }
    lines.into_iter().map(|line| line.join(" ")).collect()
}

fn arrive(page: &mut Page, facts: &Facts, fields: &mut Fields, dice: &mut Dice) {
    let number = dice.int(101, 4999).to_string();
    let (day, month, year) = facts.date;
    let day = day + dice.int(0, 2);
    let lower = if fields.get("urgency").is_empty() {
        0.0
    } else {
        mm(17.0)
    };
    let at = (
        LEFT + mm(dice.range(-16.0, -6.0)),
        TOP + lower + mm(dice.range(21.0, 27.0)),
    );
    let receiver = "VĂN PHÒNG HĐND VÀ UBND".to_owned();
    page.marks.push(Mark::Incoming {
        at,
        agency: receiver,
        number: number.clone(),
        date: format!("{day}/{month}/{}", year % 100),
    });
    fields.put("incoming_number", number);
    fields.put("incoming_date", format!("{year}-{month:02}-{day:02}"));
    fields.flag("incoming_stamp");
    fields.tag("incoming-stamp");
}

fn fields(facts: &Facts, options: &Options) -> Fields {
    let (kind, type_name) = facts.kind.names();
    let (day, month, year) = facts.date;
    let mut fields = Fields::new(kind, type_name);
    fields.put(
        "number_symbol",
        format!("{:02}/{}", facts.number, facts.symbol),
    );
    fields.put("issued_date", format!("{year}-{month:02}-{day:02}"));
    fields.put("place", facts.agency.place.as_str());
    let (agency, parent) = if facts.agency.parent.is_empty() {
        (facts.agency.name.clone(), String::new())
    } else {
        (
            format!("{} {}", facts.agency.name, facts.agency.province),
            format!("Ủy ban nhân dân {}", facts.agency.province),
        )
    };
    fields.put("agency", agency);
    fields.put("parent_agency", parent);
    fields.put("subject", facts.subject.as_str());
    fields.put("signer_name", facts.signer.as_str());
    let rows: Vec<String> = signer_title(facts)
        .split(" / ")
        .map(str::to_owned)
        .collect();
    if let Some((title, authority)) = rows.split_last() {
        fields.put("signer_title", title.as_str());
        fields.put("signer_authority", authority.join("; "));
    }
    fields.put("urgency", options.urgency.unwrap_or_default());
    if options.handwritten {
        fields.flag("handwritten_number");
        fields.flag("handwritten_date");
        fields.tag("hw-number");
        fields.tag("hw-date");
    }
    if options.signed {
        fields.flag("has_seal");
        fields.flag("has_signature");
    }
    fields
}
