//! What extensions of certificates say (RFC 5280 4.2).

use super::{GeneralName, PointName, sequences};
use crate::asn1::{Asn1Error, Element, Oid, Reader, oid, tag};

/// The extensions that are understood, and the identifiers of critical ones that are not.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    /// May it sign certificates?
    pub basic_constraints: Option<BasicConstraints>,
    /// What the key is for: bits of [`usage`].
    pub key_usage: Option<u32>,
    /// What the key is for, by purpose; and whether that is critical.
    pub purposes: Option<(Vec<Oid>, bool)>,
    /// Names the key.
    pub subject_key: Option<Vec<u8>>,
    /// Names the issuer's key.
    pub authority_key: Option<Vec<u8>>,
    /// Further names of the subject.
    pub alternative_names: Vec<GeneralName>,
    /// Names that certificates below may bear.
    pub name_constraints: Option<NameConstraints>,
    /// Policies; `None` when there is no such extension.
    pub policies: Option<Vec<Oid>>,
    /// Pairs: a policy of the issuer's domain, one of the subject's.
    pub policy_mappings: Vec<(Oid, Oid)>,
    /// When policies must be there.
    pub policy_constraints: PolicyConstraints,
    /// After how many certificates `anyPolicy` ends.
    pub inhibit_any: Option<u32>,
    /// Where its CRLs are.
    pub distribution_points: Vec<DistributionPoint>,
    /// Where OCSP answers are asked for: URLs.
    pub ocsp: Vec<String>,
    /// Where the issuer's certificate is: URLs.
    pub issuers: Vec<String>,
    /// An OCSP responder whose revocation need not be asked (RFC 6960 4.2.2.2.1).
    pub no_check: bool,
    /// Critical extensions that nothing here understands, and extensions that cannot be read.
    pub refused: Vec<Oid>,
}

/// `BasicConstraints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// May sign certificates.
    pub authority: bool,
    /// How many authorities may stand below, self-issued ones aside.
    pub depth: Option<u32>,
}

/// `NameConstraints`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Only these, of their kinds.
    pub permitted: Vec<GeneralName>,
    /// None of these.
    pub excluded: Vec<GeneralName>,
}

/// `PolicyConstraints`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// After how many certificates policies must be there.
    pub require_explicit: Option<u32>,
    /// After how many certificates mappings end.
    pub inhibit_mapping: Option<u32>,
}

/// One of `CRLDistributionPoints`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistributionPoint {
    pub(crate) name: Option<PointName>,
    pub(crate) reasons: Option<u32>,
    pub(crate) issuer: Vec<GeneralName>,
}

impl DistributionPoint {
    /// URLs it names.
    pub fn addresses(&self) -> Vec<String> {
        let Some(PointName::Full(names)) = &self.name else {
            return Vec::new();
        };
        names
            .iter()
            .filter_map(|name| {
                if let GeneralName::Uri(uri) = name {
                    Some(uri.clone())
                } else {
                    None
                }
            })
            .collect()
    }
}

/// Bits of key usage (RFC 5280 4.2.1.3).
#[expect(missing_docs, reason = "the names are the standard's")]
pub mod usage {
    pub const DIGITAL_SIGNATURE: u32 = 1;
    pub const NON_REPUDIATION: u32 = 1 << 1;
    pub const KEY_CERT_SIGN: u32 = 1 << 5;
    pub const CRL_SIGN: u32 = 1 << 6;
}

/// One extension as written.
pub(crate) struct Extension<'a> {
    pub(crate) id: Oid,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// The extensions that come next.
pub(crate) fn extension_list<'a>(reader: &mut Reader<'a>) -> Result<Vec<Extension<'a>>, Asn1Error> {
    let mut list: Vec<Extension<'a>> = Vec::new();
    for mut inside in sequences(reader.sequence()?)? {
        let id = inside.oid()?;
        let critical = match inside.optional(tag::BOOLEAN)? {
            Some(critical) => critical.boolean()?,
            None => false,
        };
        let value = inside.expect(tag::OCTET_STRING)?.body;
        if list.len() >= MAX_EXTENSIONS {
            return Err(inside.error("too many extensions"));
        }
        // RFC 5280 4.2: an extension stands once.
        if list.iter().any(|known| known.id == id) {
            return Err(inside.error("an extension twice"));
        }
        list.push(Extension {
            id,
            critical,
            value,
        });
    }
    Ok(list)
}

impl Extensions {
    /// Reads the `Extensions` that come next.
    ///
    /// # Errors
    /// Where they are none, or one stands twice. An extension whose value cannot be read is put among the refused when
    /// it decides anything.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Asn1Error> {
        let mut extensions = Self::default();
        for extension in extension_list(reader)? {
            if let Ok(understood) = extensions.take(&extension) {
                if !understood && extension.critical {
                    extensions.refused.push(extension.id);
                }
            } else {
                // Unreadable is never better than absent.
                extensions.refused.push(extension.id);
            }
        }
        Ok(extensions)
    }

    /// True when `id` is refused.
    fn take(&mut self, extension: &Extension<'_>) -> Result<bool, Asn1Error> {
        let value = || Element::only(extension.value);
        let id = &extension.id;
        if *id == oid::BASIC_CONSTRAINTS {
            self.basic_constraints = Some(basic_constraints(value()?.inside())?);
        } else if *id == oid::KEY_USAGE {
            self.key_usage = Some(value()?.named_bits()?);
        } else if *id == oid::EXTENDED_KEY_USAGE {
            self.purposes = Some((oids(value()?.inside())?, extension.critical));
        } else if *id == oid::SUBJECT_KEY_IDENTIFIER {
            self.subject_key = Some(value()?.body.to_vec());
        } else if *id == oid::AUTHORITY_KEY_IDENTIFIER {
            let members = value()?.inside().all()?;
            self.authority_key = members
                .iter()
                .find(|member| member.tag == 0x80)
                .map(|member| member.body.to_vec());
        } else if *id == oid::SUBJECT_ALT_NAME {
            self.alternative_names = GeneralName::read_all(&value()?)?;
        } else if *id == oid::NAME_CONSTRAINTS {
            self.name_constraints = Some(name_constraints(value()?.inside())?);
        } else if *id == oid::CRL_DISTRIBUTION_POINTS {
            let points = sequences(value()?.inside())?;
            if points.len() > MAX_POINTS {
                return Err(value()?.error("too many distribution points"));
            }
            self.distribution_points = points
                .into_iter()
                .map(distribution_point)
                .collect::<Result<_, _>>()?;
        } else if *id == oid::AUTHORITY_INFO_ACCESS {
            self.access(value()?.inside())?;
        } else if *id == oid::OCSP_NO_CHECK {
            self.no_check = true;
        } else {
            return self.take_policies(extension);
        }
        Ok(true)
    }

    fn take_policies(&mut self, extension: &Extension<'_>) -> Result<bool, Asn1Error> {
        let value = || Element::only(extension.value);
        let id = &extension.id;
        if *id == oid::CERTIFICATE_POLICIES {
            self.policies = Some(
                sequences(value()?.inside())?
                    .into_iter()
                    .map(|mut policy| policy.oid())
                    .collect::<Result<_, _>>()?,
            );
        } else if *id == oid::POLICY_MAPPINGS {
            let pairs = sequences(value()?.inside())?.into_iter();
            self.policy_mappings = pairs
                .map(|mut pair| Ok((pair.oid()?, pair.oid()?)))
                .collect::<Result<_, _>>()?;
        } else if *id == oid::POLICY_CONSTRAINTS {
            for member in value()?.inside().all()? {
                match member.tag {
                    0x80 => self.policy_constraints.require_explicit = Some(member.small()?),
                    0x81 => self.policy_constraints.inhibit_mapping = Some(member.small()?),
                    _ => return Err(member.error("a member that is not known")),
                }
            }
        } else if *id == oid::INHIBIT_ANY_POLICY {
            self.inhibit_any = Some(value()?.small()?);
        } else {
            return Ok(*id == oid::ISSUER_ALT_NAME || *id == oid::FRESHEST_CRL);
        }
        Ok(true)
    }

    fn access(&mut self, reader: Reader<'_>) -> Result<(), Asn1Error> {
        for mut description in sequences(reader)? {
            let method = description.oid()?;
            if let GeneralName::Uri(uri) = GeneralName::read(&description.next()?)? {
                if method == oid::ACCESS_OCSP {
                    self.ocsp.push(uri);
                } else if method == oid::ACCESS_CA_ISSUERS {
                    self.issuers.push(uri);
                }
            }
        }
        Ok(())
    }
}

fn basic_constraints(mut inside: Reader<'_>) -> Result<BasicConstraints, Asn1Error> {
    let authority = match inside.optional(tag::BOOLEAN)? {
        Some(authority) => authority.boolean()?,
        None => false,
    };
    let depth = inside
        .optional(tag::INTEGER)?
        .map(|depth| depth.small())
        .transpose()?;
    Ok(BasicConstraints { authority, depth })
}

fn name_constraints(inside: Reader<'_>) -> Result<NameConstraints, Asn1Error> {
    let mut constraints = NameConstraints::default();
    // RFC 5280 4.2.1.10: one of the two members is there, and neither is an empty list.
    if inside.is_empty() {
        return Err(inside.error("name constraints that constrain nothing"));
    }
    for member in inside.all()? {
        let mut names = Vec::new();
        for mut subtree in sequences(member.inside())? {
            names.push(GeneralName::read(&subtree.next()?)?);
            // RFC 5280 4.2.1.10: minimum is 0 and maximum absent; others cannot be judged.
            if !subtree.is_empty() {
                return Err(subtree.error("a subtree with bounds"));
            }
        }
        if names.is_empty() {
            return Err(member.error("an empty list of subtrees"));
        }
        match member.tag {
            0xa0 => constraints.permitted = names,
            0xa1 => constraints.excluded = names,
            _ => return Err(member.error("a member that is not known")),
        }
    }
    Ok(constraints)
}

fn distribution_point(inside: Reader<'_>) -> Result<DistributionPoint, Asn1Error> {
    let mut point = DistributionPoint::default();
    for member in inside.all()? {
        match member.tag {
            0xa0 => point.name = Some(PointName::read(&member)?),
            0x81 => point.reasons = Some(member.named_bits()?),
            0xa2 => point.issuer = GeneralName::read_all(&member)?,
            _ => return Err(member.error("a member that is not known")),
        }
    }
    Ok(point)
}

fn oids(mut reader: Reader<'_>) -> Result<Vec<Oid>, Asn1Error> {
    let mut list = Vec::new();
    while !reader.is_empty() {
        list.push(reader.oid()?);
    }
    Ok(list)
}

/// Each is compared with the others; real certificates have a dozen.
const MAX_EXTENSIONS: usize = 128;

/// Each is compared with each name of a list; real certificates have up to three.
const MAX_POINTS: usize = 64;
