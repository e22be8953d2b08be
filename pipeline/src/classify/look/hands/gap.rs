//! One gap in a printed line: where it is, and what its pixels are held against.

use super::signs::Signs;
use crate::classify::Handwriting;
use crate::document::Rect;
use crate::picture::Picture;

/// A gap between two pieces of print on one line, shown px.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// The print before it.
    left: Rect,
    /// The print after it.
    right: Rect,
    /// What it is for.
    kind: Kind,
    /// What was read in it: share that is no digit, and least certainty.
    read: Option<(f32, f32)>,
}

/// What a gap is for, which says what print stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number: capitals stand after it.
    Number,
    /// A day: small letters stand on both sides.
    Day,
    /// A month: the same, with the year's digits behind.
    Month,
}

/// Height at which a gap is looked at: that of a capital letter, px. Offsets are seen to a twentieth of it.
pub(super) const CAPITAL: f32 = 24.0;
/// Ink above and below the line that may belong to the gap, heights of a capital.
const ABOVE: f32 = 0.9;
const BELOW: f32 = 0.8;
/// Longest print beside the gap that is looked at, heights of a capital.
const BESIDE: f32 = 9.0;

impl Gap {
    /// The gap between two pieces of print, and what was read in it; `None` when it has no room for a
    /// digit.
    pub(super) fn between(
        kind: Kind,
        left: Rect,
        right: Rect,
        read: Option<(f32, f32)>,
    ) -> Option<Self> {
        let height = right.h.min(left.h);
        let room = right.x - left.x - left.w;
        (height > 4.0 && room > 0.35 * height && room < 12.0 * height).then(|| Self {
            left,
            right: Rect {
                w: right.w.min(BESIDE * height),
                ..right
            },
            kind,
            read,
        })
    }

    /// What a hand wrote in the gap; `None` when there is print or nothing.
    pub(super) fn hand(&self, picture: &Picture<'_>) -> Option<Handwriting> {
        // Boxes of words with marks are a third higher than capitals.
        let height = 0.72 * self.right.h.min(self.left.h);
        let scale = (CAPITAL / height).min(2.5);
        let top = self.left.y.min(self.right.y) - ABOVE * height;
        let bottom = (self.left.y + self.left.h).max(self.right.y + self.right.h) + BELOW * height;
        let area = Rect {
            x: (self.left.x - 2.0).floor(),
            y: top.floor(),
            w: self.right.x + self.right.w - self.left.x + 4.0,
            h: bottom - top.floor(),
        };
        let patch = picture.colours(area, scale);
        let place = |x: f32| (x - area.x) * scale;
        let span = (place(self.left.x + self.left.w), place(self.right.x));
        let signs = Signs::of(&patch, span, self.kind, self.read)?;
        let certainty = signs.certainty();
        let [left, top, right, bottom] = signs.bounds;
        let least = match self.kind {
            Kind::Number | Kind::Day => DOUBTFUL,
            Kind::Month => DOUBTFUL_MONTH,
        };
        (certainty >= least).then(|| Handwriting {
            bbox: Rect {
                x: area.x + left / scale,
                y: area.y + top / scale,
                w: (right - left) / scale,
                h: (bottom - top) / scale,
            },
            certainty,
        })
    }
}

/// Certainty below which what stands in a gap is taken for print.
const DOUBTFUL: f32 = 0.5;
/// The same for months: few are written where the day is not.
const DOUBTFUL_MONTH: f32 = 0.7;
