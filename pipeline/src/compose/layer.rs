//! The words of a page as invisible text over their image (ISO 32000-1, 9.3.6, mode 3).
//!
//! A line is one run with real spaces. Each word is stretched to its box and each space to its gap, so that a
//! highlight covers what was searched for. What readers must take for one though it lies apart (the sides of a wide gap,
//! the blocks of a column beside another) has fillers between, which read as spaces.
//!
//! On a skewed page the words of a line follow its baseline as far as is safe: readers look for level lines, and
//! a line that rises more than half a font size is torn apart by them. What rise is left is taken up by the faces:
//! each word has one whose box reaches up or down to where the word really is. A box holds its run, so this ends
//! where the skew over a block's width is past its letters' height (about 2 degrees for a full line of 14 pt); from
//! there on boxes lag behind their words, and text is still found.

mod run;

use super::PageSpec;
use super::font::{ADVANCE, FILLER, Face, Fonts};
use super::objects::rounded;
use super::sizing::{self, BLOCK_PITCH, CLEAR_GAP, Extent, JOINING_GAP, PARTING_GAP, median};
use run::{Piece, Run, runs};

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
pub(super) fn set(page: &PageSpec<'_>, fonts: &mut Fonts) -> Layer {
    let runs = runs(page);
    let mut layer = Layer {
        content: Vec::new(),
        faces: Vec::new(),
    };
    if runs.is_empty() {
        return layer;
    }
    let frames = frames(&runs);
    let mut pen = Pen {
        layer: &mut layer,
        state: None,
        at: (0, 0),
        decimals: if median(runs.iter().map(Run::height)) < SMALL {
            2
        } else {
            1
        },
    };
    pen.layer.content.extend(b"BT 3 Tr\n");
    let mut above: Option<&Run> = None;
    for run in &runs {
        for piece in &run.pieces {
            fonts.note(&piece.units);
        }
        let Some(frame) = frames.get(run.block) else {
            continue;
        };
        if let Some(above) = above.filter(|above| frame.bridged && above.block == run.block) {
            pen.bridge(above, run, frame);
        }
        pen.run(run, frame, fonts);
        above = Some(run);
    }
    layer.content.extend(b"ET\n");
    layer
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
    /// How far its baselines rise or fall over the block's width.
    rise: f32,
    /// From baselines to the top of usual words.
    up: f32,
    /// From baselines to the foot of usual words.
    down: f32,
    /// Readers must find it whole, however far its lines are apart.
    bridged: bool,
}

impl Frame {
    /// Takes another font size; what readers bear of a slant depends on it.
    fn resize(&mut self, size: f32) {
        self.size = size;
        // Sizes were chosen for what lines of their letters' height take.
        let bearing = size.min(self.up + self.down);
        (self.lean, self.lift) = lean(self.rise, bearing, self.up, self.down);
        if self.bridged && self.rise * self.lean > SAFE_RISE * bearing {
            self.lean = SAFE_RISE * bearing / self.rise;
        }
    }

    /// The font size as it is written.
    fn rounded_size(&self) -> f32 {
        (self.size * 10.0).round().max(1.0) / 10.0
    }
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
        frame.bridged = setting.beside;
        frame.resize(setting.size);
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
    let mut frame = Frame {
        size,
        middle: (left + right) / 2.0,
        up,
        down,
        lean: 1.0,
        lift: 0.0,
        rise,
        bridged: false,
    };
    frame.resize(size);
    frame
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
        rise: frame.rise * frame.lean,
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

/// The marks that poppler takes for a word's division at the end of a line.
fn is_hyphen(unit: &u16) -> bool {
    matches!(unit, 0x2D | 0xAD | 0x2010)
}

/// Writes runs, and says only what changes.
struct Pen<'a> {
    layer: &'a mut Layer,
    /// Face index and font size as last set.
    state: Option<(usize, f32)>,
    /// Where the last `Td` went, in steps: whole numbers, so that nothing adds up.
    at: (i32, i32),
    /// Decimals of places. One is enough for print: a tenth of a point is less than half a px at 300 dpi.
    decimals: u8,
}

/// Scales under this many percent are written with a decimal.
const FINE: f32 = 20.0;
/// Letters lower than this many pt have places of two decimals: pages of unknown resolution can be very small.
const SMALL: f32 = 5.0;

impl Pen<'_> {
    fn run(&mut self, run: &Run, frame: &Frame, fonts: &mut Fonts) {
        let size = frame.rounded_size();
        let pieces = spaced(run, size);
        let level = run.base(frame.middle) + frame.lift;
        let mut end = None;
        for (index, piece) in pieces.iter().enumerate() {
            let centre = (piece.left + piece.right) / 2.0;
            let base = level + frame.lean * (run.base(centre) - run.base(frame.middle));
            let rest = run.base(centre) - base;
            let usual = fonts.index(Face::around(
                (run.up + rest) / size,
                (run.down - rest) / size,
            ));
            let own = Face::around((piece.top - base) / size, (base - piece.foot) / size);
            self.font(fonts.better(usual, own), size);
            let mut x = match end {
                Some((x, y)) if self.steps(base) == y => x,
                _ => self.place(piece.left, base),
            };
            x += self.show(&piece.units, piece.right - x, size);
            if let Some(next) = pieces.get(index + 1) {
                x += self.gap(next.left - x, size);
            } else if piece.units.last().is_some_and(is_hyphen) {
                // Else poppler drops the hyphen and joins what follows: `NĐ-` and `CP` to `NĐCP`.
                self.gap(0.7 * size, size);
            }
            end = Some((x, self.steps(base)));
        }
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

    /// Steps in a point.
    fn grain(&self) -> f32 {
        10_f32.powi(self.decimals.into())
    }

    /// Pages end at 14,400 pt; what lies far outside is not shown anyway.
    fn steps(&self, value: f32) -> i32 {
        (value.clamp(-30_000.0, 30_000.0) * self.grain()).round() as i32
    }

    fn written(&self, steps: i32) -> String {
        rounded(steps as f32 / self.grain(), self.decimals.into())
    }

    /// Moves to `x`, `y`; answers with the `x` that was written.
    fn place(&mut self, x: f32, y: f32) -> f32 {
        let (x, y) = (self.steps(x), self.steps(y));
        let (dx, dy) = (x - self.at.0, y - self.at.1);
        self.at = (x, y);
        self.say(&format!("{} {} Td\n", self.written(dx), self.written(dy)));
        x as f32 / self.grain()
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
        // Under 1 % a word has no width to select. What rounding makes one word too wide the next takes up.
        let percent = (width / natural * 100.0).clamp(1.0, 10_000.0);
        let scale = if percent < FINE {
            (percent * 10.0).round() / 10.0
        } else {
            percent.round()
        };
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
