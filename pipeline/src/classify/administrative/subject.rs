//! What a paper is about: the lines under the type, or the letter's `V/v` under the symbol (annex I, II.5).

use crate::classify::fold::{at_start, folded};
use crate::classify::leaf::{Leaf, Row};

use super::head::{Head, begins_text, drop, joined};

/// The subject as printed.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its lines.
    pub rows: Vec<Row>,
    /// Under the symbol, with `V/v`: cell 5b.
    pub of_letter: bool,
    /// How plain its end is, 0 to 1: a wide gap, a line in capitals or a known beginning of text.
    pub ended: f32,
    /// How whole it is, 0 to 1: less for lines that are off the middle, as when a stamp hides a part of them.
    pub whole: f32,
}

impl Subject {
    /// The lines joined.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.rows.iter().map(clean).collect();
        let about = self.rows.first().filter(|row| is_about(row));
        if let Some((row, line)) = about.zip(lines.first_mut()) {
            // `V]v`, `Viv`: the stroke is what engines miss.
            if let Some(rest) = row.tokens.first().filter(|token| {
                // A dash before `Về việc` is no mark.
                let short = (1..=3).contains(&token.key.len());
                token.text != "V/v" && short && token.key != "ve"
            }) {
                let start = if rest.text.ends_with(':') {
                    "V/v:"
                } else {
                    "V/v"
                };
                *line = line.replacen(&rest.text, start, 1);
            }
        }
        let text = lines.join(" ");
        let text = text.trim_matches(|c: char| {
            matches!(
                c,
                '_' | '-' | '—' | '–' | '~' | '*' | '|' | '\'' | '`' | ' '
            )
        });
        // A hyphen at a line's end belongs to the word before it in names joined by dashes only.
        text.replace(" ,", ",").replace("  ", " ")
    }
}

impl Subject {
    /// The subject as it is cited: one that is set in capitals is written in small letters.
    pub fn value(&self) -> String {
        let text = self.text();
        let capitals = self.rows.iter().map(Row::capitals).fold(1.0, f32::min);
        if capitals > 0.9 && text.chars().count() > 3 {
            super::names::lowered(&text)
        } else {
            text
        }
    }
}

/// A row without the rules and specks that engines read as words.
fn clean(row: &Row) -> String {
    let words: Vec<&str> = row
        .tokens
        .iter()
        .filter(|token| {
            !token.key.is_empty()
                || token.confidence > 0.7
                    && token.text.chars().count() <= 1
                    && matches!(token.text.as_str(), "-" | "–" | "—" | "&" | "+" | "%")
        })
        .map(|token| token.text.as_str())
        .collect();
    words.join(" ")
}

/// Lines of one subject lie nearer than this, em of the page, when there is no earlier pair to compare with.
const PITCH: f32 = 2.3;
/// More lines than this are text: the longest subjects in the journals of the State have ten.
const LINES: usize = 12;

/// Lines of less mean certainty are scribbles and parts of stamps.
const NOISE: f32 = 0.55;
/// A centred line is not further off the middle than this, em.
const OFF: f32 = 2.0;

/// The subject under a title.
pub fn under_title(head: &Head, leaf: &Leaf) -> Option<Subject> {
    let title = head.title.as_ref().filter(|title| !title.in_text)?;
    let row = head.below.get(title.at)?;
    let mut rows: Vec<Row> = Vec::new();
    if title.words < row.tokens.len() {
        rows.push(row.part(title.words..row.tokens.len()));
    }
    let middle = leaf.centre();
    let central: Vec<Row> = head
        .below
        .iter()
        .filter(|piece| {
            let rect = piece.level();
            let low = piece.middle() > row.middle() + 0.5 * leaf.em;
            low && rect.x < middle + 0.12 * leaf.measure()
                && rect.x + rect.w > middle - 0.12 * leaf.measure()
        })
        .cloned()
        .collect();
    let lines = joined(central, 0.5 * leaf.em);
    let mut last = row.clone();
    let mut pitch = None;
    let mut ended = 0.3;
    let mut whole = 1.0;
    let axis = if title.words < row.tokens.len() {
        middle
    } else {
        row.level().x + row.level().w / 2.0
    };
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        let key = line.key();
        if key.is_empty() {
            continue;
        }
        if is_stamp(&key) || line.mean_confidence() < NOISE {
            whole *= 0.6;
            continue;
        }
        let gap = drop(&last, &line);
        let wide = pitch.map_or(PITCH * leaf.em, |pitch: f32| {
            (pitch * 1.45).max(1.3 * leaf.em)
        });
        let first = rows.is_empty();
        if rows.len() >= LINES
            || (!first || title.words < row.tokens.len()) && gap > wide
            || gap > 4.5 * leaf.em
        {
            ended = if gap > wide * 1.15 { 1.0 } else { 0.8 };
            break;
        }
        if begins_text(&line) || is_attached(&key) || !first && other_block(&line, &rows) {
            ended = 1.0;
            break;
        }
        let paragraph = lines
            .peek()
            .is_some_and(|next| is_paragraph(&line, next, leaf));
        if !first && (paragraph || begins_paragraph(&line, leaf)) {
            ended = 0.7;
            break;
        }
        if !first {
            pitch = Some(pitch.map_or(gap, |old: f32| old.min(gap)));
        }
        let off = (line.level().x + line.level().w / 2.0 - axis).abs();
        if off > OFF * leaf.em {
            whole *= 0.3;
        }
        last = line.clone();
        rows.push(line);
    }
    (!rows.is_empty()).then_some(Subject {
        rows,
        of_letter: false,
        ended,
        whole,
    })
}

/// An indented line to the right margin and a next one from the left margin: text.
fn is_paragraph(line: &Row, next: &Row, leaf: &Leaf) -> bool {
    let (a, b) = (line.level(), next.level());
    let indented = a.x > b.x + 0.9 * leaf.em;
    let full = a.x + a.w > leaf.sides.1 - 1.2 * leaf.em;
    let flush = (b.x - leaf.sides.0).abs() < 0.8 * leaf.em;
    indented && full && flush
}

/// A line in capitals after small letters: the authority that decides, or that invites or wires.
fn other_block(line: &Row, rows: &[Row]) -> bool {
    let key = line.key();
    if key.contains("trantrong") || key.ends_with("chinhphudien") || key.contains("kinhmoi") {
        return true;
    }
    let before: f32 = rows.iter().map(Row::capitals).sum::<f32>() / rows.len().max(1) as f32;
    line.capitals() > 0.8 && before < 0.5 && line.key().len() > 5
}

/// A line that is indented at the left and goes to the right margin, or stands at the left margin: text, not a centred line.
fn begins_paragraph(line: &Row, leaf: &Leaf) -> bool {
    let rect = line.level();
    let (left, right) = (rect.x - leaf.sides.0, leaf.sides.1 - rect.x - rect.w);
    let skewed = left - right;
    // Lines that are centred have the same room on both sides.
    skewed.abs() > 2.2 * leaf.em && (right < 1.2 * leaf.em || left < 1.2 * leaf.em)
}

/// The letter's subject under the symbol.
pub fn of_letter(head: &Head, leaf: &Leaf) -> Option<Subject> {
    let from = head.symbol.map_or(0, |at| at + 1);
    let start = (from..head.left.len()).find(|&at| head.left.get(at).is_some_and(is_about))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut pitch = None;
    let mut ended = 1.0;
    for row in head.left.get(start..).unwrap_or_default() {
        let key = row.key();
        if key.is_empty() {
            continue;
        }
        if let Some(last) = rows.last() {
            let gap = drop(last, row);
            let wide = pitch.map_or(PITCH * leaf.em, |pitch: f32| {
                (pitch * 1.5).max(1.3 * leaf.em)
            });
            if gap > wide || rows.len() >= LINES {
                break;
            }
            if begins_text(row) || is_stamp(&key) {
                break;
            }
            pitch = Some(pitch.map_or(gap, |old: f32| old.min(gap)));
        }
        rows.push(row.clone());
    }
    if rows.len() >= LINES {
        ended = 0.3;
    }
    (!rows.is_empty()).then_some(Subject {
        rows,
        of_letter: true,
        ended,
        whole: 1.0,
    })
}

/// Whether a row begins with `V/v` or `Về việc`.
pub fn is_about(row: &Row) -> bool {
    let start: String = row
        .text()
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(7)
        .collect();
    let v = |c: Option<char>| c.is_some_and(|c| matches!(c, 'v' | 'V' | 'W' | 'w' | 'y' | 'Y'));
    let mut letters = start.chars().skip_while(|c| !c.is_alphanumeric());
    let first = letters.next();
    let second = letters.next();
    let third = letters.next();
    let stroke = second.is_some_and(|c| {
        matches!(
            c,
            '/' | '\\'
                | '⁄'
                | '|'
                | 'l'
                | 'I'
                | 'i'
                | 'í'
                | 'j'
                | '.'
                | ','
                | ']'
                | '['
                | '7'
                | 'Í'
                | '!'
                | '1'
                | '\''
        )
    });
    // The engine may read the second letter as a sign: `V⁄%`.
    let sign = second.is_some_and(|c| matches!(c, '/' | '⁄'))
        && third.is_some_and(|c| !c.is_alphanumeric());
    (v(first) && stroke && v(third) || v(first) && sign)
        || (v(first) && v(second) && third.is_some_and(|c| !c.is_lowercase() || c == 'v'))
        || (matches!(first, Some('W' | 'w'))
            && row.tokens.first().is_some_and(|token| token.key.len() <= 2))
        || at_start(&folded(&row.text()), "veviec").1 > 0.9
}

/// `(Ban hành kèm theo Quyết định số …)` under the subject of what a decision puts in force.
fn is_attached(key: &str) -> bool {
    ["banhanhkemtheo", "hanhkemtheo", "kemtheo", "banhanhtheo"]
        .iter()
        .any(|start| at_start(key, start).1 > 0.88)
}

/// Words of incoming stamps, which stand where letters have their subject.
fn is_stamp(key: &str) -> bool {
    [
        "congvanden",
        "vanbanden",
        "congthongtin",
        "kinhchuyen",
        "luuhoso",
        "ngayden",
        "soden",
    ]
    .iter()
    .any(|word| at_start(key, word).1 > 0.85)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::leaf::Token;

    fn row(text: &str) -> Row {
        let tokens = text
            .split(' ')
            .map(|word| Token {
                text: word.to_owned(),
                key: folded(word),
                confidence: 0.9,
                shown: Default::default(),
                level: Default::default(),
            })
            .collect();
        Row { tokens }
    }

    #[test]
    fn the_letters_mark_is_known_by_many_faces() {
        for text in [
            "V/v đăng ký",
            "V/v: xin",
            "Viv góp ý",
            "VÍv xử lý",
            "Về việc",
            "V/V báo cáo",
            "VÁ v",
        ] {
            let expected = text != "VÁ v";
            assert_eq!(is_about(&row(text)), expected, "{text}");
        }
        assert!(!is_about(&row("Vũ Thị")));
        assert!(!is_about(&row("Văn phòng")));
    }

    #[test]
    fn a_dash_before_the_subject_is_no_mark() {
        let told = |text: &str| {
            let subject = Subject {
                rows: vec![row(text)],
                of_letter: true,
                ended: 1.0,
                whole: 1.0,
            };
            subject.text()
        };
        assert_eq!(told("- Về việc chuyển hồ sơ"), "Về việc chuyển hồ sơ");
        assert_eq!(told("Viv góp ý dự thảo"), "V/v góp ý dự thảo");
    }
}
