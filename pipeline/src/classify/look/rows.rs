//! Rows of capitals that may be a stamp's: found by their size and their frames, whatever their slant.

use super::frame::{FRAME_HEIGHT_MM, FRAME_LINES_MM, Frame, inner, strip};
use super::parts::Part;
use super::small::{Ink, Small};

/// Letters of stamps and marks, whole or in pieces, mm: marks printed in 13 pt have capitals of 3 mm, stamps up to 7.
const LETTER_MM: std::ops::RangeInclusive<f32> = 0.9..=10.0;
/// Widest run of letters that touch each other, mm.
const WORD_MM: f32 = 32.0;
/// Rows of letters, mm: `MẬT` in 13 pt is 10 mm long, the frame of `TUYỆT MẬT` 40 (circular 24/2020/TT-BCA, form 2).
const ROW_LENGTH_MM: std::ops::RangeInclusive<f32> = 6.5..=75.0;
/// Heights of such rows with the marks above and below letters, mm.
const ROW_HEIGHT_MM: std::ops::RangeInclusive<f32> = 2.3..=12.0;
/// The most a hand-held stamp slants, degrees.
const SLANT: i32 = 22;

/// Highest mark above or below a letter, mm.
const MARK_MM: f32 = 3.2;

/// A row of letters, maybe slanted; lengths in small px.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its ink.
    pub(super) ink: Ink,
    /// Middle of its box.
    pub(super) centre: (f32, f32),
    /// Slant, radians, clockwise positive.
    pub(super) angle: f32,
    /// Extent along and across the slant.
    pub(super) size: (f32, f32),
    /// A frame stands around it.
    pub(super) framed: bool,
    /// Letters of about its height stand close before or after it, beyond its own.
    pub(super) goes_on: bool,
}

/// The rows of `ink` among its `parts`.
pub(super) fn rows_of(small: &Small, ink: Ink, parts: &[Part]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut in_frames = vec![false; parts.len()];
    for (index, part) in parts.iter().enumerate() {
        if let Some(frame) = Frame::of(part, small.per_mm) {
            in_frames[index] = true;
            let inside = frame.inside(part, parts, &mut in_frames);
            rows.extend(
                split_rows(&inside, frame.angle)
                    .into_iter()
                    .filter_map(|points| Row::around(&points, Some(frame.angle), ink, small)),
            );
        }
    }
    let letters: Vec<&Part> = parts
        .iter()
        .zip(&in_frames)
        .filter(|(part, framed)| !**framed && is_letter(part, small.per_mm))
        .map(|(part, _)| part)
        .collect();
    let marks: Vec<&Part> = parts
        .iter()
        .zip(&in_frames)
        .filter(|(part, framed)| !**framed && part.height() < MARK_MM * small.per_mm)
        .map(|(part, _)| part)
        .collect();
    for group in grouped(&letters) {
        let mut points: Vec<(f32, f32)> = group.iter().flat_map(|part| part.points()).collect();
        let Some(row) = Row::around(&points, None, ink, small) else {
            continue;
        };
        let before = points.len();
        let beside = marks.iter().filter(|mark| row.is_marked_by(mark));
        points.extend(beside.flat_map(|mark| mark.points()));
        let whole = (points.len() > before)
            .then(|| Row::around(&points, Some(row.angle), ink, small))
            .flatten();
        rows.push(Row {
            framed: false,
            ..whole.unwrap_or(row)
        });
    }
    for row in of_heaps(small, ink, parts) {
        if !rows.iter().any(|known| known.lies_on(&row)) {
            rows.push(row);
        }
    }
    for row in &mut rows {
        row.goes_on = !row.framed
            && letters
                .iter()
                .any(|letter| !is_thin(letter, small.per_mm) && row.is_followed_by(letter));
    }
    rows
}

/// Rows of letters that are worn to pieces, and of frames that are broken: parts that lie close together, whatever each
/// is by itself.
fn of_heaps(small: &Small, ink: Ink, parts: &[Part]) -> Vec<Row> {
    let per_mm = small.per_mm;
    let mut rows = Vec::new();
    let thick: Vec<&Part> = parts.iter().filter(|part| !is_thin(part, per_mm)).collect();
    let all = heaps(parts.iter().collect(), per_mm);
    for heap in all.into_iter().chain(heaps(thick, per_mm)) {
        let mut points: Vec<(f32, f32)> = heap.iter().flat_map(|part| part.points()).collect();
        let Some((_, (w, h))) = extent(&points, 0.0) else {
            continue;
        };
        // A heap of one letter, or of a paragraph.
        if w < 0.7 * ROW_LENGTH_MM.start() * per_mm
            || w > ROW_LENGTH_MM.end() * per_mm
            || h < *ROW_HEIGHT_MM.start() * per_mm
            || h > FRAME_HEIGHT_MM.end() * per_mm
        {
            continue;
        }
        let angle = level_angle(&points);
        let framed = strip(&mut points, angle, FRAME_LINES_MM * per_mm, 0) > 0;
        let found = split_rows(&points, angle).into_iter().filter_map(|points| {
            let row = Row::around(&points, Some(angle), ink, small)?;
            Some((Row { framed, ..row }, points))
        });
        rows.extend(found.take(MOST_ROWS));
    }
    let pairs = joined_pairs(&rows, small, ink);
    rows.into_iter().map(|(row, _)| row).chain(pairs).collect()
}

/// Rows of a heap that are looked at, and rows of a page that are tried in pairs.
const MOST_ROWS: usize = 80;

/// Two rows on one line with a gap of no more than their height: a word worn through, or two words far apart.
fn joined_pairs(rows: &[(Row, Vec<(f32, f32)>)], small: &Small, ink: Ink) -> Vec<Row> {
    let mut found = Vec::new();
    for (index, (a, points)) in rows.iter().enumerate().take(MOST_ROWS) {
        for (b, others) in rows.iter().skip(index + 1).take(MOST_ROWS) {
            let high = a.size.1.max(b.size.1);
            let (dx, dy) = (b.centre.0 - a.centre.0, b.centre.1 - a.centre.1);
            let (sin, cos) = (-(a.angle + b.angle) / 2.0).sin_cos();
            let (along, across) = (dx * cos - dy * sin, dx * sin + dy * cos);
            let gap = along.abs() - (a.size.0 + b.size.0) / 2.0;
            let like = a.size.1.min(b.size.1) > 0.55 * high;
            if like && gap < high && gap > -0.2 * high && across.abs() < 0.4 * high {
                let both: Vec<(f32, f32)> = points.iter().chain(others).copied().collect();
                found.extend(Row::around(&both, None, ink, small));
            }
        }
    }
    found
}

/// Parts gathered by the gaps between their boxes.
fn heaps(parts: Vec<&Part>, per_mm: f32) -> Vec<Vec<&Part>> {
    // What is larger is no part of a word in a frame: rules, pictures, text that runs together.
    let fits = |part: &&Part| {
        let long = part.width().hypot(part.height()) > FRAME_PIECE_MM * per_mm;
        part.width() < ROW_LENGTH_MM.end() * per_mm
            && part.height() < FRAME_HEIGHT_MM.end() * per_mm
            && !(long && part.breadth() < 0.7 * per_mm)
    };
    let gaps = (HEAP_GAP_MM.0 * per_mm, HEAP_GAP_MM.1 * per_mm);
    let mut heaps = gathered(parts.into_iter().filter(fits).collect(), gaps);
    heaps.retain(|heap| heap.len() > 2);
    heaps
}

/// Parts gathered by the gaps between their boxes along and across, px.
pub(super) fn gathered(mut parts: Vec<&Part>, (along, across): (f32, f32)) -> Vec<Vec<&Part>> {
    parts.sort_by_key(|part| part.bounds[0]);
    let mut groups: Vec<usize> = (0..parts.len()).collect();
    let mut open: Vec<usize> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let [left, top, _, bottom] = part.bounds.map(|edge| edge as f32);
        open.retain(|other| left - (parts[*other].bounds[2] as f32) < along);
        for other in &open {
            let [_, other_top, _, other_bottom] = parts[*other].bounds.map(|edge| edge as f32);
            if top.max(other_top) - bottom.min(other_bottom) < across {
                let (a, b) = (root(&groups, at), root(&groups, *other));
                groups[a.max(b)] = a.min(b);
            }
        }
        open.push(at);
    }
    let mut found: std::collections::BTreeMap<usize, Vec<&Part>> =
        std::collections::BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        found.entry(root(&groups, at)).or_default().push(part);
    }
    found.into_values().collect()
}

fn root(groups: &[usize], mut at: usize) -> usize {
    while groups[at] != at {
        at = groups[at];
    }
    at
}

/// Widest gaps in a heap along and across, mm: between two words of a stamp lie 2 mm, lines of print are 2 mm apart.
const HEAP_GAP_MM: (f32, f32) = (2.9, 1.0);
/// Thin parts longer than this are pieces of frames, mm.
const FRAME_PIECE_MM: f32 = 5.0;

/// The lines of print within a stamp, small ones too.
pub(super) fn print_rows(small: &Small, ink: Ink, block: &[&Part]) -> Vec<Row> {
    let per_mm = small.per_mm;
    let letters: Vec<&Part> = block
        .iter()
        .copied()
        .filter(|part| is_letter(part, per_mm))
        .collect();
    let all: Vec<(f32, f32)> = letters.iter().flat_map(|part| part.points()).collect();
    let angle = if all.is_empty() {
        0.0
    } else {
        level_angle(&all)
    };
    let rows = grouped(&letters).into_iter().filter_map(|group| {
        let points: Vec<(f32, f32)> = group.iter().flat_map(|part| part.points()).collect();
        let (centre, (w, h)) = extent(&points, angle)?;
        let (w_mm, h_mm) = (w / per_mm, h / per_mm);
        // Marks above and below letters are parts of their own: room is left for them.
        (w_mm > 3.0 && h_mm > 1.0 && h_mm < 11.0 && w > 1.1 * h).then_some(Row {
            ink,
            centre,
            angle,
            size: (w + 0.3 * h, 1.45 * h),
            framed: false,
            goes_on: false,
        })
    });
    rows.collect()
}

/// Whether a part is a piece of a frame, straight or around a corner: long, and nowhere as broad as the strokes of bold
/// letters.
fn is_thin(part: &Part, per_mm: f32) -> bool {
    let (w, h) = (part.width(), part.height());
    let length = w.hypot(h) / per_mm;
    let breadth = if length > FRAME_PIECE_MM {
        THIN_MM.2
    } else {
        THIN_MM.1
    };
    length > THIN_MM.0 && (part.area as f32) < breadth * per_mm * (w + h)
}

/// Least length of such pieces, longer than marks on letters; their breadth at most, and that of long ones, whose two
/// lines may touch, mm.
const THIN_MM: (f32, f32, f32) = (1.8, 0.45, 0.7);

fn is_letter(part: &Part, per_mm: f32) -> bool {
    let (w, h) = (part.width() / per_mm, part.height() / per_mm);
    let filled = part.area as f32 / (part.width() * part.height()).max(1.0);
    // Pieces of frames and underlines.
    let is_line = w.hypot(h) > 3.2 && part.breadth() < 0.85 * per_mm;
    LETTER_MM.contains(&h) && (0.3..=WORD_MM).contains(&w) && !is_line && (filled > 0.15 || w < 5.0)
}

/// Letters that stand side by side, near each other and of like height.
fn grouped<'a>(letters: &[&'a Part]) -> Vec<Vec<&'a Part>> {
    let mut order: Vec<usize> = (0..letters.len()).collect();
    order.sort_by_key(|index| letters[*index].bounds[0]);
    let mut groups: Vec<usize> = (0..letters.len()).collect();
    let mut widest = 0.0_f32;
    for (at, &a) in order.iter().enumerate() {
        widest = widest.max(letters[a].width() + letters[a].height());
        for &b in order[..at].iter().rev() {
            if (letters[a].bounds[0] as f32) - (letters[b].bounds[0] as f32) > 2.0 * widest {
                break;
            }
            if are_neighbours(letters[a], letters[b]) {
                let (from, to) = (groups[a], groups[b]);
                if from != to {
                    groups
                        .iter_mut()
                        .filter(|group| **group == from)
                        .for_each(|group| *group = to);
                }
            }
        }
    }
    let mut found: std::collections::BTreeMap<usize, Vec<&Part>> =
        std::collections::BTreeMap::new();
    for (letter, group) in letters.iter().zip(groups) {
        found.entry(group).or_default().push(letter);
    }
    found.into_values().collect()
}

fn are_neighbours(a: &Part, b: &Part) -> bool {
    let [al, at, ar, ab] = a.bounds.map(|edge| edge as f32);
    let [bl, bt, br, bb] = b.bounds.map(|edge| edge as f32);
    let (high, low) = (a.height().max(b.height()), a.height().min(b.height()));
    let gap = al.max(bl) - ar.min(br);
    let overlap = ab.min(bb) - at.max(bt);
    gap < 0.95 * high && overlap > 0.25 * low && high < 3.5 * low
}

/// Rows of points one below the other, parted by empty stripes along the slant.
fn split_rows(points: &[(f32, f32)], angle: f32) -> Vec<Vec<(f32, f32)>> {
    let (sin, cos) = (-angle).sin_cos();
    let across = |(x, y): &(f32, f32)| x * sin + y * cos;
    let Some(least) = points.iter().map(across).reduce(f32::min) else {
        return Vec::new();
    };
    let mut counts: Vec<usize> = Vec::new();
    for point in points {
        let row = (across(point) - least) as usize;
        if row >= counts.len() {
            counts.resize(row + 1, 0);
        }
        counts[row] += 1;
    }
    let mut rows: Vec<Vec<(f32, f32)>> = Vec::new();
    let mut row_of = vec![0; counts.len()];
    let mut empty = true;
    for (row, count) in row_of.iter_mut().zip(&counts) {
        if *count > 1 && empty {
            rows.push(Vec::new());
        }
        empty = *count <= 1;
        *row = rows.len().saturating_sub(1);
    }
    for point in points {
        let row = row_of.get((across(point) - least) as usize);
        if let Some(row) = row.and_then(|row| rows.get_mut(*row)) {
            row.push(*point);
        }
    }
    // The dot below and the marks above letters may be parted from them: thin rows go to the next thick one.
    joined_thin(rows, &across)
}

fn joined_thin(
    rows: Vec<Vec<(f32, f32)>>,
    across: &impl Fn(&(f32, f32)) -> f32,
) -> Vec<Vec<(f32, f32)>> {
    let extent = |row: &[(f32, f32)]| {
        let low = row.iter().map(across).fold(f32::MAX, f32::min);
        let high = row.iter().map(across).fold(f32::MIN, f32::max);
        (low, high)
    };
    let mut joined: Vec<Vec<(f32, f32)>> = Vec::new();
    for row in rows {
        let (low, high) = extent(&row);
        let fits = joined.last().is_some_and(|last| {
            let (last_low, last_high) = extent(last);
            let (thick, thin) = (
                (last_high - last_low).max(high - low),
                (last_high - last_low).min(high - low),
            );
            low - last_high < 0.25 * thick && thin < 0.5 * thick
        });
        match joined.last_mut() {
            Some(last) if fits => last.extend(row),
            _ => joined.push(row),
        }
    }
    joined
}

impl Row {
    /// The box around `points`, level with a frame's `angle` or with what makes them level; `None` when it has not
    /// the size of a stamp's row.
    fn around(points: &[(f32, f32)], frame: Option<f32>, ink: Ink, small: &Small) -> Option<Self> {
        let per_mm = small.per_mm;
        let first = extent(points, 0.0)?;
        let (w, h) = (first.1.0 / per_mm, first.1.1 / per_mm);
        if w < 0.7 * ROW_LENGTH_MM.start() || w > *ROW_LENGTH_MM.end() || h > 30.0 {
            return None;
        }
        let angle = match frame {
            Some(angle) => angle,
            None => level_angle(points),
        };
        let (centre, size) = extent(points, angle)?;
        let (w, h) = (size.0 / per_mm, size.1 / per_mm);
        let fits = ROW_LENGTH_MM.contains(&w) && ROW_HEIGHT_MM.contains(&h) && w > 1.2 * h;
        fits.then_some(Self {
            ink,
            centre,
            angle,
            size,
            framed: frame.is_some(),
            goes_on: false,
        })
    }

    /// The row made longer, up to `right` px.
    pub(super) fn to_the(&self, right: f32) -> Self {
        let more = (right - self.centre.0 - self.size.0 / 2.0).max(0.0);
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = self.centre;
        Self {
            centre: (x + more / 2.0 * cos, y + more / 2.0 * sin),
            size: (self.size.0 + more, self.size.1 * 1.2),
            ..self.clone()
        }
    }

    /// Whether `mark` lies close above or below the row's letters, as tone marks and dots do.
    fn is_marked_by(&self, mark: &Part) -> bool {
        let (along, across) = self.place_of(mark);
        let small = mark.height().max(mark.width()) < 0.7 * self.size.1;
        let apart = across.abs() - self.size.1 / 2.0 - mark.height() / 2.0;
        small && along.abs() < self.size.0 / 2.0 && apart < 0.3 * self.size.1
    }

    /// Where the middle of `part` lies along and across the row, from its own middle.
    fn place_of(&self, part: &Part) -> (f32, f32) {
        let (sin, cos) = (-self.angle).sin_cos();
        let (x, y) = part.centre();
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        (dx * cos - dy * sin, dx * sin + dy * cos)
    }

    /// Whether this row and `other` are the same letters seen in two inks.
    pub(super) fn lies_on(&self, other: &Self) -> bool {
        let away = (self.centre.0 - other.centre.0).hypot(self.centre.1 - other.centre.1);
        let like = |a: f32, b: f32, least: f32| a.min(b) > least * a.max(b);
        away < 0.3 * self.size.1
            && like(self.size.0, other.size.0, 0.85)
            && like(self.size.1, other.size.1, 0.7)
    }

    /// Whether `letter` stands on the row's own line, close to one of its ends.
    fn is_followed_by(&self, letter: &Part) -> bool {
        let (along, across) = self.place_of(letter);
        let beyond = along.abs() - self.size.0 / 2.0 - letter.width() / 2.0;
        // Small letters of print have 0.43 of the height of capitals with their marks.
        let like = (0.42..1.5).contains(&(letter.height() / self.size.1));
        // The first and the last letter of the row itself lie within it.
        let outside = along.abs() > self.size.0 / 2.0;
        like && outside && across.abs() < 0.4 * self.size.1 && beyond < 1.3 * self.size.1
    }
}

/// Middle and size of the box around `points` that slants by `angle`; single stray points do not count.
fn extent(points: &[(f32, f32)], angle: f32) -> Option<((f32, f32), (f32, f32))> {
    let (sin, cos) = (-angle).sin_cos();
    let range = |pick: &dyn Fn(f32, f32) -> f32| {
        let mut values: Vec<f32> = points.iter().map(|&(x, y)| pick(x, y)).collect();
        let stray = (values.len() / 200).min(6);
        let (low, high) = inner(&mut values, stray)?;
        Some((low - 0.5, high + 0.5))
    };
    let (left, right) = range(&|x, y| x * cos - y * sin)?;
    let (top, bottom) = range(&|x, y| x * sin + y * cos)?;
    let (along, across) = ((left + right) / 2.0, (top + bottom) / 2.0);
    // Back from level to the page.
    let centre = (along * cos + across * sin, across * cos - along * sin);
    Some((centre, (right - left, bottom - top)))
}

/// The slant at which the points gather in the fewest rows of pixels.
fn level_angle(points: &[(f32, f32)]) -> f32 {
    let step = (points.len() / 1500).max(1);
    let sharpness = |angle: f32| {
        let (sin, cos) = (-angle).sin_cos();
        let heights = || points.iter().step_by(step).map(|&(x, y)| x * sin + y * cos);
        let least = heights().fold(f32::MAX, f32::min);
        let mut counts: Vec<f32> = Vec::new();
        // Spread over a pixel, or else the rows of pixels themselves would make every row level.
        let mut spread = 0.0_f32;
        for height in heights() {
            spread = (spread + 0.618_034).fract();
            let at = height - least + spread;
            let (row, share) = (at as usize, at.fract());
            if row + 2 > counts.len() {
                counts.resize(row + 2, 0.0);
            }
            counts[row] += 1.0 - share;
            counts[row + 1] += share;
        }
        counts.iter().map(|count| count * count).sum::<f32>()
    };
    let best = |angles: &mut dyn Iterator<Item = f32>| {
        angles
            .map(|angle| (angle, sharpness(angle)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0.0, |(angle, _)| angle)
    };
    let coarse = best(
        &mut (-SLANT..=SLANT)
            .step_by(2)
            .map(|degrees| (degrees as f32).to_radians()),
    );
    best(&mut (-3..=3).map(|part| coarse + (part as f32 * 0.5).to_radians()))
}
