//! The frames of stamps: found by their long sides, and taken off what they hold.

use super::parts::Part;

/// Lengths of the frames of stamps, mm, as they lie on the page.
const FRAME_MM: std::ops::RangeInclusive<f32> = 13.0..=75.0;
/// Heights of the frames of stamps with one or two rows, mm, slanted ones being higher.
pub(super) const FRAME_HEIGHT_MM: std::ops::RangeInclusive<f32> = 5.5..=26.0;
/// A frame's line lies within this distance of its edge, mm; a second line is 1 mm away, letters 1 to 2.
pub(super) const FRAME_LINES_MM: f32 = 0.9;

/// The outline of a stamp.
pub(super) struct Frame {
    bounds: [usize; 4],
    /// Slant, radians, clockwise positive.
    pub(super) angle: f32,
    /// Slack of the outline, px.
    lines: f32,
}

impl Frame {
    /// Sees `part` as a frame, letters touching it or not.
    pub(super) fn of(part: &Part, per_mm: f32) -> Option<Self> {
        let (w, h) = (part.width() / per_mm, part.height() / per_mm);
        let filled = part.area as f32 / (part.width() * part.height()).max(1.0);
        if !FRAME_MM.contains(&w) || !FRAME_HEIGHT_MM.contains(&h) || w < 1.2 * h || filled > 0.6 {
            return None;
        }
        let [left, top, right, bottom] = part.bounds;
        let (mut upper, mut lower) = (vec![bottom; right - left], vec![top; right - left]);
        for &(y, from, to) in &part.runs {
            for x in from..to {
                upper[x - left] = upper[x - left].min(y);
                lower[x - left] = lower[x - left].max(y);
            }
        }
        let (up, spread_up) = slope(&upper)?;
        let (down, spread_down) = slope(&lower)?;
        // Both long sides are straight, parallel and not flat on each other.
        let straight = spread_up.max(spread_down) < 0.45 * per_mm + 1.0;
        let parallel = (up - down).abs() < 0.06;
        let apart = mean(&lower) - mean(&upper) > 4.5 * per_mm;
        (straight && parallel && apart).then(|| Self {
            bounds: part.bounds,
            angle: ((up + down) / 2.0).atan(),
            lines: (thickness(part, &upper, per_mm) + FRAME_SLACK_MM * per_mm)
                .max(FRAME_LINES_MM * per_mm),
        })
    }

    /// The points inside the frame: of its own part and of those within it, all but the lines of frames.
    pub(super) fn inside(&self, own: &Part, parts: &[Part], taken: &mut [bool]) -> Vec<(f32, f32)> {
        let [left, top, right, bottom] = self.bounds.map(|edge| edge as f32);
        let mut points: Vec<(f32, f32)> = own.points().collect();
        for (part, taken) in parts.iter().zip(taken) {
            let (x, y) = part.centre();
            let within = left < x && x < right && top < y && y < bottom;
            if !*taken && within && part.width() < right - left {
                *taken = true;
                points.extend(part.points());
            }
        }
        strip(&mut points, self.angle, self.lines, 1);
        points
    }
}

/// Takes the lines of a slanted frame off `points`: an outer one, an inner one, and what is left of either. The first
/// `certain` rounds are not asked whether there is an outline. How many rounds took something.
pub(super) fn strip(points: &mut Vec<(f32, f32)>, angle: f32, lines: f32, certain: usize) -> usize {
    let (sin, cos) = (-angle).sin_cos();
    let level = |&(x, y): &(f32, f32)| (x * cos - y * sin, x * sin + y * cos);
    let mut levelled: Vec<(f32, f32)> = points.iter().map(level).collect();
    let Some(mut hull) = hull_of(&levelled) else {
        return 0;
    };
    for round in 0..MOST_LINES {
        let (along, beside) = outlined(&levelled, hull, lines);
        if round >= certain && along < OUTLINED.0 {
            return round;
        }
        let is_inside = |point: &(f32, f32)| inset_in(hull, *point) > lines;
        let inner: Vec<(f32, f32)> = levelled.iter().copied().filter(is_inside).collect();
        let Some(next) = hull_of(&inner) else {
            return round;
        };
        let closed = along > OUTLINED.1 || beside > CLOSED || is_apart(hull, next, lines);
        if round >= certain && !closed {
            return round;
        }
        let mut kept = levelled.iter().map(is_inside);
        points.retain(|_| kept.next().unwrap_or(false));
        (levelled, hull) = (inner, next);
    }
    MOST_LINES
}

/// Rounds in which lines of frames are taken off: two lines, each of them twice where it is thick or not quite level.
const MOST_LINES: usize = 5;

/// Whether there is bare paper between an outline and what it holds: bold letters fill the edges of their box as an
/// outline does, but go on inwards.
fn is_apart(outer: [f32; 4], inner: [f32; 4], lines: f32) -> bool {
    let bare = |edge: usize| (inner[edge] - outer[edge]).abs() > 1.25 * lines;
    let (sides, ends) = ([bare(0), bare(2)], [bare(1), bare(3)]);
    sides.contains(&true) && ends.contains(&true)
}

/// The box around levelled points, but for a few strays.
fn hull_of(points: &[(f32, f32)]) -> Option<[f32; 4]> {
    let range = |pick: fn(&(f32, f32)) -> f32| {
        let mut values: Vec<f32> = points.iter().map(pick).collect();
        let stray = values.len() / 150;
        inner(&mut values, stray)
    };
    let ((left, right), (top, bottom)) = (range(|p| p.0)?, range(|p| p.1)?);
    Some([left, top, right, bottom])
}

/// The least and the largest of `values` but for so many strays at either end.
pub(super) fn inner(values: &mut [f32], strays: usize) -> Option<(f32, f32)> {
    let last = values.len().checked_sub(1 + strays)?;
    if strays > last {
        return None;
    }
    let high = *values.select_nth_unstable_by(last, f32::total_cmp).1;
    let low = *values.select_nth_unstable_by(strays, f32::total_cmp).1;
    Some((low, high))
}

/// The shares of the edges of their box along which points lie: the lesser of upper and lower edge, the lesser of left
/// and right.
fn outlined(points: &[(f32, f32)], [left, top, right, bottom]: [f32; 4], near: f32) -> (f32, f32) {
    let length = |low: f32, high: f32| (high - low).max(1.0) as usize + 1;
    let (columns, rows) = (length(left, right), length(top, bottom));
    let mut edges = [
        vec![false; columns],
        vec![false; columns],
        vec![false; rows],
        vec![false; rows],
    ];
    for &(x, y) in points {
        let (column, row) = ((x - left).max(0.0) as usize, (y - top).max(0.0) as usize);
        let away = [y - top, bottom - y, x - left, right - x];
        for ((edge, away), at) in edges.iter_mut().zip(away).zip([column, column, row, row]) {
            if let Some(lies) = edge.get_mut(at) {
                *lies |= away < near;
            }
        }
    }
    let [upper, lower, first, last] =
        edges.map(|edge| edge.iter().filter(|lies| **lies).count() as f32 / edge.len() as f32);
    (upper.min(lower), first.min(last))
}

/// Shares of its upper and lower edge that a worn outline has at least, and that no row of letters has, since there are
/// gaps between them.
const OUTLINED: (f32, f32) = (0.6, 0.88);
/// Share of its left and right edge that no letters have, with their marks above and below.
const CLOSED: f32 = 0.85;

/// How far a point is from the nearest edge of a box, negative outside.
fn inset_in([left, top, right, bottom]: [f32; 4], (x, y): (f32, f32)) -> f32 {
    (x - left).min(right - x).min(y - top).min(bottom - y)
}

/// The slope of a row of heights over the middle four fifths, and how far nine of ten lie from the line.
fn slope(heights: &[usize]) -> Option<(f32, f32)> {
    let edge = heights.len() / 10;
    let middle = heights.get(edge..heights.len() - edge)?;
    let third = middle.len() / 3;
    let median = |part: &[usize]| {
        let mut sorted = part.to_vec();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).map(|value| *value as f32)
    };
    let (first, last) = (
        median(middle.get(..third)?)?,
        median(middle.get(2 * third..)?)?,
    );
    let slope = (last - first) / (2 * third).max(1) as f32;
    let level = median(middle)?;
    let mut off: Vec<f32> = middle
        .iter()
        .enumerate()
        .map(|(x, y)| (*y as f32 - level - slope * (x as f32 - middle.len() as f32 / 2.0)).abs())
        .collect();
    off.sort_by(f32::total_cmp);
    Some((slope, *off.get(off.len() * 4 / 5)?))
}

/// How thick the line along the upper edge of a frame is: the median over its columns, px.
fn thickness(part: &Part, upper: &[usize], per_mm: f32) -> f32 {
    let mut depths = vec![0_usize; upper.len()];
    for &(y, from, to) in &part.runs {
        for x in from..to {
            let column = x - part.bounds[0];
            let near = upper
                .get(column)
                .is_some_and(|top| ((y - top.min(&y)) as f32) < THICKEST_MM * per_mm);
            if let Some(depth) = depths.get_mut(column) {
                *depth += usize::from(near);
            }
        }
    }
    depths.sort_unstable();
    depths.get(depths.len() / 2).map_or(0.0, |px| *px as f32)
}

/// Thickest line of a frame, and what its edge may stray from a straight line, mm.
const THICKEST_MM: f32 = 1.2;
const FRAME_SLACK_MM: f32 = 0.35;

fn mean(values: &[usize]) -> f32 {
    values.iter().sum::<usize>() as f32 / values.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where `#` stand in a picture, each enlarged to 4 x 4 px.
    fn points(rows: &[&str]) -> Vec<(f32, f32)> {
        let inked = rows.iter().enumerate().flat_map(|(y, row)| {
            let columns = row.chars().enumerate().filter(|(_, c)| *c == '#');
            columns.map(move |(x, _)| (4 * x, 4 * y))
        });
        let spread = inked.flat_map(|(x, y)| (0..16).map(move |at| (x + at % 4, y + at / 4)));
        spread.map(|(x, y)| (x as f32, y as f32)).collect()
    }

    const FRAME: [&str; 9] = [
        "#################",
        "#...............#",
        "#...............#",
        "#...............#",
        "#...............#",
        "#...............#",
        "#...............#",
        "#...............#",
        "#################",
    ];
    /// A bold `MAT`, its edges inked along two thirds and more.
    const WORD: [&str; 9] = [
        ".................",
        ".................",
        "...#.#.###.###...",
        "...###.#.#..#....",
        "...###.###..#....",
        "...#.#.#.#..#....",
        "...#.#.#.#.##....",
        ".................",
        ".................",
    ];

    #[test]
    fn frames_are_taken_off_and_bold_letters_stay() {
        let word = points(&WORD);
        for frame in [points(&FRAME), Vec::new()] {
            let mut all: Vec<(f32, f32)> = frame.iter().chain(&word).copied().collect();
            let rounds = strip(&mut all, 0.0, 3.6, 0);
            assert_eq!(all, word);
            assert_eq!(rounds > 0, !frame.is_empty());
        }
    }

    #[test]
    fn lines_are_as_thick_as_they_are() {
        let part = Part {
            bounds: [0, 0, 60, 40],
            runs: (0..3)
                .chain(37..40)
                .map(|y| (y, 0, 60))
                .chain((3..37).flat_map(|y| [(y, 0, 3), (y, 57, 60)]))
                .collect(),
            area: 0,
        };
        assert_eq!(thickness(&part, &[0; 60], 4.0), 3.0);
    }
}
