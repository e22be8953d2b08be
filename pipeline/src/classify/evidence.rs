//! What is kept of a document for the answer: its first pages, its last, and those where it may be signed.

use std::collections::VecDeque;

use super::fold::at_start;
use super::leaf::Leaf;
use super::{Sheet, StampKind};
use crate::record::Flag;

/// Pages from the front: the header stands on the first, behind a slip or a cover on the second or third.
const FRONT: usize = 3;
/// Pages from the back.
const BACK: usize = 2;
/// Pages between with a list of recipients or an authority line. The paper's own comes first, those of annexes after it.
const SIGNED: usize = 4;

/// What is known of a document so far; bounded, however many pages come.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pages: u32,
    front: Vec<Leaf>,
    signed: Vec<Leaf>,
    back: VecDeque<Leaf>,
    flags: Vec<Flag>,
}

impl Evidence {
    /// Takes in the next page.
    pub fn add(&mut self, sheet: &Sheet<'_>) {
        self.pages = self.pages.saturating_add(1);
        self.note(sheet);
        let leaf = Leaf::new(sheet);
        if self.front.len() < FRONT {
            self.front.push(leaf);
            return;
        }
        self.back.push_back(leaf);
        if self.back.len() > BACK
            && let Some(leaf) = self.back.pop_front()
            && self.signed.len() < SIGNED
            && may_be_signed(&leaf)
        {
            self.signed.push(leaf);
        }
    }

    /// How many pages the document has.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The pages that were kept, in order.
    pub fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.front.iter().chain(&self.signed).chain(&self.back)
    }

    /// What the sights of all pages, kept or not, say about the document.
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// Notes what any page may show, each once, at the first page that shows it.
    fn note(&mut self, sheet: &Sheet<'_>) {
        let codes = (!sheet.sight.codes.is_empty()).then_some("has_qr");
        let stamps = sheet
            .sight
            .stamps
            .iter()
            .filter_map(|stamp| match stamp.kind {
                StampKind::Incoming => Some("incoming_stamp"),
                StampKind::Certification => Some("is_certified_copy"),
                StampKind::Urgency => Some("urgency"),
                StampKind::Other => None,
            });
        for code in codes.into_iter().chain(stamps) {
            if self.flags.iter().all(|flag| flag.code != code) {
                self.flags.push(Flag::new(code).on_page(sheet.number));
            }
        }
    }
}

/// Whether a page has a line that stands beside signatures.
fn may_be_signed(leaf: &Leaf) -> bool {
    leaf.rows.iter().any(|row| {
        let key = row.key();
        at_start(&key, "noinhan").1 > 0.85
            || row.tokens.iter().take(6).any(|token| {
                matches!(token.key.as_str(), "tm" | "kt" | "tl" | "tuq")
                    && token.text.starts_with(char::is_uppercase)
            })
    })
}
