//! Applications and declarations of citizens, and the receipt the counter gives for them.

use super::desk::{Desk, Person, cell, day, long, slashed};
use crate::{
    codes,
    page::{Region, Tint, mm},
    paper::frame::{bold, bold_italic, italic, plain},
};

/// What an application asks for: title, subject, what it says, papers that go with it.
type Matter = (
    &'static str,
    &'static str,
    [&'static str; 2],
    [&'static str; 2],
);

/// Applications name the papers they are about: that makes them none of those papers.
const MATTERS: [Matter; 10] = [
    (
        "ĐƠN ĐỀ NGHỊ",
        "Về việc xác nhận nguồn gốc và hiện trạng sử dụng đất",
        [
            "Gia đình tôi đang sử dụng thửa đất do bố mẹ để lại, ổn định, không tranh chấp.",
            "Kính đề nghị quý cơ quan xác nhận để hoàn thiện hồ sơ cấp Giấy chứng nhận quyền sử dụng đất.",
        ],
        [
            "Giấy chứng nhận quyền sử dụng đất (bản sao)",
            "Biên lai thuế",
        ],
    ),
    (
        "ĐƠN XIN XÁC NHẬN",
        "Về việc xác nhận nơi cư trú",
        [
            "Hiện nay tôi thường trú tại địa chỉ nêu trên từ năm 2015.",
            "Tôi làm đơn này để bổ túc hồ sơ xin việc làm.",
        ],
        ["Căn cước công dân (bản sao)", "Sổ hộ khẩu (bản sao)"],
    ),
    (
        "ĐƠN ĐỀ NGHỊ CẤP LẠI GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
        "",
        [
            "Do bảo quản không cẩn thận, giấy chứng nhận của gia đình tôi đã bị mất.",
            "Đề nghị quý cơ quan xem xét, cấp lại giấy chứng nhận theo quy định.",
        ],
        ["Giấy xác nhận niêm yết", "Bản sao giấy chứng nhận"],
    ),
    (
        "TỜ KHAI ĐĂNG KÝ KHAI SINH",
        "",
        [
            "Tôi cam đoan những nội dung khai trên đây là đúng sự thật.",
            "Đề nghị quý cơ quan đăng ký khai sinh cho người có tên nêu trên.",
        ],
        ["Giấy chứng sinh", "Giấy chứng nhận kết hôn"],
    ),
    (
        "ĐƠN KHIẾU NẠI",
        "Về việc bồi thường, giải phóng mặt bằng",
        [
            "Tôi khiếu nại quyết định thu hồi đất vì diện tích kiểm đếm thiếu so với thực tế.",
            "Kính mong quý cơ quan xem xét, giải quyết để bảo đảm quyền lợi của gia đình tôi.",
        ],
        ["Quyết định thu hồi đất (bản sao)", "Biên bản kiểm đếm"],
    ),
    (
        "ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI, TÀI SẢN GẮN LIỀN VỚI ĐẤT",
        "",
        [
            "Nội dung biến động: thay đổi số căn cước trên Giấy chứng nhận đã cấp.",
            "Lý do biến động: đổi từ chứng minh nhân dân sang căn cước.",
        ],
        ["Giấy chứng nhận đã cấp (bản gốc)", "Căn cước (bản sao)"],
    ),
    (
        "ĐƠN XIN NGHỈ PHÉP",
        "",
        [
            "Nay tôi làm đơn này kính mong lãnh đạo cho tôi nghỉ phép 05 ngày để giải quyết việc gia đình.",
            "Trong thời gian nghỉ tôi đã bàn giao công việc cho đồng nghiệp.",
        ],
        ["Bảng bàn giao công việc", "Lịch công tác"],
    ),
    (
        "TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH",
        "",
        [
            "Đề nghị cơ quan cấp bản sao trích lục khai sinh cho người có tên nêu trên.",
            "Số lượng bản sao đề nghị cấp: 03 bản.",
        ],
        ["Căn cước (bản sao)", "Giấy khai sinh (bản chính)"],
    ),
    (
        "ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG",
        "Sử dụng cho nhà ở riêng lẻ",
        [
            "Tôi đề nghị cấp giấy phép xây dựng nhà ở 02 tầng trên thửa đất của gia đình.",
            "Tôi cam kết làm theo đúng giấy phép được cấp.",
        ],
        [
            "Bản vẽ thiết kế (02 bộ)",
            "Giấy chứng nhận quyền sử dụng đất (bản sao)",
        ],
    ),
    (
        "ĐƠN ĐỀ NGHỊ HƯỞNG TRỢ CẤP XÃ HỘI",
        "",
        [
            "Hoàn cảnh gia đình tôi thuộc diện hộ nghèo, bản thân bị khuyết tật nặng.",
            "Tôi xin cam đoan những lời khai trên là đúng.",
        ],
        ["Giấy xác nhận khuyết tật", "Sổ hộ nghèo"],
    ),
];

/// Đơn, tờ khai.
pub(super) fn application(desk: &mut Desk<'_>) {
    desk.start(210.0, 297.0);
    let (left, width) = (desk.left, desk.width);
    desk.y = mm(20.0);
    desk.state(left, width, 13.0, Tint::Black);
    // The two worlds ask for different things.
    let half = MATTERS.len() as u32 / 2;
    let base = if desk.world == crate::grammar::World::A {
        0
    } else {
        half
    };
    let index = (base + desk.int(0, half - 1)) as usize;
    let (title, subject, said, enclosed) = MATTERS[index.min(MATTERS.len() - 1)];
    desk.centred(title, bold(15.0), 20.0);
    if subject.is_empty() {
        desk.note("subject", crate::grammar::capital(&title.to_lowercase()));
    } else {
        desk.centred(subject, bold(13.0), 0.0);
        desk.note("subject", subject);
    }
    let to = desk.issuer.name.clone();
    desk.centred(&format!("Kính gửi: {to}"), bold_italic(13.5), 10.0);
    desk.y += 6.0;
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1950, 2003));
    desk.dotted = desk.chance(0.6);
    who(desk, &person);
    desk.dotted = false;
    for text in said {
        desk.text(text);
    }
    desk.text("Tôi xin gửi kèm theo đơn các giấy tờ sau:");
    for text in enclosed {
        desk.text(&format!("- {text};"));
    }
    desk.text("Tôi xin chịu trách nhiệm trước pháp luật về nội dung đơn và trân trọng cảm ơn./.");
    close(desk, &person);
}

fn who(desk: &mut Desk<'_>, person: &Person) {
    let name = desk.say("Tôi tên là:", "Họ và tên người đề nghị:");
    desk.row(vec![cell(name, &person.name, "full_name")]);
    desk.row(vec![
        day("Sinh ngày:", person.birth, "birth_date"),
        cell("Giới tính:", person.sex(), "sex"),
    ]);
    let card = desk.say("Số căn cước công dân:", "CCCD/CMND số:");
    let issued = slashed((desk.int(1, 28), desk.int(1, 12), desk.int(2016, 2024)));
    desk.row(vec![
        cell(card, &person.number, "id_number"),
        cell("Ngày cấp:", &issued, ""),
    ]);
    desk.note("owner_number", person.number.as_str());
    let home = desk.say("Nơi thường trú:", "Địa chỉ:");
    desk.row(vec![cell(home, &person.home, "residence")]);
    let phone = format!(
        "09{}.{}.{}",
        desk.int(10, 89),
        desk.int(100, 999),
        desk.int(100, 999)
    );
    desk.row(vec![cell("Số điện thoại:", &phone, "")]);
}

fn close(desk: &mut Desk<'_>, person: &Person) {
    let x = desk.left + desk.width - mm(84.0);
    desk.y += 10.0;
    let top = desk.y;
    let pen = desk.chance(0.4);
    let (d, m, y) = desk.date;
    let date = if pen {
        format!("{}, ngày ~{d:02}~ tháng ~{m}~ năm {y}", desk.issuer.place)
    } else {
        format!("{}, {}", desk.issuer.place, long(desk.date))
    };
    desk.centred_in(&date, italic(13.0), 0.0, x, mm(84.0), Region::Signature);
    if pen {
        desk.fields.flag("handwritten_date");
        desk.fields.tag("hw-date");
    }
    let (date, place) = (super::desk::iso(desk.date), desk.issuer.place.clone());
    desk.note("issued_date", date);
    desk.note("place", place);
    let title = desk.say("NGƯỜI LÀM ĐƠN", "Người đề nghị");
    desk.sign_plain(title, &person.name, x, mm(84.0), mm(20.0));
    if desk.chance(0.35) {
        desk.y = top + 6.0;
        let left = desk.left;
        desk.centred_in(
            "XÁC NHẬN CỦA ỦY BAN NHÂN DÂN",
            bold(12.5),
            0.0,
            left,
            mm(74.0),
            Region::Recipients,
        );
        desk.centred_in(
            "Ông (bà) có tên trên hiện cư trú tại địa phương.",
            plain(12.0),
            2.0,
            left,
            mm(74.0),
            Region::Recipients,
        );
        desk.sign(
            &["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
            left,
            mm(74.0),
            mm(20.0),
        );
    }
}

/// Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
pub(super) fn receipt(desk: &mut Desk<'_>) {
    desk.date.2 = desk.date.2.max(2018);
    desk.start(210.0, 297.0);
    desk.y = mm(20.0);
    let small = desk.chance(0.4);
    let code = code(desk);
    if desk.chance(0.6) {
        let text = format!(
            "{code}|1.{:06}.000.00.00|{}",
            desk.int(1000, 99_999),
            slashed(desk.date)
        );
        desk.page
            .marks
            .extend(codes::qr(&text, (mm(8.0), mm(6.0)), mm(17.0)));
        desk.fields.flag("has_qr");
        desk.y = mm(26.0);
    }
    let name = desk.issuer.header.clone();
    let unit = desk.say(
        "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ",
        "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    );
    desk.header(&name, unit, None);
    desk.centred_in(
        &format!("Mã hồ sơ: {code}"),
        plain(12.0),
        6.0,
        desk.left - mm(6.0),
        mm(72.0),
        Region::HeaderLeft,
    );
    desk.note("case_code", code);
    let title = desk.say(
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "GIẤY BIÊN NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    );
    desk.centred(title, bold(14.5), 14.0);
    desk.y += 6.0;
    let woman = desk.chance(0.5);
    let person = desk.person(woman, (1950, 2004));
    desk.row(vec![cell(
        "Bộ phận tiếp nhận và trả kết quả:",
        &desk.issuer.name.clone(),
        "agency",
    )]);
    desk.row(vec![
        cell("Tiếp nhận hồ sơ của:", &person.name, "full_name").strong(),
    ]);
    desk.row(vec![cell("Địa chỉ:", &person.home, "residence")]);
    desk.row(vec![cell("Số căn cước:", &person.number, "id_number")]);
    desk.note("owner_number", person.number.as_str());
    let matter = desk.one_of(&[
        "Đăng ký khai sinh",
        "Cấp Giấy chứng nhận quyền sử dụng đất lần đầu",
        "Chứng thực bản sao từ bản chính",
        "Đăng ký kết hôn",
        "Cấp Phiếu lý lịch tư pháp",
        "Đăng ký thành lập hộ kinh doanh",
    ]);
    desk.row(vec![cell(
        "Nội dung yêu cầu giải quyết:",
        matter,
        "subject",
    )]);
    desk.row(vec![cell("", "Thành phần hồ sơ nộp gồm:", "")]);
    let mut rows = vec![
        ["STT", "Tên giấy tờ", "Bản chính", "Bản sao"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (index, name) in [
        "Tờ khai theo mẫu",
        "Căn cước công dân",
        "Giấy chứng nhận kết hôn",
        "Giấy khai sinh",
    ]
    .iter()
    .enumerate()
    .take(if small { 2 } else { 4 })
    {
        rows.push(vec![
            (index + 1).to_string(),
            (*name).to_owned(),
            "01".to_owned(),
            if index == 0 { "0" } else { "01" }.to_owned(),
        ]);
    }
    desk.table(&[0.1, 0.54, 0.18, 0.18], &rows, 12.0);
    let (d, m, y) = desk.date;
    let due = ((d + 5).min(28), m, y);
    let days = format!("{} ngày làm việc", desk.int(1, 20));
    desk.row(vec![cell(
        "Thời gian giải quyết hồ sơ theo quy định:",
        &days,
        "",
    )]);
    let at = format!(
        "{:02} giờ {:02} phút, {}",
        desk.int(8, 16),
        desk.int(0, 59),
        long(desk.date)
    );
    desk.row(vec![cell("Thời gian nhận hồ sơ:", &at, "")]);
    desk.row(vec![cell(
        "Thời gian trả kết quả giải quyết hồ sơ:",
        &format!("16 giờ 30 phút, {}", long(due)),
        "",
    )]);
    desk.note("issued_date", super::desk::iso(desk.date));
    let top = desk.y + 12.0;
    let (left, half) = (desk.left, desk.width / 2.0);
    desk.y = top;
    desk.sign_plain("NGƯỜI NỘP HỒ SƠ", &person.name, left, half, mm(18.0));
    desk.y = top;
    let officer = desk.signer.clone();
    desk.sign_plain(
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        &officer,
        left + half,
        half,
        mm(18.0),
    );
    desk.note("signer_name", officer);
}

/// A case code in one of the two patterns in use.
fn code(desk: &mut Desk<'_>) -> String {
    let (d, m, y) = desk.date;
    let stamp = format!("{:02}{m:02}{d:02}", y % 100);
    if desk.chance(0.3) {
        format!(
            "000.{:02}.{:02}.H{:02}-{stamp}-{:04}",
            desk.int(1, 40),
            desk.int(1, 60),
            desk.int(1, 64),
            desk.int(1, 900)
        )
    } else {
        format!(
            "H{:02}.{}-{stamp}-{:04}",
            desk.int(1, 64),
            desk.int(1, 160),
            desk.int(1, 900)
        )
    }
}
