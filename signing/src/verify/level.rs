//! The level of a signature: how much of the evidence that it will need later it carries with it.

use super::Verified;
use crate::structure::{Changed, Kind, SecurityStore};

/// Levels of EN 319 142-1, clause 6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not a baseline signature, such as `adbe.pkcs7.detached`.
    #[default]
    None,
    /// The signature alone.
    B,
    /// With a trusted time.
    T,
    /// With certificates and revocation data.
    Lt,
    /// With all of that under a document timestamp.
    Lta,
}

impl Level {
    /// The stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::B => "B-B",
            Self::T => "B-T",
            Self::Lt => "B-LT",
            Self::Lta => "B-LTA",
        }
    }
}

/// Tells the level of each signature, `store` being the long-term data of the newest revision.
///
/// A level is told only as far as what it rests on holds: a timestamp that does not verify lifts nothing, and one that was
/// made before the long-term data archives none of them.
pub(super) fn levels(all: &mut [Verified], store: &SecurityStore) {
    let evidence = !store.crls.is_empty() || !store.ocsps.is_empty();
    let stamps: Vec<usize> = all
        .iter()
        .filter(|one| one.stamp.as_ref().is_some_and(|stamp| stamp.valid))
        .map(|one| one.field.revision)
        .collect();
    let made: Vec<usize> = all
        .iter()
        .filter(|one| one.field.kind == Kind::DocumentTimestamp)
        .map(|one| one.field.revision)
        .collect();
    for one in all {
        if one.field.kind != Kind::Signature || one.field.subfilter != "ETSI.CAdES.detached" {
            continue;
        }
        let changes = one.field.after.changes.iter();
        let data = changes
            .filter(|change| change.kind == Changed::LongTermData)
            .map(|change| change.revision)
            .filter(|revision| !made.contains(revision))
            .min();
        let whole = data.unwrap_or_default().max(one.field.revision);
        let stamped_later = stamps.iter().any(|stamp| *stamp > whole);
        one.level = match (one.proven.is_some(), evidence, stamped_later) {
            (true, true, true) => Level::Lta,
            (true, true, false) => Level::Lt,
            (true, false, _) => Level::T,
            (false, ..) => Level::B,
        };
    }
}
