//! Whole papers, set in words on a made page, through all steps.

use crate::classify::{Classified, Evidence, Handwriting, Options, Sheet, Sight};
use crate::document::{Line, Point, Rect, Word};

/// Width of the page, px at 100 dpi.
const WIDTH: f32 = 827.0;
/// Height of a word, px.
const HIGH: f32 = 16.0;

/// A page that is written line by line.
#[derive(Default)]
struct Page {
    lines: Vec<Line>,
    sight: Sight,
}

impl Page {
    /// A line about `centre`, its top at `y`.
    fn centred(mut self, centre: f32, y: f32, text: &str) -> Self {
        let start = centre - width(text) / 2.0;
        self.lines.push(line(start, y, text));
        self
    }

    /// A line from `x` on.
    fn from(mut self, x: f32, y: f32, text: &str) -> Self {
        self.lines.push(line(x, y, text));
        self
    }

    fn left(self, y: f32, text: &str) -> Self {
        self.centred(230.0, y, text)
    }

    fn right(self, y: f32, text: &str) -> Self {
        self.centred(580.0, y, text)
    }

    fn middle(self, y: f32, text: &str) -> Self {
        self.centred(420.0, y, text)
    }

    /// The national title, and `date` under it.
    fn state(self, date: &str) -> Self {
        self.right(60.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
            .right(82.0, "Độc lập - Tự do - Hạnh phúc")
            .right(130.0, date)
    }

    /// Text enough for margins, from `y` on.
    fn text(mut self, y: f32) -> Self {
        for (index, start) in [150.0, 120.0, 120.0, 120.0].into_iter().enumerate() {
            let at = y + 24.0 * index as f32;
            let text =
                "Căn cứ tình hình thực tế của đơn vị trong các năm gần đây và theo đề nghị của ông";
            self = self.from(start, at, text);
        }
        self
    }

    /// What the page is and says.
    fn told(&self) -> Classified {
        let mut evidence = Evidence::default();
        evidence.add(&self.sheet(1));
        evidence.conclude(&Options::default())
    }

    fn sheet(&self, number: u32) -> Sheet<'_> {
        Sheet {
            number,
            size_px: (WIDTH as u32, 1169),
            dpi: 100.0,
            lines: &self.lines,
            sight: &self.sight,
        }
    }
}

fn width(text: &str) -> f32 {
    text.chars().count() as f32 * 7.4
}

fn line(x: f32, y: f32, text: &str) -> Line {
    let mut at = x;
    let mut words = Vec::new();
    // Runs of spaces are gaps, as a form leaves for a pen.
    for word in text.split(' ') {
        let w = width(word);
        if !word.is_empty() {
            words.push(Word {
                text: word.to_owned(),
                bbox: Rect {
                    x: at,
                    y,
                    w,
                    h: HIGH,
                },
                confidence: 0.96,
                ..Word::default()
            });
        }
        at += w + 7.4;
    }
    Line {
        words,
        baseline: [x, at].map(|x| Point { x, y: y + HIGH }),
        block: 0,
    }
}

fn value<'a>(told: &'a Classified, field: &str) -> Option<&'a str> {
    told.fields
        .get(field)
        .and_then(|field| field.value.as_deref())
}

fn code(told: &Classified) -> Option<&str> {
    told.kind.as_ref().map(|kind| kind.code.as_str())
}

fn flagged(told: &Classified, code: &str) -> bool {
    told.flags.iter().any(|flag| flag.code == code)
}

/// A decision of a department, with `number` before the slash.
fn decision(number: &str) -> Page {
    Page::default()
        .left(60.0, "UBND TỈNH HÀ NAM")
        .left(82.0, "SỞ NỘI VỤ")
        .left(130.0, &format!("Số: {number}/QĐ-SNV"))
        .state("Hà Nam, ngày 05 tháng 02 năm 2021")
        .middle(190.0, "QUYẾT ĐỊNH")
        .middle(214.0, "Về việc ban hành Quy chế tiếp công dân")
        .middle(236.0, "của Sở Nội vụ tỉnh Hà Nam")
        .middle(290.0, "GIÁM ĐỐC SỞ NỘI VỤ")
        .text(330.0)
        .middle(440.0, "QUYẾT ĐỊNH:")
        .from(
            150.0,
            470.0,
            "Điều 1. Quyết định này có hiệu lực kể từ ngày ký, trong năm 2021.",
        )
        .from(120.0, 600.0, "Nơi nhận:")
        .from(120.0, 624.0, "- Như Điều 1;")
        .from(120.0, 646.0, "- Lưu: VT, VP.")
        .right(600.0, "KT. GIÁM ĐỐC")
        .right(624.0, "PHÓ GIÁM ĐỐC")
        .right(760.0, "Nguyễn Văn Bình")
}

#[test]
fn a_decision_says_all_it_has() {
    let told = decision("15").told();
    assert_eq!(code(&told), Some("QĐ"));
    assert!(told.kind.as_ref().unwrap().confidence > 0.95);
    for (field, expected) in [
        ("number_symbol", "15/QĐ-SNV"),
        ("issued_date", "2021-02-05"),
        ("place", "Hà Nam"),
        ("agency", "Sở Nội vụ tỉnh Hà Nam"),
        ("parent_agency", "Ủy ban nhân dân tỉnh Hà Nam"),
        (
            "subject",
            "Về việc ban hành Quy chế tiếp công dân của Sở Nội vụ tỉnh Hà Nam",
        ),
        ("signer_name", "Nguyễn Văn Bình"),
        ("signer_title", "PHÓ GIÁM ĐỐC"),
        ("signer_authority", "KT. GIÁM ĐỐC"),
        ("recipients", "Như Điều 1; Lưu: VT, VP"),
        ("type_code", "02"),
        ("page_count", "1"),
    ] {
        assert_eq!(value(&told, field), Some(expected), "{field}");
    }
    for field in ["number_symbol", "issued_date", "agency", "subject"] {
        let sure = told.fields[field].confidence;
        assert!(sure >= 0.9, "{field} {sure}");
        assert!(told.fields[field].bbox.is_some());
    }
    let parts = &told.fields["number_symbol"].parts;
    assert_eq!(
        (
            parts["number"].as_str(),
            parts["type"].as_str(),
            parts["organ"].as_str()
        ),
        ("15", "QĐ", "SNV")
    );
}

/// A decision whose signature block is `lines`, from under the text on.
fn signed(recipients: &[&str], lines: &[(f32, &str)]) -> Classified {
    let mut page = Page::default()
        .left(60.0, "UBND TỈNH HÀ NAM")
        .left(82.0, "SỞ NỘI VỤ")
        .left(130.0, "Số: 15/QĐ-SNV")
        .state("Hà Nam, ngày 05 tháng 02 năm 2021")
        .middle(190.0, "QUYẾT ĐỊNH")
        .middle(214.0, "Về việc ban hành Quy chế tiếp công dân")
        .text(330.0)
        .from(120.0, 600.0, "Nơi nhận:");
    for (index, entry) in recipients.iter().enumerate() {
        page = page.from(120.0, 624.0 + 22.0 * index as f32, entry);
    }
    for (y, line) in lines {
        page = page.right(*y, line);
    }
    page.told()
}

const RECIPIENTS: [&str; 2] = ["- Như Điều 1;", "- Lưu: VT."];

#[test]
fn the_partys_marks_of_authority_have_strokes() {
    let told = signed(
        &RECIPIENTS,
        &[
            (600.0, "T/L BÍ THƯ"),
            (624.0, "K/T CHÁNH VĂN PHÒNG"),
            (648.0, "PHÓ CHÁNH VĂN PHÒNG"),
            (760.0, "Nguyễn Văn Bình"),
        ],
    );
    assert_eq!(
        value(&told, "signer_authority"),
        Some("T/L BÍ THƯ; K/T CHÁNH VĂN PHÒNG")
    );
    assert_eq!(value(&told, "signer_title"), Some("PHÓ CHÁNH VĂN PHÒNG"));
    let told = signed(
        &RECIPIENTS,
        &[(600.0, "7M. ỦY BAN NHÂN DÂN"), (624.0, "CHỦ TỊCH")],
    );
    assert_eq!(
        value(&told, "signer_authority"),
        Some("TM. ỦY BAN NHÂN DÂN")
    );
}

#[test]
fn who_signs_for_a_head_is_the_deputy() {
    let sure = |title: &str| {
        let told = signed(
            &RECIPIENTS,
            &[
                (600.0, "KT. VIỆN TRƯỞNG"),
                (624.0, title),
                (760.0, "Nguyễn Văn Bình"),
            ],
        );
        told.fields["signer_title"].confidence
    };
    assert!(sure("PHÓ VIỆN TRƯỞNG") >= 0.9);
    // The first word is lost under the seal.
    assert!(sure("VIỆN TRƯỞNG") < 0.7);
}

#[test]
fn strokes_of_seal_and_signature_are_no_letters() {
    let told = signed(
        &RECIPIENTS,
        &[(600.0, "GIÁM £ ĐỐC A"), (760.0, "TS. Kiều/Gia ^ Lợi")],
    );
    assert_eq!(value(&told, "signer_title"), Some("GIÁM ĐỐC"));
    assert_eq!(value(&told, "signer_name"), Some("Kiều Gia Lợi"));
}

#[test]
fn a_closed_entry_ends_though_the_next_has_lost_its_dash() {
    let told = signed(
        &[
            "- Như Điều 1;",
            "Các phòng, ban",
            "chuyên môn;",
            "- Lưu: VT.",
        ],
        &[(600.0, "GIÁM ĐỐC")],
    );
    assert_eq!(
        value(&told, "recipients"),
        Some("Như Điều 1; Các phòng, ban chuyên môn; Lưu: VT")
    );
}

#[test]
fn a_list_of_recipients_ends_with_the_offices_own_copy() {
    let told = signed(
        &["- Các ` phòng, ban ^ chuyên môn;", "- %", "- Lưu: VT."],
        &[(600.0, "GIÁM ĐỐC")],
    );
    assert_eq!(
        value(&told, "recipients"),
        Some("Các phòng, ban chuyên môn; Lưu: VT")
    );
    let told = signed(&["- Như Điều 1;"], &[(600.0, "GIÁM ĐỐC")]);
    assert!(told.fields["recipients"].confidence <= 0.6);
}

#[test]
fn a_title_that_was_not_known_leaves_the_authority_in_doubt() {
    let told = signed(
        &RECIPIENTS,
        &[(600.0, "KT. CỤC TRƯỞNG"), (624.0, "PHÓ TRƯỞNG")],
    );
    assert!(told.fields["signer_authority"].confidence <= 0.6);
}

#[test]
fn a_place_one_letter_from_a_province_is_doubted() {
    let sure = |place: &str| {
        let told = Page::default()
            .left(60.0, "UBND TỈNH HÀ NAM")
            .left(130.0, "Số: 15/QĐ-UBND")
            .state(&format!("{place}, ngày 05 tháng 02 năm 2021"))
            .middle(190.0, "QUYẾT ĐỊNH")
            .text(330.0)
            .told();
        told.fields["place"].confidence
    };
    assert!(sure("Phú Yên") >= 0.9);
    assert!(sure("Phá Yên") < 0.7);
    assert!(sure("Số: 06-KH/ThU Cần Thơ") < 0.7);
}

#[test]
fn a_letter_is_known_by_what_it_lacks() {
    let told = Page::default()
        .left(60.0, "BỘ TƯ PHÁP")
        .left(120.0, "Số: 935/BTP-VP")
        .left(150.0, "V/v lấy ý kiến dự thảo")
        .left(172.0, "Quy chế làm việc")
        .state("Hà Nội, ngày 14 tháng 11 năm 2019")
        .middle(230.0, "Kính gửi: Các đơn vị thuộc Bộ")
        .from(
            150.0,
            280.0,
            "Thực hiện Quyết định số 12/QĐ-BTP ngày 05 tháng 01 năm 2019 của Bộ trưởng",
        )
        .text(304.0)
        .told();
    assert_eq!(code(&told), Some("CV"));
    assert_eq!(value(&told, "number_symbol"), Some("935/BTP-VP"));
    assert_eq!(told.fields["number_symbol"].parts["unit"], "VP");
    assert_eq!(value(&told, "agency"), Some("Bộ Tư pháp"));
    assert_eq!(
        value(&told, "subject"),
        Some("V/v lấy ý kiến dự thảo Quy chế làm việc")
    );
}

#[test]
fn a_cropped_decree_is_named_by_its_symbol() {
    let told = Page::default()
        .left(60.0, "Số: 28/2021/NĐ-CP")
        .right(20.0, "Độc lập - Tự do - Hạnh phúc")
        .right(60.0, "Hà Nội, ngày 26 tháng 3 năm 2021")
        .middle(130.0, "NGHỊ ĐỊNH")
        .middle(154.0, "Quy định cơ chế quản lý tài chính")
        .text(220.0)
        .told();
    assert_eq!(code(&told), Some("NĐ"));
    assert_eq!(value(&told, "number_symbol"), Some("28/2021/NĐ-CP"));
    assert_eq!(value(&told, "agency"), Some("Chính phủ"));
    assert_eq!(value(&told, "scope"), Some("Cả nước"));
}

#[test]
fn joint_issuers_are_joined_and_lines_are_not_bodies() {
    let told = Page::default()
        .left(60.0, "BỘ TÀI NGUYÊN VÀ MÔI")
        .left(82.0, "TRƯỜNG - BỘ NỘI VỤ")
        .left(130.0, "Số: 01/2010/TTLT-BTNMT-BNV")
        .state("Hà Nội, ngày 08 tháng 01 năm 2010")
        .middle(190.0, "THÔNG TƯ LIÊN TỊCH")
        .middle(214.0, "Hướng dẫn về tổ chức phát triển quỹ đất")
        .text(280.0)
        .told();
    assert_eq!(code(&told), Some("TTLT"));
    assert_eq!(
        value(&told, "agency"),
        Some("Bộ Tài nguyên và Môi trường - Bộ Nội vụ")
    );
}

#[test]
fn a_paper_of_the_party_has_its_own_head() {
    let told = Page::default()
        .left(60.0, "TỈNH ỦY HÀ NAM")
        .left(82.0, "ỦY BAN KIỂM TRA")
        .left(104.0, "*")
        .left(130.0, "Số 40-HD/UBKTTU")
        .right(60.0, "ĐẢNG CỘNG SẢN VIỆT NAM")
        .right(130.0, "Hà Nam, ngày 05 tháng 01 năm 2022")
        .middle(190.0, "HƯỚNG DẪN")
        .middle(214.0, "về công tác kiểm tra, giám sát")
        .text(280.0)
        .told();
    assert_eq!(code(&told), Some("HD"));
    assert_eq!(value(&told, "number_symbol"), Some("40-HD/UBKTTU"));
    assert_eq!(
        value(&told, "agency"),
        Some("Ủy ban Kiểm tra Tỉnh ủy Hà Nam")
    );
    assert!(flagged(&told, "party_document"));
}

#[test]
fn a_gap_is_blank_and_a_hand_in_it_is_no_print() {
    let blank = decision("      ").told();
    assert_eq!(value(&blank, "number_symbol"), None);
    assert!(flagged(&blank, "blank_number"));
    assert_eq!(blank.fields["number_symbol"].parts["organ"], "SNV");

    let mut written = decision("15");
    let place = written.lines[2].words[1].bbox;
    written.sight.handwriting.push(Handwriting {
        bbox: Rect { w: 20.0, ..place },
        certainty: 0.9,
    });
    let told = written.told();
    assert!(flagged(&told, "handwritten_number"));
    assert!(told.fields["number_symbol"].confidence < 0.5);
}

#[test]
fn a_quoted_symbol_and_an_annex_do_not_win() {
    let mut evidence = Evidence::default();
    evidence.add(&decision("15").sheet(1));
    let annex = Page::default()
        .left(60.0, "CHÍNH PHỦ")
        .left(130.0, "Số: 99/2020/NĐ-CP")
        .state("Hà Nội, ngày 01 tháng 3 năm 2020")
        .middle(190.0, "NGHỊ ĐỊNH")
        .text(260.0);
    evidence.add(&annex.sheet(2));
    let told = evidence.conclude(&Options::default());
    assert_eq!(code(&told), Some("QĐ"));
    assert_eq!(value(&told, "number_symbol"), Some("15/QĐ-SNV"));
    assert_eq!(value(&told, "page_count"), Some("2"));
}

#[test]
fn a_thousand_pages_cost_no_more_than_a_dozen() {
    let mut evidence = Evidence::default();
    let page = decision("15");
    for number in 1..=1000 {
        evidence.add(&page.sheet(number));
    }
    assert_eq!(evidence.pages(), 1000);
    assert!(evidence.leaves().count() <= 9);
    assert_eq!(evidence.leaves().last().unwrap().number, 1000);
}

#[test]
fn an_empty_page_is_of_no_type() {
    let told = Page::default().told();
    assert!(told.kind.is_none());
    assert_eq!(value(&told, "number_symbol"), None);
}
