//! Which body issued a paper.

use super::joined;
use super::signed::{TITLES, person, title_of, without_authority};
use crate::classify::administrative::names::{self, Seen};
use crate::classify::citizen::fields::{Said, certainty};
use crate::classify::citizen::page::Page;
use crate::classify::citizen::pattern::Pattern;
use crate::classify::fold::{at_start, folded};
use crate::classify::leaf::{Row, Token, around};
use crate::document::Rect;
use crate::record::Field;

/// Who issued the paper.
pub(super) fn agency(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    if known(said, code, pages) {
        return;
    }
    let local = match code {
        "so_bhxh" | "the_bhyt" => insurer(pages),
        "ban_ve" => designer(pages),
        _ => None,
    };
    if let Some((number, tokens)) = local {
        let text = joined(&tokens);
        // Who drew is named as printed; a body of the State as in a sentence.
        let value = match code {
            "ban_ve" => Some((text.clone(), 1.0)),
            _ => names::in_sentence(&text, &Seen::of(pages.iter().map(|page| page.leaf))),
        };
        if let Some((name, sure)) = value {
            let page = pages.iter().find(|page| page.leaf.number == number);
            let fit = 0.75 + 0.2 * sure;
            let mut field = Field::read(
                name,
                page.map_or(0.0, |page| certainty(page, &tokens, fit)),
                number,
                around(tokens.iter().map(|token| token.shown)),
            );
            field.text = Some(text);
            said.offer("agency", field);
            return;
        }
    }
    let seen = Seen::of(pages.iter().map(|page| page.leaf));
    if !matches!(
        code,
        "van_bang"
            | "chung_chi"
            | "cmnd"
            | "so_ho_khau"
            | "gcn_qsdd"
            | "hop_dong_cong_chung"
            | "ban_ve"
            | "don_de_nghi"
            | "khac"
    ) && headed(said, code, pages, &seen)
    {
        return;
    }
    let found = match code {
        "gcn_qsdd" => by_authority(said, pages).or_else(|| by_signer(pages)),
        "van_bang" | "chung_chi" | "cmnd" | "so_ho_khau" => {
            by_signer(pages).or_else(|| by_head(pages))
        }
        "hop_dong_cong_chung" => notary(pages),
        "ban_ve" | "don_de_nghi" | "khac" => None,
        _ => by_head(pages).or_else(|| by_authority(said, pages)),
    };
    if let Some((number, tokens)) = found {
        let text = joined(&tokens);
        let small = text.chars().filter(|c| c.is_lowercase()).count() > 3;
        let read = if small {
            Some((
                text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned(),
                1.0,
            ))
        } else {
            names::in_sentence(&text, &seen)
        };
        let Some((name, sure)) = read else {
            return;
        };
        let page = pages.iter().find(|page| page.leaf.number == number);
        let confidence = page.map_or(0.0, |page| certainty(page, &tokens, 0.75 + 0.2 * sure));
        let mut field = Field::read(
            name,
            confidence,
            number,
            around(tokens.iter().map(|token| token.shown)),
        );
        field.text = Some(text);
        said.offer("agency", field);
        return;
    }
    // Registers of civil status name the body that keeps them.
    if let Some(place) = said.fields.get("registration_place").cloned() {
        let body = place
            .value
            .as_deref()
            .and_then(|text| text.split(',').next())
            .map(str::trim);
        if let Some(body) = body.filter(|body| begins_body(&folded(body))) {
            let full = body.replacen("UBND", "Ủy ban nhân dân", 1);
            let field = Field {
                value: Some(full),
                confidence: place.confidence * 0.97,
                ..place
            };
            said.offer("agency", field);
        }
    }
}

/// The office of the insurance that issued: `BẢO HIỂM XÃ HỘI` with a place behind or under it, on any page.
fn insurer(pages: &[Page<'_>]) -> Option<Body> {
    for page in pages {
        for row in page.rows.iter().filter(|row| row.capitals() > 0.7) {
            let key = row.key();
            if at_start(&key, "baohiemxahoi").1 < 0.9 || key.contains("vietnam") {
                continue;
            }
            let tokens = column(page, row, &|next| !person(next) && !title_of(&next.key()));
            let place: String = tokens
                .iter()
                .skip(4)
                .map(|token| token.key.as_str())
                .collect();
            let named = ["tinh", "thanhpho", "quan", "huyen", "tp"]
                .iter()
                .any(|unit| place.starts_with(unit));
            if named {
                return Some((page.leaf.number, tokens));
            }
        }
    }
    None
}

/// Who made a drawing: the company in capitals in its title block.
fn designer(pages: &[Page<'_>]) -> Option<Body> {
    let page = pages.first()?;
    let row = page.rows.iter().find(|row| {
        let key = row.key();
        row.capitals() > 0.9
            && row.tokens.len() >= 3
            && !row.text().contains(':')
            && ["congty", "trungtam", "vienquyhoach", "vienthietke"]
                .iter()
                .any(|start| at_start(&key, start).1 > 0.9)
    })?;
    Some((page.leaf.number, row.tokens.clone()))
}

/// The body, or the body in a body, at the head of the first page, named in full; whether there is one.
fn headed(said: &mut Said, code: &str, pages: &[Page<'_>], seen: &Seen) -> bool {
    let Some(page) = pages.first() else {
        return false;
    };
    let rows = head_rows(page);
    let Some(issuer) = crate::classify::administrative::agency::compose(&rows, seen, false) else {
        return false;
    };
    let value = match (code, &issuer.parent) {
        // The registration office is named with the department that it belongs to.
        ("dkkd", Some(parent)) if folded(&issuer.name).starts_with("phongdangky") => {
            format!("{} - {parent}", issuer.name)
        }
        // Receipts are given by a desk for the office that it belongs to.
        ("phieu_tiep_nhan", Some(parent)) if folded(parent).starts_with("uybannhandan") => {
            parent.clone()
        }
        _ => issuer.name.clone(),
    };
    let tokens: Vec<Token> = rows.into_iter().flat_map(|row| row.tokens).collect();
    // The scheme is named after the body that runs it all over the country; the office that issued is below.
    let general = folded(&value) == "baohiemxahoivietnam";
    let fit = if general {
        0.5
    } else {
        0.8 + 0.18 * issuer.known
    };
    let mut field = Field::read(
        value,
        certainty(page, &tokens, fit),
        page.leaf.number,
        issuer.shown,
    );
    field.text = Some(issuer.text.clone());
    said.offer("agency", field);
    true
}

/// The rows of the head that name a body.
fn head_rows(page: &Page<'_>) -> Vec<Row> {
    let first = page.rows.iter().enumerate().find(|(index, row)| {
        page.depth(*index) < 0.4
            && row.capitals() > 0.7
            && begins_body(&row.key())
            && row.tokens.len() > 1
    });
    first
        .map(|(_, row)| column_rows(page, row, &|_| true))
        .unwrap_or_default()
}

/// Bodies that papers of a type name in one way.
fn known(said: &mut Said, code: &str, pages: &[Page<'_>]) -> bool {
    let bodies: &[(&str, &str)] = match code {
        "cccd" => &[
            (
                "cục cảnh sát quản lý hành chính về trật tự xã hội",
                "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
            ),
            (
                "cục cảnh sát đăng ký quản lý cư trú và dữ liệu quốc gia về dân cư",
                "Cục Cảnh sát đăng ký quản lý cư trú và dữ liệu quốc gia về dân cư",
            ),
            (
                "cục cảnh sát ĐKQL cư trú và DLQG về dân cư",
                "Cục Cảnh sát đăng ký quản lý cư trú và dữ liệu quốc gia về dân cư",
            ),
        ],
        "the_can_cuoc" => &[
            ("bộ công an", "Bộ Công an"),
            ("ministry of public security", "Bộ Công an"),
        ],
        "ho_chieu" => &[("cục quản lý xuất nhập cảnh", "Cục Quản lý xuất nhập cảnh")],
        _ => &[],
    };
    for page in pages {
        for (phrase, name) in bodies {
            if let Some(place) = page.find(&Pattern::new(phrase)).first() {
                let row = page.rows.get(place.row);
                let shown = row.map(Row::shown).unwrap_or_default();
                let mut field = Field::read(*name, 0.95, page.leaf.number, shown);
                field.text = row.map(Row::text);
                said.offer("agency", field);
                return true;
            }
        }
    }
    false
}

/// Folded words that begin the name of a body.
const BODIES: [&str; 24] = [
    "uybannhandan",
    "ubnd",
    "sotuphap",
    "sokehoach",
    "sogiaothong",
    "sotainguyen",
    "sonongnghiep",
    "sogiaoduc",
    "solaodong",
    "soxaydung",
    "sotaichinh",
    "bogiaoduc",
    "bocongan",
    "boquocphong",
    "truong",
    "hocvien",
    "trungtam",
    "congan",
    "phonggiaoduc",
    "phongdangky",
    "baohiemxahoi",
    "vanphong",
    "phongcongchung",
    "vien",
];

fn begins_body(key: &str) -> bool {
    BODIES
        .iter()
        .any(|body| at_start(key, body).1 > 0.88 && key.len() + 1 >= body.len())
        && !key.starts_with("truongphong")
        && !key.starts_with("truongcongan")
}

type Body = (u32, Vec<Token>);

/// The body in capitals at the head of the first page: from the line that begins with a body's noun, down its column.
fn by_head(pages: &[Page<'_>]) -> Option<Body> {
    let page = pages.first()?;
    let first = page.rows.iter().enumerate().find(|(index, row)| {
        page.depth(*index) < 0.4
            && row.capitals() > 0.7
            && begins_body(&row.key())
            && row.tokens.len() > 1
    })?;
    let tokens = column(page, first.1, &|_| true);
    Some((page.leaf.number, tokens))
}

/// The lines of a name in capitals that goes down a column.
fn column(page: &Page<'_>, first: &Row, fine: &dyn Fn(&Row) -> bool) -> Vec<Token> {
    column_rows(page, first, fine)
        .into_iter()
        .flat_map(|row| row.tokens)
        .collect()
}

fn column_rows(page: &Page<'_>, first: &Row, fine: &dyn Fn(&Row) -> bool) -> Vec<Row> {
    let em = page.leaf.em;
    let mut rows = vec![first.clone()];
    let (mut last, mut middle) = (first.level(), first.middle());
    for _ in 0..3 {
        let under = page.rows.iter().filter(|row| {
            let (level, down) = (row.level(), row.middle() - middle);
            down > 0.5 * em && down < 3.0 * em && overlap(level, last) > 0.5
        });
        let next = under.min_by(|a, b| a.middle().total_cmp(&b.middle()));
        let Some(row) = next else { break };
        if row.capitals() <= 0.7 || !fine(row) || stops(&row.key()) {
            break;
        }
        rows.push(row.clone());
        (last, middle) = (row.level(), row.middle());
    }
    rows
}

/// What follows a body in its column and is none of it.
fn stops(key: &str) -> bool {
    key.starts_with("so") && key.chars().any(|c| c.is_ascii_digit())
        || [
            "cap",
            "chungnhan",
            "conghoa",
            "doclap",
            "giay",
            "bang",
            "chungchi",
            "phieu",
            "bophan",
            "mau",
            "thebaohiem",
            "sobaohiem",
            "trichluc",
        ]
        .iter()
        .any(|word| key.starts_with(word))
        || title_of(key)
}

/// Share of the narrower one's width in which two boxes stand over each other.
fn overlap(a: Rect, b: Rect) -> f32 {
    let common = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    common.max(0.0) / a.w.min(b.w).max(1.0)
}

/// The body behind or under the title of its head: `HIỆU TRƯỞNG` over `TRƯỜNG ĐẠI HỌC ...`, `GIÁM ĐỐC CÔNG AN TỈNH ...`.
fn by_signer(pages: &[Page<'_>]) -> Option<Body> {
    for page in pages {
        for row in &page.rows {
            if row.capitals() < 0.7 {
                continue;
            }
            let key = row.key();
            // The longest title that the row begins with; what is behind it may be the body.
            let end = TITLES
                .iter()
                .filter_map(|title| {
                    let (end, how) = at_start(&key, title);
                    (how > 0.9).then_some(end)
                })
                .max();
            let Some(end) = end else { continue };
            let behind = row.span(0, end).end;
            let rest = row.part(behind..row.tokens.len());
            if begins_body(&rest.key()) {
                return Some((page.leaf.number, column_of(page, row, rest)));
            }
            // `TRƯỞNG CÔNG AN` over `THÀNH PHỐ BẮC HÀ`: the title ends with the body's noun.
            if key.ends_with("congan") {
                let whole = column(page, row, &|next| !person(next));
                let body = whole
                    .get(row.tokens.len().saturating_sub(2)..)
                    .unwrap_or_default();
                if body.len() > 2 {
                    return Some((page.leaf.number, body.to_vec()));
                }
            }
            // `TRƯỞNG CÔNG AN HUYỆN ...` has the body in its title.
            if let Some(at) = key.find("congan").filter(|at| key.len() > at + 8) {
                let rest = row.part(row.span(at, at + 6).start..row.tokens.len());
                return Some((page.leaf.number, column_of(page, row, rest)));
            }
            if rest.tokens.is_empty() {
                let em = page.leaf.em;
                let under = page.rows.iter().find(|other| {
                    let down = other.middle() - row.middle();
                    down > 0.5 * em
                        && down < 2.4 * em
                        && other.capitals() > 0.7
                        && begins_body(&other.key())
                        && overlap(other.level(), row.level()) > 0.5
                });
                if let Some(under) = under {
                    return Some((page.leaf.number, column(page, under, &|_| true)));
                }
            }
        }
    }
    None
}

fn column_of(page: &Page<'_>, row: &Row, rest: Row) -> Vec<Token> {
    let whole = column(page, row, &|next| !person(next));
    let more = whole.get(row.tokens.len()..).unwrap_or_default().to_vec();
    rest.tokens.into_iter().chain(more).collect()
}

/// The body for which was signed: `TM. ỦY BAN NHÂN DÂN QUẬN LÊ CHÂN`; or that stands alone over the title.
fn by_authority(said: &Said, pages: &[Page<'_>]) -> Option<Body> {
    let authority = said.fields.get("signer_authority");
    for page in pages {
        for row in page.rows.iter().filter(|row| row.capitals() > 0.7) {
            let own = without_authority(row);
            let marked = own.tokens.len() < row.tokens.len();
            if begins_body(&own.key()) && (marked || authority.is_none() && own.tokens.len() > 2) {
                let more = column(page, row, &|next| !person(next) && !title_of(&next.key()));
                let more = more.get(row.tokens.len()..).unwrap_or_default().to_vec();
                return Some((
                    page.leaf.number,
                    own.tokens.into_iter().chain(more).collect(),
                ));
            }
        }
    }
    None
}

/// The office at whose seat a contract was certified.
fn notary(pages: &[Page<'_>]) -> Option<Body> {
    let offices = ["văn phòng công chứng", "phòng công chứng"].map(Pattern::new);
    for office in &offices {
        for page in pages {
            for place in page.find(office) {
                let mut tokens: Vec<Token> = Vec::new();
                let rows = page.rows.get(place.row..)?.iter().take(2).enumerate();
                'rows: for (index, row) in rows {
                    let from = if index == 0 { place.word } else { 0 };
                    for token in row.tokens.get(from..)? {
                        tokens.push(token.clone());
                        if token.text.ends_with([',', ';', '.', ':', '(']) {
                            break 'rows;
                        }
                    }
                    if row.capitals() > 0.7 {
                        break;
                    }
                }
                if tokens.len() >= 4 && tokens.len() <= 14 {
                    return Some((page.leaf.number, tokens));
                }
            }
        }
    }
    None
}
