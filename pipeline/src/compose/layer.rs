//! The words of a page as invisible text over their image (ISO 32000-1, 9.3.6, mode 3).
//!
//! A line is one run with real spaces. Each word is stretched to its box and each space to its gap, so that a
//! highlight covers what was searched for.
//!
//! On a skewed page the words of a line follow its baseline as far as is safe: readers look for level lines, and
//! a line that rises more than half a font size is torn apart by them. What rise is left is taken up by the faces:
//! each word has one whose box reaches up or down to where the word really is. A box holds its run, so this ends
//! where the skew over a block's width is past its letters' height (about 2 degrees for a full line of 14 pt); from
//! there on boxes lag behind their words, and text is still found.

use std::io::{self, Write};

use unicode_normalization::UnicodeNormalization;

use super::PageSpec;
use super::font::{ADVANCE, FILLER, Face, Fonts};
use super::objects::{ObjectWriter, rounded};
use super::sizing::{self, BLOCK_PITCH, CLEAR_GAP, Extent, JOINING_GAP, PARTING_GAP, median};
use super::strands::{Place, strands};
use crate::document::{Affine, Line, Point};

/// How far a slanted run may rise or fall, in font sizes (poppler: 0.5 from a line's first word; pdf.js less).
const SAFE_RISE: f32 = 0.2;
/// The same for runs of which the boxes alone cannot follow the skew.
const UTMOST_RISE: f32 = 0.4;

/// The drawing operators of the text layer, and the faces that they use.
pub(super) struct Layer {
    /// Operators from `BT` to `ET`; empty without words.
    pub(super) content: Vec<u8>,
    /// Indices of the faces, in order of use.
    pub(super) faces: Vec<usize>,
}

/// Sets the words of `page`.
pub(super) fn set<W: Write>(
    page: &PageSpec<'_>,
    fonts: &mut Fonts,
    out: &mut ObjectWriter<W>,
) -> io::Result<Layer> {
    let runs = runs(page);
    let mut layer = Layer {
        content: Vec::new(),
        faces: Vec::new(),
    };
    if runs.is_empty() {
        return Ok(layer);
    }
    let frames = frames(&runs);
    let mut pen = Pen {
        layer: &mut layer,
        state: None,
        at: (0, 0),
    };
    pen.layer.content.extend(b"BT 3 Tr\n");
    let mut above: Option<&Run> = None;
    for run in &runs {
        let Some(frame) = frames.get(run.block) else {
            continue;
        };
        if let Some(above) = above.filter(|above| frame.bridged && above.block == run.block) {
            pen.bridge(above, run, frame);
        }
        pen.run(run, frame, fonts, out)?;
        above = Some(run);
    }
    layer.content.extend(b"ET\n");
    Ok(layer)
}

/// A word in points, y up.
#[derive(Clone, Debug)]
struct Piece {
    units: Vec<u16>,
    left: f32,
    right: f32,
    top: f32,
    foot: f32,
}

/// A line in points, y up.
#[derive(Clone, Debug)]
struct Run {
    pieces: Vec<Piece>,
    /// Index of the block among those of the page, in order of appearance.
    block: usize,
    /// A point of the baseline.
    at: Point,
    /// Rise of the baseline per point.
    slope: f32,
    /// From the baseline to the top of the usual word.
    up: f32,
    /// From the baseline to the foot of the usual word.
    down: f32,
}

impl Run {
    fn left(&self) -> f32 {
        self.pieces.first().map_or(0.0, |piece| piece.left)
    }

    fn right(&self) -> f32 {
        self.pieces.last().map_or(0.0, |piece| piece.right)
    }

    fn height(&self) -> f32 {
        self.up + self.down
    }

    /// True when `right` goes on to the right of it, on its height and in its block.
    fn has_beside(&self, right: &Self) -> bool {
        let (from, to) = (self.right(), right.left());
        let apart = (self.base(from) - right.base(from)).abs();
        self.block == right.block && to >= from && apart < 0.6 * self.height().min(right.height())
    }

    /// Height of the baseline at `x`.
    fn base(&self, x: f32) -> f32 {
        self.at.y + (x - self.at.x) * self.slope
    }
}

/// How the runs of one block are set.
#[derive(Clone, Copy, Debug)]
struct Frame {
    size: f32,
    /// Where runs and baselines meet.
    middle: f32,
    /// The part of the baseline's slope that runs take; 1 = all of it.
    lean: f32,
    /// How far runs are lifted off their baselines so that every box still holds its run.
    lift: f32,
    /// How far its runs rise or fall over the block's width.
    rise: f32,
    /// Readers must find it whole, however far its lines are apart.
    bridged: bool,
}

impl Frame {
    /// The font size as it is written.
    fn rounded_size(&self) -> f32 {
        (self.size * 10.0).round().max(1.0) / 10.0
    }
}

fn runs(page: &PageSpec<'_>) -> Vec<Run> {
    let map = page.point_map();
    let mut names: Vec<u32> = Vec::new();
    let mut runs = Vec::new();
    for line in page.lines {
        let block = names
            .iter()
            .position(|name| *name == line.block)
            .unwrap_or(names.len());
        if let Some(run) = run(line, block, &map, page) {
            if block == names.len() {
                names.push(line.block);
            }
            runs.push(run);
        }
    }
    share_slope(&mut runs);
    let runs = level_rows(runs);
    in_strands(runs, names.len())
}

/// Makes one run of neighbours on one height: cells of a table, whose bases differ by what OCR misjudged. Readers
/// would take the higher one first.
fn level_rows(runs: Vec<Run>) -> Vec<Run> {
    let mut levelled: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match levelled.last_mut().filter(|left| left.has_beside(&run)) {
            Some(left) => left.pieces.extend(run.pieces),
            None => levelled.push(run),
        }
    }
    levelled
}

/// Numbers the blocks of one column as one.
fn in_strands(mut runs: Vec<Run>, blocks: usize) -> Vec<Run> {
    let places: Vec<Place> = (0..blocks)
        .map(|block| place(runs.iter().filter(|run| run.block == block)))
        .collect();
    let strands = strands(&places);
    for run in &mut runs {
        run.block = strands.get(run.block).copied().unwrap_or(run.block);
    }
    runs
}

/// Where the lines of one block stand.
fn place<'a>(runs: impl Iterator<Item = &'a Run>) -> Place {
    let nowhere = Place {
        left: f32::MAX,
        right: f32::MIN,
        top: f32::MIN,
        foot: f32::MAX,
        height: 0.0,
    };
    runs.fold(nowhere, |all, run| {
        let (left, right) = (run.left(), run.right());
        let base = run.base((left + right) / 2.0);
        Place {
            left: all.left.min(left),
            right: all.right.max(right),
            top: all.top.max(base),
            foot: all.foot.min(base),
            height: all.height.max(run.height()),
        }
    })
}

fn run(line: &Line, block: usize, map: &Affine, page: &PageSpec<'_>) -> Option<Run> {
    // A box that reaches off the page is cut to it; readers ignore what lies outside and choke on large numbers.
    let cut = |point: Point| Point {
        x: point.x.clamp(0.0, page.width_pt),
        y: point.y.clamp(0.0, page.height_pt),
    };
    let mut pieces = Vec::new();
    let mut boxes = Vec::new();
    for word in &line.words {
        let units = units(&word.text);
        let low = map.apply(Point {
            x: word.bbox.x,
            y: word.bbox.y + word.bbox.h,
        });
        let high = map.apply(Point {
            x: word.bbox.x + word.bbox.w,
            y: word.bbox.y,
        });
        let finite = [low.x, low.y, high.x, high.y]
            .iter()
            .all(|value| value.is_finite());
        let (low, high) = (cut(low), cut(high));
        if !units.is_empty() && finite {
            pieces.push(Piece {
                units,
                left: low.x,
                right: high.x.max(low.x),
                top: high.y,
                foot: low.y,
            });
            boxes.push((low, high));
        }
    }
    let [start, end] = line.baseline.map(|point| map.apply(point));
    let height = median(boxes.iter().map(|(low, high)| high.y - low.y)).max(0.5);
    let foot = median(boxes.iter().map(|(low, _)| low.y));
    let x = median(boxes.iter().map(|(low, high)| (low.x + high.x) / 2.0));
    let mut slope = (end.y - start.y) / (end.x - start.x);
    let mut y = start.y + (x - start.x) * slope;
    // A baseline that is none, or stands nowhere near its words, gives way to the feet of the words.
    if !slope.is_finite() || slope.abs() > 0.2 || !y.is_finite() || (y - foot).abs() > height {
        slope = 0.0;
        y = foot;
    }
    let reach = |side: fn(&(Point, Point), f32) -> f32| {
        median(
            boxes
                .iter()
                .map(|b| side(b, y + ((b.0.x + b.1.x) / 2.0 - x) * slope)),
        )
    };
    let up = reach(|b, base| b.1.y - base).max(0.3 * height);
    let down = reach(|b, base| base - b.0.y).max(0.02 * height);
    (!pieces.is_empty()).then_some(Run {
        pieces,
        block,
        at: Point { x, y },
        slope,
        up,
        down,
    })
}

/// Short lines have slopes that mean little: where a line's own does not say clearly otherwise, the page's counts.
fn share_slope(runs: &mut [Run]) {
    let mut slopes: Vec<(f32, f32)> = runs
        .iter()
        .map(|run| (run.slope, run.right() - run.left()))
        .collect();
    slopes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f32 = slopes.iter().map(|(_, width)| width).sum();
    let mut seen = 0.0;
    let middle = slopes.iter().find(|(_, width)| {
        seen += width;
        seen * 2.0 >= total
    });
    let Some(&(page, _)) = middle else { return };
    for run in runs {
        let rise = (run.slope - page).abs() * (run.right() - run.left());
        if rise < 0.6 * run.height() {
            run.slope = page;
        }
    }
}

/// The UTF-16 units of a word in NFC. Characters outside the Basic Multilingual Plane have two and cannot be one
/// code: they become U+FFFD. Controls, and what a Unicode map must not hold (ISO 19005-2, 6.2.11.7.2), go.
fn units(text: &str) -> Vec<u16> {
    let keep = |c: &char| !c.is_control() && !matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}');
    text.nfc()
        .filter(keep)
        .map(|c| u16::try_from(u32::from(c)).unwrap_or(0xFFFD))
        .collect()
}

fn frames(runs: &[Run]) -> Vec<Frame> {
    let count = runs.iter().map(|run| run.block + 1).max().unwrap_or(0);
    let mut frames: Vec<Frame> = (0..count)
        .map(|block| frame(runs.iter().filter(|run| run.block == block)))
        .collect();
    let extents: Vec<Extent> = runs
        .iter()
        .filter_map(|run| frames.get(run.block).map(|frame| extent(run, frame)))
        .collect();
    for (frame, setting) in frames.iter_mut().zip(sizing::sizes(&extents, count)) {
        frame.size = setting.size;
        frame.bridged = setting.beside;
    }
    frames
}

/// The frame of one block, its size still a guess.
fn frame<'a>(runs: impl Iterator<Item = &'a Run> + Clone) -> Frame {
    let left = runs.clone().map(Run::left).fold(f32::MAX, f32::min);
    let right = runs.clone().map(Run::right).fold(f32::MIN, f32::max);
    let rise = (right - left) * runs.clone().map(|run| run.slope.abs()).fold(0.0, f32::max);
    let (up, down) = (
        median(runs.clone().map(|run| run.up)),
        median(runs.map(|run| run.down)),
    );
    let size = up + down;
    let (lean, lift) = lean(rise, size, up, down);
    Frame {
        size,
        middle: (left + right) / 2.0,
        lean,
        lift,
        rise: rise * lean,
        bridged: false,
    }
}

/// How much of a `rise` over the block's width the runs take, and how far they must be lifted for the boxes to
/// take the rest: a box reaches from its run at most down by its own height, or up by it, never past the run.
fn lean(rise: f32, size: f32, up: f32, down: f32) -> (f32, f32) {
    if rise <= SAFE_RISE * size {
        return (1.0, 0.0);
    }
    let boxes = 0.95 * (up + down);
    let lean = (SAFE_RISE * size / rise)
        .max(1.0 - boxes / rise)
        .min(UTMOST_RISE * size / rise);
    let rest = (1.0 - lean) * rise / 2.0;
    (lean, (rest - 0.95 * down).max(0.0))
}

fn extent(run: &Run, frame: &Frame) -> Extent {
    let gaps = || {
        run.pieces
            .windows(2)
            .filter_map(|pair| Some(pair.get(1)?.left - pair.first()?.right))
    };
    let letters = run.pieces.len() > 1 && run.pieces.iter().all(|piece| piece.units.len() == 1);
    let advance = |piece: &Piece| (piece.right - piece.left) / piece.units.len() as f32;
    Extent {
        block: run.block,
        left: run.left(),
        right: run.right(),
        base: run.base(frame.middle),
        rise: frame.rise,
        height: run.height(),
        gap: gaps().fold(f32::MAX, f32::min),
        letters,
        narrowest: run
            .pieces
            .iter()
            .filter(|piece| piece.units.len() > 1)
            .map(advance)
            .fold(f32::MAX, f32::min),
    }
}

/// The pieces with every gap wide enough to part.
fn spaced(run: &Run, size: f32) -> Vec<Piece> {
    let mut pieces = run.pieces.clone();
    let least = PARTING_GAP * size;
    for index in 1..pieces.len() {
        let (head, tail) = pieces.split_at_mut(index);
        let (Some(left), Some(right)) = (head.last_mut(), tail.first_mut()) else {
            continue;
        };
        let gap = right.left - left.right;
        // At most a tenth of the narrower word is given up for a clear gap.
        let give = 0.1 * (left.right - left.left).min(right.right - right.left);
        let lacking = (CLEAR_GAP * size - gap).min(give).max(least - gap).max(0.0);
        left.right -= lacking / 2.0;
        right.left += lacking / 2.0;
    }
    // What the trimming turned inside out gets its least width back; the rest of the line moves on.
    let mut free = f32::MIN;
    for piece in &mut pieces {
        let narrowest = 0.02 * size * piece.units.len() as f32;
        piece.left = piece.left.max(free);
        piece.right = piece.right.max(piece.left + narrowest);
        free = piece.right + least;
    }
    pieces
}

/// Writes runs, and says only what changes.
struct Pen<'a> {
    layer: &'a mut Layer,
    /// Face index and font size as last set.
    state: Option<(usize, f32)>,
    /// Where the last `Td` went, in hundredths of a point: whole numbers, so that nothing adds up.
    at: (i32, i32),
}

/// Pages end at 14,400 pt; what lies far outside is not shown anyway.
fn hundredths(value: f32) -> i32 {
    (value.clamp(-30_000.0, 30_000.0) * 100.0).round() as i32
}

impl Pen<'_> {
    fn run<W: Write>(
        &mut self,
        run: &Run,
        frame: &Frame,
        fonts: &mut Fonts,
        out: &mut ObjectWriter<W>,
    ) -> io::Result<()> {
        let size = frame.rounded_size();
        let pieces = spaced(run, size);
        let level = run.base(frame.middle) + frame.lift;
        let mut end = None;
        for (index, piece) in pieces.iter().enumerate() {
            let centre = (piece.left + piece.right) / 2.0;
            let base = level + frame.lean * (run.base(centre) - run.base(frame.middle));
            let rest = run.base(centre) - base;
            let usual = fonts.index(
                out,
                Face::around((run.up + rest) / size, (run.down - rest) / size),
            )?;
            let own = Face::around((piece.top - base) / size, (base - piece.foot) / size);
            self.font(fonts.better(usual, own), size);
            let mut x = match end {
                Some((x, y)) if hundredths(base) == y => x,
                _ => self.place(piece.left, base),
            };
            x += self.show(&piece.units, piece.right - x, size);
            if let Some(next) = pieces.get(index + 1) {
                x += self.gap(next.left - x, size);
            }
            end = Some((x, hundredths(base)));
        }
        Ok(())
    }

    /// Sets fillers, each on a line of its own, between two lines that are too far apart to be taken for one block.
    fn bridge(&mut self, above: &Run, below: &Run, frame: &Frame) {
        let size = frame.rounded_size();
        let (from, to) = (above.base(frame.middle), below.base(frame.middle));
        let steps = ((from - to) / (BLOCK_PITCH * size)).ceil();
        // A page is 14,400 pt at most; hundreds of steps are none between lines of one column.
        if !(2.0..200.0).contains(&steps) {
            return;
        }
        let (left, right) = (
            above.left().max(below.left()),
            above.right().min(below.right()),
        );
        let (left, right) = if left < right {
            (left, right)
        } else {
            (right.min(left), left.max(right))
        };
        let width = (right - left).clamp(0.2 * size, size);
        let x = (left + right - width) / 2.0;
        for step in 1..steps as u16 {
            let base = from + (to - from) * f32::from(step) / steps + frame.lift;
            self.place(x, base);
            self.show(&[FILLER], width, size);
        }
    }

    fn font(&mut self, index: usize, size: f32) {
        if self.state != Some((index, size)) {
            self.state = Some((index, size));
            self.say(&format!("/F{index} {} Tf\n", rounded(size, 1)));
            if !self.layer.faces.contains(&index) {
                self.layer.faces.push(index);
            }
        }
    }

    /// Moves to `x`, `y`; answers with the `x` that was written.
    fn place(&mut self, x: f32, y: f32) -> f32 {
        let (x, y) = (hundredths(x), hundredths(y));
        let (dx, dy) = (x - self.at.0, y - self.at.1);
        self.at = (x, y);
        self.say(&format!(
            "{} {} Td\n",
            rounded(dx as f32 / 100.0, 2),
            rounded(dy as f32 / 100.0, 2)
        ));
        x as f32 / 100.0
    }

    /// Shows a space over `width`, or where it is wide two with a filler between them.
    fn gap(&mut self, width: f32, size: f32) -> f32 {
        if width <= JOINING_GAP * size {
            return self.show(&[0x20], width, size);
        }
        let brim = 0.12 * size;
        let first = self.show(&[0x20], brim, size);
        let filled = self.show(&[FILLER], width - first - brim, size);
        first + filled + self.show(&[0x20], width - first - filled, size)
    }

    /// Shows the units over `width`; answers with the width that they really take.
    fn show(&mut self, units: &[u16], width: f32, size: f32) -> f32 {
        let natural = units.len() as f32 * ADVANCE / 1000.0 * size;
        // Readers hold scales as they come; under 1 % a word has no width to select.
        let scale = ((width / natural * 1000.0).round() / 10.0).clamp(1.0, 10_000.0);
        self.say(&format!("{} Tz(", rounded(scale, 1)));
        for byte in units.iter().flat_map(|unit| unit.to_be_bytes()) {
            match byte {
                b'(' | b')' | b'\\' => self.layer.content.extend([b'\\', byte]),
                b'\r' => self.layer.content.extend(b"\\r"),
                byte => self.layer.content.push(byte),
            }
        }
        self.say(")Tj\n");
        natural * scale / 100.0
    }

    fn say(&mut self, words: &str) {
        self.layer.content.extend(words.as_bytes());
    }
}
