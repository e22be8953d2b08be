//! Piles of pages, cut.

use super::*;
use crate::classify::{Code, Sight, Symbology};
use crate::document::{Line, Point, Rect, Word};
use crate::separator::Payload;

/// A page being made: lines with their upper edge as a share of the height.
struct Paper {
    lines: Vec<Line>,
    sight: Sight,
    size_px: (u32, u32),
    blank: bool,
}

/// A4 at 200 dpi.
const A4: (u32, u32) = (1654, 2339);

fn paper(lines: &[(f32, &str)]) -> Paper {
    let line = |(top, text): &(f32, &str)| {
        let words = text.split(' ').zip(0_u16..).map(|(word, index)| Word {
            text: word.to_owned(),
            bbox: Rect {
                x: 200.0 + 60.0 * f32::from(index),
                y: top * A4.1 as f32,
                w: 50.0,
                h: 30.0,
            },
            confidence: 0.9,
            ..Word::default()
        });
        Line {
            words: words.collect(),
            baseline: [Point::default(); 2],
            block: 0,
        }
    };
    Paper {
        lines: lines.iter().map(line).collect(),
        sight: Sight::default(),
        size_px: A4,
        blank: lines.is_empty(),
    }
}

impl Paper {
    fn with_code(mut self, symbology: Symbology, text: &str) -> Self {
        self.blank = false;
        self.sight.codes.push(Code {
            symbology,
            text: text.to_owned(),
            bbox: Rect::default(),
        });
        self
    }
}

fn separator(data: &[(&str, &str)]) -> Paper {
    let owned = data
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let text = Payload::new(owned).unwrap().written();
    paper(&[
        (0.2, "TỜ PHÂN CÁCH VĂN BẢN"),
        (0.26, "DOCUMENT SEPARATOR SHEET"),
    ])
    .with_code(Symbology::Qr, &text)
}

fn decision(number: u32) -> Paper {
    paper(&[
        (0.06, "ỦY BAN NHÂN DÂN"),
        (0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0.08, "Độc lập - Tự do - Hạnh phúc"),
        (0.11, &format!("Số: {number}/QĐ-UBND")),
        (0.11, "Hà Nội, ngày 05 tháng 01 năm 2020"),
        (0.2, "QUYẾT ĐỊNH"),
        (0.22, "Về việc bổ nhiệm công chức"),
        (0.4, "Căn cứ Luật Tổ chức chính quyền địa phương;"),
    ])
}

fn body(number: &str) -> Paper {
    paper(&[
        (0.05, number),
        (
            0.1,
            "Điều 2. Chánh Văn phòng và các ông bà có tên chịu trách nhiệm",
        ),
        (0.14, "thi hành Quyết định này kể từ ngày ký."),
    ])
}

fn last(number: &str) -> Paper {
    let mut page = body(number);
    page.lines.extend(
        paper(&[
            (0.3, "Nơi nhận:"),
            (0.3, "TM. ỦY BAN NHÂN DÂN"),
            (0.32, "CHỦ TỊCH"),
        ])
        .lines,
    );
    page
}

fn blank() -> Paper {
    paper(&[])
}

/// For each page what became of it: `start`, `separator`, `first_page`, `-` (kept), `sheet`, `back`; then the flags.
fn cut(split: Split, papers: &[Paper]) -> (Vec<&'static str>, Vec<String>) {
    let mut cutter = Cutter::new(split);
    let mut said = Vec::new();
    let mut flags = Vec::new();
    for (paper, number) in papers.iter().zip(1..) {
        let sheet = Sheet {
            number,
            size_px: paper.size_px,
            dpi: 200.0,
            lines: &paper.lines,
            sight: &paper.sight,
        };
        let (verdict, found) = cutter.next(&sheet, paper.blank);
        flags.extend(
            found
                .into_iter()
                .map(|flag| format!("{number} {}", flag.code)),
        );
        said.push(match verdict {
            Verdict::Keep => "-",
            Verdict::Begin(begin) => begin.reason.code(),
            Verdict::Drop(Dropped::Sheet) => "sheet",
            Verdict::Drop(Dropped::Back) => "back",
        });
    }
    flags.extend(cutter.end().into_iter().map(|flag| flag.code));
    (said, flags)
}

#[test]
fn nothing_is_cut_unless_asked() {
    let pile = [decision(1), separator(&[]), blank(), decision(2)];
    let (said, flags) = cut(Split::None, &pile);
    assert_eq!((said, flags), (vec!["start", "-", "-", "-"], vec![]));
}

#[test]
fn sheets_cut_and_take_their_blank_backs_along() {
    let pile = [
        separator(&[]),
        blank(),
        decision(1),
        blank(),
        body("2"),
        separator(&[("box", "1")]),
        decision(2),
        blank(),
        separator(&[]),
        blank(),
        blank(),
        body("3"),
    ];
    let (said, flags) = cut(Split::Sheets, &pile);
    let expected = [
        "sheet",
        "back",
        "separator",
        "-",
        "-",
        "sheet",
        "separator",
        "-",
        "sheet",
        "back",
        "separator",
        "-",
    ];
    assert_eq!(said, expected);
    assert_eq!(flags, Vec::<String>::new());
}

#[test]
fn what_a_sheet_says_is_said_of_its_own_document() {
    let mut cutter = Cutter::new(Split::Sheets);
    let mut begins = Vec::new();
    let pile = [
        body("1"),
        separator(&[("box", "17"), ("record", "4")]),
        body("1"),
        body("2"),
        separator(&[("record", "5")]),
        body("1"),
        separator(&[]).with_code(Symbology::Qr, "https://example.vn"),
        body("1"),
    ];
    for (paper, number) in pile.iter().zip(1..) {
        let sheet = Sheet {
            number,
            size_px: A4,
            dpi: 200.0,
            lines: &paper.lines,
            sight: &paper.sight,
        };
        if let (Verdict::Begin(begin), _) = cutter.next(&sheet, false) {
            let said = begin.separator.map(|separator| {
                let pairs = separator
                    .data
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"));
                (separator.page, pairs.collect::<Vec<_>>().join(" "))
            });
            begins.push((number, said));
        }
    }
    let said = |page, text: &str| Some((page, text.to_owned()));
    assert_eq!(
        begins,
        [
            (1, None),
            (3, said(2, "box=17 record=4")),
            (6, said(5, "record=5")),
            (8, said(7, "")),
        ]
    );
}

#[test]
fn sheets_without_a_document_are_told() {
    let pile = [separator(&[]), separator(&[]), body("1"), separator(&[])];
    let (said, flags) = cut(Split::Sheets, &pile);
    assert_eq!(said, ["sheet", "sheet", "separator", "sheet"]);
    assert_eq!(
        flags,
        ["2 separator_without_document", "separator_without_document"]
    );
}

#[test]
fn codes_of_others_are_no_separators() {
    let pile = [
        body("1"),
        body("2").with_code(Symbology::Qr, "079085012345|024567890|Nguyễn Văn A"),
        body("3").with_code(Symbology::Code128, "8934588012228"),
        body("4").with_code(Symbology::Qr, "SAOY1:DOC;a=1"),
    ];
    let (said, flags) = cut(Split::Sheets, &pile);
    assert_eq!((said, flags), (vec!["start", "-", "-", "-"], vec![]));
    let pile = [
        body("1"),
        blank().with_code(Symbology::PatchT, ""),
        body("1"),
    ];
    assert_eq!(cut(Split::Sheets, &pile).0, ["start", "sheet", "separator"]);
}

#[test]
fn a_sheet_that_cannot_be_read_cuts_nothing_and_is_told() {
    let mut torn = separator(&[]);
    torn.sight.codes.clear();
    let damaged = separator(&[("box", "17")]).sight.codes[0]
        .text
        .replace("17", "11");
    let damaged = body("9").with_code(Symbology::Qr, &damaged);
    let later = blank().with_code(Symbology::Code128, "SAOY7:SEP;c=0000");
    let pile = [
        body("1"),
        torn,
        body("1"),
        damaged,
        body("1"),
        later,
        body("1"),
    ];
    let (said, flags) = cut(Split::Sheets, &pile);
    assert_eq!(said, ["start", "-", "-", "-", "-", "-", "-"]);
    let expected = ["2", "4", "6"].map(|page| format!("{page} separator_unreadable"));
    assert_eq!(flags, expected);
}

#[test]
fn first_pages_are_known_by_what_they_say() {
    let letter = paper(&[
        (0.06, "SỞ TƯ PHÁP"),
        (0.06, "CỘNG HOÀ XÃ HỘI CHU NGHĨA VIỆT NAM"),
        (0.08, "Độc lập - Tự do - Hạnh phúc"),
        (0.11, "Số: 12/STP-VP"),
        (0.13, "V/v báo cáo"),
        (0.2, "Kính gửi: Ủy ban nhân dân thành phố"),
    ]);
    let birth = paper(&[
        (0.05, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0.07, "Độc lập - Tự do - Hạnh phúc"),
        (0.15, "GIẤY KHAI SINH"),
        (0.2, "Họ, chữ đệm, tên: NGUYỄN VĂN AN"),
    ]);
    let party = paper(&[
        (0.05, "ĐẢNG CỘNG SẢN VIỆT NAM"),
        (0.08, "Số 40-HD/VPTW"),
        (0.1, "Hà Nội, ngày 12 tháng 3 năm 2021"),
        (0.2, "HƯỚNG DẪN"),
    ]);
    let pile = [
        decision(1),
        body("2"),
        last("3"),
        decision(2),
        last("2"),
        blank(),
        letter,
        last("2"),
        birth,
        party,
        body("2"),
    ];
    let (said, flags) = cut(Split::Auto, &pile);
    let (f, k) = ("first_page", "-");
    assert_eq!(said, ["start", k, k, f, k, k, f, k, f, f, k]);
    assert_eq!(flags, Vec::<String>::new());
}

#[test]
fn annexes_quotations_and_forms_begin_nothing() {
    let header = [
        (0.1, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0.12, "Độc lập - Tự do - Hạnh phúc"),
    ];
    let with = |first: (f32, &'static str), rest: &[(f32, &'static str)]| {
        let lines: Vec<_> = std::iter::once(first)
            .chain(header)
            .chain(rest.iter().copied())
            .collect();
        paper(&lines)
    };
    let annex = with(
        (0.05, "Phụ lục II"),
        &[(0.2, "BIÊN BẢN"), (0.15, "Số: 1/BB-X")],
    );
    let rules = with(
        (0.05, "ỦY BAN NHÂN DÂN"),
        &[
            (0.2, "QUY CHẾ"),
            (
                0.24,
                "(Ban hành kèm theo Quyết định số 15/QĐ-UBND ngày 5 tháng 1 năm 2020)",
            ),
        ],
    );
    let form = with(
        (0.05, "Mẫu số 03"),
        &[(0.2, "ĐƠN ĐỀ NGHỊ"), (0.3, "Kính gửi: ..........")],
    );
    let mut quoted = body("2");
    let far = [
        (0.5, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0.52, "Số: 15/QĐ-UBND"),
    ];
    for row in 0..8_u8 {
        let top = 0.2 + 0.03 * f32::from(row);
        quoted
            .lines
            .extend(paper(&[(top, "một dòng chữ của thân văn bản")]).lines);
    }
    quoted.lines.extend(paper(&far).lines);
    // `QUYẾT ĐỊNH:` stands before the articles of a decision, on its second page when the grounds are many.
    let articles = paper(&[
        (0.05, "2"),
        (0.1, "QUYẾT ĐỊNH:"),
        (0.14, "Điều 1. Ban hành kèm theo"),
    ]);
    let pile = [decision(1), articles, last("3"), annex, rules, form, quoted];
    let (said, flags) = cut(Split::Auto, &pile);
    assert_eq!(said, ["start", "-", "-", "-", "-", "-", "-"]);
    // Rules with a header of their own belong to the decision before them, if that is in the pile.
    assert_eq!(flags, ["5 cut_doubtful"]);
    // A form that is filled in by somebody may be a paper of its own: after an end it is doubtful.
    let form = with(
        (0.05, "Mẫu số 03"),
        &[(0.2, "ĐƠN ĐỀ NGHỊ"), (0.3, "Kính gửi: UBND phường")],
    );
    let (said, flags) = cut(Split::Auto, &[decision(1), last("2"), form]);
    assert_eq!(said, ["start", "-", "-"]);
    assert_eq!(flags, ["3 cut_doubtful"]);
}

#[test]
fn a_header_alone_is_doubtful() {
    let bare = paper(&[
        (0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0.08, "Độc lập - Tự do - Hạnh phúc"),
        (0.3, "nội dung không rõ"),
    ]);
    let (said, flags) = cut(Split::Auto, &[decision(1), bare]);
    assert_eq!(said, ["start", "-"]);
    assert_eq!(flags, ["2 cut_doubtful"]);
}

#[test]
fn a_torn_sheet_before_a_first_page_is_cut_by_the_page() {
    let mut torn = separator(&[]);
    torn.sight.codes.clear();
    let (said, flags) = cut(Split::Auto, &[decision(1), last("2"), torn, decision(2)]);
    assert_eq!(said, ["start", "-", "-", "first_page"]);
    assert_eq!(flags, ["3 separator_unreadable"]);
}
