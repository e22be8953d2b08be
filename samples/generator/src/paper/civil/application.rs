//! Đơn đề nghị: a citizen's application of two pages.

use super::{Desk, Person, dotted, iso, rows, state};
use crate::{
    dice::Dice,
    face::Family,
    grammar::short_date,
    page::{Mark, Page, Region, Rule, mm},
    paper::{
        Paper,
        frame::{self, Block, LEFT, TOP, WIDTH, bold, bold_italic, italic, plain},
    },
    typeset::Paragraph,
};

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
    let mut fields = desk.fields("don_de_nghi", "Đơn đề nghị", "CHỦ TỊCH");
    fields.put("subject", subject);
    fields.put("place", desk.agency.place.as_str());
    fields.put("full_name", person.name.as_str());
    fields.put("birth_date", iso(person.birth));
    fields.put("id_number", person.number.as_str());
    fields.put("owner_number", person.number.as_str());
    fields.put("residence", person.home.as_str());
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

/// Dotted lines under what was filled in, from the first line `from` on: from each label to the next wide gap.
fn dots(page: &mut Page, from: usize) {
    let mut rules = Vec::new();
    for line in page.lines.iter().skip(from) {
        for cell in line
            .words
            .chunk_by(|word, next| next.x - word.x - word.width < 12.0)
        {
            let label = cell.iter().position(|word| word.text().ends_with(':'));
            let start = label.and_then(|label| cell.get(label + 1));
            if let (Some(start), Some(end)) = (start, cell.last()) {
                let y = end.baseline + 2.4;
                rules.push(Rule {
                    from: (start.x - 2.0, y),
                    to: (end.x + end.width + 26.0, y),
                    thickness: 0.8,
                    dotted: true,
                });
            }
        }
    }
    page.rules.extend(rules);
}
