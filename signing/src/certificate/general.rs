//! General names, and names of distribution points.

use super::Name;
use crate::asn1::{Asn1Error, Element, Reader};

/// A `GeneralName` (RFC 5280 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    /// Mail address.
    Email(String),
    /// Host name.
    Dns(String),
    /// Distinguished name.
    Directory(Name),
    /// Address of a resource.
    Uri(String),
    /// Network address; with its mask in constraints.
    Ip(Vec<u8>),
    /// Another kind: its tag and bytes.
    Other(u8, Vec<u8>),
}

impl GeneralName {
    /// Reads one.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(element: &Element<'_>) -> Result<Self, Asn1Error> {
        let text = || element.body.iter().map(|byte| char::from(*byte)).collect();
        Ok(match element.tag {
            0x81 => Self::Email(text()),
            0x82 => Self::Dns(text()),
            0xa4 => Self::Directory(Name::read(&mut element.inside())?),
            0x86 => Self::Uri(text()),
            0x87 => Self::Ip(element.body.to_vec()),
            other => Self::Other(other, element.body.to_vec()),
        })
    }

    /// Reads `GeneralNames`, of which `list` is the wrapping.
    pub(crate) fn read_all(list: &Element<'_>) -> Result<Vec<Self>, Asn1Error> {
        list.inside().all()?.iter().map(Self::read).collect()
    }
}

/// A `DistributionPointName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PointName {
    /// Full names.
    Full(Vec<GeneralName>),
    /// The last part of a name below the issuer's, a `SET` in DER.
    Relative(Vec<u8>),
}

impl PointName {
    /// Reads the `[0]` that wraps one.
    pub(crate) fn read(wrapping: &Element<'_>) -> Result<Self, Asn1Error> {
        let choice = wrapping.inside().next()?;
        match choice.tag {
            0xa0 => {
                let names = GeneralName::read_all(&choice)?;
                if names.len() > MAX_NAMES {
                    return Err(choice.error("too many names of one distribution point"));
                }
                Ok(Self::Full(names))
            }
            0xa1 => Ok(Self::Relative(choice.body.to_vec())),
            _ => Err(choice.error("a distribution point of no known kind")),
        }
    }

    /// All names, relative ones below `issuer`.
    pub(crate) fn full(&self, issuer: &Name) -> Vec<GeneralName> {
        match self {
            Self::Full(names) => names.clone(),
            Self::Relative(part) => {
                let mut name = issuer.clone();
                match name.push(Reader::new(part)) {
                    Ok(()) => vec![GeneralName::Directory(name)],
                    Err(_) => Vec::new(),
                }
            }
        }
    }
}

/// `IssuingDistributionPoint` (RFC 5280 5.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IssuingPoint {
    pub(crate) name: Option<PointName>,
    pub(crate) only_users: bool,
    pub(crate) only_authorities: bool,
    pub(crate) only_attributes: bool,
    pub(crate) indirect: bool,
    pub(crate) reasons: Option<u32>,
}

impl IssuingPoint {
    pub(crate) fn read(value: &[u8]) -> Result<Self, Asn1Error> {
        let mut point = Self::default();
        for member in Reader::of_sequence(value)?.all()? {
            match member.tag {
                0xa0 => point.name = Some(PointName::read(&member)?),
                0x81 => point.only_users = member.boolean()?,
                0x82 => point.only_authorities = member.boolean()?,
                0x83 => point.reasons = Some(member.named_bits()?),
                0x84 => point.indirect = member.boolean()?,
                0x85 => point.only_attributes = member.boolean()?,
                _ => return Err(member.error("a member that is not known")),
            }
        }
        Ok(point)
    }
}

/// Names of one distribution point; each is compared with each of another.
const MAX_NAMES: usize = 64;
