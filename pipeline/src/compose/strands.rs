//! Which blocks readers must take for one: the pieces of a column that has another column beside it.
//!
//! A column of a page's head or foot often comes in several blocks: the agency, then the number of the paper. Poppler
//! takes two such columns for a table of two rows and reads it across. It does not when each column is one block to
//! it, so the blocks of a column are numbered as one here, and the layer bridges the space between them.

/// A block as the layer sees it: where its lines stand, in points, y up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Left end of its words.
    pub(super) left: f32,
    /// Right end of its words.
    pub(super) right: f32,
    /// Base of its first line.
    pub(super) top: f32,
    /// Base of its last line.
    pub(super) foot: f32,
    /// Height of its letters.
    pub(super) height: f32,
}

/// Pages of more blocks than this are no letters; comparing all with all would begin to cost.
const MAX_BLOCKS: usize = 300;

/// For each block, in reading order, the number of its strand: blocks of one number are one column.
pub(super) fn strands(blocks: &[Place]) -> Vec<usize> {
    if blocks.len() > MAX_BLOCKS {
        return (0..blocks.len()).collect();
    }
    let mut numbers = Vec::with_capacity(blocks.len());
    let mut first = 0;
    let mut strand: Option<(Place, usize)> = None;
    for (index, block) in blocks.iter().enumerate() {
        let joined = strand.and_then(|(above, number)| {
            let both = above.goes_on(block)?;
            let others = blocks
                .iter()
                .enumerate()
                .filter(|(other, _)| !(first..=index).contains(other))
                .map(|(_, place)| place);
            both.stands_alone_in(others).then_some((both, number))
        });
        strand = joined.or_else(|| {
            first = index;
            Some((*block, numbers.last().map_or(0, |last| last + 1)))
        });
        numbers.push(strand.map_or(0, |(_, number)| number));
    }
    numbers
}

impl Place {
    /// Both as one, when `below` stands under it.
    fn goes_on(&self, below: &Self) -> Option<Self> {
        let under = below.top < self.foot - 0.3 * self.height.min(below.height);
        let overlap = below.left < self.right && self.left < below.right;
        (under && overlap).then(|| Self {
            left: self.left.min(below.left),
            right: self.right.max(below.right),
            top: self.top,
            foot: below.foot,
            height: self.height.max(below.height),
        })
    }

    /// True when something stands beside it and nothing in it.
    fn stands_alone_in<'a>(&self, others: impl Iterator<Item = &'a Self>) -> bool {
        let reach = 0.5 * self.height;
        let mut beside = false;
        for other in others {
            if other.foot > self.top + reach || other.top < self.foot - reach {
                continue;
            }
            if other.left < self.right && self.left < other.right {
                return false;
            }
            beside = true;
        }
        beside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(left: f32, right: f32, top: f32, foot: f32) -> Place {
        Place {
            left,
            right,
            top,
            foot,
            height: 12.0,
        }
    }

    #[test]
    fn a_head_of_four_blocks_is_two_columns() {
        let page = [
            block(80.0, 200.0, 800.0, 784.0),
            block(100.0, 180.0, 750.0, 750.0),
            block(250.0, 550.0, 800.0, 784.0),
            block(300.0, 520.0, 750.0, 750.0),
            block(80.0, 550.0, 700.0, 300.0),
            block(80.0, 300.0, 270.0, 180.0),
            block(330.0, 550.0, 275.0, 240.0),
            block(360.0, 500.0, 150.0, 150.0),
            block(300.0, 310.0, 60.0, 60.0),
        ];
        assert_eq!(strands(&page), [0, 0, 1, 1, 2, 3, 4, 4, 5]);
    }

    #[test]
    fn what_would_enclose_something_else_stays_apart() {
        let page = [
            block(80.0, 200.0, 800.0, 784.0),
            block(80.0, 400.0, 750.0, 750.0),
            block(250.0, 550.0, 800.0, 784.0),
        ];
        assert_eq!(strands(&page), [0, 1, 2]);
    }

    #[test]
    fn paragraphs_with_nothing_beside_them_stay_apart() {
        let page = [
            block(80.0, 500.0, 800.0, 700.0),
            block(80.0, 500.0, 660.0, 600.0),
        ];
        assert_eq!(strands(&page), [0, 1]);
    }
}
