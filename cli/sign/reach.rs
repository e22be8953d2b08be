//! How far a signature reaches: its level, whether its time is proven, and until when it can be raised.

use saoy_signing::cms::{CmsError, SignedData};
use saoy_signing::judge::Instant;
use saoy_signing::structure::{Kind, SignedField, Structure};

/// Levels of EN 319 142-1, clause 6, each with all of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    B,
    T,
    Lt,
    Lta,
}

impl Level {
    const ALL: [Self; 4] = [Self::B, Self::T, Self::Lt, Self::Lta];

    /// The one that the command line calls `name`.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "t" => Self::T,
            "lt" => Self::Lt,
            "lta" => Self::Lta,
            _ => Self::B,
        }
    }

    /// The one that JSON calls `name`.
    pub(super) fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The stable name, as in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::B => "B-B",
            Self::T => "B-T",
            Self::Lt => "B-LT",
            Self::Lta => "B-LTA",
        }
    }

    /// The next one, if any is higher.
    pub(super) fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level > self)
    }
}

/// Whether the time of the newest signature is proven: by a timestamp in it, or by one behind it.
///
/// # Errors
/// When that signature cannot be read.
pub(super) fn is_timed(structure: &Structure) -> Result<bool, CmsError> {
    let mut newest_first = structure.signatures.iter().rev();
    match newest_first.next() {
        Some(last) if last.kind == Kind::Signature => Ok(SignedData::read(&last.contents)?
            .signer
            .timestamps()
            .count()
            > 0),
        // The last thing is a timestamp over all before it.
        last => Ok(last.is_some()),
    }
}

/// Until when the signature in `field` can be raised to `wanted`: when the first of the certificates expires whose status is
/// still to be proven. Afterwards nobody can tell whether it was made in time, or was revoked.
///
/// Of a signature without a proven time that is the signer's; towards long-term data also those of its timestamps.
///
/// # Errors
/// When that signature cannot be read.
pub(super) fn until(
    structure: &Structure,
    field: &str,
    wanted: Level,
) -> Result<Option<Instant>, CmsError> {
    let mut all = structure.signatures.iter();
    let Some(own) = all.find(|one| one.name == field) else {
        return Ok(None);
    };
    let mut seals = vec![SignedData::read(&own.contents)?];
    if wanted >= Level::Lt {
        let inside: Result<Vec<_>, _> = seals
            .iter()
            .flat_map(|seal| seal.signer.timestamps())
            .map(SignedData::read)
            .collect();
        let behind: Result<Vec<_>, _> = all
            .filter(|one: &&SignedField| one.kind == Kind::DocumentTimestamp)
            .map(|one| SignedData::read(&one.contents))
            .collect();
        seals.extend(inside?);
        seals.extend(behind?);
    }
    Ok(seals
        .iter()
        .filter_map(|seal| seal.signer_certificate(std::iter::empty()))
        .map(|certificate| certificate.not_after)
        .min_by_key(|at| at.0))
}
