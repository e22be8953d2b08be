//! Values that forms print without a label: serial numbers, numbers of cards, names under a title.

use super::super::anchors::{Anchor, Reading};
use super::super::labels::Shape;
use super::super::page::Page;
use super::super::{identity, shapes};
use super::{Said, certainty};
use crate::classify::leaf::{Row, Token};
use crate::record::Field;

pub(super) fn complete(said: &mut Said, code: &str, page: &Page<'_>, anchors: &[Anchor]) {
    match code {
        "gcn_qsdd" => serial(said, page, anchors),
        "cccd" | "the_can_cuoc" | "cmnd" => lone_number(said, page),
        "gplx" => licence_number(said, page),
        "the_bhyt" | "so_bhxh" => insurance_number(said, page),
        "van_bang" | "chung_chi" => {
            graduate(said, page);
            title_subject(said, code, page);
        }
        "phieu_tiep_nhan" => case_code(said, page),
        _ => {}
    }
}

/// A value found by its form alone.
fn found(page: &Page<'_>, words: &[Token], value: String, fit: f32) -> Field {
    let reading = Reading {
        tokens: words.to_vec(),
    };
    let mut field = Field::read(
        value,
        certainty(page, words, fit),
        page.leaf.number,
        reading.shown(),
    );
    field.text = Some(reading.text());
    field
}

/// The number that a land certificate's blank bears: one or two letters and six to eight digits, alone on its
/// line; never what follows the label of the register.
fn serial(said: &mut Said, page: &Page<'_>, anchors: &[Anchor]) {
    for (index, row) in page.rows.iter().enumerate() {
        if anchors
            .iter()
            .any(|anchor| anchor.place.row == index || anchor.place.last_row == index)
        {
            continue;
        }
        let words: Vec<&Token> = row
            .tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .collect();
        let text: String = words
            .iter()
            .map(|token| token.text.as_str())
            .collect::<Vec<_>>()
            .join("");
        let Some((letters, digits)) = serial_parts(&text) else {
            continue;
        };
        // A register's number is written the same way, after its label in the row or in the one beside it.
        if words.len() > 3 || beside_register(page, row, anchors) {
            continue;
        }
        let fit = if digits.len() == 6 || digits.len() == 8 {
            1.0
        } else {
            0.8
        };
        said.offer(
            "serial_number",
            found(page, &row.tokens, format!("{letters} {digits}"), fit),
        );
    }
}

fn beside_register(page: &Page<'_>, row: &Row, anchors: &[Anchor]) -> bool {
    anchors
        .iter()
        .filter(|anchor| anchor.label.field == "register_number")
        .any(|anchor| {
            page.rows.get(anchor.place.last_row).is_some_and(|label| {
                (label.middle() - row.middle()).abs() < page.leaf.em
                    && label.level().x < row.level().x
            })
        })
}

fn serial_parts(text: &str) -> Option<(String, String)> {
    let letters: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
    let digits: String = text
        .chars()
        .skip_while(|c| c.is_alphabetic())
        .filter(|c| !matches!(c, ' ' | '.'))
        .collect();
    let fine = matches!(letters.chars().count(), 1..=2)
        && letters.chars().all(char::is_uppercase)
        && matches!(digits.len(), 6..=8)
        && digits.bytes().all(|b| b.is_ascii_digit());
    fine.then_some((letters, digits))
}

/// The number of a card in large figures, its label lost.
fn lone_number(said: &mut Said, page: &Page<'_>) {
    if said.value("id_number").is_some() {
        return;
    }
    for row in &page.rows {
        let reading = Reading {
            tokens: row.tokens.clone(),
        };
        if let Some(value) = shapes::value(&reading, Shape::Id)
            && (identity::plausible(&value.value) || value.value.len() == 9)
        {
            let words = reading
                .tokens
                .get(value.words.0..value.words.1)
                .unwrap_or_default();
            said.offer(
                "id_number",
                found(page, words, value.value, 0.85 * value.fit),
            );
        }
    }
}

/// Twelve digits on a driving licence.
fn licence_number(said: &mut Said, page: &Page<'_>) {
    if let Some(field) = said.fields.get_mut("number_symbol")
        && field
            .value
            .as_ref()
            .is_some_and(|value| value.chars().filter(char::is_ascii_digit).count() != 12)
    {
        field.confidence *= 0.6;
    }
    if said.value("number_symbol").is_some() {
        return;
    }
    for row in &page.rows {
        for (index, token) in row.tokens.iter().enumerate() {
            let digits: String = token.text.chars().filter(char::is_ascii_digit).collect();
            if digits.len() == 12 {
                let words = row.tokens.get(index..=index).unwrap_or_default();
                said.offer("number_symbol", found(page, words, digits, 0.85));
            }
        }
    }
}

/// Two letters and thirteen digits of a health insurance card, maybe in groups; else ten digits.
fn insurance_number(said: &mut Said, page: &Page<'_>) {
    if let Some(field) = said.fields.get_mut("insurance_number") {
        let digits = field.value.as_ref().map_or(0, |value| {
            value.chars().filter(char::is_ascii_digit).count()
        });
        if !matches!(digits, 10 | 13 | 15) {
            field.confidence *= 0.6;
        }
        return;
    }
    for row in &page.rows {
        for start in 0..row.tokens.len() {
            let mut code = String::new();
            for (index, token) in row.tokens.iter().enumerate().skip(start).take(5) {
                code.extend(token.text.chars().filter(|c| c.is_alphanumeric()));
                let (letters, digits) = code.split_at(
                    code.len().min(
                        code.find(|c: char| c.is_ascii_digit())
                            .unwrap_or(code.len()),
                    ),
                );
                let fine = letters.len() == 2
                    && letters.bytes().all(|b| b.is_ascii_uppercase())
                    && digits.len() == 13
                    && digits.bytes().all(|b| b.is_ascii_digit());
                if fine {
                    let words = row.tokens.get(start..=index).unwrap_or_default();
                    said.offer("insurance_number", found(page, words, code.clone(), 0.9));
                    break;
                }
            }
        }
    }
}

/// Whom a diploma is for: the name in capitals under the word that gives it.
fn graduate(said: &mut Said, page: &Page<'_>) {
    if said.value("full_name").is_some() {
        return;
    }
    let birth = said.fields.get("birth_date").and_then(|field| field.bbox);
    for row in &page.rows {
        let text = row.text();
        let words = row
            .tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .count();
        // The row right above the day of birth, when it is a name.
        let above = birth.is_some_and(|[_, y, _, h]| {
            let shown = row.shown();
            let down = y - (shown.y + shown.h);
            down > -h && down < 4.0 * page.leaf.em
        });
        let reading = Reading {
            tokens: row.tokens.clone(),
        };
        if let (true, 2..=6, Some(value)) = (above, words, shapes::value(&reading, Shape::Name))
            && value.value.split(' ').count() == words
            && !text.contains(':')
        {
            said.offer("full_name", found(page, &row.tokens, value.value, 0.85));
        }
    }
}

/// What a diploma is in, where its title says it: `BẰNG CỬ NHÂN` and the line below.
fn title_subject(said: &mut Said, code: &str, page: &Page<'_>) {
    if code != "van_bang" || said.value("graduation_year").is_some() {
        return;
    }
    // `Đã tốt nghiệp ... khóa thi ngày 05 tháng 6 năm 2020`.
    let pattern = super::super::pattern::Pattern::new("khóa thi");
    for place in page.find(&pattern) {
        let Some(row) = page.rows.get(place.last_row) else {
            continue;
        };
        let rest = row.part(place.behind..row.tokens.len());
        let Some(found_date) = super::super::dates::date(&rest.text()) else {
            continue;
        };
        let (from, to) = found_date.words;
        let words = rest.tokens.get(from..to).unwrap_or_default();
        let year = found_date.date.year.to_string();
        said.offer("graduation_year", found(page, words, year, 0.85));
    }
}

/// The code of a case, by its form: circular 01/2018/TT-VPCP, article 19, and the shorter one in use since.
fn case_code(said: &mut Said, page: &Page<'_>) {
    if let Some(field) = said.fields.get_mut("case_code") {
        let fits = field.value.as_deref().is_some_and(is_case_code);
        if !fits {
            field.confidence *= 0.7;
        }
        if fits {
            return;
        }
    }
    for row in &page.rows {
        for token in &row.tokens {
            let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
            let mended = case_digits(text);
            if is_case_code(&mended) {
                let fit = if mended == text { 0.95 } else { 0.7 };
                let field = found(page, std::slice::from_ref(token), mended, fit);
                if said.value("case_code").is_none_or(|old| !is_case_code(old)) {
                    said.fields.insert("case_code".to_owned(), field);
                }
            }
        }
    }
}

/// A code of a case with digits for the letters that look like them in its day and ordinal: there stand digits only.
fn case_digits(text: &str) -> String {
    let Some((at, _)) = text.rmatch_indices('-').nth(1) else {
        return text.to_owned();
    };
    let (office, rest) = text.split_at(at);
    let mended = rest.chars().map(|c| match c {
        '-' => Some('-'),
        other => super::super::dates::like_digit(other),
    });
    match mended.collect::<Option<String>>() {
        Some(rest) => format!("{office}{rest}"),
        None => text.to_owned(),
    }
}

/// `H49.18-240715-0001`, `000.00.12.H49-240715-0001`.
fn is_case_code(text: &str) -> bool {
    let mut parts = text.rsplitn(3, '-');
    let (Some(ordinal), Some(day), Some(office)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    ordinal.len() >= 4
        && digits(ordinal)
        && day.len() == 6
        && digits(day)
        && office.contains(|c: char| c.is_ascii_uppercase())
        && office
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_have_letters_and_digits() {
        assert_eq!(
            serial_parts("DA666381"),
            Some(("DA".to_owned(), "666381".to_owned()))
        );
        assert_eq!(
            serial_parts("AA09273289"),
            Some(("AA".to_owned(), "09273289".to_owned()))
        );
        assert_eq!(serial_parts("CH01762"), None);
        assert_eq!(serial_parts("ABC123456"), None);
    }

    #[test]
    fn codes_of_cases_have_office_day_and_ordinal() {
        assert!(is_case_code("H49.18-240715-0001"));
        assert!(is_case_code("000.00.12.H49-240715-0001"));
        assert_eq!(case_digits("H20.58-1§0313-O068"), "H20.58-180313-0068");
        assert_eq!(case_digits("H20.58-K"), "H20.58-K");
        assert!(!is_case_code("15-240715-0001"));
        assert!(!is_case_code("H49.18-2407-0001"));
    }
}
