//! Who signed a paper, as what and for whom.

use crate::classify::citizen::anchors::Reading;
use crate::classify::citizen::fields::{Said, certainty};
use crate::classify::citizen::labels::Shape;
use crate::classify::citizen::page::Page;
use crate::classify::citizen::shapes;
use crate::classify::fold::at_start;
use crate::classify::leaf::{Row, Token};
use crate::record::Field;

/// Titles of those who sign, folded.
pub(super) const TITLES: [&str; 22] = [
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
pub(super) fn signed(said: &mut Said, code: &str, pages: &[Page<'_>]) {
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
    let known = name.tokens.first().and_then(|first| {
        Some((
            first.clone(),
            crate::classify::citizen::names::family(&first.text)?,
        ))
    });
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

pub(super) fn title_of(key: &str) -> bool {
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
pub(super) fn without_authority(row: &Row) -> Row {
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
pub(super) fn person(row: &Row) -> bool {
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
        && crate::classify::citizen::names::is_family(
            own.first().map_or("", |token| token.text.as_str()),
        )
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

/// A name stands at most so far under its title, letters' heights: seals and signatures take the space between.
const NAME_DOWN: f32 = 16.0;
