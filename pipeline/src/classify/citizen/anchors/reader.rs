//! The words of the value of a label: behind it, to the right, else below, up to the next label.

use super::{Anchor, Reading, anchor_box, item};
use crate::classify::citizen::labels::Shape;
use crate::classify::citizen::page::Page;
use crate::classify::leaf::{Row, Token, around, median};
use crate::document::Rect;

/// Reads values by their labels.
pub(in crate::classify::citizen) struct Reader<'p> {
    page: &'p Page<'p>,
    anchors: &'p [Anchor],
    /// Distance from line to line, px.
    pitch: f32,
}

impl<'p> Reader<'p> {
    pub(in crate::classify::citizen) fn new(page: &'p Page<'p>, anchors: &'p [Anchor]) -> Self {
        Self {
            page,
            anchors,
            pitch: pitch(page),
        }
    }

    /// The words of the value of the label at `index`; `None` when it has none.
    pub(in crate::classify::citizen) fn value(&self, index: usize) -> Option<Reading> {
        let anchor = self.anchors.get(index)?;
        let place = &anchor.place;
        let row = self.page.rows.get(place.last_row)?;
        let limit = self.limit(place.last_row, place.behind, row.tokens.len());
        let tokens = row.tokens.get(place.behind..limit).unwrap_or_default();
        let mut tokens = self.run(tokens);
        let mut last_row = place.last_row;
        let at = self.head(index).unwrap_or_default();
        if blank(&tokens) {
            if self.doubled(anchor, limit) {
                return None;
            }
            let (next, words) = self.right(anchor, at).or_else(|| self.below(anchor, at))?;
            last_row = next;
            tokens = words;
        }
        if self.ends_row(&tokens, last_row) {
            match anchor.label.shape {
                Shape::Place => tokens.extend(self.going_on(last_row, at, &tokens)),
                Shape::Name => tokens.extend(self.rest_of_name(last_row, at, &tokens)),
                Shape::Id if !tokens.iter().any(has_digits) => {
                    tokens.extend(self.going_on(last_row, at, &tokens));
                }
                _ => {}
            }
        }
        let tokens = stripped(tokens);
        (!blank(&tokens)).then_some(Reading { tokens })
    }

    /// The box of the label and of the same label in another language before it.
    fn head(&self, index: usize) -> Option<Rect> {
        let anchor = self.anchors.get(index)?;
        let own = anchor_box(self.page, anchor);
        let before = index
            .checked_sub(1)
            .and_then(|index| self.anchors.get(index));
        let twin = before.filter(|before| {
            before.label.field == anchor.label.field && before.place.last_row == anchor.place.row
        });
        Some(twin.map_or(own, |twin| own.union(anchor_box(self.page, twin))))
    }

    /// Whether the label is followed at once by the same in another language, whose value it is.
    fn doubled(&self, anchor: &Anchor, limit: usize) -> bool {
        self.anchors.iter().any(|other| {
            other.place.row == anchor.place.last_row
                && other.place.word == limit
                && (other.label.field == anchor.label.field || anchor.label.shape == Shape::Stop)
        })
    }

    /// Behind the last word before the next label of a row.
    fn limit(&self, row: usize, from: usize, end: usize) -> usize {
        self.anchors
            .iter()
            .filter(|other| other.place.row == row && other.place.word >= from)
            .map(|other| other.place.word)
            .min()
            .unwrap_or(end)
    }

    /// Words up to a gap that parts columns.
    fn run(&self, tokens: &[Token]) -> Vec<Token> {
        let mut run: Vec<Token> = Vec::new();
        for token in tokens {
            let gap = run.last().map_or(0.0, |last: &Token| {
                token.level.x - (last.level.x + last.level.w)
            });
            if !blank(&run) && gap > COLUMN_GAP * self.page.leaf.em {
                break;
            }
            run.push(token.clone());
        }
        run
    }

    /// The nearest piece of a line to the right that no label begins.
    fn right(&self, anchor: &Anchor, at: Rect) -> Option<(usize, Vec<Token>)> {
        let em = self.page.leaf.em;
        let middle = at.y + at.h / 2.0;
        let edge = at.x + at.w;
        let reach = self.page.leaf.measure() * 0.5;
        let near = |(index, row): &(usize, &Row)| {
            let level = row.level();
            *index != anchor.place.last_row
                && (row.middle() - middle).abs() < 0.7 * em
                && level.x > edge - 0.5 * em
                && level.x - edge < reach
        };
        let (index, _) = self
            .page
            .rows
            .iter()
            .enumerate()
            .filter(near)
            .min_by(|a, b| a.1.level().x.total_cmp(&b.1.level().x))?;
        self.piece(index)
    }

    /// The piece of a line below that no label begins.
    fn below(&self, anchor: &Anchor, at: Rect) -> Option<(usize, Vec<Token>)> {
        let em = self.page.leaf.em;
        let middle = at.y + at.h / 2.0;
        let right = (at.x + at.w).max(at.x + 8.0 * em);
        let near = |(index, row): &(usize, &Row)| {
            let level = row.level();
            let down = row.middle() - middle;
            *index != anchor.place.last_row
                && down > 0.5 * em
                && down < 1.6 * self.pitch
                && level.x < right
                && level.x + level.w > at.x - em
        };
        let (index, row) = self
            .page
            .rows
            .iter()
            .enumerate()
            .filter(near)
            .min_by(|a, b| a.1.middle().total_cmp(&b.1.middle()))?;
        // Labels side by side head columns: each has the words under it, up to where the next begins.
        let next = self
            .anchors
            .iter()
            .filter(|other| {
                other.place.row == anchor.place.last_row
                    && other.place.word >= anchor.place.behind
                    && (other.label.field != anchor.label.field || other.label.shape == Shape::Stop)
            })
            .map(|other| anchor_box(self.page, other).x)
            .fold(f32::INFINITY, f32::min);
        let level = row.level();
        if level.x < at.x - 3.0 * em || level.x + level.w > next {
            let column = |token: &&Token| {
                let (x, _) = token.centre();
                x > at.x - 1.5 * em && x < next - 0.5 * em
            };
            let words: Vec<Token> = row.tokens.iter().filter(column).cloned().collect();
            return self
                .piece(index)
                .filter(|_| !blank(&words))
                .map(|_| (index, words));
        }
        self.piece(index)
    }

    /// The words of a row up to its first label; `None` when a label begins it.
    fn piece(&self, index: usize) -> Option<(usize, Vec<Token>)> {
        let row = self.page.rows.get(index)?;
        let limit = self.limit(index, 0, row.tokens.len());
        let held = self
            .anchors
            .iter()
            .any(|other| other.place.last_row == index && other.place.row < index);
        let words = self.run(row.tokens.get(..limit).unwrap_or_default());
        (!held && !blank(&words)).then_some((index, words))
    }

    /// Whether a value ends its row, so that it may go on below.
    fn ends_row(&self, tokens: &[Token], row: usize) -> bool {
        let Some(row) = self.page.rows.get(row) else {
            return false;
        };
        let end = |token: Option<&Token>| token.map(|token| token.level.x + token.level.w);
        end(tokens.last())
            .zip(end(row.tokens.last()))
            .is_some_and(|(a, b)| (a - b).abs() < 1.0)
    }

    /// The word or two of a name that its column had no space for: in capitals as the name is, right below it or
    /// its label.
    fn rest_of_name(&self, row: usize, label: Rect, tokens: &[Token]) -> Vec<Token> {
        let shouted = |tokens: &[Token]| {
            tokens
                .iter()
                .all(|token| token.text.chars().all(|c| c.is_uppercase() || c == '-'))
        };
        let last = around(tokens.iter().map(|token| token.level));
        let middle = last.y + last.h / 2.0;
        let em = self.page.leaf.em;
        if tokens.len() > 3 || !shouted(tokens) {
            return Vec::new();
        }
        let fits = |(index, other): &(usize, &Row)| {
            let (level, down) = (other.level(), other.middle() - middle);
            *index != row
                && down > 0.5 * em
                && down < 1.3 * self.pitch
                && ((level.x - label.x).abs() < 1.5 * em || (level.x - last.x).abs() < 1.5 * em)
                && other.tokens.len() <= 2
                && shouted(&other.tokens)
        };
        let next = self.page.rows.iter().enumerate().find(fits);
        next.and_then(|(index, _)| self.piece(index))
            .map(|(_, words)| words)
            .unwrap_or_default()
    }

    /// The lines that go on with a value: below it, one or two, beginning at its label or its first word, or
    /// at the left edge of the text when the value fills its line.
    fn going_on(&self, row: usize, label: Rect, tokens: &[Token]) -> Vec<Token> {
        let em = self.page.leaf.em;
        let mut more = Vec::new();
        let mut last = around(tokens.iter().map(|token| token.level));
        let start = last.x;
        let mut from = row;
        for _ in 0..MORE_LINES {
            let middle = last.y + last.h / 2.0;
            let open = tokens_end_open(more.last().or(tokens.last()));
            let full = last.x + last.w > self.page.leaf.sides.0 + self.page.leaf.measure() * 0.72;
            let fits = |(index, row): &(usize, &Row)| {
                let level = row.level();
                let down = row.middle() - middle;
                let aligned =
                    (level.x - start).abs() < 1.5 * em || (level.x - label.x).abs() < 2.0 * em;
                let back = level.x < label.x + em && level.x + level.w > label.x;
                *index != from
                    && down > 0.5 * em
                    && down < 1.45 * self.pitch
                    && (aligned && (open || full || (level.x - start).abs() < 1.5 * em)
                        || back && (open || full))
            };
            let next = self
                .page
                .rows
                .iter()
                .enumerate()
                .filter(fits)
                .min_by(|a, b| a.1.middle().total_cmp(&b.1.middle()));
            let Some((index, row)) = next else { break };
            let named = |word: &str| row.tokens.iter().any(|token| token.key.starts_with(word));
            // A line of a day, one of whose words may be lost under a seal.
            let dated = [named("ngay"), named("thang"), named("nam")]
                .iter()
                .filter(|there| **there)
                .count()
                >= 2
                && row.tokens.iter().any(has_digits);
            let begins = dated || row.tokens.first().is_some_and(|first| item(&first.text));
            let Some((_, words)) = self.piece(index) else {
                break;
            };
            if begins || words.len() < row.tokens.len().min(1) {
                break;
            }
            let whole = words.len() == row.tokens.len();
            last = around(words.iter().map(|token| token.level));
            more.extend(words);
            from = index;
            if !whole {
                break;
            }
        }
        more
    }
}

fn has_digits(token: &Token) -> bool {
    token.text.contains(|c: char| c.is_ascii_digit())
}

/// Whether a value cannot end here: a comma, a dash.
fn tokens_end_open(last: Option<&Token>) -> bool {
    last.is_some_and(|token| token.text.ends_with([',', '-', '–']))
}

/// Without what is no word at both ends: dots of leaders, colons, strokes.
fn stripped(tokens: Vec<Token>) -> Vec<Token> {
    let first = tokens
        .iter()
        .position(|token| !token.key.is_empty())
        .unwrap_or(tokens.len());
    let last = tokens
        .iter()
        .rposition(|token| !token.key.is_empty())
        .map_or(first, |last| last + 1);
    tokens.get(first..last).unwrap_or_default().to_vec()
}

fn blank(tokens: &[Token]) -> bool {
    tokens.iter().all(|token| token.key.is_empty())
}

/// Median distance between a line and the next below it, px; two letters' heights without such lines.
fn pitch(page: &Page<'_>) -> f32 {
    let em = page.leaf.em;
    let places: Vec<(Rect, f32)> = page
        .rows
        .iter()
        .map(|row| (row.level(), row.middle()))
        .collect();
    let mut distances: Vec<f32> = Vec::new();
    for (level, middle) in places.iter().take(MOST_LINES) {
        let down = places
            .iter()
            .take(MOST_LINES)
            .filter(|(other, below)| {
                *below > middle + 0.6 * em
                    && other.x < level.x + level.w
                    && other.x + other.w > level.x
            })
            .map(|(_, below)| below - middle)
            .fold(f32::INFINITY, f32::min);
        if down < 6.0 * em {
            distances.push(down);
        }
    }
    if distances.is_empty() {
        return 2.0 * em;
    }
    median(&mut distances).clamp(1.1 * em, 4.0 * em)
}

/// Between columns there is more space than this, letters' heights.
const COLUMN_GAP: f32 = 6.0;
/// Lines that a value may take besides its first.
const MORE_LINES: usize = 2;
/// Lines of a page that tell the distance between lines.
const MOST_LINES: usize = 200;
