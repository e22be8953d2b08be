//! Pages made of lines, and the order they are read in.

use super::*;

/// A line of words, 10 px a letter and 40 px high, with its left edge at `x`.
fn line(x: f32, y: f32, text: &str) -> Line {
    let mut at = x;
    let words: Vec<Word> = text
        .split(' ')
        .map(|text| {
            let w = 16.0 * text.chars().count() as f32;
            let bbox = Rect {
                x: at,
                y: y - 40.0,
                w,
                h: 40.0,
            };
            at += w + 14.0;
            Word {
                text: text.to_owned(),
                bbox,
                confidence: 0.9,
                ..Word::default()
            }
        })
        .collect();
    Line {
        words,
        baseline: [Point { x, y }, Point { x: at, y }],
        block: 0,
    }
}

fn both(left: Line, right: Line) -> Line {
    let baseline = [left.baseline[0], right.baseline[1]];
    Line {
        words: left.words.into_iter().chain(right.words).collect(),
        baseline,
        block: 0,
    }
}

fn texts(lines: &[Line]) -> Vec<String> {
    let text = |line: &Line| {
        line.words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    lines.iter().map(text).collect()
}

fn body(y: f32) -> Line {
    line(
        200.0,
        y,
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 và các văn bản sửa đổi bổ sung",
    )
}

#[test]
fn a_header_is_read_as_two_columns() {
    let page = vec![
        both(
            line(260.0, 100.0, "ỦY BAN NHÂN DÂN"),
            line(1000.0, 100.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ),
        both(
            line(300.0, 160.0, "XÃ AN BÌNH"),
            line(1100.0, 160.0, "Độc lập - Tự do - Hạnh phúc"),
        ),
        both(
            line(280.0, 260.0, "Số: 15/UBND-VP"),
            line(1050.0, 262.0, "An Bình, ngày 05 tháng 01 năm 2024"),
        ),
        line(250.0, 320.0, "V/v báo cáo kết quả"),
        line(900.0, 420.0, "Kính gửi: Phòng Nội vụ"),
        body(500.0),
        body(560.0),
        body(620.0),
    ];
    let read = texts(&in_reading_order(page));
    assert_eq!(
        &read[..8],
        [
            "ỦY BAN NHÂN DÂN",
            "XÃ AN BÌNH",
            "Số: 15/UBND-VP",
            "V/v báo cáo kết quả",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "An Bình, ngày 05 tháng 01 năm 2024",
            "Kính gửi: Phòng Nội vụ",
        ]
    );
}

#[test]
fn short_addressees_are_no_part_of_the_left_column() {
    let page = vec![
        both(
            line(260.0, 100.0, "ỦY BAN NHÂN DÂN"),
            line(1000.0, 100.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ),
        both(
            line(300.0, 160.0, "XÃ AN BÌNH"),
            line(1100.0, 160.0, "Độc lập - Tự do - Hạnh phúc"),
        ),
        both(
            line(280.0, 260.0, "Số: 15/UBND-VP"),
            line(1050.0, 262.0, "An Bình, ngày 05 tháng 01 năm 2024"),
        ),
        line(250.0, 320.0, "V/v báo cáo kết quả"),
        line(330.0, 390.0, "Kinh gửi:"),
        line(360.0, 450.0, "- Sở Nội vụ;"),
        line(360.0, 510.0, "- Sở Văn hóa, Thể thao và Du lịch tỉnh;"),
        body(580.0),
        body(640.0),
        body(700.0),
    ];
    let read = texts(&in_reading_order(page));
    assert_eq!(
        &read[3..10],
        [
            "V/v báo cáo kết quả",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "An Bình, ngày 05 tháng 01 năm 2024",
            "Kinh gửi:",
            "- Sở Nội vụ;",
            "- Sở Văn hóa, Thể thao và Du lịch tỉnh;",
        ]
    );
}

#[test]
fn recipients_are_read_before_the_signature_beside_them() {
    let mut page: Vec<Line> = (0..20_u8)
        .map(|i| body(100.0 + 60.0 * f32::from(i)))
        .collect();
    page.extend([
        line(1250.0, 1340.0, "TM. ỦY BAN NHÂN DÂN"),
        both(
            line(200.0, 1400.0, "Nơi nhận:"),
            line(1330.0, 1400.0, "CHỦ TỊCH"),
        ),
        line(200.0, 1450.0, "- Như trên;"),
        line(200.0, 1500.0, "- Lưu: VT."),
        line(1280.0, 1800.0, "Nguyễn Văn An"),
    ]);
    let read = texts(&in_reading_order(page));
    assert_eq!(
        &read[20..],
        [
            "Nơi nhận:",
            "- Như trên;",
            "- Lưu: VT.",
            "TM. ỦY BAN NHÂN DÂN",
            "CHỦ TỊCH",
            "Nguyễn Văn An"
        ]
    );
}

#[test]
fn forms_and_tables_are_read_across() {
    let mut page = vec![
        body(100.0),
        body(160.0),
        body(220.0),
        body(280.0),
        body(340.0),
    ];
    for y in [400.0, 460.0, 520.0] {
        page.push(both(
            line(200.0, y, "Giới tính: Nam"),
            line(900.0, y, "Dân tộc: Kinh"),
        ));
    }
    page.extend((0..8_u8).map(|i| body(600.0 + 60.0 * f32::from(i))));
    let read = texts(&in_reading_order(page));
    assert_eq!(&read[5..8], ["Giới tính: Nam Dân tộc: Kinh"; 3]);
}

#[test]
fn wide_justified_gaps_are_not_gutters() {
    let mut wide = line(200.0, 100.0, "Căn cứ Luật Lưu trữ");
    for (index, word) in (0_u8..).zip(&mut wide.words) {
        word.bbox.x += 75.0 * f32::from(index);
    }
    let read = in_reading_order(vec![wide, body(160.0), body(220.0)]);
    assert_eq!(texts(&read)[0], "Căn cứ Luật Lưu trữ");
}

#[test]
fn every_word_survives() {
    let page: Vec<Line> = (0..40_u8)
        .map(|i| {
            line(
                f32::from(i % 5) * 300.0,
                1000.0 - f32::from(i) * 17.0,
                "một hai ba",
            )
        })
        .collect();
    let words: usize = in_reading_order(page)
        .iter()
        .map(|line| line.words.len())
        .sum();
    assert_eq!(words, 120);
}
