//! The running text of an administrative paper, by type.

use super::{Facts, Kind, Options};
use crate::{
    grammar::{Writer, grouped},
    page::{Region, mm},
    paper::frame::{Block, bold, italic, plain},
    typeset::Paragraph,
};

/// Collects the blocks of the running text in one style.
pub(in crate::paper) struct Body {
    pub(in crate::paper) size: f32,
    pub(in crate::paper) leading: f32,
    pub(in crate::paper) blocks: Vec<Block>,
}

impl Body {
    pub(in crate::paper) fn text(&mut self, text: impl Into<String>, optional: bool) {
        let mut paragraph =
            Paragraph::body(text, plain(self.size), Region::Body).above(self.size * 0.28);
        paragraph.leading = self.leading;
        paragraph.optional = optional;
        self.blocks.push(Block::Text(paragraph));
    }

    pub(in crate::paper) fn slanted(&mut self, text: impl Into<String>, optional: bool) {
        self.text(text, optional);
        if let Some(Block::Text(paragraph)) = self.blocks.last_mut() {
            paragraph.style = italic(self.size);
        }
    }

    pub(in crate::paper) fn centred(&mut self, text: impl Into<String>, size: f32, above: f32) {
        self.blocks.push(Block::Text(
            Paragraph::centred(text, bold(size), Region::Title).above(above),
        ));
    }

    pub(in crate::paper) fn title(&mut self, name: &str, subject: &str) {
        self.centred(name.to_uppercase(), self.size + 1.0, 4.0);
        // Long subjects are broken so that both lines are of like length.
        self.centred(balanced(subject), self.size + 0.5, 1.0);
        self.blocks.push(Block::Rule(mm(38.0)));
    }

    pub(in crate::paper) fn to(&mut self, addressees: &[String]) {
        let mut paragraph = Paragraph::left(
            format!("Kính gửi: {}", addressees.join("\n")),
            plain(self.size + 0.5),
            Region::Body,
        );
        paragraph.left = mm(34.0);
        paragraph.above = 4.0;
        if addressees.len() > 1 {
            let rows: Vec<String> = addressees.iter().map(|name| format!("- {name};")).collect();
            paragraph.text = format!("Kính gửi:\n{}", rows.join("\n"));
        }
        self.blocks.push(Block::Text(paragraph));
    }
}

/// Breaks a long title so that its lines are of like length.
pub(in crate::paper) fn balanced(text: &str) -> String {
    let count = text.chars().count();
    if count < 58 {
        return text.to_owned();
    }
    let rows = count / 58 + 1;
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let long = word.chars().count() + 1;
        if used > 0 && used + long > count / rows + 6 {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
        }
        out.push_str(word);
        used += long;
    }
    out
}

/// The blocks of a paper's running text, title included.
pub(super) fn blocks(facts: &Facts, options: &Options, writer: &mut Writer) -> Vec<Block> {
    let mut body = Body {
        size: options.size,
        leading: options.leading,
        blocks: Vec::new(),
    };
    let name = facts.kind.names().1;
    match facts.kind {
        Kind::Letter => {
            let mut to: Vec<String> = (0..writer.dice.int(1, 3))
                .map(|_| writer.line("unit"))
                .collect();
            if writer.dice.chance(0.5) {
                to.push("Ủy ban nhân dân các xã, phường".to_owned());
            }
            body.to(&to);
        }
        Kind::Submission => {
            body.title(name, &facts.subject);
            body.to(&[facts.agency.superior()]);
        }
        _ => body.title(name, &facts.subject),
    }
    match facts.kind {
        Kind::Decision => decision(&mut body, facts, writer, options.pages),
        Kind::Letter => letter(&mut body, writer, options.pages),
        Kind::Notice => notice(&mut body, writer, options.pages),
        Kind::Plan => plan(&mut body, facts, writer, options.pages),
        Kind::Report => report(&mut body, writer, options.pages),
        Kind::Submission => submission(&mut body, writer, options.pages),
    }
    body.blocks
}

fn decision(body: &mut Body, facts: &Facts, writer: &mut Writer, pages: usize) {
    body.centred(facts.agency.head.to_uppercase(), body.size, 4.0);
    for index in 0..5 {
        let line = writer.line("basis");
        body.slanted(line, index > 2);
    }
    let proposal = if facts.agency.parent.is_empty() && facts.agency.province == facts.agency.area {
        writer.fill(
            "Theo đề nghị của {proposer} tại Tờ trình số {n:11:480}/TTr-{office} ngày {dayshort}.",
        )
    } else {
        writer.fill("Theo đề nghị của {officer} tại Tờ trình số {n:11:180}/TTr-VP ngày {dayshort}.")
    };
    body.slanted(proposal, false);
    body.centred("QUYẾT ĐỊNH:", body.size + 0.5, 5.0);
    let first = writer.line("article.first.decision");
    body.text(format!("*Điều 1.* {first}"), false);
    for index in 0..5 * pages {
        let line = writer.line("task");
        body.text(format!("{}. {line}", index + 1), index > 1);
    }
    for article in 2..4 {
        let line = writer.line("article.decision");
        body.text(format!("*Điều {article}.* {line}"), false);
    }
    let last = writer.fill("*Điều 4.* Chánh Văn phòng, Giám đốc {department}, Chủ tịch Ủy ban nhân dân các xã, phường và Thủ trưởng các cơ quan, đơn vị có liên quan chịu trách nhiệm thi hành Quyết định này./.");
    body.text(last, false);
}

fn letter(body: &mut Body, writer: &mut Writer, pages: usize) {
    let opening = writer.line("opening.letter");
    body.text(opening, false);
    tasks(body, writer, 9 * pages, 3);
    let closing = writer.line("closing.letter");
    body.text(closing, false);
}

fn notice(body: &mut Body, writer: &mut Writer, pages: usize) {
    let opening = writer.line("opening.notice");
    body.text(opening, false);
    let result = writer.line("result");
    body.text(format!("1. Về kết quả đạt được: {result}"), false);
    let weakness = writer.line("weakness");
    body.text(format!("2. Về tồn tại, hạn chế: {weakness}"), false);
    body.text(
        "3. Về nhiệm vụ trong thời gian tới, yêu cầu các cơ quan, đơn vị tập trung thực hiện:",
        false,
    );
    for (index, letter) in ('a'..='e').cycle().take(6 * pages).enumerate() {
        let line = writer.line("task");
        let mark = if index < 5 { letter } else { '-' };
        body.text(
            if mark == '-' {
                format!("- {line}")
            } else {
                format!("{mark}) {line}")
            },
            index > 2,
        );
    }
    let closing = writer.line("closing.notice");
    body.text(closing, false);
}

fn plan(body: &mut Body, facts: &Facts, writer: &mut Writer, pages: usize) {
    let opening = writer.line("opening.plan");
    body.text(opening, false);
    body.text("*I. MỤC ĐÍCH, YÊU CẦU*", false);
    for index in 1..=2 + pages {
        let line = writer.line("goal");
        body.text(format!("{index}. {line}"), index > 2);
    }
    body.text("*II. NỘI DUNG THỰC HIỆN*", false);
    tasks(body, writer, 4 * pages, 2);
    if pages > 1 {
        body.text(
            "Tiến độ và kinh phí thực hiện các nhiệm vụ cụ thể như sau:",
            false,
        );
        body.blocks.push(timetable(facts.date, writer));
    }
    body.text("*III. TỔ CHỨC THỰC HIỆN*", false);
    tasks(body, writer, 2 * pages, 1);
    let closing = writer.line("closing.plan");
    body.text(closing, false);
}

/// A timetable of works with costs, for dates from `date` on.
pub(in crate::paper) fn timetable(date: (u32, u32, u32), writer: &mut Writer) -> Block {
    let mut rows = vec![
        [
            "TT",
            "Nội dung công việc",
            "Đơn vị chủ trì",
            "Thời gian",
            "Kinh phí (đồng)",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut total = 0_u64;
    let works = [
        "Ban hành văn bản chỉ đạo, hướng dẫn thực hiện",
        "Tuyên truyền trên hệ thống truyền thanh cơ sở",
        "Tập huấn nghiệp vụ cho cán bộ, công chức cấp xã",
        "Khảo sát, thu thập và cập nhật số liệu",
        "Mua sắm trang thiết bị phục vụ triển khai",
        "Kiểm tra, giám sát tại các xã, phường",
        "Sơ kết, tổng kết, khen thưởng",
    ];
    for (index, work) in works.iter().enumerate() {
        let sum = u64::from(writer.dice.int(15, 480)) * 500_000;
        total += sum;
        rows.push(vec![
            (index + 1).to_string(),
            (*work).to_owned(),
            writer.line("unit"),
            format!(
                "Tháng {}/{}",
                writer.dice.int((date.1 + 1).min(12), 12),
                date.2
            ),
            grouped(sum, 1),
        ]);
    }
    rows.push(vec![
        String::new(),
        "*Tổng cộng*".to_owned(),
        String::new(),
        String::new(),
        format!("*{}*", grouped(total, 1)),
    ]);
    Block::Table {
        columns: vec![0.07, 0.36, 0.25, 0.14, 0.18],
        rows,
        size: 12.0,
    }
}

fn report(body: &mut Body, writer: &mut Writer, pages: usize) {
    let opening = writer.line("opening.report");
    body.text(opening, false);
    body.text("*I. KẾT QUẢ THỰC HIỆN*", false);
    for index in 1..=2 * pages + 2 {
        let line = writer.line("result");
        body.text(format!("{index}. {line}"), index > 2);
    }
    body.text("*II. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN*", false);
    for index in 0..=pages {
        let line = writer.line("weakness");
        body.text(format!("- {line}"), index > 1);
    }
    body.text("*III. NHIỆM VỤ TRỌNG TÂM THỜI GIAN TỚI*", false);
    tasks(body, writer, 4 * pages, 2);
    let closing = writer.line("closing.report");
    body.text(closing, false);
}

fn submission(body: &mut Body, writer: &mut Writer, pages: usize) {
    for _ in 0..2 {
        let line = writer.line("basis");
        body.slanted(line, false);
    }
    let opening = writer.line("opening.submission");
    body.text(opening, false);
    body.text("*I. SỰ CẦN THIẾT*", false);
    for index in 0..=pages {
        let line = writer.line("context");
        body.text(line, index > 0);
    }
    body.text("*II. NỘI DUNG ĐỀ NGHỊ*", false);
    tasks(body, writer, 8 * pages, 2);
    let cost = writer
        .fill("Dự kiến tổng kinh phí thực hiện là {total} đồng (bằng chữ: {totalwords} đồng).");
    body.text("*III. KINH PHÍ THỰC HIỆN*", false);
    body.text(cost, false);
    let closing = writer.line("closing.submission");
    body.text(closing, false);
}

/// Numbered tasks; those after the first `kept` may be left out.
fn tasks(body: &mut Body, writer: &mut Writer, count: usize, kept: usize) {
    for index in 0..count {
        let line = writer.line("task");
        body.text(format!("{}. {line}", index + 1), index >= kept);
    }
}
