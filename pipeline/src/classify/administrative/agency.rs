//! Issuing bodies: from the capitals of the left column to names as they are written in a sentence.

use crate::classify::fold::{folded, similarity};
use crate::classify::leaf::{Row, around};
use crate::document::Rect;

use super::names;

/// A body, or bodies that issue together.
#[derive(Clone, Debug, Default)]
pub struct Issuer {
    /// Its name in full, such as `Sở Tư pháp tỉnh Tuyên Quang`.
    pub name: String,
    /// The body over it as printed above it.
    pub parent: Option<String>,
    /// The names that make symbols: of each joint issuer, without their areas.
    pub bodies: Vec<String>,
    /// As read.
    pub text: String,
    /// Where the name stands, shown px.
    pub shown: Rect,
    /// Where the parent's name stands, shown px.
    pub parent_shown: Rect,
    /// The parent's name as read.
    pub parent_text: String,
    /// Share of its words that are known, from the lists or from the text.
    pub known: f32,
    /// Mean certainty of its words.
    pub confidence: f32,
    /// The least certain of its words.
    pub least: f32,
}

/// Folded words that begin the name of a body. A line that begins otherwise goes on with the body above it.
const HEADS: &[&str] = &[
    "chinhphu",
    "thutuong",
    "quochoi",
    "chutichnuoc",
    "chutich",
    "bo",
    "uyban",
    "ubnd",
    "ubmttq",
    "uy",
    "hoidong",
    "hdnd",
    "so",
    "tongcuc",
    "cuc",
    "chicuc",
    "vu",
    "vanphong",
    "thanhtra",
    "vien",
    "hocvien",
    "truong",
    "daihoc",
    "benhvien",
    "trungtam",
    "ban",
    "bql",
    "phong",
    "hoi",
    "liendoan",
    "congdoan",
    "lienhiep",
    "congty",
    "tongcongty",
    "tapdoan",
    "xinghiep",
    "hoptacxa",
    "toaan",
    "tand",
    "vks",
    "kiemtoan",
    "nganhang",
    "congan",
    "khobac",
    "baohiem",
    "quy",
    "dai",
    "bao",
    "tapchi",
    "dang",
    "tinhuy",
    "thanhuy",
    "huyenuy",
    "quanuy",
    "thiuy",
    "danguy",
    "dangbo",
    "chibo",
    "doan",
    "mattran",
    "khoa",
    "tram",
    "hat",
    "doi",
    "thuvien",
    "baotang",
    "nhaxuatban",
    "nhahat",
    "cang",
    "khu",
    "to",
    "cum",
    "chinhanh",
    "buudien",
    "thue",
    "haiquan",
    "donvi",
    "botulenh",
    "bochihuy",
    "quankhu",
    "sudoan",
    "trungdoan",
    "thitruong",
    "bandan",
];

/// Reads the rows of the left column above the symbol.
pub fn compose(rows: &[Row], seen: &names::Seen, joint: bool) -> Option<Issuer> {
    let rows: Vec<Row> = rows.iter().filter_map(cleaned).collect();
    let bodies = split(&rows, joint);
    let mut parts: Vec<Body> = bodies
        .iter()
        .filter_map(|rows| Body::of(rows, seen))
        .collect();
    let last = parts.pop()?;
    if joint && !parts.is_empty() {
        return Some(together(parts, last));
    }
    // Two bodies on one line, each with its noun: joint issuers as well.
    if let Some(several) = several(&last.name) {
        let mut issuer = last.issuer(several.join(" - "));
        issuer.bodies = several;
        return Some(issuer);
    }
    let parent = parts.pop();
    let name = parent.as_ref().map_or_else(
        || last.name.clone(),
        |parent| completed(&last.name, &parent.name),
    );
    let mut issuer = last.issuer(name);
    if let Some(parent) = parent {
        issuer.parent_shown = parent.shown;
        issuer.parent_text = parent.text;
        issuer.parent = Some(parent.name);
    }
    Some(issuer)
}

impl Issuer {
    /// The symbol names a body of the State of nearly this name: its spelling holds, and so does the noun that was not read.
    pub fn settled_by(&mut self, code: &str) {
        let Some(name) = super::organs::body(code).filter(|_| self.bodies.len() == 1) else {
            return;
        };
        let (read, wanted) = (folded(&self.name), folded(name));
        let cut = wanted.ends_with(&read) && read.len() * 3 > wanted.len() * 2;
        if self.name != name && (cut || similarity(&read, &wanted) > 0.88) {
            self.name = name.to_owned();
            self.bodies = vec![name.to_owned()];
            self.known = 0.9;
        }
    }
}

/// A body as printed on its lines.
#[derive(Debug)]
struct Body {
    name: String,
    text: String,
    shown: Rect,
    known: f32,
    confidence: f32,
    least: f32,
}

impl Body {
    fn of(rows: &[Row], seen: &names::Seen) -> Option<Self> {
        let text: Vec<String> = rows.iter().map(Row::text).collect();
        let text = text.join(" ");
        let (name, known) = names::in_sentence(&text, seen)?;
        let count = rows.len().max(1) as f32;
        Some(Self {
            name,
            known,
            confidence: rows.iter().map(Row::mean_confidence).sum::<f32>() / count,
            least: rows.iter().map(Row::least_confidence).fold(1.0, f32::min),
            shown: around(rows.iter().map(Row::shown)),
            text,
        })
    }

    fn issuer(&self, name: String) -> Issuer {
        Issuer {
            bodies: vec![self.name.clone()],
            name,
            text: self.text.clone(),
            shown: self.shown,
            known: self.known,
            confidence: self.confidence,
            least: self.least,
            ..Issuer::default()
        }
    }
}

fn together(parts: Vec<Body>, last: Body) -> Issuer {
    let all: Vec<Body> = parts.into_iter().chain([last]).collect();
    let count = all.len() as f32;
    let bodies: Vec<String> = all.iter().map(|body| body.name.clone()).collect();
    let texts: Vec<&str> = all.iter().map(|body| body.text.as_str()).collect();
    Issuer {
        name: bodies.join(" - "),
        text: texts.join(" "),
        shown: around(all.iter().map(|body| body.shown)),
        known: all.iter().map(|body| body.known).sum::<f32>() / count,
        confidence: all.iter().map(|body| body.confidence).sum::<f32>() / count,
        least: all.iter().map(|body| body.least).fold(1.0, f32::min),
        bodies,
        ..Issuer::default()
    }
}

/// The row without rules, specks and words that no name has; `None` when nothing is left.
fn cleaned(row: &Row) -> Option<Row> {
    let mut tokens = row.tokens.clone();
    let speck = |token: &crate::classify::leaf::Token| {
        let letters = token.text.chars().filter(|c| c.is_alphabetic()).count();
        let small = token.text.chars().any(char::is_lowercase);
        letters == 0
            && token.text != "-"
            && token.text != "–"
            && token.text != "—"
            && !token.text.chars().any(|c| c.is_ascii_digit())
            || (token.confidence < 0.45 && (letters <= 2 || small))
    };
    tokens.retain(|token| !speck(token));
    while tokens.len() > 1
        && tokens
            .last()
            .is_some_and(|token| token.key.is_empty() && token.confidence < 0.85)
    {
        tokens.pop();
    }
    while tokens
        .first()
        .is_some_and(|token| token.key.is_empty() && token.text.chars().count() > 1)
    {
        tokens.remove(0);
    }
    let row = Row { tokens };
    let letters = row.key().len();
    // Names stand in capitals; what does not is a stamp's or a scribble.
    (letters >= 2 && row.capitals() > 0.6).then_some(row)
}

/// Rows by body: each line that begins with the noun of a body begins one.
fn split(rows: &[Row], joint: bool) -> Vec<Vec<Row>> {
    let mut bodies: Vec<Vec<Row>> = Vec::new();
    let mut open = false;
    for row in rows {
        let pieces = if joint {
            at_dashes(row)
        } else {
            vec![row.clone()]
        };
        for piece in pieces {
            let begins = begins_body(&piece)
                && !open
                && !bodies.last().is_some_and(|body| goes_on(body, &piece));
            match bodies.last_mut() {
                Some(body) if !begins => body.push(piece),
                _ => bodies.push(vec![piece]),
            }
            open = bodies.last().is_some_and(|body| is_open(body));
        }
    }
    bodies
}

/// Whether what stands so far cannot be a whole name: `BỘ LAO ĐỘNG -`, `VĂN PHÒNG` over a lone body comes whole.
fn is_open(rows: &[Row]) -> bool {
    let Some(row) = rows.last() else { return false };
    let last = row.tokens.last();
    last.is_some_and(|token| matches!(token.key.as_str(), "va" | "cua" | "" | "ve" | "thuoc"))
}

/// Whether the last word so far and the first of the next line belong together: `THƯỜNG / VỤ`, `MÔI / TRƯỜNG`.
fn goes_on(rows: &[Row], next: &Row) -> bool {
    let keys = |row: &Row| -> Vec<String> {
        row.tokens
            .iter()
            .filter(|token| !token.key.is_empty())
            .map(|token| token.key.clone())
            .collect()
    };
    let before = rows.last().map(keys).unwrap_or_default();
    let after = keys(next);
    let (Some(last), Some(first)) = (before.last(), after.first()) else {
        return false;
    };
    // `TỈNH ỦY / BAN …`: the Party's committee ends there.
    let committee = last == "uy"
        && before.len() >= 2
        && before.get(before.len() - 2).is_some_and(|word| {
            matches!(
                word.as_str(),
                "tinh" | "thanh" | "huyen" | "quan" | "thi" | "dang" | "xa" | "phuong"
            )
        });
    let earlier = before.len().checked_sub(2).and_then(|at| before.get(at));
    !committee && names::go_together(earlier.map_or("", String::as_str), last, first)
}

fn begins_body(row: &Row) -> bool {
    let keys: Vec<&str> = row
        .tokens
        .iter()
        .map(|token| token.key.as_str())
        .filter(|key| !key.is_empty())
        .collect();
    let join = |count: usize| {
        keys.get(..count.min(keys.len()))
            .unwrap_or_default()
            .concat()
    };
    (1..=3).any(|count| {
        let start = join(count);
        HEADS.contains(&start.as_str())
    }) || (1..=3).any(|count| {
        let start = join(count);
        start.len() >= 5
            && HEADS
                .iter()
                .any(|head| head.len() >= 5 && similarity(&start, head) > 0.88)
    })
}

/// A row of joint issuers cut at the dashes between bodies.
fn at_dashes(row: &Row) -> Vec<Row> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (index, token) in row.tokens.iter().enumerate() {
        let rest = row.part(index + 1..row.tokens.len());
        if token.key.is_empty() && begins_body(&rest) {
            pieces.push(row.part(from..index));
            from = index + 1;
        }
    }
    pieces.push(row.part(from..row.tokens.len()));
    pieces.retain(|piece| !piece.tokens.is_empty());
    pieces
}

/// The names when one name is really several joined by dashes.
fn several(name: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = name.split(" - ").collect();
    let bodies = parts.len() >= 2
        && parts.iter().all(|part| {
            let first = part
                .split_whitespace()
                .next()
                .map(folded)
                .unwrap_or_default();
            let two: String = part.split_whitespace().take(2).map(folded).collect();
            HEADS.contains(&first.as_str()) || HEADS.contains(&two.as_str())
        });
    bodies.then(|| parts.into_iter().map(str::to_owned).collect())
}

/// Bodies that are told apart by their area only; the area is the parent's.
const LOCAL: [&str; 6] = ["so", "phong", "ban", "thanhtra", "vanphong", "bandan"];

/// The name with what only the line above says: `Sở Tư pháp` under `Ủy ban nhân dân tỉnh X` is `Sở Tư pháp tỉnh X`.
pub fn completed(name: &str, parent: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first().copied().map(folded).unwrap_or_default();
    let two: String = words.iter().take(2).copied().map(folded).collect();
    let whole: String = folded(name);
    // `Văn phòng`, `Thanh tra` alone: of the body above.
    let central = folded(parent).starts_with("banchaphanhtrunguong");
    if !central && ["vanphong", "thanhtra", "vanphongdangky"].contains(&whole.as_str()) {
        return format!("{name} {parent}");
    }
    // The Party's central bodies go by the centre, not by the committee's full name.
    if folded(parent).starts_with("banchaphanhtrunguong") {
        return match whole.as_str() {
            "vanphong" => "Văn phòng Trung ương Đảng".to_owned(),
            _ if whole.ends_with("trunguong")
                || whole.contains("bo") && whole.contains("chinhtri")
                || whole == "banbithu" =>
            {
                name.to_owned()
            }
            _ => format!("{name} Trung ương"),
        };
    }
    let area = names::area_of(parent);
    if let Some(last) = words.last().filter(|last| names::is_unit(last)) {
        // `Bệnh viện đa khoa tỉnh`: which one, the parent's name tells.
        let place = area
            .as_deref()
            .and_then(|area| area.strip_prefix(&last.to_lowercase()).map(str::trim))
            .map(str::to_owned)
            .or_else(|| names::trailing_place(parent));
        return place.map_or_else(|| name.to_owned(), |place| format!("{name} {place}"));
    }
    let local = LOCAL.contains(&first.as_str()) || LOCAL.contains(&two.as_str());
    match area {
        Some(area)
            if local
                && names::area_of(name).is_none()
                && !folded(name).ends_with(&names::place_key(&area)) =>
        {
            format!("{name} {area}")
        }
        _ if names::is_party(parent) && !names::is_party(name) => {
            format!("{name} {parent}")
        }
        _ => name.to_owned(),
    }
}

/// Letters that a body's name gives its symbol: `Bộ Tư pháp` BTP, `Thủ tướng Chính phủ` TTg.
pub fn abbreviations(name: &str) -> Vec<String> {
    let bare = names::without_area(name);
    let key = folded(&bare);
    match key.as_str() {
        "thutuongchinhphu" => return vec!["TTg".to_owned()],
        "chinhphu" => return vec!["CP".to_owned()],
        "chutichnuoc" => return vec!["CTN".to_owned()],
        _ => {}
    }
    let words = || {
        bare.split(|c: char| c.is_whitespace() || c == '-')
            .filter(|word| !word.is_empty())
    };
    let letter = |word: &str| -> String {
        word.chars()
            .next()
            .map(|first| match first {
                'Đ' | 'đ' => "Đ".to_owned(),
                other => folded(&other.to_string()).to_uppercase(),
            })
            .unwrap_or_default()
    };
    let all: String = words().map(letter).collect();
    let short: String = words()
        .filter(|word| !matches!(folded(word).as_str(), "va" | "cua" | "ve" | "cac"))
        .map(letter)
        .collect();
    let mut out = vec![short.clone()];
    if all != short {
        out.push(all);
    }
    if key.starts_with("uybannhandan") {
        out.insert(0, "UBND".to_owned());
        out.push("UB".to_owned());
    }
    if key.starts_with("hoidongnhandan") {
        out.insert(0, "HĐND".to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_comes_from_the_line_above() {
        assert_eq!(
            completed("Sở Tư pháp", "Ủy ban nhân dân tỉnh Hà Nam"),
            "Sở Tư pháp tỉnh Hà Nam"
        );
        assert_eq!(completed("Văn phòng", "Bộ Y tế"), "Văn phòng Bộ Y tế");
        assert_eq!(
            completed("Bệnh viện đa khoa tỉnh", "Sở Y tế Hà Nam"),
            "Bệnh viện đa khoa tỉnh Hà Nam"
        );
        assert_eq!(
            completed("Cục Văn thư và Lưu trữ nhà nước", "Bộ Nội vụ"),
            "Cục Văn thư và Lưu trữ nhà nước"
        );
    }

    #[test]
    fn names_give_symbols() {
        assert_eq!(abbreviations("Bộ Tư pháp")[0], "BTP");
        assert_eq!(
            abbreviations("Bộ Lao động - Thương binh và Xã hội")[0],
            "BLĐTBXH"
        );
        assert_eq!(
            abbreviations("Sở Thông tin và Truyền thông tỉnh Hà Nam")[0],
            "STTTT"
        );
        assert_eq!(abbreviations("Ủy ban nhân dân tỉnh Hà Nam")[0], "UBND");
        assert_eq!(abbreviations("Thủ tướng Chính phủ")[0], "TTg");
    }
}
