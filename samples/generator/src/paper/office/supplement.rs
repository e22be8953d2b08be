//! What follows a paper: annexes, and what a decision puts into force.

use super::{Facts, Options};
use crate::{
    face::Family,
    grammar::{Writer, long_date},
    page::{Page, Region, mm},
    paper::{
        Fields,
        administrative::body::{Body, timetable},
        frame::{self, Block, LEFT, bold, italic},
        trap::Trap,
    },
    typeset::Paragraph,
};

/// Annexes and what a decision puts into force.
pub(super) fn supplements(
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
