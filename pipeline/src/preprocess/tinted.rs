//! Print in colour: which coloured ink is lines of text to be read, and not a seal, a stamp or a pen.
//!
//! Print stands in runs of letters of like height on a straight line; what lies around it close by is more of the
//! same. The ring and emblem of a seal, the frame of a stamp and the strokes of a pen are not, and letters among
//! them stay faded with them. So do runs over black print: reading both at once is reading neither.

use crate::document::{Gray, Rgb};

use super::ink::{CELL, InkGrid, fade, luma_of};

/// Resolution of the masks on which ink is judged, dpi: an x-height of 9 pt has 8 px.
const MASK_DPI: f32 = 150.0;

/// How many grey levels fading must have cost a pixel for it to count as coloured ink. Tinted paper loses below 20.
pub(super) const LOST: u8 = 48;

/// Luma from which a pixel is too pale to be print.
const PALE: u8 = 200;

/// Heights of letters, mm: from the x-height of 8 pt to capitals of 36 pt.
const LETTER_MM: std::ops::RangeInclusive<f32> = 1.0..=9.5;

/// Connected ink larger than this in both directions is no letter but a ring, a frame or a pen's flourish, mm.
const FIGURE_MM: f32 = 12.0;

/// Figures larger than this frame a page and not a stamp, mm; the largest incoming stamps are 80 mm wide.
const LARGEST_FIGURE_MM: f32 = 130.0;

/// Strokes thinner than this and longer than [`FIGURE_MM`] are rules, mm.
const RULE_MM: f32 = 1.5;

/// Ink within this distance belongs together, mm: letters of a seal's rim stand 1 to 2 mm from its ring.
const TOGETHER_MM: f32 = 1.5;

/// The least letters of a run.
const LEAST_LETTERS: usize = 4;

/// More parts than this are no lines in colour on a page of black print; the page's colour is judged as a whole.
const MOST_PARTS: usize = 30_000;

/// Share of the ink of a group that must be lines of text.
const TEXT_SHARE: f32 = 0.6;

/// Share of the area of a run that may be black print.
const BLACK_SHARE: f32 = 0.06;

/// A rectangle; `right` and `bottom` lie outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Area {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

/// A run of print in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// Where it stands.
    area: Area,
    /// The kind of its ink.
    kind: u8,
}

/// Where print in colour stands, in px of `image`; `grid` says where there is ink at all, `paper` is the strongest
/// channel of the paper.
pub(super) fn print(image: &Rgb, dpi: f32, grid: &InkGrid, paper: u8) -> Vec<Print> {
    let mask = Mask::of(image, dpi, grid, paper);
    let parts = parts(&mask);
    if parts.len() < LEAST_LETTERS || parts.len() > MOST_PARTS {
        return Vec::new();
    }
    let figures: Vec<&Part> = parts
        .iter()
        .filter(|part| part.is_figure(mask.per_mm))
        .collect();
    let inside = |part: &Part| {
        let mut around = figures.iter().filter(|figure| figure.kind == part.kind);
        around.any(|figure| figure.area.holds(&part.area))
    };
    let letters: Vec<&Part> = parts
        .iter()
        .filter(|part| part.is_letter(mask.per_mm) && !inside(part))
        .collect();
    let groups = Groups::of(&mask, &parts);
    let level = accepted(runs(&letters, false), &mask, &groups);
    let upended = accepted(runs(&letters, true), &mask, &groups);
    let chosen = if ink_of(&upended) > ink_of(&level) {
        upended
    } else {
        level
    };
    let side = mask.factor;
    let size = (image.width as usize, image.height as usize);
    chosen
        .iter()
        .map(|run| Print {
            area: run.with_marks().scaled(side, size),
            kind: run.letters.first().map_or(NONE, |letter| letter.kind),
        })
        .collect()
}

/// Makes print in colour as dark as black print, where it stands: by the channel in which it is darkest, against the
/// paper around it. `paper` is the strongest channel of the page's paper.
pub(super) fn restore(gray: &mut Gray, image: &Rgb, runs: &[Print], paper: u8) {
    let width = image.width as usize;
    for Print { area, kind: own } in runs {
        let row = |y: usize| y * width + area.left..y * width + area.right;
        // Ink of the other kind that crosses the line, as a stamp's frame does, stays faded.
        let darkest = |at: std::ops::Range<usize>| {
            let pixels = image.pixels.get(at.start * 3..at.end * 3);
            let pixels = pixels.unwrap_or_default().as_chunks::<3>().0;
            pixels.iter().map(|pixel| {
                let foreign = kind(*pixel, paper).is_some_and(|kind| kind != *own);
                if foreign {
                    paper
                } else {
                    pixel[0].min(pixel[1]).min(pixel[2])
                }
            })
        };
        let mut counts = [0u32; 256];
        for y in area.top..area.bottom {
            darkest(row(y)).for_each(|value| counts[usize::from(value)] += 1);
        }
        // Print covers less than half of its box.
        let level = brighter(&counts, 0.35).max(64);
        let scale = u32::from(paper) * 256 / u32::from(level);
        for y in area.top..area.bottom {
            let Some(out) = gray.pixels.get_mut(row(y)) else {
                continue;
            };
            for (out, value) in out.iter_mut().zip(darkest(row(y))) {
                let value = (u32::from(value) * scale) >> 8;
                *out = u8::try_from(value).unwrap_or(u8::MAX).min(*out);
            }
        }
    }
}

/// The level that `share` of what was counted exceeds.
fn brighter(counts: &[u32; 256], share: f32) -> u8 {
    let total: u32 = counts.iter().sum();
    let wanted = (total as f32 * share) as u32;
    let mut above = 0;
    for level in (0..=255u8).rev() {
        above += counts[usize::from(level)];
        if above > wanted {
            return level;
        }
    }
    0
}

/// What is coloured ink, on squares of `factor` px.
struct Mask<'a> {
    image: &'a Rgb,
    width: usize,
    height: usize,
    factor: usize,
    per_mm: f32,
    /// [`NONE`], [`WARM`] or [`COLD`].
    tinted: Vec<u8>,
}

impl<'a> Mask<'a> {
    fn of(image: &'a Rgb, dpi: f32, grid: &InkGrid, paper: u8) -> Self {
        let factor = ((dpi / MASK_DPI).round() as usize).max(1);
        let (full, rows) = (image.width as usize, image.height as usize);
        let (width, height) = (full.div_ceil(factor), rows.div_ceil(factor));
        let mut counts = vec![[0u16; 2]; width * height];
        let side = CELL as usize;
        // Most cells of most pages have no coloured ink and are not looked at.
        for (cell, _) in grid.tinted.iter().enumerate().filter(|(_, n)| **n > 0) {
            let (left, top) = (cell % grid.columns * side, cell / grid.columns * side);
            for y in top..(top + side).min(rows) {
                let row = y * full;
                let across = left..(left + side).min(full);
                let pixels = image
                    .pixels
                    .get((row + across.start) * 3..(row + across.end) * 3);
                let pixels = pixels.unwrap_or_default().as_chunks::<3>().0;
                for (x, pixel) in across.zip(pixels) {
                    if let Some(kind) = kind(*pixel, paper)
                        && let Some(count) = counts.get_mut(y / factor * width + x / factor)
                    {
                        count[usize::from(kind == COLD)] += 1;
                    }
                }
            }
        }
        let enough = (factor * factor).div_ceil(4);
        let tinted = counts.iter().map(|[warm, cold]| {
            match usize::from(*warm) + usize::from(*cold) >= enough {
                false => NONE,
                true if warm >= cold => WARM,
                true => COLD,
            }
        });
        Self {
            image,
            width,
            height,
            factor,
            per_mm: dpi / factor as f32 / 25.4,
            tinted: tinted.collect(),
        }
    }

    /// Share of `area` that is black print.
    fn black_share(&self, area: &Area) -> f32 {
        let size = (self.image.width as usize, self.image.height as usize);
        let area = area.scaled(self.factor, size);
        let mut black = 0usize;
        for y in area.top..area.bottom {
            let row = y * size.0;
            let pixels = self
                .image
                .pixels
                .get((row + area.left) * 3..(row + area.right) * 3);
            let pixels = pixels.unwrap_or_default().as_chunks::<3>().0;
            black += pixels.iter().filter(|pixel| is_black(**pixel)).count();
        }
        black as f32 / (area.width() * area.height()).max(1) as f32
    }
}

/// No coloured ink; red, orange and brown; blue, green and violet. Ink of the one kind is apart from that of the other,
/// as a blue signature is from a red seal.
const NONE: u8 = 0;
const WARM: u8 = 1;
const COLD: u8 = 2;

/// The kind of coloured ink that a pixel is, if it is any.
fn kind([r, g, b]: [u8; 3], paper: u8) -> Option<u8> {
    let luma = luma_of([r, g, b]);
    let tinted = luma < PALE && fade(r, g, b, paper).saturating_sub(luma) > LOST;
    tinted.then_some(if r > b { WARM } else { COLD })
}

/// Dark, and of no colour.
fn is_black([r, g, b]: [u8; 3]) -> bool {
    let strongest = r.max(g).max(b);
    strongest < 128 && strongest - r.min(g).min(b) <= LOST
}

/// Connected coloured ink.
#[derive(Clone, Copy, Debug)]
struct Part {
    area: Area,
    ink: usize,
    /// One of its pixels.
    seed: usize,
    /// [`WARM`] or [`COLD`].
    kind: u8,
}

impl Part {
    fn is_figure(&self, per_mm: f32) -> bool {
        let (w, h) = self.area.mm(per_mm);
        w.min(h) > FIGURE_MM && w.max(h) < LARGEST_FIGURE_MM
    }

    fn is_rule(&self, per_mm: f32) -> bool {
        let (w, h) = self.area.mm(per_mm);
        w.min(h) < RULE_MM && w.max(h) > FIGURE_MM
    }

    /// An upright rule belongs to a frame; a level one may underline.
    fn is_upright_rule(&self, per_mm: f32) -> bool {
        self.is_rule(per_mm) && self.area.height() > self.area.width()
    }

    /// A letter or a few that touch, whichever way the page lies.
    fn is_letter(&self, per_mm: f32) -> bool {
        let (w, h) = self.area.mm(per_mm);
        let filled = self.ink * 8 >= self.area.width() * self.area.height();
        w.max(h) >= *LETTER_MM.start()
            && w.min(h) <= *LETTER_MM.end()
            && w.max(h) <= 3.0 * LETTER_MM.end()
            && filled
    }
}

impl Area {
    fn width(&self) -> usize {
        self.right - self.left
    }

    fn height(&self) -> usize {
        self.bottom - self.top
    }

    fn mm(&self, per_mm: f32) -> (f32, f32) {
        (self.width() as f32 / per_mm, self.height() as f32 / per_mm)
    }

    fn holds(&self, other: &Self) -> bool {
        let (x, y) = (
            (other.left + other.right) / 2,
            (other.top + other.bottom) / 2,
        );
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn scaled(&self, side: usize, (width, height): (usize, usize)) -> Self {
        Self {
            left: (self.left * side).min(width),
            top: (self.top * side).min(height),
            right: (self.right * side).min(width),
            bottom: (self.bottom * side).min(height),
        }
    }

    /// The area with rows and columns changing places.
    fn upended(&self) -> Self {
        Self {
            left: self.top,
            top: self.left,
            right: self.bottom,
            bottom: self.right,
        }
    }
}

/// Connected parts of the coloured ink, specks of a pixel left out.
fn parts(mask: &Mask<'_>) -> Vec<Part> {
    let mut open = mask.tinted.clone();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for seed in 0..open.len() {
        let kind = std::mem::take(&mut open[seed]);
        if kind == NONE {
            continue;
        }
        let (x, y) = (seed % mask.width, seed / mask.width);
        let mut part = Part {
            area: Area {
                left: x,
                top: y,
                right: x + 1,
                bottom: y + 1,
            },
            ink: 0,
            seed,
            kind,
        };
        stack.push(seed);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % mask.width, at / mask.width);
            part.ink += 1;
            part.area = part.area.union(&Area {
                left: x,
                top: y,
                right: x + 1,
                bottom: y + 1,
            });
            for ny in y.saturating_sub(1)..(y + 2).min(mask.height) {
                for nx in x.saturating_sub(1)..(x + 2).min(mask.width) {
                    let next = ny * mask.width + nx;
                    if open[next] == kind {
                        open[next] = NONE;
                        stack.push(next);
                    }
                }
            }
        }
        if part.ink > 2 {
            found.push(part);
        }
    }
    found
}

/// Ink of one kind that lies close together.
struct Groups {
    /// The group of each cell of a coarse grid, for [`WARM`] and for [`COLD`].
    of_cell: [Vec<u32>; 2],
    columns: usize,
    cell: usize,
    width: usize,
    /// All ink of each group but rules that may underline; a frame makes it endless.
    ink: Vec<f32>,
}

/// A cell with ink that has no group yet.
const OPEN: u32 = u32::MAX;

impl Groups {
    fn of(mask: &Mask<'_>, parts: &[Part]) -> Self {
        let cell = ((TOGETHER_MM * mask.per_mm).round() as usize).max(1);
        let (columns, rows) = (mask.width.div_ceil(cell), mask.height.div_ceil(cell));
        let mut of_cell = [vec![0u32; columns * rows], vec![0u32; columns * rows]];
        for (at, kind) in mask
            .tinted
            .iter()
            .enumerate()
            .filter(|(_, kind)| **kind != NONE)
        {
            let (x, y) = (at % mask.width / cell, at / mask.width / cell);
            of_cell[usize::from(*kind == COLD)][y * columns + x] = OPEN;
        }
        let mut count = 0;
        for cells in &mut of_cell {
            count = numbered(cells, (columns, rows), count);
        }
        let mut groups = Self {
            of_cell,
            columns,
            cell,
            width: mask.width,
            ink: vec![0.0; count as usize + 1],
        };
        for part in parts {
            let group = groups.of_part(part);
            if part.is_upright_rule(mask.per_mm) {
                groups.ink[group] = f32::INFINITY;
            } else if !part.is_rule(mask.per_mm) {
                groups.ink[group] += part.ink as f32;
            }
        }
        groups
    }

    fn of_part(&self, part: &Part) -> usize {
        let (x, y) = (part.seed % self.width, part.seed / self.width);
        let cells = &self.of_cell[usize::from(part.kind == COLD)];
        cells[y / self.cell * self.columns + x / self.cell] as usize
    }
}

/// Gives open cells that hang together one number each, from `count` + 1 on; the last number given.
fn numbered(cells: &mut [u32], (columns, rows): (usize, usize), mut count: u32) -> u32 {
    let mut stack = Vec::new();
    for start in 0..cells.len() {
        if cells[start] != OPEN {
            continue;
        }
        count += 1;
        cells[start] = count;
        stack.push(start);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % columns, at / columns);
            for ny in y.saturating_sub(1)..(y + 2).min(rows) {
                for nx in x.saturating_sub(1)..(x + 2).min(columns) {
                    let next = ny * columns + nx;
                    if cells[next] == OPEN {
                        cells[next] = count;
                        stack.push(next);
                    }
                }
            }
        }
    }
    count
}

/// Letters beside each other.
#[derive(Clone, Debug)]
struct Run {
    letters: Vec<Part>,
    area: Area,
    /// Rows and columns have changed places.
    upended: bool,
}

impl Run {
    /// Median height of the letters.
    fn height(&self) -> f32 {
        median(
            self.letters
                .iter()
                .map(|letter| letter.area.height() as f32),
        )
    }

    /// Whether these are letters of print: enough of them, of like height, on a straight line.
    fn is_print(&self) -> bool {
        let height = self.height();
        let count = self.letters.len();
        if count < LEAST_LETTERS || (self.area.width() as f32) < 2.5 * height {
            return false;
        }
        let like = |letter: &&Part| {
            (0.6..=1.75).contains(&(letter.area.height() as f32 / height.max(1.0)))
        };
        let alike = self.letters.iter().filter(like).count();
        // Few letters stand in line by chance.
        let (line, same) = if count < 7 { (0.8, 0.85) } else { (0.6, 0.75) };
        let feet = self.share_in_line(height, |area| area.bottom);
        let heads = self.share_in_line(height, |area| area.top);
        alike as f32 >= same * count as f32 && feet.max(heads) >= line
    }

    /// Share of the letters with an edge on the straight line that most of these edges keep.
    fn share_in_line(&self, height: f32, edge: impl Fn(&Area) -> usize) -> f32 {
        let points: Vec<(f32, f32)> = self
            .letters
            .iter()
            .map(|letter| {
                let x = (letter.area.left + letter.area.right) as f32 / 2.0;
                (x, edge(&letter.area) as f32)
            })
            .collect();
        let near = (0.13 * height).max(1.0);
        let mut kept = points.clone();
        let mut line = fitted(&kept);
        for _ in 0..3 {
            let off = |(x, y): &(f32, f32)| (y - line.0 - line.1 * x).abs();
            let bound = median(kept.iter().map(off)).max(near) * 1.5;
            let closer: Vec<_> = kept.iter().copied().filter(|at| off(at) <= bound).collect();
            if closer.len() < 3 {
                break;
            }
            kept = closer;
            line = fitted(&kept);
        }
        if line.1.abs() > STEEPEST {
            return 0.0;
        }
        let on = points
            .iter()
            .filter(|(x, y)| (y - line.0 - line.1 * x).abs() <= near)
            .count();
        on as f32 / points.len().max(1) as f32
    }

    /// The run with room for tone marks above, dots and tails below, in the mask's own axes.
    fn with_marks(&self) -> Area {
        let height = self.height();
        let room = |share: f32| (height * share).ceil() as usize;
        // Which way up the letters stand is not known yet.
        let area = Area {
            left: self.area.left.saturating_sub(room(0.4)),
            top: self.area.top.saturating_sub(room(0.6)),
            right: self.area.right + room(0.4),
            bottom: self.area.bottom + room(0.6),
        };
        if self.upended { area.upended() } else { area }
    }

    fn own_area(&self) -> Area {
        if self.upended {
            self.area.upended()
        } else {
            self.area
        }
    }
}

/// Steepest line of print, about 7 degrees.
const STEEPEST: f32 = 0.12;

/// The least-squares line through `points`, as height at 0 and slope.
fn fitted(points: &[(f32, f32)]) -> (f32, f32) {
    let n = points.len().max(1) as f32;
    let (sx, sy) = points
        .iter()
        .fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x, sy + y));
    let (mx, my) = (sx / n, sy / n);
    let (sxx, sxy) = points.iter().fold((0.0, 0.0), |(sxx, sxy), (x, y)| {
        (sxx + (x - mx) * (x - mx), sxy + (x - mx) * (y - my))
    });
    let slope = if sxx > 0.0 { sxy / sxx } else { 0.0 };
    (my - slope * mx, slope)
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Letters joined to runs, from left to right; `upended` looks along columns.
fn runs(letters: &[&Part], upended: bool) -> Vec<Run> {
    let mut letters: Vec<Part> = letters
        .iter()
        .map(|part| match upended {
            true => Part {
                area: part.area.upended(),
                ..**part
            },
            false => **part,
        })
        .collect();
    letters.sort_by_key(|letter| (letter.area.left, letter.area.top));
    let mut runs: Vec<Run> = Vec::new();
    for letter in letters {
        // Runs that ended long ago stay in the list; only the last letter of each is looked at.
        let best = runs
            .iter_mut()
            .filter_map(|run| distance(run, &letter).map(|gap| (gap, run)))
            .min_by_key(|(gap, _)| *gap);
        match best {
            Some((_, run)) => {
                run.area = run.area.union(&letter.area);
                run.letters.push(letter);
            }
            None => runs.push(Run {
                letters: vec![letter],
                area: letter.area,
                upended,
            }),
        }
    }
    runs
}

/// How far `next` stands from the end of `run`, px; `None` when it does not go on with it.
fn distance(run: &Run, next: &Part) -> Option<usize> {
    let last = run
        .letters
        .last()
        .filter(|last| last.kind == next.kind)?
        .area;
    let next = &next.area;
    let (low, high) = (
        last.height().min(next.height()),
        last.height().max(next.height()),
    );
    let shared = last
        .bottom
        .min(next.bottom)
        .checked_sub(last.top.max(next.top))?;
    let gap = next.left.saturating_sub(last.right);
    (gap * 5 <= high * 7 && shared * 2 >= low && high * 2 <= low * 5).then_some(gap)
}

/// Runs that are print, where they are most of the ink around and no black print lies below.
fn accepted(runs: Vec<Run>, mask: &Mask<'_>, groups: &Groups) -> Vec<Run> {
    let print: Vec<Run> = runs
        .into_iter()
        .filter(|run| LETTER_MM.contains(&(run.height() / mask.per_mm)))
        .filter(|run| run.is_print() && mask.black_share(&run.own_area()) <= BLACK_SHARE)
        .collect();
    let mut text = vec![0.0f32; groups.ink.len()];
    for letter in print.iter().flat_map(|run| &run.letters) {
        text[groups.of_part(letter)] += letter.ink as f32;
    }
    let is_text = |run: &Run| {
        let group = run
            .letters
            .first()
            .map_or(0, |letter| groups.of_part(letter));
        text[group] >= TEXT_SHARE * groups.ink[group]
    };
    print.into_iter().filter(is_text).collect()
}

fn ink_of(runs: &[Run]) -> usize {
    runs.iter()
        .flat_map(|run| &run.letters)
        .map(|letter| letter.ink)
        .sum()
}

#[cfg(test)]
mod tests;
