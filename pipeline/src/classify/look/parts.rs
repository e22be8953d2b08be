//! Connected parts of one ink on the small copy.

use super::small::Ink;

/// More parts than this are no stamps but a halftone or noise; the rest is not looked at.
const MOST_PARTS: usize = 20_000;

/// A connected part.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Left, top, right, bottom, small px, the last two exclusive.
    pub(super) bounds: [usize; 4],
    /// Its pixels as runs: row, first column, column after the last.
    pub(super) runs: Vec<(usize, usize, usize)>,
    /// How many pixels it has.
    pub(super) area: usize,
}

impl Part {
    /// Width, px.
    pub(super) fn width(&self) -> f32 {
        (self.bounds[2] - self.bounds[0]) as f32
    }

    /// Height, px.
    pub(super) fn height(&self) -> f32 {
        (self.bounds[3] - self.bounds[1]) as f32
    }

    /// Centre, px.
    pub(super) fn centre(&self) -> (f32, f32) {
        let [left, top, right, bottom] = self.bounds.map(|edge| edge as f32);
        ((left + right) / 2.0, (top + bottom) / 2.0)
    }

    /// How broad it is across its longest direction, px: a bar's own breadth, from the second moments of its pixels.
    pub(super) fn breadth(&self) -> f32 {
        let (cx, cy) = self.centre();
        let mut sums = [0.0_f32; 5];
        for (x, y) in self.points() {
            let (dx, dy) = (x - cx, y - cy);
            for (sum, value) in sums.iter_mut().zip([dx, dy, dx * dx, dy * dy, dx * dy]) {
                *sum += value;
            }
        }
        let [mx, my, xx, yy, xy] = sums.map(|sum| sum / self.area.max(1) as f32);
        let (xx, yy, xy) = (xx - mx * mx, yy - my * my, xy - mx * my);
        let spread = ((xx - yy) / 2.0).hypot(xy);
        // The variance of a bar is a twelfth of its breadth's square; pixels are one broad themselves.
        (12.0 * ((xx + yy) / 2.0 - spread).max(0.0) + 1.0).sqrt()
    }

    /// The middles of its pixels.
    pub(super) fn points(&self) -> impl Iterator<Item = (f32, f32)> + '_ {
        self.runs
            .iter()
            .flat_map(|&(y, from, to)| (from..to).map(move |x| (x as f32 + 0.5, y as f32 + 0.5)))
    }
}

/// The connected parts of `ink` in rows of `width` pixels' inks, of at least `least` pixels.
pub(super) fn parts_of(inks: &[u8], width: usize, ink: Ink, least: usize) -> Vec<Part> {
    let bit = ink.bit();
    let rows = inks.chunks_exact(width.max(1));
    joined_runs(rows, least, |row, runs| {
        let (eights, _) = row.as_chunks::<8>();
        let mut x = 0;
        while x < row.len() {
            // Most of a page is bare: eight pixels at a time are passed over.
            if x.is_multiple_of(8)
                && let Some(eight) = eights.get(x / 8)
                && u64::from_ne_bytes(*eight) & u64::from_ne_bytes([bit; 8]) == 0
            {
                x += 8;
                continue;
            }
            if row[x] & bit == 0 {
                x += 1;
                continue;
            }
            let from = x;
            while x < row.len() && row[x] & bit != 0 {
                x += 1;
            }
            runs.push((from, x));
        }
    })
}

/// The connected parts (eight neighbours) of what `is_ink`, of at least `least` pixels.
pub(super) fn joined(
    width: usize,
    height: usize,
    least: usize,
    is_ink: impl Fn(usize) -> bool,
) -> Vec<Part> {
    joined_runs(0..height, least, |y, runs| {
        let is_ink = |x: usize| is_ink(y * width + x);
        let mut x = 0;
        while x < width {
            if !is_ink(x) {
                x += 1;
                continue;
            }
            let from = x;
            while x < width && is_ink(x) {
                x += 1;
            }
            runs.push((from, x));
        }
    })
}

/// The same of rows whose runs (first column, column after the last) `runs_of` tells.
fn joined_runs<R>(
    rows: impl IntoIterator<Item = R>,
    least: usize,
    runs_of: impl Fn(R, &mut Vec<(usize, usize)>),
) -> Vec<Part> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    let (mut above, mut row_start) = (0..0, 0);
    for (y, row) in rows.into_iter().enumerate() {
        found.clear();
        runs_of(row, &mut found);
        let mut over = above.start;
        for &(from, x) in &found {
            let this = runs.len();
            runs.push((y, from, x));
            parents.push(this);
            // Runs of the row above that touch this one, corners included.
            while over < above.end && runs[over].2 < from {
                over += 1;
            }
            let mut touching = over;
            while touching < above.end && runs[touching].1 <= x {
                join(&mut parents, touching, this);
                touching += 1;
            }
        }
        above = row_start..runs.len();
        row_start = runs.len();
        above.start = above.start.min(above.end);
    }
    gathered(&runs, &mut parents, least)
}

fn gathered(runs: &[(usize, usize, usize)], parents: &mut [usize], least: usize) -> Vec<Part> {
    let mut areas = vec![0_usize; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        areas[root(parents, index)] += run.2 - run.1;
    }
    let mut places = vec![usize::MAX; runs.len()];
    let mut parts: Vec<Part> = Vec::new();
    for (index, &(y, from, to)) in runs.iter().enumerate() {
        let root = root(parents, index);
        if areas[root] < least {
            continue;
        }
        if places[root] == usize::MAX {
            if parts.len() == MOST_PARTS {
                continue;
            }
            places[root] = parts.len();
            parts.push(Part {
                bounds: [from, y, to, y + 1],
                runs: Vec::new(),
                area: 0,
            });
        }
        let part = &mut parts[places[root]];
        let [left, top, right, bottom] = part.bounds;
        part.bounds = [left.min(from), top.min(y), right.max(to), bottom.max(y + 1)];
        part.runs.push((y, from, to));
        part.area += to - from;
    }
    parts
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::small::Small;
    use super::*;

    /// A small copy drawn with letters: `#` dark, `r` red, `b` blue.
    pub(in super::super) fn drawn(rows: &[&str]) -> Small {
        let width = rows[0].len();
        let inks = rows.iter().flat_map(|row| row.chars()).map(|c| match c {
            '#' => 8,
            'r' => 1,
            'b' => 2,
            _ => 0,
        });
        Small {
            width,
            height: rows.len(),
            scale: 1.0,
            per_mm: 4.0,
            paper: [255; 3],
            inks: inks.collect(),
        }
    }

    #[test]
    fn parts_are_joined_over_corners_and_apart_by_ink() {
        let small = drawn(&[
            "##...#..##",
            "..#.#..#..",
            "...#..#...",
            "........rr",
            "#.........",
        ]);
        let mut sizes: Vec<(usize, [usize; 4])> = parts_of(&small.inks, small.width, Ink::Dark, 1)
            .iter()
            .map(|part| (part.area, part.bounds))
            .collect();
        sizes.sort_unstable();
        assert_eq!(
            sizes,
            [(1, [0, 4, 1, 5]), (4, [6, 0, 10, 3]), (6, [0, 0, 6, 3])]
        );
        assert_eq!(parts_of(&small.inks, small.width, Ink::Dark, 5).len(), 1);
        assert_eq!(parts_of(&small.inks, small.width, Ink::Red, 1)[0].area, 2);
        let mut bare = small.inks.clone();
        bare[23] = 0;
        assert_eq!(parts_of(&bare, small.width, Ink::Dark, 2).len(), 3);
    }
}
