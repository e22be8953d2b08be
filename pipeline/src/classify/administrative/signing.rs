//! The end of a paper: who signed, for whom, and who receives it (annex I, II.7 and II.9).

use crate::classify::evidence::Evidence;
use crate::classify::fold::{at_start, folded, within};
use crate::classify::leaf::{Leaf, Row, around};
use crate::document::Rect;

use super::head::joined;

/// A text from one place of one page.
#[derive(Clone, Debug)]
pub struct Found {
    /// The value.
    pub value: String,
    /// As read.
    pub text: String,
    /// Page number from 1.
    pub page: u32,
    /// Shown px.
    pub shown: Rect,
    /// Mean certainty of its words.
    pub confidence: f32,
    /// The least certain of its words.
    pub least: f32,
}

impl Found {
    fn of(rows: &[Row], value: String, page: u32) -> Self {
        let texts: Vec<String> = rows.iter().map(Row::text).collect();
        let count = rows.len().max(1) as f32;
        Self {
            value,
            text: texts.join("\n"),
            page,
            shown: around(rows.iter().map(Row::shown)),
            confidence: rows.iter().map(Row::mean_confidence).sum::<f32>() / count,
            least: rows.iter().map(Row::least_confidence).fold(1.0, f32::min),
        }
    }
}

/// What the end says.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// `TM. ỦY BAN NHÂN DÂN`, `KT. CHỦ TỊCH`: lines with a mark of authority.
    pub authority: Option<Found>,
    /// The title without such lines, as printed.
    pub title: Option<Found>,
    /// The name.
    pub name: Option<Found>,
    /// The family name is a Vietnamese one.
    pub family: bool,
    /// Who signs for another (`KT.`) is that one's deputy: whether the title is. `None` without such a line.
    pub deputy: Option<bool>,
    /// The list of recipients, entries joined by `; `.
    pub recipients: Option<Found>,
}

/// Family names that nearly all Vietnamese bear, folded.
const FAMILIES: &[&str] = &[
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do",
    "ho", "ngo", "duong", "ly", "dao", "doan", "dinh", "trinh", "truong", "mai", "luong", "luu",
    "ha", "cao", "phung", "to", "ta", "lam", "thai", "chu", "tong", "quach", "nong", "la", "lo",
    "vi", "dam", "kieu", "trieu", "ma", "luc", "chau", "tu", "van", "bach", "be", "ca", "than",
    "quang", "giang", "tang", "nghiem", "thach", "son", "kim", "danh", "cu", "vuong", "khuc",
    "khuong", "an", "au", "bo", "cam", "cat", "cung", "da", "dieu", "ro", "siu", "ksor", "rah",
    "hua", "mac", "lu", "mua", "giap", "sung", "thao", "vang", "hang", "ong", "phi", "tieu", "ton",
    "ung", "dong",
];

/// Reads the end of the paper; the first page with both sides of it counts, since annexes follow the paper.
pub fn read(evidence: &Evidence) -> Signing {
    let mut best = Signing::default();
    for leaf in evidence.leaves() {
        let Some(start) = recipients_row(leaf) else {
            continue;
        };
        let signing = on_page(leaf, start);
        if signing.name.is_some() || signing.title.is_some() {
            return signing;
        }
        if best.recipients.is_none() {
            best = signing;
        }
    }
    if best.name.is_some() || best.title.is_some() {
        return best;
    }
    // Without a list of recipients, a line of authority or a title in the right half tells where the end is.
    for leaf in evidence.leaves() {
        let signing = without_recipients(leaf);
        if signing.title.is_some() && signing.name.is_some() {
            return Signing {
                recipients: best.recipients.take(),
                ..signing
            };
        }
    }
    best
}

fn recipients_row(leaf: &Leaf) -> Option<&Row> {
    leaf.rows.iter().find(|row| {
        let key = row.key();
        at_start(&key, "noinhan").1 > 0.84 && row.level().x < leaf.centre()
    })
}

/// The two columns under and beside `Nơi nhận:`.
fn on_page(leaf: &Leaf, start: &Row) -> Signing {
    let top = start.middle();
    let split = split_of(leaf, start);
    let mut left: Vec<Row> = Vec::new();
    let mut right: Vec<Row> = Vec::new();
    for row in &leaf.rows {
        let middle = row.middle();
        if middle < top - 7.0 * leaf.em {
            continue;
        }
        for part in parted(row, split) {
            let rect = part.level();
            if rect.x + rect.w / 2.0 >= split {
                right.push(part);
            } else if middle > top - 0.3 * leaf.em {
                left.push(part);
            }
        }
    }
    let right = joined(right, 0.6 * leaf.em);
    let mut signing = signed(&right, leaf);
    signing.recipients = recipients(joined(left, 0.5 * leaf.em), leaf);
    signing
}

/// Level x between recipients and signature: left of the line of authority beside them.
fn split_of(leaf: &Leaf, start: &Row) -> f32 {
    let beside = leaf
        .rows
        .iter()
        .flat_map(|row| &row.tokens)
        .filter(|token| {
            let off = token.centre().1 - start.middle();
            off > -6.0 * leaf.em
                && off < 3.0 * leaf.em
                && token.level.x > leaf.sides.0 + leaf.measure() * 0.3
        })
        .filter(|token| matches!(token.key.as_str(), "tm" | "kt" | "tl" | "tuq"))
        .map(|token| token.level.x)
        .fold(f32::MAX, f32::min);
    if beside < f32::MAX {
        beside - 0.5 * leaf.em
    } else {
        leaf.sides.0 + leaf.measure() * 0.47
    }
}

/// A row cut at the line between the columns when it has words on both sides with room between.
fn parted(row: &Row, split: f32) -> Vec<Row> {
    let at = row
        .tokens
        .iter()
        .position(|token| token.level.x + token.level.w * 0.5 > split)
        .unwrap_or(row.tokens.len());
    if at == 0 || at == row.tokens.len() {
        return vec![row.clone()];
    }
    let gap = row
        .tokens
        .get(at)
        .zip(row.tokens.get(at - 1))
        .map_or(0.0, |(after, before)| {
            after.level.x - before.level.x - before.level.w
        });
    if gap > row.level().h * 0.7 {
        vec![row.part(0..at), row.part(at..row.tokens.len())]
    } else {
        vec![row.clone()]
    }
}

/// Authority, title and name from the rows of the right column.
fn signed(rows: &[Row], leaf: &Leaf) -> Signing {
    let mut signing = Signing::default();
    let Some(first) = rows
        .iter()
        .position(|row| is_authority(row) || is_title(row))
    else {
        return signing;
    };
    let mut authority: Vec<Row> = Vec::new();
    let mut title: Vec<Row> = Vec::new();
    let mut last = first;
    for (index, row) in rows.iter().enumerate().skip(first) {
        let near = rows
            .get(last)
            .is_none_or(|before| row.middle() - before.middle() < 2.6 * leaf.em);
        if !near {
            break;
        }
        if is_authority(row) && title.is_empty() {
            authority.push(row.clone());
        } else if is_title(row) {
            // A body's name may go on in the next line: `TM. ỦY BAN NHÂN DÂN / TỈNH`.
            title.push(row.clone());
        } else if row.capitals() > 0.75
            && row.key().len() > 3
            && (!title.is_empty() || !authority.is_empty())
        {
            if title.is_empty() {
                authority.push(row.clone());
            } else {
                title.push(row.clone());
            }
        } else {
            break;
        }
        last = index;
    }
    let page = leaf.number;
    if !authority.is_empty() {
        let value: Vec<String> = authority.iter().map(tidy).collect();
        signing.authority = Some(Found::of(&authority, value.join("; "), page));
    }
    if !title.is_empty() {
        let value: Vec<String> = title.iter().map(|row| tidy(&without_specks(row))).collect();
        let value = value.join(" ");
        signing.deputy = authority.last().and_then(|row| deputy(row, &value));
        let known = crate::classify::titles::settled(&value).map(str::to_owned);
        signing.title = Some(Found::of(&title, known.unwrap_or(value), page));
    }
    let under = rows.get(last + 1..).unwrap_or_default();
    let foot = rows.get(last).map_or(0.0, Row::middle);
    if let Some((row, family)) = name_in(under, foot, leaf) {
        let value = super::names::tones_kept(&with_family(&row));
        signing.name = Some(Found::of(&[row], value, page));
        signing.family = family;
    }
    signing
}

/// A title without the specks and strokes of seal and signature that engines read as signs and letters.
fn without_specks(row: &Row) -> Row {
    let mut tokens: Vec<_> = row
        .tokens
        .iter()
        .filter(|token| !token.key.is_empty() || matches!(token.text.as_str(), "-" | "–"))
        .cloned()
        .collect();
    let speck = |token: &crate::classify::leaf::Token| token.key.len() < 2;
    while tokens.len() > 1 && tokens.last().is_some_and(speck) {
        tokens.pop();
    }
    while tokens.len() > 1 && tokens.first().is_some_and(speck) {
        tokens.remove(0);
    }
    Row { tokens }
}

/// Whether `title` is that of the deputy of whom the line of authority names; `None` when it names nobody so.
///
/// Annex I, II.7.a of decree 30/2020: who signs for the head of a body sets `KT.` before the head's title.
fn deputy(authority: &Row, title: &str) -> Option<bool> {
    let key = authority.key();
    let head = key.strip_prefix("kt")?;
    let title = folded(title);
    let own = match head {
        "botruong" => "thutruong".to_owned(),
        _ => format!("pho{head}"),
    };
    (head.len() >= 5).then_some(title == own)
}

/// A name with its family name as it must be, where its letters are those of one only.
fn with_family(row: &Row) -> Row {
    let mut row = row.clone();
    if let Some(first) = row.tokens.first_mut()
        && let Some(family) = crate::classify::citizen::names::family(&first.text)
    {
        first.text = family;
    }
    row
}

fn tidy(row: &Row) -> String {
    let text = row.text();
    let text = text
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '.');
    // One space behind the point of the mark: `KT.CHỦ TỊCH`, `KT . CHỦ TỊCH`.
    let mut out = text.replace(" .", ".");
    for misread in ["7M.", "1M.", "IM."] {
        if let Some(rest) = out.strip_prefix(misread) {
            out = format!("TM.{rest}");
        }
    }
    for mark in ["TM.", "KT.", "TL.", "TUQ."] {
        // The point may be lost: `TM ỦY BAN NHÂN DÂN`.
        let bare = out
            .strip_prefix(mark.trim_end_matches('.'))
            .filter(|rest| rest.starts_with(' '));
        if let Some(rest) = out.strip_prefix(mark).or(bare) {
            out = format!("{mark} {}", rest.trim_start());
        }
    }
    out
}

fn is_authority(row: &Row) -> bool {
    let Some(first) = row.tokens.first() else {
        return false;
    };
    let start: String = first
        .text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '/')
        .collect();
    let dotted = first.text.contains(['.', '/'])
        || first.text.contains(',')
        || row
            .tokens
            .get(1)
            .is_some_and(|next| next.text.starts_with(['.', ',']));
    let marked = matches!(
        start.as_str(),
        "TM" | "KT"
            | "TL"
            | "TUQ"
            | "Q"
            | "IM"
            | "7M"
            | "1M"
            | "T/M"
            | "K/T"
            | "T/L"
            | "TƯQ"
            | "ỤQ"
            | "UQ"
    );
    row.capitals() > 0.6 && marked && (dotted || row.tokens.len() > 1)
}

/// Titles of those who sign, folded.
const TITLES: &[&str] = &[
    "chutich",
    "phochutich",
    "thutuong",
    "phothutuong",
    "botruong",
    "thutruong",
    "giamdoc",
    "phogiamdoc",
    "cuctruong",
    "phocuctruong",
    "tongcuctruong",
    "vutruong",
    "phovutruong",
    "chanhvanphong",
    "phochanhvanphong",
    "chanhthanhtra",
    "phochanhthanhtra",
    "truongphong",
    "photruongphong",
    "truongban",
    "photruongban",
    "hieutruong",
    "phohieutruong",
    "vientruong",
    "phovientruong",
    "chanhan",
    "phochanhan",
    "tonggiamdoc",
    "photonggiamdoc",
    "bithu",
    "phobithu",
    "tongbithu",
    "chunhiem",
    "phochunhiem",
    "thongdoc",
    "phothongdoc",
    "tongthanhtra",
    "photongthanhtra",
    "chicuctruong",
    "phochicuctruong",
    "truongtram",
    "tongkiemtoan",
    "bobtruong",
    "tructhanhtra",
    "phongtruong",
    "nguoiky",
    "chuctich",
    "kehoachtruong",
    "dai",
    "uyvien",
    "tulenh",
    "chihuytruong",
    "truongcongan",
    "congchungvien",
    "thuky",
    "chutri",
    "chutoa",
    "nguoilap",
    "truongkhoa",
    "daitruong",
    "trudong",
    "doitruong",
];

fn is_title(row: &Row) -> bool {
    let key = row.key();
    row.capitals() > 0.75
        && key.len() >= 5
        && TITLES
            .iter()
            .any(|title| title.len() >= 5 && at_start(&key, title).1 > 0.85)
}

/// The lowest row under the titles that can be a name.
fn name_in(rows: &[Row], foot: f32, leaf: &Leaf) -> Option<(Row, bool)> {
    let mut best: Option<(Row, bool, f32)> = None;
    for row in rows {
        let below = row.middle() - foot;
        if below < 1.5 * leaf.em || below > 16.0 * leaf.em {
            continue;
        }
        let Some((name, family)) = as_name(row) else {
            continue;
        };
        let weight = name.mean_confidence() + f32::from(u8::from(family)) * 0.5;
        if best.as_ref().is_none_or(|(_, _, old)| weight > old - 0.05) {
            best = Some((name, family, weight));
        }
    }
    best.map(|(row, family, _)| (row, family))
}

/// Degrees and ranks before names.
const RANKS: [&str; 12] = [
    "gs",
    "pgs",
    "ts",
    "ths",
    "bs",
    "ks",
    "trungtuong",
    "thieutuong",
    "daita",
    "thuongta",
    "trungta",
    "bscki",
];

/// The words of a row that make a name: two to six, each with a capital first, no digits.
fn as_name(row: &Row) -> Option<(Row, bool)> {
    // Between words of a name, what is no word is a stroke of the seal or of the signature.
    let stroke = |token: &crate::classify::leaf::Token| {
        token.key.is_empty() || token.key.len() < 2 && !token.text.chars().all(char::is_uppercase)
    };
    let mut tokens: Vec<_> = row
        .tokens
        .iter()
        .filter(|token| !stroke(token))
        .flat_map(divided)
        .collect();
    // Ranks before it and specks of ink on both sides are no part of it.
    let no_part = |token: &crate::classify::leaf::Token| {
        RANKS.contains(&token.key.as_str())
            || token.key.len() < 2
            || token.confidence < 0.35
            || !token.text.chars().next().is_some_and(char::is_uppercase)
    };
    while tokens.first().is_some_and(no_part) {
        tokens.remove(0);
    }
    while tokens.last().is_some_and(|token| {
        token.confidence < 0.35
            || token.key.len() < 2 && token.text.chars().any(|c| !c.is_alphabetic())
    }) {
        tokens.pop();
    }
    let fits = (2..=6).contains(&tokens.len())
        && tokens.iter().all(|token| {
            let letters = token.text.trim_matches(|c: char| !c.is_alphanumeric());
            letters.chars().next().is_some_and(char::is_uppercase)
                && letters.chars().all(char::is_alphabetic)
                && letters.chars().count() <= 7
        });
    let row = Row { tokens };
    let first = row
        .tokens
        .first()
        .map(|token| token.key.clone())
        .unwrap_or_default();
    let family = FAMILIES.contains(&first.as_str());
    // Names are in small letters with capitals; in capitals only with a family name before.
    (fits && (row.capitals() < 0.6 || family)).then_some((row, family))
}

/// The words of a name that a stroke joins, `Kiều/Gia`, each with its share of the box.
fn divided(token: &crate::classify::leaf::Token) -> Vec<crate::classify::leaf::Token> {
    let parts: Vec<&str> = token.text.split('/').collect();
    let words = parts.iter().all(|part| {
        part.chars().next().is_some_and(char::is_uppercase)
            && part.chars().count() >= 2
            && part.chars().all(char::is_alphabetic)
    });
    if parts.len() != 2 || !words {
        return vec![token.clone()];
    }
    let half = |rect: Rect, at: f32| Rect {
        x: rect.x + at * rect.w / 2.0,
        w: rect.w / 2.0,
        ..rect
    };
    let word = |(part, at): (&&str, f32)| crate::classify::leaf::Token {
        text: (*part).to_owned(),
        key: folded(part),
        confidence: token.confidence,
        shown: half(token.shown, at),
        level: half(token.level, at),
    };
    parts.iter().zip([0.0, 1.0]).map(word).collect()
}

fn without_recipients(leaf: &Leaf) -> Signing {
    let half = leaf.sides.0 + leaf.measure() * 0.42;
    let rows: Vec<Row> = leaf
        .rows
        .iter()
        .flat_map(|row| parted(row, half))
        .filter(|row| row.level().x >= half && row.middle() > leaf.size_px.1 as f32 * 0.12)
        .collect();
    signed(&joined(rows, 0.6 * leaf.em), leaf)
}

/// A row without signs that are no punctuation of lists: strokes of the signature beside it.
fn without_strokes(row: &Row) -> Row {
    let tokens = row.tokens.iter().filter(|token| {
        !token.key.is_empty() || token.text.chars().all(|c| "-–—+*•·;,.:&".contains(c))
    });
    Row {
        tokens: tokens.cloned().collect(),
    }
}

/// The entries under `Nơi nhận:`.
fn recipients(rows: Vec<Row>, leaf: &Leaf) -> Option<Found> {
    let mut entries: Vec<String> = Vec::new();
    let mut used: Vec<Row> = Vec::new();
    let mut last: Option<f32> = None;
    let mut closed = false;
    for row in rows {
        let middle = row.middle();
        if last.is_some_and(|last| middle - last > 3.2 * leaf.em) {
            break;
        }
        let mut text = without_strokes(&row).text();
        if last.is_none() {
            // What stands behind the colon on the first line is the first entry.
            let (_, end, _) = within(&row.key(), "noinhan");
            let rest = row.part(row.span(0, end).end..row.tokens.len());
            text = without_strokes(&rest).text();
        }
        last = Some(middle);
        let letters = folded(&text).len();
        if letters < 2 {
            if used.is_empty() {
                used.push(row);
            }
            continue;
        }
        // A dash may be lost; an entry that was closed is closed.
        let starts = std::mem::take(&mut closed)
            || text
                .trim_start()
                .starts_with(['-', '–', '—', '+', '*', '•', '·', '~', '¬', '_']);
        closed = text.trim_end().ends_with(';');
        let entry = text
            .trim_matches(|c: char| {
                c.is_whitespace()
                    || matches!(
                        c,
                        '-' | '–' | '—' | '+' | '*' | '•' | '·' | '~' | '¬' | '_' | ';' | ','
                    )
            })
            .to_owned();
        match entries.last_mut() {
            Some(before) if !starts => {
                before.push(' ');
                before.push_str(&entry);
            }
            _ => entries.push(entry),
        }
        used.push(row);
        // `Lưu: VT, …` ends the list; one line more may belong to it.
        if folded(&text).starts_with("luu") {
            break;
        }
    }
    let entries: Vec<String> = entries
        .into_iter()
        .map(|entry| {
            entry
                .trim_end_matches(['.', ';', ',', '/', ' ', ':'])
                .to_owned()
        })
        .filter(|entry| folded(entry).len() >= 2)
        .collect();
    (!entries.is_empty()).then(|| Found::of(&used, entries.join("; "), leaf.number))
}
