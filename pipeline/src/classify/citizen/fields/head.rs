//! Who issued a paper, where and when, and who signed it.

use super::super::dates;
use super::super::labels::Shape;
use super::super::page::Page;
use super::super::pattern::Pattern;
use super::super::{anchors::Reading, shapes};
use super::{Said, certainty};
use crate::classify::administrative::names::{self, Seen};
use crate::classify::fold::{at_start, folded};
use crate::classify::leaf::{Row, Token, around};
use crate::document::Rect;
use crate::record::Field;

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

/// The last line that is a place and a day: papers are dated over their signature; those that are headed like
/// letters, under the national title.
fn dated(said: &mut Said, code: &str, pages: &[Page<'_>]) {
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

/// Titles of those who sign, folded.
const TITLES: [&str; 22] = [
    "chutich",
    "phochutich",
    "giamdoc",
    "phogiamdoc",
    "cuctruong",
    "phocuctruong",
    "hieutruong",
    "phohieutruong",
    "truongphong",
    "photruongphong",
    "truongcongan",
    "photruongcongan",
    "congchungvien",
    "vientruong",
    "botruong",
    "chanhvanphong",
    "truongban",
    "chihuytruong",
    "tonggiamdoc",
    "truongcoso",
    "congchuctuphophotich",
    "congchuctuphaphotich",
];
/// What stands over names of those who have no title.
const ROLES: [&str; 8] = [
    "nguoilamdon",
    "nguoivietdon",
    "nguoikhai",
    "nguoiyeucau",
    "nguoitiepnhanhoso",
    "nguoitiepnhan",
    "nguoidenghi",
    "canbodangky",
];

/// Who signed: the lowest line that is a title with a name under it, and the lines of authority over it.
fn signed(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    let mut best: Option<(usize, usize, usize, bool)> = None;
    for (index, page) in pages.iter().enumerate() {
        for (at, row) in page.rows.iter().enumerate() {
            let key = row.key();
            let titled = title_of(&key) || long_title(code, &key);
            let role = ROLES
                .iter()
                .any(|role| at_start(&key, role).1 > 0.9 && key.len() <= role.len() + 3);
            if !(titled || role) || row.capitals() < 0.7 {
                continue;
            }
            let Some(name) = name_below(page, row) else {
                continue;
            };
            // A title beats a role; of equals the first page's lowest counts, for what is entered later is below.
            let better = best.is_none_or(|(page_before, before, _, by_title)| {
                (titled && !by_title)
                    || (titled == by_title && page_before == index && {
                        let old = pages
                            .get(page_before)
                            .and_then(|page| page.rows.get(before));
                        old.is_some_and(|old| old.level().y < row.level().y)
                    })
            });
            if better {
                best = Some((index, at, name, titled));
            }
        }
    }
    let Some((index, at, name, titled)) = best else {
        return;
    };
    let Some(page) = pages.get(index) else {
        return;
    };
    let mut set = |field: &str, row: &Row, fit: f32| {
        let text = row.text();
        let text = text
            .trim_matches(|c: char| !c.is_alphanumeric() && c != '.')
            .to_owned();
        let mut value = Field::read(
            text.clone(),
            certainty(page, &row.tokens, fit),
            page.leaf.number,
            row.shown(),
        );
        value.text = Some(text);
        said.offer(field, value);
    };
    let Some((row, name)) = page.rows.get(at).zip(page.rows.get(name)) else {
        return;
    };
    let known = name
        .tokens
        .first()
        .and_then(|first| Some((first.clone(), super::super::names::family(&first.text)?)));
    let mut name = name.clone();
    if let (Some((_, family)), Some(first)) = (known, name.tokens.first_mut()) {
        first.text = family;
    }
    set("signer_name", &name, 0.95);
    if titled {
        set("signer_title", &without_authority(row), 0.95);
        if let Some(authority) = authority_above(page, row) {
            set("signer_authority", &authority, 0.9);
        }
        if let Some(field) = said.fields.get_mut("signer_title")
            && let Some(known) = field
                .value
                .as_deref()
                .and_then(crate::classify::titles::settled)
        {
            field.value = Some(known.to_owned());
        }
    }
}

/// On identity cards the title names the body: `GIÁM ĐỐC CÔNG AN TỈNH ...`, `CỤC TRƯỞNG CỤC CẢNH SÁT ...`.
fn long_title(code: &str, key: &str) -> bool {
    matches!(code, "cccd" | "cmnd")
        && TITLES.iter().any(|title| {
            key.strip_prefix(title)
                .is_some_and(|rest| rest.starts_with("congan") || rest.starts_with("cuccanhsat"))
        })
}

fn title_of(key: &str) -> bool {
    TITLES.iter().any(|title| {
        let (end, how) = at_start(key, title);
        how > 0.9 && key.len() <= end + 1
    }) || ["kt", "tm", "tl", "tuq", "q"].iter().any(|mark| {
        key.strip_prefix(mark).is_some_and(|rest| {
            TITLES
                .iter()
                .any(|title| at_start(rest, title).1 > 0.95 && rest.len() <= title.len() + 1)
        })
    }) && !key.starts_with("kt")
}

/// A row without the mark of authority before its title.
fn without_authority(row: &Row) -> Row {
    let marked = row
        .tokens
        .first()
        .is_some_and(|token| matches!(token.key.as_str(), "tm" | "kt" | "tl" | "tuq" | "q"));
    row.part(usize::from(marked)..row.tokens.len())
}

/// The row of a name under a title: in its column, the first that is a name.
fn name_below(page: &Page<'_>, title: &Row) -> Option<usize> {
    let (at, em) = (title.level(), page.leaf.em);
    let centre = at.x + at.w / 2.0;
    let mut below: Vec<(usize, f32)> = page
        .rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| {
            let level = row.level();
            let down = row.middle() - title.middle();
            let over = (level.x + level.w / 2.0 - centre).abs() < (at.w / 2.0).max(6.0 * em);
            (down > 0.5 * em && down < NAME_DOWN * em && over).then_some((index, down))
        })
        .collect();
    below.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (index, _) in below {
        let row = page.rows.get(index)?;
        let key = row.key();
        if title_of(&key) || ROLES.iter().any(|role| at_start(&key, role).1 > 0.9) {
            return None;
        }
        if person(row) {
            return Some(index);
        }
    }
    None
}

/// Whether a row is a name: two to five words, each beginning with a capital, after titles of learning.
fn person(row: &Row) -> bool {
    let words: Vec<&Token> = row
        .tokens
        .iter()
        .filter(|token| !token.key.is_empty())
        .collect();
    let own: Vec<&&Token> = words
        .iter()
        .filter(|token| !token.text.ends_with('.'))
        .collect();
    let reading = Reading {
        tokens: words.iter().map(|token| (*token).clone()).collect(),
    };
    (2..=5).contains(&own.len())
        && own.iter().all(|token| {
            token.text.chars().next().is_some_and(char::is_uppercase)
                && token.text.chars().all(char::is_alphabetic)
        })
        && shapes::value(&reading, Shape::Name).is_some_and(|name| name.words.1 == words.len())
        && super::super::names::is_family(own.first().map_or("", |token| token.text.as_str()))
}

/// `TM. ỦY BAN NHÂN DÂN` and the like over a title, with the line it goes on with.
fn authority_above(page: &Page<'_>, title: &Row) -> Option<Row> {
    let (at, em) = (title.level(), page.leaf.em);
    let centre = at.x + at.w / 2.0;
    let near = |row: &&Row| {
        let up = title.middle() - row.middle();
        let level = row.level();
        up > 0.5 * em
            && up < 7.0 * em
            && (level.x + level.w / 2.0 - centre).abs() < (level.w / 2.0).max(6.0 * em)
    };
    let mut above: Vec<&Row> = page.rows.iter().filter(near).collect();
    above.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    let from = above.iter().rposition(|row| {
        row.tokens
            .first()
            .is_some_and(|token| matches!(token.key.as_str(), "tm" | "kt" | "tl" | "tuq" | "q"))
    })?;
    let tokens = above
        .get(from..)?
        .iter()
        .filter(|row| row.capitals() > 0.7)
        .flat_map(|row| row.tokens.clone());
    Some(Row {
        tokens: tokens.collect(),
    })
}

/// Who issued the paper.
fn agency(said: &mut Said, code: &str, pages: &[Page<'_>]) {
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

/// What a paper is about, where its title says it.
fn titled(said: &mut Said, code: &str, pages: &[Page<'_>]) {
    let Some(kind) = super::super::kinds::by_code(code) else {
        return;
    };
    let Some((page, at)) = pages.iter().find_map(|page| {
        // `CHỦ NGHĨA` is not far from `CHỨNG CHỈ`: what is no title by the measure of types is none here.
        let places = kind.titles.iter().flat_map(|title| {
            let fine = move |place: &super::super::page::Place| {
                super::super::weigh::title_weight(kind, page, place, title.length()) > 0.0
            };
            page.find(title).into_iter().filter(fine)
        });
        // Papers in two languages have two titles; what the Vietnamese one says is said with its marks.
        let english = |place: &super::super::page::Place| {
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

/// A name stands at most so far under its title, letters' heights: seals and signatures take the space between.
const NAME_DOWN: f32 = 16.0;
