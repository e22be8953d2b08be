//! The foot of a paper: recipients at the left, who signs at the right; or two who sign.

use super::{Facts, Options};
use crate::{
    face::Family,
    grammar::{World, Writer},
    page::{Mark, Page, Region, mm},
    paper::{
        Fields,
        frame::{self, LEFT, WIDTH, bold, bold_italic, italic, plain},
        office::kind::Order,
        trap::Trap,
    },
    typeset::Paragraph,
};

/// Who signs and as what.
#[derive(Debug, Clone, Default)]
pub(super) struct Signer {
    /// Lines with `TM.`, `KT.` and the like.
    pub(super) authority: Vec<String>,
    /// Title without them.
    pub(super) title: String,
    /// Full name.
    pub(super) name: String,
    /// A degree before the name.
    pub(super) degree: &'static str,
}

impl Signer {
    /// Draws who signs for a body: its head, a deputy, or somebody by order.
    pub(super) fn draw(facts: &Facts, writer: &mut Writer) -> Self {
        let name = writer.person();
        let dice = &mut writer.dice;
        let issuer = &facts.issuer;
        let mark = |text: &str| {
            if issuer.party {
                format!("{}/{}", &text[..1], &text[1..])
            } else {
                format!("{text}.")
            }
        };
        let (on_behalf, instead, by_order) = (mark("TM"), mark("KT"), mark("TL"));
        let chief = issuer
            .chief
            .split('|')
            .next()
            .unwrap_or_default()
            .to_owned();
        let second = deputy(&chief);
        let mut authority = Vec::new();
        if !issuer.behalf.is_empty() && (facts.kind.code != "QĐ" || dice.chance(0.5)) {
            authority.push(format!("{on_behalf} {}", issuer.behalf));
        }
        let acting = issuer.behalf.is_empty() && !issuer.party && chief != "THỦ TƯỚNG";
        let title = match dice.int(0, 19) {
            0..=8 => chief,
            9..=15 => {
                // In the Party a deputy secretary signs for the body, not for the secretary.
                if !issuer.party || issuer.behalf.is_empty() {
                    authority.push(format!("{instead} {chief}"));
                }
                second
            }
            16 if acting => {
                authority.push(format!("Q. {chief}"));
                chief
            }
            17 if acting => {
                authority.push(format!("TUQ. {chief}"));
                "TRƯỞNG PHÒNG TỔ CHỨC - HÀNH CHÍNH".to_owned()
            }
            16..=17 => chief,
            18 if !facts.kind.order.eq(&Order::Normative) => {
                authority.clear();
                authority.push(format!("{by_order} {chief}"));
                authority.push(format!("{instead} CHÁNH VĂN PHÒNG"));
                "PHÓ CHÁNH VĂN PHÒNG".to_owned()
            }
            _ if !facts.kind.order.eq(&Order::Normative) => {
                authority.clear();
                authority.push(format!("{by_order} {chief}"));
                "CHÁNH VĂN PHÒNG".to_owned()
            }
            _ => chief,
        };
        let degree = match (dice.int(0, 11), issuer.header.contains("TRƯỜNG ĐẠI HỌC")) {
            (0..=6, true) => "PGS.TS. ",
            (0, _) => "ThS. ",
            (1, _) => "TS. ",
            (2, _) if issuer.header.contains("BỆNH VIỆN") => "BSCKII. ",
            _ => "",
        };
        Self {
            authority,
            title,
            name,
            degree,
        }
    }

    fn rows(&self) -> Vec<String> {
        let mut rows = self.authority.clone();
        // `Q. GIÁM ĐỐC` is title and authority in one line.
        if !rows.last().is_some_and(|row| row.starts_with("Q. ")) {
            rows.push(self.title.clone());
        }
        rows
    }
}

fn deputy(chief: &str) -> String {
    match chief {
        "BỘ TRƯỞNG" => "THỨ TRƯỞNG".to_owned(),
        "THỦ TƯỚNG" => "PHÓ THỦ TƯỚNG".to_owned(),
        "BÍ THƯ" => "PHÓ BÍ THƯ".to_owned(),
        other => format!("PHÓ {other}"),
    }
}

/// The list of recipients: as it reads, and as it is set.
pub(super) fn recipients(facts: &Facts, options: &Options, writer: &mut Writer) -> Vec<String> {
    let mut rows = Vec::new();
    match facts.kind.code {
        "QĐ" | "NQ" => rows.push(
            ["Như Điều 3", "Như trên"][usize::from(facts.number.is_multiple_of(3))].to_owned(),
        ),
        "CV" | "TTr" | "CĐ" | "PC" | "PB" | "GM" => rows.push("Như trên".to_owned()),
        _ => {}
    }
    for _ in 0..writer.dice.int(1, 5) {
        rows.push(writer.line("recipient").trim_end_matches(';').to_owned());
    }
    let office = facts
        .office
        .clone()
        .unwrap_or_else(|| writer.line("office"));
    rows.push(match (facts.issuer.party, options.world) {
        (true, World::A) => "Lưu Văn phòng".to_owned(),
        (true, World::B) => "Lưu VP".to_owned(),
        (false, World::A) => format!("Lưu: VT, {office}"),
        (false, World::B) if facts.number.is_multiple_of(2) => {
            format!("Lưu: VT, {office} ({:02}b)", facts.number % 40 + 5)
        }
        _ => format!("Lưu: VT, {office}"),
    });
    rows
}

pub(super) fn set_recipients(rows: &[String]) -> Vec<Paragraph> {
    let mut list = vec![Paragraph::left(
        "Nơi nhận:",
        bold_italic(12.0),
        Region::Recipients,
    )];
    for (index, row) in rows.iter().enumerate() {
        let end = if index + 1 == rows.len() { '.' } else { ';' };
        let mut paragraph =
            Paragraph::left(format!("- {row}{end}"), plain(11.0), Region::Recipients);
        paragraph.leading = 1.15;
        list.push(paragraph);
    }
    list
}

/// Prints the foot from `top` down.
#[expect(
    clippy::too_many_arguments,
    reason = "a place on the page, what goes there, and the truth about it"
)]
pub(super) fn sign(
    page: &mut Page,
    facts: &Facts,
    options: &Options,
    recipients: &[String],
    top: f32,
    family: &Family,
    writer: &mut Writer,
    fields: &mut Fields,
) {
    if facts.kind.of_two() || facts.kind.code == "BB" {
        return pair(page, facts, options, top, family, writer, fields);
    }
    if !recipients.is_empty() {
        frame::column(
            page,
            &set_recipients(recipients),
            LEFT - 2.0,
            mm(70.0),
            top,
            family,
        );
        fields.put("recipients", recipients.join("; "));
    }
    let chiefs: Vec<&str> = facts.issuer.chief.split('|').collect();
    if chiefs.len() > 1 {
        return joint(page, options, &chiefs, top, family, writer, fields);
    }
    let (x, width) = (LEFT + WIDTH - mm(84.0), mm(84.0));
    fields.put("signer_name", facts.signer.name.as_str());
    fields.put("signer_title", facts.signer.title.as_str());
    fields.put("signer_authority", facts.signer.authority.join("; "));
    column(
        page,
        facts,
        options,
        &facts.signer.rows(),
        &format!("{}{}", facts.signer.degree, facts.signer.name),
        (x, width),
        top,
        family,
        writer,
        true,
    );
}

/// A column of titles, room for ink, and a name; signed and sealed.
#[expect(
    clippy::too_many_arguments,
    reason = "a place on the page and what goes there"
)]
fn column(
    page: &mut Page,
    facts: &Facts,
    options: &Options,
    rows: &[String],
    name: &str,
    (x, width): (f32, f32),
    top: f32,
    family: &Family,
    writer: &mut Writer,
    sealed: bool,
) {
    let titles: Vec<Paragraph> = rows
        .iter()
        .map(|row| Paragraph::centred(row.as_str(), bold(13.0), Region::Signature))
        .collect();
    let end = frame::column(page, &titles, x, width, top, family);
    let dice = &mut writer.dice;
    let gap = mm(dice.range(17.0, 23.0));
    let name = Paragraph::centred(name, bold(13.5), Region::Signature);
    frame::column(page, &[name], x, width, end + gap, family);
    if !options.signed {
        return;
    }
    let middle = x + width / 2.0;
    page.marks.push(Mark::Signature {
        at: (
            middle + dice.range(-4.0, 10.0),
            end + gap * dice.range(0.42, 0.62),
        ),
        reach: (mm(dice.range(18.0, 29.0)), mm(dice.range(9.0, 17.0))),
    });
    if sealed {
        let low = if options.traps.contains(&Trap::SealName) {
            dice.range(0.9, 1.15)
        } else {
            dice.range(0.42, 0.72)
        };
        // The seal covers about a third of the signature, on its left (decree 30/2020, appendix I, ô 8).
        let left = if options.traps.contains(&Trap::SealName) {
            mm(dice.range(2.0, 12.0))
        } else {
            mm(dice.range(11.0, 20.0))
        };
        let at = (middle - left, end + gap * low);
        page.marks.push(facts.issuer.seal(at, mm(18.0)));
    }
}

/// Two who sign side by side: the parties of a contract, secretary and chair of a meeting.
fn pair(
    page: &mut Page,
    facts: &Facts,
    options: &Options,
    top: f32,
    family: &Family,
    writer: &mut Writer,
    fields: &mut Fields,
) {
    let (left, right) = match (facts.kind.code, facts.outline.as_str()) {
        ("GUQ", _) => ("BÊN ĐƯỢC ỦY QUYỀN", "BÊN ỦY QUYỀN"),
        ("BB", "BB.2") => ("ĐẠI DIỆN BÊN NHẬN", "ĐẠI DIỆN BÊN GIAO"),
        ("BB", _) if options.world == World::A => ("THƯ KÝ", "CHỦ TỌA"),
        ("BB", _) => ("NGƯỜI GHI BIÊN BẢN", "CHỦ TRÌ"),
        _ if options.world == World::A => ("ĐẠI DIỆN BÊN A", "ĐẠI DIỆN BÊN B"),
        _ => ("ĐẠI DIỆN BÊN B", "ĐẠI DIỆN BÊN A"),
    };
    let (clerk, chair) = (writer.value("clerk"), writer.value("chair"));
    let half = WIDTH / 2.0;
    let ours_left = left.ends_with('A');
    let (left_name, right_name) = if ours_left {
        (chair.clone(), clerk)
    } else {
        (clerk, chair.clone())
    };
    column(
        page,
        facts,
        options,
        &[left.to_owned()],
        &left_name,
        (LEFT, half - 6.0),
        top,
        family,
        writer,
        ours_left,
    );
    column(
        page,
        facts,
        options,
        &[right.to_owned()],
        &right_name,
        (LEFT + half, half),
        top,
        family,
        writer,
        !ours_left,
    );
    if facts.kind.code == "BB" && facts.outline != "BB.2" {
        fields.put("signer_name", chair);
        fields.put("signer_title", right);
    }
}

/// Ministers side by side under a joint circular.
fn joint(
    page: &mut Page,
    options: &Options,
    chiefs: &[&str],
    top: f32,
    family: &Family,
    writer: &mut Writer,
    fields: &mut Fields,
) {
    let names: Vec<&str> = fields.get("agency").split(" - ").collect();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let share = WIDTH / chiefs.len() as f32;
    let mut signers = Vec::new();
    let top = top + mm(38.0);
    for (index, chief) in chiefs.iter().enumerate() {
        let of = names.get(index).map_or_else(String::new, |name| {
            name.trim_start_matches("Bộ ").to_uppercase()
        });
        let name = writer.person();
        let minister = *chief == "BỘ TRƯỞNG";
        let deputy = minister && writer.dice.chance(0.5);
        let chief = if minister {
            format!("{chief} {of}")
        } else {
            (*chief).to_owned()
        };
        let rows = if deputy {
            vec![format!("KT. {chief}"), "THỨ TRƯỞNG".to_owned()]
        } else {
            vec![chief]
        };
        let x = LEFT + share * index as f32;
        let titles: Vec<Paragraph> = rows
            .iter()
            .map(|row| Paragraph::centred(row.as_str(), bold(11.5), Region::Signature))
            .collect();
        let end = frame::column(page, &titles, x, share - 6.0, top, family);
        let under = Paragraph::centred(name.clone(), bold(12.5), Region::Signature);
        frame::column(page, &[under], x, share - 6.0, end + mm(22.0), family);
        if options.signed {
            let at = (x + share / 2.0, end + mm(11.0));
            page.marks.push(Mark::Signature {
                at,
                reach: (mm(18.0), mm(10.0)),
            });
            page.marks.push(Mark::Seal {
                at: (at.0 - mm(12.0), at.1),
                radius: mm(17.0),
                above: of.clone(),
                below: "*".to_owned(),
                middle: Vec::new(),
            });
        }
        signers.push(name);
    }
    fields.put("signer_name", signers.join("; "));
}

/// The copy block under a rule (decree 30/2020, appendix I, part II): form, body, number, date, who signs.
pub(super) fn copy_block(
    page: &mut Page,
    facts: &Facts,
    top: f32,
    family: &Family,
    writer: &mut Writer,
    fields: &mut Fields,
) {
    let copier = writer.fill("{unit}");
    let number = writer.dice.int(1, 180);
    let (day, month, year) = facts.date;
    let place = facts.issuer.place.clone();
    page.rules.push(crate::page::Rule {
        from: (LEFT, top + 4.0),
        to: (LEFT + WIDTH, top + 4.0),
        thickness: 0.8,
        dotted: false,
    });
    let left = [
        Paragraph::centred(copier.to_uppercase(), bold(12.0), Region::Margin),
        Paragraph::centred(
            format!("Số: {number:02}/SY-VP"),
            plain(12.5),
            Region::Margin,
        )
        .above(4.0),
    ];
    frame::column(page, &left, LEFT - 8.0, mm(70.0), top + 8.0, family);
    let copy_day = (day + 1).min(28);
    let right = [
        Paragraph::centred("SAO Y", bold(13.5), Region::Margin),
        Paragraph::centred(
            format!(
                "{place}, ngày {copy_day:02} tháng {} năm {year}",
                crate::paper::administrative::pad_month(month)
            ),
            italic(13.0),
            Region::Margin,
        ),
        Paragraph::centred("CHÁNH VĂN PHÒNG", bold(13.0), Region::Margin).above(3.0),
        Paragraph::centred(writer.person(), bold(13.0), Region::Margin).above(mm(15.0)),
    ];
    frame::column(page, &right, LEFT + mm(75.0), mm(90.0), top + 8.0, family);
    page.marks.push(Mark::Signature {
        at: (LEFT + mm(122.0), top + mm(24.0)),
        reach: (mm(18.0), mm(8.0)),
    });
    page.marks.push(Mark::Seal {
        at: (LEFT + mm(104.0), top + mm(25.0)),
        radius: mm(15.0),
        above: copier.to_uppercase(),
        below: "*".to_owned(),
        middle: Vec::new(),
    });
    fields.flag("is_sao_y");
    fields.tag("sao-y");
    fields.put("copy_number", format!("{number:02}/SY-VP"));
    fields.put("copy_date", format!("{year}-{month:02}-{copy_day:02}"));
}

/// Height the copy block needs, in points.
pub(super) const COPY_HEIGHT: f32 = mm(46.0);
