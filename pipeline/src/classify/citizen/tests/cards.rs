//! Cards: their faces, codes and zones.

use super::*;

#[test]
fn cards_of_three_generations() {
    let card = |pages: &[&str]| {
        propose(&evidence(pages, CARD, 300.0, &Sight::default()))
            .into_iter()
            .next()
            .unwrap_or_default()
    };
    let chip = format!(
        "{HEAD}CĂN CƯỚC CÔNG DÂN
Citizen Identity Card
Số / No.: 001090012345
Họ và tên / Full name:
NGUYỄN VĂN AN
Ngày sinh / Date of birth: 15/06/1990
Giới tính / Sex: Nam   Quốc tịch / Nationality: Việt Nam
Quê quán / Place of origin:
Đông Anh, Hà Nội
Nơi thường trú / Place of residence: Số 1 phố Huế
Hai Bà Trưng, Hà Nội
Có giá trị đến: 15/06/2030"
    );
    says(
        &card(&[&chip]),
        "cccd",
        &[
            ("id_number", "001090012345"),
            ("full_name", "NGUYỄN VĂN AN"),
            ("birth_date", "1990-06-15"),
            ("sex", "Nam"),
            ("nationality", "Việt Nam"),
            ("origin_place", "Đông Anh, Hà Nội"),
            ("expiry_date", "2030-06-15"),
            ("validity", "2030-06-15"),
        ],
    );
    let new = format!(
        "{HEAD}CĂN CƯỚC
IDENTITY CARD
Số định danh cá nhân / Personal identification number:
001090012345
Họ, chữ đệm và tên khai sinh / Full name:
NGUYỄN VĂN AN
Ngày, tháng, năm sinh / Date of birth: 15/06/1990
Giới tính / Sex: Nam   Quốc tịch / Nationality: Việt Nam"
    );
    says(
        &card(&[&new]),
        "the_can_cuoc",
        &[
            ("id_number", "001090012345"),
            ("full_name", "NGUYỄN VĂN AN"),
        ],
    );
    let old = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
GIẤY CHỨNG MINH NHÂN DÂN
SỐ 012345678
Họ tên: NGUYỄN VĂN AN
Sinh ngày: 15-06-1960
Nguyên quán: Đông Anh, Hà Nội
Nơi ĐKHK thường trú: Số 1 phố Huế";
    says(
        &card(&[old]),
        "cmnd",
        &[("id_number", "012345678"), ("birth_date", "1960-06-15")],
    );
}

#[test]
fn the_code_of_a_card_beats_what_was_read_and_a_difference_is_noted() {
    let text = "CĂN CƯỚC CÔNG DÂN
Số / No.: 001090012346
Họ và tên / Full name:
NGUYÊN VĂN AN
Ngày sinh / Date of birth: 15/06/1990";
    let sight = Sight {
        codes: vec![Code {
            symbology: Symbology::Qr,
            text: "001090012345|012345678|Nguyễn Văn An|15061990|Nam|Số 1, Hà Nội|25042021"
                .to_owned(),
            bbox: Rect::default(),
        }],
        ..Sight::default()
    };
    let proposals = propose(&evidence(&[text], CARD, 300.0, &sight));
    let card = &proposals[0];
    says(
        card,
        "cccd",
        &[
            ("id_number", "001090012345"),
            ("old_id_number", "012345678"),
            ("full_name", "NGUYỄN VĂN AN"),
            ("issued_date", "2021-04-25"),
        ],
    );
    let differs = card
        .flags
        .iter()
        .find(|flag| flag.code == "qr_differs_id_number");
    assert_eq!(
        differs
            .and_then(|flag| flag.detail.as_ref())
            .map(|detail| detail.vi.as_str()),
        Some("001*****2346")
    );
    assert!(card.fields["id_number"].confidence > 0.95);
}

#[test]
fn a_zone_whose_digits_do_not_hold_is_flagged() {
    let text = "Đặc điểm nhận dạng / Personal identification: nốt ruồi
Ngày, tháng, năm / Date, month, year: 25/04/2021
CỤC TRƯỞNG CỤC CẢNH SÁT QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI
IDVNM0900123451001090012345<<1
9006150M3006150VNM<<<<<<<<<<<1
NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<";
    let proposals = propose(&evidence(&[text], CARD, 300.0, &Sight::default()));
    assert_eq!(proposals[0].code, "cccd");
    let codes: Vec<&str> = proposals[0]
        .flags
        .iter()
        .map(|flag| flag.code.as_str())
        .collect();
    assert!(
        codes.contains(&"has_mrz") && codes.contains(&"mrz_check_failed"),
        "{codes:?}"
    );
    assert!(!proposals[0].fields.contains_key("mrz"));
    says(&proposals[0], "cccd", &[("issued_date", "2021-04-25")]);
}
