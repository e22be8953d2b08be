//! How large invisible text is set, so that readers rebuild the lines and columns that we know.
//!
//! Readers that put text in order by its geometry measure every distance in font sizes. Poppler, the most
//! common of them, keeps words of one base line together up to 0.7 font sizes apart (1.5 inside a block),
//! takes base lines up to 0.5 apart for one line, glues lines up to 1.5 apart into a block when their sizes differ
//! by less than 5 %, and glues what stands beside a block closer than 0.7, or 1.0 for a few words. The font
//! size of invisible text is free: the height of a highlight comes from the face and the width of a word from
//! its stretch. So the size is chosen for each block to make those rules find the blocks as they are. Where something
//! stands beside a block the size must be small; what then lies too far apart for one block the layer bridges.

/// One line as the layer sees it, in points, y up.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    /// Which block the line belongs to.
    pub(super) block: usize,
    /// Left end of its words.
    pub(super) left: f32,
    /// Right end of its words.
    pub(super) right: f32,
    /// Where its baseline crosses the middle of its block.
    pub(super) base: f32,
    /// How far its run rises or falls over its block.
    pub(super) rise: f32,
    /// Height of its letters, ascender to descender.
    pub(super) height: f32,
    /// Its narrowest word gap.
    pub(super) gap: f32,
    /// Every word is one character.
    pub(super) letters: bool,
    /// Its narrowest advance of a character in a word of several.
    pub(super) narrowest: f32,
}

/// Word gaps from this many font sizes on are filled (poppler parts words at 0.7).
pub(super) const JOINING_GAP: f32 = 0.6;
/// Word gaps are kept over this many font sizes (poppler sees no space under 0.03).
pub(super) const PARTING_GAP: f32 = 0.06;
/// Word gaps are kept over this many where it costs the words little (`pdftotext -raw` sees no space under 0.15).
pub(super) const CLEAR_GAP: f32 = 0.16;

/// Base lines of one block are at most this many font sizes apart (poppler: 1.5).
pub(super) const BLOCK_PITCH: f32 = 1.45;
/// Lines that are bridged are this many apart: nearer, the filler between them comes within half a size of the words
/// of a slanting line, and poppler ends that line there.
const BRIDGED_PITCH: f32 = 1.6;

/// How a block is to be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Setting {
    /// Font size in pt.
    pub(super) size: f32,
    /// Something stands beside it.
    pub(super) beside: bool,
}

/// Lines on a page past which every block is set in the usual size: comparing each line with each costs a
/// second at some 20,000, and the densest printed page has a few hundred.
const MAX_LINES: usize = 3000;

/// The setting of each block.
pub(super) fn sizes(lines: &[Extent], blocks: usize) -> Vec<Setting> {
    let usual = median(lines.iter().map(|line| line.height)).max(1.0) * USUAL;
    if lines.len() > MAX_LINES {
        let plain = Setting {
            size: usual,
            beside: false,
        };
        return vec![plain; blocks];
    }
    let mut limits = vec![Limits::default(); blocks];
    for line in lines {
        if let Some(limit) = limits.get_mut(line.block) {
            limit.take_in(line);
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let Some(limit) = limits.get_mut(line.block) else {
            continue;
        };
        // A speck or a picture taken for a word does not speak for its block.
        limit.height = limit.height.max(line.height.min(2.5 * usual));
        limit.high = limit.high.min(line.narrowest / 0.12);
        // Among single letters poppler sees no space under 0.4.
        if line.letters {
            limit.high = limit.high.min(line.gap / 0.42);
        }
        let mut nearest = f32::MAX;
        for (other_index, other) in lines.iter().enumerate() {
            if index != other_index {
                limit.meet(line, other, &mut nearest);
            }
        }
        // A block falls apart where its lines are further than 1.5 sizes from each other.
        if nearest < 4.0 * line.height {
            limit.low = limit.low.max(nearest / BLOCK_PITCH);
        }
    }
    let mut sizes: Vec<f32> = limits
        .iter()
        .map(|limit| limit.bridgeable(limit.size(usual)))
        .collect();
    set_apart(&mut sizes, &limits, &adjoining(lines, usual));
    let settings = sizes.into_iter().zip(&limits);
    settings
        .map(|(size, limit)| Setting {
            size,
            beside: limit.beside,
        })
        .collect()
}

/// From one font size of a page to the next; adjoining columns need more than 5 %.
const GRADE: f32 = 1.1;
/// Font size in letter heights where nothing speaks against it.
const USUAL: f32 = 1.2;

#[derive(Clone, Debug)]
struct Limits {
    /// From each line down to the next.
    pitches: Vec<f32>,
    last: Option<f32>,
    low: f32,
    high: f32,
    height: f32,
    /// Something stands beside the block.
    beside: bool,
    left: f32,
    right: f32,
    top: f32,
    foot: f32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pitches: Vec::new(),
            last: None,
            low: 0.0,
            high: f32::MAX,
            height: 1.0,
            beside: false,
            left: f32::MAX,
            right: f32::MIN,
            top: f32::MIN,
            foot: f32::MAX,
        }
    }
}

impl Limits {
    fn take_in(&mut self, line: &Extent) {
        self.left = self.left.min(line.left);
        self.right = self.right.max(line.right);
        self.top = self.top.max(line.base);
        self.foot = self.foot.min(line.base);
        self.pitches
            .extend(self.last.map(|above| above - line.base));
        self.last = Some(line.base);
    }

    /// `size`, or one a little smaller at which no two lines are too far apart to join and too near to bridge.
    fn bridgeable(&self, mut size: f32) -> f32 {
        if !self.beside {
            return size;
        }
        // What suits one pair may not suit another; four tries are enough for columns of two or three pitches.
        for _ in 0..4 {
            let between = BLOCK_PITCH * size..0.999 * BRIDGED_PITCH * size;
            let Some(pitch) = self.pitches.iter().find(|pitch| between.contains(pitch)) else {
                break;
            };
            size = pitch / BRIDGED_PITCH;
        }
        size
    }

    /// Lowers the upper limit for what another line asks for.
    fn meet(&mut self, line: &Extent, other: &Extent, nearest: &mut f32) {
        let apart = (line.base - other.base).abs();
        let gap = (other.left - line.right).max(line.left - other.right);
        if gap < 0.0 {
            // One under the other. Half a size, and what the run leans, must not reach the next base line.
            if apart > 0.4 * line.height {
                if other.block == line.block {
                    *nearest = nearest.min(apart);
                }
                self.high = self
                    .high
                    .min((1.75 * apart - 2.0 * line.rise).clamp(1.2 * apart, 1.5 * apart));
            }
        } else if other.block != line.block {
            // Readers measure from the whole block, all the way down it.
            let along = (self.foot - line.height..self.top + line.height).contains(&other.base);
            let column = (other.left - self.right).max(self.left - other.right);
            if apart < 1.2 * line.height {
                self.beside = true;
                self.high = self.high.min(gap / 1.06);
            }
            if along && column > 0.0 {
                self.beside = true;
                self.high = self.high.min(column / 1.06);
            }
        }
    }

    fn size(&self, usual: f32) -> f32 {
        // Under half the letter height the face would reach past the 3 font sizes that readers believe.
        let floor = 0.45 * self.height;
        let wish = usual.max(self.low).min(self.high).max(floor);
        // Few sizes on a page mean few faces in the file.
        let step = (wish / usual).ln() / GRADE.ln();
        let above = usual * GRADE.powf((step - 0.1).ceil());
        let below = usual * GRADE.powf(step.floor());
        if above <= self.high {
            above
        } else if below >= self.low.max(floor) {
            below
        } else {
            wish
        }
    }
}

/// Pairs of blocks of which one stands under the other so near that they could be taken for one.
fn adjoining(lines: &[Extent], usual: f32) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for other in lines.iter().skip(index + 1) {
            let pair = (line.block.min(other.block), line.block.max(other.block));
            let overlap = line.left < other.right && other.left < line.right;
            let near = (line.base - other.base).abs() < 3.0 * usual;
            if pair.0 != pair.1 && overlap && near && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}

/// Gives adjoining blocks sizes that differ, where one of them has something beside it: else a paragraph would
/// swallow both of the columns under it.
fn set_apart(sizes: &mut [f32], limits: &[Limits], pairs: &[(usize, usize)]) {
    for block in 0..sizes.len() {
        let beside = |at: usize| limits.get(at).is_some_and(|limit| limit.beside);
        let earlier: Vec<f32> = pairs
            .iter()
            .filter(|(a, b)| *b == block && (beside(*a) || beside(*b)))
            .filter_map(|(a, _)| sizes.get(*a).copied())
            .collect();
        let Some(size) = sizes.get_mut(block) else {
            continue;
        };
        // Four neighbours at most in a row of steps; more than that stay as they are.
        for _ in 0..4 {
            if earlier
                .iter()
                .all(|other| (*size - other).abs() > 0.06 * size.max(*other))
            {
                break;
            }
            *size /= GRADE;
            *size = limits
                .get(block)
                .map_or(*size, |limit| limit.bridgeable(*size));
        }
    }
}

/// The middle value, 0 of nothing.
pub(super) fn median(values: impl IntoIterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values
        .into_iter()
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
