//! Citizens' papers: identity cards, civil status, land, diplomas and the like; what they are and what they say.

use std::collections::BTreeMap;

use super::Sheet;
use crate::record::{Field, Flag};

/// A type that a document may have, with what it says if it has it.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Code of the type, such as `giay_khai_sinh`.
    pub code: &'static str,
    /// Its name, such as `Giấy khai sinh`.
    pub name: &'static str,
    /// 0 to 1: how likely it is, before anything is known of administrative papers.
    pub score: f32,
    /// Values by field name.
    pub fields: BTreeMap<String, Field>,
    /// What there is to say about them.
    pub flags: Vec<Flag>,
}

/// What citizens' paper the pages may be, best first; empty when nothing speaks for any.
pub fn propose(_sheets: &[Sheet<'_>]) -> Vec<Proposal> {
    Vec::new()
}
