//! What a run tells while it runs.

use serde::Serialize;

use crate::record::{BatchEntry, Totals};

/// One thing that happened; sent from worker threads in the order in which it happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// The inputs were found.
    Started {
        /// Documents.
        documents: u32,
        /// Bytes of all inputs.
        bytes: u64,
    },
    /// A page was read and is in its document.
    Page {
        /// The input.
        path: &'a str,
        /// Page number from 1.
        page: u32,
        /// Pages of the document.
        pages: u32,
        /// Bytes of the input that the page stands for, for a forecast.
        bytes: u64,
    },
    /// A document is finished, skipped or set aside; finished ones are on disk under their final names.
    Document {
        /// What became of it.
        entry: &'a BatchEntry,
        /// Bytes of the input.
        bytes: u64,
    },
    /// The run is over.
    Ended {
        /// Counts.
        totals: Totals,
        /// True when it was stopped before it was through.
        interrupted: bool,
    },
}

/// Someone who watches a run.
pub trait Watch: Sync {
    /// Is told of an event; must return quickly.
    fn event(&self, event: &Event<'_>);
}

/// Nobody watches.
impl Watch for () {
    fn event(&self, _: &Event<'_>) {}
}
