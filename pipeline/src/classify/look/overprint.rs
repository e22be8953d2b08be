//! Marks stamped over print: letters that run into those of the page make no row of their own.
//!
//! All three marks end in `MẬT`. Its picture is laid over ink that no word of the page accounts for, at every slant and
//! size of a stamp: print in between is no harm while the strokes of the letters are inked and more of their gaps is
//! bare. What fits is made to fit better, and held against the words that end alike.

use super::levelled::{HEIGHT, Look, MARGIN, levelled};
use super::rows::Row;
use super::secrecy::{Candidate, READING_DPI};
use super::shape::{HIGH, WIDE, faces_of};
use super::small::{Ink, Small};
use super::wording::{Level, Word, likeness_of, word_of};
use crate::classify::View;
use crate::picture::Picture;

/// Heights of `MẬT` with its marks, mm: letters of 13 to 24 pt, by steps that the search forgives.
const HEIGHTS_MM: [f32; 5] = [5.2, 6.0, 7.0, 8.1, 9.4];
/// Widths of faces, as multiples of the faces known.
const STRETCHES: [f32; 3] = [0.8, 0.95, 1.12];
/// Slants, degrees.
const SLANTS: [f32; 7] = [-15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0];
/// Places are tried at every so many small px.
const STEP: usize = 3;
/// Bare px around the page, so that no picture reaches beyond it.
const PAD: usize = 66;
/// Strokes and gaps that are asked for at first, and how many of the strokes are inked at least.
const STROKES: usize = 30;
const GAPS: usize = 18;
const INKED: u8 = 21;
/// How well a picture fits at first where it is tried on.
const LEAST: f32 = 0.42;
/// Places closer than this, px, are one.
const CLOSE: (usize, usize) = (9, 6);
/// Places where the faces are made to fit.
const MOST: usize = 12;
/// Of those, how many are looked at in the scan itself, and how well they fit at least.
const MOST_CLOSELY: usize = 3;
const WORTH: f32 = 0.63;
/// Strokes and gaps that are enough on the small copy.
const ENOUGH: usize = 110;
/// Lowest place on the page that a mark is stamped at, as a share of the page's width: the upper half of a sheet and a
/// little more.
const LOWEST: f32 = 0.78;

/// `MẬT` seen over print.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// Where it stands.
    pose: Pose,
    /// How well it fits on the small copy.
    fit: f32,
    /// Which face fits.
    face: usize,
    ink: Ink,
}

/// Where a picture is laid: middle, size in small px, slant in radians.
#[derive(Clone, Copy, Debug)]
struct Pose {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
    angle: f32,
}

impl Pose {
    /// Where a point of the picture, -0.5 to 0.5 of its size, comes to lie.
    fn place(&self, (u, v): (f32, f32)) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = (u * self.w, v * self.h);
        (self.x + x * cos - y * sin, self.y + x * sin + y * cos)
    }
}

/// The ink looked at, with bare px around: as it is, and spread by one and by two px.
struct Field {
    width: usize,
    solid: Vec<u8>,
    near: Vec<u8>,
    wide: Vec<u8>,
}

impl Field {
    fn of(inks: &[u8], bits: u8, (width, height): (usize, usize)) -> Self {
        let padded = (width + 2 * PAD).next_multiple_of(STEP);
        let mut solid = vec![0; padded * (height + 2 * PAD)];
        for (from, to) in inks
            .chunks_exact(width.max(1))
            .take(height)
            .zip(solid.chunks_exact_mut(padded).skip(PAD))
        {
            for (to, inks) in to.iter_mut().skip(PAD).zip(from) {
                *to = u8::from(inks & bits != 0);
            }
        }
        let near = spread(&solid, padded);
        let wide = spread(&near, padded);
        Self {
            width: padded,
            solid,
            near,
            wide,
        }
    }

    /// Whether `map` is inked at a place.
    fn at(&self, map: &[u8], (x, y): (f32, f32)) -> u32 {
        if x < 0.0 || y < 0.0 {
            return 0;
        }
        map.get(y as usize * self.width + x as usize)
            .map_or(0, |ink| u32::from(*ink))
    }
}

/// Spread by one px to all sides.
fn spread(map: &[u8], width: usize) -> Vec<u8> {
    let either = |from: &[u8], by: usize| -> Vec<u8> {
        let mut out = from.to_vec();
        let last = from.len().saturating_sub(by);
        for (to, from) in out.iter_mut().skip(by).zip(from) {
            *to |= from;
        }
        for (to, from) in out[..last].iter_mut().zip(from.iter().skip(by)) {
            *to |= from;
        }
        out
    };
    either(&either(map, 1), width)
}

/// The points of a picture, -0.5 to 0.5 of its size.
struct Points {
    strokes: Vec<(f32, f32)>,
    gaps: Vec<(f32, f32)>,
}

impl Points {
    /// Of the part of a face between two places along it.
    fn of(face: &[u8], from: f32, to: f32) -> Self {
        // What stands beside the letters is anybody's: no gap is asked for at the rim.
        let ink = |x: usize, y: usize| match x < WIDE {
            true => face.get(y * WIDE + x).map_or(0, |ink| u32::from(*ink)),
            false => u32::from(u8::MAX),
        };
        let (mut strokes, mut gaps) = (Vec::new(), Vec::new());
        for y in 0..HIGH {
            for x in 0..WIDE {
                let point = (
                    (x as f32 + 0.5) / WIDE as f32 - 0.5,
                    (y as f32 + 0.5) / HIGH as f32 - 0.5,
                );
                if point.0 < from || point.0 > to {
                    continue;
                }
                let around = ink(x.wrapping_sub(1), y) + ink(x + 1, y) + ink(x, y + 1);
                if ink(x, y) > 150 {
                    strokes.push(point);
                } else if ink(x, y) < 25 && around < 150 {
                    gaps.push(point);
                }
            }
        }
        Self {
            strokes: shuffled(strokes),
            gaps: shuffled(gaps),
        }
    }

    /// So many of either at most.
    fn few(mut self, most: usize) -> Self {
        self.strokes.truncate(most);
        self.gaps.truncate(most);
        self
    }

    /// Share of strokes inked less share of gaps inked.
    fn fit(&self, field: &Field, pose: &Pose) -> f32 {
        let share = |map: &[u8], points: &[(f32, f32)]| {
            let inked: u32 = points
                .iter()
                .map(|point| field.at(map, pose.place(*point)))
                .sum();
            inked as f32 / points.len().max(1) as f32
        };
        share(&field.near, &self.strokes) - share(&field.solid, &self.gaps)
    }

    /// The pose near `pose` that fits best, and how well.
    fn fitted(&self, field: &Field, pose: Pose, steps: &[f32]) -> (Pose, f32) {
        let (mut best, mut fit) = (pose, self.fit(field, &pose));
        for step in steps {
            for _ in 0..4 {
                let before = fit;
                for axis in 0..5 {
                    for sign in [-step, *step] {
                        let mut next = best;
                        match axis {
                            0 => next.x += sign,
                            1 => next.y += sign,
                            2 => next.angle += sign * 0.018,
                            3 => next.w *= 1.0 + 0.03 * sign,
                            _ => next.h *= 1.0 + 0.03 * sign,
                        }
                        let value = self.fit(field, &next);
                        if value > fit {
                            (best, fit) = (next, value);
                        }
                    }
                }
                if fit <= before {
                    break;
                }
            }
        }
        (best, fit)
    }
}

/// The strokes and gaps that the faces of a word share.
fn common(word: Word) -> Points {
    let mut least = vec![u8::MAX; WIDE * HIGH];
    let mut most = vec![0; WIDE * HIGH];
    for face in faces_of(word) {
        for ((least, most), ink) in least.iter_mut().zip(&mut most).zip(face) {
            *least = (*least).min(*ink);
            *most = (*most).max(*ink);
        }
    }
    Points {
        strokes: Points::of(&least, -0.5, 0.5).strokes,
        gaps: Points::of(&most, -0.5, 0.5).gaps,
    }
}

/// In an order that has points from everywhere among the first.
fn shuffled(points: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    let count = points.len();
    let Some(stride) = [97, 89, 83, 79]
        .into_iter()
        .find(|by| !count.is_multiple_of(*by))
    else {
        return points;
    };
    (0..count)
        .filter_map(|at| points.get(at * stride % count).copied())
        .collect()
}

/// The marks seen in `ink` among `inks`, the best first.
fn seen(small: &Small, inks: &[u8], ink: Ink) -> Vec<Seen> {
    let height = small.height.min((small.width as f32 * LOWEST) as usize);
    let bits = match ink {
        Ink::Dark => Ink::Dark.bit() | Ink::Pale.bit(),
        own => own.bit(),
    };
    let field = Field::of(inks, bits, (small.width, height));
    let search = Search::of(&field);
    let faces: Vec<Points> = faces_of(Word::Mark(Level::Secret))
        .map(|face| Points::of(face, -0.5, 0.5).few(ENOUGH))
        .collect();
    let common = common(Word::Mark(Level::Secret));
    // Chance fits small pictures more easily.
    let rank = |fit: f32, pose: &Pose| fit * pose.h.sqrt();
    // The best of places that lie close together.
    let across = field.width / CLOSE.0 + 1;
    let cells = across * (field.solid.len() / field.width.max(1) / CLOSE.1 + 1);
    let mut found: Vec<Option<(f32, Pose)>> = vec![None; cells];
    for height in HEIGHTS_MM {
        for stretch in STRETCHES {
            for slant in SLANTS {
                let h = height * small.per_mm;
                let pose = Pose {
                    x: 0.0,
                    y: 0.0,
                    w: h * Word::Mark(Level::Secret).ratio() * stretch,
                    h,
                    angle: slant.to_radians(),
                };
                search.each(&common, pose, &mut |fit, x, y| {
                    let pose = Pose { x, y, ..pose };
                    let fit = rank(fit, &pose);
                    let cell = y as usize / CLOSE.1 * across + x as usize / CLOSE.0;
                    if let Some(best) = found.get_mut(cell)
                        && best.is_none_or(|best| fit > best.0)
                    {
                        *best = Some((fit, pose));
                    }
                });
            }
        }
    }
    let mut found: Vec<(f32, Pose)> = found.into_iter().flatten().collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<Pose> = Vec::new();
    for (_, pose) in found {
        let near = |other: &&Pose| {
            (other.x - pose.x).abs() < 0.25 * pose.w && (other.y - pose.y).abs() < 0.4 * pose.h
        };
        if kept.iter().filter(near).count() < 2 {
            kept.push(pose);
        }
        if kept.len() == MOST {
            break;
        }
    }
    let mut seen: Vec<Seen> = kept
        .into_iter()
        .filter_map(|pose| {
            let fitted = faces
                .iter()
                .map(|face| face.fitted(&field, pose, &[2.0, 1.0]));
            let (face, (pose, fit)) = fitted.enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
            let pose = Pose {
                x: pose.x - PAD as f32,
                y: pose.y - PAD as f32,
                ..pose
            };
            (fit > WORTH).then_some(Seen {
                pose,
                fit,
                face,
                ink,
            })
        })
        .collect();
    let rank = |seen: &Seen| rank(seen.fit, &seen.pose);
    seen.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    seen.truncate(MOST_CLOSELY);
    seen
}

/// A map parted by where its px lie in a grid of [`STEP`]: what stands at like places of the grid lies side by side.
struct Parted {
    columns: usize,
    maps: Vec<Vec<u8>>,
}

impl Parted {
    fn of(map: &[u8], width: usize) -> Self {
        let columns = width / STEP;
        let part = |place: usize| {
            let rows = map
                .chunks_exact(width.max(1))
                .skip(place / STEP)
                .step_by(STEP);
            let cells = rows.flat_map(|row| {
                let row = row.get(place % STEP..).unwrap_or_default();
                row.iter()
                    .step_by(STEP)
                    .copied()
                    .chain(std::iter::once(0))
                    .take(columns)
            });
            cells.collect()
        };
        Self {
            columns,
            maps: (0..STEP * STEP).map(part).collect(),
        }
    }

    /// For every column of a row of the grid, how many of the points `offsets` px away are inked; in `counts`.
    fn count(&self, offsets: &[(isize, isize)], row: usize, counts: &mut [u8]) {
        const GRID: isize = STEP.cast_signed();
        counts.fill(0);
        for (dx, dy) in offsets {
            let place = dy.rem_euclid(GRID) * GRID + dx.rem_euclid(GRID);
            let first = (row * self.columns + PAD / STEP).checked_add_signed(
                dy.div_euclid(GRID) * self.columns.cast_signed() + dx.div_euclid(GRID),
            );
            let map = usize::try_from(place)
                .ok()
                .and_then(|place| self.maps.get(place));
            if let (Some(map), Some(first)) = (map, first) {
                let inked = map.get(first..).unwrap_or_default();
                for (count, ink) in counts.iter_mut().zip(inked) {
                    *count += ink;
                }
            }
        }
    }
}

/// The places of a grid where most strokes of a picture are inked.
struct Search {
    width: usize,
    wide: Parted,
    solid: Parted,
    /// Rows with ink above and below.
    rows: Vec<usize>,
}

impl Search {
    fn of(field: &Field) -> Self {
        let height = field.solid.len() / field.width.max(1);
        let inked = |row: &usize| {
            let from = (row * STEP).saturating_sub(STEP) * field.width;
            let ink = field.wide.get(from..from + 2 * STEP * field.width);
            ink.is_some_and(|ink| ink.iter().map(|ink| usize::from(*ink)).sum::<usize>() > 60)
        };
        Self {
            width: field.width,
            wide: Parted::of(&field.wide, field.width),
            solid: Parted::of(&field.solid, field.width),
            rows: (PAD / STEP..(height.saturating_sub(PAD)) / STEP)
                .filter(inked)
                .collect(),
        }
    }

    /// Tells `found` how well the picture fits where it does, and where that is, padded px.
    fn each(&self, face: &Points, pose: Pose, found: &mut impl FnMut(f32, f32, f32)) {
        let offsets = |points: &[(f32, f32)], most: usize| -> Vec<(isize, isize)> {
            let laid = points.iter().take(most).map(|point| pose.place(*point));
            laid.map(|(x, y)| (x.round() as isize, y.round() as isize))
                .collect()
        };
        let strokes = offsets(&face.strokes, STROKES);
        let gaps = offsets(&face.gaps, GAPS);
        let columns = (self.width / STEP).saturating_sub(2 * PAD / STEP);
        let (mut inked, mut filled) = (vec![0; columns], vec![0; columns]);
        for &row in &self.rows {
            self.wide.count(&strokes, row, &mut inked);
            if inked.iter().all(|count| *count < INKED) {
                continue;
            }
            self.solid.count(&gaps, row, &mut filled);
            for (column, (inked, filled)) in inked.iter().zip(&filled).enumerate() {
                let fit = f32::from(*inked) / STROKES as f32 - f32::from(*filled) / GAPS as f32;
                if *inked >= INKED && fit > LEAST {
                    let x = (column * STEP + PAD) as f32 + 0.5;
                    found(fit, x, (row * STEP) as f32 + 0.5);
                }
            }
        }
    }
}

/// Where the three letters lie along their picture.
const LETTERS: [(f32, f32); 3] = [(-0.5, -0.09), (-0.12, 0.24), (0.18, 0.5)];

/// How well a word fits at full resolution.
#[derive(Clone, Copy, Debug)]
struct Close {
    /// `MẬT` as a whole, and its worst letter.
    whole: f32,
    worst: f32,
    /// The first word of a mark of two words, where it fits, and the best of other words that end alike.
    first: (Level, f32),
    other: f32,
}

impl Seen {
    /// The row in which the letters stand, with room before them for so many times their width.
    fn row(&self, before: f32) -> Row {
        let (sin, cos) = self.pose.angle.sin_cos();
        let more = before * self.pose.w;
        Row {
            ink: self.ink,
            centre: (
                self.pose.x - more / 2.0 * cos,
                self.pose.y - more / 2.0 * sin,
            ),
            angle: self.pose.angle,
            size: (self.pose.w + more, self.pose.h),
            framed: false,
            goes_on: false,
        }
    }

    /// Looks closely, at full resolution.
    fn closely(&self, picture: &Picture<'_>, small: &Small) -> Close {
        let patch = levelled(picture, small, &self.row(ROOM), Look::Own);
        let (width, height) = (patch.width as usize, patch.height as usize);
        let dark: Vec<u8> = patch.pixels.iter().map(|v| u8::from(*v < BLACK)).collect();
        let mut field = Field::of(&dark, 1, (width, height));
        // Letters are large here: they need no margin.
        field.near = field.solid.clone();
        let w = HEIGHT * self.pose.w / self.pose.h;
        let pose = Pose {
            x: width as f32 - MARGIN - w / 2.0 + PAD as f32,
            y: height as f32 / 2.0 + PAD as f32,
            w,
            h: HEIGHT,
            angle: 0.0,
        };
        let picture = |word: Word| faces_of(word).nth(self.face).unwrap_or_default();
        let own = picture(Word::Mark(Level::Secret));
        let (pose, whole) = Points::of(own, -0.5, 0.5).fitted(&field, pose, &[2.0, 1.0]);
        let worst = LETTERS
            .into_iter()
            .map(|(from, to)| Points::of(own, from, to).fitted(&field, pose, &[1.5]).1)
            .fold(1.0, f32::min);
        let mut close = Close {
            whole,
            worst,
            first: (Level::Secret, 0.0),
            other: 0.0,
        };
        if whole < UNCLEAR.0 {
            return close;
        }
        for word in Word::ALL {
            let ends_so = word.text().ends_with("MẬT") || word.text().ends_with("MẶT");
            if !ends_so || word == Word::Mark(Level::Secret) {
                continue;
            }
            let w = pose.w * word.ratio() / Word::Mark(Level::Secret).ratio();
            let laid = Pose {
                x: pose.x + (pose.w - w) / 2.0,
                w,
                ..pose
            };
            let before = Points::of(picture(word), -0.5, 0.5 - pose.w / w - 0.02);
            let fit = before.fitted(&field, laid, &[2.5, 1.2]).1;
            match word {
                Word::Mark(level) if fit > close.first.1 => close.first = (level, fit),
                Word::Other(_) => close.other = close.other.max(fit),
                _ => {}
            }
        }
        close
    }

    /// Whether the two stand at the same place.
    fn is_at(&self, other: &Self) -> bool {
        (self.pose.x - other.pose.x).abs() < 0.3 * other.pose.w
            && (self.pose.y - other.pose.y).abs() < 0.4 * other.pose.h
    }

    /// Whether the row of a candidate lies on it.
    fn is_on(&self, row: &Row) -> bool {
        let (dx, dy) = (self.pose.x - row.centre.0, self.pose.y - row.centre.1);
        let (sin, cos) = row.angle.sin_cos();
        let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
        along.abs() < row.size.0 / 2.0 && across.abs() < row.size.1 / 2.0
    }
}

/// Room before `MẬT` for another word, as a share of its width: `TUYỆT` has 1.7 of it.
const ROOM: f32 = 1.9;
/// Grey below which a pixel of a levelled row is ink.
const BLACK: u8 = 140;
/// How well the whole fits and its worst letter where nothing else need speak for a mark; print that runs the same way
/// reaches 0.68, other words of stamps 0.79.
const CLEAR: (f32, f32) = (0.72, 0.62);
/// The same where an engine must read the word, too.
const UNCLEAR: (f32, f32) = (0.62, 0.45);
/// How well the first of two words fits, and how far it is ahead of others, where both need not be that clear.
const BOTH: f32 = 0.72;
const AHEAD: f32 = 0.1;
/// How well the reading fits then.
const READ: f32 = 0.6;
/// How well the first of two words fits where it stands there.
const STANDS: f32 = 0.5;

/// Whether a mark is stamped over print on the page; `candidates` are the rows that stand free.
pub(super) fn bears_mark(
    view: &View<'_>,
    small: &Small,
    bare: &[u8],
    candidates: &[Candidate],
) -> bool {
    // Coloured ink is told from print by its colour: such a stamp is a row of its own wherever it stands. Where seals and
    // signatures have theirs, a stamp would show its own, too, and this search, the dearest of all, is spared.
    if small.is_coloured() {
        return false;
    }
    let inks = small
        .present()
        .filter(|ink| matches!(ink, Ink::Dark | Ink::Pale));
    let seen = inks.flat_map(|ink| seen(small, bare, ink));
    let looks: Vec<(Seen, Close)> = seen
        .map(|seen| (seen, seen.closely(&view.picture, small)))
        .filter(|(_, close)| close.whole > UNCLEAR.0)
        .collect();
    looks.iter().any(|(seen, close)| {
        // What stands before it is seen best by one look, the word itself by another.
        let there = || {
            let there = looks.iter().filter(|(other, _)| other.is_at(seen));
            there.map(|(_, close)| close)
        };
        let pooled = Close {
            first: there()
                .map(|close| close.first)
                .fold((Level::Secret, 0.0), |best, first| {
                    if first.1 > best.1 { first } else { best }
                }),
            other: there().map(|close| close.other).fold(0.0, f32::max),
            ..*close
        };
        is_mark(view, small, (seen, &pooled), candidates)
    })
}

fn is_mark(
    view: &View<'_>,
    small: &Small,
    (seen, close): (&Seen, &Close),
    candidates: &[Candidate],
) -> bool {
    // Another word that ends alike, or one that an engine has read.
    let is_other = close.other > close.first.1.max(STANDS)
        || candidates.iter().any(|candidate| {
            let read = |(text, _): &(String, f32)| {
                word_of(text)
                    .is_some_and(|(word, slips)| slips == 0 && !matches!(word, Word::Mark(_)))
            };
            seen.is_on(&candidate.row) && candidate.readings.iter().any(read)
        });
    if is_other || close.worst < UNCLEAR.1 {
        return false;
    }
    let clear = close.whole > CLEAR.0 && close.worst > CLEAR.1;
    let both = close.first.1 > BOTH && close.first.1 > close.other + AHEAD;
    if clear || both {
        return true;
    }
    let level = match close.first {
        (level, fit) if fit > STANDS => level,
        _ => Level::Secret,
    };
    let before = Word::Mark(level).ratio() / Word::Mark(Level::Secret).ratio() - 1.0;
    let row = levelled(&view.picture, small, &seen.row(1.05 * before), Look::Own);
    let words = (view.read_line)(&row, READING_DPI);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    likeness_of(&text.join(" "), level.text()) > READ
}

#[cfg(test)]
mod tests {
    use super::super::secrecy::unexplained;
    use super::*;
    use crate::document::{Affine, Gray, Raster};

    /// Lays a word over the paper, its box at `x`, `y` and so many px high.
    fn lay(paper: &mut Gray, word: Word, (x, y): (f32, f32), h: f32) {
        let face = faces_of(word).next().unwrap_or_default();
        let w = h * word.ratio();
        for row in 0..h as usize {
            for column in 0..w as usize {
                let cell = (
                    (column as f32 / w * WIDE as f32) as usize,
                    (row as f32 / h * HIGH as f32) as usize,
                );
                let at = (y as usize + row) * paper.width as usize + x as usize + column;
                if face[cell.1 * WIDE + cell.0] > 127 {
                    paper.pixels[at] = 0;
                }
            }
        }
    }

    fn bears(word: Word) -> bool {
        let mut paper = Gray {
            width: 1000,
            height: 700,
            pixels: vec![255; 700_000],
        };
        for (line, word) in Word::ALL.iter().skip(12).enumerate() {
            lay(
                &mut paper,
                *word,
                (120.0 + 7.0 * line as f32, 130.0 + 45.0 * line as f32),
                26.0,
            );
        }
        lay(&mut paper, word, (200.0, 175.0), 66.0);
        let raster = Raster::Gray(paper);
        let view = View {
            picture: Picture::new(&raster, Affine::IDENTITY, raster.size(), 200.0),
            lines: &[],
            read_line: &|_, _| Vec::new(),
        };
        let small = Small::of(&view.picture);
        bears_mark(&view, &small, &unexplained(&small, &[]), &[])
    }

    #[test]
    fn marks_are_seen_over_print_and_other_words_are_none() {
        for level in Level::ALL {
            assert!(bears(Word::Mark(level)), "{level:?}");
        }
        for word in Word::ALL {
            assert!(matches!(word, Word::Mark(_)) || !bears(word), "{word:?}");
        }
    }
}
