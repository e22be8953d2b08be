//! Where and when a paper was issued.

use super::joined;
use crate::classify::citizen::dates;
use crate::classify::citizen::fields::{Said, certainty};
use crate::classify::citizen::page::Page;
use crate::classify::citizen::pattern::Pattern;
use crate::classify::fold::folded;
use crate::classify::leaf::{Row, around};
use crate::record::Field;

/// The last line that is a place and a day: papers are dated over their signature; those that are headed like
/// letters, under the national title.
pub(super) fn dated(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    let late = [
        "Những thay đổi sau khi cấp giấy chứng nhận",
        "Nội dung thay đổi và cơ sở pháp lý",
        "Xác nhận của cơ quan có thẩm quyền",
    ]
    .map(Pattern::new);
    let had = said.value("issued_date").is_some();
    for page in pages {
        // What was entered after the issue has days of its own.
        let end = late
            .iter()
            .flat_map(|late| page.find(late))
            .filter_map(|place| Some(page.rows.get(place.row)?.level().y))
            .fold(f32::INFINITY, f32::min);
        for row in page.rows.iter().filter(|row| row.level().y < end) {
            let Some(line) = DateLine::of(row, code) else {
                continue;
            };
            let words = row
                .tokens
                .get(line.words.0..line.words.1)
                .unwrap_or_default();
            if !had {
                let mut field = Field::read(
                    line.iso,
                    certainty(page, words, line.fit),
                    page.leaf.number,
                    around(words.iter().map(|token| token.shown)),
                );
                field.text = Some(row.text());
                said.fields.insert("issued_date".to_owned(), field);
            }
            let place = row
                .tokens
                .get(line.place.0..line.place.1)
                .unwrap_or_default();
            let text = joined(place)
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_owned();
            if !text.is_empty() {
                let mut field = Field::read(
                    text.clone(),
                    certainty(page, place, 0.97),
                    page.leaf.number,
                    around(place.iter().map(|token| token.shown)),
                );
                field.text = Some(text);
                said.fields.insert("place".to_owned(), field);
            }
        }
    }
}

/// `Hải Phòng, ngày 17 tháng 9 năm 2025`.
struct DateLine {
    iso: String,
    fit: f32,
    /// Words of the date.
    words: (usize, usize),
    /// Words of the place.
    place: (usize, usize),
}

impl DateLine {
    fn of(row: &Row, code: &str) -> Option<Self> {
        let text = row.text();
        let found = dates::date(&text)?;
        let day = row
            .tokens
            .iter()
            .position(|token| token.key.starts_with("ngay"))?;
        let linked = row
            .tokens
            .iter()
            .any(|token| token.key.starts_with("thang") || token.key == "month");
        if !linked || day > found.words.0 || found.words.0 - day > 2 {
            return None;
        }
        let behind = row.tokens.len().saturating_sub(found.words.1);
        let before = row.tokens.get(..day)?;
        let place = joined(before);
        // Notaries begin their statement with the day.
        let notary =
            code == "hop_dong_cong_chung" && matches!(folded(&place).as_str(), "" | "homnay");
        let short = before.len() <= 7 && behind <= 2;
        let bare = before.is_empty() && behind <= 1;
        let fine = (notary && day <= 2)
            || short && (bare || placed(&place)) && !(text.contains(':') && code != "cmnd");
        fine.then_some(Self {
            iso: found.date.iso(),
            fit: if found.mended { 0.6 } else { 0.97 },
            words: found.words,
            place: if notary { (0, 0) } else { (0, day) },
        })
    }
}

/// Whether words before a day are a place: names in capitals, then a comma.
fn placed(text: &str) -> bool {
    let text = text.trim();
    let no_place = [
        "căn cứ",
        "luật",
        "theo",
        "số",
        "nghị",
        "cấp",
        "từ",
        "đến",
        "kể",
        "hồ sơ",
        "tại",
        "đăng ký",
        "thay đổi",
        "khóa",
        "thi",
    ];
    let low = text.to_lowercase();
    let words: Vec<&str> = low.split_whitespace().collect();
    let capital = text
        .chars()
        .find(|c| c.is_alphabetic())
        .is_some_and(char::is_uppercase);
    capital
        && text.ends_with([',', '.'])
        && !no_place
            .iter()
            .any(|word| low.starts_with(word) || words.contains(word))
}
