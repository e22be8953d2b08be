//! What is chosen and what is left, on lines as the engine gives them.

use saoy_ocr::Nearly;

use super::*;
use crate::document::{Point, Word};

/// A line of words; `~` parts a word from what the engine nearly read, in order of place: `khâu~2ẩ7` is khâu with
/// ẩ 7 nats behind at its third letter.
fn line(text: &str) -> Line {
    let word = |text: &str| {
        let (text, nearly) = text.split_once('~').unwrap_or((text, ""));
        let mut parts = nearly.chars();
        let mut found = Vec::new();
        while let (Some(at), Some(letter), Some(behind)) =
            (parts.next(), parts.next(), parts.next())
        {
            found.push(Nearly {
                at: u16::try_from(at.to_digit(10).unwrap()).unwrap(),
                letter,
                behind: behind.to_digit(10).unwrap() as f32,
            });
        }
        Word {
            text: text.into(),
            nearly: found,
            ..Word::default()
        }
    };
    Line {
        words: text.split(' ').map(word).collect(),
        baseline: [Point::default(); 2],
        block: 0,
    }
}

fn chosen(lines: &[&str]) -> Vec<Line> {
    let mut lines: Vec<Line> = lines.iter().map(|text| line(text)).collect();
    choose(&mut lines, Model::built_in().unwrap());
    lines
}

fn text(line: &str) -> String {
    chosen(&[line]).iter().map(Line::text).collect()
}

#[test]
fn what_was_nearly_read_is_taken_where_it_makes_sense() {
    assert_eq!(
        text("thủ tục xuất khâu,~2ẩ7 nhập khâu~2ẩ8 hàng hóa"),
        "thủ tục xuất khẩu, nhập khẩu hàng hóa"
    );
    assert_eq!(
        text("cơ quan có thâm~2ẩ9 quyên~3ề9 quyết định"),
        "cơ quan có thẩm quyền quyết định"
    );
    assert_eq!(text("CƠ CẤU TÔ~1Ổ8 CHỨC"), "CƠ CẤU TỔ CHỨC");
}

#[test]
fn a_syllable_that_cannot_be_is_mended_without_the_engine() {
    assert_eq!(
        text("theo quy định của pháp luât"),
        "theo quy định của pháp luật"
    );
    assert_eq!(text("QUYÉT ĐỊNH"), "QUYẾT ĐỊNH");
}

#[test]
fn the_text_goes_on_in_the_next_line() {
    let lines = chosen(&["các cơ quan, tổ chức có thẩm", "quyên~3ề9 ban hành"]);
    assert_eq!(lines[1].text(), "quyền ban hành");
}

#[test]
fn the_engines_own_word_is_kept() {
    let lines = chosen(&["giấy phép xuất khâu~2ẩ7 hàng hóa"]);
    let word = &lines[0].words[3];
    assert_eq!(
        (word.text.as_str(), word.engine.as_deref()),
        ("khẩu", Some("khâu"))
    );
    assert!(
        lines[0]
            .words
            .iter()
            .take(3)
            .all(|word| word.engine.is_none())
    );
}

#[test]
fn what_was_read_stays_where_it_makes_sense() {
    for sound in [
        "hàng năm, quý III, tổ chức, cá nhân phải nộp thuế",
        "mức chi cho hội nghị, hội thảo",
        "khâu chuẩn bị và cá khô",
    ] {
        let doubtful: Vec<String> = sound.split(' ').map(|word| format!("{word}~0x9")).collect();
        assert_eq!(text(&doubtful.join(" ")), sound);
    }
}

#[test]
fn names_numbers_codes_and_foreign_words_stay() {
    for line in [
        "Bé~1ế3 Trường Thành",
        "Nguyễn Vãn~1ă2 Tô~1ổ2",
        "NGUYỄN VÃN~1Ă2 TÔ~1Ổ2",
        "ông Hoàng Quôc~2ố2 Tô~1ổ2 và bà",
        "số 15/QD-UBND ngày 05/6/2008",
        "gửi về Website hoặc email: a@b.vn",
        "theo mẫu CA và UBND",
    ] {
        let bare: Vec<&str> = line
            .split(' ')
            .map(|word| word.split('~').next().unwrap_or_default())
            .collect();
        assert_eq!(text(line), bare.join(" "));
    }
}

#[test]
fn nothing_comes_of_nothing() {
    assert!(chosen(&[]).is_empty());
    assert_eq!(text("./. - ; 123"), "./. - ; 123");
}
