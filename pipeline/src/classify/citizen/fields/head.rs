//! Who issued a paper, where and when, and who signed it.

use super::{Said, certainty};
use crate::classify::citizen::page::Page;
use crate::classify::leaf::{Row, Token, around};
use crate::record::Field;
use body::agency;
use dated::dated;
use signed::signed;

mod body;

mod dated;

mod signed;

pub(super) fn complete(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    if said.value("issued_date").is_none() || said.value("place").is_none() {
        dated(said, code, pages);
    }
    if said.value("issued_date").is_none()
        && let Some(field) = said.fields.get("registration_date").cloned()
    {
        said.fields.insert("issued_date".to_owned(), field);
    }
    signed(said, code, pages);
    if said.value("agency").is_none() {
        agency(said, code, pages);
    }
    titled(said, code, pages);
}

/// What a paper is about, where its title says it.
fn titled(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    let Some(kind) = crate::classify::citizen::kinds::by_code(code) else {
        return;
    };
    let Some((page, at)) = pages.iter().find_map(|page| {
        // `CHỦ NGHĨA` is not far from `CHỨNG CHỈ`: what is no title by the measure of types is none here.
        let places = kind.titles.iter().flat_map(|title| {
            let fine = move |place: &crate::classify::citizen::page::Place| {
                crate::classify::citizen::weigh::title_weight(kind, page, place, title.length())
                    > 0.0
            };
            page.find(title).into_iter().filter(fine)
        });
        // Papers in two languages have two titles; what the Vietnamese one says is said with its marks.
        let english = |place: &crate::classify::citizen::page::Place| {
            page.rows
                .get(place.row)
                .is_none_or(|row| row.text().is_ascii())
        };
        let first = places
            .filter(|place| {
                page.rows
                    .get(place.row)
                    .is_some_and(|row| row.capitals() > 0.7)
            })
            .min_by_key(|place| (english(place), place.row))?;
        Some((page, first))
    }) else {
        return;
    };
    let Some(title) = page.rows.get(at.row) else {
        return;
    };
    let under: Vec<&Row> = page
        .rows
        .iter()
        .skip(at.last_row + 1)
        .take(3)
        .take_while(|row| !row.text().contains(':') || row.capitals() > 0.9)
        .collect();
    let sentence = |tokens: &[Token]| capitalised(&joined(tokens).to_lowercase());
    let shouted: Vec<Token> = under
        .iter()
        .take_while(|row| row.capitals() > 0.7 && !names_holder(row))
        .flat_map(|row| row.tokens.clone())
        .collect();
    let about = under.iter().find(|row| {
        matches!(row.key().get(..5), Some("vevie" | "vvxac" | "vvcap"))
            || row.key().starts_with("veviec")
    });
    let mut set = |name: &str, value: String, tokens: &[Token], fit: f32| {
        let mut field = Field::read(
            value,
            certainty(page, tokens, fit),
            page.leaf.number,
            around(tokens.iter().map(|token| token.shown)),
        );
        field.text = Some(joined(tokens));
        said.offer(name, field);
    };
    match (code, about) {
        ("van_bang", _) if !shouted.is_empty() => set("major", sentence(&shouted), &shouted, 0.9),
        // `BẰNG TỐT NGHIỆP ĐẠI HỌC` over `Kế toán`.
        ("van_bang", _) => {
            let line = under.first().filter(|row| {
                !names_holder(row)
                    && (1..=7).contains(&row.tokens.len())
                    && !row.text().contains(':')
            });
            if let Some(row) = line {
                set("major", capitalised(&row.text()), &row.tokens, 0.85);
            }
        }
        ("chung_chi", _) if !shouted.is_empty() => set("subject", joined(&shouted), &shouted, 0.9),
        ("don_de_nghi", Some(row)) => set("subject", row.text(), &row.tokens, 0.9),
        ("don_de_nghi" | "hop_dong_cong_chung", _) => {
            let tokens: Vec<Token> = title.tokens.iter().cloned().chain(shouted).collect();
            set("subject", sentence(&tokens), &tokens, 0.9);
        }
        _ => {}
    }
}

/// Whether a line says for whom a diploma is, which may stand in capitals right under the title.
fn names_holder(row: &Row) -> bool {
    let key = row.key();
    [
        "cho",
        "cap",
        "chungnhan",
        "hang",
        "upon",
        "mr",
        "ms",
        "congnhan",
    ]
    .iter()
    .any(|start| key.starts_with(start))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn joined(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    words.join(" ")
}
