//! Rows and columns of a page, every few millimetres: what bars of either direction are read along.

use super::ink::{Ink, Runs};
use crate::document::Rect;

/// Distance between lines, inches: bars are five times as long at least.
const EVERY: f32 = 0.08;

/// Lines along which bars are looked for.
pub(super) struct Sampled {
    /// Rows from the top.
    pub(super) rows: Vec<Runs>,
    /// Columns from the left.
    pub(super) columns: Vec<Runs>,
    /// Px between lines.
    pub(super) step: usize,
}

/// Which way lines run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Along {
    /// Left to right.
    Rows,
    /// Top to bottom.
    Columns,
}

impl Sampled {
    /// Of a page at `dpi`.
    pub(super) fn of(ink: &Ink<'_>, dpi: f32) -> Self {
        let step = ((dpi * EVERY).round() as usize).max(1);
        let from = |length: usize| (step / 2..length).step_by(step);
        let rows = from(ink.height)
            .map(|y| {
                let mut runs = Runs::default();
                ink.row(y, &mut runs);
                runs
            })
            .collect();
        let columns = from(ink.width)
            .map(|x| {
                let mut runs = Runs::default();
                ink.column(x, &mut runs);
                runs
            })
            .collect();
        Self {
            rows,
            columns,
            step,
        }
    }

    /// The lines of both directions.
    pub(super) fn both(&self) -> [(Along, &[Runs]); 2] {
        [(Along::Rows, &self.rows), (Along::Columns, &self.columns)]
    }

    /// The box of what lies from `start` to `end` along lines `first` to `last`, raster px.
    pub(super) fn area(
        &self,
        along: Along,
        (first, last): (usize, usize),
        (start, end): (f32, f32),
    ) -> Rect {
        let across = (first * self.step) as f32;
        let height = ((last - first + 1) * self.step) as f32;
        match along {
            Along::Rows => Rect {
                x: start,
                y: across,
                w: end - start,
                h: height,
            },
            Along::Columns => Rect {
                x: across,
                y: start,
                w: height,
                h: end - start,
            },
        }
    }
}
